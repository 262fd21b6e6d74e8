// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incident.h>

#include <QJsonArray>

#include <deque>

namespace bw {

inline Uuid testUuid(quint32 number)
{
    Uuid uuid;
    uuid.bytes[6] = 0x70;
    uuid.bytes[8] = 0x80;
    for (size_t i = 0; i < 4; ++i)
        uuid.bytes[15 - i] = quint8(number >> (8 * i));
    return uuid;
}

/// Entries of one incident, one after another, as a store would number them. Starts at 2026-11-21T12:00:00Z.
class EntryMaker
{
public:
    explicit EntryMaker(quint32 incident = 1, quint32 writer = 1)
        : m_incident{testUuid(incident)}
        , m_writer{testUuid(0xa000'0000 + writer)}
        , m_base(incident * 0x10000 + writer * 0x1000)
    {
    }
    /// Seconds pass before the next entry.
    EntryMaker &wait(qint64 seconds)
    {
        m_now += std::chrono::seconds(seconds);
        return *this;
    }
    TimelineEntry &add(const QString &kind, const QString &title = {}, const QJsonObject &data = {})
    {
        TimelineEntry &entry = m_entries.emplace_back();
        entry.id = EntryId{testUuid(m_base + quint32(m_entries.size()))};
        entry.incident = m_incident;
        entry.writer = m_writer;
        entry.seq = m_entries.size();
        entry.hlc = m_clock.next(m_now);
        entry.at = m_now;
        entry.recorded = {m_now, QStringLiteral("UTC+00:00"), QStringLiteral("boot"), Nanoseconds(1)};
        entry.actor = {Actor::Type::Person, QStringLiteral("anna"), Untrusted(QStringLiteral("Anna"))};
        entry.kind = kind;
        entry.title = Untrusted(title);
        entry.data = data;
        entry.level = defaultLevel(kind, data);
        return entry;
    }
    Timestamp now() const { return m_now; }
    std::vector<TimelineEntry> entries() const { return {m_entries.begin(), m_entries.end()}; }

private:
    IncidentId m_incident;
    WriterId m_writer;
    quint32 m_base;
    Timestamp m_now{std::chrono::seconds(1'795'262'400)};
    HlcClock m_clock;
    std::deque<TimelineEntry> m_entries; ///< addresses stay
};

} // namespace bw
