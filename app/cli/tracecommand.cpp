// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracesearchtext.h>

#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/tracejson.h>
#include <app/tracefiles.h>

#include <CLI/CLI.hpp>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr int kTextLines = 200;

struct TraceArguments
{
    std::string source, id, file;
    std::string service, operation, min, max, traceql, range = "1h", from, to;
    std::vector<std::string> attributes;
    bool errors = false;
    int limit = 20;
    double timeout = 30;
    std::chrono::milliseconds deadline() const { return std::chrono::milliseconds(qint64(timeout * 1000)); }
};

Result<TimeRange> rangeFrom(const CliSession &cli, const TraceArguments &arguments)
{
    if (arguments.from.empty()) {
        const auto span = parseDuration(fromArgument(arguments.range));
        if (!span)
            return tl::make_unexpected(span.error());
        const auto now = cli.time("now");
        return now ? Result<TimeRange>(TimeRange{*now - *span, *now}) : tl::make_unexpected(now.error());
    }
    const auto begin = cli.time(arguments.from);
    const auto end = cli.time(arguments.to.empty() ? "now" : arguments.to);
    if (!begin || !end)
        return tl::make_unexpected(begin ? end.error() : begin.error());
    if (*end <= *begin)
        return fail(Error::Kind::Invalid, u"--to lies before --from"_s);
    return TimeRange{*begin, *end};
}

Result<TraceSearch> searchFrom(const CliSession &cli, const TraceArguments &arguments)
{
    TraceSearch search;
    search.service = fromArgument(arguments.service);
    search.operation = fromArgument(arguments.operation);
    search.traceql = fromArgument(arguments.traceql);
    search.errorsOnly = arguments.errors;
    search.limit = arguments.limit;
    for (const std::string &pair : arguments.attributes) {
        const QString text = fromArgument(pair);
        const qsizetype equals = text.indexOf(u'=');
        if (equals <= 0)
            return fail(Error::Kind::Invalid, u"--attribute %1: expected KEY=VALUE"_s.arg(text));
        search.attributes[text.left(equals)] = text.mid(equals + 1);
    }
    for (const auto &[text, target] :
        {std::pair(&arguments.min, &search.minDuration), std::pair(&arguments.max, &search.maxDuration)}) {
        if (text->empty())
            continue;
        const auto duration = parseSpanDuration(fromArgument(*text));
        if (!duration)
            return tl::make_unexpected(duration.error());
        *target = *duration;
    }
    const auto range = rangeFrom(cli, arguments);
    if (!range)
        return tl::make_unexpected(range.error());
    search.range = *range;
    return search;
}

ExitCode refuse(const Error &error)
{
    printMessage(error.message);
    return ExitCode::Usage;
}

/// Why an answer is not what was asked for; `wrong` when it is something else.
Error whyNot(const Result<QueryResult> &answer, const QString &wrong)
{
    return answer ? Error{.kind = Error::Kind::Decode, .message = wrong, .detail = {}} : answer.error();
}

void sayWarnings(const std::vector<Untrusted> &warnings)
{
    for (const Untrusted &warning : warnings)
        printMessage(render::line(warning));
}

ExitCode codeOf(const Freshness &freshness)
{
    return freshness.state == Freshness::State::Partial ? ExitCode::CannotKnow : ExitCode::Done;
}

ExitCode search(const CliContext &context, const TraceArguments &arguments)
{
    auto cli = CliSession::open(context, Session::Options());
    if (!cli)
        return refuse(cli.error());
    const auto source = (*cli)->source(fromArgument(arguments.source), traceKinds());
    if (!source)
        return refuse(source.error());
    const auto wanted = searchFrom(**cli, arguments);
    if (!wanted)
        return refuse(wanted.error());
    const auto answer = (*cli)->ask({source->id, *wanted}, arguments.deadline());
    const BootTime now = (*cli)->session().clock().bootNow();
    const auto *found = answer ? dataAs<TraceSummaries>(*answer) : nullptr;
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/traces/1"_s).member(u"source", source->id.id);
    if (!found) {
        const Error error = whyNot(answer, u"the answer is no list of traces"_s);
        printMessage(error.message);
        if (context.json) {
            json.key(u"freshness").value(afterFailure({}, error), now).member(u"error", error);
            printData(json.key(u"traces").null().endObject().take());
        }
        return exitCodeOf(error);
    }
    json.key(u"freshness").value(answer->freshness, now).member(u"note", found->note);
    json.member(u"warnings", answer->warnings).key(u"traces").beginArray();
    for (const TraceSummary &summary : found->traces)
        writeSummary(json, summary);
    json.endArray().endObject();
    printData(context.json ? json.take() : summariesText(*found));
    if (!found->note.isEmpty() && !context.json)
        printMessage(found->note);
    sayWarnings(answer->warnings);
    return codeOf(answer->freshness);
}

void writeTraces(JsonWriter &json, const std::vector<Trace> &traces)
{
    json.key(u"traces").beginArray();
    for (const Trace &trace : traces)
        writeTrace(json, trace);
    json.endArray();
}

QByteArray tracesText(const std::vector<Trace> &traces)
{
    QByteArray out;
    for (const Trace &trace : traces)
        out += traceText(trace, kTextLines);
    return out;
}

/// The sources to look in; every one that holds traces unless one was named.
Result<std::vector<DatasourceId>> sourcesOf(CliSession &cli, const TraceArguments &arguments)
{
    std::vector<DatasourceId> out;
    if (arguments.source.empty()) {
        for (const SourceInfo *info : cli.session().board().traceSources())
            out.push_back(info->id);
    }
    if (!out.empty())
        return out;
    const auto source = cli.source(fromArgument(arguments.source), traceKinds());
    if (!source)
        return tl::make_unexpected(source.error());
    return std::vector{source->id};
}

ExitCode get(const CliContext &context, const TraceArguments &arguments)
{
    const auto id = TraceId::fromHex(fromArgument(arguments.id).trimmed());
    if (!id)
        return refuse({.kind = Error::Kind::Invalid,
            .message = u"%1 is no trace id: up to 32 hexadecimal digits, not all zero"_s.arg(
                fromArgument(arguments.id)),
            .detail = {}});
    auto cli = CliSession::open(context, Session::Options());
    if (!cli)
        return refuse(cli.error());
    const auto sources = sourcesOf(**cli, arguments);
    if (!sources)
        return refuse(sources.error());
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/trace/1"_s).key(u"asked").beginArray();
    std::optional<QueryResult> found;
    ExitCode code = ExitCode::CannotKnow;
    for (const DatasourceId &source : *sources) {
        const auto answer = (*cli)->ask({source, TraceById{*id, std::nullopt}}, arguments.deadline());
        const BootTime now = (*cli)->session().clock().bootNow();
        const auto *trace = answer ? dataAs<Trace>(*answer) : nullptr;
        json.beginObject().member(u"source", source.id).key(u"freshness");
        if (trace && !trace->isEmpty()) {
            found = *answer;
            json.value(answer->freshness, now).member(u"warnings", answer->warnings).endObject();
            break;
        }
        const Error error = whyNot(answer, u"the answer is no trace with spans"_s);
        json.value(afterFailure({}, error), now).member(u"error", error).endObject();
        printMessage(u"%1: %2"_s.arg(source.id, error.message));
        code = exitCodeOf(error);
    }
    const std::vector<Trace> traces = found ? std::vector{*dataAs<Trace>(*found)} : std::vector<Trace>();
    if (context.json) {
        writeTraces(json.endArray(), traces);
        printData(json.endObject().take());
    } else {
        printData(tracesText(traces));
    }
    if (!found)
        return code;
    sayWarnings(found->warnings);
    return codeOf(found->freshness);
}

ExitCode open(const CliContext &context, const TraceArguments &arguments)
{
    const auto read = openTraceFile(fromArgument(arguments.file));
    if (!read)
        return refuse(read.error());
    sayWarnings(read->warnings);
    if (!context.json) {
        printData(tracesText(read->traces));
        return ExitCode::Done;
    }
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/trace/1"_s).member(u"format", read->format);
    json.member(u"warnings", read->warnings);
    writeTraces(json, read->traces);
    printData(json.endObject().take());
    return ExitCode::Done;
}

void addSource(CLI::App &app, TraceArguments &arguments, const char *without)
{
    app.add_option("--source", arguments.source, std::string("Datasource; else ") + without)->type_name("ID");
    app.add_option("--timeout", arguments.timeout, "Give up after this many seconds")
        ->check(CLI::Range(0.001, 3600.0))
        ->capture_default_str();
}

void addSearch(CLI::App &app, TraceArguments &arguments)
{
    addSource(app, arguments, "the first one that holds traces");
    app.add_option("--service", arguments.service, "Only traces with this service");
    app.add_option("--operation", arguments.operation, "Only with this operation");
    app.add_option("--attribute", arguments.attributes, "Only with this attribute; may be repeated")
        ->type_name("KEY=VALUE")
        ->take_all();
    app.add_option("--min", arguments.min, "At least this long")->type_name("DURATION");
    app.add_option("--max", arguments.max, "At most this long")->type_name("DURATION");
    app.add_flag("--errors", arguments.errors, "Only failed ones");
    app.add_option("--traceql", arguments.traceql, "TraceQL instead (Tempo)");
    app.add_option("--limit", arguments.limit, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    auto *range = app.add_option("--range", arguments.range, "Range that ends now")
                      ->type_name("DURATION")
                      ->capture_default_str();
    auto *from =
        app.add_option("--from", arguments.from, "Begin of the range")->type_name("TIME")->excludes(range);
    app.add_option("--to", arguments.to, "End of the range")->type_name("TIME")->needs(from);
}

} // namespace

Subcommand traceCommand()
{
    return {u"trace"_s, u"Find, fetch and open traces"_s, [](CLI::App &app) {
                app.require_subcommand(1);
                auto arguments = std::make_shared<TraceArguments>();
                CLI::App *searched = app.add_subcommand("search", "Traces of a source")->fallthrough();
                addSearch(*searched, *arguments);
                CLI::App *got = app.add_subcommand("get", "One trace by its id")->fallthrough();
                got->add_option("ID", arguments->id, "Up to 32 hexadecimal digits")->required();
                addSource(*got, *arguments, "every one that holds traces");
                CLI::App *opened =
                    app.add_subcommand("open", "A file: OTLP, Jaeger or Zipkin JSON")->fallthrough();
                opened->add_option("FILE", arguments->file, "- is standard input")->required();
                return [searched, got, arguments]() -> CliRun {
                    const auto run = searched->parsed() ? search : got->parsed() ? get : open;
                    return {[run, arguments](const CliContext &context) { return run(context, *arguments); }};
                };
            }};
}

} // namespace bw
