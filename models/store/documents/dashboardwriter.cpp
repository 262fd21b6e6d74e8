// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>
#include <store/documents/variabledocument.h>
#include <store/documents/yamlwriter.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

using Quote = YamlWriter::Quote;

/// What the reader did not know stays in the file.
void writeExtra(YamlWriter &out, const QVariantMap &extra)
{
    for (auto entry = extra.begin(); entry != extra.end(); ++entry)
        out.variant(entry.key(), entry.value());
}

void writeQuery(YamlWriter &out, const PanelQuery &query)
{
    const PanelQuery defaults;
    out.beginItem();
    out.text(u"id"_s, query.id);
    out.textUnless(u"type"_s, query.type, defaults.type);
    out.textUnless(u"datasource"_s, query.datasource, {});
    if (query.mode == PanelQuery::Mode::Instant)
        out.text(u"mode"_s, u"instant"_s);
    out.textUnless(u"expr"_s, query.expr, {});
    out.texts(u"fallbacks"_s, query.fallbacks);
    out.textUnless(u"legend"_s, query.legend, {});
    out.textUnless(u"min_step"_s, query.minStep, {});
    if (query.stepFactor != defaults.stepFactor)
        out.integer(u"step_factor"_s, query.stepFactor);
    out.textUnless(u"format"_s, query.format, {});
    if (query.exemplars)
        out.boolean(u"exemplars"_s, true);
    if (query.hidden)
        out.boolean(u"hidden"_s, true);
    writeExtra(out, query.extra);
    out.endItem();
}

void writeThresholdKeys(YamlWriter &out, const Thresholds &thresholds)
{
    out.textUnless(u"field"_s, thresholds.field, {});
    if (thresholds.percentage)
        out.text(u"mode"_s, u"percentage"_s);
    if (!thresholds.steps.empty()) {
        out.begin(u"steps"_s);
        for (const ThresholdStep &step : thresholds.steps) {
            out.beginItem();
            if (step.from)
                out.number(u"from"_s, *step.from);
            out.text(u"color"_s, step.color);
            out.endItem();
        }
        out.end();
    }
}

void writeThresholds(YamlWriter &out, const Thresholds &thresholds)
{
    out.beginItem();
    writeThresholdKeys(out, thresholds);
    out.endItem();
}

void writeMapping(YamlWriter &out, const ValueMapping &mapping)
{
    static const QStringList kinds{u"value"_s, u"range"_s, u"regex"_s, u"special"_s};
    out.beginItem();
    out.text(u"kind"_s, kinds[int(mapping.kind)]);
    if (!mapping.match.isEmpty())
        out.text(u"match"_s, mapping.match, Quote::Always);
    if (mapping.from != 0)
        out.number(u"from"_s, mapping.from);
    if (mapping.to != 0)
        out.number(u"to"_s, mapping.to);
    out.textUnless(u"text"_s, mapping.text, {});
    out.textUnless(u"color"_s, mapping.color, {});
    out.endItem();
}

void writeLink(YamlWriter &out, const PanelLink &link)
{
    out.beginItem();
    out.text(u"title"_s, link.title);
    out.textUnless(u"dashboard"_s, link.dashboard, {});
    out.textUnless(u"url"_s, link.url, {});
    out.textMap(u"context"_s, link.context);
    out.endItem();
}

template<typename T>
void writeList(
    YamlWriter &out, const QString &key, const std::vector<T> &list, void (*write)(YamlWriter &, const T &))
{
    if (list.empty())
        return;
    out.begin(key);
    for (const T &element : list)
        write(out, element);
    out.end();
}

void writeTransformation(YamlWriter &out, const Transformation &step)
{
    out.beginItem();
    out.text(u"id"_s, step.id);
    if (step.off)
        out.boolean(u"off"_s, true);
    writeExtra(out, step.options);
    out.endItem();
}

void writeMatch(YamlWriter &out, const FieldOverride &rule)
{
    static const QStringList keys{u"name"_s, u"name_regex"_s, u"type"_s, u"query"_s};
    out.begin(u"match"_s);
    if (rule.by != FieldOverride::By::Value) {
        out.text(keys[int(rule.by)], rule.match, Quote::Always);
    } else {
        out.text(u"calc"_s, rule.calc);
        out.text(u"op"_s, rule.op, Quote::Always);
        out.number(u"value"_s, rule.value);
    }
    out.end();
}

void writeFieldOverride(YamlWriter &out, const FieldOverride &rule)
{
    out.beginItem();
    writeMatch(out, rule);
    if (!rule.set.isEmpty() || rule.thresholds || rule.mappings || !rule.links.empty()) {
        out.begin(u"set"_s);
        writeExtra(out, rule.set);
        if (rule.thresholds) {
            out.begin(u"thresholds"_s);
            writeThresholdKeys(out, *rule.thresholds);
            out.end();
        }
        if (rule.mappings && rule.mappings->empty())
            out.variant(u"mappings"_s, QVariantList());
        if (rule.mappings)
            writeList(out, u"mappings"_s, *rule.mappings, writeMapping);
        writeList(out, u"links"_s, rule.links, writeLink);
        out.end();
    }
    out.endItem();
}

void writeTimeOverride(YamlWriter &out, const Panel &panel)
{
    if (!panel.time && panel.timeShift.isEmpty())
        return;
    out.begin(u"time"_s);
    if (panel.time) {
        out.text(u"from"_s, panel.time->from);
        out.text(u"to"_s, panel.time->to);
    }
    out.textUnless(u"shift"_s, panel.timeShift, {});
    out.end();
}

void writeRepeat(YamlWriter &out, const Repeat &repeat)
{
    if (repeat.variable.isEmpty())
        return;
    out.begin(u"repeat"_s);
    out.text(u"variable"_s, repeat.variable);
    if (repeat.down)
        out.text(u"direction"_s, u"v"_s);
    if (repeat.maxPerRow != Repeat().maxPerRow)
        out.integer(u"max_per_row"_s, repeat.maxPerRow);
    out.end();
}

void writePanel(YamlWriter &out, const Panel &panel)
{
    const Panel defaults;
    out.beginItem();
    out.text(u"id"_s, panel.id);
    out.text(u"kind"_s, panel.kind);
    out.textUnless(u"title"_s, panel.title, {});
    out.textUnless(u"description"_s, panel.description, {});
    out.begin(u"grid"_s);
    out.integer(u"col"_s, panel.grid.col);
    out.integer(u"row"_s, panel.grid.row);
    out.integer(u"width"_s, panel.grid.width);
    out.integer(u"height"_s, panel.grid.height);
    out.end();
    if (panel.collapsed)
        out.boolean(u"collapsed"_s, true);
    out.textUnless(u"datasource"_s, panel.datasource, {});
    out.textUnless(u"min_refresh"_s, panel.minRefresh, {});
    out.textUnless(u"min_step"_s, panel.minStep, {});
    if (panel.maxPoints > 0)
        out.integer(u"max_points"_s, panel.maxPoints);
    writeList(out, u"queries"_s, panel.queries, writeQuery);
    if (!panel.joinBy.isEmpty()) {
        out.begin(u"join"_s);
        out.texts(u"by"_s, panel.joinBy);
        out.end();
    }
    writeList(out, u"transform"_s, panel.transform, writeTransformation);
    if (!panel.options.isEmpty())
        out.variant(u"options"_s, panel.options);
    out.textUnless(u"unit"_s, panel.unit, defaults.unit);
    if (panel.decimals >= 0)
        out.integer(u"decimals"_s, panel.decimals);
    out.textUnless(u"no_value"_s, panel.noValue, {});
    out.textUnless(u"how_to_enable"_s, panel.howToEnable, {});
    writeList(out, u"thresholds"_s, panel.thresholds, writeThresholds);
    writeList(out, u"mappings"_s, panel.mappings, writeMapping);
    writeList(out, u"overrides"_s, panel.overrides, writeFieldOverride);
    writeRepeat(out, panel.repeat);
    writeTimeOverride(out, panel);
    writeList(out, u"links"_s, panel.links, writeLink);
    writeExtra(out, panel.extra);
    out.textUnless(u"original"_s, panel.original, {});
    out.endItem();
}

void writeAnnotation(YamlWriter &out, const AnnotationSource &source)
{
    out.beginItem();
    out.text(u"name"_s, source.name);
    out.text(u"type"_s, source.type);
    out.textUnless(u"datasource"_s, source.datasource, {});
    out.textUnless(u"expr"_s, source.expr, {});
    out.textUnless(u"title"_s, source.title, {});
    out.textUnless(u"color"_s, source.color, {});
    out.textUnless(u"step"_s, source.step, {});
    out.endItem();
}

} // namespace

QByteArray writeDashboard(const Dashboard &dashboard)
{
    const Dashboard defaults;
    YamlWriter out;
    out.integer(u"version"_s, dashboard.version);
    out.text(u"kind"_s, u"dashboard"_s);
    out.text(u"id"_s, dashboard.id);
    out.text(u"title"_s, dashboard.title);
    out.textUnless(u"description"_s, dashboard.description, {});
    out.texts(u"tags"_s, dashboard.tags);
    out.begin(u"time"_s);
    out.text(u"from"_s, dashboard.time.from);
    out.text(u"to"_s, dashboard.time.to);
    out.textUnless(u"zone"_s, dashboard.zone, defaults.zone);
    out.end();
    out.text(u"refresh"_s, dashboard.refresh);
    out.textUnless(u"crosshair"_s, dashboard.crosshair, defaults.crosshair);
    out.texts(u"context"_s, dashboard.context);
    if (!dashboard.variables.empty())
        out.blankLine();
    writeList(out, u"variables"_s, dashboard.variables, writeVariable);
    out.blankLine();
    if (dashboard.panels.empty())
        out.variant(u"panels"_s, QVariantList());
    writeList(out, u"panels"_s, dashboard.panels, writePanel);
    if (!dashboard.annotations.empty())
        out.blankLine();
    writeList(out, u"annotations"_s, dashboard.annotations, writeAnnotation);
    writeExtra(out, dashboard.extra);
    return out.take();
}

} // namespace bw
