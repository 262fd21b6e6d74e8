// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>

#include <QRandomGenerator>
#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestFormat : public QObject
{
    Q_OBJECT
private slots:
    void agesOnScreenAreWholeSeconds()
    {
        QCOMPARE(agoText(std::chrono::milliseconds(999)), u"now"_s);
        QCOMPARE(agoText(std::chrono::milliseconds(-5)), u"now"_s);
        QCOMPARE(agoText(std::chrono::milliseconds(1999)), u"1 s"_s);
        QCOMPARE(agoText(std::chrono::seconds(200)), formatAge(std::chrono::seconds(200)));
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void values_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<int>("decimals");
        QTest::addColumn<QString>("expected"); // an underscore stands for the thin space
        const auto row = [](double value, const char *unit, const char *expected, int decimals = -1) {
            QTest::newRow(
                qPrintable(u"%1 %2 %3"_s.arg(value, 0, 'g', 15).arg(QString::fromUtf8(unit)).arg(decimals)))
                << value << QString::fromUtf8(unit) << decimals << QString::fromUtf8(expected);
        };
        row(0.0124, "s", "12.4_ms");
        row(1350, "short", "1.35_k");
        row(0.0023, "percentunit", "0.23_%");
        row(4.2 * 1024 * 1024 * 1024, "bytes", "4.2_GiB");
        row(0, "s", "0_s");
        row(0, "short", "0");
        row(-0.0, "short", "0");
        row(0, "bytes", "0_B");
        row(0, "percent", "0_%");
        row(1, "short", "1");
        row(999, "short", "999");
        row(999.4, "short", "999");
        row(999.9, "short", "1_k");
        row(999'999, "short", "1_M");
        row(-1350, "short", "-1.35_k");
        row(0.000123, "short", "0.000123");
        row(1.5e-9, "short", "1.5e-09");
        row(12345.678, "none", "12345.7");
        row(3.14159, "none", "3.14", 2);
        row(3, "short", "3.00", 2);
        row(2, "s", "2_s");
        row(0.5, "s", "500_ms");
        row(59.96, "s", "1_m");
        row(200, "s", "3_m_20_s");
        row(-200, "s", "-3_m_20_s");
        row(187'200, "s", "2_d_4_h");
        row(90, "s", "1.5_m", 1);
        row(0.0000004, "s", "400_ns");
        row(1500, "ms", "1.5_s");
        row(0.25, "ms", "250_µs");
        row(250, "µs", "250_µs");
        row(250, "us", "250_µs");
        row(1500, "ns", "1.5_µs");
        row(2, "m", "2_m");
        row(1.5, "h", "1_h_30_m");
        row(2, "d", "2_d");
        row(0.0124, "latency", "12.4_ms");
        row(3725, "dtdurations", "1_h_2_m");
        row(1536, "bytes", "1.5_KiB");
        row(1023.9, "bytes", "1_KiB");
        row(2, "kbytes", "2_KiB");
        row(1500, "decbytes", "1.5_kB");
        row(1500, "Bps", "1.5_kB/s");
        row(1536, "binBps", "1.5_KiB/s");
        row(1e9, "bps", "1_Gb/s");
        row(12.34, "percent", "12.3_%");
        row(99.95, "percent", "99.95_%");
        row(0.99996, "percentunit", "99.996_%");
        row(100, "percent", "100_%");
        row(100.4, "percent", "100.4_%");
        row(150, "percent", "150_%");
        row(0.5, "percentunit", "50.0_%", 1);
        row(2500, "reqps", "2.5_kreq/s");
        row(12.5, "reqps", "12.5_req/s");
        row(12, "ops", "12_ops/s");
        row(3, "cps", "3_c/s");
        row(2.4e9, "hertz", "2.4_GHz");
        row(21.5, "celsius", "21.5_°C");
        row(12.4, "currencyUSD", "$12.40");
        row(-1350, "currencyUSD", "-$1.35_k");
        row(7, "currencyEUR", "€7");
        row(1'795'269'731'000, "dateTimeAsIso", "2026-11-21T14:02:11Z");
        row(0, "bool_yes_no", "No");
        row(1, "bool_yes_no", "Yes");
        row(5, "suffix:pods", "5_pods");
        row(5, "prefix:#", "#5");
        row(1350, "si:m", "1.35_km");
        row(1350, "count:jobs", "1.35_kjobs");
        row(1350, "currency:CHF", "CHF1.35_k");
        row(1'795'269'731'000, "time:YYYY-MM-DD HH:mm", "2026-11-21 14:02");
        row(1350, "no such unit", "1.35_k");
        row(std::numeric_limits<double>::quiet_NaN(), "s", "NaN");
        row(std::numeric_limits<double>::infinity(), "bytes", "+Inf");
        row(-std::numeric_limits<double>::infinity(), "percent", "-Inf");
        row(1e300, "dateTimeAsIso", "1e+300");
    }
    void values()
    {
        QFETCH(double, value);
        QFETCH(QString, unit);
        QFETCH(int, decimals);
        QFETCH(QString, expected);
        QCOMPARE(formatValue(value, unit, decimals), expected.replace(u'_', QChar(0x202f)));
    }

    /// Over all units and sizes: never empty, never long, and a number never reads as zero by rounding.
    void everyUnitAtEverySize()
    {
        for (QString unit : knownUnits()) {
            if (unit.endsWith(u':'))
                unit += u'x';
            QVERIFY2(isKnownUnit(unit), qPrintable(unit));
            for (int exponent = -300; exponent <= 300; exponent += 3) {
                for (const double sign : {1.0, -1.0}) {
                    const QString text = formatValue(sign * 1.2345 * std::pow(10, exponent), unit);
                    QVERIFY2(!text.isEmpty() && text.size() < 60, qPrintable(unit + u": "_s + text));
                    QVERIFY2(
                        !text.startsWith(u"0\u202f"_s) && text != "0"_L1, qPrintable(unit + u": "_s + text));
                }
            }
        }
    }

    void hostileSuffixIsInert()
    {
        const QString text = formatValue(1, u"suffix:\u202eevil\nline");
        QVERIFY(!text.contains(QChar(0x202e)) && !text.contains(u'\n'));
    }

    void unknownUnits()
    {
        QVERIFY(!isKnownUnit(u"furlongs"));
        QVERIFY(!isKnownUnit(u"suffix:"));
        QVERIFY(isKnownUnit(u"suffix:x"));
        QVERIFY(isKnownUnit(u"µs"));
    }

    void exact_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("expected");
        QTest::newRow("0.25") << 0.25 << u"0.25"_s;
        QTest::newRow("1e22") << 1e22 << u"1e+22"_s;
        QTest::newRow("1e-7") << 1e-7 << u"1e-07"_s;
        QTest::newRow("100000") << 1e5 << u"100000"_s;
        QTest::newRow("0.1+0.2") << 0.1 + 0.2 << u"0.30000000000000004"_s;
        QTest::newRow("0") << 0.0 << u"0"_s;
        QTest::newRow("NaN") << std::nan("") << u"NaN"_s;
        QTest::newRow("+Inf") << HUGE_VAL << u"+Inf"_s;
        QTest::newRow("-Inf") << -HUGE_VAL << u"-Inf"_s;
    }
    void exact()
    {
        QFETCH(double, value);
        QFETCH(QString, expected);
        QCOMPARE(formatExact(value), expected);
    }

    void exactReadsBack()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int i = 0; i < 20'000; ++i) {
            const quint64 bits = random.generate64();
            double value = 0;
            std::memcpy(&value, &bits, sizeof value);
            if (std::isfinite(value))
                QVERIFY2(formatExact(value).toDouble() == value, qPrintable(QString::number(seed)));
        }
    }

    void ages_data()
    {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("expected");
        QTest::newRow("0") << qint64(0) << u"0 s"_s;
        QTest::newRow("clock went back") << qint64(-5) << u"0 s"_s;
        QTest::newRow("ns") << qint64(900) << u"900 ns"_s;
        QTest::newRow("us") << qint64(350'000) << u"350 µs"_s;
        QTest::newRow("ms") << qint64(850'000'000) << u"850 ms"_s;
        QTest::newRow("s") << qint64(59'900'000'000) << u"59 s"_s;
        QTest::newRow("m") << qint64(180'000'000'000) << u"3 m"_s;
        QTest::newRow("m s") << qint64(200'000'000'000) << u"3 m 20 s"_s;
        QTest::newRow("h") << qint64(3'601'000'000'000) << u"1 h"_s;
        QTest::newRow("d h") << qint64(187'200'000'000'000) << u"2 d 4 h"_s;
        QTest::newRow("y d") << qint64(400 * 86'400'000'000'000) << u"1 y 35 d"_s;
    }
    void ages()
    {
        QFETCH(qint64, ns);
        QFETCH(QString, expected);
        QCOMPARE(formatAge(Nanoseconds(ns)), expected);
    }
};

QTEST_APPLESS_MAIN(TestFormat)
#include "tst_format.moc"
