// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/deploywatch.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <support/fakeexecutor.h>

using namespace bw;
using namespace bw::test;
using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

class TestDeployWatch : public QObject
{
    Q_OBJECT

private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void fileIsFollowed();
    void fileThatWasReplaced();
    void unreadableFile();
    void longFileReadsItsEnd();
    void rolloutBecomesAnItem();
    void failedSourceKeepsWhatWasKnown();
    void aSourceThatHasNotAnsweredIsNotCounted();

private:
    static QByteArray line(const char *service, const char *time = "2026-11-21T14:02:11Z")
    {
        return QByteArray("{\"time\": \"") + time + "\", \"service\": \"" + service
            + "\", \"version\": \"1.4.2\"}\n";
    }
    static void append(
        const QString &path, const QByteArray &text, QIODevice::OpenMode mode = QIODevice::Append)
    {
        QFile file(path);
        QVERIFY(file.open(mode));
        file.write(text);
    }
    static MetricData vectorOf(const Labels &labels, Timestamp at, double value)
    {
        Series series;
        series.labels = labels;
        series.times.push_back(toNs(at));
        series.values.push_back(value);
        return {MetricData::Shape::Vector, {series}, {}, 0, 0};
    }
};

void TestDeployWatch::fileIsFollowed()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"deploys.jsonl"_s);
    append(path, line("checkout") + "no json\n" + line("search") + "{\"time\": ");
    DeployFile file(path);
    DeployFile::Read read = file.readNew();
    QCOMPARE(read.events.size(), size_t(2));
    QCOMPARE(read.events[0].owner, u"checkout"_s);
    QCOMPARE(read.badLines, 1);
    QVERIFY(!read.problem.isEmpty());
    QVERIFY(!read.restarted);
    QVERIFY(file.readNew().events.empty());
    append(path, "\"2026-11-21T15:00:00Z\", \"service\": \"cart\", \"version\": \"2\"}\n");
    read = file.readNew();
    QCOMPARE(read.events.size(), size_t(1)); // the half line became a whole one
    QCOMPARE(read.events[0].owner, u"cart"_s);
}

void TestDeployWatch::fileThatWasReplaced()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"deploys.jsonl"_s);
    append(path, line("checkout") + line("search"));
    DeployFile file(path);
    QCOMPARE(file.readNew().events.size(), size_t(2));
    append(path, line("cart"), QIODevice::WriteOnly | QIODevice::Truncate);
    const DeployFile::Read cut = file.readNew();
    QVERIFY(cut.restarted);
    QCOMPARE(cut.events.size(), size_t(1));
    append(folder.filePath(u"new"_s), line("a") + line("b") + line("c"));
    QVERIFY(QFile::remove(path));
    QVERIFY(QFile::rename(folder.filePath(u"new"_s), path));
    const DeployFile::Read rotated = file.readNew();
    QVERIFY(rotated.restarted);
    QCOMPARE(rotated.events.size(), size_t(3));
}

void TestDeployWatch::unreadableFile()
{
    DeployFile file(u"/no/such/folder/deploys.jsonl"_s);
    const DeployFile::Read read = file.readNew();
    QVERIFY(read.events.empty());
    QVERIFY(read.problem.contains(u"/no/such/folder"_s));
}

void TestDeployWatch::longFileReadsItsEnd()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"deploys.jsonl"_s);
    QByteArray text;
    while (text.size() < 5 << 20)
        text += line("old");
    append(path, text + line("newest"));
    DeployFile file(path);
    const DeployFile::Read read = file.readNew();
    QCOMPARE(read.badLines, 0); // the line that was cut in two is not counted
    QCOMPARE(read.events.back().owner, u"newest"_s);
}

void TestDeployWatch::rolloutBecomesAnItem()
{
    FakeExecutor executor;
    FakeClock clock;
    SourceBoard sources;
    OwnBoard board(clock, sources);
    QThreadPool pool;
    DeployWatch watch(executor, clock, board, pool);
    watch.setSources({{u"prom"_s}});
    const auto labels = Labels::fromPairs({{Untrusted(u"namespace"_s), Untrusted(u"shop"_s)},
        {Untrusted(u"owner_name"_s), Untrusted(u"checkout"_s)},
        {Untrusted(u"bw_sign"_s), Untrusted(u"rollout"_s)}});
    const double created = double(toUnixMs(clock.utc - 10min)) / 1000;
    QCOMPARE(executor.asked.size(), size_t(2));
    for (size_t i = 0; i < executor.asked.size(); ++i) {
        const auto *instant = std::get_if<InstantQuery>(&executor.asked[i].spec.body);
        const bool isRollout = instant && instant->expression.contains(u"kube_replicaset_created"_s);
        executor.answer(i, isRollout ? vectorOf(labels, clock.utc, created) : MetricData{}, clock.utc);
    }
    const auto current = [&] { return board.current({u"deploys"_s, std::nullopt}); };
    QTRY_COMPARE(current().freshness.state, Freshness::State::Fresh); // answers are read on the pool
    const QueryResult result = current();
    const auto *items = dataAs<OwnItems>(result);
    QVERIFY(items);
    QCOMPARE(items->items.size(), size_t(1));
    QCOMPARE(items->items[0].kind, u"rollout"_s);
    QCOMPARE(toUnixMs(items->items[0].at), toUnixMs(clock.utc - 10min));
    QCOMPARE(items->items[0].labels.text(u"service"), u"checkout"_s);
    // A range that does not hold it: none, not unknown.
    const QueryResult before = board.current({u"deploys"_s, TimeRange{clock.utc - 3h, clock.utc - 1h}});
    QCOMPARE(before.freshness.state, Freshness::State::Empty);
}

void TestDeployWatch::failedSourceKeepsWhatWasKnown()
{
    FakeExecutor executor;
    FakeClock clock;
    SourceBoard sources;
    OwnBoard board(clock, sources);
    QThreadPool pool;
    DeployWatch watch(executor, clock, board, pool);
    watch.setSources({{u"prom"_s}});
    const auto labels = Labels::fromPairs({{Untrusted(u"owner_name"_s), Untrusted(u"checkout"_s)},
        {Untrusted(u"bw_sign"_s), Untrusted(u"rollout"_s)}});
    for (size_t i = 0; i < 2; ++i)
        executor.answer(
            i, vectorOf(labels, clock.utc, double(toUnixMs(clock.utc - 10min)) / 1000), clock.utc);
    QTRY_COMPARE(board.current({u"deploys"_s, std::nullopt}).freshness.state, Freshness::State::Fresh);
    const size_t known = dataAs<OwnItems>(board.current({u"deploys"_s, std::nullopt}))->items.size();
    QVERIFY(known > 0);
    watch.refresh();
    for (size_t i = 2; i < 4; ++i)
        executor.refuse(i, Error::Kind::Network);
    const QueryResult result = board.current({u"deploys"_s, std::nullopt});
    QCOMPARE(result.freshness.state, Freshness::State::Stale);
    QCOMPARE(dataAs<OwnItems>(result)->items.size(), known);
}

void TestDeployWatch::aSourceThatHasNotAnsweredIsNotCounted()
{
    FakeExecutor executor;
    FakeClock clock;
    SourceBoard sources;
    OwnBoard board(clock, sources);
    QThreadPool pool;
    DeployWatch watch(executor, clock, board, pool);
    watch.setSources({{u"quick"_s}, {u"slow"_s}});
    QCOMPARE(executor.asked.size(), size_t(4));
    for (size_t i = 0; i < 2; ++i)
        executor.answer(i, MetricData{}, clock.utc);
    const auto current = [&] { return board.current({u"deploys"_s, std::nullopt}); };
    QTRY_COMPARE(current().freshness.state, Freshness::State::Partial);
    QCOMPARE(current().freshness.answered, 2);
    QCOMPARE(current().freshness.asked, 4);
    for (size_t i = 2; i < 4; ++i)
        executor.answer(i, MetricData{}, clock.utc);
    QTRY_COMPARE(current().freshness.answered, 4);
    QCOMPARE(current().freshness.state, Freshness::State::Empty);
}

QTEST_GUILESS_MAIN(TestDeployWatch)
#include "tst_deploywatch.moc"
