// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <widgets/context/sourcestrip.h>
#include <widgets/context/timenavigator.h>
#include <widgets/forms/timerangepicker.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestTimeNavigator : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void historyWalksBothWays()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        QSignalSpy changes(&time, &TimeNavigator::rangeChanged);
        const TimeSpec first = time.spec();
        QVERIFY(time.setSpec({u"now-6h"_s, u"now"_s}));
        QVERIFY(time.setSpec({u"now-2h"_s, u"now"_s}));
        QCOMPARE(changes.size(), 2);
        time.back();
        QCOMPARE(time.spec().from, u"now-6h"_s);
        time.back();
        QCOMPARE(time.spec(), first);
        QVERIFY(!time.canGoBack());
        time.back();
        time.forward();
        time.forward();
        QCOMPARE(time.spec().from, u"now-2h"_s);
        QVERIFY(!time.canGoForward());
        time.back();
        QVERIFY(time.setSpec({u"now-5m"_s, u"now"_s})); // cuts off what was ahead
        QVERIFY(!time.canGoForward());
    }

    void historyIsBounded()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        for (int i = 1; i <= 250; ++i)
            QVERIFY(time.setSpec({u"now-%1m"_s.arg(i), u"now"_s}));
        int steps = 0;
        while (time.canGoBack() && steps < 1000) {
            time.back();
            ++steps;
        }
        QCOMPARE(steps, 99);
    }

    void aBadRangeChangesNothing()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        const TimeSpec before = time.spec();
        QSignalSpy changes(&time, &TimeNavigator::rangeChanged);
        const Result<void> set = time.setSpec({u"yesterdayish"_s, u"now"_s});
        QVERIFY(!set);
        QVERIFY(set.error().message.contains(u"yesterdayish"_s));
        QCOMPARE(time.spec(), before);
        QCOMPARE(changes.size(), 0);
        QVERIFY(!time.setSpec({u"now"_s, u"now-1h"_s}));
    }

    void zoomsInAndOut()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        const TimeRange range{clock.utcNow() - 3h, clock.utcNow() - 1h};
        time.zoom(range);
        QCOMPARE(time.range(), range);
        QVERIFY(!time.isLive());
        time.zoomOut();
        QCOMPARE(time.range().span(), Nanoseconds(4h));
        QCOMPARE_LE(time.range().end, clock.utcNow());
        time.zoom({clock.utcNow(), clock.utcNow()}); // a click is no drag
        QCOMPARE(time.range().span(), Nanoseconds(4h));
    }

    void refreshIsAtLeastFiveSecondsOrOff()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        time.setRefreshInterval(1s);
        QCOMPARE(time.refreshInterval(), 5s);
        time.setRefreshInterval(0s);
        QCOMPARE(time.refreshInterval(), 0s);
    }

    void pauseKnowsSinceWhen()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        QSignalSpy paused(&time, &TimeNavigator::pausedChanged);
        time.setPaused(true);
        time.setPaused(true);
        QCOMPARE(paused.size(), 1);
        QCOMPARE(*time.pausedSince(), clock.bootNow());
    }

    void pickerTakesWhatIsTypedOrPasted()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        time.setZone(QTimeZone::utc());
        TimeRangePicker picker(time);
        picker.applyTyped(u"now-2d"_s, u" now "_s);
        QCOMPARE(time.spec(), (TimeSpec{u"now-2d"_s, u"now"_s}));
        QVERIFY(picker.errorText().isEmpty());
        picker.applyPasted(u"now-3h"_s);
        QCOMPARE(time.range().span(), Nanoseconds(3h));
        picker.applyTyped(u"soon"_s, u"now"_s);
        QVERIFY(picker.errorText().contains(u"soon"_s));
        QCOMPARE(time.range().span(), Nanoseconds(3h));
        picker.applyPasted(u"what?"_s);
        QVERIFY(!picker.errorText().isEmpty());
    }

    void stripShowsEverySourceAndRetries()
    {
        Session session;
        SourceStrip strip(session.sources, session.clock);
        QCOMPARE(strip.chips().size(), size_t(1));
        SourceInfo bad;
        bad.id = {u"am/1"_s};
        bad.source = u"am"_s;
        bad.freshness = afterFailure({}, Error{Error::Kind::Network, u"connection refused"_s, {}, 0, 0});
        bad.retryAt = session.clock.bootNow() + 23s;
        bad.freshness.skew = 40s;
        session.sources.update(bad);
        QCOMPARE(strip.chips().size(), size_t(2));
        const QString text = strip.chips()[1]->shownText();
        QVERIFY2(text.contains(u"error"_s) && text.contains(u"23 s"_s) && text.contains(u"40 s"_s),
            qPrintable(text));
        session.clock.advance(10s);
        strip.beat();
        QVERIFY(strip.chips()[1]->shownText().contains(u"13 s"_s));
        QVERIFY(strip.chips()[0]->shownText().contains(u"10 s"_s));
        QSignalSpy retry(&session.sources, &SourceBoard::retryRequested);
        QTest::mouseClick(strip.chips()[1], Qt::LeftButton);
        QCOMPARE(retry.size(), 1);
        QCOMPARE(retry[0][0].toString(), u"am"_s);
        session.sources.retain({});
        QCOMPARE(strip.chips().size(), size_t(0));
    }

    void historyRemembersPlaces()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        const ViewPlace cart{u"debug"_s, {{u"service"_s, {u"cart"_s}}}}, all{u"on-call"_s, {}};
        QSignalSpy wanted(&time, &TimeNavigator::placeWanted);
        {
            const TimeNavigator::Step opened(time, TimeNavigator::Step::Kind::Replace);
            QVERIFY(time.setSpec({u"now-3h"_s, u"now"_s}));
            time.setPlace(all);
        }
        QVERIFY(!time.canGoBack()); // nowhere to go back to
        {
            const TimeNavigator::Step both(time);
            QVERIFY(time.setSpec({u"now-6h"_s, u"now"_s}));
            time.setPlace(cart);
        }
        time.setPlace(cart); // no other place
        time.back();
        QCOMPARE(time.spec().from, u"now-3h"_s);
        QCOMPARE(time.place(), all);
        QCOMPARE(wanted.size(), 1);
        QVERIFY(!time.canGoBack());
        time.forward();
        QCOMPARE(time.place(), cart);
        QCOMPARE(time.spec().from, u"now-6h"_s);
        QVERIFY(!time.canGoForward());
    }

    void whatAPageSetsWhileWalkingIsNoStep()
    {
        FakeClock clock;
        TimeNavigator time(clock);
        time.setPlace({u"a"_s, {}});
        time.setPlace({u"b"_s, {}});
        connect(&time, &TimeNavigator::placeWanted, &time, [&time](const ViewPlace &place) {
            QVERIFY(time.setSpec({u"now-1d"_s, u"now"_s})); // as an opened dashboard does
            time.setPlace({place.page, {{u"x"_s, {u"1"_s}}}});
        });
        const TimeSpec spec = time.spec();
        time.back();
        QCOMPARE(time.place(), (ViewPlace{u"a"_s, {}}));
        QCOMPARE(time.spec(), spec);
        QVERIFY(time.canGoForward());
        time.amendPlace({u"a"_s, {{u"x"_s, {u"2"_s}}}});
        time.forward();
        time.back();
        QCOMPARE(time.place().choices.value(u"x"_s), QStringList{u"2"_s});
    }
};

QTEST_MAIN(TestTimeNavigator)
#include "tst_timenavigator.moc"
