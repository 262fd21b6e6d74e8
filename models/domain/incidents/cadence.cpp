// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/cadence.h>
#include <domain/incidents/entrykinds.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct Sent
{
    int count = 0;
    std::optional<Timestamp> last, nextDue;
};

Sent sentOf(const Incident &incident, bool external)
{
    Sent sent;
    for (const StatusUpdate &update : incident.updates) {
        const bool isExternal = update.audience == StatusUpdate::Audience::Public;
        if (update.state != StatusUpdate::State::Sent || isExternal != external || !update.sentAt)
            continue;
        ++sent.count;
        if (!sent.last || *update.sentAt >= *sent.last) {
            sent.last = update.sentAt;
            sent.nextDue = update.nextDue;
        }
    }
    return sent;
}

/// The interval that runs now; nullopt: on demand.
std::optional<Nanoseconds> intervalOf(
    const Incident &incident, const SeverityLevel *level, const Sent &sent, bool external)
{
    const auto &own = external ? incident.comms.externalEvery : incident.comms.internalEvery;
    if (own)
        return own;
    if (!level)
        return std::nullopt;
    if (!external)
        return level->internalEvery;
    if (!level->external)
        return std::nullopt;
    if (sent.count == 0)
        return level->external->first;
    if (sent.count == 1)
        return level->external->scoping;
    const bool isCalm = *sent.last - incident.declaredAt >= level->external->calmAfter;
    return isCalm ? level->external->calmEvery : level->external->every;
}

bool isRunning(Phase phase)
{
    return phase == Phase::Triage || phase == Phase::Active || phase == Phase::Monitoring;
}

/// When the present interval began to count: a later phase or a higher severity does not make late what was
/// not due before. nullopt: with the declaration.
std::optional<Timestamp> countsSince(
    const Incident &incident, const SeverityScale &scale, const Sent &sent, bool external)
{
    std::optional<Timestamp> since;
    for (size_t i = 1; i < incident.phases.size(); ++i) {
        if (isRunning(incident.phases[i].value) && !isRunning(incident.phases[i - 1].value))
            since = std::max(since.value_or(incident.phases[i].at), incident.phases[i].at);
    }
    for (size_t i = 1; i < incident.severities.size(); ++i) {
        const auto before =
            intervalOf(incident, scale.find(incident.severities[i - 1].value), sent, external);
        const auto after = intervalOf(incident, scale.find(incident.severities[i].value), sent, external);
        if (after && (!before || *before > *after))
            since = std::max(since.value_or(incident.severities[i].at), incident.severities[i].at);
    }
    return since;
}

CadenceClock clockOf(const Incident &incident, const SeverityScale &scale, bool external,
    std::optional<Timestamp> lastMiss, Timestamp now)
{
    const SeverityLevel *level = scale.find(incident.severity);
    CadenceClock clock;
    clock.missed = external ? incident.comms.externalMissed : incident.comms.internalMissed;
    if (!isRunning(incident.phase))
        return clock;
    Sent sent = sentOf(incident, external);
    clock.since = sent.last.value_or(incident.declaredAt);
    if (const auto since = countsSince(incident, scale, sent, external); since && *since > clock.since) {
        clock.since = *since;
        sent.nextDue.reset(); // promised for what was then
    }
    const auto interval = intervalOf(incident, level, sent, external);
    if (!interval && !sent.nextDue)
        return clock;
    clock.due = sent.nextDue.value_or(clock.since + interval.value_or(Nanoseconds::zero()));
    clock.left = clock.due - now;
    const Nanoseconds whole = clock.due - clock.since;
    if (clock.left <= Nanoseconds::zero())
        clock.state = CadenceClock::State::Due;
    else if (clock.left * 5 <= whole)
        clock.state = CadenceClock::State::Amber;
    else
        clock.state = CadenceClock::State::Running;
    clock.missIsUnrecorded = clock.state == CadenceClock::State::Due && !(lastMiss && *lastMiss >= clock.due);
    return clock;
}

} // namespace

Cadence cadenceOf(const Incident &incident, const SeverityScale &scale,
    std::span<const TimelineEntry> entries, Timestamp now)
{
    std::optional<Timestamp> internalMiss, externalMiss;
    for (const TimelineEntry &entry : entries) {
        if (entry.kind != "update.missed"_L1)
            continue;
        auto &last = entry.data.value("audience"_L1).toString() == "public"_L1 ? externalMiss : internalMiss;
        last = std::max(last.value_or(entry.at), entry.at);
    }
    return {clockOf(incident, scale, false, internalMiss, now),
        clockOf(incident, scale, true, externalMiss, now)};
}

TimelineEntry missedEntry(const Incident &incident, bool external, const CadenceClock &clock, Timestamp now)
{
    TimelineEntry entry;
    entry.incident = incident.id;
    entry.at = now;
    entry.kind = u"update.missed"_s;
    entry.data = {{u"audience"_s, external ? u"public"_s : u"team"_s}, {u"due"_s, isoUtc(clock.due)}};
    entry.level = defaultLevel(entry.kind, entry.data);
    return entry;
}

CadenceKept cadenceKept(const Incident &incident, bool external)
{
    const int missed = external ? incident.comms.externalMissed : incident.comms.internalMissed;
    const int sent = sentOf(incident, external).count;
    // Each miss is one due time that passed; the update that came late belongs to it.
    const int late = std::min(missed, sent);
    return {sent - late + missed, sent - late};
}

} // namespace bw
