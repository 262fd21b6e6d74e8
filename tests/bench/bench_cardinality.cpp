// SPDX-License-Identifier: GPL-3.0-or-later
// Two thousand series: a panel asked about an hour at 15 s gets an answer of some 14 MB, decoded on a worker
// and shown as every time series panel shows it, the fifty highest with a note about the others; the same
// with all of them drawn; a refresh that merges the newest samples; and the built-in debug dashboard where
// every question has 2,000 series for an answer.
//
//     bench_cardinality [--quick]
//
// Prints one JSON line a figure. Peer: JSON.parse and uPlot in headless Chromium, in the same run.
#include <datasources/jsonguard.h>
#include <datasources/prometheusdecode.h>
#include <support/dashboardstand.h>
#include <widgets/base/theme.h>
#include <widgets/dashboard/panelframe.h>
#include <widgets/plot/plotscene.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPainter>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <optional>
#include <random>
#include <time.h>
#include <unistd.h>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int kSeries = 2000, kPoints = 241;

double threadCpuMs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

/// Notes the event that kept the UI thread longest.
class Application final : public QApplication
{
public:
    using QApplication::QApplication;
    bool notify(QObject *receiver, QEvent *event) override
    {
        if (m_depth++ > 0) {
            const bool done = QApplication::notify(receiver, event);
            --m_depth;
            return done;
        }
        const QByteArray className = receiver->metaObject()->className(); // it may be gone afterwards
        const double before = threadCpuMs();
        const bool done = QApplication::notify(receiver, event);
        --m_depth;
        if (const double took = threadCpuMs() - before; took > longest) {
            longest = took;
            what = className;
        }
        return done;
    }
    QJsonObject longestEvent() const
    {
        return {{u"ms"_s, std::round(longest * 100) / 100}, {u"of"_s, QString::fromLatin1(what)}};
    }
    double longest = 0; ///< ms
    QByteArray what; ///< whose event that was

private:
    int m_depth = 0;
};

/// What a cAdvisor metric looks like, with all digits that rate() gives.
QByteArray bodyFor(const RangeQuery &query)
{
    std::mt19937 dice(20261122);
    QByteArray out = R"({"status":"success","data":{"resultType":"matrix","result":[)";
    const qint64 step = query.step / 1s, begin = toNs(query.range.begin) / 1'000'000'000;
    const qint64 end = toNs(query.range.end) / 1'000'000'000;
    for (int s = 0; s < kSeries; ++s) {
        const QByteArray number = QByteArray::number(s);
        out += QByteArray(s ? "," : "") + R"({"metric":{"container":"app","cpu":"total","instance":"node-)"
            + QByteArray::number(s % 40) + R"(:8080","job":"cadvisor","namespace":"shop","pod":"svc-)"
            + number + "-7c9d4b8f6d-x" + number + R"("},"values":[)";
        double value = 50 + s % 100;
        for (qint64 at = begin; at <= end; at += step) {
            value = std::abs(value + double(dice()) / 4294967296.0 - 0.5);
            out += QByteArray(at > begin ? "," : "") + '[' + QByteArray::number(at) + ",\""
                + QByteArray::number(value / 15, 'g', 17) + "\"]";
        }
        out += "]}";
    }
    return padded(out + "]}}");
}

/// Answers range questions with bytes decoded on workers, as a source does; everything else with nothing.
class BodyExecutor final : public QueryExecutor
{
public:
    explicit BodyExecutor(const Clock &clock)
        : m_clock(clock)
    {
    }
    QueryTicket submit(QuerySpec spec, QueryOptions, const QObject *receiver, Callback done) override
    {
        const auto *range = std::get_if<RangeQuery>(&spec.body);
        if (!range)
            return {};
        if (!m_body || !(m_asked == *range)) {
            m_asked = *range;
            m_body = std::make_shared<const QByteArray>(bodyFor(*range)); // a server's work
        }
        auto wanted = std::make_shared<std::atomic<bool>>(true);
        m_pool.start([this, spec = std::move(spec), body = m_body, wanted, done = std::move(done),
                         receiver = QPointer<const QObject>(receiver)] {
            auto answer = decodePrometheus(spec, *body, {{u"prom"_s}, {u"prom"_s}, {}});
            auto result = std::make_shared<Result<QueryResult>>();
            if (answer) {
                (*result)->spec = spec;
                (*result)->fetchedAt = m_clock.utcNow();
                (*result)->data = std::make_shared<const QueryData>(std::move(answer->data));
                (*result)->bytes = body->size();
            } else {
                *result = tl::unexpected(answer.error());
            }
            QMetaObject::invokeMethod(
                qApp,
                [wanted, done, receiver, result] {
                    if (*wanted && receiver)
                        done(*result);
                },
                Qt::QueuedConnection);
        });
        return QueryTicket([wanted] { *wanted = false; });
    }
    qsizetype bytes() const { return m_body ? m_body->size() : 0; }

private:
    const Clock &m_clock;
    QThreadPool m_pool;
    RangeQuery m_asked;
    std::shared_ptr<const QByteArray> m_body;
};

double median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values[values.size() / 2];
}

double residentMiB()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toDouble() * double(sysconf(_SC_PAGESIZE)) / 1048576;
}

void print(const QString &name, double value, const char *unit, const char *peer = nullptr,
    std::optional<double> peerValue = {}, const QJsonObject &more = {})
{
    const auto rounded = [](double number) { return std::round(number * 100) / 100; };
    QJsonObject line{{u"name"_s, name}, {u"value"_s, rounded(value)}, {u"unit"_s, QLatin1String(unit)},
        {u"peer"_s, peer ? QJsonValue(QLatin1String(peer)) : QJsonValue()},
        {u"peer_value"_s, peerValue ? QJsonValue(rounded(*peerValue)) : QJsonValue()},
        {u"ratio"_s, peerValue ? QJsonValue(rounded(*peerValue / value)) : QJsonValue()}};
    for (auto at = more.begin(); at != more.end(); ++at)
        line.insert(at.key(), at.value());
    std::printf("%s\n", QJsonDocument(line).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
}

QJsonObject uplot(bool quick)
{
    const QString node = QStandardPaths::findExecutable(u"node"_s);
    if (node.isEmpty())
        return {};
    QProcess process;
    QStringList words{QStringLiteral(BW_BENCH_DIR "/cardinality_peer.js"), QString::number(kSeries),
        QString::number(kPoints)};
    if (quick)
        words << u"--quick"_s;
    process.start(node, words);
    if (!process.waitForFinished(600'000) || process.exitCode() != 0)
        return {};
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

/// Ours at the parts the peer has too.
struct Peer
{
    QJsonObject said;
    std::optional<double> parse() const { return number(said[u"parse_ms"_s]); }
    std::optional<double> drawing(const QString &what) const { return number(said[what][u"ms"_s]); }
    std::optional<double> whole(const QString &what) const
    {
        return parse() && drawing(what) ? std::optional(*parse() + *drawing(what)) : std::nullopt;
    }
    static std::optional<double> number(const QJsonValue &value)
    {
        return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
    }
};

Dashboard onePanel()
{
    Dashboard dashboard;
    dashboard.id = u"many"_s;
    dashboard.refresh = u"15s"_s;
    dashboard.time = {u"now-1h"_s, u"now"_s};
    Panel panel;
    panel.id = panel.title = u"many"_s;
    panel.kind = u"timeseries"_s;
    panel.grid = {0, 0, 24, 29};
    PanelQuery query;
    query.id = u"cpu"_s;
    query.expr = u"rate(container_cpu_usage_seconds_total[1m])"_s;
    query.legend = u"{{pod}}"_s;
    panel.queries = {query};
    dashboard.panels = {panel};
    return dashboard;
}

/// One panel of the size the peer draws, from the question to the repaint.
class ManyPanel
{
public:
    ManyPanel()
        : m_executor(m_clock)
        , m_own(m_clock, m_sources)
        , m_time(m_clock)
        , m_view({m_executor, m_own, m_sources, m_clock, nullptr}, m_time)
    {
        SourceInfo source;
        source.id = {u"prom"_s};
        source.kind = u"prometheus"_s;
        source.isDefault = true;
        source.scrapeInterval = 15s;
        source.profile.found = true;
        m_sources.update(source);
        m_view.resize(1616, 916);
        m_view.show(onePanel());
        m_view.QWidget::show();
        draw();
    }
    struct Cost
    {
        double wall = 0, uiThread = 0;
    };
    /// The whole answer again.
    Cost reload()
    {
        QTest::qWait(40); // past the last tick: nobody waits for the next one
        return measured([this] { m_view.reload(); });
    }
    /// The next samples of every series.
    Cost refresh()
    {
        QTest::qWait(40);
        m_clock.advance(15s);
        return measured([this] { m_view.beat(); });
    }
    qsizetype bytes() const { return m_executor.bytes(); }
    QString note() const
    {
        const std::vector<QueryInspection> asked = m_view.frame(u"many"_s)->controller().inspections();
        return u"%1 series, %2 samples"_s.arg(asked[0].series).arg(asked[0].samples);
    }

private:
    template<typename Ask> Cost measured(const Ask &ask)
    {
        QElapsedTimer since;
        since.start();
        const double before = threadCpuMs();
        ask();
        draw();
        return {double(since.nsecsElapsed()) / 1e6, threadCpuMs() - before};
    }
    void draw()
    {
        while (!m_view.isSettled())
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents);
        QCoreApplication::processEvents(); // the last repaint
    }

    FakeClock m_clock;
    SourceBoard m_sources;
    BodyExecutor m_executor;
    OwnBoard m_own;
    TimeNavigator m_time;
    DashboardView m_view;
};

/// Every series a curve, without a panel's limit: what the peer does.
double drawAll(int runs)
{
    const Timestamp end(1'795'287'600s);
    const RangeQuery query{u"x"_s, {end - 1h, end}, 15s};
    const QByteArray body = bodyFor(query);
    const auto answer = decodePrometheus({{u"prom"_s}, query}, body, {{u"prom"_s}, {u"prom"_s}, {}});
    if (!answer)
        return 0;
    const auto data = std::make_shared<const QueryData>(answer->data);
    PlotScene scene;
    scene.range = query.range;
    scene.step = query.step;
    for (const Series &series : std::get<MetricData>(*data).series) {
        PlotCurve curve;
        curve.owner = data;
        curve.samples = {series.times, series.values, {}};
        curve.color = u"series-%1"_s.arg(scene.curves.size() % 10 + 1);
        curve.width = 1;
        scene.curves.push_back(curve);
    }
    scene.legend.mode = PlotLegend::Mode::None;
    scene.theme = &darkTheme();
    scene.font = QApplication::font();
    scene.numberFont = numberFont(scene.font);
    QImage spare, screen(1600, 900, QImage::Format_RGB32);
    std::vector<double> taken;
    for (int run = 0; run < runs + 2; ++run) {
        QElapsedTimer since;
        since.start();
        const auto picture = renderPlot(scene, screen.size(), 1, std::move(spare));
        scene.areaWidthHint = picture->area.width();
        QPainter painter(&screen);
        painter.drawImage(QPointF(0, 0), picture->image);
        painter.end();
        spare = std::move(picture->image);
        if (run >= 2)
            taken.push_back(double(since.nsecsElapsed()) / 1e6);
    }
    return median(taken);
}

double decodeAlone(int runs)
{
    const Timestamp end(1'795'287'600s);
    const RangeQuery query{u"x"_s, {end - 1h, end}, 15s};
    const QByteArray body = bodyFor(query);
    std::vector<double> taken;
    for (int run = 0; run < runs + 1; ++run) {
        QElapsedTimer since;
        since.start();
        const auto answer = decodePrometheus({{u"prom"_s}, query}, body, {{u"prom"_s}, {u"prom"_s}, {}});
        if (run > 0 && answer)
            taken.push_back(double(since.nsecsElapsed()) / 1e6);
    }
    return median(taken);
}

void panelFigures(Application &application, const Peer &peer, int runs)
{
    ManyPanel panel;
    std::vector<double> walls, threads, tails;
    application.longest = 0;
    for (int run = 0; run < runs + 2; ++run) {
        const ManyPanel::Cost cost = panel.reload();
        if (run >= 2) {
            walls.push_back(cost.wall);
            threads.push_back(cost.uiThread);
        }
    }
    const QJsonObject longest = application.longestEvent();
    const QJsonObject answer{{u"answer"_s, panel.note()}, {u"bytes"_s, panel.bytes()}};
    print(u"cardinality.panel.bytes_to_paint"_s, median(walls), "ms", "JSON.parse + uPlot, all",
        peer.whole(u"all"_s), answer);
    print(u"cardinality.panel.bytes_to_paint"_s, median(walls), "ms", "JSON.parse + uPlot, 50 highest",
        peer.whole(u"top"_s));
    print(u"cardinality.panel.ui_thread"_s, median(threads), "ms", "JSON.parse + uPlot, all",
        peer.whole(u"all"_s), {{u"longest_event"_s, longest}});
    for (int run = 0; run < runs; ++run)
        tails.push_back(panel.refresh().uiThread);
    print(u"cardinality.panel.resident"_s, residentMiB(), "MiB", "JS heap",
        Peer::number(peer.said[u"heap_MiB"_s]));
    print(u"cardinality.panel.tail_ui_thread"_s, median(tails), "ms", nullptr, {},
        {{u"answer"_s, panel.note()}});
}

void dashboardFigures(Application &application, int runs)
{
    DashboardStand stand({.dashboard = u"debug"_s, .services = kSeries, .refresh = u"5s"_s, .isAlive = true});
    stand.draw();
    std::vector<double> taken;
    int asked = 0;
    application.longest = 0;
    for (int run = 0; run < runs; ++run) {
        stand.making = {};
        const double before = threadCpuMs();
        stand.beat();
        stand.draw();
        const double made = std::chrono::duration<double, std::milli>(stand.making).count();
        taken.push_back(threadCpuMs() - before - made);
        asked += stand.takeAsking().panels;
    }
    print(u"cardinality.debug.ui_thread"_s, median(taken), "ms a refresh", nullptr, {},
        {{u"worst"_s, *std::max_element(taken.begin(), taken.end())},
            {u"requests_a_refresh"_s, double(asked) / runs},
            {u"longest_event"_s, application.longestEvent()}});
    print(u"cardinality.debug.resident"_s, residentMiB(), "MiB");
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    Application application(argc, argv);
    applyTheme(application, ThemeChoice::Dark);
    const bool quick = QApplication::arguments().contains(u"--quick"_s);
    const int runs = quick ? 5 : 15;
    const Peer peer{uplot(quick)}; // first, so that nothing of ours runs beside it
    if (QApplication::arguments().contains(u"--debug-only"_s)) {
        dashboardFigures(application, runs);
        return 0;
    }
    print(u"cardinality.decode"_s, decodeAlone(runs), "ms", "JSON.parse and Number", peer.parse());
    print(u"cardinality.draw_all"_s, drawAll(runs), "ms", "uPlot", peer.drawing(u"all"_s));
    panelFigures(application, peer, runs);
    dashboardFigures(application, runs);
    return 0;
}
