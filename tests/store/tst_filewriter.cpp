// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/filewriter.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
}

} // namespace

class TestFileWriter : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void aFileIsReplacedWhole()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"a"_s);
        QVERIFY(writeWhole(path, "one"));
        QVERIFY(!writeWholeBy(path, [](QIODevice &file) {
            file.write("half");
            return false;
        }));
        QCOMPARE(contentOf(path), "one");
        const auto refused = writeWhole(folder.filePath(u"absent/a"_s), "x");
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Storage);
        QVERIFY(refused.error().message.contains(u"absent/a"_s));
        QVERIFY(!writeWhole(folder.path(), "x")); // a folder
    }

    void aPipeStaysAPipe()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"pipe"_s);
        QCOMPARE(mkfifo(path.toLocal8Bit().constData(), 0600), 0);
        const int end = open(path.toLocal8Bit().constData(), O_RDONLY | O_NONBLOCK);
        QVERIFY(end >= 0);
        QVERIFY(writeWhole(path, "through"));
        char heard[16] = {};
        QCOMPARE(read(end, heard, sizeof heard), ssize_t(7));
        QCOMPARE(QByteArray(heard), "through");
        close(end);
        struct stat now = {};
        QCOMPARE(stat(path.toLocal8Bit().constData(), &now), 0);
        QVERIFY(S_ISFIFO(now.st_mode));
    }

    void whatWasThereIsAskedForAndKept()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"profiles/own.yaml"_s);
        auto replaced = replaceKept(path, "mine\n", false);
        QVERIFY(replaced);
        QCOMPARE(replaced->outcome, Replaced::Outcome::Written);
        QCOMPARE(replaced->backup, QString());
        replaced = replaceKept(path, "mine\n", false); // the same: nobody has to be asked
        QVERIFY(replaced && replaced->outcome == Replaced::Outcome::Written);

        replaced = replaceKept(path, "other\n", false);
        QVERIFY(replaced);
        QCOMPARE(replaced->outcome, Replaced::Outcome::AsksOverwrite);
        QCOMPARE(contentOf(path), "mine\n");
        replaced = replaceKept(path, "other\n", true);
        QVERIFY(replaced);
        QCOMPARE(replaced->backup, path + u".backup"_s);
        QCOMPARE(contentOf(path), "other\n");
        QCOMPARE(contentOf(replaced->backup), "mine\n");
        replaced = replaceKept(path, "third\n", true);
        QVERIFY(replaced);
        QCOMPARE(contentOf(replaced->backup), "other\n");
        QCOMPARE(contentOf(path + u".backup"_s), "mine\n");
        QVERIFY(!replaceKept(path + u"/below"_s, "x", true)); // a file is no folder
    }
};

QTEST_APPLESS_MAIN(TestFileWriter)
#include "tst_filewriter.moc"
