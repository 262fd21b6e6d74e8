// SPDX-License-Identifier: GPL-3.0-or-later
#include "recorded.h"

#include <datasources/labelreader.h>
#include <datasources/prometheus.h>

#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

namespace {
const DatasourceId kProm{u"prom"_s};
const Timestamp kNoon(1'795'262'400s);

SourceConfig config()
{
    SourceConfig out;
    out.id = u"prom"_s;
    out.kind = u"prometheus"_s;
    out.urls = {u"http://server"_s};
    return out;
}
std::shared_ptr<const Datasource> source(const SourceConfig &from = config())
{
    return prometheusKind().create(from, u"prom"_s);
}
InstantQuery instant() { return {u"up"_s, std::nullopt}; }
InstantQuery instantWith(bool stats)
{
    InstantQuery query = instant();
    query.stats = stats;
    return query;
}
RangeQuery range() { return {u"up"_s, {kNoon - 300s, kNoon}, 15s}; }

HttpResponse answer(const QByteArray &body, int status = 200)
{
    HttpResponse out;
    out.status = status;
    out.headers = {{"Content-Type", "application/json"}};
    out.body = body;
    out.url = "http://server/api/v1/query?query=up";
    return out;
}

Result<Datasource::Answer> decode(const QueryBody &body, const HttpResponse &response)
{
    Result<Datasource::Decoded> out = source()->decode({kProm, body}, response, {});
    if (!out)
        return tl::unexpected(out.error());
    return std::get<Datasource::Answer>(std::move(*out));
}

QByteArray parameter(const HttpRequest &request, const char *name)
{
    for (const auto &[key, value] : request.query) {
        if (key == name)
            return value;
    }
    return {};
}

template<typename T> T of(const Result<Datasource::Answer> &answer)
{
    return answer ? std::get<T>(answer->data) : T{};
}
} // namespace

/// Requests to a Prometheus and what its answers become.
class TestPrometheus : public QObject
{
    Q_OBJECT
private slots:
    void statsAreAskedForAndRead()
    {
        InstantQuery wanted = instant();
        QCOMPARE(parameter(*source()->request({kProm, wanted}), "stats"), QByteArray());
        wanted.stats = true;
        RangeQuery over = range();
        over.stats = true;
        QCOMPARE(parameter(*source()->request({kProm, wanted}), "stats"), QByteArray("all"));
        QCOMPARE(parameter(*source()->request({kProm, over}), "stats"), QByteArray("all"));
        wanted.expression = QString(2000, u'x'); // as a form
        QVERIFY(source()->request({kProm, wanted})->body.contains("stats=all"));

        // Recorded: Prometheus 2.42.
        const auto asked = of<MetricData>(decode(over, recorded::response(u"prometheus/stats_range.json"_s)));
        QVERIFY(asked.cost);
        QCOMPARE(asked.cost->totalSamples, std::optional<qint64>(260));
        QCOMPARE(asked.cost->peakSamples, std::optional<qint64>(317));
        QCOMPARE(asked.cost->total, std::optional(Nanoseconds(1'292'906)));
        QCOMPARE(asked.cost->sorting, std::optional(Nanoseconds(506))); // 5.06e-07
        QCOMPARE(asked.series.size(), size_t(1));
        QCOMPARE(asked.series[0].values.size(), size_t(5));
        // The figures change nothing else, and nobody who did not ask sees them.
        MetricData unasked =
            of<MetricData>(decode(range(), recorded::response(u"prometheus/stats_range.json"_s)));
        QVERIFY(!unasked.cost);
        QCOMPARE(unasked.series, asked.series);
        const auto one =
            of<MetricData>(decode(instantWith(true), recorded::response(u"prometheus/stats_instant.json"_s)));
        QVERIFY(one.cost && one.cost->totalSamples == std::optional<qint64>(52));
    }

    void statsThatAreNone_data()
    {
        QTest::addColumn<QByteArray>("inside"); // of data
        QTest::addColumn<QByteArray>("beside"); // data
        QTest::addColumn<QString>("cost"); // samples/peak/fetched/total ns; "none"; "error"
        const auto row = [](const char *name, const char *inside, const char *beside, const char *cost) {
            QTest::newRow(name) << QByteArray(inside) << QByteArray(beside) << QString::fromLatin1(cost);
        };
        row("an older server", "", "", "none");
        row("null", R"(,"stats":null)", "", "none");
        row("empty", R"(,"stats":{})", "", "none");
        row("a text", R"(,"stats":"off")", "", "none");
        row("a list", R"(,"stats":[1,2])", "", "none");
        row("parts of other types", R"(,"stats":{"timings":[],"samples":7})", "", "none");
        row("only samples", R"(,"stats":{"samples":{"totalQueryableSamples":7}})", "", "7/-/-/-");
        row("numbers as texts", R"(,"stats":{"samples":{"totalQueryableSamples":"7"}})", "", "7/-/-/-");
        row("no numbers", R"(,"stats":{"samples":{"totalQueryableSamples":"many","peakSamples":true}})", "",
            "none");
        row("impossible numbers",
            R"(,"stats":{"samples":{"totalQueryableSamples":-1,"peakSamples":1e300},"timings":{"execTotalTime":1e12}})",
            "", "none");
        row("unknown figures", R"(,"stats":{"samples":{"peakSamples":3,"new":{"a":[1]}},"more":[{}]})", "",
            "-/3/-/-");
        row("per step",
            R"(,"stats":{"samples":{"totalQueryableSamplesPerStep":[[1,2]],"totalQueryableSamples":2}})", "",
            "2/-/-/-");
        row("VictoriaMetrics", "", R"(,"stats":{"seriesFetched":"2","executionTimeMsec":5})",
            "-/-/2/5000000");
        row("twice the same", R"(,"stats":{"samples":{"peakSamples":3,"peakSamples":4}})", "", "error");
        row("cut off", R"(,"stats":{"samples":{"peakSamples")", "", "error");
    }
    void statsThatAreNone()
    {
        QFETCH(QByteArray, inside);
        QFETCH(QByteArray, beside);
        const QByteArray body =
            R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"5"]}])"
            + inside + "}" + beside + "}";
        const auto read = decode(instantWith(true), answer(body));
        const auto text = [](const auto &figure, auto number) {
            return figure ? QString::number(number(*figure)) : u"-"_s;
        };
        QString cost = u"error"_s;
        if (read) {
            const auto data = of<MetricData>(read);
            QCOMPARE(data.series.size(), size_t(1)); // the answer is never lost over them
            QVERIFY(read->warnings.empty() && !read->partial);
            const auto same = [](qint64 count) { return count; };
            cost = !data.cost ? u"none"_s
                              : QStringList{text(data.cost->totalSamples, same),
                                  text(data.cost->peakSamples, same), text(data.cost->seriesFetched, same),
                                  text(data.cost->total, [](Nanoseconds time) { return time.count(); })}
                                    .join(u'/');
        }
        QTEST(cost, "cost");
    }

    void requests();
    void timesAreSeconds();
    void rangeLimits();
    void longExpressionsArePosted();
    void labelNames_data();
    void labelNames();
    void refusesOtherQueries();
    void vectors();
    void specialValues();
    void scalarAndString();
    void nativeHistograms();
    void warningsAndInfos();
    void limitIsKept();
    void rules();
    void ownAlerts();
    void names();
    void metadataAndExemplars();
    void flavours_data();
    void flavours();
    void withoutBuildInfo();
    void malformed_data();
    void malformed();
    void truncations_data();
    void truncations();
    void stops();
};

void TestPrometheus::requests()
{
    const HttpRequest one = *source()->request({kProm, instant()});
    QCOMPARE(one.endpoint, u"prom"_s);
    QCOMPARE(one.path, QByteArray("/api/v1/query"));
    QCOMPARE(one.method, QByteArray("GET"));
    QCOMPARE(parameter(one, "query"), QByteArray("up"));
    QVERIFY(parameter(one, "time").isEmpty()); // the server's now
    QCOMPARE(parameter(one, "timeout"), QByteArray("9s"));
    QCOMPARE(one.deadline, 10'000ms);
    QCOMPARE(one.maxBytes, 8LL << 20);
    const HttpRequest many = *source()->request({kProm, range()});
    QCOMPARE(many.path, QByteArray("/api/v1/query_range"));
    QCOMPARE(parameter(many, "step"), QByteArray("15"));
    QCOMPARE(parameter(many, "timeout"), QByteArray("29s"));
    QCOMPARE(many.maxBytes, 32LL << 20);
    const HttpRequest alerts = *source()->request({kProm, AlertsQuery{}});
    QCOMPARE(alerts.path, QByteArray("/api/v1/alerts"));
    QCOMPARE(alerts.maxBytes, 128LL << 20);
    QCOMPARE(source()->request({kProm, StatusQuery{}})->path, QByteArray("/api/v1/status/buildinfo"));
    QCOMPARE(parameter(*source()->request({kProm, RulesQuery{u"alert"_s}}), "type"), QByteArray("alert"));
    const HttpRequest series = *source()->request({kProm, SeriesQuery{{u"up"_s, u"{a=\"b\"}"_s}, {}}});
    QCOMPARE(series.query[0], (std::pair<QByteArray, QByteArray>("match[]", "up")));
    QCOMPARE(series.query[1], (std::pair<QByteArray, QByteArray>("match[]", "{a=\"b\"}")));
}

void TestPrometheus::timesAreSeconds() // milliseconds would be answered with an empty 200
{
    const HttpRequest at = *source()->request({kProm, InstantQuery{u"up"_s, kNoon + 500ms}});
    QCOMPARE(parameter(at, "time"), QByteArray("1795262400.5"));
    const HttpRequest over = *source()->request({kProm, range()});
    QCOMPARE(parameter(over, "start"), QByteArray("1795262100"));
    QCOMPARE(parameter(over, "end"), QByteArray("1795262400"));
    const TimeRange span{kNoon - 60s, kNoon};
    for (const QueryBody &body : {QueryBody(ExemplarQuery{u"up"_s, span}),
             QueryBody(LabelQuery{{}, {}, span}), QueryBody(SeriesQuery{{u"up"_s}, span})})
        QCOMPARE(parameter(*source()->request({kProm, body}), "start"), QByteArray("1795262340"));
    const RangeQuery fine{u"up"_s, {kNoon - 10s, kNoon}, 250ms};
    QCOMPARE(parameter(*source()->request({kProm, fine}), "step"), QByteArray("0.25"));
}

void TestPrometheus::rangeLimits()
{
    QVERIFY(source()->request({kProm, RangeQuery{u"up"_s, {kNoon - 11'000s, kNoon}, 1s}}));
    const auto more = source()->request({kProm, RangeQuery{u"up"_s, {kNoon - 11'001s, kNoon}, 1s}});
    QVERIFY(!more && more.error().kind == Kind::Invalid);
    QVERIFY(!source()->request({kProm, RangeQuery{u"up"_s, {kNoon, kNoon - 1s}, 1s}}));
    QVERIFY(!source()->request({kProm, RangeQuery{u"up"_s, {kNoon - 1s, kNoon}, 0s}}));
}

void TestPrometheus::longExpressionsArePosted()
{
    const QString expression = u"up{a=\"é&+\"} or "_s.repeated(150) + u"up"_s;
    const QuerySpec spec{kProm, InstantQuery{expression, std::nullopt}};
    const HttpRequest posted = *source()->request(spec);
    QCOMPARE(posted.method, QByteArray("POST"));
    QCOMPARE(posted.contentType, QByteArray("application/x-www-form-urlencoded"));
    QVERIFY(posted.query.empty());
    QVERIFY(posted.body.startsWith("query=up%7Ba%3D%22%C3%A9%26%2B%22%7D%20or"));
    QVERIFY(posted.body.contains("&timeout=9s"));

    for (int status : {403, 405}) {
        HttpResponse refused = answer("no POST here", status);
        refused.url = "http://server/api/v1/query";
        const auto next = source()->decode(spec, refused, {});
        QVERIFY(next && std::holds_alternative<HttpRequest>(*next));
        const HttpRequest &again = std::get<HttpRequest>(*next);
        QCOMPARE(again.method, QByteArray("GET"));
        QCOMPARE(parameter(again, "query"), expression.toUtf8());
        QVERIFY(again.body.isEmpty());
        // The second time it is the credentials.
        refused.url = "http://server/api/v1/query?query=up";
        const auto last = source()->decode(spec, refused, {});
        QVERIFY(!last);
        QVERIFY(last.error().kind == (status == 403 ? Kind::Auth : Kind::Http));
    }
    QCOMPARE(source()->request({kProm, instant()})->method, QByteArray("GET"));
}

void TestPrometheus::labelNames_data()
{
    QTest::addColumn<QString>("label");
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("names") << QString() << QByteArray("/api/v1/labels");
    QTest::newRow("classic") << u"job"_s << QByteArray("/api/v1/label/job/values");
    QTest::newRow("dots") << u"http.status_code"_s
                          << QByteArray("/api/v1/label/U__http_2e_status__code/values");
    QTest::newRow("slash") << u"a/../b"_s << QByteArray("/api/v1/label/U__a_2f__2e__2e__2f_b/values");
    QTest::newRow("digit first") << u"1a"_s << QByteArray("/api/v1/label/U___31_a/values");
    QTest::newRow("beyond ASCII") << u"größe"_s << QByteArray("/api/v1/label/U__gr_f6__df_e/values");
}

void TestPrometheus::labelNames()
{
    QFETCH(QString, label);
    QFETCH(QByteArray, path);
    QCOMPARE(source()->request({kProm, LabelQuery{label, {}, {}}})->path, path);
}

void TestPrometheus::refusesOtherQueries()
{
    for (const QueryBody &body :
        {QueryBody(AlertGroupsQuery{}), QueryBody(SilencesQuery{}), QueryBody(OwnDataQuery{})})
        QVERIFY(source()->request({kProm, body}).error().kind == Kind::Refused);
}

void TestPrometheus::vectors()
{
    const auto data = of<MetricData>(decode(instant(), recorded::response(u"prometheus/vector.json"_s)));
    QVERIFY(data.shape == MetricData::Shape::Vector);
    QVERIFY(data.series.size() > 10);
    for (const Series &series : data.series) {
        QCOMPARE(series.times.size(), 1U);
        QCOMPARE(series.labels.text(u"__name__"), u"up"_s);
        QVERIFY(series.times[0] > 1'795'000'000'000'000'000LL);
    }
    const auto none = decode(instant(), recorded::response(u"prometheus/vector_empty.json"_s));
    QVERIFY(none && !none->partial && of<MetricData>(none).series.empty());
    const auto many = of<MetricData>(decode(range(), recorded::response(u"prometheus/range.json"_s)));
    QVERIFY(many.shape == MetricData::Shape::Matrix && many.series.size() > 2);
    const auto matrix =
        of<MetricData>(decode(instant(), recorded::response(u"prometheus/matrix_selector.json"_s)));
    QVERIFY(matrix.shape == MetricData::Shape::Matrix && matrix.series[0].times.size() > 5);
}

void TestPrometheus::specialValues()
{
    const auto decoded = decode(instant(), recorded::response(u"prometheus/vector_odd.json"_s));
    QVERIFY2(decoded, qPrintable(decoded ? QString() : decoded.error().message));
    const auto odd = of<MetricData>(decoded);
    int nan = 0, plus = 0, minus = 0;
    for (const Series &series : odd.series) {
        nan += std::isnan(series.values[0]);
        plus += std::isinf(series.values[0]) && series.values[0] > 0;
        minus += std::isinf(series.values[0]) && series.values[0] < 0;
    }
    QVERIFY(nan > 0 && plus > 0 && minus > 0);

    // F18: out of range is left out and said, never 0
    const auto vector =
        decode(instant(), answer(R"({"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"n":"a"},"value":[1795262400,"1e400"]},{"metric":{"n":"b"},"value":[1795262400000,"1"]},
        {"metric":{"n":"c"},"value":[1795262400,"-0"]},{"metric":{"n":"d"},"value":[-5,"1e-07"]},
        {"metric":{"n":"e"},"value":[1795262400,"1e-400"]}]}})"));
    const auto kept = of<MetricData>(vector);
    QCOMPARE(kept.series.size(), 2U);
    QVERIFY(std::signbit(kept.series[0].values[0]));
    QCOMPARE(kept.series[1].values[0], 1e-7);
    QCOMPARE(kept.series[1].times[0], -5'000'000'000LL);
    QVERIFY(vector->partial);
    QVERIFY(render::plain(vector->warnings[0]).startsWith(u"3 samples left out"));
    // All of them invalid is still no "none".
    const auto nothing = decode(instant(),
        answer(
            R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1e400"]}]}})"));
    QVERIFY(nothing && nothing->partial && of<MetricData>(nothing).series.empty());
}

void TestPrometheus::scalarAndString()
{
    const auto scalar = of<MetricData>(decode(instant(), recorded::response(u"prometheus/scalar.json"_s)));
    QVERIFY(scalar.shape == MetricData::Shape::Scalar);
    QCOMPARE(scalar.series.size(), 1U);
    QCOMPARE(scalar.series[0].values[0], 0.25);
    QVERIFY(scalar.series[0].labels.isEmpty());
    const auto text = of<MetricData>(decode(instant(), recorded::response(u"prometheus/string.json"_s)));
    QVERIFY(text.shape == MetricData::Shape::String);
    QCOMPARE(render::plain(text.text), u"text"_s);
    QVERIFY(text.textTime > 0);
}

void TestPrometheus::nativeHistograms()
{
    const auto vector =
        of<MetricData>(decode(instant(), recorded::response(u"prometheus/vector_histogram.json"_s)));
    QVERIFY(!vector.series.empty());
    const Series &one = vector.series[0];
    QVERIFY(one.values.empty());
    QCOMPARE(one.histograms.size(), 1U);
    double sum = 0;
    for (const HistogramBucket &bucket : one.histograms[0].buckets) {
        QVERIFY(bucket.lower < bucket.upper && bucket.bounds <= 3);
        sum += bucket.count;
    }
    QVERIFY(one.histograms[0].count > 0);
    QVERIFY(std::abs(sum - one.histograms[0].count) < 1e-6 * sum);
    const auto matrix =
        of<MetricData>(decode(range(), recorded::response(u"prometheus/range_histogram.json"_s)));
    QVERIFY(matrix.series[0].histograms.size() > 3);
    const auto bare =
        of<MetricData>(decode(range(), answer(R"({"status":"success","data":{"resultType":"matrix",
        "result":[{"metric":{},"histograms":[[1,{"count":"0","sum":"0"}],[2,{"count":"3","sum":"NaN",
        "buckets":[[3,"-0.001","0.001","3"]]}]]}]}})")));
    QCOMPARE(bare.series[0].histograms.size(), 2U);
    QCOMPARE(int(bare.series[0].histograms[1].buckets[0].bounds), 3);
}

void TestPrometheus::warningsAndInfos()
{
    const QByteArray data = R"("data":{"resultType":"vector","result":[]})";
    const auto warned = decode(
        instant(), answer("{\"status\":\"success\",\"warnings\":[\"w1\"],\"infos\":[\"i1\"]," + data + "}"));
    QVERIFY(warned && warned->partial);
    QCOMPARE(warned->warnings.size(), 2U);
    QCOMPARE(render::plain(warned->warnings[0]), u"w1"_s);
    const auto informed =
        decode(instant(), answer("{\"status\":\"success\"," + data + ",\"infos\":[\"i1\"]}"));
    QVERIFY(informed && !informed->partial && informed->warnings.size() == 1);
    const auto partial =
        decode(instant(), answer("{\"status\":\"success\",\"isPartial\":true," + data + "}"));
    QVERIFY(partial && partial->partial && !partial->warnings.empty());
    const auto whole = decode(instant(), answer("{\"status\":\"success\",\"isPartial\":false," + data + "}"));
    QVERIFY(whole && !whole->partial && whole->warnings.empty());
}

void TestPrometheus::limitIsKept() // servers before 3.2 ignore the parameter
{
    SourceConfig small = config();
    small.limits.series = 3;
    const QuerySpec spec{kProm, instant()};
    QCOMPARE(parameter(*source(small)->request(spec), "limit"), QByteArray("4"));
    const auto decoded = source(small)->decode(spec, recorded::response(u"prometheus/vector.json"_s), {});
    QVERIFY(decoded);
    const auto &cut = std::get<Datasource::Answer>(*decoded);
    QCOMPARE(std::get<MetricData>(cut.data).series.size(), 3U);
    QVERIFY(std::get<MetricData>(cut.data).left > 5);
    QVERIFY(cut.partial && !cut.warnings.empty());
}

void TestPrometheus::rules()
{
    const auto groups = of<RuleGroups>(decode(RulesQuery{}, recorded::response(u"prometheus/rules.json"_s)));
    QVERIFY(groups.groups.size() > 1);
    int alerting = 0, recording = 0, firing = 0;
    for (const RuleGroup &group : groups.groups) {
        QVERIFY(
            group.interval > 0s && group.lastEvaluation > kNoon - 365 * 24h && group.evaluationTime > 0ns);
        for (const Rule &rule : group.rules) {
            (rule.type == Rule::Type::Alerting ? alerting : recording) += 1;
            firing += int(rule.alerts.size());
            QCOMPARE(rule.health, u"ok"_s);
        }
    }
    QVERIFY(alerting > 3 && recording > 3 && firing > 0);
}

void TestPrometheus::ownAlerts()
{
    const auto alerts =
        of<std::vector<Alert>>(decode(AlertsQuery{}, recorded::response(u"prometheus/alerts.json"_s)));
    QVERIFY(alerts.size() > 2);
    bool watchdog = false;
    for (const Alert &alert : alerts) {
        QVERIFY(alert.state == AlertState::Firing || alert.state == AlertState::Pending);
        QCOMPARE(alert.key.fingerprint, fingerprintOf(alert.labels));
        QCOMPARE(alert.key.source.id, u"prom"_s);
        QCOMPARE(alert.members.size(), 1U);
        QVERIFY(alert.startsAt > kNoon - 365 * 24h);
        watchdog = watchdog || render::plain(alert.name()) == u"Watchdog";
    }
    QVERIFY(watchdog);
}

void TestPrometheus::names()
{
    const auto labels =
        of<LabelValues>(decode(LabelQuery{}, recorded::response(u"prometheus/labels.json"_s)));
    QVERIFY(
        std::find(labels.values.begin(), labels.values.end(), Untrusted(u"job"_s)) != labels.values.end());
    const auto jobs = of<LabelValues>(
        decode(LabelQuery{u"job"_s, {}, {}}, recorded::response(u"prometheus/label_values.json"_s)));
    QVERIFY(jobs.values.size() > 3);
    const auto series =
        of<LabelSets>(decode(SeriesQuery{{u"up"_s}, {}}, recorded::response(u"prometheus/series.json"_s)));
    QCOMPARE(series.sets.size(), 1U);
    QCOMPARE(series.sets[0].text(u"job"), u"node"_s);
    // some servers leave an empty list out
    QVERIFY(decode(LabelQuery{}, answer(R"({"status":"success"})")));
    QVERIFY(decode(LabelQuery{}, answer(R"({"status":"success","data":null})")));
}

void TestPrometheus::metadataAndExemplars()
{
    const auto metadata =
        of<MetadataSet>(decode(MetadataQuery{}, recorded::response(u"prometheus/metadata.json"_s)));
    QVERIFY(metadata.entries.size() >= 5 && !metadata.entries[0].type.isEmpty());
    const auto set =
        of<ExemplarSet>(decode(ExemplarQuery{}, recorded::response(u"prometheus/exemplars.json"_s)));
    QVERIFY(!set.exemplars.empty());
    QVERIFY(!set.exemplars[0].labels.text(u"trace_id").isEmpty());
    QVERIFY(!set.exemplars[0].series.isEmpty());
    QVERIFY(set.exemplars[0].time > 1'795'000'000'000'000'000LL);
    QVERIFY(of<ExemplarSet>(decode(ExemplarQuery{}, answer(R"({"status":"success","data":[]})")))
                .exemplars.empty());
}

void TestPrometheus::flavours_data()
{
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<QString>("product");
    QTest::addColumn<QString>("version");
    QTest::newRow("VictoriaMetrics") << QByteArray(R"({"version":"2.24.0"})") << u"victoriametrics"_s
                                     << QString();
    QTest::newRow("VictoriaMetrics 1.79") << QByteArray("{}") << u"victoriametrics"_s << QString();
    QTest::newRow("Thanos") << QByteArray(R"({"version":"0.34.1","goVersion":"go1.21"})") << u"thanos"_s
                            << u"0.34.1"_s;
    QTest::newRow("Mimir") << QByteArray(
        R"({"application":"Grafana Mimir","version":"2.10.0","features":{}})")
                           << u"mimir"_s << u"2.10.0"_s;
    QTest::newRow("Prometheus 2.24.0")
        << QByteArray(R"({"version":"2.24.0","goVersion":"go1.15","revision":"abc"})") << u"prometheus"_s
        << u"2.24.0"_s;
}

void TestPrometheus::flavours()
{
    QFETCH(QByteArray, data);
    QFETCH(QString, product);
    QFETCH(QString, version);
    const auto status =
        of<ServerStatus>(decode(StatusQuery{}, answer("{\"status\":\"success\",\"data\":" + data + "}")));
    QCOMPARE(status.product, product);
    QCOMPARE(status.version, version);
    const auto real =
        of<ServerStatus>(decode(StatusQuery{}, recorded::response(u"prometheus/buildinfo.json"_s)));
    QCOMPARE(real.product, u"prometheus"_s);
    QVERIFY(real.version.startsWith(u"2."));
}

void TestPrometheus::withoutBuildInfo()
{
    const QuerySpec spec{kProm, StatusQuery{}};
    HttpResponse missing = answer("404 page not found\n", 404);
    missing.url = "http://server/api/v1/status/buildinfo";
    const auto next = source()->decode(spec, missing, {});
    QVERIFY(next && std::holds_alternative<HttpRequest>(*next));
    QCOMPARE(std::get<HttpRequest>(*next).path, QByteArray("/api/v1/query"));
    const auto alive =
        of<ServerStatus>(decode(StatusQuery{}, recorded::response(u"prometheus/scalar.json"_s)));
    QVERIFY(alive.version.isEmpty() && !alive.notes.isEmpty());
}

void TestPrometheus::malformed_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const QByteArray &body, Kind kind, const QString &says) {
        QTest::newRow(name) << body << int(kind) << says;
    };
    const auto vector = [](const QByteArray &result) {
        return R"({"status":"success","data":{"resultType":"vector","result":)" + result + "}}";
    };
    row("F05 cut", R"({"status":"success","data":{"resultType":"vec)", Kind::Decode, u"string"_s);
    row("F09 null", "null", Kind::Decode, u""_s);
    row("F09 {}", "{}", Kind::Decode, u"no status"_s);
    row("F09 []", "[]", Kind::Decode, u"expected an object"_s);
    row("F14 error in 200", R"({"status":"error","errorType":"bad_data","error":"oops"})", Kind::Invalid,
        u"oops"_s);
    row("F14 error, data", R"({"status":"error","data":{"x":1},"errorType":"timeout","error":"slow"})",
        Kind::Timeout, u"slow"_s);
    row("F15 lone surrogate", vector(R"([{"metric":{"a":"\ud800"},"value":[1,"1"]}])"), Kind::Decode,
        u"escape"_s);
    row("F15 invalid UTF-8", vector("[{\"metric\":{\"a\":\"\xff\"},\"value\":[1,\"1\"]}]"), Kind::Decode,
        u"UTF-8"_s);
    row("F16 depth", QByteArray(100'000, '['), Kind::TooLarge, u"deeper"_s);
    row("F17 status twice",
        R"({"status":"error","status":"success","data":{"resultType":"vector","result":[]}})", Kind::Decode,
        u"ambiguous"_s);
    row("F17 label twice", vector(R"([{"metric":{"a":"1","a":"2"},"value":[1,"1"]}])"), Kind::Decode,
        u"data.result[0].metric: ambiguous"_s);
    row("F18 bare NaN", vector(R"([{"metric":{},"value":[1,NaN]}])"), Kind::Decode,
        u"data.result[0].value[1]"_s);
    row("number, not string", vector(R"([{"metric":{},"value":[1,2]}])"), Kind::Decode,
        u"expected a string, found a number"_s);
    row("text value", vector(R"([{"metric":{},"value":[1,"abc"]}])"), Kind::Decode,
        u"\"abc\" is not a number"_s);
    row("time as text", vector(R"([{"metric":{},"value":["1","1"]}])"), Kind::Decode, u"expected a number"_s);
    row("three fields", vector(R"([{"metric":{},"value":[1,"1","2"]}])"), Kind::Decode, u"too many"_s);
    row("one field", vector(R"([{"metric":{},"value":[1]}])"), Kind::Decode, u"found 1"_s);
    row("no metric", vector(R"([{"value":[1,"1"]}])"), Kind::Decode, u"without its labels"_s);
    row("label is a number", vector(R"([{"metric":{"a":1},"value":[1,"1"]}])"), Kind::Decode,
        u"metric.a: expected a string"_s);
    row("result is an object", vector("{}"), Kind::Decode, u"expected an array"_s);
    row("unknown type", R"({"status":"success","data":{"resultType":"grid","result":[]}})", Kind::Decode,
        u"grid"_s);
    row("no result", R"({"status":"success","data":{"resultType":"vector"}})", Kind::Decode,
        u"no \"result\""_s);
    row("scalar as vector", R"({"status":"success","data":{"resultType":"scalar","result":[]}})",
        Kind::Decode, u"not a scalar"_s);
    row("vector as scalar", vector(R"([1,"1"])"), Kind::Decode, u"not a vector"_s);
    row("no data", R"({"status":"success"})", Kind::Decode, u"no data"_s);
}

void TestPrometheus::malformed()
{
    QFETCH(QByteArray, body);
    QFETCH(int, kind);
    QFETCH(QString, says);
    for (const QueryBody &asked : {QueryBody(instant()), QueryBody(range())}) {
        const auto decoded = decode(asked, answer(body));
        QVERIFY(!decoded);
        QCOMPARE(int(decoded.error().kind), kind);
        QVERIFY2(decoded.error().message.contains(says), qPrintable(decoded.error().message));
        QVERIFY(decoded.error().message.startsWith(u"prom: "));
        QVERIFY(decoded.error().detail.size() <= 2048);
    }
}

void TestPrometheus::truncations_data()
{
    QTest::addColumn<int>("query");
    const char *const files[] = {"vector_histogram", "scalar", "string", "series", "label_values", "metadata",
        "alerts", "buildinfo", "range_histogram"};
    for (int i = 0; i < int(std::size(files)); ++i)
        QTest::newRow(files[i]) << i;
}

void TestPrometheus::truncations() // no prefix of an answer is an answer
{
    QFETCH(int, query);
    const QueryBody bodies[] = {instant(), instant(), instant(), SeriesQuery{{u"up"_s}, {}}, LabelQuery{},
        MetadataQuery{}, AlertsQuery{}, StatusQuery{}, range()};
    const QByteArray whole =
        recorded::body(u"prometheus/%1.json"_s.arg(QString::fromLatin1(QTest::currentDataTag()))).trimmed();
    QVERIFY(decode(bodies[query], answer(whole)));
    for (qsizetype size = 0; size < std::min<qsizetype>(whole.size(), 6000); ++size) {
        const auto cut = decode(bodies[query], answer(whole.left(size)));
        QVERIFY2(!cut, qPrintable(QString::number(size)));
        QVERIFY(cut.error().kind == Kind::Decode);
    }
}

void TestPrometheus::stops()
{
    std::stop_source stop;
    stop.request_stop();
    const auto decoded =
        source()->decode({kProm, range()}, recorded::response(u"prometheus/range.json"_s), stop.get_token());
    QVERIFY(!decoded && decoded.error().kind == Kind::Cancelled);
}

QTEST_APPLESS_MAIN(TestPrometheus)
#include "tst_prometheus.moc"
