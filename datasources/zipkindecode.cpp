// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/spanreader.h>
#include <datasources/tracecollector.h>
#include <datasources/traceformat.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr qint64 kMicrosecond = 1'000;

/// Absent means internal.
SpanKind kindOf(std::string_view text)
{
    return is(text, "SERVER")  ? SpanKind::Server
        : is(text, "CLIENT")   ? SpanKind::Client
        : is(text, "PRODUCER") ? SpanKind::Producer
        : is(text, "CONSUMER") ? SpanKind::Consumer
                               : SpanKind::Internal;
}

class ZipkinDetails final : public SpanBytes
{
public:
    using SpanBytes::SpanBytes;
    SpanDetail detail(int source) const override
    {
        SpanDetail out;
        readDetail(span(source), out, [&](JsonCursor &json) { return readSpan(json, out); });
        return out;
    }

private:
    static bool readMap(JsonCursor &json, const QString &prefix, std::vector<SpanAttribute> &out)
    {
        if (json.isNull())
            return json.skip();
        return json.object([&](std::string_view key) {
            SpanAttribute &one = out.emplace_back();
            one.key = Untrusted(prefix + QString::fromUtf8(key.data(), qsizetype(key.size())));
            return readPlain(json, one.value);
        });
    }
    static bool readSpan(JsonCursor &json, SpanDetail &out)
    {
        return json.object([&](std::string_view key) {
            if (is(key, "tags"))
                return readMap(json, {}, out.attributes);
            if (is(key, "localEndpoint"))
                return readLocal(json, out.resource);
            if (is(key, "remoteEndpoint"))
                return readMap(json, u"remoteEndpoint."_s, out.attributes);
            if (!is(key, "annotations"))
                return json.skip();
            return eachOrNull(json, [&] {
                SpanEvent &event = out.events.emplace_back();
                return json.object([&](std::string_view name) {
                    return is(name, "timestamp") ? readTimestamp(json, kMicrosecond, event.at)
                        : is(name, "value")      ? readPlain(json, event.name)
                                                 : json.skip();
                });
            });
        });
    }
    static bool readLocal(JsonCursor &json, std::vector<SpanAttribute> &out)
    {
        const bool good = readMap(json, {}, out);
        // Under the name that the other formats have for it.
        for (SpanAttribute &one : out) {
            if (verbatim(one.key) == u"serviceName")
                one.key = Untrusted(u"service.name"_s);
        }
        return good;
    }
};

/// One pass over a body.
class ZipkinReader
{
public:
    ZipkinReader(const QByteArray &body, const TraceLimits &limits, std::stop_token stop)
        : m_json({body.constData(), size_t(body.size())})
        , m_details(std::make_shared<ZipkinDetails>(body))
        , m_collector(limits)
        , m_stop(std::move(stop))
    {
    }

    Result<DecodedTraces> read()
    {
        // Several documents one behind the other: files with a list a line.
        while (m_json.isGood() && !m_json.isAtEnd() && readAny()) { }
        if (!m_json.isGood())
            return tl::unexpected(m_collector.explain(m_json.error()));
        DecodedTraces out;
        out.traces = m_collector.finish(m_details);
        return out;
    }

private:
    /// A span, or a list of spans or of such lists.
    bool readAny()
    {
        if (m_json.peek() == '[')
            return m_json.array([this] { return readAny(); });
        return readSpan();
    }

    bool readTrace(int &out)
    {
        const char *const place = m_json.place();
        std::string_view text;
        if (!m_json.text(text, m_scratch))
            return false;
        const std::optional<TraceId> id = readTraceId(text);
        if (!id)
            return m_json.failAt(place, "not a trace id");
        out = m_collector.traceOf(*id);
        return true;
    }
    bool readService(std::string_view &out)
    {
        if (m_json.isNull())
            return m_json.skip();
        return m_json.object([&](std::string_view key) {
            return is(key, "serviceName") ? m_json.textOrNull(out, m_serviceScratch) : m_json.skip();
        });
    }
    bool readTags(SpanStatus &status)
    {
        if (m_json.isNull())
            return m_json.skip();
        return m_json.object([&](std::string_view key) {
            if (is(key, "error")) {
                status = SpanStatus::Error;
            } else if (is(key, "otel.status_code")) {
                std::string_view text;
                if (!m_json.raw(text))
                    return false;
                if (is(text, "\"ERROR\""))
                    status = SpanStatus::Error;
                else if (is(text, "\"OK\"") && status == SpanStatus::Unset)
                    status = SpanStatus::Ok;
                return true;
            }
            return m_json.skip();
        });
    }

    bool readSpan()
    {
        if (!m_collector.mayGoOn(m_json, 0, m_stop))
            return false;
        SpanRecord span;
        span.kind = SpanKind::Internal;
        std::optional<qint64> start, duration;
        std::string_view name, service, kind;
        int trace = -1;
        SeenFields seen(m_json);
        const char *const from = m_json.place();
        const bool good = m_json.object([&](std::string_view key) {
            if (is(key, "traceId"))
                return seen.first(0) && readTrace(trace);
            if (is(key, "id"))
                return seen.first(1) && readId(m_json, m_scratch, span.id);
            if (is(key, "parentId"))
                return seen.first(2) && readId(m_json, m_scratch, span.parent);
            if (is(key, "name"))
                return seen.first(3) && m_json.textOrNull(name, m_nameScratch);
            if (is(key, "kind")) {
                const bool read = seen.first(4) && m_json.textOrNull(kind, m_scratch);
                span.kind = kindOf(kind);
                return read;
            }
            if (is(key, "timestamp"))
                return seen.first(5) && readInteger(m_json, start);
            if (is(key, "duration"))
                return seen.first(6) && readInteger(m_json, duration);
            if (is(key, "localEndpoint"))
                return seen.first(7) && readService(service);
            if (is(key, "tags"))
                return seen.first(8) && readTags(span.status);
            if (is(key, "shared"))
                return seen.first(9) && (m_json.isNull() ? m_json.skip() : m_json.boolean(span.isShared));
            return m_json.skip();
        });
        if (!good || (trace < 0 && !m_json.failAt(from, "a span without \"traceId\"")))
            return false;
        setTimes(span, start, duration, kMicrosecond);
        span.service = m_collector.name(trace, service);
        span.operation = m_collector.name(trace, name);
        span.source = m_details->addSpan({from, size_t(m_json.behind() - from)}, -1);
        m_collector.add(trace, span);
        return true;
    }

    JsonCursor m_json;
    std::shared_ptr<ZipkinDetails> m_details;
    TraceCollector m_collector;
    std::stop_token m_stop;
    std::string m_scratch, m_nameScratch, m_serviceScratch;
};
} // namespace

Result<DecodedTraces> decodeZipkin(const QByteArray &body, const TraceLimits &limits, std::stop_token stop)
{
    if (Result<void> fit = checkTraceText(body, limits.bytes); !fit)
        return tl::unexpected(std::move(fit.error()));
    if (Result<void> right = expectFormat(body, TraceFormat::Zipkin); !right)
        return tl::unexpected(std::move(right.error()));
    return ZipkinReader(body, limits, std::move(stop)).read();
}

} // namespace bw
