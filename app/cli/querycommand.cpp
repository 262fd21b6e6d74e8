// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/metricjson.h>

#include <domain/query/querycost.h>

#include <CLI/CLI.hpp>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct QueryArguments
{
    std::string expression, at, range, from, to, step, source;
    double timeout = 30;
    bool stats = false;
};

/// promtool's own choice: 250 points, at least a second apart.
Nanoseconds defaultStep(Nanoseconds span)
{
    return std::max<Nanoseconds>(std::chrono::floor<std::chrono::seconds>(span / 250), 1s);
}

Result<QueryBody> rangeBody(const CliSession &cli, const QueryArguments &arguments)
{
    std::optional<Nanoseconds> step;
    if (!arguments.step.empty()) {
        const auto asked = parseDuration(fromArgument(arguments.step));
        if (!asked)
            return tl::make_unexpected(asked.error());
        if (asked->count() <= 0)
            return fail(Error::Kind::Invalid, u"--step must be longer than zero"_s);
        step = *asked;
    }
    RangeQuery query{fromArgument(arguments.expression), {}, {}};
    if (!arguments.range.empty()) {
        const auto span = parseDuration(fromArgument(arguments.range));
        const auto end = cli.time(arguments.at.empty() ? "now" : arguments.at);
        if (!span || !end)
            return tl::make_unexpected(span ? end.error() : span.error());
        query.step = step.value_or(defaultStep(*span));
        query.range = TimeRange{*end - *span, *end};
        if (arguments.at.empty()) // whole steps: the same question twice in a step is the same question
            query.range = query.range.snappedTo(query.step);
        return query;
    }
    const auto begin = cli.time(arguments.from);
    const auto end = cli.time(arguments.to.empty() ? "now" : arguments.to);
    if (!begin || !end)
        return tl::make_unexpected(begin ? end.error() : begin.error());
    if (*end < *begin)
        return fail(Error::Kind::Invalid, u"--to lies before --from"_s);
    query.range = {*begin, *end};
    query.step = step.value_or(defaultStep(query.range.span()));
    return query;
}

Result<QueryBody> bodyOf(const CliSession &cli, const QueryArguments &arguments)
{
    if (!arguments.range.empty() || !arguments.from.empty())
        return rangeBody(cli, arguments);
    InstantQuery query{fromArgument(arguments.expression), std::nullopt};
    if (!arguments.at.empty()) {
        const auto at = cli.time(arguments.at);
        if (!at)
            return tl::make_unexpected(at.error());
        query.at = *at;
    }
    return query;
}

void writeSeconds(JsonWriter &json, const QString &key, const std::optional<Nanoseconds> &time)
{
    if (time)
        json.member(key, double(time->count()) / 1e9);
    else
        json.key(key).null();
}

void writeCount(JsonWriter &json, const QString &key, const std::optional<qint64> &count)
{
    if (count)
        json.member(key, *count);
    else
        json.key(key).null();
}

/// "server" is null when the server has no figures; "client" is always there.
void writeStats(JsonWriter &json, const QueryResult &result)
{
    const MetricData &data = *dataAs<MetricData>(result);
    json.key(u"stats"_s).beginObject().key(u"server"_s);
    if (data.cost) {
        json.beginObject();
        writeCount(json, u"totalSamples"_s, data.cost->totalSamples);
        writeCount(json, u"peakSamples"_s, data.cost->peakSamples);
        writeCount(json, u"seriesFetched"_s, data.cost->seriesFetched);
        writeSeconds(json, u"totalSeconds"_s, data.cost->total);
        writeSeconds(json, u"queueSeconds"_s, data.cost->queue);
        writeSeconds(json, u"preparationSeconds"_s, data.cost->preparation);
        writeSeconds(json, u"evaluationSeconds"_s, data.cost->evaluation);
        writeSeconds(json, u"sortingSeconds"_s, data.cost->sorting);
        json.endObject();
    } else {
        json.null();
    }
    json.key(u"client"_s).beginObject();
    json.member(u"series"_s, qint64(data.series.size()))
        .member(u"samples"_s, sampleCount(data))
        .member(u"bytes"_s, result.bytes)
        .member(u"seconds"_s, double(result.took.count()) / 1e3);
    json.endObject().endObject();
}

QByteArray document(const QueryResult &result, const QueryArguments &arguments, BootTime now)
{
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/query/1"_s);
    json.member(u"source", result.spec.source.id);
    json.member(u"expression", fromArgument(arguments.expression));
    json.key(u"freshness").value(result.freshness, now);
    json.member(u"warnings", result.warnings);
    writeMetricData(json, *dataAs<MetricData>(result));
    if (arguments.stats)
        writeStats(json, result);
    return json.endObject().take();
}

QByteArray failure(const Error &error, const QString &source, const QueryArguments &arguments, BootTime now)
{
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/query/1"_s).member(u"source", source);
    json.member(u"expression", fromArgument(arguments.expression));
    json.key(u"freshness").value(afterFailure({}, error), now);
    json.member(u"error", error);
    json.key(u"resultType").null().key(u"result").null();
    return json.endObject().take();
}

ExitCode run(const CliContext &context, const QueryArguments &arguments)
{
    auto cli = CliSession::open(context, Session::Options());
    if (!cli) {
        printMessage(cli.error().message);
        return ExitCode::Usage;
    }
    const auto source = (*cli)->source(fromArgument(arguments.source), {u"prometheus"_s});
    const auto body = source ? bodyOf(**cli, arguments) : tl::make_unexpected(source.error());
    if (!body) {
        printMessage(body.error().message);
        return ExitCode::Usage;
    }
    QuerySpec spec{source->id, *body};
    if (arguments.stats)
        spec = withStats(spec).value_or(spec);
    const auto answer = (*cli)->ask(spec, std::chrono::milliseconds(qint64(arguments.timeout * 1000)));
    const BootTime now = (*cli)->session().clock().bootNow();
    if (!answer) {
        printMessage(answer.error().message);
        if (context.json)
            printData(failure(answer.error(), source->id.id, arguments, now));
        return exitCodeOf(answer.error());
    }
    const auto *data = dataAs<MetricData>(*answer);
    if (!data) {
        printMessage(u"%1 gave no metrics"_s.arg(source->id.id));
        return ExitCode::CannotKnow;
    }
    printData(context.json ? document(*answer, arguments, now) : metricText(*data));
    if (arguments.stats && !context.json) {
        printMessage(u"server: "_s + costText(data->cost));
        printMessage(u"here: "_s + answerText(*answer));
    }
    for (const Untrusted &warning : answer->warnings)
        printMessage(render::line(warning));
    if (data->left > 0)
        printMessage(u"%1 series more than the limit of this datasource were left out"_s.arg(data->left));
    return answer->freshness.state == Freshness::State::Partial || data->left > 0 ? ExitCode::CannotKnow
                                                                                  : ExitCode::Done;
}

} // namespace

Subcommand queryCommand()
{
    return {
        u"query"_s, u"An instant or a range query"_s, [](CLI::App &app) {
            auto arguments = std::make_shared<QueryArguments>();
            app.add_option("EXPR", arguments->expression, "PromQL expression")->required();
            app.add_option("--at", arguments->at, "Moment of the query, or the end of --range")
                ->type_name("TIME");
            auto *range =
                app.add_option("--range", arguments->range, "Range that ends now")->type_name("DURATION");
            auto *from = app.add_option("--from", arguments->from, "Begin of the range")->type_name("TIME");
            app.add_option("--to", arguments->to, "End of the range, inclusive")
                ->type_name("TIME")
                ->needs(from);
            app.add_option("--step", arguments->step, "Distance of two samples")->type_name("DURATION");
            app.add_flag("--stats", arguments->stats, "What it cost the server, and here");
            app.add_option("--source", arguments->source, "Datasource; else the default one")
                ->type_name("ID");
            app.add_option("--timeout", arguments->timeout, "Give up after this many seconds")
                ->check(CLI::Range(0.001, 3600.0))
                ->capture_default_str();
            from->excludes(range);
            return [arguments] {
                return CliRun{[arguments](const CliContext &context) { return run(context, *arguments); }};
            };
        }};
}

} // namespace bw
