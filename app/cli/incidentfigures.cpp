// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/jsonwriter.h>
#include <domain/incidents/export/exportoptions.h>
#include <domain/incidents/export/handover.h>
#include <domain/incidents/export/regionblocks.h>
#include <domain/incidents/incidentmetrics.h>

#include <app/cli/clioutput.h>
#include <app/cli/incidentcommands.h>
#include <app/export/incidentsource.h>

#include <CLI/CLI.hpp>

#include <map>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct FigureArguments
{
    std::string since, group = "none", output = "-", zone;
};

/// All incidents declared since then, whole.
Result<std::vector<Incident>> incidentsSince(RecordSession &session, const std::string &since)
{
    std::optional<Timestamp> from;
    if (!since.empty()) {
        const auto time = session.time(since);
        if (!time)
            return tl::unexpected(time.error());
        from = *time;
    }
    auto list = session.db().list();
    if (!list)
        return tl::unexpected(list.error());
    std::vector<Incident> all;
    for (const IncidentSummary &summary : *list) {
        if (from && summary.head.declaredAt < *from)
            continue;
        auto entries = session.db().entries(summary.head.id);
        if (!entries)
            return tl::unexpected(entries.error());
        all.push_back(project(*entries));
    }
    return all;
}

std::map<QString, std::vector<Incident>> grouped(const std::vector<Incident> &all, const std::string &group)
{
    std::map<QString, std::vector<Incident>> groups;
    for (const Incident &incident : all) {
        QStringList names{u"all"_s};
        if (group == "severity")
            names = {incident.severity.isEmpty() ? u"no severity"_s : incident.severity};
        else if (group == "service")
            names = incident.services.isEmpty() ? QStringList{u"no service"_s} : incident.services;
        for (const QString &name : names)
            groups[name].push_back(incident);
    }
    return groups;
}

QString leftOutText(const std::map<QString, int> &reasons)
{
    QStringList parts;
    for (const auto &[why, count] : reasons)
        parts << u"%1 %2"_s.arg(count).arg(why);
    return parts.isEmpty() ? u"none"_s : parts.join(u", "_s);
}

QString metricsText(const QString &group, const std::vector<MetricSummary> &summaries)
{
    const auto value = [](const std::optional<Nanoseconds> &duration) {
        return duration ? spentText(*duration) : u"–"_s;
    };
    QString text = render::line(Untrusted(group), 60) + u'\n';
    for (const MetricSummary &one : summaries)
        text += u"  M%1  n %2  median %3  p75 %4  p90 %5  mean %6  = %7; left out: %8\n"_s.arg(one.id, -18)
                    .arg(one.n, -4)
                    .arg(value(one.median), -10)
                    .arg(value(one.p75), -10)
                    .arg(value(one.p90), -10)
                    .arg(value(one.mean), -10)
                    .arg(one.formula, leftOutText(one.leftOut));
    return text;
}

void writeMetrics(JsonWriter &json, const std::vector<MetricSummary> &summaries)
{
    const auto seconds = [&json](const char16_t *name, const std::optional<Nanoseconds> &value) {
        json.key(QStringView(name));
        if (value)
            json.value(double(value->count()) / 1e9);
        else
            json.null();
    };
    for (const MetricSummary &one : summaries) {
        json.beginObject().member(u"metric", one.id).member(u"formula", one.formula).member(u"n", one.n);
        seconds(u"medianSeconds", one.median);
        seconds(u"p75Seconds", one.p75);
        seconds(u"p90Seconds", one.p90);
        seconds(u"meanSeconds", one.mean);
        json.key(u"leftOut").beginObject();
        for (const auto &[why, count] : one.leftOut)
            json.member(why, count);
        json.endObject().endObject();
    }
}

ExitCode metrics(const CliContext &context, const FigureArguments &arguments)
{
    auto session = RecordSession::open(context, RecordSession::For::Reading);
    if (!session)
        return refuseRecord(session.error());
    const auto all = incidentsSince(**session, arguments.since);
    if (!all)
        return refuseRecord(all.error());
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/incident-metrics/1"_s).key(u"groups").beginArray();
    for (const auto &[name, incidents] : grouped(*all, arguments.group)) {
        const std::vector<MetricSummary> summaries = summarize(incidents);
        if (!context.json)
            printData(metricsText(name, summaries).toUtf8());
        json.beginObject().member(u"group", name).key(u"metrics").beginArray();
        writeMetrics(json, summaries);
        json.endArray().endObject();
    }
    json.endArray().endObject();
    if (context.json)
        printData(json.take());
    return ExitCode::Done;
}

ExitCode handover(const CliContext &context, const FigureArguments &arguments)
{
    auto session = RecordSession::open(context, RecordSession::For::Reading);
    if (!session)
        return refuseRecord(session.error());
    ExportOptions options;
    if (!arguments.zone.empty()) {
        if (auto set = setExportOption(options, u"zone"_s, QString::fromStdString(arguments.zone)); !set)
            return refuseRecord(set.error());
    }
    const auto all = incidentsSince(**session, {});
    if (!all)
        return refuseRecord(all.error());
    std::vector<ExportFile> files;
    int drawing = 1;
    const QByteArray document =
        markdownOf(handoverBlocks(*all, (*session)->now(), options.times()), {}, files, drawing);
    const auto written = writeExport(QString::fromStdString(arguments.output), {}, document, {});
    return written ? ExitCode::Done : refuseRecord(written.error());
}

std::function<ExitCode(const CliContext &)> attachMetrics(CLI::App &app)
{
    auto arguments = std::make_shared<FigureArguments>();
    app.add_option("--since", arguments->since, "Incidents declared since then, as now-90d");
    app.add_option("--group-by", arguments->group, "severity or service")
        ->check(CLI::IsMember({"none", "severity", "service"}));
    return [arguments](const CliContext &context) { return metrics(context, *arguments); };
}

std::function<ExitCode(const CliContext &)> attachHandover(CLI::App &app)
{
    auto arguments = std::make_shared<FigureArguments>();
    app.add_option("-o,--output,--out", arguments->output, "File; - is standard output")
        ->capture_default_str();
    app.add_option("--zone", arguments->zone, "Time zone beside UTC");
    return [arguments](const CliContext &context) { return handover(context, *arguments); };
}

} // namespace

std::vector<IncidentVerb> incidentFigureVerbs()
{
    return {{"metrics", "Times to detect, acknowledge, mitigate, resolve", attachMetrics},
        {"handover", "What the next shift must know", attachHandover}};
}

} // namespace bw
