// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>

namespace bw {

/// Notices that the machine slept, by the clock that ran on meanwhile; needs no service of the desktop.
class SleepWatch : public QObject
{
    Q_OBJECT
public:
    explicit SleepWatch(QObject *parent = nullptr);

signals:
    void woke(std::chrono::nanoseconds slept);

private:
    void look();
    std::chrono::nanoseconds m_offset{0};
    QTimer m_timer;
};

} // namespace bw
