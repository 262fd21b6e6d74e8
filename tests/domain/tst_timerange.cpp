// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/timerange.h>

#include <QRandomGenerator>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Timestamp at(const QString &iso)
{
    const auto time = parseRfc3339(iso);
    Q_ASSERT(time);
    return *time;
}

QTimeZone zoneNamed(const QString &name) { return QTimeZone(name.toUtf8()); }

} // namespace

class TestTimeRange : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void resolveTime_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("zone");
        QTest::addColumn<bool>("up");
        QTest::addColumn<QString>("expected");
        const QString now = u"2026-11-21T14:02:11.500Z"_s, utc = u"UTC"_s, berlin = u"Europe/Berlin"_s,
                      york = u"America/New_York"_s;
        const auto row = [&](const char *name, const QString &expression, const QString &expected,
                             const QString &zone = u"UTC"_s, bool up = false, const QString &moment = {}) {
            QTest::newRow(name) << expression << (moment.isEmpty() ? now : moment) << zone << up << expected;
        };
        row("now", u"now"_s, now);
        row("6 hours", u"now-6h"_s, u"2026-11-21T08:02:11.500Z"_s);
        row("spaces around", u"  now-6h "_s, u"2026-11-21T08:02:11.500Z"_s);
        row("ms", u"now-500ms"_s, u"2026-11-21T14:02:11Z"_s);
        row("no number is one", u"now-h"_s, u"2026-11-21T13:02:11.500Z"_s);
        row("several terms", u"now-1d+6h-30m"_s, u"2026-11-20T19:32:11.500Z"_s);
        row("day begins", u"now/d"_s, u"2026-11-21T00:00:00Z"_s);
        row("day ends", u"now/d"_s, u"2026-11-22T00:00:00Z"_s, utc, true);
        row("yesterday", u"now-1d/d"_s, u"2026-11-20T00:00:00Z"_s);
        row("yesterday ends", u"now-1d/d"_s, u"2026-11-21T00:00:00Z"_s, utc, true);
        row("then an hour more", u"now/d+8h"_s, u"2026-11-21T08:00:00Z"_s);
        row("week begins on Monday", u"now/w"_s, u"2026-11-16T00:00:00Z"_s);
        row("week ends", u"now/w"_s, u"2026-11-23T00:00:00Z"_s, utc, true);
        row("month", u"now-1M/M"_s, u"2026-10-01T00:00:00Z"_s);
        row("month ends", u"now-1M/M"_s, u"2026-11-01T00:00:00Z"_s, utc, true);
        row("short month", u"now-1M"_s, u"2026-02-28T10:00:00Z"_s, utc, false, u"2026-03-31T10:00:00Z"_s);
        row("quarter", u"now/Q"_s, u"2026-10-01T00:00:00Z"_s);
        row("fiscal quarter", u"now/fQ"_s, u"2026-10-01T00:00:00Z"_s);
        row("year", u"now-1y/y"_s, u"2025-01-01T00:00:00Z"_s);
        row("fiscal year ends", u"now/fy"_s, u"2027-01-01T00:00:00Z"_s, utc, true);
        row("hour", u"now/h"_s, u"2026-11-21T14:00:00Z"_s);
        row("minute ends", u"now/m"_s, u"2026-11-21T14:03:00Z"_s, utc, true);
        row("Berlin day", u"now/d"_s, u"2026-11-20T23:00:00Z"_s, berlin);
        row("half-hour zone", u"now/h"_s, u"2026-11-21T13:30:00Z"_s, u"Asia/Kolkata"_s);
        // 29 March 2026, 02:00 → 03:00 in Berlin; 25 October 03:00 → 02:00.
        row("one day over the short night", u"now-1d"_s, u"2026-03-28T11:00:00Z"_s, berlin, false,
            u"2026-03-29T10:00:00Z"_s);
        row("24 hours over the short night", u"now-24h"_s, u"2026-03-28T10:00:00Z"_s, berlin, false,
            u"2026-03-29T10:00:00Z"_s);
        row("the short day begins", u"now/d"_s, u"2026-03-28T23:00:00Z"_s, berlin, false,
            u"2026-03-29T10:00:00Z"_s);
        row("the short day ends", u"now/d"_s, u"2026-03-29T22:00:00Z"_s, berlin, true,
            u"2026-03-29T10:00:00Z"_s);
        row("an hour that does not exist", u"now-1d"_s, u"2026-03-29T01:30:00Z"_s, berlin, false,
            u"2026-03-30T00:30:00Z"_s);
        row("the long day ends", u"now/d"_s, u"2026-10-25T23:00:00Z"_s, berlin, true,
            u"2026-10-25T10:00:00Z"_s);
        row("an hour that comes twice", u"now-1d"_s, u"2026-10-25T00:30:00Z"_s, berlin, false,
            u"2026-10-26T01:30:00Z"_s);
        row("within the first of both", u"now/h"_s, u"2026-10-25T00:00:00Z"_s, berlin, false,
            u"2026-10-25T00:40:00Z"_s);
        row("within the second of both", u"now/h"_s, u"2026-10-25T01:00:00Z"_s, berlin, false,
            u"2026-10-25T01:40:00Z"_s);
        // 8 March 2026, 02:00 → 03:00 in New York; 1 November 02:00 → 01:00.
        row("New York forward", u"now-1d"_s, u"2026-03-07T17:00:00Z"_s, york, false,
            u"2026-03-08T16:00:00Z"_s);
        row("New York back", u"now/d"_s, u"2026-11-02T05:00:00Z"_s, york, true, u"2026-11-01T16:00:00Z"_s);
        row("New York week over the change", u"now-1w"_s, u"2026-10-28T16:00:00Z"_s, york, false,
            u"2026-11-04T17:00:00Z"_s);
        row("epoch ms", u"1795269731500"_s, u"2026-11-21T14:02:11.500Z"_s);
        row("epoch s", u"1795269731"_s, u"2026-11-21T14:02:11Z"_s);
        row("epoch s with fraction", u"1795269731.5"_s, u"2026-11-21T14:02:11.500Z"_s);
        row("ISO with zone", u"2026-11-21T14:02:11Z"_s, u"2026-11-21T14:02:11Z"_s, berlin);
        row("ISO with offset", u"2026-11-21T14:02:11-05:30"_s, u"2026-11-21T19:32:11Z"_s);
        row("ISO with short offset", u"2026-11-21 14:02 +0100"_s, u"2026-11-21T13:02:00Z"_s);
        row("ISO without zone", u"2026-11-21 14:02"_s, u"2026-11-21T13:02:00Z"_s, berlin);
        row("ISO nanoseconds", u"2026-11-21T14:02:11.123456789Z"_s, u"2026-11-21T14:02:11.123456789Z"_s);
        row("day", u"2026-11-21"_s, u"2026-11-20T23:00:00Z"_s, berlin);
        row("day as an end", u"2026-11-21"_s, u"2026-11-21T23:00:00Z"_s, berlin, true);
    }
    void resolveTime()
    {
        QFETCH(QString, expression);
        QFETCH(QString, now);
        QFETCH(QString, zone);
        QFETCH(bool, up);
        QFETCH(QString, expected);
        const auto result = bw::resolveTime(expression, at(now), zoneNamed(zone), up);
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QCOMPARE(isoUtc(*result), isoUtc(at(expected)));
        QVERIFY(*result == at(expected));
    }

    void badTimes_data()
    {
        QTest::addColumn<QString>("expression");
        for (const QString &expression :
            {u""_s, u"yesterday"_s, u"now-"_s, u"now-6"_s, u"now-6x"_s, u"now/"_s, u"now/2d"_s, u"nowhere"_s,
                u"now-6h/d/"_s, u"now-9999999999h"_s, u"now-999999999y"_s, u"now-999999999h"_s,
                u"2026-02-30"_s, u"2026-11-21 25:00"_s, u"2026-11-21T14"_s, u"1e9"_s,
                u"9999999999999999999"_s, u"99999999999999999"_s, u"--5"_s, u"now-6h extra"_s}) {
            QTest::newRow(qPrintable(u'"' + expression + u'"')) << expression;
        }
    }
    void badTimes()
    {
        QFETCH(QString, expression);
        const auto result = bw::resolveTime(expression, at(u"2026-11-21T14:02:11Z"_s), QTimeZone::utc());
        QVERIFY(!result);
        QCOMPARE(result.error().kind, Error::Kind::Invalid);
        QVERIFY(result.error().message.contains(expression.trimmed()));
    }

    void rangeMustNotEndBeforeItBegins()
    {
        const Timestamp now = at(u"2026-11-21T14:02:11Z"_s);
        QVERIFY(resolve({u"now/d"_s, u"now/d"_s}, now, QTimeZone::utc()));
        const auto wrong = resolve({u"now"_s, u"now-1h"_s}, now, QTimeZone::utc());
        QVERIFY(!wrong && wrong.error().kind == Error::Kind::Invalid);
        QVERIFY(wrong.error().message.contains(u"now-1h"_s));
        QVERIFY(!resolve({u"now"_s, u"now"_s}, now, QTimeZone::utc()));
        const auto day = resolve({u"now-1d/d"_s, u"now-1d/d"_s}, now, zoneNamed(u"Europe/Berlin"_s));
        QCOMPARE(day->span(), Nanoseconds(24h));
    }

    void everyDayOfTwoYearsIsWhole_data()
    {
        QTest::addColumn<QString>("zone");
        for (const char *zone : {"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo",
                 "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"})
            QTest::newRow(zone) << QString::fromLatin1(zone);
    }
    void everyDayOfTwoYearsIsWhole()
    {
        QFETCH(QString, zone);
        const QTimeZone place = zoneNamed(zone);
        Timestamp now = at(u"2025-12-20T00:07:00Z"_s), lastEnd{};
        for (int hour = 0; hour < 2 * 366 * 24; hour += 5, now += 5h) {
            const auto day = resolve({u"now/d"_s, u"now/d"_s}, now, place);
            QVERIFY(day);
            QVERIFY(day->contains(now));
            QVERIFY(day->span() >= 23h && day->span() <= 25h);
            if (lastEnd != Timestamp{} && day->end != lastEnd)
                QVERIFY(day->begin == lastEnd); // no hole and no overlap between days
            lastEnd = day->end;
        }
    }

    void snapped_data()
    {
        QTest::addColumn<qint64>("value");
        QTest::addColumn<qint64>("step");
        QTest::addColumn<qint64>("expected");
        QTest::newRow("down") << qint64(17) << qint64(5) << qint64(15);
        QTest::newRow("exact") << qint64(15) << qint64(5) << qint64(15);
        QTest::newRow("before 1970") << qint64(-3) << qint64(5) << qint64(-5);
        QTest::newRow("no step") << qint64(17) << qint64(0) << qint64(17);
    }
    void snapped()
    {
        QFETCH(qint64, value);
        QFETCH(qint64, step);
        QFETCH(qint64, expected);
        const Timestamp t{Nanoseconds(value)};
        QCOMPARE(TimeRange({t, t}).snappedTo(Nanoseconds(step)).begin.time_since_epoch().count(), expected);
    }

    void absoluteRoundTrip()
    {
        const Timestamp now = at(u"2026-11-21T14:02:11Z"_s);
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int i = 0; i < 500; ++i) {
            const qint64 begin = random.bounded(qint64(4'000'000'000'000)) - 1'000'000'000'000;
            const TimeRange range{fromUnixMs(begin), fromUnixMs(begin + 1 + random.bounded(1'000'000'000))};
            const auto back = resolve(absolute(range), now, zoneNamed(u"Europe/Berlin"_s));
            QVERIFY2(back && *back == range, qPrintable(QString::number(seed)));
        }
    }

    void pasted_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const auto relative = [](const char *text, const char *from, const char *to = "now") {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(from)
                                << QString::fromUtf8(to);
        };
        const auto fixed = relative;
        relative("now-6h", "now-6h");
        relative("6h", "now-6h");
        relative("last 6 hours", "now-6h");
        relative("Last 1 hour", "now-1h");
        relative("30 min", "now-30m");
        relative("2M", "now-2M");
        relative("now-6h to now-1h", "now-6h", "now-1h");
        relative("now/d", "now/d", "now/d");
        relative("from=now-3h&to=now", "now-3h");
        relative("https://grafana.example/d/x?orgId=1&from=now-3h&to=now", "now-3h");
        // Now is 14:02:11 UTC, 15:02:11 in Berlin.
        fixed("14:02-14:20", "2026-11-21T13:02:00Z", "2026-11-21T13:20:00Z");
        fixed("14:02 - 14:20", "2026-11-21T13:02:00Z", "2026-11-21T13:20:00Z");
        fixed("14:02–14:20", "2026-11-21T13:02:00Z", "2026-11-21T13:20:00Z");
        fixed("14:02:30-14:20:15", "2026-11-21T13:02:30Z", "2026-11-21T13:20:15Z");
        fixed("23:50-00:10", "2026-11-20T22:50:00Z", "2026-11-20T23:10:00Z");
        fixed("18:00-19:00", "2026-11-20T17:00:00Z", "2026-11-20T18:00:00Z");
        fixed("2026-11-21 14:02 to 15:00", "2026-11-21T13:02:00Z", "2026-11-21T14:00:00Z");
        fixed("2026-11-21 14:02-15:00", "2026-11-21T13:02:00Z", "2026-11-21T14:00:00Z");
        fixed("2026-11-20 14:02 - 2026-11-21 01:00", "2026-11-20T13:02:00Z", "2026-11-21T00:00:00Z");
        fixed("2026-11-21T13:02:00Z/2026-11-21T14:00:00Z", "2026-11-21T13:02:00Z", "2026-11-21T14:00:00Z");
        fixed("1795269731 1795270000", "2026-11-21T14:02:11Z", "2026-11-21T14:06:40Z");
        fixed("1795269731000-1795270000000", "2026-11-21T14:02:11Z", "2026-11-21T14:06:40Z");
        fixed("2026-11-20", "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z");
        fixed("1795269731", "2026-11-21T13:32:11Z", "2026-11-21T14:32:11Z");
        fixed("14:00", "2026-11-21T12:30:00Z", "2026-11-21T13:30:00Z");
        fixed("2026-11-21T13:00:00Z", "2026-11-21T12:30:00Z", "2026-11-21T13:30:00Z");
    }
    void pasted()
    {
        QFETCH(QString, text);
        QFETCH(QString, from);
        QFETCH(QString, to);
        const Timestamp now = at(u"2026-11-21T14:02:11Z"_s);
        const QTimeZone zone = zoneNamed(u"Europe/Berlin"_s);
        const auto spec = parsePasted(text, now, zone);
        QVERIFY2(spec, spec ? "" : qPrintable(spec.error().message));
        if (from.startsWith("now"_L1)) {
            QCOMPARE(spec->from, from);
            QCOMPARE(spec->to, to);
            QVERIFY(spec->isRelative());
            return;
        }
        const auto range = resolve(*spec, now, zone);
        QVERIFY(range);
        QCOMPARE(isoUtc(range->begin), from);
        QCOMPARE(isoUtc(range->end), to);
        QVERIFY(!spec->isRelative());
    }

    void pastedNonsense_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : {u""_s, u"now"_s, u"hello"_s, u"25:00-26:00"_s, u"now to now-1h"_s,
                 u"2026-11-21 15:00 to 14:00"_s, u"6 parsecs"_s, u" - "_s, u"to"_s})
            QTest::newRow(qPrintable(u'"' + text + u'"')) << text;
    }
    void pastedNonsense()
    {
        QFETCH(QString, text);
        const auto spec = parsePasted(text, at(u"2026-11-21T14:02:11Z"_s), QTimeZone::utc());
        QVERIFY(!spec);
        QCOMPARE(spec.error().kind, Error::Kind::Invalid);
        QVERIFY(!spec.error().message.isEmpty());
    }

    void described_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("expected");
        QTest::newRow("hours") << u"now-6h"_s << u"now"_s << u"Last 6 hours"_s;
        QTest::newRow("one") << u"now-1h"_s << u"now"_s << u"Last hour"_s;
        QTest::newRow("today") << u"now/d"_s << u"now/d"_s << u"Today"_s;
        QTest::newRow("yesterday") << u"now-1d/d"_s << u"now-1d/d"_s << u"Yesterday"_s;
        QTest::newRow("fixed") << u"2026-11-21 14:02"_s << u"2026-11-21 14:20"_s
                               << u"2026-11-21 14:02 – 14:20"_s;
        QTest::newRow("fixed in ms") << u"1795269731000"_s << u"1795270000000"_s
                                     << u"2026-11-21 15:02:11 – 15:06:40"_s;
        QTest::newRow("two days") << u"2026-11-20 14:02"_s << u"2026-11-21 14:20"_s
                                  << u"2026-11-20 14:02 – 2026-11-21 14:20"_s;
        QTest::newRow("other") << u"now-6h"_s << u"now-1h"_s << u"now-6h to now-1h"_s;
        QTest::newRow("broken") << u"bad"_s << u"now"_s << u"bad to now"_s;
    }
    void described()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, expected);
        QCOMPARE(describe(TimeSpec{from, to}, at(u"2026-11-21T14:02:11Z"_s), zoneNamed(u"Europe/Berlin"_s)),
            expected);
    }

    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QString>("shortest");
        QTest::newRow("0") << u"0"_s << qint64(0) << u"0s"_s;
        QTest::newRow("90s") << u"90s"_s << qint64(90'000) << u"1m30s"_s;
        QTest::newRow("1h30m") << u"1h30m"_s << qint64(5'400'000) << u"1h30m"_s;
        QTest::newRow("500ms") << u"500ms"_s << qint64(500) << u"500ms"_s;
        QTest::newRow("5m") << u"5m"_s << qint64(300'000) << u"5m"_s;
        QTest::newRow("all") << u"1y1w1d1h1m1s1ms"_s << qint64(32'230'861'001) << u"373d1h1m1s1ms"_s;
        QTest::newRow("2w") << u"14d"_s << qint64(1'209'600'000) << u"2w"_s;
        QTest::newRow("1y") << u"365d"_s << qint64(31'536'000'000) << u"1y"_s;
        QTest::newRow("bare") << u"15"_s << qint64(15'000) << u"15s"_s;
        QTest::newRow("bare fraction") << u"0.25"_s << qint64(250) << u"250ms"_s;
        QTest::newRow("large number") << u"7200s"_s << qint64(7'200'000) << u"2h"_s;
    }
    void durations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ms);
        QFETCH(QString, shortest);
        const auto parsed = parseDuration(text);
        QVERIFY(parsed);
        QCOMPARE(parsed->count(), ms * 1'000'000);
        QCOMPARE(promDuration(*parsed), shortest);
    }

    void badDurations_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : {u""_s, u"s"_s, u"1.5h"_s, u"30m1h"_s, u"-5m"_s, u"1M"_s, u"5 m"_s,
                 u"1h-"_s, u"99999999999999y"_s, u"1e3"_s, u"NaN"_s, u"10µs"_s})
            QTest::newRow(qPrintable(u'"' + text + u'"')) << text;
    }
    void badDurations()
    {
        QFETCH(QString, text);
        const auto parsed = parseDuration(text);
        QVERIFY(!parsed && parsed.error().kind == Error::Kind::Invalid);
        QVERIFY(parsed.error().message.contains(text));
    }

    void durationRoundTrip()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int i = 0; i < 2000; ++i) {
            const Nanoseconds span(random.bounded(qint64(1) << random.bounded(1, 42)) * 1'000'000);
            QVERIFY2(parseDuration(promDuration(span)) == span, qPrintable(QString::number(seed)));
        }
        QCOMPARE(promDuration(Nanoseconds(1)), u"1ms"_s); // never "0s", which servers refuse as a step
    }
};

QTEST_APPLESS_MAIN(TestTimeRange)
#include "tst_timerange.moc"
