// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/datasourcekinds.h>
#include <datasources/datasourcetable.h>
#include <datasources/sourcedoctor.h>
#include <domain/alerts/alertmerger.h>
#include <domain/alerts/alertwatcher.h>
#include <http/curltransport.h>
#include <support/faultserver.h>

#include <QElapsedTimer>
#include <QTest>

#include <cstdio>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
enum class Ask { Instant, Alerts };

/// One line of the matrix: where the fault is, what is asked, what must be seen.
struct Row
{
    const char *fault, *name, *path;
    Ask ask;
    const char *expected;
    const char *port = "http", *proxy = nullptr;
};

const Row kRows[] = {
    {"F01", "no-answer", "/F01", Ask::Instant, "Stale(timeout)"},
    {"F01", "no-answer-alerts", "/F01", Ask::Alerts, "Stale(timeout)"},
    {"F01", "never-reads", "", Ask::Instant, "Stale(timeout)", "rawhang"},
    {"F02", "headers-then-silence", "/F02/headers", Ask::Instant, "Stale(timeout)"},
    {"F02", "half-a-status-line", "/F02/status", Ask::Alerts, "Stale(timeout)"},
    {"F03", "one-byte-a-second", "/F03/body", Ask::Instant, "Stale(timeout)"},
    {"F03", "dripping-headers", "/F03/headers", Ask::Alerts, "Stale(timeout)"},
    {"F04", "reset-in-headers", "/F04/header", Ask::Instant, "Stale(network)"},
    {"F04", "reset-in-body", "/F04/body", Ask::Alerts, "Stale(network)"},
    {"F04", "short-body", "/F04/short", Ask::Instant, "Stale(network)"},
    {"F04", "closed-without-a-byte", "/F04/empty", Ask::Alerts, "Stale(network)"},
    {"F04", "cut-chunk", "/F04/chunk", Ask::Instant, "Stale(network)"},
    {"F05", "cut-json", "/F05", Ask::Instant, "Error(decode)"},
    {"F05", "cut-json-alerts", "/F05", Ask::Alerts, "Error(decode)"},
    {"F06", "gigabyte", "/F06/length", Ask::Instant, "Error(too_large)"},
    {"F06", "endless-chunks", "/F06/chunks", Ask::Instant, "Error(too_large)"},
    {"F07", "gzip-bomb", "/F07/gzip", Ask::Instant, "Error(too_large)"},
    {"F07", "stacked-gzip", "/F07/stacked", Ask::Instant, "Error(decode)"},
    {"F07", "brotli-unasked", "/F07/br", Ask::Alerts, "Error(decode)"},
    {"F08", "html-login", "/F08/login", Ask::Instant, "Error(decode)"},
    {"F08", "captive-portal-alerts", "/F08/portal", Ask::Alerts, "Error(decode)"},
    {"F09", "204", "/F09/204", Ask::Instant, "Error(decode)"},
    {"F09", "204-alerts", "/F09/204", Ask::Alerts, "Error(decode)"},
    {"F09", "no-body", "/F09/empty", Ask::Instant, "Error(decode)"},
    {"F09", "no-body-alerts", "/F09/empty", Ask::Alerts, "Error(decode)"},
    {"F09", "null", "/F09/null", Ask::Instant, "Error(decode)"},
    {"F09", "null-alerts", "/F09/null", Ask::Alerts, "Error(decode)"},
    {"F09", "object", "/F09/object", Ask::Instant, "Error(decode)"},
    {"F09", "object-alerts", "/F09/object", Ask::Alerts, "Error(decode)"},
    {"F09", "list", "/F09/list", Ask::Instant, "Error(decode)"},
    {"F09", "list-alerts", "/F09/list", Ask::Alerts, "Empty"},
    {"F10", "redirect-elsewhere", "/F10/302/otherport", Ask::Instant, "Stale(refused)"},
    {"F10", "redirect-loop", "/F10/loop", Ask::Alerts, "Stale(refused)"},
    {"F11", "401", "/F11/401", Ask::Instant, "NeedsAuth(auth)"},
    {"F11", "401-alerts", "/F11/401", Ask::Alerts, "NeedsAuth(auth)"},
    {"F11", "403", "/F11/403", Ask::Alerts, "NeedsAuth(auth)"},
    {"F12", "429-seconds", "/F12/seconds", Ask::Instant, "Stale(overload) wait=7s"},
    {"F12", "429-date", "/F12/date", Ask::Alerts, "Stale(overload) wait=30s"},
    {"F12", "429-negative", "/F12/negative", Ask::Instant, "Stale(overload) wait=1s"},
    {"F12", "429-huge", "/F12/huge", Ask::Instant, "Stale(overload) wait=600s"},
    {"F13", "500", "/F13/500", Ask::Instant, "Stale(http)"},
    {"F13", "502", "/F13/502", Ask::Alerts, "Stale(http)"},
    {"F13", "503", "/F13/503", Ask::Instant, "Stale(overload)"},
    {"F13", "504", "/F13/504", Ask::Alerts, "Stale(http)"},
    {"F14", "error-in-200", "/F14/200", Ask::Instant, "Stale(invalid)"},
    {"F14", "error-in-400", "/F14/400", Ask::Instant, "Stale(invalid)"},
    {"F14", "error-in-422", "/F14/422", Ask::Instant, "Stale(invalid)"},
    {"F14", "warnings", "/F14/warnings", Ask::Instant, "Partial"},
    {"F14", "infos", "/F14/infos", Ask::Instant, "Fresh"},
    {"F14", "isPartial", "/F14/partial", Ask::Instant, "Partial"},
    {"F15", "invalid-utf8", "/F15/utf8", Ask::Instant, "Error(decode)"},
    {"F15", "lone-surrogate", "/F15/surrogate", Ask::Instant, "Error(decode)"},
    {"F15", "nul", "/F15/nul", Ask::Instant, "Error(decode)"},
    {"F15", "bom", "/F15/bom", Ask::Instant, "Error(decode)"},
    {"F15", "utf16-alerts", "/F15/utf16", Ask::Alerts, "Error(decode)"},
    {"F16", "depth", "/F16/depth", Ask::Instant, "Error(too_large)"},
    {"F16", "million-keys", "/F16/keys", Ask::Instant, "Error(too_large)"},
    {"F16", "long-string", "/F16/string", Ask::Instant, "Error(too_large)"},
    {"F17", "status-twice", "/F17/status", Ask::Instant, "Error(decode)"},
    {"F17", "label-twice", "/F17/label", Ask::Instant, "Error(decode)"},
    {"F18", "odd-numbers", "/F18/values", Ask::Instant, "Error(decode)"},
    {"F18", "bare-nan", "/F18/bare", Ask::Instant, "Error(decode)"},
    {"F18", "milliseconds", "/F18/ms", Ask::Instant, "Partial series=0"},
    {"F18", "nanoseconds", "/F18/ns", Ask::Instant, "Partial series=0"},
    {"F18", "negative-time", "/F18/negative", Ask::Instant, "Fresh"},
    {"F18", "far-future", "/F18/future", Ask::Instant, "Partial series=0"},
    {"F19", "clock-ahead", "/F19/ahead", Ask::Instant, "Fresh skew=+10min"},
    {"F19", "clock-behind", "/F19/behind", Ask::Alerts, "Fresh skew=-10min"},
    {"F19", "no-date", "/F19/nodate", Ask::Instant, "Fresh"},
    {"F20", "self-signed", "/ok", Ask::Instant, "Stale(tls)", "tls_selfsigned"},
    {"F20", "expired", "/ok", Ask::Alerts, "Stale(tls)", "tls_expired"},
    {"F20", "not-yet-valid", "/ok", Ask::Instant, "Stale(tls)", "tls_future"},
    {"F20", "wrong-host", "/ok", Ask::Alerts, "Stale(tls)", "tls_wronghost"},
    {"F20", "unknown-ca", "/ok", Ask::Instant, "Stale(tls)", "tls_unknown"},
    {"F20", "tls-1.0-only", "/ok", Ask::Alerts, "Stale(tls)", "tls_old"},
    {"F20", "handshake-hangs", "/ok", Ask::Instant, "Stale(timeout)", "tls_hang"},
    {"F23", "refused", "", Ask::Instant, "Stale(network)", "refused"},
    {"F23", "refused-alerts", "", Ask::Alerts, "Stale(network)", "refused"},
    {"F24", "no-http", "/F24/http09", Ask::Instant, "Error(decode)"},
    {"F25", "proxy-407", "/ok", Ask::Instant, "NeedsAuth(auth)", "http", "proxy407"},
    {"F25", "proxy-down", "/ok", Ask::Alerts, "Stale(network)", "http", "refused"},
    {"F25", "proxy-works", "/ok", Ask::Instant, "Fresh", "http", "proxy"},
    {"F30", "too-many-gets", "/F30", Ask::Alerts, "Stale(overload)"},
};

QString capital(const QString &state) // "needs_auth" → "NeedsAuth"
{
    QString out;
    for (const QString &part : state.split(u'_'))
        out += part.left(1).toUpper() + part.mid(1);
    return out;
}

/// One source of its own on a shared transport.
struct Lane
{
    std::unique_ptr<QueryScheduler> scheduler;
    QueryTicket ticket;
    std::optional<Result<QueryResult>> got;

    void ask(const DatasourceId &id, Ask what)
    {
        got.reset();
        const QueryBody body =
            what == Ask::Instant ? QueryBody(InstantQuery{u"up"_s, std::nullopt}) : QueryBody(AlertsQuery{});
        const Priority priority = what == Ask::Alerts ? Priority::Alerts : Priority::Visible;
        ticket = scheduler->submit({id, body}, {priority, AskedBy::Poll, 0ms}, nullptr,
            [this](const Result<QueryResult> &result) { got = result; });
    }
};

void line(const char *fault, const char *name, const QString &expected, const QString &seen)
{
    std::printf("%s %s expected=%s seen=%s %s\n", fault, name, qPrintable(expected), qPrintable(seen),
        expected == seen ? "ok" : "DIFFERS");
    std::fflush(stdout);
}
} // namespace

/// Every HTTP fault end to end: libcurl, scheduler and decoders against a server that misbehaves. After each
/// fault the last good answer is still there and no alert has resolved.
class TestFaultMatrix : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void matrix();
    void overtakenAnswer();
    void otherServer();
    void vanishedInAMass();
    void restartedServer();
    void cleanupTestCase() { m_transport.reset(); }

private:
    Lane lane(const QString &id, Ask ask, const QByteArray &base, const QByteArray &proxy = {});
    bool settle(const std::function<bool()> &done, int ms);
    QString seen(const Row &row, const Result<QueryResult> &got, QString &lost);
    Result<QueryResult> askOnce(const QString &id, Ask ask, const QByteArray &base);
    std::vector<Alert> alertsOf(const Result<QueryResult> &result)
    {
        return result ? *dataAs<std::vector<Alert>>(*result) : std::vector<Alert>{};
    }

    FaultServer m_server;
    SystemClock m_clock;
    QThreadPool m_pool;
    std::unique_ptr<CurlTransport> m_transport;
    std::vector<Endpoint> m_endpoints;
    std::optional<QueryResult> m_goodMetrics, m_goodAlerts;
};

void TestFaultMatrix::initTestCase()
{
    QVERIFY(m_server.start({u"--tls"_s}));
    m_transport = std::make_unique<CurlTransport>();
    const Result<QueryResult> metrics = askOnce(u"good"_s, Ask::Instant, m_server.url("/ok"));
    const Result<QueryResult> alerts = askOnce(u"goodalerts"_s, Ask::Alerts, m_server.url("/ok"));
    QVERIFY2(metrics, qPrintable(metrics ? QString() : metrics.error().message));
    QVERIFY2(alerts, qPrintable(alerts ? QString() : alerts.error().message));
    m_goodMetrics = *metrics;
    m_goodAlerts = *alerts;
    QCOMPARE(alertsOf(*m_goodAlerts).size(), 1U);
}

Lane TestFaultMatrix::lane(const QString &id, Ask ask, const QByteArray &base, const QByteArray &proxy)
{
    SourceConfig config;
    config.id = id;
    config.kind = ask == Ask::Alerts ? u"alertmanager"_s : u"prometheus"_s;
    config.urls = {QString::fromLatin1(base)};
    config.proxy = QString::fromLatin1(proxy);
    config.plainHttpAllowed = true;
    config.timeout = 3s;
    config.alertsPoll = 3s;
    std::vector<TableEntry> table = *buildDatasourceTable({config}, builtinDatasourceKinds());
    table[0].endpoint.compression = true; // F07 wants to be unpacked
    m_endpoints.push_back(table[0].endpoint);
    m_transport->setEndpoints(m_endpoints);
    Lane out;
    out.scheduler = std::make_unique<QueryScheduler>(*m_transport, m_clock, m_pool);
    out.scheduler->setSources({table[0].source});
    return out;
}

bool TestFaultMatrix::settle(const std::function<bool()> &done, int ms)
{
    QElapsedTimer timer;
    timer.start();
    while (!done() && timer.elapsed() < ms)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 50);
    return done();
}

Result<QueryResult> TestFaultMatrix::askOnce(const QString &id, Ask ask, const QByteArray &base)
{
    Lane one = lane(id, ask, base);
    one.ask({id}, ask);
    if (!settle([&] { return one.got.has_value(); }, 20'000))
        return fail(Error::Kind::Internal, u"no answer in time"_s);
    return *one.got;
}

/// The state a view would show after the last good answer and then this one; `lost` says what went missing.
QString TestFaultMatrix::seen(const Row &row, const Result<QueryResult> &got, QString &lost)
{
    const QueryResult &good = row.ask == Ask::Alerts ? *m_goodAlerts : *m_goodMetrics;
    if (row.ask == Ask::Alerts) {
        AlertMerger merger({u"am"_s});
        AlertWatcher watcher;
        const auto round = [&](Result<std::vector<Alert>> alerts) {
            const MergedAlerts merged = merger.merge({{{u"am"_s}, std::move(alerts), m_clock.utcNow(), 24h}});
            return std::pair(watcher.apply({u"am"_s}, m_clock.utcNow(), merged.alerts), merged.alerts.size());
        };
        round(alertsOf(good));
        const auto [transitions, left] = round(got ? Result<std::vector<Alert>>(alertsOf(got))
                                                   : Result<std::vector<Alert>>(tl::unexpected(got.error())));
        const bool resolved = std::any_of(transitions.begin(), transitions.end(),
            [](const AlertTransition &t) { return t.to == AlertState::Resolved; });
        if (!got && (resolved || left == 0))
            lost = u"an alert resolved by a failure"_s;
    }
    if (!got) {
        const Freshness after = afterFailure(good.freshness, got.error());
        if (after.lastGood != good.freshness.lastGood || !good.data)
            lost = u"the last good answer is gone"_s;
        QString text = capital(stateName(after.state)) + u'(' + kindName(got.error().kind) + u')';
        if (got.error().retryAfterMs > 0)
            text += u" wait=%1s"_s.arg((got.error().retryAfterMs + 999) / 1000);
        return text;
    }
    QString text = capital(stateName(got->freshness.state));
    if (const auto *metrics = dataAs<MetricData>(*got)) {
        if (metrics->series.empty())
            text += u" series=0"_s;
        for (const Series &series : metrics->series) {
            if (QLatin1String(row.fault) == u"F18" && !series.values.empty() && series.values[0] == 0)
                lost = u"a value became 0"_s;
        }
    }
    if (std::chrono::abs(got->skew) > 5s)
        text += u" skew=%1%2min"_s.arg(QChar(got->skew > 0ms ? u'+' : u'-'))
                    .arg(std::chrono::round<std::chrono::minutes>(std::chrono::abs(got->skew)).count());
    return text;
}

void TestFaultMatrix::matrix()
{
    int different = 0;
    constexpr size_t batch = 8; // most of them wait; the heavy ones shall not wait for each other
    const size_t total = std::size(kRows);
    for (size_t first = 0; first < total; first += batch) {
        const size_t last = std::min(first + batch, total);
        std::vector<std::unique_ptr<Lane>> lanes;
        for (size_t i = first; i < last; ++i) {
            const QString id = u"row%1"_s.arg(i);
            const Row &row = kRows[i];
            const QByteArray proxy = row.proxy ? m_server.url({}, row.proxy) : QByteArray();
            // Loopback is never asked through a proxy.
            const QByteArray base =
                row.proxy ? "http://prom.invalid" + QByteArray(row.path) : m_server.url(row.path, row.port);
            lanes.push_back(std::make_unique<Lane>(lane(id, row.ask, base, proxy)));
            lanes.back()->ask({id}, row.ask);
        }
        const auto all = [&] {
            return std::all_of(lanes.begin(), lanes.end(), [](const auto &l) { return l->got.has_value(); });
        };
        settle(all, 30'000);
        for (size_t i = first; i < last; ++i) {
            const Row &row = kRows[i];
            QString lost;
            QString text = lanes[i - first]->got ? seen(row, *lanes[i - first]->got, lost) : u"nothing"_s;
            if (!lost.isEmpty())
                text += u" and "_s + lost;
            line(row.fault, row.name, QString::fromLatin1(row.expected), text);
            if (text != QLatin1String(row.expected)) {
                ++different;
                const auto &got = lanes[i - first]->got;
                std::printf("    %s\n", got && !*got ? qPrintable(got->error().message) : "");
            }
        }
    }
    QCOMPARE(different, 0);
}

void TestFaultMatrix::overtakenAnswer() // F26
{
    Lane one = lane(u"f26"_s, Ask::Instant, m_server.url("/F26"));
    one.ask({u"f26"_s}, Ask::Instant);
    QVERIFY(settle([&] { return one.scheduler->health({u"f26"_s}).inFlight == 1; }, 5'000));
    QElapsedTimer timer;
    timer.start();
    settle([&] { return timer.elapsed() > 300; }, 400); // it is on the wire
    std::vector<double> values;
    one.ticket = one.scheduler->submit({{u"f26"_s}, InstantQuery{u"up"_s, Timestamp(1'795'262'400s)}}, {},
        nullptr, [&](const Result<QueryResult> &result) {
            values.push_back(result ? dataAs<MetricData>(*result)->series[0].values[0] : -1);
        });
    settle([&] { return timer.elapsed() > 2'500; }, 3'000);
    const QString text =
        values.size() == 1 ? u"value=%1 answers=1"_s.arg(values[0]) : u"answers=%1"_s.arg(values.size());
    line("F26", "overtaken-answer", u"value=2 answers=1"_s, text);
    QCOMPARE(text, u"value=2 answers=1"_s);
    QVERIFY(!one.got); // the older one was dropped
}

void TestFaultMatrix::otherServer() // F27
{
    const auto report = [this](const QString &id, const QByteArray &base) {
        Lane one = lane(id, Ask::Instant, base);
        SourceDoctor doctor(*one.scheduler, m_clock, {});
        std::optional<SourceReport> out;
        connect(&doctor, &SourceDoctor::finished, this, [&](const SourceReport &r) { out = r; });
        doctor.examine({{id}, u"prometheus"_s, u"auto"_s});
        settle([&] { return out.has_value(); }, 20'000);
        return out.value_or(SourceReport{});
    };
    const QString change =
        identityChange(report(u"f27a"_s, m_server.url("/ok")), report(u"f27b"_s, m_server.url("/F27/other")));
    line("F27", "another-server", u"noticed"_s, change.isEmpty() ? u"missed"_s : u"noticed"_s);
    QVERIFY2(change.contains(u"2.53.0"), qPrintable(change));
}

void TestFaultMatrix::vanishedInAMass() // F28
{
    Lane one = lane(u"f28"_s, Ask::Alerts, m_server.url("/F28"));
    AlertMerger merger({u"f28"_s});
    QStringList counts;
    for (int i = 0; i < 3; ++i) {
        one.ask({u"f28"_s}, Ask::Alerts);
        QVERIFY(settle([&] { return one.got.has_value(); }, 20'000));
        QVERIFY2(*one.got, qPrintable(*one.got ? QString() : one.got->error().message));
        const MergedAlerts merged = merger.merge({{{u"f28"_s}, alertsOf(*one.got), m_clock.utcNow(), 24h}});
        counts << u"%1/%2"_s.arg(merged.alerts.size()).arg(merged.confirming);
    }
    const QString expected = u"12000/0 12000/12000 0/0"_s;
    line("F28", "12000-to-0", expected, counts.join(u' '));
    QCOMPARE(counts.join(u' '), expected);
}

void TestFaultMatrix::restartedServer() // F29
{
    Lane one = lane(u"f29"_s, Ask::Alerts, m_server.url("/F29"));
    AlertMerger merger({u"am"_s});
    AlertWatcher watcher;
    const auto before = merger.merge({{{u"am"_s}, alertsOf(*m_goodAlerts), m_clock.utcNow(), 24h}});
    watcher.apply({u"am"_s}, m_clock.utcNow(), before.alerts);
    one.ask({u"f29"_s}, Ask::Alerts);
    QVERIFY(settle([&] { return one.got.has_value(); }, 20'000));
    const auto after = merger.merge({{{u"am"_s}, alertsOf(*one.got), m_clock.utcNow(), 20s}});
    const auto transitions = watcher.apply({u"am"_s}, m_clock.utcNow(), after.alerts);
    const auto resolved = std::count_if(transitions.begin(), transitions.end(),
        [](const AlertTransition &t) { return t.to == AlertState::Resolved; });
    const QString text = u"%1 resolved=%2 kept=%3"_s.arg(capital(stateName((*one.got)->freshness.state)))
                             .arg(resolved)
                             .arg(after.alerts.size());
    line("F29", "restarted-alertmanager", u"Empty resolved=0 kept=1"_s, text);
    QCOMPARE(text, u"Empty resolved=0 kept=1"_s);
}

QTEST_GUILESS_MAIN(TestFaultMatrix)
#include "tst_faultmatrix.moc"
