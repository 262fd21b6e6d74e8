// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>

#include <memory>
#include <mutex>
#include <utility>

namespace bw {

/// Takes work off the thread that made it (the UI thread) and brings the results home. Work is a pure
/// function of what it captured; its result arrives through the event loop. After destruction nothing arrives
/// any more, work in progress ends unobserved. The pool outlives this object.
class Background
{
public:
    explicit Background(QThreadPool &pool)
        : m_pool(pool)
        , m_home(std::make_shared<Home>())
        , m_object(std::make_unique<QObject>())
    {
        m_home->object = m_object.get();
    }
    ~Background()
    {
        const std::lock_guard lock(m_home->mutex);
        m_home->object = nullptr;
    }
    Background(const Background &) = delete;
    Background &operator=(const Background &) = delete;

    /// `work` runs on the pool, `done(result)` later on this object's thread.
    template<typename Work, typename Done> void run(Work work, Done done)
    {
        // QThreadPool copies its function, so what may only be moved sits behind a pointer.
        auto task = std::make_shared<std::pair<Work, Done>>(std::move(work), std::move(done));
        m_pool.start([home = m_home, task] {
            auto result = std::make_shared<std::invoke_result_t<Work>>(task->first());
            const std::lock_guard lock(home->mutex);
            if (home->object)
                QMetaObject::invokeMethod(
                    home->object, [task, result] { task->second(std::move(*result)); }, Qt::QueuedConnection);
        });
    }

private:
    struct Home
    {
        std::mutex mutex;
        QObject *object = nullptr;
    };
    QThreadPool &m_pool;
    std::shared_ptr<Home> m_home;
    std::unique_ptr<QObject> m_object;
};

} // namespace bw
