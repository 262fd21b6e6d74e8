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

CadenceClock clockOf(const Incident &incident, const SeverityLevel *level, bool external,
    std::optional<Timestamp> lastMiss, Timestamp now)
{
    CadenceClock clock;
    clock.missed = external ? incident.comms.externalMissed : incident.comms.internalMissed;
    if (incident.isOver() || incident.phase == Phase::Resolved || incident.phase == Phase::InReview)
        return clock;
    const Sent sent = sentOf(incident, external);
    const auto interval = intervalOf(incident, level, sent, external);
    if (!interval && !sent.nextDue)
        return clock;
    clock.since = sent.last.value_or(incident.declaredAt);
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
    const SeverityLevel *level = scale.find(incident.severity);
    return {clockOf(incident, level, false, internalMiss, now),
        clockOf(incident, level, true, externalMiss, now)};
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
