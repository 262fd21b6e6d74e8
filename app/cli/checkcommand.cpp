// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/panelreport.h>
#include <app/sourcesurvey.h>
#include <domain/base/jsonwriter.h>
#include <store/documents/yamlreader.h>

#include <CLI/CLI.hpp>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct CheckArguments
{
    std::string source;
    double timeout = 15;
    bool withPanels = false;
    std::vector<std::string> dashboards; ///< ids or files; empty: the built-in ones
    std::chrono::milliseconds deadline() const { return std::chrono::milliseconds(qint64(timeout * 1000)); }
};

/// One server, and what its examination found; an error stands for an answer that did not come in time.
struct Checked
{
    const TableEntry *entry;
    SourceReport report;
    bool isReachable() const { return !report.error; }
    QString reason() const { return report.error ? report.error->message : QString(); }
};

Checked checked(Session &session, const TableEntry &entry)
{
    const SourceReport *report = session.survey().report(entry.source.id);
    if (report)
        return {&entry, *report};
    SourceReport missing;
    missing.id = entry.source.id;
    missing.error = Error{Error::Kind::Timeout, u"%1: no answer in time"_s.arg(entry.source.id.id), {}, 0, 0};
    return {&entry, missing};
}

void writeProfile(JsonWriter &json, const DetectedProfile &profile)
{
    json.key(u"profile").beginObject().member(u"found", profile.found).member(u"id", profile.profile.id);
    json.member(u"alsoFound", profile.alsoFound).member(u"families", profile.families);
    json.member(u"notes", profile.notes).endObject();
}

void writeSource(JsonWriter &json, const Checked &source, const Freshness &freshness, BootTime now)
{
    const SourceReport &report = source.report;
    json.beginObject().member(u"id", report.id.id).member(u"source", source.entry->config.id);
    json.member(u"kind", source.entry->config.kind);
    json.member(u"url", QString::fromUtf8(source.entry->endpoint.baseUrl));
    json.member(u"reachable", source.isReachable()).member(u"reason", source.reason());
    json.member(u"product", report.product).member(u"version", report.version);
    json.key(u"latencyMs");
    if (source.isReachable())
        json.value(qint64(report.latency.count())).key(u"skewMs").value(qint64(report.skew.count()));
    else
        json.null().key(u"skewMs").null();
    json.key(u"freshness").value(freshness, now);
    if (source.entry->config.kind != u"alertmanager"_s)
        writeProfile(json, report.profile);
    json.key(u"checks").beginArray();
    for (const SourceCheck &check : report.checks) {
        json.beginObject().member(u"name", check.name).member(u"state", stateName(check.state));
        json.member(u"found", check.found)
            .member(u"meaning", check.meaning)
            .member(u"todo", check.todo)
            .endObject();
    }
    json.endArray().endObject();
}

/// `panels`: null when nobody asked for them.
QByteArray document(
    const std::vector<Checked> &sources, const std::vector<PanelVerdict> *panels, CliSession &cli)
{
    const BootTime now = cli.session().clock().bootNow();
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/check/1"_s);
    json.member(u"config", cli.files().directory).key(u"findings").beginArray();
    for (const Finding &finding : cli.files().findings)
        json.value(finding.toString());
    json.endArray().key(u"sources").beginArray();
    for (const Checked &source : sources) {
        const SourceInfo *info = cli.session().board().find(source.report.id);
        writeSource(json, source, info ? info->freshness : Freshness{}, now);
    }
    json.endArray();
    if (panels)
        writePanels(json, *panels);
    return json.endObject().take();
}

QByteArray text(const std::vector<Checked> &sources)
{
    QString out;
    for (const Checked &source : sources) {
        out += u"%1 (%2, %3): %4\n"_s.arg(source.report.id.id, source.entry->config.kind,
            QString::fromUtf8(source.entry->endpoint.baseUrl),
            source.isReachable()
                ? u"reachable, %1 ms, clock %2 ms from ours"_s.arg(source.report.latency.count())
                      .arg(source.report.skew.count())
                : u"NOT reachable: %1"_s.arg(source.reason()));
        for (const SourceCheck &check : source.report.checks) {
            QString line = check.found;
            for (const QString &more : {check.meaning, check.todo}) {
                if (!more.isEmpty())
                    line += u"; "_s + more;
            }
            out += u"  %1 %2 %3\n"_s.arg(stateName(check.state).leftJustified(5),
                check.name.leftJustified(10), render::line(Untrusted(line)));
        }
    }
    return out.toUtf8();
}

ExitCode run(const CliContext &context, const CheckArguments &arguments)
{
    Session::Options sourcesOnly;
    sourcesOnly.profiles = sourcesOnly.oneShot = true;
    auto cli = CliSession::open(context, arguments.withPanels ? panelSessionOptions() : sourcesOnly);
    if (!cli) {
        printMessage(cli.error().message);
        return ExitCode::Usage;
    }
    Session &session = (*cli)->session();
    QStringList names;
    for (const std::string &name : arguments.dashboards)
        names << fromArgument(name);
    const auto dashboards = dashboardsToCheck(**cli, names);
    if (!dashboards) {
        printMessage(dashboards.error().message);
        return ExitCode::Usage;
    }
    const QString wanted = QString::fromStdString(arguments.source);
    (*cli)->waitUntil([&] { return session.isSurveyed(); }, arguments.deadline());
    std::vector<Checked> sources;
    ExitCode code = session.problems().isEmpty() ? ExitCode::Done : ExitCode::Usage;
    if (hasErrors((*cli)->files().findings)) // of any file: a dashboard, a profile, the alert rules
        code = worse(code, ExitCode::Negative);
    for (const TableEntry &entry : session.entries()) {
        if (!wanted.isEmpty() && entry.source.id.id != wanted && entry.config.id != wanted)
            continue;
        sources.push_back(checked(session, entry));
        if (!sources.back().isReachable())
            code = worse(code, ExitCode::CannotKnow);
    }
    if (sources.empty()) {
        printMessage(wanted.isEmpty()
                ? u"no datasource is configured: write %1/bridgewatch.yaml"_s.arg(context.configDir)
                : u"there is no datasource %1"_s.arg(wanted));
        return ExitCode::Usage;
    }
    std::vector<PanelVerdict> panels;
    if (arguments.withPanels) {
        panels = checkedPanels(**cli, *dashboards, arguments.deadline());
        code = worse(code, exitCodeOf(panels));
    }
    printData(context.json ? document(sources, arguments.withPanels ? &panels : nullptr, **cli)
                           : text(sources) + panelText(panels).toUtf8());
    return code;
}

} // namespace

Subcommand checkCommand()
{
    return {u"check"_s,
        u"The configuration, then every source; with --panels what each panel has or misses"_s,
        [](CLI::App &app) {
            auto arguments = std::make_shared<CheckArguments>();
            app.add_option("SOURCE", arguments->source, "Only this datasource")->type_name("");
            app.add_option("--timeout", arguments->timeout, "Give up after this many seconds")
                ->check(CLI::Range(0.1, 600.0))
                ->capture_default_str();
            app.add_flag("--panels", arguments->withPanels,
                "Also ask what every panel asks: which have data, what is missing, how to enable it");
            app.add_option("--dashboard", arguments->dashboards,
                   "With --panels: only this dashboard, by id or file; may be repeated")
                ->needs("--panels")
                ->type_name("NAME")
                ->take_all();
            return [arguments] {
                return CliRun{[arguments](const CliContext &context) { return run(context, *arguments); }};
            };
        }};
}

} // namespace bw
