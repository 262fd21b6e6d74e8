// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <http/httptransport.h>

#include <QByteArray>
#include <QString>

namespace bw {

/// What two addresses must share before a credential may go from one to the other.
struct Origin
{
    QByteArray scheme; ///< "http" or "https"
    QByteArray host; ///< lower case, no brackets; IPv6 in its shortest form, with "%zone" when it has one
    int port = 0; ///< never 0 after originOf()
    bool operator==(const Origin &) const = default;
    /// "https://host:port", IPv6 in brackets.
    QByteArray text() const;
};

/// Origin of an absolute http or https address. Two parsers (libcurl's and Qt's) must agree on it.
/// Invalid: another scheme, a user name inside, a control character, a backslash, a non-ASCII host, or
/// parsers that disagree. Pure; any thread.
[[nodiscard]] Result<Origin> originOf(const QByteArray &url);

/// Base address, path and query in one; values are percent-encoded here. Invalid: a path that is not
/// already encoded or that climbs with "..".
[[nodiscard]] Result<QByteArray> requestUrl(const QByteArray &baseUrl, const QByteArray &path,
    const std::vector<std::pair<QByteArray, QByteArray>> &query);

/// Absolute address a `Location` leads to from `from`, without fragment. Refused when it leaves the origin
/// of `from` or when two parsers see different places; the message names the target and nothing secret.
[[nodiscard]] Result<QByteArray> redirectTarget(const QByteArray &from, const QByteArray &location);

/// An address for logs and messages: no user name, no query values, no fragment, one line of plain text.
QString redacted(const QByteArray &url);

/// Names of [A-Za-z0-9-]+ that do not frame a message, values without CR, LF and NUL. Invalid names the
/// header, never its value.
[[nodiscard]] Result<> checkedHeader(const HttpHeader &header);

/// True when sending the request twice does no harm: GET, HEAD, and POST of a form, which is how queries
/// too long for an address are asked. libcurl repeats a request by itself when a kept connection turns out
/// to be closed; everything else therefore gets a new connection.
bool mayRepeat(const HttpRequest &request);

} // namespace bw
