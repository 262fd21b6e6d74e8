// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/plotpainter.h>
#include <widgets/plot/ticks.h>

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// Markers beyond this many are folded: neighbours share a flag with a count.
constexpr size_t kMaxFlags = 20;

/// A curve as drawn: its samples, or the sums of a stack.
struct Drawn
{
    CurveSamples samples;
    std::vector<ColumnDigest> digest;
    SampleVector<qint64> ownTimes;
    SampleVector<double> ownValues, ownBase;
};

/// Running sums of the visible curves of one axis over the union of their times. A curve without a sample at
/// some time adds nothing there and has a hole.
void stack(std::vector<Drawn> &drawn, const PlotScene &scene, bool rightAxis)
{
    std::map<qint64, double> sums[2]; // above and below zero
    for (size_t i = 0; i < drawn.size(); ++i) {
        const PlotCurve &curve = scene.curves[i];
        if (!curve.visible || curve.rightAxis != rightAxis)
            continue;
        Drawn &out = drawn[i];
        const CurveSamples in = curve.samples;
        out.ownTimes.assign(in.times.begin(), in.times.end());
        out.ownValues.resize(in.values.size());
        out.ownBase.resize(in.values.size());
        for (size_t s = 0; s < in.values.size(); ++s) {
            const double value = in.values[s];
            double &sum = sums[value < 0 ? 1 : 0][in.times[s]];
            out.ownBase[s] = sum;
            if (std::isfinite(value))
                sum += value;
            out.ownValues[s] = std::isfinite(value) ? sum : value;
        }
        out.samples = {out.ownTimes, out.ownValues, out.ownBase};
    }
}

void include(double &low, double &high, const Extent &extent)
{
    if (extent.min > extent.max)
        return;
    low = std::min(low, extent.min);
    high = std::max(high, extent.max);
}

Extent digestExtent(const Drawn &drawn)
{
    Extent all{kInfinity, -kInfinity};
    for (const ColumnDigest &column : drawn.digest) {
        if (column.min > column.max)
            continue;
        if (std::isfinite(column.min) && std::isfinite(column.max))
            include(all.min, all.max, {column.min, column.max});
        else
            include(all.min, all.max,
                finiteExtentOf(drawn.samples.values.subspan(column.first, column.last - column.first)));
    }
    return all;
}

Extent visibleExtent(const Drawn &drawn, const RasterView &view)
{
    if (!drawn.digest.empty())
        return digestExtent(drawn);
    const std::span<const qint64> times = drawn.samples.times;
    const size_t first = firstAtOrAfter(times, 0, 0, view.begin);
    const size_t last = firstAtOrAfter(times, first, times.size(), view.end);
    Extent extent = finiteExtentOf(drawn.samples.values.subspan(first, last - first));
    if (!drawn.samples.base.empty())
        include(extent.min, extent.max, finiteExtentOf(drawn.samples.base.subspan(first, last - first)));
    return extent;
}

struct Chart
{
    const PlotScene &scene;
    PlotPicture &picture;
    std::vector<Drawn> drawn;
    bool hasLeft = false, hasRight = false;

    bool onRight(size_t i) const { return scene.curves[i].rightAxis; }

    /// Which curves are drawn, and from what. `columns`: device pixels the time axis will roughly have.
    void prepare(int columns)
    {
        drawn.resize(scene.curves.size());
        picture.left.begin = picture.right.begin = toNs(scene.range.begin);
        picture.left.end = picture.right.end = toNs(scene.range.end);
        for (size_t i = 0; i < drawn.size(); ++i)
            drawn[i].samples = scene.curves[i].samples;
        if (scene.stacked) {
            stack(drawn, scene, false);
            stack(drawn, scene, true);
        }
        picture.left.width = picture.right.width = columns;
        for (size_t i = 0; i < drawn.size(); ++i) {
            if (!scene.curves[i].visible)
                continue;
            (onRight(i) ? hasRight : hasLeft) = true;
            drawn[i].digest = ColumnRaster::digest(drawn[i].samples, picture.left);
        }
        if (!hasLeft && !hasRight)
            hasLeft = true;
    }

    void setValueRange(RasterView &view, const PlotAxis &axis, bool right, int ticks) const
    {
        double low = kInfinity, high = -kInfinity;
        bool fromZero = false;
        for (size_t i = 0; i < drawn.size(); ++i) {
            if (!scene.curves[i].visible || onRight(i) != right)
                continue;
            include(low, high, visibleExtent(drawn[i], view));
            fromZero = fromZero || scene.curves[i].fill > 0 || scene.curves[i].draw == CurveLook::Draw::Bars;
        }
        view.logarithmic = axis.logarithmic;
        if (axis.logarithmic) {
            setLogRange(view, axis, low, high, right);
            return;
        }
        if (low > high)
            low = high = 0;
        if (fromZero || (low > 0 && low < 0.5 * high)) // a zero line in reach is worth showing
            low = std::min(low, 0.0);
        if (fromZero)
            high = std::max(high, 0.0);
        if (high == low) {
            const double room = low == 0 ? 1 : std::abs(low) * 0.1;
            high += room;
            low -= low == 0 ? 0 : room;
        }
        widenToTicks(low, high, axis.unit, ticks);
        view.min = axis.min.value_or(low);
        view.max = axis.max.value_or(high);
        if (!(view.max > view.min))
            view.max = view.min + std::max(1.0, std::abs(view.min) * 0.1);
    }

    void setLogRange(RasterView &view, const PlotAxis &axis, double low, double high, bool right) const
    {
        if (!(low > 0)) { // the smallest positive sample counts
            low = kInfinity;
            for (size_t i = 0; i < drawn.size(); ++i) {
                if (!scene.curves[i].visible || onRight(i) != right)
                    continue;
                for (const double value : drawn[i].samples.values) {
                    if (value > 0)
                        low = std::min(low, value);
                }
            }
        }
        if (!(low < kInfinity) || !(high > 0)) {
            low = 1;
            high = 10;
        }
        view.min = axis.min && *axis.min > 0 ? *axis.min : std::pow(10, std::floor(std::log10(low)));
        view.max = axis.max && *axis.max > view.min ? *axis.max : std::pow(10, std::ceil(std::log10(high)));
        if (!(view.max > view.min))
            view.max = view.min * 10;
    }

    void computeStats()
    {
        if (scene.legend.mode == PlotLegend::Mode::None)
            return;
        picture.stats.reserve(scene.curves.size());
        for (const PlotCurve &curve : scene.curves)
            picture.stats.push_back(statsFrom(curve.samples));
    }

    static SeriesStats statsFrom(const CurveSamples &samples)
    {
        constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
        SeriesStats stats{kNaN, kNaN, kNaN, kNaN, kNaN, 0};
        double sum = 0;
        for (const double value : samples.values) {
            if (std::isnan(value))
                continue;
            stats.min = stats.count ? std::min(stats.min, value) : value;
            stats.max = stats.count ? std::max(stats.max, value) : value;
            stats.last = value;
            sum += value;
            ++stats.count;
        }
        if (stats.count > 0) {
            stats.sum = sum;
            stats.mean = sum / stats.count;
        }
        return stats;
    }
};

int labelWidth(const Ticks &ticks, const QFontMetricsF &metrics)
{
    double widest = 0;
    for (const Ticks::Tick &tick : ticks.ticks)
        widest = std::max(widest, metrics.horizontalAdvance(tick.label));
    // In steps of eight pixels, so that a new digit rarely moves the time axis.
    return (int(std::ceil(widest)) + 10 + 7) / 8 * 8;
}

void paintThresholds(
    QPainter &painter, const QRect &area, const PlotScene &scene, const RasterView &view, bool areas)
{
    const auto place = [&](const std::optional<double> &value, double otherwise) {
        if (!value)
            return otherwise;
        const double y = view.y(*value);
        return std::isnan(y) ? otherwise : std::clamp(y, 0.0, double(area.height()));
    };
    for (size_t i = 0; i < scene.thresholds.size(); ++i) {
        const PlotThreshold &step = scene.thresholds[i];
        const QColor color = roleColor(*scene.theme, step.color);
        const int bottom = int(std::lround(place(step.from, area.height())));
        if (areas) {
            const std::optional<double> next =
                i + 1 < scene.thresholds.size() ? scene.thresholds[i + 1].from : std::optional<double>();
            const int top = int(std::lround(place(next, 0)));
            painter.fillRect(QRect(area.left(), area.top() + top, area.width(), bottom - top),
                mixed(color, scene.theme->surface, 0.12));
        } else if (step.from && *step.from >= view.min && *step.from <= view.max) {
            const QColor line = mixed(color, scene.theme->surface, 0.75);
            for (int x = area.left(); x < area.right(); x += 8)
                painter.fillRect(QRect(x, area.top() + bottom, std::min(5, area.right() + 1 - x), 1), line);
        }
    }
}

void paintValueAxis(QPainter &painter, const QRect &area, const RasterView &view, const Ticks &ticks,
    const PlotScene &scene, bool right, bool grid)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const Theme &theme = *scene.theme;
    for (const Ticks::Tick &tick : ticks.ticks) {
        const double place = view.y(tick.at);
        if (std::isnan(place) || place < -0.5 || place > area.height() + 0.5)
            continue;
        const int y = area.top() + std::min(int(std::lround(place)), area.height() - 1);
        if (grid)
            painter.fillRect(QRect(area.left(), y, area.width(), 1), theme.grid);
        const QRect label = right ? QRect(area.right() + 6, y - metrics.height() / 2, 200, metrics.height())
                                  : QRect(0, y - metrics.height() / 2, area.left() - 6, metrics.height());
        painter.setPen(theme.textDim);
        painter.drawText(label,
            (right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter | Qt::TextSingleLine, tick.label);
    }
}

void paintZeroLine(QPainter &painter, const QRect &area, const RasterView &view, const Theme &theme)
{
    if (view.logarithmic || view.min > 0 || view.max < 0)
        return;
    const int y = area.top() + std::min(int(std::lround(view.y(0))), area.height() - 1);
    painter.fillRect(QRect(area.left(), y, area.width(), 1), mixed(theme.textDim, theme.surface, 0.55));
}

/// Vertical lines with flags; flags that would touch share one, with a count.
void paintMarkers(QPainter &painter, const QRect &area, const PlotScene &scene, PlotPicture &picture)
{
    const RasterView &view = picture.left;
    const double perPixel = double(view.end - view.begin) / area.width();
    const int reach = scene.markers.size() > kMaxFlags ? 24 : 12;
    const QFontMetrics metrics = painter.fontMetrics();
    for (size_t i = 0; i < scene.markers.size();) {
        const PlotMarker &marker = scene.markers[i];
        const int x = area.left() + int(std::floor(double(marker.time - view.begin) / perPixel));
        size_t next = i + 1;
        while (
            next < scene.markers.size() && double(scene.markers[next].time - marker.time) / perPixel < reach)
            ++next;
        if (x >= area.left() && x <= area.right()) {
            const QColor color = roleColor(*scene.theme, marker.color);
            painter.fillRect(
                QRect(x, area.top(), 1, area.height()), mixed(color, scene.theme->surface, 0.55));
            const size_t count = next - i;
            const QString text = count > 1 ? QString::number(count) : QString();
            const int width = count > 1 ? metrics.horizontalAdvance(text) + 6 : 9;
            const QRect flag(x, area.top() - 11, width, 11);
            painter.fillRect(flag, color);
            if (count > 1) {
                painter.setPen(readableOn(color));
                painter.drawText(flag.adjusted(0, -2, 0, 2), Qt::AlignCenter, text);
            }
            picture.markerHits.push_back({flag.adjusted(-2, -2, 2, 4), int(i)});
        }
        i = next;
    }
}

void paintExemplars(QPainter &painter, const QRect &area, const PlotScene &scene, PlotPicture &picture)
{
    for (size_t i = 0; i < scene.exemplars.size(); ++i) {
        const PlotExemplar &exemplar = scene.exemplars[i];
        const double x = picture.left.x(exemplar.time), y = picture.left.y(exemplar.value);
        if (!(x >= 0 && x <= area.width()) || !(y >= 0 && y <= area.height()))
            continue;
        const QRectF box(area.left() + x - 4, area.top() + y - 4, 8, 8);
        paintShape(painter, box.adjusted(-1, -1, 1, 1), Shape::Diamond, scene.theme->surface);
        paintShape(painter, box, Shape::Diamond, scene.theme->accent);
        picture.exemplarHits.push_back({box.toAlignedRect().adjusted(-2, -2, 2, 2), int(i)});
    }
}

/// What curves cannot show by themselves: lone samples, NaN on the axis, infinities at the edge.
void paintMarks(QPainter &painter, const QRect &area, const ColumnRaster &raster, double ratio,
    const std::vector<size_t> &curveOf, const PlotScene &scene)
{
    painter.save();
    painter.setClipRect(area.adjusted(-3, -3, 3, 3));
    painter.setRenderHint(QPainter::Antialiasing);
    for (const ColumnRaster::Mark &mark : raster.marks()) {
        const PlotCurve &curve = scene.curves[curveOf[size_t(mark.curve)]];
        const QColor color = roleColor(*scene.theme, curve.color);
        const double x = area.left() + double(mark.x) / ratio, y = area.top() + double(mark.y) / ratio;
        const double r = std::max(1.75, curve.width);
        switch (mark.kind) {
        case ColumnRaster::Mark::Kind::Point:
            painter.setPen(Qt::NoPen);
            painter.setBrush(color);
            painter.drawEllipse(QPointF(x, y), r, r);
            break;
        case ColumnRaster::Mark::Kind::NotANumber:
            painter.setPen(QPen(color, 1));
            painter.setBrush(scene.theme->surface);
            painter.drawEllipse(QPointF(x, area.bottom()), 2, 2);
            break;
        case ColumnRaster::Mark::Kind::PlusInfinity:
            paintShape(painter, QRectF(x - 4, area.top(), 8, 8), Shape::TriangleUp, color);
            break;
        case ColumnRaster::Mark::Kind::MinusInfinity:
            paintShape(painter, QRectF(x - 4, area.bottom() - 7, 8, 8), Shape::TriangleDown, color);
            break;
        }
    }
    painter.restore();
}

void paintCurves(QPainter &painter, QImage &image, const QRect &area, double ratio, Chart &chart)
{
    const PlotScene &scene = chart.scene;
    RasterView left = chart.picture.left, right = chart.picture.right;
    for (RasterView *view : {&left, &right}) {
        view->width = int(std::lround(area.width() * ratio));
        view->height = int(std::lround(area.height() * ratio));
    }
    ColumnRaster raster(left);
    std::vector<size_t> curveOf;
    for (size_t i = 0; i < chart.drawn.size(); ++i) {
        const PlotCurve &curve = scene.curves[i];
        if (!curve.visible)
            continue;
        const RasterView &view = chart.onRight(i) ? right : left;
        // A hole is wider than one and a half steps.
        const qint64 widest = (curve.step.count() > 0 ? curve.step : scene.step).count() * 3 / 2;
        const CurveLook look{curve.draw, roleColor(*scene.theme, curve.color).rgb(), curve.width * ratio,
            curve.fill, curve.bridgeGaps, widest};
        Drawn &drawn = chart.drawn[i];
        // The digest was made for the estimated width; another width needs another one.
        if (!drawn.digest.empty() && int(drawn.digest.size()) != view.width)
            drawn.digest = ColumnRaster::digest(drawn.samples, view);
        raster.add(drawn.samples, look, view, drawn.digest);
        curveOf.push_back(i);
    }
    raster.paint(image, QPoint(int(std::lround(area.left() * ratio)), int(std::lround(area.top() * ratio))));
    paintMarks(painter, area, raster, ratio, curveOf, scene);
}

void paintNote(QPainter &painter, const QRect &area, const PlotScene &scene)
{
    if (scene.note.isEmpty())
        return;
    const QFontMetrics metrics = painter.fontMetrics();
    const QString text = metrics.elidedText(scene.note, Qt::ElideRight, area.width() - 12);
    const QRect box(area.right() - metrics.horizontalAdvance(text) - 9, area.top() + 2,
        metrics.horizontalAdvance(text) + 8, metrics.height() + 2);
    painter.fillRect(box, scene.theme->raised);
    painter.setPen(scene.theme->textDim);
    painter.drawText(box, Qt::AlignCenter, text);
}

} // namespace

int timeAxisHeight(const QFont &font) { return int(std::ceil(QFontMetricsF(font).height())) + 5; }

void paintTimeAxis(QPainter &painter, const QRect &area, const TimeRange &range, const QTimeZone &zone,
    const Theme &theme, bool gridLines)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = metrics.horizontalAdvance(u"00:00:00"_s) + 24;
    const qint64 begin = toNs(range.begin), end = toNs(range.end);
    const Ticks ticks = timeTicks(begin, end, zone, std::max(1, area.width() / room));
    for (const Ticks::Tick &tick : ticks.ticks) {
        const int x = area.left() + int((tick.at * 1e9 - double(begin)) / double(end - begin) * area.width());
        if (x < area.left() || x > area.right() + 1)
            continue;
        if (gridLines)
            painter.fillRect(QRect(std::min(x, area.right()), area.top(), 1, area.height()), theme.grid);
        const int width = metrics.horizontalAdvance(tick.label);
        const int left = std::clamp(x - width / 2, 0, std::max(0, area.right() + 8 - width));
        painter.setPen(theme.textDim);
        painter.drawText(QRect(left, area.bottom() + 3, width + 1, metrics.height()),
            Qt::AlignCenter | Qt::TextSingleLine, tick.label);
    }
}

std::shared_ptr<PlotPicture> renderPlot(const PlotScene &scene, const QSize &size, qreal ratio, QImage spare)
{
    auto picture = std::make_shared<PlotPicture>();
    picture->range = scene.range;
    const QSize pixels = (QSizeF(size) * ratio).toSize();
    QImage image = spare.size() == pixels && spare.format() == QImage::Format_RGB32
        ? std::move(spare)
        : QImage(pixels, QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    const Theme &theme = *scene.theme;
    image.fill(theme.surface);
    QPainter painter(&image);
    painter.setFont(scene.numberFont);
    const QFontMetricsF metrics(scene.numberFont);

    Chart chart{scene, *picture, {}};
    chart.computeStats();
    const int legendRoom = legendHeight(scene, *picture, size.width() - 16, int(size.height() * 0.4));
    const int top = scene.markers.empty() ? 8 : 14;
    const int bottom = timeAxisHeight(scene.numberFont) + (legendRoom > 0 ? legendRoom + 4 : 0);
    const int height = std::max(8, size.height() - top - bottom);
    const int tickCount = std::clamp(int(height / (metrics.height() * 2.2)), 2, 8);

    const int guess = int(std::lround((size.width() - 56) * ratio));
    chart.prepare(std::max(8, scene.areaWidthHint > 0 ? scene.areaWidthHint : guess));
    chart.setValueRange(picture->left, scene.left, false, tickCount);
    chart.setValueRange(picture->right, scene.right, true, tickCount);
    const auto ticksOf = [&](const RasterView &view, const PlotAxis &axis) {
        return valueTicks(view.min, view.max, axis.unit, axis.decimals, axis.logarithmic, tickCount);
    };
    const Ticks leftTicks = chart.hasLeft ? ticksOf(picture->left, scene.left) : Ticks();
    const Ticks rightTicks = chart.hasRight ? ticksOf(picture->right, scene.right) : Ticks();
    const int leftWidth = std::min(chart.hasLeft ? labelWidth(leftTicks, metrics) : 8, size.width() / 3);
    const int rightWidth = std::min(chart.hasRight ? labelWidth(rightTicks, metrics) : 12, size.width() / 3);
    const QRect area(leftWidth, top, std::max(8, size.width() - leftWidth - rightWidth), height);
    picture->area = area;
    for (RasterView *view : {&picture->left, &picture->right}) {
        view->width = area.width();
        view->height = area.height();
    }

    const RasterView &main = chart.hasLeft ? picture->left : picture->right;
    if (scene.thresholdStyle == ThresholdStyle::Area)
        paintThresholds(painter, area, scene, main, true);
    paintTimeAxis(painter, area, scene.range, scene.zone, theme, true);
    if (chart.hasLeft)
        paintValueAxis(painter, area, picture->left, leftTicks, scene, false, true);
    if (chart.hasRight)
        paintValueAxis(painter, area, picture->right, rightTicks, scene, true, !chart.hasLeft);
    paintZeroLine(painter, area, main, theme);
    if (scene.thresholdStyle == ThresholdStyle::Line)
        paintThresholds(painter, area, scene, main, false);
    paintMarkers(painter, area, scene, *picture);
    painter.end(); // the raster writes into the pixels

    QPainter over(&image);
    over.setFont(scene.font);
    paintCurves(over, image, area, ratio, chart);
    paintExemplars(over, area, scene, *picture);
    paintNote(over, area, scene);
    if (scene.curves.empty() && !scene.emptyText.isEmpty()) {
        over.setPen(theme.textDim);
        over.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, scene.emptyText);
    }
    if (legendRoom > 0)
        paintLegend(
            over, QRect(8, size.height() - legendRoom - 2, size.width() - 16, legendRoom), scene, *picture);
    over.end();
    picture->image = std::move(image);
    return picture;
}

} // namespace bw
