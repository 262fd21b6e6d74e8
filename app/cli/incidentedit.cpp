// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>
#include <store/incidents/searchindex.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>

#include <CLI/CLI.hpp>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct EditArguments
{
    std::string id, entry, text, at, level, reason;
    bool star = false, unstar = false, remove = false, restore = false;
};
using Shared = std::shared_ptr<EditArguments>;

QString text(const std::string &given) { return QString::fromStdString(given); }

/// What is shown of the entry that `prefix` names: its newest version.
Result<CuratedEntry> entryOf(const RecordSession::Found &found, const std::string &given)
{
    const QString prefix = text(given).toLower();
    constexpr qsizetype kShortest = 8;
    const std::vector<CuratedEntry> all = curate(found.entries);
    std::optional<EntryId> root;
    for (const CuratedEntry &one : all) {
        if (prefix.size() < kShortest || !one.entry.id.toString().startsWith(prefix))
            continue;
        if (root && *root != one.root)
            return fail(Error::Kind::NotFound, u"%1 begins the ids of several entries"_s.arg(prefix));
        root = one.root;
    }
    for (const CuratedEntry &one : all) {
        if (root && one.root == *root && !one.supersededBy)
            return one;
    }
    return fail(Error::Kind::NotFound,
        u"%1 has no entry %2; ids are in 'incident timeline --format json'"_s.arg(
            found.incident.key, prefix));
}

/// Saves what `compose` makes of an entry that is there.
using Compose =
    std::function<Result<TimelineEntry>(RecordSession &, const RecordSession::Found &, const CuratedEntry &)>;
ExitCode editing(const CliContext &context, const EditArguments &arguments, const Compose &compose)
{
    return writeEntry(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            const auto old = entryOf(found, arguments.entry);
            if (!old)
                return tl::unexpected(old.error());
            return compose(record, found, *old);
        });
}

ExitCode edit(const CliContext &context, const EditArguments &arguments)
{
    if (arguments.text.empty() && arguments.at.empty()) {
        printMessage(u"nothing to change: give --text or --at"_s);
        return ExitCode::Usage;
    }
    return editing(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found,
            const CuratedEntry &old) -> Result<TimelineEntry> {
            if (old.entry.redacted)
                return fail(Error::Kind::Refused, u"a redacted entry has nothing left to edit"_s);
            TimelineEntry entry = old.entry;
            const TimelineEntry base = record.entry(found.id, old.entry.kind);
            entry.id = base.id;
            entry.actor = base.actor;
            entry.supersedes = old.entry.id;
            if (!arguments.at.empty()) {
                const auto at = record.time(arguments.at);
                if (!at)
                    return tl::unexpected(at.error());
                entry.at = *at;
            }
            if (!arguments.text.empty()) {
                entry.title = Untrusted(text(arguments.text).section(u'\n', 0, 0));
                entry.body =
                    text(arguments.text).contains(u'\n') ? Untrusted(text(arguments.text)) : Untrusted();
                if (entry.data.contains("text"_L1))
                    entry.data[u"text"_s] = text(arguments.text);
            }
            return entry;
        });
}

ExitCode curateEntry(const CliContext &context, const EditArguments &arguments)
{
    const int asked =
        !arguments.level.empty() + arguments.star + arguments.unstar + arguments.remove + arguments.restore;
    if (asked != 1) {
        printMessage(u"give one of --level, --star, --unstar, --delete, --restore"_s);
        return ExitCode::Usage;
    }
    if (arguments.remove && arguments.reason.empty()) {
        printMessage(u"deleting an entry needs a --reason; the entry stays in the record"_s);
        return ExitCode::Usage;
    }
    return editing(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found,
            const CuratedEntry &old) -> Result<TimelineEntry> {
            TimelineEntry entry = record.entry(found.id, u"incident.field"_s);
            const QString id = old.entry.id.toString();
            if (!arguments.level.empty())
                entry.data = {{u"entry"_s, id}, {u"level"_s, text(arguments.level)}};
            else if (arguments.star || arguments.unstar)
                entry.data = {{u"entry"_s, id}, {u"starred"_s, arguments.star}};
            else
                entry.data = {{arguments.remove ? u"deleted"_s : u"restored"_s, id}};
            if (!arguments.reason.empty())
                entry.data[u"reason"_s] = text(arguments.reason);
            entry.level = EntryLevel::Log; // about the timeline, not of it
            return entry;
        });
}

ExitCode redact(const CliContext &context, const EditArguments &arguments)
{
    auto record = RecordSession::open(context, RecordSession::For::Writing);
    if (!record)
        return refuseRecord(record.error());
    if ((*record)->handsOver())
        return refuseRecord({Error::Kind::Refused,
            u"another Bridgewatch writes the record; redact there, or close it first"_s, {}, 0, 0});
    const auto found = (*record)->find(arguments.id);
    if (!found)
        return refuseRecord(found.error());
    const auto old = entryOf(*found, arguments.entry);
    if (!old)
        return refuseRecord(old.error());
    const auto stored =
        (*record)->db().redact(found->id, old->entry.id, text(arguments.reason), (*record)->actor());
    if (!stored)
        return refuseRecord(stored.error());
    // The search index may still have its words; it is made anew when it is missing.
    SearchIndex((*record)->db().root() + u"/search.sqlite"_s).clear();
    if (context.json) {
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/redacted/1"_s);
        json.member(u"entry", old->entry.id.toString()).member(u"by", stored->id.toString());
        json.member(u"versions", int(old->versions.size()));
        printData(json.endObject().take());
    } else {
        printData(stored->id.toString().toUtf8() + '\n');
    }
    return ExitCode::Done;
}

void addEntry(CLI::App &app, const Shared &arguments)
{
    app.add_option("INCIDENT", arguments->id, "Key, id, or the beginning of an id")
        ->required()
        ->type_name("");
    app.add_option("ENTRY", arguments->entry, "Id of an entry, or its beginning")->required()->type_name("");
}

auto bound(ExitCode (*run)(const CliContext &, const EditArguments &), const Shared &arguments)
{
    return [run, arguments](const CliContext &context) { return run(context, *arguments); };
}

auto attachEdit(CLI::App &app)
{
    const auto arguments = std::make_shared<EditArguments>();
    addEntry(app, arguments);
    app.add_option("--text", arguments->text, "What it should say")->type_name("TEXT");
    app.add_option("--at", arguments->at, "When it happened")->type_name("TIME");
    return bound(edit, arguments);
}

auto attachCurate(CLI::App &app)
{
    const auto arguments = std::make_shared<EditArguments>();
    addEntry(app, arguments);
    app.add_option("--level", arguments->level, "Promote or demote")
        ->check(CLI::IsMember({"trace", "log", "timeline", "key", "public"}));
    app.add_flag("--star", arguments->star, "Key, whatever its kind");
    app.add_flag("--unstar", arguments->unstar, "No longer");
    app.add_flag("--delete", arguments->remove, "Hide it from every view");
    app.add_flag("--restore", arguments->restore, "Show it again");
    app.add_option("--reason", arguments->reason, "Why; recorded")->type_name("TEXT");
    return bound(curateEntry, arguments);
}

auto attachRedact(CLI::App &app)
{
    const auto arguments = std::make_shared<EditArguments>();
    addEntry(app, arguments);
    app.add_option("--reason", arguments->reason, "Why; recorded")->required()->type_name("TEXT");
    return bound(redact, arguments);
}

} // namespace

std::vector<IncidentVerb> incidentEditVerbs()
{
    return {
        {"edit", "Change text or time of an entry; the old version is kept", attachEdit},
        {"curate", "Promote, star, delete or restore an entry", attachCurate},
        {"redact", "Take an entry's content out of the record for good", attachRedact},
    };
}

} // namespace bw
