// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/sourcesurvey.h>
#include <app/system/logging.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// Asks the servers and keeps every good answer in the cache, when there is one.
class KeepingExecutor final : public QueryExecutor
{
public:
    KeepingExecutor(QueryExecutor &behind, LastGoodCache *cache)
        : m_behind(behind)
        , m_cache(cache)
    {
    }
    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override
    {
        return m_behind.submit(std::move(spec), options, receiver,
            [cache = m_cache, done = std::move(done)](const Result<QueryResult> &answer) {
                // Lists of alerts are kept by whoever merges them.
                if (cache && answer && !std::holds_alternative<AlertsQuery>(answer->spec.body))
                    cache->keep(*answer);
                done(answer);
            });
    }

private:
    QueryExecutor &m_behind;
    LastGoodCache *m_cache;
};

/// Answers with what an earlier run heard; asks nobody.
class RememberingExecutor final : public QueryExecutor
{
public:
    explicit RememberingExecutor(LastGoodCache &cache)
        : m_cache(cache)
    {
    }
    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions, const QObject *receiver, Callback done) override
    {
        auto wanted = std::make_shared<bool>(true);
        m_cache.fetch(
            {spec}, receiver, [wanted, done = std::move(done)](const std::vector<QueryResult> &kept) {
                if (!*wanted)
                    return;
                if (kept.empty())
                    done(fail(Error::Kind::NotFound, u"nothing is kept of it"_s));
                else
                    done(kept.front());
            });
        return QueryTicket([wanted] { *wanted = false; });
    }

private:
    LastGoodCache &m_cache;
};

} // namespace

SourceSurvey::SourceSurvey(
    QueryExecutor &executor, const Clock &clock, SourceBoard &board, LastGoodCache *cache, QObject *parent)
    : QObject(parent)
    , m_live(std::make_unique<KeepingExecutor>(executor, cache))
    , m_remembering(cache ? std::make_unique<RememberingExecutor>(*cache) : nullptr)
    , m_clock(clock)
    , m_board(board)
{
}

SourceSurvey::~SourceSurvey() = default;

void SourceSurvey::examine(const SourceDoctor::Subject &subject)
{
    Patient &patient = m_patients[subject.id.id];
    // The profiles may have changed since the last time; a doctor in the middle of its work is let go later,
    // because this may be called from one of its signals.
    if (patient.doctor)
        patient.doctor.release()->deleteLater();
    if (m_remembering && !patient.report && !patient.memory) {
        patient.memory = std::make_unique<SourceDoctor>(*m_remembering, m_clock, m_profiles);
        connect(patient.memory.get(), &SourceDoctor::finished, this, &SourceSurvey::remembered);
        patient.memory->examine(subject);
    }
    patient.doctor = std::make_unique<SourceDoctor>(*m_live, m_clock, m_profiles);
    connect(patient.doctor.get(), &SourceDoctor::finished, this, &SourceSurvey::finished);
    patient.isWaiting = true;
    patient.doctor->examine(subject);
}

void SourceSurvey::retain(const std::vector<DatasourceId> &ids)
{
    for (auto at = m_patients.begin(); at != m_patients.end();) {
        if (std::find(ids.begin(), ids.end(), DatasourceId{at->first}) != ids.end()) {
            ++at;
            continue;
        }
        for (std::unique_ptr<SourceDoctor> *doctor : {&at->second.doctor, &at->second.memory}) {
            if (*doctor)
                doctor->release()->deleteLater();
        }
        at = m_patients.erase(at);
    }
}

bool SourceSurvey::isDone() const
{
    return std::none_of(
        m_patients.begin(), m_patients.end(), [](const auto &entry) { return entry.second.isWaiting; });
}

const SourceReport *SourceSurvey::report(const DatasourceId &id) const
{
    const auto at = m_patients.find(id.id);
    return at != m_patients.end() && at->second.report ? &*at->second.report : nullptr;
}

void SourceSurvey::finished(const SourceReport &report)
{
    const auto at = m_patients.find(report.id.id);
    if (at == m_patients.end() || sender() != at->second.doctor.get())
        return;
    Patient &patient = at->second;
    patient.isWaiting = false;
    if (patient.report && !report.error) {
        if (const QString change = identityChange(*patient.report, report); !change.isEmpty())
            qCWarning(logApp).noquote() << change;
    }
    patient.report = report;
    // What was found before stays when this time nothing could be found out.
    if (!report.error)
        tellBoard(report);
    emit examined(report.id.id);
}

void SourceSurvey::remembered(const SourceReport &report)
{
    const auto at = m_patients.find(report.id.id);
    if (at == m_patients.end() || sender() != at->second.memory.get() || report.error)
        return;
    const bool isHeard = at->second.report && !at->second.report->error;
    if (!isHeard)
        tellBoard(report);
}

void SourceSurvey::tellBoard(const SourceReport &report)
{
    const SourceInfo *known = m_board.find(report.id);
    if (!known)
        return;
    SourceInfo info = *known;
    info.version = report.version;
    info.profile = report.profile;
    info.scrapeInterval = report.scrapeInterval.value_or(info.scrapeInterval);
    info.notes.clear();
    for (const SourceCheck &check : report.checks) {
        if (check.state == SourceCheck::State::Warn || check.state == SourceCheck::State::Fail)
            info.notes += check.meaning.isEmpty() ? check.found : check.found + u": "_s + check.meaning;
    }
    m_board.update(std::move(info));
}

} // namespace bw
