// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/panelkinds.h>
#include <widgets/panels/panelvalues.h>
#include <widgets/panels/picturepanel.h>
#include <widgets/plot/heatmapframe.h>
#include <widgets/plot/hoverbox.h>

#include <domain/base/format.h>

#include <QPainter>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// The surface of a heatmap: its hover box says range, count, share and the quantiles of the moment.
class HeatmapView final : public PictureWidget
{
public:
    using PictureWidget::PictureWidget;

    /// A click on a cell: its time, and the values between its edges.
    std::function<void(const TimeRange &range, double lower, double upper)> onCell;

    void setScene(HeatmapScene scene)
    {
        m_scene = std::move(scene);
        requestPicture();
    }
    const HeatmapPicture *shown() const { return static_cast<const HeatmapPicture *>(picture()); }
    const HeatmapScene &scene() const { return m_scene; }

protected:
    Job makeJob(const QSize &size, qreal ratio) override
    {
        m_scene.theme = &themeOf(this);
        m_scene.font = font();
        m_scene.numberFont = numbers();
        return [scene = m_scene, size, ratio](QImage spare) -> std::shared_ptr<Picture> {
            return renderHeatmap(scene, size, ratio, std::move(spare));
        };
    }

    void clicked(const QPoint &at, Qt::KeyboardModifiers) override
    {
        const HeatmapPicture *heat = shown();
        const int column = heat && onCell ? heat->columnAt(timeAt(at.x())) : -1;
        const int row = column < 0 ? -1 : heat->rowAt(at.y());
        if (row < 0)
            return;
        const qint64 end = heat->cells.times[size_t(column)];
        onCell({fromNs(end - heat->step), fromNs(end)}, heat->cells.edges[size_t(row)],
            heat->cells.edges[size_t(row) + 1]);
    }

    void crosshairChanged(bool own) override
    {
        const int column = own && crosshair() && shown() ? shown()->columnAt(*crosshair()) : -1;
        const int row = column < 0 ? -1 : shown()->rowAt(pointer().y());
        if (row < 0) {
            m_hover.hide();
            return;
        }
        m_hover.boxFor(this).showRows(momentText(shown()->cells.times[size_t(column)], m_scene.zone),
            rowsFor(column, row), mapToGlobal(pointer()));
    }

    void paintOverlay(QPainter &painter) override
    {
        PictureWidget::paintOverlay(painter);
        const int column = crosshair() ? shown()->columnAt(*crosshair()) : -1;
        const int row = column < 0 || !underMouse() ? -1 : shown()->rowAt(pointer().y());
        if (row < 0)
            return;
        const HeatmapPicture &heat = *shown();
        const double high = double(heat.area.height()) / (heat.lastRow - heat.firstRow);
        const qint64 end = heat.cells.times[size_t(column)];
        const QRectF cell(
            QPointF(xOf(end - heat.step), heat.area.bottom() + 1 - (row + 1 - heat.firstRow) * high),
            QPointF(xOf(end), heat.area.bottom() + 1 - (row - heat.firstRow) * high));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(themeOf(this).text);
        painter.drawRect(cell.adjusted(0, 0, -1, -1));
    }

    void hideEvent(QHideEvent *event) override
    {
        PictureWidget::hideEvent(event);
        m_hover.hide();
    }

private:
    std::vector<HoverBox::Row> rowsFor(int column, int row) const
    {
        const HeatmapCells &cells = shown()->cells;
        const auto number = [&](double value) {
            return std::isinf(value) ? (value > 0 ? u"+Inf"_s : u"-Inf"_s)
                                     : formatValue(value, m_scene.unit, m_scene.decimals);
        };
        const double count = cells.at(column, row), total = shown()->total(column);
        std::vector<HoverBox::Row> rows;
        rows.push_back({QColor(), tr("Range"),
            number(cells.edges[size_t(row)]) + u" – "_s + number(cells.edges[size_t(row) + 1])});
        rows.push_back(
            {QColor(), tr("Count"), std::isnan(count) ? tr("no sample") : formatValue(count, u"short")});
        if (total > 0)
            rows.push_back({QColor(), tr("Share"), formatValue(count / total, u"percentunit")});
        for (const double q : m_scene.quantiles) {
            const double value = quantileOf(cells, column, q);
            rows.push_back({QColor(), u"p"_s + QString::number(q * 100),
                std::isnan(value) ? tr("no observations") : number(value)});
        }
        return rows;
    }

    HeatmapScene m_scene;
    HoverSlot m_hover;
};

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
        scene.quantiles = quantiles();
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
    std::vector<double> quantiles() const
    {
        std::vector<double> out;
        const QVariant option = m_panel.options.value(u"quantiles"_s);
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

    Panel m_panel;
    HeatmapView *m_view;
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
    return {u"heatmap"_s, QObject::tr("Heatmap"), {log, quantiles},
        [](const Panel &panel, QWidget *parent) -> PanelView * { return new HeatmapPanel(panel, parent); }};
}

} // namespace bw
