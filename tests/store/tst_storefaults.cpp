// SPDX-License-Identifier: GPL-3.0-or-later
// The incident store on a disk that loses power or fails at every single operation. Built with the store's
// sources and BW_SEEDED_DEFECTS: the same harness must find each of five mistakes.
#include "simdisk.h"

#include <store/incidents/defects_p.h>
#include <store/incidents/incidentdb.h>
#include <store/sqlite/migrations.h>

#include <QRegularExpression>
#include <QTest>

#include <cerrno>

#include <support/fakeclock.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QString kRoot = u"/data/bridgewatch"_s;

/// Ids of a run are those of the same run again.
class CountingIds final : public IdSource
{
public:
    explicit CountingIds(quint32 base)
        : m_next(base)
    {
    }
    Uuid next() override
    {
        Uuid uuid;
        uuid.bytes[6] = 0x70;
        uuid.bytes[8] = 0x80;
        ++m_next;
        for (size_t i = 0; i < 4; ++i)
            uuid.bytes[15 - i] = quint8(m_next >> (8 * i));
        return uuid;
    }
    QByteArray salt() override { return QByteArray(16, 's'); }

private:
    quint32 m_next;
};

/// What a user was told, and what was under way.
struct Story
{
    std::vector<EntryId> acked;
    QSet<EntryId> attempted;
    bool opened = false;
};

TimelineEntry entryOf(CountingIds &ids, const IncidentId &incident, const QString &kind, const QString &title)
{
    TimelineEntry entry;
    entry.id = EntryId{ids.next()};
    entry.incident = incident;
    entry.kind = kind;
    entry.title = Untrusted(title);
    entry.body = Untrusted(title.repeated(40)); // some entries cross a sector
    return entry;
}

/// Two incidents, single entries, batches, a file, a redaction. After a failure the same entries are tried
/// once more, as a person would.
class Writer
{
public:
    Writer(SimDisk &disk, FakeClock &clock, Story &story)
        : m_disk(disk)
        , m_clock(clock)
        , m_story(story)
    {
    }

    void run()
    {
        if (!open())
            return;
        const IncidentId one{m_ids.next()}, two{m_ids.next()};
        save({entryOf(m_ids, one, u"incident.declared"_s, u"Checkout fails"_s)});
        save({entryOf(m_ids, one, u"note.text"_s, u"first"_s)});
        save({entryOf(m_ids, one, u"note.text"_s, u"a"_s),
            entryOf(m_ids, two, u"incident.declared"_s, u"Two"_s),
            entryOf(m_ids, one, u"note.text"_s, u"b"_s), entryOf(m_ids, two, u"note.text"_s, u"c"_s)});
        if (m_db && m_db->putBlob(one, QByteArray(2000, 'x')))
            save({entryOf(m_ids, one, u"evidence.file"_s, u"file"_s)});
        const TimelineEntry secret = entryOf(m_ids, one, u"note.text"_s, u"secret"_s);
        save({secret});
        if (m_db && !m_disk.isOff())
            std::ignore = m_db->redact(one, secret.id, u"a secret"_s, {});
        m_db.reset();
        if (open())
            save({entryOf(m_ids, two, u"note.text"_s, u"after reopening"_s)});
        save({entryOf(m_ids, one, u"incident.phase"_s, u"monitoring"_s)});
        m_db.reset();
    }

private:
    bool open()
    {
        for (int attempt = 0; attempt < 2 && !m_db; ++attempt) {
            auto opened = IncidentDb::open({kRoot, IncidentDb::Mode::Write, 0}, m_disk, m_clock, m_storeIds);
            if (opened)
                m_db = std::move(*opened);
            else if (m_disk.hasFailed())
                m_disk.repaired();
        }
        m_story.opened |= m_db != nullptr;
        return m_db != nullptr;
    }

    void save(const std::vector<TimelineEntry> &entries)
    {
        for (int attempt = 0; attempt < 2 && m_db && !m_disk.isOff(); ++attempt) {
            for (const TimelineEntry &entry : entries)
                m_story.attempted.insert(entry.id);
            m_clock.advance(10ms);
            if (m_db->append(entries)) {
                for (const TimelineEntry &entry : entries)
                    m_story.acked.push_back(entry.id);
                return;
            }
            m_disk.repaired();
        }
    }

    SimDisk &m_disk;
    FakeClock &m_clock;
    Story &m_story;
    CountingIds m_ids{1000}, m_storeIds{500'000};
    std::unique_ptr<IncidentDb> m_db;
};

QSet<EntryId> idsInJournals(SimDisk &disk, QStringList &problems)
{
    QSet<EntryId> ids;
    for (const QString &path : disk.paths()) {
        if (!path.endsWith(u"/journal.jsonl"_s))
            continue;
        for (const JournalLine &line : scanJournal(*disk.read(path, 0)).lines) {
            if (ids.contains(line.entry.id))
                problems += u"twice in the journal: %1"_s.arg(line.entry.id.toString());
            ids.insert(line.entry.id);
        }
    }
    return ids;
}

QSet<EntryId> idsInDatabase(const SimDisk &disk)
{
    QSet<EntryId> ids;
    SimDisk copy; // opening rolls back what was under way
    copy.restore(disk, SimDisk::Fate::AllKept, 0);
    auto database = Database::open(kRoot + u"/incidents.sqlite"_s, DatabaseRole::Record,
        {.readOnly = false, .layer = copy.sqliteLayer()});
    if (!database)
        return ids;
    auto select = database->prepare("SELECT id FROM entry");
    if (!select)
        return ids;
    for (auto row = select->step(); row && *row; row = select->step()) {
        if (const auto id = Uuid::fromBytes(select->blob(0)))
            ids.insert(EntryId{*id});
    }
    return ids;
}

/// Everything that must hold on the disk that is found after power came back.
QStringList problemsAfter(SimDisk &disk, const Story &story)
{
    QStringList problems;
    const QSet<EntryId> journals = idsInJournals(disk, problems);
    const QSet<EntryId> rows = idsInDatabase(disk);
    for (const EntryId &id : story.acked) {
        if (!journals.contains(id))
            problems += u"acknowledged, not in the journal: %1"_s.arg(id.toString());
        if (!rows.contains(id))
            problems += u"acknowledged, not in the database: %1"_s.arg(id.toString());
    }
    FakeClock clock;
    clock.advance(1h);
    CountingIds ids(900'000);
    auto db = IncidentDb::open({kRoot, IncidentDb::Mode::Write, 0}, disk, clock, ids);
    if (!db)
        return problems << u"cannot be opened: "_s + db.error().message;
    if ((*db)->isReadOnly())
        problems += u"opened read-only"_s;
    QSet<EntryId> stored;
    const auto incidents = (*db)->incidents();
    if (!incidents)
        return problems << incidents.error().message;
    for (const IncidentId &incident : *incidents) {
        const auto entries = (*db)->entries(incident);
        if (!entries) {
            problems += entries.error().message;
            continue;
        }
        for (const TimelineEntry &entry : *entries) {
            if (stored.contains(entry.id))
                problems += u"stored twice: %1"_s.arg(entry.id.toString());
            stored.insert(entry.id);
            const bool isOwn = entry.kind.startsWith("system."_L1) || entry.kind == "incident.field"_L1;
            if (!story.attempted.contains(entry.id) && !isOwn)
                problems += u"nobody wrote %1"_s.arg(entry.id.toString());
        }
        const auto report = (*db)->verify(incident);
        if (!report)
            problems += report.error().message;
        else
            problems += report->findings;
    }
    for (const EntryId &id : story.acked) {
        if (!stored.contains(id))
            problems += u"acknowledged and lost: %1"_s.arg(id.toString());
    }
    CountingIds more(950'000);
    TimelineEntry next;
    next.incident = incidents->empty() ? IncidentId{more.next()} : incidents->front();
    next.kind = u"note.text"_s;
    if (const auto goesOn = (*db)->append({next}); !goesOn)
        problems += u"nothing can be written any more: "_s + goesOn.error().message;
    return problems;
}

struct Figures
{
    qint64 cases = 0, acked = 0, failing = 0;
    QStringList examples;
};

void note(Figures &figures, const Story &story, const QStringList &problems, const QString &where)
{
    ++figures.cases;
    figures.acked += qint64(story.acked.size());
    if (problems.isEmpty())
        return;
    ++figures.failing;
    if (figures.examples.size() < 3)
        figures.examples += where + u": "_s + problems.first();
}

qint64 operationsOf()
{
    SimDisk disk;
    FakeClock clock;
    Story story;
    Writer(disk, clock, story).run();
    return disk.operations();
}

/// Power lost at operation 1, 1 + stride, …; each with three fates of what was not synced.
Figures loseEverywhere(qint64 stride)
{
    Figures figures;
    const qint64 all = operationsOf();
    for (qint64 at = 1; at <= all + 1; at += stride) {
        SimDisk disk;
        disk.losePowerAt(at);
        FakeClock clock;
        Story story;
        Writer(disk, clock, story).run();
        for (const auto fate : {SimDisk::Fate::AllLost, SimDisk::Fate::AllKept, SimDisk::Fate::Random}) {
            SimDisk found;
            found.restore(disk, fate, quint32(at));
            note(figures, story, problemsAfter(found, story),
                u"power lost at %1, fate %2"_s.arg(at).arg(int(fate)));
        }
    }
    return figures;
}

/// Operation 1, 1 + stride, … fails; at the end power is lost with everything that was not synced.
Figures failEverywhere(int code, bool persistent, qint64 stride)
{
    Figures figures;
    const qint64 all = operationsOf();
    for (qint64 at = 1; at <= all; at += stride) {
        SimDisk disk;
        disk.failAt(at, code, persistent);
        FakeClock clock;
        Story story;
        Writer(disk, clock, story).run();
        SimDisk found;
        found.restore(disk, SimDisk::Fate::AllLost, quint32(at));
        note(figures, story, problemsAfter(found, story),
            u"error %1 at %2, %3"_s.arg(code).arg(at).arg(QString::fromLatin1(disk.whatFailed())));
    }
    return figures;
}

void print(const char *what, const Figures &figures)
{
    std::printf("%-34s %6lld cases %8lld acknowledged %6lld with problems\n", what,
        static_cast<long long>(figures.cases), static_cast<long long>(figures.acked),
        static_cast<long long>(figures.failing));
    for (const QString &example : figures.examples)
        std::printf("    %s\n", qPrintable(example));
    std::fflush(stdout);
}

} // namespace

class TestStoreFaults : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        seededDefect = Defect::None;
    }
    void cleanup() { seededDefect = Defect::None; }

    void withoutFaultsEverythingIsThere()
    {
        SimDisk disk;
        FakeClock clock;
        Story story;
        Writer(disk, clock, story).run();
        QCOMPARE(story.acked.size(), 10u);
        const QStringList problems = problemsAfter(disk, story);
        QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
        QVERIFY(disk.operations() > 100);
    }

    void losesPowerAtEveryOperation()
    {
        const Figures figures = loseEverywhere(1);
        print("power lost at every operation", figures);
        QCOMPARE(figures.failing, 0);
        QVERIFY(figures.cases > 300);
    }

    void failsAtEveryOperation_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<bool>("persistent");
        QTest::newRow("an I/O error once") << EIO << false;
        QTest::newRow("I/O errors until repaired") << EIO << true;
        QTest::newRow("a full disk once") << ENOSPC << false;
        QTest::newRow("a full disk until repaired") << ENOSPC << true;
    }
    void failsAtEveryOperation()
    {
        QFETCH(int, code);
        QFETCH(bool, persistent);
        const Figures figures = failEverywhere(code, persistent, 1);
        print(QTest::currentDataTag(), figures);
        QCOMPARE(figures.failing, 0);
        QVERIFY(figures.cases > 100);
    }

    /// A harness that finds nothing proves nothing.
    void seededDefectsAreFound_data()
    {
        QTest::addColumn<int>("defect");
        QTest::newRow("journal sync dropped") << int(Defect::SyncDropped);
        QTest::newRow("acknowledged before the commit") << int(Defect::AckBeforeCommit);
        QTest::newRow("folder sync skipped") << int(Defect::DirectorySyncSkipped);
        QTest::newRow("I/O error swallowed") << int(Defect::ErrorSwallowed);
        QTest::newRow("handle used again after a failed sync") << int(Defect::HandleReused);
    }
    void seededDefectsAreFound()
    {
        QFETCH(int, defect);
        seededDefect = Defect(defect);
        const Figures lost = loseEverywhere(3);
        const Figures failed = failEverywhere(EIO, false, 1);
        print(QTest::currentDataTag(), lost);
        print("    with I/O errors", failed);
        QVERIFY(lost.failing + failed.failing > 0);
    }

    /// The last entries of a full disk: the ballast makes room for them.
    void aFullDiskGivesTheBallastBack()
    {
        SimDisk disk;
        FakeClock clock;
        CountingIds ids(1000), storeIds(500'000);
        const QString ballast = kRoot + u"/ballast"_s;
        auto db = IncidentDb::open({kRoot, IncidentDb::Mode::Write, 1 << 20}, disk, clock, storeIds);
        QVERIFY(db);
        QVERIFY((*db)->health().hasBallast);
        const IncidentId incident{ids.next()};
        QVERIFY((*db)->append({entryOf(ids, incident, u"note.text"_s, u"before"_s)}));
        disk.fullUntilRemoved(ballast);
        QVERIFY((*db)->append({entryOf(ids, incident, u"note.text"_s, u"the last one"_s)}));
        QVERIFY(!(*db)->health().hasBallast);
        QVERIFY((*db)->verify(incident)->findings.isEmpty());
        QCOMPARE((*db)->entries(incident)->size(), 2u);
    }

    /// A migration is done or not, wherever power goes.
    void migrationsAreWholeOrNot()
    {
        static constexpr const char *first[] = {
            "CREATE TABLE a(x INTEGER) STRICT", "INSERT INTO a VALUES(1)"};
        static constexpr const char *second[] = {
            "CREATE TABLE b(y INTEGER) STRICT", "INSERT INTO b SELECT x + 1 FROM a", "DROP TABLE a"};
        static constexpr Migration old[] = {{1, first}};
        static constexpr Migration both[] = {{1, first}, {2, second}};
        const auto none = [] { return Result<>{}; };
        const QString path = u"/x.sqlite"_s;
        int before = 0, after = 0;
        for (qint64 at = 1;; ++at) {
            SimDisk disk;
            const auto opened = [&path](SimDisk &on) {
                return Database::open(
                    path, DatabaseRole::Record, {.readOnly = false, .layer = on.sqliteLayer()});
            };
            {
                auto database = opened(disk);
                QVERIFY(database && migrate(*database, old, none));
                QVERIFY(disk.syncDirectory(u"/"_s));
                disk.losePowerAt(disk.operations() + at);
                std::ignore = migrate(*database, both, none);
            }
            for (const auto fate : {SimDisk::Fate::AllLost, SimDisk::Fate::AllKept, SimDisk::Fate::Random}) {
                SimDisk found;
                found.restore(disk, fate, quint32(at));
                auto database = opened(found);
                QVERIFY(database);
                QCOMPARE(*database->text("PRAGMA integrity_check"), u"ok"_s);
                const bool isNew = *schemaState(*database, both) == SchemaState::Current;
                QCOMPARE(*database->number(isNew ? "SELECT y FROM b" : "SELECT x FROM a"), isNew ? 2 : 1);
                ++(isNew ? after : before);
            }
            if (!disk.isOff())
                break;
        }
        QVERIFY(before > 10);
        QVERIFY(after >= 3);
    }

    /// One byte of every page of the database, three places each: what is read is right, or refused.
    void flippedBytesAreNeverBelieved()
    {
        SimDisk disk;
        FakeClock clock;
        Story story;
        Writer(disk, clock, story).run();
        const QString path = kRoot + u"/incidents.sqlite"_s;
        using Mode = IncidentDb::Mode;
        const auto contents = [](SimDisk &on, Mode mode) -> Result<std::map<EntryId, TimelineEntry>> {
            FakeClock later;
            later.advance(1h);
            CountingIds ids(900'000);
            auto db = IncidentDb::open({kRoot, mode, 0}, on, later, ids);
            if (!db)
                return tl::unexpected(db.error());
            std::map<EntryId, TimelineEntry> all;
            const auto incidents = (*db)->incidents();
            if (!incidents)
                return tl::unexpected(incidents.error());
            for (const IncidentId &incident : *incidents) {
                const auto entries = (*db)->entries(incident);
                if (!entries)
                    return tl::unexpected(entries.error());
                for (const TimelineEntry &entry : *entries)
                    all[entry.id] = entry;
            }
            return all;
        };
        SimDisk reference;
        reference.restore(disk, SimDisk::Fate::AllKept, 0);
        const auto expected = contents(reference, Mode::Write);
        QVERIFY(expected);
        const qint64 size = *disk.size(path);
        int cases = 0, wrong = 0, refused = 0, refusedReading = 0;
        for (qint64 page = 0; page < size; page += 4096) {
            for (const qint64 offset : {page + 7, page + 1501, page + 4090}) {
                SimDisk found;
                found.restore(disk, SimDisk::Fate::AllKept, 0);
                found.flip(path, offset, 0x20);
                SimDisk beside;
                beside.restore(found, SimDisk::Fate::AllKept, 0);
                const auto read = contents(found, Mode::Write), lookedAt = contents(beside, Mode::ReadOnly);
                ++cases;
                refused += !read;
                refusedReading += !lookedAt;
                wrong += (read && *read != *expected) + (lookedAt && *lookedAt != *expected);
            }
        }
        std::printf("%-34s %6d cases %8d refused %5d refused read-only %5d wrong\n",
            "a byte flipped in every page", cases, refused, refusedReading, wrong);
        QVERIFY(cases >= 12);
        QCOMPARE(refused, 0); // the journal has it all
        QCOMPARE(wrong, 0);
    }

    /// Every byte of a journal: found by comparing, and mended from the other copy.
    void damagedJournalsAreMended()
    {
        SimDisk disk;
        FakeClock clock;
        Story story;
        Writer(disk, clock, story).run();
        QString path;
        for (const QString &one : disk.paths()) {
            if (one.endsWith(u"/journal.jsonl"_s))
                path = one;
        }
        const qint64 size = *disk.size(path);
        for (qint64 at = 0; at < size; at += 97) {
            SimDisk found;
            found.restore(disk, SimDisk::Fate::AllKept, 0);
            found.flip(path, at, 0x01);
            FakeClock later;
            later.advance(1h);
            CountingIds ids(900'000);
            auto db = IncidentDb::open({kRoot, IncidentDb::Mode::Write, 0}, found, later, ids);
            QVERIFY2(db, qPrintable(u"byte %1"_s.arg(at)));
            const IncidentId incident = *IncidentId::parse(folderOf(path).section(u'/', -1));
            const auto report = (*db)->verify(incident);
            QVERIFY(report);
            // A damaged end is mended at once; the middle is found by verification.
            QVERIFY2(!report->findings.isEmpty() || !(*db)->recovery().isClean()
                    || (*db)->recovery().tornLines > 0,
                qPrintable(u"byte %1"_s.arg(at)));
        }
        for (const qint64 length : {size - 1, size - 40, size / 2, qint64(0)}) {
            SimDisk found;
            found.restore(disk, SimDisk::Fate::AllKept, 0);
            found.cut(path, length);
            QCOMPARE(problemsAfter(found, {{}, story.attempted, true}), QStringList{});
        }
    }
};

QTEST_GUILESS_MAIN(TestStoreFaults)
#include "tst_storefaults.moc"
