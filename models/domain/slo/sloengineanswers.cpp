// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

/// What comes back.
namespace bw {

namespace {

// 24: a day is the least a fill asks for; what is too heavy even then is the query, not its length.
constexpr qint64 kFewestHours = 24;
// 5: one culprit among healthy objectives fails three times in a row at most, because halves take turns.
constexpr int kHeavyInARow = 5;

/// The question is wrong, whoever asks it.
bool isRefused(const Error &error) { return error.kind == Error::Kind::Invalid || error.code == 422; }

/// Less of it might do.
bool isHeavy(const Error &error)
{
    return error.kind == Error::Kind::Timeout || error.kind == Error::Kind::TooLarge
        || (error.kind == Error::Kind::Http && error.code == 504);
}

qint64 samplesIn(const SeriesSet &series)
{
    qint64 count = 0;
    for (const Series &one : series)
        count += qint64(one.times.size());
    return count;
}

} // namespace

void SloEngine::elsewhere(SloWorker::Work work)
{
    if (m_worker)
        m_worker->run(std::move(work));
    else
        work()();
}

void SloEngine::answered(
    const DatasourceId &id, const Job &job, Timestamp asOf, const Result<QueryResult> &answer)
{
    Source &source = m_sources[id.id];
    const auto *data = answer ? dataAs<MetricData>(*answer) : nullptr;
    if (!data || data->left > 0) {
        source.isBusy = false;
        if (data) // some of it was cut off here: nobody knows whose
            cut(source, job, tr("it has too many series; fewer labels in group_by, or sum(…), make it fewer"),
                false);
        else
            failed(source, job,
                answer ? Error{Error::Kind::Decode, tr("%1 did not send numbers").arg(id.id), {}, 0, 0}
                       : answer.error());
        publishSoon();
        pump(id);
        return;
    }
    source.freshness = afterSuccess(m_clock.bootNow(), m_clock.utcNow(), false);
    source.heavyInARow = 0;
    m_fetchedAt = m_clock.utcNow();
    elsewhere([this, alive = std::weak_ptr(m_alive), id, job, asOf, result = *answer,
                  now = m_clock.utcNow()]() -> SloWorker::Home {
        const SeriesSet &series = dataAs<MetricData>(result)->series;
        Taken taken;
        taken.samples = samplesIn(series);
        taken.isPartial = isPartialAnswer(result);
        taken.asOf = asOf;
        if (job.kind == Job::Kind::Recorded)
            taken.recorded = readRecorded(series, job.dialect);
        else if (job.kind == Job::Kind::Reach)
            taken.reach = readReach(series);
        else if (job.kind == Job::Kind::Fill)
            taken.shares = fillShares(job.slos(), series, job.hours, taken.isPartial, now);
        else if (job.kind == Job::Kind::OpenHour)
            taken.shares = pointShares(job.slos(), series, asOf - startOfHour(hourOf(asOf)));
        else
            taken.shares = pointShares(job.slos(), series, job.window);
        return [this, alive, id, job, taken = std::move(taken)] {
            if (!alive.expired())
                take(id, job, taken);
        };
    });
}

void SloEngine::take(const DatasourceId &id, const Job &job, const Taken &taken)
{
    m_sources[id.id].isBusy = false;
    m_cost.samples += taken.samples;
    const Timestamp now = m_clock.utcNow();
    switch (job.kind) {
    case Job::Kind::Fill:
        takeFill(job, taken, now);
        break;
    case Job::Kind::Recorded:
        takeRecorded(job, taken, now);
        break;
    case Job::Kind::Reach:
        for (const Part &part : job.parts) {
            if (Track *track = asker(part)) {
                track->reach = taken.reach;
                track->reachAt = m_clock.bootNow();
            }
        }
        break;
    case Job::Kind::Window:
    case Job::Kind::OpenHour:
        takeInstant(job, taken);
        break;
    }
    publishSoon();
    pump(id);
}

/// Who asked, if it still asks the same.
SloEngine::Track *SloEngine::asker(const Part &part) const
{
    Track *track = find(part.slo->id);
    return track && track->hash == part.hash ? track : nullptr;
}

void SloEngine::failed(Source &source, const Job &job, const Error &error)
{
    const bool isCutting = isHeavy(error) && ++source.heavyInARow < kHeavyInARow;
    if (job.kind == Job::Kind::Reach && (isRefused(error) || isCutting)) {
        for (const Part &part : job.parts) {
            if (Track *track = asker(part))
                track->reachAt = m_clock.bootNow();
        }
    } else if (isRefused(error)) {
        // One bad expression fails the whole union: once more, one by one.
        if (job.parts.size() > 1 && !job.isAlone)
            askOneByOne(source, job);
        else if (!job.parts.empty())
            accuse(source, job.parts.front(), error.message);
    } else if (isCutting) {
        cut(source, job, error.message, true);
    } else {
        // The source, not the question: what is known stays, the rest waits for the next beat.
        source.freshness = afterFailure(source.freshness, error);
        source.isBlocked = true;
        source.windowsAskedAt.reset();
        std::erase_if(source.jobs, [](const Job &other) { return other.kind != Job::Kind::Fill; });
        if (job.kind == Job::Kind::Fill)
            source.jobs.push_back(job);
    }
}

/// Asks for less at a time: half of the objectives, then half of the hours. What one objective cannot be
/// answered alone is its own problem. Halves go before all others, which have the same culprit, but take
/// turns: of two there is a healthy one, and it says that the source is not to blame.
void SloEngine::cut(Source &source, const Job &job, const QString &why, bool dependsOnHours)
{
    if (job.parts.size() > 1) {
        const auto middle = job.parts.begin() + qptrdiff(job.parts.size() / 2);
        source.batch = std::max<qsizetype>(1, std::min(source.batch, qsizetype(job.parts.size() / 2)));
        source.wasHeavy = true;
        const auto others = std::find_if_not(
            source.jobs.begin(), source.jobs.end(), [](const Job &one) { return one.isHalf; });
        Job first = job, second = job;
        first.isHalf = second.isHalf = true;
        first.parts.assign(job.parts.begin(), middle);
        second.parts.assign(middle, job.parts.end());
        source.jobs.insert(source.jobs.insert(others, second), first);
        return;
    }
    Track *track = job.parts.empty() ? nullptr : asker(job.parts.front());
    const qint64 hours = job.hours.last - job.hours.first + 1;
    if (!track || job.kind == Job::Kind::Recorded || job.kind == Job::Kind::Reach)
        return; // not its own question; our figures do without
    track->isHeavy = true;
    if (job.kind == Job::Kind::Fill && dependsOnHours && hours > kFewestHours)
        track->hoursARequest = std::max(kFewestHours, hours / 2); // these are due, and asked again
    else
        accuse(source, job.parts.front(), why);
}

void SloEngine::askOneByOne(Source &source, const Job &job)
{
    for (auto part = job.parts.rbegin(); part != job.parts.rend(); ++part) {
        Job alone = job;
        alone.parts = {*part};
        alone.isAlone = true;
        source.jobs.push_front(alone);
    }
}

void SloEngine::accuse(Source &source, const Part &part, const QString &why)
{
    Track *track = asker(part);
    if (!track)
        return;
    track->problem = why;
    track->problemAt = m_clock.bootNow();
    for (Job &other : source.jobs)
        std::erase_if(other.parts, [&part](const Part &one) { return one.slo->id == part.slo->id; });
    std::erase_if(source.jobs, [](const Job &other) { return other.parts.empty(); });
}

/// The asker, which knows now what was wrong with its share; null when there is nothing in it to take.
SloEngine::Track *SloEngine::heard(const Part &part, const SloShare &share)
{
    Track *track = asker(part);
    if (!track)
        return nullptr;
    track->problem = share.problem;
    track->problemAt = share.problem.isEmpty() ? std::nullopt : std::optional(m_clock.bootNow());
    return share.problem.isEmpty() ? track : nullptr;
}

void SloEngine::takeFill(const Job &job, const Taken &taken, Timestamp now)
{
    std::vector<KeptBuckets> fresh;
    for (size_t i = 0; i < taken.shares.size(); ++i) {
        const SloShare &share = taken.shares[i];
        Track *track = heard(job.parts[i], share);
        if (!track)
            continue;
        for (const auto &[key, hours] : share.hours) {
            if (hours.empty())
                continue;
            SharedBuckets &mine = track->groups[key].buckets;
            HourBuckets merged = mine ? *mine : HourBuckets();
            mergeBuckets(merged, hours);
            mine = std::make_shared<const HourBuckets>(std::move(merged));
            fresh.push_back({track->slo->id, key, track->hash, hours});
        }
        for (qint64 hour = job.hours.first; hour <= job.hours.last; ++hour)
            track->ledger.answered(hour, now, share.isWhole[size_t(hour - job.hours.first)]);
        settle(*track, now);
    }
    if (m_history && !fresh.empty())
        m_history->keep(std::move(fresh));
}

void SloEngine::takeInstant(const Job &job, const Taken &taken)
{
    const bool isOpenHour = job.kind == Job::Kind::OpenHour;
    for (size_t i = 0; i < taken.shares.size(); ++i) {
        const SloShare &share = taken.shares[i];
        Track *track = heard(job.parts[i], share);
        if (!track)
            continue;
        // A group that is not in a whole answer has no such window any more.
        for (auto &[key, group] : track->groups) {
            if (taken.isPartial)
                break;
            if (isOpenHour)
                group.open.reset();
            else
                group.windows.erase(job.window);
        }
        for (const auto &[key, point] : share.points) {
            Group &mine = track->groups[key];
            if (isOpenHour)
                mine.open =
                    HourBucket{hourOf(taken.asOf), point.bad, point.total, BucketState::Open, taken.asOf};
            else
                mine.windows[job.window] = {point.bad, point.total, false};
        }
        if (!isOpenHour)
            track->windowsAt = m_clock.utcNow();
    }
}

void SloEngine::takeRecorded(const Job &job, const Taken &taken, Timestamp now)
{
    for (const Part &part : job.parts) {
        Track *track = asker(part);
        if (!track)
            continue;
        const auto at = taken.recorded.find(track->slo->recordedId);
        track->recorded = at == taken.recorded.end() ? RecordedAnswer() : at->second;
        if (!track->recorded.windows.empty())
            track->windowsAt = now;
    }
}

} // namespace bw
