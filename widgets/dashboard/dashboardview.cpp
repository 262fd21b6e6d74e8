// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/dashboardview.h>

#include <widgets/dashboard/gridlayout.h>
#include <widgets/dashboard/markers.h>
#include <widgets/dashboard/paneleditor.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/variablebar.h>

#include <domain/dashboards/refreshphase.h>
#include <domain/dashboards/repeat.h>

#include <QKeyEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QShortcut>
#include <QVBoxLayout>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// The panel in whose place this one is shown: itself, or the one whose tab it is (option tab_of).
QString placeOf(const Panel &panel) { return panel.options.value(u"tab_of"_s, panel.id).toString(); }

/// How much a refresh of it asks the metric sources.
int questionsOf(const Panel &panel)
{
    return int(std::count_if(panel.queries.begin(), panel.queries.end(),
        [](const PanelQuery &query) { return query.type == "promql"_L1 && !query.hidden; }));
}

QTimeZone zoneNamed(const QString &name)
{
    if (name == "utc"_L1)
        return QTimeZone::utc();
    const QTimeZone zone(name.toUtf8());
    return name == "local"_L1 || !zone.isValid() ? QTimeZone::systemTimeZone() : zone;
}

} // namespace

DashboardView::DashboardView(DashboardPorts ports, TimeNavigator &time, QWidget *parent)
    : QWidget(parent)
    , m_ports(ports)
    , m_time(time)
    , m_variables(new VariableSet(ports, this))
    , m_bar(new VariableBar(*m_variables, ports, this))
    , m_scroll(new QScrollArea(this))
    , m_grid(new QWidget)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addWidget(m_scroll, 1);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidget(m_grid);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->installEventFilter(this);

    m_askSoon.setSingleShot(true);
    m_askSoon.setInterval(0);
    connect(&m_askSoon, &QTimer::timeout, this, &DashboardView::askDue);
    m_beat.setInterval(1s);
    connect(&m_beat, &QTimer::timeout, this, &DashboardView::beat);
    m_beat.start();
    auto *editKey = new QShortcut(QKeySequence(Qt::Key_E), this);
    editKey->setContext(Qt::WidgetWithChildrenShortcut);
    connect(editKey, &QShortcut::activated, this, [this] {
        if (m_edit)
            m_edit->leave();
        else
            startEditing();
    });

    connect(m_scroll->verticalScrollBar(), &QScrollBar::valueChanged, this, &DashboardView::scheduleAsking);
    connect(m_variables, &VariableSet::progressed, this, &DashboardView::variablesProgressed);
    connect(m_variables, &VariableSet::settled, this, &DashboardView::variablesProgressed);
    connect(m_variables, &VariableSet::settled, this, &DashboardView::variablesSettled);
    connect(m_variables, &VariableSet::chosen, this, &DashboardView::variablesChosen);
    connect(&time, &TimeNavigator::rangeChanged, this, &DashboardView::rangeChanged);
    connect(&time, &TimeNavigator::refreshIntervalChanged, this, &DashboardView::environmentChanged);
    connect(&time, &TimeNavigator::reloadRequested, this, &DashboardView::reload);
    connect(&time, &TimeNavigator::pausedChanged, this, [this] {
        if (!m_time.isPaused())
            wantAll(AskedBy::Poll);
        beat();
    });
    connect(&time, &TimeNavigator::crosshairMoved, this, [this](std::optional<qint64> moment) {
        for (const Entry &entry : m_entries) {
            if (entry.frame->view() && m_dashboard.crosshair == "shared"_L1)
                entry.frame->view()->showCrosshair(moment);
        }
    });
    connect(m_variables, &VariableSet::settled, this, &DashboardView::updateCopies);
    connect(&ports.own, &OwnData::changed, this, [this](const QString &topic) {
        const auto &sources = m_dashboard.annotations;
        if (std::any_of(
                sources.begin(), sources.end(), [&](const auto &source) { return source.type == topic; }))
            updateMarkers();
    });
}

DashboardView::~DashboardView() = default;

void DashboardView::show(const Dashboard &dashboard, const QMap<QString, QStringList> &variables)
{
    const bool isAnother = dashboard.id != m_dashboard.id;
    if (m_edit && !isAnother) {
        m_edit->diskChanged(dashboard);
        return;
    }
    stopEditing();
    m_entries.clear();
    m_tabs.clear();
    m_maximised = nullptr;
    // deleteLater: the dashboard may be replaced from inside one of its panels (a link).
    const QObjectList old = m_grid->children();
    for (QObject *child : old) {
        if (auto *frame = qobject_cast<PanelFrame *>(child))
            dispose(frame);
    }
    m_dashboard = dashboard;
    if (isAnother) {
        m_compare.clear();
        m_time.setZone(zoneNamed(dashboard.zone));
        const Result<Nanoseconds> refresh = parseDuration(dashboard.refresh);
        m_time.setRefreshInterval(
            refresh ? std::chrono::duration_cast<std::chrono::seconds>(*refresh) : 0s); // "manual"
        // A range that cannot be read leaves the present one; the file's reader has said so already.
        Q_UNUSED(m_time.setSpec(dashboard.time))
        m_scroll->verticalScrollBar()->setValue(0);
    }
    for (const Panel &panel : m_dashboard.panels)
        addPanel(panel);
    m_variables->setRange(m_time.range());
    m_variables->load(m_dashboard, variables);
    environmentChanged();
    updateMarkers();
    layoutPanels();
}

void DashboardView::dispose(PanelFrame *frame)
{
    frame->controller().cancel();
    frame->hide();
    frame->setParent(nullptr);
    frame->deleteLater();
}

/// One copy of a repeated panel for each value of its variable, as soon as the values are known. Copies that
/// stay keep their frames with their data; those out of sight ask nothing, as every panel.
void DashboardView::updateCopies()
{
    QMap<QString, QStringList> values = m_variables->values();
    for (const VariableSet::State &state : m_variables->states()) {
        if (!state.isAll || state.options.empty())
            continue;
        QStringList &all = values[state.variable.name]; // also where "all" has a text of its own
        all.clear();
        for (const VariableOption &option : state.options)
            all << option.value;
    }
    // What is edited is what the file has: one panel, not its copies.
    takePanels(m_edit ? m_dashboard.panels : withCopies(m_dashboard.panels, values));
}

void DashboardView::addPanel(const Panel &panel)
{
    auto *frame = new PanelFrame(panel, m_ports, m_tick, m_grid);
    m_entries.emplace_back().frame = frame;
    frame->setBare(m_isBare);
    m_entries.back().grid = panel.grid;
    frame->setEnabled(!m_edit); // its keys and its focus are the layer's
    connect(frame, &PanelFrame::editRequested, this, [this, id = panel.id] {
        startEditing();
        if (!m_edit)
            return;
        m_edit->edits().select(id);
        m_edit->openPanelEditor(id);
    });
    connect(frame, &PanelFrame::exportRequested, this,
        [this, frame](const QString &suffix) { emit exportWanted(exportOf(*frame, suffix)); });
    connect(frame, &PanelFrame::collapseToggled, this, [this, frame] { toggleRow(frame); });
    connect(frame, &PanelFrame::maximiseToggled, this, [this, frame] { toggleMaximised(frame); });
    const auto wants = [this, frame](AskedBy askedBy) {
        for (Entry &entry : m_entries) {
            if (entry.frame == frame) {
                entry.mustAsk = entry.isFull = true;
                entry.askedBy = askedBy;
            }
        }
        scheduleAsking();
    };
    connect(
        frame, &PanelFrame::tabChosen, this, [this, panel](int index) { chooseTab(placeOf(panel), index); });
    frame->controller().setCompare(chosenFor(m_compare, panel.id));
    connect(frame, &PanelFrame::compareChosen, this, [this, id = panel.id](Compare compare) {
        setCompare(withChoice(m_compare, id, compare));
        emit compareChosen();
    });
    connect(frame, &PanelFrame::refreshRequested, this, [wants] { wants(AskedBy::User); });
    connect(&frame->controller(), &PanelController::refreshWanted, this, [wants] { wants(AskedBy::Poll); });
    PanelView *view = frame->view();
    if (!view)
        return;
    connect(view, &PanelView::rangeSelected, &m_time, &TimeNavigator::zoom);
    connect(view, &PanelView::zoomOutRequested, &m_time, &TimeNavigator::zoomOut);
    connect(view, &PanelView::crosshairMoved, this, [this](std::optional<qint64> moment) {
        if (m_dashboard.crosshair == "shared"_L1)
            m_time.setCrosshair(moment);
    });
    connect(view, &PanelView::openRequested, this, &DashboardView::followLink);
    connect(view, &PanelView::alertActivated, this,
        [this](const AlertKey &key) { emit linkActivated(AlertLink{key}); });
}

void DashboardView::setCompare(const CompareChoices &choices)
{
    m_compare = choices;
    for (Entry &entry : m_entries) {
        PanelController &controller = entry.frame->controller();
        const Compare wanted = chosenFor(choices, entry.frame->panel().id);
        if (wanted == controller.compare())
            continue;
        controller.setCompare(wanted);
        entry.mustAskPast = true;
    }
    scheduleAsking();
}

PanelFrame *DashboardView::frame(const QString &panelId) const
{
    for (const Entry &entry : m_entries) {
        if (entry.frame->panel().id == panelId)
            return entry.frame;
    }
    return nullptr;
}

std::vector<PanelFrame *> DashboardView::frames() const
{
    std::vector<PanelFrame *> list;
    for (const Entry &entry : m_entries)
        list.push_back(entry.frame);
    return list;
}

void DashboardView::followLink(const Link &link)
{
    if (const auto *target = std::get_if<DashboardLink>(&link);
        target && target->dashboard == m_dashboard.id) {
        QMap<QString, QStringList> choices;
        for (auto entry = target->context.begin(); entry != target->context.end(); ++entry)
            choices.insert(entry.key(), {entry.value()});
        const TimeNavigator::Step step(m_time);
        m_variables->selectAll(choices, true);
        if (target->range)
            m_time.zoom(*target->range);
        return;
    }
    if (auto doctor = link; std::holds_alternative<DashboardLink>(doctor)
        && std::get<DashboardLink>(doctor).dashboard == "@doctor"_L1) {
        std::get<DashboardLink>(doctor).context.insert(u"dashboard"_s, m_dashboard.id);
        emit linkActivated(doctor);
        return;
    }
    if (auto traces = link; std::holds_alternative<TraceSearchLink>(traces)) {
        // A panel knows its numbers; of which service they are stands in the variable bar.
        auto &search = std::get<TraceSearchLink>(traces).search;
        if (search.service.isEmpty())
            search.service = m_variables->context().value(u"service"_s);
        emit linkActivated(traces);
        return;
    }
    emit linkActivated(link);
}

// --- layout

std::vector<Panel> DashboardView::placedPanels() const
{
    std::vector<Panel> panels;
    for (const Entry &entry : m_entries) {
        if (entry.isFolded || isBehindTab(entry.frame->panel()))
            continue;
        panels.push_back(entry.frame->panel());
        const QString host = placeOf(panels.back());
        const auto at = std::find_if(m_entries.begin(), m_entries.end(),
            [&](const Entry &other) { return other.frame->panel().id == host; });
        panels.back().grid = at != m_entries.end() ? at->grid : entry.grid;
    }
    floatUp(panels);
    return panels;
}

std::vector<PanelFrame *> DashboardView::tabsOf(const QString &host) const
{
    std::vector<PanelFrame *> tabs;
    for (const Entry &entry : m_entries) {
        if (entry.frame->panel().id == host)
            tabs.insert(tabs.begin(), entry.frame);
        else if (placeOf(entry.frame->panel()) == host)
            tabs.push_back(entry.frame);
    }
    return tabs;
}

bool DashboardView::isBehindTab(const Panel &panel) const
{
    const QString host = placeOf(panel);
    return m_tabs.value(host, host) != panel.id;
}

void DashboardView::chooseTab(const QString &host, int index)
{
    const std::vector<PanelFrame *> tabs = tabsOf(host);
    if (index < 0 || size_t(index) >= tabs.size() || m_maximised)
        return;
    PanelFrame *chosen = tabs[size_t(index)];
    m_tabs[host] = chosen->panel().id;
    layoutPanels();
    chosen->setFocus();
}

int DashboardView::heightFor(int width) const
{
    const GridMetrics grid(width, m_scale);
    const int bar = m_bar->isHidden() ? 0 : m_bar->heightForWidth(width);
    return bar + grid.heightOf(placedPanels());
}

void DashboardView::layoutPanels()
{
    if (m_isLayingOut)
        return;
    m_isLayingOut = true;
    markFolded(m_entries, [](const Entry &entry) { return entry.frame; });
    for (Entry &entry : m_entries) // everything is open while it is edited
        entry.isFolded = entry.isFolded && !m_edit;
    for (const Entry &entry : m_entries) {
        const QString host = placeOf(entry.frame->panel());
        const std::vector<PanelFrame *> tabs = tabsOf(host);
        QStringList titles;
        for (const PanelFrame *tab : tabs)
            titles << tab->panel().title;
        entry.frame->setTabs(titles, int(std::find(tabs.begin(), tabs.end(), entry.frame) - tabs.begin()));
    }
    const QSize room = m_scroll->viewport()->size();
    if (m_maximised) {
        m_grid->resize(room);
        for (const Entry &entry : m_entries)
            entry.frame->setVisible(entry.frame == m_maximised);
        m_maximised->setGeometry(QRect(QPoint(0, 0), room).adjusted(8, 8, -8, -8));
    } else {
        const GridMetrics grid(room.width(), m_scale);
        const std::vector<Panel> panels = placedPanels();
        m_grid->resize(room.width(), std::max(room.height(), grid.heightOf(panels)));
        for (const Entry &entry : m_entries) {
            const auto at = std::find_if(panels.begin(), panels.end(),
                [&](const Panel &panel) { return panel.id == entry.frame->panel().id; });
            entry.frame->setVisible(at != panels.end());
            if (at != panels.end())
                entry.frame->setGeometry(grid.rectOf(at->grid));
        }
    }
    m_isLayingOut = false;
    scheduleAsking();
}

void DashboardView::toggleRow(PanelFrame *row)
{
    row->setCollapsed(!row->isCollapsed());
    layoutPanels();
}

void DashboardView::toggleMaximised(PanelFrame *frame)
{
    const bool restores = m_maximised == frame;
    if (m_maximised)
        m_maximised->setMaximised(false);
    m_maximised = restores ? nullptr : frame;
    if (m_maximised)
        m_maximised->setMaximised(true);
    layoutPanels();
    frame->setFocus();
    if (restores)
        m_scroll->ensureWidgetVisible(frame);
}

int DashboardView::parts() const
{
    const int seen = std::max(1, m_scroll->viewport()->height());
    return std::max(1, (m_grid->height() + seen - 1) / seen);
}

int DashboardView::part() const
{
    const int seen = std::max(1, m_scroll->viewport()->height());
    return std::min((m_scroll->verticalScrollBar()->value() + seen - 1) / seen, parts() - 1);
}

void DashboardView::showPart(int part)
{
    m_scroll->verticalScrollBar()->setValue(part * m_scroll->viewport()->height());
}

void DashboardView::setBare(bool bare)
{
    m_isBare = bare;
    m_bar->setSuppressed(bare);
    m_scroll->setVerticalScrollBarPolicy(bare ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    for (const Entry &entry : m_entries)
        entry.frame->setBare(bare);
    layoutPanels();
}

void DashboardView::setScale(double scale)
{
    m_scale = std::clamp(scale, 0.5, 4.0);
    layoutPanels();
}

bool DashboardView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_scroll->viewport() && event->type() == QEvent::Resize)
        layoutPanels();
    return QWidget::eventFilter(watched, event);
}

void DashboardView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    layoutPanels();
}

void DashboardView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_maximised)
        toggleMaximised(m_maximised);
    else
        QWidget::keyPressEvent(event);
}

QImage DashboardView::renderTo(const QSize &size)
{
    resize(size);
    layout()->activate();
    layoutPanels();
    QImage image(size, QImage::Format_RGB32);
    image.fill(palette().color(QPalette::Window));
    render(&image);
    return image;
}

// --- asking

bool DashboardView::isActive() const { return isVisible() && !window()->isMinimized(); }

bool DashboardView::isSeen(const Entry &entry) const
{
    if (!isActive() || entry.isFolded || !entry.frame->isVisible())
        return false;
    const QRect seen(-m_grid->pos(), m_scroll->viewport()->size());
    return seen.intersects(entry.frame->geometry());
}

PanelEnvironment DashboardView::environment() const
{
    PanelEnvironment environment;
    environment.variables = m_variables->values();
    environment.forms = m_variables->forms();
    environment.matchers = m_variables->matchers();
    environment.context = m_variables->context();
    environment.zone = m_time.zone();
    environment.isLive = m_time.isLive();
    environment.interval = m_time.refreshInterval();
    return environment;
}

void DashboardView::environmentChanged()
{
    const PanelEnvironment now = environment();
    for (Entry &entry : m_entries) {
        entry.names = namesUsedBy(entry.frame->panel(), m_variables->adhocNames());
        entry.frame->controller().setEnvironment(now);
        entry.asked = relevantTo(entry, now);
    }
    wantAll(AskedBy::User);
}

/// What of an environment changes this panel's questions.
PanelEnvironment DashboardView::relevantTo(const Entry &entry, const PanelEnvironment &environment) const
{
    PanelEnvironment relevant = environment;
    const auto isOther = [&](const auto &pair) { return !entry.names.contains(pair.key()); };
    relevant.variables.removeIf(isOther);
    relevant.forms.removeIf(isOther);
    relevant.context.removeIf(isOther);
    if (!m_variables->adhocNames().isEmpty() && entry.names.isEmpty())
        relevant.matchers.clear();
    return relevant;
}

/// Some variables have an outcome: the panels whose questions are others now ask again, everybody else goes
/// on; those that waited may start.
void DashboardView::variablesProgressed()
{
    const PanelEnvironment now = environment();
    for (Entry &entry : m_entries) {
        if (!m_variables->isSettledFor(entry.names))
            continue;
        entry.frame->controller().setEnvironment(now);
        PanelEnvironment relevant = relevantTo(entry, now);
        if (relevant == entry.asked)
            continue;
        entry.asked = std::move(relevant);
        entry.mustAsk = entry.isFull = true;
        entry.askedBy = AskedBy::User;
    }
    updateMarkers();
    scheduleAsking();
}

void DashboardView::rangeChanged()
{
    m_variables->setRange(m_time.range());
    updateMarkers();
    environmentChanged();
}

void DashboardView::reload()
{
    m_variables->reload();
    wantAll(AskedBy::User);
}

/// Everybody asks in full the next time it is seen; what is seen now does so at once.
void DashboardView::wantAll(AskedBy askedBy)
{
    for (Entry &entry : m_entries) {
        entry.mustAsk = entry.isFull = true;
        entry.askedBy = askedBy;
    }
    scheduleAsking();
}

void DashboardView::scheduleAsking()
{
    if (!m_askSoon.isActive())
        m_askSoon.start();
}

void DashboardView::askDue()
{
    if (!isActive())
        return;
    const BootTime now = m_ports.clock.bootNow();
    const bool polls = m_time.isLive() && !m_time.isPaused();
    std::vector<Entry *> due;
    for (Entry &entry : m_entries) {
        PanelController &controller = entry.frame->controller();
        if (!controller.hasQueries() || !isSeen(entry))
            continue;
        if (!m_variables->isSettledFor(entry.names))
            continue;
        const bool isOverdue = polls && controller.cadence() > 0ns && now >= entry.dueAt;
        if (entry.mustAsk || isOverdue)
            due.push_back(&entry);
        else if (entry.mustAskPast)
            controller.askPast();
        entry.mustAskPast = false;
    }
    std::stable_sort(due.begin(), due.end(), [](const Entry *a, const Entry *b) {
        return std::pair(a->frame->y(), a->frame->x()) < std::pair(b->frame->y(), b->frame->x());
    });
    for (size_t place = 0; place < due.size(); ++place)
        ask(*due[place], int(place), int(due.size()));
}

/// When a panel asks again. Whoever was asked in time keeps its turn. Those asked together are spread over
/// the second half of the interval the next time; panels slower than the dashboard also take turns among its
/// intervals.
BootTime DashboardView::nextTurn(const Entry &entry, int place, int count) const
{
    const BootTime now = m_ports.clock.bootNow();
    const Nanoseconds cadence = entry.frame->controller().cadence(), interval = m_time.refreshInterval();
    if (cadence <= 0ns || interval <= 0ns)
        return now + cadence;
    if (!entry.mustAsk && now - entry.dueAt < interval / 2)
        return entry.dueAt + cadence;
    const Nanoseconds spread = count > 1 ? interval / 2 * place / count : 0ns;
    if (count == 1 || cadence < 2 * interval)
        return now + cadence - spread;
    std::vector<RefreshPhase> others;
    for (const Entry &other : m_entries) {
        const PanelController &controller = other.frame->controller();
        if (&other != &entry && controller.cadence() >= 2 * interval && other.dueAt > now)
            others.push_back({int(controller.cadence() / interval),
                int((other.dueAt - now + interval - 1ns) / interval), questionsOf(controller.panel())});
    }
    const int turn = quietestInterval(others, int(cadence / interval), questionsOf(entry.frame->panel()));
    return now + interval * turn - spread;
}

void DashboardView::ask(Entry &entry, int place, int count)
{
    PanelController &controller = entry.frame->controller();
    const bool isFirst = entry.mustAsk;
    const QueryOptions options{Priority::Visible, isFirst ? entry.askedBy : AskedBy::Poll, 0ms};
    controller.refresh(m_time.range(), options,
        isFirst && entry.isFull ? PanelController::Ask::Full : PanelController::Ask::Tail);
    entry.dueAt = nextTurn(entry, place, count);
    entry.mustAsk = entry.isFull = false;
}

void DashboardView::beat()
{
    m_variables->beat();
    for (const Entry &entry : m_entries) {
        if (isSeen(entry))
            entry.frame->beat();
    }
    askDue();
}

void DashboardView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    scheduleAsking();
}

bool DashboardView::event(QEvent *event)
{
    if (event->type() == QEvent::WindowUnblocked || event->type() == QEvent::WindowActivate)
        scheduleAsking();
    return QWidget::event(event);
}

void DashboardView::updateMarkers()
{
    const std::vector<Marker> markers =
        markersFor(m_dashboard, m_ports.own, m_time.range(), m_variables->context());
    for (const Entry &entry : m_entries)
        entry.frame->controller().setMarkers(markers);
}

bool DashboardView::isSettled() const
{
    if (!m_variables->isSettled() || m_askSoon.isActive() || m_tick.isPending())
        return false;
    return std::all_of(m_entries.begin(), m_entries.end(), [this](const Entry &entry) {
        PanelController &controller = entry.frame->controller();
        if (!isSeen(entry) || !controller.hasQueries())
            return true;
        return !entry.mustAsk && controller.askedAt() && controller.isSettled();
    });
}

} // namespace bw
