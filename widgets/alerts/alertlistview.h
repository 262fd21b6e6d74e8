// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <items/alertmodel.h>

#include <QWidget>

class QLineEdit;

namespace bw {

class AlertDelegate;
class AlertTable;
class PlainLabel;

/// The alert list with its counts and filter: grouped by class and severity, one line an alert. Used by the
/// dashboard's panel and by the window's own list. Keys: "/" filters, Escape clears, Return or "g" opens.
/// UI thread.
class AlertListView final : public QWidget
{
    Q_OBJECT
public:
    /// Which alerts are listed; counts are always over all.
    enum class Show : quint8 {
        Active, ///< firing, pending or unknown
        All
    };
    explicit AlertListView(const Clock &clock, QWidget *parent = nullptr);

    void setAlerts(std::vector<Alert> alerts, const Freshness &freshness);
    /// The same alerts, known again or no longer known.
    void setFreshness(const Freshness &freshness);
    void setShow(Show show);
    Show shown() const { return m_show; }
    /// Ages and counts follow the clock; once a second.
    void beat();
    AlertModel &model() { return *m_model; }
    /// The counts as shown: "≥ 14 firing · 1 of 2 sources · 2 pages".
    QString countsText() const;
    QString emptyText() const;
    /// Of the selected row.
    std::optional<AlertKey> currentAlert() const;
    void selectAlert(const AlertKey &key);
    void focusFilter();
    QString toCsv() const;
    /// Where the rows are, below counts and filter.
    QRect listRect() const;

signals:
    void alertActivated(const bw::AlertKey &key);
    void currentChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showAlerts();
    void updateDimming();
    void updateCounts();
    void layoutColumns();

    const Clock &m_clock;
    std::vector<Alert> m_alerts;
    Freshness m_freshness;
    AlertCounts m_counts;
    Show m_show = Show::Active;
    AlertModel *m_model;
    AlertDelegate *m_delegate;
    AlertTable *m_table;
    PlainLabel *m_summary;
    QLineEdit *m_filter;
};

} // namespace bw
