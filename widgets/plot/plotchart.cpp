// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/plotchart.h>
#include <widgets/plot/ticks.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace bw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Running sums of the visible curves of one axis over the union of their times. A curve without a sample at
/// some time adds nothing there and has a hole.
void stack(std::vector<DrawnCurve> &drawn, const PlotScene &scene, bool rightAxis)
{
    std::map<qint64, double> sums[2]; // above and below zero
    for (size_t i = 0; i < drawn.size(); ++i) {
        const PlotCurve &curve = scene.curves[i];
        if (!curve.visible || curve.rightAxis != rightAxis)
            continue;
        DrawnCurve &out = drawn[i];
        const CurveSamples in = curve.samples;
        out.ownTimes.assign(in.times.begin(), in.times.end());
        out.ownValues.resize(in.values.size());
        out.ownBase.resize(in.values.size());
        for (size_t s = 0; s < in.values.size(); ++s) {
            const double value = in.values[s];
            double &sum = sums[value < 0 ? 1 : 0][in.times[s]];
            out.ownBase[s] = sum;
            if (std::isfinite(value))
                sum += value;
            out.ownValues[s] = std::isfinite(value) ? sum : value;
        }
        out.samples = {out.ownTimes, out.ownValues, out.ownBase};
    }
}

void include(double &low, double &high, const Extent &extent)
{
    if (extent.min > extent.max)
        return;
    low = std::min(low, extent.min);
    high = std::max(high, extent.max);
}

Extent digestExtent(const DrawnCurve &drawn)
{
    Extent all{kInfinity, -kInfinity};
    for (const ColumnDigest &column : drawn.digest) {
        if (column.min > column.max)
            continue;
        if (std::isfinite(column.min) && std::isfinite(column.max))
            include(all.min, all.max, {column.min, column.max});
        else
            include(all.min, all.max,
                finiteExtentOf(drawn.samples.values.subspan(column.first, column.last - column.first)));
    }
    return all;
}

Extent visibleExtent(const DrawnCurve &drawn, const RasterView &view)
{
    if (!drawn.digest.empty())
        return digestExtent(drawn);
    const std::span<const qint64> times = drawn.samples.times;
    const size_t first = firstAtOrAfter(times, 0, 0, view.begin);
    const size_t last = firstAtOrAfter(times, first, times.size(), view.end);
    Extent extent = finiteExtentOf(drawn.samples.values.subspan(first, last - first));
    if (!drawn.samples.base.empty())
        include(extent.min, extent.max, finiteExtentOf(drawn.samples.base.subspan(first, last - first)));
    return extent;
}

SeriesStats statsFrom(const CurveSamples &samples)
{
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    SeriesStats stats{kNaN, kNaN, kNaN, kNaN, kNaN, 0};
    double sum = 0;
    for (const double value : samples.values) {
        if (std::isnan(value))
            continue;
        stats.min = stats.count ? std::min(stats.min, value) : value;
        stats.max = stats.count ? std::max(stats.max, value) : value;
        stats.last = value;
        sum += value;
        ++stats.count;
    }
    if (stats.count > 0) {
        stats.sum = sum;
        stats.mean = sum / stats.count;
    }
    return stats;
}

} // namespace

void PlotChart::prepare(int columns)
{
    drawn.resize(scene.curves.size());
    picture.left.begin = picture.right.begin = toNs(scene.range.begin);
    picture.left.end = picture.right.end = toNs(scene.range.end);
    for (size_t i = 0; i < drawn.size(); ++i)
        drawn[i].samples = scene.curves[i].samples;
    if (scene.stacked) {
        stack(drawn, scene, false);
        stack(drawn, scene, true);
    }
    picture.left.width = picture.right.width = columns;
    for (size_t i = 0; i < drawn.size(); ++i) {
        if (!scene.curves[i].visible)
            continue;
        (onRight(i) ? hasRight : hasLeft) = true;
        drawn[i].digest = ColumnRaster::digest(drawn[i].samples, picture.left);
    }
    if (!hasLeft && !hasRight)
        hasLeft = true;
}

void PlotChart::setValueRange(RasterView &view, const PlotAxis &axis, bool right, int ticks) const
{
    double low = kInfinity, high = -kInfinity;
    bool fromZero = false;
    for (size_t i = 0; i < drawn.size(); ++i) {
        if (!scene.curves[i].visible || onRight(i) != right)
            continue;
        include(low, high, visibleExtent(drawn[i], view));
        fromZero = fromZero || scene.curves[i].fill > 0 || scene.curves[i].draw == CurveLook::Draw::Bars;
    }
    view.logarithmic = axis.logarithmic;
    if (axis.logarithmic) {
        setLogRange(view, axis, low, high, right);
        return;
    }
    if (low > high)
        low = high = 0;
    if (fromZero || (low > 0 && low < 0.5 * high)) // a zero line in reach is worth showing
        low = std::min(low, 0.0);
    if (fromZero)
        high = std::max(high, 0.0);
    if (high == low) {
        const double room = low == 0 ? 1 : std::abs(low) * 0.1;
        high += room;
        low -= low == 0 ? 0 : room;
    }
    widenToTicks(low, high, axis.unit, ticks);
    view.min = axis.min.value_or(low);
    view.max = axis.max.value_or(high);
    if (!(view.max > view.min))
        view.max = view.min + std::max(1.0, std::abs(view.min) * 0.1);
}

void PlotChart::setLogRange(RasterView &view, const PlotAxis &axis, double low, double high, bool right) const
{
    if (!(low > 0)) { // the smallest positive sample counts
        low = kInfinity;
        for (size_t i = 0; i < drawn.size(); ++i) {
            if (!scene.curves[i].visible || onRight(i) != right)
                continue;
            for (const double value : drawn[i].samples.values) {
                if (value > 0)
                    low = std::min(low, value);
            }
        }
    }
    if (!(low < kInfinity) || !(high > 0)) {
        low = 1;
        high = 10;
    }
    view.min = axis.min && *axis.min > 0 ? *axis.min : std::pow(10, std::floor(std::log10(low)));
    view.max = axis.max && *axis.max > view.min ? *axis.max : std::pow(10, std::ceil(std::log10(high)));
    if (!(view.max > view.min))
        view.max = view.min * 10;
}

void PlotChart::computeStats()
{
    if (scene.legend.mode == PlotLegend::Mode::None)
        return;
    picture.stats.reserve(scene.curves.size());
    for (const PlotCurve &curve : scene.curves)
        picture.stats.push_back(statsFrom(curve.samples));
}

} // namespace bw
