// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

/// What the engine knows, as the board shows it.
namespace bw {

HourBuckets SloEngine::bucketsOf(const QString &key) const
{
    for (const auto &track : m_tracks) {
        for (const auto &[name, group] : track->groups) {
            if (statusKey(track->slo, groupFrom(name)) != key)
                continue;
            HourBuckets buckets =
                track->older.empty() || !track->older.contains(name) ? group.buckets : track->older.at(name);
            if (group.open)
                mergeBuckets(buckets, {*group.open});
            return buckets;
        }
    }
    return {};
}

QString SloEngine::retentionOf(const Slo &slo, const HourBuckets &buckets, Timestamp now)
{
    const TimeRange period = periodAt(slo.period, now);
    const auto first = std::find_if(buckets.begin(), buckets.end(),
        [](const HourBucket &bucket) { return bucket.state != BucketState::Missing; });
    if (first == buckets.end() || startOfHour(first->hour) <= period.begin + 2 * kHour)
        return {};
    const auto days = [](Nanoseconds span) {
        return u"%1 d"_s.arg(double(span.count()) / 86400e9, 0, 'f', span < 72h ? 1 : 0);
    };
    const QString held = days(now - startOfHour(first->hour)),
                  wanted = days(std::min(now, period.end) - period.begin);
    return tr("the backend holds %1 of %2; the figure covers %1 and grows daily, because hours are kept here")
        .arg(held, wanted);
}

void SloEngine::addStatuses(const Track &track, Timestamp now, std::vector<SloStatus> &statuses) const
{
    std::map<QString, const Group *> groups;
    for (const auto &[key, group] : track.groups) {
        // Of a grouped objective the group without labels only remembers what was asked for.
        if (track.slo.groupBy.isEmpty() == key.isEmpty())
            groups[key] = &group;
    }
    static const Group kNone;
    if (groups.empty() && track.older.empty())
        groups[QString()] = &kNone;
    for (const auto &[key, buckets] : track.older) {
        if (!groups.contains(key) && (track.slo.groupBy.isEmpty() == key.isEmpty()))
            groups[key] = &kNone;
    }
    const qint64 first = firstHour(track, now), last = lastHour(now);
    for (const auto &[key, group] : groups) {
        const bool showsOlder = track.older.contains(key);
        HourBuckets buckets = showsOlder ? track.older.at(key) : group->buckets;
        if (group->open)
            mergeBuckets(buckets, {*group->open});
        ShortWindows windows = group->windows;
        if (track.slo.groupBy.isEmpty()) {
            for (const auto &[window, counts] : track.recorded.windows)
                windows[window] = counts; // what fires in the other tool is judged by these
        }
        SloStatus status = evaluated(track.slo, groupFrom(key), buckets, windows, now);
        status.problem = track.problem;
        status.isRefilling = showsOlder;
        status.windowsAt = track.windowsAt;
        status.recorded = track.slo.groupBy.isEmpty() ? track.recorded.figures : RecordedFigures();
        status.hoursWanted = int(last - first + 1);
        status.hoursKnown = int(std::distance(track.asked.lower_bound(first), track.asked.upper_bound(last)));
        if (status.hoursKnown >= status.hoursWanted) // asked for everything
            status.retentionWarning = retentionOf(track.slo, buckets, now);
        statuses.push_back(std::move(status));
    }
}

void SloEngine::publish()
{
    m_isPublishing = false;
    const Timestamp now = m_clock.utcNow();
    std::vector<SloStatus> statuses;
    int wanted = 0, known = 0, problems = 0;
    for (const auto &track : m_tracks)
        addStatuses(*track, now, statuses);
    for (const SloStatus &status : statuses) {
        if (status.hoursWanted > wanted || (status.hoursWanted == wanted && status.hoursKnown < known)) {
            wanted = status.hoursWanted;
            known = status.hoursKnown;
        }
        problems += !status.problem.isEmpty();
    }
    std::vector<Freshness> parts;
    for (const auto &[name, source] : m_sources) {
        const bool isUsed = std::any_of(
            m_tracks.begin(), m_tracks.end(), [&](const auto &track) { return track->source.id == name; });
        if (isUsed)
            parts.push_back(source.freshness);
    }
    Freshness freshness = parts.empty() ? Freshness() : combined(parts);
    if (m_tracks.empty())
        freshness = afterSuccess(m_clock.bootNow(), now, true);
    if (problems > 0 && isCurrent(freshness)) {
        freshness.state = Freshness::State::Partial;
        freshness.answered = int(statuses.size()) - problems;
        freshness.asked = int(statuses.size());
        const auto bad = std::find_if(statuses.begin(), statuses.end(),
            [](const SloStatus &status) { return !status.problem.isEmpty(); });
        freshness.reason = u"%1: %2"_s.arg(titleOf(*bad), bad->problem);
    }
    const QString progress = known < wanted && problems < int(statuses.size())
        ? tr("filling: %1 of %2 days").arg(known / 24).arg(int(std::ceil(wanted / 24.0)))
        : QString();
    m_board.set(std::move(statuses), freshness, m_fetchedAt, progress);
}

} // namespace bw
