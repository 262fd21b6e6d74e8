// SPDX-License-Identifier: GPL-3.0-or-later
// What a hundred objectives of thirty days cost the thread of the window: an answer with twenty objectives'
// week, and everything put onto the board; with a worker as the program has it, against the same without one.
#include <domain/slo/sloengine.h>

#include <QCoreApplication>
#include <QRegularExpression>
#include <QThreadPool>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Seconds of this thread's own work, waiting left out.
double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

/// Ten requests a second of which one in a hundred fails, for whatever is asked.
class Server final : public QueryExecutor
{
public:
    [[nodiscard]] QueryTicket submit(QuerySpec spec, QueryOptions, const QObject *, Callback done) override
    {
        queue.emplace_back(answerTo(spec), std::move(done));
        return {};
    }
    std::deque<std::pair<QueryResult, Callback>> queue;

private:
    static QueryResult answerTo(const QuerySpec &spec)
    {
        const auto *range = std::get_if<RangeQuery>(&spec.body);
        const QString expression = range ? range->expression : std::get<InstantQuery>(spec.body).expression;
        static const QRegularExpression part(
            u"\"bw_slo\", \"(\\d+)\", \"\", \"\"\\), \"bw_part\", \"(\\w+)\""_s);
        MetricData data;
        for (auto it = part.globalMatch(expression); it.hasNext();) {
            const auto match = it.next();
            Series &series = data.series.emplace_back();
            series.labels = Labels::fromPairs({{Untrusted(u"bw_slo"_s), Untrusted(match.captured(1))},
                {Untrusted(u"bw_part"_s), Untrusted(match.captured(2))}});
            const double value = match.captured(2) == u"bad"_s ? 360 : 36'000;
            const TimeRange times = range ? range->range : TimeRange{};
            for (Timestamp t = times.begin; t <= times.end; t += range ? range->step : 1h) {
                series.times.push_back(toNs(t));
                series.values.push_back(value);
            }
        }
        QueryResult result;
        result.spec = spec;
        result.data = std::make_shared<const QueryData>(std::move(data));
        return result;
    }
};

class PoolWorker final : public SloWorker
{
public:
    explicit PoolWorker(QObject &home)
        : m_home(home)
    {
        m_pool.setMaxThreadCount(1);
    }
    void run(Work work) override
    {
        m_pool.start([this, work = std::move(work)] {
            QMetaObject::invokeMethod(
                &m_home, [home = work()] { home(); }, Qt::QueuedConnection);
        });
    }

private:
    QObject &m_home;
    QThreadPool m_pool;
};

struct Cost
{
    double fill = 0, board = 0; ///< ms, median
};

double median(std::vector<double> taken)
{
    std::sort(taken.begin(), taken.end());
    return taken.empty() ? 0 : taken[taken.size() / 2];
}

Cost costOf(SloWorker *worker)
{
    SystemClock clock;
    const DatasourceId prom{u"prom"_s};
    Server server;
    SloBoard board;
    SloEngine engine(server, clock, board, nullptr, worker);
    std::vector<Slo> slos;
    for (int i = 0; i < 100; ++i) {
        Slo &slo = slos.emplace_back();
        slo.id = u"slo-%1"_s.arg(i);
        slo.indicator.bad = u"sum(increase(b[$__window]))"_s;
        slo.indicator.total = u"sum(increase(t[$__window]))"_s;
        slo.burn = standardBurnRows(slo.period.length);
    }
    engine.setSlos(slos, {{prom, {}}}, prom);
    std::vector<double> fills, boards;
    const auto settle = [&](std::vector<double> *taken) {
        while (!engine.isSettled()) {
            if (server.queue.empty()) {
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
                continue;
            }
            const auto next = std::move(server.queue.front());
            server.queue.pop_front();
            const bool isWeek = dataAs<MetricData>(next.first)->series.size() == 40
                && dataAs<MetricData>(next.first)->series.front().times.size() == 168;
            const double begin = cpuSeconds();
            next.second(next.first);
            while (server.queue.empty() && !engine.isSettled())
                QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
            QCoreApplication::processEvents();
            if (isWeek && taken)
                taken->push_back((cpuSeconds() - begin) * 1000);
        }
    };
    settle(&fills);
    for (int i = 0; i < 15; ++i) {
        bool isShown = false;
        QObject context;
        QObject::connect(&board, &SloBoard::changed, &context, [&] { isShown = true; });
        const double begin = cpuSeconds();
        engine.beat();
        while (!isShown)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        boards.push_back((cpuSeconds() - begin) * 1000);
        settle(nullptr);
    }
    return {median(fills), median(boards)};
}

void print(const char *name, double value, double peer)
{
    std::printf(
        "{\"name\": \"%s\", \"value\": %.3f, \"unit\": \"ms\", \"peer\": \"the same without a worker\", "
        "\"peer_value\": %.3f, \"ratio\": %.2f}\n",
        name, value, peer, peer / value);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QObject home;
    PoolWorker worker(home);
    const Cost here = costOf(nullptr), there = costOf(&worker);
    print("slo/the window's share of an answer with a week of twenty objectives", there.fill, here.fill);
    print("slo/the window's share of a hundred objectives of 30 days on the board", there.board, here.board);
    return 0;
}
