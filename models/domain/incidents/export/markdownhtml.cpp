// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/markdownhtml.h>

#include <domain/incidents/export/exporttext.h>

#include <QRegularExpression>
#include <QStringList>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QString escaped(QStringView text) { return render::html(Untrusted(text.toString())); }

/// One line or paragraph, from front to back. Whatever finds no partner is text.
class Inline
{
public:
    explicit Inline(QStringView text)
        : m_text(text)
    {
    }

    QString html()
    {
        while (m_at < m_text.size()) {
            const QChar c = m_text.at(m_at);
            const bool isMarkup = (c == u'\\' && escape()) || (c == u'`' && codeSpan())
                || (c == u'[' && link()) || ((c == u'*' || c == u'_') && emphasis(c));
            if (!isMarkup)
                m_plain += m_text.at(m_at++);
        }
        flush();
        return m_out;
    }

private:
    void flush()
    {
        m_out += escaped(m_plain);
        m_plain.clear();
    }

    bool escape()
    {
        if (m_at + 1 >= m_text.size())
            return false;
        const QChar next = m_text.at(m_at + 1);
        const bool isMark = next.unicode() < 128 && (next.isPunct() || next.isSymbol());
        if (!isMark && next != u'\n')
            return false;
        m_plain += next;
        m_at += 2;
        return true;
    }

    bool codeSpan()
    {
        qsizetype length = 0;
        while (m_at + length < m_text.size() && m_text.at(m_at + length) == u'`')
            ++length;
        const QString fence(length, u'`');
        const qsizetype close = m_text.indexOf(fence, m_at + length);
        if (close < 0)
            return false;
        flush();
        m_out +=
            u"<code>"_s + escaped(m_text.mid(m_at + length, close - m_at - length).trimmed()) + u"</code>"_s;
        m_at = close + length;
        return true;
    }

    /// The next `mark` that no backslash stands before.
    qsizetype closing(const QString &mark, qsizetype from) const
    {
        for (qsizetype at = from; at + mark.size() <= m_text.size(); ++at) {
            if (m_text.at(at) == u'\\')
                ++at;
            else if (m_text.mid(at, mark.size()) == mark)
                return at;
        }
        return -1;
    }

    bool emphasis(QChar c)
    {
        const bool isStrong = c == u'*' && m_text.mid(m_at).startsWith(u"**");
        const QString mark(isStrong ? 2 : 1, c);
        const qsizetype begin = m_at + mark.size();
        const qsizetype close = closing(mark, begin);
        const bool opensWord = begin < m_text.size() && !m_text.at(begin).isSpace()
            && (c == u'*' || m_at == 0 || !m_text.at(m_at - 1).isLetterOrNumber());
        if (close <= begin || !opensWord)
            return false;
        flush();
        const QString element = isStrong ? u"strong"_s : u"em"_s;
        m_out += u"<%1>"_s.arg(element) + Inline(m_text.mid(begin, close - begin)).html()
            + u"</%1>"_s.arg(element);
        m_at = close + mark.size();
        return true;
    }

    bool link()
    {
        static const QRegularExpression pattern(u"\\G\\[([^\\[\\]]*)\\]\\(<?([^\\s<>()]+)>?\\)"_s);
        const auto match = pattern.match(m_text.toString(), m_at, QRegularExpression::NormalMatch,
            QRegularExpression::AnchorAtOffsetMatchOption);
        const QByteArray address = safeAddress(Untrusted(match.captured(2)));
        if (!match.hasMatch() || address.isEmpty())
            return false;
        flush();
        m_out += u"<a href=\""_s + QString::fromLatin1(address).toHtmlEscaped() + u"\" rel=\"noreferrer\">"_s
            + Inline(match.captured(1)).html() + u"</a>"_s;
        m_at = match.capturedEnd();
        return true;
    }

    QStringView m_text;
    qsizetype m_at = 0;
    QString m_plain, m_out;
};

class Converter
{
public:
    explicit Converter(const std::function<std::optional<QByteArray>(const QString &)> &raw)
        : m_raw(raw)
    {
    }

    QByteArray run(const QString &markdown)
    {
        for (const QString &line : markdown.split(u'\n')) {
            if (!isComment(line))
                addLine(line);
        }
        close();
        return m_out;
    }

private:
    bool isComment(const QString &line)
    {
        const bool begins = line.trimmed().startsWith("<!--"_L1);
        if (!m_inComment && !begins)
            return false;
        m_inComment = !line.contains("-->"_L1);
        return true;
    }

    void addLine(const QString &line)
    {
        static const QRegularExpression heading(u"^(#{1,6})\\s+(.*?)\\s*#*\\s*$"_s);
        static const QRegularExpression item(u"^\\s{0,3}(?:[-*+]|(\\d{1,9}[.)]))\\s+(.*)$"_s);
        static const QRegularExpression rule(u"^\\s{0,3}(?:-{3,}|\\*{3,}|_{3,})\\s*$"_s);
        if (const auto whole = m_raw(line)) {
            close();
            m_out += *whole;
        } else if (line.trimmed().isEmpty()) {
            close();
        } else if (const auto title = heading.match(line); title.hasMatch()) {
            close();
            const auto level = title.capturedLength(1);
            m_out += u"<h%1>%2</h%1>\n"_s.arg(level).arg(Inline(title.captured(2)).html()).toUtf8();
        } else if (rule.match(line).hasMatch()) {
            close();
            m_out += "<hr>\n";
        } else if (const auto entry = item.match(line); entry.hasMatch()) {
            addItem(entry.captured(2), entry.capturedLength(1) > 0);
        } else {
            m_text += (m_text.isEmpty() ? u""_s : u"\n"_s) + line.trimmed();
        }
    }

    void addItem(const QString &text, bool isOrdered)
    {
        closeText();
        const QByteArray list = isOrdered ? "ol" : "ul";
        if (m_list != list) {
            close();
            m_list = list;
            m_out += '<' + list + ">\n";
        }
        m_text = text;
    }

    void closeText()
    {
        if (m_text.isEmpty())
            return;
        const QByteArray element = m_list.isEmpty() ? "p" : "li";
        m_out += '<' + element + '>' + Inline(m_text).html().toUtf8() + "</" + element + ">\n";
        m_text.clear();
    }

    void close()
    {
        closeText();
        if (!m_list.isEmpty())
            m_out += "</" + m_list + ">\n";
        m_list.clear();
    }

    const std::function<std::optional<QByteArray>(const QString &)> &m_raw;
    QByteArray m_out, m_list;
    QString m_text;
    bool m_inComment = false;
};

} // namespace

QByteArray htmlFromMarkdown(
    const QString &markdown, const std::function<std::optional<QByteArray>(const QString &line)> &raw)
{
    return Converter(raw).run(markdown);
}

} // namespace bw
