// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/graph/callgraphview.h>

#include <domain/base/format.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/plot/picturewidget.h>

#include <QApplication>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kBar = 28; // height of the line with search and origin
constexpr int kMargin = 12;
constexpr qsizetype kMostEdges = 300;
constexpr double kReadable = 6.5; // points
constexpr double kLabelsFrom = 0.5; // scale: below that labels would cover one another
constexpr double kSmallest = 0.15, kLargest = 3;
constexpr double kBadShare = 0.05, kOddShare = 0.01; // of calls that fail

QString roleOf(const CallEdge &edge)
{
    const double share = edge.errorShare().value_or(0);
    return share >= kBadShare ? u"critical"_s : share >= kOddShare ? u"warning"_s : QString();
}

QString rateText(double calls, bool isRate)
{
    return isRate ? formatValue(calls, u"reqps") : QObject::tr("%1 calls").arg(formatValue(calls, u"short"));
}

} // namespace

CallGraphView::CallGraphView(QWidget *parent)
    : QWidget(parent)
    , m_search(new QLineEdit(this))
    , m_note(new PlainLabel(this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Call graph"));
    m_search->setPlaceholderText(tr("Find a service"));
    m_search->setAccessibleName(m_search->placeholderText());
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(180);
    m_note->setElideMode(Qt::ElideRight);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    auto *row = new QHBoxLayout;
    row->setContentsMargins(8, 2, 6, 2);
    row->addWidget(m_note, 1);
    row->addWidget(m_search);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(row);
    column->addStretch(1);
    m_clickDelay.setSingleShot(true);
    m_clickDelay.setInterval(QApplication::doubleClickInterval());
    connect(&m_clickDelay, &QTimer::timeout, this, [this] {
        m_focused = m_focused == m_clicked ? QString() : m_clicked;
        choose();
    });
    connect(m_search, &QLineEdit::textChanged, this, qOverload<>(&QWidget::update));
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        for (const int node : m_shown.nodes) {
            if (isFound(m_graph.nodes[size_t(node)].name)) {
                m_focused = render::line(m_graph.nodes[size_t(node)].name, 400);
                return choose();
            }
        }
    });
}

QRect CallGraphView::graphArea() const { return rect().adjusted(0, kBar, 0, 0); }

void CallGraphView::setGraph(
    const CallGraph &graph, const std::optional<CallGraph> &before, const QString &origin)
{
    m_origin = origin;
    m_graph = graph;
    m_hasBefore = before.has_value();
    m_changes = before ? difference(graph, *before) : std::vector<EdgeChange>();
    if (!before) {
        for (const CallEdge &edge : graph.edges)
            m_changes.push_back({EdgeChange::Kind::Same, edge, {}});
    } else { // services that were called and are not any more still want a box
        for (const EdgeChange &change : m_changes) {
            for (const Untrusted &name : {change.now.from, change.now.to}) {
                if (std::none_of(m_graph.nodes.begin(), m_graph.nodes.end(),
                        [&](const CallNode &node) { return node.name == name; }))
                    m_graph.nodes.push_back({.name = name, .errors = {}, .self = {}});
            }
        }
    }
    QString note = m_origin;
    m_isCut = m_changes.size() > size_t(kMostEdges);
    if (m_isCut) {
        // Graphviz needs minutes for thousands of edges, and nobody could read them.
        std::nth_element(m_changes.begin(), m_changes.begin() + kMostEdges, m_changes.end(),
            [](const EdgeChange &a, const EdgeChange &b) { return a.now.calls > b.now.calls; });
        note += tr(" · the %1 busiest of %2 calls").arg(kMostEdges).arg(m_changes.size());
        m_changes.resize(size_t(kMostEdges));
    }
    m_note->setText(note);
    choose(); // keeps the picture when the shape is the same
}

/// Which nodes and edges are drawn, in the order Graphviz is given them.
void CallGraphView::choose()
{
    Shown next;
    std::vector<int> placeOf(m_graph.nodes.size(), -1);
    QHash<Untrusted, int> indexes;
    for (size_t node = m_graph.nodes.size(); node-- > 0;)
        indexes.insert(m_graph.nodes[node].name, int(node)); // the first of its name
    const auto place = [&](int node) {
        if (placeOf[size_t(node)] < 0) {
            placeOf[size_t(node)] = int(next.nodes.size());
            next.nodes.push_back(node);
        }
        return placeOf[size_t(node)];
    };
    const bool isKnown = std::any_of(m_graph.nodes.begin(), m_graph.nodes.end(),
        [this](const CallNode &node) { return render::line(node.name, 400) == m_focused; });
    if (!isKnown)
        m_focused.clear();
    for (size_t i = 0; i < m_changes.size(); ++i) {
        const CallEdge &edge = m_changes[i].now;
        const int from = indexes.value(edge.from, -1), to = indexes.value(edge.to, -1);
        const bool isNear = m_focused.isEmpty() || render::line(edge.from, 400) == m_focused
            || render::line(edge.to, 400) == m_focused;
        if (from < 0 || to < 0 || !isNear)
            continue;
        const QSizeF label(fontMetrics().horizontalAdvance(edgeText(edge)) + 6, fontMetrics().height());
        next.ends.push_back({place(from), place(to), label});
        next.edges.push_back(int(i));
    }
    // Where only the busiest calls are shown, so are only those who make or take them.
    for (size_t node = 0; node < m_graph.nodes.size(); ++node) {
        if ((m_focused.isEmpty() && !m_isCut) || render::line(m_graph.nodes[node].name, 400) == m_focused)
            place(int(node));
    }
    // The same shape keeps its picture: numbers change every refresh, boxes should not jump.
    const bool isSameShape = next.nodes.size() == m_picture.nodes.size()
        && next.ends.size() == m_shown.ends.size()
        && std::equal(next.ends.begin(), next.ends.end(), m_shown.ends.begin(),
            [](const GraphEdgeEnds &a, const GraphEdgeEnds &b) { return a.from == b.from && a.to == b.to; })
        && next.nodes == m_shown.nodes;
    m_shown = std::move(next);
    m_hovered = {};
    if (isSameShape)
        return update();
    layOut();
}

QSizeF CallGraphView::sizeOf(const CallNode &node) const
{
    const int name = fontMetrics().horizontalAdvance(render::line(node.name, 32));
    const int facts = fontMetrics().horizontalAdvance(nodeText(node));
    return {double(std::max({name, facts, 60}) + 24), double(fontMetrics().height() * 2 + 12)};
}

void CallGraphView::layOut()
{
    std::vector<QSizeF> sizes;
    for (const int node : m_shown.nodes)
        sizes.push_back(sizeOf(m_graph.nodes[size_t(node)]));
    m_isLayingOut = true;
    m_background = std::make_unique<Background>(renderPool());
    m_background->run([sizes, ends = m_shown.ends] { return layeredLayout(sizes, ends); },
        [this](GraphPicture &&picture) {
            m_isLayingOut = false;
            if (picture.nodes.empty() && !m_shown.nodes.empty())
                m_note->setText(tr("this graph cannot be laid out"));
            m_picture = std::move(picture);
            m_isFitted = true;
            fit();
            update();
        });
}

void CallGraphView::fit()
{
    const QRect area = graphArea().adjusted(kMargin, kMargin, -kMargin, -kMargin);
    if (m_picture.size.isEmpty() || area.isEmpty())
        return;
    m_scale =
        std::clamp(std::min(area.width() / m_picture.size.width(), area.height() / m_picture.size.height()),
            kSmallest, 1.0);
    const QPointF middle = QRectF(area).center();
    m_offset = middle - QPointF(m_picture.size.width(), m_picture.size.height()) * m_scale / 2;
}

QString CallGraphView::edgeText(const CallEdge &edge) const
{
    QString text = rateText(edge.calls, m_graph.isRate);
    if (const auto share = edge.errorShare(); share && *share >= kOddShare / 2)
        text += u"  ✗ "_s + formatValue(*share, u"percentunit", 1);
    if (edge.p95)
        text += u"  "_s + formatValue(*edge.p95, u"s", 0);
    return text;
}

/// The same with every word.
QString CallGraphView::edgeSentence(const CallEdge &edge) const
{
    QStringList words{rateText(edge.calls, m_graph.isRate)};
    if (const auto share = edge.errorShare())
        words += tr("%1 fail").arg(formatValue(*share, u"percentunit", 2));
    if (edge.p95)
        words += tr("95 of 100 take less than %1").arg(formatValue(*edge.p95, u"s"));
    return words.join(u", "_s);
}

QString CallGraphView::nodeText(const CallNode &node) const
{
    switch (node.kind) {
    case CallNodeKind::Database:
        return tr("database");
    case CallNodeKind::Queue:
        return tr("queue");
    case CallNodeKind::External:
        return tr("outside");
    case CallNodeKind::Service:
        break;
    }
    return node.calls > 0 ? rateText(node.calls, m_graph.isRate) : tr("service");
}

bool CallGraphView::isFound(const Untrusted &name) const
{
    const QString wanted = m_search->text().trimmed();
    return !wanted.isEmpty() && render::line(name, 400).contains(wanted, Qt::CaseInsensitive);
}

void CallGraphView::paintEdge(QPainter &painter, int shown) const
{
    const GraphPicture::Edge &line = m_picture.edges[size_t(shown)];
    if (line.curve.size() < 4)
        return;
    const EdgeChange &change = m_changes[size_t(m_shown.edges[size_t(shown)])];
    const Theme &theme = themeOf(this);
    const QString role = roleOf(change.now);
    QColor color = role.isEmpty() ? theme.neutral : roleColor(theme, role);
    const bool isHovered = m_hovered.edge == shown;
    QPen pen(isHovered ? theme.accent : color, isHovered || !role.isEmpty() ? 2 : 1.2);
    if (change.kind == EdgeChange::Kind::Gone || change.now.isAsync)
        pen.setStyle(change.kind == EdgeChange::Kind::Gone ? Qt::DotLine : Qt::DashLine);
    QPainterPath path(toView(line.curve[0]));
    for (size_t i = 1; i + 2 < line.curve.size(); i += 3)
        path.cubicTo(toView(line.curve[i]), toView(line.curve[i + 1]), toView(line.curve[i + 2]));
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    const QPointF tip = toView(line.arrow), end = toView(line.curve.back());
    QPointF along = tip - end;
    if (const double length = std::hypot(along.x(), along.y()); length > 0.1)
        along /= length;
    else
        along = {1, 0};
    const QPointF across(-along.y(), along.x());
    const double size = std::max(5.0, 9 * m_scale);
    const QPointF head[3] = {
        tip, tip - along * size + across * size * 0.45, tip - along * size - across * size * 0.45};
    painter.setPen(Qt::NoPen);
    painter.setBrush(pen.color());
    painter.drawPolygon(head, 3);
    const bool isNews = change.kind != EdgeChange::Kind::Same;
    if (m_scale < kLabelsFrom && !isHovered && role.isEmpty() && !isNews)
        return; // words that nobody can read hide the lines
    QString text = edgeText(change.now);
    if (m_hasBefore && change.kind == EdgeChange::Kind::New)
        text = tr("new  ") + text;
    else if (change.kind == EdgeChange::Kind::Gone)
        text = tr("gone  ") + text;
    else if (change.kind == EdgeChange::Kind::Changed)
        text = u"Δ  "_s + text;
    const QFontMetricsF metrics(painter.font());
    const QPointF at = toView(line.label);
    const QRectF box(at.x() - metrics.horizontalAdvance(text) / 2 - 2, at.y() - metrics.height() / 2,
        metrics.horizontalAdvance(text) + 4, metrics.height());
    painter.fillRect(box, theme.surface);
    painter.setPen(change.kind == EdgeChange::Kind::Changed || change.kind == EdgeChange::Kind::New
            ? theme.warning
            : role.isEmpty() ? theme.textDim
                             : roleColor(theme, role));
    painter.drawText(QPointF(box.left() + 2, box.top() + metrics.ascent()), text);
}

void CallGraphView::paintNode(QPainter &painter, int shown) const
{
    const CallNode &node = m_graph.nodes[size_t(m_shown.nodes[size_t(shown)])];
    const Theme &theme = themeOf(this);
    const QFontMetricsF metrics(painter.font());
    QSizeF size = sizeOf(node) * m_scale;
    // Shrunk letters end at what can be read; the box grows with them.
    size.setWidth(std::max(size.width(), metrics.horizontalAdvance(render::line(node.name, 32)) + 10));
    size.setHeight(std::max(size.height(), metrics.height() + 6));
    const QPointF middle = toView(m_picture.nodes[size_t(shown)]);
    const QRectF box(
        middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height());
    const double share = node.errors && node.calls > 0 ? *node.errors / node.calls : 0;
    const QColor edge = share >= kBadShare ? theme.critical
        : share >= kOddShare               ? theme.warning
        : m_hovered.node == shown          ? theme.accent
                                           : theme.border;
    painter.setPen(
        QPen(isFound(node.name) ? theme.accent : edge, isFound(node.name) || share >= kOddShare ? 2.4 : 1.2));
    painter.setBrush(isFound(node.name) ? mixed(theme.accent, theme.raised, 0.25) : theme.raised);
    if (node.kind == CallNodeKind::Service)
        painter.drawRoundedRect(box, 5 * m_scale, 5 * m_scale);
    else
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
    const double line = metrics.height();
    const bool hasTwo = box.height() > line * 1.9;
    painter.setPen(theme.text);
    const QRectF top(box.left() + 4, middle.y() - (hasTwo ? line : line / 2), box.width() - 8, line);
    painter.drawText(
        top, Qt::AlignCenter, metrics.elidedText(render::line(node.name, 60), Qt::ElideRight, top.width()));
    if (!hasTwo)
        return;
    painter.setPen(theme.textDim);
    painter.drawText(top.translated(0, line), Qt::AlignCenter,
        metrics.elidedText(nodeText(node), Qt::ElideRight, top.width()));
}

void CallGraphView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    painter.fillRect(rect(), theme.surface);
    painter.setClipRect(graphArea());
    painter.setRenderHint(QPainter::Antialiasing);
    QFont scaled = font();
    scaled.setPointSizeF(std::max(kReadable, scaled.pointSizeF() * std::min(m_scale, 1.2)));
    painter.setFont(scaled);
    if (m_picture.nodes.size() != m_shown.nodes.size() || m_picture.edges.size() != m_shown.edges.size())
        return; // a new layout is on its way
    for (size_t i = 0; i < m_shown.edges.size(); ++i)
        paintEdge(painter, int(i));
    for (size_t i = 0; i < m_shown.nodes.size(); ++i)
        paintNode(painter, int(i));
    if (m_focused.isEmpty())
        return;
    painter.setFont(font());
    painter.setPen(theme.accent);
    painter.drawText(graphArea().adjusted(10, 4, -10, 0), Qt::AlignTop | Qt::AlignLeft,
        tr("%1 and its neighbours · Esc shows everything").arg(render::line(Untrusted(m_focused), 80)));
}

void CallGraphView::resizeEvent(QResizeEvent *)
{
    if (m_isFitted)
        fit();
}

void CallGraphView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        update();
    if (event->type() == QEvent::FontChange && !m_shown.nodes.empty())
        layOut();
}

CallGraphView::Hit CallGraphView::hitAt(const QPoint &at) const
{
    if (m_picture.nodes.size() != m_shown.nodes.size() || !graphArea().contains(at))
        return {};
    const QPointF place = toGraph(at);
    for (size_t i = 0; i < m_shown.nodes.size(); ++i) {
        const QSizeF size = sizeOf(m_graph.nodes[size_t(m_shown.nodes[i])]);
        const QPointF away = place - m_picture.nodes[i];
        if (std::abs(away.x()) <= size.width() / 2 && std::abs(away.y()) <= size.height() / 2)
            return {int(i), -1};
    }
    const double reach = 7 / m_scale;
    for (size_t i = 0; i < m_shown.edges.size() && i < m_picture.edges.size(); ++i) {
        const auto &curve = m_picture.edges[i].curve;
        const QSizeF label = m_shown.ends[i].label;
        const QPointF away = place - m_picture.edges[i].label;
        if (std::abs(away.x()) <= label.width() / 2 && std::abs(away.y()) <= label.height() / 2)
            return {-1, int(i)};
        for (size_t k = 0; k + 3 < curve.size(); k += 3) {
            QPainterPath piece(curve[k]);
            piece.cubicTo(curve[k + 1], curve[k + 2], curve[k + 3]);
            for (int step = 0; step <= 12; ++step) {
                const QPointF to = piece.pointAtPercent(step / 12.0) - place;
                if (std::hypot(to.x(), to.y()) < reach)
                    return {-1, int(i)};
            }
        }
    }
    return {};
}

QString CallGraphView::tipOf(const Hit &hit) const
{
    QStringList lines;
    if (hit.node >= 0) {
        const CallNode &node = m_graph.nodes[size_t(m_shown.nodes[size_t(hit.node)])];
        lines << render::line(node.name, 200) << nodeText(node);
        if (node.errors && node.calls > 0)
            lines
                << tr("%1 of its calls fail").arg(formatValue(*node.errors / node.calls, u"percentunit", 2));
    } else if (hit.edge >= 0) {
        const EdgeChange &change = m_changes[size_t(m_shown.edges[size_t(hit.edge)])];
        lines << render::line(change.now.from, 120) + u" → "_s + render::line(change.now.to, 120)
              << edgeSentence(change.now);
        if (change.before)
            lines << tr("before: %1").arg(edgeSentence(*change.before));
        else if (m_hasBefore && change.kind == EdgeChange::Kind::New)
            lines << tr("was not there before");
        lines << tr("A click looks for traces");
    }
    return lines.join(u'\n');
}

bool CallGraphView::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    QToolTip::showText(help->globalPos(), tip(tipOf(hitAt(help->pos()))), this);
    return true;
}

void CallGraphView::wheelEvent(QWheelEvent *event)
{
    // The plain wheel scrolls the dashboard this may stand in.
    if (!event->modifiers().testFlag(Qt::ControlModifier))
        return event->ignore();
    const QPointF at = event->position(), before = toGraph(at);
    m_scale = std::clamp(m_scale * std::pow(1.25, event->angleDelta().y() / 120.0), kSmallest, kLargest);
    m_offset = at - before * m_scale;
    m_isFitted = false;
    update();
}

void CallGraphView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton) {
        m_dragFrom = event->pos();
        m_wasDragged = false;
    }
}

void CallGraphView::mouseMoveEvent(QMouseEvent *event)
{
    if (m_dragFrom) {
        const QPoint by = event->pos() - *m_dragFrom;
        if (!m_wasDragged && by.manhattanLength() < 5)
            return;
        m_wasDragged = true;
        m_isFitted = false;
        m_offset += by;
        m_dragFrom = event->pos();
        return update();
    }
    const Hit hit = hitAt(event->pos());
    setCursor(hit.node >= 0 || hit.edge >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (hit.node != m_hovered.node || hit.edge != m_hovered.edge) {
        m_hovered = hit;
        update();
    }
}

void CallGraphView::mouseReleaseEvent(QMouseEvent *event)
{
    const bool wasClick = m_dragFrom && !m_wasDragged;
    m_dragFrom.reset();
    if (!wasClick)
        return;
    const Hit hit = hitAt(event->pos());
    if (hit.node >= 0) {
        m_clicked = render::line(m_graph.nodes[size_t(m_shown.nodes[size_t(hit.node)])].name, 400);
        m_clickDelay.start(); // a second click would find another box in this place
    } else if (hit.edge >= 0) {
        const CallEdge &edge = m_changes[size_t(m_shown.edges[size_t(hit.edge)])].now;
        emit pairChosen(render::line(edge.from, 400), render::line(edge.to, 400));
    }
}

void CallGraphView::mouseDoubleClickEvent(QMouseEvent *event)
{
    m_clickDelay.stop();
    m_dragFrom.reset();
    const Hit hit = hitAt(event->pos());
    if (hit.node >= 0) {
        emit serviceChosen(render::line(m_graph.nodes[size_t(m_shown.nodes[size_t(hit.node)])].name, 400));
    } else if (hit.edge < 0) {
        m_isFitted = true;
        fit();
        update();
    }
}

void CallGraphView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && !m_focused.isEmpty()) {
        m_focused.clear();
        return choose();
    }
    if (event->key() == Qt::Key_Slash)
        return m_search->setFocus();
    if (event->key() == Qt::Key_0) {
        m_isFitted = true;
        fit();
        return update();
    }
    QWidget::keyPressEvent(event);
}

QString CallGraphView::toCsv() const
{
    QString csv = u"from,to,calls,errors,p95_seconds\r\n"_s;
    for (const CallEdge &edge : m_graph.edges) {
        csv += QStringList{render::csv(edge.from), render::csv(edge.to), formatExact(edge.calls),
                   edge.errors ? formatExact(*edge.errors) : QString(),
                   edge.p95 ? formatExact(*edge.p95) : QString()}
                   .join(u',')
            + u"\r\n"_s;
    }
    return csv;
}

} // namespace bw
