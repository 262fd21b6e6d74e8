// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/alertpoller.h>

#include <QRandomGenerator>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr Nanoseconds kUnlockedInterval = 15s; // without readable rules
constexpr Nanoseconds kMinimumInterval = 1s;
// Prometheus hands its alerts over within 1 to 10 ms after a rule group was evaluated.
constexpr Nanoseconds kMargin = 12ms;
// With an evaluation a second, one late answer on a busy machine is not yet news; a failed one is told at
// once.
constexpr Nanoseconds kPatience = 5s;
constexpr Nanoseconds kGroupsInterval = 60s;
constexpr Nanoseconds kGroupsRetry = 5s;
constexpr int kRoundsBetweenRules = 10; // the phase drifts by microseconds an evaluation
constexpr int kRulesFailuresToUnlock = 3;
constexpr int kGroupsFailuresToForget = 3; // times the number of members

/// What is asked of whom is the same; that a version became known later is no new cluster.
bool sameQuestions(AlertCluster a, const AlertCluster &b)
{
    a.groups = b.groups;
    return a == b;
}

Nanoseconds clampedDeadline(Nanoseconds interval) { return std::clamp<Nanoseconds>(interval, 1s, 10s); }

/// The server's clock as `time()` gave it, minus ours in the middle of the transfer. Exact to milliseconds,
/// where the Date header has whole seconds.
std::optional<Nanoseconds> skewFrom(const QueryResult &result)
{
    const auto *data = dataAs<MetricData>(result);
    if (!data || data->series.size() != 1 || data->series.front().values.empty())
        return std::nullopt;
    const Timestamp server = fromUnixSeconds(data->series.front().values.front());
    return server - (result.fetchedAt - result.took / 2);
}

} // namespace

AlertPoller::AlertPoller(
    QueryExecutor &executor, const Clock &clock, OwnBoard &board, QThreadPool &pool, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_board(board)
    , m_ledger(std::make_shared<AlertLedger>())
    , m_background(pool)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &AlertPoller::tick);
}

AlertPoller::~AlertPoller() = default;

void AlertPoller::setClusters(std::vector<AlertCluster> clusters)
{
    std::vector<std::unique_ptr<Watched>> next;
    std::vector<ClusterId> ids;
    const BootTime now = m_clock.bootNow();
    for (AlertCluster &cluster : clusters) {
        ids.push_back(cluster.id);
        const auto same = std::find_if(m_watched.begin(), m_watched.end(),
            [&](const auto &watched) { return watched && sameQuestions(watched->config, cluster); });
        if (same != m_watched.end()) {
            (*same)->config = cluster;
            next.push_back(std::move(*same));
            continue;
        }
        auto watched = std::make_unique<Watched>();
        watched->config = std::move(cluster);
        watched->due = now;
        watched->groupsDue = now;
        next.push_back(std::move(watched));
    }
    m_watched = std::move(next);
    m_pendingChanges.push_back([ids](AlertLedger &ledger) { ledger.retain(ids); });
    std::erase_if(m_pending, [&](const AlertRound &round) {
        return std::find(ids.begin(), ids.end(), round.cluster) == ids.end();
    });
    workOff();
    if (m_watched.empty()) {
        Freshness none;
        none.reason = tr("no source of alerts is configured");
        m_alerts.reset();
        m_board.publish(u"alerts"_s, nullptr, none, {});
    }
    tick();
}

void AlertPoller::setClassifier(AlertClassifier classifier)
{
    m_pendingChanges.push_back(
        [classifier = std::move(classifier)](AlertLedger &ledger) { ledger.setClassifier(classifier); });
    workOff();
}

void AlertPoller::remember(const QueryResult &kept)
{
    if (!dataAs<std::vector<Alert>>(kept))
        return;
    m_background.run(
        [kept] {
            QueryResult doubted = kept;
            std::vector<Alert> alerts = *dataAs<std::vector<Alert>>(kept);
            for (Alert &alert : alerts)
                alert.state = AlertState::Unknown;
            doubted.data = std::make_shared<const QueryData>(std::move(alerts));
            return doubted;
        },
        [this](QueryResult &&doubted) {
            m_remembered = std::move(doubted);
            publishFreshness();
        });
}

void AlertPoller::refresh()
{
    for (const auto &watched : m_watched)
        watched->due = m_clock.bootNow();
    tick();
}

void AlertPoller::tick()
{
    const BootTime now = m_clock.bootNow();
    for (const auto &watched : m_watched) {
        if (watched->asking && now >= watched->deadline)
            finishRound(*watched);
        if (!watched->asking && now >= watched->due)
            startRound(*watched);
    }
    arm();
}

std::optional<BootTime> AlertPoller::nextDue() const
{
    std::optional<BootTime> next;
    for (const auto &watched : m_watched) {
        const BootTime due = watched->asking ? watched->deadline : watched->due;
        next = next ? std::min(*next, due) : due;
    }
    return next;
}

bool AlertPoller::everyClusterHeard() const
{
    return !m_watched.empty() && std::all_of(m_watched.begin(), m_watched.end(), [](const auto &watched) {
        return watched->heard;
    });
}

QString AlertPoller::note() const
{
    QStringList notes;
    for (const auto &watched : m_watched) {
        if (!watched->note.isEmpty())
            notes += watched->note;
    }
    return notes.join(u"; "_s);
}

Nanoseconds AlertPoller::intervalOf(const Watched &watched) const
{
    if (watched.config.fixed)
        return std::max(*watched.config.fixed, kMinimumInterval);
    return watched.plan ? watched.plan->interval : kUnlockedInterval;
}

/// Sets the next round's moment. Counted on the clock that runs through suspend: a wall clock that is set
/// back must not stop the polling.
void AlertPoller::schedule(Watched &watched)
{
    const BootTime now = m_clock.bootNow();
    if (watched.plan && !watched.config.fixed) {
        const Timestamp utc = m_clock.utcNow();
        watched.due = now + (nextPoll(*watched.plan, utc, watched.skew) - utc);
        return;
    }
    const Nanoseconds interval = intervalOf(watched);
    if (watched.due.sinceBoot.count() == 0 || now - watched.due >= interval)
        watched.due = now;
    const bool first = watched.freshness.state == Freshness::State::Never;
    // A random phase, so that a team's consoles do not ask in one beat.
    watched.due = first && !watched.config.fixed
        ? now + Nanoseconds(QRandomGenerator::global()->bounded(qint64(interval.count())))
        : watched.due + interval;
}

void AlertPoller::startRound(Watched &watched)
{
    const BootTime now = m_clock.bootNow();
    watched.asking = true;
    watched.deadline = now + clampedDeadline(intervalOf(watched));
    schedule(watched);
    watched.places.clear();
    // Filled before anything is asked: callbacks refer to places in it.
    for (const DatasourceId &member : watched.config.members)
        watched.places.push_back({member, {}, {}});
    const ClusterId id = watched.config.id;
    for (size_t i = 0; i < watched.places.size(); ++i) {
        watched.places[i].ticket = m_executor.submit({watched.places[i].member, AlertsQuery{}},
            {.priority = Priority::Alerts, .askedBy = AskedBy::Poll}, this,
            [this, id, i](const Result<QueryResult> &answer) {
                Watched *mine = find(id);
                if (!mine || !mine->asking || i >= mine->places.size())
                    return;
                mine->places[i].answer = answer;
                if (std::all_of(mine->places.begin(), mine->places.end(),
                        [](const Place &place) { return place.answer.has_value(); })) {
                    finishRound(*mine);
                    arm();
                }
            });
    }
    if (watched.untilRules-- <= 0)
        readRules(watched);
    if (watched.config.groups && now >= watched.groupsDue)
        readGroups(watched);
    if (watched.places.empty())
        finishRound(watched);
}

void AlertPoller::finishRound(Watched &watched)
{
    watched.asking = false;
    AlertRound round;
    round.cluster = watched.config.id;
    round.labels = watched.config.labels;
    round.routes = watched.routes;
    round.at = m_clock.utcNow();
    for (Place &place : watched.places) {
        AlertRound::Member member{place.member, std::shared_ptr<const QueryData>(), round.at};
        if (!place.answer)
            member.data = fail(Error::Kind::Timeout, tr("%1: no answer in time").arg(place.member.id));
        else if (*place.answer)
            member.data = (*place.answer)->data;
        else
            member.data = tl::make_unexpected(place.answer->error());
        round.members.push_back(std::move(member));
    }
    watched.places.clear(); // and with them the tickets: late answers are not waited for
    apply(std::move(round));
}

void AlertPoller::readRules(Watched &watched)
{
    if (watched.config.fixed || watched.config.rules.isEmpty())
        return;
    watched.untilRules = kRoundsBetweenRules;
    const ClusterId id = watched.config.id;
    const QueryOptions options{.priority = Priority::Alerts, .askedBy = AskedBy::Poll};
    watched.rules = m_executor.submit({watched.config.rules, RulesQuery{u"alert"_s}}, options, this,
        [this, id](const Result<QueryResult> &answer) {
            Watched *mine = find(id);
            if (!mine)
                return;
            const auto *rules = answer ? dataAs<RuleGroups>(*answer) : nullptr;
            const auto plan = rules ? planFromRules(*rules, kMinimumInterval, kMargin) : std::nullopt;
            mine->rulesFailed = rules ? 0 : mine->rulesFailed + 1;
            if (plan)
                mine->plan = plan;
            else if (rules || mine->rulesFailed >= kRulesFailuresToUnlock)
                mine->plan.reset();
            // The Date header is good for coarse differences only; time() refines it below a second.
            if (answer && std::abs(answer->skew.count()) > 1500
                && std::chrono::abs(mine->skew - answer->skew) > 1500ms)
                mine->skew = answer->skew;
            if (plan) { // also while a round runs: what is due is the next one
                schedule(*mine);
                arm();
            }
        });
    watched.time = m_executor.submit({watched.config.rules, InstantQuery{u"time()"_s, std::nullopt}}, options,
        this, [this, id](const Result<QueryResult> &answer) {
            Watched *mine = find(id);
            const auto skew = answer ? skewFrom(*answer) : std::nullopt;
            if (!mine || !skew)
                return;
            mine->skew = *skew;
            if (mine->plan) {
                schedule(*mine);
                arm();
            }
        });
}

void AlertPoller::readGroups(Watched &watched)
{
    watched.groupsDue = m_clock.bootNow() + kGroupsInterval;
    if (watched.config.members.empty())
        return;
    const ClusterId id = watched.config.id;
    // Silences and routes are the same on every member: one of them is enough.
    const DatasourceId &member = watched.config.members[watched.groupsMember % watched.config.members.size()];
    watched.groups = m_executor.submit({member, AlertGroupsQuery{}},
        {.priority = Priority::Background, .askedBy = AskedBy::Poll}, this,
        [this, id](const Result<QueryResult> &answer) { takeGroups(id, answer); });
}

void AlertPoller::takeGroups(const ClusterId &id, const Result<QueryResult> &answer)
{
    Watched *watched = find(id);
    if (!watched)
        return;
    if (!answer || !dataAs<std::vector<AlertGroup>>(*answer)) {
        ++watched->groupsMember;
        const int members = int(watched->config.members.size());
        if (++watched->groupsFailed >= members * kGroupsFailuresToForget)
            watched->routes.reset(); // as old as that, they may send a reader to the wrong team
        watched->groupsDue =
            m_clock.bootNow() + (watched->groupsFailed % members ? kGroupsRetry : kGroupsInterval);
        return;
    }
    watched->groupsFailed = 0;
    m_background.run([data = answer->data] { return routesFrom(std::get<std::vector<AlertGroup>>(*data)); },
        [this, id](AlertRoutes routes) {
            if (Watched *still = find(id))
                still->routes = std::make_shared<const AlertRoutes>(std::move(routes));
        });
}

void AlertPoller::apply(AlertRound round)
{
    m_pending.push_back(std::move(round));
    workOff();
}

/// Hands changes and at most one round to a worker; the ledger is touched by one job at a time.
void AlertPoller::workOff()
{
    if (m_working || (m_pending.empty() && m_pendingChanges.empty()))
        return;
    m_working = true;
    std::vector<std::function<void(AlertLedger &)>> changes(m_pendingChanges.begin(), m_pendingChanges.end());
    m_pendingChanges.clear();
    std::optional<AlertRound> round;
    if (!m_pending.empty()) {
        round = std::move(m_pending.front());
        m_pending.pop_front();
    }
    m_background.run(
        [ledger = m_ledger, changes = std::move(changes), round = std::move(round)] {
            for (const auto &change : changes)
                change(*ledger);
            return round ? std::make_optional(ledger->apply(*round)) : std::nullopt;
        },
        [this](const std::optional<AlertRoundResult> &result) {
            m_working = false;
            if (result)
                publish(*result);
            workOff();
        });
}

void AlertPoller::publish(const AlertRoundResult &result)
{
    Watched *watched = find(result.cluster);
    if (!watched)
        return;
    const BootTime now = m_clock.bootNow();
    const Timestamp utc = m_clock.utcNow();
    if (result.answered > 0) {
        watched->freshness = afterSuccess(now, utc, !result.anyHere);
        watched->freshness.reason = result.note;
        if (result.answered < result.asked)
            watched->freshness.state = Freshness::State::Partial;
        m_fetchedAt = utc;
    } else if (result.firstError) {
        watched->freshness = afterFailure(watched->freshness, *result.firstError);
    }
    watched->freshness.answered = result.answered;
    watched->freshness.asked = result.asked;
    watched->note = result.note;
    watched->heard = true;
    m_alerts = result.alerts;
    publishFreshness();
    if (!result.transitions.empty())
        emit transitions(result.transitions);
}

void AlertPoller::publishFreshness()
{
    std::vector<Freshness> parts;
    Nanoseconds interval = 0s;
    for (const auto &watched : m_watched) {
        parts.push_back(watched->freshness);
        interval = std::max(interval, intervalOf(*watched));
    }
    Freshness whole = parts.size() == 1 ? parts.front() : combined(parts);
    const bool isHeard = std::any_of(
        parts.begin(), parts.end(), [](const Freshness &part) { return part.lastGood.has_value(); });
    if (m_remembered && !isHeard && !parts.empty()) {
        whole = withRemembered(whole, m_remembered->freshness);
        if (whole.reason.isEmpty())
            whole.reason = tr("from the last time this program ran");
        m_board.publish(u"alerts"_s, m_remembered->data, whole, m_remembered->fetchedAt);
        return;
    }
    m_remembered.reset();
    m_board.publish(
        u"alerts"_s, m_alerts, whole, m_fetchedAt, interval, std::max(clampedDeadline(interval), kPatience));
}

void AlertPoller::arm()
{
    const auto next = nextDue();
    if (!next) {
        m_timer.stop();
        return;
    }
    const Nanoseconds wait = std::max<Nanoseconds>(*next - m_clock.bootNow(), 0ns);
    m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(wait));
}

AlertPoller::Watched *AlertPoller::find(const ClusterId &id)
{
    const auto at = std::find_if(
        m_watched.begin(), m_watched.end(), [&](const auto &watched) { return watched->config.id == id; });
    return at == m_watched.end() ? nullptr : at->get();
}

} // namespace bw
