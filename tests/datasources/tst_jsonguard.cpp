// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsonguard.h>
#include <datasources/jsonreader.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using Kind = Error::Kind;

/// What stands between a body and the parsers.
class TestJsonGuard : public QObject
{
    Q_OBJECT
private slots:
    void verdicts_data();
    void verdicts();
    void sizes();
    void stringLengths();
    void excerptIsShort();
    void readsPaths();
    void refusesDuplicates();
    void pads();
};

void TestJsonGuard::verdicts_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("kind"); // -1: fine
    const auto row = [](const char *name, const QByteArray &body, int kind) {
        QTest::newRow(name) << body << kind;
    };
    const int decode = int(Kind::Decode), large = int(Kind::TooLarge);
    row("object", R"({"a":[1,2,{"b":"c"}]})", -1);
    row("string with brackets", R"({"a":"]}[{\"\\"})", -1);
    row("long string", '"' + QByteArray(1000, 'x') + '"', -1);
    row("escape at word borders", R"(["1234567\"","12345678\"","\\\\\\\\","1234567\\"])", -1);
    row("escaped quote before plain text", R"(["a\"bcdefghijklmnop","C:\\temp\"quoted\" text behind it"])",
        -1);
    row("white space", " \n[]\r\t", -1);
    row("depth 64", QByteArray(64, '[') + QByteArray(64, ']'), -1);
    row("depth 65", QByteArray(65, '[') + QByteArray(65, ']'), large);
    row("depth 100,000", QByteArray(100'000, '['), large);
    row("depth in objects", QByteArray("{\"a\":").repeated(100'000), large);
    row("empty", "", decode);
    row("only space", " \n ", decode);
    row("byte order mark", "\xEF\xBB\xBF{}", decode);
    row("UTF-16", QByteArray("\xFF\xFE{\0}\0", 6), decode);
    row("UTF-16 without mark", QByteArray("{\0}\0", 4), decode);
    row("invalid UTF-8", "{\"a\":\"\xC3(\"}", decode);
    row("cut in a string", R"({"a":"b)", decode);
    row("cut in an escape", R"({"a":"b\)", decode);
    row("cut in an object", R"({"a":"b")", decode);
    row("wrong bracket", "[}", decode);
    row("too many brackets", "[]]", decode);
    row("two documents", "{}{}", decode);
    row("NUL between", QByteArray("[\0]", 3), decode);
    row("NUL in a string", QByteArray("[\"a\0b\"]", 7), decode);
    row("control in a long string", "[\"" + QByteArray(50, 'x') + "\x1f" + QByteArray(50, 'x') + "\"]",
        decode);
    row("line break in a string", "[\"a\nb\"]", decode);
}

void TestJsonGuard::verdicts()
{
    QFETCH(QByteArray, body);
    QFETCH(int, kind);
    const Result<void> verdict = checkJson(body);
    QCOMPARE(verdict ? -1 : int(verdict.error().kind), kind);
}

void TestJsonGuard::sizes()
{
    JsonLimits limits;
    limits.bytes = 10;
    QVERIFY(checkJson("[1,2,3,45]", limits));
    const Result<void> verdict = checkJson("[1,2,3,456]", limits);
    QVERIFY(!verdict && verdict.error().kind == Kind::TooLarge);
}

void TestJsonGuard::stringLengths()
{
    JsonLimits limits;
    limits.string = 100;
    QVERIFY(checkJson('"' + QByteArray(99, 'x') + '"', limits));
    const Result<void> verdict = checkJson('"' + QByteArray(200, 'x') + '"', limits);
    QVERIFY(!verdict && verdict.error().kind == Kind::TooLarge);
}

void TestJsonGuard::excerptIsShort()
{
    const Result<void> verdict = checkJson('[' + QByteArray(100'000, '1'));
    QVERIFY(!verdict);
    QCOMPARE(verdict.error().detail.size(), 2048);
    QCOMPARE(bodyExcerpt("a\xC3(b"), u"a\uFFFD(b"_s);
}

void TestJsonGuard::readsPaths()
{
    const Result<JsonReader> root = JsonReader::parse(R"({"a":[{"b":"c"},{"b":7}],"n":null})");
    QVERIFY(root);
    QVERIFY(root->isObject() && !root->find("n") && !root->find("zz"));
    QStringList texts;
    const Result<void> read = root->field("a")->each([&](const JsonReader &item) -> Result<void> {
        const Result<QString> text = item.textOf("b");
        if (!text)
            return tl::unexpected(text.error());
        texts << *text;
        return {};
    });
    QCOMPARE(texts, QStringList{u"c"_s});
    QVERIFY(!read);
    QCOMPARE(read.error().message, u"$.a[1].b: expected a string, found number"_s);
    QCOMPARE(root->field("zz").error().message, u"$.zz is missing"_s);
    QVERIFY(!root->field("a")->boolean() && !root->field("a")->number());
    QVERIFY(!JsonReader::parse("[1,]") && !JsonReader::parse("[NaN]")
        && !JsonReader::parse("{\"a\":\"\\ud800\"}"));
}

void TestJsonGuard::refusesDuplicates()
{
    const Result<JsonReader> root = JsonReader::parse(R"({"a":{"b":1,"c":2,"b":1}})");
    QVERIFY(!root && root.error().kind == Kind::Decode);
    QVERIFY2(root.error().message.contains(u"ambiguous"), qPrintable(root.error().message));
    QVERIFY(JsonReader::parse(R"([{"b":1},{"b":1}])"));
}

void TestJsonGuard::pads()
{
    const QByteArray small = padded("[]");
    QVERIFY(small.capacity() >= small.size() + 64);
    QCOMPARE(small, QByteArray("[]"));
    QByteArray roomy;
    roomy.reserve(1000);
    roomy += "[]";
    QCOMPARE(padded(roomy).constData(), roomy.constData()); // no copy
}

QTEST_APPLESS_MAIN(TestJsonGuard)
#include "tst_jsonguard.moc"
