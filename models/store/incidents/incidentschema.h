// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/sqlite/migrations.h>

namespace bw {

/// incidents.sqlite: every line of every journal, with the columns that order and find them. Triggers refuse
/// to delete a row and to change one, but for taking its body out.
std::span<const Migration> incidentMigrations();

// Statements of more than one place. Those about heads are worded as the partial index is, so that it serves.

/// Lines of the entries that declare incidents.
inline constexpr char kDeclarations[] =
    "SELECT line FROM entry WHERE kind = 'incident.declared' AND (kind GLOB 'incident.*' OR kind GLOB "
    "'milestone.*' OR kind GLOB 'role.*')";
/// The parameters are those of IncidentDb::insertLine().
inline constexpr char kInsertEntry[] = "INSERT INTO entry(id, inc, writer, seq, hlc, at, utc, kind, level, "
                                       "supersedes, line) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
/// The same; what contradicts a row that is there stays out.
inline constexpr char kInsertFitting[] =
    "INSERT OR IGNORE INTO entry(id, inc, writer, seq, hlc, at, utc, kind, level, supersedes, line) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
inline constexpr char kSetJournalSize[] = "INSERT INTO journal(inc, bytes) VALUES(?, ?) ON CONFLICT(inc) DO "
                                          "UPDATE SET bytes = excluded.bytes";

} // namespace bw
