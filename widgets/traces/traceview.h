// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <domain/traces/tracefilter.h>
#include <widgets/base/background.h>
#include <widgets/traces/traceanalysis.h>

#include <QTimeZone>
#include <QTimer>
#include <QWidget>

#include <stop_token>

class QCheckBox;
class QLineEdit;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace bw {

class FlameView;
class PlainLabel;
class SpanDetailView;
class TraceMinimap;
class TraceStatsView;
class WaterfallView;

/// One trace: what it is, a filter, overview, waterfall, statistics and flame graph, and the detail of the
/// chosen span. Knows no server: it is given the trace. UI thread.
class TraceView final : public QWidget
{
    Q_OBJECT
public:
    explicit TraceView(QWidget *parent = nullptr);
    ~TraceView() override;

    /// `origin`: where it came from, for the header: a source's id or a file's name. `span`: chosen at first.
    void showTrace(const Trace &trace, const QString &origin, const QTimeZone &zone, SpanId span = 0);
    /// Nothing is shown but this line: loading, or why there is no trace.
    void showMessage(const QString &text, bool isFailure);
    const Trace &trace() const { return m_original; }
    WaterfallView &waterfall() { return *m_waterfall; }
    void setFilter(const QString &text);
    void focusFilter();
    /// Everything asked for is on screen.
    bool isSettled() const { return !m_isAnalysing && !m_isFiltering; }

signals:
    void linkActivated(const bw::Link &link);
    /// "Compare with another trace."
    void compareWanted();
    void closeRequested();
    /// The trace is on screen for the first time.
    void shown();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    enum Page : int { WaterfallPage, StatisticsPage, FlamePage };
    QWidget *makeHeader();
    QWidget *makeBody();
    void analyse(bool correctClocks);
    void take(TraceAnalysis &&analysis);
    void updateHeader();
    void showPage(int page);
    void startFilter();
    void stopFilter();
    void takeMatches(const Result<FilterMatches> &matches);
    void showSpan(int row);
    void openKeys();

    Trace m_original;
    TraceAnalysis m_shown;
    QString m_origin;
    QTimeZone m_zone = QTimeZone::utc();
    SpanId m_wanted = 0;
    bool m_isAnalysing = false, m_isFiltering = false, m_isNew = false;
    PlainLabel *m_title, *m_facts, *m_odd, *m_message, *m_matches;
    QLineEdit *m_filter;
    QCheckBox *m_path, *m_clocks;
    QTabBar *m_tabs;
    QStackedWidget *m_pages, *m_states;
    TraceMinimap *m_minimap;
    WaterfallView *m_waterfall;
    TraceStatsView *m_stats;
    FlameView *m_flame;
    SpanDetailView *m_detail;
    QTimer m_filterDelay;
    std::stop_source m_stopFilter;
    std::unique_ptr<Background> m_analysis, m_filtering;
};

} // namespace bw
