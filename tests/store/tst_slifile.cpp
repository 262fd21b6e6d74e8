// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/dashboardfile.h>
#include <store/documents/profilefile.h>
#include <store/documents/slifile.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

DetectedProfile complete(const MetricProfile &profile)
{
    DetectedProfile detected;
    detected.profile = profile;
    detected.found = true;
    return detected;
}

} // namespace

class TestSliFile : public QObject
{
    Q_OBJECT
private slots:
    void catalogueIsWhole();
    void wrongOnes_data();
    void wrongOnes();
    void templatesAreFilled_data();
    void templatesAreFilled();
    void panelsWithoutMetricsAreLeftOut();
};

void TestSliFile::catalogueIsWhole()
{
    const SliShelf shelf = loadSlis({u":/sli"_s});
    QVERIFY2(shelf.findings.empty(), shelf.findings.empty() ? "" : qPrintable(shelf.findings[0].toString()));
    QStringList ids;
    for (const Sli &sli : shelf.slis) {
        ids << sli.id;
        QVERIFY2(sli.trap.endsWith(u'.') && sli.howToEnable.startsWith(u"Needs "_s), qPrintable(sli.id));
    }
    for (int number = 1; number <= 12; ++number)
        QVERIFY2(ids.contains(u"m%1"_s.arg(number)), qPrintable(QString::number(number)));
}

void TestSliFile::wrongOnes_data()
{
    QTest::addColumn<QByteArray>("text");
    const QByteArray good = "version: 1\nkind: sli\nid: x\ntitle: X\ntarget: t\ntrap: p\n";
    QTest::newRow("no expression") << good;
    QTest::newRow("unknown unit") << good + "expr: up\nunit: furlong\n";
    QTest::newRow("unknown macro") << good + "expr: rate(x[$__nonsense])\n";
    QTest::newRow("another kind") << QByteArray(good).replace("kind: sli", "kind: slo") + "expr: up\n";
}

void TestSliFile::wrongOnes()
{
    QFETCH(QByteArray, text);
    const auto loaded = parseSli(text, u"x.yaml"_s);
    QVERIFY(loaded);
    QVERIFY(!loaded->findings.empty());
    QVERIFY(!parseSli("- a list", u"x.yaml"_s));
}

void TestSliFile::templatesAreFilled_data()
{
    QTest::addColumn<QString>("path");
    const QStringList paths = listDashboards(u":/templates"_s);
    QCOMPARE(paths.size(), 4);
    for (const QString &path : paths)
        QTest::newRow(qPrintable(path)) << path;
}

void TestSliFile::templatesAreFilled()
{
    QFETCH(QString, path);
    const auto form = readDashboard(path);
    QVERIFY(form);
    QVERIFY2(form->findings.empty(), form->findings.empty() ? "" : qPrintable(form->findings[0].toString()));
    const std::vector<Sli> slis = loadSlis({u":/sli"_s}).slis;
    for (const MetricProfile &profile : loadProfiles({u":/profiles"_s}).profiles) {
        const DetectedProfile detected = complete(profile);
        const FilledTemplate filled = fillTemplate(form->dashboard, slis, &detected);
        QVERIFY(!filled.dashboard.panels.empty());
        for (const Panel &panel : filled.dashboard.panels) {
            QVERIFY2(!panel.title.isEmpty() && !panel.description.isEmpty(), qPrintable(panel.id));
            for (const PanelQuery &query : panel.queries)
                QVERIFY2(!query.expr.startsWith(u"sli:"_s), qPrintable(panel.id));
        }
        const auto again = parseDashboard(writeDashboard(filled.dashboard), u"new.yaml"_s);
        QVERIFY(again && again->findings.empty());
        QCOMPARE(again->dashboard.panels.size(), filled.dashboard.panels.size());
    }
}

void TestSliFile::panelsWithoutMetricsAreLeftOut()
{
    DetectedProfile bare;
    bare.found = true;
    const auto form = readDashboard(u":/templates/red.yaml"_s);
    QVERIFY(form);
    const FilledTemplate filled = fillTemplate(form->dashboard, loadSlis({u":/sli"_s}).slis, &bare);
    QVERIFY(filled.dashboard.panels.empty());
    QCOMPARE(filled.left.size(), qsizetype(form->dashboard.panels.size()));
}

QTEST_GUILESS_MAIN(TestSliFile)
#include "tst_slifile.moc"
