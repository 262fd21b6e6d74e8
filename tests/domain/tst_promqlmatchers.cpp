// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/promqlmatchers.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestPromqlMatchers : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    /// `@` marks where the matcher must come; nowhere else.
    void everySelectorAndNothingElse_data()
    {
        QTest::addColumn<QString>("marked");
        const auto row = [](const char *marked) { QTest::newRow(marked) << QString::fromUtf8(marked); };
        row("up{@}");
        row("up{@} + down{@}");
        row("up{a=\"b\",@}");
        row("up{a=\"b\", @}"); // a comma that is there already
        row("up { a = \"b\" ,@}");
        row("up # up\n{a=\"}\" # }\n,@}");
        row("{__name__=~\"a{1}|b\",@}");
        row("{\"http.server\",@}");
        row("job:x:rate5m{@}");
        row("rate(http_requests_total{@}[5m])");
        row("rate(http_requests_total{code=~'5..',@}[$__rate_interval] offset 1w)");
        row("rate(x{@}[5m:1m] @ end() offset -5m)");
        row("x{@} offset 1h30m + y{@} @ 1609746000.5");
        row("x{@} offset (1h + 5m)");
        row("sum by (pod, up) (rate(x{@}[5m]))");
        row("sum(x{@}) by (up)");
        row("sum without(up)(x{@})");
        row("topk by (a) (5, x{@})");
        row("SUM BY (up) (x{@})");
        row("count_values(\"up\", x{@})");
        row("label_replace(up{@}, \"up\", \"$1\", \"up\", \"(.*)\")");
        row("a{@} * on (up) group_left (down) b{@}");
        row("a{@} * ON(up) GROUP_RIGHT b{@}");
        row("a{@} / ignoring (up) b{@}");
        row("a{@} > bool b{@}");
        row("a{@} == bool 1");
        row("a{@} and on () b{@} or c{@} unless d{@} atan2 e{@}");
        row("histogram_quantile(0.95, sum by (le) (rate(x_bucket{@}[5m])))");
        row("-x{@} ^ 2e-3 + 0x1F - .5 + Inf + NaN");
        row("inf{a=\"b\",@}");
        row("sum{@}"); // a metric may be called so
        row("by{@} + on{@}");
        row("time() - 300");
        row("vector(1) or absent(x{@})");
        row("\"up\"");
        row("'it\\'s up' + `up\\`");
        row("max_over_time((sum(rate(x{@}[1m])))[10m:])");
        row("x{@} # up\n+ # {\ny{@}");
        row("");
    }
    void everySelectorAndNothingElse()
    {
        QFETCH(QString, marked);
        QString plain = marked;
        plain.replace(QRegularExpression(u"(?<=[A-Za-z0-9_])\\{@\\}"_s), QString())
            .replace(u",@}"_s, u"}"_s)
            .replace(u" @}"_s, u" }"_s);
        QString expected = marked;
        expected.replace(QRegularExpression(u"@(?=\\})"_s), u"pod=\"p\""_s);
        const auto done = withMatchers(plain, {u"pod=\"p\""_s});
        QVERIFY2(done, done ? "" : qPrintable(done.error().message));
        QCOMPARE(*done, expected);
    }

    void alternativesGetTheirOwn()
    {
        QCOMPARE(*withMatchers(u"x{a=\"or\" or b=\"c\", or=\"d\"}"_s, {u"p=\"1\""_s}),
            u"x{a=\"or\",p=\"1\" or b=\"c\", or=\"d\",p=\"1\"}"_s);
    }

    void severalMatchers()
    {
        QCOMPARE(*withMatchers(u"x{} / y{a!=\"b\"}"_s, {u"p=\"1\""_s, u"q=~\"2|3\""_s}),
            u"x{p=\"1\",q=~\"2|3\"} / y{a!=\"b\",p=\"1\",q=~\"2|3\"}"_s);
        QCOMPARE(*withMatchers(u"nonsense((("_s, {}), u"nonsense((("_s);
    }

    void whatDoesNotEnd_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("message");
        QTest::newRow("brace") << u"up{a=\"b\""_s << u"a brace does not end; it begins at character 3"_s;
        QTest::newRow("string") << u"x + \"abc"_s << u"a string does not end; it begins at character 5"_s;
        QTest::newRow("string in braces")
            << u"up{a=\"b}"_s << u"a string does not end; it begins at character 6"_s;
        QTest::newRow("range") << u"up[5m"_s << u"a bracket does not end; it begins at character 3"_s;
        QTest::newRow("labels") << u"sum by (a (x)"_s
                                << u"a bracket does not end; it begins at character 8"_s;
        QTest::newRow("backslash") << u"\"\\"_s << u"a string does not end; it begins at character 1"_s;
    }
    void whatDoesNotEnd()
    {
        QFETCH(QString, expression);
        QFETCH(QString, message);
        const auto done = withMatchers(expression, {u"a=\"b\""_s});
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::Invalid);
        QCOMPARE(done.error().message, message);
    }

    /// Whatever a person types: it ends, and without selectors nothing changes.
    void noTextHangs()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        const QStringList pieces{u"up"_s, u"{"_s, u"}"_s, u"("_s, u")"_s, u"["_s, u"]"_s, u"\""_s, u"'"_s,
            u"`"_s, u"\\"_s, u"#"_s, u"\n"_s, u"by"_s, u"on"_s, u"offset"_s, u"bool"_s, u"@"_s, u"5m"_s,
            u","_s, u"="_s, u" "_s, u"or"_s, u"-"_s, u"1e"_s, u"ü"_s};
        for (int round = 0; round < 3000; ++round) {
            QString text;
            for (int i = random.bounded(12); i >= 0; --i)
                text += pieces.at(random.bounded(int(pieces.size())));
            const auto selectors = promqlSelectors(text);
            const auto done = withMatchers(text, {u"p=\"1\""_s});
            QCOMPARE(bool(selectors), bool(done));
            if (!done)
                continue;
            QVERIFY2(selectors->empty() == (*done == text), qPrintable(QString::number(seed) + text));
            qsizetype end = 0;
            for (const PromqlSelector &selector : *selectors) {
                QVERIFY(selector.begin >= end && selector.nameEnd >= selector.begin);
                end = std::max(selector.nameEnd, selector.braceClose);
                QVERIFY(end <= text.size());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestPromqlMatchers)
#include "tst_promqlmatchers.moc"
