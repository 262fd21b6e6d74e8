// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <QString>

#include <optional>

namespace bw {

/// A reading of the hybrid logical clock: 48 bits of milliseconds since 1970, 16 bits of counter. What was
/// recorded later has the larger value, whatever the wall clock did in between.
struct Hlc
{
    quint64 value = 0;
    auto operator<=>(const Hlc &) const = default;
    qint64 milliseconds() const { return qint64(value >> 16); }
    /// 16 lower-case hex digits, which sort as the value does.
    QString toString() const;
    static std::optional<Hlc> parse(QStringView text);
};

/// Never goes back: not when the wall clock is set back, not when it stands, and not behind what another
/// writer has written. Used by one thread.
class HlcClock
{
public:
    /// Larger than every value given or seen before.
    Hlc next(Timestamp utc);
    /// Another writer's line has been read.
    void raise(Hlc seen);
    Hlc last() const { return m_last; }

private:
    Hlc m_last;
};

} // namespace bw
