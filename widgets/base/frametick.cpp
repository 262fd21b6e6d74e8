// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/frametick.h>

#include <QTimerEvent>

#include <algorithm>

namespace bw {

FrameTick::FrameTick(QObject *parent, std::chrono::milliseconds interval)
    : QObject(parent)
    , m_interval(interval)
{
}

void FrameTick::request()
{
    if (m_timer.isActive())
        return;
    const qint64 since = m_sinceTick.isValid() ? m_sinceTick.elapsed() : m_interval.count();
    const qint64 wait = std::clamp<qint64>(m_interval.count() - since, 0, m_interval.count());
    m_timer.start(int(wait), Qt::PreciseTimer, this);
}

void FrameTick::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_timer.timerId()) {
        QObject::timerEvent(event);
        return;
    }
    m_timer.stop(); // before the signal: a receiver may ask for the next one
    m_sinceTick.start();
    emit tick();
}

} // namespace bw
