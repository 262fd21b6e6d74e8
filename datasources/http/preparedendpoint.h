// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <http/curlhandle.h>
#include <http/endpoint.h>
#include <http/urlpolicy.h>

#include <memory>
#include <optional>

namespace bw {

/// An Endpoint after every check that does not depend on the request, in the forms libcurl wants. Built once
/// per table on the I/O thread; immutable, shared by the transfers that use it.
struct PreparedEndpoint
{
    Endpoint endpoint;
    Origin origin;
    QByteArray proxyShown; ///< without credentials; empty when none is used for this host
    std::optional<Error> problem; ///< every request fails with it
    std::vector<QByteArray> headerLines; ///< all that go with each request
    CurlList headers; ///< the same as a list
    CurlList connectTo; ///< only with Endpoint::serverName

    /// The address as libcurl gets it: `serverName` stands in for the host, so that certificate and SNI are
    /// judged by it.
    QByteArray wireUrl(const QByteArray &url) const;
};

std::shared_ptr<const PreparedEndpoint> prepared(Endpoint endpoint);

} // namespace bw
