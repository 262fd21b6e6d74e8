// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slostatus.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

bool same(double a, double b) { return std::abs(a - b) < 1e-9; }

const Timestamp kNow = *parseRfc3339(u"2026-11-11T00:00:00Z");

Slo objective(double target = 0.99, Nanoseconds period = 240h)
{
    Slo slo;
    slo.id = slo.title = u"a"_s;
    slo.target = target;
    slo.period.length = period;
    slo.indicator.bad = u"b[$__window]"_s;
    slo.indicator.total = u"t[$__window]"_s;
    slo.burn = standardBurnRows(period);
    return slo;
}

/// `hours` hours up to now, each with these; `known` of them, the newest.
HourBuckets buckets(int hours, double bad, double total, Timestamp now = kNow)
{
    HourBuckets list;
    for (int i = hours; i > 0; --i)
        list.push_back({hourOf(now) - i, bad, total, BucketState::Complete, now});
    return list;
}

} // namespace

class TestSloStatus : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    /// 240 h · 100 events, 1 % may fail: 240 events; 0.25 of 100 fail: 60, so 75 % is left.
    void budgetOfARollingPeriod()
    {
        const PeriodBudget budget = periodBudget(objective(), buckets(240, 0.25, 100), kNow);
        QVERIFY(same(*budget.attained, 0.9975));
        QVERIFY(same(*budget.remaining, 0.75));
        QVERIFY(same(budget.allowedBad, 240));
        QCOMPARE(budget.allowedTime / 1s, qint64(8640)); // 2.4 h
        QVERIFY(!budget.exhaustedSince);
        QCOMPARE(budget.sum.coverage(), 1.0);
        const SloStatus status = evaluated(objective(), {}, buckets(240, 0.25, 100), {}, kNow);
        QCOMPARE(stateName(status.state), u"met"_s);
        QVERIFY(same(status.badLeft, 180));
        QVERIFY(same(status.trend.back().remaining, 0.75));
        QCOMPARE(status.trend.size(), size_t(241));
        QCOMPARE(status.trend.front().remaining, 1.0);
    }

    /// 120 of 240 h known: the ratio of what is known, allowed events stretched to the whole.
    void halfKnown()
    {
        const PeriodBudget budget = periodBudget(objective(), buckets(120, 0.5, 100), kNow);
        QVERIFY(same(*budget.attained, 0.995));
        QVERIFY(same(*budget.remaining, 0.5));
        QCOMPARE(budget.sum.coverage(), 0.5);
        QVERIFY(same(budget.allowedBad, 240));
    }

    void noTrafficIsNeitherMetNorMissed()
    {
        const SloStatus quiet = evaluated(objective(), {}, buckets(240, 0, 0), {}, kNow);
        QCOMPARE(stateName(quiet.state), u"no_traffic"_s);
        QVERIFY(!quiet.budget.attained);
        QVERIFY(quiet.trend.empty());
        const SloStatus unknown = evaluated(objective(), {}, {}, {}, kNow);
        QCOMPARE(stateName(unknown.state), u"no_data"_s);
    }

    /// Ten hours of 100 bad spend 1,000 of 240: gone after 2.4 hours, so since the end of the third.
    void exhaustedSince()
    {
        HourBuckets list = buckets(240, 0, 100);
        for (int i = 100; i < 110; ++i)
            list[size_t(i)].bad = 100;
        const SloStatus status = evaluated(objective(), {}, list, {}, kNow);
        QCOMPARE(stateName(status.state), u"missed"_s);
        QVERIFY(same(*status.budget.remaining, 1 - 1000.0 / 240));
        QCOMPARE(isoUtc(*status.budget.exhaustedSince), isoUtc(kNow - 140h + 3h));
        QVERIFY(status.badLeft < 0);
    }

    /// November: on its 11th day a third is over. 1 % of what came would be all of the budget so far, which
    /// is a third of the month's.
    void calendarMonth()
    {
        Slo slo = objective();
        slo.period = {SloPeriod::Kind::Month, {}, {}};
        const PeriodBudget budget = periodBudget(slo, buckets(240, 1, 100), kNow);
        QVERIFY(same(*budget.attained, 0.99));
        QVERIFY(same(*budget.remaining, 1 - 240.0 / 720));
        QVERIFY(same(budget.allowedBad, 720));
        QCOMPARE(budget.sum.coverage(), 1.0); // of what is over
        QCOMPARE(isoUtc(budget.period.end), u"2026-12-01T00:00:00Z"_s);
    }

    void timeWeighting()
    {
        Slo slo = objective();
        HourBuckets list = buckets(240, 0, 1000);
        for (int i = 0; i < 24; ++i)
            list[size_t(i * 10)] = {
                list[size_t(i * 10)].hour, 5, 10, BucketState::Complete, kNow}; // quiet and bad
        const double byEvents = *periodBudget(slo, list, kNow).attained;
        slo.weighting = SloWeighting::Time;
        const double byTime = *periodBudget(slo, list, kNow).attained;
        QVERIFY(same(byEvents, 1 - 120.0 / (216'000 + 240)));
        QVERIFY(same(byTime, 0.95));
    }

    void windowsOfADayComeFromBuckets_shortOnesFromAnswers()
    {
        HourBuckets list = buckets(240, 0, 100);
        for (size_t i = 228; i < 240; ++i)
            list[i].bad = 12; // the last twelve hours: 6 % of the day, 2 % of three days
        ShortWindows windows{
            {5min, {2, 10, false}}, {1h, {30, 100, false}}, {30min, {10, 50, true}}, {6h, {72, 600, false}}};
        const Slo slo = objective();
        const SloStatus status = evaluated(slo, {}, list, windows, kNow);
        QCOMPARE(status.burn.size(), size_t(4));
        QVERIFY(same(*status.burn[0].longBurn, 30));
        QVERIFY(same(*status.burn[0].shortBurn, 20));
        QVERIFY(status.burn[0].isFiring); // factor 0.02 · 240 = 4.8
        QVERIFY(status.burn[1].isRecorded);
        QVERIFY(same(*status.burn[2].longBurn, 6)); // from buckets
        QVERIFY(!status.burn[2].shortBurn); // 2h was not answered
        QVERIFY(!status.burn[2].isFiring);
        QVERIFY(same(*status.burn[3].longBurn, 2));
        QVERIFY(same(*status.burn[3].shortBurn, 12));
        QVERIFY(status.burn[3].isFiring); // factor 0.10 · 240 / 72 = 1/3, but never below even
        QVERIFY(status.isFiring(BurnRow::Severity::Page));
        QVERIFY(same(*status.worstBurn(), 20));
        QVERIFY(same(*status.page.burn1h, 30));
    }

    /// A day's or three days' burn from an hour or two would be those hours' burn under another name.
    void windowsThatAreHardlyKnown_data()
    {
        QTest::addColumn<int>("known");
        QTest::addColumn<bool>("day");
        QTest::addColumn<bool>("threeDays");
        QTest::newRow("two hours") << 2 << false << false;
        QTest::newRow("eleven hours") << 11 << false << false;
        QTest::newRow("half a day") << 12 << true << false;
        QTest::newRow("a day") << 24 << true << false;
        QTest::newRow("a day and a half") << 36 << true << true;
    }
    void windowsThatAreHardlyKnown()
    {
        QFETCH(int, known);
        const SloStatus status =
            evaluated(objective(), {}, buckets(known, 12, 100), {{2h, {12, 100}}, {6h, {12, 100}}}, kNow);
        QTEST(status.burn[2].longBurn.has_value(), "day");
        QTEST(status.burn[3].longBurn.has_value(), "threeDays");
        QTEST(status.burn[2].isFiring, "day");
    }

    void globalFiguresLeaveOutAndSaySo()
    {
        std::vector<SloStatus> list;
        const auto add = [&list](const QString &title, double bad, double total, SloWeighting weighting,
                             bool isGlobal) {
            Slo slo = objective();
            slo.id = slo.title = title;
            slo.weighting = weighting;
            slo.isGlobal = isGlobal;
            list.push_back(
                evaluated(slo, {}, total < 0 ? HourBuckets() : buckets(240, bad, total), {}, kNow));
        };
        add(u"busy"_s, 1, 1000, SloWeighting::Event, true);
        add(u"failing"_s, 5, 100, SloWeighting::Event, true);
        add(u"probe"_s, 0, 1, SloWeighting::Time, true);
        add(u"quiet"_s, 0, 0, SloWeighting::Event, true);
        add(u"dark"_s, 0, -1, SloWeighting::Event, true);
        add(u"private"_s, 90, 100, SloWeighting::Event, false);
        const GlobalFigures figures = globalFigures(list);
        QCOMPARE(figures.met, 2);
        QCOMPARE(figures.withTraffic, 3);
        QCOMPARE(figures.noTraffic, 1);
        QCOMPARE(figures.noData, 1);
        QVERIFY(same(*figures.shareMet(), 2.0 / 3));
        QVERIFY(same(*figures.trafficWeighted, 1 - 6.0 / 1100));
        QCOMPARE(figures.weightedOver, 2);
        QCOMPARE(figures.leftOut,
            (QStringList{u"probe: time-weighted, so only in the share of objectives met"_s,
                u"quiet: no traffic"_s, u"dark: no data"_s, u"private: its file says so"_s}));
        QVERIFY(!globalFigures({}).shareMet());
        std::sort(list.begin(), list.end(), isWorse);
        QStringList order;
        for (const SloStatus &status : list)
            order += status.key;
        QCOMPARE(order.join(u' '), u"private failing busy probe dark quiet"_s);
    }

    void groupsHaveKeysOfTheirOwn()
    {
        const Labels group = Labels::fromPairs({{Untrusted(u"handler"_s), Untrusted(u"/a"_s)}});
        const SloStatus status = evaluated(objective(), group, {}, {}, kNow);
        QCOMPARE(status.key, u"a/handler=/a"_s);
        QCOMPARE(titleOf(status), u"a {handler=/a}"_s);
    }

    void alertsOfOtherToolsAgree()
    {
        const auto alert = [](std::vector<std::pair<QString, QString>> labels, AlertState state) {
            std::vector<Labels::Pair> pairs;
            for (const auto &[name, value] : labels)
                pairs.emplace_back(Untrusted(name), Untrusted(value));
            Alert made;
            made.labels = Labels::fromPairs(std::move(pairs));
            made.state = state;
            return made;
        };
        Slo slo = objective();
        slo.recordedId = u"svc-a"_s;
        const SloStatus status = evaluated(slo, {}, {}, {}, kNow);
        const std::vector<Alert> alerts{alert({{u"alertname"_s, u"High"_s}, {u"sloth_id"_s, u"svc-a"_s},
                                                  {u"sloth_severity"_s, u"page"_s}},
                                            AlertState::Firing),
            alert({{u"alertname"_s, u"ErrorBudgetBurn"_s}, {u"slo"_s, u"svc-a"_s},
                      {u"severity"_s, u"warning"_s}},
                AlertState::Firing),
            alert({{u"alertname"_s, u"Other"_s}, {u"sloth_id"_s, u"svc-b"_s}}, AlertState::Firing),
            alert({{u"alertname"_s, u"Old"_s}, {u"sloth_id"_s, u"svc-a"_s}}, AlertState::Resolved)};
        const AlertAgreement agreement = agreementOf(status, alerts);
        QVERIFY(agreement.pageFires && agreement.ticketFires);
        QCOMPARE(agreement.alerts, (QStringList{u"High"_s, u"ErrorBudgetBurn"_s}));
        QVERIFY(agreementOf(status, std::span<const Alert>(alerts).last(2)).alerts.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSloStatus)
#include "tst_slostatus.moc"
