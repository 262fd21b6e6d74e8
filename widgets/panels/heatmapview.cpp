// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/heatmapview.h>

#include <domain/base/format.h>

#include <QPainter>

#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

void HeatmapView::setScene(HeatmapScene scene)
{
    m_scene = std::move(scene);
    requestPicture();
}

PictureWidget::Job HeatmapView::makeJob(const QSize &size, qreal ratio)
{
    m_scene.theme = &themeOf(this);
    m_scene.font = font();
    m_scene.numberFont = numbers();
    return [scene = m_scene, size, ratio](QImage spare) -> std::shared_ptr<Picture> {
        return renderHeatmap(scene, size, ratio, std::move(spare));
    };
}

void HeatmapView::clicked(const QPoint &at, Qt::KeyboardModifiers)
{
    const HeatmapPicture *heat = shown();
    const PlotExemplar *exemplar = heat ? exemplarUnder(at, heat->exemplarHits, m_scene.exemplars) : nullptr;
    if (exemplar && onExemplar) {
        onExemplar(*exemplar);
        return;
    }
    const int column = heat && onCell ? heat->columnAt(timeAt(at.x())) : -1;
    const int row = column < 0 ? -1 : heat->rowAt(at.y());
    if (row < 0)
        return;
    const qint64 end = heat->cells.times[size_t(column)];
    onCell({fromNs(end - heat->step), fromNs(end)}, heat->cells.edges[size_t(row)],
        heat->cells.edges[size_t(row) + 1]);
}

void HeatmapView::crosshairChanged(bool own)
{
    const PlotExemplar *exemplar =
        own && shown() ? exemplarUnder(pointer(), shown()->exemplarHits, m_scene.exemplars) : nullptr;
    if (exemplar) {
        m_hover.boxFor(this).showRows(momentText(exemplar->time, m_scene.zone),
            exemplarRows(*exemplar, m_scene.unit, m_scene.decimals), mapToGlobal(pointer()));
        return;
    }
    const int column = own && crosshair() && shown() ? shown()->columnAt(*crosshair()) : -1;
    const int row = column < 0 ? -1 : shown()->rowAt(pointer().y());
    if (row < 0) {
        m_hover.hide();
        return;
    }
    m_hover.boxFor(this).showRows(momentText(shown()->cells.times[size_t(column)], m_scene.zone),
        rowsFor(column, row), mapToGlobal(pointer()));
}

void HeatmapView::paintOverlay(QPainter &painter)
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

void HeatmapView::hideEvent(QHideEvent *event)
{
    PictureWidget::hideEvent(event);
    m_hover.hide();
}

std::vector<HoverBox::Row> HeatmapView::rowsFor(int column, int row) const
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

} // namespace bw
