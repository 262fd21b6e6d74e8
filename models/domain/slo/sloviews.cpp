// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/sloviews.h>

#include <domain/base/format.h>

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

using namespace std::chrono_literals;
using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

QString text(const char *what) { return QCoreApplication::translate("bw::SloViews", what); }

// States among numbers: values that no figure beside them takes, for a panel's `mappings`.
constexpr double kGone = -1, kPages = -2, kTickets = -3;

double seconds(Nanoseconds span) { return double(span.count()) / 1e9; }

Labels labelsOf(const SloStatus &status)
{
    return Labels::fromPairs({{Untrusted(u"slo"_s), Untrusted(titleOf(status))},
        {Untrusted(u"id"_s), Untrusted(status.key)}, {Untrusted(u"service"_s), Untrusted(status.slo.service)},
        {Untrusted(u"owner"_s), Untrusted(status.slo.owner)},
        {Untrusted(u"weighting"_s), Untrusted(weightingName(status.slo.weighting))},
        {Untrusted(u"state"_s), Untrusted(stateName(status.state))}});
}

Series sample(Labels labels, double value, Timestamp now)
{
    Series series;
    series.labels = std::move(labels);
    series.times.push_back(toNs(now));
    series.values.push_back(value);
    return series;
}

std::optional<double> burnOf(const SloStatus &status, size_t row)
{
    if (row >= status.burn.size() || !status.burn[row].longBurn || !status.burn[row].shortBurn)
        return {};
    return std::min(*status.burn[row].longBurn, *status.burn[row].shortBurn);
}

std::optional<double> pageIn(const SloStatus &status)
{
    std::optional<double> soonest;
    for (const BurnReading &reading : status.burn) {
        if (reading.row.severity == BurnRow::Severity::Page && reading.firesIn)
            soonest = std::min(soonest.value_or(HUGE_VAL), seconds(*reading.firesIn));
    }
    return soonest;
}

std::optional<double> exhaustion(const SloStatus &status)
{
    if (status.state == SloStatus::State::Missed)
        return kGone;
    return status.exhaustedIn ? std::optional(seconds(*status.exhaustedIn)) : std::nullopt;
}

/// One number an objective; nullopt leaves the cell empty.
std::optional<double> numberOf(const SloStatus &status, const QString &view)
{
    const PeriodBudget &budget = status.budget;
    if (view == "target"_L1)
        return status.slo.target;
    if (view == "remaining"_L1)
        return budget.remaining;
    if (view == "attained"_L1)
        return budget.attained;
    if (view == "bad_left"_L1)
        return status.countsEvents && budget.remaining ? std::optional(status.badLeft) : std::nullopt;
    if (view == "exhaustion"_L1)
        return exhaustion(status);
    if (view == "time_left"_L1)
        return budget.remaining ? std::optional(*budget.remaining * seconds(budget.allowedTime))
                                : std::nullopt;
    if (view == "burn"_L1)
        return status.worstBurn();
    if (view == "firing"_L1)
        return status.isFiring(BurnRow::Severity::Page) || status.page.isFiring ? std::optional(kPages)
            : status.isFiring(BurnRow::Severity::Ticket)                        ? std::optional(kTickets)
                                                                                : std::nullopt;
    if (view == "page_in"_L1)
        return pageIn(status);
    if (view == "coverage"_L1)
        return budget.sum.coverage();
    if (view.startsWith("burn:"_L1))
        return burnOf(status, size_t(view.mid(5).toInt()) - 1);
    return {};
}

QString noteOf(const GlobalFigures &figures)
{
    QStringList parts;
    if (figures.noTraffic > 0)
        parts += text("%1 without traffic").arg(figures.noTraffic);
    if (figures.noData > 0)
        parts += text("%1 without data").arg(figures.noData);
    return parts.join(u" · "_s);
}

Series worded(const QString &name, double value, const QString &words, const QString &note, Timestamp now)
{
    return sample(Labels::fromPairs({{Untrusted(u"slo"_s), Untrusted(name)},
                      {Untrusted(u"__text"_s), Untrusted(words)}, {Untrusted(u"__note"_s), Untrusted(note)}}),
        value, now);
}

SeriesSet metView(const GlobalFigures &figures, Timestamp now)
{
    if (figures.withTraffic + figures.noTraffic + figures.noData == 0)
        return {};
    const QString words = figures.withTraffic > 0 ? text("%1 of %2").arg(figures.met).arg(figures.withTraffic)
                                                  : text("no traffic");
    return {worded(
        text("Objectives met"), figures.shareMet().value_or(std::nan("")), words, noteOf(figures), now)};
}

SeriesSet globalView(const GlobalFigures &figures, Timestamp now)
{
    SeriesSet set;
    if (figures.trafficWeighted)
        set.push_back(worded(text("Of all requests, good"), *figures.trafficWeighted,
            formatValue(*figures.trafficWeighted, u"percentunit", 3),
            text("traffic-weighted, %1 objectives").arg(figures.weightedOver), now));
    if (const auto share = figures.shareMet())
        set.push_back(worded(text("Of all objectives, met"), *share, formatValue(*share, u"percentunit", 0),
            text("%1 of %2 with traffic").arg(figures.met).arg(figures.withTraffic), now));
    return set;
}

Series burnDownOf(const SloStatus &status)
{
    Series series;
    series.labels = labelsOf(status);
    for (const BudgetPoint &point : status.trend) {
        if (!point.isKnown) // a gap, not a sample
            continue;
        series.times.push_back(toNs(point.at));
        series.values.push_back(point.remaining);
    }
    return series;
}

/// From full to empty over the longest period on screen: a line above it lasts.
SeriesSet evenView(const SloBoard &board)
{
    const SloStatus *longest = nullptr;
    for (const SloStatus &status : board.statuses()) {
        if (!status.trend.empty()
            && (!longest || status.budget.period.span() > longest->budget.period.span()))
            longest = &status;
    }
    if (!longest)
        return {};
    const TimeRange &period = longest->budget.period;
    Series series;
    series.labels = Labels::fromPairs({{Untrusted(u"slo"_s), Untrusted(text("spent evenly"))}});
    for (const BudgetPoint &point : longest->trend) {
        series.times.push_back(toNs(point.at));
        series.values.push_back(
            1 - double((point.at - period.begin).count()) / double(period.span().count()));
    }
    return {series};
}

SeriesSet dailyView(const SloBoard &board)
{
    std::map<QString, std::map<qint64, DaySum>> byService;
    for (const SloStatus &status : board.statuses()) {
        const bool isAvailability =
            status.countsEvents && status.slo.indicator.kind == SloIndicator::Kind::Ratio;
        if (!isAvailability || status.slo.service.isEmpty())
            continue;
        for (const DaySum &day : status.days) {
            DaySum &sum = byService[status.slo.service][day.end];
            sum.end = day.end;
            sum.bad += day.bad;
            sum.total += day.total;
        }
    }
    SeriesSet set;
    for (const auto &[service, days] : byService) {
        Series series;
        series.labels = Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(service)}});
        for (const auto &[end, day] : days) {
            series.times.push_back(end);
            series.values.push_back(day.total > 0 ? 1 - day.bad / day.total : std::nan(""));
        }
        set.push_back(std::move(series));
    }
    return set;
}

/// The highest number among the objectives of each service.
SeriesSet serviceView(const SloBoard &board, const QString &view, Timestamp now)
{
    std::map<QString, std::pair<double, const SloStatus *>> worst;
    for (const SloStatus &status : board.statuses()) {
        const auto number = numberOf(status, view);
        if (!number || status.slo.service.isEmpty())
            continue;
        const auto at = worst.find(status.slo.service);
        // A page (−2) is worse than a ticket (−3) as a high burn is worse than a low one.
        if (at == worst.end() || *number > at->second.first)
            worst[status.slo.service] = {*number, &status};
    }
    SeriesSet set;
    for (const auto &[service, found] : worst) {
        set.push_back(sample(Labels::fromPairs({{Untrusted(u"service"_s), Untrusted(service)},
                                 {Untrusted(u"slo"_s), Untrusted(titleOf(*found.second))}}),
            found.first, now));
    }
    return set;
}

} // namespace

QStringList sloViews()
{
    return {u"met"_s, u"global"_s, u"remaining"_s, u"target"_s, u"attained"_s, u"bad_left"_s, u"exhaustion"_s,
        u"time_left"_s, u"burn"_s, u"firing"_s, u"page_in"_s, u"coverage"_s, u"burn:1"_s, u"burn:2"_s,
        u"burn:3"_s, u"burn:4"_s, u"burndown"_s, u"even"_s, u"daily"_s, u"service_burn"_s,
        u"service_firing"_s};
}

Result<MetricData> sloView(const SloBoard &board, const QString &view, Timestamp now)
{
    if (!sloViews().contains(view))
        return fail(Error::Kind::NotFound,
            text("there is no view '%1' of objectives; there are: %2").arg(view, sloViews().join(u", "_s)));
    MetricData data;
    if (view == "met"_L1) {
        data.series = metView(board.global(), now);
    } else if (view == "global"_L1) {
        data.series = globalView(board.global(), now);
    } else if (view.startsWith("service_"_L1)) {
        data.series = serviceView(board, view.mid(8), now);
    } else if (view == "burndown"_L1 || view == "even"_L1 || view == "daily"_L1) {
        data.shape = MetricData::Shape::Matrix;
        if (view == "even"_L1)
            data.series = evenView(board);
        else if (view == "daily"_L1)
            data.series = dailyView(board);
        else
            for (const SloStatus &status : board.statuses()) {
                if (!status.trend.empty())
                    data.series.push_back(burnDownOf(status));
            }
    } else {
        for (const SloStatus &status : board.statuses()) {
            if (const auto number = numberOf(status, view))
                data.series.push_back(sample(labelsOf(status), *number, now));
        }
    }
    return data;
}

} // namespace bw
