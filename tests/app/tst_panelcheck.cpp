// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes.h"

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

} // namespace

/// Each panel says whether it works, by which fallback, or what would enable it: found out by taking things
/// away.
class TestPanelCheck : public QObject
{
    Q_OBJECT
private slots:
    void verdicts();
};

void TestPanelCheck::verdicts()
{
    FakeExecutor executor;
    FakeClock clock;
    SourceBoard sources;
    SourceInfo source;
    source.id = {u"prom"_s};
    source.kind = u"prometheus"_s;
    source.isDefault = true;
    source.profile.found = true;
    sources.update(source);
    Dashboard dashboard;
    dashboard.id = u"d"_s;
    dashboard.panels = {panelWith(u"works"_s, {u"up"_s}), panelWith(u"second"_s, {u"gone"_s, u"up"_s}),
        panelWith(u"missing"_s, {u"gone"_s, u"gone2"_s}), panelWith(u"refused"_s, {u"bad("_s}),
        panelWith(u"profile"_s, {u"rate(${__sel.requests}[5m])"_s}), panelWith(u"own"_s, {}, u"deploys"_s)};
    PanelCheck check(executor, clock, sources);
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
        states << stateName(verdict.state);
    QCOMPARE(states,
        (QStringList{u"works"_s, u"fallback"_s, u"missing"_s, u"failed"_s, u"missing"_s, u"own data"_s}));
    QVERIFY(check.verdicts()[1].text.contains(u'1'));
    QCOMPARE(check.verdicts()[2].text, u"Needs missing."_s);
    QVERIFY(check.verdicts()[4].text.startsWith(u"Needs profile. "_s)); // and what the profile lacks
    QVERIFY(!check.isBusy());
}

QTEST_GUILESS_MAIN(TestPanelCheck)
#include "tst_panelcheck.moc"
