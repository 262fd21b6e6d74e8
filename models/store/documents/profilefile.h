// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/dashboards/dashboard.h>
#include <domain/metrics/metricprofile.h>

namespace bw {

struct LoadedProfile
{
    MetricProfile profile;
    std::vector<Finding> findings;
};

/// Reads one metric profile. Invalid when the text is no profile or names no request metric; every other
/// problem is a finding.
[[nodiscard]] Result<LoadedProfile> parseProfile(const QByteArray &text, const QString &file);

/// The profile as a file's text; parseProfile gives the same values back.
QByteArray writeProfile(const MetricProfile &profile);

/// Profiles of several folders, highest priority first; and what was wrong with their files.
struct ProfileShelf
{
    std::vector<MetricProfile> profiles; ///< unique ids
    std::vector<Finding> findings;
};
/// A profile of a later folder replaces one of an earlier folder with the same id. ":/profiles" has the
/// built-in ones.
ProfileShelf loadProfiles(const QStringList &directories);

} // namespace bw
