// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/histogram.h>
#include <widgets/base/theme.h>
#include <widgets/plot/exemplarmarks.h>
#include <widgets/plot/picturewidget.h>

#include <QFont>
#include <QTimeZone>

#include <array>

namespace bw {

/// Everything one picture of a heatmap is made of.
struct HeatmapScene
{
    std::shared_ptr<const void> owner; ///< keeps `series` alive
    const SeriesSet *series = nullptr; ///< cumulative `le` series, or native histograms
    TimeRange range;
    Nanoseconds step{0}; ///< width of a column
    QTimeZone zone = QTimeZone::utc();
    QString unit;
    int decimals = -1;
    bool logColor = true;
    bool isCompact = false; ///< one of many: no colour scale beside it
    std::vector<double> quantiles; ///< drawn as lines from the same buckets
    std::vector<PlotExemplar> exemplars;
    double colorMax = 0; ///< count of the strongest colour; 0: the largest in view
    QString emptyText;
    QFont font, numberFont;
    const Theme *theme = &lightTheme();
};

/// A rendered heatmap and its cells.
struct HeatmapPicture : Picture
{
    HeatmapCells cells;
    int firstRow = 0, lastRow = 0; ///< rows in view, [first, last)
    double largest = 0; ///< count
    qint64 step = 0; ///< ns
    std::vector<PlotHit> exemplarHits;

    /// The column whose time covers `time`, or -1.
    int columnAt(qint64 time) const;
    /// The row under a y of the widget, or -1.
    int rowAt(double y) const;
    double total(int column) const;
};

/// 256 opaque colours from "one" to "most", of even steps in lightness: rising in the dark theme, falling in
/// the light one.
std::array<QRgb, 256> heatColors(const Theme &theme);

/// The largest count of any cell; 0 without one. Pure.
double largestCount(const SeriesSet &series);
/// Draws; pure, any thread. Rows are equally high, whatever their bounds.
std::shared_ptr<HeatmapPicture> renderHeatmap(
    const HeatmapScene &scene, const QSize &size, qreal ratio, QImage spare);

} // namespace bw
