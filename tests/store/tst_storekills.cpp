// SPDX-License-Identifier: GPL-3.0-or-later
// A real process on a real disk, killed at random moments. BW_KILLS says how often; 300 bound the rate of
// loss below one in a hundred.
#include <store/incidents/incidentdb.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

struct Told
{
    QSet<EntryId> tried, acked;
};

/// Whole lines of what a killed process said.
Told readTold(const QByteArray &output)
{
    Told told;
    const QList<QByteArray> lines = output.split('\n');
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) {
        const auto id = EntryId::parse(QString::fromLatin1(lines[i].mid(4)));
        if (id && lines[i].startsWith("TRY "))
            told.tried.insert(*id);
        else if (id && lines[i].startsWith("ACK "))
            told.acked.insert(*id);
    }
    return told;
}

} // namespace

class TestStoreKills : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void acknowledgedEntriesSurvive()
    {
        const int kills =
            qEnvironmentVariableIntValue("BW_KILLS") > 0 ? qEnvironmentVariableIntValue("BW_KILLS") : 300;
        const QString writer = QCoreApplication::applicationDirPath() + u"/incident_writer"_s;
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        QTemporaryDir home;
        QSet<EntryId> tried, acked;
        int lost = 0, twice = 0, unknown = 0, broken = 0, extra = 0;
        for (int kill = 0; kill < kills; ++kill) {
            QProcess process;
            process.start(writer, {home.path(), u"write"_s});
            QVERIFY(process.waitForStarted());
            // Every third dies while it opens; the others after some lines, between any parts of a save,
            // however slow the disk is.
            QByteArray output;
            const qsizetype lines = kill % 3 == 0 ? 0 : 1 + random.bounded(12);
            while (output.count('\n') < lines && process.state() == QProcess::Running) {
                process.waitForReadyRead(50);
                output += process.readAllStandardOutput();
            }
            QElapsedTimer timer;
            timer.start();
            const qint64 wait = qint64(random.bounded(kill % 3 == 0 ? 60 : 10));
            while (timer.elapsed() < wait && process.state() == QProcess::Running) {
                process.waitForReadyRead(int(std::max<qint64>(wait - timer.elapsed(), 1)));
                output += process.readAllStandardOutput();
            }
            process.kill();
            process.waitForFinished();
            output += process.readAllStandardOutput();
            QVERIFY2(process.readAllStandardError().isEmpty(), "the writer failed by itself");
            const Told told = readTold(output);
            tried.unite(told.tried);
            acked.unite(told.acked);
            if (kill % 20 != 19 && kill + 1 != kills)
                continue; // the writer itself recovers in between
            SystemDisk disk;
            SystemClock clock;
            Uuid7Source ids(clock);
            auto db = IncidentDb::open({home.path(), IncidentDb::Mode::Write, 0}, disk, clock, ids);
            QVERIFY2(db, "the record cannot be opened");
            QSet<EntryId> stored;
            const auto incidents = (*db)->incidents();
            QVERIFY(incidents);
            for (const IncidentId &incident : *incidents) {
                const auto entries = (*db)->entries(incident);
                QVERIFY2(entries, qPrintable(entries ? QString() : entries.error().message));
                for (const TimelineEntry &entry : *entries) {
                    twice += stored.contains(entry.id);
                    stored.insert(entry.id);
                    unknown += !tried.contains(entry.id) && !entry.kind.startsWith("system."_L1);
                }
                const auto report = (*db)->verify(incident);
                QVERIFY(report);
                broken += int(report->findings.size());
            }
            lost = int((acked - stored).size());
            extra = int((stored - acked).size());
        }
        std::printf(
            "%d kills (seed %u): %lld acknowledged, %d lost, %d twice, %d from nobody, %d unacknowledged "
            "but saved, %d findings\n",
            kills, seed, static_cast<long long>(acked.size()), lost, twice, unknown, extra, broken);
        std::fflush(stdout);
        QVERIFY(acked.size() > kills / 4);
        QCOMPARE(lost, 0);
        QCOMPARE(twice, 0);
        QCOMPARE(unknown, 0);
        QCOMPARE(broken, 0);
        QVERIFY(extra <= kills * 3); // one batch each at most
    }

    /// However many start at once, one writes.
    void oneOfTwentyWrites()
    {
        const QString writer = QCoreApplication::applicationDirPath() + u"/incident_writer"_s;
        QTemporaryDir home;
        std::vector<std::unique_ptr<QProcess>> processes;
        for (int i = 0; i < 20; ++i) {
            processes.push_back(std::make_unique<QProcess>());
            processes.back()->start(writer, {home.path(), u"serve"_s});
        }
        int ready = 0, refused = 0;
        for (const auto &process : processes) {
            // It says READY or ends; whichever comes first lets this go on.
            while (process->state() != QProcess::NotRunning && !process->canReadLine())
                process->waitForReadyRead(50);
            if (process->state() == QProcess::NotRunning)
                refused += process->exitCode() == 1;
            else
                ready += process->readLine() == "READY\n";
        }
        for (const auto &process : processes) {
            process->kill();
            process->waitForFinished();
        }
        QCOMPARE(ready, 1);
        QCOMPARE(refused, 19);
    }

    void theLockIsFreeAtOnce()
    {
        const QString writer = QCoreApplication::applicationDirPath() + u"/incident_writer"_s;
        QTemporaryDir home;
        SystemDisk disk;
        SystemClock clock;
        Uuid7Source ids(clock);
        QProcess process;
        process.start(writer, {home.path(), u"serve"_s});
        QVERIFY(process.waitForReadyRead());
        const auto refused = IncidentDb::open({home.path(), IncidentDb::Mode::Write, 0}, disk, clock, ids);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Refused);
        QVERIFY(IncidentDb::open({home.path(), IncidentDb::Mode::ReadOnly, 0}, disk, clock, ids));
        process.kill();
        process.waitForFinished();
        QVERIFY(IncidentDb::open({home.path(), IncidentDb::Mode::Write, 0}, disk, clock, ids));
    }
};

QTEST_GUILESS_MAIN(TestStoreKills)
#include "tst_storekills.moc"
