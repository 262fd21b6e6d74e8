// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/compose.h>
#include <domain/incidents/entrytext.h>
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/moment.h>
#include <support/incidententries.h>

#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// An incident, and entries as somebody composes them, one after the other.
struct Incidents
{
    EntryMaker maker;
    Incidents()
    {
        maker.add(u"incident.declared"_s, u"checkout fails"_s,
            {{u"key"_s, u"INC-2026-0001"_s}, {u"severity"_s, u"SEV3"_s},
                {u"services"_s, QJsonArray{u"checkout"_s}}});
    }
    EntryId append(const TimelineEntry &composed)
    {
        TimelineEntry &entry = maker.wait(60).add(composed.kind, {}, composed.data);
        entry.title = composed.title;
        entry.body = composed.body;
        entry.level = composed.level;
        entry.supersedes = composed.supersedes;
        if (composed.at != Timestamp{})
            entry.at = composed.at;
        return entry.id;
    }
    Incident incident() const { return project(maker.entries()); }
};

} // namespace

class tst_compose : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    /// What is composed is what the projection understands.
    void headerMovesAsComposed()
    {
        Incidents all;
        all.append(compose::severity(all.incident(), u"SEV2"_s, u"checkout is down"_s));
        all.append(compose::stage(all.incident(), Stage::Mitigating));
        all.append(compose::field(u"title"_s, {}, u"payment pool"_s));
        all.append(compose::role(u"assigned"_s, Role::Commander, u"anna"_s));
        all.append(compose::frozen(true, u"peak hour"_s));
        const Incident now = all.incident();
        QCOMPARE(now.severity, u"SEV2"_s);
        QCOMPARE(now.severities.size(), 2u);
        QVERIFY(now.stage == Stage::Mitigating);
        QCOMPARE(render::plain(now.title), u"payment pool"_s);
        QCOMPARE(now.commander, u"anna"_s);
        QVERIFY(now.frozen);
        all.append(compose::frozen(false, {}));
        QVERIFY(!all.incident().frozen);
    }

    void offeredRolesChangeHandsWhenAccepted()
    {
        Incidents all;
        all.append(compose::role(u"assigned"_s, Role::Commander, u"anna"_s));
        all.append(compose::role(u"offered"_s, Role::Commander, u"ben"_s));
        QCOMPARE(all.incident().commander, u"anna"_s);
        all.append(compose::role(u"accepted"_s, Role::Commander, u"ben"_s));
        QCOMPARE(all.incident().commander, u"ben"_s);
    }

    void workGoesItsWay()
    {
        Incidents all;
        all.append(compose::task(u"roll back payment"_s, u"ben"_s, std::chrono::minutes(5)));
        QCOMPARE(all.incident().tasks.size(), 1u);
        const Task task = all.incident().tasks.front();
        QVERIFY(task.due && *task.due == task.created + std::chrono::minutes(5));
        all.append(compose::taskMoved(task, Task::State::Done, u"done in 2 min"_s));
        QVERIFY(all.incident().tasks.front().state == Task::State::Done);
        QCOMPARE(render::plain(all.incident().tasks.front().result), u"done in 2 min"_s);

        all.append(compose::hypothesis(u"the pool is too small"_s));
        const Hypothesis first = all.incident().hypotheses.front();
        all.append(compose::evidenceFor(
            first, {all.maker.entries().front().id.toString()}, Hypothesis::State::Supported));
        QVERIFY(all.incident().hypotheses.front().state == Hypothesis::State::Supported);
        QCOMPARE(all.incident().hypotheses.front().evidence.size(), 1u);
        all.append(compose::hypothesisSettled(first, false, u"pool was half empty"_s));
        QVERIFY(all.incident().hypotheses.front().state == Hypothesis::State::RuledOut);

        all.append(compose::decision(u"proposed"_s, u"fail over"_s, u"anna"_s, {u"cache is cold"_s}));
        const Decision decision = all.incident().decisions.front();
        QCOMPARE(decision.objections, QStringList{u"cache is cold"_s});
        all.append(compose::decisionMoved(decision, u"made"_s));
        QVERIFY(all.incident().decisions.front().state == Decision::State::Made);
        all.append(compose::decisionMoved(decision, u"reversed"_s, u"worse"_s));
        QVERIFY(all.incident().decisions.front().state == Decision::State::Reversed);
    }

    void aMilestoneThatIsMovedKeepsWhatTheRecordSays()
    {
        Incidents all;
        const Timestamp declared = all.incident().declaredAt;
        all.append(compose::milestone(
            MilestoneName::Declared, declared - std::chrono::minutes(4), true, u"the phone call"_s));
        const Milestone moved = all.incident().milestones.at(MilestoneName::Declared);
        QVERIFY(moved.at == declared - std::chrono::minutes(4));
        QVERIFY(moved.automatic == declared);
    }

    void starsTombstonesAndEditsAreOfAllVersions()
    {
        Incidents all;
        const EntryId note = all.append(compose::entry(u"note.text"_s, u"pool is full"_s));
        all.append(compose::star(note, true));
        const TimelineEntry before = all.maker.entries()[1];
        all.append(compose::edited(before, u"pool of payment is full"_s, {}, before.at));
        auto shown = visible(curate(all.maker.entries()), EntryLevel::Key);
        QCOMPARE(shown.size(), 2u);
        QCOMPARE(entryLine(shown[1].entry), u"pool of payment is full"_s);
        QVERIFY(shown[1].starred);
        all.append(compose::deleted(note, u"wrong"_s));
        QCOMPARE(visible(curate(all.maker.entries()), EntryLevel::Key).size(), 1u);
    }

    void anAlertBringsItsLabels()
    {
        Alert alert;
        alert.key = {{u"am"_s}, 0xabc};
        alert.labels = Labels::fromPairs({{Untrusted(u"alertname"_s), Untrusted(u"HighErrorRate"_s)},
            {Untrusted(u"service"_s), Untrusted(u"<b>checkout"_s)}});
        alert.annotations = Labels::fromPairs({{Untrusted(u"summary"_s), Untrusted(u"a third fails"_s)}});
        Incidents all;
        const TimelineEntry entry = compose::alert(u"linked"_s, alert, true);
        QCOMPARE(entryLine(entry), u"HighErrorRate · <b>checkout: a third fails"_s);
        all.append(entry);
        QCOMPARE(all.incident().alerts.size(), 1u);
        QCOMPARE(all.incident().alerts.front().fingerprint, u"0000000000000abc"_s);
        QCOMPARE(all.incident().alerts.front().labels.value("service"_L1).toString(), u"<b>checkout"_s);
    }

    void updatesAreProposedFromTheState()
    {
        Incidents all;
        all.append(compose::task(u"roll back payment"_s, u"ben"_s, {}));
        all.append(compose::task(u"call the bank"_s, {}, {}));
        all.append(compose::decision(u"made"_s, u"fail over to b"_s, u"anna"_s, {}));
        const Incident now = all.incident();
        const auto entries = curate(all.maker.entries());
        const UpdateForm team =
            proposedUpdate(now, entries, StatusUpdate::Audience::Team, shippedSeverities());
        QVERIFY(team.conditions.contains(u"SEV3 (moderate)"));
        QVERIFY(team.conditions.contains(u"fail over to b"));
        QCOMPARE(team.actions, u"roll back payment (ben)"_s);
        QVERIFY(team.needs.contains(u"call the bank") && team.needs.contains(u"somebody as commander"));
        const UpdateForm everybody =
            proposedUpdate(now, entries, StatusUpdate::Audience::Public, shippedSeverities());
        const QString text = updateText(now, everybody, u"moderate"_s, all.maker.now());
        for (const QString &inside : {u"ben"_s, u"SEV3"_s, u"INC-2026"_s, u"fail over"_s})
            QVERIFY2(!text.contains(inside), qPrintable(inside));
        all.append(updateEntry(u"sent"_s, team, {}));
        QVERIFY(all.incident().updates.front().state == StatusUpdate::State::Sent);
    }

    void moments_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("zone");
        QTest::addColumn<QString>("expected"); // empty: refused
        QTest::newRow("time of day") << u"14:02"_s << u"UTC"_s << u"2026-05-01T14:02:00Z"_s;
        QTest::newRow("of yesterday") << u"16:02:11"_s << u"UTC"_s << u"2026-04-30T16:02:11Z"_s;
        QTest::newRow("in a zone") << u"14:02"_s << u"Europe/Berlin"_s << u"2026-05-01T12:02:00Z"_s;
        QTest::newRow("ago") << u"-5m"_s << u"UTC"_s << u"2026-05-01T14:55:00Z"_s;
        QTest::newRow("with a date") << u"2026-04-01 09:30"_s << u"Europe/Berlin"_s
                                     << u"2026-04-01T07:30:00Z"_s;
        QTest::newRow("rfc 3339") << u"2026-04-01T09:30:00+02:00"_s << u"UTC"_s << u"2026-04-01T07:30:00Z"_s;
        QTest::newRow("no time") << u"soon"_s << u"UTC"_s << QString();
        QTest::newRow("nothing") << QString() << u"UTC"_s << QString();
    }
    void moments()
    {
        QFETCH(QString, typed);
        QFETCH(QString, zone);
        QFETCH(QString, expected);
        const Timestamp now = *parseRfc3339(u"2026-05-01T15:00:00Z");
        const auto at = typedMoment(typed, now, QTimeZone(zone.toUtf8()));
        QCOMPARE(at ? isoUtc(*at) : QString(), expected);
    }
};

QTEST_GUILESS_MAIN(tst_compose)
#include "tst_compose.moc"
