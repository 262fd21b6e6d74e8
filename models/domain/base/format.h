// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <QString>
#include <QStringList>

#include <optional>

namespace bw {

/// A number with its unit id ("short", "s", "ms", "bytes", "percentunit", "reqps", "currencyUSD", "suffix:x"
/// …; Grafana's ids). NaN reads "NaN", infinities "+Inf"/"-Inf". `decimals` < 0 picks as many as are worth
/// reading.
QString formatValue(double value, QStringView unit, int decimals = -1);
/// Shortest text that reads back as the same double ("0.25", "1e+22", "NaN", "+Inf"): for JSON, CSV and
/// copies.
QString formatExact(double value);
/// "3 m 20 s", "2 d 4 h", "850 ms": two units at most.
QString formatAge(Nanoseconds age);
/// The age of something on screen, in whole seconds: "now" below one.
QString agoText(Nanoseconds age);
/// True for unit ids formatValue knows.
bool isKnownUnit(QStringView unit);
QStringList knownUnits();

} // namespace bw
