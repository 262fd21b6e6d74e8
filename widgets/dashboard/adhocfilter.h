// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <widgets/panels/panelports.h>

#include <QWidget>

class QComboBox;
class QFrame;
class QToolButton;

namespace bw {

class PlainLabel;

/// Matchers as chips, each with a cross, and a button that adds one: label, operator and value are completed
/// from the source. UI thread.
class AdhocFilter final : public QWidget
{
    Q_OBJECT
public:
    /// `ports` outlive it. `source`: the id of the source to complete from; empty: the default one.
    AdhocFilter(DashboardPorts ports, QString source, QWidget *parent = nullptr);
    void setMatchers(const QStringList &matchers);
    /// As in the constructor; asked from the next time the editor opens.
    void setSource(const QString &source) { m_source = source; }
    const QStringList &matchers() const { return m_matchers; }
    void openEditor();

signals:
    void edited(const QStringList &matchers);

private:
    void rebuild();
    void buildEditor();
    void askLabels();
    void askValues();
    void fill(QComboBox *box, const Result<QueryResult> &answer);
    void add();
    DatasourceId source() const;

    DashboardPorts m_ports;
    QString m_source;
    QStringList m_matchers;
    QToolButton *m_add;
    std::vector<QWidget *> m_chips;
    QFrame *m_editor;
    QComboBox *m_label, *m_op, *m_value;
    PlainLabel *m_problem;
    QueryTicket m_labels, m_values;
};

} // namespace bw
