// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/valuestyle.h>

#include <domain/base/format.h>

#include <QRegularExpression>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

bool matches(const ValueMapping &mapping, double value, const QString &text)
{
    switch (mapping.kind) {
    case ValueMapping::Kind::Value: {
        bool isNumber = false;
        const double wanted = mapping.match.toDouble(&isNumber);
        return isNumber ? wanted == value : mapping.match == text;
    }
    case ValueMapping::Kind::Range:
        return value >= mapping.from && value <= mapping.to;
    case ValueMapping::Kind::Regex:
        return QRegularExpression(QRegularExpression::anchoredPattern(mapping.match)).match(text).hasMatch();
    case ValueMapping::Kind::Special:
        // A missing value reaches a cell as NaN; "empty" is a text.
        return mapping.match == "empty"_L1 ? text.isEmpty() : std::isnan(value);
    }
    return false;
}

} // namespace

namespace {

QString toneIn(
    const std::vector<Thresholds> &thresholds, const QString &field, double value, double min, double max)
{
    const Thresholds *chosen = nullptr;
    for (const Thresholds &candidate : thresholds) {
        if (candidate.field == field || (candidate.field.isEmpty() && !chosen))
            chosen = &candidate;
        if (candidate.field == field)
            break;
    }
    if (!chosen || std::isnan(value))
        return {};
    QString tone;
    for (const ThresholdStep &step : chosen->steps) {
        const double from = !step.from ? -HUGE_VAL
            : chosen->percentage       ? min + *step.from / 100 * (max - min)
                                       : *step.from;
        if (value >= from)
            tone = step.color;
    }
    return tone;
}

void applyMappings(const std::vector<ValueMapping> &mappings, double value, ValueStyle &style)
{
    for (const ValueMapping &mapping : mappings) {
        if (!matches(mapping, value, style.text))
            continue;
        if (!mapping.text.isEmpty())
            style.text = mapping.text;
        if (!mapping.color.isEmpty())
            style.tone = mapping.color;
        break;
    }
}

} // namespace

QString toneOf(const Panel &panel, const QString &field, double value, double min, double max)
{
    return toneIn(panel.thresholds, field, value, min, max);
}

ValueStyle styleOf(const Panel &panel, const QString &field, double value, QStringView unit, int decimals,
    double min, double max)
{
    ValueStyle style{formatValue(value, unit, decimals), toneOf(panel, field, value, min, max)};
    if (std::isnan(value) && !panel.noValue.isEmpty())
        style.text = panel.noValue;
    applyMappings(panel.mappings, value, style);
    return style;
}

ValueStyle styleOf(const FieldLook &look, double value, double min, double max)
{
    ValueStyle style{
        formatValue(value, look.unit, look.decimals), toneIn(*look.thresholds, {}, value, min, max)};
    if (std::isnan(value) && !look.noValue.isEmpty())
        style.text = look.noValue;
    applyMappings(*look.mappings, value, style);
    return style;
}

ValueStyle styleOf(const FieldLook &look, const QString &text)
{
    ValueStyle style{text, {}};
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    applyMappings(*look.mappings, isNumber ? number : std::nextafter(1e308, 0), style);
    return style;
}

} // namespace bw
