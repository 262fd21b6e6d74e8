// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/variablegraph.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Variable asking(const QString &name, const QString &query, const QString &datasource = {})
{
    Variable variable;
    variable.name = name;
    variable.kind = u"query"_s;
    variable.query = query;
    variable.datasource = datasource;
    return variable;
}

} // namespace

class TestVariableGraph : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void chains()
    {
        const VariableGraph graph(
            {asking(u"a"_s, u"label_values(x)"_s), asking(u"b"_s, u"label_values(up{a=\"$a\"}, x)"_s),
                asking(u"c"_s, u"label_values(${__sel.requests:b,nobody}, x)"_s),
                asking(u"d"_s, u"label_values(x)"_s, u"${c}"_s), asking(u"e"_s, u"label_values(e)"_s)});
        QVERIFY(graph.cycles().isEmpty());
        QCOMPARE(graph.needs(u"c"_s), QStringList{u"b"_s});
        QCOMPARE(graph.dependants({u"a"_s}), (QSet<QString>{u"b"_s, u"c"_s, u"d"_s}));
        QCOMPARE(graph.dependants({u"d"_s}), QSet<QString>());
        QCOMPARE(graph.closure({u"c"_s}), (QSet<QString>{u"a"_s, u"b"_s, u"c"_s}));
    }

    void circlesAreNamed()
    {
        const VariableGraph graph({asking(u"x"_s, u"f($a)"_s), asking(u"a"_s, u"f($b)"_s),
            asking(u"b"_s, u"f($a,$c)"_s), asking(u"c"_s, u"f(1)"_s), asking(u"self"_s, u"f($self)"_s)});
        QCOMPARE(graph.cycles(), (QStringList{u"a → b → a"_s, u"self → self"_s}));
        QVERIFY(graph.inCycle(u"a"_s) && graph.inCycle(u"b"_s) && graph.inCycle(u"self"_s));
        QVERIFY(!graph.inCycle(u"x"_s) && !graph.inCycle(u"c"_s));
        QVERIFY(graph.needs(u"a"_s).isEmpty()); // a text now
        QCOMPARE(graph.needs(u"x"_s), QStringList{u"a"_s});
    }

    void panelsUse()
    {
        Panel panel;
        panel.datasource = u"$ds"_s;
        PanelQuery query;
        query.expr = u"rate(${__sel.requests:service}[5m]) / $x"_s;
        query.fallbacks = {u"y{a=\"${z:regex}\"}"_s};
        panel.queries = {query};
        QCOMPARE(namesUsedBy(panel, {u"only"_s}),
            (QSet<QString>{u"ds"_s, u"service"_s, u"x"_s, u"z"_s, u"cluster"_s, u"namespace"_s,
                u"environment"_s, u"only"_s}));
        query.type = u"alerts"_s;
        query.expr.clear();
        query.fallbacks.clear();
        panel.queries = {query};
        QCOMPARE(namesUsedBy(panel, {u"only"_s}), QSet<QString>{u"ds"_s});
    }
};

QTEST_APPLESS_MAIN(TestVariableGraph)
#include "tst_variablegraph.moc"
