// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelcontroller.h>

namespace bw {

// 30 min: picks up samples that arrived late (remote write, recording rules that lag).
inline constexpr Nanoseconds kFullReloadEvery = std::chrono::minutes(30);

/// What to ask instead of `wanted` when `held` already answers the range `heldRange`: from two steps before
/// the newest sample on. Nullopt when the whole is needed: the range began earlier, jumped, or there are
/// native histograms, whose schema may change from answer to answer.
std::optional<TimeRange> tailRange(
    const MetricData &held, const TimeRange &heldRange, const TimeRange &wanted, Nanoseconds step);

enum class TailMerge : quint8 {
    Replace, ///< the tail's samples replace what they overlap
    AppendOnly ///< an incomplete tail adds points, and never overwrites a complete one
};
/// `held` with the tail merged in, cut to `range`; times, warnings and freshness are the tail's.
QueryResult mergedResult(
    const QueryResult &held, const QueryResult &tail, const TimeRange &range, TailMerge merge);

/// False for an answer with nothing in it.
bool hasRows(const QueryResult &result);
/// Counts of an answer as it was received.
QueryInspection inspectionOf(const QueryResult &result);

} // namespace bw
