// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracesearch.h>

#include <QAbstractTableModel>
#include <QTimeZone>

namespace bw {

/// Found traces as rows, newest first until sorted otherwise. UI thread.
class TraceListModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { When, Duration, Root, Spans, Errors, Services, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setTraces(std::vector<TraceSummary> traces);
    /// Of the times shown.
    void setZone(const QTimeZone &zone);
    const TraceSummary &at(int row) const { return m_traces[size_t(row)]; }
    /// -1 when it is not in the list.
    int rowOf(const TraceId &id) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    QString text(const TraceSummary &trace, int column) const;
    QVariant number(const TraceSummary &trace, int column) const;
    void order();

    std::vector<TraceSummary> m_traces;
    QTimeZone m_zone = QTimeZone::utc();
    int m_sortedBy = When;
    Qt::SortOrder m_order = Qt::DescendingOrder;
};

/// "frontend: /checkout", or what is known of it.
QString rootText(const TraceSummary &trace);

} // namespace bw
