// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/thinning.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bw {

Extent extentOf(std::span<const double> values)
{
    constexpr size_t kLanes = 8;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    double low[kLanes], high[kLanes];
    std::fill_n(low, kLanes, kInfinity);
    std::fill_n(high, kLanes, -kInfinity);
    const double *at = values.data();
    const size_t whole = values.size() / kLanes * kLanes;
    // Written as "x < low ? x : low", the form of the vector instruction: a NaN loses both comparisons.
    for (size_t i = 0; i < whole; i += kLanes) {
        for (size_t lane = 0; lane < kLanes; ++lane) {
            const double value = at[i + lane];
            low[lane] = value < low[lane] ? value : low[lane];
            high[lane] = value > high[lane] ? value : high[lane];
        }
    }
    for (size_t i = whole; i < values.size(); ++i) {
        low[0] = at[i] < low[0] ? at[i] : low[0];
        high[0] = at[i] > high[0] ? at[i] : high[0];
    }
    return {*std::min_element(low, low + kLanes), *std::max_element(high, high + kLanes)};
}

Extent finiteExtentOf(std::span<const double> values)
{
    Extent extent = extentOf(values);
    if (extent.min > extent.max || (std::isfinite(extent.min) && std::isfinite(extent.max)))
        return extent;
    extent = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const double value : values) {
        if (!std::isfinite(value))
            continue;
        extent.min = std::min(extent.min, value);
        extent.max = std::max(extent.max, value);
    }
    return extent;
}

size_t firstAtOrAfter(std::span<const qint64> times, size_t from, size_t guess, qint64 at)
{
    const size_t count = times.size();
    size_t low = from, high = count; // the answer is in [low, high]
    guess = std::clamp(guess, from, count);
    // Gallop away from the guess until it is enclosed, then bisect what is left.
    if (guess < count && times[guess] < at) {
        size_t step = 1;
        low = guess + 1;
        while (low + step < count && times[low + step] < at) {
            low += step + 1;
            step *= 2;
        }
        high = std::min(count, low + step);
    } else {
        size_t step = 1;
        high = guess;
        while (high > from + step && times[high - step] >= at) {
            high -= step;
            step *= 2;
        }
        low = high > from + step ? high - step : from;
    }
    return size_t(std::lower_bound(times.begin() + ptrdiff_t(low), times.begin() + ptrdiff_t(high), at)
        - times.begin());
}

std::vector<ColumnDigest> columnDigests(
    std::span<const qint64> times, std::span<const double> values, qint64 begin, qint64 end, int width)
{
    std::vector<ColumnDigest> columns(size_t(std::max(width, 0)));
    const double nsPerColumn = double(end - begin) / width;
    size_t at = firstAtOrAfter(times, 0, 0, begin);
    size_t count = 1;
    for (int c = 0; c < width; ++c) {
        const qint64 border = c + 1 == width ? end + 1 : begin + qint64(std::llround((c + 1) * nsPerColumn));
        const size_t next = firstAtOrAfter(times, at, at + count, border);
        const Extent extent = extentOf(values.subspan(at, next - at));
        columns[size_t(c)] = {at, next, extent.min, extent.max};
        count = std::max<size_t>(1, next - at);
        at = next;
    }
    return columns;
}

} // namespace bw
