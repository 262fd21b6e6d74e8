// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jaeger.h>
#include <datasources/jsonreader.h>
#include <datasources/tracebackend.h>
#include <domain/base/timerange.h>

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
/// The legacy search answers whole traces, megabytes each.
constexpr int kLegacyLimit = 20;
/// Some storages count dependencies once a day, at midnight UTC.
constexpr Nanoseconds kDependencyWindow = 48h;

QByteArray attributesJson(const TraceSearch &search, bool withError)
{
    QJsonObject map;
    for (auto at = search.attributes.begin(); at != search.attributes.end(); ++at)
        map.insert(at.key(), at.value());
    if (withError && search.errorsOnly && !map.contains(u"error"_s))
        map.insert(u"error"_s, u"true"_s);
    return map.isEmpty() ? QByteArray() : QJsonDocument(map).toJson(QJsonDocument::Compact);
}

Result<TraceSummary> readSummary(const JsonReader &json)
{
    TraceSummary out;
    const Result<QString> id = json.textOf("traceId"), service = json.textOf("rootServiceName"),
                          operation = json.textOf("rootOperationName");
    for (const auto *text : {&id, &service, &operation}) {
        if (!*text)
            return tl::unexpected(text->error());
    }
    const std::optional<TraceId> trace = TraceId::fromHex(*id);
    if (!trace)
        return fail(
            Error::Kind::Decode, u"%1.traceId: \"%2\" is no trace id"_s.arg(json.path(), id->left(80)));
    out.id = *trace;
    out.rootService = Untrusted(*service);
    out.rootOperation = Untrusted(*operation);
    const qint64 start = std::max<qint64>(integerOf(json, "minStartTimeUnixNano"), 0);
    out.start = fromNs(start);
    out.duration = Nanoseconds(std::max<qint64>(integerOf(json, "maxEndTimeUnixNano") - start, 0));
    out.spans = int(integerOf(json, "spanCount"));
    out.errors = int(integerOf(json, "errorSpanCount"));
    if (const auto services = json.find("services")) {
        Result<void> read = services->each([&](const JsonReader &one) -> Result<void> {
            const Result<QString> name = one.textOf("name");
            if (!name)
                return tl::unexpected(name.error());
            out.services.push_back(
                {Untrusted(*name), int(integerOf(one, "spanCount")), int(integerOf(one, "errorSpanCount"))});
            return {};
        });
        if (!read)
            return tl::unexpected(std::move(read.error()));
    }
    return out;
}

/// Builds requests of one of Jaeger's two interfaces and reads both. Which one a server has shows in its
/// answer: pages it lacks are answered with 404 or with its user interface; the other one is asked then.
/// Stateless, so a server that is exchanged for a newer one needs nothing.
class Jaeger final : public TraceBackend<Jaeger>
{
public:
    Jaeger(const SourceConfig &config, const QString &endpoint)
        : TraceBackend(config, endpoint)
        , m_mayV3(config.api != u"legacy")
        , m_mayLegacy(config.api != u"v3")
    {
    }

private:
    friend class TraceBackend<Jaeger>;
    static bool isV3(const HttpResponse &response) { return response.url.contains("/api/v3/"); }
    /// The same question to the other interface, where that is allowed and has not been asked.
    template<typename Query>
    Result<Decoded> otherOr(const Query &query, const HttpResponse &response, bool wasFirst) const
    {
        if (wasFirst && m_mayV3 && m_mayLegacy)
            return Decoded(isV3(response) ? legacy(query) : v3(query));
        Result<void> fit = classifyTraceAnswer(response, u"Jaeger"_s);
        return fit ? fail(Error::Kind::NotFound, u"this Jaeger has no such page"_s)
                   : tl::unexpected(std::move(fit.error()));
    }

    // Searches: summaries first, whole traces where there are none.

    Result<HttpRequest> build(const TraceSearch &search) const
    {
        if (!search.traceql.isEmpty())
            return fail(Error::Kind::Invalid, u"%1 is a Jaeger: it has no TraceQL"_s.arg(m_endpoint));
        return m_mayV3 ? v3(search) : legacy(search);
    }
    HttpRequest v3(const TraceSearch &search, bool withError = true) const
    {
        HttpRequest out = get("/api/v3/trace-summaries", limits::kTraceSearchBytes);
        const auto add = [&](const char *name, const QByteArray &value) {
            if (!value.isEmpty())
                out.query.emplace_back(QByteArray("query.") + name, value);
        };
        // Names with underscores are understood by all versions.
        add("service_name", search.service.toUtf8());
        add("operation_name", search.operation.toUtf8());
        add("start_time_min", rfc3339(search.range.begin));
        add("start_time_max", rfc3339(search.range.end));
        addDurations(
            search, [&](const char *min, const QByteArray &value) { add(min, value); }, "duration_min",
            "duration_max");
        add("num_traces", QByteArray::number(search.limit));
        add("search_depth", QByteArray::number(search.limit));
        add("attributes", attributesJson(search, withError));
        return out;
    }
    HttpRequest legacy(const TraceSearch &search, bool withError = true) const
    {
        HttpRequest out = get("/api/traces", limits::kTraceSearchBytes);
        const auto add = [&](const char *name, const QByteArray &value) {
            if (!value.isEmpty())
                out.query.emplace_back(name, value);
        };
        add("service", search.service.toUtf8());
        add("operation", search.operation.toUtf8());
        add("start", QByteArray::number(toNs(search.range.begin) / 1'000));
        add("end", QByteArray::number(toNs(search.range.end) / 1'000));
        add("limit", QByteArray::number(std::min(search.limit, kLegacyLimit)));
        addDurations(
            search, [&](const char *name, const QByteArray &value) { add(name, value); }, "minDuration",
            "maxDuration");
        add("tags", attributesJson(search, withError));
        add("raw", "true");
        return out;
    }
    template<typename Add>
    static void addDurations(const TraceSearch &search, Add add, const char *min, const char *max)
    {
        if (search.minDuration)
            add(min, QByteArray::number(search.minDuration->count()) + "ns");
        if (search.maxDuration)
            add(max, QByteArray::number(search.maxDuration->count()) + "ns");
    }
    Result<Decoded> read(const TraceSearch &search, const HttpResponse &response, std::stop_token stop) const
    {
        if (isMissingPage(response))
            return otherOr(search, response, isV3(response));
        Answer answer;
        TraceSummaries summaries;
        if (response.status != 404) { // nothing found
            if (Result<void> fit = classifyTraceAnswer(response, u"Jaeger"_s); !fit)
                return tl::unexpected(std::move(fit.error()));
            Result<void> read = isV3(response) ? readSummaries(response.body, search, summaries)
                                               : readTraces(response.body, search, stop, summaries, answer);
            if (!read)
                return tl::unexpected(std::move(read.error()));
        }
        // Not every storage knows failed spans by this attribute: without it, and sorted out here.
        if (summaries.traces.empty() && search.errorsOnly && response.url.contains("%22error%22")
            && !search.attributes.contains(u"error"_s))
            return Decoded(isV3(response) ? v3(search, false) : legacy(search, false));
        if (search.errorsOnly && !response.url.contains("%22error%22"))
            summaries.note = u"only the newest traces were looked through for errors"_s;
        answer.data = std::move(summaries);
        return Decoded(std::move(answer));
    }
    static Result<void> readSummaries(const QByteArray &body, const TraceSearch &search, TraceSummaries &out)
    {
        const Result<JsonReader> json = JsonReader::parse(body);
        if (!json)
            return tl::unexpected(json.error());
        if (!json->isObject())
            return json->expected("an object with \"summaries\"");
        if (const auto list = json->find("summaries")) {
            Result<void> read = list->each([&](const JsonReader &one) -> Result<void> {
                Result<TraceSummary> summary = readSummary(one);
                if (!summary)
                    return tl::unexpected(std::move(summary.error()));
                out.traces.push_back(std::move(*summary));
                return {};
            });
            if (!read)
                return read;
        }
        sortAndCut(out, search);
        return {};
    }
    static Result<void> readTraces(const QByteArray &body, const TraceSearch &search, std::stop_token stop,
        TraceSummaries &out, Answer &answer)
    {
        Result<DecodedTraces> decoded = decodeJaeger(body, {limits::kTraceSearchBytes, 1'000'000}, stop);
        if (!decoded)
            return tl::unexpected(std::move(decoded.error()));
        out = summariesOf(decoded->traces, search);
        if (search.limit > kLegacyLimit && decoded->traces.size() >= size_t(kLegacyLimit))
            out.note = u"this Jaeger sends whole traces: no more than %1 are asked for"_s.arg(kLegacyLimit);
        answer.partial = decoded->partial;
        answer.warnings = std::move(decoded->warnings);
        return {};
    }

    // One trace: the older page is on all versions and leaves stored times alone.

    Result<HttpRequest> build(const TraceById &query) const
    {
        return m_mayLegacy ? legacy(query) : v3(query);
    }
    HttpRequest legacy(const TraceById &query) const
    {
        HttpRequest out = get("/api/traces/" + query.trace.toHex().toLatin1(), limits::kTraceBytes);
        out.query.emplace_back("raw", "true");
        return out;
    }
    HttpRequest v3(const TraceById &query) const
    {
        HttpRequest out = get("/api/v3/traces/" + query.trace.toHex().toLatin1(), limits::kTraceBytes);
        out.query.emplace_back("raw_traces", "true");
        return out;
    }
    Result<Decoded> read(const TraceById &query, const HttpResponse &response, std::stop_token stop) const
    {
        if (isMissingPage(response))
            return otherOr(query, response, !isV3(response));
        if (response.status == 404)
            return noSuchTrace(query.trace);
        if (Result<void> fit = classifyTraceAnswer(response, u"Jaeger"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<DecodedTraces> decoded =
            isV3(response) ? decodeOtlp(response.body, {}, stop) : decodeJaeger(response.body, {}, stop);
        if (!decoded)
            return tl::unexpected(std::move(decoded.error()));
        return traceAnswer(std::move(*decoded), query.trace);
    }

    // Names, dependencies, status.

    Result<HttpRequest> build(const TraceNamesQuery &query) const
    {
        return m_mayV3 ? v3(query) : legacy(query);
    }
    HttpRequest v3(const TraceNamesQuery &query) const
    {
        HttpRequest out =
            get(query.service.isEmpty() ? "/api/v3/services" : "/api/v3/operations", limits::kListBytes);
        if (!query.service.isEmpty())
            out.query.emplace_back("service", query.service.toUtf8());
        return out;
    }
    HttpRequest legacy(const TraceNamesQuery &query) const
    {
        return get(query.service.isEmpty()
                ? QByteArray("/api/services")
                : "/api/services/" + query.service.toUtf8().toPercentEncoding() + "/operations",
            limits::kListBytes);
    }
    Result<Decoded> read(const TraceNamesQuery &query, const HttpResponse &response, std::stop_token) const
    {
        if (isMissingPage(response))
            return otherOr(query, response, isV3(response));
        if (Result<void> fit = classifyTraceAnswer(response, u"Jaeger"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<LabelValues> names = readNames(response.body,
            !isV3(response)               ? "data"
                : query.service.isEmpty() ? "services"
                                          : "operations");
        if (!names)
            return tl::unexpected(std::move(names.error()));
        return Decoded(Answer{QueryData(std::move(*names)), {}, false});
    }
    /// Operations come as objects in the newer interface, once for each kind of span.
    static Result<LabelValues> readNames(const QByteArray &body, const char *key)
    {
        const Result<JsonReader> json = JsonReader::parse(body);
        if (!json)
            return tl::unexpected(json.error());
        LabelValues out;
        const auto list = json->find(key);
        if (!json->isObject())
            return json->expected("an object");
        if (!list)
            return out;
        Result<void> read = list->each([&](const JsonReader &one) -> Result<void> {
            const Result<QString> name = one.isObject() ? one.textOf("name") : one.text();
            if (!name)
                return tl::unexpected(name.error());
            const Untrusted value(*name);
            if (std::find(out.values.begin(), out.values.end(), value) == out.values.end())
                out.values.push_back(value);
            return {};
        });
        return read ? Result<LabelValues>(std::move(out)) : tl::unexpected(std::move(read.error()));
    }

    Result<HttpRequest> build(const DependencyQuery &query) const
    {
        HttpRequest out = get("/api/dependencies", limits::kListBytes);
        out.query.emplace_back("endTs", QByteArray::number(toUnixMs(query.range.end)));
        out.query.emplace_back("lookback",
            QByteArray::number(std::max<Nanoseconds>(query.range.span(), kDependencyWindow) / 1ms));
        return out;
    }
    Result<Decoded> read(const DependencyQuery &, const HttpResponse &response, std::stop_token) const
    {
        if (Result<void> fit = classifyTraceAnswer(response, u"Jaeger"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        const Result<JsonReader> json = JsonReader::parse(response.body);
        if (!json)
            return tl::unexpected(json.error());
        Dependencies out;
        if (const auto list = json->find("data")) {
            Result<void> read = list->each([&](const JsonReader &one) -> Result<void> {
                const Result<QString> parent = one.textOf("parent"), child = one.textOf("child");
                if (!parent || !child)
                    return tl::unexpected(parent ? child.error() : parent.error());
                out.edges.push_back({Untrusted(*parent), Untrusted(*child),
                    double(integerOf(one, "callCount")), std::nullopt});
                return {};
            });
            if (!read)
                return tl::unexpected(std::move(read.error()));
        }
        return Decoded(Answer{QueryData(std::move(out)), {}, false});
    }

    Result<HttpRequest> build(const StatusQuery &) const
    {
        HttpRequest out = m_mayV3 ? v3(TraceNamesQuery{}) : legacy(TraceNamesQuery{});
        out.deadline = m_poll;
        return out;
    }
    Result<Decoded> read(const StatusQuery &, const HttpResponse &response, std::stop_token) const
    {
        const bool wasV3 = isAnswerTo(response, "/api/v3/services");
        if (!wasV3 && !isAnswerTo(response, "/api/services"))
            return whoElse(response, m_endpoint, u"jaeger"_s, m_poll);
        if (isMissingPage(response)) {
            if (wasV3 && m_mayLegacy)
                return Decoded(legacy(TraceNamesQuery{}));
            return whoElse(response, m_endpoint, u"jaeger"_s, m_poll);
        }
        if (Result<void> fit = classifyTraceAnswer(response, u"Jaeger"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        const Result<LabelValues> names = readNames(response.body, wasV3 ? "services" : "data");
        if (!names)
            return tl::unexpected(names.error());
        ServerStatus status;
        status.product = u"jaeger"_s;
        status.notes << u"%1 services"_s.arg(names->values.size());
        return Decoded(Answer{QueryData(std::move(status)), {}, false});
    }

    template<typename Other> Result<HttpRequest> build(const Other &) const
    {
        return fail(
            Error::Kind::Refused, u"%1 is a Jaeger: it has traces, names and dependencies"_s.arg(m_endpoint));
    }
    template<typename Other>
    Result<Decoded> read(const Other &, const HttpResponse &, const std::stop_token &) const
    {
        return fail(Error::Kind::Refused, u"not a question for a Jaeger"_s);
    }

    bool m_mayV3, m_mayLegacy;
};
} // namespace

DatasourceKind jaegerKind()
{
    DatasourceKind kind;
    kind.id = u"jaeger"_s;
    kind.title = u"Jaeger"_s;
    kind.inFlight = 2; // a search of an old version reads whole traces
    FieldSpec api;
    api.key = u"api"_s;
    api.label = u"Interface"_s;
    api.kind = FieldSpec::Kind::Choice;
    api.fallback = u"auto"_s;
    api.choices = {u"auto"_s, u"v3"_s, u"legacy"_s};
    kind.fields = {api};
    kind.create = [](const SourceConfig &config, const QString &endpoint) {
        return std::make_shared<const Jaeger>(config, endpoint);
    };
    return kind;
}

} // namespace bw
