// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/incidentdb.h>

namespace bw {

struct SearchHit
{
    IncidentId incident;
    qint64 row = 0; ///< for IncidentDb::byRow()
};

/// Full-text index of all entries in search.sqlite, apart from the record: it is filled after an entry is
/// saved, may be deleted at any time and is then built anew. Belongs to one thread.
class SearchIndex
{
public:
    explicit SearchIndex(const QString &path)
        : m_path(path)
    {
    }
    /// Adds what the record has and the index lacks, at most `limit` entries; true when there may be more.
    [[nodiscard]] Result<bool> catchUp(IncidentDb &db, int limit = 2000);
    /// Entries whose title or text has all the words (as beginnings), newest first. Operators of the query
    /// language are taken as text.
    [[nodiscard]] Result<std::vector<SearchHit>> find(
        const QString &words, const std::optional<IncidentId> &incident, int limit);
    /// Forgets everything: after a redaction nothing of it may stay.
    void clear();

private:
    [[nodiscard]] Result<> ensureOpen();
    QString m_path;
    std::optional<Database> m_database;
};

} // namespace bw
