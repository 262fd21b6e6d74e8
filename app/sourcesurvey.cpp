// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/registry.h>

#include <app/sourcesurvey.h>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {
constexpr QueryOptions kOptions{.priority = Priority::Visible, .askedBy = AskedBy::Poll};
}

SourceSurvey::SourceSurvey(QueryExecutor &executor, SourceBoard &board, QObject *parent)
    : QObject(parent)
    , m_executor(executor)
    , m_board(board)
{
}

void SourceSurvey::setProfiles(std::vector<MetricProfile> profiles) { m_profiles = std::move(profiles); }

template<typename Change> void SourceSurvey::change(const DatasourceId &id, Change &&change)
{
    const SourceInfo *known = m_board.find(id);
    if (!known)
        return;
    SourceInfo info = *known;
    change(info);
    m_board.update(std::move(info));
}

void SourceSurvey::examine(const DatasourceId &id, const QString &kind, const QString &wanted)
{
    Examination &examination = m_running[id.id];
    examination.pending = 0;
    examination.wanted = wanted;
    askVersion(id, examination);
    if (kind == u"prometheus"_s)
        askFamilies(id, examination);
}

void SourceSurvey::retain(const std::vector<DatasourceId> &ids)
{
    std::erase_if(m_running, [&](const auto &entry) {
        return std::find(ids.begin(), ids.end(), DatasourceId{entry.first}) == ids.end();
    });
}

bool SourceSurvey::isDone() const
{
    return std::all_of(
        m_running.begin(), m_running.end(), [](const auto &entry) { return entry.second.pending == 0; });
}

void SourceSurvey::done(const DatasourceId &id)
{
    if (const auto at = m_running.find(id.id); at != m_running.end())
        --at->second.pending;
}

void SourceSurvey::askVersion(const DatasourceId &id, Examination &examination)
{
    ++examination.pending;
    examination.version =
        m_executor.submit({id, StatusQuery{}}, kOptions, this, [this, id](const Result<QueryResult> &answer) {
            done(id);
            const auto *status = answer ? dataAs<ServerStatus>(*answer) : nullptr;
            if (status) {
                change(id, [&](SourceInfo &info) {
                    info.version = status->version;
                    info.notes = status->notes;
                });
            }
            emit versionKnown(id.id);
        });
}

void SourceSurvey::askFamilies(const DatasourceId &id, Examination &examination)
{
    ++examination.pending;
    examination.families =
        m_executor.submit({id, InstantQuery{detectionQuery(probedMetrics(m_profiles)), std::nullopt}},
            kOptions, this, [this, id](const Result<QueryResult> &answer) {
                done(id);
                const auto *data = answer ? dataAs<MetricData>(*answer) : nullptr;
                const auto at = m_running.find(id.id);
                if (!data || at == m_running.end())
                    return; // what was found before stays
                QStringList existing;
                for (const Series &series : data->series)
                    existing += series.labels.text(u"__name__");
                std::vector<MetricProfile> candidates = m_profiles;
                if (const MetricProfile *forced = findById(m_profiles, at->second.wanted))
                    candidates = {*forced};
                DetectedProfile detected = chooseProfile(std::move(candidates), existing);
                detected.families = existing;
                if (detected.found)
                    askLabels(id, at->second, std::move(detected));
                else
                    keep(id, std::move(detected));
            });
}

void SourceSurvey::askLabels(const DatasourceId &id, Examination &examination, DetectedProfile detected)
{
    ++examination.pending;
    const QString metric = detected.profile.selectors.value(u"requests"_s).metric;
    LabelQuery query;
    if (!metric.isEmpty())
        query.matches = QStringList{metric};
    examination.labels = m_executor.submit({id, query}, kOptions, this,
        [this, id, detected = std::move(detected)](const Result<QueryResult> &answer) mutable {
            done(id);
            const auto *names = answer ? dataAs<LabelValues>(*answer) : nullptr;
            QStringList found;
            if (names) {
                for (const Untrusted &name : names->values)
                    found += render::line(name, 256);
                settleLabels(detected, found);
            }
            keep(id, std::move(detected));
        });
}

void SourceSurvey::keep(const DatasourceId &id, DetectedProfile detected)
{
    change(id, [&](SourceInfo &info) { info.profile = std::move(detected); });
}

} // namespace bw
