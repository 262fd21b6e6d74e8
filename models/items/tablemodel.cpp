// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/tablemodel.h>

#include <domain/base/format.h>
#include <domain/query/compare.h>
#include <items/roles.h>
#include <items/valuestyle.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

bool sameNumber(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Order of the colour roles; everything that is no role says nothing.
int severityOf(const QString &tone)
{
    static const QStringList ascending{u"good"_s, u"notice"_s, u"warning"_s, u"critical"_s};
    return int(ascending.indexOf(tone));
}

Labels keyFor(const Labels &labels, const QStringList &joinBy, const QMap<QString, QString> &aliases)
{
    if (joinBy.isEmpty())
        return labels.without({u"__name__"_s});
    std::vector<Labels::Pair> pairs;
    for (const QString &name : joinBy) {
        const Untrusted *value = labels.find(name);
        if (!value && aliases.contains(name))
            value = labels.find(aliases.value(name));
        if (value)
            pairs.emplace_back(Untrusted(name), *value);
    }
    return Labels::fromPairs(std::move(pairs));
}

TableCell cellFrom(const Series &series, bool keepSamples)
{
    TableCell cell{true, std::nan(""), {}, series.labels};
    if (!series.values.empty())
        cell.value = series.values.back();
    if (keepSamples)
        cell.samples = QVector<double>(series.values.begin(), series.values.end());
    return cell;
}

} // namespace

bool TableCell::operator==(const TableCell &other) const
{
    return present == other.present && sameNumber(value, other.value) && labels == other.labels
        && before.has_value() == other.before.has_value()
        && sameNumber(before.value_or(0), other.before.value_or(0))
        && std::equal(samples.begin(), samples.end(), other.samples.begin(), other.samples.end(), sameNumber);
}

MetricData changeSince(const MetricData &now, const MetricData &before)
{
    QHash<Labels, double> earlier;
    for (const Series &series : before.series) {
        if (!series.values.empty())
            earlier.insert(series.labels, series.values.back());
    }
    MetricData change;
    for (const Series &series : now.series) {
        const auto at = earlier.constFind(series.labels);
        if (at == earlier.constEnd() || series.values.empty() || !(*at > 0))
            continue;
        Series ratio;
        ratio.labels = series.labels;
        ratio.times.push_back(series.times.back());
        ratio.values.push_back(series.values.back() / *at);
        change.series.push_back(std::move(ratio));
    }
    return change;
}

MetricData alertsByService(const std::vector<Alert> &alerts)
{
    std::map<QString, double> counts;
    for (const Alert &alert : alerts) {
        const bool fires =
            alert.silencedBy.isEmpty() && alert.inhibitedBy.isEmpty() && alert.mutedBy.isEmpty();
        if (const QString service = alert.service(); fires && !service.isEmpty())
            ++counts[service];
    }
    MetricData data;
    for (const auto &[service, count] : counts) {
        Series series;
        series.labels = Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(service)}});
        series.times.push_back(0);
        series.values.push_back(count);
        data.series.push_back(std::move(series));
    }
    return data;
}

TableData joinedTable(std::span<const TableInput> inputs, const QStringList &joinBy,
    const QMap<QString, QString> &aliases, int limit)
{
    TableData table;
    table.labelNames = joinBy;
    QHash<Labels, int> rowOf;
    for (size_t input = 0; input < inputs.size(); ++input) {
        table.fields.append(inputs[input].field);
        if (!inputs[input].data)
            continue;
        const bool isRange = inputs[input].data->shape == MetricData::Shape::Matrix;
        for (const Series &series : inputs[input].data->series) {
            const Labels key = keyFor(series.labels, joinBy, aliases);
            auto at = rowOf.find(key);
            if (at == rowOf.end()) {
                if (int(table.rows.size()) >= limit) {
                    ++table.left;
                    continue;
                }
                at = rowOf.insert(key, int(table.rows.size()));
                table.rows.push_back({key, std::vector<TableCell>(inputs.size())});
            }
            table.rows[size_t(*at)].cells[input] = cellFrom(series, isRange);
        }
        for (size_t i = 0; inputs[input].before && i < inputs[input].before->series.size(); ++i) {
            const Series &series = inputs[input].before->series[i];
            const auto at = rowOf.constFind(keyFor(series.labels, joinBy, aliases));
            if (at != rowOf.constEnd() && !series.values.empty())
                table.rows[size_t(*at)].cells[input].before = series.values.back();
        }
    }
    if (joinBy.isEmpty()) {
        for (const TableRow &row : table.rows) {
            for (const auto &[name, value] : row.labels.pairs()) {
                if (const QString text = render::line(name); !table.labelNames.contains(text))
                    table.labelNames.append(text);
            }
        }
    }
    return table;
}

TableModel::TableModel(const Panel &panel, QObject *parent)
    : RowTableModel(parent)
    , m_panel(panel)
{
}

const TableRow &TableModel::at(int item) const
{
    return item >= 0 ? m_table.rows[size_t(item)] : m_retired[size_t(~item)];
}

const TableRow &TableModel::rowAt(int row) const { return at(itemAt(row)); }

const TableCell *TableModel::cellOf(const TableRow &row, int column) const
{
    const int input = m_inputOf[size_t(column)];
    return input < 0 || !row.cells[size_t(input)].present ? nullptr : &row.cells[size_t(input)];
}

void TableModel::setTable(TableData table, const std::vector<TableColumn> &columns)
{
    std::vector<TableColumn> shown = columns;
    if (shown.empty()) {
        for (const QString &name : table.labelNames)
            shown.push_back({name, name, {}, -1});
        for (const QString &field : table.fields)
            shown.push_back({field, field, m_panel.unit, m_panel.decimals});
    }
    if (shown != m_columns || table.fields != m_table.fields) {
        // Other columns are another table: nothing on screen can be kept.
        beginResetModel();
        clearRows();
        m_table = {};
        m_table.fields = table.fields;
        m_columns = shown;
        m_inputOf.clear();
        for (const TableColumn &column : m_columns)
            m_inputOf.push_back(column.worstOf.isEmpty() ? int(table.fields.indexOf(column.field)) : -1);
        m_bounds.assign(m_columns.size(), {0, 0});
        endResetModel();
    }
    QHash<Labels, int> itemOf;
    itemOf.reserve(qsizetype(table.rows.size()));
    for (size_t item = 0; item < table.rows.size(); ++item)
        itemOf.insert(table.rows[item].labels, int(item));
    retireRows();
    m_retired = std::exchange(m_table.rows, {});
    m_table = std::move(table);
    updateBounds();

    const std::vector<int> items = shownItems();
    std::vector<int> rowOfItem(m_table.rows.size(), -1), newRowOf, changed;
    for (size_t row = 0; row < items.size(); ++row)
        rowOfItem[size_t(items[row])] = int(row);
    for (int retired : rows()) {
        const TableRow &old = at(retired);
        const int item = itemOf.value(old.labels, -1);
        newRowOf.push_back(item < 0 ? -1 : rowOfItem[size_t(item)]);
        if (newRowOf.back() >= 0 && !(m_table.rows[size_t(item)] == old))
            changed.push_back(newRowOf.back());
    }
    std::sort(changed.begin(), changed.end());
    applyRows(items, newRowOf, changed);
    m_retired.clear();
}

/// Items that pass the filter, sorted, up to the limit.
std::vector<int> TableModel::shownItems() const
{
    std::vector<int> items;
    for (size_t item = 0; item < m_table.rows.size(); ++item) {
        QString text;
        for (int column = 0; !m_words.isEmpty() && column < columnCount(); ++column)
            text += cellText(m_table.rows[item], column).toLower() + u'\n';
        if (std::all_of(
                m_words.begin(), m_words.end(), [&](const QString &word) { return text.contains(word); }))
            items.push_back(int(item));
    }
    sortItems(items);
    if (m_limit > 0 && int(items.size()) > m_limit)
        items.resize(size_t(m_limit));
    return items;
}

void TableModel::sortItems(std::vector<int> &items) const
{
    if (m_sortColumn < 0 || m_sortColumn >= columnCount())
        return;
    const bool down = m_sortOrder == Qt::DescendingOrder;
    if (const TableColumn &spec = m_columns[size_t(m_sortColumn)]; !spec.worstOf.isEmpty()) {
        std::stable_sort(items.begin(), items.end(), [&](int a, int b) {
            const int left = severityOf(verdictOf(at(a), spec).first);
            const int right = severityOf(verdictOf(at(b), spec).first);
            return down ? right < left : left < right;
        });
        return;
    }
    if (m_inputOf[size_t(m_sortColumn)] < 0) {
        std::stable_sort(items.begin(), items.end(), [&](int a, int b) {
            const QString left = cellText(at(a), m_sortColumn), right = cellText(at(b), m_sortColumn);
            return down ? right < left : left < right;
        });
        return;
    }
    const auto value = [&](int item) {
        const TableCell *cell = cellOf(at(item), m_sortColumn);
        return !cell ? std::nan("")
            : m_columns[size_t(m_sortColumn)].isChange
            ? (cell->before ? cell->value - *cell->before : std::nan(""))
            : cell->value;
    };
    std::stable_sort(items.begin(), items.end(), [&](int a, int b) {
        const double left = value(a), right = value(b);
        if (std::isnan(left) || std::isnan(right))
            return !std::isnan(left) && std::isnan(right);
        return down ? right < left : left < right;
    });
}

void TableModel::setLimit(int rows)
{
    if (rows == m_limit)
        return;
    m_limit = rows;
    showItems();
}

void TableModel::sort(int column, Qt::SortOrder order)
{
    m_sortColumn = column;
    m_sortOrder = order;
    showItems();
}

void TableModel::setFilter(const QString &filter)
{
    m_words = filter.toLower().split(u' ', Qt::SkipEmptyParts);
    showItems();
}

void TableModel::showItems()
{
    const std::vector<int> items = shownItems();
    std::vector<int> rowOfItem(m_table.rows.size(), -1), newRowOf;
    for (size_t row = 0; row < items.size(); ++row)
        rowOfItem[size_t(items[row])] = int(row);
    for (int item : rows())
        newRowOf.push_back(rowOfItem[size_t(item)]);
    applyRows(items, newRowOf, {});
}

void TableModel::updateBounds()
{
    for (size_t column = 0; column < m_columns.size(); ++column) {
        double min = HUGE_VAL, max = -HUGE_VAL;
        for (const TableRow &row : m_table.rows) {
            const TableCell *cell = cellOf(row, int(column));
            if (cell && std::isfinite(cell->value)) {
                min = std::min(min, cell->value);
                max = std::max(max, cell->value);
            }
        }
        m_bounds[column] = min <= max ? std::pair(min, max) : std::pair(0.0, 0.0);
    }
}

std::pair<double, double> TableModel::bounds(int column) const { return m_bounds[size_t(column)]; }

std::pair<QString, QString> TableModel::verdictOf(const TableRow &row, const TableColumn &spec) const
{
    QString worst;
    QStringList reasons;
    bool any = false;
    for (const QString &field : spec.worstOf) {
        const qsizetype input = m_table.fields.indexOf(field);
        const TableCell *cell = input < 0 ? nullptr : &row.cells[size_t(input)];
        if (!cell || !cell->present)
            continue;
        any = any || !std::isnan(cell->value);
        const QString tone = toneOf(m_panel, field, cell->value, 0, 100);
        if (severityOf(tone) <= severityOf(u"good"_s))
            continue;
        if (severityOf(tone) > severityOf(worst)) {
            worst = tone;
            reasons.clear();
        }
        if (tone == worst)
            reasons << titleOf(field);
    }
    if (!worst.isEmpty())
        return {worst, reasons.join(u", "_s)};
    return any ? std::pair(u"good"_s, u"ok"_s) : std::pair(QString(), u"no data"_s);
}

/// How the table calls a field: its column's title, else the field like a title.
QString TableModel::titleOf(const QString &field) const
{
    for (const TableColumn &column : m_columns) {
        if (column.field == field)
            return column.title;
    }
    return field.left(1).toUpper() + field.mid(1).replace(u'_', u' ');
}

QString TableModel::cellText(const TableRow &row, int column) const
{
    const TableColumn &spec = m_columns[size_t(column)];
    if (!spec.worstOf.isEmpty())
        return verdictOf(row, spec).second;
    if (m_inputOf[size_t(column)] < 0) {
        const QString text = row.labels.text(spec.field);
        return lookOf(column) ? styleOf(*lookOf(column), text).text : text;
    }
    if (!cellOf(row, column))
        return u"—"_s; // this query does not know the row: neither zero nor "no traffic"
    if (spec.isChange)
        return changeOfCell(*cellOf(row, column), column);
    if (!spec.label.isEmpty())
        return cellOf(row, column)->labels.text(spec.label);
    return styleOfCell(row, column).text;
}

void TableModel::setLooks(std::vector<FieldLook> looks) { m_looks = std::move(looks); }

const FieldLook *TableModel::lookOf(int column) const
{
    return size_t(column) < m_looks.size() ? &m_looks[size_t(column)] : nullptr;
}

/// Of a number that is there.
ValueStyle TableModel::styleOfCell(const TableRow &row, int column) const
{
    const TableColumn &spec = m_columns[size_t(column)];
    const double value = cellOf(row, column)->value;
    const auto [min, max] = bounds(column);
    if (const FieldLook *look = lookOf(column))
        return styleOf(*look, value, min, max);
    return styleOf(m_panel, spec.field, value, spec.unit, spec.decimals, min, max);
}

/// In words; a row that was not there then has no difference.
QString TableModel::changeOfCell(const TableCell &cell, int column) const
{
    if (!cell.before)
        return u"—"_s;
    const FieldLook *look = lookOf(column);
    const TableColumn &spec = m_columns[size_t(column)];
    return differenceText(differenceOf(cell.value, *cell.before), look ? look->unit : spec.unit,
        look ? look->decimals : spec.decimals);
}

QString TableModel::fieldText(int row, const QString &field) const
{
    const TableRow &line = rowAt(row);
    const qsizetype input = m_table.fields.indexOf(field);
    if (input < 0)
        return line.labels.text(field);
    const TableCell &cell = line.cells[size_t(input)];
    return cell.present ? formatExact(cell.value) : QString();
}

QString TableModel::toCsv() const
{
    QStringList header;
    for (const TableColumn &column : m_columns)
        header << render::csv(Untrusted(column.isChange ? column.field + u"_before"_s : column.field));
    QString csv = header.join(u',') + u"\r\n"_s;
    for (int row = 0; row < rowCount(); ++row) {
        QStringList cells;
        for (const TableColumn &column : m_columns) {
            const Untrusted *label = rowAt(row).labels.find(column.field);
            if (!column.worstOf.isEmpty() || !column.label.isEmpty()) {
                cells << render::csv(Untrusted(cellText(rowAt(row), int(&column - m_columns.data()))));
                continue;
            }
            if (column.isChange) { // the exact value of then; the difference is whoever reads it
                const TableCell *cell = cellOf(rowAt(row), int(&column - m_columns.data()));
                cells << (cell && cell->before ? formatExact(*cell->before) : QString());
                continue;
            }
            cells << (label ? render::csv(*label) : fieldText(row, column.field));
        }
        csv += cells.join(u',') + u"\r\n"_s;
    }
    return csv;
}

int TableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant TableModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const TableRow &row = rowAt(index.row());
    const TableColumn &spec = m_columns[size_t(index.column())];
    const TableCell *cell = cellOf(row, index.column());
    switch (role) {
    case Qt::DisplayRole:
        return cellText(row, index.column());
    case Qt::TextAlignmentRole:
        return int((isText(index.column()) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case FieldRole:
        return spec.field;
    case NumberRole:
        if (cell && spec.isChange)
            return cell->before ? QVariant(cell->value - *cell->before) : QVariant();
        return cell && spec.label.isEmpty() ? QVariant(cell->value) : QVariant();
    case SamplesRole:
        return cell ? QVariant::fromValue(cell->samples) : QVariant();
    case ToneRole: {
        if (spec.isChange)
            return {}; // more is neither good nor bad by itself
        if (!spec.worstOf.isEmpty())
            return verdictOf(row, spec).first;
        if (cell && !spec.label.isEmpty())
            return toneOf(m_panel, spec.field, cell->value, 0, 100);
        if (cell)
            return styleOfCell(row, index.column()).tone;
        const FieldLook *look = m_inputOf[size_t(index.column())] < 0 ? lookOf(index.column()) : nullptr;
        return look ? QVariant(styleOf(*look, row.labels.text(spec.field)).tone) : QVariant();
    }
    default:
        return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((isText(section) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? QVariant(m_columns[size_t(section)].title) : QVariant();
}

} // namespace bw
