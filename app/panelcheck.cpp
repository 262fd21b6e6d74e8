// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/macros.h>
#include <domain/traces/tracesearchtext.h>

#include <widgets/panels/panelvalues.h>

#include <app/panelcheck.h>

#include <QRegularExpression>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace bw {

namespace {

constexpr int kAtOnce = 3;

/// Every variable at "all": a check is of what exists, not of what is chosen.
MacroContext contextFor(const SourceInfo &source, const Dashboard &dashboard, Timestamp now)
{
    MacroContext context;
    context.profile = &source.profile;
    context.filters = source.labels;
    context.zone = QTimeZone::systemTimeZone();
    context.range = {now - 1h, now};
    context.plan.range = context.range;
    context.plan.step = context.plan.interval = 1min;
    context.plan.rateInterval = 4min;
    for (const Variable &variable : dashboard.variables) {
        context.variables.insert(variable.name, {u".*"_s});
        context.forms.insert(variable.name, {{u"All"_s}, true, true});
    }
    return context;
}

/// Series, alerts, items, traces, edges.
qsizetype rowsOf(const QueryResult &result)
{
    if (const auto *data = dataAs<MetricData>(result))
        return data->shape == MetricData::Shape::Scalar ? 1 : qsizetype(data->series.size());
    if (const auto *alerts = dataAs<std::vector<Alert>>(result))
        return qsizetype(alerts->size());
    if (const auto *items = dataAs<OwnItems>(result))
        return qsizetype(items->items.size());
    if (const auto *traces = dataAs<TraceSummaries>(result))
        return qsizetype(traces->traces.size());
    if (const auto *edges = dataAs<Dependencies>(result))
        return qsizetype(edges->edges.size());
    return 0;
}

/// Where nothing found is an answer: no alert fires, nothing changed, no trace failed.
bool mayBeEmpty(const QueryBody &body)
{
    if (const auto *own = std::get_if<OwnDataQuery>(&body))
        return own->topic == "alerts"_L1 || own->topic == "changes"_L1;
    return std::holds_alternative<TraceSearch>(body);
}

} // namespace

QString stateName(PanelVerdict::State state)
{
    switch (state) {
    case PanelVerdict::State::Works:
        return u"works"_s;
    case PanelVerdict::State::Fallback:
        return u"fallback"_s;
    case PanelVerdict::State::Partly:
        return u"partly"_s;
    case PanelVerdict::State::Missing:
        return u"missing"_s;
    case PanelVerdict::State::Failed:
        return u"failed"_s;
    case PanelVerdict::State::NotAsked:
        break;
    }
    return u"own data"_s;
}

PanelCheck::PanelCheck(QueryExecutor &executor, const Clock &clock, const SourceBoard &sources,
    const OwnData &own, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_sources(sources)
    , m_own(own)
{
}

PanelCheck::~PanelCheck() = default;

void PanelCheck::start(const std::vector<Dashboard> &dashboards)
{
    ++m_run;
    m_tickets.clear();
    m_jobs.clear();
    m_verdicts.clear();
    m_tallies.clear();
    m_running = 0;
    for (const Dashboard &dashboard : dashboards) {
        for (const Panel &panel : dashboard.panels) {
            if (panel.kind != "row"_L1 && panel.kind != "text"_L1 && !panel.queries.empty())
                add(dashboard, panel);
        }
    }
    next();
}

void PanelCheck::add(const Dashboard &dashboard, const Panel &panel)
{
    PanelVerdict &verdict = m_verdicts.emplace_back();
    verdict.dashboard = dashboard.id;
    verdict.panel = panel.id;
    verdict.title = panel.title;
    Tally &tally = m_tallies.emplace_back();
    tally.howToEnable = panel.howToEnable;
    for (const PanelQuery &query : panel.queries) {
        if (query.hidden)
            continue;
        Job job{m_verdicts.size() - 1, query.id, {}, 0};
        if (isOwnTopic(query.type)) {
            addOwn(std::move(job), query, dashboard);
            continue;
        }
        const qsizetype failed = tally.failed.size();
        const bool asksTraces = query.type == "traces"_L1 || query.type == "dependencies"_L1;
        if (asksTraces && m_sources.traceSources().empty()) {
            // As with own data: nobody needs them where metrics answer.
            tally.absent << query.id;
            verdict.reasons << tr("no source of traces is configured");
            ++tally.asked;
            continue;
        }
        if (query.type == "promql"_L1)
            addMetrics(job, QStringList{query.expr} + query.fallbacks, dashboard);
        else if (asksTraces)
            addTraces(job, query);
        else
            continue;
        ++tally.asked;
        if (tally.failed.size() == failed)
            m_jobs.push_back(std::move(job));
    }
}

/// What the program knows by itself is there or not; only then are its fallbacks asked.
void PanelCheck::addOwn(Job job, const PanelQuery &query, const Dashboard &dashboard)
{
    Tally &tally = m_tallies[job.verdict];
    PanelVerdict &verdict = m_verdicts[job.verdict];
    ++tally.asked;
    const OwnDataQuery asked{ownTopicOf(query), std::nullopt};
    const QueryResult result = m_own.current(asked);
    const Freshness &known = result.freshness;
    if (known.state == Freshness::State::Error || known.state == Freshness::State::NeedsAuth) {
        tally.failed << job.query + u": "_s + known.reason;
        return;
    }
    const bool isThere = known.state != Freshness::State::Never
        && (known.state != Freshness::State::Empty || mayBeEmpty(asked));
    if (isThere) {
        ++tally.worked;
        verdict.series += rowsOf(result);
        return;
    }
    if (query.fallbacks.isEmpty()) {
        tally.absent << job.query;
        if (known.state == Freshness::State::Never && !known.reason.isEmpty())
            verdict.reasons << known.reason;
        return;
    }
    const qsizetype failed = tally.failed.size();
    addMetrics(job, query.fallbacks, dashboard);
    if (tally.failed.size() > failed)
        return;
    job.choices.insert(job.choices.begin(), std::nullopt); // a fallback keeps its number
    m_jobs.push_back(std::move(job));
}

void PanelCheck::addMetrics(Job &job, const QStringList &expressions, const Dashboard &dashboard)
{
    PanelVerdict &verdict = m_verdicts[job.verdict];
    const SourceInfo *source = m_sources.defaultOf(u"prometheus");
    if (!source) {
        verdict.reasons << tr("no source of metrics is configured");
        return;
    }
    const bool isKnown = source->profile.found || !source->profile.families.isEmpty();
    if (!isKnown && source->freshness.state != Freshness::State::Fresh) {
        // Not heard is not the same as nothing there.
        m_tallies[job.verdict].failed << job.query + u": "_s
                + (source->freshness.reason.isEmpty() ? tr("%1 was not heard").arg(source->id.id)
                                                      : source->freshness.reason);
        return;
    }
    const MacroContext context = contextFor(*source, dashboard, m_clock.utcNow());
    QString lacking;
    for (const QString &expression : expressions) {
        const auto expanded = expandMacros(expression, context);
        job.choices.push_back(expanded
                ? std::optional(QuerySpec{source->id, InstantQuery{*expanded, std::nullopt}})
                : std::nullopt);
        if (!expanded && lacking.isEmpty())
            lacking = expanded.error().message;
    }
    if (!lacking.isEmpty())
        verdict.reasons << lacking;
}

void PanelCheck::addTraces(Job &job, const PanelQuery &query)
{
    const DatasourceId source = m_sources.traceSources().front()->id;
    const Timestamp now = m_clock.utcNow();
    if (query.type == "dependencies"_L1) {
        job.choices.push_back(QuerySpec{source, DependencyQuery{{now - 1h, now}}});
        return;
    }
    // Of any service: the one that is chosen is a variable.
    static const QRegularExpression service(u"service:\"[^\"]*\""_s);
    auto search = parseTraceSearch(QString(query.expr).remove(service));
    if (!search) {
        m_tallies[job.verdict].failed << job.query + u": "_s + search.error().message;
        return;
    }
    search->range = {now - 1h, now};
    job.choices.push_back(QuerySpec{source, *search});
}

void PanelCheck::giveUp()
{
    if (!isBusy())
        return;
    ++m_run; // answers that still come are of no use
    for (size_t i = 0; i < m_verdicts.size(); ++i) {
        Tally &tally = m_tallies[i];
        const qsizetype settled =
            tally.worked + tally.failed.size() + tally.absent.size() + m_verdicts[i].missing.size();
        if (settled < tally.asked)
            tally.failed << tr("no answer in time");
    }
    m_jobs.clear();
    m_running = 0;
    conclude();
}

void PanelCheck::next()
{
    while (m_running < kAtOnce && !m_jobs.empty()) {
        Job job = std::move(m_jobs.front());
        m_jobs.pop_front();
        ask(std::move(job));
    }
    if (!isBusy())
        conclude();
}

void PanelCheck::ask(Job job)
{
    while (job.attempt < job.choices.size() && !job.choices[job.attempt])
        ++job.attempt;
    if (job.attempt >= job.choices.size()) {
        m_verdicts[job.verdict].missing << job.query;
        return;
    }
    ++m_running;
    const QuerySpec spec = *job.choices[job.attempt];
    m_tickets.push_back(m_executor.submit(spec, {Priority::Background, AskedBy::User, 30s}, this,
        [this, run = m_run, job = std::move(job)](const Result<QueryResult> &answer) {
            if (run == m_run)
                settle(job, answer);
        }));
}

void PanelCheck::settle(const Job &job, const Result<QueryResult> &answer)
{
    --m_running;
    Tally &tally = m_tallies[job.verdict];
    PanelVerdict &verdict = m_verdicts[job.verdict];
    if (!answer) {
        tally.failed << job.query + u": "_s + answer.error().message;
        next();
        return;
    }
    verdict.tookMs += answer->took.count();
    const qsizetype rows = rowsOf(*answer);
    if (rows > 0 || mayBeEmpty(job.choices[job.attempt]->body)) {
        ++tally.worked;
        verdict.fallback = std::max(verdict.fallback, int(job.attempt));
        verdict.series += rows;
        if (rows == 0)
            tally.notes << tr("none found within the hour");
    } else if (job.attempt + 1 < job.choices.size()) {
        Job again = job;
        ++again.attempt;
        m_jobs.push_front(std::move(again));
    } else {
        verdict.missing << job.query;
    }
    next();
}

void PanelCheck::conclude()
{
    using State = PanelVerdict::State;
    for (size_t i = 0; i < m_verdicts.size(); ++i) {
        Tally &tally = m_tallies[i];
        PanelVerdict &verdict = m_verdicts[i];
        if (tally.worked == 0)
            verdict.missing += tally.absent;
        else if (verdict.missing.isEmpty())
            verdict.reasons.clear(); // why something is not there that nobody misses
        verdict.reasons.removeDuplicates();
        if (tally.asked == 0) {
            verdict.text = tr("filled by the program itself, or by other sources than metrics");
            continue;
        }
        if (!verdict.missing.isEmpty())
            verdict.howToEnable = tally.howToEnable;
        if (!tally.failed.isEmpty()) {
            verdict.state = State::Failed;
            verdict.text = tally.failed.join(u"; "_s);
        } else if (tally.worked == 0) {
            verdict.state = State::Missing;
            verdict.text = tally.howToEnable.isEmpty() ? tr("0 series") : tally.howToEnable;
            if (!verdict.reasons.isEmpty())
                verdict.text += u' ' + tr("Found out: %1.").arg(verdict.reasons.front());
        } else if (!verdict.missing.isEmpty()) {
            verdict.state = State::Partly;
            verdict.text = tr("0 series now for: %1").arg(verdict.missing.join(u", "_s));
        } else {
            verdict.state = verdict.fallback > 0 ? State::Fallback : State::Works;
            verdict.text =
                verdict.fallback > 0 ? tr("fallback %1").arg(verdict.fallback) : tally.notes.value(0);
        }
    }
    m_tickets.clear();
    emit finished();
}

} // namespace bw
