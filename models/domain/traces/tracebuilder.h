// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bw {

/// One span as a decoder found it.
struct SpanRecord
{
    SpanId id = 0, parent = 0; ///< parent 0: none
    quint32 service = 0, operation = 0; ///< from TraceBuilder::name()
    /// ns, start since the epoch. A start outside 0 … 2^62 counts as none, a duration outside 0 … 2^60 as 0
    /// (decoders write -1 where there is none); both are marked.
    qint64 start = 0, duration = 0;
    qint32 source = 0; ///< handed to SpanDetails
    SpanKind kind = SpanKind::Unspecified;
    SpanStatus status = SpanStatus::Unset;
    bool isShared = false; ///< Zipkin: the server's half of a span that two processes share
    bool hasTime = true; ///< false: start and duration mean nothing
};

/// Collects the spans of one trace in any order and lays them out. Survives missing parents, circles, ids
/// that come twice, halves of shared spans and impossible times; each is marked. O(n log n); any thread.
class TraceBuilder
{
public:
    void reserve(size_t spans) { m_spans.reserve(spans); }
    /// The index of a name; the same name has the same index.
    quint32 name(std::string_view utf8);
    void add(const SpanRecord &span) { m_spans.push_back(span); }
    size_t size() const { return m_spans.size(); }
    /// The builder is empty afterwards.
    Trace finish(const TraceId &id, std::shared_ptr<const SpanDetails> details);

private:
    std::vector<SpanRecord> m_spans;
    std::deque<std::string> m_texts; ///< owns what the map's keys look at
    std::unordered_map<std::string_view, quint32> m_names;
};

} // namespace bw
