// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/variableformat.h>

#include <domain/base/untrusted.h>

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimeZone>
#include <QUrl>

#include <iterator>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

using Place = MacroToken::Place;

QString inQuotes(const QString &text) { return render::promql(Untrusted(text)); }

QString withBackslashes(const QString &text, QStringView special)
{
    QString out;
    out.reserve(text.size() + 8);
    for (const QChar c : text) {
        if (special.contains(c))
            out += u'\\';
        out += c;
    }
    return out;
}

QString regexEscaped(const QString &text) { return withBackslashes(text, u"\\^$.|?*+()[]{}"); }

/// How the place where a value lands wants it written: backquotes know no escapes.
QString forPlace(const QString &text, Place place)
{
    return place == Place::Backquotes ? text : inQuotes(text);
}

QString alternation(const QStringList &values, Place place)
{
    QStringList parts;
    for (const QString &value : values)
        parts << forPlace(regexEscaped(value), place);
    return parts.size() == 1 ? parts.front() : u'(' + parts.join(u'|') + u')';
}

/// Every value between two of `quote`, signs in `special` behind a backslash.
QString quotedList(const QStringList &values, QChar quote, QStringView special)
{
    QStringList parts;
    for (const QString &value : values)
        parts << quote + withBackslashes(value, special) + quote;
    return parts.join(u',');
}

using Writer = QString (*)(const QString &name, const QStringList &values);

QString writeComma(const QString &, const QStringList &values) { return values.join(u','); }
QString writePipe(const QString &, const QStringList &values) { return values.join(u'|'); }
QString writeJson(const QString &, const QStringList &values)
{
    const QByteArray list = QJsonDocument(QJsonArray::fromStringList(values)).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(values.size() == 1 ? list.mid(1, list.size() - 2) : list);
}
QString writeGlob(const QString &, const QStringList &values)
{
    return values.size() == 1 ? values.front() : u'{' + values.join(u',') + u'}';
}
/// v,v=b: the first name is written by the one who uses it.
QString writeDistributed(const QString &name, const QStringList &values)
{
    return values.join(u',' + name + u'=');
}
QString writeLucene(const QString &, const QStringList &values)
{
    QStringList parts;
    for (const QString &value : values)
        parts << withBackslashes(value, u"+-=&|><!(){}[]^\"~*?:\\/");
    if (parts.size() == 1)
        return parts.front();
    return u"(\""_s + parts.join(u"\" OR \""_s) + u"\")"_s;
}
QString writeDoubleQuotes(const QString &, const QStringList &values)
{
    QStringList parts;
    for (const QString &value : values)
        parts << u'"' + inQuotes(value) + u'"';
    return parts.join(u',');
}
QString writeSingleQuotes(const QString &, const QStringList &values)
{
    return quotedList(values, u'\'', u"'\\");
}
/// SQL doubles a quote.
QString writeSql(const QString &, const QStringList &values)
{
    QStringList doubled = values;
    doubled.replaceInStrings(u"'"_s, u"''"_s);
    return quotedList(doubled, u'\'', {});
}
QString writeParameters(const QString &name, const QStringList &values)
{
    QStringList parts;
    for (const QString &value : values) {
        parts << u"var-"_s + QString::fromLatin1(QUrl::toPercentEncoding(name)) + u'='
                + QString::fromLatin1(QUrl::toPercentEncoding(value));
    }
    return parts.join(u'&');
}
QString writePercent(const QString &, const QStringList &values)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(values.join(u',')));
}

struct Format
{
    QLatin1StringView name;
    Writer write; ///< null: depends on the place or on the texts
};
constexpr Format kFormats[] = {{"raw"_L1, writeComma}, {"csv"_L1, writeComma}, {"pipe"_L1, writePipe},
    {"json"_L1, writeJson}, {"glob"_L1, writeGlob}, {"distributed"_L1, writeDistributed},
    {"lucene"_L1, writeLucene}, {"doublequote"_L1, writeDoubleQuotes}, {"singlequote"_L1, writeSingleQuotes},
    {"sqlstring"_L1, writeSql}, {"queryparam"_L1, writeParameters}, {"percentencode"_L1, writePercent},
    {"regex"_L1, nullptr}, {"text"_L1, nullptr}};

const Format *formatNamed(QStringView name)
{
    const auto at = std::find_if(
        std::begin(kFormats), std::end(kFormats), [&](const Format &format) { return format.name == name; });
    return at == std::end(kFormats) ? nullptr : at;
}

QString withoutFormat(const QStringList &values, const VariableForm &form, Place place)
{
    if (form.isVerbatim)
        return values.join(u',');
    if (values.size() == 1 && !form.isPattern)
        return forPlace(values.front(), place);
    return alternation(values, place);
}

} // namespace

bool isVariableFormat(QStringView format) { return formatNamed(format) != nullptr; }

Result<QString> formatValues(const MacroToken &token, const QStringList &values, const VariableForm &form)
{
    if (token.place == Place::Backquotes && values.join(QChar()).contains(u'`')) {
        return fail(Error::Kind::Invalid,
            u"the value of $%1 has a backquote, which cannot stand at character %2"_s.arg(token.name)
                .arg(token.position + 1));
    }
    if (token.argument.isEmpty())
        return withoutFormat(values, form, token.place);
    if (token.argument == "text"_L1)
        return (form.texts.isEmpty() ? values : form.texts).join(u" + "_s);
    if (token.argument == "regex"_L1) {
        if (form.isVerbatim)
            return values.join(u'|');
        // Outside of quotes the text is no string yet.
        const bool quoted = token.place == Place::Quotes;
        return alternation(values, quoted ? Place::Quotes : Place::Backquotes);
    }
    const Format *format = formatNamed(token.argument);
    if (!format)
        return fail(Error::Kind::Invalid, u"unknown format \"%1\" of $%2"_s.arg(token.argument, token.name));
    return format->write(token.name, values);
}

bool isDateFormat(QStringView format) { return format == u"date" || format.startsWith(u"date:"); }

QString formatMoment(Timestamp moment, QStringView format)
{
    const QStringView how = format.mid(5);
    if (how == u"seconds")
        return QString::number(toUnixMs(moment) / 1000);
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(toUnixMs(moment), QTimeZone::utc());
    if (how.isEmpty() || how == u"iso")
        return at.toString(u"yyyy-MM-ddTHH:mm:ss.zzz"_s) + u'Z';
    // Years and days are spelled in capitals there; minutes, hours and seconds as here.
    QString pattern = how.toString();
    pattern.replace(u"YYYY"_s, u"yyyy"_s).replace(u"YY"_s, u"yy"_s).replace(u"DD"_s, u"dd"_s);
    return at.toString(pattern.replace(u"SSS"_s, u"zzz"_s));
}

} // namespace bw
