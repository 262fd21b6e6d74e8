// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slobuckets.h>

#include <domain/slo/slostatus.h>

#include <algorithm>
#include <cmath>

namespace bw {

namespace {

/// What a bucket speaks of: its hour, or as much of it as was over when it was asked for.
TimeRange spanOf(const HourBucket &bucket)
{
    const Timestamp begin = startOfHour(bucket.hour);
    if (bucket.state != BucketState::Open)
        return {begin, begin + kHour};
    return {begin, std::clamp(bucket.fetchedAt, begin, begin + kHour)};
}

/// Known better of the same hour. The running hour is over when something else is known of it.
bool isBetter(BucketState one, BucketState other)
{
    const auto rank = [](BucketState state) {
        return state == BucketState::Complete ? 2 : state == BucketState::Partial ? 1 : 0;
    };
    return rank(one) > rank(other);
}

} // namespace

std::optional<double> WindowSum::errorRatio(SloWeighting weighting) const
{
    if (weighting == SloWeighting::Time)
        return trafficTime > 0 ? std::optional(ratioTime / trafficTime) : std::nullopt;
    return total > 0 ? std::optional(bad / total) : std::nullopt;
}

WindowSum sumOf(const HourBuckets &buckets, const TimeRange &window)
{
    WindowSum sum;
    sum.asked = std::max(window.span(), Nanoseconds::zero());
    const auto first = std::lower_bound(buckets.begin(), buckets.end(), hourOf(window.begin),
        [](const HourBucket &bucket, qint64 hour) { return bucket.hour < hour; });
    for (auto bucket = first; bucket != buckets.end() && startOfHour(bucket->hour) < window.end; ++bucket) {
        const TimeRange span = spanOf(*bucket);
        const Nanoseconds shared = std::min(span.end, window.end) - std::max(span.begin, window.begin);
        if (shared <= Nanoseconds::zero() || bucket->state == BucketState::Missing)
            continue;
        const double part = double(shared.count()) / double(span.span().count());
        sum.known += shared;
        sum.bad += part * bucket->bad;
        sum.total += part * bucket->total;
        if (bucket->total > 0) {
            const double seconds = double(shared.count()) / 1e9;
            sum.trafficTime += seconds;
            sum.ratioTime += seconds * std::min(bucket->bad / bucket->total, 1.0);
        }
    }
    return sum;
}

void mergeBuckets(HourBuckets &buckets, const HourBuckets &fresh)
{
    HourBuckets merged;
    merged.reserve(buckets.size() + fresh.size());
    auto old = buckets.begin();
    for (const HourBucket &bucket : fresh) {
        while (old != buckets.end() && old->hour < bucket.hour)
            merged.push_back(*old++);
        const bool isSame = old != buckets.end() && old->hour == bucket.hour;
        if (isSame && isBetter(old->state, bucket.state)) {
            merged.push_back(*old);
            if (bucket.state == BucketState::Missing)
                merged.back().fetchedAt = bucket.fetchedAt;
        } else {
            merged.push_back(bucket);
        }
        if (isSame)
            ++old;
    }
    merged.insert(merged.end(), old, buckets.end());
    buckets = std::move(merged);
}

BudgetCost budgetCost(const Slo &slo, const HourBuckets &buckets, const TimeRange &window)
{
    // Half open: a window that ends with the month belongs to that month, not to the next one.
    const Timestamp end = window.end - Nanoseconds(1);
    const TimeRange period = periodAt(slo.period, end);
    const WindowSum spent = sumOf(buckets, window);
    const PeriodBudget whole = periodBudget(slo, buckets, end);
    BudgetCost cost;
    cost.bad = spent.bad;
    cost.total = spent.total;
    cost.coverage = spent.coverage();
    if (const auto ratio = spent.errorRatio(slo.weighting))
        cost.burn = *ratio / slo.budget();
    if (slo.weighting == SloWeighting::Time) {
        const double allowed = slo.budget() * double(period.span().count()) / 1e9;
        if (whole.attained)
            cost.share = spent.ratioTime / allowed;
    } else if (whole.allowedBad > 0) {
        cost.share = spent.bad / whole.allowedBad;
    }
    return cost;
}

} // namespace bw
