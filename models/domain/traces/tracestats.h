// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// Of every row: its duration without the time in which at least one child ran. Never negative; what a child
/// does outside its parent does not count. O(n) as TraceBuilder orders children, else O(n log n).
std::vector<Nanoseconds> selfTimes(const Trace &trace);

enum class StatsBy : quint8 { Service, Operation, Kind };

/// Spans with something in common.
struct SpanStats
{
    Untrusted service, operation; ///< empty where they differ: both by kind, the operation by service
    SpanKind kind = SpanKind::Unspecified; ///< by kind only
    int count = 0, errors = 0;
    Nanoseconds total{0}, self{0}; ///< sums
    double selfShare = 0; ///< 0…1 of the self times of all spans of the trace
    Nanoseconds min{0}, avg{0}, p50{0}, p95{0}, max{0}; ///< of the durations; quantiles by nearest rank
    int slowest = -1; ///< row
    bool operator==(const SpanStats &) const = default;
};

/// Most self time first; equal ones by service, operation, kind. `self` is what selfTimes() gave.
std::vector<SpanStats> spanStats(const Trace &trace, StatsBy by, const std::vector<Nanoseconds> &self);
std::vector<SpanStats> spanStats(const Trace &trace, StatsBy by);

/// Rows with the most self time, most first, at most `limit`; rows without any are left out.
std::vector<int> topSelfTimes(const std::vector<Nanoseconds> &self, int limit = 10);

} // namespace bw
