// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/transform_p.h>
#include <domain/metrics/calc.h>

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// A regular expression as dashboards write it: perhaps between slashes.
QRegularExpression regexFrom(const QVariant &text) { return QRegularExpression(text.toString()); }

double combined(double left, const QString &op, double right)
{
    if (op == "-"_L1)
        return left - right;
    if (op == "*"_L1)
        return left * right;
    if (op == "/"_L1)
        return left / right; // x / 0 is an infinity, as in the dashboard it came from
    if (op == "%"_L1)
        return std::fmod(left, right);
    return op == "^"_L1 ? std::pow(left, right) : left + right;
}

/// A side of a calculation: a field's numbers, or a number that stands for itself.
std::vector<double> sideOf(const Frame &frame, const QVariant &side)
{
    if (const Field *field = frame.find(side.toString()))
        return numbersOf(*field);
    bool isNumber = false;
    const double number = side.toDouble(&isNumber);
    return std::vector<double>(frame.rows(), isNumber ? number : std::nan(""));
}

Field calculated(const Frame &frame, const QVariantMap &options)
{
    Field out;
    out.name = options.value(u"title"_s, u"Total"_s).toString();
    out.query = frame.query;
    out.cells.resize(frame.rows());
    if (options.contains(u"left"_s) || options.contains(u"right"_s)) {
        const std::vector<double> left = sideOf(frame, options.value(u"left"_s));
        const std::vector<double> right = sideOf(frame, options.value(u"right"_s));
        const QString op = options.value(u"op"_s).toString();
        for (size_t row = 0; row < frame.rows(); ++row)
            out.cells[row] = combined(left[row], op, right[row]);
        return out;
    }
    const QStringList names = options.value(u"fields"_s).toStringList();
    const QString calc = options.value(u"calc"_s, u"sum"_s).toString();
    std::vector<double> values;
    for (size_t row = 0; row < frame.rows(); ++row) {
        values.clear();
        for (const Field &field : frame.fields) {
            if (field.type == Field::Type::Number && (names.isEmpty() || names.contains(field.name)))
                values.push_back(numberOf(field.cells[row]));
        }
        out.cells[row] = calculate(values, calc);
    }
    return out;
}

/// Series that share their times become one table, so that rows can be calculated across them.
bool isSeriesSet(const Frames &frames)
{
    return frames.size() > 1 && std::all_of(frames.begin(), frames.end(), [](const Frame &frame) {
        return !frame.fields.empty() && frame.fields.front().type == Field::Type::Time;
    });
}

} // namespace

void organizeFields(Frames &frames, const QVariantMap &options)
{
    const QStringList excluded = options.value(u"exclude"_s).toStringList();
    const QStringList order = options.value(u"order"_s).toStringList();
    const QVariantMap titles = options.value(u"rename"_s).toMap();
    const auto place = [&](const Field &field) {
        const qsizetype at = order.indexOf(field.name);
        return at < 0 ? order.size() : at;
    };
    for (Frame &frame : frames) {
        std::erase_if(frame.fields, [&](const Field &field) { return excluded.contains(field.name); });
        std::stable_sort(frame.fields.begin(), frame.fields.end(),
            [&](const Field &a, const Field &b) { return place(a) < place(b); });
        for (Field &field : frame.fields) {
            const QString title = titles.value(field.name).toString();
            if (!title.isEmpty())
                field.name = title;
        }
    }
    std::erase_if(frames, [](const Frame &frame) { return frame.fields.empty(); });
}

void filterFields(Frames &frames, const QVariantMap &options)
{
    const QStringList include = options.value(u"include"_s).toStringList();
    const QStringList exclude = options.value(u"exclude"_s).toStringList();
    const QRegularExpression wanted = regexFrom(options.value(u"include_regex"_s));
    const QRegularExpression unwanted = regexFrom(options.value(u"exclude_regex"_s));
    const auto stays = [&](const QString &name) {
        const bool asks = !include.isEmpty() || !wanted.pattern().isEmpty();
        const bool included =
            include.contains(name) || (!wanted.pattern().isEmpty() && wanted.match(name).hasMatch());
        const bool excluded =
            exclude.contains(name) || (!unwanted.pattern().isEmpty() && unwanted.match(name).hasMatch());
        return (!asks || included) && !excluded;
    };
    for (Frame &frame : frames)
        std::erase_if(frame.fields, [&](const Field &field) { return !stays(field.name); });
    std::erase_if(frames, [](const Frame &frame) { return frame.fields.empty(); });
}

void filterQueries(Frames &frames, const QVariantMap &options)
{
    const QRegularExpression wanted(
        QRegularExpression::anchoredPattern(options.value(u"regex"_s).toString()));
    std::erase_if(frames, [&](const Frame &frame) { return !wanted.match(frame.query).hasMatch(); });
}

void renameFields(Frames &frames, const QVariantMap &options)
{
    const QRegularExpression regex = regexFrom(options.value(u"regex"_s));
    // "$1" there is "\1" here.
    QString to = options.value(u"to"_s).toString();
    to.replace(u'\\', u"\\\\"_s).replace(QRegularExpression(u"\\$(\\d)"_s), u"\\\\1"_s);
    for (Frame &frame : frames) {
        for (Field &field : frame.fields) {
            if (const auto match = regex.match(field.name); match.hasMatch()) {
                const QString before = field.name.left(match.capturedStart());
                field.name = before + QString(match.captured()).replace(regex, to)
                    + field.name.mid(match.capturedEnd());
            }
        }
    }
}

size_t labelsToFields(Frames &frames, const QVariantMap &options)
{
    const QStringList wanted = options.value(u"labels"_s).toStringList();
    const QString valueLabel = options.value(u"value_label"_s).toString();
    const bool asRows = options.value(u"rows"_s).toBool();
    Frames out;
    size_t used = 0, left = 0;
    for (Frame &frame : frames) {
        size_t fields = frame.fields.size();
        for (const Field &field : frame.fields)
            fields += field.labels.size();
        used += fields * frame.rows();
        if (used > kMaxTransformedCells) {
            used -= fields * frame.rows();
            left += frame.rows();
            continue;
        }
        Frame made{frame.query, {}};
        std::vector<Field> behind;
        for (Field &field : frame.fields) {
            if (field.labels.isEmpty()) {
                made.fields.push_back(std::move(field));
                continue;
            }
            for (const auto &[name, text] : field.labels.pairs()) {
                const QString title = render::line(name, 200);
                if (title == valueLabel) {
                    field.name = render::line(text, 200);
                } else if ((wanted.isEmpty() || wanted.contains(title)) && !made.find(title)) {
                    std::vector<Cell> cells(field.cells.size(), Cell(text));
                    made.fields.push_back({title, Field::Type::Text, {}, field.query, std::move(cells)});
                }
            }
            // The labels stand in columns now; the value's name need not repeat them.
            if (valueLabel.isEmpty())
                field.name = u"Value"_s;
            field.labels = {};
            behind.push_back(std::move(field));
        }
        std::move(behind.begin(), behind.end(), std::back_inserter(made.fields));
        out.push_back(std::move(made));
    }
    frames = std::move(out);
    if (!asRows)
        return left + mergeFrames(frames);
    for (Frame &frame : frames) { // one row a label
        Frame list{frame.query,
            {{u"label"_s, Field::Type::Text, {}, {}, {}}, {u"value"_s, Field::Type::Text, {}, {}, {}}}};
        for (const Field &field : frame.fields) {
            if (field.type == Field::Type::Text && !field.cells.empty()) {
                list.fields[0].cells.emplace_back(Untrusted(field.name));
                list.fields[1].cells.push_back(field.cells.front());
            }
        }
        frame = std::move(list);
    }
    return left;
}

size_t calculateField(Frames &frames, const QVariantMap &options)
{
    const size_t left = isSeriesSet(frames) ? joinFrames(frames, {{u"field"_s, u"Time"_s}}) : 0;
    for (Frame &frame : frames) {
        Field made = calculated(frame, options);
        if (options.value(u"replace"_s).toBool())
            std::erase_if(frame.fields, [](const Field &field) { return field.type != Field::Type::Time; });
        frame.fields.push_back(std::move(made));
    }
    return left;
}

} // namespace bw
