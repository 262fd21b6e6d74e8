// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <vector>

namespace bw {

/// One place in two traces.
struct DiffRow
{
    int rowA = -1, rowB = -1; ///< -1: not in that trace; never both
    int depth = 0;
    Nanoseconds durationA{0}, durationB{0}, selfA{0}, selfB{0}; ///< zero where there is no row
    Nanoseconds delta() const { return durationB - durationA; }
    bool isOnlyA() const { return rowB < 0; }
    bool isOnlyB() const { return rowA < 0; }
    bool operator==(const DiffRow &) const = default;
};
/// From where on a span in both traces counts as slower or faster; both must hold.
struct DiffLimits
{
    double share = 0.1; ///< of the duration in A
    Nanoseconds atLeast{100'000};
};
struct TraceDiff
{
    std::vector<DiffRow> rows; ///< preorder; places of B only stand where B has them among their siblings
    int onlyA = 0, onlyB = 0, slower = 0, faster = 0, same = 0; ///< together: rows.size()
    bool operator==(const TraceDiff &) const = default;
};
/// Matches from the roots down: the nth sibling of a service and normalised operation in A is the nth in B.
/// What hangs below a place that is in one trace only is in that one only. O(n log n); any thread.
TraceDiff traceDiff(const Trace &a, const Trace &b, const DiffLimits &limits = {});

} // namespace bw
