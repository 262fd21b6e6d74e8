// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracestats.h>

#include <domain/traces/sums.h>

#include <QHash>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace bw {

namespace {

using Interval = std::pair<Nanoseconds, Nanoseconds>;

/// Time within `begin` to `end` that the intervals cover. Sorts them when they are not.
Nanoseconds covered(std::vector<Interval> &intervals, Nanoseconds begin, Nanoseconds end)
{
    if (!std::is_sorted(intervals.begin(), intervals.end()))
        std::sort(intervals.begin(), intervals.end());
    Nanoseconds sum{0}, until = begin;
    for (const auto &[from, to] : intervals) {
        const Nanoseconds first = std::max(from, until), last = std::min(to, end);
        if (first < last) {
            sum += last - first;
            until = last;
        }
    }
    return sum;
}

/// Nearest rank; `sorted` is not empty.
Nanoseconds quantile(const std::vector<Nanoseconds> &sorted, double q)
{
    const auto rank = size_t(std::ceil(q * double(sorted.size())));
    return sorted[std::clamp<size_t>(rank, 1, sorted.size()) - 1];
}

quint64 keyOf(const Trace &trace, StatsBy by, int row)
{
    switch (by) {
    case StatsBy::Service:
        return quint64(trace.serviceIndex(row));
    case StatsBy::Operation:
        return quint64(trace.serviceIndex(row)) << 32 | quint64(trace.operationIndex(row));
    case StatsBy::Kind:
        return quint64(trace.kind(row));
    }
    return 0;
}

SpanStats statsOf(
    const Trace &trace, StatsBy by, const std::vector<int> &rows, const std::vector<Nanoseconds> &self)
{
    SpanStats out;
    const int first = rows.front();
    if (by == StatsBy::Kind)
        out.kind = trace.kind(first);
    else
        out.service = trace.service(first);
    if (by == StatsBy::Operation)
        out.operation = trace.operation(first);
    std::vector<Nanoseconds> durations;
    durations.reserve(rows.size());
    for (const int row : rows) {
        durations.push_back(trace.duration(row));
        out.errors += trace.isError(row);
        addTo(out.total, trace.duration(row));
        addTo(out.self, self[size_t(row)]);
        if (out.slowest < 0 || trace.duration(row) > trace.duration(out.slowest))
            out.slowest = row;
    }
    std::sort(durations.begin(), durations.end());
    out.count = int(rows.size());
    out.min = durations.front();
    out.max = durations.back();
    out.avg = out.total / out.count;
    out.p50 = quantile(durations, 0.5);
    out.p95 = quantile(durations, 0.95);
    return out;
}

} // namespace

std::vector<Nanoseconds> selfTimes(const Trace &trace)
{
    std::vector<Nanoseconds> out;
    out.reserve(size_t(trace.size()));
    std::vector<Interval> children;
    for (int row = 0; row < trace.size(); ++row) {
        children.clear();
        trace.forChildren(
            row, [&](int child) { children.emplace_back(trace.start(child), trace.end(child)); });
        out.push_back(trace.duration(row) - covered(children, trace.start(row), trace.end(row)));
    }
    return out;
}

std::vector<SpanStats> spanStats(const Trace &trace, StatsBy by, const std::vector<Nanoseconds> &self)
{
    std::vector<std::vector<int>> members;
    QHash<quint64, size_t> indexes;
    for (int row = 0; row < trace.size(); ++row) {
        const quint64 key = keyOf(trace, by, row);
        auto at = indexes.constFind(key);
        if (at == indexes.constEnd()) {
            at = indexes.insert(key, members.size());
            members.emplace_back();
        }
        members[*at].push_back(row);
    }
    Nanoseconds all{0};
    for (const Nanoseconds one : self)
        addTo(all, one);
    std::vector<SpanStats> out;
    out.reserve(members.size());
    for (const std::vector<int> &rows : members) {
        out.push_back(statsOf(trace, by, rows, self));
        if (all.count() > 0)
            out.back().selfShare = double(out.back().self.count()) / double(all.count());
    }
    std::sort(out.begin(), out.end(), [](const SpanStats &a, const SpanStats &b) {
        return a.self != b.self
            ? a.self > b.self
            : std::tie(a.service, a.operation, a.kind) < std::tie(b.service, b.operation, b.kind);
    });
    return out;
}

std::vector<SpanStats> spanStats(const Trace &trace, StatsBy by)
{
    return spanStats(trace, by, selfTimes(trace));
}

std::vector<int> topSelfTimes(const std::vector<Nanoseconds> &self, int limit)
{
    std::vector<int> rows;
    for (size_t row = 0; row < self.size(); ++row) {
        if (self[row].count() > 0)
            rows.push_back(int(row));
    }
    const size_t count = std::min(rows.size(), size_t(std::max(0, limit)));
    std::partial_sort(rows.begin(), rows.begin() + qsizetype(count), rows.end(), [&self](int a, int b) {
        return self[size_t(a)] != self[size_t(b)] ? self[size_t(a)] > self[size_t(b)] : a < b;
    });
    rows.resize(count);
    return rows;
}

} // namespace bw
