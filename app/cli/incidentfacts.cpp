// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>

#include <CLI/CLI.hpp>

#include <QJsonArray>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct FactArguments
{
    std::string id, text, action, of, at, owner, customers, answer, person, reason, other;
    std::vector<std::string> objections, evidence;
};
using Shared = std::shared_ptr<FactArguments>;

QString text(const std::string &given) { return QString::fromStdString(given); }

QJsonArray listOf(const std::vector<std::string> &given)
{
    QJsonArray all;
    for (const std::string &one : given)
        all += text(one);
    return all;
}

/// Saves the entry that `compose` makes of the incident. `--at` moves it.
ExitCode stating(const CliContext &context, const FactArguments &arguments, const ComposeEntry &compose)
{
    return writeEntry(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            auto entry = compose(record, found);
            if (!entry || arguments.at.empty())
                return entry;
            const auto at = record.time(arguments.at);
            if (!at)
                return tl::unexpected(at.error());
            entry->at = *at;
            entry->confidence = Confidence::Reported;
            return entry;
        });
}

template<typename T> bool hasId(const std::vector<T> &all, const std::string &id)
{
    return std::any_of(all.begin(), all.end(), [&id](const T &one) { return one.id == text(id); });
}

tl::unexpected<Error> noSuch(const QString &what, const std::string &id)
{
    return fail(Error::Kind::NotFound, u"there is no %1 %2 in this incident"_s.arg(what, text(id)));
}

ExitCode impact(const CliContext &context, const FactArguments &arguments)
{
    return stating(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            const bool isOpen = std::any_of(found.incident.impact.begin(), found.incident.impact.end(),
                [](const ImpactInterval &one) { return !one.to; });
            if (arguments.action != "started" && !isOpen)
                return fail(Error::Kind::Refused, u"no impact of this incident goes on"_s);
            TimelineEntry entry = record.entry(found.id, u"impact."_s + text(arguments.action));
            entry.title = Untrusted(text(arguments.text));
            if (!arguments.text.empty())
                entry.data[u"scope"_s] = text(arguments.text);
            if (!arguments.customers.empty())
                entry.data[u"customers"_s] = text(arguments.customers);
            return entry;
        });
}

ExitCode decision(const CliContext &context, const FactArguments &arguments)
{
    if (arguments.of.empty() && (arguments.text.empty() || arguments.action == "reversed")) {
        printMessage(u"a decision needs text; reversing or polling one needs --of"_s);
        return ExitCode::Usage;
    }
    return stating(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            if (!arguments.of.empty() && !hasId(found.incident.decisions, arguments.of))
                return noSuch(u"decision"_s, arguments.of);
            TimelineEntry entry = record.entry(found.id, u"decision."_s + text(arguments.action));
            entry.title = Untrusted(text(arguments.text));
            if (!arguments.of.empty())
                entry.data[u"decision"_s] = text(arguments.of);
            if (!arguments.text.empty())
                entry.data[u"text"_s] = text(arguments.text);
            if (!arguments.owner.empty())
                entry.data[u"owner"_s] = text(arguments.owner);
            if (!arguments.objections.empty())
                entry.data[u"objections"_s] = listOf(arguments.objections);
            if (!arguments.answer.empty()) {
                entry.data[u"answer"_s] = text(arguments.answer);
                entry.data[u"person"_s] =
                    arguments.person.empty() ? record.actor().id : text(arguments.person);
            }
            return entry;
        });
}

ExitCode hypothesis(const CliContext &context, const FactArguments &arguments)
{
    const bool isNew = arguments.action == "opened";
    if (isNew ? arguments.text.empty() : arguments.of.empty()) {
        printMessage(isNew ? u"a hypothesis needs text"_s : u"--of names the hypothesis"_s);
        return ExitCode::Usage;
    }
    if (arguments.action == "ruled_out" && arguments.text.empty()) {
        printMessage(u"ruling out needs a line that says why"_s);
        return ExitCode::Usage;
    }
    return stating(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            if (!isNew && !hasId(found.incident.hypotheses, arguments.of))
                return noSuch(u"hypothesis"_s, arguments.of);
            TimelineEntry entry = record.entry(found.id, u"hypothesis."_s + text(arguments.action));
            entry.title = Untrusted(text(arguments.text));
            if (!isNew)
                entry.data = {{u"hypothesis"_s, text(arguments.of)}, {u"why"_s, text(arguments.text)}};
            if (!arguments.evidence.empty())
                entry.data[u"evidence"_s] = listOf(arguments.evidence);
            return entry;
        });
}

ExitCode people(const CliContext &context, const FactArguments &arguments)
{
    return stating(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            TimelineEntry entry = record.entry(found.id, u"people."_s + text(arguments.action));
            entry.title = Untrusted(text(arguments.person));
            entry.data = {{u"person"_s, text(arguments.person)}};
            return entry;
        });
}

ExitCode freeze(const CliContext &context, const FactArguments &arguments)
{
    return stating(context, arguments,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            const bool isOff = arguments.action == "off";
            if (isOff != found.incident.frozen.has_value())
                return fail(Error::Kind::Refused,
                    isOff ? u"changes are not frozen"_s : u"changes are frozen already"_s);
            TimelineEntry entry =
                record.entry(found.id, isOff ? u"incident.unfrozen"_s : u"incident.frozen"_s);
            entry.title = Untrusted(text(arguments.reason));
            if (!arguments.reason.empty())
                entry.data = {{u"reason"_s, text(arguments.reason)}};
            return entry;
        });
}

/// Nothing moves: one points at the other, and both say so.
ExitCode merge(const CliContext &context, const FactArguments &arguments)
{
    auto record = RecordSession::open(context, RecordSession::For::Writing);
    if (!record)
        return refuseRecord(record.error());
    const auto from = (*record)->find(arguments.id);
    const auto into = (*record)->find(arguments.other);
    if (!from || !into)
        return refuseRecord(from ? into.error() : from.error());
    const bool isLegal = from->incident.phase == Phase::Triage || from->incident.phase == Phase::Active;
    if (from->id == into->id || !isLegal || into->incident.isOver())
        return refuseRecord({Error::Kind::Refused,
            u"only an incident in triage or active is merged, into another one that is not over"_s, {}, 0,
            0});
    TimelineEntry gone = (*record)->entry(from->id, u"incident.merged"_s);
    gone.title = Untrusted(into->incident.key);
    gone.data = {{u"into"_s, into->id.toString()}, {u"key"_s, into->incident.key}};
    TimelineEntry stays = (*record)->entry(into->id, u"incident.merged"_s);
    stays.title = Untrusted(from->incident.key);
    stays.data = {{u"duplicate"_s, from->id.toString()}, {u"key"_s, from->incident.key}};
    return saveAndPrint(context, **record, {stays, gone});
}

auto bound(ExitCode (*run)(const CliContext &, const FactArguments &), const Shared &arguments)
{
    return [run, arguments](const CliContext &context) { return run(context, *arguments); };
}

Shared begin(CLI::App &app, const std::vector<std::string> &actions, const char *what)
{
    const auto arguments = std::make_shared<FactArguments>();
    app.add_option("INCIDENT", arguments->id, "Key, id, or the beginning of an id")
        ->required()
        ->type_name("");
    app.add_option("ACTION", arguments->action, what)
        ->required()
        ->check(CLI::IsMember(actions))
        ->type_name("");
    app.add_option("--at", arguments->at, "When it happened; else now")->type_name("TIME");
    return arguments;
}

auto attachImpact(CLI::App &app)
{
    const auto arguments = begin(app, {"started", "changed", "ended"}, "started, changed or ended");
    app.add_option("TEXT", arguments->text, "Who cannot do what")->type_name("");
    app.add_option("--customers", arguments->customers, "How many, for example '12 %'")->type_name("TEXT");
    return bound(impact, arguments);
}

auto attachDecision(CLI::App &app)
{
    const auto arguments =
        begin(app, {"proposed", "polled", "made", "reversed"}, "proposed, polled, made or reversed");
    app.add_option("TEXT", arguments->text, "What is decided")->type_name("");
    app.add_option("--of", arguments->of, "A decision that is there")->type_name("ID");
    app.add_option("--owner", arguments->owner, "Who carries it out")->type_name("PERSON");
    app.add_option("--objection", arguments->objections, "May be repeated")->type_name("TEXT");
    app.add_option("--answer", arguments->answer, "Of a poll")->type_name("TEXT");
    app.add_option("--person", arguments->person, "Whose answer; else yours")->type_name("PERSON");
    return bound(decision, arguments);
}

auto attachHypothesis(CLI::App &app)
{
    const auto arguments = begin(
        app, {"opened", "evidence", "ruled_out", "confirmed"}, "opened, evidence, ruled_out or confirmed");
    app.add_option("TEXT", arguments->text, "What may be the cause; or why it is not")->type_name("");
    app.add_option("--of", arguments->of, "A hypothesis that is there")->type_name("ID");
    app.add_option("--evidence", arguments->evidence, "Entry that speaks for or against it; may be repeated")
        ->type_name("ENTRY");
    return bound(hypothesis, arguments);
}

auto attachPeople(CLI::App &app)
{
    const auto arguments = begin(app, {"joined", "left"}, "joined or left");
    app.add_option("PERSON", arguments->person, "Who")->required()->type_name("");
    return bound(people, arguments);
}

auto attachFreeze(CLI::App &app)
{
    const auto arguments = begin(app, {"on", "off"}, "on or off");
    app.add_option("--reason", arguments->reason, "Why; recorded")->type_name("TEXT");
    return bound(freeze, arguments);
}

auto attachMerge(CLI::App &app)
{
    const auto arguments = std::make_shared<FactArguments>();
    app.add_option("INCIDENT", arguments->id, "The one that is over with this")->required()->type_name("");
    app.add_option("INTO", arguments->other, "The one that goes on")->required()->type_name("");
    return bound(merge, arguments);
}

} // namespace

std::vector<IncidentVerb> incidentFactVerbs()
{
    return {
        {"impact", "When users were hurt, and how", attachImpact},
        {"decision", "Propose, poll, make or reverse a decision", attachDecision},
        {"hypothesis", "What may be the cause, and what became of it", attachHypothesis},
        {"people", "Who joined or left", attachPeople},
        {"freeze", "No changes by anybody until it is over", attachFreeze},
        {"merge", "A duplicate points at the incident that goes on", attachMerge},
    };
}

} // namespace bw
