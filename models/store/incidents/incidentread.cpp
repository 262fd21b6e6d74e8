// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentdb.h>
#include <store/incidents/incidentschema.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

bool isBlobName(const QString &text)
{
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
    });
}

/// Files an entry names: attachments of evidence.
QStringList blobsOf(const TimelineEntry &entry)
{
    QStringList names;
    for (const auto key : {"data_file"_L1, "image"_L1, "blob"_L1}) {
        if (const QString name = entry.data.value(key).toString(); isBlobName(name))
            names += name;
    }
    return names;
}

} // namespace

Result<Statement> IncidentDb::prepared(const char *sql)
{
    if (!m_database)
        return fail(Error::Kind::Refused, u"the incident record is closed"_s);
    return m_database->prepare(sql);
}

/// Of a statement that gives lines in its first column.
Result<std::vector<JournalLine>> IncidentDb::linesOf(Statement &select)
{
    std::vector<JournalLine> lines;
    const auto all = select.eachRow([&]() -> Result<> {
        auto line = decodeLine(select.blob(0));
        if (!line)
            return tl::unexpected(line.error());
        lines.push_back(std::move(*line));
        return {};
    });
    return all ? Result<std::vector<JournalLine>>(std::move(lines)) : tl::unexpected(all.error());
}

Result<std::vector<JournalLine>> IncidentDb::linesOf(const IncidentId &incident, const char *sql)
{
    auto select = prepared(sql);
    if (!select)
        return tl::unexpected(select.error());
    return linesOf(select->bind(1, incident.uuid.toBytes()));
}

/// A row that cannot be read is in the journal, too: whoever writes builds the database anew from it, whoever
/// only reads takes the journal's lines.
Result<std::vector<JournalLine>> IncidentDb::healedLinesOf(
    const IncidentId &incident, const char *sql, bool (*isWanted)(const TimelineEntry &))
{
    auto lines = linesOf(incident, sql);
    if (lines || lines.error().kind != Error::Kind::Decode)
        return lines;
    if (!isReadOnly() && !m_isClosed) {
        m_suspects.insert(incident);
        if (auto healed = recoverFromPoison(); !healed) {
            poison();
            return tl::unexpected(healed.error());
        }
        return linesOf(incident, sql);
    }
    const auto bytes = m_disk.read(journalPath(incident), 0);
    if (!bytes)
        return tl::unexpected(bytes.error());
    JournalScan scan = scanJournal(*bytes);
    if (!scan.bad.empty())
        return tl::unexpected(lines.error());
    std::erase_if(scan.lines,
        [&](const JournalLine &line) { return line.entry.incident != incident || !isWanted(line.entry); });
    return std::move(scan.lines);
}

Result<std::vector<JournalLine>> IncidentDb::lines(const IncidentId &incident)
{
    // What entries() refuses is no record to hand on either.
    if (auto all = entries(incident); !all)
        return tl::unexpected(all.error());
    return healedLinesOf(
        incident, "SELECT line FROM entry WHERE inc = ?", [](const TimelineEntry &) { return true; });
}

Result<std::vector<TimelineEntry>> IncidentDb::entries(const IncidentId &incident)
{
    auto lines = healedLinesOf(
        incident, "SELECT line FROM entry WHERE inc = ?", [](const TimelineEntry &) { return true; });
    if (!lines)
        return tl::unexpected(lines.error());
    if (lines->empty())
        return fail(Error::Kind::NotFound, u"there is no incident %1"_s.arg(incident.toString()));
    // A number that is missing is an entry that nobody would miss.
    std::map<WriterId, std::pair<quint64, quint64>> counts; // how many, highest
    for (const JournalLine &line : *lines) {
        auto &[count, highest] = counts[line.entry.writer];
        ++count;
        highest = std::max(highest, line.entry.seq);
    }
    const bool hasGaps = std::any_of(
        counts.begin(), counts.end(), [](const auto &one) { return one.second.first != one.second.second; });
    std::vector<TimelineEntry> entries;
    entries.reserve(lines->size());
    bool gapsAreKnown = false;
    for (JournalLine &line : *lines) {
        gapsAreKnown |= line.entry.kind == "system.gap_found"_L1;
        entries.push_back(std::move(line.entry));
    }
    if (hasGaps && !gapsAreKnown)
        return fail(Error::Kind::Storage,
            u"incident %1 has entries that cannot be read; verify it"_s.arg(incident.toString()));
    return entries;
}

Result<TimelinePage> IncidentDb::page(
    const IncidentId &incident, const std::optional<TimelineCursor> &before, int limit)
{
    auto found = pageOnce(incident, before, limit);
    if (found || found.error().kind != Error::Kind::Decode)
        return found;
    if (auto healed = entries(incident); !healed)
        return tl::unexpected(healed.error());
    return pageOnce(incident, before, limit);
}

Result<TimelinePage> IncidentDb::pageOnce(
    const IncidentId &incident, const std::optional<TimelineCursor> &before, int limit)
{
    auto select = prepared(before
            ? "SELECT line FROM entry WHERE inc = ? AND (at, hlc, id) < (?, ?, ?) ORDER BY at DESC, hlc "
              "DESC, "
              "id DESC LIMIT ?"
            : "SELECT line FROM entry WHERE inc = ? ORDER BY at DESC, hlc DESC, id DESC LIMIT ?");
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, incident.uuid.toBytes());
    if (before)
        select->bind(2, toNs(before->at))
            .bind(3, qint64(before->hlc.value))
            .bind(4, before->id.uuid.toBytes());
    select->bind(before ? 5 : 2, qint64(limit));
    auto lines = linesOf(*select);
    if (!lines)
        return tl::unexpected(lines.error());
    TimelinePage page;
    for (JournalLine &line : *lines)
        page.entries.push_back(std::move(line.entry));
    if (int(page.entries.size()) == limit && limit > 0) {
        const TimelineEntry &last = page.entries.back();
        page.next = TimelineCursor{last.at, last.hlc, last.id};
    }
    return page;
}

Result<std::vector<IncidentId>> IncidentDb::incidents()
{
    auto select = prepared("SELECT DISTINCT inc FROM entry");
    if (!select)
        return tl::unexpected(select.error());
    std::vector<IncidentId> all;
    const auto read = select->eachRow([&]() -> Result<> {
        if (const auto id = Uuid::fromBytes(select->blob(0)))
            all.push_back(IncidentId{*id});
        return {};
    });
    return read ? Result<std::vector<IncidentId>>(std::move(all)) : tl::unexpected(read.error());
}

Result<std::vector<TimelineEntry>> IncidentDb::headEntries(const IncidentId &incident)
{
    auto lines = healedLinesOf(incident,
        "SELECT line FROM entry WHERE inc = ? AND (kind GLOB 'incident.*' OR kind GLOB 'milestone.*' OR kind "
        "GLOB 'role.*')",
        [](const TimelineEntry &entry) {
            return entry.kind.startsWith("incident."_L1) || entry.kind.startsWith("milestone."_L1)
                || entry.kind.startsWith("role."_L1);
        });
    if (!lines)
        return tl::unexpected(lines.error());
    std::vector<TimelineEntry> entries;
    for (JournalLine &line : *lines)
        entries.push_back(std::move(line.entry));
    return entries;
}

Result<std::vector<IncidentSummary>> IncidentDb::list()
{
    const auto ids = incidents();
    if (!ids)
        return tl::unexpected(ids.error());
    std::vector<IncidentSummary> all;
    for (const IncidentId &id : *ids) {
        const auto entries = headEntries(id);
        if (!entries)
            return tl::unexpected(entries.error());
        auto counted = m_database->prepare("SELECT count(*), max(hlc) FROM entry WHERE inc = ?");
        if (!counted)
            return tl::unexpected(counted.error());
        const auto row = counted->bind(1, id.uuid.toBytes()).step();
        if (!row)
            return tl::unexpected(row.error());
        IncidentSummary summary{project(*entries), counted->integer(0),
            fromUnixMs(Hlc{quint64(counted->integer(1))}.milliseconds())};
        summary.head.id = id;
        all.push_back(std::move(summary));
    }
    std::sort(all.begin(), all.end(), [](const IncidentSummary &a, const IncidentSummary &b) {
        return std::tie(a.head.declaredAt, a.head.id) > std::tie(b.head.declaredAt, b.head.id);
    });
    return all;
}

/// What declared these incidents. One question for all; where one of its rows cannot be read, one for each
/// incident, which heals it.
Result<std::vector<TimelineEntry>> IncidentDb::declarations(const std::vector<IncidentId> &ids)
{
    auto select = prepared(kDeclarations);
    if (!select)
        return tl::unexpected(select.error());
    auto lines = linesOf(*select);
    if (!lines && lines.error().kind != Error::Kind::Decode)
        return tl::unexpected(lines.error());
    std::vector<TimelineEntry> declared;
    if (lines) {
        for (JournalLine &line : *lines)
            declared.push_back(std::move(line.entry));
        return declared;
    }
    for (const IncidentId &id : ids) {
        const auto entries = headEntries(id);
        if (!entries)
            return tl::unexpected(entries.error());
        std::copy_if(entries->begin(), entries->end(), std::back_inserter(declared),
            [](const TimelineEntry &entry) { return entry.kind == "incident.declared"_L1; });
    }
    return declared;
}

Result<IncidentId> IncidentDb::find(const QString &text)
{
    const auto all = incidents();
    if (!all)
        return tl::unexpected(all.error());
    const auto declared = declarations(*all);
    if (!declared)
        return tl::unexpected(declared.error());
    for (const TimelineEntry &entry : *declared) {
        if (entry.data.value("key"_L1).toString().compare(text, Qt::CaseInsensitive) == 0)
            return entry.incident;
    }
    std::vector<IncidentId> matching;
    std::copy_if(all->begin(), all->end(), std::back_inserter(matching), [&text](const IncidentId &id) {
        return text.size() >= 4 && id.toString().startsWith(text, Qt::CaseInsensitive);
    });
    if (matching.size() == 1)
        return matching.front();
    return fail(Error::Kind::NotFound,
        matching.empty() ? u"there is no incident %1"_s.arg(text)
                         : u"%1 begins the ids of %2 incidents"_s.arg(text).arg(matching.size()));
}

Result<std::vector<IncidentDb::IndexRow>> IncidentDb::rowsAfter(qint64 after, int limit)
{
    auto select = prepared("SELECT rowid, line FROM entry WHERE rowid > ? ORDER BY rowid LIMIT ?");
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, after).bind(2, qint64(limit));
    std::vector<IndexRow> rows;
    const auto all = select->eachRow([&]() -> Result<> {
        if (const auto line = decodeLine(select->blob(1)))
            rows.push_back({select->integer(0), line->entry.incident, line->entry.at,
                verbatim(line->entry.title), verbatim(line->entry.body)});
        else // damaged: verification says so; it takes its place all the same
            rows.push_back({select->integer(0), {}, {}, {}, {}});
        return {};
    });
    return all ? Result<std::vector<IndexRow>>(std::move(rows)) : tl::unexpected(all.error());
}

Result<std::vector<TimelineEntry>> IncidentDb::byRow(const std::vector<qint64> &rows)
{
    auto select = prepared("SELECT line FROM entry WHERE rowid = ?");
    if (!select)
        return tl::unexpected(select.error());
    std::vector<TimelineEntry> entries;
    for (const qint64 number : rows) {
        auto lines = linesOf(select->bind(1, number));
        if (!lines)
            return tl::unexpected(lines.error());
        for (JournalLine &line : *lines)
            entries.push_back(std::move(line.entry));
        select->reset();
    }
    return entries;
}

// Files beside the entries

Result<QString> IncidentDb::putBlob(const IncidentId &incident, const QByteArray &bytes)
{
    if (isReadOnly() || m_isClosed)
        return fail(Error::Kind::Refused, u"the incident record is open for reading only"_s);
    const QString hash = QString::fromLatin1(sha256(bytes));
    const QString blobs = folder(incident) + u"/blobs"_s;
    if (const auto there = blob(incident, hash); there)
        return hash;
    if (const auto made = m_disk.makeDirectory(blobs); !made)
        return tl::unexpected(made.error());
    for (const QString &changed : {folderOf(folder(incident)), folder(incident)}) {
        if (auto synced = m_disk.syncDirectory(changed); !synced)
            return tl::unexpected(synced.error());
    }
    if (auto written = replaceFile(m_disk, blobs + u'/' + hash, bytes); !written)
        return tl::unexpected(written.error());
    return hash;
}

Result<QByteArray> IncidentDb::blob(const IncidentId &incident, const QString &hash)
{
    if (!isBlobName(hash))
        return fail(Error::Kind::Invalid, u"%1 is no name of a file in the record"_s.arg(hash));
    auto bytes = m_disk.read(folder(incident) + u"/blobs/"_s + hash, 0);
    if (!bytes)
        return fail(
            bytes.error().kind, u"evidence file missing"_s, bytes.error().message, bytes.error().code);
    if (QString::fromLatin1(sha256(*bytes)) != hash)
        return fail(Error::Kind::Decode, u"evidence file %1 has been changed"_s.arg(hash));
    return bytes;
}

Result<> IncidentDb::saveDrafts(const IncidentId &incident, const std::map<QString, QString> &drafts)
{
    if (isReadOnly() || m_isClosed)
        return fail(Error::Kind::Refused, u"the incident record is open for reading only"_s);
    const auto made = m_disk.makeDirectory(folder(incident));
    if (!made)
        return tl::unexpected(made.error());
    QJsonObject object;
    for (const auto &[place, text] : drafts) {
        if (!text.isEmpty())
            object[place] = text;
    }
    return replaceFile(m_disk, folder(incident) + u"/drafts.json"_s, QJsonDocument(object).toJson());
}

Result<std::map<QString, QString>> IncidentDb::drafts(const IncidentId &incident)
{
    const auto bytes = m_disk.read(folder(incident) + u"/drafts.json"_s, 0);
    std::map<QString, QString> drafts;
    if (!bytes)
        return bytes.error().kind == Error::Kind::NotFound ? Result<std::map<QString, QString>>(drafts)
                                                           : tl::unexpected(bytes.error());
    const QJsonObject object = QJsonDocument::fromJson(*bytes).object();
    for (auto it = object.begin(); it != object.end(); ++it)
        drafts[it.key()] = it->toString();
    return drafts;
}

// Verification

/// Beside another process that writes, the copies are read one after the other: what was written in between
/// looks like a difference and is gone when both are read again.
Result<VerifyReport> IncidentDb::verify(const IncidentId &incident)
{
    auto report = verifyOnce(incident);
    for (int attempt = 0; attempt < 3 && isReadOnly() && report && !report->findings.isEmpty(); ++attempt)
        report = verifyOnce(incident);
    return report;
}

Result<VerifyReport> IncidentDb::verifyOnce(const IncidentId &incident)
{
    VerifyReport report;
    report.incident = incident;
    std::map<EntryId, QByteArray> rows;
    std::vector<JournalLine> lines;
    auto select = prepared("SELECT id, seq, hlc, at, kind, line FROM entry WHERE inc = ?");
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, incident.uuid.toBytes());
    const auto read = select->eachRow([&]() -> Result<> {
        auto line = decodeLine(select->blob(5));
        if (!line) {
            report.findings += u"database: %1"_s.arg(line.error().message);
            return {};
        }
        const TimelineEntry &entry = line->entry;
        if (entry.incident != incident || entry.id.uuid.toBytes() != select->blob(0)
            || qint64(entry.seq) != select->integer(1) || qint64(entry.hlc.value) != select->integer(2)
            || toNs(entry.at) != select->integer(3) || entry.kind != select->text(4))
            report.findings +=
                u"database: the columns of entry %1 are not those of its line"_s.arg(entry.id.toString());
        if (entry.kind == "incident.declared"_L1)
            report.key = entry.data.value("key"_L1).toString();
        for (const QString &name : blobsOf(entry)) {
            if (const auto file = blob(incident, name); !file)
                report.findings += u"entry %1: %2"_s.arg(entry.id.toString(), file.error().message);
        }
        rows[entry.id] = line->bytes;
        lines.push_back(std::move(*line));
        return {};
    });
    if (!read)
        return tl::unexpected(read.error());
    report.entries = qint64(lines.size());
    const auto bytes = m_disk.read(journalPath(incident), 0);
    if (!bytes && bytes.error().kind != Error::Kind::NotFound)
        return tl::unexpected(bytes.error());
    const JournalScan scan = scanJournal(bytes.value_or(QByteArray()));
    for (const JournalScan::Bad &bad : scan.bad)
        report.findings += u"journal, byte %1: %2"_s.arg(bad.offset).arg(bad.why);
    if (scan.tornAt)
        report.findings += u"journal, byte %1: the last line is incomplete or wrong"_s.arg(*scan.tornAt);
    for (const JournalLine &line : scan.lines) {
        const auto row = rows.find(line.entry.id);
        if (row == rows.end())
            report.findings += u"entry %1 is in the journal only"_s.arg(line.entry.id.toString());
        else if (row->second != line.bytes)
            report.findings += u"entry %1 differs in the two copies"_s.arg(line.entry.id.toString());
        if (row != rows.end())
            rows.erase(row);
        if (line.entry.incident != incident)
            report.findings += u"entry %1 belongs to another incident"_s.arg(line.entry.id.toString());
    }
    for (const auto &[id, line] : rows)
        report.findings += u"entry %1 is in the database only"_s.arg(id.toString());
    lines.insert(lines.end(), scan.lines.begin(), scan.lines.end());
    const ChainReport chains = checkChains(lines);
    for (const ChainReport::Gap &gap : chains.gaps)
        report.findings += u"lines %1 to %2 of writer %3 are missing"_s.arg(gap.first).arg(gap.last).arg(
            gap.writer.toString());
    report.findings += chains.problems;
    report.heads = chains.heads;
    return report;
}

} // namespace bw
