// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/incidents/entry.h>

namespace bw {

/// A line of a journal. Its bytes as written are the record: nothing is ever re-encoded, and the database
/// keeps the same bytes.
struct JournalLine
{
    TimelineEntry entry;
    QByteArray bytes; ///< without the line break
    QByteArray prev, hash, bodyHash; ///< 64 hex digits each
    bool operator==(const JournalLine &) const = default;
};

/// A line holds at most this, its break included; more belongs into a blob.
inline constexpr qsizetype kLongestLine = 1 << 20;

/// What the first line of a chain is preceded by.
QByteArray noHash();
/// SHA-256 in hex.
QByteArray sha256(QByteArrayView bytes);

/// Writes an entry that follows `prev` (64 hex digits). `salt` keeps a short body from being guessed by its
/// hash once it has been redacted. TooLarge: longer than a line may be.
[[nodiscard]] Result<JournalLine> encodeLine(
    const TimelineEntry &entry, const QByteArray &prev, const QByteArray &salt);
/// Reads a line and checks both of its hashes. Decode: not exactly of the form written above, or a hash does
/// not fit. Kinds nobody knows are read like others.
[[nodiscard]] Result<JournalLine> decodeLine(QByteArrayView bytes);
/// The line without its body: the hashes stay, the chain still fits.
QByteArray redactedLine(const QByteArray &bytes);

} // namespace bw
