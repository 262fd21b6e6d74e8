// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/querycost.h>

#include <QRegularExpression>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Narrow spaces stand before units.
QString plain(QString text) { return text.replace(QChar(0x202f), u' '); }

} // namespace

class TestQueryCost : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void asksTheSameForFigures()
    {
        const QuerySpec instant{{u"p"_s}, InstantQuery{u"up"_s, Timestamp(1s)}};
        const QuerySpec range{{u"p"_s}, RangeQuery{u"up"_s, {Timestamp(0s), Timestamp(60s)}, 15s}};
        for (const QuerySpec &spec : {instant, range}) {
            const auto wanted = withStats(spec);
            QVERIFY(wanted);
            QVERIFY(!(*wanted == spec));
            // Another answer: neither one flight nor one cache entry with the usual question.
            QVERIFY(keyOf(*wanted) != keyOf(spec));
            QVERIFY(identityOf(*wanted) != identityOf(spec));
            QCOMPARE(describe(*wanted), describe(spec));
        }
        QVERIFY(!withStats({{u"p"_s}, LabelQuery{}}));
        QVERIFY(!withStats({{u"p"_s}, OwnDataQuery{u"alerts"_s, std::nullopt}}));
    }

    void words_data()
    {
        QTest::addColumn<QueryCost>("cost");
        QTest::addColumn<QString>("text");
        QueryCost prometheus;
        prometheus.totalSamples = 12'345;
        prometheus.peakSamples = 317;
        prometheus.total = 12ms;
        prometheus.queue = 0ns;
        QTest::newRow("prometheus")
            << prometheus << u"12,345 samples read, at most 317 at once, 12 ms in all, 0 s queued"_s;
        QueryCost victoria;
        victoria.seriesFetched = 2;
        victoria.total = 5ms;
        QTest::newRow("victoriametrics") << victoria << u"2 series fetched, 5 ms in all"_s;
    }
    void words()
    {
        QFETCH(QueryCost, cost);
        QTEST(plain(costText(cost)), "text");
        QCOMPARE(costText(std::nullopt), u"server reports no figures"_s);
    }

    void ourSide()
    {
        MetricData data;
        Series series;
        series.times.resize(3);
        series.values.resize(3);
        data.series = {series, series};
        QueryResult result;
        result.data = std::make_shared<const QueryData>(std::move(data));
        result.bytes = 1200;
        result.took = 25ms;
        const QString text = plain(answerText(result));
        QVERIFY2(text.startsWith(u"2 series, 6 samples, 1.17 KiB"_s), qPrintable(text));
        QVERIFY2(text.endsWith(u"25 ms from question to answer"_s), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(TestQueryCost)
#include "tst_querycost.moc"
