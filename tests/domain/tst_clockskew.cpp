// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/clockskew.h>
#include <domain/traces/criticalpath.h>
#include <domain/traces/flame.h>
#include <domain/traces/siblinggroups.h>
#include <domain/traces/tracestats.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

using namespace bw;
using namespace tracetext;

class TestClockSkew : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void shapes_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<QList<int>>("shifts"); ///< ms
        QTest::addColumn<QStringList>("expected"); ///< afterwards
        const auto add = [](const char *name, const char *drawing, const QList<int> &shifts,
                             const char *expected) {
            QTest::newRow(name) << QString::fromUtf8(drawing) << shifts
                                << QString::fromUtf8(expected).split(u'\n', Qt::SkipEmptyParts);
        };
        add("empty", "", {}, "");
        add("nothing odd", "a x 0..100\n  b y 10..20\n    b z 12..15", {0, 0, 0},
            "a x 0..100\n  b y 10..20\n    b z 12..15");
        add("too early: centred, with its own children",
            "a x 100..200\n  b y 0..40\n    b z 5..10\n  a w 110..120", {0, 130, 130, 0},
            "a x 100..200\n  b y 130..170\n    b z 135..140\n  a w 110..120");
        add("too late: centred", "a x 0..100\n  b y 300..340", {0, -270}, "a x 0..100\n  b y 30..70");
        add("out at the end though shorter: centred", "a x 0..100\n  b y 70..130", {0, -50},
            "a x 0..100\n  b y 20..80");
        add("longer and too early: begins with its parent", "a x 100..200\n  b y 0..150", {0, 100},
            "a x 100..200\n  b y 100..250 outlives");
        add("longer, but begins within: nothing odd", "a x 0..100\n  b y 50..250", {0, 0},
            "a x 0..100\n  b y 50..250 outlives");
        add("of the same service: nothing odd", "a x 100..200\n  a y 0..40", {0, 0},
            "a x 100..200\n  a y 0..40");
        add("the next service moves along when it fits its caller",
            "a x 100..200\n  b y 0..40\n    c z 5..10", {0, 130, 130},
            "a x 100..200\n  b y 130..170\n    c z 135..140");
        add("or stays when its own clock is right", "a x 100..200\n  b y 0..40\n    c z 140..150",
            {0, 130, 0}, "a x 100..200\n  b y 130..170\n    c z 140..150");
        add("or is corrected against where its caller is now", "a x 100..200\n  b y 0..40\n    c z 500..520",
            {0, 130, -360}, "a x 100..200\n  b y 130..170\n    c z 140..160");
        add("back to the first service, whose clock is right", "a x 100..200\n  b y 0..40\n    a z 145..150",
            {0, 130, 0}, "a x 100..200\n  b y 130..170\n    a z 145..150");
        add("after a queue late is not odd", "a put 0..10 producer\n  b take 500..600 consumer", {0, 0},
            "a put 0..10\n  b take 500..600 skewed outlives");
        add("but early is", "a put 100..110 producer\n  b take 50..60 consumer", {0, 50},
            "a put 100..110\n  b take 100..110");
        add("the trace begins elsewhere afterwards", "a x 50..60\n  b y 0..2", {0, 54},
            "a x 50..60\n  b y 54..56");
        add("one without a time moves with its parent", "a x 100..200\n  b y 0..40\n    c z notime",
            {0, 130, 130}, "a x 100..200\n  b y 130..170\n    c z 130..130 notime");
        add("a parent without a time proves nothing", "a x 0..100\n  a w notime\n    b y 50..60", {0, 0, 0},
            "a x 0..100\n  a w 0..0 notime\n    b y 50..60");
        add("no duration", "a x 100..100\n  b y 0..0", {0, 100}, "a x 100..100\n  b y 100..100");
    }
    void shapes()
    {
        QFETCH(QString, drawing);
        QFETCH(QList<int>, shifts);
        QFETCH(QStringList, expected);
        Drawing read = tracetext::read(drawing);
        const Trace trace = finished(read);
        const std::vector<Nanoseconds> found = clockSkewShifts(trace);
        QList<int> inMs;
        for (const Nanoseconds one : found)
            inMs += int(one.count() / kMs);
        QCOMPARE(inMs, shifts);
        QCOMPARE(lines(withShifts(trace, found)), expected);
    }

    void factsAndDetails()
    {
        const Trace trace =
            tracetext::trace("a x 100..200 n=root\n  b y 0..40 n=child #5\n  b late 110..290");
        QCOMPARE(trace.facts().skewed, 1);
        QCOMPARE(trace.duration(), ms(290));
        QCOMPARE(toNs(trace.startedAt()), kZero);
        const Trace moved = withShifts(trace, clockSkewShifts(trace));
        QCOMPARE(moved.facts().skewed, 0);
        QCOMPARE(toNs(moved.startedAt()), kZero + ms(100).count());
        QCOMPARE(moved.duration(), ms(190));
        QCOMPARE(moved.start(0), ms(0));
        QCOMPARE(moved.id(), trace.id());
        for (int row = 0; row < trace.size(); ++row)
            QCOMPARE(moved.spanId(row), trace.spanId(row)); // rows keep their numbers
        QCOMPARE(verbatim(*moved.detail(1).find(u"n")), verbatim(*trace.detail(1).find(u"n")));
        // Shifts of another trace change nothing.
        QCOMPARE(lines(withShifts(trace, {ms(1)})), lines(trace));
        QVERIFY(withShifts(Trace(), {}).isEmpty());
    }

    /// After correction nothing shorter than its parent of another service sticks out of it.
    void random()
    {
        for (quint32 seed = 1; seed <= 100; ++seed) {
            const Trace trace = randomTrace(80, seed);
            const Trace moved = withShifts(trace, clockSkewShifts(trace));
            Nanoseconds first = Nanoseconds::max(), last{0};
            for (int row = 0; row < moved.size(); ++row) {
                first = std::min(first, moved.start(row));
                last = std::max(last, moved.end(row));
                const int parent = moved.parent(row);
                QCOMPARE(moved.duration(row), trace.duration(row));
                if (parent < 0 || moved.serviceIndex(row) == moved.serviceIndex(parent))
                    continue;
                QVERIFY(moved.start(row) >= moved.start(parent));
                if (moved.kind(row) != SpanKind::Consumer && moved.kind(parent) != SpanKind::Producer) {
                    QVERIFY(!moved.marks(row).testFlag(SpanMark::Skewed));
                    if (moved.duration(row) <= moved.duration(parent))
                        QVERIFY(moved.end(row) <= moved.end(parent));
                }
            }
            QCOMPARE(first, Nanoseconds(0));
            QCOMPARE(last, moved.duration());
            // What is computed from a trace does not need its children in order.
            const std::vector<Nanoseconds> self = selfTimes(moved);
            QVERIFY(std::all_of(self.begin(), self.end(), [](Nanoseconds one) { return one.count() >= 0; }));
            Nanoseconds sum{0};
            for (const PathSegment &segment : criticalPath(moved))
                sum += segment.duration();
            QCOMPARE(sum, moved.duration(moved.mainRoot()));
            QCOMPARE(siblingGroups(moved, 2).size(), siblingGroups(trace, 2).size());
            QCOMPARE(flameGraph(moved).nodes.size(), flameGraph(trace).nodes.size());
        }
    }

    void impossibleClocks()
    {
        TraceBuilder builder;
        const quint32 services[] = {builder.name("a"), builder.name("b")};
        for (int i = 0; i < 40; ++i) {
            SpanRecord span;
            span.id = SpanId(i + 1);
            span.parent = SpanId(i);
            span.service = services[i % 2];
            span.start = i % 3 == 1 ? 1 : (qint64(1) << 62) - 1;
            span.duration = i % 4 == 3 ? (qint64(1) << 60) - 1 : i;
            builder.add(span);
        }
        const Trace trace = builder.finish({}, nullptr);
        const Trace moved = withShifts(trace, clockSkewShifts(trace));
        for (int row = 0; row < moved.size(); ++row)
            QVERIFY(moved.start(row).count() >= 0 && moved.end(row) >= moved.start(row));
    }

    void large()
    {
        QElapsedTimer timer;
        timer.start();
        const Trace deep = deepTrace(100'000), wide = wideTrace(200'000);
        QCOMPARE(withShifts(deep, clockSkewShifts(deep)).size(), 100'000);
        QCOMPARE(withShifts(wide, clockSkewShifts(wide)).size(), 200'000);
        QVERIFY(timer.elapsed() < 5000); // some 60 ms when idle
    }
};

QTEST_APPLESS_MAIN(TestClockSkew)
#include "tst_clockskew.moc"
