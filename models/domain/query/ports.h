// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/result.h>
#include <domain/query/queryresult.h>

#include <QObject>

#include <functional>
#include <utility>

namespace bw {

/// Holds one running question. Leaving scope, or assigning another ticket, cancels it.
class [[nodiscard]] QueryTicket
{
public:
    QueryTicket() = default;
    explicit QueryTicket(std::function<void()> cancel)
        : m_cancel(std::move(cancel))
    {
    }
    QueryTicket(QueryTicket &&other) noexcept
        : m_cancel(std::exchange(other.m_cancel, {}))
    {
    }
    QueryTicket &operator=(QueryTicket &&other) noexcept
    {
        if (this != &other) {
            cancel();
            m_cancel = std::exchange(other.m_cancel, {});
        }
        return *this;
    }
    QueryTicket(const QueryTicket &) = delete;
    QueryTicket &operator=(const QueryTicket &) = delete;
    ~QueryTicket() { cancel(); }

    /// Safe to call twice, and after the answer came.
    void cancel()
    {
        if (auto run = std::exchange(m_cancel, {}))
            run();
    }

private:
    std::function<void()> m_cancel;
};

enum class Priority : quint8 { Alerts, Visible, Background };
/// Who asks decides how hard we try: a user's action three times, a poll once.
enum class AskedBy : quint8 { Poll, User };

struct QueryOptions
{
    Priority priority = Priority::Visible;
    AskedBy askedBy = AskedBy::Poll;
    /// A cached answer younger than this will do. Zero asks the server.
    std::chrono::milliseconds maxAge{0};
};

/// Port through which panels, variables and the command line ask. Lives on the caller's (UI) thread.
class QueryExecutor
{
public:
    using Callback = std::function<void(const Result<QueryResult> &)>;
    virtual ~QueryExecutor() = default;
    /// Calls back once, later, on the caller's thread, unless the ticket or `receiver` is gone. Never from
    /// inside submit().
    [[nodiscard]] virtual QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) = 0;
};

/// Port to the answers kept on disk, so that a window opens with something to look at while no backend
/// answers. Writing and reading happen elsewhere; losing it loses nothing.
class LastGoodCache
{
public:
    using Loaded = std::function<void(const std::vector<QueryResult> &)>;
    virtual ~LastGoodCache() = default;
    /// Keeps a good answer under its identity (identityOf(result.spec)); cheap for the caller.
    virtual void keep(const QueryResult &result) = 0;
    /// Calls back once, later, on the caller's thread, with those that exist: state Stale, their own
    /// fetchedAt.
    virtual void fetch(std::vector<QuerySpec> specs, const QObject *receiver, Loaded done) = 0;
};

} // namespace bw
