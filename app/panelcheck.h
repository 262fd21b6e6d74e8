// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/query/owndata.h>
#include <domain/query/ports.h>
#include <domain/query/sourceboard.h>

#include <QObject>

#include <deque>

namespace bw {

/// What one panel has to show on the sources as they are.
struct PanelVerdict
{
    enum class State : quint8 { Works, Fallback, Partly, Missing, Failed, NotAsked };
    QString dashboard, panel, title;
    State state = State::NotAsked;
    QString text; ///< which fallback, which queries are empty, what would enable it, what failed
    int fallback = 0; ///< the highest that answers; 0: every first choice does
    QStringList missing; ///< queries that nothing answers
    QStringList reasons; ///< what is known of why: no such metric in the profile, no source of that kind
    QString howToEnable; ///< the panel's own line; empty while it has everything
    qint64 tookMs = 0; ///< of all questions together
    qsizetype series = 0; ///< or items
    bool operator==(const PanelVerdict &) const = default;
};
QString stateName(
    PanelVerdict::State state); ///< "works", "fallback", "partly", "missing", "failed", "own data"

/// Asks every query of the given dashboards once, at one moment, fallbacks in order, a few at a time and
/// behind everything else, with every variable at "all"; own data as it is at the start. UI thread.
class PanelCheck final : public QObject
{
    Q_OBJECT
public:
    /// Everything outlives it.
    PanelCheck(QueryExecutor &executor, const Clock &clock, const SourceBoard &sources, const OwnData &own,
        QObject *parent = nullptr);
    ~PanelCheck() override;

    /// Begins; one under way is dropped.
    void start(const std::vector<Dashboard> &dashboards);
    /// Ends the check: what has not answered by now has failed.
    void giveUp();
    bool isBusy() const { return m_running > 0 || !m_jobs.empty(); }
    const std::vector<PanelVerdict> &verdicts() const { return m_verdicts; }

signals:
    void finished();

private:
    struct Job
    {
        size_t verdict = 0;
        QString query;
        std::vector<std::optional<QuerySpec>> choices; ///< first one and fallbacks; nullopt: cannot be asked
        size_t attempt = 0;
    };
    struct Tally
    {
        int asked = 0, worked = 0;
        QStringList failed;
        QStringList absent; ///< own data that nobody needs where other queries answer
        QStringList notes;
        QString howToEnable;
    };
    void add(const Dashboard &dashboard, const Panel &panel);
    void addOwn(Job job, const PanelQuery &query, const Dashboard &dashboard);
    void addMetrics(Job &job, const QStringList &expressions, const Dashboard &dashboard);
    void addTraces(Job &job, const PanelQuery &query);
    void next();
    void ask(Job job);
    void settle(const Job &job, const Result<QueryResult> &answer);
    void conclude();

    QueryExecutor &m_executor;
    const Clock &m_clock;
    const SourceBoard &m_sources;
    const OwnData &m_own;
    std::deque<Job> m_jobs;
    std::vector<QueryTicket> m_tickets;
    std::vector<PanelVerdict> m_verdicts;
    std::vector<Tally> m_tallies;
    int m_running = 0, m_run = 0;
};

} // namespace bw
