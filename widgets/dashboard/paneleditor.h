// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboardedit.h>
#include <widgets/base/frametick.h>
#include <widgets/panels/panelcontroller.h>
#include <widgets/panels/panelkinds.h>

#include <QDialog>
#include <QTimer>

class QComboBox;
class QFormLayout;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace bw {

class FieldForm;
class LinksForm;
class PanelFrame;
class PlainLabel;
class QueryForm;
class ThresholdsForm;

/// What a panel that is edited sees of its dashboard.
struct PanelEditorContext
{
    DashboardPorts ports;
    PanelEnvironment environment;
    TimeRange range;
    QStringList dashboards; ///< ids
};

/// One panel in detail: its picture as it would be, its queries, and everything about how they are shown.
/// The picture follows what is typed after a pause; what is wrong stands at its field. Accepting it changes
/// nothing by itself: panel() has the result. UI thread.
class PanelEditor final : public QDialog
{
    Q_OBJECT
public:
    PanelEditor(const Panel &panel, const Dashboard &dashboard, PanelEditorContext context, QWidget *parent);
    ~PanelEditor() override;

    /// As entered.
    Panel panel() const;
    /// What is wrong with it now.
    const std::vector<PanelProblem> &problems() const { return m_problems; }
    /// Null for kinds without a picture.
    PanelFrame *preview() const { return m_preview; }
    QueryForm &queryForm() { return *m_queries; }
    FieldForm &optionForm() { return *m_options; }
    QComboBox &kindChoice() { return *m_kind; }
    QLineEdit &titleInput() { return *m_title; }
    /// What is waited for happens now.
    void updateNow();
    /// The same, asked anew in any case, and what the shown query costs the server.
    void runNow();
    QString costText() const;
    /// Asks when something was entered.
    void reject() override;

signals:
    /// The picture was made anew.
    void previewed();

private:
    QWidget *buildLeft();
    QWidget *buildRight();
    PlainLabel *addProblemRow(QFormLayout *form, const QString &field);
    void addPart(QVBoxLayout *column, const QString &title, QWidget *part, const QString &field);
    void switchKind(int index);
    void showKind();
    void edited();
    void check();
    void renewPreview();
    void showServerProblems();
    bool isAsTyped(const QString &id) const;
    void measured(const Result<QueryResult> &answer);
    const PanelKind *kind() const;
    const std::vector<FieldSpec> &fields() const;

    const std::vector<PanelKind> m_kinds;
    const Panel m_given;
    Panel m_panel; ///< what no input has
    Dashboard m_dashboard;
    PanelEditorContext m_context;
    std::vector<PanelProblem> m_problems;
    FrameTick m_tick;
    QTimer m_pause, m_beat;
    QWidget *m_stage = nullptr;
    PanelFrame *m_preview = nullptr;
    std::optional<Panel> m_previewed;
    QueryForm *m_queries = nullptr;
    QWidget *m_queryBox = nullptr;
    PlainLabel *m_cost = nullptr; ///< of the query that was run last
    QueryTicket m_costTicket;
    QLineEdit *m_title = nullptr, *m_noValue = nullptr, *m_source = nullptr;
    QPlainTextEdit *m_description = nullptr;
    QComboBox *m_kind = nullptr, *m_unit = nullptr;
    QSpinBox *m_decimals = nullptr;
    FieldForm *m_options = nullptr;
    QWidget *m_optionTitle = nullptr;
    ThresholdsForm *m_thresholds = nullptr;
    LinksForm *m_links = nullptr;
    QMap<QString, PlainLabel *> m_problemLines; ///< by the problem's field
    PlainLabel *m_summary = nullptr;
    QPushButton *m_ok = nullptr;
    bool m_isBuilding = true;
};

} // namespace bw
