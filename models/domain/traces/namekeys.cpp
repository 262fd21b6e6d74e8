// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/namekeys.h>

#include <domain/traces/siblinggroups.h>

namespace bw {

namespace {

template<typename Key> quint32 numberOf(QHash<Key, quint32> &numbers, const Key &key)
{
    const auto at = numbers.constFind(key);
    if (at != numbers.constEnd())
        return *at;
    const auto next = quint32(numbers.size());
    numbers.insert(key, next);
    return next;
}

} // namespace

std::vector<quint32> NameKeys::rowKeys(const Trace &trace)
{
    // By name first: normalising costs, and a trace has far fewer names than spans.
    std::vector<qint64> services(trace.names().size(), -1), operations(trace.names().size(), -1);
    std::vector<quint32> out;
    out.reserve(size_t(trace.size()));
    for (int row = 0; row < trace.size(); ++row) {
        qint64 &service = services[size_t(trace.serviceIndex(row))];
        qint64 &operation = operations[size_t(trace.operationIndex(row))];
        if (service < 0)
            service = numberOf(m_names, trace.service(row));
        if (operation < 0)
            operation = numberOf(m_names, normalizedName(trace.operation(row)));
        out.push_back(numberOf(m_pairs, std::pair(quint32(service), quint32(operation))));
    }
    return out;
}

} // namespace bw
