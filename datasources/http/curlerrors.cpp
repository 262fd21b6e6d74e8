// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/curlerrors.h>

#include <cerrno>

#include <curl/curl.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = Error::Kind;

QString seconds(std::chrono::milliseconds time)
{
    return QString::number(static_cast<double>(time.count()) / 1000.0, 'f', time.count() < 10'000 ? 1 : 0);
}

Error said(Kind kind, const TransferFacts &facts, const QString &sentence)
{
    return {.kind = kind, .message = facts.endpoint + u": "_s + sentence, .detail = facts.detail};
}

/// OpenSSL's verify results by number: its headers are no dependency of ours, the numbers are ABI.
QString certificateFault(long verifyResult)
{
    switch (verifyResult) {
    case 9:
        return u"is not valid yet"_s;
    case 10:
        return u"has expired"_s;
    case 18:
        return u"is self-signed"_s;
    case 19:
        return u"comes from an unknown CA (its root is not on the list)"_s;
    case 2:
    case 20:
    case 21:
        return u"comes from an unknown CA (no issuer on the list)"_s;
    case 23:
        return u"has been revoked"_s;
    case 26:
        return u"is not meant for servers"_s;
    case 66:
    case 67:
    case 68:
        return u"is too weak (key or digest)"_s;
    default:
        return u"is not accepted"_s;
    }
}

Error certificateError(const TransferFacts &facts)
{
    // A chain that verifies leaves 0 or, as libcurl 7.88 does, 1: then it was the name.
    if (facts.verifyResult <= 1 && facts.detail.contains(u"subject name"_s))
        return said(Kind::Tls, facts, u"the TLS certificate is for another host than %1"_s.arg(facts.server));
    return said(Kind::Tls, facts,
        u"the TLS certificate of %1 %2"_s.arg(facts.server, certificateFault(facts.verifyResult)));
}

/// Alerts of the TLS layer reach us as text only; with TLS 1.3 even after the handshake, as a read error.
bool wantsClientCertificate(const QString &detail)
{
    return detail.contains(u"certificate required"_s) || detail.contains(u"alert handshake failure"_s)
        || detail.contains(u"alert bad certificate"_s);
}

bool isTooOld(const QString &detail)
{
    return detail.contains(u"protocol version"_s) || detail.contains(u"unsupported protocol"_s);
}

Error handshakeError(const TransferFacts &facts)
{
    if (isTooOld(facts.detail))
        return said(Kind::Tls, facts, u"%1 speaks no TLS 1.2 or newer"_s.arg(facts.server));
    if (wantsClientCertificate(facts.detail))
        return said(Kind::Tls, facts, u"%1 requires a client certificate"_s.arg(facts.server));
    if (facts.detail.contains(u"wrong version number"_s))
        return said(Kind::Tls, facts, u"%1 does not speak TLS on this port"_s.arg(facts.server));
    return said(Kind::Tls, facts, u"the TLS handshake with %1 failed"_s.arg(facts.server));
}

Error connectError(const TransferFacts &facts)
{
    if (!facts.proxy.isEmpty())
        return said(Kind::Network, facts, u"the proxy %1 cannot be reached"_s.arg(facts.proxy));
    if (facts.osError == ECONNREFUSED)
        return said(Kind::Network, facts, u"%1 refused the connection"_s.arg(facts.server));
    if (facts.osError == ENETUNREACH || facts.osError == EHOSTUNREACH)
        return said(Kind::Network, facts, u"there is no route to %1"_s.arg(facts.server));
    return said(Kind::Network, facts, u"cannot connect to %1"_s.arg(facts.server));
}

Error proxyError(const TransferFacts &facts)
{
    if (facts.proxyStatus == 407)
        return said(Kind::Auth, facts, u"the proxy %1 wants a sign-in (407)"_s.arg(facts.proxy));
    if (facts.proxyStatus > 0)
        return said(Kind::Network, facts,
            u"the proxy %1 refused the way to %2 (%3)"_s.arg(facts.proxy, facts.server)
                .arg(facts.proxyStatus));
    return said(Kind::Network, facts, u"the proxy %1 failed"_s.arg(facts.proxy));
}

Error timeoutError(const TransferFacts &facts)
{
    const QString way = facts.proxy.isEmpty() ? QString() : u" through the proxy %1"_s.arg(facts.proxy);
    const QString time = seconds(facts.elapsed);
    if (facts.stalled)
        return said(Kind::Timeout, facts,
            u"%1 almost stopped sending after %2 bytes"_s.arg(facts.server).arg(facts.received));
    switch (facts.phase) {
    case TransferFacts::Phase::Resolve:
        return said(
            Kind::Timeout, facts, u"the name in %1 was not found within %2 s"_s.arg(facts.server, time));
    case TransferFacts::Phase::Connect:
        return said(
            Kind::Timeout, facts, u"no connection to %1%2 within %3 s"_s.arg(facts.server, way, time));
    case TransferFacts::Phase::Handshake:
        return said(Kind::Timeout, facts,
            u"%1 accepted the connection but finished no TLS handshake within %2 s"_s.arg(
                facts.server, time));
    case TransferFacts::Phase::Wait:
        return said(Kind::Timeout, facts, u"no answer from %1%2 within %3 s"_s.arg(facts.server, way, time));
    case TransferFacts::Phase::Body:
        break;
    }
    return said(Kind::Timeout, facts,
        u"the answer of %1 was not complete within %2 s (%3 bytes so far)"_s.arg(facts.server, time)
            .arg(facts.received));
}

Error cutError(const TransferFacts &facts)
{
    if (facts.phase == TransferFacts::Phase::Body && facts.expected > 0)
        return said(Kind::Network, facts,
            u"%1 cut the connection after %2 of %3 bytes"_s.arg(facts.server)
                .arg(facts.received)
                .arg(facts.expected));
    if (facts.phase == TransferFacts::Phase::Body)
        return said(Kind::Network, facts,
            u"%1 cut the connection after %2 bytes"_s.arg(facts.server).arg(facts.received));
    return said(Kind::Network, facts, u"%1 closed the connection without an answer"_s.arg(facts.server));
}

/// Reading or writing failed: the proxy, TLS after the handshake, or the peer.
Error streamError(const TransferFacts &facts)
{
    if (facts.proxyStatus > 0 && facts.proxyStatus != 200)
        return proxyError(facts);
    if (wantsClientCertificate(facts.detail))
        return said(Kind::Tls, facts, u"%1 requires a client certificate"_s.arg(facts.server));
    return cutError(facts);
}

Error translated(CURLcode code, const TransferFacts &facts)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return said(Kind::Network, facts, u"the name in %1 is unknown"_s.arg(facts.server));
    case CURLE_COULDNT_RESOLVE_PROXY:
        return said(Kind::Network, facts, u"the name of the proxy %1 is unknown"_s.arg(facts.proxy));
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
        return connectError(facts);
    case CURLE_PROXY:
        return proxyError(facts);
    case CURLE_OPERATION_TIMEDOUT:
        return timeoutError(facts);
    case CURLE_PARTIAL_FILE:
        return cutError(facts);
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
        return streamError(facts);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return certificateError(facts);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_SHUTDOWN_FAILED:
        return handshakeError(facts);
    case CURLE_SSL_CLIENTCERT:
        return said(Kind::Tls, facts, u"%1 requires a client certificate"_s.arg(facts.server));
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
        return said(Kind::Tls, facts, u"the configured CA file cannot be read"_s);
    case CURLE_SSL_CERTPROBLEM:
        return said(Kind::Tls, facts, u"the configured client certificate or its key cannot be used"_s);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_BAD_CONTENT_ENCODING:
        return said(Kind::Decode, facts, u"%1 does not answer in proper HTTP"_s.arg(facts.server));
    case CURLE_URL_MALFORMAT:
        return said(Kind::Invalid, facts, u"%1 is not an address libcurl reads"_s.arg(facts.server));
    case CURLE_FILESIZE_EXCEEDED:
        return said(Kind::TooLarge, facts, u"the answer of %1 is too large"_s.arg(facts.server));
    case CURLE_OUT_OF_MEMORY:
        return said(Kind::Internal, facts, u"not enough memory for the answer of %1"_s.arg(facts.server));
    default:
        return said(Kind::Internal, facts,
            u"the transfer from %1 failed in a way nobody foresaw"_s.arg(facts.server));
    }
}

} // namespace

Error errorFromCurl(int code, const TransferFacts &facts)
{
    Error error = translated(static_cast<CURLcode>(code), facts);
    error.code = facts.proxyStatus == 407 ? 407 : code;
    if (error.detail.isEmpty())
        error.detail = QString::fromLatin1(curl_easy_strerror(static_cast<CURLcode>(code)));
    return error;
}

} // namespace bw
