// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/jsoncursor.h>
#include <datasources/tracedecode.h>
#include <domain/traces/tracebuilder.h>

#include <deque>
#include <optional>
#include <unordered_map>

namespace bw {

/// Where the bytes of each span stand in the body they came in; base of the three formats' details.
class SpanBytes : public SpanDetails
{
public:
    explicit SpanBytes(QByteArray body)
        : m_body(std::move(body))
    {
    }

    /// What several spans have in common: the resource or process, and the scope. Its number.
    qint32 addContext();
    void setResource(qint32 context, std::string_view bytes);
    void setScope(qint32 context, std::string_view bytes);
    /// The source number of a span; -1 as context: none. `bytes` stands in the body.
    qint32 addSpan(std::string_view bytes, qint32 context);
    void setContext(qint32 source, qint32 context) { m_spans[size_t(source)].context = context; }

    bool mayMention(int source, QByteArrayView needle) const final;
    qint64 bytes() const final;

protected:
    std::string_view span(int source) const { return view(m_spans[size_t(source)].range); }
    std::string_view resource(int source) const;
    std::string_view scope(int source) const;

private:
    struct Range
    {
        quint32 begin = 0, size = 0;
    };
    struct Context
    {
        Range resource, scope;
    };
    struct Entry
    {
        Range range;
        qint32 context = -1;
    };
    Range rangeOf(std::string_view bytes) const
    {
        return {quint32(bytes.data() - m_body.constData()), quint32(bytes.size())};
    }
    std::string_view view(Range range) const { return {m_body.constData() + range.begin, range.size}; }

    QByteArray m_body;
    std::vector<Entry> m_spans;
    std::vector<Context> m_contexts;
};

/// Takes spans as a decoder finds them and sorts them into traces. One thread.
class TraceCollector
{
public:
    explicit TraceCollector(const TraceLimits &limits)
        : m_limits(limits)
    {
    }
    /// The number of the trace with this id.
    int traceOf(const TraceId &id);
    quint32 name(int trace, std::string_view utf8) { return m_traces[size_t(trace)].builder.name(utf8); }
    void add(int trace, const SpanRecord &span)
    {
        m_traces[size_t(trace)].builder.add(span);
        ++m_spans;
    }
    /// Before every span: whether there is room beside those added and `pending` more, and somebody still
    /// wants them; else notes the error.
    bool mayGoOn(JsonCursor &json, size_t pending, const std::stop_token &stop);
    /// The error of a cursor, in the words of the caps above where they were hit.
    Error explain(Error error) const;
    /// In the order in which they appeared.
    std::vector<Trace> finish(const std::shared_ptr<const SpanDetails> &details);

private:
    struct Entry
    {
        TraceId id;
        TraceBuilder builder;
    };
    struct Hash
    {
        size_t operator()(const TraceId &id) const noexcept { return qHash(id); }
    };
    TraceLimits m_limits;
    std::deque<Entry> m_traces;
    std::unordered_map<TraceId, int, Hash> m_index;
    int m_last = -1;
    qint64 m_spans = 0;
    bool m_isFull = false;
};

/// Ids as backends write them. Hexadecimal of either case, unpadded too; `base64`: lengths that hexadecimal
/// ids never have are read as base64 of either alphabet. Zero is no id: nullopt for a trace, 0 for a span.
std::optional<TraceId> readTraceId(std::string_view text, bool base64 = false);
std::optional<SpanId> readSpanId(std::string_view text, bool base64 = false);

/// Start and duration into a record. Times before 1970 or beyond 2^62 ns, and 0, are no times; a duration
/// that is unknown or impossible is handed on as -1, which the layout marks. `scale`: ns in the unit.
void setTimes(SpanRecord &span, std::optional<qint64> start, std::optional<qint64> duration, qint64 scale);

} // namespace bw
