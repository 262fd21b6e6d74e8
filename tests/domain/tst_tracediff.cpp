// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracediff.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

using namespace bw;
using namespace tracetext;

namespace {

/// "  a/b +delta", indented by depth; "-" for a row that is not there.
QStringList words(const TraceDiff &diff)
{
    QStringList out;
    for (const DiffRow &row : diff.rows) {
        out += QString(row.depth, u' ') + (row.isOnlyB() ? u"-"_s : QString::number(row.rowA)) + u'/'
            + (row.isOnlyA() ? u"-"_s : QString::number(row.rowB)) + u' '
            + QString::number(double(row.delta().count()) / kMs);
    }
    return out;
}

/// Every row of both once, in preorder of both, sums right, depth as in either.
QString broken(const Trace &a, const Trace &b, const TraceDiff &diff)
{
    std::vector<int> seenA, seenB;
    for (const DiffRow &row : diff.rows) {
        if (row.rowA < 0 && row.rowB < 0)
            return u"an empty row"_s;
        if (row.rowA >= 0)
            seenA.push_back(row.rowA);
        if (row.rowB >= 0)
            seenB.push_back(row.rowB);
        if (row.rowA >= 0 && (row.depth != a.depth(row.rowA) || row.durationA != a.duration(row.rowA)))
            return u"depth or duration in A"_s;
        if (row.rowB >= 0 && (row.depth != b.depth(row.rowB) || row.durationB != b.duration(row.rowB)))
            return u"depth or duration in B"_s;
    }
    std::sort(seenB.begin(), seenB.end()); // pairs may cross among siblings
    for (int row = 0; row < a.size(); ++row) {
        if (seenA.size() != size_t(a.size()) || seenA[size_t(row)] != row)
            return u"rows of A"_s;
    }
    for (int row = 0; row < b.size(); ++row) {
        if (seenB.size() != size_t(b.size()) || seenB[size_t(row)] != row)
            return u"rows of B"_s;
    }
    return diff.onlyA + diff.onlyB + diff.slower + diff.faster + diff.same == int(diff.rows.size())
        ? QString()
        : u"sums"_s;
}

} // namespace

class TestTraceDiff : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void shapes_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("both empty") << QString() << QString() << QStringList();
        QTest::newRow("nothing before")
            << QString() << u"s x 0..5\n  s y 1..2"_s << QStringList{u"-/0 5"_s, u" -/1 1"_s};
        QTest::newRow("nothing after")
            << u"s x 0..5\n  s y 1..2"_s << QString() << QStringList{u"0/- -5"_s, u" 1/- -1"_s};
        QTest::newRow("the same, slower")
            << u"s x 0..5\n  s y 1..2"_s << u"s x 0..9\n  s y 3..6"_s << QStringList{u"0/0 4"_s, u" 1/1 2"_s};
        QTest::newRow("names are normalised")
            << u"s GET /item/1 0..5"_s << u"s GET /item/22 0..5"_s << QStringList{u"0/0 0"_s};
        QTest::newRow("another service is another span")
            << u"s x 0..5\n  t y 1..2"_s << u"s x 0..5\n  u y 1..2"_s
            << QStringList{u"0/0 0"_s, u" 1/- -1"_s, u" -/1 1"_s};
        QTest::newRow("below a span of one trace nothing matches")
            << u"s x 0..9\n  s y 1..8\n    s z 2..3"_s << u"s x 0..9\n  s w 1..8\n    s z 2..3"_s
            << QStringList{u"0/0 0"_s, u" 1/- -7"_s, u"  2/- -1"_s, u" -/1 7"_s, u"  -/2 1"_s};
        QTest::newRow("the nth matches the nth")
            << u"s x 0..9\n  s q 1..2\n  s q 3..4"_s << u"s x 0..9\n  s q 1..3\n  s q 4..5\n  s q 6..9"_s
            << QStringList{u"0/0 0"_s, u" 1/1 1"_s, u" 2/2 0"_s, u" -/3 3"_s};
        QTest::newRow("new ones stand where they came")
            << u"s x 0..9\n  s p 1..2\n  s q 3..4"_s
            << u"s x 0..9\n  s n 0..1\n  s p 1..2\n  s m 2..3\n  s q 3..4\n  s l 5..6"_s
            << QStringList{u"0/0 0"_s, u" -/1 1"_s, u" 1/2 0"_s, u" -/3 1"_s, u" 2/4 0"_s, u" -/5 1"_s};
        QTest::newRow("another order")
            << u"s x 0..9\n  s p 1..2\n  s q 3..4"_s << u"s x 0..9\n  s q 1..2\n  s n 2..3\n  s p 3..4"_s
            << QStringList{u"0/0 0"_s, u" -/2 1"_s, u" 1/3 0"_s, u" 2/1 0"_s};
        QTest::newRow("several roots")
            << u"s x 0..9\ns y 20..30"_s << u"s y 0..9"_s << QStringList{u"0/- -9"_s, u"1/0 -1"_s};
    }
    void shapes()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(QStringList, expected);
        Drawing readA = tracetext::read(a), readB = tracetext::read(b);
        const Trace traceA = finished(readA), traceB = finished(readB);
        const TraceDiff diff = traceDiff(traceA, traceB);
        QCOMPARE(words(diff), expected);
        QCOMPARE(broken(traceA, traceB, diff), QString());
    }

    void sums()
    {
        const Trace a =
            tracetext::trace("s x 0..1000\n  s slow 0..100\n  s near 100..200\n  s fast 200..300\n"
                             "  s tiny 300..300.1\n  s gone 400..500");
        const Trace b =
            tracetext::trace("s x 0..1000\n  s slow 0..111\n  s near 200..309\n  s fast 400..450\n"
                             "  s tiny 500..500.15\n  s new 600..700\n    s below 600..601");
        const TraceDiff diff = traceDiff(a, b);
        QCOMPARE(diff.slower, 1);
        QCOMPARE(diff.faster, 1);
        QCOMPARE(diff.same, 3);
        QCOMPARE(diff.onlyA, 1);
        QCOMPARE(diff.onlyB, 2);
        QCOMPARE(diff.rows[0].selfA, ms(1000 - 100 * 4 - 0.1));
        QCOMPARE(diff.rows[0].selfB, ms(1000 - 111 - 109 - 50 - 0.15 - 100));
        QCOMPARE(traceDiff(a, b, {0.0, Nanoseconds(1)}).slower, 3);
        QCOMPARE(traceDiff(a, a).same, a.size());
        QCOMPARE(traceDiff(a, a, {0.0, Nanoseconds(0)}).same, a.size());
    }

    void random()
    {
        for (quint32 seed = 1; seed <= 100; ++seed) {
            const Trace a = randomTrace(int(seed % 60), seed, 2),
                        b = randomTrace(int(seed % 47), seed + 1000, 2);
            const QString what = broken(a, b, traceDiff(a, b));
            QVERIFY2(what.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(what)));
            QCOMPARE(traceDiff(a, a).same, a.size());
            QCOMPARE(traceDiff(a, b).onlyA, traceDiff(b, a).onlyB);
        }
    }

    void large()
    {
        QElapsedTimer timer;
        timer.start();
        const Trace deep = deepTrace(100'000), wide = wideTrace(200'000);
        QCOMPARE(traceDiff(deep, deep).same, 100'000);
        QCOMPARE(traceDiff(wide, wide).same, 200'000);
        QCOMPARE(traceDiff(deep, wide).onlyB, 200'000);
        QVERIFY(timer.elapsed() < 8000); // some 300 ms when idle
    }
};

QTEST_APPLESS_MAIN(TestTraceDiff)
#include "tst_tracediff.moc"
