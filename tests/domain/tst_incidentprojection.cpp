// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/incidentnames.h>
#include <domain/incidents/projection.h>
#include <domain/incidents/stormfold.h>

#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <random>

#include <support/incidententries.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

QJsonArray list(std::initializer_list<QString> texts)
{
    QJsonArray all;
    for (const QString &text : texts)
        all += text;
    return all;
}

/// Two writers, nearly every kind that changes something, edits, a tombstone, a star, a redaction.
std::vector<TimelineEntry> wholeStory()
{
    EntryMaker one(1, 1), two(1, 2);
    one.add(u"incident.declared"_s, {},
        {{u"key"_s, u"INC-2026-0042"_s}, {u"title"_s, u"Checkout fails"_s}, {u"severity"_s, u"SEV2"_s},
            {u"services"_s, list({u"checkout"_s, u"payments"_s})},
            {u"tags"_s, QJsonObject{{u"team"_s, u"pay"_s}}}});
    one.add(u"alert.linked"_s, u"HighErrorRate"_s,
        {{u"alert"_s, u"00ab"_s}, {u"source"_s, u"am-eu"_s}, {u"relation"_s, u"trigger"_s},
            {u"starts_at"_s, u"2026-11-21T11:55:00Z"_s}});
    two.wait(30).add(u"alert.acked"_s, {}, {{u"alert"_s, u"00ab"_s}});
    one.wait(60).add(u"role.assigned"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"anna"_s}});
    two.wait(60).add(u"note.text"_s, u"Database slow?"_s);
    const EntryId task =
        two.add(u"task.opened"_s, u"Look at the database"_s, {{u"owner"_s, u"ben"_s}, {u"timebox_s"_s, 300}})
            .id;
    const EntryId hypothesis = one.wait(30).add(u"hypothesis.opened"_s, u"Pool exhausted"_s).id;
    one.add(u"impact.started"_s, u"No checkout in the EU"_s, {{u"customers"_s, u"12 %"_s}}).at -=
        std::chrono::minutes(10);
    two.wait(30).add(u"task.done"_s, {}, {{u"task"_s, task.toString()}, {u"result"_s, u"It is."_s}});
    two.add(
        u"hypothesis.confirmed"_s, {}, {{u"hypothesis"_s, hypothesis.toString()}, {u"why"_s, u"metric"_s}});
    one.wait(60).add(u"incident.stage"_s, {}, {{u"to"_s, u"identified"_s}});
    one.add(u"role.offered"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"ben"_s}});
    two.wait(60).add(u"role.accepted"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"ben"_s}});
    const EntryId decision =
        one.wait(60).add(u"decision.made"_s, u"Raise the pool"_s, {{u"owner"_s, u"ben"_s}}).id;
    one.add(u"run.finished"_s, u"raise-pool"_s,
        {{u"run"_s, u"run-1"_s}, {u"risk"_s, u"change"_s}, {u"exit"_s, 0}, {u"undo"_s, u"lower-pool"_s}});
    one.add(u"update.sent"_s, {},
        {{u"audience"_s, u"public"_s}, {u"text"_s, u"We are on it."_s},
            {u"sent_to"_s, list({u"status page"_s})}});
    one.wait(120).add(u"incident.severity"_s, {}, {{u"to"_s, u"SEV3"_s}});
    one.add(u"impact.ended"_s);
    one.add(u"incident.phase"_s, {}, {{u"to"_s, u"monitoring"_s}});
    one.wait(600).add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
    two.wait(900).add(
        u"todo.added"_s, u"Alert on the pool"_s, {{u"owner"_s, u"ben"_s}, {u"type"_s, u"detect"_s}});
    two.add(
        u"decision.reversed"_s, {}, {{u"decision"_s, decision.toString()}, {u"text"_s, u"Lower it again"_s}});
    TimelineEntry &edit = two.add(u"task.opened"_s, u"Look at the primary"_s, {{u"owner"_s, u"cleo"_s}});
    edit.supersedes = task;
    two.add(u"future.kind"_s, u"from a newer program"_s, {{u"x"_s, 1}});
    std::vector<TimelineEntry> all = one.entries();
    const std::vector<TimelineEntry> others = two.entries();
    all.insert(all.end(), others.begin(), others.end());
    return all;
}

QStringList titles(const std::vector<CuratedEntry> &entries)
{
    QStringList all;
    for (const CuratedEntry &entry : entries)
        all += verbatim(entry.entry.title);
    return all;
}

} // namespace

class TestIncidentProjection : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void theWholeStory()
    {
        const std::vector<TimelineEntry> entries = wholeStory();
        const Incident incident = project(entries);
        QCOMPARE(incident.key, u"INC-2026-0042"_s);
        QCOMPARE(verbatim(incident.title), u"Checkout fails"_s);
        QCOMPARE(incident.phase, Phase::Resolved);
        QVERIFY(!incident.isOver());
        QVERIFY(!incident.stage);
        QCOMPARE(incident.severity, u"SEV3"_s);
        QCOMPARE(incident.severities.size(), 2u);
        QCOMPARE(incident.phases.size(), 3u);
        QCOMPARE(incident.services, (QStringList{u"checkout"_s, u"payments"_s}));
        QCOMPARE(incident.tags.at(u"team"_s), u"pay"_s);
        QCOMPARE(incident.commander, u"ben"_s);
        QCOMPARE(incident.roles.size(), 2u);
        QVERIFY(incident.roles[0].to);
        QVERIFY(incident.roleOffers.empty());
        QCOMPARE(incident.tasks.size(), 2u);
        QCOMPARE(verbatim(incident.tasks[0].text), u"Look at the primary"_s);
        QCOMPARE(incident.tasks[0].owner, u"cleo"_s);
        QCOMPARE(incident.tasks[0].state, Task::State::Done);
        QCOMPARE(incident.actionItems().size(), 1u);
        QCOMPARE(incident.hypotheses[0].state, Hypothesis::State::Confirmed);
        QCOMPARE(incident.decisions[0].state, Decision::State::Reversed);
        QCOMPARE(incident.openChanges.size(), 1u);
        QCOMPARE(incident.openChanges[0].undo, u"lower-pool"_s);
        QCOMPARE(incident.alerts[0].history.size(), 2u);
        QCOMPARE(incident.impact.size(), 1u);
        QVERIFY(incident.impact[0].to);
        QCOMPARE(incident.updates[0].sentTo, QStringList{u"status page"_s});
        QCOMPARE(incident.entries, qint64(entries.size()));
    }

    void milestonesOfTheRecord()
    {
        const Incident incident = project(wholeStory());
        const Timestamp start = EntryMaker().now();
        const auto after = [&](MilestoneName name) {
            const auto at = incident.milestone(name);
            return at ? int((*at - start) / 1s) : -99'999;
        };
        QCOMPARE(after(MilestoneName::Declared), 0);
        QCOMPARE(after(MilestoneName::Detected), -300);
        QCOMPARE(after(MilestoneName::Acknowledged), 30);
        QCOMPARE(after(MilestoneName::Engaged), 90);
        QCOMPARE(after(MilestoneName::ImpactStarted), 90 - 600);
        QCOMPARE(after(MilestoneName::Identified), 150);
        QCOMPARE(after(MilestoneName::ImpactEnded), 330);
        QCOMPARE(after(MilestoneName::FirstPublicUpdate), 210);
        QCOMPARE(after(MilestoneName::Resolved), 930);
        QVERIFY(!incident.milestone(MilestoneName::Mitigated));
        QVERIFY(!incident.milestone(MilestoneName::Closed));
    }

    /// Whatever way the entries come in, also twice, the incident and its timeline are the same.
    void arrivalOrderDoesNotMatter()
    {
        const quint32 seed = std::random_device()();
        std::mt19937 random(seed);
        std::vector<TimelineEntry> entries = wholeStory();
        const Incident incident = project(entries);
        const std::vector<CuratedEntry> timeline = curate(entries);
        for (int i = 0; i < 300; ++i) {
            std::shuffle(entries.begin(), entries.end(), random);
            QVERIFY2(project(entries) == incident, qPrintable(u"seed %1"_s.arg(seed)));
            QVERIFY2(curate(entries) == timeline, qPrintable(u"seed %1"_s.arg(seed)));
        }
        std::vector<TimelineEntry> twice = entries;
        twice.insert(twice.end(), entries.begin(), entries.end());
        std::shuffle(twice.begin(), twice.end(), random);
        QVERIFY(project(twice) == incident);
    }

    void nothingIsNothing()
    {
        QVERIFY(curate({}).empty());
        QCOMPARE(project(std::span<const TimelineEntry>{}), Incident{});
    }

    void milestonesAreMovedAndKeepWhatTheRecordSays()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s);
        const Timestamp declared = maker.now();
        TimelineEntry &moved = maker.wait(600).add(
            u"milestone.moved"_s, {}, {{u"name"_s, u"declared"_s}, {u"note"_s, u"by phone"_s}});
        moved.at = declared - 5min;
        const Incident incident = project(maker.entries());
        const Milestone &milestone = incident.milestones.at(MilestoneName::Declared);
        QCOMPARE(milestone.at, declared - 5min);
        QCOMPARE(milestone.source, Milestone::Source::User);
        QCOMPARE(milestone.automatic, declared);
        maker.add(u"milestone.cleared"_s, {}, {{u"name"_s, u"declared"_s}});
        QVERIFY(!project(maker.entries()).milestone(MilestoneName::Declared));
    }

    void clearedEndOfImpactStaysCleared()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s);
        maker.wait(60).add(u"impact.started"_s);
        maker.wait(60).add(u"impact.ended"_s);
        QVERIFY(project(maker.entries()).milestone(MilestoneName::ImpactEnded));
        maker.wait(60).add(u"milestone.cleared"_s, {}, {{u"name"_s, u"impact_ended"_s}});
        QVERIFY(!project(maker.entries()).milestone(MilestoneName::ImpactEnded));
        maker.wait(60).add(u"impact.started"_s);
        maker.wait(60).add(u"impact.ended"_s);
        QCOMPARE(project(maker.entries()).milestone(MilestoneName::ImpactEnded), maker.now());
    }

    void aRelapseTakesBackWhatWasSetByHand()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s);
        maker.wait(60).add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
        maker.wait(60).add(u"milestone.set"_s, {}, {{u"name"_s, u"resolved"_s}});
        maker.wait(60).add(u"incident.relapse"_s);
        QVERIFY(!project(maker.entries()).milestone(MilestoneName::Resolved));
        maker.wait(60).add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
        QCOMPARE(project(maker.entries()).milestone(MilestoneName::Resolved), maker.now());
    }

    /// More alerts at once than are kept one by one: all of them are the incident's.
    void aFoldedStormLinksEveryAlert()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s);
        std::vector<TimelineEntry> fired, gone;
        const Timestamp begin = maker.now();
        for (int i = 0; i < 30; ++i)
            fired.push_back(maker.wait(1).add(u"alert.fired"_s, u"alert %1"_s.arg(i),
                {{u"alert"_s, QString::number(i)}, {u"source"_s, u"am"_s}, {u"linked"_s, true},
                    {u"starts_at"_s, isoUtc(begin - 5min)}}));
        for (int i = 0; i < 30; ++i)
            gone.push_back(maker.wait(1).add(u"alert.resolved"_s, {},
                {{u"alert"_s, QString::number(i)}, {u"source"_s, u"am"_s},
                    {u"ends_at"_s, isoUtc(maker.now())}}));
        const Incident incident = project(std::vector{maker.entries().front(), fold(fired), fold(gone)});
        QCOMPARE(incident.alerts.size(), 30u);
        for (const LinkedAlert &alert : incident.alerts) {
            QCOMPARE(alert.startsAt, begin - 5min);
            QVERIFY(alert.endsAt);
            QCOMPARE(alert.history.size(), 2u);
        }
        QCOMPARE(incident.milestone(MilestoneName::Detected), begin - 5min);
    }

    void aRelapseTakesBackWhatWasOver()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s);
        maker.wait(60).add(u"incident.phase"_s, {}, {{u"to"_s, u"monitoring"_s}});
        maker.wait(60).add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
        const Timestamp first = maker.now();
        QCOMPARE(project(maker.entries()).milestone(MilestoneName::Resolved), first);
        maker.wait(60).add(u"incident.relapse"_s);
        Incident incident = project(maker.entries());
        QVERIFY(!incident.milestone(MilestoneName::Resolved));
        QCOMPARE(incident.phase, Phase::Active);
        QCOMPARE(incident.stage, Stage::Investigating);
        maker.wait(60).add(u"incident.phase"_s, {}, {{u"to"_s, u"resolved"_s}});
        QCOMPARE(project(maker.entries()).milestone(MilestoneName::Resolved), maker.now());
    }

    void anOfferCountsOnlyWhenAccepted()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s);
        maker.add(u"role.assigned"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"anna"_s}});
        maker.wait(5).add(u"role.offered"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"ben"_s}});
        Incident incident = project(maker.entries());
        QCOMPARE(incident.commander, u"anna"_s);
        QCOMPARE(incident.roleOffers.size(), 1u);
        maker.wait(5).add(u"role.accepted"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"cleo"_s}});
        QCOMPARE(project(maker.entries()).commander, u"anna"_s); // nobody offered it to her
        maker.wait(5).add(u"role.accepted"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"ben"_s}});
        incident = project(maker.entries());
        QCOMPARE(incident.commander, u"ben"_s);
        QCOMPARE(incident.roles[0].to, maker.now());
        maker.add(u"role.released"_s, {}, {{u"role"_s, u"commander"_s}, {u"person"_s, u"ben"_s}});
        QVERIFY(project(maker.entries()).commander.isEmpty());
    }

    void editsHideWhatTheyReplace()
    {
        EntryMaker maker;
        const EntryId first = maker.add(u"note.text"_s, u"one"_s).id;
        TimelineEntry &second = maker.wait(60).add(u"note.text"_s, u"two"_s);
        second.supersedes = first;
        second.at -= 5min;
        TimelineEntry &third = maker.wait(60).add(u"note.text"_s, u"three"_s);
        third.supersedes = first; // edited on another console, from the same version
        const std::vector<CuratedEntry> all = curate(maker.entries());
        QCOMPARE(all.size(), 3u);
        const std::vector<CuratedEntry> shown = visible(all, EntryLevel::Trace);
        QCOMPARE(titles(shown), QStringList{u"three"_s});
        QCOMPARE(shown[0].root, first);
        QCOMPARE(shown[0].versions, (std::vector{first, second.id, third.id}));
        for (const CuratedEntry &one : all)
            QCOMPARE(one.supersededBy, one.entry.id == third.id ? std::nullopt : std::optional(third.id));
    }

    /// A line that claims to edit a later one, or one that nobody has, does not hide anything.
    void impossibleEditsAreEntriesOfTheirOwn()
    {
        EntryMaker maker;
        TimelineEntry &first = maker.add(u"note.text"_s, u"one"_s);
        TimelineEntry &second = maker.wait(1).add(u"note.text"_s, u"two"_s);
        first.supersedes = second.id;
        second.supersedes = EntryId{testUuid(99)};
        QCOMPARE(visible(curate(maker.entries()), EntryLevel::Trace).size(), 2u);
        first.supersedes = first.id;
        QCOMPARE(visible(curate(maker.entries()), EntryLevel::Trace).size(), 2u);
    }

    void curationMovesLevels()
    {
        EntryMaker maker;
        const QString note = maker.add(u"note.text"_s, u"a note"_s).id.toString();
        const QString run = maker.add(u"run.started"_s, u"a run"_s).id.toString();
        const auto shown = [&](EntryLevel level) {
            QStringList seen = titles(visible(curate(maker.entries()), level));
            seen.removeAll(QString());
            return seen;
        };
        QCOMPARE(shown(EntryLevel::Timeline), QStringList{u"a note"_s});
        maker.add(u"incident.field"_s, {}, {{u"entry"_s, run}, {u"level"_s, u"public"_s}});
        QCOMPARE(shown(EntryLevel::Public), QStringList{u"a run"_s});
        maker.add(u"incident.field"_s, {}, {{u"entry"_s, run}, {u"level"_s, u"log"_s}});
        QCOMPARE(shown(EntryLevel::Timeline), QStringList{u"a note"_s});
        maker.add(u"incident.field"_s, {}, {{u"entry"_s, note}, {u"starred"_s, true}});
        QCOMPARE(shown(EntryLevel::Key), QStringList{u"a note"_s});
        maker.add(u"incident.field"_s, {}, {{u"entry"_s, note}, {u"starred"_s, false}});
        QVERIFY(shown(EntryLevel::Key).isEmpty());
        maker.add(u"incident.field"_s, {}, {{u"entry"_s, note}, {u"level"_s, u"nonsense"_s}});
        QCOMPARE(shown(EntryLevel::Timeline), QStringList{u"a note"_s});
    }

    void tombstonesHideAndDoNotCount()
    {
        EntryMaker maker;
        maker.add(u"incident.declared"_s, {}, {{u"severity"_s, u"SEV1"_s}});
        const EntryId wrong = maker.add(u"incident.severity"_s, {}, {{u"to"_s, u"SEV4"_s}}).id;
        QCOMPARE(project(maker.entries()).severity, u"SEV4"_s);
        maker.add(u"incident.field"_s, {}, {{u"deleted"_s, wrong.toString()}, {u"reason"_s, u"typo"_s}});
        QCOMPARE(project(maker.entries()).severity, u"SEV1"_s);
        for (const CuratedEntry &one : curate(maker.entries())) {
            if (one.entry.id == wrong) {
                QVERIFY(one.isHidden());
                QCOMPARE(verbatim(one.reason), u"typo"_s);
            }
        }
        maker.add(u"incident.field"_s, {}, {{u"restored"_s, wrong.toString()}});
        QCOMPARE(project(maker.entries()).severity, u"SEV4"_s);
    }

    /// A redacted edit has lost the line that said what it edits.
    void redactionKeepsTheChainTogether()
    {
        EntryMaker maker;
        TimelineEntry &first = maker.add(u"note.text"_s, u"password"_s);
        TimelineEntry &second = maker.wait(1).add(u"note.text"_s, u"password!"_s);
        second.supersedes = first.id;
        const auto redact = [](TimelineEntry &entry) {
            entry.redacted = true;
            entry.title = {};
            entry.supersedes.reset();
        };
        redact(first);
        redact(second);
        QCOMPARE(visible(curate(maker.entries()), EntryLevel::Trace).size(), 2u);
        maker.wait(1).add(u"incident.field"_s, {},
            {{u"redacted"_s, list({first.id.toString(), second.id.toString()})},
                {u"reason"_s, u"a secret"_s}});
        const auto shown = visible(curate(maker.entries()), EntryLevel::Trace);
        QCOMPARE(shown.size(), 2u); // one placeholder, and the entry that says so
        QVERIFY(shown[0].entry.redacted);
        QCOMPARE(verbatim(shown[0].reason), u"a secret"_s);
        QCOMPARE(shown[0].versions.size(), 2u);
    }

    void timelineIsInTheOrderOfEvents()
    {
        EntryMaker maker;
        maker.add(u"note.text"_s, u"b"_s);
        TimelineEntry &late = maker.wait(60).add(u"note.text"_s, u"a"_s);
        late.at -= 10min;
        maker.wait(0).add(u"note.text"_s, u"c"_s).at = late.at; // same moment, recorded later
        QCOMPARE(titles(curate(maker.entries())), (QStringList{u"a"_s, u"c"_s, u"b"_s}));
    }

    /// One of each kind without data, as a hostile or newer program may write them: nothing falls over.
    void everyKindTakesEmptyData()
    {
        EntryMaker maker;
        for (const EntryKind &kind : entryKinds())
            maker.wait(1).add(QString::fromLatin1(kind.name));
        for (const EntryKind &kind : entryKinds())
            maker.wait(1).add(QString::fromLatin1(kind.name), {},
                {{u"to"_s, 7}, {u"task"_s, QJsonArray{1}}, {u"person"_s, QJsonObject{}}, {u"role"_s, u"?"_s},
                    {u"redacted"_s, u"no list"_s}, {u"entry"_s, true}, {u"into"_s, u"x"_s}});
        const Incident incident = project(maker.entries());
        QCOMPARE(incident.entries, qint64(entryKinds().size() * 2));
    }
};

QTEST_GUILESS_MAIN(TestIncidentProjection)
#include "tst_incidentprojection.moc"
