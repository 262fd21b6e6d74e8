// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentdb.h>

#include <algorithm>
#include <set>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// Which of the lines that are offered a record has, can take, or must leave.
struct Sorted
{
    IncidentDb::Adopted report;
    std::vector<JournalLine> fresh;
};

Sorted sorted(const std::vector<JournalLine> &present, const std::vector<JournalLine> &offered)
{
    std::map<EntryId, QByteArray> hashes;
    std::set<std::pair<WriterId, quint64>> numbers;
    for (const JournalLine &line : present) {
        hashes[line.entry.id] = line.hash;
        numbers.emplace(line.entry.writer, line.entry.seq);
    }
    Sorted result;
    for (const JournalLine &line : offered) {
        const auto known = hashes.find(line.entry.id);
        if (known != hashes.end() && known->second == line.hash) {
            ++result.report.known; // a redacted copy has the same hash
        } else if (known != hashes.end() || !numbers.emplace(line.entry.writer, line.entry.seq).second) {
            result.report.conflicts.push_back(line.entry.id);
        } else {
            hashes[line.entry.id] = line.hash;
            result.fresh.push_back(line);
        }
    }
    // In the order of recording: the last line of a journal is the head of its writer.
    std::sort(result.fresh.begin(), result.fresh.end(),
        [](const JournalLine &a, const JournalLine &b) { return recordedBefore(a.entry, b.entry); });
    result.report.added = int(result.fresh.size());
    return result;
}

} // namespace

Result<IncidentDb::Adopted> IncidentDb::adopt(
    const IncidentId &incident, const std::vector<JournalLine> &lines)
{
    if (m_isClosed || isReadOnly())
        return fail(Error::Kind::Refused, u"the incident record is open for reading only"_s);
    for (const JournalLine &line : lines) {
        if (line.entry.incident != incident)
            return fail(Error::Kind::Invalid, u"these are entries of another incident"_s);
    }
    const auto failed = [this](const Error &error) {
        poison();
        return tl::unexpected(error);
    };
    if (auto sound = ensureSound(); !sound)
        return failed(sound.error());
    auto present = linesOf(incident, "SELECT line FROM entry WHERE inc = ?");
    if (!present)
        return failed(present.error());
    const Sorted sort = sorted(*present, lines);
    if (sort.fresh.empty())
        return sort.report;
    const ChainReport before = checkChains(*present);
    std::vector<JournalLine> all = *present;
    all.insert(all.end(), sort.fresh.begin(), sort.fresh.end());
    const ChainReport after = checkChains(all);
    if (after.gaps != before.gaps || after.problems != before.problems)
        return fail(Error::Kind::Refused,
            u"entries are missing between those that are here and those that come; get a whole bundle"_s);
    QByteArray bytes;
    for (const JournalLine &line : sort.fresh)
        bytes += line.bytes + '\n';
    m_journals.erase(incident); // one handle a file
    auto journal = IncidentJournal::open(m_disk, folder(incident));
    if (!journal)
        return failed(journal.error());
    if (auto written = journal->append(bytes); !written)
        return failed(written.error());
    if (auto inserted = insertMissing(incident, sort.fresh, journal->size()); !inserted)
        return failed(inserted.error());
    // Clock, heads and keys go on behind what came.
    QSet<IncidentId> ignored;
    if (auto learned = learnHeads(ignored); !learned)
        return failed(learned.error());
    if (auto learned = learnKeys(); !learned)
        return failed(learned.error());
    return sort.report;
}

} // namespace bw
