// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertwatcher.h>

#include <algorithm>

namespace bw {
namespace {

void sortByFingerprint(std::vector<AlertTransition> &transitions)
{
    std::stable_sort(
        transitions.begin(), transitions.end(), [](const AlertTransition &a, const AlertTransition &b) {
            return a.alert.key.fingerprint < b.alert.key.fingerprint;
        });
}

} // namespace

std::vector<AlertTransition> AlertWatcher::apply(
    const ClusterId &cluster, Timestamp at, const std::vector<Alert> &merged)
{
    std::vector<AlertTransition> out;
    QHash<AlertKey, Alert> present;
    present.reserve(qsizetype(merged.size()));
    for (const Alert &alert : merged) {
        if (alert.state != AlertState::Resolved)
            present.insert(alert.key, alert);
    }
    for (auto known = m_known.begin(); known != m_known.end();) {
        if (known.key().source != cluster || present.contains(known.key())) {
            ++known;
            continue;
        }
        // endsAt of a firing alert is when the server would give up; the true end is now at the latest.
        Alert gone = known.value();
        const AlertState from = gone.state;
        gone.state = AlertState::Resolved;
        if (!gone.endsAt || *gone.endsAt > at)
            gone.endsAt = at;
        out.push_back({from, AlertState::Resolved, at, std::move(gone)});
        known = m_known.erase(known);
    }
    for (auto alert = present.begin(); alert != present.end(); ++alert) {
        const auto known = m_known.constFind(alert.key());
        if (known == m_known.cend())
            out.push_back({std::nullopt, alert->state, at, *alert});
        else if (known->state != alert->state)
            out.push_back({known->state, alert->state, at, *alert});
        m_known.insert(alert.key(), *alert);
    }
    sortByFingerprint(out);
    return out;
}

std::vector<AlertTransition> AlertWatcher::markStale(const ClusterId &cluster, Timestamp at)
{
    std::vector<AlertTransition> out;
    for (auto known = m_known.begin(); known != m_known.end(); ++known) {
        if (known.key().source != cluster || known->state == AlertState::Unknown)
            continue;
        const AlertState from = known->state;
        known->state = AlertState::Unknown;
        out.push_back({from, AlertState::Unknown, at, *known});
    }
    sortByFingerprint(out);
    return out;
}

} // namespace bw
