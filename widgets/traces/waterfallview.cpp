// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/waterfallview.h>

#include <domain/traces/tracefilter.h>

#include <QEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

} // namespace

WaterfallView::WaterfallView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Spans over time"));
    updateMetrics();
}

void WaterfallView::setTrace(
    const Trace &trace, std::vector<SiblingGroup> groups, std::vector<PathSegment> path)
{
    m_fold = TraceFold(trace, std::move(groups));
    m_painter.setTrace(trace, std::move(path));
    m_matches.clear();
    m_whole = wholeOf(trace);
    m_current = m_hovered = -1;
    m_isOnGroup = false;
    updateScrollBar();
    verticalScrollBar()->setValue(0);
    m_window = {};
    setWindow(m_whole);
    if (!trace.isEmpty())
        selectRow(0);
    viewport()->update();
}

void WaterfallView::refold(const std::function<void(TraceFold &)> &change)
{
    const int before = currentLine() - verticalScrollBar()->value();
    change(m_fold);
    updateScrollBar();
    const int line = currentLine();
    if (line >= 0)
        verticalScrollBar()->setValue(line - std::clamp(before, 0, std::max(0, linesOnPage() - 1)));
    viewport()->update();
    emit foldingChanged();
}

void WaterfallView::setMatches(std::vector<RowMatch> rows)
{
    m_matches = std::move(rows);
    if (m_matches.size() != size_t(trace().size()))
        m_matches.clear();
    refold([this](TraceFold &fold) { fold.setFilter(m_matches); });
    if (!m_matches.empty() && (m_current < 0 || m_matches[size_t(m_current)] != RowMatch::Match))
        nextMatch(false);
}

int WaterfallView::currentLine() const
{
    if (m_current < 0)
        return -1;
    const auto &lines = m_fold.lines();
    const int line = m_fold.lineOf(m_current);
    if (line < 0)
        return line;
    // An open group's heading carries the row of its first member, which stands right below it.
    if (m_isOnGroup && !lines[size_t(line)].isGroup && line > 0 && lines[size_t(line) - 1].isGroup
        && lines[size_t(line) - 1].row == m_current)
        return line - 1;
    if (!m_isOnGroup && lines[size_t(line)].isGroup && size_t(line) + 1 < lines.size()
        && lines[size_t(line) + 1].row == m_current && !lines[size_t(line) + 1].isGroup)
        return line + 1;
    return line;
}

void WaterfallView::selectRow(int row)
{
    if (row == m_current)
        return;
    m_current = row;
    if (row >= 0) {
        const Trace &trace = m_fold.trace();
        setAccessibleDescription(
            tr("%1 %2, %3")
                .arg(render::line(trace.service(row), 100), render::line(trace.operation(row), 100),
                    durationText(trace.duration(row))));
    }
    emit currentRowChanged(row);
}

void WaterfallView::setCurrentRow(int row)
{
    if (row < 0 || row >= m_fold.trace().size())
        return selectRow(-1);
    m_isOnGroup = false;
    if (m_fold.lineOf(row) < 0 || m_fold.lines()[size_t(m_fold.lineOf(row))].row != row
        || m_fold.lines()[size_t(m_fold.lineOf(row))].isGroup) {
        m_fold.reveal(row);
        updateScrollBar();
        emit foldingChanged();
    }
    selectRow(row);
    scrollToLine(currentLine());
    viewport()->update();
}

void WaterfallView::setCurrentLine(int line)
{
    const auto &lines = m_fold.lines();
    if (lines.empty())
        return;
    const TraceLine &wanted = lines[size_t(std::clamp(line, 0, int(lines.size()) - 1))];
    m_isOnGroup = wanted.isGroup;
    selectRow(wanted.row);
    scrollToLine(currentLine());
    viewport()->update();
}

void WaterfallView::nextError(bool backwards)
{
    const Trace &trace = m_fold.trace();
    const int row = backwards ? previousError(trace, m_current) : bw::nextError(trace, m_current);
    if (row >= 0)
        setCurrentRow(row);
}

void WaterfallView::nextMatch(bool backwards)
{
    const int row = backwards ? previousMatch(m_matches, m_current) : bw::nextMatch(m_matches, m_current);
    if (row >= 0)
        setCurrentRow(row);
}

void WaterfallView::setWindow(const TraceWindow &window)
{
    const TraceWindow wanted = clamped(window, m_whole);
    if (wanted == m_window)
        return;
    m_window = wanted;
    viewport()->update();
    emit windowChanged(m_window);
}

void WaterfallView::setShowPath(bool show)
{
    m_painter.setShowPath(show);
    viewport()->update();
}

WaterfallPainter::Columns WaterfallView::columns() const
{
    const int width = viewport()->width();
    const int forDuration = fontMetrics().horizontalAdvance(u"000.0 ms"_s) + 12; // behind the longest bar
    const int label = std::clamp(int(width * m_labelShare), std::min(120, width), std::max(120, width - 160));
    return {label, label + 6, std::max(20, width - label - 6 - forDuration)};
}

int WaterfallView::linesOnPage() const
{
    return std::max(1, (viewport()->height() - headerHeight()) / m_lineHeight);
}

int WaterfallView::lineAt(const QPoint &at) const
{
    if (at.y() < headerHeight())
        return -1;
    const int line = verticalScrollBar()->value() + (at.y() - headerHeight()) / m_lineHeight;
    return line < int(m_fold.lines().size()) ? line : -1;
}

void WaterfallView::updateMetrics()
{
    m_painter.setFont(font());
    m_lineHeight = std::max(20, fontMetrics().height() + 6);
    updateScrollBar();
}

void WaterfallView::updateScrollBar()
{
    const int lines = int(m_fold.lines().size());
    verticalScrollBar()->setPageStep(linesOnPage());
    verticalScrollBar()->setSingleStep(1);
    verticalScrollBar()->setRange(0, std::max(0, lines - linesOnPage()));
}

void WaterfallView::scrollToLine(int line)
{
    if (line < 0)
        return;
    QScrollBar *bar = verticalScrollBar();
    if (line < bar->value())
        bar->setValue(line);
    else if (line >= bar->value() + linesOnPage())
        bar->setValue(line - linesOnPage() + 1);
}

void WaterfallView::scrollContentsBy(int, int) { viewport()->update(); }

void WaterfallView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void WaterfallView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        updateMetrics();
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

void WaterfallView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void WaterfallView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

void WaterfallView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const Theme &theme = themeOf(this);
    const QRect all = viewport()->rect();
    painter.fillRect(all, theme.surface);
    const WaterfallPainter::Columns places = columns();
    const QRect header(0, 0, all.width(), headerHeight());
    painter.fillRect(header, theme.raised);
    m_painter.paintHeader(painter, header, places, m_window, all.height(), theme);
    const auto &lines = m_fold.lines();
    const int first = verticalScrollBar()->value();
    const int shown = std::min(int(lines.size()) - first, linesOnPage() + 1);
    const int current = currentLine();
    const auto forLines = [&](auto paint) {
        for (int i = 0; i < shown; ++i) {
            const TraceLine &line = lines[size_t(first + i)];
            WaterfallPainter::LineState state;
            state.isSelected = first + i == current;
            state.isHovered = first + i == m_hovered;
            state.isMatch = !m_matches.empty() && m_matches[size_t(line.row)] == RowMatch::Match;
            paint(QRect(0, header.height() + i * m_lineHeight, all.width(), m_lineHeight), line, state);
        }
    };
    forLines([&](const QRect &rect, const TraceLine &line, WaterfallPainter::LineState state) {
        m_painter.paintNames(painter, rect, places, m_fold, line, state, theme);
    });
    painter.setClipRect(QRect(places.timeLeft, 0, all.width() - places.timeLeft, all.height()));
    forLines([&](const QRect &rect, const TraceLine &line, WaterfallPainter::LineState state) {
        m_painter.paintTime(painter, rect, places, m_window, m_fold, line, state, theme);
    });
    painter.setClipping(false);
    if (hasFocus() && current >= first && current < first + shown) {
        painter.setPen(theme.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            QRect(0, header.height() + (current - first) * m_lineHeight, all.width() - 1, m_lineHeight - 1));
    }
    painter.fillRect(QRect(places.labelWidth, 0, 1, all.height()), theme.border);
    painter.fillRect(QRect(0, header.bottom(), all.width(), 1), theme.border);
    if (m_drag == Drag::Time) {
        const int from = std::min(m_pressAt.x(), m_dragAt.x()), to = std::max(m_pressAt.x(), m_dragAt.x());
        painter.setPen(theme.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRect(from, 0, to - from, all.height() - 1));
        painter.drawText(QPointF(from + 4, header.bottom() - 5),
            durationText(Nanoseconds(xToTime(to, places, m_window) - xToTime(from, places, m_window))));
    }
}

} // namespace bw
