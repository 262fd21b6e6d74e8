// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/ids.h>
#include <domain/base/timerange.h>
#include <domain/traces/tracesearch.h>

#include <QString>
#include <QStringList>

#include <optional>
#include <variant>

namespace bw {

/// An expression at one moment; without `at` the server's now.
struct InstantQuery
{
    QString expression;
    std::optional<Timestamp> at;
    bool stats = false; ///< the server is to say what it cost
    bool operator==(const InstantQuery &) const = default;
};
/// An expression over a range; both ends are multiples of `step` when a panel asks. End inclusive on the
/// wire.
struct RangeQuery
{
    QString expression;
    TimeRange range;
    Nanoseconds step{0};
    bool stats = false; ///< the server is to say what it cost
    bool operator==(const RangeQuery &) const = default;
};
struct ExemplarQuery
{
    QString expression;
    TimeRange range;
    bool operator==(const ExemplarQuery &) const = default;
};
/// Names of labels (`label` empty) or values of one, restricted to `matches`.
struct LabelQuery
{
    QString label;
    QStringList matches;
    std::optional<TimeRange> range;
    bool operator==(const LabelQuery &) const = default;
};
struct SeriesQuery
{
    QStringList matches;
    std::optional<TimeRange> range;
    bool operator==(const SeriesQuery &) const = default;
};
struct MetadataQuery
{
    QString metric; ///< empty: all
    bool operator==(const MetadataQuery &) const = default;
};
struct RulesQuery
{
    QString type; ///< "alert", "record", or empty for both
    bool operator==(const RulesQuery &) const = default;
};
/// Current alerts: Alertmanager's list, or a Prometheus' own pending and firing ones.
struct AlertsQuery
{
    bool operator==(const AlertsQuery &) const = default;
};
struct AlertGroupsQuery
{
    bool operator==(const AlertGroupsQuery &) const = default;
};
struct SilencesQuery
{
    bool operator==(const SilencesQuery &) const = default;
};
/// Who are you: version, uptime, cluster, clock.
struct StatusQuery
{
    bool operator==(const StatusQuery &) const = default;
};
/// Our own knowledge: one of ownTopics(). Answered inside the program.
struct OwnDataQuery
{
    QString topic;
    std::optional<TimeRange> range;
    bool operator==(const OwnDataQuery &) const = default;
};

using QueryBody = std::variant<InstantQuery, RangeQuery, ExemplarQuery, LabelQuery, SeriesQuery,
    MetadataQuery, RulesQuery, AlertsQuery, AlertGroupsQuery, SilencesQuery, StatusQuery, OwnDataQuery,
    TraceSearch, TraceById, TraceNamesQuery, DependencyQuery>;

/// What to ask of whom. Equal specs are one request.
struct QuerySpec
{
    DatasourceId source;
    QueryBody body;
    bool operator==(const QuerySpec &) const = default;
};

/// Coalescing and cache key: source, kind, expression, step, aligned times. Stable within one version.
QByteArray keyOf(const QuerySpec &spec);
/// The same without times: what identifies a panel's question across refreshes.
QByteArray identityOf(const QuerySpec &spec);
/// One line for logs and the inspector: "prom-eu range step=15s rate(…)".
QString describe(const QuerySpec &spec);

} // namespace bw
