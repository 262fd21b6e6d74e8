// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace bw {

/// When a panel asks that is slower than its dashboard. Counted in the dashboard's intervals.
struct RefreshPhase
{
    int every = 1; ///< from one of its refreshes to the next
    int next = 1; ///< from now to the next one; the one under way is 0
    int questions = 0; ///< of one refresh
};

/// In which of the next `every` intervals (1 … every) a panel should ask that asks `questions` every `every`
/// of them, so that the busiest interval among those it uses stays as quiet as can be, `others` going on as
/// they say. The latest of equally quiet ones: nothing is asked earlier than it must be.
int quietestInterval(std::span<const RefreshPhase> others, int every, int questions);

} // namespace bw
