// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/entrykinds.h>
#include <store/incidents/bundle.h>
#include <store/incidents/incidentdb.h>

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <support/fakeclock.h>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// One console with a record of its own.
struct Console
{
    QTemporaryDir folder;
    FakeClock clock;
    Uuid7Source ids{clock};
    SystemDisk disk;
    std::unique_ptr<IncidentDb> db;

    bool open()
    {
        db.reset();
        auto opened = IncidentDb::open({folder.path(), IncidentDb::Mode::Write, 0}, disk, clock, ids);
        if (opened)
            db = std::move(*opened);
        return db != nullptr;
    }
    EntryId write(const IncidentId &incident, const QString &kind, const QString &title)
    {
        TimelineEntry entry;
        entry.id = EntryId{ids.next()};
        entry.incident = incident;
        entry.kind = kind;
        entry.title = Untrusted(title);
        entry.level = defaultLevel(kind, {});
        clock.advance(10ms);
        const auto stored = db->append({entry});
        return stored ? stored->front().id : EntryId{};
    }
    std::vector<JournalLine> lines(const IncidentId &incident) { return *db->lines(incident); }
};

} // namespace

class TestIncidentAdopt : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void linesTravelBothWays()
    {
        Console here, there;
        QVERIFY(here.open() && there.open());
        const IncidentId incident{here.ids.next()};
        here.write(incident, u"incident.declared"_s, u"Slow"_s);
        here.write(incident, u"note.text"_s, u"from here"_s);
        auto adopted = there.db->adopt(incident, here.lines(incident));
        QVERIFY2(adopted.has_value(), qPrintable(adopted ? QString() : adopted.error().message));
        QCOMPARE(adopted->added, 2);
        there.write(incident, u"note.text"_s, u"from there"_s);
        adopted = here.db->adopt(incident, there.lines(incident));
        QCOMPARE(adopted->added, 1);
        QCOMPARE(adopted->known, 2);
        QCOMPARE(here.db->adopt(incident, there.lines(incident))->added, 0);
        // Both copies of both consoles agree, also when they are opened again, and whoever writes next goes
        // on.
        for (Console *console : {&here, &there}) {
            QVERIFY(console->open());
            const auto verified = console->db->verify(incident);
            QVERIFY2(verified && verified->findings.isEmpty(),
                qPrintable(verified ? verified->findings.join(u'|') : verified.error().message));
            QCOMPARE(verified->entries, qint64(3));
            QVERIFY(console->db->recovery().isClean());
            QVERIFY(!console->write(incident, u"note.text"_s, u"goes on"_s).isNull());
        }
    }

    void holesAreRefused()
    {
        Console here, there;
        QVERIFY(here.open() && there.open());
        const IncidentId incident{here.ids.next()};
        for (int i = 0; i < 4; ++i)
            here.write(incident, i == 0 ? u"incident.declared"_s : u"note.text"_s, u"line %1"_s.arg(i));
        auto lines = here.lines(incident);
        const auto second = std::find_if(
            lines.begin(), lines.end(), [](const JournalLine &line) { return line.entry.seq == 2; });
        lines.erase(second);
        const auto adopted = there.db->adopt(incident, lines);
        QVERIFY(!adopted);
        QCOMPARE(adopted.error().kind, Error::Kind::Refused);
        QVERIFY(there.db->lines(incident).error().kind == Error::Kind::NotFound);
    }

    void conflictsAreLeftOut()
    {
        Console here, there;
        QVERIFY(here.open() && there.open());
        const IncidentId incident{here.ids.next()};
        here.write(incident, u"incident.declared"_s, u"Slow"_s);
        auto lines = here.lines(incident);
        TimelineEntry forged = lines.front().entry;
        forged.title = Untrusted(u"Fast"_s);
        const std::vector<JournalLine> other{*encodeLine(forged, noHash(), QByteArray(16, 'x'))};
        QCOMPARE(there.db->adopt(incident, lines)->added, 1);
        const auto adopted = there.db->adopt(incident, other);
        QVERIFY(adopted);
        QCOMPARE(adopted->added, 0);
        QCOMPARE(adopted->conflicts, std::vector{forged.id});
        QCOMPARE(verbatim(there.lines(incident).front().entry.title), u"Slow"_s);
    }

    void otherIncidentsAreRefused()
    {
        Console here;
        QVERIFY(here.open());
        const IncidentId incident{here.ids.next()}, another{here.ids.next()};
        here.write(incident, u"incident.declared"_s, u"Slow"_s);
        QVERIFY(!here.db->adopt(another, here.lines(incident)));
    }
};

QTEST_GUILESS_MAIN(TestIncidentAdopt)
#include "tst_incidentadopt.moc"
