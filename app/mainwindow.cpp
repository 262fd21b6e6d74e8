// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/base/registry.h>
#include <widgets/actions/commandpalette.h>
#include <widgets/alerts/alertdetail.h>
#include <widgets/base/safetext.h>
#include <widgets/context/sourcestrip.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/variableset.h>
#include <widgets/slo/slopage.h>
#include <widgets/traces/tracepage.h>
#include <widgets/traces/tracesearchview.h>

#include <app/banner.h>
#include <app/blindness.h>
#include <app/changesdialog.h>
#include <app/changewatch.h>
#include <app/doctorpage.h>
#include <app/emptystate.h>
#include <app/mainwindow.h>
#include <app/savedsets.h>
#include <app/session.h>
#include <app/shortcutsdialog.h>
#include <app/topbar.h>

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QScreen>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr auto kSkewBanner = 30s;
constexpr int kDashboardShortcuts = 9;
constexpr int kTitleBar = 32; // pixels a window manager may add above
// No dashboard can be called so: ids have no "@".
constexpr auto kTraces = "@traces"_L1;
constexpr auto kSlos = "@slo"_L1;
/// What files call the page of objectives, with the objective as the link's `id`: a dashboard of this id
/// comes first.
constexpr auto kSlosInLinks = "slo"_L1;
constexpr auto kDoctor = "@doctor"_L1;
constexpr auto kChanges = "@changes"_L1; // a moment, not a page

} // namespace

MainWindow::MainWindow(Session &session, QString dashboard, std::optional<std::chrono::seconds> refresh)
    : m_session(session)
    , m_time(session.clock())
    , m_actions(this)
    , m_wanted(std::move(dashboard))
    , m_refresh(refresh)
    , m_sets(new SavedSets(this))
{
    setWindowTitle(tr("Bridgewatch"));
    resize(QSize(1440, 900).boundedTo(screen()->availableSize() - QSize(0, kTitleBar)));
    setMinimumSize(640, 400);
    setAcceptDrops(true);
    buildLayout();
    addActions();
    addSetActions();
    addEditActions();
    m_bar->setActions(m_actions);
    connect(&m_time, &TimeNavigator::pausedChanged, this, &MainWindow::updatePaused);
    connect(&m_time, &TimeNavigator::placeWanted, this, &MainWindow::goTo);
    connect(&session.board(), &SourceBoard::changed, this, &MainWindow::updateSources);
    m_beat.setInterval(1s);
    m_beat.setTimerType(Qt::PreciseTimer);
    connect(&m_beat, &QTimer::timeout, this, &MainWindow::beat);
    m_beat.start();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildLayout()
{
    auto *central = new QWidget(this);
    auto *column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_bar = new TopBar(m_time, central);
    m_configBanner = new Banner(u"warning"_s, central);
    m_pauseBanner = new Banner(u"critical"_s, central);
    m_skewBanner = new Banner(u"warning"_s, central);
    m_blindBanner = new Banner(u"critical"_s, central);
    m_splitter = new QSplitter(Qt::Horizontal, central);
    m_stack = new QStackedWidget(m_splitter);
    m_detail = new AlertDetail(m_session.ports(), m_time, m_splitter);
    m_detail->hide();
    m_splitter->addWidget(m_stack);
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setCollapsible(0, false);
    m_stack->addWidget(new QWidget(m_stack)); // nothing is known yet
    m_strip = new SourceStrip(m_session.board(), m_session.clock(), central);
    column->addWidget(m_bar);
    for (Banner *banner : {m_blindBanner, m_configBanner, m_pauseBanner, m_skewBanner})
        column->addWidget(banner);
    column->addWidget(m_splitter, 1);
    column->addWidget(m_strip);
    setCentralWidget(central);

    m_palette = new CommandPalette(this);
    m_palette->addSource(actionEntries(m_actions));
    m_palette->addSource([this] {
        std::vector<PaletteEntry> entries;
        for (const Dashboard &dashboard : m_files.dashboards) {
            entries.push_back(
                {dashboard.title, tr("Dashboard"), {}, [this, id = dashboard.id] { openDashboard(id); }});
        }
        for (const TemplateName &form : m_files.templates) {
            entries.push_back({tr("New dashboard: %1").arg(form.title), tr("Template"), {},
                [this, id = form.id] { emit newDashboardWanted(id); }});
        }
        return entries;
    });
    connect(m_bar, &TopBar::dashboardChosen, this, [this](const QString &id) {
        if (id == kTraces)
            openTraces().resume();
        else if (id == kSlos)
            openSlos({});
        else if (id == kDoctor)
            openDoctor().refresh();
        else
            openDashboard(id);
    });
    connect(m_bar, &TopBar::menuRequested, this, &MainWindow::openMenu);
    connect(m_detail, &AlertDetail::closeRequested, m_detail, &QWidget::hide);
    connect(m_detail, &AlertDetail::linkActivated, this, &MainWindow::follow);
    m_pauseBanner->setAction(tr("Go on"), [this] { m_time.setPaused(false); });
    m_blindBanner->setAction(tr("Try again now"), [this] {
        m_session.retryAll();
        m_time.reload();
    });
}

void MainWindow::addActions()
{
    const auto add = [this](const char *id, const QString &text, const QKeySequence &keys, Menu menu,
                         std::function<void()> run, std::function<bool()> enabled = {}) {
        m_actions.add({QString::fromLatin1(id), text, keys, menu, std::move(run), std::move(enabled)});
    };
    add("dashboard.reload", tr("Reload everything visible"), Qt::Key_F5, Menu::View,
        [this] { m_time.reload(); });
    add("view.fullscreen", tr("Full screen"), Qt::Key_F11, Menu::View,
        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    add("view.theme", tr("Light or dark"), QKeySequence(u"Ctrl+Shift+L"_s), Menu::View,
        [this] { emit themeToggled(); });
    add("view.palette", tr("Do anything by name…"), QKeySequence(u"Ctrl+K"_s), Menu::View,
        [this] { m_palette->openPalette(); });
    add(
        "time.back", tr("Previous time range"), QKeySequence(u"Alt+Left"_s), Menu::Time,
        [this] { m_time.back(); }, [this] { return m_time.canGoBack(); });
    add(
        "time.forward", tr("Next time range"), QKeySequence(u"Alt+Right"_s), Menu::Time,
        [this] { m_time.forward(); }, [this] { return m_time.canGoForward(); });
    add("time.out", tr("Twice the range"), QKeySequence(u"Ctrl+-"_s), Menu::Time,
        [this] { m_time.zoomOut(); });
    add("time.pick", tr("Choose a time range…"), QKeySequence(u"Ctrl+T"_s), Menu::Time,
        [this] { m_bar->openTimePicker(); });
    add(
        "dashboard.compare", tr("Compare every panel with 24 h, 168 h earlier, or nothing"),
        QKeySequence(u"Shift+C"_s), Menu::View, [this] { compareNext(); },
        [this] { return view() != nullptr; });
    add("time.pause", tr("Pause or go on"), QKeySequence(u"Ctrl+P"_s), Menu::Time,
        [this] { m_time.setPaused(!m_time.isPaused()); });
    add(
        "alerts.close", tr("Close the alert"), QKeySequence(u"Ctrl+W"_s), Menu::Alerts,
        [this] { m_detail->hide(); }, [this] { return m_detail->isVisible(); });
    for (int place = 0; place < kDashboardShortcuts; ++place) {
        add(
            qPrintable(u"dashboards.%1"_s.arg(place + 1)), tr("Dashboard %1").arg(place + 1),
            QKeySequence(u"Ctrl+%1"_s.arg(place + 1)), Menu::Dashboards,
            [this, place] { openDashboard(m_files.dashboards[size_t(place)].id); },
            [this, place] { return size_t(place) < m_files.dashboards.size(); });
    }
    add("traces.search", tr("Search traces…"), QKeySequence(u"Ctrl+Shift+T"_s), Menu::View,
        [this] { openTraces().showSearch(); });
    add("slo.open", tr("Objectives"), QKeySequence(u"Ctrl+Shift+O"_s), Menu::View, [this] { openSlos({}); });
    add("traces.file", tr("Open a file of traces…"), QKeySequence(u"Ctrl+O"_s), Menu::File,
        [this] { chooseTraceFiles(); });
    add("dashboard.import", tr("Import a Grafana dashboard…"), QKeySequence(), Menu::File,
        [this] { chooseImport(); });
    add("view.doctor", tr("Sources: what was found out"), QKeySequence(u"Ctrl+Shift+D"_s), Menu::View,
        [this] { openDoctor().refresh(); });
    add("dashboards.new", tr("New dashboard from template…"), {}, Menu::Dashboards,
        [this] { chooseTemplate(); });
    add("view.changes", tr("What changed just now…"), QKeySequence(u"Ctrl+Shift+W"_s), Menu::View,
        [this] { openChanges(m_session.clock().utcNow(), {}); });
    add("help.shortcuts", tr("Keyboard shortcuts"), QKeySequence(u"?"_s), Menu::Help,
        [this] { (new ShortcutsDialog(m_actions, this))->open(); });
    add("file.quit", tr("Quit"), QKeySequence(u"Ctrl+Q"_s), Menu::File, [this] { close(); });
}

void MainWindow::applyFiles(const LoadedFiles &files)
{
    m_files = files;
    m_sets->setAll(files.sets);
    const QString &second = files.config.secondZone;
    m_strip->setZone(second == "system"_L1 ? QTimeZone::systemTimeZone() : QTimeZone(second.toUtf8()));
    std::vector<TopBar::Entry> entries;
    for (const Dashboard &dashboard : files.dashboards)
        entries.push_back({dashboard.id, dashboard.title});
    entries.push_back({kSlos, tr("Objectives")});
    entries.push_back({kTraces, tr("Traces")});
    entries.push_back({kDoctor, tr("Sources")});
    m_bar->setDashboards(entries);
    m_bar->setCurrent(m_current);

    QStringList problems;
    for (const Finding &finding : files.findings) {
        if (finding.level == Finding::Level::Error)
            problems += finding.toString();
    }
    const qsizetype more = problems.size() - 1;
    QString text = problems.isEmpty() ? QString() : problems.front();
    if (more > 0)
        text += tr(" (and %n more; see bridgewatch check)", nullptr, int(more));
    m_configBanner->setText(text);

    for (auto at = m_views.begin(); at != m_views.end();) {
        const Dashboard *now = find(at->first);
        at->second.view->setKnownDashboards(dashboardIds());
        if (!now && at->second.view->editMode()) {
            at->second.view->editMode()->diskGone();
            ++at; // its file is gone, what is being made of it is not
            continue;
        }
        if (now) {
            if (!(at->second.view->dashboard() == *now))
                at->second.view->show(*now);
            ++at;
            continue;
        }
        if (m_current == at->first)
            m_current.clear();
        at->second.view->deleteLater();
        at = m_views.erase(at);
    }
    if (files.config.sources.empty()) {
        if (!m_empty) {
            m_empty = new EmptyState(files.directory + u"/bridgewatch.yaml"_s, m_stack);
            m_stack->addWidget(m_empty);
        }
        m_stack->setCurrentWidget(m_empty);
        return;
    }
    if (m_slos)
        m_slos->setFolder(files.directory + u"/slos"_s);
    if (m_doctor)
        m_doctor->setDashboards(files.dashboards);
    if (m_current == kTraces)
        openTraces();
    else if (m_current == kSlos)
        openSlos(m_slos ? m_slos->current() : QString());
    else if (m_current == kDoctor)
        openDoctor();
    else if (!m_current.isEmpty())
        openDashboard(m_current);
    else if (find(m_wanted))
        openDashboard(m_wanted);
    else if (find(u"on-call"_s))
        openDashboard(u"on-call"_s);
    else if (!files.dashboards.empty())
        openDashboard(files.dashboards.front().id);
    openNext();
}

const Dashboard *MainWindow::find(const QString &id) const { return findById(m_files.dashboards, id); }

void MainWindow::openDashboard(const QString &id, const QMap<QString, QStringList> &variables)
{
    const Dashboard *dashboard = find(id);
    if (!dashboard || m_files.config.sources.empty())
        return;
    using Step = TimeNavigator::Step;
    // What opening a page brings along is one step; the first page has nothing before it.
    const Step step(m_time, m_time.place().page.isEmpty() ? Step::Kind::Replace : Step::Kind::Push);
    if (m_current != id)
        leaveCurrent();
    auto at = m_views.find(id);
    if (at == m_views.end()) {
        auto *made = new DashboardView(m_session.ports(), m_time, m_stack);
        connect(made, &DashboardView::linkActivated, this, &MainWindow::follow);
        connect(made, &DashboardView::variablesChosen, this, [this, made] { rememberPlace(made); });
        connect(made, &DashboardView::compareChosen, this, [this, made] { rememberPlace(made); });
        connect(made, &DashboardView::variablesSettled, this, [this, made] {
            if (view() == made && m_time.place().page == m_current) {
                m_time.amendPlace(placeOf(*made));
                m_context = made->variables().context();
            }
        });
        connectEditing(made);
        m_stack->addWidget(made);
        at = m_views.insert({id, {made, {}}}).first;
        made->show(*dashboard, variables);
        if (m_refresh)
            m_time.setRefreshInterval(*std::exchange(m_refresh, std::nullopt));
    } else {
        if (at->second.time && m_current != id) {
            m_time.setZone(at->second.time->zone);
            m_time.setRefreshInterval(at->second.time->refresh);
            if (const auto set = m_time.setSpec(at->second.time->spec); !set)
                m_configBanner->setText(set.error().message);
        }
        at->second.view->variables().selectAll(variables, true);
    }
    m_current = id;
    rememberPlace(at->second.view);
    m_stack->setCurrentWidget(at->second.view);
    at->second.view->setFocus();
    m_bar->setCurrent(id);
    setWindowTitle(tr("%1 – Bridgewatch").arg(render::line(Untrusted(dashboard->title), 80)));
}

ViewPlace MainWindow::placeOf(const DashboardView &view) const
{
    return {view.dashboard().id, const_cast<DashboardView &>(view).variables().choices(), view.compare()};
}

void MainWindow::rememberPlace(DashboardView *of)
{
    if (view() != of)
        return;
    m_time.setPlace(placeOf(*of));
    m_context = of->variables().context();
}

/// The history reached another place.
void MainWindow::goTo(const ViewPlace &place)
{
    if (place.page == kTraces)
        openTraces().resume();
    else if (place.page == kSlos)
        openSlos(m_slos ? m_slos->current() : QString());
    else if (place.page == kDoctor)
        openDoctor().refresh();
    else if (find(place.page)) {
        openDashboard(place.page, place.choices);
        if (DashboardView *shown = view())
            shown->setCompare(place.compare);
    }
}

/// Each dashboard keeps its own range and rhythm while another page is in front.
void MainWindow::leaveCurrent()
{
    if (const auto left = m_views.find(m_current); left != m_views.end())
        left->second.time = {m_time.spec(), m_time.refreshInterval(), m_time.zone()};
}

TracePage &MainWindow::openTraces()
{
    if (!m_traces) {
        m_traces = new TracePage(m_session.ports(), m_time, m_stack);
        connect(m_traces, &TracePage::linkActivated, this, &MainWindow::follow);
        m_stack->addWidget(m_traces);
    }
    if (m_current != kTraces)
        leaveCurrent();
    m_current = kTraces;
    m_time.setPlace({kTraces, {}});
    m_traces->searchView().propose(m_context.value(u"service"_s));
    m_stack->setCurrentWidget(m_traces);
    m_bar->setCurrent(kTraces);
    setWindowTitle(tr("Traces – Bridgewatch"));
    return *m_traces;
}

SloPage &MainWindow::openSlos(const QString &key)
{
    if (!m_slos) {
        m_slos = new SloPage(m_session.slos(), m_session.own(), m_stack);
        m_slos->setFolder(m_files.directory + u"/slos"_s);
        m_stack->addWidget(m_slos);
    }
    if (m_current != kSlos)
        leaveCurrent();
    m_current = kSlos;
    m_time.setPlace({kSlos, {}});
    m_stack->setCurrentWidget(m_slos);
    m_bar->setCurrent(kSlos);
    setWindowTitle(tr("Objectives – Bridgewatch"));
    m_slos->open(key);
    return *m_slos;
}

DoctorPage &MainWindow::openDoctor()
{
    if (!m_doctor) {
        m_doctor = new DoctorPage(m_session, m_stack);
        m_doctor->setDashboards(m_files.dashboards);
        connect(m_doctor, &DoctorPage::profileSaved, this, &MainWindow::profileSaved);
        m_stack->addWidget(m_doctor);
    }
    if (m_current != kDoctor)
        leaveCurrent();
    m_current = kDoctor;
    m_time.setPlace({kDoctor, {}});
    m_stack->setCurrentWidget(m_doctor);
    m_bar->setCurrent(kDoctor);
    setWindowTitle(tr("Sources – Bridgewatch"));
    return *m_doctor;
}

void MainWindow::chooseTemplate()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const TemplateName &form : m_files.templates)
        menu->addAction(form.title, this, [this, id = form.id] { emit newDashboardWanted(id); });
    menu->popup(mapToGlobal(QPoint((width() - menu->sizeHint().width()) / 2, height() / 4)));
}

void MainWindow::chooseTraceFiles()
{
    auto *dialog = new QFileDialog(this, tr("Open a file of traces"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("Traces: OTLP, Jaeger, Zipkin (*.json *.jsonl *.ndjson)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::traceFilesChosen);
    dialog->open();
}

void MainWindow::chooseImport()
{
    auto *dialog = new QFileDialog(this, tr("Import a Grafana dashboard"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Dashboards of Grafana (*.json)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::importChosen);
    dialog->open();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (std::any_of(urls.begin(), urls.end(), [](const QUrl &url) { return url.isLocalFile(); }))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    QStringList paths;
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            paths += url.toLocalFile();
    }
    if (!paths.isEmpty())
        emit traceFilesChosen(paths);
}

DashboardView *MainWindow::view() const
{
    const auto at = m_views.find(m_current);
    return at == m_views.end() ? nullptr : at->second.view;
}

void MainWindow::openAlert(const AlertKey &key)
{
    m_detail->showAlert(key);
    if (!m_detail->isVisible()) {
        m_detail->show();
        m_splitter->setSizes({width() * 2 / 3, width() / 3});
    }
}

void MainWindow::follow(const Link &link)
{
    if (const auto *alert = std::get_if<AlertLink>(&link)) {
        openAlert(alert->key);
    } else if (const auto *web = std::get_if<WebLink>(&link)) {
        m_links.open(web->url, this);
    } else if (const auto *trace = std::get_if<TraceLink>(&link)) {
        openTraces().open(*trace);
    } else if (const auto *wanted = std::get_if<TraceSearchLink>(&link)) {
        openTraces().search(*wanted);
    } else if (const auto *there = std::get_if<DashboardLink>(&link);
               there && there->dashboard == kSlosInLinks && !find(kSlosInLinks)) {
        openSlos(there->context.value(u"id"_s));
    } else if (there) {
        if (there->dashboard == kChanges)
            return openChanges(
                fromNs(there->context.value(u"at"_s).toLongLong()), there->context.value(u"service"_s));
        if (there->dashboard == kDoctor)
            return openDoctor().showPanel(
                there->context.value(u"dashboard"_s), there->context.value(u"panel"_s));
        QMap<QString, QStringList> variables;
        for (auto value = there->context.begin(); value != there->context.end(); ++value)
            variables[value.key()] = QStringList{value.value()};
        const TimeNavigator::Step step(m_time);
        openDashboard(there->dashboard, variables);
        if (there->range)
            m_time.zoom(*there->range);
    }
}

void MainWindow::openChanges(Timestamp at, const QString &service)
{
    if (!m_session.changes())
        return;
    auto *dialog = new ChangesDialog(at, service, m_time.zone(), this);
    connect(dialog, &ChangesDialog::linkActivated, this, &MainWindow::follow);
    m_session.changes()->askAround(at, service, dialog, [this, dialog](const QueryResult &result) {
        dialog->show(result, m_session.clock().bootNow(), m_session.clock().utcNow());
    });
    dialog->show();
}

void MainWindow::openMenu(const QPoint &at)
{
    m_actions.updateEnabled();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const Menu part : {Menu::View, Menu::Time, Menu::Alerts, Menu::Dashboards, Menu::Help, Menu::File}) {
        for (QAction *action : m_actions.actionsOf(part)) {
            if (action->isEnabled())
                menu->addAction(action);
        }
        menu->addSeparator();
    }
    menu->popup(at - QPoint(menu->sizeHint().width(), 0));
}

void MainWindow::beat()
{
    updatePaused();
    updateSources();
}

void MainWindow::updatePaused()
{
    const auto since = m_time.pausedSince();
    m_pauseBanner->setText(since ? tr("PAUSED by you %1 ago: nothing on this page moves")
                                       .arg(formatAge(m_session.clock().bootNow() - *since))
                                 : QString());
}

void MainWindow::updateSources()
{
    const std::vector<SourceInfo> &sources = m_session.board().sources();
    QStringList skewed;
    for (const SourceInfo &source : sources) {
        if (std::chrono::abs(source.freshness.skew) > kSkewBanner)
            skewed += tr("%1 by %2").arg(source.id.id, formatAge(std::chrono::abs(source.freshness.skew)));
    }
    m_skewBanner->setText(skewed.isEmpty()
            ? QString()
            : tr("Clocks differ: %1. Times and ages are not to be trusted.").arg(skewed.join(u", "_s)));

    m_blindBanner->setText(blindText(sources, m_time.zone()));
}

QStringList MainWindow::banners() const
{
    QStringList texts;
    for (const Banner *banner : {m_blindBanner, m_configBanner, m_pauseBanner, m_skewBanner}) {
        if (!banner->text().isEmpty())
            texts += banner->text();
    }
    return texts;
}

void MainWindow::paintEvent(QPaintEvent *event)
{
    QMainWindow::paintEvent(event);
    if (std::exchange(m_wasPainted, true))
        return;
    // The children are painted after this; the next turn of the event loop finds everything flushed.
    QTimer::singleShot(0, this, &MainWindow::painted);
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_detail->isVisible()) {
        m_detail->hide();
        return;
    }
    QMainWindow::keyPressEvent(event);
}

} // namespace bw
