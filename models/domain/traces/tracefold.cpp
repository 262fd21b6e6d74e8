// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracefold.h>

#include <algorithm>

namespace bw {

TraceFold::TraceFold(Trace trace, std::vector<SiblingGroup> groups)
    : m_trace(std::move(trace))
    , m_groups(std::move(groups))
{
    m_now.collapsed.assign(size_t(m_trace.size()), 0);
    m_now.open.assign(m_groups.size(), 0);
    m_headed.assign(m_groups.size(), 0);
    if (m_groups.empty())
        return;
    m_groupOf.assign(size_t(m_trace.size()), -1);
    m_runEnd.assign(size_t(m_trace.size()), -1);
    for (size_t group = 0; group < m_groups.size(); ++group) {
        const std::vector<int> &rows = m_groups[group].rows;
        int follower = -1;
        for (auto row = rows.rbegin(); row != rows.rend(); follower = *row++) {
            const int end = m_trace.subtreeEnd(*row);
            m_groupOf[size_t(*row)] = int(group);
            m_runEnd[size_t(*row)] = end == follower ? m_runEnd[size_t(follower)] : end;
        }
    }
}

const std::vector<TraceLine> &TraceFold::lines() const
{
    if (m_isStale)
        rebuild();
    return m_lines;
}

/// Without recursion: a trace may be a hundred thousand deep.
void TraceFold::rebuild() const
{
    m_isStale = false;
    m_lines.clear();
    ++m_round;
    const std::vector<qint32> &subtreeEnd = m_trace.columns().subtreeEnd;
    struct Walk
    {
        int at, end, depth;
        int group; ///< -1: rows `at` to `end`, from sibling to sibling; else members `at` to `end` of it
    };
    std::vector<Walk> stack{{0, m_trace.size(), 0, -1}};
    while (!stack.empty()) {
        Walk &walk = stack.back();
        if (walk.at >= walk.end) {
            stack.pop_back();
            continue;
        }
        const int row = walk.group < 0 ? walk.at : m_groups[size_t(walk.group)].rows[size_t(walk.at)];
        const int end = subtreeEnd[size_t(row)];
        const int group = walk.group < 0 ? groupOf(row) : -1;
        if (group >= 0 && m_headed[size_t(group)] == m_round) { // stands below, or is hidden in, its heading
            walk.at = m_runEnd[size_t(row)];
            continue;
        }
        walk.at = walk.group < 0 ? end : walk.at + 1;
        if (!isKept(row))
            continue;
        const int depth = walk.depth;
        if (group >= 0) {
            m_headed[size_t(group)] = m_round;
            m_lines.push_back({row, group, depth, true});
            if (isOpen(group))
                stack.push_back({0, int(m_groups[size_t(group)].rows.size()), depth + 1, group});
            else
                walk.at = m_runEnd[size_t(row)];
            continue;
        }
        m_lines.push_back({row, walk.group, depth, false});
        if (end > row + 1 && !isCollapsed(row))
            stack.push_back({row + 1, end, depth + 1, -1});
    }
}

int TraceFold::lineOf(int row) const
{
    if (row < 0 || row >= m_trace.size() || !isKept(row))
        return -1;
    // The highest ancestor that hides what is below it decides.
    int shown = row;
    bool isHeading = false;
    for (int at = row; at >= 0; at = m_trace.parent(at)) {
        if (at != row && isCollapsed(at)) {
            shown = at;
            isHeading = false;
        }
        if (groupOf(at) >= 0 && !isOpen(groupOf(at))) {
            shown = at;
            isHeading = true;
        }
    }
    const int group = isHeading ? groupOf(shown) : -1;
    const std::vector<TraceLine> &all = lines();
    const auto found = std::find_if(all.begin(), all.end(), [&](const TraceLine &line) {
        return isHeading ? line.isGroup && line.group == group : !line.isGroup && line.row == shown;
    });
    return found == all.end() ? -1 : int(found - all.begin());
}

void TraceFold::setCollapsed(int row, bool collapsed)
{
    if (isCollapsed(row) == collapsed)
        return;
    m_now.collapsed[size_t(row)] = collapsed;
    m_isStale = true;
}

void TraceFold::setOpen(int group, bool open)
{
    if (isOpen(group) == open)
        return;
    m_now.open[size_t(group)] = open;
    m_isStale = true;
}

void TraceFold::collapseAll() { collapseToDepth(0); }

void TraceFold::expandAll()
{
    std::fill(m_now.collapsed.begin(), m_now.collapsed.end(), quint8(0));
    std::fill(m_now.open.begin(), m_now.open.end(), quint8(1));
    m_isStale = true;
}

void TraceFold::collapseToDepth(int depth)
{
    const std::vector<qint32> &depths = m_trace.columns().depth, &ends = m_trace.columns().subtreeEnd;
    for (size_t row = 0; row < depths.size(); ++row)
        m_now.collapsed[row] = ends[row] > qint32(row) + 1 && depths[row] >= depth;
    std::fill(m_now.open.begin(), m_now.open.end(), quint8(0));
    m_isStale = true;
}

void TraceFold::reveal(int row)
{
    if (row < 0 || row >= m_trace.size())
        return;
    for (int at = row; at >= 0; at = m_trace.parent(at)) {
        if (at != row)
            setCollapsed(at, false);
        if (groupOf(at) >= 0)
            setOpen(groupOf(at), true);
    }
}

void TraceFold::setFilter(std::vector<RowMatch> rows)
{
    if (rows.size() != size_t(m_trace.size()))
        rows.clear();
    if (rows.empty() && m_filter.empty())
        return;
    if (rows.empty())
        m_now = std::exchange(m_unfiltered, {});
    else {
        if (m_filter.empty())
            m_unfiltered = m_now;
        std::fill(m_now.collapsed.begin(), m_now.collapsed.end(), quint8(0));
        for (size_t group = 0; group < m_groups.size(); ++group) {
            const std::vector<int> &members = m_groups[group].rows;
            m_now.open[group] = !std::all_of(members.begin(), members.end(),
                [&rows](int row) { return rows[size_t(row)] == RowMatch::Match; });
        }
    }
    m_filter = std::move(rows);
    m_isStale = true;
}

} // namespace bw
