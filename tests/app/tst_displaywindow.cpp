// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/dashboard/dashboardview.h>

#include <app/display/displaycontrol.h>
#include <app/display/displaywindow.h>
#include <app/session.h>

#include <QPointer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Dashboard boardOf(const QString &id)
{
    Dashboard dashboard;
    dashboard.id = dashboard.title = id;
    dashboard.origin = id + u".yaml"_s;
    Panel panel;
    panel.id = u"a"_s;
    panel.kind = u"text"_s;
    panel.grid = {0, 0, 12, 4};
    dashboard.panels = {panel};
    return dashboard;
}

LoadedFiles someFiles()
{
    LoadedFiles files;
    files.dashboards = {boardOf(u"a"_s), boardOf(u"b"_s), boardOf(u"c"_s)};
    files.sets = {{u"prod"_s, u"b"_s, {}, TimeSpec{u"now-2h"_s, u"now"_s}}};
    return files;
}

Rotation rotationOf(const QStringList &ids)
{
    Rotation rotation{u"wall"_s, {}};
    for (const QString &id : ids)
        rotation.stops.push_back({id, id == "b"_L1 ? u"prod"_s : QString(), std::chrono::seconds(30)});
    return rotation;
}

} // namespace

class TestDisplayWindow : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
        session = std::make_unique<Session>(Session::Options());
        display = std::make_unique<DisplayWindow>(*session);
        display->resize(1000, 700);
        display->start(someFiles(), rotationOf({u"a"_s, u"b"_s, u"c"_s}));
        QTest::keyClick(display.get(), Qt::Key_Right);
        QCOMPARE(display->dashboard(), u"b"_s);
    }
    void cleanup()
    {
        display.reset();
        session.reset();
    }

    void whatIsOnStaysOnWhenOtherFilesChange()
    {
        const QPointer<DashboardView> on = display->view();
        QVERIFY(on);
        LoadedFiles files = someFiles();
        files.config.secondZone = u"UTC"_s;
        files.dashboards[0].title = u"Another title"_s;
        display->applyFiles(files, rotationOf({u"c"_s, u"a"_s, u"b"_s}));
        QCOMPARE(display->dashboard(), u"b"_s);
        QCOMPARE(display->view(), on.data());
        QVERIFY(display->stateText().startsWith(u"3 of 3"_s));
        QTest::keyClick(display.get(), Qt::Key_Left);
        QCOMPARE(display->view()->dashboard().title, u"Another title"_s); // made anew, as the file says
    }

    void whatChangedIsShownAnewAtItsPlace()
    {
        const QPointer<DashboardView> on = display->view();
        LoadedFiles files = someFiles();
        files.dashboards[1].title = u"B"_s;
        display->applyFiles(files, rotationOf({u"a"_s, u"b"_s, u"c"_s}));
        QCOMPARE(display->dashboard(), u"b"_s);
        QVERIFY(display->view() && display->view() != on.data());
        QCOMPARE(display->view()->dashboard().title, u"B"_s);
        QTRY_VERIFY(!on); // it is gone, and the time it looked at with it
        const QPointer<DashboardView> second = display->view();
        files.sets[0].time = TimeSpec{u"now-5m"_s, u"now"_s};
        display->applyFiles(files, rotationOf({u"a"_s, u"b"_s, u"c"_s}));
        QVERIFY(display->view() != second.data());
    }

    void aDashboardThatIsGoneGivesWay()
    {
        LoadedFiles files = someFiles();
        std::erase_if(files.dashboards, [](const Dashboard &one) { return one.id == "b"_L1; });
        display->applyFiles(files, rotationOf({u"a"_s, u"c"_s}));
        QCOMPARE(display->dashboard(), u"c"_s);
        QVERIFY(display->view());
        display->applyFiles({}, rotationOf({u"a"_s, u"c"_s})); // as when the folder is unreadable
        QVERIFY(!display->view());
        QCOMPARE(display->dashboard(), u"c"_s);
    }

    void closingLeadsBackAsEscapeDoes()
    {
        display->show();
        QVERIFY(QTest::qWaitForWindowExposed(display.get()));
        QSignalSpy left(display.get(), &DisplayWindow::left);
        QVERIFY(!display->close());
        QVERIFY(display->isVisible());
        QCOMPARE(left.size(), 1);
        QCOMPARE(left[0][0].toString(), u"b"_s);
        QTest::keyClick(display.get(), Qt::Key_Escape);
        QCOMPARE(left.size(), 2);
    }

private:
    std::unique_ptr<Session> session;
    std::unique_ptr<DisplayWindow> display;
};

QTEST_MAIN(TestDisplayWindow)
#include "tst_displaywindow.moc"
