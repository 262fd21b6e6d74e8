// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>
#include <app/export/exportformats.h>
#include <app/export/incidentsource.h>
#include <app/export/paintedformats.h>

#include <CLI/CLI.hpp>

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <map>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct ExportArguments
{
    std::string id, format, form = "concise", output = "-";
    std::map<std::string, std::string> options; ///< by name of setExportOption()
    bool rawCsv = false, keepEdited = false, takeNew = false;
};

QString textOf(const std::string &text) { return QString::fromStdString(text); }
QString templateFolder(const CliContext &context) { return context.configDir + u"/postmortem"_s; }

/// The record by key or id; a path of a bundle reads that instead.
Result<ExportSource> sourceOf(const CliContext &context, const std::string &id)
{
    const QString text = textOf(id);
    if (text.endsWith(".bwi"_L1) && QFileInfo(text).isFile()) {
        QFile file(text);
        if (!file.open(QIODevice::ReadOnly))
            return fail(Error::Kind::Invalid, u"%1 cannot be read: %2"_s.arg(text, file.errorString()));
        const auto read = readBundle(file.readAll());
        if (!read)
            return fail(Error::Kind::Invalid, text + u": "_s + read.error().message);
        for (const QString &finding : read->findings)
            printMessage(text + u": "_s + finding);
        return sourceFromBundle(read->bundle);
    }
    auto session = RecordSession::open(context, RecordSession::For::Reading);
    if (!session)
        return tl::unexpected(session.error());
    const auto incident = (*session)->db().find(text);
    if (!incident)
        return tl::unexpected(incident.error());
    return sourceFromRecord((*session)->db(), *incident);
}

Result<ExportOptions> optionsOf(const ExportArguments &arguments)
{
    ExportOptions options;
    options.rawCsv = arguments.rawCsv;
    for (const auto &[name, value] : arguments.options) {
        if (value.empty())
            continue;
        if (auto set = setExportOption(options, textOf(name), textOf(value)); !set)
            return tl::unexpected(set.error());
    }
    return options;
}

/// What the files of a document lie in: "x.md" has "x_files".
QString folderFor(const QString &path, const QString &key)
{
    return fileNameFrom(path == "-"_L1 ? key : QFileInfo(path).completeBaseName()) + u"_files"_s;
}

Result<void> exportTo(const CliContext &context, const ExportArguments &arguments)
{
    const auto options = optionsOf(arguments);
    if (!options)
        return tl::unexpected(options.error());
    QString path = textOf(arguments.output);
    const auto format = exportFormat(textOf(arguments.format), path);
    if (!format)
        return tl::unexpected(format.error());
    const auto source = sourceOf(context, arguments.id);
    if (!source)
        return tl::unexpected(source.error());
    const QString key = source->record.incident.key;
    if (QFileInfo(path).isDir())
        path += u'/' + fileNameFrom(key) + format->suffix;
    ExportRequest request{redact(source->record, *options), {}, folderFor(path, key), &source->bundle};
    if (format->takesTemplate) {
        auto form = exportTemplate(textOf(arguments.form), templateFolder(context));
        if (!form)
            return tl::unexpected(form.error());
        request.form = std::move(*form);
    }
    const auto made = format->write(request);
    if (!made)
        return tl::unexpected(made.error());
    if (path == "-"_L1 && !made->files.empty())
        printMessage(u"the document refers to %1 files, which are written only with -o FILE"_s.arg(
            made->files.size()));
    return writeExport(path, request.folder, made->bytes, made->files);
}

QString wordOf(RegionOutcome::What what)
{
    switch (what) {
    case RegionOutcome::What::Same:
        return u"unchanged"_s;
    case RegionOutcome::What::Replaced:
        return u"made anew"_s;
    case RegionOutcome::What::Edited:
        return u"edited"_s;
    case RegionOutcome::What::KeptEdited:
        return u"kept as edited"_s;
    case RegionOutcome::What::TookFresh:
        return u"taken anew"_s;
    case RegionOutcome::What::Frozen:
        return u"frozen"_s;
    }
    return {};
}

void report(const CliContext &context, const QString &path, const Regeneration &made)
{
    if (context.json) {
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/regenerated/1"_s).member(u"file", path);
        json.member(u"refused", made.isRefused).key(u"regions").beginArray();
        for (const RegionOutcome &one : made.outcomes)
            json.beginObject()
                .member(u"region", QString::fromUtf8(one.name))
                .member(u"outcome", wordOf(one.what))
                .member(u"diff", QString::fromUtf8(one.diff))
                .endObject();
        printData(json.endArray().endObject().take());
        return;
    }
    for (const RegionOutcome &one : made.outcomes) {
        printData(one.name + ": " + wordOf(one.what).toUtf8() + '\n');
        if (one.what == RegionOutcome::What::Edited || one.what == RegionOutcome::What::KeptEdited)
            printData(one.diff);
    }
    if (made.isRefused)
        printMessage(
            u"%1 was left as it is: --keep-edited keeps the edited regions and makes the others anew, "
            u"--take-new replaces them too"_s.arg(path));
}

/// Regions of one document, each from the incident and with the options that its marker names.
class FreshRegions
{
public:
    FreshRegions(const CliContext &context, QString folder)
        : m_context(context)
        , m_folder(std::move(folder))
    {
    }

    Result<QByteArray> operator()(const Region &region)
    {
        const QByteArray key = QJsonDocument(region.options).toJson(QJsonDocument::Compact);
        if (!m_redacted.contains(key)) {
            const auto options = exportOptionsFrom(region.options);
            if (!options)
                return tl::unexpected(options.error());
            // The document may be anybody's: what it names is an id, never a file.
            const QString id = region.options.value("incident"_L1).toString();
            if (!IncidentId::parse(id))
                return fail(
                    Error::Kind::Invalid, u"the document names no incident: \"%1\""_s.arg(id.left(60)));
            const auto source = sourceOf(m_context, id.toStdString());
            if (!source)
                return tl::unexpected(source.error());
            m_redacted[key] = redact(source->record, *options);
        }
        auto made = markdownRegion(region.name, m_redacted[key], m_folder);
        if (!made)
            return tl::unexpected(made.error());
        files.insert(files.end(), made->files.begin(), made->files.end());
        return made->bytes;
    }

    std::vector<ExportFile> files;

private:
    const CliContext &m_context;
    QString m_folder;
    std::map<QByteArray, RedactedRecord> m_redacted;
};

Result<bool> regenerateFile(const CliContext &context, const ExportArguments &arguments)
{
    const QString path = textOf(arguments.id);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Error::Kind::Invalid, u"%1 cannot be read: %2"_s.arg(path, file.errorString()));
    const QByteArray before = file.readAll();
    file.close();
    const QString folder = folderFor(path, {});
    FreshRegions fresh(context, folder);
    const EditedRegions policy = arguments.takeNew ? EditedRegions::Take
        : arguments.keepEdited                     ? EditedRegions::Keep
                                                   : EditedRegions::Refuse;
    const auto made = regenerate(before, std::ref(fresh), policy);
    if (!made)
        return tl::unexpected(made.error());
    if (made->outcomes.empty())
        return fail(Error::Kind::Invalid, u"%1 has no generated regions"_s.arg(path));
    if (made->document != before) {
        if (auto written = writeExport(path, folder, made->document, fresh.files); !written)
            return tl::unexpected(written.error());
    }
    report(context, path, *made);
    return !made->isRefused;
}

void addOptions(CLI::App &app, ExportArguments &arguments)
{
    const std::pair<const char *, const char *> all[] = {{"zone", "Time zone beside UTC, as Europe/Berlin"},
        {"precision", "s or ms"}, {"level", "Entries from this level up: trace, log, timeline, key, public"},
        {"kinds", "Only these kinds or groups, separated by commas: note,decision.made"},
        {"names", "full, initials, roles or none"},
        {"profile", "Who will read it: internal, partner or public"}, {"charts", "image, data or both"}};
    for (const auto &[name, help] : all)
        app.add_option("--" + std::string(name), arguments.options[name], help);
    app.add_flag("--raw-csv", arguments.rawCsv, "Cells as they are, formulas included");
}

std::function<ExitCode(const CliContext &)> attachExport(CLI::App &app)
{
    auto arguments = std::make_shared<ExportArguments>();
    std::string formats;
    for (const ExportFormat &format : exportFormats())
        formats += (formats.empty() ? "" : ", ") + format.id.toStdString();
    app.add_option("ID", arguments->id, "Key, id or its beginning; or a bundle's file")->required();
    app.add_option("--format", arguments->format, "One of " + formats + "; else by the file's name");
    app.add_option("--template", arguments->form, "Name, or a file that ends in .mustache")
        ->capture_default_str();
    app.add_option("-o,--output,--out", arguments->output, "File or folder; - is standard output")
        ->capture_default_str();
    addOptions(app, *arguments);
    return [arguments](const CliContext &context) {
        const auto done = exportTo(context, *arguments);
        return done ? ExitCode::Done : refuseRecord(done.error());
    };
}

bool needsPainting(CLI::App &app)
{
    const auto format = exportFormat(textOf(app.get_option("--format")->as<std::string>()),
        textOf(app.get_option("--output")->as<std::string>()));
    if (format && format->paints)
        fixHashSeed();
    return format && format->paints;
}

std::function<ExitCode(const CliContext &)> attachRegenerate(CLI::App &app)
{
    auto arguments = std::make_shared<ExportArguments>();
    app.add_option("FILE", arguments->id, "A document that export --format md wrote")->required();
    auto *keep = app.add_flag("--keep-edited", arguments->keepEdited, "Leave edited regions and freeze them");
    app.add_flag("--take-new", arguments->takeNew, "Replace edited regions too")->excludes(keep);
    return [arguments](const CliContext &context) {
        const auto done = regenerateFile(context, *arguments);
        if (!done)
            return refuseRecord(done.error());
        return *done ? ExitCode::Done : ExitCode::Negative;
    };
}

} // namespace

std::vector<IncidentVerb> incidentExportVerbs()
{
    return {
        {"export", "Write an incident as a document, table, picture or bundle", attachExport, needsPainting},
        {"regenerate", "Make the generated parts of a document anew", attachRegenerate}};
}

} // namespace bw
