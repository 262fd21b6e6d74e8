// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QTimeZone>

#include <vector>

namespace bw {

/// Places on an axis, ascending, and what to write there.
struct Ticks
{
    struct Tick
    {
        double at = 0; ///< seconds since the epoch, or a value
        QString label;
    };
    std::vector<Tick> ticks;
    double step = 0; ///< 0 on a logarithmic axis
};

/// Whole minutes, hours, days or months of `zone` inside [begin, end] (ns), about `count` of them. Midnight
/// carries the date. Any thread.
Ticks timeTicks(qint64 begin, qint64 end, const QTimeZone &zone, int count);
/// Round values inside [min, max], about `count`; binary steps for bytes, sexagesimal ones for long
/// durations.
Ticks valueTicks(double min, double max, const QString &unit, int decimals, bool logarithmic, int count);
/// The next round values outside [min, max]; never across zero when the data is on one side of it.
void widenToTicks(double &min, double &max, const QString &unit, int count);

} // namespace bw
