// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelframes.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/picturepanel.h>
#include <widgets/plot/plotwidget.h>

#include <domain/base/format.h>
#include <domain/dashboards/fieldlook.h>
#include <domain/metrics/calc.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// One series of an answer, with what it came from.
struct Entry
{
    std::shared_ptr<const void> owner; ///< keeps the samples
    CurveSamples samples;
    QString name, query;
    Nanoseconds step{0};
    Labels labels{}; ///< of an answer that was not transformed
    FieldLook look{};
    std::shared_ptr<Entry> past{}; ///< the same at the compared time
};

QString nameOf(const PanelQuery &query, const Series &series)
{
    QString name = render::line(legendFor(series.labels, query.legend), 512);
    if (name.isEmpty()) // labels that it has not: all it has tells it from the others
        name = render::line(legendFor(series.labels, {}), 512);
    return name.isEmpty() || name == u"{}" ? query.id : name;
}

std::vector<Entry> entriesOf(const Panel &panel, const PanelData &data, QString &problem)
{
    std::vector<Entry> entries;
    if (!panel.transform.empty()) {
        int left = 0;
        const Transformed made = framesFor(panel, data, left);
        problem = made.problem;
        for (const std::shared_ptr<const OwnedSeries> &series : seriesOf(made.frames))
            entries.push_back(
                {series, {series->times, series->values, {}}, series->name, series->query, data.step});
        return entries;
    }
    for (const PanelData::Part &part : data.parts) {
        const auto *metrics = dataAs<MetricData>(part.result);
        if (!metrics)
            continue;
        const auto *range = std::get_if<RangeQuery>(&part.result.spec.body);
        for (const Series &series : metrics->series)
            entries.push_back(
                {part.result.data, {series.times, series.values, {}}, nameOf(*part.query, series),
                    part.query->id, range ? range->step : Nanoseconds(0), series.labels});
    }
    return entries;
}

/// Gives each of `entries` its past; what has no present is left in `past`.
void pairUp(std::vector<Entry> &entries, std::vector<Entry> &past)
{
    QHash<QString, std::vector<size_t>> byName;
    for (size_t i = 0; i < past.size(); ++i)
        byName[past[i].query + u'\n' + past[i].name].push_back(i);
    for (Entry &entry : entries) {
        for (const size_t i : byName.value(entry.query + u'\n' + entry.name)) {
            if (past[i].owner && past[i].labels == entry.labels && !entry.past)
                entry.past = std::make_shared<Entry>(std::move(past[i]));
        }
    }
    std::erase_if(past, [](const Entry &entry) { return !entry.owner; });
}

/// A copy of samples with their signs turned.
Entry mirrored(Entry entry)
{
    auto own = std::make_shared<OwnedSeries>();
    own->times.assign(entry.samples.times.begin(), entry.samples.times.end());
    for (const double value : entry.samples.values)
        own->values.push_back(-value);
    entry.samples = {own->times, own->values, {}};
    entry.owner = std::move(own);
    return entry;
}

/// The `limit` series that reach highest, in their old order.
void keepHighest(std::vector<Entry> &entries, size_t limit)
{
    if (entries.size() <= limit)
        return;
    std::vector<std::pair<double, size_t>> ranked;
    for (size_t i = 0; i < entries.size(); ++i) {
        const Extent extent = finiteExtentOf(entries[i].samples.values);
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

CurveLook::Draw drawFrom(const QString &draw)
{
    return draw == "bars"_L1  ? CurveLook::Draw::Bars
        : draw == "points"_L1 ? CurveLook::Draw::Points
        : draw == "steps"_L1  ? CurveLook::Draw::Steps
                              : CurveLook::Draw::Line;
}

CurveLook::Dash dashFrom(const QString &line)
{
    return line == "dashed"_L1 ? CurveLook::Dash::Dashed
        : line == "dotted"_L1  ? CurveLook::Dash::Dotted
                               : CurveLook::Dash::Solid;
}

/// The options of a panel file, as values.
struct Options
{
    CurveLook::Draw draw = CurveLook::Draw::Line;
    CurveLook::Dash dash = CurveLook::Dash::Solid;
    double lineWidth = 1.5, fill = 0;
    bool stack = false, stackPercent = false, log = false, spanGaps = false, points = false, negative = false;
    PlotLegend legend;
    ThresholdStyle thresholds = ThresholdStyle::Line;
    std::optional<double> min, max, softMin, softMax;
    bool centeredZero = false;
    QString axis, axisLabel; ///< right, hidden, or empty
    QStringList rightAxis;
    QString rightUnit;
    size_t limit = 50;
};

PlotLegend legendFrom(const QVariantMap &map)
{
    PlotLegend out;
    const QString legend = map.value(u"legend"_s, u"list"_s).toString();
    out.mode = legend == u"none" ? PlotLegend::Mode::None
        : legend == u"table"     ? PlotLegend::Mode::Table
                                 : PlotLegend::Mode::List;
    if (map.contains(u"legend_calcs"_s)) {
        out.calcs.clear();
        for (const QString &calc : map.value(u"legend_calcs"_s).toStringList()) {
            if (isCalc(calc))
                out.calcs << calc;
        }
    } else if (out.mode == PlotLegend::Mode::Table) {
        out.calcs = {u"last"_s, u"min"_s, u"max"_s};
    }
    out.right = map.value(u"legend_place"_s).toString() == u"right";
    out.sort = map.value(u"legend_sort"_s).toString();
    out.sortDesc = map.value(u"legend_sort_desc"_s).toBool();
    return out;
}

Options optionsFrom(const QVariantMap &map)
{
    Options o;
    const QString draw = map.value(u"draw"_s, u"lines"_s).toString();
    o.draw = drawFrom(draw);
    o.dash = dashFrom(map.value(u"line"_s).toString());
    o.lineWidth = map.value(u"line_width"_s, 1.5).toDouble();
    o.stack = map.value(u"stack"_s).toBool();
    o.stackPercent = o.stack && map.value(u"stack_percent"_s).toBool();
    const int usual = draw == u"area" || (o.stack && o.draw != CurveLook::Draw::Bars) ? 30 : 0;
    o.fill = map.value(u"fill"_s, usual).toDouble() / 100;
    o.log = map.value(u"log"_s).toBool();
    o.spanGaps = map.value(u"span_gaps"_s).toBool();
    o.points = map.value(u"points"_s).toBool();
    o.negative = map.value(u"negative"_s).toBool();
    o.centeredZero = map.value(u"centered_zero"_s).toBool();
    o.axis = map.value(u"axis"_s).toString();
    o.axisLabel = render::line(Untrusted(map.value(u"axis_label"_s).toString()), 80);
    o.legend = legendFrom(map);
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
    o.softMin = bound(u"soft_min"_s);
    o.softMax = bound(u"soft_max"_s);
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
        , m_looks(m_panel)
        , m_plot(new PlotWidget(this))
    {
        fillWithPicture(*this, *m_plot);
        m_plot->onExemplar = [this](const PlotExemplar &exemplar) {
            if (const auto link = traceOf(exemplar))
                emit openRequested(*link);
        };
    }

    void showData(const PanelData &answer) override
    {
        QString problem;
        std::vector<Entry> entries = entriesOf(m_panel, answer, problem);
        std::vector<Entry> gone; // at the compared time only
        if (answer.compare != Compare::Off) {
            QString same;
            gone = entriesOf(m_panel, pastOf(answer), same);
            pairUp(entries, gone);
            applyLooks(gone);
            keepHighest(gone, m_options.limit);
        }
        applyLooks(entries);
        const size_t total = entries.size();
        keepHighest(entries, m_options.limit);
        PlotScene scene;
        scene.range = answer.range;
        scene.step = answer.step;
        scene.zone = answer.zone;
        setAxes(scene, answer, entries);
        scene.stacked = m_options.stack;
        scene.stackedPercent = m_options.stackPercent;
        scene.legend = m_options.legend;
        addThresholds(scene);
        for (const Entry &entry : entries)
            scene.curves.push_back(curveOf(entry, scene.curves.size()));
        // A stack of one series among others that do not stack: those chosen for stacking are the stack.
        if (!scene.stacked && std::any_of(entries.begin(), entries.end(), [](const Entry &entry) {
                return entry.look.set.value(u"stack"_s).toBool();
            })) {
            scene.stacked = true;
            for (size_t i = 0; i < entries.size(); ++i)
                scene.curves[i].stacks = entries[i].look.set.value(u"stack"_s).toBool();
        }
        if (answer.compare != Compare::Off)
            addPast(scene, entries, gone, answer);
        if (total > entries.size())
            scene.note = tr("%1 of %2 series").arg(entries.size()).arg(total);
        if (!problem.isEmpty())
            scene.note = tr("not transformed: %1").arg(problem);
        if (!answer.compareNote.isEmpty())
            scene.note +=
                (scene.note.isEmpty() ? QString() : u" · "_s) + tr("dashed: %1").arg(answer.compareNote);
        addMarks(scene, answer);
        scene.exemplars = exemplarsOf(answer, m_plot->timeWidth());
        if (total == 0 && hasAnswer(answer))
            scene.emptyText = tr("0 series");
        describeTo(entries.size(), total);
        m_plot->setScene(std::move(scene));
    }

    bool comparesWithPast() const override { return true; }
    int timeWidth() const override { return m_plot->timeWidth(); }
    void showCrosshair(std::optional<qint64> time) override { m_plot->showCrosshair(time); }
    bool isSettled() const override { return m_plot->isSettled(); }

    bool hasCsv() const override { return true; }
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

    /// Resolves overrides; hidden series go.
    void applyLooks(std::vector<Entry> &entries) const
    {
        for (Entry &entry : entries) {
            FieldFacts facts;
            facts.name = entry.name;
            facts.query = entry.query;
            facts.value = [&entry](const QString &calc) { return calculate(entry.samples.values, calc); };
            entry.look = m_looks.lookFor(facts);
        }
        if (m_looks.hasOverrides())
            std::erase_if(
                entries, [](const Entry &entry) { return entry.look.set.value(u"hidden"_s).toBool(); });
    }

    bool isRight(const Entry &entry, const QString &leftUnit) const
    {
        const QString axis = entry.look.set.value(u"axis"_s, m_options.axis).toString();
        if (axis == u"right" || axis == u"left")
            return axis == u"right";
        // What is measured in something else needs a scale of its own.
        return m_options.rightAxis.contains(entry.query) || entry.look.unit != leftUnit;
    }

    /// The panel's unit is on the left, unless every series has another one.
    void setAxes(PlotScene &scene, const PanelData &answer, const std::vector<Entry> &entries)
    {
        m_leftUnit = m_panel.unit;
        const bool isUsed = std::any_of(entries.begin(), entries.end(),
            [&](const Entry &entry) { return entry.look.unit == m_panel.unit; });
        if (!entries.empty() && !isUsed)
            m_leftUnit = entries.front().look.unit;
        scene.left = {
            unitFor(answer, m_leftUnit), m_panel.decimals, m_options.min, m_options.max, m_options.log};
        scene.left.softMin = m_options.softMin;
        scene.left.softMax = m_options.softMax;
        scene.left.centeredZero = m_options.centeredZero;
        scene.left.hidden = m_options.axis == u"hidden";
        scene.left.label = m_options.axisLabel;
        QString right = m_options.rightUnit;
        for (const Entry &entry : entries) {
            if (!isRight(entry, m_leftUnit))
                continue;
            if (right.isEmpty())
                right = entry.look.unit;
            const auto bound = [&](const QString &key, std::optional<double> &to) {
                if (entry.look.set.contains(key))
                    to = entry.look.set.value(key).toDouble();
            };
            bound(u"min"_s, scene.right.min);
            bound(u"max"_s, scene.right.max);
        }
        scene.right.unit = unitFor(answer, right.isEmpty() ? m_leftUnit : right);
        if (m_options.stackPercent) {
            scene.left.unit = scene.right.unit = u"percentunit"_s;
            scene.left.min = scene.left.min.value_or(0);
            scene.left.max = scene.left.max.value_or(1);
        }
    }

    /// Curves of the compared time, below those of now.
    void addPast(PlotScene &scene, const std::vector<Entry> &entries, const std::vector<Entry> &gone,
        const PanelData &answer) const
    {
        const auto isKnown = [&](const QString &query) {
            return std::any_of(answer.parts.begin(), answer.parts.end(), [&](const PanelData::Part &part) {
                return part.past && part.past->data && (query.isEmpty() || part.query->id == query);
            });
        };
        if (!isKnown({}))
            return; // not heard yet, or failed: the note says so
        for (size_t i = 0; i < entries.size(); ++i)
            scene.curves[i].isCompared = isKnown(entries[i].query);
        scene.pastName = textOf(answer.compare);
        std::vector<PlotCurve> past;
        for (size_t i = 0; i < entries.size(); ++i) {
            if (!entries[i].past)
                continue;
            Entry before = *entries[i].past;
            before.look = entries[i].look;
            past.push_back(pastCurve(std::move(before), scene.curves[i], int(i)));
        }
        for (const Entry &entry : gone)
            past.push_back(pastCurve(entry, curveOf(entry, scene.curves.size() + past.size()), -1));
        for (PlotCurve &curve : past) {
            curve.name = tr("%1 (%2)").arg(curve.name, scene.pastName);
            if (curve.presentOf >= 0)
                curve.presentOf += int(past.size());
        }
        scene.curves.insert(
            scene.curves.begin(), std::make_move_iterator(past.begin()), std::make_move_iterator(past.end()));
    }

    /// Drawn as `present` is, but dashed, without a fill, and in the legend only when there is no present
    /// one.
    PlotCurve pastCurve(Entry entry, const PlotCurve &present, int presentOf) const
    {
        PlotCurve curve = present;
        if (entry.look.set.value(u"negative"_s, m_options.negative).toBool())
            entry = mirrored(std::move(entry));
        curve.owner = entry.owner;
        curve.samples = entry.samples;
        curve.draw = present.draw == CurveLook::Draw::Bars ? CurveLook::Draw::Steps
            : present.draw == CurveLook::Draw::Points      ? CurveLook::Draw::Line
                                                           : present.draw;
        curve.dash =
            present.dash == CurveLook::Dash::Solid ? CurveLook::Dash::Dashed : CurveLook::Dash::Dotted;
        curve.fill = 0;
        curve.pointed = false;
        curve.isPast = true;
        curve.isCompared = false;
        curve.presentOf = presentOf;
        curve.inLegend = present.inLegend && presentOf < 0;
        return curve;
    }

    PlotCurve curveOf(Entry entry, size_t index) const
    {
        const QVariantMap &set = entry.look.set;
        if (set.value(u"negative"_s, m_options.negative).toBool())
            entry = mirrored(std::move(entry));
        PlotCurve curve;
        curve.owner = entry.owner;
        curve.samples = entry.samples;
        curve.name = entry.look.title.isEmpty() ? entry.name : render::line(Untrusted(entry.look.title), 512);
        curve.color = entry.look.color.isEmpty() ? u"series-%1"_s.arg(index + 1) : entry.look.color;
        curve.draw = set.contains(u"draw"_s) ? drawFrom(set.value(u"draw"_s).toString()) : m_options.draw;
        curve.dash = set.contains(u"line"_s) ? dashFrom(set.value(u"line"_s).toString()) : m_options.dash;
        curve.width = set.value(u"line_width"_s, m_options.lineWidth).toDouble();
        curve.fill = set.contains(u"fill"_s) ? set.value(u"fill"_s).toDouble() / 100 : m_options.fill;
        curve.bridgeGaps = set.value(u"span_gaps"_s, m_options.spanGaps).toBool();
        curve.stacks = set.value(u"stack"_s, true).toBool();
        curve.inLegend = set.value(u"legend"_s, true).toBool();
        curve.pointed = m_options.points;
        curve.rightAxis = isRight(entry, m_leftUnit);
        curve.step = entry.step;
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
    }

    void describeTo(size_t drawn, size_t total)
    {
        setAccessibleName(m_panel.title);
        setAccessibleDescription(drawn == total ? tr("%n series", nullptr, int(total))
                                                : tr("%1 of %2 series").arg(drawn).arg(total));
    }

    Panel m_panel;
    Options m_options;
    const FieldLooks m_looks;
    QString m_leftUnit;
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
        field(u"stack_percent"_s, tr("Stack as shares"), Kind::Boolean, false),
        choice(u"line"_s, tr("Line"), {u"solid"_s, u"dashed"_s, u"dotted"_s}),
        field(u"points"_s, tr("Points on lines"), Kind::Boolean, false),
        field(u"negative"_s, tr("Below zero"), Kind::Boolean, false),
        field(u"color"_s, tr("Colour"), Kind::Text, QString()),
        choice(u"color_by"_s, tr("Colours by"), {u"series"_s, u"fixed"_s}),
        choice(u"legend_place"_s, tr("Legend stands"), {u"bottom"_s, u"right"_s}),
        field(u"legend_sort"_s, tr("Legend sorted by"), Kind::Text, QString()),
        field(u"legend_sort_desc"_s, tr("Highest first in the legend"), Kind::Boolean, false),
        field(u"soft_min"_s, tr("In view at least from"), Kind::Number, QVariant()),
        field(u"soft_max"_s, tr("In view at least up to"), Kind::Number, QVariant()),
        field(u"centered_zero"_s, tr("Zero in the middle"), Kind::Boolean, false),
        choice(u"axis"_s, tr("Axis"), {u"left"_s, u"right"_s, u"hidden"_s}),
        field(u"axis_label"_s, tr("Label of the axis"), Kind::Text, QString()),
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
