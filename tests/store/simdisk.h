// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/disk.h>

#include <map>
#include <set>
#include <string>

struct sqlite3_vfs;

namespace bw {

/// A disk in memory that tells what is really on it from what only seems so. What was written is durable
/// after a sync of the file, a name after a sync of its folder. A failed sync forgets the data as Linux does:
/// it still reads well, and no later sync writes it. SQLite uses the same disk through a file layer of its
/// own, so that one counter numbers every write, cut, sync, rename and removal of both.
class SimDisk final : public Disk
{
public:
    /// What a loss of power leaves of the writes and names that were not synced.
    enum class Fate { AllLost, AllKept, Random };

    SimDisk();
    ~SimDisk() override;
    SimDisk(const SimDisk &) = delete;
    SimDisk &operator=(const SimDisk &) = delete;

    qint64 operations() const { return m_count; }
    /// Power goes at this operation: it and all later ones fail.
    void losePowerAt(qint64 operation) { m_lostAt = operation; }
    bool isOff() const { return m_isOff; }
    /// This operation fails with errno `code`; with `persistent` all later ones too, until repaired().
    void failAt(qint64 operation, int code, bool persistent);
    void repaired();
    /// There is no room for anything while this file is there.
    void fullUntilRemoved(const QString &path) { m_inTheWay = path; }
    bool hasFailed() const { return m_hasFailed; }
    const char *whatFailed() const { return m_whatFailed; }
    /// Becomes what is found after power came back.
    void restore(const SimDisk &before, Fate fate, quint32 seed);
    /// Changes one byte behind everybody's back.
    void flip(const QString &path, qint64 offset, char mask);
    void cut(const QString &path, qint64 size);
    QStringList paths() const;

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
    QString unreliableFileSystem(const QString &) override { return {}; }
    const char *sqliteLayer() const override { return m_layerName.c_str(); }

    struct Write
    {
        qint64 offset = 0;
        QByteArray bytes;
        bool isCut = false; ///< to `offset`
    };
    struct Inode
    {
        QByteArray now, durable;
        std::vector<Write> pending;
    };
    using File = std::shared_ptr<Inode>;

    // For the file layer.
    [[nodiscard]] Result<> writeAt(Inode &file, qint64 offset, const QByteArray &bytes);
    [[nodiscard]] Result<> cutTo(Inode &file, qint64 size);
    [[nodiscard]] Result<> syncFile(Inode &file);
    File find(const QString &path) const;
    File create(const QString &path);

private:
    Result<> operation(const char *what);
    std::map<QString, File> m_names, m_durableNames;
    std::set<QString> m_folders, m_durableFolders;
    qint64 m_count = 0, m_lostAt = -1, m_failAt = -1;
    int m_failCode = 0;
    const char *m_whatFailed = "";
    QString m_inTheWay;
    bool m_failsOn = false, m_isOff = false, m_hasFailed = false;
    std::string m_layerName;
    std::unique_ptr<sqlite3_vfs> m_layer;
};

} // namespace bw
