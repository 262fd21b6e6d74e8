// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QObject>

#include <chrono>

namespace bw {

/// The shared beat of everything that applies new data to the screen: many answers, one update. Silent while
/// nobody asks. UI thread; owned by the window, handed to whoever needs it.
class FrameTick final : public QObject
{
    Q_OBJECT
public:
    explicit FrameTick(
        QObject *parent = nullptr, std::chrono::milliseconds interval = std::chrono::milliseconds(33));

    /// Asks for one tick: at the next turn of the event loop when idle, else one interval after the last.
    /// Asking again before it came changes nothing.
    void request();
    bool isPending() const { return m_timer.isActive(); }

signals:
    void tick();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    QBasicTimer m_timer;
    QElapsedTimer m_sinceTick;
    std::chrono::milliseconds m_interval;
};

} // namespace bw
