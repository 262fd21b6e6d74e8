// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloport.h>

#include <chrono>
#include <memory>

namespace bw {

class DbThread;

/// Hour buckets of objectives in history.sqlite. They outlive the backend's retention, so a damaged file is
/// set aside under another name, never deleted. One process writes; others read, and what they would keep
/// waits, as it does for a file that is busy or not writable: that is no error to the caller. Lives on the
/// thread that made it; file work happens on the DbThread, which must outlive it. Making one touches no file.
class SloBucketStore final : public SloHistory
{
public:
    /// `retryAfter`: how long a file is left alone that could not be opened or written.
    SloBucketStore(const QString &path, DbThread &thread,
        std::chrono::milliseconds retryAfter = std::chrono::seconds(30));
    /// Writes what is queued and closes the file.
    ~SloBucketStore() override;
    SloBucketStore(const SloBucketStore &) = delete;
    SloBucketStore &operator=(const SloBucketStore &) = delete;

    void load(QStringList slos, qint64 fromHour, const QObject *receiver, Loaded done) override;
    void keep(std::vector<KeptBuckets> fresh) override;
    void prune(qint64 beforeHour) override;
    QString problem() const override;

    /// Waits until everything handed over is in the file, or was tried.
    void flush();

private:
    class File;
    static void retryLater(DbThread &thread, const std::shared_ptr<File> &file);
    DbThread &m_thread;
    std::shared_ptr<File> m_file; ///< jobs hold it too
    std::unique_ptr<QObject> m_home; ///< lives on the callers' thread; answers travel to it
};

} // namespace bw
