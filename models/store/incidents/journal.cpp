// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/journal.h>

#include <store/incidents/defects_p.h>

#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace bw {

JournalScan scanJournal(const QByteArray &bytes)
{
    JournalScan scan;
    for (qsizetype begin = 0; begin < bytes.size();) {
        const qsizetype end = bytes.indexOf('\n', begin);
        const qsizetype length = (end < 0 ? bytes.size() : end) - begin;
        auto line = decodeLine(QByteArrayView(bytes).sliced(begin, length));
        const bool isLast = end < 0 || end + 1 == bytes.size();
        if (line && end >= 0)
            scan.lines.push_back(std::move(*line));
        else if (isLast)
            scan.tornAt = begin;
        else
            scan.bad.push_back({begin, line.error().message});
        begin += length + 1;
    }
    return scan;
}

ChainReport checkChains(std::span<const JournalLine> lines)
{
    std::map<WriterId, std::map<quint64, const JournalLine *>> chains;
    QSet<EntryId> seen;
    ChainReport report;
    for (const JournalLine &line : lines) {
        if (seen.contains(line.entry.id))
            continue;
        seen.insert(line.entry.id);
        const auto [place, isNew] = chains[line.entry.writer].try_emplace(line.entry.seq, &line);
        if (!isNew)
            report.problems +=
                u"writer %1 has two lines %2"_s.arg(line.entry.writer.toString()).arg(line.entry.seq);
    }
    for (const auto &[writer, chain] : chains) {
        ChainHead head;
        for (const auto &[seq, line] : chain) {
            if (seq != head.seq + 1)
                report.gaps.push_back({writer, head.seq + 1, seq - 1});
            else if (line->prev != head.hash)
                report.problems += u"line %1 of writer %2 does not follow line %3"_s.arg(seq)
                                       .arg(writer.toString())
                                       .arg(head.seq);
            head = {seq, line->hash};
        }
        report.heads[writer] = head;
    }
    return report;
}

Result<IncidentJournal> IncidentJournal::open(Disk &disk, const QString &folder)
{
    if (const auto made = disk.makeDirectory(folder); !made)
        return tl::unexpected(made.error());
    const QString path = folder + u"/journal.jsonl"_s;
    const auto size = disk.size(path);
    auto file = disk.open(path, Disk::Open::CreateOrExisting);
    if (!file)
        return tl::unexpected(file.error());
    // An empty one may be left from an attempt whose sync failed: its names are not durable yet.
    if (size.value_or(0) == 0 && !hasDefect(Defect::DirectorySyncSkipped)) {
        for (const QString &changed : {folderOf(folder), folder}) {
            if (auto synced = disk.syncDirectory(changed); !synced)
                return tl::unexpected(synced.error());
        }
    }
    return IncidentJournal(std::move(*file), size.value_or(0));
}

Result<> IncidentJournal::append(const QByteArray &lines)
{
    auto written = m_file->append(lines);
    if (!written && hasDefect(Defect::ErrorSwallowed))
        written = {};
    if (written && !hasDefect(Defect::SyncDropped))
        written = m_file->sync();
    if (!written && hasDefect(Defect::HandleReused))
        written = m_file->sync();
    if (written)
        m_size += lines.size();
    return written;
}

} // namespace bw
