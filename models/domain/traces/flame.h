// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// Spans of one service and normalised operation at one path.
struct FlameNode
{
    int parent = -1; ///< node; -1: a root
    int depth = 0;
    Untrusted service, operation; ///< the operation normalised
    int firstRow = -1; ///< of the trace
    int count = 0, errors = 0;
    Nanoseconds total{0}, self{0}; ///< sums of durations and of self times
    double begin = 0, width = 0; ///< shares of the graph's width, 0…1
    bool operator==(const FlameNode &) const = default;
};
/// Siblings merged by name, from the roots down. A node is as wide as the self times of it and everything
/// below it, so that children always fit into their parent, also where they ran at the same time.
struct FlameGraph
{
    std::vector<FlameNode> nodes; ///< preorder; siblings in order of their first span
    int depth = 0; ///< of the deepest node; roots have 0
    Nanoseconds total{0}; ///< what the whole width stands for: the sum of all self times
    bool operator==(const FlameGraph &) const = default;
};
/// O(n); any thread.
FlameGraph flameGraph(const Trace &trace);

} // namespace bw
