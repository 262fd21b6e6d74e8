// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/metrics/calc.h>
#include <store/grafana/importer_p.h>

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

namespace bw::grafana {
using namespace Qt::Literals::StringLiterals;

namespace {

struct Rgb
{
    int r, g, b;
};

/// "rgba(1, 2, 3, 0.5)"; nullopt for what is transparent or no colour.
std::optional<Rgb> parsedRgb(const QString &text, bool &isTransparent)
{
    static const QRegularExpression form(
        u"^rgba?\\(\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*(?:,\\s*([\\d.]+)\\s*)?\\)$"_s,
        QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    isTransparent = match.hasCaptured(4) && match.captured(4).toDouble() < 0.05;
    const auto part = [&](int i) { return std::min(match.captured(i).toInt(), 255); };
    return Rgb{part(1), part(2), part(3)};
}

QString hex(const Rgb &color)
{
    return u"#%1"_s.arg((color.r << 16) | (color.g << 8) | color.b, 6, 16, QLatin1Char('0'));
}

/// The named palette: five shades of six hues.
const QHash<QString, QString> &named()
{
    static const QHash<QString, QString> colors{{u"green"_s, u"#73bf69"_s}, {u"dark-green"_s, u"#37872d"_s},
        {u"semi-dark-green"_s, u"#56a64b"_s}, {u"light-green"_s, u"#96d98d"_s},
        {u"super-light-green"_s, u"#c8f2c2"_s}, {u"yellow"_s, u"#fade2a"_s}, {u"dark-yellow"_s, u"#e0b400"_s},
        {u"semi-dark-yellow"_s, u"#f2cc0c"_s}, {u"light-yellow"_s, u"#ffee52"_s},
        {u"super-light-yellow"_s, u"#fff899"_s}, {u"red"_s, u"#f2495c"_s}, {u"dark-red"_s, u"#c4162a"_s},
        {u"semi-dark-red"_s, u"#e02f44"_s}, {u"light-red"_s, u"#ff7383"_s},
        {u"super-light-red"_s, u"#ffa6b0"_s}, {u"blue"_s, u"#5794f2"_s}, {u"dark-blue"_s, u"#1f60c4"_s},
        {u"semi-dark-blue"_s, u"#3274d9"_s}, {u"light-blue"_s, u"#8ab8ff"_s},
        {u"super-light-blue"_s, u"#c0d8ff"_s}, {u"orange"_s, u"#ff9830"_s}, {u"dark-orange"_s, u"#fa6400"_s},
        {u"semi-dark-orange"_s, u"#ff780a"_s}, {u"light-orange"_s, u"#ffb357"_s},
        {u"super-light-orange"_s, u"#ffcb7d"_s}, {u"purple"_s, u"#b877d9"_s},
        {u"dark-purple"_s, u"#8f3bb8"_s}, {u"semi-dark-purple"_s, u"#a352cc"_s},
        {u"light-purple"_s, u"#ca95e5"_s}, {u"super-light-purple"_s, u"#deb6f2"_s}};
    return colors;
}

} // namespace

QString unitFrom(const QString &id)
{
    // What is spelled differently here, or is a scale of something there is.
    static const QHash<QString, QString> other{{u"string"_s, u"none"_s}, {u"sishort"_s, u"short"_s},
        {u"clockms"_s, u"dtdurationms"_s}, {u"clocks"_s, u"dtdurations"_s}, {u"volt"_s, u"si:V"_s},
        {u"amp"_s, u"si:A"_s}, {u"kwatt"_s, u"suffix:kW"_s}, {u"watth"_s, u"si:Wh"_s},
        {u"joule"_s, u"si:J"_s}, {u"rotrpm"_s, u"suffix:rpm"_s}, {u"rothz"_s, u"hertz"_s},
        {u"dB"_s, u"suffix:dB"_s}, {u"dBm"_s, u"suffix:dBm"_s}, {u"humidity"_s, u"suffix:%H"_s},
        {u"degree"_s, u"suffix:°"_s}, {u"kelvin"_s, u"suffix:K"_s}, {u"lux"_s, u"suffix:lx"_s},
        {u"pressurehpa"_s, u"suffix:hPa"_s}, {u"percent (0-100)"_s, u"percent"_s},
        {u"dateTimeAsLocal"_s, u"dateTimeAsIso"_s}, {u"dateTimeAsIsoNoDateIfToday"_s, u"dateTimeAsIso"_s},
        {u"dateTimeAsSystem"_s, u"dateTimeAsIso"_s}, {u"dateTimeAsUS"_s, u"dateTimeAsIso"_s},
        {u"bool"_s, u"bool_yes_no"_s}, {u"flops"_s, u"si:FLOP/s"_s}, {u"currencyJPY"_s, u"currency:¥"_s},
        {u"currencyCHF"_s, u"currency:CHF"_s}, {u"currencyINR"_s, u"currency:₹"_s},
        {u"velocityms"_s, u"suffix:m/s"_s}, {u"lengthm"_s, u"si:m"_s}, {u"rads"_s, u"suffix:rad/s"_s}};
    if (id.isEmpty())
        return u"short"_s;
    if (const auto at = other.find(id); at != other.end())
        return *at;
    if (isKnownUnit(id))
        return id;
    // Any other text stands behind the number there, too.
    return u"suffix:"_s + id.trimmed();
}

QString colorFrom(const QString &color)
{
    static const QRegularExpression full(u"^#[0-9a-fA-F]{6}$"_s), shortForm(u"^#[0-9a-fA-F]{3}$"_s),
        withAlpha(u"^#[0-9a-fA-F]{8}$"_s);
    const QString text = color.trimmed();
    if (full.match(text).hasMatch())
        return text.toLower();
    if (withAlpha.match(text).hasMatch())
        return text.left(7).toLower();
    if (shortForm.match(text).hasMatch())
        return u"#%1%1%2%2%3%3"_s.arg(text[1], text[2], text[3]).toLower();
    bool isTransparent = false;
    if (const auto rgb = parsedRgb(text, isTransparent))
        return isTransparent ? QString() : hex(*rgb);
    return named().value(text); // "text" and "transparent" are no colours
}

QString calcFrom(const QString &id)
{
    static const QHash<QString, QString> other{{u"lastNotNull"_s, u"last"_s}, {u"last"_s, u"last_null"_s},
        {u"firstNotNull"_s, u"first"_s}, {u"current"_s, u"last"_s}, {u"avg"_s, u"mean"_s},
        {u"total"_s, u"sum"_s}, {u"stdDev"_s, u"stddev"_s}, {u"diffperc"_s, u"diff_percent"_s},
        {u"step"_s, u"min"_s}};
    const QString ours = other.value(id, id);
    return isCalc(ours) ? ours : QString();
}

QString regexFrom(const QString &text)
{
    static const QRegularExpression slashes(
        u"^/(.*)/([a-z]*)$"_s, QRegularExpression::DotMatchesEverythingOption);
    const auto match = slashes.match(text);
    if (!match.hasMatch())
        return text;
    const bool anyCase = match.captured(2).contains(u'i');
    return (anyCase ? u"(?i)"_s : QString()) + match.captured(1);
}

QString slug(const QString &text)
{
    QString out;
    for (const QChar c : text.normalized(QString::NormalizationForm_D).toLower()) {
        if ((c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9'))
            out += c;
        else if (!out.isEmpty() && !out.endsWith(u'-') && c.category() != QChar::Mark_NonSpacing)
            out += u'-';
    }
    while (out.endsWith(u'-'))
        out.chop(1);
    return out.left(80);
}

QString linkText(const QString &text)
{
    static const QRegularExpression label(u"\\$\\{__field\\.labels\\.([A-Za-z0-9_]+)[^}]*\\}"_s),
        quotedLabel(
            u"\\$\\{__(?:field\\.labels|data\\.fields)\\[?[.\"']*([A-Za-z0-9_ ]+)[\"']*\\]?[^}]*\\}"_s),
        cell(
            u"\\$\\{__value\\.(?:raw|text|numeric)[^}]*\\}|\\$__cell(?:_\\d+)?(?::raw)?|\\$\\{__cell[^}]*\\}"_s);
    QString out = text;
    out.replace(label, u"${__series.\\1}"_s);
    out.replace(quotedLabel, u"${__row.\\1}"_s);
    out.replace(cell, u"${__value}"_s);
    out.remove(QRegularExpression(u"[?&]?\\$\\{__url_time_range\\}|[?&]?\\$__url_time_range"_s));
    out.remove(QRegularExpression(u"[?&]?\\$\\{?__all_variables\\}?"_s));
    return out;
}

} // namespace bw::grafana
