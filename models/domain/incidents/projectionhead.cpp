// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/projection_p.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw::projection {

namespace {

template<typename E> void read(const Change &change, const char *key, E &into)
{
    if (const auto value = valueOf<E>(change.text(key)))
        into = *value;
}

void enter(Incident &incident, Phase phase, Timestamp at)
{
    incident.phase = phase;
    incident.phases.push_back({phase, at});
    if (phase != Phase::Active)
        incident.stage.reset();
    else if (!incident.stage)
        incident.stage = Stage::Investigating;
}

void setSeverity(Incident &incident, const QString &severity, Timestamp at)
{
    incident.severity = severity;
    incident.severities.push_back({severity, at});
}

std::map<QString, QString> mapFrom(const QJsonObject &object)
{
    std::map<QString, QString> map;
    for (auto it = object.begin(); it != object.end(); ++it)
        map[it.key()] = it->toString();
    return map;
}

void declared(Incident &incident, const Change &change)
{
    incident.key = change.text("key");
    incident.title = change.textOrTitle("title");
    incident.summary = change.foreign("summary");
    read(change, "kind", incident.kind);
    read(change, "visibility", incident.visibility);
    read(change, "source", incident.source);
    incident.priority = change.text("priority");
    incident.services = change.texts("services");
    incident.environments = change.texts("environments");
    incident.regions = change.texts("regions");
    incident.tags = mapFrom(change.object("tags"));
    incident.custom = mapFrom(change.object("custom"));
    incident.primaryAlert = change.text("primary_alert");
    incident.parent = IncidentId::parse(change.text("parent"));
    incident.createdBy = change.entry.actor.id;
    incident.declaredAt = change.entry.at;
    Phase phase = Phase::Active;
    read(change, "phase", phase);
    enter(incident, phase, change.entry.at);
    setSeverity(incident, change.text("severity"), change.entry.at);
}

void phaseChanged(Incident &incident, const Change &change)
{
    if (const auto to = valueOf<Phase>(change.text("to")))
        enter(incident, *to, change.entry.at);
}

template<Phase To> void phaseNow(Incident &incident, const Change &change)
{
    enter(incident, To, change.entry.at);
}

void merged(Incident &incident, const Change &change)
{
    const auto into = IncidentId::parse(change.text("into"));
    if (into && *into != incident.id) {
        incident.mergedInto = into;
        enter(incident, Phase::Merged, change.entry.at);
    } else if (const auto duplicate = IncidentId::parse(change.text("duplicate"))) {
        incident.duplicates.push_back(*duplicate);
    }
}

void split(Incident &incident, const Change &change)
{
    if (const auto child = IncidentId::parse(change.text("child")))
        incident.children.push_back(*child);
    if (const auto duplicate = IncidentId::parse(change.text("duplicate")))
        std::erase(incident.duplicates, *duplicate);
}

void stageChanged(Incident &incident, const Change &change)
{
    if (const auto to = valueOf<Stage>(change.text("to")))
        incident.stage = to;
}

void severityChanged(Incident &incident, const Change &change)
{
    setSeverity(incident, change.text("to"), change.entry.at);
}

void frozen(Incident &incident, const Change &change)
{
    incident.frozen = Frozen{change.entry.actor.id, change.foreign("reason"), change.entry.at};
}

void unfrozen(Incident &incident, const Change &) { incident.frozen.reset(); }

std::optional<Nanoseconds> minutes(const Change &change)
{
    const qint64 seconds = change.entry.data.value("to"_L1).toInteger(-1);
    return seconds > 0 ? std::optional<Nanoseconds>(std::chrono::seconds(seconds)) : std::nullopt;
}

void postmortemField(Postmortem &postmortem, QStringView field, const Change &change)
{
    const QString to = change.text("to");
    if (field == u"state") {
        read(change, "to", postmortem.state);
        if (postmortem.state == Postmortem::State::Waived)
            postmortem.waivedReason = change.foreign("reason");
    } else if (field == u"owner") {
        postmortem.owner = to;
    } else if (field == u"template") {
        postmortem.templateName = to;
    } else if (field == u"file") {
        postmortem.file = to;
    } else if (field == u"meeting_at") {
        postmortem.meetingAt = change.time("to");
    } else if (field == u"due") {
        postmortem.due = change.time("to");
    } else if (field == u"contributing_factors") {
        postmortem.contributingFactors = change.texts("to");
    } else if (field == u"lessons.well") {
        postmortem.wentWell = change.texts("to");
    } else if (field == u"lessons.badly") {
        postmortem.wentBadly = change.texts("to");
    } else if (field == u"lessons.lucky") {
        postmortem.lucky = change.texts("to");
    } else if (field == u"audience_versions") {
        postmortem.audienceVersions = change.texts("to");
    } else if (field.startsWith(u"sections.")) {
        postmortem.sections[field.mid(9).toString()] = to;
    }
}

void fieldChanged(Incident &incident, const Change &change)
{
    const QString field = change.text("field");
    const QString to = change.text("to");
    if (field == u"title")
        incident.title = Untrusted(to);
    else if (field == u"summary")
        incident.summary = Untrusted(to);
    else if (field == u"status_label")
        incident.statusLabel = to;
    else if (field == u"priority")
        incident.priority = to;
    else if (field == u"kind")
        read(change, "to", incident.kind);
    else if (field == u"visibility")
        read(change, "to", incident.visibility);
    else if (field == u"services")
        incident.services = change.texts("to");
    else if (field == u"environments")
        incident.environments = change.texts("to");
    else if (field == u"regions")
        incident.regions = change.texts("to");
    else if (field == u"parent")
        incident.parent = IncidentId::parse(to);
    else if (field == u"comms.internal_every")
        incident.comms.internalEvery = minutes(change);
    else if (field == u"comms.external_every")
        incident.comms.externalEvery = minutes(change);
    else if (field.startsWith(u"tags."))
        incident.tags[field.mid(5)] = to;
    else if (field.startsWith(u"custom."))
        incident.custom[field.mid(7)] = to;
    else if (field.startsWith(u"postmortem."))
        postmortemField(incident.postmortem, QStringView(field).mid(11), change);
}

// Impact

ImpactInterval *impactOf(Incident &incident, const Change &change)
{
    if (const QString id = change.text("impact"); !id.isEmpty())
        return findById(incident.impact, id);
    const auto open = std::find_if(incident.impact.rbegin(), incident.impact.rend(),
        [](const ImpactInterval &interval) { return !interval.to; });
    return open == incident.impact.rend() ? nullptr : &*open;
}

void describeImpact(ImpactInterval &interval, const Change &change)
{
    if (change.has("scope") || verbatim(interval.scope).isEmpty())
        interval.scope = change.textOrTitle("scope");
    if (change.has("metric"))
        interval.metric = change.object("metric");
    if (change.has("customers"))
        interval.customers = change.text("customers");
    if (change.has("regions"))
        interval.regions = change.texts("regions");
    if (change.has("sla_breach"))
        interval.slaBreach = change.entry.data.value("sla_breach"_L1).toBool();
    if (change.has("budget"))
        interval.budget = change.object("budget");
}

void impactStarted(Incident &incident, const Change &change)
{
    ImpactInterval &interval = findOrAdd(incident.impact, change.idOr("impact"));
    interval.from = change.entry.at;
    interval.to = change.entry.atEnd;
    describeImpact(interval, change);
}

void impactChanged(Incident &incident, const Change &change)
{
    if (ImpactInterval *interval = impactOf(incident, change))
        describeImpact(*interval, change);
}

void impactEnded(Incident &incident, const Change &change)
{
    if (ImpactInterval *interval = impactOf(incident, change))
        interval->to = change.entry.at;
}

// People and roles

void joined(Incident &incident, const Change &change)
{
    const QJsonObject person = change.object("person");
    const auto value = [&person](QLatin1StringView key) { return person.value(key).toString(); };
    const QString id = person.isEmpty() ? change.text("person") : value("id"_L1);
    const auto here = std::find_if(incident.people.begin(), incident.people.end(),
        [&id](const Participant &one) { return one.person.id == id && !one.left; });
    if (here != incident.people.end())
        return;
    incident.people.push_back({{id, Untrusted(value("display"_L1)), value("handle"_L1), value("contact"_L1),
                                   value("team"_L1), value("tz"_L1)},
        change.entry.at, std::nullopt});
}

void left(Incident &incident, const Change &change)
{
    for (Participant &one : incident.people) {
        if (one.person.id == change.text("person") && !one.left)
            one.left = change.entry.at;
    }
}

/// Several may hold these at once; of the others there is one.
bool isShared(Role role) { return role == Role::Sme || role == Role::Responder || role == Role::Observer; }

void assign(Incident &incident, Role role, const Change &change, std::optional<Timestamp> accepted)
{
    const QString person = change.text("person");
    for (RoleAssignment &one : incident.roles) {
        if (one.role == role && !one.to && (!isShared(role) || one.person == person))
            one.to = change.entry.at;
    }
    incident.roles.push_back({role, person, change.text("service"), change.entry.at, std::nullopt, accepted,
        change.entry.actor.id});
}

void roleAssigned(Incident &incident, const Change &change)
{
    const auto role = valueOf<Role>(change.text("role"));
    if (!role)
        return;
    const bool byHimself = change.entry.actor.id == change.text("person");
    assign(incident, *role, change, byHimself ? std::optional(change.entry.at) : std::nullopt);
}

void roleOffered(Incident &incident, const Change &change)
{
    const auto role = valueOf<Role>(change.text("role"));
    if (!role)
        return;
    std::erase_if(incident.roleOffers,
        [&](const RoleOffer &one) { return one.role == *role && one.person == change.text("person"); });
    incident.roleOffers.push_back({*role, change.text("person"), change.text("service"),
        change.entry.actor.id, change.entry.at, change.entry.id});
}

void roleAccepted(Incident &incident, const Change &change)
{
    const auto role = valueOf<Role>(change.text("role"));
    if (!role)
        return;
    const QString person = change.text("person");
    const auto offered = std::erase_if(
        incident.roleOffers, [&](const RoleOffer &one) { return one.role == *role && one.person == person; });
    for (RoleAssignment &one : incident.roles) {
        if (offered == 0 && one.role == *role && one.person == person && !one.to) {
            one.acceptedAt = change.entry.at; // assigned by somebody else before
            return;
        }
    }
    if (offered > 0)
        assign(incident, *role, change, change.entry.at);
}

void roleReleased(Incident &incident, const Change &change)
{
    const auto role = valueOf<Role>(change.text("role"));
    for (RoleAssignment &one : incident.roles) {
        if (role && one.role == *role && one.person == change.text("person") && !one.to)
            one.to = change.entry.at;
    }
}

// Alerts

LinkedAlert *linkOf(Incident &incident, const Change &change)
{
    const QString fingerprint = change.text("alert");
    const QString source = change.text("source");
    for (LinkedAlert &link : incident.alerts) {
        if (link.fingerprint == fingerprint && (source.isEmpty() || link.source == source))
            return &link;
    }
    return nullptr;
}

void describeAlert(LinkedAlert &link, const Change &change)
{
    if (change.has("labels"))
        link.labels = change.object("labels");
    if (change.has("annotations"))
        link.annotations = change.object("annotations");
    if (change.has("starts_at"))
        link.startsAt = change.time("starts_at");
    if (change.has("ends_at"))
        link.endsAt = change.time("ends_at");
    if (change.has("generator_url"))
        link.generatorUrl = change.foreign("generator_url");
    if (change.has("snapshot"))
        link.snapshot = change.text("snapshot");
    read(change, "relation", link.relation);
    link.history.push_back({change.entry.at, change.entry.kind.section(u'.', 1)});
}

/// Only a linked alert is the incident's; others are mentioned in its timeline.
void alertSeen(Incident &incident, const Change &change)
{
    LinkedAlert *link = linkOf(incident, change);
    const bool isLinking =
        change.entry.kind == "alert.linked"_L1 || change.entry.data.value("linked"_L1).toBool();
    if (!link && isLinking && !change.text("alert").isEmpty()) {
        link = &incident.alerts.emplace_back();
        link->fingerprint = change.text("alert");
        link->source = change.text("source");
        link->firstSeen = change.entry.at;
    }
    if (link)
        describeAlert(*link, change);
}

void alertUnlinked(Incident &incident, const Change &change)
{
    if (const LinkedAlert *link = linkOf(incident, change))
        incident.alerts.erase(incident.alerts.begin() + (link - incident.alerts.data()));
}

constexpr Handler kHandlers[] = {
    {"incident.declared", declared},
    {"incident.phase", phaseChanged},
    {"incident.reopened", phaseNow<Phase::Active>},
    {"incident.relapse", phaseNow<Phase::Active>},
    {"incident.cancelled", phaseNow<Phase::Cancelled>},
    {"incident.closed", phaseNow<Phase::Closed>},
    {"incident.merged", merged},
    {"incident.split", split},
    {"incident.stage", stageChanged},
    {"incident.severity", severityChanged},
    {"incident.field", fieldChanged},
    {"incident.frozen", frozen},
    {"incident.unfrozen", unfrozen},
    {"impact.started", impactStarted},
    {"impact.changed", impactChanged},
    {"impact.ended", impactEnded},
    {"people.joined", joined},
    {"people.left", left},
    {"role.assigned", roleAssigned},
    {"role.offered", roleOffered},
    {"role.accepted", roleAccepted},
    {"role.released", roleReleased},
    {"alert.fired", alertSeen},
    {"alert.resolved", alertSeen},
    {"alert.acked", alertSeen},
    {"alert.unacked", alertSeen},
    {"alert.assigned", alertSeen},
    {"alert.silenced", alertSeen},
    {"alert.unsilenced", alertSeen},
    {"alert.inhibited", alertSeen},
    {"alert.notified", alertSeen},
    {"alert.linked", alertSeen},
    {"alert.unlinked", alertUnlinked},
};

} // namespace

std::span<const Handler> headHandlers() { return kHandlers; }

} // namespace bw::projection
