// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>

#include <algorithm>
#include <set>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

/// What to ask when.
namespace bw {

namespace {

// 168: seven days a request, as much as a server answers without noticing.
constexpr qint64 kHoursARequest = 168;
// 8: with many objectives a minute's windows take longer than a minute; a fill comes in between.
constexpr int kWindowsAFill = 8;
// 10 min: a query that was refused may be right again once a rule or metric is there.
constexpr Nanoseconds kRetryProblem = 10min;
// 6 h: what a server holds does not change quickly.
constexpr Nanoseconds kRetryReach = 6h;
constexpr Nanoseconds kShortestOpenHour = 60s;
constexpr Nanoseconds kShortestFromHours = 24h; ///< shorter windows are asked for

} // namespace

SloEngine::SloEngine(QueryExecutor &executor, const Clock &clock, SloBoard &board, SloHistory *history,
    SloWorker *worker, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_board(board)
    , m_history(history)
    , m_worker(worker)
{
}

SloEngine::~SloEngine() = default;

bool SloEngine::Job::asksSame(const Job &other) const
{
    return kind == other.kind && window == other.window && hours == other.hours && dialect == other.dialect
        && std::equal(parts.begin(), parts.end(), other.parts.begin(), other.parts.end(),
            [](const Part &a, const Part &b) { return a.hash == b.hash && a.slo->id == b.slo->id; });
}

std::vector<SharedSlo> SloEngine::Job::slos() const
{
    std::vector<SharedSlo> list;
    for (const Part &part : parts)
        list.push_back(part.slo);
    return list;
}

void SloEngine::setSlos(
    const std::vector<Slo> &slos, const std::vector<SloSource> &sources, const DatasourceId &defaultSource)
{
    std::vector<std::unique_ptr<Track>> tracks;
    QStringList fresh;
    for (const Slo &slo : slos) {
        const DatasourceId id = slo.datasource.isEmpty() ? defaultSource : DatasourceId{slo.datasource};
        const auto source = std::find_if(
            sources.begin(), sources.end(), [&id](const SloSource &one) { return one.id == id; });
        const bool isThere = source != sources.end() && !id.isEmpty();
        const QByteArray hash = specHash(slo, id.id, isThere ? source->address : QString());
        const auto known = std::find_if(m_tracks.begin(), m_tracks.end(),
            [&](const auto &track) { return track && track->slo->id == slo.id; });
        std::unique_ptr<Track> track;
        if (known != m_tracks.end() && (*known)->hash == hash) {
            track = std::move(*known);
        } else {
            track = std::make_unique<Track>();
            track->hoursARequest = kHoursARequest;
            // What was known of the same server stays on screen until the new is complete.
            if (known != m_tracks.end() && isSameSource((*known)->hash, hash)) {
                for (const auto &[key, group] : (*known)->groups)
                    track->older[key] = group.buckets;
            }
        }
        if (!track->isLoaded)
            fresh += slo.id;
        track->slo = std::make_shared<const Slo>(slo);
        track->hash = hash;
        if (!isThere) {
            track->problem = id.isEmpty() ? tr("no metric source is configured")
                                          : tr("there is no metric source %1").arg(id.id);
        } else if (track->source.isEmpty()) {
            track->problem.clear();
        } // else: what was refused stays so until the server says otherwise, and is asked now
        track->problemAt.reset();
        track->source = isThere ? id : DatasourceId();
        tracks.push_back(std::move(track));
    }
    m_tracks = std::move(tracks);
    ++m_generation;
    for (auto &[name, source] : m_sources) {
        source.jobs.clear(); // of the former list; what is due is planned anew
        source.isBlocked = false;
        source.windowsAskedAt.reset();
    }
    if (fresh.isEmpty())
        refresh();
    else
        load(fresh);
    publishSoon();
}

void SloEngine::load(const QStringList &ids)
{
    if (!m_history) {
        loaded(ids, {});
        return;
    }
    qint64 from = lastHour(m_clock.utcNow());
    for (const auto &track : m_tracks)
        from = std::min(from, firstHour(*track, m_clock.utcNow()));
    m_history->load(
        ids, from, this, [this, ids](const std::vector<KeptBuckets> &kept) { loaded(ids, kept); });
}

void SloEngine::loaded(const QStringList &ids, const std::vector<KeptBuckets> &kept)
{
    std::map<QString, std::vector<const KeptBuckets *>> byId;
    for (const KeptBuckets &one : kept)
        byId[one.slo].push_back(&one);
    for (const QString &id : ids) {
        if (Track *track = find(id); track && !std::exchange(track->isLoaded, true))
            adopt(*track, byId[id]);
    }
    for (const auto &track : m_tracks)
        settle(*track, m_clock.utcNow());
    publishSoon();
    refresh();
    prune();
}

/// Hours of this question; and while these were never complete, those of the question that the same server
/// was asked last before. Hours of other servers are somebody else's.
void SloEngine::adopt(Track &track, std::vector<const KeptBuckets *> kept) const
{
    std::map<QByteArray, Timestamp> others;
    Timestamp last{};
    for (const KeptBuckets *one : kept) {
        const bool isMine = one->specHash == track.hash;
        for (const HourBucket &bucket : one->buckets) {
            Timestamp &latest = isMine ? last : others[one->specHash];
            latest = std::max(latest, bucket.fetchedAt);
            if (isMine)
                track.ledger.remembered(bucket.hour, bucket.fetchedAt, bucket.state != BucketState::Partial);
        }
        if (isMine)
            track.groups[one->group].buckets = std::make_shared<const HourBuckets>(one->buckets);
    }
    // Complete as of its last answer, as far as anybody still looks back.
    const qint64 begin =
        std::max(hourOf(periodAt(track.slo->period, last).begin), firstHour(track, m_clock.utcNow()));
    const qint64 end = lastHour(last);
    const bool wasComplete = toNs(last) > 0 && track.ledger.asked(begin, end) >= end - begin + 1;
    if (wasComplete || !track.older.empty())
        return;
    const auto newest = std::max_element(others.begin(), others.end(), [&](const auto &a, const auto &b) {
        const auto rank = [&](const auto &other) {
            return isSameSource(other.first, track.hash) ? other.second : Timestamp();
        };
        return rank(a) < rank(b);
    });
    if (newest == others.end() || !isSameSource(newest->first, track.hash))
        return;
    for (const KeptBuckets *one : kept) {
        if (one->specHash == newest->first)
            track.older[one->group] = std::make_shared<const HourBuckets>(one->buckets);
    }
}

/// Once a day, hours that no period reaches any more.
void SloEngine::prune()
{
    const qint64 now = hourOf(m_clock.utcNow());
    if (!m_history || (m_prunedAt && now - *m_prunedAt < 24))
        return;
    m_prunedAt = now;
    m_history->prune(now - kLongestSloPeriod / kHour);
}

SloEngine::Track *SloEngine::find(const QString &id) const
{
    for (const auto &track : m_tracks) {
        if (track->slo->id == id)
            return track.get();
    }
    return nullptr;
}

void SloEngine::beat()
{
    for (auto &[name, source] : m_sources) {
        source.isBlocked = false;
        if (!std::exchange(source.wasHeavy, false))
            source.batch = std::min<qsizetype>(source.batch * 2, kSloBatch);
    }
    refresh();
    prune();
    publishSoon(); // ages and forecasts move on
}

void SloEngine::refresh()
{
    QList<DatasourceId> ids;
    for (const auto &track : m_tracks) {
        if (!track->source.isEmpty() && !ids.contains(track->source))
            ids += track->source;
    }
    for (const DatasourceId &id : ids) {
        planWindows(id, m_sources[id.id]);
        pump(id);
    }
}

bool SloEngine::canAsk(const Track &track) const
{
    if (!track.isLoaded || track.source.isEmpty())
        return false;
    return !track.problemAt || m_clock.bootNow() - *track.problemAt >= kRetryProblem;
}

/// In batches, heavy ones alone; what stands in the queue already is not asked twice.
void SloEngine::enqueue(Source &source, Job job, const std::vector<Part> &parts)
{
    const auto push = [&] {
        const bool isQueued = std::any_of(
            source.jobs.begin(), source.jobs.end(), [&job](const Job &other) { return job.asksSame(other); });
        if (!isQueued && !job.parts.empty())
            source.jobs.push_back(job);
        job.parts.clear();
    };
    for (const Part &part : parts) {
        if (part.isHeavy)
            continue;
        job.parts.push_back(part);
        if (qsizetype(job.parts.size()) >= source.batch)
            push();
    }
    push();
    for (const Part &part : parts) {
        if (part.isHeavy) {
            job.parts = {part};
            push();
        }
    }
}

/// The minute's questions: the short windows, the running hour, what others recorded. What is left of the
/// last minute's stands first in the queue, and is not asked twice.
void SloEngine::planWindows(const DatasourceId &id, Source &source)
{
    const BootTime now = m_clock.bootNow();
    if (source.windowsAskedAt && now - *source.windowsAskedAt < Nanoseconds(SloEngine::kBeat) / 2)
        return;
    std::map<Nanoseconds, std::vector<Part>> byWindow;
    std::vector<Part> all, sloth, pyrra;
    for (const auto &track : m_tracks) {
        if (track->source != id || !canAsk(*track))
            continue;
        const Slo &slo = *track->slo;
        all.push_back(partOf(*track));
        if (slo.recordedDialect != Slo::Dialect::None)
            (slo.recordedDialect == Slo::Dialect::Sloth ? sloth : pyrra).push_back(partOf(*track));
        std::set<Nanoseconds> windows{1h, 5min};
        for (const BurnRow &row : slo.burn)
            windows.insert({row.longWindow, row.shortWindow});
        for (const Nanoseconds window : windows) {
            const bool isRecorded = slo.groupBy.isEmpty() && track->recorded.windows.contains(window);
            if (window < kShortestFromHours && !isRecorded)
                byWindow[window].push_back(partOf(*track));
        }
    }
    if (all.empty())
        return;
    source.windowsAskedAt = now;
    const auto batched = [&source](
                             const Job &job, const std::vector<Part> &parts) { enqueue(source, job, parts); };
    batched({Job::Kind::Recorded, {}, {}, Slo::Dialect::Sloth, {}, false}, sloth);
    batched({Job::Kind::Recorded, {}, {}, Slo::Dialect::Pyrra, {}, false}, pyrra);
    for (const auto &[window, parts] : byWindow)
        batched({Job::Kind::Window, window, {}, Slo::Dialect::None, {}, false}, parts);
    const Timestamp utc = m_clock.utcNow();
    if (utc - startOfHour(hourOf(utc)) >= kShortestOpenHour)
        batched({Job::Kind::OpenHour, {}, {}, Slo::Dialect::None, {}, false}, all);
}

/// As far back as its period, a report, or the longest of its windows that are summed from hours.
qint64 SloEngine::firstHour(const Track &track, Timestamp now) const
{
    Timestamp from = periodAt(track.slo->period, now).begin;
    for (const BurnRow &row : track.slo->burn)
        from = std::min(from, now - std::max(row.longWindow, row.shortWindow));
    if (m_horizon)
        from = std::min(from, *m_horizon);
    return hourOf(from);
}

qint64 SloEngine::lastHour(Timestamp now) const { return hourOf(now - kIngestDelay) - 1; }

/// The newest gap of any objective, and everybody who has one there.
std::optional<SloEngine::Job> SloEngine::nextFill(const DatasourceId &id, qsizetype batch) const
{
    const Timestamp now = m_clock.utcNow();
    const qint64 last = lastHour(now);
    std::vector<std::pair<const Track *, qint64>> due;
    const std::pair<const Track *, qint64> *newest = nullptr;
    for (const auto &track : m_tracks) {
        if (track->source != id || !canAsk(*track))
            continue;
        if (const auto hour = track->ledger.newestDue(firstHour(*track, now), last, now))
            due.emplace_back(track.get(), *hour);
    }
    for (const auto &one : due) {
        if (!newest || one.second > newest->second)
            newest = &one;
    }
    if (!newest)
        return {};
    const qint64 reach = newest->second - newest->first->hoursARequest + 1;
    Job job{Job::Kind::Fill, kHour, {newest->second, newest->second}, Slo::Dialect::None, {}, false};
    for (const auto &[track, hour] : due) {
        const bool isMate = !track->isHeavy && !newest->first->isHeavy && qsizetype(job.parts.size()) < batch;
        if (hour < reach || (track != newest->first && !isMate))
            continue;
        job.parts.push_back(partOf(*track));
        const qint64 from = std::max(reach, firstHour(*track, now));
        job.hours.first =
            std::min(job.hours.first, track->ledger.oldestDue(from, hour, now).value_or(job.hours.first));
    }
    return job;
}

/// Whose figures cover less than their period: has the server forgotten, or are the series younger?
std::optional<SloEngine::Job> SloEngine::nextReach(const DatasourceId &id) const
{
    const Timestamp now = m_clock.utcNow();
    Job job{Job::Kind::Reach, {}, {}, Slo::Dialect::None, {}, false};
    for (const auto &track : m_tracks) {
        if (track->source != id || !canAsk(*track)
            || (track->reachAt && m_clock.bootNow() - *track->reachAt < kRetryReach))
            continue;
        const bool isShort = std::any_of(track->groups.begin(), track->groups.end(), [&](const auto &group) {
            return group.second.buckets && unknownAtFirst(*track->slo, *group.second.buckets, now);
        });
        const Nanoseconds ago = (hourOf(now) - hourOf(periodAt(track->slo->period, now).begin)) * kHour;
        if (!isShort || (!job.parts.empty() && job.window != ago))
            continue;
        job.window = ago;
        job.parts.push_back(partOf(*track));
    }
    return job.parts.empty() ? std::nullopt : std::optional(job);
}

std::optional<SloEngine::Job> SloEngine::nextJob(const DatasourceId &id, Source &source)
{
    if (source.jobs.empty() || source.sinceFill >= kWindowsAFill) {
        // One that was cut goes before a new one, which would have the same hours.
        const auto queued = std::find_if(source.jobs.begin(), source.jobs.end(),
            [](const Job &job) { return job.kind == Job::Kind::Fill; });
        source.sinceFill = 0;
        if (queued != source.jobs.end()) {
            Job job = std::move(*queued);
            source.jobs.erase(queued);
            return job;
        }
        if (auto fill = nextFill(id, source.batch))
            return fill;
    }
    if (source.jobs.empty())
        return nextReach(id);
    Job job = std::move(source.jobs.front());
    source.jobs.pop_front();
    source.sinceFill = job.kind == Job::Kind::Fill ? 0 : source.sinceFill + 1;
    return job;
}

void SloEngine::pump(const DatasourceId &id)
{
    Source &source = m_sources[id.id];
    if (source.isBusy || source.isBlocked)
        return;
    if (const auto job = nextJob(id, source))
        ask(id, source, *job);
}

void SloEngine::ask(const DatasourceId &id, Source &source, const Job &job)
{
    const std::vector<SharedSlo> shared = job.slos();
    std::vector<const Slo *> slos;
    for (const SharedSlo &slo : shared)
        slos.push_back(slo.get());
    QuerySpec spec{id, {}};
    const Timestamp now = m_clock.utcNow();
    Timestamp asOf = now;
    if (job.kind == Job::Kind::Fill) {
        spec.body = RangeQuery{unionQuery(slos, kHour),
            {startOfHour(job.hours.first + 1), startOfHour(job.hours.last + 1)}, kHour};
    } else if (job.kind == Job::Kind::Recorded) {
        spec.body = InstantQuery{recordedQuery(slos, job.dialect), std::nullopt};
    } else if (job.kind == Job::Kind::Reach) {
        spec.body = InstantQuery{reachQuery(job.window), std::nullopt};
    } else if (job.kind == Job::Kind::OpenHour) {
        // The window must begin with the hour: it may have waited behind others.
        const Nanoseconds elapsed = std::chrono::floor<std::chrono::seconds>(now - startOfHour(hourOf(now)));
        asOf = startOfHour(hourOf(now)) + elapsed;
        if (elapsed < 1s) {
            QMetaObject::invokeMethod(
                this, [this, id] { pump(id); }, Qt::QueuedConnection);
            return;
        }
        spec.body = InstantQuery{unionQuery(slos, elapsed), asOf};
    } else {
        spec.body = InstantQuery{unionQuery(slos, job.window), std::nullopt};
    }
    source.isBusy = true;
    ++m_cost.requests;
    source.ticket = m_executor.submit(std::move(spec), {Priority::Background, m_askedBy}, this,
        [this, id, job, asOf](const Result<QueryResult> &answer) { answered(id, job, asOf, answer); });
}

/// Once every hour was asked for, what an older form of the query gave is not needed any more.
void SloEngine::settle(Track &track, Timestamp now)
{
    const qint64 first = firstHour(track, now), last = lastHour(now);
    if (!track.older.empty() && track.isLoaded && track.ledger.asked(first, last) >= last - first + 1)
        track.older.clear();
}

bool SloEngine::isSettled() const
{
    for (const auto &track : m_tracks) {
        if (!track->isLoaded)
            return false;
    }
    for (const auto &[name, source] : m_sources) {
        if (source.isBusy)
            return false;
        if (!source.isBlocked && (!source.jobs.empty() || nextFill({name}, 1) || nextReach({name})))
            return false;
    }
    return !m_isPublishing && !m_isJudging;
}

} // namespace bw
