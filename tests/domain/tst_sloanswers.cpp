// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloanswers.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kFirst = 490'000; // an hour in 2025

/// Ends of hours with 1 bad of 10.
std::vector<SloPoint> points(std::initializer_list<int> hours)
{
    std::vector<SloPoint> list;
    for (const int hour : hours)
        list.push_back({toNs(startOfHour(kFirst + hour + 1)), 1, 10, false});
    return list;
}

QString letters(const HourBuckets &buckets)
{
    QString out;
    for (const HourBucket &bucket : buckets)
        out += u"cpom"_s[int(bucket.state)];
    return out;
}

Series recorded(const QString &name, double value, const QString &id = u"a"_s, const QString &replica = {})
{
    Series one;
    one.labels = Labels::fromPairs({{Untrusted(u"__name__"_s), Untrusted(name)},
        {Untrusted(name.startsWith(u"slo:"_s) ? u"sloth_id"_s : u"slo"_s), Untrusted(id)},
        {Untrusted(u"replica"_s), Untrusted(replica)}});
    one.times.push_back(0);
    one.values.push_back(value);
    return one;
}

} // namespace

class TestSloAnswers : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void hoursOfAnAnswer_data()
    {
        QTest::addColumn<bool>("isPartial");
        QTest::addColumn<QString>("states");
        QTest::newRow("whole") << false << u"cmmc"_s;
        QTest::newRow("partial: what has no point is not zero") << true << u"pmmp"_s;
    }
    void hoursOfAnAnswer()
    {
        QFETCH(bool, isPartial);
        const HourBuckets buckets =
            bucketsFrom(points({0, 3}), kFirst, kFirst + 3, isPartial, startOfHour(kFirst + 9));
        QTEST(letters(buckets), "states");
        QCOMPARE(buckets[0].total, 10.0);
        QCOMPARE(buckets[1].total, 0.0);
    }

    void recordedSeries()
    {
        const auto answers = readRecorded(
            {recorded(u"slo:sli_error:ratio_rate5m"_s, 0.2), recorded(u"slo:sli_error:ratio_rate1h"_s, 0.3),
                recorded(u"slo:period_error_budget_remaining:ratio"_s, 0.4),
                recorded(u"slo:time_period:days"_s, 28)},
            Slo::Dialect::Sloth);
        QCOMPARE(answers.size(), size_t(1));
        const RecordedAnswer &a = answers.at(u"a"_s);
        QCOMPARE(a.windows.at(5min).bad, 0.2);
        QCOMPARE(a.windows.at(1h).bad, 0.3);
        QCOMPARE(*a.figures.remaining, 0.4);
        QCOMPARE(*a.figures.period, Nanoseconds(28 * 24h));
    }

    void periodsThatAreNone_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("value");
        for (const auto &name : {u"slo:time_period:days"_s, u"pyrra_window"_s}) {
            for (const double value : {1e300, -1e300, 1e15, -3.0, 0.0})
                QTest::addRow("%s %g", qPrintable(name), value) << name << value;
        }
    }
    void periodsThatAreNone()
    {
        QFETCH(QString, name);
        QFETCH(double, value);
        const auto answers = readRecorded(
            {recorded(name, value)}, name.startsWith(u"slo:"_s) ? Slo::Dialect::Sloth : Slo::Dialect::Pyrra);
        QVERIFY(!answers.at(u"a"_s).figures.period);
    }

    /// Two replicas, or groups, recorded under one id: which of them is meant nobody knows.
    void severalRecordedSeriesOfOneName_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto &name : {u"slo:sli_error:ratio_rate5m"_s,
                 u"slo:period_error_budget_remaining:ratio"_s, u"slo:time_period:days"_s,
                 u"pyrra_availability"_s, u"pyrra_window"_s, u"http_requests:burnrate5m"_s})
            QTest::newRow(qPrintable(name)) << name;
    }
    void severalRecordedSeriesOfOneName()
    {
        QFETCH(QString, name);
        const bool isSloth = name.startsWith(u"slo:"_s);
        const auto answers =
            readRecorded({recorded(isSloth ? u"slo:sli_error:ratio_rate1h"_s : u"x:burnrate1h"_s, 0.5),
                             recorded(name, 0.25, u"a"_s, u"0"_s), recorded(name, 0.5, u"a"_s, u"1"_s),
                             recorded(name, 0.75, u"b"_s)},
                isSloth ? Slo::Dialect::Sloth : Slo::Dialect::Pyrra);
        const RecordedAnswer &a = answers.at(u"a"_s), &b = answers.at(u"b"_s);
        QVERIFY(a.windows.empty() && !a.figures.remaining && !a.figures.attained && !a.figures.period);
        QVERIFY(a.figures.problem.contains(name));
        QVERIFY(b.figures.problem.isEmpty());
        QVERIFY(!b.windows.empty() || b.figures.remaining || b.figures.attained || b.figures.period);
    }
};

QTEST_GUILESS_MAIN(TestSloAnswers)
#include "tst_sloanswers.moc"
