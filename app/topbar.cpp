// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/timerange.h>
#include <widgets/actions/actionregistry.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/forms/timerangepicker.h>

#include <app/topbar.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QSignalBlocker>
#include <QTabBar>
#include <QToolButton>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr std::chrono::seconds kIntervals[] = {0s, 5s, 10s, 15s, 30s, 60s, 300s, 900s, 1800s, 3600s};

QString intervalText(std::chrono::seconds interval)
{
    return interval == 0s ? TopBar::tr("Manual") : promDuration(interval);
}

QToolButton *barButton(const QString &text, const QString &hint, QWidget *parent)
{
    auto *button = new QToolButton(parent);
    button->setText(text);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(hint);
    setTip(button, hint);
    return button;
}

} // namespace

TopBar::TopBar(TimeNavigator &time, QWidget *parent)
    : QWidget(parent)
    , m_time(time)
    , m_tabs(new QTabBar(this))
    , m_picker(new TimeRangePicker(time, this))
    , m_refresh(new QComboBox(this))
    , m_reload(barButton(u"⟳"_s, tr("Reload everything visible (F5)"), this))
    , m_pause(barButton(tr("Pause"), tr("Stop asking; the window says so until it goes on"), this))
    , m_theme(barButton(u"◐"_s, tr("Light or dark"), this))
    , m_palette(barButton(u"⌘"_s, tr("Do anything by name (Ctrl+K)"), this))
    , m_menu(barButton(u"☰"_s, tr("Menu"), this))
{
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setElideMode(Qt::ElideRight);
    m_tabs->setFocusPolicy(Qt::TabFocus);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        if (index >= 0 && size_t(index) < m_entries.size())
            emit dashboardChosen(m_entries[size_t(index)].id);
    });
    m_pause->setCheckable(true);
    connect(m_pause, &QToolButton::toggled, &time, &TimeNavigator::setPaused);
    connect(m_reload, &QToolButton::clicked, &time, &TimeNavigator::reload);
    connect(m_menu, &QToolButton::clicked, this,
        [this] { emit menuRequested(m_menu->mapToGlobal(m_menu->rect().bottomRight())); });
    buildRefresh();

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(6);
    row->addWidget(m_tabs, 1);
    row->addWidget(m_picker);
    row->addWidget(m_refresh);
    row->addWidget(m_reload);
    row->addWidget(m_pause);
    row->addSpacing(6);
    row->addWidget(m_theme);
    row->addWidget(m_palette);
    row->addWidget(m_menu);
    setFixedHeight(40);

    connect(&time, &TimeNavigator::refreshIntervalChanged, this, &TopBar::showRefresh);
    connect(&time, &TimeNavigator::pausedChanged, this, &TopBar::showPaused);
    showRefresh();
}

void TopBar::buildRefresh()
{
    for (const std::chrono::seconds interval : kIntervals)
        m_refresh->addItem(intervalText(interval), qlonglong(interval.count()));
    setTip(m_refresh, tr("Refresh interval"));
    m_refresh->setAccessibleName(tr("Refresh interval"));
    connect(m_refresh, &QComboBox::activated, this, [this](int index) {
        m_time.setRefreshInterval(std::chrono::seconds(m_refresh->itemData(index).toLongLong()));
    });
}

void TopBar::showRefresh()
{
    const qlonglong now = m_time.refreshInterval().count();
    int index = m_refresh->findData(now);
    if (index < 0) {
        m_refresh->addItem(intervalText(m_time.refreshInterval()), now);
        index = m_refresh->count() - 1;
    }
    m_refresh->setCurrentIndex(index);
}

void TopBar::showPaused()
{
    const QSignalBlocker quiet(m_pause);
    m_pause->setChecked(m_time.isPaused());
    m_pause->setText(m_time.isPaused() ? tr("Go on") : tr("Pause"));
}

void TopBar::setDashboards(const std::vector<Entry> &entries)
{
    if (entries == m_entries)
        return;
    const QSignalBlocker quiet(m_tabs);
    m_entries = entries;
    while (m_tabs->count() > 0)
        m_tabs->removeTab(0);
    for (const Entry &entry : entries) {
        // An ampersand would become a shortcut.
        m_tabs->addTab(render::line(Untrusted(entry.title), 40).replace(u'&', u"&&"_s));
    }
}

void TopBar::setCurrent(const QString &id)
{
    const QSignalBlocker quiet(m_tabs);
    for (size_t i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].id == id)
            m_tabs->setCurrentIndex(int(i));
    }
}

void TopBar::setActions(ActionRegistry &actions)
{
    connect(m_theme, &QToolButton::clicked, &actions, [&actions] { actions.trigger(u"view.theme"_s); });
    connect(m_palette, &QToolButton::clicked, &actions, [&actions] { actions.trigger(u"view.palette"_s); });
}

void TopBar::openTimePicker() { m_picker->openPicker(); }

void TopBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = themeOf(this);
    QPainter painter(this);
    painter.fillRect(rect(), theme.raised);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.border);
}

} // namespace bw
