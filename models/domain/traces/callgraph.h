// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/series.h>
#include <domain/traces/tracesearch.h>

#include <optional>
#include <stop_token>
#include <vector>

namespace bw {

/// All but Service are known only from those who call them.
enum class CallNodeKind : quint8 { Service, Database, Queue, External };

struct CallNode
{
    Untrusted name; ///< unique in a graph
    CallNodeKind kind = CallNodeKind::Service;
    double calls = 0; ///< that came in, from outside too where traces tell
    std::optional<double> errors; ///< of these; nullopt: not known
    std::optional<Nanoseconds> self; ///< own time of its spans; from traces only
    bool operator==(const CallNode &) const = default;
};
struct CallEdge
{
    Untrusted from, to; ///< CallNode::name
    double calls = 0; ///< unit: CallGraph::isRate
    std::optional<double> errors; ///< same unit; nullopt: not known
    std::optional<double> p95; ///< seconds, as the callee saw it; of virtual nodes as the caller did
    bool isAsync = false; ///< at least one call went through a queue
    /// Errors ÷ calls, 0…1; nullopt when unknown or without calls.
    std::optional<double> errorShare() const;
    bool operator==(const CallEdge &) const = default;
};
/// Who calls whom. Nodes by name, edges by names; one edge for each pair and direction.
struct CallGraph
{
    std::vector<CallNode> nodes;
    std::vector<CallEdge> edges;
    bool isRate = false; ///< calls and errors are per second, else plain counts
    bool operator==(const CallGraph &) const = default;
};

/// From spans: a span whose parent is of another service is a call. A client or producer span below which no
/// other service was seen is a call to a virtual node, named by its attributes (peer.service, Zipkin's
/// remoteEndpoint, db.system, messaging.system, server.address, net.peer.name). A stop leaves the rest of the
/// virtual nodes out.
CallGraph callGraphOf(const std::vector<Trace> &traces, std::stop_token stop = {});
/// From what a backend counted.
CallGraph callGraphOf(const Dependencies &dependencies);

/// Newest values by the labels client, server, connection_type ("", virtual_node, messaging_system,
/// database).
struct CallSeries
{
    SeriesSet rate; ///< calls per second: decides which edges exist
    SeriesSet errors; ///< failed calls per second, or their share
    SeriesSet p95; ///< seconds
    bool areErrorsShares = false; ///< 0…1 of the calls
};
/// From metrics of a service graph. Series with another sign than a call's, or NaN, are left out.
CallGraph callGraphOf(const CallSeries &series);

/// How one edge differs from before.
struct EdgeChange
{
    enum class Kind : quint8 { Same, New, Gone, Changed };
    Kind kind = Kind::Same;
    CallEdge now; ///< of a gone edge: as it was
    std::optional<CallEdge> before; ///< nullopt: new
    bool operator==(const EdgeChange &) const = default;
};
/// From where on a difference is worth a mark.
struct ChangeLimits
{
    double calls = 0.5; ///< relative change of calls
    double errorShare = 0.01; ///< absolute change of errors ÷ calls
    double p95 = 0.5; ///< relative change of the p95
};
/// Every edge of either graph, by names. Counts must be of equally long windows.
std::vector<EdgeChange> difference(
    const CallGraph &now, const CallGraph &before, const ChangeLimits &limits = {});

} // namespace bw
