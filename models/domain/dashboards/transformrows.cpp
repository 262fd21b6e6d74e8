// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/transform_p.h>
#include <domain/metrics/calc.h>

#include <QHash>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A text that is equal for equal cells and different for different ones.
QString keyOf(const Cell &cell)
{
    if (const auto *number = std::get_if<double>(&cell))
        return u"n"_s + QString::number(*number, 'g', 17);
    if (const auto *moment = std::get_if<Moment>(&cell))
        return u"t"_s + QString::number(moment->ns);
    if (const auto *text = std::get_if<Untrusted>(&cell))
        return u"s"_s + verbatim(*text);
    return u"-"_s;
}

QString keyOf(const Frame &frame, const std::vector<size_t> &columns, size_t row)
{
    QString key;
    for (const size_t column : columns)
        key += keyOf(frame.fields[column].cells[row]) + QChar(0x1f);
    return key;
}

std::vector<size_t> columnsNamed(const Frame &frame, const QStringList &names)
{
    std::vector<size_t> columns;
    for (const QString &name : names) {
        for (size_t i = 0; i < frame.fields.size(); ++i) {
            if (frame.fields[i].name == name) {
                columns.push_back(i);
                break;
            }
        }
    }
    return columns;
}

void padTo(Frame &frame, size_t rows)
{
    for (Field &field : frame.fields)
        field.cells.resize(rows);
}

bool isNothing(const Cell &cell)
{
    return cell.index() == 0 || (cell.index() == 1 && std::isnan(std::get<double>(cell)));
}

bool holds(const Cell &cell, const QVariantMap &condition)
{
    const QString op = condition.value(u"op"_s).toString();
    const double number = numberOf(cell);
    if (op == "null"_L1 || op == "not_null"_L1)
        return isNothing(cell) == (op == "null"_L1);
    const QVariant wanted = condition.value(u"value"_s);
    const auto *text = std::get_if<Untrusted>(&cell);
    if (op == "regex"_L1) {
        const QString shown = text ? verbatim(*text) : QString::number(number);
        return QRegularExpression(wanted.toString()).match(shown).hasMatch();
    }
    if (op == "contains"_L1)
        return text && verbatim(*text).contains(wanted.toString(), Qt::CaseInsensitive);
    if (op == "=="_L1 || op == "!="_L1) {
        const bool equal = text ? verbatim(*text) == wanted.toString() : number == wanted.toDouble();
        return equal == (op == "=="_L1);
    }
    const double bound = wanted.toDouble();
    if (op == ">"_L1)
        return number > bound;
    if (op == ">="_L1)
        return number >= bound;
    if (op == "<"_L1)
        return number < bound;
    if (op == "between"_L1)
        return number >= bound && number <= condition.value(u"to"_s).toDouble();
    return op == "<="_L1 && number <= bound;
}

/// The newest or oldest cell of a group that says something; `last_null` takes the newest as it is.
Cell pickedCell(const Field &field, const std::vector<size_t> &rows, const QString &calc)
{
    const auto says = [&field](size_t row) { return !isNothing(field.cells[row]); };
    if (calc == "first"_L1) {
        const auto at = std::find_if(rows.begin(), rows.end(), says);
        return field.cells[at == rows.end() ? rows.front() : *at];
    }
    const auto at = calc == "last_null"_L1 ? rows.rbegin() : std::find_if(rows.rbegin(), rows.rend(), says);
    return field.cells[at == rows.rend() ? rows.back() : *at];
}

/// One column of a grouped table.
Field groupedField(const Field &field, const QString &calc, const std::vector<std::vector<size_t>> &groups)
{
    Field out{u"%1 (%2)"_s.arg(field.name, calc), Field::Type::Number, {}, field.query, {}};
    // The newest or oldest of anything is of the same kind; a sum of texts is their number.
    const bool keepsCell = calc == "last"_L1 || calc == "last_null"_L1 || calc == "first"_L1;
    if (keepsCell)
        out.type = field.type;
    for (const std::vector<size_t> &rows : groups) {
        if (keepsCell) {
            out.cells.push_back(pickedCell(field, rows, calc));
            continue;
        }
        std::vector<double> values;
        for (const size_t row : rows)
            values.push_back(numberOf(field.cells[row]));
        const bool counts = calc == "count"_L1;
        out.cells.emplace_back(counts ? double(rows.size()) : calculate(values, calc));
    }
    return out;
}

/// Names as the column titles of a reduced table.
QString reducedTitle(const QString &calc)
{
    QString title = calcTitle(calc);
    title[0] = title[0].toUpper();
    return calc == "last"_L1 ? u"Last *"_s : title;
}

} // namespace

size_t mergeFrames(Frames &frames)
{
    std::erase_if(frames, [](const Frame &frame) { return frame.fields.empty(); });
    if (frames.size() < 2)
        return 0;
    Frame out;
    QStringList common;
    for (const Field &field : frames.front().fields)
        common << field.name;
    for (const Frame &frame : frames) {
        common.removeIf([&](const QString &name) { return !frame.find(name); });
        for (const Field &field : frame.fields) {
            if (!out.find(field.name))
                out.fields.push_back({field.name, field.type, field.labels, field.query, {}});
        }
    }
    const std::vector<size_t> keys = columnsNamed(out, common);
    QMultiHash<QString, size_t> rowsOf;
    const size_t most = rowsFor(out.fields.size());
    size_t rows = 0, left = 0;
    for (const Frame &frame : frames) {
        const std::vector<size_t> own = columnsNamed(frame, common);
        std::vector<size_t> target;
        for (const Field &field : frame.fields)
            target.push_back(columnsNamed(out, {field.name}).front());
        for (size_t row = 0; row < frame.rows(); ++row) {
            const QString key = keyOf(frame, own, row);
            const auto fits = [&](size_t at) {
                for (size_t i = 0; i < target.size(); ++i) {
                    const Cell &there = out.fields[target[i]].cells[at];
                    if (there.index() != 0 && !sameCell(there, frame.fields[i].cells[row]))
                        return false;
                }
                return true;
            };
            size_t at = rows;
            const QList<size_t> candidates = common.isEmpty() ? QList<size_t>() : rowsOf.values(key);
            // Oldest first; a key with very many rows is no key worth searching.
            for (qsizetype i = candidates.size() - 1; i >= 0 && candidates.size() - i < 64; --i) {
                if (fits(candidates[i])) {
                    at = candidates[i];
                    break;
                }
            }
            if (at == rows && rows >= most) {
                ++left;
                continue;
            }
            if (at == rows) {
                padTo(out, ++rows);
                rowsOf.insert(key, at);
            }
            for (size_t i = 0; i < target.size(); ++i)
                out.fields[target[i]].cells[at] = frame.fields[i].cells[row];
        }
    }
    frames = {std::move(out)};
    return left;
}

size_t joinFrames(Frames &frames, const QVariantMap &options)
{
    const QString name = options.value(u"field"_s).toString();
    const bool isInner = options.value(u"mode"_s).toString() == "inner"_L1;
    std::erase_if(frames, [&](const Frame &frame) { return !frame.find(name); });
    if (frames.size() < 2)
        return 0;
    size_t fields = 1, left = 0;
    for (const Frame &frame : frames)
        fields += frame.fields.size() - 1;
    const size_t most = rowsFor(fields);
    // Rows with one key are told apart by their number, so that none is lost.
    std::map<QString, size_t> rowOf;
    std::vector<std::vector<std::pair<size_t, size_t>>> places(frames.size()); // row there, row here
    std::vector<Cell> keys;
    for (size_t f = 0; f < frames.size(); ++f) {
        const Field &field = *frames[f].find(name);
        QHash<QString, int> seen;
        for (size_t row = 0; row < frames[f].rows(); ++row) {
            const QString key = keyOf(field.cells[row]);
            const QString numbered = key + QChar(0x1f) + QString::number(seen[key]++);
            auto at = rowOf.find(numbered);
            if (at == rowOf.end()) {
                if (keys.size() >= most) {
                    ++left;
                    continue;
                }
                at = rowOf.emplace(numbered, keys.size()).first;
                keys.push_back(field.cells[row]);
            }
            places[f].emplace_back(row, at->second);
        }
    }
    const Field &first = *frames.front().find(name);
    Frame out{{}, {{name, first.type, {}, {}, keys}}};
    std::vector<size_t> met(keys.size(), 0);
    for (size_t f = 0; f < frames.size(); ++f) {
        for (Field &field : frames[f].fields) {
            if (field.name == name)
                continue;
            Field made{field.name, field.type, field.labels, field.query, {}};
            made.cells.resize(keys.size());
            for (const auto &[from, to] : places[f])
                made.cells[to] = std::move(field.cells[from]);
            out.fields.push_back(std::move(made));
        }
        for (const auto &[from, to] : places[f])
            ++met[to];
    }
    numberEqualNames(out);
    std::vector<size_t> rows(keys.size());
    std::iota(rows.begin(), rows.end(), size_t(0));
    if (isInner)
        std::erase_if(rows, [&](size_t row) { return met[row] < frames.size(); });
    if (first.type == Field::Type::Time)
        std::stable_sort(
            rows.begin(), rows.end(), [&](size_t a, size_t b) { return lessCell(keys[a], keys[b]); });
    frames = {pickedRows(out, rows)};
    return left;
}

size_t groupRows(Frames &frames, const QVariantMap &options)
{
    size_t left = 0;
    const QStringList by = options.value(u"by"_s).toStringList();
    for (Frame &frame : frames) {
        const std::vector<size_t> columns = columnsNamed(frame, by);
        if (columns.empty())
            continue; // a table without any of the fields stays as it is
        QHash<QString, size_t> groupOf;
        std::vector<std::vector<size_t>> groups;
        for (size_t row = 0; row < frame.rows(); ++row) {
            const QString key = keyOf(frame, columns, row);
            auto at = groupOf.find(key);
            if (at == groupOf.end()) {
                at = groupOf.insert(key, groups.size());
                groups.emplace_back();
            }
            groups[*at].push_back(row);
        }
        if (const size_t most = rowsFor(columns.size() + size_t(options.value(u"calcs"_s).toList().size()));
            groups.size() > most) {
            left += groups.size() - most;
            groups.resize(most);
        }
        Frame out{frame.query, {}};
        for (const size_t column : columns) {
            const Field &field = frame.fields[column];
            Field made{field.name, field.type, {}, field.query, {}};
            for (const std::vector<size_t> &rows : groups)
                made.cells.push_back(field.cells[rows.front()]);
            out.fields.push_back(std::move(made));
        }
        for (const QVariant &entry : options.value(u"calcs"_s).toList()) {
            const QVariantMap calc = entry.toMap();
            if (const Field *field = frame.find(calc.value(u"field"_s).toString()))
                out.fields.push_back(groupedField(*field, calc.value(u"calc"_s).toString(), groups));
        }
        frame = std::move(out);
    }
    return left;
}

void sortRows(Frames &frames, const QVariantMap &options)
{
    const QString name = options.value(u"field"_s).toString();
    const bool desc = options.value(u"desc"_s).toBool();
    for (Frame &frame : frames) {
        const Field *field = frame.find(name);
        if (!field)
            continue;
        std::vector<size_t> rows(frame.rows());
        std::iota(rows.begin(), rows.end(), size_t(0));
        std::stable_sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
            const bool noA = isNothing(field->cells[a]), noB = isNothing(field->cells[b]);
            if (noA || noB) // last in either direction
                return !noA && noB;
            return desc ? lessCell(field->cells[b], field->cells[a])
                        : lessCell(field->cells[a], field->cells[b]);
        });
        frame = pickedRows(frame, rows);
    }
}

void filterRows(Frames &frames, const QVariantMap &options)
{
    const bool keep = options.value(u"keep"_s, true).toBool();
    const bool needsAll = options.value(u"match"_s, u"any"_s).toString() == "all"_L1;
    const QVariantList where = options.value(u"where"_s).toList();
    for (Frame &frame : frames) {
        std::vector<std::pair<const Field *, QVariantMap>> conditions;
        for (const QVariant &entry : where) {
            if (const Field *field = frame.find(entry.toMap().value(u"field"_s).toString()))
                conditions.emplace_back(field, entry.toMap());
        }
        if (conditions.empty())
            continue; // nothing it could be judged by
        std::vector<size_t> rows;
        for (size_t row = 0; row < frame.rows(); ++row) {
            const auto meets = [&](const auto &condition) {
                return holds(condition.first->cells[row], condition.second);
            };
            const bool met = needsAll ? std::all_of(conditions.begin(), conditions.end(), meets)
                                      : std::any_of(conditions.begin(), conditions.end(), meets);
            if (met == keep)
                rows.push_back(row);
        }
        frame = pickedRows(frame, rows);
    }
}

size_t reduceFrames(Frames &frames, const QVariantMap &options)
{
    QStringList calcs = options.value(u"calcs"_s).toStringList();
    if (calcs.isEmpty())
        calcs = {u"max"_s};
    if (options.value(u"mode"_s).toString() == "fields"_L1) {
        for (Frame &frame : frames) {
            std::erase_if(frame.fields, [](const Field &field) { return field.type == Field::Type::Time; });
            for (Field &field : frame.fields) {
                const bool isNumber = field.type == Field::Type::Number;
                const Cell last = field.cells.empty() ? Cell() : field.cells.back();
                field.cells = {isNumber ? Cell(calculate(numbersOf(field), calcs.front())) : last};
            }
        }
        return 0;
    }
    std::vector<const Field *> numbers;
    for (const Frame &frame : frames) {
        for (const Field &field : frame.fields) {
            if (field.type == Field::Type::Number)
                numbers.push_back(&field);
        }
    }
    Frame out{{}, {{u"Field"_s, Field::Type::Text, {}, {}, {}}}};
    for (const QString &calc : calcs)
        out.fields.push_back({reducedTitle(calc), Field::Type::Number, {}, {}, {}});
    QHash<QString, size_t> columnOf; // of a label
    if (options.value(u"labels"_s).toBool()) {
        for (const Field *field : numbers) {
            for (const auto &[name, text] : field->labels.pairs()) {
                const QString title = render::line(name, 200);
                if (columnOf.contains(title))
                    continue;
                const auto at = std::find_if(out.fields.begin(), out.fields.end(),
                    [&](const Field &other) { return other.name == title; });
                columnOf.insert(title, size_t(at - out.fields.begin()));
                if (at == out.fields.end())
                    out.fields.push_back({title, Field::Type::Text, {}, {}, {}});
            }
        }
    }
    const size_t rows = std::min(numbers.size(), rowsFor(out.fields.size()));
    padTo(out, rows);
    for (size_t row = 0; row < rows; ++row) {
        const Field &field = *numbers[row];
        out.fields[0].cells[row] = Untrusted(field.name);
        for (qsizetype i = 0; i < calcs.size(); ++i)
            out.fields[size_t(i) + 1].cells[row] = calculate(numbersOf(field), calcs[i]);
        for (const auto &[name, text] : field.labels.pairs()) {
            if (const auto column = columnOf.constFind(render::line(name, 200));
                column != columnOf.constEnd())
                out.fields[*column].cells[row] = text;
        }
    }
    const size_t left = numbers.size() - rows;
    frames = {std::move(out)};
    return left;
}

void limitRows(Frames &frames, const QVariantMap &options)
{
    const size_t count = size_t(std::max(0, options.value(u"count"_s).toInt()));
    for (Frame &frame : frames) {
        for (Field &field : frame.fields)
            field.cells.resize(std::min(count, field.cells.size()));
    }
}

size_t seriesToRows(Frames &frames)
{
    size_t left = 0;
    Frame out{{},
        {{u"Time"_s, Field::Type::Time, {}, {}, {}}, {u"Metric"_s, Field::Type::Text, {}, {}, {}},
            {u"Value"_s, Field::Type::Number, {}, {}, {}}}};
    for (const Frame &frame : frames) {
        const auto time = std::find_if(frame.fields.begin(), frame.fields.end(),
            [](const Field &field) { return field.type == Field::Type::Time; });
        for (const Field &field : frame.fields) {
            for (size_t row = 0; field.type == Field::Type::Number && row < frame.rows(); ++row) {
                if (time == frame.fields.end())
                    break;
                if (out.rows() >= kMaxTransformedRows) {
                    left += frame.rows() - row;
                    break;
                }
                out.fields[0].cells.push_back(time->cells[row]);
                out.fields[1].cells.emplace_back(Untrusted(field.name));
                out.fields[2].cells.push_back(field.cells[row]);
            }
        }
    }
    frames = {std::move(out)};
    sortRows(frames, {{u"field"_s, u"Time"_s}, {u"desc"_s, true}});
    return left;
}

size_t concatenateFrames(Frames &frames)
{
    if (frames.size() < 2)
        return 0;
    Frame out;
    size_t rows = 0;
    for (Frame &frame : frames) {
        rows = std::max(rows, frame.rows());
        std::move(frame.fields.begin(), frame.fields.end(), std::back_inserter(out.fields));
    }
    const size_t kept = std::min(rows, rowsFor(out.fields.size()));
    padTo(out, kept);
    numberEqualNames(out);
    frames = {std::move(out)};
    return rows - kept;
}

} // namespace bw
