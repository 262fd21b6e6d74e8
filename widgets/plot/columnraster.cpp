// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/columnraster.h>

#include <widgets/plot/thinning.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bw {
namespace {

constexpr float kNothingTop = std::numeric_limits<float>::max();
constexpr float kNothingBottom = std::numeric_limits<float>::lowest();
/// Rows painted together: 32 rows of a wide plot are some 200 kB on some 50 pages, which stay in the cache
/// and in the page table's cache. (Strips of whole columns touch a page for every row and take twice as
/// long.)
constexpr int kBandRows = 32;
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

double RasterView::y(double value) const
{
    if (!std::isfinite(value) || (logarithmic && value <= 0))
        return std::numeric_limits<double>::quiet_NaN();
    const double share = logarithmic
        ? (std::log10(max) - std::log10(value)) / (std::log10(max) - std::log10(min))
        : (max - value) / (max - min);
    // Far outside is as good as just outside, and stays within what a float holds.
    return std::clamp(share, -8.0, 9.0) * height;
}

double RasterView::valueAt(double y) const
{
    const double share = 1 - y / height;
    if (logarithmic)
        return std::pow(10, std::log10(min) + share * (std::log10(max) - std::log10(min)));
    return min + share * (max - min);
}

/// Collects the line stretches of one curve.
struct ColumnRaster::Builder
{
    const CurveSamples &samples;
    const CurveLook &look;
    RasterView view;
    std::vector<Mark> &marks;
    int curve;
    Spans line{};
    double xPerNs = 0, yScale = 0, yOffset = 0;

    Builder(const CurveSamples &s, const CurveLook &l, const RasterView &v, std::vector<Mark> &m, int c)
        : samples(s)
        , look(l)
        , view(v)
        , marks(m)
        , curve(c)
    {
        line.top.assign(size_t(view.width), kNothingTop);
        line.bottom.assign(size_t(view.width), kNothingBottom);
        xPerNs = view.width / double(view.end - view.begin);
        const double high = view.logarithmic ? std::log10(view.max) : view.max;
        const double low = view.logarithmic ? std::log10(view.min) : view.min;
        yScale = view.height / (high - low);
        yOffset = high * yScale;
    }

    float x(size_t i) const { return float(double(samples.times[i] - view.begin) * xPerNs); }
    /// NaN where the curve has no place.
    float y(double value) const
    {
        if (view.logarithmic)
            value = value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
        const double place = yOffset - value * yScale;
        const double limit = 8.0 * view.height;
        return std::isfinite(place) ? float(std::clamp(place, -limit, limit))
                                    : std::numeric_limits<float>::quiet_NaN();
    }
    bool connected(size_t a, size_t b) const
    {
        return look.widestStep <= 0 || samples.times[b] - samples.times[a] <= look.widestStep;
    }

    void cover(int column, float a, float b)
    {
        float &top = line.top[size_t(column)];
        float &bottom = line.bottom[size_t(column)];
        top = std::min(top, std::min(a, b));
        bottom = std::max(bottom, std::max(a, b));
    }

    /// The straight line between two places; `dotted` leaves columns out.
    void segment(float x0, float y0, float x1, float y1, bool dotted = false)
    {
        const int last = view.width - 1;
        if (x1 < 0 || x0 > float(view.width))
            return;
        const int c0 = x0 < 0 ? -1 : int(x0);
        const int c1 = x1 > float(view.width) ? view.width : int(x1);
        if (c0 == c1) {
            if (c0 >= 0 && c0 <= last)
                cover(c0, y0, y1);
            return;
        }
        const float slope = (y1 - y0) / (x1 - x0);
        const int from = std::max(c0, 0), to = std::min(c1, last);
        float enter = c0 < 0 ? y0 - slope * x0 : y0;
        for (int column = from; column <= to; ++column) {
            const float leave = column == c1 ? y1 : y0 + slope * (float(column + 1) - x0);
            if (!dotted || column % 6 < 2)
                cover(column, enter, leave);
            enter = leave;
        }
    }

    void mark(Mark::Kind kind, float atX, float atY)
    {
        if (atX < 0 || atX > float(view.width))
            return;
        // Two of a kind in one pixel column are one mark.
        if (!marks.empty() && marks.back().kind == kind && marks.back().curve == curve
            && int(marks.back().x) == int(atX)
            && (kind != Mark::Kind::Point || int(marks.back().y) == int(atY)))
            return;
        marks.push_back({kind, atX, atY, curve});
    }
    void markSpecial(size_t i)
    {
        const double value = samples.values[i];
        if (std::isnan(value))
            mark(Mark::Kind::NotANumber, x(i), 0);
        else if (std::isinf(value))
            mark(value > 0 ? Mark::Kind::PlusInfinity : Mark::Kind::MinusInfinity, x(i), 0);
    }

    /// Samples on screen, with one more at either side so that lines reach the edges.
    std::pair<size_t, size_t> visible() const
    {
        size_t first = firstAtOrAfter(samples.times, 0, 0, view.begin);
        size_t last = firstAtOrAfter(samples.times, first, samples.times.size(), view.end);
        if (first > 0)
            --first;
        if (last < samples.times.size())
            ++last;
        return {first, last};
    }

    void build(std::span<const ColumnDigest> columns)
    {
        if (samples.times.empty())
            return;
        if (!columns.empty() && look.draw != CurveLook::Draw::Bars && look.draw != CurveLook::Draw::Points) {
            scan(columns);
            return;
        }
        const auto [first, last] = visible();
        if (look.draw == CurveLook::Draw::Bars)
            bars(first, last);
        else if (look.draw == CurveLook::Draw::Points)
            points(first, last);
        else
            walk(first, last);
    }

    /// Few samples: every segment for itself.
    void walk(size_t first, size_t last)
    {
        constexpr size_t kNone = std::numeric_limits<size_t>::max();
        const bool steps = look.draw == CurveLook::Draw::Steps;
        size_t previous = kNone; // the last sample with a place
        bool broken = true; // since then
        bool alone = false; // it has no line to its left
        float px = 0, py = 0;
        for (size_t i = first; i < last; ++i) {
            const float cx = x(i), cy = y(samples.values[i]);
            if (std::isnan(cy)) {
                markSpecial(i);
                broken = true;
                continue;
            }
            const bool joins = previous != kNone && !broken && connected(previous, i);
            if (joins || (previous != kNone && look.bridgeGaps)) {
                if (steps) {
                    segment(px, py, cx, py, !joins);
                    segment(cx, py, cx, cy);
                } else {
                    segment(px, py, cx, cy, !joins);
                }
            }
            if (!joins && alone)
                mark(Mark::Kind::Point, px, py);
            alone = !joins;
            broken = false;
            previous = i;
            px = cx;
            py = cy;
        }
        if (previous != kNone && alone)
            mark(Mark::Kind::Point, px, py);
    }

    /// Many samples: the extremes of each column, joined at the borders between columns.
    void scan(std::span<const ColumnDigest> columns)
    {
        bool open = false; // the line may go on from `previous`, at (px, py)
        size_t previous = 0;
        float px = 0, py = 0;
        const auto moveTo = [&](size_t i) {
            previous = i;
            px = x(i);
            py = y(samples.values[i]);
            open = !std::isnan(py);
        };
        const auto join = [&](size_t i) {
            const float place = y(samples.values[i]);
            if (open && !std::isnan(place) && (connected(previous, i) || look.bridgeGaps))
                segment(px, py, x(i), place, !connected(previous, i));
        };
        if (columns.front().first > 0)
            moveTo(columns.front().first - 1);
        for (size_t c = 0; c < columns.size(); ++c) {
            const ColumnDigest &digest = columns[c];
            if (digest.first == digest.last)
                continue;
            join(digest.first);
            scanColumn(int(c), digest);
            moveTo(digest.last - 1);
        }
        if (const size_t after = columns.back().last; after > 0 && after < samples.times.size())
            join(after);
    }

    void scanColumn(int column, const ColumnDigest &digest)
    {
        if (digest.min > digest.max) {
            markSpecial(digest.first);
            return;
        }
        Extent extent{digest.min, digest.max};
        if (!std::isfinite(extent.min) || !std::isfinite(extent.max)) {
            for (size_t i = digest.first; i < digest.last; ++i) {
                if (std::isinf(samples.values[i]))
                    markSpecial(i);
            }
            extent = finiteExtentOf(samples.values.subspan(digest.first, digest.last - digest.first));
            if (extent.min > extent.max)
                return;
        }
        const float top = y(extent.max), bottom = y(extent.min);
        if (!std::isnan(top))
            cover(column, top, std::isnan(bottom) ? float(view.height) : bottom);
    }

    /// A block from the base to each value, as wide as most of the distance to the next sample.
    void bars(size_t first, size_t last)
    {
        qint64 narrowest = std::numeric_limits<qint64>::max();
        for (size_t i = first + 1; i < last; ++i)
            narrowest = std::min(narrowest, samples.times[i] - samples.times[i - 1]);
        if (look.widestStep > 0) // one and a half steps
            narrowest = std::min(narrowest, look.widestStep * 2 / 3);
        const double step = last - first > 1 || look.widestStep > 0 ? double(narrowest) * xPerNs : 8;
        const double half = std::max(0.5, step * 0.4);
        for (size_t i = first; i < last; ++i) {
            const float top = y(samples.values[i]);
            if (std::isnan(top)) {
                markSpecial(i);
                continue;
            }
            const float foot = samples.base.empty() ? zero() : y(samples.base[i]);
            const int from = std::max(0, int(std::lround(double(x(i)) - half)));
            const int to = std::min(view.width, std::max(from + 1, int(std::lround(double(x(i)) + half))));
            for (int column = from; column < to; ++column)
                cover(column, top, std::isnan(foot) ? float(view.height) : foot);
        }
    }

    void points(size_t first, size_t last)
    {
        for (size_t i = first; i < last; ++i) {
            const float place = y(samples.values[i]);
            if (std::isnan(place))
                markSpecial(i);
            else
                mark(Mark::Kind::Point, x(i), place);
        }
    }

    /// Where a fill without a base ends: the zero line, or the edge nearest to it.
    float zero() const
    {
        const float place = view.logarithmic ? float(view.height) : y(0);
        return std::clamp(place, 0.0f, float(view.height));
    }
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
    Builder builder(samples, look, view, m_marks, int(m_strokes.size()));
    Stroke stroke;
    stroke.look = look;
    if (view.width <= 0 || view.height <= 0 || view.end <= view.begin || !(view.max > view.min)) {
        m_strokes.push_back(std::move(stroke));
        return;
    }
    builder.build(digests);
    if (look.draw == CurveLook::Draw::Bars) {
        stroke.core = std::move(builder.line);
    } else if (look.draw != CurveLook::Draw::Points) {
        if (look.fill > 0 && samples.base.empty()) {
            stroke.base.assign(size_t(view.width), builder.zero());
        } else if (look.fill > 0) {
            const CurveSamples lower{samples.times, samples.base, {}};
            CurveLook plain = look;
            std::vector<Mark> unused;
            Builder base(lower, plain, view, unused, 0);
            base.build({});
            stroke.base = std::move(base.line.top);
        }
        widen(stroke, builder.line);
    }
    setBounds(stroke);
    m_strokes.push_back(std::move(stroke));
}

void ColumnRaster::setBounds(Stroke &stroke)
{
    const Spans &outer = stroke.flank.top.empty() ? stroke.core : stroke.flank;
    for (size_t from = 0; from < outer.top.size(); from += kBlock) {
        const size_t to = std::min(outer.top.size(), from + kBlock);
        stroke.bounds.emplace_back(
            *std::min_element(outer.top.begin() + ptrdiff_t(from), outer.top.begin() + ptrdiff_t(to)),
            *std::max_element(outer.bottom.begin() + ptrdiff_t(from), outer.bottom.begin() + ptrdiff_t(to)));
    }
}

void ColumnRaster::widen(Stroke &stroke, const Spans &line) const
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
    const auto dilated = [&](const Spans &in, int reach) {
        Spans out = in;
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
    const Spans narrow = stroke.core;
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
