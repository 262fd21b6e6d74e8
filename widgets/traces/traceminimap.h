// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/traces/waterfallpainter.h>

#include <QImage>
#include <QWidget>

namespace bw {

/// The whole trace in a strip: every span a line at its height, failed ones in the colour of failure, and the
/// window that the waterfall shows. A drag chooses a window, a drag of the middle button or with Shift moves
/// it, a double click shows all. UI thread.
class TraceMinimap final : public QWidget
{
    Q_OBJECT
public:
    explicit TraceMinimap(QWidget *parent = nullptr);
    void setTrace(const Trace &trace, const ServiceColors &colors);
    void setWindow(const TraceWindow &window);
    QSize sizeHint() const override { return {600, 52}; }

signals:
    void windowChosen(const bw::TraceWindow &window);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;

private:
    void draw();
    qint64 timeAt(int x) const;
    int xOf(qint64 time) const;

    Trace m_trace;
    ServiceColors m_colors;
    TraceWindow m_whole, m_window;
    QImage m_picture; ///< null: to be drawn
    std::optional<int> m_dragFrom;
    bool m_isMoving = false;
    int m_dragTo = 0;
};

} // namespace bw
