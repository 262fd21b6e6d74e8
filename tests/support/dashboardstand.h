// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/changewatch.h>
#include <app/deploywatch.h>
#include <app/ownboard.h>
#include <store/documents/dashboardfile.h>
#include <store/documents/profilefile.h>
#include <support/fakeexecutor.h>
#include <widgets/context/timenavigator.h>
#include <widgets/dashboard/dashboardview.h>

#include <QElapsedTimer>
#include <QSet>
#include <QTest>
#include <QThreadPool>

#include <algorithm>
#include <cmath>
#include <time.h>

namespace bw::test {

/// What was asked within some time.
struct Asking
{
    int panels = 0; ///< by the dashboard; equal questions at one moment are one transfer
    int watchers = 0; ///< by the watch for deploys, which has its own clock: once a minute
    bool operator==(const Asking &) const = default;
};

struct StandOptions
{
    QString dashboard{}; ///< id of a built-in one
    int services = 10;
    QString refresh{}; ///< instead of the file's
    QSize size{1600, 4000}; ///< high enough for every panel to be in view
    /// A sample at every step, values that move, alerts that come and go. Otherwise the two newest samples.
    bool isAlive = false;
};

/// A built-in dashboard in a window, its watchers, and a server that answers everything and counts, on a
/// clock that only beat() moves.
class DashboardStand
{
public:
    static constexpr std::chrono::seconds kBeat{5};

    explicit DashboardStand(const StandOptions &options)
        : m_options(options)
        , m_own(clock, sources)
        , m_time(clock)
        , m_changes(m_panels.executor, clock, m_own, sources)
        , m_deploys(m_watchers.executor, clock, m_own, m_pool)
        , m_view({m_panels.executor, m_own, sources, clock, nullptr}, m_time)
    {
        sources.update(prometheus(clock));
        publishAlerts();
        m_view.resize(options.size);
        m_view.show(builtin(options));
        m_view.QWidget::show();
        m_changes.setSources({{QStringLiteral("prom")}});
        m_deploys.setSources({{QStringLiteral("prom")}});
        settle();
        opening = std::exchange(m_asking, {});
    }

    /// Five seconds pass and whoever is due asks; questions that are there are answered.
    void beat()
    {
        clock.advance(kBeat);
        m_sinceDeploys += kBeat;
        if (m_sinceDeploys >= std::chrono::minutes(1)) {
            m_sinceDeploys = {};
            m_deploys.refresh();
        }
        if (m_options.isAlive)
            publishAlerts();
        m_view.beat();
        answerAll();
        QCoreApplication::processEvents();
    }

    /// Until nobody asks any more; answers are drawn on ticks, and what is drawn may ask.
    void settle()
    {
        for (int quiet = 0; quiet < 5; ++quiet) {
            QTest::qWait(5);
            if (answerAll())
                quiet = -1;
        }
    }

    /// Until every panel shows what was answered. False after a minute.
    bool draw()
    {
        QElapsedTimer since;
        since.start();
        while (answerAll() || !m_view.isSettled()) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents);
            if (since.elapsed() > 60'000)
                return false;
        }
        QCoreApplication::processEvents(); // the last repaint
        return true;
    }

    /// One interval, settled.
    Asking refresh(std::chrono::seconds interval)
    {
        for (std::chrono::seconds passed{0}; passed < interval; passed += kBeat)
            beat();
        settle();
        return takeAsking();
    }
    Asking takeAsking() { return std::exchange(m_asking, {}); }

    Asking opening;
    Nanoseconds making{
        0}; ///< of the thread, spent on making answers, which a program with a server would not
    FakeClock clock;
    SourceBoard sources;

private:
    struct Server
    {
        FakeExecutor executor;
        size_t next = 0;
    };

    static SourceInfo prometheus(const FakeClock &clock)
    {
        SourceInfo source;
        source.id = {QStringLiteral("prom")};
        source.source = QStringLiteral("prom");
        source.kind = QStringLiteral("prometheus");
        source.isDefault = true;
        source.freshness = afterSuccess(clock.boot, clock.utc, false);
        for (const MetricProfile &profile : loadProfiles({QStringLiteral(":/profiles")}).profiles) {
            if (profile.id == QLatin1String("http-client-libraries"))
                source.profile.profile = profile;
        }
        source.profile.found = true;
        source.profile.families = {QStringLiteral("http_requests_total")};
        return source;
    }

    static Dashboard builtin(const StandOptions &options)
    {
        Dashboard dashboard;
        for (LoadedDashboard &loaded : loadDashboards({QStringLiteral(":/dashboards")}).dashboards) {
            if (loaded.dashboard.id == options.dashboard)
                dashboard = std::move(loaded.dashboard);
        }
        // Objectives have their own clock and budget.
        const QStringList objectives{QStringLiteral("e1"), QStringLiteral("e2"), QStringLiteral("e3"),
            QStringLiteral("e4"), QStringLiteral("e5"), QStringLiteral("o4")};
        std::erase_if(dashboard.panels, [&](const Panel &panel) { return objectives.contains(panel.id); });
        if (!options.refresh.isEmpty())
            dashboard.refresh = options.refresh;
        return dashboard;
    }

    /// Ten, of which another one fires each minute.
    void publishAlerts()
    {
        std::vector<Alert> alerts;
        const qint64 minute = std::chrono::floor<std::chrono::minutes>(clock.utc.time_since_epoch()).count();
        for (qint64 i = minute; m_options.isAlive && i > minute - 10; --i) {
            Alert alert;
            alert.key = {{QStringLiteral("am")}, quint64(i)};
            alert.severity = Severity::Warning;
            alert.startsAt = Timestamp(std::chrono::minutes(i));
            alert.labels = Labels::fromPairs(
                {{Untrusted(QStringLiteral("alertname")), Untrusted(QStringLiteral("HighErrorRate"))},
                    {Untrusted(QStringLiteral("service")),
                        Untrusted(QStringLiteral("svc-%1").arg(i % m_options.services))}});
            alerts.push_back(std::move(alert));
        }
        const bool isEmpty = alerts.empty();
        m_own.publish(QStringLiteral("alerts"), std::make_shared<const QueryData>(std::move(alerts)),
            afterSuccess(clock.boot, clock.utc, isEmpty), clock.utc);
    }

    /// As many series as there are services, with every label a panel might look for.
    MetricData answerFor(const QuerySpec &spec) const
    {
        MetricData data;
        const auto *range = std::get_if<RangeQuery>(&spec.body);
        data.shape = range ? MetricData::Shape::Matrix : MetricData::Shape::Vector;
        for (int i = 0; i < m_options.services; ++i) {
            Series series;
            series.labels = labelsOf(i);
            const qint64 end = toNs(range ? range->range.end : clock.utc);
            const qint64 step = range ? range->step.count() : 1;
            const qint64 begin = !range ? end : m_options.isAlive ? toNs(range->range.begin) : end - step;
            for (qint64 at = begin; at <= end; at += step) {
                series.times.push_back(at);
                const double wave = m_options.isAlive ? std::sin(double(at) / 1e12 + i) : 0;
                series.values.push_back(1.0 + i + wave);
            }
            data.series.push_back(std::move(series));
        }
        return data;
    }

    Labels labelsOf(int i) const
    {
        const auto number = QString::number(i), name = QStringLiteral("svc-%1").arg(i);
        std::vector<Labels::Pair> pairs;
        for (const char *label : {"service", "job", "route", "pod", "queue"})
            pairs.emplace_back(Untrusted(QString::fromLatin1(label)), Untrusted(name));
        pairs.emplace_back(Untrusted(QStringLiteral("le")), Untrusted(number));
        if (m_options.isAlive) { // who calls whom
            pairs.emplace_back(
                Untrusted(QStringLiteral("client")), Untrusted(QStringLiteral("svc-%1").arg(i / 2)));
            pairs.emplace_back(Untrusted(QStringLiteral("server")), Untrusted(name));
        }
        return Labels::fromPairs(std::move(pairs));
    }

    static Nanoseconds threadTime()
    {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
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
                const Nanoseconds before = threadTime();
                MetricData made = answerFor(spec);
                making += threadTime() - before;
                executor.answer(next, std::move(made), clock.utc);
            } else if (std::holds_alternative<ExemplarQuery>(spec.body)) {
                distinct.insert(keyOf(spec));
                executor.answer(next, ExemplarSet{}, clock.utc);
            } else if (std::holds_alternative<LabelQuery>(spec.body)) {
                executor.answer(next, LabelValues{{Untrusted(QStringLiteral("svc-0"))}}, clock.utc);
            } else {
                executor.refuse(next, Error::Kind::NotFound);
            }
        }
        executor.asked.clear(); // all answered
        server.next = 0;
        return int(distinct.size());
    }

    const StandOptions m_options;
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

} // namespace bw::test
