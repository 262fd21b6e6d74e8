// SPDX-License-Identifier: GPL-3.0-or-later
#include <http/curltransfer.h>

#include <domain/base/untrusted.h>

#include <QList>

#include <algorithm>
#include <array>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr long kReceiveBuffer = 256 << 10;

bool isKnownMethod(const QByteArray &method)
{
    constexpr std::array known{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};
    return std::any_of(known.begin(), known.end(), [&](const char *name) { return method == name; });
}

/// False for two different lengths: nobody knows where such an answer ends.
bool agrees(const QByteArray &lengths)
{
    if (!lengths.contains(','))
        return true;
    const QList<QByteArray> all = lengths.split(',');
    return std::all_of(all.begin(), all.end(),
        [&](const QByteArray &one) { return one.trimmed() == all.first().trimmed(); });
}

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

} // namespace

CurlTransfer::CurlTransfer(const TransportLimits &limits)
    : m_limits(limits)
{
}

Result<> CurlTransfer::begin(
    TransferId id, HttpRequest request, std::shared_ptr<const PreparedEndpoint> endpoint)
{
    m_id = id;
    m_request = std::move(request);
    m_started = std::chrono::steady_clock::now();
    m_redirects = 0;
    m_receivedBefore = 0;
    m_newConnections = 0;
    const QString &name = endpoint->endpoint.id;
    if (endpoint->problem)
        return tl::unexpected(*endpoint->problem);
    if (!isKnownMethod(m_request.method))
        return fail(Error::Kind::Invalid, u"%1: unknown HTTP method"_s.arg(name));
    if (m_request.contentType.contains('\r') || m_request.contentType.contains('\n'))
        return fail(Error::Kind::Invalid, u"%1: the content type has a line break"_s.arg(name));
    if (m_request.deadline <= milliseconds(0) || m_request.maxBytes <= 0)
        return fail(Error::Kind::Invalid, u"%1: a request needs a deadline and a size"_s.arg(name));
    Result<QByteArray> url = requestUrl(endpoint->endpoint.baseUrl, m_request.path, m_request.query);
    if (!url)
        return fail(Error::Kind::Invalid, name + u": "_s + url.error().message);

    if (m_configured != endpoint) {
        m_configured = std::move(endpoint);
        configure();
    }
    m_askedUrl = *url;
    setMethod();
    if (!address(*url))
        return fail(Error::Kind::Internal, u"%1: libcurl refused its options"_s.arg(name),
            QString::fromLatin1(curl_easy_strerror(m_easy.problem())));
    return {};
}

void CurlTransfer::release()
{
    m_request = {};
    m_headers.clear();
    m_ownHeaders.clear();
    m_buffer.begin({});
    done = nullptr;
}

/// Everything that stays the same for all requests to one endpoint.
void CurlTransfer::configure()
{
    m_easy.reset();
    const PreparedEndpoint &made = *m_configured;
    const Endpoint &endpoint = made.endpoint;
    const char *scheme = made.origin.scheme == "https" ? "https" : "http";

    m_easy.set<CURLOPT_PRIVATE>(static_cast<void *>(this));
    m_easy.set<CURLOPT_ERRORBUFFER>(m_errorText.data());
    m_easy.set<CURLOPT_HEADERFUNCTION>(&CurlTransfer::onHeader);
    m_easy.set<CURLOPT_HEADERDATA>(static_cast<void *>(this));
    m_easy.set<CURLOPT_WRITEFUNCTION>(&CurlTransfer::onBody);
    m_easy.set<CURLOPT_WRITEDATA>(static_cast<void *>(this));
    m_easy.set<CURLOPT_BUFFERSIZE>(kReceiveBuffer);

    m_easy.set<CURLOPT_NOSIGNAL>(1L);
    m_easy.set<CURLOPT_QUICK_EXIT>(1L); // else removing a transfer waits for its name lookup
    m_easy.set<CURLOPT_PROTOCOLS_STR>(scheme);
    m_easy.set<CURLOPT_REDIR_PROTOCOLS_STR>(scheme);
    m_easy.set<CURLOPT_FOLLOWLOCATION>(0L); // by hand: libcurl would carry our headers to other hosts
    m_easy.set<CURLOPT_UNRESTRICTED_AUTH>(0L);
    m_easy.set<CURLOPT_NETRC>(static_cast<long>(CURL_NETRC_IGNORED));
    m_easy.set<CURLOPT_DISALLOW_USERNAME_IN_URL>(1L);
    m_easy.set<CURLOPT_HTTP09_ALLOWED>(0L);
    m_easy.set<CURLOPT_HTTP_VERSION>(static_cast<long>(CURL_HTTP_VERSION_1_1));
    m_easy.set<CURLOPT_HTTP_CONTENT_DECODING>(0L); // ResponseBuffer inflates and counts
    m_easy.set<CURLOPT_PATH_AS_IS>(1L);
    m_easy.set<CURLOPT_USERAGENT>("bridgewatch");

    m_easy.set<CURLOPT_MAXAGE_CONN>(static_cast<long>(m_limits.idleConnection.count()));
    m_easy.set<CURLOPT_MAXLIFETIME_CONN>(static_cast<long>(m_limits.connectionLifetime.count()));
    m_easy.set<CURLOPT_TCP_KEEPALIVE>(1L);
    m_easy.set<CURLOPT_TCP_KEEPIDLE>(30L);
    m_easy.set<CURLOPT_TCP_KEEPINTVL>(15L);

    // An empty proxy, unlike none, keeps the environment's out; the same goes for NOPROXY.
    m_easy.set<CURLOPT_PROXY>(made.proxyShown.isEmpty() ? "" : endpoint.proxy.constData());
    m_easy.set<CURLOPT_NOPROXY>("localhost,127.0.0.0/8,::1");
    m_easy.set<CURLOPT_HEADEROPT>(static_cast<long>(CURLHEADER_SEPARATE));
    m_easy.set<CURLOPT_SUPPRESS_CONNECT_HEADERS>(1L);

    m_easy.set<CURLOPT_SSL_VERIFYPEER>(1L);
    m_easy.set<CURLOPT_SSL_VERIFYHOST>(2L);
    m_easy.set<CURLOPT_SSLVERSION>(static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!endpoint.caFile.isEmpty()) {
        // A private CA replaces the system's list: whoever names one trusts nobody else with this server.
        m_easy.set<CURLOPT_CAINFO>(endpoint.caFile.constData());
        m_easy.set<CURLOPT_CAPATH>(nullptr);
    }
    m_easy.setText<CURLOPT_SSLCERT>(endpoint.clientCert);
    m_easy.setText<CURLOPT_SSLKEY>(endpoint.clientKey.isEmpty() ? endpoint.clientCert : endpoint.clientKey);
    m_easy.set<CURLOPT_CONNECT_TO>(made.connectTo.get());

    const Credentials &secret = endpoint.credentials;
    if (!secret.basicUser.isEmpty() || !secret.basicPassword.isEmpty()) {
        m_easy.set<CURLOPT_HTTPAUTH>(static_cast<long>(CURLAUTH_BASIC));
        m_easy.set<CURLOPT_USERNAME>(secret.basicUser.constData());
        m_easy.set<CURLOPT_PASSWORD>(secret.basicPassword.constData());
    }
}

void CurlTransfer::setMethod()
{
    const QByteArray &method = m_request.method;
    const bool hasBody = method == "POST" || !m_request.body.isEmpty();
    m_easy.set<CURLOPT_NOBODY>(0L);
    m_easy.set<CURLOPT_HTTPGET>(1L);
    m_easy.set<CURLOPT_CUSTOMREQUEST>(static_cast<const char *>(nullptr));
    m_easy.set<CURLOPT_HTTPHEADER>(m_configured->headers.get());
    if (method == "HEAD") {
        m_easy.set<CURLOPT_NOBODY>(1L);
        return;
    }
    if (method != "GET" && method != "POST")
        m_easy.set<CURLOPT_CUSTOMREQUEST>(method.constData());
    if (!hasBody)
        return;
    m_ownHeaders.clear();
    for (const QByteArray &line : m_configured->headerLines)
        m_ownHeaders.add(line);
    const QByteArray type =
        m_request.contentType.isEmpty() ? "application/octet-stream" : m_request.contentType;
    m_ownHeaders.add("Content-Type: " + type);
    m_easy.set<CURLOPT_HTTPHEADER>(m_ownHeaders.get());
    m_easy.set<CURLOPT_POST>(1L);
    m_easy.set<CURLOPT_POSTFIELDS>(m_request.body.constData());
    m_easy.set<CURLOPT_POSTFIELDSIZE_LARGE>(static_cast<curl_off_t>(m_request.body.size()));
}

/// Aims the handle at `url` with what is left of the deadline.
bool CurlTransfer::address(const QByteArray &url)
{
    m_url = url;
    m_headers.clear();
    m_headerBytes = 0;
    m_headersDone = false;
    m_stop = Stop::None;
    m_errorText[0] = '\0';
    m_receivedBefore += m_buffer.received();
    m_buffer.begin({.bytes = m_request.maxBytes, .ratio = m_limits.ratio, .ratioAfter = m_limits.ratioAfter});

    const milliseconds left = std::max(m_request.deadline - elapsed(), milliseconds(1));
    const milliseconds connect = std::clamp(m_request.connectDeadline, milliseconds(1), left);
    m_easy.set<CURLOPT_URL>(m_configured->wireUrl(url).constData());
    m_easy.set<CURLOPT_TIMEOUT_MS>(static_cast<long>(left.count()));
    m_easy.set<CURLOPT_CONNECTTIMEOUT_MS>(static_cast<long>(connect.count()));
    // The low-speed rule begins with the body (headersEnded): a server may think for as long as the deadline.
    m_easy.set<CURLOPT_LOW_SPEED_TIME>(0L);
    m_easy.set<CURLOPT_FRESH_CONNECT>(mayRepeat(m_request) ? 0L : 1L);
    return m_easy.problem() == CURLE_OK;
}

size_t CurlTransfer::onHeader(char *data, size_t size, size_t count, void *self)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    const size_t length = size * count;
    try {
        return transfer->takeHeaderLine(QByteArray(data, static_cast<qsizetype>(length))) ? length : 0;
    } catch (const std::exception &) {
        return 0;
    }
}

size_t CurlTransfer::onBody(char *data, size_t size, size_t count, void *self)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    const size_t length = size * count;
    return transfer->m_buffer.append(data, length) ? length : 0;
}

bool CurlTransfer::takeHeaderLine(QByteArray line)
{
    m_headerBytes += line.size();
    if (m_headerBytes > m_limits.headerBytes) {
        m_stop = Stop::HeadersTooLarge;
        return false;
    }
    if (m_headersDone)
        return true; // trailers behind a chunked body: counted, not used
    line = line.trimmed();
    if (line.isEmpty())
        return headersEnded();
    const qsizetype colon = line.indexOf(':');
    if (line.startsWith("HTTP/"))
        m_headers.clear(); // the status line of the next answer: 100 Continue came before it
    else if (colon > 0)
        m_headers.emplace_back(line.left(colon), line.mid(colon + 1).trimmed());
    return true;
}

bool CurlTransfer::headersEnded()
{
    if (m_easy.number(CURLINFO_RESPONSE_CODE) < 200)
        return true;
    m_headersDone = true;
    const QByteArray framing = headerValue("Transfer-Encoding").toLower();
    if (!framing.isEmpty() && framing != "chunked" && framing != "identity") {
        m_buffer.setEncoding("transfer-encoding: " + framing); // nobody asked for it: an Encoding problem
        return false;
    }
    if (!m_buffer.setEncoding(headerValue("Content-Encoding")))
        return false;
    const QByteArray lengths = headerValue("Content-Length");
    if (!agrees(lengths)) {
        m_stop = Stop::Framing;
        return false;
    }
    bool known = false;
    const qint64 length = lengths.split(',').first().toLongLong(&known);
    if (known && framing.isEmpty() && m_request.method != "HEAD" && !m_buffer.expect(length)) {
        m_stop = Stop::LengthTooLarge;
        return false;
    }
    m_easy.set<CURLOPT_LOW_SPEED_LIMIT>(static_cast<long>(m_limits.stallBytesPerSecond));
    m_easy.set<CURLOPT_LOW_SPEED_TIME>(static_cast<long>(m_limits.stallTime.count()));
    return true;
}

std::optional<Result<HttpResponse>> CurlTransfer::conclude(CURLcode code)
{
    m_newConnections += m_easy.number(CURLINFO_NUM_CONNECTS);
    if (code == CURLE_OK)
        return answered();
    return tl::unexpected(failure(code));
}

std::optional<Result<HttpResponse>> CurlTransfer::answered()
{
    const int status = static_cast<int>(m_easy.number(CURLINFO_RESPONSE_CODE));
    if (status == 407 && !m_configured->proxyShown.isEmpty()) {
        TransferFacts known = facts();
        known.proxyStatus = 407;
        return tl::unexpected(errorFromCurl(CURLE_PROXY, known));
    }
    if (isRedirect(status))
        return redirected(status);
    if (!m_buffer.isComplete())
        return tl::unexpected(errorFromCurl(CURLE_PARTIAL_FILE, facts()));
    return response(status);
}

std::optional<Result<HttpResponse>> CurlTransfer::redirected(int status)
{
    const auto refused = [&](const QString &sentence) -> Result<HttpResponse> {
        Error error = named(Error::Kind::Refused, sentence);
        error.code = status;
        return tl::unexpected(std::move(error));
    };
    const QByteArray location = headerValue("Location");
    if (location.isEmpty())
        return refused(
            u"%1 answers with a redirect (%2) that leads nowhere"_s.arg(redacted(m_url)).arg(status));
    const Result<QByteArray> target = redirectTarget(m_url, location);
    if (!target)
        return refused(target.error().message);
    if (m_request.method != "GET")
        return refused(u"%1 redirects a %2 to %3; only reading follows"_s.arg(
            redacted(m_url), QString::fromLatin1(m_request.method), redacted(*target)));
    if (m_redirects >= m_limits.redirects)
        return refused(u"more than %1 redirects in a row, the last one to %2"_s.arg(m_limits.redirects)
                           .arg(redacted(*target)));
    ++m_redirects;
    if (elapsed() >= m_request.deadline)
        return tl::unexpected(errorFromCurl(CURLE_OPERATION_TIMEDOUT, facts()));
    if (!address(*target))
        return tl::unexpected(failure(m_easy.problem()));
    return std::nullopt;
}

HttpResponse CurlTransfer::response(int status)
{
    return {.status = status,
        .headers = std::move(m_headers),
        .body = m_buffer.take(),
        .took = elapsed(),
        .url = m_askedUrl};
}

Error CurlTransfer::failure(CURLcode code) const
{
    const bool ours = m_stop != Stop::None || m_buffer.problem() != ResponseBuffer::Problem::None;
    if (ours)
        return stopped();
    return errorFromCurl(code, facts());
}

/// The transfer was cut off by one of our own limits.
Error CurlTransfer::stopped() const
{
    const QString server = QString::fromLatin1(m_configured->origin.text());
    const auto mib = [](qint64 bytes) {
        return QString::number(static_cast<double>(bytes) / (1 << 20), 'g', 3);
    };
    if (m_stop == Stop::HeadersTooLarge)
        return named(Error::Kind::TooLarge,
            u"%1 sent more than %2 KiB of headers"_s.arg(server).arg(m_limits.headerBytes >> 10));
    if (m_stop == Stop::Framing)
        return errorFromCurl(CURLE_WEIRD_SERVER_REPLY, facts());
    switch (m_buffer.problem()) {
    case ResponseBuffer::Problem::Ratio:
        return named(Error::Kind::TooLarge,
            u"the answer of %1 unpacks to more than %2 times its size; stopped"_s.arg(server).arg(
                m_limits.ratio));
    case ResponseBuffer::Problem::Encoding:
        return named(Error::Kind::Decode,
            u"the answer of %1 is damaged, or packed in a way nobody asked for (%2)"_s.arg(
                server, render::line(Untrusted(QString::fromLatin1(headerValue("Content-Encoding"))), 60)));
    case ResponseBuffer::Problem::Memory:
        return named(Error::Kind::Internal, u"not enough memory for the answer of %1"_s.arg(server));
    case ResponseBuffer::Problem::TooLarge:
    case ResponseBuffer::Problem::None:
        break;
    }
    return named(Error::Kind::TooLarge,
        u"the answer of %1 is larger than %2 MiB; stopped"_s.arg(server, mib(m_request.maxBytes)));
}

TransferFacts CurlTransfer::facts() const
{
    using Phase = TransferFacts::Phase;
    TransferFacts known;
    known.endpoint = m_configured->endpoint.id;
    known.server = QString::fromLatin1(m_configured->origin.text());
    known.proxy = QString::fromUtf8(m_configured->proxyShown);
    known.verifyResult = m_easy.number(CURLINFO_SSL_VERIFYRESULT);
    known.osError = m_easy.number(CURLINFO_OS_ERRNO);
    known.proxyStatus = m_easy.number(CURLINFO_HTTP_CONNECTCODE);
    known.received = m_buffer.received();
    known.expected = m_easy.amount(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
    known.elapsed = elapsed();
    known.detail = render::line(Untrusted(QString::fromLocal8Bit(m_errorText.data())), 300);
    if (m_headersDone)
        known.phase = Phase::Body;
    else if (m_easy.amount(CURLINFO_PRETRANSFER_TIME_T) > 0)
        known.phase = Phase::Wait;
    else if (m_easy.number(CURLINFO_LOCAL_PORT) > 0) // connected; libcurl counts TLS into its connect time
        known.phase = m_configured->origin.scheme == "https" ? Phase::Handshake : Phase::Wait;
    else if (m_easy.amount(CURLINFO_NAMELOOKUP_TIME_T) > 0)
        known.phase = Phase::Connect;
    known.stalled = m_headersDone && known.elapsed < m_request.deadline;
    return known;
}

Error CurlTransfer::named(Error::Kind kind, const QString &sentence) const
{
    return {.kind = kind, .message = m_configured->endpoint.id + u": "_s + sentence, .detail = {}};
}

QByteArray CurlTransfer::headerValue(const char *name) const
{
    QByteArray joined;
    for (const auto &[key, value] : m_headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            joined = joined.isNull() ? value : joined + ", " + value;
    }
    return joined;
}

milliseconds CurlTransfer::elapsed() const
{
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - m_started);
}

} // namespace bw
