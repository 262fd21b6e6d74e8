// SPDX-License-Identifier: GPL-3.0-or-later
// Keyboard and mouse of the waterfall.
#include <widgets/base/safetext.h>
#include <widgets/traces/waterfallview.h>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kDividerReach = 4;
constexpr double kKeyZoom = 0.5;

} // namespace

void WaterfallView::toggle(const TraceLine &line)
{
    refold([line](TraceFold &fold) {
        if (line.isGroup)
            fold.setOpen(line.group, !fold.isOpen(line.group));
        else
            fold.setCollapsed(line.row, !fold.isCollapsed(line.row));
    });
}

/// Left: close what is open here, else go to what this hangs below.
void WaterfallView::collapseOrParent()
{
    const int at = currentLine();
    if (at < 0)
        return;
    const TraceLine line = m_fold.lines()[size_t(at)];
    const bool isOpenGroup = line.isGroup && m_fold.isOpen(line.group);
    const bool isOpenSpan =
        !line.isGroup && m_fold.trace().hasChildren(line.row) && !m_fold.isCollapsed(line.row);
    if (isOpenGroup || isOpenSpan)
        return toggle(line);
    for (int up = at - 1; up >= 0; --up) {
        if (m_fold.lines()[size_t(up)].depth < line.depth)
            return setCurrentLine(up);
    }
}

void WaterfallView::expandOrChild()
{
    const int at = currentLine();
    if (at < 0)
        return;
    const TraceLine line = m_fold.lines()[size_t(at)];
    const bool isClosed = line.isGroup ? !m_fold.isOpen(line.group) : m_fold.isCollapsed(line.row);
    const bool canOpen = line.isGroup || m_fold.trace().hasChildren(line.row);
    if (isClosed && canOpen)
        toggle(line);
    else if (canOpen)
        setCurrentLine(at + 1);
}

void WaterfallView::zoomBy(double factor, std::optional<int> x)
{
    const WaterfallPainter::Columns places = columns();
    qint64 at = (m_window.begin + m_window.end) / 2;
    if (x) {
        at = xToTime(*x, places, m_window);
    } else if (m_current >= 0) { // keys zoom to the span that is looked at, where it is on screen
        const qint64 middle =
            (m_fold.trace().start(m_current) + m_fold.trace().duration(m_current) / 2).count();
        if (middle >= m_window.begin && middle <= m_window.end)
            at = middle;
    }
    setWindow(zoomed(m_window, factor, at, m_whole));
}

void WaterfallView::pan(double share)
{
    const auto by = qint64(double(m_window.span()) * share);
    setWindow({m_window.begin + by, m_window.end + by});
}

bool WaterfallView::zoomKey(const QKeyEvent &event)
{
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(kKeyZoom);
        return true;
    case Qt::Key_Minus:
        zoomBy(1 / kKeyZoom);
        return true;
    case Qt::Key_0:
        setWindow(m_whole);
        return true;
    case Qt::Key_Z: // to the span
        if (m_current >= 0) {
            const Trace &trace = m_fold.trace();
            const qint64 margin = std::max<qint64>(trace.duration(m_current).count() / 20, 50);
            setWindow({trace.start(m_current).count() - margin, trace.end(m_current).count() + margin});
        }
        return true;
    case Qt::Key_Left:
        if (shift)
            pan(-0.2);
        return shift;
    case Qt::Key_Right:
        if (shift)
            pan(0.2);
        return shift;
    default:
        return false;
    }
}

bool WaterfallView::foldKey(const QKeyEvent &event)
{
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    switch (event.key()) {
    case Qt::Key_Left:
        collapseOrParent();
        return true;
    case Qt::Key_Right:
        expandOrChild();
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        if (const int at = currentLine(); at >= 0)
            toggle(m_fold.lines()[size_t(at)]);
        return true;
    case Qt::Key_E:
        refold([shift](TraceFold &fold) { shift ? fold.collapseAll() : fold.expandAll(); });
        return true;
    case Qt::Key_N:
        nextError(shift);
        return true;
    case Qt::Key_M:
        nextMatch(shift);
        return true;
    case Qt::Key_U:
        if (m_current >= 0 && m_fold.trace().parent(m_current) >= 0)
            setCurrentRow(m_fold.trace().parent(m_current));
        return true;
    default:
        if (event.key() < Qt::Key_1 || event.key() > Qt::Key_9)
            return false;
        refold([depth = event.key() - Qt::Key_0](TraceFold &fold) { fold.collapseToDepth(depth); });
        return true;
    }
}

void WaterfallView::keyPressEvent(QKeyEvent *event)
{
    const bool isPlain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (isPlain && (zoomKey(*event) || foldKey(*event)))
        return event->accept();
    const int line = currentLine();
    switch (event->key()) {
    case Qt::Key_Up:
        return setCurrentLine(line - 1);
    case Qt::Key_Down:
        return setCurrentLine(line + 1);
    case Qt::Key_PageUp:
        return setCurrentLine(line - linesOnPage());
    case Qt::Key_PageDown:
        return setCurrentLine(line + linesOnPage());
    case Qt::Key_Home:
        return setCurrentLine(0);
    case Qt::Key_End:
        return setCurrentLine(int(m_fold.lines().size()) - 1);
    default:
        event->ignore(); // the base class would scroll without moving the selection
    }
}

void WaterfallView::wheelEvent(QWheelEvent *event)
{
    const double notches = event->angleDelta().y() / 120.0;
    if (event->modifiers().testFlag(Qt::ControlModifier) && notches != 0) {
        zoomBy(std::pow(0.8, notches), int(event->position().x()));
        return event->accept();
    }
    if (event->modifiers().testFlag(Qt::ShiftModifier) && notches != 0) {
        pan(-0.15 * notches);
        return event->accept();
    }
    QAbstractScrollArea::wheelEvent(event);
}

bool WaterfallView::isOnDivider(const QPoint &at) const
{
    return std::abs(at.x() - columns().labelWidth) <= kDividerReach;
}

void WaterfallView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressAt = m_dragAt = event->pos();
    if (isOnDivider(event->pos())) {
        m_drag = Drag::Divider;
        return;
    }
    const int at = lineAt(event->pos());
    if (at < 0)
        return;
    const TraceLine line = m_fold.lines()[size_t(at)];
    setCurrentLine(at);
    const int text = m_painter.indentOf(line, columns());
    const bool isExpander =
        event->pos().x() < text && event->pos().x() >= text - WaterfallPainter::kExpander - 2;
    if (isExpander && (line.isGroup || m_fold.trace().hasChildren(line.row)))
        toggle(line);
}

void WaterfallView::mouseMoveEvent(QMouseEvent *event)
{
    const bool isPressed = event->buttons().testFlag(Qt::LeftButton);
    if (m_drag == Drag::Divider) {
        m_labelShare = std::clamp(double(event->pos().x()) / std::max(1, viewport()->width()), 0.1, 0.8);
        return viewport()->update();
    }
    if (isPressed && m_pressAt.x() > columns().timeLeft && m_drag == Drag::None
        && std::abs(event->pos().x() - m_pressAt.x()) > 5)
        m_drag = Drag::Time;
    m_dragAt = event->pos();
    const int hovered = m_drag == Drag::None ? lineAt(event->pos()) : -1;
    viewport()->setCursor(isOnDivider(event->pos()) ? Qt::SplitHCursor : Qt::ArrowCursor);
    if (hovered != m_hovered || m_drag == Drag::Time) {
        m_hovered = hovered;
        viewport()->update();
    }
}

void WaterfallView::mouseReleaseEvent(QMouseEvent *event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    if (drag == Drag::Time) {
        const WaterfallPainter::Columns places = columns();
        const int from = std::min(m_pressAt.x(), event->pos().x());
        const int to = std::max(m_pressAt.x(), event->pos().x());
        setWindow({xToTime(from, places, m_window), xToTime(to, places, m_window)});
    }
    viewport()->update();
}

void WaterfallView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const int at = lineAt(event->pos());
    if (at < 0)
        return setWindow(m_whole);
    if (event->pos().x() < columns().labelWidth)
        return toggle(m_fold.lines()[size_t(at)]);
    setWindow(m_whole);
}

QString WaterfallView::tipOf(const TraceLine &line) const
{
    const Trace &trace = m_fold.trace();
    QStringList lines{
        render::line(trace.service(line.row), 200), render::line(trace.operation(line.row), 400)};
    if (line.isGroup) {
        const SiblingGroup &group = m_fold.groups()[size_t(line.group)];
        lines[1] = tr("%1 calls of %2").arg(group.rows.size()).arg(render::line(group.name, 300));
        lines +=
            tr("together %1, at least one ran for %2, the longest %3")
                .arg(durationText(group.total), durationText(group.covered), durationText(group.longest));
        if (group.errors > 0)
            lines += tr("%1 failed").arg(group.errors);
        return lines.join(u'\n');
    }
    lines +=
        tr("%1, from %2").arg(durationText(trace.duration(line.row)), durationText(trace.start(line.row)));
    if (const QString marks = marksText(trace.marks(line.row)); !marks.isEmpty())
        lines += marks;
    return lines.join(u'\n');
}

bool WaterfallView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int at = lineAt(help->pos());
        QToolTip::showText(
            help->globalPos(), at < 0 ? QString() : tip(tipOf(m_fold.lines()[size_t(at)])), this);
        return true;
    }
    if (event->type() == QEvent::Leave && m_hovered >= 0) {
        m_hovered = -1;
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace bw
