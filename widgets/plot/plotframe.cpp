// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/plotchart.h>
#include <widgets/plot/plotpainter.h>
#include <widgets/plot/ticks.h>

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

/// Markers beyond this many are folded: neighbours share a flag with a count.
constexpr size_t kMaxFlags = 20;

int labelWidth(const Ticks &ticks, const QFontMetricsF &metrics)
{
    double widest = 0;
    for (const Ticks::Tick &tick : ticks.ticks)
        widest = std::max(widest, metrics.horizontalAdvance(tick.label));
    // In steps of eight pixels, so that a new digit rarely moves the time axis.
    return (int(std::ceil(widest)) + 10 + 7) / 8 * 8;
}

/// Collects the ground under the curves in device pixels.
struct Ground
{
    const QRect &area;
    double ratio;
    RasterGround out;

    Ground(const QRect &plotArea, double deviceRatio, const QColor &surface)
        : area(plotArea)
        , ratio(deviceRatio)
    {
        out.rows.assign(size_t(std::lround(area.height() * ratio)), surface.rgb());
    }
    int thickness() const { return std::max(1, int(std::lround(ratio))); }
    /// Rows [top, bottom), logical pixels from the area's top.
    void rows(double top, double bottom, const QColor &color)
    {
        const int count = int(out.rows.size());
        const int from = std::clamp(int(std::lround(top * ratio)), 0, count);
        const int to = std::clamp(int(std::lround(bottom * ratio)), from, count);
        std::fill(out.rows.begin() + from, out.rows.begin() + to, color.rgb());
    }
    void line(double y, const QColor &color)
    {
        const int last = int(out.rows.size()) - thickness();
        const int from = std::clamp(int(std::lround(y * ratio)), 0, std::max(0, last));
        for (int i = 0; i < thickness() && from + i < int(out.rows.size()); ++i)
            out.rows[size_t(from + i)] = color.rgb();
    }
    /// A vertical line at a logical x inside the area.
    void column(int x, const QColor &color)
    {
        const int from = int(std::lround((x - area.left()) * ratio));
        for (int i = 0; i < thickness(); ++i)
            out.columns.push_back({from + i, color.rgb()});
    }
};

void groundThresholds(Ground &ground, const PlotScene &scene, const RasterView &view)
{
    // From the highest step down: each reaches from its own value up to where the one above begins.
    double top = 0;
    for (auto step = scene.thresholds.rbegin(); step != scene.thresholds.rend(); ++step) {
        const double y = step->from ? view.y(*step->from) : view.height;
        const double bottom = std::isnan(y) ? view.height : std::clamp(y, 0.0, double(view.height));
        ground.rows(top, bottom, mixed(roleColor(*scene.theme, step->color), scene.theme->surface, 0.12));
        top = bottom;
    }
}

void paintThresholdLines(QPainter &painter, const QRect &area, const PlotScene &scene, const RasterView &view)
{
    for (const PlotThreshold &step : scene.thresholds) {
        if (!step.from || !(*step.from >= view.min && *step.from <= view.max))
            continue;
        const QColor line = mixed(roleColor(*scene.theme, step.color), scene.theme->surface, 0.75);
        const int y = area.top() + std::min(int(std::lround(view.y(*step.from))), area.height() - 1);
        for (int x = area.left(); x < area.right(); x += 8)
            painter.fillRect(QRect(x, y, std::min(5, area.right() + 1 - x), 1), line);
    }
}

void groundGrid(Ground &ground, const RasterView &view, const Ticks &ticks, const Theme &theme)
{
    for (const Ticks::Tick &tick : ticks.ticks) {
        const double y = view.y(tick.at);
        if (y >= -0.5 && y <= view.height + 0.5)
            ground.line(y, theme.grid);
    }
    if (!view.logarithmic && view.min <= 0 && view.max >= 0)
        ground.line(view.y(0), mixed(theme.textDim, theme.surface, 0.55));
}

void paintValueLabels(QPainter &painter, const QRect &area, const RasterView &view, const Ticks &ticks,
    const Theme &theme, bool right)
{
    const QFontMetrics metrics = painter.fontMetrics();
    painter.setPen(theme.textDim);
    for (const Ticks::Tick &tick : ticks.ticks) {
        const double place = view.y(tick.at);
        if (!(place >= -0.5 && place <= area.height() + 0.5))
            continue;
        const int y = area.top() + std::min(int(std::lround(place)), area.height() - 1);
        const QRect label = right ? QRect(area.right() + 6, y - metrics.height() / 2, 200, metrics.height())
                                  : QRect(0, y - metrics.height() / 2, area.left() - 6, metrics.height());
        painter.drawText(label,
            (right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter | Qt::TextSingleLine, tick.label);
    }
}

/// Vertical lines with flags above the area; flags that would touch share one, with a count.
void paintMarkers(
    QPainter &painter, const QRect &area, const PlotScene &scene, PlotPicture &picture, Ground &ground)
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
            ground.column(x, mixed(color, scene.theme->surface, 0.55));
            const size_t count = next - i;
            const QString text = count > 1 ? QString::number(count) : QString();
            const int width = count > 1 ? metrics.horizontalAdvance(text) + 6 : 9;
            // A count at the right edge hangs to the left of its line, where no other flag is.
            const int taken =
                picture.markerHits.empty() ? area.left() : picture.markerHits.back().rect.right() + 1;
            const bool turned = x + width > area.right() + 1 && x + 1 - width >= taken;
            const QRect flag(turned ? x + 1 - width : x, area.top() - 11, width, 11);
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

/// Diamonds. An exemplar beyond the value range sits at the edge: it must not squeeze the curves, nor get
/// lost.
void paintExemplars(QPainter &painter, const QRect &area, const PlotScene &scene, PlotPicture &picture)
{
    std::vector<QPointF> centers;
    for (const PlotExemplar &exemplar : scene.exemplars) {
        centers.emplace_back(std::nan(""), std::nan(""));
        const double x = picture.left.x(exemplar.time), y = picture.left.y(exemplar.value);
        if (!(x >= 0 && x <= area.width()) || std::isnan(y))
            continue;
        const double inside = std::clamp(y, 4.0, std::max(4.0, area.height() - 4.0));
        centers.back() = {area.left() + x, area.top() + inside};
    }
    for (const int i : unhiddenMarks(centers))
        picture.exemplarHits.push_back({paintExemplar(painter, centers[size_t(i)], *scene.theme), i});
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
        const QColor color = curveColor(*scene.theme, curve);
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

void paintCurves(QPainter &painter, QImage &image, const QRect &area, const Ground &ground, PlotChart &chart)
{
    const double ratio = ground.ratio;
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
        const CurveLook look{curve.draw, curveColor(*scene.theme, curve).rgb(), curve.width * ratio,
            curve.fill, curve.bridgeGaps, curve.dash, widest};
        DrawnCurve &drawn = chart.drawn[i];
        // The digest was made for the estimated width; another width needs another one.
        if (!drawn.digest.empty() && int(drawn.digest.size()) != view.width)
            drawn.digest = ColumnRaster::digest(drawn.samples, view);
        raster.add(drawn.samples, look, view, drawn.digest);
        curveOf.push_back(i);
        if (curve.pointed && curve.draw != CurveLook::Draw::Points && drawn.digest.empty()) {
            CurveLook points = look;
            points.draw = CurveLook::Draw::Points;
            raster.add(drawn.samples, points, view, {});
            curveOf.push_back(i);
        }
    }
    const QPoint origin(int(std::lround(area.left() * ratio)), int(std::lround(area.top() * ratio)));
    raster.paint(image, origin, ground.out);
    paintMarks(painter, area, raster, ratio, curveOf, scene);
}

/// The plot area itself is written by the raster.
void paintMargins(QPainter &painter, const QRect &all, const QRect &area, const Theme &theme)
{
    painter.fillRect(QRect(all.topLeft(), QPoint(all.right(), area.top() - 1)), theme.surface);
    painter.fillRect(QRect(QPoint(all.left(), area.bottom() + 1), all.bottomRight()), theme.surface);
    painter.fillRect(QRect(all.left(), area.top(), area.left(), area.height()), theme.surface);
    painter.fillRect(
        QRect(QPoint(area.right() + 1, area.top()), QPoint(all.right(), area.bottom())), theme.surface);
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

/// Inside the plot's upper left corner: it costs no width, and curves seldom are there.
void paintAxisLabel(QPainter &painter, const QRect &area, const PlotScene &scene)
{
    if (scene.left.label.isEmpty() || area.height() < 60)
        return;
    painter.setPen(scene.theme->textDim);
    painter.drawText(QRect(area.left() + 4, area.top() + 1, area.width() / 2, painter.fontMetrics().height()),
        Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
        painter.fontMetrics().elidedText(scene.left.label, Qt::ElideRight, area.width() / 2));
}

} // namespace

int timeAxisHeight(const QFont &font) { return int(std::ceil(QFontMetricsF(font).height())) + 5; }

std::vector<TimeLabel> timeLabels(
    const QFont &font, const QRect &area, const TimeRange &range, const QTimeZone &zone)
{
    const int room = QFontMetrics(font).horizontalAdvance(u"00:00:00"_s) + 24;
    const double begin = double(toNs(range.begin)), span = double(range.span().count());
    std::vector<TimeLabel> labels;
    for (const Ticks::Tick &tick :
        timeTicks(toNs(range.begin), toNs(range.end), zone, std::max(1, area.width() / room)).ticks) {
        const int x = area.left() + int((tick.at * 1e9 - begin) / span * area.width());
        if (x >= area.left() && x <= area.right() + 1)
            labels.push_back({std::min(x, area.right()), tick.label});
    }
    return labels;
}

void paintTimeLabels(
    QPainter &painter, const QRect &area, const std::vector<TimeLabel> &labels, const Theme &theme)
{
    const QFontMetrics metrics = painter.fontMetrics();
    painter.setPen(theme.textDim);
    for (const TimeLabel &label : labels) {
        const int width = metrics.horizontalAdvance(label.text);
        const int left = std::clamp(label.x - width / 2, 0, std::max(0, area.right() + 8 - width));
        painter.drawText(QRect(left, area.bottom() + 3, width + 1, metrics.height()),
            Qt::AlignCenter | Qt::TextSingleLine, label.text);
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
    QPainter painter(&image);
    painter.setFont(scene.numberFont);
    const QFontMetricsF metrics(scene.numberFont);

    PlotChart chart{scene, *picture};
    chart.computeStats();
    const int legendRoom = legendHeight(scene, *picture, size.width() - 16, int(size.height() * 0.4));
    const int legendSide = legendWidth(scene, *picture, int(size.width() * 0.42));
    const int plotWidth = size.width() - (legendSide > 0 ? legendSide + 14 : 0);
    const int top = scene.markers.empty() ? 8 : 14;
    const int bottom = timeAxisHeight(scene.numberFont) + (legendRoom > 0 ? legendRoom + 4 : 0);
    const int height = std::max(8, size.height() - top - bottom);
    const int tickCount = std::clamp(int(height / (metrics.height() * 2.2)), 2, 8);

    const int guess = int(std::lround((plotWidth - 56) * ratio));
    chart.prepare(std::max(8, scene.areaWidthHint > 0 ? scene.areaWidthHint : guess));
    chart.setValueRange(picture->left, scene.left, false, tickCount);
    chart.setValueRange(picture->right, scene.right, true, tickCount);
    const auto ticksOf = [&](const RasterView &view, const PlotAxis &axis) {
        return valueTicks(view.min, view.max, axis.unit, axis.decimals, axis.logarithmic, tickCount);
    };
    const Ticks leftTicks = chart.hasLeft ? ticksOf(picture->left, scene.left) : Ticks();
    const Ticks rightTicks = chart.hasRight ? ticksOf(picture->right, scene.right) : Ticks();
    const bool writesLeft = chart.hasLeft && !scene.left.hidden,
               writesRight = chart.hasRight && !scene.right.hidden;
    const int leftWidth = std::min(writesLeft ? labelWidth(leftTicks, metrics) : 8, plotWidth / 3);
    const int rightWidth = std::min(writesRight ? labelWidth(rightTicks, metrics) : 12, plotWidth / 3);
    const QRect area(leftWidth, top, std::max(8, plotWidth - leftWidth - rightWidth), height);
    picture->area = area;
    for (RasterView *view : {&picture->left, &picture->right}) {
        view->width = area.width();
        view->height = area.height();
    }

    paintMargins(painter, QRect(QPoint(0, 0), size), area, theme);
    const RasterView &main = chart.hasLeft ? picture->left : picture->right;
    Ground ground(area, ratio, theme.surface);
    if (scene.thresholdStyle == ThresholdStyle::Area)
        groundThresholds(ground, scene, main);
    groundGrid(ground, main, chart.hasLeft ? leftTicks : rightTicks, theme);
    const std::vector<TimeLabel> times = timeLabels(scene.numberFont, area, scene.range, scene.zone);
    for (const TimeLabel &label : times)
        ground.column(label.x, theme.grid);
    paintTimeLabels(painter, area, times, theme);
    if (writesLeft)
        paintValueLabels(painter, area, picture->left, leftTicks, theme, false);
    if (writesRight)
        paintValueLabels(painter, area, picture->right, rightTicks, theme, true);
    paintMarkers(painter, area, scene, *picture, ground);
    painter.end(); // the raster writes into the pixels

    QPainter over(&image);
    over.setFont(scene.font);
    paintCurves(over, image, area, ground, chart);
    if (scene.thresholdStyle == ThresholdStyle::Line)
        paintThresholdLines(over, area, scene, main);
    paintExemplars(over, area, scene, *picture);
    paintAxisLabel(over, area, scene);
    paintNote(over, area, scene);
    if (scene.curves.empty() && !scene.emptyText.isEmpty()) {
        over.setPen(theme.textDim);
        over.drawText(area, Qt::AlignCenter | Qt::TextWordWrap, scene.emptyText);
    }
    if (legendRoom > 0)
        paintLegend(
            over, QRect(8, size.height() - legendRoom - 2, size.width() - 16, legendRoom), scene, *picture);
    if (legendSide > 0)
        paintLegend(over, QRect(plotWidth + 6, 6, legendSide, size.height() - 12), scene, *picture);
    over.end();
    picture->image = std::move(image);
    return picture;
}

} // namespace bw
