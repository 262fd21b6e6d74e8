// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/queryspec.h>

#include <QSet>
#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

const TimeRange kHour{fromUnixMs(1'795'269'600'000), fromUnixMs(1'795'273'200'000)};
const TimeRange kNext{kHour.begin + 15s, kHour.end + 15s};

QuerySpec spec(QueryBody body, const QString &source = u"prom-eu"_s) { return {{source}, std::move(body)}; }

std::vector<QuerySpec> differentSpecs()
{
    return {spec(InstantQuery{u"up"_s, {}}), spec(InstantQuery{u"up"_s, {}}, u"prom-us"_s),
        spec(InstantQuery{u"up"_s, kHour.end}), spec(InstantQuery{u"up "_s, {}}),
        spec(RangeQuery{u"up"_s, kHour, 15s}), spec(RangeQuery{u"up"_s, kHour, 30s}),
        spec(RangeQuery{u"up"_s, kNext, 15s}), spec(ExemplarQuery{u"up"_s, kHour}),
        spec(LabelQuery{{}, {}, {}}), spec(LabelQuery{u"job"_s, {}, {}}),
        spec(LabelQuery{u"job"_s, {u"up"_s}, {}}), spec(LabelQuery{u"job"_s, {u"up"_s, u"down"_s}, {}}),
        spec(LabelQuery{u"job"_s, {u"updown"_s}, {}}), spec(LabelQuery{u"job"_s, {u"up"_s}, kHour}),
        spec(SeriesQuery{{u"up"_s}, {}}), spec(SeriesQuery{{u"up"_s}, kHour}), spec(MetadataQuery{}),
        spec(MetadataQuery{u"up"_s}), spec(RulesQuery{}), spec(RulesQuery{u"alert"_s}), spec(AlertsQuery{}),
        spec(AlertGroupsQuery{}), spec(SilencesQuery{}), spec(StatusQuery{}),
        spec(OwnDataQuery{u"deploys"_s, {}}), spec(OwnDataQuery{u"deploys"_s, kHour}),
        // Fields must not run into one another.
        spec(LabelQuery{u"a"_s, {u"b"_s, u"c"_s}, {}}), spec(LabelQuery{u"a"_s, {u"b1:c"_s}, {}}),
        spec(InstantQuery{u"x@1"_s, {}}), spec(InstantQuery{u"x"_s, Timestamp(1ns)})};
}

} // namespace

class TestQuerySpec : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void differentSpecsHaveDifferentKeys()
    {
        QSet<QByteArray> keys;
        const auto specs = differentSpecs();
        for (const QuerySpec &one : specs)
            keys.insert(keyOf(one));
        QCOMPARE(size_t(keys.size()), specs.size());
    }

    void equalSpecsHaveEqualKeys()
    {
        const auto first = differentSpecs(), second = differentSpecs();
        for (size_t i = 0; i < first.size(); ++i) {
            QCOMPARE(first[i], second[i]);
            QCOMPARE(keyOf(first[i]), keyOf(second[i]));
        }
    }

    void identityForgetsTimesOnly()
    {
        QCOMPARE(identityOf(spec(RangeQuery{u"up"_s, kHour, 15s})),
            identityOf(spec(RangeQuery{u"up"_s, kNext, 15s})));
        QCOMPARE(
            identityOf(spec(InstantQuery{u"up"_s, kHour.end})), identityOf(spec(InstantQuery{u"up"_s, {}})));
        QCOMPARE(identityOf(spec(OwnDataQuery{u"deploys"_s, kHour})),
            identityOf(spec(OwnDataQuery{u"deploys"_s, {}})));
        QVERIFY(identityOf(spec(RangeQuery{u"up"_s, kHour, 15s}))
            != identityOf(spec(RangeQuery{u"up"_s, kHour, 30s})));
        QVERIFY(
            identityOf(spec(RangeQuery{u"up"_s, kHour, 15s})) != identityOf(spec(InstantQuery{u"up"_s, {}})));
        QVERIFY(identityOf(spec(AlertsQuery{})) != identityOf(spec(AlertsQuery{}, u"other"_s)));
    }

    void described_data()
    {
        QTest::addColumn<QuerySpec>("query");
        QTest::addColumn<QString>("expected");
        QTest::newRow("range") << spec(RangeQuery{u"rate(x[5m])"_s, kHour, 15s})
                               << u"prom-eu range step=15s rate(x[5m])"_s;
        QTest::newRow("one line") << spec(InstantQuery{u"sum(\n  up)"_s, {}})
                                  << u"prom-eu instant sum( up)"_s;
        QTest::newRow("at") << spec(InstantQuery{u"up"_s, fromUnixMs(0)})
                            << u"prom-eu instant at=1970-01-01T00:00:00Z up"_s;
        QTest::newRow("values") << spec(LabelQuery{u"job"_s, {u"up"_s}, {}})
                                << u"prom-eu label_values job up"_s;
        QTest::newRow("names") << spec(LabelQuery{}) << u"prom-eu labels"_s;
        QTest::newRow("alerts") << spec(AlertsQuery{}, u"am"_s) << u"am alerts"_s;
    }
    void described()
    {
        QFETCH(QuerySpec, query);
        QFETCH(QString, expected);
        QCOMPARE(describe(query), expected);
    }
};

QTEST_APPLESS_MAIN(TestQuerySpec)
#include "tst_queryspec.moc"
