// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/transform.h>

#include <domain/base/fieldspec.h>
#include <domain/dashboards/transform_p.h>
#include <domain/metrics/calc.h>

#include <QRegularExpression>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// One line of the table of transformations.
struct Kind
{
    QLatin1StringView id;
    QStringList keys; ///< of its settings
    QStringList required;
    size_t (*apply)(Frames &frames, const QVariantMap &options); ///< rows it had no room for
};

/// A step that never makes more of what there is.
template<void (*step)(Frames &, const QVariantMap &)>
size_t keepsAll(Frames &frames, const QVariantMap &options)
{
    step(frames, options);
    return 0;
}

const std::vector<Kind> &kinds()
{
    static const std::vector<Kind> table{
        {"organize"_L1, {u"exclude"_s, u"order"_s, u"rename"_s}, {}, keepsAll<organizeFields>},
        {"filterFieldsByName"_L1, {u"include"_s, u"exclude"_s, u"include_regex"_s, u"exclude_regex"_s}, {},
            keepsAll<filterFields>},
        {"filterByQuery"_L1, {u"regex"_s}, {u"regex"_s}, keepsAll<filterQueries>},
        {"merge"_L1, {}, {}, [](Frames &frames, const QVariantMap &) { return mergeFrames(frames); }},
        {"groupBy"_L1, {u"by"_s, u"calcs"_s}, {}, groupRows},
        {"labelsToFields"_L1, {u"labels"_s, u"value_label"_s, u"rows"_s}, {}, labelsToFields},
        {"sortBy"_L1, {u"field"_s, u"desc"_s}, {u"field"_s}, keepsAll<sortRows>},
        {"calculateField"_L1,
            {u"title"_s, u"left"_s, u"op"_s, u"right"_s, u"calc"_s, u"fields"_s, u"replace"_s}, {},
            calculateField},
        {"joinByField"_L1, {u"field"_s, u"mode"_s}, {u"field"_s}, joinFrames},
        {"filterByValue"_L1, {u"keep"_s, u"match"_s, u"where"_s}, {u"where"_s}, keepsAll<filterRows>},
        {"renameByRegex"_L1, {u"regex"_s, u"to"_s}, {u"regex"_s}, keepsAll<renameFields>},
        {"reduce"_L1, {u"calcs"_s, u"mode"_s, u"labels"_s}, {}, reduceFrames},
        {"limit"_L1, {u"count"_s}, {u"count"_s}, keepsAll<limitRows>},
        {"seriesToRows"_L1, {}, {}, [](Frames &frames, const QVariantMap &) { return seriesToRows(frames); }},
        {"concatenate"_L1, {}, {},
            [](Frames &frames, const QVariantMap &) { return concatenateFrames(frames); }},
    };
    return table;
}

const Kind *kindOf(const QString &id)
{
    const auto at =
        std::find_if(kinds().begin(), kinds().end(), [&](const Kind &kind) { return kind.id == id; });
    return at == kinds().end() ? nullptr : &*at;
}

void checkCalc(const QVariant &calc, QStringList &problems)
{
    if (!isCalc(calc.toString()))
        problems << u"calc: found \"%1\", allowed is one of %2, p1 to p99"_s.arg(
            calc.toString(), calcIds().join(u", "_s));
}

void checkRegex(const QVariant &regex, QStringList &problems)
{
    if (const QRegularExpression expression(regex.toString()); !expression.isValid())
        problems << u"regex: "_s + expression.errorString();
}

} // namespace

QStringList transformationIds()
{
    QStringList ids;
    for (const Kind &kind : kinds())
        ids << kind.id;
    return ids;
}

QStringList transformationProblems(const Transformation &step)
{
    const Kind *kind = kindOf(step.id);
    if (!kind) {
        const QString nearest = nearestKey(step.id, transformationIds());
        return {u"there is no transformation \"%1\"%2; allowed is one of %3"_s.arg(step.id,
            nearest.isEmpty() ? QString() : u" (did you mean %1?)"_s.arg(nearest),
            transformationIds().join(u", "_s))};
    }
    QStringList problems;
    for (auto option = step.options.begin(); option != step.options.end(); ++option) {
        if (!kind->keys.contains(option.key()))
            problems << u"unknown setting \"%1\"; it has %2"_s.arg(
                option.key(), kind->keys.isEmpty() ? u"none"_s : kind->keys.join(u", "_s));
        if (option.key().contains("regex"_L1))
            checkRegex(option.value(), problems);
    }
    for (const QString &key : kind->required) {
        if (!step.options.contains(key))
            problems << u"needs \"%1\""_s.arg(key);
    }
    if (step.options.contains(u"calc"_s))
        checkCalc(step.options.value(u"calc"_s), problems);
    for (const QVariant &calc : step.options.value(u"calcs"_s).toList())
        checkCalc(calc.typeId() == QMetaType::QVariantMap ? calc.toMap().value(u"calc"_s) : calc, problems);
    return problems;
}

Transformed transformed(Frames frames, std::span<const Transformation> steps)
{
    Transformed out{std::move(frames), {}, 0};
    for (size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].off)
            continue;
        const Kind *kind = kindOf(steps[i].id);
        const QStringList problems = transformationProblems(steps[i]);
        if (!kind || !problems.isEmpty()) {
            out.problem = u"step %1, %2: %3"_s.arg(i + 1).arg(steps[i].id, problems.join(u"; "_s));
            return out;
        }
        out.left += kind->apply(out.frames, steps[i].options);
    }
    return out;
}

size_t rowsFor(size_t fields)
{
    return std::min(kMaxTransformedRows, kMaxTransformedCells / std::max<size_t>(fields, 1));
}

Frame pickedRows(const Frame &frame, const std::vector<size_t> &rows)
{
    Frame out{frame.query, {}};
    for (const Field &field : frame.fields) {
        Field picked{field.name, field.type, field.labels, field.query, {}};
        picked.cells.reserve(rows.size());
        for (const size_t row : rows)
            picked.cells.push_back(field.cells[row]);
        out.fields.push_back(std::move(picked));
    }
    return out;
}

void numberEqualNames(Frame &frame)
{
    QHash<QString, int> total, seen;
    for (const Field &field : frame.fields)
        ++total[field.name];
    for (Field &field : frame.fields) {
        if (total.value(field.name) > 1) {
            const int number = ++seen[field.name];
            field.name += u" %1"_s.arg(number);
        }
    }
}

std::vector<double> numbersOf(const Field &field)
{
    std::vector<double> numbers;
    numbers.reserve(field.cells.size());
    for (const Cell &cell : field.cells)
        numbers.push_back(numberOf(cell));
    return numbers;
}

} // namespace bw
