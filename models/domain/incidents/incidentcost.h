// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/incidents/incident.h>
#include <domain/slo/slostatus.h>

namespace bw {

/// What an incident cost one objective.
struct IncidentCost
{
    QString key; ///< of the objective's status
    /// Share of the present period's budget that was spent in the hours the incident touched, whole ones:
    /// 0.25 is a quarter. nullopt: nothing is known of them, or they lie before the period.
    std::optional<double> spent;
    bool operator==(const IncidentCost &) const = default;
};

/// From the start of the impact (else its detection, else the declaration) to its end (else the resolution,
/// else `now`). Half open.
TimeRange impactRange(const Incident &incident, Timestamp now);
/// True when incidents of `service` are charged to this objective.
bool isCharged(const Slo &slo, const QString &service);
/// One cost an objective of the incident's services, in the order of `statuses`.
std::vector<IncidentCost> costsOf(
    const Incident &incident, const std::vector<SloStatus> &statuses, Timestamp now);
/// Budget spent between two moments, from how it ran down; whole hours. nullopt as in IncidentCost.
std::optional<double> budgetSpent(const std::vector<BudgetPoint> &trend, const TimeRange &window);

} // namespace bw
