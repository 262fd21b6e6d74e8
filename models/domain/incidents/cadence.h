// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/severity.h>

#include <span>

namespace bw {

/// The wall clock as it was when this was made, and then the clock that nobody sets: due times neither jump
/// nor wait when somebody sets the wall clock.
class SteadyClock
{
public:
    explicit SteadyClock(const Clock &clock)
        : m_clock(clock)
        , m_utc(clock.utcNow())
        , m_boot(clock.bootNow())
    {
    }
    Timestamp now() const { return m_utc + (m_clock.bootNow() - m_boot); }

private:
    const Clock &m_clock;
    Timestamp m_utc;
    BootTime m_boot;
};

/// One of the two update clocks of an incident.
struct CadenceClock
{
    enum class State : quint8 { Off, Running, Amber, Due }; ///< Amber: 80 % of the time has passed
    State state = State::Off;
    Timestamp since{}, due{}; ///< since: the last update, or the declaration
    Nanoseconds left{}; ///< negative: late by so much
    int missed = 0; ///< as recorded
    bool missIsUnrecorded = false; ///< due, and no update.missed was written since: write one
    bool operator==(const CadenceClock &) const = default;
};
struct Cadence
{
    CadenceClock internal, external;
    bool operator==(const Cadence &) const = default;
};

/// Off for an incident that is resolved or over, and where the severity says "on demand" and nobody set an
/// interval. The scribe's "next due" of the last sent update counts where it is given.
Cadence cadenceOf(const Incident &incident, const SeverityScale &scale,
    std::span<const TimelineEntry> entries, Timestamp now);
/// The entry for a missed update, once for each clock and due time.
TimelineEntry missedEntry(const Incident &incident, bool external, const CadenceClock &clock, Timestamp now);

/// Updates that were sent by their due time, of those that were due.
struct CadenceKept
{
    int due = 0, kept = 0;
    bool operator==(const CadenceKept &) const = default;
};
CadenceKept cadenceKept(const Incident &incident, bool external);

} // namespace bw
