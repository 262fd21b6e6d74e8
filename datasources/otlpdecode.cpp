// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/spanreader.h>
#include <datasources/tracecollector.h>
#include <datasources/traceformat.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
/// Enums are numbers in OTLP, and names where a server writes protobuf's own JSON.
SpanKind kindOf(std::string_view raw)
{
    constexpr std::string_view names[] = {
        "UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"};
    if (raw.size() == 1 && raw[0] >= '0' && raw[0] <= '5')
        return SpanKind(raw[0] - '0');
    for (size_t i = 0; i < std::size(names); ++i) {
        if (raw.size() > names[i].size() + 1 && raw.substr(1, raw.size() - 2).ends_with(names[i]))
            return SpanKind(i);
    }
    return SpanKind::Unspecified;
}
SpanStatus statusOf(std::string_view raw)
{
    return is(raw, "2") || is(raw, "\"STATUS_CODE_ERROR\"") ? SpanStatus::Error
        : is(raw, "1") || is(raw, "\"STATUS_CODE_OK\"")     ? SpanStatus::Ok
                                                            : SpanStatus::Unset;
}

/// An AnyValue as a person reads it: plain values as they are, lists and maps as JSON.
bool readAny(JsonCursor &json, std::string &out, bool isNested);

bool readList(JsonCursor &json, std::string &out)
{
    out += '[';
    bool isFirst = true;
    const bool good = json.isNull() ? json.skip() : json.object([&](std::string_view key) {
        if (!is(key, "values"))
            return json.skip();
        return eachOrNull(json, [&] {
            if (!std::exchange(isFirst, false))
                out += ',';
            return readAny(json, out, true);
        });
    });
    out += ']';
    return good;
}

bool readPairs(JsonCursor &json, std::string &out)
{
    out += '{';
    bool isFirst = true;
    const bool good = json.isNull() ? json.skip() : json.object([&](std::string_view key) {
        if (!is(key, "values"))
            return json.skip();
        return eachOrNull(json, [&] {
            if (!std::exchange(isFirst, false))
                out += ',';
            std::string_view name = "\"\"";
            std::string value;
            const bool read = json.object([&](std::string_view field) {
                return is(field, "key")  ? json.raw(name)
                    : is(field, "value") ? readAny(json, value, true)
                                         : json.skip();
            });
            out += name;
            out += ':';
            out += value.empty() ? std::string("null") : value;
            return read;
        });
    });
    out += '}';
    return good;
}

bool readAny(JsonCursor &json, std::string &out, bool isNested)
{
    if (json.isNull())
        return json.skip();
    bool isSet = false;
    const bool good = json.object([&](std::string_view key) {
        isSet = true;
        if (is(key, "arrayValue"))
            return readList(json, out);
        if (is(key, "kvlistValue"))
            return readPairs(json, out);
        std::string_view raw;
        std::string scratch;
        const bool isText = is(key, "stringValue") || is(key, "bytesValue");
        if (isNested && isText) {
            if (!json.raw(raw))
                return false;
            out += raw; // a token of the text is one of the result
            return true;
        }
        // 64-bit numbers are written as strings; so are NaN and Infinity.
        const bool read = json.peek() == '"' ? json.text(raw, scratch) : json.raw(raw);
        out += raw;
        return read;
    });
    if (isNested && !isSet)
        out += "null";
    return good;
}

bool readPairsInto(JsonCursor &json, std::vector<SpanAttribute> &out)
{
    return eachOrNull(json, [&] {
        SpanAttribute one;
        std::string value;
        const bool good = json.object([&](std::string_view key) {
            return is(key, "key")  ? readPlain(json, one.key)
                : is(key, "value") ? readAny(json, value, false)
                                   : json.skip();
        });
        one.value = untrusted(value);
        out.push_back(std::move(one));
        return good;
    });
}

class OtlpDetails final : public SpanBytes
{
public:
    using SpanBytes::SpanBytes;
    SpanDetail detail(int source) const override
    {
        SpanDetail out;
        readDetail(span(source), out, [&](JsonCursor &json) { return readSpan(json, out); });
        readDetail(resource(source), out, [&](JsonCursor &json) {
            return json.isNull() ? json.skip() : json.object([&](std::string_view key) {
                return is(key, "attributes") ? readPairsInto(json, out.resource) : json.skip();
            });
        });
        readDetail(scope(source), out, [&](JsonCursor &json) { return readScope(json, out); });
        return out;
    }

private:
    static bool readScope(JsonCursor &json, SpanDetail &out)
    {
        Untrusted version;
        const bool good = json.isNull() ? json.skip() : json.object([&](std::string_view key) {
            return is(key, "name")   ? readPlain(json, out.scope)
                : is(key, "version") ? readPlain(json, version)
                                     : json.skip();
        });
        if (!version.isEmpty())
            out.scope = Untrusted(verbatim(out.scope) + u' ' + verbatim(version));
        return good;
    }
    static bool readSpan(JsonCursor &json, SpanDetail &out)
    {
        return json.object([&](std::string_view key) {
            if (is(key, "attributes"))
                return readPairsInto(json, out.attributes);
            if (is(key, "events"))
                return eachOrNull(json, [&] { return readEvent(json, out.events.emplace_back()); });
            if (is(key, "links"))
                return eachOrNull(json, [&] { return readLink(json, out.links.emplace_back()); });
            if (!is(key, "status") || json.isNull())
                return json.skip();
            return json.object([&](std::string_view name) {
                return is(name, "message") ? readPlain(json, out.statusMessage) : json.skip();
            });
        });
    }
    static bool readEvent(JsonCursor &json, SpanEvent &out)
    {
        return json.object([&](std::string_view key) {
            return is(key, "timeUnixNano") ? readTimestamp(json, 1, out.at)
                : is(key, "name")          ? readPlain(json, out.name)
                : is(key, "attributes")    ? readPairsInto(json, out.attributes)
                                           : json.skip();
        });
    }
    static bool readLink(JsonCursor &json, SpanLink &out)
    {
        std::string scratch;
        return json.object([&](std::string_view key) {
            std::string_view text;
            if (is(key, "attributes"))
                return readPairsInto(json, out.attributes);
            if (!is(key, "traceId") && !is(key, "spanId"))
                return json.skip();
            if (!json.textOrNull(text, scratch))
                return false;
            if (is(key, "traceId"))
                out.trace = readTraceId(text, true).value_or(TraceId());
            else
                out.span = readSpanId(text, true).value_or(0);
            return true;
        });
    }
};

/// One pass over a body.
class OtlpReader
{
public:
    OtlpReader(const QByteArray &body, const TraceLimits &limits, std::stop_token stop)
        : m_json({body.constData(), size_t(body.size())})
        , m_details(std::make_shared<OtlpDetails>(body))
        , m_collector(limits)
        , m_stop(std::move(stop))
    {
    }

    Result<DecodedTraces> read()
    {
        // One document a line is how collectors write files and how streams are answered.
        while (m_json.isGood() && !m_json.isAtEnd() && readDocument(m_json)) { }
        if (!m_json.isGood())
            return tl::unexpected(m_collector.explain(m_json.error()));
        m_out.partial = m_isPartial;
        if (!m_message.isEmpty())
            m_out.warnings.push_back(std::move(m_message));
        m_out.traces = m_collector.finish(m_details);
        return std::move(m_out);
    }

private:
    bool readDocument(JsonCursor &json)
    {
        if (json.peek() == '[')
            return json.array([&] { return readDocument(json); });
        if (json.isNull())
            return json.skip();
        return json.object([&](std::string_view key) {
            if (is(key, "resourceSpans") || is(key, "batches"))
                return eachOrNull(json, [&] { return readResource(json); });
            if (is(key, "trace") || is(key, "result"))
                return readDocument(json);
            std::string_view raw;
            if (is(key, "status")) { // of Tempo
                const bool good = json.raw(raw);
                m_isPartial = m_isPartial || is(raw, "\"PARTIAL\"");
                return good;
            }
            return is(key, "message") ? readPlain(json, m_message) : json.skip();
        });
    }

    bool readResource(JsonCursor &json)
    {
        m_service.clear();
        m_serviceTrace = -1;
        m_resource = {};
        std::vector<std::string_view> later; // spans that stand before their resource
        const bool good = json.object([&](std::string_view key) {
            if (is(key, "resource")) {
                const char *const from = json.place();
                const bool read = readService(json);
                m_resource = {from, size_t(json.behind() - from)};
                return read;
            }
            if (!is(key, "scopeSpans") && !is(key, "instrumentationLibrarySpans"))
                return json.skip();
            if (!m_resource.empty())
                return readScopes(json);
            return json.raw(later.emplace_back());
        });
        for (const std::string_view scopes : later) {
            JsonCursor inner(scopes, json.origin());
            if (!good || (!readScopes(inner) && !json.adopt(inner)))
                return false;
        }
        return good;
    }

    bool readService(JsonCursor &json)
    {
        if (json.isNull())
            return json.skip();
        return json.object([&](std::string_view key) {
            if (!is(key, "attributes"))
                return json.skip();
            return eachOrNull(json, [&] {
                std::string_view name, value;
                const bool good = json.object([&](std::string_view field) {
                    return is(field, "key")  ? json.raw(name)
                        : is(field, "value") ? json.raw(value)
                                             : json.skip();
                });
                if (good && is(name, "\"service.name\"")) {
                    JsonCursor inner(value, json.origin());
                    return readAny(inner, m_service, false) || json.adopt(inner);
                }
                return good;
            });
        });
    }

    bool readScopes(JsonCursor &json)
    {
        return eachOrNull(json, [&] {
            const qint32 context = m_details->addContext();
            m_details->setResource(context, m_resource);
            return json.object([&](std::string_view key) {
                if (is(key, "spans"))
                    return eachOrNull(json, [&] { return readSpan(json, context); });
                if (!is(key, "scope") && !is(key, "instrumentationLibrary"))
                    return json.skip();
                std::string_view raw;
                const bool good = json.raw(raw);
                m_details->setScope(context, raw);
                return good;
            });
        });
    }

    bool readTime(JsonCursor &json, std::optional<qint64> &out)
    {
        qint64 value = 0;
        bool fits = false;
        if (json.isNull())
            return json.skip();
        if (!json.integer(value, fits))
            return false;
        if (fits && value != 0)
            out = value;
        return true;
    }
    bool readId(JsonCursor &json, SpanId &out)
    {
        const char *const place = json.place();
        std::string_view text;
        if (!json.textOrNull(text, m_scratch))
            return false;
        const std::optional<SpanId> id = text.empty() ? SpanId(0) : readSpanId(text, true);
        out = id.value_or(0);
        return id || json.failAt(place, "not a span id");
    }
    bool readTrace(JsonCursor &json, int &out)
    {
        const char *const place = json.place();
        std::string_view text;
        if (!json.text(text, m_scratch))
            return false;
        if (m_lastTrace < 0 || text != m_lastTraceText) {
            const std::optional<TraceId> id = readTraceId(text, true);
            if (!id)
                return json.failAt(place, "not a trace id");
            m_lastTrace = m_collector.traceOf(*id);
            m_lastTraceText = text;
        }
        out = m_lastTrace;
        return true;
    }
    bool readStatus(JsonCursor &json, SpanStatus &out)
    {
        if (json.isNull())
            return json.skip();
        return json.object([&](std::string_view key) {
            std::string_view raw;
            if (!is(key, "code"))
                return json.skip();
            const bool good = json.raw(raw);
            out = statusOf(raw);
            return good;
        });
    }

    bool readSpan(JsonCursor &json, qint32 context)
    {
        if (!m_collector.mayGoOn(json, 0, m_stop))
            return false;
        SpanRecord span;
        std::optional<qint64> start, end;
        std::string_view name;
        int trace = -1;
        SeenFields seen(json);
        const char *const from = json.place();
        const bool good = json.object([&](std::string_view key) {
            switch (key.size()) {
            case 4:
                if (is(key, "name"))
                    return seen.first(0) && json.textOrNull(name, m_nameScratch);
                if (is(key, "kind")) {
                    std::string_view raw;
                    const bool read = seen.first(1) && json.raw(raw);
                    span.kind = kindOf(raw);
                    return read;
                }
                break;
            case 6:
                if (is(key, "spanId"))
                    return seen.first(2) && readId(json, span.id);
                if (is(key, "status"))
                    return seen.first(3) && readStatus(json, span.status);
                break;
            case 7:
                if (is(key, "traceId"))
                    return seen.first(4) && readTrace(json, trace);
                break;
            case 12:
                if (is(key, "parentSpanId"))
                    return seen.first(5) && readId(json, span.parent);
                break;
            case 15:
                if (is(key, "endTimeUnixNano"))
                    return seen.first(6) && readTime(json, end);
                break;
            case 17:
                if (is(key, "startTimeUnixNano"))
                    return seen.first(7) && readTime(json, start);
                break;
            default:
                break;
            }
            return json.skip();
        });
        if (!good || (trace < 0 && !json.failAt(from, "a span without \"traceId\"")))
            return false;
        std::optional<qint64> length;
        if (start && end && *start > 0 && *end >= *start)
            length = *end - *start;
        setTimes(span, start, length, 1);
        if (m_serviceTrace != trace) {
            m_serviceTrace = trace;
            m_serviceName = m_collector.name(trace, m_service);
        }
        span.service = m_serviceName;
        span.operation = m_collector.name(trace, name);
        span.source = m_details->addSpan({from, size_t(json.behind() - from)}, context);
        m_collector.add(trace, span);
        return true;
    }

    JsonCursor m_json;
    std::shared_ptr<OtlpDetails> m_details;
    TraceCollector m_collector;
    std::stop_token m_stop;
    DecodedTraces m_out;
    Untrusted m_message;
    bool m_isPartial = false;

    // Of the resource being read.
    std::string m_service;
    std::string_view m_resource;
    int m_serviceTrace = -1; ///< the trace in which m_serviceName is its name
    quint32 m_serviceName = 0;

    int m_lastTrace = -1;
    std::string m_lastTraceText;
    std::string m_scratch, m_nameScratch;
};
} // namespace

Result<DecodedTraces> decodeOtlp(const QByteArray &body, const TraceLimits &limits, std::stop_token stop)
{
    if (Result<void> fit = checkTraceText(body, limits.bytes); !fit)
        return tl::unexpected(std::move(fit.error()));
    if (Result<void> right = expectFormat(body, TraceFormat::Otlp); !right)
        return tl::unexpected(std::move(right.error()));
    return OtlpReader(body, limits, std::move(stop)).read();
}

} // namespace bw
