// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/fieldlook.h>
#include <domain/dashboards/repeat.h>
#include <domain/metrics/calc.h>

#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

/// Overrides, copies of repeated panels, and calculations: what imported dashboards lean on.
class TestFieldLook : public QObject
{
    Q_OBJECT
private slots:
    void matches_data();
    void matches();
    void laterWins();
    void copies_data();
    void copies();
    void rowsBringTheirPanels();
    void manyCopies();
    void titles();
    void calculations_data();
    void calculations();
};

void TestFieldLook::matches_data()
{
    QTest::addColumn<int>("by");
    QTest::addColumn<QString>("match");
    QTest::addColumn<bool>("expected");
    using By = FieldOverride::By;
    QTest::newRow("name") << int(By::Name) << u"p99 latency"_s << true;
    QTest::newRow("name is whole") << int(By::Name) << u"p99"_s << false;
    QTest::newRow("regex anywhere") << int(By::NameRegex) << u"^p\\d+"_s << true;
    QTest::newRow("regex elsewhere") << int(By::NameRegex) << u"^x"_s << false;
    QTest::newRow("broken regex") << int(By::NameRegex) << u"("_s << false;
    QTest::newRow("type") << int(By::Type) << u"number"_s << true;
    QTest::newRow("other type") << int(By::Type) << u"text"_s << false;
    QTest::newRow("query") << int(By::Query) << u"A"_s << true;
    QTest::newRow("value") << int(By::Value) << u">"_s << true; // the mean is 2
    QTest::newRow("other value") << int(By::Value) << u"<"_s << false;
}

void TestFieldLook::matches()
{
    QFETCH(int, by);
    QFETCH(QString, match);
    Panel panel;
    FieldOverride rule;
    rule.by = FieldOverride::By(by);
    rule.match = match;
    rule.calc = u"mean"_s;
    rule.op = match;
    rule.value = 1;
    rule.set.insert(u"unit"_s, u"s"_s);
    panel.overrides.push_back(rule);
    const FieldLooks looks(panel);
    const double samples[] = {1, 3};
    FieldFacts facts;
    facts.name = u"p99 latency"_s;
    facts.query = u"A"_s;
    facts.value = [&](const QString &calc) { return calculate(samples, calc); };
    QTEST(looks.lookFor(facts).isOverridden, "expected");
}

void TestFieldLook::laterWins()
{
    Panel panel;
    panel.unit = u"bytes"_s;
    panel.decimals = 1;
    panel.options.insert(u"color"_s, u"good"_s);
    FieldOverride all, one;
    all.by = FieldOverride::By::NameRegex;
    all.match = u".*"_s;
    all.set = {{u"unit"_s, u"s"_s}, {u"decimals"_s, 3}};
    one.match = u"x"_s;
    one.set = {{u"unit"_s, u"ms"_s}, {u"color"_s, u"series-2"_s}, {u"title"_s, u"X"_s}};
    one.mappings = {ValueMapping{}};
    panel.overrides = {all, one};
    const FieldLooks looks(panel);
    FieldFacts facts;
    facts.name = u"x"_s;
    const FieldLook x = looks.lookFor(facts);
    QCOMPARE(x.unit, u"ms"_s);
    QCOMPARE(x.decimals, 3);
    QCOMPARE(x.color, u"series-2"_s);
    QCOMPARE(x.title, u"X"_s);
    QCOMPARE(x.mappings->size(), size_t(1));
    facts.name = u"y"_s;
    const FieldLook y = looks.lookFor(facts);
    QCOMPARE(y.unit, u"s"_s);
    QCOMPARE(y.color, u"good"_s);
    QVERIFY(y.mappings->empty());
}

void TestFieldLook::copies_data()
{
    QTest::addColumn<QStringList>("values");
    QTest::addColumn<bool>("down");
    QTest::addColumn<int>("perRow");
    QTest::addColumn<QString>("expected"); // col,row,width of each copy; then the row of what lies below
    QTest::newRow("two side by side") << QStringList{u"a"_s, u"b"_s} << false << 4 << u"0,0,12 12,0,12 / 8"_s;
    QTest::newRow("five, four a row") << QStringList{u"a"_s, u"b"_s, u"c"_s, u"d"_s, u"e"_s} << false << 4
                                      << u"0,0,6 6,0,6 12,0,6 18,0,6 0,8,6 / 16"_s;
    QTest::newRow("below each other") << QStringList{u"a"_s, u"b"_s} << true << 4 << u"2,0,6 2,8,6 / 16"_s;
    QTest::newRow("one") << QStringList{u"a"_s} << false << 4 << u"0,0,24 / 8"_s;
    QTest::newRow("none") << QStringList() << false << 4 << u"2,0,6 / 8"_s;
}

void TestFieldLook::copies()
{
    QFETCH(QStringList, values);
    QFETCH(bool, down);
    QFETCH(int, perRow);
    Panel repeated, below;
    repeated.id = u"p"_s;
    repeated.title = u"CPU of $pod"_s;
    repeated.grid = {2, 0, 6, 8};
    repeated.repeat = {u"pod"_s, down, perRow};
    below.id = u"q"_s;
    below.grid = {0, 8, 24, 4};
    const std::vector<Panel> made = withCopies({repeated, below}, {{u"pod"_s, values}});
    QStringList places;
    for (size_t i = 0; i + 1 < made.size(); ++i)
        places << u"%1,%2,%3"_s.arg(made[i].grid.col).arg(made[i].grid.row).arg(made[i].grid.width);
    QTEST(places.join(u' ') + u" / %1"_s.arg(made.back().grid.row), "expected");
    if (values.isEmpty())
        return;
    QCOMPARE(made[0].id, u"p"_s);
    QCOMPARE(made[0].title, u"CPU of a"_s);
    QCOMPARE(made[0].scope.value(u"pod"_s), QStringList{u"a"_s});
    QVERIFY(made.size() < 3 || made[1].id == u"p/2"_s);
}

void TestFieldLook::rowsBringTheirPanels()
{
    Panel row, inner, other;
    row.id = u"r"_s;
    row.kind = u"row"_s;
    row.title = u"Cluster $c"_s;
    row.grid = {0, 0, 24, 1};
    row.repeat.variable = u"c"_s;
    inner.id = u"i"_s;
    inner.title = u"$c $pod"_s;
    inner.grid = {0, 1, 24, 4};
    inner.repeat.variable = u"pod"_s;
    inner.repeat.down = true;
    other.id = u"o"_s;
    other.kind = u"row"_s;
    other.grid = {0, 5, 24, 1};
    const std::vector<Panel> made =
        withCopies({row, inner, other}, {{u"c"_s, {u"x"_s, u"y"_s}}, {u"pod"_s, {u"1"_s, u"2"_s}}});
    QStringList found;
    for (const Panel &panel : made)
        found << u"%1@%2 %3"_s.arg(panel.id).arg(panel.grid.row).arg(panel.title);
    QCOMPARE(found,
        (QStringList{u"r@0 Cluster x"_s, u"i@1 x 1"_s, u"i/2@5 x 2"_s, u"r/2@9 Cluster y"_s, u"i/2@10 y 1"_s,
            u"i/2/2@14 y 2"_s, u"o@18 "_s}));
}

void TestFieldLook::manyCopies()
{
    Panel repeated;
    repeated.id = u"p"_s;
    repeated.repeat.variable = u"pod"_s;
    QStringList values;
    for (int i = 0; i < 5000; ++i)
        values << QString::number(i);
    QCOMPARE(withCopies({repeated}, {{u"pod"_s, values}}).size(), size_t(kMaxCopies));
}

void TestFieldLook::titles()
{
    const QMap<QString, QStringList> values{{u"a"_s, {u"x"_s}}, {u"b"_s, {u"1"_s, u"2"_s}}};
    QCOMPARE(titleWith(u"of $a, ${b} and [[a]]"_s, values), u"of x, 1 + 2 and x"_s);
    QCOMPARE(titleWith(u"$c stays, $__interval too, 5 $"_s, values), u"$c stays, $__interval too, 5 $"_s);
    QCOMPARE(titleWith(u"$a$a"_s, {{u"a"_s, {u"$a"_s}}}), u"$a$a"_s); // once
}

void TestFieldLook::calculations_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<double>("expected"); // of NaN, 4, 2, NaN, 6, NaN
    const double none = std::nan("");
    QTest::newRow("last") << u"last"_s << 6.0;
    QTest::newRow("last as it is") << u"last_null"_s << none;
    QTest::newRow("first") << u"first"_s << 4.0;
    QTest::newRow("min") << u"min"_s << 2.0;
    QTest::newRow("max") << u"max"_s << 6.0;
    QTest::newRow("mean") << u"mean"_s << 4.0;
    QTest::newRow("sum") << u"sum"_s << 12.0;
    QTest::newRow("count") << u"count"_s << 3.0;
    QTest::newRow("range") << u"range"_s << 4.0;
    QTest::newRow("increase with a restart") << u"delta"_s << 6.0;
    QTest::newRow("difference") << u"diff"_s << 2.0;
    QTest::newRow("difference in shares") << u"diff_percent"_s << 0.5;
    QTest::newRow("variance") << u"variance"_s << 8.0 / 3;
    QTest::newRow("median") << u"median"_s << 4.0;
    QTest::newRow("percentile") << u"p75"_s << 5.0;
}

void TestFieldLook::calculations()
{
    QFETCH(QString, id);
    QFETCH(double, expected);
    const double none = std::nan("");
    const double samples[] = {none, 4, 2, none, 6, none};
    const double found = calculate(samples, id);
    QVERIFY2(std::isnan(expected) ? std::isnan(found) : std::abs(found - expected) < 1e-12,
        qPrintable(QString::number(found)));
    const double nothing[] = {none};
    const double ofNothing = calculate(nothing, id);
    QVERIFY(id == "count"_L1 ? ofNothing == 0 : std::isnan(ofNothing));
    QVERIFY(isCalc(id));
    QVERIFY(!isCalc(u"p100"_s) && !isCalc(u"avg"_s));
}

QTEST_GUILESS_MAIN(TestFieldLook)
#include "tst_fieldlook.moc"
