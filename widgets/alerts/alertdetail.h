// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alertgraph.h>
#include <domain/base/link.h>
#include <widgets/base/frametick.h>
#include <widgets/context/timenavigator.h>
#include <widgets/panels/panelports.h>

#include <QTimer>
#include <QWidget>

#include <memory>

class QGridLayout;
class QScrollArea;
class QVBoxLayout;

namespace bw {

class PanelFrame;
class PlainLabel;

/// Everything about one alert: labels, annotations, who reports it and who does not, what suppresses it, the
/// rule's expression, and its graph at the time it started. Follows the alert list while it is open. Keys:
/// Escape closes. UI thread.
class AlertDetail final : public QWidget
{
    Q_OBJECT
public:
    /// Everything outlives the view.
    AlertDetail(DashboardPorts ports, TimeNavigator &time, QWidget *parent = nullptr);
    ~AlertDetail() override;

    void showAlert(const AlertKey &key);
    /// Null until an expression is known.
    PanelFrame *graph() const { return m_graph; }
    void beat();

signals:
    void closeRequested();
    void linkActivated(const bw::Link &link);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void readAlert();
    void rebuild();
    void addSection(const QString &title);
    void addRow(const QString &name, const QString &value, bool isFixedWidth = false);
    void addPairs(const QString &title, const Labels &labels);
    void addMembers();
    void addSuppressors();
    void addTraces();
    void addChanges();
    const SourceInfo *metricSource() const;
    void askRules();
    void drawGraph(const QString &expression, Nanoseconds forDuration);
    void updateHeader();

    DashboardPorts m_ports;
    TimeNavigator &m_time;
    FrameTick m_tick;
    QTimer m_beat;
    std::optional<AlertKey> m_key;
    std::optional<Alert> m_alert;
    std::shared_ptr<const QueryData> m_list; ///< the list it was read from; names what inhibits it
    bool m_isGone = false; ///< not in the list any more
    QueryTicket m_rules;
    QString m_expression, m_expressionNote;
    PanelFrame *m_graph = nullptr;
    PlainLabel *m_title, *m_state;
    QVBoxLayout *m_graphPlace;
    QScrollArea *m_scroll;
    QWidget *m_body = nullptr;
    QGridLayout *m_rows = nullptr;
};

} // namespace bw
