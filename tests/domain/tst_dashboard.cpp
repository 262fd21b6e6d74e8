// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/dashboard.h>

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <functional>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

const QStringList kKinds{u"timeseries"_s, u"stat"_s, u"table"_s, u"row"_s};

Panel panel(const QString &id, GridRect grid = {})
{
    Panel out;
    out.id = id;
    out.kind = u"timeseries"_s;
    out.grid = grid;
    out.queries = {{.id = u"a"_s,
        .datasource = {},
        .expr = u"up{ns=\"$ns\"}"_s,
        .legend = {},
        .minStep = {},
        .fallbacks = {}}};
    out.line = 10;
    return out;
}

Dashboard sound()
{
    Dashboard out;
    out.id = u"on-call"_s;
    out.title = u"On-call"_s;
    out.origin = u"on-call.yaml"_s;
    Variable ns;
    ns.name = u"ns"_s;
    ns.kind = u"query"_s;
    ns.query = u"label_values(up, namespace)"_s;
    out.variables = {ns};
    out.panels = {panel(u"p1"_s, {0, 0, 12, 8}), panel(u"p2"_s, {12, 0, 12, 8})};
    return out;
}

using Change = std::function<void(Dashboard &)>;

bool overlap(const GridRect &a, const GridRect &b)
{
    return a.col < b.col + b.width && b.col < a.col + a.width && a.row < b.row + b.height
        && b.row < a.row + a.height;
}

} // namespace

Q_DECLARE_METATYPE(Change)

class TestDashboard : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void aSoundOneHasNoFindings()
    {
        const auto findings = lint(sound(), kKinds);
        QVERIFY2(findings.empty(), findings.empty() ? "" : qPrintable(findings.front().toString()));
    }

    void findings_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<Finding::Level>("level");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const Change &change, const char *text,
                             Finding::Level level = Finding::Level::Error) {
            QTest::newRow(name) << change << level << QString::fromUtf8(text);
        };
        const auto inPanel = [](const std::function<void(Panel &)> &change) -> Change {
            return [change](Dashboard &d) { change(d.panels[0]); };
        };
        const auto inQuery = [](const std::function<void(PanelQuery &)> &change) -> Change {
            return [change](Dashboard &d) { change(d.panels[0].queries[0]); };
        };
        row(
            "id", [](Dashboard &d) { d.id = u"On Call"_s; }, "id: found \"On Call\"");
        row(
            "title", [](Dashboard &d) { d.title.clear(); }, "title is missing");
        row(
            "time",
            [](Dashboard &d) {
                d.time = {u"now"_s, u"now-1h"_s};
            },
            "time: the range ends");
        row(
            "zone", [](Dashboard &d) { d.zone = u"Mars/Base"_s; }, "zone: found \"Mars/Base\"");
        row(
            "refresh", [](Dashboard &d) { d.refresh = u"1s"_s; }, "refresh: found 1s, allowed is 5s or more");
        row(
            "refresh word", [](Dashboard &d) { d.refresh = u"often"_s; }, "refresh: \"often\"");
        row(
            "crosshair", [](Dashboard &d) { d.crosshair = u"shard"_s; }, "did you mean shared?");
        row(
            "variable twice", [](Dashboard &d) { d.variables.push_back(d.variables[0]); },
            "variable ns is declared twice");
        row(
            "variable name", [](Dashboard &d) { d.variables[0].name = u"__x"_s; }, "variable name \"__x\"");
        row(
            "variable kind", [](Dashboard &d) { d.variables[0].kind = u"qeury"_s; }, "did you mean query?");
        row(
            "variable regex", [](Dashboard &d) { d.variables[0].regex = u"("_s; }, "variable ns: regex");
        row(
            "variable query", [](Dashboard &d) { d.variables[0].query.clear(); }, "needs a query");
        row(
            "cycle",
            [](Dashboard &d) {
                Variable other = d.variables[0];
                other.name = u"b"_s;
                other.query = u"label_values(up{ns=\"$ns\"}, b)"_s;
                d.variables[0].query = u"label_values(up{b=\"$b\"}, ns)"_s;
                d.variables.push_back(other);
            },
            "in a circle: ns → b → ns");
        row("panel id", inPanel([](Panel &p) { p.id.clear(); }), "a panel has no id");
        row("panel id twice", inPanel([](Panel &p) { p.id = u"p2"_s; }), "\"p2\" is used twice");
        row("kind", inPanel([](Panel &p) { p.kind = u"timeserie"_s; }), "did you mean timeseries?");
        row("too wide", inPanel([](Panel &p) { p.grid = {20, 0, 8, 8}; }), "does not fit");
        row("no height", inPanel([](Panel &p) { p.grid.height = 0; }), "does not fit");
        row("overlap", inPanel([](Panel &p) { p.grid.width = 13; }), "overlaps panel p1",
            Finding::Level::Warning);
        row("unit", inPanel([](Panel &p) { p.unit = u"furlongs"_s; }), "unit \"furlongs\"",
            Finding::Level::Warning);
        row("min refresh", inPanel([](Panel &p) { p.minRefresh = u"x"_s; }), "min_refresh");
        row("panel time", inPanel([](Panel &p) { p.time = TimeSpec{u"x"_s, u"now"_s}; }), "time: \"x\"");
        row("datasource", inPanel([](Panel &p) { p.datasource = u"$dss"_s; }), "unknown variable $dss");
        row("query id twice", inPanel([](Panel &p) { p.queries.push_back(p.queries[0]); }),
            "query id \"a\" is used twice");
        row("query type", inQuery([](PanelQuery &q) { q.type = u"promq"_s; }), "did you mean promql?");
        row("no expression", inQuery([](PanelQuery &q) { q.expr = u" "_s; }), "expr is empty");
        row("unknown variable", inQuery([](PanelQuery &q) { q.expr = u"up{a=\"$nss\"}"_s; }),
            "did you mean $ns?");
        row("unknown macro", inQuery([](PanelQuery &q) { q.expr = u"x[$__rate]"_s; }),
            "unknown macro $__rate at character 3");
        row("fallback", inQuery([](PanelQuery &q) { q.fallbacks = {u"$__bad"_s}; }),
            "fallback: unknown macro");
        row("min step", inQuery([](PanelQuery &q) { q.minStep = u"0s"_s; }), "min_step");
        row("thresholds", inPanel([](Panel &p) {
            p.thresholds = {{{}, false, {{{}, u"good"_s}, {5, u"warning"_s}, {5, u"critical"_s}}}};
        }),
            "5 follows 5; steps must ascend");
        row("second minus infinity", inPanel([](Panel &p) {
            p.thresholds = {{{}, false, {{{}, u"good"_s}, {{}, u"critical"_s}}}};
        }),
            "only the first step");
        row("color", inPanel([](Panel &p) {
            p.thresholds = {{{}, false, {{{}, u"red"_s}}}};
        }),
            "color \"red\"");
        row("mapping", inPanel([](Panel &p) {
            p.mappings = {{ValueMapping::Kind::Range, {}, 5, 1, {}, {}}};
        }),
            "from 5 to 1 is empty");
        row("mapping regex", inPanel([](Panel &p) {
            p.mappings = {{ValueMapping::Kind::Regex, u"("_s, 0, 0, {}, {}}};
        }),
            "mapping: regex");
        row("mapping special", inPanel([](Panel &p) {
            p.mappings = {{ValueMapping::Kind::Special, u"nil"_s, 0, 0, {}, {}}};
        }),
            "mapping: match");
        row("link", inPanel([](Panel &p) {
            p.links = {{u"x"_s, {}, u"javascript:alert(1)"_s, {}}};
        }),
            "only http and https");
        row("link to nothing", inPanel([](Panel &p) { p.links = {{u"x"_s, {}, {}, {}}}; }), "leads nowhere");
        row(
            "annotation",
            [](Dashboard &d) {
                d.annotations = {{u"x"_s, u"promql"_s, {}, {}, {}, {}, {}}};
            },
            "annotation x: expr is empty");
        row(
            "annotation type",
            [](Dashboard &d) {
                d.annotations = {{u"x"_s, u"deploy"_s, {}, {}, {}, {}, {}}};
            },
            "did you mean deploys?");
    }
    void findings()
    {
        QFETCH(Change, change);
        QFETCH(Finding::Level, level);
        QFETCH(QString, text);
        Dashboard broken = sound();
        change(broken);
        const auto found = lint(broken, kKinds);
        const auto hit = std::find_if(
            found.begin(), found.end(), [&](const Finding &finding) { return finding.text.contains(text); });
        QVERIFY2(hit != found.end(), found.empty() ? "no finding" : qPrintable(found.front().text));
        QCOMPARE(hit->level, level);
        QCOMPARE(hit->file, u"on-call.yaml"_s);
    }

    void findingText()
    {
        Finding finding{Finding::Level::Error, u"a.yaml"_s, 3, 7, u"bad"_s};
        QCOMPARE(finding.toString(), u"a.yaml:3:7: bad"_s);
        finding.column = 0;
        QCOMPARE(finding.toString(), u"a.yaml:3: bad"_s);
        finding.line = 0;
        QCOMPARE(finding.toString(), u"a.yaml: bad"_s);
        finding.file.clear();
        QCOMPARE(finding.toString(), u"bad"_s);
    }

    void panelsFloatUp()
    {
        std::vector<Panel> panels{panel(u"low"_s, {0, 20, 24, 4}), panel(u"left"_s, {0, 3, 12, 8}),
            panel(u"right"_s, {12, 5, 12, 4}), panel(u"under right"_s, {12, 15, 12, 2})};
        floatUp(panels);
        QCOMPARE(panels[0].grid, (GridRect{0, 8, 24, 4}));
        QCOMPARE(panels[1].grid, (GridRect{0, 0, 12, 8}));
        QCOMPARE(panels[2].grid, (GridRect{12, 0, 12, 4}));
        QCOMPARE(panels[3].grid, (GridRect{12, 4, 12, 2}));
        QCOMPARE(panels[0].id, u"low"_s); // the order of the file stays
    }

    void overlapsAreMovedApart()
    {
        std::vector<Panel> panels{panel(u"a"_s, {0, 0, 12, 8}), panel(u"b"_s, {6, 0, 12, 8})};
        floatUp(panels);
        QCOMPARE(panels[1].grid.row, 8);
    }

    void floatingEnds()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int round = 0; round < 200; ++round) {
            std::vector<Panel> panels;
            for (int i = random.bounded(1, 20); i > 0; --i) {
                const int width = random.bounded(1, 25);
                panels.push_back(panel(QString::number(i),
                    {random.bounded(25 - width), random.bounded(40), width, random.bounded(1, 9)}));
            }
            floatUp(panels);
            for (const Panel &one : panels) {
                bool rests = one.grid.row == 0;
                for (const Panel &other : panels) {
                    QVERIFY2(
                        &one == &other || !overlap(one.grid, other.grid), qPrintable(QString::number(seed)));
                    GridRect above = one.grid;
                    above.row -= 1;
                    rests = rests || (&one != &other && overlap(above, other.grid));
                }
                QVERIFY2(rests, qPrintable(QString::number(seed)));
            }
            std::vector<Panel> again = panels;
            floatUp(again);
            QCOMPARE(again, panels);
        }
    }

    void absurdGridsDoNoHarm()
    {
        std::vector<Panel> panels{panel(u"a"_s, {-5, -3, 90, -2}), panel(u"b"_s, {99, 0, 0, 0})};
        floatUp(panels);
        QCOMPARE(panels[0].grid.row, 0);
    }
};

QTEST_APPLESS_MAIN(TestDashboard)
#include "tst_dashboard.moc"
