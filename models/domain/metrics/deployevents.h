// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/metrics/series.h>

#include <vector>

namespace bw {

/// Something that changed what runs: a marker on every graph of its owner. A value.
struct DeployEvent
{
    Timestamp at{};
    QString owner, nameSpace; ///< made inert; nameSpace empty: not known
    QString kind; ///< git, rollout, argocd, build, restart, touched: from certain to vague
    Untrusted oldVersion, newVersion; ///< empty: the source does not tell
    QString source; ///< where it was seen, "kube_replicaset_created", "deploy file"
    Untrusted environment, by, url; ///< deploy files only
    bool operator==(const DeployEvent &) const = default;
};

/// Events of one owner less than five minutes apart become one, named and timed by the most certain kind.
/// An owner is matched without case and without "namespace/"; an unknown namespace matches any. Ascending.
std::vector<DeployEvent> mergedDeploys(std::vector<DeployEvent> events);

/// Values are creation times of replica sets in unix seconds; labels namespace and owner_name.
std::vector<DeployEvent> rolloutsFrom(const SeriesSet &series);
/// `*_build_info` over a range: a version that starts inside it, or comes back after another one, is a build.
std::vector<DeployEvent> versionsFrom(const SeriesSet &series, const TimeRange &range, Nanoseconds step);
/// The same of image tags (label version) by container: kube_pod_container_info.
std::vector<DeployEvent> imagesFrom(const SeriesSet &series, const TimeRange &range, Nanoseconds step);
/// `argocd_app_info` with its sync_status as version: an application that becomes Synced after something
/// else.
std::vector<DeployEvent> syncsFrom(const SeriesSet &series, const TimeRange &range, Nanoseconds step);
/// `process_start_time_seconds`: every start that lies inside the range.
std::vector<DeployEvent> restartsFrom(const SeriesSet &series, const TimeRange &range);
/// Counters of change such as observed generation: each series with a value above 0 was touched at its last
/// sample. The kind cannot see why; scaling counts too.
std::vector<DeployEvent> touchesFrom(const SeriesSet &series);

/// {"time": RFC 3339, "service": "", "version": "", "environment": "", "by": "", "url": ""}; time and service
/// are needed. Invalid says what is wrong; TooLarge beyond 64 KiB.
[[nodiscard]] Result<DeployEvent> parseDeployLine(const QByteArray &line);

} // namespace bw
