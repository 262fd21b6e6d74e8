// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/traces/criticalpath.h>

#include <support/tracetext.h>

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

using namespace bw;
using namespace tracetext;

namespace {

/// The body of the fenced block of this kind; nothing when there is none.
QString block(const QString &section, const QString &kind)
{
    const QString open = u"```"_s + kind + u'\n';
    const qsizetype begin = section.indexOf(open);
    return begin < 0 ? QString() : section.mid(begin + open.size()).section(u"```"_s, 0, 0);
}

QStringList words(const Trace &trace, const std::vector<PathSegment> &path)
{
    QStringList out;
    const double shift = double(toNs(trace.startedAt()) - kZero) / kMs;
    for (const PathSegment &segment : path) {
        out += u"%1 %2..%3"_s.arg(verbatim(trace.operation(segment.row)))
                   .arg(shift + double(segment.begin.count()) / kMs)
                   .arg(shift + double(segment.end.count()) / kMs);
    }
    return out;
}

/// The rule once more, as plainly as it can be said.
void plainPath(
    const Trace &trace, int row, Nanoseconds begin, Nanoseconds end, std::vector<PathSegment> &backwards)
{
    Nanoseconds now = end;
    std::vector<int> left;
    trace.forChildren(row, [&](int child) { left.push_back(child); });
    while (true) {
        int best = -1;
        const auto from = [&](int child) { return std::max(trace.start(child), begin); };
        const auto to = [&](int child) { return std::min(trace.end(child), end); };
        for (const int child : left) {
            if (to(child) > now || from(child) >= to(child))
                continue;
            if (best < 0 || to(child) > to(best) || (to(child) == to(best) && from(child) < from(best)))
                best = child;
        }
        const Nanoseconds own = best < 0 ? begin : to(best);
        if (own < now)
            backwards.push_back({row, own, now});
        if (best < 0)
            return;
        plainPath(trace, best, from(best), to(best), backwards);
        now = from(best);
        std::erase(left, best);
    }
}

QString broken(const Trace &trace, const std::vector<PathSegment> &path, int root)
{
    if (path.empty())
        return trace.duration(root).count() == 0 ? QString() : u"empty"_s;
    if (path.front().begin != trace.start(root) || path.back().end != trace.end(root))
        return u"does not cover the root"_s;
    for (size_t i = 0; i < path.size(); ++i) {
        const auto &[row, begin, end] = path[i];
        if (begin >= end)
            return u"an empty segment"_s;
        if (i > 0 && path[i - 1].end != begin)
            return u"a gap or an overlap"_s;
        if (i > 0 && path[i - 1].row == row)
            return u"one stretch in two segments"_s;
        if (begin < trace.start(row) || end > trace.end(row))
            return u"a span that did not run"_s;
        if (row < root || row >= trace.subtreeEnd(root))
            return u"not below the root"_s;
    }
    return {};
}

} // namespace

class TestCriticalPath : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void byHand_data()
    {
        QTest::addColumn<QString>("drawing");
        QTest::addColumn<QStringList>("expected");
        QFile file(qEnvironmentVariable("BW_TEST_DATA") + u"/traces/critical-path.md"_s);
        if (!file.open(QIODevice::ReadOnly))
            QFAIL("critical-path.md cannot be read; run through ctest");
        const QStringList sections = QString::fromUtf8(file.readAll()).split(u"\n## "_s).mid(1);
        QVERIFY(sections.size() >= 14);
        for (const QString &section : sections) {
            QTest::newRow(qPrintable(section.section(u'\n', 0, 0)))
                << block(section, u"trace"_s) << block(section, u"path"_s).split(u'\n', Qt::SkipEmptyParts);
        }
    }
    void byHand()
    {
        QFETCH(QString, drawing);
        QFETCH(QStringList, expected);
        Drawing read = tracetext::read(drawing);
        const Trace trace = finished(read);
        QVERIFY(trace.size() > 0);
        const std::vector<PathSegment> path = criticalPath(trace);
        QCOMPARE(words(trace, path), expected);
        QCOMPARE(broken(trace, path, trace.mainRoot()), QString());
    }

    void nothing()
    {
        QVERIFY(criticalPath(Trace()).empty());
        QVERIFY(criticalPath(tracetext::trace("a x 0..1"), 1).empty());
        QVERIFY(onPath(Trace(), {}).empty());
    }

    void anotherRoot()
    {
        const Trace trace = tracetext::trace("a x 0..100\n  a y 10..50\n    a z 20..30\nb other 5..9");
        QCOMPARE(words(trace, criticalPath(trace, 3)), QStringList(u"other 5..9"_s));
        // Any span can stand for the root.
        QCOMPARE(
            words(trace, criticalPath(trace, 1)), (QStringList{u"y 10..20"_s, u"z 20..30"_s, u"y 30..50"_s}));
    }

    void timeOnPath()
    {
        const Trace trace = tracetext::trace("a x 0..100\n  a y 10..40\n  a z 20..30\n  a w 50..60");
        const std::vector<Nanoseconds> expected{ms(60), ms(30), ms(0), ms(10)};
        QCOMPARE(onPath(trace, criticalPath(trace)), expected);
    }

    void random()
    {
        for (quint32 seed = 1; seed <= 300; ++seed) {
            const Trace trace = randomTrace(1 + int(seed % 90), seed);
            for (int root = 0; root < trace.size(); root += 7) {
                const std::vector<PathSegment> path = criticalPath(trace, root);
                const QString what = broken(trace, path, root);
                QVERIFY2(what.isEmpty(), qPrintable(u"seed %1: %2"_s.arg(seed).arg(what)));
                std::vector<PathSegment> plain;
                plainPath(trace, root, trace.start(root), trace.end(root), plain);
                std::reverse(plain.begin(), plain.end());
                QVERIFY2(path == plain, qPrintable(u"seed %1: differs from the plain walk"_s.arg(seed)));
            }
        }
    }

    void large()
    {
        QElapsedTimer timer;
        timer.start();
        const Trace deep = deepTrace(100'000);
        QCOMPARE(broken(deep, criticalPath(deep), 0), QString());
        const Trace wide = wideTrace(200'000);
        const std::vector<PathSegment> path = criticalPath(wide);
        QCOMPARE(path.size(), size_t(2 * 199'999 + 1));
        QCOMPARE(broken(wide, path, 0), QString());
        QVERIFY(timer.elapsed() < 5000); // some 200 ms when idle
    }
};

QTEST_APPLESS_MAIN(TestCriticalPath)
#include "tst_criticalpath.moc"
