// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace bw {

/// Strings that have broken some display, file or query somewhere: for every field of every format.
inline QStringList hostileStrings()
{
    using namespace Qt::Literals::StringLiterals;
    return {u"<b>bold</b>"_s, u"<img src=\"file:///etc/passwd\">"_s, u"<script>alert(1)</script>"_s,
        u"</td></tr></table><iframe src=x>"_s, u"--><script>alert(2)</script><!--"_s, u"<!-- /gen -->"_s,
        u"line\n<!-- /gen -->\nafter"_s, u"]]><svg onload=alert(3)>"_s, u"&lt;&amp;&#x3c;"_s,
        u"\"><a href='javascript:x'>"_s, u"' onmouseover='x"_s, u"a\"b'c`d"_s, u"back\\slash\\"_s,
        u"tab\there"_s, u"carriage\rreturn"_s, QString(QChar(0)) + u"nul"_s, u"bell\aescape\x1b[31mred"_s,
        u"\u202egnp.exe"_s, u"\u200ezero\u200bwidth\u200c\u2060\ufeff"_s, u"sep\u2028para\u2029"_s,
        QString(QChar(0xd800)) + u"lone"_s, u"=cmd|' /C calc'!A0"_s, u"+1+1"_s, u"-1"_s, u"@SUM(A1)"_s,
        u"＝1+1"_s, u"＋1"_s, u"－1"_s, u"＠SUM(A1)"_s, u"  =1+1"_s, u"\t=1+1"_s, u"\r=1+1"_s, u"\u00a0=1"_s,
        u"a\n=1+1"_s, u"comma,semi;colon|pipe"_s, u"{{service}}"_s, u"{{{title}}}"_s, u"${jndi:ldap://x}"_s,
        u"[click](javascript:alert(1))"_s, u"![x](/etc/passwd)"_s, u"<https://evil.example>"_s,
        u"https://evil.example/?a=b&c=d#e"_s, u"www.evil.example"_s, u"someone@evil.example"_s,
        u"# heading"_s, u"> quote"_s, u"- item"_s, u"1. item"_s, u"1) item"_s, u"    code"_s,
        u"```sh\nx\n```"_s, u"~~~\nx"_s, u"---"_s, u"==="_s, u"[ref]: https://evil.example"_s,
        u"[^1]: note"_s, u"* * *"_s, u"| a | b |\n|---|---|"_s, u"**strong** _em_ ~~del~~ `code`"_s,
        u"$x$ $$y$$"_s, u"&copy; &#35;"_s, u"../../.bashrc"_s, u"CON"_s, u"مرحبا"_s, u"emoji \U0001F4A9"_s,
        u"A"_s.repeated(1000)};
}

} // namespace bw
