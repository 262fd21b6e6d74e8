// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QMap>
#include <QString>
#include <QStringList>

#include <vector>

namespace bw {

/// How one kind of telemetry is spelled. Read from profiles/*.yaml; the built-in ones are resources.
struct MetricProfile
{
    struct Selector
    {
        QString metric; ///< empty: this telemetry has none
        QString matchers; ///< `code=~"5.."`
        /// Further forms of `matchers`; the first whose labels exist counts (settleLabels, for errors).
        QStringList alternatives;
        bool operator==(const Selector &) const = default;
    };
    QString id;
    int priority = 0; ///< the highest wins
    QStringList anyMetric; ///< detected when one of these exists
    /// requests, errors, buckets, sums, and any further key a dashboard names (${__sel.KEY}).
    QMap<QString, Selector> selectors;
    /// service, route, namespace, cluster, pod, version … (${__label.KEY}); several candidates in order.
    QMap<QString, QStringList> labels;
    QString latencyUnit = QStringLiteral("s"); ///< s or ms; milliseconds are scaled in the client
    bool nativeHistograms = false; ///< read native histograms even where classic buckets exist too
    QString base; ///< matchers added to every selector
    bool operator==(const MetricProfile &) const = default;
};

/// What was found on one datasource: the profile chosen and the candidates that exist there.
struct DetectedProfile
{
    MetricProfile profile; ///< labels reduced to the one that exists
    QString errorMatcher; ///< form that has values there
    QStringList alsoFound; ///< ids of further profiles
    QStringList families; ///< every probed metric name that exists
    QStringList notes; ///< near misses: "http_requests_total found, no buckets: no latency"
    /// Signals that the native histogram (selectors["native"]) stands for: key → function that takes them
    /// out of its rate, histogram_count or histogram_sum; empty for the buckets, which are the rate itself.
    QMap<QString, QString> nativeParts;
    bool found = false; ///< false: none of the profiles exists there
    /// The metric that has the signal `key` there, which may be the native histogram; empty: none.
    QString metricOf(const QString &key) const;
    bool operator==(const DetectedProfile &) const = default;
};

/// Every metric name that the profiles and panels care about, for the one detection query.
QStringList probedMetrics(const std::vector<MetricProfile> &profiles);
/// `count by (__name__) ({__name__=~"a|b|c",quantile=""})`: a summary's quantiles are called as a native
/// histogram would be.
QString detectionQuery(const QStringList &metrics);
/// Chooses among `profiles` given the metrics that exist and, for the chosen one's request metric, its label
/// names.
DetectedProfile chooseProfile(std::vector<MetricProfile> profiles, const QStringList &existing);
/// Reduces each label's candidates to the first that is in `labelNames`.
void settleLabels(DetectedProfile &detected, const QStringList &labelNames);

} // namespace bw
