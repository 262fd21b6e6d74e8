// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace bw {

/// A stretch of an expression as an editor sees it. Positions are UTF-16 units of the text.
struct PromqlToken
{
    enum class Kind : quint8 {
        Comment,
        Text, ///< a string with its quotes
        Number,
        Duration,
        Function, ///< known ones, aggregations too
        Keyword, ///< by, on, offset, and, bool …
        Metric,
        Label,
        Operator,
        Bracket, ///< ( ) { } [ ] and the comma
        Macro, ///< $v, ${v:regex}, [[v]]
        Unknown ///< a function nobody knows, a sign that means nothing
    };
    Kind kind = Kind::Unknown;
    qsizetype begin = 0, length = 0;
    bool isOpen = false; ///< a string or macro that does not end
    qsizetype end() const { return begin + length; }
    bool operator==(const PromqlToken &) const = default;
};

/// Splits any text, finished or not, the way PromQL reads it; space is left out. Never fails: what somebody
/// is typing is wrong most of the time.
std::vector<PromqlToken> promqlTokens(const QString &text);

/// Position of the bracket that belongs to the one at `at`; nullopt when there is none.
std::optional<qsizetype> matchingBracket(const QString &text, qsizetype at);

/// A function or aggregation of PromQL (2.x and 3.x).
struct PromqlFunction
{
    QLatin1StringView name, arguments, help;
    bool isAggregation = false;
};
const std::vector<PromqlFunction> &promqlFunctions();
/// Null when there is none of this name.
const PromqlFunction *promqlFunction(QStringView name);

/// What could be typed at a place of an expression.
struct PromqlCompletion
{
    enum class What : quint8 {
        Nothing, ///< inside comments, strings that are no label values, numbers
        Operand, ///< metric, function, aggregation
        Keyword, ///< behind an operand: operators in words and modifiers
        LabelName,
        LabelValue,
        Duration, ///< inside [ ], behind offset
        Macro
    };
    What what = What::Nothing;
    qsizetype begin = 0, end = 0; ///< what a choice replaces
    QString prefix; ///< between `begin` and the cursor
    QString selector; ///< matchers that hold already, as a selector: `up{job="x"}`; empty when none do
    QString label; ///< LabelValue: of which
    bool operator==(const PromqlCompletion &) const = default;
};
PromqlCompletion promqlCompletionAt(const QString &text, qsizetype cursor);

/// Those of `names` that fit `prefix`, best first: beginning with it, then a part of the name beginning with
/// it, then containing it. At most `limit`; without a prefix in their own order.
QStringList rankedCompletions(const QStringList &names, QStringView prefix, int limit);

/// Where a server says that its parser stopped ("1:23: parse error: …"), as a position in the expression it
/// was sent; nullopt when it says nothing of the kind.
std::optional<qsizetype> promqlErrorPosition(const QString &message, const QString &sent);

} // namespace bw
