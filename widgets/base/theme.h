// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>

#include <QColor>
#include <QFont>
#include <QPalette>

#include <vector>

class QApplication;
class QPainter;
class QWidget;

namespace bw {

/// The colours of one appearance, as values. Text and role colours reach a contrast of 4.5 on `window`,
/// `surface` and `raised`; series colours reach 3 and stay apart for the common colour vision deficiencies.
struct Theme
{
    bool dark = false;
    QColor window; ///< behind everything
    QColor surface; ///< panels, tables
    QColor raised; ///< headers, bands, hover boxes
    QColor border; ///< hairlines around surfaces
    QColor grid; ///< plot grid, opaque
    QColor text, textDim;
    QColor accent; ///< selection, focus, links
    QColor onAccent; ///< text on accent
    QColor hover, selection; ///< row backgrounds, opaque
    QColor good, notice, warning, critical, unknown, neutral;
    std::vector<QColor> series; ///< ten, in the order they are given out
};

const Theme &lightTheme();
const Theme &darkTheme();
/// The theme that belongs to a palette, by the lightness of its window colour. Any thread.
const Theme &themeOf(const QPalette &palette);
const Theme &themeOf(const QWidget *widget);
QPalette paletteFor(const Theme &theme);

enum class ThemeChoice : quint8 { System, Light, Dark };
/// Installs style, palette and font. System: dark when the desktop's own palette is dark. May be called again
/// at any time; widgets learn of it by QEvent::PaletteChange.
void applyTheme(QApplication &app, ThemeChoice choice);

/// "good", "notice", "warning", "critical", "unknown", "neutral", "accent", "text", "dim", "series-1" …
/// (from 1, wrapping), or "#rrggbb". Anything else is neutral.
QColor roleColor(const Theme &theme, QStringView role);
/// The n-th series colour, from 0, wrapping; later rounds are lighter or darker.
QColor seriesColor(const Theme &theme, int index);
/// `share` (0…1) of `top` over `under`, opaque: what a translucent fill would show, without its price.
QColor mixed(const QColor &top, const QColor &under, double share);
/// WCAG contrast ratio of two opaque colours, 1…21.
double contrastRatio(const QColor &a, const QColor &b);
/// Black or white, whichever reads better on `background`.
QColor readableOn(const QColor &background);

/// Shapes that tell states apart without colour. Painted, so no font needs to have them.
enum class Shape : quint8 {
    None,
    Dot,
    Ring,
    DashedRing,
    Square,
    Diamond,
    TriangleUp,
    TriangleDown,
    TriangleLeft,
    TriangleRight,
    Cross,
    HalfDot,
    Slash,
    Hourglass,
    Lock,
    Bars,
    Arc
};
void paintShape(QPainter &painter, const QRectF &box, Shape shape, const QColor &color);

/// A state as three signs at once. `role` goes through roleColor().
struct Mark
{
    Shape shape = Shape::None;
    QString glyph; ///< one character, for text-only places
    QString word;
    QString role;
};
Mark severityGlyph(Severity severity);
Mark alertStateGlyph(AlertState state);
/// For threshold roles: "good" is a dot, "warning" a triangle …
Mark roleGlyph(QStringView role);

/// The interface font: Inter where it is installed, else the desktop's.
QFont uiFont(const QFont &desktop);
/// `base`, or the nearest family whose ten digits are equally wide: columns of numbers line up. Qt 6.4 cannot
/// switch Inter's own tabular digits on. Measures, and remembers the last answer of its thread.
QFont numberFont(const QFont &base);

} // namespace bw
