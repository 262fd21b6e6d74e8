// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/theme.h>

#include <QPainter>
#include <QPainterPath>

#include <cmath>
#include <numbers>

namespace bw {
namespace {

QPolygonF regular(const QPointF &center, double radius, int corners, double firstAngle)
{
    QPolygonF polygon;
    for (int i = 0; i < corners; ++i) {
        const double angle = firstAngle + i * 2 * std::numbers::pi / corners;
        polygon << center + QPointF(std::cos(angle), std::sin(angle)) * radius;
    }
    return polygon;
}

void paintLock(QPainter &painter, const QPointF &c, double r)
{
    const double pen = painter.pen().widthF();
    painter.drawRect(QRectF(c.x() - r * 0.75, c.y() - r * 0.1, r * 1.5, r * 1.05));
    painter.setBrush(Qt::NoBrush);
    painter.drawArc(QRectF(c.x() - r * 0.45, c.y() - r + pen / 2, r * 0.9, r * 1.5), 0, 180 * 16);
}

void paintFilled(QPainter &painter, const QPointF &c, double r, Shape shape)
{
    const double half = std::numbers::pi / 2;
    switch (shape) {
    case Shape::Dot:
        painter.drawEllipse(c, r, r);
        return;
    case Shape::Square:
        painter.drawRect(QRectF(c.x() - r * 0.85, c.y() - r * 0.85, r * 1.7, r * 1.7));
        return;
    case Shape::Diamond:
        painter.drawPolygon(regular(c, r * 1.1, 4, -half));
        return;
    case Shape::TriangleUp:
        painter.drawPolygon(regular(c + QPointF(0, r * 0.2), r * 1.15, 3, -half));
        return;
    case Shape::TriangleDown:
        painter.drawPolygon(regular(c - QPointF(0, r * 0.2), r * 1.15, 3, half));
        return;
    case Shape::TriangleLeft:
        painter.drawPolygon(regular(c + QPointF(r * 0.2, 0), r * 1.15, 3, 2 * half));
        return;
    case Shape::TriangleRight:
        painter.drawPolygon(regular(c - QPointF(r * 0.2, 0), r * 1.15, 3, 0));
        return;
    case Shape::Hourglass:
        painter.drawPolygon(
            QPolygonF{c + QPointF(-r, -r), c + QPointF(r, -r), c + QPointF(-r, r), c + QPointF(r, r)});
        return;
    case Shape::Bars:
        painter.drawRect(QRectF(c.x() - r * 0.8, c.y() - r * 0.9, r * 0.55, r * 1.8));
        painter.drawRect(QRectF(c.x() + r * 0.25, c.y() - r * 0.9, r * 0.55, r * 1.8));
        return;
    default:
        return;
    }
}

void paintStroked(QPainter &painter, const QPointF &c, double r, Shape shape, const QColor &color)
{
    const double inner = r - painter.pen().widthF() / 2;
    const QRectF ring(c.x() - inner, c.y() - inner, inner * 2, inner * 2);
    const double d = r * 0.75;
    switch (shape) {
    case Shape::Ring:
        painter.drawEllipse(ring);
        return;
    case Shape::DashedRing:
        for (int quarter = 0; quarter < 4; ++quarter)
            painter.drawArc(ring, (quarter * 90 + 20) * 16, 50 * 16);
        return;
    case Shape::Cross:
        painter.drawLine(c + QPointF(-d, -d), c + QPointF(d, d));
        painter.drawLine(c + QPointF(-d, d), c + QPointF(d, -d));
        return;
    case Shape::HalfDot:
        painter.drawEllipse(ring);
        painter.setBrush(color);
        painter.drawPie(ring, 90 * 16, 180 * 16);
        return;
    case Shape::Slash:
        painter.drawEllipse(ring);
        painter.drawLine(c + QPointF(-d * 0.8, d * 0.8), c + QPointF(d * 0.8, -d * 0.8));
        return;
    case Shape::Arc:
        painter.drawArc(ring, 60 * 16, 270 * 16);
        return;
    default:
        return;
    }
}

} // namespace

void paintShape(QPainter &painter, const QRectF &box, Shape shape, const QColor &color)
{
    const double r = std::min(box.width(), box.height()) / 2;
    if (shape == Shape::None || r <= 0)
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    switch (shape) {
    case Shape::Ring:
    case Shape::DashedRing:
    case Shape::Cross:
    case Shape::HalfDot:
    case Shape::Slash:
    case Shape::Arc:
        painter.setPen(QPen(color, std::max(1.2, r * 0.32), Qt::SolidLine, Qt::FlatCap));
        painter.setBrush(Qt::NoBrush);
        paintStroked(painter, box.center(), r, shape, color);
        break;
    case Shape::Lock:
        painter.setPen(QPen(color, std::max(1.0, r * 0.28), Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
        painter.setBrush(color);
        paintLock(painter, box.center(), r);
        break;
    default:
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        paintFilled(painter, box.center(), r, shape);
    }
    painter.restore();
}

} // namespace bw
