// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/picturepanel.h>
#include <widgets/plot/plotwidget.h>

#include <domain/base/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// One series of an answer, with the query it came from.
struct Entry
{
    const PanelData::Part *part;
    const Series *series;
    QString name;
};

QString nameOf(const PanelQuery &query, const Series &series)
{
    const QString name = render::line(legendFor(series.labels, query.legend), 512);
    return name.isEmpty() || name == u"{}" ? query.id : name;
}

std::vector<Entry> entriesOf(const PanelData &data)
{
    std::vector<Entry> entries;
    for (const PanelData::Part &part : data.parts) {
        const auto *metrics = dataAs<MetricData>(part.result);
        if (!metrics)
            continue;
        for (const Series &series : metrics->series)
            entries.push_back({&part, &series, nameOf(*part.query, series)});
    }
    return entries;
}

/// The `limit` series that reach highest, in their old order.
void keepHighest(std::vector<Entry> &entries, size_t limit)
{
    if (entries.size() <= limit)
        return;
    std::vector<std::pair<double, size_t>> ranked;
    for (size_t i = 0; i < entries.size(); ++i) {
        const Extent extent = finiteExtentOf(entries[i].series->values);
        ranked.emplace_back(
            extent.min > extent.max ? -1 : std::max(std::abs(extent.min), std::abs(extent.max)), i);
    }
    std::nth_element(
        ranked.begin(), ranked.begin() + ptrdiff_t(limit), ranked.end(), [](const auto &a, const auto &b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
    std::vector<size_t> kept;
    for (size_t i = 0; i < limit; ++i)
        kept.push_back(ranked[i].second);
    std::sort(kept.begin(), kept.end());
    std::vector<Entry> out;
    for (const size_t i : kept)
        out.push_back(std::move(entries[i]));
    entries = std::move(out);
}

/// The options of a panel file, as values.
struct Options
{
    CurveLook::Draw draw = CurveLook::Draw::Line;
    double lineWidth = 1.5, fill = 0;
    bool stack = false, log = false, spanGaps = false;
    PlotLegend legend;
    ThresholdStyle thresholds = ThresholdStyle::Line;
    std::optional<double> min, max;
    QStringList rightAxis;
    QString rightUnit;
    size_t limit = 50;
};

PlotLegend::Calc calcFrom(const QString &name)
{
    if (name == u"min")
        return PlotLegend::Calc::Min;
    if (name == u"max")
        return PlotLegend::Calc::Max;
    if (name == u"mean")
        return PlotLegend::Calc::Mean;
    return name == u"sum" ? PlotLegend::Calc::Sum : PlotLegend::Calc::Last;
}

Options optionsFrom(const QVariantMap &map)
{
    Options o;
    const QString draw = map.value(u"draw"_s, u"lines"_s).toString();
    if (draw == u"bars")
        o.draw = CurveLook::Draw::Bars;
    else if (draw == u"points")
        o.draw = CurveLook::Draw::Points;
    else if (draw == u"steps")
        o.draw = CurveLook::Draw::Steps;
    o.lineWidth = map.value(u"line_width"_s, 1.5).toDouble();
    o.stack = map.value(u"stack"_s).toBool();
    const int usual = draw == u"area" || (o.stack && o.draw != CurveLook::Draw::Bars) ? 30 : 0;
    o.fill = map.value(u"fill"_s, usual).toDouble() / 100;
    o.log = map.value(u"log"_s).toBool();
    o.spanGaps = map.value(u"span_gaps"_s).toBool();
    const QString legend = map.value(u"legend"_s, u"list"_s).toString();
    o.legend.mode = legend == u"none" ? PlotLegend::Mode::None
        : legend == u"table"          ? PlotLegend::Mode::Table
                                      : PlotLegend::Mode::List;
    QStringList calcs = map.value(u"legend_calcs"_s).toStringList();
    if (calcs.isEmpty())
        calcs = legend == u"table" ? QStringList{u"last"_s, u"min"_s, u"max"_s} : QStringList{u"last"_s};
    o.legend.calcs.clear();
    for (const QString &calc : calcs)
        o.legend.calcs.push_back(calcFrom(calc));
    const QString thresholds = map.value(u"thresholds"_s, u"line"_s).toString();
    o.thresholds = thresholds == u"area" ? ThresholdStyle::Area
        : thresholds == u"none"          ? ThresholdStyle::None
                                         : ThresholdStyle::Line;
    const auto bound = [&](const QString &key) {
        const QVariant value = map.value(key);
        return value.isValid() && !value.isNull() ? std::optional(value.toDouble()) : std::nullopt;
    };
    o.min = bound(u"min"_s);
    o.max = bound(u"max"_s);
    o.rightAxis = map.value(u"right_axis"_s).toStringList();
    o.rightUnit = map.value(u"right_unit"_s).toString();
    o.limit = size_t(std::clamp(map.value(u"max_series"_s, 50).toInt(), 1, 200));
    return o;
}

/// Lines, areas, bars, steps or points over time. Everything heavy happens when the plot is drawn, on a
/// worker; here series are only named and referred to.
class TimeSeriesPanel final : public PanelView
{
public:
    TimeSeriesPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_options(optionsFrom(panel.options))
        , m_plot(new PlotWidget(this))
    {
        fillWithPicture(*this, *m_plot);
    }

    void showData(const PanelData &answer) override
    {
        std::vector<Entry> entries = entriesOf(answer);
        const size_t total = entries.size();
        keepHighest(entries, m_options.limit);
        PlotScene scene;
        scene.range = answer.range;
        scene.step = answer.step;
        scene.zone = answer.zone;
        scene.left = {
            unitFor(answer, m_panel.unit), m_panel.decimals, m_options.min, m_options.max, m_options.log};
        scene.right.unit =
            unitFor(answer, m_options.rightUnit.isEmpty() ? m_panel.unit : m_options.rightUnit);
        scene.stacked = m_options.stack;
        scene.legend = m_options.legend;
        addThresholds(scene);
        for (const Entry &entry : entries)
            scene.curves.push_back(curveOf(entry, scene.curves.size()));
        if (total > entries.size())
            scene.note = tr("%1 of %2 series").arg(entries.size()).arg(total);
        addMarks(scene, answer);
        if (total == 0 && hasAnswer(answer))
            scene.emptyText = tr("0 series");
        describeTo(entries.size(), total);
        m_plot->setScene(std::move(scene));
    }

    int timeWidth() const override { return m_plot->timeWidth(); }
    void showCrosshair(std::optional<qint64> time) override { m_plot->showCrosshair(time); }
    bool isSettled() const override { return m_plot->isSettled(); }

    QString toCsv() const override
    {
        const std::vector<PlotCurve> &curves = m_plot->scene().curves;
        std::map<qint64, std::vector<double>> rows;
        QString csv = u"time"_s;
        for (size_t c = 0; c < curves.size(); ++c) {
            csv += u',' + render::csv(Untrusted(curves[c].name));
            for (size_t i = 0; i < curves[c].samples.times.size(); ++i) {
                std::vector<double> &row = rows[curves[c].samples.times[i]];
                row.resize(curves.size());
                row[c] = curves[c].samples.values[i];
            }
        }
        csv += u"\r\n"_s;
        for (const auto &[time, row] : rows)
            csv += csvRow(time, row, curves);
        return csv;
    }

private:
    static QString csvRow(qint64 time, const std::vector<double> &row, const std::vector<PlotCurve> &curves)
    {
        QString line = isoUtc(fromNs(time));
        for (size_t c = 0; c < curves.size(); ++c) {
            const std::span<const qint64> times = curves[c].samples.times;
            // No sample is an empty cell, a NaN sample is the word.
            const bool present = std::binary_search(times.begin(), times.end(), time);
            line += u',' + (present ? formatExact(row[c]) : QString());
        }
        return line + u"\r\n"_s;
    }

    static bool hasAnswer(const PanelData &answer)
    {
        return std::any_of(answer.parts.begin(), answer.parts.end(),
            [](const PanelData::Part &part) { return part.result.data != nullptr; });
    }

    PlotCurve curveOf(const Entry &entry, size_t index) const
    {
        PlotCurve curve;
        curve.owner = entry.part->result.data;
        curve.samples = {entry.series->times, entry.series->values, {}};
        curve.name = entry.name;
        curve.color = u"series-%1"_s.arg(index + 1);
        curve.draw = m_options.draw;
        curve.width = m_options.lineWidth;
        curve.fill = m_options.fill;
        curve.bridgeGaps = m_options.spanGaps;
        curve.rightAxis = m_options.rightAxis.contains(entry.part->query->id);
        if (const auto *range = std::get_if<RangeQuery>(&entry.part->result.spec.body))
            curve.step = range->step;
        return curve;
    }

    void addThresholds(PlotScene &scene) const
    {
        scene.thresholdStyle = m_options.thresholds;
        for (const Thresholds &thresholds : m_panel.thresholds) {
            if (thresholds.percentage && !(m_options.min && m_options.max))
                continue; // percent of what is not known before the data is
            for (const ThresholdStep &step : thresholds.steps) {
                std::optional<double> from = step.from;
                if (from && thresholds.percentage)
                    from = *m_options.min + *from / 100 * (*m_options.max - *m_options.min);
                scene.thresholds.push_back({from, step.color});
            }
            break; // lines of several lists cannot be told apart
        }
    }

    static void addMarks(PlotScene &scene, const PanelData &answer)
    {
        for (const Marker &marker : answer.markers)
            scene.markers.push_back({marker.time, render::line(marker.text, 300), marker.color});
        std::stable_sort(scene.markers.begin(), scene.markers.end(),
            [](const PlotMarker &a, const PlotMarker &b) { return a.time < b.time; });
        for (const PanelData::Part &part : answer.parts) {
            const auto *set = dataAs<ExemplarSet>(part.result);
            if (!set)
                continue;
            for (const Exemplar &exemplar : set->exemplars) {
                QString text = formatValue(exemplar.value, scene.left.unit);
                for (const auto &[name, value] : exemplar.labels.pairs())
                    text += u'\n' + render::line(name, 100) + u" = "_s + render::line(value, 200);
                scene.exemplars.push_back({exemplar.time, exemplar.value, text});
            }
        }
    }

    void describeTo(size_t drawn, size_t total)
    {
        setAccessibleName(m_panel.title);
        setAccessibleDescription(drawn == total ? tr("%n series", nullptr, int(total))
                                                : tr("%1 of %2 series").arg(drawn).arg(total));
    }

    Panel m_panel;
    Options m_options;
    PlotWidget *m_plot;
};

FieldSpec field(const QString &key, const QString &label, FieldSpec::Kind kind, const QVariant &fallback)
{
    FieldSpec spec;
    spec.key = key;
    spec.label = label;
    spec.kind = kind;
    spec.fallback = fallback;
    return spec;
}

FieldSpec choice(const QString &key, const QString &label, const QStringList &choices)
{
    FieldSpec spec = field(key, label, FieldSpec::Kind::Choice, choices.front());
    spec.choices = choices;
    return spec;
}

FieldSpec number(const QString &key, const QString &label, const QVariant &fallback, double min, double max)
{
    FieldSpec spec = field(key, label, FieldSpec::Kind::Number, fallback);
    spec.min = min;
    spec.max = max;
    return spec;
}

std::vector<FieldSpec> timeSeriesFields()
{
    using Kind = FieldSpec::Kind;
    const auto tr = [](const char *text) { return QObject::tr(text); };
    FieldSpec limit = number(u"max_series"_s, tr("Most series drawn"), 50, 1, 200);
    limit.kind = Kind::Integer;
    return {
        choice(u"draw"_s, tr("Draw"), {u"lines"_s, u"area"_s, u"bars"_s, u"steps"_s, u"points"_s}),
        number(u"line_width"_s, tr("Line width"), 1.5, 0.5, 10),
        number(u"fill"_s, tr("Fill below, percent"), QVariant(), 0, 100),
        field(u"stack"_s, tr("Stack"), Kind::Boolean, false),
        choice(u"legend"_s, tr("Legend"), {u"list"_s, u"table"_s, u"none"_s}),
        field(u"legend_calcs"_s, tr("Legend values"), Kind::List, QStringList()),
        field(u"min"_s, tr("Lowest value"), Kind::Number, QVariant()),
        field(u"max"_s, tr("Highest value"), Kind::Number, QVariant()),
        field(u"log"_s, tr("Logarithmic"), Kind::Boolean, false),
        field(u"span_gaps"_s, tr("Bridge gaps"), Kind::Boolean, false),
        field(u"right_axis"_s, tr("Queries on the right axis"), Kind::List, QStringList()),
        field(u"right_unit"_s, tr("Unit of the right axis"), Kind::Text, QString()),
        choice(u"thresholds"_s, tr("Thresholds as"), {u"line"_s, u"area"_s, u"none"_s}),
        limit,
    };
}

} // namespace

PanelKind timeSeriesPanelKind()
{
    return {u"timeseries"_s, QObject::tr("Time series"), timeSeriesFields(),
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            return new TimeSeriesPanel(panel, parent);
        }};
}

} // namespace bw
