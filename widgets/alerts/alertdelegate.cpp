// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/alerts/alertdelegate.h>

#include <domain/base/format.h>
#include <domain/metrics/series.h>
#include <items/alertmodel.h>
#include <items/roles.h>
#include <widgets/base/theme.h>
#include <widgets/panels/tabledelegate.h>

#include <QPainter>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

QString alertGroupHeading(int group)
{
    const AlertGroupId id = AlertGroupId::fromInt(group);
    QString text = id.alertClass == AlertClass::Page ? AlertDelegate::tr("Pages")
        : id.alertClass == AlertClass::Ticket        ? AlertDelegate::tr("Tickets")
                                                     : AlertDelegate::tr("Heartbeats");
    text += u" · "_s + severityGlyph(id.severity).word;
    switch (id.phase) {
    case AlertGroupId::Phase::Firing:
        break;
    case AlertGroupId::Phase::Pending:
        text += AlertDelegate::tr(" · pending");
        break;
    case AlertGroupId::Phase::Suppressed:
        text += AlertDelegate::tr(" · silenced, inhibited or muted");
        break;
    case AlertGroupId::Phase::Resolved:
        text += AlertDelegate::tr(" · resolved");
        break;
    }
    return text;
}

AlertDelegate::AlertDelegate(const Clock &clock, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_clock(clock)
{
}

void AlertDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = themeOf(option.palette);
    QStyleOptionViewItem row = option;
    const bool isFirst = index.row() == 0
        || index.siblingAtRow(index.row() - 1).data(GroupRole).toInt() != index.data(GroupRole).toInt();
    if (isFirst)
        row.rect.setTop(row.rect.top() + m_headingHeight);
    painter->save();
    paintRowGround(*painter, row);
    QRect cell = row.rect.adjusted(6, 0, -6, 0);
    const AlertState state = AlertState(index.data(StateRole).toInt());
    QColor ink = m_dimmed || state == AlertState::Unknown || state >= AlertState::Silenced ? theme.textDim
                                                                                           : theme.text;
    QString text = index.data().toString();
    const auto paintMark = [&](const Mark &mark) {
        const int box = painter->fontMetrics().ascent() - 2;
        paintShape(*painter, QRectF(cell.left(), cell.center().y() - box / 2.0, box, box), mark.shape,
            roleColor(theme, mark.role));
        cell.setLeft(cell.left() + box + 6);
        ink = roleColor(theme, mark.role);
        text = mark.word;
    };
    switch (index.column()) {
    case AlertModel::State:
        paintMark(alertStateGlyph(state));
        break;
    case AlertModel::SeverityColumn:
        paintMark(severityGlyph(Severity(index.data(SeverityRole).toInt())));
        break;
    case AlertModel::Since: {
        const Nanoseconds age = m_clock.utcNow() - fromNs(index.data(TimeRole).toLongLong());
        text = agoText(std::max(age, Nanoseconds::zero()));
        painter->setFont(numberFont(painter->font()));
        break;
    }
    case AlertModel::Members:
        if (index.data(MembersRole).toBool()) {
            paintMark({Shape::HalfDot, {}, text, u"warning"_s});
        } else {
            ink = theme.textDim;
        }
        break;
    default:
        break;
    }
    painter->setPen(ink);
    painter->drawText(cell, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
        painter->fontMetrics().elidedText(text, Qt::ElideRight, cell.width()));
    painter->restore();
}

} // namespace bw
