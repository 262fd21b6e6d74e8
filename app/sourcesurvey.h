// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/sourcedoctor.h>
#include <domain/query/sourceboard.h>

#include <map>
#include <memory>

namespace bw {

/// Has every source examined and tells the board what was found: version, profile, scrape interval. Panels
/// wait for the profile; `check` reads the reports. With a cache it remembers: while a server does not
/// answer, the board has what the last examination of an earlier run found, so that last good data finds its
/// panel. UI thread; owned by the session.
class SourceSurvey : public QObject
{
    Q_OBJECT
public:
    /// `cache` may be null; everything outlives the survey.
    SourceSurvey(QueryExecutor &executor, const Clock &clock, SourceBoard &board, LastGoodCache *cache,
        QObject *parent = nullptr);
    ~SourceSurvey() override;

    /// For examinations that begin after this.
    void setProfiles(std::vector<MetricProfile> profiles) { m_profiles = std::move(profiles); }
    void examine(const SourceDoctor::Subject &subject);
    /// Forgets sources that are not in `ids`.
    void retain(const std::vector<DatasourceId> &ids);
    /// Every examination that began has ended.
    bool isDone() const;
    /// The last report; null before the first examination ended.
    const SourceReport *report(const DatasourceId &id) const;

signals:
    void examined(const QString &id);

private:
    struct Patient
    {
        std::unique_ptr<SourceDoctor> doctor, memory; ///< memory asks the cache
        std::optional<SourceReport> report;
        bool isWaiting = false;
    };
    void finished(const SourceReport &report);
    void remembered(const SourceReport &report);
    void tellBoard(const SourceReport &report);

    std::unique_ptr<QueryExecutor> m_live, m_remembering; ///< keeps what it hears; answers from the cache
    const Clock &m_clock;
    SourceBoard &m_board;
    std::vector<MetricProfile> m_profiles;
    std::map<QString, Patient> m_patients; ///< by source id
};

} // namespace bw
