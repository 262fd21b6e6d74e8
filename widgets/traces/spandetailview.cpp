// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/traces/spandetailview.h>

#include <domain/base/format.h>
#include <domain/traces/tracefilter.h>
#include <widgets/base/safetext.h>
#include <widgets/plot/picturewidget.h>
#include <widgets/traces/tracestyle.h>

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

// 4 KiB of one value on screen; all of it is copied.
constexpr int kMaxText = 4096;
constexpr auto kAround = 30min;
enum Role : int { WholeRole = Qt::UserRole + 1, FilterRole, TraceRole };

QString clock(Timestamp at, const QTimeZone &zone)
{
    return toDateTime(at).toTimeZone(zone).toString(u"HH:mm:ss.zzz"_s);
}

} // namespace

SpanDetailView::SpanDetailView(QWidget *parent)
    : QWidget(parent)
    , m_title(new PlainLabel(this))
    , m_subtitle(new PlainLabel(this))
    , m_metrics(new QPushButton(this))
    , m_tree(new QTreeWidget(this))
{
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setElideMode(Qt::ElideRight);
    m_subtitle->setElideMode(Qt::ElideRight);
    m_metrics->setText(tr("Metrics of this service at this time"));
    m_metrics->setAccessibleName(m_metrics->text());
    connect(m_metrics, &QPushButton::clicked, this, [this] {
        if (m_row < 0)
            return;
        const Timestamp at = m_trace.startedAt() + m_trace.start(m_row);
        DashboardLink link{u"debug"_s, {}, TimeRange{at - kAround, at + kAround}};
        link.context[u"service"_s] = render::line(m_trace.service(m_row), 200);
        if (!m_route.isEmpty())
            link.context[u"route"_s] = m_route;
        emit linkActivated(link);
    });
    m_tree->setColumnCount(2);
    m_tree->setHeaderHidden(true);
    m_tree->setIndentation(12);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(false);
    m_tree->setWordWrap(true);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->header()->setStretchLastSection(true);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setAccessibleName(tr("What this span says"));
    m_tree->installEventFilter(this);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &SpanDetailView::openMenu);
    connect(m_tree, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem *item) {
        if (const auto id = TraceId::fromHex(item->data(0, TraceRole).toString()))
            emit linkActivated(TraceLink{{}, *id, {}, 0});
    });
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_subtitle);
    layout->addWidget(m_metrics, 0, Qt::AlignLeft);
    layout->addWidget(m_tree, 1);
    clear();
}

void SpanDetailView::clear()
{
    m_row = -1;
    m_background.reset();
    m_title->setText(tr("No span is chosen"));
    m_subtitle->clear();
    m_metrics->hide();
    m_tree->clear();
}

void SpanDetailView::showSpan(
    const Trace &trace, int row, Nanoseconds self, Nanoseconds onPath, const QTimeZone &zone)
{
    if (row < 0)
        return clear();
    m_trace = trace;
    m_row = row;
    m_self = self;
    m_onPath = onPath;
    m_zone = zone;
    m_title->setUntrusted(trace.operation(row));
    QStringList words{render::line(trace.service(row), 120)};
    if (const QString kind = kindName(trace.kind(row)); !kind.isEmpty())
        words += kind;
    words += durationText(trace.duration(row));
    if (trace.isError(row))
        words += tr("failed");
    m_subtitle->setText(words.join(u" · "_s));
    m_metrics->show();
    m_tree->clear();
    m_route.clear();
    m_metrics->setText(tr("Metrics of this service at this time"));
    m_background = std::make_unique<Background>(renderPool());
    m_background->run(
        [trace, row] { return trace.detail(row); }, [this](SpanDetail &&detail) { fill(detail); });
}

QTreeWidgetItem *SpanDetailView::section(const QString &title)
{
    auto *item = new QTreeWidgetItem(m_tree, {title});
    QFont bold = m_tree->font();
    bold.setBold(true);
    item->setFont(0, bold);
    item->setFirstColumnSpanned(true);
    item->setExpanded(true);
    item->setFlags(Qt::ItemIsEnabled);
    return item;
}

void SpanDetailView::addText(QTreeWidgetItem *parent, const QString &key, const QString &text)
{
    auto *item = new QTreeWidgetItem(parent, {key, text});
    item->setData(0, WholeRole, text);
    item->setData(1, Qt::ToolTipRole, tip(text));
    item->setTextAlignment(0, Qt::AlignLeft | Qt::AlignTop);
}

void SpanDetailView::addPair(
    QTreeWidgetItem *parent, const QString &key, const Untrusted &value, bool isAttribute)
{
    const QString text = render::plain(value);
    auto *item = new QTreeWidgetItem(parent, {key, text.left(kMaxText)});
    if (text.size() > kMaxText)
        item->setText(
            1, item->text(1) + tr(" … (%n characters, Ctrl+C copies all)", nullptr, int(text.size())));
    item->setData(0, WholeRole, text);
    item->setData(0, Qt::ToolTipRole, tip(key));
    item->setData(1, Qt::ToolTipRole, tip(text.left(kMaxText)));
    item->setTextAlignment(0, Qt::AlignLeft | Qt::AlignTop);
    // Only what was shown as it came can be looked for.
    if (isAttribute && text.size() < 200 && !key.contains(u' '))
        item->setData(0, FilterRole, QString(key + u'=' + quotedTerm(text)));
}

void SpanDetailView::addTimes(QTreeWidgetItem *parent)
{
    const Timestamp began = m_trace.startedAt() + m_trace.start(m_row);
    addText(parent, tr("began"), tr("%1, +%2").arg(clock(began, m_zone), durationText(m_trace.start(m_row))));
    addText(parent, tr("took"), durationText(m_trace.duration(m_row)));
    addText(parent, tr("own time"), tr("%1 (not spent in its children)").arg(durationText(m_self)));
    if (m_onPath > 0ns)
        addText(parent, tr("critical path"),
            tr("%1 of the trace waited for this span").arg(durationText(m_onPath)));
    addText(parent, tr("span id"), spanIdToHex(m_trace.spanId(m_row)));
    addText(parent, tr("trace id"), m_trace.id().toHex());
    if (const QString odd = marksText(m_trace.marks(m_row)); !odd.isEmpty())
        addText(parent, tr("odd"), odd);
}

void SpanDetailView::fill(const SpanDetail &detail)
{
    m_tree->clear();
    m_route.clear();
    for (const QStringView key : {u"http.route", u"rpc.method"}) {
        if (const Untrusted *route = detail.find(key); route && m_route.isEmpty())
            m_route = render::line(*route, 200);
    }
    m_metrics->setText(m_route.isEmpty()
            ? tr("Metrics of this service at this time")
            : tr("Metrics of this service and %1 at this time").arg(m_route.left(40)));
    QTreeWidgetItem *times = section(tr("Span"));
    if (!detail.statusMessage.isEmpty())
        addPair(times, tr("status"), detail.statusMessage);
    addTimes(times);
    if (!detail.scope.isEmpty())
        addPair(times, tr("scope"), detail.scope);
    for (const Untrusted &warning : detail.warnings)
        addPair(times, tr("warning"), warning);
    const auto addList = [this](QTreeWidgetItem *parent, const std::vector<SpanAttribute> &list) {
        for (const SpanAttribute &one : list)
            addPair(parent, render::line(one.key, 200), one.value, true);
    };
    if (!detail.attributes.empty())
        addList(section(tr("Attributes")), detail.attributes);
    if (!detail.events.empty()) {
        QTreeWidgetItem *events = section(tr("Events"));
        for (const SpanEvent &event : detail.events) {
            const Nanoseconds into = event.at - (m_trace.startedAt() + m_trace.start(m_row));
            auto *item = new QTreeWidgetItem(
                events, {render::line(event.name, 200), tr("%1 into the span").arg(durationText(into))});
            item->setExpanded(true);
            addList(item, event.attributes);
        }
    }
    if (!detail.links.empty()) {
        QTreeWidgetItem *links = section(tr("Links to other traces"));
        for (const SpanLink &link : detail.links) {
            auto *item = new QTreeWidgetItem(links, {link.trace.toHex(), tr("Enter opens it")});
            item->setData(0, TraceRole, link.trace.toHex());
            item->setExpanded(true);
            addList(item, link.attributes);
        }
    }
    if (!detail.resource.empty())
        addList(section(tr("Process")), detail.resource);
    m_tree->resizeColumnToContents(0);
    m_tree->setColumnWidth(0, std::clamp(m_tree->columnWidth(0), 90, std::max(90, width() / 2)));
}

void SpanDetailView::copy()
{
    if (const QTreeWidgetItem *item = m_tree->currentItem()) {
        const QString whole = item->data(0, WholeRole).toString();
        QGuiApplication::clipboard()->setText(whole.isEmpty() ? item->text(0) : whole);
    }
}

bool SpanDetailView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_tree && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void SpanDetailView::openMenu(const QPoint &at)
{
    const QTreeWidgetItem *item = m_tree->itemAt(at);
    if (!item)
        return;
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy the value"), this, &SpanDetailView::copy);
    if (const QString filter = item->data(0, FilterRole).toString(); !filter.isEmpty())
        menu->addAction(
            tr("Show only spans with this value"), this, [this, filter] { emit filterWanted(filter); });
    menu->popup(m_tree->viewport()->mapToGlobal(at));
}

} // namespace bw
