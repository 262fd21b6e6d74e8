// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/metrics/promqltext.h>

#include <algorithm>

namespace bw {
using namespace Qt::Literals::StringLiterals;

const std::vector<PromqlFunction> &promqlFunctions()
{
    // By name; promqlFunction() searches by halves.
    static const std::vector<PromqlFunction> functions{
        {"abs"_L1, "instant"_L1, "without its sign"_L1},
        {"absent"_L1, "instant"_L1, "1 when there is no such series"_L1},
        {"absent_over_time"_L1, "range"_L1, "1 when there was no such series in the window"_L1},
        {"acos"_L1, "instant"_L1, "arc cosine"_L1},
        {"acosh"_L1, "instant"_L1, "inverse hyperbolic cosine"_L1},
        {"asin"_L1, "instant"_L1, "arc sine"_L1},
        {"asinh"_L1, "instant"_L1, "inverse hyperbolic sine"_L1},
        {"atan"_L1, "instant"_L1, "arc tangent"_L1},
        {"atanh"_L1, "instant"_L1, "inverse hyperbolic tangent"_L1},
        {"avg"_L1, "instant"_L1, "mean over series"_L1, true},
        {"avg_over_time"_L1, "range"_L1, "mean of each series over the window"_L1},
        {"bottomk"_L1, "k, instant"_L1, "the k smallest series"_L1, true},
        {"ceil"_L1, "instant"_L1, "rounded up"_L1},
        {"changes"_L1, "range"_L1, "how often the value changed"_L1},
        {"clamp"_L1, "instant, min, max"_L1, "kept between two limits"_L1},
        {"clamp_max"_L1, "instant, max"_L1, "not above a limit"_L1},
        {"clamp_min"_L1, "instant, min"_L1, "not below a limit"_L1},
        {"cos"_L1, "instant"_L1, "cosine"_L1},
        {"cosh"_L1, "instant"_L1, "hyperbolic cosine"_L1},
        {"count"_L1, "instant"_L1, "number of series"_L1, true},
        {"count_over_time"_L1, "range"_L1, "number of samples in the window"_L1},
        {"count_values"_L1, "\"label\", instant"_L1, "number of series with each value"_L1, true},
        {"day_of_month"_L1, "instant"_L1, "1 to 31, UTC"_L1},
        {"day_of_week"_L1, "instant"_L1, "0 (Sunday) to 6, UTC"_L1},
        {"day_of_year"_L1, "instant"_L1, "1 to 366, UTC"_L1},
        {"days_in_month"_L1, "instant"_L1, "28 to 31"_L1},
        {"deg"_L1, "instant"_L1, "radians as degrees"_L1},
        {"delta"_L1, "range"_L1, "difference of a gauge over the window, extrapolated"_L1},
        {"deriv"_L1, "range"_L1, "slope a second, by least squares"_L1},
        {"double_exponential_smoothing"_L1, "range, sf, tf"_L1, "smoothed with its trend"_L1},
        {"end"_L1, ""_L1, "end of the range, behind @"_L1},
        {"exp"_L1, "instant"_L1, "e to the power of it"_L1},
        {"floor"_L1, "instant"_L1, "rounded down"_L1},
        {"group"_L1, "instant"_L1, "1 for each group"_L1, true},
        {"histogram_avg"_L1, "instant"_L1, "mean of a native histogram"_L1},
        {"histogram_count"_L1, "instant"_L1, "observations of a native histogram"_L1},
        {"histogram_fraction"_L1, "low, high, instant"_L1, "share of observations between two values"_L1},
        {"histogram_quantile"_L1, "q, instant"_L1, "quantile out of buckets; keep le in the grouping"_L1},
        {"histogram_stddev"_L1, "instant"_L1, "standard deviation of a native histogram"_L1},
        {"histogram_stdvar"_L1, "instant"_L1, "variance of a native histogram"_L1},
        {"histogram_sum"_L1, "instant"_L1, "sum of a native histogram"_L1},
        {"holt_winters"_L1, "range, sf, tf"_L1, "smoothed with its trend (Prometheus 2)"_L1},
        {"hour"_L1, "instant"_L1, "0 to 23, UTC"_L1},
        {"idelta"_L1, "range"_L1, "difference of the last two samples"_L1},
        {"increase"_L1, "range"_L1, "growth of a counter over the window, extrapolated"_L1},
        {"info"_L1, "instant, selector"_L1, "labels of info series added (Prometheus 3, experimental)"_L1},
        {"irate"_L1, "range"_L1, "growth a second from the last two samples"_L1},
        {"label_join"_L1, "instant, \"dst\", \"separator\", \"src\", …"_L1, "labels joined into one"_L1},
        {"label_replace"_L1, "instant, \"dst\", \"replacement\", \"src\", \"regex\""_L1,
            "a label made from another"_L1},
        {"last_over_time"_L1, "range"_L1, "last sample in the window"_L1},
        {"limit_ratio"_L1, "ratio, instant"_L1, "a share of the series (experimental)"_L1, true},
        {"limitk"_L1, "k, instant"_L1, "any k series (experimental)"_L1, true},
        {"ln"_L1, "instant"_L1, "natural logarithm"_L1},
        {"log10"_L1, "instant"_L1, "decimal logarithm"_L1},
        {"log2"_L1, "instant"_L1, "binary logarithm"_L1},
        {"mad_over_time"_L1, "range"_L1, "median absolute deviation (experimental)"_L1},
        {"max"_L1, "instant"_L1, "largest over series"_L1, true},
        {"max_over_time"_L1, "range"_L1, "largest sample in the window"_L1},
        {"min"_L1, "instant"_L1, "smallest over series"_L1, true},
        {"min_over_time"_L1, "range"_L1, "smallest sample in the window"_L1},
        {"minute"_L1, "instant"_L1, "0 to 59, UTC"_L1},
        {"month"_L1, "instant"_L1, "1 to 12, UTC"_L1},
        {"pi"_L1, ""_L1, "3.14159…"_L1},
        {"predict_linear"_L1, "range, seconds"_L1, "value so many seconds ahead, by least squares"_L1},
        {"present_over_time"_L1, "range"_L1, "1 for each series that was there"_L1},
        {"quantile"_L1, "q, instant"_L1, "quantile over series"_L1, true},
        {"quantile_over_time"_L1, "q, range"_L1, "quantile of the samples in the window"_L1},
        {"rad"_L1, "instant"_L1, "degrees as radians"_L1},
        {"rate"_L1, "range"_L1, "growth of a counter a second; before sum, never behind it"_L1},
        {"resets"_L1, "range"_L1, "how often a counter began anew"_L1},
        {"round"_L1, "instant, to"_L1, "to the nearest multiple"_L1},
        {"scalar"_L1, "instant"_L1, "a number, when there is one series"_L1},
        {"sgn"_L1, "instant"_L1, "-1, 0 or 1"_L1},
        {"sin"_L1, "instant"_L1, "sine"_L1},
        {"sinh"_L1, "instant"_L1, "hyperbolic sine"_L1},
        {"sort"_L1, "instant"_L1, "smallest first; instant queries only"_L1},
        {"sort_by_label"_L1, "instant, \"label\", …"_L1, "by labels (experimental)"_L1},
        {"sort_by_label_desc"_L1, "instant, \"label\", …"_L1, "by labels, last first (experimental)"_L1},
        {"sort_desc"_L1, "instant"_L1, "largest first; instant queries only"_L1},
        {"sqrt"_L1, "instant"_L1, "square root"_L1},
        {"start"_L1, ""_L1, "begin of the range, behind @"_L1},
        {"stddev"_L1, "instant"_L1, "standard deviation over series"_L1, true},
        {"stddev_over_time"_L1, "range"_L1, "standard deviation in the window"_L1},
        {"stdvar"_L1, "instant"_L1, "variance over series"_L1, true},
        {"stdvar_over_time"_L1, "range"_L1, "variance in the window"_L1},
        {"sum"_L1, "instant"_L1, "sum over series"_L1, true},
        {"sum_over_time"_L1, "range"_L1, "sum of the samples in the window"_L1},
        {"tan"_L1, "instant"_L1, "tangent"_L1},
        {"tanh"_L1, "instant"_L1, "hyperbolic tangent"_L1},
        {"time"_L1, ""_L1, "moment of evaluation, unix seconds"_L1},
        {"timestamp"_L1, "instant"_L1, "when each sample was taken, unix seconds"_L1},
        {"topk"_L1, "k, instant"_L1, "the k largest series, at each step anew"_L1, true},
        {"vector"_L1, "scalar"_L1, "a number as a series without labels"_L1},
        {"year"_L1, "instant"_L1, "UTC"_L1},
    };
    return functions;
}

const PromqlFunction *promqlFunction(QStringView name)
{
    const auto &all = promqlFunctions();
    const auto at = std::lower_bound(all.begin(), all.end(), name,
        [](const PromqlFunction &one, QStringView wanted) { return one.name < wanted; });
    return at != all.end() && at->name == name ? &*at : nullptr;
}

} // namespace bw
