// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/dbthread.h>

#include <future>

namespace bw {

DbThread::DbThread()
    : m_thread([this] { loop(); })
{
}

DbThread::~DbThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void DbThread::post(Kind kind, Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        (kind == Kind::Record ? m_records : m_bulk).push_back(std::move(job));
    }
    m_wake.notify_one();
}

void DbThread::postLater(std::chrono::milliseconds delay, Job job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_later.emplace(std::chrono::steady_clock::now() + delay, std::move(job));
    }
    m_wake.notify_one();
}

void DbThread::runAndWait(Kind kind, const Job &job)
{
    std::promise<void> done;
    post(kind, [&] {
        job();
        done.set_value();
    });
    done.get_future().wait();
}

void DbThread::promoteDue()
{
    const Moment now = std::chrono::steady_clock::now();
    while (!m_later.empty() && (m_ending || m_later.begin()->first <= now)) {
        m_bulk.push_back(std::move(m_later.begin()->second));
        m_later.erase(m_later.begin());
    }
}

void DbThread::loop()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        promoteDue();
        std::deque<Job> &queue = m_records.empty() ? m_bulk : m_records;
        if (!queue.empty()) {
            const Job job = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            job();
            lock.lock();
        } else if (m_ending) {
            return;
        } else if (m_later.empty()) {
            m_wake.wait(lock);
        } else {
            m_wake.wait_until(lock, m_later.begin()->first);
        }
    }
}

} // namespace bw
