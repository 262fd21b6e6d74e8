// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>

#include <algorithm>
#include <cmath>

using namespace Qt::Literals::StringLiterals;

/// What the engine knows, as the board shows it.
namespace bw {

HourBuckets SloEngine::bucketsOf(const QString &key) const
{
    for (const auto &track : m_tracks) {
        for (const auto &[name, group] : track->groups) {
            if (statusKey(*track->slo, groupFrom(name)) != key)
                continue;
            const auto older = track->older.find(name);
            const SharedBuckets &shown = older == track->older.end() ? group.buckets : older->second;
            HourBuckets buckets = shown ? *shown : HourBuckets();
            if (group.open)
                mergeBuckets(buckets, {*group.open});
            return buckets;
        }
    }
    return {};
}

void SloEngine::addMembers(const Track &track, SloSnapshot &snapshot) const
{
    const bool isGrouped = !track.slo->groupBy.isEmpty();
    std::map<QString, const Group *> groups;
    static const Group kNone;
    for (const auto &[key, group] : track.groups)
        groups[key] = &group;
    for (const auto &[key, buckets] : track.older)
        groups.insert({key, &kNone});
    // Of a grouped objective the group without labels only remembers what was asked for.
    std::erase_if(groups, [isGrouped](const auto &one) { return isGrouped == one.first.isEmpty(); });
    if (groups.empty())
        groups[QString()] = &kNone;
    const qint64 first = firstHour(track, snapshot.now), last = lastHour(snapshot.now);
    const int known = track.ledger.asked(first, last);
    for (const auto &[key, group] : groups) {
        const auto older = track.older.find(key);
        SloSnapshot::Member &member = snapshot.members.emplace_back();
        member.slo = track.slo;
        member.group = key;
        member.isRefilling = older != track.older.end();
        member.buckets = member.isRefilling ? older->second : group->buckets;
        member.open = group->open;
        member.windows = group->windows;
        member.windowsAt = track.windowsAt;
        member.recorded = track.recorded;
        member.reach = track.reach;
        member.problem = track.problem;
        member.hoursWanted = int(last - first + 1);
        member.hoursKnown = known;
    }
}

SloSnapshot SloEngine::snapshot(Timestamp now) const
{
    SloSnapshot all;
    all.now = now;
    for (const auto &track : m_tracks)
        addMembers(*track, all);
    return all;
}

void SloEngine::publishSoon()
{
    // Many answers of one moment are one news.
    if (!std::exchange(m_isPublishing, true))
        QMetaObject::invokeMethod(this, &SloEngine::publish, Qt::QueuedConnection);
}

/// One look at a time: what comes meanwhile is in the next one.
void SloEngine::publish()
{
    if (m_isJudging)
        return;
    m_isPublishing = false;
    m_isJudging = true;
    elsewhere([this, alive = std::weak_ptr(m_alive), generation = m_generation,
                  all = snapshot(m_clock.utcNow())]() -> SloWorker::Home {
        return [this, alive, generation, statuses = evaluated(all)]() mutable {
            if (alive.expired())
                return;
            m_isJudging = false;
            if (generation == m_generation)
                show(std::move(statuses));
            if (m_isPublishing)
                publish();
        };
    });
}

void SloEngine::show(std::vector<SloStatus> statuses)
{
    int wanted = 0, known = 0, problems = 0;
    for (const SloStatus &status : statuses) {
        if (status.hoursWanted > wanted || (status.hoursWanted == wanted && status.hoursKnown < known)) {
            wanted = status.hoursWanted;
            known = status.hoursKnown;
        }
        problems += !status.problem.isEmpty();
    }
    std::vector<Freshness> parts;
    for (const auto &[name, source] : m_sources) {
        const bool isUsed = std::any_of(m_tracks.begin(), m_tracks.end(),
            [name = name](const auto &track) { return track->source.id == name; });
        if (isUsed)
            parts.push_back(source.freshness);
    }
    Freshness freshness = parts.empty() ? Freshness() : combined(parts);
    if (m_tracks.empty())
        freshness = afterSuccess(m_clock.bootNow(), m_clock.utcNow(), true);
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
    m_board.setHistoryProblem(m_history ? m_history->problem() : QString());
    m_board.set(std::move(statuses), freshness, m_fetchedAt, progress);
}

} // namespace bw
