// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/link.h>
#include <store/documents/dashboardsave.h>
#include <widgets/actions/actionregistry.h>
#include <widgets/base/safelinks.h>
#include <widgets/context/timenavigator.h>
#include <widgets/dashboard/editmode.h>
#include <widgets/dashboard/panelexport.h>

#include <app/configfiles.h>
#include <app/drafts.h>

#include <QMainWindow>
#include <QTimer>

#include <map>

class QSplitter;
class QStackedWidget;

namespace bw {

class AlertDetail;
class Banner;
class CommandPalette;
class DashboardView;
class DoctorPage;
class EmptyState;
class SavedSets;
class Session;
class SloPage;
class SourceStrip;
class TopBar;
class TracePage;

/// The window: dashboards, one at a time, under a bar with time and refresh, above the strip of sources.
/// Everything in it comes through the session's ports; it reads and writes no file. UI thread.
class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    /// `session` outlives the window. `dashboard` is opened first when it exists; a `refresh` wins over the
    /// interval of the dashboard that is opened first.
    MainWindow(Session &session, QString dashboard, std::optional<std::chrono::seconds> refresh);
    ~MainWindow() override;

    /// Takes over what the files say: dashboards as they are now, banners for what is wrong.
    void applyFiles(const LoadedFiles &files);
    void openDashboard(const QString &id, const QMap<QString, QStringList> &variables = {});
    void openAlert(const AlertKey &key);
    /// The answer to dashboardSaveWanted().
    void saveAnswered(const DashboardToSave &save, const Result<DashboardSaved> &answer);
    /// The page of traces, made when first asked for.
    TracePage &openTraces();
    /// Edited dashboards that are not saved, as they are now.
    std::vector<Draft> unsaved() const;
    /// Asks whether work that was kept when the program last ended is to go on, or to be thrown away;
    /// draftsTaken() follows. What has no dashboard any more is named and can only be thrown away.
    void offerDrafts(const std::vector<Draft> &drafts);
    /// Opens a saved set: its dashboard, with its variables and range. Nothing when there is no such set.
    void openSet(const QString &name);
    SavedSets &sets() { return *m_sets; }
    /// The page of objectives, with one of them in front; empty: the worst.
    SloPage &openSlos(const QString &key);
    /// The page of what was found out about every source, made when first asked for.
    DoctorPage &openDoctor();
    /// The view in front; null while there is none.
    DashboardView *view() const;
    TimeNavigator &time() { return m_time; }
    const ActionRegistry &actions() const { return m_actions; }
    /// The texts of the banners that are shown.
    QStringList banners() const;

signals:
    /// Once, when the window was painted for the first time.
    void painted();
    void themeToggled();
    /// Sets differ from the file and are to be written.
    void setsEdited();
    /// A display is to take over: "dashboard:ID" or "rotation:NAME".
    void displayWanted(const QString &target);
    /// Files of traces to be read; the answer goes to openTraces().
    void traceFilesChosen(const QStringList &paths);
    /// A dashboard of Grafana to be brought over.
    void importChosen(const QString &path);
    /// A dashboard is to be written; the answer goes to saveAnswered().
    void dashboardSaveWanted(const bw::DashboardToSave &save);
    /// A panel is to be written to a file.
    void exportChosen(const QString &path, const bw::PanelExport &made);
    /// A dashboard from a template is to be written into the configuration folder and opened.
    void newDashboardWanted(const QString &templateId);
    /// These drafts are being edited again, or not wanted any more.
    void draftsTaken(const QStringList &ids);
    /// A profile is to be written into the configuration folder.
    void profileSaved(const QString &id, const QByteArray &text);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    struct TimeState
    {
        TimeSpec spec;
        std::chrono::seconds refresh;
        QTimeZone zone;
    };
    struct Opened
    {
        DashboardView *view = nullptr;
        std::optional<TimeState> time; ///< as it was left
    };
    void buildLayout();
    void addActions();
    void openMenu(const QPoint &at);
    void follow(const Link &link);
    void openChanges(Timestamp at, const QString &service);
    void beat();
    void updatePaused();
    void updateSources();
    const Dashboard *find(const QString &id) const;
    void leaveCurrent();
    void addSetActions();
    void saveSet();
    void compareNext();
    ViewPlace placeOf(const DashboardView &view) const;
    void rememberPlace(DashboardView *of);
    void goTo(const ViewPlace &place);
    void chooseTraceFiles();
    void chooseImport();
    void addEditActions();
    void connectEditing(DashboardView *view);
    QStringList dashboardIds() const;
    void newDashboard();
    void takeDrafts(const std::vector<Draft> &drafts);
    void openNext();
    void chooseExportFile(const PanelExport &made);
    void chooseTemplate();

    Session &m_session;
    TimeNavigator m_time;
    ActionRegistry m_actions;
    LinkOpener m_links;
    LoadedFiles m_files;
    QString m_wanted; ///< dashboard to open as soon as it is known
    std::optional<std::chrono::seconds> m_refresh;
    QString m_current;
    std::map<QString, Opened> m_views; ///< built when first opened
    TopBar *m_bar = nullptr;
    Banner *m_configBanner = nullptr, *m_pauseBanner = nullptr, *m_skewBanner = nullptr,
           *m_blindBanner = nullptr;
    QStackedWidget *m_stack = nullptr;
    QSplitter *m_splitter = nullptr;
    AlertDetail *m_detail = nullptr;
    TracePage *m_traces = nullptr;
    SloPage *m_slos = nullptr;
    DoctorPage *m_doctor = nullptr;
    EmptyState *m_empty = nullptr;
    SourceStrip *m_strip = nullptr;
    CommandPalette *m_palette = nullptr;
    SavedSets *m_sets;
    QMap<QString, QString> m_context; ///< of the dashboard that was last in front
    QTimer m_beat;
    QString m_opensNext; ///< dashboard that was written and has not been read yet
    bool m_editsNext = false;
    bool m_closesUnsaved = false;
    bool m_wasPainted = false;
};

} // namespace bw
