// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/criticalpath.h>
#include <domain/traces/siblinggroups.h>
#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// What a trace view needs besides the trace, computed on a worker before the first paint.
struct TraceAnalysis
{
    Trace trace; ///< as shown: with clocks corrected where that was asked for
    bool isCorrected = false;
    std::vector<SiblingGroup> groups;
    std::vector<PathSegment> path;
    std::vector<Nanoseconds> self, onPath; ///< by row
};
/// Tens of milliseconds for 200,000 spans. Any thread.
TraceAnalysis analysed(const Trace &trace, bool correctClocks);

} // namespace bw
