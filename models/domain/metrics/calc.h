// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <span>

namespace bw {

/// Ways to make one number of a series, by the ids that files use: last, last_null (the newest sample even
/// if it is NaN), first, min, max, mean, sum, count, range, delta, diff, diff_percent, stddev, variance,
/// median, and p1 … p99.
QStringList calcIds();
bool isCalc(const QString &id);
/// What a legend or a column calls it: "last", "p95".
QString calcTitle(const QString &id);
/// The number; NaN samples are passed over, except by last_null. NaN when there is nothing to calculate
/// with, but for `count` and `sum`-less ids: count of nothing is 0. An unknown id is "last". Any thread.
double calculate(std::span<const double> samples, const QString &id);

} // namespace bw
