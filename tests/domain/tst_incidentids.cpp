// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <domain/incidents/incidentnames.h>

#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <support/fakeclock.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

/// Ids, the logical clock, names of values and the list of kinds.
class TestIncidentIds : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void uuidsHaveVersionVariantAndTime()
    {
        FakeClock clock;
        Uuid7Source source(clock);
        const Uuid id = source.next();
        QCOMPARE(id.bytes[6] >> 4, 7);
        QCOMPARE(id.bytes[8] >> 6, 2);
        QCOMPARE(id.milliseconds(), toUnixMs(clock.utcNow()));
        QVERIFY(QRegularExpression(u"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"_s)
                    .match(id.toString())
                    .hasMatch());
        QCOMPARE(Uuid::parse(id.toString()), id);
        QCOMPARE(Uuid::parse(id.toString().toUpper()), id);
        QCOMPARE(Uuid::fromBytes(id.toBytes()), id);
        QCOMPARE(source.salt().size(), 16);
        QVERIFY(source.salt() != source.salt());
    }

    /// 10,000 in one millisecond overflow the counter, and the clock is set back in between.
    void uuidsAscendWhateverTheClockDoes()
    {
        FakeClock clock;
        Uuid7Source source(clock);
        QSet<Uuid> seen;
        Uuid last;
        for (int i = 0; i < 10'000; ++i) {
            if (i == 5'000)
                clock.setUtc(clock.utcNow() - 1h);
            const Uuid id = source.next();
            QVERIFY(id > last);
            seen.insert(last = id);
        }
        QCOMPARE(seen.size(), 10'000);
    }

    void uuidTexts_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::newRow("version 7") << u"0199d0c4-1a2b-7c3d-8e4f-001122334455"_s << true;
        QTest::newRow("nil") << u"00000000-0000-0000-0000-000000000000"_s << true;
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("no dashes") << u"0199d0c41a2b7c3d8e4f001122334455"_s << false;
        QTest::newRow("dash elsewhere") << u"0199d0c41-a2b-7c3d-8e4f-001122334455"_s << false;
        QTest::newRow("braces") << u"{199d0c4-1a2b-7c3d-8e4f-0011223344}"_s << false;
        QTest::newRow("not hex") << u"0199d0c4-1a2b-7c3d-8e4f-00112233445g"_s << false;
        QTest::newRow("a path") << u"../../../../../../../../etc/passwd..."_s << false;
        QTest::newRow("other digits") << u"٠199d0c4-1a2b-7c3d-8e4f-001122334455"_s << false;
    }
    void uuidTexts()
    {
        QFETCH(QString, text);
        QFETCH(bool, good);
        const auto parsed = Uuid::parse(text);
        QCOMPARE(parsed.has_value(), good);
        if (parsed)
            QCOMPARE(parsed->toString(), text);
    }

    void theLogicalClockNeverGoesBack()
    {
        HlcClock clock;
        FakeClock wall;
        Hlc last;
        const auto steps = {0ns, Nanoseconds(1h), Nanoseconds(-2h), 0ns, Nanoseconds(1ms), Nanoseconds(-1h)};
        for (const Nanoseconds step : steps) {
            wall.setUtc(wall.utcNow() + step);
            for (int i = 0; i < 70'000; ++i) { // more than the counter holds
                const Hlc next = clock.next(wall.utcNow());
                QVERIFY(next > last);
                last = next;
            }
        }
        clock.raise(Hlc{last.value + 1'000'000});
        QVERIFY(clock.next(wall.utcNow()).value > last.value + 1'000'000);
        clock.raise(Hlc{1});
        QVERIFY(clock.next(wall.utcNow()).value > last.value + 1'000'000);
    }

    /// 2038 and the last moment of the wall clock's own range.
    void theLogicalClockHoldsLateTimes()
    {
        HlcClock clock;
        const Hlc in2038 = clock.next(*parseRfc3339(u"2038-01-19T03:14:08Z"));
        QCOMPARE(in2038.milliseconds(), 2'147'483'648'000);
        const Hlc in2200 = clock.next(*parseRfc3339(u"2200-01-01T00:00:00Z"));
        QVERIFY(in2200 > in2038);
        QVERIFY(qint64(in2200.value) > 0);
        QCOMPARE(Hlc::parse(in2200.toString()), in2200);
        QVERIFY(in2038.toString() < in2200.toString());
    }

    void logicalClockTexts()
    {
        QCOMPARE(Hlc{0xabc}.toString(), u"0000000000000abc"_s);
        for (const QString &bad : {u""_s, u"abc"_s, u"0000000000000ABC"_s, u"ffffffffffffffff"_s,
                 u"00000000000000g0"_s, u" 000000000000abc"_s, u"+000000000000abc"_s})
            QVERIFY2(!Hlc::parse(bad), qPrintable(bad));
    }

    void namesReadBack()
    {
        for (const QString &name : namesOf<Phase>())
            QCOMPARE(nameOf(*valueOf<Phase>(name)), name);
        QCOMPARE(nameOf(Phase::Cancelled), u"cancelled"_s);
        QCOMPARE(nameOf(Role::Owner), u"owner"_s);
        QCOMPARE(nameOf(MilestoneName::Closed), u"closed"_s);
        QCOMPARE(nameOf(Postmortem::State::Waived), u"waived"_s);
        QCOMPARE(nameOf(Snapshot::Kind::Dashboard), u"dashboard"_s);
        QCOMPARE(nameOf(Task::Type::Other), u"other"_s);
        QCOMPARE(nameOf(EntryRef::Kind::Entry), u"entry"_s);
        QVERIFY(!valueOf<Phase>(u"Active"));
        QVERIFY(!valueOf<EntryLevel>(u""));
    }

    void kindsAreDistinctAndGrouped()
    {
        QSet<QString> seen;
        for (const EntryKind &kind : entryKinds()) {
            const QString name = QString::fromLatin1(kind.name);
            QVERIFY2(!seen.contains(name), kind.name);
            seen.insert(name);
            QVERIFY2(QRegularExpression(u"^[a-z]+\\.[a-z_]+$"_s).match(name).hasMatch(), kind.name);
            QVERIFY2(*kind.label, kind.name);
        }
        QVERIFY(seen.size() > 90);
        QCOMPARE(entryKindLabel(u"note.text"_s), u"Note"_s);
        QCOMPARE(entryKindLabel(u"future.thing"_s), u"future.thing"_s);
    }

    void levelsDependOnTheData()
    {
        QCOMPARE(defaultLevel(u"alert.fired"_s, {}), EntryLevel::Log);
        QCOMPARE(defaultLevel(u"alert.fired"_s, {{u"linked"_s, true}}), EntryLevel::Timeline);
        QCOMPARE(defaultLevel(u"run.finished"_s, {{u"risk"_s, u"read"_s}}), EntryLevel::Log);
        QCOMPARE(defaultLevel(u"run.finished"_s, {{u"risk"_s, u"danger"_s}}), EntryLevel::Timeline);
        QCOMPARE(defaultLevel(u"incident.declared"_s, {}), EntryLevel::Key);
        QCOMPARE(defaultLevel(u"future.thing"_s, {}), EntryLevel::Timeline);
    }
};

QTEST_GUILESS_MAIN(TestIncidentIds)
#include "tst_incidentids.moc"
