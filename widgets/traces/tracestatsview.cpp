// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/tables.h>
#include <widgets/traces/tracestatsview.h>

#include <domain/traces/tracefilter.h>
#include <items/spanstatsmodel.h>
#include <widgets/plot/picturewidget.h>
#include <widgets/traces/tonedelegate.h>

#include <QHeaderView>
#include <QMenu>
#include <QTabBar>
#include <QTableView>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;

TraceStatsView::TraceStatsView(QWidget *parent)
    : QWidget(parent)
    , m_by(new QTabBar(this))
    , m_table(new QTableView(this))
    , m_model(new SpanStatsModel(this))
{
    m_by->addTab(tr("By operation"));
    m_by->addTab(tr("By service"));
    m_by->addTab(tr("By kind"));
    m_by->setDrawBase(false);
    m_by->setExpanding(false);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new ToneDelegate(SpanStatsModel::Share, m_table));
    dressTable(*m_table);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSectionResizeMode(SpanStatsModel::Name, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSortIndicator(SpanStatsModel::Self, Qt::DescendingOrder);
    for (int column = SpanStatsModel::Count; column < SpanStatsModel::ColumnCount; ++column)
        m_table->setColumnWidth(column, fontMetrics().horizontalAdvance(u"0000.00 ms"_s) + 16);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setAccessibleName(tr("Statistics of the trace"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_by);
    layout->addWidget(m_table, 1);
    connect(m_by, &QTabBar::currentChanged, this, &TraceStatsView::compute);
    connect(m_table, &QTableView::activated, this,
        [this](const QModelIndex &index) { emit rowChosen(m_model->at(index.row()).slowest); });
    connect(m_table, &QWidget::customContextMenuRequested, this, &TraceStatsView::openMenu);
}

void TraceStatsView::setTrace(const Trace &trace, const std::vector<Nanoseconds> &self)
{
    if (&trace.columns() == &m_trace.columns())
        return;
    m_trace = trace;
    m_self = self;
    compute();
}

void TraceStatsView::compute()
{
    m_model->setStats({}, StatsBy::Operation); // rows of another trace lead nowhere
    static constexpr StatsBy kBy[] = {StatsBy::Operation, StatsBy::Service, StatsBy::Kind};
    const StatsBy by = kBy[m_by->currentIndex()];
    m_background = std::make_unique<Background>(renderPool());
    m_background->run([trace = m_trace, self = m_self, by] { return spanStats(trace, by, self); },
        [this, by](std::vector<SpanStats> &&stats) {
            m_model->setStats(std::move(stats), by);
            const QHeaderView *header = m_table->horizontalHeader();
            m_model->sort(header->sortIndicatorSection(), header->sortIndicatorOrder());
        });
}

void TraceStatsView::openMenu(const QPoint &at)
{
    const QModelIndex index = m_table->indexAt(at);
    if (!index.isValid())
        return;
    const SpanStats stats = m_model->at(index.row());
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Go to the slowest span"), this, [this, stats] { emit rowChosen(stats.slowest); });
    if (!stats.service.isEmpty()) {
        QString filter = u"service="_s + quotedTerm(render::line(stats.service, kShownName));
        if (!stats.operation.isEmpty())
            filter += u" operation="_s + quotedTerm(render::line(stats.operation, kShownName));
        menu->addAction(tr("Show only these spans"), this, [this, filter] { emit filterWanted(filter); });
    }
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

} // namespace bw
