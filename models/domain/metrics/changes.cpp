// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/changes.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct When
{
    QLatin1StringView name;
    std::optional<ChangeBaseline> baseline; ///< nullopt: now
};
constexpr std::array<When, 4> kWhens{{{"now"_L1, std::nullopt}, {"day"_L1, ChangeBaseline::Yesterday},
    {"week"_L1, ChangeBaseline::LastWeek}, {"before"_L1, ChangeBaseline::Before}}};
constexpr std::array kSignals{ChangeSignal::Requests, ChangeSignal::Errors, ChangeSignal::Latency,
    ChangeSignal::Restarts, ChangeSignal::OomKills, ChangeSignal::Queue};

/// " offset 1d", or nothing for now.
QString offsetFor(const When &when, Nanoseconds window)
{
    if (!when.baseline)
        return {};
    switch (*when.baseline) {
    case ChangeBaseline::Yesterday:
        return u" offset 1d"_s;
    case ChangeBaseline::LastWeek:
        return u" offset 1w"_s;
    case ChangeBaseline::Before:
        break;
    }
    return u" offset "_s + promDuration(window);
}

std::optional<ChangeSignal> signalNamed(const QString &name)
{
    const auto at = std::find_if(
        kSignals.begin(), kSignals.end(), [&](ChangeSignal signal) { return signalName(signal) == name; });
    return at == kSignals.end() ? std::nullopt : std::optional(*at);
}

/// The owner's figure of one signal: now and in the baseline; nullopt when either is unknown.
std::optional<std::pair<double, double>> figuresOf(
    const ChangeFigures &owner, ChangeSignal signal, ChangeBaseline baseline)
{
    const auto at = owner.signal.find(signal);
    if (at == owner.signal.end() || !at->second.now)
        return std::nullopt;
    const auto before = at->second.before.find(baseline);
    if (before == at->second.before.end())
        return std::nullopt;
    return std::pair(*at->second.now, before->second);
}

/// A figure whose absence means that there was none: a restart that never happened has no series.
std::pair<double, double> countsOf(const ChangeFigures &owner, ChangeSignal signal, ChangeBaseline baseline)
{
    const auto at = owner.signal.find(signal);
    if (at == owner.signal.end())
        return {0, 0};
    const auto before = at->second.before.find(baseline);
    return {at->second.now.value_or(0), before == at->second.before.end() ? 0 : before->second};
}

double logRatio(double now, double before) { return std::abs(std::log2(now / before)); }

class Ranking
{
public:
    Ranking(const ChangeRules &rules, ChangeBaseline baseline)
        : m_rules(rules)
        , m_baseline(baseline)
    {
    }

    void add(const QString &owner, const ChangeFigures &figures)
    {
        if (const auto requests = figuresOf(figures, ChangeSignal::Requests, m_baseline)) {
            const auto [now, before] = *requests;
            if (std::max(now, before) >= m_rules.minRequests)
                put({owner, ChangeSignal::Requests, now, before, logRatio(now + 1, before + 1),
                    now < before});
            if (std::min(now, before) >= m_rules.minRequests)
                addGuarded(owner, figures, now, before);
        }
        for (const ChangeSignal signal : {ChangeSignal::Restarts, ChangeSignal::OomKills}) {
            const auto [now, before] = countsOf(figures, signal, m_baseline);
            if (std::round(now) > std::round(before)) // fewer of them is no news
                put({owner, signal, std::round(now), std::round(before),
                    logRatio(std::round(now) + 1, std::round(before) + 1), true});
        }
        const auto [now, before] = countsOf(figures, ChangeSignal::Queue, m_baseline);
        if (std::max(now, before) >= m_rules.minDepth)
            put({owner, ChangeSignal::Queue, now, before, logRatio(now + 1, before + 1), now > before});
    }

    std::vector<Change> take()
    {
        std::sort(m_changes.begin(), m_changes.end(), [](const Change &a, const Change &b) {
            return a.score != b.score ? a.score > b.score
                                      : std::pair(a.owner, a.signal) < std::pair(b.owner, b.signal);
        });
        if (m_changes.size() > m_rules.limit)
            m_changes.resize(m_rules.limit);
        return std::move(m_changes);
    }

private:
    /// What says something only about enough requests.
    void addGuarded(const QString &owner, const ChangeFigures &figures, double total, double totalBefore)
    {
        const auto [bad, badBefore] = countsOf(figures, ChangeSignal::Errors, m_baseline);
        const double score = logRatio((bad + 1) / (total + 2), (badBefore + 1) / (totalBefore + 2));
        const double now = bad / total, before = badBefore / totalBefore;
        put({owner, ChangeSignal::Errors, now, before, score, now > before});
        const auto latency = figuresOf(figures, ChangeSignal::Latency, m_baseline);
        if (latency && latency->first > 0 && latency->second > 0)
            put({owner, ChangeSignal::Latency, latency->first, latency->second,
                logRatio(latency->first, latency->second), latency->first > latency->second});
    }

    void put(Change change)
    {
        if (change.score >= m_rules.minScore && std::isfinite(change.score))
            m_changes.push_back(std::move(change));
    }

    const ChangeRules &m_rules;
    const ChangeBaseline m_baseline;
    std::vector<Change> m_changes;
};

} // namespace

QString signalName(ChangeSignal signal)
{
    switch (signal) {
    case ChangeSignal::Requests:
        return u"requests"_s;
    case ChangeSignal::Errors:
        return u"errors"_s;
    case ChangeSignal::Latency:
        return u"p95"_s;
    case ChangeSignal::Restarts:
        return u"restarts"_s;
    case ChangeSignal::OomKills:
        return u"oom"_s;
    case ChangeSignal::Queue:
        break;
    }
    return u"queue"_s;
}

QString baselineName(ChangeBaseline baseline)
{
    switch (baseline) {
    case ChangeBaseline::Yesterday:
        return u"yesterday"_s;
    case ChangeBaseline::LastWeek:
        return u"last week"_s;
    case ChangeBaseline::Before:
        break;
    }
    return u"the window before"_s;
}

QMap<ChangeSignal, QString> changeExpressions()
{
    const QString service = u"label_replace(%1, \"service\", \"$1\", \"${__label.service}\", \"(.+)\")"_s;
    const QString container = u"label_replace(%1, \"service\", \"$1\", \"container\", \"(.+)\")"_s;
    return {
        {ChangeSignal::Requests,
            service.arg(u"sum by (${__label.service}) (increase(${__sel.requests}[%W]%O))"_s)},
        {ChangeSignal::Errors,
            service.arg(u"sum by (${__label.service}) (increase(${__sel.errors}[%W]%O))"_s)},
        {ChangeSignal::Latency,
            service.arg(u"histogram_quantile(0.95, sum by (${__label.service}, le)"
                        " (rate(${__sel.buckets}[%W]%O)))"_s)},
        {ChangeSignal::Restarts,
            container.arg(
                u"sum by (container) (increase(kube_pod_container_status_restarts_total[%W]%O)) > 0"_s)},
        {ChangeSignal::OomKills,
            container.arg(u"sum by (container) (increase(kube_pod_container_status_restarts_total[%W]%O)"
                          " and on (namespace, pod, container)"
                          " kube_pod_container_status_last_terminated_reason{reason=\"OOMKilled\"}%O"
                          " == 1) > 0"_s)},
        {ChangeSignal::Queue,
            u"(label_replace(sum by (topic) (kafka_consumergroup_lag%O), \"service\", \"$1\", \"topic\","
            " \"(.+)\") or label_replace(sum by (queue) ({__name__=~\"rabbitmq_queue_messages_ready|"
            "sidekiq_queue_size\"}%O), \"service\", \"$1\", \"queue\", \"(.+)\"))"_s},
    };
}

QString changesQuery(const QMap<ChangeSignal, QString> &parts, Nanoseconds window)
{
    QStringList all;
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        for (const When &when : kWhens) {
            QString expression = part.value();
            expression.replace("%W"_L1, promDuration(window)).replace("%O"_L1, offsetFor(when, window));
            all += u"label_replace(label_replace(%1, \"bw_signal\", \"%2\", \"\", \"\"), \"bw_when\", \"%3\","
                   " \"\", \"\")"_s.arg(expression, signalName(part.key()), QString(when.name));
        }
    }
    return all.join(u"\nor "_s);
}

ChangeTable changesFrom(const SeriesSet &series, double latencyScale)
{
    ChangeTable table;
    for (const Series &one : series) {
        const QString owner = one.labels.text(u"service"), name = one.labels.text(u"bw_when");
        const auto signal = signalNamed(one.labels.text(u"bw_signal"));
        const auto when = std::find_if(
            kWhens.begin(), kWhens.end(), [&](const When &candidate) { return candidate.name == name; });
        if (owner.isEmpty() || !signal || when == kWhens.end() || one.values.empty()
            || !std::isfinite(one.values.back()))
            continue;
        ChangeFigures::Pair &pair = table[owner].signal[*signal];
        const double value = one.values.back() * (*signal == ChangeSignal::Latency ? latencyScale : 1);
        if (when->baseline)
            pair.before[*when->baseline] = value;
        else
            pair.now = value;
    }
    return table;
}

void addChanges(ChangeTable &table, const ChangeTable &other)
{
    for (const auto &[owner, figures] : other) {
        for (const auto &[signal, theirs] : figures.signal) {
            const auto [place, isNew] = table[owner].signal.try_emplace(signal, theirs);
            ChangeFigures::Pair &mine = place->second;
            if (isNew)
                continue;
            if (signal == ChangeSignal::Latency) {
                if (theirs.now && (!mine.now || *theirs.now > *mine.now))
                    mine = theirs;
                continue;
            }
            if (theirs.now)
                mine.now = mine.now.value_or(0) + *theirs.now;
            for (const auto &[when, value] : theirs.before)
                mine.before[when] += value;
        }
    }
}

std::optional<ChangeBaseline> usableBaseline(const ChangeTable &table)
{
    for (const ChangeBaseline baseline :
        {ChangeBaseline::Yesterday, ChangeBaseline::LastWeek, ChangeBaseline::Before}) {
        for (const auto &[owner, figures] : table) {
            const auto requests = figures.signal.find(ChangeSignal::Requests);
            if (requests != figures.signal.end() && requests->second.before.contains(baseline))
                return baseline;
        }
    }
    return std::nullopt;
}

std::vector<Change> rankedChanges(const ChangeTable &table, ChangeBaseline baseline, const ChangeRules &rules)
{
    Ranking ranking(rules, baseline);
    for (const auto &[owner, figures] : table)
        ranking.add(owner, figures);
    return ranking.take();
}

std::vector<ChangeMoment> nearestMoments(
    std::vector<ChangeMoment> moments, Timestamp start, const TimeRange &window)
{
    std::erase_if(moments, [&](const ChangeMoment &moment) { return !window.contains(moment.at); });
    std::stable_sort(moments.begin(), moments.end(), [start](const ChangeMoment &a, const ChangeMoment &b) {
        return std::chrono::abs(a.at - start) < std::chrono::abs(b.at - start);
    });
    return moments;
}

} // namespace bw
