// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tonedelegate.h>

#include <items/roles.h>
#include <widgets/base/theme.h>

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

#include <algorithm>

namespace bw {

void ToneDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = themeOf(option.widget);
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const QColor ground = isSelected                     ? theme.selection
        : option.state.testFlag(QStyle::State_MouseOver) ? theme.hover
                                                         : theme.surface;
    painter->fillRect(option.rect, ground);
    if (index.column() == m_barColumn) {
        QRect bar = option.rect.adjusted(4, 5, -4, -5);
        bar.setLeft(bar.right() - int(bar.width() * std::clamp(index.data(NumberRole).toDouble(), 0.0, 1.0)));
        painter->fillRect(bar, mixed(theme.accent, ground, 0.35));
    }
    const QString tone = index.data(ToneRole).toString();
    painter->setPen(tone.isEmpty() ? theme.text : roleColor(theme, tone));
    painter->setFont(option.font);
    const QRect room = option.rect.adjusted(4, 0, -6, 0);
    painter->drawText(room, index.data(Qt::TextAlignmentRole).toInt(),
        option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, room.width()));
}

} // namespace bw
