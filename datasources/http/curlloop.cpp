// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/curlloop.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr long kKeptConnections = 64; // more than ever are in flight, so none is closed for want of room
constexpr size_t kIdleTransfers = 64;
constexpr int kLongestSleepMs = 60'000;
} // namespace

CurlLoop::CurlLoop(const TransportLimits &limits, Counter counter, Publish publish)
    : m_limits(limits)
    , m_counter(std::move(counter))
    , m_publish(std::move(publish))
    , m_globalReady(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
    , m_multi(newMulti())
{
    m_publish(m_multi.get());
}

CurlLoop::~CurlLoop()
{
    failAll(Error::Kind::Cancelled, u"the program is closing its connections"_s);
    m_publish(nullptr);
    m_idle.clear();
    m_multi.reset();
    if (m_globalReady)
        curl_global_cleanup();
}

CurlLoop::Multi CurlLoop::newMulti() const
{
    Multi multi(m_globalReady ? curl_multi_init() : nullptr);
    if (multi)
        curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, kKeptConnections);
    return multi;
}

void CurlLoop::setEndpoints(std::vector<Endpoint> endpoints)
{
    m_endpoints.clear();
    m_idle.clear(); // their handles hold the secrets of the old table
    for (Endpoint &endpoint : endpoints) {
        const QString id = endpoint.id;
        m_endpoints.insert(id, prepared(std::move(endpoint)));
    }
}

/// A transfer whose handle already has the options of this endpoint, else any, else a new one.
CurlLoop::Transfer CurlLoop::idleTransfer(const PreparedEndpoint *wanted)
{
    if (m_idle.empty())
        return std::make_unique<CurlTransfer>(m_limits);
    auto at = std::find_if(m_idle.rbegin(), m_idle.rend(),
        [&](const Transfer &transfer) { return transfer->configuredFor() == wanted; });
    if (at == m_idle.rend())
        at = m_idle.rbegin();
    std::swap(*at, m_idle.back());
    Transfer transfer = std::move(m_idle.back());
    m_idle.pop_back();
    return transfer;
}

void CurlLoop::start(TransferId id, HttpRequest request, HttpTransport::Done done)
{
    const auto known = m_endpoints.constFind(request.endpoint);
    const auto endpoint = known == m_endpoints.constEnd() ? nullptr : *known;
    Transfer transfer = idleTransfer(endpoint.get());
    transfer->done = std::move(done);
    if (!endpoint) {
        finish(std::move(transfer),
            fail(Error::Kind::Invalid, u"no server is configured under the name %1"_s.arg(request.endpoint)));
        return;
    }
    if (const Result<> begun = transfer->begin(id, std::move(request), endpoint); !begun) {
        finish(std::move(transfer), tl::unexpected(begun.error()));
        return;
    }
    add(std::move(transfer));
}

void CurlLoop::add(Transfer transfer)
{
    if (!m_multi || curl_multi_add_handle(m_multi.get(), transfer->handle()) != CURLM_OK) {
        finish(std::move(transfer), fail(Error::Kind::Internal, u"libcurl cannot be used"_s));
        return;
    }
    const TransferId id = transfer->id();
    m_active.insert_or_assign(id, std::move(transfer));
}

void CurlLoop::cancel(TransferId id)
{
    const auto at = m_active.find(id);
    if (at == m_active.end())
        return; // finished before the command came
    Transfer transfer = std::move(at->second);
    m_active.erase(at);
    curl_multi_remove_handle(m_multi.get(), transfer->handle());
    finish(std::move(transfer), fail(Error::Kind::Cancelled, u"no longer wanted"_s));
}

void CurlLoop::finish(Transfer transfer, Result<HttpResponse> result)
{
    m_counter({.bytes = transfer->received(), .connections = transfer->newConnections()});
    const HttpTransport::Done done = std::exchange(transfer->done, nullptr);
    transfer->release();
    if (m_idle.size() < kIdleTransfers)
        m_idle.push_back(std::move(transfer));
    done(std::move(result));
}

void CurlLoop::failAll(Error::Kind kind, const QString &message)
{
    auto left = std::exchange(m_active, {});
    for (auto &[id, transfer] : left) {
        curl_multi_remove_handle(m_multi.get(), transfer->handle());
        finish(std::move(transfer), fail(kind, message));
    }
}

void CurlLoop::dropConnections()
{
    failAll(Error::Kind::Network, u"the machine slept or the network changed; the connection was dropped"_s);
    // libcurl cannot close single idle connections; they and the looked-up names go with the multi handle.
    Multi fresh = newMulti();
    m_publish(fresh.get());
    m_idle.clear();
    m_multi = std::move(fresh);
}

void CurlLoop::step()
{
    if (!m_multi)
        return;
    int running = 0;
    curl_multi_perform(m_multi.get(), &running);
    int queued = 0;
    while (CURLMsg *message = curl_multi_info_read(m_multi.get(), &queued)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        // The message dies with the removal: copy first.
        const CURLcode code = message->data.result;
        CURL *handle = message->easy_handle;
        char *owner = nullptr;
        curl_easy_getinfo(handle, CURLINFO_PRIVATE, &owner);
        curl_multi_remove_handle(m_multi.get(), handle);
        const auto at = m_active.find(reinterpret_cast<CurlTransfer *>(owner)->id());
        Transfer transfer = std::move(at->second);
        m_active.erase(at);
        if (auto result = transfer->conclude(code))
            finish(std::move(transfer), std::move(*result));
        else
            add(std::move(transfer));
    }
}

void CurlLoop::wait()
{
    if (m_multi)
        curl_multi_poll(m_multi.get(), nullptr, 0, kLongestSleepMs, nullptr);
}

} // namespace bw
