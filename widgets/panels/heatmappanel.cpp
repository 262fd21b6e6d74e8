// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/heatmapfacets.h>
#include <widgets/panels/heatmapview.h>
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panellinks.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/picturepanel.h>

#include <domain/base/format.h>

#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Traces that took as long as a cell says, of its time; nullopt when the values are no durations. A step
/// around it, since a span is counted when it ends.
std::optional<TraceSearchLink> tracesOf(
    const TimeRange &range, double lower, double upper, const QString &unit)
{
    const double factor = unit == "s"_L1 ? 1e9 : unit == "ms"_L1 ? 1e6 : unit == "µs"_L1 ? 1e3 : 0;
    if (factor == 0)
        return std::nullopt;
    const auto duration = [factor](double value) -> std::optional<Nanoseconds> {
        if (!(value > 0) || value * factor > 1e15) // an infinite edge is no bound
            return std::nullopt;
        return Nanoseconds(qint64(value * factor));
    };
    TraceSearchLink link;
    link.search.range = {range.begin - range.span(), range.end + range.span()};
    link.search.minDuration = duration(lower);
    link.search.maxDuration = duration(upper);
    return link;
}

std::vector<double> quantilesFrom(const Panel &panel)
{
    std::vector<double> out;
    const QVariant option = panel.options.value(u"quantiles"_s);
    if (!option.isValid())
        return {0.5, 0.95, 0.99};
    for (const QVariant &entry : option.toList()) {
        bool ok = false;
        const double q = entry.toDouble(&ok);
        if (ok && q > 0 && q < 1 && out.size() < 5)
            out.push_back(q);
    }
    return out;
}

/// Counts per time and value band, from classic or native histograms.
class HeatmapPanel final : public PanelView
{
public:
    HeatmapPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_view(new HeatmapView(this))
    {
        fillWithPicture(*this, *m_view);
        setAccessibleName(panel.title);
        m_view->onCell = [this](const TimeRange &range, double lower, double upper) {
            if (const auto link = tracesOf(range, lower, upper, m_view->scene().unit))
                emit openRequested(*link);
        };
        m_view->onExemplar = [this](const PlotExemplar &exemplar) {
            if (const auto link = traceOf(exemplar))
                emit openRequested(*link);
        };
    }

    void showData(const PanelData &answer) override
    {
        HeatmapScene scene;
        scene.range = answer.range;
        scene.step = answer.step;
        scene.zone = answer.zone;
        scene.unit = unitFor(answer, m_panel.unit);
        scene.decimals = m_panel.decimals;
        scene.logColor = m_panel.options.value(u"log_color"_s, true).toBool();
        scene.quantiles = quantilesFrom(m_panel);
        scene.exemplars = exemplarsOf(answer, m_view->timeWidth());
        for (const PanelData::Part &part : answer.parts) {
            const auto *metrics = dataAs<MetricData>(part.result);
            if (!metrics)
                continue;
            scene.emptyText = tr("0 series");
            scene.owner = part.result.data;
            scene.series = &metrics->series;
            if (const auto *range = std::get_if<RangeQuery>(&part.result.spec.body))
                scene.step = range->step;
            if (!metrics->series.empty())
                break; // the first answer with anything in it
        }
        m_view->setScene(std::move(scene));
    }

    int timeWidth() const override { return m_view->timeWidth(); }
    void showCrosshair(std::optional<qint64> time) override { m_view->showCrosshair(time); }
    bool isSettled() const override { return m_view->isSettled(); }

    bool hasCsv() const override { return true; }
    QString toCsv() const override
    {
        QString csv = u"time,lower,upper,count\r\n"_s;
        if (!m_view->shown())
            return csv;
        const HeatmapCells &cells = m_view->shown()->cells;
        for (int column = 0; column < cells.columns(); ++column) {
            for (int row = 0; row < cells.rows(); ++row) {
                const double count = cells.at(column, row);
                csv += isoUtc(fromNs(cells.times[size_t(column)])) + u','
                    + formatExact(cells.edges[size_t(row)]) + u',' + formatExact(cells.edges[size_t(row) + 1])
                    + u',' + (std::isnan(count) ? QString() : formatExact(count)) + u"\r\n"_s;
            }
        }
        return csv;
    }

private:
    const Panel m_panel;
    HeatmapView *m_view;
};

/// One small heatmap for each value of a label, all from one answer; a click opens the panel's link with that
/// value.
class FacetPanel final : public PanelView
{
public:
    FacetPanel(const Panel &panel, QWidget *parent)
        : PanelView(parent)
        , m_panel(panel)
        , m_facets(new HeatmapFacets(this))
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(m_facets);
        setAccessibleName(panel.title);
        m_facets->setShared(panel.options.value(u"facet_scale"_s) != u"own"_s);
        connect(m_facets, &HeatmapFacets::rangeSelected, this, &PanelView::rangeSelected);
        connect(m_facets, &HeatmapFacets::zoomOutRequested, this, &PanelView::zoomOutRequested);
        connect(m_facets, &HeatmapFacets::crosshairMoved, this, &PanelView::crosshairMoved);
        connect(m_facets, &HeatmapFacets::facetClicked, this, [this](const QString &value) {
            if (!m_panel.links.empty())
                emit openRequested(linkFrom(m_panel.links.front(), m_range, [&](const QString &field) {
                    return field == m_panel.options.value(u"facet"_s).toString() ? value : QString();
                }));
        });
    }

    void showData(const PanelData &answer) override
    {
        HeatmapScene scene;
        scene.range = m_range = answer.range;
        scene.step = answer.step;
        scene.zone = answer.zone;
        scene.unit = unitFor(answer, m_panel.unit);
        scene.decimals = m_panel.decimals;
        scene.logColor = m_panel.options.value(u"log_color"_s, true).toBool();
        scene.isCompact = true;
        const QString facet = m_panel.options.value(u"facet"_s).toString();
        for (const PanelData::Part &part : answer.parts) {
            const auto *metrics = dataAs<MetricData>(part.result);
            if (!metrics)
                continue;
            if (const auto *range = std::get_if<RangeQuery>(&part.result.spec.body))
                scene.step = range->step;
            m_facets->show(part.result.data, metrics->series, {facet, answer.labelNames.value(facet)},
                size_t(std::clamp(m_panel.options.value(u"facet_max"_s, 12).toInt(), 1, 24)), scene);
            return;
        }
    }

    int timeWidth() const override { return m_facets->timeWidth(); }
    void showCrosshair(std::optional<qint64> time) override { m_facets->showCrosshair(time); }
    bool isSettled() const override { return m_facets->isSettled(); }
    bool hasCsv() const override { return true; }
    QString toCsv() const override { return m_facets->toCsv(); }

private:
    const Panel m_panel;
    HeatmapFacets *m_facets;
    TimeRange m_range;
};

} // namespace

PanelKind heatmapPanelKind()
{
    FieldSpec log;
    log.key = u"log_color"_s;
    log.label = QObject::tr("Logarithmic colours");
    log.kind = FieldSpec::Kind::Boolean;
    log.fallback = true;
    FieldSpec quantiles;
    quantiles.key = u"quantiles"_s;
    quantiles.label = QObject::tr("Quantile lines");
    quantiles.kind = FieldSpec::Kind::List;
    quantiles.fallback = QVariantList{0.5, 0.95, 0.99};
    return {u"heatmap"_s, QObject::tr("Heatmap"),
        {log, quantiles,
            optionField(u"facet"_s, QObject::tr("One small heatmap for each"), FieldSpec::Kind::Text),
            optionField(u"facet_max"_s, QObject::tr("At most so many"), FieldSpec::Kind::Integer, 12),
            optionField(u"facet_scale"_s, QObject::tr("Colour scale"), FieldSpec::Kind::Choice, u"shared"_s,
                {u"shared"_s, u"own"_s})},
        [](const Panel &panel, QWidget *parent) -> PanelView * {
            if (panel.options.value(u"facet"_s).toString().isEmpty())
                return new HeatmapPanel(panel, parent);
            return new FacetPanel(panel, parent);
        }};
}

} // namespace bw
