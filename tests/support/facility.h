// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

#include <algorithm>
#include <array>
#include <string_view>

namespace bw {

/// Facilities a container may lack. With CI=true a test may skip for these only; everywhere else a skip is
/// visible.
inline constexpr std::array<std::string_view, 1> kMayBeAbsent{"ipv6-loopback"};

inline bool maySkipFor(std::string_view facility)
{
    return qgetenv("CI") != "true"
        || std::find(kMayBeAbsent.begin(), kMayBeAbsent.end(), facility) != kMayBeAbsent.end();
}

} // namespace bw

/// Skips the test function because `facility` is missing; in continuous integration fails instead unless it
/// is listed above.
#define BW_SKIP_WITHOUT(facility)                                                                            \
    do {                                                                                                     \
        if (!bw::maySkipFor(facility))                                                                       \
            QFAIL("missing here, and continuous integration may not skip: " facility);                       \
        QSKIP("missing here: " facility);                                                                    \
    } while (false)
