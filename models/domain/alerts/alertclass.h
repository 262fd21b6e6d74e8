// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/metrics/matcher.h>

namespace bw {

/// First rule whose matchers all match gives class and severity; without a match the severity label decides.
struct AlertRule
{
    std::vector<Matcher> matchers;
    std::optional<AlertClass> alertClass;
    std::optional<Severity> severity;
};
struct AlertClassifier
{
    std::vector<AlertRule> rules;
    QString severityLabel = QStringLiteral("severity");
    /// Sets alertClass and severity. Shipped mapping of the severity label: critical page emergency p0 p1 →
    /// critical and page; error high major p2 → error; warning warn p3 → warning; info notice → info;
    /// none → health.
    void classify(Alert &alert) const;
};

/// Order of the list: class (page first), severity, newest start, fingerprint. Suppressed after firing.
bool moreUrgent(const Alert &a, const Alert &b);

} // namespace bw
