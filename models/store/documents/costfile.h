// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/metrics/costtable.h>

namespace bw {

/// Reads a bill as CSV (comma, semicolon or tab): FOCUS columns, or plain `date` and `cost`, with one of
/// `service`, `namespace`, `team` to split by; any other column is ignored. EffectiveCost wins over
/// BilledCost. Amounts of a row that spans several days are spread evenly over them. Invalid names file and
/// line: a column that is missing, a date or an amount that is none, a second currency.
[[nodiscard]] Result<CostTable> parseCosts(const QByteArray &text, const QString &file);
/// The file, at most 256 MiB; a folder: every *.csv in it, by name. Does file I/O.
[[nodiscard]] Result<CostTable> readCosts(const QString &path);

} // namespace bw
