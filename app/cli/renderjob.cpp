// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloengine.h>
#include <widgets/base/theme.h>
#include <widgets/dashboard/dashboardview.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/panels/panelvalues.h>

#include <app/alertpoller.h>
#include <app/cli/alertjson.h>
#include <app/cli/clioutput.h>
#include <app/cli/clisession.h>
#include <app/cli/metricjson.h>
#include <app/cli/renderjob.h>
#include <app/system/paths.h>

#include <QApplication>
#include <QBuffer>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// Passes questions on and remembers what each asker heard last: the values behind the picture.
class RecordingExecutor final : public QueryExecutor
{
public:
    struct Heard
    {
        QuerySpec spec;
        std::optional<Result<QueryResult>> answer;
    };
    explicit RecordingExecutor(QueryExecutor &behind)
        : m_behind(behind)
    {
    }
    [[nodiscard]] QueryTicket submit(
        QuerySpec spec, QueryOptions options, const QObject *receiver, Callback done) override
    {
        auto heard = std::make_shared<Heard>(Heard{spec, std::nullopt});
        m_heard[receiver].push_back(heard);
        return m_behind.submit(std::move(spec), options, receiver,
            [heard, done = std::move(done)](const Result<QueryResult> &answer) {
                heard->answer = answer;
                done(answer);
            });
    }
    /// What `asker` heard to this question; null when it was not asked.
    const Heard *find(const QObject *asker, const QueryInspection &question) const
    {
        const auto at = m_heard.find(asker);
        if (at == m_heard.end())
            return nullptr;
        for (auto heard = at->second.rbegin(); heard != at->second.rend(); ++heard) {
            if (question.spec && (*heard)->spec == *question.spec)
                return heard->get();
        }
        return nullptr;
    }

private:
    QueryExecutor &m_behind;
    std::map<const QObject *, std::vector<std::shared_ptr<Heard>>> m_heard;
};

/// What the picture looks at. A moment in the past makes the range a fixed one.
Result<TimeSpec> timeFor(
    const RenderJob &job, const Dashboard &dashboard, const CliSession &cli, const Clock &clock)
{
    TimeSpec spec = dashboard.time;
    const Timestamp now = clock.utcNow();
    const QTimeZone zone = QTimeZone::utc();
    if (!job.range.isEmpty()) {
        auto asked = parsePasted(job.range, now, zone);
        if (!asked)
            return tl::make_unexpected(asked.error());
        spec = *asked;
    }
    if (job.at.isEmpty())
        return spec;
    const auto at = cli.time(job.at.toStdString());
    if (!at)
        return tl::make_unexpected(at.error());
    const auto range = resolve(spec, *at, zone);
    if (!range)
        return tl::make_unexpected(range.error());
    return absolute(*range);
}

void writeData(JsonWriter &json, const QueryResult &result)
{
    if (const auto *metrics = dataAs<MetricData>(result)) {
        writeMetricData(json, *metrics);
    } else if (const auto *alerts = dataAs<std::vector<Alert>>(result)) {
        json.key(u"alerts").beginArray();
        for (const Alert &alert : *alerts)
            writeAlert(json, alert);
        json.endArray();
    } else if (const auto *items = dataAs<OwnItems>(result)) {
        json.key(u"items").beginArray();
        for (const OwnItem &item : items->items) {
            json.beginObject()
                .member(u"id", item.id)
                .member(u"at", item.at)
                .member(u"title", verbatim(item.title));
            json.member(u"text", verbatim(item.text)).member(u"kind", item.kind).member(u"state", item.state);
            json.member(u"labels", item.labels).endObject();
        }
        json.endArray().member(u"note", items->note);
    }
}

void writeAnswer(JsonWriter &json, const std::optional<Result<QueryResult>> &answer, BootTime now)
{
    if (!answer) {
        json.key(u"freshness").value(Freshness{}, now);
    } else if (!*answer) {
        json.key(u"freshness").value(afterFailure({}, answer->error()), now);
        json.member(u"error", answer->error().message);
    } else {
        json.member(u"fetchedAt", (*answer)->fetchedAt);
        json.key(u"freshness").value((*answer)->freshness, now);
        writeData(json, **answer);
    }
}

/// `past`, with its own times, where there is one.
void writePart(JsonWriter &json, const PanelQuery &query, const std::optional<Result<QueryResult>> &answer,
    const std::optional<Result<QueryResult>> &past, BootTime now)
{
    json.beginObject().member(u"id", query.id).member(u"type", query.type);
    writeAnswer(json, answer, now);
    if (past) {
        json.key(u"past").beginObject();
        writeAnswer(json, past, now);
        json.endObject();
    }
    json.endObject();
}

class Renderer
{
public:
    Renderer(CliSession &cli, const RenderJob &job)
        : m_cli(cli)
        , m_job(job)
        , m_recorder(cli.session().executor())
        , m_time(cli.session().clock())
        , m_view(portsOf(cli, m_recorder), m_time)
    {
    }

    Result<ExitCode> run(const Dashboard &dashboard)
    {
        m_view.resize(m_job.size);
        m_view.show(dashboard, m_job.variables);
        if (m_job.compare != Compare::Off)
            m_view.setCompare({{QString(kEveryPanel), m_job.compare}});
        const auto spec = timeFor(m_job, dashboard, m_cli, m_cli.session().clock());
        if (!spec)
            return tl::make_unexpected(spec.error());
        if (const auto set = m_time.setSpec(*spec); !set)
            return tl::make_unexpected(set.error());
        m_showsSlos = std::any_of(dashboard.panels.begin(), dashboard.panels.end(), [](const Panel &panel) {
            return std::any_of(panel.queries.begin(), panel.queries.end(),
                [](const PanelQuery &query) { return query.type == u"slo"_s; });
        });
        // What every panel depends on comes first: the profiles, the list of alerts, the objectives.
        const Session &session = m_cli.session();
        const bool known = m_cli.waitUntil(
            [&] {
                const bool heard = session.entries().empty() || m_cli.session().alerts()->everyClusterHeard();
                const bool judged = !m_showsSlos || m_cli.session().sloEngine()->isSettled();
                return heard && judged && session.isSurveyed();
            },
            m_job.deadline);
        m_view.QWidget::show();
        const bool settled = known && m_cli.waitUntil([this] { return isSettled(); }, m_job.deadline);
        if (QWidget *focused = QApplication::focusWidget())
            focused->clearFocus(); // nobody types into a picture
        const QImage image = m_view.renderTo(m_job.size);
        const auto written =
            writeOutput(m_job.output, m_job.output.endsWith(u".json"_s) ? values() : png(image));
        if (!written)
            return tl::make_unexpected(written.error());
        ExitCode code = verdict();
        if (!settled) {
            printMessage(
                u"not every panel had its answer after %1 s"_s.arg(double(m_job.deadline.count()) / 1000));
            code = worse(code, ExitCode::Timeout);
        }
        return code;
    }

private:
    static DashboardPorts portsOf(CliSession &cli, QueryExecutor &executor)
    {
        Session &session = cli.session();
        return {executor, session.own(), session.board(), session.clock(), nullptr};
    }

    bool isSettled()
    {
        const std::vector<PanelFrame *> frames = m_view.frames();
        // Until the first panel asked, nothing was laid out, and an empty page is settled too.
        const bool asked = frames.empty() || std::any_of(frames.begin(), frames.end(), [](PanelFrame *frame) {
            return frame->isRow() || !frame->controller().hasQueries() || frame->controller().askedAt();
        });
        return asked && m_view.isSettled() && m_cli.session().areWatchersQuiet();
    }

    static QByteArray png(const QImage &image)
    {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        if (!image.save(&buffer, "PNG"))
            bytes.clear();
        return bytes;
    }

    /// The compared time's answer, where the panel is compared.
    std::optional<Result<QueryResult>> pastOf(PanelFrame &frame, const PanelQuery &query)
    {
        for (const QueryInspection &question : frame.controller().inspections()) {
            if (question.id != query.id || !question.isPast)
                continue;
            const auto *heard = m_recorder.find(&frame.controller(), question);
            return heard ? heard->answer : std::nullopt;
        }
        return std::nullopt;
    }

    std::optional<Result<QueryResult>> answerOf(PanelFrame &frame, const PanelQuery &query)
    {
        const bool isOwn = query.type != u"promql"_s;
        for (const QueryInspection &question : frame.controller().inspections()) {
            if (question.id != query.id || question.isPast)
                continue;
            if (isOwn && question.source.isEmpty()) { // not one of its fallbacks
                return Result<QueryResult>(m_cli.session().own().current({ownTopicOf(query), std::nullopt}));
            }
            const auto *heard = m_recorder.find(&frame.controller(), question);
            return heard ? heard->answer : std::nullopt;
        }
        return std::nullopt;
    }

    QByteArray values()
    {
        const BootTime now = m_cli.session().clock().bootNow();
        const TimeRange range = m_time.range();
        JsonWriter json;
        json.beginObject().member(u"schema", u"bridgewatch/render/1"_s);
        json.member(u"dashboard", m_view.dashboard().id)
            .member(u"from", range.begin)
            .member(u"to", range.end);
        json.key(u"panels").beginArray();
        for (PanelFrame *frame : m_view.frames()) {
            if (frame->isRow())
                continue;
            const Panel &panel = frame->panel();
            json.beginObject()
                .member(u"id", panel.id)
                .member(u"title", panel.title)
                .member(u"kind", panel.kind);
            json.key(u"freshness").value(frame->controller().freshness(), now);
            json.member(u"howToEnable", frame->controller().howToEnable());
            if (frame->controller().compare() != Compare::Off)
                json.member(u"compare", frame->controller().compareNote());
            json.key(u"parts").beginArray();
            for (const PanelQuery &query : panel.queries) {
                if (!query.hidden)
                    writePart(json, query, answerOf(*frame, query), pastOf(*frame, query), now);
            }
            json.endArray().endObject();
        }
        return json.endArray().endObject().take();
    }

    /// What the picture cannot be believed about.
    ExitCode verdict()
    {
        ExitCode code = ExitCode::Done;
        const BootTime now = m_cli.session().clock().bootNow();
        for (PanelFrame *frame : m_view.frames()) {
            if (frame->isRow() || !frame->controller().hasQueries() || !frame->controller().askedAt())
                continue;
            const Freshness freshness = frame->controller().freshness();
            switch (freshness.state) {
            case Freshness::State::Error:
            case Freshness::State::Stale:
            case Freshness::State::NeedsAuth:
            case Freshness::State::Partial:
                printMessage(u"%1: %2: %3"_s.arg(
                    frame->panel().id, describe(freshness, now).word, describe(freshness, now).sentence));
                code = worse(code, ExitCode::CannotKnow);
                break;
            case Freshness::State::Never: // explained in the panel
            case Freshness::State::Fresh:
            case Freshness::State::Refreshing:
            case Freshness::State::Empty:
            case Freshness::State::Paused:
                break;
            }
        }
        return code;
    }

    CliSession &m_cli;
    const RenderJob &m_job;
    RecordingExecutor m_recorder;
    TimeNavigator m_time;
    DashboardView m_view;
    bool m_showsSlos = false;
};

} // namespace

ExitCode renderDashboard(const CliContext &context, const RenderJob &job)
{
    Session::Options options;
    options.alerts = options.deploys = options.changes = options.profiles = true;
    options.oneShot = true;
    // Asks the servers nothing while there are no files of objectives; the hours are those of the window.
    options.slos = true;
    options.historyFile = dataDirectory() + u"/history.sqlite"_s;
    auto cli = CliSession::open(context, options);
    if (!cli) {
        printMessage(cli.error().message);
        return ExitCode::Usage;
    }
    const auto dashboard = (*cli)->dashboard(job.dashboard);
    if (!dashboard) {
        printMessage(dashboard.error().message);
        return ExitCode::Usage;
    }
    applyTheme(*qApp, job.dark ? ThemeChoice::Dark : ThemeChoice::Light);
    Renderer renderer(**cli, job);
    const auto code = renderer.run(*dashboard);
    if (!code) {
        printMessage(code.error().message);
        return ExitCode::Usage;
    }
    return *code;
}

} // namespace bw
