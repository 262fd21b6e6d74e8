// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/changes.h>
#include <domain/query/ports.h>
#include <domain/query/sourceboard.h>

#include <app/ownboard.h>

#include <list>
#include <map>

namespace bw {

/// Keeps the topic "changes" of the board: what moved most within the last quarter of an hour against the
/// same time yesterday, deploys and new alerts on top. Asks one question a source at most once a minute, and
/// only while somebody looks. The same for any moment, on demand. UI thread.
class ChangeWatch : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(const QueryResult &)>;
    /// Everything given outlives it.
    ChangeWatch(QueryExecutor &executor, const Clock &clock, OwnBoard &board, const SourceBoard &sources,
        QObject *parent = nullptr);
    ~ChangeWatch() override;

    /// Metric sources to ask.
    void setSources(const std::vector<DatasourceId> &sources);
    /// Calls back once with OwnItems: five minutes before to ten after `at`, against the quarter before that.
    /// `service` not empty: of this one only. Any number may be asked for at once; one whose `receiver` is
    /// gone calls nobody.
    void askAround(Timestamp at, const QString &service, const QObject *receiver, Done done);
    /// A source has been asked for the topic and has not answered yet.
    bool isBusy() const { return m_live.waiting > 0; }

private:
    /// One comparison: what was asked, what came.
    struct Run
    {
        std::map<QString, QueryTicket> tickets; ///< by source
        int waiting = 0, asked = 0, answered = 0;
        ChangeTable table;
        std::optional<Error> error;
        Timestamp start{}; ///< what deploys and alerts are near to
        TimeRange window;
        std::optional<ChangeBaseline> baseline; ///< nullopt: the first that has figures
        QString service;
        /// When the last answer came: deploys and alerts that are told with it may be newer, its figures not.
        BootTime answeredAt;
        Timestamp answeredUtc{};
        std::function<void()> finished;
    };
    void onWanted(const QString &topic);
    void refreshLive();
    /// False when no source is known well enough to be asked.
    bool ask(Run &run, std::optional<Timestamp> at);
    QueryResult resultOf(const Run &run) const;
    std::vector<OwnItem> momentItems(const Run &run) const;
    void publishLive();
    void forget(const Run *around);

    QueryExecutor &m_executor;
    const Clock &m_clock;
    OwnBoard &m_board;
    const SourceBoard &m_sources;
    std::vector<DatasourceId> m_ids;
    Run m_live;
    std::list<Run> m_around; ///< asked and not finished
    std::optional<BootTime> m_askedAt;
    bool m_isPublished = false, m_isPublishing = false;
    std::optional<QueryResult> m_last; ///< last good one of the topic
};

} // namespace bw
