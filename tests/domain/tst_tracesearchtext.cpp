// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracefilter.h>
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
    void quotedTermsComeBack_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"plain", "two words", "SELECT \"users\"", "C:\\x\\", "-x", ">1s", "a=b", ""})
            QTest::newRow(*text ? text : "empty") << QString::fromLatin1(text);
    }
    void quotedTermsComeBack()
    {
        QFETCH(QString, text);
        const auto search = parseTraceSearch(u"service:"_s + quotedTerm(text) + u" k="_s + quotedTerm(text));
        QVERIFY(search);
        QCOMPARE(search->service, text);
        QCOMPARE(search->attributes.value(u"k"_s), text);
        const auto filter = TraceFilter::parse(u"k="_s + quotedTerm(text));
        if (text.isEmpty())
            return;
        QVERIFY(filter);
        QCOMPARE(filter->terms().size(), size_t(1));
        QCOMPARE(filter->terms().front().text, text);
    }
    void durationsComeBack_data()
    {
        QTest::addColumn<qint64>("ns");
        for (const qint64 ns :
            {0LL, 1LL, 999LL, 1'000LL, 250'000LL, 2'500'000LL, 1'000'000LL, 90'000'000'000LL})
            QTest::addRow("%lld ns", ns) << ns;
    }
    void durationsComeBack()
    {
        QFETCH(qint64, ns);
        const auto back = parseSpanDuration(spanDurationText(Nanoseconds(ns)));
        QVERIFY(back);
        QCOMPARE(qint64(back->count()), ns);
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
