// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/metricprofile.h>
#include <domain/query/ports.h>

#include <QObject>

#include <map>
#include <optional>

namespace bw {

/// One line of an examination: what was looked at, what was found, what that means, what to do about it.
struct SourceCheck
{
    enum class State : quint8 { Ok, Note, Warn, Fail };
    QString name; ///< connect, version, clock, data, families, labels, rules, cluster, alerts
    State state = State::Ok;
    QString found, meaning, todo; ///< plain text; meaning and todo may be empty
    bool operator==(const SourceCheck &) const = default;
};
QString stateName(SourceCheck::State state); ///< "ok", "note", "warn", "fail"

/// What one examination found.
struct SourceReport
{
    DatasourceId id;
    QString kind, product, version; ///< product as the server itself or its answers tell; may be empty
    std::optional<Error> error; ///< why it could not be examined; the rest is then empty
    std::chrono::milliseconds latency{0}, skew{0};
    DetectedProfile profile; ///< metric sources
    std::optional<Nanoseconds> scrapeInterval; ///< estimated; nullopt: nothing to see it from
    std::vector<SourceCheck> checks;
};

/// Why `now` may not be the server that `before` was: another product or version answers at its address.
/// Empty when both are the same, or one of them did not tell.
QString identityChange(const SourceReport &before, const SourceReport &now);

/// Examines one source through the executor: reachable, who it is, clock, profile, scrape interval, newest
/// sample, rules or cluster. Asks a handful of cheap questions, the first alone: a source that does not
/// answer is asked nothing more. Lives on the executor's thread; one examination at a time, each ends with
/// exactly one finished(). Used by `check` and by the session.
class SourceDoctor final : public QObject
{
    Q_OBJECT
public:
    struct Subject
    {
        DatasourceId id;
        QString kind; ///< of the configuration
        QString profile = QStringLiteral("auto"); ///< or the id of the one to use
    };
    /// `profiles`: all that may be detected. `executor` and `clock` must outlive the doctor.
    SourceDoctor(QueryExecutor &executor, const Clock &clock, std::vector<MetricProfile> profiles,
        QObject *parent = nullptr);

    /// Begins; an examination under way is dropped without a report.
    void examine(Subject subject);

signals:
    void finished(const bw::SourceReport &report);

private:
    using Handler = void (SourceDoctor::*)(const Result<QueryResult> &);
    void ask(const QString &step, QueryBody body, Handler handler);
    void settled(const QString &step);
    void conclude();
    void add(const QString &name, SourceCheck::State state, const QString &found, const QString &meaning = {},
        const QString &todo = {});

    void onStatus(const Result<QueryResult> &result);
    void onNames(const Result<QueryResult> &result);
    void onFamilies(const Result<QueryResult> &result);
    void onLabels(const Result<QueryResult> &result);
    void onSpacing(const Result<QueryResult> &result);
    void onNewest(const Result<QueryResult> &result);
    void onRules(const Result<QueryResult> &result);
    void onAlerts(const Result<QueryResult> &result);
    void noteClock();
    void noteCluster(const ServerStatus &status);

    QueryExecutor &m_executor;
    const Clock &m_clock;
    std::vector<MetricProfile> m_profiles;
    Subject m_subject;
    SourceReport m_report;
    std::map<QString, QueryTicket> m_tickets; ///< questions under way, by step
    int m_run = 0;
};

} // namespace bw
