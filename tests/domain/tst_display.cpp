// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/display/display.h>
#include <domain/display/pagenotifier.h>
#include <domain/display/rotationclock.h>

#include <QRegularExpression>
#include <QSize>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

BootTime at(std::chrono::seconds second) { return {std::chrono::hours(1) + second}; }

Rotation threeStops()
{
    return {u"wall"_s, {{u"executive"_s, {}, 30s}, {u"on-call"_s, {}, 60s}, {u"debug"_s, {}, 30s}}};
}

Alert pageOf(quint64 fingerprint, AlertState state = AlertState::Firing, AlertClass kind = AlertClass::Page)
{
    Alert alert;
    alert.key = {{u"am"_s}, fingerprint};
    alert.state = state;
    alert.alertClass = kind;
    alert.startsAt = fromUnixMs(qint64(1000 * fingerprint));
    return alert;
}

QList<quint64> fingerprints(const PageNotifier::News &news)
{
    QList<quint64> list;
    for (const Alert &alert : news.pages)
        list << alert.key.fingerprint;
    return list;
}

} // namespace

class TestDisplay : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void targets_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("error");
        QTest::newRow("dashboard") << u"dashboard:on-call"_s << u"on-call"_s << QString();
        QTest::newRow("rotation") << u"rotation:wall"_s << u"wall"_s << QString();
        QTest::newRow("war room") << u"war-room"_s << QString() << u"no incidents yet"_s;
        QTest::newRow("no id") << u"dashboard:"_s << QString() << u"allowed are dashboard:ID"_s;
        QTest::newRow("no kind") << u"on-call"_s << QString() << u"allowed are dashboard:ID"_s;
        QTest::newRow("other kind") << u"panel:x"_s << QString() << u"allowed are dashboard:ID"_s;
        QTest::newRow("empty") << QString() << QString() << u"allowed are dashboard:ID"_s;
    }
    void targets()
    {
        QFETCH(QString, text);
        QFETCH(QString, error);
        const auto target = parseDisplayTarget(text);
        QCOMPARE(bool(target), error.isEmpty());
        if (target)
            QTEST(target->id, "id");
        else
            QVERIFY2(target.error().message.contains(error), qPrintable(target.error().message));
    }

    void quietHours_data()
    {
        QTest::addColumn<QTime>("from");
        QTest::addColumn<QTime>("to");
        QTest::addColumn<QTime>("now");
        QTest::addColumn<bool>("expected");
        const QTime ten(22, 0), seven(7, 0), noon(12, 0), one(13, 0);
        QTest::newRow("night, late") << ten << seven << QTime(23, 30) << true;
        QTest::newRow("night, early") << ten << seven << QTime(6, 59) << true;
        QTest::newRow("at its end") << ten << seven << seven << false;
        QTest::newRow("at its start") << ten << seven << ten << true;
        QTest::newRow("day") << ten << seven << noon << false;
        QTest::newRow("lunch") << noon << one << QTime(12, 30) << true;
        QTest::newRow("after lunch") << noon << one << QTime(14, 0) << false;
        QTest::newRow("empty") << noon << noon << noon << false;
    }
    void quietHours()
    {
        QFETCH(QTime, from);
        QFETCH(QTime, to);
        QFETCH(QTime, now);
        NotificationSettings settings;
        QVERIFY(!isQuiet(settings, now));
        settings.quietFrom = from;
        settings.quietTo = to;
        QTEST(isQuiet(settings, now), "expected");
    }

    /// A 55-inch display at four metres.
    void sizesToRead()
    {
        const QSizeF wall(1210, 680);
        QVERIFY(*textMillimetres(1, wall, {1920, 1080}) < kReadableMillimetres);
        const double scale = *scaleFor(4, wall, {1920, 1080});
        QVERIFY(scale > 2 && scale < 2.3);
        QCOMPARE(*textMillimetres(scale, wall, {1920, 1080}), kReadableMillimetres);
        QCOMPARE(*scaleFor(4, wall, {3840, 2160}), 2 * scale);
        QCOMPARE(*scaleFor(2, wall, {1920, 1080}), scale / 2);
        QVERIFY(!scaleFor(4, {160, 90}, {1920, 1080})); // what a television says
        QVERIFY(!textMillimetres(1, wall, {0, 0}));
    }

    void rotates()
    {
        RotationClock clock(threeStops(), u"on-call"_s, at(0s));
        QCOMPARE(clock.dashboard(), u"executive"_s);
        QVERIFY(!clock.beat(at(10s), false));
        QVERIFY(!clock.upcoming(at(10s)));
        QCOMPARE(clock.upcoming(at(20s)), std::optional(1)); // loaded before it is shown
        QVERIFY(clock.beat(at(30s), false));
        QCOMPARE(clock.dashboard(), u"on-call"_s);
        QVERIFY(!clock.beat(at(60s), false)); // it has a longer dwell
        QVERIFY(clock.beat(at(90s), false));
        QVERIFY(clock.beat(at(120s), false));
        QCOMPARE(clock.current(), 0);
    }

    void aPageHoldsAndTwoMinutesLonger()
    {
        RotationClock clock(threeStops(), u"on-call"_s, at(0s));
        QVERIFY(clock.beat(at(5s), true));
        QCOMPARE(clock.dashboard(), u"on-call"_s);
        QVERIFY(clock.isHeld());
        QVERIFY(!clock.left(at(5s)));
        for (auto second = 6s; second < 600s; second += 7s)
            QVERIFY(!clock.beat(at(second), true));
        QVERIFY(!clock.beat(at(700s), false)); // less than two minutes since the last
        QVERIFY(clock.isHeld());
        QVERIFY(!clock.beat(at(720s), false)); // no longer held, but the same dashboard goes on
        QVERIFY(!clock.isHeld());
        QVERIFY(clock.beat(at(780s), false));
        QCOMPARE(clock.dashboard(), u"debug"_s);
    }

    void aRotationWithoutOnCallShowsItAnyway()
    {
        RotationClock clock({u"r"_s, {{u"a"_s, {}, 10s}, {u"b"_s, {}, 10s}}}, u"on-call"_s, at(0s));
        QVERIFY(clock.beat(at(1s), true));
        QCOMPARE(clock.dashboard(), u"on-call"_s);
        QCOMPARE(clock.current(), -1);
        QVERIFY(clock.beat(at(200s), false));
        QCOMPARE(clock.dashboard(), u"a"_s);
    }

    void keysStepAndPause()
    {
        RotationClock clock(threeStops(), u"on-call"_s, at(0s));
        QVERIFY(clock.step(-1, at(1s)));
        QCOMPARE(clock.dashboard(), u"debug"_s);
        QVERIFY(clock.step(1, at(2s)));
        clock.togglePause(at(2s));
        QVERIFY(!clock.beat(at(500s), false));
        QVERIFY(clock.isPaused());
        clock.togglePause(at(500s));
        QVERIFY(!clock.beat(at(520s), false));
        QVERIFY(clock.beat(at(530s), false));
        // Somebody walks away from a page; the same page does not pull him back.
        QVERIFY(!clock.beat(at(531s), true));
        QVERIFY(clock.step(1, at(532s)));
        QVERIFY(!clock.beat(at(533s), true));
        QCOMPARE(clock.dashboard(), u"debug"_s);
    }

    void anEditedRotationKeepsItsPlace_data()
    {
        QTest::addColumn<Rotation>("edited");
        QTest::addColumn<QString>("dashboard");
        QTest::addColumn<int>("place");
        QTest::addColumn<bool>("isAnother");
        QTest::addColumn<int>("secondsLeft");
        const RotationStop executive{u"executive"_s, {}, 30s}, onCall{u"on-call"_s, {}, 60s},
            debug{u"debug"_s, {}, 30s};
        // Shown: on-call, for 20 of its 60 seconds.
        QTest::newRow("the same") << threeStops() << u"on-call"_s << 1 << false << 40;
        QTest::newRow("one more before it")
            << Rotation{u"wall"_s, {debug, executive, onCall}} << u"on-call"_s << 2 << false << 40;
        QTest::newRow("shorter") << Rotation{u"wall"_s, {executive, {u"on-call"_s, {}, 25s}, debug}}
                                 << u"on-call"_s << 1 << false << 5;
        QTest::newRow("shorter than it has been shown: its time is over")
            << Rotation{u"wall"_s, {executive, {u"on-call"_s, {}, 10s}}} << u"on-call"_s << 1 << false << 0;
        QTest::newRow("twice in it: the one at its place")
            << Rotation{u"wall"_s, {onCall, onCall, debug}} << u"on-call"_s << 1 << false << 40;
        QTest::newRow("with a set now")
            << Rotation{u"wall"_s, {executive, debug, {u"on-call"_s, u"prod"_s, 60s}}} << u"on-call"_s << 2
            << false << 40;
        QTest::newRow("gone: what stands at its place begins")
            << Rotation{u"wall"_s, {executive, debug}} << u"debug"_s << 1 << true << 30;
        QTest::newRow("gone, and shorter")
            << Rotation{u"wall"_s, {executive}} << u"executive"_s << 0 << true << -1;
    }
    void anEditedRotationKeepsItsPlace()
    {
        QFETCH(Rotation, edited);
        RotationClock clock(threeStops(), u"on-call"_s, at(0s));
        QVERIFY(clock.beat(at(30s), false));
        QTEST(clock.adopt(edited, at(50s)), "isAnother");
        QTEST(clock.dashboard(), "dashboard");
        QTEST(clock.current(), "place");
        const auto left = clock.left(at(50s));
        QTEST(left ? int(*left / 1s) : -1, "secondsLeft");
    }

    void anEditedRotationStaysPausedAndHeld()
    {
        RotationClock paused(threeStops(), u"on-call"_s, at(0s));
        paused.togglePause(at(1s));
        QVERIFY(!paused.adopt(threeStops(), at(2s)));
        QVERIFY(paused.isPaused());
        RotationClock held(threeStops(), u"on-call"_s, at(0s));
        QVERIFY(held.beat(at(1s), true));
        QVERIFY(!held.adopt({u"wall"_s, {{u"debug"_s, {}, 30s}}}, at(2s)));
        QVERIFY(held.isHeld());
        QCOMPARE(held.dashboard(), u"on-call"_s);
        QCOMPARE(held.current(), -1);
    }

    void oneStopStands()
    {
        RotationClock clock({u"r"_s, {{u"a"_s, {}, 10s}}}, u"on-call"_s, at(0s));
        QVERIFY(!clock.beat(at(100s), false));
        QVERIFY(!clock.upcoming(at(100s)));
        QVERIFY(!clock.step(1, at(101s)));
    }

    void pagesAreToldOnce()
    {
        PageNotifier notifier;
        // What fires already is no news.
        QCOMPARE(fingerprints(notifier.apply({pageOf(1)}, false)), QList<quint64>());
        const auto news = notifier.apply({pageOf(3), pageOf(1), pageOf(2)}, false);
        QVERIFY(news.isFiring);
        QCOMPARE(fingerprints(news), (QList<quint64>{2, 3}));
        Alert later = pageOf(2);
        later.startsAt += 1s; // as another member has it
        QCOMPARE(fingerprints(notifier.apply({later, pageOf(3)}, false)), QList<quint64>());
        // Nobody answered: it is unknown, not over.
        QCOMPARE(fingerprints(notifier.apply({pageOf(2, AlertState::Unknown)}, false)), QList<quint64>());
        QCOMPARE(fingerprints(notifier.apply({pageOf(2)}, false)), QList<quint64>());
        QVERIFY(!notifier.apply({pageOf(2, AlertState::Resolved)}, false).isFiring);
        QCOMPARE(fingerprints(notifier.apply({pageOf(2)}, false)), QList<quint64>{2}); // anew
    }

    void silencedAndOthersAreNot()
    {
        PageNotifier notifier;
        notifier.apply({}, false);
        QCOMPARE(fingerprints(notifier.apply({pageOf(1, AlertState::Silenced), pageOf(2, AlertState::Pending),
                                                 pageOf(3, AlertState::Firing, AlertClass::Ticket)},
                     false)),
            QList<quint64>());
        QCOMPARE(fingerprints(notifier.apply({pageOf(1), pageOf(2)}, false)), (QList<quint64>{1, 2}));
    }

    void quietHoursOnlyPutOff()
    {
        PageNotifier notifier;
        notifier.apply({}, false);
        QCOMPARE(fingerprints(notifier.apply({pageOf(1), pageOf(2)}, true)), QList<quint64>());
        QCOMPARE(fingerprints(notifier.apply({pageOf(2)}, false)), QList<quint64>{2});
        QCOMPARE(fingerprints(notifier.apply({pageOf(2)}, false)), QList<quint64>());
    }
};

QTEST_APPLESS_MAIN(TestDisplay)
#include "tst_display.moc"
