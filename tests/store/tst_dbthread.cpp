// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/dbthread.h>

#include <QStringList>
#include <QTest>

#include <future>

using namespace bw;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TestDbThread : public QObject
{
    Q_OBJECT
private slots:
    void recordsGoFirst();
    void laterIsNotNow();
    void endingRunsEverything();
    void jobsMayPost();
};

void TestDbThread::recordsGoFirst()
{
    QStringList order;
    {
        DbThread thread;
        std::promise<void> gate;
        thread.post(DbThread::Kind::Bulk, [opened = gate.get_future().share()] { opened.wait(); });
        thread.post(DbThread::Kind::Bulk, [&] { order << u"bulk 1"_s; });
        thread.post(DbThread::Kind::Bulk, [&] { order << u"bulk 2"_s; });
        thread.post(DbThread::Kind::Record, [&] { order << u"record 1"_s; });
        thread.post(DbThread::Kind::Record, [&] { order << u"record 2"_s; });
        gate.set_value();
    }
    QCOMPARE(order, (QStringList{u"record 1"_s, u"record 2"_s, u"bulk 1"_s, u"bulk 2"_s}));
}

void TestDbThread::laterIsNotNow()
{
    QStringList order;
    DbThread thread;
    thread.postLater(1h, [&] { order << u"in an hour"_s; });
    std::promise<void> soon;
    thread.postLater(1ms, [&] {
        order << u"soon"_s;
        soon.set_value();
    });
    thread.runAndWait(DbThread::Kind::Bulk, [&] { order << u"now"_s; });
    soon.get_future().wait();
    QVERIFY(!order.contains(u"in an hour"_s));
    QCOMPARE(order.size(), 2);
}

void TestDbThread::endingRunsEverything()
{
    QStringList order;
    {
        DbThread thread;
        thread.postLater(2h, [&] { order << u"two hours"_s; });
        thread.postLater(1h, [&] { order << u"one hour"_s; });
        thread.post(DbThread::Kind::Record, [&] { order << u"record"_s; });
    }
    QCOMPARE(order.size(), 3);
    QVERIFY(order.indexOf(u"one hour"_s) < order.indexOf(u"two hours"_s));
}

void TestDbThread::jobsMayPost()
{
    int runs = 0;
    {
        DbThread thread;
        thread.post(DbThread::Kind::Bulk, [&] {
            ++runs;
            thread.post(DbThread::Kind::Record, [&] { ++runs; });
            thread.postLater(1h, [&] { ++runs; });
        });
    }
    QCOMPARE(runs, 3);
}

QTEST_GUILESS_MAIN(TestDbThread)
#include "tst_dbthread.moc"
