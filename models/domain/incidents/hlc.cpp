// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/hlc.h>

#include <algorithm>

namespace bw {

namespace {

// Databases keep the value as a signed number: the sign bit stays free, which is enough until the year 6429.
constexpr quint64 kHighest = 0x7fff'ffff'ffff'ffffULL;

} // namespace

QString Hlc::toString() const { return QStringLiteral("%1").arg(value, 16, 16, QLatin1Char('0')); }

std::optional<Hlc> Hlc::parse(QStringView text)
{
    if (text.size() != 16)
        return std::nullopt;
    for (const QChar c : text) {
        if (!((c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f')))
            return std::nullopt;
    }
    bool ok = false;
    const quint64 value = text.toULongLong(&ok, 16);
    return ok && value <= kHighest ? std::optional(Hlc{value}) : std::nullopt;
}

Hlc HlcClock::next(Timestamp utc)
{
    const quint64 wall = quint64(std::max<qint64>(toUnixMs(utc), 0)) << 16;
    m_last.value = std::min(std::max(wall, m_last.value + 1), kHighest);
    return m_last;
}

void HlcClock::raise(Hlc seen) { m_last = std::max(m_last, seen); }

} // namespace bw
