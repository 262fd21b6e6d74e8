// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/columnraster.h>

#include <widgets/plot/columnspans.h>

#include <algorithm>
#include <cmath>

namespace bw {
namespace {

/// Rows painted together. Measured from 12 to all: a band that fits the second-level cache and whose rows,
/// each on pages of its own, fit the page table's cache is fastest. Strips of whole columns take three times
/// as long.
constexpr int kBandRows = 128;
/// Columns whose common bounds decide whether a band has anything of a curve.
constexpr int kBlock = 32;
/// Beyond this many samples a column the column is scanned for its extremes instead of walked.
constexpr size_t kDenseSamplesPerColumn = 3;

inline QRgb blended(QRgb under, QRgb over, uint share256)
{
    const uint rest = 256 - share256;
    const uint rb = ((under & 0xff00ff) * rest + (over & 0xff00ff) * share256) >> 8;
    const uint g = ((under & 0x00ff00) * rest + (over & 0x00ff00) * share256) >> 8;
    return 0xff000000 | (rb & 0xff00ff) | (g & 0x00ff00);
}

/// floor() for places near the screen; without SSE 4.1 the library's is a call.
inline int rowOf(float y)
{
    const int whole = int(y);
    return whole - (float(whole) > y);
}

/// How much of pixel row `row` lies in [top, bottom].
inline float overlap(float top, float bottom, int row)
{
    return std::max(0.0f, std::min(bottom, float(row + 1)) - std::max(top, float(row)));
}

/// A column of pixels, clipped to the rows [first, last); `bits` is row 0.
struct PixelColumn
{
    QRgb *bits;
    qsizetype stride;
    int first, last;

    void solid(int from, int to, QRgb color) const
    {
        from = std::max(from, first);
        to = std::min(to, last);
        QRgb *at = bits + from * stride;
        for (int row = from; row < to; ++row, at += stride)
            *at = color;
    }
    void blend(int from, int to, QRgb color, uint share256) const
    {
        from = std::max(from, first);
        to = std::min(to, last);
        QRgb *at = bits + from * stride;
        for (int row = from; row < to; ++row, at += stride)
            *at = blended(*at, color, share256);
    }
    void pixel(int row, QRgb color, float share) const
    {
        if (row >= first && row < last && share > 0)
            bits[row * stride] = blended(bits[row * stride], color, uint(std::min(share, 1.0f) * 256));
    }
    /// [top, bottom] with its two ends blended.
    void stretch(float top, float bottom, QRgb color) const
    {
        const int from = rowOf(top), to = rowOf(bottom);
        pixel(from, color, overlap(top, bottom, from));
        if (to == from)
            return;
        solid(from + 1, to, color);
        pixel(to, color, bottom - float(to));
    }
};

} // namespace

/// Part of the image that is painted in one go: rows [first, last) of the raster, columns likewise.
struct ColumnRaster::Band
{
    QRgb *bits; ///< raster row 0, column 0
    qsizetype stride;
    int firstRow, lastRow, firstColumn, lastColumn;

    PixelColumn column(int c) const { return {bits + c, stride, firstRow, lastRow}; }
};

ColumnRaster::ColumnRaster(const RasterView &view)
    : m_view(view)
{
}

std::vector<ColumnDigest> ColumnRaster::digest(const CurveSamples &samples, const RasterView &view)
{
    if (view.width <= 0 || samples.times.size() <= kDenseSamplesPerColumn * size_t(view.width))
        return {};
    const size_t first = firstAtOrAfter(samples.times, 0, 0, view.begin);
    const size_t last = firstAtOrAfter(samples.times, first, samples.times.size(), view.end);
    if (last - first <= kDenseSamplesPerColumn * size_t(view.width))
        return {};
    return columnDigests(samples.times, samples.values, view.begin, view.end, view.width);
}

void ColumnRaster::add(const CurveSamples &samples, const CurveLook &look, const RasterView &view,
    std::span<const ColumnDigest> digests)
{
    Stroke stroke;
    stroke.look = look;
    if (view.width <= 0 || view.height <= 0 || view.end <= view.begin || !(view.max > view.min)) {
        m_strokes.push_back(std::move(stroke));
        return;
    }
    ColumnSpans line = spansOf(samples, look, view, digests, int(m_strokes.size()), m_marks);
    if (look.draw == CurveLook::Draw::Bars) {
        stroke.core = std::move(line);
    } else if (look.draw != CurveLook::Draw::Points) {
        if (look.dash != CurveLook::Dash::Solid) {
            // A fill follows the line's columns: it would be stripes.
        } else if (look.fill > 0 && samples.base.empty()) {
            stroke.base.assign(size_t(view.width), zeroRow(view));
        } else if (look.fill > 0) {
            std::vector<Mark> unused;
            stroke.base = spansOf({samples.times, samples.base, {}}, look, view, {}, 0, unused).top;
        }
        widen(stroke, line);
    }
    setBounds(stroke);
    m_strokes.push_back(std::move(stroke));
}

void ColumnRaster::setBounds(Stroke &stroke)
{
    const ColumnSpans &outer = stroke.flank.top.empty() ? stroke.core : stroke.flank;
    for (size_t from = 0; from < outer.top.size(); from += kBlock) {
        const size_t to = std::min(outer.top.size(), from + kBlock);
        stroke.bounds.emplace_back(
            *std::min_element(outer.top.begin() + ptrdiff_t(from), outer.top.begin() + ptrdiff_t(to)),
            *std::max_element(outer.bottom.begin() + ptrdiff_t(from), outer.bottom.begin() + ptrdiff_t(to)));
    }
}

void ColumnRaster::widen(Stroke &stroke, const ColumnSpans &line) const
{
    const size_t columns = line.top.size();
    const float pen = float(std::max(stroke.look.width, 0.5));
    stroke.core = line;
    // A flat line gets the whole pen upwards and downwards. The steeper it is, the more of the pen lies
    // sideways: there the column's own width is one pixel of it and the flanks are the rest.
    for (size_t c = 0; c < columns; ++c) {
        const float rise = line.bottom[c] - line.top[c];
        if (rise < 0)
            continue;
        const float extra = 0.5f * pen * (std::sqrt(1 + rise * rise) - rise);
        stroke.core.top[c] -= extra;
        stroke.core.bottom[c] += extra;
    }
    if (pen <= 1)
        return;
    const float side = (pen - 1) / 2;
    const int whole = int(side);
    const auto dilated = [&](const ColumnSpans &in, int reach) {
        ColumnSpans out = in;
        for (size_t c = 0; c < columns; ++c) {
            const size_t from = c >= size_t(reach) ? c - size_t(reach) : 0;
            const size_t to = std::min(columns - 1, c + size_t(reach));
            for (size_t n = from; n <= to; ++n) {
                out.top[c] = std::min(out.top[c], in.top[n]);
                out.bottom[c] = std::max(out.bottom[c], in.bottom[n]);
            }
        }
        return out;
    };
    const ColumnSpans narrow = stroke.core;
    if (whole > 0)
        stroke.core = dilated(narrow, whole);
    stroke.flankShare = side - float(whole);
    if (stroke.flankShare > 0.01)
        stroke.flank = dilated(narrow, whole + 1);
}

void ColumnRaster::paint(QImage &image, const QPoint &origin, const RasterGround &ground) const
{
    Q_ASSERT(image.depth() == 32 && int(ground.rows.size()) == m_view.height);
    const qsizetype stride = image.bytesPerLine() / qsizetype(sizeof(QRgb));
    Band band{reinterpret_cast<QRgb *>(image.bits()) + origin.y() * stride + origin.x(), stride, 0, 0,
        std::max(0, -origin.x()), std::min(m_view.width, image.width() - origin.x())};
    if (band.firstColumn >= band.lastColumn)
        return;
    const int lastRow = std::min(m_view.height, image.height() - origin.y());
    for (int row = std::max(0, -origin.y()); row < lastRow; row += kBandRows) {
        band.firstRow = row;
        band.lastRow = std::min(lastRow, row + kBandRows);
        paintGround(ground, band);
        for (const Stroke &stroke : m_strokes)
            paintFill(stroke, band);
        for (const Stroke &stroke : m_strokes)
            paintStroke(stroke, band);
    }
}

void ColumnRaster::paintGround(const RasterGround &ground, const Band &band)
{
    for (int row = band.firstRow; row < band.lastRow; ++row) {
        QRgb *at = band.bits + row * band.stride;
        std::fill(at + band.firstColumn, at + band.lastColumn, ground.rows[size_t(row)]);
        for (const RasterGround::Column &column : ground.columns) {
            if (column.x >= band.firstColumn && column.x < band.lastColumn)
                at[column.x] = column.color;
        }
    }
}

void ColumnRaster::paintFill(const Stroke &stroke, const Band &band) const
{
    if (stroke.base.empty())
        return;
    const uint share = uint(std::clamp(stroke.look.fill, 0.0, 1.0) * 256);
    for (int c = band.firstColumn; c < band.lastColumn; ++c) {
        const float top = stroke.core.top[size_t(c)], bottom = stroke.core.bottom[size_t(c)];
        const float base = stroke.base[size_t(c)];
        if (top > bottom || base == kNothingTop)
            continue;
        const int low = int(std::lround(std::min(top, base)));
        const int high = int(std::lround(top < base ? base : bottom));
        band.column(c).blend(low, high, stroke.look.color, share);
    }
}

void ColumnRaster::paintStroke(const Stroke &stroke, const Band &band) const
{
    for (size_t block = 0; block < stroke.bounds.size(); ++block) {
        const auto [top, bottom] = stroke.bounds[block];
        if (bottom < float(band.firstRow) || top > float(band.lastRow))
            continue;
        const int first = std::max(band.firstColumn, int(block) * kBlock);
        const int last = std::min(band.lastColumn, int(block + 1) * kBlock);
        for (int c = first; c < last; ++c)
            paintColumn(stroke, band, c);
    }
}

void ColumnRaster::paintColumn(const Stroke &stroke, const Band &band, int c)
{
    const PixelColumn pixels = band.column(c);
    const QRgb color = stroke.look.color;
    const float top = stroke.core.top[size_t(c)], bottom = stroke.core.bottom[size_t(c)];
    const bool covered = top <= bottom;
    if (stroke.flank.top.empty()) {
        if (covered && bottom >= float(band.firstRow) && top < float(band.lastRow))
            pixels.stretch(top, bottom, color);
        return;
    }
    const float outerTop = stroke.flank.top[size_t(c)], outerBottom = stroke.flank.bottom[size_t(c)];
    if (outerTop > outerBottom || outerBottom < float(band.firstRow) || outerTop > float(band.lastRow))
        return;
    const float share = float(stroke.flankShare);
    const uint share256 = uint(share * 256);
    const int outerFirst = rowOf(outerTop), outerLast = rowOf(outerBottom);
    const auto mixedPixel = [&](int row) {
        const float inner = covered ? overlap(top, bottom, row) : 0;
        pixels.pixel(row, color, inner + share * (overlap(outerTop, outerBottom, row) - inner));
    };
    const int coreFirst = covered ? rowOf(top) : outerLast;
    const int coreLast = covered ? rowOf(bottom) : outerLast;
    mixedPixel(outerFirst);
    pixels.blend(outerFirst + 1, coreFirst, color, share256);
    if (coreFirst > outerFirst)
        mixedPixel(coreFirst);
    if (coreLast > coreFirst) {
        pixels.solid(coreFirst + 1, coreLast, color);
        mixedPixel(coreLast);
    }
    pixels.blend(coreLast + 1, outerLast, color, share256);
    if (outerLast > coreLast)
        mixedPixel(outerLast);
}

} // namespace bw
