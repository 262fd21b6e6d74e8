// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertclass.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Shipped
{
    QLatin1StringView word;
    Severity severity;
    AlertClass alertClass;
};
constexpr Shipped kShipped[] = {{"critical"_L1, Severity::Critical, AlertClass::Page},
    {"page"_L1, Severity::Critical, AlertClass::Page}, {"emergency"_L1, Severity::Critical, AlertClass::Page},
    {"p0"_L1, Severity::Critical, AlertClass::Page}, {"p1"_L1, Severity::Critical, AlertClass::Page},
    {"error"_L1, Severity::Error, AlertClass::Ticket}, {"high"_L1, Severity::Error, AlertClass::Ticket},
    {"major"_L1, Severity::Error, AlertClass::Ticket}, {"p2"_L1, Severity::Error, AlertClass::Ticket},
    {"warning"_L1, Severity::Warning, AlertClass::Ticket}, {"warn"_L1, Severity::Warning, AlertClass::Ticket},
    {"p3"_L1, Severity::Warning, AlertClass::Ticket}, {"info"_L1, Severity::Info, AlertClass::Ticket},
    {"notice"_L1, Severity::Info, AlertClass::Ticket}, {"none"_L1, Severity::None, AlertClass::Health}};

/// What can act on somebody now comes first; what is held back or over comes last.
int order(AlertState state)
{
    switch (state) {
    case AlertState::Firing:
    case AlertState::Unknown:
        return 0;
    case AlertState::Pending:
        return 1;
    case AlertState::Silenced:
    case AlertState::Inhibited:
    case AlertState::Muted:
        return 2;
    case AlertState::Resolved:
        break;
    }
    return 3;
}

} // namespace

void AlertClassifier::classify(Alert &alert) const
{
    alert.severity = Severity::None;
    alert.alertClass = AlertClass::Ticket;
    if (const Untrusted *label = alert.labels.find(severityLabel)) {
        const QString word = verbatim(*label).trimmed().toLower();
        const auto known = std::find_if(std::begin(kShipped), std::end(kShipped),
            [&](const Shipped &shipped) { return word == shipped.word; });
        if (known != std::end(kShipped)) {
            alert.severity = known->severity;
            alert.alertClass = known->alertClass;
        }
    }
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const AlertRule &candidate) {
        return std::all_of(candidate.matchers.begin(), candidate.matchers.end(),
            [&](const Matcher &matcher) { return matcher.matches(alert.labels); });
    });
    if (rule == rules.end())
        return;
    if (rule->severity) {
        alert.severity = *rule->severity;
        alert.alertClass = *rule->severity == Severity::Critical ? AlertClass::Page : AlertClass::Ticket;
    }
    if (rule->alertClass)
        alert.alertClass = *rule->alertClass;
}

bool moreUrgent(const Alert &a, const Alert &b)
{
    if (order(a.state) != order(b.state))
        return order(a.state) < order(b.state);
    if (a.alertClass != b.alertClass)
        return a.alertClass > b.alertClass;
    if (a.severity != b.severity)
        return a.severity > b.severity;
    if (a.startsAt != b.startsAt)
        return a.startsAt > b.startsAt;
    if (a.key.fingerprint != b.key.fingerprint)
        return a.key.fingerprint < b.key.fingerprint;
    return a.key.source.id < b.key.source.id;
}

} // namespace bw
