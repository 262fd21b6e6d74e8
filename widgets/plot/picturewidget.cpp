// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/picturewidget.h>

#include <widgets/base/theme.h>

#include <QApplication>
#include <QCoreApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QThreadPool>
#include <QWheelEvent>

#include <cmath>
#include <mutex>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

const QEvent::Type kArrivalType = QEvent::Type(QEvent::registerEventType());

/// Drawing yields to the UI thread on busy machines. Linux has nice levels per thread; Qt's priorities do
/// nothing under the default scheduling policy.
void lowerOwnPriority()
{
    thread_local bool done = false;
    if (!done)
        setpriority(PRIO_PROCESS, id_t(syscall(SYS_gettid)), 10);
    done = true;
}

} // namespace

QThreadPool &renderPool()
{
    QCoreApplication *app = QCoreApplication::instance();
    Q_ASSERT(app);
    const QString name = u"bw.render"_s;
    if (auto *pool = app->findChild<QThreadPool *>(name, Qt::FindDirectChildrenOnly))
        return *pool;
    auto *pool = new QThreadPool(app);
    pool->setObjectName(name);
    pool->setMaxThreadCount(std::max(1, QThread::idealThreadCount()));
    pool->setExpiryTimeout(-1);
    return *pool;
}

/// Where workers leave pictures. Outlives the widget; the address inside does not.
struct PictureWidget::Mailbox
{
    std::mutex mutex;
    PictureWidget *owner = nullptr;
};

class PictureWidget::Arrival final : public QEvent
{
public:
    explicit Arrival(std::shared_ptr<Picture> finished)
        : QEvent(kArrivalType)
        , picture(std::move(finished))
    {
    }
    std::shared_ptr<Picture> picture;
};

PictureWidget::PictureWidget(QWidget *parent, QThreadPool *pool)
    : QWidget(parent)
    , m_pool(pool ? pool : &renderPool())
    , m_mailbox(std::make_shared<Mailbox>())
{
    m_mailbox->owner = this;
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
}

PictureWidget::~PictureWidget()
{
    const std::lock_guard lock(m_mailbox->mutex);
    m_mailbox->owner = nullptr; // events already posted are removed by ~QObject
}

bool PictureWidget::isSettled() const { return !m_drawing && !m_wanted; }

int PictureWidget::timeWidth() const
{
    return m_picture && !m_picture->area.isEmpty() ? std::max(1,
               m_picture->area.width() + width()
                   - int(std::lround(m_picture->image.width() / m_picture->image.devicePixelRatio())))
                                                   : std::max(1, width() - 64);
}

qint64 PictureWidget::timeAt(double x) const
{
    const qint64 begin = toNs(m_picture->range.begin);
    const double share = (x - m_picture->area.left()) / m_picture->area.width();
    return begin + qint64(std::llround(share * double(m_picture->range.span().count())));
}

double PictureWidget::xOf(qint64 time) const
{
    const double share =
        double(time - toNs(m_picture->range.begin)) / double(m_picture->range.span().count());
    return m_picture->area.left() + share * m_picture->area.width();
}

void PictureWidget::showCrosshair(std::optional<qint64> time)
{
    if (m_crosshair == time)
        return;
    m_crosshair = time;
    crosshairChanged(false);
    update();
}

void PictureWidget::setOwnCrosshair(std::optional<qint64> time)
{
    const bool moved = m_crosshair != time;
    m_crosshair = time;
    crosshairChanged(true);
    update();
    if (moved)
        emit crosshairMoved(time);
}

const QFont &PictureWidget::numbers()
{
    if (!m_numbers)
        m_numbers = numberFont(font());
    return *m_numbers;
}

void PictureWidget::requestPicture()
{
    m_wanted = true;
    if (!m_drawing)
        start();
}

void PictureWidget::start()
{
    // Before the first layout the size means nothing; the resize or show event comes back here.
    if (!m_wanted || size().isEmpty() || (!isVisible() && !testAttribute(Qt::WA_Resized)))
        return;
    m_wanted = false;
    m_drawing = true;
    // The pool copies its functions; the image must not be copied, or drawing into it would detach it.
    struct Order
    {
        Job job;
        QImage spare;
    };
    auto order = std::make_shared<Order>(Order{makeJob(size(), devicePixelRatioF()), std::move(m_spare)});
    m_spare = QImage();
    m_pool->start([order, mailbox = m_mailbox] {
        lowerOwnPriority();
        {
            const std::lock_guard lock(mailbox->mutex);
            if (!mailbox->owner)
                return;
        }
        std::shared_ptr<Picture> picture = order->job(std::move(order->spare));
        order->job = {};
        const std::lock_guard lock(mailbox->mutex);
        if (mailbox->owner)
            QCoreApplication::postEvent(mailbox->owner, new Arrival(std::move(picture)));
    });
}

void PictureWidget::arrived(std::shared_ptr<Picture> picture)
{
    m_drawing = false;
    if (m_picture)
        m_spare = std::move(m_picture->image);
    m_picture = std::move(picture);
    start();
    update();
    emit pictureShown();
}

bool PictureWidget::event(QEvent *event)
{
    if (event->type() != kArrivalType)
        return QWidget::event(event);
    arrived(std::move(static_cast<Arrival *>(event)->picture));
    return true;
}

void PictureWidget::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    const Theme &theme = themeOf(this);
    if (!m_picture) {
        painter.fillRect(event->rect(), theme.surface);
        return;
    }
    const QSizeF shown = m_picture->image.deviceIndependentSize();
    if (shown.width() < width() || shown.height() < height())
        painter.fillRect(event->rect(), theme.surface);
    painter.drawImage(QPointF(0, 0), m_picture->image);
    if (!m_picture->area.isEmpty())
        paintOverlay(painter);
}

void PictureWidget::paintOverlay(QPainter &painter)
{
    const Theme &theme = themeOf(this);
    const QRect area = m_picture->area;
    if (m_crosshair && m_drag == Drag::None) {
        const int x = int(std::floor(xOf(*m_crosshair)));
        if (x >= area.left() && x <= area.right() + 1)
            painter.fillRect(QRect(x, area.top(), 1, area.height()), theme.textDim);
    }
    if (m_drag == Drag::None)
        return;
    // A stipple of opaque pixels: what is under the selection stays readable, and nothing is blended.
    QRect band = m_drag == Drag::Time
        ? QRect(QPoint(m_pressAt.x(), area.top()), QPoint(m_dragAt.x(), area.bottom())).normalized()
        : QRect(QPoint(area.left(), m_pressAt.y()), QPoint(area.right(), m_dragAt.y())).normalized();
    band &= area;
    painter.fillRect(band, QBrush(mixed(theme.accent, theme.surface, 0.5), Qt::Dense6Pattern));
    painter.setPen(theme.accent);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(band.adjusted(0, 0, -1, -1));
}

void PictureWidget::clicked(const QPoint &at, Qt::KeyboardModifiers modifiers)
{
    Q_UNUSED(at)
    Q_UNUSED(modifiers)
}

void PictureWidget::valueDragged(int from, int to)
{
    Q_UNUSED(from)
    Q_UNUSED(to)
}

void PictureWidget::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    requestPicture();
}

void PictureWidget::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_wanted && !m_drawing)
        start();
}

void PictureWidget::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        m_numbers.reset();
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        requestPicture();
}

void PictureWidget::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_picture) {
        QWidget::mousePressEvent(event);
        return;
    }
    m_pressed = true;
    m_pressAt = m_dragAt = event->position().toPoint();
}

void PictureWidget::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_picture || m_picture->area.isEmpty())
        return;
    const QPoint at = m_pointer = event->position().toPoint();
    const QRect area = m_picture->area;
    if (m_pressed && m_drag == Drag::None
        && (at - m_pressAt).manhattanLength() >= QApplication::startDragDistance()) {
        if (area.contains(m_pressAt))
            m_drag = Drag::Time;
        else if (m_pressAt.y() >= area.top() && m_pressAt.y() <= area.bottom())
            m_drag = Drag::Value;
    }
    if (m_drag != Drag::None) {
        m_dragAt = QPoint(std::clamp(at.x(), area.left(), area.right() + 1),
            std::clamp(at.y(), area.top(), area.bottom() + 1));
        update();
        return;
    }
    const bool inside =
        at.x() >= area.left() && at.x() <= area.right() && area.top() <= at.y() && at.y() <= area.bottom();
    setOwnCrosshair(inside ? std::optional(timeAt(at.x() + 0.5)) : std::nullopt);
}

void PictureWidget::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_pressed) {
        QWidget::mouseReleaseEvent(event);
        return;
    }
    m_pressed = false;
    const Drag drag = std::exchange(m_drag, Drag::None);
    update();
    if (!m_picture)
        return;
    if (drag == Drag::None) {
        clicked(m_pressAt, event->modifiers());
    } else if (drag == Drag::Value) {
        if (m_pressAt.y() != m_dragAt.y())
            valueDragged(m_pressAt.y(), m_dragAt.y());
    } else if (m_pressAt.x() != m_dragAt.x()) {
        const qint64 a = timeAt(std::min(m_pressAt.x(), m_dragAt.x()));
        const qint64 b = timeAt(std::max(m_pressAt.x(), m_dragAt.x()));
        if (b > a)
            emit rangeSelected({fromNs(a), fromNs(b)});
    }
}

void PictureWidget::mouseDoubleClickEvent(QMouseEvent *event)
{
    m_pressed = false;
    if (event->button() == Qt::LeftButton && m_picture
        && m_picture->area.contains(event->position().toPoint()))
        emit zoomOutRequested();
}

void PictureWidget::wheelEvent(QWheelEvent *event)
{
    const double x = event->position().x();
    const int turn = event->angleDelta().y();
    if (!(event->modifiers() & Qt::ControlModifier) || turn == 0 || !m_picture || m_picture->area.isEmpty()) {
        event->ignore(); // the dashboard scrolls
        return;
    }
    event->accept();
    // Around the pointer, 20 % a notch, at least a millisecond.
    const double factor = std::pow(0.8, turn / 120.0);
    const qint64 center =
        timeAt(std::clamp(x, double(m_picture->area.left()), double(m_picture->area.right())));
    const auto around = [&](Timestamp edge) {
        return fromNs(center + qint64(std::llround(double(toNs(edge) - center) * factor)));
    };
    const TimeRange zoomed{around(m_picture->range.begin), around(m_picture->range.end)};
    if (zoomed.span() >= std::chrono::milliseconds(1))
        emit rangeSelected(zoomed);
}

void PictureWidget::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    if (m_drag == Drag::None)
        setOwnCrosshair(std::nullopt);
}

} // namespace bw
