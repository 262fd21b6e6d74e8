// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <http/curlerrors.h>
#include <http/curlhandle.h>
#include <http/curltransport.h>
#include <http/preparedendpoint.h>
#include <http/responsebuffer.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>

namespace bw {

/// One request from its first byte to its one Done, redirects included, on an easy handle that is reused
/// for the next request. Lives on the I/O thread and does not move (libcurl holds pointers into it).
class CurlTransfer
{
public:
    explicit CurlTransfer(const TransportLimits &limits);
    CurlTransfer(const CurlTransfer &) = delete;
    CurlTransfer &operator=(const CurlTransfer &) = delete;

    /// Sets the handle up; the loop then adds it to its multi handle. An error: nothing was asked.
    [[nodiscard]] Result<> begin(
        TransferId id, HttpRequest request, std::shared_ptr<const PreparedEndpoint> endpoint);
    /// After libcurl reported `code`: the answer, an error, or nullopt when the transfer goes on to a
    /// redirect target and must be added again.
    [[nodiscard]] std::optional<Result<HttpResponse>> conclude(CURLcode code);
    /// Lets go of the endpoint's secrets and the body when nothing is left to do.
    void release();

    CURL *handle() const { return m_easy.handle(); }
    TransferId id() const { return m_id; }
    /// The endpoint whose options the handle still carries; null before the first use.
    const PreparedEndpoint *configuredFor() const { return m_configured.get(); }
    qint64 received() const { return m_receivedBefore + m_buffer.received(); }
    long newConnections() const { return m_newConnections; }

    HttpTransport::Done done;

private:
    enum class Stop { None, HeadersTooLarge, LengthTooLarge, Framing };
    static size_t onHeader(char *data, size_t size, size_t count, void *self);
    static size_t onBody(char *data, size_t size, size_t count, void *self);

    void configure(); // options of the endpoint
    bool address(const QByteArray &url); // options of this hop
    void setMethod();
    bool takeHeaderLine(QByteArray line);
    bool headersEnded();
    [[nodiscard]] std::optional<Result<HttpResponse>> answered();
    [[nodiscard]] std::optional<Result<HttpResponse>> redirected(int status);
    HttpResponse response(int status);
    Error failure(CURLcode code) const;
    Error stopped() const;
    TransferFacts facts() const;
    Error named(Error::Kind kind, const QString &sentence) const;
    QByteArray headerValue(const char *name) const; // repeated ones joined, so that a stack is seen whole
    std::chrono::milliseconds elapsed() const;

    const TransportLimits m_limits;
    CurlEasy m_easy;
    std::array<char, CURL_ERROR_SIZE> m_errorText{};
    std::shared_ptr<const PreparedEndpoint> m_configured;
    CurlList m_ownHeaders; // with a body: the endpoint's headers and Content-Type
    HttpRequest m_request;
    TransferId m_id = 0;
    QByteArray m_url; // logical, of this hop
    QByteArray m_askedUrl; // logical, of the first hop
    std::vector<HttpHeader> m_headers;
    qint64 m_headerBytes = 0;
    bool m_headersDone = false;
    Stop m_stop = Stop::None;
    ResponseBuffer m_buffer;
    qint64 m_receivedBefore = 0; // by earlier hops
    long m_newConnections = 0;
    int m_redirects = 0;
    std::chrono::steady_clock::time_point m_started;
};

} // namespace bw
