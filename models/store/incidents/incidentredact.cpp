// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/incidentdb.h>

#include <domain/incidents/entrykinds.h>

#include <QJsonArray>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

/// First the entry that says so, durably; then the content goes, from the journal and from the database.
/// After a crash in between one copy still has it: opening compares them, and the redacted one wins.
Result<StoredEntry> IncidentDb::redact(
    const IncidentId &incident, const EntryId &entry, const QString &reason, const Actor &actor)
{
    if (reason.trimmed().isEmpty())
        return fail(Error::Kind::Invalid, u"redacting an entry needs a reason"_s);
    const auto all = entries(incident);
    if (!all)
        return tl::unexpected(all.error());
    const std::vector<CuratedEntry> curated = curate(*all);
    const auto asked = std::find_if(
        curated.begin(), curated.end(), [&](const CuratedEntry &one) { return one.entry.id == entry; });
    if (asked == curated.end())
        return fail(Error::Kind::NotFound, u"there is no entry %1"_s.arg(entry.toString()));
    QJsonArray versions;
    std::vector<EntryId> ids;
    for (const CuratedEntry &one : curated) {
        if (one.root != asked->root)
            continue;
        // First version first: the list keeps the chain together when its bodies are gone.
        ids.insert(one.entry.id == asked->root ? ids.begin() : ids.end(), one.entry.id);
    }
    for (const EntryId &id : ids)
        versions += id.toString();
    TimelineEntry remark;
    remark.incident = incident;
    remark.kind = u"incident.field"_s;
    remark.title = Untrusted(u"An entry was redacted"_s);
    remark.actor = actor;
    remark.data = {{u"redacted"_s, versions}, {u"reason"_s, reason}};
    remark.level = defaultLevel(remark.kind, remark.data);
    auto stored = append({remark});
    if (!stored)
        return tl::unexpected(stored.error());
    if (auto removed = removeBodies(incident, ids); !removed) {
        poison();
        return tl::unexpected(removed.error());
    }
    m_suspects.erase(incident);
    return stored->front();
}

Result<> IncidentDb::removeBodies(const IncidentId &incident, const std::vector<EntryId> &ids)
{
    auto lines = linesOf(incident, "SELECT line FROM entry WHERE inc = ? ORDER BY hlc, writer, seq");
    if (!lines)
        return tl::unexpected(lines.error());
    QByteArray journal;
    std::vector<JournalLine> changed;
    for (JournalLine &line : *lines) {
        if (std::find(ids.begin(), ids.end(), line.entry.id) != ids.end()) {
            line.bytes = redactedLine(line.bytes);
            line.entry.redacted = true;
            changed.push_back(line);
        }
        journal += line.bytes + '\n';
    }
    m_journals.erase(incident); // it would go on writing to the old file
    m_suspects.insert(incident);
    if (auto replaced = replaceFile(m_disk, journalPath(incident), journal); !replaced)
        return replaced;
    if (auto updated = insertMissing(incident, changed, journal.size()); !updated)
        return updated;
    // What secure_delete leaves in pages that were freed before.
    return m_database->execute("VACUUM");
}

} // namespace bw
