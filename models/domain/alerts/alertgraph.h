// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/base/timerange.h>
#include <domain/query/queryresult.h>

#include <optional>

namespace bw {

/// The expression in a generator URL of Prometheus' form (…/graph?g0.expr=…). Nullopt for any other form. The
/// URL is read, never contacted.
std::optional<QString> expressionFromGenerator(const Untrusted &url);

/// What to draw for an alerting expression.
struct AlertGraphPlan
{
    QString expression; ///< without the comparison, when it could be split off
    std::optional<double> threshold;
    QString op; ///< as seen from the expression: ">" in both `a > 5` and `5 < a`
    bool operator==(const AlertGraphPlan &) const = default;
};
/// Splits a top-level comparison with a number off: `rate(x[5m]) > 0.5` is drawn as `rate(x[5m])` with a line
/// at 0.5. Of `and`, `or`, `unless` the first operand that has such a comparison counts. `bool` comparisons
/// and everything else stay whole: then only firing samples are visible.
AlertGraphPlan planAlertGraph(const QString &expression);

/// [startsAt − max(1 h, 4 × for), min(now, endsAt) + 15 min]
TimeRange alertGraphRange(const Alert &alert, Nanoseconds forDuration, Timestamp now);

/// The rule that made an alert: same name, and its own list has this label set; else its labels are a subset
/// of the alert's. Null when there is none. The pointer lives as long as `rules`.
const Rule *ruleOf(const Alert &alert, const RuleGroups &rules);

} // namespace bw
