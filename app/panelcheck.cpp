// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/dashboards/macros.h>
#include <domain/query/owndata.h>

#include <app/panelcheck.h>

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
    context.range = {now - 1h, now};
    context.plan.range = context.range;
    context.plan.step = context.plan.interval = 1min;
    context.plan.rateInterval = 4min;
    for (const Variable &variable : dashboard.variables)
        context.variables.insert(variable.name, {u".*"_s});
    return context;
}

bool hasSeries(const QueryResult &result)
{
    const auto *data = dataAs<MetricData>(result);
    return data && (data->shape == MetricData::Shape::Scalar || !data->series.empty());
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

PanelCheck::PanelCheck(
    QueryExecutor &executor, const Clock &clock, const SourceBoard &sources, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_clock(clock)
    , m_sources(sources)
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
    const SourceInfo *source = m_sources.defaultOf(u"prometheus");
    for (const Dashboard &dashboard : dashboards) {
        for (const Panel &panel : dashboard.panels) {
            if (panel.kind == "row"_L1 || panel.kind == "text"_L1 || panel.queries.empty())
                continue;
            m_verdicts.push_back(
                {dashboard.id, panel.id, panel.title, PanelVerdict::State::NotAsked, {}, 0, 0});
            Tally &tally = m_tallies.emplace_back();
            tally.howToEnable = panel.howToEnable;
            for (const PanelQuery &query : panel.queries) {
                if (query.type != "promql"_L1 || query.hidden || !source)
                    continue;
                ++tally.asked;
                Job job{m_verdicts.size() - 1, query.id, {}, 0};
                const MacroContext context = contextFor(*source, dashboard, m_clock.utcNow());
                QString lacking;
                for (const QString &expression : QStringList{query.expr} + query.fallbacks) {
                    const auto expanded = expandMacros(expression, context);
                    // An empty place keeps the number of a fallback what it is in the file.
                    job.expressions << (expanded ? *expanded : QString());
                    if (!expanded && lacking.isEmpty())
                        lacking = expanded.error().message;
                }
                if (!lacking.isEmpty())
                    tally.lacking << lacking;
                m_jobs.push_back(std::move(job));
            }
        }
    }
    next();
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
    while (job.attempt < job.expressions.size() && job.expressions[job.attempt].isEmpty())
        ++job.attempt;
    Tally &tally = m_tallies[job.verdict];
    const SourceInfo *source = m_sources.defaultOf(u"prometheus");
    if (job.attempt >= job.expressions.size() || !source) {
        tally.empty << job.query;
        return;
    }
    ++m_running;
    const QString expression = job.expressions[job.attempt];
    m_tickets.push_back(m_executor.submit({source->id, InstantQuery{expression, std::nullopt}},
        {Priority::Background, AskedBy::User, 30s}, this,
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
    } else {
        verdict.tookMs += answer->took.count();
        if (hasSeries(*answer)) {
            ++tally.worked;
            tally.fallback = std::max(tally.fallback, job.attempt);
            verdict.series += qsizetype(dataAs<MetricData>(*answer)->series.size());
        } else if (job.attempt + 1 < job.expressions.size()) {
            Job again = job;
            ++again.attempt;
            m_jobs.push_front(std::move(again));
        } else {
            tally.empty << job.query;
        }
    }
    next();
}

void PanelCheck::conclude()
{
    using State = PanelVerdict::State;
    for (size_t i = 0; i < m_verdicts.size(); ++i) {
        const Tally &tally = m_tallies[i];
        PanelVerdict &verdict = m_verdicts[i];
        if (tally.asked == 0) {
            verdict.text = tr("filled by the program itself, or by other sources than metrics");
        } else if (!tally.failed.isEmpty()) {
            verdict.state = State::Failed;
            verdict.text = tally.failed.join(u"; "_s);
        } else if (tally.worked == 0) {
            verdict.state = State::Missing;
            verdict.text = tally.howToEnable.isEmpty() ? tr("0 series") : tally.howToEnable;
            if (!tally.lacking.isEmpty())
                verdict.text += u' ' + tr("Found out: %1.").arg(tally.lacking.front());
        } else if (!tally.empty.isEmpty()) {
            verdict.state = State::Partly;
            verdict.text = tr("0 series now for: %1").arg(tally.empty.join(u", "_s));
        } else {
            verdict.state = tally.fallback > 0 ? State::Fallback : State::Works;
            verdict.text = tally.fallback > 0 ? tr("fallback %1").arg(tally.fallback) : QString();
        }
    }
    m_tickets.clear();
    emit finished();
}

} // namespace bw
