// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracebuilder.h>

#include <QHashFunctions>

#include <bit>
#include <vector>

namespace bw {

constexpr qint32 kNoSpan = -1;

/// Span ids to the first span that has them; open addressing, at most half full. Part of TraceBuilder.
class SpanIdTable
{
public:
    explicit SpanIdTable(const std::vector<SpanRecord> &spans)
        : m_spans(spans)
        , m_slots(std::bit_ceil(spans.size() * 2 + 2), kNoSpan)
    {
    }
    /// The first span with this id, or kNoSpan.
    qint32 find(SpanId id) const { return m_slots[slotOf(id)]; }
    /// Keeps `index` unless its id is taken; who has it.
    qint32 insert(qint32 index)
    {
        qint32 &slot = m_slots[slotOf(m_spans[size_t(index)].id)];
        if (slot == kNoSpan)
            slot = index;
        return slot;
    }
    /// `index` takes the place of the span that has its id.
    void replace(qint32 index) { m_slots[slotOf(m_spans[size_t(index)].id)] = index; }

private:
    size_t slotOf(SpanId id) const
    {
        const size_t mask = m_slots.size() - 1;
        // Seeded and mixed: ids may be counters in the high half, or chosen so that they collide.
        size_t at = ::qHash(id, m_seed) & mask;
        while (m_slots[at] != kNoSpan && m_spans[size_t(m_slots[at])].id != id)
            at = (at + 1) & mask;
        return at;
    }
    const std::vector<SpanRecord> &m_spans;
    std::vector<qint32> m_slots;
    const size_t m_seed = QHashSeed::globalSeed();
};

} // namespace bw
