// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include <vector>

namespace bw {

/// First and last row of a contiguous run, both inclusive.
struct RowSpan
{
    int first = 0, last = 0;
    bool operator==(const RowSpan &) const = default;
};

/// Runs of a list of rows that ascends and is unique.
std::vector<RowSpan> spansOf(const std::vector<int> &rows);

/// Base of models whose rows are replaced by a newer list on every refresh. Owns the row → item table and
/// turns old list + new list into few, contiguous row signals, so that selection, current index and scroll
/// position survive. Never resets. UI thread.
class RowTableModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    int rowCount(const QModelIndex &parent = {}) const override;

protected:
    /// The subclass' number of the item in `row`: what was passed as `items`. Between retireRows() and
    /// the end of applyRows() rows that are about to go have ~n, n being their number before.
    int itemAt(int row) const { return m_rows[size_t(row)]; }
    const std::vector<int> &rows() const { return m_rows; }
    /// Marks every row as belonging to the list that is about to be replaced.
    void retireRows();
    /// Makes the rows show `items`. `newRowOf` has for each present row its new row, or -1 when it goes;
    /// `changed` are new rows, ascending, whose content differs. Rows that stay in order give one signal a
    /// run; past kMaxSpans runs, or when the order changes, rows move by layoutChanged and come and go in
    /// one run each.
    void applyRows(
        const std::vector<int> &items, const std::vector<int> &newRowOf, const std::vector<int> &changed);
    /// Forgets every row, inside beginResetModel().
    void clearRows() { m_rows.clear(); }
    /// dataChanged once a run, or once over everything when there are more than kMaxSpans.
    void announceChanged(const std::vector<int> &changed);

    // 16: beyond that one covering repaint is cheaper for a view than the runs (a scattered row costs a
    // view about 50 µs, a page repaint about 1 ms).
    static constexpr int kMaxSpans = 16;

private:
    void permute(const std::vector<int> &newRowOf);
    std::vector<int> m_rows;
};

} // namespace bw
