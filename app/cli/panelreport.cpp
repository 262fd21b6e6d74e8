// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>

#include <app/alertpoller.h>
#include <app/cli/panelreport.h>
#include <app/system/paths.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// "0 series now for: last; Needs …", made inert.
QString explanation(const PanelVerdict &verdict)
{
    using State = PanelVerdict::State;
    QStringList parts{verdict.text};
    if (verdict.state == State::Partly || verdict.state == State::Failed)
        parts << verdict.reasons << verdict.howToEnable;
    parts.removeAll(QString());
    return render::line(Untrusted(parts.join(u"; "_s)), 600);
}

} // namespace

Session::Options panelSessionOptions()
{
    Session::Options options;
    options.alerts = options.deploys = options.changes = options.profiles = options.slos = true;
    options.oneShot = true;
    options.historyFile = dataDirectory() + u"/history.sqlite"_s;
    return options;
}

Result<std::vector<Dashboard>> dashboardsToCheck(const CliSession &cli, const QStringList &names)
{
    std::vector<Dashboard> found;
    for (const QString &name : names) {
        auto dashboard = cli.dashboard(name);
        if (!dashboard)
            return tl::make_unexpected(dashboard.error());
        found.push_back(std::move(*dashboard));
    }
    if (names.isEmpty()) {
        const std::vector<Dashboard> &all = cli.files().dashboards;
        std::copy_if(all.begin(), all.end(), std::back_inserter(found),
            [](const Dashboard &dashboard) { return dashboard.origin.startsWith(":/"_L1); });
    }
    return found;
}

std::vector<PanelVerdict> checkedPanels(
    CliSession &cli, const std::vector<Dashboard> &dashboards, std::chrono::milliseconds deadline)
{
    Session &session = cli.session();
    // Changes are looked for when somebody wants them; what the program knows by itself comes first.
    cli.waitUntil(
        [&session] {
            // Asking wakes the watch; a server of which nothing is known has no changes.
            const QueryResult changes = session.own().current({u"changes"_s, std::nullopt});
            const SourceInfo *source = session.board().defaultOf(u"prometheus");
            const bool isKnown = source && (source->profile.found || !source->profile.families.isEmpty());
            const bool compared = !isKnown || changes.freshness.state != Freshness::State::Never;
            const bool heard = session.entries().empty() || session.alerts()->everyClusterHeard();
            return heard && session.isSurveyed() && compared && session.sloEngine()->isSettled()
                && session.areWatchersQuiet();
        },
        deadline);
    PanelCheck check(session.executor(), session.clock(), session.board(), session.own());
    check.start(dashboards);
    if (!cli.waitUntil([&check] { return !check.isBusy(); }, deadline))
        check.giveUp();
    return check.verdicts();
}

QString panelText(const std::vector<PanelVerdict> &verdicts)
{
    QString out, dashboard;
    for (const PanelVerdict &verdict : verdicts) {
        if (verdict.dashboard != dashboard)
            out += u"panels of %1\n"_s.arg(verdict.dashboard);
        dashboard = verdict.dashboard;
        const QString why = explanation(verdict);
        out += u"  %1 %2 %3%4\n"_s.arg(stateName(verdict.state).leftJustified(8),
            verdict.panel.leftJustified(14), render::line(Untrusted(verdict.title), 80),
            why.isEmpty() ? QString() : u": "_s + why);
    }
    return out;
}

void writePanels(JsonWriter &json, const std::vector<PanelVerdict> &verdicts)
{
    json.key(u"panels").beginArray();
    for (const PanelVerdict &verdict : verdicts) {
        json.beginObject().member(u"dashboard", verdict.dashboard).member(u"id", verdict.panel);
        json.member(u"title", verdict.title).member(u"state", stateName(verdict.state));
        json.member(u"fallback", verdict.fallback).member(u"series", qint64(verdict.series));
        json.member(u"missing", verdict.missing).member(u"reasons", verdict.reasons);
        json.member(u"howToEnable", verdict.howToEnable).member(u"text", verdict.text);
        json.member(u"tookMs", verdict.tookMs).endObject();
    }
    json.endArray();
}

ExitCode exitCodeOf(const std::vector<PanelVerdict> &verdicts)
{
    ExitCode code = ExitCode::Done;
    for (const PanelVerdict &verdict : verdicts) {
        if (verdict.state == PanelVerdict::State::Failed)
            code = worse(code, ExitCode::CannotKnow);
        else if (verdict.state == PanelVerdict::State::Missing)
            code = worse(code, ExitCode::Negative);
    }
    return code;
}

} // namespace bw
