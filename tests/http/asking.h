// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <support/faultserver.h>

#include <http/curltransport.h>

#include <future>
#include <memory>

namespace bw {

/// Limits short enough for tests; the rules are the same.
inline TransportLimits shortLimits()
{
    TransportLimits limits;
    limits.stallTime = std::chrono::seconds(1);
    return limits;
}

inline Endpoint endpointAt(const QByteArray &baseUrl)
{
    Endpoint endpoint;
    endpoint.id = QStringLiteral("prom-eu");
    endpoint.baseUrl = baseUrl;
    return endpoint;
}

inline HttpRequest requestFor(const QByteArray &path = "/api/v1/query")
{
    HttpRequest request;
    request.endpoint = QStringLiteral("prom-eu");
    request.path = path;
    request.query = {{"query", "up"}};
    return request;
}

using Answer = std::future<Result<HttpResponse>>;

inline Answer asking(CurlTransport &transport, HttpRequest request, TransferId *id = nullptr)
{
    const auto promise = std::make_shared<std::promise<Result<HttpResponse>>>();
    const TransferId started = transport.start(std::move(request),
        [promise](Result<HttpResponse> result) { promise->set_value(std::move(result)); });
    if (id)
        *id = started;
    return promise->get_future();
}

/// The answer, or an Internal error when none came within ten seconds.
inline Result<HttpResponse> taken(Answer &answer)
{
    if (answer.wait_for(std::chrono::seconds(10)) != std::future_status::ready)
        return fail(Error::Kind::Internal, QStringLiteral("the test got no answer in time"));
    return answer.get();
}

inline Result<HttpResponse> ask(CurlTransport &transport, HttpRequest request)
{
    Answer answer = asking(transport, std::move(request));
    return taken(answer);
}

/// "200" or "timeout: prom-eu: …", for comparing and for the log of a failed row.
inline QString summary(const Result<HttpResponse> &result)
{
    if (result)
        return QString::number(result->status);
    return kindName(result.error().kind) + QStringLiteral(": ") + result.error().message;
}

} // namespace bw
