// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelcontroller.h>

#include <QDialog>

class QPlainTextEdit;
class QPushButton;

namespace bw {

/// What a panel asked, and what it got; on demand, what each question costs the server. Follows the panel as
/// long as it is open. UI thread.
class QueryInspector final : public QDialog
{
    Q_OBJECT
public:
    /// `controller` and what `ports` refer to outlive it.
    QueryInspector(PanelController &controller, DashboardPorts ports, QWidget *parent);

    /// Asks every question once more, in full, with the wish for figures.
    void measure();
    QString text() const;

private:
    void showText();
    void measured(size_t question, const Result<QueryResult> &answer);

    PanelController &m_controller;
    DashboardPorts m_ports;
    QPlainTextEdit *m_text;
    QPushButton *m_measure;
    std::vector<QueryTicket> m_tickets;
    QStringList m_costs; ///< one a question that was asked; empty: not known yet
    int m_open = 0;
};

/// Inspections as text: one block a question.
QString inspectionText(const std::vector<QueryInspection> &queries);

} // namespace bw
