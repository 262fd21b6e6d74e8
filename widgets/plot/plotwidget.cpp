// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/plot/plotwidget.h>

#include <widgets/base/safetext.h>

#include <domain/base/format.h>
#include <domain/query/compare.h>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr size_t kHoverRows = 12;

} // namespace

PlotWidget::PlotWidget(QWidget *parent, QThreadPool *pool)
    : PictureWidget(parent, pool)
{
}

PlotWidget::~PlotWidget() { m_hover.hide(); }

void PlotWidget::setScene(PlotScene scene)
{
    const int legendRow = m_scene.legend.firstRow;
    const int hint = m_scene.areaWidthHint;
    m_scene = std::move(scene);
    m_scene.legend.firstRow = legendRow;
    m_scene.areaWidthHint = hint;
    applyVisibility();
    requestPicture();
}

void PlotWidget::applyVisibility()
{
    bool any = false;
    for (PlotCurve &curve : m_scene.curves) {
        curve.visible = !m_hidden.contains(hiddenBy(curve));
        any = any || curve.visible;
    }
    if (any || m_scene.curves.empty())
        return;
    // The isolated series is gone from the answer: an empty plot would look like an outage.
    m_hidden.clear();
    for (PlotCurve &curve : m_scene.curves)
        curve.visible = true;
}

QString PlotWidget::hiddenBy(const PlotCurve &curve) const
{
    return curve.presentOf >= 0 && size_t(curve.presentOf) < m_scene.curves.size()
        ? m_scene.curves[size_t(curve.presentOf)].name
        : curve.name;
}

PictureWidget::Job PlotWidget::makeJob(const QSize &size, qreal ratio)
{
    m_scene.theme = &themeOf(this);
    m_scene.font = font();
    m_scene.numberFont = numbers();
    if (const PlotPicture *last = plotPicture())
        m_scene.areaWidthHint = int(std::lround(
            (last->area.width() + size.width() - last->image.deviceIndependentSize().width()) * ratio));
    auto scene = std::make_shared<PlotScene>(m_scene);
    if (m_valueZoom) {
        scene->left.min = m_valueZoom->first;
        scene->left.max = m_valueZoom->second;
    }
    return [scene, size, ratio](QImage spare) -> std::shared_ptr<Picture> {
        return renderPlot(*scene, size, ratio, std::move(spare));
    };
}

std::vector<PlotWidget::Nearest> PlotWidget::nearestTo(qint64 time) const
{
    std::vector<Nearest> out;
    for (size_t i = 0; i < m_scene.curves.size(); ++i) {
        const PlotCurve &curve = m_scene.curves[i];
        if (!curve.visible)
            continue;
        Nearest nearest{int(i)};
        if (const auto at = sampleNear(curve, time)) {
            nearest.sample = *at;
            nearest.value = curve.samples.values[*at];
            nearest.found = true;
        }
        out.push_back(nearest);
    }
    return out;
}

std::vector<HoverBox::Row> PlotWidget::hoverRows() const
{
    std::vector<HoverBox::Row> rows;
    if (!crosshair())
        return rows;
    std::vector<Nearest> all = nearestTo(*crosshair());
    const std::vector<int> pastOf = pastCurves(m_scene);
    std::erase_if(all, [&](const Nearest &n) { return m_scene.curves[size_t(n.curve)].presentOf >= 0; });
    // Highest first; samples that are NaN or missing after all numbers.
    const auto rank = [](const Nearest &n) { return !n.found ? 2 : std::isnan(n.value) ? 1 : 0; };
    std::stable_sort(all.begin(), all.end(), [&](const Nearest &a, const Nearest &b) {
        return rank(a) != rank(b) ? rank(a) < rank(b) : rank(a) == 0 && a.value > b.value;
    });
    for (size_t i = 0; i < all.size() && i < kHoverRows; ++i) {
        const PlotCurve &curve = m_scene.curves[size_t(all[i].curve)];
        const PlotAxis &axis = curve.rightAxis ? m_scene.right : m_scene.left;
        rows.push_back({curveColor(themeOf(this), curve), curve.name,
            valueText(all[i], pastOf[size_t(all[i].curve)], axis)});
    }
    if (all.size() > kHoverRows)
        rows.push_back({QColor(), tr("%1 more").arg(all.size() - kHoverRows), QString()});
    return rows;
}

std::optional<size_t> PlotWidget::sampleNear(const PlotCurve &curve, qint64 time) const
{
    const qint64 step = (curve.step.count() > 0 ? curve.step : m_scene.step).count();
    const qint64 reach = step > 0 ? step : m_scene.range.span().count() / 50;
    const std::span<const qint64> times = curve.samples.times;
    size_t at = size_t(std::lower_bound(times.begin(), times.end(), time) - times.begin());
    if (at > 0 && (at == times.size() || time - times[at - 1] <= times[at] - time))
        --at;
    if (at >= times.size() || std::abs(times[at] - time) > reach)
        return std::nullopt;
    return at;
}

/// While something is compared: the value, the one of then, and the difference.
QString PlotWidget::valueText(const Nearest &now, int past, const PlotAxis &axis) const
{
    const PlotCurve &curve = m_scene.curves[size_t(now.curve)];
    const QString text = now.found ? formatValue(now.value, axis.unit, axis.decimals) : u"—"_s;
    if (!curve.isCompared)
        return text;
    const qint64 time = now.found ? curve.samples.times[now.sample] : *crosshair();
    const auto at = past < 0 ? std::nullopt : sampleNear(m_scene.curves[size_t(past)], time);
    if (!at)
        return tr("%1  (no data then)").arg(text);
    const double before = m_scene.curves[size_t(past)].samples.values[*at];
    const QString then = formatValue(before, axis.unit, axis.decimals);
    if (!now.found)
        return tr("%1  (then %2)").arg(text, then);
    return tr("%1  (then %2, %3)")
        .arg(text, then, differenceText(differenceOf(now.value, before), axis.unit, axis.decimals));
}

void PlotWidget::crosshairChanged(bool own)
{
    if (!own || !crosshair() || !picture()) {
        m_hover.hide();
        return;
    }
    const QPoint at = mapToGlobal(pointer());
    if (const PlotExemplar *exemplar = exemplarAt(pointer())) {
        m_hover.boxFor(this).showRows(momentText(exemplar->time, m_scene.zone),
            exemplarRows(*exemplar, m_scene.left.unit, m_scene.left.decimals), at);
        return;
    }
    m_hover.boxFor(this).showRows(momentText(*crosshair(), m_scene.zone), hoverRows(), at);
}

void PlotWidget::paintOverlay(QPainter &painter)
{
    PictureWidget::paintOverlay(painter);
    const PlotPicture *shown = plotPicture();
    // 100: the most curves of a panel with the past of each.
    if (!crosshair() || shown->area.isEmpty() || m_scene.curves.size() > 100)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(themeOf(this).surface, 1));
    for (const Nearest &nearest : nearestTo(*crosshair())) {
        const PlotCurve &curve = m_scene.curves[size_t(nearest.curve)];
        const RasterView &view = curve.rightAxis ? shown->right : shown->left;
        const double y = nearest.found && !m_scene.stacked ? view.y(nearest.value) : std::nan("");
        if (!(y >= 0 && y <= view.height))
            continue;
        const double x = xOf(curve.samples.times[nearest.sample]);
        painter.setBrush(curveColor(themeOf(this), curve));
        painter.drawEllipse(QPointF(x, shown->area.top() + y), 3.5, 3.5);
    }
}

const PlotExemplar *PlotWidget::exemplarAt(const QPoint &at) const
{
    const PlotPicture *shown = plotPicture();
    return shown ? exemplarUnder(at, shown->exemplarHits, m_scene.exemplars) : nullptr;
}

void PlotWidget::clicked(const QPoint &at, Qt::KeyboardModifiers modifiers)
{
    const PlotPicture *shown = plotPicture();
    if (const PlotExemplar *exemplar = exemplarAt(at); exemplar && onExemplar) {
        onExemplar(*exemplar);
        return;
    }
    for (const PlotPicture::Hit &hit : shown->legendHits) {
        if (!hit.rect.contains(at) || size_t(hit.index) >= m_scene.curves.size())
            continue;
        const QString name = hiddenBy(m_scene.curves[size_t(hit.index)]);
        QSet<QString> names;
        for (const PlotCurve &curve : m_scene.curves)
            names.insert(hiddenBy(curve));
        if (modifiers & Qt::ControlModifier) {
            if (!m_hidden.remove(name))
                m_hidden.insert(name);
        } else {
            const bool isolated = !m_hidden.contains(name) && m_hidden.size() + 1 == names.size();
            m_hidden.clear();
            if (!isolated)
                m_hidden = names - QSet<QString>{name};
        }
        applyVisibility();
        requestPicture();
        return;
    }
}

void PlotWidget::valueDragged(int from, int to)
{
    const PlotPicture *shown = plotPicture();
    const double a = shown->left.valueAt(from - shown->area.top());
    const double b = shown->left.valueAt(to - shown->area.top());
    m_valueZoom = std::minmax(a, b);
    requestPicture();
}

void PlotWidget::mouseDoubleClickEvent(QMouseEvent *event)
{
    const QPoint at = event->position().toPoint();
    if (m_valueZoom && picture() && !picture()->area.contains(at)) {
        m_valueZoom.reset();
        requestPicture();
        return;
    }
    PictureWidget::mouseDoubleClickEvent(event);
}

void PlotWidget::wheelEvent(QWheelEvent *event)
{
    const PlotPicture *shown = plotPicture();
    const bool overLongLegend = shown && shown->legendRows > shown->legendVisibleRows
        && shown->legendRect.contains(event->position().toPoint());
    if (!overLongLegend || event->angleDelta().y() == 0) {
        PictureWidget::wheelEvent(event);
        return;
    }
    const int last = shown->legendRows - shown->legendVisibleRows;
    const int next = std::clamp(m_scene.legend.firstRow + (event->angleDelta().y() < 0 ? 2 : -2), 0, last);
    event->setAccepted(next != m_scene.legend.firstRow); // at its end the page scrolls on
    if (next == m_scene.legend.firstRow)
        return;
    m_scene.legend.firstRow = next;
    requestPicture();
}

void PlotWidget::hideEvent(QHideEvent *event)
{
    PictureWidget::hideEvent(event);
    m_hover.hide();
}

QString PlotWidget::markerText(int first) const
{
    // A folded flag lists everything it stands for.
    const PlotPicture *shown = plotPicture();
    const double perPixel = double(m_scene.range.span().count()) / std::max(1, shown->area.width());
    QStringList lines;
    for (size_t i = size_t(first); i < m_scene.markers.size() && lines.size() < 15; ++i) {
        if (double(m_scene.markers[i].time - m_scene.markers[size_t(first)].time) / perPixel >= 24)
            break;
        lines << momentText(m_scene.markers[i].time, m_scene.zone) + u"  "_s + m_scene.markers[i].text;
    }
    return lines.join(u'\n');
}

bool PlotWidget::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip || !picture())
        return PictureWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    const PlotPicture *shown = plotPicture();
    QString text;
    for (const PlotPicture::Hit &hit : shown->legendHits) {
        if (hit.rect.contains(help->pos()) && size_t(hit.index) < m_scene.curves.size())
            text = m_scene.curves[size_t(hit.index)].name;
    }
    for (const PlotPicture::Hit &hit : shown->markerHits) {
        if (hit.rect.contains(help->pos()) && size_t(hit.index) < m_scene.markers.size())
            text = markerText(hit.index);
    }
    QToolTip::showText(help->globalPos(), tip(text), this);
    return true;
}

} // namespace bw
