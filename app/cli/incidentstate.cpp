// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/lifecycle.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>

#include <CLI/CLI.hpp>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct StateArguments
{
    std::string id, name, time, reason, person, service, action = "assign";
};
using Shared = std::shared_ptr<StateArguments>;

QString text(const std::string &given) { return QString::fromStdString(given); }

ExitCode milestone(const CliContext &context, const StateArguments &arguments)
{
    const auto name = valueOf<MilestoneName>(text(arguments.name));
    if (!name) {
        printMessage(u"there is no milestone %1; there are %2"_s.arg(
            text(arguments.name), namesOf<MilestoneName>().join(u", "_s)));
        return ExitCode::Usage;
    }
    return writeEntry(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            const auto at = record.time(arguments.time);
            if (!at)
                return tl::unexpected(at.error());
            for (const OrderProblem &problem : orderProblemsAfter(found.incident, *name, *at)) {
                printMessage(problem.text());
                if (arguments.reason.empty())
                    return fail(Error::Kind::Refused, u"give a --reason to record it all the same"_s);
            }
            const bool isMoved = found.incident.milestones.contains(*name);
            TimelineEntry entry = record.entry(found.id, isMoved ? u"milestone.moved"_s : u"milestone.set"_s);
            entry.at = *at;
            entry.title = Untrusted(nameOf(*name).replace(u'_', u' '));
            entry.data = {{u"name"_s, nameOf(*name)}, {u"source"_s, u"user"_s}};
            if (!arguments.reason.empty())
                entry.data[u"order_reason"_s] = text(arguments.reason);
            return entry;
        });
}

ExitCode role(const CliContext &context, const StateArguments &arguments)
{
    static const std::map<std::string, QString> kinds{{"assign", u"role.assigned"_s},
        {"offer", u"role.offered"_s}, {"accept", u"role.accepted"_s}, {"release", u"role.released"_s}};
    const auto name = valueOf<Role>(text(arguments.name));
    if (!name) {
        printMessage(
            u"there is no role %1; there are %2"_s.arg(text(arguments.name), namesOf<Role>().join(u", "_s)));
        return ExitCode::Usage;
    }
    return writeEntry(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            const bool isOffered = std::any_of(found.incident.roleOffers.begin(),
                found.incident.roleOffers.end(), [&](const RoleOffer &one) {
                    return one.role == *name && one.person == text(arguments.person);
                });
            const bool isHeld = std::any_of(
                found.incident.roles.begin(), found.incident.roles.end(), [&](const RoleAssignment &one) {
                    return one.role == *name && one.person == text(arguments.person) && !one.to;
                });
            if (arguments.action == "accept" && !isOffered && !isHeld)
                return fail(Error::Kind::Refused,
                    u"%1 was not offered the role %2"_s.arg(text(arguments.person), nameOf(*name)));
            if (arguments.action == "release" && !isHeld)
                return fail(Error::Kind::Refused,
                    u"%1 does not have the role %2"_s.arg(text(arguments.person), nameOf(*name)));
            TimelineEntry entry = record.entry(found.id, kinds.at(arguments.action));
            entry.title = Untrusted(nameOf(*name) + u": "_s + text(arguments.person));
            entry.data = {{u"role"_s, nameOf(*name)}, {u"person"_s, text(arguments.person)}};
            if (!arguments.service.empty())
                entry.data[u"service"_s] = text(arguments.service);
            return entry;
        });
}

ExitCode phase(const CliContext &context, const StateArguments &arguments)
{
    const QString wanted = text(arguments.name);
    const auto stage = valueOf<Stage>(wanted);
    const auto to = valueOf<Phase>(wanted);
    if (!stage && !to) {
        printMessage(u"there is no phase %1; there are %2, and within active %3"_s.arg(
            wanted, namesOf<Phase>().join(u", "_s), namesOf<Stage>().join(u", "_s)));
        return ExitCode::Usage;
    }
    return writeEntry(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            TimelineEntry entry = record.entry(found.id, u"incident.stage"_s);
            if (stage) {
                if (found.incident.phase != Phase::Active)
                    return fail(Error::Kind::Refused,
                        u"%1 is %2; only an active incident has a stage"_s.arg(
                            found.incident.key, nameOf(found.incident.phase)));
                entry.data = {{u"to"_s, wanted}};
                entry.title = Untrusted(wanted);
                return entry;
            }
            if (*to == Phase::Merged)
                return fail(Error::Kind::Refused,
                    u"merging names the incident that goes on; it is not a phase to set"_s);
            if (auto legal = checkMove(found.incident, *to, record.now(), text(arguments.reason)); !legal)
                return tl::unexpected(legal.error());
            if (*to == Phase::Closed) {
                for (const QString &question : closingQuestions(found.incident, shippedSeverities()))
                    printMessage(u"still open: "_s + question);
            }
            const TimelineEntry move = moveEntry(found.incident, *to, entry.at, text(arguments.reason));
            entry.kind = move.kind;
            entry.data = move.data;
            entry.level = move.level;
            entry.title = Untrusted(wanted);
            return entry;
        });
}

ExitCode severity(const CliContext &context, const StateArguments &arguments)
{
    const SeverityScale scale = shippedSeverities();
    const QString to = text(arguments.name);
    if (!scale.find(to)) {
        printMessage(u"there is no severity %1; there are %2"_s.arg(to, scale.names().join(u", "_s)));
        return ExitCode::Usage;
    }
    return writeEntry(context, arguments.id,
        [&](RecordSession &record, const RecordSession::Found &found) -> Result<TimelineEntry> {
            TimelineEntry entry = record.entry(found.id, u"incident.severity"_s);
            entry.title = Untrusted(found.incident.severity + u" → "_s + to);
            entry.data = {{u"from"_s, found.incident.severity}, {u"to"_s, to}};
            if (!arguments.reason.empty())
                entry.data[u"reason"_s] = text(arguments.reason);
            return entry;
        });
}

void addId(CLI::App &app, const Shared &arguments)
{
    app.add_option("INCIDENT", arguments->id, "Key, id, or the beginning of an id")
        ->required()
        ->type_name("");
}

void addReason(CLI::App &app, const Shared &arguments)
{
    app.add_option("--reason", arguments->reason, "Why; recorded")->type_name("TEXT");
}

auto bound(ExitCode (*run)(const CliContext &, const StateArguments &), const Shared &arguments)
{
    return [run, arguments](const CliContext &context) { return run(context, *arguments); };
}

auto attachMilestone(CLI::App &app)
{
    const auto arguments = std::make_shared<StateArguments>();
    addId(app, arguments);
    app.add_option("NAME", arguments->name, "impact_started, detected, acknowledged, mitigated, resolved …")
        ->required()
        ->type_name("");
    app.add_option("TIME", arguments->time, "When it was: RFC 3339, now-10m")->required()->type_name("");
    addReason(app, arguments);
    return bound(milestone, arguments);
}

auto attachRole(CLI::App &app)
{
    const auto arguments = std::make_shared<StateArguments>();
    addId(app, arguments);
    app.add_option("ROLE", arguments->name, "commander, deputy, scribe, comms_external …")
        ->required()
        ->type_name("");
    app.add_option("PERSON", arguments->person, "Who")->required()->type_name("");
    app.add_option("--action", arguments->action, "An offered role changes hands when it is accepted")
        ->check(CLI::IsMember({"assign", "offer", "accept", "release"}))
        ->capture_default_str();
    app.add_option("--service", arguments->service, "Of a subject expert")->type_name("NAME");
    return bound(role, arguments);
}

auto attachNamed(CLI::App &app, const char *help, ExitCode (*run)(const CliContext &, const StateArguments &))
{
    const auto arguments = std::make_shared<StateArguments>();
    addId(app, arguments);
    app.add_option("TO", arguments->name, help)->required()->type_name("");
    addReason(app, arguments);
    return bound(run, arguments);
}

} // namespace

std::vector<IncidentVerb> incidentStateVerbs()
{
    return {
        {"phase", "Move it on: only legal moves, some with a reason",
            [](CLI::App &app) {
                return attachNamed(app, "monitoring, resolved …; or a stage such as identified", phase);
            }},
        {"severity", "Change its severity",
            [](CLI::App &app) { return attachNamed(app, "SEV1 to SEV4", severity); }},
        {"milestone", "Set or move a milestone", attachMilestone},
        {"role", "Assign, offer, accept or release a role", attachRole},
    };
}

} // namespace bw
