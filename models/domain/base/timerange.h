// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/result.h>

#include <QString>
#include <QTimeZone>

namespace bw {

/// A half-open stretch of time: [begin, end).
struct TimeRange
{
    Timestamp begin, end;
    Nanoseconds span() const { return end - begin; }
    bool contains(Timestamp t) const { return t >= begin && t < end; }
    /// Both ends floored to a multiple of `step`, so that equal questions are equal.
    TimeRange snappedTo(Nanoseconds step) const;
    bool operator==(const TimeRange &) const = default;
};

/// What a person picks: two expressions such as "now-6h", "now-1d/d", "now/w", epoch milliseconds or ISO
/// 8601. Kept as text, so that "today" stays today tomorrow.
struct TimeSpec
{
    QString from = QStringLiteral("now-1h");
    QString to = QStringLiteral("now");
    bool operator==(const TimeSpec &) const = default;
    /// True when the end moves with the clock.
    bool isRelative() const;
};

/// Resolves both ends. "/u" rounds down in `from` and up to the end of the unit in `to`, in `zone`.
/// Invalid: an unknown expression, or an end that is not after the begin; the message names it.
[[nodiscard]] Result<TimeRange> resolve(const TimeSpec &spec, Timestamp now, const QTimeZone &zone);
/// One expression, for --at and absolute pickers.
[[nodiscard]] Result<Timestamp> resolveTime(
    QStringView expression, Timestamp now, const QTimeZone &zone, bool roundUp = false);
/// Reads what people paste: "now-6h", "6h", "14:02-14:20", "2026-11-21 14:02 to 15:00", epoch s or ms, ISO.
[[nodiscard]] Result<TimeSpec> parsePasted(QStringView text, Timestamp now, const QTimeZone &zone);
/// An absolute spec for a range, in epoch milliseconds.
TimeSpec absolute(const TimeRange &range);
/// "Last 6 hours", "Today", or "2026-11-21 14:02 – 14:20" in `zone`.
QString describe(const TimeSpec &spec, Timestamp now, const QTimeZone &zone);

/// Prometheus durations: "1h30m", "90s", "500ms", "0"; also bare seconds. Invalid names the text.
[[nodiscard]] Result<Nanoseconds> parseDuration(QStringView text);
/// The shortest Prometheus form: "90s" is "1m30s".
QString promDuration(Nanoseconds duration);

} // namespace bw
