// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine makes of servers that refuse, dawdle, forget, or give half of it.
#include "slorig.h"

using namespace bw;

class TestSloTrouble : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

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

    void partialAnswersTakeNothingAway()
    {
        MemoryHistory history;
        Rig rig(&history);
        rig.clock.advance(20min);
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h)});
        rig.settle();
        const QString before = history.lettersOf(u"a"_s);
        const SloStatus known = rig.status();
        rig.server.isPartial = true;
        rig.server.perSecond.remove(u"b"_s);
        rig.server.perSecond.remove(u"t"_s);
        rig.clock.advance(1h);
        rig.ask();
        QCOMPARE(history.lettersOf(u"a"_s), before); // what it says nothing about is not written
        QVERIFY(near(*rig.status().budget.attained, 0.995));
        for (size_t i = 0; i < 2; ++i) // nor are the short windows gone
            QVERIFY(rig.status().burn[i].longBurn && rig.status().burn[i].shortBurn);
        QCOMPARE(rig.status().burn.size(), known.burn.size());
    }

    void tooManySeriesAreTheirObjectivesProblem()
    {
        MemoryHistory history;
        Rig rig(&history);
        rig.clock.advance(20min);
        std::vector<Slo> slos;
        for (int i = 0; i < 9; ++i)
            slos.push_back(objective(u"s%1"_s.arg(i), u"b"_s, u"t"_s, 48h));
        slos.insert(slos.begin() + 4, objective(u"wide"_s, u"per_pod"_s, u"t"_s, 48h));
        rig.server.wide = u"per_pod"_s;
        rig.set(slos);
        rig.settle();
        for (int i = 0; i < 9; ++i) {
            const SloStatus &status = rig.status(u"s%1"_s.arg(i));
            QVERIFY2(
                near(*status.budget.attained, 0.995) && status.problem.isEmpty(), qPrintable(status.problem));
            QCOMPARE(status.budget.sum.coverage(), 1.0);
            QVERIFY(!history.lettersOf(status.slo.id).contains(u'p'));
            QVERIFY(status.burn[0].longBurn && status.burn[0].shortBurn);
        }
        QVERIFY(rig.status(u"wide"_s).problem.contains(u"too many series"_s));
        QCOMPARE(history.lettersOf(u"wide"_s), QString());
    }

    void oneGroupsWholeAnswerDoesNotHideAnothersHalf()
    {
        Rig rig;
        rig.server.groups = {{u"b"_s, {u"half"_s, u"whole"_s}}, {u"t"_s, {u"whole"_s}}};
        Slo slo = objective(u"a"_s, u"b"_s, u"t"_s, 48h);
        slo.groupBy = {u"g"_s};
        rig.set({slo});
        rig.settle();
        rig.server.groups[u"t"_s] = {u"half"_s, u"whole"_s}; // its total has arrived
        rig.server.log.clear();
        rig.clock.advance(6min);
        rig.ask();
        QVERIFY(!rig.server.log.filter(u"range"_s).isEmpty());
        QVERIFY(near(*rig.status(u"a/g=half"_s).budget.attained, 0.995));
    }

    void groupsKeepOnlyHoursThatAreThere()
    {
        MemoryHistory history;
        {
            Rig rig(&history);
            rig.clock.advance(20min);
            rig.server.groups = {{u"b"_s, {u"x"_s}}, {u"t"_s, {u"x"_s}}};
            rig.server.holdsFrom = rig.clock.utcNow() - 10h - 20min;
            Slo slo = objective(u"a"_s, u"b"_s, u"t"_s, 24h);
            slo.groupBy = {u"g"_s};
            slo.burn.clear();
            rig.set({slo});
            rig.settle();
            QCOMPARE(history.lettersOf(u"a"_s), u":"_s + QString(24, u'm') + u" x:"_s + QString(10, u'c'));
        }
        Rig rig(&history);
        rig.clock.advance(20min);
        rig.server.groups = {{u"b"_s, {u"x"_s}}, {u"t"_s, {u"x"_s}}};
        Slo slo = objective(u"a"_s, u"b"_s, u"t"_s, 24h);
        slo.groupBy = {u"g"_s};
        slo.burn.clear();
        rig.set({slo});
        rig.settle();
        QVERIFY(rig.server.log.filter(u"range"_s).isEmpty()); // all was asked for
    }

    void oneSlowObjectiveDoesNotStopTheOthers_data()
    {
        QTest::addColumn<int>("slowFrom");
        QTest::addColumn<bool>("isAnswered");
        QTest::newRow("whatever it is asked") << 0 << false;
        QTest::newRow("only long ranges") << 60 << true;
        QTest::newRow("ranges of a day") << 24 << false;
    }
    void oneSlowObjectiveDoesNotStopTheOthers()
    {
        QFETCH(int, slowFrom);
        QFETCH(bool, isAnswered);
        Rig rig;
        rig.clock.advance(20min);
        std::vector<Slo> slos;
        for (int i = 0; i < 25; ++i)
            slos.push_back(objective(u"s%1"_s.arg(i), u"b"_s, u"t"_s));
        slos.insert(slos.begin() + 7, objective(u"heavy"_s, u"many"_s, u"t"_s));
        rig.server.slow = u"many"_s;
        rig.server.slowFrom = slowFrom;
        rig.server.perSecond[u"many"_s] = 0.05;
        rig.set(slos);
        rig.settle();
        for (int i = 0; i < 25; ++i) {
            const SloStatus &status = rig.status(u"s%1"_s.arg(i));
            QVERIFY2(status.budget.attained && status.problem.isEmpty(), qPrintable(status.problem));
            QCOMPARE(status.budget.sum.coverage(), 1.0);
        }
        QCOMPARE(rig.status(u"heavy"_s).problem, isAnswered ? QString() : u"query timed out"_s);
        if (isAnswered)
            QCOMPARE(rig.status(u"heavy"_s).budget.sum.coverage(), 1.0);
        // The culprit is left alone for a while, and batches grow again.
        rig.server.log.clear();
        for (int i = 0; i < 6; ++i) {
            rig.clock.advance(1min);
            rig.engine.beat();
            rig.settle();
        }
        QVERIFY(rig.server.log.contains(u"instant 5m 20"_s));
    }

    /// All windows of the only batch have the culprit in them.
    void oneSlowObjectiveInASmallList()
    {
        Rig rig;
        rig.clock.advance(20min);
        std::vector<Slo> slos;
        for (int i = 0; i < 6; ++i)
            slos.push_back(objective(u"s%1"_s.arg(i), i == 5 ? u"many"_s : u"b"_s, u"t"_s, 48h));
        rig.server.slow = u"many"_s;
        rig.set(slos);
        rig.settle();
        for (int i = 0; i < 5; ++i) {
            const SloStatus &status = rig.status(u"s%1"_s.arg(i));
            QVERIFY2(status.problem.isEmpty() && status.burn[0].longBurn, qPrintable(status.problem));
            QCOMPARE(status.budget.sum.coverage(), 1.0);
        }
        QCOMPARE(rig.status(u"s5"_s).problem, u"query timed out"_s);
    }

    void aSourceThatAnswersNothingInTimeIsNobodysFault()
    {
        Rig rig;
        std::vector<Slo> slos;
        for (int i = 0; i < 40; ++i)
            slos.push_back(objective(u"s%1"_s.arg(i), u"b"_s, u"t"_s));
        rig.server.slow = u"["_s;
        rig.set(slos);
        rig.settle();
        QVERIFY2(rig.server.log.size() <= 5, qPrintable(rig.server.log.join(u", "_s)));
        for (const SloStatus &status : rig.board.statuses())
            QCOMPARE(status.problem, QString());
        QVERIFY(rig.board.freshness().state == Freshness::State::Error);
        rig.server.slow.clear();
        rig.clock.advance(1min);
        rig.engine.beat();
        rig.settle();
        QVERIFY(near(*rig.status(u"s39"_s).budget.attained, 0.995));
    }

    /// Windows of a hundred objectives take longer than the minute they are for.
    void fillsDoNotStarve()
    {
        Rig rig;
        std::vector<Slo> slos;
        for (int i = 0; i < 100; ++i)
            slos.push_back(objective(u"s%1"_s.arg(i), u"b"_s, u"t"_s));
        rig.set(slos);
        rig.server.took = [&] { rig.clock.advance(3s); };
        Timestamp beat = rig.clock.utcNow();
        for (int minutes = 0; minutes < 30; ++minutes) {
            while (rig.clock.utcNow() - beat < 1min && !rig.server.queue.empty())
                rig.server.runOne();
            beat = rig.clock.utcNow();
            rig.engine.beat();
            QCoreApplication::processEvents();
        }
        QVERIFY2(rig.server.log.filter(u"range"_s).size() >= 25,
            qPrintable(u"%1 fills"_s.arg(rig.server.log.filter(u"range"_s).size())));
        QCOMPARE(rig.board.progress(), QString());
        // And each window of each batch was asked for, none of them again and again.
        for (const auto &window : {u"instant 5m 20"_s, u"instant 6h 20"_s})
            QVERIFY(rig.server.log.filter(window).size() >= 50);
    }

    void remarksAboutTheQueryAreNoGaps_data()
    {
        QTest::addColumn<QString>("warning");
        QTest::newRow("info")
            << u"PromQL info: metric might not be a counter, name does not end in _total: \"b\" (1:5)"_s;
        QTest::newRow("warning")
            << u"PromQL warning: bucket label \"le\" is missing or has a malformed value"_s;
    }
    void remarksAboutTheQueryAreNoGaps()
    {
        QFETCH(QString, warning);
        MemoryHistory history;
        Rig rig(&history);
        rig.clock.advance(20min);
        rig.server.warnings = {warning};
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h)});
        rig.settle();
        QVERIFY(!history.lettersOf(u"a"_s).contains(u'p'));
        rig.server.log.clear();
        rig.clock.advance(6min);
        rig.ask();
        QVERIFY(rig.server.log.filter(u"range"_s).isEmpty());
    }

    void aWarningForGoodIsNotAskedAwayForGood()
    {
        Rig rig;
        rig.clock.advance(20min);
        rig.server.warnings = {u"3 samples left out: beyond what a double holds, or out of time order"_s};
        Slo slo = objective(u"a"_s, u"b"_s, u"t"_s, 48h);
        slo.burn.clear();
        rig.set({slo});
        rig.settle();
        const auto whole = [&] { return rig.server.log.filter(u"range 48"_s).size(); };
        QCOMPARE(whole(), 1);
        for (int i = 0; i < 2 * 24 * 12; ++i) { // two days
            rig.clock.advance(5min);
            rig.ask();
        }
        // All of it nine times, not every five minutes.
        const QStringList refills = rig.server.log.filter(QRegularExpression(u"range [4-9]\\d"_s));
        QVERIFY2(refills.size() <= 12, qPrintable(refills.join(u", "_s)));
        QVERIFY(near(*rig.status().budget.attained, 0.995));
    }

    void whyAFigureCoversLess_data()
    {
        QTest::addColumn<bool>("isForgotten");
        QTest::addColumn<bool>("hasUp");
        QTest::addColumn<QString>("text");
        QTest::newRow("the server has forgotten")
            << true << true
            << u"the backend holds 15 d of 30 d; the figure covers 15 d and grows daily, because hours are kept here"_s;
        QTest::newRow("a young service")
            << false << true
            << u"its series began 15 d ago; the backend looks further back, so the figure covers all there is of 30 d"_s;
        QTest::newRow("nobody knows")
            << true << false << u"nothing is known before 15 d ago; the figure covers these of 30 d"_s;
    }
    void whyAFigureCoversLess()
    {
        QFETCH(bool, isForgotten);
        Rig rig;
        rig.server.hasUp = [] {
            QFETCH(bool, hasUp);
            return hasUp;
        }();
        rig.server.holdsFrom = rig.clock.utcNow() - 360h;
        if (!isForgotten) // its series end there, others do not
            rig.server.now = [&rig] { return rig.clock.utcNow() + 720h; };
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s)});
        rig.settle();
        QTEST(rig.status().retentionWarning, "text");
        QCOMPARE(rig.server.log.filter(u"reach"_s).size(), 1);
        QVERIFY(rig.server.asked.last().contains(u"count(up offset 30d)"_s));
    }

    void refusedStaysRefusedAfterReading()
    {
        Rig rig;
        rig.server.broken = u"oops"_s;
        const std::vector<Slo> slos{
            objective(u"a"_s, u"b"_s, u"t"_s, 48h), objective(u"bad"_s, u"oops"_s, u"t"_s, 48h)};
        rig.set(slos);
        rig.settle();
        QCOMPARE(rig.status(u"bad"_s).problem, u"parse error at oops"_s);
        rig.server.log.clear();
        rig.set(slos); // another file changed
        QCoreApplication::processEvents();
        QCOMPARE(rig.status(u"bad"_s).problem, u"parse error at oops"_s);
        rig.settle();
        QCOMPARE(rig.status(u"bad"_s).problem, u"parse error at oops"_s);
        QVERIFY(rig.server.asked.last(rig.server.log.size()).filter(u"oops"_s).size() > 0); // asked at once
        rig.server.broken.clear();
        rig.server.perSecond[u"oops"_s] = 0;
        rig.set(slos);
        rig.settle();
        QVERIFY(rig.status(u"bad"_s).problem.isEmpty());
    }

    void hoursAreKeptFourHundredDays_andTroubleIsShown()
    {
        MemoryHistory history;
        history.wrong = u"history.sqlite is full"_s;
        Rig rig(&history);
        const qint64 last = hourOf(rig.clock.utcNow()) - 400 * 24;
        rig.set({objective(u"a"_s, u"b"_s, u"t"_s, 48h)});
        rig.settle();
        QCOMPARE(history.pruned, QList<qint64>{last});
        for (int i = 0; i < 25; ++i) {
            rig.clock.advance(1h);
            rig.engine.beat();
            rig.settle();
        }
        QCOMPARE(history.pruned, (QList<qint64>{last, last + 24}));
        QCOMPARE(rig.board.historyProblem(), u"history.sqlite is full"_s);
    }
};

QTEST_GUILESS_MAIN(TestSloTrouble)
#include "tst_slotrouble.moc"
