// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracediff.h>

#include <domain/traces/namekeys.h>
#include <domain/traces/tracestats.h>

#include <algorithm>

namespace bw {

namespace {

/// One of the two traces with what is needed of it.
struct Side
{
    Side(const Trace &t, NameKeys &names)
        : trace(t)
        , keys(names.rowKeys(t))
        , self(selfTimes(t))
    {
    }
    /// Of -1 the roots.
    void childrenOf(int row, std::vector<int> &out) const
    {
        out.clear();
        const int end = row < 0 ? trace.size() : trace.subtreeEnd(row);
        for (int child = row + 1; child < end; child = trace.subtreeEnd(child))
            out.push_back(child);
    }
    const Trace &trace;
    std::vector<quint32> keys;
    std::vector<Nanoseconds> self;
};

/// Without recursion: a trace may be a hundred thousand deep.
class Differ
{
public:
    Differ(const Trace &a, const Trace &b, const DiffLimits &limits)
        : m_a(a, m_names)
        , m_b(b, m_names)
        , m_limits(limits)
    {
    }

    TraceDiff run()
    {
        pushChildren(-1, -1, 0);
        while (!m_stack.empty()) {
            const Place place = m_stack.back();
            m_stack.pop_back();
            if (place.rowB < 0)
                addTree(m_a, place.rowA, place.depth, true);
            else if (place.rowA < 0)
                addTree(m_b, place.rowB, place.depth, false);
            else {
                addBoth(place.rowA, place.rowB, place.depth);
                pushChildren(place.rowA, place.rowB, place.depth + 1);
            }
        }
        return std::move(m_out);
    }

private:
    struct Place
    {
        int rowA, rowB, depth;
    };
    using Named = std::pair<quint32, size_t>; ///< key, number among the siblings

    void addBoth(int rowA, int rowB, int depth)
    {
        DiffRow row{rowA, rowB, depth, m_a.trace.duration(rowA), m_b.trace.duration(rowB),
            m_a.self[size_t(rowA)], m_b.self[size_t(rowB)]};
        const Nanoseconds delta = row.delta(), size = delta.count() < 0 ? -delta : delta;
        const bool counts = size.count() > 0 && size >= m_limits.atLeast
            && double(size.count()) >= m_limits.share * double(row.durationA.count());
        ++(!counts ? m_out.same : delta.count() > 0 ? m_out.slower : m_out.faster);
        m_out.rows.push_back(row);
    }

    void addTree(const Side &side, int top, int depth, bool isA)
    {
        const int shift = depth - side.trace.depth(top);
        for (int at = top; at < side.trace.subtreeEnd(top); ++at) {
            DiffRow row;
            (isA ? row.rowA : row.rowB) = at;
            row.depth = side.trace.depth(at) + shift;
            (isA ? row.durationA : row.durationB) = side.trace.duration(at);
            (isA ? row.selfA : row.selfB) = side.self[size_t(at)];
            m_out.rows.push_back(row);
            ++(isA ? m_out.onlyA : m_out.onlyB);
        }
    }

    static void sortByName(const Side &side, const std::vector<int> &rows, std::vector<Named> &out)
    {
        out.clear();
        for (size_t i = 0; i < rows.size(); ++i)
            out.emplace_back(side.keys[size_t(rows[i])], i);
        std::sort(out.begin(), out.end());
    }

    /// For each of m_rowsA the number of its partner in m_rowsB, or -1; m_isPaired tells it for B.
    void pair()
    {
        sortByName(m_a, m_rowsA, m_namedA);
        sortByName(m_b, m_rowsB, m_namedB);
        m_partner.assign(m_rowsA.size(), -1);
        m_isPaired.assign(m_rowsB.size(), false);
        for (size_t a = 0, b = 0; a < m_namedA.size() && b < m_namedB.size();) {
            if (m_namedA[a].first == m_namedB[b].first) {
                m_partner[m_namedA[a++].second] = qsizetype(m_namedB[b].second);
                m_isPaired[m_namedB[b++].second] = true;
            } else
                ++(m_namedA[a].first < m_namedB[b].first ? a : b);
        }
    }

    void pushChildren(int rowA, int rowB, int depth)
    {
        m_a.childrenOf(rowA, m_rowsA);
        m_b.childrenOf(rowB, m_rowsB);
        pair();
        const size_t first = m_stack.size();
        size_t doneB = 0;
        const auto pushOnlyB = [&](size_t end) {
            for (; doneB < end; ++doneB) {
                if (!m_isPaired[doneB])
                    m_stack.push_back({-1, m_rowsB[doneB], depth});
            }
        };
        for (size_t a = 0; a < m_rowsA.size(); ++a) {
            if (m_partner[a] < 0) {
                m_stack.push_back({m_rowsA[a], -1, depth});
                continue;
            }
            pushOnlyB(size_t(m_partner[a]));
            m_stack.push_back({m_rowsA[a], m_rowsB[size_t(m_partner[a])], depth});
        }
        pushOnlyB(m_rowsB.size());
        std::reverse(m_stack.begin() + qsizetype(first), m_stack.end());
    }

    NameKeys m_names;
    Side m_a, m_b;
    const DiffLimits m_limits;
    std::vector<Place> m_stack;
    std::vector<int> m_rowsA, m_rowsB; ///< of the siblings at hand, as are those below
    std::vector<Named> m_namedA, m_namedB;
    std::vector<qsizetype> m_partner;
    std::vector<bool> m_isPaired;
    TraceDiff m_out;
};

} // namespace

TraceDiff traceDiff(const Trace &a, const Trace &b, const DiffLimits &limits)
{
    return Differ(a, b, limits).run();
}

} // namespace bw
