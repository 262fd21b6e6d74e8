// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>

#include <functional>

class QIODevice;

namespace bw {

/// Writes a file whole, or leaves what was there; its folder exists already. What is no regular file (a
/// device, a pipe) is written in place: a device that was renamed over would be gone. Storage names the path
/// and the reason. A worker's: it waits for the disk.
[[nodiscard]] Result<void> writeWhole(const QString &path, const QByteArray &bytes);
/// The same for whoever writes into a device itself; `write` returns false when that failed.
[[nodiscard]] Result<void> writeWholeBy(const QString &path, const std::function<bool(QIODevice &)> &write);

/// `path`.backup, .backup-2 …: the first of these names that is free, holding `bytes`. Storage when there are
/// a hundred already.
[[nodiscard]] Result<QString> writeBackup(const QString &path, const QByteArray &bytes);

/// What replaceKept() did.
struct Replaced
{
    enum class Outcome : quint8 {
        Written,
        AsksOverwrite ///< the file is there and says something else; nothing was written
    };
    Outcome outcome = Outcome::Written;
    QString path;
    QString backup; ///< what the file held before; empty: nothing, or the same
};
/// Writes `bytes` to `path`, whose folder is made. What another file of this name says is kept beside it as a
/// backup, and replaced only with `mayOverwrite`.
[[nodiscard]] Result<Replaced> replaceKept(const QString &path, const QByteArray &bytes, bool mayOverwrite);

} // namespace bw
