// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasource.h>
#include <datasources/resultcache.h>
#include <domain/base/clock.h>
#include <domain/query/ports.h>

#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>

namespace bw {

/// How one source does, for strip and doctor.
struct SourceHealth
{
    QString state; ///< ok, backing off, breaker open, needs auth, tls; empty: no such source
    std::optional<BootTime> retryAt; ///< while it is not asked
    std::optional<Error> lastError; ///< of the last request, when that one failed
    std::chrono::milliseconds latency{0}, skew{0}; ///< of the last answer
    int inFlight = 0, queued = 0;
};

/// Asks servers on behalf of everybody: joins equal questions, keeps young answers, orders by priority,
/// limits what is under way, backs off, repeats where that helps, decodes on the pool and delivers on its own
/// thread. Lives on the UI thread, which owns it; transport, clock and pool must outlive it. The transport's
/// callbacks come on its thread and only hand over to the pool. Keeps no last good answer: callers do.
class QueryScheduler final : public QObject, public QueryExecutor
{
    Q_OBJECT
public:
    struct Source
    {
        DatasourceId id;
        std::shared_ptr<const Datasource> datasource;
        int inFlight = 2;
        double rate = 5; ///< requests a second, bursts of 20
        std::chrono::milliseconds timeout{30'000}; ///< no request gets longer
        std::chrono::milliseconds interval{15'000}; ///< between polls: scale of back-off and cache
    };

    QueryScheduler(
        HttpTransport &transport, const Clock &clock, QThreadPool &decodePool, QObject *parent = nullptr);
    /// Cancels everything; nothing calls back any more.
    ~QueryScheduler() override;

    /// Replaces the table. Questions to sources that are gone fail as cancelled; a source whose datasource
    /// object is another one starts with a clean record.
    void setSources(std::vector<Source> sources);

    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override;

    /// Forgets back-off, breaker and latches of one source, or of all its members: the user pressed Retry.
    void retryNow(const DatasourceId &source);
    SourceHealth health(const DatasourceId &source) const;
    /// Seeds the jitter of sources set after this, for tests.
    void setSeed(quint32 seed) { m_seed = seed; }

public slots:
    /// Does what is due by the clock. The scheduler's own timer calls it; tests with a fake clock do too.
    void process();

signals:
    /// `skew` is the server's clock minus ours; `took` without queueing.
    void answered(const bw::DatasourceId &source, bool ok, std::chrono::milliseconds took,
        std::chrono::milliseconds skew);
    void failed(const bw::DatasourceId &source, const bw::Error &error);

private:
    struct Link;
    struct Subscriber;
    struct Flight;
    struct Lane;
    struct Arrival;

    Lane *laneOf(const DatasourceId &source) const;
    Flight *flightFor(const QByteArray &key) const;
    QueryTicket subscribe(
        quint64 flight, std::vector<std::shared_ptr<Subscriber>> &to, const QObject *receiver, Callback done);
    void unsubscribe(quint64 flight, const std::shared_ptr<Subscriber> &subscriber);
    void deliverLater(std::vector<std::shared_ptr<Subscriber>> to, Result<QueryResult> result);
    void enqueue(Lane &lane, QuerySpec spec, QByteArray key, const QueryOptions &options, quint64 id);
    void makeRoom(const Lane &lane);

    void dropWaiting(BootTime now);
    void wakeRepeats(BootTime now);
    void dispatch(Lane &lane, BootTime now);
    Flight *nextQueued(const Lane &lane) const;
    bool hasSlot(const Lane &lane, Priority priority) const;
    void start(Lane &lane, Flight &flight, BootTime now);
    void send(const Lane &lane, Flight &flight, HttpRequest request);

    void arrive(quint64 id, int round, Arrival arrival);
    void succeed(Lane &lane, Flight &flight, Datasource::Answer answer, const Arrival &arrival);
    void missed(Lane &lane, Flight &flight, const Error &error, const Arrival &arrival);
    void finish(Flight &flight, Result<QueryResult> result);
    void abandon(Flight &flight);
    void schedule();
    void wakeAt(BootTime due);

    HttpTransport &m_transport;
    const Clock &m_clock;
    std::shared_ptr<Link> m_link;
    std::vector<std::unique_ptr<Lane>> m_lanes;
    std::map<quint64, std::unique_ptr<Flight>> m_flights; ///< by id, which is the order of arrival
    ResultCache m_cache;
    QTimer m_timer;
    std::optional<BootTime> m_wake;
    quint64 m_lastId = 0;
    quint32 m_seed;
    size_t m_firstLane = 0; ///< served first next time, so that no source starves another
    bool m_scheduled = false;
};

} // namespace bw
