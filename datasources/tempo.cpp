// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsonreader.h>
#include <datasources/tempo.h>
#include <datasources/tracebackend.h>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr Nanoseconds kHintMargin = 1h; ///< a hint is of one span; the trace may reach beyond it

QString quoted(const QString &text)
{
    QString out = u"\""_s;
    for (const QChar c : text) {
        if (c == u'"' || c == u'\\')
            out += u'\\';
        if (c == u'\n')
            out += u"\\n"_s;
        else if (c == u'\r')
            out += u"\\r"_s;
        else if (c == u'\t')
            out += u"\\t"_s;
        else
            out += c;
    }
    return out + u'"';
}

/// `.http.route`, quoted where the name holds what ends one.
QString attributeName(const QString &key)
{
    const bool isPlain = !key.isEmpty() && std::all_of(key.begin(), key.end(), [](QChar c) {
        return c.isLetterOrNumber() || c == u'.' || c == u'_' || c == u'-' || c == u'/';
    });
    return u'.' + (isPlain ? key : quoted(key));
}

/// Values have types there; what reads like a number or a truth value may be stored as one.
QString attributeIs(const QString &key, const QString &value)
{
    const QString name = attributeName(key), asText = u"%1 = %2"_s.arg(name, quoted(value));
    bool isNumber = false;
    const double number = value.toDouble(&isNumber);
    const bool isPlainNumber = isNumber && std::isfinite(number)
        && std::all_of(value.begin(), value.end(),
            [](QChar c) { return (c >= u'0' && c <= u'9') || c == u'.' || c == u'-'; });
    if (!isPlainNumber && value != u"true" && value != u"false")
        return asText;
    return u"(%1 || %2 = %3)"_s.arg(asText, name, value);
}

Untrusted rootName(const QString &text)
{
    return text == u"<root span not yet received>" ? Untrusted() : Untrusted(text);
}

Result<TraceSummary> readSummary(const JsonReader &json)
{
    TraceSummary out;
    const Result<QString> id = json.textOf("traceID"), service = json.textOf("rootServiceName"),
                          name = json.textOf("rootTraceName");
    for (const auto *text : {&id, &service, &name}) {
        if (!*text)
            return tl::unexpected(text->error());
    }
    const std::optional<TraceId> trace = TraceId::fromHex(*id); // leading zeros are left out
    if (!trace)
        return fail(
            Error::Kind::Decode, u"%1.traceID: \"%2\" is no trace id"_s.arg(json.path(), id->left(80)));
    out.id = *trace;
    out.rootService = rootName(*service);
    out.rootOperation = rootName(*name);
    out.start = fromNs(std::max<qint64>(integerOf(json, "startTimeUnixNano"), 0));
    const qint64 most = std::chrono::duration_cast<std::chrono::milliseconds>(Nanoseconds::max()).count();
    out.duration = std::chrono::milliseconds(std::clamp<qint64>(integerOf(json, "durationMs"), 0, most));
    if (const auto stats = json.find("serviceStats"); stats && stats->isObject()) {
        int spans = 0, errors = 0;
        for (const QString &key : stats->keys()) {
            const auto one = stats->find(key.toUtf8().constData());
            if (!one)
                continue;
            out.services.push_back(
                {Untrusted(key), int(integerOf(*one, "spanCount")), int(integerOf(*one, "errorCount"))});
            spans += out.services.back().spans;
            errors += out.services.back().errors;
        }
        out.spans = spans;
        out.errors = errors;
    }
    return out;
}

/// Builds requests of Tempo's API and reads the answers.
class Tempo final : public TraceBackend<Tempo>
{
public:
    Tempo(const SourceConfig &config, const QString &endpoint)
        : TraceBackend(config, endpoint)
    {
    }

private:
    friend class TraceBackend<Tempo>;
    /// Whole seconds around a range.
    static void addRange(HttpRequest &out, const TimeRange &range)
    {
        using std::chrono::seconds;
        out.query.emplace_back("start",
            QByteArray::number(qint64(std::chrono::floor<seconds>(range.begin).time_since_epoch().count())));
        out.query.emplace_back("end",
            QByteArray::number(qint64(std::chrono::ceil<seconds>(range.end).time_since_epoch().count())));
    }

    Result<HttpRequest> build(const TraceSearch &search) const
    {
        HttpRequest out = get("/api/search", limits::kTraceSearchBytes);
        out.query.emplace_back("q", traceqlOf(search).toUtf8());
        addRange(out, search.range);
        out.query.emplace_back("limit", QByteArray::number(std::max(search.limit, 1)));
        out.query.emplace_back("spss", "1"); // the spans that matched are not shown
        return out;
    }
    HttpRequest byId(const TraceById &query, const char *version) const
    {
        HttpRequest out = get(
            QByteArray("/api/") + version + "traces/" + query.trace.toHex().toLatin1(), limits::kTraceBytes);
        if (query.hint)
            addRange(out, {query.hint->begin - kHintMargin, query.hint->end + kHintMargin});
        return out;
    }
    Result<HttpRequest> build(const TraceById &query) const { return byId(query, "v2/"); }
    Result<HttpRequest> build(const TraceNamesQuery &query) const
    {
        HttpRequest out = get(query.service.isEmpty() ? "/api/v2/search/tag/resource.service.name/values"
                                                      : "/api/v2/search/tag/name/values",
            limits::kListBytes);
        if (!query.service.isEmpty())
            out.query.emplace_back(
                "q", u"{ resource.service.name = %1 }"_s.arg(quoted(query.service)).toUtf8());
        return out;
    }
    Result<HttpRequest> build(const StatusQuery &) const
    {
        HttpRequest out = get("/api/status/buildinfo", limits::kStatusBytes);
        out.deadline = m_poll;
        return out;
    }
    Result<HttpRequest> build(const DependencyQuery &) const
    {
        return fail(Error::Kind::Refused,
            u"%1 is a Tempo: who calls whom is in the metrics it generates "
            u"(traces_service_graph_request_total), "
            "ask the Prometheus that holds them"_s.arg(m_endpoint));
    }
    template<typename Other> Result<HttpRequest> build(const Other &) const
    {
        return fail(Error::Kind::Refused, u"%1 is a Tempo: it has traces and names"_s.arg(m_endpoint));
    }

    Result<Decoded> read(const TraceSearch &search, const HttpResponse &response, std::stop_token) const
    {
        if (Result<void> fit = classifyTraceAnswer(response, u"Tempo"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        const Result<JsonReader> json = JsonReader::parse(response.body);
        if (!json)
            return tl::unexpected(json.error());
        if (!json->isObject())
            return json->expected("an object with \"traces\"");
        TraceSummaries out;
        if (const auto list = json->find("traces")) {
            Result<void> read = list->each([&](const JsonReader &one) -> Result<void> {
                Result<TraceSummary> summary = readSummary(one);
                if (!summary)
                    return tl::unexpected(std::move(summary.error()));
                out.traces.push_back(std::move(*summary));
                return {};
            });
            if (!read)
                return tl::unexpected(std::move(read.error()));
        }
        if (out.traces.size() >= size_t(std::max(search.limit, 1)))
            out.note =
                u"Tempo answers the first %1 it finds, which need not be the newest"_s.arg(search.limit);
        TraceSearch order = search;
        order.errorsOnly = false; // asked for in the query, where a trace's own count is not known to it
        sortAndCut(out, order);
        return Decoded(Answer{QueryData(std::move(out)), {}, false});
    }
    Result<Decoded> read(const TraceById &query, const HttpResponse &response, std::stop_token stop) const
    {
        const bool isV2 = response.url.contains("/api/v2/traces/");
        // A trace that is not there has an empty body; a page that is not there has text.
        const bool isNoPage = response.status == 404 && response.body.contains("page not found");
        if (isV2 && isNoPage)
            return Decoded(byId(query, ""));
        if (response.status == 404 && !isNoPage)
            return noSuchTrace(query.trace);
        const bool isTooLarge =
            response.status == 422 || (response.status >= 500 && response.body.contains("max size"));
        if (isTooLarge)
            return fail(Error::Kind::TooLarge,
                u"Tempo says this trace is larger than it hands out: %1"_s.arg(
                    QString::fromUtf8(response.body.left(300)).simplified()),
                {}, response.status);
        if (Result<void> fit = classifyTraceAnswer(response, u"Tempo"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<DecodedTraces> decoded = decodeOtlp(response.body, {}, stop);
        if (!decoded)
            return tl::unexpected(std::move(decoded.error()));
        return traceAnswer(std::move(*decoded), query.trace);
    }
    Result<Decoded> read(const TraceNamesQuery &, const HttpResponse &response, std::stop_token) const
    {
        if (Result<void> fit = classifyTraceAnswer(response, u"Tempo"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        const Result<JsonReader> json = JsonReader::parse(response.body);
        if (!json)
            return tl::unexpected(json.error());
        if (!json->isObject())
            return json->expected("an object with \"tagValues\"");
        LabelValues out;
        if (const auto list = json->find("tagValues")) {
            Result<void> read = list->each([&](const JsonReader &one) -> Result<void> {
                const Result<QString> name = one.isObject() ? one.textOf("value") : one.text();
                if (!name)
                    return tl::unexpected(name.error());
                out.values.emplace_back(*name);
                return {};
            });
            if (!read)
                return tl::unexpected(std::move(read.error()));
        }
        return Decoded(Answer{QueryData(std::move(out)), {}, false});
    }
    /// Builds without build information still answer "echo".
    Result<Decoded> read(const StatusQuery &, const HttpResponse &response, std::stop_token) const
    {
        ServerStatus status;
        status.product = u"tempo"_s;
        const Answer answer{QueryData(status), {}, false};
        if (isAnswerTo(response, "/api/echo")) {
            if (response.status == 200 && response.body.trimmed() == "echo")
                return Decoded(answer);
            return whoElse(response, m_endpoint, u"tempo"_s, m_poll);
        }
        if (!isAnswerTo(response, "/api/status/buildinfo") || isAnswerTo(response, "/v1/status/buildinfo"))
            return whoElse(response, m_endpoint, u"tempo"_s, m_poll);
        if (isMissingPage(response)) {
            HttpRequest echo = get("/api/echo", limits::kStatusBytes);
            echo.deadline = m_poll;
            return Decoded(std::move(echo));
        }
        if (Result<void> fit = classifyTraceAnswer(response, u"Tempo"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        const Result<JsonReader> json = JsonReader::parse(response.body);
        if (!json)
            return tl::unexpected(json.error());
        const Result<QString> version = json->textOf("version");
        if (!version)
            return tl::unexpected(version.error());
        status.version = *version;
        return Decoded(Answer{QueryData(std::move(status)), {}, false});
    }
    template<typename Other>
    Result<Decoded> read(const Other &, const HttpResponse &, const std::stop_token &) const
    {
        return fail(Error::Kind::Refused, u"not a question for a Tempo"_s);
    }
};
} // namespace

QString traceqlOf(const TraceSearch &search)
{
    if (!search.traceql.isEmpty())
        return search.traceql;
    QStringList all;
    if (!search.service.isEmpty())
        all << u"resource.service.name = "_s + quoted(search.service);
    if (!search.operation.isEmpty())
        all << u"name = "_s + quoted(search.operation);
    for (auto at = search.attributes.begin(); at != search.attributes.end(); ++at)
        all << attributeIs(at.key(), at.value());
    if (search.errorsOnly)
        all << u"status = error"_s;
    if (search.minDuration)
        all << u"traceDuration >= %1ns"_s.arg(search.minDuration->count());
    if (search.maxDuration)
        all << u"traceDuration <= %1ns"_s.arg(search.maxDuration->count());
    return all.isEmpty() ? u"{ }"_s : u"{ %1 }"_s.arg(all.join(u" && "_s));
}

DatasourceKind tempoKind()
{
    DatasourceKind kind;
    kind.id = u"tempo"_s;
    kind.title = u"Tempo"_s;
    kind.inFlight = 4;
    kind.create = [](const SourceConfig &config, const QString &endpoint) {
        return std::make_shared<const Tempo>(config, endpoint);
    };
    return kind;
}

} // namespace bw
