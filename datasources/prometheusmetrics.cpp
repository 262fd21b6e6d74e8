// SPDX-License-Identifier: GPL-3.0-or-later
#include <datasources/numbertext.h>
#include <datasources/prometheusmetrics.h>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {
/// Nullopt: a number, but beyond our reach.
Result<std::optional<qint64>> readTime(od::Value value)
{
    const Result<std::string_view> text = od::numberText(value);
    if (!text)
        return tl::unexpected(text.error());
    const SecondsText time = readSeconds(*text);
    if (time.state == SecondsText::State::NotANumber)
        return od::bad(u": \"%1\" is not a time in seconds"_s.arg(od::toQString(text->substr(0, 80))));
    return time.state == SecondsText::State::Ok ? std::optional(time.ns) : std::nullopt;
}

Result<double> readNumberText(od::Value value)
{
    const Result<std::string_view> text = od::text(value);
    if (!text)
        return tl::unexpected(text.error());
    const SampleText read = readSample(*text);
    if (read.state != SampleText::State::Ok)
        return od::bad(u": \"%1\" is not a number"_s.arg(od::toQString(text->substr(0, 80))));
    return read.value;
}

bool isObject(od::Value &value)
{
    od::json_type type;
    return value.type().get(type) == simdjson::SUCCESS && type == od::json_type::object;
}

/// One figure of a cost, in the unit its name stands for.
Result<void> readFigure(std::string_view key, od::Value value, QueryCost &cost)
{
    struct Figure
    {
        std::string_view key;
        std::optional<qint64> QueryCost::*count;
        std::optional<Nanoseconds> QueryCost::*time;
        double ns;
    };
    static constexpr Figure figures[] = {{"totalQueryableSamples", &QueryCost::totalSamples, nullptr, 0},
        {"peakSamples", &QueryCost::peakSamples, nullptr, 0},
        {"seriesFetched", &QueryCost::seriesFetched, nullptr, 0},
        {"execTotalTime", nullptr, &QueryCost::total, 1e9},
        {"execQueueTime", nullptr, &QueryCost::queue, 1e9},
        {"queryPreparationTime", nullptr, &QueryCost::preparation, 1e9},
        {"innerEvalTime", nullptr, &QueryCost::evaluation, 1e9},
        {"resultSortTime", nullptr, &QueryCost::sorting, 1e9},
        {"executionTimeMsec", nullptr, &QueryCost::total, 1e6}};
    const auto *figure = std::find_if(
        std::begin(figures), std::end(figures), [key](const Figure &one) { return one.key == key; });
    od::json_type type;
    if (figure == std::end(figures) || value.type().get(type) != simdjson::SUCCESS
        || (type != od::json_type::number && type != od::json_type::string))
        return {};
    const Result<std::string_view> text =
        type == od::json_type::number ? od::numberText(value) : od::text(value);
    if (!text)
        return tl::unexpected(text.error());
    const SampleText read = readSample(*text);
    // 2^53: beyond it a count is no longer exact, and nobody counts that far.
    if (read.state != SampleText::State::Ok || !(read.value >= 0 && read.value <= 9.0e15))
        return {};
    if (figure->count)
        cost.*(figure->count) = qint64(read.value);
    else if (read.value * figure->ns <= 9.0e18)
        cost.*(figure->time) = Nanoseconds(qint64(read.value * figure->ns));
    return {};
}

Result<HistogramBucket> readBucket(od::Value value)
{
    HistogramBucket bucket;
    size_t fields = 0;
    Result<void> read = od::eachItem(value, [&](size_t index, od::Value item) -> Result<void> {
        fields = index + 1;
        if (index == 0) {
            const Result<double> rule = od::number(item);
            if (!rule || !(*rule >= 0 && *rule <= 3))
                return od::bad(u": expected a boundary rule 0 to 3"_s);
            bucket.bounds = quint8(*rule);
            return {};
        }
        double *const targets[] = {&bucket.lower, &bucket.upper, &bucket.count};
        return index <= 3 ? od::into(readNumberText(item), *targets[index - 1]) : Result<void>();
    });
    if (!read)
        return tl::unexpected(std::move(read.error()));
    if (fields != 4)
        return od::bad(u": a bucket has four fields, found %1"_s.arg(fields));
    return bucket;
}
} // namespace

Result<void> readCost(od::Value stats, QueryCost &cost)
{
    if (!isObject(stats))
        return {};
    return od::eachField(stats, [&cost](std::string_view key, od::Value value) -> Result<void> {
        if ((key == "timings" || key == "samples") && isObject(value))
            return od::eachField(value, [&cost](std::string_view inner, od::Value figure) -> Result<void> {
                return readFigure(inner, figure, cost);
            });
        return readFigure(key, value, cost);
    });
}

Result<void> MetricReader::read(od::Value data)
{
    Result<void> fields = od::eachField(data, [this](std::string_view key, od::Value value) -> Result<void> {
        if (key == "resultType")
            return od::into(od::text(value), m_type);
        if (key == "stats")
            return readCost(value, m_cost);
        if (key != "result")
            return {};
        m_sawResult = true;
        if (od::isNull(value) && (m_type == u"scalar" || m_type == u"string"))
            return od::bad(u": expected an array, found null"_s);
        return od::eachItem(value, [this](size_t index, od::Value item) { return readItem(index, item); });
    });
    return fields ? settle() : fields;
}

Result<void> MetricReader::readItem(size_t index, od::Value item)
{
    od::json_type type;
    if (item.type().get(type) != simdjson::SUCCESS)
        return od::expected("a series", item);
    if (type == od::json_type::object && m_loose == 0) {
        if (m_stop.stop_requested())
            return fail(Error::Kind::Cancelled, u"no longer wanted"_s);
        return readSeries(item);
    }
    // [time, "text"] of a scalar or a string
    ++m_loose;
    if (index == 0) {
        return od::into(readTime(item), m_looseTime);
    }
    return index == 1 ? od::into(od::text(item), m_looseText) : od::bad(u": one element too many"_s);
}

Result<void> MetricReader::readSeries(od::Value item)
{
    Series series;
    size_t points = 0;
    bool labelled = false;
    Result<void> read = od::eachField(item, [&](std::string_view key, od::Value value) -> Result<void> {
        if (key == "metric") {
            labelled = true;
            return od::into(readLabels(value, m_cache), series.labels);
        }
        if (key == "value") {
            ++points;
            return readSample(value, series);
        }
        if (key == "values")
            return readSamples(value, series, points);
        if (key == "histogram")
            return readHistogram(value, series);
        if (key == "histograms")
            return od::eachItem(value, [&](size_t, od::Value pair) { return readHistogram(pair, series); });
        return {};
    });
    if (!read)
        return read;
    if (!labelled)
        return od::bad(u": a series without its labels (\"metric\")"_s);
    series.times.shrink_to_fit();
    series.values.shrink_to_fit();
    m_kept.add(std::move(series));
    return {};
}

Result<void> MetricReader::readSamples(od::Value values, Series &series, size_t &points)
{
    return od::eachItem(values, [&](size_t, od::Value pair) -> Result<void> {
        if (++points > size_t(m_limits.points))
            return fail(Error::Kind::TooLarge,
                u": a series has more than %1 points; ask for a longer step"_s.arg(m_limits.points));
        return readSample(pair, series);
    });
}

Result<void> MetricReader::readSample(od::Value pair, Series &series)
{
    std::optional<qint64> at;
    SampleText sample;
    size_t fields = 0;
    Result<void> read = od::eachItem(pair, [&](size_t index, od::Value item) -> Result<void> {
        fields = index + 1;
        if (index == 0) {
            return od::into(readTime(item), at);
        }
        if (index > 1)
            return od::bad(u": one element too many"_s);
        const Result<std::string_view> text = od::text(item);
        if (!text)
            return tl::unexpected(text.error());
        sample = bw::readSample(*text);
        if (sample.state == SampleText::State::NotANumber)
            return od::bad(u": \"%1\" is not a number"_s.arg(od::toQString(text->substr(0, 80))));
        return {};
    });
    if (!read)
        return read;
    if (fields != 2)
        return od::bad(u": a sample is a time and a value, found %1 elements"_s.arg(fields));
    if (!at || sample.state != SampleText::State::Ok
        || (!series.times.empty() && *at <= series.times.back())) {
        ++m_invalid;
        return {};
    }
    series.times.push_back(*at);
    series.values.push_back(sample.value);
    return {};
}

Result<void> MetricReader::readHistogram(od::Value pair, Series &series)
{
    HistogramSample sample;
    std::optional<qint64> at;
    size_t fields = 0;
    const auto body = [&](std::string_view key, od::Value value) -> Result<void> {
        if (key == "count")
            return od::into(readNumberText(value), sample.count);
        if (key == "sum")
            return od::into(readNumberText(value), sample.sum);
        if (key != "buckets")
            return {};
        return od::eachItem(value, [&](size_t, od::Value one) -> Result<void> {
            Result<HistogramBucket> bucket = readBucket(one);
            if (!bucket)
                return tl::unexpected(std::move(bucket.error()));
            sample.buckets.push_back(*bucket);
            return {};
        });
    };
    Result<void> read = od::eachItem(pair, [&](size_t index, od::Value item) -> Result<void> {
        fields = index + 1;
        if (index == 0) {
            return od::into(readTime(item), at);
        }
        return index == 1 ? od::eachField(item, body) : od::bad(u": one element too many"_s);
    });
    if (!read)
        return read;
    if (fields != 2)
        return od::bad(u": a histogram sample is a time and an object"_s);
    if (!at || (!series.histograms.empty() && *at <= series.histograms.back().time)) {
        ++m_invalid;
        return {};
    }
    sample.time = *at;
    series.histograms.push_back(std::move(sample));
    return {};
}

Result<void> MetricReader::settle()
{
    if (!m_sawResult)
        return od::bad(u": there is no \"result\""_s);
    const bool single = m_type == u"scalar" || m_type == u"string";
    if (!single && m_type != u"vector" && m_type != u"matrix")
        return od::bad(
            u"resultType: \"%1\" is none of vector, matrix, scalar, string"_s.arg(m_type.left(80)));
    if (single != (m_loose > 0) || (single && (m_loose != 2 || !m_kept.series.empty())))
        return od::bad(u"result: not a %1"_s.arg(m_type));
    if (m_type != u"scalar")
        return {};
    const QByteArray text = m_looseText.toUtf8();
    const SampleText sample = bw::readSample({text.constData(), size_t(text.size())});
    if (sample.state == SampleText::State::NotANumber)
        return od::bad(u"result[1]: \"%1\" is not a number"_s.arg(m_looseText.left(80)));
    if (!m_looseTime || sample.state != SampleText::State::Ok) {
        ++m_invalid;
        return {};
    }
    Series series;
    series.times.push_back(*m_looseTime);
    series.values.push_back(sample.value);
    m_kept.add(std::move(series));
    return {};
}

MetricData MetricReader::take()
{
    using Shape = MetricData::Shape;
    MetricData data;
    data.shape = m_type == u"vector" ? Shape::Vector
        : m_type == u"matrix"        ? Shape::Matrix
        : m_type == u"scalar"        ? Shape::Scalar
                                     : Shape::String;
    data.series = std::move(m_kept.series);
    data.left = m_kept.left;
    if (!(m_cost == QueryCost()))
        data.cost = m_cost;
    if (data.shape == Shape::String) {
        data.text = Untrusted(m_looseText);
        data.textTime = m_looseTime.value_or(0);
    }
    return data;
}

} // namespace bw
