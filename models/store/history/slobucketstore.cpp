// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/history/slobucketstore.h>

#include <store/sqlite/dbthread.h>
#include <store/sqlite/guardedfile.h>

#include <QPointer>

#include <algorithm>
#include <iterator>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

// 200,000 hours: what a hundred objectives of 80 days are, and 10 MB while the file cannot be written.
constexpr size_t kMostWaiting = 200'000;

constexpr auto kSchema =
    "CREATE TABLE IF NOT EXISTS slo_buckets(slo TEXT NOT NULL, spec BLOB NOT NULL, grp TEXT NOT NULL, "
    "hour INTEGER NOT NULL, bad REAL NOT NULL, total REAL NOT NULL, state INTEGER NOT NULL, "
    "fetched INTEGER NOT NULL, PRIMARY KEY(slo, spec, grp, hour)) STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

/// The greater number is known worse, and does not replace the lesser one.
qint64 stateNumber(BucketState state)
{
    return state == BucketState::Missing ? 2 : state == BucketState::Partial ? 1 : 0;
}
BucketState stateFrom(qint64 number)
{
    return number == 2 ? BucketState::Missing : number == 1 ? BucketState::Partial : BucketState::Complete;
}

Result<> readOne(Database &database, const QString &slo, qint64 fromHour, std::vector<KeptBuckets> &all)
{
    auto select = database.prepare("SELECT spec, grp, hour, bad, total, state, fetched FROM slo_buckets "
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
        if (all.empty() || all.back().slo != slo || all.back().specHash != spec || all.back().group != group)
            all.push_back({slo, group, spec, {}});
        all.back().buckets.push_back({select->integer(2), select->real(3), select->real(4),
            stateFrom(select->integer(5)), fromNs(select->integer(6))});
    }
}

Result<> writeOne(Statement &insert, const KeptBuckets &one)
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

Result<> writeAll(Database &database, const std::vector<KeptBuckets> &fresh)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    auto insert = database.prepare(
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
}

size_t hoursIn(const std::vector<KeptBuckets> &list)
{
    size_t count = 0;
    for (const KeptBuckets &one : list)
        count += one.buckets.size();
    return count;
}

} // namespace

/// The file and what waits for it; the DB thread alone touches it, but for the problem's text.
class SloBucketStore::File
{
public:
    File(const QString &path, std::chrono::milliseconds retryAfter)
        : m_file(path, {1, kSchema, GuardedFile::Rules::Loss::SetAside, {}, retryAfter})
    {
    }
    QString problem() const { return m_file.problem(); }
    std::chrono::milliseconds retryAfter() const { return m_file.retryAfter(); }

    std::vector<KeptBuckets> read(const QStringList &slos, qint64 fromHour)
    {
        std::vector<KeptBuckets> all;
        m_file.read([&](Database &database) -> Result<> {
            all.clear();
            for (const QString &slo : slos) {
                if (auto done = readOne(database, slo, fromHour, all); !done)
                    return done;
            }
            return {};
        });
        return all;
    }

    /// True: it must be tried again later.
    bool write(std::vector<KeptBuckets> fresh)
    {
        std::move(fresh.begin(), fresh.end(), std::back_inserter(m_waiting));
        if (m_waiting.empty())
            return false;
        const auto outcome =
            m_file.write([this](Database &database) { return writeAll(database, m_waiting); });
        if (outcome != GuardedFile::Outcome::Later) {
            m_waiting.clear();
            return false;
        }
        while (hoursIn(m_waiting) > kMostWaiting)
            m_waiting.erase(m_waiting.begin());
        return !std::exchange(m_isRetrying, true);
    }
    bool retry()
    {
        m_isRetrying = false;
        return write({});
    }

    void prune(qint64 beforeHour)
    {
        m_file.write([beforeHour](Database &database) -> Result<> {
            auto gone = database.prepare("DELETE FROM slo_buckets WHERE hour < ?");
            if (!gone)
                return tl::unexpected(gone.error());
            return gone->bind(1, beforeHour).run();
        });
    }

    void close()
    {
        write({});
        m_file.close();
    }

private:
    GuardedFile m_file;
    std::vector<KeptBuckets> m_waiting; ///< oldest first
    bool m_isRetrying = false;
};

SloBucketStore::SloBucketStore(const QString &path, DbThread &thread, std::chrono::milliseconds retryAfter)
    : m_thread(thread)
    , m_file(std::make_shared<File>(path, retryAfter))
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
    m_thread.post(DbThread::Kind::Bulk, [&thread = m_thread, file = m_file, fresh = std::move(fresh)] {
        if (file->write(fresh))
            retryLater(thread, file);
    });
}

void SloBucketStore::retryLater(DbThread &thread, const std::shared_ptr<File> &file)
{
    thread.postLater(file->retryAfter(), [&thread, file] {
        if (file->retry())
            retryLater(thread, file);
    });
}

void SloBucketStore::prune(qint64 beforeHour)
{
    m_thread.post(DbThread::Kind::Bulk, [file = m_file, beforeHour] { file->prune(beforeHour); });
}

void SloBucketStore::flush()
{
    m_thread.runAndWait(DbThread::Kind::Bulk, [] {});
}

QString SloBucketStore::problem() const { return m_file->problem(); }

} // namespace bw
