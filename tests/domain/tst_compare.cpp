// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/compare.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <limits>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Timestamp at(const char *iso)
{
    return fromNs(
        QDateTime::fromString(QString::fromLatin1(iso), Qt::ISODate).toMSecsSinceEpoch() * 1'000'000);
}

Series seriesAt(std::initializer_list<int> minutes)
{
    Series series;
    for (const int minute : minutes) {
        series.times.push_back(toNs(Timestamp(std::chrono::minutes(minute))));
        series.values.push_back(minute);
    }
    return series;
}

QString minutesOf(const MetricData &data)
{
    QStringList texts;
    for (const Series &series : data.series) {
        QStringList times;
        for (size_t i = 0; i < series.times.size(); ++i)
            times << u"%1=%2"_s.arg(series.times[i] / 60'000'000'000).arg(series.values[i]);
        texts << times.join(u' ');
    }
    return texts.join(u';');
}

} // namespace

class TestCompare : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void cyclesAndHasNames()
    {
        QCOMPARE(nextOf(Compare::Off), Compare::Day);
        QCOMPARE(nextOf(Compare::Day), Compare::Week);
        QCOMPARE(nextOf(Compare::Week), Compare::Off);
        for (const Compare compare : {Compare::Off, Compare::Day, Compare::Week})
            QCOMPARE(compareNamed(nameOf(compare)), std::optional(compare));
        QVERIFY(!compareNamed(u"month"));
        QCOMPARE(spanOf(Compare::Day), Nanoseconds(24h));
        QCOMPARE(spanOf(Compare::Week), Nanoseconds(7 * 24h));
        QCOMPARE(textOf(Compare::Off), QString());
    }

    void oneAgainstEvery()
    {
        const QString every(kEveryPanel);
        CompareChoices choices = withChoice({}, every, Compare::Day);
        QCOMPARE(chosenFor(choices, u"a"_s), Compare::Day);
        choices = withChoice(choices, u"a"_s, Compare::Off);
        QCOMPARE(chosenFor(choices, u"a"_s), Compare::Off);
        QCOMPARE(chosenFor(choices, u"b"_s), Compare::Day);
        // The same as all others is no choice of its own.
        QCOMPARE(withChoice(choices, u"a"_s, Compare::Day), (CompareChoices{{every, Compare::Day}}));
        QCOMPARE(withChoice(choices, every, Compare::Off), CompareChoices());
        QCOMPARE(withChoice({}, u"a"_s, Compare::Off), CompareChoices());
    }

    void pastRanges_data()
    {
        QTest::addColumn<int>("settledMinute"); // -1: the range is fixed
        QTest::addColumn<int>("limit");
        QTest::addColumn<int>("endMinute");
        // Shown: minutes 3000 to 3100 by one minute; a day earlier: 1560 to 1660.
        QTest::newRow("fixed: exactly the range") << -1 << 11'000 << 1660;
        QTest::newRow("live: a tenth more") << 3090 << 11'000 << 1670;
        QTest::newRow("not beyond what has settled") << 1664 << 11'000 << 1664;
        QTest::newRow("nothing has settled") << 1600 << 11'000 << 1660;
        QTest::newRow("the server's limit") << 3090 << 103 << 1663;
        QTest::newRow("beyond the server's limit already") << 3090 << 50 << 1660;
    }
    void pastRanges()
    {
        QFETCH(int, settledMinute);
        QFETCH(int, limit);
        const auto minute = [](int m) { return Timestamp(std::chrono::minutes(m)); };
        const TimeRange past = pastRange({minute(3000), minute(3100)}, 1min, 24h,
            settledMinute < 0 ? std::nullopt : std::optional(minute(settledMinute)), limit);
        QCOMPARE(past.begin, minute(1560));
        QTEST(int(past.end.time_since_epoch() / 1min), "endMinute");
    }

    void bringsForward_data()
    {
        QTest::addColumn<bool>("isMatrix");
        QTest::addColumn<QString>("shown");
        // Range shown: minutes 1500 to 1510, a day of 1440 minutes earlier.
        QTest::newRow("matrix: moved, cut, both ends kept") << true << u"1500=60 1505=65 1510=70"_s;
        QTest::newRow("instant: moved, never cut")
            << false << u"1499=59 1500=60 1505=65 1510=70 1511=71;1540=100"_s;
    }
    void bringsForward()
    {
        QFETCH(bool, isMatrix);
        MetricData data;
        data.shape = isMatrix ? MetricData::Shape::Matrix : MetricData::Shape::Vector;
        data.series = {seriesAt({59, 60, 65, 70, 71}), seriesAt({100})};
        const TimeRange range{Timestamp(1500min), Timestamp(1510min)};
        QTEST(minutesOf(broughtForward(data, 24h, range)), "shown"); // a series without samples is gone
    }

    void holesStayHoles()
    {
        MetricData data;
        data.shape = MetricData::Shape::Matrix;
        Series series = seriesAt({60, 61, 62});
        series.values[1] = std::nan("");
        data.series = {series};
        const MetricData moved = broughtForward(data, 24h, {Timestamp(1400min), Timestamp(1600min)});
        QCOMPARE(moved.series[0].values.size(), size_t(3));
        QVERIFY(std::isnan(moved.series[0].values[1]));
        QCOMPARE(moved.series[0].values[2], 62.0);
    }

    void differences_data()
    {
        QTest::addColumn<double>("now");
        QTest::addColumn<double>("before");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QString>("text");
        const double nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
        QTest::newRow("more") << 12.0 << 10.0 << u"short"_s << u"+2 (+20 %)"_s;
        QTest::newRow("less") << 5.0 << 10.0 << u"short"_s << u"−5 (−50 %)"_s;
        QTest::newRow("a little") << 10.05 << 10.0 << u"short"_s << u"+0.05 (+0.5 %)"_s;
        QTest::newRow("the same") << 10.0 << 10.0 << u"short"_s << u"="_s;
        QTest::newRow("from nothing: no percentage") << 3.0 << 0.0 << u"short"_s << u"+3"_s;
        QTest::newRow("negative before: percent of its size")
            << -5.0 << -10.0 << u"short"_s << u"+5 (+50 %)"_s;
        QTest::newRow("shares in points") << 0.25 << 0.2 << u"percentunit"_s << u"+5 pp"_s;
        QTest::newRow("percent in points") << 20.0 << 25.0 << u"percent"_s << u"−5 pp"_s;
        QTest::newRow("nan now") << nan << 10.0 << u"short"_s << u"—"_s;
        QTest::newRow("nan then") << 10.0 << nan << u"short"_s << u"—"_s;
        QTest::newRow("infinite") << infinite << 1.0 << u"short"_s << u"—"_s;
    }
    void differences()
    {
        QFETCH(double, now);
        QFETCH(double, before);
        QFETCH(QString, unit);
        // Narrow spaces stand before units.
        QTEST(differenceText(differenceOf(now, before), unit, -1).replace(QChar(0x202f), u' '), "text");
    }

    void clockChanges_data()
    {
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<QByteArray>("moment");
        QTest::addColumn<int>("compare");
        QTest::addColumn<int>("minutes");
        // Europe/Berlin: 2026-10-25 03:00 summer time becomes 02:00; 2026-03-29 02:00 becomes 03:00.
        QTest::newRow("winter") << QByteArray("Europe/Berlin") << QByteArray("2026-11-22T12:00:00Z") << 2
                                << 0;
        QTest::newRow("a day over the end of summer time")
            << QByteArray("Europe/Berlin") << QByteArray("2026-10-25T12:00:00Z") << 1 << 60;
        QTest::newRow("a week over it")
            << QByteArray("Europe/Berlin") << QByteArray("2026-10-30T12:00:00Z") << 2 << 60;
        QTest::newRow("a day, a week after it")
            << QByteArray("Europe/Berlin") << QByteArray("2026-10-30T12:00:00Z") << 1 << 0;
        QTest::newRow("a day over its beginning")
            << QByteArray("Europe/Berlin") << QByteArray("2026-03-29T12:00:00Z") << 1 << -60;
        QTest::newRow("half an hour")
            << QByteArray("Australia/Lord_Howe") << QByteArray("2026-10-04T12:00:00Z") << 1 << -30;
        QTest::newRow("utc") << QByteArray("UTC") << QByteArray("2026-10-25T12:00:00Z") << 1 << 0;
        QTest::newRow("not compared")
            << QByteArray("Europe/Berlin") << QByteArray("2026-10-25T12:00:00Z") << 0 << 0;
    }
    void clockChanges()
    {
        QFETCH(QByteArray, zone);
        QFETCH(QByteArray, moment);
        QFETCH(int, compare);
        QFETCH(int, minutes);
        QCOMPARE(clockShift(Compare(compare), at(moment.constData()), QTimeZone(zone)),
            Nanoseconds(std::chrono::minutes(minutes)));
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
