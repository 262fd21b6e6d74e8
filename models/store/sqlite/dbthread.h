// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace bw {

/// The one thread that touches databases. Jobs for records (what a person entered) go before bulk jobs
/// (caches); within each kind they run in the order posted. Jobs must not throw. Made and destroyed by the
/// program's owner of all stores, after which nobody posts.
class DbThread
{
public:
    using Job = std::function<void()>;
    enum class Kind { Record, Bulk };

    DbThread();
    /// Runs everything that was posted, also what would have been due later, then ends.
    ~DbThread();
    DbThread(const DbThread &) = delete;
    DbThread &operator=(const DbThread &) = delete;

    /// Callable from any thread, also from a job.
    void post(Kind kind, Job job);
    /// A bulk job, not before `delay` has passed.
    void postLater(std::chrono::milliseconds delay, Job job);
    /// Posts the job and waits until it has run. Not from a job.
    void runAndWait(Kind kind, const Job &job);

private:
    using Moment = std::chrono::steady_clock::time_point;
    void loop();
    /// Moves the jobs that are due, or all when ending, to the bulk queue.
    void promoteDue();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Job> m_records, m_bulk;
    std::multimap<Moment, Job> m_later;
    bool m_ending = false;
    std::thread m_thread; ///< last: starts when everything else is there
};

} // namespace bw
