// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakes.h"

#include <store/documents/dashboardfile.h>
#include <store/documents/profilefile.h>
#include <widgets/context/timenavigator.h>
#include <widgets/dashboard/dashboardview.h>

#include <app/changewatch.h>
#include <app/deploywatch.h>
#include <app/ownboard.h>

#include <QSet>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace bw::test;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

SourceInfo prometheus(const FakeClock &clock)
{
    SourceInfo source;
    source.id = {u"prom"_s};
    source.source = u"prom"_s;
    source.kind = u"prometheus"_s;
    source.isDefault = true;
    source.freshness = afterSuccess(clock.boot, clock.utc, false);
    for (const MetricProfile &profile : loadProfiles({u":/profiles"_s}).profiles) {
        if (profile.id == "http-client-libraries"_L1)
            source.profile.profile = profile;
    }
    source.profile.found = true;
    source.profile.families = {u"http_requests_total"_s};
    return source;
}

/// As many series as there are services, with every label a panel might look for.
MetricData answerFor(const QuerySpec &spec, int services, Timestamp now)
{
    MetricData data;
    const auto *range = std::get_if<RangeQuery>(&spec.body);
    data.shape = range ? MetricData::Shape::Matrix : MetricData::Shape::Vector;
    for (int i = 0; i < services; ++i) {
        const QString name = u"svc-%1"_s.arg(i);
        std::vector<Labels::Pair> pairs;
        for (const QString &label : {u"service"_s, u"job"_s, u"route"_s, u"pod"_s, u"queue"_s, u"le"_s})
            pairs.emplace_back(Untrusted(label), Untrusted(label == "le"_L1 ? QString::number(i) : name));
        Series series;
        series.labels = Labels::fromPairs(std::move(pairs));
        if (range)
            series.times.push_back(toNs(range->range.end - range->step));
        series.times.push_back(range ? toNs(range->range.end) : toNs(now));
        series.values.assign(series.times.size(), 1.0 + i);
        data.series.push_back(std::move(series));
    }
    return data;
}

/// What was asked within one interval of a dashboard.
struct Asking
{
    int panels = 0; ///< by the dashboard; equal questions at one moment are one transfer
    int watchers = 0; ///< by the watch for deploys, which has its own clock: once a minute
    bool operator==(const Asking &) const = default;
};

/// A dashboard, its watchers and a server that counts.
class Stand
{
public:
    Stand(const QString &id, int services)
        : m_services(services)
        , m_own(clock, sources)
        , m_time(clock)
        , m_changes(m_panels.executor, clock, m_own, sources)
        , m_deploys(m_watchers.executor, clock, m_own, m_pool)
        , m_view({m_panels.executor, m_own, sources, clock, nullptr}, m_time)
    {
        sources.update(prometheus(clock));
        m_own.publish(u"alerts"_s, std::make_shared<const QueryData>(std::vector<Alert>{}),
            afterSuccess(clock.boot, clock.utc, true), clock.utc);
        Dashboard dashboard;
        for (LoadedDashboard &loaded : loadDashboards({u":/dashboards"_s}).dashboards) {
            if (loaded.dashboard.id == id)
                dashboard = std::move(loaded.dashboard);
        }
        // Objectives have their own clock and budget.
        std::erase_if(dashboard.panels, [](const Panel &panel) {
            return QStringList{u"e1"_s, u"e2"_s, u"e3"_s, u"e4"_s, u"e5"_s, u"o4"_s}.contains(panel.id);
        });
        m_view.resize(1600, 4000); // everything in view
        m_view.show(dashboard);
        m_view.QWidget::show();
        m_changes.setSources({{u"prom"_s}});
        m_deploys.setSources({{u"prom"_s}});
        settle();
        opening = std::exchange(m_asking, {});
    }

    /// One interval, in beats of five seconds.
    Asking refresh(std::chrono::seconds interval)
    {
        for (auto passed = 0s; passed < interval; passed += 5s) {
            clock.advance(5s);
            m_sinceDeploys += 5s;
            if (m_sinceDeploys >= 60s) {
                m_sinceDeploys = 0s;
                m_deploys.refresh();
            }
            m_view.beat();
            answerAll();
            QCoreApplication::processEvents();
        }
        settle();
        return std::exchange(m_asking, {});
    }

    Asking opening;
    FakeClock clock;
    SourceBoard sources;

private:
    struct Server
    {
        FakeExecutor executor;
        size_t next = 0;
    };

    /// Until nobody asks any more; answers are drawn on ticks, and what is drawn may ask.
    void settle()
    {
        for (int quiet = 0; quiet < 5; ++quiet) {
            QTest::qWait(5);
            if (answerAll())
                quiet = -1;
        }
    }

    bool answerAll()
    {
        const int panels = answer(m_panels), watchers = answer(m_watchers);
        m_asking.panels += panels;
        m_asking.watchers += watchers;
        return panels + watchers > 0;
    }

    /// How many different metric requests were answered.
    int answer(Server &server)
    {
        FakeExecutor &executor = server.executor;
        QSet<QByteArray> distinct;
        for (size_t &next = server.next; next < executor.asked.size(); ++next) {
            const QuerySpec spec = executor.asked[next].spec;
            if (std::holds_alternative<InstantQuery>(spec.body)
                || std::holds_alternative<RangeQuery>(spec.body)) {
                distinct.insert(keyOf(spec));
                executor.answer(next, answerFor(spec, m_services, clock.utc), clock.utc);
            } else if (std::holds_alternative<ExemplarQuery>(spec.body)) {
                distinct.insert(keyOf(spec));
                executor.answer(next, ExemplarSet{}, clock.utc);
            } else if (std::holds_alternative<LabelQuery>(spec.body)) {
                executor.answer(next, LabelValues{{Untrusted(u"svc-0"_s)}}, clock.utc);
            } else {
                executor.refuse(next, Error::Kind::NotFound);
            }
        }
        return int(distinct.size());
    }

    const int m_services;
    Server m_panels, m_watchers;
    QThreadPool m_pool;
    OwnBoard m_own;
    TimeNavigator m_time;
    ChangeWatch m_changes;
    DeployWatch m_deploys;
    DashboardView m_view;
    Asking m_asking;
    std::chrono::seconds m_sinceDeploys{0};
};

} // namespace

/// How many metric requests one refresh of a built-in dashboard makes, whatever the number of services.
class TestQueryBudget : public QObject
{
    Q_OBJECT
private slots:
    void refreshes_data();
    void refreshes();
};

void TestQueryBudget::refreshes_data()
{
    QTest::addColumn<QString>("dashboard");
    QTest::addColumn<int>("seconds");
    QTest::addColumn<int>("intervals");
    QTest::addColumn<int>("budget");
    QTest::newRow("on-call") << u"on-call"_s << 15 << 21 << 12;
    QTest::newRow("debug") << u"debug"_s << 30 << 12 << 25;
    // Two hours: whatever is asked once an hour, and references of a week ago, are in it.
    QTest::newRow("executive") << u"executive"_s << 300 << 26 << 6;
}

void TestQueryBudget::refreshes()
{
    QFETCH(QString, dashboard);
    QFETCH(int, seconds);
    QFETCH(int, intervals);
    QFETCH(int, budget);
    std::vector<std::vector<Asking>> counts;
    for (const int services : {10, 500}) {
        Stand stand(dashboard, services);
        std::vector<Asking> seen{stand.opening};
        QStringList texts;
        // The same at the beginning is enough for the many.
        for (int interval = 0; interval < (services > 10 ? 6 : intervals); ++interval) {
            const Asking asking = stand.refresh(std::chrono::seconds(seconds));
            seen.push_back(asking);
            texts << u"%1+%2"_s.arg(asking.panels).arg(asking.watchers);
        }
        counts.push_back(seen);
        qInfo().noquote() << dashboard << services << "services: opening" << seen.front().panels << "+"
                          << seen.front().watchers << "refreshes" << texts.join(u' ');
    }
    QVERIFY(std::equal(counts[1].begin(), counts[1].end(), counts[0].begin()));
    QVERIFY(counts[0].front().panels > 0);
    for (size_t i = 1; i < counts[0].size(); ++i) {
        const Asking &asking = counts[0][i];
        QVERIFY(asking.panels > 0);
        // In a minute or more the watch for deploys asks at a pace of its own.
        const int all = asking.panels + (seconds < 60 ? asking.watchers : 0);
        QVERIFY2(all <= budget, qPrintable(u"interval %1: %2 requests"_s.arg(i).arg(all)));
    }
}

QTEST_MAIN(TestQueryBudget)
#include "tst_querybudget.moc"
