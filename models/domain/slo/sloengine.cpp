// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

// 60 s: the short windows' pace; a five-minute window moves by a fifth of itself.
// 60 s: an hour's last scrape has arrived everywhere by then.
constexpr Nanoseconds kIngestDelay = 60s;
// 168: seven days a request, as much as a server answers without noticing.
constexpr qint64 kHoursARequest = 168;
// 10 min: a query that was refused may be right again once a rule or metric is there.
constexpr Nanoseconds kRetryProblem = 10min;
// 5 min: a partial answer is worth asking again, not every minute.
constexpr Nanoseconds kRetryPartial = 5min;
constexpr Nanoseconds kShortestOpenHour = 60s;
constexpr qint64 kWindowsHours = 72; ///< of buckets that the burn table needs at least

bool isInfo(const Untrusted &warning) { return render::line(warning).startsWith("PromQL info"_L1); }

bool isPartial(const QueryResult &result)
{
    return result.freshness.state == Freshness::State::Partial
        || std::any_of(
            result.warnings.begin(), result.warnings.end(), [](const Untrusted &w) { return !isInfo(w); });
}

qint64 samplesIn(const SeriesSet &series)
{
    qint64 count = 0;
    for (const Series &one : series)
        count += qint64(one.times.size());
    return count;
}

} // namespace

SloEngine::SloEngine(
    QueryExecutor &executor, const Clock &clock, SloBoard &board, SloHistory *history, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_board(board)
    , m_history(history)
{
}

SloEngine::~SloEngine() = default;

void SloEngine::setSlos(
    const std::vector<Slo> &slos, const std::vector<DatasourceId> &sources, const DatasourceId &defaultSource)
{
    std::vector<std::unique_ptr<Track>> tracks;
    QStringList fresh;
    for (const Slo &slo : slos) {
        const QByteArray hash = slo.specHash();
        const auto known = std::find_if(m_tracks.begin(), m_tracks.end(),
            [&](const auto &track) { return track && track->slo.id == slo.id; });
        std::unique_ptr<Track> track;
        if (known != m_tracks.end() && (*known)->hash == hash)
            track = std::move(*known);
        else
            track = std::make_unique<Track>();
        if (known != m_tracks.end() && *known) { // what was known stays on screen until the new is complete
            for (const auto &[key, group] : (*known)->groups)
                track->older[key] = group.buckets;
        }
        if (!track->isLoaded)
            fresh += slo.id;
        track->slo = slo;
        track->hash = hash;
        track->source = slo.datasource.isEmpty() ? defaultSource : DatasourceId{slo.datasource};
        if (std::find(sources.begin(), sources.end(), track->source) == sources.end()) {
            track->problem = track->source.isEmpty()
                ? tr("no metric source is configured")
                : tr("there is no metric source %1").arg(track->source.id);
            track->problemAt.reset();
            track->source = {};
        } else {
            track->problem.clear();
        }
        tracks.push_back(std::move(track));
    }
    m_tracks = std::move(tracks);
    for (auto &[name, source] : m_sources) {
        source.jobs.clear(); // they name objectives by id; what is due is planned anew
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
    for (const QString &id : ids) {
        if (Track *track = find(id))
            track->isLoaded = true;
    }
    for (const KeptBuckets &one : kept) {
        Track *track = find(one.slo);
        if (!track)
            continue;
        if (one.specHash != track->hash) {
            mergeBuckets(track->older[one.group], one.buckets);
            continue;
        }
        mergeBuckets(track->groups[one.group].buckets, one.buckets);
        for (const HourBucket &bucket : one.buckets) {
            track->asked[bucket.hour] = std::max(track->asked[bucket.hour], bucket.fetchedAt);
            if (bucket.state == BucketState::Partial)
                track->partial[bucket.hour] = bucket.fetchedAt;
        }
    }
    for (const auto &track : m_tracks)
        settle(*track, m_clock.utcNow());
    publishSoon();
    refresh();
}

SloEngine::Track *SloEngine::find(const QString &id)
{
    for (const auto &track : m_tracks) {
        if (track->slo.id == id)
            return track.get();
    }
    return nullptr;
}

void SloEngine::beat()
{
    for (auto &[name, source] : m_sources)
        source.isBlocked = false;
    refresh();
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

/// The minute's questions: the short windows, the running hour, what others recorded.
void SloEngine::planWindows(const DatasourceId &id, Source &source)
{
    const BootTime now = m_clock.bootNow();
    if (source.windowsAskedAt && now - *source.windowsAskedAt < Nanoseconds(SloEngine::kBeat) / 2)
        return;
    std::map<Nanoseconds, QStringList> byWindow;
    QStringList all, sloth, pyrra;
    for (const auto &track : m_tracks) {
        if (track->source != id || !canAsk(*track))
            continue;
        const Slo &slo = track->slo;
        all += slo.id;
        if (slo.recordedDialect != Slo::Dialect::None)
            (slo.recordedDialect == Slo::Dialect::Sloth ? sloth : pyrra) += slo.id;
        std::vector<Nanoseconds> windows{1h, 5min};
        for (const BurnRow &row : slo.burn) {
            windows.push_back(row.longWindow);
            windows.push_back(row.shortWindow);
        }
        for (const Nanoseconds window : windows) {
            const bool isRecorded = slo.groupBy.isEmpty() && track->recorded.windows.contains(window);
            QStringList &asking = byWindow[window];
            if (window < 24h && !isRecorded && !asking.contains(slo.id))
                asking += slo.id;
        }
    }
    if (all.isEmpty())
        return;
    source.windowsAskedAt = now;
    std::erase_if(source.jobs, [](const Job &job) { return job.kind != Job::Kind::Fill; });
    const auto batched = [&source](Job job, const QStringList &slos) {
        for (qsizetype at = 0; at < slos.size(); at += kSloBatch) {
            job.slos = slos.mid(at, kSloBatch);
            source.jobs.push_back(job);
        }
    };
    batched({Job::Kind::Recorded, {}, 0, 0, Slo::Dialect::Sloth, {}, false}, sloth);
    batched({Job::Kind::Recorded, {}, 0, 0, Slo::Dialect::Pyrra, {}, false}, pyrra);
    for (const auto &[window, slos] : byWindow)
        batched({Job::Kind::Window, window, 0, 0, Slo::Dialect::None, {}, false}, slos);
    const Timestamp utc = m_clock.utcNow();
    const Nanoseconds elapsed = std::chrono::floor<std::chrono::seconds>(utc - startOfHour(hourOf(utc)));
    if (elapsed >= kShortestOpenHour)
        batched({Job::Kind::OpenHour, elapsed, 0, 0, Slo::Dialect::None, {}, false}, all);
}

qint64 SloEngine::firstHour(const Track &track, Timestamp now) const
{
    Timestamp from = periodAt(track.slo.period, now).begin;
    if (m_horizon)
        from = std::min(from, *m_horizon);
    return std::min(hourOf(from), hourOf(now) - kWindowsHours);
}

qint64 SloEngine::lastHour(Timestamp now) const { return hourOf(now - kIngestDelay) - 1; }

/// An hour is asked for once it is over, and once more an hour later: late samples belong to it.
bool SloEngine::needs(const Track &track, qint64 hour, Timestamp now) const
{
    const auto at = track.asked.find(hour);
    if (at == track.asked.end())
        return true;
    const auto half = track.partial.find(hour);
    if (half != track.partial.end())
        return now - half->second >= kRetryPartial;
    const Timestamp again = startOfHour(hour + 2) + kIngestDelay;
    return at->second < again && now >= again;
}

std::optional<qint64> SloEngine::newestNeed(const Track &track, Timestamp now) const
{
    const qint64 first = firstHour(track, now), last = lastHour(now);
    std::optional<qint64> newest;
    for (qint64 hour = last; hour >= first && !newest; --hour) {
        if (hour < track.cleanLast && hour >= track.cleanFirst) {
            hour = track.cleanFirst; // all of these were looked at before
            continue;
        }
        if (needs(track, hour, now))
            newest = hour;
    }
    if (!newest) {
        track.cleanFirst = first;
        track.cleanLast = last;
    }
    for (const auto &[hour, when] : track.partial) {
        if (hour >= first && hour <= last && needs(track, hour, now))
            newest = std::max(newest.value_or(hour), hour);
    }
    return newest;
}

/// The newest gap of any objective, and everybody who has one there.
std::optional<SloEngine::Job> SloEngine::nextFill(const DatasourceId &id) const
{
    const Timestamp now = m_clock.utcNow();
    qint64 newest = -1;
    std::map<QString, qint64> newestOf;
    for (const auto &track : m_tracks) {
        if (track->source != id || !canAsk(*track))
            continue;
        if (const auto hour = newestNeed(*track, now)) {
            newestOf[track->slo.id] = *hour;
            newest = std::max(newest, *hour);
        }
    }
    if (newest < 0)
        return {};
    Job job{Job::Kind::Fill, kHour, newest, newest, Slo::Dialect::None, {}, false};
    const qint64 reach = newest - kHoursARequest + 1;
    for (const auto &track : m_tracks) {
        const auto at = newestOf.find(track->slo.id);
        if (at == newestOf.end() || at->second < reach || job.slos.size() >= kSloBatch)
            continue;
        job.slos += track->slo.id;
        for (qint64 hour = std::max(reach, firstHour(*track, now)); hour < job.first; ++hour) {
            if (needs(*track, hour, now)) {
                job.first = hour;
                break;
            }
        }
    }
    return job;
}

void SloEngine::pump(const DatasourceId &id)
{
    Source &source = m_sources[id.id];
    if (source.isBusy || source.isBlocked)
        return;
    if (source.jobs.empty()) {
        if (auto fill = nextFill(id))
            source.jobs.push_back(std::move(*fill));
    }
    if (source.jobs.empty())
        return;
    const Job job = source.jobs.front();
    source.jobs.pop_front();
    ask(id, source, job);
}

std::vector<const Slo *> SloEngine::slosOf(const Job &job) const
{
    std::vector<const Slo *> slos;
    for (const QString &id : job.slos) {
        for (const auto &track : m_tracks) {
            if (track->slo.id == id)
                slos.push_back(&track->slo);
        }
    }
    return slos;
}

void SloEngine::ask(const DatasourceId &id, Source &source, const Job &job)
{
    const std::vector<const Slo *> slos = slosOf(job);
    QuerySpec spec{id, {}};
    const Timestamp now = m_clock.utcNow();
    Timestamp asOf = now;
    if (job.kind == Job::Kind::Fill) {
        spec.body = RangeQuery{
            unionQuery(slos, kHour), {startOfHour(job.first + 1), startOfHour(job.last + 1)}, kHour};
    } else if (job.kind == Job::Kind::Recorded) {
        spec.body = InstantQuery{recordedQuery(slos, job.dialect), std::nullopt};
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

void SloEngine::answered(
    const DatasourceId &id, const Job &job, Timestamp asOf, const Result<QueryResult> &answer)
{
    Source &source = m_sources[id.id];
    source.isBusy = false;
    const Timestamp now = m_clock.utcNow();
    const auto *data = answer ? dataAs<MetricData>(*answer) : nullptr;
    if (!data) {
        failed(source, job,
            answer ? Error{Error::Kind::Decode, tr("%1 did not send numbers").arg(id.id), {}, 0, 0}
                   : answer.error());
    } else {
        m_cost.samples += samplesIn(data->series);
        source.freshness = afterSuccess(m_clock.bootNow(), now, false);
        m_fetchedAt = now;
        const std::vector<const Slo *> slos = slosOf(job);
        if (slos.size() == size_t(job.slos.size())) { // else the list changed meanwhile
            if (job.kind == Job::Kind::Recorded)
                takeRecorded(job, data->series, now);
            else if (job.kind == Job::Kind::Fill)
                takeFill(
                    job, readUnion(slos, data->series, kHour), isPartial(*answer) || data->left > 0, now);
            else
                takeInstant(job,
                    readUnion(slos, data->series,
                        job.kind == Job::Kind::OpenHour ? asOf - startOfHour(hourOf(asOf)) : job.window),
                    asOf);
        }
    }
    publishSoon();
    pump(id);
}

void SloEngine::failed(Source &source, const Job &job, const Error &error)
{
    const bool isQuery = error.kind == Error::Kind::Invalid || error.code == 422;
    if (!isQuery) {
        // The source, not the question: what is known stays, the rest waits for the next beat.
        source.freshness = afterFailure(source.freshness, error);
        source.isBlocked = true;
        source.jobs.clear();
        source.windowsAskedAt.reset();
        return;
    }
    if (job.slos.size() > 1 && !job.isAlone) {
        // One bad expression fails the whole union: once more, one by one.
        for (auto slo = job.slos.rbegin(); slo != job.slos.rend(); ++slo) {
            Job alone = job;
            alone.slos = {*slo};
            alone.isAlone = true;
            source.jobs.push_front(alone);
        }
        return;
    }
    Track *track = find(job.slos.value(0));
    if (!track)
        return;
    track->problem = error.message;
    track->problemAt = m_clock.bootNow();
    for (Job &other : source.jobs)
        other.slos.removeAll(track->slo.id);
    std::erase_if(source.jobs, [](const Job &other) { return other.slos.isEmpty(); });
}

void SloEngine::takeFill(
    const Job &job, const std::vector<UnionAnswer> &answers, bool isPartial, Timestamp now)
{
    std::vector<KeptBuckets> fresh;
    for (size_t i = 0; i < answers.size(); ++i) {
        Track *track = find(job.slos[qsizetype(i)]);
        if (!track)
            continue;
        if (!answers[i].problem.isEmpty()) {
            track->problem = answers[i].problem;
            track->problemAt = m_clock.bootNow();
            continue;
        }
        track->problem.clear();
        track->problemAt.reset();
        std::vector<SloAnswer> groups = answers[i].groups;
        if (groups.empty()) // asked, and nothing there: worth knowing, so that it is not asked again
            groups.push_back({{}, {}});
        for (const SloAnswer &group : groups) {
            const HourBuckets buckets = bucketsFrom(group.points, job.first, job.last, isPartial, now);
            const QString key = groupKey(group.group);
            mergeBuckets(track->groups[key].buckets, buckets);
            fresh.push_back({track->slo.id, key, track->hash, buckets});
            for (const HourBucket &bucket : buckets) {
                track->asked[bucket.hour] = now;
                if (bucket.state == BucketState::Partial)
                    track->partial[bucket.hour] = now;
                else
                    track->partial.erase(bucket.hour);
            }
        }
        settle(*track, now);
    }
    if (m_history && !fresh.empty())
        m_history->keep(std::move(fresh));
}

void SloEngine::takeInstant(const Job &job, const std::vector<UnionAnswer> &answers, Timestamp asOf)
{
    for (size_t i = 0; i < answers.size(); ++i) {
        Track *track = find(job.slos[qsizetype(i)]);
        if (!track)
            continue;
        if (!answers[i].problem.isEmpty()) {
            track->problem = answers[i].problem;
            track->problemAt = m_clock.bootNow();
            continue;
        }
        if (track->problemAt) { // it can be asked again
            track->problem.clear();
            track->problemAt.reset();
        }
        // A group that is not in the answer has no such window any more.
        for (auto &[key, group] : track->groups) {
            if (job.kind == Job::Kind::OpenHour)
                group.open.reset();
            else
                group.windows.erase(job.window);
        }
        for (const SloAnswer &group : answers[i].groups) {
            if (group.points.empty())
                continue;
            const SloPoint &point = group.points.back();
            Group &mine = track->groups[groupKey(group.group)];
            if (job.kind == Job::Kind::OpenHour)
                mine.open = HourBucket{hourOf(asOf), point.bad, point.total, BucketState::Open, asOf};
            else
                mine.windows[job.window] = {point.bad, point.total, false};
        }
        if (job.kind == Job::Kind::Window)
            track->windowsAt = m_clock.utcNow();
    }
}

void SloEngine::takeRecorded(const Job &job, const SeriesSet &series, Timestamp now)
{
    const std::map<QString, RecordedAnswer> answers = readRecorded(series, job.dialect);
    for (const QString &id : job.slos) {
        Track *track = find(id);
        if (!track)
            continue;
        const auto at = answers.find(track->slo.recordedId);
        track->recorded = at == answers.end() ? RecordedAnswer() : at->second;
        if (!track->recorded.windows.empty())
            track->windowsAt = now;
    }
}

/// Once every hour was asked for, what an older form of the query gave is not needed any more.
void SloEngine::settle(Track &track, Timestamp now)
{
    if (track.older.empty() || !track.isLoaded)
        return;
    for (qint64 hour = firstHour(track, now); hour <= lastHour(now); ++hour) {
        if (!track.asked.contains(hour))
            return;
    }
    track.older.clear();
    if (m_history)
        m_history->forgetOthers(track.slo.id, track.hash);
}

bool SloEngine::isSettled() const
{
    for (const auto &track : m_tracks) {
        if (!track->isLoaded)
            return false;
    }
    for (const auto &[name, source] : m_sources) {
        if (source.isBusy || !source.jobs.empty() || (!source.isBlocked && nextFill({name})))
            return false;
    }
    return !m_isPublishing;
}

void SloEngine::publishSoon()
{
    // Many answers of one moment are one news.
    if (!std::exchange(m_isPublishing, true))
        QMetaObject::invokeMethod(this, &SloEngine::publish, Qt::QueuedConnection);
}

} // namespace bw
