// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/timerange.h>
#include <domain/metrics/series.h>
#include <widgets/base/theme.h>
#include <widgets/plot/columnraster.h>
#include <widgets/plot/exemplarmarks.h>
#include <widgets/plot/picturewidget.h>

#include <QFont>
#include <QTimeZone>

#include <memory>
#include <optional>

namespace bw {

struct PlotCurve
{
    std::shared_ptr<const void> owner; ///< keeps `samples` alive
    CurveSamples samples;
    QString name; ///< plain text
    QString color; ///< role, "series-3"
    CurveLook::Draw draw = CurveLook::Draw::Line;
    double width = 1.5; ///< logical pixels
    double fill = 0; ///< 0…1
    bool bridgeGaps = false, rightAxis = false, visible = true;
    bool inLegend = true, stacks = true; ///< `stacks` matters in a stacked scene
    bool pointed = false; ///< each sample is a point besides
    CurveLook::Dash dash = CurveLook::Dash::Solid;
    Nanoseconds step{0}; ///< between its samples; 0: the scene's
    bool isCompared = false; ///< what there was at the compared time is known, be it nothing
    bool isPast = false; ///< of the compared time: dimmed; stacks with its like
    int presentOf = -1; ///< past: the curve it belongs to, which speaks for it in legend and hover; -1: none
};

struct PlotAxis
{
    QString unit = QStringLiteral("short");
    int decimals = -1;
    std::optional<double> min, max; ///< fixed ends; else from the data
    bool logarithmic = false;
    std::optional<double> softMin{}, softMax{}; ///< in view even where the data does not reach
    bool centeredZero = false; ///< as far below zero as above
    bool hidden = false; ///< no labels
    QString label{}; ///< beside the axis, plain; empty: none
};

struct PlotThreshold
{
    std::optional<double> from; ///< nullopt: minus infinity
    QString color; ///< role
};
enum class ThresholdStyle : quint8 { None, Line, Area };

struct PlotMarker
{
    qint64 time = 0; ///< ns
    QString text; ///< plain
    QString color; ///< role
};

struct PlotLegend
{
    enum class Mode : quint8 { None, List, Table };
    Mode mode = Mode::List;
    QStringList calcs{QStringLiteral("last")}; ///< ids of calcIds(); empty: names alone
    bool right = false; ///< beside the plot instead of below
    QString sort{}; ///< "name" or a calculation; empty: as the curves are
    bool sortDesc = false;
    int firstRow = 0; ///< scrolled to
};

/// Everything one picture is made of, as values: a worker renders it without asking anybody.
struct PlotScene
{
    TimeRange range;
    Nanoseconds step{0}; ///< between samples; 0: unknown, nothing counts as a gap
    QTimeZone zone = QTimeZone::utc();
    PlotAxis left, right;
    std::vector<PlotCurve> curves;
    bool stacked = false;
    bool stackedPercent = false; ///< stacked: shares of the whole, 0 to 1
    std::vector<PlotThreshold> thresholds; ///< ascending
    ThresholdStyle thresholdStyle = ThresholdStyle::None;
    std::vector<PlotMarker> markers;
    std::vector<PlotExemplar> exemplars;
    PlotLegend legend;
    QString pastName; ///< "24 h earlier"; empty when nothing is compared
    QString note; ///< "50 of 340 series", upper right
    QString emptyText; ///< in the middle when there are no curves
    QFont font, numberFont;
    const Theme *theme = &lightTheme();
    int areaWidthHint = 0; ///< device pixels of the time axis in the last picture: saves a second pass
};

/// A rendered scene, and where things are in it (logical pixels).
struct PlotPicture : Picture
{
    RasterView left, right; ///< size of `area`; valid when it has curves on that axis
    std::vector<size_t> legendOrder; ///< curves the legend lists, in its order
    std::vector<std::vector<double>> legendValues; ///< one list a curve: one number a calculation
    std::vector<int> pastOf; ///< pastCurves(), when there is a legend
    using Hit = PlotHit;
    std::vector<Hit> legendHits; ///< curve indexes
    std::vector<Hit> markerHits; ///< first marker of the flag
    std::vector<Hit> exemplarHits;
    QRect legendRect;
    int legendRows = 0, legendVisibleRows = 0; ///< of all; of those in view
};

/// For each curve the index of its past one, or -1.
std::vector<int> pastCurves(const PlotScene &scene);
/// What a curve is painted in.
QColor curveColor(const Theme &theme, const PlotCurve &curve);

/// Draws a scene into `spare` when that fits, else into a new image. Pure; any thread.
std::shared_ptr<PlotPicture> renderPlot(const PlotScene &scene, const QSize &size, qreal ratio, QImage spare);

} // namespace bw
