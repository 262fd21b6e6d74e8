// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <cstddef>
#include <span>
#include <vector>

namespace bw {

struct Extent
{
    double min, max; ///< min > max: there was nothing finite to see
};

/// Smallest and largest of `values`; NaN is passed over, infinities count. Eight running pairs, which the
/// compiler turns into vector code: about as fast as memory delivers. Any thread.
Extent extentOf(std::span<const double> values);
/// As extentOf, infinities passed over too.
Extent finiteExtentOf(std::span<const double> values);
/// First index ≥ `from` whose time is ≥ `at`; `times` ascend. Starts looking near `guess`, so that walking
/// through evenly spaced samples costs a few comparisons each.
size_t firstAtOrAfter(std::span<const qint64> times, size_t from, size_t guess, qint64 at);

/// What one pixel column shows of a curve: samples [first, last) and their extremes as extentOf() gives them.
struct ColumnDigest
{
    size_t first = 0, last = 0; ///< equal: no sample in this column
    double min = 0, max = 0;
};
/// One digest for each of `width` equal parts of [begin, end]; a sample exactly at the end, where the newest
/// one of a step grid is, belongs to the last. The single pass over the data from which both the value range
/// and the picture are made.
std::vector<ColumnDigest> columnDigests(
    std::span<const qint64> times, std::span<const double> values, qint64 begin, qint64 end, int width);

} // namespace bw
