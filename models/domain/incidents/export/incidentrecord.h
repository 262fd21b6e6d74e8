// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/incidents/projection.h>
#include <domain/metrics/series.h>

#include <map>

namespace bw {

/// The data behind a snapshot, as it was when it was taken.
struct SnapshotData
{
    SeriesSet series; ///< of queries and panels
    QString unit; ///< formatValue()'s
    Untrusted text; ///< of logs and other text files
    QByteArray image; ///< PNG, as stored
    bool operator==(const SnapshotData &) const = default;
};

/// The end of one writer's chain: with it a reader can tell that nothing was cut off or rewritten.
struct WriterHead
{
    WriterId writer;
    quint64 seq = 0;
    QByteArray hash; ///< hex
    bool operator==(const WriterHead &) const = default;
};

/// Everything a document about one incident is made of. Values only; nothing here is looked up later.
struct IncidentRecord
{
    Incident incident;
    std::vector<CuratedEntry> entries; ///< of every level, hidden ones too, in the timeline's order
    std::map<QString, SnapshotData> data; ///< by the snapshot's id
    std::vector<WriterHead> heads; ///< by writer
    std::vector<std::pair<QString, QString>> versions; ///< "Bridgewatch" 0.1.0, "Qt" 6.4.2, …: of who exports
};

/// When the newest entry was recorded: the date of every document about it.
Timestamp recordDate(const IncidentRecord &record);
/// `bytes` of a data file: {"schema": "bridgewatch.series/1", "unit": …, "series": [{"metric": {…}, "values":
/// [[seconds, "number"], …]}]}, or the `data.result` of a range query's answer. Anything else is text, cut at
/// 64 KiB. Never fails.
SnapshotData snapshotDataFrom(const QByteArray &bytes);
/// The first of the two forms above.
QByteArray seriesBytes(const SeriesSet &series, const QString &unit);

} // namespace bw
