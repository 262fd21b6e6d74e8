// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <widgets/base/frametick.h>
#include <widgets/panels/panelcontroller.h>
#include <widgets/panels/tailrefresh.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Remembers what it was given.
class ViewSpy final : public PanelView
{
public:
    void showData(const PanelData &fresh) override
    {
        shown = fresh;
        ++times;
    }
    int timeWidth() const override { return 512; }
    PanelData shown;
    int times = 0;
};

Panel panelWith(const QString &expression, const QStringList &fallbacks = {})
{
    Panel panel;
    panel.id = u"p"_s;
    panel.kind = u"timeseries"_s;
    PanelQuery query;
    query.id = u"a"_s;
    query.expr = expression;
    query.fallbacks = fallbacks;
    panel.queries = {query};
    return panel;
}

struct Fixture
{
    explicit Fixture(const Panel &panel, LastGoodCache *cache = nullptr)
        : controller(panel, session.ports(cache), tick, &view, nullptr)
    {
        PanelEnvironment environment;
        environment.zone = QTimeZone::utc();
        environment.interval = 15s;
        controller.setEnvironment(environment);
    }
    void refresh(PanelController::Ask ask = PanelController::Ask::Tail)
    {
        controller.refresh(range(), {}, ask);
    }
    TimeRange range() const { return {session.clock.utcNow() - 1h, session.clock.utcNow()}; }
    const RangeQuery &lastRange() const
    {
        return std::get<RangeQuery>(session.executor.asked.back().spec.body);
    }

    Session session;
    FrameTick tick;
    ViewSpy view;
    PanelController controller;
};

} // namespace

class TestPanelController : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void exemplarsAreAskedOnceAMinute()
    {
        Panel panel = panelWith(u"rate(x[1m])"_s);
        panel.queries[0].exemplars = true;
        Fixture f(panel);
        const auto answer = [](const QuerySpec &spec) -> Result<QueryResult> {
            QueryResult result;
            result.spec = spec;
            if (std::holds_alternative<ExemplarQuery>(spec.body)) {
                Exemplar one;
                one.value = 2;
                result.data = std::make_shared<const QueryData>(ExemplarSet{{one}});
                return result;
            }
            MetricData data;
            data.shape = MetricData::Shape::Matrix;
            Series series;
            series.times.push_back(toNs(std::get<RangeQuery>(spec.body).range.end));
            series.values.push_back(1);
            data.series.push_back(std::move(series));
            result.data = std::make_shared<const QueryData>(std::move(data));
            return result;
        };
        const auto asked = [&] {
            return std::count_if(f.session.executor.asked.begin(), f.session.executor.asked.end(),
                [](const auto &one) { return std::holds_alternative<ExemplarQuery>(one.spec.body); });
        };
        f.refresh(PanelController::Ask::Full);
        f.session.executor.answerAll(answer);
        QVERIFY(!f.controller.isSettled()); // the examples are on their way
        f.session.executor.answerAll(answer);
        QCOMPARE(asked(), 1);
        f.session.clock.advance(15s);
        f.refresh();
        f.session.executor.answerAll(answer);
        QCOMPARE(asked(), 1);
        f.session.clock.advance(60s);
        f.refresh();
        f.session.executor.answerAll(answer);
        QCOMPARE(asked(), 2);
        // A server that keeps none is no failure of the panel.
        f.session.executor.answerAll([](const QuerySpec &) { return fail(Error::Kind::NotFound, u"404"_s); });
        QCOMPARE(f.controller.freshness().state, Freshness::State::Fresh);
    }

    void asksAndShowsOnATick()
    {
        Fixture f(panelWith(u"up"_s));
        QCOMPARE(f.controller.freshness().state, Freshness::State::Never);
        f.refresh();
        QCOMPARE(f.session.executor.open(), 1);
        QCOMPARE(f.session.executor.asked.back().spec.source.id, u"prom"_s);
        QVERIFY(!f.controller.isSettled());
        QTRY_VERIFY(!f.tick.isPending());
        const int before = f.view.times;
        f.session.answerAll();
        QCOMPARE(f.view.times, before); // not from inside the answer
        QTRY_COMPARE(f.view.times, before + 1);
        QCOMPARE(f.view.shown.parts.size(), size_t(1));
        QVERIFY(f.view.shown.step > 0s);
        QCOMPARE(f.controller.freshness().state, Freshness::State::Fresh);
        QVERIFY(f.controller.isSettled());
    }

    void manyAnswersOneUpdate()
    {
        Panel panel = panelWith(u"up"_s);
        for (int i = 0; i < 8; ++i) {
            panel.queries.push_back(panel.queries.front());
            panel.queries.back().id = QString::number(i);
        }
        Fixture f(panel);
        f.refresh();
        QTRY_VERIFY(!f.tick.isPending());
        const int before = f.view.times;
        f.session.answerAll();
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(f.view.times, before + 1);
    }

    void refreshAsksForTheTailOnly()
    {
        Fixture f(panelWith(u"rate(x[5m])"_s));
        f.refresh();
        const TimeRange whole = f.lastRange().range;
        f.session.answerAll(1);
        f.session.clock.advance(1min);
        f.refresh();
        const RangeQuery tail = f.lastRange();
        QCOMPARE_GT(tail.range.begin, whole.begin + 50min);
        QCOMPARE(tail.range.begin, whole.end - 2 * tail.step);
        f.session.answerAll(2);
        QTRY_VERIFY(!f.tick.isPending());
        const auto *data = dataAs<MetricData>(f.view.shown.parts[0].result);
        QVERIFY(data);
        QCOMPARE(data->series.size(), size_t(1));
        const Series &series = data->series[0];
        QVERIFY(std::is_sorted(series.times.begin(), series.times.end()));
        QCOMPARE(series.values.front(), 1.0);
        QCOMPARE(series.values.back(), 2.0);
        QCOMPARE_GE(series.times.front(), toNs(f.view.shown.range.begin)); // what left the window is gone
        QCOMPARE_GT(f.view.shown.range.begin, whole.begin);
        QVERIFY(f.controller.inspections()[0].wasTail);
    }

    void whenTheWholeIsAsked_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("what");
        QTest::newRow("asked to") << u"x"_s << u"full"_s;
        QTest::newRow("after half an hour") << u"x"_s << u"late"_s;
        QTest::newRow("depends on the range") << u"increase(x[$__range])"_s << u"nothing"_s;
        QTest::newRow("after an error") << u"x"_s << u"error"_s;
        QTest::newRow("after a partial answer") << u"x"_s << u"warning"_s;
        QTest::newRow("other variables") << u"x{a=\"$v\"}"_s << u"variable"_s;
    }
    void whenTheWholeIsAsked()
    {
        QFETCH(QString, expression);
        QFETCH(QString, what);
        Fixture f(panelWith(expression));
        PanelEnvironment environment;
        environment.zone = QTimeZone::utc();
        environment.interval = 15s;
        environment.variables = {{u"v"_s, {u"1"_s}}};
        f.controller.setEnvironment(environment);
        f.refresh();
        if (what == "warning"_L1) {
            f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
                QueryResult result = constantAnswer(spec, f.session.clock);
                result.warnings = {Untrusted(u"store-gateway: timeout"_s)};
                return result;
            });
            QCOMPARE(f.controller.freshness().state, Freshness::State::Partial);
        } else {
            f.session.answerAll();
        }
        f.session.clock.advance(what == "late"_L1 ? 31min : 1min);
        if (what == "error"_L1) {
            f.refresh();
            f.session.failAll();
        }
        if (what == "variable"_L1) {
            environment.variables = {{u"v"_s, {u"2"_s}}};
            f.controller.setEnvironment(environment);
        }
        f.refresh(what == "full"_L1 ? PanelController::Ask::Full : PanelController::Ask::Tail);
        QCOMPARE_LE(f.lastRange().range.begin, f.range().begin);
    }

    void failureKeepsTheLastGoodData()
    {
        Fixture f(panelWith(u"up"_s));
        f.refresh();
        f.session.answerAll(7);
        f.session.clock.advance(1min);
        f.refresh();
        f.session.failAll();
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(f.controller.freshness().state, Freshness::State::Stale);
        QVERIFY(f.controller.freshness().reason.contains(u"timeout"_s));
        const auto *data = dataAs<MetricData>(f.view.shown.parts[0].result);
        QVERIFY(data);
        QCOMPARE(data->series[0].values.back(), 7.0);
    }

    void failureWithoutDataIsAnError()
    {
        Fixture f(panelWith(u"up"_s));
        f.refresh();
        f.session.failAll(Error::Kind::Network);
        QCOMPARE(f.controller.freshness().state, Freshness::State::Error);
        QVERIFY(f.controller.howToEnable().isEmpty());
        QVERIFY(f.controller.isSettled() || f.tick.isPending());
    }

    void oneOfTwoQueriesFailingIsPartial()
    {
        Panel panel = panelWith(u"good"_s);
        panel.queries.push_back(panel.queries.front());
        panel.queries.back().id = u"b"_s;
        panel.queries.back().expr = u"bad"_s;
        Fixture f(panel);
        f.refresh();
        f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            if (FakeExecutor::expressionOf(spec) == "bad"_L1)
                return fail(Error::Kind::Invalid, u"parse error"_s);
            return constantAnswer(spec, f.session.clock);
        });
        const Freshness freshness = f.controller.freshness();
        QCOMPARE(freshness.state, Freshness::State::Partial);
        QCOMPARE(freshness.answered, 1);
        QCOMPARE(freshness.asked, 2);
        QCOMPARE(freshness.reason, u"parse error"_s);
    }

    void fallbacksAreAskedInOrder()
    {
        Fixture f(panelWith(u"first"_s, {u"second"_s, u"third"_s}));
        f.refresh();
        const auto none = [&](const QuerySpec &spec) -> Result<QueryResult> {
            return metricAnswer(spec, f.session.clock, {});
        };
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"first"_s});
        f.session.executor.answerAll(none);
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"second"_s});
        f.session.answerAll();
        QCOMPARE(f.session.executor.open(), 0);
        QCOMPARE(f.controller.note(), u"fallback 1"_s);
        f.session.clock.advance(20s);
        f.refresh(); // stays with what answers
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"second"_s});
        f.session.answerAll();
        f.refresh(PanelController::Ask::Full); // the first choice may have come
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"first"_s});
    }

    void errorsDoNotFallBack()
    {
        Fixture f(panelWith(u"first"_s, {u"second"_s}));
        f.refresh();
        f.session.failAll();
        QCOMPARE(f.session.executor.open(), 0);
        QCOMPARE(f.controller.freshness().state, Freshness::State::Error);
    }

    void nothingAnywhereSaysHowToEnable()
    {
        Panel panel = panelWith(u"first"_s, {u"second"_s});
        panel.howToEnable = u"Needs a metric."_s;
        Fixture f(panel);
        f.refresh();
        for (int i = 0; i < 2; ++i) {
            QVERIFY(f.controller.howToEnable().isEmpty());
            f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
                return metricAnswer(spec, f.session.clock, {});
            });
        }
        QCOMPARE(f.controller.howToEnable(), u"Needs a metric."_s);
        QCOMPARE(f.controller.freshness().state, Freshness::State::Empty);
    }

    void aProfileWithoutTheFamilySaysSoAndAsksNothing()
    {
        Panel panel = panelWith(u"rate(${__sel.buckets}[5m])"_s);
        Fixture f(panel);
        f.refresh();
        QCOMPARE(f.session.executor.open(), 0);
        QVERIFY(!f.controller.howToEnable().isEmpty());
        QVERIFY(f.controller.freshness().state != Freshness::State::Error);
        // The profile is detected later: the panel asks to be refreshed.
        QSignalSpy wanted(&f.controller, &PanelController::refreshWanted);
        SourceInfo info = *f.session.sources.find({u"prom"_s});
        info.profile.profile.selectors[u"buckets"_s].metric = u"http_bucket"_s;
        f.session.sources.update(info);
        QCOMPARE(wanted.size(), 1);
        f.refresh();
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"rate(http_bucket[5m])"_s});
    }

    void anUnknownSourceIsWaitedFor()
    {
        Fixture f(panelWith(u"rate(${__sel.buckets}[5m])"_s));
        SourceInfo info = *f.session.sources.find({u"prom"_s});
        info.profile = {};
        info.freshness = {};
        f.session.sources.update(info);
        f.refresh();
        QVERIFY(f.controller.howToEnable().isEmpty()); // nothing found out is not nothing there
        QCOMPARE(f.controller.freshness().state, Freshness::State::Never);
        QVERIFY(f.controller.freshness().reason.contains(u"prom"_s));
    }

    void noSourceAtAll()
    {
        Fixture f(panelWith(u"up"_s));
        f.session.sources.retain({});
        f.refresh();
        QCOMPARE(f.session.executor.open(), 0);
        QVERIFY(!f.controller.howToEnable().isEmpty());
    }

    void agesBecomeStaleByThemselves()
    {
        Fixture f(panelWith(u"up"_s));
        f.refresh();
        f.session.answerAll();
        QTRY_VERIFY(!f.tick.isPending());
        const int before = f.view.times;
        f.session.clock.advance(20s);
        f.controller.beat();
        QCOMPARE(f.controller.freshness().state, Freshness::State::Fresh);
        f.session.clock.advance(2min);
        f.controller.beat();
        QCOMPARE(f.controller.freshness().state, Freshness::State::Stale);
        QTRY_COMPARE_GT(f.view.times, before);
        QCOMPARE(f.view.shown.parts[0].result.freshness.state, Freshness::State::Stale);
    }

    void cacheFillsTheGapUntilTheFirstAnswer()
    {
        FakeCache cache;
        {
            Fixture f(panelWith(u"up"_s), &cache);
            f.refresh();
            f.session.answerAll(5);
            QCOMPARE(cache.keeps, 1);
        }
        Fixture f(panelWith(u"up"_s), &cache);
        f.refresh();
        cache.deliver();
        QCOMPARE(f.controller.freshness().state, Freshness::State::Stale);
        f.session.failAll();
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(dataAs<MetricData>(f.view.shown.parts[0].result)->series[0].values.back(), 5.0);
        QCOMPARE(f.controller.freshness().state, Freshness::State::Stale);
        f.refresh();
        f.session.answerAll(6);
        QCOMPARE(f.controller.freshness().state, Freshness::State::Fresh);
    }

    void aLiveAnswerBeatsTheCache()
    {
        FakeCache cache;
        Fixture first(panelWith(u"up"_s), &cache);
        first.refresh();
        first.session.answerAll(5);
        Fixture f(panelWith(u"up"_s), &cache);
        f.refresh();
        f.session.answerAll(6);
        cache.deliver();
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(dataAs<MetricData>(f.view.shown.parts[0].result)->series[0].values.back(), 6.0);
    }

    void ownDataIsPushed()
    {
        Panel panel = panelWith({});
        panel.queries[0].type = u"alerts"_s;
        Fixture f(panel);
        f.refresh();
        QCOMPARE(f.session.executor.open(), 0);
        f.session.own.publish(u"alerts"_s, std::vector<Alert>(3),
            afterSuccess(f.session.clock.bootNow(), f.session.clock.utcNow(), false));
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(dataAs<std::vector<Alert>>(f.view.shown.parts[0].result)->size(), size_t(3));
        QCOMPARE(f.controller.freshness().state, Freshness::State::Fresh);
    }

    /// Objectives: what the program knows counts; when it knows of none, servers are asked instead.
    void ownDataWithNothingInItFallsBack()
    {
        Panel panel = panelWith(u"remaining"_s, {u"recorded"_s});
        panel.queries[0].type = u"slo"_s;
        panel.queries[0].mode = PanelQuery::Mode::Instant;
        Fixture f(panel);
        f.refresh();
        QCOMPARE(f.session.executor.open(), 0); // nothing is known yet: that is no reason to ask others
        const auto publish = [&](SeriesSet series) {
            const bool isEmpty = series.empty();
            f.session.own.publish(u"slo:remaining"_s,
                MetricData{MetricData::Shape::Vector, std::move(series), {}, 0, 0},
                afterSuccess(f.session.clock.bootNow(), f.session.clock.utcNow(), isEmpty));
            emit f.session.own.changed(u"slo"_s);
        };
        publish({});
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"recorded"_s});
        f.session.answerAll();
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(f.controller.note(), u"fallback 1"_s);
        QVERIFY(dataAs<MetricData>(f.view.shown.parts[0].result));
        publish({}); // once a minute: still nothing, and no reason to ask again
        QCOMPARE(f.session.executor.open(), 0);
        f.session.clock.advance(20s);
        f.refresh();
        QCOMPARE(f.session.executor.openExpressions(), std::vector<QString>{u"recorded"_s});
        Series series;
        series.times.push_back(0);
        series.values.push_back(0.25);
        publish({series}); // a file was added
        QCOMPARE(f.session.executor.open(), 0);
        QTRY_VERIFY(!f.tick.isPending());
        QCOMPARE(dataAs<MetricData>(f.view.shown.parts[0].result)->series[0].values.back(), 0.25);
        QCOMPARE(f.controller.note(), QString());
        QCOMPARE(f.controller.freshness().state, Freshness::State::Fresh);
    }

    void anotherRefreshCancelsTheFirst()
    {
        Fixture f(panelWith(u"up"_s));
        f.refresh();
        f.refresh();
        f.refresh();
        QCOMPARE(f.session.executor.open(), 1);
    }

    void compareAsksOnceForThePast()
    {
        Panel panel = panelWith(u"up"_s);
        panel.queries[0].mode = PanelQuery::Mode::Instant;
        panel.options.insert(u"compare"_s, u"1w"_s);
        Fixture f(panel);
        f.refresh();
        f.session.answerAll(4);
        QCOMPARE(f.session.executor.open(), 1);
        const auto &past = std::get<InstantQuery>(f.session.executor.asked.back().spec.body);
        QVERIFY(past.at);
        QCOMPARE_LE(*past.at, f.session.clock.utcNow() - std::chrono::days(7));
        f.session.answerAll(2);
        QTRY_VERIFY(!f.tick.isPending());
        QVERIFY(f.view.shown.parts[0].reference);
        f.session.clock.advance(15s);
        f.refresh();
        f.session.answerAll(4);
        QCOMPARE(f.session.executor.open(), 0);
    }

    /// What is compared with belongs to the moment that is shown.
    void compareFollowsTheMoment()
    {
        Panel panel = panelWith(u"up"_s);
        panel.queries[0].mode = PanelQuery::Mode::Instant;
        panel.options.insert(u"compare"_s, u"1d"_s);
        Fixture f(panel);
        f.refresh();
        f.session.answerAll(4);
        f.session.answerAll(2);
        QTRY_VERIFY(!f.tick.isPending());
        QVERIFY(f.view.shown.parts[0].reference);
        const Timestamp end = f.session.clock.utcNow() - 72h;
        PanelEnvironment past;
        past.zone = QTimeZone::utc();
        past.interval = 15s;
        past.isLive = false;
        f.controller.setEnvironment(past);
        f.controller.refresh({end - 1h, end}, {}, PanelController::Ask::Tail);
        f.session.answerAll(4);
        QTRY_VERIFY(!f.tick.isPending());
        QVERIFY(!f.view.shown.parts[0].reference); // not that of now
        QCOMPARE(f.session.executor.open(), 1);
        const auto &asked = std::get<InstantQuery>(f.session.executor.asked.back().spec.body);
        QVERIFY(asked.at && *asked.at <= end - 24h && *asked.at > end - 25h);
    }

    void tailRangeRules_data()
    {
        QTest::addColumn<int>("shiftMinutes");
        QTest::addColumn<bool>("isTail");
        QTest::newRow("moved on a little") << 1 << true;
        QTest::newRow("moved beyond everything") << 600 << false;
        QTest::newRow("moved back") << -10 << false;
    }
    void tailRangeRules()
    {
        QFETCH(int, shiftMinutes);
        const TimeRange held{Timestamp(100h), Timestamp(101h)};
        MetricData data;
        data.shape = MetricData::Shape::Matrix;
        data.series = {seriesFrom({}, held, 1min, 1)};
        const TimeRange wanted{held.begin + shiftMinutes * 1min, held.end + shiftMinutes * 1min};
        QTEST(tailRange(data, held, wanted, 1min).has_value(), "isTail");
        data.series[0].histograms.resize(1);
        QVERIFY(!tailRange(data, held, wanted, 1min)); // native: the schema may have changed
    }

    void anIncompleteTailNeverOverwrites()
    {
        Session session;
        const TimeRange range{Timestamp(100h), Timestamp(100h + 10min)};
        QuerySpec spec{{u"prom"_s}, RangeQuery{u"x"_s, range, 1min}};
        const QueryResult held = metricAnswer(spec, session.clock, {seriesFrom({}, range, 1min, 1)});
        const QueryResult tail = metricAnswer(
            spec, session.clock, {seriesFrom({}, {range.end - 2min, range.end + 1min}, 1min, 9)});
        const TimeRange wanted{range.begin + 1min, range.end + 1min};
        const QueryResult merged = mergedResult(held, tail, wanted, TailMerge::AppendOnly);
        const Series &series = dataAs<MetricData>(merged)->series[0];
        QCOMPARE(series.values.size(), size_t(11));
        QCOMPARE(std::count(series.values.begin(), series.values.end(), 9.0), 1);
        const QueryResult replaced = mergedResult(held, tail, wanted, TailMerge::Replace);
        const Series &other = dataAs<MetricData>(replaced)->series[0];
        QCOMPARE(std::count(other.values.begin(), other.values.end(), 9.0), 4);
    }
};

QTEST_MAIN(TestPanelController)
#include "tst_panelcontroller.moc"
