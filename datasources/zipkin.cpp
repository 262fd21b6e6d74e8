// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsonreader.h>
#include <datasources/tracebackend.h>
#include <datasources/zipkin.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
constexpr int kMostTraces = 100; ///< searches answer whole traces

Result<LabelValues> readNames(const QByteArray &body)
{
    const Result<JsonReader> json = JsonReader::parse(body);
    if (!json)
        return tl::unexpected(json.error());
    if (!json->isArray())
        return json->expected("a list of names");
    LabelValues out;
    Result<void> read = json->each([&](const JsonReader &one) -> Result<void> {
        const Result<QString> name = one.text();
        if (!name)
            return tl::unexpected(name.error());
        out.values.emplace_back(*name);
        return {};
    });
    return read ? Result<LabelValues>(std::move(out)) : tl::unexpected(std::move(read.error()));
}

Result<Dependencies> readDependencies(const QByteArray &body)
{
    const Result<JsonReader> json = JsonReader::parse(body);
    if (!json)
        return tl::unexpected(json.error());
    if (!json->isArray())
        return json->expected("a list of dependencies");
    Dependencies out;
    Result<void> read = json->each([&](const JsonReader &one) -> Result<void> {
        const Result<QString> parent = one.textOf("parent"), child = one.textOf("child");
        if (!parent || !child)
            return tl::unexpected(parent ? child.error() : parent.error());
        const auto calls = one.find("callCount"), errors = one.find("errorCount");
        Dependency edge{Untrusted(*parent), Untrusted(*child), 0, 0.0};
        if (calls)
            edge.calls = calls->number().value_or(0);
        if (errors)
            edge.errors = errors->number().value_or(0);
        out.edges.push_back(std::move(edge));
        return {};
    });
    return read ? Result<Dependencies>(std::move(out)) : tl::unexpected(std::move(read.error()));
}

/// Builds requests of API v2 and reads the answers. A Zipkin whose search is switched off answers empty
/// lists; before an empty one is believed, its own settings are asked.
class Zipkin final : public TraceBackend<Zipkin>
{
public:
    Zipkin(const SourceConfig &config, const QString &endpoint)
        : TraceBackend(config, endpoint)
    {
    }

private:
    friend class TraceBackend<Zipkin>;
    Result<HttpRequest> build(const TraceSearch &search) const
    {
        if (!search.traceql.isEmpty())
            return fail(Error::Kind::Invalid, u"%1 is a Zipkin: it has no TraceQL"_s.arg(m_endpoint));
        HttpRequest out = get("/api/v2/traces", limits::kTraceSearchBytes);
        if (!search.service.isEmpty())
            out.query.emplace_back("serviceName", search.service.toUtf8());
        if (!search.operation.isEmpty())
            out.query.emplace_back("spanName", search.operation.toUtf8());
        QStringList annotations;
        for (auto at = search.attributes.begin(); at != search.attributes.end(); ++at)
            annotations << at.key() + u'=' + at.value();
        if (search.errorsOnly)
            annotations << u"error"_s;
        if (!annotations.isEmpty())
            out.query.emplace_back("annotationQuery", annotations.join(u" and "_s).toUtf8());
        // The longest is only looked at beside a shortest.
        if (search.minDuration || search.maxDuration)
            out.query.emplace_back("minDuration",
                QByteArray::number(std::max<qint64>(1, search.minDuration.value_or(0ns) / 1us)));
        if (search.maxDuration)
            out.query.emplace_back(
                "maxDuration", QByteArray::number(std::max<qint64>(1, *search.maxDuration / 1us)));
        addWindow(out, search.range);
        out.query.emplace_back("limit", QByteArray::number(std::clamp(search.limit, 1, kMostTraces)));
        return out;
    }
    static void addWindow(HttpRequest &out, const TimeRange &range)
    {
        out.query.emplace_back("endTs", QByteArray::number(toUnixMs(range.end)));
        out.query.emplace_back("lookback",
            QByteArray::number(
                std::max<qint64>(1, std::chrono::ceil<std::chrono::milliseconds>(range.span()).count())));
    }
    Result<HttpRequest> build(const TraceById &query) const
    {
        return get("/api/v2/trace/" + query.trace.toHex().toLatin1(), limits::kTraceBytes);
    }
    Result<HttpRequest> build(const TraceNamesQuery &query) const
    {
        HttpRequest out =
            get(query.service.isEmpty() ? "/api/v2/services" : "/api/v2/spans", limits::kListBytes);
        if (!query.service.isEmpty())
            out.query.emplace_back("serviceName", query.service.toUtf8());
        return out;
    }
    Result<HttpRequest> build(const DependencyQuery &query) const
    {
        HttpRequest out = get("/api/v2/dependencies", limits::kListBytes);
        addWindow(out, query.range);
        return out;
    }
    Result<HttpRequest> build(const StatusQuery &) const
    {
        HttpRequest out = get("/info", limits::kStatusBytes);
        out.deadline = m_poll;
        return out;
    }
    template<typename Other> Result<HttpRequest> build(const Other &) const
    {
        return fail(
            Error::Kind::Refused, u"%1 is a Zipkin: it has traces, names and dependencies"_s.arg(m_endpoint));
    }

    static constexpr QByteArrayView kSettings = "/zipkin/config.json";
    /// An empty answer, after the settings have said that it means nothing found.
    Result<Decoded> emptyOr(const HttpResponse &response, QueryData empty) const
    {
        // Without a user interface there are no settings to read: empty is all there is to know.
        const Result<JsonReader> json = JsonReader::parse(response.body);
        const auto enabled = response.status == 200 && json ? json->find("searchEnabled") : std::nullopt;
        if (enabled && !enabled->boolean().value_or(true))
            return fail(Error::Kind::Refused,
                u"search is switched off on this Zipkin (SEARCH_ENABLED=false); traces can be opened by their id"_s);
        return Decoded(Answer{std::move(empty), {}, false});
    }
    Result<Decoded> settings() const { return Decoded(get(kSettings.toByteArray(), limits::kStatusBytes)); }

    Result<Decoded> read(const TraceSearch &search, const HttpResponse &response, std::stop_token stop) const
    {
        if (isAnswerTo(response, kSettings))
            return emptyOr(response, TraceSummaries{});
        if (Result<void> fit = classifyTraceAnswer(response, u"Zipkin"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<DecodedTraces> decoded =
            decodeZipkin(response.body, {limits::kTraceSearchBytes, 1'000'000}, stop);
        if (!decoded)
            return tl::unexpected(std::move(decoded.error()));
        if (decoded->traces.empty())
            return settings();
        TraceSummaries out = summariesOf(decoded->traces, search);
        if (search.limit > kMostTraces && decoded->traces.size() >= size_t(kMostTraces))
            out.note = u"Zipkin sends whole traces: no more than %1 are asked for"_s.arg(kMostTraces);
        return Decoded(Answer{QueryData(std::move(out)), std::move(decoded->warnings), false});
    }
    Result<Decoded> read(const TraceById &query, const HttpResponse &response, std::stop_token stop) const
    {
        if (response.status == 404 && response.body.contains(query.trace.toHex().toLatin1()))
            return noSuchTrace(query.trace);
        if (Result<void> fit = classifyTraceAnswer(response, u"Zipkin"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<DecodedTraces> decoded = decodeZipkin(response.body, {}, stop);
        if (!decoded)
            return tl::unexpected(std::move(decoded.error()));
        return traceAnswer(std::move(*decoded), query.trace);
    }
    Result<Decoded> read(const TraceNamesQuery &, const HttpResponse &response, std::stop_token) const
    {
        if (isAnswerTo(response, kSettings))
            return emptyOr(response, LabelValues{});
        if (Result<void> fit = classifyTraceAnswer(response, u"Zipkin"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<LabelValues> names = readNames(response.body);
        if (!names)
            return tl::unexpected(std::move(names.error()));
        if (names->values.empty())
            return settings();
        return Decoded(Answer{QueryData(std::move(*names)), {}, false});
    }
    Result<Decoded> read(const DependencyQuery &, const HttpResponse &response, std::stop_token) const
    {
        if (Result<void> fit = classifyTraceAnswer(response, u"Zipkin"_s); !fit)
            return tl::unexpected(std::move(fit.error()));
        Result<Dependencies> edges = readDependencies(response.body);
        if (!edges)
            return tl::unexpected(std::move(edges.error()));
        return Decoded(Answer{QueryData(std::move(*edges)), {}, false});
    }
    /// /info tells the version; servers without it have /health.
    Result<Decoded> read(const StatusQuery &, const HttpResponse &response, std::stop_token) const
    {
        const bool isInfo = isAnswerTo(response, "/info");
        if (!isInfo && !isAnswerTo(response, "/health"))
            return whoElse(response, m_endpoint, u"zipkin"_s, m_poll);
        const Result<void> fit = classifyTraceAnswer(response, u"Zipkin"_s);
        if (!fit && !isMissingPage(response))
            return tl::unexpected(fit.error());
        const Result<JsonReader> json = JsonReader::parse(response.body);
        const auto zipkin = fit && json ? json->find("zipkin") : std::nullopt;
        if (!zipkin) {
            if (!isInfo)
                return whoElse(response, m_endpoint, u"zipkin"_s, m_poll);
            HttpRequest health = get("/health", limits::kStatusBytes);
            health.deadline = m_poll;
            return Decoded(std::move(health));
        }
        ServerStatus status;
        status.product = u"zipkin"_s;
        if (isInfo)
            status.version = zipkin->textOf("version").value_or(QString());
        return Decoded(Answer{QueryData(std::move(status)), {}, false});
    }
    template<typename Other>
    Result<Decoded> read(const Other &, const HttpResponse &, const std::stop_token &) const
    {
        return fail(Error::Kind::Refused, u"not a question for a Zipkin"_s);
    }
};
} // namespace

DatasourceKind zipkinKind()
{
    DatasourceKind kind;
    kind.id = u"zipkin"_s;
    kind.title = u"Zipkin"_s;
    kind.inFlight = 2;
    kind.create = [](const SourceConfig &config, const QString &endpoint) {
        return std::make_shared<const Zipkin>(config, endpoint);
    };
    return kind;
}

} // namespace bw
