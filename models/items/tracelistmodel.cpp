// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/tracelistmodel.h>

#include <domain/base/format.h>
#include <items/roles.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

QString rootText(const TraceSummary &trace)
{
    const QString service = render::line(trace.rootService, 120),
                  operation = render::line(trace.rootOperation, 300);
    if (service.isEmpty() && operation.isEmpty())
        return TraceListModel::tr("(root not received)");
    return service.isEmpty() ? operation : service + u": "_s + operation;
}

void TraceListModel::setTraces(std::vector<TraceSummary> traces)
{
    beginResetModel();
    m_traces = std::move(traces);
    order();
    endResetModel();
}

void TraceListModel::setZone(const QTimeZone &zone)
{
    m_zone = zone;
    if (!m_traces.empty())
        emit dataChanged(index(0, When), index(rowCount() - 1, When));
}

int TraceListModel::rowOf(const TraceId &id) const
{
    const auto at = std::find_if(
        m_traces.begin(), m_traces.end(), [&](const TraceSummary &trace) { return trace.id == id; });
    return at == m_traces.end() ? -1 : int(at - m_traces.begin());
}

int TraceListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_traces.size());
}
int TraceListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString TraceListModel::text(const TraceSummary &trace, int column) const
{
    switch (column) {
    case When:
        return toDateTime(trace.start).toTimeZone(m_zone).toString(u"MM-dd HH:mm:ss.zzz"_s);
    case Duration:
        return formatValue(double(trace.duration.count()) / 1e9, u"s");
    case Root:
        return rootText(trace);
    case Spans:
        return trace.spans ? QString::number(*trace.spans) : u"—"_s;
    case Errors:
        return trace.errors ? (*trace.errors ? QString::number(*trace.errors) : QString()) : u"—"_s;
    case Services: {
        QStringList names;
        for (const ServiceShare &share : trace.services)
            names += render::line(share.service, 60);
        return names.join(u", "_s);
    }
    default:
        return {};
    }
}

QVariant TraceListModel::number(const TraceSummary &trace, int column) const
{
    switch (column) {
    case When:
        return double(toUnixMs(trace.start));
    case Duration:
        return double(trace.duration.count()) / 1e9;
    case Spans:
        return trace.spans ? QVariant(*trace.spans) : QVariant();
    case Errors:
        return trace.errors ? QVariant(*trace.errors) : QVariant();
    default:
        return {};
    }
}

QVariant TraceListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TraceSummary &trace = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(trace, index.column());
    case Qt::TextAlignmentRole: {
        const bool isNumber =
            index.column() == Duration || index.column() == Spans || index.column() == Errors;
        return int(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
    }
    case NumberRole:
        return number(trace, index.column());
    case TimeRole:
        return toNs(trace.start);
    case ToneRole:
        return index.column() == Errors && trace.errors.value_or(0) > 0 ? u"critical"_s : QString();
    default:
        return {};
    }
}

QVariant TraceListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter
            | (section == Duration || section == Spans || section == Errors ? Qt::AlignRight
                                                                            : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList titles{
        tr("Began"), tr("Duration"), tr("Root"), tr("Spans"), tr("Failed"), tr("Services")};
    return titles.value(section);
}

void TraceListModel::order()
{
    const auto less = [this](const TraceSummary &a, const TraceSummary &b) {
        if (m_sortedBy == Root || m_sortedBy == Services)
            return QString::localeAwareCompare(text(a, m_sortedBy), text(b, m_sortedBy)) < 0;
        if (m_sortedBy == When)
            return a.start < b.start;
        return number(a, m_sortedBy).toDouble() < number(b, m_sortedBy).toDouble();
    };
    std::stable_sort(m_traces.begin(), m_traces.end(), [&](const TraceSummary &a, const TraceSummary &b) {
        return m_order == Qt::AscendingOrder ? less(a, b) : less(b, a);
    });
}

void TraceListModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= ColumnCount)
        return;
    emit layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    std::vector<TraceId> ids;
    for (const QModelIndex &index : before)
        ids.push_back(at(index.row()).id);
    m_sortedBy = column;
    m_order = order;
    this->order();
    for (qsizetype i = 0; i < before.size(); ++i)
        changePersistentIndex(before[i], index(rowOf(ids[size_t(i)]), before[i].column()));
    emit layoutChanged();
}

} // namespace bw
