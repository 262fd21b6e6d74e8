// SPDX-License-Identifier: GPL-3.0-or-later
#include "plotfakes.h"

#include <widgets/plot/exemplarmarks.h>
#include <widgets/plot/heatmapframe.h>
#include <widgets/plot/hoverbox.h>
#include <widgets/plot/plotwidget.h>

#include <QApplication>
#include <QHelpEvent>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QTextDocument>

#include <limits>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

SeriesSet buckets(const std::vector<std::pair<QString, std::vector<double>>> &cumulative)
{
    SeriesSet set;
    for (const auto &[le, values] : cumulative) {
        Series series = minutely(u"x"_s, values);
        series.labels = Labels::fromPairs({{Untrusted(u"le"_s), Untrusted(le)}});
        set.push_back(series);
    }
    return set;
}

} // namespace

class TestTimePanels : public QObject
{
    Q_OBJECT
private slots:
    void diamondsDoNotHideEachOther_data();
    void diamondsDoNotHideEachOther();
    /// The offscreen platform says of every window with a layout that it cannot pass size hints on.
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support propagateSizeHints)"_s));
    }

    void everyKindShowsNothingWithoutData_data() { kinds(); }
    void everyKindShowsNothingWithoutData();
    void gesturesReachTheDashboard_data() { kinds(); }
    void gesturesReachTheDashboard();
    void namesFromOutsideStayText_data() { kinds(); }
    void namesFromOutsideStayText();

    void timeSeriesOptions();
    void namesWithoutTheirLabels();
    void timeSeriesOverrides();
    void timeSeriesCapsSeries();
    void timeSeriesRightAxis();
    void timeSeriesExemplarsAndMarkers();
    void timeSeriesCsv();
    void heatmapCells();
    void heatmapColorsRise();
    void heatmapCsv();
    void statusHistoryCells();
    void statusHistoryCsv();

private:
    static void kinds()
    {
        QTest::addColumn<QString>("kind");
        for (const QString &kind : {u"timeseries"_s, u"heatmap"_s, u"status_history"_s})
            QTest::newRow(qPrintable(kind)) << kind;
    }
    static std::unique_ptr<PanelView> shown(const Panel &panel, const PanelData &data)
    {
        std::unique_ptr<PanelView> view(viewOf(panel));
        view->resize(600, 300);
        view->showData(data);
        view->show();
        [&] {
            QVERIFY(QTest::qWaitForWindowExposed(view.get()));
            QTRY_VERIFY(view->isSettled() && view->findChild<PictureWidget *>()->picture());
        }();
        return view;
    }
};

void TestTimePanels::everyKindShowsNothingWithoutData()
{
    QFETCH(QString, kind);
    const Panel panel = panelOf(kind);
    PanelData data = answerOf(panel, {});
    const auto empty = shown(panel, data);
    data.parts.front().result.data.reset();
    const auto never = shown(panel, data);
    // "0 series" is an answer; no answer is the frame's to say.
    QVERIFY(empty->findChild<PictureWidget *>()->picture()->image
        != never->findChild<PictureWidget *>()->picture()->image);
    QVERIFY(never->timeWidth() > 400);
    QCOMPARE(never->toCsv().count(u"\r\n"_s), 1);
}

void TestTimePanels::gesturesReachTheDashboard()
{
    QFETCH(QString, kind);
    const Panel panel = panelOf(kind);
    const SeriesSet series = kind == u"heatmap"
        ? buckets({{u"1"_s, std::vector<double>(61, 3)}, {u"+Inf"_s, std::vector<double>(61, 5)}})
        : SeriesSet{minutely(u"a"_s, std::vector<double>(61, 1))};
    const auto view = shown(panel, answerOf(panel, series));
    auto *plot = view->findChild<PictureWidget *>();
    const QRect area = plot->picture()->area;
    QSignalSpy selected(view.get(), &PanelView::rangeSelected);
    QSignalSpy out(view.get(), &PanelView::zoomOutRequested);
    QSignalSpy moved(view.get(), &PanelView::crosshairMoved);
    const QPoint from = area.center() - QPoint(100, 0), to = area.center() + QPoint(100, 0);
    QTest::mousePress(plot, Qt::LeftButton, {}, from);
    moveTo(plot, area.center(), Qt::LeftButton);
    moveTo(plot, to, Qt::LeftButton);
    QTest::mouseRelease(plot, Qt::LeftButton, {}, to);
    QCOMPARE(selected.size(), 1);
    QTest::mouseDClick(plot, Qt::LeftButton, {}, area.center());
    QCOMPARE(out.size(), 1);
    moveTo(plot, area.center() + QPoint(7, 9));
    QVERIFY(!moved.empty());
    view->showCrosshair(kBegin + 10 * kMinute);
    QCOMPARE(plot->crosshair(), std::optional<qint64>(kBegin + 10 * kMinute));
}

void TestTimePanels::namesFromOutsideStayText()
{
    QFETCH(QString, kind);
    const QString hostile =
        u"<img src=\"file:///etc/passwd\"><b>x</b>"_s + QChar(0x202e) + QChar(0x200b) + u"\n\x1b[2J"_s;
    const Panel panel = panelOf(kind);
    const SeriesSet series = kind == u"heatmap" ? buckets({{hostile, {1}}, {u"+Inf"_s, {2}}})
                                                : SeriesSet{minutely(hostile, {1, 2, 3})};
    const auto view = shown(panel, answerOf(panel, series));
    auto *plot = view->findChild<PictureWidget *>();
    moveTo(plot, plot->picture()->area.topLeft() + QPoint(12, 12));
    QHelpEvent help(QEvent::ToolTip, {20, 250}, plot->mapToGlobal(QPoint(20, 250)));
    QApplication::sendEvent(plot, &help);
    QVERIFY(view->findChildren<QTextDocument *>().isEmpty());
    for (const QLabel *label : view->findChildren<QLabel *>())
        QCOMPARE(label->textFormat(), Qt::PlainText);
    if (const auto *lines = qobject_cast<PlotWidget *>(plot)) {
        const QString name = lines->scene().curves.front().name;
        QVERIFY(name.contains(u"<img"_s)); // shown as it is
        QVERIFY(!name.contains(QChar(0x202e)) && !name.contains(u'\n') && !name.contains(QChar(0x1b)));
    }
    QVERIFY(!view->toCsv().contains(u"\r\n="_s));
}

void TestTimePanels::timeSeriesOptions()
{
    const Panel panel = panelOf(u"timeseries"_s,
        {{u"draw"_s, u"area"_s}, {u"line_width"_s, 3}, {u"min"_s, -5}, {u"max"_s, 95},
            {u"legend"_s, u"table"_s}, {u"legend_calcs"_s, QStringList{u"mean"_s, u"sum"_s}},
            {u"span_gaps"_s, true}, {u"thresholds"_s, u"none"_s}});
    const auto view = shown(panel, answerOf(panel, {minutely(u"a"_s, {1, 2, 3})}));
    const PlotScene &scene = view->findChild<PlotWidget *>()->scene();
    QCOMPARE(scene.curves.size(), size_t(1));
    QCOMPARE(scene.curves[0].width, 3.0);
    QVERIFY(scene.curves[0].fill > 0);
    QVERIFY(scene.curves[0].bridgeGaps);
    QCOMPARE(scene.left.min, std::optional<double>(-5));
    QCOMPARE(scene.left.max, std::optional<double>(95));
    QCOMPARE(scene.legend.calcs.size(), size_t(2));
    QCOMPARE(scene.thresholdStyle, ThresholdStyle::None);
    QCOMPARE(view->findChild<PlotWidget *>()->plotPicture()->legendValues.front()[1], 6.0);
}

/// A legend of labels that the series have not: they are told apart all the same.
void TestTimePanels::namesWithoutTheirLabels()
{
    Panel panel = panelOf(u"timeseries"_s, {});
    panel.queries[0].legend = u"{{nobody}}"_s;
    const auto view = shown(panel, answerOf(panel, {minutely(u"a"_s, {1, 2}), minutely(u"b"_s, {3, 4})}));
    const PlotScene &scene = view->findChild<PlotWidget *>()->scene();
    QCOMPARE(scene.curves.size(), size_t(2));
    QVERIFY(scene.curves[0].name != scene.curves[1].name);
    QVERIFY(scene.curves[0].name.contains(u'a'));
}

/// What an imported dashboard leans on: settings for single series, and steps between answer and picture.
void TestTimePanels::timeSeriesOverrides()
{
    Panel panel = panelOf(u"timeseries"_s, {{u"stack"_s, true}});
    FieldOverride other, below, gone;
    other.match = u"a"_s;
    other.set = {
        {u"unit"_s, u"bytes"_s}, {u"color"_s, u"#ff0000"_s}, {u"line"_s, u"dashed"_s}, {u"title"_s, u"A"_s}};
    below.match = u"b"_s;
    below.set = {{u"negative"_s, true}, {u"stack"_s, false}, {u"legend"_s, false}};
    gone.match = u"c"_s;
    gone.set = {{u"hidden"_s, true}};
    panel.overrides = {other, below, gone};
    panel.queries[0].legend = u"{{name}}"_s;
    const auto view = shown(panel,
        answerOf(panel, {minutely(u"a"_s, {1, 2}), minutely(u"b"_s, {3, 4}), minutely(u"c"_s, {5, 6})}));
    const PlotScene &scene = view->findChild<PlotWidget *>()->scene();
    QCOMPARE(scene.curves.size(), size_t(2));
    QCOMPARE(scene.curves[0].name, u"A"_s);
    QCOMPARE(scene.curves[0].color, u"#ff0000"_s);
    QVERIFY(scene.curves[0].rightAxis); // another unit has a scale of its own
    QCOMPARE(scene.right.unit, u"bytes"_s);
    QCOMPARE(scene.curves[0].dash, CurveLook::Dash::Dashed);
    QCOMPARE(scene.curves[1].samples.values[1], -4.0);
    QVERIFY(!scene.curves[1].stacks && !scene.curves[1].inLegend);
}

void TestTimePanels::timeSeriesCapsSeries()
{
    SeriesSet many;
    for (int i = 0; i < 340; ++i)
        many.push_back(minutely(u"s%1"_s.arg(i), {double(i % 97), double(i)}));
    const Panel panel = panelOf(u"timeseries"_s);
    const auto view = shown(panel, answerOf(panel, many));
    const PlotScene &scene = view->findChild<PlotWidget *>()->scene();
    QCOMPARE(scene.curves.size(), size_t(50));
    QVERIFY(scene.note.contains(u"50"_s) && scene.note.contains(u"340"_s));
    QCOMPARE(scene.curves.front().name, u"s290"_s); // the fifty highest, in the server's order
    QCOMPARE(scene.curves.back().name, u"s339"_s);
}

void TestTimePanels::timeSeriesRightAxis()
{
    Panel panel =
        panelOf(u"timeseries"_s, {{u"right_axis"_s, QStringList{u"b"_s}}, {u"right_unit"_s, u"percent"_s}});
    PanelQuery second = panel.queries.front();
    second.id = u"b"_s;
    panel.queries.push_back(second);
    PanelData data = answerOf(panel, {minutely(u"left"_s, {1, 2, 3})});
    PanelData::Part part = answerOf(panel, {minutely(u"right"_s, {1000, 2000, 3000})}).parts.front();
    part.query = &panel.queries[1];
    data.parts.push_back(part);
    const auto view = shown(panel, data);
    const PlotPicture &picture = *view->findChild<PlotWidget *>()->plotPicture();
    QVERIFY(picture.left.max < 10);
    QVERIFY(picture.right.max >= 3000);
    QCOMPARE(view->findChild<PlotWidget *>()->scene().right.unit, u"percent"_s);
}

void TestTimePanels::timeSeriesExemplarsAndMarkers()
{
    const Panel panel = panelOf(u"timeseries"_s);
    PanelData data = answerOf(panel, {minutely(u"a"_s, std::vector<double>(61, 5))});
    ExemplarSet set;
    Exemplar exemplar;
    exemplar.value = 4;
    exemplar.time = kBegin + 30 * kMinute;
    exemplar.labels = Labels::fromPairs({{Untrusted(u"trace_id"_s), Untrusted(u"abc"_s)}});
    set.exemplars.push_back(exemplar);
    PanelData::Part part = data.parts.front();
    part.result.data = std::make_shared<const QueryData>(set);
    data.parts.push_back(part);
    data.markers = {{kBegin + 40 * kMinute, Untrusted(u"deploy 2"_s), u"notice"_s},
        {kBegin + 20 * kMinute, Untrusted(u"deploy 1"_s), u"notice"_s}};
    const auto view = shown(panel, data);
    const auto *plot = view->findChild<PlotWidget *>();
    QCOMPARE(plot->plotPicture()->exemplarHits.size(), size_t(1));
    QVERIFY(plot->scene().exemplars.front().text.contains(u"trace_id = abc"_s));
    QCOMPARE(plot->plotPicture()->markerHits.size(), size_t(2));
    QCOMPARE(plot->scene().markers.front().text, u"deploy 1"_s); // in order of time
}

void TestTimePanels::timeSeriesCsv()
{
    const Panel panel = panelOf(u"timeseries"_s);
    Series late = minutely(u"=cmd()"_s, {7});
    late.times.front() += kMinute;
    const auto view = shown(panel, answerOf(panel, {minutely(u"a"_s, {1, kNaN}), late}));
    const QStringList lines = view->toCsv().split(u"\r\n"_s, Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QCOMPARE(lines[0], u"time,a,'=cmd()"_s);
    QCOMPARE(lines[1], isoUtc(fromNs(kBegin)) + u",1,"_s); // no sample: empty, not 0
    QCOMPARE(lines[2], isoUtc(fromNs(kBegin + kMinute)) + u",NaN,7"_s);
}

void TestTimePanels::heatmapCells()
{
    const Panel panel = panelOf(u"heatmap"_s);
    std::vector<double> low(61, 10), high(61, 40), all(61, 40);
    low[30] = high[30] = all[30] = 0; // a minute without observations
    const auto view =
        shown(panel, answerOf(panel, buckets({{u"0.1"_s, low}, {u"0.5"_s, high}, {u"+Inf"_s, all}})));
    const auto *plot = view->findChild<PictureWidget *>();
    const auto &picture = static_cast<const HeatmapPicture &>(*plot->picture());
    QCOMPARE(picture.cells.rows(), 3);
    QCOMPARE(picture.largest, 30.0);
    const int column = picture.columnAt(kBegin + 10 * kMinute);
    QCOMPARE(column, 10);
    QCOMPARE(picture.columnAt(kBegin + 10 * kMinute + 1), 11); // a column ends at its own time
    QCOMPARE(picture.columnAt(kBegin + 61 * kMinute), -1);
    QCOMPARE(picture.total(column), 40.0);
    QCOMPARE(picture.rowAt(picture.area.bottom() - 1), picture.firstRow);
    QCOMPARE(picture.rowAt(picture.area.top() + 1), picture.lastRow - 1);
    QCOMPARE(picture.rowAt(picture.area.top() - 5), -1);
    // Most, fewer and none differ; none differs from "no sample", which keeps the dotted ground.
    const auto colorAt = [&](qint64 minute, double share) {
        const double x = plot->xOf(kBegin + minute * kMinute - kMinute / 4);
        return picture.image.pixel(int(x), picture.area.bottom() - int(picture.area.height() * share));
    };
    const int rows = picture.lastRow - picture.firstRow;
    const double first = 0.3 / rows, second = 1.3 / rows;
    QVERIFY(colorAt(10, first) != colorAt(10, second));
    QVERIFY(colorAt(30, first) != colorAt(10, first));
    QCOMPARE(colorAt(30, first), colorAt(30, second));
    QVERIFY(colorAt(30, first) != themeOf(plot).surface.rgb());
}

void TestTimePanels::heatmapColorsRise()
{
    for (const Theme *theme : {&darkTheme(), &lightTheme()}) {
        const auto colors = heatColors(*theme);
        double previous = theme->dark ? -1 : 1000;
        for (size_t i = 0; i < colors.size(); i += 15) {
            const double grey = qGray(colors[i]);
            QVERIFY(theme->dark ? grey > previous : grey < previous); // readable in grey
            previous = grey;
        }
        QVERIFY(contrastRatio(QColor(colors[255]), theme->surface) > 7); // the most stands out most
    }
}

void TestTimePanels::heatmapCsv()
{
    const Panel panel = panelOf(u"heatmap"_s);
    const auto view = shown(panel, answerOf(panel, buckets({{u"1"_s, {3}}, {u"+Inf"_s, {5}}})));
    const QStringList lines = view->toCsv().split(u"\r\n"_s, Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[1].endsWith(u",1,3"_s));
    QVERIFY(lines[2].endsWith(u",1,+Inf,2"_s));
}

void TestTimePanels::statusHistoryCells()
{
    Panel panel = panelOf(u"status_history"_s);
    Thresholds thresholds;
    thresholds.steps = {{std::nullopt, u"critical"_s}, {0.99, u"good"_s}};
    panel.thresholds.push_back(thresholds);
    std::vector<double> values(61, 1);
    values[20] = 0.5;
    values[40] = kNaN;
    Series holed = minutely(u"holed"_s, values);
    holed.times.erase(holed.times.begin() + 50);
    holed.values.erase(holed.values.begin() + 50);
    const auto view = shown(panel, answerOf(panel, {holed}));
    const auto *plot = view->findChild<PictureWidget *>();
    const QRect area = plot->picture()->area;
    const Theme &theme = themeOf(plot);
    const auto colorAt = [&](int minute) {
        // The middle of a cell's upper edge, where neither shape nor text is.
        const double x = plot->xOf(kBegin + minute * kMinute - kMinute / 2);
        return plot->picture()->image.pixel(int(x), area.top() + 2);
    };
    QCOMPARE(colorAt(10), mixed(theme.good, theme.surface, 0.55).rgb());
    QCOMPARE(colorAt(20), mixed(theme.critical, theme.surface, 0.55).rgb());
    QVERIFY(colorAt(40) != colorAt(10)); // NaN is neither good nor a hole
    QVERIFY(colorAt(40) != colorAt(50));
    QVERIFY(colorAt(50) == theme.surface.rgb() || colorAt(50) == theme.grid.rgb());
}

void TestTimePanels::statusHistoryCsv()
{
    Panel panel = panelOf(u"status_history"_s);
    Thresholds thresholds;
    thresholds.steps = {{std::nullopt, u"critical"_s}, {0.99, u"good"_s}};
    panel.thresholds.push_back(thresholds);
    const auto view = shown(panel, answerOf(panel, {minutely(u"a"_s, {1, 0.5})}));
    const QStringList lines = view->toCsv().split(u"\r\n"_s, Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 3);
    QVERIFY(lines[1].endsWith(u",1,good"_s));
    QVERIFY(lines[2].endsWith(u",0.5,critical"_s));
}

void TestTimePanels::diamondsDoNotHideEachOther_data()
{
    QTest::addColumn<QList<QPointF>>("centers");
    QTest::addColumn<QList<int>>("kept");
    const double nan = std::nan("");
    QTest::newRow("none") << QList<QPointF>{} << QList<int>{};
    QTest::newRow("apart") << QList<QPointF>{{0, 0}, {10, 0}, {0, 10}} << QList<int>{0, 1, 2};
    QTest::newRow("the higher wins") << QList<QPointF>{{0, 9}, {3, 2}, {6, 5}} << QList<int>{1};
    QTest::newRow("the first of equals") << QList<QPointF>{{0, 5}, {9.9, 5}, {19, 5}} << QList<int>{0, 2};
    QTest::newRow("over a border of columns") << QList<QPointF>{{19, 5}, {21, 4}} << QList<int>{1};
    QTest::newRow("outside") << QList<QPointF>{{nan, nan}, {4, 4}} << QList<int>{1};
}

void TestTimePanels::diamondsDoNotHideEachOther()
{
    QFETCH(QList<QPointF>, centers);
    QFETCH(QList<int>, kept);
    const std::vector<int> found = unhiddenMarks({centers.begin(), centers.end()});
    QCOMPARE(QList<int>(found.begin(), found.end()), kept);
}

QTEST_MAIN(TestTimePanels)
#include "tst_timepanels.moc"
