// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/traces/waterfallpainter.h>

#include <QAbstractScrollArea>

#include <functional>

namespace bw {

/// One trace as lines over time. Only lines on screen are painted, so 200,000 spans cost what 40 do. Owns the
/// folding and the window; everything else about the trace is its owner's. UI thread.
class WaterfallView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit WaterfallView(QWidget *parent = nullptr);

    /// Shows it from the top, whole, groups folded.
    void setTrace(const Trace &trace, std::vector<SiblingGroup> groups, std::vector<PathSegment> path);
    const Trace &trace() const { return m_fold.trace(); }
    const TraceFold &fold() const { return m_fold; }
    /// Changes the folding; the current row stays where it is on screen.
    void refold(const std::function<void(TraceFold &)> &change);
    /// An empty vector takes the filter away.
    void setMatches(std::vector<RowMatch> rows);

    int currentRow() const { return m_current; }
    /// Selects a row, unfolds the way to it and scrolls there; -1 selects nothing.
    void setCurrentRow(int row);
    void nextError(bool backwards);
    void nextMatch(bool backwards);

    const TraceWindow &window() const { return m_window; }
    void setWindow(const TraceWindow &window);
    void setShowPath(bool show);
    bool showsPath() const { return m_painter.showsPath(); }
    const ServiceColors &colors() const { return m_painter.colors(); }
    int lineHeight() const { return m_lineHeight; }
    /// The line at a place of the viewport, or -1.
    int lineAt(const QPoint &at) const;

    QSize sizeHint() const override { return {900, 500}; }

signals:
    void currentRowChanged(int row);
    void windowChanged(const bw::TraceWindow &window);
    void foldingChanged();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool viewportEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    enum class Drag : quint8 { None, Divider, Time };
    WaterfallPainter::Columns columns() const;
    int headerHeight() const { return m_lineHeight + 2; }
    int linesOnPage() const;
    int currentLine() const;
    void setCurrentLine(int line);
    void selectRow(int row);
    void updateMetrics();
    void updateScrollBar();
    void scrollToLine(int line);
    void toggle(const TraceLine &line);
    void collapseOrParent();
    void expandOrChild();
    void zoomBy(double factor, std::optional<int> x = {});
    void pan(double share);
    bool zoomKey(const QKeyEvent &event);
    bool foldKey(const QKeyEvent &event);
    bool isOnDivider(const QPoint &at) const;
    QString tipOf(const TraceLine &line) const;

    TraceFold m_fold;
    WaterfallPainter m_painter;
    TraceWindow m_whole, m_window;
    std::vector<RowMatch> m_matches;
    int m_current = -1, m_hovered = -1;
    bool m_isOnGroup = false; ///< the current line is the heading of the current row's group
    int m_lineHeight = 22;
    double m_labelShare = 0.36;
    Drag m_drag = Drag::None;
    QPoint m_pressAt, m_dragAt;
};

} // namespace bw
