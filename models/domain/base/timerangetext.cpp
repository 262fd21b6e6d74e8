// SPDX-License-Identifier: GPL-3.0-or-later
// How people write and read time ranges: pasted text in, headings out.
#include <domain/base/timerange.h>

#include <QHash>
#include <QRegularExpression>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A single pasted moment opens this much on both sides of it.
constexpr auto kAround = 30min;

struct UnitWord
{
    QLatin1StringView unit, one, many;
};
constexpr UnitWord kWords[] = {{"s"_L1, "second"_L1, "seconds"_L1}, {"m"_L1, "minute"_L1, "minutes"_L1},
    {"h"_L1, "hour"_L1, "hours"_L1}, {"d"_L1, "day"_L1, "days"_L1}, {"w"_L1, "week"_L1, "weeks"_L1},
    {"M"_L1, "month"_L1, "months"_L1}, {"Q"_L1, "quarter"_L1, "quarters"_L1},
    {"y"_L1, "year"_L1, "years"_L1}};

/// "6h", "last 6 hours", "30 min".
std::optional<TimeSpec> lastWords(const QString &text)
{
    static const QRegularExpression pattern(
        u"\\A(?:last\\s+)?(\\d{1,6})\\s*([A-Za-z]+)\\z"_s, QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QString word = match.captured(2);
    for (const UnitWord &known : kWords) {
        const bool isMinute = known.unit == "m"_L1 && (word == "min"_L1 || word == "mins"_L1);
        const QString lower = word.toLower();
        if (word == known.unit || lower == known.one || lower == known.many || isMinute)
            return TimeSpec{u"now-"_s + match.captured(1) + known.unit, u"now"_s};
    }
    return std::nullopt;
}

std::optional<QTime> clockTime(const QString &text)
{
    static const QRegularExpression pattern(u"\\A(\\d{1,2}):(\\d\\d)(?::(\\d\\d))?\\z"_s);
    const QRegularExpressionMatch match = pattern.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const QTime time(match.captured(1).toInt(), match.captured(2).toInt(), match.captured(3).toInt());
    return time.isValid() ? std::optional(time) : std::nullopt;
}

QString isoText(QDate date, QTime time)
{
    return date.toString(Qt::ISODate) + u' ' + time.toString(u"HH:mm:ss"_s);
}

QDate dayOf(Timestamp t, const QTimeZone &zone) { return toDateTime(t).toTimeZone(zone).date(); }

/// "14:02" and "14:20" of the most recent day on which the range has begun.
Result<TimeSpec> clockRange(QTime from, QTime to, Timestamp now, const QTimeZone &zone)
{
    QDate day = dayOf(now, zone);
    const Result<Timestamp> begun = resolveTime(isoText(day, from), now, zone);
    if (begun && *begun > now)
        day = day.addDays(-1);
    const TimeSpec spec{isoText(day, from), isoText(to <= from ? day.addDays(1) : day, to)};
    return resolve(spec, now, zone).map([](const TimeRange &range) { return absolute(range); });
}

/// Two texts that a person wrote around a dash, "to" or a slash; nullopt when there is but one.
std::optional<std::pair<QString, QString>> twoEnds(const QString &text)
{
    static const QRegularExpression spaced(u"\\s+(?:to|until|till|-)\\s+|\\s*(?:–|—|→|\\.\\.\\.?)\\s*"_s,
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression clocks(
        u"\\A(.*?\\d:\\d\\d(?::\\d\\d)?)\\s*-\\s*(\\d{1,2}:\\d\\d(?::\\d\\d)?|\\d{4}-.*)\\z"_s);
    static const QRegularExpression isoInterval(u"\\A(\\d{4}-[^/]+)/(\\d{4}-[^/]+)\\z"_s);
    static const QRegularExpression numbers(u"\\A(\\d{9,13})\\s*[-,;/ ]\\s*(\\d{9,13})\\z"_s);
    static const QRegularExpression address(u"(?:\\A|[?&])from=([^&]+)&(?:.*&)?to=([^&]+)"_s);
    if (const auto match = address.match(text); match.hasMatch())
        return {{match.captured(1), match.captured(2)}};
    if (const auto match = spaced.match(text); match.hasMatch() && match.capturedStart() > 0)
        return {{text.left(match.capturedStart()), text.mid(match.capturedEnd())}};
    for (const QRegularExpression &pattern : {numbers, isoInterval, clocks}) {
        if (const auto match = pattern.match(text); match.hasMatch())
            return {{match.captured(1).trimmed(), match.captured(2).trimmed()}};
    }
    return std::nullopt;
}

Result<TimeSpec> fromEnds(const QString &from, QString to, Timestamp now, const QTimeZone &zone)
{
    const std::optional<QTime> beginClock = clockTime(from), endClock = clockTime(to);
    if (beginClock && endClock)
        return clockRange(*beginClock, *endClock, now, zone);
    if (endClock) { // the day is that of the begin
        const Result<Timestamp> begin = resolveTime(from, now, zone);
        if (!begin)
            return tl::unexpected(begin.error());
        to = isoText(dayOf(*begin, zone), *endClock);
    }
    const TimeSpec spec{from, to};
    const Result<TimeRange> range = resolve(spec, now, zone);
    if (!range)
        return tl::unexpected(range.error());
    return from.startsWith("now"_L1) || to.startsWith("now"_L1) ? spec : absolute(*range);
}

/// The picture of an absolute range; the second day only when it is another.
QString absoluteText(const TimeRange &range, const QTimeZone &zone)
{
    const QDateTime begin = toDateTime(range.begin).toTimeZone(zone);
    const QDateTime end = toDateTime(range.end).toTimeZone(zone);
    const bool seconds = begin.time().second() != 0 || end.time().second() != 0;
    const QString clock = seconds ? u"HH:mm:ss"_s : u"HH:mm"_s;
    const QString dated = u"yyyy-MM-dd "_s + clock;
    return begin.toString(dated) + u" – "_s + end.toString(begin.date() == end.date() ? clock : dated);
}

std::optional<QString> namedRange(const TimeSpec &spec)
{
    static const QHash<QString, QString> names{{u"now/d|now/d"_s, u"Today"_s},
        {u"now/d|now"_s, u"Today so far"_s}, {u"now-1d/d|now-1d/d"_s, u"Yesterday"_s},
        {u"now-2d/d|now-2d/d"_s, u"Day before yesterday"_s},
        {u"now-7d/d|now-7d/d"_s, u"This day last week"_s}, {u"now/w|now/w"_s, u"This week"_s},
        {u"now/w|now"_s, u"This week so far"_s}, {u"now-1w/w|now-1w/w"_s, u"Previous week"_s},
        {u"now/M|now/M"_s, u"This month"_s}, {u"now/M|now"_s, u"This month so far"_s},
        {u"now-1M/M|now-1M/M"_s, u"Previous month"_s}, {u"now/Q|now/Q"_s, u"This quarter"_s},
        {u"now-1Q/Q|now-1Q/Q"_s, u"Previous quarter"_s}, {u"now/y|now/y"_s, u"This year"_s},
        {u"now/y|now"_s, u"This year so far"_s}, {u"now-1y/y|now-1y/y"_s, u"Previous year"_s}};
    const auto at = names.constFind(spec.from + u'|' + spec.to);
    if (at != names.cend())
        return *at;
    static const QRegularExpression last(u"\\Anow-(\\d+)([smhdwMQy])\\z"_s);
    const QRegularExpressionMatch match = last.match(spec.from);
    if (spec.to != "now"_L1 || !match.hasMatch())
        return std::nullopt;
    for (const UnitWord &known : kWords) {
        if (match.capturedView(2) != known.unit)
            continue;
        return match.captured(1) == "1"_L1 ? u"Last "_s + known.one
                                           : u"Last %1 %2"_s.arg(match.captured(1), known.many);
    }
    return std::nullopt;
}

} // namespace

Result<TimeSpec> parsePasted(QStringView pasted, Timestamp now, const QTimeZone &zone)
{
    const QString text = pasted.toString().simplified();
    if (const auto words = lastWords(text))
        return *words;
    if (const auto ends = twoEnds(text))
        return fromEnds(ends->first, ends->second, now, zone);
    if (const auto clock = clockTime(text)) {
        QDate day = dayOf(now, zone);
        if (const auto today = resolveTime(isoText(day, *clock), now, zone); today && *today > now)
            day = day.addDays(-1);
        return parsePasted(isoText(day, *clock), now, zone);
    }
    const Result<Timestamp> begin = resolveTime(text, now, zone, false);
    if (!begin)
        return tl::unexpected(begin.error());
    if (text == "now"_L1)
        return fail(Error::Kind::Invalid, u"\"now\" is a moment, not a range; try now-1h"_s);
    if (text.startsWith("now"_L1)) {
        // "now/d" is that day, "now-6h" runs to now.
        const TimeSpec spec{text, text.contains(u'/') ? text : u"now"_s};
        return resolve(spec, now, zone).map([&](const TimeRange &) { return spec; });
    }
    const Result<Timestamp> end = resolveTime(text, now, zone, true);
    if (end && *end > *begin) // a bare day
        return absolute({*begin, *end});
    return absolute({*begin - kAround, *begin + kAround});
}

QString describe(const TimeSpec &spec, Timestamp now, const QTimeZone &zone)
{
    if (const auto name = namedRange(spec))
        return *name;
    const Result<TimeRange> range = resolve(spec, now, zone);
    const bool fixed = !spec.from.startsWith("now"_L1) && !spec.to.startsWith("now"_L1);
    return range && fixed ? absoluteText(*range, zone) : spec.from + u" to "_s + spec.to;
}

} // namespace bw
