// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>
#include <domain/slo/sloanswers.h>

#include <memory>

namespace bw {

using SharedSlo = std::shared_ptr<const Slo>;

/// What one objective of a batch gets from an answer, ready to be kept. Made on a worker.
struct SloShare
{
    QString problem; ///< then there is nothing else
    /// A fill: by group key. Hours without a point are missing; groups leave them out, and what was asked for
    /// stands in the group without labels. In a partial answer nobody has them: it says nothing about them.
    std::vector<std::pair<QString, HourBuckets>> hours;
    std::vector<bool> isWhole; ///< a fill: of each hour asked for, over all groups
    std::vector<std::pair<QString, SloPoint>> points; ///< an instant: by group key
};

/// Hours of a fill.
struct HourSpan
{
    qint64 first = 0, last = 0; ///< both included
    bool operator==(const HourSpan &) const = default;
};
/// One element an objective.
std::vector<SloShare> fillShares(std::span<const SharedSlo> slos, const SeriesSet &series,
    const HourSpan &hours, bool isPartial, Timestamp fetchedAt);
std::vector<SloShare> pointShares(
    std::span<const SharedSlo> slos, const SeriesSet &series, Nanoseconds window);

/// The server did not give all it has. Its remarks about the query itself ("PromQL info: …", "PromQL
/// warning: …") do not say so: they come with every answer for as long as the query is written like that.
bool isPartialAnswer(const QueryResult &result);

/// Whether the server answers for a time that long ago: a count of `up` now and then.
QString reachQuery(Nanoseconds ago);
enum class BackendReach : quint8 {
    Unknown, ///< not asked, or it has no `up` at all
    Holds,
    Ends ///< it has forgotten
};
BackendReach readReach(const SeriesSet &series);

} // namespace bw
