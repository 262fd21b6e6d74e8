// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracestats.h>

#include <QAbstractTableModel>

namespace bw {

/// Statistics of a trace's spans as rows. Sorted by any column, most self time first at the beginning.
/// UI thread.
class SpanStatsModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Name, Count, Errors, Total, Self, Share, Average, Median, P95, Longest, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setStats(std::vector<SpanStats> stats, StatsBy by);
    const SpanStats &at(int row) const { return m_stats[size_t(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    QString text(const SpanStats &stats, int column) const;
    QString name(const SpanStats &stats) const;
    static double number(const SpanStats &stats, int column);

    std::vector<SpanStats> m_stats;
    StatsBy m_by = StatsBy::Operation;
};

} // namespace bw
