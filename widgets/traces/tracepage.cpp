// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/tracepage.h>

#include <items/tracelistmodel.h>
#include <widgets/base/safetext.h>
#include <widgets/base/tables.h>
#include <widgets/base/theme.h>
#include <widgets/traces/tonedelegate.h>
#include <widgets/traces/tracecompareview.h>
#include <widgets/traces/tracesearchview.h>
#include <widgets/traces/tracestyle.h>
#include <widgets/traces/traceview.h>
#include <widgets/traces/waterfallview.h>

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;

TracePage::TracePage(DashboardPorts ports, TimeNavigator &time, QWidget *parent)
    : QWidget(parent)
    , m_ports(ports)
    , m_time(time)
    , m_hint(new PlainLabel(this))
    , m_pages(new QStackedWidget(this))
    , m_search(new TraceSearchView(ports, time, m_pages))
    , m_filePage(new QWidget(m_pages))
    , m_fileTitle(new PlainLabel(m_filePage))
    , m_fileList(new QTableView(m_filePage))
    , m_fileModel(new TraceListModel(this))
    , m_view(new TraceView(m_pages))
    , m_compare(new TraceCompareView(m_pages))
    , m_home(m_search)
{
    m_fileList->setModel(m_fileModel);
    m_fileList->setItemDelegate(new ToneDelegate(-1, m_fileList));
    dressTable(*m_fileList);
    m_fileList->setSortingEnabled(true);
    m_fileList->setAccessibleName(tr("Traces of the file"));
    m_fileList->horizontalHeader()->setSectionResizeMode(TraceListModel::Root, QHeaderView::Stretch);
    m_fileList->setColumnWidth(
        TraceListModel::When, fontMetrics().horizontalAdvance(u"00-00 00:00:00.000"_s) + 24);
    m_fileList->setColumnWidth(TraceListModel::Services, 260);
    auto *fileLayout = new QVBoxLayout(m_filePage);
    fileLayout->setContentsMargins(0, 0, 0, 0);
    m_fileTitle->setContentsMargins(10, 8, 10, 2);
    fileLayout->addWidget(m_fileTitle);
    fileLayout->addWidget(m_fileList, 1);
    for (QWidget *page : std::initializer_list<QWidget *>{m_search, m_filePage, m_view, m_compare})
        m_pages->addWidget(page);
    m_hint->setContentsMargins(10, 6, 10, 6);
    m_hint->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_hint);
    layout->addWidget(m_pages, 1);

    connect(m_search, &TraceSearchView::linkActivated, this, &TracePage::follow);
    connect(m_view, &TraceView::linkActivated, this, &TracePage::follow);
    connect(m_view, &TraceView::closeRequested, this, &TracePage::back);
    connect(m_view, &TraceView::compareWanted, this, &TracePage::startComparing);
    connect(m_compare, &TraceCompareView::closeRequested, this, [this] {
        m_pages->setCurrentWidget(m_view); // B; closing that leads home
        m_view->waterfall().setFocus();
    });
    connect(m_compare, &TraceCompareView::spanChosen, this,
        [this](const Trace &trace, int row) { present(trace, tr("the comparison"), trace.spanId(row)); });
    connect(m_fileList, &QTableView::activated, this, [this](const QModelIndex &index) {
        const auto place = size_t(m_fileModel->at(index.row()).place);
        present(m_fileTraces[place].trace, m_fileName, 0);
    });
}

TracePage::~TracePage() = default;

bool TracePage::isSettled() const { return !m_isFetching && !m_search->isAsking() && m_view->isSettled(); }

void TracePage::tell(const QString &text)
{
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, themeOf(this).accent);
    m_hint->setPalette(colors);
    m_hint->setText(text);
    m_hint->setVisible(!text.isEmpty());
}

void TracePage::stopFetching()
{
    m_ticket.cancel();
    m_isFetching = false;
}

void TracePage::showSearch()
{
    stopFetching();
    m_home = m_search;
    m_pages->setCurrentWidget(m_search);
    m_search->focusFirst();
    m_search->runIfOutdated();
}

void TracePage::resume()
{
    if (m_pages->currentWidget() == m_search)
        m_search->runIfOutdated();
}

void TracePage::search(const TraceSearchLink &link)
{
    stopFetching();
    m_home = m_search;
    m_pages->setCurrentWidget(m_search);
    m_search->search(link.source, link.search);
}

void TracePage::back()
{
    stopFetching();
    stopComparing();
    m_pages->setCurrentWidget(m_home);
    m_home == m_search ? m_search->runIfOutdated() : void();
    m_home->setFocus();
}

void TracePage::open(const TraceLink &link)
{
    std::vector<DatasourceId> sources;
    for (const SourceInfo *info : m_ports.sources.traceSources()) {
        if (link.source.isEmpty() || info->id.id == link.source || info->source == link.source)
            sources.push_back(info->id);
    }
    m_pages->setCurrentWidget(m_view);
    if (sources.empty()) {
        m_view->showMessage(link.source.isEmpty()
                ? tr("No source of traces is configured. Add one of kind jaeger, tempo or zipkin to "
                     "bridgewatch.yaml.")
                : tr("There is no source of traces called %1.").arg(link.source),
            true);
        return;
    }
    ask(link, std::move(sources), {});
}

/// One source after the other until one has it.
void TracePage::ask(const TraceLink &link, std::vector<DatasourceId> sources, QStringList reasons)
{
    const DatasourceId source = sources.front();
    sources.erase(sources.begin());
    m_isFetching = true;
    m_view->showMessage(tr("asking %1 for trace %2…").arg(source.id, link.trace.toHex()), false);
    m_ticket = m_ports.executor.submit({source, TraceById{link.trace, link.hint}}, {.askedBy = AskedBy::User},
        this,
        [this, link, sources = std::move(sources), reasons, source](
            const Result<QueryResult> &answer) mutable {
            m_isFetching = false;
            const auto *trace = answer ? dataAs<Trace>(*answer) : nullptr;
            if (trace && !trace->isEmpty()) {
                QString origin = source.id;
                if (answer->freshness.state == Freshness::State::Partial)
                    origin += tr(" (not all of it: the server gave only a part)");
                return present(*trace, origin, link.span);
            }
            reasons +=
                tr("%1: %2").arg(source.id, answer ? tr("has no spans of it") : answer.error().message);
            if (!sources.empty())
                return ask(link, std::move(sources), reasons);
            m_view->showMessage(
                tr("Trace %1 could not be shown.\n%2").arg(link.trace.toHex(), reasons.join(u'\n')), true);
        });
}

void TracePage::present(const Trace &trace, const QString &origin, SpanId span)
{
    if (m_toCompare) {
        const Trace a = *std::exchange(m_toCompare, std::nullopt);
        tell({});
        m_view->showTrace(trace, origin, zone(), span);
        m_compare->compare(a, trace);
        m_pages->setCurrentWidget(m_compare);
        return;
    }
    m_view->showTrace(trace, origin, zone(), span);
    m_pages->setCurrentWidget(m_view);
    m_view->waterfall().setFocus();
}

void TracePage::startComparing()
{
    m_toCompare = m_view->trace();
    tell(tr("Open the trace to compare with %1: from the search, by its id, or from a file. Closing a trace "
            "ends this.")
             .arg(m_toCompare->id().toHex().left(8)));
    m_pages->setCurrentWidget(m_home);
}

void TracePage::stopComparing()
{
    m_toCompare.reset();
    tell({});
}

void TracePage::showFile(const QString &name, std::vector<TraceOfFile> traces, const QStringList &warnings)
{
    stopFetching();
    m_fileName = name;
    m_fileTraces = std::move(traces);
    if (!warnings.isEmpty())
        m_fileName += tr(" (%1)").arg(render::line(Untrusted(warnings.join(u"; "_s)), 300));
    if (m_fileTraces.size() == 1) {
        m_home = m_search;
        return present(m_fileTraces.front().trace, m_fileName, 0);
    }
    std::vector<TraceSummary> summaries;
    for (TraceOfFile &one : m_fileTraces) {
        summaries.push_back(one.summary);
        summaries.back().place = int(summaries.size()) - 1;
    }
    m_fileTitle->setText(tr("%1 in %2")
                             .arg(counted(int(summaries.size()), tr("trace"), tr("traces")),
                                 render::line(Untrusted(m_fileName), 400)));
    m_fileModel->setZone(zone());
    m_fileModel->setTraces(std::move(summaries));
    m_home = m_filePage;
    m_pages->setCurrentWidget(m_filePage);
    m_fileList->setCurrentIndex(m_fileModel->index(0, 0));
    m_fileList->setFocus();
}

void TracePage::showFileError(const QString &name, const QString &reason)
{
    stopFetching();
    m_view->showMessage(
        tr("%1 cannot be opened as a file of traces.\n%2").arg(render::line(Untrusted(name), 300), reason),
        true);
    m_pages->setCurrentWidget(m_view);
}

void TracePage::follow(const Link &link)
{
    if (const auto *trace = std::get_if<TraceLink>(&link))
        open(*trace);
    else if (const auto *wanted = std::get_if<TraceSearchLink>(&link))
        search(*wanted);
    else
        emit linkActivated(link);
}

} // namespace bw
