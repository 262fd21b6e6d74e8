// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/sqlite/database.h>
#include <store/sqlite/filelock.h>

#include <chrono>
#include <functional>
#include <mutex>

namespace bw {

/// A database that the program can do without for a while: opened when it is first needed, closed after
/// trouble and opened anew later. One process writes: SQLite before 3.51.3 can lose commits in write-ahead
/// mode when one connection writes while another checkpoints. The others read, and write once they get the
/// lock. Belongs to the DB thread, but for problem().
class GuardedFile
{
public:
    struct Rules
    {
        qint64 format = 1; ///< user_version
        const char *schema = nullptr; ///< makes what is not there, and sets user_version
        enum class Loss : quint8 {
            Replace, ///< a damaged or foreign file is deleted: nothing is lost
            SetAside ///< it gets another name; one of a newer program is left alone
        } loss = Loss::Replace;
        /// After opening for writing: read what the owner keeps in mind.
        std::function<Result<>(Database &)> opened;
        std::chrono::milliseconds retryAfter{30'000}; ///< after a file that could not be opened
    };
    GuardedFile(QString path, Rules rules);

    using Work = std::function<Result<>(Database &)>;
    enum class Outcome : quint8 {
        Done,
        Later, ///< busy, full, not ours to write just now: try again
        Never ///< closed, or of a newer program
    };
    /// A file that turns out damaged is replaced or set aside, by the writing process only, and the work
    /// tried once more; so it must not keep half of a first try.
    Outcome write(const Work &work);
    /// Reads, also where another process writes. A file that is not there yet is no problem, and Later.
    Outcome read(const Work &work);
    /// For good: releases the lock.
    void close();

    std::chrono::milliseconds retryAfter() const { return m_rules.retryAfter; }
    /// Why the file is not used, or what was wrong with it; empty when all is well. Any thread.
    QString problem() const;

private:
    enum class Access : quint8 { Read, Write };
    Outcome run(Access access, const Work &work);
    bool isReady(Access access);
    [[nodiscard]] Result<> open(Access access);
    [[nodiscard]] Result<> openToWrite();
    bool mayTry();
    void repair();
    void note(const QString &problem);

    const QString m_path;
    const Rules m_rules;
    std::optional<FileLock> m_lock;
    std::optional<Database> m_database;
    bool m_isWriting = false; ///< the open database is
    bool m_isClosed = false, m_isNewer = false;
    std::optional<std::chrono::steady_clock::time_point> m_failedAt;
    mutable std::mutex m_mutex;
    QString m_problem; ///< under the mutex
    bool m_isLasting = false; ///< the problem stays true when the file works again
};

} // namespace bw
