// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/traceview.h>

#include <widgets/base/safetext.h>
#include <widgets/plot/picturewidget.h>
#include <widgets/traces/flameview.h>
#include <widgets/traces/spandetailview.h>
#include <widgets/traces/traceminimap.h>
#include <widgets/traces/tracestatsview.h>
#include <widgets/traces/tracestyle.h>
#include <widgets/traces/waterfallview.h>

#include <QAbstractItemView>
#include <QCheckBox>
#include <QDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto kTypingPause = 150ms;

} // namespace

TraceView::TraceView(QWidget *parent)
    : QWidget(parent)
    , m_title(new PlainLabel(this))
    , m_facts(new PlainLabel(this))
    , m_odd(new PlainLabel(this))
    , m_message(new PlainLabel(this))
    , m_matches(new PlainLabel(this))
    , m_filter(new QLineEdit(this))
    , m_path(new QCheckBox(tr("Critical path"), this))
    , m_clocks(new QCheckBox(tr("Correct clocks"), this))
    , m_tabs(new QTabBar(this))
    , m_pages(new QStackedWidget(this))
    , m_states(new QStackedWidget(this))
    , m_minimap(new TraceMinimap(this))
    , m_waterfall(new WaterfallView(this))
    , m_stats(new TraceStatsView(this))
    , m_flame(new FlameView(this))
    , m_detail(new SpanDetailView(this))
{
    auto *content = new QWidget(this);
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHeader());
    column->addWidget(m_minimap);
    column->addWidget(makeBody(), 1);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_states->addWidget(m_message);
    m_states->addWidget(content);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_states);

    m_filterDelay.setSingleShot(true);
    m_filterDelay.setInterval(kTypingPause);
    connect(&m_filterDelay, &QTimer::timeout, this, &TraceView::startFilter);
    connect(m_filter, &QLineEdit::textChanged, this, [this] { m_filterDelay.start(); });
    connect(m_path, &QCheckBox::toggled, m_waterfall, &WaterfallView::setShowPath);
    connect(m_clocks, &QCheckBox::toggled, this, &TraceView::analyse);
    connect(m_tabs, &QTabBar::currentChanged, this, &TraceView::showPage);
    connect(m_waterfall, &WaterfallView::currentRowChanged, this, &TraceView::showSpan);
    connect(m_waterfall, &WaterfallView::windowChanged, m_minimap, &TraceMinimap::setWindow);
    connect(m_minimap, &TraceMinimap::windowChosen, m_waterfall, &WaterfallView::setWindow);
    connect(m_detail, &SpanDetailView::linkActivated, this, &TraceView::linkActivated);
    connect(m_detail, &SpanDetailView::filterWanted, this, &TraceView::setFilter);
    const auto goTo = [this](int row) {
        m_tabs->setCurrentIndex(WaterfallPage);
        m_waterfall->setCurrentRow(row);
        m_waterfall->setFocus();
    };
    connect(m_stats, &TraceStatsView::rowChosen, this, goTo);
    connect(m_stats, &TraceStatsView::filterWanted, this, [this](const QString &filter) {
        m_tabs->setCurrentIndex(WaterfallPage);
        setFilter(filter);
    });
    connect(m_flame, &FlameView::rowChosen, this, goTo);
    for (QAbstractItemView *view : findChildren<QAbstractItemView *>())
        view->installEventFilter(this);
    showMessage(tr("No trace is open"), false);
}

TraceView::~TraceView() { m_stopFilter.request_stop(); }

QWidget *TraceView::makeHeader()
{
    auto *header = new QWidget(this);
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setElideMode(Qt::ElideRight);
    m_facts->setElideMode(Qt::ElideRight);
    m_odd->setElideMode(Qt::ElideRight);
    m_filter->setPlaceholderText(tr("Filter spans:  word  service:cart  error  >100ms  http.route=/pay"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(240);
    m_filter->setAccessibleName(tr("Filter spans"));
    m_filter->installEventFilter(this);
    m_path->setChecked(true);
    setTip(m_path, tr("The dark line: what the whole request waited for"));
    setTip(m_clocks, tr("Moves spans of other services so that they lie within their callers. A guess."));
    m_tabs->addTab(tr("Waterfall"));
    m_tabs->addTab(tr("Statistics"));
    m_tabs->addTab(tr("Flame graph"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    auto *compare = new QToolButton(header);
    compare->setText(tr("Compare…"));
    connect(compare, &QToolButton::clicked, this, &TraceView::compareWanted);
    auto *keys = new QToolButton(header);
    keys->setText(tr("Keys"));
    connect(keys, &QToolButton::clicked, this, &TraceView::openKeys);
    auto *close = new QToolButton(header);
    close->setText(u"✕"_s);
    close->setAutoRaise(true);
    close->setAccessibleName(tr("Close"));
    connect(close, &QToolButton::clicked, this, &TraceView::closeRequested);

    auto *titles = new QHBoxLayout;
    titles->addWidget(m_title, 1);
    titles->addWidget(compare);
    titles->addWidget(keys);
    titles->addWidget(close);
    auto *facts = new QHBoxLayout;
    facts->addWidget(m_facts, 1);
    auto *tools = new QHBoxLayout;
    tools->addWidget(m_tabs);
    tools->addWidget(m_filter, 1);
    tools->addWidget(m_matches);
    tools->addWidget(m_path);
    tools->addWidget(m_clocks);
    auto *column = new QVBoxLayout(header);
    column->setContentsMargins(10, 6, 8, 6);
    column->setSpacing(4);
    column->addLayout(titles);
    column->addLayout(facts);
    column->addWidget(m_odd);
    column->addLayout(tools);
    return header;
}

QWidget *TraceView::makeBody()
{
    m_pages->addWidget(m_waterfall);
    m_pages->addWidget(m_stats);
    m_pages->addWidget(m_flame);
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_pages);
    splitter->addWidget(m_detail);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setCollapsible(0, false);
    splitter->setSizes({900, 340});
    return splitter;
}

void TraceView::showMessage(const QString &text, bool isFailure)
{
    m_analysis.reset();
    m_isAnalysing = false;
    stopFilter();
    m_original = {};
    m_shown = {}; // an answer may hold hundreds of megabytes
    m_waterfall->setTrace({}, {}, {});
    m_minimap->setTrace({}, {});
    m_stats->setTrace({}, {});
    m_flame->setTrace({}, {});
    m_detail->clear();
    QPalette colors = palette();
    if (isFailure)
        colors.setColor(QPalette::WindowText, themeOf(this).critical);
    m_message->setPalette(colors);
    m_message->setText(text);
    m_states->setCurrentIndex(0);
}

void TraceView::showTrace(const Trace &trace, const QString &origin, const QTimeZone &zone, SpanId span)
{
    m_original = trace;
    m_origin = origin;
    m_zone = zone;
    m_wanted = span;
    m_isNew = true;
    stopFilter();
    {
        const QSignalBlocker silent(m_filter);
        m_filter->clear();
    }
    const QSignalBlocker quiet(m_clocks);
    m_clocks->setChecked(false);
    analyse(false);
}

void TraceView::analyse(bool correctClocks)
{
    m_isAnalysing = true;
    m_analysis = std::make_unique<Background>(renderPool());
    m_analysis->run([trace = m_original, correctClocks] { return analysed(trace, correctClocks); },
        [this](TraceAnalysis &&analysis) { take(std::move(analysis)); });
}

void TraceView::take(TraceAnalysis &&analysis)
{
    m_isAnalysing = false;
    const int row = m_waterfall->currentRow();
    m_shown = std::move(analysis);
    m_waterfall->setTrace(m_shown.trace, m_shown.groups, m_shown.path);
    m_minimap->setTrace(m_shown.trace, m_waterfall->colors());
    m_states->setCurrentIndex(1);
    updateHeader();
    if (!std::exchange(m_isNew, false)) {
        m_waterfall->setCurrentRow(row);
    } else if (m_wanted != 0) {
        m_waterfall->setCurrentRow(m_shown.trace.rowOf(m_wanted));
    }
    showSpan(m_waterfall->currentRow());
    showPage(m_tabs->currentIndex());
    startFilter(); // what was typed meanwhile
    emit shown();
}

void TraceView::updateHeader()
{
    const Trace &trace = m_shown.trace;
    const Trace::Facts &facts = trace.facts();
    const int root = trace.mainRoot();
    m_title->setText(root < 0 ? tr("An empty trace")
                              : tr("%1: %2").arg(render::line(trace.service(root), 120),
                                  render::line(trace.operation(root), 300)));
    QStringList words;
    words += durationText(trace.duration());
    words += counted(facts.spans, tr("span"), tr("spans"));
    words += counted(facts.services, tr("service"), tr("services"));
    if (facts.errors > 0)
        words += tr("%1 failed").arg(facts.errors);
    words += tr("depth %1").arg(facts.depth);
    words += toDateTime(trace.startedAt()).toTimeZone(m_zone).toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s);
    words += trace.id().toHex();
    words += tr("from %1").arg(m_origin);
    m_facts->setText(words.join(u" · "_s));
    QStringList odd;
    if (facts.roots > 1)
        odd += counted(facts.roots, tr("root"), tr("roots"));
    if (facts.orphans > 0)
        odd +=
            counted(facts.orphans, tr("span whose parent is missing"), tr("spans whose parents are missing"));
    if (facts.cycles > 0)
        odd += counted(facts.cycles, tr("circle of parents"), tr("circles of parents"));
    if (facts.duplicates > 0)
        odd += counted(facts.duplicates, tr("id that comes twice"), tr("ids that come twice"));
    if (facts.skewed > 0)
        odd += counted(facts.skewed, tr("span outside its caller's time (clocks differ)"),
            tr("spans outside their callers' time (clocks differ)"));
    if (m_shown.isCorrected)
        odd += tr("clocks corrected by guess");
    m_odd->setText(odd.isEmpty() ? QString() : tr("Odd: %1").arg(odd.join(u", "_s)));
    m_odd->setVisible(!odd.isEmpty());
    QPalette warning = palette();
    warning.setColor(QPalette::WindowText, themeOf(this).warning);
    m_odd->setPalette(warning);
    m_clocks->setVisible(facts.skewed > 0 || m_shown.isCorrected);
    m_matches->clear();
}

void TraceView::showPage(int page)
{
    m_pages->setCurrentIndex(page);
    if (m_shown.trace.isEmpty())
        return;
    if (page == StatisticsPage)
        m_stats->setTrace(m_shown.trace, m_shown.self);
    else if (page == FlamePage)
        m_flame->setTrace(m_shown.trace, m_waterfall->colors());
}

void TraceView::setFilter(const QString &text)
{
    m_filter->setText(text);
    startFilter();
}

void TraceView::focusFilter()
{
    m_filter->setFocus();
    m_filter->selectAll();
}

void TraceView::stopFilter()
{
    m_filterDelay.stop();
    m_stopFilter.request_stop();
    m_stopFilter = {};
    m_filtering.reset();
    m_isFiltering = false;
}

void TraceView::startFilter()
{
    stopFilter();
    if (m_isAnalysing)
        return; // rows of the trace that goes would be matched
    const QString text = m_filter->text().trimmed();
    if (text.isEmpty() || m_shown.trace.isEmpty()) {
        m_matches->clear();
        m_waterfall->setMatches({});
        return;
    }
    const Result<TraceFilter> filter = TraceFilter::parse(text);
    if (!filter) {
        m_matches->setText(filter.error().message);
        return;
    }
    m_isFiltering = true;
    m_matches->setText(tr("looking…"));
    m_filtering = std::make_unique<Background>(renderPool());
    m_filtering->run([trace = m_shown.trace, filter = *filter,
                         stop = m_stopFilter.get_token()] { return matchesOf(trace, filter, stop); },
        [this](Result<FilterMatches> &&matches) { takeMatches(matches); });
}

void TraceView::takeMatches(const Result<FilterMatches> &matches)
{
    m_isFiltering = false;
    if (!matches) {
        if (matches.error().kind != Error::Kind::Cancelled)
            m_matches->setText(matches.error().message);
        return;
    }
    m_matches->setText(matches->count == 0 ? tr("no span matches")
                                           : counted(matches->count, tr("span matches"), tr("spans match")));
    m_waterfall->setMatches(matches->rows);
}

void TraceView::showSpan(int row)
{
    if (row < 0 || size_t(row) >= m_shown.self.size())
        return m_detail->clear();
    m_detail->showSpan(m_shown.trace, row, m_shown.self[size_t(row)], m_shown.onPath[size_t(row)], m_zone);
}

void TraceView::keyPressEvent(QKeyEvent *event)
{
    const bool isPlain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (isPlain && event->key() == Qt::Key_Slash)
        return focusFilter();
    if (isPlain && event->key() == Qt::Key_P)
        return m_path->toggle();
    if (isPlain && event->key() == Qt::Key_W)
        return m_tabs->setCurrentIndex((m_tabs->currentIndex() + 1) % m_tabs->count());
    if (isPlain && event->key() == Qt::Key_Escape && m_states->currentIndex() == 0) {
        emit closeRequested();
        return;
    }
    if (isPlain && event->key() == Qt::Key_Escape) {
        if (!m_filter->text().isEmpty())
            return setFilter({});
        if (m_waterfall->window() != wholeOf(m_shown.trace))
            return m_waterfall->setWindow(wholeOf(m_shown.trace));
        emit closeRequested();
        return;
    }
    QWidget::keyPressEvent(event);
}

bool TraceView::eventFilter(QObject *watched, QEvent *event)
{
    // Tables and trees would take letters as the beginning of a name to jump to.
    if (watched != m_filter && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        const bool isOurs = key->key() == Qt::Key_W || key->key() == Qt::Key_P || key->key() == Qt::Key_Slash;
        if (isOurs && !(key->modifiers() & ~Qt::KeypadModifier)) {
            keyPressEvent(key);
            return true;
        }
    }
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter || key->key() == Qt::Key_Down) {
            if (m_filterDelay.isActive())
                startFilter();
            m_waterfall->setFocus();
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            setFilter({});
            m_waterfall->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void TraceView::openKeys()
{
    const QString keys = tr("↑ ↓ PgUp PgDn Home End\tmove\n"
                            "← →\tclose or open; to the caller, to the first callee\n"
                            "Enter, Space\topen or close\n"
                            "U\tto the caller\n"
                            "N, Shift+N\tnext, previous failed span\n"
                            "M, Shift+M\tnext, previous match of the filter\n"
                            "E, Shift+E\topen everything, close everything\n"
                            "1 … 9\topen to this depth\n"
                            "+ −, Ctrl+wheel\tcloser, further\n"
                            "Z\tzoom to the span\n"
                            "Shift+← →, Shift+wheel\tearlier, later\n"
                            "0, double click\tthe whole trace\n"
                            "P\tcritical path\n"
                            "W\twaterfall, statistics, flame graph\n"
                            "/\tfilter\n"
                            "Esc\tclear the filter, then the zoom, then close");
    auto *dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keys in a trace"));
    auto *rows = new QGridLayout(dialog);
    rows->setHorizontalSpacing(24);
    for (const QString &line : keys.split(u'\n')) {
        const int row = rows->rowCount();
        rows->addWidget(new PlainLabel(line.section(u'\t', 0, 0), dialog), row, 0);
        rows->addWidget(new PlainLabel(line.section(u'\t', 1), dialog), row, 1);
    }
    dialog->open();
}

} // namespace bw
