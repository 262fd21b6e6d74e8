// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/metrics/metricprofile.h>

namespace bw {

/// One service level indicator of the catalogue: how it is measured, what is usual to aim at, what it hides.
/// Expressions are written in profile macros, so each profile spells them its own way.
struct Sli
{
    QString id, title, unit = QStringLiteral("short"), target, trap;
    QString expr, legend;
    QString beside, besideLegend; ///< what must be seen with it; empty: nothing
    QString howToEnable;
    int decimals = -1;
    std::vector<ThresholdStep> thresholds;
    bool operator==(const Sli &) const = default;
};

/// What came of a template.
struct FilledTemplate
{
    Dashboard dashboard;
    QStringList left; ///< panels that were left out, and what the profile lacks for them
};

/// A template with every query "sli:ID" replaced by that indicator: its expression, what belongs beside it,
/// and its title, unit, target, trap and thresholds where the panel says nothing itself. With a profile,
/// panels that it has no metrics for are left out; without one all stay. An unknown indicator stays as it is
/// written.
FilledTemplate fillTemplate(
    const Dashboard &form, const std::vector<Sli> &catalogue, const DetectedProfile *profile);

} // namespace bw
