// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <optional>
#include <string_view>

namespace bw {

/// A sample value as servers write it: a decimal number in a string, or NaN, +Inf, -Inf.
struct SampleText
{
    enum class State {
        Ok,
        OutOfRange, ///< a number that no double holds: neither infinite nor 0 may stand in for it
        NotANumber ///< some other text
    };
    State state = State::NotANumber;
    double value = 0;
};
/// Independent of the locale; a leading plus is allowed. The nearest double, as IEEE 754 wants it.
SampleText readSample(std::string_view text);

/// A JSON number of seconds since the epoch as exact nanoseconds; digits beyond the ninth decimal are cut.
struct SecondsText
{
    enum class State {
        Ok,
        OutOfReach, ///< beyond the years 1677 to 2262, where milliseconds sent as seconds end up
        NotANumber
    };
    State state = State::NotANumber;
    qint64 ns = 0;
};
SecondsText readSeconds(std::string_view number);

/// RFC 3339 ("2026-11-21T14:02:11.123456789Z", any offset) as ns since the epoch; nullopt when it is none,
/// or out of the same reach: Go's zero time is nullopt.
std::optional<qint64> nsFromRfc3339(std::string_view text);

} // namespace bw
