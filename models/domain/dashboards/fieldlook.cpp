// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/fieldlook.h>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

FieldSpec setting(QString key, QString label, FieldSpec::Kind kind, QStringList choices = {})
{
    FieldSpec spec;
    spec.key = std::move(key);
    spec.label = std::move(label);
    spec.kind = kind;
    spec.choices = std::move(choices);
    return spec;
}

bool compares(double left, const QString &op, double right)
{
    if (op == ">"_L1)
        return left > right;
    if (op == ">="_L1)
        return left >= right;
    if (op == "<"_L1)
        return left < right;
    if (op == "<="_L1)
        return left <= right;
    return (left == right) == (op != "!="_L1);
}

} // namespace

const std::vector<FieldSpec> &fieldSettings()
{
    using Kind = FieldSpec::Kind;
    static const std::vector<FieldSpec> specs{
        setting(u"title"_s, u"Title"_s, Kind::Text),
        setting(u"unit"_s, u"Unit"_s, Kind::Text),
        setting(u"decimals"_s, u"Decimals"_s, Kind::Integer),
        setting(u"color"_s, u"Colour"_s, Kind::Text),
        setting(u"no_value"_s, u"Text without a value"_s, Kind::Text),
        setting(u"min"_s, u"Lowest value"_s, Kind::Number),
        setting(u"max"_s, u"Highest value"_s, Kind::Number),
        setting(u"draw"_s, u"Draw as"_s, Kind::Choice, {u"lines"_s, u"bars"_s, u"points"_s, u"steps"_s}),
        setting(u"line"_s, u"Line"_s, Kind::Choice, {u"solid"_s, u"dashed"_s, u"dotted"_s}),
        setting(u"line_width"_s, u"Line width"_s, Kind::Number),
        setting(u"fill"_s, u"Fill in percent"_s, Kind::Integer),
        setting(u"fill_to"_s, u"Fill down to this field"_s, Kind::Text),
        setting(u"stack"_s, u"Stacked"_s, Kind::Boolean),
        setting(u"axis"_s, u"Axis"_s, Kind::Choice, {u"left"_s, u"right"_s, u"hidden"_s}),
        setting(u"negative"_s, u"Below zero"_s, Kind::Boolean),
        setting(u"span_gaps"_s, u"Bridge gaps"_s, Kind::Boolean),
        setting(u"hidden"_s, u"Not shown"_s, Kind::Boolean),
        setting(u"legend"_s, u"In the legend"_s, Kind::Boolean),
        setting(u"width"_s, u"Column width"_s, Kind::Integer),
        setting(u"align"_s, u"Alignment"_s, Kind::Choice, {u"left"_s, u"center"_s, u"right"_s}),
        setting(u"cell"_s, u"Cell"_s, Kind::Choice,
            {u"plain"_s, u"color"_s, u"background"_s, u"bar"_s, u"sparkline"_s, u"state"_s}),
    };
    return specs;
}

FieldLooks::FieldLooks(const Panel &panel)
    : m_panel(&panel)
{
    for (const FieldOverride &rule : panel.overrides) {
        m_regexes.emplace_back(
            rule.by == FieldOverride::By::NameRegex ? QRegularExpression(rule.match) : QRegularExpression());
        m_thresholds.emplace_back();
        if (rule.thresholds)
            m_thresholds.back().push_back(*rule.thresholds);
    }
}

bool FieldLooks::matches(size_t at, const FieldFacts &facts) const
{
    const FieldOverride &rule = m_panel->overrides[at];
    switch (rule.by) {
    case FieldOverride::By::Name:
        return rule.match == facts.name;
    case FieldOverride::By::NameRegex:
        return m_regexes[at].isValid() && m_regexes[at].match(facts.name).hasMatch();
    case FieldOverride::By::Type:
        return rule.match == facts.type;
    case FieldOverride::By::Query:
        return rule.match == facts.query;
    case FieldOverride::By::Value:
        return facts.value && compares(facts.value(rule.calc), rule.op, rule.value);
    }
    return false;
}

FieldLook FieldLooks::lookFor(const FieldFacts &facts) const
{
    FieldLook look;
    look.unit = m_panel->unit;
    look.decimals = m_panel->decimals;
    look.noValue = m_panel->noValue;
    look.color = m_panel->options.value(u"color"_s).toString();
    look.thresholds = &m_panel->thresholds;
    look.mappings = &m_panel->mappings;
    look.links = &m_panel->links;
    for (size_t i = 0; i < m_panel->overrides.size(); ++i) {
        if (!matches(i, facts))
            continue;
        const FieldOverride &rule = m_panel->overrides[i];
        look.isOverridden = true;
        for (auto entry = rule.set.begin(); entry != rule.set.end(); ++entry)
            look.set.insert(entry.key(), entry.value());
        if (rule.thresholds)
            look.thresholds = &m_thresholds[i];
        if (rule.mappings)
            look.mappings = &*rule.mappings;
        if (!rule.links.empty())
            look.links = &rule.links;
    }
    if (!look.isOverridden)
        return look;
    look.title = look.set.value(u"title"_s).toString();
    look.unit = look.set.value(u"unit"_s, look.unit).toString();
    look.decimals = look.set.value(u"decimals"_s, look.decimals).toInt();
    look.noValue = look.set.value(u"no_value"_s, look.noValue).toString();
    look.color = look.set.value(u"color"_s, look.color).toString();
    return look;
}

} // namespace bw
