// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/dashboardedit.h>

#include <QRandomGenerator>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

const QStringList kKinds{u"text"_s, u"row"_s, u"stat"_s};

Panel panelAt(const QString &id, int col, int row, int width, int height, const QString &kind = u"text"_s)
{
    Panel panel;
    panel.id = id;
    panel.kind = kind;
    panel.title = id;
    panel.grid = {col, row, width, height};
    return panel;
}

/// "a 0,0 12x4; b 12,0 12x4"
Dashboard boardFrom(const QString &text)
{
    Dashboard dashboard;
    dashboard.id = u"board"_s;
    dashboard.title = u"Board"_s;
    for (const QString &part : text.split(u';', Qt::SkipEmptyParts)) {
        const QStringList words = part.simplified().split(u' ');
        const QStringList at = words[1].split(u','), size = words[2].split(u'x');
        const bool row = words[0].startsWith(u'r'), folded = words[0].startsWith("rf"_L1);
        Panel panel = panelAt(words[0], at[0].toInt(), at[1].toInt(), size[0].toInt(), size[1].toInt(),
            row ? u"row"_s : u"text"_s);
        panel.collapsed = folded;
        dashboard.panels.push_back(panel);
    }
    return dashboard;
}

/// By id, so that the order of the file does not matter.
QString textOf(const Dashboard &dashboard)
{
    QStringList parts;
    for (const Panel &panel : dashboard.panels) {
        parts << u"%1 %2,%3 %4x%5"_s.arg(panel.id)
                     .arg(panel.grid.col)
                     .arg(panel.grid.row)
                     .arg(panel.grid.width)
                     .arg(panel.grid.height);
    }
    parts.sort();
    return parts.join(u"; "_s);
}

} // namespace

class TestDashboardEdit : public QObject
{
    Q_OBJECT

private slots:
    void moves_data();
    void moves();
    void nudges_data();
    void nudges();
    void resizes_data();
    void resizes();
    void adds_data();
    void adds();
    void duplicates_data();
    void duplicates();
    void removes();
    void replaces();
    void orders();
    void switchesKind();
    void ids_data();
    void ids();
    void sameContent();
    void unknownPanelsChangeNothing();
    void problemsStandAtTheirField();
    void anythingKeepsTheLayoutWhole();
};

void TestDashboardEdit::moves_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("col");
    QTest::addColumn<int>("row");
    QTest::addColumn<QString>("after");
    const QString two = u"a 0,0 12x4; b 12,0 12x4"_s, pile = u"a 0,0 12x4; b 0,4 12x4"_s;
    QTest::newRow("beside, pushed down") << two << u"a"_s << 12 << 0 << u"a 12,0 12x4; b 12,4 12x4"_s;
    QTest::newRow("below, not yet past the middle") << pile << u"a"_s << 0 << 2 << pile;
    QTest::newRow("below, past the middle") << pile << u"a"_s << 0 << 3 << u"a 0,4 12x4; b 0,0 12x4"_s;
    QTest::newRow("above, not yet past the middle") << pile << u"b"_s << 0 << 2 << pile;
    QTest::newRow("above, past the middle") << pile << u"b"_s << 0 << 1 << u"a 0,4 12x4; b 0,0 12x4"_s;
    QTest::newRow("floats up") << u"a 0,0 12x4"_s << u"a"_s << 4 << 90 << u"a 4,0 12x4"_s;
    QTest::newRow("clamped left and top") << two << u"b"_s << -7 << -3 << u"a 0,4 12x4; b 0,0 12x4"_s;
    QTest::newRow("clamped right") << u"a 0,0 12x4"_s << u"a"_s << 99 << 0 << u"a 12,0 12x4"_s;
    QTest::newRow("over two") << u"a 0,0 12x4; b 12,0 12x4; c 0,4 24x2"_s << u"c"_s << 0 << 0
                              << u"a 0,2 12x4; b 12,2 12x4; c 0,0 24x2"_s;
    QTest::newRow("a folded row brings its panels")
        << u"a 0,0 24x4; rf1 0,4 24x1; b 0,5 12x3; r2 0,8 24x1; c 0,9 24x4"_s << u"rf1"_s << 0 << 0
        << u"a 0,4 24x4; b 0,1 12x3; c 0,9 24x4; r2 0,8 24x1; rf1 0,0 24x1"_s;
    QTest::newRow("an open row goes alone") << u"a 0,0 24x4; r1 0,4 24x1; b 0,5 12x3"_s << u"r1"_s << 0 << 0
                                            << u"a 0,1 24x4; b 0,5 12x3; r1 0,0 24x1"_s;
}

void TestDashboardEdit::moves()
{
    QFETCH(QString, before);
    QFETCH(QString, id);
    QFETCH(int, col);
    QFETCH(int, row);
    QFETCH(QString, after);
    QCOMPARE(textOf(withPanelAt(boardFrom(before), id, col, row)), textOf(boardFrom(after)));
}

void TestDashboardEdit::nudges_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<GridStep>("step");
    QTest::addColumn<QString>("after");
    const QString pile = u"a 0,0 12x4; b 0,4 12x9"_s;
    QTest::newRow("down trades places") << pile << GridStep::Down << u"a 0,9 12x4; b 0,0 12x9"_s;
    QTest::newRow("up at the top") << pile << GridStep::Up << pile;
    QTest::newRow("right") << u"a 0,0 12x4"_s << GridStep::Right << u"a 1,0 12x4"_s;
    QTest::newRow("left at the edge") << u"a 0,0 12x4"_s << GridStep::Left << u"a 0,0 12x4"_s;
    QTest::newRow("up trades places")
        << u"b 0,0 12x9; a 0,9 12x4"_s << GridStep::Up << u"a 0,0 12x4; b 0,4 12x9"_s;
    QTest::newRow("down with nothing below")
        << u"a 0,0 12x4; b 12,0 12x4"_s << GridStep::Down << u"a 0,0 12x4; b 12,0 12x4"_s;
}

void TestDashboardEdit::nudges()
{
    QFETCH(QString, before);
    QFETCH(GridStep, step);
    QFETCH(QString, after);
    QCOMPARE(textOf(withPanelNudged(boardFrom(before), u"a"_s, step)), textOf(boardFrom(after)));
}

void TestDashboardEdit::resizes_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("id");
    QTest::addColumn<GridRect>("grid");
    QTest::addColumn<QString>("after");
    const QString two = u"a 0,0 12x4; b 12,0 12x4"_s;
    QTest::newRow("wider pushes down")
        << two << u"a"_s << GridRect{0, 0, 13, 4} << u"a 0,0 13x4; b 12,4 12x4"_s;
    QTest::newRow("taller") << two << u"a"_s << GridRect{0, 0, 12, 9} << u"a 0,0 12x9; b 12,0 12x4"_s;
    QTest::newRow("too small") << two << u"a"_s << GridRect{0, 0, 0, -4} << u"a 0,0 2x2; b 12,0 12x4"_s;
    QTest::newRow("too wide") << u"a 0,0 12x4"_s << u"a"_s << GridRect{3, 0, 99, 4} << u"a 0,0 24x4"_s;
    QTest::newRow("from the left") << u"a 12,0 12x4"_s << u"a"_s << GridRect{6, 0, 18, 4} << u"a 6,0 18x4"_s;
    QTest::newRow("rows keep their size")
        << u"r 0,0 24x1"_s << u"r"_s << GridRect{0, 0, 4, 8} << u"r 0,0 24x1"_s;
}

void TestDashboardEdit::resizes()
{
    QFETCH(QString, before);
    QFETCH(QString, id);
    QFETCH(GridRect, grid);
    QFETCH(QString, after);
    QCOMPARE(textOf(withPanelResized(boardFrom(before), id, grid)), textOf(boardFrom(after)));
}

void TestDashboardEdit::adds_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<GridRect>("size");
    QTest::addColumn<QString>("after");
    QTest::newRow("empty") << QString() << GridRect{0, 0, 12, 8} << u"new 0,0 12x8"_s;
    QTest::newRow("beside") << u"a 0,0 12x8"_s << GridRect{0, 0, 12, 8} << u"a 0,0 12x8; new 12,0 12x8"_s;
    QTest::newRow("below") << u"a 0,0 20x8"_s << GridRect{0, 0, 12, 8} << u"a 0,0 20x8; new 0,8 12x8"_s;
    QTest::newRow("a gap in the middle") << u"a 0,0 6x8; b 18,0 6x8; c 0,8 24x4"_s << GridRect{0, 0, 12, 8}
                                         << u"a 0,0 6x8; b 18,0 6x8; c 0,8 24x4; new 6,0 12x8"_s;
    QTest::newRow("not into what is folded") << u"a 0,0 24x4; rf 0,4 24x1"_s << GridRect{0, 0, 12, 8}
                                             << u"a 0,8 24x4; new 0,0 12x8; rf 0,12 24x1"_s;
}

void TestDashboardEdit::adds()
{
    QFETCH(QString, before);
    QFETCH(GridRect, size);
    QFETCH(QString, after);
    Panel panel = panelAt(u"new"_s, 0, 0, size.width, size.height);
    const EditedPanel added = withPanel(boardFrom(before), panel);
    QCOMPARE(added.panelId, u"new"_s);
    QCOMPARE(textOf(added.dashboard), textOf(boardFrom(after)));
    const EditedPanel again = withPanel(added.dashboard, panel);
    QCOMPARE(again.panelId, u"new-2"_s);
}

void TestDashboardEdit::duplicates_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("after");
    QTest::newRow("beside") << u"a 0,0 12x4"_s << u"a 0,0 12x4; a-2 12,0 12x4"_s;
    QTest::newRow("below, others make room")
        << u"a 0,0 24x4; b 0,4 24x2"_s << u"a 0,0 24x4; a-2 0,4 24x4; b 0,8 24x2"_s;
    QTest::newRow("taken beside") << u"a 0,0 12x4; b 12,0 12x4"_s
                                  << u"a 0,0 12x4; a-2 0,4 12x4; b 12,0 12x4"_s;
}

void TestDashboardEdit::duplicates()
{
    QFETCH(QString, before);
    QFETCH(QString, after);
    const EditedPanel copied = withDuplicate(boardFrom(before), u"a"_s);
    QCOMPARE(copied.panelId, u"a-2"_s);
    QCOMPARE(textOf(copied.dashboard), textOf(boardFrom(after)));
    QCOMPARE(findPanel(copied.dashboard, u"a-2"_s)->title, u"a"_s);
}

void TestDashboardEdit::removes()
{
    const Dashboard board = boardFrom(u"a 0,0 24x4; b 0,4 24x4; c 0,8 24x4"_s);
    const EditedPanel without = withoutPanel(board, u"b"_s);
    QCOMPARE(textOf(without.dashboard), u"a 0,0 24x4; c 0,4 24x4"_s);
    QCOMPARE(without.panelId, u"c"_s);
    QCOMPARE(withoutPanel(board, u"c"_s).panelId, u"b"_s);
    QCOMPARE(withoutPanel(boardFrom(u"a 0,0 4x4"_s), u"a"_s).panelId, QString());
}

void TestDashboardEdit::replaces()
{
    const Dashboard board = boardFrom(u"a 0,0 12x4; b 12,0 12x4"_s);
    Panel panel = *findPanel(board, u"a"_s);
    panel.title = u"Other"_s;
    panel.id = u"b"_s; // taken
    const EditedPanel replaced = withPanelReplaced(board, u"a"_s, panel);
    QCOMPARE(replaced.panelId, u"b-2"_s);
    QCOMPARE(replaced.dashboard.panels.size(), size_t(2));
    QCOMPARE(findPanel(replaced.dashboard, u"b-2"_s)->title, u"Other"_s);
    panel.id = u"Not possible"_s;
    QCOMPARE(withPanelReplaced(board, u"a"_s, panel).panelId, u"not-possible"_s);
}

void TestDashboardEdit::orders()
{
    const Dashboard board = boardFrom(u"a 0,0 4x4; b 4,0 4x4; c 8,0 4x4"_s);
    QCOMPARE(panelIds(withPanelOrder(board, u"a"_s, 99)), (QStringList{u"b"_s, u"c"_s, u"a"_s}));
    QCOMPARE(panelIds(withPanelOrder(board, u"c"_s, 0)), (QStringList{u"c"_s, u"a"_s, u"b"_s}));
    QCOMPARE(inReadingOrder(withPanelOrder(board, u"c"_s, 0)), panelIds(board));
}

void TestDashboardEdit::switchesKind()
{
    Panel panel = panelAt(u"a"_s, 0, 0, 12, 4, u"stat"_s);
    panel.unit = u"bytes"_s;
    panel.options = {{u"calc"_s, u"max"_s}, {u"sparkline"_s, true}, {u"min"_s, u"nonsense"_s}};
    FieldSpec calc, least;
    calc.key = u"calc"_s;
    calc.kind = FieldSpec::Kind::Choice;
    calc.choices = {u"last"_s, u"max"_s};
    least.key = u"min"_s;
    least.kind = FieldSpec::Kind::Number;
    const Panel gauge = withKind(panel, u"gauge"_s, {calc, least});
    QCOMPARE(gauge.kind, u"gauge"_s);
    QCOMPARE(gauge.unit, u"bytes"_s);
    QCOMPARE(gauge.options, (QVariantMap{{u"calc"_s, u"max"_s}}));
}

void TestDashboardEdit::ids_data()
{
    QTest::addColumn<QString>("title");
    QTest::addColumn<QStringList>("taken");
    QTest::addColumn<QString>("id");
    QTest::newRow("plain") << u"p99 latency (ms)"_s << QStringList() << u"p99-latency-ms"_s;
    QTest::newRow("taken") << u"CPU"_s << QStringList{u"cpu"_s, u"cpu-2"_s} << u"cpu-3"_s;
    QTest::newRow("counts on") << u"cpu-2"_s << QStringList{u"cpu-2"_s} << u"cpu-3"_s;
    QTest::newRow("accents") << u"Übersicht"_s << QStringList() << u"u-bersicht"_s;
    QTest::newRow("nothing left") << u"服务"_s << QStringList() << u"panel"_s;
    QTest::newRow("empty, taken") << QString() << QStringList{u"panel"_s} << u"panel-2"_s;
    QTest::newRow("hostile") << u"../../etc/passwd"_s << QStringList() << u"etc-passwd"_s;
}

void TestDashboardEdit::ids()
{
    QFETCH(QString, title);
    QFETCH(QStringList, taken);
    QFETCH(QString, id);
    QCOMPARE(idFrom(title, taken, u"panel"_s), id);
    QVERIFY(isPossibleId(id));
    QCOMPARE(emptyDashboard(u"CPU"_s, {u"cpu"_s}).id, u"cpu-2"_s);
}

void TestDashboardEdit::sameContent()
{
    Dashboard a = boardFrom(u"a 0,0 4x4"_s), b = a;
    b.origin = u"/etc/b.yaml"_s;
    b.panels[0].line = 7;
    QVERIFY(isSameContent(a, b));
    b.panels[0].title = u"x"_s;
    QVERIFY(!isSameContent(a, b));
}

void TestDashboardEdit::unknownPanelsChangeNothing()
{
    const Dashboard board = boardFrom(u"a 0,0 12x4; b 12,0 12x4"_s);
    QCOMPARE(withPanelAt(board, u"x"_s, 1, 1), board);
    QCOMPARE(withPanelNudged(board, u"x"_s, GridStep::Down), board);
    QCOMPARE(withPanelResized(board, u"x"_s, {}), board);
    QCOMPARE(withDuplicate(board, u"x"_s).dashboard, board);
    QCOMPARE(withoutPanel(board, u"x"_s).dashboard, board);
    QCOMPARE(withPanelReplaced(board, u"x"_s, {}).dashboard, board);
    QCOMPARE(withPanelOrder(board, u"x"_s, 0), board);
}

void TestDashboardEdit::problemsStandAtTheirField()
{
    Panel panel = panelAt(u"a"_s, 0, 0, 12, 4, u"stat"_s);
    panel.unit = u"furlongs"_s;
    PanelQuery query;
    query.id = u"q"_s;
    query.expr = u"up{x=\"$nope\"}"_s;
    query.minStep = u"soon"_s;
    panel.queries.push_back(query);
    panel.thresholds.push_back({{}, false, {{1.0, u"good"_s}, {0.5, u"good"_s}}});
    panel.links.push_back({u"L"_s, {}, {}, {}});
    panel.options.insert(u"max"_s, u"much"_s);
    FieldSpec most;
    most.key = u"max"_s;
    most.kind = FieldSpec::Kind::Number;
    QStringList fields;
    for (const PanelProblem &problem : problemsOf(panel, boardFrom({}), kKinds, {most})) {
        QVERIFY(!problem.text.isEmpty());
        fields << problem.field + (problem.item.isEmpty() ? QString() : u'/' + problem.item);
    }
    fields.sort();
    QCOMPARE(fields,
        (QStringList{
            u"links"_s, u"options/max"_s, u"queries/q"_s, u"queries/q"_s, u"thresholds"_s, u"unit"_s}));
    QVERIFY(problemsOf(panelAt(u"b"_s, 0, 0, 4, 4), boardFrom({}), kKinds, {}).empty());
}

/// Whatever is done in whatever order: ids unique, nothing overlaps, everything inside and floated up.
void TestDashboardEdit::anythingKeepsTheLayoutWhole()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    QRandomGenerator random(seed);
    for (int round = 0; round < 60; ++round) {
        Dashboard board = boardFrom({});
        for (int step = 0; step < 40; ++step) {
            const QStringList ids = panelIds(board);
            const QString id = ids.isEmpty() ? QString() : ids[random.bounded(int(ids.size()))];
            const auto any = [&](int from, int to) { return int(random.bounded(from, to)); };
            switch (random.bounded(7)) {
            case 0:
            case 1: {
                Panel panel = panelAt(u"p"_s, 0, 0, any(-2, 30), any(-2, 12));
                if (random.bounded(6) == 0) {
                    panel = panelAt(u"r"_s, 0, 0, 24, 1, u"row"_s);
                    panel.collapsed = random.bounded(2) == 0;
                }
                board = withPanel(board, panel).dashboard;
                break;
            }
            case 2:
                board = withPanelAt(board, id, any(-5, 30), any(-5, 60));
                break;
            case 3:
                board = withPanelNudged(board, id, GridStep(random.bounded(4)));
                break;
            case 4:
                board = withPanelResized(board, id, {any(-5, 30), any(-5, 60), any(-5, 40), any(-5, 20)});
                break;
            case 5:
                board = withDuplicate(board, id).dashboard;
                break;
            default:
                if (random.bounded(3) == 0)
                    board = withoutPanel(board, id).dashboard;
                break;
            }
            const auto why = [&] { return u"seed %1: %2"_s.arg(seed).arg(textOf(board)); };
            for (const Finding &finding : lint(board, kKinds))
                QVERIFY2(false, qPrintable(why() + u" – "_s + finding.text));
            std::vector<Panel> floated = board.panels;
            floatUp(floated);
            QVERIFY2(floated == board.panels, qPrintable(why()));
        }
    }
}

QTEST_GUILESS_MAIN(TestDashboardEdit)
#include "tst_dashboardedit.moc"
