// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/checklist.h>
#include <domain/incidents/compose.h>
#include <domain/incidents/entrytext.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

const auto kRunbook = u"incident-checklist"_s;

bool hasServices(const Incident &incident, const SeverityScale &) { return !incident.services.isEmpty(); }
bool hasImpact(const Incident &incident, const SeverityScale &) { return !incident.impact.empty(); }
bool hasRoles(const Incident &incident, const SeverityScale &scale)
{
    return !incident.commander.isEmpty() && missingRoles(incident, scale).isEmpty();
}
bool hasMitigated(const Incident &incident, const SeverityScale &)
{
    return incident.milestone(MilestoneName::Mitigated).has_value();
}
bool hasUpdate(const Incident &incident, const SeverityScale &)
{
    return std::any_of(incident.updates.begin(), incident.updates.end(), [](const StatusUpdate &update) {
        return update.state == StatusUpdate::State::Sent && update.audience != StatusUpdate::Audience::Public;
    });
}
bool hasPublicUpdate(const Incident &incident, const SeverityScale &)
{
    return std::any_of(incident.updates.begin(), incident.updates.end(), [](const StatusUpdate &update) {
        return update.state == StatusUpdate::State::Sent && update.audience == StatusUpdate::Audience::Public;
    });
}
bool hasImpactEnd(const Incident &incident, const SeverityScale &)
{
    return incident.milestone(MilestoneName::ImpactEnded).has_value();
}
bool hasOwnedActions(const Incident &incident, const SeverityScale &)
{
    const std::vector<Task> items = incident.actionItems();
    return !items.empty()
        && std::all_of(items.begin(), items.end(), [](const Task &task) { return !task.owner.isEmpty(); });
}
bool hasReview(const Incident &incident, const SeverityScale &)
{
    return incident.postmortem.state != Postmortem::State::None;
}

struct Step
{
    const char *phase, *id, *text;
    bool (*isKnown)(const Incident &, const SeverityScale &); ///< null: only a person knows
};

constexpr Step kSteps[] = {
    {"triage", "triage.services", "Affected services are named", hasServices},
    {"triage", "triage.impact", "Impact is described: who notices what, since when", hasImpact},
    {"triage", "triage.severity", "Severity fits the impact, not the noise", nullptr},
    {"triage", "triage.roles", "Every role this severity needs has somebody", hasRoles},
    {"contain", "contain.changes", "Deploys and changes of the last hours were looked at", nullptr},
    {"contain", "contain.spread", "It spreads no further: throttled, circuit broken, traffic moved", nullptr},
    {"mitigate", "mitigate.action", "Rolled back, failed over or scaled: the cause can wait", nullptr},
    {"mitigate", "mitigate.verified", "Recovery is seen by users, not only in the alert", nullptr},
    {"mitigate", "mitigate.time", "The time of mitigation is set", hasMitigated},
    {"communicate", "communicate.team", "The team has had an update", hasUpdate},
    {"communicate", "communicate.public", "The public was told, or there is nothing to tell",
        hasPublicUpdate},
    {"postmortem", "postmortem.impact", "The end of the impact is set", hasImpactEnd},
    {"postmortem", "postmortem.causes", "Contributing causes are written down, without blame", nullptr},
    {"postmortem", "postmortem.actions", "Action items have owners", hasOwnedActions},
    {"postmortem", "postmortem.review", "The review has a date, or a reason why there is none", hasReview},
};

} // namespace

QStringList checklistPhases()
{
    QStringList phases;
    for (const Step &step : kSteps) {
        const QString phase = QString::fromLatin1(step.phase);
        if (!phases.contains(phase))
            phases += phase;
    }
    return phases;
}

std::vector<ChecklistItem> checklistOf(
    const Incident &incident, const SeverityScale &scale, std::span<const TimelineEntry> ticks)
{
    std::vector<ChecklistItem> items;
    for (const Step &step : kSteps) {
        ChecklistItem item{
            QString::fromLatin1(step.phase), QString::fromLatin1(step.id), QString::fromUtf8(step.text)};
        for (const TimelineEntry &tick : ticks) {
            if (tick.data.value("runbook"_L1) != kRunbook || tick.data.value("step"_L1) != item.id)
                continue;
            item.state = tick.kind == "runbook.step_skipped"_L1 ? ChecklistItem::State::Skipped
                                                                : ChecklistItem::State::Ticked;
            item.by = actorName(tick.actor);
            item.at = tick.at;
        }
        if (step.isKnown && step.isKnown(incident, scale))
            item.state = ChecklistItem::State::Known;
        items.push_back(std::move(item));
    }
    return items;
}

TimelineEntry tickEntry(const ChecklistItem &item, bool isSkipped)
{
    return compose::entry(isSkipped ? u"runbook.step_skipped"_s : u"runbook.step_ticked"_s, item.text,
        {{u"runbook"_s, kRunbook}, {u"step"_s, item.id}, {u"phase"_s, item.phase}});
}

} // namespace bw
