// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>

#include <optional>
#include <vector>

namespace bw {

/// An hour's last scrape has arrived everywhere a minute after it.
constexpr Nanoseconds kIngestDelay = std::chrono::seconds(60);

/// Which hours of one objective were asked for, and which have to be asked for again: an hour once it is over
/// and once more an hour later, because late samples belong to it; one whose answer was not whole after five
/// minutes, then after twice as long each time, nine times in all. A plain value.
class HourLedger
{
public:
    /// `isWhole`: the server gave everything it has of that hour, for every group.
    void answered(qint64 hour, Timestamp at, bool isWhole);
    /// The same from the disk, where each group has its own: the newest counts, and whole is what all are.
    void remembered(qint64 hour, Timestamp at, bool isWhole);

    bool isAsked(qint64 hour) const;
    /// How many of these hours, both included, were asked for.
    int asked(qint64 first, qint64 last) const;
    /// Of these hours, both included; nullopt when none is due.
    std::optional<qint64> newestDue(qint64 first, qint64 last, Timestamp now) const;
    std::optional<qint64> oldestDue(qint64 first, qint64 last, Timestamp now) const;

private:
    struct Entry
    {
        std::optional<Timestamp> at;
        int failures = 0; ///< answers in a row that were not whole
    };
    const Entry *find(qint64 hour) const;
    Entry &entry(qint64 hour);
    std::optional<Timestamp> dueAt(qint64 hour, Timestamp now) const;

    std::vector<Entry> m_entries;
    qint64 m_first = 0; ///< hour of the first entry
    /// Nothing of these hours is due from `asOf` until that moment: most looks are in vain.
    struct Quiet
    {
        qint64 first, last;
        Timestamp asOf, until;
    };
    mutable std::optional<Quiet> m_quiet;
};

} // namespace bw
