// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/entrycodec.h>
#include <store/incidents/journal.h>

#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <support/incidententries.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

TimelineEntry fullEntry()
{
    EntryMaker maker;
    TimelineEntry entry = maker.add(u"run.finished"_s, u"restart"_s, {{u"run"_s, u"r1"_s}, {u"exit"_s, 0}});
    entry.at += 123'456'789ns;
    entry.atEnd = entry.at + 1ns;
    entry.recorded = {
        entry.at + 5s, u"Europe/Berlin+01:00"_s, u"b\"o\\ot\n"_s, Nanoseconds(83'112'345'678'901)};
    entry.timeSource = TimeSource::Backend;
    entry.skewMs = -1500;
    entry.body = Untrusted(u"line one\nline \u202e two ✓ \"quoted\", \"body\": null"_s);
    entry.refs = {{EntryRef::Kind::Url, Untrusted(u"https://x/?a=\"b\""_s)}};
    entry.starred = true;
    entry.confidence = Confidence::Reported;
    entry.supersedes = EntryId{testUuid(77)};
    return entry;
}

std::vector<JournalLine> chainOf(int length)
{
    EntryMaker maker;
    std::vector<JournalLine> lines;
    QByteArray prev = noHash();
    for (int i = 0; i < length; ++i) {
        lines.push_back(
            *encodeLine(maker.wait(1).add(u"note.text"_s, QString::number(i)), prev, "0123456789abcdef"));
        prev = lines.back().hash;
    }
    return lines;
}

QByteArray joined(const std::vector<JournalLine> &lines)
{
    QByteArray bytes;
    for (const JournalLine &line : lines)
        bytes += line.bytes + '\n';
    return bytes;
}

} // namespace

/// Lines, their hashes, their chains.
class TestEntryCodec : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void everythingReadsBack()
    {
        for (const TimelineEntry &entry :
            {fullEntry(), EntryMaker().add(u"future.kind"_s), TimelineEntry{}}) {
            const auto line = encodeLine(entry, noHash(), QByteArray(16, 'x'));
            QVERIFY(line);
            QVERIFY(!line->bytes.contains('\n'));
            const auto read = decodeLine(line->bytes);
            QVERIFY(read);
            QCOMPARE(read->entry, entry);
            QCOMPARE(*read, *line);
            QVERIFY(QJsonDocument::fromJson(line->bytes).isObject()); // any tool can read it
        }
    }

    /// The form is a file format: it does not change by accident.
    void theFormIsFixed()
    {
        EntryMaker maker;
        const TimelineEntry entry = maker.add(u"note.text"_s, u"hello"_s);
        const auto line = encodeLine(entry, noHash(), QByteArray(16, '\0'));
        const QByteArray expected =
            "{\"v\":1,\"id\":\"00000000-0000-7000-8000-000000011001\",\"inc\":\"00000000-0000-7000-8000-"
            "000000000001\",\"writer\":\"00000000-0000-7000-8000-0000a0000001\",\"seq\":1,\"hlc\":"
            "\"01a1ffe3d4000000\",\"at\":\"2026-11-21T12:00:00.000000000Z\",\"utc\":\"2026-11-21T12:00:00."
            "000000000Z\",\"tz\":\"UTC+00:00\",\"boot\":\"boot\",\"mono\":1,\"kind\":\"note.text\",\"prev\":"
            "\""
            + noHash() + "\",\"body_hash\":\"" + line->bodyHash + "\",\"hash\":\"" + line->hash
            + "\",\"body\":{\"actor\":{\"display\":\"Anna\",\"id\":\"anna\",\"type\":\"person\"},\"level\":"
              "\"timeline\",\"salt\":\"00000000000000000000000000000000\",\"title\":\"hello\"}}";
        QByteArray got = line->bytes;
        const QByteArray hlc = entry.hlc.toString().toLatin1();
        got.replace(hlc, "01a1ffe3d4000000");
        QCOMPARE(got, expected);
        QCOMPARE(line->hash, sha256(line->bytes.first(line->bytes.indexOf(",\"hash\":"))));
    }

    void everyChangedByteIsSeen()
    {
        const QByteArray bytes = encodeLine(fullEntry(), noHash(), QByteArray(16, 'x'))->bytes;
        for (qsizetype i = 0; i < bytes.size(); ++i) {
            QByteArray changed = bytes;
            changed[i] = char(changed[i] ^ 1);
            QVERIFY2(!decodeLine(changed), qPrintable(u"byte %1"_s.arg(i)));
            QVERIFY2(!decodeLine(bytes.first(i)), qPrintable(u"cut at %1"_s.arg(i)));
        }
        QVERIFY(!decodeLine(bytes + ' '));
        QVERIFY(!decodeLine(QByteArray()));
    }

    void redactionKeepsTheChain()
    {
        const JournalLine line = *encodeLine(fullEntry(), noHash(), QByteArray(16, 'x'));
        const QByteArray redacted = redactedLine(line.bytes);
        const auto read = decodeLine(redacted);
        QVERIFY(read);
        QVERIFY(read->entry.redacted);
        QCOMPARE(read->hash, line.hash);
        QCOMPARE(read->entry.id, line.entry.id);
        QVERIFY(read->entry.title.isEmpty());
        QVERIFY(!redacted.contains("line one"));
        QCOMPARE(redactedLine(redacted), redacted);
    }

    void tooLongIsRefused()
    {
        TimelineEntry entry = EntryMaker().add(u"note.text"_s);
        entry.body = Untrusted(QString(kLongestLine, u'x'));
        const auto line = encodeLine(entry, noHash(), {});
        QVERIFY(!line);
        QCOMPARE(line.error().kind, Error::Kind::TooLarge);
    }

    void hostileLines_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty object") << QByteArray("{}");
        QTest::newRow("deep") << QByteArray(100'000, '[');
        QTest::newRow("NUL") << QByteArray(100, '\0');
        QTest::newRow("not UTF-8") << QByteArray("{\"v\":1,\"id\":\"\xff\xfe\"}");
        QTest::newRow("open string") << QByteArray("{\"v\":1,\"id\":\"abc");
        QTest::newRow("backslash at the end") << QByteArray("{\"v\":1,\"id\":\"abc\\");
        QTest::newRow("huge number") << QByteArray(
            "{\"v\":1,\"id\":\"00000000-0000-7000-8000-000000011001\",\"inc\":"
            "\"00000000-0000-7000-8000-000000000001\",\"writer\":\"00000000-"
            "0000-7000-8000-0000a0000001\",\"seq\":99999999999999999999999");
    }
    void hostileLines()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(!decodeLine(bytes));
        const JournalScan scan = scanJournal(bytes + '\n' + bytes);
        QVERIFY(scan.lines.empty());
    }

    void journalsAreScanned()
    {
        const std::vector<JournalLine> lines = chainOf(5);
        const QByteArray bytes = joined(lines);
        QCOMPARE(scanJournal(bytes).lines, lines);
        QVERIFY(!scanJournal(bytes).tornAt);
        const qint64 lastAt = bytes.size() - lines.back().bytes.size() - 1;
        for (qint64 length = lastAt + 1; length < bytes.size(); ++length) {
            const JournalScan torn = scanJournal(bytes.first(length));
            QCOMPARE(torn.lines.size(), 4u);
            QCOMPARE(torn.tornAt, lastAt);
        }
        QByteArray damaged = bytes;
        damaged[lines[0].bytes.size() + 30] = '?';
        const JournalScan scan = scanJournal(damaged);
        QCOMPARE(scan.lines.size(), 4u);
        QCOMPARE(scan.bad.size(), 1u);
        QVERIFY(!scan.tornAt);
    }

    void chainsTellWhatIsMissing()
    {
        const std::vector<JournalLine> lines = chainOf(6);
        QVERIFY(checkChains(lines).isWhole());
        std::vector<JournalLine> shuffled{
            lines[3], lines[0], lines[5], lines[1], lines[4], lines[2], lines[3]};
        QVERIFY(checkChains(shuffled).isWhole());
        for (size_t i = 0; i + 1 < lines.size(); ++i) {
            std::vector<JournalLine> without = lines;
            without.erase(without.begin() + qptrdiff(i));
            const ChainReport report = checkChains(without);
            QCOMPARE(report.gaps.size(), 1u);
            QCOMPARE(report.gaps[0].first, i + 1);
            QCOMPARE(report.gaps[0].last, i + 1);
        }
        // A tail that is cut leaves a whole, shorter chain: only a witness of its head tells.
        const std::vector<JournalLine> cut(lines.begin(), lines.end() - 1);
        QVERIFY(checkChains(cut).isWhole());
        QVERIFY(checkChains(cut).heads != checkChains(lines).heads);
        // One line in the middle written anew, with good hashes of its own.
        std::vector<JournalLine> forged = lines;
        TimelineEntry other = lines[2].entry;
        other.title = Untrusted(u"never happened"_s);
        forged[2] = *encodeLine(other, lines[1].hash, "0123456789abcdef");
        QVERIFY(!checkChains(forged).isWhole());
        // Two lines of one number.
        std::vector<JournalLine> twice = lines;
        twice.push_back(*encodeLine(other, lines[1].hash, "0123456789abcdef"));
        twice.back().entry.id = EntryId{testUuid(4242)};
        QVERIFY(!checkChains(twice).isWhole());
    }
};

QTEST_GUILESS_MAIN(TestEntryCodec)
#include "tst_entrycodec.moc"
