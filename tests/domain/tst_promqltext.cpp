// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/promqltext.h>

#include <QTest>

#include <random>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using What = PromqlCompletion::What;

namespace {

/// "F:sum B:( M:up": kind's letter and text of every token.
QString drawn(const QString &text)
{
    static const QString letters = u"#TNDFKMLOB$?"_s;
    QStringList out;
    for (const PromqlToken &token : promqlTokens(text))
        out += letters.at(int(token.kind)) + (token.isOpen ? u"…"_s : u":"_s)
            + text.mid(token.begin, token.length);
    return out.join(u' ');
}

const char *nameOf(What what)
{
    static const char *const names[] = {
        "nothing", "operand", "keyword", "label", "value", "duration", "macro"};
    return names[int(what)];
}

} // namespace

class TestPromqlText : public QObject
{
    Q_OBJECT
private slots:
    void tokens_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto add = [](const char *text, const char *expected) {
            QTest::newRow(*text ? text : "empty") << QString::fromUtf8(text) << QString::fromUtf8(expected);
        };
        add("", "");
        add("up", "M:up");
        add("rate(x[5m])", "F:rate B:( M:x B:[ D:5m B:] B:)");
        add("sum by (a, b) (up)", "F:sum K:by B:( L:a B:, L:b B:) B:( M:up B:)");
        add("sum(up) by (job)", "F:sum B:( M:up B:) K:by B:( L:job B:)");
        add("a{b=\"c\",d!~'e'}", "M:a B:{ L:b O:= T:\"c\" B:, L:d O:!~ T:'e' B:}");
        add("a / on(x) group_left(y) b", "M:a O:/ K:on B:( L:x B:) K:group_left B:( L:y B:) M:b");
        add("a / on(x) group_left b", "M:a O:/ K:on B:( L:x B:) K:group_left M:b");
        add("a > bool 1.5e-3 or b offset 1h30m", "M:a O:> K:bool N:1.5e-3 K:or M:b K:offset D:1h30m");
        add("x[$__rate_interval] + ${v:regex} + [[w]]",
            "M:x B:[ $:$__rate_interval B:] O:+ $:${v:regex} O:+ $:[[w]]");
        add("up # rest \"of\" line\n- 1", "M:up #:# rest \"of\" line O:- N:1");
        add("foo(1)", "?:foo B:( N:1 B:)");
        add("on", "M:on"); // no operator in front: a metric's name
        add("-Inf == NaN", "O:- N:Inf O:== N:NaN");
        add("up{job=\"a", "M:up B:{ L:job O:= T…\"a");
        add("up{job=\"a\\\"b\"}", "M:up B:{ L:job O:= T:\"a\\\"b\" B:}");
        add("${", "$…${");
        add("x[1h:5m] @ end()", "M:x B:[ D:1h O:: D:5m B:] O:@ F:end B:( B:)");
        add("0x1F", "N:0x1F");
        add("sum by", "F:sum K:by");
        add("a ~ b", "M:a ?:~ M:b");
    }
    void tokens()
    {
        QFETCH(QString, text);
        QTEST(drawn(text), "expected");
    }

    void everySignIsInOneToken()
    {
        std::mt19937 dice(20261122);
        static const QString signs = u"ab1m5(){}[],\"'`\\$#:=~!<>+-*/ \n.é𝛂by on[["_s;
        for (int run = 0; run < 1500; ++run) {
            QString text;
            for (int length = int(dice() % 24); length > 0; --length)
                text += signs.at(dice() % unsigned(signs.size()));
            qsizetype at = 0;
            for (const PromqlToken &token : promqlTokens(text)) {
                QVERIFY2(token.length > 0, qPrintable(text));
                QVERIFY2(QStringView(text).mid(at, token.begin - at).trimmed().isEmpty(), qPrintable(text));
                at = token.end();
            }
            QVERIFY2(QStringView(text).mid(at).trimmed().isEmpty(), qPrintable(text));
            for (qsizetype cursor = 0; cursor <= text.size(); ++cursor) {
                const PromqlCompletion found = promqlCompletionAt(text, cursor);
                QVERIFY2(found.begin <= cursor && cursor <= found.end && found.end <= text.size(),
                    qPrintable(text));
                QCOMPARE(text.mid(found.begin, cursor - found.begin), found.prefix);
                matchingBracket(text, cursor);
            }
        }
    }

    void completion_data()
    {
        QTest::addColumn<QString>("text"); // the cursor is |
        QTest::addColumn<QString>("expected"); // what, prefix, what is replaced, selector, label
        const auto add = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(expected);
        };
        add("|", "operand  0-0  ");
        add("ra|", "operand ra 0-2  ");
        add("ra|te", "operand ra 0-4  ");
        add("rate(|", "operand  5-5  ");
        add("rate(ht|)", "operand ht 5-7  ");
        add("rate(http[|", "duration  10-10  ");
        add("rate(http[5|", "duration 5 10-11  ");
        add("rate(http[$__|])", "macro $__ 10-13  ");
        add("up |", "keyword  3-3  ");
        add("up o|", "keyword o 3-4  ");
        add("sum |", "keyword  4-4  "); // by, without
        add("sum by (|", "label  8-8  ");
        add("sum by (jo|) (rate(up[5m]))", "label jo 8-10 up ");
        add("sum by (job, |) (up)", "label  13-13 up ");
        add("sum by (job |) (up)", "nothing  12-12  ");
        add("up{|", "label  3-3 up ");
        add("up{jo|b=\"x\"}", "label jo 3-6 up ");
        add("up{job=\"x\",|}", "label  11-11 up{job=\"x\"} ");
        add("up{job=\"x\", inst|ance=~\"y\"}", "label inst 12-20 up{job=\"x\"} ");
        add("up{job=\"|\"}", "value  8-8 up job");
        add("up{job=\"ab|c\"}", "value ab 8-11 up job");
        add("up{a=\"1\",job=~\"ab|", "value ab 15-17 up{a=\"1\"} job");
        add("{job=\"|\"}", "value  6-6  job");
        add("up{job=\"abc\"|}", "nothing  12-12 up ");
        add("label_replace(up, \"|\")", "nothing  19-19  ");
        add("up # com|ment", "nothing  8-8  ");
        add("12|", "nothing  2-2  ");
        add("up offset |", "duration  10-10  ");
        add("a + |", "operand  4-4  ");
        add("up{job=\"x\"} |", "keyword  12-12  ");
        add("sum(up) |", "keyword  8-8  ");
        add("${__sel.requests} |", "keyword  18-18  ");
        add("$serv|", "macro $serv 0-5  ");
    }
    void completion()
    {
        QFETCH(QString, text);
        const qsizetype cursor = text.indexOf(u'|');
        text.remove(cursor, 1);
        const PromqlCompletion found = promqlCompletionAt(text, cursor);
        QTEST(u"%1 %2 %3-%4 %5 %6"_s.arg(QString::fromLatin1(nameOf(found.what)), found.prefix)
                  .arg(found.begin)
                  .arg(found.end)
                  .arg(found.selector, found.label),
            "expected");
    }

    void brackets()
    {
        const QString text = u"sum(rate(x{a=\")\"}[5m])) # )"_s;
        QCOMPARE(matchingBracket(text, 3), std::optional<qsizetype>(22));
        QCOMPARE(matchingBracket(text, 22), std::optional<qsizetype>(3));
        QCOMPARE(matchingBracket(text, 10), std::optional<qsizetype>(16));
        QCOMPARE(matchingBracket(text, 14), std::nullopt); // inside the string
        QCOMPARE(matchingBracket(u"(("_s, 0), std::nullopt);
        QCOMPARE(matchingBracket(text, 999), std::nullopt);
    }

    void ranking()
    {
        const QStringList names{
            u"http_requests_total"_s, u"requests"_s, u"requests_total"_s, u"prerequests"_s, u"go_threads"_s};
        QCOMPARE(rankedCompletions(names, u"REQ", 10),
            (QStringList{u"requests"_s, u"requests_total"_s, u"http_requests_total"_s, u"prerequests"_s}));
        QCOMPARE(rankedCompletions(names, u"req", 2), (QStringList{u"requests"_s, u"requests_total"_s}));
        QCOMPARE(rankedCompletions(names, u"", 2), names.mid(0, 2));
        QCOMPARE(rankedCompletions(names, u"zzz", 2), QStringList());
    }

    void functionsAreSorted()
    {
        const auto &all = promqlFunctions();
        for (size_t i = 1; i < all.size(); ++i)
            QVERIFY2(all[i - 1].name < all[i].name, all[i].name.data());
        QVERIFY(promqlFunction(u"sum")->isAggregation);
        QVERIFY(!promqlFunction(u"rate")->isAggregation);
        QCOMPARE(promqlFunction(u"su"), nullptr);
    }

    void errorPosition_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("sent");
        QTest::addColumn<int>("expected");
        const auto add = [](const char *message, const char *sent, int expected) {
            QTest::newRow(message) << QString::fromUtf8(message) << QString::fromUtf8(sent) << expected;
        };
        add("invalid parameter \"query\": 1:6: parse error: unexpected end of input", "rate(", 5);
        add("1:4: parse error: unexpected <op:*>", "up **", 3);
        add("2:3: parse error: x", "sum(\nb )", 7);
        add("1:8: parse error: x", "\"é\" + )", 6); // bytes, not characters
        add("1:99: parse error: x", "up", 2);
        add("9:1: parse error: x", "up", -1);
        add("unknown metric", "up", -1);
    }
    void errorPosition()
    {
        QFETCH(QString, message);
        QFETCH(QString, sent);
        QTEST(int(promqlErrorPosition(message, sent).value_or(-1)), "expected");
    }
};

QTEST_APPLESS_MAIN(TestPromqlText)
#include "tst_promqltext.moc"
