// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/paneltable.h>

#include <items/tablemodel.h>
#include <widgets/base/tables.h>
#include <widgets/panels/panellinks.h>
#include <widgets/panels/tabledelegate.h>

#include <QEvent>
#include <QHeaderView>

#include <algorithm>
#include <numeric>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

constexpr int kUsualWidth = 110;

} // namespace

PanelTable::PanelTable(const bw::Panel &panel, QWidget *parent)
    : QTableView(parent)
    , m_panel(panel)
    , m_model(new TableModel(panel, this))
    , m_delegate(new TableDelegate(this))
{
    dressTable(*this);
    setModel(m_model);
    setItemDelegate(m_delegate);
    setAccessibleName(panel.title);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    setSortingEnabled(true);
    connect(horizontalHeader(), &QHeaderView::sectionResized, this,
        [this] { m_userSized = m_userSized || !m_isLayingOut; });
    connect(this, &QTableView::activated, this, [this](const QModelIndex &index) { openRow(index.row()); });
}

void PanelTable::setTable(TableData table, const std::vector<TableColumn> &columns)
{
    const std::vector<TableColumn> before = m_model->columns();
    m_model->setTable(std::move(table), columns);
    const std::vector<TableColumn> &now = m_model->columns();
    const int old = horizontalHeader()->sortIndicatorSection();
    if (old < 0 || size_t(old) >= before.size() || before == now)
        return;
    const auto at = std::find_if(now.begin(), now.end(), [&](const TableColumn &column) {
        return column.field == before[size_t(old)].field && column.isChange == before[size_t(old)].isChange;
    });
    // A column of differences may be gone: then the order of the answers.
    const int place = at == now.end() ? -1 : int(at - now.begin());
    if (place != old)
        sortByColumn(place, place < 0 ? Qt::AscendingOrder : horizontalHeader()->sortIndicatorOrder());
}

void PanelTable::arrange(const std::vector<int> &widths, const TimeRange &range)
{
    m_widths = widths;
    m_range = range;
    sortAsConfigured();
    viewport()->update();
    layoutColumns();
}

void PanelTable::sortAsConfigured()
{
    if (m_isSortedOnce || m_model->columnCount() == 0)
        return;
    const QString wanted = m_panel.options.value(u"sort"_s).toString();
    m_isSortedOnce = wanted.isEmpty();
    for (int column = 0; column < m_model->columnCount(); ++column) {
        const TableColumn &spec = m_model->columns()[size_t(column)];
        if (spec.field != wanted && spec.title != wanted)
            continue;
        const bool down = m_panel.options.value(u"sort_desc"_s).toBool();
        sortByColumn(column, down ? Qt::DescendingOrder : Qt::AscendingOrder);
        m_isSortedOnce = true; // the column may come with a later answer
        return;
    }
}

void PanelTable::layoutColumns()
{
    const int count = m_model->columnCount();
    if (m_userSized || count == 0)
        return;
    m_isLayingOut = true;
    std::vector<int> widths = m_widths;
    widths.resize(size_t(count), kUsualWidth);
    const int total = std::accumulate(widths.begin(), widths.end(), 0), room = viewport()->width();
    const double scale = total > 0 && room > total ? double(room) / total : 1;
    for (int column = 0; column < count; ++column)
        setColumnWidth(column, int(widths[size_t(column)] * scale));
    m_isLayingOut = false;
}

void PanelTable::openRow(int row)
{
    if (row < 0 || m_panel.links.empty())
        return;
    emit linkOpened(linkFrom(m_panel.links.front(), m_range,
        [&](const QString &field) { return m_model->fieldText(row, field); }));
}

void PanelTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    layoutColumns();
}

bool PanelTable::event(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PolishRequest)
        verticalHeader()->setDefaultSectionSize(rowHeightOf(*this));
    return QTableView::event(event);
}

} // namespace bw
