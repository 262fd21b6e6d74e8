// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/variableoptions.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QStringList valuesOf(const std::vector<VariableOption> &options)
{
    QStringList values;
    for (const VariableOption &option : options)
        values << option.value;
    return values;
}

QStringList textsOf(const std::vector<VariableOption> &options)
{
    QStringList texts;
    for (const VariableOption &option : options)
        texts << option.text;
    return texts;
}

QueryResult labelsAnswer(const QStringList &values)
{
    LabelValues data;
    for (const QString &value : values)
        data.values.push_back(Untrusted(value));
    QueryResult result;
    result.data = std::make_shared<const QueryData>(data);
    return result;
}

Variable withRegex(const QString &regex, const QString &sort = u"none"_s)
{
    Variable variable;
    variable.kind = u"query"_s;
    variable.regex = regex;
    variable.sort = sort;
    return variable;
}

} // namespace

class TestVariableOptions : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void queries_data()
    {
        using Kind = VariableQuery::Kind;
        QTest::addColumn<QString>("text");
        QTest::addColumn<VariableQuery>("expected");
        const auto row = [](const char *text, VariableQuery expected) {
            QTest::newRow(text) << QString::fromUtf8(text) << expected;
        };
        row("label_values(job)", {Kind::LabelValues, u"job"_s, {}, {}, {}});
        row(" label_values ( up , job ) ", {Kind::LabelValues, u"job"_s, u"up"_s, {}, {}});
        row("label_values(up{a=\"x,y)\",b=~'(1|2)'}, job)",
            {Kind::LabelValues, u"job"_s, u"up{a=\"x,y)\",b=~'(1|2)'}"_s, {}, {}});
        row("label_values(up, \"service.name\")", {Kind::LabelValues, u"service.name"_s, u"up"_s, {}, {}});
        row("label_names()", {Kind::LabelNames, {}, {}, {}, {}});
        row("label_names(^k8s)", {Kind::LabelNames, {}, {}, u"^k8s"_s, {}});
        row("metrics(_total$)", {Kind::Metrics, {}, {}, u"_total$"_s, {}});
        row("query_result(topk(3, sum by (pod) (up)))",
            {Kind::QueryResult, {}, {}, {}, u"topk(3, sum by (pod) (up))"_s});
    }
    void queries()
    {
        QFETCH(QString, text);
        QFETCH(VariableQuery, expected);
        const auto query = parseVariableQuery(text);
        QVERIFY2(query, query ? "" : qPrintable(query.error().message));
        QCOMPARE(*query, expected);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "up", "label_values()", "label_values(a, b, c)", "query_result()",
                 "metrics((", "nope(x)", "label_values(up, job) + 1"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void refused()
    {
        QFETCH(QString, text);
        const auto query = parseVariableQuery(text);
        QVERIFY(!query);
        QCOMPARE(query.error().kind, Error::Kind::Invalid);
    }

    void questions()
    {
        const TimeRange range{fromUnixMs(1000), fromUnixMs(2000)};
        const auto labels = [&](const char *text) {
            return std::get<LabelQuery>(
                questionOf(*parseVariableQuery(QString::fromUtf8(text)), range, std::nullopt));
        };
        QCOMPARE(labels("label_values(up, job)"), (LabelQuery{u"job"_s, {u"up"_s}, range}));
        QCOMPARE(labels("label_values(job)"), (LabelQuery{u"job"_s, {}, range}));
        QCOMPARE(labels("label_names(x)"), (LabelQuery{{}, {}, range}));
        QCOMPARE(labels("metrics(a\\.b)"),
            (LabelQuery{u"__name__"_s, {u"{__name__=~\".*(?:a\\\\.b).*\"}"_s}, range}));
        // A matcher that the empty name fits would be refused.
        QCOMPARE(labels("metrics(.*)"), (LabelQuery{u"__name__"_s, {}, range}));
        QCOMPARE(
            std::get<InstantQuery>(questionOf(*parseVariableQuery(u"query_result(up)"_s), range, range.end)),
            (InstantQuery{u"up"_s, range.end}));
    }

    void regexes_data()
    {
        QTest::addColumn<QString>("regex");
        QTest::addColumn<QStringList>("values");
        QTest::addColumn<QStringList>("texts");
        const QStringList all{u"node-1:9100"_s, u"node-2:9100"_s, u"other"_s};
        QTest::newRow("none") << QString() << all << all;
        QTest::newRow("whole") << u"node"_s << all.mid(0, 2) << all.mid(0, 2);
        const QStringList nodes{u"node-1"_s, u"node-2"_s};
        QTest::newRow("capture") << u"(.*):\\d+"_s << nodes << nodes;
        QTest::newRow("slashes") << u"/(.*):/"_s << nodes << nodes;
        QTest::newRow("flags") << u"/^NODE-(\\d)/i"_s << QStringList{u"1"_s, u"2"_s}
                               << QStringList{u"1"_s, u"2"_s};
        QTest::newRow("every match") << u"/(\\d)\\d*/g"_s << QStringList{u"1"_s, u"9"_s, u"2"_s}
                                     << QStringList{u"1"_s, u"9"_s, u"2"_s};
        QTest::newRow("named") << u"(?<text>node-\\d):(?<value>\\d+)"_s << QStringList{u"9100"_s}
                               << QStringList{u"node-1"_s};
        QTest::newRow("only text") << u"(?<text>node-\\d)"_s << nodes << nodes;
        QTest::newRow("nothing") << u"zzz"_s << QStringList() << QStringList();
    }
    void regexes()
    {
        QFETCH(QString, regex);
        const auto options = optionsFrom(withRegex(regex), *parseVariableQuery(u"label_values(instance)"_s),
            labelsAnswer({u"node-1:9100"_s, u"node-2:9100"_s, u"other"_s, u"other"_s, QString()}));
        QTEST(valuesOf(options), "values");
        QTEST(textsOf(options), "texts");
    }

    void sorts_data()
    {
        QTest::addColumn<QString>("sort");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("none") << u"none"_s << QStringList{u"b10"_s, u"A2"_s, u"b9"_s, u"x"_s};
        QTest::newRow("alpha") << u"alpha"_s << QStringList{u"A2"_s, u"b10"_s, u"b9"_s, u"x"_s};
        QTest::newRow("alpha-desc") << u"alpha-desc"_s << QStringList{u"x"_s, u"b9"_s, u"b10"_s, u"A2"_s};
        QTest::newRow("numeric") << u"numeric"_s << QStringList{u"x"_s, u"A2"_s, u"b9"_s, u"b10"_s};
        QTest::newRow("numeric-desc") << u"numeric-desc"_s << QStringList{u"b10"_s, u"b9"_s, u"A2"_s, u"x"_s};
        QTest::newRow("natural") << u"natural"_s << QStringList{u"A2"_s, u"b9"_s, u"b10"_s, u"x"_s};
        QTest::newRow("natural-desc") << u"natural-desc"_s << QStringList{u"x"_s, u"b10"_s, u"b9"_s, u"A2"_s};
    }
    void sorts()
    {
        QFETCH(QString, sort);
        QTEST(valuesOf(optionsFrom(withRegex({}, sort), {u"b10"_s, u"A2"_s, u"b9"_s, u"x"_s})), "expected");
    }

    void namesAreFilteredHere()
    {
        const auto query = *parseVariableQuery(u"label_names(^k8s)"_s);
        QCOMPARE(valuesOf(optionsFrom(withRegex({}), query, labelsAnswer({u"k8s_pod"_s, u"job"_s}))),
            QStringList{u"k8s_pod"_s});
    }

    void resultsBecomeLines()
    {
        MetricData data;
        Series series;
        series.labels = Labels::fromPairs(
            {{Untrusted(u"__name__"_s), Untrusted(u"up"_s)}, {Untrusted(u"job"_s), Untrusted(u"cart"_s)}});
        series.times = {1'500'000'000'000'000'000};
        series.values = {2.5};
        data.series = {series};
        QueryResult result;
        result.data = std::make_shared<const QueryData>(data);
        const auto query = *parseVariableQuery(u"query_result(up)"_s);
        QCOMPARE(valuesOf(optionsFrom(withRegex({}), query, result)),
            QStringList{u"up{job=\"cart\"} 2.5 1500000000000"_s});
        QCOMPARE(
            valuesOf(optionsFrom(withRegex(u"/job=\"([^\"]+)\"/"_s), query, result)), QStringList{u"cart"_s});
        QCOMPARE(
            textsOf(optionsFrom(withRegex(u"job=\"(?<value>[^\"]+)\".* (?<text>[\\d.]+) "_s), query, result)),
            QStringList{u"2.5"_s});
    }

    void declared()
    {
        Variable custom;
        custom.kind = u"custom"_s;
        custom.options = {u"Production : prod"_s, u"a:b"_s, u"staging"_s, u"again : prod"_s, u"x\\,y"_s};
        QCOMPARE(
            valuesOf(declaredOptions(custom)), (QStringList{u"prod"_s, u"a:b"_s, u"staging"_s, u"x,y"_s}));
        QCOMPARE(textsOf(declaredOptions(custom)).front(), u"Production"_s);
        Variable interval;
        interval.kind = u"interval"_s;
        interval.options = {u"1m"_s, u"5m"_s};
        interval.automatic = true;
        QCOMPARE(valuesOf(declaredOptions(interval)), (QStringList{u"auto"_s, u"1m"_s, u"5m"_s}));
        const TimeRange hour{fromUnixMs(0), fromUnixMs(3'600'000)};
        QCOMPARE(automaticInterval(interval, hour), u"2m"_s);
        interval.autoMin = u"5m"_s;
        QCOMPARE(automaticInterval(interval, hour), u"5m"_s);
        interval.autoCount = 0;
        QCOMPARE(automaticInterval(interval, hour), u"1h"_s);
    }

    void manyOptionsAreCutAndQuick()
    {
        QStringList names;
        for (int i = 0; i < 30'000; ++i)
            names << u"pod-%1"_s.arg(i % 25'000);
        const auto options = optionsFrom(withRegex(u"(pod-\\d+)"_s, u"natural"_s), names);
        QCOMPARE(options.size(), kMaxVariableOptions);
        QCOMPARE(options.at(10).value, u"pod-10"_s);
    }

    /// A pattern that would take longer than the universe has lasted gives nothing, soon.
    void aWildRegexEnds()
    {
        QVERIFY(optionsFrom(withRegex(u"(a+)+$"_s), {QString(40, u'a') + u'b'}).empty());
    }
};

QTEST_APPLESS_MAIN(TestVariableOptions)
#include "tst_variableoptions.moc"
