// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/sourceboard.h>

#include <domain/query/sourceconfig.h>

#include <algorithm>

namespace bw {

const SourceInfo *SourceBoard::find(const DatasourceId &id) const
{
    const auto at = std::find_if(
        m_sources.begin(), m_sources.end(), [&](const SourceInfo &info) { return info.id == id; });
    return at == m_sources.end() ? nullptr : &*at;
}

const SourceInfo *SourceBoard::defaultOf(QStringView kind) const
{
    const SourceInfo *first = nullptr;
    for (const SourceInfo &info : m_sources) {
        if (info.kind != kind)
            continue;
        if (info.isDefault)
            return &info;
        if (!first)
            first = &info;
    }
    return first;
}

std::vector<const SourceInfo *> SourceBoard::traceSources() const
{
    std::vector<const SourceInfo *> found;
    const QStringList kinds = traceKinds();
    for (const SourceInfo &info : m_sources) {
        if (kinds.contains(info.kind))
            found.push_back(&info);
    }
    std::stable_partition(found.begin(), found.end(), [](const SourceInfo *info) { return info->isDefault; });
    return found;
}

void SourceBoard::update(SourceInfo info)
{
    const auto at = std::find_if(
        m_sources.begin(), m_sources.end(), [&](const SourceInfo &other) { return other.id == info.id; });
    if (at == m_sources.end())
        m_sources.push_back(std::move(info));
    else if (*at == info)
        return;
    else
        *at = std::move(info);
    emit changed();
}

void SourceBoard::retain(const std::vector<DatasourceId> &ids)
{
    const auto gone = [&](const SourceInfo &info) {
        return std::find(ids.begin(), ids.end(), info.id) == ids.end();
    };
    if (std::erase_if(m_sources, gone) > 0)
        emit changed();
}

} // namespace bw
