// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/slo/slo.h>

#include <optional>

namespace bw {

/// One row of the burn table as it reads now.
struct BurnReading
{
    BurnRow row;
    std::optional<double> longBurn, shortBurn; ///< nullopt: no traffic, or not known
    bool isFiring = false; ///< both above the factor
    std::optional<double> spent; ///< share of the period's budget that the long window spent
    std::optional<Nanoseconds> firesIn; ///< at this rate; only below six hours, and not while firing
    bool isRecorded = false; ///< read from another tool's series
    bool operator==(const BurnReading &) const = default;
};

/// Burn rate: error ratio over budget; 1 spends the budget exactly in its period. nullopt without traffic.
std::optional<double> burnRate(std::optional<double> errorRatio, double budget);
/// Fills a row from the error ratios (0…1) of its two windows.
BurnReading readBurn(
    const Slo &slo, const BurnRow &row, std::optional<double> longRatio, std::optional<double> shortRatio);
/// When the long window will pass `factor · budget` if the errors of the short one go on, with even traffic:
/// w · (k·B − e(long)) / (e(short) − e(long)). nullopt: not on the way there, already there, or 6 h and
/// later.
std::optional<Nanoseconds> firesIn(const BurnRow &row, double budget, double longRatio, double shortRatio);
/// How long the budget lasts at burn rate `burn`: remaining · period / burn. nullopt: never, or already gone.
std::optional<Nanoseconds> exhaustedIn(double remaining, Nanoseconds period, std::optional<double> burn);

/// The product's own page rule, shown beside the table: 1h and 5m burn above a factor, and the budget gone
/// within the alert window.
struct PageRuleReading
{
    std::optional<double> burn1h, burn5m;
    std::optional<Nanoseconds> exhaustedIn;
    bool isFiring = false;
    bool operator==(const PageRuleReading &) const = default;
};
PageRuleReading readPageRule(const Slo &slo, std::optional<double> remaining, std::optional<double> ratio1h,
    std::optional<double> ratio5m);

} // namespace bw
