// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/sourceboard.h>
#include <items/rowdiff.h>

namespace bw {

/// The source board as a table: one row a server, with its state, the age of its last good answer, latency,
/// clock skew and the time until it is asked again. Reads the board; the clock moves on by tick(). UI thread.
class SourceHealthModel : public RowTableModel
{
    Q_OBJECT
public:
    enum Column { State, Name, Kind, Version, Age, Latency, Skew, Retry, Notes, ColumnCount };
    /// `board` and `clock` outlive the model.
    SourceHealthModel(const SourceBoard &board, const Clock &clock, QObject *parent = nullptr);

    const SourceInfo &sourceAt(int row) const;
    /// Ages and countdowns are read anew; once a second.
    void tick();

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void reload();
    QString text(const SourceInfo &info, int column) const;

    const SourceBoard &m_board;
    const Clock &m_clock;
    std::vector<SourceInfo> m_sources, m_retired;
};

/// "in 23 s", or empty when the source is not waiting.
QString retryText(const SourceInfo &info, BootTime now);

} // namespace bw
