// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/deployevents.h>
#include <domain/query/ports.h>

#include <app/deployfile.h>
#include <app/ownboard.h>
#include <app/system/filewatch.h>
#include <widgets/base/background.h>

#include <QTimer>

#include <map>

namespace bw {

/// What betrays a deploy in metrics: at one moment (rollouts, process starts), over a range (versions, image
/// tags, touched deployments, Argo CD).
enum class DeployQuestion : quint8 { Moments, Ranges };

/// Keeps the topic "deploys" of the board: once a minute the metric sources are asked what was rolled out,
/// what started anew and which versions changed; files of deploy events are followed as they grow. UI thread;
/// files and answers are read on the pool it is
/// given.
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
    /// A source has been asked and has not answered yet.
    bool isBusy() const;

private:
    using Key = std::pair<QString, DeployQuestion>; ///< source and question
    struct Question
    {
        QueryTicket ticket;
        std::vector<DeployEvent> events; ///< of the last good answer
        std::optional<Error> error;
        bool isWaiting = false; ///< asked and not yet taken
        bool wasAnswered = false; ///< once, at least
    };
    struct Followed
    {
        std::shared_ptr<DeployFile> file; ///< used by one job at a time
        std::vector<DeployEvent> events;
        QString problem;
        bool reading = false, again = false;
    };

    void ask(const DatasourceId &source, DeployQuestion question, const TimeRange &range);
    /// Without events the question failed, and what it said before stays.
    void take(const Key &key, std::optional<std::vector<DeployEvent>> events, std::optional<Error> error);
    void readFiles();
    void read(Followed &followed);
    void publish();

    QueryExecutor &m_executor;
    const Clock &m_clock;
    OwnBoard &m_board;
    std::vector<DatasourceId> m_sources;
    std::map<Key, Question> m_questions;
    std::map<QString, Followed> m_files;
    Timestamp m_fetchedAt{};
    QTimer m_timer;
    FileWatch m_watch;
    Background m_background;
};

} // namespace bw
