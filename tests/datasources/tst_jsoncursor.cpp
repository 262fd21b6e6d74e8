// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/jsoncursor.h>

#include <QTest>

#include <nlohmann/json.hpp>

#include <random>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {
/// Quotes are written as apostrophes, because moc does not read raw strings.
QByteArray json(QByteArray text) { return text.replace('\'', '"'); }
/// Whether a cursor takes all of it.
bool takes(const QByteArray &text)
{
    JsonCursor json({text.constData(), size_t(text.size())});
    return json.skip() && json.isAtEnd();
}
QString errorOf(const QByteArray &text)
{
    JsonCursor json({text.constData(), size_t(text.size())});
    if (json.skip() && !json.isAtEnd())
        json.fail("more");
    return json.isGood() ? QString() : json.error().message;
}
} // namespace

/// The reader under the trace decoders: it must refuse what is no JSON, wherever that stands.
class TestJsonCursor : public QObject
{
    Q_OBJECT
private slots:
    void takesJson_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("good");
        const auto row = [](const char *text, bool good) { QTest::newRow(text) << QByteArray(text) << good; };
        for (const char *text : {"{}", "[]", " [ ] ", "[1,2]", "{\"a\":{\"b\":[true,false,null]}}", "\"x\"",
                 "-0.5e+3", "0", "[\"a\\\"b\",\"\\\\\"]", "{\"a\" : 1 , \"b\" : 2}\n", "[[],{},\"\"]"})
            row(text, true);
        for (const char *text : {"", "{", "[", "]", "{]", "[}", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}",
                 "[1 2]", "01", "1.", "-", "+1", ".5", "1e", "tru", "truex", "nul", "[\"a]", "\"a", "\"a\"b",
                 "[1]]", "{} {}", "{,}", "[,1]", "{\"a\":,}", "{\"a\" 1}", "[\"a\"\"b\"]", "12\"a\"", "[1:2]",
                 "'a'", "[NaN]", "\x01[]", "[\"\t\"]"})
            row(text, false);
    }
    void takesJson()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, good);
        QCOMPARE(takes(text), good);
        // The same at every place of a block of 64 bytes.
        for (int shift = 1; shift < 70; ++shift) {
            QVERIFY2(takes(QByteArray(shift, ' ') + text) == good, qPrintable(QString::number(shift)));
            const QByteArray inside = "[\"" + QByteArray(shift, 'x') + "\"," + text + ']';
            if (!text.trimmed().isEmpty() && text != "{} {}" && text != "[1]]" && text != "\x01[]")
                QVERIFY2(takes(inside) == good, qPrintable(QString::number(shift)));
        }
    }

    void escapesAcrossBlocks()
    {
        // Runs of backslashes of every length before a quote, at every place.
        for (int shift = 0; shift < 130; ++shift) {
            for (int run = 0; run < 6; ++run) {
                const QByteArray text = "[\"" + QByteArray(shift, 'x') + QByteArray(run, '\\') + "\",1]";
                QCOMPARE(takes(text), run % 2 == 0);
            }
        }
    }

    void readsTexts()
    {
        const auto text = [](const QByteArray &json) -> std::optional<QString> {
            JsonCursor cursor({json.constData(), size_t(json.size())});
            std::string_view out;
            std::string scratch;
            if (!cursor.text(out, scratch))
                return std::nullopt;
            return QString::fromUtf8(out.data(), qsizetype(out.size()));
        };
        QCOMPARE(text(json("'plain'")), u"plain"_s);
        QCOMPARE(text("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00z\""), u"a\"\\/\b\f\n\r\té😀z"_s);
        QCOMPARE(text("\"\\ud83d\""), u"\ufffd"_s); // half a pair
        QCOMPARE(text("\"\\ude00\\ud83dx\""), u"\ufffd\ufffdx"_s);
        QCOMPARE(text("\"\\x\""), std::nullopt);
        QCOMPARE(text("\"\\u00g0\""), std::nullopt);
        QCOMPARE(text("1"), std::nullopt);
    }

    void readsNumbers()
    {
        const auto number = [](const QByteArray &json, bool &fits) -> std::optional<qint64> {
            JsonCursor cursor({json.constData(), size_t(json.size())});
            qint64 out = 0;
            return cursor.integer(out, fits) ? std::optional(out) : std::nullopt;
        };
        bool fits = false;
        QCOMPARE(number("9007199254740993", fits), 9007199254740993);
        QVERIFY(fits);
        QCOMPARE(number("\"-12\"", fits), -12);
        QCOMPARE(number("1.5e3", fits), 1500);
        QVERIFY(number("99999999999999999999", fits) && !fits);
        QVERIFY(number("\"99999999999999999999\"", fits) && !fits);
        QVERIFY(number("1e300", fits) && !fits);
        QVERIFY(!number("\"12x\"", fits));
        QVERIFY(!number("\"\"", fits));
        QVERIFY(!number("null", fits));
    }

    void saysWhere()
    {
        QCOMPARE(errorOf(json("{'data':[{'spans':[{},{'a':tru}]}]}")),
            u"data[0].spans[1].a: expected a value (byte 27)"_s);
        QCOMPARE(errorOf(json("[1,2")), u"[1]: the text ends here: it is cut off (byte 4)"_s);
        QVERIFY(errorOf(json("{'a':'bcd")).contains(u"ends inside a string"));
        QVERIFY(errorOf("{\"a\":\"b\x02\"}").contains(u"control character (byte 7)"));
    }

    void limits()
    {
        const auto nested = [](int depth) { return QByteArray(depth, '[') + QByteArray(depth, ']'); };
        QVERIFY(takes(nested(64)));
        QVERIFY(errorOf(nested(65)).contains(u"deeper than 64"));
        QVERIFY(takes('"' + QByteArray(JsonTokens::kString, 'x') + '"'));
        QVERIFY(errorOf('"' + QByteArray(JsonTokens::kString + 128, 'x') + '"').contains(u"1 MiB"));
    }

    void agreesWithAnotherParser()
    {
        const QByteArray seed = json("{'a':[1,-2.5,'text, with [brackets] and {braces}: "
                                     "all',{'b':null,'c':[true,false,[],{}]}],'d':'','e':{'f':'é'}}");
        const QByteArray alphabet = "{}[]:,\"0123-.truefalsn x";
        std::mt19937 random(20261121);
        int good = 0;
        for (int i = 0; i < 20'000; ++i) {
            QByteArray text = seed;
            for (unsigned change = random() % 3 + 1; change > 0; --change) {
                const qsizetype at = qsizetype(random() % unsigned(text.size()));
                if (random() % 3 == 0)
                    text.remove(at, 1 + qsizetype(random() % 4));
                else if (random() % 2 == 0)
                    text.insert(at, alphabet[qsizetype(random() % unsigned(alphabet.size()))]);
                else
                    text[at] = alphabet[qsizetype(random() % unsigned(alphabet.size()))];
                if (text.isEmpty())
                    text = "0";
            }
            if (!checkTraceText(text, 1 << 20))
                continue;
            const bool expected = nlohmann::json::accept(text.cbegin(), text.cend());
            good += expected;
            QVERIFY2(takes(text) == expected, text.constData());
        }
        QVERIFY(good > 500 && good < 15'000); // both answers occur
    }
};

QTEST_GUILESS_MAIN(TestJsonCursor)
#include "tst_jsoncursor.moc"
