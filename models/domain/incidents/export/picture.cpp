// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/picture.h>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Tenths of a pixel are what anybody sees.
QByteArray number(double value)
{
    const double rounded = std::round(value * 10) / 10;
    return QByteArray::number(rounded == 0 ? 0.0 : rounded, 'g', 12);
}

/// Without the two code points that XML has not.
QByteArray escaped(const Untrusted &text)
{
    QString shown = render::line(text, 200);
    shown.replace(QChar(0xfffe), QChar(0xfffd)).replace(QChar(0xffff), QChar(0xfffd));
    return shown.toHtmlEscaped().toUtf8();
}

QByteArray attribute(const char *name, const QByteArray &value)
{
    return ' ' + QByteArray(name) + "=\"" + value + '"';
}

QByteArray pointList(const std::vector<QPointF> &points)
{
    QByteArray out;
    for (const QPointF &point : points)
        out += (out.isEmpty() ? "" : " ") + number(point.x()) + ',' + number(point.y());
    return out;
}

QByteArray element(const PictureLine &line)
{
    return "<polyline" + attribute("points", pointList(line.points)) + attribute("fill", "none")
        + attribute("stroke", line.colour) + attribute("stroke-width", number(line.width))
        + (line.isDashed ? attribute("stroke-dasharray", "4 3") : QByteArray()) + "/>";
}

QByteArray element(const PictureBox &box)
{
    return "<rect" + attribute("x", number(box.box.x())) + attribute("y", number(box.box.y()))
        + attribute("width", number(box.box.width())) + attribute("height", number(box.box.height()))
        + attribute("fill", box.colour)
        + (box.opacity < 1 ? attribute("fill-opacity", QByteArray::number(box.opacity, 'g', 3))
                           : QByteArray())
        + "/>";
}

QByteArray element(const PictureShape &shape)
{
    return "<polygon" + attribute("points", pointList(shape.points)) + attribute("fill", shape.colour) + "/>";
}

QByteArray element(const PictureText &text)
{
    const char *anchor = text.anchor == PictureText::Anchor::Start ? "start"
        : text.anchor == PictureText::Anchor::Middle               ? "middle"
                                                                   : "end";
    return "<text" + attribute("x", number(text.at.x())) + attribute("y", number(text.at.y()))
        + attribute("font-size", number(text.size)) + attribute("text-anchor", anchor)
        + attribute("fill", text.colour) + '>' + escaped(text.text) + "</text>";
}

} // namespace

QByteArray svgOf(const VectorPicture &picture)
{
    const QByteArray width = number(picture.size.width()), height = number(picture.size.height());
    QByteArray out = "<svg" + attribute("xmlns", "http://www.w3.org/2000/svg")
        + attribute("viewBox", "0 0 " + width + ' ' + height) + attribute("width", width)
        + attribute("height", height) + attribute("role", "img")
        + attribute("aria-label", escaped(picture.title)) + attribute("font-family", "sans-serif") + ">\n";
    for (const auto &item : picture.items)
        out += std::visit([](const auto &shape) { return element(shape); }, item) + '\n';
    return out + "</svg>\n";
}

} // namespace bw
