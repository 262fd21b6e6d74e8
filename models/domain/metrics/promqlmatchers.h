// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QStringList>

#include <vector>

namespace bw {

/// Where the selectors of an expression are. Positions are in UTF-16 units of the text.
struct PromqlSelector
{
    qsizetype begin = 0; ///< of the metric's name, or of the brace
    qsizetype nameEnd = 0; ///< behind the name; equals `begin` when there is none
    qsizetype braceOpen = -1, braceClose = -1; ///< of the braces; -1 without
    std::vector<qsizetype> alternatives; ///< places of `or` between groups of matchers (VictoriaMetrics)
    bool operator==(const PromqlSelector &) const = default;
};

/// Every vector selector, in order. Strings, comments, grouping and matching labels, durations and functions
/// are none. Invalid names what does not end and where it began.
[[nodiscard]] Result<std::vector<PromqlSelector>> promqlSelectors(const QString &expression);

/// The expression with `matchers` (`pod="x"`) in every selector. Without matchers it comes back as it is.
[[nodiscard]] Result<QString> withMatchers(const QString &expression, const QStringList &matchers);

} // namespace bw
