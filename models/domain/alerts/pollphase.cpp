// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/pollphase.h>

#include <algorithm>

namespace bw {
using namespace std::chrono_literals;

namespace {

Timestamp finishOf(const RuleGroup &group) { return group.lastEvaluation + group.evaluationTime; }

bool canLead(const RuleGroup &group)
{
    // Servers send the year 1 for "not yet evaluated".
    return group.interval > Nanoseconds::zero() && group.lastEvaluation > Timestamp{}
    && std::any_of(group.rules.begin(), group.rules.end(),
        [](const Rule &rule) { return rule.type == Rule::Type::Alerting; });
}

} // namespace

std::optional<PollPlan> planFromRules(const RuleGroups &rules, Nanoseconds minimum, Nanoseconds margin)
{
    const RuleGroup *leader = nullptr;
    for (const RuleGroup &group : rules.groups) {
        if (!canLead(group))
            continue;
        const bool shorter = leader && group.interval < leader->interval;
        const bool later =
            leader && group.interval == leader->interval && finishOf(group) > finishOf(*leader);
        if (!leader || shorter || later)
            leader = &group;
    }
    if (!leader)
        return std::nullopt;
    // Whole multiples keep the phase.
    const qint64 times = minimum > leader->interval
        ? (minimum.count() + leader->interval.count() - 1) / leader->interval.count()
        : 1;
    return PollPlan{.interval = leader->interval * times, .phase = finishOf(*leader) + margin};
}

Timestamp nextPoll(const PollPlan &plan, Timestamp now, Nanoseconds skew)
{
    if (plan.interval <= Nanoseconds::zero())
        return now + 1s;
    const Timestamp serverNow = now + skew;
    Nanoseconds past = (serverNow - plan.phase) % plan.interval;
    if (past < Nanoseconds::zero())
        past += plan.interval;
    return now + (plan.interval - past);
}

} // namespace bw
