// SPDX-License-Identifier: GPL-3.0-or-later
#include "plotfakes.h"

#include <widgets/panels/heatmapfacets.h>

#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Buckets of one route: `fast` requests below 0.1 s, `slow` up to 1 s, a minute apart.
void add(SeriesSet &set, const QString &route, double fast, double slow)
{
    for (const auto &[le, count] : {std::pair(u"0.1"_s, fast), std::pair(u"1"_s, fast + slow)}) {
        Series series;
        series.labels = Labels::fromPairs(
            {{Untrusted(u"http_route"_s), Untrusted(route)}, {Untrusted(u"le"_s), Untrusted(le)}});
        for (int i = 1; i < 30; ++i) {
            series.times.push_back(kBegin + i * kMinute);
            series.values.push_back(count);
        }
        set.push_back(std::move(series));
    }
}

} // namespace

class TestHeatmapFacets : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        panel = panelOf(u"heatmap"_s, {{u"facet"_s, u"route"_s}, {u"facet_max"_s, 2}});
        PanelLink link;
        link.dashboard = u"debug"_s;
        link.context.insert(u"route"_s, u"${__row.route}"_s);
        panel.links.push_back(link);
        SeriesSet set;
        add(set, u"/fast"_s, 100, 0);
        add(set, u"/slow"_s, 10, 400);
        add(set, u"/rare"_s, 1, 0);
        answer = answerOf(panel, std::move(set));
        answer.labelNames.insert(u"route"_s, u"http_route"_s);
        view.reset(createPanelView(panel, nullptr));
        view->resize(900, 300);
        view->show();
        view->showData(answer);
        facets = view->findChild<HeatmapFacets *>();
        QVERIFY(facets);
        QTRY_VERIFY(view->isSettled());
    }

    void mostTimeConsumedFirst()
    {
        QCOMPARE(facets->values(), (QStringList{u"/slow"_s, u"/fast"_s})); // and the third is left out
        QVERIFY(view->toCsv().contains(u"/slow"_s));
        QVERIFY(!view->toCsv().contains(u"/rare"_s));
    }

    void colourScaleIsSharedOrOwn()
    {
        QVERIFY(facets->isShared());
        QCOMPARE(facets->view(1)->shown()->largest, 400.0);
        facets->setShared(false);
        QTRY_COMPARE(facets->view(1)->shown()->largest, 100.0);
    }

    void clickChoosesTheRoute()
    {
        QSignalSpy opened(view.get(), &PanelView::openRequested);
        const HeatmapView *tile = facets->view(0);
        QTest::mouseClick(const_cast<HeatmapView *>(tile), Qt::LeftButton, {},
            tile->shown()->area.center() - QPoint(60, 0));
        QCOMPARE(opened.size(), 1);
        const auto link = std::get<DashboardLink>(opened.first().first().value<Link>());
        QCOMPARE(link.context.value(u"route"_s), u"/slow"_s);
    }

private:
    Panel panel;
    PanelData answer;
    std::unique_ptr<PanelView> view;
    HeatmapFacets *facets = nullptr;
};

QTEST_MAIN(TestHeatmapFacets)
#include "tst_heatmapfacets.moc"
