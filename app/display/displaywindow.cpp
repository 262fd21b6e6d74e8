// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/base/registry.h>
#include <widgets/base/safetext.h>
#include <widgets/context/sourcestrip.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/variableset.h>

#include <app/banner.h>
#include <app/blindness.h>
#include <app/display/displaywindow.h>
#include <app/session.h>

#include <QCloseEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QScreen>
#include <QVBoxLayout>
#include <QWindow>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

const auto kHoldOn = u"on-call"_s;
// Below two thirds of their height panels lose their axes; then the page is shown in parts.
constexpr double kSmallest = 0.67, kLargest = 1.6;
constexpr Nanoseconds kPart = 20s; // of a dashboard that stands alone and does not fit

} // namespace

DisplayWindow::DisplayWindow(Session &session)
    : m_session(session)
    , m_blind(new Banner(u"critical"_s, this))
    , m_missing(new Banner(u"warning"_s, this))
    , m_stage(new QWidget(this))
    , m_title(new PlainLabel(this))
    , m_state(new PlainLabel(this))
    , m_strip(new SourceStrip(session.board(), session.clock(), this))
{
    setCursor(Qt::BlankCursor);
    setFocusPolicy(Qt::StrongFocus);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_blind);
    column->addWidget(m_missing);
    column->addWidget(m_stage, 1);
    auto *foot = new QWidget(this);
    auto *row = new QHBoxLayout(foot);
    row->setContentsMargins(10, 2, 2, 2);
    row->setSpacing(12);
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    m_title->setFont(bold);
    row->addWidget(m_title);
    row->addWidget(m_state);
    row->addStretch(1);
    row->addWidget(m_strip, 10);
    column->addWidget(foot);
    // Nothing here is for a hand.
    for (QWidget *widget :
        {static_cast<QWidget *>(m_blind), static_cast<QWidget *>(m_missing), m_stage, foot})
        widget->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_beat.setInterval(1s);
    m_beat.setTimerType(Qt::PreciseTimer);
    connect(&m_beat, &QTimer::timeout, this, &DisplayWindow::beat);
    connect(qApp, &QGuiApplication::screenAdded, this, &DisplayWindow::screensChanged);
    connect(
        qApp, &QGuiApplication::screenRemoved, this, &DisplayWindow::screensChanged, Qt::QueuedConnection);
}

DisplayWindow::~DisplayWindow() = default;

const Dashboard *DisplayWindow::find(const QString &id) const { return findById(m_files.dashboards, id); }

void DisplayWindow::takeFiles(const LoadedFiles &files)
{
    m_files = files;
    const QString &second = files.config.secondZone;
    m_strip->setZone(second == "system"_L1 ? QTimeZone::systemTimeZone() : QTimeZone(second.toUtf8()));
}

void DisplayWindow::applyFiles(const LoadedFiles &files, const Rotation &rotation)
{
    takeFiles(files);
    if (!m_clock)
        return;
    m_clock->adopt(rotation, m_session.clock().bootNow());
    std::erase_if(m_pages, [this](const auto &entry) {
        if (!isOutdated(entry.first, entry.second))
            return false;
        entry.second.view->hide();
        entry.second.view->deleteLater();
        return true;
    });
    if (m_shown != keyOf(m_clock->current()) || !m_pages.contains(m_shown))
        showCurrent();
    updateWords();
}

/// Whether the files say something else than what this page shows, or nobody asks for it any more.
bool DisplayWindow::isOutdated(const QString &key, const Page &page) const
{
    for (int stop = -1; stop < int(m_clock->rotation().stops.size()); ++stop) {
        if (keyOf(stop) != key)
            continue;
        const Dashboard *dashboard = dashboardOf(stop);
        const SavedSet *set = setOf(stop);
        return !dashboard || !(*dashboard == page.view->dashboard())
            || page.set.has_value() != (set != nullptr) || (set && !(*set == *page.set));
    }
    return true;
}

void DisplayWindow::start(const LoadedFiles &files, const Rotation &rotation)
{
    takeFiles(files);
    m_clock.emplace(rotation, kHoldOn, m_session.clock().bootNow());
    m_beat.start();
    showCurrent();
    beat();
}

QString DisplayWindow::dashboard() const { return m_clock ? m_clock->dashboard() : QString(); }

QString DisplayWindow::keyOf(int stop) const
{
    if (stop < 0)
        return kHoldOn;
    const RotationStop &at = m_clock->rotation().stops[size_t(stop)];
    return at.dashboard + u'\n' + at.set;
}

/// Null when the files have no such dashboard.
const Dashboard *DisplayWindow::dashboardOf(int stop) const
{
    return find(stop < 0 ? kHoldOn : m_clock->rotation().stops[size_t(stop)].dashboard);
}

/// Null where the stop names none, or one the files do not have.
const SavedSet *DisplayWindow::setOf(int stop) const
{
    const QString name = stop < 0 ? QString() : m_clock->rotation().stops[size_t(stop)].set;
    const auto set = std::find_if(
        m_files.sets.begin(), m_files.sets.end(), [&](const SavedSet &one) { return one.name == name; });
    return set == m_files.sets.end() ? nullptr : &*set;
}

/// Null when there is no such dashboard.
DisplayWindow::Page *DisplayWindow::pageFor(int stop)
{
    const QString key = keyOf(stop);
    if (const auto known = m_pages.find(key); known != m_pages.end())
        return &known->second;
    const Dashboard *dashboard = dashboardOf(stop);
    if (!dashboard)
        return nullptr;
    Page page;
    page.time = new TimeNavigator(m_session.clock());
    page.view = new DashboardView(m_session.ports(), *page.time, m_stage);
    page.time->setParent(page.view); // its last child: gone after everything that looks at it
    page.view->setAutoFillBackground(true);
    page.view->setBare(true);
    const SavedSet *set = setOf(stop);
    if (set)
        page.set = *set;
    page.view->show(*dashboard, set ? set->choices : QMap<QString, QStringList>());
    if (set)
        page.view->setCompare(set->compare);
    if (set && set->time)
        Q_UNUSED(page.time->setSpec(*set->time)) // the reader of the file has said what is wrong with it
    if (page.time->refreshInterval() == 0s)
        page.time->setRefreshInterval(30s); // "by hand" has no hand here
    return &m_pages.emplace(key, std::move(page)).first->second;
}

/// Underneath the one that is on: there it is laid out, asks and draws, and nobody sees it.
void DisplayWindow::makeReady(int stop)
{
    Page *page = pageFor(stop);
    if (!page || page->view->isVisible())
        return;
    page->view->setGeometry(m_stage->rect());
    page->view->QWidget::show();
    page->view->lower();
    fit(*page->view);
}

void DisplayWindow::showCurrent()
{
    const int stop = m_clock->current();
    Page *page = pageFor(stop);
    m_missing->setText(page ? QString() : tr("There is no dashboard “%1”.").arg(dashboard()));
    const QString key = keyOf(stop);
    if (page) {
        makeReady(stop);
        page->view->raise();
    }
    // Whoever is covered rests; its data stays and is asked again when it comes back.
    for (auto &[other, covered] : m_pages) {
        if (other != key)
            covered.view->hide();
    }
    m_shown = key;
    m_shownSince = m_session.clock().bootNow();
    setFocus();
    updateWords();
}

/// Rows grow or shrink until the dashboard fills the screen, within reason.
void DisplayWindow::fit(DashboardView &view)
{
    view.setScale(1);
    const double needed = view.heightFor(view.width());
    if (needed > 0)
        view.setScale(std::clamp(view.height() / needed, kSmallest, kLargest));
    view.showPart(0);
}

DashboardView *DisplayWindow::view() const
{
    const auto at = m_pages.find(m_shown);
    return at == m_pages.end() ? nullptr : at->second.view;
}

void DisplayWindow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    layout()->activate();
    for (auto &[key, page] : m_pages) {
        if (!page.view->isVisible())
            continue;
        page.view->setGeometry(m_stage->rect());
        fit(*page.view);
    }
}

/// What does not fit is shown in parts, each as long as the others.
void DisplayWindow::turnPages()
{
    DashboardView *shown = view();
    const int parts = shown ? shown->parts() : 1;
    if (parts < 2)
        return;
    const Nanoseconds on = m_session.clock().bootNow() - m_shownSince;
    Nanoseconds each = kPart;
    if (const int stop = m_clock->current(); stop >= 0 && m_clock->rotation().stops.size() > 1)
        each = std::max(Nanoseconds(5s), Nanoseconds(m_clock->rotation().stops[size_t(stop)].dwell) / parts);
    shown->showPart(int(on / each % parts));
}

void DisplayWindow::beat()
{
    if (!m_clock)
        return;
    const BootTime now = m_session.clock().bootNow();
    if (m_clock->beat(now, m_pageFires))
        showCurrent();
    else if (const auto next = m_clock->upcoming(now))
        makeReady(*next);
    turnPages();
    updateWords();
}

QString DisplayWindow::stateText() const
{
    if (!m_clock)
        return {};
    const BootTime now = m_session.clock().bootNow();
    QStringList words;
    const size_t count = m_clock->rotation().stops.size();
    if (count > 1 && m_clock->current() >= 0)
        words << tr("%1 of %2").arg(m_clock->current() + 1).arg(count);
    if (const DashboardView *shown = view(); shown && shown->parts() > 1)
        words << tr("part %1 of %2").arg(shown->part() + 1).arg(shown->parts());
    if (m_clock->isHeld())
        words << tr("stays while a page fires");
    else if (m_clock->isPaused())
        words << tr("stopped by hand");
    else if (const auto left = m_clock->left(now))
        words << tr("next in %1").arg(formatAge(*left));
    return words.join(u" · "_s);
}

void DisplayWindow::updateWords()
{
    const Dashboard *shown = find(dashboard());
    const auto page = m_pages.find(m_shown);
    QString title = shown ? render::line(Untrusted(shown->title), 60) : dashboard();
    if (page != m_pages.end() && page->second.set)
        title += u" – "_s + render::line(Untrusted(page->second.set->name), 60);
    m_title->setText(title);
    m_state->setText(stateText());
    const QTimeZone zone = page == m_pages.end() ? QTimeZone::systemTimeZone() : page->second.time->zone();
    const QString blind = blindText(m_session.board().sources(), zone);
    m_blind->setText(blind);
    // For whoever manages windows from outside.
    const QString name = tr("Bridgewatch display: %1").arg(dashboard());
    setWindowTitle(blind.isEmpty() ? name : tr("%1 – no data").arg(name));
}

void DisplayWindow::keyPressEvent(QKeyEvent *event)
{
    const BootTime now = m_session.clock().bootNow();
    switch (event->key()) {
    case Qt::Key_Escape:
        return leave();
    case Qt::Key_Right:
    case Qt::Key_Down:
        if (m_clock && m_clock->step(1, now))
            showCurrent();
        break;
    case Qt::Key_Left:
    case Qt::Key_Up:
        if (m_clock && m_clock->step(-1, now))
            showCurrent();
        break;
    case Qt::Key_Space:
        if (m_clock)
            m_clock->togglePause(now);
        break;
    default:
        return QWidget::keyPressEvent(event);
    }
    updateWords();
}

void DisplayWindow::leave()
{
    m_beat.stop();
    emit left(dashboard());
}

/// The main window is hidden behind it and may hold what was not saved: closing leads back to it.
void DisplayWindow::closeEvent(QCloseEvent *event)
{
    if (qApp->isSavingSession())
        return; // the desktop ends, and waits for everybody
    event->ignore();
    leave();
}

QString DisplayWindow::screenName() const { return screen() ? screen()->name() : m_screen; }

void DisplayWindow::placeOn(const QString &screen)
{
    m_screen = screen;
    screensChanged();
    showFullScreen();
    setFocus();
}

/// A monitor that comes back gets its window back; one that goes leaves it to the desktop.
void DisplayWindow::screensChanged()
{
    for (QScreen *candidate : QGuiApplication::screens()) {
        if (candidate->name() != m_screen)
            continue;
        if (candidate == screen() && isFullScreen())
            return;
        const bool wasShown = isVisible();
        if (wasShown)
            showNormal();
        create();
        windowHandle()->setScreen(candidate);
        setGeometry(candidate->geometry());
        if (wasShown)
            showFullScreen();
        return;
    }
}

} // namespace bw
