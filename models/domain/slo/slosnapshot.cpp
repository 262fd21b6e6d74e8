// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slosnapshot.h>

#include <QCoreApplication>

#include <algorithm>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString text(const char *what) { return QCoreApplication::translate("bw::SloSnapshot", what); }

QString days(Nanoseconds span)
{
    return u"%1 d"_s.arg(double(span.count()) / 86400e9, 0, 'f', span < 72h ? 1 : 0);
}

/// Why the figure covers less than its period; empty when it covers all of it.
QString retentionOf(const SloSnapshot::Member &member, const HourBuckets &buckets, Timestamp now)
{
    const auto unknown = unknownAtFirst(*member.slo, buckets, now);
    if (!unknown)
        return {};
    const TimeRange period = periodAt(member.slo->period, now);
    const Nanoseconds asked = std::min(now, period.end) - period.begin;
    const QString held = days(asked - *unknown), wanted = days(asked);
    switch (member.reach) {
    case BackendReach::Ends:
        return text(
            "the backend holds %1 of %2; the figure covers %1 and grows daily, because hours are kept "
            "here")
            .arg(held, wanted);
    case BackendReach::Holds:
        return text("its series began %1 ago; the backend looks further back, so the figure covers all there "
                    "is of %2")
            .arg(held, wanted);
    case BackendReach::Unknown:
        break;
    }
    return text("nothing is known before %1 ago; the figure covers these of %2").arg(held, wanted);
}

SloStatus statusOf(const SloSnapshot::Member &member, Timestamp now)
{
    HourBuckets buckets = member.buckets ? *member.buckets : HourBuckets();
    if (member.open)
        mergeBuckets(buckets, {*member.open});
    const bool isGrouped = !member.slo->groupBy.isEmpty();
    ShortWindows windows = member.windows;
    if (!isGrouped) {
        for (const auto &[window, counts] : member.recorded.windows)
            windows[window] = counts; // what fires in the other tool is judged by these
    }
    SloStatus status = evaluated(*member.slo, groupFrom(member.group), buckets, windows, now);
    status.problem = member.problem;
    status.isRefilling = member.isRefilling;
    status.windowsAt = member.windowsAt;
    if (!isGrouped)
        status.recorded = member.recorded.figures;
    status.hoursWanted = member.hoursWanted;
    status.hoursKnown = member.hoursKnown;
    if (status.hoursKnown >= status.hoursWanted) // asked for everything
        status.retentionWarning = retentionOf(member, buckets, now);
    return status;
}

} // namespace

std::optional<Nanoseconds> unknownAtFirst(const Slo &slo, const HourBuckets &buckets, Timestamp now)
{
    const Timestamp begin = periodAt(slo.period, now).begin;
    const auto first = std::find_if(buckets.begin(), buckets.end(), [begin](const HourBucket &bucket) {
        return bucket.state != BucketState::Missing && startOfHour(bucket.hour + 1) > begin;
    });
    if (first == buckets.end() || startOfHour(first->hour) <= begin + 2 * kHour)
        return {};
    return startOfHour(first->hour) - begin;
}

std::vector<SloStatus> evaluated(const SloSnapshot &snapshot)
{
    std::vector<SloStatus> statuses;
    for (const SloSnapshot::Member &member : snapshot.members)
        statuses.push_back(statusOf(member, snapshot.now));
    return statuses;
}

} // namespace bw
