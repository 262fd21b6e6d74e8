// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/matcher.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

Labels labels(std::initializer_list<std::pair<const char *, const char *>> pairs)
{
    std::vector<Labels::Pair> out;
    for (const auto &[name, value] : pairs)
        out.emplace_back(Untrusted(QString::fromUtf8(name)), Untrusted(QString::fromUtf8(value)));
    return Labels::fromPairs(std::move(out));
}

} // namespace

class TestMatcher : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void matching_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("value"); // of the label service; null: absent
        QTest::addColumn<bool>("expected");
        const auto row = [](const char *text, const char *value, bool expected) {
            QTest::newRow(qPrintable(
                u"%1 on %2"_s.arg(QString::fromUtf8(text), QString::fromUtf8(value ? value : "none"))))
                << QString::fromUtf8(text) << (value ? QString::fromUtf8(value) : QString()) << expected;
        };
        row("service=\"checkout\"", "checkout", true);
        row("service=\"checkout\"", "checkout2", false);
        row("service = \"checkout\"", "checkout", true);
        row("service=checkout", "checkout", true);
        row("service=\"\"", nullptr, true);
        row("service=\"\"", "x", false);
        row("service!=\"\"", nullptr, false);
        row("service!=\"\"", "x", true);
        row("service=~\"check.*\"", "checkout", true);
        row("service=~\"heck\"", "checkout", false);
        row("service=~\"a|b\"", "b", true);
        row("service=~\"a|b\"", "ab", false);
        row("service=~\"a|b\"", "bc", false);
        row("service=~\".*\"", nullptr, true);
        row("service=~\".+\"", nullptr, false);
        row("service!~\"check.*\"", "checkout", false);
        row("service!~\"check.*\"", nullptr, true);
        row("service=~\"(?i)CHECKOUT\"", "checkout", true);
        row("service=~\"a\\\\.b\"", "a.b", true);
        row("service=~\"a\\\\.b\"", "axb", false);
        row("service=\"a\\\"b\"", "a\"b", true);
        row("service=\"a\\\\b\"", "a\\b", true);
        row("service=\"a\\nb\"", "a\nb", true);
        row("\"service\"=\"x\"", "x", true);
        row("service=~\"[(?=]\"", "=", true);
        row("service=~\"(?P<n>x)\"", "x", true);
        row("service=\"a=b\"", "a=b", true);
        row("service=b,c=d", "b,c=d", true);
    }
    void matching()
    {
        QFETCH(QString, text);
        QFETCH(QString, value);
        QFETCH(bool, expected);
        const auto matcher = Matcher::parse(text);
        QVERIFY2(matcher, matcher ? "" : qPrintable(matcher.error().message));
        const Labels set =
            value.isNull() ? Labels() : Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(value)}});
        QCOMPARE(matcher->matches(set), expected);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "service", "service~\"x\"", "=\"x\"", "ser vice=\"x\"", "1a=\"x\"",
                 "service=\"x", "service=\"x\" y", "service=\"\\q\"", "service=~\"(\"", "service=~\"[\"",
                 "service=~\"a)|(b\"", "service=~\"(?=a)\"", "service=~\"(?!a)\"", "service=~\"(?<=a)\"",
                 "service=~\"(?<!a)\"", "service=~\"(a)\\\\1\"", "service=~\"(?>a)\"", "service=~\"a++\"",
                 "service=~\"(?R)\"", "service=~\"(*FAIL)\"", "service=~\"\\\\k<a>\"",
                 "service=~\"(?(1)a|b)\"", "service=~\"(?x)a # \"", "service=~\"*\""})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void refused()
    {
        QFETCH(QString, text);
        const auto matcher = Matcher::parse(text);
        QVERIFY(!matcher);
        QCOMPARE(matcher.error().kind, Error::Kind::Invalid);
        QVERIFY(!matcher.error().message.isEmpty());
    }

    void roundTrip_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<Matcher::Op>("op");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << u"a"_s << Matcher::Op::Equal << u"b"_s << u"a=\"b\""_s;
        QTest::newRow("not") << u"a"_s << Matcher::Op::NotEqual << u""_s << u"a!=\"\""_s;
        QTest::newRow("regex") << u"a"_s << Matcher::Op::Regex << u"x\\.y|\"z\""_s
                               << u"a=~\"x\\\\.y|\\\"z\\\"\""_s;
        QTest::newRow("not regex") << u"a"_s << Matcher::Op::NotRegex << u"x"_s << u"a!~\"x\""_s;
        QTest::newRow("break") << u"a"_s << Matcher::Op::Equal << u"x\ny"_s << u"a=\"x\\ny\""_s;
        QTest::newRow("utf-8 name") << u"service.name"_s << Matcher::Op::Equal << u"ü"_s
                                    << u"\"service.name\"=\"ü\""_s;
    }
    void roundTrip()
    {
        QFETCH(QString, name);
        QFETCH(Matcher::Op, op);
        QFETCH(QString, value);
        QFETCH(QString, text);
        const auto matcher = Matcher::create(name, op, value);
        QVERIFY(matcher);
        QCOMPARE(matcher->text(), text);
        const auto back = Matcher::parse(text);
        QVERIFY(back);
        QVERIFY(*back == *matcher);
        QCOMPARE(back->name(), name);
        QCOMPARE(back->value(), value);
        QCOMPARE(back->op(), op);
    }

    void explosiveExpressionsEnd()
    {
        const auto matcher = Matcher::create(u"a"_s, Matcher::Op::Regex, u"(x+x+)+y"_s);
        QVERIFY(matcher);
        QVERIFY(!matcher->matches(labels({{"a", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}})));
    }
};

QTEST_APPLESS_MAIN(TestMatcher)
#include "tst_matcher.moc"
