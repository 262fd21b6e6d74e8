// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentmetrics.h>
#include <domain/incidents/projection.h>

#include <QRegularExpression>
#include <QTest>

#include <support/incidententries.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr Timestamp kStart{std::chrono::hours(500'000)};

/// Detected at kStart; the other two so many minutes after it.
Incident resolvedAfter(int minutes, std::optional<int> impactBefore = {})
{
    Incident incident;
    incident.phase = Phase::Resolved;
    incident.milestones[MilestoneName::Detected].at = kStart;
    incident.milestones[MilestoneName::Resolved].at = kStart + std::chrono::minutes(minutes);
    if (impactBefore)
        incident.milestones[MilestoneName::ImpactStarted].at = kStart - std::chrono::minutes(*impactBefore);
    return incident;
}

const MetricSummary &find(const std::vector<MetricSummary> &all, const QString &id)
{
    for (const MetricSummary &one : all) {
        if (one.id == id)
            return one;
    }
    qFatal("no such metric");
}

} // namespace

class TestIncidentMetrics : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void ofOneIncident()
    {
        Incident incident = resolvedAfter(60, 5);
        incident.milestones[MilestoneName::Acknowledged].at = kStart + 3min;
        const auto metrics = metricsOf(incident);
        QStringList ids;
        for (const IncidentMetric &metric : metrics)
            ids += metric.id;
        QCOMPARE(ids.join(u' '), u"TTD TTA TTE TTI TTM TTM from detection TTR"_s);
        QCOMPARE(metrics[0].value, Nanoseconds(5min));
        QCOMPARE(metrics[1].value, Nanoseconds(3min));
        QCOMPARE(metrics[1].formula, u"acknowledged − detected"_s);
        QVERIFY(!metrics[2].value);
        QCOMPARE(metrics[2].missing, u"no time of engaged"_s);
        QCOMPARE(metrics[6].value, Nanoseconds(60min));
        incident.milestones[MilestoneName::PageSent].at = kStart + 1min;
        QCOMPARE(metricsOf(incident)[1].value, Nanoseconds(2min));
        QCOMPARE(metricsOf(incident)[1].formula, u"acknowledged − page sent"_s);
    }

    void overManyIncidents()
    {
        std::vector<Incident> incidents;
        for (int i = 1; i <= 10; ++i)
            incidents.push_back(resolvedAfter(i * 10, i <= 4 ? std::optional(i) : std::nullopt));
        incidents.push_back(resolvedAfter(1));
        incidents.back().kind = IncidentKind::Drill;
        incidents.push_back(resolvedAfter(1));
        incidents.back().kind = IncidentKind::Backfilled;
        incidents.push_back(resolvedAfter(1));
        incidents.back().milestones.erase(MilestoneName::Resolved);
        incidents.push_back(resolvedAfter(-5));
        const auto all = summarize(incidents);
        const MetricSummary &ttr = find(all, u"TTR"_s);
        QCOMPARE(ttr.n, 10);
        QCOMPARE(ttr.median, Nanoseconds(50min));
        QCOMPARE(ttr.p75, Nanoseconds(80min));
        QCOMPARE(ttr.p90, Nanoseconds(90min));
        QCOMPARE(ttr.mean, Nanoseconds(55min));
        QCOMPARE(ttr.leftOut,
            (std::map<QString, int>{{u"backfilled"_s, 1}, {u"drill"_s, 1}, {u"not resolved"_s, 1},
                {u"times the wrong way round"_s, 1}}));
        const MetricSummary &ttd = find(all, u"TTD"_s);
        QCOMPARE(ttd.n, 4);
        QCOMPARE(ttd.leftOut.at(u"no time of impact started"_s), 7);
        for (const MetricSummary &one : all) {
            int total = one.n;
            for (const auto &[why, count] : one.leftOut)
                total += count;
            QCOMPARE(total, int(incidents.size())); // nobody is dropped silently
        }
        QVERIFY(!find(summarize({}), u"TTR"_s).median);
    }

    void timeInSeverityAndPhase()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s, {}, {{u"severity"_s, u"SEV2"_s}});
        maker.wait(600).add(u"incident.severity"_s, {}, {{u"to"_s, u"SEV1"_s}});
        maker.wait(300).add(u"incident.severity"_s, {}, {{u"to"_s, u"SEV2"_s}});
        const Incident open = project(maker.entries());
        QCOMPARE(timeInSeverity(open, maker.now() + 60s),
            (std::vector<TimeIn>{{u"SEV2"_s, 660s}, {u"SEV1"_s, 300s}}));
        maker.wait(100).add(u"incident.cancelled"_s);
        const Incident over = project(maker.entries());
        QCOMPARE(timeInPhase(over, maker.now() + 24h),
            (std::vector<TimeIn>{{u"active"_s, 1000s}, {u"cancelled"_s, 0s}}));
    }

    void noiseEffortAndChanges()
    {
        EntryMaker maker;
        for (const QString &relation : {u"trigger"_s, u"noise"_s, u"unrelated"_s, u"symptom"_s})
            maker.add(u"alert.linked"_s, {}, {{u"alert"_s, relation}, {u"relation"_s, relation}});
        maker.add(u"people.joined"_s, {}, {{u"person"_s, u"anna"_s}});
        maker.wait(3600).add(u"people.joined"_s, {}, {{u"person"_s, u"ben"_s}});
        maker.wait(1800).add(u"people.left"_s, {}, {{u"person"_s, u"anna"_s}});
        maker.add(u"run.finished"_s, {}, {{u"risk"_s, u"change"_s}, {u"run"_s, u"1"_s}});
        maker.add(u"run.finished"_s, {}, {{u"risk"_s, u"read"_s}, {u"run"_s, u"2"_s}});
        maker.add(u"run.verified"_s, {}, {{u"run"_s, u"1"_s}, {u"ok"_s, false}});
        maker.add(u"run.undone"_s, {}, {{u"run"_s, u"1"_s}});
        const Incident incident = project(maker.entries());
        QCOMPARE(noiseShare(incident), (NoiseShare{2, 4}));
        QCOMPARE(effortOf(incident, maker.now() + 30min), (Effort{2, 90min + 60min}));
        QCOMPARE(changesOf(maker.entries()), (ChangeCount{1, 1, 1}));
        QVERIFY(incident.openChanges.empty());
    }
};

QTEST_GUILESS_MAIN(TestIncidentMetrics)
#include "tst_incidentmetrics.moc"
