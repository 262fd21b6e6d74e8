// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/alertrulesfile.h>
#include <store/documents/yamlreader.h>

#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestAlertRulesFile : public QObject
{
    Q_OBJECT
private slots:
    void absentIsTheShippedMapping();
    void rulesDecide();
    void wrong_data();
    void wrong();
};

void TestAlertRulesFile::absentIsTheShippedMapping()
{
    const QTemporaryDir dir;
    const auto loaded = readAlertRules(dir.path());
    QVERIFY(loaded);
    QVERIFY(loaded->classifier.rules.empty());
    QCOMPARE(loaded->classifier.severityLabel, u"severity"_s);
}

void TestAlertRulesFile::rulesDecide()
{
    const auto loaded = readAlertRules(qEnvironmentVariable("BW_TEST_DATA") + u"/config"_s);
    QVERIFY(loaded);
    QVERIFY(loaded->findings.empty());
    const AlertClassifier &classifier = loaded->classifier;
    QCOMPARE(classifier.severityLabel, u"level"_s);
    QCOMPARE(classifier.rules.size(), size_t(2));

    const auto classified = [&](std::vector<Labels::Pair> pairs) {
        Alert alert;
        alert.labels = Labels::fromPairs(std::move(pairs));
        classifier.classify(alert);
        return alert;
    };
    const auto pair = [](const QString &name, const QString &value) {
        return Labels::Pair(Untrusted(name), Untrusted(value));
    };
    const Alert night = classified({pair(u"service"_s, u"checkout"_s), pair(u"env"_s, u"prod-eu"_s)});
    QCOMPARE(night.alertClass, AlertClass::Page);
    QCOMPARE(night.severity, Severity::Critical);
    const Alert noise = classified({pair(u"alertname"_s, u"Watchdog"_s)});
    QCOMPARE(noise.alertClass, AlertClass::Health);
}

void TestAlertRulesFile::wrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("finding");
    QTest::newRow("no matcher") << QByteArray("rules:\n  - {class: page}\n")
                                << u"f:2:5: a rule needs 'match'"_s;
    QTest::newRow("no effect") << QByteArray("rules:\n  - {match: ['a=\"b\"']}\n")
                               << u"f:2:5: a rule needs 'class' or 'severity'"_s;
    QTest::newRow("class") << QByteArray("rules:\n  - {match: ['a=\"b\"'], class: loud}\n")
                           << u"f:2:31: class: found 'loud'; allowed: health, ticket, page"_s;
    QTest::newRow("severity")
        << QByteArray("rules:\n  - {match: ['a=\"b\"'], severity: high}\n")
        << u"f:2:34: severity: found 'high'; allowed: none, info, warning, error, critical"_s;
    QTest::newRow("matcher") << QByteArray("rules:\n  - {match: ['a~b'], class: page}\n")
                             << u"f:2:14: match: "_s;
    QTest::newRow("regex") << QByteArray("rules:\n  - {match: ['a=~\"(\"'], class: page}\n")
                           << u"f:2:14: match: "_s;
}

void TestAlertRulesFile::wrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, finding);
    const auto loaded = parseAlertRules(text, u"f"_s);
    QVERIFY(loaded);
    QCOMPARE(loaded->findings.size(), size_t(1));
    const QString said = loaded->findings[0].toString();
    QVERIFY2(said.startsWith(finding), qPrintable(said));
    QVERIFY(hasErrors(loaded->findings));
    QVERIFY(loaded->classifier.rules.empty());
}

QTEST_GUILESS_MAIN(TestAlertRulesFile)
#include "tst_alertrulesfile.moc"
