// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/dashboardedit.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/dashboardsave.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using Outcome = DashboardSaved::Outcome;

namespace {

const QByteArray kByHand = "# which panels wake us\nversion: 1\nkind: dashboard\nid: mine\ntitle: Mine\n"
                           "panels:\n  - {id: a, kind: text, grid: {col: 0, row: 0, width: 12, height: 4}}\n";

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
}

} // namespace

class TestDashboardSave : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        home = std::make_unique<QTemporaryDir>();
        folder = home->path() + u"/dashboards"_s;
        QVERIFY(QDir().mkpath(folder));
    }

    void ownFileIsReplacedWithoutAsking();
    void handWrittenFileIsKeptBesideIt();
    void whatChangedMeanwhileIsNotLost();
    void brokenFileIsNotOverwrittenUnasked();
    void builtInBecomesAFileOfTheUser();
    void copyUnderAnotherName();
    void takenNameAsks();
    void zoneOfTheConfigurationIsNotWritten();
    void refusals_data();
    void refusals();
    void unwritableFolderIsNamed();
    void deletedFileComesBackOnlyWhenAsked();
    void mistakesAreWrittenAndTold();

private:
    QString put(const QString &name, const QByteArray &text) const
    {
        const QString path = folder + u'/' + name;
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write the test's file");
        return path;
    }
    static Dashboard read(const QString &path)
    {
        auto loaded = readDashboard(path);
        return loaded ? loaded->dashboard : Dashboard();
    }
    DashboardSave editOf(const QString &path) const
    {
        DashboardSave save;
        save.base = save.edited = read(path);
        save.edited.panels[0].title = u"Edited"_s;
        save.folder = folder;
        return save;
    }

    std::unique_ptr<QTemporaryDir> home;
    QString folder;
};

void TestDashboardSave::ownFileIsReplacedWithoutAsking()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    put(u"mine.yaml"_s, writeDashboard(read(path)));
    const auto saved = saveDashboard(editOf(path));
    QVERIFY2(saved, qPrintable(saved ? QString() : saved.error().message));
    QCOMPARE(saved->outcome, Outcome::Written);
    QCOMPARE(saved->path, path);
    QCOMPARE(saved->backup, QString());
    QCOMPARE(read(path).panels[0].title, u"Edited"_s);
    QVERIFY(isSameContent(saved->dashboard, read(path)));
    QCOMPARE(QDir(folder).entryList(QDir::Files).size(), 1);
}

void TestDashboardSave::handWrittenFileIsKeptBesideIt()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::AsksRewrite);
    QCOMPARE(contentOf(path), kByHand);
    save.mayRewrite = true;
    saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::Written);
    QCOMPARE(saved->backup, path + u".backup"_s);
    QCOMPARE(contentOf(saved->backup), kByHand);
    QCOMPARE(read(path).panels[0].title, u"Edited"_s);
    QCOMPARE(listDashboards(folder), QStringList{path}); // a backup is no dashboard

    put(u"mine.yaml"_s, kByHand);
    saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->backup, path + u".backup-2"_s);
    QCOMPARE(contentOf(path + u".backup"_s), kByHand);
}

void TestDashboardSave::whatChangedMeanwhileIsNotLost()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    save.mayRewrite = true;
    const QByteArray theirs = QByteArray(kByHand).replace("title: Mine", "title: Theirs");
    put(u"mine.yaml"_s, theirs);
    auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::AsksOverwrite);
    QCOMPARE(contentOf(path), theirs);
    save.mayOverwrite = true;
    saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::Written);
    QCOMPARE(contentOf(saved->backup), theirs);
    QCOMPARE(read(path).title, u"Mine"_s);
}

void TestDashboardSave::brokenFileIsNotOverwrittenUnasked()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    save.mayRewrite = true;
    put(u"mine.yaml"_s, "version: [1\n");
    auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::AsksOverwrite);
    QCOMPARE(contentOf(path), "version: [1\n");
}

void TestDashboardSave::builtInBecomesAFileOfTheUser()
{
    DashboardSave save = editOf(put(u"mine.yaml"_s, kByHand));
    QVERIFY(QFile::remove(folder + u"/mine.yaml"_s));
    QVERIFY(QDir().rmdir(folder)); // it is made when it is needed
    save.base.origin = save.edited.origin = u":/dashboards/mine.yaml"_s;
    const auto saved = saveDashboard(save);
    QVERIFY2(saved, qPrintable(saved ? QString() : saved.error().message));
    QCOMPARE(saved->path, folder + u"/mine.yaml"_s);
    QCOMPARE(saved->dashboard.origin, saved->path);
    QCOMPARE(read(saved->path).panels[0].title, u"Edited"_s);
}

void TestDashboardSave::copyUnderAnotherName()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    save.edited.id = u"mine-2"_s;
    const auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->path, folder + u"/mine-2.yaml"_s);
    QCOMPARE(contentOf(path), kByHand);
}

void TestDashboardSave::takenNameAsks()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save;
    save.edited = save.base = emptyDashboard(u"Mine"_s, {});
    save.folder = folder;
    const auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::AsksOverwrite);
    QCOMPARE(contentOf(path), kByHand);
}

void TestDashboardSave::zoneOfTheConfigurationIsNotWritten()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    save.localZone = save.base.zone = save.edited.zone = u"Europe/Paris"_s;
    save.mayRewrite = true;
    auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::Written);
    QCOMPARE(read(path).zone, u"local"_s);
    QCOMPARE(saved->dashboard.zone, u"Europe/Paris"_s);
    save.base = saved->dashboard;
    save.edited = save.base;
    save.edited.zone = u"utc"_s; // an edit
    saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(read(path).zone, u"utc"_s);
}

void TestDashboardSave::refusals_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("version");
    QTest::addColumn<QString>("says");
    QTest::newRow("path in the id") << u"../../evil"_s << 1 << u"../../evil"_s;
    QTest::newRow("no id") << QString() << 1 << u"id"_s;
    QTest::newRow("newer version") << u"mine"_s << 2 << u"newer version"_s;
}

void TestDashboardSave::refusals()
{
    QFETCH(QString, id);
    QFETCH(int, version);
    QFETCH(QString, says);
    DashboardSave save = editOf(put(u"mine.yaml"_s, kByHand));
    save.edited.id = id;
    save.edited.version = version;
    save.mayRewrite = save.mayOverwrite = true;
    const auto saved = saveDashboard(save);
    QVERIFY(!saved);
    QVERIFY2(saved.error().message.contains(says), qPrintable(saved.error().message));
    QCOMPARE(contentOf(folder + u"/mine.yaml"_s), kByHand);
}

void TestDashboardSave::unwritableFolderIsNamed()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    save.mayRewrite = true;
    // A file where the folder should be: refused for everybody, the superuser too.
    save.folder = path;
    save.edited.id = u"other"_s;
    auto saved = saveDashboard(save);
    QVERIFY(!saved);
    QCOMPARE(saved.error().kind, Error::Kind::Storage);
    QVERIFY2(saved.error().message.contains(path), qPrintable(saved.error().message));
    QCOMPARE(contentOf(path), kByHand);
    if (geteuid() == 0)
        return; // may write everywhere
    save = editOf(path);
    save.mayRewrite = true;
    QVERIFY(QFile::setPermissions(folder, QFile::ReadOwner | QFile::ExeOwner));
    saved = saveDashboard(save);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QVERIFY(!saved);
    QVERIFY2(saved.error().message.contains(path), qPrintable(saved.error().message));
    QCOMPARE(contentOf(path), kByHand);
}

/// Half-made work is kept, and nobody is left to find out at the next start.
void TestDashboardSave::mistakesAreWrittenAndTold()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    put(u"mine.yaml"_s, writeDashboard(read(path)));
    DashboardSave save = editOf(path);
    auto saved = saveDashboard(save);
    QVERIFY(saved);
    QVERIFY(saved->mistakes.isEmpty());
    save = editOf(path);
    save.edited.panels[0].options.insert(u"content"_s, u"text"_s);
    save.edited.time.from = u"soon"_s;
    saved = saveDashboard(save);
    QVERIFY2(saved, qPrintable(saved ? QString() : saved.error().message));
    QCOMPARE(saved->outcome, Outcome::Written);
    QCOMPARE(saved->mistakes.size(), 1);
    QVERIFY2(saved->mistakes[0].contains(u"soon"_s) && saved->mistakes[0].startsWith(path),
        qPrintable(saved->mistakes[0]));
    QVERIFY(contentOf(path).contains("soon"));
}

void TestDashboardSave::deletedFileComesBackOnlyWhenAsked()
{
    const QString path = put(u"mine.yaml"_s, kByHand);
    DashboardSave save = editOf(path);
    QVERIFY(QFile::remove(path));
    auto saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::AsksRestore);
    QCOMPARE(saved->path, path);
    QVERIFY(!QFile::exists(path));
    save.mayOverwrite = true;
    saved = saveDashboard(save);
    QVERIFY(saved);
    QCOMPARE(saved->outcome, Outcome::Written);
    QCOMPARE(read(path).panels[0].title, u"Edited"_s);
}

QTEST_GUILESS_MAIN(TestDashboardSave)
#include "tst_dashboardsave.moc"
