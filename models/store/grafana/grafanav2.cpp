// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/grafana/importer_p.h>

#include <QHash>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

JsonNode textNode(const QString &text)
{
    JsonNode node;
    node.kind = JsonNode::Kind::Text;
    node.text = text;
    return node;
}
JsonNode numberNode(double value)
{
    JsonNode node;
    node.kind = JsonNode::Kind::Number;
    node.number = value;
    node.text = QString::number(value);
    return node;
}
JsonNode mapNode()
{
    JsonNode node;
    node.kind = JsonNode::Kind::Map;
    return node;
}
JsonNode listNode()
{
    JsonNode node;
    node.kind = JsonNode::Kind::List;
    return node;
}

/// Moves `from`'s member to `to`, if there is one.
void move(JsonNode &from, QStringView key, JsonNode &to, const QString &newKey)
{
    if (from.member(key))
        to.put(newKey, from.takeMember(key));
}

/// {group, datasource: {name}} as {type, uid}.
JsonNode sourceOf(JsonNode &query)
{
    JsonNode source = mapNode();
    move(query, u"group", source, u"type"_s);
    if (JsonNode *named = query.member(u"datasource"))
        move(*named, u"name", source, u"uid"_s);
    return source;
}

JsonNode targetFrom(JsonNode &entry)
{
    JsonNode target = mapNode();
    JsonNode *spec = entry.member(u"spec");
    if (!spec)
        return target;
    if (JsonNode *query = spec->member(u"query")) {
        target = query->takeMember(u"spec");
        if (!target.isMap())
            target = mapNode();
        if (!query->member(u"group"))
            move(*query, u"kind", *query, u"group"_s); // before v2beta1 the kind was the type of source
        target.put(u"datasource"_s, sourceOf(*query));
    }
    move(*spec, u"refId", target, u"refId"_s);
    move(*spec, u"hidden", target, u"hide"_s);
    move(*spec, u"datasource", target, u"datasource"_s); // before v2beta1
    return target;
}

JsonNode panelFromElement(JsonNode &element)
{
    JsonNode panel = mapNode();
    JsonNode *spec = element.member(u"spec");
    if (!spec)
        return panel;
    for (const QString &key :
        {u"id"_s, u"title"_s, u"description"_s, u"links"_s, u"transparent"_s, u"libraryPanel"_s})
        move(*spec, key, panel, key);
    if (JsonNode *viz = spec->member(u"vizConfig")) {
        move(*viz, viz->member(u"group") ? u"group" : u"kind", panel, u"type"_s);
        if (JsonNode *inner = viz->member(u"spec")) {
            move(*inner, u"options", panel, u"options"_s);
            move(*inner, u"fieldConfig", panel, u"fieldConfig"_s);
        }
    }
    JsonNode *data = spec->member(u"data");
    JsonNode *group = data ? data->member(u"spec") : nullptr;
    if (!group)
        return panel;
    JsonNode targets = listNode(), steps = listNode();
    if (JsonNode *queries = group->member(u"queries")) {
        for (JsonNode &entry : queries->items)
            targets.items.push_back(targetFrom(entry));
    }
    if (JsonNode *list = group->member(u"transformations")) {
        for (JsonNode &entry : list->items) {
            JsonNode step = mapNode();
            if (JsonNode *inner = entry.member(u"spec")) {
                for (const QString &key : {u"id"_s, u"options"_s, u"disabled"_s, u"filter"_s, u"topic"_s})
                    move(*inner, key, step, key);
            }
            if (!step.member(u"id"))
                move(entry, entry.member(u"group") ? u"group" : u"kind", step, u"id"_s);
            steps.items.push_back(std::move(step));
        }
    }
    panel.put(u"targets"_s, std::move(targets));
    panel.put(u"transformations"_s, std::move(steps));
    if (JsonNode *options = group->member(u"queryOptions")) {
        for (const QString &key :
            {u"interval"_s, u"maxDataPoints"_s, u"timeFrom"_s, u"timeShift"_s, u"hideTimeOverride"_s})
            move(*options, key, panel, key);
    }
    return panel;
}

/// Puts panels of any layout into one list, from the row `top` on.
class Layouter
{
public:
    Layouter(JsonNode &elements, Context &context)
        : m_elements(elements)
        , m_context(context)
    {
    }

    JsonNode panels = listNode();

    /// Returns the first free row behind it.
    int place(JsonNode &layout, int top, int depth)
    {
        const QString kind = layout[u"kind"].str();
        JsonNode *spec = layout.member(u"spec");
        if (!spec || depth > 8)
            return top;
        if (kind == "RowsLayout"_L1 || kind == "TabsLayout"_L1)
            return placeSections(*spec, kind == "TabsLayout"_L1, top, depth);
        return kind == "AutoGridLayout"_L1 || kind == "ResponsiveGridLayout"_L1 ? placeInOrder(*spec, top)
                                                                                : placeGrid(*spec, top);
    }

    void add(const QString &name, double x, double y, double w, double h, JsonNode *repeat)
    {
        JsonNode *element = m_elements.member(name);
        if (!element)
            return;
        JsonNode panel = panelFromElement(*element);
        JsonNode grid = mapNode();
        grid.put(u"x"_s, numberNode(x));
        grid.put(u"y"_s, numberNode(y));
        grid.put(u"w"_s, numberNode(w));
        grid.put(u"h"_s, numberNode(h));
        panel.put(u"gridPos"_s, std::move(grid));
        if (repeat && (*repeat)[u"mode"].str(u"variable"_s) == "variable"_L1) {
            move(*repeat, u"value", panel, u"repeat"_s);
            move(*repeat, u"direction", panel, u"repeatDirection"_s);
            move(*repeat, u"maxPerRow", panel, u"maxPerRow"_s);
        }
        m_placed << name;
        panels.items.push_back(std::move(panel));
    }

    /// Elements that no layout has.
    int addRest(int top)
    {
        const QStringList names = m_elements.keys;
        for (const QString &name : names) {
            if (!m_placed.contains(name)) {
                add(name, 0, top, 12, 8, nullptr);
                top += 8;
            }
        }
        return top;
    }

private:
    void noteConditions(const JsonNode &node)
    {
        if (!node[u"conditionalRendering"].isMissing())
            m_context.note(node[u"conditionalRendering"], u"shown under a condition"_s,
                u"it is always shown"_s, Effect::Looks);
    }

    int placeGrid(JsonNode &spec, int top)
    {
        int bottom = top;
        JsonNode *items = spec.member(u"items");
        for (size_t i = 0; items && i < items->items.size(); ++i) {
            JsonNode &entry = items->items[i];
            entry[u"kind"].take();
            JsonNode *item = entry.member(u"spec");
            if (!item)
                continue;
            const int h = std::clamp((*item)[u"height"].integer(8), 1, 200);
            const int y = top + std::clamp((*item)[u"y"].integer(0), 0, 100'000);
            add((*item)[u"element"][u"name"].str(), (*item)[u"x"].integer(0), y,
                (*item)[u"width"].integer(12), h, item->member(u"repeat"));
            (*item)[u"element"][u"kind"].take();
            bottom = std::max(bottom, y + h);
        }
        return bottom;
    }

    int placeInOrder(JsonNode &spec, int top)
    {
        const int perRow = std::clamp(spec[u"maxColumnCount"].integer(3), 1, 12), width = 24 / perRow;
        int at = 0;
        JsonNode *items = spec.member(u"items");
        for (size_t i = 0; items && i < items->items.size(); ++i) {
            JsonNode &entry = items->items[i];
            entry[u"kind"].take();
            JsonNode *item = entry.member(u"spec");
            if (!item)
                continue;
            noteConditions(*item);
            add((*item)[u"element"][u"name"].str(), (at % perRow) * width, top + at / perRow * 8, width, 8,
                item->member(u"repeat"));
            (*item)[u"element"][u"kind"].take();
            ++at;
        }
        for (const QString &key :
            {u"columnWidthMode"_s, u"rowHeightMode"_s, u"columnWidth"_s, u"rowHeight"_s, u"fillScreen"_s})
            spec[key].take(); // as wide as they fit
        return top + (at + perRow - 1) / perRow * 8;
    }

    int placeSections(JsonNode &spec, bool tabs, int top, int depth)
    {
        JsonNode *list = spec.member(tabs ? u"tabs" : u"rows");
        for (size_t i = 0; list && i < list->items.size(); ++i) {
            JsonNode &entry = list->items[i];
            entry[u"kind"].take();
            JsonNode *section = entry.member(u"spec");
            if (!section)
                continue;
            noteConditions(*section);
            if (!(*section)[u"hideHeader"].truth(false)) {
                JsonNode row = mapNode(), grid = mapNode();
                row.put(u"type"_s, textNode(u"row"_s));
                move(*section, u"title", row, u"title"_s);
                move(*section, u"collapse", row, u"collapsed"_s);
                grid.put(u"y"_s, numberNode(top));
                row.put(u"gridPos"_s, std::move(grid));
                if (JsonNode *repeat = section->member(u"repeat"))
                    move(*repeat, u"value", row, u"repeat"_s);
                panels.items.push_back(std::move(row));
                ++top;
            }
            if (JsonNode *inner = section->member(u"layout"))
                top = place(*inner, top, depth + 1);
        }
        if (tabs)
            m_context.noteOnce(spec[u"tabs"].items.empty() ? spec : spec[u"tabs"].items.front()[u"kind"],
                u"tabs"_s, u"each is a row that can be folded"_s, Effect::Looks);
        return top;
    }

    JsonNode &m_elements;
    Context &m_context;
    QStringList m_placed;
};

QString variableType(const QString &kind)
{
    static const QHash<QString, QString> types{{u"QueryVariable"_s, u"query"_s},
        {u"TextVariable"_s, u"textbox"_s}, {u"ConstantVariable"_s, u"constant"_s},
        {u"DatasourceVariable"_s, u"datasource"_s}, {u"IntervalVariable"_s, u"interval"_s},
        {u"CustomVariable"_s, u"custom"_s}, {u"GroupByVariable"_s, u"groupby"_s},
        {u"AdhocVariable"_s, u"adhoc"_s}, {u"SwitchVariable"_s, u"switch"_s}};
    return types.value(kind, kind);
}

JsonNode variablesFrom(JsonNode &list)
{
    JsonNode out = listNode();
    for (JsonNode &entry : list.items) {
        const QString kind = entry[u"kind"].str();
        JsonNode variable = entry.takeMember(u"spec");
        if (!variable.isMap())
            continue;
        variable.put(u"type"_s, textNode(variableType(kind)));
        if (JsonNode *query = variable.member(u"query"); query && query->isMap()) {
            JsonNode source = sourceOf(*query);
            JsonNode text = query->takeMember(u"spec");
            variable.put(u"query"_s, std::move(text));
            variable.put(u"datasource"_s, std::move(source));
        }
        if (kind == "DatasourceVariable"_L1)
            move(variable, u"pluginId", variable, u"query"_s);
        out.items.push_back(std::move(variable));
    }
    return out;
}

} // namespace

void fromV2(JsonNode &document, Context &context)
{
    document.pinPaths(); // pointers to parents do not hold while parts move about
    JsonNode spec = document.member(u"spec") ? document.takeMember(u"spec") : JsonNode();
    if (!spec.isMap())
        spec = mapNode();
    JsonNode elements = spec.takeMember(u"elements"), layout = spec.takeMember(u"layout");
    if (!elements.isMap())
        elements = mapNode();
    Layouter layouter(elements, context);
    layouter.addRest(layouter.place(layout, 0, 0));
    JsonNode templating = mapNode(), annotations = mapNode(), time = mapNode();
    if (JsonNode *variables = spec.member(u"variables")) {
        templating.put(u"list"_s, variablesFrom(*variables));
        spec.takeMember(u"variables");
    }
    JsonNode notes = listNode();
    if (JsonNode *list = spec.member(u"annotations")) {
        for (JsonNode &entry : list->items) {
            JsonNode note = entry.takeMember(u"spec");
            JsonNode query = note.takeMember(u"query");
            if (query.isMap()) {
                note.put(u"datasource"_s, sourceOf(query));
                JsonNode inner = query.takeMember(u"spec");
                move(inner, u"expr", note, u"expr"_s);
                query.put(u"spec"_s, std::move(inner));
                note.put(u"query"_s, std::move(query)); // what was not moved is still to be told
            }
            notes.items.push_back(std::move(note));
        }
        spec.takeMember(u"annotations");
    }
    annotations.put(u"list"_s, std::move(notes));
    JsonNode settings = spec.takeMember(u"timeSettings");
    move(settings, u"from", time, u"from"_s);
    move(settings, u"to", time, u"to"_s);
    move(settings, u"autoRefresh", spec, u"refresh"_s);
    move(settings, u"timezone", spec, u"timezone"_s);
    settings.take(); // ranges to pick from, first day of the week
    spec.put(u"timeSettings"_s, std::move(settings));
    static const QHash<QString, QString> cursors{
        {u"Off"_s, u"0"_s}, {u"Crosshair"_s, u"1"_s}, {u"Tooltip"_s, u"2"_s}};
    spec.put(u"graphTooltip"_s, textNode(cursors.value(spec[u"cursorSync"].str(), u"1"_s)));
    spec.put(u"time"_s, std::move(time));
    spec.put(u"templating"_s, std::move(templating));
    spec.put(u"annotations"_s, std::move(annotations));
    spec.put(u"panels"_s, std::move(layouter.panels));
    // What is left of the old shape stays in the document, so that the sweep names it.
    spec.put(u"elements"_s, std::move(elements));
    spec.put(u"layout"_s, std::move(layout));
    JsonNode rest = std::move(document);
    document = std::move(spec);
    document.put(u"resource"_s, std::move(rest));
    document.adopt();
}

} // namespace bw::grafana
