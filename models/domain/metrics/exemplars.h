// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/metrics/series.h>
#include <domain/traces/trace.h>

#include <optional>
#include <vector>

namespace bw {

/// The trace an exemplar points to: the label that is a trace id in any of its usual spellings (trace_id,
/// traceID, trace.id …). Nullopt without one, or when it is no id.
std::optional<TraceId> traceIdOf(const Labels &labels);

/// What to ask exemplars for: the series selectors of an expression, each once (`a{x="1"} or b`), since
/// nothing else of it matters to the server. Invalid as promqlSelectors(), or without any selector.
[[nodiscard]] Result<QString> exemplarExpression(const QString &expression);

/// Those worth drawing: inside `range`, at most one for each of `columns` equal parts of it (the highest), at
/// most `limit` in all, the highest first. NaN is none.
std::vector<Exemplar> chosenExemplars(
    const std::vector<Exemplar> &all, const TimeRange &range, int columns, size_t limit = 200);

} // namespace bw
