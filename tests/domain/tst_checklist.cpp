// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/checklist.h>
#include <domain/incidents/incidentcost.h>
#include <domain/incidents/projection.h>
#include <support/incidententries.h>

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace bw;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Running
{
    EntryMaker maker;
    std::vector<TimelineEntry> ticks;
    Running()
    {
        maker.add(u"incident.declared"_s, u"checkout fails"_s,
            {{u"key"_s, u"INC-2026-0001"_s}, {u"severity"_s, u"SEV3"_s},
                {u"services"_s, QJsonArray{u"checkout"_s}}});
    }
    Incident incident() const { return project(maker.entries()); }
    std::vector<ChecklistItem> items() const { return checklistOf(incident(), shippedSeverities(), ticks); }
    ChecklistItem item(const QString &id) const
    {
        for (const ChecklistItem &one : items()) {
            if (one.id == id)
                return one;
        }
        return {};
    }
    void tick(const QString &id, bool isSkipped = false)
    {
        const TimelineEntry composed = tickEntry(item(id), isSkipped);
        TimelineEntry &entry = maker.wait(60).add(composed.kind, {}, composed.data);
        entry.title = composed.title;
        ticks.push_back(entry);
    }
};

/// Hours that each cost a tenth of the budget, from noon on.
std::vector<BudgetPoint> trend(int hours, Timestamp from)
{
    std::vector<BudgetPoint> points;
    for (int i = 0; i <= hours; ++i)
        points.push_back({from + std::chrono::hours(i), 1.0 - i / 10.0, true});
    return points;
}

} // namespace

class tst_checklist : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void phasesAreInTheirOrderAndIdsAreTheirOwn()
    {
        QCOMPARE(checklistPhases(),
            (QStringList{u"triage"_s, u"contain"_s, u"mitigate"_s, u"communicate"_s, u"postmortem"_s}));
        QSet<QString> ids;
        QString phase;
        QStringList order;
        for (const ChecklistItem &item : Running().items()) {
            QVERIFY2(!ids.contains(item.id), qPrintable(item.id));
            ids.insert(item.id);
            QVERIFY(item.id.startsWith(item.phase + u'.'));
            if (item.phase != phase)
                order += phase = item.phase;
        }
        QCOMPARE(order, checklistPhases());
    }

    void theRecordAnswersWhatItKnows()
    {
        Running running;
        QCOMPARE(running.item(u"triage.services"_s).state, ChecklistItem::State::Known);
        QVERIFY(running.item(u"triage.impact"_s).isOpen());
        QVERIFY(running.item(u"triage.roles"_s).isOpen());
        QVERIFY(running.item(u"mitigate.time"_s).isOpen());
        QVERIFY(running.item(u"communicate.team"_s).isOpen());
        running.maker.add(u"role.assigned"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"anna"_s}});
        running.maker.add(u"impact.started"_s, u"EU customers"_s);
        running.maker.add(u"milestone.set"_s, {}, {{u"name"_s, u"mitigated"_s}, {u"source"_s, u"user"_s}});
        running.maker.add(u"update.sent"_s, {}, {{u"audience"_s, u"public"_s}, {u"text"_s, u"we know"_s}});
        QCOMPARE(running.item(u"triage.roles"_s).state, ChecklistItem::State::Known);
        QCOMPARE(running.item(u"triage.impact"_s).state, ChecklistItem::State::Known);
        QCOMPARE(running.item(u"mitigate.time"_s).state, ChecklistItem::State::Known);
        QCOMPARE(running.item(u"communicate.public"_s).state, ChecklistItem::State::Known);
        QVERIFY(running.item(u"communicate.team"_s).isOpen()); // the public is not the team
    }

    void theLastTickOfAStepCounts()
    {
        Running running;
        running.tick(u"contain.changes"_s, true);
        QCOMPARE(running.item(u"contain.changes"_s).state, ChecklistItem::State::Skipped);
        running.tick(u"contain.changes"_s);
        const ChecklistItem ticked = running.item(u"contain.changes"_s);
        QCOMPARE(ticked.state, ChecklistItem::State::Ticked);
        QCOMPARE(ticked.by, u"Anna"_s);
        QVERIFY(running.item(u"contain.spread"_s).isOpen());
        // Steps of another runbook, even with the same id, are none of ours.
        running.ticks.back().data[u"runbook"_s] = u"other.md"_s;
        QCOMPARE(running.item(u"contain.changes"_s).state, ChecklistItem::State::Skipped);
    }

    void anIncidentCostsTheHoursItTouched_data()
    {
        const Timestamp noon(1'795'262'400s);
        QTest::addColumn<Timestamp>("from");
        QTest::addColumn<Timestamp>("to");
        QTest::addColumn<std::optional<double>>("spent");
        const auto row = [](const char *name, Timestamp from, Timestamp to, std::optional<double> spent) {
            QTest::newRow(name) << from << to << spent;
        };
        row("ten minutes: their hour", noon + 70min, noon + 80min, 0.1);
        row("over two hours", noon + 110min, noon + 130min, 0.2);
        row("on the hour", noon + 60min, noon + 120min, 0.1);
        row("still running", noon + 230min, noon + 10h, 0.1);
        row("began before the period", noon - 5h, noon + 30min, 0.1);
        row("before the period", noon - 5h, noon - 4h, std::nullopt);
        row("after all that is known", noon + 5h, noon + 6h, std::nullopt);
    }
    void anIncidentCostsTheHoursItTouched()
    {
        QFETCH(Timestamp, from);
        QFETCH(Timestamp, to);
        QFETCH(std::optional<double>, spent);
        const auto found = budgetSpent(trend(4, Timestamp(1'795'262'400s)), {from, to});
        QCOMPARE(found.has_value(), spent.has_value());
        if (spent)
            QVERIFY2(std::abs(*found - *spent) < 1e-9, qPrintable(QString::number(*found)));
    }

    void hoursNobodyKnowsCostNothingThatCouldBeSaid()
    {
        std::vector<BudgetPoint> points = trend(4, Timestamp(1'795'262'400s));
        for (BudgetPoint &point : points)
            point.isKnown = false;
        QVERIFY(!budgetSpent(points, {points[1].at, points[2].at}));
        QVERIFY(!budgetSpent({}, {points[1].at, points[2].at}));
    }

    void onlyObjectivesOfItsServicesAreCharged()
    {
        Running running;
        SloStatus own, foreign, charged;
        own.key = own.slo.service = u"checkout"_s;
        foreign.key = foreign.slo.service = u"storage"_s;
        charged.key = charged.slo.service = u"shop"_s;
        charged.slo.incidents = {u"checkout"_s};
        own.trend = trend(4, running.maker.now() - 1h);
        const auto costs = costsOf(running.incident(), {own, foreign, charged}, running.maker.now() + 30min);
        QCOMPARE(costs.size(), 2u);
        QCOMPARE(costs[0].key, u"checkout"_s);
        QVERIFY(costs[0].spent && std::abs(*costs[0].spent - 0.1) < 1e-9);
        QCOMPARE(costs[1].key, u"shop"_s);
        QVERIFY(!costs[1].spent);
    }
};

QTEST_GUILESS_MAIN(tst_checklist)
#include "tst_checklist.moc"
