// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/export/incidentsource.h>
#include <store/documents/filewriter.h>
#include <store/documents/yamlreader.h>

#include <app/cli/clioutput.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

const QString kSuffix = u".md.mustache"_s;

std::vector<WriterHead> headsOf(const std::vector<JournalLine> &lines)
{
    std::vector<WriterHead> heads;
    for (const auto &[writer, head] : checkChains(lines).heads)
        heads.push_back({writer, head.seq, head.hash});
    return heads;
}

/// A picture by its first bytes, else samples or text.
void addData(SnapshotData &data, const QByteArray &bytes)
{
    if (bytes.startsWith("\x89PNG\r\n\x1a\n")) {
        data.image = bytes;
        return;
    }
    QByteArray image = std::move(data.image);
    data = snapshotDataFrom(bytes);
    data.image = std::move(image);
}

void finish(ExportSource &source)
{
    IncidentRecord &record = source.record;
    record.heads = headsOf(source.bundle.lines);
    record.versions = exportVersions();
    for (const Snapshot &snapshot : record.incident.snapshots) {
        for (const QString &hash : {snapshot.dataFile, snapshot.image}) {
            if (const auto blob = source.bundle.blobs.find(hash); blob != source.bundle.blobs.end())
                addData(record.data[snapshot.id], blob->second);
        }
    }
}

QStringList namesIn(const QString &folder)
{
    QStringList names;
    for (const QString &file : QDir(folder).entryList({u'*' + kSuffix}, QDir::Files, QDir::Name))
        names << file.chopped(kSuffix.size());
    return names;
}

} // namespace

std::vector<std::pair<QString, QString>> exportVersions()
{
    return {{u"Bridgewatch"_s, QCoreApplication::applicationVersion()},
        {u"Qt"_s, QString::fromLatin1(qVersion())}};
}

Result<ExportSource> sourceFromRecord(IncidentDb &db, const IncidentId &incident)
{
    auto lines = db.lines(incident);
    if (!lines)
        return tl::unexpected(lines.error());
    ExportSource source;
    std::vector<TimelineEntry> entries;
    for (const JournalLine &line : *lines)
        entries.push_back(line.entry);
    source.record.entries = curate(entries);
    source.record.incident = project(source.record.entries);
    source.bundle.incident = incident;
    source.bundle.lines = std::move(*lines);
    for (const Snapshot &snapshot : source.record.incident.snapshots) {
        for (const QString &hash : {snapshot.dataFile, snapshot.image}) {
            auto bytes = hash.isEmpty() ? Result<QByteArray>(QByteArray()) : db.blob(incident, hash);
            if (bytes && !hash.isEmpty())
                source.bundle.blobs[hash] = std::move(*bytes);
        }
    }
    finish(source);
    return source;
}

ExportSource sourceFromBundle(const IncidentBundle &bundle)
{
    ExportSource source;
    source.bundle = bundle;
    std::vector<TimelineEntry> entries;
    for (const JournalLine &line : bundle.lines)
        entries.push_back(line.entry);
    source.record.entries = curate(entries);
    source.record.incident = project(source.record.entries);
    finish(source);
    return source;
}

QStringList exportTemplates(const QString &folder)
{
    QStringList names = namesIn(folder) + namesIn(u":/postmortem"_s);
    names.removeDuplicates();
    names.sort();
    return names;
}

Result<MustacheTemplate> exportTemplate(const QString &name, const QString &folder)
{
    QString path = name;
    if (!name.endsWith(".mustache"_L1)) {
        path = folder + u'/' + name + kSuffix;
        if (name.contains(u'/') || !QFileInfo::exists(path))
            path = u":/postmortem/"_s + name + kSuffix;
    }
    if (!QFileInfo::exists(path))
        return fail(Error::Kind::NotFound,
            u"there is no template %1; there are %2"_s.arg(name, exportTemplates(folder).join(u", "_s)));
    auto text = readDocument(path);
    if (!text)
        return tl::unexpected(text.error());
    return MustacheTemplate::parse(QString::fromUtf8(*text), path);
}

Result<void> writeExport(
    const QString &path, const QString &folder, const QByteArray &bytes, const std::vector<ExportFile> &files)
{
    if (path == "-"_L1)
        return writeOutput(path, bytes);
    const QString beside = QFileInfo(path).absolutePath() + u'/' + folder;
    if (!files.empty() && !QDir().mkpath(beside))
        return fail(Error::Kind::Storage, u"%1 cannot be made"_s.arg(beside));
    for (const ExportFile &file : files) {
        if (auto written = writeWhole(beside + u'/' + file.name, file.bytes); !written)
            return written;
    }
    return writeOutput(path, bytes);
}

} // namespace bw
