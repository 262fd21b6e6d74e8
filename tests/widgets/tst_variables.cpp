// SPDX-License-Identifier: GPL-3.0-or-later
#include "shownview.h"

#include <widgets/dashboard/adhocfilter.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/dashboard/variablebar.h>
#include <widgets/dashboard/variableset.h>
#include <widgets/forms/choicebutton.h>

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Variable asking(const QString &name, const QString &query)
{
    Variable variable;
    variable.name = name;
    variable.kind = u"query"_s;
    variable.query = query;
    return variable;
}

Variable ofKind(const QString &name, const QString &kind, const QStringList &options = {})
{
    Variable variable;
    variable.name = name;
    variable.kind = kind;
    variable.options = options;
    return variable;
}

Panel panelAsking(const QString &id, const QString &expression, int row)
{
    Panel panel;
    panel.id = id;
    panel.kind = u"stat"_s;
    panel.grid = {0, row, 24, 2};
    PanelQuery query;
    query.id = u"q"_s;
    query.expr = expression;
    panel.queries = {query};
    return panel;
}

Dashboard dashboardWith(std::vector<Variable> variables, std::vector<Panel> panels = {})
{
    Dashboard dashboard;
    dashboard.id = u"d"_s;
    dashboard.zone = u"utc"_s;
    dashboard.variables = std::move(variables);
    dashboard.panels = std::move(panels);
    return dashboard;
}

QueryResult labelsAnswer(const QuerySpec &spec, const QStringList &values)
{
    LabelValues data;
    for (const QString &value : values)
        data.values.push_back(Untrusted(value));
    QueryResult result;
    result.spec = spec;
    result.data = std::make_shared<const QueryData>(data);
    return result;
}

struct Fixture
{
    Fixture()
        : time(session.clock)
        , set(session.ports())
    {
        set.setRange(time.range());
    }
    const VariableSet::State &state(const QString &name) const
    {
        for (const VariableSet::State &one : set.states()) {
            if (one.variable.name == name)
                return one;
        }
        qFatal("no such variable");
    }
    /// Answers the open question whose text has `part`; the others stay open. False when there is none.
    bool answer(const QString &part, const QStringList &values) { return answerWith(part, &values); }
    bool failOne(const QString &part) { return answerWith(part, nullptr); }
    bool answerWith(const QString &part, const QStringList *values)
    {
        for (auto &question : session.executor.asked) {
            if (!*question.isOpen || !FakeExecutor::expressionOf(question.spec).contains(part))
                continue;
            *question.isOpen = false;
            if (values)
                question.done(labelsAnswer(question.spec, *values));
            else
                question.done(fail(Error::Kind::Timeout, u"prom: timeout after 10 s"_s));
            return true;
        }
        return false;
    }
    QStringList open() const
    {
        const auto list = session.executor.openExpressions();
        return {list.begin(), list.end()};
    }

    Session session;
    TimeNavigator time;
    VariableSet set;
};

} // namespace

class TestVariables : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    /// a → b → c → d, b fails, c is slow; who needs nothing of them does not wait, and nobody asks twice.
    void aChainOfFourWithASlowAndAFailingOneAsksEachPanelOnce()
    {
        Fixture f;
        DashboardView view(f.session.ports(), f.time);
        view.resize(800, 600);
        view.show(dashboardWith({asking(u"a"_s, u"label_values(A, x)"_s),
                                    asking(u"b"_s, u"label_values(B{a=\"$a\"}, x)"_s),
                                    asking(u"c"_s, u"label_values(C{b=\"$b\"}, x)"_s),
                                    asking(u"d"_s, u"label_values(D{c=\"$c\"}, x)"_s)},
                      {panelAsking(u"p0"_s, u"free"_s, 0), panelAsking(u"pa"_s, u"use{a=\"$a\"}"_s, 2),
                          panelAsking(u"pb"_s, u"use{a=\"$a\",b=\"$b\"}"_s, 4),
                          panelAsking(u"pd"_s, u"use{d=\"$d\"}"_s, 6)}),
            {{u"b"_s, {u"kept"_s}}});
        view.show();
        QMap<QString, int> asked;
        const auto settle = [&] {
            test::settle(view);
            asked.clear();
            for (const auto &question : f.session.executor.asked)
                ++asked[FakeExecutor::expressionOf(question.spec)];
        };
        settle();
        QCOMPARE(f.open(), (QStringList{u"label xA"_s, u"free"_s}));
        QVERIFY(f.answer(u"xA"_s, {u"a1"_s}));
        settle();
        QCOMPARE(asked.value(u"use{a=\"a1\"}"_s), 1); // needs a alone
        QVERIFY(f.failOne(u"xB{a=\"a1\"}"_s));
        settle();
        QCOMPARE(asked.value(u"use{a=\"a1\",b=\"kept\"}"_s), 1); // the last value of what failed
        f.session.clock.advance(4s);
        view.beat();
        settle();
        QVERIFY(!view.variables().isSettled()); // c is slow, d waits for it
        QVERIFY(f.answer(u"xC{b=\"kept\"}"_s, {u"c1"_s}));
        settle();
        QVERIFY(f.answer(u"xD{c=\"c1\"}"_s, {u"d1"_s}));
        settle();
        QVERIFY(view.variables().isSettled());
        const QStringList once{u"free"_s, u"label xA"_s, u"label xB{a=\"a1\"}"_s, u"label xC{b=\"kept\"}"_s,
            u"label xD{c=\"c1\"}"_s, u"use{a=\"a1\",b=\"kept\"}"_s, u"use{a=\"a1\"}"_s, u"use{d=\"d1\"}"_s};
        QCOMPARE(asked.keys(), once);
        for (const QString &question : once)
            QCOMPARE(asked.value(question), 1);
        for (const VariableSet::State &state : view.variables().states())
            QCOMPARE(state.problem.contains(u"timeout"_s), state.variable.name == u"b"_s);
    }

    void aNewerChangeCancelsTheOlderWave()
    {
        Fixture f;
        Variable a = ofKind(u"a"_s, u"custom"_s, {u"1"_s, u"2"_s, u"3"_s});
        f.set.load(dashboardWith({a, asking(u"b"_s, u"label_values(B{a=\"$a\"}, x)"_s),
                       asking(u"c"_s, u"label_values(C{b=\"$b\"}, x)"_s)}),
            {});
        f.answer(u"xB"_s, {u"b1"_s});
        f.answer(u"xC"_s, {u"c1"_s});
        QVERIFY(f.set.isSettled());
        QSignalSpy settled(&f.set, &VariableSet::settled);
        f.set.select(u"a"_s, {u"2"_s});
        QCOMPARE(f.open(), QStringList{u"label xB{a=\"2\"}"_s});
        f.set.select(u"a"_s, {u"3"_s});
        QCOMPARE(f.open(), QStringList{u"label xB{a=\"3\"}"_s}); // nobody wants the other answer
        QVERIFY(f.answer(u"xB{a=\"3\"}"_s, {u"b1"_s, u"b3"_s}));
        QVERIFY(f.answer(u"xC{b=\"b1\"}"_s, {u"c1"_s}));
        QCOMPARE(settled.size(), 1);
    }

    void theDeadlineLetsPanelsRunAndSaysSo()
    {
        Fixture f;
        f.set.load(dashboardWith({asking(u"slow"_s, u"label_values(S, x)"_s),
                       asking(u"after"_s, u"label_values(T{s=\"$slow\"}, x)"_s)}),
            {{u"slow"_s, {u"old"_s}}});
        f.session.clock.advance(4s);
        f.set.beat();
        QVERIFY(!f.set.isSettledFor({u"slow"_s}));
        f.session.clock.advance(1s);
        f.set.beat();
        QVERIFY(f.set.isSettled() && f.set.isSettledFor({u"after"_s}));
        QVERIFY(f.state(u"slow"_s).problem.contains(u"no answer for 5 s"_s));
        QVERIFY(f.state(u"after"_s).problem.contains(u"waits"_s));
        QVERIFY(f.answer(u"xS"_s, {u"old"_s}));
        QVERIFY(f.answer(u"xT"_s, {u"t"_s}));
        QVERIFY(f.state(u"slow"_s).problem.isEmpty() && f.state(u"after"_s).problem.isEmpty());
    }

    void aCircleIsNamedAndBecomesText()
    {
        Fixture f;
        f.set.load(dashboardWith({asking(u"a"_s, u"label_values(A{b=\"$b\"}, x)"_s),
                       asking(u"b"_s, u"label_values(B{a=\"$a\"}, x)"_s),
                       asking(u"c"_s, u"label_values(C{a=\"$a\"}, x)"_s)}),
            {{u"a"_s, {u"typed"_s}}});
        QCOMPARE(f.state(u"a"_s).variable.kind, u"text"_s);
        QVERIFY(f.state(u"b"_s).problem.contains(u"a → b → a"_s));
        QCOMPARE(f.open(), QStringList{u"label xC{a=\"typed\"}"_s}); // those outside go on
    }

    void vanishedValuesStayAndAreMarked()
    {
        Fixture f;
        Variable pods = asking(u"pod"_s, u"label_values(P, pod)"_s);
        pods.multi = true;
        pods.defaults = {u"p1"_s, u"p2"_s};
        f.set.load(dashboardWith({pods}), {});
        f.answer(u"podP"_s, {u"p2"_s, u"p3"_s});
        QCOMPARE(f.state(u"pod"_s).values, (QStringList{u"p1"_s, u"p2"_s}));
        QCOMPARE(f.state(u"pod"_s).missing, QStringList{u"p1"_s});
        f.set.select(u"pod"_s, {u"p2"_s});
        QVERIFY(f.state(u"pod"_s).missing.isEmpty());
        // A failure takes nothing away.
        f.set.reload();
        f.failOne(u"podP"_s);
        QCOMPARE(f.state(u"pod"_s).options.size(), size_t(2));
        QVERIFY(f.state(u"pod"_s).problem.contains(u"timeout"_s));
    }

    void namesOfOtherSignalsAreUnderstood()
    {
        Fixture f;
        f.set.load(dashboardWith({asking(u"service"_s, u"label_values(S, job)"_s)}),
            {{u"service"_s, {u"checkout"_s}}});
        f.answer(u"jobS"_s, {u"shop/cart"_s, u"shop/checkout"_s});
        QCOMPARE(f.state(u"service"_s).values, QStringList{u"shop/checkout"_s});
        QVERIFY(f.state(u"service"_s).note.contains(u"checkout is called shop/checkout"_s));
        f.set.selectAll({{u"service"_s, {u"Cart"_s}}}, true);
        QCOMPARE(f.state(u"service"_s).values, QStringList{u"shop/cart"_s});
        f.set.select(u"service"_s, {u"Cart"_s}); // typed by hand: meant as it is
        QCOMPARE(f.state(u"service"_s).missing, QStringList{u"Cart"_s});
    }

    void everyKindHasItsValue()
    {
        Fixture f;
        SourceInfo second;
        second.id = {u"prom-us"_s};
        second.source = u"prom-us"_s;
        second.kind = u"prometheus"_s;
        f.session.sources.update(second);
        Variable ds = ofKind(u"ds"_s, u"datasource"_s);
        ds.query = u"prometheus"_s;
        Variable constant = ofKind(u"k"_s, u"constant"_s);
        constant.query = u"fixed"_s;
        Variable interval = ofKind(u"i"_s, u"interval"_s, {u"1m"_s});
        interval.automatic = true;
        interval.defaults = {u"auto"_s};
        Variable all = ofKind(u"all"_s, u"custom"_s, {u"One : 1"_s, u"Two : 2"_s});
        all.all = all.multi = true;
        Variable allAsIs = all;
        allAsIs.name = u"asis"_s;
        allAsIs.allValue = u"a\\d"_s;
        Variable adhoc = ofKind(u"f"_s, u"adhoc"_s);
        adhoc.defaults = {u"pod=\"x\""_s};
        f.set.load(
            dashboardWith({ds, constant, interval, all, allAsIs, adhoc, ofKind(u"t"_s, u"text"_s)}), {});
        QVERIFY(f.set.isSettled());
        const auto values = f.set.values();
        QCOMPARE(values.value(u"ds"_s), QStringList{u"prom"_s});
        QCOMPARE(values.value(u"k"_s), QStringList{u"fixed"_s});
        QCOMPARE(values.value(u"i"_s), QStringList{automaticInterval(interval, f.time.range())});
        QCOMPARE(values.value(u"all"_s), (QStringList{u"1"_s, u"2"_s}));
        QCOMPARE(values.value(u"asis"_s), QStringList{u"a\\d"_s});
        QVERIFY(f.set.forms().value(u"asis"_s).isVerbatim && !f.set.forms().value(u"all"_s).isVerbatim);
        QCOMPARE(f.set.matchers(), (QMap<QString, QStringList>{{QString(), {u"pod=\"x\""_s}}}));
        QVERIFY(!f.set.choices().contains(u"k"_s));
        f.set.select(u"all"_s, {u"2"_s});
        QCOMPARE(f.set.forms().value(u"all"_s).texts, QStringList{u"Two"_s});
        f.session.sources.retain({{u"prom-us"_s}});
        QCOMPARE(f.state(u"ds"_s).missing, QStringList{u"prom"_s}); // not silently another one
    }

    void refreshDecidesWhoIsAskedWhen()
    {
        Fixture f;
        Variable never = asking(u"never"_s, u"label_values(N, x)"_s),
                 timed = asking(u"timed"_s, u"label_values(T, x)"_s);
        never.refresh = u"never"_s;
        never.options = {u"n1"_s};
        timed.refresh = u"time"_s;
        f.set.load(dashboardWith({never, timed, asking(u"load"_s, u"label_values(L, x)"_s)}), {});
        QCOMPARE(f.open(), (QStringList{u"label xT"_s, u"label xL"_s}));
        f.answer(u"xT"_s, {u"t"_s});
        f.answer(u"xL"_s, {u"l"_s});
        f.set.setRange({f.session.clock.utcNow() - 2h, f.session.clock.utcNow()});
        QCOMPARE(f.open(), QStringList{u"label xT"_s});
        f.answer(u"xT"_s, {u"t"_s});
        f.set.reload();
        QCOMPARE(f.open(), (QStringList{u"label xT"_s, u"label xL"_s}));
        QCOMPARE(f.state(u"never"_s).values, QStringList{u"n1"_s});
    }

    void emptyVariables_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("all");
        QTest::addColumn<QStringList>("values");
        QTest::newRow("text: an empty text") << u"text"_s << false << QStringList{QString()};
        QTest::newRow("constant: an empty text") << u"constant"_s << false << QStringList{QString()};
        QTest::newRow("nothing to choose from: an empty text")
            << u"custom"_s << false << QStringList{QString()};
        QTest::newRow("a question that found nothing: none") << u"query"_s << false << QStringList{};
        QTest::newRow("all of nothing: anything") << u"query"_s << true << QStringList{u".*"_s};
    }
    void emptyVariables()
    {
        QFETCH(QString, kind);
        QFETCH(bool, all);
        Fixture f;
        Variable variable = ofKind(u"v"_s, kind);
        variable.all = all;
        if (kind == "query"_L1)
            variable.query = u"label_values(nothing, v)"_s;
        f.set.load(dashboardWith({variable}, {}), {});
        if (kind == "query"_L1)
            QVERIFY(f.answer(u"label v"_s, {}));
        QVERIFY(f.set.isSettled());
        QTEST(f.set.values().value(u"v"_s), "values");
    }

    void adhocMatchersReachEveryExpression()
    {
        Fixture f;
        DashboardView view(f.session.ports(), f.time);
        view.resize(800, 600);
        view.show(dashboardWith({ofKind(u"f"_s, u"adhoc"_s)},
            {panelAsking(u"p"_s, u"sum by (pod) (rate(x{a=\"b\"}[5m])) / y"_s, 0)}));
        view.show();
        QTRY_COMPARE(f.open().size(), 1);
        f.session.answerAll();
        f.session.executor.clear();
        view.variables().select(u"f"_s, {u"pod=~\"p.*\""_s});
        QTRY_COMPARE(
            f.open(), QStringList{u"sum by (pod) (rate(x{a=\"b\",pod=~\"p.*\"}[5m])) / y{pod=~\"p.*\"}"_s});
    }

    void theContextLeavesOutAlertsOfOthers()
    {
        Fixture f;
        Alert mine, other, whose;
        mine.labels = labelsOf({{u"alertname"_s, u"A"_s}, {u"service"_s, u"cart"_s}});
        other.labels = labelsOf({{u"alertname"_s, u"B"_s}, {u"service"_s, u"search"_s}});
        whose.labels = labelsOf({{u"alertname"_s, u"C"_s}});
        for (Alert *alert : {&mine, &other, &whose})
            alert->startsAt = f.session.clock.utcNow();
        f.session.own.publish(u"alerts"_s, std::vector<Alert>{mine, other, whose},
            afterSuccess(f.session.clock.bootNow(), f.session.clock.utcNow(), false));
        Panel panel = panelAsking(u"alerts"_s, {}, 0);
        panel.kind = u"alerts"_s;
        panel.queries.front().type = u"alerts"_s;
        Dashboard dashboard =
            dashboardWith({ofKind(u"service"_s, u"custom"_s, {u"cart"_s, u"search"_s})}, {panel});
        dashboard.variables.front().all = true;
        dashboard.context = {u"service"_s};
        DashboardView view(f.session.ports(), f.time);
        view.resize(800, 600);
        view.show(dashboard);
        view.show();
        PanelController &controller = view.frame(u"alerts"_s)->controller();
        QTRY_VERIFY(controller.askedAt());
        QVERIFY(controller.note().isEmpty());
        view.variables().select(u"service"_s, {u"cart"_s});
        QVERIFY2(controller.note().contains(u"1"_s), qPrintable(controller.note()));
        view.variables().select(u"service"_s, {});
        QVERIFY(controller.note().isEmpty());
    }

    void barShowsWhatIsToBeShown()
    {
        Fixture f;
        Variable hidden = ofKind(u"hidden"_s, u"custom"_s, {u"1"_s}),
                 fixed = ofKind(u"fixed"_s, u"custom"_s, {u"2"_s}),
                 bare = ofKind(u"bare"_s, u"custom"_s, {u"3"_s});
        hidden.show = u"none"_s;
        fixed.show = u"label"_s;
        bare.show = u"value"_s;
        f.set.load(
            dashboardWith({hidden, fixed, bare, ofKind(u"text"_s, u"text"_s), ofKind(u"f"_s, u"adhoc"_s)}),
            {});
        VariableBar bar(f.set, f.session.ports());
        bar.show();
        QStringList labels;
        for (const QLabel *label : bar.findChildren<QLabel *>()) {
            if (label->isVisibleTo(&bar) && !label->text().isEmpty())
                labels << label->text();
        }
        QCOMPARE(labels, (QStringList{u"fixed: 2"_s, u"text"_s, u"f"_s}));
        QCOMPARE(bar.findChildren<ChoiceButton *>().size(), 1);
        QCOMPARE(bar.findChildren<AdhocFilter *>().size(), 1);
        bar.setSuppressed(true);
        QVERIFY(bar.isHidden());
        f.set.select(u"bare"_s, {u"x"_s});
        QVERIFY(bar.isHidden()); // also after a change
    }

    void aLineThatVanishesWhileItIsTypedInTo()
    {
        Fixture f;
        VariableBar bar(f.set, f.session.ports());
        f.set.load(dashboardWith({ofKind(u"a"_s, u"text"_s), ofKind(u"b"_s, u"text"_s)}), {});
        bar.resize(800, 60);
        bar.show();
        QVERIFY(QTest::qWaitForWindowActive(&bar));
        const auto lines = bar.findChildren<QLineEdit *>();
        QCOMPARE(lines.size(), 2);
        lines[0]->setFocus();
        QTest::keyClicks(lines[0], u"half"_s);
        QTest::keyClicks(lines[1], u"kept"_s);
        lines[0]->setFocus();
        // Another dashboard without it: losing the focus must not begin another round inside this one.
        f.set.load(dashboardWith({ofKind(u"c"_s, u"text"_s), ofKind(u"b"_s, u"text"_s)}), {});
        QVERIFY(!lines[0]->isVisible());
        QVERIFY(lines[1]->isVisible()); // the same control, with what is in it
        QStringList labels;
        for (const QLabel *label : bar.findChildren<QLabel *>()) {
            if (label->isVisible())
                labels << label->text();
        }
        labels.sort();
        QCOMPARE(labels, (QStringList{u"b"_s, u"c"_s}));
    }

    void filtersAreCompletedFromTheSourceThatIsChosen()
    {
        Fixture f;
        for (const QString &id : {u"one"_s, u"two"_s}) {
            SourceInfo source;
            source.id = {id};
            source.source = id;
            source.kind = u"prometheus"_s;
            f.session.sources.update(source);
        }
        Variable source = ofKind(u"ds"_s, u"datasource"_s);
        Variable filter = ofKind(u"f"_s, u"adhoc"_s);
        filter.datasource = u"$ds"_s;
        VariableBar bar(f.set, f.session.ports());
        f.set.load(dashboardWith({source, filter}), {{u"ds"_s, {u"one"_s}}});
        auto *adhoc = bar.findChild<AdhocFilter *>();
        QVERIFY(adhoc);
        f.set.select(u"ds"_s, {u"two"_s});
        QCOMPARE(bar.findChild<AdhocFilter *>(), adhoc);
        f.session.executor.asked.clear();
        adhoc->openEditor();
        QCOMPARE(f.session.executor.asked.size(), size_t(1));
        QCOMPARE(f.session.executor.asked.back().spec.source.id, u"two"_s);
    }

    void choicesByKeyboard()
    {
        ChoiceButton choice;
        choice.setOptions(
            {{u"cart"_s, u"cart"_s}, {u"checkout"_s, u"checkout"_s}, {u"search"_s, u"search"_s}});
        choice.setValues({u"cart"_s});
        QSignalSpy chosen(&choice, &ChoiceButton::chosen);
        choice.show();
        choice.openList();
        auto *search = choice.findChild<QLineEdit *>();
        QTest::keyClicks(search, u"che"_s);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(choice.values(), QStringList{u"checkout"_s});
        choice.setMulti(true);
        choice.setAllOffered(true);
        choice.openList();
        QCOMPARE(choice.findChild<QListView *>()->model()->rowCount(), 4);
        QTest::keyClick(search, Qt::Key_Escape);
        QCOMPARE(chosen.size(), 1);
        choice.openList();
        QTest::keyClick(search, Qt::Key_Down);
        QTest::keyClick(search, Qt::Key_Space); // cart
        QTest::keyClick(search, Qt::Key_Return); // closes, takes nothing more
        QCOMPARE(choice.values(), (QStringList{u"checkout"_s, u"cart"_s}));
        choice.openList();
        QTest::keyClick(search, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(choice.values().size(), 3);
        choice.setMissing({u"cart"_s});
        QVERIFY(choice.text().contains(u"not found"_s));
    }

    void adhocEditorCompletesAndRefuses()
    {
        Fixture f;
        AdhocFilter filter(f.session.ports(), {});
        QSignalSpy edited(&filter, &AdhocFilter::edited);
        filter.show();
        filter.openEditor();
        const auto boxes = filter.findChildren<QComboBox *>();
        QCOMPARE(boxes.size(), 3);
        QVERIFY(f.answer(u"label "_s, {u"pod"_s, u"job"_s}));
        QCOMPARE(boxes[0]->count(), 2);
        boxes[0]->setCurrentText(u"pod"_s);
        emit boxes[0]->textActivated(u"pod"_s);
        QVERIFY(f.answer(u"label pod"_s, {u"p-1"_s, u"p-2"_s}));
        QCOMPARE(boxes[2]->count(), 2);
        boxes[1]->setCurrentText(u"=~"_s);
        boxes[2]->setCurrentText(u"p-(1"_s);
        QTest::keyClick(boxes[2]->lineEdit(), Qt::Key_Return);
        QCOMPARE(edited.size(), 0); // no regular expression
        boxes[2]->setCurrentText(u"p-[12]"_s);
        QTest::keyClick(boxes[2]->lineEdit(), Qt::Key_Return);
        QCOMPARE(filter.matchers(), QStringList{u"pod=~\"p-[12]\""_s});
        QCOMPARE(edited.size(), 1);
    }
};

QTEST_MAIN(TestVariables)
#include "tst_variables.moc"
