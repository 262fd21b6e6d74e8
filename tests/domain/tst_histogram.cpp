// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/histogram.h>

#include <QTest>

#include <cmath>
#include <limits>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Series bucket(const QString &le, std::initializer_list<std::pair<qint64, double>> samples)
{
    Series series;
    series.labels = Labels::fromPairs({{Untrusted(u"le"_s), Untrusted(le)}});
    for (const auto &[time, value] : samples) {
        series.times.push_back(time);
        series.values.push_back(value);
    }
    return series;
}

QString text(const std::vector<double> &values)
{
    QStringList out;
    for (const double value : values)
        out << QString::number(value);
    return out.join(u' ');
}

} // namespace

class TestHistogram : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void buckets_data()
    {
        QTest::addColumn<SeriesSet>("series");
        QTest::addColumn<QString>("edges");
        QTest::addColumn<QString>("counts");
        QTest::newRow("numeric order")
            << SeriesSet{bucket(u"+Inf"_s, {{1, 10}}), bucket(u"10"_s, {{1, 9}}), bucket(u"2.5"_s, {{1, 4}})}
            << u"0 2.5 10 inf"_s << u"4 5 1"_s;
        QTest::newRow("two columns") << SeriesSet{bucket(u"1"_s, {{1, 1}, {2, 2}}),
            bucket(u"+Inf"_s, {{1, 3}, {2, 2}})}
                                     << u"0 1 inf"_s << u"1 2 2 0"_s;
        QTest::newRow("never below zero")
            << SeriesSet{bucket(u"1"_s, {{1, 5}}), bucket(u"+Inf"_s, {{1, 4.99}})} << u"0 1 inf"_s
            << u"5 0"_s;
        QTest::newRow("negative bounds")
            << SeriesSet{bucket(u"-1"_s, {{1, 2}}), bucket(u"1"_s, {{1, 3}})} << u"-inf -1 1"_s << u"2 1"_s;
        QTest::newRow("two spellings")
            << SeriesSet{bucket(u"1"_s, {{1, 2}}), bucket(u"1.0"_s, {{1, 3}}), bucket(u"+Inf"_s, {{1, 6}})}
            << u"0 1 inf"_s << u"5 1"_s;
        QTest::newRow("missing sample") << SeriesSet{bucket(u"1"_s, {{1, 1}}),
            bucket(u"2"_s, {{1, 2}, {2, 4}}), bucket(u"+Inf"_s, {{1, 3}, {2, 9}})}
                                        << u"0 1 2 inf"_s << u"1 1 1 nan nan 5"_s;
        QTest::newRow("no buckets") << SeriesSet{Series{}, bucket(u"x"_s, {{1, 1}})} << u""_s << u""_s;
        QTest::newRow("nothing") << SeriesSet{} << u""_s << u""_s;
    }
    void buckets()
    {
        QFETCH(SeriesSet, series);
        QFETCH(QString, edges);
        QFETCH(QString, counts);
        const HeatmapCells cells = cellsFromBuckets(series);
        QCOMPARE(text(cells.edges), edges);
        QCOMPARE(text(cells.counts), counts);
        QCOMPARE(cells.counts.size(), size_t(cells.rows()) * size_t(cells.columns()));
    }

    void nativeEdgesUnite()
    {
        Series series;
        series.histograms.push_back(
            {.time = 1, .count = 6, .sum = 0, .buckets = {{-0.5, 0.5, 2, 3}, {1, 2, 4, 0}}});
        series.histograms.push_back({.time = 2, .count = 4, .sum = 0, .buckets = {{1, 4, 6, 0}}});
        const HeatmapCells cells = cellsFromNative(series);
        QCOMPARE(text(cells.edges), u"-0.5 0.5 1 2 4"_s);
        QCOMPARE(text(cells.counts), u"2 0 4 0 0 0 2 4"_s); // the wide bucket is spread by width
        QCOMPARE(cells.times, (std::vector<qint64>{1, 2}));
    }

    void nativeOddities()
    {
        Series series;
        series.histograms.push_back({.time = 1, .count = 0, .sum = 0, .buckets = {}});
        HeatmapCells cells = cellsFromNative(series);
        QCOMPARE(cells.rows(), 0);
        QCOMPARE(cells.columns(), 1);
        QVERIFY(std::isnan(quantileOf(cells, 0, 0.5)));
        series.histograms[0].buckets = {{1, kInf, 3, 0}, {2, 2, 5, 0}};
        cells = cellsFromNative(series);
        QCOMPARE(text(cells.edges), u"1 inf"_s);
        QCOMPARE(text(cells.counts), u"3"_s);
    }

    void quantiles_data()
    {
        QTest::addColumn<double>("q");
        QTest::addColumn<double>("expected");
        QTest::newRow("median") << 0.5 << 1.0;
        QTest::newRow("inside a bucket") << 0.75 << 1.5;
        QTest::newRow("first") << 0.25 << 0.5;
        QTest::newRow("all but the open bucket") << 1.0 << 2.0;
        QTest::newRow("zero") << 0.0 << 0.0;
        QTest::newRow("below") << -0.1 << -kInf;
        QTest::newRow("above") << 1.1 << kInf;
    }
    void quantiles()
    {
        QFETCH(double, q);
        QFETCH(double, expected);
        const HeatmapCells cells{{1}, {0, 1, 2, kInf}, {10, 10, 0}};
        QCOMPARE(quantileOf(cells, 0, q), expected);
    }

    void openBuckets()
    {
        QCOMPARE(quantileOf({{1}, {0, 1, kInf}, {1, 9}}, 0, 0.9), 1.0);
        QCOMPARE(quantileOf({{1}, {-kInf, -1, 1}, {9, 1}}, 0, 0.5), -1.0);
        QVERIFY(std::isnan(quantileOf({{1}, {0, 1}, {0}}, 0, 0.5)));
        QVERIFY(std::isnan(quantileOf({{1}, {0, 1}, {kNaN}}, 0, 0.5)));
        QVERIFY(std::isnan(quantileOf({{1}, {0, 1}, {1}}, 1, 0.5)));
        QVERIFY(std::isnan(quantileOf({{1}, {0, 1}, {1}}, 0, kNaN)));
        QCOMPARE(quantileOf({{1}, {0, 1, 2}, {kNaN, 4}}, 0, 0.5), 1.5);
    }
};

QTEST_APPLESS_MAIN(TestHistogram)
#include "tst_histogram.moc"
