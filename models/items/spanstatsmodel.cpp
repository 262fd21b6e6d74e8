// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/spanstatsmodel.h>

#include <domain/base/format.h>
#include <items/roles.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

double seconds(Nanoseconds duration) { return double(duration.count()) / 1e9; }

} // namespace

void SpanStatsModel::setStats(std::vector<SpanStats> stats, StatsBy by)
{
    beginResetModel();
    m_stats = std::move(stats);
    m_by = by;
    endResetModel();
}

int SpanStatsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_stats.size());
}
int SpanStatsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SpanStatsModel::name(const SpanStats &stats) const
{
    if (m_by == StatsBy::Kind) {
        static const QStringList names{
            tr("unspecified"), tr("internal"), tr("server"), tr("client"), tr("producer"), tr("consumer")};
        return names.value(int(stats.kind));
    }
    const QString service = render::line(stats.service, 200);
    return m_by == StatsBy::Service ? service : service + u"  "_s + render::line(stats.operation, 300);
}

double SpanStatsModel::number(const SpanStats &stats, int column)
{
    switch (column) {
    case Count:
        return stats.count;
    case Errors:
        return stats.errors;
    case Total:
        return seconds(stats.total);
    case Self:
        return seconds(stats.self);
    case Share:
        return stats.selfShare;
    case Average:
        return seconds(stats.avg);
    case Median:
        return seconds(stats.p50);
    case P95:
        return seconds(stats.p95);
    case Longest:
        return seconds(stats.max);
    default:
        return 0;
    }
}

QString SpanStatsModel::text(const SpanStats &stats, int column) const
{
    switch (column) {
    case Name:
        return name(stats);
    case Count:
        return QString::number(stats.count);
    case Errors:
        return stats.errors ? QString::number(stats.errors) : QString();
    case Share:
        return formatValue(stats.selfShare, u"percentunit", 1);
    default:
        return formatValue(number(stats, column), u"s");
    }
}

QVariant SpanStatsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SpanStats &stats = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(stats, index.column());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == Name ? Qt::AlignLeft : Qt::AlignRight));
    case NumberRole:
        return index.column() == Name ? QVariant() : number(stats, index.column());
    case ToneRole:
        return index.column() == Errors && stats.errors > 0 ? u"critical"_s : QString();
    default:
        return {};
    }
}

QVariant SpanStatsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Name ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList titles{tr("Name"), tr("Spans"), tr("Failed"), tr("Total"), tr("Own time"),
        tr("Share"), tr("Average"), tr("p50"), tr("p95"), tr("Longest")};
    return titles.value(section);
}

void SpanStatsModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= ColumnCount)
        return;
    emit layoutAboutToBeChanged();
    const auto less = [&](const SpanStats &a, const SpanStats &b) {
        if (column == Name)
            return QString::localeAwareCompare(name(a), name(b)) < 0;
        return number(a, column) < number(b, column);
    };
    std::stable_sort(m_stats.begin(), m_stats.end(), [&](const SpanStats &a, const SpanStats &b) {
        return order == Qt::AscendingOrder ? less(a, b) : less(b, a);
    });
    // Rows have no identity worth keeping a selection for: it goes with the order.
    for (const QModelIndex &index : persistentIndexList())
        changePersistentIndex(index, {});
    emit layoutChanged();
}

} // namespace bw
