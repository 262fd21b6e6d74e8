// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>

#include <vector>

namespace bw {

/// A file in an archive.
struct ArchiveFile
{
    QString name; ///< relative, "/" between parts, at most 100 bytes of ASCII
    QByteArray bytes;
    bool operator==(const ArchiveFile &) const = default;
};

/// The most that is read out of an archive of somebody else.
inline constexpr qint64 kMaxArchiveBytes = qint64(1) << 30;
inline constexpr qsizetype kMaxArchiveFiles = 10'000;

/// POSIX ustar, owner 0, mode 0644, every file of the time `seconds`, in order of their names: the same files
/// give the same bytes. Invalid: a name that cannot be written, or twice the same.
[[nodiscard]] Result<QByteArray> writeTar(std::vector<ArchiveFile> files, qint64 seconds);
/// Regular files only. Decode: not a tar, a checksum is wrong, a file is cut, a name leaves the archive
/// ("..",
/// "/…"), or there are links, devices or equal names. TooLarge: more than the limits above.
[[nodiscard]] Result<std::vector<ArchiveFile>> readTar(const QByteArray &bytes);

/// One zstd frame with its size and checksum.
[[nodiscard]] Result<QByteArray> compressed(const QByteArray &bytes);
/// TooLarge before more than `limit` bytes were made. Decode: no zstd, or damaged.
[[nodiscard]] Result<QByteArray> decompressed(const QByteArray &bytes, qint64 limit = kMaxArchiveBytes);

} // namespace bw
