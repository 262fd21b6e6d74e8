// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace bw {

class AlertDelegate;

/// A table view whose first row of each group is taller, with the group's heading painted above its cells.
/// Headings exist only in the order of urgency. Cheap for 50,000 rows: group borders are found by bisection.
class AlertTable final : public QTableView
{
    Q_OBJECT
public:
    AlertTable(AlertDelegate *delegate, QWidget *parent);
    void setModel(QAbstractItemModel *model) override;
    /// Said in the middle while there is no row. Empty: nothing is said.
    void setEmptyText(const QString &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    void scheduleHeadings();
    void updateHeadings();

    AlertDelegate *m_delegate;
    std::vector<int> m_headings; ///< rows that begin a group, ascending
    QString m_emptyText;
    bool m_scheduled = false;
};

} // namespace bw
