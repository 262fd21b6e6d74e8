// SPDX-License-Identifier: GPL-3.0-or-later
#include <widgets/panels/heatmapfacets.h>

#include <domain/base/format.h>
#include <widgets/base/safetext.h>

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <map>

namespace bw {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int kTilesInRow = 4;

/// Seconds, or whatever the buckets measure, that all observations took together: counts in the middle of
/// their buckets.
double consumedBy(const HeatmapCells &cells)
{
    double sum = 0;
    for (int row = 0; row < cells.rows(); ++row) {
        const double low = cells.edges[size_t(row)], high = cells.edges[size_t(row) + 1];
        const double middle = std::isinf(high) ? low : std::isinf(low) ? high : (low + high) / 2;
        for (int column = 0; column < cells.columns(); ++column) {
            if (const double count = cells.at(column, row); count > 0)
                sum += count * middle;
        }
    }
    return sum;
}

} // namespace

HeatmapFacets::HeatmapFacets(QWidget *parent)
    : QWidget(parent)
    , m_scale(new QToolButton(this))
    , m_note(new PlainLabel(this))
    , m_grid(new QGridLayout)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 0, 4, 4);
    layout->setSpacing(2);
    auto *bar = new QHBoxLayout;
    bar->addWidget(m_note, 1);
    bar->addWidget(m_scale);
    layout->addLayout(bar);
    layout->addLayout(m_grid, 1);
    m_grid->setSpacing(4);
    m_scale->setCheckable(true);
    m_scale->setAutoRaise(true);
    m_scale->setFocusPolicy(Qt::TabFocus);
    connect(m_scale, &QToolButton::toggled, this, [this](bool) { applyScenes(); });
    setShared(true);
}

void HeatmapFacets::setShared(bool shared)
{
    m_scale->setChecked(shared);
    applyScenes();
}

void HeatmapFacets::show(std::shared_ptr<const void> owner, const SeriesSet &series,
    const QStringList &labels, size_t limit, const HeatmapScene &scene)
{
    m_scene = scene;
    if (owner != m_owner) {
        split(series, labels, limit);
        m_owner = std::move(owner);
    }
    applyScenes();
}

void HeatmapFacets::split(const SeriesSet &series, const QStringList &labels, size_t limit)
{
    std::map<QString, SeriesSet> byValue;
    for (const Series &one : series) {
        const auto name = std::find_if(labels.begin(), labels.end(),
            [&](const QString &label) { return !label.isEmpty() && one.labels.find(label); });
        byValue[name == labels.end() ? QString() : one.labels.text(*name)].push_back(one);
    }
    m_facets.clear();
    for (auto &[value, set] : byValue) {
        const bool native = !set.front().histograms.empty();
        const HeatmapCells cells = native ? cellsFromNative(set.front()) : cellsFromBuckets(set);
        const double largest = largestCount(set);
        m_facets.push_back(
            {value, std::make_shared<const SeriesSet>(std::move(set)), largest, consumedBy(cells)});
    }
    std::stable_sort(m_facets.begin(), m_facets.end(),
        [](const Facet &a, const Facet &b) { return a.consumed > b.consumed; });
    m_left = m_facets.size() > limit ? m_facets.size() - limit : 0;
    m_facets.resize(m_facets.size() - m_left);
}

HeatmapFacets::Tile HeatmapFacets::makeTile()
{
    Tile tile;
    tile.box = new QWidget(this);
    tile.title = new PlainLabel(tile.box);
    tile.view = new HeatmapView(tile.box);
    auto *layout = new QVBoxLayout(tile.box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(tile.title);
    layout->addWidget(tile.view, 1);
    const int index = int(m_tiles.size());
    m_grid->addWidget(tile.box, index / kTilesInRow, index % kTilesInRow);
    const auto open = [this, index](const TimeRange &, double, double) {
        if (size_t(index) < m_facets.size())
            emit facetClicked(m_facets[size_t(index)].value);
    };
    tile.view->onCell = open;
    connect(tile.view, &PictureWidget::rangeSelected, this, &HeatmapFacets::rangeSelected);
    connect(tile.view, &PictureWidget::zoomOutRequested, this, &HeatmapFacets::zoomOutRequested);
    connect(tile.view, &PictureWidget::crosshairMoved, this, &HeatmapFacets::crosshairMoved);
    return tile;
}

void HeatmapFacets::applyScenes()
{
    m_scale->setText(isShared() ? tr("One colour scale for all") : tr("A colour scale each"));
    m_note->setText(m_left > 0 ? tr("%1 more left out").arg(m_left) : QString());
    double largest = 0;
    for (const Facet &facet : m_facets)
        largest = std::max(largest, facet.largest);
    while (m_tiles.size() < m_facets.size())
        m_tiles.push_back(makeTile());
    for (size_t i = 0; i < m_tiles.size(); ++i) {
        m_tiles[i].box->setVisible(i < m_facets.size());
        if (i >= m_facets.size())
            continue;
        const Facet &facet = m_facets[i];
        m_tiles[i].title->setText(render::line(Untrusted(facet.value), 60));
        HeatmapScene scene = m_scene;
        scene.owner = facet.series;
        scene.series = facet.series.get();
        scene.colorMax = isShared() ? largest : 0;
        m_tiles[i].view->setScene(std::move(scene));
    }
}

QStringList HeatmapFacets::values() const
{
    QStringList out;
    for (const Facet &facet : m_facets)
        out << facet.value;
    return out;
}

int HeatmapFacets::timeWidth() const
{
    return m_facets.empty() ? std::max(64, width() / kTilesInRow - 60) : m_tiles.front().view->timeWidth();
}

void HeatmapFacets::showCrosshair(std::optional<qint64> time)
{
    for (const Tile &tile : m_tiles)
        tile.view->showCrosshair(time);
}

bool HeatmapFacets::isSettled() const
{
    return std::all_of(m_tiles.begin(), m_tiles.end(),
        [](const Tile &tile) { return !tile.view->isVisible() || tile.view->isSettled(); });
}

QString HeatmapFacets::toCsv() const
{
    QString csv = u"facet,time,lower,upper,count\r\n"_s;
    for (const Facet &facet : m_facets) {
        const bool native = !facet.series->front().histograms.empty();
        const HeatmapCells cells =
            native ? cellsFromNative(facet.series->front()) : cellsFromBuckets(*facet.series);
        for (int column = 0; column < cells.columns(); ++column) {
            for (int row = 0; row < cells.rows(); ++row) {
                const double count = cells.at(column, row);
                csv += render::csv(Untrusted(facet.value)) + u','
                    + isoUtc(fromNs(cells.times[size_t(column)])) + u','
                    + formatExact(cells.edges[size_t(row)]) + u',' + formatExact(cells.edges[size_t(row) + 1])
                    + u',' + (std::isnan(count) ? QString() : formatExact(count)) + u"\r\n"_s;
            }
        }
    }
    return csv;
}

} // namespace bw
