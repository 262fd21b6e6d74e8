// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/base/timerange.h>
#include <domain/dashboards/variable.h>
#include <domain/query/queryresult.h>

#include <vector>

namespace bw {

/// One thing a variable can be: the value expressions see, and the text a person sees.
struct VariableOption
{
    QString value, text;
    bool operator==(const VariableOption &) const = default;
};

/// What a variable of kind query asks, its macros expanded.
struct VariableQuery
{
    enum class Kind : quint8 {
        LabelValues, ///< label_values(label) and label_values(selector, label)
        LabelNames, ///< label_names() and label_names(regex)
        Metrics, ///< metrics(regex)
        QueryResult ///< query_result(expression)
    };
    Kind kind = Kind::LabelValues;
    QString label; ///< LabelValues
    QString selector; ///< LabelValues, perhaps empty
    QString pattern; ///< LabelNames, Metrics: matches anywhere in a name; perhaps empty
    QString expression; ///< QueryResult
    bool operator==(const VariableQuery &) const = default;
};

/// The value of an interval variable whose length follows the range.
inline const QString kAutoInterval = QStringLiteral("auto");

/// Reads `label_values(up{a="b,c"}, job)` and its like. Invalid names what can be asked.
[[nodiscard]] Result<VariableQuery> parseVariableQuery(const QString &text);
/// The question to ask. `range` bounds the series that are looked at; an expression is evaluated at its end,
/// or now when that is nullopt.
QueryBody questionOf(const VariableQuery &query, const TimeRange &range, std::optional<Timestamp> at);

/// "text : value", or the value alone; "\:" and "\," are plain signs.
VariableOption optionFromText(const QString &text);
/// Options of an answer to questionOf(): filtered, cut and ordered as the variable says; unique values, at
/// most kMaxVariableOptions.
std::vector<VariableOption> optionsFrom(
    const Variable &variable, const VariableQuery &query, const QueryResult &result);
/// The same for texts from elsewhere (names of sources).
std::vector<VariableOption> optionsFrom(const Variable &variable, const QStringList &texts);
/// Options that stand in the file: custom, interval, and what a query variable begins with.
std::vector<VariableOption> declaredOptions(const Variable &variable);
/// `sort` is one of none, alpha, numeric, natural, each also with -desc. Stable.
void sortOptions(std::vector<VariableOption> &options, QStringView sort);
/// What "auto" is for a range: a duration such as "2m".
QString automaticInterval(const Variable &variable, const TimeRange &range);

// 20,000: twice what a large fleet has of pods; more is a mistake in the query, and typing still chooses any.
constexpr size_t kMaxVariableOptions = 20'000;

} // namespace bw
