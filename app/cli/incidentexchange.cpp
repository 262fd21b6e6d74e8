// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <domain/incidents/import/incidentimport.h>
#include <store/incidents/bundle.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>
#include <app/export/incidentsource.h>

#include <CLI/CLI.hpp>

#include <QFile>
#include <QSet>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct ExchangeArguments
{
    std::string file, into, zone, date, format, output = "-";
    std::vector<std::string> files;
    bool dryRun = false;
};

Result<QByteArray> bytesOf(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return fail(
            Error::Kind::Invalid, u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()));
    return file.readAll();
}

// Import

Result<TimelineImportOptions> importOptions(const ExchangeArguments &arguments)
{
    TimelineImportOptions options;
    if (!arguments.zone.empty()) {
        options.zone = QTimeZone(QByteArray::fromStdString(arguments.zone));
        if (!options.zone.isValid())
            return fail(Error::Kind::Invalid,
                u"there is no time zone %1"_s.arg(QString::fromStdString(arguments.zone)));
    }
    if (!arguments.date.empty()) {
        options.date = QDate::fromString(QString::fromStdString(arguments.date), u"yyyy-MM-dd"_s);
        if (!options.date.isValid())
            return fail(Error::Kind::Invalid, u"a date is written as 2026-05-01"_s);
    }
    return options;
}

void showPreview(const CliContext &context, const ImportPreview &preview)
{
    if (context.json) {
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/import/1"_s).member(u"format", preview.format);
        json.key(u"entries").beginArray();
        for (const TimelineEntry &entry : preview.entries)
            json.beginObject()
                .member(u"id", entry.id.toString())
                .member(u"at", entry.at)
                .member(u"kind", entry.kind)
                .member(u"author", verbatim(entry.actor.display))
                .member(u"title", verbatim(entry.title))
                .endObject();
        json.endArray().key(u"unread").beginArray();
        for (const ImportPreview::Unread &line : preview.unread)
            json.beginObject()
                .member(u"line", line.line)
                .member(u"text", line.text)
                .member(u"why", line.why)
                .endObject();
        printData(json.endArray().endObject().take());
        return;
    }
    for (const TimelineEntry &entry : preview.entries)
        printData((isoUtc(entry.at) + u"  "_s + render::line(entry.actor.display, 40) + u"  "_s
            + render::line(entry.title, 200) + u'\n')
                      .toUtf8());
    for (const ImportPreview::Unread &line : preview.unread)
        printMessage(
            u"line %1 cannot be read, %2: %3"_s.arg(QString::number(line.line), line.why, line.text));
}

ExitCode importText(const CliContext &context, const ExchangeArguments &arguments)
{
    auto options = importOptions(arguments);
    if (!options)
        return refuseRecord(options.error());
    const auto bytes = bytesOf(arguments.file);
    if (!bytes)
        return refuseRecord(bytes.error());
    if (arguments.dryRun) {
        const auto preview = previewImport(*bytes, QString::fromStdString(arguments.format), *options);
        if (!preview)
            return refuseRecord(preview.error());
        showPreview(context, *preview);
        return preview->unread.empty() ? ExitCode::Done : ExitCode::Negative;
    }
    auto session = RecordSession::open(context, RecordSession::For::Writing);
    if (!session)
        return refuseRecord(session.error());
    const auto incident = (*session)->find(arguments.into);
    if (!incident)
        return refuseRecord(incident.error());
    options->incident = incident->id;
    const auto preview = previewImport(*bytes, QString::fromStdString(arguments.format), *options);
    if (!preview)
        return refuseRecord(preview.error());
    for (const ImportPreview::Unread &line : preview->unread)
        printMessage(
            u"line %1 cannot be read, %2: %3"_s.arg(QString::number(line.line), line.why, line.text));
    const ExitCode saved = saveAndPrint(context, **session, preview->entries);
    return preview->unread.empty() ? saved : worse(saved, ExitCode::Negative);
}

// Bundles

void showNew(const CliContext &context, const ReadBundle &read, const QSet<EntryId> &known)
{
    ImportPreview preview;
    preview.format = u"bundle"_s;
    for (const JournalLine &line : read.bundle.lines) {
        if (!known.contains(line.entry.id))
            preview.entries.push_back(line.entry);
    }
    showPreview(context, preview);
}

ExitCode importBundle(const CliContext &context, const ExchangeArguments &arguments)
{
    const auto bytes = bytesOf(arguments.file);
    if (!bytes)
        return refuseRecord(bytes.error());
    const auto read = readBundle(*bytes);
    if (!read) {
        printMessage(QString::fromStdString(arguments.file) + u": "_s + read.error().message);
        return ExitCode::Usage;
    }
    for (const QString &finding : read->findings)
        printMessage(QString::fromStdString(arguments.file) + u": "_s + finding);
    const IncidentBundle &bundle = read->bundle;
    auto session = RecordSession::open(
        context, arguments.dryRun ? RecordSession::For::Reading : RecordSession::For::Writing);
    if (!session && !(arguments.dryRun && session.error().kind == Error::Kind::NotFound))
        return refuseRecord(session.error());
    if (arguments.dryRun) {
        QSet<EntryId> known;
        if (session) {
            const auto entries = (*session)->db().entries(bundle.incident);
            for (const TimelineEntry &entry : entries.value_or(std::vector<TimelineEntry>()))
                known.insert(entry.id);
        }
        showNew(context, *read, known);
        return ExitCode::Done;
    }
    IncidentDb &db = (*session)->db();
    // Files before the entries that name them.
    for (const auto &[hash, content] : bundle.blobs) {
        if (auto kept = db.putBlob(bundle.incident, content); !kept)
            return refuseRecord(kept.error());
    }
    const auto adopted = db.adopt(bundle.incident, bundle.lines);
    if (!adopted)
        return refuseRecord(adopted.error());
    printMessage(u"%1 entries added, %2 were here already, %3 are here in another version and were left out"_s
                     .arg(adopted->added)
                     .arg(adopted->known)
                     .arg(adopted->conflicts.size() + bundle.conflicts.size()));
    const bool isWhole = adopted->conflicts.empty() && bundle.conflicts.empty();
    return isWhole ? ExitCode::Done : ExitCode::Negative;
}

ExitCode importFile(const CliContext &context, const ExchangeArguments &arguments)
{
    const bool isBundle = arguments.format == "bundle"
        || (arguments.format.empty() && QString::fromStdString(arguments.file).endsWith(u".bwi"));
    if (isBundle)
        return importBundle(context, arguments);
    if (arguments.into.empty() && !arguments.dryRun) {
        printMessage(u"name the incident these entries are for with --into, or look first with --dry-run"_s);
        return ExitCode::Usage;
    }
    return importText(context, arguments);
}

// Merge

ExitCode mergeFiles(const CliContext &, const ExchangeArguments &arguments)
{
    std::vector<IncidentBundle> bundles;
    for (const std::string &path : arguments.files) {
        const auto bytes = bytesOf(path);
        if (!bytes)
            return refuseRecord(bytes.error());
        auto read = readBundle(*bytes);
        if (!read) {
            printMessage(QString::fromStdString(path) + u": "_s + read.error().message);
            return ExitCode::Usage;
        }
        for (const QString &finding : read->findings)
            printMessage(QString::fromStdString(path) + u": "_s + finding);
        bundles.push_back(std::move(read->bundle));
    }
    const auto merged = mergedBundle(bundles);
    if (!merged)
        return refuseRecord(merged.error());
    const auto bytes = bundleBytes(*merged);
    if (!bytes)
        return refuseRecord(bytes.error());
    if (auto written = writeExport(QString::fromStdString(arguments.output), {}, *bytes, {}); !written)
        return refuseRecord(written.error());
    printMessage(
        u"%1 entries, %2 in more than one version"_s.arg(merged->lines.size()).arg(merged->conflicts.size()));
    return merged->conflicts.empty() ? ExitCode::Done : ExitCode::Negative;
}

using Run = ExitCode (*)(const CliContext &, const ExchangeArguments &);
std::function<ExitCode(const CliContext &)> running(std::shared_ptr<ExchangeArguments> arguments, Run run)
{
    return [arguments, run](const CliContext &context) { return run(context, *arguments); };
}

std::function<ExitCode(const CliContext &)> attachImport(CLI::App &app)
{
    auto arguments = std::make_shared<ExchangeArguments>();
    app.add_option("FILE", arguments->file, "A bundle, JSON, JSON Lines, CSV, or text copied from a chat")
        ->required();
    app.add_option("--into", arguments->into, "Incident the entries are for");
    app.add_option(
        "--format", arguments->format, "bundle, json, csv or chat; else by what the file looks like");
    app.add_option("--zone", arguments->zone, "Zone of times without one; else UTC");
    app.add_option("--date", arguments->date, "Day of a chat's first line, as 2026-05-01");
    app.add_flag("--dry-run", arguments->dryRun, "Show what would be added");
    return running(arguments, importFile);
}

std::function<ExitCode(const CliContext &)> attachMerge(CLI::App &app)
{
    auto arguments = std::make_shared<ExchangeArguments>();
    app.add_option("BUNDLE", arguments->files, "Bundles of one incident")->required();
    app.add_option("-o,--output,--out", arguments->output, "File of the merged bundle; - is standard output")
        ->required();
    return running(arguments, mergeFiles);
}

} // namespace

std::vector<IncidentVerb> incidentExchangeVerbs()
{
    return {{"import", "Add entries from a file of another tool", attachImport},
        {"merge-bundles", "Bundles of one incident as one", attachMerge}};
}

} // namespace bw
