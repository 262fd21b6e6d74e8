// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/cache/lastgoodstore.h>

#include <store/cache/resultcodec.h>
#include <store/sqlite/dbthread.h>
#include <store/sqlite/guardedfile.h>

#include <QHash>
#include <QPointer>

#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// The moment on the clock that runs on; an answer dated in the future is taken as of now.
BootTime bootTimeOf(Timestamp utc, const Clock &clock)
{
    return clock.bootNow() - std::max(clock.utcNow() - utc, Nanoseconds::zero());
}

} // namespace

/// The queue, which any thread may fill, and the file, which the DB thread alone touches.
class LastGoodStore::File
{
public:
    File(const QString &path, qint64 maxBytes)
        : m_file(path,
            {1, kSchema, GuardedFile::Rules::Loss::Replace,
                [this](Database &database) { return measure(database); }})
        , m_maxBytes(maxBytes)
    {
    }

    // Any thread.

    /// True when a write must be scheduled.
    bool queue(const QueryResult &result)
    {
        const QByteArray identity = identityOf(result.spec);
        const std::lock_guard lock(m_mutex);
        m_queued.insert(identity, result);
        return !std::exchange(m_scheduled, true);
    }
    QString problem() const { return m_file.problem(); }

    // The DB thread.

    void write()
    {
        QHash<QByteArray, QueryResult> batch;
        {
            const std::lock_guard lock(m_mutex);
            batch.swap(m_queued);
            m_scheduled = false;
        }
        if (batch.isEmpty())
            return;
        m_file.write([&](Database &database) { return writeBatch(database, batch); });
    }

    std::vector<QueryResult> read(const std::vector<QuerySpec> &specs)
    {
        std::vector<QueryResult> found;
        for (const QuerySpec &spec : specs) {
            const QByteArray identity = identityOf(spec);
            if (auto queued = fromQueue(identity))
                found.push_back(asKept(std::move(*queued)));
            else if (auto kept = fromFile(identity))
                found.push_back(std::move(*kept));
        }
        return found;
    }

    void close() { m_file.close(); }

private:
    std::optional<QueryResult> fromQueue(const QByteArray &identity) const
    {
        const std::lock_guard lock(m_mutex);
        const auto at = m_queued.constFind(identity);
        return at == m_queued.constEnd() ? std::nullopt : std::optional(*at);
    }

    std::optional<QueryResult> fromFile(const QByteArray &identity)
    {
        std::optional<QueryResult> found;
        m_file.read([&](Database &database) -> Result<> {
            auto select = database.prepare("SELECT body FROM answers WHERE identity = ?");
            if (!select)
                return tl::unexpected(select.error());
            const auto row = select->bind(1, identity).step();
            if (!row)
                return tl::unexpected(row.error());
            if (*row) {
                // What another version wrote is not there any more; it will be written again.
                if (auto decoded = decodeResult(select->blob(0)))
                    found = std::move(*decoded);
            }
            return {};
        });
        return found;
    }

    /// Once after opening: what was rolled back must not stay in the sums.
    Result<> measure(Database &database)
    {
        const auto total = database.number("SELECT coalesce(sum(length(body)), 0) FROM answers");
        const auto last = database.number("SELECT coalesce(max(kept), 0) FROM answers");
        if (!total || !last)
            return tl::unexpected(total ? last.error() : total.error());
        m_total = *total;
        m_lastKept = *last;
        return {};
    }

    Result<> writeBatch(Database &database, const QHash<QByteArray, QueryResult> &batch)
    {
        auto transaction = Transaction::begin(database);
        if (!transaction)
            return tl::unexpected(transaction.error());
        for (auto it = batch.begin(); it != batch.end(); ++it) {
            if (auto written = writeOne(database, it.key(), encodeResult(*it)); !written)
                return written;
        }
        while (m_total > m_maxBytes) {
            const qint64 before = m_total;
            if (auto removed = removeOldest(database); !removed || m_total == before)
                return removed;
        }
        return transaction->commit();
    }

    Result<> writeOne(Database &database, const QByteArray &identity, const QByteArray &body)
    {
        if (auto removed = remove(database, identity); !removed)
            return removed;
        // One huge answer must not drive out all the others.
        if (body.size() > m_maxBytes / 4)
            return {};
        auto insert = database.prepare("INSERT INTO answers(identity, kept, body) VALUES(?, ?, ?)");
        if (!insert)
            return tl::unexpected(insert.error());
        m_total += body.size();
        return insert->bind(1, identity).bind(2, ++m_lastKept).bind(3, body).run();
    }

    Result<> remove(Database &database, const QByteArray &identity)
    {
        auto gone = database.prepare("DELETE FROM answers WHERE identity = ? RETURNING length(body)");
        if (!gone)
            return tl::unexpected(gone.error());
        const auto row = gone->bind(1, identity).step();
        if (!row)
            return tl::unexpected(row.error());
        if (*row)
            m_total -= gone->integer(0);
        return {};
    }

    Result<> removeOldest(Database &database)
    {
        auto oldest = database.prepare("SELECT identity FROM answers ORDER BY kept LIMIT 1");
        if (!oldest)
            return tl::unexpected(oldest.error());
        const auto row = oldest->step();
        if (!row)
            return tl::unexpected(row.error());
        return *row ? remove(database, oldest->blob(0)) : Result<>{};
    }

    static constexpr auto kSchema =
        "CREATE TABLE IF NOT EXISTS answers(identity BLOB PRIMARY KEY NOT NULL, kept INTEGER NOT NULL, "
        "body BLOB NOT NULL) STRICT;"
        "CREATE INDEX IF NOT EXISTS answers_kept ON answers(kept);"
        "PRAGMA user_version = 1;";

    GuardedFile m_file;
    const qint64 m_maxBytes;
    mutable std::mutex m_mutex;
    QHash<QByteArray, QueryResult> m_queued; ///< newest a question; under the mutex, as the next one
    bool m_scheduled = false;
    qint64 m_total = 0, m_lastKept = 0;
};

LastGoodStore::LastGoodStore(
    const QString &path, DbThread &thread, const Clock &clock, const Options &options)
    : m_thread(thread)
    , m_clock(clock)
    , m_options(options)
    , m_file(std::make_shared<File>(path, options.maxBytes))
    , m_home(std::make_unique<QObject>())
{
}

LastGoodStore::~LastGoodStore()
{
    m_thread.runAndWait(DbThread::Kind::Bulk, [file = m_file] {
        file->write();
        file->close();
    });
}

void LastGoodStore::keep(const QueryResult &result)
{
    if (!result.data || dataAs<Trace>(result)) // a trace does not change and may be huge
        return;
    if (m_file->queue(result))
        m_thread.postLater(m_options.writeEvery, [file = m_file] { file->write(); });
}

void LastGoodStore::fetch(std::vector<QuerySpec> specs, const QObject *receiver, Loaded done)
{
    // The receiver is looked at on its own thread only: here and in the callback.
    m_thread.post(DbThread::Kind::Bulk,
        [file = m_file, home = m_home.get(), &clock = m_clock, specs = std::move(specs), always = !receiver,
            alive = QPointer<const QObject>(receiver), done = std::move(done)] {
            auto found = std::make_shared<std::vector<QueryResult>>(file->read(specs));
            for (QueryResult &result : *found)
                result.freshness.lastGood = bootTimeOf(result.fetchedAt, clock);
            QMetaObject::invokeMethod(
                home,
                [found, always, alive, done] {
                    if (always || alive)
                        done(*found);
                },
                Qt::QueuedConnection);
        });
}

void LastGoodStore::flush()
{
    m_thread.runAndWait(DbThread::Kind::Bulk, [file = m_file] { file->write(); });
}

QString LastGoodStore::problem() const { return m_file->problem(); }

} // namespace bw
