// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/costtable.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kDay = qint64(86'400) * 1'000'000'000;
constexpr qint64 kFirst = 20'000 * kDay;

CostTable bill(int days, double a, double b)
{
    CostTable out;
    out.source = u"bill.csv"_s;
    out.currency = u"EUR"_s;
    for (int day = 0; day < days; ++day)
        out.days[kFirst + day * kDay] = {{u"a"_s, a}, {u"b"_s, b}};
    return out;
}

} // namespace

class TestCostTable : public QObject
{
    Q_OBJECT
private slots:
    void hour();
    void monthIsThePaceOfSevenDays();
    void unfinishedDayIsLeftOut();
    void partsLargestFirst();
    void currenciesDoNotMix();
    void nothing();
};

void TestCostTable::hour()
{
    const SeriesSet series = hourlyCost(bill(2, 24, 48), fromNs(kFirst + 5 * kDay));
    QCOMPARE(series.size(), size_t(1));
    QCOMPARE(series[0].values.back(), 3.0);
    QCOMPARE(series[0].times.front(), kFirst + kDay); // a day's figure is known when it is over
    QCOMPARE(series[0].labels.text(u"currency"), u"EUR"_s);
}

void TestCostTable::monthIsThePaceOfSevenDays()
{
    CostTable costs = bill(10, 24, 0);
    for (int day = 3; day < 10; ++day)
        costs.days[kFirst + day * kDay][u"a"_s] = 240;
    const SeriesSet series = monthlyCost(costs, fromNs(kFirst + 20 * kDay));
    QCOMPARE(series[0].values.size(), size_t(10));
    QCOMPARE(series[0].values.back(), 7300.0); // ten an hour, whatever came before the seven days
    QCOMPARE(series[0].values.front(), 730.0);
}

void TestCostTable::unfinishedDayIsLeftOut()
{
    const Timestamp during = fromNs(kFirst + 2 * kDay + kDay / 2);
    QCOMPARE(hourlyCost(bill(3, 24, 0), during)[0].values.size(), size_t(2));
    QVERIFY(hourlyCost(bill(3, 24, 0), fromNs(kFirst)).empty());
}

void TestCostTable::partsLargestFirst()
{
    const SeriesSet series = costByPart(bill(7, 24, 48), fromNs(kFirst + 7 * kDay));
    QCOMPARE(series.size(), size_t(2));
    QCOMPARE(series[0].labels.text(u"part"), u"b"_s);
    QCOMPARE(series[0].values[0], 1460.0);
    QCOMPARE(costByPart(bill(7, 24, 48), fromNs(kFirst + 7 * kDay), 1).size(), size_t(1));
}

void TestCostTable::currenciesDoNotMix()
{
    CostTable all = bill(1, 1, 2), dollars = bill(1, 1, 2), silent = bill(1, 1, 2);
    dollars.currency = u"USD"_s;
    silent.currency.clear();
    const CostTable before = all;
    QVERIFY(!addCosts(all, dollars));
    QCOMPARE(all, before);
    QVERIFY(addCosts(all, silent));
    QCOMPARE(all.days[kFirst][u"b"_s], 4.0);
    QCOMPARE(all.source, u"bill.csv, bill.csv"_s);
}

void TestCostTable::nothing()
{
    const Timestamp now = fromNs(kFirst);
    QVERIFY(hourlyCost({}, now).empty() && monthlyCost({}, now).empty() && costByPart({}, now).empty());
}

QTEST_GUILESS_MAIN(TestCostTable)
#include "tst_costtable.moc"
