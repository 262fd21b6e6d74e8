// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/answerclass.h>
#include <datasources/jsonreader.h>
#include <datasources/traceanswers.h>

#include <QDateTime>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr qsizetype kErrorBody = 64 << 10;

bool isPage(const HttpResponse &response)
{
    return response.header("Content-Type").toLower().startsWith("text/html")
        || response.body.trimmed().startsWith('<');
}

QByteArray pathOf(const HttpResponse &response) { return response.url.split('?').front(); }

std::optional<JsonReader> smallObject(const HttpResponse &response)
{
    if (response.body.size() > kErrorBody || !response.body.trimmed().startsWith('{'))
        return std::nullopt;
    const Result<JsonReader> json = JsonReader::parse(response.body);
    return json && json->isObject() ? std::optional(*json) : std::nullopt;
}

/// {"error":{"message"}}, {"errors":[{"msg"}]}, {"message"}.
QString jsonMessage(const JsonReader &json)
{
    if (const auto error = json.find("error"); error && error->isObject())
        return error->textOf("message").value_or(QString());
    QString out;
    if (const auto errors = json.find("errors"); errors && errors->isArray()) {
        // What is no error text is none of the backend's words.
        const Result<void> read = errors->each([&](const JsonReader &one) -> Result<void> {
            if (out.isEmpty())
                out = one.textOf("msg").value_or(QString());
            return {};
        });
        return read ? out : QString();
    }
    return json.textOf("message").value_or(QString());
}

QString wordsOf(const HttpResponse &response)
{
    if (const auto json = smallObject(response))
        return jsonMessage(*json).left(1000);
    const QByteArray text = response.body.left(1000).trimmed();
    return isPage(response) || text.startsWith('{') || text.startsWith('[')
        ? QString()
        : QString::fromUtf8(text).section(u'\n', 0, 0);
}

/// A page that only one product has.
struct Probe
{
    const char *kind, *product, *path;
    bool (*recognises)(const JsonReader &json);
};
constexpr Probe kProbes[] = {
    {"prometheus", "Prometheus or a compatible server", "/api/v1/status/buildinfo",
        [](const JsonReader &json) { return json.textOf("status").value_or(QString()) == u"success"; }},
    {"jaeger", "Jaeger", "/api/services",
        [](const JsonReader &json) { return json.find("data") && json.find("total"); }},
    {"tempo", "Tempo", "/api/status/buildinfo",
        [](const JsonReader &json) { return json.find("version").has_value(); }},
    {"zipkin", "Zipkin", "/info", [](const JsonReader &json) { return json.find("zipkin").has_value(); }},
    {"alertmanager", "Alertmanager", "/api/v2/status",
        [](const JsonReader &json) { return json.find("versionInfo").has_value(); }},
};
} // namespace

bool isAnswerTo(const HttpResponse &response, QByteArrayView path) { return pathOf(response).endsWith(path); }

bool isMissingPage(const HttpResponse &response)
{
    if (isPage(response))
        return response.status < 300 || response.status == 404;
    const bool fits =
        response.status == 404 || response.status == 405 || response.status == 501 || response.status == 400;
    if (!fits)
        return false;
    if (const auto json = smallObject(response))
        return jsonMessage(*json).isEmpty();
    // VictoriaTraces and proxies say so with a 400.
    return response.status != 400 || response.body.contains("unsupported path");
}

Result<void> classifyTraceAnswer(const HttpResponse &response, const QString &product)
{
    Result<void> out = classifyAnswer(response, product);
    if (out || response.status < 400 || isPage(response))
        return out;
    Error &error = out.error();
    if (const QString words = wordsOf(response); !words.isEmpty())
        error.message = u"%1 says: %2"_s.arg(product, words);
    // What the server refuses to answer is not its failure.
    if (response.status == 400 || response.status == 422)
        error.kind = Error::Kind::Invalid;
    return out;
}

Result<Datasource::Decoded> whoElse(const HttpResponse &response, const QString &endpoint,
    const QString &kind, std::chrono::milliseconds deadline)
{
    const auto end = std::end(kProbes);
    auto next = std::begin(kProbes);
    const auto asked = std::find_if(next, end, [&](const Probe &probe) {
        return QLatin1String(probe.kind) != kind && isAnswerTo(response, probe.path);
    });
    if (asked != end) {
        const auto json = response.status < 300 ? smallObject(response) : std::nullopt;
        if (json && asked->recognises(*json))
            return fail(Error::Kind::Decode,
                u"%1 answers here, not what kind: %2 needs; write kind: %3, or another URL"_s.arg(
                    QLatin1String(asked->product), kind, QLatin1String(asked->kind)));
        next = asked + 1;
    }
    next = std::find_if(next, end, [&](const Probe &probe) { return QLatin1String(probe.kind) != kind; });
    if (next == end)
        return fail(Error::Kind::NotFound,
            u"nothing here answers like a %1 (404 or a web page): check the URL and its path"_s.arg(kind),
            bodyExcerpt(response.body), 404);
    HttpRequest request;
    request.endpoint = endpoint;
    request.path = next->path;
    request.deadline = deadline;
    request.maxBytes = limits::kStatusBytes;
    return Datasource::Decoded(std::move(request));
}

tl::unexpected<Error> noSuchTrace(const TraceId &id)
{
    return fail(Error::Kind::NotFound,
        u"No trace with id %1 (yet); it may be still on its way or past its retention"_s.arg(id.toHex()), {},
        404);
}

Result<Datasource::Decoded> traceAnswer(DecodedTraces decoded, const TraceId &id)
{
    const auto at = std::find_if(
        decoded.traces.begin(), decoded.traces.end(), [&](const Trace &trace) { return trace.id() == id; });
    if (at == decoded.traces.end())
        return noSuchTrace(id);
    return Datasource::Decoded(
        Datasource::Answer{QueryData(std::move(*at)), std::move(decoded.warnings), decoded.partial});
}

void sortAndCut(TraceSummaries &summaries, const TraceSearch &search)
{
    if (search.errorsOnly) {
        std::erase_if(summaries.traces,
            [](const TraceSummary &one) { return one.errors.has_value() && *one.errors == 0; });
    }
    std::stable_sort(summaries.traces.begin(), summaries.traces.end(),
        [](const TraceSummary &a, const TraceSummary &b) { return a.start > b.start; });
    if (summaries.traces.size() > size_t(std::max(search.limit, 0)))
        summaries.traces.resize(size_t(std::max(search.limit, 0)));
}

TraceSummaries summariesOf(const std::vector<Trace> &traces, const TraceSearch &search)
{
    TraceSummaries out;
    out.traces.reserve(traces.size());
    for (const Trace &trace : traces)
        out.traces.push_back(summaryOf(trace));
    sortAndCut(out, search);
    return out;
}

qint64 integerOf(const JsonReader &json, const char *key)
{
    const auto value = json.find(key);
    if (!value)
        return 0;
    if (value->isText())
        return value->text().value_or(QString()).toLongLong();
    return qint64(std::clamp(value->number().value_or(0), -9e18, 9e18));
}

QByteArray rfc3339(Timestamp at)
{
    const qint64 ns = toNs(at);
    const qint64 seconds = ns / 1'000'000'000 - (ns % 1'000'000'000 < 0 ? 1 : 0);
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(u"yyyy-MM-ddTHH:mm:ss"_s).toLatin1() + '.'
        + QByteArray::number(ns - seconds * 1'000'000'000).rightJustified(9, '0') + 'Z';
}

} // namespace bw
