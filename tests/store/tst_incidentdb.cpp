// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <store/incidents/inbox.h>
#include <store/incidents/incidentdb.h>
#include <store/incidents/searchindex.h>

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <sqlite3.h>

#include <support/fakeclock.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// One record in a folder of its own.
struct Home
{
    QTemporaryDir folder;
    FakeClock clock;
    Uuid7Source ids{clock};
    SystemDisk disk;

    Result<std::unique_ptr<IncidentDb>> open(IncidentDb::Mode mode = IncidentDb::Mode::Write)
    {
        return IncidentDb::open({folder.path(), mode, 1 << 20}, disk, clock, ids);
    }
    TimelineEntry entry(
        const IncidentId &incident, const QString &kind, const QString &title, QJsonObject data = {})
    {
        TimelineEntry entry;
        entry.id = EntryId{ids.next()};
        entry.incident = incident;
        entry.kind = kind;
        entry.title = Untrusted(title);
        entry.data = std::move(data);
        entry.level = defaultLevel(kind, entry.data);
        clock.advance(10ms);
        return entry;
    }
    IncidentId newIncident() { return IncidentId{ids.next()}; }
    /// Behind everybody's back.
    int sql(const char *statement)
    {
        sqlite3 *handle = nullptr;
        sqlite3_open(qPrintable(folder.filePath(u"incidents.sqlite"_s)), &handle);
        const int code = sqlite3_exec(handle, statement, nullptr, nullptr, nullptr);
        sqlite3_close(handle);
        return code;
    }
    /// Any file below the folder has these bytes.
    bool hasBytes(const QByteArray &bytes) const
    {
        QDirIterator files(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains(bytes))
                return true;
        }
        return false;
    }
};

QStringList titles(const std::vector<TimelineEntry> &entries)
{
    QStringList all;
    for (const TimelineEntry &entry : entries)
        all += verbatim(entry.title);
    return all;
}

} // namespace

/// The record on a real disk. Faults of the disk: tst_storefaults.
class TestIncidentDb : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void entriesSurviveReopening()
    {
        Home home;
        const IncidentId incident = home.newIncident();
        std::vector<TimelineEntry> before;
        {
            auto db = home.open();
            QVERIFY2(db, db ? "" : qPrintable(db.error().message));
            const auto stored =
                (*db)->append({home.entry(incident, u"incident.declared"_s, u"Checkout fails"_s,
                                   {{u"severity"_s, u"SEV2"_s}, {u"title"_s, u"Checkout fails"_s}}),
                    home.entry(incident, u"note.text"_s, u"hello"_s)});
            QVERIFY(stored);
            QCOMPARE((*stored)[0].key, u"INC-2026-0001"_s);
            QCOMPARE((*stored)[1].seq, 2u);
            before = *(*db)->entries(incident);
        }
        auto db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->recovery().isClean());
        QCOMPARE(*(*db)->entries(incident), before);
        QCOMPARE(*(*db)->find(u"inc-2026-0001"_s), incident);
        QCOMPARE(*(*db)->find(incident.toString().left(30)), incident);
        QVERIFY(!(*db)->find(u"INC-2026-0002"_s));
        const auto list = (*db)->list();
        QCOMPARE(list->size(), 1u);
        QCOMPARE(list->front().entries, 2);
        QCOMPARE(list->front().head.severity, u"SEV2"_s);
        QVERIFY((*db)->verify(incident)->findings.isEmpty());
        const auto next = (*db)->append({home.entry(home.newIncident(), u"incident.declared"_s, u"Two"_s)});
        QCOMPARE(next->front().key, u"INC-2026-0002"_s);
    }

    void repeatingDoesNoHarm()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        const TimelineEntry note = home.entry(home.newIncident(), u"note.text"_s, u"once"_s);
        QVERIFY((*db)->append({note, note}));
        const auto again = (*db)->append({note});
        QVERIFY(again->front().wasThere);
        QCOMPARE(again->front().seq, 1u);
        QCOMPARE((*db)->entries(note.incident)->size(), 1u);
    }

    void filesAreTheOwnersAlone()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->append({home.entry(home.newIncident(), u"note.text"_s, u"x"_s)}));
        QDirIterator files(home.folder.path(), QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot,
            QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next();
            QVERIFY2(!(QFile::permissions(path)
                         & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther)),
                qPrintable(path));
        }
    }

    void pagesFollowEachOther()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        const IncidentId incident = home.newIncident();
        std::vector<TimelineEntry> entries;
        for (int i = 0; i < 25; ++i) {
            entries.push_back(home.entry(incident, u"note.text"_s, QString::number(i)));
            entries.back().at = home.clock.utcNow() - std::chrono::seconds(i % 3); // many equal times
        }
        QVERIFY((*db)->append(entries));
        QStringList seen;
        std::optional<TimelineCursor> cursor;
        do {
            const auto page = (*db)->page(incident, cursor, 7);
            QVERIFY(page);
            seen += titles(page->entries);
            cursor = page->next;
        } while (cursor);
        QCOMPARE(seen.size(), 25);
        QCOMPARE(QSet<QString>(seen.begin(), seen.end()).size(), 25);
        auto all = *(*db)->entries(incident);
        std::sort(all.begin(), all.end(),
            [](const TimelineEntry &a, const TimelineEntry &b) { return happenedBefore(b, a); });
        QCOMPARE(seen, titles(all));
    }

    void rowsAreNeitherChangedNorDeleted_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::newRow("delete") << QByteArray("DELETE FROM entry");
        QTest::newRow("change") << QByteArray("UPDATE entry SET at = 0");
        QTest::newRow("other text") << QByteArray("UPDATE entry SET line = replace(line, 'true', 'lie')");
        QTest::newRow("replace") << QByteArray(
            "PRAGMA recursive_triggers=ON; INSERT OR REPLACE INTO entry SELECT id, inc, "
            "writer, seq, hlc, 0, utc, kind, level, supersedes, line FROM entry");
    }
    void rowsAreNeitherChangedNorDeleted()
    {
        QFETCH(QByteArray, statement);
        Home home;
        auto db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->append({home.entry(home.newIncident(), u"note.text"_s, u"true"_s)}));
        db->reset();
        QVERIFY(home.sql(statement.constData()) != SQLITE_OK);
    }

    void redactionLeavesNoByte()
    {
        Home home;
        const IncidentId incident = home.newIncident();
        SearchIndex search(home.folder.filePath(u"search.sqlite"_s));
        {
            auto db = home.open();
            QVERIFY(db);
            const TimelineEntry first = home.entry(incident, u"note.text"_s, u"hunter2geheim"_s);
            TimelineEntry edit = home.entry(incident, u"note.text"_s, u"hunter2geheim!"_s);
            edit.supersedes = first.id;
            QVERIFY((*db)->append({first}));
            QVERIFY((*db)->append({edit, home.entry(incident, u"note.text"_s, u"stays"_s)}));
            QVERIFY(search.catchUp(**db));
            QVERIFY(home.hasBytes("hunter2geheim"));
            QVERIFY(!(*db)->redact(incident, first.id, u" "_s, {}));
            QVERIFY((*db)->redact(incident, edit.id, u"a password"_s, {}));
            search.clear();
            const auto report = (*db)->verify(incident);
            QCOMPARE(report->findings, QStringList{});
            const auto shown = visible(curate(*(*db)->entries(incident)), EntryLevel::Trace);
            QCOMPARE(shown.size(), 3u);
            QVERIFY((*db)->append({home.entry(incident, u"note.text"_s, u"goes on"_s)}));
        }
        QVERIFY(!home.hasBytes("hunter2geheim"));
        auto db = home.open();
        QVERIFY(db);
        QCOMPARE((*db)->verify(incident)->findings, QStringList{});
    }

    void filesBesideTheEntries()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        const IncidentId incident = home.newIncident();
        const auto hash = (*db)->putBlob(incident, "samples");
        QVERIFY(hash);
        QCOMPARE(*(*db)->putBlob(incident, "samples"), *hash);
        QCOMPARE(*(*db)->blob(incident, *hash), QByteArray("samples"));
        QVERIFY(
            (*db)->append({home.entry(incident, u"evidence.query"_s, u"q"_s, {{u"data_file"_s, *hash}})}));
        QVERIFY((*db)->verify(incident)->findings.isEmpty());
        const QString path = home.folder.filePath(u"incidents/%1/blobs/%2"_s.arg(incident.toString(), *hash));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("changed") == 7);
        file.close();
        QCOMPARE((*db)->blob(incident, *hash).error().kind, Error::Kind::Decode);
        QCOMPARE((*db)->verify(incident)->findings.size(), 1);
        QVERIFY(QFile::remove(path));
        QCOMPARE((*db)->blob(incident, *hash).error().kind, Error::Kind::NotFound);
        QVERIFY((*db)->verify(incident)->findings.first().contains(u"evidence file missing"_s));
        for (const QString &bad : {u"../../../writer"_s, QString(), QString(64, u'A')})
            QCOMPARE((*db)->blob(incident, bad).error().kind, Error::Kind::Invalid);
    }

    void draftsAreKept()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        const IncidentId incident = home.newIncident();
        QVERIFY((*db)->drafts(incident)->empty());
        QVERIFY((*db)->saveDrafts(incident, {{u"note"_s, u"half a sen"_s}, {u"update"_s, u""_s}}));
        QCOMPARE(*(*db)->drafts(incident), (std::map<QString, QString>{{u"note"_s, u"half a sen"_s}}));
    }

    void oneWriter()
    {
        Home home;
        auto first = home.open();
        QVERIFY(first);
        const auto second = home.open();
        QVERIFY(!second);
        QCOMPARE(second.error().kind, Error::Kind::Refused);
        auto reader = home.open(IncidentDb::Mode::ReadOnly);
        QVERIFY(reader);
        QVERIFY(!(*reader)->append({home.entry(home.newIncident(), u"note.text"_s, u"x"_s)}));
        reader->reset();
        first->reset();
        QVERIFY(home.open());
    }

    void unreliableFileSystemsAreRefused()
    {
        class Mounted final : public Disk
        {
        public:
            explicit Mounted(SystemDisk &disk)
                : m_disk(disk)
            {
            }
            Result<std::unique_ptr<DiskFile>> open(const QString &path, Open mode) override
            {
                return m_disk.open(path, mode);
            }
            Result<QByteArray> read(const QString &path, qint64 offset) override
            {
                return m_disk.read(path, offset);
            }
            Result<qint64> size(const QString &path) override { return m_disk.size(path); }
            Result<> rename(const QString &from, const QString &to) override
            {
                return m_disk.rename(from, to);
            }
            Result<> remove(const QString &path) override { return m_disk.remove(path); }
            Result<bool> makeDirectory(const QString &path) override { return m_disk.makeDirectory(path); }
            Result<> syncDirectory(const QString &path) override { return m_disk.syncDirectory(path); }
            Result<QStringList> list(const QString &path) override { return m_disk.list(path); }
            Result<std::unique_ptr<DiskLock>> lock(const QString &path) override { return m_disk.lock(path); }
            Result<> allocate(const QString &path, qint64 bytes) override
            {
                return m_disk.allocate(path, bytes);
            }
            Result<DiskSpace> space(const QString &path) override { return m_disk.space(path); }
            QString unreliableFileSystem(const QString &) override { return u"NFS"_s; }

        private:
            SystemDisk &m_disk;
        };
        Home home;
        Mounted mounted(home.disk);
        const auto refused =
            IncidentDb::open({home.folder.path(), IncidentDb::Mode::Write, 0}, mounted, home.clock, home.ids);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Refused);
        QVERIFY(refused.error().message.contains(u"NFS"_s));
        QVERIFY(home.disk.unreliableFileSystem(home.folder.path()).isEmpty());
    }

    void aNewerRecordIsOnlyRead()
    {
        Home home;
        const IncidentId incident = home.newIncident();
        {
            auto db = home.open();
            QVERIFY((*db)->append({home.entry(incident, u"note.text"_s, u"x"_s)}));
        }
        QCOMPARE(home.sql("PRAGMA user_version = 99"), SQLITE_OK);
        auto db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->isReadOnly());
        QVERIFY(!(*db)->whyReadOnly().isEmpty());
        QCOMPARE((*db)->entries(incident)->size(), 1u);
        QCOMPARE(
            (*db)->append({home.entry(incident, u"note.text"_s, u"y"_s)}).error().kind, Error::Kind::Refused);
    }

    /// A trigger that somebody added could change what a statement does.
    void aForeignSchemaIsNotUsed()
    {
        Home home;
        const IncidentId incident = home.newIncident();
        {
            auto db = home.open();
            QVERIFY((*db)->append({home.entry(incident, u"note.text"_s, u"x"_s)}));
        }
        QCOMPARE(
            home.sql("CREATE TRIGGER evil AFTER INSERT ON entry BEGIN UPDATE journal SET bytes = 0; END"),
            SQLITE_OK);
        auto db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->recovery().databaseRebuilt);
        QCOMPARE((*db)->entries(incident)->size(), 1u);
        db->reset();
        QCOMPARE(home.sql("DROP TRIGGER evil"), SQLITE_ERROR); // it is in the file that was set aside
        QVERIFY(!QDir(home.folder.path()).entryList({u"incidents.sqlite.corrupt-*"_s}).isEmpty());
    }

    void aLostDatabaseComesBackFromTheJournals()
    {
        Home home;
        const IncidentId incident = home.newIncident();
        std::vector<TimelineEntry> before;
        {
            auto db = home.open();
            for (int i = 0; i < 5; ++i)
                QVERIFY((*db)->append({home.entry(incident, u"note.text"_s, QString::number(i))}));
            before = *(*db)->entries(incident);
        }
        const QString path = home.folder.filePath(u"incidents.sqlite"_s);
        QVERIFY(QFile::remove(path));
        auto db = home.open();
        QVERIFY(db);
        QCOMPARE((*db)->recovery().insertedRows, 5);
        auto after = *(*db)->entries(incident);
        const auto byId = [](const TimelineEntry &a, const TimelineEntry &b) { return a.id < b.id; };
        std::sort(after.begin(), after.end(), byId);
        std::sort(before.begin(), before.end(), byId);
        QCOMPARE(after, before);
        db->reset();
        QFile garbage(path);
        QVERIFY(garbage.open(QIODevice::WriteOnly) && garbage.write(QByteArray(8192, 'z')) == 8192);
        garbage.close();
        db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->recovery().databaseRebuilt);
        QCOMPARE((*db)->entries(incident)->size(), 5u);
    }

    /// Lines of another incident, of one number twice, the same one twice: the record opens, and says so.
    void hostileJournalsDoNotStopIt()
    {
        Home home;
        const IncidentId one = home.newIncident(), two = home.newIncident();
        const auto journalOf = [&home](const IncidentId &incident) {
            return home.folder.filePath(u"incidents/%1/journal.jsonl"_s.arg(incident.toString()));
        };
        {
            auto db = home.open();
            QVERIFY((*db)->append(
                {home.entry(one, u"note.text"_s, u"a"_s), home.entry(one, u"note.text"_s, u"b"_s)}));
            QVERIFY((*db)->append({home.entry(two, u"note.text"_s, u"c"_s)}));
        }
        QFile first(journalOf(one)), second(journalOf(two));
        QVERIFY(first.open(QIODevice::ReadOnly) && second.open(QIODevice::ReadOnly));
        const QByteArray lines = first.readAll(), foreign = second.readAll();
        first.close();
        second.close();
        const JournalLine original = scanJournal(lines).lines[1];
        TimelineEntry rival = original.entry;
        rival.id = EntryId{home.ids.next()};
        rival.title = Untrusted(u"rival"_s);
        const QByteArray rivalLine = encodeLine(rival, original.prev, QByteArray(16, 'x'))->bytes + '\n';
        for (const QByteArray &added : {foreign, lines, rivalLine, QByteArray("[[[[\n")}) {
            QVERIFY(first.open(QIODevice::WriteOnly) && first.write(lines + added) > 0);
            first.close();
            auto db = home.open();
            QVERIFY2(db, db ? "" : qPrintable(db.error().message));
            QCOMPARE((*db)->entries(two)->size(), 1u);
            QStringList titlesNow;
            const auto entries = (*db)->entries(one);
            QVERIFY(entries);
            for (const TimelineEntry &entry : *entries) {
                if (!entry.kind.startsWith(u"system."_s))
                    titlesNow += verbatim(entry.title);
            }
            titlesNow.sort();
            QCOMPARE(titlesNow, (QStringList{u"a"_s, u"b"_s}));
            QVERIFY(!(*db)->recovery().isClean() || !(*db)->verify(one)->findings.isEmpty()
                || (*db)->recovery().tornLines > 0);
        }
    }

    void gapsAreSaidOnce()
    {
        Home home;
        const IncidentId incident = home.newIncident();
        const QString journal =
            home.folder.filePath(u"incidents/%1/journal.jsonl"_s.arg(incident.toString()));
        {
            auto db = home.open();
            for (int i = 0; i < 5; ++i)
                QVERIFY((*db)->append({home.entry(incident, u"note.text"_s, QString::number(i))}));
        }
        // Line 3 is taken out of both copies.
        QFile file(journal);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QList<QByteArray> lines = file.readAll().split('\n');
        file.close();
        lines.removeAt(2);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(lines.join('\n')) > 0);
        file.close();
        QVERIFY(QFile::remove(home.folder.filePath(u"incidents.sqlite"_s)));
        for (int time = 0; time < 2; ++time) {
            auto db = home.open();
            QVERIFY(db);
            int said = 0;
            const auto entries = (*db)->entries(incident);
            QVERIFY(entries);
            for (const TimelineEntry &entry : *entries)
                said += entry.kind == u"system.gap_found"_s;
            QCOMPARE(said, 1);
            QVERIFY(!(*db)->verify(incident)->findings.isEmpty());
        }
    }

    /// The wall clock jumps; order and numbers do not, and the jump is in the record.
    void clockJumpsAreRecorded()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        const IncidentId incident = home.newIncident();
        const auto save = [&](const QString &title) {
            return (*db)->append({home.entry(incident, u"note.text"_s, title)}).has_value();
        };
        QVERIFY(save(u"1"_s));
        home.clock.setUtc(home.clock.utcNow() - 1h); // the end of summer time, or a wrong clock put right
        QVERIFY(save(u"2"_s));
        home.clock.setUtc(*parseRfc3339(u"2038-01-19T03:14:08Z"));
        QVERIFY(save(u"3"_s));
        std::vector<TimelineEntry> entries = *(*db)->entries(incident);
        std::sort(entries.begin(), entries.end(), recordedBefore);
        QStringList order;
        int jumps = 0;
        for (const TimelineEntry &entry : entries) {
            if (entry.kind == u"system.clock_skew"_s)
                ++jumps;
            else
                order += verbatim(entry.title);
        }
        QCOMPARE(order, (QStringList{u"1"_s, u"2"_s, u"3"_s}));
        QCOMPARE(jumps, 2);
        QVERIFY((*db)->verify(incident)->findings.isEmpty());
    }

    void ballastAndSpace()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        QVERIFY((*db)->health().hasBallast);
        QVERIFY((*db)->health().freeBytes > 0);
        QCOMPARE(QFileInfo(home.folder.filePath(u"ballast"_s)).size(), 1 << 20);
    }

    void searchFindsWords()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        const IncidentId one = home.newIncident(), two = home.newIncident();
        QVERIFY((*db)->append({home.entry(one, u"note.text"_s, u"the connection pool is exhausted"_s),
            home.entry(two, u"note.text"_s, u"Pool größer gemacht"_s),
            home.entry(two, u"note.text"_s, u"nothing here"_s)}));
        SearchIndex search(home.folder.filePath(u"search.sqlite"_s));
        QVERIFY(!*search.catchUp(**db));
        const auto found = [&](const QString &words, std::optional<IncidentId> in = {}) {
            std::vector<qint64> rows;
            const auto hits = search.find(words, in, 50);
            for (const SearchHit &hit : *hits)
                rows.push_back(hit.row);
            return titles(*(*db)->byRow(rows));
        };
        QCOMPARE(found(u"pool"_s).size(), 2);
        QCOMPARE(found(u"POOL exhau"_s), QStringList{u"the connection pool is exhausted"_s});
        QCOMPARE(found(u"grosser"_s).size(), 0);
        QCOMPARE(found(u"groß"_s).size(), 1);
        QCOMPARE(found(u"pool"_s, two).size(), 1);
        for (const QString &hostile :
            {u"\"pool"_s, u"pool OR nothing"_s, u"NEAR(pool)"_s, u"title:pool"_s, u"*"_s, u"' OR 1"_s})
            QVERIFY2(search.find(hostile, {}, 50), qPrintable(hostile));
        search.clear();
        QVERIFY(!*search.catchUp(**db));
        QCOMPARE(found(u"pool"_s).size(), 2);
    }

    void theInboxHandsOver()
    {
        Home home;
        auto db = home.open();
        QVERIFY(db);
        Inbox inbox(home.disk, home.folder.path());
        const TimelineEntry entry = home.entry(home.newIncident(), u"incident.declared"_s, u"x"_s);
        QVERIFY(inbox.drop(entry));
        QVERIFY(!inbox.answer(entry.id));
        QCOMPARE(inbox.collect(**db), 1);
        const auto answer = inbox.answer(entry.id);
        QVERIFY(answer);
        QCOMPARE(answer->key, u"INC-2026-0001"_s);
        QVERIFY(answer->problem.isEmpty());
        QVERIFY(!inbox.answer(entry.id));
        // Twice, because the command was not sure.
        QVERIFY(inbox.drop(entry));
        QCOMPARE(inbox.collect(**db), 1);
        QCOMPARE((*db)->entries(entry.incident)->size(), 1u);
        // Neither half a file, nor one under another's name, nor another program's.
        for (const QString &name : {EntryId{home.ids.next()}.toString() + u".json"_s, u"x.json"_s}) {
            QFile bad(home.folder.filePath(u"inbox/"_s + name));
            QVERIFY(bad.open(QIODevice::WriteOnly) && bad.write("{\"v\":1") == 6);
        }
        QCOMPARE(inbox.collect(**db), 0);
        QCOMPARE(inbox.collect(**db), 0);
        QCOMPARE(QDir(home.folder.filePath(u"inbox"_s)).entryList({u"*.json"_s}).size(), 0);
    }
};

QTEST_GUILESS_MAIN(TestIncidentDb)
#include "tst_incidentdb.moc"
