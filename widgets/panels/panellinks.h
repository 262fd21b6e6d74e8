// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/panelkind.h>

namespace bw {

/// Where a link of a panel goes from one row or series: `${__row.x}` and `${__series.x}` are `field(x)`,
/// `${__value}` is `field("__value")`, `${__time.from}` and `${__time.to}` the range in epoch milliseconds.
/// In a web address values are percent-encoded, elsewhere taken as they are. Unknown names become empty.
Link linkFrom(
    const PanelLink &link, const TimeRange &range, const std::function<QString(const QString &)> &field);

} // namespace bw
