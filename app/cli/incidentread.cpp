// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentmetrics.h>
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/lifecycle.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>

#include <CLI/CLI.hpp>

#include <QJsonArray>
#include <QJsonObject>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct ReadArguments
{
    std::string id, since, service, level = "timeline", kinds, format, head;
    bool open = false, all = false;
};
using Shared = std::shared_ptr<ReadArguments>;

QString line(const Untrusted &text) { return render::line(text); }
QString line(const QString &text) { return render::line(Untrusted(text)); }

/// Milliseconds are noise in a list; the record and --json have all nine digits.
QString moment(Timestamp time) { return isoUtc(std::chrono::floor<std::chrono::seconds>(time)); }

void writeObject(JsonWriter &json, const QJsonObject &object);
void writeValue(JsonWriter &json, const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        json.value(value.toBool());
        break;
    case QJsonValue::Double:
        if (value.toDouble() == double(value.toInteger()))
            json.value(value.toInteger());
        else
            json.value(value.toDouble());
        break;
    case QJsonValue::String:
        json.value(value.toString());
        break;
    case QJsonValue::Array:
        json.beginArray();
        for (const QJsonValue &one : value.toArray())
            writeValue(json, one);
        json.endArray();
        break;
    case QJsonValue::Object:
        writeObject(json, value.toObject());
        break;
    default:
        json.null();
    }
}
void writeObject(JsonWriter &json, const QJsonObject &object)
{
    json.beginObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        json.key(it.key());
        writeValue(json, *it);
    }
    json.endObject();
}

void writeHead(JsonWriter &json, const Incident &incident)
{
    json.member(u"id", incident.id.toString()).member(u"key", incident.key);
    json.member(u"title", verbatim(incident.title)).member(u"summary", verbatim(incident.summary));
    json.member(u"kind", nameOf(incident.kind)).member(u"phase", nameOf(incident.phase));
    if (incident.stage)
        json.member(u"stage", nameOf(*incident.stage));
    json.member(u"severity", incident.severity).member(u"services", incident.services);
    json.member(u"commander", incident.commander).member(u"declaredAt", incident.declaredAt);
    json.member(u"isOver", incident.isOver());
}

/// Runs `read` on the record; without one, on nothing.
ExitCode reading(const CliContext &context, const std::function<ExitCode(RecordSession &)> &read)
{
    auto record = RecordSession::open(context, RecordSession::For::Reading);
    return record ? read(**record) : refuseRecord(record.error());
}

ExitCode list(const CliContext &context, const ReadArguments &arguments)
{
    std::vector<IncidentSummary> shown;
    auto record = RecordSession::open(context, RecordSession::For::Reading);
    if (!record && record.error().kind != Error::Kind::NotFound)
        return refuseRecord(record.error());
    if (record) {
        auto all = (*record)->db().list();
        if (!all)
            return refuseRecord(all.error());
        std::optional<Timestamp> since;
        if (!arguments.since.empty()) {
            const auto time = (*record)->time(arguments.since);
            if (!time)
                return refuseRecord(time.error());
            since = *time;
        }
        const QString service = QString::fromStdString(arguments.service);
        for (IncidentSummary &summary : *all) {
            const bool fits = !(arguments.open && summary.head.isOver())
                && !(since && summary.head.declaredAt < *since)
                && (service.isEmpty() || summary.head.services.contains(service));
            if (fits)
                shown.push_back(std::move(summary));
        }
    }
    if (!context.json) {
        for (const IncidentSummary &one : shown)
            printData(u"%1  %2  %3  %4  %5\n"_s.arg(one.head.key, -13)
                          .arg(line(one.head.severity), -5)
                          .arg(nameOf(one.head.phase), -10)
                          .arg(moment(one.head.declaredAt), line(one.head.title))
                          .toUtf8());
        return ExitCode::Done;
    }
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/incidents/1"_s).key(u"incidents").beginArray();
    for (const IncidentSummary &one : shown) {
        json.beginObject();
        writeHead(json, one.head);
        json.member(u"entries", one.entries).member(u"lastRecorded", one.lastRecorded).endObject();
    }
    printData(json.endArray().endObject().take());
    return ExitCode::Done;
}

QString detail(const Incident &incident)
{
    QString text = u"%1  %2  %3%4\n%5\n"_s.arg(incident.key, line(incident.severity), nameOf(incident.phase),
        incident.stage ? u" ("_s + nameOf(*incident.stage) + u')' : QString(), line(incident.title));
    const auto add = [&text](const QString &name, const QString &value) {
        if (!value.isEmpty())
            text += u"  %1%2\n"_s.arg(name, -22).arg(value);
    };
    add(u"id"_s, incident.id.toString());
    add(u"kind"_s, nameOf(incident.kind));
    add(u"services"_s, line(incident.services.join(u", "_s)));
    add(u"commander"_s, line(incident.commander));
    for (const auto &[name, milestone] : incident.milestones)
        add(nameOf(name).replace(u'_', u' '),
            moment(milestone.at)
                + (milestone.source == Milestone::Source::User ? u" (set by hand)"_s : QString()));
    for (const OrderProblem &problem : orderProblems(incident.milestones))
        add(u"wrong order"_s, problem.text());
    for (const IncidentMetric &metric : metricsOf(incident)) {
        if (metric.value)
            add(metric.id, u"%1 s = %2"_s.arg(*metric.value / std::chrono::seconds(1)).arg(metric.formula));
    }
    for (const Task &task : incident.tasks) {
        if (task.isOpen())
            add(task.purpose == Task::Purpose::FollowUp ? u"follow-up"_s : u"task"_s,
                u"%1 [%2] %3"_s.arg(task.id, line(task.owner), line(task.text)));
    }
    for (const OpenChange &change : incident.openChanges)
        add(u"open change"_s, line(change.run) + u' ' + line(change.title));
    add(u"entries"_s, QString::number(incident.entries));
    return text;
}

ExitCode show(const CliContext &context, const ReadArguments &arguments)
{
    return reading(context, [&](RecordSession &record) {
        const auto found = record.find(arguments.id);
        if (!found)
            return refuseRecord(found.error());
        const Incident &incident = found->incident;
        if (!context.json) {
            printData(detail(incident).toUtf8());
            return ExitCode::Done;
        }
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/incident/1"_s);
        writeHead(json, incident);
        json.key(u"milestones").beginObject();
        for (const auto &[name, milestone] : incident.milestones) {
            json.key(nameOf(name)).beginObject().member(u"at", milestone.at);
            json.member(u"source", nameOf(milestone.source));
            if (milestone.automatic)
                json.member(u"automatic", *milestone.automatic);
            json.endObject();
        }
        json.endObject().key(u"tasks").beginArray();
        for (const Task &task : incident.tasks) {
            json.beginObject().member(u"id", task.id).member(u"text", verbatim(task.text));
            json.member(u"owner", task.owner).member(u"state", nameOf(task.state));
            json.member(u"phase", nameOf(task.purpose)).member(u"type", nameOf(task.type));
            if (task.due)
                json.member(u"due", *task.due);
            json.endObject();
        }
        json.endArray().key(u"openChanges").beginArray();
        for (const OpenChange &change : incident.openChanges)
            json.beginObject().member(u"run", change.run).member(u"undo", change.undo).endObject();
        json.endArray().key(u"alerts").beginArray();
        for (const LinkedAlert &alert : incident.alerts) {
            json.beginObject().member(u"fingerprint", alert.fingerprint).member(u"source", alert.source);
            json.member(u"relation", nameOf(alert.relation)).key(u"labels");
            writeObject(json, alert.labels);
            json.endObject();
        }
        json.endArray().key(u"metrics").beginArray();
        for (const IncidentMetric &metric : metricsOf(incident)) {
            json.beginObject().member(u"id", metric.id).member(u"formula", metric.formula);
            if (metric.value)
                json.member(u"seconds", double(metric.value->count()) / 1e9);
            else
                json.member(u"missing", metric.missing);
            json.endObject();
        }
        json.endArray().member(u"entries", incident.entries);
        printData(json.endObject().take());
        return ExitCode::Done;
    });
}

void writeEntry(JsonWriter &json, const CuratedEntry &one)
{
    const TimelineEntry &entry = one.entry;
    json.beginObject().member(u"id", entry.id.toString()).member(u"at", entry.at);
    if (entry.atEnd)
        json.member(u"atEnd", *entry.atEnd);
    json.member(u"recorded", entry.recorded.utc).member(u"zone", entry.recorded.zone);
    json.member(u"kind", entry.kind).member(u"level", nameOf(one.level)).member(u"starred", one.starred);
    json.member(u"actor", entry.actor.id).member(u"title", verbatim(entry.title));
    json.member(u"text", verbatim(entry.body)).member(u"confidence", nameOf(entry.confidence));
    json.member(u"writer", entry.writer.toString()).member(u"seq", qint64(entry.seq));
    json.member(u"redacted", entry.redacted).member(u"versions", int(one.versions.size()));
    json.key(u"data");
    writeObject(json, entry.data);
    json.endObject();
}

ExitCode timeline(const CliContext &context, const ReadArguments &arguments)
{
    return reading(context, [&](RecordSession &record) {
        const auto found = record.find(arguments.id);
        if (!found)
            return refuseRecord(found.error());
        const auto level = valueOf<EntryLevel>(QString::fromStdString(arguments.level));
        std::vector<CuratedEntry> shown =
            visible(curate(found->entries), level.value_or(EntryLevel::Timeline));
        const QStringList kinds = QString::fromStdString(arguments.kinds).split(u',', Qt::SkipEmptyParts);
        std::erase_if(shown, [&kinds](const CuratedEntry &one) {
            return !kinds.isEmpty() && std::none_of(kinds.begin(), kinds.end(), [&one](const QString &kind) {
                return one.entry.kind == kind || one.entry.kind.startsWith(kind + u'.');
            });
        });
        const bool asJson = context.json ? arguments.format != "jsonl" : arguments.format == "json";
        if (asJson) {
            JsonWriter json;
            json.beginObject().member(u"schema", u"bridgewatch/timeline/1"_s);
            json.member(u"incident", found->id.toString()).member(u"key", found->incident.key);
            json.key(u"entries").beginArray();
            for (const CuratedEntry &one : shown)
                writeEntry(json, one);
            printData(json.endArray().endObject().take());
            return ExitCode::Done;
        }
        for (const CuratedEntry &one : shown) {
            if (arguments.format == "jsonl") {
                JsonWriter json(JsonWriter::Layout::OneLine);
                writeEntry(json, one);
                printData(json.take());
                continue;
            }
            const QString text =
                one.entry.redacted ? u"(redacted: %1)"_s.arg(line(one.reason)) : line(one.entry.title);
            printData(u"%1  %2  %3  %4  %5\n"_s.arg(moment(one.entry.at))
                          .arg(nameOf(one.level), -8)
                          .arg(entryKindLabel(one.entry.kind), -16)
                          .arg(line(one.entry.actor.id), -10)
                          .arg(text)
                          .toUtf8());
        }
        return ExitCode::Done;
    });
}

ExitCode verify(const CliContext &context, const ReadArguments &arguments)
{
    return reading(context, [&](RecordSession &record) {
        std::vector<IncidentId> ids;
        if (arguments.id.empty()) {
            const auto all = record.db().incidents();
            if (!all)
                return refuseRecord(all.error());
            ids = *all;
        } else {
            const auto id = record.db().find(QString::fromStdString(arguments.id));
            if (!id)
                return refuseRecord(id.error());
            ids = {*id};
        }
        ExitCode code = ExitCode::Done;
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/verify/1"_s).key(u"incidents").beginArray();
        for (const IncidentId &id : ids) {
            auto report = record.db().verify(id);
            if (!report)
                return refuseRecord(report.error());
            const QByteArray witness = QByteArray::fromStdString(arguments.head);
            const bool isSeen = witness.isEmpty()
                || std::any_of(report->heads.begin(), report->heads.end(),
                    [&](const auto &head) { return head.second.hash == witness; });
            if (!isSeen)
                report->findings +=
                    u"no writer's chain ends with the head %1"_s.arg(QString::fromLatin1(witness));
            if (!report->findings.isEmpty())
                code = ExitCode::Negative;
            json.beginObject().member(u"id", id.toString()).member(u"key", report->key);
            json.member(u"entries", report->entries).member(u"findings", report->findings);
            json.key(u"heads").beginObject();
            QString text =
                u"%1: %2 entries, %3\n"_s.arg(report->key.isEmpty() ? id.toString() : line(report->key))
                    .arg(report->entries)
                    .arg(report->findings.isEmpty() ? u"whole"_s : u"damaged or changed"_s);
            for (const auto &[writer, head] : report->heads) {
                json.member(writer.toString(), QString::fromLatin1(head.hash));
                text += u"  head %1 of writer %2\n"_s.arg(QString::fromLatin1(head.hash), writer.toString());
            }
            json.endObject().endObject();
            for (const QString &finding : report->findings)
                text += u"  %1\n"_s.arg(line(finding));
            if (!context.json)
                printData(text.toUtf8());
        }
        if (context.json)
            printData(json.endArray().endObject().take());
        return code;
    });
}

CLI::Option *addId(CLI::App &app, const Shared &arguments)
{
    return app.add_option("INCIDENT", arguments->id, "Key, id, or the beginning of an id")->type_name("");
}

auto bound(ExitCode (*run)(const CliContext &, const ReadArguments &), const Shared &arguments)
{
    return [run, arguments](const CliContext &context) { return run(context, *arguments); };
}

} // namespace

std::vector<IncidentVerb> incidentReadVerbs()
{
    return {
        {"list", "Every incident, the newest first",
            [](CLI::App &app) {
                const auto arguments = std::make_shared<ReadArguments>();
                app.add_flag("--open", arguments->open, "Only those that are not over");
                app.add_option("--since", arguments->since, "Declared since, for example now-30d")
                    ->type_name("TIME");
                app.add_option("--service", arguments->service, "Of this service")->type_name("NAME");
                return bound(list, arguments);
            }},
        {"show", "Head, milestones, figures, open tasks and changes",
            [](CLI::App &app) {
                const auto arguments = std::make_shared<ReadArguments>();
                addId(app, arguments)->required();
                return bound(show, arguments);
            }},
        {"timeline", "What happened, in order",
            [](CLI::App &app) {
                const auto arguments = std::make_shared<ReadArguments>();
                addId(app, arguments)->required();
                app.add_option("--level", arguments->level, "From this level up")
                    ->check(CLI::IsMember({"trace", "log", "timeline", "key", "public"}))
                    ->capture_default_str();
                app.add_option("--kinds", arguments->kinds, "Only these, such as note,run.finished")
                    ->type_name("LIST");
                app.add_option("--format", arguments->format, "How to print it")
                    ->check(CLI::IsMember({"text", "json", "jsonl"}));
                return bound(timeline, arguments);
            }},
        {"verify", "Read every line of both copies; exit 1 when something is wrong",
            [](CLI::App &app) {
                const auto arguments = std::make_shared<ReadArguments>();
                auto *id = addId(app, arguments);
                app.add_flag("--all", arguments->all, "Every incident; also without an incident")
                    ->excludes(id);
                app.add_option("--head", arguments->head, "Hash that a writer's chain must end with")
                    ->type_name("HASH")
                    ->needs(id);
                return bound(verify, arguments);
            }},
    };
}

} // namespace bw
