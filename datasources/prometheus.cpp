// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/answerclass.h>
#include <datasources/prometheus.h>
#include <datasources/prometheusdecode.h>
#include <datasources/requestlimits.h>
#include <domain/base/timerange.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
/// Longer expressions go as a POST form: URLs of proxies end near 8 KiB, and selectors grow when escaped.
constexpr qsizetype kLongExpression = 1500;
const QByteArray kForm = "application/x-www-form-urlencoded";

bool isPlainLabelName(const QString &name)
{
    const auto letter = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
    };
    return !name.isEmpty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](QChar c) {
        return letter(c) || (c >= u'0' && c <= u'9');
    });
}

/// A label name as a path segment: what is not a classic name is spelled as Prometheus 3 wants it.
QByteArray labelSegment(const QString &name)
{
    if (isPlainLabelName(name))
        return name.toLatin1();
    QByteArray out = "U__";
    for (const char32_t c : name.toUcs4()) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9' && out.size() > 3);
        if (c == '_')
            out += "__";
        else if (plain)
            out += char(c);
        else
            out += '_' + QByteArray::number(uint(c), 16) + '_';
    }
    return out;
}

QByteArray formOf(const std::vector<std::pair<QByteArray, QByteArray>> &query)
{
    QByteArray body;
    for (const auto &[key, value] : query) {
        if (!body.isEmpty())
            body += '&';
        body += key.toPercentEncoding() + '=' + value.toPercentEncoding();
    }
    return body;
}

/// A POST has no query behind its path; that is how an answer tells which of the two it belongs to.
bool wasPosted(const HttpResponse &response) { return !response.url.contains('?'); }

/// Builds requests of the HTTP API v1 and hands answers to the decoder.
class Prometheus final : public Datasource
{
public:
    Prometheus(const SourceConfig &config, const QString &endpoint)
        : m_endpoint(endpoint)
        , m_context{{config.id}, {endpoint}, {config.limits.series, 11'001, 1'000'000}}
        , m_query(limits::queryDeadline(config))
        , m_poll(limits::pollDeadline(config))
    {
    }

    Result<HttpRequest> request(const QuerySpec &spec) const override
    {
        Result<HttpRequest> built = plain(spec);
        if (built && isLong(spec)) {
            built->method = "POST";
            built->body = formOf(built->query);
            built->contentType = kForm;
            built->query.clear();
        }
        return built;
    }

    Result<Decoded> decode(
        const QuerySpec &spec, const HttpResponse &response, std::stop_token stop) const override
    {
        if ((response.status == 403 || response.status == 405) && isLong(spec) && wasPosted(response))
            return byGet(spec);
        const bool isStatus = std::holds_alternative<StatusQuery>(spec.body);
        if (isStatus && (response.status == 404 || response.status == 403)
            && response.url.contains("/status/buildinfo"))
            return liveness();
        if (Result<void> fit = classifyAnswer(response, u"Prometheus"_s); !fit)
            return tl::unexpected(named(std::move(fit.error())));
        Result<Answer> answer = decodePrometheus(spec, response.body, m_context, stop);
        if (!answer)
            return tl::unexpected(named(std::move(answer.error())));
        return Decoded(std::move(*answer));
    }

private:
    Error named(Error error) const
    {
        error.message = m_endpoint + u": "_s + error.message;
        return error;
    }

    static bool isLong(const QuerySpec &spec)
    {
        qsizetype size = 0;
        if (const auto *instant = std::get_if<InstantQuery>(&spec.body))
            size = instant->expression.size();
        else if (const auto *range = std::get_if<RangeQuery>(&spec.body))
            size = range->expression.size();
        else if (const auto *exemplars = std::get_if<ExemplarQuery>(&spec.body))
            size = exemplars->expression.size();
        else if (const auto *series = std::get_if<SeriesQuery>(&spec.body))
            size = series->matches.join(u' ').size();
        return size > kLongExpression;
    }

    Result<Decoded> byGet(const QuerySpec &spec) const
    {
        Result<HttpRequest> again = plain(spec);
        if (!again)
            return tl::unexpected(std::move(again.error()));
        return Decoded(std::move(*again));
    }

    /// Servers without build information still evaluate.
    Result<Decoded> liveness() const
    {
        HttpRequest again = get("/api/v1/query", m_poll, limits::kStatusBytes);
        again.query.emplace_back("query", "1");
        return Decoded(std::move(again));
    }

    HttpRequest get(const QByteArray &path, std::chrono::milliseconds deadline, qint64 bytes) const
    {
        HttpRequest request;
        request.endpoint = m_endpoint;
        request.path = path;
        request.deadline = deadline;
        request.maxBytes = bytes;
        return request;
    }

    /// `timeout` makes the server stop before we do. Servers cut it at their own limit.
    static void addTimeout(HttpRequest &request)
    {
        const auto left = std::max<std::chrono::milliseconds>(request.deadline - 1s, 1s);
        request.query.emplace_back("timeout", promDuration(left).toLatin1());
    }
    static void addRange(HttpRequest &request, const std::optional<TimeRange> &range)
    {
        if (!range)
            return;
        request.query.emplace_back("start", unixSeconds(range->begin));
        request.query.emplace_back("end", unixSeconds(range->end));
    }
    /// Servers before 3.2 ignore it, so the decoder counts as well.
    void addLimit(HttpRequest &request, int factor = 1) const
    {
        // One more than we keep: otherwise a full answer and a cut one look alike.
        request.query.emplace_back("limit", QByteArray::number(m_context.limits.series * factor + 1));
    }

    /// Servers without figures ignore it.
    static void addStats(HttpRequest &request, bool wanted)
    {
        if (wanted)
            request.query.emplace_back("stats", "all");
    }

    Result<HttpRequest> plain(const QuerySpec &spec) const
    {
        return std::visit([this](const auto &query) { return build(query); }, spec.body);
    }
    Result<HttpRequest> build(const InstantQuery &query) const
    {
        HttpRequest out =
            get("/api/v1/query", std::min<std::chrono::milliseconds>(10s, m_query), limits::kInstantBytes);
        out.query.emplace_back("query", query.expression.toUtf8());
        if (query.at)
            out.query.emplace_back("time", unixSeconds(*query.at));
        addTimeout(out);
        addLimit(out);
        addStats(out, query.stats);
        return out;
    }
    Result<HttpRequest> build(const RangeQuery &query) const
    {
        if (query.step < 1ms || query.range.end < query.range.begin)
            return fail(Error::Kind::Invalid,
                u"%1: a range needs a step of at least 1 ms and an end that is not before its begin"_s.arg(
                    m_endpoint));
        if (query.range.span() / query.step > 11'000)
            return fail(Error::Kind::Invalid,
                u"%1: %2 steps asked, servers refuse more than 11000: ask for a longer step"_s.arg(m_endpoint)
                    .arg(query.range.span() / query.step));
        HttpRequest out = get("/api/v1/query_range", m_query, limits::kRangeBytes);
        out.query.emplace_back("query", query.expression.toUtf8());
        addRange(out, query.range);
        out.query.emplace_back("step", unixSeconds(Timestamp(query.step)));
        addTimeout(out);
        addLimit(out);
        addStats(out, query.stats);
        return out;
    }
    Result<HttpRequest> build(const ExemplarQuery &query) const
    {
        HttpRequest out = get("/api/v1/query_exemplars", m_query, limits::kRangeBytes);
        out.query.emplace_back("query", query.expression.toUtf8());
        addRange(out, query.range);
        return out;
    }
    Result<HttpRequest> build(const LabelQuery &query) const
    {
        HttpRequest out =
            get(query.label.isEmpty() ? QByteArray("/api/v1/labels")
                                      : "/api/v1/label/" + labelSegment(query.label) + "/values",
                m_query, limits::kListBytes);
        for (const QString &match : query.matches)
            out.query.emplace_back("match[]", match.toUtf8());
        addRange(out, query.range);
        return out;
    }
    Result<HttpRequest> build(const SeriesQuery &query) const
    {
        if (query.matches.isEmpty())
            return fail(Error::Kind::Invalid, u"%1: a list of series needs a selector"_s.arg(m_endpoint));
        HttpRequest out = get("/api/v1/series", m_query, limits::kRangeBytes);
        for (const QString &match : query.matches)
            out.query.emplace_back("match[]", match.toUtf8());
        addRange(out, query.range);
        addLimit(out, 5);
        return out;
    }
    Result<HttpRequest> build(const MetadataQuery &query) const
    {
        HttpRequest out = get("/api/v1/metadata", m_query, limits::kListBytes);
        if (!query.metric.isEmpty())
            out.query.emplace_back("metric", query.metric.toUtf8());
        return out;
    }
    Result<HttpRequest> build(const RulesQuery &query) const
    {
        HttpRequest out = get("/api/v1/rules", m_poll, limits::kAlertBytes);
        if (!query.type.isEmpty())
            out.query.emplace_back("type", query.type.toUtf8());
        return out;
    }
    Result<HttpRequest> build(const AlertsQuery &) const
    {
        return get("/api/v1/alerts", m_poll, limits::kAlertBytes);
    }
    Result<HttpRequest> build(const StatusQuery &) const
    {
        return get("/api/v1/status/buildinfo", m_poll, limits::kStatusBytes);
    }
    template<typename Other> Result<HttpRequest> build(const Other &) const
    {
        return fail(Error::Kind::Refused,
            u"%1 is a Prometheus: it has no alert groups, silences or data of ours"_s.arg(m_endpoint));
    }

    QString m_endpoint;
    PrometheusContext m_context;
    std::chrono::milliseconds m_query, m_poll;
};
} // namespace

DatasourceKind prometheusKind()
{
    DatasourceKind kind;
    kind.id = u"prometheus"_s;
    kind.title = u"Prometheus"_s;
    kind.inFlight = 4; // of the 20 queries a server evaluates at a time
    kind.create = [](const SourceConfig &config, const QString &endpoint) {
        return std::make_shared<const Prometheus>(config, endpoint);
    };
    return kind;
}

} // namespace bw
