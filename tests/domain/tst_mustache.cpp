// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/mustache.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

TemplateValue sample()
{
    using V = TemplateValue;
    return V::group({{u"title"_s, V::text(u"db <slow>"_s)}, {u"none"_s, V::text(QString())},
        {u"yes"_s, V::truth(true)}, {u"no"_s, V::truth(false)}, {u"empty"_s, V::list({})},
        {u"who"_s, V::group({{u"name"_s, V::text(u"Anna"_s)}})},
        {u"words"_s, V::list({V::text(u"a"_s), V::text(u"b"_s)})},
        {u"rows"_s,
            V::list({V::group({{u"n"_s, V::text(u"1"_s)}}), V::group({{u"n"_s, V::text(u"2"_s)}})})}});
}

/// The text, or the error's message.
QString rendered(const QString &text)
{
    const auto parsed = MustacheTemplate::parse(text, u"t.mustache"_s);
    if (!parsed)
        return parsed.error().message;
    const auto out = parsed->render(
        sample(), [](const Untrusted &value) { return u'<' + verbatim(value).toUpper() + u'>'; },
        [](const QString &name) {
            return name == u"timeline" ? std::optional(u"[rows]\n"_s) : std::nullopt;
        });
    return out ? *out : out.error().message;
}

} // namespace

class TestMustache : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void renders_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("plain") << u"no tags, } and { and }}"_s << u"no tags, } and { and }}"_s;
        QTest::newRow("value is escaped once") << u"x {{title}} y"_s << u"x <DB <SLOW>> y"_s;
        QTest::newRow("blanks inside") << u"{{ title }}"_s << u"<DB <SLOW>>"_s;
        QTest::newRow("dotted") << u"{{who.name}}"_s << u"<ANNA>"_s;
        QTest::newRow("section of a group")
            << u"{{#who}}{{name}} {{title}}{{/who}}"_s << u"<ANNA> <DB <SLOW>>"_s;
        QTest::newRow("list of texts") << u"{{#words}}{{.}},{{/words}}"_s << u"<A>,<B>,"_s;
        QTest::newRow("list of groups") << u"{{#rows}}{{n}}{{/rows}}"_s << u"<1><2>"_s;
        QTest::newRow("truth") << u"{{#yes}}{{title}}{{/yes}}{{#no}}x{{/no}}{{^no}}y{{/no}}"_s
                               << u"<DB <SLOW>>y"_s;
        QTest::newRow("empty") << u"{{#empty}}x{{/empty}}{{^empty}}none{{/empty}}{{^none}}!{{/none}}"_s
                               << u"none!"_s;
        QTest::newRow("standalone lines go")
            << u"a\n  {{#yes}}\nb\n{{/yes}}\n{{! a word }}\nc\n"_s << u"a\nb\nc\n"_s;
        QTest::newRow("standalone, CRLF") << u"a\r\n{{#yes}}\r\nb\r\n{{/yes}}\r\n"_s << u"a\r\nb\r\n"_s;
        QTest::newRow("two tags on a line stay") << u"{{#yes}} {{/yes}}\n"_s << u" \n"_s;
        QTest::newRow("region") << u"a\n{{> timeline}}\nb\n"_s << u"a\n[rows]\nb\n"_s;
        QTest::newRow("region at the end") << u"{{>timeline}}"_s << u"[rows]\n"_s;
        QTest::newRow("comment over lines") << u"a{{! x\ny }}b"_s << u"ab"_s;
    }
    void renders()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(rendered(text), expected);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("unclosed tag") << u"a\n\nb {{title"_s << u"t.mustache:3: this {{ has no }}"_s;
        QTest::newRow("unclosed section")
            << u"a\n{{#yes}}\nb"_s << u"t.mustache:2: section yes is never closed"_s;
        QTest::newRow("wrong end") << u"{{#yes}}\n{{/no}}"_s
                                   << u"t.mustache:2: {{/no}} closes no open section"_s;
        QTest::newRow("lone end") << u"{{/no}}"_s << u"t.mustache:1: {{/no}} closes no open section"_s;
        QTest::newRow("triple") << u"\n{{{title}}}"_s
                                << u"t.mustache:2: values are always escaped: write {{name}}"_s;
        QTest::newRow("ampersand") << u"{{&title}}"_s
                                   << u"t.mustache:1: values are always escaped: write {{name}}"_s;
        QTest::newRow("delimiters") << u"{{=<% %>=}}"_s
                                    << u"t.mustache:1: other delimiters are not supported"_s;
        QTest::newRow("no name") << u"{{a b}}"_s << u"t.mustache:1: \"a b\" is no name"_s;
        QTest::newRow("empty name") << u"{{}}"_s << u"t.mustache:1: \"\" is no name"_s;
        QTest::newRow("unknown") << u"\n\n{{titel}}"_s << u"t.mustache:3: nothing is called \"titel\" here"_s;
        QTest::newRow("unknown, in a section")
            << u"{{#rows}}\n{{m}}{{/rows}}"_s << u"t.mustache:2: nothing is called \"m\" here"_s;
        QTest::newRow("list as text")
            << u"{{rows}}"_s << u"t.mustache:1: rows is no text; open it with {{#rows}}"_s;
        QTest::newRow("unknown region")
            << u"{{> nothing}}"_s << u"t.mustache:1: there is no region \"nothing\""_s;
        QTest::newRow("region in a line")
            << u"see {{> timeline}}"_s << u"t.mustache:1: a region stands on a line of its own"_s;
        QTest::newRow("depth") << u"{{#yes}}"_s.repeated(1000)
                               << u"t.mustache:1: sections nest deeper than 32"_s;
    }
    void refuses()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        QCOMPARE(rendered(text), message);
    }

    void linesAreCounted()
    {
        QString text;
        for (int line = 1; line < 40; ++line)
            text += line % 3 == 0 ? u"{{#yes}}\nx {{title}}\n{{/yes}}\n"_s : u"{{title}} {{! c }}\n"_s;
        const int last = int(text.count(u'\n')) + 1;
        QCOMPARE(
            rendered(text + u"{{oops}}"_s), u"t.mustache:%1: nothing is called \"oops\" here"_s.arg(last));
    }
};

QTEST_APPLESS_MAIN(TestMustache)
#include "tst_mustache.moc"
