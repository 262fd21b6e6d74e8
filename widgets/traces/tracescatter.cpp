// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tracescatter.h>

#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/plot/ticks.h>
#include <widgets/traces/tracestyle.h>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr double kReach = 14; // pixels
constexpr double kShortest = 1e-6; // seconds; a logarithm needs a floor

double seconds(const TraceSummary &trace)
{
    return std::max(double(trace.duration.count()) / 1e9, kShortest);
}

} // namespace

TraceScatter::TraceScatter(QWidget *parent)
    : QWidget(parent)
{
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Found traces by time and duration"));
}

void TraceScatter::setTraces(
    const std::vector<TraceSummary> &traces, const TimeRange &range, const QTimeZone &zone)
{
    m_traces = traces;
    m_range = range;
    m_zone = zone;
    m_shortest = HUGE_VAL;
    m_longest = 0;
    Timestamp first = Timestamp::max(), last = Timestamp::min();
    for (const TraceSummary &trace : traces) {
        m_shortest = std::min(m_shortest, seconds(trace));
        m_longest = std::max(m_longest, seconds(trace));
        first = std::min(first, trace.start);
        last = std::max(last, trace.start);
    }
    // The newest fifty of three hours may be of ten seconds: then these ten seconds are shown.
    if (!traces.empty()) {
        const Nanoseconds margin = std::max<Nanoseconds>((last - first) / 40, 1ms);
        m_range = {first - margin, last + margin};
    }
    if (traces.empty())
        m_shortest = 1e-3, m_longest = 1;
    m_shortest = std::pow(10, std::floor(std::log10(m_shortest)));
    m_longest = std::max(std::pow(10, std::ceil(std::log10(m_longest))), m_shortest * 10);
    setAccessibleDescription(tr("%n traces", nullptr, int(traces.size())));
    update();
}

void TraceScatter::setCurrent(const TraceId &id)
{
    m_current = id;
    update();
}

QRect TraceScatter::area() const
{
    const int left = fontMetrics().horizontalAdvance(u"000 ms"_s) + 12;
    return {
        left, 8, std::max(10, width() - left - 12), std::max(10, height() - 12 - fontMetrics().height() - 4)};
}

QPointF TraceScatter::placeOf(const TraceSummary &trace) const
{
    const QRect plot = area();
    const double span = std::max(1.0, double(m_range.span().count()));
    const double x = double((trace.start - m_range.begin).count()) / span;
    const double y = (std::log10(seconds(trace)) - std::log10(m_shortest))
        / (std::log10(m_longest) - std::log10(m_shortest));
    return {plot.left() + x * plot.width(), plot.bottom() - y * plot.height()};
}

Timestamp TraceScatter::timeAt(int x) const
{
    const QRect plot = area();
    const double share = std::clamp(double(x - plot.left()) / plot.width(), 0.0, 1.0);
    return m_range.begin + Nanoseconds(qint64(share * double(m_range.span().count())));
}

const TraceSummary *TraceScatter::nearest(const QPoint &at) const
{
    const TraceSummary *best = nullptr;
    double distance = kReach;
    for (const TraceSummary &trace : m_traces) {
        const QPointF to = placeOf(trace) - at;
        if (const double now = std::hypot(to.x(), to.y()); now < distance) {
            distance = now;
            best = &trace;
        }
    }
    return best;
}

void TraceScatter::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    painter.fillRect(rect(), theme.surface);
    const QRect plot = area();
    const QFontMetricsF metrics(font());
    for (double value = m_shortest; value <= m_longest * 1.001; value *= 10) {
        TraceSummary mark;
        mark.duration = Nanoseconds(qint64(value * 1e9));
        const int y = int(placeOf(mark).y());
        painter.fillRect(QRect(plot.left(), y, plot.width(), 1), theme.grid);
        const QString text = durationText(mark.duration);
        painter.setPen(theme.textDim);
        painter.drawText(QPointF(plot.left() - 6 - metrics.horizontalAdvance(text),
                             std::clamp(y + metrics.ascent() / 2 - 1, metrics.ascent(),
                                 std::max(metrics.ascent(), height() - 4.0))),
            text);
    }
    const Ticks ticks =
        timeTicks(toNs(m_range.begin), toNs(m_range.end), m_zone, std::max(2, plot.width() / 130));
    const double span = std::max(1.0, double(m_range.span().count()));
    for (const Ticks::Tick &tick : ticks.ticks) {
        const double share = (tick.at * 1e9 - double(toNs(m_range.begin))) / span;
        const int x = plot.left() + int(share * plot.width());
        painter.fillRect(QRect(x, plot.top(), 1, plot.height()), theme.grid);
        painter.setPen(theme.textDim);
        const double wide = metrics.horizontalAdvance(tick.label);
        painter.drawText(
            QPointF(std::clamp(x - wide / 2, 0.0, width() - wide), height() - metrics.descent() - 2),
            tick.label);
    }
    painter.setRenderHint(QPainter::Antialiasing);
    const TraceSummary *current = nullptr;
    for (const TraceSummary &trace : m_traces) {
        const QPointF at = placeOf(trace);
        const bool isFailed = trace.errors.value_or(0) > 0;
        paintShape(painter, QRectF(at.x() - 4, at.y() - 4, 8, 8), isFailed ? Shape::Cross : Shape::Dot,
            isFailed ? theme.critical : theme.accent);
        if (trace.id == m_current)
            current = &trace;
    }
    if (current) {
        painter.setPen(QPen(theme.text, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(placeOf(*current), 8, 8);
    }
    if (m_dragFrom && std::abs(m_dragTo - *m_dragFrom) > 4) {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(theme.accent);
        painter.drawRect(QRect(
            std::min(*m_dragFrom, m_dragTo), plot.top(), std::abs(m_dragTo - *m_dragFrom), plot.height()));
    }
}

void TraceScatter::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        m_dragFrom = m_dragTo = event->pos().x();
}

void TraceScatter::mouseMoveEvent(QMouseEvent *event)
{
    m_dragTo = event->pos().x();
    if (m_dragFrom)
        update();
}

void TraceScatter::mouseReleaseEvent(QMouseEvent *event)
{
    const std::optional<int> from = std::exchange(m_dragFrom, std::nullopt);
    update();
    if (!from)
        return;
    const int to = event->pos().x();
    if (std::abs(to - *from) > 4)
        emit rangeSelected({timeAt(std::min(*from, to)), timeAt(std::max(*from, to))});
    else if (const TraceSummary *trace = nearest(event->pos()))
        emit traceChosen(trace->id);
}

bool TraceScatter::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const TraceSummary *trace = nearest(help->pos());
        const QString text = trace ? render::line(trace->rootService, 120) + u' '
                + render::line(trace->rootOperation, 200) + u'\n' + durationText(trace->duration)
                                   : QString();
        QToolTip::showText(help->globalPos(), tip(text), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace bw
