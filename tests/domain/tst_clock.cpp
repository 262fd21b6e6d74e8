// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/clock.h>

#include <QTest>

#include <cmath>
#include <limits>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestClock : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void rfc3339_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ns");
        QTest::newRow("plain") << u"2026-11-21T14:02:11Z"_s << qint64(1'795'269'731'000'000'000);
        QTest::newRow("milliseconds") << u"2026-11-21T14:02:11.123Z"_s << qint64(1'795'269'731'123'000'000);
        QTest::newRow("nanoseconds") << u"2026-11-21T14:02:11.123456789Z"_s
                                     << qint64(1'795'269'731'123'456'789);
        QTest::newRow("more digits") << u"2026-11-21T14:02:11.1234567899Z"_s
                                     << qint64(1'795'269'731'123'456'789);
        QTest::newRow("east") << u"2026-11-21T15:02:11+01:00"_s << qint64(1'795'269'731'000'000'000);
        QTest::newRow("west") << u"2026-11-21T08:32:11.5-05:30"_s << qint64(1'795'269'731'500'000'000);
        QTest::newRow("small letters") << u"2026-11-21t14:02:11z"_s << qint64(1'795'269'731'000'000'000);
        QTest::newRow("leap day") << u"2024-02-29T00:00:00Z"_s << qint64(1'709'164'800'000'000'000);
        QTest::newRow("before 1970") << u"1969-12-31T23:59:59.5Z"_s << qint64(-500'000'000);
        QTest::newRow("never, in Go") << u"0001-01-01T00:00:00Z"_s << std::numeric_limits<qint64>::min();
        QTest::newRow("far future") << u"9999-12-31T23:59:59Z"_s << std::numeric_limits<qint64>::max();
    }
    void rfc3339()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ns);
        const auto parsed = parseRfc3339(text);
        QVERIFY(parsed);
        QCOMPARE(parsed->time_since_epoch().count(), ns);
    }

    void notRfc3339_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : {u""_s, u"2026-11-21"_s, u"2026-11-21T14:02:11"_s, u"2026-11-21T14:02Z"_s,
                 u"2026-02-29T00:00:00Z"_s, u"2026-13-01T00:00:00Z"_s, u"2026-11-21T24:00:00Z"_s,
                 u"2026-11-21T14:02:11.Z"_s, u"2026-11-21T14:02:11+0100"_s, u"2026-11-21T14:02:11ZZ"_s,
                 u"2026-11-21T14:02:11*01:00"_s, u"1795269731"_s, u"<html>"_s, u"٢٠٢٦-11-21T14:02:11Z"_s})
            QTest::newRow(qPrintable(text)) << text;
    }
    void notRfc3339()
    {
        QFETCH(QString, text);
        QVERIFY(!parseRfc3339(text));
    }

    void iso()
    {
        QCOMPARE(isoUtc(fromUnixMs(1'795'269'731'000)), u"2026-11-21T14:02:11Z"_s);
        QCOMPARE(isoUtc(fromUnixMs(1'795'269'731'123)), u"2026-11-21T14:02:11.123Z"_s);
    }

    void seconds_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("whole") << qint64(1'795'287'527'000) << QByteArray("1795287527");
        QTest::newRow("half") << qint64(1'795'287'527'500) << QByteArray("1795287527.5");
        QTest::newRow("thousandth") << qint64(1'795'287'527'001) << QByteArray("1795287527.001");
        QTest::newRow("zero") << qint64(0) << QByteArray("0");
        QTest::newRow("negative") << qint64(-1500) << QByteArray("-1.5");
    }
    void seconds()
    {
        QFETCH(qint64, ms);
        QFETCH(QByteArray, text);
        QCOMPARE(unixSeconds(fromUnixMs(ms)), text);
        QVERIFY(fromUnixSeconds(text.toDouble()) == fromUnixMs(ms));
    }

    /// Timestamps in nanoseconds, infinite or not a number end at the border instead of wrapping round.
    void absurdTimes()
    {
        QVERIFY(fromUnixSeconds(1.8e18) == Timestamp::max());
        QVERIFY(fromUnixSeconds(-1.8e18) == Timestamp::min());
        QVERIFY(fromUnixSeconds(std::numeric_limits<double>::infinity()) == Timestamp::max());
        QVERIFY(fromUnixSeconds(std::nan("")) == Timestamp::min());
        QVERIFY(fromUnixMs(std::numeric_limits<qint64>::max()) == Timestamp::max());
        QVERIFY(fromUnixMs(std::numeric_limits<qint64>::min()) == Timestamp::min());
    }

    void systemClockRuns()
    {
        const SystemClock clock;
        const BootTime first = clock.bootNow();
        QVERIFY(clock.bootNow() >= first);
        QVERIFY(clock.utcNow() > fromUnixMs(1'500'000'000'000));
    }
};

QTEST_APPLESS_MAIN(TestClock)
#include "tst_clock.moc"
