// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/disk.h>
#include <store/incidents/entrycodec.h>

#include <map>
#include <span>
#include <vector>

namespace bw {

/// What a journal's bytes hold.
struct JournalScan
{
    struct Bad
    {
        qint64 offset = 0;
        QString why;
    };
    std::vector<JournalLine> lines; ///< the valid ones, as they stand in the file
    std::vector<Bad> bad; ///< lines that are complete and wrong, but for a wrong last one
    std::optional<qint64> tornAt; ///< where an incomplete or wrong last line begins
};
JournalScan scanJournal(const QByteArray &bytes);

/// The newest line of one writer.
struct ChainHead
{
    quint64 seq = 0;
    QByteArray hash = noHash();
    bool operator==(const ChainHead &) const = default;
};
/// What is wrong with the chains of one incident.
struct ChainReport
{
    struct Gap
    {
        WriterId writer;
        quint64 first = 0, last = 0; ///< missing, both included
        bool operator==(const Gap &) const = default;
    };
    std::vector<Gap> gaps;
    QStringList problems; ///< a line that does not follow its predecessor, a number given twice
    std::map<WriterId, ChainHead> heads;
    bool isWhole() const { return gaps.empty() && problems.isEmpty(); }
};
/// One chain per writer: numbers from 1 without gaps, each line naming the hash of the one before. In any
/// order; lines of equal id count once.
ChainReport checkChains(std::span<const JournalLine> lines);

/// The append-only journal of one incident. Opened anew after any error.
class IncidentJournal
{
public:
    /// Creates file and folder where they are missing, and makes their names durable.
    [[nodiscard]] static Result<IncidentJournal> open(Disk &disk, const QString &folder);
    /// One write, one sync. Durable when it returns.
    [[nodiscard]] Result<> append(const QByteArray &lines);
    qint64 size() const { return m_size; }

private:
    IncidentJournal(std::unique_ptr<DiskFile> file, qint64 size)
        : m_file(std::move(file))
        , m_size(size)
    {
    }
    std::unique_ptr<DiskFile> m_file;
    qint64 m_size;
};

} // namespace bw
