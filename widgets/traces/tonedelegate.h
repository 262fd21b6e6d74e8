// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace bw {

/// One line of text in the colour of its ToneRole; in one column a bar behind it, as long as its NumberRole
/// (0…1). For tables of traces and spans.
class ToneDelegate final : public QStyledItemDelegate
{
public:
    /// `barColumn` -1: no bars.
    explicit ToneDelegate(int barColumn, QObject *parent = nullptr)
        : QStyledItemDelegate(parent)
        , m_barColumn(barColumn)
    {
    }
    void paint(
        QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    int m_barColumn;
};

} // namespace bw
