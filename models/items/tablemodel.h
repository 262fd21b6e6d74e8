// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <domain/query/queryresult.h>
#include <items/rowdiff.h>
#include <items/valuestyle.h>

#include <QVector>

#include <optional>
#include <span>

namespace bw {

/// One query's answer on its way into a table.
struct TableInput
{
    QString field; ///< the query's id: the column it fills
    const MetricData *data = nullptr; ///< null: no answer yet; its cells are absent
    const MetricData *before = nullptr; ///< the same earlier; null: not compared
};
struct TableCell
{
    bool present = false; ///< false: this query knows no such row
    double value = 0; ///< the newest sample; NaN is a value
    QVector<double> samples; ///< of a range query, oldest first; empty for an instant one
    Labels labels{}; ///< of the series it came from
    std::optional<double> before{}; ///< the newest sample of the compared time
    bool operator==(const TableCell &other) const;
};
/// Rows of several queries, united by labels.
struct TableRow
{
    Labels labels; ///< the labels the row is known by
    std::vector<TableCell> cells; ///< one an input
    bool operator==(const TableRow &) const = default;
};
struct TableData
{
    QStringList labelNames; ///< as asked for in joinBy, or every name that occurs
    QStringList fields; ///< one an input
    std::vector<TableRow> rows; ///< unique by labels, in the order they were met
    int left = 0; ///< rows beyond the limit
};
/// How one answer differs from an earlier one: each series divided by the earlier one with the same labels.
MetricData changeSince(const MetricData &now, const MetricData &before);
/// How many alerts fire for each service (label "service"); silenced and inhibited ones are left out.
MetricData alertsByService(const std::vector<Alert> &alerts);
/// Joins by `joinBy`; without it by all labels but the metric's name. `aliases` says how a source spells a
/// label (service → job); the row carries the asked-for name. Of two series with the same key the last one
/// counts. At most `limit` rows. Rows that are only in `before` are left out.
TableData joinedTable(std::span<const TableInput> inputs, const QStringList &joinBy,
    const QMap<QString, QString> &aliases, int limit);

/// How one column is shown.
struct TableColumn
{
    QString field; ///< a label or a query's id
    QString title;
    QString unit;
    int decimals = -1;
    QString label{}; ///< show this label of the query's series instead of its number
    /// Not a query's column but a verdict: the worst tone among these fields, and which of them have it.
    QStringList worstOf{};
    bool isChange =
        false; ///< the field's value less the one of the compared time, in its unit and in percent
    bool operator==(const TableColumn &) const = default;
};

/// Query answers as rows: label columns as text, query columns as numbers. A newer answer is diffed by the
/// row's labels. Sorted by value; NaN and absent cells last, in either direction. UI thread.
class TableModel : public RowTableModel
{
    Q_OBJECT
public:
    /// `panel` gives thresholds, mappings and the words for NaN; it is copied.
    explicit TableModel(const Panel &panel, QObject *parent = nullptr);

    /// Empty `columns`: every label, then every field. Resets when the columns differ from those shown.
    void setTable(TableData table, const std::vector<TableColumn> &columns);
    /// How each column of the next setTable() looks, overrides included; what they refer to outlives the
    /// model. Empty: as the panel says.
    void setLooks(std::vector<FieldLook> looks);
    /// Rows whose text has every word, in any case.
    void setFilter(const QString &filter);
    /// Only the first rows of the order shown; 0 shows all.
    void setLimit(int rows);
    const std::vector<TableColumn> &columns() const { return m_columns; }
    const TableRow &rowAt(int row) const;
    /// What fills a cell, for ${__row.field}: label text, or the exact number; empty when absent.
    QString fieldText(int row, const QString &field) const;
    int left() const { return m_table.left; }
    /// Smallest and largest finite value of a column over all rows; 0 and 0 when there is none.
    std::pair<double, double> bounds(int column) const;
    /// RFC 4180 with a header line; exact numbers.
    QString toCsv() const;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Column -1: the order of the answers.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    const TableRow &at(int item) const;
    /// Tone and words of a verdict column.
    std::pair<QString, QString> verdictOf(const TableRow &row, const TableColumn &spec) const;
    QString titleOf(const QString &field) const;
    bool isText(int column) const
    {
        return m_inputOf[size_t(column)] < 0 || !m_columns[size_t(column)].label.isEmpty();
    }
    const TableCell *cellOf(const TableRow &row, int column) const;
    QString cellText(const TableRow &row, int column) const;
    QString changeOfCell(const TableCell &cell, int column) const;
    std::vector<int> shownItems() const;
    void sortItems(std::vector<int> &items) const;
    void showItems();
    void updateBounds();
    const FieldLook *lookOf(int column) const;
    ValueStyle styleOfCell(const TableRow &row, int column) const;

    Panel m_panel;
    TableData m_table;
    std::vector<TableRow> m_retired; ///< only while a newer table is being applied
    std::vector<TableColumn> m_columns;
    std::vector<FieldLook> m_looks;
    std::vector<int> m_inputOf; ///< column → input, -1 for a label
    std::vector<std::pair<double, double>> m_bounds;
    QStringList m_words;
    int m_limit = 0;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace bw
