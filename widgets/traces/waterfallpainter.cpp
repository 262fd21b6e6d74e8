// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/waterfallpainter.h>

#include <widgets/plot/ticks.h>

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kShortestWindow = 100; // ns
constexpr int kIndent = 12;
constexpr int kSwatch = 3; // the service's colour before its name
constexpr int kGap = 6;
constexpr int kTickEvery = 110; // pixels

QString tr(const char *text) { return QCoreApplication::translate("bw::Traces", text); }

/// Moments of one axis in one unit, with as many digits as tell neighbours apart: deep in a long trace two
/// ticks may be microseconds from each other and seconds from the start.
class OffsetText
{
public:
    OffsetText(qint64 largest, qint64 step)
    {
        static constexpr std::pair<qint64, const char16_t *> kUnits[] = {
            {1'000'000'000, u" s"}, {1'000'000, u" ms"}, {1'000, u" µs"}, {1, u" ns"}};
        for (const auto &[unit, name] : kUnits) {
            m_unit = unit;
            m_name = QString::fromUtf16(name);
            if (largest >= unit)
                break;
        }
        for (qint64 digit = m_unit; digit > 1 && step % digit != 0; digit /= 10)
            ++m_decimals;
    }
    QString of(qint64 ns) const
    {
        return ns == 0 ? u"0"_s + m_name
                       : QString::number(double(ns) / double(m_unit), 'f', m_decimals) + m_name;
    }

private:
    qint64 m_unit = 1;
    QString m_name;
    int m_decimals = 0;
};

} // namespace

TraceWindow wholeOf(const Trace &trace) { return {0, std::max<qint64>(trace.duration().count(), 1000)}; }

TraceWindow clamped(TraceWindow window, const TraceWindow &whole)
{
    const qint64 span = std::clamp(window.span(), std::min(kShortestWindow, whole.span()), whole.span());
    window.begin = std::clamp(window.begin, whole.begin, whole.end - span);
    return {window.begin, window.begin + span};
}

TraceWindow zoomed(const TraceWindow &window, double factor, qint64 at, const TraceWindow &whole)
{
    const double span = std::clamp(double(window.span()) * factor,
        double(std::min(kShortestWindow, whole.span())), double(whole.span()));
    const double share = double(at - window.begin) / double(window.span());
    const auto begin = qint64(std::llround(double(at) - share * span));
    return clamped({begin, begin + qint64(std::llround(span))}, whole);
}

double timeToX(qint64 at, const WaterfallPainter::Columns &columns, const TraceWindow &window)
{
    return columns.timeLeft + double(at - window.begin) / double(window.span()) * columns.timeWidth;
}

qint64 xToTime(double x, const WaterfallPainter::Columns &columns, const TraceWindow &window)
{
    const double share = (x - columns.timeLeft) / std::max(1, columns.timeWidth);
    return window.begin + qint64(std::llround(share * double(window.span())));
}

void WaterfallPainter::setTrace(const Trace &trace, std::vector<PathSegment> path)
{
    m_trace = trace;
    m_colors = ServiceColors(trace);
    m_path = std::move(path);
    std::sort(m_path.begin(), m_path.end(), [](const PathSegment &a, const PathSegment &b) {
        return std::pair(a.row, a.begin) < std::pair(b.row, b.begin);
    });
    m_names.reset(trace, m_font);
}

void WaterfallPainter::setFont(const QFont &font)
{
    m_font = font;
    m_names.reset(m_trace, font);
}

int WaterfallPainter::indentOf(const TraceLine &line, const Columns &columns) const
{
    // Deep traces must keep room for names: beyond half the column, depth is told by a number instead.
    const int most = std::max(0, columns.labelWidth / 2 - kExpander);
    return kGap + std::min(line.depth * kIndent, most) + kExpander;
}

namespace {

/// Where a text begins that stands in the middle of a line.
double topOf(const NameTexts::Text &text, const QRect &rect)
{
    return rect.top() + (rect.height() - text.laidOut.size().height()) / 2;
}

QColor groundOf(WaterfallPainter::LineState state, const Theme &theme)
{
    return state.isSelected ? theme.selection
        : state.isHovered   ? theme.hover
        : state.isMatch     ? mixed(theme.accent, theme.surface, 0.12)
                            : theme.surface;
}

} // namespace

void WaterfallPainter::paintNames(QPainter &painter, const QRect &rect, const Columns &columns,
    const TraceFold &fold, const TraceLine &line, LineState state, const Theme &theme)
{
    if (const QColor ground = groundOf(state, theme); ground != theme.surface)
        painter.fillRect(rect, ground);
    paintLabel(painter, rect, columns, fold, line, state.isSelected, theme);
}

void WaterfallPainter::paintTime(QPainter &painter, const QRect &rect, const Columns &columns,
    const TraceWindow &window, const TraceFold &fold, const TraceLine &line, LineState state,
    const Theme &theme)
{
    const QColor ground = groundOf(state, theme);
    if (line.isGroup)
        paintGroup(painter, rect, columns, window, fold.groups()[size_t(line.group)], ground, theme);
    else
        paintBar(painter, rect, columns, window, line, ground, theme);
}

void WaterfallPainter::paintLabel(QPainter &painter, const QRect &rect, const Columns &columns,
    const TraceFold &fold, const TraceLine &line, bool isSelected, const Theme &theme)
{
    const int row = line.row;
    int x = indentOf(line, columns);
    const int right = columns.labelWidth - kGap;
    const bool canFold = line.isGroup || m_trace.hasChildren(row);
    const QColor dim = isSelected ? theme.text : theme.textDim;
    if (canFold) {
        const bool isClosed = line.isGroup ? !fold.isOpen(line.group) : fold.isCollapsed(row);
        m_stamps.paint(painter, QRectF(x - kExpander / 2.0 - 5, rect.center().y() - 3.5, 8, 8),
            isClosed ? Shape::TriangleRight : Shape::TriangleDown, dim);
    }
    painter.setFont(m_font);
    if (line.depth * kIndent > x - kGap - kExpander) { // as deep as names have room; beyond that a number
        const NameTexts::Text &depth = m_names.of(QString::number(line.depth));
        painter.setPen(dim);
        painter.drawStaticText(QPointF(x - kExpander - 4 - depth.width, topOf(depth, rect)), depth.laidOut);
    }
    const bool isError = line.isGroup ? fold.groups()[size_t(line.group)].errors > 0 : m_trace.isError(row);
    painter.fillRect(QRect(x, rect.top() + 4, kSwatch, rect.height() - 8),
        m_colors.colorOf(m_trace.serviceIndex(row), theme));
    x += kSwatch + 5;
    if (isError) {
        m_stamps.paint(painter, QRectF(x, rect.center().y() - 4.5, 10, 10), Shape::Cross, theme.critical);
        x += 14;
    } else if (!line.isGroup && m_trace.marks(row)) {
        m_stamps.paint(painter, QRectF(x, rect.center().y() - 4.5, 10, 10), Shape::TriangleUp, theme.warning);
        x += 14;
    }
    painter.setPen(isError ? theme.critical : theme.text);
    if (line.isGroup) {
        const QFontMetricsF metrics(m_font);
        const double top = rect.top() + (rect.height() - metrics.height()) / 2;
        const SiblingGroup &group = fold.groups()[size_t(line.group)];
        const QString text = tr("%1 × %2").arg(group.rows.size()).arg(render::line(group.name, 300));
        painter.drawText(
            QPointF(x, top + metrics.ascent()), metrics.elidedText(text, Qt::ElideRight, right - x));
        return;
    }
    // The same service as the parent's is not news; its name gives way to the operation's.
    const int parent = m_trace.parent(row);
    const bool isNews = parent < 0 || m_trace.serviceIndex(parent) != m_trace.serviceIndex(row);
    if (isNews) {
        const NameTexts::Text &service = m_names.within(m_trace.serviceIndex(row), right - x);
        painter.drawStaticText(QPointF(x, topOf(service, rect)), service.laidOut);
        x += int(std::ceil(service.width)) + kGap;
    }
    painter.setPen(isError ? theme.critical : isNews ? dim : theme.text);
    const NameTexts::Text &operation = m_names.within(m_trace.operationIndex(row), right - x);
    painter.drawStaticText(QPointF(x, topOf(operation, rect)), operation.laidOut);
}

void WaterfallPainter::paintBar(QPainter &painter, const QRect &rect, const Columns &columns,
    const TraceWindow &window, const TraceLine &line, const QColor &ground, const Theme &theme)
{
    const int row = line.row;
    const double x0 = timeToX(m_trace.start(row).count(), columns, window);
    const double x1 = std::max(timeToX(m_trace.end(row).count(), columns, window), x0 + 2);
    const int left = columns.timeLeft, right = columns.timeLeft + columns.timeWidth;
    if (x1 < left || x0 > right) { // where to look for it
        const bool isBefore = x1 < left;
        m_stamps.paint(painter, QRectF(isBefore ? left + 2 : right - 10, rect.center().y() - 3.5, 8, 8),
            isBefore ? Shape::TriangleLeft : Shape::TriangleRight, theme.textDim);
        return;
    }
    const QRect bar(int(std::floor(std::max(x0, left - 2.0))), rect.top() + 5,
        std::max(2, int(std::lround(std::min(x1, right + 2.0) - std::max(x0, left - 2.0)))),
        rect.height() - 10);
    const QColor color = m_colors.colorOf(m_trace.serviceIndex(row), theme);
    painter.fillRect(bar, mixed(color, ground, 0.75));
    if (m_trace.isError(row)) {
        painter.fillRect(QRect(bar.left(), bar.bottom() - 1, bar.width(), 2), theme.critical);
        painter.fillRect(QRect(bar.left(), bar.top(), 2, bar.height()), theme.critical);
    }
    if (m_showPath)
        paintPath(painter, bar, columns, window, row, theme);
    paintDuration(painter, rect, columns, x0, x1, durationText(m_trace.duration(row)), theme);
}

void WaterfallPainter::paintPath(QPainter &painter, const QRect &bar, const Columns &columns,
    const TraceWindow &window, int row, const Theme &theme)
{
    auto at = std::lower_bound(m_path.begin(), m_path.end(), row,
        [](const PathSegment &one, int wanted) { return one.row < wanted; });
    int drawnTo = std::numeric_limits<int>::min();
    for (; at != m_path.end() && at->row == row; ++at) {
        const double x0 = timeToX(at->begin.count(), columns, window);
        const double x1 = timeToX(at->end.count(), columns, window);
        if (x1 < bar.left() || x1 < drawnTo)
            continue;
        if (x0 > bar.right() + 1)
            break;
        const int from = std::max(int(std::floor(x0)), bar.left());
        const int to = std::max(from + 1, std::min(int(std::lround(x1)), bar.right() + 1));
        painter.fillRect(QRect(from, bar.center().y() - 1, to - from, 3), theme.text);
        drawnTo = to;
    }
}

void WaterfallPainter::paintGroup(QPainter &painter, const QRect &rect, const Columns &columns,
    const TraceWindow &window, const SiblingGroup &group, const QColor &ground, const Theme &theme)
{
    const int left = columns.timeLeft, right = columns.timeLeft + columns.timeWidth;
    const QColor color =
        mixed(m_colors.colorOf(m_trace.serviceIndex(group.rows.front()), theme), ground, 0.75);
    double last = 0;
    int drawnTo = left;
    for (const int row : group.rows) {
        const double x0 = timeToX(m_trace.start(row).count(), columns, window);
        const double x1 = std::max(timeToX(m_trace.end(row).count(), columns, window), x0 + 1);
        last = std::max(last, x1);
        if (x1 <= drawnTo || x0 > right)
            continue; // pixels that are filled already
        const int from = std::max(int(std::floor(x0)), drawnTo);
        const int to = std::min(std::max(int(std::lround(x1)), from + 1), right);
        painter.fillRect(QRect(from, rect.top() + 5, to - from, rect.height() - 10),
            m_trace.isError(row) ? theme.critical : color);
        drawnTo = to;
    }
    const double first = timeToX(m_trace.start(group.rows.front()).count(), columns, window);
    paintDuration(painter, rect, columns, first, last,
        tr("%1 together, the longest %2").arg(durationText(group.total), durationText(group.longest)), theme);
}

void WaterfallPainter::paintDuration(QPainter &painter, const QRect &rect, const Columns &columns, double x0,
    double x1, const QString &text, const Theme &theme)
{
    const NameTexts::Text &laidOut = m_names.of(text);
    const double width = laidOut.width;
    const double left = columns.timeLeft, right = rect.right();
    const double top = topOf(laidOut, rect);
    painter.setFont(m_font);
    painter.setPen(theme.textDim);
    if (x1 + 5 + width <= right)
        painter.drawStaticText(QPointF(x1 + 5, top), laidOut.laidOut);
    else if (x0 - 5 - width >= left)
        painter.drawStaticText(QPointF(x0 - 5 - width, top), laidOut.laidOut);
    else { // the bar fills the view: its end is where the eye is
        const QRectF box(right - width - 8, rect.top() + 3, width + 6, rect.height() - 6);
        painter.fillRect(box, theme.surface);
        painter.setPen(theme.text);
        painter.drawStaticText(QPointF(box.left() + 3, top), laidOut.laidOut);
    }
}

void WaterfallPainter::paintHeader(QPainter &painter, const QRect &rect, const Columns &columns,
    const TraceWindow &window, int bottom, const Theme &theme)
{
    const int count = std::max(2, columns.timeWidth / kTickEvery);
    const Ticks ticks =
        valueTicks(double(window.begin) / 1e9, double(window.end) / 1e9, u"s"_s, -1, false, count);
    const OffsetText text(window.end, qint64(std::llround(ticks.step * 1e9)));
    painter.setFont(m_font);
    for (const Ticks::Tick &tick : ticks.ticks) {
        const int x = int(std::lround(timeToX(qint64(std::llround(tick.at * 1e9)), columns, window)));
        const NameTexts::Text &label = m_names.of(text.of(qint64(std::llround(tick.at * 1e9))));
        painter.fillRect(QRect(x, rect.bottom(), 1, bottom - rect.bottom()), theme.grid);
        painter.setPen(theme.textDim);
        const double room = columns.timeLeft + columns.timeWidth - label.width;
        painter.drawStaticText(
            QPointF(std::min(x + 3.0, room), rect.bottom() - label.laidOut.size().height() - 1),
            label.laidOut);
    }
}

} // namespace bw
