// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <http/endpoint.h>
#include <http/httptransport.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace bw {

/// The limits that do not come with the request. The defaults are what the program runs with; tests shorten
/// them.
struct TransportLimits
{
    qint64 stallBytesPerSecond = 1024; ///< slower than this …
    std::chrono::seconds stallTime{10}; ///< … for this long, once the body has begun: given up
    qint64 headerBytes = 256 << 10; ///< all header lines of one answer
    int ratio = 100; ///< decoded : received bytes …
    qint64 ratioAfter = 1 << 20; ///< … beyond this many decoded bytes
    int redirects = 3;
    std::chrono::seconds idleConnection{60}; ///< an idle connection older than this is not used again
    std::chrono::seconds connectionLifetime{3600}; ///< so that an expired certificate is noticed
};

/// The network: one thread with libcurl's multi handle and every transfer. Callers leave commands and wake
/// it; `Done` runs on it. Knows endpoints and bytes, nothing of JSON, retries or who asks. libcurl is set up
/// by that thread when the first request comes, so constructing one costs a thread and nothing else.
class CurlTransport final : public HttpTransport
{
public:
    struct Stats
    {
        quint64 started = 0, finished = 0; ///< requests; finished counts errors and cancelled ones too
        quint64 bytes = 0; ///< body bytes received, before inflating
        quint64 connections = 0; ///< opened
    };

    explicit CurlTransport(const TransportLimits &limits = {});
    /// Every request still out gets Kind::Cancelled, on the I/O thread; then joins. Does not wait for name
    /// servers or peers.
    ~CurlTransport() override;

    /// Replaces the table, for requests started after this. A request for an endpoint that is not in it, or
    /// whose description is faulty, fails with what is wrong. Any thread.
    void setEndpoints(std::vector<Endpoint> endpoints);
    /// After sleep or a change of network: closes every connection and forgets looked-up names. Requests in
    /// flight fail with Kind::Network, since their connections may be dead without knowing. Any thread.
    void dropConnections();
    Stats stats() const; ///< any thread

    TransferId start(HttpRequest request, Done done) override;
    void cancel(TransferId id) override;

private:
    struct Mailbox;
    void run(const std::stop_token &stop, const TransportLimits &limits);

    std::unique_ptr<Mailbox> m_mailbox;
    std::jthread m_thread; // last: starts when all else is there
};

} // namespace bw
