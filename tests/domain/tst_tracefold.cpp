// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/tracefold.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QTest>

#include <functional>

using namespace bw;
using namespace tracetext;

namespace {

/// "  row", "  [group row]": indented by depth, with "<group" behind members.
QStringList words(const TraceFold &fold)
{
    QStringList out;
    for (const TraceLine &line : fold.lines()) {
        QString text = QString(line.depth, u' ');
        if (line.isGroup)
            text += u"[%1 %2]"_s.arg(line.group).arg(line.row);
        else
            text +=
                QString::number(line.row) + (line.group < 0 ? QString() : u'<' + QString::number(line.group));
        out += text;
    }
    return out;
}

const char *const kDrawing = "web page 0..100\n" // 0
                             "  db q 1 1..2\n" // 1, group 0
                             "    disk a 1..2\n" // 2
                             "  db q 2 3..4\n" // 3, group 0
                             "  web log 5..6\n" // 4
                             "    web write 5..6\n" // 5
                             "  db q 3 7..8\n" // 6, group 0
                             "web other 200..300\n" // 7
                             "  web z 210..220\n"; // 8

TraceFold folded()
{
    return TraceFold(tracetext::trace(kDrawing), siblingGroups(tracetext::trace(kDrawing), 3));
}

std::vector<RowMatch> flags(const char *text)
{
    std::vector<RowMatch> out;
    for (; *text; ++text)
        out.push_back(*text == 'm' ? RowMatch::Match : *text == 'a' ? RowMatch::Ancestor : RowMatch::None);
    return out;
}

/// The lines as their definition says, recursively.
std::vector<TraceLine> plainLines(const TraceFold &fold, const std::vector<RowMatch> &filter)
{
    std::vector<TraceLine> out;
    std::vector<bool> headed(fold.groups().size(), false);
    const Trace &trace = fold.trace();
    const auto isKept = [&](int row) { return filter.empty() || filter[size_t(row)] != RowMatch::None; };
    std::function<void(int, int, int)> span = [&](int row, int depth, int inGroup) {
        if (!isKept(row))
            return;
        const int group = inGroup < 0 ? fold.groupOf(row) : -1;
        if (group >= 0) {
            if (headed[size_t(group)])
                return;
            headed[size_t(group)] = true;
            out.push_back({row, group, depth, true});
            if (fold.isOpen(group)) {
                for (const int member : fold.groups()[size_t(group)].rows)
                    span(member, depth + 1, group);
            }
            return;
        }
        out.push_back({row, inGroup, depth, false});
        if (!fold.isCollapsed(row))
            trace.forChildren(row, [&](int child) { span(child, depth + 1, -1); });
    };
    for (int row = 0; row < trace.size(); row = trace.subtreeEnd(row))
        span(row, 0, -1);
    return out;
}

} // namespace

class TestTraceFold : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void nothing()
    {
        TraceFold fold;
        QVERIFY(fold.lines().empty());
        fold.collapseAll();
        fold.expandAll();
        fold.reveal(0);
        fold.setFilter({});
        QCOMPARE(fold.lineOf(0), -1);
        QVERIFY(fold.lines().empty());
    }

    void withoutGroups()
    {
        TraceFold fold(tracetext::trace(kDrawing));
        QCOMPARE(words(fold).join(u'|'), u"0| 1|  2| 3| 4|  5| 6|7| 8"_s);
        fold.setCollapsed(4, true);
        QVERIFY(fold.isCollapsed(4));
        QCOMPARE(words(fold).join(u'|'), u"0| 1|  2| 3| 4| 6|7| 8"_s);
        fold.setCollapsed(0, true);
        QCOMPARE(words(fold).join(u'|'), u"0|7| 8"_s);
        fold.setCollapsed(0, false);
        QCOMPARE(words(fold).join(u'|'), u"0| 1|  2| 3| 4| 6|7| 8"_s); // 4 stays as it was
        fold.collapseAll();
        QCOMPARE(words(fold).join(u'|'), u"0|7"_s);
        fold.collapseToDepth(1);
        QCOMPARE(words(fold).join(u'|'), u"0| 1| 3| 4| 6|7| 8"_s);
        fold.expandAll();
        QCOMPARE(words(fold).join(u'|'), u"0| 1|  2| 3| 4|  5| 6|7| 8"_s);
        QCOMPARE(fold.groupOf(1), -1);
    }

    void groups()
    {
        TraceFold fold = folded();
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]| 4|  5|7| 8"_s);
        QCOMPARE(fold.groupOf(3), 0);
        QCOMPARE(fold.groupOf(4), -1);
        // Open: the members stand together, with what is below them.
        fold.setOpen(0, true);
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]|  1<0|   2|  3<0|  6<0| 4|  5|7| 8"_s);
        fold.setCollapsed(1, true);
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]|  1<0|  3<0|  6<0| 4|  5|7| 8"_s);
        fold.collapseToDepth(1);
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]| 4|7| 8"_s);
        fold.expandAll();
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]|  1<0|   2|  3<0|  6<0| 4|  5|7| 8"_s);
        fold.collapseAll();
        QVERIFY(!fold.isOpen(0));
    }

    void reveal()
    {
        TraceFold fold = folded();
        fold.collapseAll();
        QCOMPARE(fold.lineOf(2), 0); // its root stands for it
        fold.reveal(2);
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]|  1<0|   2|  3<0|  6<0| 4|7"_s);
        QCOMPARE(fold.lineOf(2), 3);
        QCOMPARE(fold.lineOf(5), 6); // 4 is collapsed
        QCOMPARE(fold.lineOf(8), 7);
        fold.setOpen(0, false);
        QCOMPARE(fold.lineOf(2), 1); // the heading
        QCOMPARE(fold.lineOf(6), 1);
        QCOMPARE(fold.lineOf(9), -1);
        QCOMPARE(fold.lineOf(-1), -1);
        fold.reveal(99);
    }

    void filter()
    {
        TraceFold fold = folded();
        fold.setCollapsed(4, true);
        fold.setCollapsed(7, true);
        // A filter begins expanded; a group of which only a part is kept is open, and shows that part.
        fold.setFilter(flags("a--mam---"));
        QVERIFY(fold.isFiltered());
        QCOMPARE(words(fold).join(u'|'), u"0| [0 3]|  3<0| 4|  5"_s);
        QCOMPARE(fold.lineOf(1), -1);
        QCOMPARE(fold.lineOf(3), 2);
        fold.setOpen(0, false);
        QCOMPARE(words(fold).join(u'|'), u"0| [0 3]| 4|  5"_s);
        // The next filter; all of the group match: it stays one line.
        fold.setFilter(flags("am-m--m--"));
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]"_s);
        fold.setOpen(0, true);
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]|  1<0|  3<0|  6<0"_s);
        fold.setFilter(flags("---------"));
        QVERIFY(fold.lines().empty());
        // As it was before.
        fold.setFilter({});
        QVERIFY(!fold.isFiltered());
        QCOMPARE(words(fold).join(u'|'), u"0| [0 1]| 4|7"_s);
        // Flags of another trace are none.
        fold.setFilter(flags("m"));
        QVERIFY(!fold.isFiltered());
    }

    void random()
    {
        for (quint32 seed = 1; seed <= 80; ++seed) {
            QRandomGenerator dice(seed);
            const Trace trace = randomTrace(120, seed, 2);
            TraceFold fold(trace, siblingGroups(trace, 2));
            std::vector<RowMatch> filter;
            for (int round = 0; round < 25; ++round) {
                switch (dice.bounded(8)) {
                case 0:
                    fold.collapseToDepth(dice.bounded(6));
                    break;
                case 1:
                    fold.expandAll();
                    break;
                case 2:
                    fold.reveal(dice.bounded(trace.size()));
                    break;
                case 3:
                    filter.assign(dice.bounded(3) ? size_t(trace.size()) : 0, RowMatch::None);
                    for (size_t row = filter.size(); row-- > 0;) {
                        if (dice.bounded(5) == 0)
                            filter[row] = RowMatch::Match;
                        const int parent = trace.parent(int(row));
                        if (filter[row] != RowMatch::None && parent >= 0
                            && filter[size_t(parent)] == RowMatch::None)
                            filter[size_t(parent)] = RowMatch::Ancestor;
                    }
                    fold.setFilter(filter);
                    break;
                default:
                    for (int i = 0; i < 8; ++i)
                        fold.setCollapsed(dice.bounded(trace.size()), dice.bounded(2));
                    for (int i = 0; i < 3 && !fold.groups().empty(); ++i)
                        fold.setOpen(int(dice.bounded(int(fold.groups().size()))), dice.bounded(2));
                }
                QVERIFY2(fold.lines() == plainLines(fold, filter),
                    qPrintable(u"seed %1 round %2"_s.arg(seed).arg(round)));
                // Every row is a line, or has one line above it that stands for it.
                for (int row = 0; row < trace.size(); row += 5) {
                    const int line = fold.lineOf(row);
                    const bool isKept = filter.empty() || filter[size_t(row)] != RowMatch::None;
                    QCOMPARE(line >= 0, isKept);
                    if (!isKept)
                        continue;
                    const TraceLine &shown = fold.lines()[size_t(line)];
                    bool stands = false;
                    for (int at = row; at >= 0; at = trace.parent(at))
                        stands =
                            stands || (shown.isGroup ? fold.groupOf(at) == shown.group : at == shown.row);
                    QVERIFY(stands);
                }
            }
        }
    }

    /// What a person waits for when folding a trace of 200,000 spans.
    void large_data()
    {
        QTest::addColumn<int>("how");
        QTest::addColumn<int>("lines");
        QTest::addColumn<int>("mostUs");
        QTest::newRow("all open") << 0 << 200'000 << 60'000;
        QTest::newRow("all collapsed") << 1 << 400 << 2000;
        QTest::newRow("one group of all") << 2 << 2 << 2000;
        QTest::newRow("deep") << 3 << 100'000 << 60'000;
    }
    void large()
    {
        QFETCH(int, how);
        QFETCH(int, lines);
        QFETCH(int, mostUs);
        Trace trace;
        if (how == 3)
            trace = deepTrace(100'000);
        else if (how == 2)
            trace = wideTrace(200'000);
        else {
            TraceBuilder builder;
            for (int i = 0; i < 200'000; ++i) {
                SpanRecord span;
                span.id = SpanId(i + 1);
                span.parent = i % 500 == 0 ? 0 : SpanId(i / 500 * 500 + i % 500 / 3 + 1);
                span.start = kZero + i;
                builder.add(span);
            }
            trace = builder.finish({}, nullptr);
        }
        TraceFold fold(trace, how == 2 ? siblingGroups(trace) : std::vector<SiblingGroup>());
        if (how == 1)
            fold.collapseAll();
        QCOMPARE(int(fold.lines().size()), lines);
        qint64 best = std::numeric_limits<qint64>::max();
        for (int round = 0; round < 5; ++round) {
            fold.setCollapsed(trace.size() - 1, round % 2 == 0); // a leaf: changes no line
            QElapsedTimer timer;
            timer.start();
            QCOMPARE(int(fold.lines().size()), lines);
            best = std::min(best, timer.nsecsElapsed() / 1000);
        }
        QVERIFY2(best < mostUs, qPrintable(u"%1 us"_s.arg(best)));
    }
};

QTEST_APPLESS_MAIN(TestTraceFold)
#include "tst_tracefold.moc"
