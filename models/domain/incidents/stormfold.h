// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/entry.h>

#include <QHash>

namespace bw {

/// Holds back what would flood a timeline: of the alert.* entries of one group the first twenty within sixty
/// seconds pass, all further ones become one entry with their count and the list as data. Nothing is lost:
/// what was offered is what came out, alone or in a list. Used by one thread.
class StormFolder
{
public:
    static constexpr int kLimit = 20;
    static constexpr Nanoseconds kWindow = std::chrono::seconds(60);

    /// What to write now. Entries of other kinds pass. The group is data.group, else the entry's kind, source
    /// and alert name.
    std::vector<TimelineEntry> offer(TimelineEntry entry, BootTime now);
    /// Folded entries whose window has passed; all of them when `everything`.
    std::vector<TimelineEntry> due(BootTime now, bool everything = false);

private:
    struct Group
    {
        BootTime begin{};
        int passed = 0;
        std::vector<TimelineEntry> held;
    };
    QHash<QString, Group> m_groups;
};

/// One entry for several: the first one's kind and time, their count, and what each said.
TimelineEntry fold(const std::vector<TimelineEntry> &entries);

} // namespace bw
