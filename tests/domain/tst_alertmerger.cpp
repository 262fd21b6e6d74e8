// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/alerts/alertmerger.h>
#include <domain/alerts/alertwatcher.h>

#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const ClusterId kCluster{u"am"_s};
const DatasourceId kOne{u"am/1"_s}, kTwo{u"am/2"_s};
const Timestamp kStart = fromUnixMs(1'795'269'600'000);

Alert alert(quint64 fingerprint, AlertState state = AlertState::Firing, Nanoseconds started = 0s)
{
    Alert out;
    out.key.fingerprint = fingerprint;
    out.state = state;
    out.labels = Labels::fromPairs({{Untrusted(u"alertname"_s), Untrusted(QString::number(fingerprint))}});
    out.startsAt = kStart + started;
    out.updatedAt = kStart + started;
    return out;
}

std::vector<Alert> alerts(quint64 from, quint64 to)
{
    std::vector<Alert> out;
    for (quint64 i = from; i <= to; ++i)
        out.push_back(alert(i));
    return out;
}

MemberAnswer good(const DatasourceId &member, std::vector<Alert> list, std::optional<Nanoseconds> uptime = {})
{
    return {member, std::move(list), kStart, uptime};
}

MemberAnswer bad(const DatasourceId &member, const QString &message = u"connection refused"_s)
{
    return {member, fail(Error::Kind::Network, message), kStart, {}};
}

QString states(const MergedAlerts &merged)
{
    QStringList out;
    for (const Alert &one : merged.alerts)
        out << u"%1:%2"_s.arg(one.key.fingerprint).arg(stateName(one.state));
    return out.join(u' ');
}

} // namespace

class TestAlertMerger : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void oneMember()
    {
        AlertMerger merger(kCluster);
        const MergedAlerts merged = merger.merge({good(kOne, {alert(7), alert(3)})});
        QCOMPARE(states(merged), u"3:firing 7:firing"_s);
        QCOMPARE(merged.answered, 1);
        QCOMPARE(merged.asked, 1);
        QVERIFY(merged.note.isEmpty());
        QCOMPARE(merged.alerts[0].key.source, kCluster);
        QCOMPARE(merged.alerts[0].members.size(), size_t(1));
        QCOMPARE(merged.alerts[0].members[0].member, kOne);
    }

    void fieldsUnite()
    {
        Alert a = alert(1, AlertState::Silenced, 10s), b = alert(1, AlertState::Firing, 0s);
        a.updatedAt = kStart + 90s;
        a.endsAt = kStart + 60s;
        b.endsAt = kStart + 120s;
        a.silencedBy = {u"s2"_s, u"s1"_s};
        b.silencedBy = {u"s1"_s};
        a.receivers = {u"web"_s};
        b.receivers = {u"mail"_s};
        b.inhibitedBy = {u"i"_s};
        a.mutedBy = {u"night"_s};
        a.annotations = Labels::fromPairs({{Untrusted(u"summary"_s), Untrusted(u"newer"_s)}});
        b.annotations = Labels::fromPairs({{Untrusted(u"summary"_s), Untrusted(u"older"_s)}});
        const Alert one = AlertMerger(kCluster).merge({good(kOne, {a}), good(kTwo, {b})}).alerts.at(0);
        QVERIFY(one.startsAt == kStart && one.updatedAt == kStart + 90s && one.endsAt == kStart + 120s);
        QCOMPARE(one.state, AlertState::Firing);
        QCOMPARE(one.silencedBy, QStringList({u"s1"_s, u"s2"_s}));
        QCOMPARE(one.inhibitedBy, QStringList({u"i"_s}));
        QCOMPARE(one.mutedBy, QStringList({u"night"_s}));
        QCOMPARE(one.receivers, QStringList({u"mail"_s, u"web"_s}));
        QCOMPARE(render::plain(one.summary()), u"newer"_s);
        QCOMPARE(one.members.size(), size_t(2));
        QCOMPARE(one.membersAsked, 2);
    }

    void suppressionNeedsEverybody()
    {
        AlertMerger merger(kCluster);
        const auto merged =
            merger.merge({good(kOne, {alert(1, AlertState::Silenced), alert(2, AlertState::Muted)}),
                good(kTwo, {alert(1, AlertState::Silenced), alert(2, AlertState::Inhibited)})});
        QCOMPARE(states(merged), u"1:silenced 2:inhibited"_s);
    }

    void seenByOneOfTwo()
    {
        const auto merged = AlertMerger(kCluster).merge({good(kOne, {alert(1)}), good(kTwo, {})});
        QCOMPARE(merged.alerts[0].members.size(), size_t(1));
        QCOMPARE(merged.alerts[0].membersAsked, 2);
    }

    void oneAlertInSeveralGroupsIsOne()
    {
        Alert mail = alert(1), web = alert(1, AlertState::Silenced);
        mail.receivers = {u"mail"_s};
        web.receivers = {u"web"_s};
        const auto merged = AlertMerger(kCluster).merge({good(kOne, {mail, web})});
        QCOMPARE(states(merged), u"1:firing"_s);
        QCOMPARE(merged.alerts[0].receivers, QStringList({u"mail"_s, u"web"_s}));
        QCOMPARE(merged.alerts[0].members.size(), size_t(1));
    }

    void aFailedMemberEmptiesNothing()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, {alert(1), alert(2)}), good(kTwo, {alert(2), alert(3)})});
        const auto merged = merger.merge({good(kOne, {alert(2)}), bad(kTwo)});
        // 1 was One's alone and is gone; 3 was Two's and cannot be seen.
        QCOMPARE(states(merged), u"2:firing 3:unknown"_s);
        QCOMPARE(merged.answered, 1);
        QCOMPARE(merged.asked, 2);
        QCOMPARE(merged.note, u"1 of 2 members: am/2 connection refused"_s);
        QCOMPARE(merged.alerts[0].members.size(), size_t(2)); // what Two said last still counts
    }

    void goneOnlyWhenAllWhoReportedItSaySo()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, {alert(1)}), good(kTwo, {alert(1)})});
        QCOMPARE(states(merger.merge({good(kOne, {}), bad(kTwo)})), u"1:unknown"_s);
        QCOMPARE(states(merger.merge({bad(kOne), bad(kTwo)})), u"1:unknown"_s);
        QCOMPARE(states(merger.merge({bad(kOne), good(kTwo, {})})), u""_s);
    }

    void aMemberThatIsNotAskedIsNotGone()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, {}), good(kTwo, {alert(3)})});
        const auto merged = merger.merge({good(kOne, {})});
        QCOMPARE(states(merged), u"3:unknown"_s);
        QCOMPARE(merged.asked, 2);
        QCOMPARE(merged.note, u"1 of 2 members: am/2 was not asked"_s);
    }

    void allFailed()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, alerts(1, 3)), good(kTwo, {})});
        const auto merged = merger.merge({bad(kOne, u"am/1: timeout"_s), bad(kTwo)});
        QCOMPARE(states(merged), u"1:unknown 2:unknown 3:unknown"_s);
        QCOMPARE(merged.answered, 0);
        QCOMPARE(merged.note, u"0 of 2 members: am/1: timeout; am/2 connection refused"_s);
    }

    void unknownComesBack()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, {alert(1)})});
        QCOMPARE(states(merger.merge({bad(kOne)})), u"1:unknown"_s);
        QCOMPARE(states(merger.merge({good(kOne, {alert(1)})})), u"1:firing"_s);
    }

    void massResolve_data()
    {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("after");
        QTest::addColumn<int>("confirming");
        QTest::newRow("12,000 to none") << 12'000 << 0 << 12'000;
        QTest::newRow("21 to none") << 21 << 0 << 21;
        QTest::newRow("20 to none") << 20 << 0 << 0;
        QTest::newRow("half of 100") << 100 << 50 << 0;
        QTest::newRow("more than half of 100") << 100 << 49 << 51;
        QTest::newRow("half of 101, rounded up") << 101 << 50 << 51;
    }
    void massResolve()
    {
        QFETCH(int, before);
        QFETCH(int, after);
        QFETCH(int, confirming);
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, alerts(1, quint64(before)))});
        const auto first = merger.merge({good(kOne, alerts(1, quint64(after)))});
        QCOMPARE(first.confirming, confirming);
        QCOMPARE(int(first.alerts.size()), after + confirming);
        // A failed round confirms nothing.
        const auto failed = merger.merge({bad(kOne)});
        QCOMPARE(failed.confirming, confirming);
        const auto second = merger.merge({good(kOne, alerts(1, quint64(after)))});
        QCOMPARE(second.confirming, 0);
        QCOMPARE(int(second.alerts.size()), after);
    }

    void massResolveThatWasAMistake()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, alerts(1, 100))});
        QCOMPARE(merger.merge({good(kOne, {})}).confirming, 100);
        const auto back = merger.merge({good(kOne, alerts(1, 100))});
        QCOMPARE(back.confirming, 0);
        QCOMPARE(back.alerts.size(), size_t(100));
    }

    void restart()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, alerts(1, 3), 90h)});
        const auto first = merger.merge({good(kOne, {}, 20s)});
        QCOMPARE(states(first), u"1:firing 2:firing 3:firing"_s);
        QCOMPARE(first.confirming, 3);
        QCOMPARE(first.note, u"restarted 20 s ago"_s);
        const auto second = merger.merge({good(kOne, {alert(2)}, 35s)});
        QCOMPARE(states(second), u"2:firing"_s);
        QVERIFY(merger.merge({good(kOne, {alert(2)}, 301s)}).note.isEmpty());
    }

    void restartOfOneOfTwoNamesIt()
    {
        AlertMerger merger(kCluster);
        merger.merge({good(kOne, {alert(1)}), good(kTwo, {alert(2)})});
        const auto merged = merger.merge({good(kOne, {}, 20s), good(kTwo, {}, 90h)});
        QCOMPARE(states(merged), u"1:firing"_s); // Two is old: what it drops is over
        QCOMPARE(merged.note, u"am/1 restarted 20 s ago"_s);
    }

    /// Random rounds in shuffled order give the same lists.
    void orderOfMembersDoesNotMatter()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int history = 0; history < 60; ++history) {
            AlertMerger forward(kCluster), shuffled(kCluster);
            for (int round = 0; round < 12; ++round) {
                std::vector<MemberAnswer> answers = randomRound(random, 3);
                const MergedAlerts a = forward.merge(answers);
                for (size_t i = answers.size(); i > 1; --i)
                    std::swap(answers[i - 1], answers[size_t(random.bounded(int(i)))]);
                const MergedAlerts b = shuffled.merge(answers);
                QVERIFY2(a.alerts == b.alerts && a.note == b.note && a.confirming == b.confirming,
                    qPrintable(u"seed %1"_s.arg(seed)));
            }
        }
    }

    /// Whatever happens: what a failing member reported last is in the list, and the watcher resolves it only
    /// after all who reported it have answered without it.
    void nothingResolvesWhileItCannotBeSeen()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int history = 0; history < 60; ++history) {
            AlertMerger merger(kCluster);
            AlertWatcher watcher;
            QHash<QString, QSet<quint64>> lastSaid;
            for (int round = 0; round < 20; ++round) {
                const std::vector<MemberAnswer> answers = randomRound(random, 2);
                QSet<quint64> cannotBeGone;
                for (const MemberAnswer &answer : answers) {
                    if (answer.alerts) {
                        QSet<quint64> said;
                        for (const Alert &one : *answer.alerts)
                            said.insert(one.key.fingerprint);
                        lastSaid[answer.member.id] = said;
                    }
                    cannotBeGone += lastSaid.value(answer.member.id);
                }
                const MergedAlerts merged = merger.merge(answers);
                QSet<quint64> listed;
                for (const Alert &one : merged.alerts)
                    listed.insert(one.key.fingerprint);
                QVERIFY2(listed.contains(cannotBeGone), qPrintable(u"seed %1"_s.arg(seed)));
                QCOMPARE(listed.size(), qsizetype(merged.alerts.size())); // unique
                for (const AlertTransition &change : watcher.apply(kCluster, kStart, merged.alerts)) {
                    const bool resolved = change.to == AlertState::Resolved;
                    QVERIFY2(!resolved || !cannotBeGone.contains(change.alert.key.fingerprint),
                        qPrintable(u"seed %1"_s.arg(seed)));
                }
            }
        }
    }

private:
    static std::vector<MemberAnswer> randomRound(QRandomGenerator &random, int members)
    {
        std::vector<MemberAnswer> answers;
        for (int member = 1; member <= members; ++member) {
            const DatasourceId id{u"am/%1"_s.arg(member)};
            if (random.bounded(4) == 0) {
                answers.push_back(bad(id));
                continue;
            }
            std::vector<Alert> list;
            const int most = random.bounded(5) == 0 ? 0 : 40;
            for (int i = 0; i < most; ++i) {
                if (random.bounded(3) == 0)
                    continue;
                Alert one = alert(quint64(i), AlertState(random.bounded(5)), random.bounded(100) * 1s);
                one.updatedAt = kStart + random.bounded(100) * 1s;
                if (random.bounded(2) == 0)
                    one.silencedBy = {QString::number(random.bounded(3))};
                list.push_back(one);
            }
            answers.push_back(
                good(id, list, random.bounded(5) == 0 ? std::optional<Nanoseconds>(20s) : std::nullopt));
        }
        return answers;
    }
};

QTEST_APPLESS_MAIN(TestAlertMerger)
#include "tst_alertmerger.moc"
