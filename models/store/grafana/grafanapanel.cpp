// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <domain/base/timerange.h>
#include <domain/dashboards/macros.h>

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Their kinds and ours; the first that the program has.
QString kindFrom(const QString &type, const QStringList &kinds)
{
    static const QHash<QString, QStringList> table{{u"timeseries"_s, {u"timeseries"_s}},
        {u"graph"_s, {u"timeseries"_s}}, {u"barchart"_s, {u"timeseries"_s}}, {u"stat"_s, {u"stat"_s}},
        {u"singlestat"_s, {u"stat"_s}}, {u"grafana-singlestat-panel"_s, {u"stat"_s}},
        {u"gauge"_s, {u"gauge"_s}}, {u"radialbar"_s, {u"gauge"_s}}, {u"bargauge"_s, {u"bargauge"_s}},
        {u"piechart"_s, {u"bargauge"_s}}, {u"grafana-piechart-panel"_s, {u"bargauge"_s}},
        {u"table"_s, {u"table"_s}}, {u"table-old"_s, {u"table"_s}}, {u"heatmap"_s, {u"heatmap"_s}},
        {u"heatmap-new"_s, {u"heatmap"_s}}, {u"status-history"_s, {u"status_history"_s}},
        {u"state-timeline"_s, {u"state_timeline"_s, u"status_history"_s}}, {u"text"_s, {u"text"_s}},
        {u"row"_s, {u"row"_s}}, {u"alertlist"_s, {u"alerts"_s}}, {u"dashlist"_s, {u"text"_s}},
        {u"logs"_s, {u"logs"_s}}, {u"nodeGraph"_s, {u"nodegraph"_s}}};
    for (const QString &kind : table.value(type)) {
        if (kinds.contains(kind))
            return kind;
    }
    return u"placeholder"_s;
}

/// How a question of this type of source is called here.
QString queryType(const QString &source)
{
    static const QHash<QString, QString> types{{u"prometheus"_s, u"promql"_s}, {u"loki"_s, u"logql"_s},
        {u"tempo"_s, u"traceql"_s}, {u"jaeger"_s, u"traces"_s}, {u"zipkin"_s, u"traces"_s},
        {QString(), u"promql"_s}};
    return types.value(source, source);
}

QString durationFrom(const QString &text)
{
    // ">10s" is an old way to say "at least 10s".
    const QString plain = text.startsWith(u'>') ? text.mid(1).trimmed() : text.trimmed();
    return parseDuration(plain) ? plain : QString();
}

QString stepFrom(const JsonNode &node, Context &context)
{
    const QString text = node.str();
    if (text.isEmpty())
        return {};
    if (const QString step = durationFrom(text); !step.isEmpty())
        return step;
    static const QRegularExpression variable(u"^\\$\\{?([A-Za-z][A-Za-z0-9_]*)\\}?$"_s);
    if (const auto match = variable.match(text);
        match.hasMatch() && context.variables.contains(match.captured(1)))
        return u'$' + match.captured(1);
    if (!text.startsWith("$__"_L1)) // those are what it is anyway
        context.note(node, u"smallest step %1"_s.arg(text), u"it is no duration"_s, Effect::Data);
    return {};
}

/// What an expression uses that will not be there.
void checkExpression(const JsonNode &node, const QString &expr, Context &context)
{
    for (const QString &problem : macroProblems(expr))
        context.note(node, problem, u"it stays as it is, and the question fails"_s, Effect::Data);
    for (const QString &name : variablesIn(expr)) {
        if (!context.variables.contains(name))
            context.note(
                node, u"variable $%1"_s.arg(name), u"the dashboard does not declare it"_s, Effect::Data);
    }
}

PanelQuery queryFrom(
    const JsonNode &target, const SourceRef &panelSource, const QString &kind, Context &context)
{
    PanelQuery out;
    SourceRef source = sourceFrom(target[u"datasource"], context);
    if (source.type.isEmpty() || source.type == "datasource"_L1)
        source.type = panelSource.type == "datasource"_L1 || panelSource.type == "mixed"_L1
            ? source.type
            : panelSource.type;
    if (source.type == "datasource"_L1)
        source.type.clear();
    out.id = target[u"refId"].str(target[u"refID"].str());
    out.type = queryType(source.type);
    if (source.id == "-- Grafana --"_L1)
        out.type = u"grafana"_s;
    if (!source.id.startsWith("-- "_L1) && source.id != panelSource.id)
        out.datasource = source.id;
    const JsonNode &text = !target[u"expr"].isMissing() ? target[u"expr"]
        : !target[u"query"].isMissing()                 ? target[u"query"]
                                                        : target[u"rawSql"];
    out.expr = text.str();
    if (out.type == "promql"_L1)
        checkExpression(text, out.expr, context);
    const QString legend = target[u"legendFormat"].str();
    out.legend = legend == "__auto"_L1 ? QString() : legend;
    const bool instant = target[u"instant"].truth(false), range = target[u"range"].truth(!instant);
    const bool isNumber =
        kind == "table"_L1 || kind == "stat"_L1 || kind == "gauge"_L1 || kind == "bargauge"_L1;
    if (instant && (!range || isNumber))
        out.mode = PanelQuery::Mode::Instant;
    const QString format = target[u"format"].str();
    if (format == "table"_L1 || format == "heatmap"_L1)
        out.format = format;
    out.minStep = stepFrom(target[u"interval"], context);
    out.stepFactor = std::clamp(target[u"intervalFactor"].integer(1), 1, 1000);
    out.exemplars = target[u"exemplar"].truth(false);
    out.hidden = target[u"hide"].truth(false) || target[u"hidden"].truth(false);
    if (out.expr.isEmpty() && !target[u"expr"].isMissing())
        target[u"expr"].take();
    return out;
}

bool isAskable(const PanelQuery &query, const Context &context)
{
    return context.options.askable.contains(query.type)
        && (!query.expr.trimmed().isEmpty() || query.type != "promql"_L1);
}

void readQueries(const JsonNode &node, Panel &out, Context &context)
{
    SourceRef source = sourceFrom(node[u"datasource"], context);
    if (!source.id.startsWith("-- "_L1))
        out.datasource = source.id;
    else if (source.type == "datasource"_L1)
        source.type.clear();
    if (source.id == "-- Dashboard --"_L1)
        return; // resolved when every panel is known
    QStringList ids;
    for (const JsonNode &target : node[u"targets"].items) {
        PanelQuery query = queryFrom(target, source, out.kind, context);
        if (query.expr.trimmed().isEmpty() && query.type == "promql"_L1) {
            target.take(); // a line in an editor that was never filled
            continue;
        }
        for (int number = 1; query.id.isEmpty() || ids.contains(query.id); ++number) {
            if (!query.id.isEmpty() && number == 1)
                context.note(target[u"refId"], u"two queries %1"_s.arg(query.id),
                    u"ids are unique here: one is renamed"_s, Effect::None);
            query.id = number <= 26 ? QString(QChar(ushort('A' + number - 1))) : u"Q%1"_s.arg(number);
        }
        ids << query.id;
        out.queries.push_back(std::move(query));
    }
}

void readTimes(const JsonNode &node, Panel &out, Context &context)
{
    const QString from = node[u"timeFrom"].str();
    if (!from.isEmpty()) {
        TimeSpec spec;
        spec.from = durationFrom(from).isEmpty() ? from : u"now-"_s + durationFrom(from);
        if (from.contains(u'/') && !from.startsWith("now"_L1))
            spec.from = u"now-"_s + from;
        spec.to = from.startsWith("now/"_L1) ? from : u"now"_s;
        if (resolve(spec, fromUnixMs(1'800'000'000'000), QTimeZone::utc()))
            out.time = spec;
        else
            context.note(node[u"timeFrom"], u"own range %1"_s.arg(from), u"it cannot be read as a time"_s,
                Effect::Data);
    }
    const QString shift = node[u"timeShift"].str();
    if (!shift.isEmpty()) {
        out.timeShift = durationFrom(shift);
        if (out.timeShift.isEmpty())
            context.note(
                node[u"timeShift"], u"range moved by %1"_s.arg(shift), u"it is no duration"_s, Effect::Data);
    }
    out.minStep = stepFrom(node[u"interval"], context);
    if (const auto points = node[u"maxDataPoints"].num(); points && *points >= 1)
        out.maxPoints = int(std::min(*points, 11'000.0));
    if (const JsonNode &hide = node[u"hideTimeOverride"]; !hide.isMissing())
        hide.take(); // the title always says when a panel has its own range
}

/// A name for every series, where it can be said by a legend.
void readDisplayName(const JsonNode &node, Panel &out, Context &context)
{
    const JsonNode &name = node[u"fieldConfig"][u"defaults"][u"displayName"];
    const QString text = name.str();
    static const QRegularExpression label(u"\\$\\{__(?:field|cell)\\.labels\\.([A-Za-z0-9_]+)\\}"_s),
        itself(u"^\\$\\{?__(?:series\\.name|field\\.(?:name|displayName))\\}?$|^\\$__cell_?\\d*$"_s);
    if (text.isEmpty() || itself.match(text).hasMatch())
        return;
    QString legend = text;
    legend.replace(label, u"{{\\1}}"_s);
    if (legend.contains("${__"_L1)) {
        context.note(name, u"series named %1"_s.arg(text), u"names come from labels"_s, Effect::Looks);
        return;
    }
    for (PanelQuery &query : out.queries)
        query.legend = legend;
}

/// Names of series may hold what only the other program knows.
void keepOriginal(const JsonNode &node, Panel &out)
{
    out.original = QString::fromUtf8(node.toJson());
    node.take();
}

} // namespace

Panel panelFrom(const JsonNode &node, PanelImport &report, Context &context)
{
    Panel out;
    const QString type = node[u"type"].str(u"graph"_s);
    report.from = type;
    out.kind = kindFrom(type == "table"_L1 && node[u"styles"].isList() && node[u"fieldConfig"].isMissing()
            ? u"table-old"_s
            : type,
        context.options.kinds);
    out.title = node[u"title"].str();
    out.description = node[u"description"].str();
    report.title = out.title;
    readTimes(node, out, context);
    readQueries(node, out, context);
    readFieldConfig(node[u"fieldConfig"], out, context);
    if (const JsonNode &alert = node[u"alert"]; alert.isMap())
        context.note(alert, u"alert rule %1"_s.arg(alert[u"name"].str()),
            u"alerts are rules of the metric source here; a panel has none"_s, Effect::Data);
    const bool oldTable =
        out.kind == "table"_L1 && node[u"styles"].isList() && node[u"fieldConfig"].isMissing();
    const QString group = type == "grafana-singlestat-panel"_L1 ? u"singlestat"_s
        : type == "heatmap-new"_L1                              ? u"heatmap"_s
                                                                : type;
    if (out.kind != "placeholder"_L1)
        readOptions(node, oldTable ? u"table-old"_s : group, out, context);
    readDisplayName(node, out, context);
    for (Transformation &step : transformationsFrom(node[u"transformations"], context))
        out.transform.push_back(std::move(step));
    for (PanelLink &link : linksFrom(node[u"links"], context))
        out.links.push_back(std::move(link));
    if (out.kind == "timeseries"_L1
        && std::all_of(out.queries.begin(), out.queries.end(),
            [](const PanelQuery &query) { return query.format.isEmpty(); })) {
        // Lines need a range; one number drawn as a line is a dot at the right edge.
        for (PanelQuery &query : out.queries)
            query.mode = PanelQuery::Mode::Range;
    }
    const bool asks =
        out.kind != "text"_L1 && out.kind != "row"_L1 && out.kind != "alerts"_L1 && !out.queries.empty();
    const bool canAsk = std::any_of(out.queries.begin(), out.queries.end(),
        [&](const PanelQuery &query) { return isAskable(query, context); });
    QStringList unasked;
    for (const PanelQuery &query : out.queries) {
        if (!isAskable(query, context) && !unasked.contains(query.type))
            unasked << query.type;
    }
    if (asks && !unasked.isEmpty())
        context.note(node[u"targets"], u"questions of type %1"_s.arg(unasked.join(u", "_s)),
            u"no source here answers them"_s, Effect::Data);
    if (out.kind == "placeholder"_L1 || (asks && !canAsk)) {
        if (out.kind == "placeholder"_L1)
            context.note(node[u"type"], u"panel of kind %1"_s.arg(type), u"there is no such kind here"_s,
                Effect::Data);
        out.kind = u"placeholder"_s;
        out.options = {{u"was"_s, type}};
        out.transform.clear();
        out.overrides.clear();
        keepOriginal(node, out);
    }
    if (const QString variable = node[u"repeat"].str(); !variable.isEmpty()) {
        out.repeat.variable = variable;
        out.repeat.down = node[u"repeatDirection"].str() == "v"_L1;
        out.repeat.maxPerRow = std::clamp(node[u"maxPerRow"].integer(4), 1, 24);
        if (!context.variables.contains(variable)) {
            context.note(node[u"repeat"], u"repeated by $%1"_s.arg(variable),
                u"the dashboard does not declare it"_s, Effect::Data);
            out.repeat = {};
        }
    }
    node[u"repeatDirection"].take();
    node[u"maxPerRow"].take();
    report.becomes = out.kind;
    return out;
}

} // namespace bw::grafana
