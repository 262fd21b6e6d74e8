// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfakes.h"

#include <widgets/alerts/alertdelegate.h>
#include <widgets/alerts/alertdetail.h>
#include <widgets/alerts/alertlistview.h>
#include <widgets/dashboard/panelframe.h>

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QVector>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Alert alertOf(quint64 fingerprint, const QString &name, AlertState state = AlertState::Firing)
{
    Alert alert;
    alert.key = {ClusterId{u"am"_s}, fingerprint};
    alert.labels = labelsOf({{u"alertname"_s, name}, {u"service"_s, u"checkout"_s}});
    alert.annotations = labelsOf({{u"summary"_s, u"Errors of "_s + name}});
    alert.severity = fingerprint % 2 ? Severity::Critical : Severity::Warning;
    alert.alertClass = fingerprint % 2 ? AlertClass::Page : AlertClass::Ticket;
    alert.state = state;
    alert.startsAt = Timestamp(490'000h) - 20min;
    alert.members = {{DatasourceId{u"am/1"_s}, alert.startsAt, alert.startsAt}};
    return alert;
}

Freshness partialOf(const Session &session, int answered, int asked)
{
    Freshness freshness = afterSuccess(session.clock.bootNow(), session.clock.utcNow(), false);
    freshness.state = Freshness::State::Partial;
    freshness.answered = answered;
    freshness.asked = asked;
    return freshness;
}

QString allText(const QWidget &widget)
{
    QString text;
    for (const QLabel *label : widget.findChildren<QLabel *>())
        text += label->text() + u'\n';
    return text;
}

} // namespace

class TestAlertViews : public QObject
{
    Q_OBJECT
private slots:
    void init()
    { // The offscreen platform says this of every window.
        QTest::failOnWarning(QRegularExpression(u"^(?!This plugin does not support)"_s));
    }

    void zeroOnlyWhenEverySourceIsFresh()
    {
        Session session;
        AlertListView list(session.clock);
        QVERIFY(!list.countsText().startsWith(u"0"_s)); // nothing heard yet
        list.setAlerts({}, afterSuccess(session.clock.bootNow(), session.clock.utcNow(), true));
        QCOMPARE(list.countsText(), u"0 firing"_s);
        list.setAlerts({}, partialOf(session, 1, 2));
        QCOMPARE(list.countsText(), u"≥ 0 firing · 1 of 2 sources"_s);
        list.setAlerts(
            {alertOf(1, u"A"_s), alertOf(2, u"B"_s, AlertState::Silenced)}, partialOf(session, 1, 2));
        QVERIFY(list.countsText().startsWith(u"≥ 1 firing · 1 of 2 sources"_s));
        QVERIFY(list.countsText().contains(u"1 suppressed"_s));
        session.clock.advance(6min);
        list.beat();
        QCOMPARE(list.countsText(), u"— firing · 1 of 2 sources"_s);
    }

    void suppressedAreCountedButNotListed()
    {
        Session session;
        AlertListView list(session.clock);
        list.setAlerts(
            {alertOf(1, u"A"_s), alertOf(2, u"B"_s, AlertState::Silenced)}, partialOf(session, 2, 2));
        QCOMPARE(list.model().rowCount(), 1);
        list.setShow(AlertListView::Show::All);
        QCOMPARE(list.model().rowCount(), 2);
    }

    void keysOpenAndFilter()
    {
        Session session;
        AlertListView list(session.clock);
        list.resize(900, 400);
        list.show();
        std::vector<Alert> alerts;
        for (quint64 i = 1; i <= 30; ++i)
            alerts.push_back(alertOf(i, u"Alert%1"_s.arg(i)));
        list.setAlerts(alerts, afterSuccess(session.clock.bootNow(), session.clock.utcNow(), false));
        QTest::qWait(1);
        QSignalSpy opened(&list, &AlertListView::alertActivated);
        auto *table = list.findChild<QTableView *>();
        list.selectAlert(alerts[7].key);
        QTest::keyClick(table, Qt::Key_G);
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened[0][0].value<AlertKey>(), alerts[7].key);
        list.setAlerts(alerts, partialOf(session, 1, 2));
        QCOMPARE(*list.currentAlert(), alerts[7].key); // a refresh keeps the selection
        QTest::keyClicks(table, u"/"_s);
        auto *filter = list.findChild<QLineEdit *>();
        QTest::keyClicks(filter, u"alert17"_s);
        QCOMPARE(list.model().rowCount(), 1);
        QTest::keyClick(filter, Qt::Key_Escape);
        QCOMPARE(list.model().rowCount(), 30);
    }

    void headingsSayClassAndSeverity()
    {
        AlertGroupId group{AlertGroupId::Phase::Firing, AlertClass::Page, Severity::Critical};
        QCOMPARE(alertGroupHeading(group.toInt()), u"Pages · critical"_s);
        group = {AlertGroupId::Phase::Suppressed, AlertClass::Ticket, Severity::Warning};
        QVERIFY(alertGroupHeading(group.toInt()).contains(u"silenced"_s));
    }

    void paintsAtAnySize()
    {
        Session session;
        AlertListView list(session.clock);
        std::vector<Alert> alerts;
        for (const QString &text : hostileTexts())
            alerts.push_back(alertOf(alerts.size() + 1, text, AlertState(alerts.size() % 7)));
        list.setShow(AlertListView::Show::All);
        list.setAlerts(alerts, partialOf(session, 1, 2));
        for (const QSize &size : {QSize(1200, 500), QSize(300, 200), QSize(10, 10)}) {
            list.resize(size);
            QTest::qWait(1);
            QVERIFY(!list.grab().isNull());
        }
    }

    void detailDrawsTheExpressionOfTheGenerator()
    {
        Session session;
        TimeNavigator time(session.clock);
        AlertDetail detail(session.ports(), time);
        Alert alert = alertOf(1, u"HighErrorRate"_s);
        alert.generatorUrl =
            Untrusted(u"http://p:9090/graph?g0.expr=rate%28errors%5B5m%5D%29+%3E+0.5&g0.tab=1"_s);
        alert.membersAsked = 2;
        session.own.publish(u"alerts"_s, std::vector<Alert>{alert}, partialOf(session, 1, 2));
        detail.resize(400, 700);
        detail.show();
        detail.showAlert(alert.key);
        QVERIFY(detail.graph());
        const std::vector<QString> asked = session.executor.openExpressions();
        QVERIFY(std::find(asked.begin(), asked.end(), u"rate(errors[5m])"_s) != asked.end());
        QVERIFY(std::find(asked.begin(), asked.end(), u"other"_s) != asked.end()); // the rules
        const QString text = allText(detail);
        QVERIFY(text.contains(u"HighErrorRate"_s));
        QVERIFY(text.contains(u"rate(errors[5m]) > 0.5"_s));
        QVERIFY(text.contains(u"Reported by 1 of 2"_s));
        const auto &thresholds = detail.graph()->panel().thresholds;
        QCOMPARE(thresholds.size(), size_t(1));
        QCOMPARE(*thresholds[0].steps[1].from, 0.5);
        for (const auto &question : session.executor.asked) {
            if (const auto *range = std::get_if<RangeQuery>(&question.spec.body)) {
                QCOMPARE_LE(range->range.begin, alert.startsAt - 1h);
                QVERIFY(range->range.contains(alert.startsAt));
            }
        }
    }

    void detailAsksTheRulesWhenTheGeneratorSaysNothing()
    {
        Session session;
        TimeNavigator time(session.clock);
        AlertDetail detail(session.ports(), time);
        const Alert alert = alertOf(1, u"HighErrorRate"_s);
        session.own.publish(u"alerts"_s, std::vector<Alert>{alert}, partialOf(session, 2, 2));
        detail.show();
        detail.showAlert(alert.key);
        QVERIFY(!detail.graph());
        session.executor.answerAll([&](const QuerySpec &spec) -> Result<QueryResult> {
            Rule rule;
            rule.name = Untrusted(u"HighErrorRate"_s);
            rule.query = Untrusted(u"errors / requests > 0.01"_s);
            rule.forDuration = 30min;
            RuleGroups rules;
            rules.groups.push_back({});
            rules.groups[0].rules = {rule};
            QueryResult result;
            result.spec = spec;
            result.data = std::make_shared<const QueryData>(rules);
            return result;
        });
        QVERIFY(detail.graph());
        QCOMPARE(session.executor.openExpressions(), std::vector<QString>{u"errors / requests"_s});
        const auto &range = std::get<RangeQuery>(session.executor.asked.back().spec.body);
        QCOMPARE_LE(range.range.begin, alert.startsAt - 2h); // four times the rule's 30 min
    }

    void detailFallsBackToAlertsSeries()
    {
        Session session;
        TimeNavigator time(session.clock);
        AlertDetail detail(session.ports(), time);
        const Alert alert = alertOf(1, u"a\"b"_s);
        session.own.publish(u"alerts"_s, std::vector<Alert>{alert}, partialOf(session, 2, 2));
        detail.showAlert(alert.key);
        session.failAll();
        QCOMPARE(session.executor.openExpressions(), std::vector<QString>{u"ALERTS{alertname=\"a\\\"b\"}"_s});
    }

    void detailFollowsTheListAndSaysGone()
    {
        Session session;
        TimeNavigator time(session.clock);
        AlertDetail detail(session.ports(), time);
        Alert alert = alertOf(1, u"A"_s);
        session.own.publish(u"alerts"_s, std::vector<Alert>{alert}, partialOf(session, 2, 2));
        detail.showAlert(alert.key);
        alert.state = AlertState::Inhibited;
        const Alert inhibitor = alertOf(255, u"Inhibitor"_s);
        alert.inhibitedBy = {u"00000000000000ff"_s};
        session.own.publish(u"alerts"_s, std::vector<Alert>{alert, inhibitor}, partialOf(session, 2, 2));
        QVERIFY(allText(detail).contains(u"inhibited"_s));
        QVERIFY(allText(detail).contains(u"Inhibitor"_s));
        session.own.publish(u"alerts"_s, std::vector<Alert>{}, partialOf(session, 2, 2));
        QVERIFY(allText(detail).contains(u"no longer reported"_s));
        QVERIFY(allText(detail).contains(u"Errors of A"_s)); // what was known stays
    }

    void detailTextStaysTextAndLinksAreChecked()
    {
        Session session;
        TimeNavigator time(session.clock);
        AlertDetail detail(session.ports(), time);
        Alert alert = alertOf(1, u"<b>x</b>"_s);
        QMap<QString, QString> hostile;
        for (const QString &text : hostileTexts())
            hostile.insert(u"k%1"_s.arg(hostile.size()), text);
        alert.labels = labelsOf(hostile);
        hostile.insert(u"runbook_url"_s, u"https://wiki.example/run"_s);
        hostile.insert(u"bad_url"_s, u"file:///etc/passwd"_s);
        alert.annotations = labelsOf(hostile);
        session.own.publish(u"alerts"_s, std::vector<Alert>{alert}, partialOf(session, 2, 2));
        detail.resize(400, 600);
        detail.show();
        detail.showAlert(alert.key);
        QTest::qWait(1);
        for (const QLabel *label : detail.findChildren<QLabel *>()) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
            QVERIFY(!label->text().contains(QChar(0x202e)));
            QVERIFY(!label->text().contains(QChar(0x1b)));
        }
        QSignalSpy links(&detail, &AlertDetail::linkActivated);
        const auto buttons = detail.findChildren<QPushButton *>();
        QCOMPARE(buttons.size(), 2); // the alert's link, and what changed around it
        buttons[0]->click();
        QCOMPARE(links.size(), 1);
        QVERIFY(!detail.grab().isNull());
    }
};

QTEST_MAIN(TestAlertViews)
#include "tst_alertviews.moc"
