// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
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
    qint64 tookMs = 0; ///< of all questions together
    qsizetype series = 0;
    bool operator==(const PanelVerdict &) const = default;
};
QString stateName(
    PanelVerdict::State state); ///< "works", "fallback", "partly", "missing", "failed", "own data"

/// Asks every query of the given dashboards once, at one moment, fallbacks in order, a few at a time and
/// behind everything else, with every variable at "all". UI thread.
class PanelCheck final : public QObject
{
    Q_OBJECT
public:
    /// Everything outlives it.
    PanelCheck(
        QueryExecutor &executor, const Clock &clock, const SourceBoard &sources, QObject *parent = nullptr);
    ~PanelCheck() override;

    /// Begins; one under way is dropped.
    void start(const std::vector<Dashboard> &dashboards);
    bool isBusy() const { return m_running > 0 || !m_jobs.empty(); }
    const std::vector<PanelVerdict> &verdicts() const { return m_verdicts; }

signals:
    void finished();

private:
    struct Job
    {
        size_t verdict = 0;
        QString query;
        QStringList expressions;
        int attempt = 0;
    };
    struct Tally
    {
        int asked = 0, worked = 0, fallback = 0;
        QStringList empty, failed, lacking;
        QString howToEnable;
    };
    void next();
    void ask(Job job);
    void settle(const Job &job, const Result<QueryResult> &answer);
    void conclude();

    QueryExecutor &m_executor;
    const Clock &m_clock;
    const SourceBoard &m_sources;
    std::deque<Job> m_jobs;
    std::vector<QueryTicket> m_tickets;
    std::vector<PanelVerdict> m_verdicts;
    std::vector<Tally> m_tallies;
    int m_running = 0, m_run = 0;
};

} // namespace bw
