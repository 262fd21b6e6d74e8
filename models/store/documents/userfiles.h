// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/identity.h>
#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>
#include <domain/display/display.h>
#include <domain/display/savedset.h>

namespace bw {

/// sets.yaml, display.yaml and aliases.yaml: small files a person writes by hand, or the window on request.
/// Each reader returns what made sense, with findings for the rest; Invalid when the text is no YAML map.
template<typename T> struct LoadedFile
{
    T value;
    std::vector<Finding> findings;
};

/// `sets`: name, dashboard, time, variables. One without a name, or with one that is taken, is left out.
[[nodiscard]] Result<LoadedFile<std::vector<SavedSet>>> parseSavedSets(
    const QByteArray &text, const QString &file);
/// parseSavedSets() gives the same sets back.
QByteArray writeSavedSets(const std::vector<SavedSet> &sets);

/// `scale`, `rotations` (id; dashboards: id, set, dwell), `notifications` (desktop, sound, quiet: from, to).
[[nodiscard]] Result<LoadedFile<DisplaySettings>> parseDisplay(const QByteArray &text, const QString &file);

/// `aliases`: groups of names that mean the same thing.
[[nodiscard]] Result<LoadedFile<AliasTable>> parseAliases(const QByteArray &text, const QString &file);
QByteArray writeAliases(const AliasTable &aliases);

/// Read `directory`/NAME.yaml; without that file, what a program without it has.
[[nodiscard]] Result<LoadedFile<std::vector<SavedSet>>> readSavedSets(const QString &directory);
[[nodiscard]] Result<LoadedFile<DisplaySettings>> readDisplay(const QString &directory);
[[nodiscard]] Result<LoadedFile<AliasTable>> readAliases(const QString &directory);

/// Replaces `directory`/`name` whole or not at all; the folder is made. Storage when it cannot be written:
/// then the file is as it was. Does file I/O.
[[nodiscard]] Result<void> replaceDocument(
    const QString &directory, const QString &name, const QByteArray &text);

} // namespace bw
