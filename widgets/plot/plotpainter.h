// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/plotscene.h>

class QPainter;

namespace bw {

/// Draws the legend into `rect` and notes in `picture` where its rows are.
void paintLegend(QPainter &painter, const QRect &rect, const PlotScene &scene, PlotPicture &picture);
/// Width the legend wants beside the plot, at most `limit`; 0 when it does not stand there.
int legendWidth(const PlotScene &scene, const PlotPicture &picture, int limit);
/// Height the legend wants at this width, at most `limit`; 0 when there is none to draw.
int legendHeight(const PlotScene &scene, const PlotPicture &picture, int width, int limit);

/// A label of the time axis.
struct TimeLabel
{
    int x = 0; ///< logical pixels, inside the area
    QString text;
};
/// Round moments of `range` that fit under `area` in this font.
std::vector<TimeLabel> timeLabels(
    const QFont &font, const QRect &area, const TimeRange &range, const QTimeZone &zone);
/// Writes the labels under `area`. Shared by every picture with a time axis.
void paintTimeLabels(
    QPainter &painter, const QRect &area, const std::vector<TimeLabel> &labels, const Theme &theme);
/// Height of the labels under a time axis.
int timeAxisHeight(const QFont &font);

} // namespace bw
