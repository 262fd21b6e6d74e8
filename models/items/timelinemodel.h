// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/projection.h>
#include <items/rowdiff.h>

#include <QHash>
#include <QTimeZone>

#include <memory>

namespace bw {

/// How far an entry is on its way to disk. What is not in a list of marks is saved.
enum class SaveMark : quint8 { Saved, Saving, NotSaved };

/// Entries as curate() gives them; shared, never changed.
using TimelineEntries = std::shared_ptr<const std::vector<CuratedEntry>>;

/// Which entries are shown.
struct TimelineFilter
{
    EntryLevel minimum = EntryLevel::Timeline;
    QString group; ///< of kinds: "alert"; empty: all
    QString person; ///< an actor's id; empty: everybody
    QString text; ///< words that must all occur, in any case
    bool showHidden = false; ///< deleted ones and earlier versions too
    bool operator==(const TimelineFilter &) const = default;
};

/// Numbers of the entries that pass, ascending. Pure; any thread: for 100,000 entries with a text it takes
/// longer than a frame.
std::vector<int> matchingEntries(const std::vector<CuratedEntry> &entries, const TimelineFilter &filter);
/// Everybody who wrote one, by id; sorted, unique.
QStringList actorsOf(const std::vector<CuratedEntry> &entries);

/// A timeline as a table, oldest first. Rows were chosen elsewhere (matchingEntries() on a worker), so that
/// 100,000 entries cost the UI thread one comparison of ids; selection and scroll survive. UI thread.
class TimelineModel final : public RowTableModel
{
    Q_OBJECT
public:
    enum Column { At, Local, Kind, Who, Text, Reach, ColumnCount };
    using RowTableModel::RowTableModel;

    /// `rows` are matchingEntries() of `entries`.
    void setRows(TimelineEntries entries, std::vector<int> rows);
    void setMarks(QHash<EntryId, SaveMark> marks);
    /// Of the column `Local`.
    void setZone(const QTimeZone &zone);
    const CuratedEntry &entryAt(int row) const { return (*m_entries)[size_t(itemAt(row))]; }
    SaveMark markAt(int row) const;
    /// The row that shows this entry or another version of it; -1.
    int rowOf(const EntryId &root) const;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(const CuratedEntry &entry, int column) const;

    TimelineEntries m_entries = std::make_shared<std::vector<CuratedEntry>>();
    QHash<EntryId, SaveMark> m_marks;
    QTimeZone m_zone = QTimeZone::utc();
};

} // namespace bw
