// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/searchindex.h>

#include <QFile>
#include <QRegularExpression>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// "pool exhau" → "pool"* "exhau"*: quoted, so that nothing in it is an operator.
QString matchOf(const QString &words)
{
    static const QRegularExpression separators(u"[^\\p{L}\\p{N}]+"_s);
    QStringList parts;
    for (const QString &word : words.split(separators, Qt::SkipEmptyParts))
        parts += u'"' + word + u"\"*"_s;
    return parts.join(u' ');
}

} // namespace

void SearchIndex::clear()
{
    m_database.reset();
    for (const QString &suffix : {QString(), u"-wal"_s, u"-shm"_s})
        QFile::remove(m_path + suffix);
}

Result<> SearchIndex::ensureOpen()
{
    for (int attempt = 0; attempt < 2 && !m_database; ++attempt) {
        auto database = Database::open(m_path, DatabaseRole::Cache);
        Result<> ready = database ? Result<>{} : tl::unexpected(database.error());
        if (ready)
            ready = database->execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS found USING fts5(title, body, content='', detail=column, "
                "tokenize='unicode61 remove_diacritics 2');"
                "CREATE TABLE IF NOT EXISTS place(row INTEGER PRIMARY KEY NOT NULL, inc BLOB NOT NULL) "
                "STRICT;");
        if (ready)
            m_database.emplace(std::move(*database));
        else if (attempt > 0 || !Database::isDamaged(ready.error()))
            return ready;
        else
            clear();
    }
    return {};
}

Result<bool> SearchIndex::catchUp(IncidentDb &db, int limit)
{
    if (auto opened = ensureOpen(); !opened)
        return tl::unexpected(opened.error());
    const auto last = m_database->number("SELECT coalesce(max(row), 0) FROM place");
    if (!last)
        return tl::unexpected(last.error());
    const auto rows = db.rowsAfter(*last, limit);
    if (!rows)
        return tl::unexpected(rows.error());
    if (rows->empty())
        return false;
    auto transaction = Transaction::begin(*m_database);
    if (!transaction)
        return tl::unexpected(transaction.error());
    auto text = m_database->prepare("INSERT INTO found(rowid, title, body) VALUES(?, ?, ?)");
    auto place = m_database->prepare("INSERT INTO place(row, inc) VALUES(?, ?)");
    if (!text || !place)
        return tl::unexpected(text ? place.error() : text.error());
    for (const IncidentDb::IndexRow &row : *rows) {
        auto done = text->bind(1, row.row).bind(2, row.title).bind(3, row.text).run();
        if (done)
            done = place->bind(1, row.row).bind(2, row.incident.uuid.toBytes()).run();
        if (!done)
            return tl::unexpected(done.error());
    }
    if (auto committed = transaction->commit(); !committed)
        return tl::unexpected(committed.error());
    return int(rows->size()) == limit;
}

Result<std::vector<SearchHit>> SearchIndex::find(
    const QString &words, const std::optional<IncidentId> &incident, int limit)
{
    if (auto opened = ensureOpen(); !opened)
        return tl::unexpected(opened.error());
    std::vector<SearchHit> hits;
    const QString match = matchOf(words);
    if (match.isEmpty())
        return hits;
    auto select = m_database->prepare(incident
            ? "SELECT found.rowid, place.inc FROM found JOIN place ON place.row = found.rowid WHERE found "
              "MATCH ? AND place.inc = ? ORDER BY found.rowid DESC LIMIT ?"
            : "SELECT found.rowid, place.inc FROM found JOIN place ON place.row = found.rowid WHERE found "
              "MATCH ? ORDER BY found.rowid DESC LIMIT ?");
    if (!select)
        return tl::unexpected(select.error());
    select->bind(1, match);
    if (incident)
        select->bind(2, incident->uuid.toBytes());
    select->bind(incident ? 3 : 2, qint64(limit));
    const auto read = select->eachRow([&]() -> Result<> {
        if (const auto id = Uuid::fromBytes(select->blob(1)))
            hits.push_back({IncidentId{*id}, select->integer(0)});
        return {};
    });
    return read ? Result<std::vector<SearchHit>>(std::move(hits)) : tl::unexpected(read.error());
}

} // namespace bw
