// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/timerange.h>
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/notetext.h>
#include <domain/incidents/severity.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>

#include <CLI/CLI.hpp>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct WriteArguments
{
    std::string id, text, title, severity = "SEV3", kind = "real", alert, at, level, owner, due, timebox,
                                 type, task, state, audience = "team", nextDue;
    std::vector<std::string> services, sentTo;
    bool followUp = false, draft = false;
};
using Shared = std::shared_ptr<WriteArguments>;

QString text(const std::string &given) { return QString::fromStdString(given); }

ExitCode usage(const QString &message)
{
    printMessage(message);
    return ExitCode::Usage;
}

/// Alerts as Alertmanager's API gives them: one object, or a list.
Result<QJsonArray> alertsFrom(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Invalid, u"%1 cannot be read: %2"_s.arg(path, file.errorString()));
    constexpr qint64 kMost = 8 << 20;
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(file.read(kMost), &problem);
    const QJsonArray alerts = document.isObject() ? QJsonArray{document.object()} : document.array();
    if (problem.error != QJsonParseError::NoError || alerts.isEmpty()
        || !alerts.first().toObject().value("labels"_L1).isObject())
        return fail(Error::Kind::Invalid,
            u"%1 holds no alert; it takes JSON as GET /api/v2/alerts gives it"_s.arg(path));
    return alerts;
}

TimelineEntry linkEntry(TimelineEntry entry, const QJsonObject &alert, bool isFirst)
{
    const QJsonObject labels = alert.value("labels"_L1).toObject();
    entry.title = Untrusted(labels.value("alertname"_L1).toString());
    entry.data = {{u"alert"_s, alert.value("fingerprint"_L1).toString()}, {u"labels"_s, labels},
        {u"annotations"_s, alert.value("annotations"_L1).toObject()}, {u"linked"_s, true},
        {u"relation"_s, isFirst ? u"trigger"_s : u"symptom"_s},
        {u"generator_url"_s, alert.value("generatorURL"_L1).toString()}};
    if (entry.data.value("alert"_L1).toString().isEmpty())
        entry.data[u"alert"_s] = entry.id.toString();
    for (const auto &[from, to] :
        {std::pair("startsAt"_L1, u"starts_at"_s), std::pair("endsAt"_L1, u"ends_at"_s)}) {
        if (const QString time = alert.value(from).toString();
            !time.startsWith(u"0001-"_s) && !time.isEmpty())
            entry.data[to] = time;
    }
    return entry;
}

QString titleOf(const QJsonObject &alert)
{
    const QJsonObject annotations = alert.value("annotations"_L1).toObject();
    for (const auto key : {"summary"_L1, "description"_L1, "message"_L1}) {
        if (const QString found = annotations.value(key).toString(); !found.isEmpty())
            return found.section(u'\n', 0, 0);
    }
    return alert.value("labels"_L1).toObject().value("alertname"_L1).toString();
}

ExitCode declare(const CliContext &context, const WriteArguments &arguments)
{
    QJsonArray alerts;
    if (!arguments.alert.empty()) {
        auto read = alertsFrom(text(arguments.alert));
        if (!read)
            return usage(read.error().message);
        alerts = *read;
    }
    const QString title = arguments.title.empty() && !alerts.isEmpty() ? titleOf(alerts.first().toObject())
                                                                       : text(arguments.title);
    if (title.trimmed().isEmpty())
        return usage(u"an incident needs a title: --title, or an alert that has a summary"_s);
    if (!shippedSeverities().find(text(arguments.severity)))
        return usage(u"there is no severity %1; there are %2"_s.arg(
            text(arguments.severity), shippedSeverities().names().join(u", "_s)));
    auto record = RecordSession::open(context, RecordSession::For::Writing);
    if (!record)
        return refuseRecord(record.error());
    const IncidentId incident = (*record)->newIncident();
    TimelineEntry declared = (*record)->entry(incident, u"incident.declared"_s);
    declared.title = Untrusted(title);
    QStringList services;
    for (const std::string &service : arguments.services)
        services += text(service);
    declared.data = {{u"title"_s, title}, {u"severity"_s, text(arguments.severity)},
        {u"kind"_s, text(arguments.kind)}, {u"services"_s, QJsonArray::fromStringList(services)},
        {u"source"_s, alerts.isEmpty() ? u"manual"_s : u"alert"_s}};
    std::vector<TimelineEntry> linked;
    for (const QJsonValue &alert : alerts)
        linked.push_back(
            linkEntry((*record)->entry(incident, u"alert.linked"_s), alert.toObject(), linked.empty()));
    if (!linked.empty())
        declared.data[u"primary_alert"_s] = linked.front().data.value("alert"_L1);
    const ExitCode code = saveAndPrint(context, **record, {declared});
    if (code != ExitCode::Done)
        return code;
    for (const TimelineEntry &link : linked) {
        if (const auto stored = (*record)->save(link); !stored)
            return refuseRecord(stored.error());
    }
    return ExitCode::Done;
}

ExitCode note(const CliContext &context, const WriteArguments &arguments)
{
    return writeEntries(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<std::vector<TimelineEntry>> {
            std::optional<Timestamp> at;
            if (!arguments.at.empty()) {
                const auto time = record.time(arguments.at);
                if (!time)
                    return tl::unexpected(time.error());
                at = *time;
            }
            std::optional<EntryId> question;
            for (const CuratedEntry &one : curate(found.entries)) {
                if (one.entry.kind == "note.question"_L1 && !one.isHidden())
                    question = one.entry.id;
            }
            std::vector<TimelineEntry> entries = entriesOfNote(text(arguments.text), question);
            if (entries.empty())
                return fail(Error::Kind::Invalid, u"a note needs text"_s);
            for (TimelineEntry &entry : entries) {
                const TimelineEntry base = record.entry(found.id, entry.kind);
                entry.id = base.id;
                entry.incident = base.incident;
                entry.actor = base.actor;
                entry.at = at.value_or(base.at);
                if (at)
                    entry.confidence = Confidence::Reported;
                if (const auto level = valueOf<EntryLevel>(text(arguments.level)))
                    entry.level = *level;
            }
            return entries;
        });
}

Result<std::vector<TimelineEntry>> taskEntries(
    const WriteArguments &arguments, RecordSession &record, const RecordSession::Found &found)
{
    if (!arguments.task.empty()) {
        const auto known = std::find_if(found.incident.tasks.begin(), found.incident.tasks.end(),
            [&](const Task &task) { return task.id == text(arguments.task); });
        if (known == found.incident.tasks.end())
            return fail(Error::Kind::NotFound, u"there is no task %1"_s.arg(text(arguments.task)));
        TimelineEntry entry = record.entry(found.id, u"task."_s + text(arguments.state));
        entry.title = known->text;
        entry.data = {{u"task"_s, known->id}};
        if (!arguments.text.empty())
            entry.data[u"result"_s] = text(arguments.text);
        return std::vector{entry};
    }
    if (arguments.text.empty())
        return fail(Error::Kind::Invalid, u"a task needs text"_s);
    TimelineEntry entry = record.entry(found.id, arguments.followUp ? u"todo.added"_s : u"task.opened"_s);
    entry.title = Untrusted(text(arguments.text));
    entry.data = {{u"text"_s, text(arguments.text)}};
    if (!arguments.owner.empty())
        entry.data[u"owner"_s] = text(arguments.owner);
    if (!arguments.type.empty())
        entry.data[u"type"_s] = text(arguments.type);
    if (!arguments.due.empty()) {
        const auto due = record.time(arguments.due);
        if (!due)
            return tl::unexpected(due.error());
        entry.data[u"due"_s] = isoUtc(*due);
    }
    if (!arguments.timebox.empty()) {
        const auto box = parseDuration(text(arguments.timebox));
        if (!box)
            return tl::unexpected(box.error());
        entry.data[u"timebox_s"_s] = qint64(*box / std::chrono::seconds(1));
    }
    return std::vector{entry};
}

ExitCode task(const CliContext &context, const WriteArguments &arguments)
{
    return writeEntries(context, arguments.id, [&](RecordSession &record, const RecordSession::Found &found) {
        return taskEntries(arguments, record, found);
    });
}

ExitCode update(const CliContext &context, const WriteArguments &arguments)
{
    return writeEntries(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<std::vector<TimelineEntry>> {
            TimelineEntry entry =
                record.entry(found.id, arguments.draft ? u"update.drafted"_s : u"update.sent"_s);
            entry.title = Untrusted(text(arguments.text).section(u'\n', 0, 0));
            entry.data = {{u"audience"_s, text(arguments.audience)}, {u"text"_s, text(arguments.text)}};
            QStringList to;
            for (const std::string &one : arguments.sentTo)
                to += text(one);
            if (!to.isEmpty())
                entry.data[u"sent_to"_s] = QJsonArray::fromStringList(to);
            if (!arguments.nextDue.empty()) {
                const auto due = record.time(arguments.nextDue);
                if (!due)
                    return tl::unexpected(due.error());
                entry.data[u"next_due"_s] = isoUtc(*due);
            }
            return std::vector{entry};
        });
}

void addId(CLI::App &app, const Shared &arguments)
{
    app.add_option("INCIDENT", arguments->id, "Key, id, or the beginning of an id")
        ->required()
        ->type_name("");
}

auto bound(ExitCode (*run)(const CliContext &, const WriteArguments &), const Shared &arguments)
{
    return [run, arguments](const CliContext &context) { return run(context, *arguments); };
}

auto attachDeclare(CLI::App &app)
{
    const auto arguments = std::make_shared<WriteArguments>();
    app.add_option("--title", arguments->title, "What is wrong, in a line")->type_name("TEXT");
    app.add_option("--severity", arguments->severity, "SEV1 to SEV4")
        ->type_name("NAME")
        ->capture_default_str();
    app.add_option("--kind", arguments->kind, "What sort of incident")
        ->check(CLI::IsMember({"real", "drill", "backfilled"}))
        ->capture_default_str();
    app.add_option("--service", arguments->services, "Service it concerns; may be repeated")
        ->type_name("NAME");
    app.add_option("--from-alert", arguments->alert, "File with alerts as Alertmanager's API gives them")
        ->type_name("FILE");
    return bound(declare, arguments);
}

auto attachNote(CLI::App &app)
{
    const auto arguments = std::make_shared<WriteArguments>();
    addId(app, arguments);
    app.add_option(
           "TEXT", arguments->text, "Lines that begin with TODO:, DECISION:, Q:, A: or HYP: become that")
        ->required()
        ->type_name("");
    app.add_option("--at", arguments->at, "When it happened; else now")->type_name("TIME");
    app.add_option("--level", arguments->level, "Level instead of the kind's own")
        ->check(CLI::IsMember({"trace", "log", "timeline", "key", "public"}));
    return bound(note, arguments);
}

auto attachTask(CLI::App &app)
{
    const auto arguments = std::make_shared<WriteArguments>();
    addId(app, arguments);
    app.add_option("TEXT", arguments->text, "What to do; with --id the result")->type_name("");
    app.add_option("--owner", arguments->owner, "Who does it")->type_name("PERSON");
    app.add_option("--timebox", arguments->timebox, "Back within, for example 5m")->type_name("DURATION");
    app.add_option("--due", arguments->due, "Due at")->type_name("TIME");
    app.add_flag("--follow-up", arguments->followUp, "For after the incident");
    app.add_option("--type", arguments->type, "Of a follow-up")
        ->check(CLI::IsMember({"mitigate", "prevent", "detect", "process", "other"}));
    auto *id = app.add_option("--id", arguments->task, "A task that is there")->type_name("TASK");
    app.add_option("--state", arguments->state, "What became of it")
        ->check(CLI::IsMember({"started", "done", "dropped"}))
        ->needs(id);
    id->needs("--state");
    return bound(task, arguments);
}

auto attachUpdate(CLI::App &app)
{
    const auto arguments = std::make_shared<WriteArguments>();
    addId(app, arguments);
    app.add_option("TEXT", arguments->text, "What was told")->required()->type_name("");
    app.add_option("--audience", arguments->audience, "Whom it is for")
        ->check(CLI::IsMember({"team", "exec", "public"}))
        ->capture_default_str();
    app.add_option("--to", arguments->sentTo, "Where it went; may be repeated")->type_name("PLACE");
    app.add_option("--next", arguments->nextDue, "When the next is due, for example now+30m")
        ->type_name("TIME");
    app.add_flag("--draft", arguments->draft, "Not sent yet");
    return bound(update, arguments);
}

} // namespace

std::vector<IncidentVerb> incidentWriteVerbs()
{
    return {
        {"declare", "Begin an incident; prints its key once it is saved", attachDeclare},
        {"note", "Add a note; prints the entry's id once it is saved", attachNote},
        {"task", "Add a task or follow-up, or say what became of one", attachTask},
        {"update", "Record a status update that was sent or drafted", attachUpdate},
    };
}

} // namespace bw
