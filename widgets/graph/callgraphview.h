// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/callgraph.h>
#include <widgets/base/background.h>
#include <widgets/graph/graphlayout.h>

#include <QTimer>
#include <QWidget>

class QLineEdit;

namespace bw {

class PlainLabel;

/// Who calls whom: services as boxes, calls as arrows with rate, failures and p95, and what changed since
/// before. Drag moves, wheel zooms, a click on a box shows it with its neighbours only, a second one
/// everything; a click on an arrow asks for the traces of that pair. UI thread; laid out on a worker.
class CallGraphView final : public QWidget
{
    Q_OBJECT
public:
    explicit CallGraphView(QWidget *parent = nullptr);
    /// `before`: the same graph some time ago, for the difference; `origin`: where it comes from and how old.
    void setGraph(const CallGraph &graph, const std::optional<CallGraph> &before, const QString &origin);
    bool isSettled() const { return !m_isLayingOut; }
    /// Services that have a box.
    int boxes() const { return int(m_shown.nodes.size()); }
    QString toCsv() const;
    QSize sizeHint() const override { return {600, 320}; }

signals:
    /// `to` is empty for a node, `from` its name.
    void pairChosen(const QString &from, const QString &to);
    void serviceChosen(const QString &service);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    struct Shown ///< what is drawn: all of it, or the neighbourhood of one node
    {
        std::vector<int> nodes; ///< of m_graph
        std::vector<int> edges; ///< of m_changes
        std::vector<GraphEdgeEnds> ends;
    };
    struct Hit
    {
        int node = -1, edge = -1; ///< indices into Shown
    };
    void choose();
    void layOut();
    void fit();
    QPointF toView(QPointF at) const { return at * m_scale + m_offset; }
    QPointF toGraph(QPointF at) const { return (at - m_offset) / m_scale; }
    Hit hitAt(const QPoint &at) const;
    void paintNode(QPainter &painter, int shown) const;
    void paintEdge(QPainter &painter, int shown) const;
    bool isFound(const Untrusted &name) const;
    QString edgeText(const CallEdge &edge) const;
    QString edgeSentence(const CallEdge &edge) const;
    QString nodeText(const CallNode &node) const;
    QString tipOf(const Hit &hit) const;
    QSizeF sizeOf(const CallNode &node) const;
    QRect graphArea() const;

    CallGraph m_graph;
    std::vector<EdgeChange> m_changes;
    bool m_isCut = false; ///< not every call is shown
    bool m_hasBefore = false;
    Shown m_shown;
    GraphPicture m_picture;
    QString m_origin, m_focused; ///< m_focused: name of the node whose neighbours are shown
    double m_scale = 1;
    QPointF m_offset;
    bool m_isFitted = true, m_isLayingOut = false, m_wasDragged = false;
    Hit m_hovered;
    std::optional<QPoint> m_dragFrom;
    QString m_clicked; ///< node of a click that may become a double click
    QTimer m_clickDelay;
    QLineEdit *m_search;
    PlainLabel *m_note;
    std::unique_ptr<Background> m_background;
};

} // namespace bw
