// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/registry.h>
#include <domain/base/untrusted.h>

#include <app/display/displaycontrol.h>
#include <app/display/displaywindow.h>
#include <app/mainwindow.h>
#include <app/session.h>
#include <app/system/logging.h>

#include <QGuiApplication>
#include <QScreen>
#include <QSettings>
#include <QTime>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

const auto kTarget = u"display/target"_s;
const auto kScreen = u"display/screen"_s;

} // namespace

QStringList screenNames()
{
    QStringList names;
    for (const QScreen *screen : QGuiApplication::screens())
        names << screen->name();
    return names;
}

QString rememberedDisplay(const QString &stateFile)
{
    return QSettings(stateFile, QSettings::IniFormat).value(kTarget).toString();
}

Result<Rotation> rotationFor(const DisplayTarget &target, const LoadedFiles &files)
{
    Rotation rotation{target.id, {{target.id, {}, std::chrono::seconds(30)}}};
    if (target.kind == DisplayTarget::Kind::Rotation) {
        const Rotation *known = findById(files.display.rotations, target.id);
        QStringList ids;
        for (const Rotation &one : files.display.rotations)
            ids << one.id;
        if (!known) {
            return fail(Error::Kind::Invalid,
                u"there is no rotation \"%1\"; display.yaml has %2"_s.arg(
                    target.id, ids.isEmpty() ? u"none"_s : ids.join(u", "_s)));
        }
        rotation = *known;
    }
    for (const RotationStop &stop : rotation.stops) {
        QStringList ids;
        for (const Dashboard &dashboard : files.dashboards)
            ids << dashboard.id;
        if (!ids.contains(stop.dashboard)) {
            return fail(Error::Kind::Invalid,
                u"there is no dashboard \"%1\"; there are %2"_s.arg(stop.dashboard, ids.join(u", "_s)));
        }
        const bool hasSet = stop.set.isEmpty()
            || std::any_of(files.sets.begin(), files.sets.end(),
                [&](const SavedSet &set) { return set.name == stop.set; });
        if (!hasSet)
            return fail(Error::Kind::Invalid, u"there is no saved set \"%1\""_s.arg(stop.set));
    }
    return rotation;
}

DisplayControl::DisplayControl(Session &session, MainWindow &window, QString stateFile, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_window(window)
    , m_stateFile(std::move(stateFile))
{
    connect(&session.own(), &OwnData::changed, this, &DisplayControl::alertsChanged);
    connect(&m_bus, &DesktopBus::notificationClicked, this, [this] {
        if (isShown())
            return;
        if (m_window.isMinimized())
            m_window.showNormal();
        m_window.raise();
        m_window.activateWindow();
        m_window.openAlert(m_lastPage);
    });
}

DisplayControl::~DisplayControl() = default;

bool DisplayControl::isShown() const { return m_display != nullptr; }

void DisplayControl::applyFiles(const LoadedFiles &files)
{
    m_files = files;
    if (!m_display)
        return;
    // A rotation that cannot be shown any more goes on as it was; its pages say what is missing.
    const auto rotation = rotationFor(m_target, files);
    if (!rotation)
        qCWarning(logApp).noquote() << rotation.error().message;
    m_display->applyFiles(files, rotation ? *rotation : m_display->rotation());
}

Result<void> DisplayControl::open(const QString &target, const QString &screen)
{
    const auto wanted = parseDisplayTarget(target);
    if (!wanted)
        return tl::unexpected(wanted.error());
    const auto rotation = rotationFor(*wanted, m_files);
    if (!rotation)
        return tl::unexpected(rotation.error());
    QSettings state(m_stateFile, QSettings::IniFormat);
    QString place = screen;
    if (place.isEmpty() && m_window.isVisible() && m_window.screen())
        place = m_window.screen()->name();
    if (place.isEmpty())
        place = state.value(kScreen).toString();
    m_display = std::make_unique<DisplayWindow>(m_session);
    connect(m_display.get(), &DisplayWindow::left, this, &DisplayControl::leave, Qt::QueuedConnection);
    m_target = *wanted;
    m_display->setPageFiring(m_pageFires);
    m_display->placeOn(place);
    m_display->start(m_files, *rotation);
    m_window.hide();
    m_bus.setBlankingInhibited(true);
    state.setValue(kTarget, target);
    state.setValue(kScreen, m_display->screenName());
    sayTextSize();
    return {};
}

void DisplayControl::leave(const QString &dashboard)
{
    if (!m_display)
        return;
    m_window.show(); // first, or the program would end with its last window
    m_window.openDashboard(dashboard);
    m_display.reset();
    m_bus.setBlankingInhibited(false);
    QSettings(m_stateFile, QSettings::IniFormat).remove(kTarget);
}

/// Once, for whoever sets a wall up: are the letters large enough?
void DisplayControl::sayTextSize() const
{
    const QScreen *screen = m_display->screen();
    if (!screen)
        return;
    // Sizes are in pixels as the program sees them: scaled already.
    const QSize pixels = screen->geometry().size();
    const auto height = textMillimetres(1, screen->physicalSize(), pixels);
    const auto scale = scaleFor(kReadingMetres, screen->physicalSize(), pixels);
    if (!height || !scale)
        qCInfo(logApp).noquote() << screen->name() << "does not say how large it is; choose --scale by eye";
    else if (*height < kReadableMillimetres * 0.95)
        qCInfo(logApp).noquote()
            << u"small text is %1 mm high on %2; at %3 m it is read from %4 mm: %5 times the present scale"_s
                   .arg(*height, 0, 'f', 1)
                   .arg(screen->name())
                   .arg(kReadingMetres)
                   .arg(kReadableMillimetres)
                   .arg(*scale, 0, 'f', 1);
}

void DisplayControl::alertsChanged(const QString &topic)
{
    if (topic != "alerts"_L1)
        return;
    const QueryResult known = m_session.own().current({topic, std::nullopt});
    const auto *alerts = dataAs<std::vector<Alert>>(known);
    // Kept from an earlier run, or old: no news, and nothing that ended.
    if (!alerts || !isCurrent(known.freshness))
        return;
    const NotificationSettings &settings = m_files.display.notifications;
    const PageNotifier::News news = m_notifier.apply(*alerts, isQuiet(settings, QTime::currentTime()));
    m_pageFires = news.isFiring;
    if (m_display)
        m_display->setPageFiring(m_pageFires);
    if (news.pages.empty() || (!settings.desktop && !settings.sound))
        return;
    const Alert &first = news.pages.back();
    m_lastPage = first.key;
    QString title = render::line(first.name(), 80);
    if (const QString service = first.service(); !service.isEmpty())
        title += u" – "_s + render::line(Untrusted(service), 60);
    if (news.pages.size() > 1)
        title += tr(" and %n more", nullptr, int(news.pages.size()) - 1);
    m_bus.notify(title, render::line(first.summary(), 300), settings.desktop, settings.sound);
}

} // namespace bw
