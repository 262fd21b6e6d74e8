// SPDX-License-Identifier: GPL-3.0-or-later
#include "shownview.h"

#include <items/tablemodel.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/plot/plotwidget.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr Nanoseconds kDay = 24h;

/// Narrow spaces stand before units.
QString plain(QString text) { return text.replace(QChar(0x202f), u' '); }

Panel panelOf(const QString &id, const QString &kind, PanelQuery::Mode mode, const QString &expression)
{
    Panel panel;
    panel.id = id;
    panel.kind = kind;
    panel.title = id;
    panel.grid = {0, 0, 24, 8};
    PanelQuery query;
    query.id = u"q"_s;
    query.expr = expression;
    query.mode = mode;
    panel.queries = {query};
    return panel;
}

const RangeQuery *rangeOf(const FakeExecutor::Asked &asked)
{
    return std::get_if<RangeQuery>(&asked.spec.body);
}

struct Fixture : ShownView
{
    explicit Fixture(std::vector<Panel> panels)
    {
        Dashboard dashboard;
        dashboard.id = u"d"_s;
        dashboard.title = u"D"_s;
        dashboard.zone = u"utc"_s;
        dashboard.refresh = u"15s"_s;
        dashboard.time = {u"now-1h"_s, u"now"_s};
        dashboard.panels = std::move(panels);
        view.resize(900, 600);
        open(dashboard);
    }
    bool isPast(const QuerySpec &spec) const
    {
        const auto *range = std::get_if<RangeQuery>(&spec.body);
        const auto *instant = std::get_if<InstantQuery>(&spec.body);
        const Timestamp end = range  ? range->range.begin
            : instant && instant->at ? *instant->at
                                     : session.clock.utcNow();
        return end < session.clock.utcNow() - 20h;
    }
    /// The present is `now`, the past `before`; nothing at all when that is NaN.
    void answer(double now, double before)
    {
        session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            if (isPast(spec) && std::isnan(before))
                return metricAnswer(spec, session.clock, {});
            return constantAnswer(spec, session.clock, isPast(spec) ? before : now);
        });
        settle();
    }
    void answerAll(double now, double before)
    {
        while (session.executor.open() > 0)
            answer(now, before);
    }
    PanelFrame &frame(const QString &id) { return *view.frame(id); }
    void press(const QString &id)
    {
        frame(id).setFocus();
        QTest::keyClick(&frame(id), Qt::Key_C);
        settle();
    }
    std::vector<QuerySpec> openPast() const
    {
        std::vector<QuerySpec> list;
        for (const auto &asked : session.executor.asked) {
            if (*asked.isOpen && isPast(asked.spec))
                list.push_back(asked.spec);
        }
        return list;
    }
};

Panel graph(const QString &expression = u"rate(x[1m])"_s)
{
    return panelOf(u"g"_s, u"timeseries"_s, PanelQuery::Mode::Range, expression);
}
Panel number() { return panelOf(u"n"_s, u"stat"_s, PanelQuery::Mode::Instant, u"x"_s); }

} // namespace

class TestCompare : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void theKeyCycles()
    {
        Fixture f({graph(), panelOf(u"t"_s, u"text"_s, PanelQuery::Mode::Range, u"x"_s)});
        f.answerAll(12, 10);
        QSignalSpy chosen(&f.view, &DashboardView::compareChosen);
        const size_t before = f.session.executor.asked.size();
        f.press(u"g"_s);
        QCOMPARE(f.frame(u"g"_s).controller().compare(), Compare::Day);
        // One question more, over the range a day earlier, on the same grid.
        QCOMPARE(f.session.executor.asked.size(), before + 1);
        const RangeQuery now = *rangeOf(f.session.executor.asked.front()),
                         past = *rangeOf(f.session.executor.asked.back());
        QCOMPARE(past.expression, now.expression);
        QCOMPARE(past.step, now.step);
        QCOMPARE(past.range.begin, now.range.begin - kDay);
        QCOMPARE_GE(past.range.end, now.range.end - kDay);
        QCOMPARE_LE(past.range.end, f.session.clock.utcNow());
        f.answerAll(12, 10);
        f.press(u"g"_s);
        QCOMPARE(f.frame(u"g"_s).controller().compare(), Compare::Week);
        QCOMPARE(rangeOf(f.session.executor.asked.back())->range.begin, now.range.begin - 7 * kDay);
        f.press(u"g"_s);
        QCOMPARE(f.frame(u"g"_s).controller().compare(), Compare::Off);
        QCOMPARE(f.session.executor.open(), 0); // what nobody waits for is cancelled
        QCOMPARE(chosen.size(), 3);
        QVERIFY(f.view.compare().isEmpty());
        // A kind without figures is not compared, and says so instead of asking.
        f.press(u"t"_s);
        QCOMPARE(f.frame(u"t"_s).controller().compare(), Compare::Off);
        QVERIFY(f.view.compare().isEmpty());
    }

    void everyPanelAtOnce()
    {
        Fixture f({graph(), number()});
        f.answerAll(12, 10);
        f.view.setCompare({{QString(kEveryPanel), Compare::Week}});
        f.settle();
        QCOMPARE(f.openPast().size(), size_t(2));
        f.answerAll(12, 10);
        f.press(u"n"_s); // a week → nothing, for this one alone
        QCOMPARE(f.frame(u"n"_s).controller().compare(), Compare::Off);
        QCOMPARE(f.frame(u"g"_s).controller().compare(), Compare::Week);
    }

    void thePastIsAskedOnceForManyRefreshes()
    {
        Fixture f({graph()});
        f.answerAll(12, 10);
        f.press(u"g"_s);
        f.answerAll(12, 10);
        f.session.executor.clear();
        const auto askedFor = [&](int refreshes) {
            int past = 0;
            for (int i = 0; i < refreshes; ++i) {
                f.pass(15s);
                f.answerAll(12, 10);
                for (const auto &asked : f.session.executor.asked)
                    past += f.isPast(asked.spec);
                f.session.executor.clear();
            }
            return past;
        };
        QCOMPARE(askedFor(12), 0); // three minutes: less than a tenth of the range
        const int past = askedFor(60);
        QCOMPARE_GE(past, 1);
        QCOMPARE_LE(past, 4);
    }

    void aGraphShowsBothAndTheDifference()
    {
        Fixture f({graph()});
        f.press(u"g"_s);
        f.answerAll(12, 10);
        auto *plot = f.frame(u"g"_s).view()->findChild<PlotWidget *>();
        QTRY_COMPARE(plot->scene().curves.size(), size_t(2));
        const PlotCurve &past = plot->scene().curves[0], &now = plot->scene().curves[1];
        QVERIFY(past.isPast && past.presentOf == 1 && past.dash == CurveLook::Dash::Dashed && !past.inLegend);
        QCOMPARE(past.color, now.color);
        QVERIFY(curveColor(lightTheme(), past) != curveColor(lightTheme(), now));
        // On the present's time axis, and on its grid.
        QCOMPARE(past.samples.times.front(), now.samples.times.front());
        QCOMPARE(past.samples.times.size(), now.samples.times.size());
        QCOMPARE(plot->scene().note, u"dashed: 24 h earlier"_s);
        plot->showCrosshair(now.samples.times[5]);
        QCOMPARE(plot->hoverRows().size(), size_t(1));
        QCOMPARE(plain(plot->hoverRows()[0].value), u"12  (then 10, +2 (+20 %))"_s);
        QTRY_VERIFY(plot->plotPicture() && plot->plotPicture()->legendValues.size() == 2);
        QCOMPARE(plot->plotPicture()->legendOrder, std::vector<size_t>{1});
        QCOMPARE(plot->plotPicture()->pastOf, (std::vector<int>{-1, 0}));
        QCOMPARE(plot->plotPicture()->legendValues[0][0], 10.0);
        QVERIFY(f.frame(u"g"_s).view()->toCsv().contains(u"24 h earlier"_s));
    }

    void noDataThenIsSaid()
    {
        Fixture f({graph(), number()});
        f.view.setCompare({{QString(kEveryPanel), Compare::Day}});
        f.answerAll(12, std::nan(""));
        QCOMPARE(f.frame(u"g"_s).controller().compareNote(), u"24 h earlier: no data"_s);
        QCOMPARE(f.frame(u"g"_s).controller().freshness().state, Freshness::State::Fresh);
        auto *plot = f.frame(u"g"_s).view()->findChild<PlotWidget *>();
        QTRY_COMPARE(plot->scene().note, u"dashed: 24 h earlier: no data"_s);
        QCOMPARE(plot->scene().curves.size(), size_t(1));
        plot->showCrosshair(plot->scene().curves[0].samples.times[5]);
        QCOMPARE(plain(plot->hoverRows()[0].value), u"12  (no data then)"_s);
    }

    void nothingIsClaimedBeforeItIsHeard()
    {
        Fixture f({graph()});
        f.answerAll(12, 10);
        f.press(u"g"_s);
        auto *plot = f.frame(u"g"_s).view()->findChild<PlotWidget *>();
        QTRY_COMPARE(plot->scene().note, u"dashed: 24 h earlier: loading"_s);
        plot->showCrosshair(plot->scene().curves[0].samples.times[5]);
        QCOMPARE(plot->hoverRows()[0].value, u"12"_s);
    }

    void whatIsGoneStaysVisible()
    {
        Fixture f({graph()});
        f.press(u"g"_s);
        while (f.session.executor.open() > 0) {
            f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
                const auto &range = std::get<RangeQuery>(spec.body);
                std::vector<Series> series{
                    seriesFrom({{u"service"_s, u"cart"_s}}, range.range, range.step, 3)};
                if (f.isPast(spec))
                    series.push_back(seriesFrom({{u"service"_s, u"gone"_s}}, range.range, range.step, 7));
                return metricAnswer(spec, f.session.clock, series);
            });
            f.settle();
        }
        auto *plot = f.frame(u"g"_s).view()->findChild<PlotWidget *>();
        QTRY_COMPARE(plot->scene().curves.size(), size_t(3));
        const PlotCurve &gone = plot->scene().curves[1];
        QVERIFY(gone.isPast && gone.presentOf < 0 && gone.inLegend);
        QVERIFY(gone.name.contains(u"gone"_s) && gone.name.contains(u"24 h earlier"_s));
    }

    void failuresKeepThePastAndSaySo()
    {
        Fixture f({graph()});
        f.answerAll(12, 10);
        f.press(u"g"_s);
        f.session.failAll();
        f.settle();
        QCOMPARE(f.frame(u"g"_s).controller().compareNote(), u"24 h earlier: error"_s);
        QCOMPARE(f.frame(u"g"_s).controller().freshness().state, Freshness::State::Fresh); // now is fine
        f.pass(15s);
        QCOMPARE(f.openPast().size(), size_t(0)); // not with every refresh
        f.answerAll(12, 10);
        for (int i = 0; i < 4; ++i) {
            f.pass(15s);
            f.answerAll(12, 10);
        }
        QCOMPARE(f.frame(u"g"_s).controller().compareNote(), u"24 h earlier"_s);
        // Another failure: what is known of the past stays, marked.
        f.time.zoom({f.session.clock.utcNow() - 3h, f.session.clock.utcNow() - 1h});
        f.settle();
        f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            return constantAnswer(spec, f.session.clock, 12);
        });
        f.settle();
        f.session.failAll();
        f.settle();
        const QString note = f.frame(u"g"_s).controller().compareNote();
        QVERIFY2(note == u"24 h earlier: stale"_s || note == u"24 h earlier: error"_s, qPrintable(note));
    }

    void macrosSeeTheShiftedRange()
    {
        Fixture f({graph(u"max_over_time(x[$__range]) + 0 * $__from"_s)});
        f.answerAll(12, 10);
        f.press(u"g"_s);
        QCOMPARE(f.openPast().size(), size_t(1));
        const QString now = rangeOf(f.session.executor.asked.front())->expression,
                      past = rangeOf(f.session.executor.asked.back())->expression;
        const auto from = [](const QString &expression) {
            return expression.mid(expression.lastIndexOf(u' ') + 1).toLongLong();
        };
        QVERIFY2(from(now) > 0, qPrintable(now));
        QCOMPARE(from(now) - from(past), qint64(24) * 3600 * 1000);
        QCOMPARE(now.left(now.indexOf(u']')), past.left(past.indexOf(u']'))); // as long as it is now
    }

    void numbersShowTheDifference()
    {
        Fixture f({number()});
        f.press(u"n"_s);
        f.answerAll(12, 10);
        bool found = false;
        for (const QueryInspection &query : f.frame(u"n"_s).controller().inspections()) {
            found = found || (query.isPast && query.kind == u"compare, 24 h earlier, instant"_s);
            if (query.isPast)
                QCOMPARE(query.series, qsizetype(1));
        }
        QVERIFY(found);
        QVERIFY(f.frame(u"n"_s).inspection().contains(u"compare, 24 h earlier"_s));
        QCOMPARE(f.frame(u"n"_s).expressions(), u"x"_s); // once
    }

    void valuesAndWords()
    {
        const Panel panel = number();
        const FieldLooks looks(panel);
        PanelData data;
        data.compare = Compare::Day;
        FakeClock clock;
        data.now = clock.bootNow();
        const QuerySpec spec{{u"prom"_s}, InstantQuery{u"x"_s, std::nullopt}};
        PanelData::Part part;
        part.query = &panel.queries[0];
        part.result = constantAnswer(spec, clock, 12);
        part.past = constantAnswer(spec, clock, 10);
        data.parts = {part};
        std::vector<PanelValue> values = valuesOf(panel, looks, data);
        QCOMPARE(values.size(), size_t(1));
        QCOMPARE(plain(changeText(values[0], u"24 h earlier"_s)), u"+2 (+20 %) from 10, 24 h earlier"_s);
        data.parts[0].past = metricAnswer(spec, clock, {});
        values = valuesOf(panel, looks, data);
        QVERIFY(values[0].isCompared && !values[0].before);
        QCOMPARE(plain(changeText(values[0], u"24 h earlier"_s)), u"no data 24 h earlier"_s);
        data.parts[0].past = QueryResult(); // not heard yet
        QCOMPARE(changeText(valuesOf(panel, looks, data)[0], u"24 h earlier"_s), QString());
    }

    void tablesGetAColumn_data()
    {
        QTest::addColumn<bool>("isFrame");
        QTest::newRow("columns of the file") << false;
        QTest::newRow("columns of the answers") << true;
    }
    void tablesGetAColumn()
    {
        QFETCH(bool, isFrame);
        Panel panel = panelOf(u"t"_s, u"table"_s, PanelQuery::Mode::Instant, u"x"_s);
        if (isFrame)
            panel.queries[0].format = u"table"_s;
        else
            panel.options = {{u"sort"_s, u"q"_s},
                {u"columns"_s,
                    QVariantList{QVariantMap{{u"field"_s, u"service"_s}},
                        QVariantMap{{u"field"_s, u"q"_s}, {u"title"_s, u"Rate"_s}}}}};
        Fixture f({panel});
        f.answerAll(12, 10);
        auto *table = f.frame(u"t"_s).view()->findChild<QTableView *>();
        QTRY_VERIFY(table->model()->rowCount() > 0);
        const int columns = table->model()->columnCount();
        f.press(u"t"_s);
        f.answerAll(12, 10);
        QTRY_COMPARE(table->model()->columnCount(), columns + 1);
        int change = -1;
        for (int column = 0; column <= columns; ++column) {
            if (table->model()->headerData(column, Qt::Horizontal).toString() == u"Δ 24 h"_s)
                change = column;
        }
        QVERIFY(change > 0);
        QCOMPARE(plain(table->model()->index(0, change).data().toString()), u"+2 (+20 %)"_s);
        QVERIFY(f.frame(u"t"_s).view()->toCsv().contains(u"_before"_s));
        f.press(u"t"_s);
        f.press(u"t"_s);
        QTRY_COMPARE(table->model()->columnCount(), columns);
    }
};

QTEST_MAIN(TestCompare)
#include "tst_compare.moc"
