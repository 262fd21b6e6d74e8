// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/timerange.h>
#include <domain/incidents/import/incidentimport.h>
#include <domain/incidents/moment.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// The latest such time of day that is not in the future.
std::optional<Timestamp> timeOfDay(const QString &text, Timestamp now, const QTimeZone &zone)
{
    for (const QString &form : {u"HH:mm:ss"_s, u"HH:mm"_s, u"H:mm"_s}) {
        const QTime time = QTime::fromString(text, form);
        if (!time.isValid())
            continue;
        const QDate today = toDateTime(now).toTimeZone(zone).date();
        const Timestamp at = fromDateTime(QDateTime(today, time, zone));
        return at <= now ? at : fromDateTime(QDateTime(today.addDays(-1), time, zone));
    }
    return std::nullopt;
}

} // namespace

Result<Timestamp> typedMoment(const QString &text, Timestamp now, const QTimeZone &zone)
{
    const QString typed = text.trimmed();
    if (typed.startsWith(u'-')) {
        if (const auto ago = parseDuration(typed.mid(1)))
            return now - *ago;
    }
    if (const auto at = timeOfDay(typed, now, zone))
        return *at;
    if (const auto at = momentFrom(typed, zone))
        return *at;
    return fail(Error::Kind::Invalid,
        u"\"%1\" is no time; allowed are 14:02, 14:02:11, -5m, 2026-05-01 14:02 and RFC 3339"_s.arg(typed));
}

} // namespace bw
