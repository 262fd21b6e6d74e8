// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/jaeger.h>
#include <datasources/tempo.h>
#include <datasources/zipkin.h>

#include <QTest>
#include <QUrlQuery>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

namespace {
/// Quotes are written as apostrophes, because moc does not read raw strings.
QByteArray json(QByteArray text) { return text.replace('\'', '"'); }
const TraceId kShop = *TraceId::fromHex(u"5af7183fb1d4cf5f2f1b7c5e9d0a4b61");
const TimeRange kRange{fromNs(1'795'262'399'000'000'001), fromNs(1'795'262'402'000'000'000)};

std::shared_ptr<const Datasource> source(const QString &kind, const QString &api = {})
{
    SourceConfig config;
    config.id = kind;
    config.kind = kind;
    config.api = api;
    config.urls = {u"http://a"_s};
    return (kind == u"jaeger"  ? jaegerKind()
            : kind == u"tempo" ? tempoKind()
                               : zipkinKind())
        .create(config, kind);
}

/// As the transport writes URLs.
QByteArray urlOf(const HttpRequest &request)
{
    QByteArray out = "http://a" + request.path;
    char separator = '?';
    for (const auto &[key, value] : request.query) {
        out += separator + key.toPercentEncoding() + '=' + value.toPercentEncoding();
        separator = '&';
    }
    return out;
}
QByteArray valueOf(const HttpRequest &request, const char *key)
{
    for (const auto &[name, value] : request.query) {
        if (name == key)
            return value;
    }
    return "(none)";
}

HttpResponse plain(int status, const QByteArray &body, const QByteArray &type = "text/plain; charset=utf-8")
{
    HttpResponse out;
    out.status = status;
    out.headers = {{"Content-Type", type}};
    out.body = body;
    return out;
}
const HttpResponse kNoPage = plain(404, "404 page not found\n");

struct Ended
{
    Result<Datasource::Answer> answer = fail(Kind::Internal, u"no answer"_s);
    QByteArrayList asked; ///< paths, in order
    HttpRequest last;
};
/// Asks a source, with `serve` as the server: path → answer.
Ended ask(const Datasource &from, const QueryBody &body,
    const std::function<HttpResponse(const HttpRequest &)> &serve)
{
    Ended out;
    const QuerySpec spec{{u"s"_s}, body};
    Result<HttpRequest> request = from.request(spec);
    for (int round = 0; round < 8; ++round) {
        if (!request) {
            out.answer = tl::unexpected(request.error());
            return out;
        }
        out.asked << request->path;
        out.last = *request;
        HttpResponse response = serve(*request);
        response.url = urlOf(*request);
        Result<Datasource::Decoded> decoded = from.decode(spec, response, {});
        if (!decoded) {
            out.answer = tl::unexpected(decoded.error());
            return out;
        }
        if (auto *answer = std::get_if<Datasource::Answer>(&*decoded)) {
            out.answer = std::move(*answer);
            return out;
        }
        request = std::get<HttpRequest>(std::move(*decoded));
    }
    return out;
}
Ended ask(const QString &kind, const QueryBody &body, const QMap<QByteArray, HttpResponse> &pages,
    const HttpResponse &otherwise = kNoPage)
{
    return ask(*source(kind), body,
        [&](const HttpRequest &request) { return pages.value(request.path, otherwise); });
}
template<typename T> T dataOf(const Ended &ended)
{
    if (!ended.answer)
        qWarning() << ended.answer.error().message;
    return ended.answer ? std::get<T>(ended.answer->data) : T{};
}
QString errorOf(const Ended &ended) { return ended.answer ? u"no error"_s : ended.answer.error().message; }
HttpResponse data(const char *name) { return recorded::response(QLatin1String(name)); }

TraceSearch search()
{
    TraceSearch out;
    out.service = u"web"_s;
    out.range = kRange;
    return out;
}
const QByteArray kSummaries = json(
    "{'summaries':[{'traceId':'01','minStartTimeUnixNano':'1000','maxEndTimeUnixNano':'4000','spanCount':2},"
    "{'traceId':'5af7183fb1d4cf5f2f1b7c5e9d0a4b61','rootServiceName':'web','rootOperationName':'GET /buy',"
    "'minStartTimeUnixNano':'5000','maxEndTimeUnixNano':9000,'spanCount':7,'errorSpanCount':3,"
    "'services':[{'name':'web','spanCount':4,'errorSpanCount':2}]}]}");
} // namespace

/// Requests to Jaeger, Tempo and Zipkin, and what their answers become.
class TestTraceSources : public QObject
{
    Q_OBJECT
private slots:
    // Jaeger

    void jaegerSearchesByVersion()
    {
        // 2.19 and later
        const Ended modern =
            ask(u"jaeger"_s, search(), {{"/api/v3/trace-summaries", plain(200, kSummaries)}});
        const auto found = dataOf<TraceSummaries>(modern);
        QCOMPARE(found.traces.size(), size_t(2));
        QCOMPARE(found.traces[0].id, kShop); // newest first
        QCOMPARE(found.traces[0].duration, 4000ns);
        QCOMPARE(found.traces[0].errors, std::optional(3));
        QCOMPARE(found.traces[0].services.at(0).errors, 2);
        QCOMPARE(found.traces[1].errors, std::optional(0));
        QCOMPARE(valueOf(modern.last, "query.start_time_min"), "2026-11-21T11:59:59.000000001Z");
        QCOMPARE(valueOf(modern.last, "query.num_traces"), "20");

        // 1.76 answers pages it does not have with its user interface
        const Ended older = ask(u"jaeger"_s, search(),
            {{"/api/v3/trace-summaries", data("jaeger/v3_summaries.json")},
                {"/api/traces", data("jaeger/search.json")}});
        QCOMPARE(older.asked, (QByteArrayList{"/api/v3/trace-summaries", "/api/traces"}));
        const auto whole = dataOf<TraceSummaries>(older);
        QCOMPARE(whole.traces.size(), size_t(1));
        QCOMPARE(whole.traces[0].spans, std::optional(7));
        QCOMPARE(verbatim(whole.traces[0].rootOperation), u"GET /buy"_s);
        QCOMPARE(valueOf(older.last, "start"), "1795262399000000");

        // VictoriaTraces and servers behind proxies: 400 and 404
        for (const HttpResponse &none :
            {kNoPage, plain(400, "unsupported path requested: /api/v3/trace-summaries")}) {
            const Ended other =
                ask(u"jaeger"_s, search(), {{"/api/traces", data("jaeger/search.json")}}, none);
            QCOMPARE(dataOf<TraceSummaries>(other).traces.size(), size_t(1));
        }
    }
    void jaegerFindsNothing()
    {
        const HttpResponse none = plain(404, json("{'error':{'httpCode':404,'message':'No traces found'}}"));
        const Ended modern = ask(u"jaeger"_s, search(), {{"/api/v3/trace-summaries", none}});
        QCOMPARE(modern.asked.size(), 1); // nothing found is no missing page
        QVERIFY(dataOf<TraceSummaries>(modern).traces.empty());
        QVERIFY(modern.answer.has_value());
        QVERIFY(
            ask(u"jaeger"_s, search(), {{"/api/v3/trace-summaries", plain(200, "{}")}}).answer.has_value());
        const Ended older = ask(u"jaeger"_s, search(), {{"/api/traces", data("jaeger/search_empty.json")}});
        QVERIFY(older.answer.has_value());
    }
    void jaegerErrorsOnly()
    {
        TraceSearch failed = search();
        failed.errorsOnly = true;
        // The attribute finds nothing on this storage; without it, the list is looked through.
        const auto serve = [](const HttpRequest &request) {
            if (request.path != "/api/v3/trace-summaries")
                return kNoPage;
            return plain(
                200, valueOf(request, "query.attributes") == "{\"error\":\"true\"}" ? "{}" : kSummaries);
        };
        const Ended ended = ask(*source(u"jaeger"_s), failed, serve);
        const auto found = dataOf<TraceSummaries>(ended);
        QCOMPARE(ended.asked.size(), 2);
        QCOMPARE(found.traces.size(), size_t(1));
        QCOMPARE(found.traces[0].id, kShop);
        QVERIFY(found.note.contains(u"newest"));
    }
    void jaegerForced()
    {
        const auto legacy = source(u"jaeger"_s, u"legacy"_s), v3 = source(u"jaeger"_s, u"v3"_s);
        QCOMPARE(legacy->request({{u"s"_s}, search()})->path, "/api/traces");
        QCOMPARE(v3->request({{u"s"_s}, TraceById{kShop, {}}})->path,
            "/api/v3/traces/5af7183fb1d4cf5f2f1b7c5e9d0a4b61");
        const Ended ended = ask(*v3, search(), [](const HttpRequest &) { return kNoPage; });
        QCOMPARE(ended.asked.size(), 1);
        QVERIFY(!ended.answer);
    }
    void jaegerTraces()
    {
        const TraceById query{kShop, {}};
        const QByteArray old = "/api/traces/5af7183fb1d4cf5f2f1b7c5e9d0a4b61",
                         recent = "/api/v3/traces/5af7183fb1d4cf5f2f1b7c5e9d0a4b61";
        const Ended ended = ask(u"jaeger"_s, query, {{old, data("jaeger/trace.json")}});
        QCOMPARE(dataOf<Trace>(ended).size(), 7);
        QCOMPARE(valueOf(ended.last, "raw"), "true");
        QCOMPARE(ended.last.maxBytes, 256 << 20);
        const Ended without = ask(u"jaeger"_s, query, {{recent, data("jaeger/v3_trace.json")}});
        QCOMPARE(dataOf<Trace>(without).size(), 7);
        QCOMPARE(without.asked, (QByteArrayList{old, recent}));
        const Ended missing = ask(u"jaeger"_s, query, {{old, data("jaeger/trace_missing.json")}});
        QCOMPARE(missing.asked.size(), 1);
        QCOMPARE(missing.answer.error().kind, Kind::NotFound);
        QVERIFY2(errorOf(missing).contains(u"No trace with id 5af7183f"), qPrintable(errorOf(missing)));
        const Ended missingV3 = ask(u"jaeger"_s, query, {{recent, data("jaeger/v3_trace_missing.json")}});
        QVERIFY2(errorOf(missingV3).contains(u"No trace with id"), qPrintable(errorOf(missingV3)));
        QVERIFY(errorOf(ask(u"jaeger"_s, query, {{old, data("jaeger/search_empty.json")}}))
                    .contains(u"No trace with id"));
    }
    void jaegerSaysWhy()
    {
        TraceSearch any = search();
        any.service.clear();
        const Ended ended = ask(u"jaeger"_s, any, {{"/api/traces", data("jaeger/search_no_service.json")}});
        QCOMPARE(errorOf(ended), u"jaeger: Jaeger says: parameter 'service' is required"_s);
        QCOMPARE(ended.answer.error().kind, Kind::Invalid);
        const Ended depth =
            ask(u"jaeger"_s, search(), {{"/api/v3/trace-summaries", data("jaeger/v3_traces_no_depth.json")}});
        QVERIFY(errorOf(depth).contains(u"search depth must be greater"));
        any.traceql = u"{ }"_s;
        QVERIFY(errorOf(ask(u"jaeger"_s, any, {})).contains(u"no TraceQL"));
    }
    void jaegerNames()
    {
        const auto names = [](const Ended &ended) {
            QStringList out;
            for (const Untrusted &value : dataOf<LabelValues>(ended).values)
                out << verbatim(value);
            out.sort();
            return out;
        };
        const QStringList services{u"batch"_s, u"pay"_s, u"stock"_s, u"web"_s};
        QCOMPARE(names(ask(u"jaeger"_s, TraceNamesQuery{},
                     {{"/api/v3/services", data("jaeger/v3_services.json")}})),
            services);
        QCOMPARE(
            names(ask(u"jaeger"_s, TraceNamesQuery{}, {{"/api/services", data("jaeger/services.json")}})),
            services);
        const QStringList operations{u"GET /buy"_s, u"pay"_s, u"render"_s, u"stock"_s};
        QCOMPARE(names(ask(u"jaeger"_s, TraceNamesQuery{u"web"_s},
                     {{"/api/v3/operations", data("jaeger/v3_operations.json")}})),
            operations);
        QCOMPARE(names(ask(u"jaeger"_s, TraceNamesQuery{u"web"_s},
                     {{"/api/services/web/operations", data("jaeger/operations.json")}})),
            operations);
        const HttpRequest odd =
            source(u"jaeger"_s, u"legacy"_s)->request({{u"s"_s}, TraceNamesQuery{u"a/b c"_s}}).value();
        QCOMPARE(odd.path, "/api/services/a%2Fb%20c/operations");
    }
    void jaegerDependencies()
    {
        const Ended ended = ask(
            u"jaeger"_s, DependencyQuery{kRange}, {{"/api/dependencies", data("jaeger/dependencies.json")}});
        const auto edges = dataOf<Dependencies>(ended).edges;
        QCOMPARE(edges.size(), size_t(4));
        const auto own = std::find_if(edges.begin(), edges.end(), [](const Dependency &edge) {
            return edge.parent == edge.child && verbatim(edge.parent) == u"web";
        });
        QVERIFY(own != edges.end());
        QCOMPARE(own->calls, 3.0);
        QVERIFY(!own->errors);
        QCOMPARE(valueOf(ended.last, "lookback"), "172800000"); // reaches over a midnight
        QCOMPARE(valueOf(ended.last, "endTs"), "1795262402000");
    }
    void status()
    {
        const auto jaeger = dataOf<ServerStatus>(ask(u"jaeger"_s, StatusQuery{},
            {{"/api/services", data("jaeger/services.json")}}, data("jaeger/not_prometheus.json")));
        QCOMPARE(jaeger.product, u"jaeger"_s);
        const auto tempo = dataOf<ServerStatus>(ask(u"tempo"_s, StatusQuery{},
            {{"/api/status/buildinfo",
                plain(200, recorded::body(u"tempo/buildinfo.json"_s), "application/json")}}));
        QCOMPARE(tempo.version, u"2.8.1"_s);
        QCOMPARE(
            dataOf<ServerStatus>(ask(u"tempo"_s, StatusQuery{}, {{"/api/echo", plain(200, "echo")}})).product,
            u"tempo"_s);
        const auto zipkin =
            dataOf<ServerStatus>(ask(u"zipkin"_s, StatusQuery{}, {{"/info", data("zipkin/info.json")}}));
        QCOMPARE(zipkin.version, u"3.6.1"_s);
        QCOMPARE(
            dataOf<ServerStatus>(ask(u"zipkin"_s, StatusQuery{}, {{"/health", data("zipkin/health.json")}},
                                     plain(404, "404 Not Found")))
                .product,
            u"zipkin"_s);
    }

    void wrongServer_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("server");
        for (const char *kind : {"jaeger", "tempo", "zipkin"}) {
            for (const char *server : {"prometheus", "jaeger", "tempo", "zipkin", "alertmanager"}) {
                if (qstrcmp(kind, server))
                    QTest::addRow("%s behind %s", server, kind)
                        << QString::fromLatin1(kind) << QString::fromLatin1(server);
            }
        }
    }
    void wrongServer()
    {
        QFETCH(QString, kind);
        QFETCH(QString, server);
        const QMap<QString, QMap<QByteArray, HttpResponse>> servers{
            {u"prometheus"_s, {{"/api/v1/status/buildinfo", data("prometheus/buildinfo.json")}}},
            {u"jaeger"_s,
                {{"/api/services", data("jaeger/services.json")},
                    {"/api/v3/services", data("jaeger/v3_services.json")}}},
            {u"tempo"_s,
                {{"/api/status/buildinfo",
                     plain(200, recorded::body(u"tempo/buildinfo.json"_s), "application/json")},
                    {"/api/echo", plain(200, "echo")}}},
            {u"zipkin"_s, {{"/info", data("zipkin/info.json")}, {"/health", data("zipkin/health.json")}}},
            {u"alertmanager"_s, {{"/api/v2/status", data("alertmanager/status.json")}}}};
        // Jaeger's own interface answers everything else.
        const HttpResponse otherwise = server == u"jaeger" ? data("jaeger/not_prometheus.json")
            : server == u"zipkin"                          ? data("zipkin/not_prometheus.json")
                                                           : kNoPage;
        const Ended ended = ask(kind, StatusQuery{}, servers.value(server), otherwise);
        QVERIFY(!ended.answer);
        QCOMPARE(ended.answer.error().kind, Kind::Decode);
        QVERIFY2(errorOf(ended).contains(u"write kind: "_s + server), qPrintable(errorOf(ended)));
        QVERIFY(ended.asked.size() <= 7);
    }
    void nobodyKnown()
    {
        for (const QString &kind : {u"jaeger"_s, u"tempo"_s, u"zipkin"_s}) {
            const Ended ended = ask(kind, StatusQuery{}, {}, plain(200, "<html>login</html>", "text/html"));
            QVERIFY(errorOf(ended).contains(u"nothing here answers like"));
            QVERIFY(ended.asked.size() <= 7);
            const Ended locked = ask(kind, StatusQuery{}, {}, plain(401, "no"));
            QCOMPARE(locked.answer.error().kind, Kind::Auth);
            QCOMPARE(locked.asked.size(), 1);
        }
    }

    // Tempo

    void traceql_data()
    {
        QTest::addColumn<TraceSearch>("search");
        QTest::addColumn<QString>("query");
        TraceSearch one;
        QTest::newRow("anything") << one << u"{ }"_s;
        one.service = u"we\"b\\"_s;
        QTest::newRow("escapes") << one << u"{ resource.service.name = \"we\\\"b\\\\\" }"_s;
        one = {};
        one.operation = u"a\" || true || name = \"\n"_s;
        QTest::newRow("no way out") << one << u"{ name = \"a\\\" || true || name = \\\"\\n\" }"_s;
        one = {};
        one.attributes = {{u"http.route"_s, u"/x"_s}, {u"odd key\"}"_s, u"y"_s}};
        QTest::newRow("attributes") << one << u"{ .http.route = \"/x\" && .\"odd key\\\"}\" = \"y\" }"_s;
        one = {};
        one.attributes = {{u"code"_s, u"500"_s}};
        one.errorsOnly = true;
        one.minDuration = 1500ms;
        one.maxDuration = 2s;
        QTest::newRow("numbers")
            << one
            << u"{ (.code = \"500\" || .code = 500) && status = error && traceDuration >= 1500000000ns && traceDuration <= 2000000000ns }"_s;
        one.traceql = u"{ kind = server }"_s;
        QTest::newRow("its own") << one << u"{ kind = server }"_s;
    }
    void traceql()
    {
        QFETCH(TraceSearch, search);
        QTEST(traceqlOf(search), "query");
    }
    void tempoSearch()
    {
        const Ended ended = ask(u"tempo"_s, search(),
            {{"/api/search", plain(200, recorded::body(u"tempo/search.json"_s), "application/json")}});
        const auto found = dataOf<TraceSummaries>(ended);
        QCOMPARE(found.traces.size(), size_t(2));
        QCOMPARE(found.traces[0].id, kShop);
        QCOMPARE(found.traces[0].duration, 90ms);
        QCOMPARE(found.traces[0].spans, std::optional(5));
        QCOMPARE(found.traces[0].errors, std::optional(1));
        QCOMPARE(found.traces[1].id.toHex(), u"1b2c3d4e5f607182"_s);
        QVERIFY(found.traces[1].rootService.isEmpty() && !found.traces[1].spans);
        QCOMPARE(found.traces[1].duration, 0ns);
        QCOMPARE(valueOf(ended.last, "start"), "1795262399");
        QCOMPARE(valueOf(ended.last, "end"), "1795262402");
        const Ended bad = ask(u"tempo"_s, search(),
            {{"/api/search", plain(400, "invalid TraceQL query: parse error at line 1")}});
        QCOMPARE(errorOf(bad), u"tempo: Tempo says: invalid TraceQL query: parse error at line 1"_s);
        QVERIFY(
            ask(u"tempo"_s, search(), {{"/api/search", plain(200, "{\"metrics\":{}}", "application/json")}})
                .answer.has_value());
    }
    void tempoTraces()
    {
        const TraceById query{kShop, TimeRange{kRange}};
        const QByteArray v2 = "/api/v2/traces/5af7183fb1d4cf5f2f1b7c5e9d0a4b61",
                         v1 = "/api/traces/5af7183fb1d4cf5f2f1b7c5e9d0a4b61";
        const auto body = [](const char *name) {
            return plain(200, recorded::body(QLatin1String(name)), "application/json");
        };
        const Ended ended = ask(u"tempo"_s, query, {{v2, body("tempo/trace_v2.json")}});
        QCOMPARE(dataOf<Trace>(ended).size(), 2);
        QVERIFY(ended.answer->partial);
        QCOMPARE(verbatim(ended.answer->warnings.at(0)), u"trace exceeds max size"_s);
        QCOMPARE(valueOf(ended.last, "start"), "1795258799"); // an hour before the hint
        const Ended older = ask(u"tempo"_s, query, {{v1, body("tempo/trace_v1.json")}});
        QCOMPARE(older.asked, (QByteArrayList{v2, v1}));
        QCOMPARE(dataOf<Trace>(older).size(), 1);
        for (const HttpResponse &none : {body("tempo/trace_none.json"), plain(404, "")})
            QVERIFY(errorOf(ask(u"tempo"_s, query, {{v2, none}})).contains(u"No trace with id"));
        const Ended large =
            ask(u"tempo"_s, query, {{v2, plain(422, "trace exceeds max size (max bytes: 5000000)")}});
        QCOMPARE(large.answer.error().kind, Kind::TooLarge);
        QVERIFY(errorOf(large).contains(u"max bytes: 5000000"));
        QVERIFY(errorOf(ask(u"tempo"_s, DependencyQuery{kRange}, {})).contains(u"traces_service_graph"));
    }
    void tempoNames()
    {
        const auto names = plain(200, recorded::body(u"tempo/names.json"_s), "application/json");
        QCOMPARE(dataOf<LabelValues>(ask(u"tempo"_s, TraceNamesQuery{},
                                         {{"/api/v2/search/tag/resource.service.name/values", names}}))
                     .values.size(),
            size_t(2));
        const Ended ended =
            ask(u"tempo"_s, TraceNamesQuery{u"a\"b"_s}, {{"/api/v2/search/tag/name/values", names}});
        QCOMPARE(valueOf(ended.last, "q"), "{ resource.service.name = \"a\\\"b\" }");
    }

    // Zipkin

    void zipkinSearch()
    {
        TraceSearch all = search();
        all.operation = u"get /buy"_s;
        all.attributes = {{u"http.method"_s, u"GET"_s}};
        all.errorsOnly = true;
        all.maxDuration = 2s;
        const Ended ended = ask(u"zipkin"_s, all, {{"/api/v2/traces", data("zipkin/traces.json")}});
        QCOMPARE(valueOf(ended.last, "annotationQuery"), "http.method=GET and error");
        QCOMPARE(valueOf(ended.last, "minDuration"), "1"); // the longest needs a shortest
        QCOMPARE(valueOf(ended.last, "maxDuration"), "2000000");
        QCOMPARE(valueOf(ended.last, "endTs"), "1795262402000");
        QCOMPARE(valueOf(ended.last, "lookback"), "3000");
        const auto found = dataOf<TraceSummaries>(ended);
        QCOMPARE(found.traces.size(), size_t(1)); // the other has no errors
        QCOMPARE(found.traces[0].id, kShop);
        const Ended bad = ask(u"zipkin"_s, all, {{"/api/v2/traces", data("zipkin/traces_bad.json")}});
        QCOMPARE(errorOf(bad), u"zipkin: Zipkin says: minDuration <= 0"_s);
    }
    void zipkinSearchSwitchedOff()
    {
        const auto pages = [](const char *settings) {
            return QMap<QByteArray, HttpResponse>{{"/api/v2/traces", data("zipkin/traces_off.json")},
                {"/api/v2/services", plain(200, "[]", "application/json")},
                {"/zipkin/config.json", data(settings)}};
        };
        for (const QueryBody &body : {QueryBody(search()), QueryBody(TraceNamesQuery{})}) {
            const Ended off = ask(u"zipkin"_s, body, pages("zipkin/config_off.json"));
            QVERIFY(!off.answer && off.answer.error().kind == Kind::Refused);
            QVERIFY(errorOf(off).contains(u"SEARCH_ENABLED"));
            QVERIFY(ask(u"zipkin"_s, body, pages("zipkin/config.json")).answer.has_value());
            auto noInterface = pages("zipkin/config.json");
            noInterface["/zipkin/config.json"] = kNoPage;
            QVERIFY(ask(u"zipkin"_s, body, noInterface).answer.has_value());
        }
    }
    void zipkinOthers()
    {
        const TraceById query{kShop, {}};
        const QByteArray path = "/api/v2/trace/5af7183fb1d4cf5f2f1b7c5e9d0a4b61";
        QCOMPARE(dataOf<Trace>(ask(u"zipkin"_s, query, {{path, data("zipkin/trace.json")}})).size(), 7);
        HttpResponse missing = data("zipkin/trace_missing.json");
        missing.body.replace("ffffffffffffffffffffffffffffffff", "5af7183fb1d4cf5f2f1b7c5e9d0a4b61");
        QVERIFY(errorOf(ask(u"zipkin"_s, query, {{path, missing}})).contains(u"No trace with id"));
        const Ended names =
            ask(u"zipkin"_s, TraceNamesQuery{u"web"_s}, {{"/api/v2/spans", data("zipkin/spans.json")}});
        QCOMPARE(dataOf<LabelValues>(names).values.size(), size_t(4));
        const auto edges =
            dataOf<Dependencies>(ask(u"zipkin"_s, DependencyQuery{kRange},
                                     {{"/api/v2/dependencies", data("zipkin/dependencies.json")}}))
                .edges;
        QCOMPARE(edges.size(), size_t(3));
        QCOMPARE(edges[1].errors, std::optional(1.0));
        QCOMPARE(edges[0].errors, std::optional(0.0));
    }

    void othersAreRefused()
    {
        for (const QString &kind : {u"jaeger"_s, u"tempo"_s, u"zipkin"_s}) {
            const Result<HttpRequest> request = source(kind)->request({{u"s"_s}, AlertsQuery{}});
            QVERIFY(!request && request.error().kind == Kind::Refused);
        }
    }
};

QTEST_GUILESS_MAIN(TestTraceSources)
#include "tst_tracesources.moc"
