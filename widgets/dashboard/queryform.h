// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <widgets/dashboard/querytext.h>

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QTabBar;
class QToolButton;

namespace bw {

class PlainLabel;

/// The queries of one panel: a tab each, one form for the chosen one; add, remove, reorder. UI thread.
class QueryForm final : public QWidget
{
    Q_OBJECT
public:
    /// `variables`: names that expressions may use. What `ports` refer to outlives the form.
    QueryForm(std::vector<PanelQuery> queries, const DashboardPorts &ports, const QStringList &variables,
        QWidget *parent);

    const std::vector<PanelQuery> &queries() const { return m_queries; }
    /// By the query's id; empty: of no query in particular.
    void setProblems(const QMap<QString, QString> &problems);
    /// What a server found wrong with expressions, by the query's id. Marked in the text as long as that is
    /// what was asked; `at` counts in it.
    struct ServerProblem
    {
        QString message;
        std::optional<qsizetype> at;
        bool operator==(const ServerProblem &) const = default;
    };
    void setServerProblems(const QMap<QString, ServerProblem> &problems);
    /// Id of the query that is shown.
    QString shownId() const;
    QPlainTextEdit *text() const { return m_expression; }

    void addQuery();
    void removeQuery();
    void moveQuery(int by);
    void choose(int index);

signals:
    void changed();
    /// Ctrl+Return in the text.
    void runRequested();

private:
    void build(const QStringList &sources);
    void showQuery();
    void takeQuery();
    void updateTabs();
    PanelQuery *current();
    const PanelQuery *current() const;
    void showProblems();

    std::vector<PanelQuery> m_queries;
    QMap<QString, QString> m_problems;
    QMap<QString, ServerProblem> m_serverProblems;
    int m_index = 0;
    bool m_isShowing = false;
    QTabBar *m_tabs;
    QToolButton *m_add, *m_remove, *m_before, *m_after;
    QWidget *m_form;
    QueryEditor *m_expression;
    QComboBox *m_type, *m_mode, *m_source;
    QLineEdit *m_id, *m_legend, *m_minStep;
    QCheckBox *m_hidden, *m_exemplars;
    PlainLabel *m_problem;
};

} // namespace bw
