// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentdb.h>

#include <domain/incidents/entrykinds.h>
#include <store/incidents/defects_p.h>
#include <store/incidents/incidentschema.h>

#include <QFile>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

constexpr size_t kOpenJournals = 16;
constexpr qint64 kLowBytes = 500 << 20;

/// Which run of the machine this is.
QString bootId()
{
    QFile file(u"/proc/sys/kernel/random/boot_id"_s);
    return file.open(QIODevice::ReadOnly) ? QString::fromLatin1(file.readAll().trimmed()) : QString();
}

/// "Europe/Berlin+02:00"
QString zoneText(Timestamp utc)
{
    const QTimeZone zone = QTimeZone::systemTimeZone();
    const int minutes = zone.offsetFromUtc(toDateTime(utc)) / 60;
    return u"%1%2%3:%4"_s.arg(QString::fromLatin1(zone.id()), minutes < 0 ? u"-"_s : u"+"_s)
        .arg(std::abs(minutes) / 60, 2, 10, QLatin1Char('0'))
        .arg(std::abs(minutes) % 60, 2, 10, QLatin1Char('0'));
}

QString yearOf(Timestamp time) { return isoUtc(time).left(4); }

} // namespace

IncidentDb::IncidentDb(const Options &options, Disk &disk, const Clock &clock, IdSource &ids)
    : m_options(options)
    , m_disk(disk)
    , m_clock(clock)
    , m_ids(ids)
    , m_boot(bootId())
{
}

IncidentDb::~IncidentDb() = default;

Result<std::unique_ptr<IncidentDb>> IncidentDb::open(
    const Options &options, Disk &disk, const Clock &clock, IdSource &ids)
{
    std::unique_ptr<IncidentDb> db(new IncidentDb(options, disk, clock, ids));
    if (auto started = db->start(); !started)
        return tl::unexpected(started.error());
    return db;
}

Result<> IncidentDb::start()
{
    if (const QString kind = m_disk.unreliableFileSystem(m_options.root); !kind.isEmpty())
        return fail(Error::Kind::Refused,
            u"%1 lies on %2, where a saved entry may be lost and two programs may write at once; choose a "
            "folder on a local disk"_s.arg(m_options.root, kind));
    if (isReadOnly())
        return openDatabase();
    for (const QString &part : {QString(), u"/incidents"_s, u"/inbox"_s, u"/backups"_s}) {
        if (const auto made = m_disk.makeDirectory(m_options.root + part); !made)
            return tl::unexpected(made.error());
    }
    // Whether or not they are new: an earlier attempt may have made them and failed to sync.
    for (const QString &changed : {folderOf(m_options.root), m_options.root}) {
        if (auto synced = m_disk.syncDirectory(changed); !synced)
            return synced;
    }
    auto lock = m_disk.lock(m_options.root + u"/writer.lock"_s);
    if (!lock)
        return tl::unexpected(lock.error());
    m_lock = std::move(*lock);
    if (auto named = ensureWriter(); !named)
        return named;
    if (auto opened = openDatabase(); !opened || isReadOnly())
        return opened;
    // On a full disk the record opens all the same: writing gives the ballast back first.
    if (auto settled = settle(); !settled) {
        if (!isDiskFull(settled.error()))
            return settled;
        m_isPoisoned = true;
    }
    if (auto reconciled = reconcile(); !reconciled)
        return reconciled;
    if (auto learned = learnKeys(); !learned)
        return learned;
    ensureBallast();
    return reportGaps();
}

Result<> IncidentDb::ensureWriter()
{
    const QString path = m_options.root + u"/writer"_s;
    const auto known = m_disk.read(path);
    if (!known && known.error().kind != Error::Kind::NotFound)
        return tl::unexpected(known.error());
    if (const auto id = known ? WriterId::parse(QString::fromLatin1(known->trimmed())) : std::nullopt) {
        m_writer = *id;
        return {};
    }
    m_writer = WriterId{m_ids.next()};
    return replaceFile(m_disk, path, m_writer.toString().toLatin1() + '\n');
}

Result<> IncidentDb::connect()
{
    auto database = Database::open(
        databasePath(), DatabaseRole::Record, {.readOnly = isReadOnly(), .layer = m_disk.sqliteLayer()});
    if (!database)
        return tl::unexpected(database.error());
    m_database.emplace(std::move(*database));
    // SQLite makes the name of its rollback journal durable, but not that of a new database.
    if (isReadOnly())
        return {};
    return m_disk.syncDirectory(m_options.root);
}

Result<> IncidentDb::openDatabase()
{
    if (auto connected = connect(); !connected) {
        m_database.reset();
        return Database::isDamaged(connected.error()) && !isReadOnly() ? rebuildDatabase() : connected;
    }
    const auto state = schemaState(*m_database, incidentMigrations());
    if (state && *state == SchemaState::Newer && !isReadOnly()) {
        m_whyReadOnly = u"the incident record was written by a newer Bridgewatch; it is opened read-only"_s;
        m_options.mode = Mode::ReadOnly;
        m_database.reset();
        return connect();
    }
    if (isReadOnly())
        return state ? Result<>{} : tl::unexpected(state.error());
    Result<> ready = state ? Result<>{} : tl::unexpected(state.error());
    if (ready)
        ready = migrate(*m_database, incidentMigrations(), [this] { return backUp(); });
    Result<QString> sound = u"ok"_s;
    if (ready)
        sound = m_database->text("PRAGMA quick_check(1)");
    Result<bool> ours = true;
    if (ready && sound)
        ours = hasExactly(*m_database, incidentMigrations());
    const Error *problem = !ready ? &ready.error()
        : !sound                  ? &sound.error()
        : !ours                   ? &ours.error()
                                  : nullptr;
    if (problem && !Database::isDamaged(*problem))
        return tl::unexpected(*problem);
    if (problem || *sound != u"ok"_s || !*ours)
        return rebuildDatabase();
    return {};
}

/// A commit whose very last sync failed reads as done, and yet a loss of power would undo it: the rollback
/// journal is empty only in memory. Writing once more, the version that is there already, ends that. An
/// update that changes nothing would not write.
Result<> IncidentDb::settle()
{
    const QByteArray version = QByteArray::number(incidentMigrations().back().to);
    return m_database->execute(("PRAGMA user_version = " + version).constData());
}

Result<> IncidentDb::backUp()
{
    const QString path = m_options.root + u"/backups/incidents-"_s + utcSuffix() + u".sqlite"_s;
    if (auto copied =
            m_database->execute(("VACUUM INTO '" + path.toUtf8().replace("'", "''") + "'").constData());
        !copied)
        return copied;
    auto copy = Database::open(path, DatabaseRole::Record, {.readOnly = true, .layer = m_disk.sqliteLayer()});
    if (!copy)
        return tl::unexpected(copy.error());
    const auto sound = copy->text("PRAGMA integrity_check(1)");
    const auto there = copy->number("SELECT count(*) FROM entry");
    const auto here = m_database->number("SELECT count(*) FROM entry");
    if (!sound || *sound != u"ok"_s || !there || !here || *there != *here)
        return fail(
            Error::Kind::Storage, u"the backup %1 cannot be read back; nothing was changed"_s.arg(path));
    return m_disk.syncDirectory(folderOf(path));
}

void IncidentDb::ensureBallast()
{
    const QString path = m_options.root + u"/ballast"_s;
    if (m_options.ballastBytes <= 0 || m_disk.size(path).value_or(0) >= m_options.ballastBytes)
        return;
    // Not for the last bytes of a disk: there the space is worth more to entries.
    const auto space = m_disk.space(m_options.root);
    if (space && space->freeBytes > 4 * m_options.ballastBytes)
        std::ignore = m_disk.allocate(path, m_options.ballastBytes);
}

StoreHealth IncidentDb::health()
{
    StoreHealth health;
    if (const auto space = m_disk.space(m_options.root)) {
        health.freeBytes = space->freeBytes;
        health.isLow = space->freeBytes < kLowBytes || space->freeBytes * 50 < space->totalBytes;
    }
    health.hasBallast = m_disk.size(m_options.root + u"/ballast"_s).value_or(0) > 0;
    health.isPoisoned = m_isPoisoned;
    return health;
}

void IncidentDb::close()
{
    m_isClosed = true;
    m_journals.clear();
    m_database.reset();
    m_lock.reset();
}

// Writing

void IncidentDb::poison()
{
    m_isPoisoned = true;
    for (const auto &[incident, journal] : m_journals)
        m_suspects.insert(incident);
    m_journals.clear();
    m_database.reset();
}

Result<> IncidentDb::ensureSound() { return m_isPoisoned ? recoverFromPoison() : Result<>{}; }

Result<> IncidentDb::recoverFromPoison()
{
    m_database.reset();
    m_journals.clear();
    m_heads.clear();
    if (auto opened = openDatabase(); !opened)
        return opened;
    if (auto settled = settle(); !settled)
        return settled;
    // What the system forgot after a failed sync still reads well: journals that were open are written anew.
    if (auto reconciled = reconcile(); !reconciled)
        return reconciled;
    if (auto learned = learnKeys(); !learned)
        return learned;
    m_isPoisoned = false;
    return {};
}

Result<std::vector<StoredEntry>> IncidentDb::append(std::vector<TimelineEntry> entries)
{
    if (m_isClosed || isReadOnly())
        return fail(Error::Kind::Refused,
            m_whyReadOnly.isEmpty() ? u"the incident record is open for reading only"_s : m_whyReadOnly);
    for (TimelineEntry &entry : entries) {
        if (entry.id.isNull())
            entry.id = EntryId{m_ids.next()};
    }
    auto stored = appendOnce(entries);
    if (!stored && isDiskFull(stored.error())) {
        const QString path = m_options.root + u"/ballast"_s;
        if (m_disk.remove(path)) {
            std::ignore = m_disk.syncDirectory(m_options.root);
            stored = appendOnce(entries);
        }
    }
    return stored;
}

Result<std::vector<StoredEntry>> IncidentDb::appendOnce(const std::vector<TimelineEntry> &entries)
{
    const auto failed = [this](const Error &error) {
        poison();
        return tl::unexpected(error);
    };
    if (auto sound = ensureSound(); !sound)
        return failed(sound.error());
    std::vector<StoredEntry> stored;
    std::vector<TimelineEntry> fresh;
    for (const TimelineEntry &entry : entries) {
        auto before = known(entry.id);
        if (!before)
            return failed(before.error());
        if (!*before) {
            const bool isTwice = std::any_of(
                fresh.begin(), fresh.end(), [&](const TimelineEntry &one) { return one.id == entry.id; });
            if (!isTwice)
                fresh.push_back(entry);
        }
        stored.push_back(before->value_or(StoredEntry{entry.id, 0, false, {}, {}}));
    }
    if (fresh.empty())
        return stored;
    if (auto jump = clockJump(fresh.front().incident))
        fresh.push_back(std::move(*jump));
    auto prepared = prepare(std::move(fresh));
    if (!prepared) // nothing was written: the entry itself cannot be
        return tl::unexpected(prepared.error());
    if (auto written = writeJournals(*prepared); !written)
        return failed(written.error());
    if (!hasDefect(Defect::AckBeforeCommit)) {
        if (auto committed = commit(*prepared); !committed)
            return failed(committed.error());
    }
    for (const auto &[incident, head] : prepared->heads)
        m_heads[incident] = head;
    m_years = prepared->years;
    for (const JournalLine &line : prepared->lines) {
        for (StoredEntry &one : stored) {
            if (one.id == line.entry.id && !one.wasThere)
                one = {line.entry.id, line.entry.seq, false, line.entry.data.value("key"_L1).toString(),
                    line.entry};
        }
    }
    return stored;
}

Result<std::optional<StoredEntry>> IncidentDb::known(const EntryId &id)
{
    auto select = m_database->prepare("SELECT line FROM entry WHERE id = ?");
    if (!select)
        return tl::unexpected(select.error());
    const auto row = select->bind(1, id.uuid.toBytes()).step();
    if (!row)
        return tl::unexpected(row.error());
    if (!*row)
        return std::nullopt;
    auto line = decodeLine(select->blob(0));
    if (!line)
        return tl::unexpected(line.error());
    return StoredEntry{
        id, line->entry.seq, true, line->entry.data.value("key"_L1).toString(), std::move(line->entry)};
}

Recorded IncidentDb::recordedNow(Timestamp utc) const
{
    return {utc, zoneText(utc), m_boot, m_clock.bootNow().sinceBoot};
}

/// More than five seconds between what the wall clock did and what passed since the last batch.
std::optional<TimelineEntry> IncidentDb::clockJump(const IncidentId &incident)
{
    const Timestamp utc = m_clock.utcNow();
    const BootTime boot = m_clock.bootNow();
    const auto before = std::exchange(m_lastUtc, utc);
    const BootTime bootBefore = std::exchange(m_lastBoot, boot);
    if (!before)
        return std::nullopt;
    const Nanoseconds jump = (utc - *before) - (boot - bootBefore);
    if (std::chrono::abs(jump) <= Nanoseconds(5s))
        return std::nullopt;
    TimelineEntry entry;
    entry.id = EntryId{m_ids.next()};
    entry.incident = incident;
    entry.at = utc;
    entry.kind = u"system.clock_skew"_s;
    entry.data = {{u"by_ms"_s, qint64(jump / 1ms)}};
    entry.title = Untrusted(u"The clock was changed by %1 s"_s.arg(qint64(jump / 1s)));
    entry.actor = {Actor::Type::System, u"store"_s, {}};
    entry.level = defaultLevel(entry.kind, {});
    return entry;
}

QString IncidentDb::assignKey(Prepared &prepared, const TimelineEntry &declaration) const
{
    const QString year = yearOf(declaration.recorded.utc);
    return u"INC-%1-%2"_s.arg(year).arg(++prepared.years[year], 4, 10, QLatin1Char('0'));
}

Result<IncidentDb::Prepared> IncidentDb::prepare(std::vector<TimelineEntry> entries)
{
    Prepared prepared;
    prepared.years = m_years;
    const Timestamp now = m_clock.utcNow();
    for (TimelineEntry &entry : entries) {
        if (entry.incident.isNull())
            return fail(Error::Kind::Invalid, u"an entry names no incident"_s);
        auto [head, isNew] = prepared.heads.try_emplace(entry.incident);
        if (isNew) {
            if (const auto before = m_heads.find(entry.incident); before != m_heads.end())
                head->second = before->second;
        }
        entry.writer = m_writer;
        entry.seq = head->second.seq + 1;
        entry.hlc = m_hlc.next(now);
        entry.recorded = recordedNow(now);
        if (entry.at == Timestamp{})
            entry.at = now;
        if (entry.kind == "incident.declared"_L1 && !entry.data.contains("key"_L1))
            entry.data[u"key"_s] = assignKey(prepared, entry);
        auto line = encodeLine(entry, head->second.hash, m_ids.salt());
        if (!line)
            return tl::unexpected(line.error());
        head->second = {entry.seq, line->hash};
        prepared.lines.push_back(std::move(*line));
    }
    return prepared;
}

Result<> IncidentDb::writeJournals(const Prepared &prepared)
{
    std::map<IncidentId, QByteArray> batches;
    for (const JournalLine &line : prepared.lines)
        batches[line.entry.incident] += line.bytes + '\n';
    if (m_journals.size() + batches.size() > kOpenJournals)
        m_journals.clear();
    for (const auto &[incident, bytes] : batches) {
        auto journal = m_journals.find(incident);
        if (journal == m_journals.end()) {
            auto opened = IncidentJournal::open(m_disk, folder(incident));
            if (!opened)
                return tl::unexpected(opened.error());
            journal = m_journals.emplace(incident, std::move(*opened)).first;
        }
        if (auto written = journal->second.append(bytes); !written)
            return written;
    }
    return {};
}

Result<> IncidentDb::insertLine(Statement &insert, const JournalLine &line)
{
    const TimelineEntry &entry = line.entry;
    insert.bind(1, entry.id.uuid.toBytes()).bind(2, entry.incident.uuid.toBytes());
    insert.bind(3, entry.writer.uuid.toBytes()).bind(4, qint64(entry.seq)).bind(5, qint64(entry.hlc.value));
    insert.bind(6, toNs(entry.at)).bind(7, toNs(entry.recorded.utc)).bind(8, entry.kind);
    insert.bind(9, qint64(entry.level));
    if (entry.supersedes)
        insert.bind(10, entry.supersedes->uuid.toBytes());
    return insert.bind(11, QString::fromUtf8(line.bytes)).run();
}

Result<> IncidentDb::commit(const Prepared &prepared)
{
    auto transaction = Transaction::begin(*m_database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    auto insert = m_database->prepare(kInsertEntry);
    auto size = m_database->prepare(kSetJournalSize);
    if (!insert || !size)
        return tl::unexpected(insert ? size.error() : insert.error());
    for (const JournalLine &line : prepared.lines) {
        if (auto done = insertLine(*insert, line); !done)
            return done;
    }
    for (const auto &[incident, head] : prepared.heads) {
        size->bind(1, incident.uuid.toBytes()).bind(2, m_journals.at(incident).size());
        if (auto done = size->run(); !done)
            return done;
    }
    return transaction->commit();
}

} // namespace bw
