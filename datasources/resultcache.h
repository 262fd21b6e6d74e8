// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/queryresult.h>

#include <QHash>

#include <list>

namespace bw {

/// Answers young enough to be given again, so that ten panels with one question make one transfer. Bounded
/// by bytes; the least recently used go first. Single thread.
class ResultCache
{
public:
    explicit ResultCache(qint64 maxBytes = 64LL << 20)
        : m_maxBytes(maxBytes)
    {
    }
    void keep(const QByteArray &key, const QueryResult &result, BootTime now);
    /// The answer to `key` if it is not older than `maxAge`; null when there is none.
    const QueryResult *find(const QByteArray &key, BootTime now, Nanoseconds maxAge);
    void clear();
    qint64 bytes() const { return m_bytes; }

private:
    struct Entry
    {
        QByteArray key;
        QueryResult result;
        BootTime at;
        qint64 cost = 0;
    };
    void drop(std::list<Entry>::iterator at);

    qint64 m_maxBytes, m_bytes = 0;
    std::list<Entry> m_entries; ///< most recently used first
    QHash<QByteArray, std::list<Entry>::iterator> m_byKey;
};

/// How old an answer may be for a question that is asked again every `interval`: half the smaller of
/// interval and step. Lists of names change slowly; for them `maxAge` alone decides.
Nanoseconds cacheAge(const QuerySpec &spec, Nanoseconds interval, Nanoseconds maxAge);

} // namespace bw
