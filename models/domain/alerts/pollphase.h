// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>

#include <optional>

namespace bw {

/// When to ask Alertmanager so that the answer is young: shortly after each rule evaluation, once per
/// interval.
struct PollPlan
{
    Nanoseconds interval{0}; ///< between polls
    Timestamp
        phase{}; ///< some moment a poll is due; the others are whole intervals away, in the server's clock
    bool operator==(const PollPlan &) const = default;
};

/// The alerting group with the shortest interval (of equals, the one that finishes last) decides:
/// lastEvaluation + evaluationTime + `margin`. Nullopt when no group has alerting rules or none was
/// evaluated.
std::optional<PollPlan> planFromRules(const RuleGroups &rules, Nanoseconds minimum, Nanoseconds margin);
/// The first due moment after `now`; `skew` is server clock minus ours.
Timestamp nextPoll(const PollPlan &plan, Timestamp now, Nanoseconds skew);

} // namespace bw
