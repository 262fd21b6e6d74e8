// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelcontroller.h>
#include <widgets/panels/panelslot_p.h>

#include <domain/base/format.h>
#include <domain/dashboards/repeat.h>
#include <domain/metrics/promqlmatchers.h>
#include <domain/query/owndata.h>
#include <domain/traces/tracesearchtext.h>
#include <widgets/base/frametick.h>
#include <widgets/panels/owncontext.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/tailrefresh.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
namespace {

/// How far back a server looks for the sample of a step, unless it is set otherwise.
constexpr Nanoseconds kLookback = std::chrono::minutes(5);

// 5 min: a number older than that is no longer a statement about now.
constexpr Nanoseconds kWithholdAfter = 5min;
// 30 s: the scheduler's deadline for a question, so an answer may be that late without being missed.
constexpr Nanoseconds kTimeout = 30s;
// 1 s: a quicker answer is not worth a mark that comes and goes.
constexpr Nanoseconds kShowAskingAfter = 1s;
// 256: enough samples for a sparkline of a panel without a time axis.
constexpr int kDefaultWidth = 256;

bool asksTraces(const QString &type) { return type == "traces"_L1 || type == "dependencies"_L1; }
/// Asked of a server, with an expression that may have macros.
bool isAsked(const QString &type) { return type == "promql"_L1 || asksTraces(type); }

/// PromQL infos are advice to the author of the query; warnings say that the answer is not complete.
bool isInfo(const Untrusted &warning) { return render::line(warning).startsWith("PromQL info"_L1); }

} // namespace

PanelController::PanelController(
    const Panel &panel, DashboardPorts ports, FrameTick &tick, PanelView *view, QObject *parent)
    : QObject(parent)
    , m_panel(panel)
    , m_ports(ports)
    , m_tick(tick)
    , m_view(view)
{
    for (const PanelQuery &query : m_panel.queries) {
        if (query.hidden)
            continue;
        auto slot = std::make_unique<Slot>();
        slot->query = &query;
        slot->expressions = QStringList{query.expr} + query.fallbacks;
        m_slots.push_back(std::move(slot));
    }
    connect(&tick, &FrameTick::tick, this, &PanelController::deliver);
    connect(&ports.own, &OwnData::changed, this, [this](const QString &topic) {
        for (auto &slot : m_slots) {
            if (slot->query->type == topic && m_askedAt)
                refreshOwn(*slot, Ask::Tail);
        }
    });
    connect(&ports.sources, &SourceBoard::changed, this, &PanelController::sourcesChanged);
}

PanelController::~PanelController() = default;

void PanelController::setEnvironment(PanelEnvironment environment)
{
    // A copy of a repeated panel has one value of its variable.
    for (auto own = m_panel.scope.begin(); own != m_panel.scope.end(); ++own) {
        environment.variables.insert(own.key(), own.value());
        if (const auto form = environment.forms.find(own.key()); form != environment.forms.end()) {
            form->texts.clear();
            form->isVerbatim = false;
        }
        if (environment.context.contains(own.key()))
            environment.context.insert(own.key(), own.value().value(0));
    }
    if (environment == m_environment)
        return;
    const bool differs = environment.context != m_environment.context;
    m_environment = std::move(environment);
    for (auto &slot : m_slots) {
        if (differs && m_askedAt && isOwnTopic(slot->query->type))
            readOwn(*slot);
    }
    markDirty();
}

void PanelController::setMarkers(std::vector<Marker> markers)
{
    m_markers = std::move(markers);
    markDirty();
}

QString PanelController::title() const { return titleWith(m_panel.title, m_environment.variables); }

Nanoseconds PanelController::cadence() const
{
    if (m_environment.interval == 0ns)
        return 0ns;
    const Result<Nanoseconds> own = parseDuration(m_panel.minRefresh);
    return own ? std::max(*own, m_environment.interval) : m_environment.interval;
}

void PanelController::refresh(const TimeRange &range, QueryOptions options, Ask ask)
{
    m_range = range;
    if (m_panel.time) {
        // A file that was read has a range that resolves; should it not, the dashboard's is the better one.
        if (const Result<TimeRange> own = resolve(*m_panel.time, m_ports.clock.utcNow(), m_environment.zone))
            m_range = *own;
    }
    if (const Result<Nanoseconds> shift = parseDuration(m_panel.timeShift); shift && *shift > 0ns)
        m_range = {m_range.begin - *shift, m_range.end - *shift};
    m_options = options;
    m_ask = ask;
    m_askedAt = m_ports.clock.bootNow();
    fetchCached();
    for (auto &slot : m_slots) {
        slot->ticket.cancel();
        slot->isAsking = false;
        if (isOwnTopic(slot->query->type)) {
            refreshOwn(*slot, ask);
            continue;
        }
        const bool keepsUsed =
            ask == Ask::Tail && slot->used > 0 && !slot->result.freshness.lastGoodEmpty && slot->result.data;
        slot->attempt = keepsUsed ? slot->used : 0;
        askNext(*slot);
    }
    markDirty();
}

void PanelController::cancel()
{
    for (auto &slot : m_slots) {
        slot->ticket.cancel();
        slot->exemplarTicket.cancel();
        if (slot->past.isAsking)
            slot->past = {};
        slot->isAsking = slot->isAskingExemplars = false;
    }
    emit stateChanged();
}

const SourceInfo *PanelController::sourceFor(const Slot &slot) const
{
    QString id = slot.query->datasource.isEmpty() ? m_panel.datasource : slot.query->datasource;
    if (id.startsWith(u'$')) {
        id.remove(u'$').remove(u'{').remove(u'}');
        id = m_environment.variables.value(id).value(0);
    }
    if (!id.isEmpty())
        return m_ports.sources.find({id});
    if (!asksTraces(slot.query->type))
        return m_ports.sources.defaultOf(u"prometheus");
    const std::vector<const SourceInfo *> traces = m_ports.sources.traceSources();
    return traces.empty() ? nullptr : traces.front();
}

MacroContext PanelController::contextFor(const SourceInfo &source, const StepPlan &steps) const
{
    MacroContext context;
    context.range = steps.range;
    context.plan = steps;
    context.zone = m_environment.zone;
    context.profile = &source.profile;
    context.variables = m_environment.variables;
    context.forms = m_environment.forms;
    context.context = m_environment.context;
    context.filters = source.labels;
    for (const QString &key : {u"cluster"_s, u"namespace"_s, u"environment"_s}) {
        const QString value = m_environment.context.value(key);
        if (!value.isEmpty())
            context.filters.insert(source.profile.profile.labels.value(key).value(0, key), value);
    }
    return context;
}

/// Adhoc matchers for every metric source, and those for this one.
QStringList PanelController::matchersFor(const SourceInfo &source) const
{
    QStringList matchers = m_environment.matchers.value(QString());
    matchers += m_environment.matchers.value(source.id.id);
    matchers.removeDuplicates();
    return matchers;
}

Result<PanelController::Plan> PanelController::planFor(
    const Slot &slot, const QString &expression, Nanoseconds back) const
{
    const SourceInfo *source = sourceFor(slot);
    if (!source)
        return fail(Error::Kind::NotFound, tr("no source for this question is configured"));
    Nanoseconds minimum = source->scrapeInterval;
    if (const std::optional<Nanoseconds> own = smallestStep(*slot.query))
        minimum = *own;
    int width = m_view && m_view->timeWidth() > 0 ? m_view->timeWidth() : kDefaultWidth;
    if (m_panel.maxPoints > 0)
        width = m_panel.maxPoints;
    width = std::max(1, width / std::max(1, slot.query->stepFactor));
    Plan plan;
    plan.steps = planSteps(m_range, width, minimum, source->scrapeInterval);
    plan.steps.range = {plan.steps.range.begin - back, plan.steps.range.end - back};
    Result<QString> expanded = expandMacros(expression, contextFor(*source, plan.steps));
    if (expanded && !asksTraces(slot.query->type))
        expanded = withMatchers(*expanded, matchersFor(*source));
    if (!expanded)
        return tl::unexpected(expanded.error());
    plan.expression = *expanded;
    plan.followsRange = dependsOnRange(expression) || dependsOnRange(*expanded);
    plan.spec.source = source->id;
    if (asksTraces(slot.query->type)) {
        plan.steps.range = m_range;
        plan.followsRange = true;
        if (slot.query->type == "dependencies"_L1) {
            plan.spec.body = DependencyQuery{m_range};
        } else {
            auto search = parseTraceSearch(*expanded);
            if (!search)
                return tl::unexpected(search.error());
            search->range = m_range;
            plan.spec.body = *search;
        }
        plan.identity = identityOf(plan.spec);
        return plan;
    }
    if (slot.query->mode == PanelQuery::Mode::Range) {
        plan.spec.body = RangeQuery{*expanded, plan.steps.range, plan.steps.step};
        plan.identity = identityOf(plan.spec) + QByteArray::number(qint64(plan.steps.step.count()));
    } else {
        plan.spec.body = InstantQuery{
            *expanded, m_environment.isLive ? std::nullopt : std::optional<Timestamp>(m_range.end - back)};
        plan.identity = identityOf(plan.spec);
    }
    return plan;
}

/// The query's own smallest step, else the panel's; a variable is read.
std::optional<Nanoseconds> PanelController::smallestStep(const PanelQuery &query) const
{
    QString text = query.minStep.isEmpty() ? m_panel.minStep : query.minStep;
    if (text.startsWith(u'$')) {
        text.remove(u'$').remove(u'{').remove(u'}');
        text = m_environment.variables.value(text).value(0);
    }
    const Result<Nanoseconds> step = parseDuration(text);
    return step && *step > 0ns ? std::optional(*step) : std::nullopt;
}

/// Asks the present attempt, or the first one behind it that can be asked at all.
void PanelController::askNext(Slot &slot)
{
    slot.lacking.clear();
    slot.waitingFor.clear();
    const SourceInfo *source = sourceFor(slot);
    slot.hadSource = source != nullptr;
    slot.profile = source ? source->profile : DetectedProfile();
    if (!isAsked(slot.query->type) && slot.attempt == 0) {
        answered(slot,
            fail(
                Error::Kind::Invalid, tr("questions of type %1 cannot be asked here").arg(slot.query->type)));
        return;
    }
    for (; slot.attempt < slot.expressions.size(); ++slot.attempt) {
        Result<Plan> plan = planFor(slot, slot.expressions[slot.attempt]);
        if (plan) {
            submit(slot, std::move(*plan));
            return;
        }
        if (plan.error().kind != Error::Kind::NotFound) {
            answered(slot, tl::unexpected(plan.error()));
            return;
        }
        if (slot.lacking.isEmpty())
            slot.lacking = plan.error().message;
    }
    // Nothing found out about a source yet is not the same as nothing there.
    const bool known = source && (source->profile.found || !source->profile.families.isEmpty());
    if (source && !known && source->freshness.state != Freshness::State::Fresh) {
        slot.waitingFor = source->id.id;
        slot.result.freshness.reason = source->freshness.reason.isEmpty()
            ? tr("waiting for %1").arg(source->id.id)
            : source->freshness.reason;
        if (rank(source->freshness.state) > rank(slot.result.freshness.state) && !slot.result.data)
            slot.result.freshness.state = source->freshness.state;
    }
    slot.hadOutcome = true;
    markDirty();
}

std::optional<TimeRange> PanelController::tailOf(const Slot &slot, const Plan &plan) const
{
    const MetricData *held = dataAs<MetricData>(slot.result);
    if (m_ask == Ask::Full || slot.mustBeFull || !held || plan.followsRange || !m_environment.isLive)
        return std::nullopt;
    if (plan.identity != slot.dataIdentity || !slot.fullAt
        || m_ports.clock.bootNow() - *slot.fullAt > kFullReloadEvery)
        return std::nullopt;
    return tailRange(*held, slot.dataRange, plan.steps.range, plan.steps.step);
}

void PanelController::submit(Slot &slot, Plan plan)
{
    slot.tail = std::holds_alternative<RangeQuery>(plan.spec.body) ? tailOf(slot, plan) : std::nullopt;
    QuerySpec spec = plan.spec;
    if (slot.tail)
        std::get<RangeQuery>(spec.body).range = *slot.tail;
    QueryOptions options = m_options;
    if (options.askedBy == AskedBy::Poll && m_environment.interval > 0ns) {
        // Half a step or half an interval: panels with the same question share one answer.
        const Nanoseconds young = std::min(plan.steps.step, m_environment.interval) / 2;
        options.maxAge = std::chrono::duration_cast<std::chrono::milliseconds>(young);
    }
    slot.asked = std::move(plan);
    slot.isAsking = true;
    slot.ticket = m_ports.executor.submit(std::move(spec), options, this,
        [this, asked = &slot](const Result<QueryResult> &answer) { answered(*asked, answer); });
}

void PanelController::answered(Slot &slot, const Result<QueryResult> &answer)
{
    slot.isAsking = false;
    if (!answer) {
        slot.result.freshness = afterFailure(slot.result.freshness, answer.error());
        slot.problem = answer.error().kind == Error::Kind::Invalid ? answer.error().message : QString();
        slot.mustBeFull = true;
        slot.hadOutcome = true;
        markDirty();
        return;
    }
    slot.problem.clear();
    slot.inspection = inspectionOf(*answer);
    slot.inspection.fallback = slot.attempt;
    slot.inspection.wasTail = slot.tail.has_value();
    const bool isEmpty = !slot.tail && !hasRows(*answer);
    if (isEmpty && slot.attempt + 1 < slot.expressions.size()) {
        ++slot.attempt;
        askNext(slot);
        if (slot.isAsking || slot.lacking.isEmpty())
            return;
    }
    accept(slot, *answer);
}

void PanelController::accept(Slot &slot, QueryResult result)
{
    const bool isPartial = std::any_of(
        result.warnings.begin(), result.warnings.end(), [](const Untrusted &w) { return !isInfo(w); });
    if (slot.tail) {
        result = mergedResult(slot.result, result, slot.asked->steps.range,
            isPartial ? TailMerge::AppendOnly : TailMerge::Replace);
    } else if (!isPartial) {
        slot.fullAt = m_ports.clock.bootNow();
    }
    result.spec = slot.asked->spec;
    if (result.freshness.state == Freshness::State::Never) {
        result.freshness = afterSuccess(m_ports.clock.bootNow(), m_ports.clock.utcNow(), !hasRows(result));
    }
    if (isPartial && result.freshness.state == Freshness::State::Fresh) {
        result.freshness.state = Freshness::State::Partial;
        result.freshness.reason = render::line(result.warnings.front(), 200);
    }
    slot.mustBeFull = isPartial;
    slot.used = hasRows(result) ? slot.attempt : 0;
    slot.result = std::move(result);
    slot.dataIdentity = slot.asked->identity;
    slot.dataRange = slot.asked->steps.range;
    slot.hadOutcome = true;
    slot.lacking.clear();
    if (m_ports.cache && !isPartial && hasRows(slot.result))
        m_ports.cache->keep(slot.result);
    askReference(slot);
    askExemplars(slot);
    askPast(slot);
    markDirty();
}

bool PanelController::showsOwn(const Slot &slot) { return isOwnTopic(slot.query->type) && slot.attempt == 0; }

void PanelController::refreshOwn(Slot &slot, Ask ask)
{
    const QueryResult own = m_ports.own.current({ownTopicOf(*slot.query), m_range});
    const bool isEmpty = own.freshness.state == Freshness::State::Empty && !hasRows(own);
    if (!isEmpty || slot.expressions.size() < 2) {
        slot.ticket.cancel();
        slot.isAsking = false;
        slot.attempt = slot.used = 0;
        slot.asked.reset();
        readOwn(slot);
        return;
    }
    // What changed is that there is still nothing: the fallback's data stays.
    if (slot.attempt > 0 && (slot.isAsking || slot.hadOutcome) && ask == Ask::Tail && m_askedAt
        && slot.askedOwnAt == m_askedAt)
        return;
    slot.askedOwnAt = m_askedAt;
    slot.attempt = ask == Ask::Tail ? std::max(1, slot.used) : 1;
    askNext(slot);
}

void PanelController::readOwn(Slot &slot)
{
    slot.result = m_ports.own.current({ownTopicOf(*slot.query), m_range});
    slot.leftOut = leaveOutOthers(slot.result, m_environment.context, m_ports.aliases());
    slot.reference = ownReference(slot);
    slot.hadOutcome = true;
    slot.inspection = inspectionOf(slot.result);
    markDirty();
}

/// Once, before the first question: something to look at while no server answers.
void PanelController::fetchCached()
{
    if (m_cacheRead || !m_ports.cache)
        return;
    m_cacheRead = true;
    std::vector<QuerySpec> specs;
    for (const auto &slot : m_slots) {
        for (const QString &expression : slot->expressions) {
            if (const Result<Plan> plan = planFor(*slot, expression); plan && isAsked(slot->query->type))
                specs.push_back(plan->spec);
        }
    }
    if (specs.empty()) {
        m_cacheRead = false; // the source is not known yet; the next refresh tries again
        return;
    }
    m_ports.cache->fetch(
        std::move(specs), this, [this](const std::vector<QueryResult> &results) { takeCached(results); });
}

void PanelController::takeCached(const std::vector<QueryResult> &results)
{
    for (auto &slot : m_slots) {
        if (slot->result.data || !isAsked(slot->query->type))
            continue; // a live answer was quicker
        for (int attempt = 0; attempt < slot->expressions.size() && !slot->result.data; ++attempt) {
            const Result<Plan> plan = planFor(*slot, slot->expressions[attempt]);
            const auto at = std::find_if(results.begin(), results.end(), [&](const QueryResult &result) {
                return plan && identityOf(result.spec) == identityOf(plan->spec);
            });
            if (at == results.end())
                continue;
            Freshness known = withRemembered(slot->result.freshness, at->freshness);
            if (known.reason.isEmpty())
                known.reason = at->freshness.reason;
            slot->result = *at;
            slot->result.freshness = std::move(known);
            slot->used = attempt;
            slot->mustBeFull = true;
        }
    }
    markDirty();
}

void PanelController::sourcesChanged()
{
    if (!m_askedAt)
        return;
    const bool wanted = std::any_of(m_slots.begin(), m_slots.end(), [this](const auto &slot) {
        if (showsOwn(*slot) || slot->isAsking)
            return false;
        const SourceInfo *source = sourceFor(*slot);
        if (bool(source) != slot->hadSource)
            return true;
        const bool stuck = !slot->lacking.isEmpty() || !slot->waitingFor.isEmpty();
        return source && stuck && !(source->profile == slot->profile);
    });
    if (wanted)
        emit refreshWanted();
}

/// Asked without the range, which would copy every item several times a second; whether the range was empty
/// is known from the last reading.
Freshness PanelController::ownFreshness(const Slot &slot) const
{
    Freshness freshness = m_ports.own.current({ownTopicOf(*slot.query), std::nullopt}).freshness;
    if (freshness.state == Freshness::State::Fresh && slot.result.freshness.state == Freshness::State::Empty)
        freshness.state = Freshness::State::Empty;
    return freshness;
}

Freshness PanelController::agedFreshness(const Slot &slot) const
{
    const BootTime now = m_ports.clock.bootNow();
    if (showsOwn(slot))
        return m_askedAt ? ownFreshness(slot) : Freshness();
    Freshness freshness = slot.result.freshness;
    if (m_environment.isLive && cadence() > 0ns)
        freshness = aged(freshness, now, cadence(), kTimeout);
    const bool isAsking = slot.isAsking && m_askedAt && now - *m_askedAt >= kShowAskingAfter;
    if (isAsking && freshness.state == Freshness::State::Fresh)
        freshness.state = Freshness::State::Refreshing;
    if (slot.isAsking && freshness.state == Freshness::State::Never)
        freshness.reason = tr("loading %1").arg(formatAge(now - m_askedAt.value_or(now)));
    return freshness;
}

Freshness PanelController::freshness() const
{
    std::vector<Freshness> parts;
    int good = 0;
    const Freshness *bad = nullptr;
    const bool hasData =
        std::any_of(m_slots.begin(), m_slots.end(), [](const auto &slot) { return hasRows(slot->result); });
    for (const auto &slot : m_slots) {
        if (!slot->lacking.isEmpty() && slot->waitingFor.isEmpty() && !slot->result.data)
            continue;
        const Freshness part = agedFreshness(*slot);
        // Own data that is not made yet does not hide what there is.
        if (part.state != Freshness::State::Never || !showsOwn(*slot) || !hasData)
            parts.push_back(part);
    }
    for (const Freshness &part : parts) {
        const bool isBlind =
            part.state == Freshness::State::Error || part.state == Freshness::State::NeedsAuth;
        good += !isBlind && part.lastGood;
        if (isBlind)
            bad = &part;
    }
    Freshness all = parts.empty() ? Freshness() : combined(parts);
    if (bad && good > 0) {
        // Some questions answered: their data is worth seeing, and the badge says how many did not.
        all.state = Freshness::State::Partial;
        all.answered = good;
        all.asked = int(parts.size());
        all.reason = bad->reason;
    }
    // One question without an answer to give does not make the panel empty.
    if (all.state == Freshness::State::Empty && hasData)
        all.state = Freshness::State::Fresh;
    return all;
}

QString PanelController::howToEnable() const
{
    QString lacking;
    for (const auto &slot : m_slots) {
        const bool isEmpty = !slot->isAsking && slot->hadOutcome && slot->waitingFor.isEmpty()
            && (!slot->lacking.isEmpty() || slot->result.freshness.state == Freshness::State::Empty)
            && !hasRows(slot->result);
        // A search that found nothing lacks nothing: "none" is the answer.
        if (!isEmpty || (asksTraces(slot->query->type) && slot->lacking.isEmpty()))
            return {};
        if (lacking.isEmpty())
            lacking = slot->lacking;
    }
    if (m_slots.empty())
        return {};
    const QString how = m_panel.howToEnable.isEmpty() ? lacking : m_panel.howToEnable;
    const auto &asked = m_slots.front()->asked;
    const bool isCoarse =
        asked && std::holds_alternative<RangeQuery>(asked->spec.body) && asked->steps.step > kLookback;
    if (!isCoarse || how.isEmpty() || !lacking.isEmpty())
        return how;
    // A metric that appeared since the last step has no sample on the grid: do not say that it is missing.
    return tr("No samples on a grid of %1. If this is younger than that, choose a shorter range. %2")
        .arg(promDuration(asked->steps.step), how);
}

QString PanelController::note() const
{
    for (const auto &slot : m_slots) {
        if (slot->used > 0 && slot->result.data)
            return withCompare(tr("fallback %1").arg(slot->used));
    }
    int leftOut = 0;
    for (const auto &slot : m_slots)
        leftOut += slot->leftOut;
    return withCompare(leftOut > 0 ? tr("%n of others left out", nullptr, leftOut) : QString());
}

std::vector<Untrusted> PanelController::warnings() const
{
    std::vector<Untrusted> unique;
    for (const auto &slot : m_slots) {
        for (const Untrusted &warning : slot->result.warnings) {
            if (std::find(unique.begin(), unique.end(), warning) == unique.end())
                unique.push_back(warning);
        }
    }
    return unique;
}

std::vector<QueryInspection> PanelController::inspections() const
{
    std::vector<QueryInspection> list;
    for (const auto &slot : m_slots) {
        QueryInspection entry = slot->inspection;
        entry.id = slot->query->id;
        const FreshnessText text = describe(agedFreshness(*slot), m_ports.clock.bootNow());
        entry.freshness = text.sentence.isEmpty() ? text.word : text.word + u", "_s + text.sentence;
        if (slot->asked) {
            entry.source = slot->asked->spec.source.id;
            entry.spec = slot->asked->spec;
            entry.problem = slot->problem;
            entry.problemAt = problemPlace(*slot);
            entry.expression = slot->asked->expression;
            entry.kind = asksTraces(slot->query->type) ? slot->query->type
                : slot->query->mode == PanelQuery::Mode::Instant
                ? tr("instant")
                : tr("range, step %1").arg(promDuration(slot->asked->steps.step));
        } else {
            entry.kind = isOwnTopic(slot->query->type) ? tr("own data") : tr("not asked");
            entry.expression = isOwnTopic(slot->query->type)
                ? QStringList{slot->query->type, slot->query->expr}.join(u' ').trimmed()
                : slot->query->expr;
            if (!slot->lacking.isEmpty())
                entry.freshness = slot->lacking;
        }
        list.push_back(std::move(entry));
        if (slot->past.askedAt)
            list.push_back(pastInspection(*slot));
    }
    return list;
}

bool PanelController::isSettled() const
{
    const bool answeredAll = std::all_of(m_slots.begin(), m_slots.end(), [](const auto &slot) {
        return slot->hadOutcome && !slot->isAsking && !slot->isAskingExemplars && !slot->past.isAsking;
    });
    return answeredAll && !m_dirty && (!m_view || m_view->isSettled());
}

void PanelController::beat()
{
    if (m_view)
        m_view->showNow(m_ports.clock.bootNow(), m_ports.clock.utcNow());
    const Freshness now = freshness();
    const bool isWithheld = now.lastGood && withheld(now, m_ports.clock.bootNow(), kWithholdAfter);
    if (now.state == m_shownFreshness.state && isWithheld == m_shownWithheld)
        return;
    m_shownFreshness = now;
    m_shownWithheld = isWithheld;
    markDirty();
}

void PanelController::markDirty()
{
    m_dirty = true;
    m_tick.request();
}

void PanelController::deliver()
{
    if (!m_dirty)
        return;
    m_dirty = false;
    PanelData data;
    data.range = m_range;
    data.zone = m_environment.zone;
    data.markers = m_markers;
    data.now = m_ports.clock.bootNow();
    data.utcNow = m_ports.clock.utcNow();
    data.compare = m_compare;
    data.compareNote = compareNote();
    for (const auto &slot : m_slots) {
        PanelData::Part part{slot->query, slot->result, {}};
        part.result.freshness = agedFreshness(*slot);
        part.reference = slot->reference;
        if (slot->asked && !showsOwn(*slot)) {
            data.range = slot->asked->steps.range;
            data.step = slot->asked->steps.step;
            part.past = pastToShow(*slot, data.range);
        } else if (const auto step = parseDuration(slot->query->minStep); showsOwn(*slot) && step) {
            data.step = *step; // own data comes at its own pace, which the file knows
        }
        if (const SourceInfo *source = sourceFor(*slot)) {
            data.latencyUnit = source->profile.profile.latencyUnit;
            const auto &labels = source->profile.profile.labels;
            for (auto label = labels.begin(); label != labels.end(); ++label) {
                if (!label.value().isEmpty())
                    data.labelNames.insert(label.key(), label.value().front());
            }
        }
        data.parts.push_back(std::move(part));
        if (slot->exemplars) // a part of its own, of the same query
            data.parts.push_back({slot->query, *slot->exemplars, {}});
    }
    if (m_view)
        m_view->showData(data);
    emit stateChanged();
}

} // namespace bw
