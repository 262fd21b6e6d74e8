// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/base/freshness.h>
#include <domain/slo/slostatus.h>

#include <QObject>

#include <functional>

namespace bw {

/// Buckets as they are kept: of one form of the query, one group.
struct KeptBuckets
{
    QString slo, group; ///< group: groupKey()
    QByteArray specHash;
    HourBuckets buckets;
    bool operator==(const KeptBuckets &) const = default;
};

/// Port to the hour buckets on disk, which outlive the backend's retention. Called on the UI thread; the work
/// happens elsewhere.
class SloHistory
{
public:
    using Loaded = std::function<void(const std::vector<KeptBuckets> &)>;
    virtual ~SloHistory() = default;
    /// Everything from `fromHour` on of these objectives, of every form of their queries. Calls back once,
    /// later, on the caller's thread, unless `receiver` is gone; with nothing when the file cannot be read.
    virtual void load(QStringList slos, qint64 fromHour, const QObject *receiver, Loaded done) = 0;
    /// Replaces these hours, unless they are known better. Open ones are not kept.
    virtual void keep(std::vector<KeptBuckets> fresh) = 0;
    /// Drops all hours before this one, whoever asked for them.
    virtual void prune(qint64 beforeHour) = 0;
    /// Why nothing is kept, or was lost; empty when all is well.
    virtual QString problem() const = 0;
};

/// Port to a thread for work that would hold up the window.
class SloWorker
{
public:
    using Home = std::function<void()>;
    using Work = std::function<Home()>;
    virtual ~SloWorker() = default;
    /// Runs `work`, which owns all it touches, elsewhere; what it returns runs on the caller's thread. In
    /// order only as far as the caller waits.
    virtual void run(Work work) = 0;
};

/// What the program knows about its objectives now: for panels, the detail view and commands. UI thread;
/// filled by the engine.
class SloBoard final : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    /// Worst first.
    const std::vector<SloStatus> &statuses() const { return m_statuses; }
    const GlobalFigures &global() const { return m_global; }
    const Freshness &freshness() const { return m_freshness; }
    Timestamp fetchedAt() const { return m_fetchedAt; }
    /// By key; else the first with this id.
    const SloStatus *find(const QString &key) const;
    /// What keeps it from being complete ("filling: 12 of 30 days"); empty when nothing does.
    const QString &progress() const { return m_progress; }

    /// Why hours are not kept on disk; empty when they are, or nobody wants them to be.
    const QString &historyProblem() const { return m_historyProblem; }
    /// Before set(), which tells everybody.
    void setHistoryProblem(const QString &problem) { m_historyProblem = problem; }
    void set(std::vector<SloStatus> statuses, const Freshness &freshness, Timestamp fetchedAt,
        const QString &progress);

signals:
    void changed();

private:
    std::vector<SloStatus> m_statuses;
    GlobalFigures m_global;
    Freshness m_freshness;
    Timestamp m_fetchedAt{};
    QString m_progress, m_historyProblem;
};

} // namespace bw
