// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/incidentdb.h>

#include <functional>
#include <memory>
#include <variant>

namespace bw {

class DbThread;

/// What the store tells: values only.
struct StoreOpened
{
    bool isReadOnly = false;
    QString why; ///< of being read-only, or of not being open at all
    bool isOpen = false;
    RecoveryReport recovery;
};
struct EntriesSaved
{
    std::vector<StoredEntry> entries; ///< durable in both copies
};
struct EntriesNotSaved
{
    std::vector<TimelineEntry> entries; ///< with their text: show it, let it be copied, offer to try again
    Error error;
};
struct HealthChanged
{
    StoreHealth health;
};
using StoreEvent = std::variant<StoreOpened, EntriesSaved, EntriesNotSaved, HealthChanged>;

/// The incident record for a window: commands in, events out, nothing waits. Everything runs on the DbThread,
/// as record jobs, before caches. What is queued while a batch is being written goes into the next one
/// together. Events and answers are called on the DbThread: the receiver posts them to its own. Must be
/// destroyed before the DbThread; that writes what is queued.
class IncidentStore
{
public:
    using Listener = std::function<void(const StoreEvent &)>;
    IncidentStore(IncidentDb::Options options, DbThread &thread, const Clock &clock, Listener listener);
    ~IncidentStore();
    IncidentStore(const IncidentStore &) = delete;
    IncidentStore &operator=(const IncidentStore &) = delete;

    /// Opens the files; StoreOpened follows. A record that another process writes opens read-only.
    void open();
    /// Ids must be set (IdSource), so that a repeated entry is recognised. EntriesSaved or EntriesNotSaved
    /// follows, for each batch.
    void append(std::vector<TimelineEntry> entries);

    template<typename T = void> using Answer = std::function<void(Result<T>)>;
    void list(Answer<std::vector<IncidentSummary>> answer);
    void entries(const IncidentId &incident, Answer<std::vector<TimelineEntry>> answer);
    void page(const IncidentId &incident, const std::optional<TimelineCursor> &before, int limit,
        Answer<TimelinePage> answer);
    /// Entries with these words, newest first.
    void search(const QString &words, const std::optional<IncidentId> &incident, int limit,
        Answer<std::vector<TimelineEntry>> answer);
    void redact(const IncidentId &incident, const EntryId &entry, const QString &reason, const Actor &actor,
        Answer<StoredEntry> answer);
    void putBlob(const IncidentId &incident, const QByteArray &bytes, Answer<QString> answer);
    void blob(const IncidentId &incident, const QString &hash, Answer<QByteArray> answer);
    void saveDrafts(const IncidentId &incident, const std::map<QString, QString> &drafts, Answer<> answer);
    void drafts(const IncidentId &incident, Answer<std::map<QString, QString>> answer);
    void verify(const IncidentId &incident, Answer<VerifyReport> answer);
    /// Looks for entries that commands handed over, now; EntriesSaved follows for each. Call it on a timer or
    /// when the folder inbox/ changes.
    void collectInbox();

private:
    class Core;
    template<typename T, typename Work> void ask(Answer<T> answer, Work work);
    std::shared_ptr<Core> m_core; ///< jobs hold it too
    DbThread &m_thread;
};

} // namespace bw
