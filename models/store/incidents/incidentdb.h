// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/projection.h>
#include <store/incidents/disk.h>
#include <store/incidents/journal.h>
#include <store/sqlite/database.h>

#include <QHash>
#include <QSet>

#include <map>
#include <memory>
#include <set>

namespace bw {

/// What an entry became.
struct StoredEntry
{
    EntryId id;
    quint64 seq = 0;
    bool wasThere = false; ///< an entry of this id had been saved before: nothing was written
    QString key; ///< of a declaration: the incident's
    TimelineEntry entry; ///< as saved
};

/// Header of an incident as a list shows it.
struct IncidentSummary
{
    Incident head; ///< from its declaration, moves, fields, milestones and roles only
    qint64 entries = 0;
    Timestamp lastRecorded{};
};

/// A place in a timeline: entries before it are older.
struct TimelineCursor
{
    Timestamp at{};
    Hlc hlc;
    EntryId id;
};
struct TimelinePage
{
    std::vector<TimelineEntry> entries; ///< newest first
    std::optional<TimelineCursor> next; ///< nullopt: that was all
};

/// What start or verification found and did.
struct RecoveryReport
{
    int insertedRows = 0; ///< lines the database lacked
    int rewrittenJournals = 0, tornLines = 0, suspect = 0;
    bool databaseRebuilt = false;
    QStringList notes; ///< sentences for a dialog; empty when all was well
    bool isClean() const { return notes.isEmpty(); }
};

/// Everything verification has to say of one incident.
struct VerifyReport
{
    IncidentId incident;
    QString key;
    qint64 entries = 0;
    QStringList
        findings; ///< empty: both copies agree, every hash fits, no number is missing, no file is missing
    std::map<WriterId, ChainHead> heads;
};

struct StoreHealth
{
    qint64 freeBytes = 0;
    bool isLow = false; ///< below 500 MB or 2 %
    bool hasBallast = false;
    bool isPoisoned = false; ///< the last write failed; the next one opens and checks everything first
};

/// The incident record on the disk: two copies, a journal per incident and one database, both durable before
/// append() returns. Synchronous; belongs to the one thread that uses it (IncidentStore has it on the
/// DbThread). After any failed write all files are closed, opened again and compared before the next one.
class IncidentDb
{
public:
    enum class Mode { Write, ReadOnly };
    struct Options
    {
        QString root; ///< the program's data folder
        Mode mode = Mode::Write;
        qint64 ballastBytes = 16 << 20; ///< given back on a full disk; 0: none
    };
    /// Refused: another process writes (Mode::ReadOnly works), or the file system does not keep its promises.
    /// A database of a newer program opens read-only whatever the mode.
    [[nodiscard]] static Result<std::unique_ptr<IncidentDb>> open(
        const Options &options, Disk &disk, const Clock &clock, IdSource &ids);
    ~IncidentDb();
    IncidentDb(const IncidentDb &) = delete;
    IncidentDb &operator=(const IncidentDb &) = delete;

    /// All or none. On success every entry is in both copies, durably, in the order given. Entries without an
    /// id get one; one whose id is there already is not written again, so that whoever is in doubt may
    /// repeat. Declarations without a key get the next one of the year. Refused: read-only. Storage: nothing
    /// counts as saved.
    [[nodiscard]] Result<std::vector<StoredEntry>> append(std::vector<TimelineEntry> entries);

    /// Takes lines that another console wrote into both copies, as they are: what a bundle brings. Known are
    /// lines that are here already, redacted ones too; conflicts have the id, or the writer and number, of
    /// another line and are left out. All of the others or none. Refused: read-only, or the chain would have
    /// holes that it has not now. Invalid: lines of another incident.
    struct Adopted
    {
        int added = 0, known = 0;
        std::vector<EntryId> conflicts;
    };
    [[nodiscard]] Result<Adopted> adopt(const IncidentId &incident, const std::vector<JournalLine> &lines);

    /// Every entry of an incident, in no particular order. NotFound: no such incident.
    [[nodiscard]] Result<std::vector<TimelineEntry>> entries(const IncidentId &incident);
    /// The lines of these entries as they were written.
    [[nodiscard]] Result<std::vector<JournalLine>> lines(const IncidentId &incident);
    /// Up to `limit` entries before `before`, newest first; hidden ones too.
    [[nodiscard]] Result<TimelinePage> page(
        const IncidentId &incident, const std::optional<TimelineCursor> &before, int limit);
    /// Newest declaration first.
    [[nodiscard]] Result<std::vector<IncidentSummary>> list();
    /// By id, by key ("INC-2026-0042"), or by the beginning of an id that only one has.
    [[nodiscard]] Result<IncidentId> find(const QString &text);
    [[nodiscard]] Result<std::vector<TimelineEntry>> byRow(const std::vector<qint64> &rows);
    /// Rows after `after` for the full-text index, at most `limit`: row number, title and text.
    struct IndexRow
    {
        qint64 row = 0;
        IncidentId incident;
        Timestamp at{};
        QString title, text;
    };
    [[nodiscard]] Result<std::vector<IndexRow>> rowsAfter(qint64 after, int limit);

    /// Takes the content of an entry and of every version of it out of both copies, and says so in a new
    /// entry. The chain stays valid. Needs a reason.
    [[nodiscard]] Result<StoredEntry> redact(
        const IncidentId &incident, const EntryId &entry, const QString &reason, const Actor &actor);

    /// SHA-256 of the bytes, which are durable when this returns. Before the entry that names them.
    [[nodiscard]] Result<QString> putBlob(const IncidentId &incident, const QByteArray &bytes);
    /// Decode: the file's bytes are not those of its name. NotFound: it is missing.
    [[nodiscard]] Result<QByteArray> blob(const IncidentId &incident, const QString &hash);

    /// Text being typed; not part of the record. One text for each place; an empty one is removed.
    [[nodiscard]] Result<> saveDrafts(const IncidentId &incident, const std::map<QString, QString> &drafts);
    [[nodiscard]] Result<std::map<QString, QString>> drafts(const IncidentId &incident);

    /// Reads every line and file of one incident.
    [[nodiscard]] Result<VerifyReport> verify(const IncidentId &incident);
    [[nodiscard]] Result<std::vector<IncidentId>> incidents();

    bool isReadOnly() const { return m_options.mode == Mode::ReadOnly; }
    const QString &whyReadOnly() const { return m_whyReadOnly; }
    const WriterId &writer() const { return m_writer; }
    const RecoveryReport &recovery() const { return m_report; }
    StoreHealth health();
    const QString &root() const { return m_options.root; }
    /// Closes everything; what comes after is refused.
    void close();

private:
    struct Prepared
    {
        std::vector<JournalLine> lines;
        std::map<IncidentId, ChainHead> heads; ///< after these lines
        std::map<QString, int> years; ///< highest number of a key, by year
    };
    IncidentDb(const Options &options, Disk &disk, const Clock &clock, IdSource &ids);

    // incidentdb.cpp: opening and writing
    [[nodiscard]] Result<> start();
    [[nodiscard]] Result<> openDatabase();
    [[nodiscard]] Result<> connect();
    [[nodiscard]] Result<> backUp();
    [[nodiscard]] Result<> settle();
    [[nodiscard]] Result<> ensureWriter();
    void ensureBallast();
    void poison();
    [[nodiscard]] Result<> ensureSound();
    [[nodiscard]] Result<> recoverFromPoison();
    [[nodiscard]] Result<std::vector<StoredEntry>> appendOnce(const std::vector<TimelineEntry> &entries);
    [[nodiscard]] Result<std::optional<StoredEntry>> known(const EntryId &id);
    [[nodiscard]] Result<Prepared> prepare(std::vector<TimelineEntry> entries);
    [[nodiscard]] Result<> writeJournals(const Prepared &prepared);
    [[nodiscard]] Result<> commit(const Prepared &prepared);
    [[nodiscard]] Result<> insertLine(Statement &insert, const JournalLine &line);
    Recorded recordedNow(Timestamp utc) const;
    std::optional<TimelineEntry> clockJump(const IncidentId &incident);
    QString assignKey(Prepared &prepared, const TimelineEntry &declaration) const;

    // incidentread.cpp
    [[nodiscard]] Result<Statement> prepared(const char *sql);
    [[nodiscard]] Result<std::vector<JournalLine>> linesOf(Statement &select);
    [[nodiscard]] Result<std::vector<JournalLine>> linesOf(const IncidentId &incident, const char *sql);
    [[nodiscard]] Result<std::vector<TimelineEntry>> declarations(const std::vector<IncidentId> &ids);
    [[nodiscard]] Result<TimelinePage> pageOnce(
        const IncidentId &incident, const std::optional<TimelineCursor> &before, int limit);
    [[nodiscard]] Result<std::vector<JournalLine>> healedLinesOf(
        const IncidentId &incident, const char *sql, bool (*isWanted)(const TimelineEntry &));
    [[nodiscard]] Result<VerifyReport> verifyOnce(const IncidentId &incident);
    [[nodiscard]] Result<std::vector<TimelineEntry>> headEntries(const IncidentId &incident);

    // incidentredact.cpp
    [[nodiscard]] Result<> removeBodies(const IncidentId &incident, const std::vector<EntryId> &ids);

    // incidentrecovery.cpp
    [[nodiscard]] Result<> reconcile();
    [[nodiscard]] Result<> learnHeads(QSet<IncidentId> &known);
    [[nodiscard]] Result<bool> agrees(const IncidentId &incident);
    [[nodiscard]] Result<std::optional<JournalLine>> lastLine(qint64 size, const QString &path);
    [[nodiscard]] Result<> reconcileOne(const IncidentId &incident);
    [[nodiscard]] Result<> rewriteJournal(
        const IncidentId &incident, std::vector<JournalLine> lines, const QByteArray &old, bool keepOld);
    [[nodiscard]] Result<> rebuildDatabase();
    [[nodiscard]] Result<> insertMissing(
        const IncidentId &incident, const std::vector<JournalLine> &lines, qint64 bytes);
    [[nodiscard]] Result<> reportGaps();
    [[nodiscard]] Result<> learnKeys();
    QString utcSuffix() const;
    QString folder(const IncidentId &incident) const;
    QString journalPath(const IncidentId &incident) const;
    QString databasePath() const;

    Options m_options;
    Disk &m_disk;
    const Clock &m_clock;
    IdSource &m_ids;
    QString m_whyReadOnly;
    QString m_boot;
    WriterId m_writer;
    std::unique_ptr<DiskLock> m_lock;
    std::optional<Database> m_database;
    std::map<IncidentId, IncidentJournal> m_journals; ///< open ones
    std::map<IncidentId, ChainHead> m_heads; ///< of this writer
    std::map<std::pair<IncidentId, WriterId>, ChainHead> m_allHeads; ///< as the database had them at start
    std::map<QString, int> m_years;
    std::map<IncidentId, ChainReport> m_gaps; ///< found and not yet recorded
    HlcClock m_hlc;
    std::optional<Timestamp> m_lastUtc;
    BootTime m_lastBoot;
    RecoveryReport m_report;
    std::set<IncidentId> m_suspects; ///< journals that were open when a write failed
    bool m_isPoisoned = false, m_isClosed = false;
};

} // namespace bw
