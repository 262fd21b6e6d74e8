// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/editlayer.h>

#include <widgets/base/theme.h>

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr int kEdge = 7, kCorner = 16, kHandle = 8;

int rounded(double value) { return int(std::lround(value)); }

/// The layer's keys, with exactly their modifiers: Alt and an arrow is the window's.
bool isOwnKey(const QKeyEvent &event)
{
    const Qt::KeyboardModifiers held = event.modifiers() & ~Qt::KeypadModifier;
    switch (event.key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        return (held & ~Qt::ShiftModifier) == Qt::NoModifier;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Escape:
        return held == Qt::NoModifier;
    case Qt::Key_D:
    case Qt::Key_S:
        return held == Qt::ControlModifier;
    case Qt::Key_Z:
        return (held & ~Qt::ShiftModifier) == Qt::ControlModifier;
    default:
        return false;
    }
}
} // namespace

EditLayer::EditLayer(DashboardEdits &edits, std::function<GridMetrics()> metrics, QWidget *parent)
    : QWidget(parent)
    , m_edits(edits)
    , m_metrics(std::move(metrics))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setObjectName(u"editLayer"_s);
    setAccessibleName(tr("Panels of the dashboard; arrows move, Shift and arrows resize"));
    connect(&edits, &DashboardEdits::changed, this, &EditLayer::rebuild);
    connect(&edits, &DashboardEdits::selectionChanged, this, &EditLayer::announce);
    rebuild();
}

void EditLayer::rebuild()
{
    std::vector<Panel> panels = m_edits.dashboard().panels;
    // A tab takes no room of its own: its host stands for it, as in the view.
    std::erase_if(panels, [](const Panel &panel) { return !hostOf(panel).isEmpty(); });
    floatUp(panels);
    m_placed.clear();
    for (const Panel &panel : panels)
        m_placed.push_back({panel.id, panel.title, panel.grid, panel.kind == "row"_L1});
    if (!m_edits.selected().isEmpty() && !find(m_edits.selected()))
        m_edits.select({});
    announce();
}

const EditLayer::Placed *EditLayer::find(const QString &id) const
{
    const auto found =
        std::find_if(m_placed.begin(), m_placed.end(), [&](const Placed &panel) { return panel.id == id; });
    return found == m_placed.end() ? nullptr : &*found;
}

QRect EditLayer::rectOf(const QString &panelId) const
{
    const Placed *panel = find(panelId);
    return panel ? m_metrics().rectOf(panel->grid) : QRect();
}

const EditLayer::Placed *EditLayer::at(const QPoint &pos) const
{
    const GridMetrics metrics = m_metrics();
    for (const Placed &panel : m_placed) {
        if (metrics.rectOf(panel.grid).adjusted(-2, -2, 2, 2).contains(pos))
            return &panel;
    }
    return nullptr;
}

EditLayer::Grip EditLayer::gripAt(const Placed &panel, const QPoint &pos) const
{
    const QRect rect = m_metrics().rectOf(panel.grid);
    if (panel.isRow)
        return Grip::Body;
    const bool left = pos.x()<rect.left() + kEdge, right = pos.x()> rect.right() - kEdge;
    const bool bottom = pos.y() > rect.bottom() - kEdge;
    const bool nearLeft = pos.x()<rect.left() + kCorner, nearRight = pos.x()> rect.right() - kCorner;
    const bool nearBottom = pos.y() > rect.bottom() - kCorner;
    if ((nearRight && bottom) || (right && nearBottom))
        return Grip::BottomRight;
    if ((nearLeft && bottom) || (left && nearBottom))
        return Grip::BottomLeft;
    if (left)
        return Grip::Left;
    if (right)
        return Grip::Right;
    return bottom ? Grip::Bottom : Grip::Body;
}

GridRect EditLayer::wantedAt(const QPoint &pos) const
{
    const Placed *panel = find(m_edits.selected());
    if (!panel)
        return {};
    const GridMetrics metrics = m_metrics();
    const QPoint by = pos - m_pressedAt;
    const int columns = rounded(double(by.x()) * GridMetrics::kColumns / metrics.room);
    const int rows = rounded(double(by.y()) / metrics.unit);
    GridRect grid = panel->grid;
    const int right = grid.col + grid.width;
    switch (m_grip) {
    case Grip::Body:
        grid.col = std::clamp(grid.col + columns, 0, GridMetrics::kColumns - grid.width);
        grid.row = std::max(0, grid.row + rows);
        break;
    case Grip::Left:
    case Grip::BottomLeft:
        grid.col = std::clamp(grid.col + columns, 0, std::max(0, right - 2));
        grid.width = right - grid.col;
        break;
    case Grip::Right:
    case Grip::BottomRight:
        grid.width = std::clamp(grid.width + columns, std::min(2, GridMetrics::kColumns - grid.col),
            GridMetrics::kColumns - grid.col);
        break;
    case Grip::Bottom:
    case Grip::None:
        break;
    }
    if (m_grip == Grip::Bottom || m_grip == Grip::BottomLeft || m_grip == Grip::BottomRight)
        grid.height = std::max(2, grid.height + rows);
    return grid;
}

Dashboard EditLayer::resultAt(const GridRect &wanted) const
{
    return m_grip == Grip::Body ? withPanelAt(m_edits.dashboard(), m_edits.selected(), wanted.col, wanted.row)
                                : withPanelResized(m_edits.dashboard(), m_edits.selected(), wanted);
}

// --- pointer

void EditLayer::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() != Qt::LeftButton)
        return;
    const QPoint pos = event->position().toPoint();
    const Placed *panel = at(pos);
    m_edits.select(panel ? panel->id : QString());
    m_grip = panel ? gripAt(*panel, pos) : Grip::None;
    m_pressedAt = m_pointer = pos;
    m_isDragging = false;
    update();
}

void EditLayer::mouseMoveEvent(QMouseEvent *event)
{
    const QPoint pos = event->position().toPoint();
    m_pointer = pos;
    if (m_grip == Grip::None) {
        const Placed *panel = at(pos);
        const QString hovered = panel ? panel->id : QString();
        switch (panel ? gripAt(*panel, pos) : Grip::None) {
        case Grip::None:
            setCursor(Qt::ArrowCursor);
            break;
        case Grip::Body:
            setCursor(Qt::SizeAllCursor);
            break;
        case Grip::Left:
        case Grip::Right:
            setCursor(Qt::SizeHorCursor);
            break;
        case Grip::Bottom:
            setCursor(Qt::SizeVerCursor);
            break;
        case Grip::BottomLeft:
            setCursor(Qt::SizeBDiagCursor);
            break;
        case Grip::BottomRight:
            setCursor(Qt::SizeFDiagCursor);
            break;
        }
        if (hovered != m_hovered) {
            m_hovered = hovered;
            update();
        }
        return;
    }
    m_isDragging = m_isDragging || (pos - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
    if (!m_isDragging)
        return;
    emit reachWanted(QRect(pos - QPoint(20, 40), QSize(40, 80)));
    const GridRect wanted = wantedAt(pos);
    if (!m_preview || !(wanted == m_wanted)) {
        m_wanted = wanted;
        const Dashboard result = resultAt(wanted);
        if (const Panel *panel = findPanel(result, m_edits.selected()))
            m_preview = panel->grid;
    }
    update();
}

void EditLayer::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (m_isDragging)
        drop();
    cancelDrag();
}

void EditLayer::drop()
{
    const QString text = m_grip == Grip::Body ? tr("Move a panel") : tr("Resize a panel");
    // The panel may be gone: undone while the button was down.
    if (find(m_edits.selected()))
        m_edits.change(resultAt(wantedAt(m_pointer)), text, m_edits.selected());
}

void EditLayer::cancelDrag()
{
    m_grip = Grip::None;
    m_isDragging = false;
    m_preview.reset();
    update();
}

void EditLayer::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (const Placed *panel = at(event->position().toPoint())) {
        const QString id = panel->id;
        cancelDrag();
        emit editRequested(id);
    }
}

void EditLayer::leaveEvent(QEvent *)
{
    m_hovered.clear();
    update();
}

// --- keys

void EditLayer::nudge(GridStep step, bool resizes)
{
    const Placed *panel = find(m_edits.selected());
    if (!panel) {
        focusNextPrevChild(true);
        return;
    }
    const QString id = panel->id;
    if (!resizes) {
        m_edits.change(
            withPanelNudged(m_edits.dashboard(), id, step), tr("Move a panel"), id, u"move "_s + id);
    } else {
        GridRect grid = panel->grid;
        grid.width += step == GridStep::Right ? 1 : step == GridStep::Left ? -1 : 0;
        grid.height += step == GridStep::Down ? 1 : step == GridStep::Up ? -1 : 0;
        // At the right edge there is no room to grow: it stays.
        if (grid.col + grid.width <= GridMetrics::kColumns)
            m_edits.change(
                withPanelResized(m_edits.dashboard(), id, grid), tr("Resize a panel"), id, u"resize "_s + id);
    }
    emit reachWanted(rectOf(id));
}

void EditLayer::removeSelected()
{
    if (!find(m_edits.selected()))
        return;
    EditedPanel without = withoutPanel(m_edits.dashboard(), m_edits.selected());
    m_edits.change(std::move(without.dashboard), tr("Delete a panel"), without.panelId);
}

void EditLayer::duplicateSelected()
{
    if (!find(m_edits.selected()))
        return;
    EditedPanel copied = withDuplicate(m_edits.dashboard(), m_edits.selected());
    m_edits.change(std::move(copied.dashboard), tr("Duplicate a panel"), copied.panelId);
    emit reachWanted(rectOf(copied.panelId));
}

void EditLayer::keyPressEvent(QKeyEvent *event)
{
    if (!isOwnKey(*event))
        return QWidget::keyPressEvent(event);
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    switch (event->key()) {
    case Qt::Key_Left:
        return nudge(GridStep::Left, shift);
    case Qt::Key_Right:
        return nudge(GridStep::Right, shift);
    case Qt::Key_Up:
        return nudge(GridStep::Up, shift);
    case Qt::Key_Down:
        return nudge(GridStep::Down, shift);
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        return removeSelected();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (find(m_edits.selected()))
            emit editRequested(m_edits.selected());
        return;
    case Qt::Key_Escape:
        if (m_grip != Grip::None)
            cancelDrag();
        else
            emit leaveRequested();
        return;
    case Qt::Key_D:
        return duplicateSelected();
    case Qt::Key_S:
        emit saveRequested();
        return;
    case Qt::Key_Z:
        return shift ? m_edits.steps().redo() : m_edits.steps().undo();
    default:
        return;
    }
}

bool EditLayer::event(QEvent *event)
{
    // Keys of the layer win over the window's of the same name.
    if (event->type() == QEvent::ShortcutOverride && isOwnKey(*static_cast<QKeyEvent *>(event))) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

bool EditLayer::focusNextPrevChild(bool next)
{
    const QStringList order = inReadingOrder(m_edits.dashboard());
    const qsizetype now = order.indexOf(m_edits.selected());
    const qsizetype wanted = now < 0 ? (next ? 0 : order.size() - 1) : now + (next ? 1 : -1);
    if (wanted < 0 || wanted >= order.size())
        return QWidget::focusNextPrevChild(next); // on to the buttons
    m_edits.select(order[wanted]);
    emit reachWanted(rectOf(order[wanted]));
    return true;
}

void EditLayer::announce()
{
    const Placed *panel = find(m_edits.selected());
    setAccessibleDescription(panel ? tr("%1, column %2, row %3, %4 wide, %5 high")
                                         .arg(panel->title)
                                         .arg(panel->grid.col)
                                         .arg(panel->grid.row)
                                         .arg(panel->grid.width)
                                         .arg(panel->grid.height)
                                   : QString());
    update();
}

// --- painting

void EditLayer::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    const GridMetrics metrics = m_metrics();
    if (m_placed.empty()) {
        painter.setPen(theme.textDim);
        painter.drawText(
            rect(), Qt::AlignCenter, tr("No panels yet. \"Add panel\" above puts the first one here."));
        return;
    }
    painter.setBrush(Qt::NoBrush);
    for (const Placed &panel : m_placed) {
        const QRect rect = metrics.rectOf(panel.grid);
        painter.setPen(QPen(panel.id == m_hovered ? theme.accent : theme.textDim, 1, Qt::DashLine));
        painter.drawRect(rect.adjusted(0, 0, -1, -1));
    }
    if (const Placed *panel = find(m_edits.selected()))
        paintHandles(painter, *panel);
    if (m_isDragging && m_preview)
        paintPreview(painter);
}

void EditLayer::paintHandles(QPainter &painter, const Placed &panel)
{
    const Theme &theme = themeOf(this);
    const QRect rect = m_metrics().rectOf(panel.grid);
    painter.setPen(QPen(theme.accent, hasFocus() ? 3 : 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
    if (panel.isRow)
        return;
    painter.setPen(theme.onAccent);
    painter.setBrush(theme.accent);
    const int middleX = rect.center().x(), middleY = rect.center().y();
    for (const QPoint &at : {QPoint(rect.left(), middleY), QPoint(rect.right(), middleY),
             QPoint(middleX, rect.bottom()), rect.bottomLeft(), rect.bottomRight()})
        painter.drawRect(QRect(at - QPoint(kHandle / 2, kHandle / 2), QSize(kHandle, kHandle)));
}

void EditLayer::paintPreview(QPainter &painter)
{
    const Theme &theme = themeOf(this);
    const GridMetrics metrics = m_metrics();
    const QRect rect = metrics.rectOf(*m_preview);
    painter.setPen(QPen(theme.accent, 2, Qt::DashLine));
    painter.setBrush(QBrush(theme.accent, Qt::BDiagPattern));
    painter.drawRect(rect.adjusted(1, 1, -2, -2));
    if (m_grip == Grip::Body) {
        const QRect carried =
            metrics.rectOf(find(m_edits.selected())->grid).translated(m_pointer - m_pressedAt);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.text, 1));
        painter.drawRect(carried);
    }
    const QString text = tr("%1 × %2").arg(m_preview->width).arg(m_preview->height);
    QRect label(QPoint(), fontMetrics().boundingRect(text).size() + QSize(16, 8));
    label.moveCenter(rect.center());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.accent);
    painter.drawRect(label);
    painter.setPen(theme.onAccent);
    painter.drawText(label, Qt::AlignCenter, text);
}

} // namespace bw
