// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/guardedfile.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

using namespace Qt::Literals::StringLiterals;

namespace bw {

GuardedFile::GuardedFile(QString path, Rules rules)
    : m_path(std::move(path))
    , m_rules(std::move(rules))
{
}

QString GuardedFile::problem() const
{
    const std::lock_guard lock(m_mutex);
    return m_problem;
}

void GuardedFile::note(const QString &problem)
{
    const std::lock_guard lock(m_mutex);
    if (!m_isLasting)
        m_problem = problem;
}

GuardedFile::Outcome GuardedFile::write(const Work &work) { return run(Access::Write, work); }
GuardedFile::Outcome GuardedFile::read(const Work &work) { return run(Access::Read, work); }

GuardedFile::Outcome GuardedFile::run(Access access, const Work &work)
{
    for (int attempt = 0; attempt < 2 && isReady(access); ++attempt) {
        const Result<> done = work(*m_database);
        if (done) {
            note({});
            return Outcome::Done;
        }
        note(done.error().message);
        // Opened anew in any case: what was rolled back must not stay in anybody's sums.
        m_database.reset();
        if (!Database::isDamaged(done.error()) || !m_lock)
            break;
        repair();
    }
    return m_isClosed || m_isNewer ? Outcome::Never : Outcome::Later;
}

void GuardedFile::close()
{
    m_database.reset();
    m_lock.reset();
    m_isClosed = true;
}

bool GuardedFile::mayTry()
{
    const auto now = std::chrono::steady_clock::now();
    if (m_failedAt && now - *m_failedAt < m_rules.retryAfter)
        return false;
    m_failedAt.reset();
    return true;
}

bool GuardedFile::isReady(Access access)
{
    if (m_database && (m_isWriting || access == Access::Read))
        return true;
    if (m_isClosed || m_isNewer || !mayTry())
        return false;
    m_database.reset();
    Result<> opened = open(access);
    if (!opened && Database::isDamaged(opened.error()) && m_lock) {
        m_database.reset();
        note(opened.error().message);
        repair();
        opened = open(access);
    }
    if (!opened) {
        note(opened.error().message);
        m_database.reset();
        m_failedAt = std::chrono::steady_clock::now();
    }
    return m_database.has_value();
}

/// Success without a database: somebody else writes, and there is nothing to read yet or nobody may write.
Result<> GuardedFile::open(Access access)
{
    if (!m_lock) {
        // On a new machine nobody has made the program's folder yet.
        const QString folder = QFileInfo(m_path).path();
        if (!QFileInfo::exists(folder) && QDir().mkpath(folder))
            QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        auto lock = FileLock::tryTake(m_path);
        if (!lock)
            return tl::unexpected(lock.error());
        m_lock = std::move(*lock);
    }
    if (m_lock)
        return openToWrite();
    if (access == Access::Write || !QFileInfo::exists(m_path))
        return {};
    auto database = Database::openToRead(m_path);
    if (!database)
        return tl::unexpected(database.error());
    const auto version = database->number("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    if (*version != m_rules.format) // empty as yet, or of another program
        return {};
    m_database.emplace(std::move(*database));
    m_isWriting = false;
    return {};
}

Result<> GuardedFile::openToWrite()
{
    auto database = Database::open(m_path, DatabaseRole::Cache);
    if (!database)
        return tl::unexpected(database.error());
    const auto version = database->number("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    if (*version != 0 && *version != m_rules.format) {
        const QString words =
            u"%1 has format %2; this program knows %3"_s.arg(m_path).arg(*version).arg(m_rules.format);
        // A cache is replaced; a newer program's record is not ours to change, nor to set aside.
        m_isNewer = m_rules.loss == Rules::Loss::SetAside && *version > m_rules.format;
        return m_isNewer ? fail(Error::Kind::Storage, words) : Database::damage(words);
    }
    if (auto made = database->execute(m_rules.schema); !made)
        return made;
    if (m_rules.opened) {
        if (auto done = m_rules.opened(*database); !done)
            return done;
    }
    m_database.emplace(std::move(*database));
    m_isWriting = true;
    return {};
}

void GuardedFile::repair()
{
    const bool isKept = m_rules.loss == Rules::Loss::SetAside;
    const QString aside =
        m_path + u".damaged-"_s + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-hhmmss"_s);
    for (const QString &suffix : {QString(), u"-wal"_s, u"-shm"_s, u"-journal"_s}) {
        if (isKept)
            QFile::rename(m_path + suffix, aside + suffix);
        else
            QFile::remove(m_path + suffix);
    }
    if (!isKept)
        return;
    note(u"%1 was damaged and is now %2; what it held is asked for again"_s.arg(m_path, aside));
    const std::lock_guard lock(m_mutex);
    m_isLasting = true;
}

} // namespace bw
