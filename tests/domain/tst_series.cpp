// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/series.h>

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr qint64 kSecond = 1'000'000'000;

Labels labelled(const QString &name) { return Labels::fromPairs({{Untrusted(u"job"_s), Untrusted(name)}}); }

/// One sample a second from second 0.
Series everySecond(const std::vector<double> &values, const QString &name = u"a"_s)
{
    Series series;
    series.labels = labelled(name);
    for (size_t i = 0; i < values.size(); ++i) {
        series.times.push_back(qint64(i) * kSecond);
        series.values.push_back(values[i]);
    }
    return series;
}

Series samples(const QString &name, std::initializer_list<std::pair<int, double>> points)
{
    Series series;
    series.labels = labelled(name);
    for (const auto &[second, value] : points) {
        series.times.push_back(second * kSecond);
        series.values.push_back(value);
    }
    return series;
}

TimeRange seconds(int begin, int end) { return {fromNs(begin * kSecond), fromNs(end * kSecond)}; }

QString text(const Series &series)
{
    QStringList parts;
    for (size_t i = 0; i < series.times.size(); ++i)
        parts << u"%1:%2"_s.arg(double(series.times[i]) / kSecond).arg(series.values[i]);
    return parts.join(u' ');
}

/// The values that are a number, and true at the places where a line would break before one.
std::vector<std::pair<double, bool>> strokes(const Series &series)
{
    std::vector<std::pair<double, bool>> out;
    bool broken = true;
    for (const double value : series.values) {
        if (!std::isnan(value))
            out.emplace_back(value, broken);
        broken = std::isnan(value);
    }
    return out;
}

} // namespace

class TestSeries : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void thinnedKeepsFirstMinMaxLast()
    {
        const Series out = thinned(everySecond({5, 1, 9, 3, 4, 4, 4, 4}), seconds(0, 8), 2);
        QCOMPARE(text(out), u"0:5 1:1 2:9 3:3 4:4 7:4"_s);
        QCOMPARE(out.labels, labelled(u"a"_s));
    }

    void thinnedTakesTheEndOfTheRange()
    {
        QCOMPARE(text(thinned(everySecond({1, 2, 3, 4, 5}), seconds(1, 3), 8)), u"1:2 2:3 3:4"_s);
    }

    void thinnedOfNothing_data()
    {
        QTest::addColumn<int>("begin");
        QTest::addColumn<int>("end");
        QTest::addColumn<int>("buckets");
        QTest::newRow("before the samples") << -20 << -10 << 4;
        QTest::newRow("behind the samples") << 100 << 200 << 4;
        QTest::newRow("no buckets") << 0 << 10 << 0;
        QTest::newRow("turned round") << 10 << 0 << 4;
    }
    void thinnedOfNothing()
    {
        QFETCH(int, begin);
        QFETCH(int, end);
        QFETCH(int, buckets);
        QVERIFY(thinned(everySecond({1, 2, 3}), seconds(begin, end), buckets).times.empty());
    }

    void thinnedKeepsBreaks_data()
    {
        QTest::addColumn<std::vector<double>>("values");
        QTest::addColumn<QString>("expected");
        QTest::newRow("in the middle") << std::vector<double>{1, 2, kNaN, 3, 4} << u"0:1 1:2 2:nan 3:3 4:4"_s;
        QTest::newRow("the hole's neighbours stay")
            << std::vector<double>{5, 1, 2, 3, kNaN, kNaN, 4, 6, 9} << u"0:5 1:1 3:3 4:nan 6:4 8:9"_s;
        QTest::newRow("at the front") << std::vector<double>{kNaN, 2, 3, 3, 3} << u"0:nan 1:2 2:3 4:3"_s;
        QTest::newRow("at the back") << std::vector<double>{1, 2, 3, 3, kNaN} << u"0:1 2:3 3:3 4:nan"_s;
        QTest::newRow("everywhere") << std::vector<double>{kNaN, kNaN, kNaN, kNaN, kNaN} << u"0:nan"_s;
        QTest::newRow("infinite") << std::vector<double>{1, kInf, 2, -kInf, 3} << u"0:1 1:inf 3:-inf 4:3"_s;
    }
    void thinnedKeepsBreaks()
    {
        QFETCH(std::vector<double>, values);
        QFETCH(QString, expected);
        QCOMPARE(text(thinned(everySecond(values), seconds(0, 8), 1)), expected);
    }

    /// Random series with holes, NaN and infinities: nothing that would be seen is lost.
    void thinnedIsFaithful()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int round = 0; round < 300; ++round) {
            Series series;
            const int count = random.bounded(1, 400);
            qint64 time = random.bounded(1000);
            for (int i = 0; i < count; ++i) {
                time += 1 + qint64(random.bounded(random.bounded(10) == 0 ? 5000 : 20));
                series.times.push_back(time);
                const int kind = random.bounded(20);
                series.values.push_back(kind == 0 ? kNaN : kind == 1 ? kInf : random.bounded(1000.0) - 500);
            }
            const TimeRange range{fromNs(random.bounded(500)), fromNs(time - random.bounded(300))};
            const int buckets = random.bounded(1, 60);
            const Series out = thinned(series, range, buckets);
            checkThinned(series, out, range, buckets, seed);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void thinnedManyIsQuickEnoughToUse()
    {
        Series series;
        series.times.resize(1'000'000);
        series.values.resize(1'000'000);
        for (size_t i = 0; i < series.times.size(); ++i) {
            series.times[i] = qint64(i) * kSecond;
            series.values[i] = std::sin(double(i) / 1000);
        }
        Series out;
        QBENCHMARK { out = thinned(series, seconds(0, 1'000'000), 1600); }
        QVERIFY(out.times.size() <= 6400);
        QVERIFY(out.times.size() >= 3200);
    }

    void withGaps_data()
    {
        QTest::addColumn<Series>("series");
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("expected");
        QTest::newRow("none") << samples(u"a"_s, {{0, 1}, {10, 2}, {20, 3}}) << 10 << u"0:1 10:2 20:3"_s;
        QTest::newRow("exactly 1.5 steps") << samples(u"a"_s, {{0, 1}, {15, 2}}) << 10 << u"0:1 15:2"_s;
        QTest::newRow("wider") << samples(u"a"_s, {{0, 1}, {16, 2}}) << 10 << u"0:1 8:nan 16:2"_s;
        QTest::newRow("two holes") << samples(u"a"_s, {{0, 1}, {20, 2}, {30, 3}, {60, 4}}) << 10
                                   << u"0:1 10:nan 20:2 30:3 45:nan 60:4"_s;
        QTest::newRow("one sample") << samples(u"a"_s, {{7, 1}}) << 10 << u"7:1"_s;
        QTest::newRow("no step") << samples(u"a"_s, {{0, 1}, {60, 2}}) << 0 << u"0:1 60:2"_s;
    }
    void withGaps()
    {
        QFETCH(Series, series);
        QFETCH(int, step);
        QFETCH(QString, expected);
        QCOMPARE(text(bw::withGaps(series, std::chrono::seconds(step))), expected);
    }

    void tailReplacesWhatOverlaps()
    {
        const SeriesSet older{samples(u"a"_s, {{0, 1}, {10, 2}, {20, 3}}),
            samples(u"b"_s, {{0, 5}, {10, 6}, {20, 7}}), samples(u"gone"_s, {{0, 8}})};
        const SeriesSet fresh{samples(u"a"_s, {{10, 20}, {20, 30}, {30, 40}}), samples(u"new"_s, {{30, 9}})};
        const SeriesSet merged = mergedTail(older, fresh, seconds(5, 30));
        QCOMPARE(merged.size(), size_t(2));
        QCOMPARE(text(merged[0]), u"10:20 20:30 30:40"_s);
        QCOMPARE(text(merged[1]), u"30:9"_s); // b and gone have nothing left: the tail begins at 10
    }

    void tailKeepsAVanishedSeriesUntilItLeaves()
    {
        const SeriesSet older{samples(u"a"_s, {{0, 1}, {10, 2}}), samples(u"b"_s, {{0, 5}, {10, 6}})};
        const SeriesSet merged = mergedTail(older, {samples(u"a"_s, {{10, 3}})}, seconds(0, 20));
        QCOMPARE(merged.size(), size_t(2));
        QCOMPARE(text(merged[1]), u"0:5"_s);
    }

    void tailOfNothingTakesNothingAway()
    {
        const SeriesSet older{samples(u"a"_s, {{0, 1}, {10, 2}})};
        QCOMPARE(mergedTail(older, {}, seconds(0, 20)), older);
    }

    void tailCarriesHistograms()
    {
        Series older, fresh;
        older.histograms = {{.time = 0, .count = 1, .sum = 1, .buckets = {}},
            {.time = 10 * kSecond, .count = 2, .sum = 2, .buckets = {}}};
        fresh.histograms = {{.time = 10 * kSecond, .count = 3, .sum = 3, .buckets = {}}};
        const SeriesSet merged = mergedTail({older}, {fresh}, seconds(0, 20));
        QCOMPARE(merged.size(), size_t(1));
        QCOMPARE(merged[0].histograms.size(), size_t(2));
        QCOMPARE(merged[0].histograms[1].count, 3.0);
    }

    /// Any old state, followed by a full answer, is the full answer; and tails add up to it.
    void tailsAddUpToAFullReload()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int round = 0; round < 100; ++round) {
            SeriesSet full;
            for (const QString &name : {u"a"_s, u"b"_s, u"c"_s}) {
                Series series;
                series.labels = labelled(name);
                for (int second = 0; second <= 300; second += 10) {
                    if (second % 300 != 0 && random.bounded(8) == 0)
                        continue;
                    series.times.push_back(second * kSecond);
                    series.values.push_back(random.bounded(100));
                }
                full.push_back(series);
            }
            const TimeRange whole = seconds(0, 300);
            const int cut = random.bounded(1, 30) * 10;
            const SeriesSet head = mergedTail({}, full, seconds(0, cut));
            const SeriesSet tail = mergedTail({}, full, seconds(cut - 10, 300));
            QVERIFY2(mergedTail(head, full, whole) == full, qPrintable(QString::number(seed)));
            QVERIFY2(mergedTail(head, tail, whole) == full, qPrintable(QString::number(seed)));
        }
    }

    void stats()
    {
        const SeriesStats stats = statsOf(everySecond({kNaN, 4, 1, 7, kNaN}));
        QCOMPARE(stats.count, 3);
        QCOMPARE(stats.last, 7.0);
        QCOMPARE(stats.min, 1.0);
        QCOMPARE(stats.max, 7.0);
        QCOMPARE(stats.sum, 12.0);
        QCOMPARE(stats.mean, 4.0);
        const SeriesStats none = statsOf(everySecond({kNaN}));
        QCOMPARE(none.count, 0);
        QVERIFY(
            std::isnan(none.last) && std::isnan(none.min) && std::isnan(none.sum) && std::isnan(none.mean));
    }

    void equality()
    {
        QCOMPARE(everySecond({1, kNaN}), everySecond({1, kNaN}));
        QVERIFY(!(everySecond({1, kNaN}) == everySecond({1, 2})));
        QVERIFY(!(everySecond({1}) == everySecond({1}, u"b"_s)));
        QVERIFY(!(everySecond({1}) == everySecond({1, 1})));
    }

private:
    static void checkThinned(
        const Series &in, const Series &out, const TimeRange &range, int buckets, quint32 seed)
    {
        const QByteArray note = "seed " + QByteArray::number(seed);
        const auto inRange = [&](qint64 t) { return t >= toNs(range.begin) && t <= toNs(range.end); };
        double low = kInf, high = -kInf;
        size_t finite = 0;
        for (size_t i = 0; i < in.times.size(); ++i) {
            if (inRange(in.times[i]) && !std::isnan(in.values[i])) {
                low = std::min(low, in.values[i]);
                high = std::max(high, in.values[i]);
                ++finite;
            }
        }
        double outLow = kInf, outHigh = -kInf;
        size_t kept = 0;
        for (size_t i = 0; i < out.times.size(); ++i) {
            QVERIFY2(inRange(out.times[i]), note);
            if (i > 0)
                QVERIFY2(out.times[i - 1] < out.times[i], note);
            if (!std::isnan(out.values[i])) {
                outLow = std::min(outLow, out.values[i]);
                outHigh = std::max(outHigh, out.values[i]);
                ++kept;
            }
        }
        QVERIFY2(kept <= finite && kept <= size_t(buckets) * 10, note);
        QVERIFY2(outLow == low && outHigh == high, note);
        // No stroke crosses a place where the input has a NaN.
        for (size_t i = 1; i < out.times.size(); ++i) {
            if (std::isnan(out.values[i]) || std::isnan(out.values[i - 1]))
                continue;
            for (size_t k = 0; k < in.times.size(); ++k) {
                const bool between = in.times[k] > out.times[i - 1] && in.times[k] < out.times[i];
                QVERIFY2(!between || !std::isnan(in.values[k]), note);
            }
        }
        if (finite > 0)
            QVERIFY2(!strokes(out).empty(), note);
    }
};

QTEST_APPLESS_MAIN(TestSeries)
#include "tst_series.moc"
