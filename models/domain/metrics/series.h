// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/metrics/labels.h>

#include <memory>
#include <type_traits>
#include <vector>

namespace bw {

/// Leaves new elements uninitialised: a decoder that writes every element need not pay for zeros first.
template<typename T> struct NoInit : std::allocator<T>
{
    template<typename U> struct rebind
    {
        using other = NoInit<U>;
    };
    using std::allocator<T>::allocator;
    template<typename U> void construct(U *at) noexcept(std::is_nothrow_default_constructible_v<U>)
    {
        ::new (static_cast<void *>(at)) U;
    }
    template<typename U, typename... Args> void construct(U *at, Args &&...args)
    {
        ::new (static_cast<void *>(at)) U(std::forward<Args>(args)...);
    }
};
template<typename T> using SampleVector = std::vector<T, NoInit<T>>;

/// One bucket of a native histogram: observations between `lower` and `upper`, not cumulative.
struct HistogramBucket
{
    double lower = 0, upper = 0, count = 0;
    quint8 bounds = 0; ///< 0 (lo,hi], 1 [lo,hi), 2 (lo,hi), 3 [lo,hi]
    bool operator==(const HistogramBucket &) const = default;
};
struct HistogramSample
{
    qint64 time = 0; ///< ns
    double count = 0, sum = 0;
    std::vector<HistogramBucket> buckets; ///< ascending, empty ones left out
    bool operator==(const HistogramSample &) const = default;
};

/// One series as two columns. Times ascend and are unique; NaN is a sample whose value is NaN, a missing
/// sample is a missing element, and never 0.
struct Series
{
    Labels labels;
    SampleVector<qint64> times; ///< ns since the epoch
    SampleVector<double> values; ///< as many as times
    std::vector<HistogramSample> histograms; ///< native histograms, ascending by time

    bool operator==(const Series &other) const; ///< NaN equals NaN here
};
using SeriesSet = std::vector<Series>;

struct Exemplar
{
    Labels series, labels;
    double value = 0;
    qint64 time = 0; ///< ns
};

/// At most four samples (first, min, max, last) for each of `buckets` equal parts of `range`, end included:
/// spikes stay. Where a part has NaN samples, one of them and its neighbours stay too, so that the line
/// breaks.
Series thinned(const Series &series, const TimeRange &range, int buckets);
/// A NaN sample in the middle of every hole wider than 1.5 × `step`: what makes a line break.
Series withGaps(const Series &series, Nanoseconds step);
/// `older` with its samples from `fresh`'s first time on replaced by `fresh`, cut to `range`; series matched
/// by labels.
SeriesSet mergedTail(const SeriesSet &older, const SeriesSet &fresh, const TimeRange &range);

struct SeriesStats
{
    double last, min, max, mean, sum; ///< NaN when there is no finite sample
    int count = 0;
};
/// Over the samples that are not NaN.
SeriesStats statsOf(const Series &series);

} // namespace bw
