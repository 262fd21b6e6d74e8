// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/tracefanout.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

// More services than that are a question nobody wants to wait for, nor the server to answer.
constexpr size_t kMostServices = 40;

bool wantsService(const Error &error)
{
    return (error.kind == Error::Kind::Invalid || error.kind == Error::Kind::Refused)
        && error.message.contains("service"_L1, Qt::CaseInsensitive);
}

} // namespace

TraceFanOut::TraceFanOut(QueryExecutor &inner, QObject *parent)
    : QObject(parent)
    , m_inner(inner)
{
}

QueryTicket TraceFanOut::submit(QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done)
{
    const auto *search = std::get_if<TraceSearch>(&spec.body);
    if (!search || !search->service.isEmpty() || !search->traceql.isEmpty())
        return m_inner.submit(std::move(spec), options, receiver, std::move(done));
    auto job = std::make_shared<Job>();
    job->spec = std::move(spec);
    job->options = options;
    job->receiver = receiver;
    job->done = std::move(done);
    if (m_needsService.contains(job->spec.source)) {
        askServices(job);
    } else {
        job->tickets.push_back(m_inner.submit(
            job->spec, options, this, [this, weak = std::weak_ptr(job)](const Result<QueryResult> &answer) {
                const JobPointer mine = weak.lock();
                if (!mine)
                    return;
                if (answer || !wantsService(answer.error()))
                    return deliver(*mine, answer);
                m_needsService.insert(mine->spec.source);
                askServices(mine);
            }));
    }
    return QueryTicket([job]() mutable { job.reset(); });
}

void TraceFanOut::askServices(const JobPointer &job)
{
    QueryOptions options = job->options;
    options.maxAge = std::max<std::chrono::milliseconds>(options.maxAge, 60s); // services come and go slowly
    job->tickets.push_back(m_inner.submit({job->spec.source, TraceNamesQuery{}}, options, this,
        [this, weak = std::weak_ptr(job)](const Result<QueryResult> &answer) {
            const JobPointer mine = weak.lock();
            if (!mine)
                return;
            const auto *services = answer ? dataAs<LabelValues>(*answer) : nullptr;
            if (!services)
                return deliver(*mine, answer);
            askEach(mine, services->values);
        }));
}

void TraceFanOut::askEach(const JobPointer &job, const std::vector<Untrusted> &services)
{
    job->asked = int(std::min(services.size(), kMostServices));
    job->left = int(services.size()) - job->asked;
    if (job->asked == 0)
        return finish(*job);
    for (int i = 0; i < job->asked; ++i) {
        QuerySpec spec = job->spec;
        std::get<TraceSearch>(spec.body).service = verbatim(services[size_t(i)]);
        job->tickets.push_back(m_inner.submit(std::move(spec), job->options, this,
            [weak = std::weak_ptr(job)](const Result<QueryResult> &answer) {
                const JobPointer mine = weak.lock();
                if (!mine)
                    return;
                if (answer)
                    mine->answers.push_back(*answer);
                else
                    mine->error = answer.error();
                if (++mine->heard == mine->asked)
                    finish(*mine);
            }));
    }
}

/// One answer out of many: every trace once, newest first.
void TraceFanOut::finish(Job &job)
{
    if (job.answers.empty() && job.error)
        return deliver(job, tl::make_unexpected(*job.error));
    QueryResult whole;
    TraceSummaries found;
    QSet<TraceId> known;
    QStringList said; ///< by the parts
    bool isPartial = false;
    for (const QueryResult &answer : job.answers) {
        whole.fetchedAt = std::max(whole.fetchedAt, answer.fetchedAt);
        whole.took = std::max(whole.took, answer.took);
        whole.bytes += answer.bytes;
        whole.warnings.insert(whole.warnings.end(), answer.warnings.begin(), answer.warnings.end());
        const auto *part = dataAs<TraceSummaries>(answer);
        isPartial = isPartial || answer.freshness.state == Freshness::State::Partial
            || answer.freshness.state == Freshness::State::Stale;
        if (!part)
            continue;
        if (!part->note.isEmpty() && !said.contains(part->note))
            said += part->note;
        for (const TraceSummary &trace : part->traces) {
            if (known.contains(trace.id))
                continue;
            known.insert(trace.id);
            found.traces.push_back(trace);
        }
    }
    std::stable_sort(found.traces.begin(), found.traces.end(),
        [](const TraceSummary &a, const TraceSummary &b) { return a.start > b.start; });
    const size_t limit = size_t(std::max(1, std::get<TraceSearch>(job.spec.body).limit));
    if (found.traces.size() > limit)
        found.traces.resize(limit);
    QStringList notes{tr("asked for each of %n services", nullptr, job.asked)};
    if (job.left > 0)
        notes += tr("%n more were not asked: name one", nullptr, job.left);
    if (job.error)
        notes += tr("%1 of them did not answer: %2")
                     .arg(job.asked - int(job.answers.size()))
                     .arg(job.error->message);
    found.note = (notes + said).join(u"; "_s);
    if (!job.answers.empty())
        whole.freshness = job.answers.front().freshness;
    whole.freshness.state = job.error || job.left > 0 || isPartial ? Freshness::State::Partial
        : found.traces.empty()                                     ? Freshness::State::Empty
                                                                   : Freshness::State::Fresh;
    whole.freshness.reason = whole.freshness.state == Freshness::State::Partial ? found.note : QString();
    whole.spec = job.spec;
    whole.data = std::make_shared<const QueryData>(std::move(found));
    deliver(job, whole);
}

void TraceFanOut::deliver(Job &job, const Result<QueryResult> &answer)
{
    const Callback done = std::exchange(job.done, {});
    if (done && job.receiver)
        done(answer);
}

} // namespace bw
