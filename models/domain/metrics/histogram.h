// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/series.h>

namespace bw {

/// A grid of counts: `columns` moments × `rows` value bands. NaN: no sample there.
struct HeatmapCells
{
    std::vector<qint64> times; ///< ns, right edge of each column, ascending
    std::vector<double> edges; ///< rows + 1 values, ascending; the first may be -Inf or 0, the last +Inf
    std::vector<double> counts; ///< column-major: counts[column * rows + row]
    int rows() const { return edges.empty() ? 0 : static_cast<int>(edges.size()) - 1; }
    int columns() const { return static_cast<int>(times.size()); }
    double at(int column, int row) const { return counts[size_t(column) * size_t(rows()) + size_t(row)]; }
};

/// Cumulative `le` series (as `sum by (le) (increase(x_bucket[…]))` gives) to cells: sorted by numeric le,
/// neighbours differenced, clamped at 0.
HeatmapCells cellsFromBuckets(const SeriesSet &series);
/// Native histograms, edges united over time.
HeatmapCells cellsFromNative(const Series &series);
/// Quantile from one column's cells by linear interpolation, as histogram_quantile does; NaN without
/// observations.
double quantileOf(const HeatmapCells &cells, int column, double q);

} // namespace bw
