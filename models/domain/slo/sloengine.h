// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>
#include <domain/slo/sloanswers.h>
#include <domain/slo/sloport.h>

#include <deque>
#include <memory>

namespace bw {

/// Keeps every objective's figures current: asks for hour buckets (newest first, seven days a request, then
/// only the last two), for the running hour and the short windows once a minute, and evaluates them onto the
/// board. At most one request at a time per source, so that it never stands in the way of a panel. UI thread;
/// owned by the session; needs no recording rules.
class SloEngine final : public QObject
{
    Q_OBJECT
public:
    /// `history` may be null: then nothing outlives the program.
    SloEngine(QueryExecutor &executor, const Clock &clock, SloBoard &board, SloHistory *history,
        QObject *parent = nullptr);
    ~SloEngine() override;

    /// Whose requests are asked how: as the user's (tried again) or as polls.
    void setAskedBy(AskedBy askedBy) { m_askedBy = askedBy; }
    /// Hours further back than the objectives' periods, for reports. Before setSlos().
    void setHorizon(std::optional<Timestamp> from) { m_horizon = from; }
    /// Replaces the list; objectives that ask the same keep what is known. `sources` are those that may be
    /// asked now; an objective whose datasource is not among them waits. Asks at once.
    void setSlos(const std::vector<Slo> &slos, const std::vector<DatasourceId> &sources,
        const DatasourceId &defaultSource);
    /// Asks for whatever is due now.
    void refresh();
    /// Called by the owner's timer: asks for what is due, and lets ages and forecasts move on.
    static constexpr std::chrono::seconds kBeat{60};
    void beat();
    /// Everything that can be asked has been asked, and answered or refused.
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
        HourBuckets buckets;
        std::optional<HourBucket> open; ///< the running hour
        ShortWindows windows;
    };
    struct Track
    {
        Slo slo;
        DatasourceId source;
        QByteArray hash;
        std::map<QString, Group> groups; ///< by groupKey()
        std::map<QString, HourBuckets> older; ///< of a former form of the query, until this one is complete
        std::map<qint64, Timestamp> asked; ///< hour → when it was answered last
        std::map<qint64, Timestamp> partial; ///< the same for hours that were not complete
        RecordedAnswer recorded;
        QString problem;
        std::optional<BootTime> problemAt;
        std::optional<Timestamp> windowsAt;
        bool isLoaded = false;
        /// Hours that are known not to be needed any more, but for the last one of them.
        mutable qint64 cleanFirst = 0, cleanLast = -1;
    };
    struct Job
    {
        enum class Kind : quint8 { Window, OpenHour, Recorded, Fill } kind = Kind::Window;
        Nanoseconds window{0};
        qint64 first = 0, last = 0; ///< Fill: hours
        Slo::Dialect dialect = Slo::Dialect::None;
        QStringList slos; ///< ids
        bool isAlone = false; ///< asked again by itself: whatever fails now is the culprit
    };
    struct Source
    {
        std::deque<Job> jobs;
        QueryTicket ticket;
        bool isBusy = false;
        bool isBlocked = false; ///< the last request failed: wait for the next beat
        std::optional<BootTime> windowsAskedAt;
        Freshness freshness;
    };

    void load(const QStringList &ids);
    void loaded(const QStringList &ids, const std::vector<KeptBuckets> &kept);
    void pump(const DatasourceId &id);
    void planWindows(const DatasourceId &id, Source &source);
    std::optional<Job> nextFill(const DatasourceId &id) const;
    bool needs(const Track &track, qint64 hour, Timestamp now) const;
    std::optional<qint64> newestNeed(const Track &track, Timestamp now) const;
    qint64 firstHour(const Track &track, Timestamp now) const;
    qint64 lastHour(Timestamp now) const;
    bool canAsk(const Track &track) const;
    void ask(const DatasourceId &id, Source &source, const Job &job);
    void answered(const DatasourceId &id, const Job &job, Timestamp asOf, const Result<QueryResult> &answer);
    void failed(Source &source, const Job &job, const Error &error);
    void takeFill(const Job &job, const std::vector<UnionAnswer> &answers, bool isPartial, Timestamp now);
    void takeInstant(const Job &job, const std::vector<UnionAnswer> &answers, Timestamp asOf);
    void takeRecorded(const Job &job, const SeriesSet &series, Timestamp now);
    std::vector<const Slo *> slosOf(const Job &job) const;
    void settle(Track &track, Timestamp now);
    void publishSoon();
    void publish();
    void addStatuses(const Track &track, Timestamp now, std::vector<SloStatus> &statuses) const;
    static QString retentionOf(const Slo &slo, const HourBuckets &buckets, Timestamp now);
    Track *find(const QString &id);

    QueryExecutor &m_executor;
    const Clock &m_clock;
    SloBoard &m_board;
    SloHistory *m_history;
    AskedBy m_askedBy = AskedBy::Poll;
    std::optional<Timestamp> m_horizon;
    std::vector<std::unique_ptr<Track>> m_tracks;
    std::map<QString, Source> m_sources; ///< by the datasource's id
    bool m_isPublishing = false;
    Timestamp m_fetchedAt{};
    Cost m_cost;
};

} // namespace bw
