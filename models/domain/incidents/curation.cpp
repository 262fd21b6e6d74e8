// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/projection.h>

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <tuple>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// What later entries say of one chain of versions.
struct Verdict
{
    std::optional<EntryLevel> level;
    std::optional<bool> starred;
    bool deleted = false;
    Untrusted reason;
};

std::optional<EntryId> idIn(const QJsonValue &value) { return EntryId::parse(value.toString()); }

/// Which of two copies of one id counts. One that was redacted: the other has not heard of it yet. Of two
/// that differ otherwise always the same, whichever came first.
bool ranksBefore(const TimelineEntry &a, const TimelineEntry &b)
{
    if (a.redacted != b.redacted)
        return a.redacted;
    const auto rank = [](const TimelineEntry &entry) {
        return std::tuple(entry.hlc, entry.writer, entry.seq, entry.at, entry.kind, verbatim(entry.title),
            verbatim(entry.body), QJsonDocument(entry.data).toJson(QJsonDocument::Compact));
    };
    return rank(a) < rank(b);
}

/// Entries by id, in the order of recording.
std::vector<const TimelineEntry *> inRecordOrder(std::span<const TimelineEntry> entries)
{
    QHash<EntryId, const TimelineEntry *> byId;
    for (const TimelineEntry &entry : entries) {
        const TimelineEntry *&kept = byId[entry.id];
        if (!kept || ranksBefore(entry, *kept))
            kept = &entry;
    }
    std::vector<const TimelineEntry *> sorted(byId.cbegin(), byId.cend());
    std::sort(sorted.begin(), sorted.end(),
        [](const TimelineEntry *a, const TimelineEntry *b) { return recordedBefore(*a, *b); });
    return sorted;
}

class Curator
{
public:
    explicit Curator(std::span<const TimelineEntry> entries)
        : m_sorted(inRecordOrder(entries))
    {
        for (const TimelineEntry *entry : m_sorted)
            chain(*entry);
        std::vector<const TimelineEntry *> remarks;
        std::copy_if(
            m_sorted.begin(), m_sorted.end(), std::back_inserter(remarks), [](const TimelineEntry *entry) {
                return entry->kind == "incident.field"_L1 && !entry->redacted;
            });
        // Chains first: a verdict falls on all of one.
        for (const TimelineEntry *entry : remarks)
            joinRedacted(entry->data.value("redacted"_L1).toArray());
        for (const TimelineEntry *entry : remarks)
            judge(*entry);
    }

    std::vector<CuratedEntry> result() const
    {
        std::vector<CuratedEntry> curated;
        curated.reserve(m_sorted.size());
        for (const TimelineEntry *entry : m_sorted)
            curated.push_back(curatedOf(*entry));
        std::sort(curated.begin(), curated.end(),
            [](const CuratedEntry &a, const CuratedEntry &b) { return happenedBefore(a.entry, b.entry); });
        return curated;
    }

private:
    /// A version joins the chain of what it edits. One that names a later entry, or none we have, is a first.
    void chain(const TimelineEntry &entry)
    {
        EntryId root = entry.id;
        if (entry.supersedes) {
            if (const auto known = m_roots.constFind(*entry.supersedes); known != m_roots.constEnd())
                root = *known;
        }
        m_roots.insert(entry.id, root);
        m_versions[root].push_back(entry.id);
    }

    void judge(const TimelineEntry &entry)
    {
        const QJsonObject &data = entry.data;
        const Untrusted reason(data.value("reason"_L1).toString());
        if (Verdict *verdict = verdictOn(data.value("entry"_L1))) {
            if (const auto level = valueOf<EntryLevel>(data.value("level"_L1).toString()))
                verdict->level = level;
            if (data.value("starred"_L1).isBool())
                verdict->starred = data.value("starred"_L1).toBool();
        }
        if (Verdict *verdict = verdictOn(data.value("deleted"_L1))) {
            verdict->deleted = true;
            verdict->reason = reason;
        }
        if (Verdict *verdict = verdictOn(data.value("restored"_L1))) {
            verdict->deleted = false;
            verdict->reason = {};
        }
        if (Verdict *verdict = verdictOn(data.value("redacted"_L1).toArray().at(0)))
            verdict->reason = reason;
    }

    /// A redacted edit no longer says what it edits: the redaction names the whole chain, first version
    /// first.
    void joinRedacted(const QJsonArray &ids)
    {
        std::optional<EntryId> root;
        for (const QJsonValue &value : ids) {
            const auto id = idIn(value);
            if (!id || !m_roots.contains(*id))
                continue;
            if (!root)
                root = m_roots.value(*id);
            const EntryId former = m_roots.value(*id);
            if (former == *root)
                continue;
            for (const EntryId &version : m_versions.take(former)) {
                m_roots.insert(version, *root);
                m_versions[*root].push_back(version);
            }
        }
    }

    Verdict *verdictOn(const QJsonValue &value)
    {
        const auto id = idIn(value);
        const auto root = id ? m_roots.constFind(*id) : m_roots.constEnd();
        return root == m_roots.constEnd() ? nullptr : &m_verdicts[*root];
    }

    CuratedEntry curatedOf(const TimelineEntry &entry) const
    {
        CuratedEntry curated{entry, entry.level, entry.starred, m_roots.value(entry.id), {}, false, {}, {}};
        const std::vector<EntryId> versions = m_versions.value(curated.root);
        const Verdict verdict = m_verdicts.value(curated.root);
        curated.level = verdict.level.value_or(entry.level);
        curated.starred = verdict.starred.value_or(entry.starred);
        if (curated.starred)
            curated.level = std::max(curated.level, EntryLevel::Key);
        curated.deleted = verdict.deleted;
        curated.reason = verdict.reason;
        if (versions.back() != entry.id)
            curated.supersededBy = versions.back();
        else
            curated.versions = versions;
        return curated;
    }

    std::vector<const TimelineEntry *> m_sorted;
    QHash<EntryId, EntryId> m_roots;
    QHash<EntryId, std::vector<EntryId>> m_versions; ///< by root, in the order of recording
    QHash<EntryId, Verdict> m_verdicts; ///< by root
};

} // namespace

std::vector<CuratedEntry> curate(std::span<const TimelineEntry> entries)
{
    return entries.empty() ? std::vector<CuratedEntry>{} : Curator(entries).result();
}

std::vector<CuratedEntry> visible(const std::vector<CuratedEntry> &entries, EntryLevel minimum)
{
    std::vector<CuratedEntry> shown;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(shown),
        [minimum](const CuratedEntry &entry) { return !entry.isHidden() && entry.level >= minimum; });
    return shown;
}

} // namespace bw
