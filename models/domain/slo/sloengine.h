// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>
#include <domain/slo/hourledger.h>
#include <domain/slo/sloport.h>
#include <domain/slo/slosnapshot.h>

#include <deque>
#include <memory>

namespace bw {

/// A metric source that may be asked. Hours belong to the server behind it: another address is another
/// server.
struct SloSource
{
    DatasourceId id;
    QString address;
};

/// Keeps every objective's figures current: asks for hour buckets (newest first, seven days a request, then
/// only the last two), for the running hour and the short windows once a minute, and puts what a worker makes
/// of them onto the board. At most one request at a time per source, so that it never stands in the way of a
/// panel; a batch that is too heavy is cut until the culprit is alone. UI thread; owned by the session; needs
/// no recording rules.
class SloEngine final : public QObject
{
    Q_OBJECT
public:
    /// `history` may be null: then nothing outlives the program. Without a `worker` everything happens here.
    SloEngine(QueryExecutor &executor, const Clock &clock, SloBoard &board, SloHistory *history,
        SloWorker *worker = nullptr, QObject *parent = nullptr);
    ~SloEngine() override;

    /// Whose requests are asked how: as the user's (tried again) or as polls.
    void setAskedBy(AskedBy askedBy) { m_askedBy = askedBy; }
    /// Hours further back than the objectives' periods, for reports. Before setSlos().
    void setHorizon(std::optional<Timestamp> from) { m_horizon = from; }
    /// Replaces the list; objectives that ask the same server the same keep what is known. An objective whose
    /// datasource is not among `sources` waits. Asks at once.
    void setSlos(const std::vector<Slo> &slos, const std::vector<SloSource> &sources,
        const DatasourceId &defaultSource);
    /// Asks for whatever is due now.
    void refresh();
    /// Called by the owner's timer: asks for what is due, and lets ages and forecasts move on.
    static constexpr std::chrono::seconds kBeat{60};
    void beat();
    /// Everything that can be asked has been asked, and answered or refused, and is on the board.
    bool isSettled() const;
    /// The buckets behind a status on the board; empty when there are none.
    HourBuckets bucketsOf(const QString &key) const;
    /// Requests sent and samples received since the start, for the bench and the inspector.
    struct Cost
    {
        int requests = 0;
        qint64 samples = 0;
    };
    const Cost &cost() const { return m_cost; }

private:
    struct Group
    {
        SharedBuckets buckets;
        std::optional<HourBucket> open; ///< the running hour
        ShortWindows windows;
    };
    struct Track
    {
        SharedSlo slo;
        DatasourceId source;
        QByteArray hash; ///< of what is asked of whom
        std::map<QString, Group> groups; ///< by groupKey()
        std::map<QString, SharedBuckets> older; ///< of a former form of the query, until this one is complete
        HourLedger ledger;
        RecordedAnswer recorded;
        QString problem;
        std::optional<BootTime> problemAt; ///< refused then; not asked for a while
        std::optional<Timestamp> windowsAt;
        BackendReach reach = BackendReach::Unknown;
        std::optional<BootTime> reachAt; ///< when that was asked for
        qint64 hoursARequest = 0; ///< of its fills; less once they were too heavy
        bool isHeavy = false; ///< was too slow or too large even alone: asked alone from then on
        bool isLoaded = false;
    };
    /// An objective as it was when it was asked for.
    struct Part
    {
        SharedSlo slo;
        QByteArray hash;
        bool isHeavy = false;
    };
    struct Job
    {
        enum class Kind : quint8 { Window, OpenHour, Recorded, Fill, Reach } kind = Kind::Window;
        Nanoseconds window{0};
        HourSpan hours{}; ///< Fill
        Slo::Dialect dialect = Slo::Dialect::None;
        std::vector<Part> parts;
        bool isAlone = false; ///< asked again by itself: whatever is refused now is the culprit
        bool isHalf = false; ///< of one that was too heavy
        bool asksSame(const Job &other) const;
        std::vector<SharedSlo> slos() const;
    };
    struct Source
    {
        std::deque<Job> jobs;
        QueryTicket ticket;
        bool isBusy = false; ///< until the answer is on its way to the board
        bool isBlocked = false; ///< the last request failed: wait for the next beat
        std::optional<BootTime> windowsAskedAt;
        int sinceFill = 0; ///< other requests since the last fill
        qsizetype batch = kSloBatch; ///< objectives a request; less once that was too heavy
        int heavyInARow = 0; ///< requests that took too long or brought too much
        bool wasHeavy = false; ///< since the last beat
        Freshness freshness;
    };
    /// What a worker made of an answer.
    struct Taken
    {
        std::vector<SloShare> shares;
        std::map<QString, RecordedAnswer> recorded;
        BackendReach reach = BackendReach::Unknown;
        qint64 samples = 0;
        bool isPartial = false;
        Timestamp asOf{};
    };

    // sloengine.cpp: what to ask when
    void load(const QStringList &ids);
    void loaded(const QStringList &ids, const std::vector<KeptBuckets> &kept);
    void adopt(Track &track, std::vector<const KeptBuckets *> kept) const;
    void prune();
    void pump(const DatasourceId &id);
    void planWindows(const DatasourceId &id, Source &source);
    static void enqueue(Source &source, Job job, const std::vector<Part> &parts);
    std::optional<Job> nextJob(const DatasourceId &id, Source &source);
    std::optional<Job> nextFill(const DatasourceId &id, qsizetype batch) const;
    std::optional<Job> nextReach(const DatasourceId &id) const;
    qint64 firstHour(const Track &track, Timestamp now) const;
    qint64 lastHour(Timestamp now) const;
    bool canAsk(const Track &track) const;
    static Part partOf(const Track &track) { return {track.slo, track.hash, track.isHeavy}; }
    void ask(const DatasourceId &id, Source &source, const Job &job);
    void settle(Track &track, Timestamp now);
    Track *find(const QString &id) const;

    // sloengineanswers.cpp: what comes back
    void answered(const DatasourceId &id, const Job &job, Timestamp asOf, const Result<QueryResult> &answer);
    void take(const DatasourceId &id, const Job &job, const Taken &taken);
    void failed(Source &source, const Job &job, const Error &error);
    void cut(Source &source, const Job &job, const QString &why, bool dependsOnHours);
    void askOneByOne(Source &source, const Job &job);
    void accuse(Source &source, const Part &part, const QString &why);
    void takeFill(const Job &job, const Taken &taken, Timestamp now);
    void takeInstant(const Job &job, const Taken &taken);
    void takeRecorded(const Job &job, const Taken &taken, Timestamp now);
    Track *asker(const Part &part) const;
    Track *heard(const Part &part, const SloShare &share);
    void elsewhere(SloWorker::Work work);

    // sloenginestatus.cpp: what is shown
    void publishSoon();
    void publish();
    SloSnapshot snapshot(Timestamp now) const;
    void addMembers(const Track &track, SloSnapshot &snapshot) const;
    void show(std::vector<SloStatus> statuses);

    QueryExecutor &m_executor;
    const Clock &m_clock;
    SloBoard &m_board;
    SloHistory *m_history;
    SloWorker *m_worker;
    AskedBy m_askedBy = AskedBy::Poll;
    std::optional<Timestamp> m_horizon;
    std::vector<std::unique_ptr<Track>> m_tracks;
    std::map<QString, Source> m_sources; ///< by the datasource's id
    bool m_isPublishing = false; ///< a look at what is known is due
    bool m_isJudging = false; ///< a worker looks at it
    quint64 m_generation = 0; ///< of the list; statuses of an older one are dropped
    std::optional<qint64> m_prunedAt; ///< hour
    Timestamp m_fetchedAt{};
    Cost m_cost;
    std::shared_ptr<char> m_alive = std::make_shared<char>(); ///< what workers bring home looks at it
};

} // namespace bw
