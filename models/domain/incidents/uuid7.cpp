// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/uuid7.h>

#include <QRandomGenerator>

#include <algorithm>

namespace bw {

namespace {

constexpr int kDashes[] = {8, 13, 18, 23};

int hexDigit(QChar c)
{
    const char16_t u = c.unicode();
    if (u >= u'0' && u <= u'9')
        return u - u'0';
    const char16_t lower = u | 0x20;
    return lower >= u'a' && lower <= u'f' ? lower - u'a' + 10 : -1;
}

} // namespace

QString Uuid::toString() const
{
    QString text = QString::fromLatin1(toBytes().toHex());
    for (const int at : kDashes)
        text.insert(at, u'-');
    return text;
}

std::optional<Uuid> Uuid::parse(QStringView text)
{
    if (text.size() != 36)
        return std::nullopt;
    Uuid uuid;
    size_t nibble = 0;
    for (int i = 0; i < 36; ++i) {
        if (std::find(std::begin(kDashes), std::end(kDashes), i) != std::end(kDashes)) {
            if (text[i] != u'-')
                return std::nullopt;
            continue;
        }
        const int digit = hexDigit(text[i]);
        if (digit < 0)
            return std::nullopt;
        quint8 &byte = uuid.bytes[nibble / 2];
        byte = quint8(byte << 4 | digit);
        ++nibble;
    }
    return uuid;
}

QByteArray Uuid::toBytes() const
{
    return QByteArray(reinterpret_cast<const char *>(bytes.data()), qsizetype(bytes.size()));
}

std::optional<Uuid> Uuid::fromBytes(const QByteArray &bytes)
{
    Uuid uuid;
    if (bytes.size() != qsizetype(uuid.bytes.size()))
        return std::nullopt;
    std::copy(bytes.begin(), bytes.end(), uuid.bytes.begin());
    return uuid;
}

qint64 Uuid::milliseconds() const
{
    qint64 ms = 0;
    for (size_t i = 0; i < 6; ++i)
        ms = ms << 8 | bytes[i];
    return ms;
}

Uuid7Source::Uuid7Source(const Clock &clock, Random random)
    : m_clock(clock)
    , m_random(random ? std::move(random) : [] { return QRandomGenerator::system()->generate64(); })
{
}

Uuid Uuid7Source::next()
{
    const qint64 now = std::max<qint64>(toUnixMs(m_clock.utcNow()), 0);
    const quint64 chance = m_random();
    if (now > m_lastMs) {
        m_lastMs = now;
        m_counter = quint32(chance >> 62) << 8; // room to count up inside the millisecond
    } else if (++m_counter > 0xfff) {
        ++m_lastMs;
        m_counter = 0;
    }
    Uuid uuid;
    for (size_t i = 0; i < 6; ++i)
        uuid.bytes[i] = quint8(m_lastMs >> (40 - 8 * i));
    uuid.bytes[6] = quint8(0x70 | m_counter >> 8);
    uuid.bytes[7] = quint8(m_counter);
    for (size_t i = 8; i < 16; ++i)
        uuid.bytes[i] = quint8(chance >> (8 * (i - 8)));
    uuid.bytes[8] = quint8(0x80 | (uuid.bytes[8] & 0x3f));
    return uuid;
}

QByteArray Uuid7Source::salt()
{
    QByteArray bytes;
    for (int half = 0; half < 2; ++half) {
        const quint64 chance = m_random();
        for (int i = 0; i < 8; ++i)
            bytes += char(chance >> (8 * i));
    }
    return bytes;
}

} // namespace bw
