// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/plotscene.h>

class QPainter;

namespace bw {

/// Draws the legend into `rect` and notes in `picture` where its rows are.
void paintLegend(QPainter &painter, const QRect &rect, const PlotScene &scene, PlotPicture &picture);
/// Height the legend wants at this width, at most `limit`; 0 when there is none to draw.
int legendHeight(const PlotScene &scene, const PlotPicture &picture, int width, int limit);

/// The time axis under `area`: grid lines and labels. Shared by every picture with a time axis.
void paintTimeAxis(QPainter &painter, const QRect &area, const TimeRange &range, const QTimeZone &zone,
    const Theme &theme, bool gridLines);
/// Height of the labels under a time axis.
int timeAxisHeight(const QFont &font);

} // namespace bw
