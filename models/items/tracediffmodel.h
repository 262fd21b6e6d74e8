// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracediff.h>

#include <QAbstractTableModel>

namespace bw {

/// Two traces side by side, one row a place. UI thread.
class TraceDiffModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, DurationA, DurationB, Delta, SelfA, SelfB, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setDiff(const Trace &a, const Trace &b, TraceDiff diff);
    /// Only places that differ, and the way to them.
    void setOnlyDifferent(bool only);
    const DiffRow &at(int row) const { return m_diff.rows[size_t(m_rows[size_t(row)])]; }
    /// NumberRole of Delta: 0 … 1, the difference as a share of the largest one.

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    bool isDifferent(const DiffRow &row) const;
    void choose();
    QString text(const DiffRow &row, int column) const;
    QString tone(const DiffRow &row) const;

    Trace m_a, m_b;
    TraceDiff m_diff;
    DiffLimits m_limits;
    std::vector<int> m_rows;
    qint64 m_largest = 1;
    bool m_onlyDifferent = false;
};

} // namespace bw
