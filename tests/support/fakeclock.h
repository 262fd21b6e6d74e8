// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/clock.h>

#include <mutex>

namespace bw {

/// Both clocks, ticked by the test. Starts at 2026-11-21T12:00:00Z, one hour after boot. Any thread.
class FakeClock final : public Clock
{
public:
    Timestamp utcNow() const override
    {
        const std::scoped_lock lock(m_mutex);
        return m_utc;
    }
    BootTime bootNow() const override
    {
        const std::scoped_lock lock(m_mutex);
        return m_boot;
    }
    /// Time passes: both clocks go on.
    void advance(Nanoseconds by)
    {
        const std::scoped_lock lock(m_mutex);
        m_utc += by;
        m_boot = m_boot + by;
    }
    /// Somebody sets the wall clock.
    void setUtc(Timestamp utc)
    {
        const std::scoped_lock lock(m_mutex);
        m_utc = utc;
    }

private:
    mutable std::mutex m_mutex;
    Timestamp m_utc{std::chrono::seconds(1'795'262'400)};
    BootTime m_boot{std::chrono::hours(1)};
};

} // namespace bw
