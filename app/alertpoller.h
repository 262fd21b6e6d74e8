// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/pollphase.h>
#include <domain/query/ports.h>

#include <app/alertround.h>
#include <app/ownboard.h>
#include <widgets/base/background.h>

#include <QTimer>

#include <deque>

namespace bw {

/// One list of alerts to poll: an Alertmanager cluster, or a metrics server that has none.
struct AlertCluster
{
    ClusterId id;
    std::vector<DatasourceId> members;
    DatasourceId rules; ///< who evaluates the rules; empty: unknown
    QMap<QString, QString> labels; ///< added to its alerts
    std::optional<Nanoseconds> fixed; ///< poll at this interval; nullopt: locked to the rule evaluation
    bool groups = false; ///< its /alerts/groups says more than /alerts: ask for it once a minute
    bool operator==(const AlertCluster &) const = default;
};

/// Keeps the topic "alerts" of the board: every member of every cluster is asked once a rule evaluation, just
/// after it, so that a list is milliseconds old and not half an interval. One instance a session, UI thread;
/// merging happens on the pool, one round at a time.
class AlertPoller : public QObject
{
    Q_OBJECT
public:
    AlertPoller(QueryExecutor &executor, const Clock &clock, OwnBoard &board, QThreadPool &pool,
        QObject *parent = nullptr);
    ~AlertPoller() override;

    /// Keeps the clusters that did not change; new ones are asked at once.
    void setClusters(std::vector<AlertCluster> clusters);
    void setClassifier(AlertClassifier classifier);
    /// What an earlier run knew last: shown as Unknown and stale until a server answers.
    void remember(const QueryResult &kept);
    /// Asks every cluster now, beside the plan.
    void refresh();
    /// Ends or begins rounds that are due. Called by the own timer; tests call it after ticking their clock.
    void tick();
    /// When something is due next; nullopt without clusters.
    std::optional<BootTime> nextDue() const;
    /// Every cluster had a round, good or bad.
    bool everyClusterHeard() const;
    /// Why the list is not complete, for the CLI and tests; empty when it is.
    QString note() const;

signals:
    void transitions(const std::vector<bw::AlertTransition> &changes);

private:
    struct Place
    {
        DatasourceId member;
        QueryTicket ticket;
        std::optional<Result<QueryResult>> answer;
    };
    struct Watched
    {
        AlertCluster config;
        std::optional<PollPlan> plan;
        Nanoseconds skew{0}; ///< clock of the rules' server minus ours
        BootTime due; ///< of the next round
        BootTime deadline; ///< of the running round
        bool asking = false;
        int untilRules = 0; ///< rounds to go until the rules are read again
        int rulesFailed = 0; ///< in a row
        BootTime groupsDue;
        size_t groupsMember = 0; ///< who is asked for groups; the next one after a failure
        int groupsFailed = 0; ///< in a row
        std::vector<Place> places;
        QueryTicket rules, time, groups;
        std::shared_ptr<const AlertRoutes> routes;
        Freshness freshness;
        QString note;
        bool heard = false; ///< a round was published
    };

    Nanoseconds intervalOf(const Watched &watched) const;
    void startRound(Watched &watched);
    void finishRound(Watched &watched);
    void schedule(Watched &watched);
    void readRules(Watched &watched);
    void readGroups(Watched &watched);
    void takeGroups(const ClusterId &id, const Result<QueryResult> &answer);
    void apply(AlertRound round);
    void workOff();
    void publish(const AlertRoundResult &result);
    void publishFreshness();
    void arm();
    Watched *find(const ClusterId &id);

    QueryExecutor &m_executor;
    const Clock &m_clock;
    OwnBoard &m_board;
    std::vector<std::unique_ptr<Watched>> m_watched;
    std::shared_ptr<AlertLedger> m_ledger;
    std::deque<std::function<void(AlertLedger &)>> m_pendingChanges; ///< applied before the next round
    std::deque<AlertRound> m_pending;
    bool m_working = false;
    std::shared_ptr<const QueryData> m_alerts;
    std::optional<QueryResult> m_remembered;
    Timestamp m_fetchedAt{};
    QTimer m_timer;
    Background m_background;
};

} // namespace bw
