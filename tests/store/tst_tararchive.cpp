// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/incidents/tararchive.h>

#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

std::vector<ArchiveFile> sample()
{
    return {{u"journal.jsonl"_s, "{}\n"}, {u"blobs/ab"_s, QByteArray(1000, 'x')}, {u"empty"_s, {}}};
}

QString problemOf(const QByteArray &tar)
{
    const auto read = readTar(tar);
    return read ? QString() : read.error().message;
}

/// A tar of one file with one field of its header changed, and the checksum right again.
QByteArray altered(qsizetype at, const QByteArray &field)
{
    QByteArray tar = *writeTar({{u"a"_s, "content"}}, 0);
    tar.replace(at, field.size(), field);
    tar.replace(148, 8, "        ");
    qint64 sum = 0;
    for (qsizetype i = 0; i < 512; ++i)
        sum += uchar(tar.at(i));
    return tar.replace(148, 8, QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2));
}

} // namespace

class TestTarArchive : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void roundTrip()
    {
        const auto tar = writeTar(sample(), 1'795'262'400);
        QVERIFY(tar);
        auto read = readTar(*tar);
        QVERIFY(read);
        QCOMPARE(read->size(), size_t(3));
        QCOMPARE(read->front().name, u"blobs/ab"_s); // sorted
        auto files = sample();
        std::reverse(files.begin(), files.end());
        QCOMPARE(*writeTar(files, 1'795'262'400), *tar);
        const auto packed = compressed(*tar);
        QVERIFY(packed && packed->size() < tar->size());
        QCOMPARE(*decompressed(*packed), *tar);
        QCOMPARE(*compressed(*tar), *packed);
    }

    void standardToolsOpenIt()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(u"x.bwi"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(*compressed(*writeTar(sample(), 1'795'262'400)));
        file.close();
        QProcess tar;
        tar.start(u"tar"_s, {u"--numeric-owner"_s, u"-tvf"_s, file.fileName(), u"--zstd"_s});
        QVERIFY(tar.waitForFinished());
        const QByteArray listed = tar.readAllStandardOutput();
        QVERIFY2(tar.exitCode() == 0 && listed.contains("-rw-r--r-- 0/0") && listed.contains("journal.jsonl"),
            listed + tar.readAllStandardError());
    }

    void namesThatAreNone()
    {
        for (const char *name : {"", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a b", "a\\b", "a\nb"})
            QVERIFY2(!writeTar({{QString::fromLatin1(name), {}}}, 0), name);
        QVERIFY(!writeTar({{QString(101, u'a'), {}}}, 0));
        QVERIFY(!writeTar({{u"a"_s, {}}, {u"a"_s, {}}}, 0));
    }

    void hostileArchives_data()
    {
        QTest::addColumn<QByteArray>("tar");
        QTest::addColumn<QString>("problem");
        const QByteArray whole = *writeTar(sample(), 0);
        QTest::newRow("no tar") << QByteArray("hello") << u"checksum"_s;
        QTest::newRow("nothing") << QByteArray() << u"no end"_s;
        QTest::newRow("cut in a file") << whole.left(512 + 600) << u"cut"_s;
        QTest::newRow("cut before the end") << whole.left(512 + 1024) << u"no end"_s;
        QByteArray flipped = whole;
        flipped[3] = char(flipped.at(3) ^ 1);
        QTest::newRow("flipped name") << flipped << u"checksum"_s;
        QTest::newRow("path up") << altered(0, "../../../etc/x") << u"name"_s;
        QTest::newRow("absolute") << altered(0, "/etc/x") << u"name"_s;
        QTest::newRow("prefix") << altered(345, "up") << u"name"_s;
        QTest::newRow("symbolic link") << altered(156, "2") << u"no regular file"_s;
        QTest::newRow("hard link") << altered(156, "1") << u"no regular file"_s;
        QTest::newRow("device") << altered(156, "4") << u"no regular file"_s;
        QTest::newRow("huge") << altered(124, "77777777777") << u"cut"_s;
        QTest::newRow("negative") << altered(124, "-0000000001") << u"checksum"_s;
        QTest::newRow("twice") << (*writeTar({{u"a"_s, "1"}}, 0)).left(1024) + *writeTar({{u"a"_s, "2"}}, 0)
                               << u"twice"_s;
    }
    void hostileArchives()
    {
        QFETCH(QByteArray, tar);
        QFETCH(QString, problem);
        QVERIFY2(problemOf(tar).contains(problem), qPrintable(problemOf(tar)));
    }

    void bombsAndDamage()
    {
        const QByteArray packed = *compressed(QByteArray(8 << 20, '\0'));
        const auto cut = decompressed(packed, 1 << 20);
        QVERIFY(!cut && cut.error().kind == Error::Kind::TooLarge);
        QVERIFY(!decompressed("no zstd at all"));
        QVERIFY(!decompressed(packed.left(packed.size() - 1)));
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        const QByteArray whole = *compressed(*writeTar(sample(), 0));
        for (int round = 0; round < 500; ++round) {
            QByteArray damaged = whole;
            const qsizetype at = random.bounded(int(damaged.size()));
            damaged[at] = char(damaged.at(at) ^ (1 + random.bounded(255)));
            const auto out = decompressed(damaged, 64 << 20);
            // The frame's checksum: what comes through is what went in.
            QVERIFY2(!out || *out == *writeTar(sample(), 0), qPrintable(u"seed %1"_s.arg(seed)));
        }
    }
};

QTEST_APPLESS_MAIN(TestTarArchive)
#include "tst_tararchive.moc"
