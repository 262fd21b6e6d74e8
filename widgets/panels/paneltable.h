// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <domain/base/timerange.h>
#include <domain/dashboards/dashboard.h>

#include <QTableView>

#include <vector>

namespace bw {

class TableDelegate;
class TableModel;
struct TableColumn;
struct TableData;

/// The table inside a panel: dressed, sorted once as the panel says, columns stretched to the space there is
/// until the user sizes one, a row's link opened by Enter or double click.
class PanelTable final : public QTableView
{
    Q_OBJECT
public:
    explicit PanelTable(const bw::Panel &panel, QWidget *parent);

    TableModel &rows() { return *m_model; }
    /// Hands it to the model. Sorted by the same column as before, wherever that is now.
    void setTable(TableData table, const std::vector<TableColumn> &columns);
    TableDelegate &cells() { return *m_delegate; }
    /// Shows what the model holds now. `widths`: of the first columns, in pixels; others have the usual one.
    /// `range`: what a row's link covers.
    void arrange(const std::vector<int> &widths, const TimeRange &range);

signals:
    void linkOpened(const bw::Link &link);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool event(QEvent *event) override;

private:
    void sortAsConfigured();
    void layoutColumns();
    void openRow(int row);

    const bw::Panel m_panel; // QFrame has another Panel
    TableModel *m_model;
    TableDelegate *m_delegate;
    std::vector<int> m_widths;
    TimeRange m_range;
    bool m_isSortedOnce = false, m_userSized = false, m_isLayingOut = false;
};

} // namespace bw
