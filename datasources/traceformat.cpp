// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsoncursor.h>
#include <datasources/jsonguard.h>
#include <datasources/traceformat.h>

#include <QStringList>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
using Format = TraceFormat;

/// Visits the keys of the object at the cursor until `on` has seen enough and answers false.
template<typename F> void peekKeys(JsonCursor &json, F on)
{
    json.object([&](std::string_view key) { return on(key) && json.skip(); });
}

RecognisedFormat ofElement(JsonCursor &json);

/// The first element of the array at the cursor.
RecognisedFormat ofArray(JsonCursor &json)
{
    RecognisedFormat out{Format::Zipkin, u"an empty list"_s};
    json.array([&] {
        const char first = json.peek();
        out = first == '[' ? ofArray(json)
            : first == '{' ? ofElement(json)
                           : RecognisedFormat{Format::Unknown, u"a list of names or numbers"_s};
        return false; // seen enough
    });
    return out;
}

/// An element of a list: a Zipkin span, a whole Jaeger trace, an OTLP document, a Jaeger span.
RecognisedFormat ofElement(JsonCursor &json)
{
    RecognisedFormat out{Format::Unknown, u"a list of other things"_s};
    bool hasLowerTrace = false, isSettled = false;
    peekKeys(json, [&](std::string_view key) {
        if (key == "resourceSpans" || key == "batches")
            out = {Format::Otlp, u"OTLP"_s};
        else if (key == "spans" || key == "processes")
            out = {Format::Jaeger, u"traces of Jaeger"_s};
        else if (key == "spanID" || key == "operationName")
            out = {Format::Unknown, u"spans of Jaeger without their trace"_s};
        else if (key == "spanId")
            out = {Format::Unknown, u"OTLP spans without their resource"_s};
        else if (hasLowerTrace && key == "id")
            out = {Format::Zipkin, u"Zipkin spans"_s};
        else if (key == "binaryAnnotations")
            out = {Format::Unknown, u"Zipkin spans of version 1; version 2 is read"_s};
        else {
            hasLowerTrace = hasLowerTrace || key == "traceId";
            return true;
        }
        isSettled = true;
        return false;
    });
    if (!isSettled && hasLowerTrace && json.isGood())
        out = {Format::Zipkin, u"Zipkin spans"_s};
    return out;
}

RecognisedFormat ofData(JsonCursor &json)
{
    RecognisedFormat out{Format::Jaeger, u"an empty answer of Jaeger"_s};
    if (json.peek() == '{') {
        out = ofElement(json);
        if (out.format != Format::Jaeger && json.isGood())
            out = {Format::Unknown, u"an answer of Prometheus or a similar server"_s};
    } else if (json.peek() == '[') {
        json.array([&] {
            out = json.peek() == '{' ? ofElement(json)
                                     : RecognisedFormat{Format::Unknown, u"a list of names"_s};
            return false;
        });
    }
    return out;
}

RecognisedFormat ofObject(JsonCursor &json)
{
    RecognisedFormat out;
    QStringList keys;
    bool hasLowerTrace = false;
    peekKeys(json, [&](std::string_view key) {
        const auto is = [&](std::initializer_list<std::string_view> some) {
            return std::find(some.begin(), some.end(), key) != some.end();
        };
        if (is({"resourceSpans", "batches", "trace", "result"}))
            out = {Format::Otlp, u"OTLP"_s};
        else if (key == "data")
            out = ofData(json);
        else if (is({"spans", "processes"}))
            out = {Format::Jaeger, u"one trace of Jaeger"_s};
        else if (hasLowerTrace && key == "id")
            out = {Format::Zipkin, u"a Zipkin span"_s};
        else if (is({"resourceMetrics", "resourceLogs", "resourceProfiles"}))
            out.what = u"OTLP, but of metrics, logs or profiles"_s;
        else if (is({"traces", "summaries"}))
            out.what = u"an answer to a search: it lists traces without their spans"_s;
        else if (key == "traceEvents")
            out.what = u"a trace of Chrome, not of services"_s;
        else if (is({"services", "operations", "tagValues", "scopes"}))
            out.what = u"a list of names"_s;
        else {
            hasLowerTrace = hasLowerTrace || key == "traceId";
            if (keys.size() < 5)
                keys << QString::fromUtf8(key.data(), qsizetype(std::min<size_t>(key.size(), 40)));
            return true;
        }
        return false;
    });
    if (out.format == Format::Unknown && out.what.isEmpty()) {
        // Servers leave out what is empty.
        if (keys.isEmpty() && json.isGood())
            return {Format::Otlp, u"an empty object"_s};
        out.what =
            keys.isEmpty() ? u"no JSON document"_s : u"an object with the keys %1"_s.arg(keys.join(u", "_s));
    }
    return out;
}
} // namespace

QString formatName(TraceFormat format)
{
    switch (format) {
    case Format::Otlp:
        return u"OTLP"_s;
    case Format::Jaeger:
        return u"Jaeger"_s;
    case Format::Zipkin:
        return u"Zipkin"_s;
    case Format::Unknown:
        break;
    }
    return u"unknown"_s;
}

RecognisedFormat recogniseFormat(const QByteArray &body)
{
    if (body.startsWith("\x1f\x8b"))
        return {Format::Unknown, u"compressed (gzip): unpack it first"_s};
    if (body.startsWith("\x28\xb5\x2f\xfd"))
        return {Format::Unknown, u"compressed (zstd): unpack it first"_s};
    if (body.startsWith("PK\x03\x04"))
        return {Format::Unknown, u"a zip archive: unpack it first"_s};
    JsonCursor json({body.constData(), size_t(body.size())});
    switch (json.peek()) {
    case '[':
    case '{': {
        RecognisedFormat out = json.peek() == '[' ? ofArray(json) : ofObject(json);
        out.isBroken = !json.isGood();
        return out;
    }
    case '<':
        return {Format::Unknown, u"a web page or XML"_s};
    case '\0':
        return {Format::Unknown, u"empty"_s};
    default:
        return {Format::Unknown, u"neither a JSON object nor an array"_s};
    }
}

Result<void> expectFormat(const QByteArray &body, TraceFormat format)
{
    const RecognisedFormat found = recogniseFormat(body);
    // An empty list or object fits every format.
    const bool isEmpty = found.what == u"an empty list" || found.what == u"an empty object";
    if (found.format == format || isEmpty || (found.format == Format::Unknown && found.isBroken))
        return {};
    return fail(Error::Kind::Decode,
        u"expected traces as %1 JSON, found %2"_s.arg(formatName(format), found.what), bodyExcerpt(body));
}

} // namespace bw
