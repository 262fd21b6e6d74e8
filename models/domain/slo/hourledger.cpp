// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/hourledger.h>

#include <domain/slo/slobuckets.h>

#include <algorithm>

using namespace std::chrono_literals;

namespace bw {

namespace {

// 5 min: a partial answer is worth asking again, not every minute.
constexpr Nanoseconds kFirstWait = 5min;
// 9: the last time is after a day and a half; what a server warns of that long it warns of for good.
constexpr int kMostFailures = 9;
// 2 min: as far as clocks are corrected in passing.
constexpr Nanoseconds kClockTolerance = 2min;
constexpr Timestamp kFarAway = Timestamp::max();

} // namespace

const HourLedger::Entry *HourLedger::find(qint64 hour) const
{
    const qint64 at = hour - m_first;
    return at >= 0 && at < qint64(m_entries.size()) ? &m_entries[size_t(at)] : nullptr;
}

HourLedger::Entry &HourLedger::entry(qint64 hour)
{
    if (m_entries.empty())
        m_first = hour;
    if (hour < m_first) {
        m_entries.insert(m_entries.begin(), size_t(m_first - hour), Entry());
        m_first = hour;
    }
    if (hour - m_first >= qint64(m_entries.size()))
        m_entries.resize(size_t(hour - m_first + 1));
    return m_entries[size_t(hour - m_first)];
}

void HourLedger::answered(qint64 hour, Timestamp at, bool isWhole)
{
    Entry &mine = entry(hour);
    mine.at = at;
    mine.failures = isWhole ? 0 : mine.failures + 1;
    m_quiet.reset();
}

void HourLedger::remembered(qint64 hour, Timestamp at, bool isWhole)
{
    Entry &mine = entry(hour);
    mine.at = std::max(mine.at.value_or(at), at);
    mine.failures = std::max(mine.failures, isWhole ? 0 : 1);
    m_quiet.reset();
}

bool HourLedger::isAsked(qint64 hour) const
{
    const Entry *mine = find(hour);
    return mine && mine->at;
}

int HourLedger::asked(qint64 first, qint64 last) const
{
    int count = 0;
    for (qint64 hour = std::max(first, m_first); hour <= last && find(hour); ++hour)
        count += isAsked(hour);
    return count;
}

/// nullopt: never again. An answer from later than now was asked for while the clock ran ahead: perhaps of
/// an hour that had not happened.
std::optional<Timestamp> HourLedger::dueAt(qint64 hour, Timestamp now) const
{
    const Entry *mine = find(hour);
    if (!mine || !mine->at || *mine->at > now + kClockTolerance)
        return Timestamp::min();
    if (mine->failures >= kMostFailures)
        return std::nullopt;
    if (mine->failures > 0)
        return *mine->at + kFirstWait * (1 << (mine->failures - 1));
    const Timestamp again = startOfHour(hour + 2) + kIngestDelay;
    return *mine->at < again ? std::optional(again) : std::nullopt;
}

std::optional<qint64> HourLedger::newestDue(qint64 first, qint64 last, Timestamp now) const
{
    if (m_quiet && first >= m_quiet->first && last <= m_quiet->last && now >= m_quiet->asOf
        && now < m_quiet->until)
        return {};
    Quiet quiet{first, last, now, kFarAway};
    for (qint64 hour = last; hour >= first; --hour) {
        const auto due = dueAt(hour, now);
        if (due && *due <= now)
            return hour;
        quiet.until = std::min(quiet.until, due.value_or(kFarAway));
    }
    m_quiet = quiet;
    return {};
}

std::optional<qint64> HourLedger::oldestDue(qint64 first, qint64 last, Timestamp now) const
{
    for (qint64 hour = first; hour <= last; ++hour) {
        const auto due = dueAt(hour, now);
        if (due && *due <= now)
            return hour;
    }
    return {};
}

} // namespace bw
