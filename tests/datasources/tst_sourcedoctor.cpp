// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/sourcedoctor.h>
#include <support/fakeclock.h>

#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;
using State = SourceCheck::State;

namespace {
/// Answers every question at the next turn of the event loop, from a list of kinds.
class ScriptedExecutor final : public QueryExecutor
{
public:
    std::function<Result<QueryData>(const QuerySpec &)> script;
    std::chrono::milliseconds skew{0}, took{12};
    std::vector<QuerySpec> asked;

    QueryTicket submit(QuerySpec spec, QueryOptions, const QObject *receiver, Callback done) override
    {
        asked.push_back(spec);
        auto live = std::make_shared<bool>(true);
        QMetaObject::invokeMethod(
            const_cast<QObject *>(receiver),
            [this, spec, live, done] {
                if (!*live)
                    return;
                const Result<QueryData> data = script(spec);
                if (!data)
                    return done(tl::unexpected(data.error()));
                QueryResult result;
                result.spec = spec;
                result.data = std::make_shared<const QueryData>(*data);
                result.took = took;
                result.skew = skew;
                done(result);
            },
            Qt::QueuedConnection);
        return QueryTicket([live] { *live = false; });
    }
};

Series one(const QString &name, double value)
{
    Series out;
    out.labels = Labels::fromPairs({{Untrusted(u"__name__"_s), Untrusted(name)}});
    out.times.push_back(1);
    out.values.push_back(value);
    return out;
}

MetricProfile httpProfile()
{
    MetricProfile out;
    out.id = u"http"_s;
    out.priority = 10;
    out.anyMetric = {u"http_requests_total"_s};
    out.selectors = {{u"requests"_s, {u"http_requests_total"_s, {}, {}}},
        {u"errors"_s, {u"http_requests_total"_s, u"code=~\"5..\""_s, {}}},
        {u"buckets"_s, {u"http_request_duration_seconds_bucket"_s, {}, {}}}};
    out.labels = {{u"service"_s, {u"service"_s, u"job"_s}}, {u"route"_s, {u"handler"_s}}};
    return out;
}

Result<QueryData> healthyPrometheus(const QuerySpec &spec)
{
    if (std::holds_alternative<StatusQuery>(spec.body))
        return ServerStatus{u"prometheus"_s, u"2.42.0"_s, {}, {}, 0, {}};
    if (std::holds_alternative<RulesQuery>(spec.body)) {
        RuleGroups rules;
        rules.groups.push_back({});
        rules.groups[0].rules.push_back({});
        rules.groups[0].rules[0].health = u"ok"_s;
        return rules;
    }
    if (std::holds_alternative<LabelQuery>(spec.body))
        return LabelValues{{Untrusted(u"job"_s), Untrusted(u"code"_s), Untrusted(u"handler"_s)}};
    const QString expression = std::get<InstantQuery>(spec.body).expression;
    MetricData data;
    if (expression.startsWith(u"count by"))
        data.series = {one(u"http_requests_total"_s, 7), one(u"http_request_duration_seconds_bucket"_s, 9)};
    else if (expression.contains(u"count_over_time"))
        data.series = {one({}, 8)};
    else
        data.series = {one({}, 3.5)};
    return data;
}

const SourceCheck *find(const SourceReport &report, const QString &name)
{
    for (const SourceCheck &check : report.checks) {
        if (check.name == name)
            return &check;
    }
    return nullptr;
}
} // namespace

/// What the doctor asks and what it says.
class TestSourceDoctor : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void healthy();
    void unreachable_data();
    void unreachable();
    void findings();
    void namedProfile();
    void partsMayFail();
    void alertmanager();
    void traceBackend_data();
    void traceBackend();
    void startsOver();
    void noticesAnotherServer();

private:
    SourceReport examine(SourceDoctor::Subject subject)
    {
        SourceDoctor doctor(m_executor, m_clock, {httpProfile()});
        std::vector<SourceReport> reports;
        connect(&doctor, &SourceDoctor::finished, this,
            [&](const SourceReport &report) { reports.push_back(report); });
        doctor.examine(std::move(subject));
        for (int i = 0; i < 20; ++i)
            QCoreApplication::sendPostedEvents();
        return reports.size() == 1 ? reports[0] : SourceReport{};
    }
    FakeClock m_clock;
    ScriptedExecutor m_executor;
};

void TestSourceDoctor::init()
{
    m_executor.script = healthyPrometheus;
    m_executor.asked.clear();
    m_executor.skew = 200ms;
}

void TestSourceDoctor::healthy()
{
    const SourceReport report = examine({{u"prom"_s}, u"prometheus"_s, u"auto"_s});
    QCOMPARE(report.id.id, u"prom"_s);
    QCOMPARE(report.version, u"2.42.0"_s);
    QCOMPARE(report.latency, 12ms);
    QVERIFY(!report.error && report.profile.found);
    QCOMPARE(report.profile.profile.id, u"http"_s);
    QCOMPARE(report.profile.profile.labels.value(u"service"_s), QStringList{u"job"_s});
    QCOMPARE(report.scrapeInterval, std::optional<Nanoseconds>(15s));
    QStringList names;
    for (const SourceCheck &check : report.checks) {
        names << check.name;
        QVERIFY2(check.state == State::Ok || check.name == u"rules",
            qPrintable(check.name + check.found + check.meaning));
    }
    QCOMPARE(names,
        QStringList({u"connect"_s, u"version"_s, u"clock"_s, u"data"_s, u"scrape"_s, u"families"_s,
            u"labels"_s, u"rules"_s}));
}

void TestSourceDoctor::unreachable_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("todo");
    QTest::newRow("auth") << int(Error::Kind::Auth) << u"credentials"_s;
    QTest::newRow("tls") << int(Error::Kind::Tls) << u"CA"_s;
    QTest::newRow("network") << int(Error::Kind::Network) << u"URL"_s;
    QTest::newRow("login page") << int(Error::Kind::Decode) << u"browser"_s;
    QTest::newRow("404") << int(Error::Kind::NotFound) << u"path"_s;
}

void TestSourceDoctor::unreachable()
{
    QFETCH(int, kind);
    QFETCH(QString, todo);
    m_executor.script = [kind](const QuerySpec &) -> Result<QueryData> {
        return fail(Error::Kind(kind), u"prom: broken"_s);
    };
    const SourceReport report = examine({{u"prom"_s}, u"prometheus"_s, u"auto"_s});
    QCOMPARE(m_executor.asked.size(), 1U); // nothing more is asked of a server that does not answer
    QVERIFY(report.error && report.error->kind == Error::Kind(kind));
    QCOMPARE(report.checks.size(), 1U);
    QVERIFY(report.checks[0].state == State::Fail);
    QCOMPARE(report.checks[0].found, u"broken"_s);
    QVERIFY(report.checks[0].todo.contains(todo));
}

void TestSourceDoctor::findings()
{
    m_executor.skew = -90s;
    m_executor.script = [](const QuerySpec &spec) -> Result<QueryData> {
        if (std::holds_alternative<RulesQuery>(spec.body)) {
            RuleGroups rules;
            rules.groups.push_back({});
            rules.groups[0].rules.push_back({});
            rules.groups[0].rules[0].name = Untrusted(u"Broken"_s);
            rules.groups[0].rules[0].health = u"err"_s;
            rules.groups[0].rules[0].lastError = Untrusted(u"many-to-many"_s);
            return rules;
        }
        if (std::holds_alternative<InstantQuery>(spec.body))
            return MetricData{};
        return healthyPrometheus(spec);
    };
    const SourceReport report = examine({{u"prom"_s}, u"prometheus"_s, u"auto"_s});
    QVERIFY(find(report, u"clock"_s)->state == State::Warn);
    QVERIFY(find(report, u"clock"_s)->found.contains(u"behind"));
    QVERIFY(find(report, u"families"_s)->state == State::Warn);
    QVERIFY(find(report, u"data"_s)->state == State::Warn);
    QVERIFY(find(report, u"scrape"_s)->state == State::Note);
    QVERIFY(!report.scrapeInterval && !report.profile.found);
    QVERIFY(find(report, u"rules"_s)->state == State::Warn);
    QCOMPARE(find(report, u"rules"_s)->meaning, u"Broken: many-to-many"_s);
}

void TestSourceDoctor::namedProfile()
{
    QVERIFY(examine({{u"prom"_s}, u"prometheus"_s, u"http"_s}).profile.found);
    const SourceReport report = examine({{u"prom"_s}, u"prometheus"_s, u"istio"_s});
    QVERIFY(!report.profile.found);
    QVERIFY(find(report, u"families"_s)->found.contains(u"istio"));
}

void TestSourceDoctor::partsMayFail() // every probe is optional behind a proxy
{
    m_executor.script = [](const QuerySpec &spec) -> Result<QueryData> {
        if (std::holds_alternative<RulesQuery>(spec.body) || std::holds_alternative<LabelQuery>(spec.body))
            return fail(Error::Kind::NotFound, u"prom: 404"_s);
        return healthyPrometheus(spec);
    };
    const SourceReport report = examine({{u"prom"_s}, u"prometheus"_s, u"auto"_s});
    QVERIFY(!report.error && report.profile.found);
    QVERIFY(find(report, u"rules"_s)->state == State::Note);
    QVERIFY(find(report, u"labels"_s)->state == State::Note);
    QCOMPARE(report.profile.profile.labels.value(u"service"_s).size(), 2); // as the profile says
}

void TestSourceDoctor::alertmanager()
{
    m_executor.skew = 0ms;
    m_executor.script = [this](const QuerySpec &spec) -> Result<QueryData> {
        if (std::holds_alternative<StatusQuery>(spec.body))
            return ServerStatus{u"alertmanager"_s, u"0.25.0"_s, m_clock.utcNow() - 20s, u"ready"_s, 2, {}};
        return std::vector<Alert>{};
    };
    const SourceReport report = examine({{u"am/1"_s}, u"alertmanager"_s, u"auto"_s});
    QCOMPARE(report.version, u"0.25.0"_s);
    QVERIFY(find(report, u"alerts"_s)->meaning.contains(u"Watchdog"));
    QVERIFY(std::any_of(report.checks.begin(), report.checks.end(),
        [](const SourceCheck &c) { return c.found.contains(u"restarted 20 s ago"); }));
    QCOMPARE(m_executor.asked.size(), 2U);
}

void TestSourceDoctor::traceBackend_data()
{
    QTest::addColumn<int>("services");
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("found");
    QTest::newRow("some") << 2 << int(State::Ok) << u"spans of 2 services"_s;
    QTest::newRow("none") << 0 << int(State::Note) << u"spans of 0 services"_s;
    QTest::newRow("not readable") << -1 << int(State::Fail) << u"search is switched off"_s;
}

/// It is asked who it is and for its services, and nothing about metrics.
void TestSourceDoctor::traceBackend()
{
    QFETCH(int, services);
    m_executor.script = [&](const QuerySpec &spec) -> Result<QueryData> {
        if (std::holds_alternative<StatusQuery>(spec.body)) {
            ServerStatus status;
            status.product = u"zipkin"_s;
            return status;
        }
        if (services < 0)
            return fail(Error::Kind::Refused, u"spans: search is switched off"_s);
        return LabelValues{std::vector<Untrusted>(size_t(services), Untrusted(u"web"_s))};
    };
    const SourceReport report = examine({{u"spans"_s}, u"zipkin"_s, u"auto"_s});
    QCOMPARE(m_executor.asked.size(), 2U);
    QCOMPARE(report.product, u"zipkin"_s);
    const SourceCheck *data = find(report, u"data"_s);
    QVERIFY(data);
    QTEST(int(data->state), "state");
    QTEST(data->found, "found");
}

void TestSourceDoctor::startsOver()
{
    SourceDoctor doctor(m_executor, m_clock, {httpProfile()});
    QStringList seen;
    connect(
        &doctor, &SourceDoctor::finished, this, [&](const SourceReport &report) { seen << report.id.id; });
    doctor.examine({{u"a"_s}, u"prometheus"_s, u"auto"_s});
    doctor.examine({{u"b"_s}, u"prometheus"_s, u"auto"_s});
    for (int i = 0; i < 20; ++i)
        QCoreApplication::sendPostedEvents();
    QCOMPARE(seen, QStringList{u"b"_s});
}

void TestSourceDoctor::noticesAnotherServer() // F27
{
    const SourceReport before = examine({{u"prom"_s}, u"prometheus"_s, u"auto"_s});
    SourceReport now = before;
    QVERIFY(identityChange(before, now).isEmpty());
    now.version.clear(); // not told
    QVERIFY(identityChange(before, now).isEmpty());
    now.version = u"2.53.0"_s;
    QVERIFY(identityChange(before, now).contains(u"2.53.0"));
}

QTEST_GUILESS_MAIN(TestSourceDoctor)
#include "tst_sourcedoctor.moc"
