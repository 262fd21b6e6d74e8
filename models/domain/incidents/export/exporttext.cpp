// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/exporttext.h>

#include <QStringList>
#include <QUrl>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Characters that mean something anywhere in a line. "$" is mathematics to some renderers, "~" strikes out,
/// "@" and ":" make addresses into links without being asked.
bool isSpecial(QChar c) { return u"\\`*_[]{}<>#|~&!$@^"_s.contains(c); }

/// "1." and "1)" begin a list.
qsizetype listNumberLength(QStringView line)
{
    qsizetype digits = 0;
    while (digits < line.size() && line.at(digits) >= u'0' && line.at(digits) <= u'9')
        ++digits;
    const bool isList =
        digits > 0 && digits < line.size() && (line.at(digits) == u'.' || line.at(digits) == u')');
    return isList ? digits : -1;
}

bool breaksAddress(QStringView line, qsizetype at)
{
    if (line.at(at) == u':')
        return line.mid(at + 1).startsWith(u"//");
    return line.at(at) == u'.' && at >= 3 && line.mid(at - 3, 3).compare(u"www", Qt::CaseInsensitive) == 0;
}

QString escapedLine(QStringView line)
{
    // Four spaces or a tab would begin code.
    line = line.trimmed();
    const qsizetype number = listNumberLength(line);
    QString out;
    out.reserve(line.size() + line.size() / 8);
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line.at(i);
        const bool opensBlock = i == 0 && (c == u'-' || c == u'+' || c == u'=');
        if (isSpecial(c) || opensBlock || i == number || breaksAddress(line, i))
            out += u'\\';
        out += c == u'\t' ? QChar(u' ') : c;
    }
    return out;
}

QString joinedLines(const Untrusted &text, const QString &separator)
{
    const QString shown = render::plain(text);
    QStringList lines;
    for (const QStringView line : QStringView(shown).split(u'\n')) {
        if (const QString escaped = escapedLine(line); !escaped.isEmpty())
            lines << escaped;
    }
    return lines.join(separator);
}

qsizetype longestRun(QStringView text, QChar c)
{
    qsizetype longest = 0, run = 0;
    for (const QChar at : text) {
        run = at == c ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

} // namespace

QString markdownText(const Untrusted &text) { return joinedLines(text, u" ⏎ "_s); }
QString markdownLines(const Untrusted &text) { return joinedLines(text, u"\\\n"_s); }

QString markdownCode(const Untrusted &text)
{
    QString shown = render::plain(text);
    if (!shown.endsWith(u'\n'))
        shown += u'\n';
    const QString fence(std::max<qsizetype>(3, longestRun(shown, u'`') + 1), u'`');
    return fence + u"text\n"_s + shown + fence + u'\n';
}

QByteArray safeAddress(const Untrusted &address)
{
    const QUrl url(verbatim(address), QUrl::StrictMode);
    const bool isWeb = url.scheme() == "http"_L1 || url.scheme() == "https"_L1;
    if (!url.isValid() || !isWeb || url.host().isEmpty() || !url.userInfo().isEmpty())
        return {};
    QByteArray encoded = url.toEncoded(QUrl::FullyEncoded);
    QByteArray out;
    for (const char c : encoded) {
        if (c > 0x20 && c < 0x7f && !QByteArrayView("\"'<>`|\\()*_[]").contains(c))
            out += c;
        else
            out += '%' + QByteArray::number(uchar(c), 16).rightJustified(2, '0').toUpper();
    }
    // An IPv6 host keeps its brackets.
    if (url.host().contains(u':'))
        out.replace("%5B", "[").replace("%5D", "]");
    return out;
}

QString fileNameFrom(const QString &text)
{
    static const QStringList devices{u"CON"_s, u"PRN"_s, u"AUX"_s, u"NUL"_s};
    QString name;
    for (const QChar c : text) {
        const bool isPlain = (c.unicode() < 128 && c.isLetterOrNumber()) || u"._-"_s.contains(c);
        if (isPlain)
            name += c;
        else if (!name.endsWith(u'-'))
            name += u'-';
    }
    while (name.startsWith(u'.') || name.startsWith(u'-'))
        name.remove(0, 1);
    name.truncate(80);
    while (name.endsWith(u'-') || name.endsWith(u'.'))
        name.chop(1);
    const QString stem = name.section(u'.', 0, 0).toUpper();
    const bool isPort = stem.size() == 4 && (stem.startsWith("COM"_L1) || stem.startsWith("LPT"_L1));
    return name.isEmpty() || isPort || devices.contains(stem) ? u"incident-"_s + name : name;
}

TimeWriter::TimeWriter(const QTimeZone &zone, Precision precision)
    : m_zone(zone)
    , m_precision(precision)
    , m_isUtc(!zone.isValid() || zone.id() == "UTC")
{
}

QString TimeWriter::zoneName() const { return m_isUtc ? u"UTC"_s : QString::fromUtf8(m_zone.id()); }

QString TimeWriter::text(Timestamp t, int offsetSeconds, QChar separator) const
{
    using namespace std::chrono;
    const auto shifted = t + seconds(offsetSeconds);
    const auto day = floor<days>(shifted);
    const year_month_day date(day);
    const hh_mm_ss time(floor<milliseconds>(shifted - day));
    const auto two = [](qint64 n) { return QString::number(n).rightJustified(2, u'0'); };
    QString out = QString::number(int(date.year())).rightJustified(4, u'0') + u'-'
        + two(unsigned(date.month())) + u'-' + two(unsigned(date.day())) + separator
        + two(time.hours().count()) + u':' + two(time.minutes().count()) + u':' + two(time.seconds().count());
    if (m_precision == Precision::Milliseconds)
        out += u'.' + QString::number(time.subseconds().count()).rightJustified(3, u'0');
    return out;
}

QString TimeWriter::local(Timestamp t) const
{
    if (m_isUtc)
        return utc(t) + u" UTC"_s;
    const int offset = m_zone.offsetFromUtc(toDateTime(t));
    const int minutes = std::abs(offset) / 60;
    return text(t, offset, u' ') + u' ' + (offset < 0 ? u'-' : u'+')
        + QString::number(minutes / 60).rightJustified(2, u'0') + u':'
        + QString::number(minutes % 60).rightJustified(2, u'0');
}

QString TimeWriter::utc(Timestamp t) const { return text(t, 0, u' '); }
QString TimeWriter::iso(Timestamp t) const { return text(t, 0, u'T') + u'Z'; }

} // namespace bw
