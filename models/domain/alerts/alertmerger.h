// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/base/freshness.h>
#include <domain/base/result.h>

#include <QHash>
#include <QSet>

namespace bw {

/// What one member answered in one poll, or why it did not.
struct MemberAnswer
{
    DatasourceId member;
    Result<std::vector<Alert>> alerts;
    Timestamp at{};
    std::optional<Nanoseconds> uptime; ///< of the server, when known
};

struct MergedAlerts
{
    std::vector<Alert> alerts; ///< unique by fingerprint; sorted by fingerprint
    int answered = 0, asked = 0;
    int confirming = 0; ///< alerts that vanished all at once and are kept until the next good round
    QString note; ///< "1 of 2 members: am/2 connection refused", "restarted 20 s ago"; empty when nothing
                  ///< needs saying
};

/// Merges the members of one cluster into one list. Keeps what each member last reported, so that an alert is
/// gone only if every member that last reported it answered without it; otherwise it stays, Unknown.
/// startsAt is the earliest, endsAt and updatedAt the latest, suppressions are united, firing wins.
/// Pure: no clock, no I/O, one instance a cluster, any single thread.
class AlertMerger
{
public:
    explicit AlertMerger(ClusterId cluster);
    /// One round: an answer of every member that was asked, in any order.
    MergedAlerts merge(const std::vector<MemberAnswer> &round);

private:
    struct MemberState
    {
        QHash<quint64, Alert> alerts; ///< of the last good answer
    };
    /// Everything the members say now; what only silent members remember is Unknown.
    QHash<quint64, Alert> united(const QSet<DatasourceId> &silent) const;
    /// Puts alerts that vanished in a mass, or from a server that has just started, back for one round.
    void holdVanished(
        QHash<quint64, Alert> &merged, const QSet<DatasourceId> &silent, const QSet<DatasourceId> &young);

    ClusterId m_cluster;
    QHash<DatasourceId, MemberState> m_members;
    QHash<quint64, Alert> m_last; ///< the last merged list, by fingerprint
    QHash<quint64, Alert> m_held; ///< vanished in a mass, waiting for confirmation
};

} // namespace bw
