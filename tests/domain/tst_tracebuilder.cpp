// SPDX-License-Identifier: GPL-3.0-or-later
#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using namespace bw;
using namespace tracetext;

namespace {

/// What must hold for every trace: preorder, parents, subtree ends, order of children, facts.
QString broken(const Trace &trace)
{
    const auto at = [](const char *what, int row) {
        return u"%1 at row %2"_s.arg(QLatin1String(what)).arg(row);
    };
    Trace::Facts facts;
    std::vector<int> seenBelow(size_t(trace.size()), 0);
    qint64 latest = 0;
    for (int row = trace.size() - 1; row >= 0; --row) {
        const int parent = trace.parent(row);
        if (trace.subtreeEnd(row) != row + 1 + seenBelow[size_t(row)])
            return at("subtreeEnd", row);
        if (parent >= row || parent < -1)
            return at("parent", row);
        if (parent >= 0)
            seenBelow[size_t(parent)] += 1 + seenBelow[size_t(row)];
        if (trace.depth(row) != (parent < 0 ? 0 : trace.depth(parent) + 1))
            return at("depth", row);
        if (trace.start(row).count() < 0 || trace.duration(row).count() < 0)
            return at("time", row);
        latest = std::max(latest, qint64(trace.end(row).count()));
        facts.spans += 1;
        facts.roots += parent < 0;
        facts.errors += trace.isError(row);
        facts.orphans += trace.marks(row).testFlag(SpanMark::Orphan);
        facts.duplicates += trace.marks(row).testFlag(SpanMark::Duplicate);
        facts.skewed += trace.marks(row).testFlag(SpanMark::Skewed);
        facts.depth = std::max(facts.depth, trace.depth(row));
        Nanoseconds before = Nanoseconds::min();
        bool isOrdered = true;
        trace.forChildren(row, [&](int child) {
            isOrdered = isOrdered && trace.start(child) >= before && trace.parent(child) == row;
            before = trace.start(child);
        });
        if (!isOrdered)
            return at("order of children", row);
    }
    if (trace.duration().count() != latest)
        return u"duration"_s;
    facts.services = trace.facts().services;
    facts.cycles = trace.facts().cycles;
    return facts == trace.facts() ? QString() : u"facts"_s;
}

QStringList text(const char *drawing) { return QString::fromUtf8(drawing).split(u'\n', Qt::SkipEmptyParts); }

} // namespace

class TestTraceBuilder : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void empty()
    {
        TraceBuilder builder;
        const Trace trace = builder.finish({1, 2}, nullptr);
        QVERIFY(trace.isEmpty());
        QCOMPARE(trace.mainRoot(), -1);
        QCOMPARE(trace.duration(), Nanoseconds(0));
        QCOMPARE(trace.facts(), Trace::Facts());
        QCOMPARE(trace.id(), (TraceId{1, 2}));
        QCOMPARE(Trace().mainRoot(), -1);
        QCOMPARE(Trace().rowOf(1), -1);
    }

    void shapes_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<QStringList>("expected");
        const auto add = [](const char *name, const char *drawing, const char *expected) {
            QTest::newRow(name) << QString::fromUtf8(drawing) << text(expected);
        };
        add("one span", "a x 0..10", "a x 0..10");
        add("children by start, whatever their order",
            "a root 0..100\n  a third 60..70\n  a first 10..20\n    a leaf 12..13\n  a second 30..40",
            "a root 0..100\n  a first 10..20\n    a leaf 12..13\n  a second 30..40\n  a third 60..70");
        add("a parent that is not here makes a marked root", "a x 5..10 ^77\n  a y 6..7",
            "a x 5..10 orphan\n  a y 6..7");
        add("two roots by start", "a late 50..60\na early 0..10", "a early 0..10\na late 50..60");
        add("one's own parent", "a x 0..10 #1 ^1\n  a y 1..2", "a x 0..10 cycle\n  a y 1..2");
        add("a circle of two is cut above the earlier one", "a x 5..10 #1 ^2\na y 2..9 #2 ^1",
            "a y 2..9 cycle\n  a x 5..10 cycle outlives");
        add("a circle of four, with a tail that is not on it",
            "a one 5..9 #1 ^4\na two 6..9 #2 ^1\na three 4..9 #3 ^2\na four 7..9 #4 ^3\na tail 8..9 #5 ^2",
            "a three 4..9 cycle\n  a four 7..9 cycle\n    a one 5..9 cycle\n      a two 6..9 cycle\n"
            "        a tail 8..9");
        add("a span without a time is not the earliest of a circle", "a x notime #1 ^2\na y 2..9 #2 ^1",
            "a y 2..9 cycle\n  a x 2..2 cycle notime");
        add("an id that comes twice", "a root 0..10\n  a x 1..2 #7\n  a x 4..5 #7\n    a y 4..5",
            "a root 0..10\n  a x 1..2\n    a y 4..5 outlives\n  a x 4..5 duplicate");
        add("three of one id, of which two are halves",
            "a x 0..10 client #7\nb x 1..9 server #7\nb x 2..9 server #7",
            "a x 0..10\n  b x 1..9\n  b x 2..9 duplicate");
        add("shared by flag: the server's half below the client's",
            "b get 2..8 #7 ^1 shared\na root 0..10 #1\na get 1..9 #7 ^1 client\nb db 3..4 ^7\na log 5..6 ^7",
            "a root 0..10\n  a get 1..9\n    b get 2..8\n      b db 3..4\n    a log 5..6");
        add("shared without a flag, by kind", "b get 2..8 #7 server\na get 1..9 #7 client\nc other 3..4 ^7",
            "a get 1..9\n  b get 2..8\n    c other 3..4");
        add("both halves of one service: the work hangs below the server's",
            "a get 1..9 #7 client\na get 2..8 #7 server\na work 3..4 ^7",
            "a get 1..9\n  a get 2..8\n    a work 3..4");
        add("a server's half alone keeps its parent", "a root 0..10 #1\nb get 2..8 #7 ^1 shared",
            "a root 0..10\n  b get 2..8");
        add("a client's half that is its own parent", "a get 1..9 #7 ^7 client\nb get 2..8 #7 ^7 server",
            "a get 1..9 cycle\n  b get 2..8 cycle");
        add("no time: at its parent's start", "a root 0..10\n  a x notime\n    a y notime\n  a z 4..5",
            "a root 0..10\n  a x 0..0 notime\n    a y 0..0 notime\n  a z 4..5");
        add("no time at the root: at the trace's", "a root notime\n  b x 4..5\n  a y 6..7",
            "a root 4..4 notime\n  b x 4..5\n  a y 6..7");
        add("no duration", "a root 0..10\n  a x 5..3", "a root 0..10\n  a x 5..5 notime");
        add("outside its parent: skewed only of another service",
            "a root 10..20\n  b before 5..8\n  a own 6..9\n  c over 15..30\n  a after 21..22\n  b after "
            "22..23",
            "a root 10..20\n  b before 5..8 skewed\n  a own 6..9\n  c over 15..30 outlives\n"
            "  a after 21..22 outlives\n  b after 22..23 skewed outlives");
        add("equal starts by id", "a root 0..10\n  a x 1..2 #9\n  a y 1..2 #8",
            "a root 0..10\n  a y 1..2\n  a x 1..2");
    }
    void shapes()
    {
        QFETCH(QString, drawing);
        QFETCH(QStringList, expected);
        Drawing read = tracetext::read(drawing);
        const std::vector<SpanRecord> spans = read.spans;
        const Trace trace = finished(read);
        QCOMPARE(lines(trace), expected);
        QCOMPARE(broken(trace), QString());
        // The order of arrival does not matter.
        QRandomGenerator dice(1);
        for (int round = 0; round < 20; ++round) {
            Drawing again = tracetext::read(drawing);
            std::shuffle(again.spans.begin(), again.spans.end(), dice);
            QCOMPARE(lines(finished(again)), expected);
        }
    }

    void randomShapes()
    {
        for (quint32 seed = 1; seed <= 60; ++seed) {
            QRandomGenerator dice(seed);
            // Few ids and parents from the same range: twins, circles, orphans and halves in plenty.
            std::vector<SpanRecord> spans(size_t(1 + dice.bounded(120)));
            for (size_t i = 0; i < spans.size(); ++i) {
                SpanRecord &span = spans[i];
                span.id = SpanId(dice.bounded(80));
                span.parent = SpanId(dice.bounded(90));
                span.service = quint32(dice.bounded(3));
                span.operation = quint32(dice.bounded(3));
                span.start = kZero + dice.bounded(50) * kMs;
                span.duration = dice.bounded(50) * kMs - 2 * kMs;
                span.kind = SpanKind(dice.bounded(6));
                span.status = SpanStatus(dice.bounded(3));
                span.isShared = dice.bounded(6) == 0;
                span.hasTime = dice.bounded(12) != 0;
                span.source = qint32(i);
            }
            // Order may still decide between spans that differ in nothing but service, status or source.
            for (SpanRecord &span : spans)
                span.service = quint32(span.id % 3), span.operation = quint32(span.id % 2), span.status = {};
            QStringList first;
            for (int round = 0; round < 4; ++round) {
                TraceBuilder builder;
                for (const char *name : {"a", "b", "c"})
                    builder.name(name);
                for (const SpanRecord &span : spans)
                    builder.add(span);
                const Trace trace = builder.finish({1, 1}, nullptr);
                QVERIFY2(broken(trace).isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(broken(trace))));
                if (round == 0)
                    first = lines(trace);
                QVERIFY2(lines(trace) == first, qPrintable(u"seed %1"_s.arg(seed)));
                std::shuffle(spans.begin(), spans.end(), dice);
            }
        }
    }

    void facts()
    {
        const Trace trace = tracetext::trace("a root 10..50 server error\n"
                                             "  b x 5..20 error\n"
                                             "  a y 20..60\n"
                                             "c lost 0..5 ^99\n"
                                             "c round 30..31 #5 ^5");
        Trace::Facts expected;
        expected.spans = 5;
        expected.services = 3;
        expected.roots = 3;
        expected.errors = 2;
        expected.orphans = 1;
        expected.cycles = 1;
        expected.skewed = 1;
        expected.depth = 1;
        QCOMPARE(trace.facts(), expected);
        QCOMPARE(toNs(trace.startedAt()), kZero);
        QCOMPARE(trace.duration(), ms(60));
        QCOMPARE(verbatim(trace.operation(trace.mainRoot())), u"root"_s);
    }

    void mainRootIsNoOrphan()
    {
        const Trace trace = tracetext::trace("a lost 0..500 ^99\na small 10..20\na big 30..60");
        QCOMPARE(verbatim(trace.operation(trace.mainRoot())), u"big"_s);
        const Trace lost = tracetext::trace("a one 0..5 ^98\na two 1..9 ^99");
        QCOMPARE(verbatim(lost.operation(lost.mainRoot())), u"two"_s);
    }

    void impossibleTimes()
    {
        TraceBuilder builder;
        const qint64 huge = std::numeric_limits<qint64>::max();
        for (const auto &[start, duration] : {std::pair<qint64, qint64>{kZero, huge}, {huge, 5}, {-5, 5},
                 {kZero + 5, std::numeric_limits<qint64>::min()}, {kZero + 7, 9}}) {
            SpanRecord span;
            span.id = builder.size() + 1;
            span.parent = builder.size();
            span.start = start;
            span.duration = duration;
            builder.add(span);
        }
        const Trace trace = builder.finish({}, nullptr);
        QCOMPARE(broken(trace), QString());
        QCOMPARE(toNs(trace.startedAt()), kZero);
        QCOMPARE(trace.duration(), Nanoseconds(16));
        for (int row = 0; row < 4; ++row)
            QVERIFY(trace.marks(row).testFlag(SpanMark::NoTime));
        QVERIFY(!trace.marks(4).testFlag(SpanMark::NoTime));
    }

    void spansWithoutIds()
    {
        TraceBuilder builder;
        builder.add({});
        builder.add({});
        const Trace trace = builder.finish({}, nullptr);
        QCOMPARE(trace.size(), 2);
        QCOMPARE(trace.facts().duplicates, 0);
        QCOMPARE(trace.rowOf(0), -1);
        QVERIFY(trace.service(0).isEmpty());
    }

    void namesAreShared()
    {
        TraceBuilder builder;
        QCOMPARE(builder.name("x"), 0u);
        QCOMPARE(builder.name("y"), 1u);
        QCOMPARE(builder.name(std::string("x")), 0u);
        QCOMPARE(builder.name("\xff"), 2u); // no UTF-8
        builder.add({});
        const Trace trace = builder.finish({}, nullptr);
        QCOMPARE(trace.names().size(), size_t(3));
        QCOMPARE(verbatim(trace.names()[2]), QString(QChar(0xfffd)));
        QCOMPARE(builder.size(), size_t(0));
        QCOMPARE(builder.name("z"), 0u); // begins anew
    }

    void detailsFollowTheirSpans()
    {
        const Trace trace = tracetext::trace("a root 0..9\n  a late 5..6 n=late\n  a early 1..2 n=early");
        QCOMPARE(verbatim(*trace.detail(1).find(u"n")), u"early"_s);
        QCOMPARE(verbatim(*trace.detail(2).find(u"n")), u"late"_s);
        QVERIFY(trace.mayMention(2, "LATE") && !trace.mayMention(1, "late"));
        QCOMPARE(trace.detail(0).find(u"n"), nullptr);
        QCOMPARE(Trace(trace).rowOf(trace.spanId(2)), 2);
    }

    void deep()
    {
        const Trace trace = deepTrace(100'000);
        QCOMPARE(trace.facts().depth, 99'999);
        QCOMPARE(trace.facts().roots, 1);
        QCOMPARE(broken(trace), QString());
    }

    /// Sizes at which anything quadratic takes minutes.
    void large_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("one id") << 0;
        QTest::newRow("one id, client and server in turn") << 1;
        QTest::newRow("one id, each its own parent") << 2;
        QTest::newRow("ids that are counters in the high half") << 3;
        QTest::newRow("one circle") << 4;
        QTest::newRow("all orphans") << 5;
        QTest::newRow("without a time, in a chain") << 6;
        QTest::newRow("pairs of twins") << 7;
    }
    void large()
    {
        QFETCH(int, how);
        constexpr int kCount = 200'000;
        TraceBuilder builder;
        for (int i = 0; i < kCount; ++i) {
            SpanRecord span;
            const auto n = SpanId(i + 1);
            span.start = kZero + (i * 7919LL) % kCount;
            span.duration = i % 100;
            switch (how) {
            case 0:
                span.id = 5;
                span.parent = 6;
                break;
            case 1:
                span.id = 5;
                span.kind = i % 2 ? SpanKind::Client : SpanKind::Server;
                break;
            case 2:
                span.id = span.parent = 5;
                break;
            case 3:
                span.id = n << 40;
                span.parent = SpanId(i / 2) << 40;
                break;
            case 4:
                span.id = n;
                span.parent = i ? SpanId(i) : SpanId(kCount);
                break;
            case 5:
                span.id = n;
                span.parent = n + kCount;
                break;
            case 6:
                span.id = n;
                span.parent = n + 1;
                span.hasTime = i == kCount - 1;
                break;
            default:
                span.id = 1 + n / 2;
                span.parent = n / 4;
                break;
            }
            builder.add(span);
        }
        QElapsedTimer timer;
        timer.start();
        const Trace trace = builder.finish({}, nullptr);
        const qint64 took = timer.elapsed();
        QCOMPARE(trace.size(), kCount);
        QCOMPARE(broken(trace), QString());
        QVERIFY2(took < 5000, qPrintable(u"%1 ms"_s.arg(took))); // some 50 ms when idle
        switch (how) {
        case 0:
            QCOMPARE(trace.facts().duplicates, kCount - 1);
            break;
        case 1:
            QCOMPARE(trace.facts().duplicates, kCount - 2);
            break;
        case 4:
            QCOMPARE(trace.facts().cycles, 1);
            QCOMPARE(trace.facts().roots, 1);
            break;
        case 5:
            QCOMPARE(trace.facts().orphans, kCount);
            break;
        case 6:
            QCOMPARE(trace.facts().depth, kCount - 1);
            break;
        default:
            QCOMPARE_LT(trace.facts().roots, 10);
        }
    }
};

QTEST_APPLESS_MAIN(TestTraceBuilder)
#include "tst_tracebuilder.moc"
