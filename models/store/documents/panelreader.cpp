// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/panelreader.h>

#include <domain/base/fieldspec.h>
#include <domain/dashboards/fieldlook.h>

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

/// A duration, or a variable that has one.
QString readStep(YamlMap &map, const QString &key)
{
    const YamlNode *node = map.node().find(key);
    if (node && node->kind == YamlNode::Kind::Scalar && node->text.startsWith(u'$'))
        return map.text(key);
    return map.durationText(key, 1ms);
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
    query.minStep = readStep(map, u"min_step"_s);
    query.stepFactor = map.integer(u"step_factor"_s, query.stepFactor, 1, 1000);
    query.format = map.choice(u"format"_s, {QString(), u"table"_s, u"heatmap"_s}, query.format);
    query.exemplars = map.boolean(u"exemplars"_s, false);
    query.hidden = map.boolean(u"hidden"_s, false);
    query.fallbacks = map.texts(u"fallbacks"_s);
    if (query.type == "promql"_L1 && query.expr.trimmed().isEmpty())
        report.error(node, u"a promql query needs 'expr'"_s);
    query.extra = map.rest();
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
    found.steps = readSteps(map, u"steps"_s, report);
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

void readTimeOverride(YamlMap &map, YamlReport &report, Panel &panel)
{
    const YamlNode *node = map.value(u"time"_s);
    if (!node)
        return;
    TimeSpec spec;
    YamlMap time(*node, report, u"time"_s);
    const bool hasRange = time.has(u"from") || time.has(u"to");
    spec.from = time.text(u"from"_s, spec.from);
    spec.to = time.text(u"to"_s, spec.to);
    panel.timeShift = time.durationText(u"shift"_s, 1ms);
    time.finish();
    if (parseDuration(spec.from)) // "1h" is the last hour
        spec.from.prepend("now-"_L1);
    checkTime(spec, *node, report);
    if (hasRange)
        panel.time = spec;
}

Transformation readTransformation(const YamlNode &node, YamlReport &report)
{
    Transformation step;
    YamlMap map(node, report, u"a transformation"_s);
    step.id = map.required(u"id"_s);
    step.off = map.boolean(u"off"_s, false);
    step.options = map.rest(); // which settings there are depends on the id; lint knows them
    return step;
}

void readMatch(const YamlNode &node, YamlReport &report, FieldOverride &rule)
{
    static const std::pair<QString, FieldOverride::By> kinds[] = {{u"name"_s, FieldOverride::By::Name},
        {u"name_regex"_s, FieldOverride::By::NameRegex}, {u"type"_s, FieldOverride::By::Type},
        {u"query"_s, FieldOverride::By::Query}};
    YamlMap map(node, report, u"match"_s);
    int given = 0;
    for (const auto &[key, by] : kinds) {
        const QString text = by == FieldOverride::By::Type
            ? map.choice(key, {u"number"_s, u"text"_s, u"time"_s}, QString())
            : map.text(key);
        if (!map.has(key))
            continue;
        ++given;
        rule.by = by;
        rule.match = text;
    }
    if (map.has(u"calc")) {
        ++given;
        rule.by = FieldOverride::By::Value;
        rule.calc = map.text(u"calc"_s);
        rule.op = map.choice(u"op"_s, {u">"_s, u">="_s, u"<"_s, u"<="_s, u"=="_s, u"!="_s}, u">"_s);
        rule.value = map.number(u"value"_s, 0);
    }
    if (given != 1)
        report.error(node, u"match: needs one of name, name_regex, type, query, or calc with op and value"_s);
    if (rule.by == FieldOverride::By::NameRegex && !QRegularExpression(rule.match).isValid())
        report.error(node, u"name_regex: this is no regular expression"_s);
    map.finish();
}

FieldOverride readFieldOverride(const YamlNode &node, YamlReport &report)
{
    FieldOverride rule;
    YamlMap map(node, report, u"an override"_s);
    if (const YamlNode *match = map.value(u"match"_s))
        readMatch(*match, report, rule);
    else
        report.error(node, u"an override needs 'match'"_s);
    if (const YamlNode *set = map.value(u"set"_s)) {
        YamlMap values(*set, report, u"set"_s);
        if (const YamlNode *thresholds = values.value(u"thresholds"_s))
            rule.thresholds = readThresholds(*thresholds, report);
        if (values.has(u"mappings")) {
            rule.mappings.emplace();
            values.forEach(u"mappings"_s,
                [&](const YamlNode &one) { rule.mappings->push_back(readMapping(one, report)); });
        }
        values.forEach(u"links"_s, [&](const YamlNode &one) { rule.links.push_back(readLink(one, report)); });
        rule.set = values.rest(); // unknown ones are kept, too
        for (const FieldSpec &spec : fieldSettings()) {
            const YamlNode *at = values.value(spec.key);
            if (!at)
                continue;
            const Result<QVariant> value = checkedField(spec, rule.set.value(spec.key));
            if (value)
                rule.set.insert(spec.key, *value);
            else
                report.error(*at, value.error().message);
        }
        values.finish();
    }
    map.finish();
    return rule;
}

Repeat readRepeat(const YamlNode &node, YamlReport &report)
{
    Repeat repeat;
    YamlMap map(node, report, u"repeat"_s);
    repeat.variable = map.required(u"variable"_s);
    repeat.down = map.choice(u"direction"_s, {u"h"_s, u"v"_s}, u"h"_s) == "v"_L1;
    repeat.maxPerRow = map.integer(u"max_per_row"_s, repeat.maxPerRow, 1, 24);
    map.finish();
    return repeat;
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
    map.forEach(u"transform"_s,
        [&](const YamlNode &one) { panel.transform.push_back(readTransformation(one, report)); });
    map.forEach(u"overrides"_s,
        [&](const YamlNode &one) { panel.overrides.push_back(readFieldOverride(one, report)); });
    map.forEach(u"links"_s, [&](const YamlNode &one) { panel.links.push_back(readLink(one, report)); });
    if (const YamlNode *repeat = map.value(u"repeat"_s))
        panel.repeat = readRepeat(*repeat, report);
}

} // namespace

std::vector<ThresholdStep> readSteps(YamlMap &map, const QString &key, YamlReport &report)
{
    std::vector<ThresholdStep> steps;
    map.forEach(key, [&](const YamlNode &step) {
        YamlMap values(step, report, u"a threshold step"_s);
        ThresholdStep one;
        one.from = values.optionalNumber(u"from"_s);
        one.color = colorOf(values, u"color"_s);
        if (!values.has(u"color"))
            report.error(step, u"a threshold step needs 'color'"_s);
        values.finish();
        steps.push_back(one);
    });
    return steps;
}

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
    panel.minStep = readStep(map, u"min_step"_s);
    panel.maxPoints = map.integer(u"max_points"_s, panel.maxPoints, 1, 11'000);
    readTimeOverride(map, report, panel);
    panel.options = map.variants(u"options"_s);
    panel.unit = map.text(u"unit"_s, panel.unit);
    panel.decimals = map.integer(u"decimals"_s, panel.decimals, 0, 15);
    panel.noValue = map.text(u"no_value"_s);
    panel.howToEnable = map.text(u"how_to_enable"_s);
    panel.collapsed = map.boolean(u"collapsed"_s, false);
    panel.original = map.text(u"original"_s);
    readLists(map, report, panel);
    panel.extra = map.rest();
    map.finish();
    return panel.id.isEmpty() ? std::nullopt : std::optional(panel);
}

} // namespace bw
