// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alert.h>

#include <QSet>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Labels labels(const QMap<QString, QString> &pairs)
{
    std::vector<Labels::Pair> out;
    for (auto pair = pairs.begin(); pair != pairs.end(); ++pair)
        out.emplace_back(Untrusted(pair.key()), Untrusted(pair.value()));
    return Labels::fromPairs(std::move(out));
}

} // namespace

class TestAlert : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void name()
    {
        Alert alert;
        alert.labels = labels({{u"alertname"_s, u"HighErrorRate"_s}, {u"job"_s, u"x"_s}});
        QCOMPARE(render::plain(alert.name()), u"HighErrorRate"_s);
        alert.labels = labels({{u"job"_s, u"x"_s}});
        QCOMPARE(render::plain(alert.name()), u"{job=\"x\"}"_s);
    }

    void service_data()
    {
        QTest::addColumn<Labels>("set");
        QTest::addColumn<QString>("expected");
        QTest::newRow("first wins") << labels({{u"job"_s, u"j"_s}, {u"service"_s, u"s"_s},
            {u"app"_s, u"a"_s}}) << u"s"_s;
        QTest::newRow("empty is absent") << labels({{u"job"_s, u"j"_s}, {u"service"_s, u""_s}}) << u"j"_s;
        QTest::newRow("deployment") << labels({{u"deployment"_s, u"d"_s}}) << u"d"_s;
        QTest::newRow("none") << labels({{u"pod"_s, u"p"_s}}) << QString();
    }
    void service()
    {
        QFETCH(Labels, set);
        QFETCH(QString, expected);
        Alert alert;
        alert.labels = set;
        QCOMPARE(alert.service(), expected);
    }

    void summary()
    {
        Alert alert;
        QVERIFY(alert.summary().isEmpty());
        alert.annotations = labels({{u"message"_s, u"m"_s}, {u"description"_s, u"d"_s}});
        QCOMPARE(render::plain(alert.summary()), u"d"_s);
        alert.annotations = labels({{u"summary"_s, u"s"_s}, {u"description"_s, u"d"_s}});
        QCOMPARE(render::plain(alert.summary()), u"s"_s);
    }

    void namesAreDistinct()
    {
        QSet<QString> names;
        for (int i = 0; i <= int(AlertState::Unknown); ++i)
            names.insert(stateName(AlertState(i)));
        QCOMPARE(names.size(), int(AlertState::Unknown) + 1);
        QCOMPARE(stateName(AlertState::Firing), u"firing"_s);
        QCOMPARE(className(AlertClass::Page), u"page"_s);
        QCOMPARE(className(AlertClass::Health), u"health"_s);
        QCOMPARE(severityName(Severity::Critical), u"critical"_s);
        QCOMPARE(severityName(Severity::None), u"none"_s);
    }
};

QTEST_APPLESS_MAIN(TestAlert)
#include "tst_alert.moc"
