// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/resultcache.h>

namespace bw {

namespace {
/// What an entry costs beside its data: labels, keys, tables.
constexpr qint64 kOverhead = 1024;
} // namespace

void ResultCache::keep(const QByteArray &key, const QueryResult &result, BootTime now)
{
    if (const auto at = m_byKey.constFind(key); at != m_byKey.constEnd())
        drop(*at);
    const qint64 cost = kOverhead + key.size() + result.bytes;
    if (cost > m_maxBytes / 4)
        return; // one giant would push everything else out
    m_entries.push_front({key, result, now, cost});
    m_byKey.insert(key, m_entries.begin());
    m_bytes += cost;
    while (m_bytes > m_maxBytes)
        drop(std::prev(m_entries.end()));
}

const QueryResult *ResultCache::find(const QByteArray &key, BootTime now, Nanoseconds maxAge)
{
    const auto at = m_byKey.constFind(key);
    if (at == m_byKey.constEnd() || now - (*at)->at > maxAge)
        return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, *at);
    return &m_entries.front().result;
}

void ResultCache::clear()
{
    m_entries.clear();
    m_byKey.clear();
    m_bytes = 0;
}

void ResultCache::drop(std::list<Entry>::iterator at)
{
    m_bytes -= at->cost;
    m_byKey.remove(at->key);
    m_entries.erase(at);
}

Nanoseconds cacheAge(const QuerySpec &spec, Nanoseconds interval, Nanoseconds maxAge)
{
    if (const auto *range = std::get_if<RangeQuery>(&spec.body))
        return std::min(maxAge, std::min(range->step, interval) / 2);
    const bool changesFast = std::holds_alternative<InstantQuery>(spec.body)
        || std::holds_alternative<ExemplarQuery>(spec.body) || std::holds_alternative<AlertsQuery>(spec.body)
        || std::holds_alternative<AlertGroupsQuery>(spec.body);
    return changesFast ? std::min(maxAge, interval / 2) : maxAge;
}

} // namespace bw
