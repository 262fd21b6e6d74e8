// SPDX-License-Identifier: GPL-3.0-or-later
// An incident of 10,000 entries to every format that paints nothing, redaction included. Milliseconds, median
// of five; the peer is the same entries written as JSON by QJsonDocument alone: the floor of anything that
// touches each of them.
#include <domain/incidents/export/chartpicture.h>
#include <domain/incidents/export/incidentdocument.h>
#include <domain/incidents/import/incidentimport.h>

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>
#include <functional>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kEntries = 10'000;

Uuid numbered(quint32 number)
{
    Uuid id;
    for (size_t i = 0; i < 4; ++i)
        id.bytes[15 - i] = quint8(number >> (8 * i));
    id.bytes[6] = 0x70;
    return id;
}

IncidentRecord recordOf(int count)
{
    std::vector<TimelineEntry> entries;
    for (int i = 0; i < count; ++i) {
        TimelineEntry entry;
        entry.id = EntryId{numbered(quint32(i + 1))};
        entry.incident = IncidentId{numbered(0xffff0000)};
        entry.writer = WriterId{numbered(0xffff0001)};
        entry.seq = quint64(i + 1);
        entry.hlc = Hlc{quint64(i + 1) << 16};
        entry.at = fromNs(1'795'262'400'000'000'000 + qint64(i) * 1'000'000'000);
        entry.recorded.utc = entry.at;
        entry.actor = {
            Actor::Type::Person, u"p%1"_s.arg(i % 12), Untrusted(u"Person Number %1"_s.arg(i % 12))};
        entry.kind = i == 0 ? u"incident.declared"_s : i % 5 == 0 ? u"alert.fired"_s : u"note.text"_s;
        entry.title = Untrusted(u"Latency of checkout on web-%1 above 2 s since %2"_s.arg(i % 40).arg(i));
        entry.body = Untrusted(
            u"p99 went from 180 ms to 2.3 s on 10.0.%1.%2; the pool of db-1 is full."_s.arg(i % 250).arg(
                i % 200));
        if (i == 0)
            entry.data = {{u"key"_s, u"INC-2026-0001"_s}, {u"severity"_s, u"SEV1"_s}};
        else if (i % 5 == 0)
            entry.data = {{u"alert"_s, u"%1"_s.arg(i % 100)},
                {u"labels"_s, QJsonObject{{u"instance"_s, u"web-%1:9100"_s.arg(i % 40)}}}};
        entries.push_back(std::move(entry));
    }
    IncidentRecord record;
    record.entries = curate(entries);
    record.incident = project(record.entries);
    return record;
}

double medianMs(const std::function<void()> &work)
{
    std::vector<double> taken;
    for (int round = 0; round < 5; ++round) {
        QElapsedTimer timer;
        timer.start();
        work();
        taken.push_back(double(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(taken.begin(), taken.end());
    return taken[taken.size() / 2];
}

void print(const char *name, double value, double floor)
{
    std::printf("{\"name\": \"export: 10,000 entries, %s\", \"value\": %.1f, \"unit\": \"ms\", \"peer\": "
                "\"the entries as JSON\", "
                "\"peer_value\": %.1f, \"ratio\": %.2f}\n",
        name, value, floor, floor / value);
    std::fflush(stdout);
}

QByteArray plainJson(const IncidentRecord &record)
{
    QJsonArray all;
    for (const CuratedEntry &one : record.entries)
        all.append(QJsonObject{{u"at"_s, isoUtc(one.entry.at)}, {u"kind"_s, one.entry.kind},
            {u"title"_s, verbatim(one.entry.title)}, {u"text"_s, verbatim(one.entry.body)},
            {u"actor"_s, verbatim(one.entry.actor.display)}, {u"data"_s, one.entry.data}});
    return QJsonDocument(all).toJson();
}

} // namespace

int main()
{
    const IncidentRecord record = recordOf(kEntries);
    QFile file(QStringLiteral(BW_BENCH_DIR "/../../resources/postmortem/concise.md.mustache"));
    if (!file.open(QIODevice::ReadOnly))
        return 1;
    const auto form = MustacheTemplate::parse(QString::fromUtf8(file.readAll()), file.fileName());
    if (!form)
        return 1;
    ExportOptions options, partner;
    options.level = EntryLevel::Log;
    partner.profile = ExportProfile::Partner;
    qsizetype bytes = 0;
    const double floor = medianMs([&] { bytes += plainJson(record).size(); });
    print("redaction, internal",
        medianMs([&] { bytes += qsizetype(redact(record, options).record.entries.size()); }), floor);
    print("redaction, partner",
        medianMs([&] { bytes += qsizetype(redact(record, partner).record.entries.size()); }), floor);
    const RedactedRecord redacted = redact(record, options);
    print("Markdown", medianMs([&] { bytes += markdownDocument(*form, redacted, u"x"_s)->bytes.size(); }),
        floor);
    print("HTML", medianMs([&] { bytes += htmlDocument(*form, redacted)->size(); }), floor);
    print("JSON", medianMs([&] { bytes += jsonDocument(redacted).size(); }), floor);
    print("JSON Lines", medianMs([&] { bytes += jsonLines(redacted).size(); }), floor);
    print("CSV", medianMs([&] { bytes += timelineCsv(redacted).size(); }), floor);
    print("SVG strip", medianMs([&] { bytes += svgOf(timelineStrip(redacted)).size(); }), floor);
    const QByteArray csv = timelineCsv(redacted);
    print("CSV read back", medianMs([&] { bytes += qsizetype(previewImport(csv, {}, {})->entries.size()); }),
        floor);
    return bytes > 0 ? 0 : 1;
}
