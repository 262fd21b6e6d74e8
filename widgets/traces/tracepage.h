// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <widgets/context/timenavigator.h>
#include <widgets/panels/panelports.h>

#include <QStackedWidget>

class QTableView;

namespace bw {

class PlainLabel;
class TraceCompareView;
class TraceListModel;
class TraceSearchView;
class TraceView;

/// A trace with its summary, which takes reading its failed spans: made where the file was read.
struct TraceOfFile
{
    Trace trace;
    TraceSummary summary;
};

/// Everything about traces on one page: search, the traces of a file, one trace, two compared. Fetches a
/// trace by its id; files are read by whoever owns the page. UI thread.
class TracePage final : public QWidget
{
    Q_OBJECT
public:
    TracePage(DashboardPorts ports, TimeNavigator &time, QWidget *parent = nullptr);
    ~TracePage() override;

    void showSearch();
    /// Whatever was in front; a search that is out of date is run again.
    void resume();
    void search(const TraceSearchLink &link);
    /// Fetches and shows it; without a source every trace source is asked in turn.
    void open(const TraceLink &link);
    /// The traces of a file: one is opened, several are listed.
    void showFile(const QString &name, std::vector<TraceOfFile> traces, const QStringList &warnings = {});
    /// A file that could not be read: why.
    void showFileError(const QString &name, const QString &reason);
    TraceView &view() { return *m_view; }
    TraceSearchView &searchView() { return *m_search; }
    bool isSettled() const;

signals:
    void linkActivated(const bw::Link &link);

private:
    void ask(const TraceLink &link, std::vector<DatasourceId> sources, QStringList reasons);
    void present(const Trace &trace, const QString &origin, SpanId span);
    void follow(const Link &link);
    void back();
    void startComparing();
    void stopComparing();
    void stopFetching();
    void tell(const QString &text);

    DashboardPorts m_ports;
    TimeNavigator &m_time;
    QTimeZone zone() const { return m_time.zone(); }
    PlainLabel *m_hint;
    QStackedWidget *m_pages;
    TraceSearchView *m_search;
    QWidget *m_filePage;
    PlainLabel *m_fileTitle;
    QTableView *m_fileList;
    TraceListModel *m_fileModel;
    TraceView *m_view;
    TraceCompareView *m_compare;
    QString m_fileName;
    std::vector<TraceOfFile> m_fileTraces;
    std::optional<Trace> m_toCompare; ///< A, while B is being looked for
    QWidget *m_home; ///< where closing a trace leads: the search, or the list of a file
    QueryTicket m_ticket;
    bool m_isFetching = false;
};

} // namespace bw
