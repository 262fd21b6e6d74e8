// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/series.h>
#include <widgets/plot/columnraster.h>

#include <QPainter>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <limits>
#include <thread>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr qint64 kStep = 1'000'000'000;
constexpr QRgb kGround = 0xff000000, kInk = 0xffffffff;

struct Curve
{
    SampleVector<qint64> times;
    SampleVector<double> values, base;
    CurveSamples samples() const { return {times, values, base}; }
};

Curve evenly(const std::vector<double> &values)
{
    Curve curve;
    for (size_t i = 0; i < values.size(); ++i) {
        curve.times.push_back(qint64(i) * kStep);
        curve.values.push_back(values[i]);
    }
    return curve;
}

RasterView viewOf(const Curve &curve, double min, double max, int width = 200, int height = 100)
{
    return {curve.times.front(), curve.times.back(), min, max, false, width, height};
}

QImage painted(const ColumnRaster &raster, int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    image.fill(Qt::magenta);
    raster.paint(image, {0, 0}, {std::vector<QRgb>(size_t(height), kGround), {}});
    return image;
}

QImage drawn(const Curve &curve, const RasterView &view, CurveLook look = {})
{
    ColumnRaster raster(view);
    raster.add(curve.samples(), look);
    return painted(raster, view.width, view.height);
}

/// The same polyline by the toolkit's own antialiased painter.
QImage reference(const Curve &curve, const RasterView &view, double width)
{
    QImage image(view.width, view.height, QImage::Format_RGB32);
    image.fill(kGround);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(kInk), width, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin));
    QPolygonF line;
    for (size_t i = 0; i < curve.times.size(); ++i)
        line << QPointF(view.x(curve.times[i]), view.y(curve.values[i]));
    painter.drawPolyline(line);
    return image;
}

/// Sum of light, in pixels of full ink.
double light(const QImage &image)
{
    double sum = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            sum += qRed(image.pixel(x, y)) / 255.0;
    }
    return sum;
}

/// Mean difference of the pixels either picture has ink in, 0…1, after a blur of one pixel: where exactly a
/// fraction of a pixel falls is taste.
double difference(const QImage &a, const QImage &b)
{
    const auto blurred = [](const QImage &image, int x, int y) {
        double sum = 0;
        for (int dy = -1; dy <= 1; ++dy) {
            for (int dx = -1; dx <= 1; ++dx)
                sum += qRed(image.pixel(x + dx, y + dy)) / 255.0;
        }
        return sum / 9;
    };
    double sum = 0, inked = 0;
    for (int y = 1; y + 1 < a.height(); ++y) {
        for (int x = 1; x + 1 < a.width(); ++x) {
            const double pa = blurred(a, x, y), pb = blurred(b, x, y);
            sum += std::abs(pa - pb);
            inked += std::max(pa, pb);
        }
    }
    return inked > 0 ? sum / inked : 0;
}

bool columnHasInk(const QImage &image, int x)
{
    for (int y = 0; y < image.height(); ++y) {
        if (image.pixel(x, y) != kGround)
            return true;
    }
    return false;
}

Curve randomWalk(size_t count, quint32 seed)
{
    QRandomGenerator random(seed);
    std::vector<double> values(count);
    double value = 50;
    for (double &v : values) {
        value += (random.generateDouble() - 0.5) * 4;
        v = value = std::clamp(value, 5.0, 95.0);
    }
    return evenly(values);
}

} // namespace

class TestColumnRaster : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void extentSkipsNaN();
    void searchesNearTheGuess();
    void digestsCoverEverySampleOnce();
    void theSampleAtTheEndCounts();

    void likeTheToolkitsLine_data();
    void likeTheToolkitsLine();
    void gapsStayEmpty_data();
    void gapsStayEmpty();
    void bridgedGapsAreDotted();
    void spikeInAMillion();
    void denseEqualsWalked();
    void loneSampleIsMarked();
    void specialValuesAreMarked();
    void edgesAreReached();
    void logarithmic();
    void steps();
    void bars();
    void fillsToZeroAndToTheBase();
    void groundShowsWhereNothingIs();
    void clippedByTheImage();
    void degenerate_data();
    void degenerate();
    void sameOnEveryThread();
};

void TestColumnRaster::extentSkipsNaN()
{
    QRandomGenerator random(7);
    for (size_t count : {0u, 1u, 7u, 8u, 9u, 100u, 1001u}) {
        std::vector<double> values(count);
        double low = kInfinity, high = -kInfinity;
        for (double &value : values) {
            value = random.bounded(5) == 0 ? kNaN : random.generateDouble() * 200 - 100;
            if (!std::isnan(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
        const Extent extent = extentOf(values);
        QCOMPARE(extent.min, low);
        QCOMPARE(extent.max, high);
    }
    const std::vector<double> infinite{1, kInfinity, -3, -kInfinity, kNaN};
    QCOMPARE(extentOf(infinite).max, kInfinity);
    QCOMPARE(finiteExtentOf(infinite).min, -3.0);
    QCOMPARE(finiteExtentOf(infinite).max, 1.0);
    const std::vector<double> nothing{kNaN, kInfinity};
    QVERIFY(finiteExtentOf(nothing).min > finiteExtentOf(nothing).max);
}

void TestColumnRaster::searchesNearTheGuess()
{
    QRandomGenerator random(11);
    std::vector<qint64> times;
    qint64 time = 0;
    for (int i = 0; i < 300; ++i)
        times.push_back(time += 1 + random.bounded(9));
    for (int i = 0; i < 5000; ++i) {
        const size_t from = random.bounded(301), guess = random.bounded(320);
        const qint64 at = random.bounded(int(time) + 20) - 5;
        const size_t expected =
            size_t(std::lower_bound(times.begin() + ptrdiff_t(from), times.end(), at) - times.begin());
        QCOMPARE(firstAtOrAfter(times, from, guess, at), expected);
    }
    QCOMPARE(firstAtOrAfter({}, 0, 0, 5), size_t(0));
}

void TestColumnRaster::digestsCoverEverySampleOnce()
{
    const Curve curve = randomWalk(10'000, 3);
    const auto columns = columnDigests(curve.times, curve.values, 100 * kStep, 9'000 * kStep, 777);
    QCOMPARE(columns.size(), size_t(777));
    QCOMPARE(columns.front().first, size_t(100));
    QCOMPARE(columns.back().last, size_t(9'001)); // the sample at the very end counts
    for (size_t c = 0; c < columns.size(); ++c) {
        if (c > 0)
            QCOMPARE(columns[c].first, columns[c - 1].last);
        const auto begin = curve.values.begin() + ptrdiff_t(columns[c].first);
        const auto end = curve.values.begin() + ptrdiff_t(columns[c].last);
        QCOMPARE(columns[c].min, *std::min_element(begin, end));
        QCOMPARE(columns[c].max, *std::max_element(begin, end));
    }
}

void TestColumnRaster::theSampleAtTheEndCounts()
{
    const std::vector<qint64> times{0, 60, 120};
    const std::vector<double> values{1, 2, 5'000};
    const auto columns = columnDigests(times, values, 0, 120, 100);
    QCOMPARE(columns.back().last, size_t(3));
    QCOMPARE(columns.back().max, 5'000.0);
}

void TestColumnRaster::likeTheToolkitsLine_data()
{
    QTest::addColumn<int>("samples");
    QTest::addColumn<double>("width");
    QTest::addColumn<double>("bound");
    for (const double width : {1.0, 1.5, 2.0, 3.0, 4.0}) {
        QTest::addRow("smooth, %.1f px", width) << 12 << width << 0.16;
        QTest::addRow("a sample every 4 px, %.1f px", width) << 100 << width << 0.16;
        QTest::addRow("a sample a px, %.1f px", width) << 400 << width << 0.2;
    }
}

void TestColumnRaster::likeTheToolkitsLine()
{
    QFETCH(int, samples);
    QFETCH(double, width);
    QFETCH(double, bound);
    const Curve curve = randomWalk(size_t(samples), 42);
    const RasterView view = viewOf(curve, 0, 100, 400, 200);
    CurveLook look;
    look.width = width;
    const QImage ours = drawn(curve, view, look), theirs = reference(curve, view, width);
    const double apart = difference(ours, theirs), ratio = light(ours) / light(theirs);
    const QString found = u"difference %1, light %2"_s.arg(apart).arg(ratio);
    const bool good = apart < bound && ratio > 0.85 && ratio < 1.2;
    if (!good) {
        ours.save(u"raster-ours.png"_s);
        theirs.save(u"raster-reference.png"_s);
    }
    QVERIFY2(good, qPrintable(found));
}

void TestColumnRaster::gapsStayEmpty_data()
{
    QTest::addColumn<bool>("asNaN");
    QTest::addColumn<int>("perSecond"); // samples: sparse or dense
    QTest::newRow("NaN, sparse") << true << 1;
    QTest::newRow("missing, sparse") << false << 1;
    QTest::newRow("NaN, dense") << true << 20;
    QTest::newRow("missing, dense") << false << 20;
}

void TestColumnRaster::gapsStayEmpty()
{
    QFETCH(bool, asNaN);
    QFETCH(int, perSecond);
    Curve curve; // 200 s, one column each; nothing between 80 s and 120 s
    for (int i = 0; i <= 200 * perSecond; ++i) {
        const double at = double(i) / perSecond;
        const bool hole = at > 80 && at < 120;
        if (hole && !asNaN)
            continue;
        curve.times.push_back(qint64(at * double(kStep)));
        curve.values.push_back(hole ? kNaN : 50);
    }
    CurveLook look;
    look.widestStep = kStep / perSecond * 3 / 2;
    const QImage image = drawn(curve, {0, 200 * kStep, 0, 100, false, 200, 100}, look);
    for (int x = 0; x < 200; ++x) {
        if (x < 80 || x > 120)
            QVERIFY2(columnHasInk(image, x), qPrintable(QString::number(x)));
        else if (x > 81 && x < 119)
            QVERIFY2(!columnHasInk(image, x), qPrintable(QString::number(x)));
    }
}

void TestColumnRaster::bridgedGapsAreDotted()
{
    const Curve curve = evenly({50, 50, kNaN, kNaN, kNaN, kNaN, 50, 50});
    CurveLook look;
    look.bridgeGaps = true;
    const QImage image = drawn(curve, viewOf(curve, 0, 100, 210), look);
    int inked = 0, all = 0;
    for (int x = 40; x < 170; ++x, ++all)
        inked += columnHasInk(image, x);
    QVERIFY(inked > all / 6 && inked < all * 2 / 3); // neither a line nor nothing
    QVERIFY(columnHasInk(image, 10));
}

void TestColumnRaster::spikeInAMillion()
{
    Curve curve = evenly(std::vector<double>(1'000'000, 10));
    curve.values[637'123] = 95;
    const RasterView view = viewOf(curve, 0, 100, 800, 200);
    const QImage image = drawn(curve, view);
    const int column = int(view.x(curve.times[637'123]));
    QCOMPARE(image.pixel(column, int(view.y(95)) + 1), kInk);
    QCOMPARE(image.pixel(column, int(view.y(50))), kInk);
    QCOMPARE(image.pixel(column - 3, int(view.y(50))), kGround);
    QCOMPARE(image.pixel(column + 3, int(view.y(50))), kGround);
    // The same for a dip of a curve that is thinned.
    curve.values[637'123] = 0;
    QCOMPARE(drawn(curve, view).pixel(column, int(view.y(5))), kInk);
}

void TestColumnRaster::denseEqualsWalked()
{
    // Just above and just below the density at which columns are scanned.
    const Curve curve = randomWalk(2'500, 5);
    const RasterView view = viewOf(curve, 0, 100, 800, 200);
    ColumnRaster walked(view), scanned(view);
    walked.add(curve.samples(), {}, view, {});
    scanned.add(curve.samples(), {}, view,
        columnDigests(curve.times, curve.values, view.begin, view.end, view.width));
    const QImage a = painted(walked, 800, 200), b = painted(scanned, 800, 200);
    QVERIFY2(difference(a, b) < 0.03, qPrintable(QString::number(difference(a, b))));
}

void TestColumnRaster::loneSampleIsMarked()
{
    const Curve curve = evenly({kNaN, kNaN, 40, kNaN, kNaN, 60, 60});
    ColumnRaster raster(viewOf(curve, 0, 100));
    raster.add(curve.samples(), {});
    int points = 0;
    for (const ColumnRaster::Mark &mark : raster.marks()) {
        if (mark.kind != ColumnRaster::Mark::Kind::Point)
            continue;
        ++points;
        QVERIFY(std::abs(mark.x - 200.0f * 2 / 6) < 0.5f);
        QCOMPARE(mark.y, 60.0f);
    }
    QCOMPARE(points, 1);
}

void TestColumnRaster::specialValuesAreMarked()
{
    using Kind = ColumnRaster::Mark::Kind;
    const Curve curve = evenly({1, kInfinity, 2, -kInfinity, 3, kNaN, 4});
    ColumnRaster raster(viewOf(curve, 0, 10));
    raster.add(curve.samples(), {});
    QList<Kind> kinds;
    for (const ColumnRaster::Mark &mark : raster.marks()) {
        if (mark.kind != Kind::Point)
            kinds << mark.kind;
    }
    QCOMPARE(kinds, (QList<Kind>{Kind::PlusInfinity, Kind::MinusInfinity, Kind::NotANumber}));
    // Dense, an infinity is marked too and does not fill its column to the edge.
    Curve dense = evenly(std::vector<double>(10'000, 5));
    dense.values[5'000] = kInfinity;
    ColumnRaster scanned(viewOf(dense, 0, 10));
    scanned.add(dense.samples(), {});
    QCOMPARE(scanned.marks().size(), size_t(1));
    QCOMPARE(scanned.marks().front().kind, Kind::PlusInfinity);
    QCOMPARE(painted(scanned, 200, 100).pixel(100, 20), kGround);
}

void TestColumnRaster::edgesAreReached()
{
    // Samples before and after the view carry the line to its edges.
    const Curve curve = evenly({50, 50, 50, 50, 50, 50});
    const RasterView view{kStep / 2, 4 * kStep + kStep / 2, 0, 100, false, 200, 100};
    const QImage image = drawn(curve, view);
    QVERIFY(columnHasInk(image, 0));
    QVERIFY(columnHasInk(image, 199));
    Curve many = evenly(std::vector<double>(20'000, 50));
    const QImage dense = drawn(many, {500 * kStep, 19'000 * kStep, 0, 100, false, 200, 100});
    QVERIFY(columnHasInk(dense, 0));
    QVERIFY(columnHasInk(dense, 199));
}

void TestColumnRaster::logarithmic()
{
    const Curve curve = evenly({1, 10, 100, 0, -5, 1000});
    RasterView view = viewOf(curve, 1, 1000, 200, 90);
    view.logarithmic = true;
    QCOMPARE(view.y(1), 90.0);
    QCOMPARE(view.y(10), 60.0);
    QCOMPARE(view.y(1000), 0.0);
    QVERIFY(std::isnan(view.y(0)));
    QVERIFY(std::abs(view.valueAt(60) - 10) < 1e-9);
    const QImage image = drawn(curve, view);
    QVERIFY(columnHasInk(image, 20)); // 1 → 10
    QVERIFY(!columnHasInk(image, 140)); // zero and below have no place
}

void TestColumnRaster::steps()
{
    const Curve curve = evenly({20, 80, 80});
    CurveLook look;
    look.draw = CurveLook::Draw::Steps;
    const QImage image = drawn(curve, viewOf(curve, 0, 100), look);
    QVERIFY(
        image.pixel(50, 80) != kGround || image.pixel(50, 79) != kGround); // holds 20 until the next sample
    QCOMPARE(image.pixel(50, 50), kGround);
    QCOMPARE(image.pixel(100, 50), kInk); // rises at once
    QCOMPARE(image.pixel(97, 50), kGround);
}

void TestColumnRaster::bars()
{
    const Curve curve = evenly({50, 100, 0, 50});
    CurveLook look;
    look.draw = CurveLook::Draw::Bars;
    look.widestStep = kStep * 3 / 2;
    const QImage image = drawn(curve, {-kStep, 4 * kStep, 0, 100, false, 250, 100}, look);
    QCOMPARE(image.pixel(50, 75), kInk); // first bar, lower half
    QCOMPARE(image.pixel(50, 25), kGround);
    QCOMPARE(image.pixel(100, 5), kInk);
    QCOMPARE(image.pixel(75, 75), kGround); // air between bars
    QCOMPARE(image.pixel(150, 50), kGround); // a zero is no bar
}

void TestColumnRaster::fillsToZeroAndToTheBase()
{
    Curve curve = evenly({60, 60, 60});
    CurveLook look;
    look.fill = 0.5;
    QImage image = drawn(curve, viewOf(curve, -100, 100), look);
    QVERIFY(qAbs(qRed(image.pixel(100, 40)) - 127) <= 2); // between the line and zero
    QCOMPARE(image.pixel(100, 60), kGround); // below zero
    QCOMPARE(image.pixel(100, 10), kGround); // above the line
    curve.base.assign(3, 30);
    image = drawn(curve, viewOf(curve, -100, 100), look);
    QVERIFY(qAbs(qRed(image.pixel(100, 30)) - 127) <= 2);
    QCOMPARE(image.pixel(100, 40), kGround); // below the base, above zero
    // Below zero the fill hangs from the zero line.
    image = drawn(evenly({-60, -60, -60}), viewOf(curve, -100, 100), look);
    QVERIFY(qAbs(qRed(image.pixel(100, 60)) - 127) <= 2);
    QCOMPARE(image.pixel(100, 40), kGround);
}

void TestColumnRaster::groundShowsWhereNothingIs()
{
    ColumnRaster raster({0, kStep, 0, 1, false, 40, 70});
    RasterGround ground{std::vector<QRgb>(70, 0xff112233), {{7, 0xff445566}, {1000, 0xffffffff}}};
    ground.rows[35] = 0xff778899;
    QImage image(40, 70, QImage::Format_RGB32);
    image.fill(Qt::magenta);
    raster.paint(image, {0, 0}, ground);
    QCOMPARE(image.pixel(0, 0), 0xff112233);
    QCOMPARE(image.pixel(39, 69), 0xff112233);
    QCOMPARE(image.pixel(39, 35), 0xff778899);
    QCOMPARE(image.pixel(7, 69), 0xff445566);
}

void TestColumnRaster::clippedByTheImage()
{
    const Curve curve = randomWalk(500, 9);
    const RasterView view = viewOf(curve, 20, 80, 300, 120); // the curve leaves the view, too
    ColumnRaster raster(view);
    CurveLook look;
    look.width = 3;
    look.fill = 0.3;
    raster.add(curve.samples(), look);
    const RasterGround ground{std::vector<QRgb>(120, kGround), {}};
    QImage whole(300, 120, QImage::Format_RGB32);
    raster.paint(whole, {0, 0}, ground);
    for (const QPoint origin :
        {QPoint(40, 30), QPoint(-40, -30), QPoint(-500, 0), QPoint(0, 500), QPoint(150, -100)}) {
        QImage image(200, 100, QImage::Format_RGB32);
        image.fill(Qt::magenta);
        raster.paint(image, origin, ground);
        for (int y = 0; y < 100; ++y) {
            for (int x = 0; x < 200; ++x) {
                const QPoint in = QPoint(x, y) - origin;
                const QRgb expected = whole.rect().contains(in) ? whole.pixel(in) : QColor(Qt::magenta).rgb();
                if (image.pixel(x, y) != expected)
                    QFAIL(qPrintable(u"at %1,%2"_s.arg(x).arg(y)));
            }
        }
    }
}

void TestColumnRaster::degenerate_data()
{
    QTest::addColumn<QList<double>>("values");
    QTest::addColumn<double>("min");
    QTest::addColumn<double>("max");
    QTest::newRow("nothing") << QList<double>() << 0.0 << 1.0;
    QTest::newRow("one") << QList<double>{5} << 0.0 << 10.0;
    QTest::newRow("all NaN") << QList<double>{kNaN, kNaN, kNaN} << 0.0 << 1.0;
    QTest::newRow("all infinite") << QList<double>{kInfinity, -kInfinity} << 0.0 << 1.0;
    QTest::newRow("no value range") << QList<double>{1, 2} << 5.0 << 5.0;
    QTest::newRow("range reversed") << QList<double>{1, 2} << 9.0 << 5.0;
    QTest::newRow("range of NaN") << QList<double>{1, 2} << kNaN << 5.0;
    QTest::newRow("huge values") << QList<double>{1e308, -1e308, 1e308} << 0.0 << 1e-300;
    QTest::newRow("subnormal range") << QList<double>{0, 5e-324} << 0.0 << 5e-324;
}

void TestColumnRaster::degenerate()
{
    QFETCH(QList<double>, values);
    QFETCH(double, min);
    QFETCH(double, max);
    const Curve curve = evenly(std::vector<double>(values.begin(), values.end()));
    for (const int width : {0, 1, 40}) {
        for (const auto draw :
            {CurveLook::Draw::Line, CurveLook::Draw::Steps, CurveLook::Draw::Bars, CurveLook::Draw::Points}) {
            for (const qint64 end : {qint64(0), 2 * kStep}) {
                const RasterView view{0, end, min, max, false, width, 30};
                CurveLook look;
                look.draw = draw;
                look.fill = 0.4;
                look.width = 2.5;
                ColumnRaster raster(view);
                raster.add(curve.samples(), look);
                QImage image(50, 40, QImage::Format_RGB32);
                image.fill(Qt::magenta);
                raster.paint(image, {5, 5}, {std::vector<QRgb>(30, kGround), {}});
                QCOMPARE(image.pixel(4, 20), QColor(Qt::magenta).rgb());
                QCOMPARE(image.pixel(46, 20), QColor(Qt::magenta).rgb());
                QCOMPARE(image.pixel(20, 36), QColor(Qt::magenta).rgb());
            }
        }
    }
}

void TestColumnRaster::sameOnEveryThread()
{
    const Curve curve = randomWalk(50'000, 21);
    const RasterView view = viewOf(curve, 0, 100, 640, 240);
    CurveLook look;
    look.width = 2;
    const QImage expected = drawn(curve, view, look);
    std::vector<QImage> images(4);
    std::vector<std::thread> threads;
    for (QImage &image : images)
        threads.emplace_back([&] { image = drawn(curve, view, look); });
    for (std::thread &thread : threads)
        thread.join();
    for (const QImage &image : images)
        QCOMPARE(image, expected);
}

QTEST_MAIN(TestColumnRaster)
#include "tst_columnraster.moc"
