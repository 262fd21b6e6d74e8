// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/slo.h>

#include <optional>
#include <vector>

namespace bw {

/// What is known of one hour.
enum class BucketState : quint8 {
    Complete,
    Partial, ///< the server warned, or gave only one of bad and total: asked again
    Open, ///< the running hour, up to `fetchedAt`
    Missing ///< asked, and the server has nothing: unknown, not zero
};

/// Bad and total events of one full UTC hour. For a ratio without counts `bad` is the ratio and total is 1.
struct HourBucket
{
    qint64 hour = 0; ///< number of the hour since 1970
    double bad = 0, total = 0;
    BucketState state = BucketState::Complete;
    Timestamp fetchedAt{};
    bool operator==(const HourBucket &) const = default;
};
/// Ascending by hour, unique.
using HourBuckets = std::vector<HourBucket>;

constexpr Nanoseconds kHour = std::chrono::hours(1);
/// The hour that `t` lies in.
inline qint64 hourOf(Timestamp t)
{
    const qint64 ns = toNs(t), hour = ns / kHour.count();
    return ns < 0 && ns % kHour.count() != 0 ? hour - 1 : hour;
}
inline Timestamp startOfHour(qint64 hour) { return fromNs(hour * kHour.count()); }

/// Sums of one window. Hours at its edges count in proportion.
struct WindowSum
{
    double bad = 0, total = 0;
    double ratioTime = 0, trafficTime = 0; ///< Σ ratio · seconds and Σ seconds over the hours with traffic
    Nanoseconds known{0}, asked{0};
    /// Known time over asked time, 0…1.
    double coverage() const { return asked.count() > 0 ? double(known.count()) / double(asked.count()) : 0; }
    /// Bad share 0…1 by the weighting; nullopt without traffic.
    std::optional<double> errorRatio(SloWeighting weighting) const;
    bool operator==(const WindowSum &) const = default;
};
/// `buckets` ascend. The running hour counts as far as it is known. Pure.
WindowSum sumOf(const HourBuckets &buckets, const TimeRange &window);

/// Puts `fresh` into `buckets`; of the same hour the fresh one counts unless the old one is known better
/// (complete, partial, missing): what the server has forgotten, or gave in part only this time, we still
/// know.
void mergeBuckets(HourBuckets &buckets, const HourBuckets &fresh);

/// How the budget ran down: one point an hour of the period, remaining share after it. Begins at 1.
struct BudgetPoint
{
    Timestamp at;
    double remaining = 1;
    bool isKnown = true; ///< false: nothing is known of the hour before; the value is carried on
    bool operator==(const BudgetPoint &) const = default;
};

/// What a stretch of time cost an objective.
struct BudgetCost
{
    double bad = 0, total = 0; ///< in the window
    std::optional<double> share; ///< of the whole period's budget; nullopt when the period had no traffic
    std::optional<double> burn; ///< average burn rate in the window
    double coverage = 0; ///< of the window
    bool operator==(const BudgetCost &) const = default;
};
/// bad(window) / (B · total(P)) for the period in which the window ended, as it stood then: the figure does
/// not change with the day somebody looks. Time-weighted objectives count time.
BudgetCost budgetCost(const Slo &slo, const HourBuckets &buckets, const TimeRange &window);

} // namespace bw
