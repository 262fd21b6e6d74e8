// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/alerts/alertdetail.h>

#include <domain/base/format.h>
#include <widgets/base/safelinks.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/dashboard/panelframe.h>

#include <QGridLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

// 4 KiB of one string on screen; the rest is in the source.
constexpr int kMaxText = 4096;
// The cause is before the alert, which waits for its `for`.
constexpr auto kTracesBefore = 10min;
constexpr auto kTracesAfter = 15min;

QString toneOf(Severity severity)
{
    return severity >= Severity::Error  ? u"critical"_s
        : severity == Severity::Warning ? u"warning"_s
                                        : u"notice"_s;
}

} // namespace

AlertDetail::AlertDetail(DashboardPorts ports, TimeNavigator &time, QWidget *parent)
    : QWidget(parent)
    , m_ports(ports)
    , m_time(time)
    , m_title(new PlainLabel(this))
    , m_state(new PlainLabel(this))
    , m_graphPlace(new QVBoxLayout)
    , m_scroll(new QScrollArea(this))
{
    QFont bold = font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setElideMode(Qt::ElideRight);
    m_state->setElideMode(Qt::ElideRight);
    auto *close = new QToolButton(this);
    close->setText(u"✕"_s);
    close->setAutoRaise(true);
    close->setAccessibleName(tr("Close"));
    connect(close, &QToolButton::clicked, this, &AlertDetail::closeRequested);
    auto *head = new QGridLayout;
    head->setContentsMargins(10, 6, 6, 0);
    head->addWidget(m_title, 0, 0);
    head->addWidget(m_state, 1, 0);
    head->addWidget(close, 0, 1, Qt::AlignTop);
    head->setColumnStretch(0, 1);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(head);
    layout->addLayout(m_graphPlace);
    layout->addWidget(m_scroll, 1);
    m_graphPlace->setContentsMargins(8, 0, 8, 0);

    connect(&ports.own, &OwnData::changed, this, [this](const QString &topic) {
        if (topic == "alerts"_L1 && m_key)
            readAlert();
    });
    m_beat.setInterval(1s);
    connect(&m_beat, &QTimer::timeout, this, &AlertDetail::beat);
    m_beat.start();
}

AlertDetail::~AlertDetail() { delete m_graph; } // before the tick it listens to

void AlertDetail::showAlert(const AlertKey &key)
{
    if (m_key == key && m_alert)
        return;
    m_key = key;
    m_alert.reset();
    m_expression.clear();
    m_expressionNote.clear();
    m_rules.cancel();
    delete std::exchange(m_graph, nullptr);
    readAlert();
    if (!m_alert)
        return;
    if (const auto expression = expressionFromGenerator(m_alert->generatorUrl))
        drawGraph(*expression, 0s);
    askRules();
}

void AlertDetail::readAlert()
{
    const QueryResult known = m_ports.own.current({u"alerts"_s, std::nullopt});
    const auto *alerts = dataAs<std::vector<Alert>>(known);
    if (!alerts)
        return; // what is on screen stays; its age says the rest
    m_list = known.data;
    const auto at = std::find_if(
        alerts->begin(), alerts->end(), [this](const Alert &alert) { return alert.key == *m_key; });
    const bool isGone = at == alerts->end();
    const bool isSame = isGone == m_isGone && m_alert && (isGone || *m_alert == *at);
    m_isGone = isGone;
    if (!isGone)
        m_alert = *at;
    if (!isSame || !m_body)
        rebuild();
    updateHeader();
}

void AlertDetail::updateHeader()
{
    if (!m_alert) {
        m_title->setText(tr("This alert is not in the list"));
        m_state->clear();
        return;
    }
    m_title->setUntrusted(m_alert->name());
    const Nanoseconds age = std::max(m_ports.clock.utcNow() - m_alert->startsAt, Nanoseconds::zero());
    const Mark severity = severityGlyph(m_alert->severity);
    QStringList parts{severity.glyph + u' ' + severity.word, className(m_alert->alertClass),
        m_isGone ? tr("no longer reported") : stateName(m_alert->state), tr("since %1").arg(formatAge(age))};
    m_state->setText(parts.join(u" · "_s));
}

void AlertDetail::addSection(const QString &title)
{
    auto *label = new PlainLabel(title, m_body);
    QFont bold = font();
    bold.setBold(true);
    label->setFont(bold);
    m_rows->addWidget(label, m_rows->rowCount(), 0, 1, 2);
}

void AlertDetail::addRow(const QString &name, const QString &value, bool isFixedWidth)
{
    const int row = m_rows->rowCount();
    auto *text = new PlainLabel(value, m_body);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    if (isFixedWidth)
        text->setFont(QFont(u"monospace"_s));
    if (name.isEmpty()) {
        m_rows->addWidget(text, row, 0, 1, 2);
        return;
    }
    auto *label = new PlainLabel(name, m_body);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setAlignment(Qt::AlignTop);
    m_rows->addWidget(label, row, 0);
    m_rows->addWidget(text, row, 1);
}

/// A value that is a web address gets a button: opened on a click, never followed by itself.
void AlertDetail::addPairs(const QString &title, const Labels &labels)
{
    if (labels.isEmpty())
        return;
    addSection(title);
    for (const auto &[name, value] : labels.pairs()) {
        addRow(render::line(name, 200), render::plain(value).left(kMaxText));
        const QString text = render::line(value, kMaxText);
        if (const Result<QUrl> url = checkedWebLink(text)) {
            auto *open = new QPushButton(tr("Open %1").arg(shownHost(*url)), m_body);
            connect(open, &QPushButton::clicked, this, [this, text] { emit linkActivated(WebLink{text}); });
            m_rows->addWidget(open, m_rows->rowCount(), 1, Qt::AlignLeft);
        }
    }
}

void AlertDetail::addMembers()
{
    addSection(tr("Reported by %1 of %2").arg(m_alert->members.size()).arg(m_alert->membersAsked));
    for (const MemberReport &report : m_alert->members) {
        QString text = tr("since %1, updated %2").arg(isoUtc(report.startsAt), isoUtc(report.updatedAt));
        if (report.startsAt != m_alert->startsAt)
            text += tr(" (another start than the earliest)");
        addRow(report.member.id, text);
    }
    if (int(m_alert->members.size()) < m_alert->membersAsked)
        addRow({},
            tr("The others answered without it, or did not answer: a routing or network fault between "
               "the servers, or a very young alert."));
}

void AlertDetail::addSuppressors()
{
    const bool isFree =
        m_alert->silencedBy.isEmpty() && m_alert->inhibitedBy.isEmpty() && m_alert->mutedBy.isEmpty();
    if (isFree)
        return;
    addSection(tr("Suppressed by"));
    for (const QString &id : m_alert->silencedBy)
        addRow(tr("silence"), render::line(Untrusted(id), 200));
    for (const QString &fingerprint : m_alert->inhibitedBy) {
        const quint64 wanted = fingerprint.toULongLong(nullptr, 16);
        const auto &others = std::get<std::vector<Alert>>(*m_list);
        const auto at = std::find_if(others.begin(), others.end(), [&](const Alert &other) {
            return other.key.fingerprint == wanted && other.key.source == m_key->source;
        });
        addRow(tr("inhibited by"),
            at == others.end() ? render::line(Untrusted(fingerprint), 100) : render::line(at->name(), 200));
    }
    for (const QString &name : m_alert->mutedBy)
        addRow(tr("muted by"), render::line(Untrusted(name), 200));
}

/// From the alert to failed traces of its service around its time, without any link being configured.
void AlertDetail::addTraces()
{
    if (m_ports.sources.traceSources().empty())
        return;
    const QString service = m_alert->service();
    if (service.isEmpty())
        return;
    auto *open = new QPushButton(
        tr("Failed traces of %1 at this time").arg(render::line(Untrusted(service), 60)), m_body);
    connect(open, &QPushButton::clicked, this, [this, service] {
        TraceSearchLink link;
        link.search.service = service;
        link.search.errorsOnly = true;
        const Timestamp now = m_ports.clock.utcNow();
        link.search.range = {
            m_alert->startsAt - kTracesBefore, std::min(m_alert->startsAt + kTracesAfter, now)};
        if (link.search.range.end <= link.search.range.begin)
            link.search.range = {now - kTracesAfter, now};
        emit linkActivated(link);
    });
    m_rows->addWidget(open, m_rows->rowCount(), 0, 1, 2, Qt::AlignLeft);
}

void AlertDetail::addChanges()
{
    auto *open = new QPushButton(tr("What changed around its start"), m_body);
    connect(open, &QPushButton::clicked, this, [this] {
        emit linkActivated(
            DashboardLink{u"@changes"_s, {{u"at"_s, QString::number(toNs(m_alert->startsAt))}}, {}});
    });
    m_rows->addWidget(open, m_rows->rowCount(), 0, 1, 2, Qt::AlignLeft);
}

void AlertDetail::rebuild()
{
    m_body = new QWidget;
    m_rows = new QGridLayout(m_body);
    m_rows->setContentsMargins(10, 4, 10, 10);
    m_rows->setColumnStretch(1, 1);
    if (m_alert) {
        if (!m_alert->summary().isEmpty())
            addRow({}, render::plain(m_alert->summary()).left(kMaxText));
        addTraces();
        addChanges();
        if (!m_expression.isEmpty()) {
            addSection(tr("Expression"));
            addRow({}, m_expression, true);
        }
        if (!m_expressionNote.isEmpty())
            addRow({}, m_expressionNote);
        addPairs(tr("Labels"), m_alert->labels);
        addPairs(tr("Annotations"), m_alert->annotations);
        addMembers();
        addSuppressors();
        if (!m_alert->receivers.isEmpty())
            addRow(tr("receivers"), render::line(Untrusted(m_alert->receivers.join(u", "_s)), 400));
    }
    m_rows->setRowStretch(m_rows->rowCount(), 1);
    m_scroll->setWidget(m_body); // deletes the one before
}

const SourceInfo *AlertDetail::metricSource() const
{
    const SourceInfo *own = m_ports.sources.find({m_key->source.id});
    return own && own->kind == "prometheus"_L1 ? own : m_ports.sources.defaultOf(u"prometheus");
}

/// The rule knows the expression when the generator's address does not, and how long it waits before firing.
void AlertDetail::askRules()
{
    const SourceInfo *source = metricSource();
    if (!source) {
        m_expressionNote = tr("No metric source is configured, so there is no graph.");
        rebuild();
        return;
    }
    m_rules = m_ports.executor.submit({source->id, RulesQuery{u"alert"_s}},
        {Priority::Visible, AskedBy::User, 60s}, this, [this](const Result<QueryResult> &answer) {
            const auto *rules = answer ? dataAs<RuleGroups>(*answer) : nullptr;
            const Rule *rule = rules && m_alert ? ruleOf(*m_alert, *rules) : nullptr;
            if (rule)
                drawGraph(render::plain(rule->query), rule->forDuration);
            else if (m_expression.isEmpty() && m_alert)
                drawGraph(u"ALERTS{alertname=\"%1\"}"_s.arg(render::promql(m_alert->name())), 0s);
        });
}

void AlertDetail::drawGraph(const QString &expression, Nanoseconds forDuration)
{
    const SourceInfo *source = metricSource();
    if (!source || !m_alert)
        return;
    const AlertGraphPlan plan = planAlertGraph(expression);
    m_expression = expression;
    m_expressionNote = plan.threshold
        ? QString()
        : tr("The expression has no threshold that can be split off: only samples "
             "that fire are drawn.");
    Panel panel;
    panel.id = u"alert-graph"_s;
    panel.kind = u"timeseries"_s;
    panel.title =
        plan.threshold ? tr("%1 %2 %3").arg(u"value"_s, plan.op, formatExact(*plan.threshold)) : tr("Graph");
    panel.datasource = source->id.id;
    PanelQuery query;
    query.id = u"alert"_s;
    query.expr = plan.expression;
    panel.queries = {query};
    if (plan.threshold)
        panel.thresholds = {
            {{}, false, {{std::nullopt, u"neutral"_s}, {*plan.threshold, toneOf(m_alert->severity)}}}};
    panel.howToEnable = tr("%1 answers this expression with no series.").arg(source->id.id);
    delete m_graph;
    m_graph = new PanelFrame(panel, m_ports, m_tick, this);
    m_graph->setFixedHeight(240);
    m_graphPlace->addWidget(m_graph);
    m_graph->show();
    PanelEnvironment environment;
    environment.zone = m_time.zone();
    environment.isLive = false; // the alert's own time, not the dashboard's
    m_graph->controller().setEnvironment(environment);
    m_graph->controller().setMarkers(
        {{toNs(m_alert->startsAt), Untrusted(tr("started")), toneOf(m_alert->severity)}});
    const TimeRange range = alertGraphRange(*m_alert, forDuration, m_ports.clock.utcNow());
    const auto ask = [this, range] {
        m_graph->controller().refresh(
            range, {Priority::Visible, AskedBy::User, 0ms}, PanelController::Ask::Full);
    };
    connect(m_graph, &PanelFrame::refreshRequested, this, ask);
    connect(&m_graph->controller(), &PanelController::refreshWanted, this, ask);
    if (PanelView *view = m_graph->view()) {
        connect(view, &PanelView::crosshairMoved, &m_time, &TimeNavigator::setCrosshair);
        connect(view, &PanelView::rangeSelected, this,
            [this](const TimeRange &selected) { m_time.zoom(selected); });
    }
    ask();
    rebuild();
}

void AlertDetail::beat()
{
    if (!isVisible())
        return;
    updateHeader();
    if (m_graph)
        m_graph->beat();
}

void AlertDetail::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    beat();
}

void AlertDetail::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape)
        emit closeRequested();
    else
        QWidget::keyPressEvent(event);
}

} // namespace bw
