// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/series.h>
#include <domain/slo/slobuckets.h>
#include <domain/slo/slostatus.h>

#include <span>

namespace bw {

/// The most objectives in one request.
constexpr int kSloBatch = 20;

/// One request for several objectives: their queries in a union, each part marked with the objective's place
/// in `slos` and its name. A series that does not exist is simply missing from the answer; one expression
/// that the server refuses fails them all.
QString unionQuery(std::span<const Slo *const> slos, Nanoseconds window);

/// One objective's (or one group's) numbers at one time.
struct SloPoint
{
    qint64 time = 0; ///< ns
    double bad = 0, total = 0;
    bool isHalf = false; ///< the server gave bad events without a total
};
struct SloAnswer
{
    Labels group; ///< restricted to the objective's group_by
    std::vector<SloPoint> points; ///< ascending
};
/// What a union's answer says about each objective of the batch.
struct UnionAnswer
{
    std::vector<SloAnswer> groups;
    QString problem; ///< several series where one is expected; then there are no groups
};
/// One element an objective. Bad without a series is 0 where the total exists; good above total is no bad;
/// rates become events by the window; a ratio that is NaN had no traffic.
std::vector<UnionAnswer> readUnion(
    std::span<const Slo *const> slos, const SeriesSet &series, Nanoseconds window);

/// Points at full hours as buckets of the hour that ends there. Hours from `first` to `last` without a point
/// become missing, never zero, also in a partial answer; the others are partial there.
HourBuckets bucketsFrom(
    const std::vector<SloPoint> &points, qint64 first, qint64 last, bool isPartial, Timestamp fetchedAt);

/// One request for everything that Sloth or Pyrra records about these; empty when none of them has a dialect.
QString recordedQuery(std::span<const Slo *const> slos, Slo::Dialect dialect);
struct RecordedAnswer
{
    RecordedFigures figures;
    ShortWindows windows; ///< error ratios, as counts out of 1
};
/// By the objectives' `recordedId`. Where one name has several series of one id (replicas, groups) nobody can
/// say which is meant: then there is only the figures' problem.
std::map<QString, RecordedAnswer> readRecorded(const SeriesSet &series, Slo::Dialect dialect);

/// A group's labels as text and back, for keys in files.
QString groupKey(const Labels &group);
Labels groupFrom(const QString &key);

} // namespace bw
