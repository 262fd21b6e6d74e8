// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QString>

#include <chrono>
#include <optional>

namespace bw {

using Nanoseconds = std::chrono::nanoseconds;
/// A moment in UTC, for records, queries and display. Nanoseconds since 1970.
using Timestamp = std::chrono::sys_time<Nanoseconds>;

/// Nanoseconds since the epoch, kept as plain integers in columns: what Timestamp wraps.
inline qint64 toNs(Timestamp t) { return t.time_since_epoch().count(); }
inline Timestamp fromNs(qint64 ns) { return Timestamp(Nanoseconds(ns)); }

/// A reading of the clock that runs on while the machine sleeps. For ages and durations, never for display.
struct BootTime
{
    Nanoseconds sinceBoot{0};
    auto operator<=>(const BootTime &) const = default;
};
inline Nanoseconds operator-(BootTime a, BootTime b) { return a.sinceBoot - b.sinceBoot; }
inline BootTime operator+(BootTime a, Nanoseconds d) { return {a.sinceBoot + d}; }
inline BootTime operator-(BootTime a, Nanoseconds d) { return {a.sinceBoot - d}; }

/// Port to the two clocks. Tests tick a fake one. Implementations are callable from any thread.
class Clock
{
public:
    virtual ~Clock() = default;
    virtual Timestamp utcNow() const = 0;
    virtual BootTime bootNow() const = 0;
};

/// CLOCK_REALTIME and CLOCK_BOOTTIME.
class SystemClock final : public Clock
{
public:
    Timestamp utcNow() const override;
    BootTime bootNow() const override;
};

/// "2026-11-21T14:02:11.123Z"; milliseconds are left out when zero.
QString isoUtc(Timestamp t);
/// Unix seconds with up to three decimals ("1795287527.5"), as Prometheus wants them.
QByteArray unixSeconds(Timestamp t);
Timestamp fromUnixSeconds(double seconds);
Timestamp fromUnixMs(qint64 ms);
qint64 toUnixMs(Timestamp t);
/// In UTC.
QDateTime toDateTime(Timestamp t);
Timestamp fromDateTime(const QDateTime &t);
/// RFC 3339 with any fraction and offset; nullopt when it is none.
std::optional<Timestamp> parseRfc3339(QStringView text);

} // namespace bw
