// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/tracedecode.h>

#include <QTest>

#include <random>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

namespace {
/// Quotes are written as apostrophes, because moc does not read raw strings.
QByteArray json(QByteArray text) { return text.replace('\'', '"'); }
Trace one(const Result<DecodedTraces> &decoded)
{
    if (!decoded)
        qWarning() << decoded.error().message;
    return decoded && decoded->traces.size() == 1 ? decoded->traces.front() : Trace();
}
int rowNamed(const Trace &trace, QStringView operation)
{
    for (int row = 0; row < trace.size(); ++row) {
        if (verbatim(trace.operation(row)) == operation)
            return row;
    }
    return -1;
}
QString valueOf(const std::vector<SpanAttribute> &attributes, QStringView key)
{
    for (const SpanAttribute &attribute : attributes) {
        if (verbatim(attribute.key) == key)
            return verbatim(attribute.value);
    }
    return u"(none)"_s;
}

/// A span, to be written in every format.
struct Sent
{
    int id, parent;
    const char *service, *name, *kind; // kind as Jaeger writes it
    qint64 start, length; // µs
    bool bad;
};
constexpr qint64 kAt = 1'795'262'400'000'000;
const std::vector<Sent> kSent = {
    {1, 0, "web", "get /buy", "server", 0, 90'000, true},
    {5, 1, "web", "pay", "client", 30'000, 50'000, true},
    {6, 5, "pay", "post \"pay\"", "server", 33'000, 44'000, true},
    {2, 1, "web", "stock", "client", 5'000, 20'000, false},
    {3, 2, "stock", "select é", "internal", 7'000, 15'000, false},
    {8, 99, "stock", "lost", "consumer", 8'000, 1'000, false},
    {9, 1, "far", "skewed", "producer", -50'000, 1'000, false},
};
QByteArray hex(int id) { return QByteArray::number(id, 16).rightJustified(16, '0'); }
QByteArray number(qint64 value) { return QByteArray::number(value); }
QByteArray quoted(const char *text) { return '"' + QByteArray(text).replace('"', "\\\"") + '"'; }
constexpr char kTrace[] = "5af7183fb1d4cf5f2f1b7c5e9d0a4b61";

QByteArray asJaeger()
{
    QByteArrayList spans;
    for (const Sent &s : kSent) {
        const QByteArray reference = json("{'refType':'CHILD_OF','traceID':'") + QByteArray(kTrace)
            + json("','spanID':'") + hex(s.parent) + "\"}";
        spans << json("{'traceID':'") + QByteArray(kTrace) + json("','spanID':'") + hex(s.id)
                + json("','operationName':") + quoted(s.name) + json(",'references':[")
                + (s.parent ? reference : QByteArray()) + json("],'startTime':") + number(kAt + s.start)
                + json(",'duration':") + number(s.length)
                + json(",'tags':[{'key':'span.kind','type':'string','value':'") + s.kind + "\"}"
                + (s.bad ? json(",{'key':'error','type':'bool','value':true}") : "") + json("],'processID':'")
                + s.service + "\"}";
    }
    return json("{'data':[{'traceID':'") + QByteArray(kTrace) + json("','spans':[") + spans.join(',')
        + json("],'processes':{'web':{'serviceName':'web','tags':[]},'pay':{'serviceName':'pay'},"
               "'stock':{'serviceName':'stock'},'far':{'serviceName':'far'}}}]}");
}
QByteArray asOtlp()
{
    const QByteArrayList kinds = {"unspecified", "internal", "server", "client", "producer", "consumer"};
    QByteArrayList resources;
    for (const Sent &s : kSent)
        resources << json("{'resource':{'attributes':[{'key':'service.name','value':{'stringValue':")
                + quoted(s.service) + json("}}]},'scopeSpans':[{'spans':[{'traceId':'")
                + QByteArray(kTrace).toUpper() + json("','spanId':'") + hex(s.id) + '"'
                + (s.parent ? json(",'parentSpanId':'") + hex(s.parent) + '"' : QByteArray())
                + json(",'name':") + quoted(s.name) + json(",'kind':") + number(kinds.indexOf(s.kind))
                + json(",'startTimeUnixNano':'") + number((kAt + s.start) * 1000)
                + json("','endTimeUnixNano':") + number((kAt + s.start + s.length) * 1000)
                + json(",'status':") + (s.bad ? json("{'code':2}") : "{}") + "}]}]}";
    return json("{'resourceSpans':[") + resources.join(',') + "]}";
}
QByteArray asZipkin()
{
    QByteArrayList spans;
    for (const Sent &s : kSent)
        spans << json("{'traceId':'") + QByteArray(kTrace) + json("','id':'") + hex(s.id) + '"'
                + (s.parent ? json(",'parentId':'") + hex(s.parent) + '"' : QByteArray()) + json(",'name':")
                + quoted(s.name)
                + (qstrcmp(s.kind, "internal") ? json(",'kind':'") + QByteArray(s.kind).toUpper() + '"'
                                               : QByteArray())
                + json(",'timestamp':") + number(kAt + s.start) + json(",'duration':") + number(s.length)
                + json(",'localEndpoint':{'serviceName':") + quoted(s.service) + json("},'tags':{")
                + (s.bad ? json("'error':''") : "") + "}}";
    return '[' + spans.join(',') + ']';
}

using Decoder = Result<DecodedTraces> (*)(const QByteArray &, const TraceLimits &, std::stop_token);
struct Format
{
    const char *name;
    Decoder decode;
    QByteArray small;
};
std::vector<Format> formats()
{
    return {{"jaeger", decodeJaeger, asJaeger()}, {"otlp", decodeOtlp, asOtlp()},
        {"zipkin", decodeZipkin, asZipkin()}};
}
QString errorOf(const Result<DecodedTraces> &decoded)
{
    return decoded ? u"no error"_s : decoded.error().message;
}
} // namespace

/// Bodies of the three formats become the same columns; what is broken becomes an error with its place.
class TestTraceDecode : public QObject
{
    Q_OBJECT
private slots:
    void sameTraceInEveryFormat()
    {
        const Trace jaeger = one(decodeJaeger(asJaeger())), otlp = one(decodeOtlp(asOtlp())),
                    zipkin = one(decodeZipkin(asZipkin()));
        QCOMPARE(jaeger.size(), int(kSent.size()));
        QCOMPARE(jaeger.facts().errors, 3);
        QCOMPARE(jaeger.facts().orphans, 1);
        QCOMPARE(jaeger.facts().services, 4);
        QVERIFY(jaeger.facts().skewed >= 1);
        for (const Trace &other : {otlp, zipkin}) {
            QCOMPARE(other.id().toHex(), QString::fromLatin1(kTrace));
            QCOMPARE(other.facts(), jaeger.facts());
            QCOMPARE(other.startedAt(), jaeger.startedAt());
            QCOMPARE(other.duration(), jaeger.duration());
            const Trace::Columns &a = jaeger.columns(), &b = other.columns();
            QCOMPARE(b.spanId, a.spanId);
            QCOMPARE(b.start, a.start);
            QCOMPARE(b.length, a.length);
            QCOMPARE(b.parent, a.parent);
            QCOMPARE(b.depth, a.depth);
            QCOMPARE(b.subtreeEnd, a.subtreeEnd);
            QVERIFY(b.kind == a.kind && b.status == a.status);
            QCOMPARE(b.marks, a.marks);
            for (int row = 0; row < other.size(); ++row) {
                QCOMPARE(other.service(row), jaeger.service(row));
                QCOMPARE(other.operation(row), jaeger.operation(row));
                QCOMPARE(other.detail(row).find(u"service.name")
                        ? verbatim(*other.detail(row).find(u"service.name"))
                        : QString(),
                    verbatim(jaeger.service(row)));
            }
        }
    }

    void recordedJaeger()
    {
        const Trace trace = one(decodeJaeger(recorded::body(u"jaeger/trace.json"_s)));
        QCOMPARE(trace.size(), 7);
        QCOMPARE(trace.facts().roots, 1);
        QCOMPARE(trace.facts().errors, 3);
        QCOMPARE(trace.startedAt(), fromNs(kAt * 1000));
        QCOMPARE(trace.duration(), 90ms);
        const int row = rowNamed(trace, u"POST /pay");
        QCOMPARE(trace.kind(row), SpanKind::Server);
        QCOMPARE(verbatim(trace.service(row)), u"pay"_s);
        const SpanDetail detail = trace.detail(row);
        QCOMPARE(valueOf(detail.attributes, u"big"), u"9007199254740993"_s);
        QCOMPARE(valueOf(detail.attributes, u"cached"), u"true"_s);
        QCOMPARE(valueOf(detail.resource, u"service.version"), u"1.2.0"_s);
        QCOMPARE(verbatim(detail.scope), u"shop"_s);
        QCOMPARE(verbatim(detail.statusMessage), u"card refused"_s);
        QCOMPARE(detail.events.size(), size_t(1));
        QCOMPARE(verbatim(detail.events[0].name), u"exception"_s);
        QCOMPARE(detail.events[0].at, fromNs((kAt + 70'000) * 1000));
        QCOMPARE(valueOf(detail.events[0].attributes, u"exception.message"), u"no \"funds\"\n"_s);
        QVERIFY(trace.mayMention(row, "CARDREFUSED") && trace.mayMention(row, "1.2.0"));
        QVERIFY(trace.mayMention(rowNamed(trace, u"render"), "Http.Request"));
    }
    void linkToAnotherTrace()
    {
        const Trace trace = one(decodeJaeger(recorded::body(u"jaeger/trace_batch.json"_s)));
        QCOMPARE(trace.size(), 1);
        QCOMPARE(trace.id().toHex(), u"1b2c3d4e5f607182"_s);
        QCOMPARE(trace.facts().orphans, 0); // a reference to another trace is no parent
        const SpanDetail detail = trace.detail(0);
        QCOMPARE(detail.links.size(), size_t(1));
        QCOMPARE(detail.links[0].trace.toHex(), QString::fromLatin1(kTrace));
        QCOMPARE(spanIdToHex(detail.links[0].span), u"a000000000000001"_s);
    }
    void recordedOtlp()
    {
        const Trace legacy = one(decodeJaeger(recorded::body(u"jaeger/trace.json"_s)));
        const Trace trace = one(decodeOtlp(recorded::body(u"jaeger/v3_trace.json"_s)));
        QCOMPARE(trace.columns().spanId, legacy.columns().spanId);
        QCOMPARE(trace.columns().start, legacy.columns().start);
        QCOMPARE(trace.columns().length, legacy.columns().length);
        QVERIFY(trace.columns().kind == legacy.columns().kind);
        QVERIFY(trace.columns().status == legacy.columns().status);
        const SpanDetail detail = trace.detail(rowNamed(trace, u"POST /pay"));
        QCOMPARE(valueOf(detail.attributes, u"big"), u"9007199254740993"_s);
        QCOMPARE(valueOf(detail.attributes, u"ratio"), u"0.5"_s);
        QCOMPARE(valueOf(detail.attributes, u"tags"), u"[\"a\",\"b\"]"_s);
        QCOMPARE(verbatim(detail.scope), u"shop 7"_s);
        QCOMPARE(verbatim(detail.statusMessage), u"card refused"_s);
        QCOMPARE(valueOf(detail.events.at(0).attributes, u"exception.type"), u"CardRefused"_s);
    }
    void searchMergesTraces()
    {
        const auto decoded = decodeOtlp(recorded::body(u"jaeger/v3_traces.json"_s));
        QCOMPARE(one(decoded).size(), 7);
        const auto both =
            decodeOtlp(json("{'result':{'resourceSpans':[{'scopeSpans':[{'spans':["
                            "{'traceId':'01','spanId':'01','name':'a'},{'traceId':'02','spanId':'02'},"
                            "{'traceId':'01','spanId':'03','parentSpanId':'01'}]}]}]}}"));
        QVERIFY2(both, qPrintable(errorOf(both)));
        QCOMPARE(both->traces.size(), size_t(2));
        QCOMPARE(both->traces[0].size(), 2);
        QCOMPARE(both->traces[1].size(), 1);
        QVERIFY(both->traces[0].marks(0).testFlag(SpanMark::NoTime));
    }
    void recordedZipkin()
    {
        const Trace trace = one(decodeZipkin(recorded::body(u"zipkin/trace.json"_s)));
        QCOMPARE(trace.size(), 7);
        QCOMPARE(trace.facts().errors, 3);
        const SpanDetail detail = trace.detail(rowNamed(trace, u"post /pay"));
        QCOMPARE(valueOf(detail.attributes, u"error"), u"card refused"_s);
        QCOMPARE(valueOf(detail.resource, u"service.name"), u"pay"_s);
        QCOMPARE(valueOf(detail.resource, u"port"), u"8080"_s);
        QCOMPARE(verbatim(detail.events.at(0).name), u"refused"_s);
        const auto list = decodeZipkin(recorded::body(u"zipkin/traces.json"_s));
        QVERIFY2(list, qPrintable(errorOf(list)));
        QCOMPARE(list->traces.size(), size_t(2));
    }
    void sharedSpan()
    {
        const Trace trace = one(decodeZipkin(recorded::body(u"zipkin/trace_shared.json"_s)));
        QCOMPARE(trace.size(), 3);
        QCOMPARE(trace.facts().roots, 1);
        QCOMPARE(trace.facts().duplicates, 0);
        QCOMPARE(verbatim(trace.service(0)), u"front"_s);
        QCOMPARE(verbatim(trace.service(1)), u"back"_s);
        QCOMPARE(trace.parent(1), 0);
        QCOMPARE(verbatim(trace.operation(2)), u"lost"_s);
        QCOMPARE(trace.parent(2), 1); // of the same service
        QVERIFY(trace.marks(2).testFlag(SpanMark::NoTime));
    }
    void tempoWritesBase64()
    {
        const auto decoded = decodeOtlp(recorded::body(u"tempo/trace_v2.json"_s));
        const Trace trace = one(decoded);
        QVERIFY(decoded->partial);
        QCOMPARE(verbatim(decoded->warnings.at(0)), u"trace exceeds max size"_s);
        QCOMPARE(trace.id().toHex(), QString::fromLatin1(kTrace));
        QCOMPARE(spanIdToHex(trace.spanId(1)), u"a000000000000002"_s);
        QCOMPARE(trace.parent(1), 0);
        QCOMPARE(trace.kind(0), SpanKind::Server);
        QVERIFY(trace.isError(0) && !trace.isError(1));
        const Trace old = one(decodeOtlp(recorded::body(u"tempo/trace_v1.json"_s)));
        QCOMPARE(old.size(), 1);
        QCOMPARE(verbatim(old.detail(0).scope), u"shop"_s);
    }

    void jaegerOddities()
    {
        const auto span = [](const QByteArray &more) {
            return json("[{'traceID':'1f','spans':[{'traceID':'1f','spanID':'a',") + more
                + json("}],'processes':{'p':{'serviceName':'x'}},'warnings':['of the trace']}]");
        };
        const auto decoded = decodeJaeger(span(json("'startTime':5,'duration':7")));
        QCOMPARE(verbatim(decoded.value().warnings.at(0)), u"of the trace"_s);
        QCOMPARE(one(decoded).duration(), 7us);
        QVERIFY(
            one(decodeJaeger(span(json("'startTime':-5,'duration':7")))).marks(0).testFlag(SpanMark::NoTime));
        QVERIFY(
            one(decodeJaeger(span(json("'startTime':5,'duration':-7")))).marks(0).testFlag(SpanMark::NoTime));
        QVERIFY(one(decodeJaeger(span(json("'startTime':99999999999999999,'duration':7"))))
                    .marks(0)
                    .testFlag(SpanMark::NoTime));
        QCOMPARE(one(decodeJaeger(span(json("'startTime':'5','duration':7.0")))).duration(), 7us);
        const auto status = [&](const QByteArray &tags) {
            return one(decodeJaeger(span(json("'tags':[") + tags + "]"))).status(0);
        };
        QCOMPARE(status(json("{'key':'error','type':'string','value':'true'}")), SpanStatus::Error);
        QCOMPARE(status(json("{'value':true,'type':'bool','key':'error'}")), SpanStatus::Error);
        QCOMPARE(status(json("{'key':'error','type':'bool','value':false}")), SpanStatus::Unset);
        QCOMPARE(status(json("{'key':'otel.status_code','value':'ERROR'}")), SpanStatus::Error);
        QCOMPARE(status(json("{'key':'otel.status_code','value':'OK'}")), SpanStatus::Ok);
        QCOMPARE(status(json("{'key':'otel.status_code','value':'OK'},{'key':'error','value':true}")),
            SpanStatus::Error);
        // FOLLOWS_FROM where there is no CHILD_OF; never a span of another trace.
        const QByteArray parents = json("'references':[{'refType':'CHILD_OF','traceID':'2f','spanID':'9'},"
                                        "{'refType':'FOLLOWS_FROM','traceID':'001f','spanID':'b'}]");
        const Trace orphan = one(decodeJaeger(span(parents)));
        QVERIFY(orphan.marks(0).testFlag(SpanMark::Orphan));
        QCOMPARE(orphan.detail(0).links.size(), size_t(1));
        QCOMPARE(orphan.detail(0).links[0].trace.toHex(), u"000000000000002f"_s);
        // A trace by itself, processes first.
        const Trace bare = one(decodeJaeger(json("{'processes':{'p1':{'serviceName':'x'}},'traceID':'1f','"
                                                 "spans':[{'spanID':'1','processID':'p1'}]}")));
        QCOMPARE(verbatim(bare.service(0)), u"x"_s);
        QVERIFY(decodeJaeger(json("{'data':null,'errors':[{'code':404,'msg':'gone'}]}"))->partial);
        QVERIFY(decodeJaeger("{\"data\":[]}")->traces.empty());
    }
    void otlpOddities()
    {
        // Spans before their resource, unknown keys, null lists, values of every kind.
        const Trace trace = one(decodeOtlp(
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"AB\",\"spanId\":\"0C\","
            "\"name\":\"n\",\"kind\":\"SPAN_KIND_CONSUMER\",\"new\":{\"x\":[1]},\"events\":null,"
            "\"startTimeUnixNano\":10,"
            "\"endTimeUnixNano\":\"5\",\"attributes\":[{\"key\":\"l\",\"value\":{\"arrayValue\":{\"values\":["
            "{\"intValue\":\"1\"},"
            "{\"kvlistValue\":{\"values\":[{\"key\":\"k\",\"value\":{\"stringValue\":\"\\\"v\\\"\"}}]}},{}]}}"
            "},"
            "{\"key\":\"n\",\"value\":{\"doubleValue\":\"NaN\"}},{\"key\":\"none\",\"value\":{}}]}],"
            "\"scope\":{\"name\":\"s\"}}],"
            "\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"late\"}}]}}"
            "]}"));
        QCOMPARE(verbatim(trace.service(0)), u"late"_s);
        QCOMPARE(trace.kind(0), SpanKind::Consumer);
        QVERIFY(trace.marks(0).testFlag(SpanMark::NoTime)); // ends before it begins
        QCOMPARE(trace.startedAt(), fromNs(10));
        const SpanDetail detail = trace.detail(0);
        QCOMPARE(valueOf(detail.attributes, u"l"), u"[1,{\"k\":\"\\\"v\\\"\"},null]"_s);
        QCOMPARE(valueOf(detail.attributes, u"n"), u"NaN"_s);
        QCOMPARE(valueOf(detail.attributes, u"none"), QString());
        QCOMPARE(verbatim(detail.scope), u"s"_s);
        QCOMPARE(valueOf(detail.resource, u"service.name"), u"late"_s);
        QVERIFY(decodeOtlp("{}")->traces.empty());
        QVERIFY(decodeOtlp(json("{'trace':{}}"))->traces.empty());
    }

    void mayMention()
    {
        const auto trace = [](const QByteArray &tag) {
            return one(decodeZipkin(json("[{'traceId':'1','id':'2','tags':{'k':'") + tag + "\"}}]"));
        };
        QVERIFY(trace("Straße 5").mayMention(0, "STRAßE"));
        QVERIFY(trace("ÉCOLE").mayMention(0, "école")); // only ASCII can be ruled out
        QVERIFY(!trace("Straße 5").mayMention(0, "école"));
        QVERIFY(trace("a\\u0062c").mayMention(0, "anything")); // an escape may be anything
        QVERIFY(trace("x").mayMention(0, "é"));
        // At every place, of every length, beside its first and last letter.
        for (int shift = 0; shift < 40; ++shift) {
            for (const QByteArray &word :
                {QByteArray("q"), QByteArray("Qz"), QByteArray("QUARTZ-and-a-longer-word-Q")}) {
                const QByteArray around(shift, '.');
                const Trace one = trace(around + word + "q");
                QVERIFY(one.mayMention(0, word.toLower()) && one.mayMention(0, word.toUpper()));
                QVERIFY(!one.mayMention(0, word + 'x') && !one.mayMention(0, 'x' + word));
                QVERIFY(!one.mayMention(0, word.chopped(1) + "#" + word.right(1)));
            }
        }
        QVERIFY(trace("x").mayMention(0, ""));
    }

    void errorsSayWhere_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, int format, const QByteArray &body, const QString &message) {
            QTest::newRow(name) << format << body << message;
        };
        row("no id", 0, json("{'data':[{'traceID':'1','spans':[{'spanID':'zz'}]}]}"),
            u"data[0].spans[0].spanID: not a span id (byte 43)"_s);
        row("no trace", 0, json("[{'spans':[{'spanID':'1'}],'processes':{}}]"),
            u"a span without a trace id that can be read"_s);
        row("twice", 0, json("[{'spans':[{'traceID':'1','spanID':'1','spanID':'2'}]}]"),
            u"[0].spans[0].spanID: ambiguous"_s);
        row("time", 0, json("[{'traceID':'1','spans':[{'startTime':'noon'}]}]"),
            u"startTime: expected a number"_s);
        row("spans", 0, json("{'data':[{'traceID':'1','spans':{}}]}"), u"data[0].spans: expected an array"_s);
        row("zipkin as jaeger", 0, json("[{'traceId':'1','id':'2'}]"),
            u"expected traces as Jaeger JSON, found Zipkin spans"_s);
        row("otlp as jaeger", 0, json("{'resourceSpans':[]}"), u"found OTLP"_s);
        row("prometheus as jaeger", 0, json("{'status':'success','data':{'result':[]}}"), u"Prometheus"_s);
        row("span id", 1,
            json("{'resourceSpans':[{'resource':{},'scopeSpans':[{'spans':[{'traceId':'1','spanId':'q'}]}]}]"
                 "}"),
            u"resourceSpans[0].scopeSpans[0].spans[0].spanId: not a span id"_s);
        row("late", 1, json("{'resourceSpans':[{'scopeSpans':[{'spans':[{'traceId':'1','spanId':'q'}]}]}]}"),
            u"resourceSpans[0].scopeSpans[0].spans[0].spanId: not a span id"_s);
        row("no trace id", 1, json("{'batches':[{'resource':{},'scopeSpans':[{'spans':[{'name':'x'}]}]}]}"),
            u"spans[0]: a span without \"traceId\""_s);
        row("jaeger as otlp", 1, json("{'data':[]}"),
            u"expected traces as OTLP JSON, found an empty answer of Jaeger"_s);
        row("metrics", 1, json("{'resourceMetrics':[]}"), u"OTLP, but of metrics"_s);
        row("no trace id in zipkin", 2, json("[{'traceId':'1','id':'1'},{'id':'2'}]"),
            u"[1]: a span without \"traceId\""_s);
        row("names", 2, json("['a','b']"), u"found a list of names"_s);
        row("cut", 2, json("[{'traceId':'1','id':'1'},"), u"cut off"_s);
        row("empty", 2, "  ", u"there is no content"_s);
        row("not UTF-8", 2, "[\"\xff\"]", u"not valid UTF-8"_s);
        row("page", 0, "<html>", u"found a web page"_s);
    }
    void errorsSayWhere()
    {
        QFETCH(int, format);
        QFETCH(QByteArray, body);
        QFETCH(QString, message);
        const auto decoded = formats()[size_t(format)].decode(body, {}, {});
        QVERIFY(!decoded);
        QCOMPARE(decoded.error().kind, Kind::Decode);
        QVERIFY2(decoded.error().message.contains(message), qPrintable(decoded.error().message));
    }

    void caps()
    {
        for (const Format &format : formats()) {
            const auto spans = format.decode(format.small, {1 << 20, 3}, {});
            QVERIFY(!spans && spans.error().kind == Kind::TooLarge);
            QVERIFY2(spans.error().message.contains(u"more than 3 spans"), qPrintable(spans.error().message));
            const auto bytes = format.decode(format.small, {100, 1000}, {});
            QVERIFY(!bytes && bytes.error().kind == Kind::TooLarge);
            QVERIFY(format.decode(format.small, {1 << 20, int(kSent.size())}, {}));
            std::stop_source stop;
            stop.request_stop();
            const auto stopped = format.decode(format.small, {}, stop.get_token());
            QVERIFY(!stopped && stopped.error().kind == Kind::Cancelled);
        }
    }

    /// A body that is cut anywhere is an error, never a smaller trace.
    void everyPrefixIsAnError()
    {
        for (const Format &format : formats()) {
            for (qsizetype size = 0; size < format.small.size(); ++size) {
                const QByteArray cut(format.small.constData(), size); // its own allocation: reads beyond show
                QVERIFY2(!format.decode(cut, {}, {}),
                    qPrintable(u"%1 %2"_s.arg(QLatin1String(format.name)).arg(size)));
            }
            QVERIFY(format.decode(format.small, {}, {}));
        }
    }

    /// Changed bytes never crash; what still decodes can be looked at.
    void flippedBytes()
    {
        std::mt19937 random(1121);
        int read = 0, refused = 0;
        for (const Format &format : formats()) {
            for (int i = 0; i < 6000; ++i) {
                QByteArray body = format.small;
                for (unsigned change = random() % 3 + 1; change > 0; --change) {
                    const qsizetype at = qsizetype(random() % unsigned(body.size()));
                    body[at] = random() % 2 ? char(body[at] ^ (1 << random() % 7)) : char(random() % 128);
                }
                const auto decoded = format.decode(body, {}, {});
                ++(decoded ? read : refused);
                if (!decoded) {
                    QVERIFY(!decoded.error().message.isEmpty());
                    continue;
                }
                for (const Trace &trace : decoded->traces) {
                    for (int row = 0; row < trace.size(); ++row) {
                        QVERIFY(trace.subtreeEnd(row) > row);
                        QVERIFY(trace.detail(row).attributes.size() < 100);
                        (void)trace.mayMention(row, "error");
                    }
                }
            }
        }
        QVERIFY(read > 1000 && refused > 1000);
    }

    void bodyIsHeld()
    {
        QByteArray body = asZipkin();
        const Trace trace = one(decodeZipkin(body));
        QVERIFY(trace.bytes() > body.size());
        body.fill('x');
        QCOMPARE(valueOf(trace.detail(0).resource, u"service.name").isEmpty(), false);
    }
};

QTEST_GUILESS_MAIN(TestTraceDecode)
#include "tst_tracedecode.moc"
