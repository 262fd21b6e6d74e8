// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/base/freshness.h>
#include <items/rowdiff.h>

namespace bw {

/// Alerts by state and severity. Health alerts (a heartbeat such as Watchdog) are counted nowhere.
struct AlertCounts
{
    int firing = 0; ///< firing or unknown, pages and tickets
    int pages = 0, tickets = 0; ///< parts of firing
    int critical = 0, error = 0, warning = 0; ///< parts of firing
    int unknown = 0; ///< part of firing: their source does not answer
    int pending = 0;
    int suppressed = 0; ///< silenced, inhibited, muted
    bool operator==(const AlertCounts &) const = default;
};
AlertCounts countAlerts(const std::vector<Alert> &alerts);
/// "14 firing" only when `freshness` says that every source answered; "≥ 14 firing · 1 of 2 sources" when
/// some did not, "≥ 14 firing · stale" when all are old, "— firing · stale" once older than 5 min. "0 firing"
/// is never said of anything but a full, fresh answer.
QString describeFiring(int firing, const Freshness &freshness, BootTime now);

/// Neighbours with an equal group stand under one heading, in the order of urgency: what it does now, then
/// class, then severity.
struct AlertGroupId
{
    enum class Phase : quint8 {
        Firing, ///< or unknown: may be firing
        Pending,
        Suppressed, ///< silenced, inhibited, muted
        Resolved
    };
    Phase phase = Phase::Firing;
    AlertClass alertClass = AlertClass::Ticket;
    Severity severity = Severity::None;
    int toInt() const { return int(phase) * 100 + int(alertClass) * 10 + int(severity); }
    static AlertGroupId fromInt(int value)
    {
        return {Phase(value / 100), AlertClass(value / 10 % 10), Severity(value % 10)};
    }
    bool operator==(const AlertGroupId &) const = default;
};
AlertGroupId alertGroupOf(const Alert &alert);

/// The merged alert list as a table: most urgent first, one row an alert. A newer list is diffed by key, so
/// selection and scroll survive a refresh; the filter searches one lower-cased text of all alerts, which
/// keeps 100,000 rows within a frame. UI thread.
class AlertModel : public RowTableModel
{
    Q_OBJECT
public:
    enum Column { State, SeverityColumn, Name, Service, Summary, Since, Members, ColumnCount };
    explicit AlertModel(QObject *parent = nullptr);

    /// Replaces the list. Order within `alerts` does not matter; keys are unique.
    void setAlerts(std::vector<Alert> alerts, Freshness freshness);
    void setFreshness(Freshness freshness);
    const Freshness &freshness() const { return m_freshness; }
    /// Words that must all occur, in any case, in labels, annotations, state, severity or class.
    void setFilter(const QString &filter);
    QString filter() const { return m_filter; }

    int total() const { return int(m_alerts.size()); }
    const Alert &alertAt(int row) const;
    /// The row of an alert; -1 when it is not there or filtered out.
    int rowOf(const AlertKey &key) const;

    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// By a column; -1 is the order of urgency. Equal rows stay in order of urgency.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

signals:
    void freshnessChanged();

private:
    const Alert &at(int item) const;
    void orderByUrgency(const std::vector<int> &oldOf);
    void orderByColumn();
    void rebuildText(const std::vector<int> &oldOf, const std::vector<bool> &same);
    std::vector<int> matching() const;
    void showMatching();
    QString text(const Alert &alert, int column) const;

    std::vector<Alert> m_alerts, m_retired; ///< m_retired only while a newer list is being applied
    std::vector<int> m_urgent; ///< all items, most urgent first
    std::vector<int> m_order; ///< all items in the order of the sort column
    QByteArray m_text; ///< lower case, one line an item, in item order
    std::vector<qsizetype> m_lines; ///< begin of each item's line, and the end
    Freshness m_freshness;
    QString m_filter;
    QList<QByteArray> m_words;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace bw
