// SPDX-License-Identifier: GPL-3.0-or-later
#include <support/fakeexecutor.h>

#include <app/ownboard.h>
#include <app/panelcheck.h>

#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

namespace {

Panel panelWith(const QString &id, const QStringList &expressions, const QString &type = u"promql"_s)
{
    Panel panel;
    panel.id = panel.title = id;
    panel.kind = u"timeseries"_s;
    panel.howToEnable = u"Needs %1."_s.arg(id);
    PanelQuery query;
    query.id = u"q"_s;
    query.type = type;
    query.expr = expressions.value(0);
    query.fallbacks = expressions.mid(1);
    panel.queries.push_back(query);
    return panel;
}

MetricData one()
{
    MetricData data;
    Series series;
    series.times.push_back(0);
    series.values.push_back(1);
    data.series.push_back(std::move(series));
    return data;
}

struct Stand
{
    FakeExecutor executor;
    FakeClock clock;
    SourceBoard sources;
    OwnBoard own{clock, sources};
    Stand()
    {
        SourceInfo source;
        source.id = {u"prom"_s};
        source.kind = u"prometheus"_s;
        source.isDefault = true;
        source.profile.found = true;
        sources.update(source);
    }
};

} // namespace

/// Each panel says whether it works, by which fallback, or what would enable it: found out by taking things
/// away.
class TestPanelCheck : public QObject
{
    Q_OBJECT
private slots:
    void verdicts();
    void traces();
    void notHeardIsNotMissing();
    void givesUp();
};

void TestPanelCheck::verdicts()
{
    Stand stand;
    auto &[executor, clock, sources, own] = stand;
    own.publish(u"alerts"_s, std::make_shared<const QueryData>(std::vector<Alert>{}),
        afterSuccess(clock.boot, clock.utc, true), clock.utc);
    own.provide(u"slo"_s, [&stand](const OwnDataQuery &) {
        QueryResult nothing;
        nothing.freshness = afterSuccess(stand.clock.boot, stand.clock.utc, true);
        return nothing;
    });
    Dashboard dashboard;
    dashboard.id = u"d"_s;
    Panel mixed = panelWith(u"mixed"_s, {u"up"_s});
    mixed.queries.push_back(panelWith({}, {}, u"slo"_s).queries[0]);
    Panel half = panelWith(u"half"_s, {u"up"_s});
    half.queries.push_back(panelWith({}, {u"gone"_s}).queries[0]);
    half.queries[1].id = u"second"_s;
    dashboard.panels = {panelWith(u"works"_s, {u"up"_s}), panelWith(u"second"_s, {u"gone"_s, u"up"_s}),
        panelWith(u"missing"_s, {u"gone"_s, u"gone2"_s}), panelWith(u"refused"_s, {u"bad("_s}),
        panelWith(u"profile"_s, {u"rate(${__sel.requests}[5m])"_s}), panelWith(u"own"_s, {}, u"deploys"_s),
        panelWith(u"calm"_s, {}, u"alerts"_s),
        panelWith(u"objectives"_s, {u"met"_s, u"gone"_s, u"up"_s}, u"slo"_s), mixed, half,
        panelWith(u"traces"_s, {u"error"_s}, u"traces"_s)};
    PanelCheck check(executor, clock, sources, own);
    QSignalSpy finished(&check, &PanelCheck::finished);
    check.start({dashboard});
    for (size_t i = 0; i < executor.asked.size(); ++i) {
        const QString expression = std::get<InstantQuery>(executor.asked[i].spec.body).expression;
        if (expression == "bad("_L1)
            executor.refuse(i, Error::Kind::Invalid);
        else
            executor.answer(i, expression == "up"_L1 ? one() : MetricData{}, clock.utc);
    }
    QCOMPARE(finished.size(), 1);
    QStringList states;
    for (const PanelVerdict &verdict : check.verdicts())
        states << verdict.panel + u' ' + stateName(verdict.state);
    QCOMPARE(states,
        (QStringList{u"works works"_s, u"second fallback"_s, u"missing missing"_s, u"refused failed"_s,
            u"profile missing"_s, u"own missing"_s, u"calm works"_s, u"objectives fallback"_s,
            u"mixed works"_s, u"half partly"_s, u"traces missing"_s}));
    const auto &verdicts = check.verdicts();
    QCOMPARE(verdicts[1].fallback, 1);
    QVERIFY(verdicts[1].text.contains(u'1'));
    QVERIFY(verdicts[1].howToEnable.isEmpty());
    QCOMPARE(verdicts[2].text, u"Needs missing."_s);
    QCOMPARE(verdicts[2].missing, QStringList{u"q"_s});
    QVERIFY(verdicts[4].text.startsWith(u"Needs profile. "_s)); // and what the profile lacks
    QCOMPARE(verdicts[4].reasons.size(), 1);
    QVERIFY(verdicts[5].text.startsWith(u"Needs own. "_s));
    QCOMPARE(verdicts[7].fallback, 2); // numbered as in the file
    QCOMPARE(verdicts[9].missing, QStringList{u"second"_s});
    QCOMPARE(verdicts[9].howToEnable, u"Needs half."_s);
    QCOMPARE(verdicts[10].reasons, QStringList{u"no source of traces is configured"_s});
    QVERIFY(!check.isBusy());
}

void TestPanelCheck::traces()
{
    Stand stand;
    SourceInfo jaeger;
    jaeger.id = {u"jaeger"_s};
    jaeger.kind = u"jaeger"_s;
    stand.sources.update(jaeger);
    Dashboard dashboard;
    dashboard.panels = {panelWith(u"t"_s, {u"error service:\"$service\" limit:50"_s}, u"traces"_s),
        panelWith(u"d"_s, {}, u"dependencies"_s)};
    PanelCheck check(stand.executor, stand.clock, stand.sources, stand.own);
    check.start({dashboard});
    QCOMPARE(stand.executor.asked.size(), size_t(2));
    const auto search = std::get<TraceSearch>(stand.executor.asked[0].spec.body);
    QVERIFY(search.service.isEmpty()); // of any: which one is a variable
    stand.executor.answer(0, TraceSummaries{}, stand.clock.utc);
    stand.executor.answer(1, Dependencies{}, stand.clock.utc);
    // No failed trace is an answer; no edge is none.
    QCOMPARE(check.verdicts()[0].state, PanelVerdict::State::Works);
    QVERIFY(!check.verdicts()[0].text.isEmpty());
    QCOMPARE(check.verdicts()[1].state, PanelVerdict::State::Missing);
}

void TestPanelCheck::notHeardIsNotMissing()
{
    Stand stand;
    SourceInfo dark = *stand.sources.defaultOf(u"prometheus");
    dark.profile = {};
    dark.freshness.state = Freshness::State::Error;
    dark.freshness.reason = u"connection refused"_s;
    stand.sources.update(dark);
    Dashboard dashboard;
    dashboard.panels = {panelWith(u"p"_s, {u"up"_s})};
    PanelCheck check(stand.executor, stand.clock, stand.sources, stand.own);
    check.start({dashboard});
    QVERIFY(stand.executor.asked.empty());
    QCOMPARE(check.verdicts()[0].state, PanelVerdict::State::Failed);
    QVERIFY(check.verdicts()[0].text.contains(u"connection refused"_s));
}

void TestPanelCheck::givesUp()
{
    Stand stand;
    Dashboard dashboard;
    for (int i = 0; i < 6; ++i)
        dashboard.panels.push_back(panelWith(u"p%1"_s.arg(i), {u"up"_s}));
    PanelCheck check(stand.executor, stand.clock, stand.sources, stand.own);
    QSignalSpy finished(&check, &PanelCheck::finished);
    check.start({dashboard});
    stand.executor.answer(0, one(), stand.clock.utc);
    check.giveUp();
    QVERIFY(!check.isBusy());
    QCOMPARE(finished.size(), 1);
    QCOMPARE(check.verdicts()[0].state, PanelVerdict::State::Works);
    for (size_t i = 1; i < check.verdicts().size(); ++i) {
        QCOMPARE(check.verdicts()[i].state, PanelVerdict::State::Failed);
        QVERIFY(check.verdicts()[i].text.contains(u"no answer in time"_s));
    }
    check.giveUp(); // nothing left to give up
    QCOMPARE(finished.size(), 1);
}

QTEST_GUILESS_MAIN(TestPanelCheck)
#include "tst_panelcheck.moc"
