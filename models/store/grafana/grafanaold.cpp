// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <QRegularExpression>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

/// An axis as it was before version 8.
void readYAxis(const JsonNode &axis, bool right, Panel &out)
{
    const QString unit = axis[u"format"].str();
    if (right) {
        if (!unit.isEmpty() && axis[u"show"].truth(true))
            out.options.insert(u"right_unit"_s, unitFrom(unit));
        axis.take();
        return;
    }
    if (!unit.isEmpty())
        out.unit = unitFrom(unit);
    for (const QString &bound : {u"min"_s, u"max"_s}) {
        if (const auto value = axis[bound].num())
            out.options.insert(bound, *value);
    }
    if (axis[u"logBase"].num().value_or(1) > 1)
        out.options.insert(u"log"_s, true);
    if (const QString label = axis[u"label"].str(); !label.isEmpty())
        out.options.insert(u"axis_label"_s, label);
    if (axis[u"decimals"].num() && out.decimals < 0)
        out.decimals = std::clamp(axis[u"decimals"].integer(-1), -1, 15);
    if (!axis[u"show"].truth(true))
        out.options.insert(u"axis"_s, u"hidden"_s);
    axis.take();
}

void readOldLegend(const JsonNode &legend, Panel &out, Context &context)
{
    if (!legend.isMap())
        return;
    out.options.insert(u"legend"_s,
        !legend[u"show"].truth(true)               ? u"none"_s
            : legend[u"alignAsTable"].truth(false) ? u"table"_s
                                                   : u"list"_s);
    QVariantList calcs;
    const bool values = legend[u"values"].truth(false);
    for (const auto &[key, calc] :
        {std::pair(u"current"_s, u"last"_s), std::pair(u"min"_s, u"min"_s), std::pair(u"max"_s, u"max"_s),
            std::pair(u"avg"_s, u"mean"_s), std::pair(u"total"_s, u"sum"_s)}) {
        if (legend[key].truth(false) && values)
            calcs << calc;
    }
    out.options.insert(u"legend_calcs"_s, calcs);
    if (legend[u"rightSide"].truth(false))
        out.options.insert(u"legend_place"_s, u"right"_s);
    if (const QString sort = legend[u"sort"].str(); !sort.isEmpty()) {
        out.options.insert(u"legend_sort"_s, calcFrom(sort));
        out.options.insert(u"legend_sort_desc"_s, legend[u"sortDesc"].truth(false));
    }
    for (const QString &key : {u"hideEmpty"_s, u"hideZero"_s}) {
        if (legend[key].truth(false))
            context.note(legend[key],
                u"legend without series that are %1"_s.arg(key == "hideZero"_L1 ? u"zero"_s : u"empty"_s),
                u"the legend lists what was answered"_s, Effect::Looks);
    }
    legend.take();
}

/// One entry of seriesOverrides.
FieldOverride overrideFrom(const JsonNode &entry, Context &context)
{
    FieldOverride rule;
    const QString alias = entry[u"alias"].str();
    const bool isRegex = alias.startsWith(u'/') && alias.lastIndexOf(u'/') > 0;
    rule.by = isRegex ? FieldOverride::By::NameRegex : FieldOverride::By::Name;
    rule.match = isRegex ? regexFrom(alias) : alias;
    if (entry[u"yaxis"].integer(1) == 2)
        rule.set.insert(u"axis"_s, u"right"_s);
    if (const QString color = colorFrom(entry[u"color"].str()); !color.isEmpty())
        rule.set.insert(u"color"_s, color);
    if (entry[u"transform"].str() == "negative-Y"_L1)
        rule.set.insert(u"negative"_s, true);
    if (entry[u"fill"].num())
        rule.set.insert(u"fill"_s, std::clamp(entry[u"fill"].integer(0) * 10, 0, 100));
    if (const auto width = entry[u"linewidth"].num())
        rule.set.insert(u"line_width"_s, *width);
    if (entry[u"dashes"].truth(false))
        rule.set.insert(u"line"_s, u"dashed"_s);
    if (entry[u"bars"].truth(false))
        rule.set.insert(u"draw"_s, u"bars"_s);
    else if (entry[u"points"].truth(false) && !entry[u"lines"].truth(true))
        rule.set.insert(u"draw"_s, u"points"_s);
    else if (entry[u"steppedLine"].truth(false))
        rule.set.insert(u"draw"_s, u"steps"_s);
    else if (entry[u"lines"].truth(false))
        rule.set.insert(u"draw"_s, u"lines"_s);
    if (!entry[u"stack"].isMissing())
        rule.set.insert(u"stack"_s, entry[u"stack"].truth(entry[u"stack"].text != "false"_L1));
    if (!entry[u"legend"].truth(true))
        rule.set.insert(u"legend"_s, false);
    if (entry[u"hiddenSeries"].truth(false))
        rule.set.insert(u"hidden"_s, true);
    if (const QString below = entry[u"fillBelowTo"].str(); !below.isEmpty())
        rule.set.insert(u"fill_to"_s, below);
    if (entry[u"nullPointMode"].str() == "connected"_L1)
        rule.set.insert(u"span_gaps"_s, true);
    for (const QString &key : {u"zindex"_s, u"dashLength"_s, u"spaceLength"_s, u"pointradius"_s,
             u"$$hashKey"_s, u"sort"_s, u"hideTooltip"_s, u"fillGradient"_s})
        entry[key].take();
    if (rule.by == FieldOverride::By::NameRegex && !QRegularExpression(rule.match).isValid())
        context.note(entry, u"settings for series that match %1"_s.arg(rule.match),
            u"it is no regular expression here"_s, Effect::Looks);
    return rule;
}

/// {value, op, colorMode, fill, line}: where a bad range begins, or ends.
void readGraphThresholds(const JsonNode &list, Panel &out, Context &context)
{
    Thresholds thresholds;
    bool area = false;
    for (const JsonNode &entry : list.items) {
        const auto value = entry[u"value"].num();
        if (!value)
            continue;
        if (entry[u"op"].str(u"gt"_s) == "lt"_L1) {
            context.note(entry, u"a threshold below %1"_s.arg(*value),
                u"thresholds reach upwards; its line is drawn"_s, Effect::Looks);
        }
        const QString mode = entry[u"colorMode"].str(u"critical"_s);
        const QString color = mode == "ok"_L1 ? u"good"_s
            : mode == "custom"_L1             ? colorFrom(entry[u"lineColor"].str(entry[u"fillColor"].str()))
                                              : mode;
        area = area || entry[u"fill"].truth(true);
        thresholds.steps.push_back({*value,
            color == "good"_L1 || color == "warning"_L1 || color.startsWith(u'#') ? color : u"critical"_s});
        entry.take();
    }
    std::sort(thresholds.steps.begin(), thresholds.steps.end(),
        [](const ThresholdStep &a, const ThresholdStep &b) { return *a.from < *b.from; });
    thresholds.steps.erase(
        std::unique(thresholds.steps.begin(), thresholds.steps.end(),
            [](const ThresholdStep &a, const ThresholdStep &b) { return a.from == b.from; }),
        thresholds.steps.end());
    if (thresholds.steps.empty())
        return;
    out.thresholds = {thresholds};
    out.options.insert(u"thresholds"_s, area ? u"area"_s : u"line"_s);
}

/// "10,20" with three colours.
std::optional<Thresholds> oldSteps(const QString &text, const QStringList &colors)
{
    Thresholds out;
    out.steps.push_back({std::nullopt, {}});
    for (const QString &part : text.split(u',', Qt::SkipEmptyParts)) {
        bool ok = false;
        const double value = part.trimmed().toDouble(&ok);
        if (ok && (!out.steps.back().from || value > *out.steps.back().from))
            out.steps.push_back({value, {}});
    }
    static const QStringList usual{u"good"_s, u"warning"_s, u"critical"_s};
    static const QHash<QString, QString> roles{{u"#299c46"_s, u"good"_s}, {u"#32ac2d"_s, u"good"_s},
        {u"#ed8128"_s, u"warning"_s}, {u"#d44a3a"_s, u"critical"_s}, {u"#f53636"_s, u"critical"_s},
        {u"#73bf69"_s, u"good"_s}, {u"#f2495c"_s, u"critical"_s}, {u"#fade2a"_s, u"notice"_s}};
    for (size_t i = 0; i < out.steps.size(); ++i) {
        const QString color = colorFrom(colors.value(qsizetype(i)));
        out.steps[i].color =
            color.isEmpty() ? usual.value(qsizetype(std::min(i, size_t(2)))) : roles.value(color, color);
    }
    return out.steps.size() < 2 ? std::nullopt : std::optional(out);
}

QString withAffixes(const JsonNode &panel, const QString &unit)
{
    const QString prefix = panel[u"prefix"].str().trimmed(), postfix = panel[u"postfix"].str().trimmed();
    if (unit != "short"_L1 && unit != "none"_L1)
        return unit;
    return !postfix.isEmpty() ? u"suffix:"_s + postfix : !prefix.isEmpty() ? u"prefix:"_s + prefix : unit;
}

} // namespace

void readGraph(const JsonNode &panel, Panel &out, Context &context)
{
    const bool lines = panel[u"lines"].truth(true), bars = panel[u"bars"].truth(false);
    const bool points = panel[u"points"].truth(false), steps = panel[u"steppedLine"].truth(false);
    out.options.insert(u"draw"_s,
        bars && !lines         ? u"bars"_s
            : points && !lines ? u"points"_s
            : steps            ? u"steps"_s
                               : u"lines"_s);
    if (lines && points)
        out.options.insert(u"points"_s, true);
    if (lines && bars)
        context.note(panel[u"bars"], u"bars behind lines"_s, u"a series is drawn one way"_s, Effect::Looks);
    out.options.insert(u"fill"_s, std::clamp(panel[u"fill"].integer(1) * 10, 0, 100));
    out.options.insert(u"line_width"_s, std::clamp(panel[u"linewidth"].num().value_or(1), 0.5, 20.0));
    if (panel[u"stack"].truth(false))
        out.options.insert(u"stack"_s, true);
    if (panel[u"percentage"].truth(false) && panel[u"stack"].flag)
        out.options.insert(u"stack_percent"_s, true);
    if (panel[u"dashes"].truth(false))
        out.options.insert(u"line"_s, u"dashed"_s);
    const QString nulls = panel[u"nullPointMode"].str();
    if (nulls == "connected"_L1)
        out.options.insert(u"span_gaps"_s, true);
    else if (nulls == "null as zero"_L1)
        context.note(panel[u"nullPointMode"], u"missing samples drawn as zero"_s,
            u"a hole is a hole: zero would be a statement"_s, Effect::Looks);
    const JsonNode &axes = panel[u"yaxes"];
    for (size_t i = 0; i < axes.items.size() && i < 2; ++i)
        readYAxis(axes.items[i], i == 1, out);
    for (size_t i = 0; i < panel[u"y_formats"].items.size() && i < 2; ++i) {
        const QString unit = unitFrom(panel[u"y_formats"].items[i].str());
        if (i == 0)
            out.unit = unit;
        else
            out.options.insert(u"right_unit"_s, unit);
    }
    if (panel[u"decimals"].num())
        out.decimals = std::clamp(panel[u"decimals"].integer(-1), -1, 15);
    const JsonNode &colors = panel[u"aliasColors"];
    for (qsizetype i = 0; i < colors.keys.size(); ++i) {
        const QString color = colorFrom(colors.items[size_t(i)].str());
        if (color.isEmpty())
            continue;
        FieldOverride rule;
        rule.match = colors.keys[i];
        rule.set.insert(u"color"_s, color);
        out.overrides.push_back(std::move(rule));
    }
    for (const JsonNode &entry : panel[u"seriesOverrides"].items) {
        FieldOverride rule = overrideFrom(entry, context);
        if (!rule.set.isEmpty() && !rule.match.isEmpty() && !entry.told)
            out.overrides.push_back(std::move(rule));
    }
    readGraphThresholds(panel[u"thresholds"], out, context);
    if (out.thresholds.empty())
        out.options.insert(u"thresholds"_s, u"none"_s);
    readOldLegend(panel[u"legend"], out, context);
    const QString xMode = panel[u"xaxis"][u"mode"].str(u"time"_s);
    panel[u"xaxis"].take();
    if (xMode == "series"_L1) {
        out.kind = u"bargauge"_s;
        context.note(panel[u"xaxis"], u"one bar a series"_s, u"drawn as a list of bars"_s, Effect::Looks);
    } else if (xMode == "histogram"_L1) {
        context.note(panel[u"xaxis"], u"a histogram of the values"_s, u"the values themselves are drawn"_s,
            Effect::Data);
    }
    if (!panel[u"timeRegions"].items.empty())
        context.note(panel[u"timeRegions"], u"shaded hours"_s, u"hours are not shaded"_s, Effect::Looks);
    for (const QString &key :
        {u"tooltip"_s, u"renderer"_s, u"dashLength"_s, u"spaceLength"_s, u"pointradius"_s, u"grid"_s,
            u"fillGradient"_s, u"hiddenSeries"_s, u"leftYAxisLabel"_s, u"rightYAxisLabel"_s, u"x-axis"_s,
            u"y-axis"_s, u"yaxis"_s, u"options"_s, u"line"_s, u"lineColor"_s, u"minSpan"_s, u"zerofill"_s})
        panel[key].take();
    panel[u"fieldConfig"][u"defaults"][u"custom"].take();
}

void readSinglestat(const JsonNode &panel, Panel &out, Context &context)
{
    const bool isGauge = panel[u"gauge"][u"show"].truth(false);
    out.kind = isGauge ? u"gauge"_s : u"stat"_s;
    const QString calc = panel[u"valueName"].str(u"avg"_s);
    if (calcFrom(calc).isEmpty())
        context.note(
            panel[u"valueName"], u"tile of the %1"_s.arg(calc), u"the last value is shown"_s, Effect::Data);
    else
        out.options.insert(u"calc"_s, calcFrom(calc));
    if (const QString unit = panel[u"format"].str(); !unit.isEmpty())
        out.unit = unitFrom(unit);
    out.unit = withAffixes(panel, out.unit);
    if (panel[u"decimals"].num())
        out.decimals = std::clamp(panel[u"decimals"].integer(-1), -1, 15);
    const bool value = panel[u"colorValue"].truth(false), ground = panel[u"colorBackground"].truth(false);
    const QString steps = panel[u"thresholds"].str();
    if (value || ground || isGauge) {
        if (const auto thresholds = oldSteps(steps, panel[u"colors"].strings()))
            out.thresholds = {*thresholds};
    }
    if (!isGauge) {
        out.options.insert(u"color_mode"_s, ground ? u"background"_s : value ? u"value"_s : u"none"_s);
        out.options.insert(u"sparkline"_s, panel[u"sparkline"][u"show"].truth(false));
    } else {
        out.options.insert(u"min"_s, panel[u"gauge"][u"minValue"].num().value_or(0));
        out.options.insert(u"max"_s, panel[u"gauge"][u"maxValue"].num().value_or(100));
    }
    const int mappingType = panel[u"mappingType"].integer(1);
    out.mappings = mappingsFrom(mappingType == 2 ? panel[u"rangeMaps"] : panel[u"valueMaps"], context);
    out.noValue = panel[u"nullText"].str();
    for (const QString &key : {u"mappingTypes"_s, u"rangeMaps"_s, u"valueMaps"_s, u"sparkline"_s, u"gauge"_s,
             u"colors"_s, u"prefixFontSize"_s, u"postfixFontSize"_s, u"valueFontSize"_s, u"tableColumn"_s,
             u"cacheTimeout"_s, u"nullPointMode"_s, u"legend"_s, u"tooltip"_s, u"xaxis"_s, u"yaxes"_s})
        panel[key].take();
}

void readOldTable(const JsonNode &panel, Panel &out, Context &context)
{
    for (const JsonNode &style : panel[u"styles"].items) {
        FieldOverride rule;
        const QString pattern = style[u"pattern"].str();
        const bool isRegex = pattern.startsWith(u'/') && pattern.lastIndexOf(u'/') > 0;
        rule.by = isRegex ? FieldOverride::By::NameRegex : FieldOverride::By::Name;
        rule.match = isRegex ? regexFrom(pattern) : pattern;
        if (const QString title = style[u"alias"].str(); !title.isEmpty())
            rule.set.insert(u"title"_s, title);
        const QString type = style[u"type"].str();
        if (type == "hidden"_L1)
            rule.set.insert(u"hidden"_s, true);
        if (type == "number"_L1) {
            if (const QString unit = style[u"unit"].str(); !unit.isEmpty())
                rule.set.insert(u"unit"_s, unitFrom(unit));
            if (style[u"decimals"].num())
                rule.set.insert(u"decimals"_s, std::clamp(style[u"decimals"].integer(0), 0, 15));
        } else if (type == "date"_L1) {
            rule.set.insert(u"unit"_s, u"dateTimeAsIso"_s);
        }
        const QString color = style[u"colorMode"].str();
        const QStringList steps = style[u"thresholds"].strings();
        if (!color.isEmpty()) {
            rule.set.insert(u"cell"_s, color == "value"_L1 ? u"color"_s : u"background"_s);
            if (auto thresholds = oldSteps(steps.join(u','), style[u"colors"].strings()))
                rule.thresholds = *thresholds;
        }
        if (const QString align = style[u"align"].str();
            align == "left"_L1 || align == "right"_L1 || align == "center"_L1)
            rule.set.insert(u"align"_s, align);
        if (style[u"link"].truth(false)) {
            PanelLink link;
            const QString address = linkText(style[u"linkUrl"].str());
            link.title = style[u"linkTooltip"].str(address);
            if (address.startsWith("http://"_L1) || address.startsWith("https://"_L1)) {
                link.url = address;
                rule.links.push_back(link);
            } else if (!address.isEmpty()) {
                context.note(style[u"linkUrl"], u"link to %1"_s.arg(address),
                    u"it leads into the program it came from"_s, Effect::Looks);
            }
        }
        std::vector<ValueMapping> mappings = mappingsFrom(style[u"valueMaps"], context);
        if (!mappings.empty())
            rule.mappings = std::move(mappings);
        style.take();
        if (!rule.match.isEmpty() && (!rule.set.isEmpty() || rule.thresholds || rule.mappings))
            out.overrides.push_back(std::move(rule));
    }
    // "timeseries_to_columns", "table" …: how answers were laid out.
    const QString layout = panel[u"transform"].str();
    if (layout == "timeseries_to_columns"_L1)
        out.transform.push_back({u"joinByField"_s, {{u"field"_s, u"Time"_s}}, false});
    else if (layout == "timeseries_to_rows"_L1)
        out.transform.push_back({u"seriesToRows"_s, {}, false});
    else if (layout == "table"_L1 || layout == "timeseries_aggregations"_L1)
        out.transform.push_back({u"merge"_s, {}, false});
    if (layout == "timeseries_aggregations"_L1 || layout == "json"_L1 || layout == "annotations"_L1)
        context.note(panel[u"transform"], u"table of %1"_s.arg(layout),
            u"the answers are shown as they come"_s, Effect::Data);
    if (panel[u"sort"][u"col"].num() && !panel[u"columns"].isMissing())
        panel[u"sort"].take(); // a number of a column; a table is sorted by a click
    for (const QString &key : {u"columns"_s, u"fontSize"_s, u"pageSize"_s, u"scroll"_s, u"showHeader"_s,
             u"sort"_s, u"filterNull"_s, u"hideTimeOverride"_s, u"styles"_s, u"minSpan"_s})
        panel[key].take();
}

} // namespace bw::grafana
