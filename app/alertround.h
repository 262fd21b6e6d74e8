// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alertclass.h>
#include <domain/alerts/alertmerger.h>
#include <domain/alerts/alertwatcher.h>
#include <domain/query/queryresult.h>

#include <QHash>
#include <QMap>

#include <map>

namespace bw {

/// What is known of an alert only from /alerts/groups: who mutes it and where it is routed.
struct AlertRouting
{
    QStringList mutedBy, receivers;
};
using AlertRoutes = QHash<quint64, AlertRouting>;
AlertRoutes routesFrom(const std::vector<AlertGroup> &groups);

/// One finished round of one cluster, as it goes to a worker. Values only.
struct AlertRound
{
    struct Member
    {
        DatasourceId id;
        Result<std::shared_ptr<const QueryData>> data;
        Timestamp at{};
    };
    ClusterId cluster;
    std::vector<Member> members;
    QMap<QString, QString> labels; ///< of the source; added where an alert has none of that name
    std::shared_ptr<const AlertRoutes> routes;
    Timestamp at{};
};

/// What came of it.
struct AlertRoundResult
{
    ClusterId cluster;
    std::shared_ptr<const QueryData>
        alerts; ///< of every cluster, most urgent first; the same object when equal
    bool anyHere = false; ///< this cluster has alerts
    int answered = 0, asked = 0;
    QString note;
    std::optional<Error> firstError; ///< of the members that did not answer
    std::vector<AlertTransition> transitions;
};

/// The memory of alert polling: mergers, watcher, classes, and the last list of each cluster. Used by one job
/// at a time, on whatever thread.
class AlertLedger
{
public:
    AlertRoundResult apply(const AlertRound &round);
    void setClassifier(AlertClassifier classifier) { m_classifier = std::move(classifier); }
    /// Forgets the clusters that are not in `ids`.
    void retain(const std::vector<ClusterId> &ids);

private:
    void finish(Alert &alert, const AlertRound &round) const;
    std::shared_ptr<const QueryData> combined() const;

    AlertClassifier m_classifier;
    AlertWatcher m_watcher;
    QHash<ClusterId, std::shared_ptr<AlertMerger>> m_mergers;
    std::map<QString, std::vector<Alert>> m_lists; ///< by cluster id, so that the order is stable
    std::shared_ptr<const QueryData> m_combined;
};

} // namespace bw
