// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <QHashFunctions>
#include <QString>

#include <array>
#include <compare>
#include <functional>
#include <optional>

namespace bw {

/// 128 bits, in the order of RFC 9562. Null when all are zero.
struct Uuid
{
    std::array<quint8, 16> bytes{};
    auto operator<=>(const Uuid &) const = default;
    bool isNull() const { return *this == Uuid{}; }
    /// "0199d0c4-1a2b-7c3d-8e4f-001122334455"
    QString toString() const;
    /// Of that form only, either case; nullopt otherwise.
    static std::optional<Uuid> parse(QStringView text);
    QByteArray toBytes() const;
    /// 16 bytes; nullopt otherwise.
    static std::optional<Uuid> fromBytes(const QByteArray &bytes);
    /// Milliseconds since 1970 in a version 7.
    qint64 milliseconds() const;
};
inline size_t qHash(const Uuid &id, size_t seed = 0) noexcept
{
    return qHashBits(id.bytes.data(), id.bytes.size(), seed);
}

/// A UUID that names one sort of thing, so that an entry's id is never taken for an incident's.
template<typename Tag> struct TypedUuid
{
    Uuid uuid;
    auto operator<=>(const TypedUuid &) const = default;
    bool isNull() const { return uuid.isNull(); }
    QString toString() const { return uuid.toString(); }
    static std::optional<TypedUuid> parse(QStringView text)
    {
        const auto parsed = Uuid::parse(text);
        return parsed ? std::optional(TypedUuid{*parsed}) : std::nullopt;
    }
};
template<typename Tag> size_t qHash(const TypedUuid<Tag> &id, size_t seed = 0) noexcept
{
    return qHash(id.uuid, seed);
}
using IncidentId = TypedUuid<struct IncidentTag>;
using EntryId = TypedUuid<struct EntryTag>;
/// One installation of the program: who wrote a line.
using WriterId = TypedUuid<struct WriterTag>;

/// Gives ids that nobody has given before. Each thread has its own.
class IdSource
{
public:
    virtual ~IdSource() = default;
    virtual Uuid next() = 0;
    /// 128 random bits that are no id: the salt of a body.
    virtual QByteArray salt() = 0;
};

/// RFC 9562, version 7: milliseconds, then a counter of 12 bits that grows inside one of them, then chance.
/// Ids ascend as long as the program runs, also when the wall clock is set back.
class Uuid7Source final : public IdSource
{
public:
    /// 64 random bits a call; the system's source unless a test gives its own.
    using Random = std::function<quint64()>;
    explicit Uuid7Source(const Clock &clock, Random random = {});
    Uuid next() override;
    QByteArray salt() override;

private:
    const Clock &m_clock;
    Random m_random;
    qint64 m_lastMs = 0;
    quint32 m_counter = 0;
};

} // namespace bw
