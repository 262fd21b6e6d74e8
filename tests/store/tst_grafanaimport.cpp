// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>
#include <store/documents/yamlreader.h>
#include <store/grafana/grafanaimport.h>

#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <functional>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

ImportOptions options()
{
    ImportOptions made;
    made.kinds = {u"timeseries"_s, u"stat"_s, u"gauge"_s, u"bargauge"_s, u"table"_s, u"heatmap"_s,
        u"status_history"_s, u"alerts"_s, u"text"_s, u"row"_s, u"nodegraph"_s, u"placeholder"_s};
    return made;
}

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QString dataFile(const QString &name) { return qEnvironmentVariable("BW_TEST_DATA") + u"/grafana/"_s + name; }

const Panel *panelNamed(const Dashboard &dashboard, const QString &title)
{
    for (const Panel &panel : dashboard.panels) {
        if (panel.title == title)
            return &panel;
    }
    return nullptr;
}

QStringList whatOf(const std::vector<ImportItem> &items)
{
    QStringList list;
    for (const ImportItem &item : items)
        list << item.what;
    return list;
}

/// Values of a document, counted by another parser: what the importer says it accounted for.
int leavesIn(const QJsonValue &value)
{
    int count = 0;
    if (value.isArray()) {
        for (const QJsonValue &item : value.toArray())
            count += leavesIn(item);
    } else if (value.isObject()) {
        for (const QJsonValue &item : value.toObject())
            count += leavesIn(item);
    }
    return count > 0 ? count : 1;
}

/// The samples of public dashboards, where somebody has them.
QStringList sampleFiles()
{
    QStringList files;
    const QString folder = qEnvironmentVariable("BW_SAMPLES");
    if (folder.isEmpty())
        return files;
    QDirIterator it(folder, {u"*.json"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext())
        files << it.next();
    files.sort();
    return files;
}

QStringList ownFiles()
{
    QStringList files;
    for (const QString &name : QDir(dataFile(QString())).entryList({u"*.json"_s}, QDir::Files, QDir::Name))
        files << dataFile(name);
    return files;
}

/// `json` with one panel that has `members`.
QByteArray withPanel(const QByteArray &members)
{
    return R"({"title": "T", "schemaVersion": 39, "panels": [{"id": 1, "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}, )"
        + members + "}]}";
}

} // namespace

class TestGrafanaImport : public QObject
{
    Q_OBJECT
private slots:
    void classic();
    void rows();
    void oldPanels();
    void v2();
    void fieldSettings();
    void transformations();
    void lossesAreTold();
    void variables();
    void sources();
    void repeats();
    void units_data();
    void units();
    void hostile_data();
    void hostile();
    void large();
    void nothingIsDropped_data();
    void nothingIsDropped();
    void everyUsedValueMatters();
};

void TestGrafanaImport::classic()
{
    const auto import = importGrafana(bytesOf(dataFile(u"classic.json"_s)), options());
    QVERIFY2(import, qPrintable(import ? QString() : import.error().message));
    const Dashboard &dashboard = import->dashboard;
    QCOMPARE(dashboard.id, u"checkout-service"_s);
    QCOMPARE(dashboard.time.from, u"now-6h"_s);
    QCOMPARE(dashboard.zone, u"utc"_s);
    QCOMPARE(dashboard.refresh, u"30s"_s);
    QCOMPARE(dashboard.crosshair, u"shared"_s);
    const Panel *rate = panelNamed(dashboard, u"Requests"_s);
    QVERIFY(rate);
    QCOMPARE(rate->kind, u"timeseries"_s);
    QCOMPARE(rate->unit, u"reqps"_s);
    QCOMPARE(rate->grid, (GridRect{0, 1, 12, 8}));
    QCOMPARE(rate->queries.size(), size_t(2));
    QCOMPARE(rate->queries[0].expr,
        u"sum by (code) (rate(http_requests_total{job=\"$job\"}[$__rate_interval]))"_s);
    QCOMPARE(rate->queries[0].legend, u"{{code}}"_s);
    QCOMPARE(rate->queries[0].mode, PanelQuery::Mode::Range);
    QVERIFY(rate->queries[1].hidden);
    QCOMPARE(rate->options.value(u"stack"_s).toBool(), true);
    QCOMPARE(rate->options.value(u"legend"_s).toString(), u"table"_s);
    QCOMPARE(rate->options.value(u"legend_calcs"_s).toStringList(), (QStringList{u"mean"_s, u"last"_s}));
    QCOMPARE(rate->minStep, u"30s"_s);
    QCOMPARE(rate->maxPoints, 500);
    QCOMPARE(rate->time->from, u"now-2h"_s);
    QCOMPARE(rate->timeShift, u"1d"_s);
    const Panel *up = panelNamed(dashboard, u"Up"_s);
    QVERIFY(up);
    QCOMPARE(up->kind, u"stat"_s);
    QCOMPARE(up->queries[0].mode, PanelQuery::Mode::Instant);
    QCOMPARE(up->thresholds[0].steps.size(), size_t(2));
    QVERIFY(!up->thresholds[0].steps[0].from);
    QCOMPARE(up->thresholds[0].steps[1].color, u"good"_s);
    const Panel *map = panelNamed(dashboard, u"World"_s);
    QVERIFY(map);
    QCOMPARE(map->kind, u"placeholder"_s);
    QVERIFY(QJsonDocument::fromJson(map->original.toUtf8()).object().contains(u"targets"_s));
    QCOMPARE(import->count(PanelImport::Status::Placeholder), 1);
    // What is written is what is read again.
    const auto again = parseDashboard(writeDashboard(dashboard), u"x.yaml"_s);
    QVERIFY(again);
    QVERIFY2(again->findings.empty(),
        qPrintable(again->findings.empty() ? QString() : again->findings.front().toString()));
}

void TestGrafanaImport::rows()
{
    const auto import = importGrafana(bytesOf(dataFile(u"rows.json"_s)), options());
    QVERIFY(import);
    const auto &panels = import->dashboard.panels;
    QCOMPARE(panels.size(), size_t(6));
    QCOMPARE(panels[0].kind, u"row"_s);
    QCOMPARE(panels[0].title, u"Traffic"_s);
    QCOMPARE(panels[1].grid, (GridRect{0, 1, 12, 7}));
    QCOMPARE(panels[2].grid, (GridRect{12, 1, 12, 7}));
    QCOMPARE(panels[3].grid, (GridRect{0, 8, 8, 7})); // span 4 does not fit any more
    QCOMPARE(panels[4].kind, u"row"_s);
    QVERIFY(panels[4].collapsed);
    QCOMPARE(panels[5].grid.row, 16);
    QCOMPARE(panels[5].grid.height, 3); // 100 px
}

void TestGrafanaImport::oldPanels()
{
    const auto import = importGrafana(bytesOf(dataFile(u"rows.json"_s)), options());
    QVERIFY(import);
    const Panel *graph = panelNamed(import->dashboard, u"Latency"_s);
    QVERIFY(graph);
    QCOMPARE(graph->kind, u"timeseries"_s);
    QCOMPARE(graph->unit, u"s"_s);
    QCOMPARE(graph->options.value(u"fill"_s).toInt(), 20);
    QCOMPARE(graph->options.value(u"log"_s).toBool(), true);
    QCOMPARE(graph->options.value(u"right_unit"_s).toString(), u"percentunit"_s);
    QCOMPARE(graph->options.value(u"span_gaps"_s).toBool(), true);
    QCOMPARE(graph->options.value(u"thresholds"_s).toString(), u"area"_s);
    QCOMPARE(graph->thresholds[0].steps[0], (ThresholdStep{0.5, u"critical"_s}));
    QCOMPARE(graph->overrides.size(), size_t(2));
    QCOMPARE(graph->overrides[0].match, u"p99"_s);
    QCOMPARE(graph->overrides[0].set.value(u"color"_s).toString(), u"#ff0000"_s);
    QCOMPARE(graph->overrides[1].by, FieldOverride::By::NameRegex);
    QCOMPARE(graph->overrides[1].set.value(u"axis"_s).toString(), u"right"_s);
    QCOMPARE(graph->queries[0].stepFactor, 2);
    const Panel *single = panelNamed(import->dashboard, u"Errors"_s);
    QVERIFY(single);
    QCOMPARE(single->kind, u"gauge"_s);
    QCOMPARE(single->options.value(u"calc"_s).toString(), u"mean"_s);
    QCOMPARE(single->options.value(u"max"_s).toDouble(), 1.0);
    QCOMPARE(single->thresholds[0].steps.size(), size_t(3));
    QCOMPARE(single->thresholds[0].steps[2], (ThresholdStep{0.5, u"critical"_s}));
    const Panel *table = panelNamed(import->dashboard, u"Pods"_s);
    QVERIFY(table);
    QCOMPARE(table->kind, u"table"_s);
    QCOMPARE(table->overrides.size(), size_t(2));
    QCOMPARE(table->overrides[0].set.value(u"hidden"_s).toBool(), true);
    QCOMPARE(table->overrides[1].set.value(u"unit"_s).toString(), u"bytes"_s);
}

void TestGrafanaImport::v2()
{
    const auto import = importGrafana(bytesOf(dataFile(u"v2.json"_s)), options());
    QVERIFY2(import, qPrintable(import ? QString() : import.error().message));
    QVERIFY(import->schema.startsWith("v2"_L1));
    const auto &panels = import->dashboard.panels;
    QCOMPARE(panels.size(), size_t(5));
    QCOMPARE(panels[0].kind, u"row"_s);
    QCOMPARE(panels[0].title, u"First"_s);
    QCOMPARE(panels[1].kind, u"timeseries"_s);
    QCOMPARE(panels[1].grid, (GridRect{0, 1, 12, 8}));
    QCOMPARE(panels[1].queries[0].expr, u"sum(rate(a[$__rate_interval]))"_s);
    QCOMPARE(panels[1].queries[0].id, u"A"_s);
    QCOMPARE(panels[1].unit, u"bytes"_s);
    QCOMPARE(panels[1].transform[0].id, u"sortBy"_s);
    QCOMPARE(panels[2].kind, u"stat"_s);
    QCOMPARE(panels[2].repeat.variable, u"job"_s);
    QCOMPARE(panels[3].title, u"Second"_s);
    QVERIFY(panels[3].collapsed);
    QCOMPARE(panels[4].kind, u"text"_s);
    QCOMPARE(import->dashboard.variables.size(), size_t(2));
    QCOMPARE(import->dashboard.variables[0].kind, u"query"_s);
    QCOMPARE(import->dashboard.variables[0].query, u"label_values(up, job)"_s);
    QCOMPARE(import->dashboard.variables[0].sort, u"alpha-desc"_s);
    QCOMPARE(import->dashboard.variables[0].refresh, u"time"_s);
    QCOMPARE(import->dashboard.refresh, u"1m"_s);
    QVERIFY(whatOf(import->items).contains(u"shown under a condition"_s));
    // Paths are those of the file, not of the shape it was brought into.
    QVERIFY(std::any_of(import->items.begin(), import->items.end(),
        [](const ImportItem &item) { return item.path.startsWith("spec.layout.spec.rows["_L1); }));
}

void TestGrafanaImport::fieldSettings()
{
    const auto import = importGrafana(bytesOf(dataFile(u"fields.json"_s)), options());
    QVERIFY(import);
    const Panel &panel = import->dashboard.panels[0];
    QCOMPARE(panel.decimals, 2);
    QCOMPARE(panel.noValue, u"none"_s);
    QCOMPARE(panel.options.value(u"min"_s).toDouble(), 0.0);
    QVERIFY(panel.thresholds[0].percentage);
    QCOMPARE(panel.mappings.size(), size_t(8));
    QCOMPARE(panel.mappings[0], (ValueMapping{ValueMapping::Kind::Value, u"1"_s, 0, 0, u"up"_s, u"good"_s}));
    QCOMPARE(panel.mappings[2].kind, ValueMapping::Kind::Range);
    QCOMPARE(panel.mappings[2].from, 5.0);
    QCOMPARE(panel.mappings[3].kind, ValueMapping::Kind::Regex);
    QCOMPARE(panel.mappings[4], (ValueMapping{ValueMapping::Kind::Special, u"null"_s, 0, 0, u"N/A"_s, {}}));
    QCOMPARE(panel.mappings[6],
        (ValueMapping{ValueMapping::Kind::Value, u"0"_s, 0, 0, u"DOWN"_s, {}})); // before 8.0
    QCOMPARE(panel.mappings[7].to, 9.0);
    QCOMPARE(panel.overrides.size(), size_t(5));
    QCOMPARE(panel.overrides[0].by, FieldOverride::By::Name);
    QCOMPARE(panel.overrides[0].set.value(u"negative"_s).toBool(), true);
    QCOMPARE(panel.overrides[0].set.value(u"line"_s).toString(), u"dashed"_s);
    QCOMPARE(panel.overrides[1].by, FieldOverride::By::NameRegex);
    QCOMPARE(panel.overrides[1].match, u"^canary.*"_s);
    QCOMPARE(panel.overrides[1].set.value(u"axis"_s).toString(), u"right"_s);
    QCOMPARE(panel.overrides[2].by, FieldOverride::By::Query);
    QVERIFY(panel.overrides[2].thresholds);
    QCOMPARE(panel.overrides[3].by, FieldOverride::By::Value);
    QCOMPARE(panel.overrides[3].calc, u"mean"_s);
    QCOMPARE(panel.overrides[3].op, u">="_s);
    QCOMPARE(panel.overrides[3].set.value(u"legend"_s), QVariant(false));
    QCOMPARE(panel.overrides[4].by, FieldOverride::By::Type);
    QCOMPARE(panel.links.size(), size_t(2));
    QCOMPARE(panel.links[0].dashboard, u"pods"_s);
    QCOMPARE(panel.links[0].context.value(u"pod"_s), u"${__series.pod}"_s);
    QVERIFY(panel.links[1].url.startsWith("https://"_L1));
    const QStringList told = whatOf(import->panels[0].items);
    QVERIFY(told.contains(u"fill opacity"_s));
    QVERIFY(told.contains(u"line smooth"_s));
    QVERIFY(told.contains(u"setting custom.unheardOf of a field"_s));
    QVERIFY(std::any_of(
        told.begin(), told.end(), [](const QString &text) { return text.startsWith("unheardOption"_L1); }));
    QCOMPARE(import->panels[0].status, PanelImport::Status::Partial);
}

void TestGrafanaImport::transformations()
{
    const auto import = importGrafana(bytesOf(dataFile(u"transformations.json"_s)), options());
    QVERIFY(import);
    const Panel &all = import->dashboard.panels[0];
    QStringList ids;
    for (const Transformation &step : all.transform)
        ids << step.id;
    QCOMPARE(ids,
        (QStringList{u"merge"_s, u"organize"_s, u"filterFieldsByName"_s, u"groupBy"_s, u"labelsToFields"_s,
            u"sortBy"_s, u"calculateField"_s, u"calculateField"_s, u"joinByField"_s, u"filterByValue"_s,
            u"renameByRegex"_s, u"reduce"_s, u"limit"_s}));
    QCOMPARE(all.transform[1].options.value(u"exclude"_s).toStringList(), QStringList{u"Time"_s});
    QCOMPARE(
        all.transform[1].options.value(u"order"_s).toStringList(), (QStringList{u"pod"_s, u"Value #A"_s}));
    QVERIFY(all.transform[5].off);
    QCOMPARE(all.transform[6].options.value(u"op"_s).toString(), u"/"_s);
    // The chain stops before what is not done here, and the rest is named.
    const Panel &cut = import->dashboard.panels[1];
    QCOMPARE(cut.transform.size(), size_t(1));
    QCOMPARE(whatOf(import->panels[1].items),
        (QStringList{u"transformation histogram"_s, u"transformation organize"_s}));
    QCOMPARE(import->panels[1].items[0].effect, ImportItem::Effect::Data);
}

/// What a dashboard did there and does not do here is told, never passed over.
void TestGrafanaImport::lossesAreTold()
{
    const auto import = importGrafana(R"({"title": "Losses", "schemaVersion": 38, "panels": [
        {"id": 1, "type": "table", "title": "T", "targets": [{"refId": "A", "expr": "a"}],
         "alert": {"name": "Too slow", "conditions": [{"type": "query"}]},
         "transformations": [
          {"id": "organize", "options": {"excludeByName": {}, "includeByName": {"pod": true}}},
          {"id": "filterByRefId", "options": {"include": "A|B", "exclude": "B"}},
          {"id": "limit", "filter": {"id": "byRefId", "options": "A"}, "options": {"limitField": 3}}]}]})",
        options());
    QVERIFY(import);
    QCOMPARE(import->dashboard.panels[0].transform.size(), size_t(3));
    QCOMPARE(whatOf(import->panels[0].items),
        (QStringList{u"alert rule Too slow"_s, u"only some fields kept"_s, u"queries left out: B"_s,
            u"transformation limit of some queries only"_s}));
    for (const ImportItem &item : import->panels[0].items)
        QCOMPARE(item.effect, ImportItem::Effect::Data);
}

void TestGrafanaImport::variables()
{
    const auto import = importGrafana(bytesOf(dataFile(u"variables.json"_s)), options());
    QVERIFY(import);
    const auto &list = import->dashboard.variables;
    QCOMPARE(list.size(), size_t(7));
    QCOMPARE(list[0].kind, u"datasource"_s);
    QCOMPARE(list[0].query, u"prometheus"_s);
    QCOMPARE(list[1].query, u"label_values(up{cluster=\"$cluster\"}, job)"_s);
    QCOMPARE(list[1].datasource, u"$ds"_s);
    QCOMPARE(list[1].regex, u".*-prod"_s);
    QCOMPARE(list[1].sort, u"numeric"_s);
    QCOMPARE(list[1].refresh, u"time"_s);
    QVERIFY(list[1].multi && list[1].all);
    QCOMPARE(list[1].allValue, u".*"_s);
    QCOMPARE(list[2].options, (QStringList{u"one : 1"_s, u"two, three : 2"_s}));
    QCOMPARE(list[2].defaults, QStringList{u"1"_s});
    QCOMPARE(list[3].query, u"eu"_s);
    QCOMPARE(list[3].show, u"none"_s);
    QCOMPARE(list[4].defaults, QStringList{u"typed"_s});
    QCOMPARE(list[5].options, (QStringList{u"1m"_s, u"5m"_s}));
    QVERIFY(list[5].automatic);
    QCOMPARE(list[6].defaults, QStringList{u"pod=\"x\""_s});
    const QStringList told = whatOf(import->items);
    QVERIFY(told.contains(u"variable $by of kind groupby"_s));
    QVERIFY(told.contains(u"a second variable $region"_s));
    QCOMPARE(import->dashboard.annotations.size(), size_t(1));
    QCOMPARE(import->dashboard.annotations[0].expr, u"changes(deploys[1m]) > 0"_s);
    QVERIFY(told.contains(u"annotation Logged"_s));
}

void TestGrafanaImport::sources()
{
    ImportOptions mapped = options();
    mapped.sources.insert(u"prom-eu"_s, u"eu"_s);
    const auto import = importGrafana(bytesOf(dataFile(u"sources.json"_s)), mapped);
    QVERIFY(import);
    const auto &panels = import->dashboard.panels;
    QCOMPARE(panels[0].datasource, u"$ds"_s);
    QCOMPARE(panels[1].datasource, u"eu"_s); // named on the command line
    QCOMPARE(panels[2].datasource, QString()); // null: the default one
    QCOMPARE(panels[3].queries[0].datasource, u"$ds"_s); // -- Mixed --
    QCOMPARE(panels[3].queries[1].datasource, u"eu"_s);
    QCOMPARE(panels[4].queries[0].expr, u"up{source=\"var\"}"_s); // -- Dashboard --
    QCOMPARE(panels[5].kind, u"placeholder"_s); // Loki
    QCOMPARE(panels[5].queries[0].type, u"logql"_s);
    QCOMPARE(panels[6].kind, u"placeholder"_s); // a library panel without its content
    const QStringList told = whatOf(import->items);
    QVERIFY(told.contains(u"source elsewhere"_s));
    QVERIFY(whatOf(import->panels[7].items).contains(u"variable $nowhere"_s));
    QVERIFY(std::any_of(import->panels[7].items.begin(), import->panels[7].items.end(),
        [](const ImportItem &item) { return item.what.contains("$__unheard"_L1); }));
}

void TestGrafanaImport::repeats()
{
    const auto import = importGrafana(bytesOf(dataFile(u"sources.json"_s)), options());
    QVERIFY(import);
    QCOMPARE(import->dashboard.panels[0].repeat, (Repeat{u"job"_s, true, 3}));
    const auto unknown = importGrafana(withPanel(R"("type": "stat", "repeat": "nope")"), options());
    QVERIFY(unknown);
    QVERIFY(unknown->dashboard.panels[0].repeat.variable.isEmpty());
    QCOMPARE(unknown->panels[0].status, PanelImport::Status::Partial);
}

void TestGrafanaImport::units_data()
{
    QTest::addColumn<QString>("theirs");
    QTest::addColumn<QString>("ours");
    QTest::newRow("bytes") << u"bytes"_s << u"bytes"_s;
    QTest::newRow("rate of bytes") << u"binBps"_s << u"binBps"_s;
    QTest::newRow("custom suffix") << u"suffix:req"_s << u"suffix:req"_s;
    QTest::newRow("free text is a suffix") << u"connections"_s << u"suffix:connections"_s;
    QTest::newRow("string") << u"string"_s << u"none"_s;
    QTest::newRow("micro") << u"µs"_s << u"µs"_s;
    QTest::newRow("volt") << u"volt"_s << u"si:V"_s;
}

void TestGrafanaImport::units()
{
    QFETCH(QString, theirs);
    const auto import =
        importGrafana(withPanel(R"("type": "timeseries", "fieldConfig": {"defaults": {"unit": ")"
                          + theirs.toUtf8() + R"("}})"),
            options());
    QVERIFY(import);
    QTEST(import->dashboard.panels[0].unit, "ours");
}

void TestGrafanaImport::hostile_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("problem"); // empty: it is read
    const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
    QTest::newRow("empty") << QByteArray() << u"no JSON at byte"_s;
    QTest::newRow("html") << QByteArray("<!doctype html>") << u"no JSON at byte"_s;
    QTest::newRow("cut") << QByteArray(R"({"title": "x", "panels": [)") << u"no JSON at byte"_s;
    QTest::newRow("a list") << QByteArray("[]") << u"a dashboard is a JSON object"_s;
    QTest::newRow("something else") << QByteArray(R"({"a": 1})") << u"this is no dashboard"_s;
    QTest::newRow("deep list") << deep << u"more than 64 levels"_s;
    QTest::newRow("deep in a panel") << withPanel(R"("type": "stat", "options": )" + deep)
                                     << u"more than 64 levels"_s;
    QTest::newRow("many keys") << [] {
        QByteArray json = "{\"panels\": []";
        for (int i = 0; i < 5000; ++i)
            json += ",\"k" + QByteArray::number(i) + "\": 1";
        return QByteArray(json + "}");
    }() << u"more than 2000 members"_s;
    QTest::newRow("wrong types") << QByteArray(
        R"({"title": {}, "panels": [1, null, "x", [], {"type": [], "title": 5, "gridPos": "no",
        "targets": {"a": 1}, "fieldConfig": [], "options": "x", "transformations": {"id": 3}, "links": "l", "repeat": {}}],
        "templating": [], "annotations": "x", "time": 5, "tags": {"a": 1}, "refresh": [], "timezone": 7, "links": 3})")
                                 << QString();
    QTest::newRow("huge grid") << withPanel(
        R"("type": "stat", "gridPos": {"x": 1e18, "y": -5, "w": 99999999999, "h": 1e300})")
                               << QString();
    QTest::newRow("same ids") << QByteArray(
        R"({"panels": [{"id": 1, "type": "stat"}, {"id": 1, "type": "stat"}, {"id": 1, "type": "row", "collapsed": true, "panels": [{"id": 1}]}]})")
                              << QString();
    QTest::newRow("same keys") << QByteArray(R"({"title": "a", "title": "b", "panels": []})") << QString();
    QTest::newRow("cycle of variables") << QByteArray(R"j({"panels": [], "templating": {"list": [
        {"type": "query", "name": "a", "query": "label_values(up{x='$b'}, y)"},
        {"type": "query", "name": "b", "query": "label_values(up{x='$a'}, y)"}]}})j")
                                        << QString();
    QTest::newRow("bad expressions") << withPanel(
        R"("type": "timeseries", "fieldConfig": {"defaults": {}, "overrides": [{"matcher": {"id": "byRegexp", "options": "(["}, "properties": [{"id": "unit", "value": "s"}]}]})")
                                     << QString();
    QTest::newRow("lone surrogate") << QByteArray("{\"title\": \"\\ud800\", \"panels\": []}")
                                    << u"no JSON at byte"_s;
    QTest::newRow("infinite numbers") << withPanel(
        R"("type": "gauge", "fieldConfig": {"defaults": {"min": -1e308, "max": 1e308, "decimals": 1e9}})")
                                      << QString();
}

void TestGrafanaImport::hostile()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, problem);
    const auto import = importGrafana(json, options());
    if (!problem.isEmpty()) {
        QVERIFY(!import);
        QVERIFY2(import.error().message.contains(problem), qPrintable(import.error().message));
        return;
    }
    QVERIFY2(import, qPrintable(import ? QString() : import.error().message));
    QVERIFY(!importReport(*import).isEmpty());
    // Whatever came in, what goes out is a file of ours.
    const auto again = parseDashboard(writeDashboard(import->dashboard), u"x.yaml"_s);
    QVERIFY2(again, qPrintable(again ? QString() : again.error().message));
    QVERIFY2(!hasErrors(again->findings),
        qPrintable(again->findings.empty() ? QString() : again->findings.front().toString()));
}

void TestGrafanaImport::large()
{
    // 3,000 panels, 2 MB: read, cut, and said so; in seconds even with all checks on.
    QByteArray json = "{\"title\": \"big\", \"panels\": [";
    for (int i = 0; i < 3000; ++i)
        json += (i ? "," : "") + QByteArray(R"({"id": )") + QByteArray::number(i)
            + R"(, "type": "timeseries", "title": "t", "gridPos": {"x": 0, "y": )" + QByteArray::number(i * 8)
            + R"j(, "w": 24, "h": 8}, "targets": [{"refId": "A", "expr": "sum(rate(requests_total{job=\"a\"}[5m]))"}],)j"
            + R"j("fieldConfig": {"defaults": {"unit": "s", "custom": {"fillOpacity": 10, "lineWidth": 2}}, "overrides": []}})j";
    QElapsedTimer timer;
    timer.start();
    const auto import = importGrafana(json + "]}", options());
    QVERIFY(import);
    QCOMPARE(import->dashboard.panels.size(), size_t(2000));
    QVERIFY(whatOf(import->items).contains(u"3000 panels"_s));
    QVERIFY2(timer.elapsed() < 20'000, "a large dashboard takes too long");
}

void TestGrafanaImport::nothingIsDropped_data()
{
    QTest::addColumn<QString>("file");
    for (const QString &file : ownFiles() + sampleFiles())
        QTest::newRow(qPrintable(file.section(u'/', -2))) << file;
}

void TestGrafanaImport::nothingIsDropped()
{
    QFETCH(QString, file);
    const QByteArray json = bytesOf(file);
    const auto import = importGrafana(json, options());
    QVERIFY2(import, qPrintable(import ? QString() : import.error().message));
    const auto &leaves = import->leaves;
    QCOMPARE(leaves.used + leaves.known + leaves.reported, leaves.all);
    const int counted = leavesIn(QJsonDocument::fromJson(json).object());
    // Rearranging the newer schema adds values of our own, never loses one.
    if (import->schema.startsWith("v2"_L1))
        QVERIFY(leaves.all >= counted - 12);
    else
        QVERIFY2(std::abs(leaves.all - counted) <= 3, qPrintable(u"%1 of %2"_s.arg(leaves.all).arg(counted)));
    const auto again = parseDashboard(writeDashboard(import->dashboard), u"x.yaml"_s);
    QVERIFY2(again, qPrintable(again ? QString() : again.error().message));
    for (const Finding &finding : again->findings)
        QVERIFY2(finding.level != Finding::Level::Error, qPrintable(finding.toString()));
    Dashboard placeless = again->dashboard, imported = import->dashboard;
    placeless.origin.clear();
    for (Panel &panel : placeless.panels)
        panel.line = 0;
    QCOMPARE(writeDashboard(placeless), writeDashboard(imported));
}

/// "Used" is a claim: a value that is changed must change what comes out.
void TestGrafanaImport::everyUsedValueMatters()
{
    // Each a value of tests/data/grafana/classic.json, and another one it could have.
    const std::pair<QByteArray, QByteArray> changes[] = {{"\"unit\": \"reqps\"", "\"unit\": \"bytes\""},
        {"\"lineWidth\": 2", "\"lineWidth\": 3"}, {"\"fillOpacity\": 30", "\"fillOpacity\": 40"},
        {"\"mode\": \"normal\"", "\"mode\": \"none\""}, {"{{code}}", "{{method}}"},
        {"\"up\", \"hide\": true", "\"up\", \"hide\": false"}, {"\"now-6h\"", "\"now-7h\""},
        {"\"timezone\": \"utc\"", "\"timezone\": \"browser\""},
        {"\"refresh\": \"30s\"", "\"refresh\": \"1m\""}, {"\"graphTooltip\": 1", "\"graphTooltip\": 0"},
        {"\"interval\": \"30s\"", "\"interval\": \"45s\""},
        {"\"maxDataPoints\": 500", "\"maxDataPoints\": 400"},
        {"\"timeFrom\": \"2h\"", "\"timeFrom\": \"3h\""}, {"\"timeShift\": \"1d\"", "\"timeShift\": \"2d\""},
        {"\"calcs\": [\"mean\"", "\"calcs\": [\"max\""},
        {"\"displayMode\": \"table\"", "\"displayMode\": \"list\""},
        {"\"placement\": \"right\"", "\"placement\": \"bottom\""},
        {"\"colorMode\": \"background\"", "\"colorMode\": \"value\""},
        {"\"graphMode\": \"none\"", "\"graphMode\": \"area\""}, {"\"instant\": true", "\"instant\": false"},
        {"\"value\": 1, \"color\": \"green\"", "\"value\": 2, \"color\": \"green\""}};
    const QByteArray json = bytesOf(dataFile(u"classic.json"_s));
    const auto before = importGrafana(json, options());
    QVERIFY(before);
    for (const auto &[from, to] : changes) {
        QVERIFY2(json.contains(from), from.constData());
        QByteArray changed = json;
        changed.replace(json.indexOf(from), from.size(), to);
        const auto after = importGrafana(changed, options());
        QVERIFY(after);
        QVERIFY2(writeDashboard(after->dashboard) != writeDashboard(before->dashboard), from.constData());
    }
}

QTEST_GUILESS_MAIN(TestGrafanaImport)
#include "tst_grafanaimport.moc"
