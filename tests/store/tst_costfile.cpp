// SPDX-License-Identifier: GPL-3.0-or-later
#include <store/documents/costfile.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

double total(const CostTable &costs)
{
    double sum = 0;
    for (const auto &[day, parts] : costs.days) {
        for (const auto &[part, amount] : parts)
            sum += amount;
    }
    return sum;
}

void write(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

} // namespace

class TestCostFile : public QObject
{
    Q_OBJECT
private slots:
    void focus();
    void plain_data();
    void plain();
    void wrong_data();
    void wrong();
    void folder();
    void absent();
};

void TestCostFile::focus()
{
    // As a provider exports it: quoted, more columns than anybody reads, a line break inside a field.
    const QByteArray text =
        "\xef\xbb\xbf\"BilledCost\",\"EffectiveCost\",\"BillingCurrency\",\"ChargePeriodStart\","
        "\"ChargePeriodEnd\",\"ServiceName\",\"Tags\"\r\n"
        "3.5,2.5,USD,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,\"Virtual Machines\",\"{\"\"team\"\": "
        "\"\"a\r\nb\"\"}\"\r\n"
        "\r\n"
        "10,10,USD,2026-11-01T00:00:00Z,2026-11-06T00:00:00Z,Storage,\"\"\r\n";
    const auto costs = parseCosts(text, u"/tmp/focus.csv"_s);
    QVERIFY2(costs, costs ? "" : qPrintable(costs.error().message));
    QCOMPARE(costs->currency, u"USD"_s);
    QCOMPARE(costs->split, u"ServiceName"_s);
    QCOMPARE(costs->source, u"focus.csv"_s);
    QCOMPARE(costs->days.size(), size_t(5)); // the second row covers five days
    QCOMPARE(costs->days.begin()->second.at(u"Virtual Machines"_s), 2.5); // effective, not billed
    QCOMPARE(costs->days.begin()->second.at(u"Storage"_s), 2.0);
    QCOMPARE(total(*costs), 12.5);
}

void TestCostFile::plain_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<double>("sum");
    QTest::newRow("two columns") << QByteArray("date,cost\n2026-11-01,1.5\n2026-11-02,2\n") << 3.5;
    QTest::newRow("semicolons") << QByteArray("Day;Amount;Team\n2026-11-01;1.5;pay\n") << 1.5;
    QTest::newRow("tabs") << QByteArray("date\tcost\tservice\n2026-11-01\t-1\trefund\n") << -1.0;
    QTest::newRow("no rows") << QByteArray("date,cost\n") << 0.0;
    QTest::newRow("an end far away") << QByteArray(
        "ChargePeriodStart,ChargePeriodEnd,cost\n2026-11-01,9999-12-31,4\n")
                                     << 4.0;
    QTest::newRow("no last line break") << QByteArray("date,cost\n2026-11-01,4") << 4.0;
}

void TestCostFile::plain()
{
    QFETCH(QByteArray, text);
    QFETCH(double, sum);
    const auto costs = parseCosts(text, u"x.csv"_s);
    QVERIFY2(costs, costs ? "" : qPrintable(costs.error().message));
    QCOMPARE(total(*costs), sum);
}

void TestCostFile::wrong_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("message");
    QTest::newRow("empty") << QByteArray() << u"x.csv:1: the file is empty"_s;
    QTest::newRow("no day") << QByteArray("cost,service\n1,a\n")
                            << u"x.csv:1: no column with the day: needs ChargePeriodStart or date"_s;
    QTest::newRow("no amount")
        << QByteArray("date,price\n2026-11-01,1\n")
        << u"x.csv:1: no column with the amount: needs EffectiveCost, BilledCost or cost"_s;
    QTest::newRow("bad date") << QByteArray("date,cost\n2026-11-01,1\n01.11.2026,1\n")
                              << u"x.csv:3: date: '01.11.2026' is no date such as 2026-11-21"_s;
    QTest::newRow("bad amount") << QByteArray("date,cost,note\n2026-11-01,1,\"a\nb\"\n2026-11-02,\"1,5\",c\n")
                                << u"x.csv:4: cost: '1,5' is no amount such as 12.50"_s;
    QTest::newRow("infinite") << QByteArray("date,cost\n2026-11-01,inf\n")
                              << u"x.csv:2: cost: 'inf' is no amount such as 12.50"_s;
    QTest::newRow("short row") << QByteArray("date,service,cost\n2026-11-01,a\n")
                               << u"x.csv:2: cost: '' is no amount such as 12.50"_s;
    // Nanoseconds of an int64 end in 2262.
    QTest::newRow("a year far away") << QByteArray("date,cost\n9999-12-31,1\n")
                                     << u"x.csv:2: date: '9999-12-31' is no date such as 2026-11-21"_s;
    QTest::newRow("a year long ago") << QByteArray("date,cost\n0001-01-01,1\n")
                                     << u"x.csv:2: date: '0001-01-01' is no date such as 2026-11-21"_s;
    QTest::newRow("two currencies") << QByteArray("date,cost,currency\n2026-11-01,1,USD\n2026-11-01,1,EUR\n")
                                    << u"x.csv:3: currency EUR after USD: one file, one currency"_s;
}

void TestCostFile::wrong()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, message);
    const auto costs = parseCosts(text, u"x.csv"_s);
    QVERIFY(!costs);
    QCOMPARE(costs.error().kind, Error::Kind::Invalid);
    QCOMPARE(costs.error().message, message);
}

void TestCostFile::folder()
{
    const QTemporaryDir folder;
    write(folder.filePath(u"2026-10.csv"_s), "date,cost,currency\n2026-10-31,1,USD\n");
    write(folder.filePath(u"2026-11.csv"_s), "date,cost,currency\n2026-11-01,2,USD\n");
    write(folder.filePath(u"notes.txt"_s), "not a bill");
    auto costs = readCosts(folder.path());
    QVERIFY(costs);
    QCOMPARE(total(*costs), 3.0);
    write(folder.filePath(u"2026-12.csv"_s), "date,cost,currency\n2026-12-01,2,EUR\n");
    costs = readCosts(folder.path());
    QVERIFY(!costs);
    QVERIFY(costs.error().message.contains(u"2026-12.csv"_s));
}

void TestCostFile::absent()
{
    const auto costs = readCosts(u"/no/such/bill.csv"_s);
    QVERIFY(!costs);
    QVERIFY(costs.error().message.contains(u"/no/such/bill.csv"_s));
}

QTEST_GUILESS_MAIN(TestCostFile)
#include "tst_costfile.moc"
