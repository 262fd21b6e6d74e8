// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/slo/burnrate.h>

#include <cmath>

using namespace std::chrono_literals;

namespace bw {

namespace {

// 6 h: a forecast further away says more about the forecast than about the service.
constexpr Nanoseconds kForecastLimit = 6h;
// A hundred years: beyond that a duration in nanoseconds overflows, and nobody plans for it.
constexpr double kForever = 100.0 * 365 * 86400 * 1e9;

} // namespace

std::optional<double> burnRate(std::optional<double> errorRatio, double budget)
{
    if (!errorRatio || !std::isfinite(*errorRatio) || budget <= 0)
        return std::nullopt;
    return *errorRatio / budget;
}

std::optional<Nanoseconds> firesIn(const BurnRow &row, double budget, double longRatio, double shortRatio)
{
    const double limit = row.factor * budget;
    if (!(shortRatio > limit) || !(longRatio <= limit))
        return std::nullopt;
    const double wait = double(row.longWindow.count()) * (limit - longRatio) / (shortRatio - longRatio);
    if (wait >= double(kForecastLimit.count()))
        return std::nullopt;
    return Nanoseconds(qint64(wait));
}

BurnReading readBurn(
    const Slo &slo, const BurnRow &row, std::optional<double> longRatio, std::optional<double> shortRatio)
{
    BurnReading reading;
    reading.row = row;
    reading.longBurn = burnRate(longRatio, slo.budget());
    reading.shortBurn = burnRate(shortRatio, slo.budget());
    if (reading.longBurn)
        reading.spent =
            *reading.longBurn * double(row.longWindow.count()) / double(nominalLength(slo.period).count());
    if (!reading.longBurn || !reading.shortBurn)
        return reading;
    reading.isFiring = *reading.longBurn > row.factor && *reading.shortBurn > row.factor;
    if (!reading.isFiring)
        reading.firesIn = firesIn(row, slo.budget(), *longRatio, *shortRatio);
    return reading;
}

std::optional<Nanoseconds> exhaustedIn(double remaining, Nanoseconds period, std::optional<double> burn)
{
    if (!burn || *burn <= 0 || remaining <= 0)
        return std::nullopt;
    const double left = remaining * double(period.count()) / *burn;
    return left < kForever ? std::optional(Nanoseconds(qint64(left))) : std::nullopt;
}

PageRuleReading readPageRule(const Slo &slo, std::optional<double> remaining, std::optional<double> ratio1h,
    std::optional<double> ratio5m)
{
    PageRuleReading reading;
    reading.burn1h = burnRate(ratio1h, slo.budget());
    reading.burn5m = burnRate(ratio5m, slo.budget());
    if (!remaining)
        return reading;
    reading.exhaustedIn = exhaustedIn(*remaining, nominalLength(slo.period), reading.burn1h);
    const bool isFast = reading.burn1h && reading.burn5m && *reading.burn1h > slo.pageBurnOver
        && *reading.burn5m > slo.pageBurnOver;
    // What is spent cannot run out later: then the rate alone decides.
    reading.isFiring =
        isFast && (*remaining <= 0 || (reading.exhaustedIn && *reading.exhaustedIn < slo.pageWithin));
    return reading;
}

} // namespace bw
