// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/queryscheduler.h>
#include <datasources/resilience.h>

#include <QPointer>

#include <mutex>

/// The parts of QueryScheduler that its two files share; nobody else includes this.
namespace bw {

/// What other threads hold of the scheduler: they may outlive it, but never reach it afterwards.
struct QueryScheduler::Link
{
    std::mutex mutex;
    QueryScheduler *scheduler = nullptr;
    QThreadPool *pool = nullptr;
    const Clock *clock = nullptr;
};

struct QueryScheduler::Subscriber
{
    QPointer<const QObject> receiver;
    bool hasReceiver = false;
    bool cancelled = false;
    Callback done;
    bool isWanted() const { return !cancelled && (!hasReceiver || receiver); }
};

struct QueryScheduler::Flight
{
    enum class State : quint8 { Queued, Running, Resting };
    quint64 id = 0; ///< also the generation: an answer to an older flight finds none
    QByteArray key;
    QuerySpec spec;
    Priority priority = Priority::Visible;
    AskedBy askedBy = AskedBy::Poll;
    std::vector<std::shared_ptr<Subscriber>> subscribers;
    State state = State::Queued;
    BootTime queuedAt, startedAt;
    BootTime repeatAt; ///< Resting
    int attempt = 0; ///< tries so far
    int round = 0; ///< requests so far: a try may take two
    int roundsOfTry = 0;
    Milliseconds deadline{0};
    std::stop_source stop;
    TransferId transfer = 0;
};

struct QueryScheduler::Lane
{
    Lane(Source from, quint32 seed)
        : source(std::move(from))
        , gate(source.rate, source.interval, seed)
    {
    }
    Source source;
    SourceGate gate;
    int inFlight = 0;
    std::optional<BootTime> movedAt; ///< last answer
    SourceHealth health;
};

/// What came back from one request, decoded.
struct QueryScheduler::Arrival
{
    Result<Datasource::Decoded> decoded;
    bool answered = false; ///< an HTTP answer, good or bad
    Milliseconds took{0}, skew{0};
    qint64 bytes = 0;
    Timestamp at{};
    BootTime bootAt;
};

} // namespace bw
