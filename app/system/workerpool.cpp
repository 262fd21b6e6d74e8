// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/system/workerpool.h>

#include <QThread>

#include <latch>
#include <memory>
#include <sys/resource.h>

namespace bw {

void prepareWorkerPool(QThreadPool &pool)
{
    const int threads = std::max(1, QThread::idealThreadCount());
    pool.setMaxThreadCount(threads);
    pool.setExpiryTimeout(-1); // a new thread would start without the nice value
    // On Linux the nice value belongs to the thread that sets it, and QThread priorities do nothing under the
    // normal scheduler. Each job waits for the others, so that each runs on a thread of its own.
    auto all = std::make_shared<std::latch>(threads);
    for (int i = 0; i < threads; ++i) {
        pool.start([all] {
            setpriority(PRIO_PROCESS, 0, 10);
            all->arrive_and_wait();
        });
    }
}

} // namespace bw
