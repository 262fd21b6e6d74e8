// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/clock.h>

#include <app/system/sleepwatch.h>

using namespace std::chrono_literals;

namespace bw {

namespace {

/// How much further the clock is that runs through suspend.
std::chrono::nanoseconds suspended()
{
    return SystemClock().bootNow().sinceBoot - std::chrono::steady_clock::now().time_since_epoch();
}

} // namespace

SleepWatch::SleepWatch(QObject *parent)
    : QObject(parent)
    , m_offset(suspended())
{
    m_timer.setInterval(1s);
    connect(&m_timer, &QTimer::timeout, this, &SleepWatch::look);
    m_timer.start();
}

void SleepWatch::look()
{
    const auto slept = suspended() - m_offset;
    m_offset += slept;
    if (slept > 2s)
        emit woke(slept);
}

} // namespace bw
