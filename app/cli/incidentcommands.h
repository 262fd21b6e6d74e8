// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <store/incidents/incidentdb.h>

#include <app/cli/subcommands.h>

namespace bw {

/// One verb of `bridgewatch incident`. `attach` adds its options; what it returns runs once the application
/// exists. To add one: a line in the list of its file, or a new list in incidentcommand.cpp.
struct IncidentVerb
{
    const char *id, *summary;
    std::function<std::function<ExitCode(const CliContext &)>(CLI::App &)> attach;
    /// After parsing, before there is an application: true when it needs the offscreen platform.
    bool (*paints)(CLI::App &) = nullptr;
};
std::vector<IncidentVerb> incidentReadVerbs(); // incidentread.cpp
std::vector<IncidentVerb> incidentWriteVerbs(); // incidentwrite.cpp
std::vector<IncidentVerb> incidentStateVerbs(); // incidentstate.cpp
std::vector<IncidentVerb> incidentEditVerbs(); // incidentedit.cpp
std::vector<IncidentVerb> incidentFactVerbs(); // incidentfacts.cpp
std::vector<IncidentVerb> incidentExportVerbs(); // incidentexport.cpp
std::vector<IncidentVerb> incidentExchangeVerbs(); // incidentexchange.cpp
std::vector<IncidentVerb> incidentFigureVerbs(); // incidentfigures.cpp

/// The incident record for one command.
class RecordSession
{
public:
    enum class For { Reading, Writing };
    /// Writing while another process writes works too: entries go to it through the inbox. NotFound: reading,
    /// and there is no record yet.
    [[nodiscard]] static Result<std::unique_ptr<RecordSession>> open(const CliContext &context, For purpose);

    IncidentDb &db() { return *m_db; }
    /// Another process writes: what save() cannot hand over is refused.
    bool handsOver() const { return m_handsOver; }
    const Actor &actor() const { return m_actor; }
    Timestamp now() const { return m_clock.utcNow(); }
    /// A person's entry of now: id and actor are set.
    TimelineEntry entry(const IncidentId &incident, const QString &kind) const;
    /// Durable in both copies when it returns, whoever wrote it. Storage: not saved, or nobody answered
    /// within five seconds; the message says which.
    [[nodiscard]] Result<StoredEntry> save(const TimelineEntry &entry);
    /// By key, id or its beginning, with all of its entries.
    struct Found
    {
        IncidentId id;
        std::vector<TimelineEntry> entries;
        Incident incident;
    };
    [[nodiscard]] Result<Found> find(const std::string &text);
    [[nodiscard]] Result<Timestamp> time(const std::string &text) const;
    IncidentId newIncident() const { return IncidentId{m_ids.next()}; }

private:
    explicit RecordSession(Actor actor)
        : m_actor(std::move(actor))
    {
    }
    [[nodiscard]] Result<StoredEntry> handOver(const TimelineEntry &entry);

    SystemClock m_clock;
    mutable Uuid7Source m_ids{m_clock};
    SystemDisk m_disk;
    Actor m_actor;
    std::unique_ptr<IncidentDb> m_db;
    bool m_handsOver = false;
};

/// Says why and gives the code to end with.
ExitCode refuseRecord(const Error &error);
/// Saves entries one after another and prints their ids, each once it is durable.
ExitCode saveAndPrint(const CliContext &context, RecordSession &record, std::vector<TimelineEntry> entries);
/// Opens the record, finds the incident `id`, and saves what `compose` makes of it.
using ComposeEntries =
    std::function<Result<std::vector<TimelineEntry>>(RecordSession &, const RecordSession::Found &)>;
ExitCode writeEntries(const CliContext &context, const std::string &id, const ComposeEntries &compose);
/// The same with one entry.
using ComposeEntry = std::function<Result<TimelineEntry>(RecordSession &, const RecordSession::Found &)>;
ExitCode writeEntry(const CliContext &context, const std::string &id, const ComposeEntry &compose);

} // namespace bw
