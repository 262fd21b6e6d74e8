// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/display/pagenotifier.h>

#include <algorithm>

namespace bw {

bool isFiringPage(const Alert &alert)
{
    return alert.alertClass == AlertClass::Page && alert.state == AlertState::Firing;
}

PageNotifier::News PageNotifier::apply(const std::vector<Alert> &alerts, bool isQuiet)
{
    News news;
    QHash<AlertKey, Timestamp> told;
    for (const Alert &alert : alerts) {
        if (alert.alertClass != AlertClass::Page || alert.state == AlertState::Resolved)
            continue;
        const auto known = m_told.constFind(alert.key);
        // Servers move the start of an alert that goes on by a little; a gap would have removed the key.
        const bool isKnown = known != m_told.constEnd();
        news.isFiring = news.isFiring || isFiringPage(alert);
        if (isKnown || (!m_hasBegun && isFiringPage(alert))) {
            told.insert(alert.key, isKnown ? *known : alert.startsAt);
            continue;
        }
        if (!isFiringPage(alert) || isQuiet)
            continue; // silenced or quiet now: news when it is no longer
        told.insert(alert.key, alert.startsAt);
        news.pages.push_back(alert);
    }
    m_told = std::move(told);
    m_hasBegun = true;
    std::stable_sort(news.pages.begin(), news.pages.end(),
        [](const Alert &a, const Alert &b) { return a.startsAt < b.startsAt; });
    return news;
}

} // namespace bw
