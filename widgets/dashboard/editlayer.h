// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/dashboard/dashboardedits.h>
#include <widgets/dashboard/gridlayout.h>

#include <QWidget>

#include <functional>

namespace bw {

/// Lies over the panels of a dashboard that is edited and takes the pointer and the keys: select, move,
/// resize with a snapped preview, nudge, duplicate, delete. The panels below go on showing their data; they
/// move when a step is done, not before. UI thread.
class EditLayer final : public QWidget
{
    Q_OBJECT
public:
    /// `edits` and whatever `metrics` reads outlive the layer.
    EditLayer(DashboardEdits &edits, std::function<GridMetrics()> metrics, QWidget *parent);

    /// The rectangle, in pixels of this widget, of a panel; null when there is none.
    QRect rectOf(const QString &panelId) const;
    /// Where the panel that is being dragged would come to lie.
    std::optional<GridRect> preview() const { return m_preview; }

    void removeSelected();
    void duplicateSelected();

signals:
    void editRequested(const QString &panelId);
    void saveRequested();
    void leaveRequested();
    /// Something at `place` is to be seen: the selected panel, the pointer of a drag.
    void reachWanted(const QRect &place);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void leaveEvent(QEvent *event) override;
    bool event(QEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    enum class Grip : quint8 { None, Body, Left, Right, Bottom, BottomLeft, BottomRight };
    struct Placed
    {
        QString id, title;
        GridRect grid;
        bool isRow = false;
    };
    void rebuild();
    const Placed *at(const QPoint &pos) const;
    const Placed *find(const QString &id) const;
    Grip gripAt(const Placed &panel, const QPoint &pos) const;
    /// The rectangle the pointer at `pos` asks for.
    GridRect wantedAt(const QPoint &pos) const;
    Dashboard resultAt(const GridRect &wanted) const;
    void drop();
    void cancelDrag();
    void nudge(GridStep step, bool resizes);
    void announce();
    void paintHandles(QPainter &painter, const Placed &panel);
    void paintPreview(QPainter &painter);

    DashboardEdits &m_edits;
    std::function<GridMetrics()> m_metrics;
    std::vector<Placed> m_placed; ///< as laid out
    QString m_hovered;
    Grip m_grip = Grip::None; ///< of the drag; None: no button is down
    bool m_isDragging = false;
    QPoint m_pressedAt, m_pointer;
    std::optional<GridRect> m_preview;
    GridRect m_wanted;
};

} // namespace bw
