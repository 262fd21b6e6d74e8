// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/tables.h>

#include <QHeaderView>
#include <QTableView>

namespace bw {

void dressTable(QTableView &table)
{
    table.setFrameShape(QFrame::NoFrame);
    table.setShowGrid(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setMouseTracking(true);
    table.setTabKeyNavigation(false);
    table.setWordWrap(false);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(rowHeightOf(table));
    table.horizontalHeader()->setHighlightSections(false);
}

int rowHeightOf(const QTableView &table) { return table.fontMetrics().height() + 8; }

} // namespace bw
