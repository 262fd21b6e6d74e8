// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/incidentdocument.h>
#include <domain/incidents/import/incidentimport.h>

#include <support/hostiletext.h>
#include <support/incidentrecords.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

/// "time author: title" for each entry, then "line N: why" for each unread line.
QStringList told(const QByteArray &bytes, const QString &format, const TimelineImportOptions &options)
{
    const auto preview = previewImport(bytes, format, options);
    if (!preview)
        return {preview.error().message};
    QStringList out;
    for (const TimelineEntry &entry : preview->entries)
        out << isoUtc(entry.at) + u' ' + verbatim(entry.actor.display) + u": "_s + verbatim(entry.title);
    for (const ImportPreview::Unread &line : preview->unread)
        out << u"line %1: %2"_s.arg(line.line).arg(line.why);
    return out;
}

TimelineImportOptions berlin() { return {QTimeZone("Europe/Berlin"), QDate(2026, 5, 1), {}}; }

} // namespace

class TestIncidentImport : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("csv, no header")
            << QByteArray("2026-05-01 14:02,pool full\n2026-05-01T12:03:00Z,\"a, \"\"b\"\"\"\n") << u"csv"_s
            << QStringList{u"2026-05-01T12:02:00Z : pool full"_s, u"2026-05-01T12:03:00Z : a, \"b\""_s};
        QTest::newRow("csv, header") << QByteArray(
            "Author,Time,Message\r\nAnna,1777636920,x\r\nBob,never,y\r\nEve,1777636921000,\r\n")
                                     << QString()
                                     << QStringList{u"2026-05-01T12:02:00Z Anna: x"_s,
                                            u"line 3: \"never\" is no time"_s, u"line 4: no text"_s};
        QTest::newRow("csv, open quote")
            << QByteArray("time,text\n2026-05-01 14:02,\"never closed\n") << QString()
            << QStringList{u"line 2: a quote that is never closed"_s};
        QTest::newRow("csv, a quote inside a cell")
            << QByteArray("time,text\n2026-05-01 14:02,replaced the 5\" disk\n2026-05-01 14:03,next\n")
            << QString()
            << QStringList{
                   u"2026-05-01T12:02:00Z : replaced the 5\" disk"_s, u"2026-05-01T12:03:00Z : next"_s};
        QTest::newRow("csv, one column")
            << QByteArray("time\n") << u"csv"_s << QStringList{u"line 1: \"time\" is no time"_s};
        QTest::newRow("empty") << QByteArray() << u"csv"_s << QStringList();
        QTest::newRow("chat") << QByteArray(
            "[23:58] anna: first\nmore\n[00:02] bob: second\nrubbish without time stays with it\n")
                              << QString()
                              << QStringList{u"2026-05-01T21:58:00Z anna: first"_s,
                                     u"2026-05-01T22:02:00Z bob: second"_s};
        QTest::newRow("chat, dates") << QByteArray("hello\n--- Friday, May 1st, 2026 ---\nAnna Schmidt  "
                                                   "10:42 AM\nit is slow\n2026-05-02\n13:00:05 <bob>: done\n")
                                     << u"chat"_s
                                     << QStringList{u"2026-05-01T08:42:00Z Anna Schmidt: it is slow"_s,
                                            u"2026-05-02T11:00:05Z bob: done"_s,
                                            u"line 1: no time and name before it"_s};
        QTest::newRow("chat, text that ends in a time")
            << QByteArray("[10:42] anna: slow\nthe errors began at 08:10\n[10:43] bob: seen\n") << QString()
            << QStringList{u"2026-05-01T08:42:00Z anna: slow"_s, u"2026-05-01T08:43:00Z bob: seen"_s};
        QTest::newRow("chat, the same below names")
            << QByteArray("Anna  10:42 AM\nthe errors began at 08:10\nthen at 08:20\nBob  10:43 AM\nseen\n")
            << u"chat"_s
            << QStringList{u"2026-05-01T08:42:00Z Anna: the errors began at 08:10"_s,
                   u"2026-05-01T08:43:00Z Bob: seen"_s};
        QTest::newRow("chat, no such time")
            << QByteArray("[25:00] a: b\n") << u"chat"_s << QStringList{u"line 1: no time of a day"_s};
        QTest::newRow("json lines") << QByteArray(
            "{\"at\":\"2026-05-01T12:00:00Z\",\"title\":\"t\",\"actor\":{\"name\":\"Anna\"}}\n{broken\n{"
            "\"at\":\"x\"}\n{\"at\":\"2026-05-01T12:00:00Z\"}\n")
                                    << QString()
                                    << QStringList{u"2026-05-01T12:00:00Z Anna: t"_s,
                                           u"line 2: no JSON object: unterminated object"_s,
                                           u"line 3: \"x\" is no time"_s, u"line 4: no text"_s};
        QTest::newRow("unknown format") << QByteArray("x") << u"xml"_s
                                        << QStringList{u"what can be imported is bundle, json, csv, chat"_s};
        QTest::newRow("binary") << QByteArray("\0\1\2", 3) << QString()
                                << QStringList{u"what can be imported is bundle, json, csv, chat"_s};
    }
    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, format);
        QFETCH(QStringList, expected);
        QStringList actual = told(bytes, format, berlin());
        // The parser's own words for a broken line are not ours to fix.
        for (QString &line : actual)
            line.replace(
                QRegularExpression(u"no JSON object: .*"_s), u"no JSON object: unterminated object"_s);
        QCOMPARE(actual, expected);
    }

    /// By mistake into one incident, then into the right one: two entries, not one that is "there already".
    void eachIncidentHasItsOwnEntries()
    {
        TimelineImportOptions one = berlin(), two = berlin();
        EntryMaker other(7, 7);
        one.incident = other.add(u"incident.declared"_s).incident;
        const auto first = previewImport("[10:42] a: b\n", u"chat"_s, one);
        const auto again = previewImport("[10:42] a: b\n", u"chat"_s, one);
        const auto second = previewImport("[10:42] a: b\n", u"chat"_s, two);
        QVERIFY(first && again && second);
        QCOMPARE(first->entries[0].id, again->entries[0].id);
        QVERIFY(first->entries[0].id != second->entries[0].id);
    }

    void chatNeedsADate()
    {
        QCOMPARE(told("[10:42] a: b\n", u"chat"_s, {}), QStringList{u"line 1: which day? name a date"_s});
    }

    void importedEntriesSayWhereTheyCameFrom()
    {
        const auto preview = previewImport("[10:42] anna: one\ntwo\n", {}, berlin());
        QVERIFY(preview && preview->entries.size() == 1);
        const TimelineEntry &entry = preview->entries.front();
        QCOMPARE(entry.kind, u"chat.imported"_s);
        QCOMPARE(entry.timeSource, TimeSource::Import);
        QCOMPARE(entry.confidence, Confidence::Reported);
        QCOMPARE(entry.actor.type, Actor::Type::Import);
        QCOMPARE(entry.actor.id.size(), 64);
        QCOMPARE(verbatim(entry.body), u"one\ntwo"_s);
        QCOMPARE(entry.id.uuid.milliseconds(), toUnixMs(entry.at));
        // Twice the same file gives the same ids, another file others.
        QCOMPARE(previewImport("[10:42] anna: one\ntwo\n", {}, berlin())->entries, preview->entries);
        QVERIFY(previewImport("[10:42] anna: one\ntwo!\n", {}, berlin())->entries.front().id != entry.id);
    }

    void importDoesNotAct()
    {
        const auto preview = previewImport(
            "{\"at\":\"2026-05-01T12:00:00Z\",\"title\":\"t\",\"kind\":\"incident.closed\"}", u"json"_s, {});
        QCOMPARE(preview->entries.front().kind, u"note.text"_s);
        QCOMPARE(preview->entries.front().data.value("imported_kind"_L1).toString(), u"incident.closed"_s);
    }

    /// What we write we read.
    void exportsComeBack()
    {
        const RedactedRecord redacted = redact(sampleRecord(), {});
        for (const QByteArray &bytes : {timelineCsv(redacted), jsonLines(redacted), jsonDocument(redacted)}) {
            const auto preview = previewImport(bytes, {}, {});
            QVERIFY(preview);
            // Entries without title and text, such as a hypothesis ruled out, say nothing to a reader.
            QVERIFY(preview->entries.size() + preview->unread.size() == redacted.record.entries.size());
            QVERIFY(preview->entries.size() >= redacted.record.entries.size() - 2);
            QCOMPARE(preview->entries.front().at, redacted.record.entries.front().entry.at);
        }
        for (const QString &text : hostileStrings()) {
            EntryMaker maker;
            maker.add(u"note.text"_s, text);
            const auto preview = previewImport(timelineCsv(redact(recordOf(maker), {})), u"csv"_s, {});
            QVERIFY2(preview && preview->entries.size() == 1, qPrintable(text));
        }
    }

    void moments_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("rfc") << u"2026-05-01T14:02:11.5+02:00"_s << u"2026-05-01T12:02:11.500Z"_s;
        QTest::newRow("local") << u" 2026-05-01 14:02 "_s << u"2026-05-01T12:02:00Z"_s;
        QTest::newRow("utc") << u"2026-05-01 14:02:03.25 UTC"_s << u"2026-05-01T14:02:03.250Z"_s;
        QTest::newRow("seconds") << u"1777636920"_s << u"2026-05-01T12:02:00Z"_s;
        QTest::newRow("milliseconds") << u"1777636920123"_s << u"2026-05-01T12:02:00.123Z"_s;
        for (const char *bad : {"", "14:02", "2026-13-01 00:00", "2026-02-30 00:00", "2026-05-01 24:01",
                 "yesterday", "99999999999999"})
            QTest::newRow(bad) << QString::fromLatin1(bad) << QString();
    }
    void moments()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto moment = momentFrom(text, QTimeZone("Europe/Berlin"));
        QCOMPARE(moment ? isoUtc(*moment) : QString(), expected);
    }

    void anyBytesEnd()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        const QByteArray alphabet("{}[]\",:\n\r\t 0123456789T-Zatime,text\0\xff\x80'=", 39);
        for (int round = 0; round < 3000; ++round) {
            QByteArray bytes;
            for (int i = 0, n = random.bounded(200); i < n; ++i)
                bytes += alphabet.at(random.bounded(int(alphabet.size())));
            for (const ImportFormat &format : importFormats())
                QVERIFY2(previewImport(bytes, QString::fromLatin1(format.id), berlin()).has_value(),
                    qPrintable(u"seed %1"_s.arg(seed)));
        }
    }
};

QTEST_APPLESS_MAIN(TestIncidentImport)
#include "tst_incidentimport.moc"
