// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/exemplars.h>

#include <QTest>

#include <cmath>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

const TimeRange kRange{fromUnixMs(1'000'000), fromUnixMs(2'000'000)};

Exemplar at(int second, double value)
{
    Exemplar out;
    out.time = toNs(kRange.begin) + qint64(second) * 1'000'000'000;
    out.value = value;
    return out;
}

} // namespace

class TestExemplars : public QObject
{
    Q_OBJECT
private slots:
    void whatToAskFor();
    void traceIds_data();
    void traceIds();
    void oneAColumnHighestFirst();
    void limitKeepsTheHighest();
    void outsideAndNaN();
};

void TestExemplars::whatToAskFor()
{
    const QString x = u"x_bucket{job=\"a\"}"_s;
    QCOMPARE(*exemplarExpression(u"sum by (le) (increase(%1[1m]))"_s.arg(x)), x);
    QCOMPARE(
        *exemplarExpression(
            u"label_replace(histogram_quantile(0.5, sum by (le) (rate(%1[1m]))), \"q\", \"y\", \"\", \"\") or f(%1[5m])"_s
                .arg(x)),
        x);
    QCOMPARE(*exemplarExpression(u"rate(a[1m]) / rate(b{x=\"or\"}[1m])"_s), u"a or b{x=\"or\"}"_s);
    QVERIFY(!exemplarExpression(u"vector(1)"_s));
    QVERIFY(!exemplarExpression(u"a{x=\"1\""_s));
}

void TestExemplars::traceIds_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::addColumn<bool>("found");
    const QString id = u"0af7651916cd43dd8448eb211c80319c"_s;
    for (const QString &name : {u"trace_id"_s, u"traceID"_s, u"traceId"_s, u"TraceID"_s, u"trace.id"_s})
        QTest::newRow(qPrintable(name)) << name << id << true;
    QTest::newRow("short") << u"trace_id"_s << u"8448eb211c80319c"_s << true;
    QTest::newRow("span") << u"span_id"_s << id << false;
    QTest::newRow("no hex") << u"trace_id"_s << u"<b>x</b>"_s << false;
    QTest::newRow("zero") << u"trace_id"_s << u"0000"_s << false;
}

void TestExemplars::traceIds()
{
    QFETCH(QString, name);
    QFETCH(QString, value);
    QFETCH(bool, found);
    const auto id = traceIdOf(Labels::fromPairs({{Untrusted(name), Untrusted(value)}}));
    QCOMPARE(id.has_value(), found);
    if (found)
        QCOMPARE(*id, *TraceId::fromHex(value));
}

void TestExemplars::oneAColumnHighestFirst()
{
    const auto chosen =
        chosenExemplars({at(10, 1), at(20, 3), at(30, 2), at(150, 5), at(1000, 4)}, kRange, 10);
    QCOMPARE(chosen.size(), size_t(3));
    QCOMPARE(chosen[0].value, 5.0);
    QCOMPARE(chosen[1].value, 4.0); // the very end of the range is the last column
    QCOMPARE(chosen[2].value, 3.0);
}

void TestExemplars::limitKeepsTheHighest()
{
    std::vector<Exemplar> all;
    for (int second = 0; second < 1000; ++second)
        all.push_back(at(second, second % 100));
    const auto chosen = chosenExemplars(all, kRange, 2000, 200);
    QCOMPARE(chosen.size(), size_t(200));
    QCOMPARE(chosen.front().value, 99.0);
    QCOMPARE(chosen.back().value, 80.0);
}

void TestExemplars::outsideAndNaN()
{
    QVERIFY(chosenExemplars({at(-1, 1), at(1001, 1), at(5, std::nan(""))}, kRange, 10).empty());
    QVERIFY(chosenExemplars({at(5, 1)}, kRange, 0).empty());
    QVERIFY(chosenExemplars({at(5, 1)}, {kRange.begin, kRange.begin}, 10).empty());
}

QTEST_GUILESS_MAIN(TestExemplars)
#include "tst_exemplars.moc"
