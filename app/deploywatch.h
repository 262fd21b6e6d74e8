// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/deployevents.h>
#include <domain/query/ports.h>

#include <app/deployfile.h>
#include <app/ownboard.h>
#include <app/system/background.h>
#include <app/system/filewatch.h>

#include <QTimer>

#include <map>

namespace bw {

/// Keeps the topic "deploys" of the board: once a minute the metric sources are asked what was rolled out,
/// what started anew and which versions changed; files of deploy events are followed as they grow. UI thread;
/// files are read on the pool it is given.
class DeployWatch : public QObject
{
    Q_OBJECT
public:
    DeployWatch(QueryExecutor &executor, const Clock &clock, OwnBoard &board, QThreadPool &files,
        QObject *parent = nullptr);
    ~DeployWatch() override;

    /// Metric sources to ask; when they changed they are asked after `delay`, so that what a person looks at
    /// goes first.
    void setSources(const std::vector<DatasourceId> &sources, std::chrono::milliseconds delay = {});
    void setFiles(const QStringList &paths);
    /// Asks every source now.
    void refresh();

private:
    enum class Sign : quint8 { Rollouts, Versions, Restarts, Touches };
    struct Question
    {
        QueryTicket ticket;
        std::vector<DeployEvent> events; ///< of the last good answer
        std::optional<Error> error;
        bool heard = false;
    };
    struct Followed
    {
        std::shared_ptr<DeployFile> file; ///< used by one job at a time
        std::vector<DeployEvent> events;
        QString problem;
        bool reading = false, again = false;
    };

    void ask(const DatasourceId &source, Sign sign, const TimeRange &range);
    void readFiles();
    void read(Followed &followed);
    void publish();

    QueryExecutor &m_executor;
    const Clock &m_clock;
    OwnBoard &m_board;
    std::vector<DatasourceId> m_sources;
    std::map<std::pair<QString, Sign>, Question> m_questions;
    std::map<QString, Followed> m_files;
    Freshness m_freshness;
    Timestamp m_fetchedAt{};
    QTimer m_timer;
    FileWatch m_watch;
    Background m_background;
};

} // namespace bw
