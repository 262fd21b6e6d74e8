// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace bw {

/// A stretch of an expression: plain text, or one macro. A value.
struct MacroToken
{
    enum class Kind { Text, Variable, Time, Selector, Metric, Label, Filters };
    /// Where in PromQL the macro stands, which decides how a value must be escaped.
    enum class Place { Code, Quotes, Backquotes };
    Kind kind = Kind::Text;
    Place place = Place::Code;
    QString text; ///< Text: verbatim
    QString name; ///< of the variable or time macro
    QString key; ///< behind the dot of __sel, __metric, __label
    QString argument; ///< behind the colon: a format, or context keys
    qsizetype position = 0; ///< from 0
    QString problem; ///< why this is no macro, "unknown macro $__foo"; empty when it is one
};

/// Splits once, left to right. `$1` and `[[:alpha:]]` are text; `$__interval_ms` is not `$__interval`.
std::vector<MacroToken> macroTokens(const QString &expression);

} // namespace bw
