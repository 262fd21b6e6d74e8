// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/stepladder.h>

#include <QRandomGenerator>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
const Timestamp kNow = fromUnixMs(1'795'269'731'123);
constexpr Nanoseconds kDay = 24h;
} // namespace

class TestStepLadder : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    /// Both sides of every border of the table.
    void rounding_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<qint64>("expected");
        struct Border
        {
            qint64 at, below, from;
        };
        constexpr qint64 kMinute = 60'000, kHour = 3'600'000, kDayMs = 86'400'000;
        const Border borders[] = {{10, 1, 10}, {15, 10, 20}, {35, 20, 50}, {75, 50, 100}, {150, 100, 200},
            {350, 200, 500}, {750, 500, 1000}, {1500, 1000, 2000}, {3500, 2000, 5000}, {7500, 5000, 10'000},
            {12'500, 10'000, 15'000}, {17'500, 15'000, 20'000}, {25'000, 20'000, 30'000},
            {45'000, 30'000, kMinute}, {90'000, kMinute, 2 * kMinute}, {210'000, 2 * kMinute, 5 * kMinute},
            {450'000, 5 * kMinute, 10 * kMinute}, {750'000, 10 * kMinute, 15 * kMinute},
            {1'050'000, 15 * kMinute, 20 * kMinute}, {25 * kMinute, 20 * kMinute, 30 * kMinute},
            {45 * kMinute, 30 * kMinute, kHour}, {90 * kMinute, kHour, 2 * kHour},
            {150 * kMinute, 2 * kHour, 3 * kHour}, {270 * kMinute, 3 * kHour, 6 * kHour},
            {9 * kHour, 6 * kHour, 12 * kHour}, {kDayMs, 12 * kHour, kDayMs},
            {7 * kDayMs, kDayMs, 7 * kDayMs}, {21 * kDayMs, 7 * kDayMs, 30 * kDayMs},
            {42 * kDayMs, 30 * kDayMs, 365 * kDayMs}};
        for (const Border &border : borders) {
            QTest::addRow("below %lld ms", static_cast<long long>(border.at))
                << border.at - 1 << border.below;
            QTest::addRow("at %lld ms", static_cast<long long>(border.at)) << border.at << border.from;
        }
    }
    void rounding()
    {
        QFETCH(qint64, ms);
        QFETCH(qint64, expected);
        QCOMPARE(roundedInterval(Nanoseconds(ms * 1'000'000)).count(), expected * 1'000'000);
    }

    void plans_data()
    {
        QTest::addColumn<qint64>("spanSeconds");
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("points");
        QTest::addColumn<qint64>("stepSeconds");
        QTest::addColumn<qint64>("rateSeconds");
        QTest::newRow("1 h, minimum") << qint64(3600) << 800 << 1024 << qint64(15) << qint64(60);
        QTest::newRow("6 h") << qint64(21'600) << 600 << 1024 << qint64(20) << qint64(60);
        QTest::newRow("24 h") << qint64(86'400) << 512 << 512 << qint64(120) << qint64(135);
        QTest::newRow("24 h, wide") << qint64(86'400) << 513 << 1024 << qint64(60) << qint64(75);
        QTest::newRow("30 d") << qint64(2'592'000) << 256 << 256 << qint64(10'800) << qint64(10'815);
        QTest::newRow("30 d, beyond the widest")
            << qint64(2'592'000) << 9000 << 2048 << qint64(1200) << qint64(1215);
        QTest::newRow("no width yet") << qint64(3600) << 0 << 256 << qint64(15) << qint64(60);
    }
    void plans()
    {
        QFETCH(qint64, spanSeconds);
        QFETCH(int, width);
        QFETCH(int, points);
        QFETCH(qint64, stepSeconds);
        QFETCH(qint64, rateSeconds);
        const TimeRange range{kNow - std::chrono::seconds(spanSeconds), kNow};
        const StepPlan plan = planSteps(range, width, 15s, 15s);
        QCOMPARE(plan.points, points);
        QCOMPARE(plan.step.count(), stepSeconds * 1'000'000'000);
        QCOMPARE(plan.interval, plan.step);
        QCOMPARE(plan.rateInterval.count(), rateSeconds * 1'000'000'000);
    }

    void minimumWins()
    {
        const StepPlan plan = planSteps({kNow - 1h, kNow}, 1000, 1min, 15s);
        QCOMPARE(plan.step, Nanoseconds(1min));
        QCOMPARE(plan.rateInterval, Nanoseconds(75s));
    }

    /// The same question asked a little later, and by a panel of about the same width, is the same request.
    void equalQuestionsAreEqual()
    {
        const Timestamp aligned = fromUnixMs(1'795'269'600'000);
        const StepPlan a = planSteps({aligned - 1h, aligned}, 800, 15s, 15s);
        const StepPlan b = planSteps({aligned - 1h + 14s, aligned + 14s}, 1000, 15s, 15s);
        QCOMPARE(a.range, b.range);
        QCOMPARE(a.step, b.step);
    }

    void neverMoreStepsThanServersTake()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int i = 0; i < 5000; ++i) {
            const Nanoseconds span(random.bounded(qint64(1) << random.bounded(20, 60)));
            const TimeRange range{kNow - span, kNow};
            const StepPlan plan = planSteps(range, random.bounded(5000), random.bounded(3) * 1ms, 15s);
            const QByteArray note = "seed " + QByteArray::number(seed);
            QVERIFY2(plan.step >= 1ms && plan.step >= plan.interval, note);
            QVERIFY2(plan.range.span() / plan.step <= 11'000, note);
            QVERIFY2(plan.range.begin.time_since_epoch() % plan.step == 0ns, note);
            QVERIFY2(plan.range.end.time_since_epoch() % plan.step == 0ns, note);
            QVERIFY2(plan.range.end <= range.end && plan.range.begin <= range.begin, note);
        }
    }

    void elevenThousandIsUsed()
    {
        // 11 s at no minimum: the table says 1 ms, and exactly 11,000 steps are legal.
        const Timestamp aligned = fromUnixMs(1'795'269'600'000);
        const StepPlan exact = planSteps({aligned - 11s, aligned}, 2048, 0ns, 15s);
        QCOMPARE(exact.step, Nanoseconds(1ms));
        QCOMPARE(exact.range.span() / exact.step, Nanoseconds::rep(11'000));
        const StepPlan more = planSteps({aligned - 11'001ms, aligned}, 2048, 0ns, 15s);
        QCOMPARE(more.step, Nanoseconds(2ms));
    }

    void daysAreWhole()
    {
        const StepPlan plan = planSteps({kNow - 365 * kDay, kNow}, 256, kDay, 15s);
        QCOMPARE(plan.step, kDay);
        QVERIFY(plan.range.end.time_since_epoch() % kDay == 0ns);
    }
};

QTEST_APPLESS_MAIN(TestStepLadder)
#include "tst_stepladder.moc"
