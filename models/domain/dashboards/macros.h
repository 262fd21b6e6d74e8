// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/variableformat.h>
#include <domain/metrics/metricprofile.h>
#include <domain/query/stepladder.h>

#include <QMap>
#include <QStringList>
#include <QTimeZone>

namespace bw {

/// Everything an expression may refer to.
struct MacroContext
{
    TimeRange range;
    StepPlan plan;
    QTimeZone zone; ///< invalid: UTC
    const DetectedProfile *profile = nullptr;
    QMap<QString, QStringList>
        variables; ///< values of each variable; more than one joins as (a|b), regex-escaped
    QMap<QString, VariableForm> forms; ///< of those that are more than plain values
    QMap<QString, QString> filters; ///< global matchers: label → value (cluster, namespace, env)
    QMap<QString, QString>
        context; ///< service, route, namespace …: profile key → value; a key without value is left out
};

/// Expands `$v ${v} ${v:fmt} [[v]]`, `$__interval $__interval_ms $__rate_interval $__range $__range_s
/// $__range_ms
/// $__from $__to` (also `${__from:date:iso}`), `$__timezone` (its name), `$__utc_offset_s` (its seconds east
/// of UTC at the range's end), `$__second` (one second in the unit of the profile's latency), `${__sel.KEY}`
/// `${__sel.KEY:service,route}` (metric with its matchers, base, filters and the named context matchers),
/// `${__metric.KEY}`, `${__label.KEY}`,
/// `${__filters}`. Where a native histogram stands for a counter, `rate()`, `increase()` and `irate()` around
/// its selector come out wrapped: histogram_count(rate(x[5m])). One pass, tokenised: values are never
/// expanded again. Invalid names the unknown macro and where it stands; NotFound says what the profile lacks
/// ("no latency buckets").
[[nodiscard]] Result<QString> expandMacros(const QString &expression, const MacroContext &context);
/// Where in `expression` the place `at` of its expansion stands: exact in plain text, the beginning of a
/// macro inside its value. Never behind the end.
qsizetype placeBefore(const QString &expression, const MacroContext &context, qsizetype at);
/// What lint can say without a context: unknown reserved macros and formats, each with where it stands.
QStringList macroProblems(const QString &expression);
/// Names of the variables an expression refers to.
QStringList variablesIn(const QString &expression);
/// True when the answer depends on the range's ends ($__range, $__from, $__to, @ start(), @ end()).
bool dependsOnRange(const QString &expression);

} // namespace bw
