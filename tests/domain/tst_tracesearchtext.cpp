// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracesearchtext.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

class TestTraceSearchText : public QObject
{
    Q_OBJECT
private slots:
    void reads()
    {
        const auto search = parseTraceSearch(u"error service:\"my shop\" operation:GET >250ms <2s limit:7 "
                                             u"http.route=/pay a=\"x y\" url=http://h:1/");
        QVERIFY(search);
        QVERIFY(search->errorsOnly);
        QCOMPARE(search->service, u"my shop"_s);
        QCOMPARE(search->operation, u"GET"_s);
        QVERIFY(search->minDuration == 250ms && search->maxDuration == 2s);
        QCOMPARE(search->limit, 7);
        QCOMPARE(search->attributes,
            (QMap<QString, QString>{
                {u"http.route"_s, u"/pay"_s}, {u"a"_s, u"x y"_s}, {u"url"_s, u"http://h:1/"_s}}));
        QVERIFY(search->traceql.isEmpty());
    }
    void nothingIsEverything() { QCOMPARE(*parseTraceSearch(u"  "), TraceSearch()); }
    void traceql()
    {
        const auto search = parseTraceSearch(u" { status = error && span.a = \"b\" } ");
        QVERIFY(search);
        QCOMPARE(search->traceql, u"{ status = error && span.a = \"b\" }"_s);
        QVERIFY(!search->errorsOnly);
    }
    void refuses_data()
    {
        QTest::addColumn<QString>("named");
        QTest::newRow("failed") << u"failed"_s;
        QTest::newRow(">soon") << u"soon"_s;
        QTest::newRow("limit:0") << u"limit:0"_s;
        QTest::newRow("limit:many") << u"limit:many"_s;
        QTest::newRow("service:\"open") << u"not closed"_s;
        QTest::newRow(">2s <1s") << u"above"_s;
        QTest::newRow("=x") << u"=x"_s;
    }
    void refuses()
    {
        QFETCH(QString, named);
        const auto search = parseTraceSearch(QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(!search);
        QVERIFY2(search.error().message.contains(named), qPrintable(search.error().message));
    }
    void durations_data()
    {
        QTest::addColumn<qint64>("ns");
        QTest::newRow("80us") << 80'000LL;
        QTest::newRow("1.5us") << 1'500LL;
        QTest::newRow("12ns") << 12LL;
        QTest::newRow("250ms") << 250'000'000LL;
        QTest::newRow("1m30s") << 90'000'000'000LL;
        QTest::newRow("-1s") << -1LL;
        QTest::newRow("1e30us") << -1LL;
        QTest::newRow("us") << -1LL;
    }
    void durations()
    {
        QFETCH(qint64, ns);
        const auto duration = parseSpanDuration(QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(duration ? qint64(duration->count()) : -1, ns);
    }
};

QTEST_GUILESS_MAIN(TestTraceSearchText)
#include "tst_tracesearchtext.moc"
