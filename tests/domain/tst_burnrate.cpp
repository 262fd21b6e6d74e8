// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/burnrate.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestBurnRate : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    /// B = 0.001. The page row's limits are e = 0.0144.
    void rows_data()
    {
        QTest::addColumn<double>("longRatio"); // negative: not known
        QTest::addColumn<double>("shortRatio");
        QTest::addColumn<bool>("fires");
        QTest::addColumn<double>("spent"); // share of the budget
        QTest::addColumn<int>("firesInSeconds"); // -1: no forecast
        // 0.02/0.001 = burn 20 for 1 h of 720: 20/720 = 2.78 %
        QTest::newRow("both above") << 0.02 << 0.03 << true << 20.0 / 720 << -1;
        QTest::newRow("only short: a spike") << 0.002 << 0.03 << false
                                             << 2.0 / 720
                                             // 3600 · (0.0144 − 0.002) / (0.03 − 0.002) = 1594.28
                                             << 1594;
        QTest::newRow("only long: it is over") << 0.02 << 0.001 << false << 20.0 / 720 << -1;
        QTest::newRow("exactly at the factor does not fire") << 0.0144 << 0.0144 << false << 14.4 / 720 << -1;
        QTest::newRow("nothing bad") << 0.0 << 0.0 << false << 0.0 << -1;
        QTest::newRow("short not known") << 0.02 << -1.0 << false << 20.0 / 720 << -1;
        QTest::newRow("no traffic") << -1.0 << -1.0 << false << -1.0 << -1;
    }
    void rows()
    {
        QFETCH(double, longRatio);
        QFETCH(double, shortRatio);
        QFETCH(double, spent);
        QFETCH(int, firesInSeconds);
        Slo slo;
        slo.target = 0.999;
        const auto known = [](double ratio) { return ratio < 0 ? std::nullopt : std::optional(ratio); };
        const BurnReading reading =
            readBurn(slo, {BurnRow::Severity::Page, 1h, 5min, 14.4}, known(longRatio), known(shortRatio));
        QTEST(reading.isFiring, "fires");
        QCOMPARE(reading.spent.has_value(), spent >= 0);
        if (reading.spent)
            QVERIFY(std::abs(*reading.spent - spent) < 1e-9);
        QCOMPARE(reading.firesIn ? int(*reading.firesIn / 1s) : -1, firesInSeconds);
    }

    void forecastsBeyondSixHoursAreNotMade()
    {
        const BurnRow row{BurnRow::Severity::Ticket, 72h, 6h, 1};
        // 72 h · (0.001 − 0.0009) / (0.0015 − 0.0009) = 12 h
        QVERIFY(!firesIn(row, 0.001, 0.0009, 0.0015));
        // 72 h · (0.001 − 0.00095) / (0.002 − 0.00095) = 3 h 25 m 42 s
        QCOMPARE(*firesIn(row, 0.001, 0.00095, 0.002) / 1s, 12342);
    }

    void exhaustion()
    {
        QCOMPARE(*exhaustedIn(0.5, 720h, 10.0) / 1s, qint64(36 * 3600)); // half of 30 days at ten times
        QCOMPARE(*exhaustedIn(1, 720h, 14.4) / 1s, qint64(50 * 3600)); // as the workbook's table says
        QVERIFY(!exhaustedIn(0.5, 720h, 0.0));
        QVERIFY(!exhaustedIn(0.5, 720h, std::nullopt));
        QVERIFY(!exhaustedIn(-0.1, 720h, 3.0));
        QVERIFY(!exhaustedIn(1, 720h, 1e-9)); // never, within a lifetime
    }

    /// Burn 2.5 with 8 % left lasts 720 · 0.08 / 2.5 = 23.04 h.
    void pageRule()
    {
        Slo slo;
        slo.target = 0.999;
        QVERIFY(readPageRule(slo, 0.08, 0.0025, 0.0025).isFiring);
        QVERIFY(!readPageRule(slo, 0.09, 0.0025, 0.0025).isFiring); // 25.92 h
        QVERIFY(!readPageRule(slo, 0.08, 0.0025, 0.0019).isFiring); // it is over
        QVERIFY(!readPageRule(slo, 0.01, 0.0020, 0.0030).isFiring); // not above two
        QVERIFY(readPageRule(slo, -0.3, 0.0025, 0.0025).isFiring); // already gone, and burning
        QVERIFY(!readPageRule(slo, std::nullopt, 0.0025, 0.0025).isFiring);
        slo.pageWithin = 30h;
        QVERIFY(readPageRule(slo, 0.09, 0.0025, 0.0025).isFiring);
    }

    void hostileRatios()
    {
        QVERIFY(!burnRate(std::nan(""), 0.001));
        QVERIFY(!burnRate(HUGE_VAL, 0.001));
        QVERIFY(!burnRate(0.1, 0.0));
    }
};

QTEST_GUILESS_MAIN(TestBurnRate)
#include "tst_burnrate.moc"
