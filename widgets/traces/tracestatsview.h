// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracestats.h>
#include <widgets/base/background.h>

#include <QWidget>

class QTabBar;
class QTableView;

namespace bw {

class SpanStatsModel;

/// Where the time of a trace went: by service, by operation, by kind. Enter or a double click goes to the
/// slowest span of a row. UI thread; sums are made on a worker.
class TraceStatsView final : public QWidget
{
    Q_OBJECT
public:
    explicit TraceStatsView(QWidget *parent = nullptr);
    /// `self` as selfTimes() gave it. The same trace again costs nothing.
    void setTrace(const Trace &trace, const std::vector<Nanoseconds> &self);

signals:
    void rowChosen(int row);
    /// Only these spans, in the waterfall.
    void filterWanted(const QString &filter);

private:
    void compute();
    void openMenu(const QPoint &at);

    Trace m_trace;
    std::vector<Nanoseconds> m_self;
    QTabBar *m_by;
    QTableView *m_table;
    SpanStatsModel *m_model;
    std::unique_ptr<Background> m_background;
};

} // namespace bw
