// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/slostatus.h>

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

// Half: with less, a window's burn says more about when the console was started than about the service.
constexpr double kLeastCoverage = 0.5;

QString text(const char *what) { return QCoreApplication::translate("bw::SloStatus", what); }

double ratioOf(const Nanoseconds &a, const Nanoseconds &b)
{
    return b.count() > 0 ? double(a.count()) / double(b.count()) : 0;
}

/// The share of the budget that one unit of badness costs: events or seconds, by the weighting.
struct Allowance
{
    bool byTime = false;
    double allowed = 0; ///< bad events, or bad seconds
    double badOf(const WindowSum &sum) const { return byTime ? sum.ratioTime : sum.bad; }
};

Allowance allowanceOf(const Slo &slo, const WindowSum &sum, const TimeRange &period)
{
    Allowance allowance;
    allowance.byTime = slo.weighting == SloWeighting::Time;
    // What is not known is taken to be like what is.
    const double stretch = sum.known.count() > 0 ? ratioOf(period.span(), sum.known) : 0;
    allowance.allowed = slo.budget() * (allowance.byTime ? sum.trafficTime : sum.total) * stretch;
    return allowance;
}

std::optional<double> ratioOver(const Slo &slo, const HourBuckets &buckets, const ShortWindows &windows,
    Nanoseconds window, Timestamp now, bool *isRecorded)
{
    const auto asked = windows.find(window);
    if (asked != windows.end()) {
        *isRecorded = asked->second.isRecorded;
        return asked->second.total > 0 ? std::optional(asked->second.bad / asked->second.total)
                                       : std::nullopt;
    }
    if (window < 24h)
        return std::nullopt;
    const WindowSum sum = sumOf(buckets, {now - window, now});
    return sum.coverage() >= kLeastCoverage ? sum.errorRatio(slo.weighting) : std::nullopt;
}

} // namespace

PeriodBudget periodBudget(const Slo &slo, const HourBuckets &buckets, Timestamp now)
{
    PeriodBudget budget;
    budget.period = periodAt(slo.period, now);
    budget.elapsed = {budget.period.begin, std::min(now, budget.period.end)};
    budget.sum = sumOf(buckets, budget.elapsed);
    budget.allowedTime = Nanoseconds(qint64(slo.budget() * double(budget.period.span().count())));
    const auto ratio = budget.sum.errorRatio(slo.weighting);
    if (!ratio)
        return budget;
    budget.attained = 1 - *ratio;
    const Allowance allowance = allowanceOf(slo, budget.sum, budget.period);
    budget.allowedBad = slo.weighting == SloWeighting::Time
        ? slo.budget() * budget.sum.total * ratioOf(budget.period.span(), budget.sum.known)
        : allowance.allowed;
    // A rolling period is judged by what is known of it; a calendar one by what it will have had.
    const double elapsedShare = slo.period.kind == SloPeriod::Kind::Rolling
        ? 1.0
        : ratioOf(budget.elapsed.span(), budget.period.span());
    budget.remaining = 1 - *ratio / slo.budget() * elapsedShare;
    if (*budget.remaining <= 0) {
        const std::vector<BudgetPoint> points = burnDown(slo, buckets, now);
        const auto spent = std::find_if(
            points.begin(), points.end(), [](const BudgetPoint &point) { return point.remaining <= 0; });
        if (spent != points.end())
            budget.exhaustedSince = spent->at;
    }
    return budget;
}

std::vector<BudgetPoint> burnDown(const Slo &slo, const HourBuckets &buckets, Timestamp now)
{
    const TimeRange period = periodAt(slo.period, now);
    const TimeRange elapsed{period.begin, std::min(now, period.end)};
    const WindowSum whole = sumOf(buckets, elapsed);
    const auto ratio = whole.errorRatio(slo.weighting);
    if (!ratio)
        return {};
    // Scaled so that the last point is the budget's remaining share, whatever is not known.
    const bool byTime = slo.weighting == SloWeighting::Time;
    const double badInAll = byTime ? whole.ratioTime : whole.bad;
    const double elapsedShare =
        slo.period.kind == SloPeriod::Kind::Rolling ? 1.0 : ratioOf(elapsed.span(), period.span());
    const double spentInAll = *ratio / slo.budget() * elapsedShare;
    std::vector<BudgetPoint> points{{elapsed.begin, 1.0, true}};
    double bad = 0;
    for (Timestamp at = elapsed.begin; at < elapsed.end;) {
        const Timestamp next = std::min(startOfHour(hourOf(at) + 1), elapsed.end);
        const WindowSum hour = sumOf(buckets, {at, next});
        bad += byTime ? hour.ratioTime : hour.bad;
        points.push_back({next, badInAll > 0 ? 1 - spentInAll * bad / badInAll : 1, hour.known > 0ns});
        at = next;
    }
    return points;
}

std::vector<DaySum> daySums(const HourBuckets &buckets, const TimeRange &range)
{
    std::vector<DaySum> days;
    const qint64 first = hourOf(range.begin) / 24, last = hourOf(range.end) / 24;
    for (qint64 day = first; day <= last; ++day) {
        const TimeRange span{startOfHour(day * 24), startOfHour(day * 24 + 24)};
        const WindowSum sum =
            sumOf(buckets, {std::max(span.begin, range.begin), std::min(span.end, range.end)});
        if (sum.known > 0ns)
            days.push_back({toNs(span.end), sum.bad, sum.total});
    }
    return days;
}

bool SloStatus::isFiring(BurnRow::Severity severity) const
{
    return std::any_of(burn.begin(), burn.end(), [severity](const BurnReading &reading) {
        return reading.isFiring && reading.row.severity == severity;
    });
}

std::optional<double> SloStatus::worstBurn() const
{
    std::optional<double> worst;
    for (const BurnReading &reading : burn) {
        if (!reading.longBurn || !reading.shortBurn)
            continue;
        const double both = std::min(*reading.longBurn, *reading.shortBurn);
        worst = std::max(worst.value_or(both), both);
    }
    return worst;
}

QString stateName(SloStatus::State state)
{
    switch (state) {
    case SloStatus::State::NoData:
        return u"no_data"_s;
    case SloStatus::State::NoTraffic:
        return u"no_traffic"_s;
    case SloStatus::State::Met:
        return u"met"_s;
    case SloStatus::State::Missed:
        return u"missed"_s;
    }
    return {};
}

QString titleOf(const SloStatus &status)
{
    const QString title = status.slo.title.isEmpty() ? status.slo.id : status.slo.title;
    if (status.group.isEmpty())
        return title;
    QStringList pairs;
    for (const auto &[name, value] : status.group.pairs())
        pairs += render::line(name, 40) + u'=' + render::line(value, 80);
    return u"%1 {%2}"_s.arg(title, pairs.join(u", "_s));
}

QString statusKey(const Slo &slo, const Labels &group)
{
    QString key = slo.id;
    for (const auto &[name, value] : group.pairs())
        key += u'/' + render::line(name) + u'=' + render::line(value);
    return key;
}

SloStatus evaluated(const Slo &slo, const Labels &group, const HourBuckets &buckets,
    const ShortWindows &windows, Timestamp now)
{
    SloStatus status;
    status.slo = slo;
    status.group = group;
    status.key = statusKey(slo, group);
    status.budget = periodBudget(slo, buckets, now);
    status.trend = burnDown(slo, buckets, now);
    status.days = daySums(buckets, status.budget.elapsed);
    status.countsEvents = queriesOf(slo).ratio.isEmpty();
    const auto &remaining = status.budget.remaining;
    if (remaining)
        status.state = *remaining >= 0 ? SloStatus::State::Met : SloStatus::State::Missed;
    else if (status.budget.sum.known > 0ns)
        status.state = SloStatus::State::NoTraffic;
    if (remaining)
        status.badLeft = status.budget.allowedBad * *remaining;
    for (const BurnRow &row : slo.burn) {
        bool longRecorded = false, shortRecorded = false;
        const auto longRatio = ratioOver(slo, buckets, windows, row.longWindow, now, &longRecorded);
        const auto shortRatio = ratioOver(slo, buckets, windows, row.shortWindow, now, &shortRecorded);
        BurnReading reading = readBurn(slo, row, longRatio, shortRatio);
        reading.isRecorded = longRecorded || shortRecorded;
        status.burn.push_back(reading);
    }
    bool recorded = false;
    status.page = readPageRule(slo, remaining, ratioOver(slo, buckets, windows, 1h, now, &recorded),
        ratioOver(slo, buckets, windows, 5min, now, &recorded));
    status.exhaustedIn = status.page.exhaustedIn;
    return status;
}

std::optional<double> GlobalFigures::shareMet() const
{
    return withTraffic > 0 ? std::optional(double(met) / withTraffic) : std::nullopt;
}

GlobalFigures globalFigures(std::span<const SloStatus> statuses)
{
    GlobalFigures figures;
    double bad = 0, total = 0;
    for (const SloStatus &status : statuses) {
        const QString title = titleOf(status);
        if (!status.slo.isGlobal) {
            figures.leftOut += text("%1: its file says so").arg(title);
            continue;
        }
        if (status.state == SloStatus::State::NoTraffic || status.state == SloStatus::State::NoData) {
            const bool isQuiet = status.state == SloStatus::State::NoTraffic;
            (isQuiet ? figures.noTraffic : figures.noData) += 1;
            figures.leftOut += (isQuiet ? text("%1: no traffic") : text("%1: no data")).arg(title);
            continue;
        }
        ++figures.withTraffic;
        figures.met += status.state == SloStatus::State::Met;
        if (status.slo.weighting != SloWeighting::Event || !status.countsEvents) {
            figures.leftOut += text("%1: time-weighted, so only in the share of objectives met").arg(title);
            continue;
        }
        bad += status.budget.sum.bad;
        total += status.budget.sum.total;
        ++figures.weightedOver;
    }
    if (total > 0)
        figures.trafficWeighted = 1 - bad / total;
    return figures;
}

AlertAgreement agreementOf(const SloStatus &status, std::span<const Alert> alerts)
{
    AlertAgreement agreement;
    const QString id = status.slo.recordedId.isEmpty() ? status.slo.id : status.slo.recordedId;
    for (const Alert &alert : alerts) {
        if (alert.state != AlertState::Firing && alert.state != AlertState::Silenced)
            continue;
        const QString name = alert.labels.text(u"alertname");
        const bool isSloth = alert.labels.text(u"sloth_id") == id;
        const bool isPyrra = name.contains("ErrorBudgetBurn"_L1) && alert.labels.text(u"slo") == id;
        if (!isSloth && !isPyrra)
            continue;
        const QString severity =
            isSloth ? alert.labels.text(u"sloth_severity") : alert.labels.text(u"severity");
        const bool isPage = severity == "page"_L1 || severity == "critical"_L1;
        (isPage ? agreement.pageFires : agreement.ticketFires) = true;
        if (!agreement.alerts.contains(name))
            agreement.alerts += name;
    }
    return agreement;
}

bool isWorse(const SloStatus &a, const SloStatus &b)
{
    const auto rank = [](const SloStatus &status) {
        return status.budget.remaining ? 0 : status.state == SloStatus::State::NoTraffic ? 2 : 1;
    };
    if (rank(a) != rank(b))
        return rank(a) < rank(b);
    if (a.budget.remaining && *a.budget.remaining != *b.budget.remaining)
        return *a.budget.remaining < *b.budget.remaining;
    return a.key < b.key;
}

} // namespace bw
