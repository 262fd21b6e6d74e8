// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/linediff.h>

#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

using namespace bw;

namespace {

/// `before` with the diff applied; fails the test when the diff does not fit.
QByteArray patched(const QByteArray &before, const QByteArray &diff)
{
    QList<QByteArray> in = before.split('\n'), out;
    in.removeLast();
    qsizetype at = 0;
    QList<QByteArray> lines = diff.split('\n');
    lines.removeLast();
    for (const QByteArray &line : lines) {
        if (line.startsWith("@@")) {
            const qsizetype from = line.mid(4, line.indexOf(',') - 4).toLongLong() - 1;
            while (at < from)
                out << in.at(at++);
        } else if (line.startsWith('+')) {
            out << line.mid(1);
        } else {
            if (at >= in.size() || in.at(at) != line.mid(1))
                return "does not fit: " + line;
            if (line.startsWith(' '))
                out << in.at(at);
            ++at;
        }
    }
    while (at < in.size())
        out << in.at(at++);
    return out.join('\n') + '\n';
}

} // namespace

class TestLineDiff : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }

    void small()
    {
        QCOMPARE(lineDiff("a\nb\nc\n", "a\nb\nc\n"), QByteArray());
        QCOMPARE(lineDiff("", ""), QByteArray());
        QCOMPARE(lineDiff("a\nb\nc\n", "a\nx\nc\n"), QByteArray("@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"));
        QCOMPARE(lineDiff("", "a\n"), QByteArray("@@ -1,0 +1,1 @@\n+a\n"));
    }

    void farChangesStandApart()
    {
        QByteArray before, after;
        for (int i = 0; i < 40; ++i) {
            before += "line " + QByteArray::number(i) + '\n';
            after += (i == 5 || i == 30 ? "new " : "line ") + QByteArray::number(i) + '\n';
        }
        const QByteArray diff = lineDiff(before, after);
        QCOMPARE(diff.count("@@ -"), 2);
        QCOMPARE(patched(before, diff), after);
    }

    void randomDiffsApply()
    {
        const quint32 seed = QRandomGenerator::global()->generate();
        QRandomGenerator random(seed);
        for (int round = 0; round < 500; ++round) {
            QByteArray before, after;
            for (int i = 0, n = random.bounded(30); i < n; ++i)
                before += 'a' + char(random.bounded(5)) + QByteArray("\n");
            for (const QByteArray &line : before.split('\n')) {
                const int what = random.bounded(8);
                if (what == 0)
                    after += "new\n";
                if (what != 1 && !line.isEmpty())
                    after += line + '\n';
            }
            const QByteArray diff = lineDiff(before, after);
            const QByteArray expected = after.isEmpty() ? QByteArray("\n") : after;
            QVERIFY2(patched(before, diff) == expected,
                qPrintable(QStringLiteral("seed %1\n%2").arg(seed).arg(QString::fromUtf8(diff))));
        }
    }

    void longTextsEnd()
    {
        QByteArray before, after;
        for (int i = 0; i < 20'000; ++i) {
            before += "a" + QByteArray::number(i) + '\n';
            after += "b" + QByteArray::number(i) + '\n';
        }
        QCOMPARE(patched(before, lineDiff(before, after)), after);
    }
};

QTEST_APPLESS_MAIN(TestLineDiff)
#include "tst_linediff.moc"
