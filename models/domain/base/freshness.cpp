// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/base/freshness.h>

#include <QDateTime>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

using State = Freshness::State;

/// Below this a difference of clocks is ordinary network delay.
constexpr auto kNotableSkew = 5s;

/// An hour says nothing without its day once the day may have changed.
constexpr auto kNeedsDate = 20h;

QString moment(const Freshness &freshness, BootTime now)
{
    if (!freshness.lastGood)
        return {};
    const Nanoseconds age = std::max(now - *freshness.lastGood, Nanoseconds::zero());
    QString text;
    if (freshness.lastGoodUtc) {
        const QString pattern = age > kNeedsDate ? u"yyyy-MM-dd HH:mm:ss"_s : u"HH:mm:ss"_s;
        text = toDateTime(*freshness.lastGoodUtc).toString(pattern) + u" UTC, "_s;
    }
    text += age < std::chrono::seconds(1) ? agoText(age) : agoText(age) + u" ago"_s;
    return freshness.lastGoodEmpty ? text + u" (none)"_s : text;
}

QString withReason(const QString &text, const QString &reason)
{
    if (reason.isEmpty())
        return text;
    return text.isEmpty() ? reason : text + u": "_s + reason;
}

QString skewText(std::chrono::milliseconds skew)
{
    if (std::chrono::abs(skew) <= kNotableSkew)
        return {};
    return u"; server clock %1 %2"_s.arg(
        formatAge(std::chrono::abs(skew)), skew.count() > 0 ? u"ahead"_s : u"behind"_s);
}

QString sentenceFor(const Freshness &freshness, const QString &when)
{
    const QString asOf = when.isEmpty() ? QString() : u"as of "_s + when;
    const QString lastGood = when.isEmpty() ? QString() : u"; last good "_s + when;
    const QString &reason = freshness.reason;
    switch (freshness.state) {
    case State::Never:
        return withReason(u"no answer yet"_s, reason);
    case State::Fresh:
    case State::Stale:
        return withReason(asOf, reason);
    case State::Refreshing:
        return withReason(asOf.isEmpty() ? u"asking"_s : asOf + u", asking again"_s, reason);
    case State::Error:
        return (reason.isEmpty() ? u"no usable answer"_s : reason) + lastGood;
    case State::Empty:
        return withReason(
            asOf.isEmpty() ? u"the server said: none"_s : u"the server said: none, "_s + asOf, reason);
    case State::Partial: {
        const QString part =
            freshness.asked > 0 ? u"%1 of %2"_s.arg(freshness.answered).arg(freshness.asked) : u"partial"_s;
        return withReason(asOf.isEmpty() ? part : part + u", "_s + asOf, reason);
    }
    case State::NeedsAuth:
        return withReason(u"sign-in needed"_s, reason) + lastGood;
    case State::Paused:
        return withReason(asOf.isEmpty() ? u"paused"_s : u"paused, "_s + asOf, reason);
    }
    return {};
}

} // namespace

Freshness afterSuccess(BootTime now, Timestamp utc, bool empty)
{
    Freshness freshness;
    freshness.state = empty ? State::Empty : State::Fresh;
    freshness.lastGood = now;
    freshness.lastGoodUtc = utc;
    freshness.lastGoodEmpty = empty;
    return freshness;
}

Freshness afterFailure(const Freshness &previous, const Error &error)
{
    Freshness freshness = previous;
    if (error.kind == Error::Kind::Cancelled) { // nobody wanted the answer; that says nothing of the source
        if (freshness.state == State::Refreshing)
            freshness.state = freshness.lastGoodEmpty ? State::Empty : State::Fresh;
        return freshness;
    }
    freshness.answered = 0;
    freshness.reason = error.message.isEmpty() ? kindName(error.kind) : error.message;
    const bool wrongAnswer = error.kind == Error::Kind::Decode || error.kind == Error::Kind::TooLarge;
    if (error.kind == Error::Kind::Auth)
        freshness.state = State::NeedsAuth;
    else if (wrongAnswer || !previous.lastGood)
        freshness.state = State::Error;
    else
        freshness.state = State::Stale;
    return freshness;
}

Freshness withRemembered(Freshness now, const Freshness &kept)
{
    now.lastGood = kept.lastGood;
    now.lastGoodUtc = kept.lastGoodUtc;
    now.lastGoodEmpty = kept.lastGoodEmpty;
    if (now.state != Freshness::State::NeedsAuth)
        now.state = Freshness::State::Stale;
    return now;
}

Freshness aged(const Freshness &freshness, BootTime now, Nanoseconds interval, Nanoseconds timeout)
{
    const bool canAge = freshness.state == State::Fresh || freshness.state == State::Empty
        || freshness.state == State::Partial;
    if (!canAge || !freshness.lastGood || now - *freshness.lastGood <= 2 * interval + timeout)
        return freshness;
    Freshness old = freshness;
    old.state = State::Stale;
    if (old.reason.isEmpty())
        old.reason = u"no newer answer"_s;
    return old;
}

Freshness combined(std::span<const Freshness> parts)
{
    Freshness out;
    if (parts.empty())
        return out;
    out = parts.front();
    out.answered = out.asked = 0;
    out.lastGoodEmpty = true;
    for (const Freshness &part : parts) {
        if (rank(part.state) > rank(out.state)) {
            out.state = part.state;
            out.reason = part.reason;
        }
        if (part.lastGood && (!out.lastGood || *part.lastGood < *out.lastGood)) {
            out.lastGood = part.lastGood;
            out.lastGoodUtc = part.lastGoodUtc;
        }
        out.lastGoodEmpty = out.lastGoodEmpty && part.lastGoodEmpty;
        // A part without members of its own is one that was asked.
        out.asked += part.asked > 0 ? part.asked : 1;
        out.answered += part.asked > 0 ? part.answered : int(isCurrent(part));
        if (std::chrono::abs(part.skew) > std::chrono::abs(out.skew))
            out.skew = part.skew;
    }
    return out;
}

bool withheld(const Freshness &freshness, BootTime now, Nanoseconds limit)
{
    return !freshness.lastGood || now - *freshness.lastGood > limit;
}

bool isCurrent(const Freshness &freshness)
{
    return freshness.state == State::Fresh || freshness.state == State::Refreshing
        || freshness.state == State::Empty;
}

int rank(State state)
{
    switch (state) {
    case State::Fresh:
        return 0;
    case State::Empty:
        return 1;
    case State::Refreshing:
        return 2;
    case State::Paused:
        return 3;
    case State::Partial:
        return 4;
    case State::Stale:
        return 5;
    case State::Never:
        return 6;
    case State::Error:
        return 7;
    case State::NeedsAuth:
        return 8;
    }
    return 8;
}

FreshnessText describe(const Freshness &freshness, BootTime now)
{
    const QString word =
        freshness.state == State::NeedsAuth ? u"needs sign-in"_s : stateName(freshness.state);
    return {word, sentenceFor(freshness, moment(freshness, now)) + skewText(freshness.skew)};
}

QString stateName(State state)
{
    switch (state) {
    case State::Never:
        return u"never"_s;
    case State::Fresh:
        return u"fresh"_s;
    case State::Refreshing:
        return u"refreshing"_s;
    case State::Stale:
        return u"stale"_s;
    case State::Error:
        return u"error"_s;
    case State::Empty:
        return u"empty"_s;
    case State::Partial:
        return u"partial"_s;
    case State::NeedsAuth:
        return u"needs_auth"_s;
    case State::Paused:
        return u"paused"_s;
    }
    return u"error"_s;
}

} // namespace bw
