// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/alertpoller.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

#include <support/fakeexecutor.h>

using namespace bw;
using namespace bw::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

Alert alertNamed(const char *name, const char *member, quint64 fingerprint, const char *severity = "warning")
{
    Alert alert;
    alert.key = {{u"am"_s}, fingerprint};
    alert.labels = Labels::fromPairs({{Untrusted(u"alertname"_s), Untrusted(QString::fromLatin1(name))},
        {Untrusted(u"severity"_s), Untrusted(QString::fromLatin1(severity))}});
    alert.startsAt = alert.updatedAt = fromUnixMs(1'795'287'000'000);
    alert.members = {{{QString::fromLatin1(member)}, alert.startsAt, alert.updatedAt}};
    return alert;
}

RuleGroups rulesEvaluatedAt(Timestamp at, Nanoseconds interval)
{
    RuleGroup group;
    group.interval = interval;
    group.lastEvaluation = at;
    group.evaluationTime = 3ms;
    Rule rule;
    rule.lastEvaluation = at;
    group.rules.push_back(rule);
    return {{group}};
}

} // namespace

class TestAlertPoller : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        executor = std::make_unique<FakeExecutor>();
        clock = std::make_unique<FakeClock>();
        sources = std::make_unique<SourceBoard>();
        board = std::make_unique<OwnBoard>(*clock, *sources);
        poller = std::make_unique<AlertPoller>(*executor, *clock, *board, pool);
    }
    void cleanup()
    {
        poller.reset();
        pool.waitForDone();
    }

    void askedOfEveryMember();
    void oneOfTwoIsPartial();
    void deadlineEndsTheRound();
    void noMemberResolvesNothing();
    void lockedToTheRuleEvaluation();
    void serverClockIsFollowed();
    void unlockedWithoutRules();
    void fixedInterval();
    void oneRequestAnEvaluation();
    void severalClustersCombine();
    void groupsOnceAMinute();
    void groupsOfTheNextMember();
    void removedClusterIsForgotten();
    void wallClockSetBackDoesNotStop();
    void earlierRunIsUnknownUntilHeard();

private:
    static AlertCluster cluster(std::vector<DatasourceId> members = {{u"am/1"_s}, {u"am/2"_s}})
    {
        return {
            .id = {u"am"_s}, .members = std::move(members), .rules = {u"prom"_s}, .labels = {}, .fixed = {}};
    }
    QueryResult current() const { return board->current({u"alerts"_s, std::nullopt}); }
    /// Answers every open question for alerts with this list.
    void answerAlerts(const std::vector<Alert> &list)
    {
        for (const size_t index : executor->open<AlertsQuery>())
            executor->answer(index, list, clock->utc);
    }
    void settle(int publishes)
    {
        QSignalSpy spy(board.get(), &OwnBoard::changed);
        QTRY_VERIFY(spy.count() >= publishes);
    }
    Nanoseconds wait() const { return *poller->nextDue() - clock->boot; }

    QThreadPool pool;
    std::unique_ptr<FakeExecutor> executor;
    std::unique_ptr<FakeClock> clock;
    std::unique_ptr<SourceBoard> sources;
    std::unique_ptr<OwnBoard> board;
    std::unique_ptr<AlertPoller> poller;
};

void TestAlertPoller::askedOfEveryMember()
{
    QCOMPARE(current().freshness.state, Freshness::State::Never);
    poller->setClusters({cluster()});
    QCOMPARE(executor->open<AlertsQuery>().size(), size_t(2));
    QCOMPARE(executor->asked.front().options.priority, Priority::Alerts);
    QSignalSpy transitions(poller.get(), &AlertPoller::transitions);
    executor->answer(executor->open<AlertsQuery>()[0], std::vector{alertNamed("A", "am/1", 1)}, clock->utc);
    executor->answer(executor->open<AlertsQuery>()[0],
        std::vector{alertNamed("A", "am/2", 1), alertNamed("B", "am/2", 2, "critical")}, clock->utc);
    settle(1);
    const QueryResult result = current();
    QCOMPARE(result.freshness.state, Freshness::State::Fresh);
    QCOMPARE(result.freshness.answered, 2);
    const auto *alerts = dataAs<std::vector<Alert>>(result);
    QVERIFY(alerts);
    QCOMPARE(alerts->size(), size_t(2));
    QCOMPARE(alerts->front().name(), Untrusted(u"B"_s)); // a page comes first
    QCOMPARE(alerts->front().alertClass, AlertClass::Page);
    QCOMPARE(alerts->back().members.size(), size_t(2));
    QCOMPARE(transitions.count(), 1);
    QVERIFY(poller->everyClusterHeard());
}

void TestAlertPoller::oneOfTwoIsPartial()
{
    poller->setClusters({cluster()});
    executor->answer(executor->open<AlertsQuery>()[0], std::vector{alertNamed("A", "am/1", 1)}, clock->utc);
    executor->refuse(executor->open<AlertsQuery>()[0], Error::Kind::Network);
    settle(1);
    QCOMPARE(current().freshness.state, Freshness::State::Partial);
    QCOMPARE(current().freshness.answered, 1);
    QCOMPARE(current().freshness.asked, 2);
    QVERIFY2(current().freshness.reason.contains(u"1 of 2"_s), qPrintable(current().freshness.reason));
    QVERIFY(!poller->note().isEmpty());
}

void TestAlertPoller::deadlineEndsTheRound()
{
    poller->setClusters({cluster()});
    executor->answer(executor->open<AlertsQuery>()[0], std::vector{alertNamed("A", "am/1", 1)}, clock->utc);
    const size_t late = executor->open<AlertsQuery>()[0];
    clock->advance(10s);
    poller->tick();
    settle(1);
    QCOMPARE(current().freshness.state, Freshness::State::Partial);
    QVERIFY(!*executor->asked[late].wanted); // the question was dropped, a late answer changes nothing
}

void TestAlertPoller::noMemberResolvesNothing()
{
    poller->setClusters({cluster()});
    answerAlerts({alertNamed("A", "am/1", 1)});
    settle(1);
    clock->advance(15s);
    poller->refresh();
    for (const size_t index : executor->open<AlertsQuery>())
        executor->refuse(index, Error::Kind::Network);
    settle(1);
    QCOMPARE(current().freshness.state, Freshness::State::Stale);
    const QueryResult result = current();
    const auto *alerts = dataAs<std::vector<Alert>>(result);
    QCOMPARE(alerts->size(), size_t(1));
    QCOMPARE(alerts->front().state, AlertState::Unknown);
}

void TestAlertPoller::lockedToTheRuleEvaluation()
{
    poller->setClusters({cluster()});
    answerAlerts({});
    settle(1);
    // Evaluated 4 s ago, every 30 s, 3 ms long: due 26 s from now and 15 ms after the evaluation's begin.
    executor->answer(executor->open<RulesQuery>()[0], rulesEvaluatedAt(clock->utc - 4s, 30s), clock->utc);
    QCOMPARE(wait(), Nanoseconds(26s + 15ms));
    clock->advance(wait());
    poller->tick();
    QCOMPARE(executor->open<AlertsQuery>().size(), size_t(2));
    answerAlerts({});
    QCOMPARE(wait(), Nanoseconds(30s));
}

void TestAlertPoller::serverClockIsFollowed()
{
    poller->setClusters({cluster()});
    answerAlerts({});
    settle(1);
    const Nanoseconds skew = 7s + 250ms; // the server is ahead
    Series now;
    now.times.push_back(toNs(clock->utc + skew));
    now.values.push_back(double(toNs(clock->utc + skew)) / 1e9);
    executor->answer(executor->open<InstantQuery>()[0],
        MetricData{MetricData::Shape::Scalar, {now}, {}, 0, 0}, clock->utc);
    executor->answer(
        executor->open<RulesQuery>()[0], rulesEvaluatedAt(clock->utc + skew - 4s, 30s), clock->utc);
    QVERIFY2(std::chrono::abs(wait() - (26s + 15ms)) < 2ms, qPrintable(QString::number(wait().count())));
}

void TestAlertPoller::unlockedWithoutRules()
{
    poller->setClusters({cluster()});
    answerAlerts({});
    executor->refuse(executor->open<RulesQuery>()[0], Error::Kind::NotFound);
    settle(1);
    QVERIFY(wait() <= 15s); // a random phase for the second round
    clock->advance(wait());
    poller->tick();
    answerAlerts({});
    QCOMPARE(wait(), Nanoseconds(15s)); // and a steady beat from there
}

void TestAlertPoller::fixedInterval()
{
    AlertCluster fixed = cluster();
    fixed.fixed = 5s;
    poller->setClusters({fixed});
    QCOMPARE(executor->count<RulesQuery>(), 0);
    answerAlerts({});
    QCOMPARE(wait(), Nanoseconds(5s));
    fixed.fixed = 100ms; // below what a server should be asked
    poller->setClusters({fixed});
    answerAlerts({});
    QCOMPARE(wait(), Nanoseconds(1s));
}

void TestAlertPoller::oneRequestAnEvaluation()
{
    poller->setClusters({cluster({{u"am/1"_s}})});
    answerAlerts({});
    executor->answer(executor->open<RulesQuery>()[0], rulesEvaluatedAt(clock->utc - 400ms, 1s), clock->utc);
    const int before = executor->count<AlertsQuery>();
    const Timestamp begin = clock->utc;
    while (clock->utc - begin < 99200ms) { // the first one came after 615 ms
        clock->advance(std::max<Nanoseconds>(wait(), 1ms));
        poller->tick();
        answerAlerts({});
        for (const size_t index : executor->open<RulesQuery>())
            executor->answer(index, rulesEvaluatedAt(clock->utc - 15ms, 1s), clock->utc);
    }
    QCOMPARE(executor->count<AlertsQuery>() - before, 100);
    QVERIFY(executor->count<RulesQuery>() >= 9 && executor->count<RulesQuery>() <= 12);
}

void TestAlertPoller::severalClustersCombine()
{
    AlertCluster second = cluster({{u"prom-b"_s}});
    second.id = {u"prom-b"_s};
    second.rules = {u"prom-b"_s};
    second.labels = {{u"cluster"_s, u"b"_s}};
    poller->setClusters({cluster({{u"am"_s}}), second});
    const auto open = executor->open<AlertsQuery>();
    QCOMPARE(open.size(), size_t(2));
    executor->answer(open[0], std::vector{alertNamed("A", "am", 1)}, clock->utc);
    settle(1);
    QVERIFY(!poller->everyClusterHeard());
    QVERIFY(!isCurrent(current().freshness)); // half of the sources have not been heard
    Alert other = alertNamed("B", "prom-b", 1);
    other.key.source = {u"prom-b"_s};
    executor->answer(open[1], std::vector{other}, clock->utc);
    settle(1);
    QVERIFY(isCurrent(current().freshness));
    const QueryResult result = current();
    const auto *alerts = dataAs<std::vector<Alert>>(result);
    QCOMPARE(alerts->size(), size_t(2));
    const auto labelled = std::find_if(alerts->begin(), alerts->end(),
        [](const Alert &alert) { return alert.key.source.id == u"prom-b"_s; });
    QVERIFY(labelled != alerts->end());
    QCOMPARE(labelled->labels.text(u"cluster"), u"b"_s);
}

void TestAlertPoller::groupsOnceAMinute()
{
    AlertCluster muting = cluster({{u"am"_s}});
    muting.fixed = 10s;
    muting.groups = true;
    poller->setClusters({muting});
    QCOMPARE(executor->open<AlertGroupsQuery>().size(), size_t(1));
    Alert muted = alertNamed("A", "am", 1);
    muted.mutedBy = {u"weekend"_s};
    executor->answer(
        executor->open<AlertGroupsQuery>()[0], std::vector{AlertGroup{{}, u"pager"_s, {muted}}}, clock->utc);
    pool.waitForDone();
    QCoreApplication::processEvents(); // the routes come home
    for (int round = 0; round < 5; ++round) {
        answerAlerts({alertNamed("A", "am", 1)});
        settle(1);
        clock->advance(wait());
        poller->tick();
    }
    QCOMPARE(executor->count<AlertGroupsQuery>(), 1);
    const QueryResult result = current();
    const auto *alerts = dataAs<std::vector<Alert>>(result);
    QCOMPARE(alerts->front().state, AlertState::Muted);
    QCOMPARE(alerts->front().receivers, QStringList{u"pager"_s});
    answerAlerts({});
    clock->advance(wait());
    poller->tick();
    QCOMPARE(executor->count<AlertGroupsQuery>(), 2);
}

void TestAlertPoller::groupsOfTheNextMember()
{
    AlertCluster two = cluster();
    two.fixed = 10s;
    two.groups = true;
    poller->setClusters({two});
    const auto nextRound = [&] {
        answerAlerts({alertNamed("A", "am/1", 1)});
        settle(1);
        clock->advance(wait());
        poller->tick();
    };
    const auto askedLast = [&] {
        return executor->asked[executor->open<AlertGroupsQuery>().back()].spec.source;
    };
    QCOMPARE(askedLast(), DatasourceId{u"am/1"_s});
    executor->refuse(executor->open<AlertGroupsQuery>().back(), Error::Kind::Network);
    nextRound();
    QCOMPARE(askedLast(), DatasourceId{u"am/2"_s}); // soon, not after a minute
    Alert routed = alertNamed("A", "am/2", 1);
    executor->answer(executor->open<AlertGroupsQuery>().back(),
        std::vector{AlertGroup{{}, u"pager"_s, {routed}}}, clock->utc);
    pool.waitForDone();
    QCoreApplication::processEvents();
    nextRound();
    const auto receivers = [&] {
        const QueryResult result = current();
        return dataAs<std::vector<Alert>>(result)->front().receivers;
    };
    nextRound();
    QCOMPARE(receivers(), QStringList{u"pager"_s});
    // Nobody answers for long: a route that may be wrong by now is not shown.
    for (int round = 0; round < 60; ++round) {
        for (const size_t index : executor->open<AlertGroupsQuery>())
            executor->refuse(index, Error::Kind::Network);
        nextRound();
    }
    QCOMPARE(receivers(), QStringList());
}

void TestAlertPoller::removedClusterIsForgotten()
{
    poller->setClusters({cluster()});
    answerAlerts({alertNamed("A", "am/1", 1)});
    settle(1);
    poller->setClusters({});
    QCOMPARE(current().freshness.state, Freshness::State::Never);
    QVERIFY(!current().data);
    QVERIFY(!poller->nextDue());
}

void TestAlertPoller::wallClockSetBackDoesNotStop()
{
    poller->setClusters({cluster()});
    answerAlerts({});
    executor->answer(executor->open<RulesQuery>()[0], rulesEvaluatedAt(clock->utc - 4s, 30s), clock->utc);
    clock->utc -= std::chrono::hours(3);
    clock->advance(wait());
    poller->tick();
    QCOMPARE(executor->open<AlertsQuery>().size(), size_t(2));
    answerAlerts({});
    QVERIFY(wait() <= 30s);
}

void TestAlertPoller::earlierRunIsUnknownUntilHeard()
{
    QueryResult kept;
    kept.fetchedAt = clock->utc - 3h;
    kept.data = std::make_shared<const QueryData>(std::vector{alertNamed("Old", "am/1", 9)});
    poller->setClusters({cluster()});
    poller->remember(kept);
    settle(1);
    QCOMPARE(current().freshness.state, Freshness::State::Stale);
    QCOMPARE(current().fetchedAt, kept.fetchedAt);
    QCOMPARE(dataAs<std::vector<Alert>>(current())->front().state, AlertState::Unknown);
    for (const size_t index : executor->open<AlertsQuery>())
        executor->refuse(index, Error::Kind::Network);
    settle(1); // nobody answers: what was known stays, doubted
    QCOMPARE(current().freshness.state, Freshness::State::Stale);
    QCOMPARE(dataAs<std::vector<Alert>>(current())->size(), size_t(1));
    poller->refresh();
    answerAlerts({});
    settle(1);
    QCOMPARE(current().freshness.state, Freshness::State::Empty);
    QVERIFY(dataAs<std::vector<Alert>>(current())->empty());
}

QTEST_GUILESS_MAIN(TestAlertPoller)
#include "tst_alertpoller.moc"
