// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentstore.h>

#include <store/incidents/inbox.h>
#include <store/incidents/searchindex.h>
#include <store/sqlite/dbthread.h>

#include <mutex>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

tl::unexpected<Error> notOpen() { return fail(Error::Kind::Storage, u"the incident record is not open"_s); }

} // namespace

/// The queue, which any thread may fill, and the files, which the DB thread alone touches.
class IncidentStore::Core
{
public:
    Core(IncidentDb::Options options, const Clock &clock, Listener listener)
        : m_options(std::move(options))
        , m_clock(clock)
        , m_ids(clock)
        , m_listener(std::move(listener))
        , m_search(m_options.root + u"/search.sqlite"_s)
    {
    }

    /// Any thread. True when a job must be posted.
    bool queue(std::vector<TimelineEntry> entries)
    {
        const std::lock_guard lock(m_mutex);
        std::move(entries.begin(), entries.end(), std::back_inserter(m_queued));
        return !std::exchange(m_isScheduled, true);
    }

    // The DB thread.

    void open()
    {
        auto opened = IncidentDb::open(m_options, m_disk, m_clock, m_ids);
        StoreOpened event;
        if (!opened && opened.error().kind == Error::Kind::Refused
            && m_options.mode == IncidentDb::Mode::Write) {
            event.why = opened.error().message;
            IncidentDb::Options reading = m_options;
            reading.mode = IncidentDb::Mode::ReadOnly;
            opened = IncidentDb::open(reading, m_disk, m_clock, m_ids);
        }
        if (opened) {
            m_db = std::move(*opened);
            if (m_db->recovery().databaseRebuilt)
                m_search.clear(); // its row numbers are those of the old file
            event.isOpen = true;
            event.isReadOnly = m_db->isReadOnly();
            event.recovery = m_db->recovery();
            if (!m_db->whyReadOnly().isEmpty())
                event.why = m_db->whyReadOnly();
        } else {
            event.why = opened.error().message;
        }
        m_listener(event);
        tellHealth();
    }

    void write()
    {
        std::vector<TimelineEntry> batch;
        {
            const std::lock_guard lock(m_mutex);
            batch.swap(m_queued);
            m_isScheduled = false;
        }
        if (batch.empty())
            return;
        auto stored = m_db ? m_db->append(batch) : Result<std::vector<StoredEntry>>(notOpen());
        if (stored)
            m_listener(EntriesSaved{std::move(*stored)});
        else
            m_listener(EntriesNotSaved{std::move(batch), stored.error()});
        tellHealth();
    }

    void collect()
    {
        if (!m_db || m_db->isReadOnly())
            return;
        Inbox(m_disk, m_options.root).collect(*m_db, [this](const StoredEntry &entry) {
            m_listener(EntriesSaved{{entry}});
        });
    }

    Result<std::vector<TimelineEntry>> search(
        IncidentDb &db, const QString &words, const std::optional<IncidentId> &incident, int limit)
    {
        for (auto more = Result<bool>(true); !more || *more;) {
            more = m_search.catchUp(db);
            if (!more)
                return tl::unexpected(more.error());
        }
        const auto hits = m_search.find(words, incident, limit);
        if (!hits)
            return tl::unexpected(hits.error());
        std::vector<qint64> rows;
        for (const SearchHit &hit : *hits)
            rows.push_back(hit.row);
        return db.byRow(rows);
    }

    Result<StoredEntry> redact(IncidentDb &db, const IncidentId &incident, const EntryId &entry,
        const QString &reason, const Actor &actor)
    {
        auto stored = db.redact(incident, entry, reason, actor);
        m_search.clear();
        return stored;
    }

    void close()
    {
        write();
        m_db.reset();
    }

    IncidentDb *db() { return m_db.get(); }

private:
    void tellHealth()
    {
        if (!m_db)
            return;
        const StoreHealth health = m_db->health();
        if (health.isLow != m_health.isLow || health.isPoisoned != m_health.isPoisoned
            || health.hasBallast != m_health.hasBallast)
            m_listener(HealthChanged{health});
        m_health = health;
    }

    const IncidentDb::Options m_options;
    const Clock &m_clock;
    Uuid7Source m_ids;
    Listener m_listener;
    SystemDisk m_disk;
    SearchIndex m_search;
    std::unique_ptr<IncidentDb> m_db;
    StoreHealth m_health;
    std::mutex m_mutex;
    std::vector<TimelineEntry> m_queued; ///< under the mutex, as the next
    bool m_isScheduled = false;
};

IncidentStore::IncidentStore(
    IncidentDb::Options options, DbThread &thread, const Clock &clock, Listener listener)
    : m_core(std::make_shared<Core>(std::move(options), clock, std::move(listener)))
    , m_thread(thread)
{
}

IncidentStore::~IncidentStore()
{
    m_thread.runAndWait(DbThread::Kind::Record, [core = m_core] { core->close(); });
}

template<typename T, typename Work> void IncidentStore::ask(Answer<T> answer, Work work)
{
    m_thread.post(
        DbThread::Kind::Record, [core = m_core, answer = std::move(answer), work = std::move(work)] {
            answer(core->db() ? work(*core->db()) : Result<T>(notOpen()));
        });
}

void IncidentStore::open()
{
    m_thread.post(DbThread::Kind::Record, [core = m_core] { core->open(); });
}

void IncidentStore::append(std::vector<TimelineEntry> entries)
{
    if (m_core->queue(std::move(entries)))
        m_thread.post(DbThread::Kind::Record, [core = m_core] { core->write(); });
}

void IncidentStore::list(Answer<std::vector<IncidentSummary>> answer)
{
    ask<std::vector<IncidentSummary>>(std::move(answer), [](IncidentDb &db) { return db.list(); });
}

void IncidentStore::entries(const IncidentId &incident, Answer<std::vector<TimelineEntry>> answer)
{
    ask<std::vector<TimelineEntry>>(
        std::move(answer), [incident](IncidentDb &db) { return db.entries(incident); });
}

void IncidentStore::page(const IncidentId &incident, const std::optional<TimelineCursor> &before, int limit,
    Answer<TimelinePage> answer)
{
    ask<TimelinePage>(std::move(answer),
        [incident, before, limit](IncidentDb &db) { return db.page(incident, before, limit); });
}

void IncidentStore::search(const QString &words, const std::optional<IncidentId> &incident, int limit,
    Answer<std::vector<TimelineEntry>> answer)
{
    ask<std::vector<TimelineEntry>>(
        std::move(answer), [core = m_core, words, incident, limit](IncidentDb &db) {
            return core->search(db, words, incident, limit);
        });
}

void IncidentStore::redact(const IncidentId &incident, const EntryId &entry, const QString &reason,
    const Actor &actor, Answer<StoredEntry> answer)
{
    ask<StoredEntry>(std::move(answer), [core = m_core, incident, entry, reason, actor](IncidentDb &db) {
        return core->redact(db, incident, entry, reason, actor);
    });
}

void IncidentStore::putBlob(const IncidentId &incident, const QByteArray &bytes, Answer<QString> answer)
{
    ask<QString>(
        std::move(answer), [incident, bytes](IncidentDb &db) { return db.putBlob(incident, bytes); });
}

void IncidentStore::blob(const IncidentId &incident, const QString &hash, Answer<QByteArray> answer)
{
    ask<QByteArray>(std::move(answer), [incident, hash](IncidentDb &db) { return db.blob(incident, hash); });
}

void IncidentStore::saveDrafts(
    const IncidentId &incident, const std::map<QString, QString> &drafts, Answer<> answer)
{
    ask<void>(
        std::move(answer), [incident, drafts](IncidentDb &db) { return db.saveDrafts(incident, drafts); });
}

void IncidentStore::drafts(const IncidentId &incident, Answer<std::map<QString, QString>> answer)
{
    ask<std::map<QString, QString>>(
        std::move(answer), [incident](IncidentDb &db) { return db.drafts(incident); });
}

void IncidentStore::verify(const IncidentId &incident, Answer<VerifyReport> answer)
{
    ask<VerifyReport>(std::move(answer), [incident](IncidentDb &db) { return db.verify(incident); });
}

void IncidentStore::collectInbox()
{
    m_thread.post(DbThread::Kind::Record, [core = m_core] { core->collect(); });
}

} // namespace bw
