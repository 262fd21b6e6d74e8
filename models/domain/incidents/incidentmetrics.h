// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/severity.h>

#include <span>

namespace bw {

/// One figure of one incident.
struct IncidentMetric
{
    QString id; ///< "TTD"
    QString formula; ///< "detected − impact started", with what was really used
    std::optional<Nanoseconds> value; ///< negative when the milestones lie the wrong way round
    QString missing; ///< why there is none: "no impact start"
    bool operator==(const IncidentMetric &) const = default;
};

/// TTD, TTA, TTE, TTI, TTM, TTM from detection, TTR, in this order. TTA names whether it counts from the page
/// or the detection.
std::vector<IncidentMetric> metricsOf(const Incident &incident);

/// One figure over many incidents.
struct MetricSummary
{
    QString id, formula;
    int n = 0; ///< incidents that have it
    std::optional<Nanoseconds> median, p75, p90, mean;
    std::map<QString, int> leftOut; ///< why → how many
    bool operator==(const MetricSummary &) const = default;
};
/// Drills, backfilled incidents and such as are not resolved are left out and counted, and so is a value
/// below zero: its milestones lie the wrong way round. Percentiles are the nearest rank above.
std::vector<MetricSummary> summarize(std::span<const Incident> incidents);

/// How long each severity or phase lasted until `now`, or until the incident was over. In the order of first
/// use.
struct TimeIn
{
    QString name;
    Nanoseconds spent{};
    bool operator==(const TimeIn &) const = default;
};
std::vector<TimeIn> timeInSeverity(const Incident &incident, Timestamp now);
std::vector<TimeIn> timeInPhase(const Incident &incident, Timestamp now);

/// Alerts with relation noise or unrelated, of those linked.
struct NoiseShare
{
    int noise = 0, linked = 0;
    bool operator==(const NoiseShare &) const = default;
};
NoiseShare noiseShare(const Incident &incident);

/// People and person-hours from joining to leaving: approximate.
struct Effort
{
    int responders = 0;
    Nanoseconds time{};
    bool operator==(const Effort &) const = default;
};
Effort effortOf(const Incident &incident, Timestamp now);

/// Runs that changed something, of the entries that count.
struct ChangeCount
{
    int made = 0, undone = 0, failedVerify = 0;
    bool operator==(const ChangeCount &) const = default;
};
ChangeCount changesOf(std::span<const TimelineEntry> entries);

} // namespace bw
