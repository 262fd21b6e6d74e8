// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>

#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/jsonwriter.h>

#include <CLI/CLI.hpp>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

constexpr auto kSkewToNote = 5s; // as in the window
constexpr auto kOldSamples = 5min; // Prometheus' own lookback

struct CheckArguments
{
    std::string source;
    double timeout = 15;
};

/// One line of what was looked at.
struct Check
{
    enum class State { Good, Notice, Bad } state;
    QString name, text;
};

/// Everything that was asked of one server, and what came of it.
struct Probe
{
    using Answer = std::optional<Result<QueryResult>>;
    TableEntry entry;
    Answer status, time, newest;
    std::vector<QueryTicket> tickets;
    SourceInfo info; ///< with the profile, after the survey

    bool isMetrics() const { return entry.config.kind != u"alertmanager"_s; }
    bool isDone() const { return status && (!isMetrics() || (time && newest)); }
    bool isReachable() const { return status && status->has_value(); }
};

std::optional<double> numberOf(const Probe::Answer &answer)
{
    const auto *data = answer && *answer ? dataAs<MetricData>(**answer) : nullptr;
    if (!data || data->series.empty() || data->series.front().values.empty())
        return std::nullopt;
    return data->series.front().values.back();
}

/// By the server's own time(), where it has one; else by its Date header, which is cut to whole seconds: half
/// a second later is the best guess.
std::chrono::milliseconds skewOf(const Probe &probe)
{
    if (const auto seconds = numberOf(probe.time)) {
        const QueryResult &answer = **probe.time;
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            fromUnixSeconds(*seconds) - (answer.fetchedAt - answer.took / 2));
    }
    return probe.isReachable() ? (*probe.status)->skew + 500ms : 0ms;
}

QString reasonOf(const Probe &probe)
{
    if (!probe.status)
        return u"no answer in time"_s;
    return *probe.status ? QString() : probe.status->error().message;
}

const ServerStatus *statusOf(const Probe &probe)
{
    return probe.isReachable() ? dataAs<ServerStatus>(**probe.status) : nullptr;
}

std::vector<Check> metricChecks(const Probe &probe)
{
    std::vector<Check> checks;
    if (const auto newest = numberOf(probe.newest)) {
        const Nanoseconds age = (*probe.newest)->fetchedAt + skewOf(probe) - fromUnixSeconds(*newest);
        checks.push_back({age > kOldSamples ? Check::State::Bad : Check::State::Good, u"data"_s,
            u"the newest sample of up is %1 old"_s.arg(formatAge(std::max<Nanoseconds>(age, 0ns)))});
    } else if (probe.newest && *probe.newest) {
        checks.push_back({Check::State::Notice, u"data"_s, u"no target is scraped: up has no samples"_s});
    }
    const DetectedProfile &profile = probe.info.profile;
    checks.push_back({profile.families.isEmpty() ? Check::State::Notice : Check::State::Good, u"families"_s,
        u"%1 metric families that dashboards know"_s.arg(profile.families.size())});
    if (!profile.found) {
        checks.push_back({Check::State::Notice, u"profile"_s,
            u"no known request metric: rate, errors and latency stay empty"_s});
        return checks;
    }
    QString text = profile.profile.id;
    if (!profile.alsoFound.isEmpty())
        text += u", also "_s + profile.alsoFound.join(u", "_s);
    checks.push_back({Check::State::Good, u"profile"_s, text});
    QStringList labels;
    for (auto label = profile.profile.labels.begin(); label != profile.profile.labels.end(); ++label) {
        if (!label.value().isEmpty())
            labels += u"%1 is %2"_s.arg(label.key(), label.value().join(u" or "_s));
    }
    checks.push_back({labels.isEmpty() ? Check::State::Notice : Check::State::Good, u"labels"_s,
        labels.isEmpty() ? u"none of the profile's labels exists"_s : labels.join(u", "_s)});
    for (const QString &note : profile.notes)
        checks.push_back({Check::State::Notice, u"profile"_s, note});
    return checks;
}

std::vector<Check> checksOf(const Probe &probe)
{
    if (!probe.isReachable()) {
        const bool isAuth = probe.status && !*probe.status && probe.status->error().kind == Error::Kind::Auth;
        return {{Check::State::Bad, isAuth ? u"credentials"_s : u"connect"_s, reasonOf(probe)}};
    }
    std::vector<Check> checks{
        {Check::State::Good, u"connect"_s, u"answered in %1 ms"_s.arg((*probe.status)->took.count())}};
    if (probe.info.unencrypted)
        checks.push_back({Check::State::Notice, u"connect"_s, u"not encrypted"_s});
    const ServerStatus *status = statusOf(probe);
    const QString version = status ? (status->product + u' ' + status->version).trimmed() : QString();
    checks.push_back({version.isEmpty() ? Check::State::Notice : Check::State::Good, u"version"_s,
        version.isEmpty() ? u"it does not say"_s : version});
    const auto skew = std::chrono::abs(skewOf(probe));
    checks.push_back({skew > kSkewToNote ? Check::State::Bad : Check::State::Good, u"clock"_s,
        u"%1 ms from ours"_s.arg(skewOf(probe).count())});
    if (status && !status->clusterStatus.isEmpty()) {
        checks.push_back({status->clusterStatus == u"settling"_s ? Check::State::Notice : Check::State::Good,
            u"cluster"_s, u"%1, %2 peers"_s.arg(status->clusterStatus).arg(status->clusterPeers)});
    }
    if (status) {
        for (const QString &note : status->notes)
            checks.push_back({Check::State::Notice, u"server"_s, note});
    }
    if (probe.isMetrics()) {
        for (Check &check : metricChecks(probe))
            checks.push_back(std::move(check));
    }
    return checks;
}

QString stateText(Check::State state)
{
    switch (state) {
    case Check::State::Good:
        return u"good"_s;
    case Check::State::Notice:
        return u"notice"_s;
    case Check::State::Bad:
        return u"bad"_s;
    }
    return {};
}

void writeProbe(JsonWriter &json, const Probe &probe, BootTime now)
{
    const ServerStatus *status = statusOf(probe);
    json.beginObject().member(u"id", probe.entry.source.id.id).member(u"source", probe.entry.config.id);
    json.member(u"kind", probe.entry.config.kind)
        .member(u"url", QString::fromUtf8(probe.entry.endpoint.baseUrl));
    json.member(u"reachable", probe.isReachable()).member(u"reason", reasonOf(probe));
    json.member(u"product", status ? status->product : QString());
    json.member(u"version", status ? status->version : QString()).key(u"latencyMs");
    if (probe.isReachable())
        json.value(qint64((*probe.status)->took.count())).key(u"skewMs").value(qint64(skewOf(probe).count()));
    else
        json.null().key(u"skewMs").null();
    json.key(u"freshness")
        .value(probe.isReachable() ? (*probe.status)->freshness : probe.info.freshness, now);
    if (probe.isMetrics()) {
        const DetectedProfile &profile = probe.info.profile;
        json.key(u"profile").beginObject().member(u"found", profile.found).member(u"id", profile.profile.id);
        json.member(u"alsoFound", profile.alsoFound).member(u"families", profile.families);
        json.member(u"notes", profile.notes).endObject();
    }
    json.key(u"checks").beginArray();
    for (const Check &check : checksOf(probe)) {
        json.beginObject().member(u"name", check.name).member(u"state", stateText(check.state));
        json.member(u"text", check.text).endObject();
    }
    json.endArray().endObject();
}

QByteArray document(const std::vector<std::unique_ptr<Probe>> &probes, const CliSession &cli, BootTime now)
{
    JsonWriter json;
    json.beginObject().member(u"schema", u"bridgewatch/check/1"_s);
    json.member(u"config", cli.files().directory).key(u"findings").beginArray();
    for (const Finding &finding : cli.files().findings)
        json.value(finding.toString());
    json.endArray().key(u"sources").beginArray();
    for (const auto &probe : probes)
        writeProbe(json, *probe, now);
    return json.endArray().endObject().take();
}

QByteArray text(const std::vector<std::unique_ptr<Probe>> &probes)
{
    QByteArray out;
    for (const auto &probe : probes) {
        out += u"%1 (%2, %3): %4\n"_s
                   .arg(probe->entry.source.id.id, probe->entry.config.kind,
                       QString::fromUtf8(probe->entry.endpoint.baseUrl),
                       probe->isReachable() ? u"reachable"_s : u"NOT reachable"_s)
                   .toUtf8();
        for (const Check &check : checksOf(*probe)) {
            out += u"  %1 %2 %3\n"_s
                       .arg(stateText(check.state).leftJustified(7), check.name.leftJustified(11),
                           render::line(Untrusted(check.text)))
                       .toUtf8();
        }
    }
    return out;
}

void ask(CliSession &cli, Probe &probe, QObject &receiver)
{
    const auto submit = [&](QueryBody body, Probe::Answer &place) {
        probe.tickets.push_back(cli.session().executor().submit({probe.entry.source.id, std::move(body)},
            {.priority = Priority::Visible, .askedBy = AskedBy::Poll}, &receiver,
            [&place](const Result<QueryResult> &answer) { place = answer; }));
    };
    submit(StatusQuery{}, probe.status);
    if (!probe.isMetrics())
        return;
    submit(InstantQuery{u"time()"_s, std::nullopt}, probe.time);
    submit(InstantQuery{u"max(timestamp(up))"_s, std::nullopt}, probe.newest);
}

ExitCode run(const CliContext &context, const CheckArguments &arguments)
{
    Session::Options options;
    options.profiles = true;
    auto cli = CliSession::open(context, options);
    if (!cli) {
        printMessage(cli.error().message);
        return ExitCode::Usage;
    }
    Session &session = (*cli)->session();
    const QString wanted = QString::fromStdString(arguments.source);
    std::vector<std::unique_ptr<Probe>> probes;
    QObject receiver;
    for (const TableEntry &entry : session.entries()) {
        if (!wanted.isEmpty() && entry.source.id.id != wanted && entry.config.id != wanted)
            continue;
        probes.push_back(std::make_unique<Probe>());
        probes.back()->entry = entry;
        ask(**cli, *probes.back(), receiver);
    }
    if (probes.empty()) {
        printMessage(wanted.isEmpty()
                ? u"no datasource is configured: write %1/bridgewatch.yaml"_s.arg(context.configDir)
                : u"there is no datasource %1"_s.arg(wanted));
        return ExitCode::Usage;
    }
    (*cli)->waitUntil(
        [&] {
            return session.isSurveyed() && std::all_of(probes.begin(), probes.end(), [](const auto &probe) {
                return probe->isDone();
            });
        },
        std::chrono::milliseconds(qint64(arguments.timeout * 1000)));
    ExitCode code = session.problems().isEmpty() ? ExitCode::Done : ExitCode::Usage;
    for (const auto &probe : probes) {
        if (const SourceInfo *info = session.board().find(probe->entry.source.id))
            probe->info = *info;
        if (!probe->isReachable())
            code = worse(code, ExitCode::CannotKnow);
    }
    printData(context.json ? document(probes, **cli, session.clock().bootNow()) : text(probes));
    return code;
}

} // namespace

Subcommand checkCommand()
{
    return {u"check"_s, u"The configuration, then every source: reachable, version, clock, profile"_s,
        [](CLI::App &app) {
            auto arguments = std::make_shared<CheckArguments>();
            app.add_option("SOURCE", arguments->source, "Only this datasource")->type_name("");
            app.add_option("--timeout", arguments->timeout, "Give up after this many seconds")
                ->check(CLI::Range(0.1, 600.0))
                ->capture_default_str();
            return [arguments] {
                return CliRun{[arguments](const CliContext &context) { return run(context, *arguments); }};
            };
        }};
}

} // namespace bw
