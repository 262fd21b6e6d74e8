// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/curltransport.h>

#include <http/curlloop.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <variant>

namespace bw {

namespace {

struct StartCommand
{
    TransferId id;
    HttpRequest request;
    HttpTransport::Done done;
};
struct CancelCommand
{
    TransferId id;
};
struct DropCommand
{
};
using Command = std::variant<StartCommand, CancelCommand, DropCommand, std::vector<Endpoint>>;

template<typename... Handlers> struct Overloaded : Handlers...
{
    using Handlers::operator()...;
};
template<typename... Handlers> Overloaded(Handlers...) -> Overloaded<Handlers...>;

} // namespace

/// What callers and the I/O thread share.
struct CurlTransport::Mailbox
{
    std::mutex mutex;
    std::condition_variable_any firstRequest;
    std::vector<Command> commands; // guarded by mutex, like the next two
    CURLM *multi = nullptr; // null until the first request and after the end
    bool wanted = false; // somebody has asked for something
    std::thread::id ioThread; // set before multi is
    std::atomic<TransferId> lastId{0};
    std::atomic<quint64> started{0}, finished{0}, bytes{0}, connections{0};

    void post(Command command)
    {
        const std::lock_guard lock(mutex);
        const bool first = commands.empty();
        wanted = wanted || std::holds_alternative<StartCommand>(command);
        commands.push_back(std::move(command));
        // Later commands find the thread on its way, and its own find it awake: it looks before it sleeps.
        if (multi && first && std::this_thread::get_id() != ioThread)
            curl_multi_wakeup(multi);
        else if (wanted)
            firstRequest.notify_one();
    }
    void publish(CURLM *fresh)
    {
        const std::lock_guard lock(mutex);
        multi = fresh;
    }
    void wake()
    {
        const std::lock_guard lock(mutex);
        if (multi)
            curl_multi_wakeup(multi);
    }
    std::vector<Command> take()
    {
        const std::lock_guard lock(mutex);
        return std::exchange(commands, {});
    }
    bool isEmpty()
    {
        const std::lock_guard lock(mutex);
        return commands.empty();
    }
};

namespace {

void execute(CurlLoop &loop, std::vector<Command> commands)
{
    const Overloaded handlers{
        [&](StartCommand &start) { loop.start(start.id, std::move(start.request), std::move(start.done)); },
        [&](CancelCommand &cancel) { loop.cancel(cancel.id); },
        [&](DropCommand &) { loop.dropConnections(); },
        [&](std::vector<Endpoint> &endpoints) { loop.setEndpoints(std::move(endpoints)); }};
    for (Command &command : commands)
        std::visit(handlers, command);
}

} // namespace

CurlTransport::CurlTransport(const TransportLimits &limits)
    : m_mailbox(std::make_unique<Mailbox>())
    , m_thread([this, limits](const std::stop_token &stop) { run(stop, limits); })
{
}

CurlTransport::~CurlTransport()
{
    m_thread.request_stop();
    m_mailbox->wake();
    m_thread.join();
}

void CurlTransport::run(const std::stop_token &stop, const TransportLimits &limits)
{
    Mailbox &mailbox = *m_mailbox;
    {
        std::unique_lock lock(mailbox.mutex);
        mailbox.firstRequest.wait(lock, stop, [&] { return mailbox.wanted; });
        if (!mailbox.wanted)
            return;
        mailbox.ioThread = std::this_thread::get_id();
    }
    const auto count = [&](const CurlLoop::Finished &finished) {
        mailbox.finished += 1;
        mailbox.bytes += static_cast<quint64>(finished.bytes);
        mailbox.connections += static_cast<quint64>(finished.connections);
    };
    CurlLoop loop(limits, count, [&](CURLM *multi) { mailbox.publish(multi); });
    while (!stop.stop_requested()) {
        execute(loop, mailbox.take());
        loop.step();
        // A wake-up may have gone to a multi handle that dropConnections() has just replaced; commands and
        // the stop are therefore looked at again, after the new one was published.
        if (mailbox.isEmpty() && !stop.stop_requested())
            loop.wait();
    }
    execute(loop, mailbox.take()); // so that they, too, are answered: cancelled with the rest
}

void CurlTransport::setEndpoints(std::vector<Endpoint> endpoints) { m_mailbox->post(std::move(endpoints)); }

void CurlTransport::dropConnections() { m_mailbox->post(DropCommand{}); }

CurlTransport::Stats CurlTransport::stats() const
{
    return {.started = m_mailbox->started,
        .finished = m_mailbox->finished,
        .bytes = m_mailbox->bytes,
        .connections = m_mailbox->connections};
}

TransferId CurlTransport::start(HttpRequest request, Done done)
{
    const TransferId id = ++m_mailbox->lastId;
    ++m_mailbox->started;
    m_mailbox->post(StartCommand{id, std::move(request), std::move(done)});
    return id;
}

void CurlTransport::cancel(TransferId id) { m_mailbox->post(CancelCommand{id}); }

} // namespace bw
