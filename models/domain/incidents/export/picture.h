// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/untrusted.h>

#include <QByteArray>
#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include <variant>
#include <vector>

namespace bw {

/// A drawing without a painter, so that a file and a window show the same. Pixels at 96 a inch, y downwards.
struct PictureLine
{
    std::vector<QPointF> points; ///< two or more
    QByteArray colour; ///< "#rrggbb"
    double width = 1;
    bool isDashed = false;
};
struct PictureBox
{
    QRectF box;
    QByteArray colour;
    double opacity = 1;
};
/// Filled and closed.
struct PictureShape
{
    std::vector<QPointF> points;
    QByteArray colour;
};
struct PictureText
{
    enum class Anchor : quint8 { Start, Middle, End };
    QPointF at; ///< of the base line
    Untrusted text;
    QByteArray colour;
    double size = 11; ///< pixels
    Anchor anchor = Anchor::Start;
};
struct VectorPicture
{
    QSizeF size;
    Untrusted title; ///< for those who cannot see it
    std::vector<std::variant<PictureLine, PictureBox, PictureShape, PictureText>>
        items; ///< the last one on top
};

/// One <svg> element: no script, style, link, image or entity beyond the escapes of text. Inline in HTML as
/// it is; as a file it is a document of its own. The same picture gives the same bytes.
QByteArray svgOf(const VectorPicture &picture);

} // namespace bw
