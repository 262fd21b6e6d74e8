// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>

#include <QRect>

#include <algorithm>

namespace bw {

/// Pixels of the 24-column grid at one width.
struct GridMetrics
{
    static constexpr int kColumns = 24, kMargin = 8, kGap = 8, kRowUnit = 30;

    GridMetrics(int width, double scale)
        : room(std::max(kColumns, width - 2 * kMargin + kGap))
        , unit(std::max(8, int(kRowUnit * scale)))
    {
    }
    QRect rectOf(const GridRect &grid) const
    {
        const int left = room * grid.col / kColumns, right = room * (grid.col + grid.width) / kColumns;
        return {kMargin + left, kMargin + grid.row * unit, right - left - kGap, grid.height * unit - kGap};
    }
    int heightOf(const std::vector<Panel> &panels) const
    {
        int rows = 0;
        for (const Panel &panel : panels)
            rows = std::max(rows, panel.grid.row + panel.grid.height);
        return rows * unit + 2 * kMargin;
    }

    int room, unit;
};

/// Sets isFolded of every entry that lies below a collapsed row and above the next one. `frameOf(entry)` has
/// isRow() and isCollapsed(); where it lies is `entry.grid`.
template<typename Entries, typename FrameOf> void markFolded(Entries &entries, FrameOf frameOf)
{
    for (auto &entry : entries) {
        entry.isFolded = false;
        if (frameOf(entry)->isRow())
            continue;
        const int row = entry.grid.row;
        int nearest = -1;
        for (const auto &other : entries) {
            const int at = other.grid.row;
            if (frameOf(other)->isRow() && at <= row && at > nearest) {
                nearest = at;
                entry.isFolded = frameOf(other)->isCollapsed();
            }
        }
    }
}

} // namespace bw
