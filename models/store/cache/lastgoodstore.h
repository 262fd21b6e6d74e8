// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>

#include <QObject>

#include <memory>

namespace bw {

class DbThread;

/// The last good answers in cache.sqlite. May be deleted at any time: a missing, foreign or damaged file is
/// replaced, a place that cannot be written leaves the cache empty; neither is ever an error to the caller.
/// Lives on the thread that made it (its callbacks run there); file and codec work happen on the DbThread,
/// which must outlive it. Making one touches no file. A file knows the wall clock only: what it gives back
/// has its true age on the clock that runs on (before zero for an answer from before this boot).
class LastGoodStore final : public LastGoodCache
{
public:
    struct Options
    {
        qint64 maxBytes = 64 * 1024 * 1024; ///< of answers; the least recently kept go
        std::chrono::milliseconds writeEvery{2000};
    };
    LastGoodStore(const QString &path, DbThread &thread, const Clock &clock, const Options &options);
    LastGoodStore(const QString &path, DbThread &thread, const Clock &clock)
        : LastGoodStore(path, thread, clock, Options{})
    {
    }
    /// Writes what is queued and closes the file.
    ~LastGoodStore() override;
    LastGoodStore(const LastGoodStore &) = delete;
    LastGoodStore &operator=(const LastGoodStore &) = delete;

    void keep(const QueryResult &result) override;
    /// A null `receiver` means: always call back.
    void fetch(std::vector<QuerySpec> specs, const QObject *receiver, Loaded done) override;

    /// Writes what is queued now and waits for it.
    void flush();
    /// Why the file is not used, or what was wrong with the last one; empty when all is well. Any thread.
    QString problem() const;

private:
    class File;
    DbThread &m_thread;
    const Clock &m_clock;
    Options m_options;
    std::shared_ptr<File> m_file; ///< jobs hold it too, so that a late one finds it
    std::unique_ptr<QObject> m_home; ///< lives on the callers' thread; answers travel to it
};

} // namespace bw
