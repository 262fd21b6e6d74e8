// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// By how much each row must move so that spans of other services lie within their parents. A span of another
/// service than its parent that begins before it or after its end, or is shorter and still does not fit, is
/// centred in the parent when it is shorter, else begins with it; its descendants of the same service move
/// along. What came through a queue (consumers, children of producers) may begin any time after its parent
/// did. The next change of service is judged against the parent where it has moved to. One entry a row, all
/// zero when nothing is odd; empty for an empty trace. A guess: clocks are not known, only that causes come
/// first. O(n); any thread.
std::vector<Nanoseconds> clockSkewShifts(const Trace &trace);

/// A trace with its rows moved by `shifts` (one each). Rows keep their numbers, so children may no longer be
/// in order of their start; details are shared; start, duration, the marks Skewed and Outlives and facts are
/// made anew.
Trace withShifts(const Trace &trace, const std::vector<Nanoseconds> &shifts);

} // namespace bw
