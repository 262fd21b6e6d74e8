// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/siblinggroups.h>
#include <domain/traces/tracefilter.h>

#include <vector>

namespace bw {

/// One line of a viewer: a span, or the heading of a sibling group.
struct TraceLine
{
    int row = -1; ///< of a heading the group's first member that is shown
    int group = -1; ///< of a heading; of a span the open group it is a member of; -1: none
    int depth = 0; ///< indentation: members of an open group are one deeper than their heading
    bool isGroup = false;
    bool operator==(const TraceLine &) const = default;
};

/// Which lines a viewer shows: what is collapsed, which sibling groups are open, what a filter leaves. A
/// heading stands for its members and their subtrees until the group is opened. A value; one thread at a
/// time. Collapsing costs what is shown afterwards, not what the trace holds.
class TraceFold
{
public:
    TraceFold() = default;
    /// Everything expanded, all groups folded. `groups` as siblingGroups() gives them.
    explicit TraceFold(Trace trace, std::vector<SiblingGroup> groups = {});

    const Trace &trace() const { return m_trace; }
    const std::vector<SiblingGroup> &groups() const { return m_groups; }
    /// In preorder, but members of an open group stand together below its heading. Valid until the next
    /// change.
    const std::vector<TraceLine> &lines() const;
    /// The line of this row, or the one that stands for it: its nearest ancestor or group that is shown. -1
    /// when the filter left it out, or there is no such row. O(lines).
    int lineOf(int row) const;

    bool isCollapsed(int row) const { return m_now.collapsed[size_t(row)] != 0; }
    bool isOpen(int group) const { return m_now.open[size_t(group)] != 0; }
    /// The group this row is a member of; -1: none.
    int groupOf(int row) const { return m_groupOf.empty() ? -1 : m_groupOf[size_t(row)]; }
    void setCollapsed(int row, bool collapsed);
    void setOpen(int group, bool open);
    /// Only roots remain; groups fold.
    void collapseAll();
    /// Every span gets its line; groups open.
    void expandAll();
    /// Spans of `depth` and below are collapsed, those above expanded; groups fold. 0 is collapseAll().
    void collapseToDepth(int depth);
    /// Expands the ancestors of `row` and opens the groups on the way, its own included.
    void reveal(int row);

    /// Only matches and their ancestors get lines; `rows` is FilterMatches::rows, empty takes the filter
    /// away. Folding under a filter is its own: it begins expanded, with only those groups folded that match
    /// as a whole; the folding from before comes back with the last filter's end.
    void setFilter(std::vector<RowMatch> rows);
    bool isFiltered() const { return !m_filter.empty(); }

private:
    struct Folding
    {
        std::vector<quint8> collapsed; ///< by row
        std::vector<quint8> open; ///< by group
    };
    bool isKept(int row) const { return m_filter.empty() || m_filter[size_t(row)] != RowMatch::None; }
    void rebuild() const;

    Trace m_trace;
    std::vector<SiblingGroup> m_groups;
    std::vector<int> m_groupOf; ///< by row; empty without groups
    std::vector<int> m_runEnd; ///< by member: the row after the members that follow without another sibling
    Folding m_now, m_unfiltered;
    std::vector<RowMatch> m_filter;
    mutable std::vector<TraceLine> m_lines;
    mutable std::vector<quint32> m_headed; ///< by group: the rebuild that wrote its heading
    mutable quint32 m_round = 0;
    mutable bool m_isStale = true;
};

} // namespace bw
