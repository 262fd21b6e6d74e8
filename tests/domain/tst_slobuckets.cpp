// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slobuckets.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kFirst = 490'000; // an hour in 2025

HourBucket bucket(int hour, double bad, double total, BucketState state = BucketState::Complete)
{
    return {kFirst + hour, bad, total, state, startOfHour(kFirst + hour + 1)};
}
Timestamp hour(double number) { return startOfHour(kFirst) + Nanoseconds(qint64(number * 3.6e12)); }
bool same(double a, double b) { return std::abs(a - b) < 1e-9; }

} // namespace

class TestSloBuckets : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void hoursBefore1970()
    {
        QCOMPARE(hourOf(fromNs(0)), 0);
        QCOMPARE(hourOf(fromNs(-1)), -1);
        QCOMPARE(hourOf(fromNs(-3'600'000'000'000)), -1);
        QCOMPARE(hourOf(startOfHour(kFirst) + 59min), kFirst);
    }

    void sums_data()
    {
        QTest::addColumn<double>("begin");
        QTest::addColumn<double>("end");
        QTest::addColumn<double>("bad");
        QTest::addColumn<double>("total");
        QTest::addColumn<double>("coverage");
        QTest::addColumn<double>("eventRatio"); // negative: no traffic
        QTest::addColumn<double>("timeRatio");
        // hours: 0: 1/100, 1: 9/100, 2: missing, 3: 0/0, 4: 50/1000
        QTest::newRow("first two") << 0.0 << 2.0 << 10.0 << 200.0 << 1.0 << 0.05 << 0.05;
        QTest::newRow("oldest in proportion")
            << 0.5 << 2.0 << 9.5 << 150.0 << 1.0 << 9.5 / 150 << (0.5 * 0.01 + 0.09) / 1.5;
        QTest::newRow("both edges") << 0.25 << 1.5 << 0.75 + 4.5 << 75.0 + 50 << 1.0 << 5.25 / 125
                                    << (0.75 * 0.01 + 0.5 * 0.09) / 1.25;
        QTest::newRow("missing is not zero") << 1.0 << 3.0 << 9.0 << 100.0 << 0.5 << 0.09 << 0.09;
        QTest::newRow("only missing") << 2.0 << 3.0 << 0.0 << 0.0 << 0.0 << -1.0 << -1.0;
        QTest::newRow("known, but no traffic") << 3.0 << 4.0 << 0.0 << 0.0 << 1.0 << -1.0 << -1.0;
        QTest::newRow("a busy hour weighs more only by events")
            << 0.0 << 5.0 << 60.0 << 1200.0 << 0.8 << 0.05 << (0.01 + 0.09 + 0.05) / 3;
        QTest::newRow("before everything") << -5.0 << -1.0 << 0.0 << 0.0 << 0.0 << -1.0 << -1.0;
        QTest::newRow("after everything") << 9.0 << 11.0 << 0.0 << 0.0 << 0.0 << -1.0 << -1.0;
        QTest::newRow("empty window") << 1.0 << 1.0 << 0.0 << 0.0 << 0.0 << -1.0 << -1.0;
    }
    void sums()
    {
        const HourBuckets buckets{bucket(0, 1, 100), bucket(1, 9, 100), bucket(2, 0, 0, BucketState::Missing),
            bucket(3, 0, 0), bucket(4, 50, 1000)};
        QFETCH(double, begin);
        QFETCH(double, end);
        QFETCH(double, eventRatio);
        QFETCH(double, timeRatio);
        const WindowSum sum = sumOf(buckets, {hour(begin), hour(end)});
        QTEST(sum.bad, "bad");
        QTEST(sum.total, "total");
        QTEST(sum.coverage(), "coverage");
        QVERIFY(same(sum.errorRatio(SloWeighting::Event).value_or(-1), eventRatio));
        QVERIFY(same(sum.errorRatio(SloWeighting::Time).value_or(-1), timeRatio));
    }

    void theRunningHourCountsAsFarAsItIsKnown()
    {
        HourBucket open = bucket(1, 3, 30, BucketState::Open);
        open.fetchedAt = hour(1.25);
        const HourBuckets buckets{bucket(0, 10, 100), open};
        // Now is a minute after the answer: the whole quarter counts, and the minute is not known.
        const WindowSum sum = sumOf(buckets, {hour(0.25), hour(1.25) + 1min});
        QVERIFY(same(sum.bad, 7.5 + 3));
        QVERIFY(same(sum.total, 75 + 30));
        QVERIFY(same(sum.coverage(), 60.0 / 61));
    }

    void ratiosAboveOneAreCutForTime()
    {
        const WindowSum sum = sumOf({bucket(0, 120, 100)}, {hour(0), hour(1)});
        QVERIFY(same(*sum.errorRatio(SloWeighting::Time), 1));
    }

    void freshWins_missingDoesNot()
    {
        HourBuckets buckets{bucket(0, 1, 10), bucket(1, 2, 20, BucketState::Partial), bucket(3, 4, 40)};
        mergeBuckets(buckets, {bucket(0, 0, 0, BucketState::Missing), bucket(1, 3, 30), bucket(2, 5, 50)});
        QCOMPARE(buckets.size(), size_t(4));
        QCOMPARE(buckets[0].total, 10.0); // the server forgot it, we have not
        QCOMPARE(buckets[0].state, BucketState::Complete);
        QCOMPARE(buckets[1].total, 30.0);
        QCOMPARE(buckets[2].total, 50.0);
        QCOMPARE(buckets[3].total, 40.0);
        HourBuckets open{bucket(0, 1, 10, BucketState::Open)};
        mergeBuckets(open, {bucket(0, 0, 0, BucketState::Missing)});
        QCOMPARE(open[0].state, BucketState::Missing);
    }

    /// What is known better stays: rows of state before, state of the answer, and which of the two is left.
    void whichOneStays_data()
    {
        QTest::addColumn<BucketState>("before");
        QTest::addColumn<BucketState>("answer");
        QTest::addColumn<bool>("isReplaced");
        using enum BucketState;
        QTest::newRow("complete, again") << Complete << Complete << true;
        QTest::newRow("complete, then partial") << Complete << Partial << false;
        QTest::newRow("complete, then forgotten") << Complete << Missing << false;
        QTest::newRow("partial, then complete") << Partial << Complete << true;
        QTest::newRow("partial, again") << Partial << Partial << true;
        QTest::newRow("partial, then forgotten") << Partial << Missing << false;
        QTest::newRow("missing, then there") << Missing << Partial << true;
        QTest::newRow("open, then over") << Open << Partial << true;
    }
    void whichOneStays()
    {
        QFETCH(BucketState, before);
        QFETCH(BucketState, answer);
        HourBuckets buckets{bucket(0, 1, 10, before)};
        mergeBuckets(buckets, {bucket(0, 2, 20, answer)});
        QCOMPARE(buckets.size(), size_t(1));
        QTEST(buckets[0].total == 20.0, "isReplaced");
        QCOMPARE(buckets[0].state, buckets[0].total == 20.0 ? answer : before);
    }

    /// Ten days of 100 an hour, 99 %: 24,000 events may have 240 bad ones. Two hours with 30 bad are 25 %.
    void costOfAnIncident()
    {
        Slo slo;
        slo.target = 0.99;
        slo.period.length = 240h;
        HourBuckets buckets;
        for (int i = -200; i < 240; ++i)
            buckets.push_back(bucket(i, i == 100 || i == 101 ? 30 : 0, 100));
        const BudgetCost cost = budgetCost(slo, buckets, {hour(100), hour(102)});
        QCOMPARE(cost.bad, 60.0);
        QCOMPARE(cost.total, 200.0);
        QVERIFY(same(*cost.share, 0.25));
        QVERIFY(same(*cost.burn, 0.3 / 0.01));
        QCOMPARE(cost.coverage, 1.0);
        // Half of the first hour: in proportion.
        QVERIFY(same(*budgetCost(slo, buckets, {hour(100), hour(100.5)}).share, 15.0 / 240));
        // By time: 0.3 · 2 h of the 2.4 h that may fail.
        slo.weighting = SloWeighting::Time;
        QVERIFY(same(*budgetCost(slo, buckets, {hour(100), hour(102)}).share, 0.25));
        QVERIFY(!budgetCost(slo, {}, {hour(100), hour(102)}).share);
    }

    /// What came after the incident does not change what it cost.
    void costIsOfThePeriodTheIncidentEndedIn()
    {
        Slo slo;
        slo.target = 0.99;
        slo.period.length = 240h;
        HourBuckets buckets;
        for (int i = -240; i < 102; ++i)
            buckets.push_back(bucket(i, i == 100 || i == 101 ? 30 : 0, 100));
        const BudgetCost then = budgetCost(slo, buckets, {hour(100), hour(102)});
        for (int i = 102; i < 800; ++i)
            buckets.push_back(bucket(i, 0, 5000));
        QVERIFY(budgetCost(slo, buckets, {hour(100), hour(102)}) == then);
        // A month's last hour is charged to that month.
        slo.period = {SloPeriod::Kind::Month, {}, {}};
        const Timestamp end = periodAt(slo.period, hour(400)).begin;
        HourBuckets months;
        for (qint64 i = hourOf(end) - 744; i < hourOf(end) + 744; ++i)
            months.push_back({i, i == hourOf(end) - 1 ? 100.0 : 0.0, i < hourOf(end) ? 100.0 : 100'000.0,
                BucketState::Complete, end});
        const double hours = double(periodAt(slo.period, end - 1h).span() / 1h);
        QVERIFY(same(*budgetCost(slo, months, {end - 1h, end}).share, 100 / (hours * 100 * 0.01)));
    }
};

QTEST_GUILESS_MAIN(TestSloBuckets)
#include "tst_slobuckets.moc"
