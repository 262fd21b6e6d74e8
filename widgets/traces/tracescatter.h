// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/traces/tracesearch.h>

#include <QTimeZone>
#include <QWidget>

namespace bw {

/// Found traces as dots: when, and how long on a logarithmic axis. Failed ones are crosses. A click chooses
/// the nearest; a drag asks for only that stretch of time. UI thread.
class TraceScatter final : public QWidget
{
    Q_OBJECT
public:
    explicit TraceScatter(QWidget *parent = nullptr);
    void setTraces(const std::vector<TraceSummary> &traces, const TimeRange &range, const QTimeZone &zone);
    void setCurrent(const TraceId &id);
    QSize sizeHint() const override { return {600, 150}; }
    QSize minimumSizeHint() const override { return {200, 90}; }

signals:
    void traceChosen(const bw::TraceId &id);
    void rangeSelected(const bw::TimeRange &range);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRect area() const;
    QPointF placeOf(const TraceSummary &trace) const;
    const TraceSummary *nearest(const QPoint &at) const;
    Timestamp timeAt(int x) const;

    std::vector<TraceSummary> m_traces;
    TimeRange m_range;
    QTimeZone m_zone = QTimeZone::utc();
    double m_shortest = 1e-3, m_longest = 1; ///< seconds, of the axis
    TraceId m_current;
    std::optional<int> m_dragFrom;
    int m_dragTo = 0;
};

} // namespace bw
