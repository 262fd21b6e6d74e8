// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/calc.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::optional<int> percentileOf(const QString &id)
{
    if (!id.startsWith(u'p') || id.size() < 2 || id.size() > 3)
        return std::nullopt;
    bool ok = false;
    const int percent = QStringView(id).mid(1).toInt(&ok);
    return ok && percent >= 1 && percent <= 99 ? std::optional(percent) : std::nullopt;
}

/// Linear between the two nearest samples.
double quantile(std::vector<double> sorted, double share)
{
    std::sort(sorted.begin(), sorted.end());
    const double place = share * double(sorted.size() - 1);
    const size_t below = size_t(place);
    const size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - double(below)) * (sorted[above] - sorted[below]);
}

double spread(const std::vector<double> &values)
{
    double mean = 0, squares = 0;
    size_t n = 0;
    for (const double value : values) { // Welford: no difference of two large sums
        const double off = value - mean;
        mean += off / double(++n);
        squares += off * (value - mean);
    }
    return squares / double(n);
}

/// How much a counter went up; a fall is a restart from zero.
double increase(const std::vector<double> &values)
{
    double total = 0;
    for (size_t i = 1; i < values.size(); ++i)
        total += values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
    return total;
}

} // namespace

QStringList calcIds()
{
    return {u"last"_s, u"last_null"_s, u"first"_s, u"min"_s, u"max"_s, u"mean"_s, u"sum"_s, u"count"_s,
        u"range"_s, u"delta"_s, u"diff"_s, u"diff_percent"_s, u"stddev"_s, u"variance"_s, u"median"_s};
}

bool isCalc(const QString &id) { return calcIds().contains(id) || percentileOf(id); }

QString calcTitle(const QString &id)
{
    if (id == "last_null"_L1)
        return u"last"_s;
    return id == "diff_percent"_L1 ? u"diff %"_s : id;
}

double calculate(std::span<const double> samples, const QString &id)
{
    if (id == "last_null"_L1)
        return samples.empty() ? kNaN : samples.back();
    if (id == "last"_L1 || id.isEmpty()) { // by far the most frequent one: no copy
        const auto at =
            std::find_if(samples.rbegin(), samples.rend(), [](double value) { return !std::isnan(value); });
        return at == samples.rend() ? kNaN : *at;
    }
    std::vector<double> values;
    values.reserve(samples.size());
    std::copy_if(samples.begin(), samples.end(), std::back_inserter(values),
        [](double value) { return !std::isnan(value); });
    if (id == "count"_L1)
        return double(values.size());
    if (values.empty())
        return kNaN;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    double sum = 0;
    for (const double value : values)
        sum += value;
    if (id == "first"_L1)
        return values.front();
    if (id == "min"_L1)
        return *low;
    if (id == "max"_L1)
        return *high;
    if (id == "mean"_L1)
        return sum / double(values.size());
    if (id == "sum"_L1)
        return sum;
    if (id == "range"_L1)
        return *high - *low;
    if (id == "delta"_L1)
        return increase(values);
    if (id == "diff"_L1)
        return values.back() - values.front();
    if (id == "diff_percent"_L1)
        return values.front() == 0 ? kNaN : (values.back() - values.front()) / std::abs(values.front());
    if (id == "stddev"_L1)
        return std::sqrt(spread(values));
    if (id == "variance"_L1)
        return spread(values);
    if (id == "median"_L1)
        return quantile(std::move(values), 0.5);
    if (const auto percent = percentileOf(id))
        return quantile(std::move(values), *percent / 100.0);
    return values.back();
}

} // namespace bw
