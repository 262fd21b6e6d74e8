// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/costtable.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qint64 kDay = qint64(86'400) * 1'000'000'000;
constexpr double kHoursInMonth = 730, kHoursInDay = 24;
constexpr int kPaceDays = 7;

Labels labelsOf(const CostTable &costs, const QString &part = {})
{
    std::vector<Labels::Pair> pairs;
    pairs.emplace_back(Untrusted(u"source"_s), Untrusted(costs.source));
    if (!costs.currency.isEmpty())
        pairs.emplace_back(Untrusted(u"currency"_s), Untrusted(costs.currency));
    if (!part.isNull())
        pairs.emplace_back(Untrusted(u"part"_s), Untrusted(part));
    return Labels::fromPairs(std::move(pairs));
}

/// Days that are over, with what each cost in all.
std::vector<std::pair<qint64, double>> totals(const CostTable &costs, Timestamp now)
{
    std::vector<std::pair<qint64, double>> out;
    for (const auto &[day, parts] : costs.days) {
        if (day + kDay > toNs(now))
            break;
        double sum = 0;
        for (const auto &[part, amount] : parts)
            sum += amount;
        out.emplace_back(day, sum);
    }
    return out;
}

} // namespace

bool addCosts(CostTable &into, const CostTable &other)
{
    if (!into.currency.isEmpty() && !other.currency.isEmpty() && into.currency != other.currency)
        return false;
    if (into.currency.isEmpty())
        into.currency = other.currency;
    if (into.split.isEmpty())
        into.split = other.split;
    if (!other.source.isEmpty())
        into.source += into.source.isEmpty() ? other.source : u", "_s + other.source;
    for (const auto &[day, parts] : other.days) {
        for (const auto &[part, amount] : parts)
            into.days[day][part] += amount;
    }
    return true;
}

SeriesSet hourlyCost(const CostTable &costs, Timestamp now)
{
    Series series;
    series.labels = labelsOf(costs);
    for (const auto &[day, sum] : totals(costs, now)) {
        series.times.push_back(day + kDay);
        series.values.push_back(sum / kHoursInDay);
    }
    return series.times.empty() ? SeriesSet{} : SeriesSet{std::move(series)};
}

SeriesSet monthlyCost(const CostTable &costs, Timestamp now)
{
    Series series;
    series.labels = labelsOf(costs);
    const auto days = totals(costs, now);
    for (size_t last = 0; last < days.size(); ++last) {
        double sum = 0;
        int count = 0;
        for (size_t day = last + 1; day-- > 0 && days[day].first > days[last].first - kPaceDays * kDay;) {
            sum += days[day].second;
            ++count;
        }
        series.times.push_back(days[last].first + kDay);
        series.values.push_back(sum / count / kHoursInDay * kHoursInMonth);
    }
    return series.times.empty() ? SeriesSet{} : SeriesSet{std::move(series)};
}

SeriesSet costByPart(const CostTable &costs, Timestamp now, size_t limit)
{
    const auto days = totals(costs, now);
    if (days.empty())
        return {};
    const qint64 end = days.back().first + kDay, begin = end - kPaceDays * kDay;
    std::map<QString, double> sums;
    int count = 0;
    for (const auto &[day, parts] : costs.days) {
        if (day < begin || day >= end)
            continue;
        ++count;
        for (const auto &[part, amount] : parts)
            sums[part] += amount;
    }
    std::vector<std::pair<QString, double>> ranked(sums.begin(), sums.end());
    std::stable_sort(
        ranked.begin(), ranked.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    if (ranked.size() > limit)
        ranked.resize(limit);
    SeriesSet out;
    for (const auto &[part, sum] : ranked) {
        Series series;
        series.labels = labelsOf(costs, part);
        series.times.push_back(end);
        series.values.push_back(sum / count / kHoursInDay * kHoursInMonth);
        out.push_back(std::move(series));
    }
    return out;
}

} // namespace bw
