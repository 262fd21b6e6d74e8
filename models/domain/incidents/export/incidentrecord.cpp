// SPDX-License-Identifier: GPL-3.0-or-later
#include <domain/incidents/export/incidentrecord.h>

#include <domain/base/format.h>
#include <domain/base/jsonwriter.h>

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype kMaxText = 64 * 1024;

double numberOf(const QJsonValue &value)
{
    if (value.isDouble())
        return value.toDouble();
    const QString text = value.toString();
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    if (isNumber)
        return number;
    const double infinity = std::numeric_limits<double>::infinity();
    return text == "+Inf"_L1 ? infinity : text == "-Inf"_L1 ? -infinity : std::nan("");
}

Series seriesFrom(const QJsonObject &json)
{
    Series series;
    std::vector<std::pair<Untrusted, Untrusted>> labels;
    const QJsonObject metric = json.value("metric"_L1).toObject();
    for (auto it = metric.begin(); it != metric.end(); ++it)
        labels.emplace_back(Untrusted(it.key()), Untrusted(it->toString()));
    series.labels = Labels::fromPairs(std::move(labels));
    for (const QJsonValue sample : json.value("values"_L1).toArray()) {
        const qint64 time = toNs(fromUnixSeconds(sample.toArray().at(0).toDouble()));
        if (!series.times.empty() && time <= series.times.back())
            continue;
        series.times.push_back(time);
        series.values.push_back(numberOf(sample.toArray().at(1)));
    }
    return series;
}

} // namespace

Timestamp recordDate(const IncidentRecord &record)
{
    Timestamp newest{};
    for (const CuratedEntry &entry : record.entries)
        newest = std::max(newest, entry.entry.recorded.utc);
    return newest;
}

SnapshotData snapshotDataFrom(const QByteArray &bytes)
{
    SnapshotData data;
    const QJsonObject json = QJsonDocument::fromJson(bytes).object();
    const QJsonArray list = json.contains("series"_L1)
        ? json.value("series"_L1).toArray()
        : json.value("data"_L1).toObject().value("result"_L1).toArray();
    for (const QJsonValue one : list)
        data.series.push_back(seriesFrom(one.toObject()));
    data.unit = json.value("unit"_L1).toString();
    if (data.series.empty())
        data.text = Untrusted(QString::fromUtf8(bytes.left(kMaxText)));
    return data;
}

QByteArray seriesBytes(const SeriesSet &series, const QString &unit)
{
    JsonWriter json(JsonWriter::Layout::OneLine);
    json.beginObject().member(u"schema", u"bridgewatch.series/1"_s).member(u"unit", unit);
    json.key(u"series").beginArray();
    for (const Series &one : series) {
        json.beginObject().key(u"metric").value(one.labels).key(u"values").beginArray();
        for (size_t i = 0; i < one.times.size(); ++i)
            json.beginArray().seconds(one.times[i]).value(formatExact(one.values[i])).endArray();
        json.endArray().endObject();
    }
    return json.endArray().endObject().take();
}

} // namespace bw
