// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/display/display.h>

namespace bw {

/// Which dashboard of a rotation is on, which comes next, and whether it stands still: paused by a key, or
/// held on the On-call dashboard while a page fires and two minutes longer. Knows no widget; time is told.
class RotationClock
{
public:
    /// `rotation` has stops; `holdOn` is the id of the dashboard to stop on.
    RotationClock(Rotation rotation, QString holdOn, BootTime now);

    const Rotation &rotation() const { return m_rotation; }
    /// Id of the dashboard that is on.
    QString dashboard() const;
    /// Place of the stop that is on; -1 while held on a dashboard the rotation does not have.
    int current() const;
    /// Place of the stop to make ready now; nullopt while there is time, and when nothing will change.
    std::optional<int> upcoming(BootTime now) const;
    /// Until the next change; nullopt when paused, held, or alone.
    std::optional<Nanoseconds> left(BootTime now) const;
    bool isPaused() const { return m_isPaused; }
    bool isHeld() const { return m_isHeld; }

    /// Lets time pass. True when another dashboard is on now.
    bool beat(BootTime now, bool pageFires);
    /// `by` stops further; from a hold too, until the next page. True when another dashboard is on now.
    bool step(int by, BootTime now);
    void togglePause(BootTime now);
    /// Goes on with another version of the rotation: on the same stop, for the rest of its time, as long as
    /// it has that dashboard; paused and held as before. True when another dashboard is on now.
    bool adopt(Rotation rotation, BootTime now);

private:
    int holdIndex() const;

    Rotation m_rotation;
    QString m_holdOn;
    int m_at = 0;
    BootTime m_since; ///< on since
    bool m_isPaused = false, m_isHeld = false;
    bool m_isDismissed = false; ///< somebody walked away from this page
    std::optional<BootTime> m_lastPage;
};

} // namespace bw
