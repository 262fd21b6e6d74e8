// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/series.h>

#include <QHash>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <optional>

namespace bw {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool sameValue(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool sameHistogram(const HistogramSample &a, const HistogramSample &b)
{
    return a.time == b.time && sameValue(a.count, b.count) && sameValue(a.sum, b.sum)
        && a.buckets == b.buckets;
}

/// First index at or after `from` whose time is at least `limit`. Doubles its stride before it bisects,
/// because the boundary of the next column is usually near.
size_t gallop(const SampleVector<qint64> &times, size_t from, size_t end, qint64 limit)
{
    size_t low = from;
    size_t stride = 16;
    while (low + stride < end && times[low + stride] < limit) {
        low += stride;
        stride *= 2;
    }
    const auto first = times.begin() + std::ptrdiff_t(low);
    const auto last = times.begin() + std::ptrdiff_t(std::min(low + stride, end));
    return size_t(std::lower_bound(first, last, limit) - times.begin());
}

// Two doubles side by side: what every 64-bit machine compares at once, without asking for a newer one.
using Pair = double __attribute__((vector_size(16)));
using Mask = qint64 __attribute__((vector_size(16)));

Pair pairAt(const double *at)
{
    Pair pair;
    std::memcpy(&pair, at, sizeof pair);
    return pair;
}

/// Extremes of a stretch, and where to look for them.
struct Extremes
{
    double low = kInfinity, high = -kInfinity;
    size_t lowBlock = 0, highBlock = 0; ///< first index of the block that has it
    bool hasNaN = false;
};
constexpr size_t kBlock = 128;

/// One block. A comparison with NaN is false, so NaN never becomes an extreme. Several accumulators, because
/// each comparison waits for the one before it.
void scanBlock(const double *values, size_t begin, size_t end, Extremes &out)
{
    constexpr size_t kLanes = 4;
    const Pair none{kInfinity, kInfinity};
    Pair low[kLanes] = {none, none, none, none}, high[kLanes] = {-none, -none, -none, -none};
    Mask unordered{};
    size_t i = begin;
    for (; i + 2 * kLanes <= end; i += 2 * kLanes) {
        const Pair a = pairAt(values + i), b = pairAt(values + i + 2);
        const Pair c = pairAt(values + i + 4), d = pairAt(values + i + 6);
        low[0] = a < low[0] ? a : low[0];
        low[1] = b < low[1] ? b : low[1];
        low[2] = c < low[2] ? c : low[2];
        low[3] = d < low[3] ? d : low[3];
        high[0] = a > high[0] ? a : high[0];
        high[1] = b > high[1] ? b : high[1];
        high[2] = c > high[2] ? c : high[2];
        high[3] = d > high[3] ? d : high[3];
        unordered |= Mask(a != a) | Mask(b != b) | Mask(c != c) | Mask(d != d);
    }
    double least = kInfinity, most = -kInfinity;
    for (size_t lane = 0; lane < kLanes; ++lane) {
        least = std::min({least, low[lane][0], low[lane][1]});
        most = std::max({most, high[lane][0], high[lane][1]});
    }
    out.hasNaN |= (unordered[0] | unordered[1]) != 0;
    for (; i < end; ++i) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
        out.hasNaN |= std::isnan(values[i]);
    }
    if (least < out.low) {
        out.low = least;
        out.lowBlock = begin;
    }
    if (most > out.high) {
        out.high = most;
        out.highBlock = begin;
    }
}

/// In blocks, so that looking for an extreme again reads one block and not the whole column.
Extremes extremesOf(const double *values, size_t count)
{
    Extremes out;
    for (size_t begin = 0; begin < count; begin += kBlock)
        scanBlock(values, begin, std::min(begin + kBlock, count), out);
    return out;
}

void append(Series &out, const Series &in, size_t index)
{
    out.times.push_back(in.times[index]);
    out.values.push_back(in.values[index]);
}

/// Emits samples in time order and, where the input had a NaN between two of them, one NaN.
class Thinner
{
public:
    Thinner(const Series &in, Series &out)
        : m_in(in)
        , m_out(out)
    {
    }

    /// One column, [begin, end) not empty.
    void column(size_t begin, size_t end)
    {
        const double *values = m_in.values.data();
        const Extremes extremes = extremesOf(values + begin, end - begin);
        if (extremes.low > extremes.high) { // nothing but NaN
            append(m_out, m_in, begin);
            return;
        }
        size_t first = begin, last = end - 1;
        if (extremes.hasNaN) {
            while (std::isnan(values[first]))
                ++first;
            while (std::isnan(values[last]))
                --last;
            if (first > begin)
                append(m_out, m_in, begin);
        }
        const auto indexOf = [&](double value, size_t block) {
            const double *from = values + begin + block;
            return size_t(std::find(from, values + end, value) - values);
        };
        size_t chosen[4] = {first, indexOf(extremes.low, extremes.lowBlock),
            indexOf(extremes.high, extremes.highBlock), last};
        if (chosen[1] > chosen[2])
            std::swap(chosen[1], chosen[2]);
        append(m_out, m_in, first);
        for (size_t k = 1; k < 4; ++k) {
            if (chosen[k] == chosen[k - 1])
                continue;
            if (extremes.hasNaN)
                breakBetween(chosen[k - 1], chosen[k]);
            append(m_out, m_in, chosen[k]);
        }
        if (last + 1 < end)
            append(m_out, m_in, last + 1);
    }

private:
    /// The first NaN between two chosen samples, with the number before it and the number after the last NaN:
    /// both strokes keep their length.
    void breakBetween(size_t from, size_t to)
    {
        const double *values = m_in.values.data();
        size_t hole = from + 1;
        while (hole < to && !std::isnan(values[hole]))
            ++hole;
        if (hole == to)
            return;
        if (hole - 1 > from)
            append(m_out, m_in, hole - 1);
        append(m_out, m_in, hole);
        size_t resumed = to;
        while (!std::isnan(values[resumed - 1]))
            --resumed;
        if (resumed < to)
            append(m_out, m_in, resumed);
    }

    const Series &m_in;
    Series &m_out;
};

/// Samples of `in` with begin <= time < end, appended to `out`, which gets room for `more` besides.
void appendBetween(Series &out, const Series &in, qint64 begin, qint64 end, size_t more = 0)
{
    const auto from = std::lower_bound(in.times.begin(), in.times.end(), begin) - in.times.begin();
    const auto to =
        std::max(from, std::lower_bound(in.times.begin(), in.times.end(), end) - in.times.begin());
    if (more > 0) { // or the next few samples would double what is held
        out.times.reserve(size_t(to - from) + more);
        out.values.reserve(size_t(to - from) + more);
    }
    out.times.insert(out.times.end(), in.times.begin() + from, in.times.begin() + to);
    out.values.insert(out.values.end(), in.values.begin() + from, in.values.begin() + to);
    for (const HistogramSample &sample : in.histograms) {
        if (sample.time >= begin && sample.time < end)
            out.histograms.push_back(sample);
    }
}

qint64 firstTime(const SeriesSet &set)
{
    qint64 first = std::numeric_limits<qint64>::max();
    for (const Series &series : set) {
        if (!series.times.empty())
            first = std::min(first, series.times.front());
        if (!series.histograms.empty())
            first = std::min(first, series.histograms.front().time);
    }
    return first;
}

bool sortedByLabels(const SeriesSet &set)
{
    return std::is_sorted(
        set.begin(), set.end(), [](const Series &a, const Series &b) { return a.labels < b.labels; });
}

} // namespace

bool Series::operator==(const Series &other) const
{
    return times == other.times && labels == other.labels
        && std::equal(values.begin(), values.end(), other.values.begin(), other.values.end(), sameValue)
        && std::equal(histograms.begin(), histograms.end(), other.histograms.begin(), other.histograms.end(),
            sameHistogram);
}

Series thinned(const Series &series, const TimeRange &range, int buckets)
{
    Series out{.labels = series.labels, .times = {}, .values = {}, .histograms = {}};
    const qint64 begin = toNs(range.begin), last = toNs(range.end);
    if (buckets <= 0 || last < begin)
        return out;
    const auto &times = series.times;
    size_t at = size_t(std::lower_bound(times.begin(), times.end(), begin) - times.begin());
    // The servers answer the end of a range too.
    const size_t end = size_t(std::upper_bound(times.begin(), times.end(), last) - times.begin());
    if (at >= end)
        return out;
    const qint64 span = std::max<qint64>(last - begin, 1);
    // Split so that span × bucket cannot overflow.
    const qint64 whole = span / buckets, rest = span % buckets;
    const auto edge = [&](qint64 bucket) { return begin + whole * bucket + rest * bucket / buckets; };
    const size_t expected = std::min(end - at, size_t(buckets) * 4) + 8;
    out.times.reserve(expected);
    out.values.reserve(expected);
    Thinner thinner(series, out);
    qint64 bucket = 0;
    while (at < end) {
        if (times[at] >= edge(bucket + 1) && bucket + 1 < buckets) { // jump over empty columns
            const double share = double(times[at] - begin) / double(span);
            bucket = std::clamp<qint64>(qint64(share * buckets) - 1, bucket + 1, buckets - 1);
            while (bucket + 1 < buckets && times[at] >= edge(bucket + 1))
                ++bucket;
        }
        const size_t next = bucket + 1 >= buckets ? end : gallop(times, at, end, edge(bucket + 1));
        thinner.column(at, next);
        at = next;
        ++bucket;
    }
    return out;
}

Series withGaps(const Series &series, Nanoseconds step)
{
    if (step <= Nanoseconds::zero() || series.times.size() < 2)
        return series;
    const qint64 widest = step.count() + step.count() / 2;
    const auto isHole = [&](qint64 a, qint64 b) { return b - a > widest; };
    const auto firstHole = std::adjacent_find(series.times.begin(), series.times.end(), isHole);
    if (firstHole == series.times.end())
        return series;
    Series out{.labels = series.labels, .times = {}, .values = {}, .histograms = series.histograms};
    out.times.reserve(series.times.size() + 16);
    out.values.reserve(series.times.size() + 16);
    for (size_t i = 0; i < series.times.size(); ++i) {
        if (i > 0 && isHole(series.times[i - 1], series.times[i])) {
            out.times.push_back(std::midpoint(series.times[i - 1], series.times[i]));
            out.values.push_back(kNaN);
        }
        append(out, series, i);
    }
    return out;
}

SeriesSet mergedTail(const SeriesSet &older, const SeriesSet &fresh, const TimeRange &range)
{
    const qint64 begin = toNs(range.begin);
    const qint64 end =
        toNs(range.end) < std::numeric_limits<qint64>::max() ? toNs(range.end) + 1 : toNs(range.end);
    const qint64 seam = std::min(firstTime(fresh), end);
    SeriesSet out;
    out.reserve(older.size() + 8);
    std::vector<bool> used(fresh.size(), false);
    // Nearly always the same series in the same order; where they are not, an index finds them.
    size_t next = 0;
    QHash<Labels, size_t> freshIndex;
    const auto freshOf = [&](const Labels &labels) -> std::optional<size_t> {
        if (next < fresh.size() && !used[next] && fresh[next].labels == labels)
            return next++;
        if (freshIndex.isEmpty()) {
            for (size_t i = 0; i < fresh.size(); ++i)
                freshIndex.insert(fresh[i].labels, i);
        }
        const auto at = freshIndex.constFind(labels);
        if (at == freshIndex.cend() || used[*at])
            return std::nullopt;
        next = *at + 1;
        return *at;
    };
    const auto keep = [&](Series merged) {
        if (!merged.times.empty() || !merged.histograms.empty())
            out.push_back(std::move(merged));
    };
    for (const Series &old : older) {
        Series merged{.labels = old.labels, .times = {}, .values = {}, .histograms = {}};
        const std::optional<size_t> at = freshOf(old.labels);
        appendBetween(merged, old, begin, seam, at ? fresh[*at].times.size() : 0);
        if (at) {
            appendBetween(merged, fresh[*at], std::max(begin, seam), end);
            used[*at] = true;
        }
        keep(std::move(merged));
    }
    const bool hasNew = std::find(used.begin(), used.end(), false) != used.end();
    for (size_t i = 0; i < fresh.size(); ++i) {
        if (used[i])
            continue;
        Series merged{.labels = fresh[i].labels, .times = {}, .values = {}, .histograms = {}};
        appendBetween(merged, fresh[i], begin, end);
        keep(std::move(merged));
    }
    // A full answer comes sorted; then the merged one has the same order, and a series keeps its colour.
    if (hasNew && sortedByLabels(older) && sortedByLabels(fresh)) {
        std::stable_sort(
            out.begin(), out.end(), [](const Series &a, const Series &b) { return a.labels < b.labels; });
    }
    return out;
}

SeriesStats statsOf(const Series &series)
{
    SeriesStats stats{.last = kNaN, .min = kNaN, .max = kNaN, .mean = kNaN, .sum = kNaN};
    for (const double value : series.values) {
        if (std::isnan(value))
            continue;
        if (stats.count++ == 0) {
            stats.min = stats.max = stats.sum = value;
        } else {
            stats.min = std::min(stats.min, value);
            stats.max = std::max(stats.max, value);
            stats.sum += value;
        }
        stats.last = value;
    }
    if (stats.count > 0)
        stats.mean = stats.sum / stats.count;
    return stats;
}

} // namespace bw
