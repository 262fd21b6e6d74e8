// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/tabledelegate.h>

#include <items/roles.h>
#include <items/tablemodel.h>
#include <widgets/base/theme.h>
#include <widgets/panels/panelvalues.h>

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

void paintRowGround(QPainter &painter, const QStyleOptionViewItem &option)
{
    const Theme &theme = themeOf(option.palette);
    const QColor ground = option.state & QStyle::State_Selected ? theme.selection
        : option.state & QStyle::State_MouseOver                ? theme.hover
                                                                : theme.surface;
    painter.fillRect(option.rect, ground);
    if (option.state & QStyle::State_HasFocus) {
        painter.setPen(theme.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
}

CellLook cellLookFrom(const QString &name)
{
    if (name == "color"_L1)
        return CellLook::Color;
    if (name == "background"_L1)
        return CellLook::Background;
    if (name == "bar"_L1)
        return CellLook::Bar;
    if (name == "sparkline"_L1)
        return CellLook::Sparkline;
    return name == "state"_L1 ? CellLook::State : CellLook::Plain;
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {80, option.fontMetrics.height() + 8};
}

void TableDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    paintRowGround(*painter, option);
    const Theme &theme = themeOf(option.palette);
    const QRect cell = option.rect.adjusted(8, 0, -8, 0);
    const bool isGround = m_looks.value(index.column()) == CellLook::Background && !m_withheld;
    if (const QString tone = index.data(ToneRole).toString();
        isGround && !tone.isEmpty() && tone != "neutral"_L1 && !(option.state & QStyle::State_Selected)) {
        const QColor ground = roleColor(theme, tone);
        painter->fillRect(option.rect.adjusted(1, 1, -1, -1), ground);
        painter->setPen(readableOn(ground));
        const int align = index.data(Qt::TextAlignmentRole).toInt();
        painter->drawText(cell, align,
            option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight, cell.width()));
        painter->restore();
        return;
    }
    const bool isNumber = index.data(NumberRole).isValid();
    if (m_withheld && isNumber) {
        painter->setPen(theme.textDim);
        painter->drawText(cell, Qt::AlignRight | Qt::AlignVCenter, u"—"_s);
    } else if (m_looks.value(index.column()) == CellLook::Sparkline && isNumber) {
        const QString tone = index.data(ToneRole).toString();
        paintSparkline(*painter, QRectF(cell).adjusted(0, 4, 0, -4),
            index.data(SamplesRole).value<QVector<double>>(),
            tone.isEmpty() ? theme.accent : roleColor(theme, tone), theme.surface);
    } else if (isNumber) {
        paintNumber(*painter, cell, index, option.palette, option.state & QStyle::State_Selected);
    } else {
        const QString text = index.data().toString();
        const QString tone = index.data(ToneRole).toString();
        const bool isState = m_looks.value(index.column()) == CellLook::State && !tone.isEmpty();
        painter->setPen(text == "—"_L1 ? theme.textDim : theme.text);
        QRect room = cell;
        if (isState) {
            const int box = option.fontMetrics.ascent() - 1;
            paintShape(*painter, QRectF(room.left(), room.center().y() - box / 2.0, box, box),
                roleGlyph(tone).shape, roleColor(theme, tone));
            room.setLeft(room.left() + box + 6);
            painter->setPen(option.state & QStyle::State_Selected ? theme.text : roleColor(theme, tone));
        }
        const int align = index.data(Qt::TextAlignmentRole).toInt();
        painter->drawText(room, align, option.fontMetrics.elidedText(text, Qt::ElideRight, room.width()));
    }
    painter->restore();
}

void TableDelegate::paintNumber(QPainter &painter, const QRect &cell, const QModelIndex &index,
    const QPalette &palette, bool selected) const
{
    const Theme &theme = themeOf(palette);
    const CellLook look = m_looks.value(index.column());
    const QString tone = index.data(ToneRole).toString();
    const QColor color = tone.isEmpty() ? theme.accent : roleColor(theme, tone);
    const double value = index.data(NumberRole).toDouble();
    QRect room = cell;
    if (look == CellLook::Bar && std::isfinite(value)) {
        const auto *model = qobject_cast<const TableModel *>(index.model());
        const auto [low, high] = model ? model->bounds(index.column()) : std::pair(0.0, 1.0);
        const double span = std::max(high, 0.0) - std::min(low, 0.0);
        const double share = span > 0 ? std::clamp((value - std::min(low, 0.0)) / span, 0.0, 1.0) : 0;
        const QRect track = cell.adjusted(0, cell.height() - 6, 0, -3);
        painter.fillRect(track, theme.grid);
        painter.fillRect(QRect(track.topLeft(), QSize(int(track.width() * share), track.height())), color);
        room.setBottom(track.top());
    }
    const bool isToned = !tone.isEmpty() && tone != "neutral"_L1 && look != CellLook::Plain;
    if (isToned) {
        const int box = painter.fontMetrics().ascent() - 1;
        paintShape(painter, QRectF(room.left(), room.center().y() - box / 2.0, box, box),
            roleGlyph(tone).shape, color);
        room.setLeft(room.left() + box + 5);
    }
    QString text = index.data().toString();
    if (look == CellLook::State && isToned)
        text = u"%1 %2"_s.arg(roleGlyph(tone).word, text);
    const bool isDim = std::isnan(value);
    painter.setPen(isDim                                    ? theme.textDim
            : isToned && look != CellLook::Bar && !selected ? color
                                                            : theme.text);
    painter.setFont(numberFont(painter.font()));
    painter.drawText(room, Qt::AlignRight | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(text, Qt::ElideRight, room.width()));
}

} // namespace bw
