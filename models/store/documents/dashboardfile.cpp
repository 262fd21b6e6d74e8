// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>

#include <store/documents/panelreader.h>
#include <store/documents/variabledocument.h>
#include <store/documents/yamlreader.h>

#include <QTimeZone>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

constexpr int kVersion = 1;

void readTime(const YamlNode &node, YamlReport &report, Dashboard &dashboard)
{
    YamlMap map(node, report, u"time"_s);
    dashboard.time.from = map.text(u"from"_s, dashboard.time.from);
    dashboard.time.to = map.text(u"to"_s, dashboard.time.to);
    checkTime(dashboard.time, node, report);
    const QString zone = map.text(u"zone"_s, dashboard.zone);
    if (zone == "local"_L1 || zone == "utc"_L1 || QTimeZone::isTimeZoneIdAvailable(zone.toUtf8()))
        dashboard.zone = zone;
    else
        map.wrong(*node.find(u"zone"), u"zone"_s, u"local, utc, or a name such as Europe/Paris"_s);
    map.finish();
}

AnnotationSource readAnnotation(const YamlNode &node, YamlReport &report)
{
    YamlMap map(node, report, u"an annotation"_s);
    AnnotationSource source;
    source.name = map.required(u"name"_s);
    source.type = map.required(u"type"_s);
    source.datasource = map.text(u"datasource"_s);
    source.expr = map.text(u"expr"_s);
    source.title = map.text(u"title"_s);
    source.color = colorOf(map, u"color"_s);
    source.step = map.durationText(u"step"_s, 1ms);
    map.finish();
    return source;
}

Dashboard readBody(YamlMap &top, YamlReport &report)
{
    Dashboard dashboard;
    dashboard.version = top.version(kVersion);
    top.choice(u"kind"_s, {u"dashboard"_s}, u"dashboard"_s);
    dashboard.id = top.requiredId(u"id"_s);
    dashboard.title = top.required(u"title"_s);
    dashboard.description = top.text(u"description"_s);
    dashboard.tags = top.texts(u"tags"_s);
    if (const YamlNode *time = top.value(u"time"_s))
        readTime(*time, report, dashboard);
    dashboard.refresh = top.durationText(u"refresh"_s, 5s, {u"manual"_s}, dashboard.refresh);
    dashboard.crosshair =
        top.choice(u"crosshair"_s, {u"none"_s, u"panel"_s, u"shared"_s}, dashboard.crosshair);
    dashboard.context = top.texts(u"context"_s);
    top.forEach(u"variables"_s, [&](const YamlNode &node) {
        if (auto variable = readVariable(node, report))
            dashboard.variables.push_back(std::move(*variable));
    });
    if (!top.has(u"panels"))
        report.error(top.node(), u"a dashboard needs 'panels'"_s);
    top.forEach(u"panels"_s, [&](const YamlNode &node) {
        if (auto panel = readPanel(node, report))
            dashboard.panels.push_back(std::move(*panel));
    });
    top.forEach(u"annotations"_s,
        [&](const YamlNode &node) { dashboard.annotations.push_back(readAnnotation(node, report)); });
    dashboard.extra = top.rest();
    top.finish();
    return dashboard;
}

} // namespace

Result<LoadedDashboard> parseDashboard(const QByteArray &text, const QString &file)
{
    YamlReport report(file);
    const auto root = parseYaml(text, file, report.findings());
    if (!root)
        return tl::unexpected(root.error());
    const YamlNode *kind = root->find(u"kind");
    if (!kind || kind->text != "dashboard"_L1)
        return fail(Error::Kind::Invalid,
            u"%1:%2:%3: not a dashboard: needs 'kind: dashboard'"_s.arg(file)
                .arg(kind ? kind->line : 1)
                .arg(kind ? kind->column : 1));
    LoadedDashboard loaded;
    YamlMap top(*root, report, u"a dashboard"_s);
    loaded.dashboard = readBody(top, report);
    loaded.dashboard.origin = file;
    loaded.findings = std::move(report.findings());
    if (loaded.dashboard.id.isEmpty())
        return fail(
            Error::Kind::Invalid, loaded.findings.empty() ? file : loaded.findings.front().toString());
    return loaded;
}

Result<LoadedDashboard> readDashboard(const QString &path)
{
    const auto text = readDocument(path);
    if (!text)
        return tl::unexpected(text.error());
    return parseDashboard(*text, path);
}

QStringList listDashboards(const QString &directory) { return yamlFiles(directory); }

DashboardShelf loadDashboards(const QStringList &directories)
{
    DashboardShelf shelf;
    for (const QString &directory : directories) {
        for (const QString &path : listDashboards(directory)) {
            auto loaded = readDashboard(path);
            if (!loaded) {
                shelf.findings.push_back({Finding::Level::Error, path, 0, 0, loaded.error().message});
                continue;
            }
            const auto same = std::find_if(shelf.dashboards.begin(), shelf.dashboards.end(),
                [&](const LoadedDashboard &other) { return other.dashboard.id == loaded->dashboard.id; });
            if (same == shelf.dashboards.end())
                shelf.dashboards.push_back(std::move(*loaded));
            else
                *same = std::move(*loaded);
        }
    }
    return shelf;
}

} // namespace bw
