// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/resilience.h>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

namespace {
constexpr Milliseconds kAlertsAtLeastEvery = 60s;
constexpr Milliseconds kAlertBackoffCap = 60s, kPollBackoffCap = 300s;
constexpr Milliseconds kAuthProbe = 5min, kTlsProbe = 60s;

// Of libcurl: what fails before the server has read or sent anything. The numbers are its ABI.
constexpr int kCouldNotConnect = 7, kGotNothing = 52, kSendError = 55;

bool failedBeforeAnyByte(const Error &error)
{
    return error.kind == Kind::Network
        && (error.code == kCouldNotConnect || error.code == kGotNothing || error.code == kSendError);
}

/// Failures that speak of the server's health. A bad query or a strange answer says nothing of the next one.
bool countsAgainstServer(const Error &error)
{
    return error.kind == Kind::Network || error.kind == Kind::Timeout || error.kind == Kind::Overload
        || (error.kind == Kind::Http && (error.code >= 500 || error.code == 408 || error.code == 425));
}

QString inWords(Nanoseconds wait)
{
    const qint64 seconds = std::max<qint64>(1, std::chrono::ceil<std::chrono::seconds>(wait).count());
    return seconds < 120 ? u"%1 s"_s.arg(seconds) : u"%1 min"_s.arg((seconds + 59) / 60);
}
} // namespace

Milliseconds Jitter::between(Milliseconds low, Milliseconds high)
{
    if (high <= low)
        return low;
    std::uniform_int_distribution<qint64> pick(low.count(), high.count());
    return Milliseconds(pick(m_engine));
}

Milliseconds RetryBackoff::wait(int attempt, Jitter &jitter) const
{
    const Milliseconds ceiling = std::min<Milliseconds>(cap, base * (1LL << std::clamp(attempt, 0, 20)));
    return jitter.between(0ms, ceiling);
}

bool RetryBudget::take(bool afterTimeout)
{
    const int cost = afterTimeout ? kTimeoutCost : kCost;
    if (m_tokens < cost)
        return false;
    m_tokens -= cost;
    return true;
}

void RetryBudget::refund() { m_tokens = std::min(kBucket, m_tokens + kRefund); }

Breaker::State Breaker::state(BootTime now) const
{
    if (!m_openUntil)
        return State::Closed;
    return now >= *m_openUntil ? State::HalfOpen : State::Open;
}

bool Breaker::admits(BootTime now) const
{
    const State present = state(now);
    return present == State::Closed || (present == State::HalfOpen && !m_probing);
}

void Breaker::started(BootTime now) { m_probing = state(now) != State::Closed; }

void Breaker::open(BootTime now)
{
    m_wait = std::clamp(m_wait * 2, kFirstWait, kLongestWait);
    // ±20 %: consoles that lost one server together must not come back together
    m_openUntil = now + m_jitter.between(m_wait * 8 / 10, m_wait * 12 / 10);
    m_calls.clear();
    m_probing = false;
    m_successes = 0;
}

void Breaker::finished(BootTime now, bool failed, bool slow)
{
    if (m_openUntil) {
        if (m_probing || now >= *m_openUntil) {
            m_probing = false;
            if (failed)
                open(now);
            else if (++m_successes >= kSuccesses)
                reset();
        }
        return; // the rest of those that were under way when it opened
    }
    m_calls.push_back({failed, slow});
    if (m_calls.size() > size_t(kWindow))
        m_calls.pop_front();
    const auto total = std::ptrdiff_t(m_calls.size());
    const auto bad = std::count_if(m_calls.begin(), m_calls.end(), [](const Call &c) { return c.failed; });
    const auto slowOnes = std::count_if(m_calls.begin(), m_calls.end(), [](const Call &c) { return c.slow; });
    if (total >= kMinimum && (bad * 2 >= total || slowOnes * 5 >= total * 4))
        open(now);
}

void Breaker::abandoned() { m_probing = false; }

void Breaker::reset()
{
    m_openUntil.reset();
    m_calls.clear();
    m_wait = 0ms;
    m_probing = false;
    m_successes = 0;
}

void Latch::hit(BootTime now)
{
    ++m_hits;
    m_probing = false;
    if (isLatched())
        m_next = now + m_every;
}

void Latch::clear()
{
    m_hits = 0;
    m_probing = false;
}

double RateLimit::levelAt(BootTime now) const
{
    if (!m_at)
        return m_level;
    const double passed = std::chrono::duration<double>(now - *m_at).count();
    return std::min<double>(m_burst, m_level + std::max(0.0, passed) * m_perSecond);
}

void RateLimit::take(BootTime now)
{
    m_level = levelAt(now) - 1;
    m_at = now;
}

BootTime RateLimit::nextAt(BootTime now) const
{
    const double missing = 1 - levelAt(now);
    if (missing <= 0 || m_perSecond <= 0)
        return now;
    return now + std::chrono::ceil<Milliseconds>(std::chrono::duration<double>(missing / m_perSecond));
}

SourceGate::SourceGate(double perSecond, Milliseconds interval, quint32 seed)
    : m_jitter(seed)
    , m_interval(std::max<Milliseconds>(interval, 1s))
    , m_breaker(m_jitter)
    , m_auth(2, kAuthProbe)
    , m_tls(1, kTlsProbe)
    , m_rate(perSecond > 0 ? perSecond : 5)
{
}

bool SourceGate::alertIsDue(BootTime now) const
{
    return !m_lastAlertTry || now - *m_lastAlertTry >= kAlertsAtLeastEvery;
}

Admission SourceGate::refusal(BootTime now, BootTime until) const
{
    Error error = m_lastError.value_or(Error{Kind::Overload, u"not asked"_s, {}, 0, 0});
    const Nanoseconds wait = std::max<Nanoseconds>(until - now, 1s);
    error.message += u"; asking again in %1"_s.arg(inWords(wait));
    error.retryAfterMs = int(std::min<qint64>(std::chrono::ceil<Milliseconds>(wait).count(), 3'600'000));
    return {Admission::Verdict::Refuse, until, std::move(error)};
}

Admission SourceGate::admit(BootTime now, Priority priority, AskedBy askedBy) const
{
    const bool overdue = priority == Priority::Alerts && alertIsDue(now);
    if (!m_auth.admits(now))
        return refusal(now, m_auth.next());
    if (!m_tls.admits(now) && !overdue)
        return refusal(now, m_tls.next());
    if (!m_breaker.admits(now) && !overdue)
        return refusal(now, std::max(now, m_breaker.opensAt().value_or(now)));
    // A person may try before the poll would, but not against the server's own word.
    const bool held = m_heldUntil && now < *m_heldUntil && (askedBy == AskedBy::Poll || m_asked);
    if (held && !overdue)
        return refusal(now, *m_heldUntil);
    if (!m_rate.admits(now) && !overdue)
        return {Admission::Verdict::Wait, m_rate.nextAt(now), {}};
    return {};
}

void SourceGate::started(BootTime now, Priority priority)
{
    if (priority == Priority::Alerts)
        m_lastAlertTry = now;
    m_auth.started();
    m_tls.started();
    m_breaker.started(now);
    m_rate.take(now);
}

void SourceGate::succeeded(BootTime now, bool slow)
{
    m_auth.clear();
    m_tls.clear();
    m_breaker.finished(now, false, slow);
    m_budget.refund();
    m_misses = 0;
    m_heldUntil.reset();
    m_asked = false;
    m_lastError.reset();
}

void SourceGate::failed(BootTime now, BootTime startedAt, Priority priority, const Error &error, bool repeats)
{
    const bool isServerFault = countsAgainstServer(error);
    m_breaker.finished(now, isServerFault, false);
    m_auth.abandoned(); // a probe that ended otherwise says nothing of credentials: the next may go
    m_tls.abandoned();
    if (error.kind == Kind::Auth)
        m_auth.hit(now);
    else if (error.kind == Kind::Tls)
        m_tls.hit(now);
    else if (!isServerFault) {
        // It answered, so it knows us and its certificate holds.
        m_auth.clear();
        m_tls.clear();
        return;
    }
    m_lastError = error;
    m_lastError->retryAfterMs = 0;
    // A slow query times out by itself; only a server that cannot be reached or wants rest stops all polls.
    const bool rests = error.kind == Kind::Network || error.kind == Kind::Overload;
    if (!rests || repeats || (m_missedAt && startedAt < *m_missedAt && error.retryAfterMs == 0))
        return; // requests that were under way together count as one miss
    m_missedAt = now;
    m_misses = std::min(m_misses + 1, 20);
    const Milliseconds cap = priority == Priority::Alerts ? kAlertBackoffCap : kPollBackoffCap;
    const Milliseconds ceiling = std::min<Milliseconds>(cap, m_interval * (1LL << m_misses));
    Milliseconds wait = std::max(m_jitter.between(0ms, ceiling), m_interval / 2);
    m_asked = error.retryAfterMs > 0;
    if (m_asked)
        wait = std::clamp<Milliseconds>(Milliseconds(error.retryAfterMs), 1s, 10min);
    m_heldUntil = now + wait;
}

void SourceGate::abandoned()
{
    m_auth.abandoned();
    m_tls.abandoned();
    m_breaker.abandoned();
}

void SourceGate::reset()
{
    m_auth.clear();
    m_tls.clear();
    m_breaker.reset();
    m_misses = 0;
    m_heldUntil.reset();
    m_asked = false;
    m_missedAt.reset();
}

std::optional<Milliseconds> SourceGate::retryAfter(const Error &error, int attempt, AskedBy askedBy)
{
    const bool isUser = askedBy == AskedBy::User;
    const int attempts = isUser ? m_backoff.attempts : 2;
    const bool fits = isUser ? error.retryable() : failedBeforeAnyByte(error);
    if (attempt >= attempts || !fits || (error.code == 500 && attempt >= 2))
        return std::nullopt;
    if (Milliseconds(error.retryAfterMs) > m_backoff.cap)
        return std::nullopt; // longer than a person waits; the text says how long
    if (!m_budget.take(error.kind == Kind::Timeout))
        return std::nullopt;
    return std::max(m_backoff.wait(attempt, m_jitter), Milliseconds(error.retryAfterMs));
}

std::optional<BootTime> SourceGate::retryAt(BootTime now) const
{
    std::optional<BootTime> latest;
    const auto consider = [&](bool holds, BootTime at) {
        if (holds && at > now && (!latest || at > *latest))
            latest = at;
    };
    consider(m_auth.isLatched(), m_auth.next());
    consider(m_tls.isLatched(), m_tls.next());
    consider(m_breaker.opensAt().has_value(), m_breaker.opensAt().value_or(now));
    consider(m_heldUntil.has_value(), m_heldUntil.value_or(now));
    return latest;
}

QString SourceGate::stateName(BootTime now) const
{
    if (m_auth.isLatched())
        return u"needs auth"_s;
    if (m_tls.isLatched())
        return u"tls"_s;
    if (m_breaker.state(now) != Breaker::State::Closed)
        return u"breaker open"_s;
    return m_heldUntil && now < *m_heldUntil ? u"backing off"_s : u"ok"_s;
}

} // namespace bw
