// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/plotscene.h>

namespace bw {

/// A curve as drawn: its samples, or the sums of a stack.
struct DrawnCurve
{
    CurveSamples samples;
    std::vector<ColumnDigest> digest;
    SampleVector<qint64> ownTimes; ///< of a stack
    SampleVector<double> ownValues, ownBase;
};

/// What a scene amounts to before anything is painted: stacked curves, value ranges, figures of the legend.
/// Lives as long as one picture is being drawn; writes the picture's views and stats.
struct PlotChart
{
    const PlotScene &scene;
    PlotPicture &picture;
    std::vector<DrawnCurve> drawn{}; ///< one a curve of the scene, in order
    bool hasLeft = false, hasRight = false; ///< axes that any visible curve uses

    bool onRight(size_t i) const { return scene.curves[i].rightAxis; }
    /// Which curves are drawn, and from what. `columns`: device pixels the time axis will roughly have.
    void prepare(int columns);
    /// Range of a value axis: fixed ends where the scene has them, else round values around the data; bars
    /// and fills include zero.
    void setValueRange(RasterView &view, const PlotAxis &axis, bool right, int ticks) const;
    /// For the legend; nothing when there is none.
    void computeStats();

private:
    void setLogRange(RasterView &view, const PlotAxis &axis, double low, double high, bool right) const;
};

} // namespace bw
