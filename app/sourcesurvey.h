// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/query/ports.h>
#include <domain/query/sourceboard.h>

#include <map>

namespace bw {

/// Finds out what each source is: its version, and for metric sources the profile their telemetry follows.
/// The board learns it; panels wait for it. Two or three small questions a source. UI thread; owned by the
/// session.
class SourceSurvey : public QObject
{
    Q_OBJECT
public:
    SourceSurvey(QueryExecutor &executor, SourceBoard &board, QObject *parent = nullptr);

    void setProfiles(std::vector<MetricProfile> profiles);
    /// Asks this source now; `wanted` is "auto" or a profile's id.
    void examine(const DatasourceId &id, const QString &kind, const QString &wanted);
    /// Forgets sources that are not in `ids`.
    void retain(const std::vector<DatasourceId> &ids);
    /// Every source that was asked has answered or failed.
    bool isDone() const;

signals:
    /// One source's version is known, or cannot be.
    void versionKnown(const QString &id);

private:
    struct Examination
    {
        QueryTicket version, families, labels;
        int pending = 0;
        QString wanted;
    };
    void askVersion(const DatasourceId &id, Examination &examination);
    void askFamilies(const DatasourceId &id, Examination &examination);
    void askLabels(const DatasourceId &id, Examination &examination, DetectedProfile detected);
    void done(const DatasourceId &id);
    void keep(const DatasourceId &id, DetectedProfile detected);
    template<typename Change> void change(const DatasourceId &id, Change &&change);

    QueryExecutor &m_executor;
    SourceBoard &m_board;
    std::vector<MetricProfile> m_profiles;
    std::map<QString, Examination> m_running; ///< by source id
};

} // namespace bw
