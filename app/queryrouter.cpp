// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/queryrouter.h>

#include <algorithm>

namespace bw {

QueryRouter::QueryRouter(QueryExecutor &scheduler, const OwnData &own, QObject *parent)
    : QObject(parent)
    , m_scheduler(scheduler)
    , m_own(own)
{
}

QueryRouter::~QueryRouter() = default;

QueryTicket QueryRouter::submit(QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done)
{
    if (const auto *own = std::get_if<OwnDataQuery>(&spec.body)) {
        return later(receiver, std::move(done), [this, query = *own, spec] {
            QueryResult result = m_own.current(query);
            result.spec = spec;
            return Result<QueryResult>(std::move(result));
        });
    }
    const Gate *gate = gateOf(spec.source);
    if (m_known && !gate) {
        return later(receiver, std::move(done), [id = spec.source.id]() -> Result<QueryResult> {
            return fail(Error::Kind::NotFound,
                id.isEmpty() ? tr("no source is configured for this question")
                             : tr("there is no source called %1").arg(id));
        });
    }
    if (gate && gate->state == Gate::State::Open)
        return m_scheduler.submit(std::move(spec), options, receiver, std::move(done));
    if (gate && gate->state == Gate::State::Blocked) {
        return later(receiver, std::move(done),
            [why = gate->why]() -> Result<QueryResult> { return tl::make_unexpected(why); });
    }
    auto place =
        std::make_shared<Waiting>(Waiting{m_next++, std::move(spec), options, receiver, std::move(done), {}});
    m_waiting.push_back(place);
    // The ticket owns the place: dropping it forgets the question, or cancels it once it was let through.
    return QueryTicket([place]() mutable { place.reset(); });
}

QueryTicket QueryRouter::later(
    const QObject *receiver, Callback done, std::function<Result<QueryResult>()> answer)
{
    auto wanted = std::make_shared<bool>(true);
    QMetaObject::invokeMethod(
        this,
        [wanted, guard = QPointer<const QObject>(receiver), done = std::move(done),
            answer = std::move(answer)] {
            if (*wanted && guard)
                done(answer());
        },
        Qt::QueuedConnection);
    return QueryTicket([wanted] { *wanted = false; });
}

void QueryRouter::setSources(const std::vector<DatasourceId> &ids)
{
    m_known = true;
    const auto wanted = [&](const DatasourceId &id) {
        return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    m_gates.removeIf([&](const auto &entry) { return !wanted(entry.key()); });
    for (const DatasourceId &id : ids) {
        if (!m_gates.contains(id))
            m_gates.insert(id, {});
    }
    // What waited for a source that does not exist hears so now.
    std::vector<DatasourceId> unknown;
    for (const auto &weak : m_waiting) {
        if (const Place place = weak.lock(); place && !wanted(place->spec.source))
            unknown.push_back(place->spec.source);
    }
    for (const DatasourceId &id : unknown)
        release(id);
}

void QueryRouter::hold(const DatasourceId &id) { m_gates[id] = {}; }

void QueryRouter::open(const DatasourceId &id)
{
    m_gates[id] = {Gate::State::Open, {}};
    release(id);
}

void QueryRouter::block(const DatasourceId &id, const Error &why)
{
    m_gates[id] = {Gate::State::Blocked, why};
    release(id);
}

void QueryRouter::release(const DatasourceId &id)
{
    std::vector<Place> ready;
    m_waiting.remove_if([&](const std::weak_ptr<Waiting> &weak) {
        const Place place = weak.lock();
        if (place && place->spec.source == id)
            ready.push_back(place);
        return !place || place->spec.source == id;
    });
    for (const Place &place : ready) {
        if (place->receiver)
            place->passed = submit(place->spec, place->options, place->receiver, std::move(place->done));
    }
}

const QueryRouter::Gate *QueryRouter::gateOf(const DatasourceId &id) const
{
    const auto at = m_gates.constFind(id);
    return at == m_gates.constEnd() ? nullptr : &*at;
}

} // namespace bw
