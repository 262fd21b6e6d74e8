// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/variabledocument.h>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

constexpr int kMaxAutoCount = 10'000; // more points than the widest wall has pixels

/// What `query` is called in the file depends on the kind: a datasource variable asks for a type of source.
QString queryKey(const Variable &variable)
{
    return variable.kind == "datasource"_L1 ? u"type"_s : u"query"_s;
}

void readAll(YamlMap &map, YamlReport &report, Variable &variable)
{
    const YamlNode *all = map.value(u"all"_s);
    if (all && all->kind == YamlNode::Kind::Map) {
        YamlMap values(*all, report, u"all"_s);
        variable.all = values.boolean(u"allowed"_s, true);
        variable.allValue = values.text(u"value"_s);
        values.finish();
    } else if (all) {
        variable.all = map.boolean(u"all"_s, false);
    }
}

void readAutomatic(YamlMap &map, YamlReport &report, Variable &variable)
{
    const YamlNode *automatic = map.value(u"auto"_s);
    if (automatic && automatic->kind == YamlNode::Kind::Map) {
        YamlMap values(*automatic, report, u"auto"_s);
        variable.automatic = true;
        variable.autoCount = values.integer(u"count"_s, variable.autoCount, 1, kMaxAutoCount);
        variable.autoMin = values.durationText(u"min"_s, 1ms, {}, variable.autoMin);
        values.finish();
    } else if (automatic) {
        variable.automatic = map.boolean(u"auto"_s, false);
    }
}

} // namespace

std::optional<Variable> readVariable(const YamlNode &node, YamlReport &report)
{
    YamlMap map(node, report, u"a variable"_s);
    Variable variable;
    variable.name = map.required(u"name"_s);
    variable.kind = map.choice(u"kind"_s,
        {u"query"_s, u"custom"_s, u"constant"_s, u"text"_s, u"interval"_s, u"datasource"_s, u"adhoc"_s},
        u"query"_s);
    variable.label = map.text(u"label"_s);
    variable.datasource = map.text(u"datasource"_s);
    variable.query = map.text(queryKey(variable));
    variable.regex = map.text(u"regex"_s);
    variable.options = map.texts(u"options"_s);
    variable.multi = map.boolean(u"multi"_s, false);
    readAll(map, report, variable);
    variable.sort = map.choice(u"sort"_s,
        {u"none"_s, u"alpha"_s, u"alpha-desc"_s, u"numeric"_s, u"numeric-desc"_s, u"natural"_s,
            u"natural-desc"_s},
        variable.sort);
    variable.refresh = map.choice(u"refresh"_s, {u"never"_s, u"load"_s, u"time"_s}, variable.refresh);
    readAutomatic(map, report, variable);
    variable.defaults = map.texts(u"default"_s);
    variable.show = map.choice(u"show"_s, {u"all"_s, u"label"_s, u"value"_s, u"none"_s}, variable.show);
    map.finish();
    if (variable.name.startsWith("__"_L1))
        map.wrong(*node.find(u"name"), u"name"_s, u"a name that does not start with '__'"_s);
    return variable.name.isEmpty() ? std::nullopt : std::optional(variable);
}

void writeVariable(YamlWriter &out, const Variable &variable)
{
    using Quote = YamlWriter::Quote;
    const Variable defaults;
    out.beginItem();
    out.text(u"name"_s, variable.name);
    out.text(u"kind"_s, variable.kind);
    out.textUnless(u"label"_s, variable.label, {});
    out.textUnless(u"datasource"_s, variable.datasource, {});
    out.textUnless(queryKey(variable), variable.query, {});
    out.textUnless(u"regex"_s, variable.regex, {});
    out.texts(u"options"_s, variable.options, Quote::Always);
    if (variable.multi)
        out.boolean(u"multi"_s, true);
    if (variable.all || !variable.allValue.isEmpty()) {
        out.begin(u"all"_s);
        out.boolean(u"allowed"_s, variable.all);
        out.textUnless(u"value"_s, variable.allValue, {});
        out.end();
    }
    out.textUnless(u"sort"_s, variable.sort, defaults.sort);
    out.textUnless(u"refresh"_s, variable.refresh, defaults.refresh);
    if (variable.automatic) {
        out.begin(u"auto"_s);
        out.integer(u"count"_s, variable.autoCount);
        out.text(u"min"_s, variable.autoMin);
        out.end();
    }
    out.texts(u"default"_s, variable.defaults, Quote::Always);
    out.textUnless(u"show"_s, variable.show, defaults.show);
    out.endItem();
}

} // namespace bw
