// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/columnraster.h>

#include <limits>

namespace bw {

/// In ColumnSpans::top of a column without a stretch.
inline constexpr float kNothingTop = std::numeric_limits<float>::max();
/// In ColumnSpans::bottom of a column without a stretch.
inline constexpr float kNothingBottom = std::numeric_limits<float>::lowest();

/// The stretch that an infinitely thin curve covers in each column of `view`; for bars the blocks themselves.
/// Appends to `marks`, as curve number `curve`, what a line cannot show. `digests` as for
/// ColumnRaster::add(). Pure; any thread.
ColumnSpans spansOf(const CurveSamples &samples, const CurveLook &look, const RasterView &view,
    std::span<const ColumnDigest> digests, int curve, std::vector<ColumnRaster::Mark> &marks);

/// Where a fill without a base ends: the zero line, or the edge nearest to it.
float zeroRow(const RasterView &view);

} // namespace bw
