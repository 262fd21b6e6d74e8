// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/tailrefresh.h>

#include <algorithm>
#include <limits>

namespace bw {
namespace {

std::optional<qint64> newestSample(const SeriesSet &series)
{
    std::optional<qint64> newest;
    for (const Series &one : series) {
        if (!one.times.empty())
            newest = std::max(newest.value_or(one.times.back()), one.times.back());
    }
    return newest;
}

bool hasNative(const SeriesSet &series)
{
    return std::any_of(
        series.begin(), series.end(), [](const Series &one) { return !one.histograms.empty(); });
}

/// Only the samples later than `after`.
SeriesSet later(const SeriesSet &series, qint64 after)
{
    SeriesSet out;
    for (const Series &one : series) {
        const auto from = std::upper_bound(one.times.begin(), one.times.end(), after) - one.times.begin();
        Series cut;
        cut.labels = one.labels;
        cut.times.assign(one.times.begin() + from, one.times.end());
        cut.values.assign(one.values.begin() + from, one.values.end());
        if (!cut.times.empty())
            out.push_back(std::move(cut));
    }
    return out;
}

} // namespace

std::optional<TimeRange> tailRange(
    const MetricData &held, const TimeRange &heldRange, const TimeRange &wanted, Nanoseconds step)
{
    if (held.shape != MetricData::Shape::Matrix || held.left > 0 || hasNative(held.series))
        return std::nullopt;
    if (wanted.begin < heldRange.begin || wanted.end < heldRange.end || wanted.begin >= heldRange.end)
        return std::nullopt;
    const std::optional<qint64> newest = newestSample(held.series);
    if (!newest)
        return std::nullopt;
    const TimeRange tail = TimeRange{fromNs(*newest), wanted.end}.snappedTo(step);
    const TimeRange widened{tail.begin - 2 * step, wanted.end};
    if (widened.begin <= wanted.begin || widened.begin >= widened.end)
        return std::nullopt;
    return widened;
}

QueryResult mergedResult(
    const QueryResult &held, const QueryResult &tail, const TimeRange &range, TailMerge merge)
{
    const MetricData *older = dataAs<MetricData>(held);
    const MetricData *newer = dataAs<MetricData>(tail);
    if (!older || !newer)
        return tail;
    MetricData merged = *newer;
    merged.left = std::max(older->left, newer->left);
    const qint64 complete = newestSample(older->series).value_or(std::numeric_limits<qint64>::min());
    merged.shape = MetricData::Shape::Matrix;
    merged.series = mergedTail(older->series,
        merge == TailMerge::AppendOnly ? later(newer->series, complete) : newer->series, range);
    QueryResult result = tail;
    const bool isEmpty = merged.series.empty();
    result.data = std::make_shared<const QueryData>(std::move(merged));
    if (!isEmpty && result.freshness.state == Freshness::State::Empty) {
        result.freshness.state = Freshness::State::Fresh; // no new samples, but older ones are in the range
        result.freshness.lastGoodEmpty = false;
    }
    return result;
}

bool hasRows(const QueryResult &result)
{
    if (!result.data)
        return false;
    if (const auto *metrics = std::get_if<MetricData>(result.data.get()))
        return !metrics->series.empty() || metrics->shape == MetricData::Shape::String;
    if (const auto *alerts = std::get_if<std::vector<Alert>>(result.data.get()))
        return !alerts->empty();
    if (const auto *items = std::get_if<OwnItems>(result.data.get()))
        return !items->items.empty();
    if (const auto *traces = std::get_if<TraceSummaries>(result.data.get()))
        return !traces->traces.empty();
    if (const auto *edges = std::get_if<Dependencies>(result.data.get()))
        return !edges->edges.empty();
    return true;
}

QueryInspection inspectionOf(const QueryResult &result)
{
    QueryInspection out;
    out.took = result.took;
    out.bytes = result.bytes;
    out.warnings = result.warnings;
    if (const auto *metrics = dataAs<MetricData>(result)) {
        out.series = qsizetype(metrics->series.size());
        for (const Series &series : metrics->series)
            out.samples += qsizetype(series.times.size() + series.histograms.size());
    } else if (const auto *alerts = dataAs<std::vector<Alert>>(result)) {
        out.series = qsizetype(alerts->size());
    } else if (const auto *items = dataAs<OwnItems>(result)) {
        out.series = qsizetype(items->items.size());
    }
    return out;
}

} // namespace bw
