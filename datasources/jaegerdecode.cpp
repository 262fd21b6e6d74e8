// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/spanreader.h>
#include <datasources/tracecollector.h>
#include <datasources/traceformat.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
constexpr qint64 kMicrosecond = 1'000;

struct Reference
{
    std::string_view trace; ///< as written
    SpanId span = 0;
    bool isChildOf = false;
};

/// Ids of one trace may be written with and without leading zeros.
bool isSameTrace(std::string_view a, std::string_view b)
{
    return isSameText(a, b) || readTraceId(a) == readTraceId(b);
}

bool readReference(JsonCursor &json, Reference &out, std::string &scratch)
{
    return json.object([&](std::string_view key) {
        std::string_view text;
        if (is(key, "traceID") || is(key, "spanID") || is(key, "refType")) {
            const char *const place = json.place();
            if (!json.textOrNull(text, scratch))
                return false;
            if (is(key, "refType")) {
                out.isChildOf = is(text, "CHILD_OF");
            } else if (is(key, "traceID")) {
                // Never in the scratch: an id has no escapes, or is none.
                if (text.data() == scratch.data())
                    return json.failAt(place, "not a trace id");
                out.trace = text;
            } else {
                const std::optional<SpanId> id = text.empty() ? SpanId(0) : readSpanId(text);
                if (!id)
                    return json.failAt(place, "not a span id");
                out.span = *id;
            }
            return true;
        }
        return json.skip();
    });
}

/// The parent of a span of `trace`: the first CHILD_OF, else the first FOLLOWS_FROM; -1: none. References to
/// other traces are links.
int parentAmong(const std::vector<Reference> &references, std::string_view trace)
{
    int found = -1;
    for (size_t i = 0; i < references.size(); ++i) {
        const Reference &one = references[i];
        if (one.span == 0 || !(one.trace.empty() || isSameTrace(one.trace, trace)))
            continue;
        if (one.isChildOf)
            return int(i);
        if (found < 0)
            found = int(i);
    }
    return found;
}

SpanKind kindOf(std::string_view text)
{
    return is(text, "server")  ? SpanKind::Server
        : is(text, "client")   ? SpanKind::Client
        : is(text, "producer") ? SpanKind::Producer
        : is(text, "consumer") ? SpanKind::Consumer
        : is(text, "internal") ? SpanKind::Internal
                               : SpanKind::Unspecified;
}

class JaegerDetails final : public SpanBytes
{
public:
    using SpanBytes::SpanBytes;
    SpanDetail detail(int source) const override;

private:
    static bool readTags(JsonCursor &json, std::vector<SpanAttribute> &out);
    static bool readLogs(JsonCursor &json, SpanDetail &out);
    static bool readSpan(JsonCursor &json, SpanDetail &out);
    static bool readProcess(JsonCursor &json, SpanDetail &out);
};

bool JaegerDetails::readTags(JsonCursor &json, std::vector<SpanAttribute> &out)
{
    return eachOrNull(json, [&] {
        SpanAttribute tag;
        const bool good = json.object([&](std::string_view key) {
            return is(key, "key")  ? readPlain(json, tag.key)
                : is(key, "value") ? readPlain(json, tag.value)
                                   : json.skip();
        });
        out.push_back(std::move(tag));
        return good;
    });
}

bool JaegerDetails::readLogs(JsonCursor &json, SpanDetail &out)
{
    return eachOrNull(json, [&] {
        SpanEvent event;
        const bool good = json.object([&](std::string_view key) {
            return is(key, "timestamp") ? readTimestamp(json, kMicrosecond, event.at)
                : is(key, "fields")     ? readTags(json, event.attributes)
                                        : json.skip();
        });
        // The name of an event is one of its fields.
        const auto name = std::find_if(event.attributes.begin(), event.attributes.end(),
            [](const SpanAttribute &field) { return verbatim(field.key) == u"event"; });
        if (name != event.attributes.end()) {
            event.name = std::move(name->value);
            event.attributes.erase(name);
        }
        out.events.push_back(std::move(event));
        return good;
    });
}

bool JaegerDetails::readSpan(JsonCursor &json, SpanDetail &out)
{
    std::vector<Reference> references;
    std::string_view trace;
    std::string scratch, other;
    const bool good = json.object([&](std::string_view key) {
        if (is(key, "traceID"))
            return json.textOrNull(trace, other);
        if (is(key, "tags"))
            return readTags(json, out.attributes);
        if (is(key, "logs"))
            return readLogs(json, out);
        if (is(key, "references"))
            return eachOrNull(json, [&] { return readReference(json, references.emplace_back(), scratch); });
        if (is(key, "warnings"))
            return eachOrNull(json, [&] { return readPlain(json, out.warnings.emplace_back()); });
        return json.skip();
    });
    const int parent = parentAmong(references, trace);
    for (size_t i = 0; i < references.size(); ++i) {
        if (int(i) != parent)
            out.links.push_back(
                {readTraceId(references[i].trace).value_or(TraceId()), references[i].span, {}});
    }
    return good;
}

bool JaegerDetails::readProcess(JsonCursor &json, SpanDetail &out)
{
    return json.object([&](std::string_view key) {
        if (is(key, "serviceName")) {
            SpanAttribute service{Untrusted(u"service.name"_s), {}};
            const bool good = readPlain(json, service.value);
            out.resource.insert(out.resource.begin(), std::move(service));
            return good;
        }
        return is(key, "tags") ? readTags(json, out.resource) : json.skip();
    });
}

SpanDetail JaegerDetails::detail(int source) const
{
    SpanDetail out;
    readDetail(span(source), out, [&](JsonCursor &json) { return readSpan(json, out); });
    readDetail(resource(source), out, [&](JsonCursor &json) { return readProcess(json, out); });
    const auto take = [&](QStringView key) {
        const auto at = std::find_if(out.attributes.begin(), out.attributes.end(),
            [&](const SpanAttribute &one) { return verbatim(one.key) == key; });
        return at == out.attributes.end() ? Untrusted() : at->value;
    };
    out.statusMessage = take(u"otel.status_description");
    out.scope = take(u"otel.scope.name");
    if (out.scope.isEmpty())
        out.scope = take(u"otel.library.name");
    return out;
}

/// One pass over a body.
class JaegerReader
{
public:
    JaegerReader(const QByteArray &body, const TraceLimits &limits, std::stop_token stop)
        : m_json({body.constData(), size_t(body.size())})
        , m_details(std::make_shared<JaegerDetails>(body))
        , m_collector(limits)
        , m_stop(std::move(stop))
    {
    }

    Result<DecodedTraces> read()
    {
        if (!readRoot() || (!m_json.isAtEnd() && !m_json.fail("goes on behind its end")))
            return tl::unexpected(m_collector.explain(m_json.error()));
        m_out.traces = m_collector.finish(m_details);
        return std::move(m_out);
    }

private:
    /// A span whose process is not known before the end of its trace.
    struct Pending
    {
        SpanRecord span;
        int trace;
        qint32 process;
    };
    struct Process
    {
        qint32 context;
        std::string service;
        int namedIn = -1; ///< the trace in which `name` is its name
        quint32 name = 0;
    };

    bool readRoot()
    {
        if (m_json.peek() == '[')
            return m_json.array([this] { return readTrace(); });
        // {"data": […]}, or a trace by itself
        begin();
        const bool good = m_json.object([this](std::string_view key) {
            if (is(key, "data") && m_json.peek() == '{') // one trace, as some tools save it
                return readTrace();
            if (is(key, "data"))
                return eachOrNull(m_json, [this] { return readTrace(); });
            return is(key, "errors") ? readErrors() : readTraceField(key);
        });
        return good && flush();
    }

    bool readErrors()
    {
        return eachOrNull(m_json, [this] {
            return m_json.object([this](std::string_view key) {
                if (key != "msg")
                    return m_json.skip();
                m_out.partial = true;
                return readPlain(m_json, m_out.warnings.emplace_back());
            });
        });
    }

    void begin()
    {
        m_processes.clear();
        m_processIndex.clear();
        m_pending.clear();
        m_lastProcess = -1;
        m_wholeTrace = {};
    }
    bool readTrace()
    {
        begin();
        return m_json.object([this](std::string_view key) { return readTraceField(key); }) && flush();
    }
    bool readTraceField(std::string_view key)
    {
        if (is(key, "spans"))
            return eachOrNull(m_json, [this] { return readSpan(); });
        if (is(key, "processes"))
            return m_json.isNull() ? m_json.skip() : readProcesses();
        if (is(key, "traceID"))
            return m_json.textOrNull(m_wholeTrace, m_wholeScratch);
        if (is(key, "warnings"))
            return eachOrNull(m_json, [this] { return readPlain(m_json, m_out.warnings.emplace_back()); });
        return m_json.skip();
    }

    bool flush()
    {
        for (Pending &pending : m_pending) {
            Process &process = m_processes[size_t(pending.process)];
            if (process.namedIn != pending.trace) {
                process.namedIn = pending.trace;
                process.name = m_collector.name(pending.trace, process.service);
            }
            pending.span.service = process.name;
            m_collector.add(pending.trace, pending.span);
        }
        begin();
        return true;
    }

    qint32 processOf(std::string_view id)
    {
        if (m_lastProcess >= 0 && isSameText(id, m_lastProcessId))
            return m_lastProcess;
        const auto [at, isNew] = m_processIndex.try_emplace(std::string(id), qint32(m_processes.size()));
        if (isNew)
            m_processes.push_back({m_details->addContext(), {}, -1, 0});
        m_lastProcessId = at->first;
        return m_lastProcess = at->second;
    }

    bool readProcesses()
    {
        return m_json.object([this](std::string_view id) {
            Process &process = m_processes[size_t(processOf(id))];
            const char *const from = m_json.place();
            const bool good = m_json.object([&](std::string_view key) {
                if (key != "serviceName")
                    return m_json.skip();
                std::string_view name;
                if (!m_json.textOrNull(name, m_scratch))
                    return false;
                process.service = name;
                return true;
            });
            m_details->setResource(process.context, {from, size_t(m_json.behind() - from)});
            return good;
        });
    }

    bool readSpan();
    bool readTag();
    /// The trace a span belongs to; its own id counts, else the one of the trace around it.
    bool findTrace(std::string_view written, const char *place, int &out)
    {
        const std::string_view text = written.empty() ? m_wholeTrace : written;
        if (m_lastTrace >= 0 && isSameText(text, m_lastTraceText)) {
            out = m_lastTrace;
            return true;
        }
        const std::optional<TraceId> id = readTraceId(text);
        if (!id)
            return m_json.failAt(place, "a span without a trace id that can be read");
        m_lastTraceText = text;
        out = m_lastTrace = m_collector.traceOf(*id);
        return true;
    }

    JsonCursor m_json;
    std::shared_ptr<JaegerDetails> m_details;
    TraceCollector m_collector;
    std::stop_token m_stop;
    DecodedTraces m_out;

    std::vector<Pending> m_pending;
    std::vector<Process> m_processes;
    std::unordered_map<std::string, qint32> m_processIndex;
    qint32 m_lastProcess = -1;
    std::string_view m_lastProcessId;
    int m_lastTrace = -1;
    std::string m_lastTraceText;
    std::string_view m_wholeTrace;
    std::string m_wholeScratch, m_scratch, m_traceScratch, m_nameScratch, m_processScratch;

    // Of the span being read.
    std::vector<Reference> m_references;
    SpanKind m_kind = SpanKind::Unspecified;
    bool m_isError = false, m_isOk = false;
};

/// Only three tags count in this pass; the others are stepped over.
bool JaegerReader::readTag()
{
    // As all servers write them: the key first. What does not begin like one of the three is none of them.
    constexpr std::string_view begin = "{\"key\":\"";
    const char *const at = m_json.place();
    if (m_json.has(begin.size() + 4) && std::memcmp(at, begin.data(), begin.size()) == 0) {
        const char *const key = at + begin.size();
        if (std::memcmp(key, "span", 4) != 0 && std::memcmp(key, "erro", 4) != 0
            && std::memcmp(key, "otel", 4) != 0)
            return m_json.skip();
    }
    std::string_view name, value; // as they stand, with quotes
    const bool good = m_json.object([&](std::string_view key) {
        return is(key, "key") ? m_json.raw(name) : is(key, "value") ? m_json.raw(value) : m_json.skip();
    });
    const std::string_view plain =
        value.size() > 1 && value[0] == '"' ? value.substr(1, value.size() - 2) : value;
    if (is(name, "\"span.kind\""))
        m_kind = kindOf(plain);
    else if (is(name, "\"error\""))
        m_isError = m_isError || is(plain, "true");
    else if (is(name, "\"otel.status_code\""))
        (is(plain, "ERROR") ? m_isError : m_isOk) |= is(plain, "ERROR") || is(plain, "OK");
    return good;
}

bool JaegerReader::readSpan()
{
    if (!m_collector.mayGoOn(m_json, m_pending.size(), m_stop))
        return false;
    m_references.clear();
    m_kind = SpanKind::Unspecified;
    m_isError = m_isOk = false;
    SpanRecord span;
    SpanId oldParent = 0;
    std::optional<qint64> start, duration;
    std::string_view trace, operation, process;
    SeenFields seen(m_json);
    const char *const from = m_json.place();
    const bool good = m_json.object([&](std::string_view key) {
        switch (key.size()) {
        case 4:
            if (is(key, "tags"))
                return seen.first(0) && eachOrNull(m_json, [this] { return readTag(); });
            break;
        case 6:
            if (is(key, "spanID"))
                return seen.first(1) && readId(m_json, m_scratch, span.id);
            break;
        case 7:
            if (is(key, "traceID"))
                return seen.first(2) && m_json.textOrNull(trace, m_traceScratch);
            break;
        case 8:
            if (is(key, "duration"))
                return seen.first(3) && readInteger(m_json, duration);
            break;
        case 9:
            if (is(key, "startTime"))
                return seen.first(4) && readInteger(m_json, start);
            if (is(key, "processID"))
                return seen.first(5) && m_json.textOrNull(process, m_processScratch);
            break;
        case 10:
            if (is(key, "references"))
                return seen.first(6) && eachOrNull(m_json, [this] {
                    return readReference(m_json, m_references.emplace_back(), m_scratch);
                });
            break;
        case 12:
            if (is(key, "parentSpanID"))
                return readId(m_json, m_scratch, oldParent);
            break;
        case 13:
            if (is(key, "operationName"))
                return seen.first(7) && m_json.textOrNull(operation, m_nameScratch);
            break;
        default:
            break;
        }
        return m_json.skip();
    });
    int number = 0;
    if (!good || !findTrace(trace, from, number))
        return false;
    const int parent = parentAmong(m_references, trace.empty() ? m_wholeTrace : trace);
    span.parent = parent < 0 ? oldParent : m_references[size_t(parent)].span;
    span.operation = m_collector.name(number, operation);
    span.kind = m_kind;
    span.status = m_isError ? SpanStatus::Error : m_isOk ? SpanStatus::Ok : SpanStatus::Unset;
    setTimes(span, start, duration, kMicrosecond);
    const qint32 index = processOf(process);
    span.source =
        m_details->addSpan({from, size_t(m_json.behind() - from)}, m_processes[size_t(index)].context);
    m_pending.push_back({span, number, index});
    return true;
}
} // namespace

Result<DecodedTraces> decodeJaeger(const QByteArray &body, const TraceLimits &limits, std::stop_token stop)
{
    if (Result<void> fit = checkTraceText(body, limits.bytes); !fit)
        return tl::unexpected(std::move(fit.error()));
    if (Result<void> right = expectFormat(body, TraceFormat::Jaeger); !right)
        return tl::unexpected(std::move(right.error()));
    return JaegerReader(body, limits, std::move(stop)).read();
}

} // namespace bw
