// SPDX-License-Identifier: GPL-3.0-or-later
// What callers see: sources, questions, tickets, delivery. How questions are carried out is in
// queryschedulerrun.cpp.
#include <datasources/queryflight.h>

#include <QRandomGenerator>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr int kQueue = 64; ///< waiting, for each source
} // namespace

QueryScheduler::QueryScheduler(
    HttpTransport &transport, const Clock &clock, QThreadPool &decodePool, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_clock(clock)
    , m_link(std::make_shared<Link>())
    , m_seed(QRandomGenerator::global()->generate())
{
    m_link->scheduler = this;
    m_link->pool = &decodePool;
    m_link->clock = &clock;
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &QueryScheduler::process);
}

QueryScheduler::~QueryScheduler()
{
    {
        const std::scoped_lock lock(m_link->mutex);
        m_link->scheduler = nullptr;
        m_link->pool = nullptr;
        m_link->clock = nullptr;
    }
    for (auto &[id, flight] : m_flights)
        abandon(*flight);
}

void QueryScheduler::setSources(std::vector<Source> sources)
{
    const auto stays = [&sources](const Lane &lane) {
        return std::any_of(sources.begin(), sources.end(), [&lane](const Source &source) {
            return source.id == lane.source.id && source.datasource == lane.source.datasource;
        });
    };
    std::vector<Flight *> orphans;
    for (auto &[id, flight] : m_flights) {
        if (!stays(*laneOf(flight->spec.source)))
            orphans.push_back(flight.get());
    }
    for (Flight *flight : orphans) {
        abandon(*flight);
        finish(*flight,
            fail(Error::Kind::Cancelled, u"%1 was removed or changed"_s.arg(flight->spec.source.id)));
    }
    std::vector<std::unique_ptr<Lane>> lanes;
    for (Source &source : sources) {
        const auto old = std::find_if(m_lanes.begin(), m_lanes.end(), [&](const std::unique_ptr<Lane> &lane) {
            return lane && lane->source.id == source.id && lane->source.datasource == source.datasource;
        });
        if (old == m_lanes.end()) {
            lanes.push_back(std::make_unique<Lane>(std::move(source), m_seed++));
        } else {
            (*old)->source = std::move(source);
            lanes.push_back(std::move(*old));
        }
    }
    m_lanes = std::move(lanes);
    m_cache.clear();
    schedule();
}

QueryTicket QueryScheduler::submit(
    QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done)
{
    const quint64 id = ++m_lastId;
    std::vector<std::shared_ptr<Subscriber>> alone;
    Lane *lane = laneOf(spec.source);
    if (!lane) {
        QueryTicket ticket = subscribe(id, alone, receiver, std::move(done));
        deliverLater(std::move(alone),
            fail(Error::Kind::NotFound, u"there is no datasource called \"%1\""_s.arg(spec.source.id)));
        return ticket;
    }
    const QByteArray key = keyOf(spec);
    const Nanoseconds age = cacheAge(spec, lane->source.interval, options.maxAge);
    if (const QueryResult *known = age > 0ns ? m_cache.find(key, m_clock.bootNow(), age) : nullptr) {
        QueryTicket ticket = subscribe(id, alone, receiver, std::move(done));
        deliverLater(std::move(alone), *known);
        return ticket;
    }
    Flight *flight = flightFor(key);
    if (!flight) {
        enqueue(*lane, std::move(spec), key, options, id);
        flight = m_flights.at(id).get();
    }
    flight->priority = std::min(flight->priority, options.priority);
    flight->askedBy = std::max(flight->askedBy, options.askedBy);
    QueryTicket ticket = subscribe(flight->id, flight->subscribers, receiver, std::move(done));
    schedule();
    return ticket;
}

QueryScheduler::Lane *QueryScheduler::laneOf(const DatasourceId &source) const
{
    const auto at = std::find_if(m_lanes.begin(), m_lanes.end(),
        [&](const std::unique_ptr<Lane> &lane) { return lane->source.id == source; });
    return at == m_lanes.end() ? nullptr : at->get();
}

QueryScheduler::Flight *QueryScheduler::flightFor(const QByteArray &key) const
{
    for (const auto &[id, flight] : m_flights) {
        if (flight->key == key)
            return flight.get();
    }
    return nullptr;
}

QueryTicket QueryScheduler::subscribe(
    quint64 flight, std::vector<std::shared_ptr<Subscriber>> &to, const QObject *receiver, Callback done)
{
    auto subscriber = std::make_shared<Subscriber>();
    subscriber->receiver = receiver;
    subscriber->hasReceiver = receiver != nullptr;
    subscriber->done = std::move(done);
    to.push_back(subscriber);
    // Tickets live on this thread, as the scheduler does; the link tells whether it still does.
    return QueryTicket([link = m_link, flight, subscriber] {
        subscriber->cancelled = true;
        if (link->scheduler)
            link->scheduler->unsubscribe(flight, subscriber);
    });
}

void QueryScheduler::unsubscribe(quint64 flight, const std::shared_ptr<Subscriber> &subscriber)
{
    const auto at = m_flights.find(flight);
    if (at == m_flights.end())
        return;
    std::erase(at->second->subscribers, subscriber);
    if (!at->second->subscribers.empty())
        return;
    abandon(*at->second);
    m_flights.erase(at);
    schedule();
}

void QueryScheduler::deliverLater(std::vector<std::shared_ptr<Subscriber>> to, Result<QueryResult> result)
{
    const auto deliver = [self = QPointer<QueryScheduler>(this), to = std::move(to),
                             result = std::move(result)] {
        for (const auto &subscriber : to) {
            if (!self)
                return; // a callback ended the program
            if (!subscriber->isWanted())
                continue;
            subscriber->cancelled = true; // once
            const Callback done = std::move(subscriber->done);
            done(result);
        }
    };
    QMetaObject::invokeMethod(this, deliver, Qt::QueuedConnection);
}

void QueryScheduler::enqueue(
    Lane &lane, QuerySpec spec, QByteArray key, const QueryOptions &options, quint64 id)
{
    makeRoom(lane);
    auto flight = std::make_unique<Flight>();
    flight->id = id;
    flight->key = std::move(key);
    flight->spec = std::move(spec);
    flight->priority = options.priority;
    flight->askedBy = options.askedBy;
    flight->queuedAt = m_clock.bootNow();
    m_flights.emplace(id, std::move(flight));
}

/// A full queue lets go of the oldest among the least important: the newest question is the one whose
/// answer somebody looks at.
void QueryScheduler::makeRoom(const Lane &lane)
{
    Flight *victim = nullptr;
    int waiting = 0;
    for (const auto &[id, flight] : m_flights) {
        if (flight->spec.source != lane.source.id || flight->state != Flight::State::Queued)
            continue;
        ++waiting;
        if (!victim || flight->priority > victim->priority)
            victim = flight.get();
    }
    if (waiting >= kQueue)
        finish(*victim,
            fail(Error::Kind::Overload,
                u"%1: more than %2 questions are waiting; this one was dropped"_s.arg(lane.source.id.id)
                    .arg(kQueue)));
}

void QueryScheduler::retryNow(const DatasourceId &source)
{
    const QString members = source.id + u'/';
    for (const auto &lane : m_lanes) {
        if (lane->source.id == source || lane->source.id.id.startsWith(members))
            lane->gate.reset();
    }
    schedule();
}

SourceHealth QueryScheduler::health(const DatasourceId &source) const
{
    const Lane *lane = laneOf(source);
    if (!lane)
        return {};
    const BootTime now = m_clock.bootNow();
    SourceHealth health = lane->health;
    health.state = lane->gate.stateName(now);
    health.retryAt = lane->gate.retryAt(now);
    health.lastError = lane->gate.lastError();
    health.inFlight = lane->inFlight;
    for (const auto &[id, flight] : m_flights)
        health.queued += flight->spec.source == source && flight->state != Flight::State::Running;
    return health;
}

} // namespace bw
