// SPDX-License-Identifier: GPL-3.0-or-later
#include "schedulerbench.h"

#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::schedulerbench;

/// Joining, cancelling, delivering: with a network and a clock of our own.
class TestQueryScheduler : public QObject
{
    Q_OBJECT
private slots:
    void deliversLater();
    void unknownSource();
    void joinsEqualQuestions();
    void cacheAnswersTheYoung();
    void ticketsCancel();
    void receiverGone();
    void lateAnswerIsDropped();
    void ticketOutlivesScheduler();
    void destructionIsSilent();
    void destroyedWhileDecoding();
    void freshness();
    void badQueryIsNoSourceFault();
    void postFallsBackOnce();
    void askedInAnotherWayWithoutEnd();
    void skewFromDate();
    void answersFromAnotherThread();
    void removedSource();
    void unchangedSourcesGoOn();
    void cancelFromACallback();
    void submitFromACallback();
};

void TestQueryScheduler::deliversLater()
{
    Bench b;
    QSignalSpy answered(b.scheduler.get(), &QueryScheduler::answered);
    const QueryTicket ticket = b.ask(instant());
    QCOMPARE(b.net.count(), 0U); // nothing happens inside submit
    b.settle();
    QCOMPARE(b.net.count(), 1U);
    b.good(0, vectorOf("7"));
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0]);
    QCOMPARE(b.value(0), 7.0);
    QCOMPARE(b.got[0]->spec, instant());
    QCOMPARE(b.got[0]->fetchedAt, kNoon);
    QCOMPARE(b.got[0]->took, 12ms);
    QVERIFY(b.got[0]->bytes > 50);
    QCOMPARE(answered.size(), 1);
    b.settle();
    QCOMPARE(b.got.size(), 1U); // once
    QCOMPARE(b.scheduler->health(kProm).state, u"ok"_s);
}

void TestQueryScheduler::unknownSource()
{
    Bench b;
    const QueryTicket ticket = b.ask(instant(u"up"_s, {u"nobody"_s}));
    QVERIFY(b.got.empty());
    b.settle();
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0].error().kind == Kind::NotFound);
    QVERIFY(b.scheduler->health({u"nobody"_s}).state.isEmpty());
}

void TestQueryScheduler::joinsEqualQuestions()
{
    Bench b;
    std::vector<QueryTicket> tickets;
    for (int i = 0; i < 10; ++i)
        tickets.push_back(b.ask(instant()));
    b.settle();
    tickets.push_back(b.ask(instant())); // also while it is under way
    b.settle();
    QCOMPARE(b.net.count(), 1U);
    b.good(0, vectorOf("1"));
    QCOMPARE(b.got.size(), 11U);
    for (const auto &result : b.got)
        QCOMPARE(result->data, b.got[0]->data); // one copy for all
    tickets.push_back(b.ask(instant())); // answered: a new question, no age allowed
    b.settle();
    QCOMPARE(b.net.count(), 2U);
}

void TestQueryScheduler::cacheAnswersTheYoung()
{
    Bench b;
    const QuerySpec range{kProm, RangeQuery{u"up"_s, {kNoon - 300s, kNoon}, 10s}};
    QueryTicket first = b.ask(range);
    b.settle();
    b.good(0, R"({"status":"success","data":{"resultType":"matrix","result":[]}})");
    b.clock.advance(4s);
    const QueryOptions young{Priority::Visible, AskedBy::Poll, 60s};
    QueryTicket second = b.ask(range, young);
    b.settle();
    QCOMPARE(b.net.count(), 1U);
    QCOMPARE(b.got.size(), 2U);
    QCOMPARE(b.got[1]->fetchedAt, kNoon); // its own age
    b.clock.advance(2s); // older than half a step
    QueryTicket third = b.ask(range, young);
    b.settle();
    QCOMPARE(b.net.count(), 2U);
}

void TestQueryScheduler::ticketsCancel()
{
    Bench b;
    QueryTicket one = b.ask(instant()), two = b.ask(instant());
    b.settle();
    one.cancel();
    b.settle();
    QVERIFY(!b.net.wasCancelled(0)); // somebody still waits
    two = {};
    b.settle();
    QVERIFY(b.net.wasCancelled(0));
    QVERIFY(b.got.empty());
    QCOMPARE(b.scheduler->health(kProm).inFlight, 0);
    QueryTicket queued = b.ask(instant(u"x"_s));
    queued.cancel(); // before it was started
    queued.cancel();
    b.settle();
    QCOMPARE(b.net.count(), 1U);
    // Answered, posted, not yet delivered.
    QueryTicket late = b.ask(instant(u"y"_s));
    b.settle();
    b.net.answer(1, b.net.json(1, vectorOf("1")));
    late.cancel();
    b.settle();
    QVERIFY(b.got.empty());
}

void TestQueryScheduler::receiverGone()
{
    Bench b;
    auto receiver = std::make_unique<QObject>();
    const QueryTicket ticket = b.ask(instant(), {}, receiver.get());
    b.settle();
    receiver.reset();
    b.good(0, vectorOf("1"));
    QVERIFY(b.got.empty());
}

void TestQueryScheduler::lateAnswerIsDropped() // F26
{
    Bench b;
    b.net.ignoresCancel = true;
    QueryTicket ticket = b.ask(instant());
    b.settle();
    ticket.cancel();
    ticket = b.ask(instant());
    b.settle();
    QCOMPARE(b.net.count(), 2U);
    b.good(1, vectorOf("2"));
    b.good(0, vectorOf("1")); // the older one comes last
    QCOMPARE(b.got.size(), 1U);
    QCOMPARE(b.value(0), 2.0);
    QueryTicket cached = b.ask(instant(), {Priority::Visible, AskedBy::Poll, 5s});
    b.settle();
    QCOMPARE(b.value(1), 2.0);
}

void TestQueryScheduler::ticketOutlivesScheduler()
{
    Bench b;
    QueryTicket ticket = b.ask(instant());
    b.settle();
    b.scheduler.reset();
    ticket.cancel();
    QVERIFY(b.got.empty());
}

void TestQueryScheduler::destructionIsSilent()
{
    Bench b;
    b.net.ignoresCancel = true;
    const QueryTicket running = b.ask(instant()), queued = b.ask(instant(u"x"_s));
    b.settle();
    b.scheduler.reset();
    QVERIFY(b.net.wasCancelled(0));
    b.net.answerFromThread(0, b.net.json(0, vectorOf("1")));
    b.net.answer(1, tl::unexpected(refused()));
    b.pool.waitForDone();
    QCoreApplication::sendPostedEvents();
    QVERIFY(b.got.empty());
}

void TestQueryScheduler::destroyedWhileDecoding()
{
    for (int i = 0; i < 20; ++i) {
        Bench b;
        const QueryTicket ticket = b.ask(instant());
        b.settle();
        b.net.answer(0, b.net.json(0, vectorOf("1"))); // the job runs or waits on the pool
        b.scheduler.reset();
        b.pool.waitForDone();
        QCoreApplication::sendPostedEvents();
        QVERIFY(b.got.empty());
    }
}

void TestQueryScheduler::freshness()
{
    Bench b;
    const auto answer = [&b](const QuerySpec &spec, const QByteArray &body) {
        const size_t call = b.net.count();
        const QueryTicket ticket = b.ask(spec);
        b.settle();
        b.good(call, body);
        return b.got.back()->freshness;
    };
    using State = Freshness::State;
    QVERIFY(answer(instant(), vectorOf("0")).state == State::Fresh); // zero is a value
    QVERIFY(answer(instant(), kNone).state == State::Empty);
    QVERIFY(answer({kAm, AlertsQuery{}}, "[]").state == State::Empty);
    QVERIFY(answer({kAm, SilencesQuery{}}, "[]").state == State::Empty);
    const QByteArray warned =
        R"({"status":"success","data":{"resultType":"vector","result":[]},"warnings":["one store is down"]})";
    const Freshness partial = answer(instant(), warned); // an empty part is not "none"
    QVERIFY(partial.state == State::Partial);
    QCOMPARE(partial.reason, u"one store is down"_s);
    QCOMPARE(partial.lastGood, b.clock.bootNow());
}

void TestQueryScheduler::badQueryIsNoSourceFault()
{
    Bench b;
    QSignalSpy failed(b.scheduler.get(), &QueryScheduler::failed),
        answered(b.scheduler.get(), &QueryScheduler::answered);
    const QueryTicket ticket = b.ask(instant(u"sum("_s), {Priority::Visible, AskedBy::User, 0ms});
    b.settle();
    b.net.answer(0, b.net.json(0, R"({"status":"error","errorType":"bad_data","error":"parse error"})", 400));
    b.settle();
    QVERIFY(b.got[0].error().kind == Kind::Invalid);
    QCOMPARE(failed.size(), 0);
    QCOMPARE(answered.size(), 1);
    QCOMPARE(answered[0][1].toBool(), true);
    b.pass(60s);
    QCOMPARE(b.net.count(), 1U); // never repeated
}

void TestQueryScheduler::postFallsBackOnce()
{
    Bench b;
    const QueryTicket ticket = b.ask(instant(u"up or "_s.repeated(400) + u"up"_s));
    b.settle();
    QCOMPARE(b.net.request(0).method, QByteArray("POST"));
    b.net.answer(0, b.net.json(0, "read only", 405));
    b.settle();
    QCOMPARE(b.net.count(), 2U);
    QCOMPARE(b.net.request(1).method, QByteArray("GET"));
    QVERIFY(b.got.empty());
    b.good(1, vectorOf("3"));
    QCOMPARE(b.value(0), 3.0);
    QCOMPARE(b.scheduler->health(kProm).inFlight, 0);
}

void TestQueryScheduler::askedInAnotherWayWithoutEnd()
{
    /// Never content with an answer.
    class Restless final : public Datasource
    {
    public:
        Result<HttpRequest> request(const QuerySpec &) const override { return HttpRequest{}; }
        Result<Decoded> decode(const QuerySpec &, const HttpResponse &, std::stop_token) const override
        {
            return Decoded(HttpRequest{});
        }
    };
    Bench b;
    b.sources[0].datasource = std::make_shared<const Restless>();
    b.scheduler->setSources(b.sources);
    const QueryTicket ticket = b.ask(instant());
    b.settle();
    for (size_t call = 0; call < 7; ++call) {
        QCOMPARE(b.net.count(), call + 1);
        QVERIFY(b.got.empty());
        b.good(call, "{}");
    }
    QCOMPARE(b.net.count(), 7U);
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0].error().message.contains(u"none of the ways"));
}

void TestQueryScheduler::skewFromDate()
{
    Bench b;
    const QueryTicket ticket = b.ask(instant());
    b.settle();
    HttpResponse response = b.net.json(0, kNone);
    response.headers.emplace_back("Date", "Sat, 21 Nov 2026 12:10:00 GMT");
    b.net.answer(0, response);
    b.settle();
    QCOMPARE(b.got[0]->skew, 600'500ms);
    QCOMPARE(b.got[0]->freshness.skew, 600'500ms);
    QCOMPARE(b.scheduler->health(kProm).skew, 600'500ms);
}

void TestQueryScheduler::answersFromAnotherThread()
{
    Bench b;
    QThread *const here = QThread::currentThread();
    QThread *there = nullptr;
    const QueryTicket ticket = b.scheduler->submit(
        instant(), {}, nullptr, [&](const Result<QueryResult> &) { there = QThread::currentThread(); });
    b.settle();
    b.net.answerFromThread(0, b.net.json(0, vectorOf("1")));
    QVERIFY(!there);
    b.settle();
    QCOMPARE(there, here);
}

void TestQueryScheduler::removedSource()
{
    Bench b;
    const QueryTicket ticket = b.ask(instant());
    b.settle();
    b.scheduler->setSources({});
    QVERIFY(b.net.wasCancelled(0));
    QVERIFY(b.got.empty()); // not from inside
    b.settle();
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0].error().kind == Kind::Cancelled);
}

void TestQueryScheduler::unchangedSourcesGoOn()
{
    Bench b;
    const QueryTicket metrics = b.ask(instant()), alerts = b.ask({kAm, AlertsQuery{}});
    b.settle();
    b.scheduler->setSources({b.sources[0]}); // only the Prometheus stays, as it is
    QVERIFY(!b.net.wasCancelled(0) && b.net.wasCancelled(1));
    b.settle();
    QCOMPARE(b.got.size(), 1U);
    QVERIFY(b.got[0].error().kind == Kind::Cancelled);
    b.good(0, vectorOf("5"));
    QCOMPARE(b.value(1), 5.0);
    const QueryTicket more = b.ask(instant());
    b.settle();
    QueryScheduler::Source changed = b.sources[0];
    changed.datasource = builtinDatasourceKinds()[0].create({}, u"prom"_s);
    b.scheduler->setSources({changed}); // another configuration: what is under way is void
    b.settle();
    QCOMPARE(b.got.size(), 3U);
    QVERIFY(!b.got[2]);
}

void TestQueryScheduler::cancelFromACallback()
{
    Bench b;
    QueryTicket first, second;
    int calls = 0;
    first = b.scheduler->submit(instant(), {}, nullptr, [&](const Result<QueryResult> &) {
        ++calls;
        second.cancel();
    });
    second = b.scheduler->submit(instant(), {}, nullptr, [&](const Result<QueryResult> &) { ++calls; });
    b.settle();
    b.good(0, kNone);
    QCOMPARE(calls, 1);
}

void TestQueryScheduler::submitFromACallback()
{
    Bench b;
    QueryTicket ticket;
    int calls = 0;
    std::function<void(const Result<QueryResult> &)> again = [&](const Result<QueryResult> &) {
        if (++calls < 3)
            ticket = b.scheduler->submit(instant(u"m%1"_s.arg(calls)), {}, nullptr, again);
    };
    ticket = b.scheduler->submit(instant(), {}, nullptr, again);
    for (size_t i = 0; i < 3; ++i) {
        b.settle();
        b.good(i, kNone);
    }
    QCOMPARE(calls, 3);
    // And ending the program from one.
    const QueryTicket last = b.scheduler->submit(
        instant(u"last"_s), {}, nullptr, [&](const Result<QueryResult> &) { b.scheduler.reset(); });
    const QueryTicket other =
        b.scheduler->submit(instant(u"last"_s), {}, nullptr, [&](const Result<QueryResult> &) { ++calls; });
    b.settle();
    b.net.answer(3, b.net.json(3, kNone));
    for (int i = 0; i < 5; ++i) {
        b.pool.waitForDone();
        QCoreApplication::sendPostedEvents();
    }
    QVERIFY(!b.scheduler);
    QCOMPARE(calls, 3);
}

QTEST_GUILESS_MAIN(TestQueryScheduler)
#include "tst_queryscheduler.moc"
