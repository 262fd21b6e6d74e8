// SPDX-License-Identifier: GPL-3.0-or-later
#include "sampleresults.h"

#include <store/cache/lastgoodstore.h>
#include <store/cache/resultcodec.h>
#include <store/sqlite/dbthread.h>
#include <support/fakeclock.h>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sqlite3.h>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestLastGoodStore : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void survivesTheProgram();
    void makingOneTouchesNoFile();
    void newestOfAQuestionWins();
    void queuedIsFoundToo();
    void leastRecentlyKeptGoes();
    void oneHugeAnswerIsNotKept();
    void damagedFilesAreReplaced_data();
    void damagedFilesAreReplaced();
    void damagedRowsAreLeftOut();
    void unwritablePlacesAreHarmless();
    void deadReceiversHearNothing();
    void nothingWithoutData();
    void agesAreTrue_data();
    void agesAreTrue();

private:
    QString path() const { return m_dir->filePath(u"cache.sqlite"_s); }
    /// Asks a store and waits for the answer on this thread.
    static std::vector<QueryResult> fetched(LastGoodStore &store, std::vector<QuerySpec> specs);
    void write(const QByteArray &bytes) const;

    std::unique_ptr<QTemporaryDir> m_dir;
    FakeClock m_clock;
};

namespace {

QueryResult sized(int number, int samples)
{
    MetricData data;
    data.shape = MetricData::Shape::Matrix;
    data.series = {sample::series(u"s"_s, size_t(samples), true)};
    return sample::result({{u"p"_s}, RangeQuery{u"q%1"_s.arg(number), {}, 15s}}, std::move(data));
}

} // namespace

void TestLastGoodStore::init() { m_dir = std::make_unique<QTemporaryDir>(); }

std::vector<QueryResult> TestLastGoodStore::fetched(LastGoodStore &store, std::vector<QuerySpec> specs)
{
    std::vector<QueryResult> found;
    bool called = false;
    const QThread *here = QThread::currentThread();
    store.fetch(std::move(specs), nullptr, [&](const std::vector<QueryResult> &results) {
        if (QThread::currentThread() != here)
            qFatal("called back on another thread");
        found = results;
        called = true;
    });
    if (called)
        qFatal("called back from inside fetch()");
    if (!QTest::qWaitFor([&] { return called; }, 10'000))
        qFatal("never called back");
    return found;
}

void TestLastGoodStore::write(const QByteArray &bytes) const
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

void TestLastGoodStore::survivesTheProgram()
{
    const auto all = sample::all();
    std::vector<QuerySpec> specs{{{u"other"_s}, AlertsQuery{}}};
    {
        DbThread thread;
        LastGoodStore store(path(), thread, m_clock);
        for (const QueryResult &result : all) {
            store.keep(result);
            specs.push_back(result.spec);
        }
    }
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    // Asked for another stretch of time, the question is still the same.
    std::get<RangeQuery>(specs[1].body).range = {sample::at(5), sample::at(6)};
    const auto found = fetched(store, specs);
    QCOMPARE(found.size(), all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        QCOMPARE(found[i].spec, all[i].spec);
        QCOMPARE(encodeResult(found[i]), encodeResult(all[i]));
        QCOMPARE(found[i].freshness.state, Freshness::State::Stale);
        QCOMPARE(found[i].fetchedAt, all[i].fetchedAt);
    }
    QCOMPARE(store.problem(), QString());
}

void TestLastGoodStore::makingOneTouchesNoFile()
{
    DbThread thread;
    {
        LastGoodStore store(path(), thread, m_clock);
        thread.runAndWait(DbThread::Kind::Bulk, [] {});
        QVERIFY(!QFileInfo::exists(path()));
    }
    QVERIFY(!QFileInfo::exists(path()));
}

void TestLastGoodStore::newestOfAQuestionWins()
{
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    store.keep(sized(1, 5));
    store.keep(sized(1, 6));
    store.flush();
    store.keep(sized(1, 7));
    store.keep(sized(1, 8));
    store.flush();
    const auto found = fetched(store, {sized(1, 0).spec});
    QCOMPARE(found.size(), size_t(1));
    QCOMPARE(dataAs<MetricData>(found[0])->series[0].times.size(), size_t(8));
}

void TestLastGoodStore::queuedIsFoundToo()
{
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock, {.writeEvery = 1h});
    QueryResult kept = sized(1, 5);
    kept.skew = 3s;
    store.keep(kept);
    const auto found = fetched(store, {kept.spec});
    QCOMPARE(found.size(), size_t(1));
    QCOMPARE(found[0].freshness.state, Freshness::State::Stale);
    QVERIFY(!QFileInfo::exists(path()));
}

void TestLastGoodStore::leastRecentlyKeptGoes()
{
    const qint64 each = encodeResult(sized(0, 100)).size();
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock, {.maxBytes = each * 5});
    for (int i = 0; i < 8; ++i) {
        store.keep(sized(i, 100));
        store.flush();
        if (i == 5) {
            // Kept again: now it is among the newest.
            store.keep(sized(2, 100));
            store.flush();
        }
    }
    std::vector<QuerySpec> specs;
    for (int i = 0; i < 8; ++i)
        specs.push_back(sized(i, 0).spec);
    QStringList left;
    for (const QueryResult &result : fetched(store, specs))
        left.push_back(std::get<RangeQuery>(result.spec.body).expression);
    QCOMPARE(left, (QStringList{u"q2"_s, u"q4"_s, u"q5"_s, u"q6"_s, u"q7"_s}));
}

void TestLastGoodStore::oneHugeAnswerIsNotKept()
{
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock, {.maxBytes = 40'000});
    store.keep(sized(1, 100));
    store.keep(sized(2, 2000));
    store.flush();
    QCOMPARE(fetched(store, {sized(1, 0).spec, sized(2, 0).spec}).size(), size_t(1));
}

void TestLastGoodStore::damagedFilesAreReplaced_data()
{
    QTest::addColumn<int>("damage");
    QTest::newRow("text") << 0;
    QTest::newRow("empty") << 1;
    QTest::newRow("half of it") << 2;
    QTest::newRow("pages overwritten") << 3;
    QTest::newRow("newer format") << 4;
    QTest::newRow("other tables") << 5;
}

void TestLastGoodStore::damagedFilesAreReplaced()
{
    QFETCH(int, damage);
    {
        DbThread thread;
        LastGoodStore store(path(), thread, m_clock);
        for (int i = 0; i < 50; ++i)
            store.keep(sized(i, 200));
    }
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray bytes = file.readAll();
    file.close();
    const auto inside = [this](const char *sql) {
        sqlite3 *handle = nullptr;
        QCOMPARE(sqlite3_open(path().toUtf8().constData(), &handle), SQLITE_OK);
        QCOMPARE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(handle);
    };
    switch (damage) {
    case 0:
        write(QByteArray("not a database at all, just text\n").repeated(1000));
        break;
    case 1:
        write({});
        break;
    case 2:
        write(bytes.first(bytes.size() / 2));
        break;
    case 3:
        for (qsizetype at = 4096; at < bytes.size(); at += 64)
            bytes.replace(at, 32, QByteArray(32, '\xA5'));
        write(bytes);
        break;
    case 4:
        inside("PRAGMA user_version = 99");
        break;
    default:
        inside("DROP TABLE answers; CREATE TABLE answers(x INTEGER)");
    }
    std::vector<QuerySpec> specs;
    for (int i = 0; i < 50; ++i)
        specs.push_back(sized(i, 0).spec);
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    // Whatever is still readable is right; then the cache works again.
    for (const QueryResult &result : fetched(store, specs))
        QCOMPARE(dataAs<MetricData>(result)->series.at(0).times.size(), size_t(200));
    for (int i = 0; i < 50; ++i)
        store.keep(sized(i, 10));
    store.flush();
    store.keep(sized(50, 10));
    store.flush();
    specs.push_back(sized(50, 0).spec);
    QVERIFY(!fetched(store, {specs.back()}).empty());
}

void TestLastGoodStore::damagedRowsAreLeftOut()
{
    {
        DbThread thread;
        LastGoodStore store(path(), thread, m_clock);
        store.keep(sized(1, 5));
    }
    sqlite3 *handle = nullptr;
    QCOMPARE(sqlite3_open(path().toUtf8().constData(), &handle), SQLITE_OK);
    QCOMPARE(sqlite3_exec(handle, "UPDATE answers SET body = substr(body, 1, 20)", nullptr, nullptr, nullptr),
        SQLITE_OK);
    sqlite3_close(handle);
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    QVERIFY(fetched(store, {sized(1, 0).spec}).empty());
    store.keep(sized(1, 6));
    store.flush();
    QCOMPARE(fetched(store, {sized(1, 0).spec}).size(), size_t(1));
}

void TestLastGoodStore::unwritablePlacesAreHarmless()
{
    DbThread thread;
    QFile plain(m_dir->filePath(u"file"_s)); // no folder, whoever runs the test
    QVERIFY(plain.open(QIODevice::WriteOnly));
    LastGoodStore store(m_dir->filePath(u"file/folder/cache.sqlite"_s), thread, m_clock);
    store.keep(sized(1, 5));
    store.flush();
    QVERIFY(fetched(store, {sized(1, 0).spec}).empty());
    QVERIFY(!store.problem().isEmpty());
}

void TestLastGoodStore::deadReceiversHearNothing()
{
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    auto receiver = std::make_unique<QObject>();
    bool called = false;
    store.fetch({sized(1, 0).spec}, receiver.get(), [&](const auto &) { called = true; });
    receiver.reset();
    // A later question is answered after the earlier one.
    QVERIFY(fetched(store, {}).empty());
    QVERIFY(!called);
}

void TestLastGoodStore::nothingWithoutData()
{
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    QueryResult failed = sized(1, 5);
    failed.data.reset();
    store.keep(failed);
    store.flush();
    QVERIFY(fetched(store, {failed.spec}).empty());
}

void TestLastGoodStore::agesAreTrue_data()
{
    QTest::addColumn<std::chrono::seconds>("before");
    QTest::addColumn<std::chrono::seconds>("age");
    QTest::newRow("a minute ago") << 60s << 60s;
    QTest::newRow("before this boot, an hour ago") << std::chrono::seconds(72h) << std::chrono::seconds(72h);
    QTest::newRow("dated in the future") << -30s << 0s;
}

void TestLastGoodStore::agesAreTrue()
{
    QFETCH(std::chrono::seconds, before);
    QFETCH(std::chrono::seconds, age);
    DbThread thread;
    LastGoodStore store(path(), thread, m_clock);
    QueryResult kept = sized(1, 3);
    kept.fetchedAt = m_clock.utcNow() - before;
    store.keep(kept);
    const auto found = fetched(store, {kept.spec});
    QCOMPARE(found.size(), size_t(1));
    QVERIFY(found[0].freshness.lastGood);
    QVERIFY(m_clock.bootNow() - *found[0].freshness.lastGood == age);
}

QTEST_GUILESS_MAIN(TestLastGoodStore)
#include "tst_lastgoodstore.moc"
