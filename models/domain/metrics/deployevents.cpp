// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/deployevents.h>

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto kTogether = 5min;
constexpr qsizetype kLongestLine = 65'536;
constexpr int kLongestName = 256;

/// How sure a kind is that something was deployed.
int certainty(const QString &kind)
{
    static const QStringList ascending{
        u"touched"_s, u"restart"_s, u"build"_s, u"argocd"_s, u"rollout"_s, u"git"_s};
    return int(ascending.indexOf(kind));
}

QString ownerKey(const QString &owner) { return owner.section(u'/', -1).toLower(); }

bool sameSpace(const QString &a, const QString &b) { return a.isEmpty() || b.isEmpty() || a == b; }

QString firstLabel(const Labels &labels, std::initializer_list<QLatin1StringView> names)
{
    for (const QLatin1StringView name : names) {
        const Untrusted *value = labels.find(QString(name));
        if (value && !value->isEmpty())
            return render::line(*value, kLongestName);
    }
    return {};
}

QString serviceOf(const Labels &labels)
{
    return firstLabel(labels,
        {"owner_name"_L1, "deployment"_L1, "service"_L1, "service_name"_L1, "app"_L1, "application"_L1,
            "job"_L1});
}

DeployEvent eventOf(const Labels &labels, const QString &kind, Timestamp at)
{
    DeployEvent event;
    event.at = at;
    event.owner = serviceOf(labels);
    event.nameSpace = firstLabel(labels, {"namespace"_L1, "exported_namespace"_L1});
    event.kind = kind;
    const QString metric = firstLabel(labels, {"__name__"_L1});
    event.source = metric.isEmpty() ? u"metrics"_s : metric;
    return event;
}

/// Unix seconds that can be a time; queries also answer NaN and 0.
std::optional<Timestamp> momentFrom(double seconds)
{
    const bool plausible = std::isfinite(seconds) && seconds > 0 && seconds < 4e9;
    return plausible ? std::optional(fromUnixSeconds(seconds)) : std::nullopt;
}

std::vector<DeployEvent> fromStartTimes(const SeriesSet &series, const QString &kind)
{
    std::vector<DeployEvent> events;
    for (const Series &one : series) {
        std::set<double> distinct(one.values.begin(), one.values.end());
        for (const double seconds : distinct) {
            if (const auto at = momentFrom(seconds); at && !serviceOf(one.labels).isEmpty())
                events.push_back(eventOf(one.labels, kind, *at));
        }
    }
    return events;
}

/// The more certain event keeps its name and time; the other fills what it does not know.
void absorb(DeployEvent &into, DeployEvent other)
{
    if (certainty(other.kind) > certainty(into.kind))
        std::swap(into, other);
    const auto fill = [](auto &target, const auto &value) {
        if (target.isEmpty())
            target = value;
    };
    fill(into.nameSpace, other.nameSpace);
    fill(into.oldVersion, other.oldVersion);
    fill(into.newVersion, other.newVersion);
    fill(into.environment, other.environment);
    fill(into.by, other.by);
    fill(into.url, other.url);
    QStringList sources = into.source.split(u", "_s, Qt::SkipEmptyParts);
    sources += other.source.split(u", "_s, Qt::SkipEmptyParts);
    sources.removeDuplicates();
    into.source = sources.join(u", "_s);
}

struct Group
{
    DeployEvent event;
    Timestamp last;
};

/// When the versions of one owner were seen.
struct VersionTimes
{
    Labels labels; ///< of one of the series, for the owner
    std::map<Untrusted, std::set<qint64>> seen;
};

/// The version with the newest sample in (after, before), other than `version`.
Untrusted versionBetween(const VersionTimes &owner, const Untrusted &version, qint64 after, qint64 before)
{
    Untrusted newest;
    qint64 newestTime = after;
    for (const auto &[other, times] : owner.seen) {
        const auto next = times.lower_bound(before);
        if (other == version || next == times.begin())
            continue;
        if (const qint64 time = *std::prev(next); time > newestTime) {
            newestTime = time;
            newest = other;
        }
    }
    return newest;
}

} // namespace

std::vector<DeployEvent> mergedDeploys(std::vector<DeployEvent> events)
{
    // The whole order, so that equal inputs in any order give equal outputs.
    const auto before = [](const DeployEvent &a, const DeployEvent &b) {
        const auto key = [](const DeployEvent &event) {
            return std::tuple(event.at, ownerKey(event.owner), -certainty(event.kind), event.nameSpace,
                event.newVersion, event.source);
        };
        return key(a) < key(b);
    };
    std::sort(events.begin(), events.end(), before);
    std::map<QString, std::vector<Group>> byOwner;
    for (DeployEvent &event : events) {
        std::vector<Group> &groups = byOwner[ownerKey(event.owner)];
        const auto group = std::find_if(groups.rbegin(), groups.rend(), [&](const Group &open) {
            return event.at - open.last < kTogether && sameSpace(open.event.nameSpace, event.nameSpace);
        });
        if (group == groups.rend()) {
            const Timestamp at = event.at;
            groups.push_back({std::move(event), at});
            continue;
        }
        group->last = event.at;
        absorb(group->event, std::move(event));
    }
    std::vector<DeployEvent> merged;
    for (auto &[owner, groups] : byOwner) {
        for (Group &group : groups)
            merged.push_back(std::move(group.event));
    }
    std::sort(merged.begin(), merged.end(), before);
    return merged;
}

std::vector<DeployEvent> rolloutsFrom(const SeriesSet &series)
{
    std::vector<DeployEvent> events = fromStartTimes(series, u"rollout"_s);
    for (DeployEvent &event : events)
        event.source = u"kube_replicaset_created"_s; // the query drops the name
    return events;
}

std::vector<DeployEvent> versionsFrom(const SeriesSet &series, const TimeRange &range, Nanoseconds step)
{
    std::map<std::pair<QString, QString>, VersionTimes> owners;
    for (const Series &one : series) {
        const Untrusted *version = one.labels.find(u"version");
        const QString owner = serviceOf(one.labels);
        if (!version || version->isEmpty() || owner.isEmpty())
            continue;
        VersionTimes &entry = owners[{owner, one.labels.text(u"namespace")}];
        entry.labels = one.labels;
        for (size_t i = 0; i < one.times.size(); ++i) {
            if (!std::isnan(one.values[i]))
                entry.seen[*version].insert(one.times[i]);
        }
    }
    std::vector<DeployEvent> events;
    const qint64 hole = step.count() + step.count() / 2;
    // What is there at the first step was there before.
    const qint64 begin = toNs(range.begin) + step.count();
    for (const auto &[key, owner] : owners) {
        for (const auto &[version, times] : owner.seen) {
            qint64 before = std::numeric_limits<qint64>::min();
            for (const qint64 time : times) {
                const bool first = before == std::numeric_limits<qint64>::min();
                const bool starts = first ? time > begin : time - before > hole;
                const Untrusted old = starts ? versionBetween(owner, version, before, time) : Untrusted();
                // A hole that no other version filled is an outage of the scrape.
                if (starts && (first || !old.isEmpty())) {
                    DeployEvent event = eventOf(owner.labels, u"build"_s, fromNs(time));
                    event.oldVersion = old;
                    event.newVersion = version;
                    events.push_back(std::move(event));
                }
                before = time;
            }
        }
    }
    return mergedDeploys(std::move(events));
}

std::vector<DeployEvent> imagesFrom(const SeriesSet &series, const TimeRange &range, Nanoseconds step)
{
    std::vector<DeployEvent> events = versionsFrom(series, range, step);
    for (DeployEvent &event : events)
        event.source = u"kube_pod_container_info"_s; // the query drops the name
    return events;
}

std::vector<DeployEvent> syncsFrom(const SeriesSet &series, const TimeRange &range, Nanoseconds step)
{
    std::vector<DeployEvent> events = versionsFrom(series, range, step);
    std::erase_if(
        events, [](const DeployEvent &event) { return render::line(event.newVersion, 40) != "Synced"_L1; });
    for (DeployEvent &event : events) {
        event.kind = u"argocd"_s;
        event.source = u"argocd_app_info"_s;
        event.oldVersion = event.newVersion = {}; // they are states, not versions
    }
    return events;
}

std::vector<DeployEvent> restartsFrom(const SeriesSet &series, const TimeRange &range)
{
    std::vector<DeployEvent> events = fromStartTimes(series, u"restart"_s);
    std::erase_if(events, [&](const DeployEvent &event) { return !range.contains(event.at); });
    return events;
}

std::vector<DeployEvent> touchesFrom(const SeriesSet &series)
{
    std::vector<DeployEvent> events;
    for (const Series &one : series) {
        if (!one.values.empty() && one.values.back() > 0 && !serviceOf(one.labels).isEmpty())
            events.push_back(eventOf(one.labels, u"touched"_s, fromNs(one.times.back())));
    }
    return events;
}

Result<DeployEvent> parseDeployLine(const QByteArray &line)
{
    if (line.size() > kLongestLine)
        return fail(Error::Kind::TooLarge, u"deploy line: longer than 64 KiB"_s);
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(line, &problem);
    if (!document.isObject()) {
        return fail(Error::Kind::Invalid,
            problem.error == QJsonParseError::NoError
                ? u"deploy line: found another value, allowed is one JSON object"_s
                : u"deploy line: %1 at byte %2"_s.arg(problem.errorString()).arg(problem.offset));
    }
    const QJsonObject object = document.object();
    const auto text = [&](QLatin1StringView key) { return Untrusted(object.value(key).toString()); };
    const std::optional<Timestamp> at = parseRfc3339(verbatim(text("time"_L1)));
    if (!at)
        return fail(Error::Kind::Invalid, u"deploy line: \"time\" is not an RFC 3339 time"_s);
    DeployEvent event;
    event.at = *at;
    event.owner = render::line(text("service"_L1), kLongestName).trimmed();
    if (event.owner.isEmpty())
        return fail(Error::Kind::Invalid, u"deploy line: \"service\" is missing"_s);
    event.kind = u"git"_s;
    event.newVersion = text("version"_L1);
    event.environment = text("environment"_L1);
    event.by = text("by"_L1);
    event.url = text("url"_L1);
    event.source = u"deploy file"_s;
    return event;
}

} // namespace bw
