// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QStringList>

#include <memory>

namespace bw {

/// A file open for appending. After an error, of sync() above all, it must not be used again: the system
/// tells a failed sync once and forgets the data.
class DiskFile
{
public:
    virtual ~DiskFile() = default;
    [[nodiscard]] virtual Result<> append(const QByteArray &bytes) = 0;
    /// Content and size are on the disk when this returns.
    [[nodiscard]] virtual Result<> sync() = 0;
    [[nodiscard]] virtual Result<> truncate(qint64 size) = 0;
};

/// Held as long as it lives; the kernel frees it when the process ends, however it ends.
class DiskLock
{
public:
    virtual ~DiskLock() = default;
};

struct DiskSpace
{
    qint64 freeBytes = 0, totalBytes = 0;
};

/// Every file and every sync of the incident record, as a port: tests put a disk below it that fails or loses
/// power at each single operation. Errors are of kind Storage with errno, negated,
/// in `code` (positive ones are SQLite's); NotFound where there is
/// no such file. Used by one thread.
class Disk
{
public:
    enum class Open { Existing, CreateOrExisting, CreateNew };
    virtual ~Disk() = default;
    /// For appending; symbolic links are not followed, a new file is its owner's alone.
    [[nodiscard]] virtual Result<std::unique_ptr<DiskFile>> open(const QString &path, Open mode) = 0;
    [[nodiscard]] virtual Result<QByteArray> read(const QString &path, qint64 offset = 0) = 0;
    [[nodiscard]] virtual Result<qint64> size(const QString &path) = 0;
    [[nodiscard]] virtual Result<> rename(const QString &from, const QString &to) = 0;
    [[nodiscard]] virtual Result<> remove(const QString &path) = 0;
    /// With its parents; its owner's alone. True when it was not there before.
    [[nodiscard]] virtual Result<bool> makeDirectory(const QString &path) = 0;
    /// Names that were made, renamed or removed in it are on the disk when this returns.
    [[nodiscard]] virtual Result<> syncDirectory(const QString &path) = 0;
    /// Names, sorted; empty when there is no such folder.
    [[nodiscard]] virtual Result<QStringList> list(const QString &path) = 0;
    /// Refused when another process holds it.
    [[nodiscard]] virtual Result<std::unique_ptr<DiskLock>> lock(const QString &path) = 0;
    /// Reserves the bytes, so that removing the file gives them back.
    [[nodiscard]] virtual Result<> allocate(const QString &path, qint64 bytes) = 0;
    [[nodiscard]] virtual Result<DiskSpace> space(const QString &path) = 0;
    /// "NFS", "CIFS" or "FUSE", where syncs and locks do not keep what they promise; else empty.
    virtual QString unreliableFileSystem(const QString &path) = 0;
    /// Name of the SQLite file layer that goes with it; null: the system's.
    virtual const char *sqliteLayer() const { return nullptr; }
};

/// Linux.
class SystemDisk final : public Disk
{
public:
    [[nodiscard]] Result<std::unique_ptr<DiskFile>> open(const QString &path, Open mode) override;
    [[nodiscard]] Result<QByteArray> read(const QString &path, qint64 offset) override;
    [[nodiscard]] Result<qint64> size(const QString &path) override;
    [[nodiscard]] Result<> rename(const QString &from, const QString &to) override;
    [[nodiscard]] Result<> remove(const QString &path) override;
    [[nodiscard]] Result<bool> makeDirectory(const QString &path) override;
    [[nodiscard]] Result<> syncDirectory(const QString &path) override;
    [[nodiscard]] Result<QStringList> list(const QString &path) override;
    [[nodiscard]] Result<std::unique_ptr<DiskLock>> lock(const QString &path) override;
    [[nodiscard]] Result<> allocate(const QString &path, qint64 bytes) override;
    [[nodiscard]] Result<DiskSpace> space(const QString &path) override;
    QString unreliableFileSystem(const QString &path) override;
};

/// The folder a path lies in.
QString folderOf(const QString &path);
/// Whole or not at all: a temporary file beside it, sync, rename, sync of the folder.
[[nodiscard]] Result<> replaceFile(Disk &disk, const QString &path, const QByteArray &bytes);
/// The name is free again after this returns, and the disk knows.
[[nodiscard]] Result<> moveAside(Disk &disk, const QString &path, const QString &to);
/// True for a full disk or quota.
bool isDiskFull(const Error &error);

} // namespace bw
