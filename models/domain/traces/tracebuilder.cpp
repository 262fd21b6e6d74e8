// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracebuilder.h>

#include <domain/traces/spanidtable.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace bw {

namespace {

constexpr qint32 kNone = kNoSpan;
// Honest traces have two halves of one id; a body full of one id must not cost quadratic time.
constexpr int kMostTwins = 64;
// The year 2116, and 36 years: below them times can be added, and moved, without overflow.
constexpr qint64 kStartLimit = qint64(1) << 62, kDurationLimit = qint64(1) << 60;

class Layout
{
public:
    explicit Layout(std::vector<SpanRecord> spans)
        : m_spans(std::move(spans))
        , m_count(qint32(m_spans.size()))
        , m_marks(m_spans.size(), 0)
        , m_parent(m_spans.size(), kNone)
    {
    }

    void run(Trace::Columns &out)
    {
        checkTimes();
        findParents();
        cutCircles();
        fillMissingTimes();
        orderChildren();
        write(out);
    }

private:
    SpanRecord &span(qint32 index) { return m_spans[size_t(index)]; }
    qint32 &parent(qint32 index) { return m_parent[size_t(index)]; }
    void mark(qint32 index, SpanMark mark) { m_marks[size_t(index)] |= quint8(mark); }

    /// Halves of one shared span, by Zipkin's flag or because client and server used one id.
    static bool areHalves(const SpanRecord &first, const SpanRecord &second)
    {
        return first.isShared != second.isShared
            || (first.kind == SpanKind::Client && second.kind == SpanKind::Server)
            || (first.kind == SpanKind::Server && second.kind == SpanKind::Client);
    }
    static bool isServerHalf(const SpanRecord &span)
    {
        return span.isShared || span.kind == SpanKind::Server;
    }

    /// What decides between spans whatever their order of arrival: those without a time come last.
    static auto rank(const SpanRecord &span)
    {
        return std::tuple(!span.hasTime, span.hasTime ? span.start : 0, span.id,
            span.hasTime ? -span.duration : 0, isServerHalf(span), span.kind, span.parent);
    }

    void checkTimes()
    {
        for (SpanRecord &one : m_spans) {
            if (one.start < 0 || one.start >= kStartLimit)
                one.hasTime = false;
            if (one.hasTime && (one.duration < 0 || one.duration >= kDurationLimit)) {
                one.duration = 0;
                mark(qint32(&one - m_spans.data()), SpanMark::NoTime);
            }
        }
    }

    void findParents()
    {
        SpanIdTable table(m_spans.size());
        std::vector<qint32> heads; // of ids that several spans have
        m_next.assign(m_spans.size(), kNone);
        for (qint32 i = 0; i < m_count; ++i) {
            if (span(i).id == 0)
                continue; // cannot be referred to
            const qint32 first = table.insert(span(i).id, i);
            if (first == i)
                continue;
            if (m_next[size_t(first)] == kNone)
                heads.push_back(first);
            m_next[size_t(i)] = std::exchange(m_next[size_t(first)], i);
        }
        m_hasTwins = !heads.empty();
        for (const qint32 head : heads)
            table.replace(span(head).id, orderTwins(head));
        for (qint32 i = 0; i < m_count; ++i) {
            parent(i) = parentOf(i, table);
            if (parent(i) == kNone && span(i).parent != 0)
                mark(i, SpanMark::Orphan);
        }
    }

    /// Sorts the spans of one id and marks all but the first, or the first two that are halves; the first.
    qint32 orderTwins(qint32 head)
    {
        std::vector<qint32> twins;
        for (qint32 twin = head; twin != kNone; twin = m_next[size_t(twin)])
            twins.push_back(twin);
        std::sort(twins.begin(), twins.end(), [this](qint32 a, qint32 b) {
            const auto rankA = rank(span(a)), rankB = rank(span(b));
            return rankA != rankB ? rankA < rankB : a < b;
        });
        const bool isServer = isServerHalf(span(twins.front()));
        bool hasOther = false;
        for (size_t i = 0; i < twins.size(); ++i) {
            m_next[size_t(twins[i])] = i + 1 < twins.size() ? twins[i + 1] : kNone;
            if (i == 0)
                continue;
            if (!hasOther && isServerHalf(span(twins[i])) != isServer
                && areHalves(span(twins.front()), span(twins[i])))
                hasOther = true;
            else
                mark(twins[i], SpanMark::Duplicate);
        }
        return twins.front();
    }

    qint32 parentOf(qint32 i, const SpanIdTable &table)
    {
        const SpanRecord &me = span(i);
        if (m_hasTwins && me.id != 0 && isServerHalf(me)) {
            // The server's half hangs below the client's.
            int tried = 0;
            for (qint32 twin = table.find(me.id); twin != kNone && ++tried <= kMostTwins;
                 twin = m_next[size_t(twin)]) {
                if (twin != i && areHalves(span(twin), me) && !isServerHalf(span(twin)))
                    return twin;
            }
        }
        if (me.parent == 0)
            return kNone;
        const qint32 first = table.find(me.parent);
        if (first == kNone || !m_hasTwins || m_next[size_t(first)] == kNone)
            return first;
        // Of two halves the one of the same service; else, or of two, the server's, whose work this is.
        qint32 best = first;
        int bestScore = -1, tried = 0;
        for (qint32 twin = first; twin != kNone && ++tried <= kMostTwins; twin = m_next[size_t(twin)]) {
            const int score = 2 * (span(twin).service == me.service) + isServerHalf(span(twin));
            if (twin != i && score > bestScore) {
                best = twin;
                bestScore = score;
            }
        }
        return best;
    }

    /// Follows parents upwards from every span once; whoever comes back to where this walk has been is on a
    /// circle, which is cut above its earliest span.
    void cutCircles()
    {
        std::vector<qint32> walk(m_spans.size(), kNone);
        for (qint32 i = 0; i < m_count; ++i) {
            qint32 at = i;
            while (at != kNone && walk[size_t(at)] == kNone) {
                walk[size_t(at)] = i;
                at = parent(at);
            }
            if (at != kNone && walk[size_t(at)] == i)
                cutCircle(at);
        }
    }

    void cutCircle(qint32 member)
    {
        qint32 earliest = member;
        for (qint32 at = parent(member); at != member; at = parent(at)) {
            if (rank(span(at)) < rank(span(earliest)))
                earliest = at;
        }
        qint32 at = member;
        do {
            mark(at, SpanMark::Cycle);
            at = parent(at);
        } while (at != member);
        parent(earliest) = kNone;
    }

    void fillMissingTimes()
    {
        m_began = std::numeric_limits<qint64>::max();
        for (qint32 i = 0; i < m_count; ++i) {
            if (span(i).hasTime)
                m_began = std::min(m_began, span(i).start);
        }
        if (m_began == std::numeric_limits<qint64>::max())
            m_began = 0;
        std::vector<qint32> path;
        for (qint32 i = 0; i < m_count; ++i) {
            if (span(i).hasTime)
                continue;
            qint32 known = i; // the nearest ancestor with a time; no circles are left
            while (known != kNone && !span(known).hasTime) {
                path.push_back(known);
                known = parent(known);
            }
            const qint64 start = known == kNone ? m_began : span(known).start;
            for (const qint32 one : path) {
                span(one).start = start;
                span(one).duration = 0;
                span(one).hasTime = true;
                mark(one, SpanMark::NoTime);
            }
            path.clear();
        }
    }

    /// Children of each span in one array, by start; of equal starts by id, then in order of arrival.
    void orderChildren()
    {
        m_firstChild.assign(m_spans.size() + 1, 0);
        for (qint32 i = 0; i < m_count; ++i) {
            if (parent(i) != kNone)
                ++m_firstChild[size_t(parent(i)) + 1];
            else
                m_roots.push_back(i);
        }
        std::partial_sum(m_firstChild.begin(), m_firstChild.end(), m_firstChild.begin());
        m_children.resize(m_spans.size() - m_roots.size());
        std::vector<qint32> fill(m_firstChild.begin(), m_firstChild.end() - 1);
        for (qint32 i = 0; i < m_count; ++i) {
            if (parent(i) != kNone)
                m_children[size_t(fill[size_t(parent(i))]++)] = i;
        }
        const auto earlier = [this](qint32 a, qint32 b) {
            return span(a).start != span(b).start ? span(a).start < span(b).start
                                                  : rank(span(a)) < rank(span(b));
        };
        for (qint32 i = 0; i < m_count; ++i) {
            const auto begin = m_children.begin() + m_firstChild[size_t(i)];
            const auto end = m_children.begin() + m_firstChild[size_t(i) + 1];
            if (!std::is_sorted(begin, end, earlier))
                std::stable_sort(begin, end, earlier);
        }
        std::stable_sort(m_roots.begin(), m_roots.end(), earlier);
    }

    void write(Trace::Columns &out)
    {
        const size_t count = m_spans.size();
        out.startedAt = m_began;
        out.spanId.reserve(count);
        out.start.reserve(count);
        out.length.reserve(count);
        out.service.reserve(count);
        out.operation.reserve(count);
        out.parent.reserve(count);
        out.depth.reserve(count);
        out.source.reserve(count);
        out.kind.reserve(count);
        out.status.reserve(count);
        out.marks.reserve(count);
        out.subtreeEnd.assign(count, 0);
        for (const qint32 root : m_roots)
            writeTree(root, out);
        finishFacts(out);
    }

    /// Without recursion: a trace may be a hundred thousand deep.
    void writeTree(qint32 root, Trace::Columns &out)
    {
        struct Open
        {
            qint32 span, row, nextChild;
        };
        std::vector<Open> stack;
        const auto enter = [&](qint32 index, qint32 parentRow) {
            const qint32 row = qint32(out.spanId.size());
            writeRow(index, parentRow, qint32(stack.size()), out);
            stack.push_back({index, row, m_firstChild[size_t(index)]});
        };
        enter(root, kNone);
        while (!stack.empty()) {
            Open &top = stack.back();
            if (top.nextChild < m_firstChild[size_t(top.span) + 1]) {
                const qint32 row = top.row;
                enter(m_children[size_t(top.nextChild++)], row);
                continue;
            }
            out.subtreeEnd[size_t(top.row)] = qint32(out.spanId.size());
            stack.pop_back();
        }
    }

    void writeRow(qint32 index, qint32 parentRow, qint32 depth, Trace::Columns &out)
    {
        const SpanRecord &me = span(index);
        out.spanId.push_back(me.id);
        out.start.push_back(me.start - m_began);
        out.length.push_back(me.duration);
        out.service.push_back(me.service);
        out.operation.push_back(me.operation);
        out.parent.push_back(parentRow);
        out.depth.push_back(depth);
        out.source.push_back(me.source);
        out.kind.push_back(me.kind);
        out.status.push_back(me.status);
        const SpanMarks marks = timeMarks(out, out.start.size() - 1);
        out.marks.push_back(m_marks[size_t(index)] | quint8(marks.toInt()));
    }

    void finishFacts(Trace::Columns &out)
    {
        Trace::Facts &facts = out.facts;
        std::vector<bool> services(out.names.size(), false);
        const auto has = [](quint8 marks, SpanMark mark) { return (marks & quint8(mark)) != 0; };
        for (size_t row = 0; row < out.spanId.size(); ++row) {
            out.duration = std::max(out.duration, out.start[row] + out.length[row]);
            facts.depth = std::max(facts.depth, int(out.depth[row]));
            facts.errors += out.status[row] == SpanStatus::Error;
            const quint8 marks = out.marks[row];
            facts.orphans += has(marks, SpanMark::Orphan);
            facts.duplicates += has(marks, SpanMark::Duplicate);
            facts.skewed += has(marks, SpanMark::Skewed);
            facts.cycles += has(marks, SpanMark::Cycle) && out.parent[row] == kNone;
            services[out.service[row]] = true;
        }
        facts.spans = m_count;
        facts.roots = int(m_roots.size());
        facts.services = int(std::count(services.begin(), services.end(), true));
    }

    std::vector<SpanRecord> m_spans;
    const qint32 m_count;
    std::vector<quint8> m_marks;
    std::vector<qint32> m_parent, m_next, m_firstChild, m_children, m_roots;
    bool m_hasTwins = false;
    qint64 m_began = 0;
};

} // namespace

quint32 TraceBuilder::name(std::string_view utf8)
{
    if (const auto at = m_names.find(utf8); at != m_names.end())
        return at->second;
    m_texts.emplace_back(utf8);
    const auto index = quint32(m_names.size());
    m_names.emplace(m_texts.back(), index);
    return index;
}

Trace TraceBuilder::finish(const TraceId &id, std::shared_ptr<const SpanDetails> details)
{
    if (m_texts.empty() && !m_spans.empty())
        name({}); // records that name nothing refer to index 0
    auto columns = std::make_shared<Trace::Columns>();
    columns->id = id;
    columns->details = std::move(details);
    columns->names.reserve(m_texts.size());
    for (const std::string &text : m_texts)
        columns->names.emplace_back(QString::fromUtf8(text.data(), qsizetype(text.size())));
    Layout(std::exchange(m_spans, {})).run(*columns);
    m_names.clear();
    m_texts.clear();
    return Trace(std::move(columns));
}

} // namespace bw
