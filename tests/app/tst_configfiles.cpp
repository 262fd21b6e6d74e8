// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>

#include <app/configfiles.h>
#include <app/system/filewatch.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

const QByteArray kGood =
    "version: 1\ndatasources:\n  - {id: prom, kind: prometheus, url: 'http://127.0.0.1:9090'}\n";
const QByteArray kOwnDashboard = "version: 1\nkind: dashboard\nid: on-call\ntitle: Mine\npanels:\n"
                                 "  - {id: a, kind: text, grid: {col: 0, row: 0, width: 12, height: 4}}\n";

} // namespace

class TestConfigFiles : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(folder->path()).mkdir(u"dashboards"_s));
    }
    void emptyFolder();
    void badConfigurationKeepsTheLastGoodOne();
    void ownDashboardReplacesBuiltIn();
    void badDashboardKeepsTheLastGoodOne_data();
    void badDashboardKeepsTheLastGoodOne();
    void findingsNameThePlace();
    void whatTheProgramWroteIsNotTakenBack();
    void everythingThatIsReadIsWatched();
    void watchNoticesEveryKindOfSave();

private:
    void write(const QString &name, const QByteArray &text)
    {
        QFile file(folder->filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    static const Dashboard *find(const LoadedFiles &files, const QString &id)
    {
        for (const Dashboard &dashboard : files.dashboards) {
            if (dashboard.id == id)
                return &dashboard;
        }
        return nullptr;
    }
    std::unique_ptr<QTemporaryDir> folder;
};

void TestConfigFiles::emptyFolder()
{
    const LoadedFiles files = loadFiles(folder->filePath(u"absent"_s), nullptr);
    QVERIFY(files.configGood);
    QVERIFY(files.findings.empty());
    QVERIFY(files.config.sources.empty());
    for (const QString &id : {u"executive"_s, u"on-call"_s, u"debug"_s})
        QVERIFY(find(files, id));
    QVERIFY(!files.profiles.empty());
}

void TestConfigFiles::badConfigurationKeepsTheLastGoodOne()
{
    write(u"bridgewatch.yaml"_s, kGood);
    const LoadedFiles good = loadFiles(folder->path(), nullptr);
    QCOMPARE(good.config.sources.size(), size_t(1));
    for (const QByteArray &bad : {QByteArray("datasources: ["),
             QByteArray("version: 1\ndatasources:\n  - {id: prom}\n"), QByteArray("- 1\n")}) {
        write(u"bridgewatch.yaml"_s, bad);
        const LoadedFiles kept = loadFiles(folder->path(), &good);
        QVERIFY(!kept.configGood);
        QVERIFY(!kept.findings.empty());
        QCOMPARE(kept.config, good.config);
        QVERIFY(loadFiles(folder->path(), nullptr).config.sources.empty());
    }
}

void TestConfigFiles::ownDashboardReplacesBuiltIn()
{
    const size_t builtIn = loadFiles(folder->path(), nullptr).dashboards.size();
    write(u"dashboards/mine.yaml"_s, kOwnDashboard);
    const LoadedFiles files = loadFiles(folder->path(), nullptr);
    QCOMPARE(files.dashboards.size(), builtIn);
    QCOMPARE(find(files, u"on-call"_s)->title, u"Mine"_s);
}

void TestConfigFiles::badDashboardKeepsTheLastGoodOne_data()
{
    QTest::addColumn<QByteArray>("bad");
    QTest::newRow("no yaml") << QByteArray("panels: [\n");
    QTest::newRow("no map") << QByteArray("- 1\n");
    QTest::newRow("a wrong value") << QByteArray(kOwnDashboard).replace("col: 0", "col: left");
}

void TestConfigFiles::badDashboardKeepsTheLastGoodOne()
{
    QFETCH(const QByteArray, bad);
    write(u"dashboards/mine.yaml"_s, kOwnDashboard);
    const LoadedFiles good = loadFiles(folder->path(), nullptr);
    write(u"dashboards/mine.yaml"_s, bad);
    const LoadedFiles kept = loadFiles(folder->path(), &good);
    QVERIFY(!kept.findings.empty());
    QCOMPARE(*find(kept, u"on-call"_s), *find(good, u"on-call"_s));
    // And once more: the last good one survives several bad versions.
    const LoadedFiles again = loadFiles(folder->path(), &kept);
    QCOMPARE(find(again, u"on-call"_s)->title, u"Mine"_s);
}

void TestConfigFiles::findingsNameThePlace()
{
    write(u"bridgewatch.yaml"_s, "version: 1\ndatasorces: []\n");
    const LoadedFiles files = loadFiles(folder->path(), nullptr);
    QVERIFY(!files.findings.empty());
    const QString text = files.findings.front().toString();
    QVERIFY2(text.contains(u"bridgewatch.yaml:2:1"_s) && text.contains(u"datasources"_s), qPrintable(text));
}

void TestConfigFiles::whatTheProgramWroteIsNotTakenBack()
{
    write(u"dashboards/mine.yaml"_s, kOwnDashboard);
    FolderReader reader(folder->path());
    const LoadedFiles good = reader.read();
    Dashboard edited = *find(good, u"on-call"_s);
    edited.title = u"Edited"_s;
    edited.refresh = u"sometimes"_s; // a mistake
    write(u"dashboards/mine.yaml"_s, writeDashboard(edited));
    reader.wrote(edited);
    const LoadedFiles after = reader.read();
    QVERIFY(!after.findings.empty());
    QCOMPARE(find(after, u"on-call"_s)->title, u"Edited"_s);
    // What somebody else breaks gives way to it, too.
    write(u"dashboards/mine.yaml"_s, "panels: [\n");
    QCOMPARE(find(reader.read(), u"on-call"_s)->title, u"Edited"_s);

    FolderReader second(folder->path());
    second.begin(good);
    QCOMPARE(find(second.read(), u"on-call"_s)->title, u"Mine"_s);
}

void TestConfigFiles::everythingThatIsReadIsWatched()
{
    write(u"bridgewatch.yaml"_s, kGood + "costs:\n  - {file: /srv/costs/opencost.json}\n");
    const LoadedFiles files = loadFiles(folder->path(), nullptr);
    QVERIFY2(!files.config.costFiles.isEmpty(),
        qPrintable(files.findings.empty() ? QString() : files.findings.front().toString()));
    const QStringList watched = watchedPaths(files);
    for (const QString &path : files.config.costFiles)
        QVERIFY2(watched.contains(path), qPrintable(path));
    for (const QString &name : {u"dashboards"_s, u"profiles"_s, u"slos"_s})
        QVERIFY(watched.contains(folder->filePath(name)));
}

void TestConfigFiles::watchNoticesEveryKindOfSave()
{
    write(u"bridgewatch.yaml"_s, kGood);
    FileWatch watch(std::chrono::milliseconds(20));
    QSignalSpy spy(&watch, &FileWatch::changed);
    watch.setPaths({folder->path(), folder->filePath(u"dashboards"_s), folder->filePath(u"profiles"_s)});
    // The watching thread needs a moment until it looks; a change before that would not count.
    QTRY_VERIFY_WITH_TIMEOUT(([&] {
        write(u"bridgewatch.yaml"_s, kGood + "# more\n");
        return spy.wait(200);
    }()),
        5000);
    const auto seesChange = [&](const std::function<void()> &change) {
        spy.clear();
        change();
        return spy.count() > 0 || spy.wait(5000);
    };
    QVERIFY(seesChange([&] { // as editors do it: a new file takes the old one's name
        QSaveFile file(folder->filePath(u"bridgewatch.yaml"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(kGood);
        QVERIFY(file.commit());
    }));
    QVERIFY(seesChange([&] { write(u"bridgewatch.yaml"_s, kGood + "# and again\n"); }));
    QVERIFY(seesChange([&] { write(u"dashboards/new.yaml"_s, kOwnDashboard); }));
    QVERIFY(seesChange([&] { QVERIFY(QDir(folder->path()).mkdir(u"profiles"_s)); }));
    QVERIFY(seesChange([&] { write(u"profiles/p.yaml"_s, "version: 1\n"); }));
    QVERIFY(seesChange([&] { QVERIFY(QFile::remove(folder->filePath(u"dashboards/new.yaml"_s))); }));
}

QTEST_GUILESS_MAIN(TestConfigFiles)
#include "tst_configfiles.moc"
