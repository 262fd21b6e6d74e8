// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/projection_p.h>

#include <QHash>

#include <algorithm>
#include <deque>

using namespace Qt::Literals::StringLiterals;

namespace bw {

using namespace projection;

namespace projection {

QString Change::text(const char *key) const { return entry.data.value(QLatin1StringView(key)).toString(); }

QStringList Change::texts(const char *key) const
{
    QStringList all;
    for (const QJsonValue &value : entry.data.value(QLatin1StringView(key)).toArray())
        all += value.toString();
    return all;
}

QJsonObject Change::object(const char *key) const
{
    return entry.data.value(QLatin1StringView(key)).toObject();
}

std::optional<Timestamp> Change::time(const char *key) const { return parseRfc3339(text(key)); }

Untrusted Change::textOrTitle(const char *key) const { return has(key) ? foreign(key) : entry.title; }

QString Change::idOr(const char *key) const
{
    const QString given = text(key);
    return given.isEmpty() ? id : given;
}

} // namespace projection

namespace {

using HandlerTable = QHash<QString, void (*)(Incident &, const Change &)>;

const HandlerTable &handlers()
{
    static const HandlerTable table = [] {
        HandlerTable all;
        for (const auto &group : {headHandlers(), workHandlers()}) {
            for (const Handler &handler : group)
                all.insert(QString::fromLatin1(handler.kind), handler.apply);
        }
        return all;
    }();
    return table;
}

/// The alerts of a storm, each an entry as it would have been by itself (see stormfold.h).
std::vector<TimelineEntry> unfolded(const TimelineEntry &entry)
{
    std::vector<TimelineEntry> all;
    if (!entry.kind.startsWith("alert."_L1))
        return all;
    for (const QJsonValue &value : entry.data.value("alerts"_L1).toArray()) {
        TimelineEntry &one = all.emplace_back(entry);
        one.data = value.toObject();
        one.at = parseRfc3339(one.data.take("at"_L1).toString()).value_or(entry.at);
        one.title = Untrusted(one.data.take("title"_L1).toString());
        one.atEnd.reset();
    }
    return all;
}

/// What counts, in the order in which the first version of each was recorded. `made` keeps what is in no
/// list.
std::vector<Change> changesOf(const std::vector<CuratedEntry> &curated, std::deque<TimelineEntry> &made)
{
    QHash<EntryId, const TimelineEntry *> byId;
    for (const CuratedEntry &one : curated)
        byId.insert(one.entry.id, &one.entry);
    std::vector<std::pair<const TimelineEntry *, const CuratedEntry *>> counting; // first version, newest
    for (const CuratedEntry &one : curated) {
        if (!one.isHidden() && !one.entry.redacted)
            counting.emplace_back(byId.value(one.root, &one.entry), &one);
    }
    std::sort(counting.begin(), counting.end(),
        [](const auto &a, const auto &b) { return recordedBefore(*a.first, *b.first); });
    std::vector<Change> changes;
    changes.reserve(counting.size());
    for (const auto &[first, newest] : counting) {
        std::vector<TimelineEntry> alerts = unfolded(newest->entry);
        for (TimelineEntry &alert : alerts)
            changes.push_back({made.emplace_back(std::move(alert)), newest->root.toString()});
        if (alerts.empty())
            changes.push_back({newest->entry, newest->root.toString()});
    }
    return changes;
}

} // namespace

Incident project(std::span<const TimelineEntry> entries) { return project(curate(entries)); }

Incident project(const std::vector<CuratedEntry> &curated)
{
    Incident incident;
    const TimelineEntry *first = nullptr;
    for (const CuratedEntry &one : curated) {
        if (!first || recordedBefore(one.entry, *first))
            first = &one.entry;
        incident.head = std::max(incident.head, one.entry.hlc);
    }
    if (!first)
        return incident;
    incident.id = first->incident;
    incident.entries = qint64(curated.size());
    std::deque<TimelineEntry> made;
    const std::vector<Change> changes = changesOf(curated, made);
    for (const Change &change : changes) {
        if (const auto apply = handlers().value(change.entry.kind))
            apply(incident, change);
    }
    applyMilestones(incident, changes);
    const auto byTime = [](const auto &a, const auto &b) { return a.at < b.at; };
    std::stable_sort(incident.phases.begin(), incident.phases.end(), byTime);
    std::stable_sort(incident.severities.begin(), incident.severities.end(), byTime);
    for (LinkedAlert &link : incident.alerts)
        std::stable_sort(link.history.begin(), link.history.end(), byTime);
    if (const RoleAssignment *commander = incident.holder(Role::Commander))
        incident.commander = commander->person;
    return incident;
}

bool Incident::isOver() const
{
    return phase == Phase::Closed || phase == Phase::Declined || phase == Phase::Merged
        || phase == Phase::Cancelled;
}

std::optional<Timestamp> Incident::milestone(MilestoneName name) const
{
    const auto found = milestones.find(name);
    return found == milestones.end() ? std::nullopt : std::optional(found->second.at);
}

std::vector<Task> Incident::actionItems() const
{
    std::vector<Task> items;
    std::copy_if(tasks.begin(), tasks.end(), std::back_inserter(items),
        [](const Task &task) { return task.purpose == Task::Purpose::FollowUp; });
    return items;
}

const RoleAssignment *Incident::holder(Role role) const
{
    const auto found = std::find_if(roles.begin(), roles.end(),
        [role](const RoleAssignment &one) { return one.role == role && !one.to; });
    return found == roles.end() ? nullptr : &*found;
}

} // namespace bw
