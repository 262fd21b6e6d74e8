// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/history/slobucketstore.h>

#include <store/sqlite/database.h>
#include <store/sqlite/dbthread.h>

#include <QDateTime>
#include <QFile>
#include <QPointer>

#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr qint64 kFormat = 1;

qint64 stateNumber(BucketState state)
{
    return state == BucketState::Missing ? 2 : state == BucketState::Partial ? 1 : 0;
}
BucketState stateFrom(qint64 number)
{
    return number == 2 ? BucketState::Missing : number == 1 ? BucketState::Partial : BucketState::Complete;
}

} // namespace

/// The file; the DB thread alone touches it, but for the problem's text.
class SloBucketStore::File
{
public:
    explicit File(QString path)
        : m_path(std::move(path))
    {
    }
    QString problem() const
    {
        const std::lock_guard lock(m_mutex);
        return m_problem;
    }

    std::vector<KeptBuckets> read(const QStringList &slos, qint64 fromHour)
    {
        std::vector<KeptBuckets> all;
        withFile([&]() -> Result<> {
            all.clear();
            for (const QString &slo : slos) {
                if (auto done = readOne(slo, fromHour, all); !done)
                    return done;
            }
            return {};
        });
        return all;
    }

    void write(const std::vector<KeptBuckets> &fresh)
    {
        withFile([&]() -> Result<> {
            auto transaction = Transaction::begin(*m_database);
            if (!transaction)
                return tl::unexpected(transaction.error());
            auto insert = m_database->prepare(
                "INSERT INTO slo_buckets(slo, spec, grp, hour, bad, total, state, fetched) "
                "VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(slo, spec, grp, hour) DO UPDATE SET "
                "bad = iif(excluded.state > state, bad, excluded.bad), "
                "total = iif(excluded.state > state, total, excluded.total), "
                "fetched = iif(excluded.state > state AND excluded.state < 2, fetched, excluded.fetched), "
                "state = min(state, excluded.state)");
            if (!insert)
                return tl::unexpected(insert.error());
            for (const KeptBuckets &one : fresh) {
                if (auto done = writeOne(*insert, one); !done)
                    return done;
            }
            return transaction->commit();
        });
    }

    void forgetOthers(const QString &slo, const QByteArray &specHash)
    {
        withFile([&]() -> Result<> {
            auto gone = m_database->prepare("DELETE FROM slo_buckets WHERE slo = ? AND spec <> ?");
            if (!gone)
                return tl::unexpected(gone.error());
            return gone->bind(1, slo).bind(2, specHash).run();
        });
    }

    void close()
    {
        m_database.reset();
        m_closed = true;
    }

private:
    Result<> readOne(const QString &slo, qint64 fromHour, std::vector<KeptBuckets> &all)
    {
        auto select =
            m_database->prepare("SELECT spec, grp, hour, bad, total, state, fetched FROM slo_buckets "
                                "WHERE slo = ? AND hour >= ? ORDER BY spec, grp, hour");
        if (!select)
            return tl::unexpected(select.error());
        select->bind(1, slo).bind(2, fromHour);
        for (auto row = select->step();; row = select->step()) {
            if (!row)
                return tl::unexpected(row.error());
            if (!*row)
                return {};
            const QByteArray spec = select->blob(0);
            const QString group = select->text(1);
            if (all.empty() || all.back().slo != slo || all.back().specHash != spec
                || all.back().group != group)
                all.push_back({slo, group, spec, {}});
            all.back().buckets.push_back({select->integer(2), select->real(3), select->real(4),
                stateFrom(select->integer(5)), fromNs(select->integer(6))});
        }
    }

    static Result<> writeOne(Statement &insert, const KeptBuckets &one)
    {
        for (const HourBucket &bucket : one.buckets) {
            if (bucket.state == BucketState::Open)
                continue;
            insert.bind(1, one.slo).bind(2, one.specHash).bind(3, one.group).bind(4, bucket.hour);
            insert.bindReal(5, bucket.bad).bindReal(6, bucket.total);
            if (auto done = insert.bind(7, stateNumber(bucket.state)).bind(8, toNs(bucket.fetchedAt)).run();
                !done)
                return done;
        }
        return {};
    }

    /// Runs `work` on the open file. One that turns out damaged is set aside, and the work tried once more.
    template<typename Work> void withFile(const Work &work)
    {
        for (int attempt = 0; attempt < 2 && isOpen(); ++attempt) {
            const Result<> done = work();
            if (done)
                return;
            note(done.error().message);
            m_database.reset();
            if (!Database::isDamaged(done.error()))
                return;
            setAside();
        }
    }

    bool isOpen()
    {
        if (m_database || m_closed || m_unusable)
            return m_database.has_value();
        Result<> opened = open();
        if (!opened && Database::isDamaged(opened.error())) {
            m_database.reset();
            setAside();
            opened = open();
        }
        if (!opened) {
            note(opened.error().message);
            m_database.reset();
            m_unusable = true;
        }
        return m_database.has_value();
    }

    Result<> open()
    {
        auto database = Database::open(m_path, DatabaseRole::Cache);
        if (!database)
            return tl::unexpected(database.error());
        m_database.emplace(std::move(*database));
        const auto version = m_database->number("PRAGMA user_version");
        if (!version)
            return tl::unexpected(version.error());
        if (*version > kFormat) // written by a newer program: not ours to change, nor to set aside
            return fail(Error::Kind::Storage,
                u"%1 has format %2; this program knows %3"_s.arg(m_path).arg(*version).arg(kFormat), {}, 0);
        return m_database->execute(
            "CREATE TABLE IF NOT EXISTS slo_buckets(slo TEXT NOT NULL, spec BLOB NOT NULL, grp TEXT NOT "
            "NULL, "
            "hour INTEGER NOT NULL, bad REAL NOT NULL, total REAL NOT NULL, state INTEGER NOT NULL, "
            "fetched INTEGER NOT NULL, PRIMARY KEY(slo, spec, grp, hour)) STRICT, WITHOUT ROWID;"
            "PRAGMA user_version = 1;");
    }

    void setAside()
    {
        const QString aside =
            m_path + u".damaged-"_s + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-hhmmss"_s);
        for (const QString &suffix : {QString(), u"-wal"_s, u"-shm"_s})
            QFile::rename(m_path + suffix, aside + suffix);
        note(u"%1 was damaged and is now %2; its hours are asked for again"_s.arg(m_path, aside));
    }

    void note(const QString &problem)
    {
        const std::lock_guard lock(m_mutex);
        m_problem = problem;
    }

    const QString m_path;
    mutable std::mutex m_mutex;
    QString m_problem; ///< under the mutex
    std::optional<Database> m_database;
    bool m_closed = false, m_unusable = false;
};

SloBucketStore::SloBucketStore(const QString &path, DbThread &thread)
    : m_thread(thread)
    , m_file(std::make_shared<File>(path))
    , m_home(std::make_unique<QObject>())
{
}

SloBucketStore::~SloBucketStore()
{
    m_thread.runAndWait(DbThread::Kind::Bulk, [file = m_file] { file->close(); });
}

void SloBucketStore::load(QStringList slos, qint64 fromHour, const QObject *receiver, Loaded done)
{
    m_thread.post(DbThread::Kind::Bulk,
        [file = m_file, home = m_home.get(), slos = std::move(slos), fromHour,
            alive = QPointer<const QObject>(receiver), done = std::move(done)] {
            auto found = std::make_shared<std::vector<KeptBuckets>>(file->read(slos, fromHour));
            QMetaObject::invokeMethod(
                home,
                [found, alive, done] {
                    if (alive)
                        done(*found);
                },
                Qt::QueuedConnection);
        });
}

void SloBucketStore::keep(std::vector<KeptBuckets> fresh)
{
    m_thread.post(DbThread::Kind::Bulk, [file = m_file, fresh = std::move(fresh)] { file->write(fresh); });
}

void SloBucketStore::forgetOthers(const QString &slo, const QByteArray &specHash)
{
    m_thread.post(
        DbThread::Kind::Bulk, [file = m_file, slo, specHash] { file->forgetOthers(slo, specHash); });
}

void SloBucketStore::flush()
{
    m_thread.runAndWait(DbThread::Kind::Bulk, [] {});
}

QString SloBucketStore::problem() const { return m_file->problem(); }

} // namespace bw
