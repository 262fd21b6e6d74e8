// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelvalues.h>

#include <domain/base/format.h>
#include <widgets/base/theme.h>

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 5 min: a number older than that is no longer a statement about now.
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);
// 400: more points than pixels of any sparkline.
constexpr qsizetype kMaxSparkPoints = 400;

double calculated(const Series &series, const QString &calc)
{
    if (calc == "last"_L1 || calc.isEmpty())
        return series.values.empty() ? std::nan("") : series.values.back();
    const SeriesStats stats = statsOf(series);
    if (calc == "min"_L1)
        return stats.min;
    if (calc == "max"_L1)
        return stats.max;
    if (calc == "sum"_L1)
        return stats.sum;
    return stats.mean;
}

std::optional<double> referenceOf(const PanelData::Part &part, const Labels &labels)
{
    const MetricData *reference = part.reference ? dataAs<MetricData>(*part.reference) : nullptr;
    if (!reference)
        return std::nullopt;
    for (const Series &series : reference->series) {
        if (series.labels == labels && !series.values.empty())
            return series.values.back();
    }
    return std::nullopt;
}

} // namespace

QStringList calcNames() { return {u"last"_s, u"min"_s, u"max"_s, u"mean"_s, u"sum"_s}; }

QString unitFor(const PanelData &data, const QString &unit)
{
    return unit == "latency"_L1 ? data.latencyUnit : unit;
}

std::vector<PanelValue> valuesOf(const PanelData &data, const QString &calc)
{
    std::vector<PanelValue> values;
    for (const PanelData::Part &part : data.parts) {
        const MetricData *metrics = dataAs<MetricData>(part.result);
        if (!metrics)
            continue;
        for (const Series &series : metrics->series) {
            PanelValue value;
            value.name = render::line(legendFor(series.labels, part.query->legend), 200);
            value.field = part.query->id;
            value.value = calculated(series, calc);
            if (metrics->shape == MetricData::Shape::Matrix)
                value.samples = QVector<double>(series.values.begin(), series.values.end());
            value.reference = referenceOf(part, series.labels);
            value.labels = series.labels;
            value.isWithheld = withheld(part.result.freshness, data.now, kWithholdAfter);
            values.push_back(std::move(value));
        }
    }
    return values;
}

QString csvOf(const std::vector<PanelValue> &values)
{
    QString csv = u"name,value\r\n"_s;
    for (const PanelValue &value : values)
        csv += render::csv(Untrusted(value.name)) + u',' + formatExact(value.value) + u"\r\n"_s;
    return csv;
}

FieldSpec optionField(
    QString key, QString label, FieldSpec::Kind kind, QVariant fallback, QStringList choices)
{
    FieldSpec field;
    field.key = std::move(key);
    field.label = std::move(label);
    field.kind = kind;
    field.fallback = std::move(fallback);
    field.choices = std::move(choices);
    return field;
}

void paintSparkline(QPainter &painter, const QRectF &rect, const QVector<double> &samples, const QColor &line,
    const QColor &ground)
{
    double min = HUGE_VAL, max = -HUGE_VAL;
    for (double value : samples) {
        if (std::isfinite(value)) {
            min = std::min(min, value);
            max = std::max(max, value);
        }
    }
    if (min > max || samples.size() < 2 || rect.width() < 4 || rect.height() < 3)
        return;
    if (min == max) { // a flat line stands in the middle, not on the ground
        min -= 1;
        max += 1;
    }
    const qsizetype stride = samples.size() / kMaxSparkPoints + 1;
    const auto at = [&](qsizetype i) {
        return QPointF(rect.left() + rect.width() * double(i) / double(samples.size() - 1),
            rect.bottom() - rect.height() * (samples[i] - min) / (max - min));
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF run;
    const auto flush = [&] {
        if (run.size() > 1) {
            QPolygonF area = run;
            area << QPointF(run.back().x(), rect.bottom()) << QPointF(run.front().x(), rect.bottom());
            painter.setPen(Qt::NoPen);
            painter.setBrush(mixed(line, ground, 0.15));
            painter.drawPolygon(area);
            painter.setPen(QPen(line, 1));
            painter.drawPolyline(run);
        }
        run.clear();
    };
    for (qsizetype i = 0; i < samples.size(); i += stride) {
        if (std::isfinite(samples[i]))
            run << at(i);
        else
            flush();
    }
    flush();
    painter.restore();
}

int fittingPixelSize(const QFont &font, const QString &text, const QSizeF &room, int largest)
{
    QFont probe = font;
    probe.setPixelSize(100);
    const QFontMetricsF metrics(probe);
    const double wide = std::max(1.0, metrics.horizontalAdvance(text)), high = metrics.height();
    const double scale = std::min(room.width() / wide, room.height() / high);
    return std::clamp(int(scale * 100), 8, std::max(8, largest));
}

} // namespace bw
