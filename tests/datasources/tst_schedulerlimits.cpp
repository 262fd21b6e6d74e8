// SPDX-License-Identifier: GPL-3.0-or-later
#include "schedulerbench.h"

#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::schedulerbench;

/// Slots, priorities, queues, repeats, back-off: what keeps servers from being overrun.
class TestSchedulerLimits : public QObject
{
    Q_OBJECT
private slots:
    void inFlightLimits();
    void slotForAlerts();
    void priorities();
    void waitingIsBounded();
    void movingQueueMayWait();
    void queueIsBounded();
    void userRetries();
    void pollRetriesOnlyBeforeAnyByte();
    void backoffRefusesAndNames();
    void retryNowClears();
    void alertsAreExempt();
    void rateIsLimited();
    void backgroundConnectsLonger();
};

void TestSchedulerLimits::inFlightLimits()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 10; ++i)
        tickets.push_back(b.ask(instant(u"m%1"_s.arg(i))));
    tickets.push_back(b.ask({kAm, SilencesQuery{}}));
    tickets.push_back(b.ask({kAm, AlertGroupsQuery{}}));
    tickets.push_back(b.ask({kAm, StatusQuery{}}));
    b.settle();
    QCOMPARE(b.scheduler->health(kProm).inFlight, 4);
    QCOMPARE(b.scheduler->health(kProm).queued, 6);
    QCOMPARE(b.scheduler->health(kAm).inFlight, 2);
    QCOMPARE(b.net.count(), 6U);
    b.good(0, kNone);
    QCOMPARE(b.scheduler->health(kProm).inFlight, 4); // the next one went
}

void TestSchedulerLimits::slotForAlerts()
{
    Bench b(6);
    std::vector<QueryTicket> tickets;
    for (int source = 0; source < 6; ++source) {
        for (int i = 0; i < 4; ++i)
            tickets.push_back(b.ask(instant(u"m%1"_s.arg(i), {u"p%1"_s.arg(source)})));
    }
    b.settle();
    QCOMPARE(b.net.open(), 15U); // the sixteenth is kept
    tickets.push_back(b.ask({kAm, AlertsQuery{}}, {Priority::Alerts, AskedBy::Poll, 0ms}));
    b.settle();
    QCOMPARE(b.net.open(), 16U);
    QCOMPARE(b.net.request(15).path, QByteArray("/api/v2/alerts"));
}

void TestSchedulerLimits::priorities()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 4; ++i)
        tickets.push_back(b.ask(instant(u"first%1"_s.arg(i))));
    b.settle();
    tickets.push_back(b.ask(instant(u"background"_s), {Priority::Background, AskedBy::Poll, 0ms}));
    tickets.push_back(b.ask(instant(u"visible"_s)));
    tickets.push_back(b.ask({kProm, AlertsQuery{}}, {Priority::Alerts, AskedBy::Poll, 0ms}));
    b.settle();
    for (size_t i = 0; i < 3; ++i)
        b.good(i, kNone);
    QCOMPARE(b.net.request(4).path, QByteArray("/api/v1/alerts"));
    QCOMPARE(b.net.request(5).query[0].second, QByteArray("visible"));
    QCOMPARE(b.net.request(6).query[0].second, QByteArray("background"));
}

void TestSchedulerLimits::waitingIsBounded()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 6; ++i)
        tickets.push_back(b.ask(instant(u"m%1"_s.arg(i))));
    b.settle();
    b.pass(1900ms);
    QVERIFY(b.got.empty());
    b.pass(100ms); // nothing answers for 2 s
    QCOMPARE(b.got.size(), 2U);
    QVERIFY(b.got[0].error().kind == Kind::Overload);
    QVERIFY(b.got[0].error().message.contains(u"waiting"));
    QCOMPARE(b.net.open(), 4U);
}

void TestSchedulerLimits::movingQueueMayWait()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 12; ++i)
        tickets.push_back(b.ask(instant(u"m%1"_s.arg(i))));
    b.settle();
    for (size_t i = 0; i < 6; ++i) { // one answer each 1.5 s: slow, but it moves
        b.pass(1500ms);
        b.good(i, kNone);
    }
    QCOMPARE(b.got.size(), 6U);
    for (const auto &result : b.got)
        QVERIFY(result.has_value());
    b.pass(1500ms); // ten seconds are the end for those that still wait
    QCOMPARE(b.got.size(), 8U);
    QVERIFY(b.got[6].error().kind == Kind::Overload);
}

void TestSchedulerLimits::queueIsBounded()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 4; ++i)
        tickets.push_back(b.ask(instant(u"running%1"_s.arg(i))));
    b.settle();
    for (int i = 0; i < 63; ++i)
        tickets.push_back(b.ask(instant(u"m%1"_s.arg(i))));
    tickets.push_back(b.ask(instant(u"behind"_s), {Priority::Background, AskedBy::Poll, 0ms}));
    b.settle();
    QCOMPARE(b.scheduler->health(kProm).queued, 64);
    tickets.push_back(b.ask(instant(u"one more"_s)));
    b.settle();
    QCOMPARE(b.got.size(), 1U); // the least important went
    QVERIFY(b.got[0].error().kind == Kind::Overload);
    tickets.push_back(b.ask(instant(u"and another"_s)));
    b.settle();
    QCOMPARE(b.got.size(), 2U); // then the oldest
    QCOMPARE(b.scheduler->health(kProm).queued, 64);
}

void TestSchedulerLimits::userRetries()
{
    Bench b;
    QSignalSpy failed(b.scheduler.get(), &QueryScheduler::failed);
    const QueryTicket ticket = b.ask(instant(), {Priority::Visible, AskedBy::User, 0ms});
    b.settle();
    for (size_t i = 0; i < 2; ++i) {
        b.bad(i, refused(56));
        QVERIFY(b.got.empty());
        b.pass(5s);
        QCOMPARE(b.net.count(), i + 2);
    }
    b.bad(2, refused(56));
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0].error().kind == Kind::Network);
    b.pass(60s);
    QCOMPARE(b.net.count(), 3U);
    QCOMPARE(failed.size(), 3);
}

void TestSchedulerLimits::pollRetriesOnlyBeforeAnyByte()
{
    Bench b;
    QueryTicket ticket = b.ask(instant());
    b.settle();
    b.bad(0, refused(7));
    QVERIFY(b.got.empty());
    b.pass(400ms);
    QCOMPARE(b.net.count(), 2U);
    b.bad(1, refused(7));
    QCOMPARE(b.got.size(), 1U); // once more, then the poll loop is the retry
    b.pass(400ms);
    QCOMPARE(b.net.count(), 2U);
    Bench c;
    ticket = c.ask(instant());
    c.settle();
    c.bad(0, Error{Kind::Timeout, u"slow"_s, {}, 28, 0});
    QCOMPARE(c.got.size(), 1U);
}

void TestSchedulerLimits::backoffRefusesAndNames()
{
    Bench b;
    QueryTicket ticket = b.ask(instant());
    b.settle();
    HttpResponse busy = b.net.json(0, "slow down", 429);
    busy.headers = {{"Content-Type", "text/plain"}, {"Retry-After", "23"}};
    b.net.answer(0, busy);
    b.settle();
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0].error().kind == Kind::Overload);
    QCOMPARE(b.got[0].error().retryAfterMs, 23'000);
    b.clock.advance(3s);
    ticket = b.ask(instant());
    b.settle();
    QCOMPARE(b.net.count(), 1U);
    QVERIFY(b.got[1].error().kind == Kind::Overload);
    QVERIFY2(
        b.got[1].error().message.contains(u"asking again in 20 s"), qPrintable(b.got[1].error().message));
    QCOMPARE(b.got[1].error().retryAfterMs, 20'000);
    const SourceHealth health = b.scheduler->health(kProm);
    QCOMPARE(health.state, u"backing off"_s);
    QCOMPARE(*health.retryAt - b.clock.bootNow(), Nanoseconds(20s));
    QVERIFY(health.lastError);
    b.clock.advance(20s);
    ticket = b.ask(instant());
    b.settle();
    QCOMPARE(b.net.count(), 2U);
}

void TestSchedulerLimits::retryNowClears()
{
    Bench b;
    QueryTicket ticket;
    for (size_t i = 0; i < 2; ++i) {
        ticket = b.ask(instant());
        b.settle();
        b.net.answer(i, b.net.json(i, "no", 401));
        b.settle();
    }
    ticket = b.ask(instant());
    b.settle();
    QCOMPARE(b.net.count(), 2U);
    QVERIFY(b.got[2].error().kind == Kind::Auth);
    QCOMPARE(b.scheduler->health(kProm).state, u"needs auth"_s);
    b.scheduler->retryNow(kProm);
    ticket = b.ask(instant());
    b.settle();
    QCOMPARE(b.net.count(), 3U);
}

void TestSchedulerLimits::alertsAreExempt()
{
    Bench b;
    const QueryOptions alerts{Priority::Alerts, AskedBy::Poll, 0ms};
    Nanoseconds longest{0}, since{0};
    size_t seen = 0;
    for (int i = 0; i < 300; ++i) {
        const QueryTicket ticket = b.ask({kAm, AlertsQuery{}}, alerts);
        b.settle();
        since += 1s;
        while (b.net.count() > seen) {
            longest = std::max(longest, since);
            since = 0s;
            b.net.answer(seen, b.net.json(seen, "Service Unavailable", 503));
            ++seen;
            b.settle();
        }
        b.clock.advance(1s);
    }
    QVERIFY2(longest <= 61s, qPrintable(QString::number(longest.count())));
    QVERIFY(seen >= 5);
}

void TestSchedulerLimits::rateIsLimited()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 30; ++i) {
        tickets.push_back(b.ask(instant(u"m%1"_s.arg(i))));
        b.settle();
        const size_t call = b.net.count();
        if (call > 0)
            b.good(call - 1, kNone);
    }
    QCOMPARE(b.net.count(), 20U); // the burst
    b.pass(200ms);
    QCOMPARE(b.net.count(), 21U);
    b.pass(400ms);
    QCOMPARE(b.net.count(), 23U);
}

void TestSchedulerLimits::backgroundConnectsLonger()
{
    Bench b;
    const QueryTicket one = b.ask(instant(u"a"_s)),
                      two = b.ask(instant(u"b"_s), {Priority::Background, AskedBy::Poll, 0ms});
    b.settle();
    QCOMPARE(b.net.request(0).connectDeadline, 3'000ms);
    QCOMPARE(b.net.request(1).connectDeadline, 5'000ms);
}

QTEST_GUILESS_MAIN(TestSchedulerLimits)
#include "tst_schedulerlimits.moc"
