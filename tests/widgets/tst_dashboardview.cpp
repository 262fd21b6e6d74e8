// SPDX-License-Identifier: GPL-3.0-or-later
#include "shownview.h"

#include <widgets/dashboard/editlayer.h>
#include <widgets/dashboard/markers.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/variableset.h>

#include <QLabel>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Panel panelAt(const QString &id, int row, int height = 8, const QString &kind = u"stat"_s)
{
    Panel panel;
    panel.id = id;
    panel.kind = kind;
    panel.title = id;
    panel.grid = {0, row, 24, height};
    if (kind != "row"_L1) {
        PanelQuery query;
        query.id = u"q"_s;
        query.expr = id;
        panel.queries = {query};
    }
    return panel;
}

Dashboard dashboardOf(std::vector<Panel> panels)
{
    Dashboard dashboard;
    dashboard.id = u"d"_s;
    dashboard.title = u"D"_s;
    dashboard.zone = u"utc"_s;
    dashboard.refresh = u"15s"_s;
    dashboard.panels = std::move(panels);
    return dashboard;
}

struct Fixture : ShownView
{
    Fixture() { view.resize(800, 500); }
    using ShownView::open;
    QStringList open() const
    {
        const auto list = session.executor.openExpressions();
        return {list.begin(), list.end()};
    }
};

} // namespace

class TestDashboardView : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void onlyWhatIsSeenAsks()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"top"_s, 0), panelAt(u"middle"_s, 8, 12), panelAt(u"below"_s, 30)}));
        QCOMPARE(f.open(), (QStringList{u"top"_s, u"middle"_s}));
        f.session.answerAll();
        f.settle();
        f.view.findChild<QScrollArea *>()->verticalScrollBar()->setValue(10'000);
        f.settle();
        QCOMPARE(f.open(), QStringList{u"below"_s});
    }

    void aHiddenWindowAsksNothing()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"a"_s, 0)}));
        f.session.answerAll();
        f.view.hide();
        f.session.executor.clear();
        for (int i = 0; i < 20; ++i)
            f.pass(15s);
        QCOMPARE(f.session.executor.asked.size(), size_t(0));
        f.view.show();
        f.settle();
        QCOMPARE(f.open(), QStringList{u"a"_s}); // on return at once
    }

    void asksAtItsCadence()
    {
        Fixture f;
        Panel slow = panelAt(u"slow"_s, 8);
        slow.minRefresh = u"5m"_s;
        f.open(dashboardOf({panelAt(u"quick"_s, 0), slow}));
        f.session.answerAll();
        f.settle();
        int quick = 0, rare = 0;
        for (int second = 0; second < 600; ++second) {
            f.pass(1s);
            for (const QString &expression : f.open())
                ++(expression == "quick"_L1 ? quick : rare);
            f.session.answerAll();
        }
        QVERIFY2(quick >= 38 && quick <= 42, qPrintable(QString::number(quick))); // every 15 s
        QVERIFY2(rare >= 2 && rare <= 3, qPrintable(QString::number(rare)));
    }

    void refreshesAreSpread()
    {
        Fixture f;
        std::vector<Panel> panels;
        for (int i = 0; i < 12; ++i) {
            panels.push_back(panelAt(QString::number(i), i, 1));
            panels.back().grid = {(i % 6) * 4, (i / 6) * 6, 4, 6};
        }
        f.open(dashboardOf(panels));
        QCOMPARE(f.open().size(), 12);
        f.session.answerAll();
        int most = 0;
        for (int second = 0; second < 30; ++second) {
            f.session.executor.clear();
            f.pass(1s);
            most = std::max(most, int(f.session.executor.asked.size()));
            f.session.answerAll();
        }
        QCOMPARE_LE(most, 4);
    }

    void pausedAndFixedRangesAskNothing()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"a"_s, 0)}));
        f.session.answerAll();
        f.time.setPaused(true);
        f.session.executor.clear();
        f.pass(2min);
        QCOMPARE(f.session.executor.asked.size(), size_t(0));
        f.time.setPaused(false);
        f.settle();
        QCOMPARE(f.open().size(), 1);
        f.session.answerAll();
        f.time.zoom({f.session.clock.utcNow() - 2h, f.session.clock.utcNow() - 1h});
        f.settle();
        QCOMPARE(f.open().size(), 1); // the new range itself
        f.session.answerAll();
        f.session.executor.clear();
        f.pass(5min);
        QCOMPARE(f.session.executor.asked.size(), size_t(0));
    }

    void refreshAsksTheTailReloadTheWhole()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"a"_s, 0)}));
        const auto span = [&] {
            return std::get<RangeQuery>(f.session.executor.asked.back().spec.body).range.span();
        };
        const Nanoseconds whole = span();
        f.session.answerAll();
        f.pass(20s);
        QCOMPARE(f.open().size(), 1);
        QCOMPARE_LT(span(), whole / 4);
        f.session.answerAll();
        f.time.reload();
        f.settle();
        QCOMPARE_GE(span(), whole - 1min);
        QCOMPARE(f.session.executor.asked.back().options.askedBy, AskedBy::User);
    }

    void variablesComeFirstAndEveryPanelAsksOnce()
    {
        Fixture f;
        Dashboard dashboard = dashboardOf({panelAt(u"x{a=\"$first\",b=\"$second\"}"_s, 0)});
        Variable first, second;
        first.name = u"first"_s;
        first.kind = second.kind = u"query"_s;
        first.query = u"label_values(up, a)"_s;
        second.name = u"second"_s;
        second.query = u"label_values(up{a=\"$first\"}, b)"_s;
        dashboard.variables = {second, first}; // order in the file does not matter
        f.open(dashboard);
        QCOMPARE(f.open(), QStringList{u"label aup"_s});
        const auto answer = [&](const QStringList &values) {
            f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
                QueryResult result;
                result.spec = spec;
                LabelValues labels;
                for (const QString &value : values)
                    labels.values.push_back(Untrusted(value));
                result.data = std::make_shared<const QueryData>(labels);
                result.freshness = afterSuccess(f.session.clock.bootNow(), f.session.clock.utcNow(), false);
                return result;
            });
            f.settle();
        };
        answer({u"one"_s, u"two"_s});
        QCOMPARE(f.open(), QStringList{u"label bup{a=\"one\"}"_s});
        answer({u"x"_s});
        QCOMPARE(f.open(), QStringList{u"x{a=\"one\",b=\"x\"}"_s});
        f.session.answerAll();
        f.session.executor.clear();
        f.view.variables().select(u"first"_s, {u"two"_s});
        f.settle();
        QCOMPARE(f.open(), QStringList{u"label bup{a=\"two\"}"_s});
        f.session.failAll(); // the last options and value stay; panels run with them
        f.settle();
        QCOMPARE(f.open(), QStringList{u"x{a=\"two\",b=\"x\"}"_s});
        QVERIFY(!f.view.variables().states()[0].problem.isEmpty());
    }

    void aSlowVariableDoesNotHoldThePanelsForLong()
    {
        Fixture f;
        Dashboard dashboard = dashboardOf({panelAt(u"x{a=\"$v\"}"_s, 0)});
        Variable variable;
        variable.name = u"v"_s;
        variable.kind = u"query"_s;
        variable.query = u"label_values(up, a)"_s;
        variable.defaults = {u"d"_s};
        dashboard.variables = {variable};
        f.open(dashboard);
        QCOMPARE(f.open().size(), 1);
        f.pass(6s);
        QVERIFY(f.open().contains(u"x{a=\"d\"}"_s));
    }

    void aCycleOfVariablesBecomesText()
    {
        Fixture f;
        Dashboard dashboard = dashboardOf({panelAt(u"up"_s, 0)});
        Variable a, b;
        a.name = u"a"_s;
        b.name = u"b"_s;
        a.kind = b.kind = u"query"_s;
        a.query = u"label_values(up{x=\"$b\"}, y)"_s;
        b.query = u"label_values(up{x=\"$a\"}, y)"_s;
        dashboard.variables = {a, b};
        f.open(dashboard);
        QCOMPARE(f.open(), QStringList{u"up"_s});
        QVERIFY(f.view.variables().states()[0].problem.contains(u"a → b → a"_s));
    }

    void rowsFold()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"first row"_s, 0, 1, u"row"_s), panelAt(u"inside"_s, 1, 6),
            panelAt(u"second row"_s, 7, 1, u"row"_s), panelAt(u"last"_s, 8, 6)}));
        f.session.answerAll();
        const int before = f.view.frame(u"last"_s)->y();
        QTest::mouseClick(f.view.frame(u"first row"_s), Qt::LeftButton);
        QVERIFY(!f.view.frame(u"inside"_s)->isVisible());
        QVERIFY(f.view.frame(u"last"_s)->isVisible());
        QCOMPARE_LT(f.view.frame(u"last"_s)->y(), before);
        QTest::keyClick(f.view.frame(u"first row"_s), Qt::Key_Return);
        QVERIFY(f.view.frame(u"inside"_s)->isVisible());
        QCOMPARE(f.view.frame(u"last"_s)->y(), before);
    }

    void maximiseShowsOneAndEscapeReturns()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"a"_s, 0), panelAt(u"b"_s, 8)}));
        f.session.answerAll();
        PanelFrame *frame = f.view.frame(u"b"_s);
        const QRect before = frame->geometry();
        emit frame->maximiseToggled();
        QVERIFY(!f.view.frame(u"a"_s)->isVisible());
        QCOMPARE_GT(frame->height(), before.height());
        f.session.executor.clear();
        f.pass(40s);
        QCOMPARE(f.open(), QStringList{u"b"_s}); // the others are not seen
        QTest::keyClick(frame, Qt::Key_Escape);
        QVERIFY(f.view.frame(u"a"_s)->isVisible());
        QCOMPARE(frame->geometry(), before);
    }

    void settlesAndRenders()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"a"_s, 0), panelAt(u"b"_s, 8)}));
        QVERIFY(!f.view.isSettled());
        f.session.answerAll();
        QTRY_VERIFY(f.view.isSettled());
        const QImage image = f.view.renderTo({640, f.view.heightFor(640)});
        QCOMPARE(image.width(), 640);
        QVERIFY(image.pixel(320, 60) != image.pixel(2, 2) || image.pixel(40, 24) != image.pixel(2, 2));
    }

    void linksToItselfChangeVariables()
    {
        Fixture f;
        Dashboard dashboard = dashboardOf({panelAt(u"x{s=\"$service\"}"_s, 0)});
        Variable variable;
        variable.name = u"service"_s;
        variable.kind = u"custom"_s;
        variable.options = {u"a"_s, u"b"_s};
        dashboard.variables = {variable};
        f.open(dashboard);
        QSignalSpy links(&f.view, &DashboardView::linkActivated);
        PanelView *view = f.view.frames()[0]->view();
        emit view->openRequested(DashboardLink{u"d"_s, {{u"service"_s, u"b"_s}}, std::nullopt});
        f.settle();
        QCOMPARE(links.size(), 0);
        QVERIFY(f.open().contains(u"x{s=\"b\"}"_s));
        emit view->openRequested(DashboardLink{u"other"_s, {}, std::nullopt});
        QCOMPARE(links.size(), 1);
    }

    void anUnknownKindLeavesTheRestWorking()
    {
        Fixture f;
        Panel odd = panelAt(u"odd"_s, 0, 4);
        odd.kind = u"nodegraph"_s;
        f.open(dashboardOf({odd, panelAt(u"fine"_s, 4)}));
        f.session.answerAll();
        QTRY_VERIFY(f.view.isSettled());
        QCOMPARE(f.view.frame(u"fine"_s)->controller().freshness().state, Freshness::State::Fresh);
    }

    void replacingTheDashboardLeavesNothingAsking()
    {
        Fixture f;
        f.open(dashboardOf({panelAt(u"a"_s, 0)}));
        f.view.show(dashboardOf({panelAt(u"b"_s, 0)}));
        f.settle();
        QCOMPARE(f.open(), QStringList{u"b"_s});
        QCOMPARE(f.view.frames().size(), size_t(1));
    }

    void hostileDashboardText()
    {
        Fixture f;
        std::vector<Panel> panels;
        for (const QString &text : hostileTexts()) {
            panels.push_back(panelAt(QString::number(panels.size()), int(panels.size())));
            panels.back().title = panels.back().description = text;
        }
        Dashboard dashboard = dashboardOf(panels);
        Variable variable;
        variable.name = u"v"_s;
        variable.kind = u"custom"_s;
        variable.options = variable.defaults = hostileTexts();
        variable.label = hostileTexts()[0];
        dashboard.variables = {variable};
        f.open(dashboard);
        f.view.renderTo({800, 600});
        for (const QLabel *label : f.view.findChildren<QLabel *>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
        for (const QWidget *child : f.view.findChildren<QWidget *>())
            QVERIFY(child->toolTip().isEmpty() || child->toolTip().startsWith(u"<qt>"_s));
    }

    /// A tab takes no room: what is grabbed while editing is what is seen.
    void editFramesAreWherePanelsAre()
    {
        Fixture f;
        Panel tab = panelAt(u"tab"_s, 0);
        tab.options.insert(u"tab_of"_s, u"host"_s);
        f.open(dashboardOf({panelAt(u"host"_s, 0), tab, panelAt(u"below"_s, 8)}));
        f.view.startEditing();
        f.settle();
        EditLayer &layer = f.view.editMode()->layer();
        QVERIFY(layer.rectOf(u"tab"_s).isNull());
        for (PanelFrame *frame : f.view.frames()) {
            if (frame->panel().id != u"tab"_s)
                QCOMPARE(layer.rectOf(frame->panel().id).size(), frame->size());
        }
        QCOMPARE(layer.rectOf(u"below"_s).top() - layer.rectOf(u"host"_s).top(),
            f.view.frames().back()->pos().y() - f.view.frames().front()->pos().y());
    }

    void draftsOfAnotherFileAskFirst()
    {
        Fixture f;
        Dashboard now = dashboardOf({panelAt(u"a"_s, 0)});
        now.origin = u"/somewhere/d.yaml"_s;
        Dashboard older = now, half = now;
        older.title = u"As it was"_s;
        older.origin = u"/drafts/d.base"_s;
        half.title = u"Half made"_s;
        f.open(now);
        f.view.startEditing();
        QSignalSpy wanted(&f.view, &DashboardView::saveWanted);
        EditMode &edit = *f.view.editMode();
        edit.goOn(half, older);
        QCOMPARE(edit.onDisk().title, u"D"_s); // what giving up goes back to
        edit.save();
        QCOMPARE(wanted.count(), 1);
        const auto save = wanted[0][0].value<DashboardToSave>();
        QCOMPARE(save.edited.title, u"Half made"_s);
        QCOMPARE(save.base.title, u"As it was"_s); // whoever writes sees that the file is another by now
        QCOMPARE(save.base.origin, u"/somewhere/d.yaml"_s);
        QVERIFY(!save.mayOverwrite);
    }

    /// However many events: each of them is in some flag, from the begin of the range on.
    void flagsOfABusyWeekCountEveryEvent()
    {
        test::FakeOwn own;
        const Timestamp begin(1'795'000'000s);
        const TimeRange range{begin, begin + 168h};
        OwnItems items;
        for (int i = 0; i < 700; ++i)
            items.items.push_back({.id = QString::number(i),
                .at = begin + i * 864s,
                .title = Untrusted(u"checkout"_s),
                .text = {},
                .kind = u"rollout"_s,
                .state = {},
                .labels = {},
                .value = {}});
        own.publish(u"deploys"_s, items, {});
        Dashboard dashboard = dashboardOf({});
        dashboard.annotations = {
            {u"Deploys"_s, u"deploys"_s, QString(), QString(), QString(), QString(), QString()}};
        const std::vector<Marker> flags = markersFor(dashboard, own, range, {});
        QVERIFY(flags.size() > 1 && flags.size() <= 20);
        QCOMPARE(flags.front().time, toNs(begin));
        int events = 0;
        for (const Marker &flag : flags)
            events += render::line(flag.text, 200).section(u' ', 0, 0).toInt();
        QCOMPARE(events, 700);
    }

    /// A wall has nothing to click.
    void barePanelsHaveNoButton()
    {
        Fixture f;
        Panel panel = panelAt(u"a"_s, 0, 20);
        panel.howToEnable = u"Needs a metric."_s;
        f.open(dashboardOf({panel}));
        f.session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            return metricAnswer(spec, f.session.clock, {});
        });
        f.settle();
        PanelFrame *frame = f.view.frames().front();
        frame->beat();
        const auto shown = [frame] {
            const auto buttons = frame->findChildren<QToolButton *>();
            return std::count_if(buttons.begin(), buttons.end(), [](const QToolButton *button) {
                return button->isVisible() && button->text() == u"Why is this empty?"_s;
            });
        };
        QCOMPARE(shown(), 1);
        frame->setBare(true);
        frame->beat();
        QCOMPARE(shown(), 0);
    }
};

QTEST_MAIN(TestDashboardView)
#include "tst_dashboardview.moc"
