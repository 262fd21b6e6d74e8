// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/sqlite/migrations.h>

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr const char *kFirst[] = {"CREATE TABLE a(x INTEGER) STRICT", "INSERT INTO a VALUES(1)"};
constexpr const char *kSecond[] = {"CREATE TABLE b(y INTEGER) STRICT", "INSERT INTO b SELECT x + 1 FROM a"};
constexpr const char *kBroken[] = {"CREATE TABLE c(z INTEGER) STRICT", "INSERT INTO nowhere VALUES(1)"};
constexpr Migration kOld[] = {{1, kFirst}};
constexpr Migration kBoth[] = {{1, kFirst}, {2, kSecond}};
constexpr Migration kBad[] = {{1, kFirst}, {2, kBroken}};

} // namespace

class TestMigrations : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void stepsRunOnceAndInOrder()
    {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(u"x.sqlite"_s), DatabaseRole::Record);
        QVERIFY(database);
        int backups = 0;
        const auto backup = [&backups]() -> Result<> {
            ++backups;
            return {};
        };
        QCOMPARE(*schemaState(*database, kOld), SchemaState::Older);
        QVERIFY(migrate(*database, kOld, backup));
        QCOMPARE(backups, 0); // nothing was there to be lost
        QCOMPARE(*schemaState(*database, kOld), SchemaState::Current);
        QCOMPARE(*schemaState(*database, kBoth), SchemaState::Older);
        QVERIFY(migrate(*database, kBoth, backup));
        QCOMPARE(backups, 1);
        QCOMPARE(*database->number("SELECT y FROM b"), 2);
        QVERIFY(migrate(*database, kBoth, backup));
        QCOMPARE(*database->number("SELECT count(*) FROM b"), 1);
        QCOMPARE(backups, 1);
    }

    void aFailedStepLeavesTheOldVersion()
    {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(u"x.sqlite"_s), DatabaseRole::Record);
        QVERIFY(database);
        QVERIFY(migrate(*database, kOld, [] { return Result<>{}; }));
        QVERIFY(!migrate(*database, kBad, [] { return Result<>{}; }));
        QCOMPARE(*database->number("PRAGMA user_version"), 1);
        QCOMPARE(*database->number("SELECT count(*) FROM sqlite_schema WHERE name = 'c'"), 0);
    }

    void withoutABackupNothingIsChanged()
    {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(u"x.sqlite"_s), DatabaseRole::Record);
        QVERIFY(database);
        QVERIFY(migrate(*database, kOld, [] { return Result<>{}; }));
        QVERIFY(!migrate(*database, kBoth, [] { return Result<>(fail(Error::Kind::Storage, u"full"_s)); }));
        QCOMPARE(*database->number("PRAGMA user_version"), 1);
    }

    void newerIsRefused()
    {
        QTemporaryDir folder;
        auto database = Database::open(folder.filePath(u"x.sqlite"_s), DatabaseRole::Record);
        QVERIFY(database);
        QVERIFY(database->execute("PRAGMA user_version = 9"));
        QCOMPARE(*schemaState(*database, kBoth), SchemaState::Newer);
        const auto refused = migrate(*database, kBoth, [] { return Result<>{}; });
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::Refused);
    }
};

QTEST_GUILESS_MAIN(TestMigrations)
#include "tst_migrations.moc"
