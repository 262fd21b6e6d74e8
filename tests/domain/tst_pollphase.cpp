// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/pollphase.h>

#include <QRandomGenerator>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Timestamp kStart = fromUnixMs(1'795'269'600'000);

RuleGroup group(Nanoseconds interval, Nanoseconds lastEvaluation, Nanoseconds took,
    Rule::Type type = Rule::Type::Alerting)
{
    RuleGroup out;
    out.interval = interval;
    out.lastEvaluation = kStart + lastEvaluation;
    out.evaluationTime = took;
    out.rules.resize(1);
    out.rules[0].type = type;
    return out;
}

} // namespace

class TestPollPhase : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void plan()
    {
        const auto plan = planFromRules({{group(15s, 3s, 5ms)}}, 1s, 12ms);
        QVERIFY(plan);
        QCOMPARE(plan->interval, Nanoseconds(15s));
        QVERIFY(plan->phase == kStart + 3s + 17ms);
    }

    void shortestGroupLeads()
    {
        const auto plan =
            planFromRules({{group(1min, 1s, 0ms), group(15s, 2s, 0ms), group(30s, 3s, 0ms)}}, 1s, 0ms);
        QCOMPARE(plan->interval, Nanoseconds(15s));
        QVERIFY(plan->phase == kStart + 2s);
    }

    void lastToFinishLeadsAmongEquals()
    {
        const RuleGroup early = group(15s, 1s, 900ms), late = group(15s, 1500ms, 600ms);
        QVERIFY(planFromRules({{early, late}}, 1s, 0ms)->phase == kStart + 2100ms);
        QVERIFY(planFromRules({{late, early}}, 1s, 0ms)->phase == kStart + 2100ms);
    }

    void recordingGroupsDoNotLead()
    {
        const RuleGroup recording = group(1s, 1s, 0ms, Rule::Type::Recording);
        QVERIFY(!planFromRules({{recording}}, 1s, 0ms));
        QCOMPARE(planFromRules({{recording, group(15s, 2s, 0ms)}}, 1s, 0ms)->interval, Nanoseconds(15s));
    }

    void nothingToLockOn()
    {
        RuleGroup never = group(15s, 0s, 0ms), broken = group(0s, 1s, 0ms), empty = group(15s, 1s, 0ms);
        never.lastEvaluation = *parseRfc3339(u"0001-01-01T00:00:00Z");
        empty.rules.clear();
        QVERIFY(!planFromRules({}, 1s, 0ms));
        QVERIFY(!planFromRules({{never, broken, empty}}, 1s, 0ms));
    }

    void minimumKeepsThePhase()
    {
        QCOMPARE(planFromRules({{group(200ms, 0s, 0ms)}}, 1s, 0ms)->interval, Nanoseconds(1s));
        QCOMPARE(planFromRules({{group(700ms, 0s, 0ms)}}, 1s, 0ms)->interval, Nanoseconds(1400ms));
    }

    void next_data()
    {
        QTest::addColumn<qint64>("nowMs");
        QTest::addColumn<qint64>("skewMs");
        QTest::addColumn<qint64>("expectedMs");
        QTest::newRow("before the phase") << qint64(0) << qint64(0) << qint64(3000);
        QTest::newRow("exactly due: the next one") << qint64(3000) << qint64(0) << qint64(18'000);
        QTest::newRow("after") << qint64(3001) << qint64(0) << qint64(18'000);
        QTest::newRow("many later") << qint64(150'000) << qint64(0) << qint64(153'000);
        QTest::newRow("long before") << qint64(-40'000) << qint64(0) << qint64(-27'000);
        QTest::newRow("server ahead") << qint64(0) << qint64(2000) << qint64(1000);
        QTest::newRow("server behind") << qint64(0) << qint64(-2000) << qint64(5000);
    }
    void next()
    {
        QFETCH(qint64, nowMs);
        QFETCH(qint64, skewMs);
        QFETCH(qint64, expectedMs);
        const PollPlan plan{15s, kStart + 3s};
        const Timestamp due = nextPoll(plan, kStart + nowMs * 1ms, skewMs * 1ms);
        QCOMPARE((due - kStart).count(), expectedMs * 1'000'000);
    }

    void oncePerInterval()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int i = 0; i < 2000; ++i) {
            const PollPlan plan{(1 + random.bounded(60'000)) * 1ms, kStart + random.bounded(100'000) * 1ms};
            const Timestamp now = kStart + (random.bounded(1'000'000) - 500'000) * 1ms;
            const Nanoseconds skew = (random.bounded(20'000) - 10'000) * 1ms;
            const Timestamp due = nextPoll(plan, now, skew);
            QVERIFY2(due > now && due <= now + plan.interval, qPrintable(QString::number(seed)));
            QVERIFY2((due + skew - plan.phase) % plan.interval == 0ns, qPrintable(QString::number(seed)));
            QVERIFY2(nextPoll(plan, due, skew) == due + plan.interval, qPrintable(QString::number(seed)));
        }
    }
};

QTEST_APPLESS_MAIN(TestPollPhase)
#include "tst_pollphase.moc"
