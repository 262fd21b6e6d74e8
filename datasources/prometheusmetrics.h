// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <datasources/labelreader.h>
#include <datasources/matrixscanner.h>
#include <domain/query/queryresult.h>

#include <stop_token>

namespace bw {

/// Reads what a server says of the cost of a question: `data.stats` of Prometheus, or `stats` beside `data`
/// of VictoriaMetrics. Figures that are none are left out; nothing in it makes the answer wrong.
[[nodiscard]] Result<void> readCost(od::Value stats, QueryCost &cost);

/// Reads the `data` of query and query_range, every shape, in whatever order its keys come. Private to the
/// Prometheus decoder.
class MetricReader
{
public:
    MetricReader(const SeriesLimits &limits, const std::stop_token &stop)
        : m_kept(limits)
        , m_limits(limits)
        , m_stop(stop)
    {
    }
    [[nodiscard]] Result<void> read(od::Value data);
    MetricData take(); ///< with what the server says of the cost, if it does
    int invalid() const { return m_invalid; }

private:
    [[nodiscard]] Result<void> readItem(size_t index, od::Value item);
    [[nodiscard]] Result<void> readSeries(od::Value item);
    [[nodiscard]] Result<void> readSamples(od::Value values, Series &series, size_t &points);
    [[nodiscard]] Result<void> readSample(od::Value pair, Series &series);
    [[nodiscard]] Result<void> readHistogram(od::Value pair, Series &series);
    [[nodiscard]] Result<void> settle();

    SeriesKeeper m_kept;
    SeriesLimits m_limits;
    const std::stop_token &m_stop;
    TextCache m_cache;
    QueryCost m_cost;
    QString m_type; ///< resultType
    bool m_sawResult = false;
    int m_loose = 0; ///< elements of `result` that are no series: a scalar or string has two
    std::optional<qint64> m_looseTime;
    QString m_looseText;
    int m_invalid = 0;
};

} // namespace bw
