// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>

#include <domain/base/untrusted.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Narrow no-break space: a number never loses its unit at a line end.
constexpr QChar kThin = u'\u202f';
constexpr int kSignificant = 3;

enum class Family { Plain, Short, Si, Iec, Percent, Time, Durations, Currency, Date, YesNo };

struct UnitInfo
{
    QLatin1StringView id;
    Family family;
    double factor; ///< to the family's base: bytes, seconds, percent
    QStringView text; ///< behind the scale prefix, or the currency sign
};

constexpr UnitInfo kUnits[] = {
    {"none"_L1, Family::Plain, 1, u""},
    {"short"_L1, Family::Short, 1, u""},
    {"percent"_L1, Family::Percent, 1, u"%"},
    {"percentunit"_L1, Family::Percent, 100, u"%"},
    {"s"_L1, Family::Time, 1, u""},
    {"latency"_L1, Family::Time, 1, u""},
    {"ms"_L1, Family::Time, 1e-3, u""},
    {"us"_L1, Family::Time, 1e-6, u""},
    {"ns"_L1, Family::Time, 1e-9, u""},
    {"m"_L1, Family::Time, 60, u""},
    {"h"_L1, Family::Time, 3600, u""},
    {"d"_L1, Family::Time, 86'400, u""},
    {"dtdurations"_L1, Family::Durations, 1, u""},
    {"dtdurationms"_L1, Family::Durations, 1e-3, u""},
    {"bytes"_L1, Family::Iec, 1, u"B"},
    {"kbytes"_L1, Family::Iec, 1024, u"B"},
    {"mbytes"_L1, Family::Iec, 1048576, u"B"},
    {"bits"_L1, Family::Iec, 1, u"b"},
    {"decbytes"_L1, Family::Si, 1, u"B"},
    {"decbits"_L1, Family::Si, 1, u"b"},
    {"Bps"_L1, Family::Si, 1, u"B/s"},
    {"bps"_L1, Family::Si, 1, u"b/s"},
    {"binBps"_L1, Family::Iec, 1, u"B/s"},
    {"binbps"_L1, Family::Iec, 1, u"b/s"},
    {"hertz"_L1, Family::Si, 1, u"Hz"},
    {"watt"_L1, Family::Si, 1, u"W"},
    {"ops"_L1, Family::Short, 1, u"ops/s"},
    {"reqps"_L1, Family::Short, 1, u"req/s"},
    {"rps"_L1, Family::Short, 1, u"rd/s"},
    {"wps"_L1, Family::Short, 1, u"wr/s"},
    {"iops"_L1, Family::Short, 1, u"io/s"},
    {"cps"_L1, Family::Short, 1, u"c/s"},
    {"eps"_L1, Family::Short, 1, u"ev/s"},
    {"mps"_L1, Family::Short, 1, u"msg/s"},
    {"pps"_L1, Family::Si, 1, u"p/s"},
    {"opm"_L1, Family::Short, 1, u"ops/min"},
    {"cpm"_L1, Family::Short, 1, u"c/min"},
    {"celsius"_L1, Family::Plain, 1, u"°C"},
    {"fahrenheit"_L1, Family::Plain, 1, u"°F"},
    {"currencyUSD"_L1, Family::Currency, 1, u"$"},
    {"currencyEUR"_L1, Family::Currency, 1, u"€"},
    {"currencyGBP"_L1, Family::Currency, 1, u"£"},
    {"dateTimeAsIso"_L1, Family::Date, 1, u""},
    {"dateTimeFromNow"_L1, Family::Date, 1, u""},
    {"bool_yes_no"_L1, Family::YesNo, 1, u""},
};

const UnitInfo *findUnit(QStringView unit)
{
    if (unit == u"µs" || unit == u"μs") // micro sign and Greek mu look alike
        unit = u"us";
    const auto at = std::find_if(
        std::begin(kUnits), std::end(kUnits), [&](const UnitInfo &known) { return unit == known.id; });
    return at == std::end(kUnits) ? nullptr : at;
}

constexpr std::array<QStringView, 9> kPrefixes{
    u"prefix:", u"suffix:", u"time:", u"si:", u"count:", u"currency:", u"dec:", u"bin:", u"unit:"};

/// Decimals that show `significant` digits of `value`.
int decimalsFor(double value, int significant)
{
    if (value == 0)
        return 0;
    const int before = int(std::floor(std::log10(std::abs(value)))) + 1;
    return std::clamp(significant - before, 0, 15);
}

QString fixed(double value, int decimals, bool trim)
{
    QString text = QString::number(value, 'f', decimals);
    if (trim && text.contains(u'.')) {
        while (text.endsWith(u'0'))
            text.chop(1);
        if (text.endsWith(u'.'))
            text.chop(1);
    }
    // "-0" and "-0.00" are zero.
    if (text.startsWith(u'-') && text.toDouble() == 0)
        text.remove(0, 1);
    return text;
}

QString number(double value, int decimals, int significant = kSignificant)
{
    if (decimals >= 0)
        return fixed(value, std::min(decimals, 15), false);
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-6 || size >= 1e18))
        return QString::number(value, 'g', significant);
    return fixed(value, decimalsFor(value, significant), true);
}

QString withUnit(const QString &text, QStringView unit)
{
    return unit.isEmpty() ? text : text + kThin + unit.toString();
}

struct Scale
{
    double factor;
    QStringView prefix;
};
constexpr std::array<Scale, 7> kShortScales{
    {{1, u""}, {1e3, u"k"}, {1e6, u"M"}, {1e9, u"G"}, {1e12, u"T"}, {1e15, u"P"}, {1e18, u"E"}}};
constexpr std::array<Scale, 7> kIecScales{{{1, u""}, {1024., u"Ki"}, {1048576., u"Mi"}, {1073741824., u"Gi"},
    {1099511627776., u"Ti"}, {1125899906842624., u"Pi"}, {1152921504606846976., u"Ei"}}};
constexpr std::array<Scale, 7> kTimeScales{{{1e-9, u"ns"}, {1e-6, u"µs"}, {1e-3, u"ms"}, {1, u"s"}}};

/// The largest scale that leaves at least 1 once rounded: 999.6 is "1 k", not "1000".
const Scale &scaleFor(double value, std::span<const Scale> scales, int decimals)
{
    const Scale *best = &scales.front();
    for (const Scale &scale : scales) {
        const double scaled = std::abs(value) / scale.factor;
        const double step = std::pow(10, decimals >= 0 ? -decimals : -decimalsFor(scaled, kSignificant));
        if (std::round(scaled / step) * step >= 1)
            best = &scale;
    }
    return *best;
}

QString scaledText(double value, std::span<const Scale> scales, QStringView unit, int decimals)
{
    const Scale &scale = scaleFor(value, scales, decimals);
    return withUnit(
        number(value / scale.factor, decimals), QString(scale.prefix.toString() + unit.toString()));
}

struct TimePart
{
    qint64 seconds;
    QStringView name;
};
constexpr TimePart kTimeParts[] = {{31'536'000, u"y"}, {86'400, u"d"}, {3600, u"h"}, {60, u"m"}, {1, u"s"}};

/// "3 m 20 s": the two largest units.
QString twoUnits(qint64 seconds, const QString &space, const QString &between)
{
    for (size_t i = 0; i < std::size(kTimeParts); ++i) {
        const TimePart &part = kTimeParts[i];
        if (seconds < part.seconds && i + 1 < std::size(kTimeParts))
            continue;
        QString text = QString::number(seconds / part.seconds) + space + part.name.toString();
        if (i + 1 < std::size(kTimeParts)) {
            const TimePart &next = kTimeParts[i + 1];
            if (const qint64 rest = seconds % part.seconds / next.seconds; rest > 0)
                text += between + QString::number(rest) + space + next.name.toString();
        }
        return text;
    }
    return {};
}

QString timeText(double seconds, int decimals)
{
    const double size = std::abs(seconds);
    if (seconds == 0)
        return withUnit(number(0, decimals), u"s");
    if (size < 59.95)
        return scaledText(seconds, std::span(kTimeScales).first(4), u"", decimals);
    if (decimals < 0 && size < 1e15) {
        const QString text = twoUnits(std::llround(size), kThin, kThin);
        return seconds < 0 ? u'-' + text : text;
    }
    for (const TimePart &part : kTimeParts) {
        if (size >= double(part.seconds))
            return withUnit(number(seconds / double(part.seconds), decimals), part.name);
    }
    return withUnit(number(seconds, decimals), u"s");
}

QString percentText(double percent, int decimals)
{
    // 99.95 % must never read as 100 %: what is missing keeps two digits.
    const double missing = std::abs(100 - std::abs(percent));
    if (decimals < 0 && missing > 0 && missing < 1)
        decimals = std::min(decimalsFor(missing, 2), 10);
    else
        return withUnit(number(percent, decimals), u"%");
    return withUnit(fixed(percent, decimals, true), u"%");
}

QString dateText(double ms)
{
    // Beyond these years nanoseconds since 1970 do not fit.
    if (std::abs(ms) > 9e15 / 1e3)
        return formatExact(ms);
    return isoUtc(fromUnixMs(qint64(ms)));
}

/// Grafana writes dates with moment's letters.
QString customDate(double ms, QString pattern)
{
    if (std::abs(ms) > 9e12)
        return formatExact(ms);
    pattern.replace(u"YYYY"_s, u"yyyy"_s).replace(u"YY"_s, u"yy"_s).replace(u"DD"_s, u"dd"_s);
    pattern.replace(u"SSS"_s, u"zzz"_s).replace(u'D', u'd').replace(u'A', u"AP"_s);
    return toDateTime(fromUnixMs(qint64(ms))).toString(pattern);
}

QString currencyText(double value, QStringView sign, int decimals)
{
    const Scale &scale = scaleFor(value, kShortScales, decimals);
    // Cents are worth reading below a thousand.
    const double scaled = std::abs(value) / scale.factor;
    const bool cents = decimals < 0 && scale.factor == 1 && scaled >= 0.01 && scaled != std::floor(scaled);
    const QString text = cents ? fixed(scaled, 2, false) : number(scaled, decimals);
    return (value < 0 ? u"-"_s : QString()) + sign.toString() + withUnit(text, scale.prefix);
}

QString customText(double value, QStringView unit, int decimals)
{
    const qsizetype colon = unit.indexOf(u':');
    const QStringView kind = unit.left(colon + 1);
    // The text comes from a dashboard file that somebody else may have written.
    const QString text = render::line(Untrusted(unit.mid(colon + 1).toString()), 64);
    if (kind == u"time:")
        return customDate(value, text);
    if (kind == u"currency:")
        return currencyText(value, text, decimals);
    if (kind == u"si:" || kind == u"dec:" || kind == u"count:")
        return scaledText(value, kShortScales, text, decimals);
    if (kind == u"bin:")
        return scaledText(value, kIecScales, text, decimals);
    if (kind == u"prefix:")
        return text + number(value, decimals, 6);
    return withUnit(number(value, decimals, 6), text);
}

} // namespace

QString formatValue(double value, QStringView unit, int decimals)
{
    if (std::isnan(value))
        return u"NaN"_s;
    if (std::isinf(value))
        return value > 0 ? u"+Inf"_s : u"-Inf"_s;
    const UnitInfo *info = findUnit(unit);
    if (!info && isKnownUnit(unit))
        return customText(value, unit, decimals);
    if (!info)
        info = findUnit(u"short");
    const double scaled = value * info->factor;
    switch (info->family) {
    case Family::Plain:
        return withUnit(number(scaled, decimals, std::max(kSignificant, 6)), info->text);
    case Family::Short:
    case Family::Si:
        return scaledText(scaled, kShortScales, info->text, decimals);
    case Family::Iec:
        return scaledText(scaled, kIecScales, info->text, decimals);
    case Family::Percent:
        return percentText(scaled, decimals);
    case Family::Time:
        return timeText(scaled, decimals);
    case Family::Durations:
        return timeText(scaled, -1);
    case Family::Currency:
        return currencyText(scaled, info->text, decimals);
    case Family::Date:
        return dateText(scaled);
    case Family::YesNo:
        break;
    }
    return value == 0 ? u"No"_s : u"Yes"_s;
}

QString formatExact(double value)
{
    if (std::isnan(value))
        return u"NaN"_s;
    if (std::isinf(value))
        return value > 0 ? u"+Inf"_s : u"-Inf"_s;
    const double size = std::abs(value);
    const bool plain = size == 0 || (size >= 1e-5 && size < 1e21);
    std::array<char, 64> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
        plain ? std::chars_format::fixed : std::chars_format::scientific);
    return QString::fromLatin1(buffer.data(), end.ptr - buffer.data());
}

QString formatAge(Nanoseconds age)
{
    using namespace std::chrono;
    if (age <= Nanoseconds::zero())
        return u"0 s"_s;
    if (age < microseconds(1))
        return u"%1 ns"_s.arg(age.count());
    if (age < milliseconds(1))
        return u"%1 µs"_s.arg(duration_cast<microseconds>(age).count());
    if (age < seconds(1))
        return u"%1 ms"_s.arg(duration_cast<milliseconds>(age).count());
    return twoUnits(duration_cast<seconds>(age).count(), u" "_s, u" "_s);
}

QString agoText(Nanoseconds age)
{
    const auto whole = std::chrono::floor<std::chrono::seconds>(age);
    return whole.count() <= 0 ? u"now"_s : formatAge(whole);
}

bool isKnownUnit(QStringView unit)
{
    if (findUnit(unit))
        return true;
    return std::any_of(kPrefixes.begin(), kPrefixes.end(),
        [&](QStringView prefix) { return unit.startsWith(prefix) && unit.size() > prefix.size(); });
}

QStringList knownUnits()
{
    QStringList ids;
    for (const UnitInfo &unit : kUnits)
        ids << unit.id;
    ids << u"µs"_s;
    for (const QStringView prefix : kPrefixes)
        ids << prefix.toString();
    return ids;
}

} // namespace bw
