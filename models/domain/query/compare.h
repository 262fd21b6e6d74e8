// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>
#include <domain/query/stepladder.h>

#include <QMap>
#include <QTimeZone>

namespace bw {

/// What panels are compared with: nothing, or the same question exactly 24 or 168 hours earlier. Hours, not
/// calendar days: both sides then have the same length and lie on the same grid of steps. When the clocks
/// were changed in between, clockShift() says by how much "the same time" is off.
enum class Compare : quint8 { Off, Day, Week };

Nanoseconds spanOf(Compare compare); ///< 0 for Off
/// "off", "day", "week": files and the command line.
QString nameOf(Compare compare);
std::optional<Compare> compareNamed(QStringView name);
/// Off → Day → Week → Off.
Compare nextOf(Compare compare);
/// "24 h earlier"; empty for Off.
QString textOf(Compare compare);

/// What is compared on a dashboard: panel id → choice; kEveryPanel for those that have none of their own.
using CompareChoices = QMap<QString, Compare>;
inline constexpr QLatin1StringView kEveryPanel{"*"}; ///< no panel can be called so
Compare chosenFor(const CompareChoices &choices, const QString &panel);
/// With another choice for one panel, or for every panel, whatever was chosen before; choices that say what
/// holds for every panel anyway are left out, so that equal views have equal choices.
CompareChoices withChoice(CompareChoices choices, const QString &panel, Compare compare);

/// How much later a clock of `zone` reads at the compared moment than at `at` less the span: 0 unless its
/// offset from UTC changed in between.
Nanoseconds clockShift(Compare compare, Timestamp at, const QTimeZone &zone);

/// What to ask to show `range` (on a grid of `step`) `back` earlier. For a live range some of what follows is
/// asked for as well, a tenth and at most `limit` steps in all, so that the next refreshes need no question;
/// but nothing younger than `settled`, which may still change.
TimeRange pastRange(
    const TimeRange &range, Nanoseconds step, Nanoseconds back, std::optional<Timestamp> settled, int limit);

/// `data` as if it had been measured `back` later, without the samples outside [begin, end] of `range`.
/// Series that have none left are left out. Instant answers (shape Vector) keep every sample.
MetricData broughtForward(const MetricData &data, Nanoseconds back, const TimeRange &range);

/// One value beside the same value earlier.
struct Difference
{
    double now = 0, before = 0;
    double absolute = 0; ///< now − before; NaN when one of them is
    std::optional<double> relative; ///< of `before`; nullopt when that is 0 or not finite
};
Difference differenceOf(double now, double before);
/// "+2.2 req/s (+22 %)", "−0.5 pp" for shares, "=" when both are the same; "—" when they cannot be compared.
QString differenceText(const Difference &difference, const QString &unit, int decimals);

} // namespace bw
