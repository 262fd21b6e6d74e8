// SPDX-License-Identifier: GPL-3.0-or-later
#include <support/fakeexecutor.h>

#include <app/changewatch.h>

#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Series figure(const QString &signal, const QString &when, double value)
{
    Series out;
    out.labels = Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(u"checkout"_s)},
        {Untrusted(u"bw_signal"_s), Untrusted(signal)}, {Untrusted(u"bw_when"_s), Untrusted(when)}});
    out.times.push_back(0);
    out.values.push_back(value);
    return out;
}

MetricData errorsRose()
{
    MetricData data;
    for (const QString &when : {u"now"_s, u"day"_s, u"before"_s})
        data.series.push_back(figure(u"requests"_s, when, 1000));
    data.series.push_back(figure(u"errors"_s, u"now"_s, 300));
    return data;
}

struct Stand
{
    Stand()
        : board(clock, sources)
        , watch(executor, clock, board, sources)
    {
        SourceInfo source;
        source.id = {u"prom"_s};
        source.kind = u"prometheus"_s;
        source.isDefault = true;
        source.profile.families = {u"up"_s};
        sources.update(source);
        watch.setSources({{u"prom"_s}});
    }
    QueryResult look()
    {
        QueryResult result = board.current({u"changes"_s, std::nullopt});
        QCoreApplication::processEvents();
        return result;
    }
    static QStringList titles(const QueryResult &result)
    {
        QStringList out;
        if (const auto *items = dataAs<OwnItems>(result)) {
            for (const OwnItem &item : items->items)
                out << render::line(item.title);
        }
        return out;
    }

    FakeExecutor executor;
    FakeClock clock;
    SourceBoard sources;
    OwnBoard board;
    ChangeWatch watch;
};

} // namespace

class TestChangeWatch : public QObject
{
    Q_OBJECT
private slots:
    void asksOnlyWhileSomebodyLooks();
    void ranksAndKeepsDeploysOnTop();
    void failureKeepsWhatWasKnown();
    void aroundAMoment();
    void twoMomentsAtOnce();
    void oldFiguresKeepTheirAge();
    void unknownSourceIsAskedLater();
};

void TestChangeWatch::asksOnlyWhileSomebodyLooks()
{
    Stand stand;
    stand.clock.advance(10min);
    QCoreApplication::processEvents();
    QCOMPARE(stand.executor.asked.size(), size_t(0));
    stand.look();
    QCOMPARE(stand.executor.asked.size(), size_t(1));
    stand.look();
    QCOMPARE(stand.executor.asked.size(), size_t(1)); // still waiting
    stand.executor.answer(0, errorsRose(), stand.clock.utc);
    stand.clock.advance(30s);
    stand.look();
    QCOMPARE(stand.executor.asked.size(), size_t(1)); // once a minute
    stand.clock.advance(31s);
    stand.look();
    QCOMPARE(stand.executor.asked.size(), size_t(2));
}

void TestChangeWatch::ranksAndKeepsDeploysOnTop()
{
    Stand stand;
    OwnItem deploy;
    deploy.id = u"d"_s;
    deploy.at = stand.clock.utc - 10min;
    deploy.title = Untrusted(u"checkout v2"_s);
    deploy.kind = u"rollout"_s;
    OwnItem old = deploy;
    old.id = u"old"_s;
    old.at = stand.clock.utc - 3h;
    stand.board.publish(u"deploys"_s, std::make_shared<const QueryData>(OwnItems{{old, deploy}, {}}),
        afterSuccess(stand.clock.boot, stand.clock.utc, false), stand.clock.utc);
    stand.look();
    stand.executor.answer(0, errorsRose(), stand.clock.utc);
    const QueryResult result = stand.look();
    QCOMPARE(result.freshness.state, Freshness::State::Fresh);
    QCOMPARE(
        Stand::titles(result), (QStringList{u"checkout v2"_s, u"checkout errors 0\u202f% → 30\u202f%"_s}));
    QVERIFY(dataAs<OwnItems>(result)->note.contains(u"yesterday"_s));
    QCOMPARE(dataAs<OwnItems>(result)->items[1].state, u"worse"_s);
}

void TestChangeWatch::failureKeepsWhatWasKnown()
{
    Stand stand;
    stand.look();
    stand.executor.answer(0, errorsRose(), stand.clock.utc);
    const QStringList known = Stand::titles(stand.look());
    stand.clock.advance(61s);
    stand.look();
    stand.executor.refuse(1, Error::Kind::Network);
    const QueryResult result = stand.look();
    QCOMPARE(result.freshness.state, Freshness::State::Stale);
    QCOMPARE(Stand::titles(result), known);
}

void TestChangeWatch::aroundAMoment()
{
    Stand stand;
    QObject receiver;
    std::optional<QueryResult> heard;
    const Timestamp at = stand.clock.utc - 1h;
    stand.watch.askAround(at, {}, &receiver, [&](const QueryResult &result) { heard = result; });
    QCOMPARE(stand.executor.asked.size(), size_t(1));
    const auto *instant = std::get_if<InstantQuery>(&stand.executor.asked[0].spec.body);
    QVERIFY(instant);
    QCOMPARE(*instant->at, at + 10min);
    stand.executor.answer(0, errorsRose(), stand.clock.utc);
    QVERIFY(heard);
    QVERIFY(dataAs<OwnItems>(*heard)->note.contains(u"before"_s));
    QCOMPARE(Stand::titles(*heard).size(), 1);
}

void TestChangeWatch::twoMomentsAtOnce()
{
    Stand stand;
    auto first = std::make_unique<QObject>();
    QObject second;
    QStringList heard;
    const auto hears = [&heard](const QString &name) {
        return [&heard, name](const QueryResult &) { heard << name; };
    };
    stand.watch.askAround(stand.clock.utc - 1h, {}, first.get(), hears(u"first"_s));
    stand.watch.askAround(stand.clock.utc - 2h, {}, &second, hears(u"second"_s));
    QCOMPARE(stand.executor.open<InstantQuery>().size(), size_t(2));
    stand.executor.answer(0, errorsRose(), stand.clock.utc);
    stand.executor.answer(1, errorsRose(), stand.clock.utc);
    QCOMPARE(heard, (QStringList{u"first"_s, u"second"_s}));
    QCoreApplication::processEvents();
    stand.watch.askAround(stand.clock.utc - 3h, {}, first.get(), hears(u"third"_s));
    first.reset(); // somebody closed the window
    stand.executor.answer(2, errorsRose(), stand.clock.utc);
    QCOMPARE(heard.size(), 2);
    stand.watch.setSources({});
    stand.watch.askAround(stand.clock.utc, {}, &second, hears(u"nobody to ask"_s));
    QCoreApplication::processEvents();
    QCOMPARE(heard.size(), 3);
}

/// A deploy makes the list anew; the figures in it are as old as they are.
void TestChangeWatch::oldFiguresKeepTheirAge()
{
    Stand stand;
    stand.look();
    stand.executor.answer(0, errorsRose(), stand.clock.utc);
    const Timestamp answered = stand.clock.utc;
    const BootTime answeredAt = stand.clock.boot;
    stand.clock.advance(10min); // nobody looked
    stand.board.publish(u"deploys"_s, std::make_shared<const QueryData>(OwnItems{}),
        afterSuccess(stand.clock.boot, stand.clock.utc, true), stand.clock.utc);
    const QueryResult result = stand.board.current({u"changes"_s, std::nullopt});
    QCOMPARE(result.fetchedAt, answered);
    QCOMPARE(result.freshness.lastGood, std::optional(answeredAt));
    QVERIFY(result.freshness.state != Freshness::State::Fresh);
}

void TestChangeWatch::unknownSourceIsAskedLater()
{
    Stand stand;
    SourceInfo unknown = *stand.sources.find({u"prom"_s});
    unknown.profile = {};
    stand.sources.update(unknown);
    stand.look();
    QCOMPARE(stand.executor.asked.size(), size_t(0));
    unknown.profile.families = {u"up"_s};
    stand.sources.update(unknown);
    stand.look();
    QCOMPARE(stand.executor.asked.size(), size_t(1));
}

QTEST_GUILESS_MAIN(TestChangeWatch)
#include "tst_changewatch.moc"
