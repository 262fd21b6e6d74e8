// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/ticks.h>

#include <domain/base/format.h>

#include <QDateTime>
#include <QRegularExpression>
#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kSecond = 1'000'000'000;

qint64 at(const QString &iso, const QTimeZone &zone)
{
    QDateTime time = QDateTime::fromString(iso, u"yyyy-MM-dd HH:mm"_s);
    time.setTimeZone(zone);
    return time.toSecsSinceEpoch() * kSecond;
}

QStringList labels(const Ticks &ticks)
{
    QStringList out;
    for (const Ticks::Tick &tick : ticks.ticks)
        out << tick.label;
    return out;
}

} // namespace

class TestTicks : public QObject
{
    Q_OBJECT
private slots:
    void countedThingsHaveWholeTicks();
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void hoursOfTheZone();
    void midnightCarriesTheDate();
    void daylightSaving_data();
    void daylightSaving();
    void everyStepIsRound_data();
    void everyStepIsRound();
    void values_data();
    void values();
    void bytesAreBinary();
    void decades();
    void widening_data();
    void widening();
    void degenerate();
};

void TestTicks::hoursOfTheZone()
{
    const QTimeZone kolkata("Asia/Kolkata"); // five and a half hours ahead: round in UTC is not round here
    const Ticks ticks =
        timeTicks(at(u"2026-11-21 09:10"_s, kolkata), at(u"2026-11-21 13:10"_s, kolkata), kolkata, 5);
    QCOMPARE(labels(ticks), (QStringList{u"10:00"_s, u"11:00"_s, u"12:00"_s, u"13:00"_s}));
    QCOMPARE(ticks.step, 3600.0);
}

void TestTicks::midnightCarriesTheDate()
{
    const QTimeZone utc = QTimeZone::utc();
    const Ticks ticks = timeTicks(at(u"2026-11-20 21:30"_s, utc), at(u"2026-11-21 02:30"_s, utc), utc, 5);
    QCOMPARE(labels(ticks), (QStringList{u"22:00"_s, u"23:00"_s, u"21 Nov"_s, u"01:00"_s, u"02:00"_s}));
}

void TestTicks::daylightSaving_data()
{
    QTest::addColumn<QString>("begin");
    QTest::addColumn<QString>("end");
    QTest::newRow("hour lost") << u"2026-03-28 22:00"_s << u"2026-03-29 12:00"_s;
    QTest::newRow("hour gained") << u"2026-10-24 22:00"_s << u"2026-10-25 12:00"_s;
}

void TestTicks::daylightSaving()
{
    QFETCH(QString, begin);
    QFETCH(QString, end);
    const QTimeZone zone("Europe/Berlin");
    const Ticks ticks = timeTicks(at(begin, zone), at(end, zone), zone, 7);
    QVERIFY(ticks.ticks.size() >= 5);
    double previous = 0;
    for (const Ticks::Tick &tick : ticks.ticks) {
        const QDateTime time = QDateTime::fromSecsSinceEpoch(qint64(tick.at), zone);
        QCOMPARE(time.time().minute(), 0);
        QVERIFY(tick.at > previous);
        previous = tick.at;
    }
    // After the change the hours are those of the wall clock again.
    QCOMPARE(QDateTime::fromSecsSinceEpoch(qint64(ticks.ticks.back().at), zone).time().hour() % 2, 0);
}

void TestTicks::everyStepIsRound_data()
{
    QTest::addColumn<qint64>("span");
    QTest::addColumn<int>("most");
    for (const qint64 span :
        {qint64(1), qint64(5), qint64(40), qint64(300), qint64(3600), qint64(6 * 3600), qint64(86400),
            qint64(7 * 86400), qint64(30 * 86400), qint64(200 * 86400), qint64(5 * 365 * 86400)})
        QTest::addRow("%lld s", static_cast<long long>(span)) << span << 9;
}

void TestTicks::everyStepIsRound()
{
    QFETCH(qint64, span);
    QFETCH(int, most);
    const QTimeZone zone("Europe/Berlin");
    const qint64 begin = at(u"2026-02-11 13:37"_s, zone) + 123'456'789;
    const Ticks ticks = timeTicks(begin, begin + span * kSecond, zone, 8);
    QVERIFY2(int(ticks.ticks.size()) >= 2 && int(ticks.ticks.size()) <= most,
        qPrintable(labels(ticks).join(u' ')));
    for (size_t i = 1; i < ticks.ticks.size(); ++i)
        QVERIFY(ticks.ticks[i].label != ticks.ticks[i - 1].label);
}

void TestTicks::values_data()
{
    QTest::addColumn<double>("min");
    QTest::addColumn<double>("max");
    QTest::addColumn<QString>("unit");
    QTest::addColumn<QList<double>>("expected");
    QTest::newRow("0 to 10") << 0.0 << 10.0 << u"short"_s << QList<double>{0, 2, 4, 6, 8, 10};
    QTest::newRow("0 to 1") << 0.0 << 1.0 << u"short"_s << QList<double>{0, 0.2, 0.4, 0.6, 0.8, 1};
    QTest::newRow("around zero") << -1.0 << 1.0 << u"short"_s << QList<double>{-1, -0.5, 0, 0.5, 1};
    QTest::newRow("seconds below a minute")
        << 0.0 << 0.5 << u"s"_s << QList<double>{0, 0.1, 0.2, 0.3, 0.4, 0.5};
    QTest::newRow("minutes") << 0.0 << 1500.0 << u"s"_s << QList<double>{0, 300, 600, 900, 1200, 1500};
    QTest::newRow("large") << 1e12 << 1e12 + 100 << u"short"_s
                           << QList<double>{1e12, 1e12 + 20, 1e12 + 40, 1e12 + 60, 1e12 + 80, 1e12 + 100};
}

void TestTicks::values()
{
    QFETCH(double, min);
    QFETCH(double, max);
    QFETCH(QString, unit);
    QFETCH(QList<double>, expected);
    const Ticks ticks = valueTicks(min, max, unit, -1, false, 5);
    QCOMPARE(qsizetype(ticks.ticks.size()), expected.size());
    for (size_t i = 0; i < ticks.ticks.size(); ++i) {
        const double wanted = expected[qsizetype(i)];
        QVERIFY(std::abs(ticks.ticks[i].at - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted)));
        QCOMPARE(ticks.ticks[i].label, formatValue(wanted, unit, -1));
    }
}

void TestTicks::bytesAreBinary()
{
    const Ticks ticks = valueTicks(0, 3.5 * 1024 * 1024 * 1024, u"bytes"_s, -1, false, 4);
    QVERIFY(ticks.ticks.size() >= 3);
    for (const Ticks::Tick &tick : ticks.ticks)
        QCOMPARE(std::fmod(tick.at, 1024.0 * 1024 * 1024), 0.0);
}

void TestTicks::decades()
{
    const Ticks ticks = valueTicks(0.001, 1000, u"short"_s, -1, true, 7);
    QVERIFY(ticks.ticks.size() >= 3 && ticks.ticks.size() <= 14);
    for (const Ticks::Tick &tick : ticks.ticks) {
        const double power = std::log10(tick.at);
        QVERIFY(std::abs(power - std::round(power)) < 1e-9);
    }
}

void TestTicks::widening_data()
{
    QTest::addColumn<double>("min");
    QTest::addColumn<double>("max");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::newRow("outwards") << 12.0 << 88.0 << 0.0 << 100.0;
    QTest::newRow("already round") << 0.0 << 100.0 << 0.0 << 100.0;
    QTest::newRow("never below zero") << 0.1 << 9.7 << 0.0 << 10.0;
    QTest::newRow("never above zero") << -9.7 << -0.1 << -10.0 << 0.0;
    QTest::newRow("both sides") << -3.0 << 7.0 << -4.0 << 8.0;
}

void TestTicks::widening()
{
    QFETCH(double, min);
    QFETCH(double, max);
    QFETCH(double, low);
    QFETCH(double, high);
    widenToTicks(min, max, u"short"_s, 5);
    QCOMPARE(min, low);
    QCOMPARE(max, high);
}

void TestTicks::degenerate()
{
    const QTimeZone utc = QTimeZone::utc();
    QVERIFY(timeTicks(5, 5, utc, 5).ticks.empty());
    QVERIFY(timeTicks(9, 5, utc, 5).ticks.empty());
    QVERIFY(timeTicks(0, 60 * kSecond, QTimeZone(), 5).ticks.size() > 1); // no zone is UTC
    QVERIFY(valueTicks(1, 1, u"short"_s, -1, false, 5).ticks.empty());
    QVERIFY(valueTicks(std::nan(""), 1, u"short"_s, -1, false, 5).ticks.empty());
    QVERIFY(valueTicks(0, HUGE_VAL, u"short"_s, -1, false, 5).ticks.empty());
    QVERIFY(valueTicks(-1e308, 1e308, u"short"_s, -1, false, 5).ticks.size() < 300);
    double low = 5, high = 5;
    widenToTicks(low, high, u"short"_s, 5);
    QCOMPARE(low, 5.0);
}

void TestTicks::countedThingsHaveWholeTicks()
{
    for (const double max : {0.7, 1.0, 2.0, 7.0, 11.0}) {
        QString last;
        for (const auto &tick : valueTicks(0, max, u"short"_s, 0, false, 5).ticks) {
            QCOMPARE(tick.at, std::floor(tick.at));
            QVERIFY(tick.label != last);
            last = tick.label;
        }
    }
    QVERIFY(valueTicks(0, 1, u"percentunit"_s, 0, false, 5).ticks.size() > 2);
}

QTEST_MAIN(TestTicks)
#include "tst_ticks.moc"
