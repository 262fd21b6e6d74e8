// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/hosts.h>
#include <http/preparedendpoint.h>

#include <QUrl>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

bool hasControl(const QByteArray &text)
{
    return std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Anything a listener on the way could use.
bool hasSecrets(const Endpoint &endpoint)
{
    const Credentials &secret = endpoint.credentials;
    if (!secret.basicUser.isEmpty() || !secret.basicPassword.isEmpty() || !secret.bearer.isEmpty()
        || !secret.headers.empty())
        return true;
    return std::any_of(endpoint.headers.begin(), endpoint.headers.end(), [](const HttpHeader &header) {
        return header.first.compare("Authorization", Qt::CaseInsensitive) == 0
            || header.first.compare("Cookie", Qt::CaseInsensitive) == 0;
    });
}

[[nodiscard]] Result<> checkedAddress(const Endpoint &endpoint, const Origin &origin)
{
    if (endpoint.baseUrl.contains('?') || endpoint.baseUrl.contains('#') || endpoint.baseUrl.endsWith('/'))
        return fail(Error::Kind::Invalid,
            u"%1: the base address must end before any query, fragment or slash"_s.arg(endpoint.id));
    if (origin.scheme == "https" || isLoopbackHost(QString::fromLatin1(origin.host)))
        return {};
    if (!endpoint.plainHttpAllowed)
        return fail(Error::Kind::Refused,
            u"%1: %2 is not encrypted; use https, or allow plain http for this source"_s.arg(
                endpoint.id, QString::fromLatin1(origin.text())));
    if (hasSecrets(endpoint))
        return fail(Error::Kind::Refused,
            u"%1: credentials are not sent to %2 without encryption"_s.arg(
                endpoint.id, QString::fromLatin1(origin.text())));
    return {};
}

[[nodiscard]] Result<> checkedCredentials(const Endpoint &endpoint)
{
    const Credentials &secret = endpoint.credentials;
    const bool basic = !secret.basicUser.isEmpty() || !secret.basicPassword.isEmpty();
    if (basic && !secret.bearer.isEmpty())
        return fail(Error::Kind::Invalid, u"%1: basic and bearer exclude each other"_s.arg(endpoint.id));
    if (secret.basicUser.contains(':'))
        return fail(Error::Kind::Invalid, u"%1: a basic user name cannot hold a colon"_s.arg(endpoint.id));
    if (hasControl(secret.basicUser) || hasControl(secret.basicPassword) || hasControl(secret.bearer))
        return fail(Error::Kind::Invalid,
            u"%1: a credential holds a line break or another control character"_s.arg(endpoint.id));
    if (endpoint.clientCert.isEmpty() && !endpoint.clientKey.isEmpty())
        return fail(Error::Kind::Invalid, u"%1: a client key needs a client certificate"_s.arg(endpoint.id));
    return {};
}

[[nodiscard]] Result<> checkedHeaders(const Endpoint &endpoint)
{
    for (const auto *list : {&endpoint.headers, &endpoint.credentials.headers}) {
        for (const HttpHeader &header : *list) {
            if (const Result<> good = checkedHeader(header); !good)
                return fail(Error::Kind::Invalid, endpoint.id + u": "_s + good.error().message);
        }
    }
    return {};
}

/// Address of the proxy without its credentials; empty when none applies to this host.
[[nodiscard]] Result<QByteArray> checkedProxy(const Endpoint &endpoint, const Origin &origin)
{
    if (endpoint.proxy.isEmpty() || isLoopbackHost(QString::fromLatin1(origin.host)))
        return QByteArray();
    const QUrl url(QString::fromUtf8(endpoint.proxy), QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool known = scheme == u"http"_s || scheme == u"https"_s || scheme == u"socks5"_s
        || scheme == u"socks5h"_s || scheme == u"socks4a"_s;
    if (!url.isValid() || !known || url.host().isEmpty() || url.port() <= 0 || hasControl(endpoint.proxy))
        return fail(Error::Kind::Invalid,
            u"%1: the proxy must read http://host:port (or https, socks5, socks5h, socks4a)"_s.arg(
                endpoint.id));
    return redacted(endpoint.proxy).toUtf8();
}

[[nodiscard]] Result<> checkedServerName(const Endpoint &endpoint)
{
    const QByteArray &name = endpoint.serverName;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
            || c == '.';
    });
    if (!plain)
        return fail(Error::Kind::Invalid,
            u"%1: the server name must be a host name, in xn-- form outside ASCII"_s.arg(endpoint.id));
    return {};
}

bool renames(const PreparedEndpoint &made)
{
    return !made.endpoint.serverName.isEmpty() && made.origin.scheme == "https";
}

/// "name: value", or libcurl's form for an empty value.
QByteArray line(const HttpHeader &header)
{
    return header.second.isEmpty() ? header.first + ';' : header.first + ": " + header.second;
}

bool collectLines(PreparedEndpoint &made)
{
    const Endpoint &endpoint = made.endpoint;
    auto &lines = made.headerLines;
    if (endpoint.compression)
        lines.push_back("Accept-Encoding: gzip");
    lines.push_back("Expect:"); // a proxy that does not know 100-continue would cost a second per request
    if (renames(made))
        lines.push_back("Host: " + made.origin.text().mid(made.origin.scheme.size() + 3));
    for (const auto *list : {&endpoint.headers, &endpoint.credentials.headers}) {
        for (const HttpHeader &header : *list)
            lines.push_back(line(header));
    }
    if (!endpoint.credentials.bearer.isEmpty())
        lines.push_back("Authorization: Bearer " + endpoint.credentials.bearer);
    return std::all_of(
        lines.begin(), lines.end(), [&](const QByteArray &entry) { return made.headers.add(entry); });
}

[[nodiscard]] Result<> prepare(PreparedEndpoint &made)
{
    const Endpoint &endpoint = made.endpoint;
    const Result<Origin> origin = originOf(endpoint.baseUrl);
    if (!origin)
        return fail(Error::Kind::Invalid, endpoint.id + u": "_s + origin.error().message);
    made.origin = *origin;
    if (const Result<> good = checkedAddress(endpoint, *origin); !good)
        return good;
    if (const Result<> good = checkedCredentials(endpoint); !good)
        return good;
    if (const Result<> good = checkedHeaders(endpoint); !good)
        return good;
    if (const Result<> good = checkedServerName(endpoint); !good)
        return good;
    Result<QByteArray> proxy = checkedProxy(endpoint, *origin);
    if (!proxy)
        return tl::unexpected(proxy.error());
    made.proxyShown = *proxy;
    const QByteArray address = origin->text().mid(origin->scheme.size() + 3);
    const QByteArray port = QByteArray::number(origin->port);
    const bool listed =
        !renames(made) || made.connectTo.add(endpoint.serverName + ':' + port + ':' + address);
    if (!collectLines(made) || !listed)
        return fail(Error::Kind::Internal, u"%1: not enough memory"_s.arg(endpoint.id));
    return {};
}

} // namespace

QByteArray PreparedEndpoint::wireUrl(const QByteArray &url) const
{
    if (!renames(*this))
        return url;
    const qsizetype afterScheme = url.indexOf("://") + 3;
    const auto end =
        std::find_if(url.begin() + afterScheme, url.end(), [](char c) { return c == '/' || c == '?'; });
    return "https://" + endpoint.serverName + ':' + QByteArray::number(origin.port)
        + url.mid(end - url.begin());
}

std::shared_ptr<const PreparedEndpoint> prepared(Endpoint endpoint)
{
    auto made = std::make_shared<PreparedEndpoint>();
    made->endpoint = std::move(endpoint);
    if (const Result<> good = prepare(*made); !good)
        made->problem = good.error();
    return made;
}

} // namespace bw
