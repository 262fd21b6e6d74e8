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

/// A dashboard, its watchers and a server that counts.
class Stand
{
public:
    Stand(const QString &id, int services)
        : m_services(services)
        , m_own(clock, sources)
        , m_time(clock)
        , m_changes(executor, clock, m_own, sources)
        , m_deploys(executor, clock, m_own, m_pool)
        , m_view({executor, m_own, sources, clock, nullptr}, m_time)
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
        opening = answered();
    }

    /// Metric requests of one refresh after `wait`; equal ones are one transfer.
    int refresh(Nanoseconds wait, bool minute)
    {
        clock.advance(wait);
        if (minute)
            m_deploys.refresh();
        m_view.beat();
        return answered();
    }

    FakeClock clock;
    SourceBoard sources;
    FakeExecutor executor;
    int opening = 0;

private:
    int answered()
    {
        QSet<QByteArray> distinct;
        for (int quiet = 0; quiet < 5;) {
            QTest::qWait(5);
            const bool isQuiet = m_next == executor.asked.size();
            quiet = isQuiet ? quiet + 1 : 0;
            for (; m_next < executor.asked.size(); ++m_next) {
                const QuerySpec spec = executor.asked[m_next].spec;
                if (std::holds_alternative<InstantQuery>(spec.body)
                    || std::holds_alternative<RangeQuery>(spec.body)) {
                    distinct.insert(keyOf(spec));
                    executor.answer(m_next, answerFor(spec, m_services, clock.utc), clock.utc);
                } else if (std::holds_alternative<ExemplarQuery>(spec.body)) {
                    distinct.insert(keyOf(spec));
                    executor.answer(m_next, ExemplarSet{}, clock.utc);
                } else if (std::holds_alternative<LabelQuery>(spec.body)) {
                    executor.answer(m_next, LabelValues{{Untrusted(u"svc-0"_s)}}, clock.utc);
                } else {
                    executor.refuse(m_next, Error::Kind::NotFound);
                }
            }
        }
        return int(distinct.size());
    }

    const int m_services;
    QThreadPool m_pool;
    OwnBoard m_own;
    TimeNavigator m_time;
    ChangeWatch m_changes;
    DeployWatch m_deploys;
    DashboardView m_view;
    size_t m_next = 0;
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
    QTest::addColumn<int>("budget");
    QTest::newRow("on-call") << u"on-call"_s << 15 << 12;
    QTest::newRow("debug") << u"debug"_s << 30 << 27;
    QTest::newRow("executive") << u"executive"_s << 300 << 11;
}

void TestQueryBudget::refreshes()
{
    QFETCH(QString, dashboard);
    QFETCH(int, seconds);
    QFETCH(int, budget);
    QList<QList<int>> counts;
    for (const int services : {10, 500}) {
        Stand stand(dashboard, services);
        QList<int> seen{stand.opening};
        for (int cycle = 1; cycle <= 5; ++cycle)
            seen << stand.refresh(std::chrono::seconds(seconds), cycle * seconds % 60 == 0);
        counts << seen;
        qInfo().noquote() << dashboard << services << "services: opening" << seen.first() << "refreshes"
                          << seen.mid(1);
    }
    QCOMPARE(counts[0], counts[1]);
    QVERIFY(counts[0].first() > 0);
    const QList<int> refreshes = counts[0].mid(1);
    QVERIFY(*std::min_element(refreshes.begin(), refreshes.end()) > 0);
    QVERIFY2(*std::max_element(refreshes.begin(), refreshes.end()) <= budget,
        qPrintable(u"most in one refresh: %1"_s.arg(*std::max_element(refreshes.begin(), refreshes.end()))));
}

QTEST_MAIN(TestQueryBudget)
#include "tst_querybudget.moc"
