// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/sourcedoctor.h>
#include <domain/base/format.h>
#include <domain/query/sourceconfig.h>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using State = SourceCheck::State;

namespace {
constexpr auto kNotableSkew = 5s, kBadSkew = 30s;
constexpr auto kSpacingWindow = 120s; ///< over which samples are counted
/// A server that has not run for that long is judged by its last 20 s.
constexpr char kSpacingQuery[] = "quantile(0.5, count_over_time(up[2m]) and up offset 2m)"
                                 " or quantile(0.5, count_over_time(up[20s]) * 6)";
constexpr int kClusterStart = 60; ///< seconds an Alertmanager may need before its list is whole

/// The one number of an answer; nullopt when there is none.
std::optional<double> numberOf(const Result<QueryResult> &result)
{
    const MetricData *data = result ? dataAs<MetricData>(*result) : nullptr;
    if (!data || data->series.empty() || data->series.front().values.empty())
        return std::nullopt;
    const double value = data->series.front().values.front();
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Error messages begin with the source's name, which a report already has.
QString sentence(const Error &error, const DatasourceId &id)
{
    const QString prefix = id.id + u": "_s;
    return error.message.startsWith(prefix) ? error.message.mid(prefix.size()) : error.message;
}

QString todoFor(const Error &error)
{
    switch (error.kind) {
    case Error::Kind::Auth:
        return u"check the credentials of this source (auth) and its tenant header"_s;
    case Error::Kind::Tls:
        return u"set the CA file (tls.ca) or have the certificate renewed"_s;
    case Error::Kind::Network:
        return u"check the URL, the VPN and that the server runs"_s;
    case Error::Kind::Timeout:
        return u"check the network path; a proxy or firewall may swallow the request"_s;
    case Error::Kind::NotFound:
        return u"check the path of the URL: /prometheus or /alertmanager may be missing"_s;
    case Error::Kind::Decode:
        return u"open the URL in a browser: something else answers there"_s;
    case Error::Kind::Overload:
        return u"wait, or ask whoever runs the server"_s;
    default:
        return u"see the detail of the error"_s;
    }
}

/// The usual intervals; counting samples in a window is off by one at its edge.
Nanoseconds nearestInterval(double seconds)
{
    constexpr double usual[] = {1, 2, 5, 10, 15, 20, 30, 60};
    for (double candidate : usual) {
        if (std::abs(seconds - candidate) <= candidate * 0.15)
            return Nanoseconds(std::llround(candidate * 1e9));
    }
    return Nanoseconds(std::llround(seconds * 1e9));
}
} // namespace

QString stateName(SourceCheck::State state)
{
    switch (state) {
    case State::Ok:
        return u"ok"_s;
    case State::Note:
        return u"note"_s;
    case State::Warn:
        return u"warn"_s;
    case State::Fail:
        break;
    }
    return u"fail"_s;
}

QString identityChange(const SourceReport &before, const SourceReport &now)
{
    const auto differs = [](const QString &a, const QString &b) {
        return !a.isEmpty() && !b.isEmpty() && a != b;
    };
    if (!differs(before.product, now.product) && !differs(before.version, now.version))
        return {};
    return u"was %1 %2, is %3 %4: upgraded, or another server answers here"_s.arg(
        before.product, before.version, now.product, now.version);
}

SourceDoctor::SourceDoctor(
    QueryExecutor &executor, const Clock &clock, std::vector<MetricProfile> profiles, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_profiles(std::move(profiles))
{
}

void SourceDoctor::examine(Subject subject)
{
    ++m_run;
    m_tickets.clear();
    m_subject = std::move(subject);
    m_report = {};
    m_report.id = m_subject.id;
    m_report.kind = m_subject.kind;
    ask(u"status"_s, StatusQuery{}, &SourceDoctor::onStatus);
}

void SourceDoctor::ask(const QString &step, QueryBody body, Handler handler)
{
    const QueryOptions options{Priority::Background, AskedBy::User, 0ms};
    m_tickets[step] = m_executor.submit({m_subject.id, std::move(body)}, options, this,
        [this, run = m_run, step, handler](const Result<QueryResult> &result) {
            if (run != m_run)
                return;
            (this->*handler)(result);
            settled(step);
        });
}

void SourceDoctor::settled(const QString &step)
{
    m_tickets.erase(step);
    if (m_tickets.empty())
        conclude();
}

void SourceDoctor::conclude()
{
    // In the order a person reads them, whatever came first.
    static const QStringList order = {u"connect"_s, u"version"_s, u"clock"_s, u"cluster"_s, u"alerts"_s,
        u"data"_s, u"scrape"_s, u"families"_s, u"labels"_s, u"rules"_s};
    std::stable_sort(
        m_report.checks.begin(), m_report.checks.end(), [](const SourceCheck &a, const SourceCheck &b) {
            return order.indexOf(a.name) < order.indexOf(b.name);
        });
    const SourceReport report = std::move(m_report);
    m_report = {};
    emit finished(report);
}

void SourceDoctor::add(const QString &name, SourceCheck::State state, const QString &found,
    const QString &meaning, const QString &todo)
{
    m_report.checks.push_back({name, state, found, meaning, todo});
}

void SourceDoctor::onStatus(const Result<QueryResult> &result)
{
    if (!result) {
        m_report.error = result.error();
        add(u"connect"_s, State::Fail, sentence(result.error(), m_subject.id),
            u"nothing of this source can be shown"_s, todoFor(result.error()));
        return;
    }
    const ServerStatus *status = dataAs<ServerStatus>(*result);
    if (!status)
        return;
    m_report.latency = result->took;
    m_report.skew = result->skew;
    m_report.product = status->product;
    m_report.version = status->version;
    const bool slow = result->took > 2s;
    add(u"connect"_s, slow ? State::Warn : State::Ok, u"answered in %1 ms"_s.arg(result->took.count()),
        slow ? u"panels will be slow to fill"_s : QString());
    const QString name = status->product.isEmpty() ? u"unknown product"_s : status->product;
    add(u"version"_s, status->version.isEmpty() ? State::Note : State::Ok,
        status->version.isEmpty() ? u"%1, version not told"_s.arg(name) : name + u' ' + status->version,
        status->notes.join(u"; "_s));
    noteClock();
    if (m_subject.kind == u"alertmanager") {
        noteCluster(*status);
        ask(u"alerts"_s, AlertsQuery{}, &SourceDoctor::onAlerts);
        return;
    }
    if (traceKinds().contains(m_subject.kind)) {
        ask(u"names"_s, TraceNamesQuery{}, &SourceDoctor::onNames);
        return;
    }
    const QStringList probed = probedMetrics(m_profiles);
    if (!probed.isEmpty())
        ask(u"families"_s, InstantQuery{detectionQuery(probed), std::nullopt}, &SourceDoctor::onFamilies);
    ask(u"spacing"_s, InstantQuery{QString::fromLatin1(kSpacingQuery), std::nullopt},
        &SourceDoctor::onSpacing);
    // The server's own clock on both sides, so that skew does not look like old data.
    ask(u"newest"_s, InstantQuery{u"time() - max(timestamp(up))"_s, std::nullopt}, &SourceDoctor::onNewest);
    ask(u"rules"_s, RulesQuery{}, &SourceDoctor::onRules);
}

void SourceDoctor::noteClock()
{
    const Nanoseconds off = std::chrono::abs(m_report.skew);
    const QString text = off <= kNotableSkew
        ? u"within %1 s of ours"_s.arg(std::chrono::ceil<std::chrono::seconds>(off).count())
        : u"%1 %2"_s.arg(formatAge(off), m_report.skew > 0ms ? u"ahead of ours"_s : u"behind ours"_s);
    const State state = off > kBadSkew ? State::Warn : off > kNotableSkew ? State::Note : State::Ok;
    add(u"clock"_s, state, text,
        state == State::Ok ? QString() : u"times of alerts and ends of graphs are off by as much"_s,
        state == State::Ok ? QString() : u"synchronise the clocks of both machines"_s);
}

void SourceDoctor::noteCluster(const ServerStatus &status)
{
    const bool settling = status.clusterStatus == u"settling";
    add(u"cluster"_s, settling ? State::Note : State::Ok,
        status.clusterStatus == u"disabled"
            ? u"a single Alertmanager"_s
            : u"%1, %2 peers"_s.arg(status.clusterStatus).arg(status.clusterPeers));
    if (!status.startedAt)
        return;
    const Nanoseconds up = m_clock.utcNow() + m_report.skew - *status.startedAt;
    if (up >= 0s && up < std::chrono::seconds(kClusterStart))
        add(u"cluster"_s, State::Note, u"restarted %1 ago"_s.arg(formatAge(up)),
            u"its list of alerts fills up with the next evaluations"_s);
}

void SourceDoctor::onAlerts(const Result<QueryResult> &result)
{
    const auto *alerts = result ? dataAs<std::vector<Alert>>(*result) : nullptr;
    if (!alerts) {
        const QString why = result ? u"not a list"_s : sentence(result.error(), m_subject.id);
        add(u"alerts"_s, State::Fail, why, u"alerts cannot be shown"_s,
            result ? QString() : todoFor(result.error()));
        return;
    }
    const bool watched = std::any_of(alerts->begin(), alerts->end(), [](const Alert &alert) {
        return alert.labels.text(u"alertname").compare(u"Watchdog", Qt::CaseInsensitive) == 0;
    });
    add(u"alerts"_s, watched ? State::Ok : State::Note, u"%1 alerts"_s.arg(alerts->size()),
        watched ? QString() : u"no Watchdog: an Alertmanager that nobody sends alerts to looks calm"_s,
        watched ? QString() : u"add a rule Watchdog with the expression vector(1)"_s);
}

void SourceDoctor::onNames(const Result<QueryResult> &result)
{
    const auto *names = result ? dataAs<LabelValues>(*result) : nullptr;
    if (!names) {
        add(u"data"_s, State::Fail, result ? u"not a list"_s : sentence(result.error(), m_subject.id),
            u"traces can only be opened by their id"_s, result ? QString() : todoFor(result.error()));
        return;
    }
    const bool isEmpty = names->values.empty();
    add(u"data"_s, isEmpty ? State::Note : State::Ok, u"spans of %1 services"_s.arg(names->values.size()),
        isEmpty ? u"nothing has sent spans here lately"_s : QString());
}

void SourceDoctor::onFamilies(const Result<QueryResult> &result)
{
    const auto *data = result ? dataAs<MetricData>(*result) : nullptr;
    if (!data) {
        add(u"families"_s, State::Fail, result ? u"no metric data"_s : sentence(result.error(), m_subject.id),
            u"it is not known which metrics exist: dashboards may stay empty"_s);
        return;
    }
    QStringList existing;
    for (const Series &series : data->series)
        existing << series.labels.text(u"__name__");
    std::vector<MetricProfile> candidates = m_profiles;
    if (m_subject.profile != u"auto") {
        std::erase_if(candidates, [this](const MetricProfile &p) { return p.id != m_subject.profile; });
        if (candidates.empty())
            add(u"families"_s, State::Fail, u"there is no profile \"%1\""_s.arg(m_subject.profile), {},
                u"name one that exists, or auto"_s);
    }
    m_report.profile = chooseProfile(std::move(candidates), existing);
    const DetectedProfile &found = m_report.profile;
    if (!found.found) {
        add(u"families"_s, State::Warn, u"none of the known request metrics"_s,
            u"rate, errors and latency panels stay empty"_s,
            u"write a profile for your metric names, or scrape one of the known kinds"_s);
        return;
    }
    QString text = u"profile %1"_s.arg(found.profile.id);
    if (!found.alsoFound.isEmpty())
        text += u", also found: %1"_s.arg(found.alsoFound.join(u", "_s));
    if (!found.nativeParts.isEmpty())
        text += u"; from the native histogram %1: %2"_s.arg(
            found.metricOf(found.nativeParts.firstKey()), found.nativeParts.keys().join(u", "_s));
    add(u"families"_s, found.notes.isEmpty() ? State::Ok : State::Note, text, found.notes.join(u"; "_s));
    const QString metric = found.metricOf(u"requests"_s);
    const Timestamp now = m_clock.utcNow() + m_report.skew;
    if (!metric.isEmpty())
        ask(u"labels"_s, LabelQuery{{}, {metric}, TimeRange{now - 1h, now}}, &SourceDoctor::onLabels);
}

void SourceDoctor::onLabels(const Result<QueryResult> &result)
{
    const auto *names = result ? dataAs<LabelValues>(*result) : nullptr;
    if (!names || names->values.empty()) {
        add(u"labels"_s, State::Note,
            result ? u"the request metric has no labels"_s : sentence(result.error(), m_subject.id),
            u"the profile's own label names are used"_s);
        return;
    }
    QStringList texts;
    for (const Untrusted &name : names->values)
        texts << render::plain(name);
    const size_t before = size_t(m_report.profile.notes.size());
    settleLabels(m_report.profile, texts);
    QStringList found, missing;
    const auto &labels = m_report.profile.profile.labels;
    for (auto at = labels.begin(); at != labels.end(); ++at) {
        if (at.value().isEmpty())
            missing << at.key();
        else
            found << u"%1 = %2"_s.arg(at.key(), at.value().front());
    }
    const QStringList added = m_report.profile.notes.mid(qsizetype(before));
    QString meaning = added.join(u"; "_s);
    if (!missing.isEmpty())
        meaning += (meaning.isEmpty() ? QString() : u"; "_s) + u"none for "_s + missing.join(u", "_s);
    const bool noService = labels.contains(u"service"_s) && missing.contains(u"service"_s);
    add(u"labels"_s,
        noService             ? State::Warn
            : added.isEmpty() ? State::Ok
                              : State::Note,
        found.isEmpty() ? u"none of the expected labels"_s : found.join(u", "_s), meaning,
        noService ? u"name the label that holds the service in a profile"_s : QString());
}

void SourceDoctor::onSpacing(const Result<QueryResult> &result)
{
    const std::optional<double> count = numberOf(result);
    if (!count || *count < 2) {
        add(u"scrape"_s, State::Note, u"the scrape interval is not known"_s,
            u"15 s is assumed for rates and gaps"_s);
        return;
    }
    m_report.scrapeInterval = nearestInterval(std::chrono::duration<double>(kSpacingWindow).count() / *count);
    add(u"scrape"_s, State::Ok, u"a sample every %1"_s.arg(formatAge(*m_report.scrapeInterval)));
}

void SourceDoctor::onNewest(const Result<QueryResult> &result)
{
    const std::optional<double> age = numberOf(result);
    if (!age) {
        add(u"data"_s, State::Warn,
            result ? u"there is no sample of `up`"_s : sentence(result.error(), m_subject.id),
            u"nothing was scraped within the last five minutes, or it is scraped elsewhere"_s,
            u"check the targets of this server"_s);
        return;
    }
    const bool old = *age > 120;
    add(u"data"_s, old ? State::Warn : State::Ok,
        u"newest sample %1 old"_s.arg(formatAge(Nanoseconds(std::llround(std::max(*age, 0.0) * 1e9)))),
        old ? u"graphs end before now"_s : QString(),
        old ? u"check the targets of this server"_s : QString());
}

void SourceDoctor::onRules(const Result<QueryResult> &result)
{
    const auto *rules = result ? dataAs<RuleGroups>(*result) : nullptr;
    if (!rules) {
        add(u"rules"_s, State::Note,
            result ? u"no rules"_s : u"not readable: "_s + sentence(result.error(), m_subject.id),
            u"alerts are then polled every 15 s instead of right after each evaluation"_s);
        return;
    }
    int alerting = 0, broken = 0;
    QString first;
    for (const RuleGroup &group : rules->groups) {
        for (const Rule &rule : group.rules) {
            alerting += rule.type == Rule::Type::Alerting;
            if (rule.health != u"err")
                continue;
            if (broken++ == 0)
                first = u"%1: %2"_s.arg(render::line(rule.name, 80), render::line(rule.lastError, 200));
        }
    }
    const QString text = u"%1 groups, %2 alerting rules"_s.arg(rules->groups.size()).arg(alerting);
    if (broken > 0)
        add(u"rules"_s, State::Warn, u"%1, %2 rules fail"_s.arg(text).arg(broken), first,
            u"a rule that fails raises no alert: mend it on the server"_s);
    else
        add(u"rules"_s, alerting > 0 ? State::Ok : State::Note, text,
            alerting > 0 ? QString() : u"this server raises no alerts itself"_s);
}

} // namespace bw
