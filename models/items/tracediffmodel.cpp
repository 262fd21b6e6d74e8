// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/tracediffmodel.h>

#include <domain/base/format.h>
#include <items/roles.h>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QString seconds(Nanoseconds duration) { return formatValue(double(duration.count()) / 1e9, u"s"); }

} // namespace

void TraceDiffModel::setDiff(const Trace &a, const Trace &b, TraceDiff diff)
{
    m_a = a;
    m_b = b;
    m_diff = std::move(diff);
    m_largest = 1;
    for (const DiffRow &row : m_diff.rows)
        m_largest = std::max<qint64>(m_largest, std::abs(row.delta().count()));
    choose();
}

void TraceDiffModel::setOnlyDifferent(bool only)
{
    m_onlyDifferent = only;
    choose();
}

bool TraceDiffModel::isDifferent(const DiffRow &row) const
{
    const double delta = std::abs(double(row.delta().count()));
    return row.isOnlyA() || row.isOnlyB()
        || (delta > double(row.durationA.count()) * m_limits.share
            && delta >= double(m_limits.atLeast.count()));
}

void TraceDiffModel::choose()
{
    beginResetModel();
    m_rows.clear();
    // Backwards, so that a place knows whether something below it differs.
    int wantedDepth = -1;
    for (int i = int(m_diff.rows.size()) - 1; i >= 0; --i) {
        const DiffRow &row = m_diff.rows[size_t(i)];
        const bool leadsThere = wantedDepth >= 0 && row.depth < wantedDepth;
        if (m_onlyDifferent && !isDifferent(row) && !leadsThere)
            continue;
        m_rows.push_back(i);
        wantedDepth = row.depth;
    }
    std::reverse(m_rows.begin(), m_rows.end());
    endResetModel();
}

int TraceDiffModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}
int TraceDiffModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString TraceDiffModel::text(const DiffRow &row, int column) const
{
    switch (column) {
    case Name: {
        const Trace &trace = row.rowA >= 0 ? m_a : m_b;
        const int at = row.rowA >= 0 ? row.rowA : row.rowB;
        const QString sign = row.isOnlyA() ? tr("− ") : row.isOnlyB() ? tr("+ ") : QString();
        return QString(std::min(row.depth, 40) * 3, u' ') + sign + render::line(trace.service(at), 80)
            + u"  "_s + render::line(trace.operation(at), 200);
    }
    case DurationA:
        return row.isOnlyB() ? u"—"_s : seconds(row.durationA);
    case DurationB:
        return row.isOnlyA() ? u"—"_s : seconds(row.durationB);
    case Delta:
        if (row.isOnlyA() || row.isOnlyB())
            return row.isOnlyA() ? tr("only in A") : tr("only in B");
        return (row.delta().count() > 0 ? u"+"_s : QString()) + seconds(row.delta());
    case SelfA:
        return row.isOnlyB() ? QString() : seconds(row.selfA);
    case SelfB:
        return row.isOnlyA() ? QString() : seconds(row.selfB);
    default:
        return {};
    }
}

QString TraceDiffModel::tone(const DiffRow &row) const
{
    if (!isDifferent(row))
        return {};
    if (row.isOnlyA())
        return u"notice"_s;
    if (row.isOnlyB())
        return u"warning"_s;
    return row.delta().count() > 0 ? u"critical"_s : u"good"_s;
}

QVariant TraceDiffModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const DiffRow &row = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == Name ? Qt::AlignLeft : Qt::AlignRight));
    case ToneRole:
        return index.column() == Delta || index.column() == Name ? tone(row) : QString();
    case NumberRole:
        return index.column() == Delta ? QVariant(std::abs(double(row.delta().count())) / double(m_largest))
                                       : QVariant();
    default:
        return {};
    }
}

QVariant TraceDiffModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Name ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList titles{
        tr("Span"), tr("A"), tr("B"), tr("B compared with A"), tr("Own time A"), tr("Own time B")};
    return titles.value(section);
}

} // namespace bw
