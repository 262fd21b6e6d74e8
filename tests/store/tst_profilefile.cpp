// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/profilefile.h>
#include <store/documents/yamlreader.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestProfileFile : public QObject
{
    Q_OBJECT
private slots:
    void everyKey();
    void metricOfRequestsDetects();
    void wrong_data();
    void wrong();
    void foldersMerge();
};

void TestProfileFile::everyKey()
{
    const auto loaded = parseProfile(
        "version: 1\n"
        "kind: profile\n"
        "id: mesh\n"
        "priority: 110\n"
        "match: {any_metric: [rq_total, rq_other]}\n"
        "requests: {metric: rq_total, matchers: 'side=\"in\"'}\n"
        "errors: {metric: rq_xx, matchers: 'class=\"5\"', alternatives: ['code=~\"5..\"']}\n"
        "latency: {buckets: rq_time_bucket, sums: rq_time_sum, matchers: 'a=\"b\"', unit: ms, native: true}\n"
        "selectors: {inflight: {metric: rq_active}}\n"
        "labels: {service: [svc, job], route: '', namespace: ns}\n"
        "base: reporter=\"destination\"\n",
        u"f"_s);
    QVERIFY2(loaded, loaded ? "" : qPrintable(loaded.error().message));
    QVERIFY(loaded->findings.empty());
    MetricProfile expected;
    expected.id = u"mesh"_s;
    expected.priority = 110;
    expected.anyMetric = {u"rq_total"_s, u"rq_other"_s};
    expected.selectors = {{u"requests"_s, {u"rq_total"_s, u"side=\"in\""_s, {}}},
        {u"errors"_s, {u"rq_xx"_s, u"class=\"5\""_s, {u"code=~\"5..\""_s}}},
        {u"buckets"_s, {u"rq_time_bucket"_s, u"a=\"b\""_s, {}}},
        {u"native"_s, {u"rq_time"_s, u"a=\"b\""_s, {}}}, // as the buckets, without their suffix
        {u"sums"_s, {u"rq_time_sum"_s, u"a=\"b\""_s, {}}}, {u"inflight"_s, {u"rq_active"_s, {}, {}}}};
    expected.labels = {{u"service"_s, {u"svc"_s, u"job"_s}}, {u"namespace"_s, {u"ns"_s}}};
    expected.latencyUnit = u"ms"_s;
    expected.nativeHistograms = true;
    expected.base = u"reporter=\"destination\""_s;
    QCOMPARE(loaded->profile, expected);
    const auto again = parseProfile(writeProfile(expected), u"again"_s);
    QVERIFY(again && again->findings.empty());
    QCOMPARE(again->profile, expected);
}

void TestProfileFile::metricOfRequestsDetects()
{
    const auto loaded = parseProfile("id: x\nrequests: {metric: a_total}\n", u"f"_s);
    QVERIFY(loaded);
    QCOMPARE(loaded->profile.anyMetric, QStringList{u"a_total"_s});
}

void TestProfileFile::wrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("readable");
    QTest::addColumn<QString>("said");
    QTest::newRow("empty") << QByteArray() << false << u"needs 'id'"_s;
    QTest::newRow("no requests") << QByteArray("id: x\n") << false
                                 << u"needs 'id' and 'requests: {metric: …}'"_s;
    QTest::newRow("braces") << QByteArray("id: x\nrequests: {metric: 'a{b=\"c\"}'}\n") << false
                            << u"f:2:20: metric: found 'a{b=\"c\"}'; allowed: a metric name without braces"_s;
    QTest::newRow("unit") << QByteArray("id: x\nrequests: {metric: a}\nlatency: {unit: us}\n") << true
                          << u"f:3:17: unit: found 'us'; allowed: s, ms"_s;
    QTest::newRow("unknown") << QByteArray("id: x\nrequests: {metric: a, matcher: b}\n") << true
                             << u"f:2:23: requests: unknown key 'matcher'; did you mean 'matchers'?"_s;
    QTest::newRow("other kind") << QByteArray("kind: slo\nid: x\nrequests: {metric: a}\n") << true
                                << u"f:1:7: kind: found 'slo'; allowed: profile"_s;
}

void TestProfileFile::wrong()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, readable);
    QFETCH(QString, said);
    const auto loaded = parseProfile(text, u"f"_s);
    QCOMPARE(loaded.has_value(), readable);
    const QString found = loaded ? loaded->findings.at(0).toString() : loaded.error().message;
    QVERIFY2(found.contains(said), qPrintable(found));
}

void TestProfileFile::foldersMerge()
{
    const QTemporaryDir first, second;
    const auto write = [](const QTemporaryDir &dir, const QString &name, const QByteArray &text) {
        QFile file(dir.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    };
    write(first, u"a.yaml"_s, "id: low\npriority: 1\nrequests: {metric: a}\n");
    write(first, u"b.yaml"_s, "id: high\npriority: 9\nrequests: {metric: b}\n");
    write(second, u"c.yaml"_s, "id: low\npriority: 20\nrequests: {metric: mine}\n");
    write(second, u"d.yaml"_s, "nonsense");
    const ProfileShelf shelf = loadProfiles({first.path(), second.path()});
    QCOMPARE(shelf.profiles.size(), size_t(2));
    QCOMPARE(shelf.profiles[0].id, u"low"_s);
    QCOMPARE(shelf.profiles[0].selectors.value(u"requests"_s).metric, u"mine"_s);
    QCOMPARE(shelf.profiles[1].id, u"high"_s);
    QVERIFY(hasErrors(shelf.findings));
}

QTEST_GUILESS_MAIN(TestProfileFile)
#include "tst_profilefile.moc"
