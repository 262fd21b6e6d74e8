// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <domain/base/timerange.h>
#include <domain/incidents/entrykinds.h>
#include <store/incidents/inbox.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>
#include <app/configfiles.h>
#include <app/system/paths.h>

#include <CLI/CLI.hpp>

#include <QFileInfo>
#include <QThread>

#include <cerrno>

#include <pwd.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// How long a command waits for the window that writes.
constexpr Nanoseconds kAnswerWithin = 5s;

Actor actorOf(const CliContext &context)
{
    const QString name = loadFiles(context.configDir, nullptr).config.identityName;
    // Not $USER: a session started by a service or a timer has none.
    const passwd *entry = name.isEmpty() ? ::getpwuid(::getuid()) : nullptr;
    const QString user = entry ? QString::fromLocal8Bit(entry->pw_name) : name;
    return {Actor::Type::Person, user, Untrusted(user)};
}

} // namespace

Result<std::unique_ptr<RecordSession>> RecordSession::open(const CliContext &context, For purpose)
{
    std::unique_ptr<RecordSession> record(
        new RecordSession(purpose == For::Writing ? actorOf(context) : Actor{}));
    IncidentDb::Options options{dataDirectory(), IncidentDb::Mode::Write};
    const bool isThere = QFileInfo::exists(options.root + u"/incidents.sqlite"_s);
    if (purpose == For::Reading && !isThere)
        return fail(Error::Kind::NotFound, u"no incident has been declared yet"_s);
    if (purpose == For::Reading)
        options.mode = IncidentDb::Mode::ReadOnly;
    auto db = IncidentDb::open(options, record->m_disk, record->m_clock, record->m_ids);
    if (!db && purpose == For::Reading) {
        // After a crash the file may need somebody who may write to it.
        options.mode = IncidentDb::Mode::Write;
        db = IncidentDb::open(options, record->m_disk, record->m_clock, record->m_ids);
    } else if (!db && db.error().code == -EWOULDBLOCK) {
        options.mode = IncidentDb::Mode::ReadOnly;
        record->m_handsOver = true;
        db = IncidentDb::open(options, record->m_disk, record->m_clock, record->m_ids);
    }
    if (!db)
        return tl::unexpected(db.error());
    record->m_db = std::move(*db);
    for (const QString &note : record->m_db->recovery().notes)
        printMessage(note);
    if (!record->m_handsOver && !record->m_db->isReadOnly())
        Inbox(record->m_disk, options.root).collect(*record->m_db); // left by a command nobody answered
    return record;
}

TimelineEntry RecordSession::entry(const IncidentId &incident, const QString &kind) const
{
    TimelineEntry entry;
    entry.id = EntryId{m_ids.next()};
    entry.incident = incident;
    entry.kind = kind;
    entry.at = now();
    entry.actor = m_actor;
    entry.level = defaultLevel(kind, {});
    return entry;
}

Result<StoredEntry> RecordSession::handOver(const TimelineEntry &entry)
{
    Inbox inbox(m_disk, m_db->root());
    if (auto dropped = inbox.drop(entry); !dropped)
        return tl::unexpected(dropped.error());
    const BootTime begin = m_clock.bootNow();
    while (m_clock.bootNow() - begin < kAnswerWithin) {
        if (const auto answer = inbox.answer(entry.id)) {
            if (!answer->problem.isEmpty())
                return fail(Error::Kind::Storage, answer->problem);
            return StoredEntry{entry.id, answer->seq, false, answer->key, entry};
        }
        QThread::msleep(10);
    }
    return fail(Error::Kind::Storage,
        u"another Bridgewatch has the record and did not answer; entry %1 lies in its inbox and is saved "
        u"once "
        "it looks"_s.arg(entry.id.toString()));
}

Result<StoredEntry> RecordSession::save(const TimelineEntry &entry)
{
    if (m_handsOver)
        return handOver(entry);
    auto stored = m_db->append({entry});
    if (!stored)
        return tl::unexpected(stored.error());
    return stored->front();
}

Result<RecordSession::Found> RecordSession::find(const std::string &text)
{
    const auto id = m_db->find(QString::fromStdString(text));
    if (!id)
        return tl::unexpected(id.error());
    auto entries = m_db->entries(*id);
    if (!entries)
        return tl::unexpected(entries.error());
    Incident incident = project(*entries);
    return Found{*id, std::move(*entries), std::move(incident)};
}

Result<Timestamp> RecordSession::time(const std::string &text) const
{
    return resolveTime(QString::fromStdString(text), now(), QTimeZone::systemTimeZone());
}

ExitCode refuseRecord(const Error &error)
{
    printMessage(error.message);
    return exitCodeOf(error);
}

ExitCode saveAndPrint(const CliContext &context, RecordSession &record, std::vector<TimelineEntry> entries)
{
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/saved/1"_s).key(u"entries").beginArray();
    ExitCode code = ExitCode::Done;
    for (const TimelineEntry &entry : entries) {
        const auto stored = record.save(entry);
        if (!stored) {
            code = refuseRecord(stored.error());
            break;
        }
        if (!context.json) {
            printData((stored->key.isEmpty() ? stored->id.toString() : stored->key).toUtf8() + '\n');
            continue;
        }
        json.beginObject().member(u"id", stored->id.toString());
        json.member(u"incident", entry.incident.toString()).member(u"kind", entry.kind);
        json.member(u"seq", qint64(stored->seq));
        if (!stored->key.isEmpty())
            json.member(u"key", stored->key);
        json.endObject();
    }
    if (context.json)
        printData(json.endArray().endObject().take());
    return code;
}

ExitCode writeEntries(const CliContext &context, const std::string &id, const ComposeEntries &compose)
{
    auto record = RecordSession::open(context, RecordSession::For::Writing);
    if (!record)
        return refuseRecord(record.error());
    const auto found = (*record)->find(id);
    if (!found)
        return refuseRecord(found.error());
    auto entries = compose(**record, *found);
    return entries ? saveAndPrint(context, **record, std::move(*entries)) : refuseRecord(entries.error());
}

ExitCode writeEntry(const CliContext &context, const std::string &id, const ComposeEntry &compose)
{
    return writeEntries(context, id,
        [&compose](
            RecordSession &record, const RecordSession::Found &found) -> Result<std::vector<TimelineEntry>> {
            auto entry = compose(record, found);
            if (!entry)
                return tl::unexpected(entry.error());
            return std::vector{std::move(*entry)};
        });
}

Subcommand incidentCommand()
{
    return {u"incident"_s, u"Declare, record, read and export incidents"_s, [](CLI::App &app) {
                app.require_subcommand(1);
                struct Attached
                {
                    CLI::App *child;
                    IncidentVerb verb;
                    std::function<ExitCode(const CliContext &)> run;
                };
                std::vector<Attached> attached;
                for (const auto &list : {incidentWriteVerbs(), incidentStateVerbs(), incidentFactVerbs(),
                         incidentEditVerbs(), incidentReadVerbs(), incidentExportVerbs(),
                         incidentExchangeVerbs(), incidentFigureVerbs()}) {
                    for (const IncidentVerb &verb : list) {
                        CLI::App *child = app.add_subcommand(verb.id, verb.summary)->fallthrough();
                        attached.push_back({child, verb, verb.attach(*child)});
                    }
                }
                return [attached] {
                    for (const Attached &one : attached) {
                        if (one.child->parsed())
                            return CliRun{one.run, one.verb.paints && one.verb.paints(*one.child)};
                    }
                    return CliRun{};
                };
            }};
}

} // namespace bw
