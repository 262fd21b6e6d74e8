// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/metricprofile.h>

#include <QRegularExpression>

#include <algorithm>
#include <optional>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

QStringList sortedUnique(QStringList names)
{
    names.removeAll(QString());
    names.sort();
    names.removeDuplicates();
    return names;
}

/// Label names that a piece such as `code=~"5..",job="x"` uses.
QStringList labelsIn(QString matchers)
{
    static const QRegularExpression strings(u"\"(?:[^\"\\\\]|\\\\.)*\""_s);
    static const QRegularExpression name(u"([A-Za-z_][A-Za-z0-9_]*)\\s*(?:=~|!~|!=|=)"_s);
    matchers.remove(strings);
    QStringList names;
    for (const QRegularExpressionMatch &match : name.globalMatch(matchers))
        names << match.captured(1);
    return names;
}

/// What takes a classic series out of the rate of the native histogram of that name; nullopt: it is not in
/// it.
std::optional<QString> partOf(const QString &metric, const QString &native)
{
    if (metric == native + "_count"_L1)
        return u"histogram_count"_s;
    if (metric == native + "_sum"_L1)
        return u"histogram_sum"_s;
    return metric == native + "_bucket"_L1 ? std::optional(QString()) : std::nullopt;
}

/// Also where nothing but the native histogram of its requests exists.
bool isThere(const MetricProfile &profile, const QStringList &existing)
{
    const QString native = profile.selectors.value(u"native"_s).metric;
    const QString requests = profile.selectors.value(u"requests"_s).metric;
    const bool counts = existing.contains(native) && partOf(requests, native);
    return counts
        || std::any_of(profile.anyMetric.begin(), profile.anyMetric.end(),
            [&](const QString &metric) { return existing.contains(metric); });
}

QString whatIsLost(const QString &key)
{
    if (key == "buckets"_L1)
        return u"no latency"_s;
    if (key == "sums"_L1)
        return u"no time consumed"_s;
    if (key == "errors"_L1)
        return u"no error ratio"_s;
    return key == "requests"_L1 ? u"no request rate"_s : u"no "_s + key;
}

/// A native histogram is counter, sum and buckets in one series: it stands for those that are missing, and
/// for all of them where the profile prefers it.
void takeNative(DetectedProfile &detected, const QStringList &existing)
{
    const MetricProfile &profile = detected.profile;
    const QString native = profile.selectors.value(u"native"_s).metric;
    if (native.isEmpty() || !existing.contains(native))
        return;
    const QString requests = profile.selectors.value(u"requests"_s).metric;
    const auto &selectors = profile.selectors;
    for (auto selector = selectors.begin(); selector != selectors.end(); ++selector) {
        // Errors are mostly requests with another matcher; then the profile names the metric once.
        const bool isSame = selector.key() == "errors"_L1 && selector->metric.isEmpty();
        const QString metric = isSame ? requests : selector->metric;
        const auto part = partOf(metric, native);
        if (part && (profile.nativeHistograms || !existing.contains(metric)))
            detected.nativeParts.insert(selector.key(), *part);
    }
}

/// A selector whose metric is not there is emptied, so that asking for it says what is missing instead of
/// drawing an empty panel.
void dropMissing(DetectedProfile &detected, const QStringList &existing)
{
    auto &selectors = detected.profile.selectors;
    const QString requests = detected.metricOf(u"requests"_s);
    const bool counted = !requests.isEmpty() && existing.contains(requests);
    for (auto selector = selectors.begin(); selector != selectors.end(); ++selector) {
        const QString metric = selector->metric;
        if (metric.isEmpty() || existing.contains(metric) || detected.nativeParts.contains(selector.key()))
            continue;
        // Nobody misses native histograms where there are none.
        if (selector.key() != "native"_L1)
            detected.notes << (counted
                    ? u"%1 found, no %2: %3"_s.arg(requests, metric, whatIsLost(selector.key()))
                    : u"no %1: %2"_s.arg(metric, whatIsLost(selector.key())));
        selector->metric.clear();
    }
}

} // namespace

QString DetectedProfile::metricOf(const QString &key) const
{
    return profile.selectors.value(nativeParts.contains(key) ? u"native"_s : key).metric;
}

QStringList probedMetrics(const std::vector<MetricProfile> &profiles)
{
    QStringList names;
    for (const MetricProfile &profile : profiles) {
        names += profile.anyMetric;
        for (const MetricProfile::Selector &selector : profile.selectors)
            names << selector.metric;
    }
    return sortedUnique(names);
}

QString detectionQuery(const QStringList &metrics)
{
    QStringList escaped;
    for (QString name : metrics) {
        // Escaped for the regular expression and for the quotes around it.
        name.replace(u'\\', u"\\\\\\\\"_s).replace(u'"', u"\\\""_s).replace(u'.', u"\\\\."_s);
        escaped << name;
    }
    return u"count by (__name__) ({__name__=~\"%1\",quantile=\"\"})"_s.arg(escaped.join(u'|'));
}

DetectedProfile chooseProfile(std::vector<MetricProfile> profiles, const QStringList &existing)
{
    DetectedProfile detected;
    const QStringList probed = probedMetrics(profiles);
    for (const QString &name : probed) {
        if (existing.contains(name))
            detected.families << name;
    }
    std::stable_sort(profiles.begin(), profiles.end(),
        [](const MetricProfile &a, const MetricProfile &b) { return a.priority > b.priority; });
    for (const MetricProfile &profile : profiles) {
        if (!isThere(profile, existing))
            continue;
        if (detected.found) {
            detected.alsoFound << profile.id;
            continue;
        }
        detected.found = true;
        detected.profile = profile;
    }
    if (!detected.found)
        return detected;
    detected.errorMatcher = detected.profile.selectors.value(u"errors"_s).matchers;
    takeNative(detected, existing);
    dropMissing(detected, existing);
    return detected;
}

void settleLabels(DetectedProfile &detected, const QStringList &labelNames)
{
    if (labelNames.isEmpty()) // not known is not the same as none
        return;
    auto &profile = detected.profile;
    for (QStringList &candidates : profile.labels) {
        const auto first = std::find_if(candidates.begin(), candidates.end(),
            [&](const QString &name) { return labelNames.contains(name); });
        candidates = first == candidates.end() ? QStringList() : QStringList{*first};
    }
    const auto errors = profile.selectors.find(u"errors"_s);
    const QString requests = profile.selectors.value(u"requests"_s).metric;
    // A separate error metric has labels of its own.
    if (errors == profile.selectors.end() || (!errors->metric.isEmpty() && errors->metric != requests))
        return;
    const QStringList forms = QStringList{errors->matchers} + errors->alternatives;
    const auto form = std::find_if(forms.begin(), forms.end(), [&](const QString &matchers) {
        const QStringList names = labelsIn(matchers);
        return std::all_of(
            names.begin(), names.end(), [&](const QString &name) { return labelNames.contains(name); });
    });
    if (form != forms.end()) {
        detected.errorMatcher = *form;
        return;
    }
    // Matching on a label that is not there would find no errors at all and look healthy.
    QStringList wanted;
    for (const QString &matchers : forms)
        wanted += labelsIn(matchers);
    wanted.removeDuplicates();
    detected.notes << u"%1 has no label %2: no error ratio"_s.arg(
        detected.metricOf(u"requests"_s), wanted.join(u", "_s));
    detected.errorMatcher.clear();
    profile.selectors.erase(errors);
}

} // namespace bw
