// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentcost.h>

#include <algorithm>

namespace bw {

TimeRange impactRange(const Incident &incident, Timestamp now)
{
    const Timestamp begin =
        incident.milestone(MilestoneName::ImpactStarted)
            .value_or(incident.milestone(MilestoneName::Detected).value_or(incident.declaredAt));
    const Timestamp end = incident.milestone(MilestoneName::ImpactEnded)
                              .value_or(incident.milestone(MilestoneName::Resolved).value_or(now));
    return {begin, std::max(begin, end)};
}

bool isCharged(const Slo &slo, const QString &service)
{
    return slo.incidents.isEmpty() ? slo.service == service : slo.incidents.contains(service);
}

std::optional<double> budgetSpent(const std::vector<BudgetPoint> &trend, const TimeRange &window)
{
    if (trend.size() < 2 || window.end <= trend.front().at)
        return std::nullopt;
    const auto after = std::upper_bound(trend.begin(), trend.end(), window.begin,
        [](Timestamp at, const BudgetPoint &point) { return at < point.at; });
    const auto from = after == trend.begin() ? after : after - 1;
    auto to = std::lower_bound(trend.begin(), trend.end(), window.end,
        [](const BudgetPoint &point, Timestamp at) { return point.at < at; });
    if (to == trend.end())
        --to;
    if (from >= to)
        return std::nullopt;
    // A point tells about the hour before it.
    if (std::none_of(from + 1, to + 1, [](const BudgetPoint &point) { return point.isKnown; }))
        return std::nullopt;
    return std::max(0.0, from->remaining - to->remaining);
}

std::vector<IncidentCost> costsOf(
    const Incident &incident, const std::vector<SloStatus> &statuses, Timestamp now)
{
    const TimeRange range = impactRange(incident, now);
    std::vector<IncidentCost> costs;
    for (const SloStatus &status : statuses) {
        const bool isOurs = std::any_of(incident.services.begin(), incident.services.end(),
            [&status](const QString &service) { return isCharged(status.slo, service); });
        if (isOurs)
            costs.push_back({status.key, budgetSpent(status.trend, range)});
    }
    return costs;
}

} // namespace bw
