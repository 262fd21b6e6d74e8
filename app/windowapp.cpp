// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/timerange.h>
#include <store/documents/filewriter.h>
#include <store/documents/userfiles.h>
#include <widgets/base/background.h>
#include <widgets/base/safetext.h>
#include <widgets/base/theme.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/traces/tracepage.h>

#include <app/cli/clioutput.h>
#include <app/cli/exitcode.h>
#include <app/configfiles.h>
#include <app/dashboardimport.h>
#include <app/display/displaycontrol.h>
#include <app/drafts.h>
#include <app/importdialog.h>
#include <app/mainwindow.h>
#include <app/savedsets.h>
#include <app/session.h>
#include <app/system/filewatch.h>
#include <app/system/logging.h>
#include <app/system/paths.h>
#include <app/system/sleepwatch.h>
#include <app/system/termination.h>
#include <app/tracefiles.h>
#include <app/windowapp.h>

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QScreen>
#include <QSettings>
#include <QThread>
#include <QThreadPool>
#include <QTimer>

#include <fstream>
#include <future>
#include <sstream>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

ThemeChoice themeFrom(const QString &name)
{
    if (name == u"light"_s)
        return ThemeChoice::Light;
    return name == u"dark"_s ? ThemeChoice::Dark : ThemeChoice::System;
}

/// Milliseconds since the kernel started this process, to its clock tick of ten.
double millisecondsSinceExec()
{
    std::ifstream stat("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    // The name may hold anything, parentheses too; after the last one fields are plain, the start is
    // number 22.
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string field;
    for (int number = 3; number <= 22; ++number)
        fields >> field;
    const double started = std::stod(field) / double(sysconf(_SC_CLK_TCK));
    const double now = double(SystemClock().bootNow().sinceBoot.count()) / 1e9;
    return (now - started) * 1000;
}

QString statePath() { return dataDirectory() + u"/window.ini"_s; }
QString draftsPath() { return dataDirectory() + u"/drafts"_s; }

// 5 s: a disk that does not answer must not turn an orderly end into a killed one; systemd waits 90 s.
constexpr auto kLongestEnd = 5s;

// 20 s: for what is still being written; then the disk does not answer, and waiting longer saves nothing.
constexpr auto kLongestGoodbye = 20s;

/// Threads that hang in a file operation would be waited for without end when the pools go.
void endAtTheLatest(int status)
{
    std::thread([status] {
        std::this_thread::sleep_for(kLongestGoodbye);
        std::_Exit(status);
    }).detach();
}

/// Everything one window needs, in the order it is built and, backwards, destroyed.
class WindowApp : public QObject
{
public:
    WindowApp(const WindowOptions &options, std::optional<std::chrono::seconds> refresh,
        std::shared_future<LoadedFiles> files)
        : m_options(options)
        , m_loading(std::move(files))
        , m_reader(std::make_shared<FolderReader>(options.configDir))
        , m_background(m_files)
        , m_session(sessionOptions())
        , m_window(m_session, options.dashboard, refresh)
        , m_display(m_session, m_window, statePath())
    {
        m_files.setMaxThreadCount(1);
        LoadedFiles none;
        none.directory = options.configDir;
        m_present = std::make_shared<const LoadedFiles>(std::move(none));
        connect(&m_window, &MainWindow::themeToggled, this, &WindowApp::toggleTheme);
        connect(&m_window, &MainWindow::painted, this, &WindowApp::onPainted);
        connect(&m_window, &MainWindow::traceFilesChosen, this, &WindowApp::openFiles);
        connect(&m_window, &MainWindow::importChosen, this, &WindowApp::importDashboard);
        connect(&m_window, &MainWindow::dashboardSaveWanted, this, &WindowApp::saveEdited);
        connect(&m_window, &MainWindow::exportChosen, this, &WindowApp::writeExport);
        connect(&m_window, &MainWindow::setsEdited, this, &WindowApp::saveSets);
        connect(&m_window, &MainWindow::displayWanted, this, [this](const QString &target) {
            if (const auto opened = m_display.open(target, {}); !opened)
                tell(opened.error().message);
        });
        connect(&m_window, &MainWindow::newDashboardWanted, this, &WindowApp::makeDashboard);
        connect(&m_window, &MainWindow::profileSaved, this,
            [this](const QString &id, const QByteArray &text) { saveProfile(id, text, false); });
        connect(&m_window, &MainWindow::draftsTaken, this, [this](const QStringList &ids) {
            m_background.run(
                [ids] {
                    dropDrafts(draftsPath(), ids);
                    return true;
                },
                [](bool) {});
        });
        connect(&m_watch, &FileWatch::changed, this, &WindowApp::reload);
        connect(&m_termination, &Termination::requested, this, &WindowApp::end);
        connect(&m_sleep, &SleepWatch::woke, this, [this](std::chrono::nanoseconds slept) {
            qCInfo(logApp) << "slept" << std::chrono::duration_cast<std::chrono::seconds>(slept).count()
                           << "s";
            m_session.dropConnections();
            m_session.retryAll();
            if (DashboardView *view = m_window.view())
                view->reload();
        });
    }

    void start()
    {
        // Usually the files are read while the toolkit starts; the window never waits for them, except when
        // the time to the first paint of a dashboard is what is asked for.
        if (m_options.benchFirstPaint || !m_options.display.isEmpty()
            || m_loading.wait_for(0s) == std::future_status::ready)
            begin(m_loading.get());
        else
            m_background.run([loading = m_loading] { return loading.get(); },
                [this](LoadedFiles &&files) { begin(std::move(files)); });
        restoreGeometry();
        if (!showDisplay())
            m_window.show();
        if (!m_options.traceFile.isEmpty())
            openTraceFiles({m_options.traceFile});
    }

    /// Before anything of it is destroyed.
    void finish()
    {
        if (m_display.isShown())
            return; // the window stays where it was before
        QSettings state(statePath(), QSettings::IniFormat);
        state.setValue(u"window/geometry"_s, m_window.saveGeometry());
        if (m_window.screen())
            state.setValue(u"window/screen"_s, m_window.screen()->name());
    }

private:
    static Session::Options sessionOptions()
    {
        Session::Options options;
        options.alerts = options.deploys = options.changes = options.profiles = options.slos = true;
        options.historyFile = dataDirectory() + u"/history.sqlite"_s;
        options.cacheFile = cacheDirectory() + u"/last-good.sqlite"_s;
        options.deployDelay = 2s; // the panels ask first
        return options;
    }

    void restoreGeometry()
    {
        // A few hundred bytes, read once; reading them later would make the window jump.
        if (!QFile::exists(statePath()))
            return;
        const QSettings state(statePath(), QSettings::IniFormat);
        m_window.restoreGeometry(state.value(u"window/geometry"_s).toByteArray());
        // Monitors may have changed places: the name says which one it was.
        for (const QScreen *screen : QGuiApplication::screens()) {
            if (screen->name() == state.value(u"window/screen"_s).toString()
                && !screen->geometry().intersects(m_window.frameGeometry()))
                m_window.move(screen->geometry().topLeft());
        }
    }

    bool showDisplay()
    {
        if (m_options.display.isEmpty())
            return false;
        const auto opened = m_display.open(m_options.display, m_options.screen);
        if (!opened)
            qCWarning(logApp).noquote() << opened.error().message;
        return bool(opened);
    }

    void tell(const QString &problem)
    {
        PlainMessageBox::inform(
            &m_window, PlainMessageBox::Warning, MainWindow::tr("That did not work"), problem);
    }

    void saveSets()
    {
        m_background.run(
            [directory = m_options.configDir, text = writeSavedSets(m_window.sets().all())]() -> QString {
                const auto written = replaceDocument(directory, u"sets.yaml"_s, text);
                return written ? QString() : written.error().message;
            },
            [this](QString &&problem) {
                if (!problem.isEmpty())
                    tell(problem);
            });
    }

    void begin(LoadedFiles files)
    {
        m_background.run(
            [reader = m_reader, files] {
                reader->begin(files);
                return readDrafts(draftsPath());
            },
            [this](std::vector<Draft> &&drafts) {
                if (!m_display.isShown())
                    m_window.offerDrafts(drafts);
            });
        apply(std::move(files));
    }

    /// Told to end from outside: nobody is asked, and what is not saved is kept. (quit() would ask every
    /// window first.)
    void end()
    {
        const std::vector<Draft> unsaved = m_window.unsaved();
        if (unsaved.empty())
            return QCoreApplication::exit();
        QTimer::singleShot(kLongestEnd, qApp, [] { QCoreApplication::exit(); });
        m_background.run([unsaved] { return keepDrafts(draftsPath(), unsaved); },
            [](Result<void> &&kept) {
                if (!kept)
                    qCWarning(logApp).noquote() << kept.error().message;
                QCoreApplication::exit();
            });
    }

    void apply(LoadedFiles files)
    {
        m_present = std::make_shared<const LoadedFiles>(std::move(files));
        if (m_options.theme.isEmpty() && m_theme != themeFrom(m_present->config.theme))
            setTheme(themeFrom(m_present->config.theme));
        m_session.applyFiles(*m_present);
        m_window.applyFiles(*m_present);
        m_display.applyFiles(*m_present);
        m_watch.setPaths(watchedPaths(*m_present));
        if (m_imported) {
            m_window.openDashboard(m_imported->id);
            showImportReport(&m_window, *std::exchange(m_imported, std::nullopt));
        }
        if (!m_newDashboard.isEmpty())
            m_window.openDashboard(std::exchange(m_newDashboard, QString()));
    }

    void reload()
    {
        m_background.run([reader = m_reader] { return reader->read(); },
            [this](LoadedFiles &&files) { apply(std::move(files)); });
    }

    void makeDashboard(const QString &form)
    {
        const SourceInfo *source = m_session.board().defaultOf(u"prometheus");
        const DetectedProfile profile = source ? source->profile : DetectedProfile();
        QStringList taken;
        for (const Dashboard &dashboard : m_present->dashboards)
            taken << dashboard.id;
        m_background.run(
            [form, profile, taken, folder = m_options.configDir + u"/dashboards"_s] {
                return writeNewDashboard(form, profile.found ? &profile : nullptr, taken, folder);
            },
            [this](Result<NewDashboard> &&made) {
                if (!made) {
                    PlainMessageBox::inform(&m_window, PlainMessageBox::Warning,
                        MainWindow::tr("No dashboard was written"), made.error().message);
                    return;
                }
                m_newDashboard = made->id;
                reload();
            });
    }

    void saveProfile(const QString &id, const QByteArray &text, bool mayOverwrite)
    {
        m_background.run([path = m_options.configDir + u"/profiles/"_s + id + u".yaml"_s, text,
                             mayOverwrite] { return replaceKept(path, text, mayOverwrite); },
            [this, id, text](Result<Replaced> &&answer) {
                if (!answer) {
                    PlainMessageBox::inform(&m_window, PlainMessageBox::Warning,
                        MainWindow::tr("The profile was not written"), answer.error().message);
                } else if (answer->outcome == Replaced::Outcome::AsksOverwrite) {
                    PlainMessageBox::ask(&m_window, MainWindow::tr("There is a profile already"),
                        MainWindow::tr(
                            "Yours can take the place of %1; the present file is kept beside it as "
                            "a backup.")
                            .arg(answer->path),
                        MainWindow::tr("Replace with a backup"),
                        [this, id, text] { saveProfile(id, text, true); });
                } else {
                    reload();
                }
            });
    }

    /// A file that was dropped may be a dashboard of Grafana; anything else is a file of traces.
    void openFiles(const QStringList &paths)
    {
        if (paths.size() != 1 || !paths.front().endsWith(".json"_L1))
            return openTraceFiles(paths);
        m_background.run([path = paths.front()] { return isForeignDashboard(path); },
            [this, paths](bool &&isDashboard) {
                if (isDashboard)
                    importDashboard(paths.front());
                else
                    openTraceFiles(paths);
            });
    }

    void importDashboard(const QString &path)
    {
        m_background.run(
            [path, folder = m_options.configDir + u"/dashboards"_s] {
                return importIntoFolder(path, folder);
            },
            [this](Result<ImportedFile> &&imported) {
                if (!imported) {
                    PlainMessageBox::inform(&m_window, PlainMessageBox::Warning,
                        MainWindow::tr("Nothing was imported"), imported.error().message);
                    return;
                }
                m_imported = std::move(*imported);
                reload();
            });
    }

    void saveEdited(const DashboardToSave &save)
    {
        const QString zone = m_present->config.zone;
        DashboardSave job{save.edited, save.base, m_present->directory + u"/dashboards"_s,
            zone == "system"_L1 ? QString() : zone, save.mayRewrite, save.mayOverwrite};
        m_background.run(
            [job = std::move(job), reader = m_reader] {
                Result<DashboardSaved> answer = saveDashboard(job);
                if (answer && answer->outcome == DashboardSaved::Outcome::Written)
                    reader->wrote(answer->dashboard);
                return answer;
            },
            [this, save](Result<DashboardSaved> &&answer) {
                const bool isWritten = answer && answer->outcome == DashboardSaved::Outcome::Written;
                m_window.saveAnswered(save, answer);
                if (isWritten)
                    reload();
            });
    }

    static Result<void> writeFile(const QString &path, const PanelExport &made)
    {
        if (made.image.isNull())
            return writeWhole(path, made.bytes);
        return writeWholeBy(path, [&](QIODevice &file) { return made.image.save(&file, "PNG"); });
    }

    void writeExport(const QString &path, const PanelExport &made)
    {
        m_background.run([path, made] { return writeFile(path, made); },
            [this, note = made.note](Result<void> &&written) {
                if (!written)
                    PlainMessageBox::inform(&m_window, PlainMessageBox::Warning, MainWindow::tr("Not saved"),
                        written.error().message);
                else if (!note.isEmpty())
                    PlainMessageBox::inform(
                        &m_window, PlainMessageBox::Information, MainWindow::tr("Saved"), note);
            });
    }

    struct OpenedTraces
    {
        std::vector<TraceOfFile> traces;
        QStringList warnings;
        QString failed, reason; ///< the file that could not be read, and why
    };

    /// Traces of several files are one list; one that cannot be read does not take the others with it.
    static OpenedTraces readTraces(const QStringList &paths)
    {
        OpenedTraces out;
        for (const QString &path : paths) {
            auto file = openTraceFile(path);
            if (!file) {
                out.failed = QFileInfo(path).fileName();
                out.reason = file.error().message;
                continue;
            }
            for (const Untrusted &warning : file->warnings)
                out.warnings += render::line(warning, 200);
            for (Trace &trace : file->traces) {
                TraceSummary summary = summaryOf(trace);
                out.traces.push_back({std::move(trace), std::move(summary)});
            }
        }
        return out;
    }

    void openTraceFiles(const QStringList &paths)
    {
        m_background.run([paths] { return readTraces(paths); },
            [this, paths](OpenedTraces &&read) {
                if (read.traces.empty())
                    return m_window.openTraces().showFileError(read.failed, read.reason);
                if (!read.failed.isEmpty())
                    read.warnings += read.reason;
                m_window.openTraces().showFile(
                    QFileInfo(paths.front()).fileName(), std::move(read.traces), read.warnings);
            });
    }

    void setTheme(ThemeChoice choice)
    {
        m_theme = choice;
        applyTheme(*qApp, choice);
    }

    void toggleTheme()
    {
        setTheme(themeOf(qApp->palette()).dark ? ThemeChoice::Light : ThemeChoice::Dark);
        m_options.theme = u"chosen"_s; // the file no longer decides
        QSettings(statePath(), QSettings::IniFormat)
            .setValue(u"window/theme"_s, m_theme == ThemeChoice::Dark ? u"dark"_s : u"light"_s);
    }

    /// Prints two figures: the first paint, and the first paint with an answer in it, kept or live.
    void onPainted()
    {
        if (!m_options.benchFirstPaint)
            return;
        m_painted = millisecondsSinceExec();
        m_paintPoll.setInterval(1ms);
        connect(&m_paintPoll, &QTimer::timeout, this, &WindowApp::reportPaint);
        m_paintPoll.start();
    }

    void reportPaint()
    {
        const std::vector<PanelFrame *> frames =
            m_window.view() ? m_window.view()->frames() : std::vector<PanelFrame *>();
        const auto hasData = [](PanelFrame *frame) {
            return frame->controller().freshness().lastGood.has_value();
        };
        if (std::none_of(frames.begin(), frames.end(), hasData) && millisecondsSinceExec() < m_painted + 3000)
            return;
        m_window.repaint();
        printData(QByteArray::number(m_painted, 'f', 1) + ' '
            + QByteArray::number(millisecondsSinceExec(), 'f', 1) + '\n');
        m_paintPoll.stop();
        QCoreApplication::exit();
    }

    WindowOptions m_options;
    std::shared_future<LoadedFiles> m_loading;
    std::shared_ptr<FolderReader> m_reader; ///< its calls run on the pool of one
    QThreadPool m_files;
    Background m_background;
    Session m_session;
    MainWindow m_window;
    DisplayControl m_display;
    FileWatch m_watch;
    Termination m_termination;
    SleepWatch m_sleep;
    std::shared_ptr<const LoadedFiles> m_present; ///< nothing but the folder until it was read
    std::optional<ImportedFile> m_imported; ///< to be shown when it has been read
    QString m_newDashboard; ///< to be opened when it has been read
    ThemeChoice m_theme = ThemeChoice::System;
    double m_painted = 0;
    QTimer m_paintPoll;
};

/// The files, and the scale before anything is painted: it cannot change afterwards. Empty: fine.
QString prepareDisplay(const WindowOptions &options, const std::shared_future<LoadedFiles> &files)
{
    const auto target = parseDisplayTarget(options.display);
    if (!target)
        return target.error().message;
    if (const auto rotation = rotationFor(*target, files.get()); !rotation)
        return rotation.error().message;
    const double scale = options.scale > 0 ? options.scale : files.get().display.scale;
    if (!qEnvironmentVariableIsSet("QT_SCALE_FACTOR"))
        qputenv("QT_SCALE_FACTOR", QByteArray::number(scale));
    return {};
}

} // namespace

int runWindow(const WindowOptions &given, int argc, char **argv)
{
    WindowOptions options = given;
    std::optional<std::chrono::seconds> refresh;
    if (!options.refresh.isEmpty()) {
        const auto asked = parseDuration(options.refresh);
        if (!asked) {
            printMessage(asked.error().message);
            return int(ExitCode::Usage);
        }
        refresh = std::chrono::duration_cast<std::chrono::seconds>(*asked);
    }
    // The toolkit takes the thread that asks it first for the main thread: this one, not the one that reads.
    static_cast<void>(QThread::currentThread());
    std::shared_future<LoadedFiles> files = std::async(
        std::launch::async, [directory = options.configDir] { return loadFiles(directory, nullptr); });
    if (!options.display.isEmpty()) {
        if (const QString problem = prepareDisplay(options, files); !problem.isEmpty()) {
            printMessage(problem);
            return int(ExitCode::Usage);
        }
    } else if (options.dashboard.isEmpty() && options.traceFile.isEmpty() && !options.benchFirstPaint) {
        // A display that was on when the program last ended, as long as the files still have it.
        options.display = rememberedDisplay(statePath());
        if (!options.display.isEmpty() && !prepareDisplay(options, files).isEmpty())
            options.display.clear();
    }
    // Our own options are read; the toolkit has a --display of its own, which is another thing.
    argc = 1;
    QApplication application(argc, argv);
    QApplication::setDesktopFileName(u"bridgewatch"_s);
    if (!options.screen.isEmpty() && !screenNames().contains(options.screen)) {
        printMessage(
            u"--screen: there is no \"%1\"; there are %2"_s.arg(options.screen, screenNames().join(u", "_s)));
        return int(ExitCode::Usage);
    }
    // Light or dark as it was last chosen in the window, until the command line says otherwise.
    if (options.theme.isEmpty())
        options.theme = QSettings(statePath(), QSettings::IniFormat).value(u"window/theme"_s).toString();
    applyTheme(application, themeFrom(options.theme));
    WindowApp window(options, refresh, files);
    window.start();
    const int status = QApplication::exec();
    endAtTheLatest(status);
    window.finish();
    return status;
}

} // namespace bw
