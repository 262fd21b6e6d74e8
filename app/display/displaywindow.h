// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/display/rotationclock.h>
#include <widgets/context/timenavigator.h>

#include <app/configfiles.h>

#include <QTimer>
#include <QWidget>

#include <map>
#include <memory>

namespace bw {

class Banner;
class DashboardView;
class PlainLabel;
class Session;
class SourceStrip;

/// A display that is watched and not touched: one dashboard, or a rotation, over a whole monitor. No
/// control, no cursor, no tooltip, no scroll bar; below it which dashboard this is, what comes next, every
/// source with its age and a clock; above it a banner when nothing answers. The next dashboard is loaded
/// underneath before it is shown. Keys: arrows step, space stops and goes on, Escape leaves. UI thread.
class DisplayWindow final : public QWidget
{
    Q_OBJECT
public:
    /// `session` outlives the window.
    explicit DisplayWindow(Session &session);
    ~DisplayWindow() override;

    /// Shows this from its first stop, with the sets and dashboards of the files.
    void start(const LoadedFiles &files, const Rotation &rotation);
    /// What is on stays on, with its place in the rotation and its data, as far as `rotation` and the files
    /// still have it; only pages whose dashboard or set differs are made anew.
    void applyFiles(const LoadedFiles &files, const Rotation &rotation);
    void setPageFiring(bool fires) { m_pageFires = fires; }
    /// Covers the monitor of this name, now and whenever it comes back; empty: the one it is on.
    void placeOn(const QString &screen);
    QString screenName() const;
    /// What is being shown; only after start().
    const Rotation &rotation() const { return m_clock->rotation(); }
    /// Id of the dashboard that is on.
    QString dashboard() const;
    /// The line below: which, what next, why it stands.
    QString stateText() const;
    DashboardView *view() const;
    /// Time goes on; called by the own timer each second.
    void beat();

signals:
    /// Escape, or the window was closed; `dashboard` was on.
    void left(const QString &dashboard);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    /// A dashboard with a set: its own time, so that ranges do not mix.
    struct Page
    {
        DashboardView *view = nullptr;
        TimeNavigator *time = nullptr; ///< the view's, and gone with it
        std::optional<SavedSet> set; ///< as it was when the page was made
    };
    const Dashboard *find(const QString &id) const;
    const Dashboard *dashboardOf(int stop) const;
    const SavedSet *setOf(int stop) const;
    void takeFiles(const LoadedFiles &files);
    bool isOutdated(const QString &key, const Page &page) const;
    void leave();
    QString keyOf(int stop) const;
    Page *pageFor(int stop);
    void showCurrent();
    void makeReady(int stop);
    void fit(DashboardView &view);
    void turnPages();
    void updateWords();
    void screensChanged();

    Session &m_session;
    LoadedFiles m_files;
    std::optional<RotationClock> m_clock;
    std::map<QString, Page> m_pages;
    QString m_shown; ///< key of the page that is on
    QString m_screen;
    bool m_pageFires = false;
    BootTime m_shownSince;
    Banner *m_blind, *m_missing;
    QWidget *m_stage;
    PlainLabel *m_title, *m_state;
    SourceStrip *m_strip;
    QTimer m_beat;
};

} // namespace bw
