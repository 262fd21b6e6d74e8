// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace bw {

/// What the desktop does for us over its session bus: notifications, and a screen that does not go dark.
/// Everything is asked without waiting; where there is no bus, or nobody on it, nothing happens and the log
/// says so once. The bus was chosen over a tray icon: a tray is missing on many desktops and on every kiosk,
/// and cannot say that something is urgent. UI thread.
class DesktopBus final : public QObject
{
    Q_OBJECT
public:
    explicit DesktopBus(QObject *parent = nullptr);
    ~DesktopBus() override;

    /// Plain text; markup in it is shown, not obeyed. Without `shown` only the sound.
    void notify(const QString &title, const QString &body, bool shown, bool withSound);
    /// Keeps the screen from going dark while `inhibited`.
    void setBlankingInhibited(bool inhibited);

signals:
    /// The person clicked a notification.
    void notificationClicked();

private slots:
    void onActionInvoked(uint id, const QString &action);

private:
    bool hasBus();
    static void allowBlanking(uint cookie);

    uint m_lastNotification = 0;
    bool m_wasTold = false, m_isInhibited = false;
    uint m_cookie = 0;
};

} // namespace bw
