// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/incidents/entry.h>

#include <QDateTime>
#include <QStringList>
#include <QTimeZone>

namespace bw {

/// What a text file does not say of itself.
struct TimelineImportOptions
{
    QTimeZone zone; ///< of times without an offset; invalid: UTC
    QDate date; ///< of the first line of a chat that has times alone
    IncidentId incident; ///< that the entries are for
};

/// What an import would add, for a person to look at before it happens. Nothing is left out silently.
struct ImportPreview
{
    struct Unread
    {
        int line = 0; ///< from 1
        QString text; ///< as it stands there, cut
        QString why;
        bool operator==(const Unread &) const = default;
    };
    QString format; ///< an id of importFormats()
    /// In the file's order. Their actor is the import and names the author, `timeSource` says so, their ids
    /// follow from the file's bytes and the line, so that a second import of the same file adds nothing.
    std::vector<TimelineEntry> entries;
    std::vector<Unread> unread;
};

/// One kind of text files. `read` never fails: what it cannot read is told.
struct ImportFormat
{
    const char *id;
    const char *title;
    bool (*matches)(const QByteArray &bytes);
    ImportPreview (*read)(const QByteArray &bytes, const TimelineImportOptions &options);
};
/// "json", "csv", "chat", in the order in which they are tried.
std::vector<ImportFormat> importFormats();

/// Reads with the named format; for an empty name with the first that matches. Invalid: no such format.
/// TooLarge: longer than 64 MiB. Hostile bytes give unread lines at worst.
[[nodiscard]] Result<ImportPreview> previewImport(
    const QByteArray &bytes, const QString &format, const TimelineImportOptions &options);

/// A moment as files have it: RFC 3339, "2026-05-01 14:02[:03[.123]]" in `zone`, or seconds or milliseconds
/// since 1970. nullopt: none of these.
std::optional<Timestamp> momentFrom(QStringView text, const QTimeZone &zone);

} // namespace bw
