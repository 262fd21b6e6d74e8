// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>
#include <domain/slo/slotext.h>
#include <store/documents/slofile.h>

#include <app/alertpoller.h>
#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/slojson.h>
#include <app/cli/sloreport.h>
#include <app/sourcesurvey.h>
#include <app/system/paths.h>

#include <CLI/CLI.hpp>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

struct SloArguments
{
    std::string id, output = "-", period = "30d", format, service, source;
    std::vector<std::string> files;
    bool withoutHistory = false, live = false;
    double timeout = 120;
    std::chrono::milliseconds deadline() const { return std::chrono::milliseconds(qint64(timeout * 1000)); }
};

// 10 s: alerts stand beside the figures; nobody waits longer for them than for a slow server's poll.
constexpr std::chrono::milliseconds kAlertsWithin = 10s;

ExitCode refuse(const Error &error)
{
    printMessage(error.message);
    return ExitCode::Usage;
}

Session::Options optionsFrom(const SloArguments &arguments)
{
    Session::Options options;
    options.slos = true;
    options.oneShot = true;
    if (!arguments.withoutHistory)
        options.historyFile = dataDirectory() + u"/history.sqlite"_s;
    return options;
}

/// Waits until everything that can be asked has been answered or refused. Says how far it is.
bool settle(CliSession &cli, const SloArguments &arguments)
{
    SloBoard &board = cli.session().slos();
    QString said;
    QObject context;
    QObject::connect(&board, &SloBoard::changed, &context, [&] {
        if (!board.progress().isEmpty() && board.progress() != said)
            printMessage(said = board.progress());
    });
    const bool isSettled =
        cli.waitUntil([&] { return cli.session().isSettled() && cli.session().sloEngine()->isSettled(); },
            arguments.deadline());
    if (!board.historyProblem().isEmpty())
        printMessage(u"hours are not kept: "_s + board.historyProblem());
    return isSettled;
}

ExitCode judged(const std::vector<SloStatus> &statuses, const Freshness &freshness, bool isSettled)
{
    ExitCode code = isSettled ? ExitCode::Done : ExitCode::Timeout;
    for (const SloStatus &status : statuses) {
        if (!status.problem.isEmpty() || status.state == SloStatus::State::NoData)
            code = worse(code, ExitCode::CannotKnow);
        if (status.state == SloStatus::State::Missed || status.isFiring(BurnRow::Severity::Page)
            || status.page.isFiring)
            code = worse(code, ExitCode::Negative);
    }
    return isCurrent(freshness) || freshness.state == Freshness::State::Partial
        ? code
        : worse(code, ExitCode::CannotKnow);
}

QString howToBegin(const LoadedFiles &files)
{
    return u"there are no objectives in %1/slos; 'bridgewatch slo init SERVICE -o %1/slos/SERVICE.yaml' "
           u"writes a "
           u"first file, and files of Sloth, Pyrra and OpenSLO are read as they are"_s.arg(files.directory);
}

void beginDocument(JsonWriter &json, CliSession &cli, const QString &schema)
{
    const SloBoard &board = cli.session().slos();
    json.beginObject().member(u"schema", schema);
    json.key(u"freshness").value(board.freshness(), cli.session().clock().bootNow());
    const SloEngine::Cost &cost = cli.session().sloEngine()->cost();
    json.key(u"cost")
        .beginObject()
        .member(u"requests", cost.requests)
        .member(u"samples", cost.samples)
        .endObject();
    json.member(u"historyProblem", board.historyProblem());
}

ExitCode list(const CliContext &context, const SloArguments &arguments)
{
    auto cli = CliSession::open(context, optionsFrom(arguments));
    if (!cli)
        return refuse(cli.error());
    const bool isSettled = settle(**cli, arguments);
    const SloBoard &board = (*cli)->session().slos();
    if (context.json) {
        JsonWriter json;
        beginDocument(json, **cli, u"bridgewatch/slos/1"_s);
        json.key(u"global");
        writeGlobal(json, board.global());
        json.key(u"slos").beginArray();
        for (const SloStatus &status : board.statuses())
            writeSlo(json, status);
        printData(json.endArray().endObject().take());
    } else if (!board.statuses().empty()) {
        printData(listText(board));
    }
    if (board.statuses().empty()) {
        printMessage(howToBegin((*cli)->files()));
        return ExitCode::CannotKnow;
    }
    if (!board.freshness().reason.isEmpty() && !isCurrent(board.freshness()))
        printMessage(board.freshness().reason);
    return judged(board.statuses(), board.freshness(), isSettled);
}

/// "  alerts: …", which other tools' alerts say the same.
QByteArray alertsText(const SloStatus &status, const std::optional<AlertAgreement> &agreement)
{
    const QString said =
        agreement ? agreementText(status, *agreement) : u"which alerts of Sloth or Pyrra fire is not known"_s;
    return said.isEmpty() ? QByteArray() : u"  alerts: %1\n"_s.arg(said).toUtf8();
}

ExitCode show(const CliContext &context, const SloArguments &arguments)
{
    Session::Options options = optionsFrom(arguments);
    options.alerts = true;
    auto cli = CliSession::open(context, options);
    if (!cli)
        return refuse(cli.error());
    const QString id = fromArgument(arguments.id);
    LoadedFiles files = (*cli)->files();
    QStringList known;
    for (const Slo &slo : files.slos)
        known += slo.id;
    // Of a grouped objective one member: the objective is all there is to ask for.
    std::erase_if(files.slos, [&](const Slo &slo) { return slo.id != id && !id.startsWith(slo.id + u'/'); });
    if (files.slos.empty())
        return refuse({Error::Kind::Invalid,
            known.isEmpty() ? howToBegin(files)
                            : u"there is no objective %1; there are: %2"_s.arg(id, known.join(u", "_s)),
            {}, 0, 0});
    (*cli)->session().applyFiles(files);
    const bool isSettled = settle(**cli, arguments);
    const SloBoard &board = (*cli)->session().slos();
    std::vector<SloStatus> shown;
    for (const SloStatus &status : board.statuses()) {
        if (status.key == id || status.slo.id == id)
            shown.push_back(status);
    }
    Session &session = (*cli)->session();
    (*cli)->waitUntil(
        [&] { return session.alerts()->everyClusterHeard(); }, std::min(arguments.deadline(), kAlertsWithin));
    const QueryResult alerts = session.own().current({u"alerts"_s, std::nullopt});
    const auto agreementFor = [&](const SloStatus &status) -> std::optional<AlertAgreement> {
        const auto *list = dataAs<std::vector<Alert>>(alerts);
        return list && isCurrent(alerts.freshness) ? std::optional(agreementOf(status, *list)) : std::nullopt;
    };
    if (context.json) {
        JsonWriter json;
        beginDocument(json, **cli, u"bridgewatch/slo/1"_s);
        json.key(u"slos").beginArray();
        for (const SloStatus &status : shown)
            writeSlo(json, status, agreementFor(status));
        printData(json.endArray().endObject().take());
    } else {
        for (const SloStatus &status : shown)
            printData(detailText(status) + alertsText(status, agreementFor(status)));
    }
    if (shown.empty())
        printMessage(u"nothing is known about %1"_s.arg(id));
    if (!isCurrent(board.freshness()) && !board.freshness().reason.isEmpty())
        printMessage(board.freshness().reason);
    return shown.empty() ? ExitCode::CannotKnow : judged(shown, board.freshness(), isSettled);
}

ExitCode report(const CliContext &context, const SloArguments &arguments)
{
    const Timestamp now = SystemClock().utcNow();
    const auto period = reportPeriod(fromArgument(arguments.period), now);
    if (!period)
        return refuse(period.error());
    Session::Options options = optionsFrom(arguments);
    options.sloHorizon = period->range.begin;
    auto cli = CliSession::open(context, options);
    if (!cli)
        return refuse(cli.error());
    const bool isSettled = settle(**cli, arguments);
    const SloBoard &board = (*cli)->session().slos();
    const SloEngine *engine = (*cli)->session().sloEngine();
    const SloReport made = reportOf(
        board.statuses(), *period, now, [engine](const QString &key) { return engine->bucketsOf(key); });
    QString format = fromArgument(arguments.format);
    const QString path = fromArgument(arguments.output);
    if (format.isEmpty())
        format = context.json || path.endsWith(".json"_L1) ? u"json"_s
            : path.endsWith(".html"_L1)                    ? u"html"_s
                                                           : u"md"_s;
    const QByteArray bytes = format == u"json"_s ? reportJson(made)
        : format == u"html"_s                    ? reportHtml(made)
                                                 : reportMarkdown(made);
    // A page without objectives is nothing to send; a program that reads JSON is owed a document.
    const bool hasAny = !board.statuses().empty();
    if (hasAny || format == u"json"_s) {
        if (const auto written = writeOutput(path, bytes); !written)
            return refuse(written.error());
    }
    if (!hasAny) {
        printMessage(howToBegin((*cli)->files()));
        return ExitCode::CannotKnow;
    }
    for (const QString &problem : made.problems)
        printMessage(problem);
    if (!isCurrent(board.freshness()) && !board.freshness().reason.isEmpty())
        printMessage(board.freshness().reason);
    return judged(made.statuses, board.freshness(), isSettled);
}

/// What only the servers can tell of the objectives.
struct LiveLint
{
    ExitCode code = ExitCode::Done;
    std::vector<Finding> findings;

    void add(const SloStatus &status, ExitCode weight, const QString &text)
    {
        code = worse(code, weight);
        findings.push_back({weight == ExitCode::Negative ? Finding::Level::Error : Finding::Level::Warning,
            status.slo.file, status.slo.line, 1, u"%1: %2"_s.arg(status.key, text)});
    }
};

/// A threshold that is none of the histogram's bounds can only be guessed at.
void lintBounds(LiveLint &lint, CliSession &cli, const SloStatus &status)
{
    const SloIndicator &indicator = status.slo.indicator;
    if (indicator.kind != SloIndicator::Kind::Latency || indicator.isNative || indicator.histogram.isEmpty())
        return;
    const auto source = cli.source(status.slo.datasource, {u"prometheus"_s});
    const auto answer = source
        ? cli.ask({source->id, LabelQuery{u"le"_s, {indicator.histogram}, std::nullopt}}, 30s)
        : Result<QueryResult>(tl::make_unexpected(source.error()));
    const auto *bounds = answer ? dataAs<LabelValues>(*answer) : nullptr;
    if (!bounds)
        return lint.add(status, ExitCode::CannotKnow,
            answer ? u"the histogram's bounds are not known"_s : answer.error().message);
    QStringList there;
    bool isThere = false;
    for (const Untrusted &bound : bounds->values) {
        there += render::line(bound, 20);
        isThere = isThere || there.back().toDouble() == indicator.threshold;
    }
    if (!isThere)
        lint.add(status, ExitCode::Negative,
            u"the threshold %1 is no bound of the histogram; it has: %2"_s.arg(indicator.threshold)
                .arg(there.join(u", "_s)));
}

/// Asks for each objective's period, and the bounds of its histogram. Without an answer nothing is said about
/// an objective but that it is not known.
Result<LiveLint> lintLive(
    const CliContext &context, const SloArguments &arguments, const std::vector<Slo> &slos)
{
    auto cli = CliSession::open(context, optionsFrom(arguments));
    if (!cli)
        return tl::unexpected(cli.error());
    if (!arguments.files.empty()) {
        LoadedFiles files = (*cli)->files();
        files.slos = slos;
        (*cli)->session().applyFiles(files);
    }
    LiveLint lint;
    if (!settle(**cli, arguments))
        lint.code = ExitCode::Timeout;
    const SloBoard &board = (*cli)->session().slos();
    for (const SloStatus &status : board.statuses()) {
        const bool isAnswered = status.windowsAt && status.hoursKnown >= status.hoursWanted;
        if (!status.problem.isEmpty())
            lint.add(status, ExitCode::Negative, status.problem);
        else if (status.state == SloStatus::State::NoData && !isAnswered)
            lint.add(status, ExitCode::CannotKnow,
                board.freshness().reason.isEmpty() ? u"its source has not answered"_s
                                                   : board.freshness().reason);
        else if (status.state == SloStatus::State::NoData)
            lint.add(status, ExitCode::Negative,
                u"the server has nothing for its queries in the whole period; check metric and label names"_s);
        if (!status.retentionWarning.isEmpty())
            lint.add(status, ExitCode::Done, status.retentionWarning);
        lintBounds(lint, **cli, status);
    }
    return lint;
}

ExitCode lintFiles(const CliContext &context, const SloArguments &arguments)
{
    SloShelf shelf;
    if (arguments.files.empty()) {
        shelf = loadSlos(context.configDir + u"/slos"_s);
    } else {
        std::vector<SloText> texts;
        for (const std::string &file : arguments.files) {
            auto text = readDocument(fromArgument(file));
            if (!text)
                return refuse(text.error());
            texts.push_back({fromArgument(file), std::move(*text)});
        }
        shelf = parseSlos(texts);
    }
    ExitCode code = hasErrors(shelf.findings) ? ExitCode::Negative : ExitCode::Done;
    if (arguments.live) {
        const auto live = lintLive(context, arguments, shelf.slos);
        if (!live)
            return refuse(live.error());
        code = worse(code, live->code);
        shelf.findings.insert(shelf.findings.end(), live->findings.begin(), live->findings.end());
    }
    if (context.json) {
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/slo-lint/1"_s).member(u"files", shelf.files);
        json.key(u"slos").beginArray();
        for (const Slo &slo : shelf.slos) {
            json.beginObject().member(u"id", slo.id).member(u"file", slo.file).member(u"line", slo.line);
            json.member(u"origin", originName(slo.origin)).member(u"kind", kindName(slo.indicator.kind));
            json.member(u"approximated", slo.approximated).member(u"notTaken", slo.notTaken).endObject();
        }
        json.endArray().key(u"findings").beginArray();
        for (const Finding &finding : shelf.findings) {
            json.beginObject().member(
                u"level", finding.level == Finding::Level::Error ? u"error"_s : u"warning"_s);
            json.member(u"file", finding.file)
                .member(u"line", finding.line)
                .member(u"column", finding.column);
            json.member(u"text", finding.text).endObject();
        }
        printData(json.endArray().endObject().take());
    } else {
        for (const Slo &slo : shelf.slos) {
            QStringList notes;
            for (const QString &note : slo.approximated)
                notes += u"approximated: "_s + note;
            for (const QString &note : slo.notTaken)
                notes += u"not taken: "_s + note;
            printData(u"%1:%2: %3 (%4 %5)%6\n"_s.arg(slo.file)
                          .arg(slo.line)
                          .arg(slo.id, originName(slo.origin), kindName(slo.indicator.kind),
                              notes.isEmpty() ? QString() : u": "_s + notes.join(u"; "_s))
                          .toUtf8());
        }
    }
    for (const Finding &finding : shelf.findings)
        printMessage(finding.toString());
    return code;
}

/// `metric{matchers,service="x"}` by the profile that was found.
QString selectorFrom(
    const DetectedProfile &detected, const QString &key, const QString &matchers, const QString &service)
{
    QString out = detected.metricOf(key);
    if (out.isEmpty())
        return {};
    for (const QString &more : {detected.profile.base, matchers,
             service.isEmpty()
                 ? QString()
                 : u"%1=\"%2\""_s.arg(detected.profile.labels.value(u"service"_s).value(0, u"job"_s),
                     render::promql(Untrusted(service)))}) {
        if (!more.isEmpty())
            out = selectorWith(out, more);
    }
    return out;
}

/// How many there were within the window; a native histogram is its own counter.
QString countedFrom(
    const DetectedProfile &detected, const QString &key, const QString &matchers, const QString &service)
{
    const QString increase = u"increase(%1[$__window])"_s.arg(selectorFrom(detected, key, matchers, service));
    const QString part = detected.nativeParts.value(key);
    return part.isEmpty() ? u"sum(%1)"_s.arg(increase) : u"sum(%1(%2))"_s.arg(part, increase);
}

ExitCode init(const CliContext &context, const SloArguments &arguments)
{
    Session::Options options;
    options.profiles = true;
    auto cli = CliSession::open(context, options);
    if (!cli)
        return refuse(cli.error());
    const auto source = (*cli)->source(fromArgument(arguments.source), {u"prometheus"_s});
    if (!source)
        return refuse(source.error());
    Session &session = (*cli)->session();
    (*cli)->waitUntil([&] { return session.isSurveyed(); }, arguments.deadline());
    const SourceInfo *info = session.board().find(source->id);
    if (!info || !info->profile.found) {
        printMessage(
            u"%1: no request metrics of a known kind were found; 'bridgewatch check' says what was looked for"_s
                .arg(source->id.id));
        return ExitCode::CannotKnow;
    }
    const DetectedProfile &found = info->profile;
    const QString service = fromArgument(arguments.service);
    const QString errors = found.errorMatcher.isEmpty() ? found.profile.selectors.value(u"errors"_s).matchers
                                                        : found.errorMatcher;
    const QByteArray text = starterSloFile(service, countedFrom(found, u"requests"_s, {}, service),
        countedFrom(found, u"errors"_s, errors, service), selectorFrom(found, u"buckets"_s, {}, service),
        found.nativeParts.contains(u"buckets"_s), found.profile.latencyUnit == u"ms"_s ? 500 : 0.5);
    const auto written = writeOutput(fromArgument(arguments.output), text);
    return written ? ExitCode::Done : refuse(written.error());
}

void addAsking(CLI::App &app, SloArguments &arguments)
{
    app.add_flag("--no-history", arguments.withoutHistory, "Neither read nor keep hours in history.sqlite");
    app.add_option("--timeout", arguments.timeout, "Give up after this many seconds")
        ->check(CLI::Range(0.001, 3600.0))
        ->capture_default_str();
}
void addOutput(CLI::App &app, SloArguments &arguments)
{
    app.add_option("-o,--output", arguments.output, "File; - is standard output")
        ->type_name("FILE")
        ->capture_default_str();
}

} // namespace

Subcommand sloCommand()
{
    return {
        u"slo"_s, u"Objectives: budget left, burn rates, reports"_s, [](CLI::App &app) {
            app.require_subcommand(1);
            auto arguments = std::make_shared<SloArguments>();
            CLI::App *listed = app.add_subcommand("list", "Every objective, worst first")->fallthrough();
            addAsking(*listed, *arguments);
            CLI::App *shown = app.add_subcommand("show", "Everything about one objective")->fallthrough();
            shown->add_option("ID", arguments->id, "As in list")->required();
            addAsking(*shown, *arguments);
            CLI::App *reported =
                app.add_subcommand("report", "A period in Markdown, HTML or JSON")->fallthrough();
            reported
                ->add_option("--period", arguments->period,
                    "30d, 2026-10, 2026-Q4, 2026, 2026-W47, last-month, FROM..TO")
                ->capture_default_str();
            reported->add_option("--format", arguments->format, "md, html or json; else by the file's name")
                ->check(CLI::IsMember({"md", "html", "json"}));
            addOutput(*reported, *arguments);
            addAsking(*reported, *arguments);
            CLI::App *linted = app.add_subcommand("lint", "Check files of objectives")->fallthrough();
            linted->add_option("FILE", arguments->files, "Files; else the folder slos/ of the configuration");
            linted->add_flag(
                "--live", arguments->live, "Also ask the servers: unknown metrics, bounds, retention");
            addAsking(*linted, *arguments);
            CLI::App *begun = app.add_subcommand("init",
                                     "Print a first file for a service, from the metrics that were found")
                                  ->fallthrough();
            begun->add_option("SERVICE", arguments->service, "Value of the service's label")->required();
            begun->add_option("--source", arguments->source, "Datasource; else the default one")
                ->type_name("ID");
            begun->add_option("--timeout", arguments->timeout, "Give up after this many seconds")
                ->check(CLI::Range(0.001, 3600.0));
            addOutput(*begun, *arguments);
            return [=]() -> CliRun {
                const auto run = listed->parsed() ? list
                    : shown->parsed()             ? show
                    : reported->parsed()          ? report
                    : linted->parsed()            ? lintFiles
                                                  : init;
                return {[run, arguments](const CliContext &context) { return run(context, *arguments); }};
            };
        }};
}

} // namespace bw
