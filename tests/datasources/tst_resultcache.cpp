// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/resultcache.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {
const BootTime kStart{1h};
QueryResult sized(qint64 bytes)
{
    QueryResult out;
    out.bytes = bytes;
    return out;
}
} // namespace

/// Young answers, bounded by bytes.
class TestResultCache : public QObject
{
    Q_OBJECT
private slots:
    void ages();
    void replaces();
    void dropsTheLeastUsed();
    void noGiants();
    void howOld_data();
    void howOld();
};

void TestResultCache::ages()
{
    ResultCache cache;
    cache.keep("a", sized(10), kStart);
    QVERIFY(cache.find("a", kStart + 5s, 5s));
    QVERIFY(!cache.find("a", kStart + 6s, 5s));
    QVERIFY(!cache.find("b", kStart, 5s));
    cache.clear();
    QVERIFY(!cache.find("a", kStart, 5s));
    QCOMPARE(cache.bytes(), 0);
}

void TestResultCache::replaces()
{
    ResultCache cache;
    cache.keep("a", sized(1000), kStart);
    const qint64 before = cache.bytes();
    cache.keep("a", sized(10), kStart + 1s);
    QCOMPARE(cache.bytes(), before - 990);
    QCOMPARE(cache.find("a", kStart + 1s, 0s)->bytes, 10);
}

void TestResultCache::dropsTheLeastUsed()
{
    ResultCache cache(50'000);
    for (const char *key : {"a", "b", "c", "d"})
        cache.keep(key, sized(10'000), kStart);
    QVERIFY(cache.find("a", kStart, 1s)); // used: the oldest is b now
    cache.keep("e", sized(10'000), kStart);
    QVERIFY(cache.bytes() <= 50'000);
    QVERIFY(cache.find("a", kStart, 1s) && cache.find("e", kStart, 1s));
    QVERIFY(!cache.find("b", kStart, 1s));
}

void TestResultCache::noGiants()
{
    ResultCache cache(50'000);
    cache.keep("a", sized(100), kStart);
    cache.keep("giant", sized(20'000), kStart);
    QVERIFY(!cache.find("giant", kStart, 1s));
    QVERIFY(cache.find("a", kStart, 1s));
}

void TestResultCache::howOld_data()
{
    QTest::addColumn<int>("query");
    QTest::addColumn<int>("seconds");
    QTest::newRow("range, short step") << 0 << 5;
    QTest::newRow("range, long step") << 1 << 7;
    QTest::newRow("instant") << 2 << 7;
    QTest::newRow("alerts") << 3 << 7;
    QTest::newRow("labels") << 4 << 600;
    QTest::newRow("rules") << 5 << 600;
}

void TestResultCache::howOld()
{
    QFETCH(int, query);
    QFETCH(int, seconds);
    const QueryBody bodies[] = {RangeQuery{{}, {}, 10s}, RangeQuery{{}, {}, 1h}, InstantQuery{},
        AlertsQuery{}, LabelQuery{}, RulesQuery{}};
    const QuerySpec spec{{u"p"_s}, bodies[query]};
    QCOMPARE(std::chrono::floor<std::chrono::seconds>(cacheAge(spec, 15s, 600s)).count(), seconds);
    QCOMPARE(cacheAge(spec, 15s, 0s).count(), 0); // zero always asks the server
}

QTEST_APPLESS_MAIN(TestResultCache)
#include "tst_resultcache.moc"
