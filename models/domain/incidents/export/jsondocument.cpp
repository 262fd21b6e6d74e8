// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/incidentdocument.h>

#include <domain/base/format.h>
#include <domain/incidents/export/regionblocks.h>
#include <domain/incidents/incidentmetrics.h>
#include <domain/incidents/incidentnames.h>

#include <QJsonArray>
#include <QJsonDocument>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Whole seconds, or as many of nine digits as are not zero.
QString exact(Timestamp t)
{
    const qint64 ns = toNs(t);
    qint64 fraction = ns % 1'000'000'000;
    if (fraction < 0)
        fraction += 1'000'000'000;
    QString text = TimeWriter({}, TimeWriter::Precision::Seconds).iso(t);
    if (fraction == 0)
        return text;
    QString digits = QString::number(fraction).rightJustified(9, u'0');
    while (digits.endsWith(u'0'))
        digits.chop(1);
    text.chop(1);
    return text + u'.' + digits + u'Z';
}

/// Members that say nothing are left out, so that a reader sees what there is.
class Object
{
public:
    Object &put(const char *name, const QString &text)
    {
        if (!text.isEmpty())
            m_json.insert(QLatin1StringView(name), text);
        return *this;
    }
    Object &put(const char *name, const Untrusted &text) { return put(name, verbatim(text)); }
    Object &put(const char *name, const std::optional<Timestamp> &t)
    {
        return t ? put(name, exact(*t)) : *this;
    }
    Object &put(const char *name, const QStringList &list)
    {
        if (!list.isEmpty())
            m_json.insert(QLatin1StringView(name), QJsonArray::fromStringList(list));
        return *this;
    }
    Object &put(const char *name, const QJsonObject &object)
    {
        if (!object.isEmpty())
            m_json.insert(QLatin1StringView(name), object);
        return *this;
    }
    Object &put(const char *name, const QJsonArray &array)
    {
        m_json.insert(QLatin1StringView(name), array);
        return *this;
    }
    Object &truth(const char *name, bool isTrue)
    {
        if (isTrue)
            m_json.insert(QLatin1StringView(name), true);
        return *this;
    }
    Object &number(const char *name, qint64 value)
    {
        m_json.insert(QLatin1StringView(name), value);
        return *this;
    }
    QJsonObject take() { return std::move(m_json); }

private:
    QJsonObject m_json;
};

template<typename T, typename F> QJsonArray arrayOf(const std::vector<T> &all, const F &json)
{
    QJsonArray array;
    for (const T &one : all)
        array.append(json(one));
    return array;
}

QJsonObject jsonOf(const std::map<QString, QString> &map)
{
    QJsonObject json;
    for (const auto &[key, value] : map)
        json.insert(key, value);
    return json;
}

QJsonObject entryJson(const CuratedEntry &one, const Incident &incident)
{
    const TimelineEntry &entry = one.entry;
    Object json;
    json.put("id", entry.id.toString()).put("at", std::optional(entry.at)).put("at_end", entry.atEnd);
    json.put("recorded", std::optional(entry.recorded.utc)).put("recorded_zone", entry.recorded.zone);
    json.put("kind", entry.kind)
        .put("level", nameOf(one.level))
        .put("title", entry.title)
        .put("text", entry.body);
    json.put("actor",
        Object()
            .put("type", nameOf(entry.actor.type))
            .put("id", entry.actor.id)
            .put("name", entry.actor.display)
            .take());
    json.put("time_source", nameOf(entry.timeSource)).put("confidence", nameOf(entry.confidence));
    if (entry.skewMs)
        json.number("skew_ms", *entry.skewMs);
    json.truth("starred", one.starred)
        .truth("edited", one.versions.size() > 1)
        .truth("redacted", entry.redacted);
    if (!entry.refs.empty())
        json.put("refs", arrayOf(entry.refs, [](const EntryRef &ref) {
            return Object().put("kind", nameOf(ref.kind)).put("target", ref.target).take();
        }));
    json.put("url", QString::fromLatin1(safeAddress(sourceAddress(entry, incident)))).put("data", entry.data);
    return json.take();
}

QJsonObject milestonesJson(const Incident &incident)
{
    QJsonObject all;
    for (const auto &[name, one] : incident.milestones) {
        Object json;
        json.put("at", std::optional(one.at)).put("source", nameOf(one.source)).put("note", one.note);
        json.put("recorded", one.automatic);
        if (one.uncertaintySeconds > 0)
            json.number("uncertainty_s", one.uncertaintySeconds);
        all.insert(nameOf(name), json.take());
    }
    return all;
}

QJsonObject metricsJson(const Incident &incident)
{
    QJsonObject all;
    for (const IncidentMetric &one : metricsOf(incident)) {
        QJsonObject json{{u"formula"_s, one.formula}};
        json.insert("seconds"_L1, one.value ? QJsonValue(double(one.value->count()) / 1e9) : QJsonValue());
        if (!one.missing.isEmpty())
            json.insert("missing"_L1, one.missing);
        all.insert(one.id.toLower().replace(u' ', u'_'), json);
    }
    return all;
}

QJsonObject snapshotJson(const Snapshot &one, const RedactedRecord &redacted)
{
    Object json;
    json.put("id", one.id)
        .put("kind", nameOf(one.kind))
        .put("title", one.title)
        .put("datasource", one.datasource);
    json.put("query", one.query).put("variables", one.variables).put("from", one.from).put("to", one.to);
    json.put("fetched_at", one.fetchedAt).put("sha256", one.sha256).put("source_url", one.sourceUrl);
    json.truth("truncated", one.truncated).put("entry", one.entry.toString());
    if (one.stepMs > 0)
        json.number("step_ms", one.stepMs);
    const auto data = redacted.record.data.find(one.id);
    if (data != redacted.record.data.end() && redacted.options.effectiveCharts() != ChartStyle::Image) {
        if (!data->second.series.empty())
            json.put("data",
                QJsonDocument::fromJson(seriesBytes(data->second.series, data->second.unit)).object());
        json.put("text", data->second.text);
    }
    return json.take();
}

void putPeople(Object &json, const Incident &incident)
{
    json.put("people", arrayOf(incident.people, [](const Participant &one) {
        Object person;
        person.put("id", one.person.id).put("name", one.person.display).put("handle", one.person.handle);
        person.put("contact", one.person.contact).put("team", one.person.team).put("zone", one.person.zone);
        return person.put("joined", std::optional(one.joined)).put("left", one.left).take();
    }));
    json.put("roles", arrayOf(incident.roles, [](const RoleAssignment &one) {
        Object role;
        role.put("role", nameOf(one.role)).put("person", one.person).put("service", one.service);
        return role.put("from", std::optional(one.from))
            .put("to", one.to)
            .put("accepted_at", one.acceptedAt)
            .take();
    }));
}

void putWork(Object &json, const Incident &incident)
{
    json.put("tasks", arrayOf(incident.tasks, [](const Task &one) {
        Object task;
        task.put("id", one.id).put("text", one.text).put("owner", one.owner).put("created_by", one.createdBy);
        task.put("created", std::optional(one.created)).put("due", one.due).put("ended", one.ended);
        task.put("state", nameOf(one.state)).put("phase", nameOf(one.purpose)).put("type", nameOf(one.type));
        return task.put("priority", one.priority)
            .put("result", one.result)
            .put("tracker_url", one.trackerUrl)
            .take();
    }));
    json.put("hypotheses", arrayOf(incident.hypotheses, [](const Hypothesis &one) {
        Object idea;
        idea.put("id", one.id).put("text", one.text).put("by", one.by).put("state", nameOf(one.state));
        return idea.put("why", one.why)
            .put("opened", std::optional(one.opened))
            .put("settled", one.settled)
            .take();
    }));
    json.put("decisions", arrayOf(incident.decisions, [](const Decision &one) {
        Object decision;
        decision.put("id", one.id)
            .put("text", one.text)
            .put("options", one.options)
            .put("objections", one.objections);
        return decision.put("owner", one.owner)
            .put("state", nameOf(one.state))
            .put("at", std::optional(one.at))
            .take();
    }));
    json.put("updates", arrayOf(incident.updates, [](const StatusUpdate &one) {
        Object update;
        update.put("id", one.id).put("audience", nameOf(one.audience)).put("state", nameOf(one.state));
        update.put("text", one.text).put("conditions", one.conditions).put("actions", one.actions);
        update.put("needs", one.needs).put("author", one.author).put("approved_by", one.approvedBy);
        return update.put("sent_to", one.sentTo)
            .put("sent_at", one.sentAt)
            .put("next_due", one.nextDue)
            .take();
    }));
    json.put("open_changes", arrayOf(incident.openChanges, [](const OpenChange &one) {
        Object change;
        change.put("run", one.run).put("risk", one.risk).put("undo", one.undo).put("title", one.title);
        return change.put("by", one.by).put("at", std::optional(one.at)).take();
    }));
}

void putImpact(Object &json, const Incident &incident)
{
    json.put("impact", arrayOf(incident.impact, [](const ImpactInterval &one) {
        Object impact;
        impact.put("from", std::optional(one.from)).put("to", one.to).put("scope", one.scope);
        impact.put("metric", one.metric).put("customers", one.customers).put("regions", one.regions);
        return impact.truth("sla_breach", one.slaBreach).put("budget", one.budget).take();
    }));
    json.put("alerts", arrayOf(incident.alerts, [](const LinkedAlert &one) {
        Object alert;
        alert.put("fingerprint", one.fingerprint).put("source", one.source).put("labels", one.labels);
        alert.put("annotations", one.annotations).put("starts_at", one.startsAt).put("ends_at", one.endsAt);
        alert.put("relation", nameOf(one.relation)).put("generator_url", one.generatorUrl);
        return alert.put("first_seen", std::optional(one.firstSeen)).take();
    }));
}

QJsonObject reviewJson(const Postmortem &review)
{
    Object json;
    json.put("state", nameOf(review.state)).put("owner", review.owner).put("due", review.due);
    json.put("meeting_at", review.meetingAt).put("waived_reason", review.waivedReason);
    json.put("contributing_factors", review.contributingFactors).put("went_well", review.wentWell);
    json.put("went_badly", review.wentBadly).put("lucky", review.lucky).put("sections", review.sections);
    return json.take();
}

QJsonObject provenanceJson(const RedactedRecord &redacted)
{
    QJsonObject versions, removed, heads;
    for (const auto &[name, version] : redacted.record.versions)
        versions.insert(name, version);
    for (const auto &[what, count] : redacted.removed)
        removed.insert(what, count);
    for (const WriterHead &head : redacted.record.heads)
        heads.insert(head.writer.toString(),
            QJsonObject{{u"seq"_s, qint64(head.seq)}, {u"hash"_s, QString::fromLatin1(head.hash)}});
    Object json;
    json.put("options", toJson(redacted.options)).put("versions", versions).put("heads", heads);
    return json.put("removed", removed).take();
}

} // namespace

QByteArray jsonDocument(const RedactedRecord &redacted)
{
    const Incident &incident = redacted.record.incident;
    Object json;
    json.put("schema", u"bridgewatch.incident/1"_s)
        .put("id", incident.id.toString())
        .put("key", incident.key);
    json.put("title", incident.title).put("summary", incident.summary).put("kind", nameOf(incident.kind));
    json.put("phase", nameOf(incident.phase))
        .put("stage", incident.stage ? nameOf(*incident.stage) : QString());
    json.put("status", incident.statusLabel)
        .put("severity", incident.severity)
        .put("priority", incident.priority);
    json.put("visibility", nameOf(incident.visibility)).put("services", incident.services);
    json.put("environments", incident.environments).put("regions", incident.regions);
    json.put("tags", jsonOf(incident.tags)).put("custom", jsonOf(incident.custom));
    json.put("commander", incident.commander).put("declared_at", std::optional(incident.declaredAt));
    json.put("document_date", std::optional(redacted.date));
    json.put("milestones", milestonesJson(incident)).put("metrics", metricsJson(incident));
    putPeople(json, incident);
    putImpact(json, incident);
    putWork(json, incident);
    json.put("review", reviewJson(incident.postmortem));
    json.put("evidence",
        arrayOf(incident.snapshots, [&](const Snapshot &one) { return snapshotJson(one, redacted); }));
    json.put("timeline",
        arrayOf(redacted.record.entries, [&](const CuratedEntry &one) { return entryJson(one, incident); }));
    json.put("provenance", provenanceJson(redacted));
    return QJsonDocument(json.take()).toJson(QJsonDocument::Indented);
}

QByteArray jsonLines(const RedactedRecord &redacted)
{
    QByteArray out;
    for (const CuratedEntry &one : redacted.record.entries)
        out += QJsonDocument(entryJson(one, redacted.record.incident)).toJson(QJsonDocument::Compact) + '\n';
    return out;
}

} // namespace bw
