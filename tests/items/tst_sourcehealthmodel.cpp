// SPDX-License-Identifier: GPL-3.0-or-later
#include <items/roles.h>
#include <items/sourcehealthmodel.h>

#include <QAbstractItemModelTester>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

class TestClock : public Clock
{
public:
    Timestamp utcNow() const override { return Timestamp(boot.sinceBoot); }
    BootTime bootNow() const override { return boot; }
    BootTime boot{std::chrono::seconds(1000)};
};

SourceInfo source(const QString &id, const Freshness &freshness)
{
    SourceInfo info;
    info.id = {id};
    info.source = id;
    info.kind = u"prometheus"_s;
    info.freshness = freshness;
    return info;
}

} // namespace

class TestSourceHealthModel : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void followsTheBoard()
    {
        TestClock clock;
        SourceBoard board;
        SourceHealthModel model(board, clock);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        board.update(source(u"a"_s, afterSuccess(clock.boot, clock.utcNow(), false)));
        board.update(source(u"b"_s, {}));
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(1, SourceHealthModel::Age).data().toString(), u"never"_s);
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        SourceInfo slow = source(u"b"_s, {});
        slow.retryAt = clock.boot + std::chrono::seconds(23);
        slow.freshness.skew = std::chrono::seconds(-40);
        board.update(slow);
        QCOMPARE(data.size(), 1);
        QCOMPARE(model.index(1, SourceHealthModel::Retry).data().toString(), u"in 23 s"_s);
        QVERIFY(model.index(1, SourceHealthModel::Skew).data().toString().contains(u"40 s"));
        board.retain({{u"b"_s}});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, SourceHealthModel::Name).data().toString(), u"b"_s);
    }

    void agesTick()
    {
        TestClock clock;
        SourceBoard board;
        board.update(source(u"a"_s, afterSuccess(clock.boot, clock.utcNow(), false)));
        SourceHealthModel model(board, clock);
        QSignalSpy data(&model, &QAbstractItemModel::dataChanged);
        clock.boot = clock.boot + std::chrono::seconds(200);
        model.tick();
        QCOMPARE(data.size(), 1);
        QCOMPARE(model.index(0, SourceHealthModel::Age).data().toString(), u"3 m 20 s"_s);
    }
};

QTEST_GUILESS_MAIN(TestSourceHealthModel)
#include "tst_sourcehealthmodel.moc"
