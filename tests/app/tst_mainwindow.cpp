// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/variableset.h>
#include <widgets/slo/slopage.h>

#include <app/doctorpage.h>
#include <app/emptystate.h>
#include <app/mainwindow.h>
#include <app/savedsets.h>
#include <app/session.h>

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryFile>
#include <QTest>
#include <QTreeWidget>

using namespace bw;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

Dashboard dashboardWith(const QString &id, const QString &title, const QString &from = u"now-1h"_s)
{
    Dashboard dashboard;
    dashboard.id = id;
    dashboard.title = title;
    dashboard.time.from = from;
    dashboard.origin = id + u".yaml"_s;
    Panel panel;
    panel.id = u"a"_s;
    panel.kind = u"text"_s;
    panel.title = u"A"_s;
    dashboard.panels.push_back(panel);
    return dashboard;
}

LoadedFiles someFiles()
{
    LoadedFiles files;
    files.directory = u"/etc/somewhere"_s;
    SourceConfig source;
    source.id = u"prom"_s;
    source.kind = u"prometheus"_s;
    source.urls = QStringList{u"http://127.0.0.1:1"_s};
    files.config.sources.push_back(source);
    files.dashboards = {dashboardWith(u"on-call"_s, u"On-call"_s, u"now-3h"_s),
        dashboardWith(u"debug"_s, u"Debug"_s),
        dashboardWith(u"mine"_s, u"Mine & <b>yours</b>"_s, u"now-6h"_s)};
    return files;
}

LoadedFiles filesWithVariables()
{
    LoadedFiles files = someFiles();
    Variable variable;
    variable.name = u"v"_s;
    variable.kind = u"custom"_s;
    variable.options = {u"a"_s, u"b"_s};
    files.dashboards[0].variables.push_back(variable);
    return files;
}

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
        begin({});
    }
    void cleanup()
    {
        window.reset();
        session.reset();
    }

    void noShortcutIsTakenTwice();
    void paintsBeforeAnythingIsKnown();
    void emptyStateNamesTheFile();
    void firstDashboardIsOnCall();
    void wantedDashboardAndRefresh();
    void eachDashboardKeepsItsRange();
    void theHistoryWalksPagesRangesAndVariables();
    void setsAreSavedAndOpened();
    void changedFileIsTakenOver();
    void removedDashboardGivesWay();
    void errorBannerNamesThePlace();
    void aDashboardCalledSloIsADashboard();
    void objectivesAndSourcesAreInTheHistory();
    void theSourcesPageTellsOfTheKeptAnswers();
    void theSourcesPageLeavesWhatIsTyped();
    void draftsAreOfferedAndTaken();
    void pauseIsLoud();
    void clockSkewIsTold();
    void allSourcesDownIsTold();

private:
    void begin(const Session::Options &options)
    {
        window.reset();
        session = std::make_unique<Session>(options);
        window = std::make_unique<MainWindow>(*session, QString(), std::nullopt);
    }
    void apply(const LoadedFiles &files)
    {
        session->applyFiles(files);
        window->applyFiles(files);
    }
    void showWindow()
    {
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
    }
    static SourceInfo sourceIn(Freshness::State state)
    {
        SourceInfo info;
        info.id = {u"prom"_s};
        info.source = u"prom"_s;
        info.kind = u"prometheus"_s;
        info.freshness.state = state;
        return info;
    }

    std::unique_ptr<Session> session;
    std::unique_ptr<MainWindow> window;
};

void TestMainWindow::noShortcutIsTakenTwice()
{
    QCOMPARE(window->actions().conflicts(), QStringList());
    QVERIFY(window->actions().specs().size() > 10);
    showWindow();
}

void TestMainWindow::paintsBeforeAnythingIsKnown()
{
    QSignalSpy painted(window.get(), &MainWindow::painted);
    showWindow();
    QTRY_COMPARE(painted.count(), 1);
    window->repaint();
    QTest::qWait(0);
    QCOMPARE(painted.count(), 1);
    QVERIFY(!window->view());
}

void TestMainWindow::emptyStateNamesTheFile()
{
    LoadedFiles files = someFiles();
    files.config.sources.clear();
    apply(files);
    showWindow();
    auto *empty = window->findChild<EmptyState *>();
    QVERIFY(empty && empty->isVisible());
    bool namesTheFile = false;
    for (const QLabel *label : empty->findChildren<QLabel *>())
        namesTheFile = namesTheFile || label->text() == u"/etc/somewhere/bridgewatch.yaml"_s;
    QVERIFY(namesTheFile);
    QVERIFY(empty->findChild<QPlainTextEdit *>()->toPlainText().contains(u"kind: prometheus"_s));
    QVERIFY(!window->view());
    apply(someFiles()); // the file was written: the window fills
    QVERIFY(window->view() && window->view()->isVisible());
    QVERIFY(!empty->isVisible());
}

void TestMainWindow::firstDashboardIsOnCall()
{
    apply(someFiles());
    showWindow();
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
    QVERIFY(window->windowTitle().contains(u"On-call"_s));
}

void TestMainWindow::wantedDashboardAndRefresh()
{
    window = std::make_unique<MainWindow>(*session, u"mine"_s, 5s);
    apply(someFiles());
    showWindow();
    QCOMPARE(window->view()->dashboard().id, u"mine"_s);
    QCOMPARE(window->time().refreshInterval(), 5s);
}

void TestMainWindow::eachDashboardKeepsItsRange()
{
    apply(someFiles());
    showWindow();
    QVERIFY(window->time().setSpec({u"now-20m"_s, u"now"_s}));
    window->openDashboard(u"mine"_s);
    QCOMPARE(window->time().spec().from, u"now-6h"_s); // its file's
    window->openDashboard(u"on-call"_s);
    QCOMPARE(window->time().spec().from, u"now-20m"_s); // as it was left
    window->openDashboard(u"no-such"_s);
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
}

void TestMainWindow::theHistoryWalksPagesRangesAndVariables()
{
    apply(filesWithVariables());
    showWindow();
    TimeNavigator &time = window->time();
    QVERIFY(!time.canGoBack()); // opening the window is no step
    window->view()->variables().select(u"v"_s, {u"b"_s});
    QVERIFY(time.setSpec({u"now-20m"_s, u"now"_s}));
    window->openDashboard(u"mine"_s); // brings its own range: one step all the same
    QCOMPARE(time.spec().from, u"now-6h"_s);
    time.back();
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
    QCOMPARE(time.spec().from, u"now-20m"_s);
    QCOMPARE(window->view()->variables().values().value(u"v"_s), QStringList{u"b"_s});
    time.back();
    QCOMPARE(time.spec().from, u"now-3h"_s);
    time.back();
    QCOMPARE(window->view()->variables().values().value(u"v"_s), QStringList{u"a"_s});
    QVERIFY(!time.canGoBack());
    for (int step = 0; step < 3; ++step)
        time.forward();
    QCOMPARE(window->view()->dashboard().id, u"mine"_s);
    QVERIFY(!time.canGoForward());
}

void TestMainWindow::setsAreSavedAndOpened()
{
    apply(filesWithVariables());
    showWindow();
    QSignalSpy edited(window.get(), &MainWindow::setsEdited);
    SavedSets &sets = window->sets();
    sets.put({u"prod b"_s, u"on-call"_s, {{u"v"_s, {u"b"_s}}}, TimeSpec{u"now-5m"_s, u"now"_s}});
    sets.put({u"gone"_s, u"no-such"_s, {}, std::nullopt});
    QCOMPARE(edited.size(), 2);
    QVERIFY(!sets.rename(u"gone"_s, u"prod b"_s)); // taken
    QVERIFY(!sets.rename(u"never"_s, u"x"_s));
    QVERIFY(sets.rename(u"prod b"_s, u"prod"_s));
    window->openDashboard(u"mine"_s);
    window->openSet(u"prod"_s);
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
    QCOMPARE(window->view()->variables().values().value(u"v"_s), QStringList{u"b"_s});
    QCOMPARE(window->time().spec().from, u"now-5m"_s);
    window->openSet(u"gone"_s);
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
    window->time().back();
    QCOMPARE(window->view()->dashboard().id, u"mine"_s); // the set was one step
    sets.remove(u"gone"_s);
    QCOMPARE(sets.all().size(), size_t(1));
    QCOMPARE(edited.size(), 4);
}

void TestMainWindow::changedFileIsTakenOver()
{
    apply(someFiles());
    showWindow();
    LoadedFiles changed = someFiles();
    changed.dashboards[0].panels.push_back(changed.dashboards[0].panels[0]);
    changed.dashboards[0].panels.back().id = u"b"_s;
    apply(changed);
    QCOMPARE(window->view()->dashboard().panels.size(), size_t(2));
}

void TestMainWindow::removedDashboardGivesWay()
{
    apply(someFiles());
    showWindow();
    window->openDashboard(u"mine"_s);
    LoadedFiles fewer = someFiles();
    fewer.dashboards.pop_back();
    apply(fewer);
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
}

void TestMainWindow::errorBannerNamesThePlace()
{
    LoadedFiles files = someFiles();
    files.findings = {{Finding::Level::Error, u"/c/bridgewatch.yaml"_s, 4, 11, u"found 'promethius'"_s},
        {Finding::Level::Error, u"/c/dashboards/x.yaml"_s, 1, 1, u"not a map"_s},
        {Finding::Level::Warning, u"/c/bridgewatch.yaml"_s, 9, 1, u"unknown key"_s}};
    apply(files);
    showWindow();
    QCOMPARE(window->banners().size(), 1);
    QVERIFY(window->banners().front().startsWith(u"/c/bridgewatch.yaml:4:11: found 'promethius'"_s));
    QVERIFY(window->banners().front().contains(u"1 more"_s));
    apply(someFiles());
    QVERIFY(window->banners().isEmpty());
}

void TestMainWindow::aDashboardCalledSloIsADashboard()
{
    LoadedFiles files = someFiles();
    apply(files);
    showWindow();
    const Link link = DashboardLink{u"slo"_s, {}, std::nullopt};
    emit window->view()->linkActivated(link); // as the built-in dashboards have it
    QVERIFY(window->findChild<SloPage *>());
    QVERIFY(!window->view());
    files.dashboards.push_back(dashboardWith(u"slo"_s, u"My objectives"_s));
    apply(files);
    window->openDashboard(u"slo"_s);
    apply(files);
    QCOMPARE(window->view()->dashboard().title, u"My objectives"_s);
    window->openDashboard(u"debug"_s);
    emit window->view()->linkActivated(link);
    QCOMPARE(window->view()->dashboard().id, u"slo"_s);
}

void TestMainWindow::objectivesAndSourcesAreInTheHistory()
{
    Session::Options options;
    options.profiles = options.slos = true;
    begin(options);
    apply(someFiles());
    showWindow();
    window->openSlos({});
    window->openDoctor();
    apply(someFiles()); // files are read: no step
    window->time().back();
    QVERIFY(window->findChild<SloPage *>()->isVisible());
    window->time().back();
    QCOMPARE(window->view()->dashboard().id, u"on-call"_s);
    QVERIFY(!window->time().canGoBack());
    window->time().forward();
    window->time().forward();
    QVERIFY(window->findChild<DoctorPage *>()->isVisible());
    QVERIFY(!window->time().canGoForward());
}

void TestMainWindow::theSourcesPageTellsOfTheKeptAnswers()
{
    QTemporaryFile file; // where a folder would have to be
    QVERIFY(file.open());
    Session::Options options;
    options.profiles = true;
    options.cacheFile = file.fileName() + u"/last-good.sqlite"_s;
    begin(options);
    apply(someFiles());
    QTRY_VERIFY(!session->keptProblem().isEmpty());
    window->openDoctor().refresh();
    const auto *tree = window->findChild<QTreeWidget *>();
    QVERIFY(tree);
    QCOMPARE(tree->findItems(u"last good answers"_s, Qt::MatchExactly, 1).size(), 1);
}

void TestMainWindow::theSourcesPageLeavesWhatIsTyped()
{
    Session::Options options;
    options.profiles = true;
    begin(options);
    apply(someFiles());
    showWindow();
    DoctorPage &page = window->openDoctor();
    auto *tree = page.findChild<QTreeWidget *>();
    const auto editable = [tree]() -> QTreeWidgetItem * {
        for (QTreeWidgetItemIterator at(tree, QTreeWidgetItemIterator::Editable); *at; ++at)
            return *at;
        return nullptr;
    };
    QTRY_VERIFY(editable()); // the server does not answer; what would be asked is there all the same
    tree->editItem(editable(), 2);
    auto *editor = tree->viewport()->findChild<QLineEdit *>();
    QVERIFY(editor);
    editor->setFocus();
    QTRY_VERIFY(editor->hasFocus());
    editor->setText(u"my_requests_total"_s);
    page.refresh(); // as when a source was examined
    QCOMPARE(tree->viewport()->findChild<QLineEdit *>(), editor);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY(!tree->viewport()->findChild<QLineEdit *>());
    QTRY_COMPARE(editable()->text(2), u"my_requests_total"_s);
    tree->topLevelItem(0)->setExpanded(false);
    page.refresh();
    QVERIFY(!tree->topLevelItem(0)->isExpanded());
    QCOMPARE(editable()->text(2), u"my_requests_total"_s); // not written yet
}

void TestMainWindow::draftsAreOfferedAndTaken()
{
    apply(someFiles());
    showWindow();
    QVERIFY(window->unsaved().empty());
    QSignalSpy taken(window.get(), &MainWindow::draftsTaken);
    window->offerDrafts({});
    QVERIFY(!window->findChild<QMessageBox *>());
    const Dashboard gone = dashboardWith(u"gone"_s, u"Gone"_s);
    const Dashboard now = dashboardWith(u"debug"_s, u"Debug"_s),
                    half = dashboardWith(u"debug"_s, u"Half made"_s);
    const auto answer = [this](const QString &text) {
        for (auto *box : window->findChildren<QMessageBox *>()) {
            for (QAbstractButton *button : box->buttons()) {
                if (box->isVisible() && button->text() == text)
                    button->click();
            }
        }
    };
    // Of a dashboard that is gone, it can only be thrown away.
    window->offerDrafts({{gone, gone}});
    answer(u"Go on editing"_s);
    QCOMPARE(taken.size(), 0);
    answer(u"Throw away"_s);
    QCOMPARE(taken.size(), 1);
    QCOMPARE(taken.takeFirst()[0].toStringList(), QStringList{u"gone"_s});
    window->offerDrafts({{half, now}, {gone, gone}});
    answer(u"Go on editing"_s);
    QCOMPARE(taken.size(), 1);
    QCOMPARE(taken[0][0].toStringList(), QStringList{u"debug"_s});
    QVERIFY(window->view()->editMode());
    QCOMPARE(window->unsaved().size(), size_t(1));
    QCOMPARE(window->unsaved()[0].edited.title, u"Half made"_s);
    QCOMPARE(window->unsaved()[0].edited.origin, u"debug.yaml"_s); // it is saved where it belongs
    window->view()->editMode()->edits().steps().undo();
    QVERIFY(window->unsaved().empty());
}

void TestMainWindow::pauseIsLoud()
{
    apply(someFiles());
    showWindow();
    QTest::keyClick(window.get(), Qt::Key_P, Qt::ControlModifier);
    QVERIFY(window->time().isPaused());
    QCOMPARE(window->banners().size(), 1);
    QVERIFY(window->banners().front().startsWith(u"PAUSED"_s));
    QTest::keyClick(window.get(), Qt::Key_P, Qt::ControlModifier);
    QVERIFY(window->banners().isEmpty());
}

void TestMainWindow::clockSkewIsTold()
{
    showWindow();
    SourceInfo info = sourceIn(Freshness::State::Fresh);
    info.freshness.skew = 29s;
    session->board().update(info);
    QVERIFY(window->banners().isEmpty());
    info.freshness.skew = -90s;
    session->board().update(info);
    QCOMPARE(window->banners().size(), 1);
    QVERIFY(window->banners().front().contains(u"prom"_s));
}

void TestMainWindow::allSourcesDownIsTold()
{
    showWindow();
    SourceInfo info = sourceIn(Freshness::State::Stale);
    info.freshness.lastGoodUtc = fromUnixMs(1'795'287'731'000);
    session->board().update(info);
    QCOMPARE(window->banners().size(), 1);
    QVERIFY2(window->banners().front().contains(u"No monitoring data since"_s),
        qPrintable(window->banners().front()));
    SourceInfo other = sourceIn(Freshness::State::Fresh);
    other.id = {u"other"_s};
    session->board().update(other);
    QVERIFY(window->banners().isEmpty()); // one of two is no blackout
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
