// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/sourceconfig.h>

#include <QtGlobal>

#include <algorithm>
#include <chrono>

namespace bw {

/// How long one request may take and how large its decoded answer may be.
struct RequestLimits
{
    std::chrono::milliseconds deadline;
    qint64 bytes;
};

namespace limits {
using namespace std::chrono_literals;
/// The next poll is the retry of alerts and status, so they never wait longer than one interval.
inline std::chrono::milliseconds pollDeadline(const SourceConfig &config)
{
    const auto interval = std::chrono::duration_cast<std::chrono::milliseconds>(
        config.alertsPoll.value_or(std::chrono::seconds(10)));
    return std::clamp<std::chrono::milliseconds>(interval, 2s, 10s);
}
/// What the user allows; the servers' own limit is 2 min.
inline std::chrono::milliseconds queryDeadline(const SourceConfig &config)
{
    return std::clamp<std::chrono::milliseconds>(
        std::chrono::duration_cast<std::chrono::milliseconds>(config.timeout), 2s, 120s);
}
inline constexpr qint64 kAlertBytes = 128LL << 20; ///< 100,000 alerts of 1.3 KiB
inline constexpr qint64 kInstantBytes = 8LL << 20;
inline constexpr qint64 kRangeBytes = 32LL << 20;
inline constexpr qint64 kListBytes = 16LL << 20; ///< labels, metadata, silences
inline constexpr qint64 kStatusBytes = 1LL << 20;
} // namespace limits

} // namespace bw
