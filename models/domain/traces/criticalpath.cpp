// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/criticalpath.h>

#include <algorithm>

namespace bw {

namespace {

/// Walks backwards from the end, without recursion: a trace may be a hundred thousand deep.
class Walker
{
public:
    explicit Walker(const Trace &trace)
        : m_trace(trace)
    {
    }

    std::vector<PathSegment> run(int root)
    {
        enter(root, m_trace.start(root), m_trace.end(root));
        while (!m_stack.empty())
            step();
        std::reverse(m_path.begin(), m_path.end());
        return std::move(m_path);
    }

private:
    /// A child with the part of it that its parent's part can have waited for.
    struct Part
    {
        int row;
        Nanoseconds begin, end;
    };
    struct Open
    {
        int row;
        Nanoseconds begin, now; ///< what is after `now` is explained
        size_t parts, next; ///< in m_parts: the first, and the next to look at
    };

    void enter(int row, Nanoseconds begin, Nanoseconds end)
    {
        const size_t first = m_parts.size();
        m_trace.forChildren(row, [&](int child) {
            const Part part{child, std::max(m_trace.start(child), begin), std::min(m_trace.end(child), end)};
            if (part.begin < part.end)
                m_parts.push_back(part);
        });
        // The last to end first; of equal ones the longest, which explains most.
        std::sort(m_parts.begin() + qsizetype(first), m_parts.end(), [](const Part &a, const Part &b) {
            if (a.end != b.end)
                return a.end > b.end;
            return a.begin != b.begin ? a.begin < b.begin : a.row < b.row;
        });
        m_stack.push_back({row, begin, end, first, first});
    }

    void step()
    {
        Open &top = m_stack.back();
        while (top.next < m_parts.size() && m_parts[top.next].end > top.now)
            ++top.next; // ran beside one that ended later
        if (top.next == m_parts.size()) {
            own(top, top.begin);
            m_parts.resize(top.parts);
            m_stack.pop_back();
            return;
        }
        const Part part = m_parts[top.next++];
        own(top, part.end);
        top.now = part.begin;
        enter(part.row, part.begin, part.end);
    }

    void own(const Open &open, Nanoseconds from)
    {
        if (from < open.now)
            m_path.push_back({open.row, from, open.now});
    }

    const Trace &m_trace;
    std::vector<Open> m_stack;
    std::vector<Part> m_parts; ///< of all that are open, one after another
    std::vector<PathSegment> m_path; ///< backwards
};

} // namespace

std::vector<PathSegment> criticalPath(const Trace &trace, int root)
{
    if (root < 0)
        root = trace.mainRoot();
    if (root < 0 || root >= trace.size())
        return {};
    return Walker(trace).run(root);
}

std::vector<Nanoseconds> onPath(const Trace &trace, const std::vector<PathSegment> &path)
{
    std::vector<Nanoseconds> out(size_t(trace.size()), Nanoseconds(0));
    for (const PathSegment &segment : path)
        out[size_t(segment.row)] += segment.duration();
    return out;
}

} // namespace bw
