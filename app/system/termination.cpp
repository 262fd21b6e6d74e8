// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/termination.h>

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace bw {

namespace {

// A signal handler can reach nothing but globals.
std::atomic<int> g_writeEnd{-1};
int g_readEnd = -1;

void onSignal(int)
{
    const char byte = 0;
    [[maybe_unused]] const auto written = write(g_writeEnd.load(), &byte, 1);
}

constexpr int kSignals[] = {SIGTERM, SIGINT, SIGHUP};

} // namespace

Termination::Termination(QObject *parent)
    : QObject(parent)
{
    int ends[2];
    if (g_readEnd != -1 || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    g_readEnd = ends[0];
    g_writeEnd = ends[1];
    m_notifier = std::make_unique<QSocketNotifier>(g_readEnd, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] {
        char drained[16];
        [[maybe_unused]] const auto count = read(g_readEnd, drained, sizeof drained);
        emit requested();
    });
    for (const int number : kSignals)
        std::signal(number, onSignal);
}

Termination::~Termination()
{
    if (!m_notifier)
        return;
    for (const int number : kSignals)
        std::signal(number, SIG_DFL);
    m_notifier.reset();
    close(g_writeEnd.exchange(-1));
    close(g_readEnd);
    g_readEnd = -1;
}

} // namespace bw
