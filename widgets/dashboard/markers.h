// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/query/owndata.h>
#include <widgets/panels/panelkind.h>

namespace bw {

/// Vertical lines for the dashboard's annotations that come from own data (deploys, incidents, changes,
/// alerts) and lie in `range`, ascending. With a service in `context` those of other services are left out.
std::vector<Marker> markersFor(const Dashboard &dashboard, const OwnData &own, const TimeRange &range,
    const QMap<QString, QString> &context);

} // namespace bw
