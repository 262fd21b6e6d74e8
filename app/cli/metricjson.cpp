// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/base/format.h>

#include <app/cli/metricjson.h>

#include <QLocale>

#include <cmath>

using namespace Qt::Literals::StringLiterals;

namespace bw {

namespace {

/// Go's %f with the fewest digits: no exponent.
QByteArray plainNumber(double value)
{
    if (!std::isfinite(value))
        return formatExact(value).toUtf8();
    return QByteArray::number(value, 'f', QLocale::FloatingPointShortest);
}

void writeSample(JsonWriter &json, qint64 time, double value)
{
    json.beginArray().seconds(time).value(formatExact(value)).endArray();
}

void writeHistogram(JsonWriter &json, const HistogramSample &sample)
{
    json.beginArray().seconds(sample.time).beginObject();
    json.member(u"count", formatExact(sample.count)).member(u"sum", formatExact(sample.sum));
    if (!sample.buckets.empty()) {
        json.key(u"buckets").beginArray();
        for (const HistogramBucket &bucket : sample.buckets) {
            json.beginArray().value(int(bucket.bounds)).value(formatExact(bucket.lower));
            json.value(formatExact(bucket.upper)).value(formatExact(bucket.count)).endArray();
        }
        json.endArray();
    }
    json.endObject().endArray();
}

void writeVectorElement(JsonWriter &json, const Series &series)
{
    json.beginObject().member(u"metric", series.labels);
    if (!series.histograms.empty()) {
        json.key(u"histogram");
        writeHistogram(json, series.histograms.front());
    } else if (!series.values.empty()) {
        json.key(u"value");
        writeSample(json, series.times.front(), series.values.front());
    }
    json.endObject();
}

void writeMatrixElement(JsonWriter &json, const Series &series)
{
    json.beginObject().member(u"metric", series.labels);
    if (!series.values.empty()) {
        json.key(u"values").beginArray();
        for (size_t i = 0; i < series.values.size(); ++i)
            writeSample(json, series.times[i], series.values[i]);
        json.endArray();
    }
    if (!series.histograms.empty()) {
        json.key(u"histograms").beginArray();
        for (const HistogramSample &sample : series.histograms)
            writeHistogram(json, sample);
        json.endArray();
    }
    json.endObject();
}

QByteArray at(qint64 time) { return '[' + unixSeconds(fromNs(time)) + ']'; }

QByteArray histogramText(const HistogramSample &sample)
{
    QByteArray text = "{ count:" + plainNumber(sample.count) + ", sum:" + plainNumber(sample.sum);
    for (const HistogramBucket &bucket : sample.buckets) {
        const bool openLeft = bucket.bounds == 0 || bucket.bounds == 2;
        const bool openRight = bucket.bounds == 1 || bucket.bounds == 2;
        text += QByteArray(", ") + (openLeft ? '(' : '[') + plainNumber(bucket.lower) + ','
            + plainNumber(bucket.upper) + (openRight ? ')' : ']') + ':' + plainNumber(bucket.count);
    }
    return text + " }";
}

} // namespace

QString shapeName(MetricData::Shape shape)
{
    switch (shape) {
    case MetricData::Shape::Vector:
        return u"vector"_s;
    case MetricData::Shape::Matrix:
        return u"matrix"_s;
    case MetricData::Shape::Scalar:
        return u"scalar"_s;
    case MetricData::Shape::String:
        return u"string"_s;
    }
    return {};
}

void writeMetricData(JsonWriter &json, const MetricData &data)
{
    json.member(u"resultType", shapeName(data.shape)).key(u"result");
    if (data.shape == MetricData::Shape::String) {
        json.beginArray().seconds(data.textTime).value(verbatim(data.text)).endArray();
        return;
    }
    if (data.shape == MetricData::Shape::Scalar) {
        if (data.series.empty() || data.series.front().values.empty())
            json.null();
        else
            // The API writes scalars without an exponent, unlike the samples of a vector.
            json.beginArray()
                .seconds(data.series.front().times.front())
                .value(QString::fromLatin1(plainNumber(data.series.front().values.front())))
                .endArray();
        return;
    }
    json.beginArray();
    for (const Series &series : data.series) {
        if (data.shape == MetricData::Shape::Vector)
            writeVectorElement(json, series);
        else
            writeMatrixElement(json, series);
    }
    json.endArray();
}

QByteArray metricText(const MetricData &data)
{
    if (data.shape == MetricData::Shape::String)
        return render::plain(data.text).toUtf8() + '\n';
    QByteArray text;
    for (const Series &series : data.series) {
        if (data.shape == MetricData::Shape::Scalar) {
            text += "scalar: " + plainNumber(series.values.front()) + " @" + at(series.times.front()) + '\n';
            continue;
        }
        text += render::plain(seriesName(series.labels)).toUtf8() + " =>";
        const char *between = data.shape == MetricData::Shape::Vector ? " " : "\n";
        for (size_t i = 0; i < series.values.size(); ++i)
            text += between + plainNumber(series.values[i]) + " @" + at(series.times[i]);
        for (const HistogramSample &sample : series.histograms)
            text += between + histogramText(sample) + " @" + at(sample.time);
        text += '\n';
    }
    return text;
}

} // namespace bw
