// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentdb.h>

#include <domain/incidents/entrykinds.h>
#include <store/incidents/incidentschema.h>

#include <QDateTime>
#include <QJsonArray>
#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// Lines of both copies by id. A redacted copy wins: the other has not heard of it.
class Union
{
public:
    void add(const std::vector<JournalLine> &lines)
    {
        for (const JournalLine &line : lines) {
            const auto [place, isNew] = m_lines.try_emplace(line.entry.id, line);
            if (!isNew && line.entry.redacted && !place->second.entry.redacted)
                place->second = line;
        }
    }
    /// In the order of recording.
    std::vector<JournalLine> sorted() const
    {
        std::vector<JournalLine> all;
        for (const auto &[id, line] : m_lines)
            all.push_back(line);
        std::sort(all.begin(), all.end(), [](const JournalLine &a, const JournalLine &b) {
            return std::tie(a.entry.hlc, a.entry.writer, a.entry.seq)
                < std::tie(b.entry.hlc, b.entry.writer, b.entry.seq);
        });
        return all;
    }
    bool hasSame(const std::vector<JournalLine> &lines) const
    {
        return lines.size() == m_lines.size()
            && std::all_of(lines.begin(), lines.end(), [this](const JournalLine &line) {
                   const auto mine = m_lines.find(line.entry.id);
                   return mine != m_lines.end() && mine->second.bytes == line.bytes;
               });
    }

private:
    std::map<EntryId, JournalLine> m_lines;
};

} // namespace

QString IncidentDb::utcSuffix() const
{
    return toDateTime(m_clock.utcNow()).toString(u"yyyyMMdd'T'hhmmsszzz'Z'"_s);
}
QString IncidentDb::folder(const IncidentId &incident) const
{
    return m_options.root + u"/incidents/"_s + incident.toString();
}
QString IncidentDb::journalPath(const IncidentId &incident) const
{
    return folder(incident) + u"/journal.jsonl"_s;
}
QString IncidentDb::databasePath() const { return m_options.root + u"/incidents.sqlite"_s; }

Result<> IncidentDb::learnHeads(QSet<IncidentId> &known)
{
    m_heads.clear();
    m_allHeads.clear();
    auto select = m_database->prepare("SELECT inc, writer, max(seq), line FROM entry GROUP BY inc, writer");
    if (!select)
        return tl::unexpected(select.error());
    return select->eachRow([&]() -> Result<> {
        const auto line = decodeLine(select->blob(3));
        const auto incident = Uuid::fromBytes(select->blob(0));
        const auto writer = Uuid::fromBytes(select->blob(1));
        if (!incident || !writer)
            return Database::damage(u"the database has rows that are none"_s);
        known.insert(IncidentId{*incident});
        // A row that cannot be read has no head here; comparing with the journal will show it.
        const ChainHead head = line ? ChainHead{line->entry.seq, line->hash} : ChainHead{};
        m_allHeads[{IncidentId{*incident}, WriterId{*writer}}] = head;
        if (line)
            m_hlc.raise(line->entry.hlc);
        if (WriterId{*writer} == m_writer)
            m_heads[IncidentId{*incident}] = head;
        return {};
    });
}

/// A quick look: the journal has the length it had at the last commit, and ends with that commit's line.
Result<bool> IncidentDb::agrees(const IncidentId &incident)
{
    auto select = m_database->prepare("SELECT bytes FROM journal WHERE inc = ?");
    if (!select)
        return tl::unexpected(select.error());
    const auto row = select->bind(1, incident.uuid.toBytes()).step();
    if (!row)
        return tl::unexpected(row.error());
    const auto size = m_disk.size(journalPath(incident));
    if (!size && size.error().kind != Error::Kind::NotFound)
        return tl::unexpected(size.error());
    const auto anyHead = m_allHeads.lower_bound({incident, WriterId{}});
    const bool hasRows = anyHead != m_allHeads.end() && anyHead->first.first == incident;
    if (size.value_or(0) == 0)
        return !hasRows; // a folder with drafts or files only
    if (!*row || *size != select->integer(0))
        return false;
    const auto line = lastLine(*size, journalPath(incident));
    if (!line)
        return tl::unexpected(line.error());
    if (!*line)
        return false;
    const auto head = m_allHeads.find({incident, (*line)->entry.writer});
    return head != m_allHeads.end() && head->second == ChainHead{(*line)->entry.seq, (*line)->hash};
}

/// Of a journal of `size` bytes; nullopt when it is none. Most lines are short: little is read first.
Result<std::optional<JournalLine>> IncidentDb::lastLine(qint64 size, const QString &path)
{
    constexpr qint64 kShort = 16 << 10;
    for (const qint64 length : {kShort, qint64(kLongestLine)}) {
        const auto tail = m_disk.read(path, std::max<qint64>(size - length, 0));
        if (!tail)
            return tl::unexpected(tail.error());
        if (!tail->endsWith('\n'))
            return std::nullopt;
        const qsizetype before = tail->lastIndexOf('\n', tail->size() - 2);
        if (before < 0 && length < size)
            continue;
        auto line = decodeLine(QByteArrayView(*tail).sliced(before + 1).chopped(1));
        return line ? std::optional(std::move(*line)) : std::nullopt;
    }
    return std::nullopt;
}

Result<> IncidentDb::reconcile()
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        QSet<IncidentId> incidents;
        Result<> done = learnHeads(incidents);
        const auto folders = m_disk.list(m_options.root + u"/incidents"_s);
        if (!folders)
            return tl::unexpected(folders.error());
        for (const QString &name : *folders) {
            if (const auto id = IncidentId::parse(name))
                incidents.insert(*id);
        }
        for (auto it = incidents.begin(); done && it != incidents.end(); ++it) {
            const auto fits = m_suspects.contains(*it) ? Result<bool>(false) : agrees(*it);
            if (!fits)
                done = tl::unexpected(fits.error());
            else if (!*fits)
                done = reconcileOne(*it);
        }
        if (done) {
            m_suspects.clear();
            QSet<IncidentId> ignored;
            return learnHeads(ignored); // as they are now
        }
        if (!Database::isDamaged(done.error()) || attempt > 0)
            return done;
        if (auto rebuilt = rebuildDatabase(); !rebuilt)
            return rebuilt;
    }
    return {};
}

/// The journal is written anew in any case: what an earlier process could not sync still reads well.
Result<> IncidentDb::reconcileOne(const IncidentId &incident)
{
    const auto bytes = m_disk.read(journalPath(incident), 0);
    if (!bytes && bytes.error().kind != Error::Kind::NotFound)
        return tl::unexpected(bytes.error());
    const JournalScan scan = scanJournal(bytes.value_or(QByteArray()));
    std::vector<JournalLine> own;
    std::copy_if(scan.lines.begin(), scan.lines.end(), std::back_inserter(own),
        [&incident](const JournalLine &line) { return line.entry.incident == incident; });
    const size_t wrong = scan.bad.size() + scan.lines.size() - own.size();
    auto rows = linesOf(incident, "SELECT line FROM entry WHERE inc = ?");
    if (!rows && rows.error().kind == Error::Kind::Decode) // rows cannot be replaced in place
        return Database::damage(rows.error().message);
    if (!rows)
        return tl::unexpected(rows.error());
    Union both;
    both.add(*rows);
    both.add(own);
    const std::vector<JournalLine> all = both.sorted();
    if (scan.tornAt) {
        const QByteArray torn = bytes->mid(*scan.tornAt);
        if (auto kept = replaceFile(m_disk, journalPath(incident) + u".torn-"_s + utcSuffix(), torn); !kept)
            return kept;
        ++m_report.tornLines;
    }
    const bool isPatched = !both.hasSame(scan.lines) || wrong > 0;
    if (auto written = rewriteJournal(incident, all, bytes.value_or(QByteArray()), isPatched); !written)
        return written;
    qint64 length = 0;
    for (const JournalLine &line : all)
        length += line.bytes.size() + 1;
    if (wrong > 0) {
        m_report.suspect += int(wrong);
        m_report.notes += u"incident %1: %2 lines of its journal were damaged or not its own; what the other "
                          "copy had was put in their place"_s.arg(incident.toString())
                              .arg(wrong);
    }
    const ChainReport chains = checkChains(all);
    if (!chains.isWhole())
        m_gaps[incident] = chains;
    return insertMissing(incident, all, length);
}

Result<> IncidentDb::rewriteJournal(
    const IncidentId &incident, std::vector<JournalLine> lines, const QByteArray &old, bool keepOld)
{
    const QString path = journalPath(incident);
    m_journals.erase(incident);
    if (const auto made = m_disk.makeDirectory(folder(incident)); !made)
        return tl::unexpected(made.error());
    if (auto synced = m_disk.syncDirectory(folderOf(folder(incident))); !synced)
        return synced;
    if (keepOld && !old.isEmpty()) {
        if (auto kept = replaceFile(m_disk, path + u".corrupt-"_s + utcSuffix(), old); !kept)
            return kept;
        m_report.notes += u"incident %1: the journal lacked entries or was damaged; it was written anew and "
                          "the old file kept"_s.arg(incident.toString());
    }
    QByteArray bytes;
    for (const JournalLine &line : lines)
        bytes += line.bytes + '\n';
    ++m_report.rewrittenJournals;
    return replaceFile(m_disk, path, bytes);
}

Result<> IncidentDb::insertMissing(
    const IncidentId &incident, const std::vector<JournalLine> &lines, qint64 bytes)
{
    auto transaction = Transaction::begin(*m_database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    // What contradicts a row that is there stays out; verification names it.
    auto insert = m_database->prepare(kInsertFitting);
    auto present = m_database->prepare("SELECT line FROM entry WHERE id = ?");
    auto redact = m_database->prepare("UPDATE entry SET line = ? WHERE id = ?");
    auto size = m_database->prepare(kSetJournalSize);
    for (const auto *statement : {&insert, &present, &redact, &size}) {
        if (!*statement)
            return tl::unexpected(statement->error());
    }
    for (const JournalLine &line : lines) {
        const auto row = present->bind(1, line.entry.id.uuid.toBytes()).step();
        if (!row)
            return tl::unexpected(row.error());
        const bool isOther = *row && present->blob(0) != line.bytes;
        present->reset();
        Result<> done;
        if (!*row) {
            done = insertLine(*insert, line);
            ++m_report.insertedRows;
        } else if (isOther && line.entry.redacted) {
            done = redact->bind(1, QString::fromUtf8(line.bytes)).bind(2, line.entry.id.uuid.toBytes()).run();
        }
        if (!done)
            return done;
    }
    if (auto done = size->bind(1, incident.uuid.toBytes()).bind(2, bytes).run(); !done)
        return done;
    return transaction->commit();
}

/// The file is kept under another name; a new one is made of its readable rows and of all journals.
Result<> IncidentDb::rebuildDatabase()
{
    std::vector<JournalLine> rows;
    if (m_database) {
        // Whatever can still be read; where reading ends, it ends.
        if (auto select = m_database->prepare("SELECT line FROM entry")) {
            for (auto row = select->step(); row && *row; row = select->step()) {
                if (auto line = decodeLine(select->blob(0)))
                    rows.push_back(std::move(*line));
            }
        }
    }
    m_database.reset();
    const QString aside = databasePath() + u".corrupt-"_s + utcSuffix();
    if (auto moved = moveAside(m_disk, databasePath(), aside); !moved)
        return moved;
    if (auto moved = moveAside(m_disk, databasePath() + u"-journal"_s, aside + u"-journal"_s); !moved)
        return moved;
    m_report.databaseRebuilt = true;
    m_report.notes += u"the database of incidents was damaged; it is kept as %1, and a new one was made from "
                      "the journals"_s.arg(aside);
    if (auto connected = connect(); !connected)
        return connected;
    if (auto made = migrate(*m_database, incidentMigrations(), [] { return Result<>{}; }); !made)
        return made;
    std::map<IncidentId, std::vector<JournalLine>> byIncident;
    for (JournalLine &line : rows)
        byIncident[line.entry.incident].push_back(std::move(line));
    const auto folders = m_disk.list(m_options.root + u"/incidents"_s);
    if (!folders)
        return tl::unexpected(folders.error());
    for (const QString &name : *folders) {
        if (const auto id = IncidentId::parse(name))
            byIncident.try_emplace(*id);
    }
    for (const auto &[incident, lines] : byIncident) {
        // The rows first; reconciling then adds what only the journal has, and mends the journal.
        if (!lines.empty()) {
            if (auto kept = insertMissing(incident, lines, 0); !kept)
                return kept;
        }
        if (auto done = reconcileOne(incident); !done)
            return done;
    }
    return {};
}

Result<> IncidentDb::learnKeys()
{
    m_years.clear();
    auto select = m_database->prepare(kDeclarations);
    if (!select)
        return tl::unexpected(select.error());
    return select->eachRow([&]() -> Result<> {
        const auto line = decodeLine(select->blob(0));
        const QStringList parts =
            line ? line->entry.data.value("key"_L1).toString().split(u'-') : QStringList();
        if (parts.size() == 3 && parts[0] == "INC"_L1) {
            int &highest = m_years[parts[1]];
            highest = std::max(highest, parts[2].toInt());
        }
        return {};
    });
}

/// What is missing is said once, in the record itself.
Result<> IncidentDb::reportGaps()
{
    const std::map<IncidentId, ChainReport> found = std::exchange(m_gaps, {});
    for (const auto &[incident, chains] : found) {
        QJsonArray gaps;
        for (const ChainReport::Gap &gap : chains.gaps) {
            gaps += QJsonObject{{u"writer"_s, gap.writer.toString()}, {u"first"_s, qint64(gap.first)},
                {u"last"_s, qint64(gap.last)}};
        }
        QJsonObject data{{u"gaps"_s, gaps}};
        if (!chains.problems.isEmpty())
            data[u"problems"_s] = QJsonArray::fromStringList(chains.problems);
        const auto before =
            linesOf(incident, "SELECT line FROM entry WHERE inc = ? AND kind = 'system.gap_found'");
        if (!before)
            return tl::unexpected(before.error());
        const bool isKnown = std::any_of(before->begin(), before->end(),
            [&data](const JournalLine &line) { return line.entry.data == data; });
        if (isKnown)
            continue;
        TimelineEntry entry;
        entry.incident = incident;
        entry.kind = u"system.gap_found"_s;
        entry.title = Untrusted(u"Entries of this incident are missing"_s);
        entry.actor = {Actor::Type::System, u"store"_s, {}};
        entry.data = data;
        entry.level = defaultLevel(entry.kind, data);
        m_report.notes += u"incident %1: %2 gaps in the record"_s.arg(incident.toString()).arg(gaps.size());
        if (const auto stored = append({entry}); !stored)
            return tl::unexpected(stored.error());
    }
    return {};
}

} // namespace bw
