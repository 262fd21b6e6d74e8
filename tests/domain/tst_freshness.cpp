// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/freshness.h>

#include <QTest>

#include <algorithm>
#include <array>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using State = Freshness::State;

namespace {

const BootTime kBoot{1h};
const Timestamp kUtc = *parseRfc3339(u"2026-11-21T14:02:11Z");

Error failure(Error::Kind kind, const QString &message = u"timeout"_s)
{
    return {.kind = kind, .message = message, .detail = {}};
}

constexpr std::array kAll{State::Never, State::Fresh, State::Refreshing, State::Stale, State::Error,
    State::Empty, State::Partial, State::NeedsAuth, State::Paused};

} // namespace

class TestFreshness : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void success()
    {
        const Freshness fresh = afterSuccess(kBoot, kUtc, false);
        QCOMPARE(fresh.state, State::Fresh);
        QVERIFY(fresh.lastGood == kBoot && fresh.lastGoodUtc == kUtc && isCurrent(fresh));
        const Freshness empty = afterSuccess(kBoot, kUtc, true);
        QCOMPARE(empty.state, State::Empty);
        QVERIFY(empty.lastGoodEmpty && isCurrent(empty));
    }

    void failures_data()
    {
        QTest::addColumn<Error::Kind>("kind");
        QTest::addColumn<State>("fromNever");
        QTest::addColumn<State>("fromFresh");
        QTest::newRow("timeout") << Error::Kind::Timeout << State::Error << State::Stale;
        QTest::newRow("network") << Error::Kind::Network << State::Error << State::Stale;
        QTest::newRow("tls") << Error::Kind::Tls << State::Error << State::Stale;
        QTest::newRow("http") << Error::Kind::Http << State::Error << State::Stale;
        QTest::newRow("overload") << Error::Kind::Overload << State::Error << State::Stale;
        QTest::newRow("auth") << Error::Kind::Auth << State::NeedsAuth << State::NeedsAuth;
        QTest::newRow("decode") << Error::Kind::Decode << State::Error << State::Error;
        QTest::newRow("too large") << Error::Kind::TooLarge << State::Error << State::Error;
        QTest::newRow("cancelled") << Error::Kind::Cancelled << State::Never << State::Fresh;
    }
    void failures()
    {
        QFETCH(Error::Kind, kind);
        QFETCH(State, fromNever);
        QFETCH(State, fromFresh);
        QCOMPARE(afterFailure({}, failure(kind)).state, fromNever);
        const Freshness after = afterFailure(afterSuccess(kBoot, kUtc, false), failure(kind));
        QCOMPARE(after.state, fromFresh);
        QVERIFY(after.lastGood == kBoot); // the last good data is never forgotten
        QVERIFY(!isCurrent(afterFailure({}, failure(kind))));
    }

    void anAnswerOfAnEarlierRunKeepsItsAge()
    {
        const Freshness kept = afterSuccess(kBoot, kUtc, true);
        const Freshness failed = withRemembered(afterFailure({}, failure(Error::Kind::Timeout)), kept);
        QCOMPARE(failed.state, State::Stale);
        QVERIFY(failed.lastGood == kBoot && failed.lastGoodUtc == kUtc && failed.lastGoodEmpty);
        QCOMPARE(withRemembered({}, kept).state, State::Stale);
        // That a password is wanted is the news, not that the picture is old.
        const Freshness locked = withRemembered(afterFailure({}, failure(Error::Kind::Auth)), kept);
        QCOMPARE(locked.state, State::NeedsAuth);
        QVERIFY(locked.lastGood == kBoot);
    }

    void cancellingARefreshKeepsWhatWasKnown()
    {
        Freshness asking = afterSuccess(kBoot, kUtc, true);
        asking.state = State::Refreshing;
        QCOMPARE(afterFailure(asking, failure(Error::Kind::Cancelled)).state, State::Empty);
    }

    void aging_data()
    {
        QTest::addColumn<State>("state");
        QTest::addColumn<int>("age");
        QTest::addColumn<State>("expected");
        QTest::newRow("fresh at the limit") << State::Fresh << 40 << State::Fresh;
        QTest::newRow("fresh beyond") << State::Fresh << 41 << State::Stale;
        QTest::newRow("empty beyond") << State::Empty << 41 << State::Stale;
        QTest::newRow("partial beyond") << State::Partial << 41 << State::Stale;
        QTest::newRow("refreshing stays") << State::Refreshing << 4100 << State::Refreshing;
        QTest::newRow("error stays") << State::Error << 4100 << State::Error;
        QTest::newRow("paused stays") << State::Paused << 4100 << State::Paused;
        QTest::newRow("sign-in stays") << State::NeedsAuth << 4100 << State::NeedsAuth;
        QTest::newRow("never stays") << State::Never << 4100 << State::Never;
    }
    void aging()
    {
        QFETCH(State, state);
        QFETCH(int, age);
        QFETCH(State, expected);
        Freshness freshness = afterSuccess(kBoot, kUtc, state == State::Empty);
        freshness.state = state;
        const Freshness old = aged(freshness, kBoot + std::chrono::seconds(age), 15s, 10s);
        QCOMPARE(old.state, expected);
        QCOMPARE(old.lastGoodEmpty, state == State::Empty);
    }

    void rankOrder()
    {
        for (const State cannotSee : {State::Never, State::Error, State::NeedsAuth}) {
            for (const State old : {State::Stale, State::Partial, State::Paused})
                QVERIFY(rank(cannotSee) > rank(old));
        }
        for (const State state : kAll)
            QVERIFY(state == State::Fresh || rank(state) > rank(State::Fresh));
    }

    void combining()
    {
        QCOMPARE(combined({}).state, State::Never);
        const Freshness good = afterSuccess(kBoot + 10s, kUtc + 10s, false);
        const Freshness older = afterSuccess(kBoot, kUtc, true);
        const Freshness broken = afterFailure({}, failure(Error::Kind::Network, u"refused"_s));
        const std::array three{good, older, broken};
        const Freshness all = combined(three);
        QCOMPARE(all.state, State::Error);
        QCOMPARE(all.reason, u"refused"_s);
        QVERIFY(all.lastGood == kBoot && all.lastGoodUtc == kUtc);
        QCOMPARE(all.answered, 2);
        QCOMPARE(all.asked, 3);
        QVERIFY(!all.lastGoodEmpty);
        const std::array two{good, older};
        QCOMPARE(combined(two).state, State::Empty);
    }

    void combiningSumsMembers()
    {
        Freshness a = afterSuccess(kBoot, kUtc, false), b = a;
        a.state = State::Partial;
        a.answered = 1;
        a.asked = 3;
        b.skew = -40s;
        const std::array parts{a, b};
        const Freshness all = combined(parts);
        QCOMPARE(all.answered, 2);
        QCOMPARE(all.asked, 4);
        QVERIFY(all.skew == -40s);
        QCOMPARE(all.state, State::Partial);
    }

    void combiningIgnoresOrder()
    {
        std::vector<Freshness> parts;
        for (const State state : kAll) {
            Freshness part = afterSuccess(kBoot + std::chrono::seconds(int(state)), kUtc, false);
            part.state = state;
            part.reason = stateName(state);
            parts.push_back(part);
        }
        const Freshness forward = combined(parts);
        std::reverse(parts.begin(), parts.end());
        QCOMPARE(combined(parts), forward);
        QCOMPARE(forward.state, State::NeedsAuth);
    }

    void withholding()
    {
        const Freshness good = afterSuccess(kBoot, kUtc, false);
        QVERIFY(!withheld(good, kBoot + 5min, 5min));
        QVERIFY(withheld(good, kBoot + 5min + 1s, 5min));
        QVERIFY(withheld(Freshness{}, kBoot, 5min));
    }

    void sentences_data()
    {
        QTest::addColumn<Freshness>("freshness");
        QTest::addColumn<QString>("word");
        QTest::addColumn<QString>("sentence");
        const Freshness good = afterSuccess(kBoot, kUtc, false), none = afterSuccess(kBoot, kUtc, true);
        Freshness partial = good, paused = good, refreshing = good, skewed = good;
        partial.state = State::Partial;
        partial.answered = 2;
        partial.asked = 3;
        partial.reason = u"am/3 refused"_s;
        paused.state = State::Paused;
        paused.reason = u"by you"_s;
        refreshing.state = State::Refreshing;
        skewed.skew = 12s;
        const QString when = u"as of 14:02:11 UTC, 3 m 20 s ago"_s;
        QTest::newRow("never") << Freshness{} << u"never"_s << u"no answer yet"_s;
        QTest::newRow("fresh") << good << u"fresh"_s << when;
        QTest::newRow("stale") << afterFailure(good, failure(Error::Kind::Timeout)) << u"stale"_s
                               << when + u": timeout"_s;
        QTest::newRow("stale none") << afterFailure(none, failure(Error::Kind::Timeout)) << u"stale"_s
                                    << when + u" (none): timeout"_s;
        QTest::newRow("error") << afterFailure(good, failure(Error::Kind::Decode, u"got text/html"_s))
                               << u"error"_s << u"got text/html; last good 14:02:11 UTC, 3 m 20 s ago"_s;
        QTest::newRow("error from the start")
            << afterFailure({}, failure(Error::Kind::Network, u"refused"_s)) << u"error"_s << u"refused"_s;
        QTest::newRow("sign-in") << afterFailure({}, failure(Error::Kind::Auth, u"401"_s))
                                 << u"needs sign-in"_s << u"sign-in needed: 401"_s;
        QTest::newRow("empty") << none << u"empty"_s
                               << u"the server said: none, as of 14:02:11 UTC, 3 m 20 s ago (none)"_s;
        QTest::newRow("partial") << partial << u"partial"_s << u"2 of 3, "_s + when + u": am/3 refused"_s;
        QTest::newRow("paused") << paused << u"paused"_s << u"paused, "_s + when + u": by you"_s;
        QTest::newRow("refreshing") << refreshing << u"refreshing"_s << when + u", asking again"_s;
        QTest::newRow("skewed") << skewed << u"fresh"_s << when + u"; server clock 12 s ahead"_s;
    }
    void sentences()
    {
        QFETCH(Freshness, freshness);
        QFETCH(QString, word);
        QFETCH(QString, sentence);
        const FreshnessText text = describe(freshness, kBoot + 200s);
        QCOMPARE(text.word, word);
        QCOMPARE(text.sentence, sentence);
    }

    void oldDaysAreNamed()
    {
        QCOMPARE(describe(afterSuccess(kBoot, kUtc, false), kBoot + 50h).sentence,
            u"as of 2026-11-21 14:02:11 UTC, 2 d 2 h ago"_s);
    }

    void agesNeverGoBelowZero()
    {
        QCOMPARE(
            describe(afterSuccess(kBoot, kUtc, false), kBoot - 5s).sentence, u"as of 14:02:11 UTC, now"_s);
    }

    void names()
    {
        QStringList names;
        for (const State state : kAll)
            names << stateName(state);
        QCOMPARE(names.removeDuplicates(), 0);
        QVERIFY(names.contains(u"needs_auth"_s));
    }
};

QTEST_APPLESS_MAIN(TestFreshness)
#include "tst_freshness.moc"
