// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/slofile.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

SloShelf shelfOf(const QString &name)
{
    QFile file(qEnvironmentVariable("BW_TEST_DATA") + u"/slo/"_s + name);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return parseSlos({{name, file.readAll()}});
}

/// One line an objective: what matters for its figures.
QString lineOf(const Slo &slo)
{
    QStringList rows;
    for (const BurnRow &row : slo.burn)
        rows +=
            u"%1 %2/%3 %4"_s
                .arg(severityName(row.severity), promDuration(row.longWindow), promDuration(row.shortWindow))
                .arg(row.factor, 0, 'g', 4);
    return u"%1 | %2 | %3 %4 | %5 | %6 | %7 %8 | %9"_s
        .arg(slo.id, slo.title, originName(slo.origin), kindName(slo.indicator.kind))
        .arg(slo.target, 0, 'g', 8)
        .arg(describe(slo.period), weightingName(slo.weighting), slo.groupBy.join(u','), rows.join(u", "_s));
}

QStringList linesOf(const SloShelf &shelf)
{
    QStringList lines;
    for (const Slo &slo : shelf.slos)
        lines += lineOf(slo);
    return lines;
}

QStringList textsOf(const SloShelf &shelf)
{
    QStringList lines;
    for (const Finding &finding : shelf.findings)
        lines += finding.toString();
    return lines;
}

const Slo *find(const SloShelf &shelf, const QString &id)
{
    for (const Slo &slo : shelf.slos) {
        if (slo.id == id)
            return &slo;
    }
    return nullptr;
}

const QString kStandard28 = u"page 1h/5m 13.44, page 6h/30m 5.6, ticket 1d/2h 2.8, ticket 3d/6h 0.9333"_s;
const QString kStandard30 = u"page 1h/5m 14.4, page 6h/30m 6, ticket 1d/2h 3, ticket 3d/6h 1"_s;

} // namespace

class TestSloFile : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void own()
    {
        const SloShelf shelf = shelfOf(u"good-own.yaml"_s);
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(linesOf(shelf),
            (QStringList{u"checkout-availability | Checkout answers | own ratio | 0.999 | 28d | event  | "_s
                    + kStandard28,
                u"checkout-latency | checkout-latency | own latency | 0.99 | month (Europe/Paris) | event endpoint | ticket 1d/2h 3"_s,
                u"checkout-probe | checkout-probe | own gauge | 0.995 | 30d | time  | "_s + kStandard30,
                u"checkout-ratio | checkout-ratio | own raw | 0.95 | 30d | event  | "_s + kStandard30}));
        const Slo &first = shelf.slos.front();
        QCOMPARE(first.service, u"checkout"_s);
        QCOMPARE(first.owner, u"team-payments"_s);
        QCOMPARE(first.labels.value(u"tier"_s), u"critical"_s);
        QCOMPARE(first.recordedId, u"checkout-availability"_s);
        QCOMPARE(first.runbook, u"checkout/availability.md"_s);
        QCOMPARE(first.line, 7);
        QVERIFY(first.isGlobal && !shelf.slos[1].isGlobal);
        QCOMPARE(shelf.slos[1].pageBurnOver, 3.0);
    }

    void sloth()
    {
        const SloShelf shelf = shelfOf(u"good-sloth.yaml"_s);
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(linesOf(shelf),
            (QStringList{
                u"shop-answers | answers | sloth ratio | 0.999 | 30d | event  | page 1h/5m 14.4, page 6h/30m 6"_s,
                u"shop-mood | mood | sloth raw | 0.95 | 30d | time  | "_s,
                u"shop-generated | generated | sloth raw | 0.99 | 30d | time  | "_s + kStandard30}));
        const Slo &first = shelf.slos.front();
        QCOMPARE(first.owner, u"web"_s);
        QCOMPARE(first.labels.value(u"tier"_s), u"1"_s);
        QVERIFY(first.recordedDialect == Slo::Dialect::Sloth);
        QCOMPARE(first.runbook, u"https://wiki.example/shop"_s);
        QVERIFY(queriesOf(first).isPerSecond);
        QVERIFY(find(shelf, u"shop-generated"_s)
                    ->indicator.errorRatio.contains(u"sloth_id=\"shop-generated\""_s));
    }

    void slothResource()
    {
        const SloShelf shelf = shelfOf(u"good-sloth-resource.yaml"_s);
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(linesOf(shelf),
            QStringList{
                u"cart-answers | answers | sloth ratio | 0.995 | 30d | event  | ticket 1d/2h 3, ticket 3d/6h 1"_s});
    }

    void pyrra()
    {
        const SloShelf shelf = shelfOf(u"good-pyrra.yaml"_s);
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(linesOf(shelf),
            (QStringList{u"api-errors | api-errors | pyrra ratio | 0.999 | 28d | event handler | "
                         u"page 1h/5m 14, page 6h/30m 7, ticket 1d/2h 2, ticket 4d/6h 1"_s,
                u"api-latency | api-latency | pyrra latency | 0.99 | 7d | event  | "_s,
                u"api-native | api-native | pyrra latency | 0.99 | 14d | event  | "
                u"page 30m/2m 14, page 3h/15m 7, ticket 12h/1h 2, ticket 2d/3h 1"_s,
                u"api-up | api-up | pyrra gauge | 0.99 | 7d | time  | "
                u"page 15m/1m 14, page 1h30m/8m 7, ticket 6h/30m 2, ticket 1d/1h30m 1"_s}));
        QCOMPARE(queriesOf(shelf.slos[0]).bad,
            u"sum by (handler) (increase(api_requests_total{code=~\"5..\"}[$__window]))"_s);
        QCOMPARE(shelf.slos[0].labels.value(u"team"_s), u"web"_s);
        QVERIFY(!shelf.slos[0].labels.contains(u"other"_s));
        QCOMPARE(queriesOf(shelf.slos[1]).good,
            u"sum (increase(api_duration_seconds_bucket{job=\"api\",le=\"0.5\"}[$__window]))"_s);
        QVERIFY(queriesOf(shelf.slos[2]).good.startsWith(u"histogram_fraction(0, 0.25, "_s));
        QCOMPARE(shelf.slos[3].notTaken, QStringList{u"performanceOverAccuracy"_s});
    }

    void openSlo()
    {
        const SloShelf shelf = shelfOf(u"good-openslo.yaml"_s);
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(linesOf(shelf),
            (QStringList{u"search-1 | search-1 | openslo ratio | 0.99 | 14d | event  | page 1h/5m 10"_s,
                u"search-2 | Search: strict | openslo ratio | 0.999 | 14d | event  | page 1h/5m 10"_s,
                u"depth | depth | openslo gauge | 0.995 | month (Europe/Berlin) | time  | "_s + kStandard30,
                u"old | Old form | openslo ratio | 0.999 | 30d | event  | "_s + kStandard30}));
        QCOMPARE(queriesOf(shelf.slos[0]).good, u"sum(increase(search_total{code=\"200\"}[$__window]))"_s);
        QCOMPARE(queriesOf(shelf.slos[0]).total, u"sum(increase(search_total[$__window]))"_s);
        QCOMPARE(shelf.slos[0].owner, u"a, b"_s);
        QCOMPARE(shelf.slos[0].notTaken, QStringList{u"notification targets"_s});
        QVERIFY(queriesOf(shelf.slos[2]).ratio.contains(u"((max(queue_depth)) <= bool 100)[$__window:1m]"_s));
        QVERIFY(queriesOf(shelf.slos[3]).isPerSecond);
    }

    void shortestPeriodOfPyrra()
    {
        const SloShelf shelf = parseSlos({{u"x.yaml"_s,
            "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: {name: a}\n"
            "spec: {target: '99', window: 1d, indicator: {bool_gauge: {metric: up}}}\n"}});
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(linesOf(shelf),
            QStringList{u"a | a | pyrra gauge | 0.99 | 1d | time  | "
                        u"page 2m/1m 14, page 13m/1m 7, ticket 51m/4m 2, ticket 3h26m/13m 1"_s});
    }

    void thresholdsAreExact_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("ratio");
        QTest::newRow("more than six digits")
            << QByteArray("max(bytes)") << QByteArray("1234567.25") << u"((max(bytes)) <= bool 1234567.25)"_s;
        QTest::newRow("large") << QByteArray("max(bytes)") << QByteArray("8589934592")
                               << u"((max(bytes)) <= bool 8589934592)"_s;
        QTest::newRow("a query with places of ours")
            << QByteArray("max(x{a=\"%2 %3\"})") << QByteArray("1") << u"((max(x{a=\"%2 %3\"})) <= bool 1)"_s;
    }
    void thresholdsAreExact()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, value);
        QFETCH(QString, ratio);
        const SloShelf shelf = parseSlos({{u"x.yaml"_s,
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: depth}\nspec: {service: s, "
            "budgetingMethod: Occurrences, timeWindow: [{duration: 4w, isRolling: true}], objectives: "
            "[{op: lte, value: "
                + value
                + ", target: 0.99}], indicator: {spec: {thresholdMetric: {metricSource: {type: prom, "
                  "spec: {query: '"
                + query + "'}}}}}}\n"}});
        QCOMPARE(textsOf(shelf), QStringList());
        QVERIFY2(queriesOf(shelf.slos[0]).ratio.contains(ratio), qPrintable(queriesOf(shelf.slos[0]).ratio));
    }

    void periodsAreBounded_data()
    {
        QTest::addColumn<QByteArray>("duration");
        QTest::addColumn<bool>("isUsable");
        for (const char *good : {"1h", "400d", "57w", "13M", "4Q", "1Y"})
            QTest::newRow(good) << QByteArray(good) << true;
        // The last ones overflow sixty-four bits of nanoseconds.
        for (const char *bad : {"401d", "58w", "14M", "5Q", "2Y", "99999w", "99999M", "99999Q", "99999Y"})
            QTest::newRow(bad) << QByteArray(bad) << false;
    }
    void periodsAreBounded()
    {
        QFETCH(QByteArray, duration);
        QFETCH(bool, isUsable);
        const SloShelf shelf = parseSlos({{u"x.yaml"_s,
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec: {service: s, budgetingMethod: "
            "Occurrences, timeWindow: [{duration: "
                + duration
                + ", isRolling: true}], objectives: [{target: 0.9}], indicator: {spec: {ratioMetric: {good: "
                  "{metricSource: {type: prom, spec: {query: 'sum(increase(g[$window]))'}}}, total: "
                  "{metricSource: {type: prom, spec: {query: 'sum(increase(t[$window]))'}}}}}}}\n"}});
        QCOMPARE(!shelf.slos.empty(), isUsable);
        if (!isUsable)
            QVERIFY2(shelf.findings[0].text.contains(u"400 days"_s), qPrintable(shelf.findings[0].text));
    }

    void bad_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QStringList>("findings");
        QTest::addColumn<QStringList>("left");
        QTest::newRow("own")
            << u"bad-own.yaml"_s
            << QStringList{u"bad-own.yaml:4:5: no-window: bad has no $__window: the same number would be added up hour after hour"_s,
                   u"bad-own.yaml:11:7: indicator: found 2 kinds; exactly one of ratio, latency, raw, gauge"_s,
                   u"bad-own.yaml:13:5: an objective needs 'target', in percent, such as 99.9"_s,
                   u"bad-own.yaml:16:9: id: found 'Bad Id'; allowed: lower-case letters, digits and '-'"_s,
                   u"bad-own.yaml:20:5: all-of-it: the target is 100 %; it must lie between 0 and 100, both excluded"_s,
                   u"bad-own.yaml:24:5: not-closed: the expression has '(' that is not closed"_s,
                   u"bad-own.yaml:30:5: an objective: unknown key 'colour'"_s,
                   u"bad-own.yaml:33:1: the id 'fine' is taken by bad-own.yaml:28; rename one"_s}
            << QStringList{u"fine"_s};
        QTest::newRow("sloth")
            << u"bad-sloth.yaml"_s
            << QStringList{u"bad-sloth.yaml:4:5: shop-no-window: bad has no $__window: the same number would be added up hour after hour"_s,
                   u"bad-sloth.yaml:11:15: unnamed-alert: an alert that is not switched off needs alerting.name"_s,
                   u"bad-sloth.yaml:14:10: two-indicators: sli needs exactly one of events, raw, plugin"_s,
                   u"bad-sloth.yaml:16:5: shop-perfect: the target is 100 %; it must lie between 0 and 100, both excluded"_s}
            << QStringList();
        QTest::newRow("pyrra")
            << u"bad-pyrra.yaml"_s
            << QStringList{u"bad-pyrra.yaml:5:11: target must be a percentage in quotes, such as '99.5': the resource takes text only"_s,
                   u"bad-pyrra.yaml:15:40: errors.metric must be a plain selector, metric{label=\"value\"}, without functions"_s,
                   u"bad-pyrra.yaml:23:24: success.metric must have the matcher le=\"…\" that says what is quick enough"_s,
                   u"bad-pyrra.yaml:25:1: window '1h' must be a duration of at least one day, such as 4w"_s}
            << QStringList();
        QTest::newRow("openslo")
            << u"bad-openslo.yaml"_s
            << QStringList{u"bad-openslo.yaml:7:32: elsewhere: only PromQL can be asked here, found a metric source of type 'Datadog'"_s,
                   u"bad-openslo.yaml:18:16: the time window 1m is minutes; a month is written 1M"_s,
                   u"bad-openslo.yaml:20:16: minutes: Timeslices need 'timeSliceTarget'"_s,
                   u"bad-openslo.yaml:20:16: minutes: Timeslices need 'timeSliceWindow'"_s,
                   u"bad-openslo.yaml:16:3: the indicator 'nowhere' is in none of the files"_s,
                   u"bad-openslo.yaml:20:16: minutes: no indicator, neither here nor in spec"_s,
                   u"bad-openslo.yaml:20:16: minutes: the period is 1m; it must be an hour at least and 400 days at most"_s,
                   u"bad-openslo.yaml:22:1: openslo/v9 is not known here; known: openslo/v1 and openslo/v1alpha"_s}
            << QStringList();
        QTest::newRow("not objectives")
            << u"bad-generated.yaml"_s
            << QStringList{u"bad-generated.yaml:1:1: these are recording rules that a tool made; put the file it made them from here (a server that has the rules needs nothing else: recorded series are shown as they are)"_s,
                   u"bad-generated.yaml:5:1: not a file of objectives: needs 'kind: slo' (ours), 'version: prometheus/v1' (Sloth), or an apiVersion of sloth.slok.dev, pyrra.dev or openslo"_s}
            << QStringList();
    }
    void bad()
    {
        QFETCH(QString, file);
        QFETCH(QStringList, left);
        const SloShelf shelf = shelfOf(file);
        QTEST(textsOf(shelf), "findings");
        QStringList ids;
        for (const Slo &slo : shelf.slos)
            ids += slo.id;
        QCOMPARE(ids, left);
    }

    void oneBadFileLeavesTheOthers()
    {
        const SloShelf shelf = parseSlos({{u"a.yaml"_s, "kind: slo\n\tx"},
            {u"b.yaml"_s,
                "version: 1\nkind: slo\nslos: [{id: b, target: 99, indicator: {gauge: {state: up}}}]\n"},
            {u"c.yaml"_s, ""}, {u"d.yaml"_s, "kind: slo\nversion: 2\nslos: []\n"}});
        QCOMPARE(linesOf(shelf).size(), 1);
        QCOMPARE(shelf.findings.size(), size_t(3));
        QVERIFY(shelf.findings[0].text.startsWith(u"a.yaml:2:1: not YAML"_s));
        QCOMPARE(shelf.findings[1].toString(), u"c.yaml:1:1: the file is empty"_s);
        QVERIFY(shelf.findings[2].text.startsWith(u"version 2 is newer"_s));
    }

    /// Whatever stands in a file, reading it ends, and gives objectives that can be asked or a reason.
    void garbage_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("scalar") << QByteArray("hello");
        QTest::newRow("list of scalars") << QByteArray("[1, 2, [3]]");
        QTest::newRow("deep list") << QByteArray(40, '[') + QByteArray(40, ']');
        QTest::newRow("null") << QByteArray("~");
        QTest::newRow("maps where lists belong") << QByteArray("kind: slo\nversion: 1\nslos: {a: b}");
        QTest::newRow("lists where maps belong")
            << QByteArray("version: prometheus/v1\nservice: [a]\nslos: [[], 1, {sli: [], alerting: 3}]");
        QTest::newRow("pyrra of lists") << QByteArray(
            "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: []\nspec: [1]");
        QTest::newRow("openslo of lists")
            << QByteArray("apiVersion: openslo/v1\nkind: SLO\nmetadata: 1\nspec: {objectives: [1, []], "
                          "timeWindow: [[]], alertPolicies: {a: b}}");
        QTest::newRow("numbers that are none") << QByteArray(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: a}\nspec: {service: s, budgetingMethod: "
            "Occurrences, timeWindow: [{duration: 99999Y}], objectives: [{target: nan}]}");
        QTest::newRow("not UTF-8") << QByteArray("kind: slo\nslos: \xff\xfe");
    }
    void garbage()
    {
        QFETCH(QByteArray, text);
        const SloShelf shelf = parseSlos({{u"x.yaml"_s, text}});
        QVERIFY(shelf.slos.empty());
        QVERIFY(!shelf.findings.empty());
    }

    void starterIsGood()
    {
        const QByteArray text = starterSloFile(u"checkout"_s,
            u"sum(increase(http_requests_total{service=\"checkout\"}[$__window]))"_s,
            u"sum(increase(http_requests_total{service=\"checkout\",code=~\"5..\"}[$__window]))"_s,
            u"http_request_duration_seconds_bucket{service=\"checkout\"}"_s, false, 0.5);
        const SloShelf shelf = parseSlos({{u"x.yaml"_s, text}});
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(shelf.slos.size(), size_t(2));
        QCOMPARE(queriesOf(shelf.slos[0]).bad,
            u"sum(increase(http_requests_total{service=\"checkout\",code=~\"5..\"}[$__window]))"_s);
        QCOMPARE(shelf.slos[1].indicator.threshold, 0.5);
    }

    void starterOfANativeHistogram()
    {
        const QByteArray text = starterSloFile(u"checkout"_s,
            u"sum(histogram_count(increase(x{service=\"checkout\"}[$__window])))"_s,
            u"sum(histogram_count(increase(x{service=\"checkout\",code=~\"5..\"}[$__window])))"_s,
            u"x{service=\"checkout\"}"_s, true, 0.3);
        const SloShelf shelf = parseSlos({{u"x.yaml"_s, text}});
        QCOMPARE(textsOf(shelf), QStringList());
        QCOMPARE(shelf.slos.size(), size_t(2));
        QVERIFY(shelf.slos[1].indicator.isNative);
        QCOMPARE(shelf.slos[1].indicator.histogram, u"x{service=\"checkout\"}"_s);
        QCOMPARE(shelf.slos[1].indicator.threshold, 0.3);
    }

    void selectors()
    {
        for (const auto &good :
            {u"m"_s, u"a:b"_s, u"m{}"_s, u"m{a=\"}\",b=~\"x|{y}\"}"_s, u"m{a=\"\\\"\"}"_s})
            QVERIFY2(isSelector(good), qPrintable(good));
        for (const auto &bad : {u""_s, u"sum(m)"_s, u"m[5m]"_s, u"m{a=\"x}"_s, u"m{} > 1"_s, u"1m"_s})
            QVERIFY2(!isSelector(bad), qPrintable(bad));
    }

private:
    static bool isSelector(const QString &text)
    {
        const QByteArray file =
            QByteArray(
                "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\n"
                "metadata: {name: a}\nspec: {target: '99', window: 1w, indicator: {bool_gauge: {metric: '")
            + text.toUtf8().replace('\'', "''") + "'}}}\n";
        return parseSlos({{u"x.yaml"_s, file}}).slos.size() == 1;
    }
};

QTEST_GUILESS_MAIN(TestSloFile)
#include "tst_slofile.moc"
