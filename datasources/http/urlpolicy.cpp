// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/urlpolicy.h>

#include <domain/base/untrusted.h>

#include <QUrl>

#include <algorithm>
#include <array>
#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

struct FreeUrl
{
    void operator()(CURLU *url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, FreeUrl>;

/// One part of a parsed address; null when it has none.
QByteArray part(CURLU *url, CURLUPart which, unsigned int flags = 0)
{
    char *text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK)
        return {};
    QByteArray result(text);
    curl_free(text);
    return result;
}

tl::unexpected<Error> unusable(const QByteArray &url, const QString &why)
{
    return fail(Error::Kind::Invalid, u"The address %1 cannot be used: %2"_s.arg(redacted(url), why));
}

bool isPrintableAscii(const QByteArray &text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

/// Brackets off, lower case, IPv6 in its shortest form; the zone stays behind a '%'.
QByteArray normalizedHost(QByteArray host, const QByteArray &zone)
{
    if (host.startsWith('[') && host.endsWith(']'))
        host = host.mid(1, host.size() - 2);
    if (host.contains(':'))
        host.replace("%25", "%"); // a zone as it stands in an address
    const qsizetype percent = host.indexOf('%');
    const QByteArray ownZone = percent < 0 ? zone : host.mid(percent + 1);
    if (percent >= 0)
        host.truncate(percent);
    in6_addr address{};
    if (inet_pton(AF_INET6, host.constData(), &address) == 1) {
        std::array<char, INET6_ADDRSTRLEN> text{};
        inet_ntop(AF_INET6, &address, text.data(), text.size());
        host = text.data();
        if (!ownZone.isEmpty())
            host += '%' + ownZone;
    }
    return host.toLower();
}

int defaultPort(const QByteArray &scheme) { return scheme == "https" ? 443 : 80; }

Origin originOf(const QUrl &url)
{
    const QByteArray scheme = url.scheme().toLatin1().toLower();
    return {.scheme = scheme,
        .host = normalizedHost(url.host(QUrl::FullyEncoded).toLatin1(), {}),
        .port = url.port(defaultPort(scheme))};
}

bool climbs(const QByteArray &path)
{
    const QList<QByteArray> segments = path.split('/');
    return std::any_of(segments.begin(), segments.end(), [](const QByteArray &segment) {
        const QByteArray plain = QByteArray::fromPercentEncoding(segment);
        return plain == "." || plain == "..";
    });
}

} // namespace

QByteArray Origin::text() const
{
    const QByteArray shown = host.contains(':') ? '[' + host + ']' : host;
    return scheme + "://" + shown + ':' + QByteArray::number(port);
}

Result<Origin> originOf(const QByteArray &url)
{
    if (!isPrintableAscii(url))
        return unusable(url, u"it has a space, a control, a backslash or a letter outside ASCII"_s);
    const UrlHandle handle(curl_url());
    const CURLUcode code = curl_url_set(handle.get(), CURLUPART_URL, url.constData(), CURLU_PATH_AS_IS);
    if (code != CURLUE_OK)
        return unusable(url, QString::fromLatin1(curl_url_strerror(code)));
    const QByteArray scheme = part(handle.get(), CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https")
        return unusable(url, u"only http and https are allowed"_s);
    const auto authority = url.begin() + url.indexOf("://") + 3;
    const auto authorityEnd =
        std::find_if(authority, url.end(), [](char c) { return c == '/' || c == '?' || c == '#'; });
    if (std::find(authority, authorityEnd, '@') != authorityEnd)
        return unusable(url, u"user name and password do not belong into an address"_s);

    const Origin first{.scheme = scheme,
        .host = normalizedHost(part(handle.get(), CURLUPART_HOST), part(handle.get(), CURLUPART_ZONEID)),
        .port = part(handle.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).toInt()};
    const QUrl parsed(QString::fromLatin1(url), QUrl::StrictMode);
    if (!parsed.isValid() || first.host.isEmpty() || first.port <= 0)
        return unusable(url, u"its host or port is not readable"_s);
    if (originOf(parsed) != first)
        return unusable(url, u"two ways of reading it lead to different servers"_s);
    return first;
}

Result<QByteArray> requestUrl(const QByteArray &baseUrl, const QByteArray &path,
    const std::vector<std::pair<QByteArray, QByteArray>> &query)
{
    if (!path.isEmpty()
        && (!path.startsWith('/') || !isPrintableAscii(path) || path.contains('?') || path.contains('#')
            || climbs(path)))
        return fail(Error::Kind::Invalid,
            u"The path %1 cannot be asked for: it must begin with a slash, be percent-encoded and not climb"_s
                .arg(render::line(Untrusted(QString::fromUtf8(path)), 120)));
    QByteArray url = baseUrl + path;
    char separator = '?';
    for (const auto &[key, value] : query) {
        url += separator + key.toPercentEncoding() + '=' + value.toPercentEncoding();
        separator = '&';
    }
    return url;
}

Result<QByteArray> redirectTarget(const QByteArray &from, const QByteArray &location)
{
    const auto refused = [&](const QString &target) {
        return fail(Error::Kind::Refused,
            u"%1 sends us on to %2, which is another server; not followed. If that is right, write this "
            u"address into the configuration; if it is a sign-in page, the server wants credentials"_s.arg(
                redacted(from), target));
    };
    const QString shown = redacted(location);
    if (!isPrintableAscii(location))
        return refused(shown);
    const UrlHandle handle(curl_url());
    if (curl_url_set(handle.get(), CURLUPART_URL, from.constData(), 0) != CURLUE_OK
        || curl_url_set(handle.get(), CURLUPART_URL, location.constData(), 0) != CURLUE_OK)
        return refused(shown);
    curl_url_set(handle.get(), CURLUPART_FRAGMENT, nullptr, 0);
    QByteArray target = part(handle.get(), CURLUPART_URL);
    const Result<Origin> here = originOf(from);
    const Result<Origin> there = originOf(target);
    const QUrl resolved = QUrl(QString::fromLatin1(from)).resolved(QUrl(QString::fromLatin1(location)));
    if (!here || !there || *here != *there || originOf(resolved) != *here)
        return refused(redacted(target));
    return target;
}

QString redacted(const QByteArray &url)
{
    const QString text = QString::fromUtf8(url);
    QUrl parsed(text, QUrl::TolerantMode);
    if (!parsed.isValid()) {
        // Not an address: what stands before the query is all that can be shown, unless it may hold a name.
        const QString head = text.section(u'?', 0, 0);
        return head.contains(u'@') ? u"(unreadable address)"_s : render::line(Untrusted(head), 200);
    }
    const bool asked = parsed.hasQuery();
    parsed.setUserInfo({});
    parsed.setQuery(QString());
    parsed.setFragment({});
    QString shown = parsed.toString(QUrl::FullyEncoded);
    if (asked)
        shown += u"?…"_s;
    return render::line(Untrusted(shown), 200);
}

Result<> checkedHeader(const HttpHeader &header)
{
    const auto &[name, value] = header;
    const bool named = !name.isEmpty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    const QString shown = render::line(Untrusted(QString::fromUtf8(name)), 80);
    if (!named)
        return fail(Error::Kind::Invalid,
            u"\"%1\" is not a header name: letters, digits and hyphens only"_s.arg(shown));
    for (const auto *framing : {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade"}) {
        if (name.compare(framing, Qt::CaseInsensitive) == 0)
            return fail(Error::Kind::Invalid, u"The header %1 cannot be configured"_s.arg(shown));
    }
    if (value.contains('\r') || value.contains('\n') || value.contains('\0'))
        return fail(Error::Kind::Invalid, u"The value of header %1 has a line break or a NUL"_s.arg(shown));
    return {};
}

bool mayRepeat(const HttpRequest &request)
{
    return request.method == "GET" || request.method == "HEAD"
        || (request.method == "POST" && request.contentType.startsWith("application/x-www-form-urlencoded"));
}

} // namespace bw
