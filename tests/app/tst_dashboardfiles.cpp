// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>

#include <app/dashboardimport.h>
#include <app/drafts.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

/// Dashboards that the program writes into folders of the user: nothing there is lost.
class TestDashboardFiles : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void theSameImportAgainKeepsWhatSomebodyMadeOfIt()
    {
        const QTemporaryDir folder;
        const QString source = folder.filePath(u"theirs.json"_s);
        put(source,
            R"({"title": "Nodes", "schemaVersion": 39, "panels": [{"id": 1, "type": "stat", "title": "Up",
            "gridPos": {"x": 0, "y": 0, "w": 6, "h": 4}, "targets": [{"refId": "A", "expr": "up"}]}]})");
        const QString into = folder.filePath(u"dashboards"_s);
        const auto first = importIntoFolder(source, into);
        QVERIFY2(first, first ? "" : qPrintable(first.error().message));
        QCOMPARE(first->id, u"nodes"_s);
        QCOMPARE(importIntoFolder(source, into)->id, u"nodes"_s); // nobody worked on it
        const QByteArray edited = contentOf(first->path).replace("Nodes", "My nodes");
        put(first->path, edited);
        const auto second = importIntoFolder(source, into);
        QVERIFY(second);
        QCOMPARE(second->id, u"nodes-2"_s);
        QCOMPARE(contentOf(first->path), edited);
        QCOMPARE(importIntoFolder(source, into)->id, u"nodes-2"_s);
        QVERIFY(QFile::remove(first->path)); // thrown away: its name is free
        QCOMPARE(importIntoFolder(source, into)->id, u"nodes"_s);
    }

    void draftsComeBackOnce()
    {
        const QTemporaryDir folder;
        const QString drafts = folder.filePath(u"drafts"_s);
        QVERIFY(readDrafts(drafts).empty());
        Dashboard one;
        one.id = u"on-call"_s;
        one.title = u"Half made"_s;
        Panel panel;
        panel.id = u"a"_s;
        panel.kind = u"text"_s;
        panel.grid = {0, 0, 6, 4};
        one.panels = {panel};
        Dashboard base = one;
        base.title = u"As it was"_s;
        QVERIFY(keepDrafts(drafts, {{one, base}}));
        one.title = u"Further"_s;
        QVERIFY(keepDrafts(drafts, {{one, base}}));
        const std::vector<Draft> kept = readDrafts(drafts);
        QCOMPARE(kept.size(), size_t(1));
        QCOMPARE(kept[0].edited.title, u"Further"_s);
        QCOMPARE(kept[0].base.title, u"As it was"_s);
        QCOMPARE(kept[0].edited.panels.size(), size_t(1));
        QVERIFY(contentOf(drafts + u"/on-call.yaml.backup"_s).contains("Half made")); // nobody took it
        dropDrafts(drafts, {u"on-call"_s});
        QVERIFY(readDrafts(drafts).empty());
        QVERIFY(!QFile::exists(drafts + u"/on-call.base"_s));
        put(folder.filePath(u"file"_s), "x");
        QVERIFY(!keepDrafts(folder.filePath(u"file"_s), {{one, base}}));
    }

private:
    static void put(const QString &path, const QByteArray &text)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    }
    static QByteArray contentOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

QTEST_GUILESS_MAIN(TestDashboardFiles)
#include "tst_dashboardfiles.moc"
