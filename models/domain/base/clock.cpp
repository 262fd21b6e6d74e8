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

Timestamp fromUnixSeconds(double value)
{
    const double whole = std::floor(value);
    const auto fraction = static_cast<qint64>(std::llround((value - whole) * 1e9));
    return Timestamp(seconds(static_cast<qint64>(whole)) + nanoseconds(fraction));
}

Timestamp fromUnixMs(qint64 ms) { return Timestamp(milliseconds(ms)); }

qint64 toUnixMs(Timestamp t) { return floor<milliseconds>(t).time_since_epoch().count(); }

QDateTime toDateTime(Timestamp t) { return QDateTime::fromMSecsSinceEpoch(toUnixMs(t), Qt::UTC); }

Timestamp fromDateTime(const QDateTime &t) { return fromUnixMs(t.toMSecsSinceEpoch()); }

std::optional<Timestamp> parseRfc3339(QStringView text)
{
    // QDateTime reads at most milliseconds; Alertmanager and traces carry nanoseconds.
    QString plain = text.trimmed().toString();
    qint64 nanos = 0;
    if (const qsizetype dot = plain.indexOf(u'.'); dot > 0) {
        qsizetype end = dot + 1;
        int digits = 0;
        while (end < plain.size() && plain.at(end).isDigit()) {
            if (digits++ < 9)
                nanos = nanos * 10 + plain.at(end).digitValue();
            ++end;
        }
        if (digits == 0)
            return std::nullopt;
        for (; digits < 9; ++digits)
            nanos *= 10;
        plain.remove(dot, end - dot);
    }
    const QDateTime parsed = QDateTime::fromString(plain, Qt::ISODate);
    if (!parsed.isValid())
        return std::nullopt;
    return fromDateTime(parsed) + nanoseconds(nanos);
}

} // namespace bw
