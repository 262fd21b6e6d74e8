// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasourcetable.h>
#include <datasources/queryscheduler.h>
#include <domain/query/sourceboard.h>
#include <domain/slo/sloport.h>
#include <http/curltransport.h>
#include <widgets/panels/panelports.h>

#include <app/configfiles.h>
#include <app/ownboard.h>
#include <app/queryrouter.h>
#include <app/system/secrets.h>

#include <QHash>
#include <QSet>
#include <QThreadPool>
#include <QTimer>

#include <memory>

namespace bw {

class AlertPoller;
class ChangeWatch;
class DbThread;
class DeployWatch;
class LastGoodStore;
class SloBucketStore;
class SloEngine;
class SloTopic;
class SloWorkshop;
class SourceSurvey;
class TraceFanOut;

/// One working set of servers: clock, transport, decode pool, scheduler, and what is known of every source.
/// Views and commands get its ports and nothing else. UI thread. Destroying it ends everything in a written
/// order and waits for no server.
class Session : public QObject
{
    Q_OBJECT
public:
    struct Options
    {
        bool alerts = false; ///< poll the alert sources
        bool deploys = false; ///< watch for deploy events
        bool changes = false; ///< find out what changed, while somebody looks
        bool profiles = false; ///< find out which metric profile each source has, now and again while it is
                               ///< not asked otherwise
        QString cacheFile; ///< last good answers; empty: none are kept
        bool slos = false; ///< keep the objectives' figures
        QString historyFile; ///< hour buckets of objectives; empty: none outlive the program
        std::optional<Timestamp> sloHorizon{}; ///< buckets further back than the periods, for reports
        /// One command and its few dozen questions, not a program that asks all day: the default limit on
        /// requests a second does not apply. One that the user set does.
        bool oneShot = false;
        std::chrono::milliseconds deployDelay{0}; ///< before the first questions about deploys
    };
    explicit Session(const Options &options, QObject *parent = nullptr);
    ~Session() override;

    /// Sets up what the files say. Called again after a change it keeps every source that stayed the same,
    /// with its connections, its profile and its record.
    void applyFiles(const LoadedFiles &files);

    QueryExecutor &executor() { return *m_router; }
    OwnData &own() { return *m_own; }
    SourceBoard &board() { return m_board; }
    const SourceBoard &board() const { return m_board; }
    const Clock &clock() const { return m_clock; }
    AlertPoller *alerts() { return m_alerts.get(); } ///< null when the options say so
    SloEngine *sloEngine() { return m_slos.get(); } ///< null when the options say so
    SloBoard &slos() { return m_sloBoard; }
    ChangeWatch *changes() { return m_changes.get(); } ///< null when the options say so
    DashboardPorts ports();
    SourceSurvey &survey() { return *m_survey; } ///< only with the option `profiles`
    const std::vector<TableEntry> &entries() const { return m_entries; }
    const std::vector<MetricProfile> &profiles() const { return m_profiles; }

    /// Sources that could not be set up, and why.
    const QStringList &problems() const { return m_problems; }
    /// Why the last good answers are not kept, or are not those of the last run; empty: nothing is wrong.
    QString keptProblem() const;

    /// Asks one source, or every member of one, at once: whatever held it back is forgotten.
    void retry(const QString &source);
    void retryAll();
    /// After sleep or a change of network: nothing that was open is believed any more.
    void dropConnections();
    /// Credentials of every source are read, or known to be unreadable.
    bool isSettled() const { return m_pendingSecrets == 0; }
    /// Settled, and every source was examined or could not be.
    bool isSurveyed() const;
    /// Nothing that watchers of deploys and changes asked is still without an answer.
    bool areWatchersQuiet() const;

signals:
    void settled();

private:
    void replaceSources(std::vector<TableEntry> entries);
    void resolveSecrets(const TableEntry &entry);
    void opened(const TableEntry &entry, Endpoint endpoint);
    void blocked(const TableEntry &entry, const Error &why);
    void secretSettled(const DatasourceId &id);
    void describeSource(const TableEntry &entry);
    void onAnswered(
        const DatasourceId &id, bool ok, std::chrono::milliseconds took, std::chrono::milliseconds skew);
    void onFailed(const DatasourceId &id, const Error &error);
    void updateWatchers();
    void updateSlos();
    void publishCosts(const CostTable &costs);
    void remember();
    void keepOwn(const QString &topic);
    void examine(const TableEntry &entry);
    void examineDue();

    Options m_options;
    SystemClock m_clock;
    QThreadPool m_pool, m_files;
    SourceBoard m_board;
    SloBoard m_sloBoard;
    SecretResolver m_secrets;
    std::unique_ptr<CurlTransport> m_transport;
    std::unique_ptr<QueryScheduler> m_scheduler;
    std::unique_ptr<OwnBoard> m_own;
    std::unique_ptr<SloTopic> m_sloTopic;
    std::unique_ptr<TraceFanOut> m_fanOut;
    std::unique_ptr<QueryRouter> m_router;
    std::unique_ptr<DbThread> m_db;
    std::unique_ptr<LastGoodStore> m_cache;
    std::unique_ptr<SloBucketStore> m_buckets;
    std::unique_ptr<SloWorkshop> m_workshop;
    std::unique_ptr<SloEngine> m_slos;
    std::unique_ptr<AlertPoller> m_alerts;
    std::unique_ptr<DeployWatch> m_deploys;
    std::unique_ptr<ChangeWatch> m_changes;
    std::unique_ptr<SourceSurvey> m_survey;
    std::vector<TableEntry> m_entries;
    std::vector<MetricProfile> m_profiles;
    AliasTable m_aliases;
    std::vector<Slo> m_sloList;
    std::vector<Endpoint> m_endpoints; ///< those that may be used
    QSet<DatasourceId> m_settled; ///< credentials read, or known to be unreadable
    QStringList m_problems;
    QTimer m_profileTimer, m_sloBeat;
    QHash<QString, BootTime> m_examinedAt; ///< source → when it was last examined
    QHash<QString, BootTime> m_keptAt; ///< topic → when its state was last handed to the cache
    int m_pendingSecrets = 0;
    quint64 m_generation = 0; ///< of the configuration; late secrets of an older one are dropped
};

} // namespace bw
