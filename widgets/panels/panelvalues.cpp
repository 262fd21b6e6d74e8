// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelvalues.h>

#include <domain/base/format.h>
#include <domain/metrics/calc.h>
#include <domain/metrics/exemplars.h>
#include <domain/query/owndata.h>
#include <widgets/base/theme.h>
#include <widgets/panels/panelframes.h>

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;
namespace {

// 5 min: a number older than that is no longer a statement about now.
constexpr Nanoseconds kWithholdAfter = std::chrono::minutes(5);
// 400: more points than pixels of any sparkline.
constexpr qsizetype kMaxSparkPoints = 400;

// 6: closer diamonds cover each other.
constexpr int kExemplarPixels = 6;

double calculated(const Series &series, const QString &calc)
{
    // The newest sample counts, even when it is NaN: "no traffic" is a statement, the value before is not.
    return calculate(series.values, calc.isEmpty() || calc == "last"_L1 ? u"last_null"_s : calc);
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

/// What the series say that they are counted in, when all of them say the same.
QString currencyOf(const PanelData &data)
{
    std::optional<QString> found;
    for (const PanelData::Part &part : data.parts) {
        const MetricData *metrics = dataAs<MetricData>(part.result);
        for (size_t i = 0; metrics && i < metrics->series.size(); ++i) {
            const QString currency = metrics->series[i].labels.text(u"currency");
            if (found && *found != currency)
                return {};
            found = currency;
        }
    }
    return found.value_or(QString());
}

} // namespace

QStringList calcNames()
{
    QStringList names = calcIds();
    for (const int percent : {25, 75, 90, 95, 99})
        names << u"p%1"_s.arg(percent);
    return names;
}

QString ownTopicOf(const PanelQuery &query)
{
    return query.expr.isEmpty() ? query.type : query.type + u':' + query.expr;
}

QString unitFor(const PanelData &data, const QString &unit)
{
    if (unit == "latency"_L1)
        return data.latencyUnit;
    const QString currency = unit.startsWith("currency"_L1) ? currencyOf(data) : QString();
    if (currency.isEmpty())
        return unit;
    const QString known = u"currency"_s + currency;
    return isKnownUnit(known) ? known : u"suffix: "_s + currency;
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
            if (isOwnTopic(part.query->type)) { // from a server these would be just labels
                value.text = series.labels.text(u"__text");
                value.note = series.labels.text(u"__note");
            }
            values.push_back(std::move(value));
        }
    }
    return values;
}

namespace {

/// Numbers of transformed tables: one a column, or one a row.
std::vector<PanelValue> transformedValues(const Panel &panel, const PanelData &data)
{
    std::vector<PanelValue> values;
    int left = 0;
    const bool eachRow = panel.options.value(u"each_row"_s).toBool();
    const QString calc = panel.options.value(u"calc"_s).toString();
    bool isOld = !data.parts.empty();
    for (const PanelData::Part &part : data.parts)
        isOld = isOld && withheld(part.result.freshness, data.now, kWithholdAfter);
    for (const Frame &frame : framesFor(panel, data, left).frames) {
        const Field *names = nullptr;
        for (const Field &field : frame.fields) {
            if (field.type == Field::Type::Text && !names)
                names = &field;
        }
        for (const Field &field : frame.fields) {
            if (field.type != Field::Type::Number)
                continue;
            PanelValue value;
            value.name = field.name;
            value.field = field.query;
            value.isWithheld = isOld;
            if (!eachRow) {
                for (const Cell &cell : field.cells)
                    value.samples.push_back(numberOf(cell));
                value.value = calculate({value.samples.constData(), size_t(value.samples.size())},
                    calc.isEmpty() ? u"last"_s : calc);
                values.push_back(value);
                continue;
            }
            for (size_t row = 0; row < field.cells.size() && values.size() < 500; ++row) {
                value.value = numberOf(field.cells[row]);
                const auto *text = names ? std::get_if<Untrusted>(&names->cells[row]) : nullptr;
                value.name = text ? render::line(*text, 200) : field.name;
                values.push_back(value);
            }
        }
    }
    return values;
}

} // namespace

PanelData pastOf(const PanelData &data)
{
    PanelData past = data;
    past.compare = Compare::Off;
    past.parts.clear();
    for (const PanelData::Part &part : data.parts) {
        if (part.past && part.past->data)
            past.parts.push_back({part.query, *part.past});
    }
    return past;
}

QString changeTitle(Compare compare) { return compare == Compare::Week ? u"Δ 168 h"_s : u"Δ 24 h"_s; }

QString changeText(const PanelValue &value, const QString &when)
{
    if (!value.isCompared || value.isWithheld)
        return {};
    if (!value.before)
        return PanelView::tr("no data %1").arg(when);
    const QString &unit = value.look.unit;
    return PanelView::tr("%1 from %2, %3")
        .arg(differenceText(differenceOf(value.value, *value.before), unit, value.look.decimals),
            formatValue(*value.before, unit, value.look.decimals), when);
}

namespace {

/// Gives each value what it was then: same query, same name, same labels.
void addPast(std::vector<PanelValue> &values, const std::vector<PanelValue> &past, const PanelData &data)
{
    QHash<QString, std::vector<const PanelValue *>> byName;
    for (const PanelValue &value : past)
        byName[value.field + u'\n' + value.name].push_back(&value);
    for (PanelValue &value : values) {
        value.isCompared = std::any_of(data.parts.begin(), data.parts.end(), [&](const auto &part) {
            return part.past && part.past->data && (value.field.isEmpty() || part.query->id == value.field);
        });
        for (const PanelValue *before : byName.value(value.field + u'\n' + value.name)) {
            if (before->labels == value.labels)
                value.before = before->value;
        }
    }
}

} // namespace

std::vector<PanelValue> valuesOf(const Panel &panel, const FieldLooks &looks, const PanelData &data)
{
    const bool isTable = !panel.transform.empty() || panel.options.value(u"each_row"_s).toBool();
    const auto made = [&](const PanelData &from) {
        return isTable ? transformedValues(panel, from)
                       : valuesOf(from, panel.options.value(u"calc"_s).toString());
    };
    std::vector<PanelValue> values = made(data);
    if (data.compare != Compare::Off)
        addPast(values, made(pastOf(data)), data);
    const QString fields = panel.options.value(u"fields"_s).toString();
    const QRegularExpression wanted(fields);
    std::vector<PanelValue> out;
    for (PanelValue &value : values) {
        if (!fields.isEmpty() && wanted.isValid() && !wanted.match(value.name).hasMatch())
            continue;
        FieldFacts facts;
        facts.name = value.name;
        facts.query = value.field;
        facts.value = [&value](const QString &calc) {
            return value.samples.isEmpty()
                ? value.value
                : calculate({value.samples.constData(), size_t(value.samples.size())}, calc);
        };
        value.look = looks.lookFor(facts);
        value.look.unit = unitFor(data, value.look.unit);
        if (value.look.set.value(u"hidden"_s).toBool())
            continue;
        if (!value.look.title.isEmpty())
            value.name = render::line(Untrusted(value.look.title), 200);
        out.push_back(std::move(value));
    }
    return out;
}

std::vector<PlotExemplar> exemplarsOf(const PanelData &data, int pixels)
{
    std::vector<Exemplar> all;
    for (const PanelData::Part &part : data.parts) {
        if (const auto *set = dataAs<ExemplarSet>(part.result))
            all.insert(all.end(), set->exemplars.begin(), set->exemplars.end());
    }
    std::vector<PlotExemplar> out;
    for (const Exemplar &exemplar : chosenExemplars(all, data.range, std::max(1, pixels / kExemplarPixels))) {
        QStringList lines;
        for (const Labels *labels : {&exemplar.labels, &exemplar.series}) {
            for (const auto &[name, value] : labels->pairs()) {
                const QString key = render::line(name, 60);
                if (key != "__name__"_L1 && key != "le"_L1)
                    lines << key + u" = "_s + render::line(value, 80);
            }
        }
        out.push_back({exemplar.time, exemplar.value, lines.join(u'\n'),
            traceIdOf(exemplar.labels).value_or(TraceId{})});
    }
    return out;
}

ValueStyle styledValue(const Panel &panel, const PanelValue &value, double min, double max)
{
    // Thresholds of a query by its id are the panel's; all else is the field's.
    ValueStyle style = styleOf(value.look, value.value, min, max);
    if (value.look.thresholds == &panel.thresholds)
        style.tone = style.tone.isEmpty() || !panel.thresholds.empty()
            ? styleOf(panel, value.field, value.value, value.look.unit, value.look.decimals, min, max).tone
            : style.tone;
    const QString by = panel.options.value(u"color_by"_s).toString();
    if ((by == u"fixed" || by == u"series") || value.look.set.contains(u"color"_s))
        style.tone = value.look.color;
    return style;
}

std::optional<TraceLink> traceOf(const PlotExemplar &exemplar)
{
    if (exemplar.trace.isNull())
        return std::nullopt;
    TraceLink link;
    link.trace = exemplar.trace;
    const Timestamp at = fromNs(exemplar.time);
    link.hint = TimeRange{at - std::chrono::minutes(1), at + std::chrono::minutes(1)};
    return link;
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
