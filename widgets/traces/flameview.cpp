// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/flameview.h>

#include <domain/base/format.h>
#include <widgets/base/safetext.h>
#include <widgets/plot/picturewidget.h>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kMargin = 6;
constexpr double kNarrowest = 0.7; // pixels: below that a node is no picture any more
constexpr double kNameFrom = 28; // pixels: below that a name is no name any more

} // namespace

FlameView::FlameView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Flame graph of the trace"));
}

void FlameView::setTrace(const Trace &trace, const ServiceColors &colors)
{
    if (&trace.columns() == &m_trace.columns())
        return;
    m_trace = trace;
    m_colors = colors;
    m_graph = {};
    m_current = m_zoomed = -1;
    viewport()->update();
    m_background = std::make_unique<Background>(renderPool());
    m_background->run([trace] { return flameGraph(trace); },
        [this](FlameGraph &&graph) {
            m_graph = std::move(graph);
            updateScrollBar();
            viewport()->update();
        });
}

int FlameView::lineHeight() const { return fontMetrics().height() + 6; }

void FlameView::updateScrollBar()
{
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight());
    verticalScrollBar()->setRange(
        0, std::max(0, (m_graph.depth + 1) * lineHeight() + 2 * kMargin - viewport()->height()));
}

QRectF FlameView::placeOf(const FlameNode &node) const
{
    double begin = 0, width = 1;
    if (m_zoomed >= 0) {
        const FlameNode &whole = m_graph.nodes[size_t(m_zoomed)];
        begin = whole.begin;
        width = std::max(whole.width, 1e-12);
    }
    const double room = viewport()->width() - 2.0 * kMargin;
    const double left = std::clamp((node.begin - begin) / width, 0.0, 1.0);
    const double right = std::clamp((node.begin + node.width - begin) / width, 0.0, 1.0);
    return {kMargin + left * room, kMargin + double(node.depth) * lineHeight() - verticalScrollBar()->value(),
        (right - left) * room, double(lineHeight()) - 1};
}

void FlameView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    const Theme &theme = themeOf(this);
    painter.fillRect(viewport()->rect(), theme.surface);
    painter.setFont(font());
    const QFontMetricsF metrics(font());
    for (size_t i = 0; i < m_graph.nodes.size(); ++i) {
        const FlameNode &node = m_graph.nodes[i];
        const QRectF place = placeOf(node);
        if (place.width() < kNarrowest || place.bottom() < 0 || place.top() > viewport()->height())
            continue;
        const QColor series = m_colors.colorOf(m_trace.serviceIndex(node.firstRow), theme);
        const QColor color = mixed(series, theme.surface, int(i) == m_current ? 0.75 : 0.4);
        const QRectF box = place.adjusted(0, 0, place.width() > 3 ? -1 : 0, 0);
        painter.fillRect(box, color);
        if (node.errors > 0)
            painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width(), 2), theme.critical);
        if (int(i) == m_current && hasFocus()) {
            painter.setPen(theme.accent);
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box.adjusted(0, 0, -1, -1));
        }
        if (box.width() < kNameFrom)
            continue;
        QString text = render::line(node.service, 100) + u"  "_s + render::line(node.operation, 200);
        if (node.count > 1)
            text = tr("%1 × ").arg(node.count) + text;
        painter.setPen(readableOn(color));
        painter.drawText(QPointF(box.left() + 4, box.top() + 3 + metrics.ascent()),
            metrics.elidedText(text, Qt::ElideRight, box.width() - 8));
    }
}

void FlameView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void FlameView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange)
        viewport()->update();
}

int FlameView::nodeAt(const QPoint &at) const
{
    for (size_t i = 0; i < m_graph.nodes.size(); ++i) {
        const QRectF place = placeOf(m_graph.nodes[i]);
        if (place.width() >= kNarrowest && place.contains(at))
            return int(i);
    }
    return -1;
}

void FlameView::select(int node, bool zoom)
{
    if (node < 0)
        return;
    m_current = node;
    if (zoom)
        m_zoomed = m_zoomed == node ? m_graph.nodes[size_t(node)].parent : node;
    const QRectF place = placeOf(m_graph.nodes[size_t(node)]);
    QScrollBar *bar = verticalScrollBar();
    if (place.top() < 0)
        bar->setValue(bar->value() + int(place.top()));
    else if (place.bottom() > viewport()->height())
        bar->setValue(bar->value() + int(place.bottom()) - viewport()->height());
    viewport()->update();
}

void FlameView::moveTo(int key)
{
    if (m_graph.nodes.empty())
        return;
    if (m_current < 0)
        return select(0, false);
    const auto &nodes = m_graph.nodes;
    const int parent = nodes[size_t(m_current)].parent;
    if (key == Qt::Key_Up)
        return select(parent, false);
    if (key == Qt::Key_Down) {
        const int child = m_current + 1;
        return select(
            child < int(nodes.size()) && nodes[size_t(child)].parent == m_current ? child : -1, false);
    }
    // Left and right: the neighbours on the same level.
    const int step = key == Qt::Key_Right ? 1 : -1;
    const int depth = nodes[size_t(m_current)].depth;
    for (int i = m_current + step; i >= 0 && i < int(nodes.size()); i += step) {
        if (nodes[size_t(i)].depth == depth)
            return select(i, false);
    }
}

void FlameView::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Left:
    case Qt::Key_Right:
        return moveTo(event->key());
    case Qt::Key_Space:
        return select(m_current, true);
    case Qt::Key_0:
        m_zoomed = -1;
        return viewport()->update();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0)
            emit rowChosen(m_graph.nodes[size_t(m_current)].firstRow);
        return;
    default:
        event->ignore();
    }
}

void FlameView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        select(nodeAt(event->pos()), true);
}

void FlameView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (const int node = nodeAt(event->pos()); node >= 0)
        emit rowChosen(m_graph.nodes[size_t(node)].firstRow);
}

bool FlameView::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const int at = nodeAt(help->pos());
    QString text;
    if (at >= 0) {
        const FlameNode &node = m_graph.nodes[size_t(at)];
        QStringList lines{render::line(node.service, 200), render::line(node.operation, 300)};
        lines += counted(node.count, tr("span"), tr("spans"))
            + tr(", %1 together, %2 own time").arg(durationText(node.total), durationText(node.self));
        if (m_graph.total.count() > 0)
            lines += tr("%1 of the trace's work").arg(formatValue(node.width, u"percentunit", 1));
        if (node.errors > 0)
            lines += tr("%1 failed").arg(node.errors);
        text = lines.join(u'\n');
    }
    QToolTip::showText(help->globalPos(), tip(text), this);
    return true;
}

} // namespace bw
