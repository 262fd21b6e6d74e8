// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentschema.h>

namespace bw {

namespace {

// recursive_triggers must be on: without it INSERT OR REPLACE slips past the trigger on DELETE.
constexpr const char *kFirst[] = {
    "CREATE TABLE entry(id BLOB PRIMARY KEY NOT NULL, inc BLOB NOT NULL, writer BLOB NOT NULL, seq INTEGER "
    "NOT NULL, hlc INTEGER NOT NULL, at INTEGER NOT NULL, utc INTEGER NOT NULL, kind TEXT NOT NULL, level "
    "INTEGER NOT NULL, supersedes BLOB, line TEXT NOT NULL, UNIQUE(inc, writer, seq)) STRICT",
    "CREATE INDEX entry_view ON entry(inc, at, hlc, id)",
    // What an incident's head is made of: few entries of many.
    "CREATE INDEX entry_head ON entry(inc) WHERE kind GLOB 'incident.*' OR kind GLOB 'milestone.*' OR kind "
    "GLOB 'role.*'",
    // How long each journal was when its newest line was committed here: tells at start whether they agree.
    "CREATE TABLE journal(inc BLOB PRIMARY KEY NOT NULL, bytes INTEGER NOT NULL) STRICT",
    "CREATE TRIGGER entry_keeps BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is not deleted'); "
    "END",
    "CREATE TRIGGER entry_stays BEFORE UPDATE ON entry WHEN NOT (new.id IS old.id AND new.inc IS old.inc AND "
    "new.writer IS old.writer AND new.seq IS old.seq AND new.hlc IS old.hlc AND new.at IS old.at AND new.utc "
    "IS old.utc AND new.kind IS old.kind AND new.level IS old.level AND new.supersedes IS old.supersedes AND "
    "new.line IS substr(old.line, 1, instr(old.line, ',\"body\":') + 7) || 'null}') BEGIN SELECT "
    "RAISE(ABORT, "
    "'an entry is not changed'); END",
};

constexpr Migration kMigrations[] = {{1, kFirst}};

} // namespace

std::span<const Migration> incidentMigrations() { return kMigrations; }

} // namespace bw
