// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/labelreader.h>
#include <datasources/prometheusdecode.h>
#include <domain/query/queryresult.h>

namespace bw {

/// `data` of /rules, and of /alerts: Prometheus' own pending and firing alerts. Private to the Prometheus
/// decoder. `stop` is looked at for each rule and alert.
[[nodiscard]] Result<RuleGroups> readRules(
    od::Value data, const PrometheusContext &context, const std::stop_token &stop);
[[nodiscard]] Result<std::vector<Alert>> readOwnAlerts(
    od::Value data, const PrometheusContext &context, const std::stop_token &stop);

} // namespace bw
