// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/projection_p.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw::projection {

namespace {

using Automatic = std::map<MilestoneName, Milestone>;

void earliest(Automatic &known, MilestoneName name, Timestamp at, const Change &change)
{
    const auto [place, isNew] = known.try_emplace(name);
    if (isNew || at < place->second.at)
        place->second = {at, Milestone::Source::Auto, change.entry.id, 0, {}, {}};
}

/// First note, step or accepted role of a person, as it happened: what is added later from memory says when
/// the thing was, not when somebody was at it.
bool isEngagement(const TimelineEntry &entry)
{
    if (entry.actor.type != Actor::Type::Person || entry.confidence != Confidence::Observed)
        return false;
    return entry.kind.startsWith("note."_L1) || entry.kind == "role.accepted"_L1
        || entry.kind == "runbook.step_ticked"_L1 || entry.kind == "run.started"_L1
        || entry.kind == "run.finished"_L1;
}

/// What one entry says by itself. A relapse takes back what was over, also what was set by hand before it.
void learn(Automatic &known, Automatic &byHand, const Change &change)
{
    const TimelineEntry &entry = change.entry;
    if (entry.kind == "incident.declared"_L1)
        earliest(known, MilestoneName::Declared, entry.at, change);
    else if (entry.kind == "impact.started"_L1)
        earliest(known, MilestoneName::ImpactStarted, entry.at, change);
    else if (entry.kind == "alert.acked"_L1)
        earliest(known, MilestoneName::Acknowledged, entry.at, change);
    else if (entry.kind == "alert.notified"_L1)
        earliest(known, MilestoneName::PageSent, entry.at, change);
    else if (entry.kind == "alert.linked"_L1
        || (entry.kind == "alert.fired"_L1 && entry.data.value("linked"_L1).toBool()))
        earliest(known, MilestoneName::Detected, change.time("starts_at").value_or(entry.at), change);
    else if (entry.kind == "incident.stage"_L1 && change.text("to") == "identified"_L1)
        earliest(known, MilestoneName::Identified, entry.at, change);
    else if (entry.kind == "update.sent"_L1 && change.text("audience") == "public"_L1)
        earliest(known, MilestoneName::FirstPublicUpdate, entry.at, change);
    else if (isEngagement(entry))
        earliest(known, MilestoneName::Engaged, entry.at, change);

    std::optional<Phase> entered;
    if (entry.kind == "incident.phase"_L1)
        entered = valueOf<Phase>(change.text("to"));
    else if (entry.kind == "incident.closed"_L1)
        entered = Phase::Closed;
    else if (entry.kind == "incident.relapse"_L1 || entry.kind == "incident.reopened"_L1)
        entered = Phase::Active;
    if (!entered)
        return;
    for (Automatic *all : {&known, &byHand}) {
        if (entered == Phase::Active || entered == Phase::Monitoring)
            all->erase(MilestoneName::Resolved);
        if (entered == Phase::Active)
            all->erase(MilestoneName::Closed);
    }
    if (entered == Phase::Resolved || entered == Phase::Closed)
        earliest(known, entered == Phase::Resolved ? MilestoneName::Resolved : MilestoneName::Closed,
            entry.at, change);
}

void learnImpactEnd(Automatic &known, const Incident &incident, const std::vector<Change> &changes)
{
    std::optional<Timestamp> end;
    for (const ImpactInterval &interval : incident.impact) {
        if (!interval.to)
            return;
        end = std::max(end.value_or(*interval.to), *interval.to);
    }
    const auto by = std::find_if(changes.rbegin(), changes.rend(),
        [](const Change &change) { return change.entry.kind.startsWith("impact."_L1); });
    if (end && by != changes.rend())
        known[MilestoneName::ImpactEnded] = {*end, Milestone::Source::Auto, by->entry.id, 0, {}, {}};
}

} // namespace

void applyMilestones(Incident &incident, const std::vector<Change> &changes)
{
    Automatic known;
    Automatic byHand;
    bool isEndCleared = false;
    for (const Change &change : changes) {
        learn(known, byHand, change);
        if (change.entry.kind.startsWith("impact."_L1))
            isEndCleared = false; // of what was known then
        const auto name = valueOf<MilestoneName>(change.text("name"));
        if (!name || !change.entry.kind.startsWith("milestone."_L1))
            continue;
        if (change.entry.kind == "milestone.cleared"_L1) {
            byHand.erase(*name);
            known.erase(*name);
            isEndCleared |= name == MilestoneName::ImpactEnded;
            continue;
        }
        const auto source =
            valueOf<Milestone::Source>(change.text("source")).value_or(Milestone::Source::User);
        const Milestone set{change.entry.at, source, change.entry.id,
            change.entry.data.value("uncertainty_s"_L1).toInteger(), change.foreign("note"), {}};
        (source == Milestone::Source::Auto ? known : byHand)[*name] = set;
    }
    if (!isEndCleared)
        learnImpactEnd(known, incident, changes);
    incident.milestones = known;
    for (auto &[name, milestone] : byHand) {
        if (const auto automatic = known.find(name); automatic != known.end())
            milestone.automatic = automatic->second.at;
        incident.milestones[name] = milestone;
    }
}

} // namespace bw::projection
