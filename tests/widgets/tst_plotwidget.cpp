// SPDX-License-Identifier: GPL-3.0-or-later
#include "plotfakes.h"

#include <widgets/plot/plotwidget.h>

#include <QApplication>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>
#include <QWheelEvent>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Data
{
    std::vector<Series> series;
};

PlotScene sceneOf(const std::vector<std::vector<double>> &curves)
{
    auto data = std::make_shared<Data>();
    for (size_t i = 0; i < curves.size(); ++i)
        data->series.push_back(minutely(u"s%1"_s.arg(i), curves[i]));
    PlotScene scene;
    scene.range = {fromNs(kBegin), fromNs(kBegin + 60 * kMinute)};
    scene.step = Nanoseconds(kMinute);
    for (size_t i = 0; i < curves.size(); ++i) {
        PlotCurve curve;
        curve.owner = data;
        curve.samples = {data->series[i].times, data->series[i].values, {}};
        curve.name = u"s%1"_s.arg(i);
        curve.color = u"series-%1"_s.arg(i + 1);
        curve.width = 3; // some pixel of it is fully covered wherever it lies
        scene.curves.push_back(curve);
    }
    return scene;
}

std::vector<double> flat(double value) { return std::vector<double>(61, value); }

int pixelsOf(const QImage &image, const QRect &area, const QColor &color)
{
    int count = 0;
    for (int y = area.top(); y <= area.bottom(); ++y) {
        for (int x = area.left(); x <= area.right(); ++x)
            count += image.pixel(x, y) == color.rgb();
    }
    return count;
}

} // namespace

class TestPlotWidget : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void curvesAreInsideTheAxes();
    void dragSelectsExactly();
    void aShortDragIsAClick();
    void doubleClickZoomsOut();
    void valueAxisDragZoomsValues();
    void wheelZoomsOnlyWithControl();
    void crosshairIsShared();
    void nearestSampleWithinOneStep();
    void hoverListsHighestFirst();
    void legendIsolatesAndToggles();
    void hiddenNamesSurviveNewData();
    void longLegendScrolls();
    void manyMarkersAreFolded();
    void stackSumsUp();
    void fixedAxisAndThresholds();
    void newestSceneWins();
    void deletedWhileDrawing();
    void themeChangeRedraws();
    void highDensityScreen();
    void picturesAreReused();

private:
    void show(PlotScene scene);
    void drag(const QPoint &from, const QPoint &to);

    std::unique_ptr<PlotWidget> m_plot;
};

void TestPlotWidget::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_plot = std::make_unique<PlotWidget>();
    m_plot->resize(600, 300);
}

void TestPlotWidget::cleanup() { m_plot.reset(); }

void TestPlotWidget::show(PlotScene scene)
{
    m_plot->setScene(std::move(scene));
    m_plot->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
    QTRY_VERIFY(m_plot->isSettled() && m_plot->picture());
}

void TestPlotWidget::drag(const QPoint &from, const QPoint &to)
{
    QTest::mousePress(m_plot.get(), Qt::LeftButton, {}, from);
    moveTo(m_plot.get(), (from + to) / 2, Qt::LeftButton);
    moveTo(m_plot.get(), to, Qt::LeftButton);
    QTest::mouseRelease(m_plot.get(), Qt::LeftButton, {}, to);
}

void TestPlotWidget::curvesAreInsideTheAxes()
{
    show(sceneOf({flat(50)}));
    const PlotPicture &picture = *m_plot->plotPicture();
    const QColor color = roleColor(themeOf(m_plot.get()), u"series-1");
    const QRect area = picture.area;
    QVERIFY(area.width() > 400 && area.height() > 150);
    const QColor ground = themeOf(m_plot.get()).surface;
    // The line is where its value is, from edge to edge.
    const int y = area.top() + int(picture.left.y(50));
    for (const int x : {area.left() + 1, area.center().x(), area.right() - 1}) {
        const QRgb a = picture.image.pixel(x, y), b = picture.image.pixel(x, y - 1);
        QVERIFY(a == color.rgb() || b == color.rgb());
    }
    // And nothing of it is beside the axes, except the legend's swatch.
    QCOMPARE(pixelsOf(picture.image, QRect(0, 0, area.left(), area.bottom()), color), 0);
    QCOMPARE(picture.image.pixel(area.right() + 8, y), ground.rgb());
}

void TestPlotWidget::dragSelectsExactly()
{
    show(sceneOf({flat(50)}));
    const QRect area = m_plot->picture()->area;
    QSignalSpy spy(m_plot.get(), &PictureWidget::rangeSelected);
    const QPoint from(area.left() + area.width() / 4, area.center().y());
    const QPoint to(area.left() + area.width() * 3 / 4, area.center().y() + 20);
    drag(from, to);
    QCOMPARE(spy.size(), 1);
    const auto expected = [&](int x) {
        return kBegin + qint64(std::llround(double(x - area.left()) / area.width() * 60 * kMinute));
    };
    TimeRange range = spy.front().front().value<TimeRange>();
    QCOMPARE(toNs(range.begin), expected(from.x()));
    QCOMPARE(toNs(range.end), expected(to.x()));
    drag(to, from); // to the left selects the same
    QCOMPARE(spy.size(), 2);
    QCOMPARE(spy.back().front().value<TimeRange>(), range);
    drag(from, QPoint(5000, from.y())); // beyond the edge: up to it
    QCOMPARE(toNs(spy.back().front().value<TimeRange>().end), kBegin + 60 * kMinute);
}

void TestPlotWidget::aShortDragIsAClick()
{
    show(sceneOf({flat(50)}));
    QSignalSpy spy(m_plot.get(), &PictureWidget::rangeSelected);
    const QPoint at = m_plot->picture()->area.center();
    drag(at, at + QPoint(2, 1));
    QCOMPARE(spy.size(), 0);
    QTest::mousePress(m_plot.get(), Qt::RightButton, {}, at);
    moveTo(m_plot.get(), at + QPoint(60, 0), Qt::RightButton);
    QTest::mouseRelease(m_plot.get(), Qt::RightButton, {}, at + QPoint(60, 0));
    QCOMPARE(spy.size(), 0);
}

void TestPlotWidget::doubleClickZoomsOut()
{
    show(sceneOf({flat(50)}));
    QSignalSpy out(m_plot.get(), &PictureWidget::zoomOutRequested);
    QSignalSpy selected(m_plot.get(), &PictureWidget::rangeSelected);
    QTest::mouseDClick(m_plot.get(), Qt::LeftButton, {}, m_plot->picture()->area.center());
    QCOMPARE(out.size(), 1);
    QCOMPARE(selected.size(), 0);
}

void TestPlotWidget::valueAxisDragZoomsValues()
{
    show(sceneOf({flat(0), flat(100)}));
    const QRect area = m_plot->picture()->area;
    const RasterView before = m_plot->plotPicture()->left;
    QSignalSpy selected(m_plot.get(), &PictureWidget::rangeSelected);
    const int top = area.top() + area.height() / 4, bottom = area.top() + area.height() / 2;
    drag({area.left() / 2, top}, {area.left() / 2, bottom});
    QTRY_VERIFY(m_plot->isSettled() && m_plot->plotPicture()->left.max < before.max);
    QCOMPARE(selected.size(), 0);
    QCOMPARE(m_plot->plotPicture()->left.max, before.valueAt(top - area.top()));
    QCOMPARE(m_plot->plotPicture()->left.min, before.valueAt(bottom - area.top()));
    // A double click on the axis gives the whole range back.
    QSignalSpy out(m_plot.get(), &PictureWidget::zoomOutRequested);
    QTest::mouseDClick(m_plot.get(), Qt::LeftButton, {}, QPoint(area.left() / 2, top));
    QTRY_COMPARE(m_plot->plotPicture()->left.max, before.max);
    QCOMPARE(out.size(), 0);
}

void TestPlotWidget::wheelZoomsOnlyWithControl()
{
    show(sceneOf({flat(50)}));
    const QRect area = m_plot->picture()->area;
    QSignalSpy spy(m_plot.get(), &PictureWidget::rangeSelected);
    const QPointF at = QPointF(area.left() + area.width() / 2.0, area.center().y());
    const auto turn = [&](int delta, Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(
            at, m_plot->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
        QApplication::sendEvent(m_plot.get(), &event);
        return event.isAccepted();
    };
    QVERIFY(!turn(120, {})); // the page scrolls
    QVERIFY(!turn(120, Qt::ShiftModifier));
    QVERIFY(!turn(120, Qt::AltModifier));
    QCOMPARE(spy.size(), 0);
    QVERIFY(turn(120, Qt::ControlModifier));
    QCOMPARE(spy.size(), 1);
    const TimeRange in = spy.front().front().value<TimeRange>();
    QCOMPARE(in.span().count(), 48 * kMinute); // 80 %, around the pointer
    QCOMPARE(toNs(in.begin), kBegin + 6 * kMinute);
    QVERIFY(turn(-120, Qt::ControlModifier));
    QCOMPARE(spy.back().front().value<TimeRange>().span().count(), 75 * kMinute);
}

void TestPlotWidget::crosshairIsShared()
{
    show(sceneOf({flat(50)}));
    const QRect area = m_plot->picture()->area;
    QSignalSpy spy(m_plot.get(), &PictureWidget::crosshairMoved);
    moveTo(m_plot.get(), area.center());
    QCOMPARE(spy.size(), 1);
    const auto moved = spy.back().front().value<std::optional<qint64>>();
    QVERIFY(moved);
    QVERIFY(std::abs(*moved - (kBegin + 30 * kMinute)) < kMinute);
    spy.clear();
    // From elsewhere: marked, not echoed.
    const qint64 time = kBegin + 15 * kMinute;
    m_plot->showCrosshair(time);
    QCOMPARE(spy.size(), 0);
    QImage image(m_plot->size(), QImage::Format_RGB32);
    m_plot->render(&image);
    const int x = int(m_plot->xOf(time));
    QCOMPARE(image.pixel(x, area.top() + 3), themeOf(m_plot.get()).textDim.rgb());
    m_plot->showCrosshair(std::nullopt);
    m_plot->render(&image);
    QVERIFY(image.pixel(x, area.top() + 3) != themeOf(m_plot.get()).textDim.rgb());
}

void TestPlotWidget::nearestSampleWithinOneStep()
{
    PlotScene scene = sceneOf({{1, 2, 3}, flat(7)});
    show(scene);
    auto nearest = m_plot->nearestTo(kBegin + kMinute + kMinute / 4);
    QCOMPARE(nearest.size(), size_t(2));
    QCOMPARE(nearest[0].value, 2.0);
    QVERIFY(nearest[0].found);
    nearest = m_plot->nearestTo(kBegin + 2 * kMinute + kMinute); // one step after the last sample
    QVERIFY(nearest[0].found);
    QCOMPARE(nearest[0].value, 3.0);
    nearest = m_plot->nearestTo(kBegin + 3 * kMinute + 1);
    QVERIFY(!nearest[0].found); // never extended beyond
    QVERIFY(nearest[1].found);
}

void TestPlotWidget::hoverListsHighestFirst()
{
    std::vector<std::vector<double>> curves;
    for (int i = 0; i < 15; ++i)
        curves.push_back(flat(i));
    curves.push_back({1}); // ends long before the pointer
    curves.push_back(flat(std::nan("")));
    show(sceneOf(curves));
    m_plot->showCrosshair(kBegin + 30 * kMinute);
    auto rows = m_plot->hoverRows();
    QCOMPARE(rows.size(), size_t(13));
    QCOMPARE(rows[0].name, u"s14"_s);
    QCOMPARE(rows[11].name, u"s3"_s);
    QVERIFY(rows[12].name.contains(u"5"_s)); // five more
    show(sceneOf({flat(1), {1}, flat(std::nan(""))}));
    m_plot->showCrosshair(kBegin + 30 * kMinute);
    rows = m_plot->hoverRows();
    QCOMPARE(rows.size(), size_t(3));
    QCOMPARE(rows[0].name, u"s0"_s);
    QCOMPARE(rows[1].value, u"NaN"_s);
    QCOMPARE(rows[2].value, u"—"_s);
}

void TestPlotWidget::legendIsolatesAndToggles()
{
    PlotScene scene = sceneOf({flat(1), flat(2), flat(3)});
    scene.legend.mode = PlotLegend::Mode::Table;
    show(scene);
    const auto rowOf = [&](int curve) {
        for (const PlotPicture::Hit &hit : m_plot->plotPicture()->legendHits) {
            if (hit.index == curve)
                return hit.rect.center();
        }
        return QPoint();
    };
    const auto hidden = [&] {
        return QList<bool>{m_plot->isHidden(0), m_plot->isHidden(1), m_plot->isHidden(2)};
    };
    QVERIFY(!rowOf(1).isNull());
    QTest::mouseClick(m_plot.get(), Qt::LeftButton, {}, rowOf(1));
    QCOMPARE(hidden(), (QList<bool>{true, false, true}));
    QTRY_VERIFY(m_plot->isSettled());
    const QRect area = m_plot->picture()->area;
    const QColor first = roleColor(themeOf(m_plot.get()), u"series-1");
    QCOMPARE(pixelsOf(m_plot->picture()->image, area, first), 0);
    QTest::mouseClick(m_plot.get(), Qt::LeftButton, Qt::ControlModifier, rowOf(0));
    QCOMPARE(hidden(), (QList<bool>{false, false, true}));
    QTRY_VERIFY(m_plot->isSettled());
    QTest::mouseClick(m_plot.get(), Qt::LeftButton, {}, rowOf(2));
    QCOMPARE(hidden(), (QList<bool>{true, true, false}));
    QTRY_VERIFY(m_plot->isSettled());
    QTest::mouseClick(m_plot.get(), Qt::LeftButton, {}, rowOf(2)); // the isolated one again: all
    QCOMPARE(hidden(), (QList<bool>{false, false, false}));
}

void TestPlotWidget::hiddenNamesSurviveNewData()
{
    show(sceneOf({flat(1), flat(2)}));
    QTRY_VERIFY(!m_plot->plotPicture()->legendHits.empty());
    QTest::mouseClick(
        m_plot.get(), Qt::LeftButton, {}, m_plot->plotPicture()->legendHits.front().rect.center());
    QVERIFY(m_plot->isHidden(1));
    show(sceneOf({flat(3), flat(4), flat(5)}));
    QVERIFY(m_plot->isHidden(1));
    QVERIFY(!m_plot->isHidden(0));
    PlotScene other = sceneOf({flat(1)});
    other.curves[0].name = u"s1"_s; // only the hidden one is left: an empty plot would look like an outage
    show(other);
    QVERIFY(!m_plot->isHidden(0));
}

void TestPlotWidget::longLegendScrolls()
{
    PlotScene scene = sceneOf(std::vector<std::vector<double>>(30, flat(1)));
    scene.legend.mode = PlotLegend::Mode::Table;
    show(scene);
    const PlotPicture *picture = m_plot->plotPicture();
    QVERIFY(picture->legendVisibleRows < 30);
    QCOMPARE(picture->legendRows, 30);
    QCOMPARE(picture->legendHits.front().index, 0);
    const auto turn = [&](const QPoint &at, int delta) {
        QWheelEvent event(
            at, m_plot->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(m_plot.get(), &event);
        return event.isAccepted();
    };
    const QPoint inside = picture->legendRect.center();
    QVERIFY(!turn(inside, 120)); // at its top: the page scrolls
    QVERIFY(turn(inside, -120));
    QTRY_COMPARE(m_plot->plotPicture()->legendHits.front().index, 2);
    QVERIFY(!turn(m_plot->picture()->area.center(), -120)); // outside the legend
}

void TestPlotWidget::manyMarkersAreFolded()
{
    PlotScene scene = sceneOf({flat(1)});
    for (int i = 0; i < 300; ++i)
        scene.markers.push_back({kBegin + i * kMinute / 5, u"deploy %1"_s.arg(i), u"notice"_s});
    show(scene);
    const size_t flags = m_plot->plotPicture()->markerHits.size();
    QVERIFY(flags > 5 && flags < 40);
    const QRect area = m_plot->picture()->area;
    for (size_t i = 1; i < flags; ++i) {
        QVERIFY(m_plot->plotPicture()->markerHits[i].rect.left()
                - m_plot->plotPicture()->markerHits[i - 1].rect.left()
            >= 20);
    }
    QVERIFY(m_plot->plotPicture()->markerHits.front().rect.top() < area.top());
    scene.markers.resize(1);
    show(scene);
    QCOMPARE(m_plot->plotPicture()->markerHits.size(), size_t(1));
}

void TestPlotWidget::stackSumsUp()
{
    PlotScene scene = sceneOf({flat(10), flat(20), flat(30)});
    scene.stacked = true;
    for (PlotCurve &curve : scene.curves)
        curve.fill = 0.3;
    show(scene);
    const PlotPicture &picture = *m_plot->plotPicture();
    QVERIFY(picture.left.max >= 60);
    QCOMPARE(picture.left.min, 0.0);
    const QColor top = roleColor(themeOf(m_plot.get()), u"series-3");
    const int y = picture.area.top() + int(picture.left.y(60));
    const int x = picture.area.center().x();
    QVERIFY(picture.image.pixel(x, y) == top.rgb() || picture.image.pixel(x, y - 1) == top.rgb());
    QCOMPARE(picture.legendValues[2][0], 30.0); // the legend has the value, not the sum
}

void TestPlotWidget::fixedAxisAndThresholds()
{
    PlotScene scene = sceneOf({flat(50)});
    scene.left.min = 0;
    scene.left.max = 100;
    scene.thresholds = {{std::nullopt, u"good"_s}, {80, u"critical"_s}};
    scene.thresholdStyle = ThresholdStyle::Area;
    show(scene);
    const PlotPicture &picture = *m_plot->plotPicture();
    QCOMPARE(picture.left.min, 0.0);
    QCOMPARE(picture.left.max, 100.0);
    const Theme &theme = themeOf(m_plot.get());
    const int x = picture.area.left() + 3;
    const auto at = [&](double value) {
        return picture.image.pixel(x, picture.area.top() + int(picture.left.y(value)));
    };
    QCOMPARE(at(90), mixed(theme.critical, theme.surface, 0.12).rgb());
    QCOMPARE(at(30), mixed(theme.good, theme.surface, 0.12).rgb());
}

void TestPlotWidget::newestSceneWins()
{
    show(sceneOf({flat(1)}));
    QSignalSpy shown(m_plot.get(), &PictureWidget::pictureShown);
    for (int i = 0; i < 50; ++i) {
        PlotScene scene = sceneOf({flat(1)});
        scene.left.min = 0;
        scene.left.max = 100 + i;
        m_plot->setScene(std::move(scene));
        QVERIFY(!m_plot->isSettled());
    }
    QTRY_VERIFY(m_plot->isSettled());
    QCOMPARE(m_plot->plotPicture()->left.max, 149.0);
    QVERIFY2(
        shown.size() <= 3, qPrintable(QString::number(shown.size()))); // what came meanwhile is one picture
}

void TestPlotWidget::deletedWhileDrawing()
{
    QThreadPool pool;
    for (int i = 0; i < 30; ++i) {
        PlotWidget plot(nullptr, &pool);
        plot.resize(300, 200);
        plot.setScene(sceneOf({flat(1), flat(2)}));
        plot.show();
    }
    QVERIFY(pool.waitForDone(10'000));
    QCoreApplication::processEvents();
}

void TestPlotWidget::themeChangeRedraws()
{
    m_plot->setPalette(paletteFor(lightTheme()));
    show(sceneOf({flat(50)}));
    const QPoint corner(2, 2);
    QCOMPARE(m_plot->picture()->image.pixel(corner), lightTheme().surface.rgb());
    m_plot->setPalette(paletteFor(darkTheme()));
    QTRY_COMPARE(m_plot->picture()->image.pixel(corner), darkTheme().surface.rgb());
}

void TestPlotWidget::highDensityScreen()
{
    PlotScene scene = sceneOf({flat(50)});
    scene.theme = &darkTheme();
    scene.font = scene.numberFont = QApplication::font();
    for (const double ratio : {1.0, 1.25, 2.0}) {
        const auto picture = renderPlot(scene, {400, 200}, ratio, {});
        QCOMPARE(picture->image.size(), (QSizeF(400, 200) * ratio).toSize());
        QCOMPARE(picture->image.devicePixelRatio(), ratio);
        const QColor color = roleColor(darkTheme(), u"series-1");
        const int y = int((picture->area.top() + picture->left.y(50)) * ratio);
        int found = 0;
        for (int row = y - 3; row <= y + 3; ++row)
            found += picture->image.pixel(int(picture->area.center().x() * ratio), row) == color.rgb();
        QVERIFY(found >= 1);
    }
}

void TestPlotWidget::picturesAreReused()
{
    show(sceneOf({flat(1)}));
    QSet<const uchar *> buffers;
    for (int i = 0; i < 8; ++i) {
        m_plot->setScene(sceneOf({flat(i)}));
        QTRY_VERIFY(m_plot->isSettled());
        buffers.insert(m_plot->picture()->image.constBits());
    }
    QCOMPARE(buffers.size(), 2); // two images change places
}

QTEST_MAIN(TestPlotWidget)
#include "tst_plotwidget.moc"
