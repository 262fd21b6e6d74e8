// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/bundle.h>

#include <domain/incidents/export/incidentdocument.h>
#include <store/incidents/tararchive.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString kManifest = u"manifest.json"_s, kHead = u"incident.json"_s, kJournal = u"journal.jsonl"_s,
              kConflicts = u"conflicts.jsonl"_s, kPostmortem = u"postmortem.md"_s, kBlobs = u"blobs/"_s;

bool isBefore(const JournalLine &a, const JournalLine &b)
{
    return a.entry.id == b.entry.id ? a.hash < b.hash : recordedBefore(a.entry, b.entry);
}

QByteArray textOf(const std::vector<JournalLine> &lines)
{
    QByteArray out;
    for (const JournalLine &line : lines)
        out += line.bytes + '\n';
    return out;
}

/// The header alone; the timeline is in the journal.
QByteArray headJson(const std::vector<JournalLine> &lines)
{
    std::vector<TimelineEntry> entries;
    for (const JournalLine &line : lines)
        entries.push_back(line.entry);
    IncidentRecord record;
    record.entries = curate(entries);
    record.incident = project(record.entries);
    RedactedRecord head = redact(record, {});
    head.record.entries.clear();
    return jsonDocument(head);
}

QByteArray manifestOf(const IncidentBundle &bundle, const std::vector<ArchiveFile> &files)
{
    QJsonObject list, heads;
    for (const ArchiveFile &file : files)
        list.insert(file.name,
            QJsonObject{
                {u"sha256"_s, QString::fromLatin1(sha256(file.bytes))}, {u"bytes"_s, file.bytes.size()}});
    for (const auto &[writer, head] : checkChains(bundle.lines).heads)
        heads.insert(writer.toString(),
            QJsonObject{{u"seq"_s, qint64(head.seq)}, {u"hash"_s, QString::fromLatin1(head.hash)}});
    const QJsonObject manifest{{u"schema"_s, u"bridgewatch.bundle/1"_s},
        {u"incident"_s, bundle.incident.toString()}, {u"files"_s, list}, {u"heads"_s, heads}};
    return QJsonDocument(manifest).toJson(QJsonDocument::Indented);
}

tl::unexpected<Error> noBundle(const QString &why)
{
    return fail(Error::Kind::Decode, u"this is no bundle of an incident: "_s + why);
}

Result<std::vector<JournalLine>> linesFrom(const QByteArray &bytes, const QString &name)
{
    std::vector<JournalLine> lines;
    int number = 0;
    for (const QByteArray &text : bytes.split('\n')) {
        ++number;
        if (text.isEmpty())
            continue;
        auto line = decodeLine(text);
        if (!line)
            return noBundle(u"%1, line %2: %3"_s.arg(name).arg(number).arg(line.error().message));
        lines.push_back(std::move(*line));
    }
    return lines;
}

/// Every file is named in the manifest with its hash, and the other way round.
Result<QJsonObject> checkedManifest(const std::map<QString, QByteArray> &files)
{
    const auto found = files.find(kManifest);
    if (found == files.end())
        return noBundle(u"it has no manifest.json"_s);
    const QJsonObject manifest = QJsonDocument::fromJson(found->second).object();
    if (manifest.value("schema"_L1) != "bridgewatch.bundle/1"_L1)
        return noBundle(u"its schema is not bridgewatch.bundle/1"_s);
    const QJsonObject list = manifest.value("files"_L1).toObject();
    for (const auto &[name, bytes] : files) {
        const QString hash = list.value(name).toObject().value("sha256"_L1).toString();
        if (name != kManifest && hash != QString::fromLatin1(sha256(bytes)))
            return noBundle(name + u" is not what the manifest says"_s);
    }
    for (const QString &name : list.keys()) {
        if (!files.contains(name))
            return noBundle(name + u" is missing"_s);
    }
    return manifest;
}

void checkRecord(ReadBundle &read, const QJsonObject &manifest)
{
    const ChainReport chains = checkChains(read.bundle.lines);
    read.findings += chains.problems;
    for (const ChainReport::Gap &gap : chains.gaps)
        read.findings << u"writer %1: entries %2 to %3 are missing"_s.arg(gap.writer.toString())
                             .arg(gap.first)
                             .arg(gap.last);
    const QJsonObject heads = manifest.value("heads"_L1).toObject();
    for (const QString &writer : heads.keys()) {
        const auto id = WriterId::parse(writer);
        const auto head = id ? chains.heads.find(*id) : chains.heads.end();
        const QString said = heads.value(writer).toObject().value("hash"_L1).toString();
        if (head == chains.heads.end() || QString::fromLatin1(head->second.hash) != said)
            read.findings << u"writer %1: the record does not end where the manifest says"_s.arg(writer);
    }
    if (!read.bundle.conflicts.empty())
        read.findings << u"%1 entries are there in more than one version"_s.arg(read.bundle.conflicts.size());
}

} // namespace

Result<QByteArray> bundleBytes(const IncidentBundle &bundle)
{
    std::vector<JournalLine> lines = bundle.lines, conflicts = bundle.conflicts;
    std::sort(lines.begin(), lines.end(), isBefore);
    std::sort(conflicts.begin(), conflicts.end(), isBefore);
    const bool isOne = std::all_of(lines.begin(), lines.end(),
        [&](const JournalLine &line) { return line.entry.incident == bundle.incident; });
    if (lines.empty() || !isOne)
        return fail(Error::Kind::Invalid, u"a bundle holds the entries of one incident"_s);
    std::vector<ArchiveFile> files{{kHead, headJson(lines)}, {kJournal, textOf(lines)}};
    if (!conflicts.empty())
        files.push_back({kConflicts, textOf(conflicts)});
    if (!bundle.postmortem.isEmpty())
        files.push_back({kPostmortem, bundle.postmortem});
    for (const auto &[hash, bytes] : bundle.blobs)
        files.push_back({kBlobs + hash, bytes});
    files.push_back({kManifest, manifestOf(bundle, files)});
    Timestamp newest{};
    for (const JournalLine &line : lines)
        newest = std::max(newest, line.entry.recorded.utc);
    const auto tar = writeTar(std::move(files), toNs(newest) / 1'000'000'000);
    return tar ? compressed(*tar) : tar;
}

Result<ReadBundle> readBundle(const QByteArray &bytes)
{
    const auto tar = decompressed(bytes);
    if (!tar)
        return tl::unexpected(tar.error());
    auto list = readTar(*tar);
    if (!list)
        return tl::unexpected(list.error());
    std::map<QString, QByteArray> files;
    for (ArchiveFile &file : *list)
        files[file.name] = std::move(file.bytes);
    const auto manifest = checkedManifest(files);
    if (!manifest)
        return tl::unexpected(manifest.error());
    ReadBundle read;
    const auto incident = IncidentId::parse(manifest->value("incident"_L1).toString());
    auto lines = linesFrom(files[kJournal], kJournal);
    auto conflicts = linesFrom(files[kConflicts], kConflicts);
    if (!lines || !conflicts)
        return tl::unexpected(lines ? conflicts.error() : lines.error());
    for (const JournalLine &line : *lines) {
        if (!incident || line.entry.incident != *incident)
            return noBundle(u"its entries are of another incident"_s);
    }
    if (lines->empty())
        return noBundle(u"it has no entries"_s);
    read.bundle = {*incident, std::move(*lines), std::move(*conflicts), {}, files[kPostmortem]};
    for (auto &[name, content] : files) {
        if (!name.startsWith(kBlobs))
            continue;
        const QString hash = name.mid(kBlobs.size());
        if (hash != QString::fromLatin1(sha256(content)))
            return noBundle(name + u" is not what its name says"_s);
        read.bundle.blobs[hash] = std::move(content);
    }
    checkRecord(read, *manifest);
    return read;
}

Result<IncidentBundle> mergedBundle(std::span<const IncidentBundle> bundles)
{
    IncidentBundle merged;
    std::vector<JournalLine> all;
    for (const IncidentBundle &bundle : bundles) {
        if (!merged.incident.isNull() && bundle.incident != merged.incident)
            return fail(Error::Kind::Invalid, u"these are bundles of different incidents"_s);
        merged.incident = bundle.incident;
        all.insert(all.end(), bundle.lines.begin(), bundle.lines.end());
        all.insert(all.end(), bundle.conflicts.begin(), bundle.conflicts.end());
        merged.blobs.insert(bundle.blobs.begin(), bundle.blobs.end());
        const auto rank = [](const QByteArray &text) { return std::pair(-text.size(), text); };
        if (merged.postmortem.isEmpty() || rank(bundle.postmortem) < rank(merged.postmortem))
            merged.postmortem = bundle.postmortem;
    }
    // By id, and of one id by hash: the same line twice lies side by side.
    std::sort(all.begin(), all.end(), [](const JournalLine &a, const JournalLine &b) {
        return a.entry.id == b.entry.id ? a.bytes < b.bytes : a.entry.id < b.entry.id;
    });
    for (size_t i = 0; i < all.size(); ++i) {
        const bool sameId = i > 0 && all[i].entry.id == all[i - 1].entry.id;
        if (sameId && all[i].bytes == all[i - 1].bytes)
            continue;
        if (sameId && all[i].hash == merged.lines.back().hash) {
            // One of them lost its content on purpose; no copy elsewhere brings that back.
            if (all[i].entry.redacted)
                merged.lines.back() = all[i];
            continue;
        }
        (sameId ? merged.conflicts : merged.lines).push_back(all[i]);
    }
    std::sort(merged.lines.begin(), merged.lines.end(), isBefore);
    std::sort(merged.conflicts.begin(), merged.conflicts.end(), isBefore);
    return merged;
}

} // namespace bw
