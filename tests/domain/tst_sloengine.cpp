// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>
#include <domain/slo/sloviews.h>

#include <support/fakeclock.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <deque>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A server whose answers follow a rule: events a second by name of the metric in the expression.
class RuleServer final : public QueryExecutor
{
public:
    struct Asked
    {
        QuerySpec spec;
        Callback done;
        std::shared_ptr<bool> isWanted;
    };
    [[nodiscard]] QueryTicket submit(QuerySpec spec, QueryOptions, const QObject *, Callback done) override
    {
        auto isWanted = std::make_shared<bool>(true);
        log += lineOf(spec);
        queue.push_back({std::move(spec), std::move(done), isWanted});
        mostAtOnce = std::max(mostAtOnce, int(queue.size()));
        return QueryTicket([isWanted] { *isWanted = false; });
    }

    /// Answers everything that is asked, also what the answers make the engine ask.
    void run()
    {
        for (int rounds = 0; !queue.empty() && rounds < 1000; ++rounds) {
            const Asked asked = queue.front();
            queue.pop_front();
            if (*asked.isWanted)
                asked.done(answer(asked.spec));
        }
    }

    /// "range 168 3" hours and objectives, "instant 5m 3".
    QStringList log;
    std::deque<Asked> queue;
    int mostAtOnce = 0;
    QMap<QString, double> perSecond; ///< metric → events a second; a metric that is not there has no series
    QString broken; ///< expressions with this are refused
    bool isDown = false, isPartial = false;
    std::optional<Timestamp> holdsFrom; ///< retention
    SeriesSet recorded;

private:
    static QString expressionOf(const QuerySpec &spec)
    {
        const auto *range = std::get_if<RangeQuery>(&spec.body);
        return range ? range->expression : std::get<InstantQuery>(spec.body).expression;
    }
    static QString lineOf(const QuerySpec &spec)
    {
        const QString expression = expressionOf(spec);
        if (expression.startsWith(u"{__name__"_s))
            return u"recorded"_s;
        static const QRegularExpression window(u"\\[([0-9a-z]+)\\]"_s), number(u"\"bw_slo\", \"(\\d+)\""_s);
        QSet<QString> slos;
        for (auto it = number.globalMatch(expression); it.hasNext();)
            slos += it.next().captured(1);
        if (const auto *range = std::get_if<RangeQuery>(&spec.body))
            return u"range %1 %2"_s.arg(range->range.span() / range->step + 1).arg(slos.size());
        return u"instant %1 %2"_s.arg(window.match(expression).captured(1)).arg(slos.size());
    }

    Result<QueryResult> answer(const QuerySpec &spec)
    {
        if (isDown)
            return fail(Error::Kind::Network, u"refused by the test"_s);
        const QString expression = expressionOf(spec);
        if (!broken.isEmpty() && expression.contains(broken))
            return fail(Error::Kind::Invalid, u"parse error at %1"_s.arg(broken));
        MetricData data;
        if (expression.startsWith(u"{__name__"_s))
            data.series = recorded;
        static const QRegularExpression part(
            u"\\(\\(\\n(\\w+)\\[([0-9a-z]+)\\]\\n\\), \"bw_slo\", \"(\\d+)\", \"\", \"\"\\), \"bw_part\", \"(\\w+)\""_s);
        for (auto it = part.globalMatch(expression); it.hasNext();) {
            const auto match = it.next();
            if (!perSecond.contains(match.captured(1)))
                continue;
            Series series;
            series.labels = Labels::fromPairs({{Untrusted(u"bw_slo"_s), Untrusted(match.captured(3))},
                {Untrusted(u"bw_part"_s), Untrusted(match.captured(4))}});
            const double value =
                perSecond[match.captured(1)] * double(parseDuration(match.captured(2))->count()) / 1e9;
            if (const auto *range = std::get_if<RangeQuery>(&spec.body)) {
                for (Timestamp t = range->range.begin; t <= range->range.end; t += range->step) {
                    if (holdsFrom && t <= *holdsFrom)
                        continue;
                    series.times.push_back(toNs(t));
                    series.values.push_back(value);
                }
            } else {
                series.times.push_back(0);
                series.values.push_back(value);
            }
            data.series.push_back(std::move(series));
        }
        QueryResult result;
        result.spec = spec;
        if (isPartial)
            result.warnings = {Untrusted(u"a store did not answer"_s)};
        result.data = std::make_shared<const QueryData>(std::move(data));
        return result;
    }
};

class MemoryHistory final : public SloHistory
{
public:
    void load(QStringList slos, qint64 fromHour, const QObject *, Loaded done) override
    {
        std::vector<KeptBuckets> found;
        for (const KeptBuckets &one : kept) {
            if (!slos.contains(one.slo))
                continue;
            KeptBuckets copy = one;
            std::erase_if(
                copy.buckets, [fromHour](const HourBucket &bucket) { return bucket.hour < fromHour; });
            found.push_back(copy);
        }
        done(found);
    }
    void keep(std::vector<KeptBuckets> fresh) override
    {
        for (KeptBuckets &one : fresh) {
            const auto at = std::find_if(kept.begin(), kept.end(), [&](const KeptBuckets &other) {
                return other.slo == one.slo && other.group == one.group && other.specHash == one.specHash;
            });
            if (at == kept.end())
                kept.push_back(std::move(one));
            else
                mergeBuckets(at->buckets, one.buckets);
        }
    }
    void forgetOthers(const QString &slo, const QByteArray &specHash) override
    {
        std::erase_if(
            kept, [&](const KeptBuckets &one) { return one.slo == slo && one.specHash != specHash; });
    }
    std::vector<KeptBuckets> kept;
};

Slo objective(const QString &id, const QString &bad, const QString &total, Nanoseconds period = 720h)
{
    Slo slo;
    slo.id = slo.title = id;
    slo.target = 0.99;
    slo.period.length = period;
    slo.indicator.bad = bad + u"[$__window]"_s;
    slo.indicator.total = total + u"[$__window]"_s;
    slo.burn = standardBurnRows(period);
    return slo;
}

const DatasourceId kProm{u"prom"_s};

struct Rig
{
    explicit Rig(SloHistory *history = nullptr)
        : engine(server, clock, board, history)
    {
        server.perSecond = {{u"b"_s, 0.05}, {u"t"_s, 10}};
    }
    void set(const std::vector<Slo> &slos) { engine.setSlos(slos, {kProm}, kProm); }
    /// Runs until nothing is due, and lets the board hear of it.
    void settle()
    {
        server.run();
        QTRY_VERIFY(engine.isSettled());
    }
    const SloStatus &status(const QString &id = u"a"_s) const { return *board.find(id); }
    FakeClock clock; // 2026-11-21T12:00:00Z
    RuleServer server;
    SloBoard board;
    SloEngine engine;
};

bool near(double a, double b) { return std::abs(a - b) < 1e-9; }

} // namespace

class TestSloEngine : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void fillsNewestFirst_oneRequestAtATime()
    {
        Rig rig;
        rig.clock.advance(20min);
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
        rig.settle();
        // The windows of the minute first, then thirty days in weeks. No 1d and 3d: these come from hours.
        QCOMPARE(rig.server.log,
            (QStringList{u"instant 5m 1"_s, u"instant 30m 1"_s, u"instant 1h 1"_s, u"instant 2h 1"_s,
                u"instant 6h 1"_s, u"instant 20m 1"_s, u"range 168 1"_s, u"range 168 1"_s, u"range 168 1"_s,
                u"range 168 1"_s, u"range 48 1"_s}));
        QCOMPARE(rig.server.mostAtOnce, 1);
        const SloStatus &status = rig.status();
        QVERIFY(near(*status.budget.attained, 0.995));
        QVERIFY(near(*status.budget.remaining, 0.5));
        QCOMPARE(status.hoursKnown, status.hoursWanted);
        QVERIFY(status.budget.sum.coverage() > 0.9999);
        QVERIFY(status.retentionWarning.isEmpty());
        for (const BurnReading &reading : status.burn)
            QVERIFY(near(*reading.longBurn, 0.5) && near(*reading.shortBurn, 0.5) && !reading.isFiring);
        QVERIFY(rig.board.progress().isEmpty());
        QCOMPARE(rig.engine.cost().requests, 11);
    }

    void thenOnlyTheLastTwoHours()
    {
        Rig rig;
        rig.clock.advance(20min);
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s), objective(u"z"_s, u"b"_s, u"t"_s)});
        rig.settle();
        rig.server.log.clear();
        rig.clock.advance(10min);
        rig.engine.refresh();
        rig.settle();
        QCOMPARE(rig.server.log.filter(u"range"_s), QStringList()); // nothing new is over
        rig.clock.advance(50min + 30s);
        rig.engine.refresh();
        rig.settle();
        QCOMPARE(rig.server.log.filter(u"range"_s), QStringList{u"range 2 2"_s});
    }

    void missingIsNotZero_andTheBackendsMemoryIsNamed()
    {
        Rig rig;
        rig.server.holdsFrom = rig.clock.utcNow() - 360h;
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
        rig.settle();
        const SloStatus &status = rig.status();
        QVERIFY(near(*status.budget.attained, 0.995)); // of what is known, not of twice as much
        QVERIFY(std::abs(status.budget.sum.coverage() - 0.5) < 0.01);
        QVERIFY2(status.retentionWarning.startsWith(u"the backend holds 15 d of 30 d"_s),
            qPrintable(status.retentionWarning));
        rig.server.log.clear();
        rig.engine.refresh();
        rig.settle();
        QVERIFY(
            rig.server.log.filter(u"range"_s).isEmpty()); // what is missing is not asked for again and again
    }

    void noBadSeriesIsNoBadEvent_noTotalIsNoData()
    {
        Rig rig;
        rig.set(
            {objective(u"a"_s, u"never_failed"_s, u"t"_s), objective(u"dark"_s, u"b"_s, u"nothing"_s, 48h)});
        rig.server.perSecond.remove(u"b"_s);
        rig.settle();
        QCOMPARE(*rig.status().budget.attained, 1.0);
        QCOMPARE(stateName(rig.status(u"dark"_s).state), u"no_data"_s);
    }

    void theCulpritIsNamed_theOthersGoOn()
    {
        Rig rig;
        rig.server.broken = u"oops"_s;
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h), objective(u"bad"_s, u"oops"_s, u"t"_s, 48h),
            objective(u"z"_s, u"b"_s, u"t"_s, 48h)});
        rig.settle();
        QVERIFY(near(*rig.status(u"a"_s).budget.attained, 0.995));
        QVERIFY(near(*rig.status(u"z"_s).budget.attained, 0.995));
        QCOMPARE(rig.status(u"bad"_s).problem, u"parse error at oops"_s);
        QVERIFY(rig.board.freshness().state == Freshness::State::Partial);
        QVERIFY(rig.board.freshness().reason.startsWith(u"bad: "_s));
        // Once one by one, and from then on without it.
        QCOMPARE(rig.server.log.filter(QRegularExpression(u" 3$"_s)), QStringList{u"instant 5m 3"_s});
        rig.server.log.clear();
        rig.clock.advance(2min);
        rig.engine.refresh();
        rig.settle();
        QCOMPARE(rig.server.log.filter(QRegularExpression(u" 2$"_s)).size(), rig.server.log.size());
        // Later it is tried again, and may be right.
        rig.server.broken.clear();
        rig.server.perSecond[u"oops"_s] = 0;
        rig.clock.advance(11min);
        rig.engine.refresh();
        rig.settle();
        QVERIFY(rig.status(u"bad"_s).problem.isEmpty());
        QCOMPARE(*rig.status(u"bad"_s).budget.attained, 1.0);
    }

    void downAndUpAgainLeavesNoHole()
    {
        MemoryHistory history;
        Rig rig(&history);
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h)});
        rig.settle();
        rig.server.isDown = true;
        for (int i = 0; i < 12; ++i) {
            rig.clock.advance(10min);
            rig.engine.refresh();
            rig.server.run();
        }
        QTRY_VERIFY(rig.board.freshness().state == Freshness::State::Stale);
        QVERIFY(near(*rig.status().budget.attained, 0.995)); // last good figures stay
        QVERIFY(rig.status().budget.sum.coverage() < 0.98);
        rig.server.isDown = false;
        rig.clock.advance(2min);
        // The next beat asks again; here its effect without the minute.
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h)});
        rig.settle();
        QVERIFY(rig.status().budget.sum.coverage() > 0.999);
    }

    void partialAnswersAreAskedAgain()
    {
        Rig rig;
        rig.server.isPartial = true;
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h)});
        rig.server.run();
        rig.server.isPartial = false;
        rig.server.log.clear();
        rig.clock.advance(6min);
        rig.engine.refresh();
        rig.settle();
        QCOMPARE(
            rig.server.log.filter(u"range"_s), QStringList{u"range 72 1"_s}); // what the burn table needs
        rig.server.log.clear();
        rig.clock.advance(6min);
        rig.engine.refresh();
        rig.settle();
        QVERIFY(rig.server.log.filter(u"range"_s).isEmpty());
    }

    void whatIsKeptIsNotAskedAgain()
    {
        MemoryHistory history;
        {
            Rig rig(&history);
            rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
            rig.settle();
        }
        Rig rig(&history);
        rig.clock.advance(30s);
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
        rig.settle();
        QVERIFY(rig.server.log.filter(u"range"_s).isEmpty());
        QVERIFY(near(*rig.status().budget.attained, 0.995));
    }

    void aChangedQueryIsFilledBesideTheOldFigures()
    {
        MemoryHistory history;
        Rig rig(&history);
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
        rig.settle();
        rig.server.perSecond[u"worse"_s] = 0.2;
        rig.set({objective(u"a"_s, u"worse"_s, u"t"_s)});
        QTRY_VERIFY(rig.status().isRefilling);
        QVERIFY(near(*rig.status().budget.attained, 0.995)); // still the old ones
        rig.settle();
        QVERIFY(!rig.status().isRefilling);
        QVERIFY(near(*rig.status().budget.attained, 0.98));
        QCOMPARE(history.kept.size(), size_t(1));
    }

    void recordedSeriesSpareQuestions_andStandBeside()
    {
        Rig rig;
        const auto series = [](const QString &name, double value) {
            Series one;
            one.labels = Labels::fromPairs({{Untrusted(u"__name__"_s), Untrusted(name)},
                {Untrusted(u"sloth_id"_s), Untrusted(u"svc-a"_s)}});
            one.times.push_back(0);
            one.values.push_back(value);
            return one;
        };
        rig.server.recorded = {series(u"slo:sli_error:ratio_rate5m"_s, 0.2),
            series(u"slo:sli_error:ratio_rate1h"_s, 0.3),
            series(u"slo:period_error_budget_remaining:ratio"_s, 0.4)};
        Slo slo = objective(u"a"_s, u"b"_s, u"t"_s, 48h);
        slo.recordedDialect = Slo::Dialect::Sloth;
        slo.recordedId = u"svc-a"_s;
        rig.set({slo});
        rig.settle();
        QCOMPARE(rig.server.log.front(), u"recorded"_s);
        QCOMPARE(*rig.status().recorded.remaining, 0.4);
        QVERIFY(near(*rig.status().budget.remaining, 0.5));
        QVERIFY(near(*rig.status().burn[0].longBurn, 30) && rig.status().burn[0].isRecorded);
        rig.server.log.clear();
        rig.clock.advance(1min);
        rig.engine.refresh();
        rig.settle();
        QVERIFY(rig.server.log.filter(u"instant 5m"_s).isEmpty());
        QVERIFY(rig.server.log.filter(u"instant 1h"_s).isEmpty());
        QCOMPARE(rig.server.log.filter(u"instant 2h"_s).size(), 1);
    }

    void batchesOfTwenty()
    {
        Rig rig;
        std::vector<Slo> slos;
        for (int i = 0; i < 45; ++i)
            slos.push_back(objective(u"s%1"_s.arg(i), u"b"_s, u"t"_s, 48h));
        rig.set(slos);
        rig.settle();
        QCOMPARE(rig.server.log.filter(u"instant 5m"_s),
            (QStringList{u"instant 5m 20"_s, u"instant 5m 20"_s, u"instant 5m 5"_s}));
        QCOMPARE(rig.board.statuses().size(), size_t(45));
        QCOMPARE(rig.board.global().met, 45);
    }

    void withoutASourceItSaysSo()
    {
        Rig rig;
        Slo slo = objective(u"a"_s, u"b"_s, u"t"_s);
        slo.datasource = u"elsewhere"_s;
        rig.set({slo});
        rig.settle();
        QCOMPARE(rig.status().problem, u"there is no metric source elsewhere"_s);
        QVERIFY(rig.server.log.isEmpty());
    }

    void viewsForPanels()
    {
        Rig rig;
        Slo other = objective(u"z"_s, u"worse"_s, u"t"_s, 240h);
        other.service = u"shop"_s;
        rig.server.perSecond[u"worse"_s] = 1;
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s), other, objective(u"dark"_s, u"x"_s, u"y"_s)});
        rig.settle();
        const auto number = [&](const QString &view, const QString &id) {
            const auto data = sloView(rig.board, view, rig.clock.utcNow());
            for (const Series &series : data->series) {
                if (series.labels.text(u"id") == id)
                    return series.values.back();
            }
            return std::nan("");
        };
        const auto met = sloView(rig.board, u"met"_s, rig.clock.utcNow());
        QCOMPARE(met->series.at(0).labels.text(u"__text"), u"1 of 2"_s);
        QCOMPARE(met->series.at(0).labels.text(u"__note"), u"1 without data"_s);
        QCOMPARE(met->series.at(0).values.back(), 0.5);
        QVERIFY(near(number(u"remaining"_s, u"a"_s), 0.5));
        QVERIFY(near(number(u"attained"_s, u"z"_s), 0.9));
        QCOMPARE(number(u"exhaustion"_s, u"z"_s), -1.0);
        QCOMPARE(number(u"firing"_s, u"z"_s), -2.0); // burn 10 is above 0.02 · 240
        QVERIFY(std::isnan(number(u"firing"_s, u"a"_s)));
        QVERIFY(near(number(u"burn:4"_s, u"z"_s), 10));
        QVERIFY(std::isnan(number(u"remaining"_s, u"dark"_s)));
        const auto down = sloView(rig.board, u"burndown"_s, rig.clock.utcNow());
        QCOMPARE(down->series.size(), size_t(2));
        const auto even = sloView(rig.board, u"even"_s, rig.clock.utcNow());
        QVERIFY(near(even->series.at(0).values.back(), 0));
        const auto daily = sloView(rig.board, u"daily"_s, rig.clock.utcNow());
        QCOMPARE(daily->series.size(), size_t(1)); // the other has no service
        QVERIFY(near(daily->series.at(0).values.at(3), 0.9));
        QCOMPARE(daily->series.at(0).times.size(), size_t(11)); // ten days touch eleven dates
        for (const QString &view : sloViews())
            QVERIFY2(sloView(rig.board, view, rig.clock.utcNow()), qPrintable(view));
        QVERIFY(!sloView(rig.board, u"nonsense"_s, rig.clock.utcNow()));
        QVERIFY(sloView(SloBoard(), u"met"_s, rig.clock.utcNow())->series.empty());
    }
};

QTEST_GUILESS_MAIN(TestSloEngine)
#include "tst_sloengine.moc"
