// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/display/pagenotifier.h>

#include <app/configfiles.h>
#include <app/system/desktopbus.h>

#include <memory>

namespace bw {

class DisplayWindow;
class MainWindow;
class Session;

/// Names of the monitors, as `--screen` takes them.
QStringList screenNames();
/// The display that was on when the program last ended, as `--display` takes it; empty: none.
QString rememberedDisplay(const QString &stateFile);
/// Why a display cannot be opened with these files: no such dashboard, rotation or set, and which there are.
/// Invalid; or the rotation to show.
[[nodiscard]] Result<Rotation> rotationFor(const DisplayTarget &target, const LoadedFiles &files);

/// Puts a display in the window's place and the window back, keeps the screen awake meanwhile, remembers
/// which display was on so that a restart finds it, and tells of new pages. UI thread.
class DisplayControl final : public QObject
{
    Q_OBJECT
public:
    /// Both outlive it. `stateFile` is the INI file of what the program remembers.
    DisplayControl(Session &session, MainWindow &window, QString stateFile, QObject *parent = nullptr);
    ~DisplayControl() override;

    void applyFiles(const LoadedFiles &files);
    /// Shows a display instead of the window. `screen` empty: where it was last, else where the window is.
    /// Invalid as rotationFor(); then everything is as it was.
    [[nodiscard]] Result<void> open(const QString &target, const QString &screen);
    bool isShown() const;

private:
    void leave(const QString &dashboard);
    void alertsChanged(const QString &topic);
    void sayTextSize() const;

    Session &m_session;
    MainWindow &m_window;
    QString m_stateFile;
    LoadedFiles m_files;
    std::unique_ptr<DisplayWindow> m_display;
    DesktopBus m_bus;
    PageNotifier m_notifier;
    AlertKey m_lastPage;
    DisplayTarget m_target; ///< of the display that is on
    bool m_pageFires = false;
};

} // namespace bw
