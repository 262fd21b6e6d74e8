// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/result.h>

#include <QString>

#include <chrono>
#include <optional>
#include <span>

namespace bw {

/// How far a value can be believed: one type for panes, tables, tray, exports and the command line.
struct Freshness
{
    enum class State {
        Never, ///< no answer since start
        Fresh,
        Refreshing, ///< asking now; the data is still young enough
        Stale, ///< older than it should be, or the last try failed; the last good data is shown
        Error, ///< never good, or the answer was wrong
        Empty, ///< the server said: none
        Partial, ///< k of n members or sources, or the server warned
        NeedsAuth, ///< latched: no credentials, or refused ones
        Paused ///< by the user or because nobody looks
    };
    State state = State::Never;
    std::optional<BootTime> lastGood;
    std::optional<Timestamp> lastGoodUtc;
    bool lastGoodEmpty = false; ///< a stale source still knows that its last answer was "none"
    QString reason;
    int answered = 0, asked = 0; ///< Partial: k of n
    std::chrono::milliseconds skew{0}; ///< server clock minus ours; an overlay, not a state
    bool operator==(const Freshness &) const = default;
};

/// After a good answer at `now`/`utc`; Empty when it had nothing in it.
Freshness afterSuccess(BootTime now, Timestamp utc, bool empty);
/// After a failed try: Stale with the last good age kept, Error when there has never been a good answer or
/// the answer was wrong (decode, cap), NeedsAuth for credentials.
Freshness afterFailure(const Freshness &previous, const Error &error);
/// `now` with the last good age of an answer kept from an earlier run: Stale, unless sign-in is needed.
Freshness withRemembered(Freshness now, const Freshness &kept);
/// Fresh, Empty and Partial become Stale when older than 2 × interval + timeout; other states stay.
Freshness aged(const Freshness &freshness, BootTime now, Nanoseconds interval, Nanoseconds timeout);
/// Pessimistic: the worst state, the oldest age, the summed k of n. Of an empty span: Never.
Freshness combined(std::span<const Freshness> parts);
/// True when a single number must not be shown any more: older than `limit`, or never good.
bool withheld(const Freshness &freshness, BootTime now, Nanoseconds limit);
/// True when the value can be taken as the present truth (Fresh, Refreshing, or Empty).
bool isCurrent(const Freshness &freshness);
/// How bad a state is: "cannot see" ranks above everything that is merely old.
int rank(Freshness::State state);

struct FreshnessText
{
    QString word; ///< "stale"
    QString sentence; ///< "as of 14:02:11 UTC, 3 m 20 s ago: timeout"
};
/// The same words everywhere.
FreshnessText describe(const Freshness &freshness, BootTime now);
/// Stable name for JSON: "fresh", "stale", "needs_auth" …
QString stateName(Freshness::State state);

} // namespace bw
