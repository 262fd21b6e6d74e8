// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentmetrics.h>
#include <domain/incidents/incidentnames.h>

#include <QSet>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

using Name = MilestoneName;

QString words(Name name) { return nameOf(name).replace(u'_', u' '); }

IncidentMetric between(const Incident &incident, const QString &id, Name to, Name from)
{
    IncidentMetric metric{id, u"%1 − %2"_s.arg(words(to), words(from)), {}, {}};
    const auto end = incident.milestone(to);
    const auto begin = incident.milestone(from);
    if (end && begin)
        metric.value = *end - *begin;
    else
        metric.missing = u"no time of %1"_s.arg(words(begin ? to : from));
    return metric;
}

const QString &whyLeftOut(const Incident &incident)
{
    static const QString drill = u"drill"_s, backfilled = u"backfilled"_s, unresolved = u"not resolved"_s,
                         none;
    if (incident.kind == IncidentKind::Drill)
        return drill;
    if (incident.kind == IncidentKind::Backfilled)
        return backfilled;
    return incident.milestone(Name::Resolved) ? none : unresolved;
}

Nanoseconds percentile(const std::vector<Nanoseconds> &sorted, int percent)
{
    const size_t rank = (sorted.size() * size_t(percent) + 99) / 100;
    return sorted[std::max<size_t>(rank, 1) - 1];
}

template<typename T, typename Text>
std::vector<TimeIn> timeIn(const std::vector<Since<T>> &changes, Timestamp end, const Text &text)
{
    std::vector<TimeIn> all;
    for (size_t i = 0; i < changes.size(); ++i) {
        const QString name = text(changes[i].value);
        const Timestamp until = i + 1 < changes.size() ? changes[i + 1].at : end;
        auto known =
            std::find_if(all.begin(), all.end(), [&name](const TimeIn &one) { return one.name == name; });
        if (known == all.end())
            known = all.insert(all.end(), {name, {}});
        known->spent += std::max(until - changes[i].at, Nanoseconds::zero());
    }
    return all;
}

Timestamp endOf(const Incident &incident, Timestamp now)
{
    return incident.isOver() && !incident.phases.empty() ? incident.phases.back().at : now;
}

} // namespace

std::vector<IncidentMetric> metricsOf(const Incident &incident)
{
    const bool isPaged = incident.milestones.contains(Name::PageSent);
    return {
        between(incident, u"TTD"_s, Name::Detected, Name::ImpactStarted),
        between(incident, u"TTA"_s, Name::Acknowledged, isPaged ? Name::PageSent : Name::Detected),
        between(incident, u"TTE"_s, Name::Engaged, Name::Acknowledged),
        between(incident, u"TTI"_s, Name::Identified, Name::Detected),
        between(incident, u"TTM"_s, Name::Mitigated, Name::ImpactStarted),
        between(incident, u"TTM from detection"_s, Name::Mitigated, Name::Detected),
        between(incident, u"TTR"_s, Name::Resolved, Name::Detected),
    };
}

std::vector<MetricSummary> summarize(std::span<const Incident> incidents)
{
    std::vector<MetricSummary> all;
    std::vector<std::vector<Nanoseconds>> values;
    for (const IncidentMetric &metric : metricsOf(Incident{})) {
        MetricSummary &summary = all.emplace_back();
        summary.id = metric.id;
        summary.formula =
            metric.id == "TTA"_L1 ? u"acknowledged − (page sent, else detected)"_s : metric.formula;
    }
    values.resize(all.size());
    for (const Incident &incident : incidents) {
        const QString &why = whyLeftOut(incident);
        const std::vector<IncidentMetric> metrics = metricsOf(incident);
        for (size_t i = 0; i < metrics.size(); ++i) {
            if (!why.isEmpty())
                ++all[i].leftOut[why];
            else if (!metrics[i].value)
                ++all[i].leftOut[metrics[i].missing];
            else if (*metrics[i].value < Nanoseconds::zero())
                ++all[i].leftOut[u"times the wrong way round"_s];
            else
                values[i].push_back(*metrics[i].value);
        }
    }
    for (size_t i = 0; i < all.size(); ++i) {
        std::vector<Nanoseconds> &sorted = values[i];
        all[i].n = int(sorted.size());
        if (sorted.empty())
            continue;
        std::sort(sorted.begin(), sorted.end());
        all[i].median = percentile(sorted, 50);
        all[i].p75 = percentile(sorted, 75);
        all[i].p90 = percentile(sorted, 90);
        double sum = 0; // many long incidents overflow a count of nanoseconds
        for (const Nanoseconds value : sorted)
            sum += double(value.count());
        all[i].mean = Nanoseconds(qint64(sum / double(sorted.size())));
    }
    return all;
}

std::vector<TimeIn> timeInSeverity(const Incident &incident, Timestamp now)
{
    return timeIn(incident.severities, endOf(incident, now), [](const QString &name) { return name; });
}

std::vector<TimeIn> timeInPhase(const Incident &incident, Timestamp now)
{
    return timeIn(incident.phases, endOf(incident, now), [](Phase phase) { return nameOf(phase); });
}

NoiseShare noiseShare(const Incident &incident)
{
    const auto noise =
        std::count_if(incident.alerts.begin(), incident.alerts.end(), [](const LinkedAlert &link) {
            return link.relation == LinkedAlert::Relation::Noise
                || link.relation == LinkedAlert::Relation::Unrelated;
        });
    return {int(noise), int(incident.alerts.size())};
}

Effort effortOf(const Incident &incident, Timestamp now)
{
    Effort effort;
    QSet<QString> people;
    for (const Participant &one : incident.people) {
        people.insert(one.person.id);
        effort.time += std::max(one.left.value_or(endOf(incident, now)) - one.joined, Nanoseconds::zero());
    }
    effort.responders = int(people.size());
    return effort;
}

ChangeCount changesOf(std::span<const TimelineEntry> entries)
{
    ChangeCount count;
    for (const TimelineEntry &entry : entries) {
        const QString risk = entry.data.value("risk"_L1).toString();
        if (entry.kind == "run.finished"_L1 && (risk == "change"_L1 || risk == "danger"_L1))
            ++count.made;
        else if (entry.kind == "run.undone"_L1)
            ++count.undone;
        else if (entry.kind == "run.verified"_L1 && entry.data.value("ok"_L1) == QJsonValue(false))
            ++count.failedVerify;
    }
    return count;
}

} // namespace bw
