// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/owndata.h>
#include <domain/query/ports.h>

#include <QHash>
#include <QPointer>

#include <list>
#include <memory>

namespace bw {

/// The one executor that views and commands are given: questions about our own data go to the board, the rest
/// to the scheduler. A source whose secrets are being fetched makes its questions wait; one whose secrets
/// cannot be read fails them, because asking without credentials would count as a refused login. UI thread.
class QueryRouter final : public QObject, public QueryExecutor
{
    Q_OBJECT
public:
    QueryRouter(QueryExecutor &scheduler, const OwnData &own, QObject *parent = nullptr);
    ~QueryRouter() override;

    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override;

    /// Until now nothing was known: questions wait. Afterwards a source that is not named is unknown.
    void setSources(const std::vector<DatasourceId> &ids);
    /// Its questions wait from now on.
    void hold(const DatasourceId &id);
    /// Its questions go through, those that waited first.
    void open(const DatasourceId &id);
    /// Its questions fail with this, those that waited first.
    void block(const DatasourceId &id, const Error &why);

private:
    struct Gate
    {
        enum class State { Waiting, Open, Blocked } state = State::Waiting;
        Error why;
    };
    struct Waiting
    {
        quint64 id;
        QuerySpec spec;
        QueryOptions options;
        QPointer<const QObject> receiver;
        Callback done;
        QueryTicket passed; ///< once it was let through
    };
    using Place = std::shared_ptr<Waiting>;

    QueryTicket later(const QObject *receiver, Callback done, std::function<Result<QueryResult>()> answer);
    void release(const DatasourceId &id);
    const Gate *gateOf(const DatasourceId &id) const;

    QueryExecutor &m_scheduler;
    const OwnData &m_own;
    QHash<DatasourceId, Gate> m_gates;
    bool m_known = false; ///< setSources() was called
    std::list<std::weak_ptr<Waiting>> m_waiting;
    quint64 m_next = 0;
};

} // namespace bw
