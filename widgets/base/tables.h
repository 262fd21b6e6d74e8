// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTableView;

namespace bw {

/// The one look of tables: rows of one height without grid, selected as a whole and one at a time, nothing
/// edited, one line a cell, no numbers beside the rows.
void dressTable(QTableView &table);

/// Height of a row for the table's font, in pixels.
int rowHeightOf(const QTableView &table);

} // namespace bw
