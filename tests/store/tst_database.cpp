// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/database.h>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestDatabase : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void rolesDecideTheJournal();
    void valuesComeBack();
    void rollsBackUnlessCommitted();
    void errorsCarryTheCode();
    void foreignFilesAreDamaged();
    void aFolderIsNotDamaged();
    void isPrivateAndDefensive();

private:
    Database opened(DatabaseRole role = DatabaseRole::Cache)
    {
        auto database = Database::open(m_dir->filePath(u"x.sqlite"_s), role);
        if (!database)
            qFatal("%s", qPrintable(database.error().message));
        return std::move(*database);
    }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestDatabase::init() { m_dir = std::make_unique<QTemporaryDir>(); }

void TestDatabase::rolesDecideTheJournal()
{
    const auto mode = [](Database &database) {
        auto statement = database.prepare("PRAGMA journal_mode");
        return statement && statement->step().value_or(false) ? statement->text(0) : QString();
    };
    {
        Database cache = opened();
        QCOMPARE(mode(cache), u"wal"_s);
        QCOMPARE(cache.number("PRAGMA synchronous").value_or(-1), 1);
    }
    m_dir = std::make_unique<QTemporaryDir>();
    Database record = opened(DatabaseRole::Record);
    QCOMPARE(mode(record), u"truncate"_s);
    QCOMPARE(record.number("PRAGMA synchronous").value_or(-1), 3);
    QCOMPARE(record.number("PRAGMA recursive_triggers").value_or(-1), 1);
}

void TestDatabase::valuesComeBack()
{
    Database database = opened();
    QVERIFY(database.execute("CREATE TABLE t(a INTEGER, b BLOB, c TEXT) STRICT"));
    auto insert = database.prepare("INSERT INTO t VALUES(?, ?, ?)");
    QVERIFY(insert);
    const QByteArray blob("\0\xff\1", 3);
    QVERIFY(insert->bind(1, qint64(1) << 60).bind(2, blob).bind(3, u"été"_s).run());
    QVERIFY(insert->bind(1, -1).bind(2, QByteArray()).bind(3, QString()).run());
    auto select = database.prepare("SELECT a, b, c FROM t ORDER BY a DESC");
    QVERIFY(select);
    QVERIFY(select->step().value_or(false));
    QCOMPARE(select->integer(0), qint64(1) << 60);
    QCOMPARE(select->blob(1), blob);
    QCOMPARE(select->text(2), u"été"_s);
    QVERIFY(select->step().value_or(false));
    QVERIFY(!select->step().value_or(true));
    QCOMPARE(database.number("SELECT count(*) FROM t").value_or(-1), 2);
}

void TestDatabase::rollsBackUnlessCommitted()
{
    Database database = opened();
    QVERIFY(database.execute("CREATE TABLE t(a INTEGER) STRICT"));
    {
        auto transaction = Transaction::begin(database);
        QVERIFY(transaction);
        QVERIFY(database.execute("INSERT INTO t VALUES(1)"));
    }
    QCOMPARE(database.number("SELECT count(*) FROM t").value_or(-1), 0);
    {
        auto transaction = Transaction::begin(database);
        QVERIFY(transaction);
        QVERIFY(database.execute("INSERT INTO t VALUES(1)"));
        QVERIFY(transaction->commit());
    }
    QCOMPARE(database.number("SELECT count(*) FROM t").value_or(-1), 1);
}

void TestDatabase::errorsCarryTheCode()
{
    Database database = opened();
    QVERIFY(database.execute("CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT; INSERT INTO t VALUES(1)"));
    const auto twice = database.execute("INSERT INTO t VALUES(1)");
    QVERIFY(!twice);
    QCOMPARE(twice.error().kind, Error::Kind::Storage);
    QCOMPARE(twice.error().code, 1555); // SQLITE_CONSTRAINT_PRIMARYKEY
    QVERIFY(!Database::isDamaged(twice.error()));
    QVERIFY(!database.prepare("SELECT nothing FROM t"));
    auto insert = database.prepare("INSERT INTO t VALUES(?)");
    QVERIFY(insert);
    QVERIFY(!insert->bind(1, 5).bind(2, 6).run());
    QVERIFY(insert->bind(1, 5).run());
}

void TestDatabase::foreignFilesAreDamaged()
{
    const QString path = m_dir->filePath(u"x.sqlite"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("this is no database, not at all\n").repeated(300));
    file.close();
    const auto database = Database::open(path, DatabaseRole::Cache);
    QVERIFY(!database);
    QVERIFY(Database::isDamaged(database.error()));
}

void TestDatabase::aFolderIsNotDamaged()
{
    const auto database = Database::open(m_dir->path(), DatabaseRole::Cache);
    QVERIFY(!database);
    QVERIFY(!Database::isDamaged(database.error()));
}

void TestDatabase::isPrivateAndDefensive()
{
    Database database = opened();
    QVERIFY(database.execute("CREATE TABLE t(a INTEGER) STRICT"));
    const auto mode = QFileInfo(m_dir->filePath(u"x.sqlite"_s)).permissions();
    QVERIFY(!(mode & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)));
    // Defensive mode refuses what could damage the file from inside.
    QVERIFY(database.execute("PRAGMA writable_schema=ON"));
    QVERIFY(!database.execute("UPDATE sqlite_schema SET sql = 'x'"));
    QCOMPARE(database.number("PRAGMA trusted_schema").value_or(-1), 0);
    QVERIFY(!database.execute("SELECT load_extension('x')"));
}

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_database.moc"
