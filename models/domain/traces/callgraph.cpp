// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/callgraph.h>

#include <QHash>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using Ends = std::pair<Untrusted, Untrusted>;

/// Nodes by name; what is a service for anybody is one for all.
class Nodes
{
public:
    void touch(const Untrusted &name, CallNodeKind kind)
    {
        const auto at = m_index.constFind(name);
        if (at == m_index.constEnd()) {
            m_index.insert(name, m_nodes.size());
            m_nodes.push_back({name, kind, 0, std::nullopt, std::nullopt});
        } else if (kind == CallNodeKind::Service)
            m_nodes[*at].kind = kind;
    }
    CallNode *find(const Untrusted &name)
    {
        const auto at = m_index.constFind(name);
        return at == m_index.constEnd() ? nullptr : &m_nodes[*at];
    }
    /// Calls and errors of the edges that end here; errors only where every edge knows them.
    void sumEdges(const std::vector<CallEdge> &edges)
    {
        QHash<Untrusted, bool> areKnown;
        for (const CallEdge &edge : edges) {
            CallNode &to = *find(edge.to);
            to.calls += edge.calls;
            to.errors = to.errors.value_or(0) + edge.errors.value_or(0);
            areKnown[edge.to] = areKnown.value(edge.to, true) && edge.errors;
        }
        for (auto at = areKnown.constBegin(); at != areKnown.constEnd(); ++at) {
            if (!*at)
                find(at.key())->errors.reset();
        }
    }
    std::vector<CallNode> take() { return std::move(m_nodes); }

private:
    std::vector<CallNode> m_nodes;
    QHash<Untrusted, size_t> m_index;
};

/// The newest sample of a series, unless it is no number of this kind.
std::optional<double> newest(const Series &series)
{
    if (series.values.empty() || !std::isfinite(series.values.back()) || series.values.back() < 0)
        return std::nullopt;
    return series.values.back();
}

Untrusted labelOf(const Series &series, QStringView name)
{
    const Untrusted *value = series.labels.find(name);
    return value ? *value : Untrusted();
}

Ends endsOf(const Series &series) { return {labelOf(series, u"client"), labelOf(series, u"server")}; }

/// Edges by their ends, of which connection types may have several series.
class SeriesEdges
{
public:
    explicit SeriesEdges(const CallSeries &series)
    {
        for (const Series &one : series.rate)
            addRate(one);
        for (const Series &one : series.errors)
            addErrors(one, series.areErrorsShares);
        for (const Series &one : series.p95)
            addP95(one);
    }

    CallGraph take()
    {
        CallGraph out;
        out.isRate = true;
        m_nodes.sumEdges(m_edges);
        out.nodes = m_nodes.take();
        out.edges = std::move(m_edges);
        return out;
    }

private:
    void addRate(const Series &series)
    {
        const std::optional<double> rate = newest(series);
        const auto [from, to] = endsOf(series);
        if (!rate || from.isEmpty() || to.isEmpty())
            return;
        const QString type = series.labels.text(u"connection_type");
        const bool isVirtual = type == "virtual_node"_L1;
        // Of a pair with a virtual node the unknown caller is named "user", else the callee is the unknown
        // one.
        const bool isCallerVirtual = isVirtual && verbatim(from) == "user"_L1;
        m_nodes.touch(from, isCallerVirtual ? CallNodeKind::External : CallNodeKind::Service);
        m_nodes.touch(to,
            type == "database"_L1               ? CallNodeKind::Database
                : isVirtual && !isCallerVirtual ? CallNodeKind::External
                                                : CallNodeKind::Service);
        const Ends ends{from, to};
        if (!m_index.contains(ends)) {
            m_index.insert(ends, m_edges.size());
            m_edges.push_back({from, to, 0, std::nullopt, std::nullopt, false});
        }
        CallEdge &edge = m_edges[m_index.value(ends)];
        edge.calls += *rate;
        edge.isAsync = edge.isAsync || type == "messaging_system"_L1;
        m_rates.insert(series.labels.without({u"__name__"_s}), *rate);
    }

    CallEdge *edgeOf(const Series &series)
    {
        const auto at = m_index.constFind(endsOf(series));
        return at == m_index.constEnd() ? nullptr : &m_edges[*at];
    }

    void addErrors(const Series &series, bool isShare)
    {
        CallEdge *edge = edgeOf(series);
        const std::optional<double> value = newest(series);
        if (!edge || !value)
            return;
        // A share is of the calls of its own connection type.
        const double calls = m_rates.value(series.labels.without({u"__name__"_s}), edge->calls);
        edge->errors = edge->errors.value_or(0) + (isShare ? *value * calls : *value);
    }

    void addP95(const Series &series)
    {
        CallEdge *edge = edgeOf(series);
        const std::optional<double> value = newest(series);
        if (edge && value)
            edge->p95 = std::max(edge->p95.value_or(0), *value); // quantiles do not add up: the worst counts
    }

    Nodes m_nodes;
    std::vector<CallEdge> m_edges;
    QHash<Ends, size_t> m_index;
    QHash<Labels, double> m_rates;
};

/// Whether `now` is off from `before` by more than this share of it.
bool isOff(double now, double before, double share)
{
    return std::abs(now - before) > share * std::max(before, 1e-9);
}

bool isChanged(const CallEdge &now, const CallEdge &before, const ChangeLimits &limits)
{
    if (isOff(now.calls, before.calls, limits.calls))
        return true;
    const auto shareNow = now.errorShare(), shareBefore = before.errorShare();
    if (shareNow && shareBefore && std::abs(*shareNow - *shareBefore) > limits.errorShare)
        return true;
    return now.p95 && before.p95 && isOff(*now.p95, *before.p95, limits.p95);
}

} // namespace

std::optional<double> CallEdge::errorShare() const
{
    return errors && calls > 0 ? std::optional(std::clamp(*errors / calls, 0.0, 1.0)) : std::nullopt;
}

CallGraph callGraphOf(const Dependencies &dependencies)
{
    CallGraph out;
    Nodes nodes;
    QHash<Ends, size_t> index;
    for (const Dependency &one : dependencies.edges) {
        nodes.touch(one.parent, CallNodeKind::Service);
        nodes.touch(one.child, CallNodeKind::Service);
        const Ends ends{one.parent, one.child};
        const auto at = index.constFind(ends);
        if (at == index.constEnd()) {
            index.insert(ends, out.edges.size());
            out.edges.push_back({one.parent, one.child, one.calls, one.errors, std::nullopt, false});
            continue;
        }
        CallEdge &edge = out.edges[*at];
        edge.calls += one.calls;
        edge.errors = edge.errors && one.errors ? std::optional(*edge.errors + *one.errors) : std::nullopt;
    }
    nodes.sumEdges(out.edges);
    out.nodes = nodes.take();
    return out;
}

CallGraph callGraphOf(const CallSeries &series) { return SeriesEdges(series).take(); }

std::vector<EdgeChange> difference(const CallGraph &now, const CallGraph &before, const ChangeLimits &limits)
{
    QHash<Ends, const CallEdge *> old;
    for (const CallEdge &edge : before.edges)
        old.insert({edge.from, edge.to}, &edge);
    std::vector<EdgeChange> out;
    using Kind = EdgeChange::Kind;
    for (const CallEdge &edge : now.edges) {
        const CallEdge *was = old.take({edge.from, edge.to});
        if (!was)
            out.push_back({Kind::New, edge, std::nullopt});
        else
            out.push_back({isChanged(edge, *was, limits) ? Kind::Changed : Kind::Same, edge, *was});
    }
    for (const CallEdge &edge : before.edges) {
        if (old.contains({edge.from, edge.to}))
            out.push_back({Kind::Gone, edge, edge});
    }
    return out;
}

} // namespace bw
