// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/flowlayout.h>

#include <QWidget>

#include <algorithm>

namespace bw {
namespace {
constexpr int kGap = 8;
}

FlowLayout::FlowLayout(QWidget *parent)
    : QLayout(parent)
{
}

FlowLayout::~FlowLayout() = default;

void FlowLayout::addItem(QLayoutItem *item)
{
    m_items.emplace_back(item);
    invalidate();
}

QLayoutItem *FlowLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[size_t(index)].get() : nullptr;
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    if (index < 0 || index >= count())
        return nullptr;
    QLayoutItem *item = m_items[size_t(index)].release();
    m_items.erase(m_items.begin() + index);
    return item;
}

/// The height it takes; a line is as high as its highest, and everybody stands in its middle.
int FlowLayout::arrange(const QRect &rect, bool moves) const
{
    const QRect room = rect.marginsRemoved(contentsMargins());
    int y = room.top();
    for (size_t first = 0; first < m_items.size();) {
        int x = room.left(), height = 0;
        size_t last = first;
        for (; last < m_items.size(); ++last) {
            const QLayoutItem &item = *m_items[last];
            const QSize size = item.isEmpty() ? QSize() : item.sizeHint();
            if (last > first && x + size.width() > room.right() + 1)
                break;
            x += item.isEmpty() ? 0 : size.width() + kGap;
            height = std::max(height, size.height());
        }
        x = room.left();
        for (; first < last; ++first) {
            QLayoutItem &item = *m_items[first];
            if (item.isEmpty())
                continue;
            const QSize size = item.sizeHint().boundedTo({std::max(room.width(), 1), height});
            if (moves)
                item.setGeometry(QRect(QPoint(x, y + (height - size.height()) / 2), size));
            x += size.width() + kGap;
        }
        y += height + kGap / 2;
    }
    return y - kGap / 2 - room.top() + contentsMargins().top() + contentsMargins().bottom();
}

int FlowLayout::heightForWidth(int width) const { return arrange(QRect(0, 0, width, 0), false); }

QSize FlowLayout::sizeHint() const
{
    int width = 0;
    for (const auto &item : m_items)
        width += item->isEmpty() ? 0 : item->sizeHint().width() + kGap;
    const QMargins margins = contentsMargins();
    width += margins.left() + margins.right();
    return {width, heightForWidth(std::max(width, 1))};
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const auto &item : m_items)
        size = size.expandedTo(item->isEmpty() ? QSize() : item->minimumSize());
    return size.grownBy(contentsMargins());
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

} // namespace bw
