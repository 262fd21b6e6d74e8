// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <http/curltransfer.h>

#include <QHash>

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace bw {

/// The multi handle and every transfer on it. Made, used and destroyed on the I/O thread.
class CurlLoop
{
public:
    /// What happened to one request, for the counters.
    struct Finished
    {
        qint64 bytes = 0;
        long connections = 0;
    };
    using Counter = std::function<void(const Finished &)>;
    /// Told about each new multi handle before the old one goes, so that wake-ups never reach a dead one.
    using Publish = std::function<void(CURLM *)>;

    CurlLoop(const TransportLimits &limits, Counter counter, Publish publish);
    ~CurlLoop(); ///< cancels what is left
    CurlLoop(const CurlLoop &) = delete;
    CurlLoop &operator=(const CurlLoop &) = delete;

    void setEndpoints(std::vector<Endpoint> endpoints);
    void start(TransferId id, HttpRequest request, HttpTransport::Done done);
    void cancel(TransferId id);
    void dropConnections();
    /// Moves data and delivers what has finished.
    void step();
    /// Sleeps until there is something to do; a wake-up on the multi handle ends it.
    void wait();

private:
    struct Cleanup
    {
        void operator()(CURLM *multi) const { curl_multi_cleanup(multi); }
    };
    using Multi = std::unique_ptr<CURLM, Cleanup>;
    using Transfer = std::unique_ptr<CurlTransfer>;

    Multi newMulti() const;
    Transfer idleTransfer(const PreparedEndpoint *wanted);
    void add(Transfer transfer);
    void finish(Transfer transfer, Result<HttpResponse> result);
    void failAll(Error::Kind kind, const QString &message);

    const TransportLimits m_limits;
    const Counter m_counter;
    const Publish m_publish;
    QHash<QString, std::shared_ptr<const PreparedEndpoint>> m_endpoints;
    std::vector<Transfer> m_idle;
    std::unordered_map<TransferId, Transfer> m_active;
    const bool m_globalReady;
    Multi m_multi;
};

} // namespace bw
