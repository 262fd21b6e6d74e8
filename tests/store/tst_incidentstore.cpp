// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/inbox.h>
#include <store/incidents/incidentstore.h>
#include <store/sqlite/dbthread.h>

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <mutex>

#include <support/fakeclock.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A record on a thread, and what it told.
class Recorder
{
public:
    explicit Recorder(const QString &root)
        : store({root, IncidentDb::Mode::Write, 0}, thread, clock, [this](const StoreEvent &event) {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(event);
        })
    {
    }
    template<typename T> std::vector<T> told()
    {
        thread.runAndWait(DbThread::Kind::Record, [] {});
        const std::lock_guard lock(m_mutex);
        std::vector<T> all;
        for (const StoreEvent &event : m_events) {
            if (const auto *one = std::get_if<T>(&event))
                all.push_back(*one);
        }
        return all;
    }
    TimelineEntry note(const QString &title)
    {
        TimelineEntry entry;
        entry.id = EntryId{m_ids.next()};
        entry.incident = incident;
        entry.kind = u"note.text"_s;
        entry.title = Untrusted(title);
        return entry;
    }

private:
    std::mutex m_mutex;
    std::vector<StoreEvent> m_events;

public:
    FakeClock clock;
    DbThread thread;

private:
    Uuid7Source m_ids{clock};

public:
    IncidentId incident{m_ids.next()};
    IncidentStore store; ///< last: ends before what it uses
};

} // namespace

class TestIncidentStore : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void commandsInEventsOut()
    {
        QTemporaryDir home;
        Recorder recorder(home.path());
        recorder.store.open();
        recorder.store.append({recorder.note(u"the pool"_s)});
        const auto opened = recorder.told<StoreOpened>();
        QCOMPARE(opened.size(), 1u);
        QVERIFY(opened[0].isOpen && !opened[0].isReadOnly);
        const auto saved = recorder.told<EntriesSaved>();
        QCOMPARE(saved.size(), 1u);
        QCOMPARE(saved[0].entries[0].seq, 1u);
        Result<std::vector<TimelineEntry>> found = std::vector<TimelineEntry>{};
        recorder.store.search(u"pool"_s, {}, 10, [&found](auto answer) { found = std::move(answer); });
        Result<TimelinePage> page = TimelinePage{};
        recorder.store.page(recorder.incident, {}, 10, [&page](auto answer) { page = std::move(answer); });
        Result<VerifyReport> report = VerifyReport{};
        recorder.store.verify(recorder.incident, [&report](auto answer) { report = std::move(answer); });
        recorder.thread.runAndWait(DbThread::Kind::Record, [] {});
        QCOMPARE(found->size(), 1u);
        QCOMPARE(page->entries.size(), 1u);
        QVERIFY(report->findings.isEmpty());
    }

    /// While the thread is busy, what is queued becomes one batch.
    void aBurstIsOneBatch()
    {
        QTemporaryDir home;
        Recorder recorder(home.path());
        recorder.store.open();
        recorder.told<StoreOpened>();
        std::mutex gate;
        gate.lock();
        recorder.thread.post(DbThread::Kind::Record, [&gate] { const std::lock_guard wait(gate); });
        for (int i = 0; i < 100; ++i)
            recorder.store.append({recorder.note(QString::number(i))});
        gate.unlock();
        const auto saved = recorder.told<EntriesSaved>();
        QCOMPARE(saved.size(), 1u);
        QCOMPARE(saved[0].entries.size(), 100u);
    }

    void theSecondOneReads()
    {
        QTemporaryDir home;
        Recorder first(home.path());
        first.store.open();
        first.store.append({first.note(u"x"_s)});
        first.told<EntriesSaved>();
        Recorder second(home.path());
        second.store.open();
        const auto opened = second.told<StoreOpened>();
        QVERIFY(opened[0].isOpen && opened[0].isReadOnly);
        QVERIFY(!opened[0].why.isEmpty());
        second.store.append({second.note(u"kept"_s)});
        const auto refused = second.told<EntriesNotSaved>();
        QCOMPARE(refused.size(), 1u);
        QCOMPARE(verbatim(refused[0].entries[0].title), u"kept"_s);
        QCOMPARE(refused[0].error.kind, Error::Kind::Refused);
    }

    void withoutARecordTheTextComesBack()
    {
        Recorder recorder(u"/proc/nowhere"_s);
        recorder.store.open();
        recorder.store.append({recorder.note(u"kept"_s)});
        QVERIFY(!recorder.told<StoreOpened>()[0].isOpen);
        QCOMPARE(recorder.told<EntriesNotSaved>().size(), 1u);
    }

    void theInboxIsCollected()
    {
        QTemporaryDir home;
        Recorder recorder(home.path());
        recorder.store.open();
        recorder.told<StoreOpened>();
        SystemDisk disk;
        const TimelineEntry entry = recorder.note(u"from a command"_s);
        QVERIFY(Inbox(disk, home.path()).drop(entry));
        recorder.store.collectInbox();
        const auto saved = recorder.told<EntriesSaved>();
        QCOMPARE(saved.size(), 1u);
        QCOMPARE(saved[0].entries[0].id, entry.id);
    }

    void endingWritesWhatIsQueued()
    {
        QTemporaryDir home;
        IncidentId incident;
        {
            Recorder recorder(home.path());
            incident = recorder.incident;
            recorder.store.open();
            recorder.store.append({recorder.note(u"last"_s)});
        }
        SystemDisk disk;
        FakeClock clock;
        Uuid7Source ids(clock);
        auto db = IncidentDb::open({home.path(), IncidentDb::Mode::Write, 0}, disk, clock, ids);
        QVERIFY(db);
        QCOMPARE((*db)->entries(incident)->size(), 1u);
    }
};

QTEST_GUILESS_MAIN(TestIncidentStore)
#include "tst_incidentstore.moc"
