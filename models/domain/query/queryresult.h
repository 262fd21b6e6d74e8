// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/base/freshness.h>
#include <domain/metrics/series.h>
#include <domain/query/queryspec.h>

#include <chrono>
#include <memory>
#include <variant>
#include <vector>

namespace bw {

/// What evaluating one question cost, as the server says itself; it leaves out what it does not count.
struct QueryCost
{
    std::optional<qint64> totalSamples; ///< read over all steps
    std::optional<qint64> peakSamples; ///< in memory at once
    std::optional<qint64> seriesFetched; ///< VictoriaMetrics
    std::optional<Nanoseconds> total, queue, preparation, evaluation,
        sorting; ///< `total` has the others in it
    bool operator==(const QueryCost &) const = default;
};

/// Answer of an instant or range query. A scalar is one series without labels and one sample.
struct MetricData
{
    enum class Shape : quint8 { Vector, Matrix, Scalar, String };
    Shape shape = Shape::Vector;
    SeriesSet series; ///< vector: one sample each, in the server's order
    Untrusted text; ///< String only
    qint64 textTime = 0; ///< String only, ns
    int left = 0; ///< series cut by our own cap; 0 when all are here
    std::optional<QueryCost> cost{}; ///< when it was asked for and the server has figures
};
struct ExemplarSet
{
    std::vector<Exemplar> exemplars;
};
struct LabelValues
{
    std::vector<Untrusted> values; ///< in the server's order
};
struct LabelSets
{
    std::vector<Labels> sets;
};
struct MetricMetadata
{
    Untrusted metric, type, help, unit;
};
struct MetadataSet
{
    std::vector<MetricMetadata> entries;
};

struct Rule
{
    enum class Type : quint8 { Alerting, Recording };
    Type type = Type::Alerting;
    Untrusted name, query;
    Labels labels, annotations;
    QString health; ///< ok, err, unknown
    Untrusted lastError;
    QString state; ///< alerting: inactive, pending, firing
    Nanoseconds forDuration{0}, evaluationTime{0};
    Timestamp lastEvaluation{};
    std::vector<Alert> alerts; ///< alerting: its pending and firing alerts
};
struct RuleGroup
{
    Untrusted name, file;
    Nanoseconds interval{0}, evaluationTime{0};
    Timestamp lastEvaluation{};
    std::vector<Rule> rules;
};
struct RuleGroups
{
    std::vector<RuleGroup> groups;
};

/// What a server says of itself.
struct ServerStatus
{
    QString product; ///< "prometheus", "alertmanager", "victoriametrics", …; empty when unknown
    QString version;
    std::optional<Timestamp> startedAt;
    QString clusterStatus; ///< Alertmanager: ready, settling, disabled
    int clusterPeers = 0;
    QStringList notes; ///< anything else worth a line
};

/// Rows of our own data (sources, deploys, incidents, changes): what a list panel shows.
struct OwnItem
{
    QString id;
    Timestamp at{};
    Untrusted title, text;
    QString kind, state; ///< "rollout", "build"; state as Freshness' names for sources
    Labels labels;
    std::optional<double> value;
};
struct OwnItems
{
    std::vector<OwnItem> items;
    QString note; ///< "how to enable" or what the source cannot see; empty when nothing needs saying
};

using QueryData = std::variant<MetricData, ExemplarSet, LabelValues, LabelSets, MetadataSet, RuleGroups,
    std::vector<Alert>, std::vector<AlertGroup>, std::vector<Silence>, ServerStatus, OwnItems, TraceSummaries,
    Trace, Dependencies>;

/// A delivered answer, or a failure beside the last good one.
struct QueryResult
{
    QuerySpec spec;
    Timestamp fetchedAt{}; ///< when the data arrived
    Freshness freshness;
    std::shared_ptr<const QueryData> data; ///< null when there has never been any
    std::vector<Untrusted> warnings; ///< the server's warnings and infos
    std::chrono::milliseconds took{0}; ///< request to answer, without queueing
    std::chrono::milliseconds skew{0}; ///< server's Date header minus our clock; 0 without one
    qint64 bytes = 0; ///< of the decoded body
};

/// The alternative T, or null.
template<typename T> const T *dataAs(const QueryResult &result)
{
    return result.data ? std::get_if<T>(result.data.get()) : nullptr;
}

} // namespace bw
