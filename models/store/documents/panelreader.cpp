// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/panelreader.h>

#include <QRegularExpression>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

GridRect readGrid(const YamlNode &node, YamlReport &report)
{
    GridRect grid;
    YamlMap map(node, report, u"grid"_s);
    grid.col = map.integer(u"col"_s, grid.col, 0, 23);
    grid.row = map.integer(u"row"_s, grid.row, 0, 100'000);
    grid.width = map.integer(u"width"_s, grid.width, 1, 24);
    grid.height = map.integer(u"height"_s, grid.height, 1, 200);
    if (grid.col + grid.width > 24) {
        report.error(
            node, u"grid: col %1 and width %2 reach beyond the 24 columns"_s.arg(grid.col).arg(grid.width));
        grid.width = 24 - grid.col;
    }
    map.finish();
    return grid;
}

PanelQuery readQuery(const YamlNode &node, YamlReport &report, size_t index)
{
    PanelQuery query;
    YamlMap map(node, report, u"a query"_s);
    query.id = map.text(u"id"_s, QString(QChar(ushort('A' + index % 26))));
    query.type = map.text(u"type"_s, query.type);
    query.datasource = map.text(u"datasource"_s);
    query.expr = map.text(u"expr"_s);
    query.legend = map.text(u"legend"_s);
    query.mode = map.choice(u"mode"_s, {u"range"_s, u"instant"_s}, u"range"_s) == "instant"_L1
        ? PanelQuery::Mode::Instant
        : PanelQuery::Mode::Range;
    query.minStep = map.durationText(u"min_step"_s, 1ms);
    query.exemplars = map.boolean(u"exemplars"_s, false);
    query.hidden = map.boolean(u"hidden"_s, false);
    query.fallbacks = map.texts(u"fallbacks"_s);
    if (query.type == "promql"_L1 && query.expr.trimmed().isEmpty())
        report.error(node, u"a promql query needs 'expr'"_s);
    map.finish();
    return query;
}

std::vector<PanelQuery> readQueries(YamlMap &map, YamlReport &report)
{
    std::vector<PanelQuery> queries;
    map.forEach(u"queries"_s, [&](const YamlNode &node) {
        queries.push_back(readQuery(node, report, queries.size()));
        for (size_t i = 0; i + 1 < queries.size(); ++i) {
            if (queries[i].id == queries.back().id)
                report.error(
                    node, u"id: the query '%1' stands in this panel twice"_s.arg(queries[i].id.left(60)));
        }
    });
    return queries;
}

Thresholds readThresholds(const YamlNode &node, YamlReport &report)
{
    Thresholds found;
    YamlMap map(node, report, u"thresholds"_s);
    found.field = map.text(u"field"_s);
    found.percentage =
        map.choice(u"mode"_s, {u"absolute"_s, u"percentage"_s}, u"absolute"_s) == "percentage"_L1;
    map.forEach(u"steps"_s, [&](const YamlNode &step) {
        YamlMap values(step, report, u"a threshold step"_s);
        ThresholdStep one;
        one.from = values.optionalNumber(u"from"_s);
        one.color = colorOf(values, u"color"_s);
        if (!values.has(u"color"))
            report.error(step, u"a threshold step needs 'color'"_s);
        values.finish();
        found.steps.push_back(one);
    });
    map.finish();
    return found;
}

ValueMapping readMapping(const YamlNode &node, YamlReport &report)
{
    static const QStringList kinds{u"value"_s, u"range"_s, u"regex"_s, u"special"_s};
    ValueMapping mapping;
    YamlMap map(node, report, u"a mapping"_s);
    mapping.kind = ValueMapping::Kind(kinds.indexOf(map.choice(u"kind"_s, kinds, kinds.first())));
    mapping.match = mapping.kind == ValueMapping::Kind::Special
        ? map.choice(u"match"_s, {u"nan"_s, u"null"_s, u"empty"_s}, u"nan"_s)
        : map.text(u"match"_s);
    mapping.from = map.number(u"from"_s, 0);
    mapping.to = map.number(u"to"_s, 0);
    mapping.text = map.text(u"text"_s);
    mapping.color = colorOf(map, u"color"_s);
    if (mapping.kind == ValueMapping::Kind::Regex && !QRegularExpression(mapping.match).isValid())
        report.error(node, u"match: this is no regular expression"_s);
    map.finish();
    return mapping;
}

PanelLink readLink(const YamlNode &node, YamlReport &report)
{
    PanelLink link;
    YamlMap map(node, report, u"a link"_s);
    link.title = map.required(u"title"_s);
    link.dashboard = map.text(u"dashboard"_s);
    link.url = map.text(u"url"_s);
    link.context = map.textMap(u"context"_s);
    const QString scheme = link.url.section(':'_L1, 0, 0).toLower();
    if (!link.url.isEmpty() && scheme != "https"_L1 && scheme != "http"_L1) {
        map.wrong(*node.find(u"url"), u"url"_s, u"an address that starts with https:// or http://"_s);
        link.url.clear();
    }
    if (link.dashboard.isEmpty() == !map.has(u"url"))
        report.error(node, u"a link needs 'dashboard' or 'url', one of them"_s);
    map.finish();
    return link;
}

std::optional<TimeSpec> readOverride(YamlMap &map, YamlReport &report)
{
    const YamlNode *node = map.value(u"time"_s);
    if (!node)
        return {};
    TimeSpec spec;
    YamlMap time(*node, report, u"time"_s);
    spec.from = time.text(u"from"_s, spec.from);
    spec.to = time.text(u"to"_s, spec.to);
    time.finish();
    checkTime(spec, *node, report);
    return spec;
}

/// The words of the panel's own lists: join, thresholds, mappings, links.
void readLists(YamlMap &map, YamlReport &report, Panel &panel)
{
    panel.queries = readQueries(map, report);
    if (const YamlNode *join = map.value(u"join"_s)) {
        YamlMap values(*join, report, u"join"_s);
        panel.joinBy = values.texts(u"by"_s);
        values.finish();
    }
    map.forEach(u"thresholds"_s,
        [&](const YamlNode &one) { panel.thresholds.push_back(readThresholds(one, report)); });
    map.forEach(
        u"mappings"_s, [&](const YamlNode &one) { panel.mappings.push_back(readMapping(one, report)); });
    map.forEach(u"links"_s, [&](const YamlNode &one) { panel.links.push_back(readLink(one, report)); });
}

} // namespace

QString colorOf(YamlMap &map, const QString &key)
{
    static const QRegularExpression form(
        u"^(good|notice|warning|critical|unknown|neutral|series-[1-9][0-9]?|#[0-9a-fA-F]{6})\\z"_s);
    const QString color = map.text(key);
    if (color.isEmpty() || form.match(color).hasMatch())
        return color;
    map.wrong(*map.node().find(key), key,
        u"good, notice, warning, critical, unknown, neutral, series-1 to series-99, or \"#rrggbb\""_s);
    return {};
}

void checkTime(const TimeSpec &spec, const YamlNode &at, YamlReport &report)
{
    // Any moment will do: whether an expression can be read does not depend on it.
    if (const auto range = resolve(spec, fromUnixMs(1'800'000'000'000), QTimeZone::utc()); !range)
        report.error(at, u"time: %1"_s.arg(range.error().message));
}

std::optional<Panel> readPanel(const YamlNode &node, YamlReport &report)
{
    Panel panel;
    YamlMap map(node, report, u"a panel"_s);
    panel.line = node.line;
    panel.id = map.required(u"id"_s);
    panel.kind = map.required(u"kind"_s);
    panel.title = map.text(u"title"_s);
    panel.description = map.text(u"description"_s);
    if (const YamlNode *grid = map.value(u"grid"_s))
        panel.grid = readGrid(*grid, report);
    else
        report.error(node, u"a panel needs 'grid'"_s);
    panel.datasource = map.text(u"datasource"_s);
    panel.minRefresh = map.durationText(u"min_refresh"_s, 1s);
    panel.time = readOverride(map, report);
    panel.options = map.variants(u"options"_s);
    panel.unit = map.text(u"unit"_s, panel.unit);
    panel.decimals = map.integer(u"decimals"_s, panel.decimals, 0, 15);
    panel.noValue = map.text(u"no_value"_s);
    panel.howToEnable = map.text(u"how_to_enable"_s);
    panel.collapsed = map.boolean(u"collapsed"_s, false);
    readLists(map, report, panel);
    map.finish();
    return panel.id.isEmpty() ? std::nullopt : std::optional(panel);
}

} // namespace bw
