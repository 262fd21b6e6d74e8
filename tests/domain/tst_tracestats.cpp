// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracestats.h>

#include <support/tracetext.h>

#include <QTest>

#include <numeric>

using namespace bw;
using namespace tracetext;

namespace {

QStringList words(const std::vector<SpanStats> &stats)
{
    QStringList out;
    const auto inMs = [](Nanoseconds t) { return QString::number(double(t.count()) / kMs); };
    for (const SpanStats &one : stats) {
        out += QStringList{verbatim(one.service), verbatim(one.operation), QString::number(int(one.kind)),
            QString::number(one.count), QString::number(one.errors), inMs(one.total), inMs(one.self),
            QString::number(one.selfShare), inMs(one.min), inMs(one.avg), inMs(one.p50), inMs(one.p95),
            inMs(one.max), QString::number(one.slowest)}
                   .join(u' ');
    }
    return out;
}

} // namespace

class TestTraceStats : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void selfTime_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<QList<int>>("expected");
        QTest::newRow("empty") << QString() << QList<int>{};
        QTest::newRow("alone") << u"a x 0..10"_s << QList<int>{10};
        QTest::newRow("two apart") << u"a x 0..100\n  a y 10..20\n  a z 30..50"_s << QList<int>{70, 10, 20};
        QTest::newRow("two that overlap count once")
            << u"a x 0..100\n  a y 10..40\n  a z 30..50"_s << QList<int>{60, 30, 20};
        QTest::newRow("one within the other")
            << u"a x 0..100\n  a y 10..60\n  a z 20..30\n  a w 50..70"_s << QList<int>{40, 50, 10, 20};
        QTest::newRow("two that touch")
            << u"a x 0..100\n  a y 10..20\n  a z 20..30"_s << QList<int>{80, 10, 10};
        QTest::newRow("begins before") << u"a x 10..100\n  a y 0..20"_s << QList<int>{80, 20};
        QTest::newRow("ends after") << u"a x 0..100\n  a y 90..200"_s << QList<int>{90, 110};
        QTest::newRow("longer at both ends") << u"a x 10..20\n  a y 0..100"_s << QList<int>{0, 100};
        QTest::newRow("wholly after") << u"a x 0..10\n  a y 20..30"_s << QList<int>{10, 10};
        QTest::newRow("wholly before") << u"a x 50..60\n  a y 20..30"_s << QList<int>{10, 10};
        QTest::newRow("grandchildren do not count")
            << u"a x 0..100\n  a y 10..20\n    a z 10..60"_s << QList<int>{90, 0, 50};
        QTest::newRow("without duration") << u"a x 0..0\n  a y 0..10\n    a z 5..5"_s << QList<int>{0, 10, 0};
    }
    void selfTime()
    {
        QFETCH(QString, drawing);
        QFETCH(QList<int>, expected);
        Drawing read = tracetext::read(drawing);
        QList<int> out;
        for (const Nanoseconds self : selfTimes(finished(read)))
            out += int(self.count() / kMs);
        QCOMPARE(out, expected);
    }

    /// Against counting every millisecond, and of a trace whose rows were moved about.
    void random()
    {
        for (quint32 seed = 1; seed <= 30; ++seed) {
            const Trace built = randomTrace(60, seed);
            auto columns = std::make_shared<Trace::Columns>(built.columns());
            for (size_t row = 1; row < columns->start.size(); row += 3)
                columns->start[row] = (columns->start[row] * 7) % (900 * kMs) / kMs * kMs;
            for (const Trace &trace : {built, Trace(columns)}) {
                const std::vector<Nanoseconds> self = selfTimes(trace);
                for (int row = 0; row < trace.size(); ++row) {
                    qint64 own = 0;
                    for (Nanoseconds t = trace.start(row); t < trace.end(row); t += ms(1)) {
                        bool isCovered = false;
                        trace.forChildren(row, [&](int child) {
                            isCovered = isCovered || (trace.start(child) <= t && t < trace.end(child));
                        });
                        own += isCovered ? 0 : kMs;
                    }
                    QCOMPARE(qint64(self[size_t(row)].count()), own);
                }
            }
        }
    }

    void groups()
    {
        const Trace trace = tracetext::trace("web page 0..100 server error\n"
                                             "  db get 10..20 client\n"
                                             "  db get 20..50 client error\n"
                                             "  db put 50..60 client\n"
                                             "  web log 60..70\n");
        // service operation kind count errors total self share min avg p50 p95 max slowest
        QCOMPARE(words(spanStats(trace, StatsBy::Service)),
            (QStringList{u"db  0 3 1 50 50 0.5 10 16.6667 10 30 30 2"_s,
                u"web  0 2 1 110 50 0.5 10 55 10 100 100 0"_s}));
        QCOMPARE(words(spanStats(trace, StatsBy::Operation)),
            (QStringList{u"db get 0 2 1 40 40 0.4 10 20 10 30 30 2"_s,
                u"web page 0 1 1 100 40 0.4 100 100 100 100 100 0"_s,
                u"db put 0 1 0 10 10 0.1 10 10 10 10 10 3"_s,
                u"web log 0 1 0 10 10 0.1 10 10 10 10 10 4"_s}));
        QCOMPARE(words(spanStats(trace, StatsBy::Kind)),
            (QStringList{u"  3 3 1 50 50 0.5 10 16.6667 10 30 30 2"_s,
                u"  2 1 1 100 40 0.4 100 100 100 100 100 0"_s, u"  0 1 0 10 10 0.1 10 10 10 10 10 4"_s}));
        QVERIFY(spanStats(Trace(), StatsBy::Service).empty());
        // No time at all: no share.
        QCOMPARE(spanStats(tracetext::trace("a x 0..0"), StatsBy::Kind).front().selfShare, 0.0);
    }

    void quantiles()
    {
        const Trace trace = wideTrace(1001);
        auto columns = std::make_shared<Trace::Columns>(trace.columns());
        for (size_t row = 1; row < columns->length.size(); ++row) {
            columns->length[row] = qint64((row * 7) % 1000 + 1); // 1 … 1000 ns, each once
            columns->operation[row] = columns->service[row];
        }
        const std::vector<SpanStats> stats = spanStats(Trace(columns), StatsBy::Operation);
        const auto all =
            std::find_if(stats.begin(), stats.end(), [](const SpanStats &one) { return one.count == 1000; });
        QVERIFY(all != stats.end());
        QCOMPARE(all->p50, Nanoseconds(500));
        QCOMPARE(all->p95, Nanoseconds(950));
        QCOMPARE(all->max, Nanoseconds(1000));
    }

    void top()
    {
        const std::vector<Nanoseconds> self{ms(5), ms(0), ms(9), ms(5), ms(1)};
        QCOMPARE(topSelfTimes(self, 3), (std::vector<int>{2, 0, 3}));
        QCOMPARE(topSelfTimes(self), (std::vector<int>{2, 0, 3, 4}));
        QVERIFY(topSelfTimes(self, 0).empty() && topSelfTimes(self, -1).empty() && topSelfTimes({}).empty());
    }

    void large()
    {
        const Trace wide = wideTrace(200'000), deep = deepTrace(100'000);
        QCOMPARE(spanStats(wide, StatsBy::Operation).front().count, 200'000);
        const std::vector<Nanoseconds> self = selfTimes(deep);
        QCOMPARE(self.front(), Nanoseconds(2));
        QCOMPARE(spanStats(deep, StatsBy::Service, self).front().self, Nanoseconds(200'000));
    }

    void sumsStayWithinBounds()
    {
        TraceBuilder builder;
        for (int i = 0; i < 16; ++i) {
            SpanRecord span;
            span.id = SpanId(i + 1);
            span.start = kZero;
            span.duration = (qint64(1) << 60) - 1;
            builder.add(span);
        }
        const SpanStats stats = spanStats(builder.finish({}, nullptr), StatsBy::Service).front();
        QCOMPARE(stats.total, Nanoseconds::max());
        QVERIFY(stats.avg.count() > 0 && stats.selfShare <= 1);
    }
};

QTEST_APPLESS_MAIN(TestTraceStats)
#include "tst_tracestats.moc"
