// SPDX-License-Identifier: GPL-3.0-or-later
// How the scheduler carries questions out: order, limits, sending, decoding, repeating.
#include <datasources/answerclass.h>
#include <datasources/queryflight.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr int kAllSlots = 16; ///< under way at once, to every source together
constexpr auto kWait = 2s; ///< how long a question waits while its source answers nothing …
constexpr auto kLongestWait = 10s; ///< … and at all
constexpr auto kBackgroundConnect = 5s;
constexpr int kMostRounds = 7; ///< requests for one question: other versions, then who answers at all

bool isEmptyData(const QueryData &data)
{
    struct Visitor
    {
        bool operator()(const MetricData &d) const
        {
            return d.series.empty() && d.shape != MetricData::Shape::String && d.left == 0;
        }
        bool operator()(const ExemplarSet &d) const { return d.exemplars.empty(); }
        bool operator()(const LabelValues &d) const { return d.values.empty(); }
        bool operator()(const LabelSets &d) const { return d.sets.empty(); }
        bool operator()(const MetadataSet &d) const { return d.entries.empty(); }
        bool operator()(const RuleGroups &d) const { return d.groups.empty(); }
        bool operator()(const std::vector<Alert> &d) const { return d.empty(); }
        bool operator()(const std::vector<AlertGroup> &d) const { return d.empty(); }
        bool operator()(const std::vector<Silence> &d) const { return d.empty(); }
        bool operator()(const ServerStatus &) const { return false; }
        bool operator()(const OwnItems &d) const { return d.items.empty(); }
        bool operator()(const TraceSummaries &d) const { return d.traces.empty(); }
        bool operator()(const Trace &d) const { return d.isEmpty(); }
        bool operator()(const Dependencies &d) const { return d.edges.empty(); }
    };
    return std::visit(Visitor{}, data);
}

/// True when a failure says that the source does not work, not that one question was a bad one.
bool isSourceFault(const QuerySpec &spec, const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Invalid:
    case Error::Kind::Refused:
    case Error::Kind::Cancelled:
        return false;
    case Error::Kind::NotFound: // compatible servers lack some pages, but never these
        return std::holds_alternative<InstantQuery>(spec.body)
            || std::holds_alternative<RangeQuery>(spec.body)
            || std::holds_alternative<AlertsQuery>(spec.body);
    case Error::Kind::TooLarge:
        return std::holds_alternative<AlertsQuery>(spec.body);
    default:
        return true;
    }
}
} // namespace

void QueryScheduler::schedule()
{
    if (m_scheduled)
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(this, &QueryScheduler::process, Qt::QueuedConnection);
}

void QueryScheduler::wakeAt(BootTime due)
{
    if (!m_wake || due < *m_wake)
        m_wake = due;
}

void QueryScheduler::process()
{
    m_scheduled = false;
    const BootTime now = m_clock.bootNow();
    m_wake.reset();
    wakeRepeats(now);
    for (size_t i = 0; i < m_lanes.size(); ++i)
        dispatch(*m_lanes[(m_firstLane + i) % m_lanes.size()], now);
    m_firstLane = m_lanes.empty() ? 0 : (m_firstLane + 1) % m_lanes.size();
    dropWaiting(now);
    m_timer.stop();
    if (m_wake) {
        const auto left = std::chrono::ceil<Milliseconds>(std::max<Nanoseconds>(*m_wake - now, 1ms));
        m_timer.start(left);
    }
}

void QueryScheduler::wakeRepeats(BootTime now)
{
    for (auto &[id, flight] : m_flights) {
        if (flight->state != Flight::State::Resting)
            continue;
        if (flight->repeatAt > now) {
            wakeAt(flight->repeatAt);
        } else {
            flight->state = Flight::State::Queued;
            flight->queuedAt = now;
        }
    }
}

/// Waiting longer would only make an answer that is old when it comes. A queue that moves may take longer.
void QueryScheduler::dropWaiting(BootTime now)
{
    std::vector<Flight *> late;
    for (auto &[id, flight] : m_flights) {
        if (flight->state != Flight::State::Queued)
            continue;
        const Lane *lane = laneOf(flight->spec.source);
        const BootTime since = std::max(flight->queuedAt, lane->movedAt.value_or(flight->queuedAt));
        const BootTime due = std::min(since + kWait, flight->queuedAt + kLongestWait);
        if (due <= now)
            late.push_back(flight.get());
        else
            wakeAt(due);
    }
    for (Flight *flight : late) {
        finish(*flight,
            fail(Error::Kind::Overload,
                u"%1: waiting for a free slot took too long; the next refresh asks again"_s.arg(
                    flight->spec.source.id)));
    }
}

QueryScheduler::Flight *QueryScheduler::nextQueued(const Lane &lane) const
{
    Flight *best = nullptr;
    for (const auto &[id, flight] : m_flights) {
        if (flight->state == Flight::State::Queued && flight->spec.source == lane.source.id
            && (!best || flight->priority < best->priority))
            best = flight.get();
    }
    return best;
}

bool QueryScheduler::hasSlot(const Lane &lane, Priority priority) const
{
    int all = 0;
    for (const auto &other : m_lanes)
        all += other->inFlight;
    // The last slot is kept for alerts: slow dashboards must not blind us.
    const int allowed = priority == Priority::Alerts ? kAllSlots : kAllSlots - 1;
    return all < allowed && lane.inFlight < std::max(1, lane.source.inFlight);
}

void QueryScheduler::dispatch(Lane &lane, BootTime now)
{
    while (Flight *flight = nextQueued(lane)) {
        if (!hasSlot(lane, flight->priority))
            return; // whoever finishes wakes us
        Admission admission = lane.gate.admit(now, flight->priority, flight->askedBy);
        if (admission.verdict == Admission::Verdict::Wait) {
            wakeAt(admission.until);
            return;
        }
        if (admission.verdict == Admission::Verdict::Refuse)
            finish(*flight, tl::unexpected(std::move(admission.error)));
        else
            start(lane, *flight, now);
    }
}

void QueryScheduler::start(Lane &lane, Flight &flight, BootTime now)
{
    Result<HttpRequest> request = lane.source.datasource->request(flight.spec);
    if (!request) {
        finish(flight, tl::unexpected(std::move(request.error())));
        return;
    }
    if (lane.source.timeout > 0ms)
        request->deadline = std::min(request->deadline, lane.source.timeout);
    ++lane.inFlight;
    ++flight.attempt;
    flight.roundsOfTry = 0;
    flight.state = Flight::State::Running;
    flight.startedAt = now;
    flight.deadline = request->deadline;
    lane.gate.started(now, flight.priority);
    send(lane, flight, std::move(*request));
}

void QueryScheduler::send(const Lane &lane, Flight &flight, HttpRequest request)
{
    ++flight.roundsOfTry;
    if (flight.priority == Priority::Background)
        request.connectDeadline = kBackgroundConnect;
    struct Job
    {
        std::shared_ptr<Link> link;
        quint64 id;
        int round;
        int poolPriority;
        QuerySpec spec;
        std::shared_ptr<const Datasource> datasource;
        std::stop_token stop;
        Arrival arrival;

        void post()
        {
            const std::scoped_lock lock(link->mutex);
            if (!link->scheduler)
                return;
            QMetaObject::invokeMethod(
                link->scheduler,
                [scheduler = link->scheduler, number = id, round = round,
                    result = std::move(arrival)]() mutable {
                    scheduler->arrive(number, round, std::move(result));
                },
                Qt::QueuedConnection);
        }
    };
    auto job = std::make_shared<Job>(Job{m_link, flight.id, ++flight.round, -int(flight.priority),
        flight.spec, lane.source.datasource, flight.stop.get_token(), Arrival{}});
    flight.transfer = m_transport.start(std::move(request), [job](Result<HttpResponse> response) {
        // On the transport's thread: note the time, hand over, return.
        std::unique_lock lock(job->link->mutex);
        if (!job->link->scheduler)
            return;
        job->arrival.at = job->link->clock->utcNow();
        job->arrival.bootAt = job->link->clock->bootNow();
        if (!response) {
            lock.unlock();
            job->arrival.decoded = tl::unexpected(std::move(response.error()));
            job->post();
            return;
        }
        auto answer = std::make_shared<const HttpResponse>(std::move(*response));
        const auto decode = [job, answer] {
            Arrival &arrival = job->arrival;
            arrival.answered = true;
            arrival.took = answer->took;
            arrival.bytes = answer->body.size();
            // Date is cut to whole seconds: half of one is the best guess.
            if (const auto date = parseHttpDate(answer->header("Date")))
                arrival.skew = std::chrono::round<Milliseconds>(*date + 500ms - arrival.at);
            arrival.decoded = job->stop.stop_requested()
                ? Result<Datasource::Decoded>(fail(Error::Kind::Cancelled, u"no longer wanted"_s))
                : job->datasource->decode(job->spec, *answer, job->stop);
            job->post();
        };
        job->link->pool->start(decode, job->poolPriority);
    });
}

void QueryScheduler::arrive(quint64 id, int round, Arrival arrival)
{
    const auto at = m_flights.find(id);
    if (at == m_flights.end() || at->second->round != round || at->second->state != Flight::State::Running)
        return; // cancelled, or an answer to an older try
    Flight &flight = *at->second;
    Lane *lane = laneOf(flight.spec.source);
    if (!lane)
        return;
    if (arrival.answered)
        lane->movedAt = arrival.bootAt;
    if (!arrival.decoded) {
        missed(*lane, flight, arrival.decoded.error(), arrival);
    } else if (auto *answer = std::get_if<Datasource::Answer>(&*arrival.decoded)) {
        succeed(*lane, flight, std::move(*answer), arrival);
    } else if (flight.roundsOfTry < kMostRounds) {
        HttpRequest &next = std::get<HttpRequest>(*arrival.decoded);
        next.deadline = std::min(next.deadline, flight.deadline);
        send(*lane, flight, std::move(next));
    } else {
        missed(*lane, flight,
            Error{Error::Kind::Http,
                u"%1 answers none of the ways in which this can be asked"_s.arg(lane->source.id.id), {}, 0,
                0},
            arrival);
    }
    schedule();
}

void QueryScheduler::succeed(Lane &lane, Flight &flight, Datasource::Answer answer, const Arrival &arrival)
{
    --lane.inFlight;
    lane.gate.succeeded(arrival.bootAt, arrival.took * 5 > flight.deadline * 4);
    lane.health.latency = arrival.took;
    lane.health.skew = arrival.skew;

    QueryResult result;
    result.spec = flight.spec;
    result.fetchedAt = arrival.at;
    result.freshness = afterSuccess(arrival.bootAt, arrival.at, isEmptyData(answer.data));
    if (answer.partial) { // an empty part is not "none"
        result.freshness.state = Freshness::State::Partial;
        result.freshness.reason =
            answer.warnings.empty() ? u"partial answer"_s : render::line(answer.warnings.front(), 300);
    }
    result.freshness.skew = arrival.skew;
    result.data = std::make_shared<const QueryData>(std::move(answer.data));
    result.warnings = std::move(answer.warnings);
    result.took = arrival.took;
    result.skew = arrival.skew;
    result.bytes = arrival.bytes;
    m_cache.keep(flight.key, result, arrival.bootAt);
    const DatasourceId source = lane.source.id;
    finish(flight, std::move(result));
    emit answered(source, true, arrival.took, arrival.skew);
}

void QueryScheduler::missed(Lane &lane, Flight &flight, const Error &error, const Arrival &arrival)
{
    --lane.inFlight;
    const DatasourceId source = lane.source.id;
    const bool isFault = isSourceFault(flight.spec, error);
    if (error.kind == Error::Kind::Cancelled) {
        lane.gate.abandoned();
        finish(flight, tl::unexpected(error));
        return;
    }
    const auto wait = lane.gate.retryAfter(error, flight.attempt, flight.askedBy);
    lane.gate.failed(arrival.bootAt, flight.startedAt, flight.priority, error, wait.has_value());
    if (arrival.answered) {
        lane.health.latency = arrival.took;
        lane.health.skew = arrival.skew;
    }
    if (wait) {
        flight.state = Flight::State::Resting;
        flight.repeatAt = arrival.bootAt + *wait;
    } else {
        finish(flight, tl::unexpected(error));
    }
    if (arrival.answered)
        emit answered(source, !isFault, arrival.took, arrival.skew);
    if (isFault)
        emit failed(source, error);
}

/// Takes the flight from the table and hands the result to its subscribers, later. `flight` is gone then.
void QueryScheduler::finish(Flight &flight, Result<QueryResult> result)
{
    const auto at = m_flights.find(flight.id);
    const std::unique_ptr<Flight> owned = std::move(at->second);
    m_flights.erase(at);
    deliverLater(std::move(owned->subscribers), std::move(result));
}

/// Stops whatever goes on for a flight nobody waits for.
void QueryScheduler::abandon(Flight &flight)
{
    flight.stop.request_stop();
    if (flight.state != Flight::State::Running)
        return;
    m_transport.cancel(flight.transfer);
    flight.state = Flight::State::Resting;
    if (Lane *lane = laneOf(flight.spec.source)) {
        --lane->inFlight;
        lane->gate.abandoned();
    }
}

} // namespace bw
