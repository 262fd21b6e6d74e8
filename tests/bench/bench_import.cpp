// SPDX-License-Identifier: GPL-3.0-or-later
// Import of a Grafana dashboard of about 700 kB: to our values with the whole report, and on to our file.
// With a folder as argument: what became of the panels of every dashboard in it.
#include <store/documents/dashboardfile.h>
#include <store/grafana/grafanaimport.h>

#include <QDirIterator>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryFile>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Panels as a mixin writes them, until the document is `size` bytes.
QByteArray dashboardOf(qsizetype size)
{
    QByteArray json = R"j({"title": "Bench", "schemaVersion": 39, "time": {"from": "now-1h", "to": "now"},)j";
    json +=
        R"j("templating": {"list": [{"name": "job", "type": "query", "query": "label_values(up, job)"}]},)j";
    json += R"("panels": [)";
    for (int i = 0; json.size() < size; ++i) {
        json += i ? "," : "";
        json +=
            R"j({"type": "timeseries", "title": "Requests", "datasource": {"type": "prometheus", "uid": "p"}, "id": )j"
            + QByteArray::number(i);
        json += R"j(, "gridPos": {"x": 0, "w": 12, "h": 8, "y": )j" + QByteArray::number(i * 8) + "},";
        json +=
            R"j("targets": [{"refId": "A", "expr": "sum by (code) (rate(http_requests_total{job=~\"$job\", route!=\"/health\"}[$__rate_interval]))",
            "legendFormat": "{{code}}", "range": true, "editorMode": "code"}],
            "fieldConfig": {"defaults": {"unit": "reqps", "min": 0, "color": {"mode": "palette-classic"}, "mappings": [], "custom": {"drawStyle": "line",
            "lineInterpolation": "smooth", "lineWidth": 2, "fillOpacity": 30, "gradientMode": "opacity", "showPoints": "never", "spanNulls": false,
            "stacking": {"mode": "normal", "group": "A"}, "axisPlacement": "auto", "axisLabel": "", "scaleDistribution": {"type": "linear"},
            "thresholdsStyle": {"mode": "off"}, "hideFrom": {"legend": false, "tooltip": false, "viz": false}},
            "thresholds": {"mode": "absolute", "steps": [{"value": null, "color": "green"}, {"value": 80, "color": "red"}]}},
            "overrides": [{"matcher": {"id": "byRegexp", "options": "/5../"}, "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}]}]},
            "options": {"legend": {"showLegend": true, "displayMode": "table", "placement": "bottom", "calcs": ["mean", "max"]}, "tooltip": {"mode": "multi", "sort": "desc"}}})j";
    }
    return json + "]}";
}

double median(std::vector<double> taken)
{
    std::sort(taken.begin(), taken.end());
    return taken[taken.size() / 2];
}

double peerOf(const QByteArray &json)
{
    const QString node = QStandardPaths::findExecutable(u"node"_s);
    QTemporaryFile file;
    if (node.isEmpty() || !file.open() || file.write(json) != json.size() || !file.flush())
        return 0;
    QProcess process;
    process.start(node, {QStringLiteral(BW_BENCH_DIR) + u"/grafana_peer.js"_s, file.fileName()});
    if (!process.waitForFinished(60'000))
        return 0;
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object().value(u"ms"_s).toDouble();
}

void print(const char *name, double ms, double peer)
{
    if (peer > 0)
        std::printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"ms\", \"peer\": \"node: JSON.parse and "
                    "a walk\", "
                    "\"peer_value\": %.2f, \"ratio\": %.2f}\n",
            name, ms, peer, peer / ms);
    else
        std::printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"ms\", \"peer\": null, \"peer_value\": "
                    "null, \"ratio\": null}\n",
            name, ms);
}

ImportOptions optionsOf()
{
    ImportOptions options;
    options.kinds = {u"timeseries"_s, u"stat"_s, u"gauge"_s, u"bargauge"_s, u"table"_s, u"heatmap"_s,
        u"status_history"_s, u"alerts"_s, u"text"_s, u"row"_s, u"nodegraph"_s, u"placeholder"_s};
    return options;
}

/// How well a folder of real dashboards comes in: panels as they were, with named differences, placeholders,
/// and what is behind the differences, most frequent first. False: a file was not imported.
bool summarise(const QString &folder)
{
    int files = 0, panels = 0, counts[3] = {};
    QMap<QString, int> reasons;
    for (QDirIterator at(folder, {u"*.json"_s}, QDir::Files, QDirIterator::Subdirectories); at.hasNext();) {
        QFile file(at.next());
        if (!file.open(QIODevice::ReadOnly)) {
            std::fprintf(stderr, "%s cannot be read\n", qPrintable(file.fileName()));
            return false;
        }
        const auto import = importGrafana(file.readAll(), optionsOf());
        if (!import) {
            std::fprintf(stderr, "%s: %s\n", qPrintable(file.fileName()), qPrintable(import.error().message));
            return false;
        }
        ++files;
        panels += int(import->panels.size());
        using Status = PanelImport::Status;
        for (const auto status : {Status::Full, Status::Partial, Status::Placeholder})
            counts[int(status)] += import->count(status);
        for (const PanelImport &panel : import->panels) {
            for (const ImportItem &item : panel.items)
                reasons[item.what] += item.effect != ImportItem::Effect::None;
        }
    }
    std::printf(
        "{\"name\": \"panels of %d dashboards\", \"value\": %d, \"unit\": \"panels\", \"mapped\": %d, "
        "\"approximated\": %d, \"placeholders\": %d}\n",
        files, panels, counts[int(PanelImport::Status::Full)], counts[int(PanelImport::Status::Partial)],
        counts[int(PanelImport::Status::Placeholder)]);
    std::vector<std::pair<int, QString>> ranked;
    for (auto reason = reasons.begin(); reason != reasons.end(); ++reason)
        ranked.emplace_back(reason.value(), reason.key());
    std::sort(ranked.rbegin(), ranked.rend());
    for (size_t i = 0; i < ranked.size() && i < 40 && ranked[i].first > 0; ++i)
        std::printf("{\"name\": \"difference: %s\", \"value\": %d, \"unit\": \"panels\"}\n",
            qPrintable(ranked[i].second), ranked[i].first);
    return panels > 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc > 1)
        return summarise(QString::fromLocal8Bit(argv[1])) ? 0 : 1;
    const QByteArray json = dashboardOf(700'000);
    const ImportOptions options = optionsOf();
    std::vector<double> imports, files;
    for (int run = 0; run < 20; ++run) {
        QElapsedTimer timer;
        timer.start();
        const auto import = importGrafana(json, options);
        if (!import || import->panels.empty()) {
            std::fprintf(stderr, "the dashboard was not imported\n");
            return 1;
        }
        if (run >= 5)
            imports.push_back(double(timer.nsecsElapsed()) / 1e6);
        if (writeDashboard(import->dashboard).isEmpty() || importReport(*import).isEmpty())
            return 1;
        if (run >= 5)
            files.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    const double peer = peerOf(json);
    print("import of a 700 kB dashboard", median(imports), peer);
    print("import, report and file of a 700 kB dashboard", median(files), peer);
    return 0;
}
