// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/metrics/series.h>

#include <QFont>
#include <QImage>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>

class QThreadPool;

namespace bw {

/// A finished picture of a panel with a time axis.
struct Picture
{
    virtual ~Picture() = default;
    QImage image; ///< RGB32, with its device pixel ratio set
    QRect area; ///< logical pixels that `range` is mapped to; null: no time axis
    TimeRange range;
};

/// The pool that draws pictures: at most as many threads as cores, ten nice levels down. Made with the first
/// use; owned by the application object and gone with it.
QThreadPool &renderPool();

/// A panel's surface: workers draw, the UI thread only copies pixels. Two images change places; at most one
/// picture is being drawn, of what came meanwhile only the newest is; a picture older than the one on screen
/// is dropped. Knows the gestures of a time axis: drag selects, double click zooms out, Ctrl + wheel zooms,
/// the plain wheel is left to whoever scrolls. UI thread.
class PictureWidget : public QWidget
{
    Q_OBJECT
public:
    explicit PictureWidget(QWidget *parent = nullptr, QThreadPool *pool = nullptr);
    ~PictureWidget() override;

    /// Nothing is being drawn, and nothing waits to be.
    bool isSettled() const;
    /// Logical pixels of the time axis; an estimate until the first picture is there.
    int timeWidth() const;
    /// A moment to mark, from another panel. Does not emit.
    void showCrosshair(std::optional<qint64> time);
    std::optional<qint64> crosshair() const { return m_crosshair; }
    const Picture *picture() const { return m_picture.get(); }

    qint64 timeAt(double x) const; ///< ns; needs a picture
    double xOf(qint64 time) const;

    QSize sizeHint() const override { return {480, 240}; }
    QSize minimumSizeHint() const override { return {80, 40}; }

signals:
    void pictureShown();
    void rangeSelected(const bw::TimeRange &range);
    void zoomOutRequested();
    void crosshairMoved(std::optional<qint64> time);

protected:
    using Job = std::function<std::shared_ptr<Picture>(QImage spare)>;
    /// Asks for a new picture; makeJob() is called now or when the one being drawn is done.
    void requestPicture();
    /// What a worker shall do: captures values only.
    virtual Job makeJob(const QSize &size, qreal ratio) = 0;
    /// Over the picture: crosshair, selection. The base draws both lines.
    virtual void paintOverlay(QPainter &painter);
    /// The crosshair moved, here or elsewhere; `own`: under this widget's pointer.
    virtual void crosshairChanged(bool own) { Q_UNUSED(own) }
    /// numberFont(font()), measured once.
    const QFont &numbers();
    /// Where the pointer last was over this widget.
    QPoint pointer() const { return m_pointer; }
    /// A press that was not a drag.
    virtual void clicked(const QPoint &at, Qt::KeyboardModifiers modifiers);
    /// A drag that began on the value axis, from y to y.
    virtual void valueDragged(int from, int to);

    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    struct Mailbox;
    class Arrival;
    enum class Drag : quint8 { None, Time, Value };

    void start();
    void arrived(std::shared_ptr<Picture> picture);
    void setOwnCrosshair(std::optional<qint64> time);

    QThreadPool *m_pool;
    std::shared_ptr<Mailbox> m_mailbox;
    std::shared_ptr<Picture> m_picture;
    QImage m_spare;
    bool m_drawing = false, m_wanted = false;
    std::optional<qint64> m_crosshair;
    std::optional<QFont> m_numbers;
    Drag m_drag = Drag::None;
    bool m_pressed = false;
    QPoint m_pressAt, m_dragAt, m_pointer;
};

} // namespace bw
