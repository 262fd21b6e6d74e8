// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/histogram.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::optional<double> upperBound(const Series &series)
{
    const Untrusted *label = series.labels.find(u"le");
    if (!label)
        return std::nullopt;
    const QString text = verbatim(*label).trimmed();
    if (text == "+Inf"_L1 || text == "Inf"_L1)
        return kInfinity;
    bool ok = false;
    const double bound = text.toDouble(&ok);
    return ok && !std::isnan(bound) ? std::optional(bound) : std::nullopt;
}

void sortUnique(std::vector<double> &values)
{
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

/// Spreads the count of one bucket over the rows that it covers, by width; edges of coarser schemas unite
/// finer ones.
void spread(HeatmapCells &cells, size_t column, const HistogramBucket &bucket)
{
    const auto &edges = cells.edges;
    const auto first = size_t(std::lower_bound(edges.begin(), edges.end(), bucket.lower) - edges.begin());
    const auto last = size_t(std::lower_bound(edges.begin(), edges.end(), bucket.upper) - edges.begin());
    const size_t rows = size_t(cells.rows());
    const double width = bucket.upper - bucket.lower;
    for (size_t row = first; row < last && row < rows; ++row) {
        const double share = last - first == 1  ? 1
            : std::isfinite(width) && width > 0 ? (edges[row + 1] - edges[row]) / width
                                                : 1.0 / double(last - first);
        cells.counts[column * rows + row] += bucket.count * share;
    }
}

} // namespace

HeatmapCells cellsFromBuckets(const SeriesSet &series)
{
    // Equal bounds in two spellings ("1", "1.0") are one bucket.
    std::map<double, std::map<qint64, double>> byBound;
    std::vector<qint64> times;
    for (const Series &one : series) {
        const std::optional<double> bound = upperBound(one);
        if (!bound)
            continue;
        auto &samples = byBound[*bound];
        for (size_t i = 0; i < one.times.size(); ++i) {
            const auto [at, isNew] = samples.try_emplace(one.times[i], one.values[i]);
            if (!isNew)
                at->second += one.values[i];
            times.push_back(one.times[i]);
        }
    }
    HeatmapCells cells;
    if (byBound.empty())
        return cells;
    std::sort(times.begin(), times.end());
    times.erase(std::unique(times.begin(), times.end()), times.end());
    cells.times = std::move(times);
    cells.edges.push_back(byBound.begin()->first > 0 ? 0 : -kInfinity);
    for (const auto &[bound, samples] : byBound)
        cells.edges.push_back(bound);
    const size_t rows = size_t(cells.rows());
    cells.counts.assign(cells.times.size() * rows, kNaN);
    for (size_t column = 0; column < cells.times.size(); ++column) {
        double below = 0;
        size_t row = 0;
        for (const auto &[bound, samples] : byBound) {
            const auto at = samples.find(cells.times[column]);
            const double cumulative = at == samples.end() ? kNaN : at->second;
            // Without its lower neighbour the share of a bucket is not known either: NaN carries on.
            const double count = cumulative - below;
            cells.counts[column * rows + row++] = std::isnan(count) ? kNaN : std::max(count, 0.0);
            below = cumulative;
        }
    }
    return cells;
}

HeatmapCells cellsFromNative(const Series &series)
{
    HeatmapCells cells;
    for (const HistogramSample &sample : series.histograms) {
        cells.times.push_back(sample.time);
        for (const HistogramBucket &bucket : sample.buckets) {
            if (bucket.lower < bucket.upper) {
                cells.edges.push_back(bucket.lower);
                cells.edges.push_back(bucket.upper);
            }
        }
    }
    sortUnique(cells.edges);
    // Buckets without observations are left out by the servers: no entry is a count of zero.
    cells.counts.assign(cells.times.size() * size_t(cells.rows()), 0);
    for (size_t column = 0; column < series.histograms.size(); ++column) {
        for (const HistogramBucket &bucket : series.histograms[column].buckets) {
            if (bucket.lower < bucket.upper)
                spread(cells, column, bucket);
        }
    }
    return cells;
}

double quantileOf(const HeatmapCells &cells, int column, double q)
{
    const int rows = cells.rows();
    if (column < 0 || column >= cells.columns() || rows == 0 || std::isnan(q))
        return kNaN;
    const auto countAt = [&](int row) {
        const double count = cells.at(column, row);
        return std::isnan(count) ? 0 : count;
    };
    double total = 0;
    int lastFilled = 0;
    for (int row = 0; row < rows; ++row) {
        total += countAt(row);
        if (countAt(row) > 0)
            lastFilled = row;
    }
    if (!(total > 0))
        return kNaN;
    if (q < 0 || q > 1)
        return q < 0 ? -kInfinity : kInfinity;
    const double wanted = q * total;
    double below = 0;
    int row = 0;
    while (row < lastFilled && (below + countAt(row) < wanted || countAt(row) == 0))
        below += countAt(row++);
    const double lower = cells.edges[size_t(row)], upper = cells.edges[size_t(row) + 1];
    // In the open buckets at both ends the finite edge is all that is known.
    if (std::isinf(upper))
        return lower;
    if (std::isinf(lower))
        return upper;
    return lower + (upper - lower) * std::clamp((wanted - below) / countAt(row), 0.0, 1.0);
}

} // namespace bw
