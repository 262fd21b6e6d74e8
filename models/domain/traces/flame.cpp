// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/flame.h>

#include <domain/traces/namekeys.h>
#include <domain/traces/siblinggroups.h>
#include <domain/traces/sums.h>
#include <domain/traces/tracestats.h>

#include <QHash>

#include <algorithm>

namespace bw {

namespace {

/// Merges, then lays out; without recursion: a trace may be a hundred thousand deep. Nodes are numbered in
/// the order in which they are found, parents before their children.
class Merger
{
public:
    explicit Merger(const Trace &trace)
        : m_trace(trace)
    {
        NameKeys names;
        const std::vector<quint32> keys = names.rowKeys(trace);
        const std::vector<Nanoseconds> self = selfTimes(trace);
        std::vector<int> nodeOfRow(size_t(trace.size()), -1);
        for (int row = 0; row < trace.size(); ++row) {
            const int parent = trace.parent(row) < 0 ? -1 : nodeOfRow[size_t(trace.parent(row))];
            const int node = nodeFor(parent, keys[size_t(row)], row);
            nodeOfRow[size_t(row)] = node;
            FlameNode &it = m_nodes[size_t(node)];
            ++it.count;
            it.errors += trace.isError(row);
            addTo(it.total, trace.duration(row));
            addTo(it.self, self[size_t(row)]);
        }
    }

    FlameGraph run()
    {
        weigh();
        FlameGraph out;
        out.nodes.reserve(m_nodes.size());
        Nanoseconds begin{0};
        for (int root = m_firstRoot; root >= 0; root = m_links[size_t(root)].next) {
            addTo(out.total, m_links[size_t(root)].weight);
            place(root, begin);
            addTo(begin, m_links[size_t(root)].weight);
        }
        write(out);
        return out;
    }

private:
    struct Link
    {
        int firstChild = -1, lastChild = -1, next = -1;
        Nanoseconds weight{0}, begin{0}; ///< own time and that of everything below; where it begins
    };

    int nodeFor(int parent, quint32 key, int row)
    {
        const quint64 path = quint64(parent + 1) << 32 | key;
        if (const auto at = m_index.constFind(path); at != m_index.constEnd())
            return *at;
        const int node = int(m_nodes.size());
        m_index.insert(path, node);
        FlameNode fresh;
        fresh.parent = parent;
        fresh.depth = parent < 0 ? 0 : m_nodes[size_t(parent)].depth + 1;
        fresh.service = m_trace.service(row);
        fresh.operation = normalizedName(m_trace.operation(row));
        fresh.firstRow = row;
        m_nodes.push_back(std::move(fresh));
        m_links.emplace_back();
        int &first = parent < 0 ? m_firstRoot : m_links[size_t(parent)].firstChild;
        int &last = parent < 0 ? m_lastRoot : m_links[size_t(parent)].lastChild;
        (first < 0 ? first : m_links[size_t(last)].next) = node;
        last = node;
        return node;
    }

    void weigh()
    {
        for (size_t node = m_nodes.size(); node-- > 0;) {
            addTo(m_links[node].weight, m_nodes[node].self);
            if (m_nodes[node].parent >= 0)
                addTo(m_links[size_t(m_nodes[node].parent)].weight, m_links[node].weight);
        }
    }

    /// Gives `root` and all below it their begins, and notes them in preorder.
    void place(int root, Nanoseconds begin)
    {
        m_links[size_t(root)].begin = begin;
        std::vector<int> stack{root};
        while (!stack.empty()) {
            const int node = stack.back();
            stack.pop_back();
            m_order.push_back(node);
            const size_t first = stack.size();
            Nanoseconds at = m_links[size_t(node)].begin;
            for (int child = m_links[size_t(node)].firstChild; child >= 0;
                 child = m_links[size_t(child)].next) {
                m_links[size_t(child)].begin = at;
                addTo(at, m_links[size_t(child)].weight);
                stack.push_back(child);
            }
            std::reverse(stack.begin() + qsizetype(first), stack.end());
        }
    }

    void write(FlameGraph &out)
    {
        std::vector<int> numbers(m_nodes.size(), -1);
        const double whole = double(std::max<qint64>(1, out.total.count()));
        for (const int node : m_order) {
            numbers[size_t(node)] = int(out.nodes.size());
            FlameNode it = std::move(m_nodes[size_t(node)]);
            it.parent = it.parent < 0 ? -1 : numbers[size_t(it.parent)];
            it.begin = double(m_links[size_t(node)].begin.count()) / whole;
            it.width = double(m_links[size_t(node)].weight.count()) / whole;
            out.depth = std::max(out.depth, it.depth);
            out.nodes.push_back(std::move(it));
        }
    }

    const Trace &m_trace;
    std::vector<FlameNode> m_nodes;
    std::vector<Link> m_links; ///< by node
    std::vector<int> m_order; ///< nodes in preorder
    QHash<quint64, int> m_index; ///< parent and name to node
    int m_firstRoot = -1, m_lastRoot = -1;
};

} // namespace

FlameGraph flameGraph(const Trace &trace) { return Merger(trace).run(); }

} // namespace bw
