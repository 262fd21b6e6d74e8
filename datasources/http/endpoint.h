// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <http/httptransport.h>

#include <QByteArray>
#include <QString>

#include <functional>
#include <optional>

namespace bw {

/// Credentials with their secrets resolved; lives in memory only, is never logged or written.
struct Credentials
{
    QByteArray basicUser, basicPassword, bearer;
    std::vector<HttpHeader> headers;
};

/// Where requests go and with what: origin, path prefix, TLS, proxy, credentials. One for each server.
struct Endpoint
{
    QString id; ///< the datasource id, or "id/n" for a member
    QByteArray baseUrl; ///< "https://host:port/prefix", no trailing slash
    QByteArray caFile, clientCert, clientKey, serverName;
    QByteArray proxy; ///< empty: none; the environment is not asked
    std::vector<HttpHeader> headers; ///< plain, such as X-Scope-OrgID
    Credentials credentials;
    bool compression = true; ///< ask for gzip
    bool plainHttpAllowed = false; ///< http:// to a host that is not loopback
};

} // namespace bw
