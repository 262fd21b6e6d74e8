// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/transform.h>
#include <widgets/panels/panelkind.h>

namespace bw {

/// A panel's answers as tables, transformed as the panel says. `left` counts what was too much.
Transformed framesFor(const Panel &panel, const PanelData &data, int &left);

/// A column of numbers over time with its own memory, as a series that can be drawn.
struct OwnedSeries
{
    std::vector<qint64> times;
    std::vector<double> values;
    QString name, query;
};
/// One a number column of every frame that has times; rows without a number are holes.
std::vector<std::shared_ptr<const OwnedSeries>> seriesOf(const Frames &frames);

} // namespace bw
