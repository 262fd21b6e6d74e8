// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/signaturemodel.h>

#include <domain/base/format.h>
#include <items/roles.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QString pairText(const Untrusted &service, const Untrusted &operation)
{
    const QString a = render::line(service, 120), b = render::line(operation, 300);
    return a.isEmpty() ? b : b.isEmpty() ? a : a + u": "_s + b;
}

QString seconds(Nanoseconds duration) { return formatValue(double(duration.count()) / 1e9, u"s"); }

} // namespace

void SignatureModel::setGroups(std::vector<SignatureGroup> groups)
{
    beginResetModel();
    m_groups = std::move(groups);
    endResetModel();
}

int SignatureModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_groups.size());
}
int SignatureModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SignatureModel::text(const SignatureGroup &group, int column) const
{
    const TraceSignature &signature = group.signature;
    switch (column) {
    case Count:
        return QString::number(group.count);
    case Root:
        return pairText(signature.rootService, signature.rootOperation);
    case Failed:
        return pairText(signature.failedService, signature.failedOperation);
    case Exception:
        return render::line(signature.exceptionType, 300);
    case Newest:
        return toDateTime(group.newest).toTimeZone(m_zone).toString(u"MM-dd HH:mm:ss"_s);
    case Durations:
        return group.shortest == group.longest
            ? seconds(group.longest)
            : tr("%1 – %2").arg(seconds(group.shortest), seconds(group.longest));
    default:
        return {};
    }
}

QVariant SignatureModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const SignatureGroup &group = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(group, index.column());
    case Qt::TextAlignmentRole:
        return int(Qt::AlignVCenter | (index.column() == Count ? Qt::AlignRight : Qt::AlignLeft));
    case NumberRole:
        return index.column() == Count ? QVariant(group.count) : QVariant();
    case TimeRole:
        return toNs(group.newest);
    case ToneRole:
        return index.column() == Exception ? u"critical"_s : QString();
    default:
        return {};
    }
}

QVariant SignatureModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == Count ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList titles{
        tr("Traces"), tr("Asked for"), tr("Failed in"), tr("How"), tr("Newest"), tr("Duration")};
    return titles.value(section);
}

} // namespace bw
