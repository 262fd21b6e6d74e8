// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/metricprofile.h>

#include <QTest>

using namespace bw;
using namespace Qt::Literals::StringLiterals;

namespace {

MetricProfile generic()
{
    MetricProfile profile;
    profile.id = u"generic"_s;
    profile.priority = 50;
    profile.anyMetric = {u"http_requests_total"_s};
    profile.selectors = {{u"requests"_s, {u"http_requests_total"_s, {}, {}}},
        {u"errors"_s, {{}, u"code=~\"5..\""_s, {u"status=~\"5..\""_s, u"status_code=~\"5..\""_s}}},
        {u"buckets"_s, {u"http_request_duration_seconds_bucket"_s, {}, {}}}};
    profile.labels = {{u"service"_s, {u"service"_s, u"job"_s}}, {u"route"_s, {u"handler"_s, u"path"_s}}};
    return profile;
}

MetricProfile otel()
{
    MetricProfile profile;
    profile.id = u"otel"_s;
    profile.priority = 100;
    profile.anyMetric = {u"http_server_request_duration_seconds_count"_s, u"http_requests_other"_s};
    profile.selectors = {{u"requests"_s, {u"http_server_request_duration_seconds_count"_s, {}, {}}}};
    return profile;
}

MetricProfile histogramOnly()
{
    MetricProfile profile;
    profile.id = u"histogram"_s;
    profile.priority = 10;
    profile.anyMetric = {u"http_seconds_count"_s};
    profile.selectors = {{u"requests"_s, {u"http_seconds_count"_s, {}, {}}},
        {u"errors"_s, {{}, u"code=~\"5..\""_s, {}}}, {u"buckets"_s, {u"http_seconds_bucket"_s, {}, {}}},
        {u"sums"_s, {u"http_seconds_sum"_s, {}, {}}}, {u"native"_s, {u"http_seconds"_s, {}, {}}}};
    return profile;
}

} // namespace

class TestMetricProfile : public QObject
{
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

    void probed()
    {
        QCOMPARE(probedMetrics({generic(), otel()}),
            QStringList({u"http_request_duration_seconds_bucket"_s, u"http_requests_other"_s,
                u"http_requests_total"_s, u"http_server_request_duration_seconds_count"_s}));
    }

    void query()
    {
        QCOMPARE(detectionQuery({u"a"_s, u"b:c"_s}),
            u"count by (__name__) ({__name__=~\"a|b:c\",quantile=\"\"})"_s);
        QCOMPARE(detectionQuery({u"http.server"_s}),
            u"count by (__name__) ({__name__=~\"http\\\\.server\",quantile=\"\"})"_s);
    }

    void highestPriorityWins()
    {
        const auto detected = chooseProfile({generic(), otel()},
            {u"http_requests_total"_s, u"http_server_request_duration_seconds_count"_s, u"unrelated"_s});
        QVERIFY(detected.found);
        QCOMPARE(detected.profile.id, u"otel"_s);
        QCOMPARE(detected.alsoFound, QStringList({u"generic"_s}));
        QCOMPARE(detected.families,
            QStringList({u"http_requests_total"_s, u"http_server_request_duration_seconds_count"_s}));
    }

    void nothingThere()
    {
        const auto detected = chooseProfile({generic(), otel()}, {u"up"_s});
        QVERIFY(!detected.found && detected.profile.id.isEmpty() && detected.families.isEmpty());
    }

    void nearMissIsNoted()
    {
        const auto detected = chooseProfile({generic()}, {u"http_requests_total"_s});
        QVERIFY(detected.found);
        QCOMPARE(detected.notes,
            QStringList(
                {u"http_requests_total found, no http_request_duration_seconds_bucket: no latency"_s}));
        QVERIFY(detected.profile.selectors.value(u"buckets"_s).metric.isEmpty());
        QCOMPARE(detected.errorMatcher, u"code=~\"5..\""_s);
    }

    void labelsSettle()
    {
        auto detected =
            chooseProfile({generic()}, {u"http_requests_total"_s, u"http_request_duration_seconds_bucket"_s});
        settleLabels(detected, {u"job"_s, u"status"_s, u"instance"_s});
        QCOMPARE(detected.profile.labels.value(u"service"_s), QStringList({u"job"_s}));
        QVERIFY(detected.profile.labels.value(u"route"_s).isEmpty());
        QCOMPARE(detected.errorMatcher, u"status=~\"5..\""_s);
        QVERIFY(detected.notes.isEmpty());
    }

    /// Matching on a label that is not there would show "no errors".
    void noErrorLabelMeansNoErrorRatio()
    {
        auto detected = chooseProfile({generic()}, {u"http_requests_total"_s});
        settleLabels(detected, {u"job"_s});
        QVERIFY(!detected.profile.selectors.contains(u"errors"_s));
        QVERIFY(detected.errorMatcher.isEmpty());
        QVERIFY(detected.notes.contains(
            u"http_requests_total has no label code, status, status_code: no error ratio"_s));
    }

    void unknownLabelsSettleNothing()
    {
        auto detected = chooseProfile({generic()}, {u"http_requests_total"_s});
        const auto before = detected;
        settleLabels(detected, {});
        QCOMPARE(detected, before);
    }

    void aSeparateErrorMetricKeepsItsMatcher()
    {
        MetricProfile envoy = generic();
        envoy.selectors[u"errors"_s] = {u"envoy_rq_xx"_s, u"envoy_class=\"5\""_s, {}};
        auto detected = chooseProfile({envoy}, {u"http_requests_total"_s, u"envoy_rq_xx"_s});
        settleLabels(detected, {u"job"_s});
        QCOMPARE(detected.errorMatcher, u"envoy_class=\"5\""_s);
        QCOMPARE(detected.profile.selectors.value(u"errors"_s).metric, u"envoy_rq_xx"_s);
    }

    void aNativeHistogramIsEnough()
    {
        const auto detected = chooseProfile({generic(), histogramOnly()}, {u"http_seconds"_s});
        QVERIFY(detected.found);
        QCOMPARE(detected.profile.id, u"histogram"_s);
        QCOMPARE(detected.nativeParts,
            (QMap<QString, QString>{{u"requests"_s, u"histogram_count"_s},
                {u"errors"_s, u"histogram_count"_s}, {u"sums"_s, u"histogram_sum"_s},
                {u"buckets"_s, QString()}}));
        for (const QString &key : {u"requests"_s, u"sums"_s, u"buckets"_s})
            QCOMPARE(detected.metricOf(key), u"http_seconds"_s);
        // The profile itself stays as it is in its file.
        QCOMPARE(detected.profile.selectors.value(u"requests"_s).metric, u"http_seconds_count"_s);
        QVERIFY(detected.notes.isEmpty());
    }

    void aNativeHistogramStandsForWhatIsMissing()
    {
        const auto detected = chooseProfile({histogramOnly()}, {u"http_seconds_count"_s, u"http_seconds"_s});
        QCOMPARE(detected.nativeParts.keys(), QStringList({u"buckets"_s, u"sums"_s}));
        QCOMPARE(detected.metricOf(u"requests"_s), u"http_seconds_count"_s);
    }

    void classicSeriesComeFirstUnlessTheProfileSaysOtherwise()
    {
        const QStringList both{
            u"http_seconds"_s, u"http_seconds_bucket"_s, u"http_seconds_count"_s, u"http_seconds_sum"_s};
        MetricProfile profile = histogramOnly();
        QVERIFY(chooseProfile({profile}, both).nativeParts.isEmpty());
        profile.nativeHistograms = true;
        QCOMPARE(chooseProfile({profile}, both).nativeParts.size(), 4);
        QCOMPARE(chooseProfile({profile}, both).metricOf(u"buckets"_s), u"http_seconds"_s);
        // Preferred is not required.
        const auto classic = chooseProfile({profile}, both.mid(1));
        QVERIFY(classic.nativeParts.isEmpty());
        QCOMPARE(classic.metricOf(u"buckets"_s), u"http_seconds_bucket"_s);
    }

    void aCounterOfItsOwnIsNotInTheHistogram()
    {
        MetricProfile profile = generic();
        profile.selectors[u"native"_s] = {u"http_request_duration_seconds"_s, {}, {}};
        QVERIFY(!chooseProfile({profile}, {u"http_request_duration_seconds"_s}).found);
        const auto detected =
            chooseProfile({profile}, {u"http_requests_total"_s, u"http_request_duration_seconds"_s});
        QCOMPARE(detected.nativeParts.keys(), QStringList({u"buckets"_s}));
        QCOMPARE(detected.metricOf(u"requests"_s), u"http_requests_total"_s);
    }

    void nativeErrorsNeedTheirLabel()
    {
        auto detected = chooseProfile({histogramOnly()}, {u"http_seconds"_s});
        settleLabels(detected, {u"job"_s});
        QVERIFY(!detected.profile.selectors.contains(u"errors"_s));
        QVERIFY(detected.notes.contains(u"http_seconds has no label code: no error ratio"_s));
    }

    void textInQuotesIsNoLabel()
    {
        MetricProfile profile = generic();
        profile.selectors[u"errors"_s] = {{}, u"status=~\"5..|a=b\""_s, {}};
        auto detected = chooseProfile({profile}, {u"http_requests_total"_s});
        settleLabels(detected, {u"status"_s});
        QCOMPARE(detected.errorMatcher, u"status=~\"5..|a=b\""_s);
    }
};

QTEST_APPLESS_MAIN(TestMetricProfile)
#include "tst_metricprofile.moc"
