// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertclass.h>

#include <QTest>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Alert withSeverity(const QString &value)
{
    Alert alert;
    if (!value.isNull())
        alert.labels = Labels::fromPairs({{Untrusted(u"severity"_s), Untrusted(value)}});
    return alert;
}

Alert listed(quint64 fingerprint, AlertState state, AlertClass alertClass, Severity severity, int started)
{
    Alert alert;
    alert.key.fingerprint = fingerprint;
    alert.state = state;
    alert.alertClass = alertClass;
    alert.severity = severity;
    alert.startsAt = Timestamp(std::chrono::seconds(started));
    return alert;
}

} // namespace

class TestAlertClass : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void shipped_data()
    {
        QTest::addColumn<QString>("label");
        QTest::addColumn<Severity>("severity");
        QTest::addColumn<AlertClass>("alertClass");
        for (const char *word : {"critical", "page", "emergency", "p0", "p1", "Critical", " P1 "})
            QTest::newRow(word) << QString::fromUtf8(word) << Severity::Critical << AlertClass::Page;
        for (const char *word : {"error", "high", "major", "p2"})
            QTest::newRow(word) << QString::fromUtf8(word) << Severity::Error << AlertClass::Ticket;
        for (const char *word : {"warning", "warn", "p3"})
            QTest::newRow(word) << QString::fromUtf8(word) << Severity::Warning << AlertClass::Ticket;
        for (const char *word : {"info", "notice"})
            QTest::newRow(word) << QString::fromUtf8(word) << Severity::Info << AlertClass::Ticket;
        QTest::newRow("none") << u"none"_s << Severity::None << AlertClass::Health;
        QTest::newRow("other") << u"purple"_s << Severity::None << AlertClass::Ticket;
        QTest::newRow("absent") << QString() << Severity::None << AlertClass::Ticket;
    }
    void shipped()
    {
        QFETCH(QString, label);
        QFETCH(Severity, severity);
        QFETCH(AlertClass, alertClass);
        Alert alert = withSeverity(label);
        alert.severity = Severity::Error; // what was there before does not matter
        AlertClassifier().classify(alert);
        QCOMPARE(alert.severity, severity);
        QCOMPARE(alert.alertClass, alertClass);
    }

    void rulesWin()
    {
        AlertClassifier classifier;
        classifier.rules.push_back(
            {{*Matcher::parse(u"severity=\"warning\""), *Matcher::parse(u"team=\"x\"")}, AlertClass::Health,
                {}});
        classifier.rules.push_back(
            {{*Matcher::parse(u"severity=\"warning\"")}, AlertClass::Page, Severity::Error});
        classifier.rules.push_back({{}, AlertClass::Ticket, {}});
        Alert warning = withSeverity(u"warning"_s), critical = withSeverity(u"critical"_s);
        classifier.classify(warning);
        QCOMPARE(warning.alertClass, AlertClass::Page);
        QCOMPARE(warning.severity, Severity::Error);
        classifier.classify(critical);
        QCOMPARE(critical.alertClass, AlertClass::Ticket); // the last rule matches everything
        QCOMPARE(critical.severity, Severity::Critical); // and says nothing of severity
    }

    void severityOfARuleGivesItsClass()
    {
        AlertClassifier classifier;
        classifier.rules.push_back({{*Matcher::parse(u"severity=\"sev1\"")}, {}, Severity::Critical});
        Alert alert = withSeverity(u"sev1"_s);
        classifier.classify(alert);
        QCOMPARE(alert.alertClass, AlertClass::Page);
    }

    void otherLabel()
    {
        AlertClassifier classifier;
        classifier.severityLabel = u"priority"_s;
        Alert alert;
        alert.labels = Labels::fromPairs({{Untrusted(u"priority"_s), Untrusted(u"P0"_s)}});
        classifier.classify(alert);
        QCOMPARE(alert.alertClass, AlertClass::Page);
    }

    void urgency()
    {
        const std::vector<Alert> wanted{
            listed(1, AlertState::Firing, AlertClass::Page, Severity::Critical, 200),
            listed(2, AlertState::Unknown, AlertClass::Page, Severity::Critical, 100),
            listed(3, AlertState::Firing, AlertClass::Page, Severity::Critical, 100),
            listed(4, AlertState::Firing, AlertClass::Page, Severity::Error, 300),
            listed(5, AlertState::Firing, AlertClass::Ticket, Severity::Critical, 400),
            listed(6, AlertState::Firing, AlertClass::Health, Severity::None, 900),
            listed(7, AlertState::Pending, AlertClass::Page, Severity::Critical, 500),
            listed(8, AlertState::Silenced, AlertClass::Page, Severity::Critical, 600),
            listed(9, AlertState::Muted, AlertClass::Ticket, Severity::Warning, 600),
            listed(10, AlertState::Resolved, AlertClass::Page, Severity::Critical, 700)};
        std::vector<Alert> sorted(wanted.rbegin(), wanted.rend());
        std::sort(sorted.begin(), sorted.end(), moreUrgent);
        QCOMPARE(sorted, wanted);
        for (const Alert &alert : wanted)
            QVERIFY(!moreUrgent(alert, alert));
    }
};

QTEST_APPLESS_MAIN(TestAlertClass)
#include "tst_alertclass.moc"
