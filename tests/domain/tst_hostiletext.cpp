// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>

#include <QTest>
#include <QUrl>

#include <cctype>
#include <cstring>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

QString repeated(const QString &text, int times) { return text.repeated(times); }

/// Strings that have broken some display, file or query somewhere.
QStringList hostile()
{
    return {u""_s, u"<b>bold</b>"_s, u"<img src=\"file:///etc/passwd\">"_s, u"<script>alert(1)</script>"_s,
        u"<qt>forced</qt>"_s, u"&lt;&amp;&#x3c;"_s, u"\"><a href='javascript:x'>"_s, u"a\"b'c`d"_s,
        u"back\\slash"_s, u"tab\there"_s, u"line\nbreak"_s, u"carriage\rreturn"_s, u"\r\n"_s,
        QString(QChar(0)) + u"nul"_s, u"bell\aescape\x1b[31mred"_s, u"del\x7f"_s, u"c1\u009b31m"_s,
        u"\u202egnp.exe"_s, u"\u2066isolate\u2069"_s, u"\u200ezero\u200bwidth\u200c\u2060\ufeff"_s,
        u"sep\u2028para\u2029"_s, u"\u061c"_s, QString(QChar(0xd800)) + u"lone"_s, u"trail"_s + QChar(0xdc00),
        u"\U0001F4A9 emoji"_s, u"\U000E0041tag"_s, u"=cmd|' /C calc'!A0"_s, u"+1+1"_s, u"-1"_s, u"@SUM(A1)"_s,
        u"comma,semi;colon"_s, u"%s%n%x"_s, u"${jndi:ldap://x}"_s, u"{{service}}"_s, u"$__range"_s,
        u"../../etc/passwd"_s, u"https://evil.example/?a=b&c=d#e"_s, u"' OR 1=1 --"_s,
        repeated(u"A"_s, 100'000), repeated(u"\u0301"_s, 500), u"مرحبا"_s, u"\ufffe\uffff"_s};
}

bool isVisible(char16_t c)
{
    const bool control = (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
    const bool bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e
        || c == 0x200f || c == 0x061c;
    const bool invisible =
        c == 0x200b || c == 0x200c || c == 0x2060 || c == 0xfeff || c == 0x2028 || c == 0x2029;
    return !control && !bidi && !invisible;
}

/// What a rich-text widget would show.
QString shown(QString html)
{
    html.replace(u"<br/>"_s, u"\n"_s)
        .replace(u"&lt;"_s, u"<"_s)
        .replace(u"&gt;"_s, u">"_s)
        .replace(u"&quot;"_s, u"\""_s);
    return html.replace(u"&amp;"_s, u"&"_s);
}

/// One row of CSV back to its cells; empty when it is no row.
QStringList cells(const QString &row)
{
    QStringList out{QString()};
    bool quoted = false;
    for (qsizetype i = 0; i < row.size(); ++i) {
        const QChar c = row.at(i);
        if (c == u'"' && quoted && i + 1 < row.size() && row.at(i + 1) == u'"')
            out.back() += row.at(++i);
        else if (c == u'"')
            quoted = !quoted;
        else if (c == u',' && !quoted)
            out << QString();
        else if ((c == u'\n' || c == u'\r') && !quoted)
            return {};
        else
            out.back() += c;
    }
    return quoted ? QStringList() : out;
}

} // namespace

class TestHostileText : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void rendered_data()
    {
        QTest::addColumn<QString>("text");
        const QStringList all = hostile();
        QVERIFY(all.size() >= 40);
        for (qsizetype i = 0; i < all.size(); ++i)
            QTest::addRow("%02d", int(i)) << all.at(i);
    }
    void rendered()
    {
        QFETCH(QString, text);
        const Untrusted untrusted(text);
        const QString plain = render::plain(untrusted);
        for (const QChar c : plain)
            QVERIFY2(isVisible(c.unicode()), qPrintable(QString::number(c.unicode(), 16)));
        QCOMPARE(render::plain(Untrusted(plain)), plain);
        QVERIFY(plain.size() >= text.size()); // nothing disappears

        const QString line = render::line(untrusted, 80);
        QVERIFY(line.size() <= 80 && !line.contains(u'\n') && !line.contains(u'\t'));

        const QString html = render::html(untrusted);
        QString tags = html;
        QVERIFY(!tags.remove(u"<br/>"_s).contains(u'<'));
        QCOMPARE(shown(html), plain);

        const QString cell = render::csv(untrusted);
        const QStringList back = cells(u"a,"_s + cell + u",b"_s);
        QCOMPARE(back.size(), 3);
        QVERIFY(back.at(1) == text || back.at(1) == u'\'' + text);
        QVERIFY(back.at(1).isEmpty() || !u"=+-@\t\r"_s.contains(back.at(1).front()));

        QVERIFY(!quoteEnds(render::promql(untrusted)));
        const QByteArray url = render::url(untrusted);
        for (const char c : url)
            QVERIFY(std::isalnum(static_cast<unsigned char>(c)) || std::strchr("-._~%", c));
        QCOMPARE(QUrl::fromPercentEncoding(url), QString::fromUtf8(text.toUtf8()));
    }

private:
    /// True when a double-quoted string with this inside would end early or break the line.
    static bool quoteEnds(const QString &inside)
    {
        for (qsizetype i = 0; i < inside.size(); ++i) {
            if (inside.at(i) == u'\\')
                ++i;
            else if (inside.at(i) == u'"' || inside.at(i) == u'\n')
                return true;
        }
        qsizetype trailing = 0;
        while (trailing < inside.size() && inside.at(inside.size() - 1 - trailing) == u'\\')
            ++trailing;
        return trailing % 2 == 1;
    }
};

QTEST_APPLESS_MAIN(TestHostileText)
#include "tst_hostiletext.moc"
