// SPDX-License-Identifier: GPL-3.0-or-later
#include "slorig.h"

#include <domain/slo/sloviews.h>

using namespace bw;

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
        QCOMPARE(rig.server.log.filter(u"reach"_s).size(), 1);
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
        QCOMPARE(history.kept.size(), size_t(2)); // both stay on disk: somebody else may ask the former
        // A later run starts with the new figures, although the last hour is not known yet.
        Rig later(&history);
        later.clock.advance(90min);
        later.server.isDown = true;
        later.set({objective(u"a"_s, u"worse"_s, u"t"_s)});
        later.server.run();
        QTRY_VERIFY(!later.board.statuses().empty());
        QVERIFY(!later.status().isRefilling);
        QVERIFY(near(*later.status().budget.attained, 0.98));
    }

    /// Half way through the new question the program ended: the old figures are shown again.
    void aRefillGoesOnInTheNextRun()
    {
        MemoryHistory history;
        {
            Rig rig(&history);
            rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
            rig.settle();
            rig.clock.advance(1min);
            rig.server.perSecond[u"worse"_s] = 0.2;
            rig.set({objective(u"a"_s, u"worse"_s, u"t"_s)});
            for (int i = 0; i < 9; ++i) // windows, and a few parts of the fill
                rig.server.runOne();
        }
        Rig rig(&history);
        rig.clock.advance(2min);
        rig.server.isDown = true;
        rig.set({objective(u"a"_s, u"worse"_s, u"t"_s)});
        rig.server.run();
        QTRY_VERIFY(!rig.board.statuses().empty());
        QVERIFY(rig.status().isRefilling);
        QVERIFY(near(*rig.status().budget.attained, 0.995));
    }

    /// The same file, two servers behind one name: hours of one are not the other's, and nobody deletes them.
    void anotherServerIsAnotherQuestion()
    {
        MemoryHistory history;
        const std::vector<Slo> slos{objective(u"a"_s, u"b"_s, u"t"_s)};
        {
            Rig rig(&history);
            rig.set(slos);
            rig.settle();
        }
        {
            Rig other(&history);
            other.server.perSecond[u"b"_s] = 0.2;
            other.server.isDown = true;
            other.set(slos, u"http://elsewhere:9090"_s);
            other.server.run();
            QTRY_VERIFY(!other.board.statuses().empty());
            QCOMPARE(stateName(other.status().state), u"no_data"_s);
            QVERIFY(!other.status().isRefilling);
            other.server.isDown = false;
            other.set(slos, u"http://elsewhere:9090"_s);
            other.settle();
            QVERIFY(near(*other.status().budget.attained, 0.98));
        }
        Rig rig(&history);
        rig.set(slos);
        rig.settle();
        QVERIFY(rig.server.log.filter(u"range"_s).isEmpty());
        QVERIFY(near(*rig.status().budget.attained, 0.995));
        // While the program runs, too.
        rig.server.perSecond[u"b"_s] = 1;
        rig.set(slos, u"http://third:9090"_s);
        QTRY_VERIFY(rig.status().state == SloStatus::State::NoData);
        rig.settle();
        QVERIFY(near(*rig.status().budget.attained, 0.9));
    }

    void answersToAFormerListAreNotKeptUnderTheNewQuestion()
    {
        MemoryHistory history;
        Rig rig(&history);
        const auto slos = [](const QString &bad) {
            return std::vector<Slo>{
                objective(u"a"_s, bad, u"t"_s, 48h), objective(u"z"_s, u"b"_s, u"t"_s, 48h)};
        };
        rig.server.perSecond[u"worse"_s] = 5;
        rig.set(slos(u"worse"_s));
        while (!rig.server.log.back().startsWith(u"range"_s))
            rig.server.runOne();
        rig.set(slos(u"b"_s)); // the range of the former is under way
        rig.server.runOne();
        QCOMPARE(history.lettersOf(u"a"_s), QString());
        QVERIFY(!history.lettersOf(u"z"_s).isEmpty()); // who asks the same takes the answer
        rig.settle();
        QVERIFY(near(*rig.status().budget.attained, 0.995));
    }

    /// What a worker makes arrives later: nothing of a former list, and everything there is.
    void aWorkerJudges()
    {
        class Later final : public SloWorker
        {
        public:
            void run(Work work) override { waiting.push_back(std::move(work)); }
            void finishOne()
            {
                const Work work = std::move(waiting.front());
                waiting.pop_front();
                work()();
            }
            std::deque<Work> waiting;
        };
        FakeClock clock;
        RuleServer server;
        server.perSecond = {{u"b"_s, 0.05}, {u"t"_s, 10}};
        server.now = [&] { return clock.utcNow(); };
        SloBoard board;
        Later worker;
        auto engine = std::make_unique<SloEngine>(server, clock, board, nullptr, &worker);
        engine->setSlos({objective(u"a"_s, u"b"_s, u"t"_s, 48h)}, {{kProm, u"x"_s}}, kProm);
        QTRY_VERIFY(!worker.waiting.empty()); // an empty list is being judged
        engine->setSlos({objective(u"z"_s, u"b"_s, u"t"_s, 48h)}, {{kProm, u"x"_s}}, kProm);
        worker.finishOne();
        QVERIFY(board.statuses().empty()); // of the former list
        QVERIFY(!engine->isSettled());
        for (int i = 0; i < 200 && !engine->isSettled(); ++i) {
            server.run();
            QCoreApplication::processEvents();
            if (!worker.waiting.empty())
                worker.finishOne();
        }
        QVERIFY(engine->isSettled());
        QCOMPARE(board.statuses().size(), size_t(1));
        QVERIFY(near(*board.find(u"z"_s)->budget.attained, 0.995));
        engine->beat();
        QTRY_VERIFY(!worker.waiting.empty());
        engine.reset();
        while (!worker.waiting.empty())
            worker.finishOne(); // nobody is there any more
        QCOMPARE(board.statuses().size(), size_t(1));
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
        for (const auto &[view, expected] :
            {std::pair(u"service_burn"_s, 10.0), std::pair(u"service_firing"_s, -2.0)}) {
            const auto byService = sloView(rig.board, view, rig.clock.utcNow());
            QCOMPARE(byService->series.size(), size_t(1)); // the others have no service
            QCOMPARE(byService->series.at(0).labels.text(u"service"), u"shop"_s);
            QVERIFY(near(byService->series.at(0).values.back(), expected));
        }
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
