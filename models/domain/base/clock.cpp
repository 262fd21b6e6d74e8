// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/clock.h>

#include <QTimeZone>

#include <cmath>
#include <ctime>

namespace bw {
using namespace std::chrono;

namespace {
Nanoseconds readClock(clockid_t id)
{
    timespec ts{};
    clock_gettime(id, &ts);
    return seconds(ts.tv_sec) + nanoseconds(ts.tv_nsec);
}
} // namespace

Timestamp SystemClock::utcNow() const { return Timestamp(readClock(CLOCK_REALTIME)); }

BootTime SystemClock::bootNow() const { return {readClock(CLOCK_BOOTTIME)}; }

QString isoUtc(Timestamp t)
{
    const bool whole = toUnixMs(t) % 1000 == 0;
    return toDateTime(t).toString(whole ? Qt::ISODate : Qt::ISODateWithMs);
}

QByteArray unixSeconds(Timestamp t)
{
    const qint64 ms = toUnixMs(t);
    const qint64 rest = std::abs(ms % 1000);
    QByteArray text = QByteArray::number(std::abs(ms) / 1000);
    if (rest != 0) {
        text += '.' + QByteArray::number(rest).rightJustified(3, '0');
        while (text.endsWith('0'))
            text.chop(1);
    }
    return ms < 0 ? '-' + text : text;
}

// Nanoseconds since 1970 end in the year 2262. What lies beyond, as servers send for "never" and by mistake,
// becomes the first or last moment there is instead of an overflow.
Timestamp fromUnixSeconds(double value)
{
    constexpr double kLast = 9'223'372'036.0;
    if (!(std::abs(value) < kLast))
        return value > 0 ? Timestamp::max() : Timestamp::min();
    const double whole = std::floor(value);
    // A double of today's size holds no more than microseconds; the rest would be noise.
    const auto fraction = static_cast<qint64>(std::llround((value - whole) * 1e6));
    return Timestamp(seconds(static_cast<qint64>(whole)) + microseconds(fraction));
}

Timestamp fromUnixMs(qint64 ms)
{
    constexpr qint64 kLast = 9'223'372'036'854;
    if (ms > kLast || ms < -kLast)
        return ms > 0 ? Timestamp::max() : Timestamp::min();
    return Timestamp(milliseconds(ms));
}

qint64 toUnixMs(Timestamp t) { return floor<milliseconds>(t).time_since_epoch().count(); }

QDateTime toDateTime(Timestamp t) { return QDateTime::fromMSecsSinceEpoch(toUnixMs(t), Qt::UTC); }

Timestamp fromDateTime(const QDateTime &t) { return fromUnixMs(t.toMSecsSinceEpoch()); }

namespace {

/// Reads `count` digits at `at`; -1 when there are none.
int digitsAt(QStringView text, qsizetype at, int count)
{
    if (at + count > text.size())
        return -1;
    int value = 0;
    for (const QChar c : text.mid(at, count)) {
        if (c < u'0' || c > u'9')
            return -1;
        value = value * 10 + c.digitValue();
    }
    return value;
}

/// "Z" or "+02:00" in seconds; nullopt when it is neither.
std::optional<seconds> offsetFrom(QStringView text)
{
    if (text == u"Z" || text == u"z")
        return seconds(0);
    const int h = digitsAt(text, 1, 2), m = digitsAt(text, 4, 2);
    if (text.size() != 6 || text.at(3) != u':' || h < 0 || h > 23 || m < 0 || m > 59)
        return std::nullopt;
    const seconds size = hours(h) + minutes(m);
    if (text.front() == u'+')
        return size;
    return text.front() == u'-' ? std::optional(-size) : std::nullopt;
}

} // namespace

// By hand: QDateTime reads at most milliseconds, takes a missing offset for local time, and is slow for the
// three times of each of many thousand alerts.
std::optional<Timestamp> parseRfc3339(QStringView text)
{
    text = text.trimmed();
    constexpr qsizetype kUpToSeconds = 19;
    if (text.size() <= kUpToSeconds || text.at(4) != u'-' || text.at(7) != u'-' || text.at(13) != u':'
        || text.at(16) != u':' || !QStringView(u"Tt ").contains(text.at(10)))
        return std::nullopt;
    const int y = digitsAt(text, 0, 4), mo = digitsAt(text, 5, 2), d = digitsAt(text, 8, 2);
    const int h = digitsAt(text, 11, 2), mi = digitsAt(text, 14, 2), s = digitsAt(text, 17, 2);
    if (y < 0 || mo < 0 || d < 0 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60)
        return std::nullopt;
    const year_month_day date{year{y}, month{unsigned(mo)}, day{unsigned(d)}};
    if (!date.ok())
        return std::nullopt;
    qsizetype at = kUpToSeconds;
    qint64 nanos = 0;
    if (text.at(at) == u'.') {
        qint64 weight = 100'000'000;
        const qsizetype first = ++at;
        for (int digit = digitsAt(text, at, 1); digit >= 0; digit = digitsAt(text, ++at, 1)) {
            nanos += digit * weight;
            weight /= 10;
        }
        if (at == first)
            return std::nullopt;
    }
    const std::optional<seconds> offset = offsetFrom(text.mid(at));
    if (!offset)
        return std::nullopt;
    const seconds whole = sys_days(date).time_since_epoch() + hours(h) + minutes(mi) + seconds(s) - *offset;
    const Timestamp moment = fromUnixMs(whole.count() * 1000);
    return moment == Timestamp::max() || moment == Timestamp::min() ? moment : moment + nanoseconds(nanos);
}

} // namespace bw
