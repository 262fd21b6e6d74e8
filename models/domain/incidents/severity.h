// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/incidents/incident.h>

namespace bw {

/// How often the public or other teams hear of an incident, counted from its declaration.
struct ExternalCadence
{
    Nanoseconds first{}; ///< latest time of the first update
    Nanoseconds scoping{}; ///< latest time of the second after the first
    Nanoseconds every{}; ///< from then on
    Nanoseconds calmAfter{}; ///< since the declaration; then `calmEvery`
    Nanoseconds calmEvery{};
    bool operator==(const ExternalCadence &) const = default;
};

/// One level of the scale. Which levels there are is configuration; the order is the list's, worst first.
struct SeverityLevel
{
    QString name; ///< "SEV1"
    QString word; ///< "critical"
    QString definition;
    QString shape; ///< octagon, triangle, diamond, circle: what tells it apart without colour
    QString colour; ///< name of a colour of the theme: critical, error, warning, info
    bool major = false;
    QList<Role> roles; ///< needed
    std::optional<Nanoseconds> internalEvery; ///< nullopt: on demand
    std::optional<ExternalCadence> external; ///< nullopt: on demand
    int reviewDays = 0; ///< until the review is due; 0: optional
    bool reviewWorkingDays = false;
    bool updatesNeedApproval = false;
    bool operator==(const SeverityLevel &) const = default;
};

struct SeverityScale
{
    std::vector<SeverityLevel> levels;
    const SeverityLevel *find(QStringView name) const;
    /// "a" is worse than "b"; unknown names rank lowest.
    bool isWorse(QStringView a, QStringView b) const;
    QStringList names() const;
    bool operator==(const SeverityScale &) const = default;
};

/// SEV1 to SEV4. Cadences follow PagerDuty's public incident process.
SeverityScale shippedSeverities();
/// Invalid: no level, an empty or repeated name, a cadence that is not positive. Names the level.
[[nodiscard]] Result<> check(const SeverityScale &scale);

/// Needed by the incident's severity and held by nobody, in the scale's order.
QList<Role> missingRoles(const Incident &incident, const SeverityScale &scale);
/// When the review is due, counted from the resolution; nullopt: not resolved, or optional. Working days are
/// Monday to Friday, UTC.
std::optional<Timestamp> reviewDue(const Incident &incident, const SeverityScale &scale);

} // namespace bw
