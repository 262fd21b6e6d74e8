// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <QHash>
#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

// Bounds of a range without one: any number lies between them.
constexpr double kBeyond = 1e300;

/// Colours of a judgement (thresholds, mappings) become roles: they carry a shape besides the colour.
QString roleOrColor(const QString &text)
{
    static const QHash<QString, QString> hues{{u"green"_s, u"good"_s}, {u"yellow"_s, u"notice"_s},
        {u"orange"_s, u"warning"_s}, {u"red"_s, u"critical"_s}};
    static const QHash<QString, QString> usual{{u"#299c46"_s, u"good"_s}, {u"#32ac2d"_s, u"good"_s},
        {u"#73bf69"_s, u"good"_s}, {u"#37872d"_s, u"good"_s}, {u"#56a64b"_s, u"good"_s},
        {u"#eab839"_s, u"notice"_s}, {u"#fade2a"_s, u"notice"_s}, {u"#ed8128"_s, u"warning"_s},
        {u"#ff9830"_s, u"warning"_s}, {u"#ef843c"_s, u"warning"_s}, {u"#d44a3a"_s, u"critical"_s},
        {u"#f53636"_s, u"critical"_s}, {u"#f2495c"_s, u"critical"_s}, {u"#e02f44"_s, u"critical"_s},
        {u"#bf1b00"_s, u"critical"_s}, {u"#e24d42"_s, u"critical"_s}, {u"#ff7383"_s, u"critical"_s}};
    const QString hue = text.section(u'-', -1);
    if (hues.contains(hue))
        return hues.value(hue);
    const QString color = colorFrom(text);
    return color.isEmpty() ? u"neutral"_s : usual.value(color, color);
}

void addMapping(
    std::vector<ValueMapping> &out, ValueMapping::Kind kind, const QString &match, const JsonNode &result)
{
    ValueMapping mapping;
    mapping.kind = kind;
    mapping.match = match;
    mapping.text = result[u"text"].str();
    const QString color = result[u"color"].str();
    mapping.color = color.isEmpty() ? QString() : roleOrColor(color);
    out.push_back(std::move(mapping));
}

void addSpecial(std::vector<ValueMapping> &out, const QString &match, const JsonNode &result)
{
    using Kind = ValueMapping::Kind;
    if (match == "true"_L1 || match == "false"_L1) {
        addMapping(out, Kind::Value, match == "true"_L1 ? u"1"_s : u"0"_s, result);
    } else if (match == "null+nan"_L1) {
        addMapping(out, Kind::Special, u"null"_s, result);
        addMapping(out, Kind::Special, u"nan"_s, result);
    } else {
        addMapping(out, Kind::Special, match == "nan"_L1 || match == "empty"_L1 ? match : u"null"_s, result);
    }
}

/// Forms before version 8: {type: 1, value, text} and {type: 2, from, to, text}.
void addOldMapping(std::vector<ValueMapping> &out, const JsonNode &node)
{
    const int type = node[u"type"].integer(0);
    if (type == 2) {
        addMapping(out, ValueMapping::Kind::Range, {}, node);
        const auto from = node[u"from"].num(), to = node[u"to"].num();
        if (!from && node[u"from"].str() == "null"_L1) {
            out.back().kind = ValueMapping::Kind::Special;
            out.back().match = u"null"_s;
            node[u"to"].str();
            return;
        }
        out.back().from = from.value_or(-kBeyond);
        out.back().to = to.value_or(kBeyond);
        return;
    }
    const QString value = node[u"value"].str();
    if (value == "null"_L1)
        addMapping(out, ValueMapping::Kind::Special, u"null"_s, node);
    else
        addMapping(out, ValueMapping::Kind::Value, value, node);
}

/// "/d/uid/slug?var-x=${__field.labels.x}" as the id of a dashboard and its context.
PanelLink insideLink(const QString &address)
{
    PanelLink link;
    const QString path = address.section(u'?', 0, 0);
    const QStringList parts = path.split(u'/', Qt::SkipEmptyParts);
    const qsizetype at = parts.indexOf(u"d"_s);
    link.dashboard = slug(parts.value(at + 2, parts.value(at + 1)));
    for (const QString &pair : address.section(u'?', 1).split(u'&', Qt::SkipEmptyParts)) {
        const QString key = pair.section(u'=', 0, 0);
        if (key.startsWith("var-"_L1))
            link.context.insert(key.mid(4), QUrl::fromPercentEncoding(pair.section(u'=', 1).toUtf8()));
    }
    return link;
}

struct Setting
{
    QString key;
    QVariant value;
};

/// One property of an override as one of our settings; nullopt: not one of them.
std::optional<Setting> settingFrom(const QString &id, const JsonNode &value, Context &context)
{
    static const QHash<QString, QString> plain{{u"displayName"_s, u"title"_s}, {u"noValue"_s, u"no_value"_s}};
    if (const auto at = plain.find(id); at != plain.end())
        return Setting{*at, value.str()};
    if (id == "unit"_L1)
        return Setting{u"unit"_s, unitFrom(value.str())};
    if (id == "decimals"_L1 && value.num())
        return Setting{u"decimals"_s, std::clamp(value.integer(0), 0, 15)};
    if ((id == "min"_L1 || id == "max"_L1) && value.num())
        return Setting{id, *value.num()};
    if (id == "custom.lineWidth"_L1 && value.num())
        return Setting{u"line_width"_s, *value.num()};
    if (id == "custom.fillOpacity"_L1 && value.num())
        return Setting{u"fill"_s, std::clamp(value.integer(0), 0, 100)};
    if (id == "custom.width"_L1 && value.num())
        return Setting{u"width"_s, std::clamp(value.integer(0), 20, 4000)};
    if (id == "custom.transform"_L1)
        return Setting{u"negative"_s, value.str() == "negative-Y"_L1};
    if (id == "custom.hidden"_L1 || id == "custom.hideFrom.viz"_L1)
        return Setting{u"hidden"_s, value.truth(false)};
    if (id == "custom.spanNulls"_L1)
        return Setting{u"span_gaps"_s, value.num() || value.truth(false)};
    if (id == "custom.fillBelowTo"_L1)
        return Setting{u"fill_to"_s, value.str()};
    if (id == "custom.align"_L1) {
        const QString align = value.str(); // "auto" and null: as the type wants it
        if (align == "left"_L1 || align == "center"_L1 || align == "right"_L1)
            return Setting{u"align"_s, align};
        value.take();
        return Setting{};
    }
    if (id == "custom.drawStyle"_L1) {
        const QString draw = value.str();
        return Setting{u"draw"_s, draw == "line"_L1 ? u"lines"_s : draw};
    }
    if (id == "custom.lineInterpolation"_L1 && value.kind == JsonNode::Kind::Text) {
        if (value.text.startsWith("step"_L1)) {
            value.str();
            return Setting{u"draw"_s, u"steps"_s};
        }
        if (value.text == "linear"_L1) {
            value.str();
            return Setting{};
        }
        return std::nullopt;
    }
    if (id == "custom.axisPlacement"_L1) {
        const QString axis = value.str();
        return axis == "auto"_L1 ? Setting{} : Setting{u"axis"_s, axis};
    }
    if (id == "custom.lineStyle"_L1) {
        const QString fill = value[u"fill"].str();
        value[u"dash"].take(); // one pattern of dashes serves all
        return Setting{u"line"_s,
            fill == "dash"_L1      ? u"dashed"_s
                : fill == "dot"_L1 ? u"dotted"_s
                                   : u"solid"_s};
    }
    if (id == "custom.stacking"_L1) {
        const QString mode = value[u"mode"].str();
        if (value[u"group"].str(u"A"_s) != "A"_L1)
            context.note(
                value[u"group"], u"a stack of its own"_s, u"a panel has one stack here"_s, Effect::Looks);
        return Setting{u"stack"_s, mode != "none"_L1};
    }
    if (id == "color"_L1 && value[u"mode"].kind == JsonNode::Kind::Text
        && (value[u"mode"].text == "fixed"_L1 || value[u"mode"].text == "shades"_L1)) {
        value[u"mode"].str();
        return Setting{u"color"_s, colorFrom(value[u"fixedColor"].str())};
    }
    if (id == "custom.cellOptions"_L1 || id == "custom.displayMode"_L1) {
        const JsonNode &type = value.isMap() ? value[u"type"] : value;
        static const QHash<QString, QString> cells{{u"auto"_s, u"plain"_s}, {u"color-text"_s, u"color"_s},
            {u"color-background"_s, u"background"_s}, {u"color-background-solid"_s, u"background"_s},
            {u"gauge"_s, u"bar"_s}, {u"basic"_s, u"bar"_s}, {u"lcd-gauge"_s, u"bar"_s},
            {u"gradient-gauge"_s, u"bar"_s}, {u"sparkline"_s, u"sparkline"_s}};
        const auto at = cells.find(type.text);
        if (at == cells.end())
            return std::nullopt;
        type.str();
        value[u"mode"].take(); // graded or even: one look here
        value[u"valueDisplayMode"].take();
        value[u"wrapText"].take();
        value[u"applyToRow"].take();
        return Setting{u"cell"_s, *at};
    }
    return std::nullopt;
}

void readHideFrom(const JsonNode &value, FieldOverride &rule)
{
    if (value[u"viz"].truth(false))
        rule.set.insert(u"hidden"_s, true);
    if (value[u"legend"].truth(false))
        rule.set.insert(u"legend"_s, false);
    value[u"tooltip"].take(); // the box of values lists what is drawn
}

bool readMatcher(const JsonNode &matcher, FieldOverride &rule, Context &context)
{
    const QString id = matcher[u"id"].str();
    const JsonNode &options = matcher[u"options"];
    if (id == "byName"_L1) {
        rule.match = options.str();
    } else if (id == "byRegexp"_L1) {
        rule.by = FieldOverride::By::NameRegex;
        rule.match = regexFrom(options.str());
    } else if (id == "byType"_L1) {
        rule.by = FieldOverride::By::Type;
        const QString type = options.str();
        rule.match = type == "string"_L1 ? u"text"_s : type;
        if (type != "string"_L1 && type != "number"_L1 && type != "time"_L1) {
            context.note(matcher, u"fields of type %1"_s.arg(type), u"there are number, text and time"_s,
                Effect::Looks);
            return false;
        }
    } else if (id == "byFrameRefID"_L1) {
        rule.by = FieldOverride::By::Query;
        rule.match = options.str();
    } else if (id == "byValue"_L1) {
        rule.by = FieldOverride::By::Value;
        const QString calc = options[u"reducer"].str();
        static const QHash<QString, QString> ops{{u"gt"_s, u">"_s}, {u"gte"_s, u">="_s}, {u"lt"_s, u"<"_s},
            {u"lte"_s, u"<="_s}, {u"eq"_s, u"=="_s}, {u"neq"_s, u"!="_s}};
        rule.op = ops.value(options[u"op"].str(), u">="_s);
        rule.value = options[u"value"].num().value_or(0);
        rule.calc = calcFrom(calc);
        if (calc == "allIsZero"_L1 || calc == "allIsNull"_L1) {
            // Compared as a number: 1 when it holds. Here: the largest is zero, or there is none.
            rule.calc = calc == "allIsZero"_L1 ? u"max"_s : u"count"_s;
            rule.op = u"=="_s;
            rule.value = 0;
        } else if (rule.calc.isEmpty()) {
            context.note(matcher, u"fields by their %1"_s.arg(calc), u"there is no such calculation here"_s,
                Effect::Looks);
            return false;
        }
    } else {
        context.note(matcher, u"settings for fields chosen %1"_s.arg(id),
            u"fields are chosen by name, "
            "expression, type, query or value here"_s,
            Effect::Looks);
        return false;
    }
    return true;
}

void readProperty(const JsonNode &property, FieldOverride &rule, Context &context)
{
    const QString id = property[u"id"].str();
    const JsonNode &value = property[u"value"];
    if (id == "thresholds"_L1) {
        rule.thresholds = thresholdsFrom(value);
        return;
    }
    if (id == "mappings"_L1) {
        rule.mappings = mappingsFrom(value, context);
        return;
    }
    if (id == "links"_L1) {
        rule.links = linksFrom(value, context);
        return;
    }
    if (id == "custom.hideFrom"_L1) {
        readHideFrom(value, rule);
        return;
    }
    if (id == "custom.filterable"_L1 || id == "custom.inspect"_L1 || id == "fieldMinMax"_L1) {
        value.take(); // every table can be filtered and copied
        return;
    }
    if (const auto setting = settingFrom(id, value, context)) {
        if (!setting->key.isEmpty() && setting->value.toString() != QString())
            rule.set.insert(setting->key, setting->value);
        return;
    }
    if (id == "color"_L1)
        context.note(value, u"colour of a field: %1"_s.arg(value[u"mode"].text),
            u"a field has a colour of its own, or the next of the palette"_s, Effect::Looks);
    else
        context.note(
            property, u"setting %1 of a field"_s.arg(id), u"there is no such setting here"_s, Effect::Looks);
}

} // namespace

std::optional<Thresholds> thresholdsFrom(const JsonNode &node)
{
    Thresholds out;
    out.percentage = node[u"mode"].str() == "percentage"_L1;
    for (const JsonNode &step : node[u"steps"].items) {
        ThresholdStep one;
        one.from = step[u"value"].num();
        if (step[u"value"].kind == JsonNode::Kind::Null)
            step[u"value"].take();
        step[u"index"].take();
        one.color = roleOrColor(step[u"color"].str());
        out.steps.push_back(one);
    }
    // Minus infinity first, whatever its place in the list; equal bounds: the later one counts.
    std::stable_sort(out.steps.begin(), out.steps.end(), [](const ThresholdStep &a, const ThresholdStep &b) {
        return a.from.value_or(-kBeyond) < b.from.value_or(-kBeyond);
    });
    for (size_t i = 1; i < out.steps.size();) {
        if (out.steps[i].from == out.steps[i - 1].from)
            out.steps.erase(out.steps.begin() + ptrdiff_t(i) - 1);
        else
            ++i;
    }
    return out.steps.empty() ? std::nullopt : std::optional(out);
}

std::vector<ValueMapping> mappingsFrom(const JsonNode &node, Context &context)
{
    std::vector<ValueMapping> out;
    for (const JsonNode &entry : node.items) {
        entry[u"id"].take();
        if (entry[u"type"].kind == JsonNode::Kind::Number || entry[u"op"].kind != JsonNode::Kind::Missing) {
            entry[u"op"].take(); // "=" is all there ever was
            addOldMapping(out, entry);
            continue;
        }
        const QString type = entry[u"type"].str();
        const JsonNode &options = entry[u"options"];
        if (type == "value"_L1) {
            for (qsizetype i = 0; i < options.keys.size(); ++i) {
                const JsonNode &result = options.items[size_t(i)];
                result[u"index"].take();
                addMapping(out, ValueMapping::Kind::Value, options.keys[i], result);
            }
        } else if (type == "range"_L1) {
            addMapping(out, ValueMapping::Kind::Range, {}, options[u"result"]);
            out.back().from = options[u"from"].num().value_or(-kBeyond);
            out.back().to = options[u"to"].num().value_or(kBeyond);
        } else if (type == "regex"_L1) {
            addMapping(
                out, ValueMapping::Kind::Regex, regexFrom(options[u"pattern"].str()), options[u"result"]);
            if (!QRegularExpression(out.back().match).isValid()) {
                out.pop_back();
                context.note(entry, u"a mapping by expression"_s, u"it is no regular expression here"_s,
                    Effect::Looks);
            }
        } else if (type == "special"_L1) {
            addSpecial(out, options[u"match"].str(), options[u"result"]);
        } else {
            context.note(entry, u"a value mapping of type %1"_s.arg(type), u"there is no such type here"_s,
                Effect::Looks);
        }
        options[u"result"][u"index"].take();
    }
    return out;
}

std::vector<PanelLink> linksFrom(const JsonNode &node, Context &context)
{
    std::vector<PanelLink> out;
    for (const JsonNode &entry : node.items) {
        entry[u"targetBlank"].take(); // a link opens where its kind opens
        const QString title = entry[u"title"].str();
        QString address = linkText(entry[u"url"].str(entry[u"dashUri"].str(entry[u"dashboard"].str())));
        entry[u"includeVars"].take(); // variables of equal names go along
        entry[u"keepTime"].take(); // and so does the range
        entry[u"type"].take();
        PanelLink link;
        const bool isWeb = address.startsWith("http://"_L1) || address.startsWith("https://"_L1);
        if (isWeb)
            link.url = address;
        else if (entry[u"dashboard"].kind == JsonNode::Kind::Text && entry[u"url"].isMissing())
            link.dashboard = slug(address);
        else
            link = insideLink(address);
        link.title = title.isEmpty() ? (isWeb ? address : link.dashboard) : title;
        if (link.url.isEmpty() && link.dashboard.isEmpty()) {
            if (!address.isEmpty() || !title.isEmpty())
                context.note(
                    entry, u"link %1"_s.arg(title), u"its address leads nowhere from here"_s, Effect::Looks);
            continue;
        }
        if (!link.dashboard.isEmpty() && !entry[u"url"].isMissing() && !address.startsWith("/d/"_L1)
            && !address.startsWith("d/"_L1) && address.contains(u'/')) {
            context.note(entry, u"link %1 to %2"_s.arg(title, address),
                u"it leads into the program it came from"_s, Effect::Looks);
            continue;
        }
        out.push_back(std::move(link));
    }
    return out;
}

void readFieldConfig(const JsonNode &config, Panel &panel, Context &context)
{
    const JsonNode &defaults = config[u"defaults"];
    if (const QString unit = defaults[u"unit"].str(); !unit.isEmpty())
        panel.unit = unitFrom(unit);
    if (const auto decimals = defaults[u"decimals"].num())
        panel.decimals = std::clamp(int(std::clamp(*decimals, 0.0, 15.0)), 0, 15);
    panel.noValue = defaults[u"noValue"].str();
    for (const QString &bound : {u"min"_s, u"max"_s}) {
        if (const auto value = defaults[bound].num())
            panel.options.insert(bound, *value);
    }
    if (const auto thresholds = thresholdsFrom(defaults[u"thresholds"]))
        panel.thresholds = {*thresholds};
    panel.mappings = mappingsFrom(defaults[u"mappings"], context);
    for (const JsonNode *links : {&defaults[u"links"], &defaults[u"dataLinks"]}) {
        for (PanelLink &link : linksFrom(*links, context))
            panel.links.push_back(std::move(link));
    }
    const JsonNode &color = defaults[u"color"];
    const QString mode = color[u"mode"].str();
    const QString fixed = colorFrom(color[u"fixedColor"].str());
    if ((mode == "fixed"_L1 || mode == "shades"_L1) && !fixed.isEmpty())
        panel.options.insert(u"color"_s, fixed);
    if (!mode.isEmpty() && mode != "thresholds"_L1 && !mode.startsWith("continuous"_L1))
        panel.options.insert(
            u"color_by"_s, mode == "fixed"_L1 || mode == "shades"_L1 ? u"fixed"_s : u"series"_s);
    if (mode.startsWith("continuous"_L1) || mode == "palette-classic-by-name"_L1)
        context.note(color, u"colours %1"_s.arg(mode),
            u"colours are by series, fixed, or by threshold here"_s, Effect::Looks);
    for (const JsonNode &entry : config[u"overrides"].items) {
        FieldOverride rule;
        if (!readMatcher(entry[u"matcher"], rule, context)) {
            entry.tell();
            continue;
        }
        if (rule.by == FieldOverride::By::NameRegex && !QRegularExpression(rule.match).isValid()) {
            context.note(entry, u"settings for fields that match %1"_s.arg(rule.match),
                u"it is no regular expression here"_s, Effect::Looks);
            continue;
        }
        for (const JsonNode &property : entry[u"properties"].items)
            readProperty(property, rule, context);
        if (!rule.set.isEmpty() || rule.thresholds || rule.mappings || !rule.links.empty())
            panel.overrides.push_back(std::move(rule));
    }
}

} // namespace bw::grafana
