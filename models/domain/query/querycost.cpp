// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/query/querycost.h>

#include <domain/base/format.h>

#include <QLocale>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

/// "12,345": exact, as these figures are compared with each other.
QString counted(qint64 count)
{
    QLocale locale = QLocale::c();
    locale.setNumberOptions({}); // it leaves the groups out by itself
    return locale.toString(count);
}

QString milliseconds(Nanoseconds time) { return formatValue(double(time.count()) / 1e9, u"s"); }

} // namespace

std::optional<QuerySpec> withStats(QuerySpec spec)
{
    if (auto *instant = std::get_if<InstantQuery>(&spec.body))
        instant->stats = true;
    else if (auto *range = std::get_if<RangeQuery>(&spec.body))
        range->stats = true;
    else
        return std::nullopt;
    return spec;
}

qint64 sampleCount(const MetricData &data)
{
    qint64 count = 0;
    for (const Series &series : data.series)
        count += qint64(series.values.size() + series.histograms.size());
    return count;
}

QString costText(const std::optional<QueryCost> &cost)
{
    if (!cost)
        return u"server reports no figures"_s;
    QStringList parts;
    if (cost->totalSamples)
        parts << u"%1 samples read"_s.arg(counted(*cost->totalSamples));
    if (cost->peakSamples)
        parts << u"at most %1 at once"_s.arg(counted(*cost->peakSamples));
    if (cost->seriesFetched)
        parts << u"%1 series fetched"_s.arg(counted(*cost->seriesFetched));
    if (cost->total)
        parts << u"%1 in all"_s.arg(milliseconds(*cost->total));
    if (cost->queue)
        parts << u"%1 queued"_s.arg(milliseconds(*cost->queue));
    return parts.join(u", "_s);
}

QString answerText(const QueryResult &answer)
{
    const MetricData *data = dataAs<MetricData>(answer);
    return u"%1 series, %2 samples, %3, %4 ms from question to answer"_s
        .arg(counted(data ? qint64(data->series.size()) : 0), counted(data ? sampleCount(*data) : 0),
            formatValue(double(answer.bytes), u"bytes"))
        .arg(answer.took.count());
}

} // namespace bw
