// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/dashboards/dashboard.h>
#include <widgets/base/frametick.h>
#include <widgets/context/timenavigator.h>
#include <widgets/dashboard/editmode.h>
#include <widgets/dashboard/gridlayout.h>
#include <widgets/dashboard/panelexport.h>
#include <widgets/panels/panelcontroller.h>
#include <widgets/panels/panelports.h>

#include <QImage>
#include <QTimer>
#include <QWidget>

class QScrollArea;

namespace bw {

class PanelFrame;
struct PanelEditorContext;
class VariableBar;
class VariableSet;

/// One dashboard: variables on top, panels on a grid of 24 columns below. Decides who asks when: only panels
/// that can be seen, each at its own cadence, spread over the interval; a hidden window asks nothing, and on
/// return what is visible asks first. UI thread.
class DashboardView final : public QWidget
{
    Q_OBJECT
public:
    /// `time` and everything in `ports` outlive the view.
    DashboardView(DashboardPorts ports, TimeNavigator &time, QWidget *parent = nullptr);
    ~DashboardView() override;

    using QWidget::show;
    /// Replaces what is shown. Another id takes over the file's range, zone and refresh interval; the same id
    /// (a file that changed) keeps the range. `variables` wins over the file's defaults.
    void show(const Dashboard &dashboard, const QMap<QString, QStringList> &variables = {});
    const Dashboard &dashboard() const { return m_dashboard; }
    VariableSet &variables() { return *m_variables; }
    /// What panels are shown beside, and which; the choice of one panel wins over that for every panel.
    void setCompare(const CompareChoices &choices);
    const CompareChoices &compare() const { return m_compare; }
    /// Null when there is no such panel.
    PanelFrame *frame(const QString &panelId) const;
    std::vector<PanelFrame *> frames() const;
    /// Pixels of a grid row at 100 % times `scale`.
    void setScale(double scale);

    /// Asks every visible panel in full, as a user's action (F5).
    void reload();
    /// Every visible panel has its first outcome and has drawn it, and the variables have settled.
    bool isSettled() const;
    /// Height that shows every panel at `width` without scrolling.
    int heightFor(int width) const;
    /// What is on screen at this size, without being on a screen.
    QImage renderTo(const QSize &size);

    /// The heartbeat: ages, what is due, deadlines. Called by the own timer each second; tests call it after
    /// ticking their clock.
    void beat();

    /// How many screens of its height the dashboard has, and which of them is shown.
    int parts() const;
    int part() const;
    void showPart(int part);
    /// A display without controls: no variable bar, no scroll bar, no tooltips.
    void setBare(bool bare);

    /// Editing begins, except on a display without controls.
    void startEditing();
    /// Null while it is not edited.
    EditMode *editMode() const { return m_edit; }
    /// Ids of every dashboard there is: taken, and offered as targets of links.
    void setKnownDashboards(const QStringList &ids) { m_knownDashboards = ids; }

    // For the edit mode.
    /// Shows another version of the same dashboard: panels whose picture is the same keep it and ask nothing.
    void showEdited(const Dashboard &dashboard);
    GridMetrics gridMetrics() const;
    QWidget *gridWidget() { return m_grid; }
    void insertOnTop(QWidget *band);
    /// Scrolls until `place` of the grid can be seen.
    void reach(const QRect &place);
    PanelEditorContext editorContext() const;

signals:
    void linkActivated(const bw::Link &link);
    /// Somebody chose a value of a variable.
    void variablesChosen();
    /// Somebody chose what a panel is compared with.
    void compareChosen();
    /// Variables have their values, which may be others than were asked for.
    void variablesSettled();
    /// Answered at editMode(): saved(), saveFailed(), askRewrite() or askOverwrite().
    void saveWanted(const bw::DashboardToSave &save);
    void exportWanted(const bw::PanelExport &made);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Entry
    {
        PanelFrame *frame = nullptr;
        BootTime dueAt;
        bool mustAsk = true; ///< since it was last seen something changed
        bool isFull = true;
        bool mustAskPast = false; ///< only what it is compared with
        AskedBy askedBy = AskedBy::User;
        bool isFolded = false; ///< its row is collapsed
        QSet<QString> names; ///< variables its questions need
        PanelEnvironment asked; ///< what it was asked with, as far as it matters to it
        GridRect grid; ///< as the dashboard says now
    };

    void addPanel(const Panel &panel);
    void dispose(PanelFrame *frame);
    void updateCopies();
    /// Shows `wanted`; panels whose picture is the same keep it, and their data, and ask nothing.
    void takePanels(const std::vector<Panel> &wanted);
    void layoutPanels();
    std::vector<Panel> placedPanels() const;
    /// The panels that share the place of `host`, itself first.
    std::vector<PanelFrame *> tabsOf(const QString &host) const;
    void chooseTab(const QString &host, int index);
    bool isBehindTab(const Panel &panel) const;
    void toggleRow(PanelFrame *row);
    void toggleMaximised(PanelFrame *frame);
    bool isActive() const;
    bool isSeen(const Entry &entry) const;
    PanelEnvironment environment() const;
    void environmentChanged();
    void variablesProgressed();
    PanelEnvironment relevantTo(const Entry &entry, const PanelEnvironment &environment) const;
    void rangeChanged();
    void wantAll(AskedBy askedBy);
    void scheduleAsking();
    void askDue();
    void ask(Entry &entry, int place, int count);
    BootTime nextTurn(const Entry &entry, int place, int count) const;
    void updateMarkers();
    void followLink(const Link &link);
    void stopEditing();

    DashboardPorts m_ports;
    TimeNavigator &m_time;
    Dashboard m_dashboard;
    FrameTick m_tick;
    QTimer m_beat, m_askSoon;
    VariableSet *m_variables;
    VariableBar *m_bar;
    QScrollArea *m_scroll;
    QWidget *m_grid;
    std::vector<Entry> m_entries;
    CompareChoices m_compare;
    QMap<QString, QString> m_tabs; ///< panel with a place → panel shown in it; left out: itself
    PanelFrame *m_maximised = nullptr;
    EditMode *m_edit = nullptr;
    QStringList m_knownDashboards;
    double m_scale = 1;
    bool m_isLayingOut = false, m_isBare = false;
};

} // namespace bw
