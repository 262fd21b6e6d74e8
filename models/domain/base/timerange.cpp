// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/timerange.h>

#include <QRegularExpression>

#include <array>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kMsPerDay = 86'400'000;
/// Numbers of fewer digits are taken for seconds: as milliseconds they would lie before spring 1973.
constexpr qint64 kFirstMilliseconds = 100'000'000'000;
constexpr int kFirstYear = 1900, kLastYear = 2200;

/// Milliseconds since 1970 for a wall clock reading. In the hole of a forward change the reading moves on by
/// the hole; of two equal readings the earlier counts.
qint64 fromWall(QDate date, QTime time, const QTimeZone &zone)
{
    const qint64 local = QDateTime(date, time, Qt::UTC).toMSecsSinceEpoch();
    const auto offsetAt = [&](qint64 ms) {
        return qint64(zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC))) * 1000;
    };
    const qint64 before = offsetAt(local - kMsPerDay), after = offsetAt(local + kMsPerDay);
    if (offsetAt(local - before) == before)
        return local - before;
    if (offsetAt(local - after) == after)
        return local - after;
    return local - before;
}

/// A moment as the wall clock of a zone shows it.
struct Wall
{
    QDate date;
    QTime time;
};

Wall wallOf(Timestamp t, const QTimeZone &zone)
{
    const QDateTime local = toDateTime(t).toTimeZone(zone);
    return {local.date(), local.time()};
}

tl::unexpected<Error> badTime(QStringView expression, const QString &why)
{
    return fail(Error::Kind::Invalid,
        u"\"%1\" is not a time: %2; allowed are now, now-6h, now-1d/d, epoch milliseconds and ISO 8601"_s.arg(
            expression.toString(), why));
}

/// Fails where nanoseconds since 1970 would overflow or no calendar makes sense.
Result<Timestamp> fromMs(qint64 ms, QStringView expression)
{
    static const qint64 first = QDateTime({kFirstYear, 1, 1}, {0, 0}, Qt::UTC).toMSecsSinceEpoch();
    static const qint64 last = QDateTime({kLastYear, 1, 1}, {0, 0}, Qt::UTC).toMSecsSinceEpoch();
    if (ms < first || ms > last)
        return badTime(expression, u"it lies outside the years %1 to %2"_s.arg(kFirstYear).arg(kLastYear));
    return fromUnixMs(ms);
}

enum class Unit { Millisecond, Second, Minute, Hour, Day, Week, Month, Quarter, Year };

std::optional<Unit> unitFrom(QStringView name)
{
    // The fiscal year starts in January here.
    static constexpr std::array<std::pair<QLatin1StringView, Unit>, 11> kNames{
        {{"ms"_L1, Unit::Millisecond}, {"s"_L1, Unit::Second}, {"m"_L1, Unit::Minute}, {"h"_L1, Unit::Hour},
            {"d"_L1, Unit::Day}, {"w"_L1, Unit::Week}, {"M"_L1, Unit::Month}, {"Q"_L1, Unit::Quarter},
            {"fQ"_L1, Unit::Quarter}, {"y"_L1, Unit::Year}, {"fy"_L1, Unit::Year}}};
    for (const auto &[text, unit] : kNames) {
        if (name == text)
            return unit;
    }
    return std::nullopt;
}

/// Calendar units move the wall clock, so that "one day ago" is the same hour over a clock change.
Result<Timestamp> shifted(Timestamp t, qint64 count, Unit unit, const QTimeZone &zone, QStringView expression)
{
    const qint64 ms = toUnixMs(t);
    const Nanoseconds rest = t - fromUnixMs(ms);
    const auto exactly = [&](qint64 unitMs) { return fromMs(ms + count * unitMs, expression); };
    switch (unit) {
    case Unit::Millisecond:
        return exactly(1);
    case Unit::Second:
        return exactly(1000);
    case Unit::Minute:
        return exactly(60'000);
    case Unit::Hour:
        return exactly(3'600'000);
    default:
        break;
    }
    Wall wall = wallOf(t, zone);
    if (unit == Unit::Day)
        wall.date = wall.date.addDays(count);
    else if (unit == Unit::Week)
        wall.date = wall.date.addDays(count * 7);
    else if (unit == Unit::Month)
        wall.date = wall.date.addMonths(int(count));
    else if (unit == Unit::Quarter)
        wall.date = wall.date.addMonths(int(count * 3));
    else
        wall.date = wall.date.addYears(int(count));
    if (!wall.date.isValid() || wall.date.year() < kFirstYear || wall.date.year() > kLastYear)
        return badTime(expression, u"it lies outside the years %1 to %2"_s.arg(kFirstYear).arg(kLastYear));
    return fromMs(fromWall(wall.date, wall.time, zone), expression).map([&](Timestamp at) {
        return at + rest;
    });
}

/// Start of the unit that `t` is in, or with `up` the start of the next one: ranges are half-open.
Result<Timestamp> rounded(Timestamp t, Unit unit, bool up, const QTimeZone &zone, QStringView expression)
{
    const Wall wall = wallOf(t, zone);
    const auto atWall = [&](QDate date) { return fromMs(fromWall(date, QTime(0, 0), zone), expression); };
    QDate date = wall.date;
    switch (unit) {
    case Unit::Millisecond:
    case Unit::Second:
    case Unit::Minute:
    case Unit::Hour: {
        const qint64 size = unit == Unit::Hour ? 3'600'000
            : unit == Unit::Minute             ? 60'000
            : unit == Unit::Second             ? 1000
                                               : 1;
        // Some zones are off by half an hour; hours are theirs.
        const qint64 offset = qint64(zone.offsetFromUtc(toDateTime(t))) * 1000;
        const qint64 local = toUnixMs(t) + offset;
        const qint64 floor = local - ((local % size) + size) % size;
        return fromMs(floor - offset + (up ? size : 0), expression);
    }
    case Unit::Day:
        return atWall(date.addDays(up ? 1 : 0));
    case Unit::Week:
        return atWall(date.addDays(1 - date.dayOfWeek() + (up ? 7 : 0)));
    case Unit::Month:
        return atWall(QDate(date.year(), date.month(), 1).addMonths(up ? 1 : 0));
    case Unit::Quarter:
        return atWall(QDate(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).addMonths(up ? 3 : 0));
    case Unit::Year:
        return atWall(QDate(date.year() + (up ? 1 : 0), 1, 1));
    }
    return t;
}

/// "now" and any number of "-6h", "+1d", "/d".
Result<Timestamp> resolveNow(QStringView expression, Timestamp now, const QTimeZone &zone, bool roundUp)
{
    static const QRegularExpression term(u"\\G(?:([+-])(\\d{0,9})|(/))(ms|fQ|fy|[smhdwMQy])"_s);
    Timestamp at = now;
    qsizetype position = 3;
    while (position < expression.size()) {
        const QRegularExpressionMatch match = term.match(expression.toString(), position);
        if (!match.hasMatch())
            return badTime(expression, u"\"%1\" is unknown"_s.arg(expression.mid(position).toString()));
        const Unit unit = *unitFrom(match.capturedView(4));
        Result<Timestamp> next = at;
        if (match.hasCaptured(3)) {
            next = rounded(at, unit, roundUp, zone, expression);
        } else {
            const QStringView digits = match.capturedView(2);
            const qint64 count = digits.isEmpty() ? 1 : digits.toLongLong();
            next = shifted(at, match.capturedView(1) == u'-' ? -count : count, unit, zone, expression);
        }
        if (!next)
            return next;
        at = *next;
        position = match.capturedEnd();
    }
    return at;
}

std::optional<Result<Timestamp>> resolveNumber(QStringView text)
{
    static const QRegularExpression number(u"\\A-?\\d{1,19}(?:\\.\\d{1,9})?\\z"_s);
    if (!number.match(text.toString()).hasMatch())
        return std::nullopt;
    if (text.contains(u'.')) {
        const double seconds = text.toDouble();
        return fromMs(qint64(std::floor(seconds * 1000)), text).map([&](Timestamp) {
            return fromUnixSeconds(seconds);
        });
    }
    bool ok = false;
    const qint64 value = text.toLongLong(&ok);
    if (!ok)
        return badTime(text, u"the number is too large"_s);
    return fromMs(std::abs(value) < kFirstMilliseconds ? value * 1000 : value, text);
}

struct IsoTime
{
    Timestamp at;
    bool dateOnly = false;
};

/// "2026-11-21", "2026-11-21 14:02[:11[.123]]", with or without zone; nullopt when it looks different.
std::optional<Result<IsoTime>> resolveIso(QStringView text, const QTimeZone &zone)
{
    static const QRegularExpression pattern(
        u"\\A(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)?)?"
        "\\s*(Z|z|UTC|[+-]\\d\\d:?\\d\\d)?\\z"_s);
    const QRegularExpressionMatch match = pattern.match(text.toString());
    if (!match.hasMatch())
        return std::nullopt;
    const auto number = [&](int group) { return match.capturedView(group).toInt(); };
    const QDate date(number(1), number(2), number(3));
    const QTime time = match.hasCaptured(4) ? QTime(number(4), number(5), number(6)) : QTime(0, 0);
    if (!date.isValid() || !time.isValid())
        return Result<IsoTime>(badTime(text, u"there is no such date or hour"_s));
    const QString fraction = match.captured(7).leftJustified(9, u'0');
    const Nanoseconds nanos(match.hasCaptured(7) ? fraction.toLongLong() : 0);
    qint64 ms = 0;
    if (const QString offset = match.captured(8); offset.isEmpty()) {
        ms = fromWall(date, time, zone);
    } else {
        int seconds = 0;
        if (offset.front() == u'+' || offset.front() == u'-')
            seconds = (offset.mid(1, 2).toInt() * 60 + offset.right(2).toInt()) * 60;
        ms = QDateTime(date, time, Qt::UTC).toMSecsSinceEpoch()
            - (offset.front() == u'-' ? -1 : 1) * seconds * 1000LL;
    }
    return fromMs(ms, text).map([&](Timestamp at) { return IsoTime{at + nanos, !match.hasCaptured(4)}; });
}

} // namespace

TimeRange TimeRange::snappedTo(Nanoseconds step) const
{
    if (step <= Nanoseconds::zero())
        return *this;
    const auto floored = [&](Timestamp t) {
        const Nanoseconds since = t.time_since_epoch();
        Nanoseconds rest = since % step;
        if (rest < Nanoseconds::zero())
            rest += step;
        return t - rest;
    };
    return {floored(begin), floored(end)};
}

bool TimeSpec::isRelative() const { return QStringView(to).trimmed().startsWith("now"_L1); }

Result<Timestamp> resolveTime(QStringView expression, Timestamp now, const QTimeZone &zone, bool roundUp)
{
    const QStringView text = expression.trimmed();
    if (text.startsWith("now"_L1))
        return resolveNow(text, now, zone, roundUp);
    if (const auto number = resolveNumber(text))
        return *number;
    if (const auto iso = resolveIso(text, zone)) {
        if (!*iso)
            return tl::unexpected((*iso).error());
        // A bare day as the end of a range includes that day.
        return (*iso)->dateOnly && roundUp ? rounded((*iso)->at, Unit::Day, true, zone, text) : (*iso)->at;
    }
    return badTime(text, text.isEmpty() ? u"it is empty"_s : u"the form is unknown"_s);
}

Result<TimeRange> resolve(const TimeSpec &spec, Timestamp now, const QTimeZone &zone)
{
    const Result<Timestamp> from = resolveTime(spec.from, now, zone, false);
    if (!from)
        return tl::unexpected(from.error());
    const Result<Timestamp> to = resolveTime(spec.to, now, zone, true);
    if (!to)
        return tl::unexpected(to.error());
    if (*to <= *from) {
        return fail(Error::Kind::Invalid,
            u"the range ends before it begins: from \"%1\" to \"%2\""_s.arg(spec.from, spec.to));
    }
    return TimeRange{*from, *to};
}

TimeSpec absolute(const TimeRange &range)
{
    const auto text = [](Timestamp t) {
        const qint64 ms = toUnixMs(t);
        return std::abs(ms) < kFirstMilliseconds ? isoUtc(t) : QString::number(ms);
    };
    return {text(range.begin), text(range.end)};
}

Result<Nanoseconds> parseDuration(QStringView text)
{
    static const QRegularExpression pattern(
        u"\\A(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?\\z"_s);
    static const QRegularExpression bareSeconds(u"\\A\\d+(?:\\.\\d+)?\\z"_s);
    constexpr std::array<qint64, 7> kUnitMs{
        365 * kMsPerDay, 7 * kMsPerDay, kMsPerDay, 3'600'000, 60'000, 1000, 1};
    constexpr qint64 kLongestMs = 200 * 365 * kMsPerDay;
    const QString plain = text.trimmed().toString();
    const auto bad = [&](const QString &why) {
        return fail(Error::Kind::Invalid,
            u"\"%1\" is not a duration: %2; allowed are forms such as 90s, 1h30m, 500ms"_s.arg(plain, why));
    };
    const auto tooLong = [&] { return bad(u"it is longer than 200 years"_s); };
    if (bareSeconds.match(plain).hasMatch()) {
        const double ms = plain.toDouble() * 1000;
        return ms <= double(kLongestMs) ? Result<Nanoseconds>(Nanoseconds(std::llround(ms * 1e6)))
                                        : tooLong();
    }
    const QRegularExpressionMatch match = pattern.match(plain);
    if (!match.hasMatch() || plain.isEmpty())
        return bad(u"units are y w d h m s ms, in this order"_s);
    qint64 ms = 0;
    for (int unit = 0; unit < 7; ++unit) {
        bool ok = true;
        const qint64 count = match.hasCaptured(unit + 1) ? match.captured(unit + 1).toLongLong(&ok) : 0;
        const qint64 unitMs = kUnitMs[size_t(unit)];
        if (!ok || count > (kLongestMs - ms) / unitMs)
            return tooLong();
        ms += count * unitMs;
    }
    return Nanoseconds(ms * 1'000'000);
}

QString promDuration(Nanoseconds duration)
{
    if (duration < Nanoseconds::zero())
        return u'-' + promDuration(-duration);
    // Nothing that lasts becomes "0s": servers refuse that as a step.
    qint64 ms = (duration.count() + 999'999) / 1'000'000;
    if (ms == 0)
        return u"0s"_s;
    struct Part
    {
        QLatin1StringView name;
        qint64 ms;
        bool whole; ///< used only when nothing is left over
    };
    static constexpr std::array<Part, 7> kParts{
        {{"y"_L1, 365 * kMsPerDay, true}, {"w"_L1, 7 * kMsPerDay, true}, {"d"_L1, kMsPerDay, false},
            {"h"_L1, 3'600'000, false}, {"m"_L1, 60'000, false}, {"s"_L1, 1000, false}, {"ms"_L1, 1, false}}};
    QString out;
    for (const Part &part : kParts) {
        if (ms < part.ms || (part.whole && ms % part.ms != 0))
            continue;
        out += QString::number(ms / part.ms) + part.name;
        ms %= part.ms;
    }
    return out;
}

} // namespace bw
