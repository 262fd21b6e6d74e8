// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <domain/base/timerange.h>

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

QString kindFrom(const QString &type)
{
    static const QHash<QString, QString> kinds{{u"query"_s, u"query"_s}, {u"custom"_s, u"custom"_s},
        {u"constant"_s, u"constant"_s}, {u"textbox"_s, u"text"_s}, {u"interval"_s, u"interval"_s},
        {u"datasource"_s, u"datasource"_s}, {u"adhoc"_s, u"adhoc"_s}};
    return kinds.value(type);
}

/// A number, or the word of the newer schema.
QString worded(const JsonNode &node, const QStringList &byNumber, const QHash<QString, QString> &byWord,
    const QString &fallback)
{
    if (const auto number = node.num())
        return byNumber.value(qsizetype(std::clamp(*number, 0.0, 99.0)), fallback);
    return node.isMissing() ? fallback : byWord.value(node.str(), fallback);
}

QString sortFrom(const JsonNode &node)
{
    // 5 and 6 order without regard to case, as ours always does.
    static const QStringList numbers{u"none"_s, u"alpha"_s, u"alpha-desc"_s, u"numeric"_s, u"numeric-desc"_s,
        u"alpha"_s, u"alpha-desc"_s, u"natural"_s, u"natural-desc"_s};
    static const QHash<QString, QString> words{{u"disabled"_s, u"none"_s}, {u"alphabeticalAsc"_s, u"alpha"_s},
        {u"alphabeticalDesc"_s, u"alpha-desc"_s}, {u"numericalAsc"_s, u"numeric"_s},
        {u"numericalDesc"_s, u"numeric-desc"_s}, {u"alphabeticalCaseInsensitiveAsc"_s, u"alpha"_s},
        {u"alphabeticalCaseInsensitiveDesc"_s, u"alpha-desc"_s}, {u"naturalAsc"_s, u"natural"_s},
        {u"naturalDesc"_s, u"natural-desc"_s}};
    return worded(node, numbers, words, u"none"_s);
}

void readQuery(const JsonNode &node, Variable &out, Context &context)
{
    const JsonNode &query = node[u"query"];
    out.query = query.isMap() ? query[u"query"].str(query[u"expr"].str()) : query.str();
    for (const QString &key : {u"refId"_s, u"qryType"_s, u"__legacyStringValue"_s})
        query[key].take();
    if (const QString definition = node[u"definition"].str(); out.query.isEmpty())
        out.query = definition;
    const QString regex = node[u"regex"].str();
    out.regex = regexFrom(regex);
    if (!QRegularExpression(out.regex).isValid()) {
        context.note(node[u"regex"], u"the filter of $%1"_s.arg(out.name),
            u"it is no regular expression here: nothing is filtered"_s, Effect::Data);
        out.regex.clear();
    }
    const bool isLoki = query.isMap() && !query[u"label"].isMissing();
    const SourceRef source = sourceFrom(node[u"datasource"], context);
    out.datasource = source.id;
    if (isLoki || (!source.type.isEmpty() && source.type != "prometheus"_L1))
        context.note(query,
            u"options of $%1 from %2"_s.arg(out.name, source.type.isEmpty() ? u"logs"_s : source.type),
            u"options come from Prometheus here; it keeps the value it had"_s, Effect::Data);
}

/// The value it was saved with; "$__all" is All.
void readCurrent(const JsonNode &node, Variable &out)
{
    const JsonNode &current = node[u"current"];
    const QStringList values = current[u"value"].strings();
    current.take(); // with its texts
    if (values.contains("$__all"_L1) || values.contains("All"_L1))
        return; // where All is allowed it is what a variable starts at
    for (const QString &value : values) {
        if (!value.isEmpty() && !out.defaults.contains(value))
            out.defaults << value;
    }
}

void readOptions(const JsonNode &node, Variable &out)
{
    const JsonNode &options = node[u"options"];
    if (out.kind == "custom"_L1 || out.kind == "interval"_L1) {
        // The text is what the person wrote: "a, b : c"; commas in values are escaped.
        static const QRegularExpression comma(u"(?<!\\\\),"_s);
        const QString query = node[u"query"].str();
        for (const QString &part : query.split(comma, Qt::SkipEmptyParts)) {
            const QString option = part.trimmed().replace("\\,"_L1, ","_L1);
            if (!option.isEmpty() && option != "auto"_L1)
                out.options << option;
        }
    }
    for (const JsonNode &option : options.items) {
        const QString value = option[u"value"].str();
        if (out.options.isEmpty() && out.kind == "custom"_L1 && value != "$__all"_L1)
            out.options << value;
    }
    options.take(); // a copy of what the query gives
}

} // namespace

SourceRef sourceFrom(const JsonNode &node, Context &context)
{
    SourceRef out;
    QString name;
    if (node.isMap()) {
        out.type = node[u"type"].str();
        name = node[u"uid"].str(node[u"name"].str());
        node[u"name"].take();
        node[u"default"].take();
        node[u"apiVersion"].take();
    } else {
        name = node.str();
        node.take();
    }
    if (name.isEmpty() || name == "default"_L1)
        return out;
    static const QRegularExpression reference(
        u"^\\$\\{?([A-Za-z_][A-Za-z0-9_]*)\\}?$|^\\[\\[([A-Za-z_][A-Za-z0-9_]*)\\]\\]$"_s);
    if (const auto match = reference.match(name); match.hasMatch()) {
        const QString variable = match.captured(1) + match.captured(2);
        if (context.variables.contains(variable)) {
            if (out.type.isEmpty())
                out.type = context.variableTypes.value(variable);
            out.id = u'$' + variable;
            return out;
        }
        if (out.type.isEmpty())
            out.type = context.inputs.value(variable);
        name = variable;
    }
    if (name.startsWith("-- "_L1)) {
        out.id = name; // the caller knows these
        return out;
    }
    if (const QString ours = context.options.sources.value(name); !ours.isEmpty()) {
        out.id = ours;
        return out;
    }
    if (name == "grafana"_L1
        && (out.type == "datasource"_L1 || out.type == "grafana"_L1 || out.type.isEmpty())) {
        out.id = u"-- Grafana --"_s;
        return out;
    }
    if (out.type.isEmpty() || out.type == "prometheus"_L1) {
        PanelImport *panel = context.panel();
        context.enter(nullptr); // one line for all panels
        context.noteOnce(node, u"source %1"_s.arg(name),
            u"the first configured source of its kind answers instead; --source %1=ID names another"_s.arg(
                name),
            Effect::None);
        context.enter(panel);
    }
    return out;
}

std::optional<Variable> variableFrom(const JsonNode &node, Context &context)
{
    static const QRegularExpression names(u"^[A-Za-z][A-Za-z0-9_]*$"_s);
    Variable out;
    const QString type = node[u"type"].str();
    out.name = node[u"name"].str();
    out.kind = kindFrom(type);
    if (out.kind.isEmpty() || !names.match(out.name).hasMatch()) {
        context.note(node, u"variable $%1 of kind %2"_s.arg(out.name, type),
            out.kind.isEmpty() ? u"there is no such kind here"_s : u"names are letters, digits and _ here"_s,
            Effect::Data);
        return std::nullopt;
    }
    out.label = node[u"label"].str();
    if (out.label == out.name)
        out.label.clear();
    readOptions(node, out);
    if (out.kind == "query"_L1)
        readQuery(node, out, context);
    else if (out.kind == "datasource"_L1 || out.kind == "constant"_L1)
        out.query = node[u"query"].isMap() ? node[u"query"][u"query"].str() : node[u"query"].str();
    else if (out.kind == "text"_L1)
        out.defaults = node[u"query"].str().isEmpty() ? QStringList() : QStringList{node[u"query"].str()};
    if (out.kind == "datasource"_L1)
        out.regex = regexFrom(node[u"regex"].str());
    if (out.kind == "adhoc"_L1) {
        out.datasource = sourceFrom(node[u"datasource"], context).id;
        for (const JsonNode &filter : node[u"filters"].items)
            out.defaults << u"%1%2\"%3\""_s.arg(
                filter[u"key"].str(), filter[u"operator"].str(u"="_s), filter[u"value"].str());
        node[u"filters"].take();
        node[u"defaultKeys"].take(); // its names come from the source
        node[u"baseFilters"].take();
    }
    out.multi = node[u"multi"].truth(false);
    out.all = node[u"includeAll"].truth(false);
    out.allValue = node[u"allValue"].str();
    if (out.kind == "query"_L1 || out.kind == "custom"_L1) {
        out.sort = sortFrom(node[u"sort"]);
    }
    node[u"sort"].take();
    out.refresh = worded(node[u"refresh"], {u"never"_s, u"load"_s, u"time"_s},
        {{u"never"_s, u"never"_s}, {u"onDashboardLoad"_s, u"load"_s}, {u"onTimeRangeChanged"_s, u"time"_s}},
        u"load"_s);
    if (out.kind != "query"_L1)
        out.refresh = Variable().refresh;
    if (out.refresh == "never"_L1 && out.options.isEmpty())
        out.refresh = u"load"_s; // it would have nothing to offer
    out.show = worded(node[u"hide"], {u"all"_s, u"none"_s, u"none"_s},
        {{u"dontHide"_s, u"all"_s}, {u"hideLabel"_s, u"none"_s}, {u"hideVariable"_s, u"none"_s}}, u"all"_s);
    if (node[u"hide"].num().value_or(0) == 1 || node[u"hide"].text == "hideLabel"_L1)
        out.show = u"all"_s; // without its label nobody would know what it is
    out.automatic = node[u"auto"].truth(false);
    out.autoCount = std::clamp(node[u"auto_count"].integer(30), 1, 10'000);
    if (const QString least = node[u"auto_min"].str(); parseDuration(least))
        out.autoMin = least;
    QStringList was = out.defaults;
    out.defaults.clear();
    readCurrent(node, out);
    if (out.kind == "adhoc"_L1 || (out.defaults.isEmpty() && out.kind == "text"_L1))
        out.defaults = was;
    if (out.kind == "datasource"_L1)
        out.defaults.clear(); // the name of a source that is not ours
    if (out.kind == "constant"_L1
        || (out.kind == "interval"_L1 && out.defaults.value(0).startsWith("$__auto"_L1)))
        out.defaults.clear();
    if (!out.multi && out.defaults.size() > 1)
        out.defaults = {out.defaults.first()};
    return out;
}

std::optional<AnnotationSource> annotationFrom(const JsonNode &node, Context &context)
{
    if (node[u"builtIn"].num().value_or(0) != 0 || node[u"builtIn"].truth(false)) {
        node.take(); // notes kept in the program it came from
        return std::nullopt;
    }
    AnnotationSource out;
    out.name = node[u"name"].str(u"Annotation"_s);
    const SourceRef source = sourceFrom(node[u"datasource"], context);
    const QString expr = node[u"expr"].str(node[u"target"][u"expr"].str());
    if (expr.isEmpty() || (!source.type.isEmpty() && source.type != "prometheus"_L1)) {
        context.note(node, u"annotation %1"_s.arg(out.name),
            u"annotations come from PromQL or from what the program knows itself"_s, Effect::Data);
        return std::nullopt;
    }
    if (!node[u"enable"].truth(true)) {
        context.note(node, u"annotation %1"_s.arg(out.name), u"it is switched off there"_s, Effect::None);
        return std::nullopt;
    }
    out.type = u"promql"_s;
    out.datasource = source.id.startsWith("-- "_L1) ? QString() : source.id;
    out.expr = expr;
    out.title = node[u"titleFormat"].str();
    if (out.title.isEmpty())
        out.title = node[u"textFormat"].str();
    out.color = colorFrom(node[u"iconColor"].str());
    out.step = node[u"step"].str();
    if (!parseDuration(out.step))
        out.step.clear();
    for (const QString &key : {u"textFormat"_s, u"tagKeys"_s, u"hide"_s, u"showIn"_s, u"target"_s, u"type"_s,
             u"legendFormat"_s, u"mappings"_s, u"limit"_s, u"tags"_s, u"filter"_s, u"enable"_s, u"builtIn"_s})
        node[key].take();
    if (node[u"useValueForTime"].truth(false))
        context.note(node[u"useValueForTime"], u"annotation %1 at the time its value names"_s.arg(out.name),
            u"a marker stands at the sample's time"_s, Effect::Data);
    return out;
}

} // namespace bw::grafana
