// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/yamlreader.h>
#include <widgets/panels/panelkinds.h>

#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/importcommand.h>
#include <app/cli/renderjob.h>
#include <app/cli/subcommands.h>
#include <app/configfiles.h>
#include <app/newdashboard.h>

#include <CLI/CLI.hpp>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

ExitCode list(const CliContext &context)
{
    const LoadedFiles files = loadFiles(context.configDir, nullptr);
    if (context.json) {
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/dashboards/1"_s).key(u"dashboards").beginArray();
        for (const Dashboard &dashboard : files.dashboards) {
            json.beginObject().member(u"id", dashboard.id).member(u"title", dashboard.title);
            json.member(u"description", dashboard.description).member(u"tags", dashboard.tags);
            json.member(u"panels", int(dashboard.panels.size()))
                .member(u"origin", dashboard.origin)
                .endObject();
        }
        printData(json.endArray().endObject().take());
    } else {
        for (const Dashboard &dashboard : files.dashboards)
            printData((dashboard.id.leftJustified(20) + u' ' + dashboard.title.leftJustified(24) + u' '
                          + dashboard.origin)
                          .toUtf8()
                + '\n');
    }
    for (const Finding &finding : files.findings)
        printMessage(finding.toString());
    return hasErrors(files.findings) ? ExitCode::Usage : ExitCode::Done;
}

/// What is wrong with one file, or why it cannot be read.
Result<std::vector<Finding>> findingsOf(const QString &path, const QStringList &kinds)
{
    const auto bytes = readDocument(path);
    if (!bytes)
        return tl::make_unexpected(bytes.error());
    auto loaded = parseDashboard(*bytes, path);
    if (!loaded)
        return std::vector{Finding{Finding::Level::Error, {}, 0, 0, loaded.error().message}};
    std::vector<Finding> findings = std::move(loaded->findings);
    for (const Finding &finding : lint(loaded->dashboard, kinds))
        findings.push_back(finding);
    std::stable_sort(findings.begin(), findings.end(), [](const Finding &a, const Finding &b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return findings;
}

ExitCode lintFiles(const CliContext &context, const std::vector<std::string> &paths)
{
    QStringList kinds;
    for (const PanelKind &kind : builtinPanelKinds())
        kinds += kind.id;
    ExitCode code = ExitCode::Done;
    std::vector<Finding> all;
    for (const std::string &path : paths) {
        const auto findings = findingsOf(QString::fromStdString(path), kinds);
        if (!findings) {
            printMessage(findings.error().message);
            code = worse(code, ExitCode::Usage);
            continue;
        }
        all.insert(all.end(), findings->begin(), findings->end());
        if (hasErrors(*findings))
            code = worse(code, ExitCode::Negative);
    }
    if (code == ExitCode::Usage)
        return code;
    if (context.json) {
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/lint/1"_s).key(u"findings").beginArray();
        for (const Finding &finding : all) {
            json.beginObject().member(
                u"level", finding.level == Finding::Level::Error ? u"error"_s : u"warning"_s);
            json.member(u"file", finding.file)
                .member(u"line", finding.line)
                .member(u"column", finding.column);
            json.member(u"text", finding.text).endObject();
        }
        printData(json.endArray().endObject().take());
    } else {
        for (const Finding &finding : all)
            printData((finding.toString()
                + (finding.level == Finding::Level::Warning ? u" (warning)"_s : QString()) + u'\n')
                          .toUtf8());
    }
    return code;
}

struct RenderArguments
{
    std::string name, size = "1600x900", theme = "light", compare = "off", at, range, output = "-";
    std::vector<std::string> variables;
    double timeout = 30;
};

Result<RenderJob> jobFrom(const RenderArguments &arguments)
{
    RenderJob job;
    job.dashboard = QString::fromStdString(arguments.name);
    const QStringList sides = QString::fromStdString(arguments.size).split(u'x');
    bool isWidth = false, isHeight = false;
    if (sides.size() == 2)
        job.size = {sides[0].toInt(&isWidth), sides[1].toInt(&isHeight)};
    if (!isWidth || !isHeight || job.size.width() < 100 || job.size.height() < 100
        || job.size.width() > 16'384 || job.size.height() > 16'384)
        return fail(Error::Kind::Invalid, u"--size takes WIDTHxHEIGHT, 100 to 16384 pixels each"_s);
    job.dark = arguments.theme == "dark";
    job.compare = compareNamed(QString::fromStdString(arguments.compare)).value_or(Compare::Off);
    job.at = QString::fromStdString(arguments.at);
    job.range = QString::fromStdString(arguments.range);
    job.output = QString::fromStdString(arguments.output);
    job.deadline = std::chrono::milliseconds(qint64(arguments.timeout * 1000));
    for (const std::string &variable : arguments.variables) {
        const QString text = QString::fromStdString(variable);
        const qsizetype equals = text.indexOf(u'=');
        if (equals < 1)
            return fail(Error::Kind::Invalid, u"--var takes NAME=VALUE, not %1"_s.arg(text));
        job.variables[text.left(equals)] += text.mid(equals + 1);
    }
    if (job.output != u"-"_s && !job.output.endsWith(u".png"_s) && !job.output.endsWith(u".json"_s))
        return fail(
            Error::Kind::Invalid, u"-o takes a file ending in .png or .json, or - for standard output"_s);
    return job;
}

void addRender(CLI::App &render, RenderArguments &arguments)
{
    render.add_option("NAME", arguments.name, "Id of a dashboard, or a file")->required()->type_name("");
    render.add_option("--size", arguments.size, "Pixels of the picture")
        ->type_name("WxH")
        ->capture_default_str();
    render.add_option("--theme", arguments.theme, "Colours")
        ->check(CLI::IsMember({"light", "dark"}))
        ->capture_default_str();
    render.add_option("--compare", arguments.compare, "Beside each value the one of 24 h or 168 h earlier")
        ->check(CLI::IsMember({"off", "day", "week"}))
        ->capture_default_str();
    render.add_option("--at", arguments.at, "The picture's now")->type_name("TIME");
    render.add_option("--range", arguments.range, "6h, today, or FROM to TO; else the dashboard's")
        ->type_name("SPEC");
    render.add_option("--var", arguments.variables, "Value of a variable; may be repeated")
        ->type_name("NAME=VALUE")
        ->take_all();
    render.add_option("-o,--out", arguments.output, "Picture (.png) or values (.json); - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
    render.add_option("--timeout", arguments.timeout, "Draw what is there after this many seconds")
        ->check(CLI::Range(0.1, 600.0))
        ->capture_default_str();
}

struct NewArguments
{
    std::string form, output = "-";
    double timeout = 5;
};

/// A dashboard from a template, for what the default metric source has; as a whole when it does not answer.
ExitCode makeNew(const CliContext &context, const NewArguments &arguments)
{
    Session::Options options;
    options.profiles = options.oneShot = true;
    auto cli = CliSession::open(context, options);
    if (!cli) {
        printMessage(cli.error().message);
        return ExitCode::Usage;
    }
    Session &session = (*cli)->session();
    (*cli)->waitUntil(
        [&] { return session.isSurveyed(); }, std::chrono::milliseconds(qint64(arguments.timeout * 1000)));
    const SourceInfo *source = session.board().defaultOf(u"prometheus");
    const bool known = source && source->profile.found;
    if (!known)
        printMessage(u"no source of metrics tells what it has: every panel of the template is kept"_s);
    QStringList taken;
    for (const Dashboard &dashboard : (*cli)->files().dashboards)
        taken << dashboard.id;
    const auto made =
        newDashboard(QString::fromStdString(arguments.form), known ? &source->profile : nullptr, taken);
    if (!made) {
        printMessage(made.error().message);
        return ExitCode::Usage;
    }
    for (const QString &left : made->left)
        printMessage(u"left out: "_s + left);
    const auto written = writeOutput(QString::fromStdString(arguments.output), made->text);
    if (!written)
        printMessage(written.error().message);
    return written ? ExitCode::Done : ExitCode::Usage;
}

} // namespace

Subcommand dashboardCommand()
{
    return {u"dashboard"_s, u"List, check, import, draw and begin dashboards"_s, [](CLI::App &app) {
                app.require_subcommand(1);
                CLI::App *listed = app.add_subcommand("list", "Every dashboard there is")->fallthrough();
                CLI::App *linted = app.add_subcommand("lint", "Check dashboard files")->fallthrough();
                CLI::App *rendered =
                    app.add_subcommand("render", "Draw a dashboard without a display")->fallthrough();
                CLI::App *brought =
                    app.add_subcommand("import", "Bring over a dashboard of Grafana")->fallthrough();
                auto import = attachDashboardImport(*brought);
                auto files = std::make_shared<std::vector<std::string>>();
                linted->add_option("FILE", *files, "Dashboard files")->required();
                CLI::App *added =
                    app.add_subcommand("new", "A dashboard from a template: red, use, golden, serverless")
                        ->fallthrough();
                auto fresh = std::make_shared<NewArguments>();
                added->add_option("TEMPLATE", fresh->form, "red, use, golden or serverless")
                    ->required()
                    ->type_name("");
                added->add_option("-o,--out", fresh->output, "File to write; - is standard output")
                    ->type_name("FILE")
                    ->capture_default_str();
                added->add_option("--timeout", fresh->timeout, "Seconds to find out what the source has")
                    ->check(CLI::Range(0.1, 600.0))
                    ->capture_default_str();
                auto arguments = std::make_shared<RenderArguments>();
                addRender(*rendered, *arguments);
                return [listed, linted, brought, import, added, files, fresh, arguments]() -> CliRun {
                    if (listed->parsed())
                        return {list};
                    if (brought->parsed())
                        return import();
                    if (linted->parsed())
                        return {[files](const CliContext &context) { return lintFiles(context, *files); }};
                    if (added->parsed())
                        return {[fresh](const CliContext &context) { return makeNew(context, *fresh); }};
                    return {[arguments](const CliContext &context) {
                                const auto job = jobFrom(*arguments);
                                if (!job) {
                                    printMessage(job.error().message);
                                    return ExitCode::Usage;
                                }
                                return renderDashboard(context, *job);
                            },
                        true};
                };
            }};
}

} // namespace bw
