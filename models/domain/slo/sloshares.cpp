// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloshares.h>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

std::vector<const Slo *> pointers(std::span<const SharedSlo> slos)
{
    std::vector<const Slo *> list;
    for (const SharedSlo &slo : slos)
        list.push_back(slo.get());
    return list;
}

void removeMissing(HourBuckets &buckets)
{
    std::erase_if(buckets, [](const HourBucket &bucket) { return bucket.state == BucketState::Missing; });
}

SloShare shareOf(
    const Slo &slo, const UnionAnswer &answer, const HourSpan &hours, bool isPartial, Timestamp fetchedAt)
{
    SloShare share;
    share.problem = answer.problem;
    share.isWhole.assign(size_t(hours.last - hours.first + 1), !isPartial);
    // Asked, and nothing there: worth knowing, so that it is not asked again.
    HourBuckets nothing = bucketsFrom({}, hours.first, hours.last, isPartial, fetchedAt);
    const bool isGrouped = !slo.groupBy.isEmpty();
    if (!isPartial && (isGrouped || answer.groups.empty()))
        share.hours.emplace_back(QString(), std::move(nothing));
    for (const SloAnswer &group : answer.groups) {
        HourBuckets buckets = bucketsFrom(group.points, hours.first, hours.last, isPartial, fetchedAt);
        for (const HourBucket &bucket : buckets) {
            if (bucket.state == BucketState::Partial)
                share.isWhole[size_t(bucket.hour - hours.first)] = false;
        }
        if (isGrouped || isPartial)
            removeMissing(buckets);
        share.hours.emplace_back(groupKey(group.group), std::move(buckets));
    }
    return share;
}

} // namespace

std::vector<SloShare> fillShares(std::span<const SharedSlo> slos, const SeriesSet &series,
    const HourSpan &hours, bool isPartial, Timestamp fetchedAt)
{
    const std::vector<const Slo *> list = pointers(slos);
    const std::vector<UnionAnswer> answers = readUnion(list, series, kHour);
    std::vector<SloShare> shares;
    for (size_t i = 0; i < answers.size(); ++i)
        shares.push_back(shareOf(*slos[i], answers[i], hours, isPartial, fetchedAt));
    return shares;
}

std::vector<SloShare> pointShares(
    std::span<const SharedSlo> slos, const SeriesSet &series, Nanoseconds window)
{
    const std::vector<const Slo *> list = pointers(slos);
    std::vector<SloShare> shares;
    for (const UnionAnswer &answer : readUnion(list, series, window)) {
        SloShare &share = shares.emplace_back();
        share.problem = answer.problem;
        for (const SloAnswer &group : answer.groups) {
            if (!group.points.empty())
                share.points.emplace_back(groupKey(group.group), group.points.back());
        }
    }
    return shares;
}

bool isPartialAnswer(const QueryResult &result)
{
    if (result.warnings.empty())
        return result.freshness.state == Freshness::State::Partial;
    return std::any_of(result.warnings.begin(), result.warnings.end(), [](const Untrusted &warning) {
        const QString text = render::line(warning);
        return !text.startsWith("PromQL info"_L1) && !text.startsWith("PromQL warning"_L1);
    });
}

QString reachQuery(Nanoseconds ago)
{
    return u"label_replace(count(up), \"bw_part\", \"now\", \"\", \"\")\nor "
           "label_replace(count(up offset %1), \"bw_part\", \"then\", \"\", \"\")"_s.arg(promDuration(ago));
}

BackendReach readReach(const SeriesSet &series)
{
    const auto has = [&series](QStringView part) {
        return std::any_of(series.begin(), series.end(),
            [part](const Series &one) { return one.labels.text(u"bw_part") == part && !one.values.empty(); });
    };
    if (has(u"then"))
        return BackendReach::Holds;
    return has(u"now") ? BackendReach::Ends : BackendReach::Unknown;
}

} // namespace bw
