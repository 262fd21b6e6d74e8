// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/templatevalues.h>

#include <domain/incidents/export/regionblocks.h>
#include <domain/incidents/incidentmetrics.h>
#include <domain/incidents/incidentnames.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using V = TemplateValue;
using Members = std::vector<std::pair<QString, V>>;

V listOf(const QStringList &texts)
{
    std::vector<V> items;
    for (const QString &text : texts)
        items.push_back(V::text(text));
    return V::list(std::move(items));
}

V momentOf(const std::optional<Timestamp> &t, const TimeWriter &times)
{
    return V::text(t ? times.local(*t) : QString());
}

V milestones(const Incident &incident, const TimeWriter &times)
{
    Members all;
    for (const QString &name : namesOf<MilestoneName>())
        all.emplace_back(name, momentOf(incident.milestone(*valueOf<MilestoneName>(name)), times));
    return V::group(std::move(all));
}

V durations(const Incident &incident)
{
    Members all;
    for (const IncidentMetric &one : metricsOf(incident))
        all.emplace_back(
            one.id.toLower().replace(u' ', u'_'), V::text(one.value ? spentText(*one.value) : QString()));
    return V::group(std::move(all));
}

V roles(const Incident &incident)
{
    std::vector<V> all;
    for (const RoleAssignment &one : incident.roles)
        all.push_back(V::group({{u"role"_s, V::text(nameOf(one.role).replace(u'_', u' '))},
            {u"person"_s, V::text(one.person)}, {u"service"_s, V::text(one.service)}}));
    return V::list(std::move(all));
}

V impacts(const Incident &incident, const TimeWriter &times)
{
    std::vector<V> all;
    for (const ImpactInterval &one : incident.impact)
        all.push_back(
            V::group({{u"from"_s, V::text(times.local(one.from))}, {u"to"_s, momentOf(one.to, times)},
                {u"duration"_s, V::text(one.to ? spentText(*one.to - one.from) : QString())},
                {u"scope"_s, V::text(one.scope)}, {u"customers"_s, V::text(one.customers)},
                {u"regions"_s, V::text(one.regions.join(u", "_s))}}));
    return V::list(std::move(all));
}

V actions(const Incident &incident, const TimeWriter &times)
{
    std::vector<V> all;
    for (const Task &one : incident.actionItems())
        all.push_back(V::group({{u"text"_s, V::text(one.text)}, {u"owner"_s, V::text(one.owner)},
            {u"type"_s, V::text(nameOf(one.type))}, {u"priority"_s, V::text(one.priority)},
            {u"due"_s, V::text(one.due ? times.local(*one.due).left(10) : QString())},
            {u"state"_s, V::text(nameOf(one.state))}}));
    return V::list(std::move(all));
}

V updates(const Incident &incident, const TimeWriter &times)
{
    std::vector<V> all;
    for (const StatusUpdate &one : incident.updates) {
        if (one.state == StatusUpdate::State::Sent)
            all.push_back(V::group(
                {{u"at"_s, momentOf(one.sentAt, times)}, {u"audience"_s, V::text(nameOf(one.audience))},
                    {u"text"_s, V::text(one.text)}, {u"conditions"_s, V::text(one.conditions)},
                    {u"actions"_s, V::text(one.actions)}, {u"needs"_s, V::text(one.needs)}}));
    }
    return V::list(std::move(all));
}

V entriesFrom(const RedactedRecord &redacted, EntryLevel level)
{
    const TimeWriter times = redacted.options.times();
    std::vector<V> all;
    for (const CuratedEntry &one : redacted.record.entries) {
        if (one.level >= level)
            all.push_back(V::group({{u"at"_s, V::text(times.local(one.entry.at))},
                {u"kind"_s, V::text(one.entry.kind)}, {u"actor"_s, V::text(one.entry.actor.display)},
                {u"text"_s, V::text(entryText(one.entry))}}));
    }
    return V::list(std::move(all));
}

V sections(const Postmortem &postmortem)
{
    Members all;
    for (const char *name : {"root_cause", "five_whys", "detection", "response", "recovery", "background"})
        all.emplace_back(QString::fromLatin1(name),
            V::text(postmortem.sections.value(QLatin1StringView(name)).toString()));
    return V::group(std::move(all));
}

} // namespace

TemplateValue templateValues(const RedactedRecord &redacted)
{
    const Incident &incident = redacted.record.incident;
    const TimeWriter times = redacted.options.times();
    const Postmortem &review = incident.postmortem;
    return V::group({{u"key"_s, V::text(incident.key)}, {u"title"_s, V::text(incident.title)},
        {u"summary"_s, V::text(incident.summary)}, {u"severity"_s, V::text(incident.severity)},
        {u"phase"_s, V::text(nameOf(incident.phase).replace(u'_', u' '))},
        {u"kind"_s, V::text(nameOf(incident.kind))},
        {u"is_drill"_s, V::truth(incident.kind == IncidentKind::Drill)},
        {u"status"_s, V::text(incident.statusLabel)}, {u"services"_s, listOf(incident.services)},
        {u"environments"_s, listOf(incident.environments)}, {u"regions"_s, listOf(incident.regions)},
        {u"commander"_s, V::text(incident.commander)}, {u"zone"_s, V::text(times.zoneName())},
        {u"date"_s, V::text(times.local(redacted.date))}, {u"milestones"_s, milestones(incident, times)},
        {u"metrics"_s, durations(incident)}, {u"roles"_s, roles(incident)},
        {u"impact"_s, impacts(incident, times)}, {u"actions"_s, actions(incident, times)},
        {u"updates"_s, updates(incident, times)}, {u"key_entries"_s, entriesFrom(redacted, EntryLevel::Key)},
        {u"public_entries"_s, entriesFrom(redacted, EntryLevel::Public)},
        {u"contributing_factors"_s, listOf(review.contributingFactors)},
        {u"went_well"_s, listOf(review.wentWell)}, {u"went_badly"_s, listOf(review.wentBadly)},
        {u"lucky"_s, listOf(review.lucky)}, {u"review_owner"_s, V::text(review.owner)},
        {u"review_due"_s, momentOf(review.due, times)}, {u"sections"_s, sections(review)}});
}

} // namespace bw
