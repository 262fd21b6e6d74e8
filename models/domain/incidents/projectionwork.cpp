// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/projection_p.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw::projection {

namespace {

template<typename E> E valueOr(const Change &change, const char *key, E otherwise)
{
    return valueOf<E>(change.text(key)).value_or(otherwise);
}

// Tasks

/// A second opening of the same task changes what it names.
void taskOpened(Incident &incident, const Change &change)
{
    const bool isTodo = change.entry.kind == "todo.added"_L1;
    const QString id = change.idOr("task");
    const bool isNew = !findById(incident.tasks, id);
    Task &task = findOrAdd(incident.tasks, id);
    if (isNew) {
        task.created = change.entry.at;
        task.createdBy = change.entry.actor.id;
        task.purpose = isTodo ? Task::Purpose::FollowUp : Task::Purpose::Response;
        task.text = change.textOrTitle("text");
    } else if (change.has("text")) {
        task.text = change.foreign("text");
    }
    task.purpose = valueOr(change, "phase", task.purpose);
    task.type = valueOr(change, "type", task.type);
    if (change.has("owner"))
        task.owner = change.text("owner");
    if (change.has("priority"))
        task.priority = change.text("priority");
    if (change.has("tracker_url"))
        task.trackerUrl = change.foreign("tracker_url");
    if (change.has("due"))
        task.due = change.time("due");
    if (const qint64 box = change.entry.data.value("timebox_s"_L1).toInteger(); box > 0)
        task.due = change.entry.at + std::chrono::seconds(box);
}

template<Task::State To> void taskMoved(Incident &incident, const Change &change)
{
    Task *task = findById(incident.tasks, change.text("task"));
    if (!task)
        return;
    task->state = To;
    if (task->isOpen())
        task->ended.reset();
    else
        task->ended = change.entry.at;
    if (change.has("result"))
        task->result = change.foreign("result");
}

void timeboxDue(Incident &incident, const Change &change)
{
    if (Task *task = findById(incident.tasks, change.text("task")))
        task->timeboxRang = true;
}

// Hypotheses

void hypothesisOpened(Incident &incident, const Change &change)
{
    Hypothesis &one = findOrAdd(incident.hypotheses, change.idOr("hypothesis"));
    one.text = change.textOrTitle("text");
    one.by = change.entry.actor.id;
    one.opened = change.entry.at;
    one.confidence = change.text("confidence");
}

void hypothesisEvidence(Incident &incident, const Change &change)
{
    Hypothesis *one = findById(incident.hypotheses, change.text("hypothesis"));
    if (!one)
        return;
    for (const QString &entry : change.texts("evidence")) {
        if (const auto id = EntryId::parse(entry))
            one->evidence.push_back(*id);
    }
    if (one->state == Hypothesis::State::Open)
        one->state = Hypothesis::State::Testing;
    one->state = valueOr(change, "state", one->state);
    if (change.has("confidence"))
        one->confidence = change.text("confidence");
}

template<Hypothesis::State To> void hypothesisSettled(Incident &incident, const Change &change)
{
    if (Hypothesis *one = findById(incident.hypotheses, change.text("hypothesis"))) {
        one->state = To;
        one->why = change.foreign("why");
        one->settled = change.entry.at;
    }
}

// Decisions

template<Decision::State To> void decisionMoved(Incident &incident, const Change &change)
{
    const QString id = change.idOr("decision");
    const bool isNew = !findById(incident.decisions, id);
    if (isNew && To == Decision::State::Reversed)
        return;
    Decision &one = findOrAdd(incident.decisions, id);
    one.state = To;
    one.at = change.entry.at;
    if (isNew)
        one.text = change.textOrTitle("text");
    else if (change.has("text"))
        one.text = change.foreign("text");
    if (change.has("options"))
        one.options = change.texts("options");
    if (change.has("objections"))
        one.objections = change.texts("objections");
    if (change.has("owner"))
        one.owner = change.text("owner");
    if (change.has("review_at"))
        one.reviewAt = change.time("review_at");
    if (change.has("answer"))
        one.answers.push_back({change.text("person"), change.foreign("answer")});
}

// Updates

StatusUpdate &updateOf(Incident &incident, const Change &change)
{
    const QString id = change.idOr("update");
    const bool isNew = !findById(incident.updates, id);
    StatusUpdate &one = findOrAdd(incident.updates, id);
    if (isNew) {
        one.author = change.entry.actor.id;
        one.drafted = change.entry.at;
        one.text = Untrusted(verbatim(change.entry.body));
    }
    one.audience = valueOr(change, "audience", one.audience);
    if (change.has("text"))
        one.text = change.foreign("text");
    if (const QJsonObject form = change.object("form"); !form.isEmpty()) {
        one.conditions = Untrusted(form.value("conditions"_L1).toString());
        one.actions = Untrusted(form.value("actions"_L1).toString());
        one.needs = Untrusted(form.value("needs"_L1).toString());
    }
    if (change.has("next_due"))
        one.nextDue = change.time("next_due");
    return one;
}

void updateDrafted(Incident &incident, const Change &change) { updateOf(incident, change); }

void updateApproved(Incident &incident, const Change &change)
{
    if (StatusUpdate *one = findById(incident.updates, change.text("update"))) {
        one->state = StatusUpdate::State::Approved;
        one->approvedBy = change.entry.actor.id;
    }
}

void updateSent(Incident &incident, const Change &change)
{
    StatusUpdate &one = updateOf(incident, change);
    one.state = StatusUpdate::State::Sent;
    one.sentAt = change.entry.at;
    one.sentTo = change.texts("sent_to");
}

void updateMissed(Incident &incident, const Change &change)
{
    const bool isPublic = change.text("audience") == "public"_L1;
    ++(isPublic ? incident.comms.externalMissed : incident.comms.internalMissed);
}

// Evidence, runs, hand-overs

void evidence(Incident &incident, const Change &change)
{
    const QString id = change.idOr("snapshot");
    Snapshot &one = findOrAdd(incident.snapshots, id);
    one.entry = change.entry.id;
    one.kind = valueOf<Snapshot::Kind>(change.entry.kind.section(u'.', 1)).value_or(Snapshot::Kind::File);
    one.kind = valueOr(change, "kind", one.kind);
    one.title = change.entry.title;
    one.datasource = change.text("datasource");
    one.query = change.foreign("query");
    one.variables = change.object("variables");
    one.from = change.time("from");
    one.to = change.time("to");
    one.fetchedAt = change.time("fetched_at");
    one.stepMs = change.entry.data.value("step_ms"_L1).toInteger();
    one.dataFile = change.text("data_file");
    one.image = change.text("image");
    one.sha256 = change.text("sha256");
    one.truncated = change.entry.data.value("truncated"_L1).toBool();
    one.sourceUrl = change.foreign("source_url");
}

void runFinished(Incident &incident, const Change &change)
{
    const QString risk = change.text("risk");
    const bool isChange = risk == "change"_L1 || risk == "danger"_L1;
    if (!isChange || change.entry.data.value("exit"_L1).toInteger() != 0)
        return;
    incident.openChanges.push_back({change.idOr("run"), risk, change.text("undo"), change.entry.title,
        change.entry.actor.id, change.entry.at});
}

/// run.undone, or run.verified with "accepted": the change stays on purpose.
void changeSettled(Incident &incident, const Change &change)
{
    if (change.entry.kind == "run.verified"_L1 && !change.entry.data.value("accepted"_L1).toBool())
        return;
    std::erase_if(
        incident.openChanges, [run = change.text("run")](const OpenChange &one) { return one.run == run; });
}

void handoverOffered(Incident &incident, const Change &change)
{
    Handover &one = findOrAdd(incident.handovers, change.idOr("handover"));
    one.from = change.has("from") ? change.text("from") : change.entry.actor.id;
    one.to = change.text("to");
    one.scope = change.text("scope");
    one.at = change.entry.at;
    one.text = change.entry.body;
    one.generated = change.object("generated");
}

void handoverAccepted(Incident &incident, const Change &change)
{
    if (Handover *one = findById(incident.handovers, change.text("handover")))
        one->acceptedAt = change.entry.at;
}

constexpr Handler kHandlers[] = {
    {"task.opened", taskOpened},
    {"todo.added", taskOpened},
    {"task.started", taskMoved<Task::State::Doing>},
    {"task.done", taskMoved<Task::State::Done>},
    {"task.dropped", taskMoved<Task::State::Dropped>},
    {"task.timebox_due", timeboxDue},
    {"hypothesis.opened", hypothesisOpened},
    {"hypothesis.evidence", hypothesisEvidence},
    {"hypothesis.ruled_out", hypothesisSettled<Hypothesis::State::RuledOut>},
    {"hypothesis.confirmed", hypothesisSettled<Hypothesis::State::Confirmed>},
    {"decision.proposed", decisionMoved<Decision::State::Proposed>},
    {"decision.polled", decisionMoved<Decision::State::Polled>},
    {"decision.made", decisionMoved<Decision::State::Made>},
    {"decision.reversed", decisionMoved<Decision::State::Reversed>},
    {"update.drafted", updateDrafted},
    {"update.approved", updateApproved},
    {"update.sent", updateSent},
    {"update.missed", updateMissed},
    {"evidence.query", evidence},
    {"evidence.panel", evidence},
    {"evidence.log", evidence},
    {"evidence.trace", evidence},
    {"evidence.screenshot", evidence},
    {"evidence.file", evidence},
    {"evidence.link", evidence},
    {"run.finished", runFinished},
    {"run.undone", changeSettled},
    {"run.verified", changeSettled},
    {"handover.offered", handoverOffered},
    {"handover.accepted", handoverAccepted},
};

} // namespace

std::span<const Handler> workHandlers() { return kHandlers; }

} // namespace bw::projection
