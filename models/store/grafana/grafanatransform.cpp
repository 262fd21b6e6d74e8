// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <QHash>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList calcsFrom(const JsonNode &list, Context &context)
{
    QStringList calcs;
    for (const JsonNode &entry : list.items) {
        const QString calc = calcFrom(entry.text);
        if (calc.isEmpty() || entry.str().isEmpty())
            context.note(entry, u"calculation %1"_s.arg(entry.text), u"there is no such calculation here"_s,
                Effect::Data);
        else
            calcs << calc;
    }
    return calcs;
}

void organize(const JsonNode &options, Transformation &step, Context &context)
{
    QVariantList exclude, order;
    QVariantMap rename;
    for (qsizetype i = 0; i < options[u"excludeByName"].keys.size(); ++i) {
        if (options[u"excludeByName"].items[size_t(i)].truth(false))
            exclude << options[u"excludeByName"].keys[i];
    }
    std::vector<std::pair<double, QString>> places;
    for (qsizetype i = 0; i < options[u"indexByName"].keys.size(); ++i)
        places.emplace_back(
            options[u"indexByName"].items[size_t(i)].num().value_or(1e9), options[u"indexByName"].keys[i]);
    std::stable_sort(
        places.begin(), places.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    for (const auto &[place, name] : places)
        order << name;
    for (qsizetype i = 0; i < options[u"renameByName"].keys.size(); ++i) {
        if (const QString title = options[u"renameByName"].items[size_t(i)].str(); !title.isEmpty())
            rename.insert(options[u"renameByName"].keys[i], title);
    }
    if (!exclude.isEmpty())
        step.options.insert(u"exclude"_s, exclude);
    if (!order.isEmpty())
        step.options.insert(u"order"_s, order);
    if (!rename.isEmpty())
        step.options.insert(u"rename"_s, rename);
    const JsonNode &included = options[u"includeByName"]; // written by newer versions beside the exclusions
    if (std::any_of(included.items.begin(), included.items.end(),
            [](const JsonNode &item) { return item.truth(false); }))
        context.note(included, u"only some fields kept"_s,
            u"fields are left out by name here; the others are shown, too"_s, Effect::Data);
    included.take();
    options[u"orderByMode"].take();
}

QVariantList listOf(const QStringList &texts) { return {texts.begin(), texts.end()}; }

void filterNames(const JsonNode &options, Transformation &step)
{
    for (const QString &side : {u"include"_s, u"exclude"_s}) {
        const JsonNode &node = options[side];
        if (const QStringList names = node[u"names"].strings(); !names.isEmpty())
            step.options.insert(side, listOf(names));
        if (const QString pattern = node[u"pattern"].str(); !pattern.isEmpty())
            step.options.insert(side + u"_regex"_s, regexFrom(pattern));
    }
}

void groupBy(const JsonNode &options, Transformation &step, Context &context)
{
    QVariantList by, calcs;
    const JsonNode &fields = options[u"fields"];
    for (qsizetype i = 0; i < fields.keys.size(); ++i) {
        const JsonNode &field = fields.items[size_t(i)];
        const QString operation = field[u"operation"].str();
        if (operation == "groupby"_L1)
            by << fields.keys[i];
        else if (operation == "aggregate"_L1) {
            for (const QString &calc : calcsFrom(field[u"aggregations"], context))
                calcs << QVariantMap{{u"field"_s, fields.keys[i]}, {u"calc"_s, calc}};
        }
        field[u"aggregations"].take();
    }
    step.options.insert(u"by"_s, by);
    if (!calcs.isEmpty())
        step.options.insert(u"calcs"_s, calcs);
}

bool calculate(const JsonNode &options, Transformation &step, Context &context)
{
    const QString mode = options[u"mode"].str(u"reduceRow"_s);
    const QString alias = options[u"alias"].str();
    if (mode == "binary"_L1) {
        const JsonNode &binary = options[u"binary"];
        const auto side = [](const JsonNode &node) { // a name, or {matcher}
            return node.isMap() ? node[u"matcher"][u"options"].str(node[u"fixed"].str()) : node.str();
        };
        const QString left = side(binary[u"left"]), right = side(binary[u"right"]);
        const QString op = binary[u"operator"].str(u"+"_s);
        step.options = {{u"left"_s, left}, {u"op"_s, op}, {u"right"_s, right}};
        step.options.insert(u"title"_s, alias.isEmpty() ? u"%1 %2 %3"_s.arg(left, op, right) : alias);
        binary.take();
        options[u"reduce"].take(); // of the other mode
    } else if (mode == "reduceRow"_L1) {
        const QString calc = calcFrom(options[u"reduce"][u"reducer"].str(u"sum"_s));
        if (calc.isEmpty())
            return false;
        step.options = {{u"calc"_s, calc}, {u"title"_s, alias.isEmpty() ? u"Total"_s : alias}};
        if (const QStringList names = options[u"reduce"][u"include"].strings(); !names.isEmpty())
            step.options.insert(u"fields"_s, listOf(names));
        options[u"binary"].take();
    } else {
        context.note(options, u"a field calculated %1"_s.arg(mode),
            u"fields are calculated from two, or over a row"_s, Effect::Data);
        return false;
    }
    if (options[u"replaceFields"].truth(false))
        step.options.insert(u"replace"_s, true);
    for (const QString &other : {u"window"_s, u"unary"_s, u"index"_s, u"cumulative"_s, u"timeSeries"_s})
        options[other].take();
    return true;
}

bool filterValues(const JsonNode &options, Transformation &step)
{
    static const QHash<QString, QString> ops{{u"greater"_s, u">"_s}, {u"greaterOrEqual"_s, u">="_s},
        {u"lower"_s, u"<"_s}, {u"lowerOrEqual"_s, u"<="_s}, {u"equal"_s, u"=="_s}, {u"notEqual"_s, u"!="_s},
        {u"isNull"_s, u"null"_s}, {u"isNotNull"_s, u"not_null"_s}, {u"regex"_s, u"regex"_s},
        {u"substring"_s, u"contains"_s}, {u"range"_s, u"between"_s}, {u"between"_s, u"between"_s}};
    QVariantList where;
    for (const JsonNode &filter : options[u"filters"].items) {
        QVariantMap one{{u"field"_s, filter[u"fieldName"].str()}};
        const QString op = ops.value(filter[u"config"][u"id"].str());
        if (op.isEmpty())
            return false;
        one.insert(u"op"_s, op);
        const JsonNode &values = filter[u"config"][u"options"];
        if (!values[u"value"].isMissing())
            one.insert(u"value"_s,
                values[u"value"].num() ? QVariant(*values[u"value"].num())
                                       : QVariant(values[u"value"].str()));
        if (const auto from = values[u"from"].num())
            one.insert(u"value"_s, *from);
        if (const auto to = values[u"to"].num())
            one.insert(u"to"_s, *to);
        where << one;
    }
    step.options = {{u"where"_s, where}};
    if (options[u"type"].str(u"include"_s) == "exclude"_L1)
        step.options.insert(u"keep"_s, false);
    if (options[u"match"].str(u"any"_s) == "all"_L1)
        step.options.insert(u"match"_s, u"all"_s);
    return true;
}

/// False: this one cannot be done here.
bool fill(const QString &id, const JsonNode &options, Transformation &step, Context &context)
{
    if (id == "organize"_L1) {
        organize(options, step, context);
    } else if (id == "filterFieldsByName"_L1) {
        filterNames(options, step);
    } else if (id == "groupBy"_L1) {
        groupBy(options, step, context);
    } else if (id == "merge"_L1) {
        options.take();
    } else if (id == "labelsToFields"_L1) {
        if (const QStringList labels = options[u"keepLabels"].strings(); !labels.isEmpty())
            step.options.insert(u"labels"_s, listOf(labels));
        if (const QString label = options[u"valueLabel"].str(); !label.isEmpty())
            step.options.insert(u"value_label"_s, label);
        if (options[u"mode"].str() == "rows"_L1)
            step.options.insert(u"rows"_s, true);
    } else if (id == "sortBy"_L1) {
        const JsonNode &sort = options[u"sort"];
        if (sort.items.empty() || sort.items.front()[u"field"].text.isEmpty())
            return false;
        step.options.insert(u"field"_s, sort.items.front()[u"field"].str());
        if (sort.items.front()[u"desc"].truth(false))
            step.options.insert(u"desc"_s, true);
        options[u"fields"].take();
    } else if (id == "calculateField"_L1) {
        return calculate(options, step, context);
    } else if (id == "joinByField"_L1 || id == "seriesToColumns"_L1) {
        step.id = u"joinByField"_s;
        step.options.insert(u"field"_s, options[u"byField"].str(u"Time"_s));
        if (options[u"mode"].str() == "inner"_L1)
            step.options.insert(u"mode"_s, u"inner"_s);
    } else if (id == "filterByValue"_L1) {
        return filterValues(options, step);
    } else if (id == "renameByRegex"_L1) {
        step.options = {
            {u"regex"_s, regexFrom(options[u"regex"].str())}, {u"to"_s, options[u"renamePattern"].str()}};
    } else if (id == "filterByRefId"_L1 || id == "filterByQuery"_L1) {
        step.id = u"filterByQuery"_s;
        step.options.insert(u"regex"_s, regexFrom(options[u"include"].str()));
        if (const QString without = options[u"exclude"].str(); !without.isEmpty())
            context.note(options[u"exclude"], u"queries left out: %1"_s.arg(without),
                u"queries are chosen by the names that stay; these stay, too"_s, Effect::Data);
        options[u"exclude"].take();
    } else if (id == "reduce"_L1) {
        const QStringList calcs = calcsFrom(options[u"reducers"], context);
        if (!calcs.isEmpty())
            step.options.insert(u"calcs"_s, listOf(calcs));
        if (options[u"mode"].str() == "reduceFields"_L1)
            step.options.insert(u"mode"_s, u"fields"_s);
        if (options[u"labelsToFields"].truth(false))
            step.options.insert(u"labels"_s, true);
        options[u"includeTimeField"].take();
    } else if (id == "limit"_L1) {
        step.options.insert(u"count"_s, options[u"limitField"].integer(10));
    } else if (id == "seriesToRows"_L1 || id == "concatenate"_L1) {
        options.take();
    } else {
        return false;
    }
    return true;
}

} // namespace

std::vector<Transformation> transformationsFrom(const JsonNode &list, Context &context)
{
    std::vector<Transformation> out;
    for (size_t i = 0; i < list.items.size(); ++i) {
        const JsonNode &entry = list.items[i];
        Transformation step;
        const QString id = entry[u"id"].str();
        step.id = id;
        step.off = entry[u"disabled"].truth(false);
        entry[u"topic"].take();
        if (id == "prepareTimeSeries"_L1 || id == "convertFieldType"_L1) {
            entry.take(); // answers are series, and their types are known
            continue;
        }
        if (!fill(id, entry[u"options"], step, context)) {
            // What follows expects what this one would have made.
            context.note(entry, u"transformation %1"_s.arg(id),
                u"it is not done here; the chain stops before it"_s, Effect::Data);
            for (size_t rest = i + 1; rest < list.items.size(); ++rest)
                context.note(list.items[rest], u"transformation %1"_s.arg(list.items[rest][u"id"].text),
                    u"it follows one that is not done"_s, Effect::Data);
            break;
        }
        if (const JsonNode &filter = entry[u"filter"]; filter.isMap())
            context.note(filter, u"transformation %1 of some queries only"_s.arg(id),
                u"a transformation goes over every table here"_s, Effect::Data);
        entry[u"filter"].take();
        out.push_back(std::move(step));
    }
    return out;
}

} // namespace bw::grafana
