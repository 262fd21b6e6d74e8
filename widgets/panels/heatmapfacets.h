// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/panels/heatmapview.h>

#include <QToolButton>

class QGridLayout;

namespace bw {

class PlainLabel;

/// Small heatmaps side by side, one a value of a label, most time consumed first. One colour scale for all,
/// or one each: a button says which. UI thread.
class HeatmapFacets final : public QWidget
{
    Q_OBJECT
public:
    explicit HeatmapFacets(QWidget *parent);

    /// `owner` keeps `series` alive. The label is the first of `labels` that a series has; at most `limit`
    /// values. `scene` is what they have in common.
    void show(std::shared_ptr<const void> owner, const SeriesSet &series, const QStringList &labels,
        size_t limit, const HeatmapScene &scene);
    void setShared(bool shared);
    bool isShared() const { return m_scale->isChecked(); }
    /// The values on screen, in their order.
    QStringList values() const;
    const HeatmapView *view(int index) const { return m_tiles[size_t(index)].view; }

    int timeWidth() const;
    void showCrosshair(std::optional<qint64> time);
    bool isSettled() const;
    QString toCsv() const;

signals:
    void facetClicked(const QString &value);
    void rangeSelected(const bw::TimeRange &range);
    void zoomOutRequested();
    void crosshairMoved(std::optional<qint64> time);

private:
    /// What one value's series are, apart from the others.
    struct Facet
    {
        QString value;
        std::shared_ptr<const SeriesSet> series;
        double largest = 0, consumed = 0;
    };
    struct Tile
    {
        QWidget *box = nullptr;
        PlainLabel *title = nullptr;
        HeatmapView *view = nullptr;
    };
    void split(const SeriesSet &series, const QStringList &labels, size_t limit);
    void applyScenes();
    Tile makeTile();

    QToolButton *m_scale;
    PlainLabel *m_note;
    QGridLayout *m_grid;
    std::vector<Tile> m_tiles;
    std::vector<Facet> m_facets;
    std::shared_ptr<const void> m_owner; ///< what m_facets were made of
    HeatmapScene m_scene;
    size_t m_left = 0;
};

} // namespace bw
