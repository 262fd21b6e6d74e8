// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/incident.h>

#include <span>

namespace bw {

/// An entry beside what later entries made of it.
struct CuratedEntry
{
    TimelineEntry entry;
    EntryLevel level = EntryLevel::Timeline; ///< after promotion and demotion; a star is at least Key
    bool starred = false;
    EntryId root; ///< the first version; the entry's own id when it was never an edit
    std::optional<EntryId> supersededBy; ///< the version that is shown instead
    bool deleted = false; ///< by a tombstone; of any version, all
    Untrusted reason; ///< of deleting or redacting it
    std::vector<EntryId> versions; ///< of what is shown: every version, first to last; one when never edited
    bool isHidden() const { return deleted || supersededBy.has_value(); }
    bool operator==(const CuratedEntry &) const = default;
};

/// Every entry, hidden ones too, in the order of the timeline (at, then hlc, then id). Entries of equal id
/// count once. Does not depend on the order of `entries`. Pure; any thread.
std::vector<CuratedEntry> curate(std::span<const TimelineEntry> entries);
/// What a view of this level shows: neither hidden nor below it.
std::vector<CuratedEntry> visible(const std::vector<CuratedEntry> &entries, EntryLevel minimum);

/// The incident these entries make. They are of one incident; of several the first's id is taken. An edited
/// entry counts with its newest content at the place of its first version; a deleted or redacted one does not
/// count. Does not depend on the order of `entries`. Pure; any thread.
Incident project(std::span<const TimelineEntry> entries);
/// The same from entries already curated.
Incident project(const std::vector<CuratedEntry> &curated);

} // namespace bw
