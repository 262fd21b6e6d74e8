// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStyledItemDelegate>

namespace bw {

/// How a table cell is drawn beside its text.
enum class CellLook : quint8 {
    Plain,
    Color, ///< text in the role's colour, with its shape
    Background, ///< the whole cell in the role's colour
    Bar, ///< a bar of the column's bounds behind the number
    Sparkline,
    State ///< shape and word
};

/// "color", "background", "bar", "sparkline", "state" of a dashboard file; anything else is plain.
CellLook cellLookFrom(const QString &name);

/// Paints the cells of a TableModel: plain text only, so that markup from outside stays text; colour always
/// with a shape. Cheap: no style sheet, no layout.
class TableDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setLooks(QHash<int, CellLook> looks) { m_looks = std::move(looks); }
    /// Numbers are too old: a dash instead, dimmed.
    void setWithheld(bool withheld) { m_withheld = withheld; }

    void paint(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void paintNumber(QPainter &painter, const QRect &cell, const QModelIndex &index, const QPalette &palette,
        bool selected) const;

    QHash<int, CellLook> m_looks;
    bool m_withheld = false;
};

/// Background of a row: selected, under the pointer, or plain. For every delegate of ours.
void paintRowGround(QPainter &painter, const QStyleOptionViewItem &option);

} // namespace bw
