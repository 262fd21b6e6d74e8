// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <store/documents/dashboardfile.h>

#include <app/cli/clioutput.h>
#include <app/cli/importcommand.h>
#include <app/dashboardimport.h>

#include <CLI/CLI.hpp>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct ImportArguments
{
    std::string file, output, report, id;
    std::vector<std::string> sources;
};

void writeItems(JsonWriter &json, const std::vector<ImportItem> &items)
{
    json.beginArray();
    for (const ImportItem &item : items)
        json.beginObject()
            .member(u"path", item.path)
            .member(u"what", item.what)
            .member(u"why", item.why)
            .member(u"effect", effectText(item.effect))
            .endObject();
    json.endArray();
}

QByteArray asJson(const GrafanaImport &import, const QString &output)
{
    using Status = PanelImport::Status;
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/dashboard-import/1"_s);
    json.member(u"id", import.dashboard.id).member(u"title", import.dashboard.title);
    json.member(u"from", import.schema).member(u"output", output);
    json.key(u"panels").beginObject().member(u"total", int(import.panels.size()));
    json.member(u"full", import.count(Status::Full)).member(u"partial", import.count(Status::Partial));
    json.member(u"placeholder", import.count(Status::Placeholder)).endObject();
    json.key(u"values").beginObject().member(u"total", import.leaves.all).member(u"used", import.leaves.used);
    json.member(u"known", import.leaves.known).member(u"reported", import.leaves.reported).endObject();
    json.key(u"items");
    writeItems(json, import.items);
    json.key(u"list").beginArray();
    for (const PanelImport &panel : import.panels) {
        json.beginObject().member(u"id", panel.id).member(u"title", panel.title).member(u"from", panel.from);
        json.member(u"becomes", panel.becomes).member(u"status", statusText(panel.status)).key(u"items");
        writeItems(json, panel.items);
        json.endObject();
    }
    return json.endArray().endObject().take();
}

ExitCode run(const CliContext &context, const ImportArguments &arguments)
{
    const QString file = QString::fromStdString(arguments.file),
                  output = QString::fromStdString(arguments.output);
    const bool isOutput = output == "-"_L1, isReport = arguments.report == "-";
    if (int(context.json) + int(isOutput) + int(isReport) > 1) {
        printMessage(u"--json, -o - and --report - each write to standard output; only one of them can"_s);
        return ExitCode::Usage;
    }
    const Result<QByteArray> bytes = readForImport(file);
    if (!bytes) {
        printMessage(bytes.error().message);
        return ExitCode::Usage;
    }
    ImportOptions options = importOptions();
    options.id = QString::fromStdString(arguments.id);
    for (const std::string &source : arguments.sources) {
        const QString text = QString::fromStdString(source);
        const qsizetype equals = text.lastIndexOf(u'=');
        if (equals < 1) {
            printMessage(u"--source takes NAME=ID, not %1"_s.arg(text));
            return ExitCode::Usage;
        }
        options.sources.insert(text.left(equals), text.mid(equals + 1));
    }
    const Result<GrafanaImport> imported = importGrafana(*bytes, options);
    if (!imported) {
        printMessage(u"%1: %2"_s.arg(file == "-"_L1 ? u"standard input"_s : file, imported.error().message));
        return ExitCode::Usage;
    }
    std::vector<std::pair<QString, QByteArray>> files;
    if (!output.isEmpty())
        files.emplace_back(output, writeDashboard(imported->dashboard));
    if (!arguments.report.empty())
        files.emplace_back(QString::fromStdString(arguments.report), importReport(*imported));
    for (const auto &[path, content] : files) {
        if (const auto written = writeOutput(path, content); !written) {
            printMessage(written.error().message);
            return ExitCode::Usage;
        }
    }
    if (context.json)
        printData(asJson(*imported, output));
    else if (arguments.report.empty() && !isOutput)
        printData(importReport(*imported));
    const int placeholders = imported->count(PanelImport::Status::Placeholder);
    printMessage(u"%1: %2 panels, %3 as they were, %4 with differences, %5 as placeholders"_s
                     .arg(imported->dashboard.id)
                     .arg(imported->panels.size())
                     .arg(imported->count(PanelImport::Status::Full))
                     .arg(imported->count(PanelImport::Status::Partial))
                     .arg(placeholders));
    return placeholders > 0 ? ExitCode::Negative : ExitCode::Done;
}

} // namespace

std::function<CliRun()> attachDashboardImport(CLI::App &app)
{
    auto arguments = std::make_shared<ImportArguments>();
    app.add_option("FILE", arguments->file, "Dashboard exported from Grafana, as JSON; - is standard input")
        ->required()
        ->type_name("");
    app.add_option("-o,--out", arguments->output,
           "Dashboard file to write; - is standard output; none: only the report")
        ->type_name("FILE");
    app.add_option(
           "--report", arguments->report, "Where the report goes, as Markdown; else to standard output")
        ->type_name("FILE");
    app.add_option("--id", arguments->id, "Id of the dashboard; else from its title")->type_name("ID");
    app.add_option(
           "--source", arguments->sources, "Which source of ours answers for one of theirs; may be repeated")
        ->type_name("NAME=ID")
        ->take_all();
    return [arguments]() -> CliRun {
        return {[arguments](const CliContext &context) { return run(context, *arguments); }};
    };
}

} // namespace bw
