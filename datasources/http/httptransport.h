// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>

#include <QByteArray>
#include <QString>

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace bw {

using HttpHeader = std::pair<QByteArray, QByteArray>;

/// One request. Base URL, TLS, proxy and credentials belong to the endpoint, so whoever describes a request
/// cannot send them elsewhere.
struct HttpRequest
{
    QString endpoint; ///< id of an Endpoint
    QByteArray method = "GET";
    QByteArray path; ///< joins the endpoint's own path; already percent-encoded
    std::vector<std::pair<QByteArray, QByteArray>> query; ///< raw values; the transport encodes them
    QByteArray body, contentType;
    std::chrono::milliseconds deadline{10'000}; ///< of the whole transfer
    std::chrono::milliseconds connectDeadline{3'000}; ///< DNS, TCP and TLS
    qint64 maxBytes = 8 << 20; ///< of the decoded body
};

struct HttpResponse
{
    int status = 0;
    std::vector<HttpHeader> headers; ///< names as sent
    /// Decoded. At least 64 readable bytes lie behind its end (capacity), as the JSON parsers want.
    QByteArray body;
    std::chrono::milliseconds took{0};
    QByteArray url; ///< as asked, without credentials, for the inspector

    /// First header of this name, case-insensitive; empty when absent.
    QByteArray header(const QByteArray &name) const
    {
        for (const auto &[key, value] : headers) {
            if (key.compare(name, Qt::CaseInsensitive) == 0)
                return value;
        }
        return {};
    }
};

using TransferId = quint64;

/// Port to the network. Implemented by CurlTransport and, in tests, by a fake that answers when told.
class HttpTransport
{
public:
    /// Called once, on the transport's own thread; must return at once. Status codes are not errors here:
    /// an Error is a transfer that did not finish.
    using Done = std::function<void(Result<HttpResponse>)>;
    virtual ~HttpTransport() = default;
    virtual TransferId start(HttpRequest request, Done done) = 0; ///< any thread
    virtual void cancel(TransferId id) = 0; ///< any thread; Done gets Kind::Cancelled
};

} // namespace bw
