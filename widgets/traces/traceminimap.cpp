// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/traceminimap.h>

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bw {

namespace {

constexpr int kMargin = 4;
// Spans drawn on one pixel row: more of them cannot be told apart, and 200,000 must not cost 200,000 lines.
constexpr int kMostPerRow = 48;

} // namespace

TraceMinimap::TraceMinimap(QWidget *parent)
    : QWidget(parent)
{
    setFixedHeight(52);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Overview of the trace"));
}

void TraceMinimap::setTrace(const Trace &trace, const ServiceColors &colors)
{
    m_trace = trace;
    m_colors = colors;
    m_whole = m_window = wholeOf(trace);
    m_picture = {};
    update();
}

void TraceMinimap::setWindow(const TraceWindow &window)
{
    m_window = window;
    update();
}

qint64 TraceMinimap::timeAt(int x) const
{
    const double share = double(x - kMargin) / std::max(1, width() - 2 * kMargin);
    return qint64(std::clamp(share, 0.0, 1.0) * double(m_whole.span()));
}

int TraceMinimap::xOf(qint64 time) const
{
    return kMargin + int(double(time) / double(m_whole.span()) * (width() - 2 * kMargin));
}

void TraceMinimap::draw()
{
    const Theme &theme = themeOf(this);
    const qreal ratio = devicePixelRatioF();
    m_picture = QImage(size() * ratio, QImage::Format_RGB32);
    m_picture.fill(theme.raised);
    const int high = m_picture.height(), margin = int(kMargin * ratio);
    const int wide = m_picture.width() - 2 * margin, rows = m_trace.size();
    if (rows == 0 || wide <= 0 || high <= 2 * margin)
        return;
    const int usable = high - 2 * margin;
    const int thick = std::clamp(usable / rows, 1, int(4 * ratio));
    const int step = std::max(1, rows / (usable * kMostPerRow));
    const auto line = [&](int row, QRgb color) {
        const int y = margin + int(qint64(row) * usable / rows);
        const double scale = double(wide) / double(m_whole.span());
        const int x0 = margin + std::clamp(int(double(m_trace.start(row).count()) * scale), 0, wide - 1);
        const int x1 = margin + std::clamp(int(std::ceil(double(m_trace.end(row).count()) * scale)), 1, wide);
        for (int k = 0; k < thick && y + k < high - margin + 1; ++k) {
            auto *pixels = reinterpret_cast<QRgb *>(m_picture.scanLine(std::min(y + k, high - 1)));
            std::fill(pixels + x0, pixels + std::max(x1, x0 + 1), color);
        }
    };
    for (int row = 0; row < rows; row += step)
        line(row, mixed(m_colors.colorOf(m_trace.serviceIndex(row), theme), theme.raised, 0.75).rgb());
    int errors = 0; // each one, whatever the step: they are what one looks for
    for (int row = 0; row < rows && errors < usable * kMostPerRow; ++row) {
        if (m_trace.isError(row)) {
            line(row, theme.critical.rgb());
            ++errors;
        }
    }
}

void TraceMinimap::paintEvent(QPaintEvent *)
{
    if (m_picture.isNull())
        draw();
    QPainter painter(this);
    painter.drawImage(rect(), m_picture);
    const Theme &theme = themeOf(this);
    if (m_window != m_whole) {
        const int from = xOf(m_window.begin), to = std::max(xOf(m_window.end), from + 2);
        // Left and right of the window the picture is dimmed without translucent fills: drawn again, mixed.
        for (const QRect &outside : {QRect(0, 0, from, height()), QRect(to, 0, width() - to, height())}) {
            if (outside.width() > 0) {
                painter.setPen(Qt::NoPen);
                painter.setBrush(QBrush(theme.window, Qt::Dense3Pattern));
                painter.drawRect(outside);
            }
        }
        painter.setPen(theme.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRect(from, 0, to - from - 1, height() - 1));
    }
    if (m_dragFrom && !m_isMoving) {
        painter.setPen(theme.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            QRect(std::min(*m_dragFrom, m_dragTo), 0, std::abs(m_dragTo - *m_dragFrom), height() - 1));
    }
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.border);
}

void TraceMinimap::resizeEvent(QResizeEvent *) { m_picture = {}; }

void TraceMinimap::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_picture = {};
        update();
    }
}

void TraceMinimap::mousePressEvent(QMouseEvent *event)
{
    m_isMoving = event->button() == Qt::MiddleButton || event->modifiers().testFlag(Qt::ShiftModifier);
    m_dragFrom = m_dragTo = event->pos().x();
}

void TraceMinimap::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_dragFrom)
        return;
    if (m_isMoving) {
        const qint64 by = timeAt(event->pos().x()) - timeAt(m_dragTo);
        emit windowChosen(clamped({m_window.begin + by, m_window.end + by}, m_whole));
    }
    m_dragTo = event->pos().x();
    update();
}

void TraceMinimap::mouseReleaseEvent(QMouseEvent *event)
{
    const std::optional<int> from = std::exchange(m_dragFrom, std::nullopt);
    update();
    if (!from || m_isMoving)
        return;
    const int to = event->pos().x();
    if (std::abs(to - *from) > 4) {
        emit windowChosen(clamped({timeAt(std::min(*from, to)), timeAt(std::max(*from, to))}, m_whole));
    } else if (m_window != m_whole) { // a click: the window moves there
        const qint64 half = m_window.span() / 2, at = timeAt(to);
        emit windowChosen(clamped({at - half, at + half}, m_whole));
    }
}

void TraceMinimap::mouseDoubleClickEvent(QMouseEvent *) { emit windowChosen(m_whole); }

} // namespace bw
