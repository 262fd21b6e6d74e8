// SPDX-License-Identifier: GPL-3.0-or-later
#include <support/tracetext.h>

#include <QTest>

using namespace bw;
using namespace tracetext;

class TestTrace : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void ids_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("128 bits") << u"0AF7651916cd43dd8448eb211c80319c"_s
                                  << u"0af7651916cd43dd8448eb211c80319c"_s;
        QTest::newRow("64 bits") << u"8448eb211c80319c"_s << u"8448eb211c80319c"_s;
        QTest::newRow("padded to 128") << u"00000000000000008448eb211c80319c"_s << u"8448eb211c80319c"_s;
        QTest::newRow("leading zeros")
            << u"00f7651916cd43dd8448eb211c80319c"_s << u"00f7651916cd43dd8448eb211c80319c"_s;
        QTest::newRow("short") << u"1"_s << u"0000000000000001"_s;
        QTest::newRow("zero") << u"0000"_s << QString();
        QTest::newRow("too long") << QString(33, u'1') << QString();
        QTest::newRow("no digit") << u"12x4"_s << QString();
        QTest::newRow("empty") << QString() << QString();
    }
    void ids()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const std::optional<TraceId> id = TraceId::fromHex(text);
        QCOMPARE(id ? id->toHex() : QString(), expected);
    }

    void spanIds()
    {
        QCOMPARE(spanIdToHex(0xab), u"00000000000000ab"_s);
        QCOMPARE(spanIdToHex(~SpanId(0)), u"ffffffffffffffff"_s);
    }

    void findsInSpanBeforeResource()
    {
        const SpanDetail detail =
            read(u"a x 0..1 k=span resource.k=resource resource.only=there"_s).details->all.front();
        QCOMPARE(verbatim(*detail.find(u"k")), u"span"_s);
        QCOMPARE(verbatim(*detail.find(u"only")), u"there"_s);
        QCOMPARE(detail.find(u"K"), nullptr);
    }

    void nothingWithoutDetails()
    {
        const Trace trace = deepTrace(2);
        QVERIFY(trace.detail(1) == SpanDetail());
        QVERIFY(!trace.mayMention(1, "x"));
        QVERIFY(Trace(nullptr).isEmpty());
    }

    /// Columns and names, and what the details say they hold.
    void bytes()
    {
        const Trace small = deepTrace(10), large = deepTrace(10'000);
        const qint64 each = (large.bytes() - small.bytes()) / 9990;
        QVERIFY2(each > 50 && each < 100, qPrintable(QString::number(each)));
    }

    void children()
    {
        const Trace trace =
            tracetext::trace("a x 0..9\n  a y 1..2\n    a z 1..2\n  a w 3..4\na other 20..30");
        std::vector<int> rows;
        trace.forChildren(0, [&](int row) { rows.push_back(row); });
        QCOMPARE(rows, (std::vector<int>{1, 3}));
        QVERIFY(trace.hasChildren(1) && !trace.hasChildren(3));
        QCOMPARE(trace.subtreeEnd(0), 4);
        QCOMPARE(trace.rowOf(trace.spanId(3)), 3);
        QCOMPARE(trace.rowOf(12345), -1);
    }
};

QTEST_APPLESS_MAIN(TestTrace)
#include "tst_trace.moc"
