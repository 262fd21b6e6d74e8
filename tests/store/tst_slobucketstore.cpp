// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/history/slobucketstore.h>
#include <store/sqlite/dbthread.h>
#include <store/sqlite/filelock.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

HourBucket bucket(qint64 hour, double bad, double total, BucketState state = BucketState::Complete)
{
    return {hour, bad, total, state, fromUnixSeconds(double(hour) * 3600 + 4000)};
}

std::vector<KeptBuckets> read(SloBucketStore &store, const QStringList &slos, qint64 from)
{
    QObject receiver;
    std::optional<std::vector<KeptBuckets>> found;
    store.load(slos, from, &receiver, [&](const std::vector<KeptBuckets> &kept) { found = kept; });
    [&] { QTRY_VERIFY(found); }();
    return found.value_or(std::vector<KeptBuckets>{});
}

} // namespace

class TestSloBucketStore : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".*"_s));
        m_dir.emplace();
        QVERIFY(m_dir->isValid());
        m_path = m_dir->filePath(u"history.sqlite"_s);
    }

    void whatIsKeptComesBack()
    {
        const std::vector<KeptBuckets> kept{
            {u"a"_s, {}, "one",
                {bucket(100, 0.25, 7.5), bucket(101, 0, 0, BucketState::Missing),
                    bucket(102, 1, 2, BucketState::Partial)}},
            {u"a"_s, u"handler\x1f/x"_s, "one", {bucket(100, 1, 1)}},
            {u"a"_s, {}, "two", {bucket(100, 3, 4)}}, {u"b"_s, {}, "one", {bucket(100, 5, 6)}}};
        {
            DbThread thread;
            SloBucketStore store(m_path, thread);
            store.keep(kept);
        }
        DbThread thread;
        SloBucketStore store(m_path, thread);
        QCOMPARE(read(store, {u"a"_s, u"b"_s}, 0), kept);
        QCOMPARE(read(store, {u"b"_s}, 0).size(), size_t(1));
        QCOMPARE(read(store, {u"a"_s}, 101).size(), size_t(1)); // from that hour on
        QVERIFY(read(store, {u"unknown"_s}, 0).empty());
        QCOMPARE(QFile::permissions(m_path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        store.prune(101);
        QCOMPARE(read(store, {u"a"_s, u"b"_s}, 0),
            (std::vector<KeptBuckets>{{u"a"_s, {}, "one",
                {bucket(101, 0, 0, BucketState::Missing), bucket(102, 1, 2, BucketState::Partial)}}}));
        QVERIFY(store.problem().isEmpty());
    }

    void laterAnswersReplace_butNothingIsForgotten()
    {
        DbThread thread;
        SloBucketStore store(m_path, thread);
        store.keep({{u"a"_s, {}, "s",
            {bucket(1, 1, 10), bucket(2, 2, 20, BucketState::Partial),
                bucket(3, 0, 0, BucketState::Missing)}}});
        store.keep(
            {{u"a"_s, {}, "s", {bucket(1, 0, 0, BucketState::Missing), bucket(2, 3, 30), bucket(3, 4, 40)}}});
        HourBucket open = bucket(4, 9, 9);
        open.state = BucketState::Open;
        store.keep({{u"a"_s, {}, "s", {open}}});
        const auto kept = read(store, {u"a"_s}, 0);
        QCOMPARE(kept.size(), size_t(1));
        QCOMPARE(kept[0].buckets, (HourBuckets{bucket(1, 1, 10), bucket(2, 3, 30), bucket(3, 4, 40)}));
    }

    void aWorseAnswerDoesNotReplaceABetterOne()
    {
        DbThread thread;
        SloBucketStore store(m_path, thread);
        store.keep({{u"a"_s, {}, "s",
            {bucket(1, 1, 10), bucket(2, 2, 20, BucketState::Partial), bucket(3, 3, 30)}}});
        store.keep({{u"a"_s, {}, "s",
            {bucket(1, 0, 0, BucketState::Partial), bucket(2, 0, 0, BucketState::Missing),
                bucket(3, 0, 0, BucketState::Missing)}}});
        const auto kept = read(store, {u"a"_s}, 0);
        QCOMPARE(kept.size(), size_t(1));
        QCOMPARE(kept[0].buckets,
            (HourBuckets{bucket(1, 1, 10), bucket(2, 2, 20, BucketState::Partial), bucket(3, 3, 30)}));
    }

    void damagedFilesAreSetAside()
    {
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("no database at all, but long enough to be looked at ").repeated(100));
        file.close();
        DbThread thread;
        SloBucketStore store(m_path, thread);
        store.keep({{u"a"_s, {}, "s", {bucket(1, 1, 10)}}});
        QCOMPARE(read(store, {u"a"_s}, 0).size(), size_t(1));
        QVERIFY(store.problem().contains(u"damaged"_s));
        QCOMPARE(QDir(m_dir->path()).entryList({u"*.damaged-*"_s}).size(), 1);
    }

    void aPlaceThatCannotBeWritten()
    {
        QFile file(m_dir->filePath(u"file"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        DbThread thread;
        SloBucketStore store(m_dir->filePath(u"file/history.sqlite"_s), thread);
        store.keep({{u"a"_s, {}, "s", {bucket(1, 1, 10)}}});
        QVERIFY(read(store, {u"a"_s}, 0).empty());
        QVERIFY(!store.problem().isEmpty());
    }

    /// A place that could not be written once can be written later: nothing handed over meanwhile is lost.
    void troubleAtFirstIsNotForGood()
    {
        DbThread thread;
        SloBucketStore store(m_dir->filePath(u"place/history.sqlite"_s), thread, 0ms);
        QFile file(m_dir->filePath(u"place"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        store.keep({{u"a"_s, {}, "s", {bucket(1, 1, 10)}}});
        store.flush();
        QVERIFY(!store.problem().isEmpty());
        QVERIFY(file.remove());
        store.keep({{u"a"_s, {}, "s", {bucket(2, 2, 20)}}});
        const auto kept = read(store, {u"a"_s}, 0);
        QCOMPARE(kept.size(), size_t(1));
        QCOMPARE(kept[0].buckets, (HourBuckets{bucket(1, 1, 10), bucket(2, 2, 20)}));
        QVERIFY2(store.problem().isEmpty(), qPrintable(store.problem()));
    }

    /// Two processes have a file each open, and a lock each of their own. The second one reads, and writes
    /// once the first has ended.
    void oneWrites_othersRead()
    {
        DbThread thread;
        auto window = std::make_unique<SloBucketStore>(m_path, thread, 0ms);
        window->keep({{u"a"_s, {}, "s", {bucket(1, 1, 10)}}});
        window->flush();
        SloBucketStore command(m_path, thread, 0ms);
        QCOMPARE(read(command, {u"a"_s}, 0).size(), size_t(1));
        command.keep({{u"a"_s, {}, "s", {bucket(2, 2, 20)}}});
        command.prune(1000);
        command.flush();
        QCOMPARE(read(*window, {u"a"_s}, 0)[0].buckets, HourBuckets{bucket(1, 1, 10)});
        QVERIFY(command.problem().isEmpty()); // the window keeps its own hours
        window->keep({{u"a"_s, {}, "s", {bucket(3, 3, 30)}}});
        window->flush();
        QCOMPARE(read(command, {u"a"_s}, 0)[0].buckets, (HourBuckets{bucket(1, 1, 10), bucket(3, 3, 30)}));
        window.reset();
        command.keep({{u"b"_s, {}, "s", {bucket(4, 4, 40)}}});
        QCOMPARE(read(command, {u"a"_s}, 0)[0].buckets,
            (HourBuckets{bucket(1, 1, 10), bucket(2, 2, 20), bucket(3, 3, 30)}));
        QCOMPARE(read(command, {u"b"_s}, 0).size(), size_t(1));
    }

    /// Renaming a file that another process writes would take its next hours away with it.
    void onlyTheWriterSetsAside()
    {
        DbThread thread;
        const auto lock = FileLock::tryTake(m_path);
        QVERIFY(lock && *lock);
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("no database at all, but long enough to be looked at ").repeated(100));
        file.close();
        SloBucketStore store(m_path, thread, 0ms);
        store.keep({{u"a"_s, {}, "s", {bucket(1, 1, 10)}}});
        QVERIFY(read(store, {u"a"_s}, 0).empty());
        QVERIFY(!store.problem().isEmpty());
        QVERIFY(QDir(m_dir->path()).entryList({u"*.damaged-*"_s}).isEmpty());
    }

    void missingFoldersAreMade()
    {
        DbThread thread;
        SloBucketStore store(m_dir->filePath(u"new/one/history.sqlite"_s), thread);
        store.keep({{u"a"_s, {}, "s", {bucket(1, 1, 10)}}});
        QCOMPARE(read(store, {u"a"_s}, 0).size(), size_t(1));
        QCOMPARE(QFile::permissions(m_dir->filePath(u"new/one"_s)) & (QFile::ReadGroup | QFile::ReadOther),
            QFile::Permissions());
    }

    void nobodyIsCalledWhoIsGone()
    {
        DbThread thread;
        SloBucketStore store(m_path, thread);
        auto receiver = std::make_unique<QObject>();
        bool called = false;
        store.load({u"a"_s}, 0, receiver.get(), [&](const auto &) { called = true; });
        receiver.reset();
        store.flush();
        QCoreApplication::processEvents();
        QVERIFY(!called);
    }

private:
    std::optional<QTemporaryDir> m_dir;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestSloBucketStore)
#include "tst_slobucketstore.moc"
