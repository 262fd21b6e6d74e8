// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/trace.h>

#include <QHashFunctions>

#include <bit>
#include <vector>

namespace bw {

constexpr qint32 kNoSpan = -1;

/// Span ids to the first span that has them; open addressing, at most half full. Part of TraceBuilder.
class SpanIdTable
{
public:
    explicit SpanIdTable(size_t spans)
        : m_slots(std::bit_ceil(spans * 2 + 2))
    {
    }
    /// The first span with this id, or kNoSpan.
    qint32 find(SpanId id) const { return m_slots[slotOf(id)].span; }
    /// Keeps `span` unless its id is taken; who has it.
    qint32 insert(SpanId id, qint32 span)
    {
        Slot &slot = m_slots[slotOf(id)];
        if (slot.span == kNoSpan)
            slot = {id, span};
        return slot.span;
    }
    /// `span` takes the place of the one that has its id.
    void replace(SpanId id, qint32 span) { m_slots[slotOf(id)] = {id, span}; }

private:
    struct Slot
    {
        SpanId id = 0;
        qint32 span = kNoSpan;
    };
    size_t slotOf(SpanId id) const
    {
        const size_t mask = m_slots.size() - 1;
        // Seeded and mixed: ids may be counters in the high half, or chosen so that they collide.
        size_t at = ::qHash(id, m_seed) & mask;
        while (m_slots[at].span != kNoSpan && m_slots[at].id != id)
            at = (at + 1) & mask;
        return at;
    }
    std::vector<Slot> m_slots;
    const size_t m_seed = QHashSeed::globalSeed();
};

} // namespace bw
