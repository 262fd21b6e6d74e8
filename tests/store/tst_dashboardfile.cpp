// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>
#include <store/documents/yamlreader.h>

#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArray kHead = "version: 1\nkind: dashboard\nid: d\ntitle: D\n";

QByteArray panel(const QByteArray &more)
{
    return kHead + "panels:\n  - id: p\n    kind: stat\n    grid: {col: 0, row: 0, width: 6, height: 4}\n"
        + more;
}

QStringList texts(const std::vector<Finding> &findings)
{
    QStringList found;
    for (const Finding &finding : findings)
        found.push_back((finding.level == Finding::Level::Error ? u"E "_s : u"W "_s) + finding.toString());
    return found;
}

/// What writing keeps: everything but the place in a file.
Dashboard placeless(Dashboard dashboard)
{
    dashboard.origin.clear();
    for (Panel &each : dashboard.panels)
        each.line = 0;
    return dashboard;
}

/// Makes dashboards of any content that the format allows.
class Maker
{
public:
    explicit Maker(quint32 seed)
        : m_random(seed)
    {
    }

    Dashboard dashboard()
    {
        Dashboard made;
        made.id = u"id-%1"_s.arg(number(100));
        made.title = full();
        made.description = text();
        made.tags = list();
        made.time = chance() ? TimeSpec{u"now-6h"_s, u"now"_s} : TimeSpec{u"now-1d/d"_s, u"now/d"_s};
        made.zone = chance() ? u"utc"_s : u"Europe/Paris"_s;
        made.refresh = chance() ? u"manual"_s : u"1m30s"_s;
        made.crosshair = chance() ? u"none"_s : u"shared"_s;
        made.context = list();
        for (int i = number(3); i > 0; --i)
            made.variables.push_back(variable(i));
        for (int i = number(4); i > 0; --i)
            made.panels.push_back(panel(i));
        for (int i = number(3); i > 0; --i)
            made.annotations.push_back(
                {full(), full(), text(), text(), text(), color(), chance() ? u"60s"_s : QString()});
        return made;
    }

private:
    int number(int bound) { return int(m_random.bounded(bound)); }
    bool chance() { return number(2) == 0; }
    QString full()
    {
        static const QStringList texts{u"Title"_s, u"yes"_s, u"12"_s, u"a: b"_s,
            u"sum by (x) (rate(y{z=~\"a|b\"}[5m]))"_s, u"two\nlines\n"_s, u" odd\n space "_s,
            u"{{service}}"_s, u"quo\"te's"_s, u"\\d+"_s, u"#1"_s, u"- x"_s, u"日本 🔥"_s};
        return texts[number(int(texts.size()))];
    }
    QString text() { return chance() ? full() : QString(); }
    QStringList list()
    {
        QStringList made;
        for (int i = number(3); i > 0; --i)
            made.push_back(chance() ? full() : u"x"_s);
        return made;
    }
    QString color() { return chance() ? u"critical"_s : chance() ? u"#00ff7f"_s : u"series-3"_s; }
    double real() { return (number(2000) - 1000) / 7.0; }
    QVariant value(int depth)
    {
        switch (number(depth > 2 ? 4 : 6)) {
        case 0:
            return chance();
        case 1:
            return qlonglong(number(1000));
        case 2:
            return real();
        case 3:
            return full();
        case 4: {
            QVariantList made;
            for (int i = number(3); i > 0; --i)
                made.push_back(value(depth + 1));
            return made;
        }
        default:
            return map(depth + 1);
        }
    }
    QVariantMap map(int depth)
    {
        QVariantMap made;
        for (int i = number(4); i > 0; --i)
            made.insert(chance() ? full() : u"key%1"_s.arg(i), value(depth));
        return made;
    }
    Variable variable(int i)
    {
        static const QStringList kinds{u"query"_s, u"custom"_s, u"datasource"_s, u"text"_s};
        Variable made;
        made.name = u"v%1"_s.arg(i);
        made.kind = kinds[number(int(kinds.size()))];
        made.label = text();
        made.datasource = text();
        made.query = text();
        made.regex = text();
        made.options = list();
        made.multi = chance();
        made.all = chance();
        made.allValue = text();
        made.sort = chance() ? u"natural-desc"_s : u"alpha"_s;
        made.refresh = chance() ? u"time"_s : u"load"_s;
        if (chance()) {
            made.automatic = true;
            made.autoCount = 1 + number(100);
            made.autoMin = u"1m"_s;
        }
        made.defaults = list();
        made.show = chance() ? u"none"_s : u"all"_s;
        return made;
    }
    PanelQuery query(int i)
    {
        PanelQuery made;
        made.id = u"q%1"_s.arg(i);
        made.type = chance() ? u"promql"_s : u"deploys"_s;
        made.datasource = text();
        made.expr = full();
        made.legend = text();
        made.mode = chance() ? PanelQuery::Mode::Instant : PanelQuery::Mode::Range;
        made.minStep = chance() ? u"15s"_s : QString();
        made.exemplars = chance();
        made.hidden = chance();
        made.fallbacks = list();
        made.stepFactor = 1 + number(3);
        made.format = chance() ? u"table"_s : QString();
        if (chance())
            made.extra.insert(u"later"_s, full());
        return made;
    }
    FieldOverride fieldOverride()
    {
        FieldOverride made;
        made.by = FieldOverride::By(number(5));
        if (made.by == FieldOverride::By::Value) {
            made.calc = u"mean"_s;
            made.op = chance() ? u">="_s : u"!="_s;
            made.value = real();
        } else {
            made.match = made.by == FieldOverride::By::Type ? u"text"_s
                : made.by == FieldOverride::By::NameRegex   ? u"a.*|\\d"_s
                                                            : full();
        }
        if (chance())
            made.set.insert(u"color"_s, color());
        if (chance())
            made.set.insert(u"line_width"_s, real());
        if (chance())
            made.set.insert(u"fill"_s, qlonglong(number(100)));
        if (chance())
            made.set.insert(u"hidden"_s, chance());
        if (chance())
            made.thresholds = Thresholds{{}, chance(), {{std::nullopt, color()}, {real(), color()}}};
        if (chance())
            made.mappings.emplace();
        if (chance())
            made.mappings = {ValueMapping{ValueMapping::Kind::Range, {}, real(), real(), full(), color()}};
        if (chance())
            made.links.push_back({full(), u"debug"_s, {}, {}});
        return made;
    }
    Panel panel(int i)
    {
        Panel made;
        made.id = u"p%1"_s.arg(i);
        made.kind = full();
        made.title = text();
        made.description = text();
        made.grid = {number(12), number(500), 1 + number(12), 1 + number(40)};
        made.datasource = text();
        for (int q = number(3); q > 0; --q)
            made.queries.push_back(query(q));
        made.joinBy = list();
        made.unit = full();
        made.decimals = number(5) - 1;
        made.noValue = text();
        made.howToEnable = text();
        for (int t = number(3); t > 0; --t)
            made.thresholds.push_back(
                {text(), chance(), {{std::nullopt, color()}, {real(), color()}, {5.0, color()}}});
        for (int m = number(4); m > 0; --m)
            made.mappings.push_back(m == 1
                    ? ValueMapping{ValueMapping::Kind::Special, u"nan"_s, 0, 0, text(), color()}
                    : ValueMapping{ValueMapping::Kind::Range, text(), real(), real(), text(), color()});
        if (chance())
            made.links.push_back({full(), u"debug"_s, {}, {{full(), text()}, {u"x"_s, u"${__row.x}"_s}}});
        if (chance())
            made.links.push_back({full(), {}, u"https://wiki.example/?q=${__row.x}"_s, {}});
        made.minRefresh = chance() ? u"1m"_s : QString();
        if (chance())
            made.time = TimeSpec{u"now-30m"_s, u"now"_s};
        made.options = map(0);
        made.collapsed = chance();
        static const QStringList steps{u"sortBy"_s, u"merge"_s, u"organize"_s};
        for (int t = number(3); t > 0; --t)
            made.transform.push_back({steps[number(3)],
                {{u"field"_s, full()}, {u"desc"_s, chance()}, {u"rename"_s, QVariantMap{{full(), full()}}}},
                chance()});
        for (int o = number(4); o > 0; --o)
            made.overrides.push_back(fieldOverride());
        if (chance())
            made.repeat = {u"v1"_s, chance(), 1 + number(24)};
        made.minStep = chance() ? u"30s"_s : chance() ? u"$v1"_s : QString();
        made.maxPoints = chance() ? 1 + number(5000) : 0;
        made.timeShift = chance() ? u"1d"_s : QString();
        made.original = chance() ? u"{\"type\": \"x\", \"t\": \"a: b # c\"}"_s : QString();
        if (chance())
            made.extra.insert(u"later"_s, map(1));
        return made;
    }

    QRandomGenerator m_random;
};

} // namespace

class TestDashboardFile : public QObject
{
    Q_OBJECT
private slots:
    void everyKey();
    void defaultsAreLeftOut();
    void wrong_data();
    void wrong();
    void notADashboard_data();
    void notADashboard();
    void writtenAndReadIsTheSame();
    void laterFoldersWin();
};

void TestDashboardFile::everyKey()
{
    const auto loaded =
        readDashboard(qEnvironmentVariable("BW_TEST_DATA") + u"/config/dashboards/every-key.yaml"_s);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    QCOMPARE(texts(loaded->findings), QStringList());
    const Dashboard &d = loaded->dashboard;
    QCOMPARE(d.id, u"every-key"_s);
    QCOMPARE(d.time, (TimeSpec{u"now-3h"_s, u"now"_s}));
    QCOMPARE(d.zone, u"Europe/Paris"_s);
    QCOMPARE(d.context, (QStringList{u"service"_s, u"namespace"_s}));
    QCOMPARE(d.variables.size(), size_t(3));
    QCOMPARE(d.variables[0].query, u"prometheus"_s);
    QVERIFY(d.variables[1].all && d.variables[1].multi);
    QCOMPARE(d.variables[1].allValue, u".*"_s);
    QCOMPARE(d.variables[1].defaults, QStringList{u"payments"_s});
    QVERIFY(d.variables[2].all);
    QCOMPARE(d.variables[2].options, (QStringList{u"1"_s, u"yes"_s}));
    const Panel &p = d.panels.at(0);
    QCOMPARE(p.line, 33);
    QCOMPARE(p.grid, (GridRect{0, 6, 24, 10}));
    QCOMPARE(p.queries.at(1).expr, u"sum(a)\n  / sum(b)\n"_s);
    QCOMPARE(p.queries.at(1).fallbacks, (QStringList{u"sum(c)"_s, u"sum(d)"_s}));
    QVERIFY(p.queries.at(1).exemplars && p.queries.at(1).hidden);
    QCOMPARE(p.queries.at(2).id, u"C"_s);
    QCOMPARE(p.joinBy, QStringList{u"service"_s});
    QCOMPARE(p.decimals, 2);
    const QVariantList columns = p.options.value(u"columns"_s).toList();
    QCOMPARE(columns.at(0).toMap().value(u"width"_s), QVariant(qlonglong(220)));
    QCOMPARE(p.options.value(u"legend"_s), QVariant(false));
    QCOMPARE(p.thresholds.at(0).steps.at(0).from, std::nullopt);
    QCOMPARE(p.thresholds.at(0).steps.at(1).from, std::optional(0.001));
    QVERIFY(p.thresholds.at(1).percentage);
    QCOMPARE(p.mappings.at(0).kind, ValueMapping::Kind::Special);
    QCOMPARE(p.mappings.at(1).to, 5.0);
    QCOMPARE(p.links.at(0).context.value(u"service"_s), u"${__row.service}"_s);
    QCOMPARE(p.time, std::optional(TimeSpec{u"now-1h"_s, u"now"_s}));
    QCOMPARE(d.panels.at(1).kind, u"not-known-yet"_s);
    QVERIFY(d.panels.at(1).collapsed);
    QCOMPARE(d.annotations.at(1).step, u"60s"_s);
    QCOMPARE(placeless(parseDashboard(writeDashboard(d), {})->dashboard), placeless(d));
}

void TestDashboardFile::defaultsAreLeftOut()
{
    Dashboard d;
    d.id = u"d"_s;
    d.title = u"D"_s;
    Panel p;
    p.id = u"p"_s;
    p.kind = u"stat"_s;
    p.queries.push_back({});
    p.queries[0].id = u"A"_s;
    p.queries[0].expr = u"up"_s;
    d.panels.push_back(p);
    QCOMPARE(writeDashboard(d),
        QByteArray(
            "version: 1\nkind: dashboard\nid: d\ntitle: D\ntime:\n  from: now-1h\n  to: now\nrefresh: "
            "\"30s\"\n\n"
            "panels:\n  - id: p\n    kind: stat\n    grid:\n      col: 0\n      row: 0\n      width: 12\n"
            "      height: 8\n    queries:\n      - id: A\n        expr: up\n"));
}

void TestDashboardFile::wrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("finding");
    const auto row = [](const char *name, const QByteArray &text, const QString &finding) {
        QTest::newRow(name) << text << finding;
    };
    row("no panels", kHead, u"E f:1:1: a dashboard needs 'panels'"_s);
    row("unknown key", panel("refesh: 5s\n"),
        u"W f:9:1: a dashboard: unknown key 'refesh'; did you mean 'refresh'?"_s);
    row("fast refresh", panel("refresh: 1s\n"),
        u"E f:9:10: refresh: found '1s'; allowed: a duration of at least 5s"_s);
    row("time", panel("time: {from: yesterday, to: now}\n"), u"E f:9:7: time: "_s);
    row("zone", panel("time: {zone: mars}\n"), u"E f:9:14: zone: found 'mars'; allowed: local, utc"_s);
    row("crosshair", panel("crosshair: on\n"),
        u"E f:9:12: crosshair: found 'on'; allowed: none, panel, shared"_s);
    row("grid width", kHead + "panels:\n  - {id: p, kind: stat, grid: {col: 20, width: 8}}\n",
        u"E f:6:31: grid: col 20 and width 8 reach beyond the 24 columns"_s);
    row("no grid", kHead + "panels:\n  - {id: p, kind: stat}\n", u"E f:6:5: a panel needs 'grid'"_s);
    row("no kind", kHead + "panels:\n  - {id: p, grid: {col: 0}}\n", u"E f:6:5: a panel needs 'kind'"_s);
    row("panel is text", kHead + "panels:\n  - text\n",
        u"E f:6:5: a panel: found text, needs 'key: value' pairs"_s);
    row("unknown", panel("    shadow: []\n"), u"W f:9:5: a panel: unknown key 'shadow'"_s);
    row("override without match", panel("    overrides:\n      - set: {unit: s}\n"),
        u"E f:10:9: an override needs 'match'"_s);
    row("two matches", panel("    overrides:\n      - match: {name: a, type: text}\n"),
        u"match: needs one of"_s);
    row("override regex", panel("    overrides:\n      - match: {name_regex: '('}\n"),
        u"name_regex: this is no regular expression"_s);
    row("unknown setting", panel("    overrides:\n      - match: {name: a}\n        set: {colour: red}\n"),
        u"W f:11:15: set: unknown key 'colour'; did you mean 'color'?"_s);
    row("wrong setting", panel("    overrides:\n      - match: {name: a}\n        set: {axis: top}\n"),
        u"axis"_s);
    row("repeat", panel("    repeat: {max_per_row: 3}\n"), u"repeat needs 'variable'"_s);
    row("step", panel("    min_step: soon\n"), u"min_step: found 'soon'"_s);
    row("no expr", panel("    queries: [{id: a}]\n"), u"E f:9:15: a promql query needs 'expr'"_s);
    row("query twice", panel("    queries: [{id: a, expr: x}, {id: a, expr: y}]\n"),
        u"E f:9:33: id: the query 'a' stands in this panel twice"_s);
    row("mode", panel("    queries: [{id: a, expr: x, mode: both}]\n"),
        u"E f:9:38: mode: found 'both'; allowed: range, instant"_s);
    row("color", panel("    thresholds: [{steps: [{color: red}]}]\n"),
        u"E f:9:35: color: found 'red'; allowed: good, notice"_s);
    row("no color", panel("    thresholds: [{steps: [{from: 1}]}]\n"),
        u"E f:9:27: a threshold step needs 'color'"_s);
    row("from", panel("    thresholds: [{steps: [{from: 1s, color: good}]}]\n"),
        u"E f:9:34: from: found '1s'; allowed: a number"_s);
    row("script link", panel("    links: [{title: x, url: 'javascript:alert(1)'}]\n"),
        u"E f:9:29: url: found 'javascript:alert(1)'; allowed: an address"_s);
    row("no target", panel("    links: [{title: x}]\n"), u"E f:9:13: a link needs 'dashboard' or 'url'"_s);
    row("regex", panel("    mappings: [{kind: regex, match: '('}]\n"),
        u"E f:9:16: match: this is no regular expression"_s);
    row("variable name", panel("variables: [{name: __x}]\n"),
        u"E f:9:20: name: found '__x'; allowed: a name that does not start with '__'"_s);
    row("options", panel("    options: [1]\n"),
        u"E f:9:14: options: found a list; allowed: 'key: value' pairs"_s);
    row("repeated", panel("    title: a\n    title: b\n"),
        u"E f:10:5: the key 'title' stands here a second time"_s);
}

void TestDashboardFile::wrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, finding);
    const auto loaded = parseDashboard(text, u"f"_s);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    const QStringList found = texts(loaded->findings);
    QVERIFY2(!found.isEmpty() && found.join(u"\n"_s).contains(finding), qPrintable(found.join(u"\n"_s)));
}

void TestDashboardFile::notADashboard_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty") << QByteArray() << u"f:1:1: not a dashboard: needs 'kind: dashboard'"_s;
    QTest::newRow("other kind") << QByteArray("version: 1\nkind: slo\n") << u"f:2:7: not a dashboard"_s;
    QTest::newRow("bad id") << QByteArray("kind: dashboard\nid: On Call\ntitle: x\npanels: []\n")
                            << u"f:2:5: id: found 'On Call'; allowed: lower-case letters"_s;
    QTest::newRow("no yaml") << QByteArray("a: [") << u"not YAML"_s;
}

void TestDashboardFile::notADashboard()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const auto loaded = parseDashboard(text, u"f"_s);
    QVERIFY(!loaded);
    QVERIFY2(loaded.error().message.contains(message), qPrintable(loaded.error().message));
}

void TestDashboardFile::writtenAndReadIsTheSame()
{
    for (quint32 seed = 1; seed <= 400; ++seed) {
        const Dashboard made = Maker(seed).dashboard();
        const QByteArray text = writeDashboard(made);
        const auto loaded = parseDashboard(text, u"f"_s);
        QVERIFY2(
            loaded, loaded ? "" : qPrintable(loaded.error().message + u"\n"_s + QString::fromUtf8(text)));
        QVERIFY2(!hasErrors(loaded->findings),
            qPrintable(texts(loaded->findings).join(u"\n"_s) + QString::fromUtf8(text)));
        QVERIFY2(placeless(loaded->dashboard) == made,
            qPrintable(u"seed %1\n"_s.arg(seed) + QString::fromUtf8(text)));
        QCOMPARE(writeDashboard(loaded->dashboard), text);
    }
}

void TestDashboardFile::laterFoldersWin()
{
    const QTemporaryDir first, second;
    const auto write = [](const QTemporaryDir &dir, const QString &name, const QByteArray &text) {
        QFile file(dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    };
    const auto dashboard = [](const QByteArray &id, const QByteArray &title) {
        return "kind: dashboard\nid: " + id + "\ntitle: " + title + "\npanels: []\n";
    };
    write(first, u"a.yaml"_s, dashboard("a", "built-in a"));
    write(first, u"b.yaml"_s, dashboard("b", "built-in b"));
    write(first, u"notes.txt"_s, "nothing");
    write(second, u"mine.yml"_s, dashboard("a", "my a"));
    write(second, u"broken.yaml"_s, "kind: [");
    const DashboardShelf shelf = loadDashboards({first.path(), second.path(), u"/nowhere"_s});
    QCOMPARE(shelf.dashboards.size(), size_t(2));
    QCOMPARE(shelf.dashboards[0].dashboard.title, u"my a"_s);
    QCOMPARE(shelf.dashboards[0].dashboard.origin, second.filePath(u"mine.yml"_s));
    QCOMPARE(shelf.dashboards[1].dashboard.title, u"built-in b"_s);
    QCOMPARE(shelf.findings.size(), size_t(1));
    QVERIFY(shelf.findings[0].file.endsWith("broken.yaml"_L1));
}

QTEST_GUILESS_MAIN(TestDashboardFile)
#include "tst_dashboardfile.moc"
