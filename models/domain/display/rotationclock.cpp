// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/display/rotationclock.h>

#include <algorithm>

namespace bw {
using namespace std::chrono_literals;
namespace {

// 2 min: whoever looks up when a page ends still finds it.
constexpr Nanoseconds kHoldAfter = 2min;
// 15 s: enough for every question of a dashboard to be answered, or to fail.
constexpr Nanoseconds kMakeReady = 15s;

} // namespace

RotationClock::RotationClock(Rotation rotation, QString holdOn, BootTime now)
    : m_rotation(std::move(rotation))
    , m_holdOn(std::move(holdOn))
    , m_since(now)
{
}

int RotationClock::holdIndex() const
{
    const auto at = std::find_if(m_rotation.stops.begin(), m_rotation.stops.end(),
        [this](const RotationStop &stop) { return stop.dashboard == m_holdOn; });
    return at == m_rotation.stops.end() ? -1 : int(at - m_rotation.stops.begin());
}

int RotationClock::current() const { return m_isHeld ? holdIndex() : m_at; }

QString RotationClock::dashboard() const
{
    return m_isHeld ? m_holdOn : m_rotation.stops[size_t(m_at)].dashboard;
}

std::optional<Nanoseconds> RotationClock::left(BootTime now) const
{
    if (m_isPaused || m_isHeld || m_rotation.stops.size() < 2)
        return std::nullopt;
    return std::max(Nanoseconds(m_rotation.stops[size_t(m_at)].dwell) - (now - m_since), Nanoseconds::zero());
}

std::optional<int> RotationClock::upcoming(BootTime now) const
{
    const auto rest = left(now);
    if (!rest || *rest > kMakeReady)
        return std::nullopt;
    return int((size_t(m_at) + 1) % m_rotation.stops.size());
}

bool RotationClock::beat(BootTime now, bool pageFires)
{
    const QString before = dashboard();
    const int placeBefore = current();
    if (pageFires) {
        if (!m_lastPage)
            m_isDismissed = false;
        m_lastPage = now;
    }
    const bool holds = m_lastPage && now - *m_lastPage < kHoldAfter;
    if (!holds) {
        m_lastPage.reset();
        m_isDismissed = false;
    }
    const bool wasHeld = m_isHeld;
    m_isHeld = holds && !m_isDismissed;
    if (wasHeld && !m_isHeld) {
        m_at = std::max(holdIndex(), 0); // goes on from here
        m_since = now;
    }
    if (const auto rest = left(now); rest && *rest == Nanoseconds::zero()) {
        m_at = int((size_t(m_at) + 1) % m_rotation.stops.size());
        m_since = now;
    }
    return dashboard() != before || current() != placeBefore;
}

bool RotationClock::step(int by, BootTime now)
{
    const QString before = dashboard();
    const int placeBefore = current();
    const int count = int(m_rotation.stops.size());
    const int from = m_isHeld ? std::max(holdIndex(), 0) : m_at;
    m_isDismissed = m_isDismissed || m_isHeld;
    m_isHeld = false;
    m_at = ((from + by) % count + count) % count;
    m_since = now;
    return dashboard() != before || current() != placeBefore;
}

bool RotationClock::adopt(Rotation rotation, BootTime now)
{
    const QString before = dashboard();
    const RotationStop on = m_rotation.stops[size_t(m_at)];
    m_rotation = std::move(rotation);
    const auto &stops = m_rotation.stops;
    const auto find = [&](auto isSame) {
        if (size_t(m_at) < stops.size() && isSame(stops[size_t(m_at)]))
            return m_at; // of several the one at its old place
        const auto at = std::find_if(stops.begin(), stops.end(), isSame);
        return at == stops.end() ? -1 : int(at - stops.begin());
    };
    int at =
        find([&](const RotationStop &stop) { return stop.dashboard == on.dashboard && stop.set == on.set; });
    if (at < 0)
        at = find([&](const RotationStop &stop) { return stop.dashboard == on.dashboard; });
    if (at < 0) {
        at = std::min(m_at, int(stops.size()) - 1);
        m_since = now;
    }
    m_at = at;
    return dashboard() != before;
}

void RotationClock::togglePause(BootTime now)
{
    m_isPaused = !m_isPaused;
    m_since = now; // a full dwell from here
}

} // namespace bw
