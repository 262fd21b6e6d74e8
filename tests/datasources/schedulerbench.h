// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/datasourcekinds.h>
#include <datasources/datasourcetable.h>
#include <support/fakeclock.h>
#include <support/faketransport.h>

#include <QCoreApplication>

#include <memory>

namespace bw::schedulerbench {
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using Kind = Error::Kind;

inline const DatasourceId kProm{u"prom"_s}, kAm{u"am"_s};
inline const Timestamp kNoon(1'795'262'400s);

inline QByteArray vectorOf(const QByteArray &value)
{
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1795262400,")"
        + value + R"("]}]}})";
}
inline const QByteArray kNone = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

inline QuerySpec instant(const QString &expression = u"up"_s, const DatasourceId &source = kProm)
{
    return {source, InstantQuery{expression, std::nullopt}};
}

inline Error refused(int code = 7) { return {Kind::Network, u"prom: refused"_s, {}, code, 0}; }

/// Everything a scheduler needs, and what it delivered.
struct Bench
{
    FakeClock clock;
    FakeTransport net;
    QThreadPool pool;
    std::vector<QueryScheduler::Source> sources;
    std::unique_ptr<QueryScheduler> scheduler;
    std::vector<Result<QueryResult>> got;

    explicit Bench(int others = 0)
    {
        scheduler = std::make_unique<QueryScheduler>(net, clock, pool);
        scheduler->setSeed(42);
        SourceConfig prom, am;
        prom.id = u"prom"_s;
        prom.kind = u"prometheus"_s;
        prom.urls = {u"http://127.0.0.1:9090"_s};
        am.id = u"am"_s;
        am.kind = u"alertmanager"_s;
        am.urls = {u"http://127.0.0.1:9093"_s};
        std::vector<SourceConfig> configs = {prom, am};
        for (int i = 0; i < others; ++i) {
            prom.id = u"p%1"_s.arg(i);
            configs.push_back(prom);
        }
        std::vector<TableEntry> table = *buildDatasourceTable(configs, builtinDatasourceKinds());
        for (TableEntry &entry : table)
            sources.push_back(std::move(entry.source));
        scheduler->setSources(sources);
    }
    QueryTicket ask(QuerySpec spec, QueryOptions options = {}, const QObject *receiver = nullptr)
    {
        return scheduler->submit(std::move(spec), options, receiver,
            [this](const Result<QueryResult> &result) { got.push_back(result); });
    }
    /// Lets queued calls and decode jobs finish.
    void settle()
    {
        for (int i = 0; i < 6; ++i) {
            pool.waitForDone();
            QCoreApplication::sendPostedEvents();
        }
    }
    void pass(Nanoseconds time)
    {
        clock.advance(time);
        scheduler->process();
        settle();
    }
    void good(size_t call, const QByteArray &body)
    {
        net.answer(call, net.json(call, body));
        settle();
    }
    void bad(size_t call, const Error &error)
    {
        net.answer(call, tl::unexpected(error));
        settle();
    }
    double value(size_t index) const { return dataAs<MetricData>(*got.at(index))->series.at(0).values.at(0); }
};
} // namespace bw::schedulerbench
