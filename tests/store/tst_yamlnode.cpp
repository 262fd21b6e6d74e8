// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/yamlreader.h>
#include <store/documents/yamlwriter.h>

#include <QRandomGenerator>
#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

YamlNode parsed(const QByteArray &text)
{
    std::vector<Finding> findings;
    const auto root = parseYaml(text, u"f"_s, findings);
    return root ? *root : YamlNode{};
}

} // namespace

class TestYamlNode : public QObject
{
    Q_OBJECT
private slots:
    void refuses_data();
    void refuses();
    void placesAndQuotes();
    void repeatedKeys();
    void scalars_data();
    void scalars();
    void textsComeBack_data();
    void textsComeBack();
    void anyTextComesBack();
    void anyBytesEnd();
    void largeFilesAreNotSlow();
};

void TestYamlNode::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");

    QTest::newRow("tab") << QByteArray("a:\n\tb: 1") << u"f:2:3: not YAML: illegal map value"_s;
    QTest::newRow("open list") << QByteArray("a: [1, 2") << u"not YAML: "_s;
    QTest::newRow("alias") << QByteArray("a: &x 1\nb: *x") << u"f:1:4: found an anchor (&name)"_s;
    QTest::newRow("two documents") << QByteArray("a: 1\n---\nb: 2\n") << u"second document"_s;
    QTest::newRow("list as key") << QByteArray("? [a]\n: 1") << u"f:1:3: found a key that is not text"_s;
    QTest::newRow("not UTF-8") << QByteArray("a: \xff\xfe") << u"not UTF-8"_s;
    QTest::newRow("control") << QByteArray("a: 1\nb: \x04 2") << u"f:2:4: found a control character (0x04)"_s;
    QTest::newRow("deep") << QByteArray(200, '[') << u"levels of nesting"_s;
    QTest::newRow("deep block") << QByteArray("- ").repeated(200) << u"levels of nesting"_s;
    QTest::newRow("large") << QByteArray(kYamlMaxBytes + 1, '#') << u"4194305 bytes; at most 4194304"_s;
}

void TestYamlNode::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    std::vector<Finding> findings;
    const auto root = parseYaml(text, u"f"_s, findings);
    QVERIFY(!root);
    QVERIFY2(root.error().message.contains(message), qPrintable(root.error().message));
}

void TestYamlNode::placesAndQuotes()
{
    const YamlNode root = parsed("\xEF\xBB\xBFname: \"\xC3\xA9t\xC3\xA9\"  # comment\r\n"
                                 "\xC3\xA9\xC3\xA9: [x, 'y']\n"
                                 "empty:\n");
    QCOMPARE(root.kind, YamlNode::Kind::Map);
    QCOMPARE(root.entries.size(), size_t(3));
    const YamlNode *name = root.find(u"name");
    QVERIFY(name);
    QCOMPARE(name->text, u"été"_s);
    QVERIFY(name->quoted);
    QCOMPARE(std::pair(name->line, name->column), std::pair(1, 7));
    const YamlNode &list = root.entries[1].value;
    QCOMPARE(list.kind, YamlNode::Kind::List);
    // Two characters, four bytes: columns count characters.
    QCOMPARE(std::pair(list.line, list.column), std::pair(2, 5));
    QVERIFY(!list.items[0].quoted && list.items[1].quoted);
    QCOMPARE(root.find(u"empty")->kind, YamlNode::Kind::Null);
    QCOMPARE(parsed("").kind, YamlNode::Kind::Null);
    QCOMPARE(parsed("# nothing\n").kind, YamlNode::Kind::Null);
}

void TestYamlNode::repeatedKeys()
{
    std::vector<Finding> findings;
    const auto root = parseYaml("a: 1\nb: {c: 1, c: {d: 2}}\na: 3\n", u"f"_s, findings);
    QVERIFY(root);
    QCOMPARE(findings.size(), size_t(2));
    QCOMPARE(findings[0].toString(), u"f:2:11: the key 'c' stands here a second time; keep one"_s);
    QCOMPARE(findings[1].toString(), u"f:3:1: the key 'a' stands here a second time; keep one"_s);
    QCOMPARE(root->find(u"a")->text, u"1"_s);
    QCOMPARE(root->find(u"b")->entries.size(), size_t(1));
}

void TestYamlNode::scalars_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QVariant>("value");
    QTest::newRow("true") << QByteArray("true") << QVariant(true);
    QTest::newRow("no is text") << QByteArray("no") << QVariant(u"no"_s);
    QTest::newRow("on is text") << QByteArray("on") << QVariant(u"on"_s);
    QTest::newRow("quoted true") << QByteArray("'true'") << QVariant(u"true"_s);
    QTest::newRow("integer") << QByteArray("-42") << QVariant(qlonglong(-42));
    QTest::newRow("zero") << QByteArray("0") << QVariant(qlonglong(0));
    QTest::newRow("no octal") << QByteArray("012") << QVariant(u"012"_s);
    QTest::newRow("quoted number") << QByteArray("\"12\"") << QVariant(u"12"_s);
    QTest::newRow("tagged") << QByteArray("!!str 12") << QVariant(u"12"_s);
    QTest::newRow("float") << QByteArray("1.5e3") << QVariant(1500.0);
    QTest::newRow("infinite") << QByteArray("-.inf") << QVariant(-HUGE_VAL);
    QTest::newRow("version") << QByteArray("1.2.3") << QVariant(u"1.2.3"_s);
    QTest::newRow("hex is text") << QByteArray("0x10") << QVariant(u"0x10"_s);
    QTest::newRow("null") << QByteArray("~") << QVariant();
}

void TestYamlNode::scalars()
{
    QFETCH(QByteArray, text);
    QFETCH(QVariant, value);
    const YamlNode root = parsed("a: " + text);
    QVERIFY(root.find(u"a"));
    const QVariant found = coreScalar(*root.find(u"a"));
    QCOMPARE(found.typeId(), value.typeId());
    QCOMPARE(found, value);
}

void TestYamlNode::textsComeBack_data()
{
    QTest::addColumn<QString>("text");
    const QStringList texts{u""_s, u" "_s, u"a b"_s, u"a: b"_s, u"a #b"_s, u"- a"_s, u"null"_s, u"Yes"_s,
        u"y"_s, u"012"_s, u"1e3"_s, u"\"quoted\""_s, u"back\\slash"_s, u"one\ntwo"_s, u"one\ntwo\n"_s,
        u"one\n\n\ntwo\n"_s, u"\n"_s, u"\n\n"_s, u" lead\nx"_s, u"x\n  indented\n"_s, u"trail \nx"_s,
        u"x\n\n"_s, u"tab\there\n"_s, u"\ttab\n"_s, u"x\r\ny"_s, u"{a}"_s, u"[a]"_s, u"*a"_s, u"&a"_s,
        u"!a"_s, u"%a"_s, u"@a"_s, u"`a`"_s, u"a,b"_s, u"été 東京 🔥"_s, u"bidi \u202e end"_s, u"\u2028"_s,
        u"\u0085x"_s, u"\ufeffx"_s, u"#fff"_s, u"---"_s, u"..."_s, u"key:"_s, u"? x"_s, u"~"_s, u".inf"_s,
        u"rate(x{a=~\"b|c\"}[5m])"_s, u"# first\nsecond"_s, u"a\u00a0b\nc"_s};
    for (const QString &text : texts)
        QTest::newRow(text.toUtf8().toPercentEncoding().constData()) << text;
}

void TestYamlNode::textsComeBack()
{
    QFETCH(QString, text);
    for (const auto quote : {YamlWriter::Quote::WhenNeeded, YamlWriter::Quote::Always}) {
        YamlWriter out;
        out.begin(u"map"_s);
        out.beginItem();
        out.text(u"a"_s, text, quote);
        out.text(u"b"_s, u"after"_s);
        out.endItem();
        out.end();
        out.texts(u"list"_s, {text, text});
        out.variant(u"variant"_s, QVariantMap{{u"k"_s, QVariantList{text, QVariantMap{{text, text}}}}});
        const QByteArray yaml = out.take();
        const YamlNode root = parsed(yaml);
        QVERIFY2(root.find(u"map"), yaml.constData());
        const YamlNode &item = root.find(u"map")->items.at(0);
        QCOMPARE(item.find(u"a")->text, text);
        QCOMPARE(item.find(u"b")->text, u"after"_s);
        QCOMPARE(root.find(u"list")->items.at(1).text, text);
        const YamlNode &inner = root.find(u"variant")->find(u"k")->items.at(1);
        QCOMPARE(inner.entries.at(0).key, text);
        QCOMPARE(coreScalar(inner.entries.at(0).value), QVariant(text));
    }
}

void TestYamlNode::anyTextComesBack()
{
    QRandomGenerator random(20261121);
    const QString alphabet = u"ab \n\t:#-'\"\\|>{}[]&*!%@`,?~.01éx\u2028\u0085\r"_s;
    for (int round = 0; round < 3000; ++round) {
        QString text;
        for (quint32 i = random.bounded(12); i > 0; --i)
            text += alphabet[qsizetype(random.bounded(quint32(alphabet.size())))];
        YamlWriter out;
        out.begin(u"m"_s);
        out.text(u"a"_s, text);
        out.text(text, u"b"_s);
        out.end();
        const QByteArray yaml = out.take();
        const YamlNode root = parsed(yaml);
        QVERIFY2(root.find(u"m"), yaml.constData());
        const auto &entries = root.find(u"m")->entries;
        if (text != "a"_L1) {
            QVERIFY2(entries.size() == 2, yaml.constData());
            QCOMPARE(entries[1].key, text);
        }
        QCOMPARE(entries[0].value.text, text);
    }
}

void TestYamlNode::anyBytesEnd()
{
    // Whatever stands in a file, reading it ends, with a tree or with an error that names a place.
    QRandomGenerator random(7);
    const QByteArray good = "a: [1, {b: 'c'}]\nlist:\n  - x: |\n      text\n  - \"y\\n\"\n";
    for (int round = 0; round < 4000; ++round) {
        QByteArray text = good;
        for (int change = 0; change < 3; ++change) {
            const qsizetype at = qsizetype(random.bounded(quint32(text.size())));
            if (random.bounded(2) == 0)
                text[at] = char(random.bounded(256));
            else
                text.remove(at, 1);
        }
        std::vector<Finding> findings;
        const auto root = parseYaml(text, u"f"_s, findings);
        if (!root)
            QVERIFY2(root.error().message.startsWith("f"_L1), qPrintable(root.error().message));
    }
}

void TestYamlNode::largeFilesAreNotSlow()
{
    // Work that grows with the square of the size would take minutes for the second one.
    for (const QByteArray &element : {QByteArray("a,"), QByteArray("[],")}) {
        std::vector<Finding> findings;
        const auto root = parseYaml("[" + element.repeated(200'000) + "]", u"f"_s, findings);
        QVERIFY(root);
        QCOMPARE(root->items.size(), size_t(200'000));
        QCOMPARE(root->items.back().column, int(element.size()) * 199'999 + 2);
    }
}

QTEST_GUILESS_MAIN(TestYamlNode)
#include "tst_yamlnode.moc"
