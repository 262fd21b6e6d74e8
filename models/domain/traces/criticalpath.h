// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// A stretch of time during which `row`, and none of its children, kept the root from ending. Half open.
struct PathSegment
{
    int row = -1;
    Nanoseconds begin{0}, end{0}; ///< relative to Trace::startedAt()
    Nanoseconds duration() const { return end - begin; }
    bool operator==(const PathSegment &) const = default;
};

/// The spans the root waited for, chronological: the segments touch one another, none is empty, and together
/// they cover exactly the root. Walks backwards from the root's end; the child that ends last takes over,
/// gaps are the span's own. Of a child that outlives its parent the part within counts; a child wholly
/// outside is asynchronous and left out. `root` -1: mainRoot(). Empty for an empty trace or a root without
/// duration. O(n log n); any thread.
std::vector<PathSegment> criticalPath(const Trace &trace, int root = -1);

/// Time on the path for every row of the trace; zero for those not on it.
std::vector<Nanoseconds> onPath(const Trace &trace, const std::vector<PathSegment> &path);

} // namespace bw
