// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/changes.h>

#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp kNow = fromUnixMs(1'795'269'600'000);

Series figure(const QString &owner, const QString &signal, const QString &when, double value)
{
    Series out;
    out.labels = Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(owner)},
        {Untrusted(u"bw_signal"_s), Untrusted(signal)}, {Untrusted(u"bw_when"_s), Untrusted(when)}});
    out.times.push_back(toNs(kNow));
    out.values.push_back(value);
    return out;
}

void add(SeriesSet &set, const QString &owner, const QString &signal, double now, double day)
{
    set.push_back(figure(owner, signal, u"now"_s, now));
    set.push_back(figure(owner, signal, u"day"_s, day));
}

QStringList shown(const std::vector<Change> &changes)
{
    QStringList out;
    for (const Change &change : changes)
        out << change.owner + u' ' + signalName(change.signal)
                + (change.isWorse ? u" worse"_s : u" better"_s);
    return out;
}

} // namespace

class TestChanges : public QObject
{
    Q_OBJECT
private slots:
    void errorsFromNoneRankHighNotInfinite();
    void fewRequestsSayNothing();
    void lostTrafficIsSeen();
    void restartsCountUpOnly();
    void usualMovementIsLeftOut();
    void ordersByScoreThenOwner();
    void baselines();
    void question();
    void strangeAnswers();
    void momentsByDistance();
    void twoSourcesOfOneService();
};

void TestChanges::errorsFromNoneRankHighNotInfinite()
{
    SeriesSet set;
    add(set, u"checkout"_s, u"requests"_s, 998, 998);
    set.push_back(figure(u"checkout"_s, u"errors"_s, u"now"_s, 99)); // no series of errors yesterday
    const auto changes = rankedChanges(changesFrom(set), ChangeBaseline::Yesterday);
    QCOMPARE(changes.size(), size_t(1));
    QCOMPARE(changes[0].signal, ChangeSignal::Errors);
    QCOMPARE(changes[0].before, 0.0);
    QCOMPARE(changes[0].now, 99.0 / 998);
    QCOMPARE(changes[0].score, std::log2(100.0)); // (99 + 1) / 1000 against (0 + 1) / 1000
    QVERIFY(changes[0].isWorse);
}

void TestChanges::fewRequestsSayNothing()
{
    SeriesSet set;
    add(set, u"cron"_s, u"requests"_s, 99, 99);
    add(set, u"cron"_s, u"errors"_s, 90, 0);
    add(set, u"cron"_s, u"p95"_s, 10, 0.1);
    QVERIFY(rankedChanges(changesFrom(set), ChangeBaseline::Yesterday).empty());
    ChangeRules rules;
    rules.minRequests = 50;
    QCOMPARE(rankedChanges(changesFrom(set), ChangeBaseline::Yesterday, rules).size(), size_t(2));
}

void TestChanges::twoSourcesOfOneService()
{
    SeriesSet traffic, pods, other;
    add(traffic, u"checkout"_s, u"requests"_s, 500, 400);
    add(traffic, u"checkout"_s, u"p95"_s, 0.2, 0.1);
    add(pods, u"checkout"_s, u"restarts"_s, 3, 0);
    add(other, u"checkout"_s, u"requests"_s, 300, 200);
    add(other, u"checkout"_s, u"p95"_s, 900, 150); // in ms
    ChangeTable oneWay, otherWay;
    for (const auto &[set, scale] :
        {std::pair(&pods, 1.0), std::pair(&traffic, 1.0), std::pair(&other, 1e-3)})
        addChanges(oneWay, changesFrom(*set, scale));
    for (const auto &[set, scale] :
        {std::pair(&other, 1e-3), std::pair(&traffic, 1.0), std::pair(&pods, 1.0)})
        addChanges(otherWay, changesFrom(*set, scale));
    for (const ChangeTable &table : {oneWay, otherWay}) { // whoever answers first
        const auto &figures = table.at(u"checkout"_s).signal;
        QCOMPARE(figures.at(ChangeSignal::Requests).now, std::optional(800.0));
        QCOMPARE(figures.at(ChangeSignal::Requests).before.at(ChangeBaseline::Yesterday), 600.0);
        QCOMPARE(figures.at(ChangeSignal::Restarts).now, std::optional(3.0));
        QCOMPARE(figures.at(ChangeSignal::Latency).now, std::optional(0.9));
        QCOMPARE(figures.at(ChangeSignal::Latency).before.at(ChangeBaseline::Yesterday), 0.15);
    }
}

void TestChanges::lostTrafficIsSeen()
{
    SeriesSet set;
    add(set, u"search"_s, u"requests"_s, 0, 5000);
    add(set, u"search"_s, u"p95"_s, 3, 0.1); // of nothing
    QCOMPARE(shown(rankedChanges(changesFrom(set), ChangeBaseline::Yesterday)),
        QStringList{u"search requests worse"_s});
}

void TestChanges::restartsCountUpOnly()
{
    SeriesSet set;
    set.push_back(figure(u"a"_s, u"restarts"_s, u"now"_s, 3.02)); // increase() extrapolates
    add(set, u"b"_s, u"restarts"_s, 1, 7);
    set.push_back(figure(u"c"_s, u"oom"_s, u"now"_s, 1));
    const auto changes = rankedChanges(changesFrom(set), ChangeBaseline::Yesterday);
    QCOMPARE(shown(changes), (QStringList{u"a restarts worse"_s, u"c oom worse"_s}));
    QCOMPARE(changes[0].now, 3.0);
}

void TestChanges::usualMovementIsLeftOut()
{
    SeriesSet set;
    add(set, u"a"_s, u"requests"_s, 1300, 1000);
    add(set, u"a"_s, u"p95"_s, 0.13, 0.1);
    add(set, u"orders"_s, u"queue"_s, 60, 1); // too shallow to matter
    QVERIFY(rankedChanges(changesFrom(set), ChangeBaseline::Yesterday).empty());
}

void TestChanges::ordersByScoreThenOwner()
{
    SeriesSet set;
    add(set, u"b"_s, u"requests"_s, 1000, 1000);
    add(set, u"b"_s, u"p95"_s, 0.4, 0.1);
    add(set, u"a"_s, u"requests"_s, 1000, 1000);
    add(set, u"a"_s, u"p95"_s, 0.1, 0.4);
    add(set, u"z"_s, u"queue"_s, 9999, 99);
    QCOMPARE(shown(rankedChanges(changesFrom(set), ChangeBaseline::Yesterday)),
        (QStringList{u"z queue worse"_s, u"a p95 better"_s, u"b p95 worse"_s}));
    ChangeRules rules;
    rules.limit = 1;
    QCOMPARE(rankedChanges(changesFrom(set), ChangeBaseline::Yesterday, rules).size(), size_t(1));
}

void TestChanges::baselines()
{
    SeriesSet set{figure(u"a"_s, u"requests"_s, u"now"_s, 500)};
    QVERIFY(!usableBaseline(changesFrom(set)));
    set.push_back(figure(u"a"_s, u"requests"_s, u"before"_s, 500));
    QCOMPARE(usableBaseline(changesFrom(set)), ChangeBaseline::Before);
    set.push_back(figure(u"a"_s, u"requests"_s, u"week"_s, 500));
    QCOMPARE(usableBaseline(changesFrom(set)), ChangeBaseline::LastWeek);
    set.push_back(figure(u"a"_s, u"requests"_s, u"day"_s, 500));
    QCOMPARE(usableBaseline(changesFrom(set)), ChangeBaseline::Yesterday);
}

void TestChanges::question()
{
    const QString text = changesQuery({{ChangeSignal::Requests, u"sum(increase(x[%W]%O))"_s}}, 15min);
    QVERIFY(text.contains(u"sum(increase(x[15m]))"_s));
    for (const QString &offset : {u"1d"_s, u"1w"_s, u"15m"_s})
        QVERIFY2(text.contains(u"sum(increase(x[15m] offset %1))"_s.arg(offset)), qPrintable(offset));
    QCOMPARE(text.count(u"bw_signal"_s), 4);
    QVERIFY(!text.contains(u'%'));
}

void TestChanges::strangeAnswers()
{
    SeriesSet set{figure(u""_s, u"requests"_s, u"now"_s, 1), figure(u"a"_s, u"moods"_s, u"now"_s, 1),
        figure(u"a"_s, u"requests"_s, u"tomorrow"_s, 1), figure(u"a"_s, u"p95"_s, u"now"_s, std::nan("")),
        Series{}};
    QVERIFY(changesFrom(set).empty());
}

void TestChanges::momentsByDistance()
{
    const auto moments = nearestMoments({{kNow - 20min, u"old"_s}, {kNow - 3min, u"before"_s},
                                            {kNow + 1min, u"after"_s}, {kNow + 90min, u"late"_s}},
        kNow, {kNow - 15min, kNow + 15min});
    QCOMPARE(moments.size(), size_t(2));
    QCOMPARE(moments[0].id, u"after"_s);
    QCOMPARE(moments[1].id, u"before"_s);
}

QTEST_GUILESS_MAIN(TestChanges)
#include "tst_changes.moc"
