// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertgraph.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Labels labels(const QMap<QString, QString> &pairs)
{
    std::vector<Labels::Pair> list;
    for (auto pair = pairs.begin(); pair != pairs.end(); ++pair)
        list.emplace_back(Untrusted(pair.key()), Untrusted(pair.value()));
    return Labels::fromPairs(std::move(list));
}

} // namespace

class TestAlertGraph : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void generator_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("expected");
        QTest::newRow("Prometheus") << u"http://p:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1"_s << u"up == 0"_s;
        QTest::newRow("path prefix") << u"https://x/prom/graph?g0.tab=1&g0.expr=a%2Bb"_s << u"a+b"_s;
        QTest::newRow("quotes and percent")
            << u"http://p/graph?g0.expr=a%7Bb%3D%22%25%22%7D"_s << u"a{b=\"%\"}"_s;
        QTest::newRow("not ASCII") << u"http://p/graph?g0.expr=a%7Bb%3D%22%C3%BC%22%7D"_s << u"a{b=\"ü\"}"_s;
        QTest::newRow("vmalert") << u"http://v/vmalert/alert?group_id=1&alert_id=2"_s << QString();
        QTest::newRow("no expression") << u"http://p/graph?g0.tab=1"_s << QString();
        QTest::newRow("empty expression") << u"http://p/graph?g0.expr="_s << QString();
        QTest::newRow("empty") << QString() << QString();
        QTest::newRow("nonsense") << u"http://[::bad/graph?g0.expr=up"_s << QString();
    }
    void generator()
    {
        QFETCH(QString, url);
        QTEST(expressionFromGenerator(Untrusted(url)).value_or(QString()), "expected");
    }

    void plan_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("drawn");
        QTest::addColumn<QString>("threshold");
        QTest::addColumn<QString>("op");
        const auto row = [](const char *name, const QString &expression, const QString &drawn,
                             const QString &threshold = {}, const QString &op = {}) {
            QTest::newRow(name) << expression << drawn << threshold << op;
        };
        row("greater", u"rate(x[5m]) > 0.5"_s, u"rate(x[5m])"_s, u"0.5"_s, u">"_s);
        row("number on the left", u"5 < x"_s, u"x"_s, u"5"_s, u">"_s);
        row("equal to zero", u"up == 0"_s, u"up"_s, u"0"_s, u"=="_s);
        row("negative, exponent", u"x <= -1e3"_s, u"x"_s, u"-1000"_s, u"<="_s);
        row("enclosed", u"(sum(x) > (10))"_s, u"sum(x)"_s, u"10"_s, u">"_s);
        row("comparison inside a selector", u"x{a!=\"b\",c=~\"d>e\"} > 1"_s, u"x{a!=\"b\",c=~\"d>e\"}"_s,
            u"1"_s, u">"_s);
        row("first operand of and", u"a > 1 and b < 2"_s, u"a"_s, u"1"_s, u">"_s);
        row("second operand of and", u"a and on (job) b < 2"_s, u"on (job) b"_s, u"2"_s, u"<"_s);
        row("unless", u"a / b > 0.9 unless c"_s, u"a / b"_s, u"0.9"_s, u">"_s);
        row("words that only begin so", u"order_total > 3"_s, u"order_total"_s, u"3"_s, u">"_s);
        row("bool stays whole", u"x > bool 5"_s, u"x > bool 5"_s);
        row("two vectors stay whole", u"a > on (job) b"_s, u"a > on (job) b"_s);
        row("chained stays whole", u"1 < x < 5"_s, u"1 < x < 5"_s);
        row("no comparison", u"absent(up)"_s, u"absent(up)"_s);
        row("comparison in brackets only", u"count(x > 5)"_s, u"count(x > 5)"_s);
        row("comment", u"x # > 4\n > 5"_s, u"x # > 4"_s, u"5"_s, u">"_s);
        row("unclosed string", u"x{a=\"b > 5"_s, u"x{a=\"b > 5"_s);
        row("empty", QString(), QString());
    }
    void plan()
    {
        QFETCH(QString, expression);
        const AlertGraphPlan plan = planAlertGraph(expression);
        QTEST(plan.expression, "drawn");
        QTEST(plan.threshold ? QString::number(*plan.threshold) : QString(), "threshold");
        QTEST(plan.op, "op");
    }

    void range()
    {
        Alert alert;
        alert.startsAt = Timestamp(1000h);
        QCOMPARE(alertGraphRange(alert, 5min, Timestamp(1002h)),
            (TimeRange{Timestamp(999h), Timestamp(1002h + 15min)}));
        QCOMPARE(alertGraphRange(alert, 1h, Timestamp(1002h)).begin, Timestamp(996h));
        alert.endsAt = Timestamp(1001h);
        QCOMPARE(alertGraphRange(alert, 0s, Timestamp(1002h)).end, Timestamp(1001h + 15min));
        alert.endsAt = Timestamp(900h); // a clock that is wrong must not turn the range around
        QCOMPARE_GT(alertGraphRange(alert, 0s, Timestamp(1002h)).span(), Nanoseconds(0));
    }

    void findsRuleAndSeries()
    {
        Alert alert;
        alert.labels = labels({{u"alertname"_s, u"High"_s}, {u"service"_s, u"a"_s}, {u"team"_s, u"x"_s}});
        Rule other, subset, own;
        other.name = Untrusted(u"Other"_s);
        subset.name = own.name = Untrusted(u"High"_s);
        subset.labels = labels({{u"team"_s, u"x"_s}});
        own.labels = labels({{u"team"_s, u"y"_s}});
        Alert inRule;
        inRule.labels = labels({{u"alertname"_s, u"High"_s}, {u"service"_s, u"a"_s}});
        own.alerts = {inRule};
        RuleGroups rules;
        rules.groups.push_back({});
        rules.groups[0].rules = {other, subset};
        QCOMPARE(ruleOf(alert, rules), &rules.groups[0].rules[1]);
        rules.groups[0].rules.push_back(own);
        QCOMPARE(ruleOf(alert, rules), &rules.groups[0].rules[2]);
        QCOMPARE(ruleOf(Alert(), rules), nullptr);
    }
};

QTEST_GUILESS_MAIN(TestAlertGraph)
#include "tst_alertgraph.moc"
