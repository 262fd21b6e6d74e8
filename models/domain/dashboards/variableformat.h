// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>
#include <domain/base/result.h>
#include <domain/dashboards/macrotokens.h>

#include <QStringList>

namespace bw {

/// What is known of a variable beside its values.
struct VariableForm
{
    QStringList texts; ///< as shown; empty: the values are their own texts
    bool isPattern = false; ///< may be several: without a format each value becomes a regular expression
    bool isVerbatim = false; ///< a custom "All": goes into the text as it stands
    bool operator==(const VariableForm &) const = default;
};

/// True for raw, regex, pipe, csv, json, glob, distributed, lucene, doublequote, singlequote, sqlstring,
/// text, queryparam and percentencode.
bool isVariableFormat(QStringView format);
/// Writes `values` (not empty) as `token` asks for them. Without a format: one value escaped for its place,
/// several as (a|b). Invalid when a value cannot stand there.
/// Source: Grafana, variable syntax and advanced formatting options.
[[nodiscard]] Result<QString> formatValues(
    const MacroToken &token, const QStringList &values, const VariableForm &form);

/// True for date, date:iso, date:seconds and date:PATTERN.
bool isDateFormat(QStringView format);
/// A moment in UTC: ISO 8601 with milliseconds, unix seconds, or a pattern of YYYY YY MM DD HH mm ss SSS.
QString formatMoment(Timestamp moment, QStringView format);

} // namespace bw
