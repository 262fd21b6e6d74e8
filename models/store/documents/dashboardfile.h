// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>

namespace bw {

/// One dashboard file, as far as it makes sense: a panel, variable or query with an error keeps what is
/// right in it, and the findings name the rest.
struct LoadedDashboard
{
    Dashboard dashboard;
    std::vector<Finding> findings;
};

/// Reads one dashboard. Invalid when the text is no YAML map, not a dashboard or has no usable id; every
/// other problem is a finding. Kinds of panels and queries are not judged here (lint does): an unknown one
/// is kept and shown as such. `file` becomes the dashboard's origin.
[[nodiscard]] Result<LoadedDashboard> parseDashboard(const QByteArray &text, const QString &file);
[[nodiscard]] Result<LoadedDashboard> readDashboard(const QString &path);

/// The file's text: fixed key order, defaults left out, one element a line. parseDashboard gives the same
/// values back, except `origin` and the panels' lines, which belong to the place.
QByteArray writeDashboard(const Dashboard &dashboard);

/// Full paths of the dashboard files in `directory`, sorted. ":/dashboards" has the built-in ones.
QStringList listDashboards(const QString &directory);

/// Dashboards of several folders, and what is wrong with the files that could not be read.
struct DashboardShelf
{
    std::vector<LoadedDashboard> dashboards; ///< unique ids, in the order of the folders, then of the files
    std::vector<Finding> findings; ///< of files that are no dashboards at all
};
/// A dashboard of a later folder replaces one of an earlier folder with the same id, at its place.
DashboardShelf loadDashboards(const QStringList &directories);

} // namespace bw
