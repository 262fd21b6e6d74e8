// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/columnspans.h>

#include <algorithm>
#include <cmath>

namespace bw {
namespace {

/// Collects the line stretches of one curve.
struct SpanBuilder
{
    const CurveSamples &samples;
    const CurveLook &look;
    RasterView view;
    std::vector<ColumnRaster::Mark> &marks;
    int curve;
    ColumnSpans line{};
    double xPerNs = 0, yScale = 0, yOffset = 0;

    SpanBuilder(const CurveSamples &s, const CurveLook &l, const RasterView &v,
        std::vector<ColumnRaster::Mark> &m, int c)
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

    void mark(ColumnRaster::Mark::Kind kind, float atX, float atY)
    {
        if (atX < 0 || atX > float(view.width))
            return;
        // Two of a kind in one pixel column are one mark.
        if (!marks.empty() && marks.back().kind == kind && marks.back().curve == curve
            && int(marks.back().x) == int(atX)
            && (kind != ColumnRaster::Mark::Kind::Point || int(marks.back().y) == int(atY)))
            return;
        marks.push_back({kind, atX, atY, curve});
    }
    void markSpecial(size_t i)
    {
        const double value = samples.values[i];
        if (std::isnan(value))
            mark(ColumnRaster::Mark::Kind::NotANumber, x(i), 0);
        else if (std::isinf(value))
            mark(value > 0 ? ColumnRaster::Mark::Kind::PlusInfinity : ColumnRaster::Mark::Kind::MinusInfinity,
                x(i), 0);
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
            breakUp();
            return;
        }
        const auto [first, last] = visible();
        if (look.draw == CurveLook::Draw::Bars)
            bars(first, last);
        else if (look.draw == CurveLook::Draw::Points)
            points(first, last);
        else
            walk(first, last);
        if (look.draw == CurveLook::Draw::Line || look.draw == CurveLook::Draw::Steps)
            breakUp();
    }

    /// Leaves columns out, in proportion to the pen.
    void breakUp()
    {
        if (look.dash == CurveLook::Dash::Solid)
            return;
        const int pen = std::max(1, int(look.width));
        const int on = look.dash == CurveLook::Dash::Dashed ? 5 * pen : pen, period = on + 3 * pen;
        for (int column = 0; column < view.width; ++column) {
            if (column % period >= on) {
                line.top[size_t(column)] = kNothingTop;
                line.bottom[size_t(column)] = kNothingBottom;
            }
        }
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
                mark(ColumnRaster::Mark::Kind::Point, px, py);
            alone = !joins;
            broken = false;
            previous = i;
            px = cx;
            py = cy;
        }
        if (previous != kNone && alone)
            mark(ColumnRaster::Mark::Kind::Point, px, py);
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
            const float foot = samples.base.empty() ? zeroRow(view) : y(samples.base[i]);
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
                mark(ColumnRaster::Mark::Kind::Point, x(i), place);
        }
    }
};

} // namespace

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

float zeroRow(const RasterView &view)
{
    const double place = view.logarithmic ? view.height : view.y(0);
    return float(std::clamp(place, 0.0, double(view.height)));
}

ColumnSpans spansOf(const CurveSamples &samples, const CurveLook &look, const RasterView &view,
    std::span<const ColumnDigest> digests, int curve, std::vector<ColumnRaster::Mark> &marks)
{
    SpanBuilder builder(samples, look, view, marks, curve);
    builder.build(digests);
    return std::move(builder.line);
}

} // namespace bw
