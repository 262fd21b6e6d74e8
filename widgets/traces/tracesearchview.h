// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <widgets/context/timenavigator.h>
#include <widgets/panels/panelports.h>

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace bw {

class PlainLabel;
class SignatureModel;
class TraceListModel;
class TraceScatter;

/// What a person typed into the search, as a question. Invalid names the field.
struct TraceSearchFields
{
    QString service, operation, attributes, minDuration, maxDuration, traceql, limit;
    bool errorsOnly = false;
};
[[nodiscard]] Result<TraceSearch> searchFrom(const TraceSearchFields &fields, const TimeRange &range);

/// Search for traces: fields, dots over time and duration, a list or groups of failures. Looks at the time
/// range of the window. UI thread.
class TraceSearchView final : public QWidget
{
    Q_OBJECT
public:
    TraceSearchView(DashboardPorts ports, TimeNavigator &time, QWidget *parent = nullptr);
    ~TraceSearchView() override;

    /// Fills the fields and asks. An empty `source` keeps the chosen one.
    void search(const QString &source, const TraceSearch &search);
    /// Asks with the fields as they are.
    void run();
    /// Asks when what is listed is not of the range on screen.
    void runIfOutdated();
    /// The id of the chosen source; empty while there is none.
    QString source() const;
    /// An answer is awaited.
    bool isAsking() const { return m_isAsking; }
    void focusFirst();
    /// The service the rest of the window looks at; fills the field unless somebody else did.
    void propose(const QString &service);

signals:
    void linkActivated(const bw::Link &link);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QString spelled(const QString &service);
    void respell();
    QWidget *makeForm();
    QWidget *makeResults();
    TraceSearchFields fields() const;
    void updateSources();
    void askNames(const QString &service);
    void take(const Result<QueryResult> &answer);
    void showTraces(const TraceSummaries &found, const QString &state);
    void tell(const QString &text, bool isFailure);
    void open(const TraceSummary &trace, SpanId span);
    void openText();

    DashboardPorts m_ports;
    TimeNavigator &m_time;
    TraceSummaries m_found;
    TimeRange m_asked; ///< of what is listed, or being asked
    QString m_askedSource, m_foundSource;
    QString m_foreign; ///< a service as another signal spells it, until the names are known
    QString m_proposed;
    bool m_isAsking = false, m_wasShown = false;
    QueryTicket m_ticket, m_services, m_operations;
    QComboBox *m_source, *m_service, *m_operation;
    QLineEdit *m_attributes, *m_min, *m_max, *m_limit, *m_traceql, *m_id;
    QCheckBox *m_errors, *m_grouped;
    QPushButton *m_go;
    PlainLabel *m_state;
    TraceScatter *m_scatter;
    QStackedWidget *m_lists;
    QTableView *m_list, *m_groups;
    TraceListModel *m_model;
    SignatureModel *m_signatures;
};

} // namespace bw
