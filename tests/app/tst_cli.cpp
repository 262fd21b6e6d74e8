// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// The program itself, as a process: what it prints where, and with which status it ends.
class TestCli : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void exitCodes_data();
    void exitCodes();
    void everySubcommandHasHelp_data();
    void everySubcommandHasHelp();
    void unreachableSourceIsFour_data();
    void unreachableSourceIsFour();
    void lintOfOneFileAsksItsServer();
    void onlyOneWritesToStandardOutput();
    void secretsAreNeverShown();

private:
    struct Outcome
    {
        int code = -1;
        QByteArray out, err;
    };
    static Outcome run(const QStringList &arguments)
    {
        QProcess process;
        process.start(qEnvironmentVariable("BW_BIN_DIR") + u"/bridgewatch"_s, arguments);
        if (!process.waitForFinished(30'000) || process.exitStatus() != QProcess::NormalExit)
            return {};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    static void write(const QTemporaryDir &folder, const QString &name, const QByteArray &text)
    {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
};

void TestCli::exitCodes_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("printsData");
    QTest::newRow("help") << QStringList{u"--help"_s} << 0 << true;
    QTest::newRow("version") << QStringList{u"--version"_s} << 0 << true;
    QTest::newRow("unknown option") << QStringList{u"--no-such"_s} << 2 << false;
    QTest::newRow("unknown subcommand") << QStringList{u"brew"_s} << 2 << false;
    QTest::newRow("two subcommands") << QStringList{u"check"_s, u"query"_s, u"up"_s} << 2 << false;
    QTest::newRow("query without expression") << QStringList{u"query"_s} << 2 << false;
    QTest::newRow("range and from") << QStringList{u"query"_s, u"up"_s, u"--range"_s, u"1h"_s, u"--from"_s,
        u"now-1h"_s} << 2 << false;
    QTest::newRow("unknown class") << QStringList{u"alerts"_s, u"--class"_s, u"loud"_s} << 2 << false;
    QTest::newRow("bad matcher") << QStringList{u"alerts"_s, u"--filter"_s, u"{{"_s} << 2 << false;
    QTest::newRow("dashboard alone") << QStringList{u"dashboard"_s} << 2 << false;
    QTest::newRow("lint of nothing") << QStringList{u"dashboard"_s, u"lint"_s} << 2 << false;
    QTest::newRow("lint of an absent file")
        << QStringList{u"dashboard"_s, u"lint"_s, u"/no/such/file.yaml"_s} << 2 << false;
    QTest::newRow("bad size") << QStringList{u"dashboard"_s, u"render"_s, u"debug"_s, u"--size"_s, u"big"_s}
                              << 2 << false;
    QTest::newRow("unknown dashboard")
        << QStringList{u"dashboard"_s, u"render"_s, u"no-such"_s} << 2 << false;
    QTest::newRow("slo alone") << QStringList{u"slo"_s} << 2 << false;
    QTest::newRow("period that is none")
        << QStringList{u"slo"_s, u"report"_s, u"--period"_s, u"soon"_s} << 2 << false;
    QTest::newRow("lint of an absent file of objectives")
        << QStringList{u"slo"_s, u"lint"_s, u"/no/such/file.yaml"_s} << 2 << false;
    QTest::newRow("bad theme") << QStringList{u"--theme"_s, u"pink"_s} << 2 << false;
    QTest::newRow("nothing configured") << QStringList{u"check"_s} << 2 << false;
    QTest::newRow("list") << QStringList{u"dashboard"_s, u"list"_s} << 0 << true;
}

void TestCli::exitCodes()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, code);
    QFETCH(const bool, printsData);
    const QTemporaryDir folder;
    const Outcome outcome = run(QStringList{u"--config"_s, folder.path()} + arguments);
    QVERIFY2(outcome.code == code, outcome.err + outcome.out);
    QCOMPARE(!outcome.out.isEmpty(), printsData);
    QCOMPARE(!outcome.err.isEmpty(), !printsData);
}

void TestCli::everySubcommandHasHelp_data()
{
    QTest::addColumn<QStringList>("command");
    for (const char *name : {"check", "query", "alerts", "dashboard"})
        QTest::newRow(name) << QStringList{QString::fromLatin1(name)};
    for (const char *name : {"list", "lint", "render"})
        QTest::newRow(name) << QStringList{u"dashboard"_s, QString::fromLatin1(name)};
    for (const char *name : {"list", "show", "report", "lint", "init"})
        QTest::addRow("slo %s", name) << QStringList{u"slo"_s, QString::fromLatin1(name)};
}

void TestCli::everySubcommandHasHelp()
{
    QFETCH(const QStringList, command);
    const Outcome outcome = run(command + QStringList{u"--help"_s});
    QCOMPARE(outcome.code, 0);
    QVERIFY2(outcome.out.contains("--help"), outcome.out);
    QVERIFY(outcome.err.isEmpty());
    QVERIFY(run({u"--help"_s}).out.contains(command.front().toUtf8()));
}

void TestCli::unreachableSourceIsFour_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("check") << QStringList{u"check"_s};
    QTest::newRow("query") << QStringList{u"query"_s, u"up"_s};
    QTest::newRow("alerts") << QStringList{u"alerts"_s};
    QTest::newRow("slo") << QStringList{u"slo"_s, u"list"_s, u"--no-history"_s};
    QTest::newRow("slo lint") << QStringList{u"slo"_s, u"lint"_s, u"--live"_s, u"--no-history"_s};
}

void TestCli::unreachableSourceIsFour()
{
    QFETCH(const QStringList, arguments);
    const QTemporaryDir folder;
    // Port 1 is refused at once on any machine this runs on.
    write(folder, u"bridgewatch.yaml"_s,
        "version: 1\ndatasources:\n  - {id: prom, kind: prometheus, url: 'http://127.0.0.1:1'}\n"
        "  - {id: am, kind: alertmanager, members: ['http://127.0.0.1:1'], metrics: prom}\n");
    QVERIFY(QDir(folder.path()).mkdir(u"slos"_s));
    write(folder, u"slos/a.yaml"_s,
        "version: 1\nkind: slo\nslos: [{id: a, target: 99, indicator: {gauge: {state: up}}}]\n");
    const Outcome outcome = run(QStringList{u"--config"_s, folder.path()} + arguments);
    QVERIFY2(outcome.code == 4, outcome.err + outcome.out);
    QVERIFY2(outcome.err.contains("refused") || outcome.out.contains("refused"), outcome.err + outcome.out);
    const Outcome json =
        run(QStringList{u"--config"_s, folder.path()} + arguments + QStringList{u"--json"_s});
    QCOMPARE(json.code, 4);
    QVERIFY2(json.out.startsWith('{') && json.out.contains("\"schema\": \"bridgewatch/"), json.out);
}

void TestCli::lintOfOneFileAsksItsServer()
{
    const QTemporaryDir folder;
    write(folder, u"bridgewatch.yaml"_s,
        "version: 1\ndatasources:\n  - {id: prom, kind: prometheus, url: 'http://127.0.0.1:1'}\n");
    write(folder, u"one.yaml"_s,
        "version: 1\nkind: slo\nslos: [{id: of-this-file, target: 99, indicator: {gauge: {state: up}}}]\n");
    const QStringList lint{u"--config"_s, folder.path(), u"slo"_s, u"lint"_s, folder.filePath(u"one.yaml"_s)};
    QCOMPARE(run(lint).code, 0);
    const Outcome live = run(lint + QStringList{u"--live"_s, u"--no-history"_s, u"--json"_s});
    QVERIFY2(live.code == 4, live.err + live.out);
    QVERIFY2(live.out.contains("of-this-file: "), live.out); // among the findings
}

void TestCli::onlyOneWritesToStandardOutput()
{
    const QTemporaryDir folder;
    write(folder, u"theirs.json"_s, R"({"title": "T", "schemaVersion": 39, "panels": []})");
    write(folder, u"bridgewatch.yaml"_s,
        "version: 1\ndatasources:\n  - {id: prom, kind: prometheus, url: 'http://127.0.0.1:1'}\n");
    const QStringList import{u"dashboard"_s, u"import"_s, folder.filePath(u"theirs.json"_s)};
    for (const QStringList &more :
        {QStringList{u"--json"_s, u"--report"_s, u"-"_s}, QStringList{u"-o"_s, u"-"_s, u"--report"_s, u"-"_s},
            QStringList{u"--json"_s, u"-o"_s, u"-"_s}}) {
        const Outcome outcome = run(import + more);
        QCOMPARE(outcome.code, 2);
        QVERIFY2(outcome.out.isEmpty() && outcome.err.contains("only one"), outcome.err);
    }
    QCOMPARE(run(import + QStringList{u"--json"_s}).code, 0);
    const Outcome report = run({u"--config"_s, folder.path(), u"slo"_s, u"report"_s, u"--json"_s});
    QCOMPARE(report.code, 4);
    QVERIFY2(report.out.startsWith('{'), report.out);
}

void TestCli::secretsAreNeverShown()
{
    const QTemporaryDir folder;
    write(folder, u"bridgewatch.yaml"_s,
        "version: 1\ndatasources:\n  - id: prom\n    kind: prometheus\n    url: 'http://127.0.0.1:1'\n"
        "    auth: {bearer: 'hunter2-literal'}\n");
    for (const QStringList &arguments : {QStringList{u"check"_s}, QStringList{u"check"_s, u"--json"_s}}) {
        const Outcome outcome = run(QStringList{u"--config"_s, folder.path()} + arguments);
        QCOMPARE(outcome.code, 2);
        QVERIFY(outcome.err.contains("bridgewatch.yaml:6:"));
        QVERIFY(!outcome.err.contains("hunter2") && !outcome.out.contains("hunter2"));
    }
}

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
