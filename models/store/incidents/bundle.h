// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/journal.h>

#include <map>
#include <span>

namespace bw {

/// One incident on its way to another console, by mail, a shared folder or git: the lines of its journal as
/// they were written, and the files they name. As a file it is a tar in zstd (INC-2026-0042.bwi), which
/// standard tools open: manifest.json, incident.json, journal.jsonl, blobs/<sha256>, conflicts.jsonl,
/// postmortem.md.
struct IncidentBundle
{
    IncidentId incident;
    std::vector<JournalLine> lines; ///< each id once, in the order of recording
    /// Lines with the id of another line and other bytes: somebody wrote one entry twice. Kept, never shown
    /// as part of the record.
    std::vector<JournalLine> conflicts;
    std::map<QString, QByteArray> blobs; ///< by SHA-256
    QByteArray postmortem; ///< the document a person edited; empty: none
    bool operator==(const IncidentBundle &) const = default;
};

/// The same bundle gives the same bytes. Invalid: no lines, or more than one incident.
[[nodiscard]] Result<QByteArray> bundleBytes(const IncidentBundle &bundle);

struct ReadBundle
{
    IncidentBundle bundle;
    QStringList findings; ///< gaps, broken chains, missing or wrong files; empty: whole
};
/// Decode: no bundle, or one whose lines or files do not fit their hashes; then nothing of it is used. What
/// is whole but not complete is told in the findings.
[[nodiscard]] Result<ReadBundle> readBundle(const QByteArray &bytes);

/// Everything that is in one of them. Lines of equal id and bytes count once; of different bytes the first by
/// hash is the record and the others are conflicts. Order and repetition of `bundles` do not matter. Of
/// several postmortems the longest is kept, of equally long ones the first in byte order. Invalid: different
/// incidents.
[[nodiscard]] Result<IncidentBundle> mergedBundle(std::span<const IncidentBundle> bundles);

} // namespace bw
