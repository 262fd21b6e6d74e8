// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/ownboard.h>
#include <app/queryrouter.h>

#include <QRegularExpression>
#include <QTest>

#include <support/fakeexecutor.h>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

class TestQueryRouter : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void ownDataComesLaterFromTheBoard();
    void waitsForSecrets();
    void blockedWithoutSecrets();
    void unknownSource();
    void droppedTicketAsksNothing();
    void ticketOfAWaitingQuestionStillCancels();

private:
    struct Heard
    {
        int times = 0;
        std::optional<Result<QueryResult>> answer;
        QueryExecutor::Callback callback()
        {
            return [this](const Result<QueryResult> &result) {
                ++times;
                answer = result;
            };
        }
    };
    static QuerySpec spec() { return {{u"prom"_s}, InstantQuery{u"up"_s, std::nullopt}}; }

    FakeClock clock;
    SourceBoard sources;
    QObject receiver;
};

void TestQueryRouter::ownDataComesLaterFromTheBoard()
{
    FakeExecutor executor;
    OwnBoard board(clock, sources);
    QueryRouter router(executor, board);
    Heard heard;
    const QueryTicket ticket =
        router.submit({{}, OwnDataQuery{u"incidents"_s, std::nullopt}}, {}, &receiver, heard.callback());
    QCOMPARE(heard.times, 0); // never from inside submit()
    QTRY_COMPARE(heard.times, 1);
    QCOMPARE((*heard.answer)->freshness.state, Freshness::State::Never);
    QVERIFY(!(*heard.answer)->freshness.reason.isEmpty());
    QVERIFY(executor.asked.empty());
}

void TestQueryRouter::waitsForSecrets()
{
    FakeExecutor executor;
    OwnBoard board(clock, sources);
    QueryRouter router(executor, board);
    Heard early, late;
    const QueryTicket first =
        router.submit(spec(), {}, &receiver, early.callback()); // before anything is known
    router.setSources({{u"prom"_s}});
    const QueryTicket second = router.submit(spec(), {}, &receiver, late.callback());
    QVERIFY(executor.asked.empty());
    router.open({u"prom"_s});
    QCOMPARE(executor.asked.size(), size_t(2));
    executor.answer(0, MetricData{}, clock.utc);
    executor.answer(1, MetricData{}, clock.utc);
    QCOMPARE(early.times, 1);
    QCOMPARE(late.times, 1);
}

void TestQueryRouter::blockedWithoutSecrets()
{
    FakeExecutor executor;
    OwnBoard board(clock, sources);
    QueryRouter router(executor, board);
    router.setSources({{u"prom"_s}});
    Heard waiting, later;
    const QueryTicket first = router.submit(spec(), {}, &receiver, waiting.callback());
    router.block({u"prom"_s}, Error{Error::Kind::Auth, u"keyring locked"_s, {}, 0, 0});
    const QueryTicket second = router.submit(spec(), {}, &receiver, later.callback());
    QTRY_COMPARE(waiting.times + later.times, 2);
    QCOMPARE(waiting.answer->error().kind, Error::Kind::Auth);
    QCOMPARE(later.answer->error().message, u"keyring locked"_s);
    QVERIFY(executor.asked.empty());
}

void TestQueryRouter::unknownSource()
{
    FakeExecutor executor;
    OwnBoard board(clock, sources);
    QueryRouter router(executor, board);
    Heard early;
    const QueryTicket first = router.submit(spec(), {}, &receiver, early.callback());
    router.setSources({{u"other"_s}});
    QTRY_COMPARE(early.times, 1);
    QCOMPARE(early.answer->error().kind, Error::Kind::NotFound);
    Heard heard;
    const QueryTicket second = router.submit(spec(), {}, &receiver, heard.callback());
    QTRY_COMPARE(heard.times, 1);
    QVERIFY(heard.answer->error().message.contains(u"prom"_s));
}

void TestQueryRouter::droppedTicketAsksNothing()
{
    FakeExecutor executor;
    OwnBoard board(clock, sources);
    QueryRouter router(executor, board);
    Heard heard;
    {
        const QueryTicket ticket = router.submit(spec(), {}, &receiver, heard.callback());
    }
    router.setSources({{u"prom"_s}});
    router.open({u"prom"_s});
    QVERIFY(executor.asked.empty());
    {
        const QueryTicket own =
            router.submit({{}, OwnDataQuery{u"x"_s, std::nullopt}}, {}, &receiver, heard.callback());
    }
    QCoreApplication::processEvents();
    QCOMPARE(heard.times, 0);
}

void TestQueryRouter::ticketOfAWaitingQuestionStillCancels()
{
    FakeExecutor executor;
    OwnBoard board(clock, sources);
    QueryRouter router(executor, board);
    router.setSources({{u"prom"_s}});
    Heard heard;
    QueryTicket ticket = router.submit(spec(), {}, &receiver, heard.callback());
    router.open({u"prom"_s});
    QCOMPARE(executor.asked.size(), size_t(1));
    ticket.cancel();
    QVERIFY(!*executor.asked[0].wanted);
}

QTEST_GUILESS_MAIN(TestQueryRouter)
#include "tst_queryrouter.moc"
