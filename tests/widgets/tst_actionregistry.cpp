// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/actions/actionregistry.h>
#include <widgets/actions/commandpalette.h>

#include <QLineEdit>
#include <QRegularExpression>
#include <QTest>
#include <QWidget>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestActionRegistry : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void conflictsAreFoundAndNamed()
    {
        QWidget host;
        ActionRegistry actions(&host);
        QVERIFY(actions.add({u"a"_s, u"A"_s, QKeySequence(u"Ctrl+R"_s), Menu::View, [] {}, {}}));
        QVERIFY(!actions.add({u"a"_s, u"Again"_s, {}, Menu::View, [] {}, {}}));
        QVERIFY(!actions.add({u"b"_s, u"B"_s, QKeySequence(u"Ctrl+R"_s), Menu::View, [] {}, {}}));
        QVERIFY(actions.add({u"c"_s, u"C"_s, {}, Menu::View, [] {}, {}}));
        QVERIFY(actions.add({u"d"_s, u"D"_s, {}, Menu::Help, [] {}, {}})); // no shortcut is no conflict
        QCOMPARE(actions.conflicts().size(), 2);
        QVERIFY(actions.conflicts()[1].contains(u"Ctrl+R"_s));
        QCOMPARE(actions.actionsOf(Menu::View).size(), size_t(2));
    }

    void runsOnlyWhatIsEnabled()
    {
        QWidget host;
        ActionRegistry actions(&host);
        int runs = 0;
        bool isOn = false;
        actions.add({u"a"_s, u"A"_s, {}, Menu::View, [&] { ++runs; }, [&] { return isOn; }});
        QVERIFY(!actions.trigger(u"a"_s));
        actions.updateEnabled();
        QVERIFY(!actions.action(u"a"_s)->isEnabled());
        isOn = true;
        actions.updateEnabled();
        actions.action(u"a"_s)->trigger();
        QVERIFY(actions.trigger(u"a"_s));
        QVERIFY(!actions.trigger(u"nothing"_s));
        QCOMPARE(runs, 2);
    }

    void scores_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        QTest::newRow("start of a word") << u"deb"_s << u"Debug"_s << u"Undebatable"_s;
        QTest::newRow("substring before letters") << u"oad"_s << u"Reload"_s << u"On a dashboard"_s;
        QTest::newRow("both words") << u"on call"_s << u"On-call"_s << u"Go on"_s;
    }
    void scores()
    {
        QFETCH(QString, query);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        QCOMPARE_GT(paletteScore(query, better), paletteScore(query, worse));
        QCOMPARE(paletteScore(u"zzz"_s, better), 0);
        QCOMPARE_GT(paletteScore({}, better), 0);
    }

    void paletteFindsAndRuns()
    {
        QWidget host;
        ActionRegistry actions(&host);
        QString ran;
        actions.add({u"reload"_s, u"&Reload everything"_s, QKeySequence(u"F5"_s), Menu::View,
            [&] { ran = u"reload"_s; }, {}});
        actions.add({u"off"_s, u"Never"_s, {}, Menu::View, [] {}, [] { return false; }});
        CommandPalette palette(&host);
        palette.addSource(actionEntries(actions));
        palette.addSource([&] {
            return std::vector<PaletteEntry>{
                {u"<b>Debug</b>"_s, u"Dashboard"_s, {}, [&] { ran = u"debug"_s; }},
                {u"On-call"_s, u"Dashboard"_s, {}, [&] { ran = u"on-call"_s; }}};
        });
        palette.openPalette();
        QCOMPARE(
            palette.shownTitles(), (QStringList{u"Reload everything"_s, u"<b>Debug</b>"_s, u"On-call"_s}));
        auto *input = palette.findChild<QLineEdit *>();
        QTest::keyClicks(input, u"onc"_s);
        QCOMPARE(palette.shownTitles().front(), u"On-call"_s);
        QTest::keyClick(input, Qt::Key_Return);
        QCOMPARE(ran, u"on-call"_s);
        QVERIFY(!palette.isVisible());
        palette.openPalette();
        QTest::keyClick(input, Qt::Key_Down);
        QTest::keyClick(input, Qt::Key_Up);
        QTest::keyClick(input, Qt::Key_Up);
        QTest::keyClick(input, Qt::Key_Return);
        QCOMPARE(ran, u"reload"_s);
        palette.openPalette();
        QTest::keyClicks(input, u"qqqqq"_s);
        QTest::keyClick(input, Qt::Key_Return); // nothing to run
        QVERIFY(palette.shownTitles().isEmpty());
    }
};

QTEST_MAIN(TestActionRegistry)
#include "tst_actionregistry.moc"
