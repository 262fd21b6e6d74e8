// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/plotchart.h>
#include <widgets/plot/ticks.h>

#include <domain/metrics/calc.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace bw {
namespace {

// 55 %: the past is plainly behind the present, and still told from the grid in both themes.
constexpr double kPastShare = 0.55;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Running sums of the visible curves of one axis over the union of their times. A curve without a sample at
/// some time adds nothing there and has a hole.
void stack(std::vector<DrawnCurve> &drawn, const PlotScene &scene, bool rightAxis, bool isPast)
{
    std::map<qint64, double> sums[2]; // above and below zero
    std::map<qint64, double> wholes;
    for (size_t i = 0; scene.stackedPercent && i < drawn.size(); ++i) {
        const PlotCurve &curve = scene.curves[i];
        for (size_t s = 0; s < curve.samples.values.size(); ++s) {
            const double value = curve.samples.values[s];
            if (curve.visible && curve.stacks && curve.rightAxis == rightAxis && curve.isPast == isPast
                && std::isfinite(value))
                wholes[curve.samples.times[s]] += std::abs(value);
        }
    }
    for (size_t i = 0; i < drawn.size(); ++i) {
        const PlotCurve &curve = scene.curves[i];
        if (!curve.visible || !curve.stacks || curve.rightAxis != rightAxis || curve.isPast != isPast)
            continue;
        DrawnCurve &out = drawn[i];
        const CurveSamples in = curve.samples;
        out.ownTimes.assign(in.times.begin(), in.times.end());
        out.ownValues.resize(in.values.size());
        out.ownBase.resize(in.values.size());
        for (size_t s = 0; s < in.values.size(); ++s) {
            double value = in.values[s];
            if (scene.stackedPercent && wholes[in.times[s]] > 0)
                value /= wholes[in.times[s]];
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

/// The past counts as far as the present has come, so that both figures are of the same stretch.
std::span<const double> countedValues(const PlotScene &scene, const PlotCurve &curve)
{
    const std::span<const double> all = curve.samples.values;
    if (curve.presentOf < 0 || size_t(curve.presentOf) >= scene.curves.size())
        return all;
    const std::span<const qint64> present = scene.curves[size_t(curve.presentOf)].samples.times;
    const std::span<const qint64> times = curve.samples.times;
    if (present.empty())
        return all;
    return all.first(size_t(std::upper_bound(times.begin(), times.end(), present.back()) - times.begin()));
}

Extent visibleExtent(const DrawnCurve &drawn, const RasterView &view)
{
    if (!drawn.digest.empty())
        return digestExtent(drawn);
    const std::span<const qint64> times = drawn.samples.times;
    const size_t first = firstAtOrAfter(times, 0, 0, view.begin);
    const size_t last = firstAtOrAfter(times, first, times.size(), view.end + 1);
    Extent extent = finiteExtentOf(drawn.samples.values.subspan(first, last - first));
    if (!drawn.samples.base.empty())
        include(extent.min, extent.max, finiteExtentOf(drawn.samples.base.subspan(first, last - first)));
    return extent;
}

} // namespace

std::vector<int> pastCurves(const PlotScene &scene)
{
    std::vector<int> out(scene.curves.size(), -1);
    for (size_t i = 0; i < scene.curves.size(); ++i) {
        const int present = scene.curves[i].isPast ? scene.curves[i].presentOf : -1;
        if (present >= 0 && size_t(present) < out.size())
            out[size_t(present)] = int(i);
    }
    return out;
}

QColor curveColor(const Theme &theme, const PlotCurve &curve)
{
    const QColor color = roleColor(theme, curve.color);
    return curve.isPast ? mixed(color, theme.surface, kPastShare) : color;
}

void PlotChart::prepare(int columns)
{
    drawn.resize(scene.curves.size());
    picture.left.begin = picture.right.begin = toNs(scene.range.begin);
    picture.left.end = picture.right.end = toNs(scene.range.end);
    for (size_t i = 0; i < drawn.size(); ++i)
        drawn[i].samples = scene.curves[i].samples;
    if (scene.stacked) {
        for (const bool isPast : {false, true}) {
            stack(drawn, scene, false, isPast);
            stack(drawn, scene, true, isPast);
        }
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
    if (axis.softMin)
        low = std::min(low, *axis.softMin);
    if (axis.softMax)
        high = std::max(high, *axis.softMax);
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
    if (axis.centeredZero) {
        high = std::max(std::abs(low), std::abs(high));
        low = -high;
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
    std::vector<double> keys;
    picture.pastOf = pastCurves(scene);
    for (size_t i = 0; i < scene.curves.size(); ++i) {
        const PlotCurve &curve = scene.curves[i];
        std::vector<double> &values = picture.legendValues.emplace_back();
        const std::span<const double> counted = countedValues(scene, curve);
        for (const QString &calc : scene.legend.calcs)
            values.push_back(calculate(counted, calc));
        if (curve.inLegend)
            picture.legendOrder.push_back(i);
        if (isCalc(scene.legend.sort))
            keys.push_back(calculate(curve.samples.values, scene.legend.sort));
    }
    const bool desc = scene.legend.sortDesc;
    std::stable_sort(picture.legendOrder.begin(), picture.legendOrder.end(), [&](size_t a, size_t b) {
        if (keys.empty()) {
            const int order =
                scene.legend.sort.isEmpty() ? 0 : scene.curves[a].name.compare(scene.curves[b].name);
            return desc ? order > 0 : order < 0;
        }
        if (std::isnan(keys[a]) || std::isnan(keys[b])) // last in either direction
            return !std::isnan(keys[a]) && std::isnan(keys[b]);
        return desc ? keys[a] > keys[b] : keys[a] < keys[b];
    });
}

} // namespace bw
