// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/clockskew.h>

#include <algorithm>
#include <cstdlib>

namespace bw {

namespace {

struct Interval
{
    Nanoseconds begin, end;
    Nanoseconds length() const { return end - begin; }
    bool holds(const Interval &other) const { return other.begin >= begin && other.end <= end; }
    Interval moved(Nanoseconds by) const { return {begin + by, end + by}; }
};

// A clock that is off by more (73 years) is none that could be set right; keeps sums from overflowing.
constexpr qint64 kMostShift = qint64(1) << 61;

/// What was sent through a queue may be worked on long after.
bool isAsync(const Trace &trace, int row, int parent)
{
    return trace.kind(row) == SpanKind::Consumer || trace.kind(parent) == SpanKind::Producer;
}

/// The shift of a span of another service than its parent, which has moved by `moved`.
Nanoseconds shiftOf(const Interval &span, const Interval &parent, Nanoseconds moved, bool isAsync)
{
    // The parent's own clock, or its own: either explains the times as they are.
    for (const Nanoseconds shift : {moved, Nanoseconds(0)}) {
        const Interval there = span.moved(shift);
        const bool mayStay = parent.holds(there) || (isAsync && there.begin >= parent.begin)
            || (there.length() > parent.length() && there.begin >= parent.begin && there.begin <= parent.end);
        if (mayStay)
            return shift;
    }
    if (isAsync || span.length() > parent.length())
        return parent.begin - span.begin;
    // The way there and the way back are taken to last equally long.
    return parent.begin + (parent.length() - span.length()) / 2 - span.begin;
}

} // namespace

std::vector<Nanoseconds> clockSkewShifts(const Trace &trace)
{
    std::vector<Nanoseconds> out(size_t(trace.size()), Nanoseconds(0));
    for (int row = 0; row < trace.size(); ++row) {
        const int parent = trace.parent(row);
        if (parent < 0)
            continue;
        const Nanoseconds moved = out[size_t(parent)];
        const bool isTold =
            !trace.marks(row).testFlag(SpanMark::NoTime) && !trace.marks(parent).testFlag(SpanMark::NoTime);
        if (!isTold || trace.serviceIndex(row) == trace.serviceIndex(parent)) {
            out[size_t(row)] = moved;
            continue;
        }
        const Interval span{trace.start(row), trace.end(row)};
        const Interval above = Interval{trace.start(parent), trace.end(parent)}.moved(moved);
        const Nanoseconds shift = shiftOf(span, above, moved, isAsync(trace, row, parent));
        out[size_t(row)] = std::abs(shift.count()) < kMostShift ? shift : Nanoseconds(0);
    }
    return out;
}

Trace withShifts(const Trace &trace, const std::vector<Nanoseconds> &shifts)
{
    const size_t count = size_t(trace.size());
    if (shifts.size() != count || count == 0)
        return trace;
    auto columns = std::make_shared<Trace::Columns>(trace.columns());
    for (size_t row = 0; row < count; ++row)
        columns->start[row] += shifts[row].count();
    const qint64 first = *std::min_element(columns->start.begin(), columns->start.end());
    columns->startedAt += first;
    columns->duration = 0;
    columns->facts.skewed = 0;
    for (size_t row = 0; row < count; ++row) {
        columns->start[row] -= first;
        columns->duration = std::max(columns->duration, columns->start[row] + columns->length[row]);
        SpanMarks marks = SpanMarks::fromInt(columns->marks[row]);
        marks &= ~(SpanMarks(SpanMark::Skewed) | SpanMark::Outlives);
        columns->marks[row] = quint8((marks | timeMarks(*columns, row)).toInt());
        columns->facts.skewed += SpanMarks::fromInt(columns->marks[row]).testFlag(SpanMark::Skewed);
    }
    return Trace(std::move(columns));
}

} // namespace bw
