// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/base/frametick.h>

#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

class TestFrameTick : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void manyRequestsAreOneTick();
    void silentWithoutRequests();
    void keepsTheBeat();
};

void TestFrameTick::manyRequestsAreOneTick()
{
    FrameTick tick;
    QSignalSpy spy(&tick, &FrameTick::tick);
    for (int i = 0; i < 10; ++i)
        tick.request();
    QCOMPARE(spy.size(), 0); // never from inside request()
    QVERIFY(tick.isPending());
    QTRY_COMPARE(spy.size(), 1);
    QVERIFY(!tick.isPending());
}

void TestFrameTick::silentWithoutRequests()
{
    FrameTick tick(nullptr, std::chrono::milliseconds(1));
    QSignalSpy spy(&tick, &FrameTick::tick);
    tick.request();
    QTRY_COMPARE(spy.size(), 1);
    FrameTick later; // a full beat of another tick passes
    QSignalSpy other(&later, &FrameTick::tick);
    later.request();
    QTRY_COMPARE(other.size(), 1);
    later.request();
    QTRY_COMPARE(other.size(), 2);
    QCOMPARE(spy.size(), 1);
}

void TestFrameTick::keepsTheBeat()
{
    FrameTick tick(nullptr, std::chrono::milliseconds(20));
    int count = 0;
    connect(&tick, &FrameTick::tick, this, [&] {
        if (++count < 6)
            tick.request(); // asked for from inside: comes one interval later, not at once
    });
    QElapsedTimer elapsed;
    elapsed.start();
    tick.request();
    QTRY_COMPARE(count, 6);
    QVERIFY(elapsed.elapsed() >= 95);
}

QTEST_MAIN(TestFrameTick)
#include "tst_frametick.moc"
