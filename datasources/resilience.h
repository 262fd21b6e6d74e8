// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/result.h>
#include <domain/query/ports.h>

#include <chrono>
#include <deque>
#include <optional>
#include <random>

namespace bw {

/// Pure state machines that decide whether a server is asked now, later or not at all. No timers, no
/// threads: every call says what time it is. Desktop traffic is a few requests a minute, so the windows are
/// small where libraries made for servers count hundreds of calls.
using Milliseconds = std::chrono::milliseconds;

/// Seedable, so that a test can print its seed.
class Jitter
{
public:
    explicit Jitter(quint32 seed)
        : m_engine(seed)
    {
    }
    /// Uniform in [low, high].
    Milliseconds between(Milliseconds low, Milliseconds high);

private:
    std::minstd_rand m_engine;
};

/// Waiting time before try `attempt` (1 is the first repeat): full jitter, rand(0, min(cap, base·2^attempt)).
struct RetryBackoff
{
    Milliseconds base{200}, cap{5'000};
    int attempts = 3; ///< in all
    Milliseconds wait(int attempt, Jitter &jitter) const;
};

/// Pays for repeats, so that a sick server sees at most about a tenth more requests.
class RetryBudget
{
public:
    bool take(bool afterTimeout); ///< false: too poor, do not repeat
    void refund();
    int tokens() const { return m_tokens; }

private:
    static constexpr int kBucket = 50, kCost = 5, kTimeoutCost = 10, kRefund = 1;
    int m_tokens = kBucket;
};

/// Opens when half of the last calls failed, or four fifths were slow.
class Breaker
{
public:
    enum class State : quint8 { Closed, Open, HalfOpen };
    explicit Breaker(Jitter &jitter)
        : m_jitter(jitter)
    {
    }
    State state(BootTime now) const;
    /// True when a call may go: closed, or the one probe of a half-open breaker.
    bool admits(BootTime now) const;
    void started(BootTime now);
    void finished(BootTime now, bool failed, bool slow);
    /// A call that ended without a verdict (cancelled): gives the probe back.
    void abandoned();
    std::optional<BootTime> opensAt() const { return m_openUntil; } ///< set while not closed
    void reset();

private:
    static constexpr int kWindow = 10, kMinimum = 5, kSuccesses = 2;
    static constexpr Milliseconds kFirstWait{15'000}, kLongestWait{120'000};
    void open(BootTime now);

    struct Call
    {
        bool failed, slow;
    };
    Jitter &m_jitter;
    std::deque<Call> m_calls;
    std::optional<BootTime> m_openUntil;
    Milliseconds m_wait{0};
    bool m_probing = false;
    int m_successes = 0;
};

/// Stops asking until a probe now and then shows that something changed: after refused credentials, so that
/// no account gets locked, and after a certificate that did not hold.
class Latch
{
public:
    Latch(int after, Milliseconds every)
        : m_after(after)
        , m_every(every)
    {
    }
    bool isLatched() const { return m_hits >= m_after; }
    bool admits(BootTime now) const { return !isLatched() || (!m_probing && now >= m_next); }
    void started() { m_probing = isLatched(); }
    void hit(BootTime now);
    void clear();
    void abandoned() { m_probing = false; }
    BootTime next() const { return m_next; } ///< of the next probe, while latched

private:
    int m_after;
    Milliseconds m_every;
    int m_hits = 0;
    bool m_probing = false;
    BootTime m_next;
};

/// A bucket of `burst` requests that fills at `perSecond`.
class RateLimit
{
public:
    explicit RateLimit(double perSecond, int burst = 20)
        : m_perSecond(perSecond)
        , m_burst(burst)
        , m_level(burst)
    {
    }
    bool admits(BootTime now) const { return levelAt(now) >= 1; }
    void take(BootTime now);
    BootTime nextAt(BootTime now) const; ///< when one more will be admitted

private:
    double levelAt(BootTime now) const;
    double m_perSecond;
    int m_burst;
    double m_level;
    std::optional<BootTime> m_at;
};

/// What the gate says about one request.
struct Admission
{
    enum class Verdict : quint8 { Go, Wait, Refuse };
    Verdict verdict = Verdict::Go;
    BootTime until; ///< Wait: try again then. Refuse: nobody is asked before that
    Error error; ///< Refuse: the last failure, worded with what happens next
};

/// Everything one source has against being asked. Alert requests are delayed by breaker and back-off for at
/// most a minute: being blind is worse than one request a minute. Only the auth latch holds them longer.
class SourceGate
{
public:
    SourceGate(double perSecond, Milliseconds interval, quint32 seed);

    Admission admit(BootTime now, Priority priority, AskedBy askedBy) const;
    void started(BootTime now, Priority priority);
    /// `startedAt` of that request; `slow`: it took more than 80 % of its deadline.
    void succeeded(BootTime now, bool slow);
    /// `repeats`: this request is tried once more, so it does not hold back others yet.
    void failed(
        BootTime now, BootTime startedAt, Priority priority, const Error &error, bool repeats = false);
    void abandoned(); ///< cancelled before it ended
    void reset(); ///< the user pressed Retry, or the source changed

    /// How long to wait before trying once more; nullopt when it must not be tried again.
    std::optional<Milliseconds> retryAfter(const Error &error, int attempt, AskedBy askedBy);

    std::optional<BootTime> retryAt(BootTime now) const; ///< while anything holds polls back
    QString stateName(BootTime now) const; ///< ok, backing off, breaker open, needs auth, tls
    const std::optional<Error> &lastError() const { return m_lastError; }

private:
    Admission refusal(BootTime now, BootTime until) const;
    bool alertIsDue(BootTime now) const;

    Jitter m_jitter;
    Milliseconds m_interval;
    RetryBackoff m_backoff;
    RetryBudget m_budget;
    Breaker m_breaker;
    Latch m_auth, m_tls;
    RateLimit m_rate;
    int m_misses = 0; ///< rounds in a row in which the server could not be reached or wanted rest
    std::optional<BootTime> m_heldUntil; ///< back-off of polls, or what Retry-After asked for
    bool m_asked = false; ///< m_heldUntil comes from the server
    std::optional<BootTime> m_missedAt, m_lastAlertTry;
    std::optional<Error> m_lastError;
};

} // namespace bw
