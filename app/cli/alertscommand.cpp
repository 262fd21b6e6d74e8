// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>
#include <domain/metrics/matcher.h>

#include <app/alertpoller.h>
#include <app/cli/alertjson.h>
#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/system/termination.h>

#include <QEventLoop>

#include <CLI/CLI.hpp>

#include <map>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct AlertArguments
{
    std::string alertClass, group;
    std::vector<std::string> filters;
    bool watch = false;
    double timeout = 15;
};

std::map<QString, std::vector<const Alert *>> grouped(
    const std::vector<const Alert *> &alerts, const QString &label)
{
    std::map<QString, std::vector<const Alert *>> groups;
    for (const Alert *alert : alerts)
        groups[alert->labels.text(label)].push_back(alert);
    return groups;
}

QByteArray document(const QueryResult &current, const std::vector<const Alert *> &shown, const QString &note,
    const QString &group, BootTime now)
{
    const auto *all = dataAs<std::vector<Alert>>(current);
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/alerts/1"_s);
    json.key(u"freshness").value(current.freshness, now);
    json.member(u"note", note)
        .member(u"total", int(all ? all->size() : 0))
        .member(u"shown", int(shown.size()));
    json.key(u"alerts").beginArray();
    for (const Alert *alert : shown)
        writeAlert(json, *alert);
    json.endArray();
    if (!group.isEmpty()) {
        json.key(u"groups").beginArray();
        for (const auto &[value, members] : grouped(shown, group)) {
            json.beginObject()
                .member(u"label", group)
                .member(u"value", value)
                .key(u"fingerprints")
                .beginArray();
            for (const Alert *alert : members)
                json.value(hexFingerprint(alert->key.fingerprint));
            json.endArray().endObject();
        }
        json.endArray();
    }
    return json.endObject().take();
}

QByteArray line(const Alert &alert, Timestamp now)
{
    const auto cell = [](const QString &text, int width) { return text.leftJustified(width) + u' '; };
    const QString seen = alert.membersAsked > 1
        ? u" (seen by %1 of %2)"_s.arg(alert.members.size()).arg(alert.membersAsked)
        : QString();
    return (cell(className(alert.alertClass), 6) + cell(severityName(alert.severity), 8)
               + cell(stateName(alert.state), 9) + cell(formatAge(now - alert.startsAt), 10)
               + cell(render::line(alert.name(), 60), 24) + cell(alert.service(), 14)
               + render::line(alert.summary(), 200) + seen)
               .toUtf8()
        + '\n';
}

QByteArray text(const std::vector<const Alert *> &shown, const QString &group, Timestamp now)
{
    QByteArray out;
    if (group.isEmpty()) {
        for (const Alert *alert : shown)
            out += line(*alert, now);
        return out;
    }
    for (const auto &[value, members] : grouped(shown, group)) {
        out +=
            (u"%1=\"%2\" (%3)\n"_s.arg(group, render::line(Untrusted(value))).arg(members.size())).toUtf8();
        for (const Alert *alert : members)
            out += "  " + line(*alert, now);
    }
    return out;
}

Result<std::vector<Matcher>> matchersOf(const AlertArguments &arguments)
{
    std::vector<Matcher> matchers;
    for (const std::string &filter : arguments.filters) {
        auto matcher = Matcher::parse(fromArgument(filter));
        if (!matcher)
            return tl::make_unexpected(matcher.error());
        matchers.push_back(std::move(*matcher));
    }
    return matchers;
}

bool isWanted(const Alert &alert, const AlertArguments &arguments, const std::vector<Matcher> &matchers)
{
    if (!arguments.alertClass.empty() && className(alert.alertClass) != fromArgument(arguments.alertClass))
        return false;
    return std::all_of(matchers.begin(), matchers.end(),
        [&](const Matcher &matcher) { return matcher.matches(alert.labels); });
}

ExitCode show(const CliContext &context, const AlertArguments &arguments, CliSession &cli,
    const std::vector<Matcher> &matchers)
{
    Session &session = cli.session();
    if (!cli.waitUntil([&] { return session.alerts()->everyClusterHeard(); },
            std::chrono::milliseconds(qint64(arguments.timeout * 1000)))) {
        printMessage(u"no answer from the alert sources in time"_s);
    }
    const QueryResult current = session.own().current({u"alerts"_s, std::nullopt});
    std::vector<const Alert *> shown;
    ExitCode code = isCurrent(current.freshness) ? ExitCode::Done : ExitCode::CannotKnow;
    if (const auto *all = dataAs<std::vector<Alert>>(current)) {
        for (const Alert &alert : *all) {
            if (!isWanted(alert, arguments, matchers))
                continue;
            shown.push_back(&alert);
            if (alert.alertClass == AlertClass::Page && alert.state == AlertState::Firing)
                code = worse(code, ExitCode::Negative);
        }
    }
    const QString group = fromArgument(arguments.group);
    const BootTime now = session.clock().bootNow();
    if (context.json)
        printData(document(current, shown, session.alerts()->note(), group, now));
    else
        printData(text(shown, group, session.clock().utcNow()));
    const FreshnessText said = describe(current.freshness, now);
    if (code == ExitCode::CannotKnow)
        printMessage(u"%1: %2"_s.arg(said.word, said.sentence));
    else if (shown.empty() && !context.json)
        printMessage(u"no alert"_s);
    return code;
}

QByteArray changeDocument(const AlertTransition &change, Timestamp now)
{
    const double seconds = double(now.time_since_epoch().count()) / 1e9;
    JsonWriter json(JsonWriter::Layout::OneLine);
    json.beginObject().member(u"at", change.at).member(u"model_time", seconds);
    json.member(u"fingerprint", hexFingerprint(change.alert.key.fingerprint));
    json.member(u"source", change.alert.key.source.id).member(u"alertname", verbatim(change.alert.name()));
    json.key(u"from");
    if (change.from)
        json.value(stateName(*change.from));
    else
        json.null();
    json.member(u"to", stateName(change.to)).member(u"class", className(change.alert.alertClass));
    json.member(u"severity", severityName(change.alert.severity)).member(u"service", change.alert.service());
    return json.endObject().take();
}

/// Prints every change until somebody ends it.
ExitCode watch(const CliContext &context, const AlertArguments &arguments, CliSession &cli,
    const std::vector<Matcher> &matchers)
{
    QEventLoop loop;
    Termination termination;
    QObject::connect(&termination, &Termination::requested, &loop, &QEventLoop::quit);
    const Clock &clock = cli.session().clock();
    QObject::connect(cli.session().alerts(), &AlertPoller::transitions, &loop,
        [&](const std::vector<AlertTransition> &changes) {
            for (const AlertTransition &change : changes) {
                if (!isWanted(change.alert, arguments, matchers))
                    continue;
                if (context.json) {
                    printData(changeDocument(change, clock.utcNow()));
                    continue;
                }
                printData(isoUtc(change.at).toUtf8() + ' '
                    + (change.from ? stateName(*change.from) : u"new"_s).toUtf8() + " -> "
                    + line(change.alert, clock.utcNow()));
            }
        });
    loop.exec();
    return ExitCode::Cancelled;
}

ExitCode run(const CliContext &context, const AlertArguments &arguments)
{
    const auto matchers = matchersOf(arguments);
    if (!matchers) {
        printMessage(matchers.error().message);
        return ExitCode::Usage;
    }
    Session::Options options;
    options.alerts = true;
    options.oneShot = !arguments.watch;
    auto cli = CliSession::open(context, options);
    if (!cli) {
        printMessage(cli.error().message);
        return ExitCode::Usage;
    }
    if ((*cli)->files().config.sources.empty()) {
        printMessage(u"no datasource is configured in %1"_s.arg(context.configDir));
        return ExitCode::Usage;
    }
    return arguments.watch ? watch(context, arguments, **cli, *matchers)
                           : show(context, arguments, **cli, *matchers);
}

} // namespace

Subcommand alertsCommand()
{
    return {
        u"alerts"_s, u"The merged list of every source, with its freshness"_s, [](CLI::App &app) {
            auto arguments = std::make_shared<AlertArguments>();
            app.add_option("--class", arguments->alertClass, "Only this class")
                ->check(CLI::IsMember({"page", "ticket", "health"}));
            app.add_option("--filter", arguments->filters, "Only alerts whose labels match; may be repeated")
                ->type_name("MATCHER")
                ->take_all();
            app.add_option("--group", arguments->group, "Group by this label")->type_name("LABEL");
            app.add_flag("--watch", arguments->watch, "Print changes as they come, until ended");
            app.add_option("--timeout", arguments->timeout, "Give up after this many seconds")
                ->check(CLI::Range(0.001, 3600.0))
                ->capture_default_str();
            return [arguments] {
                return CliRun{[arguments](const CliContext &context) { return run(context, *arguments); }};
            };
        }};
}

} // namespace bw
