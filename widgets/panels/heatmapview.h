// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <widgets/plot/heatmapframe.h>
#include <widgets/plot/hoverbox.h>

#include <functional>

namespace bw {

/// The surface of a heatmap: its hover box says range, count, share and the quantiles of the moment, or what
/// the exemplar under the pointer is. UI thread.
class HeatmapView final : public PictureWidget
{
    Q_OBJECT
public:
    using PictureWidget::PictureWidget;

    /// A click on a cell: its time, and the values between its edges.
    std::function<void(const TimeRange &range, double lower, double upper)> onCell;
    /// A click on a diamond; it comes before the cell below it.
    std::function<void(const PlotExemplar &exemplar)> onExemplar;

    void setScene(HeatmapScene scene);
    const HeatmapPicture *shown() const { return static_cast<const HeatmapPicture *>(picture()); }
    const HeatmapScene &scene() const { return m_scene; }

protected:
    Job makeJob(const QSize &size, qreal ratio) override;
    void clicked(const QPoint &at, Qt::KeyboardModifiers modifiers) override;
    void crosshairChanged(bool own) override;
    void paintOverlay(QPainter &painter) override;
    void hideEvent(QHideEvent *event) override;

private:
    std::vector<HoverBox::Row> rowsFor(int column, int row) const;

    HeatmapScene m_scene;
    HoverSlot m_hover;
};

} // namespace bw
