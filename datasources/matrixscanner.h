// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <domain/metrics/series.h>

#include <optional>
#include <stop_token>
#include <string_view>

namespace bw {

/// What one answer may hold; the rest is counted, not kept.
struct SeriesLimits
{
    int series = 2'000;
    int points = 11'001; ///< of one series: servers refuse more than 11,000 steps
    qint64 values = 1'000'000; ///< of all series together
};

/// Keeps series up to the limits, in the server's order, and counts the rest. A series without any sample is
/// dropped: all of its samples were invalid, which is counted elsewhere.
class SeriesKeeper
{
public:
    explicit SeriesKeeper(const SeriesLimits &limits)
        : m_limits(limits)
    {
    }
    void add(Series one)
    {
        const auto count = qint64(one.values.size() + one.histograms.size());
        if (count == 0)
            return;
        if (left > 0 || int(series.size()) >= m_limits.series || m_values + count > m_limits.values) {
            ++left;
            return;
        }
        m_values += count;
        series.push_back(std::move(one));
    }
    SeriesSet series;
    int left = 0;

private:
    SeriesLimits m_limits;
    qint64 m_values = 0;
};

struct ScannedMatrix
{
    SeriesSet series;
    int left = 0; ///< series beyond the limits
    int invalid = 0; ///< samples left out: beyond a double, or not later than the one before
};

/// The fast path for range answers: exactly the form Prometheus writes, without escapes in labels, native
/// histograms or warnings. Nullopt means "not that form, or stopped: decode it the general way"; it is no
/// verdict on the answer. What it returns equals the general decoder's result bit for bit.
/// `body` needs 64 readable bytes behind its end. Pure; any thread.
std::optional<ScannedMatrix> scanMatrix(
    std::string_view body, const SeriesLimits &limits, const std::stop_token &stop = {});

} // namespace bw
