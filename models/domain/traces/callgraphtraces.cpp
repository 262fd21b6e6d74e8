// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/callgraph.h>
#include <domain/traces/sums.h>
#include <domain/traces/tracestats.h>

#include <QHash>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

// Reading one span costs microseconds: often enough for a stop to feel immediate.
constexpr int kReadsBetweenLooks = 64;
constexpr size_t kNoNode = ~size_t(0);

/// The first attribute of these that has a value.
template<size_t N> const Untrusted *firstOf(const SpanDetail &detail, const QStringView (&keys)[N])
{
    for (const QStringView key : keys) {
        const Untrusted *value = detail.find(key);
        if (value && !value->isEmpty())
            return value;
    }
    return nullptr;
}

struct Peer
{
    Untrusted name;
    CallNodeKind kind = CallNodeKind::External;
};

/// Who a call went to, by what the caller wrote down; an empty name when it did not.
Peer peerOf(const SpanDetail &detail)
{
    static constexpr QStringView databases[] = {u"db.system", u"db.system.name"},
                                 queues[] = {u"messaging.system"},
                                 names[] = {u"peer.service", u"remoteEndpoint.serviceName"},
                                 hosts[] = {u"server.address", u"net.peer.name"};
    const Untrusted *database = firstOf(detail, databases), *queue = firstOf(detail, queues);
    Peer out;
    out.kind = database ? CallNodeKind::Database : queue ? CallNodeKind::Queue : CallNodeKind::External;
    for (const Untrusted *name : {firstOf(detail, names), database, queue, firstOf(detail, hosts)}) {
        if (name) {
            out.name = *name;
            break;
        }
    }
    return out;
}

bool isCaller(SpanKind kind) { return kind == SpanKind::Client || kind == SpanKind::Producer; }

class Collector
{
public:
    explicit Collector(std::stop_token stop)
        : m_stop(std::move(stop))
    {
    }

    void add(const Trace &trace)
    {
        const std::vector<Nanoseconds> self = selfTimes(trace);
        m_nodeOfName.assign(trace.names().size(), kNoNode);
        for (int row = 0; row < trace.size(); ++row) {
            const int parent = trace.parent(row);
            const bool isEntry = parent < 0 || trace.serviceIndex(parent) != trace.serviceIndex(row);
            const size_t node = serviceNode(trace, row);
            addTo(*m_nodes[node].self, self[size_t(row)]);
            const bool hasFailed = trace.isError(row)
                || (isEntry && parent >= 0 && isCaller(trace.kind(parent)) && trace.isError(parent));
            if (isEntry)
                count(m_nodes[node], hasFailed);
            if (isEntry && parent >= 0) {
                const bool isAsync =
                    trace.kind(row) == SpanKind::Consumer || trace.kind(parent) == SpanKind::Producer;
                addCall(serviceNode(trace, parent), node, hasFailed, trace.duration(row), isAsync);
            }
            if (isCaller(trace.kind(row)) && !callsAnother(trace, row))
                addPeer(trace, row);
        }
    }

    CallGraph take()
    {
        CallGraph out;
        for (size_t i = 0; i < m_edges.size(); ++i) {
            std::vector<Nanoseconds> &times = m_times[i];
            const size_t rank = (times.size() * 95 + 99) / 100 - 1; // nearest; an edge has at least one call
            std::nth_element(times.begin(), times.begin() + qsizetype(rank), times.end());
            m_edges[i].p95 = double(times[rank].count()) / 1e9;
        }
        out.nodes = std::move(m_nodes);
        for (CallNode &node : out.nodes) {
            if (node.kind != CallNodeKind::Service)
                node.self.reset();
        }
        out.edges = std::move(m_edges);
        return out;
    }

private:
    static bool callsAnother(const Trace &trace, int row)
    {
        for (int child = row + 1; child < trace.subtreeEnd(row); child = trace.subtreeEnd(child)) {
            if (trace.serviceIndex(child) != trace.serviceIndex(row))
                return true;
        }
        return false;
    }

    void addPeer(const Trace &trace, int row)
    {
        m_isStopped = m_isStopped || (m_reads++ % kReadsBetweenLooks == 0 && m_stop.stop_requested());
        if (m_isStopped)
            return;
        const Peer peer = peerOf(trace.detail(row));
        if (peer.name.isEmpty() || peer.name == trace.service(row))
            return;
        const size_t callee = nodeOf(peer.name, peer.kind);
        count(m_nodes[callee], trace.isError(row));
        addCall(serviceNode(trace, row), callee, trace.isError(row), trace.duration(row),
            trace.kind(row) == SpanKind::Producer);
    }

    static void count(CallNode &node, bool hasFailed)
    {
        node.calls += 1;
        node.errors = *node.errors + (hasFailed ? 1 : 0);
    }

    void addCall(size_t from, size_t to, bool hasFailed, Nanoseconds time, bool isAsync)
    {
        const quint64 ends = quint64(from) << 32 | to;
        auto at = m_edgeIndex.constFind(ends);
        if (at == m_edgeIndex.constEnd()) {
            at = m_edgeIndex.insert(ends, m_edges.size());
            m_edges.push_back({m_nodes[from].name, m_nodes[to].name, 0, 0.0, std::nullopt, false});
            m_times.emplace_back();
        }
        CallEdge &edge = m_edges[*at];
        edge.calls += 1;
        edge.errors = *edge.errors + (hasFailed ? 1 : 0);
        edge.isAsync = edge.isAsync || isAsync;
        m_times[*at].push_back(time);
    }

    /// The node of a row's service; by its name's number, as a trace has far fewer names than spans.
    size_t serviceNode(const Trace &trace, int row)
    {
        size_t &node = m_nodeOfName[size_t(trace.serviceIndex(row))];
        if (node == kNoNode)
            node = nodeOf(trace.service(row), CallNodeKind::Service);
        return node;
    }

    size_t nodeOf(const Untrusted &name, CallNodeKind kind)
    {
        auto at = m_nodeIndex.constFind(name);
        if (at == m_nodeIndex.constEnd()) {
            at = m_nodeIndex.insert(name, m_nodes.size());
            m_nodes.push_back({name, kind, 0, 0.0, Nanoseconds(0)});
        }
        if (kind == CallNodeKind::Service) // for anybody: for all
            m_nodes[*at].kind = kind;
        return *at;
    }

    std::stop_token m_stop;
    int m_reads = 0;
    bool m_isStopped = false;
    std::vector<CallNode> m_nodes;
    std::vector<CallEdge> m_edges;
    std::vector<std::vector<Nanoseconds>> m_times; ///< by edge
    QHash<Untrusted, size_t> m_nodeIndex;
    QHash<quint64, size_t> m_edgeIndex; ///< by both nodes
    std::vector<size_t> m_nodeOfName; ///< of the trace at hand
};

} // namespace

CallGraph callGraphOf(const std::vector<Trace> &traces, std::stop_token stop)
{
    Collector collector(std::move(stop));
    for (const Trace &trace : traces)
        collector.add(trace);
    return collector.take();
}

} // namespace bw
