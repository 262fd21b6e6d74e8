// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

using enum EntryLevel;

constexpr EntryKind kKinds[] = {
    {"alert.fired", Log, "Alert fired"},
    {"alert.resolved", Log, "Alert resolved"},
    {"alert.acked", Timeline, "Alert acknowledged"},
    {"alert.unacked", Timeline, "Acknowledgement taken back"},
    {"alert.assigned", Timeline, "Alert assigned"},
    {"alert.silenced", Timeline, "Alert silenced"},
    {"alert.unsilenced", Timeline, "Silence ended"},
    {"alert.silence_expiring", Timeline, "Silence ends soon"},
    {"alert.inhibited", Trace, "Alert inhibited"},
    {"alert.notified", Trace, "Notification sent"},
    {"alert.linked", Timeline, "Alert linked"},
    {"alert.unlinked", Timeline, "Alert unlinked"},
    {"alert.regrouped", Trace, "Alerts regrouped"},
    {"incident.declared", Key, "Declared"},
    {"incident.phase", Key, "Phase"},
    {"incident.severity", Key, "Severity"},
    {"incident.merged", Key, "Merged"},
    {"incident.split", Key, "Split"},
    {"incident.reopened", Key, "Reopened"},
    {"incident.relapse", Key, "Relapse"},
    {"incident.cancelled", Key, "Cancelled"},
    {"incident.closed", Key, "Closed"},
    {"incident.imported", Key, "Imported"},
    {"incident.stage", Timeline, "Stage"},
    {"incident.field", Timeline, "Changed"},
    {"incident.frozen", Timeline, "Frozen"},
    {"incident.unfrozen", Timeline, "No longer frozen"},
    {"milestone.set", Key, "Milestone"},
    {"milestone.moved", Key, "Milestone moved"},
    {"milestone.cleared", Key, "Milestone cleared"},
    {"impact.started", Key, "Impact began"},
    {"impact.changed", Key, "Impact changed"},
    {"impact.ended", Key, "Impact ended"},
    {"people.joined", Log, "Joined"},
    {"people.left", Log, "Left"},
    {"role.assigned", Timeline, "Role assigned"},
    {"role.offered", Timeline, "Role offered"},
    {"role.accepted", Timeline, "Role accepted"},
    {"role.handed_over", Timeline, "Role handed over"},
    {"role.released", Timeline, "Role released"},
    {"note.text", Timeline, "Note"},
    {"note.finding", Timeline, "Finding"},
    {"note.question", Timeline, "Question"},
    {"note.answer", Timeline, "Answer"},
    {"note.observation", Timeline, "Observation"},
    {"decision.proposed", Key, "Decision proposed"},
    {"decision.polled", Key, "Decision polled"},
    {"decision.made", Key, "Decision"},
    {"decision.reversed", Key, "Decision reversed"},
    {"hypothesis.opened", Timeline, "Hypothesis"},
    {"hypothesis.evidence", Timeline, "Evidence for a hypothesis"},
    {"hypothesis.ruled_out", Timeline, "Hypothesis ruled out"},
    {"hypothesis.confirmed", Key, "Hypothesis confirmed"},
    {"task.opened", Log, "Task"},
    {"task.started", Log, "Task started"},
    {"task.done", Log, "Task done"},
    {"task.dropped", Log, "Task dropped"},
    {"task.timebox_due", Trace, "Time-box over"},
    {"todo.added", Log, "Follow-up"},
    {"update.drafted", Log, "Update drafted"},
    {"update.approved", Log, "Update approved"},
    {"update.sent", Key, "Update sent"},
    {"update.due", Trace, "Update due"},
    {"update.missed", Timeline, "Update missed"},
    {"runbook.suggested", Trace, "Runbook suggested"},
    {"runbook.opened", Trace, "Runbook opened"},
    {"runbook.step_ticked", Log, "Step ticked"},
    {"runbook.step_skipped", Log, "Step skipped"},
    {"runbook.finished", Timeline, "Runbook finished"},
    {"run.intent", Trace, "Run intended"},
    {"run.started", Trace, "Run started"},
    {"run.finished", Log, "Run finished"},
    {"run.failed", Timeline, "Run failed"},
    {"run.timeout", Timeline, "Run timed out"},
    {"run.cancelled", Timeline, "Run cancelled"},
    {"run.refused", Timeline, "Run refused"},
    {"run.lost", Timeline, "Run lost"},
    {"run.undone", Timeline, "Run undone"},
    {"run.verified", Timeline, "Run verified"},
    {"run.approval_asked", Timeline, "Approval asked"},
    {"run.approved", Timeline, "Run approved"},
    {"run.denied", Timeline, "Run denied"},
    {"run.witnessed", Timeline, "Run witnessed"},
    {"run.break_glass", Timeline, "Gate overridden"},
    {"evidence.query", Timeline, "Query"},
    {"evidence.panel", Timeline, "Chart"},
    {"evidence.log", Timeline, "Log lines"},
    {"evidence.trace", Timeline, "Trace"},
    {"evidence.screenshot", Timeline, "Screenshot"},
    {"evidence.file", Timeline, "File"},
    {"evidence.link", Timeline, "Link"},
    {"change.deploy", Timeline, "Deploy"},
    {"change.config", Timeline, "Configuration changed"},
    {"change.flag", Timeline, "Flag changed"},
    {"change.infra", Timeline, "Infrastructure changed"},
    {"chat.imported", Log, "Chat"},
    {"call.started", Log, "Call began"},
    {"call.ended", Log, "Call ended"},
    {"handover.offered", Timeline, "Hand-over offered"},
    {"handover.accepted", Timeline, "Hand-over accepted"},
    {"system.source_stale", Log, "Source stale"},
    {"system.source_back", Log, "Source back"},
    {"system.clock_skew", Log, "Clock changed"},
    {"system.resumed", Log, "Machine woke up"},
    {"system.app_started", Log, "Console started"},
    {"system.app_crash_recovered", Log, "Console recovered from a crash"},
    {"system.gap_found", Log, "Gap in the record"},
};

} // namespace

std::span<const EntryKind> entryKinds() { return kKinds; }

const EntryKind *findEntryKind(QStringView name)
{
    const auto *found = std::find_if(std::begin(kKinds), std::end(kKinds),
        [name](const EntryKind &kind) { return name == QLatin1StringView(kind.name); });
    return found == std::end(kKinds) ? nullptr : found;
}

QString entryKindLabel(const QString &name)
{
    const EntryKind *known = findEntryKind(name);
    return known ? QString::fromLatin1(known->label) : name;
}

EntryLevel defaultLevel(const QString &kind, const QJsonObject &data)
{
    const EntryKind *known = findEntryKind(kind);
    if (!known)
        return Timeline;
    const bool isLinkedAlert =
        (kind == "alert.fired"_L1 || kind == "alert.resolved"_L1) && data.value("linked"_L1).toBool();
    const QString risk = data.value("risk"_L1).toString();
    const bool isChange = kind == "run.finished"_L1 && (risk == "change"_L1 || risk == "danger"_L1);
    return isLinkedAlert || isChange ? Timeline : known->level;
}

} // namespace bw
