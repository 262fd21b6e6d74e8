// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/alerts/alert.h>
#include <domain/metrics/labels.h>
#include <domain/slo/burnrate.h>
#include <domain/slo/slobuckets.h>

#include <map>
#include <span>

namespace bw {

/// The budget of one period as far as it is known. The whole period's events are the known ones extended
/// evenly over what is unknown or has not come yet, so that a calendar month does not fail on its first day.
struct PeriodBudget
{
    TimeRange period; ///< whole
    TimeRange elapsed; ///< up to now
    WindowSum sum; ///< over `elapsed`
    std::optional<double> attained; ///< 1 − e; nullopt without traffic
    std::optional<double> remaining; ///< share of the period's budget; below 0: overspent
    double allowedBad = 0; ///< bad events that the whole period may have
    Nanoseconds allowedTime{0}; ///< B · P: how long everything may fail
    std::optional<Timestamp> exhaustedSince; ///< the end of the hour in which it ran out
    bool operator==(const PeriodBudget &) const = default;
};
PeriodBudget periodBudget(const Slo &slo, const HourBuckets &buckets, Timestamp now);
/// Hour by hour from the period's begin to now; the last one equals periodBudget().remaining.
std::vector<BudgetPoint> burnDown(const Slo &slo, const HourBuckets &buckets, Timestamp now);

/// Bad and total of one short window, as asked for by an instant query; total 1 where only a ratio exists.
struct WindowCounts
{
    double bad = 0, total = 0;
    bool isRecorded = false; ///< from another tool's series
    bool operator==(const WindowCounts &) const = default;
};
/// By window length. A window that is not in it was not answered.
using ShortWindows = std::map<Nanoseconds, WindowCounts>;

/// What another tool recorded about the same objective.
struct RecordedFigures
{
    std::optional<double> remaining, attained;
    std::optional<Nanoseconds> period;
    QString problem; ///< why nothing of it is used
    bool isEmpty() const { return !remaining && !attained; }
    bool operator==(const RecordedFigures &) const = default;
};

/// One UTC day.
struct DaySum
{
    qint64 end = 0; ///< ns
    double bad = 0, total = 0;
    bool operator==(const DaySum &) const = default;
};
/// The days of a range of which something is known, by their ends.
std::vector<DaySum> daySums(const HourBuckets &buckets, const TimeRange &range);

/// One objective (or one member of a grouped one) as it stands.
struct SloStatus
{
    enum class State : quint8 {
        NoData, ///< nothing known yet
        NoTraffic, ///< neither met nor missed
        Met,
        Missed ///< the budget is spent
    };
    QString key; ///< unique: the id, and the group's labels
    Slo slo;
    Labels group; ///< empty unless grouped
    State state = State::NoData;
    PeriodBudget budget;
    double badLeft = 0; ///< events that may still fail; below 0: overspent. Meaningless for ratios
    bool countsEvents = true; ///< false: only ratios are known
    std::vector<BurnReading> burn;
    PageRuleReading page;
    std::optional<Nanoseconds> exhaustedIn; ///< at the burn of the last hour
    RecordedFigures recorded;
    QString retentionWarning; ///< the backend holds less than the period
    QString problem; ///< why it cannot be asked; its figures are the last good ones
    int hoursKnown = 0, hoursWanted = 0; ///< of the first fill
    bool isRefilling = false; ///< the figures are of an older form of the query
    std::optional<Timestamp> windowsAt; ///< when the short windows were answered
    std::vector<BudgetPoint> trend; ///< burnDown()
    std::vector<DaySum> days; ///< of the period

    bool isFiring(BurnRow::Severity severity) const;
    /// The highest long burn of its rows whose two windows are known; nullopt: none is.
    std::optional<double> worstBurn() const;
    bool operator==(const SloStatus &) const = default;
};
QString stateName(SloStatus::State state);
/// "api {handler=/login}".
QString titleOf(const SloStatus &status);

/// The key of a status: the objective's id, and the group's labels.
QString statusKey(const Slo &slo, const Labels &group);
/// Fills everything that follows from the buckets and the windows. Windows of a day and more that are not in
/// `windows` are summed from the buckets, if at least half of their hours are known.
SloStatus evaluated(const Slo &slo, const Labels &group, const HourBuckets &buckets,
    const ShortWindows &windows, Timestamp now);

/// Over all objectives that count.
struct GlobalFigures
{
    int met = 0, withTraffic = 0, noTraffic = 0, noData = 0;
    /// 1 − Σbad/Σtotal over the event-weighted ones that count events.
    std::optional<double> trafficWeighted;
    int weightedOver = 0; ///< objectives in it
    QStringList leftOut; ///< titles of those that are not in it, and why
    std::optional<double> shareMet() const;
};
GlobalFigures globalFigures(std::span<const SloStatus> statuses);

/// Alerts that other tools raise for the same objective: labels `sloth_id`, or `slo` with ErrorBudgetBurn.
struct AlertAgreement
{
    bool pageFires = false, ticketFires = false; ///< in Alertmanager
    QStringList alerts; ///< names
};
AlertAgreement agreementOf(const SloStatus &status, std::span<const Alert> alerts);

/// Worst first: cannot be asked, missed, then least budget; no traffic and no data last.
bool isWorse(const SloStatus &a, const SloStatus &b);

} // namespace bw
