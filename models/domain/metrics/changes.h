// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/series.h>

#include <QMap>
#include <QStringList>

#include <map>
#include <optional>
#include <vector>

namespace bw {

/// What may have moved.
enum class ChangeSignal : quint8 { Requests, Errors, Latency, Restarts, OomKills, Queue };
/// What it is compared with: the same window a day or a week earlier, or the window just before.
enum class ChangeBaseline : quint8 { Yesterday, LastWeek, Before };
QString signalName(ChangeSignal signal); ///< "requests", "errors", "p95", "restarts", "oom", "queue"
QString baselineName(ChangeBaseline baseline); ///< "yesterday", "last week", "the window before"

/// Figures of one owner (a service, a container, a queue): per signal, now and in each baseline that has any.
struct ChangeFigures
{
    struct Pair
    {
        std::optional<double> now;
        std::map<ChangeBaseline, double> before;
    };
    std::map<ChangeSignal, Pair> signal;
};
using ChangeTable = std::map<QString, ChangeFigures>;

/// The parts of the one question that gives every figure: for each signal its expression with `%W` for the
/// window and `%O` for the offset, in dashboard macros; those a source lacks are left out by whoever expands
/// them. Owners stand in the label "service".
QMap<ChangeSignal, QString> changeExpressions();
/// One question out of expanded parts: now and three baselines, told apart by the labels bw_signal, bw_when.
QString changesQuery(const QMap<ChangeSignal, QString> &parts, Nanoseconds window);
/// The answer to changesQuery(). Unknown labels and NaN are left out. `latencyScale`: to seconds, 0.001 for a
/// source that counts milliseconds.
ChangeTable changesFrom(const SeriesSet &series, double latencyScale = 1);
/// Adds what another source knows, signal by signal: counts add up; of latencies the slower one of now stays,
/// with what it is compared with.
void addChanges(ChangeTable &table, const ChangeTable &other);

/// One thing that moved.
struct Change
{
    QString owner;
    ChangeSignal signal = ChangeSignal::Requests;
    double now = 0, before = 0; ///< Errors: ratios; Latency in seconds; else counts of the window
    double score = 0; ///< |log2(now / before)|, smoothed where zero is usual
    bool isWorse = false; ///< more errors, slower, fewer requests, more restarts, a longer queue
    bool operator==(const Change &) const = default;
};
struct ChangeRules
{
    double minRequests = 100; ///< in both windows, for error ratio and latency; in one of them, for requests
    double minDepth = 100; ///< of a queue, in one of both windows
    double minScore = 0.5; ///< below it is the usual up and down
    size_t limit = 30;
};
/// The first baseline that has figures of requests, in the order of the enumeration; nullopt without any.
std::optional<ChangeBaseline> usableBaseline(const ChangeTable &table);
/// What moved most, highest score first; ties by owner. An error ratio is (bad + 1) / (total + 2), so that
/// "none before" ranks high instead of infinitely high.
std::vector<Change> rankedChanges(
    const ChangeTable &table, ChangeBaseline baseline, const ChangeRules &rules = {});

/// Something that happened at a moment: a deploy, an alert that began.
struct ChangeMoment
{
    Timestamp at{};
    QString id; ///< of the item it stands for
    bool operator==(const ChangeMoment &) const = default;
};
/// Those inside `window`, by distance to `start`, nearest first.
std::vector<ChangeMoment> nearestMoments(
    std::vector<ChangeMoment> moments, Timestamp start, const TimeRange &window);

} // namespace bw
