// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/compose.h>
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>

#include <QJsonArray>

using namespace Qt::Literals::StringLiterals;

namespace bw::compose {

namespace {

constexpr int kTitle = 200;

/// Of a text the first line is the title; a longer one is the body, too.
void setText(TimelineEntry &entry, const QString &text)
{
    const QString first = text.trimmed().section(u'\n', 0, 0);
    entry.title = Untrusted(first.size() > kTitle ? first.left(kTitle - 1) + u'…' : first);
    if (first != text.trimmed() || first.size() > kTitle)
        entry.body = Untrusted(text.trimmed());
}

void put(QJsonObject &data, const QString &key, const QString &value)
{
    if (!value.isEmpty())
        data[key] = value;
}

QJsonObject labelsObject(const Labels &labels)
{
    QJsonObject object;
    for (const auto &[name, value] : labels.pairs())
        object[verbatim(name)] = verbatim(value);
    return object;
}

} // namespace

TimelineEntry entry(const QString &kind, const QString &title, const QJsonObject &data)
{
    TimelineEntry made;
    made.kind = kind;
    made.data = data;
    made.level = defaultLevel(kind, data);
    setText(made, title);
    return made;
}

TimelineEntry severity(const Incident &incident, const QString &to, const QString &reason)
{
    QJsonObject data{{u"from"_s, incident.severity}, {u"to"_s, to}};
    put(data, u"reason"_s, reason);
    return entry(u"incident.severity"_s, {}, data);
}

TimelineEntry stage(const Incident &incident, Stage to)
{
    QJsonObject data{{u"to"_s, nameOf(to)}};
    if (incident.stage)
        data[u"from"_s] = nameOf(*incident.stage);
    return entry(u"incident.stage"_s, {}, data);
}

TimelineEntry field(const QString &name, const QJsonValue &from, const QJsonValue &to, const QString &reason)
{
    QJsonObject data{{u"field"_s, name}, {u"from"_s, from}, {u"to"_s, to}};
    put(data, u"reason"_s, reason);
    return entry(u"incident.field"_s, {}, data);
}

TimelineEntry star(const EntryId &id, bool starred)
{
    TimelineEntry made =
        entry(u"incident.field"_s, {}, {{u"entry"_s, id.toString()}, {u"starred"_s, starred}});
    made.level = EntryLevel::Trace; // about the record, not about what happened
    return made;
}

TimelineEntry level(const EntryId &id, EntryLevel level)
{
    TimelineEntry made =
        entry(u"incident.field"_s, {}, {{u"entry"_s, id.toString()}, {u"level"_s, nameOf(level)}});
    made.level = EntryLevel::Trace;
    return made;
}

TimelineEntry deleted(const EntryId &id, const QString &reason)
{
    QJsonObject data{{u"deleted"_s, id.toString()}};
    put(data, u"reason"_s, reason);
    TimelineEntry made = entry(u"incident.field"_s, {}, data);
    made.level = EntryLevel::Log;
    return made;
}

TimelineEntry edited(const TimelineEntry &before, const QString &title, const QString &body, Timestamp at)
{
    TimelineEntry next = before;
    next.id = {};
    next.writer = {};
    next.seq = 0;
    next.hlc = {};
    next.recorded = {};
    next.actor = {};
    next.title = Untrusted(title);
    next.body = Untrusted(body);
    next.at = at;
    next.supersedes = before.id;
    return next;
}

TimelineEntry frozen(bool isFrozen, const QString &reason)
{
    QJsonObject data;
    put(data, u"reason"_s, reason);
    return entry(isFrozen ? u"incident.frozen"_s : u"incident.unfrozen"_s, reason, data);
}

TimelineEntry role(const QString &kind, Role role, const QString &person, const QString &service)
{
    QJsonObject data{{u"role"_s, nameOf(role)}, {u"person"_s, person}};
    put(data, u"service"_s, service);
    return entry(u"role."_s + kind, {}, data);
}

TimelineEntry milestone(MilestoneName name, Timestamp at, bool isMoved, const QString &note)
{
    QJsonObject data{{u"name"_s, nameOf(name)}, {u"source"_s, u"user"_s}};
    put(data, u"note"_s, note);
    TimelineEntry made = entry(isMoved ? u"milestone.moved"_s : u"milestone.set"_s, {}, data);
    made.at = at;
    made.confidence = Confidence::Reported;
    return made;
}

TimelineEntry task(const QString &text, const QString &owner, std::chrono::seconds timebox)
{
    QJsonObject data{{u"text"_s, text}, {u"phase"_s, u"response"_s}};
    put(data, u"owner"_s, owner);
    if (timebox.count() > 0)
        data[u"timebox_s"_s] = qint64(timebox.count());
    return entry(u"task.opened"_s, text, data);
}

TimelineEntry followUp(
    const QString &text, const QString &owner, Task::Type type, std::optional<Timestamp> due)
{
    QJsonObject data{{u"text"_s, text}, {u"type"_s, nameOf(type)}};
    put(data, u"owner"_s, owner);
    if (due)
        data[u"due"_s] = isoUtc(*due);
    return entry(u"todo.added"_s, text, data);
}

TimelineEntry taskMoved(const Task &task, Task::State to, const QString &result)
{
    QJsonObject data{{u"task"_s, task.id}};
    put(data, u"result"_s, result);
    QString title = verbatim(task.text);
    if (!result.isEmpty())
        title += u": "_s + result;
    const QString kind = to == Task::State::Done ? u"task.done"_s
        : to == Task::State::Dropped             ? u"task.dropped"_s
                                                 : u"task.started"_s;
    return entry(kind, title, data);
}

TimelineEntry timeboxOver(const Task &task)
{
    return entry(u"task.timebox_due"_s, verbatim(task.text), {{u"task"_s, task.id}});
}

TimelineEntry hypothesis(const QString &text)
{
    return entry(u"hypothesis.opened"_s, text, {{u"text"_s, text}});
}

TimelineEntry evidenceFor(const Hypothesis &hypothesis, const QStringList &entries, Hypothesis::State state)
{
    return entry(u"hypothesis.evidence"_s,
        u"%1: %2"_s.arg(nameOf(state).replace(u'_', u' '), verbatim(hypothesis.text)),
        {{u"hypothesis"_s, hypothesis.id}, {u"evidence"_s, QJsonArray::fromStringList(entries)},
            {u"state"_s, nameOf(state)}});
}

TimelineEntry hypothesisSettled(const Hypothesis &hypothesis, bool isConfirmed, const QString &why)
{
    QJsonObject data{{u"hypothesis"_s, hypothesis.id}};
    put(data, u"why"_s, why);
    return entry(isConfirmed ? u"hypothesis.confirmed"_s : u"hypothesis.ruled_out"_s,
        why.isEmpty() ? verbatim(hypothesis.text) : verbatim(hypothesis.text) + u": "_s + why, data);
}

TimelineEntry decision(
    const QString &kind, const QString &text, const QString &owner, const QStringList &objections)
{
    QJsonObject data{{u"text"_s, text}};
    put(data, u"owner"_s, owner);
    if (!objections.isEmpty())
        data[u"objections"_s] = QJsonArray::fromStringList(objections);
    return entry(u"decision."_s + kind, text, data);
}

TimelineEntry decisionMoved(const Decision &decision, const QString &kind, const QString &reason)
{
    QJsonObject data{{u"decision"_s, decision.id}};
    put(data, u"reason"_s, reason);
    return entry(u"decision."_s + kind,
        reason.isEmpty() ? verbatim(decision.text) : verbatim(decision.text) + u": "_s + reason, data);
}

QString fingerprintText(quint64 fingerprint) { return u"%1"_s.arg(fingerprint, 16, 16, QChar(u'0')); }

QJsonObject alertData(const Alert &alert, bool linked)
{
    QJsonObject data{{u"alert"_s, fingerprintText(alert.key.fingerprint)}, {u"source"_s, alert.key.source.id},
        {u"labels"_s, labelsObject(alert.labels)}, {u"annotations"_s, labelsObject(alert.annotations)},
        {u"starts_at"_s, isoUtc(alert.startsAt)}, {u"linked"_s, linked}};
    if (alert.endsAt)
        data[u"ends_at"_s] = isoUtc(*alert.endsAt);
    put(data, u"generator_url"_s, verbatim(alert.generatorUrl));
    return data;
}

TimelineEntry alert(const QString &kind, const Alert &alert, bool linked)
{
    QString title = verbatim(alert.name());
    if (const QString service = alert.service(); !service.isEmpty())
        title += u" · "_s + service;
    if (!alert.summary().isEmpty())
        title += u": "_s + verbatim(alert.summary());
    TimelineEntry made = entry(u"alert."_s + kind, title, alertData(alert, linked));
    made.actor = {Actor::Type::System, u"alerts"_s, Untrusted(alert.key.source.id)};
    made.timeSource = TimeSource::Backend;
    made.refs.push_back({EntryRef::Kind::Alert, Untrusted(fingerprintText(alert.key.fingerprint))});
    return made;
}

TimelineEntry silence(const Silence &silence)
{
    QStringList matchers;
    for (const SilenceMatcher &one : silence.matchers) {
        const QString op = one.isEqual ? (one.isRegex ? u"=~"_s : u"="_s) : (one.isRegex ? u"!~"_s : u"!="_s);
        matchers += verbatim(one.name) + op + verbatim(one.value);
    }
    return entry(u"alert.silenced"_s,
        u"silence %1 until %2: %3"_s.arg(silence.id, isoUtc(silence.endsAt), matchers.join(u", "_s)),
        {{u"silence"_s, silence.id}, {u"matchers"_s, QJsonArray::fromStringList(matchers)},
            {u"ends_at"_s, isoUtc(silence.endsAt)}, {u"created_by"_s, verbatim(silence.createdBy)},
            {u"comment"_s, verbatim(silence.comment)}});
}

} // namespace bw::compose
