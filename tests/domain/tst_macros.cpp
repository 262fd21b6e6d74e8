// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>
#include <domain/dashboards/macros.h>

#include <QRandomGenerator>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

DetectedProfile genericProfile()
{
    DetectedProfile detected;
    detected.found = true;
    detected.profile.id = u"generic"_s;
    detected.profile.selectors = {{u"requests"_s, {u"http_requests_total"_s, {}, {}}},
        {u"errors"_s, {{}, u"code=~\"5..\""_s, {}}},
        {u"sums"_s, {u"http_request_duration_seconds_sum"_s, u"le!=\"\""_s, {}}},
        {u"dotted"_s, {u"http.server.duration"_s, {}, {}}}, {u"buckets"_s, {}}};
    detected.profile.labels = {{u"service"_s, {u"job"_s}}, {u"route"_s, {u"handler"_s}},
        {u"namespace"_s, {u"kubernetes_namespace"_s}}, {u"dotted"_s, {u"service.name"_s}}, {u"pod"_s, {}}};
    return detected;
}

class Context
{
public:
    Context()
    {
        context.range = {fromUnixMs(1'795'269'600'000), fromUnixMs(1'795'273'200'000)};
        context.plan = planSteps(context.range, 1000, 15s, 15s);
        context.profile = &profile;
        context.variables = {{u"ns"_s, {u"pay"_s}}, {u"multi"_s, {u"a.b"_s, u"c\"d"_s}},
            {u"odd"_s, {u"a\"b\\c\nd"_s}}, {u"none"_s, {}}, {u"empty"_s, {QString()}},
            {u"tick"_s, {u"a`b"_s}}, {u"quote"_s, {u"it's"_s}}, {u"one"_s, {u"a.b"_s}},
            {u"all"_s, {u"a\\.+"_s}}, {u"v"_s, {u"$ns ${multi} [[ns]]"_s}}, {u"interval"_s, {u"5m"_s}}};
        context.forms[u"one"_s].isPattern = true;
        context.forms[u"all"_s] = {{u"All"_s}, true, true};
        context.context = {{u"service"_s, u"check\"out"_s}, {u"route"_s, u"/pay"_s}, {u"namespace"_s, {}},
            {u"pod"_s, u"p-1"_s}};
    }
    DetectedProfile profile = genericProfile();
    MacroContext context;
};

} // namespace

class TestMacros : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void expands_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *expression, const char *expected) {
            QTest::newRow(expression) << QString::fromUtf8(expression) << QString::fromUtf8(expected);
        };
        row("up", "up");
        row("", "");
        row("up{ns=\"$ns\"}", "up{ns=\"pay\"}");
        row("up{ns=\"${ns}\"}", "up{ns=\"pay\"}");
        row("up{ns=\"[[ns]]\"}", "up{ns=\"pay\"}");
        row("up{ns=\"$ns-x\"}", "up{ns=\"pay-x\"}");
        row("up{ns=~\"$multi\"}", "up{ns=~\"(a\\\\.b|c\\\"d)\"}");
        row("up{ns=\"$odd\"}", "up{ns=\"a\\\"b\\\\c\\nd\"}");
        row("up{ns=\"$empty\"}", "up{ns=\"\"}");
        row("up{ns=~`$multi`}", "up{ns=~`(a\\.b|c\"d)`}");
        row("{{${ns:raw}}}", "{{pay}}");
        row("${multi:raw}", "a.b,c\"d");
        row("${multi:csv}", "a.b,c\"d");
        row("${multi:pipe}", "a.b|c\"d");
        row("${multi:text}", "a.b + c\"d");
        row("${multi:glob}|${ns:glob}", "{a.b,c\"d}|pay");
        row("multi=${multi:distributed}", "multi=a.b,multi=c\"d");
        row("${multi:lucene} ${v:lucene}", "(\"a.b\" OR \"c\\\"d\") $ns $\\{multi\\} \\[\\[ns\\]\\]");
        row("${quote:singlequote} ${quote:sqlstring}", "'it\\'s' 'it''s'");
        row("x?${multi:queryparam}", "x?var-multi=a.b&var-multi=c%22d");
        row("${__from:date} ${__to:date:seconds}", "2026-11-21T14:00:00.000Z 1795273200");
        row("${__from:date:YYYY-MM-DD HH:mm}", "2026-11-21 14:00");
        row("x{a=~\"$one\"}", "x{a=~\"a\\\\.b\"}"); // may be several, so it is a pattern
        row("x{a=~\"$all\"} ${all:regex} ${all:text}", "x{a=~\"a\\.+\"} a\\.+ All");
        row("${multi:json}", "[\"a.b\",\"c\\\"d\"]");
        row("${ns:json}", "\"pay\"");
        row("${multi:doublequote}", "\"a.b\",\"c\\\"d\"");
        row("${multi:percentencode}", "a.b%2Cc%22d");
        row("${multi:regex}", "(a\\.b|c\"d)");
        row("up{ns=~\"${multi:regex}\"}", "up{ns=~\"(a\\\\.b|c\\\"d)\"}");
        row("[[multi:pipe]]", "a.b|c\"d");
        row("rate(x[$__rate_interval])", "rate(x[1m])");
        row("x[$__interval]", "x[15s]");
        row("$__interval_ms ${__interval_ms}", "15000 15000");
        row("$__rate_interval_ms", "60000");
        row("increase(x[$__range])", "increase(x[3600s])");
        row("$__range_s $__range_ms", "3600 3600000");
        row("$__from $__to", "1795269600000 1795273200000");
        row("x[$interval]", "x[5m]");
        // Dollars that are no macros.
        row("label_replace(up, \"a\", \"$1-${1}\", \"b\", \"(.*)$\")",
            "label_replace(up, \"a\", \"$1-${1}\", \"b\", \"(.*)$\")");
        row("up{a=~\"[[:alpha:]]+\"}", "up{a=~\"[[:alpha:]]+\"}");
        row("$", "$");
        row("${", "${");
        // Telemetry by key.
        row("rate(${__sel.requests}[5m])", "rate(http_requests_total[5m])");
        row("${__sel.errors}", "http_requests_total{code=~\"5..\"}");
        row("${__sel.requests:service,route}", "http_requests_total{job=\"check\\\"out\",handler=\"/pay\"}");
        row("${__sel.requests: service , namespace}", "http_requests_total{job=\"check\\\"out\"}");
        row("${__sel.sums:route}", "http_request_duration_seconds_sum{le!=\"\",handler=\"/pay\"}");
        row("${__sel.dotted}", "{\"http.server.duration\"}");
        row("${__metric.requests}", "http_requests_total");
        row("sum by (${__label.service}) (x)", "sum by (job) (x)");
        row("sum by (${__label.dotted}) (x)", "sum by (\"service.name\") (x)");
        row("up{${__filters}}", "up{}");
        row("up{a=\"b\",${__filters}}", "up{a=\"b\"}");
        row("up{a=\"b\", ${__filters}}", "up{a=\"b\"}");
        row("up{${__filters},a=\"b\"}", "up{a=\"b\"}");
        row("up{ ${__filters} , a=\"b\"}", "up{  a=\"b\"}");
        row("up{$__filters} $ns", "up{} pay");
    }
    void expands()
    {
        QFETCH(QString, expression);
        QFETCH(QString, expected);
        const auto result = expandMacros(expression, Context().context);
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QCOMPARE(*result, expected);
    }

    void nativeHistograms_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *expression, const char *expected) {
            QTest::newRow(expression) << QString::fromUtf8(expression) << QString::fromUtf8(expected);
        };
        row("sum(rate(${__sel.requests}[5m]))", "sum(histogram_count(rate(x[5m])))");
        row("increase(${__sel.sums}[5m] offset 1d)", "histogram_sum(increase(x{le!=\"\"}[5m] offset 1d))");
        row("rate( ${__sel.requests:route} [$__rate_interval] @ end() )",
            "histogram_count(rate( x{handler=\"/pay\"} [1m] @ end() ))");
        row("(sum(rate(${__sel.errors}[5m])) or sum(rate(${__sel.requests}[5m])) * 0) / "
            "sum(rate(${__sel.requests}[5m]))",
            "(sum(histogram_count(rate(x{code=~\"5..\"}[5m]))) or sum(histogram_count(rate(x[5m]))) * 0) / "
            "sum(histogram_count(rate(x[5m])))");
        row("histogram_quantile(0.9, sum by (le) (rate(${__sel.buckets}[5m])))",
            "histogram_quantile(0.9, sum by (le) (rate(x[5m])))");
        // Series have the same labels either way.
        row("label_values(${__sel.requests}, job)", "label_values(x, job)");
        row("count(${__sel.requests})", "count(x)");
        row("rate(${__sel.requests}[5m", "rate(x[5m");
        row("${__metric.requests} ${__sel.dotted}", "x {\"http.server.duration\"}");
    }
    void nativeHistograms()
    {
        QFETCH(QString, expression);
        QFETCH(QString, expected);
        Context context;
        context.profile.profile.selectors[u"native"_s] = {u"x"_s, {}, {}};
        context.profile.nativeParts = {{u"requests"_s, u"histogram_count"_s},
            {u"errors"_s, u"histogram_count"_s}, {u"sums"_s, u"histogram_sum"_s}, {u"buckets"_s, {}}};
        const auto result = expandMacros(expression, context.context);
        QVERIFY2(result, result ? "" : qPrintable(result.error().message));
        QCOMPARE(*result, expected);
    }

    void zoneAndUnit()
    {
        Context context;
        const QString text = u"$__timezone ${__utc_offset_s} $__second ${__second}.0"_s;
        QCOMPARE(*expandMacros(text, context.context), u"UTC 0 1 1.0"_s);
        context.context.zone = QTimeZone("Asia/Kolkata");
        context.profile.profile.latencyUnit = u"ms"_s;
        QCOMPARE(*expandMacros(text, context.context), u"Asia/Kolkata 19800 1000 1000.0"_s);
        context.context.zone = QTimeZone("Europe/Berlin"); // November
        QCOMPARE(*expandMacros(u"$__utc_offset_s"_s, context.context), u"3600"_s);
    }

    void filtersComeLast_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expected");
        const QString f = u"cluster=\"eu\",kubernetes_namespace=\"p\\\"1\""_s;
        QTest::newRow("selector") << u"${__sel.requests}"_s << u"http_requests_total{"_s + f + u'}';
        QTest::newRow("errors") << u"${__sel.errors:route}"_s
                                << u"http_requests_total{code=~\"5..\",job!=\"\",handler=\"/pay\","_s + f
                + u'}';
        QTest::newRow("by hand") << u"up{a=\"b\",${__filters}}"_s << u"up{a=\"b\","_s + f + u'}';
        QTest::newRow("alone") << u"up{${__filters}}"_s << u"up{"_s + f + u'}';
    }
    void filtersComeLast()
    {
        QFETCH(QString, expression);
        QFETCH(QString, expected);
        Context all;
        all.context.filters = {{u"cluster"_s, u"eu"_s}, {u"namespace"_s, u"p\"1"_s}, {u"env"_s, QString()}};
        if (expression.contains(u"errors"_s))
            all.profile.profile.base = u"job!=\"\""_s;
        const auto result = expandMacros(expression, all.context);
        QVERIFY(result);
        QCOMPARE(*result, expected);
    }

    void theSettledErrorFormIsUsed()
    {
        Context all;
        all.profile.errorMatcher = u"status=~\"5..\""_s;
        QCOMPARE(*expandMacros(u"${__sel.errors}"_s, all.context), u"http_requests_total{status=~\"5..\"}"_s);
    }

    void errors_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<Error::Kind>("kind");
        QTest::addColumn<QString>("message");
        QTest::newRow("variable") << u"up{a=\"$nope\"}"_s << Error::Kind::Invalid
                                  << u"unknown variable $nope at character 7"_s;
        QTest::newRow("reserved") << u"x[$__foo]"_s << Error::Kind::Invalid
                                  << u"unknown macro $__foo at character 3"_s;
        QTest::newRow("prefix of a macro")
            << u"$__intervals"_s << Error::Kind::Invalid << u"unknown macro $__intervals at character 1"_s;
        QTest::newRow("format") << u"${ns:upper}"_s << Error::Kind::Invalid
                                << u"unknown format \"upper\" of $ns at character 1"_s;
        QTest::newRow("unclosed") << u"a ${ns"_s << Error::Kind::Invalid << u"unclosed ${ at character 3"_s;
        QTest::newRow("path") << u"${ns.text}"_s << Error::Kind::Invalid
                              << u"unknown variable $ns.text at character 1"_s;
        QTest::newRow("no key") << u"${__sel}"_s << Error::Kind::Invalid
                                << u"unknown macro $__sel at character 1"_s;
        QTest::newRow("row field") << u"${__row.service}"_s << Error::Kind::Invalid
                                   << u"unknown macro $__row.service at character 1"_s;
        QTest::newRow("argument") << u"${__metric.requests:x}"_s << Error::Kind::Invalid
                                  << u"unknown macro $__metric.requests:x at character 1"_s;
        QTest::newRow("backquote")
            << u"`$tick`"_s << Error::Kind::Invalid
            << u"the value of $tick has a backquote, which cannot stand at character 2"_s;
        QTest::newRow("no value") << u"$none"_s << Error::Kind::NotFound << u"variable none has no value"_s;
        QTest::newRow("empty selector")
            << u"${__sel.buckets}"_s << Error::Kind::NotFound << u"profile generic has no latency buckets"_s;
        QTest::newRow("unknown selector")
            << u"${__sel.lag}"_s << Error::Kind::NotFound << u"profile generic has no lag"_s;
        QTest::newRow("unknown label")
            << u"${__label.version}"_s << Error::Kind::NotFound << u"profile generic has no version label"_s;
        QTest::newRow("context without label")
            << u"${__sel.requests:pod}"_s << Error::Kind::NotFound << u"profile generic has no pod label"_s;
    }
    void errors()
    {
        QFETCH(QString, expression);
        QFETCH(Error::Kind, kind);
        QFETCH(QString, message);
        const auto result = expandMacros(expression, Context().context);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, kind);
        QCOMPARE(result.error().message, message);
    }

    void withoutAProfile()
    {
        Context all;
        all.context.profile = nullptr;
        const auto result = expandMacros(u"${__sel.requests}"_s, all.context);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, Error::Kind::NotFound);
        QCOMPARE(result.error().message,
            u"no metric profile was found on this source, so there is no request counter"_s);
        QCOMPARE(*expandMacros(u"up{${__filters}}"_s, all.context), u"up{}"_s);
        all.profile.found = false;
        all.context.profile = &all.profile;
        QVERIFY(!expandMacros(u"${__label.service}"_s, all.context));
    }

    void valuesAreNotExpandedAgain()
    {
        QCOMPARE(*expandMacros(u"x{a=\"$v\"}"_s, Context().context), u"x{a=\"$ns ${multi} [[ns]]\"}"_s);
    }

    /// Values made of everything that means something: the result is the value, escaped, and nothing else.
    void randomValuesStayValues()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        const QStringList pieces{u"$ns"_s, u"${v}"_s, u"[[v]]"_s, u"$__range"_s, u"${__filters}"_s, u"\""_s,
            u"\\"_s, u"\n"_s, u"{"_s, u"}"_s, u","_s, u"a"_s, u"$"_s, u"`"_s, u"ü"_s, u"(a|b)"_s};
        for (int i = 0; i < 1000; ++i) {
            QString value;
            for (int piece = random.bounded(8); piece >= 0; --piece)
                value += pieces.at(random.bounded(int(pieces.size())));
            Context all;
            all.context.variables[u"v"_s] = {value};
            const auto once = expandMacros(u"x{a=\"$v\",b=\"${v}\"}"_s, all.context);
            const QString escaped = render::promql(Untrusted(value));
            QVERIFY2(once, qPrintable(QString::number(seed)));
            QCOMPARE(*once, u"x{a=\""_s + escaped + u"\",b=\""_s + escaped + u"\"}"_s);
        }
    }

    void variablesAreListed()
    {
        QCOMPARE(variablesIn(u"$a ${b:regex} [[c]] $a $__range ${__sel.requests} $1 ${bad.path}"_s),
            QStringList({u"a"_s, u"b"_s, u"c"_s}));
        QVERIFY(variablesIn(u"up"_s).isEmpty());
    }

    void problemsAreListed()
    {
        QCOMPARE(macroProblems(u"$a $__foo ${b:nope}"_s),
            QStringList({u"unknown macro $__foo at character 4"_s,
                u"unknown format \"nope\" of $b at character 11"_s}));
        QVERIFY(macroProblems(u"$a ${__sel.x:service} $__rate_interval"_s).isEmpty());
    }

    void rangeDependence_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<bool>("expected");
        for (const char *yes :
            {"x[$__range]", "${__range_s}", "$__from", "$__to", "x @ start()", "x @end( )", "$__range_ms"})
            QTest::newRow(yes) << QString::fromUtf8(yes) << true;
        for (const char *no :
            {"up", "x[$__interval]", "x[$__rate_interval]", "$range", "x @ 1600000000", "start()"})
            QTest::newRow(no) << QString::fromUtf8(no) << false;
    }
    void rangeDependence()
    {
        QFETCH(QString, expression);
        QFETCH(bool, expected);
        QCOMPARE(dependsOnRange(expression), expected);
    }

    void emptyTexts_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expanded");
        QTest::newRow("code") << u"up $empty"_s << u"up "_s;
        QTest::newRow("quotes") << u"up{job=\"$empty\"}"_s << u"up{job=\"\"}"_s;
        QTest::newRow("regex") << u"up{job=~\"${empty:regex}.*\"}"_s << u"up{job=~\".*\"}"_s;
        QTest::newRow("csv") << u"${empty:csv}"_s << QString();
        QTest::newRow("json") << u"${empty:json}"_s << u"\"\""_s;
    }
    void emptyTexts()
    {
        QFETCH(QString, expression);
        MacroContext context;
        context.variables = {{u"empty"_s, {QString()}}};
        const auto text = expandMacros(expression, context);
        QVERIFY2(text, qPrintable(text ? QString() : text.error().message));
        QTEST(*text, "expanded");
    }

    void placesBeforeExpansion_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<int>("at"); // in the expansion
        QTest::addColumn<int>("before");
        // $ns is "shop", so that "a $ns b" becomes "a shop b".
        QTest::newRow("before any") << u"a $ns b"_s << 1 << 1;
        QTest::newRow("where a macro begins") << u"a $ns b"_s << 2 << 2;
        QTest::newRow("in its value") << u"a $ns b"_s << 4 << 2;
        QTest::newRow("behind it") << u"a $ns b"_s << 7 << 6;
        QTest::newRow("behind two") << u"$ns,$ns,c"_s << 10 << 8;
        QTest::newRow("beyond the end") << u"a $ns b"_s << 99 << 7;
        QTest::newRow("nothing there") << u""_s << 3 << 0;
    }
    void placesBeforeExpansion()
    {
        QFETCH(QString, expression);
        QFETCH(int, at);
        MacroContext context;
        context.variables = {{u"ns"_s, {u"shop"_s}}};
        QTEST(int(placeBefore(expression, context, at)), "before");
    }
};

QTEST_APPLESS_MAIN(TestMacros)
#include "tst_macros.moc"
