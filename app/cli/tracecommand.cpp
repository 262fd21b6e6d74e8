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
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/traces/1"_s).member(u"source", source->id.id);
    const auto *found = answer ? dataAs<TraceSummaries>(*answer) : nullptr;
    if (!found) {
        const Error error = answer ? Error{.kind = Error::Kind::Decode,
                                .message = u"the answer is no list of traces"_s,
                                .detail = {}}
                                   : answer.error();
        printMessage(error.message);
        if (context.json) {
            json.key(u"freshness").value(afterFailure({}, error), now);
            printData(json.member(u"error", error.message).key(u"traces").null().endObject().take());
        }
        return exitCodeOf(error);
    }
    json.key(u"freshness").value(answer->freshness, now).member(u"note", found->note);
    json.key(u"traces").beginArray();
    for (const TraceSummary &summary : found->traces)
        writeSummary(json, summary);
    json.endArray().endObject();
    printData(context.json ? json.take() : summariesText(*found));
    if (!found->note.isEmpty() && !context.json)
        printMessage(found->note);
    for (const Untrusted &warning : answer->warnings)
        printMessage(render::line(warning));
    return answer->freshness.state == Freshness::State::Partial ? ExitCode::CannotKnow : ExitCode::Done;
}

void print(
    const CliContext &context, const std::vector<Trace> &traces, QStringView where, const QString &what)
{
    if (!context.json) {
        for (const Trace &trace : traces)
            printData(traceText(trace, kTextLines));
        return;
    }
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/trace/1"_s).member(where, what);
    json.key(u"traces").beginArray();
    for (const Trace &trace : traces)
        writeTrace(json, trace);
    printData(json.endArray().endObject().take());
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
    std::vector<DatasourceId> sources;
    if (!arguments.source.empty()) {
        const auto source = (*cli)->source(fromArgument(arguments.source), traceKinds());
        if (!source)
            return refuse(source.error());
        sources.push_back(source->id);
    } else {
        for (const SourceInfo *info : (*cli)->session().board().traceSources())
            sources.push_back(info->id);
        if (sources.empty())
            return refuse((*cli)->source({}, traceKinds()).error());
    }
    ExitCode code = ExitCode::CannotKnow;
    for (const DatasourceId &source : sources) {
        const auto answer = (*cli)->ask({source, TraceById{*id, std::nullopt}}, arguments.deadline());
        const auto *trace = answer ? dataAs<Trace>(*answer) : nullptr;
        if (trace) {
            print(context, {*trace}, u"source", source.id);
            for (const Untrusted &warning : answer->warnings)
                printMessage(render::line(warning));
            return answer->freshness.state == Freshness::State::Partial ? ExitCode::CannotKnow
                                                                        : ExitCode::Done;
        }
        printMessage(
            u"%1: %2"_s.arg(source.id, answer ? u"the answer is no trace"_s : answer.error().message));
        code = answer ? ExitCode::CannotKnow : exitCodeOf(answer.error());
    }
    return code;
}

ExitCode open(const CliContext &context, const TraceArguments &arguments)
{
    const auto read = openTraceFile(fromArgument(arguments.file));
    if (!read)
        return refuse(read.error());
    for (const Untrusted &warning : read->warnings)
        printMessage(render::line(warning));
    print(context, read->traces, u"format", read->format);
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
