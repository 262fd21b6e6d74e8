// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/flame.h>
#include <widgets/base/background.h>
#include <widgets/traces/tracestyle.h>

#include <QAbstractScrollArea>

namespace bw {

/// The spans of a trace merged by path, as wide as the work below them. A click makes a node as wide as the
/// view, a click on what is above it goes back, Enter goes to its first span. UI thread.
class FlameView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit FlameView(QWidget *parent = nullptr);
    /// The same trace again costs nothing.
    void setTrace(const Trace &trace, const ServiceColors &colors);

signals:
    void rowChosen(int row);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    int nodeAt(const QPoint &at) const;
    QRectF placeOf(const FlameNode &node) const;
    void select(int node, bool zoom);
    void moveTo(int key);
    void updateScrollBar();
    int lineHeight() const;

    Trace m_trace;
    ServiceColors m_colors;
    FlameGraph m_graph;
    int m_current = -1, m_zoomed = -1;
    std::unique_ptr<Background> m_background;
};

} // namespace bw
