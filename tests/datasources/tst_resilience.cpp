// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/resilience.h>

#include <QTest>

#include <set>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;
using Verdict = Admission::Verdict;

namespace {
const BootTime kStart{1h};
Error error(Kind kind, int code = 0, int retryAfterMs = 0)
{
    return {kind, u"prom: broken"_s, {}, code, retryAfterMs};
}
} // namespace

/// The state machines that protect servers from us, step by step on a made-up clock.
class TestResilience : public QObject
{
    Q_OBJECT
private slots:
    void fullJitter();
    void budget();
    void breakerOpensAndCloses();
    void breakerWaitsLonger();
    void breakerOnSlowCalls();
    void breakerNeedsFive();
    void authLatch();
    void tlsLatch();
    void authProbeThatTimesOut();
    void rateLimit();
    void pollBackoff();
    void parallelFailuresCountOnce();
    void badQueriesDoNotCount();
    void retryAfterIsHonoured();
    void alertsWaitAMinuteAtMost();
    void repeats_data();
    void repeats();
    void noAmplification();
};

void TestResilience::fullJitter()
{
    Jitter jitter(1);
    const RetryBackoff backoff;
    std::set<qint64> seen;
    for (int i = 0; i < 500; ++i) {
        QVERIFY(backoff.wait(1, jitter) <= 400ms);
        QVERIFY(backoff.wait(2, jitter) <= 800ms);
        const Milliseconds late = backoff.wait(30, jitter);
        QVERIFY(late >= 0ms && late <= 5s);
        seen.insert(late.count());
    }
    QVERIFY(seen.size() > 300 && *seen.begin() < 500 && *seen.rbegin() > 4'500); // over the whole range
}

void TestResilience::budget()
{
    RetryBudget budget;
    for (int i = 0; i < 10; ++i)
        QVERIFY(budget.take(false));
    QVERIFY(!budget.take(false));
    for (int i = 0; i < 9; ++i)
        budget.refund();
    QVERIFY(!budget.take(true)); // a timeout costs 10
    budget.refund();
    QVERIFY(budget.take(true));
    for (int i = 0; i < 100; ++i)
        budget.refund();
    QCOMPARE(budget.tokens(), 50);
}

void TestResilience::breakerOpensAndCloses()
{
    Jitter jitter(3);
    Breaker breaker(jitter);
    BootTime now = kStart;
    for (int i = 0; i < 5; ++i) {
        QVERIFY(breaker.admits(now));
        breaker.started(now);
        breaker.finished(now, i >= 2, false); // 3 of 5 failed
    }
    QVERIFY(breaker.state(now) == Breaker::State::Open);
    QVERIFY(!breaker.admits(now));
    const Nanoseconds wait = *breaker.opensAt() - now;
    QVERIFY(wait >= 12s && wait <= 18s);
    now = *breaker.opensAt();
    QVERIFY(breaker.state(now) == Breaker::State::HalfOpen);
    QVERIFY(breaker.admits(now));
    breaker.started(now);
    QVERIFY(!breaker.admits(now)); // one probe
    breaker.finished(now, false, false);
    QVERIFY(breaker.state(now) == Breaker::State::HalfOpen); // two successes
    breaker.started(now);
    breaker.finished(now, false, false);
    QVERIFY(breaker.state(now) == Breaker::State::Closed);
}

void TestResilience::breakerWaitsLonger()
{
    Jitter jitter(4);
    Breaker breaker(jitter);
    BootTime now = kStart;
    for (int i = 0; i < 5; ++i)
        breaker.finished(now, true, false);
    for (const Milliseconds expected : {30'000ms, 60'000ms, 120'000ms, 120'000ms}) {
        now = *breaker.opensAt();
        breaker.started(now);
        breaker.finished(now, true, false);
        const Nanoseconds wait = *breaker.opensAt() - now;
        QVERIFY(wait >= expected * 8 / 10 && wait <= expected * 12 / 10);
    }
}

void TestResilience::breakerOnSlowCalls()
{
    Jitter jitter(5);
    Breaker breaker(jitter);
    for (int i = 0; i < 10; ++i)
        breaker.finished(kStart, false, i % 10 >= 3); // 7 of 10 slow
    QVERIFY(breaker.state(kStart) == Breaker::State::Closed);
    breaker.finished(kStart, false, true); // 8 of the last 10
    QVERIFY(breaker.state(kStart) == Breaker::State::Open);
}

void TestResilience::breakerNeedsFive()
{
    Jitter jitter(6);
    Breaker breaker(jitter);
    for (int i = 0; i < 4; ++i)
        breaker.finished(kStart, true, false);
    QVERIFY(breaker.state(kStart) == Breaker::State::Closed);
    breaker.finished(kStart, true, false);
    QVERIFY(breaker.state(kStart) == Breaker::State::Open);
    breaker.reset();
    QVERIFY(breaker.admits(kStart));
}

void TestResilience::authLatch()
{
    SourceGate gate(5, 15s, 1);
    BootTime now = kStart;
    for (int i = 0; i < 2; ++i) {
        QVERIFY(gate.admit(now, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
        gate.started(now, Priority::Visible);
        gate.failed(now, now, Priority::Visible, error(Kind::Auth, 401));
    }
    QCOMPARE(gate.stateName(now), u"needs auth"_s);
    // Not even for alerts or a user: accounts get locked.
    for (const Priority priority : {Priority::Alerts, Priority::Visible}) {
        const Admission admission = gate.admit(now + 299s, priority, AskedBy::User);
        QVERIFY(admission.verdict == Verdict::Refuse);
        QVERIFY(admission.error.kind == Kind::Auth);
        QVERIFY(admission.error.message.contains(u"asking again in 1 s"));
    }
    now = now + 300s;
    QVERIFY(gate.admit(now, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
    gate.started(now, Priority::Visible);
    QVERIFY(gate.admit(now, Priority::Visible, AskedBy::Poll).verdict == Verdict::Refuse); // one probe
    gate.failed(now, now, Priority::Visible, error(Kind::Auth, 403));
    QVERIFY(gate.admit(now + 200s, Priority::Visible, AskedBy::Poll).verdict == Verdict::Refuse);
    gate.reset(); // Retry
    QVERIFY(gate.admit(now, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
    gate.started(now, Priority::Visible);
    gate.succeeded(now, false);
    QCOMPARE(gate.stateName(now), u"ok"_s);
}

void TestResilience::tlsLatch()
{
    SourceGate gate(5, 15s, 1);
    gate.started(kStart, Priority::Visible);
    gate.failed(kStart, kStart, Priority::Visible, error(Kind::Tls, 60));
    QCOMPARE(gate.stateName(kStart), u"tls"_s);
    QVERIFY(gate.admit(kStart + 59s, Priority::Visible, AskedBy::User).verdict == Verdict::Refuse);
    QVERIFY(gate.admit(kStart + 60s, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
}

void TestResilience::authProbeThatTimesOut()
{
    SourceGate gate(5, 15s, 1);
    for (int i = 0; i < 2; ++i)
        gate.failed(kStart, kStart, Priority::Visible, error(Kind::Auth, 401));
    const BootTime probe = kStart + 300s;
    gate.started(probe, Priority::Visible);
    gate.failed(probe, probe, Priority::Visible, error(Kind::Timeout));
    QVERIFY(gate.admit(probe + 1s, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go); // not stuck
}

void TestResilience::rateLimit()
{
    SourceGate gate(5, 15s, 1);
    for (int i = 0; i < 20; ++i) {
        QVERIFY(gate.admit(kStart, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
        gate.started(kStart, Priority::Visible);
    }
    const Admission admission = gate.admit(kStart, Priority::Visible, AskedBy::Poll);
    QVERIFY(admission.verdict == Verdict::Wait);
    QCOMPARE(admission.until - kStart, Nanoseconds(200ms));
    QVERIFY(gate.admit(admission.until, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
}

void TestResilience::pollBackoff()
{
    SourceGate gate(5, 10s, 9);
    BootTime now = kStart;
    Nanoseconds longest{0};
    for (int i = 0; i < 12; ++i) {
        gate.started(now, Priority::Background);
        gate.failed(now, now, Priority::Background, error(Kind::Network, 7));
        const auto until = gate.retryAt(now);
        QVERIFY(until);
        QVERIFY(*until - now >= 5s); // half an interval
        longest = std::max(longest, *until - now);
        QVERIFY(*until - now <= 300s);
        now = *until + 1s;
    }
    QVERIFY(longest > 60s);
    // A person may ask before; a poll may not.
    SourceGate fresh(5, 10s, 9);
    fresh.started(kStart, Priority::Visible);
    fresh.failed(kStart, kStart, Priority::Visible, error(Kind::Network, 7));
    QVERIFY(fresh.admit(kStart + 1s, Priority::Visible, AskedBy::Poll).verdict == Verdict::Refuse);
    QVERIFY(fresh.admit(kStart + 1s, Priority::Visible, AskedBy::User).verdict == Verdict::Go);
    QCOMPARE(fresh.stateName(kStart + 1s), u"backing off"_s);
    fresh.started(kStart + 1s, Priority::Visible);
    fresh.succeeded(kStart + 1s, false);
    QVERIFY(!fresh.retryAt(kStart + 1s));
}

void TestResilience::parallelFailuresCountOnce()
{
    SourceGate gate(5, 10s, 2);
    for (int i = 0; i < 4; ++i) // started together, failed one after the other
        gate.failed(kStart + 1s * i, kStart - 1s, Priority::Visible, error(Kind::Network, 7));
    QVERIFY(*gate.retryAt(kStart) - kStart <= 20s); // one miss: at most two intervals
}

void TestResilience::badQueriesDoNotCount()
{
    SourceGate gate(50, 15s, 1);
    for (int i = 0; i < 20; ++i)
        gate.failed(kStart, kStart, Priority::Visible, error(i % 2 ? Kind::Invalid : Kind::Decode, 400));
    QVERIFY(gate.admit(kStart, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
    QVERIFY(!gate.lastError());
}

void TestResilience::retryAfterIsHonoured()
{
    SourceGate gate(5, 15s, 1);
    gate.started(kStart, Priority::Visible);
    gate.failed(kStart, kStart, Priority::Visible, error(Kind::Overload, 429, 120'000));
    QVERIFY(gate.admit(kStart + 119s, Priority::Visible, AskedBy::User).verdict == Verdict::Refuse);
    QVERIFY(gate.admit(kStart + 120s, Priority::Visible, AskedBy::Poll).verdict == Verdict::Go);
    gate.failed(kStart, kStart, Priority::Visible, error(Kind::Overload, 429, 2'000'000'000));
    QVERIFY(*gate.retryAt(kStart) - kStart == 600s);
}

void TestResilience::alertsWaitAMinuteAtMost()
{
    SourceGate gate(5, 15s, 1);
    BootTime now = kStart;
    int tried = 0;
    Nanoseconds longest{0};
    BootTime last = now;
    for (int second = 0; second < 1200; ++second) { // everything fails, Retry-After asks for ten minutes
        now = kStart + 1s * second;
        if (gate.admit(now, Priority::Alerts, AskedBy::Poll).verdict != Verdict::Go)
            continue;
        longest = std::max(longest, now - last);
        last = now;
        ++tried;
        gate.started(now, Priority::Alerts);
        gate.failed(now, now, Priority::Alerts, error(Kind::Overload, 503, 600'000));
    }
    QVERIFY2(longest <= 60s, qPrintable(QString::number(longest.count())));
    QVERIFY(tried <= 21);
}

void TestResilience::repeats_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("user"); // tries in all
    QTest::addColumn<int>("poll");
    QTest::newRow("refused") << int(Kind::Network) << 7 << 3 << 2;
    QTest::newRow("closed without a byte") << int(Kind::Network) << 52 << 3 << 2;
    QTest::newRow("reset later") << int(Kind::Network) << 56 << 3 << 1;
    QTest::newRow("timeout") << int(Kind::Timeout) << 28 << 3 << 1;
    QTest::newRow("503") << int(Kind::Overload) << 503 << 3 << 1;
    QTest::newRow("502") << int(Kind::Http) << 502 << 3 << 1;
    QTest::newRow("500 once") << int(Kind::Http) << 500 << 2 << 1;
    QTest::newRow("400") << int(Kind::Invalid) << 400 << 1 << 1;
    QTest::newRow("401") << int(Kind::Auth) << 401 << 1 << 1;
    QTest::newRow("404") << int(Kind::NotFound) << 404 << 1 << 1;
    QTest::newRow("TLS") << int(Kind::Tls) << 60 << 1 << 1;
    QTest::newRow("too large") << int(Kind::TooLarge) << 0 << 1 << 1;
    QTest::newRow("decode") << int(Kind::Decode) << 0 << 1 << 1;
}

void TestResilience::repeats()
{
    QFETCH(int, kind);
    QFETCH(int, code);
    QFETCH(int, user);
    QFETCH(int, poll);
    const auto tries = [&](AskedBy by) {
        SourceGate gate(5, 15s, 1);
        int attempt = 1;
        while (gate.retryAfter(error(Kind(kind), code), attempt, by))
            ++attempt;
        return attempt;
    };
    QCOMPARE(tries(AskedBy::User), user);
    QCOMPARE(tries(AskedBy::Poll), poll);
    SourceGate gate(5, 15s, 1);
    QVERIFY(!gate.retryAfter(error(Kind(kind), code, 30'000), 1, AskedBy::User)); // longer than people wait
}

void TestResilience::noAmplification() // at most a tenth more requests while everything fails
{
    SourceGate gate(50, 15s, 1);
    int base = 0, repeats = 0;
    for (int i = 0; i < 1000; ++i) {
        ++base;
        repeats += gate.retryAfter(error(Kind::Network, 7), 1, AskedBy::Poll).has_value();
    }
    QVERIFY2(repeats * 10 <= base, qPrintable(QString::number(repeats)));
}

QTEST_APPLESS_MAIN(TestResilience)
#include "tst_resilience.moc"
