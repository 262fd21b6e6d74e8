// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/thinning.h>

#include <QColor>
#include <QImage>
#include <QPoint>

#include <span>
#include <utility>
#include <vector>

namespace bw {

/// Samples by reference: whoever asks for a picture keeps them alive until it is done.
struct CurveSamples
{
    std::span<const qint64> times; ///< ns, ascending, unique
    std::span<const double> values; ///< NaN and infinities break the curve
    std::span<const double> base; ///< stacked: the lower edge at the same times; else empty
};

/// What part of time and value a raster of `width` × `height` pixels shows.
struct RasterView
{
    qint64 begin = 0, end = 1; ///< ns, mapped to the left edge and the right edge
    double min = 0, max = 1; ///< mapped to the bottom and the top edge
    bool logarithmic = false; ///< needs min > 0; values ≤ 0 break the curve
    int width = 1, height = 1;

    double x(qint64 time) const { return double(time - begin) * width / double(end - begin); }
    /// NaN where there is no place: NaN, infinite, or not positive on a logarithmic scale.
    double y(double value) const;
    /// The inverse of y() for a place inside the raster.
    double valueAt(double y) const;
};

struct CurveLook
{
    enum class Draw : quint8 { Line, Steps, Bars, Points };
    enum class Dash : quint8 { Solid, Dashed, Dotted };
    Draw draw = Draw::Line;
    QRgb color = 0xffffffff; ///< opaque
    double width = 1; ///< pixels
    double fill = 0; ///< 0…1: how much of the colour lies between curve and base
    bool bridgeGaps = false; ///< dotted over holes instead of nothing
    Dash dash = Dash::Solid; ///< of lines and steps; what is not solid has no fill
    qint64 widestStep = 0; ///< ns; samples further apart are not connected; 0: always connected
};

/// One stretch a column, in pixels from the top; top > bottom: nothing there.
struct ColumnSpans
{
    std::vector<float> top, bottom;
};

/// What lies under the curves: a colour for every row of the raster, and columns that stand out.
struct RasterGround
{
    std::vector<QRgb> rows; ///< as many as the raster is high
    struct Column
    {
        int x = 0;
        QRgb color = 0;
    };
    std::vector<Column> columns; ///< in any order; the later of two wins
};

/// Turns curves into pixels column by column. For each pixel column it keeps the stretch [top, bottom] that
/// the polyline covers there, widens it by the pen and fills it; only the fractional ends and, for pens
/// wider than one pixel, the flanks are blended. So a pen of any width costs the same, a million samples
/// cost one scan, a spike of one sample is always visible, and gaps are simply columns without a stretch.
/// A value without global state: any thread.
class ColumnRaster
{
public:
    explicit ColumnRaster(const RasterView &view);

    /// The digest a curve needs under `view`; empty when it has so few samples that each is drawn.
    static std::vector<ColumnDigest> digest(const CurveSamples &samples, const RasterView &view);

    /// Adds a curve on its own value scale; `view` must have the raster's size and times. `digests` as
    /// digest() gave them.
    void add(const CurveSamples &samples, const CurveLook &look, const RasterView &view,
        std::span<const ColumnDigest> digests);
    void add(const CurveSamples &samples, const CurveLook &look)
    {
        add(samples, look, m_view, digest(samples, m_view));
    }

    /// Paints ground and curves, fills first, in the order they were added, into a 32-bit image with the
    /// raster's top left corner at `origin`; what lies outside the image is left out. Works in bands of a
    /// few rows that stay in the cache.
    void paint(QImage &image, const QPoint &origin, const RasterGround &ground) const;

    /// Places a curve alone cannot show.
    struct Mark
    {
        enum class Kind : quint8 {
            Point, ///< a sample: with Draw::Points, or one without neighbours
            NotANumber, ///< at the time of a NaN sample; y is meaningless
            PlusInfinity,
            MinusInfinity
        };
        Kind kind;
        float x, y; ///< pixels in the raster
        int curve;
    };
    const std::vector<Mark> &marks() const { return m_marks; }

private:
    struct Stroke
    {
        CurveLook look;
        ColumnSpans core; ///< fully covered
        ColumnSpans flank; ///< covered by flankShare, around the core; empty vectors when the share is 0
        double flankShare = 0;
        std::vector<float> base; ///< per column: where the fill ends; empty: no fill
        std::vector<std::pair<float, float>> bounds; ///< top and bottom of every 32 columns
    };
    struct Band;

    void widen(Stroke &stroke, const ColumnSpans &line) const;
    static void setBounds(Stroke &stroke);
    static void paintGround(const RasterGround &ground, const Band &band);
    void paintFill(const Stroke &stroke, const Band &band) const;
    void paintStroke(const Stroke &stroke, const Band &band) const;
    static void paintColumn(const Stroke &stroke, const Band &band, int c);

    RasterView m_view;
    std::vector<Stroke> m_strokes;
    std::vector<Mark> m_marks;
};

} // namespace bw
