// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/sourcehealthmodel.h>

#include <domain/base/format.h>
#include <domain/base/untrusted.h>
#include <items/roles.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

QString retryText(const SourceInfo &info, BootTime now)
{
    if (!info.retryAt || *info.retryAt <= now)
        return {};
    return SourceHealthModel::tr("in %1").arg(formatAge(*info.retryAt - now));
}

SourceHealthModel::SourceHealthModel(const SourceBoard &board, const Clock &clock, QObject *parent)
    : RowTableModel(parent)
    , m_board(board)
    , m_clock(clock)
{
    connect(&board, &SourceBoard::changed, this, &SourceHealthModel::reload);
    reload();
}

const SourceInfo &SourceHealthModel::sourceAt(int row) const
{
    const int item = itemAt(row);
    return item >= 0 ? m_sources[size_t(item)] : m_retired[size_t(~item)];
}

void SourceHealthModel::reload()
{
    retireRows();
    m_retired = std::exchange(m_sources, m_board.sources());
    std::vector<int> items(m_sources.size()), newRowOf, changed;
    for (size_t row = 0; row < items.size(); ++row)
        items[row] = int(row);
    for (const SourceInfo &old : m_retired) {
        const auto at = std::find_if(
            m_sources.begin(), m_sources.end(), [&](const SourceInfo &info) { return info.id == old.id; });
        newRowOf.push_back(at == m_sources.end() ? -1 : int(at - m_sources.begin()));
        if (at != m_sources.end() && !(*at == old))
            changed.push_back(newRowOf.back());
    }
    std::sort(changed.begin(), changed.end());
    applyRows(items, newRowOf, changed);
    m_retired.clear();
}

void SourceHealthModel::tick()
{
    if (rowCount() > 0)
        emit dataChanged(index(0, State), index(rowCount() - 1, Retry));
}

int SourceHealthModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SourceHealthModel::text(const SourceInfo &info, int column) const
{
    const BootTime now = m_clock.bootNow();
    switch (column) {
    case State:
        return describe(info.freshness, now).word;
    case Name:
        return info.title.isEmpty() ? info.id.id : info.title;
    case Kind:
        return info.kind;
    case Version:
        return info.version;
    case Age:
        return info.freshness.lastGood ? formatAge(now - *info.freshness.lastGood) : tr("never");
    case Latency:
        return info.freshness.lastGood ? tr("%1 ms").arg(info.latency.count()) : QString();
    case Skew:
        // 5 s: below that an operator cannot tell it from the age of the answer.
        return std::chrono::abs(info.freshness.skew) > std::chrono::seconds(5)
            ? tr("clock differs by %1").arg(formatAge(std::chrono::abs(info.freshness.skew)))
            : QString();
    case Retry:
        return retryText(info, now);
    case Notes:
        return info.notes.join(u"; "_s);
    default:
        return {};
    }
}

QVariant SourceHealthModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const SourceInfo &info = sourceAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return render::line(Untrusted(text(info, index.column())));
    case StateRole:
        return int(info.freshness.state);
    case NumberRole:
        return double(info.latency.count());
    default:
        return {};
    }
}

QVariant SourceHealthModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case State:
        return tr("State");
    case Name:
        return tr("Source");
    case Kind:
        return tr("Kind");
    case Version:
        return tr("Version");
    case Age:
        return tr("Last answer");
    case Latency:
        return tr("Latency");
    case Skew:
        return tr("Clock");
    case Retry:
        return tr("Next try");
    case Notes:
        return tr("Notes");
    default:
        return {};
    }
}

} // namespace bw
