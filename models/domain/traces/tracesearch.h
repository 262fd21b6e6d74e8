// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/traces/trace.h>

#include <QMap>

#include <optional>
#include <vector>

namespace bw {

/// Which traces to look for. Everything that is given must hold; a backend that cannot do one of them says
/// so.
struct TraceSearch
{
    QString service, operation; ///< empty: any
    QMap<QString, QString> attributes; ///< key → exact value
    std::optional<Nanoseconds> minDuration, maxDuration; ///< Jaeger compares them with single spans
    bool errorsOnly = false;
    QString traceql; ///< instead of all of the above, where the backend has it
    TimeRange range;
    int limit = 20;
    bool operator==(const TraceSearch &) const = default;
};
/// One trace by its id; a hint of when it was makes some backends faster.
struct TraceById
{
    TraceId trace;
    std::optional<TimeRange> hint;
    bool operator==(const TraceById &) const = default;
};
/// Names for search fields: services, or the operations of one.
struct TraceNamesQuery
{
    QString service; ///< empty: the services
    bool operator==(const TraceNamesQuery &) const = default;
};
/// Who calls whom, as the backend counted it.
struct DependencyQuery
{
    TimeRange range;
    bool operator==(const DependencyQuery &) const = default;
};

struct ServiceShare
{
    Untrusted service;
    int spans = 0, errors = 0;
    bool operator==(const ServiceShare &) const = default;
};
/// A search hit, without its spans.
struct TraceSummary
{
    TraceId id;
    Untrusted rootService, rootOperation; ///< empty when the backend has not seen the root
    Timestamp start{};
    Nanoseconds duration{0};
    std::optional<int> spans, errors; ///< nullopt: the backend does not say
    std::vector<ServiceShare> services;
    /// What failed deepest, where the answer held the spans: for grouping by signature.
    Untrusted failedService, failedOperation, exceptionType;
    SpanId failedSpan = 0;
    int place = 0; ///< in the list it came with, where ids may come twice
    bool operator==(const TraceSummary &) const = default;
};
/// Newest first.
struct TraceSummaries
{
    std::vector<TraceSummary> traces;
    QString note; ///< what was left out or could not be asked; empty when nothing needs saying
};
struct Dependency
{
    Untrusted parent, child;
    double calls = 0;
    std::optional<double> errors;
    bool operator==(const Dependency &) const = default;
};
struct Dependencies
{
    std::vector<Dependency> edges;
};

/// From spans, for backends whose search returns whole traces.
TraceSummary summaryOf(const Trace &trace);

} // namespace bw
