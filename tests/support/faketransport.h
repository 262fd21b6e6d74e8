// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <http/httptransport.h>

#include <mutex>
#include <thread>

namespace bw {

/// A network that answers when the test says so. `start` and `cancel` may come from any thread; answers are
/// given on the thread that calls answer(), or on one of their own with answerFromThread().
class FakeTransport final : public HttpTransport
{
public:
    struct Call
    {
        TransferId id = 0;
        HttpRequest request;
        Done done;
        bool answered = false, cancelled = false;
    };
    /// Whether a cancelled transfer still delivers the answer given later: what a slow network does.
    bool ignoresCancel = false;

    TransferId start(HttpRequest request, Done done) override
    {
        const std::scoped_lock lock(m_mutex);
        m_calls.push_back({m_calls.size() + 1, std::move(request), std::move(done), false, false});
        return m_calls.back().id;
    }
    void cancel(TransferId id) override
    {
        Done done;
        {
            const std::scoped_lock lock(m_mutex);
            Call &call = m_calls.at(id - 1);
            call.cancelled = true;
            if (ignoresCancel || call.answered)
                return;
            call.answered = true;
            done = std::move(call.done);
        }
        done(fail(Error::Kind::Cancelled, QStringLiteral("cancelled")));
    }

    size_t count() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_calls.size();
    }
    /// How many are started and neither answered nor cancelled.
    size_t open() const
    {
        const std::scoped_lock lock(m_mutex);
        size_t open = 0;
        for (const Call &call : m_calls)
            open += !call.answered && !call.cancelled;
        return open;
    }
    HttpRequest request(size_t index) const
    {
        const std::scoped_lock lock(m_mutex);
        return m_calls.at(index).request;
    }
    bool wasCancelled(size_t index) const
    {
        const std::scoped_lock lock(m_mutex);
        return m_calls.at(index).cancelled;
    }
    /// Ends call `index` (from 0) once.
    void answer(size_t index, Result<HttpResponse> response)
    {
        Done done;
        {
            const std::scoped_lock lock(m_mutex);
            Call &call = m_calls.at(index);
            if (call.answered)
                return;
            call.answered = true;
            done = std::move(call.done);
        }
        done(std::move(response));
    }
    void answerFromThread(size_t index, Result<HttpResponse> response)
    {
        std::thread([&] { answer(index, std::move(response)); }).join();
    }

    /// A response with JSON in it; the URL is made of the request it belongs to.
    HttpResponse json(size_t index, const QByteArray &body, int status = 200) const
    {
        HttpResponse out;
        out.status = status;
        out.headers = {{"Content-Type", "application/json"}};
        out.body = body;
        out.took = std::chrono::milliseconds(12);
        out.url = urlOf(request(index));
        return out;
    }
    static QByteArray urlOf(const HttpRequest &request)
    {
        QByteArray url = "http://server" + request.path;
        for (const auto &[key, value] : request.query)
            url += (url.contains('?') ? '&' : '?') + key + '=' + value.toPercentEncoding();
        return url;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<Call> m_calls;
};

} // namespace bw
