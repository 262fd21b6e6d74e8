// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>

namespace bw {

/// The same question, with the wish to be told what it cost; nullopt for kinds that cannot be asked so.
std::optional<QuerySpec> withStats(QuerySpec spec);
/// "1,234 samples read, at most 200 at once, 12 ms in all, 0.1 ms queued"; for an answer without figures
/// "server reports no figures".
QString costText(const std::optional<QueryCost> &cost);
/// Of all series, native histograms included.
qint64 sampleCount(const MetricData &data);
/// Our side: "3 series, 183 samples, 1.2 kB, 25 ms from question to answer".
QString answerText(const QueryResult &answer);

} // namespace bw
