// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/severity.h>

#include <QSet>

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

const SeverityLevel *SeverityScale::find(QStringView name) const
{
    const auto found = std::find_if(
        levels.begin(), levels.end(), [name](const SeverityLevel &level) { return level.name == name; });
    return found == levels.end() ? nullptr : &*found;
}

bool SeverityScale::isWorse(QStringView a, QStringView b) const
{
    const auto rank = [this](QStringView name) {
        const SeverityLevel *level = find(name);
        return level ? level - levels.data() : qptrdiff(levels.size());
    };
    return rank(a) < rank(b);
}

QStringList SeverityScale::names() const
{
    QStringList all;
    for (const SeverityLevel &level : levels)
        all += level.name;
    return all;
}

SeverityScale shippedSeverities()
{
    const ExternalCadence major{5min, 5min, 20min, 2h, 60min};
    return {{
        {u"SEV1"_s, u"critical"_s, u"a core user journey is down or data is at risk for most users"_s,
            u"octagon"_s, u"critical"_s, true,
            {Role::Commander, Role::Deputy, Role::Scribe, Role::CommsExternal}, 30min, major, 3, false, true},
        {u"SEV2"_s, u"major"_s, u"a core journey is badly degraded, or down for some"_s, u"triangle"_s,
            u"error"_s, true, {Role::Commander, Role::Scribe, Role::CommsExternal}, 30min, major, 5, true,
            true},
        {u"SEV3"_s, u"moderate"_s, u"degradation with a workaround, an objective at risk"_s, u"diamond"_s,
            u"warning"_s, false, {Role::Commander}, 60min, std::nullopt, 10, true, false},
        {u"SEV4"_s, u"minor"_s, u"no user impact yet"_s, u"circle"_s, u"info"_s, false, {Role::Owner},
            std::nullopt, std::nullopt, 0, false, false},
    }};
}

Result<> check(const SeverityScale &scale)
{
    if (scale.levels.empty())
        return fail(Error::Kind::Invalid, u"the severity scale has no level"_s);
    QSet<QString> names;
    for (const SeverityLevel &level : scale.levels) {
        if (level.name.isEmpty())
            return fail(Error::Kind::Invalid, u"a severity has no name"_s);
        if (names.contains(level.name))
            return fail(Error::Kind::Invalid, u"severity %1 is there twice"_s.arg(level.name));
        names.insert(level.name);
        const bool internalOk = !level.internalEvery || *level.internalEvery > 0ns;
        const bool externalOk = !level.external
            || (level.external->first > 0ns && level.external->scoping > 0ns && level.external->every > 0ns
                && level.external->calmEvery > 0ns);
        if (!internalOk || !externalOk)
            return fail(
                Error::Kind::Invalid, u"severity %1: an update interval must be positive"_s.arg(level.name));
    }
    return {};
}

QList<Role> missingRoles(const Incident &incident, const SeverityScale &scale)
{
    QList<Role> missing;
    if (const SeverityLevel *level = scale.find(incident.severity)) {
        std::copy_if(level->roles.begin(), level->roles.end(), std::back_inserter(missing),
            [&incident](Role role) { return !incident.holder(role); });
    }
    return missing;
}

std::optional<Timestamp> reviewDue(const Incident &incident, const SeverityScale &scale)
{
    const SeverityLevel *level = scale.find(incident.severity);
    const auto resolved = incident.milestone(MilestoneName::Resolved);
    if (!level || level->reviewDays == 0 || !resolved)
        return std::nullopt;
    Timestamp due = *resolved;
    for (int left = level->reviewDays; left > 0;) {
        due += 24h;
        const std::chrono::weekday day{std::chrono::floor<std::chrono::days>(due)};
        const bool isWeekend = day == std::chrono::Saturday || day == std::chrono::Sunday;
        if (!level->reviewWorkingDays || !isWeekend)
            --left;
    }
    return due;
}

} // namespace bw
