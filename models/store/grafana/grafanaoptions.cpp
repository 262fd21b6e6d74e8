// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Notes a value that is not the one we draw; the usual one is simply read.
void onlyUsual(
    const JsonNode &node, const QStringList &usual, const QString &what, const QString &why, Context &context)
{
    if (node.isMissing())
        return;
    if (!node.isLeaf()
        || !usual.contains(
            node.kind == JsonNode::Kind::Bool ? (node.flag ? u"true"_s : u"false"_s) : node.text))
        context.note(
            node, u"%1 %2"_s.arg(what, node.isLeaf() ? node.str() : QString()).trimmed(), why, Effect::Looks);
    else
        node.take();
}

void readLegend(const JsonNode &legend, Panel &out, Context &context)
{
    if (!legend.isMap())
        return;
    const QString mode = legend[u"displayMode"].str(u"list"_s);
    const bool asTable = legend[u"asTable"].truth(false) || mode == "table"_L1;
    const bool shown = legend[u"showLegend"].truth(mode != "hidden"_L1) && mode != "hidden"_L1;
    out.options.insert(u"legend"_s, !shown ? u"none"_s : asTable ? u"table"_s : u"list"_s);
    if (legend[u"placement"].str() == "right"_L1)
        out.options.insert(u"legend_place"_s, u"right"_s);
    QVariantList calcs;
    for (const JsonNode &entry : legend[u"calcs"].items) {
        const QString calc = calcFrom(entry.text);
        if (calc.isEmpty())
            context.note(entry, u"%1 in the legend"_s.arg(entry.text), u"there is no such calculation here"_s,
                Effect::Looks);
        else
            calcs << (entry.str().isEmpty() ? QString() : calc);
    }
    if (shown)
        out.options.insert(u"legend_calcs"_s, calcs);
    const QString sortBy = legend[u"sortBy"].str();
    if (!sortBy.isEmpty()) {
        static const QHash<QString, QString> titles{{u"Last *"_s, u"last"_s}, {u"Last"_s, u"last_null"_s},
            {u"Name"_s, u"name"_s}, {u"Total"_s, u"sum"_s}};
        const QString calc = titles.value(sortBy, sortBy.toLower());
        out.options.insert(u"legend_sort"_s, calc);
        out.options.insert(u"legend_sort_desc"_s, legend[u"sortDesc"].truth(false));
    }
    legend[u"sortDesc"].take();
    legend[u"width"].take(); // as wide as its names
    onlyUsual(legend[u"isVisible"], {u"true"_s, u"false"_s}, u"legend"_s, {}, context);
}

void readLineStyle(const JsonNode &custom, Panel &out, Context &context)
{
    const QString style = custom[u"drawStyle"].str(u"line"_s);
    QString draw = style == "bars"_L1 || style == "points"_L1 ? style : u"lines"_s;
    const JsonNode &interpolation = custom[u"lineInterpolation"];
    if (interpolation.text.startsWith("step"_L1)) {
        interpolation.take();
        if (draw == "lines"_L1)
            draw = u"steps"_s;
    }
    onlyUsual(interpolation, {u"linear"_s, u"stepAfter"_s, u"stepBefore"_s}, u"line"_s,
        u"lines go straight from sample to sample: nothing is drawn that was not measured"_s, context);
    out.options.insert(u"draw"_s, draw);
    if (const auto width = custom[u"lineWidth"].num())
        out.options.insert(u"line_width"_s, std::clamp(*width, 0.5, 20.0));
    if (custom[u"fillOpacity"].num())
        out.options.insert(u"fill"_s, std::clamp(custom[u"fillOpacity"].integer(0), 0, 100));
    onlyUsual(custom[u"gradientMode"], {u"none"_s}, u"fill"_s, u"fills are even"_s, context);
    const QString line = custom[u"lineStyle"][u"fill"].str();
    if (line == "dash"_L1 || line == "dot"_L1)
        out.options.insert(u"line"_s, line == "dash"_L1 ? u"dashed"_s : u"dotted"_s);
    custom[u"lineStyle"][u"dash"].take();
    const QString points = custom[u"showPoints"].str();
    if (points == "always"_L1)
        out.options.insert(u"points"_s, true);
    custom[u"pointSize"].take(); // a point is as large as can be seen
    custom[u"pointColor"].take();
    if (custom[u"spanNulls"].num() || custom[u"spanNulls"].truth(false))
        out.options.insert(u"span_gaps"_s, true);
    onlyUsual(custom[u"insertNulls"], {u"false"_s}, u"gaps"_s, u"a hole of one and a half steps is a gap"_s,
        context);
    onlyUsual(custom[u"barAlignment"], {u"0"_s}, u"bars"_s, u"a bar stands on its sample"_s, context);
    custom[u"barWidthFactor"].take();
    onlyUsual(custom[u"barMaxWidth"], {}, u"width of bars"_s, u"a bar is as wide as its step"_s, context);
    onlyUsual(custom[u"showValues"], {u"false"_s}, u"numbers beside points"_s, u"the pointer shows numbers"_s,
        context);
    if (custom[u"transform"].str() == "negative-Y"_L1)
        out.options.insert(u"negative"_s, true);
    onlyUsual(custom[u"fillBelowTo"], {}, u"fill below to"_s, u"set for single fields here"_s, context);
}

void readAxis(const JsonNode &custom, Panel &out, Context &context)
{
    const QString mode = custom[u"stacking"][u"mode"].str();
    if (mode == "normal"_L1 || mode == "percent"_L1)
        out.options.insert(u"stack"_s, true);
    if (mode == "percent"_L1)
        out.options.insert(u"stack_percent"_s, true);
    custom[u"stacking"][u"group"].take();
    const QString axis = custom[u"axisPlacement"].str();
    if (axis == "right"_L1 || axis == "hidden"_L1)
        out.options.insert(u"axis"_s, axis);
    if (const QString label = custom[u"axisLabel"].str(); !label.isEmpty())
        out.options.insert(u"axis_label"_s, label);
    if (const auto low = custom[u"axisSoftMin"].num())
        out.options.insert(u"soft_min"_s, *low);
    if (const auto high = custom[u"axisSoftMax"].num())
        out.options.insert(u"soft_max"_s, *high);
    if (custom[u"axisCenteredZero"].truth(false))
        out.options.insert(u"centered_zero"_s, true);
    const JsonNode &scale = custom[u"scaleDistribution"];
    if (scale[u"type"].text == "log"_L1)
        out.options.insert(u"log"_s, true);
    onlyUsual(scale[u"type"], {u"linear"_s, u"log"_s, u"ordinal"_s}, u"scale"_s,
        u"axes are linear or logarithmic"_s, context);
    scale[u"log"].take(); // the base of a logarithm moves labels, not curves
    scale[u"linearThreshold"].take();
    onlyUsual(custom[u"axisColorMode"], {u"text"_s}, u"axis in the colour"_s, u"axes are written in grey"_s,
        context);
    onlyUsual(
        custom[u"axisBorderShow"], {u"false"_s}, u"line beside the axis"_s, u"axes have no line"_s, context);
    onlyUsual(custom[u"axisGridShow"], {u"true"_s}, u"grid"_s, u"a plot has its grid"_s, context);
    onlyUsual(custom[u"axisWidth"], {}, u"width of the axis"_s, u"as wide as its labels"_s, context);
}

void readTimeSeries(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &custom = panel[u"fieldConfig"][u"defaults"][u"custom"];
    readLineStyle(custom, out, context);
    readAxis(custom, out, context);
    const QString thresholds = custom[u"thresholdsStyle"][u"mode"].str(u"off"_s);
    out.options.insert(u"thresholds"_s,
        thresholds.contains("area"_L1) ? u"area"_s
            : thresholds == "off"_L1   ? u"none"_s
                                       : u"line"_s);
    if (thresholds == "series"_L1)
        context.note(custom[u"thresholdsStyle"], u"thresholds from another series"_s,
            u"thresholds are numbers"_s, Effect::Looks);
    const JsonNode &color = panel[u"fieldConfig"][u"defaults"][u"color"];
    if (thresholds == "off"_L1 && color[u"mode"].text != "thresholds"_L1)
        out.thresholds.clear(); // never seen there either
    else if (color[u"mode"].text == "thresholds"_L1)
        context.note(
            color, u"lines in the colours of thresholds"_s, u"a line has one colour"_s, Effect::Looks);
    color[u"seriesBy"].take();
    const JsonNode &hide = custom[u"hideFrom"];
    if (hide[u"viz"].truth(false))
        context.note(hide, u"every series hidden"_s, u"they are shown"_s, Effect::Looks);
    hide.take();
    readLegend(panel[u"options"][u"legend"], out, context);
    panel[u"options"][u"tooltip"].take(); // the box lists every series, highest first
    onlyUsual(panel[u"options"][u"orientation"], {u"auto"_s, u"horizontal"_s}, u"orientation"_s,
        u"time runs to the right"_s, context);
}

void readBarChart(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    readTimeSeries(panel, out, context);
    out.options.insert(u"draw"_s, u"bars"_s);
    if (const QString stacking = options[u"stacking"].str();
        stacking == "normal"_L1 || stacking == "percent"_L1)
        out.options.insert(u"stack"_s, true);
    options.take();
    context.noteOnce(options, u"bars by category"_s, u"bars stand on the time axis, or are a list of bars"_s,
        Effect::Looks);
}

void readReduce(const JsonNode &reduce, Panel &out, Context &context)
{
    const JsonNode &calcs = reduce[u"calcs"];
    if (!calcs.items.empty()) {
        const QString calc = calcFrom(calcs.items.front().text);
        if (calc.isEmpty())
            context.note(calcs, u"calculation %1"_s.arg(calcs.items.front().text),
                u"there is no such calculation here; the last value is shown"_s, Effect::Data);
        else
            out.options.insert(u"calc"_s, calcs.items.front().str().isEmpty() ? QString() : calc);
        for (size_t i = 1; i < calcs.items.size(); ++i)
            context.note(calcs.items[i], u"a second calculation, %1"_s.arg(calcs.items[i].text),
                u"a series has one number here"_s, Effect::Looks);
    }
    if (reduce[u"values"].truth(false))
        out.options.insert(u"each_row"_s, true);
    const QString fields = reduce[u"fields"].str();
    if (!fields.isEmpty())
        out.options.insert(u"fields"_s, regexFrom(fields));
    reduce[u"limit"].take();
}

/// Where stat and gauge kept their settings before version 7.
void readFieldOptions(const JsonNode &old, Panel &out, Context &context)
{
    if (!old.isMap())
        return;
    readReduce(old, out, context);
    const JsonNode &defaults = old[u"defaults"];
    if (const auto thresholds = thresholdsFrom(defaults[u"thresholds"]); thresholds && out.thresholds.empty())
        out.thresholds = {*thresholds};
    if (const QString unit = defaults[u"unit"].str(); !unit.isEmpty())
        out.unit = unitFrom(unit);
    for (const QString &bound : {u"min"_s, u"max"_s}) {
        if (const auto value = defaults[bound].num())
            out.options.insert(bound, *value);
    }
    if (defaults[u"decimals"].num())
        out.decimals = std::clamp(defaults[u"decimals"].integer(-1), -1, 15);
    for (ValueMapping &mapping : mappingsFrom(defaults[u"mappings"], context))
        out.mappings.push_back(std::move(mapping));
    for (const QString &key : {u"nullValueMode"_s, u"title"_s, u"links"_s, u"color"_s})
        defaults[key].take();
    old[u"overrides"].take();
}

void readStat(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    readReduce(options[u"reduceOptions"], out, context);
    readFieldOptions(options[u"fieldOptions"], out, context);
    const QString mode = options[u"colorMode"].str(u"value"_s);
    out.options.insert(u"color_mode"_s,
        mode.startsWith("background"_L1) ? u"background"_s
            : mode == "none"_L1          ? u"none"_s
                                         : u"value"_s);
    out.options.insert(u"sparkline"_s, options[u"graphMode"].str(u"area"_s) != "none"_L1);
    if (const QString text = options[u"textMode"].str(); text == "name"_L1 || text == "none"_L1)
        context.note(options[u"textMode"], u"tiles that show %1"_s.arg(text), u"a tile shows its number"_s,
            Effect::Looks);
    onlyUsual(options[u"showPercentChange"], {u"false"_s}, u"change in percent"_s,
        u"a change is shown against a time ago (option compare)"_s, context);
    for (const QString &key : {u"orientation"_s, u"justifyMode"_s, u"wideLayout"_s,
             u"percentChangeColorMode"_s, u"text"_s, u"legend"_s, u"tooltip"_s})
        options[key].take(); // tiles are laid out so that numbers are largest
    panel[u"fieldConfig"][u"defaults"][u"custom"].take();
    panel[u"fieldConfig"][u"defaults"][u"nullValueMode"].take();
}

void readGauge(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    readReduce(options[u"reduceOptions"], out, context);
    readFieldOptions(options[u"fieldOptions"], out, context);
    onlyUsual(options[u"showThresholdLabels"], {u"false"_s}, u"thresholds written beside the ring"_s,
        u"a ring shows its number"_s, context);
    onlyUsual(options[u"displayMode"], {u"basic"_s, u"gradient"_s, u"lcd"_s}, u"bars"_s, u"bars are even"_s,
        context);
    onlyUsual(
        options[u"orientation"], {u"auto"_s, u"horizontal"_s}, u"bars upright"_s, u"bars lie"_s, context);
    for (const QString &key : {u"showThresholdMarkers"_s, u"minVizHeight"_s, u"minVizWidth"_s,
             u"maxVizHeight"_s, u"sizing"_s, u"text"_s, u"showUnfilled"_s, u"valueMode"_s, u"namePlacement"_s,
             u"colorMode"_s, u"legend"_s, u"tooltip"_s, u"barWidthFactor"_s, u"barShape"_s, u"effects"_s,
             u"shape"_s, u"segmentCount"_s, u"segmentSpacing"_s, u"sparkline"_s, u"endpointMarker"_s,
             u"textMode"_s, u"graphMode"_s, u"justifyMode"_s})
        options[key].take();
    panel[u"fieldConfig"][u"defaults"][u"custom"].take();
}

void readPie(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    readReduce(options[u"reduceOptions"], out, context);
    if (const QString old = panel[u"valueName"].str(); !old.isEmpty())
        out.options.insert(u"calc"_s, calcFrom(old));
    if (const QString unit = panel[u"format"].str(); !unit.isEmpty())
        out.unit = unitFrom(unit);
    for (const QString &key : {u"pieType"_s, u"breakPoint"_s, u"combine"_s, u"fontSize"_s, u"legend"_s,
             u"legendType"_s, u"strokeWidth"_s, u"aliasColors"_s, u"nullPointMode"_s, u"cacheTimeout"_s})
        panel[key].take();
    options.take();
    panel[u"fieldConfig"][u"defaults"][u"custom"].take();
    context.note(
        panel[u"type"], u"a pie"_s, u"shares are bars here: lengths compare, angles do not"_s, Effect::Looks);
}

void readTable(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    const JsonNode &sort = options[u"sortBy"];
    if (!sort.items.empty()) {
        out.options.insert(u"sort"_s, sort.items.front()[u"displayName"].str());
        out.options.insert(u"sort_desc"_s, sort.items.front()[u"desc"].truth(false));
        for (size_t i = 1; i < sort.items.size(); ++i)
            context.note(
                sort.items[i], u"a second column to sort by"_s, u"a table is sorted by one"_s, Effect::Looks);
    }
    onlyUsual(options[u"showHeader"], {u"true"_s}, u"no header"_s, u"a table has its header"_s, context);
    if (options[u"footer"][u"show"].truth(false))
        context.note(
            options[u"footer"], u"a footer with totals"_s, u"a table has no footer"_s, Effect::Looks);
    options[u"footer"].take();
    for (const QString &key :
        {u"frameIndex"_s, u"cellHeight"_s, u"enablePagination"_s, u"showTypeIcons"_s, u"frozenColumns"_s})
        options[key].take(); // every row is there, and scrolls
    const JsonNode &custom = panel[u"fieldConfig"][u"defaults"][u"custom"];
    for (const QString &key : {u"align"_s, u"filterable"_s, u"inspect"_s, u"minWidth"_s, u"width"_s,
             u"hidden"_s, u"hideFrom"_s, u"wrapText"_s, u"footer"_s})
        custom[key].take();
    FieldOverride all; // what every column has
    all.by = FieldOverride::By::NameRegex;
    all.match = u".*"_s;
    const QString cell = custom[u"cellOptions"][u"type"].str(custom[u"displayMode"].str());
    if (cell.startsWith("color-background"_L1))
        all.set.insert(u"cell"_s, u"background"_s);
    else if (cell == "color-text"_L1)
        all.set.insert(u"cell"_s, u"color"_s);
    else if (cell.contains("gauge"_L1) || cell == "basic"_L1)
        all.set.insert(u"cell"_s, u"bar"_s);
    custom[u"cellOptions"].take();
    if (!all.set.isEmpty())
        out.overrides.insert(out.overrides.begin(), all);
}

void readHeatmap(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    const bool buckets = std::any_of(
        panel[u"targets"].items.begin(), panel[u"targets"].items.end(), [](const JsonNode &target) {
            return target[u"format"].text == "heatmap"_L1 || target[u"expr"].text.contains("_bucket"_L1);
        });
    const bool calculates =
        options[u"calculate"].truth(false) || (panel[u"dataFormat"].str() == "timeseries"_L1 && !buckets);
    if (const QString unit = options[u"yAxis"][u"unit"].str(panel[u"yAxis"][u"format"].str());
        !unit.isEmpty())
        out.unit = unitFrom(unit);
    if (options[u"yAxis"][u"decimals"].num())
        out.decimals = std::clamp(options[u"yAxis"][u"decimals"].integer(-1), -1, 15);
    onlyUsual(options[u"yAxis"][u"reverse"], {u"false"_s}, u"axis upside down"_s,
        u"large values are on top"_s, context);
    const JsonNode &color = options[u"color"].isMap() ? options[u"color"] : panel[u"color"];
    if (!color.isMissing()) {
        color.take();
        context.note(
            options[u"color"].isMap() ? options[u"color"][u"scheme"] : panel[u"color"][u"colorScheme"],
            u"colour scheme"_s, u"heatmaps have one scale that can be read in print and by everybody"_s,
            Effect::Looks);
    }
    options.take();
    for (const QString &key :
        {u"xAxis"_s, u"yAxis"_s, u"cards"_s, u"tooltip"_s, u"legend"_s, u"heatmap"_s, u"hideZeroBuckets"_s,
            u"highlightCards"_s, u"reverseYBuckets"_s, u"tooltipDecimals"_s, u"yBucketBound"_s,
            u"xBucketNumber"_s, u"xBucketSize"_s, u"yBucketNumber"_s, u"yBucketSize"_s, u"dataFormat"_s})
        panel[key].take();
    panel[u"fieldConfig"][u"defaults"][u"custom"].take();
    if (!calculates)
        return;
    out.kind = u"timeseries"_s;
    out.options.insert(u"draw"_s, u"points"_s);
    out.options.insert(u"legend"_s, u"none"_s);
    context.note(panel[u"type"], u"a heatmap calculated from series"_s,
        u"heatmaps show histograms; these series are drawn as points"_s, Effect::Looks);
}

void readText(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    const QString mode = options[u"mode"].str(panel[u"mode"].str(u"markdown"_s));
    QString content = options[u"content"].str(panel[u"content"].str());
    options[u"code"].take();
    if (mode == "html"_L1) {
        static const QRegularExpression breaks(
            u"<\\s*(?:br|/p|/div|/h\\d|/li|/tr)[^>]*>"_s, QRegularExpression::CaseInsensitiveOption),
            tags(u"<[^>]*>"_s), blank(u"\\n\\s*\\n\\s*\\n+"_s);
        content.replace(breaks, u"\n\n"_s).remove(tags).replace(blank, u"\n\n"_s);
        context.note(options[u"content"].isMissing() ? panel[u"content"] : options[u"content"], u"HTML"_s,
            u"no markup of a file is executed or fetched; its text is shown"_s, Effect::Looks);
    } else if (mode == "code"_L1) {
        content = u"```\n%1\n```"_s.arg(content);
    }
    out.options.insert(u"content"_s, content.trimmed());
}

void readStateHistory(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    onlyUsual(options[u"showValue"], {u"auto"_s, u"always"_s, u"never"_s}, u"values in cells"_s, {}, context);
    options.take();
    panel[u"fieldConfig"][u"defaults"][u"custom"].take();
    if (out.kind == "status_history"_L1 && panel[u"type"].text == "state-timeline"_L1)
        context.note(panel[u"type"], u"regions of one state"_s, u"one cell a step is drawn"_s, Effect::Looks);
}

/// A list of dashboards to choose from: what it looks for, in words.
void readDashList(const JsonNode &panel, Panel &out, Context &context)
{
    const JsonNode &options = panel[u"options"];
    QStringList wanted = options[u"tags"].strings() + panel[u"tags"].strings();
    for (const QString &text : {options[u"query"].str(), panel[u"query"].str()}) {
        if (!text.isEmpty())
            wanted.prepend(text);
    }
    const QString what = wanted.isEmpty() ? u"every dashboard"_s : wanted.join(u", "_s);
    out.options.insert(
        u"content"_s, u"Dashboards: %1\n\nCtrl+K opens a dashboard by its name or tag."_s.arg(what));
    out.queries.clear();
    panel[u"targets"].take();
    context.note(options, u"a list of dashboards"_s,
        u"Ctrl+K is that list; the panel says what to look for"_s, Effect::Looks);
}

void readAlertList(const JsonNode &panel, Panel &, Context &context)
{
    context.note(panel[u"options"], u"which alerts are listed"_s,
        u"the list has what Alertmanager and Prometheus report, page and ticket apart"_s, Effect::Data);
}

} // namespace

void readOptions(const JsonNode &panel, const QString &type, Panel &out, Context &context)
{
    using Reader = void (*)(const JsonNode &, Panel &, Context &);
    static const QHash<QString, Reader> readers{{u"timeseries"_s, readTimeSeries},
        {u"barchart"_s, readBarChart}, {u"graph"_s, readGraph}, {u"stat"_s, readStat},
        {u"singlestat"_s, readSinglestat}, {u"gauge"_s, readGauge}, {u"bargauge"_s, readGauge},
        {u"piechart"_s, readPie}, {u"grafana-piechart-panel"_s, readPie}, {u"table"_s, readTable},
        {u"table-old"_s, readOldTable}, {u"heatmap"_s, readHeatmap}, {u"text"_s, readText},
        {u"status-history"_s, readStateHistory}, {u"state-timeline"_s, readStateHistory},
        {u"alertlist"_s, readAlertList}, {u"dashlist"_s, readDashList}};
    if (const auto reader = readers.value(type))
        reader(panel, out, context);
}

} // namespace bw::grafana
