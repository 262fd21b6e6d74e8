// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/answerclass.h>
#include <datasources/jsonreader.h>
#include <datasources/prometheusdecode.h>

#include <QLocale>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using Kind = Error::Kind;

namespace {
constexpr qsizetype kErrorBody = 64 << 10; ///< error texts are short; a longer one is not read as JSON

QByteArray mediaType(const HttpResponse &response)
{
    const QByteArray type = response.header("Content-Type");
    return type.left(type.indexOf(';') < 0 ? type.size() : type.indexOf(';')).trimmed().toLower();
}

char firstByte(const QByteArray &body)
{
    const auto at = std::find_if(
        body.begin(), body.end(), [](char c) { return c != ' ' && c != '\n' && c != '\r' && c != '\t'; });
    return at == body.end() ? '\0' : *at;
}

bool isPage(const HttpResponse &response)
{
    const QByteArray type = mediaType(response);
    return type == "text/html" || type == "application/xhtml+xml" || firstByte(response.body) == '<';
}

Kind kindOf(int status)
{
    switch (status) {
    case 400:
    case 422:
        return Kind::Invalid;
    case 401:
    case 403:
    case 407:
        return Kind::Auth;
    case 404:
    case 410:
        return Kind::NotFound;
    case 408:
        return Kind::Timeout;
    case 413:
        return Kind::TooLarge;
    case 429:
    case 503:
        return Kind::Overload;
    default:
        return Kind::Http;
    }
}

/// What an error body says, with the kind that follows from it.
std::optional<Error> reported(const HttpResponse &response)
{
    if (response.body.size() > kErrorBody)
        return std::nullopt;
    const Result<JsonReader> json = JsonReader::parse(response.body);
    if (!json)
        return std::nullopt;
    if (json->isText()) // Alertmanager
        return Error{kindOf(response.status), json->text()->left(1000), {}, response.status, 0};
    const Result<QString> type = json->textOf("errorType"), text = json->textOf("error"),
                          message = json->textOf("message");
    if (text && !text->isEmpty())
        return prometheusError(type.value_or(QString()), *text, response.status);
    if (message && !message->isEmpty())
        return Error{kindOf(response.status), message->left(1000), {}, response.status, 0};
    return std::nullopt;
}

QString sentenceFor(int status, const QString &product)
{
    switch (status) {
    case 401:
        return u"the server asks for credentials (401)"_s;
    case 403:
        return u"the server refuses these credentials (403)"_s;
    case 404:
        return u"%1 has no such page here (404): check the URL and its path"_s.arg(product);
    case 407:
        return u"the proxy asks for credentials (407)"_s;
    case 410:
        return u"this interface is gone from the server (410)"_s;
    case 429:
        return u"the server asks us to slow down (429)"_s;
    case 503:
        return u"the server is starting, stopping or overloaded (503)"_s;
    default:
        return status < 400 ? u"unexpected answer with status %1"_s.arg(status)
                            : u"the server failed with status %1"_s.arg(status);
    }
}

Error errorOf(const HttpResponse &response, const QString &product)
{
    if (isPage(response) && response.status != 401 && response.status != 403 && response.status != 407)
        return {kindOf(response.status),
            u"a proxy or another server answered %1 with a page, not %2"_s.arg(response.status).arg(product),
            bodyExcerpt(response.body), response.status, 0};
    if (std::optional<Error> said = reported(response)) {
        // A read-only proxy's own status says more than what it wraps.
        if (response.status == 401 || response.status == 403 || response.status == 407)
            said->kind = Kind::Auth;
        if (said->message.contains(u"concurrent GET requests"))
            said->kind = Kind::Overload;
        return *said;
    }
    Error error{kindOf(response.status), sentenceFor(response.status, product), bodyExcerpt(response.body),
        response.status, 0};
    if (response.body.startsWith("Limit of concurrent GET requests reached")) {
        error.kind = Kind::Overload;
        error.message = u"Alertmanager answers no more requests at a time (503)"_s;
    }
    if (!response.header("X-Prometheus-Stopping").isEmpty())
        error.message = response.header("X-Prometheus-Stopping") == "true"
            ? u"Prometheus is shutting down (503)"_s
            : u"Prometheus is starting and not ready (503)"_s;
    return error;
}
} // namespace

std::optional<Timestamp> parseHttpDate(const QByteArray &text)
{
    // The two older forms of RFC 9110 are not sent by anything we talk to.
    const QByteArray trimmed = text.trimmed();
    if (!trimmed.endsWith(" GMT"))
        return std::nullopt;
    QDateTime read =
        QLocale::c().toDateTime(QString::fromLatin1(trimmed.chopped(4)), u"ddd, dd MMM yyyy HH:mm:ss"_s);
    if (!read.isValid())
        return std::nullopt;
    read.setTimeSpec(Qt::UTC);
    return fromDateTime(read);
}

int retryAfterMs(const HttpResponse &response, Timestamp now)
{
    constexpr qint64 least = 1'000, most = 600'000;
    const QByteArray text = response.header("Retry-After").trimmed();
    if (text.isEmpty())
        return 0;
    const bool negative = text.startsWith('-');
    const QByteArray digits = negative ? text.mid(1) : text;
    if (!digits.isEmpty()
        && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        const qint64 seconds = negative ? 0 : digits.size() > 6 ? most : digits.toLongLong();
        return int(std::clamp(seconds * 1'000, least, most));
    }
    const std::optional<Timestamp> until = parseHttpDate(text);
    if (!until)
        return 0;
    const Timestamp from = parseHttpDate(response.header("Date")).value_or(now);
    return int(std::clamp(toUnixMs(*until) - toUnixMs(from), least, most));
}

Result<void> classifyAnswer(const HttpResponse &response, const QString &product)
{
    if (response.status < 200 || response.status > 299) {
        Error error = errorOf(response, product);
        if (error.kind == Kind::Overload || response.status >= 500)
            error.retryAfterMs = retryAfterMs(response, SystemClock().utcNow());
        return tl::unexpected(std::move(error));
    }
    if (isPage(response))
        return fail(Kind::Decode,
            u"a login page or proxy answered (text/html), not %1: check the URL and authentication"_s.arg(
                product),
            bodyExcerpt(response.body), 0);
    if (response.status == 204 || firstByte(response.body) == '\0')
        return fail(Kind::Decode,
            u"the answer is empty (status %1): not what %2 sends"_s.arg(response.status).arg(product));
    return {};
}

} // namespace bw
