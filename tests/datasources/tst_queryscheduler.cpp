// SPDX-License-Identifier: GPL-3.0-or-later
#include "../support/fakeclock.h"
#include "../support/faketransport.h"

#include <datasources/datasourcekinds.h>
#include <datasources/datasourcetable.h>

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

namespace {
const DatasourceId kProm{u"prom"_s}, kAm{u"am"_s};
const Timestamp kNoon(1'795'262'400s);

QByteArray vectorOf(const QByteArray &value)
{
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1795262400,")"
        + value + R"("]}]}})";
}
const QByteArray kNone = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

QuerySpec instant(const QString &expression = u"up"_s, const DatasourceId &source = kProm)
{
    return {source, InstantQuery{expression, std::nullopt}};
}

Error refused(int code = 7) { return {Kind::Network, u"prom: refused"_s, {}, code, 0}; }

/// Everything a scheduler needs, and what it delivered.
struct Bench
{
    FakeClock clock;
    FakeTransport net;
    QThreadPool pool;
    std::unique_ptr<QueryScheduler> scheduler;
    std::vector<Result<QueryResult>> got;

    explicit Bench(int others = 0)
    {
        scheduler = std::make_unique<QueryScheduler>(net, clock, pool);
        scheduler->setSeed(42);
        SourceConfig prom, am;
        prom.id = u"prom"_s;
        prom.kind = u"prometheus"_s;
        prom.urls = {u"http://127.0.0.1:9090"_s};
        am.id = u"am"_s;
        am.kind = u"alertmanager"_s;
        am.urls = {u"http://127.0.0.1:9093"_s};
        std::vector<SourceConfig> configs = {prom, am};
        for (int i = 0; i < others; ++i) {
            prom.id = u"p%1"_s.arg(i);
            configs.push_back(prom);
        }
        std::vector<QueryScheduler::Source> sources;
        std::vector<TableEntry> table = *buildDatasourceTable(configs, builtinDatasourceKinds());
        for (TableEntry &entry : table)
            sources.push_back(std::move(entry.source));
        scheduler->setSources(std::move(sources));
    }
    QueryTicket ask(QuerySpec spec, QueryOptions options = {}, const QObject *receiver = nullptr)
    {
        return scheduler->submit(std::move(spec), options, receiver,
            [this](const Result<QueryResult> &result) { got.push_back(result); });
    }
    /// Lets queued calls and decode jobs finish.
    void settle()
    {
        for (int i = 0; i < 6; ++i) {
            pool.waitForDone();
            QCoreApplication::sendPostedEvents();
        }
    }
    void pass(Nanoseconds time)
    {
        clock.advance(time);
        scheduler->process();
        settle();
    }
    void good(size_t call, const QByteArray &body)
    {
        net.answer(call, net.json(call, body));
        settle();
    }
    void bad(size_t call, const Error &error)
    {
        net.answer(call, tl::unexpected(error));
        settle();
    }
    double value(size_t index) const { return dataAs<MetricData>(*got.at(index))->series.at(0).values.at(0); }
};
} // namespace

/// Joining, ordering, limiting, repeating, cancelling, delivering: with a network and a clock of our own.
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
    void freshness();
    void badQueryIsNoSourceFault();
    void postFallsBackOnce();
    void skewFromDate();
    void answersFromAnotherThread();
    void pauseAndResume();
    void removedSource();
    void cancelFromACallback();
    void submitFromACallback();
    void rateIsLimited();
    void backgroundConnectsLonger();
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
    QCOMPARE(b.scheduler->health(kProm).lastSuccessUtc, kNoon);
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

void TestQueryScheduler::inFlightLimits()
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

void TestQueryScheduler::slotForAlerts()
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

void TestQueryScheduler::priorities()
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

void TestQueryScheduler::waitingIsBounded()
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

void TestQueryScheduler::movingQueueMayWait()
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

void TestQueryScheduler::queueIsBounded()
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

void TestQueryScheduler::userRetries()
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

void TestQueryScheduler::pollRetriesOnlyBeforeAnyByte()
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

void TestQueryScheduler::backoffRefusesAndNames()
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
    QVERIFY(health.lastError && !health.lastSuccess);
    b.clock.advance(20s);
    ticket = b.ask(instant());
    b.settle();
    QCOMPARE(b.net.count(), 2U);
}

void TestQueryScheduler::retryNowClears()
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

void TestQueryScheduler::alertsAreExempt()
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

void TestQueryScheduler::pauseAndResume()
{
    Bench b;
    const QueryTicket running = b.ask(instant(u"running"_s));
    b.settle();
    b.scheduler->pause();
    const QueryTicket waiting = b.ask(instant(u"waiting"_s));
    b.good(0, vectorOf("1")); // still answers
    b.pass(60s);
    QCOMPARE(b.got.size(), 1U);
    QCOMPARE(b.net.count(), 1U);
    QCOMPARE(b.scheduler->health(kProm).state, u"paused"_s);
    b.scheduler->resume();
    b.settle();
    QCOMPARE(b.net.count(), 2U);
    QCOMPARE(b.got.size(), 1U); // the pause does not count as waiting
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

void TestQueryScheduler::rateIsLimited()
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

void TestQueryScheduler::backgroundConnectsLonger()
{
    Bench b;
    const QueryTicket one = b.ask(instant(u"a"_s)),
                      two = b.ask(instant(u"b"_s), {Priority::Background, AskedBy::Poll, 0ms});
    b.settle();
    QCOMPARE(b.net.request(0).connectDeadline, 3'000ms);
    QCOMPARE(b.net.request(1).connectDeadline, 5'000ms);
}

QTEST_GUILESS_MAIN(TestQueryScheduler)
#include "tst_queryscheduler.moc"
