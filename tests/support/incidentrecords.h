// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/export/incidentrecord.h>
#include <support/incidententries.h>

namespace bw {

inline IncidentRecord recordOf(const EntryMaker &maker)
{
    IncidentRecord record;
    record.entries = curate(maker.entries());
    record.incident = project(record.entries);
    record.versions = {{QStringLiteral("Bridgewatch"), QStringLiteral("0.1.0")},
        {QStringLiteral("Qt"), QStringLiteral("6")}};
    record.heads = {{WriterId{testUuid(7)}, 12, QByteArray(64, 'a')}};
    return record;
}

inline Series rampSeries(Timestamp from, int samples, const QString &host)
{
    Series series;
    series.labels = Labels::fromPairs({{Untrusted(QStringLiteral("instance")), Untrusted(host)}});
    for (int i = 0; i < samples; ++i) {
        series.times.push_back(toNs(from + std::chrono::seconds(15 * i)));
        series.values.push_back(i % 20);
    }
    return series;
}

/// An incident with something in every part of it.
inline IncidentRecord sampleRecord()
{
    using namespace Qt::Literals::StringLiterals;
    EntryMaker maker;
    const QString alert = u"00000000000000ab"_s;
    maker.add(u"alert.linked"_s, u"HighErrorRate"_s,
        {{u"alert"_s, alert}, {u"source"_s, u"am-eu"_s}, {u"relation"_s, u"trigger"_s},
            {u"labels"_s,
                QJsonObject{{u"alertname"_s, u"HighErrorRate"_s},
                    {u"instance"_s, u"db-1.prod.internal:9100"_s}, {u"pod"_s, u"api-7d9f8c6b5d-x2x4k"_s}}},
            {u"generator_url"_s, u"https://prom.example/graph?g0.expr=up"_s}});
    maker.wait(60).add(u"incident.declared"_s, u"Checkout fails"_s,
        {{u"key"_s, u"INC-2026-0042"_s}, {u"severity"_s, u"SEV2"_s},
            {u"summary"_s, u"Anna saw errors on db-1.prod.internal.\nCustomers could not pay."_s},
            {u"services"_s, QJsonArray{u"checkout"_s}}});
    maker.add(u"people.joined"_s, {},
        {{u"person"_s,
            QJsonObject{{u"id"_s, u"anna"_s}, {u"display"_s, u"Anna Schmidt"_s}, {u"handle"_s, u"@annas"_s},
                {u"contact"_s, u"anna@corp.example"_s}}}});
    maker.add(
        u"role.assigned"_s, u"Anna is commander"_s, {{u"role"_s, u"commander"_s}, {u"person"_s, u"anna"_s}});
    maker.add(u"impact.started"_s, u"Payments fail for 30 % of customers"_s,
        {{u"impact"_s, u"i1"_s}, {u"customers"_s, u"4,000"_s}});
    maker.wait(30).add(u"alert.acked"_s, u"HighErrorRate"_s, {{u"alert"_s, alert}});
    TimelineEntry &note = maker.wait(61).add(u"note.text"_s, u"Connection pool is full"_s);
    note.body = Untrusted(
        u"Seen on 10.1.2.3 and api-7d9f8c6b5d-x2x4k by Anna Schmidt.\npassword=hunter22 was in the log"_s);
    maker.add(u"hypothesis.opened"_s, u"The pool is too small"_s, {{u"hypothesis"_s, u"h1"_s}});
    maker.add(
        u"hypothesis.ruled_out"_s, {}, {{u"hypothesis"_s, u"h1"_s}, {u"why"_s, u"Same size for a year"_s}});
    maker.wait(10).add(
        u"decision.made"_s, u"Roll back to 4.1"_s, {{u"decision"_s, u"d1"_s}, {u"owner"_s, u"anna"_s}});
    maker.wait(5).add(u"run.finished"_s, u"Roll back checkout"_s,
        {{u"run"_s, u"r1"_s}, {u"risk"_s, u"change"_s}, {u"exit"_s, 0},
            {u"command"_s, u"kubectl --context prod rollout undo deploy/checkout"_s},
            {u"undo"_s, u"roll forward"_s}});
    maker.add(u"evidence.query"_s, u"Error ratio"_s,
        {{u"snapshot"_s, u"s1"_s}, {u"datasource"_s, u"prom-eu"_s}, {u"query"_s, u"rate(errors[5m])"_s},
            {u"step_ms"_s, 15000}, {u"sha256"_s, QString(64, u'b')},
            {u"fetched_at"_s, u"2026-11-21T12:03:00Z"_s},
            {u"source_url"_s, u"https://prom.example/graph"_s}});
    maker.wait(120).add(u"milestone.set"_s, u"Mitigated"_s, {{u"name"_s, u"mitigated"_s}});
    maker.wait(60).add(u"impact.ended"_s, u"Payments work"_s, {{u"impact"_s, u"i1"_s}});
    TimelineEntry &statement = maker.add(u"update.sent"_s, u"Payments work again"_s,
        {{u"update"_s, u"u1"_s}, {u"audience"_s, u"public"_s},
            {u"text"_s, u"Payments work again since 12:05 UTC."_s}});
    statement.level = EntryLevel::Public;
    maker.add(u"todo.added"_s, u"Alert on pool saturation"_s,
        {{u"task"_s, u"t1"_s}, {u"owner"_s, u"anna"_s}, {u"type"_s, u"detect"_s}, {u"priority"_s, u"P1"_s},
            {u"due"_s, u"2026-12-01T00:00:00Z"_s}, {u"tracker_url"_s, u"https://tracker.example/T-1"_s}});
    maker.wait(300).add(u"incident.phase"_s, u"Resolved"_s, {{u"to"_s, u"resolved"_s}});
    IncidentRecord record = recordOf(maker);
    record.data[u"s1"_s] = {
        {rampSeries(maker.now() - std::chrono::minutes(10), 40, u"db-1.prod.internal:9100"_s)},
        u"percentunit"_s, {}, {}};
    return record;
}

/// The same text in every field that a person, a server or a file can fill.
inline IncidentRecord recordFilledWith(const QString &text)
{
    using namespace Qt::Literals::StringLiterals;
    EntryMaker maker;
    const QJsonObject labels{{text, text}, {u"alertname"_s, text}, {u"instance"_s, text}};
    maker.add(u"incident.declared"_s, text,
        {{u"key"_s, text}, {u"severity"_s, text}, {u"title"_s, text}, {u"summary"_s, text},
            {u"priority"_s, text}, {u"services"_s, QJsonArray{text}}, {u"environments"_s, QJsonArray{text}},
            {u"regions"_s, QJsonArray{text}}, {u"tags"_s, QJsonObject{{text, text}}},
            {u"custom"_s, QJsonObject{{text, text}}}});
    maker.add(u"people.joined"_s, text,
        {{u"person"_s,
            QJsonObject{{u"id"_s, text}, {u"display"_s, text}, {u"handle"_s, text}, {u"contact"_s, text}}}});
    maker.add(
        u"role.assigned"_s, text, {{u"role"_s, u"commander"_s}, {u"person"_s, text}, {u"service"_s, text}});
    maker.add(u"alert.linked"_s, text,
        {{u"alert"_s, text}, {u"source"_s, text}, {u"labels"_s, labels}, {u"annotations"_s, labels},
            {u"generator_url"_s, u"https://h.example/"_s + text}});
    maker.add(u"impact.started"_s, text,
        {{u"scope"_s, text}, {u"customers"_s, text}, {u"regions"_s, QJsonArray{text}}, {u"metric"_s, labels},
            {u"budget"_s, QJsonObject{{u"slo"_s, text}, {u"spent"_s, 0.5}}}});
    maker.add(u"milestone.set"_s, text, {{u"name"_s, u"mitigated"_s}, {u"note"_s, text}});
    TimelineEntry &note = maker.add(u"note.text"_s, text);
    note.body = Untrusted(text);
    note.actor = {Actor::Type::Person, text, Untrusted(text)};
    note.refs = {{EntryRef::Kind::Url, Untrusted(text)}, {EntryRef::Kind::Run, Untrusted(text)}};
    maker.add(text, text, {{text, text}});
    maker.add(u"hypothesis.opened"_s, text, {{u"hypothesis"_s, text}});
    maker.add(u"hypothesis.confirmed"_s, text, {{u"hypothesis"_s, text}, {u"why"_s, text}});
    maker.add(u"decision.made"_s, text,
        {{u"decision"_s, text}, {u"owner"_s, text}, {u"objections"_s, QJsonArray{text}}});
    maker.add(u"update.sent"_s, text,
        {{u"update"_s, text}, {u"audience"_s, u"public"_s},
            {u"form"_s, QJsonObject{{u"conditions"_s, text}, {u"actions"_s, text}, {u"needs"_s, text}}}});
    maker.add(u"todo.added"_s, text,
        {{u"task"_s, text}, {u"owner"_s, text}, {u"priority"_s, text}, {u"tracker_url"_s, text}});
    maker.add(u"change.deploy"_s, text, {{u"url"_s, text}});
    maker.add(u"run.finished"_s, text,
        {{u"run"_s, text}, {u"risk"_s, u"change"_s}, {u"exit"_s, 0}, {u"undo"_s, text}});
    maker.add(u"evidence.log"_s, text,
        {{u"snapshot"_s, u"s1"_s}, {u"datasource"_s, text}, {u"query"_s, text}, {u"source_url"_s, text},
            {u"sha256"_s, text}});
    maker.add(u"evidence.query"_s, text, {{u"snapshot"_s, u"s2"_s}, {u"query"_s, text}});
    for (const QString &field : {u"postmortem.contributing_factors"_s, u"postmortem.lessons.well"_s,
             u"postmortem.lessons.badly"_s, u"postmortem.lessons.lucky"_s})
        maker.add(u"incident.field"_s, text, {{u"field"_s, field}, {u"to"_s, QJsonArray{text}}});
    maker.add(
        u"incident.field"_s, text, {{u"field"_s, u"postmortem.sections.root_cause"_s}, {u"to"_s, text}});
    IncidentRecord record = recordOf(maker);
    for (CuratedEntry &entry : record.entries)
        entry.level = EntryLevel::Public;
    record.data[u"s1"_s].text = Untrusted(text);
    record.data[u"s2"_s] = {{rampSeries(maker.now(), 5, text)}, text, {}, {}};
    record.versions = {{text, text}};
    return record;
}

} // namespace bw
