// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/cadence.h>
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/lifecycle.h>
#include <domain/incidents/notetext.h>
#include <domain/incidents/projection.h>
#include <domain/incidents/stormfold.h>

#include <QRegularExpression>
#include <QTest>

#include <support/fakeclock.h>
#include <support/incidententries.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

Incident withMilestones(std::initializer_list<std::pair<MilestoneName, int>> minutes)
{
    Incident incident;
    for (const auto &[name, minute] : minutes)
        incident.milestones[name].at = Timestamp(std::chrono::minutes(1'000'000 + minute));
    return incident;
}

} // namespace

/// Moves, order of times, the scale, cadences, storms and notes.
class TestIncidentRules : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    /// Every pair of phases against the table of the lifecycle.
    void moves_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QStringList>("to");
        QTest::newRow("triage") << u"triage"_s
                                << QStringList{u"active"_s, u"declined"_s, u"merged"_s, u"cancelled"_s};
        QTest::newRow("active") << u"active"_s << QStringList{u"monitoring"_s, u"merged"_s, u"cancelled"_s};
        QTest::newRow("monitoring") << u"monitoring"_s
                                    << QStringList{u"resolved"_s, u"active"_s, u"cancelled"_s};
        QTest::newRow("resolved") << u"resolved"_s << QStringList{u"in_review"_s, u"closed"_s, u"active"_s};
        QTest::newRow("in review") << u"in_review"_s << QStringList{u"closed"_s};
        QTest::newRow("closed") << u"closed"_s << QStringList{u"active"_s};
        QTest::newRow("declined") << u"declined"_s << QStringList{};
        QTest::newRow("merged") << u"merged"_s << QStringList{};
        QTest::newRow("cancelled") << u"cancelled"_s << QStringList{};
    }
    void moves()
    {
        QFETCH(QString, from);
        QFETCH(QStringList, to);
        Incident incident;
        incident.phase = *valueOf<Phase>(from);
        for (const QString &name : namesOf<Phase>()) {
            const auto checked = checkMove(incident, *valueOf<Phase>(name), {}, u"because"_s);
            QVERIFY2(checked.has_value() == to.contains(name), qPrintable(from + u" → "_s + name));
            if (!checked)
                QCOMPARE(checked.error().kind, Error::Kind::Refused);
        }
    }

    void someMovesNeedAReason()
    {
        Incident incident;
        incident.phase = Phase::Resolved;
        QVERIFY(!checkMove(incident, Phase::Closed, {}, u"  "_s));
        QVERIFY(checkMove(incident, Phase::InReview, {}, {}));
        incident.phase = Phase::Active;
        QVERIFY(!checkMove(incident, Phase::Cancelled, {}, {}));
    }

    void reopeningEndsAfterSevenDays()
    {
        Incident incident = withMilestones({{MilestoneName::Closed, 0}});
        incident.phase = Phase::Closed;
        const Timestamp closed = *incident.milestone(MilestoneName::Closed);
        QVERIFY(checkMove(incident, Phase::Active, closed + 7 * 24h, {}));
        QVERIFY(!checkMove(incident, Phase::Active, closed + 7 * 24h + 1s, {}));
    }

    /// What moveEntry() writes leads where it should.
    void movesProject()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s, {}, {{u"phase"_s, u"triage"_s}});
        const auto go = [&](Phase to, const QString &reason) {
            const TimelineEntry move = moveEntry(project(maker.entries()), to, maker.now(), reason);
            maker.wait(60).add(move.kind, {}, move.data);
            return project(maker.entries()).phase == to;
        };
        for (const Phase to : {Phase::Active, Phase::Monitoring, Phase::Active, Phase::Monitoring,
                 Phase::Resolved, Phase::InReview, Phase::Closed, Phase::Active, Phase::Cancelled})
            QVERIFY2(go(to, u"r"_s), qPrintable(nameOf(to)));
        QStringList kinds;
        for (const TimelineEntry &entry : maker.entries())
            kinds += entry.kind.section(u'.', 1);
        QCOMPARE(
            kinds.join(u' '), u"declared phase phase relapse phase phase phase closed reopened cancelled"_s);
    }

    void orderOfTimes()
    {
        using enum MilestoneName;
        QVERIFY(orderProblems(
            withMilestones({{ImpactStarted, 0}, {Detected, 5}, {Acknowledged, 6}, {Mitigated, 20},
                               {ImpactEnded, 25}, {Resolved, 30}, {Closed, 90}})
                .milestones)
                    .empty());
        QVERIFY(orderProblems(withMilestones({{Detected, 5}, {Resolved, 5}}).milestones).empty());
        const auto wrong = orderProblems(withMilestones({{ImpactStarted, 10}, {Mitigated, 5}}).milestones);
        QCOMPARE(wrong.size(), 1u);
        QCOMPARE(wrong[0].earlier, ImpactStarted);
        QVERIFY(wrong[0].text().contains(u"mitigated"_s));
        const Incident incident = withMilestones({{Detected, 5}, {Resolved, 30}, {ImpactStarted, 40}});
        QCOMPARE(
            orderProblemsAfter(incident, Resolved, Timestamp(std::chrono::minutes(1'000'004))).size(), 1u);
    }

    void closingAsks()
    {
        const SeverityScale scale = shippedSeverities();
        Incident incident;
        incident.severity = u"SEV1"_s;
        QCOMPARE(closingQuestions(incident, scale).size(), 3);
        incident.openChanges.push_back({u"run-1"_s, u"change"_s, {}, {}, {}, {}});
        incident.impact.emplace_back();
        QCOMPARE(closingQuestions(incident, scale).size(), 5);
        incident = withMilestones({{MilestoneName::Mitigated, 0}});
        incident.severity = u"SEV4"_s;
        incident.custom[u"no_follow_ups"_s] = u"yes"_s;
        QVERIFY(closingQuestions(incident, scale).isEmpty());
    }

    void theScale()
    {
        SeverityScale scale = shippedSeverities();
        QVERIFY(check(scale));
        QCOMPARE(scale.names(), (QStringList{u"SEV1"_s, u"SEV2"_s, u"SEV3"_s, u"SEV4"_s}));
        QVERIFY(scale.isWorse(u"SEV1", u"SEV2"));
        QVERIFY(scale.isWorse(u"SEV4", u"SEV9"));
        scale.levels[1].name = u"SEV1"_s;
        QVERIFY(!check(scale));
        QVERIFY(!check(SeverityScale{}));
        Incident incident;
        incident.severity = u"SEV2"_s;
        incident.roles.push_back({Role::Commander, u"anna"_s, {}, {}, {}, {}, {}});
        QCOMPARE(
            missingRoles(incident, shippedSeverities()), (QList<Role>{Role::Scribe, Role::CommsExternal}));
    }

    void reviewsAreDueOnWorkingDays()
    {
        Incident incident;
        incident.milestones[MilestoneName::Resolved].at =
            *parseRfc3339(u"2026-11-19T10:00:00Z"); // a Thursday
        incident.severity = u"SEV1"_s;
        QCOMPARE(isoUtc(*reviewDue(incident, shippedSeverities())), u"2026-11-22T10:00:00Z"_s);
        incident.severity = u"SEV2"_s;
        QCOMPARE(isoUtc(*reviewDue(incident, shippedSeverities())), u"2026-11-26T10:00:00Z"_s);
        incident.severity = u"SEV4"_s;
        QVERIFY(!reviewDue(incident, shippedSeverities()));
    }

    void cadenceRunsAmbersAndIsMissedOnce()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s, {}, {{u"severity"_s, u"SEV1"_s}});
        const Timestamp begin = maker.now();
        const auto at = [&](Nanoseconds after) {
            return cadenceOf(project(maker.entries()), shippedSeverities(), maker.entries(), begin + after);
        };
        using State = CadenceClock::State;
        QCOMPARE(at(1min).internal.state, State::Running);
        QCOMPARE(at(23min).internal.state, State::Running);
        QCOMPARE(at(24min).internal.state, State::Amber); // 80 % of 30
        QCOMPARE(at(30min).internal.state, State::Due);
        QCOMPARE(at(1min).external.state, State::Running);
        QCOMPARE(at(4min).external.state, State::Amber); // the first within five
        QVERIFY(at(31min).internal.missIsUnrecorded);
        maker.wait(31 * 60);
        const CadenceClock late = at(31min).internal;
        maker.add(u"update.missed"_s, {}, missedEntry({}, false, late, maker.now()).data);
        QVERIFY(!at(40min).internal.missIsUnrecorded);
        QCOMPARE(at(40min).internal.missed, 1);
        QVERIFY(at(40min).external.missIsUnrecorded);
        // Sent: the clock runs anew, and external scoping is due five minutes later.
        maker.wait(60).add(u"update.sent"_s, {}, {{u"audience"_s, u"team"_s}});
        maker.add(u"update.sent"_s, {}, {{u"audience"_s, u"public"_s}});
        QCOMPARE(at(33min).internal.state, State::Running);
        QCOMPARE(at(33min).internal.due, begin + 62min);
        QCOMPARE(at(33min).external.due, begin + 37min);
        maker.wait(60).add(u"update.sent"_s, {}, {{u"audience"_s, u"public"_s}});
        QCOMPARE(at(34min).external.due, begin + 53min); // every 20
        maker.wait(3 * 3600).add(u"update.sent"_s, {}, {{u"audience"_s, u"public"_s}});
        QCOMPARE(at(214min).external.due, begin + 33min + 3h + 60min); // after two hours every hour
        QCOMPARE(cadenceKept(project(maker.entries()), false), (CadenceKept{1, 0}));
        maker.add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
        QCOMPARE(at(300min).internal.state, State::Off);
    }

    void cadenceByHand()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s, {}, {{u"severity"_s, u"SEV4"_s}});
        const auto now = [&] {
            return cadenceOf(project(maker.entries()), shippedSeverities(), maker.entries(), maker.now());
        };
        QCOMPARE(now().internal.state, CadenceClock::State::Off);
        maker.add(u"incident.field"_s, {}, {{u"field"_s, u"comms.internal_every"_s}, {u"to"_s, 600}});
        QCOMPARE(now().internal.left, Nanoseconds(10min));
        maker.add(u"update.sent"_s, {}, {{u"next_due"_s, isoUtc(maker.now() + 3min)}});
        QCOMPARE(now().internal.left, Nanoseconds(3min));
    }

    /// What was not due before is not late because the incident grew or came back.
    void aNewIntervalCountsFromItsBegin()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s, {}, {{u"severity"_s, u"SEV4"_s}});
        const auto internal = [&] {
            return cadenceOf(project(maker.entries()), shippedSeverities(), maker.entries(), maker.now())
                .internal;
        };
        maker.wait(5 * 3600).add(u"incident.severity"_s, {}, {{u"to"_s, u"SEV1"_s}});
        QCOMPARE(internal().left, Nanoseconds(30min));
        QVERIFY(!internal().missIsUnrecorded);
        // A lower severity takes no time back: the update is due when it was.
        maker.wait(10 * 60).add(u"update.sent"_s, {}, {{u"next_due"_s, isoUtc(maker.now() + 20min)}});
        maker.wait(60).add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
        QCOMPARE(internal().state, CadenceClock::State::Off);
        maker.wait(3600).add(u"incident.relapse"_s);
        QCOMPARE(internal().left, Nanoseconds(30min)); // the promise was for what was then
    }

    /// Setting the wall clock moves no due time.
    void dueTimesDoNotFollowTheWallClock()
    {
        FakeClock clock;
        const SteadyClock steady(clock);
        const Timestamp begin = steady.now();
        clock.advance(10min);
        for (const Nanoseconds jump : {Nanoseconds(1h), Nanoseconds(-3h)}) {
            clock.setUtc(clock.utcNow() + jump);
            QCOMPARE(steady.now(), begin + 10min);
        }
    }

    void stormsKeepTheirCount_data()
    {
        QTest::addColumn<int>("alerts");
        QTest::addColumn<int>("entries");
        QTest::newRow("none") << 0 << 0;
        QTest::newRow("twenty pass") << 20 << 20;
        QTest::newRow("the next waits alone") << 21 << 21;
        QTest::newRow("two are folded") << 22 << 21;
        QTest::newRow("a storm") << 5'000 << 21;
    }
    void stormsKeepTheirCount()
    {
        QFETCH(int, alerts);
        QFETCH(int, entries);
        EntryMaker maker;
        StormFolder folder;
        const BootTime begin{1h};
        std::vector<TimelineEntry> out;
        const auto take = [&out](std::vector<TimelineEntry> more) {
            out.insert(out.end(), more.begin(), more.end());
        };
        for (int i = 0; i < alerts; ++i) {
            TimelineEntry entry = maker.add(u"alert.fired"_s, u"alert %1"_s.arg(i), {{u"group"_s, u"g"_s}});
            take(folder.offer(entry, begin + std::chrono::milliseconds(i)));
        }
        take(folder.offer(maker.add(u"note.text"_s, u"a note passes"_s), begin + 59s));
        take(folder.due(begin + 61s));
        QCOMPARE(int(out.size()), entries + 1);
        qint64 count = 0;
        for (const TimelineEntry &entry : out) {
            if (entry.kind == u"alert.fired"_s)
                count += entry.data.contains(u"count"_s) ? entry.data[u"count"_s].toInteger() : 1;
        }
        QCOMPARE(count, alerts);
        if (alerts > 21)
            QCOMPARE(out.back().data[u"alerts"_s].toArray().size(), alerts - 20);
        QVERIFY(folder.due(begin + 24h, true).empty());
    }

    void stormsAreOfOneGroup()
    {
        EntryMaker maker;
        StormFolder folder;
        int passed = 0;
        for (int i = 0; i < 60; ++i)
            passed += int(folder
                              .offer(maker.add(u"alert.fired"_s, {}, {{u"group"_s, QString::number(i % 3)}}),
                                  BootTime{1h})
                              .size());
        QCOMPARE(passed, 60);
        QCOMPARE(folder.due(BootTime{1h}, true).size(), 0u);
    }

    void notes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("made");
        QTest::newRow("plain") << u"it is slow"_s << QStringList{u"note.text it is slow"_s};
        QTest::newRow("only a task") << u"TODO: call the vendor"_s
                                     << QStringList{u"todo.added call the vendor"_s};
        QTest::newRow("all of them") << u"we talked\nTODO: a\nDECISION: b\nQ: c\nA: d\nHYP: e"_s
                                     << QStringList{u"note.text we talked"_s, u"todo.added a"_s,
                                            u"decision.made b"_s, u"note.question c"_s, u"note.answer d"_s,
                                            u"hypothesis.opened e"_s};
        QTest::newRow("not in the middle") << u"my TODO: x"_s << QStringList{u"note.text my TODO: x"_s};
        QTest::newRow("not in small letters") << u"todo: x"_s << QStringList{u"note.text todo: x"_s};
        QTest::newRow("nothing after it") << u"TODO:"_s << QStringList{u"note.text TODO:"_s};
        QTest::newRow("empty") << u" \n "_s << QStringList{};
        QTest::newRow("markup stays text") << u"<b>x</b>"_s << QStringList{u"note.text <b>x</b>"_s};
    }
    void notes()
    {
        QFETCH(QString, text);
        QStringList made;
        const EntryId question{testUuid(7)};
        for (const TimelineEntry &entry : entriesOfNote(text, question)) {
            made += entry.kind + u' ' + verbatim(entry.title);
            QCOMPARE(entry.level, defaultLevel(entry.kind, entry.data));
            QCOMPARE(entry.data.contains(u"question"_s), entry.kind == u"note.answer"_s);
        }
        QTEST(made, "made");
    }

    void longNotesHaveATitle()
    {
        const QString line(300, u'x');
        const auto entries = entriesOfNote(line + u"\nmore"_s);
        QCOMPARE(entries.size(), 1u);
        QCOMPARE(verbatim(entries[0].title).size(), 120);
        QCOMPARE(verbatim(entries[0].body), line + u"\nmore"_s);
    }
};

QTEST_GUILESS_MAIN(TestIncidentRules)
#include "tst_incidentrules.moc"
