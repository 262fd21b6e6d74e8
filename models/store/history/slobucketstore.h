// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/sloport.h>

#include <memory>

namespace bw {

class DbThread;

/// Hour buckets of objectives in history.sqlite. They outlive the backend's retention, so a damaged file is
/// set aside under another name, never deleted; one that is busy or not writable leaves the program without
/// memory, which is no error to the caller. Lives on the thread that made it; file work happens on the
/// DbThread, which must outlive it. Making one touches no file.
class SloBucketStore final : public SloHistory
{
public:
    SloBucketStore(const QString &path, DbThread &thread);
    /// Writes what is queued and closes the file.
    ~SloBucketStore() override;
    SloBucketStore(const SloBucketStore &) = delete;
    SloBucketStore &operator=(const SloBucketStore &) = delete;

    void load(QStringList slos, qint64 fromHour, const QObject *receiver, Loaded done) override;
    void keep(std::vector<KeptBuckets> fresh) override;
    void forgetOthers(const QString &slo, const QByteArray &specHash) override;

    /// Waits until everything handed over is in the file.
    void flush();
    /// Why the file is not used, or what was wrong with it; empty when all is well. Any thread.
    QString problem() const;

private:
    class File;
    DbThread &m_thread;
    std::shared_ptr<File> m_file; ///< jobs hold it too
    std::unique_ptr<QObject> m_home; ///< lives on the callers' thread; answers travel to it
};

} // namespace bw
