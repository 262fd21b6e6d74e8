// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/userfiles.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QStringList findingsOf(const std::vector<Finding> &findings)
{
    QStringList texts;
    for (const Finding &finding : findings)
        texts << finding.toString();
    return texts;
}

} // namespace

class TestUserFiles : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void setsComeBack()
    {
        const std::vector<SavedSet> sets{
            {u"prod-eu checkout"_s, u"debug"_s, {{u"service"_s, {u"yes"_s, u"a: \"b\""_s}}, {u"route"_s, {}}},
                TimeSpec{u"now-6h"_s, u"now"_s}},
            {u"no"_s, u"on-call"_s, {}, std::nullopt},
            {u"beside yesterday"_s, u"debug"_s, {}, std::nullopt,
                {{QString(kEveryPanel), Compare::Day}, {u"latency"_s, Compare::Week},
                    {u"rate"_s, Compare::Off}}}};
        const QByteArray text = writeSavedSets(sets);
        const auto loaded = parseSavedSets(text, u"sets.yaml"_s);
        QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
        QVERIFY2(loaded->findings.empty(), qPrintable(findingsOf(loaded->findings).join(u'\n')));
        QCOMPARE(loaded->value, sets);
        QVERIFY(parseSavedSets(writeSavedSets({}), {})->value.empty());
        const auto wrong = parseSavedSets(
            "version: 1\nsets:\n- {name: a, dashboard: x, compare: [{with: month}]}\n", u"sets.yaml"_s);
        QVERIFY(findingsOf(wrong->findings).join(u'\n').contains(u"day, week or off"_s));
        QVERIFY(wrong->value.at(0).compare.isEmpty());
        QCOMPARE(parseAliases(writeAliases({{u"a"_s, u"b"_s}}), {})->value, (AliasTable{{u"a"_s, u"b"_s}}));
        QVERIFY(parseAliases(writeAliases({}), {})->value.isEmpty());
    }

    void display()
    {
        const auto loaded = parseDisplay("version: 1\nscale: 2.5\nrotations:\n- id: wall\n  dashboards:\n"
                                         "  - {id: on-call, dwell: 1m, set: prod-eu}\n  - {id: executive}\n"
                                         "notifications:\n  desktop: false\n  sound: true\n"
                                         "  quiet: {from: \"22:00\", to: \"07:00\"}\n",
            u"display.yaml"_s);
        QVERIFY(loaded);
        QVERIFY2(loaded->findings.empty(), qPrintable(findingsOf(loaded->findings).join(u'\n')));
        const DisplaySettings &display = loaded->value;
        QCOMPARE(display.scale, 2.5);
        QCOMPARE(display.rotations.at(0),
            (Rotation{u"wall"_s, {{u"on-call"_s, u"prod-eu"_s, 60s}, {u"executive"_s, {}, 30s}}}));
        QVERIFY(!display.notifications.desktop && display.notifications.sound);
        QCOMPARE(display.notifications.quietFrom, std::optional(QTime(22, 0)));
    }

    void problems_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("no stops") << QByteArray("version: 1\nrotations:\n- id: r\n  dashboards: []\n")
                                  << u"display.yaml:3:3: a rotation needs 'dashboards'"_s;
        QTest::newRow("twice") << QByteArray(
            "version: 1\nrotations:\n- {id: r, dashboards: [{id: a}]}\n- {id: r, "
            "dashboards: [{id: a}]}\n")
                               << u"an id that no other rotation has"_s;
        QTest::newRow("two without an id")
            << QByteArray("version: 1\nrotations:\n- dashboards: [{id: a}]\n- dashboards: [{id: a}]\n")
            << u"display.yaml:4:3"_s;
        QTest::newRow("hour") << QByteArray(
            "version: 1\nnotifications: {quiet: {from: ten, to: \"07:00\"}}\n")
                              << u"a time such as"_s;
        QTest::newRow("dwell") << QByteArray(
            "version: 1\nrotations:\n- {id: r, dashboards: [{id: a, dwell: 1s}]}\n")
                               << u"dwell"_s;
        QTest::newRow("scale") << QByteArray("version: 1\nscale: 99\n") << u"scale"_s;
        QTest::newRow("unknown") << QByteArray("version: 1\nrotation: []\n") << u"rotations"_s;
    }
    void problems()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const auto loaded = parseDisplay(text, u"display.yaml"_s);
        QVERIFY(loaded);
        const QString all = findingsOf(loaded->findings).join(u'\n');
        QVERIFY2(all.contains(expected), qPrintable(all));
    }

    void badSetsAreLeftOut()
    {
        const auto loaded =
            parseSavedSets("version: 1\nsets:\n- {name: a, dashboard: x}\n- {name: a, dashboard: y}\n"
                           "- {dashboard: z}\n- {name: b}\n- {name: c, dashboard: x, time: {from: soon}}\n",
                u"sets.yaml"_s);
        QVERIFY(loaded);
        QCOMPARE(loaded->value.size(), size_t(2));
        QCOMPARE(loaded->value.front().dashboard, u"x"_s);
        QVERIFY(loaded->findings.size() >= 4);
        const auto nameless =
            parseSavedSets("version: 1\nsets:\n- dashboard: x\n- dashboard: y\n", u"sets.yaml"_s);
        QVERIFY(nameless);
        QVERIFY(nameless->value.empty());
        QCOMPARE(nameless->findings.size(), size_t(2));
        QVERIFY(!parseSavedSets("- a\n", u"sets.yaml"_s));
        QVERIFY(!parseSavedSets("a: [", u"sets.yaml"_s));
    }

    void filesAreReplacedWhole()
    {
        QTemporaryDir folder;
        const QString below = folder.filePath(u"new/folder"_s);
        QVERIFY(readSavedSets(below)->value.empty());
        QCOMPARE(readDisplay(below)->value, DisplaySettings());
        QVERIFY(replaceDocument(below, u"sets.yaml"_s, writeSavedSets({{u"n"_s, u"d"_s, {}, std::nullopt}})));
        QCOMPARE(readSavedSets(below)->value.size(), size_t(1));
        QFile blocked(folder.filePath(u"file"_s));
        QVERIFY(blocked.open(QIODevice::WriteOnly));
        const auto refused = replaceDocument(blocked.fileName(), u"sets.yaml"_s, "x");
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Storage);
    }
};

QTEST_APPLESS_MAIN(TestUserFiles)
#include "tst_userfiles.moc"
