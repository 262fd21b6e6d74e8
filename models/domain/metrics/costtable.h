// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/series.h>

#include <QString>

#include <map>

namespace bw {

/// What was paid, by day and by whatever a bill splits by (service, namespace, team). A value; from cost
/// files.
struct CostTable
{
    QString source; ///< file names, for the eye
    QString currency; ///< "USD"; empty: the files do not tell
    QString split; ///< name of the column the costs are split by; empty: not split
    std::map<qint64, std::map<QString, double>> days; ///< UTC midnight in ns → part → amount
    bool isEmpty() const { return days.empty(); }
    bool operator==(const CostTable &) const = default;
};

/// Adds `other` to `into`. False, and nothing changes, when both name a currency and they differ.
bool addCosts(CostTable &into, const CostTable &other);

/// The price of an hour, day by day: a day's cost over 24. One series; the last day is left out when it ends
/// after `now`, because it is not billed yet.
SeriesSet hourlyCost(const CostTable &costs, Timestamp now);
/// What a month of 730 hours costs at the pace of the seven days before each day; one series.
SeriesSet monthlyCost(const CostTable &costs, Timestamp now);
/// The same at the pace of the last seven days, by part; the `limit` largest, largest first, one sample each.
SeriesSet costByPart(const CostTable &costs, Timestamp now, size_t limit = 12);

} // namespace bw
