// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/desktopbus.h>
#include <app/system/logging.h>

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kUrgent = 2; // by the notification specification: stays until it is seen

QDBusMessage call(const QString &service, const QString &path, const QString &method)
{
    return QDBusMessage::createMethodCall(service, path, service, method);
}

QDBusMessage notifications(const QString &method)
{
    return call(u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s, method);
}

QDBusMessage screenSaver(const QString &method)
{
    return call(u"org.freedesktop.ScreenSaver"_s, u"/org/freedesktop/ScreenSaver"_s, method);
}

} // namespace

DesktopBus::DesktopBus(QObject *parent)
    : QObject(parent)
{
}

DesktopBus::~DesktopBus() { setBlankingInhibited(false); }

/// Without an address the library would start a bus of its own, and wait for it.
bool DesktopBus::hasBus()
{
    const bool isNamed = qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/bus"_s);
    if (isNamed && QDBusConnection::sessionBus().isConnected())
        return true;
    if (!std::exchange(m_wasTold, true))
        qCInfo(logApp) << "no session bus: no notifications, and the screen may go dark";
    return false;
}

void DesktopBus::notify(const QString &title, const QString &body, bool shown, bool withSound)
{
    if (!shown || !hasBus()) {
        if (withSound)
            QApplication::beep();
        return;
    }
    QDBusConnection bus = QDBusConnection::sessionBus();
    bus.connect(u"org.freedesktop.Notifications"_s, u"/org/freedesktop/Notifications"_s,
        u"org.freedesktop.Notifications"_s, u"ActionInvoked"_s, this, SLOT(onActionInvoked(uint, QString)));
    QVariantMap hints{{u"urgency"_s, QVariant::fromValue(uchar(kUrgent))},
        {u"desktop-entry"_s, u"bridgewatch"_s}, {u"suppress-sound"_s, !withSound}};
    if (withSound)
        hints.insert(u"sound-name"_s, u"dialog-warning"_s);
    QDBusMessage message = notifications(u"Notify"_s);
    message << u"Bridgewatch"_s << uint(0) << u"bridgewatch"_s << title << body.toHtmlEscaped()
            << QStringList{u"default"_s, tr("Show")} << hints << 0;
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(message), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<uint> reply = *watcher;
        if (reply.isError() && !std::exchange(m_wasTold, true))
            qCInfo(logApp).noquote() << "notifications are not shown:" << reply.error().message();
        else if (!reply.isError())
            m_lastNotification = reply.value();
        watcher->deleteLater();
    });
}

void DesktopBus::onActionInvoked(uint id, const QString &action)
{
    if (id == m_lastNotification && action == "default"_L1)
        emit notificationClicked();
}

void DesktopBus::setBlankingInhibited(bool inhibited)
{
    if (inhibited == m_isInhibited || !hasBus())
        return;
    m_isInhibited = inhibited;
    if (!inhibited) {
        if (m_cookie != 0)
            allowBlanking(std::exchange(m_cookie, 0));
        return;
    }
    QDBusMessage message = screenSaver(u"Inhibit"_s);
    message << u"Bridgewatch"_s << tr("A display that is watched");
    auto *watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(message), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<uint> reply = *watcher;
        if (reply.isError())
            qCInfo(logApp).noquote() << "the screen may go dark:" << reply.error().message();
        else if (m_isInhibited && m_cookie == 0)
            m_cookie = reply.value();
        else // answered when nobody wanted it any more, or a second time
            allowBlanking(reply.value());
        watcher->deleteLater();
    });
}

void DesktopBus::allowBlanking(uint cookie)
{
    QDBusMessage message = screenSaver(u"UnInhibit"_s);
    message << cookie;
    QDBusConnection::sessionBus().asyncCall(message);
}

} // namespace bw
