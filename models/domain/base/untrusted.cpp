// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/untrusted.h>

#include <QUrl>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

const QString &verbatim(const Untrusted &text) { return text.m_text; }

namespace render {
namespace {

bool isInvisible(char16_t c)
{
    return (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069) // bidi embeddings, overrides, isolates
        || c == 0x061c || c == 0x200e || c == 0x200f // bidi marks
        || c == 0x200b || c == 0x200c || c == 0x2060 || c == 0xfeff // zero width
        || c == 0x2028 || c == 0x2029; // line and paragraph separators
}

void appendVisible(QString &out, char16_t c)
{
    if (c < 0x20)
        out += QChar(char16_t(0x2400 + c)); // the control pictures block
    else if (c == 0x7f)
        out += u'\u2421';
    else if ((c >= 0x80 && c < 0xa0) || isInvisible(c))
        out += u"⟨U+"_s + QString::number(c, 16).toUpper().rightJustified(4, u'0') + u'⟩';
    else
        out += QChar(c);
}

} // namespace

QString plain(const Untrusted &text)
{
    const QString &in = verbatim(text);
    const auto harmless = [](QChar c) {
        const char16_t u = c.unicode();
        return u == '\n' || u == '\t' || (u >= 0x20 && u < 0x7f) || (u >= 0xa0 && !isInvisible(u));
    };
    if (std::all_of(in.begin(), in.end(), harmless))
        return in;
    QString out;
    out.reserve(in.size() + 16);
    for (QChar c : in) {
        if (harmless(c))
            out += c;
        else
            appendVisible(out, c.unicode());
    }
    return out;
}

QString line(const Untrusted &text, int limit)
{
    QString out = plain(text);
    out.replace(u'\n', u' ').replace(u'\t', u' ');
    if (out.size() > limit) {
        out.truncate(limit > 0 ? limit - 1 : 0);
        out += u'…';
    }
    return out;
}

QString html(const Untrusted &text) { return plain(text).toHtmlEscaped().replace(u'\n', u"<br/>"_s); }

QString csv(const Untrusted &text)
{
    QString cell = verbatim(text);
    // A spreadsheet evaluates cells that start like this, some also in their full-width forms and some after
    // blanks. A tab, a carriage return or a zero in front is cut by some and leads to the same.
    const auto first = std::find_if(cell.begin(), cell.end(),
        [](QChar c) { return !c.isSpace() && c != QChar(0) && !isInvisible(c.unicode()); });
    const bool isHidden = !cell.isEmpty() && u"\t\r\0"_s.contains(cell.front());
    if (isHidden || (first != cell.end() && u"=+-@＝＋－＠−﹢﹣﹦﹫"_s.contains(*first)))
        cell.prepend(u'\'');
    if (cell.contains(u'"') || cell.contains(u',') || cell.contains(u'\n') || cell.contains(u'\r'))
        cell = u'"' + cell.replace(u'"', u"\"\""_s) + u'"';
    return cell;
}

QString promql(const Untrusted &text)
{
    QString out = verbatim(text);
    return out.replace(u'\\', u"\\\\"_s).replace(u'"', u"\\\""_s).replace(u'\n', u"\\n"_s);
}

QByteArray url(const Untrusted &text) { return QUrl::toPercentEncoding(verbatim(text)); }

} // namespace render
} // namespace bw
