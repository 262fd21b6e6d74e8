// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloport.h>

#include <algorithm>

namespace bw {

const SloStatus *SloBoard::find(const QString &key) const
{
    const auto by = [this](const auto &is) {
        const auto at = std::find_if(m_statuses.begin(), m_statuses.end(), is);
        return at == m_statuses.end() ? nullptr : &*at;
    };
    const SloStatus *exact = by([&key](const SloStatus &status) { return status.key == key; });
    return exact ? exact : by([&key](const SloStatus &status) { return status.slo.id == key; });
}

void SloBoard::set(
    std::vector<SloStatus> statuses, const Freshness &freshness, Timestamp fetchedAt, const QString &progress)
{
    std::sort(statuses.begin(), statuses.end(), isWorse);
    m_statuses = std::move(statuses);
    m_global = globalFigures(m_statuses);
    m_freshness = freshness;
    m_fetchedAt = fetchedAt;
    m_progress = progress;
    emit changed();
}

} // namespace bw
