// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/alerts/alerttable.h>

#include <items/roles.h>
#include <widgets/alerts/alertdelegate.h>
#include <widgets/base/tables.h>
#include <widgets/base/theme.h>

#include <QEvent>
#include <QHeaderView>
#include <QPainter>

#include <algorithm>

namespace bw {

AlertTable::AlertTable(AlertDelegate *delegate, QWidget *parent)
    : QTableView(parent)
    , m_delegate(delegate)
{
    setItemDelegate(delegate);
    dressTable(*this);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->setMinimumSectionSize(8);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void AlertTable::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    connect(model, &QAbstractItemModel::rowsInserted, this, &AlertTable::scheduleHeadings);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &AlertTable::scheduleHeadings);
    connect(model, &QAbstractItemModel::layoutChanged, this, &AlertTable::scheduleHeadings);
    connect(model, &QAbstractItemModel::dataChanged, this, &AlertTable::scheduleHeadings);
    scheduleHeadings();
}

void AlertTable::setEmptyText(const QString &text)
{
    if (text == m_emptyText)
        return;
    m_emptyText = text;
    viewport()->update();
}

/// Once after all the signals of one refresh.
void AlertTable::scheduleHeadings()
{
    if (m_scheduled)
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(this, &AlertTable::updateHeadings, Qt::QueuedConnection);
}

void AlertTable::updateHeadings()
{
    m_scheduled = false;
    const int row = rowHeightOf(*this), heading = fontMetrics().height() + 6;
    m_delegate->setHeadingHeight(heading);
    verticalHeader()->setDefaultSectionSize(row);
    m_headings.clear();
    const int rows = model()->rowCount();
    const bool isGrouped = horizontalHeader()->sortIndicatorSection() < 0;
    const auto groupOf = [this](int at) { return model()->index(at, 0).data(GroupRole).toInt(); };
    for (int first = 0; isGrouped && first < rows;) {
        m_headings.push_back(first);
        const int group = groupOf(first);
        int inside = first, outside = rows; // the group's last row lies in [inside, outside)
        while (outside - inside > 1) {
            const int middle = inside + (outside - inside) / 2;
            (groupOf(middle) == group ? inside : outside) = middle;
        }
        first = outside;
    }
    // Sizes stick to rows as these move: those that no longer begin a group shrink again.
    for (int at = 0; at < rows; ++at) {
        const bool isFirst = std::binary_search(m_headings.begin(), m_headings.end(), at);
        const int wanted = isFirst ? row + heading : row;
        if (rowHeight(at) != wanted)
            setRowHeight(at, wanted);
    }
    if (!isGrouped)
        m_delegate->setHeadingHeight(0);
    viewport()->update();
}

bool AlertTable::event(QEvent *event)
{
    if (event->type() == QEvent::FontChange && model())
        scheduleHeadings();
    return QTableView::event(event);
}

void AlertTable::paintEvent(QPaintEvent *event)
{
    QTableView::paintEvent(event);
    if (!model())
        return;
    QPainter painter(viewport());
    const Theme &theme = themeOf(this);
    if (model()->rowCount() == 0 && !m_emptyText.isEmpty()) {
        painter.setPen(theme.textDim);
        painter.drawText(
            viewport()->rect().adjusted(12, 12, -12, -12), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    for (size_t i = 0; i < m_headings.size(); ++i) {
        const int top = rowViewportPosition(m_headings[i]);
        const int heading = m_delegate->headingHeight();
        if (top + heading < 0 || top > viewport()->height())
            continue;
        const int end = i + 1 < m_headings.size() ? m_headings[i + 1] : model()->rowCount();
        const QRect band(0, top, viewport()->width(), heading);
        painter.fillRect(band, theme.raised);
        painter.setPen(theme.textDim);
        const QString text =
            tr("%1 (%2)")
                .arg(alertGroupHeading(model()->index(m_headings[i], 0).data(GroupRole).toInt()))
                .arg(end - m_headings[i]);
        painter.drawText(band.adjusted(6, 0, -6, 0), Qt::AlignLeft | Qt::AlignVCenter, text);
    }
}

} // namespace bw
