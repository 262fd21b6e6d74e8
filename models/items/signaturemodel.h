// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/traces/tracesignature.h>

#include <QAbstractTableModel>
#include <QTimeZone>

namespace bw {

/// Failed traces grouped by what makes them the same, most frequent first. UI thread.
class SignatureModel final : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Count, Root, Failed, Exception, Newest, Durations, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setGroups(std::vector<SignatureGroup> groups);
    void setZone(const QTimeZone &zone) { m_zone = zone; }
    const SignatureGroup &at(int row) const { return m_groups[size_t(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString text(const SignatureGroup &group, int column) const;

    std::vector<SignatureGroup> m_groups;
    QTimeZone m_zone = QTimeZone::utc();
};

} // namespace bw
