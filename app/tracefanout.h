// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>

#include <QPointer>
#include <QSet>

#include <memory>

namespace bw {

/// Searches traces without a service where the backend wants one: asks for the services and then for each of
/// them, and answers as if it had been one search. Everything else goes through as it came. UI thread.
class TraceFanOut final : public QObject, public QueryExecutor
{
    Q_OBJECT
public:
    /// `inner` outlives this object.
    explicit TraceFanOut(QueryExecutor &inner, QObject *parent = nullptr);
    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override;

private:
    struct Job
    {
        QuerySpec spec;
        QueryOptions options;
        QPointer<const QObject> receiver;
        Callback done;
        std::vector<QueryTicket> tickets; ///< dropped with the job
        std::vector<QueryResult> answers;
        std::optional<Error> error;
        int asked = 0, heard = 0, left = 0; ///< left: services that were not asked
    };
    using JobPointer = std::shared_ptr<Job>;

    void askServices(const JobPointer &job);
    void askEach(const JobPointer &job, const std::vector<Untrusted> &services);
    static void finish(Job &job);
    static void deliver(Job &job, const Result<QueryResult> &answer);

    QueryExecutor &m_inner;
    QSet<DatasourceId> m_needsService; ///< sources that refused a search without one
};

} // namespace bw
