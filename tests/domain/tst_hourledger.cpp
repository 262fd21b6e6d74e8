// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/hourledger.h>

#include <domain/slo/slobuckets.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kHourNumber = 490'000; // an hour in 2025
Timestamp after(Nanoseconds span) { return startOfHour(kHourNumber + 1) + span; } // since the hour was over

} // namespace

class TestHourLedger : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void onceAndOnceMoreAnHourLater()
    {
        HourLedger ledger;
        const auto due = [&](Timestamp now) {
            return ledger.newestDue(kHourNumber, kHourNumber, now).has_value();
        };
        QVERIFY(due(after(2min)));
        QVERIFY(!ledger.isAsked(kHourNumber));
        ledger.answered(kHourNumber, after(2min), true);
        QVERIFY(ledger.isAsked(kHourNumber));
        QVERIFY(!due(after(3min)));
        QVERIFY(!due(after(1h)));
        QVERIFY(due(after(1h + 1min)));
        ledger.answered(kHourNumber, after(1h + 1min), true);
        QVERIFY(!due(after(9000h)));
    }

    /// Five minutes, then twice as long each time, and at last never again.
    void whatIsNotWholeIsAskedForLessAndLess()
    {
        HourLedger ledger;
        Timestamp now = after(3h);
        QStringList waits;
        for (Timestamp last = now; waits.size() < 20;) {
            ledger.answered(kHourNumber, last, false);
            for (now = last; !ledger.newestDue(kHourNumber, kHourNumber, now) && now - last < 1000h;)
                now += 1min;
            if (now - last >= 1000h)
                break;
            waits += promDuration(now - last);
            last = now;
        }
        QCOMPARE(waits.join(u' '), u"5m 10m 20m 40m 1h20m 2h40m 5h20m 10h40m"_s);
        ledger.answered(kHourNumber, now, true);
        QVERIFY(!ledger.newestDue(kHourNumber, kHourNumber, now + 9000h));
    }

    void ofManyHours()
    {
        HourLedger ledger;
        const Timestamp now = after(400h);
        QCOMPARE(*ledger.newestDue(kHourNumber, kHourNumber + 9, now), kHourNumber + 9);
        QCOMPARE(*ledger.oldestDue(kHourNumber, kHourNumber + 9, now), kHourNumber);
        for (const int hour : {9, 5, 2, -3}) // before the first one, too
            ledger.answered(kHourNumber + hour, now, true);
        QCOMPARE(ledger.asked(kHourNumber, kHourNumber + 9), 3);
        QCOMPARE(ledger.asked(kHourNumber - 100, kHourNumber + 100), 4);
        QCOMPARE(*ledger.newestDue(kHourNumber, kHourNumber + 9, now), kHourNumber + 8);
        QCOMPARE(*ledger.oldestDue(kHourNumber + 2, kHourNumber + 9, now), kHourNumber + 3);
        QVERIFY(!ledger.newestDue(kHourNumber + 9, kHourNumber + 9, now));
        QCOMPARE(*ledger.newestDue(kHourNumber + 8, kHourNumber + 9, now), kHourNumber + 8); // a wider look
    }

    /// What was answered while the clock ran ahead says nothing of hours that had not happened.
    void clockSetBack()
    {
        HourLedger ledger;
        const Timestamp now = after(3h), ahead = now + 5h;
        ledger.answered(kHourNumber, ahead, true);
        ledger.remembered(kHourNumber + 1, ahead, true);
        QVERIFY(!ledger.newestDue(kHourNumber, kHourNumber + 1, ahead));
        QCOMPARE(ledger.newestDue(kHourNumber, kHourNumber + 1, now), std::optional(kHourNumber + 1));
        QCOMPARE(ledger.oldestDue(kHourNumber, kHourNumber + 1, now), std::optional(kHourNumber));
        ledger.answered(kHourNumber, now, true);
        QVERIFY(!ledger.newestDue(kHourNumber, kHourNumber, now - 1min)); // corrected in passing
    }

    void whatTheDiskRemembers()
    {
        HourLedger ledger;
        const Timestamp now = after(400h);
        // Two groups of one hour: the newest answer counts, and whole is what both are.
        ledger.remembered(kHourNumber, now - 2min, false);
        ledger.remembered(kHourNumber, now - 4min, true);
        QVERIFY(!ledger.newestDue(kHourNumber, kHourNumber, now));
        QVERIFY(ledger.newestDue(kHourNumber, kHourNumber, now + 4min));
    }
};

QTEST_GUILESS_MAIN(TestHourLedger)
#include "tst_hourledger.moc"
