// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/heatmapframe.h>

#include <domain/base/format.h>
#include <widgets/plot/plotpainter.h>

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kScaleWidth = 10;

QColor between(const std::vector<QColor> &anchors, double share)
{
    const double place = share * double(anchors.size() - 1);
    const size_t low = std::min(size_t(place), anchors.size() - 2);
    return mixed(anchors[low + 1], anchors[low], place - double(low));
}

HeatmapCells cellsOf(const SeriesSet &series)
{
    const auto native =
        std::find_if(series.begin(), series.end(), [](const Series &s) { return !s.histograms.empty(); });
    return native == series.end() ? cellsFromBuckets(series) : cellsFromNative(*native);
}

/// Rows that hold anything, with one row of air: most layouts define buckets nobody falls into.
void chooseRows(HeatmapPicture &picture)
{
    const HeatmapCells &cells = picture.cells;
    int first = cells.rows(), last = 0;
    for (int column = 0; column < cells.columns(); ++column) {
        for (int row = 0; row < cells.rows(); ++row) {
            const double count = cells.at(column, row);
            if (!(count > 0))
                continue;
            first = std::min(first, row);
            last = std::max(last, row + 1);
            picture.largest = std::max(picture.largest, count);
        }
    }
    if (first >= last) {
        picture.firstRow = 0;
        picture.lastRow = cells.rows();
        return;
    }
    picture.firstRow = std::max(0, first - 1);
    picture.lastRow = std::min(cells.rows(), last + 1);
}

QString edgeText(double edge, const HeatmapScene &scene)
{
    return std::isinf(edge) ? (edge > 0 ? u"+Inf"_s : u"-Inf"_s)
                            : formatValue(edge, scene.unit, scene.decimals);
}

/// Where a value lies, as a share of the rows in view from the bottom; NaN outside.
double placeOf(const HeatmapPicture &picture, double value)
{
    const std::vector<double> &edges = picture.cells.edges;
    for (int row = picture.firstRow; row < picture.lastRow; ++row) {
        const double low = edges[size_t(row)], high = edges[size_t(row) + 1];
        if (!(value >= low && value <= high))
            continue;
        const bool finite = std::isfinite(low) && std::isfinite(high) && high > low;
        const double inside = finite ? (value - low) / (high - low) : std::isfinite(low) ? 0.0 : 1.0;
        return (row - picture.firstRow + inside) / (picture.lastRow - picture.firstRow);
    }
    return std::nan("");
}

struct HeatPainter
{
    QPainter &painter;
    const HeatmapScene &scene;
    HeatmapPicture &picture;
    QRect area;
    std::array<QRgb, 256> colors;

    int rows() const { return picture.lastRow - picture.firstRow; }
    double x(qint64 time) const
    {
        const double share = double(time - toNs(scene.range.begin)) / double(scene.range.span().count());
        return area.left() + std::clamp(share, 0.0, 1.0) * area.width();
    }
    int yOfRow(int row) const // lower edge of a row in view
    {
        return area.bottom() + 1 - int(std::lround(double(row - picture.firstRow) * area.height() / rows()));
    }

    /// One opaque rectangle a cell.
    void cells()
    {
        const HeatmapCells &cells = picture.cells;
        const QRgb zero = mixed(QColor(colors[0]), scene.theme->surface, 0.25).rgb();
        const double top = scene.logColor ? std::log1p(picture.largest) : picture.largest;
        for (int column = 0; column < cells.columns(); ++column) {
            const int right = int(std::lround(x(cells.times[size_t(column)])));
            const int left = int(std::lround(x(cells.times[size_t(column)] - picture.step)));
            if (right <= left)
                continue;
            for (int row = picture.firstRow; row < picture.lastRow; ++row) {
                const double count = cells.at(column, row);
                if (std::isnan(count))
                    continue; // no sample: the hatched ground stays
                const double share = top > 0 ? (scene.logColor ? std::log1p(count) : count) / top : 0;
                const QRgb color = count > 0 ? colors[size_t(std::clamp(share * 255, 0.0, 255.0))] : zero;
                const int low = yOfRow(row), high = yOfRow(row + 1);
                painter.fillRect(QRect(left, high, right - left, low - high), QColor(color));
            }
        }
    }

    /// A line over every colour of the scale: on a wider one of the ground's colour. Segments instead of a
    /// polyline: the toolkit's stroker is slow for wide ones.
    void line(const QPolygonF &points)
    {
        painter.setRenderHint(QPainter::Antialiasing);
        for (const auto &[color, width] :
            {std::pair(scene.theme->surface, 3), std::pair(scene.theme->text, 1)}) {
            painter.setPen(QPen(color, width, Qt::SolidLine, Qt::FlatCap));
            for (qsizetype i = 1; i < points.size(); ++i)
                painter.drawLine(points[i - 1], points[i]);
        }
        painter.setRenderHint(QPainter::Antialiasing, false);
    }

    void quantiles()
    {
        int lastLabel = area.bottom() + 100;
        for (const double q : scene.quantiles) {
            QPolygonF points;
            QPointF end;
            qint64 last = 0;
            for (int column = 0; column < picture.cells.columns(); ++column) {
                const qint64 time = picture.cells.times[size_t(column)];
                const double place = placeOf(picture, quantileOf(picture.cells, column, q));
                // Without observations, or without samples, the line breaks.
                if (std::isnan(place) || time - last > picture.step * 3 / 2) {
                    line(points);
                    points.clear();
                }
                if (std::isnan(place))
                    continue;
                end = QPointF(x(time - picture.step / 2), area.bottom() + 1 - place * area.height());
                points << end;
                last = time;
            }
            line(points);
            if (!end.isNull())
                lastLabel = quantileLabel(u"p"_s + QString::number(q * 100), end, lastLabel);
        }
    }

    /// Diamonds at their value; those outside the rows in view sit at the edge.
    void exemplars()
    {
        std::vector<QPointF> centers;
        for (const PlotExemplar &exemplar : scene.exemplars) {
            double place = placeOf(picture, exemplar.value);
            if (std::isnan(place))
                place = exemplar.value > picture.cells.edges[size_t(picture.firstRow)] ? 1 : 0;
            const double y = std::clamp(area.bottom() + 1 - place * area.height(), area.top() + 4.0,
                std::max(area.top() + 4.0, area.bottom() - 3.0));
            centers.emplace_back(x(exemplar.time), y);
        }
        for (const int i : unhiddenMarks(centers))
            picture.exemplarHits.push_back({paintExemplar(painter, centers[size_t(i)], *scene.theme), i});
    }

    /// Beside the end of its line, above the label before it. Returns its top.
    int quantileLabel(const QString &text, const QPointF &end, int below)
    {
        const QFontMetrics metrics = painter.fontMetrics();
        const int width = metrics.horizontalAdvance(text) + 6;
        int y = std::clamp(int(end.y()) - metrics.height() / 2, area.top(),
            std::max(area.top(), area.bottom() - metrics.height()));
        y = std::max(area.top(), std::min(y, below - metrics.height() - 1));
        const QRect box(std::min(int(end.x()) + 2, area.right() - width), y, width, metrics.height());
        painter.fillRect(box, scene.theme->raised);
        painter.setPen(scene.theme->text);
        painter.drawText(box, Qt::AlignCenter, text);
        return y;
    }

    void edges()
    {
        const QFontMetrics metrics = painter.fontMetrics();
        painter.setPen(scene.theme->textDim);
        int lastTop = area.bottom() + 2 * metrics.height();
        for (int row = picture.firstRow; row <= picture.lastRow; ++row) {
            const int y = yOfRow(row);
            const QRect label(0, y - metrics.height() / 2, area.left() - 6, metrics.height());
            if (label.bottom() >= lastTop)
                continue; // would touch the label below
            lastTop = label.top();
            painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine,
                edgeText(picture.cells.edges[size_t(row)], scene));
        }
    }

    void scale(const QRect &bar)
    {
        for (int y = 0; y < bar.height(); ++y) {
            const int index = 255 - y * 255 / std::max(1, bar.height() - 1);
            painter.fillRect(QRect(bar.left(), bar.top() + y, bar.width(), 1), QColor(colors[size_t(index)]));
        }
        painter.setPen(scene.theme->textDim);
        const int height = painter.fontMetrics().height();
        painter.drawText(QRect(bar.right() + 4, bar.top() - 2, 60, height), Qt::AlignLeft | Qt::AlignVCenter,
            formatValue(picture.largest, u"short"));
        painter.drawText(QRect(bar.right() + 4, bar.bottom() - height + 2, 60, height),
            Qt::AlignLeft | Qt::AlignVCenter, u"1"_s);
    }
};

} // namespace

std::array<QRgb, 256> heatColors(const Theme &theme)
{
    // Lightness changes evenly, hue turns on the way: readable in grey, and for every kind of colour vision.
    const std::vector<QColor> anchors = theme.dark
        ? std::vector<QColor>{0x2a2350, 0x5b2a78, 0x97357c, 0xd04f63, 0xf2874a, 0xfbc768, 0xfcf6c2}
        : std::vector<QColor>{0xe9f2e4, 0xbfe0cb, 0x86c7c3, 0x4fa3bb, 0x337bab, 0x2b5290, 0x1f2a63};
    std::array<QRgb, 256> colors{};
    for (size_t i = 0; i < colors.size(); ++i)
        colors[i] = between(anchors, double(i) / 255).rgb();
    return colors;
}

int HeatmapPicture::columnAt(qint64 time) const
{
    const auto at = std::lower_bound(cells.times.begin(), cells.times.end(), time);
    if (at == cells.times.end() || time <= *at - step)
        return -1;
    return int(at - cells.times.begin());
}

int HeatmapPicture::rowAt(double y) const
{
    if (area.isEmpty() || y < area.top() || y > area.bottom() + 1 || lastRow <= firstRow)
        return -1;
    const double share = (area.bottom() + 1 - y) / area.height();
    return std::min(lastRow - 1, firstRow + int(share * (lastRow - firstRow)));
}

double largestCount(const SeriesSet &series)
{
    double largest = 0;
    for (const double count : cellsOf(series).counts)
        largest = std::max(largest, std::isnan(count) ? 0 : count);
    return largest;
}

double HeatmapPicture::total(int column) const
{
    double sum = 0;
    for (int row = 0; row < cells.rows(); ++row) {
        if (const double count = cells.at(column, row); count > 0)
            sum += count;
    }
    return sum;
}

std::shared_ptr<HeatmapPicture> renderHeatmap(
    const HeatmapScene &scene, const QSize &size, qreal ratio, QImage spare)
{
    auto picture = std::make_shared<HeatmapPicture>();
    picture->range = scene.range;
    if (scene.series)
        picture->cells = cellsOf(*scene.series);
    picture->step = scene.step.count();
    if (picture->step <= 0 && picture->cells.columns() > 1)
        picture->step = picture->cells.times[1] - picture->cells.times[0];
    chooseRows(*picture);
    if (scene.colorMax > 0)
        picture->largest = std::max(scene.colorMax, picture->largest);

    const QSize pixels = (QSizeF(size) * ratio).toSize();
    QImage image = spare.size() == pixels ? std::move(spare) : QImage(pixels, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    image.fill(scene.theme->surface);
    QPainter painter(&image);
    painter.setFont(scene.numberFont);
    const QFontMetrics metrics(scene.numberFont, &image);
    int left = 8;
    for (int row = picture->firstRow; row <= picture->lastRow && picture->cells.rows() > 0; ++row)
        left = std::max(
            left, metrics.horizontalAdvance(edgeText(picture->cells.edges[size_t(row)], scene)) + 12);
    const int right = picture->largest > 0 && !scene.isCompact
        ? kScaleWidth + 14 + metrics.horizontalAdvance(formatValue(picture->largest, u"short"))
        : 12;
    const int bottom = timeAxisHeight(scene.numberFont);
    const QRect area(
        left, 8, std::max(8, size.width() - left - right), std::max(8, size.height() - 8 - bottom));
    picture->area = area;
    HeatPainter heat{painter, scene, *picture, area, heatColors(*scene.theme)};
    paintTimeLabels(painter, area, timeLabels(scene.numberFont, area, scene.range, scene.zone), *scene.theme);
    if (picture->cells.rows() == 0 || picture->cells.columns() == 0) {
        painter.setFont(scene.font);
        painter.setPen(scene.theme->textDim);
        painter.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, scene.emptyText);
    } else {
        painter.fillRect(area, QBrush(scene.theme->grid, Qt::Dense6Pattern));
        heat.cells();
        heat.edges();
        heat.quantiles();
        heat.exemplars();
        if (picture->largest > 0 && !scene.isCompact)
            heat.scale(QRect(area.right() + 8, area.top(), kScaleWidth, area.height()));
    }
    painter.end();
    picture->image = std::move(image);
    return picture;
}

} // namespace bw
