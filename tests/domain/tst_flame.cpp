// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/flame.h>
#include <domain/traces/tracestats.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

#include <numeric>

using namespace bw;
using namespace tracetext;

namespace {

/// "  operation count/errors total self begin+width", indented by depth; shares in percent.
QStringList words(const FlameGraph &graph)
{
    QStringList out;
    for (const FlameNode &node : graph.nodes) {
        out += QString(node.depth, u' ')
            + u"%1 %2/%3 %4 %5 %6+%7"_s.arg(verbatim(node.operation))
                  .arg(node.count)
                  .arg(node.errors)
                  .arg(double(node.total.count()) / kMs)
                  .arg(double(node.self.count()) / kMs)
                  .arg(node.begin * 100)
                  .arg(node.width * 100);
    }
    return out;
}

QString broken(const Trace &trace, const FlameGraph &graph)
{
    int count = 0;
    std::vector<double> until(graph.nodes.size(), 0);
    double rootsUntil = 0;
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
        const FlameNode &node = graph.nodes[i];
        count += node.count;
        if (node.parent >= int(i)
            || node.depth != (node.parent < 0 ? 0 : graph.nodes[size_t(node.parent)].depth + 1))
            return u"parent or depth"_s;
        double &from = node.parent < 0 ? rootsUntil : until[size_t(node.parent)];
        if (node.begin < from - 1e-12)
            return u"overlaps its sibling"_s;
        if (node.width < 0 || node.begin + node.width > 1 + 1e-9)
            return u"width"_s;
        if (node.parent >= 0) {
            const FlameNode &parent = graph.nodes[size_t(node.parent)];
            if (node.begin < parent.begin - 1e-12
                || node.begin + node.width > parent.begin + parent.width + 1e-9)
                return u"sticks out of its parent"_s;
        }
        from = node.begin + node.width;
        until[i] = node.begin;
    }
    const std::vector<Nanoseconds> self = selfTimes(trace);
    if (graph.total != std::accumulate(self.begin(), self.end(), Nanoseconds(0)))
        return u"total"_s;
    return count == trace.size() ? QString() : u"spans are missing"_s;
}

} // namespace

class TestFlame : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void shapes_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("empty") << QString() << QStringList();
        QTest::newRow("one") << u"a x 0..10 error"_s << QStringList{u"x 1/1 10 10 0+100"_s};
        QTest::newRow("no time") << u"a x 0..0\n  a y 0..0"_s
                                 << QStringList{u"x 1/0 0 0 0+0"_s, u" y 1/0 0 0 0+0"_s};
        QTest::newRow("siblings merge, their children too")
            << u"a x 0..100\n  a q 1 0..20\n    a r 0..10\n  a s 20..40\n  a q 22 40..60 error\n    a r 40..50 error\n    a t 50..60"_s
            << QStringList{u"x 1/0 100 40 0+100"_s, u" q * 2/1 40 10 0+40"_s, u"  r 2/1 20 20 0+20"_s,
                   u"  t 1/0 10 10 20+10"_s, u" s 1/0 20 20 40+20"_s};
        QTest::newRow("not across services or paths")
            << u"a x 0..100\n  a q 0..20\n  b q 20..40\n    a q 20..30"_s
            << QStringList{u"x 1/0 100 60 0+100"_s, u" q 1/0 20 20 0+20"_s, u" q 1/0 20 10 20+20"_s,
                   u"  q 1/0 10 10 20+10"_s};
        QTest::newRow("what ran at once is as wide as its work")
            << u"a x 0..100\n  a p 0..100\n  a q 0..100"_s
            << QStringList{u"x 1/0 100 0 0+100"_s, u" p 1/0 100 100 0+50"_s, u" q 1/0 100 100 50+50"_s};
        QTest::newRow("several roots, merged where they are one")
            << u"a x 1 0..30\n  a y 0..10\na z 50..100\na x 2 200..220"_s
            << QStringList{u"x * 2/0 50 40 0+50"_s, u" y 1/0 10 10 0+10"_s, u"z 1/0 50 50 50+50"_s};
    }
    void shapes()
    {
        QFETCH(QString, drawing);
        QFETCH(QStringList, expected);
        Drawing read = tracetext::read(drawing);
        const Trace trace = finished(read);
        const FlameGraph graph = flameGraph(trace);
        QCOMPARE(words(graph), expected);
        QCOMPARE(broken(trace, graph), QString());
    }

    void firstRows()
    {
        const FlameGraph graph = flameGraph(tracetext::trace("a x 0..9\n  b q 1..2\n  a r 2..3\n  b q 4..5"));
        QCOMPARE(graph.nodes[1].firstRow, 1);
        QCOMPARE(verbatim(graph.nodes[1].service), u"b"_s);
        QCOMPARE(graph.nodes[2].firstRow, 2);
        QCOMPARE(graph.depth, 1);
    }

    void random()
    {
        for (quint32 seed = 1; seed <= 100; ++seed) {
            const Trace trace = randomTrace(int(seed * 3), seed, 2);
            const QString what = broken(trace, flameGraph(trace));
            QVERIFY2(what.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(what)));
        }
    }

    void large()
    {
        QElapsedTimer timer;
        timer.start();
        const FlameGraph deep = flameGraph(deepTrace(100'000));
        QCOMPARE(deep.depth, 99'999);
        QCOMPARE(deep.nodes.size(), size_t(100'000));
        const FlameGraph wide = flameGraph(wideTrace(200'000));
        QCOMPARE(wide.nodes.size(), size_t(2));
        QCOMPARE(wide.nodes[1].count, 199'999);
        QVERIFY(timer.elapsed() < 5000); // some 100 ms when idle
    }
};

QTEST_APPLESS_MAIN(TestFlame)
#include "tst_flame.moc"
